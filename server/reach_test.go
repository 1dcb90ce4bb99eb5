package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"scimdeck/scim/reach"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// tested runs a test of an address and returns its results by name.
func tested(t *testing.T, st *store.Store, base string) map[string]reach.Result {
	t.Helper()
	trial, err := st.BeginTrial()
	if err != nil {
		t.Fatal(err)
	}
	defer st.EndTrial(trial.Mark)
	results := map[string]reach.Result{}
	for r := range reach.Test(t.Context(), reach.Target{
		Base: base, Mark: trial.Mark, Secret: trial.Secret,
		Arrived: func(context.Context) (int, error) { return st.Arrived(trial.Mark), nil },
	}) {
		results[r.Name] = r
	}
	return results
}

// The address of this server passes each step. What was sent is marked in the log,
// and no key of it is left.
func TestReach(t *testing.T) {
	h := newBench(t, false, nil)
	results := tested(t, h.store, h.base)
	for _, name := range []string{reach.Connect, reach.Here, reach.WrongKey, reach.Key, reach.Location} {
		if r := results[name]; r.State != reach.OK {
			t.Errorf("%s: %+v", name, r)
		}
	}
	h.http.Close() // so that all of them are over
	h.store.FlushLog()
	rows := h.store.Rows(nil, 0, 0)
	if len(rows) != 3 {
		t.Fatalf("%d requests, want 3", len(rows))
	}
	for i, row := range rows {
		if row.Source != wire.SourceTest || row.Problem || row.Part != (wire.Part{}) || i == 2 && row.KeyName != store.TrialKey {
			t.Errorf("#%d is from %q with the key %q, a problem: %v", row.Seq, row.Source, row.KeyName, row.Problem)
		}
	}
	if n := len(h.store.Keys()); n != 1 { // the harness's own
		t.Errorf("%d keys", n)
	}
}

// A mark that nobody has begun marks nothing.
func TestForgedMark(t *testing.T) {
	h := newBench(t, false, nil)
	r := httptest.NewRequest("GET", "/api/scim/v2/ServiceProviderConfig", nil)
	r.Header.Set("User-Agent", wire.TestAgent+strings.Repeat("0", 32))
	h.srv.ServeHTTP(httptest.NewRecorder(), r)
	h.store.FlushLog()
	if row := h.store.Rows(nil, 0, 0)[0]; row.Source != "" {
		t.Errorf("it is from %q", row.Source)
	}
}

// What may stand between a client and this server, and what the test says of it.
func TestReachFaults(t *testing.T) {
	h := newBench(t, false, nil)
	target, err := url.Parse(h.http.URL)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string // keys that a stranger got
	for name, c := range map[string]struct {
		between func(w http.ResponseWriter, r *http.Request, pass http.Handler)
		path    string
		step    string
		state   reach.State
		want    string
	}{
		"another server": {
			func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
				seen = append(seen, r.Header["Authorization"]...)
				http.NotFound(w, r)
			}, "", reach.Here, reach.Failed, "another server answers there: 404 Not Found, text/plain",
		},
		"another scimdeck": {
			func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
				seen = append(seen, r.Header["Authorization"]...)
				newBench(t, false, nil).srv.ServeHTTP(w, r)
			}, "", reach.Here, reach.Failed, "another server answers there: 200 OK, application/scim+json",
		},
		"tunnel without server": {
			func(w http.ResponseWriter, r *http.Request, _ http.Handler) { w.WriteHeader(502) },
			"", reach.Here, reach.Failed, "the tunnel answers and does not get through to this server: 502 Bad Gateway",
		},
		"ngrok's own page": {
			func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
				w.Header().Set("Ngrok-Error-Code", "ERR_NGROK_3200")
				w.WriteHeader(404)
			}, "", reach.Here, reach.Failed, `ngrok answers by itself: 404 Not Found, "ERR_NGROK_3200"`,
		},
		"redirect": {
			func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
				http.Redirect(w, r, h.http.URL+r.URL.Path, http.StatusFound)
			}, "", reach.Here, reach.Failed, `it only redirects to "` + h.http.URL,
		},
		"login before it": {
			func(w http.ResponseWriter, r *http.Request, _ http.Handler) { w.WriteHeader(403) },
			"", reach.Here, reach.Failed, "something in between wants a login of its own",
		},
		"wrong path": {
			func(w http.ResponseWriter, r *http.Request, pass http.Handler) { pass.ServeHTTP(w, r) },
			"/v2", reach.Here, reach.Failed, `the path is wrong: nothing is at "/v2/ServiceProviderConfig": the base URL must end in /api/scim/v2`,
		},
		"no Authorization": {
			func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
				r.Header.Del("Authorization")
				pass.ServeHTTP(w, r)
			}, "", reach.Key, reach.Failed, "401 with a good key",
		},
		"lets anyone in": {
			func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
				if r.Header.Get("Authorization") != "" {
					r.Header.Set("Authorization", "Bearer "+h.key)
				}
				pass.ServeHTTP(w, r)
			}, "", reach.WrongKey, reach.Failed, "a wrong key got in: 200 OK",
		},
		"error pages": {
			func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
				rec := httptest.NewRecorder()
				if pass.ServeHTTP(rec, r); rec.Code == 401 {
					w.Header().Set("Content-Type", "text/html")
					w.WriteHeader(401)
					return
				}
				pass.ServeHTTP(w, r)
			}, "", reach.WrongKey, reach.Failed, "401, and not in SCIM's form (text/html)",
		},
		"answer lost": {
			func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
				pass.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}, "", reach.Here, reach.Failed, "the request arrived here and the answer did not come back: it hung up",
		},
		"host rewritten": {
			func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
				r.Host = target.Host
				pass.ServeHTTP(w, r)
			}, "", reach.Location, reach.Note, `meta.location is "` + h.http.URL,
		},
	} {
		t.Run(name, func(t *testing.T) {
			seen = nil
			pass := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
				p.SetURL(target)
				p.Out.Host = p.In.Host
			}}
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.between(w, r, pass) }))
			defer front.Close()
			path := c.path
			if path == "" {
				path = "/api/scim/v2"
			}
			results := tested(t, h.store, front.URL+path)
			r := results[c.step]
			if r.State != c.state || !strings.Contains(r.Detail, c.want) || r.Way == "" {
				t.Errorf("%s: %+v, want %s: %s", c.step, r, c.state, c.want)
			}
			if c.state == reach.Failed && c.step == reach.Here && len(results) > 3 {
				t.Errorf("it went on: %v", results)
			}
			if len(seen) > 0 {
				t.Errorf("a stranger got a key: %q", seen)
			}
		})
	}
}
