package wire

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options says what Handler keeps and where it goes.
type Options struct {
	BodyBytes int              // of each body kept, see keep; default 16 KiB; less than 0: nothing
	ScanBytes int              // of a request body held until it is known to be free of secrets; default 1 MiB
	Now       func() time.Time // nil: time.Now
	Sink      func(*Exchange)  // gets each exchange after its answer was sent; it is valid only during the call

	// Panic answers a request whose handler panicked before it wrote
	// anything. nil: a bare 500.
	Panic func(w http.ResponseWriter)
}

const (
	defaultBodyBytes = 16 << 10
	defaultScanBytes = 1 << 20
	keepBuffer       = 64 << 10 // larger buffers are left to the garbage collector
)

// Handler records what goes through next. It is meant to be the outermost
// handler, so that it sees every answer. A panic in next is noted on the
// exchange and becomes a 500 if nothing was written, else a cut connection;
// http.ErrAbortHandler cuts the connection in either case.
func Handler(next http.Handler, o Options) http.Handler {
	o.BodyBytes = max(0, cmp.Or(o.BodyBytes, defaultBodyBytes))
	if o.ScanBytes <= 0 {
		o.ScanBytes = defaultScanBytes
	}
	o.ScanBytes = max(o.ScanBytes, o.BodyBytes)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Panic == nil {
		o.Panic = func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := recorders.Get().(*recorder)
		rec.start(w, r, &o)
		defer rec.release()
		if r.Body != nil && r.Body != http.NoBody {
			rec.body.ReadCloser = r.Body
			r.Body = &rec.body
		}
		cut := rec.run(next, r)
		rec.finish(r)
		if rec.body.ReadCloser != nil {
			r.Body = rec.body.ReadCloser
		}
		if cut {
			panic(http.ErrAbortHandler)
		}
	})
}

// Of returns the exchange that is recorded through w, or nil when there is
// none. Its fields belong to the handler until that returns.
func Of(w http.ResponseWriter) *Exchange {
	for {
		switch v := w.(type) {
		case *recorder:
			return &v.ex
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return nil
		}
	}
}

var recorders = sync.Pool{New: func() any { return new(recorder) }}

// recorder is the ResponseWriter and the request body of one exchange.
// Its memory serves one exchange after the other.
type recorder struct {
	http.ResponseWriter
	o    *Options
	ex   Exchange
	body capture
	cut  secrets

	bearer string // how the last request's key is shown, see appendFields
}

// capture copies what is read from a request body, up to max bytes.
type capture struct {
	io.ReadCloser
	buf  []byte
	size int64
	max  int
	done bool // the end was seen
}

func (c *capture) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.size += int64(n)
	c.done = c.done || err == io.EOF
	if room := c.max - len(c.buf); room > 0 && n > 0 {
		c.buf = append(c.buf, p[:min(n, room)]...)
	}
	return n, err
}

func (rec *recorder) start(w http.ResponseWriter, r *http.Request, o *Options) {
	rec.ResponseWriter, rec.o = w, o
	rec.body = capture{buf: rec.body.buf[:0], max: o.ScanBytes}
	ex := &rec.ex
	ex.Start = o.Now()
	ex.Method, ex.Target, ex.Proto, ex.Host, ex.Remote = r.Method, r.RequestURI, r.Proto, r.Host, r.RemoteAddr
	if r.RequestURI == "" && r.URL != nil {
		rec.ex.Target = r.URL.RequestURI()
	}
}

func (rec *recorder) release() {
	if cap(rec.body.buf) > keepBuffer {
		rec.body.buf = nil
	}
	rec.body.ReadCloser, rec.ResponseWriter, rec.o = nil, nil, nil
	rec.ex.reset()
	rec.cut.reset()
	recorders.Put(rec)
}

// run calls next and reports whether the connection has to be cut.
func (rec *recorder) run(next http.Handler, r *http.Request) (cut bool) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			cut = true
			return
		}
		rec.ex.Problem = fmt.Sprintf("panic: %v\n%s", v, debug.Stack())
		if rec.ex.Status != 0 {
			cut = true
			return
		}
		rec.o.Panic(rec)
	}()
	next.ServeHTTP(rec, r)
	return false
}

// finish sends what is left of the answer and hands the exchange over. The
// flush comes first: nobody waits for the log.
func (rec *recorder) finish(r *http.Request) {
	ex := &rec.ex
	if ex.Status != 0 {
		_ = http.NewResponseController(rec.ResponseWriter).Flush() // a peer that is gone is no news here
	}
	ex.Took = rec.o.Now().Sub(ex.Start)
	ex.RequestHeader = appendFields(ex.RequestHeader, r.Header, false, rec.bearer)
	ex.ResponseHeader = appendFields(ex.ResponseHeader, rec.Header(), true, "")
	if shown := ex.Header("Authorization"); strings.HasSuffix(shown, neverStored) { // else it may alias a secret
		rec.bearer = shown
	}
	ex.RequestSize = max(rec.body.size, r.ContentLength)
	ex.ResponseBody = ex.ResponseBody[:min(len(ex.ResponseBody), rec.keep())]
	rec.cutSecrets(r)
	if rec.o.Sink != nil {
		rec.o.Sink(ex)
	}
}

// keep is how much of the answer's body is kept: of one with several resources a
// quarter. A page of an import would be cut in any case, and pages would be most
// of what the log takes, in time and on the disk.
func (rec *recorder) keep() int {
	if rec.ex.Count > 1 {
		return rec.o.BodyBytes / 4
	}
	return rec.o.BodyBytes
}

