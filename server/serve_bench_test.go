package server

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
)

// BenchmarkServe sends requests one after the other through the whole chain to a
// store in memory that explains nothing, so that what the server itself does is
// most of what shows.
//
//	go test ./server -run '^$' -bench Serve -benchmem -cpu 1
func BenchmarkServe(b *testing.B) {
	catalog := scim.NewCatalog(false)
	st, err := store.Open(store.Options{Catalog: catalog})
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	l := &load{srv: New(Options{Store: st, Catalog: catalog}), store: st}
	if l.key, _, err = st.CreateKey("bench", time.Time{}); err != nil {
		b.Fatal(err)
	}
	id, err := l.create(catalog.Type("User"), 0)
	if err != nil {
		b.Fatal(err)
	}
	one := "/scim/v2/Users/" + id
	patch := []byte(patchBody(oktaDeactivate))
	b.Run("get", func(b *testing.B) { l.serve(b, "GET", one, func(int) []byte { return nil }) })
	b.Run("post", func(b *testing.B) {
		l.serve(b, "POST", "/scim/v2/Users", func(int) []byte { return []byte(oktaUser(int(l.added.Add(1)), "Ada")) })
	})
	b.Run("put", func(b *testing.B) {
		l.serve(b, "PUT", one, func(n int) []byte { return []byte(oktaUser(0, "Ada"+strconv.Itoa(n))) })
	})
	b.Run("patch", func(b *testing.B) { l.serve(b, "PATCH", one, func(int) []byte { return patch }) })
}

// serve sends the n-th body.
func (l *load) serve(b *testing.B, method, target string, body func(n int) []byte) {
	b.ReportAllocs()
	u, err := url.ParseRequestURI(target)
	if err != nil {
		b.Fatal(err)
	}
	var in bytes.Reader
	r := &http.Request{
		Method: method, URL: u, RequestURI: target, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"Accept": {"application/scim+json"}, "Accept-Charset": {"utf-8"}, "User-Agent": {"Okta SCIM Client 1.0.0"},
			"Authorization": {"Bearer " + l.key}, "Accept-Encoding": {"gzip,deflate"}, "Content-Type": {"application/scim+json; charset=utf-8"},
		},
		Host: "scim.example.com", RemoteAddr: "127.0.0.1:5000",
	}
	w := &sink{header: http.Header{}}
	closer := io.NopCloser(&in)
	for n := range b.N {
		text := body(n)
		in.Reset(text)
		r.Body, r.ContentLength = closer, int64(len(text))
		w.status = 0
		clear(w.header)
		l.srv.ServeHTTP(w, r)
		if w.status/100 != 2 {
			b.Fatalf("%s %s: %d", method, target, w.status)
		}
	}
}
