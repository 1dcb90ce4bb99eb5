package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

var (
	catalog = scim.NewCatalog(true)
	users   = catalog.Type("User")
	groups  = catalog.Type("Group")
)

// open opens a store in memory.
func open(t testing.TB) *store.Store {
	t.Helper()
	st, err := store.Open(store.Options{Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// clients gives a test a client of each kind.
func clients(t *testing.T, o Options, test func(*testing.T, *Client)) {
	t.Helper()
	t.Run("socket", func(t *testing.T) { test(t, overSocket(t, o)) })
	t.Run("within", func(t *testing.T) {
		c := Within(o)
		t.Cleanup(func() {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
		test(t, c)
	})
}

func overSocket(t testing.TB, o Options) *Client {
	t.Helper()
	dir := t.TempDir()
	srv, err := Start(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), srv.Stop()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// create makes a resource of a JSON text and returns its id.
func create(t testing.TB, st *store.Store, rt *scim.ResourceType, text string) string {
	t.Helper()
	v, err := scim.Decode([]byte(text), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := rt.Read(v, scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	change, err := st.Create(t.Context(), rt, d)
	if err != nil {
		t.Fatal(err)
	}
	return string(scim.DocID(change.After))
}

func filter(t testing.TB, text string) *scim.Filter {
	t.Helper()
	e, err := scim.ParseFilter(text)
	if err != nil {
		t.Fatal(err)
	}
	f, err := users.Compile(e)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func sorted(t testing.TB, by, order string) *scim.Sort {
	t.Helper()
	s, err := users.Sort(by, order)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// exchange is one with something in every field that the log keeps.
func exchange(name string) *wire.Exchange {
	return &wire.Exchange{
		Start: time.Date(2026, 5, 1, 12, 0, 0, 123456789, time.UTC), Took: 1234567, Source: "tui",
		Method: "POST", Target: "/scim/v2/Users?x=<&>", Proto: "HTTP/1.1", Host: "localhost", Remote: "127.0.0.1:9",
		RequestHeader: []wire.Field{{Name: "User-Agent", Value: "Okta \"x\""}}, RequestBody: []byte("{\x00\xff}"), RequestSize: 4,
		Status: 409, ResponseHeader: []wire.Field{{Name: "Etag", Value: `W/"1"`}}, ResponseBody: []byte(`{"<": "ä"}`), ResponseSize: 11,
		Base: "http://localhost/scim/v2", Path: "/Users", KeyID: 7, KeyName: "okta", KeyPrefix: "scimdeck_abcd", Refused: "",
		Type: "User", ID: "1", Name: name, Total: 3, Start1: 1, Count: 2, Filter: `userName eq "x"`, Notes: []string{"a note"},
		Op: "create", Sentence: "create " + name, Changed: []string{"userName"},
	}
}

// furnish puts something of everything into a store.
func furnish(t testing.TB, st *store.Store) (ids []string) {
	t.Helper()
	for i := range 5 {
		ids = append(ids, create(t, st, users, fmt.Sprintf(`{"schemas":[%q],"userName":"user%d@example.com","displayName":"<Ä&%d>"}`, scim.UserURN, i, 9-i)))
	}
	create(t, st, groups, fmt.Sprintf(`{"schemas":[%q],"displayName":"team","members":[{"value":%q}]}`, scim.GroupURN, ids[1]))
	for _, k := range []struct {
		name string
		then func(uint64) error
	}{
		{"okta", func(id uint64) error { return st.ExpireKey(id, time.Now().Add(time.Hour)) }},
		{"ci", st.DisableKey},
		{"old", st.RevokeKey},
	} {
		secret, key, err := st.CreateKey(k.name, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		st.Authenticate(secret)
		if err := k.then(key.ID); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2500 { // more than go at once
		st.Log(exchange(fmt.Sprintf("user%d@example.com", i)))
		if i%500 == 0 {
			st.FlushLog()
		}
	}
	st.FlushLog()
	return ids
}

// What a client changes is changed.
func TestChanges(t *testing.T) {
	st := open(t)
	clients(t, Options{Store: st, Catalog: catalog}, func(t *testing.T, c *Client) {
		ctx, name := t.Context(), strings.ReplaceAll(t.Name(), "/", "_")
		at := time.Now().Add(time.Hour).UTC()
		secret, k, err := c.CreateKey(ctx, name, at)
		if err != nil {
			t.Fatal(err)
		}
		key := func() store.Key {
			for _, stored := range st.Keys() {
				if stored.ID == k.ID {
					return stored
				}
			}
			t.Fatal("no such key")
			return store.Key{}
		}
		if !reflect.DeepEqual(key(), k) || k.Name != name || !k.Expires.Equal(at) {
			t.Errorf("made %+v, kept %+v", k, key())
		}
		if used, reason := st.Authenticate(secret); reason != "" || used.ID != k.ID {
			t.Errorf("the secret does not work: %q", reason)
		}
		for _, step := range []struct {
			what string
			err  error
			done func(store.Key) bool
		}{
			{"rename", c.RenameKey(ctx, k.ID, name+"2"), func(k store.Key) bool { return k.Name == name+"2" }},
			{"disable", c.DisableKey(ctx, k.ID), func(k store.Key) bool { return k.Disabled }},
		} {
			if step.err != nil || !step.done(key()) {
				t.Errorf("%s: %v, %+v", step.what, step.err, key())
			}
		}
		if err := c.EnableKey(ctx, k.ID); err != nil || key().Disabled {
			t.Errorf("enable: %v", err)
		}
		if err := c.ExpireKey(ctx, k.ID, time.Time{}); err != nil || !key().Expires.IsZero() {
			t.Errorf("expire never: %v, %v", err, key().Expires)
		}
		if err := c.RevokeKey(ctx, k.ID); err != nil || key().Revoked.IsZero() {
			t.Errorf("revoke: %v", err)
		}
		st.Log(exchange("ada@example.com"))
		st.FlushLog()
		if err := c.ClearLog(ctx); err != nil || st.LogState().Entries != 0 {
			t.Errorf("clear: %v, %+v", err, st.LogState())
		}
	})
}

// A page has a bound, and what is asked wrongly is an error of the verb.
func TestRefused(t *testing.T) {
	st := open(t)
	alone := scim.NewCatalog(false)
	clients(t, Options{Store: st, Catalog: alone}, func(t *testing.T, c *Client) {
		ctx := t.Context()
		for what, err := range map[string]error{
			"10001 resources are too many at once": second(c.List(ctx, users, store.Query{Count: 10_001}, func([]byte) {})),
			`there is no resource type "Group"`:    second(c.Count(ctx, groups)),
			"no server runs on this data folder":   third(c.Do(ctx, "tui", "GET", "/Users", nil)),
			"does not know GET /nothing":           second(call[none](ctx, c, "GET", "/nothing?x=y", nil)),
			`id: want a number, not "x"`:           second(call[none](ctx, c, "POST", "/keys/x/revoke", nil)),
			`"x" is no position in a list`:         second(call[none](ctx, c, "GET", "/resources/User?after=x", nil)),
		} {
			if err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("%v, want %s", err, what)
			}
		}
		if _, err := c.Keys(ctx); err != nil {
			t.Errorf("after that: %v", err)
		}
	})
}

func second[A any](_ A, err error) error        { return err }
func third[A, B any](_ A, _ B, err error) error { return err }

// A body has a bound.
func TestTooLarge(t *testing.T) {
	s := newService(Options{Store: open(t), Catalog: catalog})
	w := httptest.NewRecorder()
	s.routes().ServeHTTP(w, httptest.NewRequest("POST", "/keys", strings.NewReader(`{"name":"`+strings.Repeat("x", bodyBytes)+`"}`)))
	if err := read(w.Body.Bytes()); err.Error() != "reading the request: http: request body too large" {
		t.Errorf("%d %v", w.Code, err)
	}
}

// A ping means: come and read. It comes for each kind of change, and the end of the server closes the channel.
func TestWatch(t *testing.T) {
	st := open(t)
	dir := t.TempDir()
	srv, err := Start(dir, Options{Store: st, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ping, stop, err := c.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for i, change := range []func(){
		func() { create(t, st, users, `{"schemas":["`+scim.UserURN+`"],"userName":"ada"}`) },
		func() { _, _, _ = st.CreateKey("okta", time.Time{}) },
		func() { st.Log(exchange("ada")) },
	} {
		change()
		if _, ok := <-ping; !ok {
			t.Fatalf("change %d ended it", i)
		}
	}
	other, end, err := c.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	end()
	for range other {
	}
	if err := srv.Stop(); err != nil {
		t.Error(err)
	}
	for range ping {
	}
	var gone *GoneError
	if _, err := c.Keys(t.Context()); !errors.As(err, &gone) {
		t.Errorf("after the end: %v", err)
	}
}

// Do reaches the server's handlers with what it was given.
func TestDo(t *testing.T) {
	st := open(t)
	broken := errors.New("broken")
	o := Options{Store: st, Catalog: catalog, Do: func(_ context.Context, source, method, path string, body []byte) (int, []byte, error) {
		if path == "/broken" {
			return 0, nil, broken
		}
		return 418, fmt.Appendf(nil, "%s %s %s %s\xff", source, method, path, body), nil
	}}
	clients(t, o, func(t *testing.T, c *Client) {
		status, answer, err := c.Do(t.Context(), "tui", "PUT", "/Users/1", []byte("\x00{}"))
		if err != nil || status != 418 || string(answer) != "tui PUT /Users/1 \x00{}\xff" {
			t.Errorf("%d %q %v", status, answer, err)
		}
		if _, _, err := c.Do(t.Context(), "tui", "GET", "/broken", nil); err == nil || err.Error() != "broken" {
			t.Errorf("%v, want broken", err)
		}
	})
}

// An error crosses with its words and with what it is.
func TestErrors(t *testing.T) {
	taken := scim.Errorf(409, scim.Uniqueness, "userName %q is taken\nby another", "ä")
	for _, err := range []error{
		taken, fmt.Errorf("line 3: %w", taken), store.ErrClosed, fmt.Errorf("listing: %w", store.ErrClosed), errors.New("a\r\nb \x00"),
	} {
		have, want := give(read(write(err))), give(err)
		if !reflect.DeepEqual(have, want) {
			t.Errorf("have %+v\nwant %+v", have, want)
		}
		if bytes.ContainsAny(write(err), "\r\n") {
			t.Errorf("%q does not fit in a trailer", write(err))
		}
	}
}

// However long the error that ends a stream is, it arrives as what it is.
func TestLongError(t *testing.T) {
	long := scim.Errorf(400, scim.InvalidValue, "%s", strings.Repeat("\x01<", 100_000))
	p := newPipes()
	srv := &http.Server{Handler: newService(Options{}).stream(func(w *flow, _ *http.Request) error {
		_, err := w.Write([]byte("a line\n"))
		return errors.Join(err, long)
	})}
	defer srv.Close()
	go func() { _ = srv.Serve(p) }() // ends with Close
	c := newClient(p.dial)
	resp, err := c.send(t.Context(), "GET", "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = c.lines(t.Context(), resp, nil, func([]byte) error { n++; return nil })
	var refused *scim.Error
	if !errors.As(err, &refused) || refused.Status != 400 || !strings.HasPrefix(err.Error(), long.Error()[:1000]) || n != 1 {
		t.Errorf("%d lines, %.100v", n, err)
	}
}

// Whatever goes wrong, no secret is logged.
func TestNothingSecretIsLogged(t *testing.T) {
	var said bytes.Buffer
	st, dir := open(t), t.TempDir()
	srv, err := Start(dir, Options{
		Store: st, Catalog: catalog, Messages: slog.New(slog.NewTextHandler(&said, nil)),
		Do: func(context.Context, string, string, string, []byte) (int, []byte, error) { panic("broken on purpose") },
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := c.CreateKey(t.Context(), "okta", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var gone *GoneError
	if _, _, err := c.Do(t.Context(), "tui", "GET", "/Users", []byte(secret)); !errors.As(err, &gone) {
		t.Errorf("a call that broke: %v", err)
	}
	if err := errors.Join(c.Close(), srv.Stop()); err != nil {
		t.Error(err)
	}
	if text := said.String(); !strings.Contains(text, "broken on purpose") || strings.Contains(text, secret) {
		t.Errorf("the log says %q", text)
	}
}
