package local

import (
	"context"
	"errors"
	"net/http"

	"scimdeck/scim/wire"
)

// request is a request for the SCIM server's own handlers.
type request struct {
	Source string `json:"source"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   []byte `json:"body,omitempty"`

	Header []wire.Field `json:"header,omitempty"` // nil: those of any request of ours
}

type response struct {
	Status int    `json:"status"`
	Body   []byte `json:"body,omitempty"`
}

func (s *service) do(r *http.Request) (a response, err error) {
	q, err := take[request](r, doBytes)
	switch {
	case err != nil:
	case q.Header == nil && s.o.Do == nil, q.Header != nil && s.o.Send == nil:
		err = errors.New("no server runs on this data folder; start one:  scimdeck serve")
	case q.Header != nil:
		defer s.o.Store.FlushLog() // who sends again looks at the log next
		a.Status, a.Body, err = s.o.Send(r.Context(), q.Source, &wire.Request{Method: q.Method, Path: q.Path, Header: q.Header, Body: q.Body})
	default:
		a.Status, a.Body, err = s.o.Do(r.Context(), q.Source, q.Method, q.Path, q.Body)
	}
	return a, err
}

// Do runs a request through the SCIM server's handlers without a key, as
// server.Do does; source marks its log entry. err is not nil only when there
// was no answer, also because no server runs.
func (c *Client) Do(ctx context.Context, source, method, path string, body []byte) (status int, answer []byte, err error) {
	a, err := call[response](ctx, c, http.MethodPost, "/do", request{Source: source, Method: method, Path: path, Body: body})
	return a.Status, a.Body, err
}

// Send is Do with header fields of its own, as server.Send is.
func (c *Client) Send(ctx context.Context, source string, q *wire.Request) (status int, answer []byte, err error) {
	header := q.Header
	if len(header) == 0 {
		header = []wire.Field{{Name: "Accept", Value: "*/*"}} // what none says
	}
	a, err := call[response](ctx, c, http.MethodPost, "/do", request{source, q.Method, q.Path, q.Body, header})
	return a.Status, a.Body, err
}
