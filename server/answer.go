package server

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
)

// reply is what a verb found out.
type reply struct {
	status   int
	body     []byte // JSON; empty: none
	version  uint64 // of the resource in body, for ETag; 0: none
	location string // Location of what was created
	allow    string // Allow
}

// answer writes the one response of a call: the reply, or the error if there is one.
func (c *call) answer(r reply, err error) {
	if err != nil {
		e := c.problem(err)
		c.out = e.Append(c.out[:0])
		r = reply{status: e.Status, body: c.out, allow: r.allow}
	}
	c.head(r)
	if c.unread {
		c.answerFirst()
	}
	c.loosen(len(r.body))
	c.WriteHeader(r.status)
	if len(r.body) > 0 && c.r.Method != "HEAD" && r.status != http.StatusNotModified {
		_, _ = c.Write(r.body) // a peer that is gone needs no answer
	}
	if c.unread {
		c.drain()
	}
}

// head sets the header of the answer. Its usual values stand in one array and its
// numbers in one text, which are new each time: they are read after the call's end.
func (c *call) head(r reply) {
	h := c.Header()
	values := new([3]string)
	var room [48]byte
	text := strconv.AppendInt(room[:0], int64(len(r.body)), 10)
	length := len(text)
	numbers := string(appendEtag(text, r.version))
	if len(r.body) > 0 {
		h["Content-Type"] = c.kind
		values[0] = numbers[:length]
		h["Content-Length"] = values[0:1:1]
	}
	if r.version > 0 {
		values[1] = numbers[length:]
		h["Etag"] = values[1:2:2]
	}
	if r.location != "" {
		values[2] = r.location
		h["Location"] = values[2:3:3]
	}
	if r.allow != "" {
		h["Allow"] = []string{r.allow}
	}
}

// answerPanic is the answer to a request whose verb panicked.
func answerPanic(w http.ResponseWriter) {
	e := scim.Error{Status: http.StatusInternalServerError, Detail: "internal error"}
	body := e.Append(nil)
	h := w.Header()
	clear(h)
	h["Content-Type"] = typeSCIM
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(e.Status)
	_, _ = w.Write(body) // likewise
}

// problem makes any error one that a client may see. What is not a *scim.Error
// stays inside: it is noted on the exchange, and the sink logs it.
func (c *call) problem(err error) *scim.Error {
	var known *scim.Error
	if errors.As(err, &known) {
		return known
	}
	c.ex.Problem = err.Error()
	var damaged *store.DamagedError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return scim.Errorf(http.StatusInsufficientStorage, "", "the server's disk is full; nothing was changed")
	case errors.Is(err, syscall.EROFS):
		return scim.Errorf(http.StatusInternalServerError, "", "the server's disk has become read-only; nothing was changed")
	case errors.As(err, &damaged):
		return scim.Errorf(http.StatusInternalServerError, "", "the server's data are damaged; its log says where")
	case c.r.Context().Err() != nil:
		return scim.Errorf(http.StatusServiceUnavailable, "", "the request was given up before it was done")
	}
	return scim.Errorf(http.StatusInternalServerError, "", "internal error")
}

// How much of an unwanted body is read after its answer, and for how long. Most
// clients, Okta's too, look for the answer only when they have sent everything.
const (
	drainBytes = 64 << 20
	drainTime  = 2 * time.Second
)

// answerFirst lets the answer go before the body was read: net/http would else
// wait for it.
func (c *call) answerFirst() {
	_ = http.NewResponseController(c.ResponseWriter).EnableFullDuplex() // HTTP/2 and Do need none of this
}

func (c *call) drain() {
	rc := http.NewResponseController(c.ResponseWriter)
	if rc.Flush() != nil || c.r.Header.Get("Expect") != "" {
		return
	}
	if rc.SetReadDeadline(time.Now().Add(drainTime)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, c.r.Body, drainBytes) // how it ends is the connection's affair
}

// resource replies with one resource, or what is chosen of it.
func (c *call) resource(status int, doc []byte, view *scim.Projection) reply {
	c.out = view.Append(c.out[:0], doc, c.base)
	return reply{status: status, body: c.out, version: scim.DocVersion(doc)}
}

// listHead is the room for a ListResponse's members before its Resources,
// which are known only when the resources are.
const listHead = 192

var blankHead [listHead]byte

// startList begins a ListResponse in c.out; emit adds the resources, of each
// what c.view chooses.
func (c *call) startList() { c.out, c.listed = append(c.out[:0], blankHead[:]...), 0 }

func (c *call) emit(doc []byte) {
	if c.listed > 0 {
		c.out = append(c.out, ',')
	}
	c.out = c.view.Append(c.out, doc, c.base)
	c.listed++
}

// append adds what is ready for the wire.
func (c *call) append(doc []byte) {
	if c.listed > 0 {
		c.out = append(c.out, ',')
	}
	c.out = append(c.out, doc...)
	c.listed++
}

// endList replies with the list (RFC 7644 §3.4.2).
func (c *call) endList(total, start int) reply {
	var room [listHead]byte
	head := scim.AppendListHead(room[:0], total, start, c.listed)
	from := listHead - len(head)
	copy(c.out[from:], head)
	c.out = scim.AppendListTail(c.out)
	ex := c.ex
	ex.Total, ex.Start1, ex.Count = total, start, c.listed
	return reply{status: http.StatusOK, body: c.out[from:]}
}
