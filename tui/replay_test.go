package tui

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

// replayer is a dashboard with logged requests, and the ones that are sent again.
type replayer struct {
	*app
	sent []*wire.Request
}

// newReplayer makes one whose server answers all that is sent with a status.
func newReplayer(t testing.TB, w, h, status int, exs ...*wire.Exchange) *replayer {
	r := &replayer{}
	var st *store.Store
	r.app = newApp(t, w, h, func(o *Options) {
		st = newStore(t, store.LogOptions{})
		o.Store = st
		o.Send = func(_ context.Context, source string, q *wire.Request) (int, []byte, error) {
			r.sent = append(r.sent, q)
			path, query, _ := strings.Cut(q.Path, "?")
			st.Log(&wire.Exchange{
				Start: start, Source: source, Method: q.Method, Path: path, Target: "/api/scim/v2" + path + "?" + query, Status: status,
				RequestHeader: q.Header, RequestBody: q.Body, ResponseBody: []byte(`{"userName":"ada@example.com","title":"Countess"}`),
				Base: "http://127.0.0.1:7644/api/scim/v2", Sentence: "replace ada@example.com (" + source + ")", Op: "replace",
			})
			return status, nil, nil
		}
	})
	r.log(exs...)
	return r
}

// wake lets time go by until a question listens.
func (a *app) wake() { a.clock = a.clock.Add(300 * time.Millisecond) }

func readOf(name string) *wire.Exchange {
	ex := exchange(name)
	ex.Method, ex.RequestBody, ex.RequestSize, ex.Op = "GET", nil, 0, "read"
	return ex
}

// Statement 45: a write is sent again only when that is confirmed; a read at once.
func TestAcceptance45_ReplayAsks(t *testing.T) {
	a := newReplayer(t, 80, 24, 409, exchange("ada@example.com"))
	a.press("r")
	a.sees("Send this request again?", "replace ada@example.com", "the server here")
	a.press("y") // too early
	for _, key := range []string{"esc", "n", "enter"} {
		a.wake()
		a.press(key)
		if len(a.sent) > 0 {
			t.Fatalf("%s sends", key)
		}
		a.press("r")
	}
	a.wake()
	a.press("y")
	if len(a.sent) != 1 || a.sent[0].Method != "PUT" || string(a.sent[0].Body) != string(exchange("ada@example.com").RequestBody) {
		t.Fatalf("sent: %+v", a.sent)
	}
	a.reload()
	a.sees("#1 sent again: 409 Conflict, it was 200 OK")

	read := newReplayer(t, 80, 24, 200, readOf("ada@example.com"))
	read.press("r")
	read.settle() // a log that keeps nothing gives no row
	if said := strings.Join(read.r.notices, "\n"); !strings.Contains(said, "#1 sent again: 200 OK") {
		t.Errorf("said: %s", said)
	}
	if len(read.sent) != 1 {
		t.Errorf("a read is not sent at once:\n%s", read.text())
	}
	for _, text := range []string{"the log keeps only the beginning of the request body", "the server did not read the whole request body"} {
		ex := exchange("ada@example.com")
		ex.Note(text)
		cut := newReplayer(t, 80, 24, 200, ex)
		cut.press("r")
		cut.sees("#1 cannot be sent again: its request body was")
		cut.press("R")
		cut.sees("#1 cannot be sent again: its request body was")
		if len(cut.sent) > 0 {
			t.Errorf("half a body is sent: %s", text)
		}
	}
}

// What is changed in the editor is sent; what is no request is seen again with
// the reason; what was left as it is, or went wrong, is not sent.
func TestReplayEdited(t *testing.T) {
	a := newReplayer(t, 80, 24, 200, exchange("ada@example.com"))
	a.edits = []func(string) string{
		func(text string) string {
			if !strings.HasPrefix(text, "# Request #1 goes to the server here") || strings.Contains(text, "Authorization") {
				t.Errorf("in the editor:\n%s", text)
			}
			return strings.Replace(text, "PUT ", "put ", 1)
		},
		func(text string) string {
			if !strings.HasPrefix(text, "#! line 5: a method has capital letters only") {
				t.Errorf("in the editor again:\n%s", text)
			}
			return strings.Replace(strings.Replace(text, "\nput ", "\nPUT ", 1), "-1.5e3", "7", 1)
		},
	}
	a.press("R")
	a.sees("as you have changed it")
	if len(a.sent) > 0 {
		t.Fatal("sent without a question")
	}
	a.wake()
	a.press("y")
	if len(a.sent) != 1 || !strings.Contains(string(a.sent[0].Body), `"n": 7`) {
		t.Fatalf("sent: %+v", a.sent)
	}
	a.reload()
	a.edits = []func(string) string{func(text string) string { return text }}
	a.press("R")
	a.sees("the text was not changed: the replay is called off")
	a.d.edit = func(string, []byte) ([]byte, error) { return nil, errors.New("no space left on device") }
	a.press("R")
	a.sees("no space left on device")
	if a.press("R"); strings.Contains(a.text(), "not done yet") || len(a.sent) != 1 {
		t.Errorf("after an edit that failed:\n%s", a.text())
	}
}