// cutSecrets fills in the bodies and goes over everything a client sent.
func (rec *recorder) cutSecrets(r *http.Request) {
	ex, b := &rec.ex, &rec.body
	whole := b.done || b.size == ex.RequestSize
	found := &rec.cut
	ex.Target = found.target(ex.Target)
	ex.Filter = found.filter(ex.Filter)
	ex.Path, ex.ID, ex.Name = cutKey(ex.Path), cutKey(ex.ID), cutKey(ex.Name)
	ex.Before, ex.After = cutKeys(ex.Before), cutKeys(ex.After)
	if len(b.buf) > 0 {
		kept := b.buf
		if enc := r.Header["Content-Encoding"]; len(enc) > 0 && enc[0] != "" && !strings.EqualFold(enc[0], "identity") {
			kept = []byte(withheldEncoded)
		} else {
			kept = found.body(kept, whole && b.size == int64(len(b.buf)))
		}
		cut := b.size > int64(len(b.buf))
		if len(kept) > rec.o.BodyBytes {
			kept, cut = kept[:rec.o.BodyBytes], true
		}
		if cut && rec.o.BodyBytes > 0 { // who wants no bodies need not be told each time
			ex.Note(noteRequestCut)
		}
		ex.RequestBody = kept
	}
	unread := ex.RequestSize > b.size || r.ContentLength < 0 && b.ReadCloser != nil && !b.done // < 0: its length was not told
	if unread && ex.Status != 0 {
		ex.Note(noteRequestUnread)
	}
	if ex.Status >= 400 && found.in(ex.ResponseBody) {
		ex.ResponseBody = []byte(withheldAnswer)
	} else {
		ex.ResponseBody = cutKeys(ex.ResponseBody)
	}
	for i, n := range ex.Notes {
		if ex.Notes[i] = cutKey(n); found.inText(n) {
			ex.Notes[i] = withheldNote
		}
	}
}

const (
	noteRequestCut    = "the log keeps only the beginning of the request body"
	noteRequestUnread = "the server did not read the whole request body"
)

// RequestCut reports whether RequestBody is only the beginning of what came, or nothing of it.
func (ex *Exchange) RequestCut() bool {
	return ex.requestLeftOut() || slices.Contains(ex.Notes, noteRequestCut)
}

// requestLeftOut reports whether nothing is kept of a body: none is wanted, or the log was behind.
func (ex *Exchange) requestLeftOut() bool { return len(ex.RequestBody) == 0 && ex.RequestSize > 0 }

// RequestWhole reports whether RequestBody is all of the body that was sent, but
// for its secrets: neither cut, nor withheld, nor left unread by the server. Only
// then does something that is missing in it say anything about the client.
func (ex *Exchange) RequestWhole() bool {
	if ex.RequestWithheld() || ex.requestLeftOut() {
		return false
	}
	for _, n := range ex.Notes {
		if n == noteRequestCut || n == noteRequestUnread {
			return false
		}
	}
	return true
}

// RequestWithheld reports whether RequestBody says why the body is not kept,
// instead of being it.
func (ex *Exchange) RequestWithheld() bool { return bytes.HasPrefix(ex.RequestBody, []byte(withheld)) }

// ResponseWithheld is RequestWithheld for ResponseBody.
func (ex *Exchange) ResponseWithheld() bool {
	return bytes.HasPrefix(ex.ResponseBody, []byte(withheld))
}

// RequestGap says why RequestBody is not what was sent, in words that follow
// "its request body"; "" when it is, but for passwords and keys.
func (ex *Exchange) RequestGap() string {
	switch {
	case ex.requestLeftOut():
		return "was not kept"
	case ex.RequestCut():
		return "was too long for the log"
	case slices.Contains(ex.Notes, noteRequestUnread):
		return "was not read to its end"
	case ex.RequestWithheld():
		return "was withheld"
	}
	return ""
}

// ResponseCut reports whether ResponseBody is only the beginning of what was sent.
func (ex *Exchange) ResponseCut() bool {
	return int64(len(ex.ResponseBody)) < ex.ResponseSize && !ex.ResponseWithheld()
}

// WriteHeader notes the status. Informational ones pass through.
func (rec *recorder) WriteHeader(status int) {
	if rec.ex.Status == 0 && status >= 200 {
		rec.ex.Status = status
	}
	rec.ResponseWriter.WriteHeader(status)
}

func (rec *recorder) Write(p []byte) (int, error) {
	ex := &rec.ex
	if ex.Status == 0 {
		ex.Status = http.StatusOK
	}
	ex.ResponseSize += int64(len(p))
	if room := rec.o.BodyBytes - len(ex.ResponseBody); room > 0 && len(p) > 0 {
		ex.ResponseBody = append(ex.ResponseBody, p[:min(len(p), room)]...)
	}
	return rec.ResponseWriter.Write(p)
}

// Unwrap gives http.ResponseController the connection's own writer.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }

// appendFields lists a header's fields in a fixed order, without their secrets.
// bearer is how a key was shown last: most requests come with the same.
func appendFields(list []Field, h http.Header, answer bool, bearer string) []Field {
	for name, values := range h {
		for _, v := range values {
			if name == "Authorization" && showsBearer(bearer, v) {
				list = append(list, Field{name, bearer})
				continue
			}
			list = append(list, Field{name, safeHeader(name, v, answer)})
		}
	}
	slices.SortStableFunc(list, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}
