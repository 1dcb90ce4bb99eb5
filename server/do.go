package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"scimdeck/scim/wire"
)

// Do runs a request of the dashboard's own through the same chain without a
// key: method, path below the base ("/Users", with a query if need be), body or
// nil. source marks the log entry and must not be empty. err is not nil only
// when there was no answer.
func (s *Server) Do(ctx context.Context, source, method, path string, body []byte) (status int, answer []byte, err error) {
	r := &wire.Request{Method: method, Path: path, Header: []wire.Field{{Name: "Accept", Value: typeSCIM[0]}}, Body: body}
	if body != nil {
		r.Header = append(r.Header, wire.Field{Name: "Content-Type", Value: typeSCIM[0]})
	}
	return s.Send(ctx, source, r)
}

// Send is Do for a request with header fields of its own: it has these and no others.
func (s *Server) Send(ctx context.Context, source string, q *wire.Request) (status int, answer []byte, err error) {
	if source == "" {
		return 0, nil, errors.New("a request of our own needs a source")
	}
	target := s.bases[0] + q.Path
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return 0, nil, fmt.Errorf("path %q: %w", q.Path, err)
	}
	r := &http.Request{
		Method: q.Method, URL: u, RequestURI: target, Host: "localhost",
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, RemoteAddr: wire.SourceKind(source),
	}
	for _, f := range q.Header {
		r.Header.Add(f.Name, f.Value)
	}
	if s.tls {
		r.TLS = &tls.ConnectionState{}
	}
	if local := s.local.Load(); local != nil {
		r.Host = *local
	}
	if q.Body != nil {
		r.Body, r.ContentLength = readOnly{bytes.NewReader(q.Body)}, int64(len(q.Body))
	}
	w := &ownWriter{source: source, header: http.Header{}}
	defer func() {
		if v := recover(); v != nil { // http.ErrAbortHandler: the exchange knows why
			status, answer, err = 0, nil, errors.New("the request ended without an answer; the log says why")
		}
	}()
	s.ServeHTTP(w, r.WithContext(ctx))
	return w.status, w.body.Bytes(), nil
}

// ownWriter takes the answer to a request of our own. That a request has one is
// what lets it pass without a key: nothing that comes by the network has it.
type ownWriter struct {
	source string
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *ownWriter) Header() http.Header { return w.header }

func (w *ownWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *ownWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Flush makes ownWriter what the recorder expects: the answer is always there.
func (w *ownWriter) Flush() {}

// fromDo reports whether the request is one of our own, and marks its exchange.
func (c *call) fromDo() bool {
	rec, ok := c.ResponseWriter.(interface{ Unwrap() http.ResponseWriter })
	if !ok {
		return false
	}
	w, ok := rec.Unwrap().(*ownWriter)
	if ok {
		c.ex.Source = w.source
	}
	return ok
}

type readOnly struct{ *bytes.Reader }

func (readOnly) Close() error { return nil }
