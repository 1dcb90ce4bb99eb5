package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/explain"
	"scimdeck/scim/explain/lint"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// A bench is a server over a store in memory, reached by HTTP, with a key.
type bench struct {
	t     testing.TB
	store *store.Store
	srv   *Server
	http  *httptest.Server
	base  string
	key   string
	sent  uint64 // requests that must come up in the log

	lock  sync.Mutex
	found [][]wire.Finding // what lint found in each exchange
}

// newBench makes one. change may adjust the options. The store is verified at the end.
func newBench(t testing.TB, groups bool, change func(*Options)) *bench {
	t.Helper()
	return newBenchOf(t, scim.NewCatalog(groups), change)
}

// newBenchOf is newBench with a catalog of the test's own.
func newBenchOf(t testing.TB, catalog *scim.Catalog, change func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t}
	var linter *lint.Linter
	tell := explain.With(catalog)
	st, err := store.Open(store.Options{Catalog: catalog, Explain: func(ex *wire.Exchange) {
		tell(ex)
		b.hold(linter, ex)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Verify(context.Background()); err != nil {
			t.Errorf("the store is damaged: %v", err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	o := Options{Store: st, Catalog: catalog}
	if change != nil {
		change(&o)
	}
	rules := lint.Options{Catalog: catalog, Answers: true, MaxResults: 1000, Most: 200}
	if o.Policy.Mode == scim.Interop {
		rules.Profile = lint.Interop
	}
	linter = lint.New(rules)
	b.store, b.srv = st, New(o)
	b.http = httptest.NewServer(b.srv)
	t.Cleanup(b.http.Close)
	b.base = b.http.URL + b.srv.bases[0]
	secret, _, err := st.CreateKey("okta-dev", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	b.key = secret
	return b
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// json decodes the body as an object; it fails the test when it is none.
func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(a.body), &m); err != nil {
		t.Fatalf("the answer is not a JSON object: %v\n%s", err, a.body)
	}
	return m
}

func (a answer) get(t testing.TB, name string) string {
	t.Helper()
	s, _ := a.json(t)[name].(string)
	return s
}

// do sends a request with the key: path is below the base, or a whole URL.
// Headers are "Name: value"; one without a value takes the header away.
func (b *bench) do(method, path, body string, headers ...string) answer {
	b.t.Helper()
	if !strings.Contains(path, "://") {
		path = b.base + path
	}
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r, err := http.NewRequest(method, path, in)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+b.key)
	if body != "" {
		r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		r.Header.Del(name)
		if value = strings.TrimSpace(value); value != "" {
			r.Header.Set(name, value)
		}
	}
	return b.send(r)
}

func (b *bench) send(r *http.Request) answer {
	b.t.Helper()
	b.sent++
	res, err := b.http.Client().Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

// logged returns the exchange of the last request sent. An exchange is logged
// after its answer has left, so it may have to be waited for.
func (b *bench) logged() *wire.Exchange {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); b.store.LogState().Last < b.sent; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("%d requests were sent, the log ends at %d", b.sent, b.store.LogState().Last)
		}
	}
	b.store.FlushLog()
	ex, ok, err := b.store.Exchange(b.sent)
	if err != nil || !ok {
		b.t.Fatalf("no exchange in the log: %v %v", ok, err)
	}
	return ex
}

// user gives the body of a user, with more members behind a comma if need be.
func user(name string, more ...string) string {
	return fmt.Sprintf(`{"schemas":[%q],"userName":%q,"name":{"givenName":"Ada","familyName":"Lovelace"},`+
		`"emails":[{"primary":true,"value":%q,"type":"work"}],"active":true%s}`, scim.UserURN, name, name, strings.Join(more, ""))
}

// create makes a user and returns its id.
func (b *bench) create(name string) string {
	b.t.Helper()
	a := b.do("POST", "/Users", user(name))
	if a.status != http.StatusCreated {
		b.t.Fatalf("create %s: %d %s", name, a.status, a.body)
	}
	return a.get(b.t, "id")
}

func patchBody(ops string) string {
	return fmt.Sprintf(`{"schemas":[%q],"Operations":[%s]}`, scim.PatchURN, ops)
}

const oktaDeactivate = `{"op":"replace","value":{"active":false}}`
