package server

import (
	"net/http"
	"strings"
	"sync"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// call is one request on its way through the server. It is a ResponseWriter
// only because httprouter hands handlers nothing else; verbs return replies.
type call struct {
	http.ResponseWriter
	s    *Server
	r    *http.Request
	ex   *wire.Exchange
	base string // the base URL, also in ex

	in, doc, out []byte           // pooled: the body, a stored doc, the answer
	kind         []string         // Content-Type of the answer
	view         *scim.Projection // of the resources in a list
	listed       int              // resources in out
	turn         bool             // holds one of the Server's turns
	loose        int64            // bytes of the answer that is written without one
	unread       bool             // the request body was not read to its end
}

// keepBuffer is the size up to which a buffer goes back to the pool.
const keepBuffer = 256 << 10

var calls = sync.Pool{New: func() any { return new(call) }}

func (s *Server) newCall(w http.ResponseWriter, r *http.Request) *call {
	c := calls.Get().(*call)
	*c = call{
		ResponseWriter: w, s: s, r: r, ex: wire.Of(w), in: c.in[:0], doc: c.doc[:0], out: c.out[:0],
		kind: typeSCIM, unread: r.ContentLength != 0,
	}
	return c
}

func (c *call) release() {
	c.leave()
	if c.loose > 0 {
		c.s.loose.Add(-c.loose)
	}
	*c = call{in: reuse(c.in), doc: reuse(c.doc), out: reuse(c.out)}
	calls.Put(c)
}

func reuse(b []byte) []byte {
	if cap(b) > keepBuffer {
		return nil
	}
	return b[:0]
}

// Unwrap lets http.ResponseController reach the connection.
func (c *call) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// wait takes a turn: so many requests as Limits.Requests work at once. A body
// is read before, so that slow senders hold up nobody.
func (c *call) wait() error {
	if c.turn {
		return nil
	}
	select {
	case c.s.turns <- struct{}{}:
		c.turn = true
		return nil
	default:
	}
	select {
	case c.s.turns <- struct{}{}:
		c.turn = true
		return nil
	case <-c.r.Context().Done():
		return scim.Errorf(http.StatusServiceUnavailable, "", "too many requests at once")
	}
}

// leave gives the turn back, if the call has one.
func (c *call) leave() {
	if c.turn {
		c.turn = false
		<-c.s.turns
	}
}

// What answers may take that are written without a turn: to write is to wait for
// the client, and slow readers are to hold up nobody. Small ones do not count, as
// they take no more than their connection does.
const (
	looseBytes = 64 << 20
	looseSmall = 32 << 10
)

// loosen gives the turn back before the answer is written. An answer that is one
// too many keeps it, so that those that wait for their clients have a bound.
func (c *call) loosen(size int) {
	if !c.turn {
		return
	}
	if size > looseSmall {
		if c.s.loose.Add(int64(size)) > looseBytes {
			c.s.loose.Add(-int64(size))
			return
		}
		c.loose = int64(size)
	}
	c.leave()
}

// note puts what a reader of the log should know on the exchange.
func (c *call) note(notes []scim.Note) {
	for _, n := range notes {
		c.ex.Note(string(n))
		if n.Routine() {
			c.ex.Routine++
		}
	}
}

// tooLong refuses a request line and header of more than Limits.HeaderBytes.
// net/http has read them, so that the refusal is in SCIM's words and in the log,
// where only the beginning is kept.
func (c *call) tooLong() error {
	r, most := c.r, c.s.limits.HeaderBytes
	n := len(r.RequestURI)
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	if n <= most {
		return nil
	}
	c.ex.Target = clip(c.ex.Target)
	status, what := http.StatusRequestURITooLong, "request line"
	if len(r.RequestURI) <= most {
		status, what = http.StatusRequestHeaderFieldsTooLarge, "header"
	}
	for name, values := range r.Header {
		for i, v := range values {
			values[i] = clip(v)
		}
		if len(name) > longName {
			delete(r.Header, name)
		}
	}
	return scim.Errorf(status, "", "the %s is too long: %d bytes, at most %d are read", what, n, most)
}

// longName is the longest name of a header field that is kept of a request that
// is too long.
const longName = 64

// markTest marks a request of a test of our own address that goes on, which whoever
// sends it cannot guess.
func (c *call) markTest() {
	agent := c.r.Header["User-Agent"]
	if len(agent) != 1 {
		return
	}
	if mark, ok := strings.CutPrefix(agent[0], wire.TestAgent); ok && c.s.store.Arrive(mark) {
		c.ex.Source = wire.SourceTest
	}
}

// serve takes a recorded request from the base path to its answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	c := s.newCall(w, r)
	defer c.release()
	clean := cleanPath(r.URL.Path)
	base, path, ok := s.below(clean)
	own := c.fromDo()
	if !own {
		c.markTest()
	}
	if err := c.tooLong(); err != nil {
		c.answer(reply{}, err)
		return
	}
	if !ok {
		if !own {
			c.noteKey()
		}
		c.answer(reply{}, s.outside(r.URL.Path))
		return
	}
	c.base = s.baseURL(r, base)
	c.ex.Base, c.ex.Path = c.base, path
	if !own {
		if err := c.authenticate(path); err != nil {
			c.answer(reply{}, err)
			return
		}
	}
	if clean != r.URL.Path && r.URL.Path != base+"/" {
		if err := c.slashes(r.URL.Path); err != nil {
			c.answer(reply{}, err)
			return
		}
	}
	if err := c.negotiate(); err != nil {
		c.answer(reply{}, err)
		return
	}
	s.dispatch(c, path)
}
