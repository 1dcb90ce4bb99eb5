package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/explain"
	"scimdeck/store"
)

// The benchmarks go through the whole chain, log on, against a store on disk that
// all of them share, without the network: what they show is ours and Badger's.
//
//	go test ./server -run '^$' -bench . -benchmem

const benchUsers = 100_000

// load is a server over benchUsers users, and those that benchmarks have added.
type load struct {
	dir   string
	srv   *Server
	store *store.Store
	key   string
	ids   []string
	added atomic.Int64
}

var shared = sync.OnceValues(makeLoad)

// TestMain removes what the benchmarks have shared.
func TestMain(m *testing.M) {
	code := m.Run()
	if used.Load() {
		if l, err := shared(); err == nil {
			_ = l.store.Close()
			_ = os.RemoveAll(l.dir)
		}
	}
	os.Exit(code)
}

var used atomic.Bool

func newLoad(b *testing.B) *load {
	b.Helper()
	used.Store(true)
	l, err := shared()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	return l
}

func makeLoad() (*load, error) {
	dir, err := os.MkdirTemp("", "scimdeck-bench")
	if err != nil {
		return nil, err
	}
	catalog := scim.NewCatalog(false)
	st, err := store.Open(store.Options{Dir: dir, Catalog: catalog, Explain: explain.With(catalog)})
	if err != nil {
		return nil, err
	}
	l := &load{dir: dir, srv: New(Options{Store: st, Catalog: catalog}), store: st, ids: make([]string, benchUsers)}
	if l.key, _, err = st.CreateKey("bench", time.Time{}); err != nil {
		return nil, err
	}
	const writers = 64
	var wg sync.WaitGroup
	failed := make(chan error, writers)
	for w := range writers {
		wg.Go(func() {
			for i := w; i < benchUsers; i += writers {
				id, err := l.create(catalog.Type("User"), i)
				if err != nil {
					failed <- err
					return
				}
				l.ids[i] = id
			}
		})
	}
	wg.Wait()
	close(failed)
	return l, <-failed
}

func (l *load) create(t *scim.ResourceType, i int) (id string, err error) {
	v, err := scim.Decode([]byte(oktaUser(i, "Ada")), scim.Limits{})
	if err != nil {
		return "", err
	}
	d, _, err := t.Read(v, scim.Policy{})
	if err != nil {
		return "", err
	}
	ch, err := l.store.Create(context.Background(), t, d)
	if err != nil {
		return "", err
	}
	return string(scim.DocID(ch.After)), nil
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
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		header := http.Header{
			"Accept": {"application/scim+json"}, "Accept-Charset": {"utf-8"}, "User-Agent": {"Okta SCIM Client 1.0.0"},
			"Authorization": {"Bearer " + l.key}, "Accept-Encoding": {"gzip,deflate"}, "Content-Type": {"application/scim+json; charset=utf-8"},
		}
		for pb.Next() {
			method, target, body := request(int(next.Add(1) - 1))
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

// The first page, one deep in the list, and all of them in turn, as an import reads them.
func BenchmarkPage100(b *testing.B) {
	l := newLoad(b)
	for name, start := range map[string]func(i int) int{
		"first":  func(int) int { return 1 },
		"deep":   func(int) int { return benchUsers*9/10 + 1 },
		"import": func(i int) int { return 1 + i*100%benchUsers },
	} {
		b.Run(name, func(b *testing.B) {
			l.run(b, 200, func(i int) (string, string, string) {
				return "GET", "/scim/v2/Users?startIndex=" + strconv.Itoa(start(i)) + "&count=100", ""
			})
		})
	}
}

func BenchmarkCreate(b *testing.B) {
	l := newLoad(b)
	l.run(b, 201, func(int) (string, string, string) {
		return "POST", "/scim/v2/Users", oktaUser(int(l.added.Add(1))+2*benchUsers, "Ada")
	})
}

// A filter without an index looks at every user.
func BenchmarkSearch(b *testing.B) {
	l := newLoad(b)
	l.run(b, 200, func(int) (string, string, string) {
		return "GET", "/scim/v2/Users?count=10&filter=name.familyName%20co%20%22smi%22%20and%20active%20eq%20true", ""
	})
}

// A sorted list does too.
func BenchmarkSorted(b *testing.B) {
	l := newLoad(b)
	l.run(b, 200, func(int) (string, string, string) {
		return "GET", "/scim/v2/Users?count=100&sortBy=name.familyName", ""
	})
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
