package local

import (
	"encoding/json"
	"errors"
	"net/http"

	"scimdeck/scim"
	"scimdeck/store"
)

// problemType marks an answer that is an error of the verb. Any other answer
// than 200 and 204 is of the HTTP server itself.
const problemType = "application/vnd.scimdeck.problem+json"

// problemTrailer has the error that ended a stream after its beginning.
const problemTrailer = "Scimdeck-Problem"

// problem is an error on the socket.
type problem struct {
	Message string      `json:"message"`
	SCIM    *scim.Error `json:"scim,omitempty"`   // in the error's chain
	Closed  bool        `json:"closed,omitempty"` // store.ErrClosed is
}

const (
	trailerBytes   = 64 << 10 // more than the problem and the result of a stream have
	longestMessage = 4 << 10  // of a problem; in JSON a byte can become six
)

// write makes the problem of an error. It has no line breaks, and of a very long
// message only the beginning.
func write(err error) []byte {
	p := problem{Message: err.Error(), Closed: errors.Is(err, store.ErrClosed)}
	errors.As(err, &p.SCIM)
	if len(p.Message) > longestMessage {
		p.Message = p.Message[:longestMessage] + "…"
		if p.SCIM != nil {
			p.SCIM = &scim.Error{Status: p.SCIM.Status, Type: p.SCIM.Type, Detail: p.Message}
		}
	}
	b, err := json.Marshal(p)
	if err != nil { // cannot be: texts and a number
		return []byte(`{"message":"an error that cannot be told"}`)
	}
	return b
}

// read makes the error of a problem.
func read(b []byte) error {
	var p problem
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	var cause error
	switch {
	case p.SCIM != nil:
		cause = p.SCIM
	case p.Closed:
		cause = store.ErrClosed
	default:
		return errors.New(p.Message)
	}
	if cause.Error() == p.Message {
		return cause
	}
	return &told{p.Message, cause}
}

// told is an error with the words that it had on the other side.
type told struct {
	words string
	cause error
}

func (t *told) Error() string { return t.words }
func (t *told) Unwrap() error { return t.cause }

// refuse answers with an error.
func refuse(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(http.StatusUnprocessableEntity)
	_, _ = w.Write(write(err)) // a client that went away
}