// To another server: the key is typed or named, drawn nowhere, kept nowhere, and
// what comes of it is logged.
func TestReplayElsewhere(t *testing.T) {
	const key = "00secretOfAnotherServer00"
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusCreated)
	}))
	defer srv.Close()
	a := newReplayer(t, 100, 30, 200, exchange("ada@example.com"), exchange("bob@example.com"))
	a.press("ctrl+r")
	a.write("ftp://x")
	a.press("enter")
	a.sees("begins with https://")
	a.press("ctrl+u")
	a.write(srv.URL + "/v2")
	a.press("tab", "ctrl+u", "enter")
	a.sees("where is the key?")
	a.press("tab")
	a.write(key)
	if strings.Contains(a.text(), key[:4]) || !strings.Contains(a.text(), strings.Repeat("*", len(key))) {
		t.Errorf("the key while it is typed:\n%s", a.text())
	}
	a.press("enter")
	a.sees(srv.URL + "/v2")
	a.wake()
	a.press("y")
	a.reload()
	a.sees("#2 sent again: 201 Created, it was 200 OK")
	if len(got) != 1 || !strings.HasPrefix(got[0], "PUT /v2/Users/") || !strings.HasSuffix(got[0], "Bearer "+key) || len(a.sent) > 0 {
		t.Fatalf("%q", got)
	}
	a.store().FlushLog()
	ex, ok, err := a.store().Exchange(3)
	if err != nil || !ok || ex.Source != wire.ReplaySource(2, wire.Host(srv.URL)) || strings.Contains(fmt.Sprintf("%+v", ex), key) {
		t.Errorf("logged: %+v %v %v", ex, ok, err)
	}

	// all that are marked, with the key of a variable; the server is proposed
	t.Setenv("OTHER_KEY", key)
	a.press("g", "m", "j", "m", "ctrl+r")
	a.sees(srv.URL+"/v2", "2 marked")
	a.press("shift+tab", "right", "tab", "tab", "ctrl+u")
	a.write("OTHER_KEY")
	a.press("enter")
	a.sees("Send these 2 requests again?", "2 of them change something")
	a.wake()
	a.press("y")
	a.reload()
	a.sees("2 requests sent again, 2 answered with another status")
	if len(got) != 3 {
		t.Errorf("%q", got)
	}
	a.press("ctrl+r", "tab", "ctrl+u")
	a.write("NOT_SET")
	a.press("enter")
	a.wake()
	a.press("y")
	a.sees("NOT_SET is not set in the environment")
}

// = takes the marked ones, or a replay and what it repeats.
func TestComparePairs(t *testing.T) {
	a := newReplayer(t, 80, 24, 200, readOf("ada@example.com"), readOf("bob@example.com"), readOf("eve@example.com"))
	a.press("=")
	a.sees("compare with what?")
	pair := func(x, y uint64) {
		t.Helper()
		if p, q := a.requests().pair(); p != x || q != y {
			t.Errorf("compares %d and %d, want %d and %d", p, q, x, y)
		}
	}
	a.press("k", "r") // #2, which becomes #4
	a.reload()
	pair(2, 4)
	a.press("G")
	pair(2, 4)
	a.press("g", "m")
	pair(0, 0)
	a.press("j", "j")
	pair(1, 3)
	a.press("m", "k")
	pair(1, 3)
	a.press("m")
	pair(0, 0)
}

// reload lets come in what was logged.
func (a *app) reload() { a.log() }

func TestCompareShows(t *testing.T) {
	a := newReplayer(t, 80, 24, 409, exchange("ada@example.com"))
	a.press("r")
	a.wake()
	a.press("y")
	a.reload()
	a.press("=")
	a.sees("Compare #1 and #2", "~ status", "#1  200 OK", "#2  409 Conflict", "(time)")
	if strings.Contains(a.text(), "base URL") {
		t.Errorf("what is the same is shown:\n%s", a.text())
	}
	a.press("G")
	a.sees("+ title")
	a.press("w")
	a.sees("base URL")
	a.send(tea.WindowSizeMsg{Width: 140, Height: 40})
	lines := strings.Split(a.text(), "\n")
	for _, line := range lines {
		if strings.Contains(line, "status") && !(strings.Contains(line, "200 OK") && strings.Contains(line, "409 Conflict")) {
			t.Errorf("not side by side: %q", line)
		}
	}
	a.press("esc")
	a.sees("WHAT HAPPENED")
}

// Before a write is sent it says how the resource is now.
func TestReplaySaysWhatIsNow(t *testing.T) {
	create := exchange("ada@example.com")
	create.Method, create.Path, create.Target, create.Op, create.ID = "POST", "/Users", "/api/scim/v2/Users", "create", ""
	put := exchange("bob@example.com") // whose id nobody has
	a := newReplayer(t, 80, 24, 200, create, put)
	a.press("r")
	a.sees("bob@example.com is there no more: a 404 is likely.")
	a.wake()
	a.press("esc", "k", "r")
	if text := a.text(); strings.Contains(text, "likely") {
		t.Errorf("a create of somebody who is not there:\n%s", text)
	}
	a.wake()
	a.press("esc")
	var o Options
	var log []string
	doer(t, a.store(), &log)(&o)
	if status, _, err := o.Do(t.Context(), "tui", "POST", "/Users", create.RequestBody); err != nil || status != 201 {
		t.Fatal(status, err)
	}
	a.press("r")
	a.sees("ada@example.com is there now: a 409 is likely.")
	a.wake()
	a.press("esc")
	a.edits = []func(string) string{func(text string) string { return strings.Replace(text, "ada@", "eve@", 1) }}
	a.press("R")
	if text := a.text(); strings.Contains(text, "likely") {
		t.Errorf("a create of somebody else:\n%s", text)
	}
}
