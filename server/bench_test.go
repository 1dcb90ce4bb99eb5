package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/explain"
	"scimdeck/store"
)

// The benchmarks go through the whole chain, log on, against a store on disk,
// without the network: what they show is ours and Badger's.

const benchUsers = 10_000

// load is a server over benchUsers users.
type load struct {
	srv   *Server
	store *store.Store
	key   string
	ids   []string
}

func newLoad(b *testing.B) *load {
	b.Helper()
	catalog := scim.NewCatalog(false)
	st, err := store.Open(store.Options{Dir: b.TempDir(), Catalog: catalog, Explain: explain.Exchange})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = st.Close() })
	l := &load{srv: New(Options{Store: st, Catalog: catalog}), store: st, ids: make([]string, benchUsers)}
	if l.key, _, err = st.CreateKey("bench", time.Time{}); err != nil {
		b.Fatal(err)
	}
	t := catalog.Type("User")
	work := make(chan int)
	done := make(chan error)
	const writers = 64
	for range writers {
		go func() {
			var failed error
			for i := range work {
				if failed != nil {
					continue
				}
				var v scim.Value
				if v, failed = scim.Decode([]byte(oktaUser(i, "Ada")), scim.Limits{}); failed != nil {
					continue
				}
				d, _, err := t.Read(v, scim.Policy{})
				if failed = err; err == nil {
					var ch store.Change
					if ch, failed = st.Create(context.Background(), t, d); failed == nil {
						l.ids[i] = string(scim.DocID(ch.After))
					}
				}
			}
			done <- failed
		}()
	}
	for i := range benchUsers {
		work <- i
	}
	close(work)
	for range writers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	return l
}

// oktaUser is a create body as Okta sends it.
func oktaUser(i int, given string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"user%d@example.com",`+
		`"name":{"givenName":%q,"familyName":"Lovelace"},"emails":[{"primary":true,"value":"user%d@example.com","type":"work"}],`+
		`"displayName":"Ada Lovelace","locale":"en-US","externalId":"00u%017d","groups":[],"password":"1mz050nq","active":true}`, i, given, i, i)
}

// sink is a connection that takes everything.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) Flush()                      {}

// run sends the i-th request and checks the status.
func (l *load) run(b *testing.B, want int, request func(i int) (method, target, body string)) {
	next := make(chan int, 1)
	next <- 0
	b.RunParallel(func(pb *testing.PB) {
		header := http.Header{
			"Accept": {"application/scim+json"}, "Accept-Charset": {"utf-8"}, "User-Agent": {"Okta SCIM Client 1.0.0"},
			"Authorization": {"Bearer " + l.key}, "Accept-Encoding": {"gzip,deflate"}, "Content-Type": {"application/scim+json; charset=utf-8"},
		}
		for pb.Next() {
			i := <-next
			next <- i + 1
			method, target, body := request(i)
			u, err := url.ParseRequestURI(target)
			if err != nil {
				b.Error(err)
				return
			}
			r := (&http.Request{
				Method: method, URL: u, RequestURI: target, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
				Header: header, Host: "scim.example.com", RemoteAddr: "127.0.0.1:5000", Body: http.NoBody,
			})
			if body != "" {
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(body))), int64(len(body))
			}
			w := &sink{header: http.Header{}}
			l.srv.ServeHTTP(w, r)
			if w.status != want {
				b.Errorf("%s %s: %d, want %d", method, target, w.status, want)
				return
			}
		}
	})
}

func BenchmarkGet(b *testing.B) {
	l := newLoad(b)
	l.run(b, 200, func(i int) (string, string, string) {
		return "GET", "/scim/v2/Users/" + l.ids[i*7919%benchUsers], ""
	})
}

func lookup(i int) string {
	return "/scim/v2/Users?filter=userName%20eq%20%22user" + strconv.Itoa(i) + "%40example.com%22&startIndex=1&count=100"
}

func BenchmarkLookupHit(b *testing.B) {
	l := newLoad(b)
	l.run(b, 200, func(i int) (string, string, string) { return "GET", lookup(i * 7919 % benchUsers), "" })
}

func BenchmarkLookupMiss(b *testing.B) {
	l := newLoad(b)
	l.run(b, 200, func(i int) (string, string, string) { return "GET", lookup(i + benchUsers), "" })
}

func BenchmarkPage100(b *testing.B) {
	l := newLoad(b)
	l.run(b, 200, func(i int) (string, string, string) {
		return "GET", "/scim/v2/Users?startIndex=" + strconv.Itoa(1+i*100%benchUsers) + "&count=100", ""
	})
}

func BenchmarkCreate(b *testing.B) {
	l := newLoad(b)
	l.run(b, 201, func(i int) (string, string, string) { return "POST", "/scim/v2/Users", oktaUser(i+benchUsers, "Ada") })
}

func BenchmarkPut(b *testing.B) {
	l := newLoad(b)
	l.run(b, 200, func(i int) (string, string, string) {
		n := i * 7919 % benchUsers
		return "PUT", "/scim/v2/Users/" + l.ids[n], oktaUser(n, "Ada"+strconv.Itoa(i))
	})
}

func BenchmarkPatchActive(b *testing.B) {
	l := newLoad(b)
	l.run(b, 200, func(i int) (string, string, string) {
		active := strconv.FormatBool(i/benchUsers%2 == 1)
		return "PATCH", "/scim/v2/Users/" + l.ids[i*7919%benchUsers],
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":` + active + `}}]}`
	})
}
