package server

import (
	"net/http"
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

	in, doc, out []byte // pooled: the body, a stored doc, the answer
	listed       int    // resources in out
	turn         bool   // holds one of the Server's turns
	unread       bool   // the request body was not read to its end
}

// keepBuffer is the size up to which a buffer goes back to the pool.
const keepBuffer = 256 << 10

var calls = sync.Pool{New: func() any { return new(call) }}

func (s *Server) newCall(w http.ResponseWriter, r *http.Request) *call {
	c := calls.Get().(*call)
	*c = call{
		ResponseWriter: w, s: s, r: r, ex: wire.Of(w), in: c.in[:0], doc: c.doc[:0], out: c.out[:0],
		unread: r.ContentLength != 0,
	}
	return c
}

func (c *call) release() {
	if c.turn {
		<-c.s.turns
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

// note puts what a reader of the log should know on the exchange.
func (c *call) note(notes []scim.Note) {
	for _, n := range notes {
		c.ex.Note(string(n))
	}
}

// serve takes a recorded request from the base path to its answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	c := s.newCall(w, r)
	defer c.release()
	base, path, ok := s.below(cleanPath(r.URL.Path))
	own := c.fromDo()
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
	s.dispatch(c, path)
}
