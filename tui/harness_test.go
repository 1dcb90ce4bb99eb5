package tui

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/reach"
	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/store/draft"
	"scimdeck/tui/ui"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// start is when the clock of all tests begins.
var start = time.Date(2025, 1, 2, 14, 2, 20, 0, time.UTC)

// app is a dashboard without a terminal. Keys and messages are applied at
// once; commands run at once too, except those that wait: later keeps what
// they would give.
type app struct {
	t      testing.TB
	r      *root
	d      *deps
	clock  time.Time
	later  []tea.Msg
	quit   bool
	copied []string                   // what was put on the clipboard
	paged  []string                   // texts that the pager was given
	edits  []func(text string) string // what the user will do in the editor, one use after the other
	seq    uint64
	read   *watcher // of a.log
}

// newApp makes a dashboard of w by h cells, with a store in memory if st is nil.
func newApp(t testing.TB, w, h int, change ...func(*Options)) *app {
	t.Helper()
	a := &app{t: t, clock: start}
	o := Options{
		Catalog: scim.NewCatalog(false), Listen: "127.0.0.1:7644", BaseURL: "http://127.0.0.1:7644/api/scim/v2",
		Version: "0.1.0", Now: func() time.Time { return a.clock }, Location: time.UTC, WorkDir: "/nowhere",
		Do: func(context.Context, string, string, string, []byte) (int, []byte, error) {
			return 0, nil, errors.New("no server in this test")
		},
		Send: func(context.Context, string, *wire.Request) (int, []byte, error) {
			return 0, nil, errors.New("no server in this test")
		},
	}
	profile, ascii := ui.Dark, false
	for _, f := range change {
		f(&o)
	}
	if o.Store == nil {
		o.Store = newStore(t, store.LogOptions{})
	}
	ascii = o.ASCII
	for p := ui.Dark; p <= ui.None; p++ {
		if p.String() == o.Theme {
			profile = p
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	a.d = newDeps(ctx, o, ui.NewTheme(profile, ascii))
	a.d.after = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		return func() tea.Msg { a.later = append(a.later, msg); return nil }
	}
	a.d.reach = func(_ context.Context, target reach.Target) iter.Seq[reach.Result] {
		return func(yield func(reach.Result) bool) {
			_ = yield(reach.Result{Name: reach.Name, State: reach.Failed, Detail: "no network in this test", Way: target.Base})
		}
	}
	a.d.exec = func(c tea.ExecCommand, then tea.ExecCallback) tea.Cmd {
		return func() tea.Msg { return then(c.Run()) }
	}
	a.d.page = func(_ string, text []byte) error {
		a.paged = append(a.paged, string(text))
		return nil
	}
	a.d.edit = func(name string, text []byte) ([]byte, error) {
		a.t.Helper()
		if len(a.edits) == 0 {
			a.t.Errorf("the editor is opened for %s\n%s", name, text)
			return nil, draft.ErrUnchanged
		}
		edit := a.edits[0]
		a.edits = a.edits[1:]
		if after := edit(string(text)); after != string(text) {
			return []byte(after), nil
		}
		return nil, draft.ErrUnchanged
	}
	a.d.copy = func(_ context.Context, text []byte) (ui.Known, error) {
		a.copied = append(a.copied, string(text))
		return ui.Copied, nil
	}
	a.r = newRoot(a.d)
	a.send(tea.WindowSizeMsg{Width: w, Height: h})
	return a
}

// store is the store behind the dashboard.
func (a *app) store() *store.Store { return a.d.opts.Store.(*store.Store) }

func newStore(t testing.TB, lo store.LogOptions) *store.Store {
	t.Helper()
	st, err := store.Open(store.Options{Catalog: scim.NewCatalog(false), Log: lo, Now: func() time.Time { return start }})
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

// send gives the model a message and runs what it asks for.
func (a *app) send(msg tea.Msg) {
	_, cmd := a.r.Update(msg)
	a.run(cmd)
}

func (a *app) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			a.run(c)
		}
	case tea.QuitMsg:
		a.quit = true
	default:
		a.send(msg)
	}
}

// settle gives what was to come later, as after a long pause.
func (a *app) settle() {
	a.clock = a.clock.Add(300 * time.Millisecond)
	for range 10 {
		later := a.later
		a.later = nil
		for _, msg := range later {
			a.send(msg)
		}
		if len(a.later) == 0 {
			return
		}
	}
}

// press presses keys: names like "enter" and "ctrl+c", else letters.
func (a *app) press(keys ...string) {
	for _, k := range keys {
		a.send(keyMsg(k))
	}
}

// write types a text letter by letter.
func (a *app) write(text string) {
	for _, c := range text {
		a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{c}})
	}
}

var keyNames = func() map[string]tea.KeyType {
	m := map[string]tea.KeyType{}
	for k := tea.KeyType(-120); k < 128; k++ {
		if name := (tea.Key{Type: k}).String(); name != "" {
			if _, ok := m[name]; !ok {
				m[name] = k
			}
		}
	}
	return m
}()

func keyMsg(name string) tea.KeyMsg {
	if k, ok := keyNames[name]; ok && len(name) > 1 {
		return tea.KeyMsg{Type: k}
	}
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune(" ")}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// requests is the first screen.
func (a *app) requests() *requests { return a.r.tabs[0].stack[0].(*requests) }

// feed lets rows come in, as one change.
func (a *app) feed(rows ...*store.Row) {
	snap := *a.d.data
	for _, row := range rows {
		if row.Seq == 0 {
			row.Seq = a.seq + 1
		}
		a.seq = row.Seq
	}
	snap.log.Last = a.seq
	if snap.log.First == 0 && len(rows) > 0 {
		snap.log.First = rows[0].Seq
	}
	snap.log.Entries = int(a.seq)
	snap.size = 1_234_567
	a.send(changes{rows: rows, snap: snap})
}

// frame is the picture, checked against the contract.
func (a *app) frame() []string {
	a.t.Helper()
	lines := a.r.frame()
	if err := ui.Check(lines, a.r.w, a.r.h); err != nil {
		a.t.Fatalf("%dx%d: %v", a.r.w, a.r.h, err)
	}
	return lines
}

func (a *app) text() string { a.t.Helper(); return ui.Plain(a.frame()) }

// sees fails unless all of these texts are on screen.
func (a *app) sees(texts ...string) {
	a.t.Helper()
	all := a.text()
	for _, s := range texts {
		if !strings.Contains(all, s) {
			a.t.Errorf("not on screen: %q\n%s", s, all)
		}
	}
}

// selected is the number of the selected request.
func (a *app) selected() uint64 {
	if row := a.requests().selected(); row != nil {
		return row.Seq
	}
	return 0
}

// golden compares the frame's text with a file.
func (a *app) golden(name string) {
	a.t.Helper()
	got := a.text()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			a.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			a.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		a.t.Fatal(err)
	}
	if got != string(want) {
		a.t.Errorf("%s differs (go test ./tui -update writes it)\n--- have\n%s--- want\n%s", file, got, want)
	}
}

// row makes a row of a fixture.
func row(method, path string, status int, took time.Duration, op, name, sentence string) *store.Row {
	return &store.Row{
		Start: start, Took: took, Method: method, Status: status, Path: path, Target: "/api/scim/v2" + path,
		Op: op, Name: name, Sentence: sentence, KeyID: 1, KeyName: "okta-dev", Type: "User",
		Agent: "Okta SCIM Client 1.0.0", Host: "abc.example.net", Problem: status >= 400 || status == 0,
	}
}

// oktaDay is a fixture: what a developer sees after a first try with Okta.
func oktaDay() []*store.Row {
	const ms = time.Millisecond
	rows := []*store.Row{
		row("GET", "/Users?startIndex=1&count=2", 200, 3*ms, "probe", "", "test connection: list users 1-2 → 2 of 214"),
		row("GET", "/Groups?startIndex=1&count=2", 200, 2*ms, "probe", "", "test connection: list groups 1-2 → 0"),
		row("GET", `/Users?filter=userName+eq+"ada@example.com"`, 200, 4*ms, "find", "ada@example.com", "find user userName=ada@example.com → 0"),
		row("POST", "/Users", 201, 11*ms, "create", "ada@example.com", "create ada@example.com"),
		row("PUT", "/Users/2f81a7c0", 200, 9*ms, "replace", "ada@example.com", "replace ada@example.com  3 fields"),
		row("GET", "/Users", 401, 1*ms, "auth", "", `no valid key: header has no "Bearer "`),
		row("GET", "/Users?startIndex=1&count=100", 200, 5*ms, "list", "", "list users 1-100 → 100 of 214"),
		row("GET", "/Users?startIndex=101&count=100", 200, 6*ms, "list", "", "list users 101-200 → 100 of 214"),
		row("GET", "/Users?startIndex=201&count=100", 200, 3*ms, "list", "", "list users 201-300 → 14 of 214"),
		row("GET", `/Users?filter=userName+eq+"Bob@example.com"`, 200, 4*ms, "find", "Bob@example.com", "find user userName=Bob@example.com → 0"),
		row("POST", "/Users", 409, 7*ms, "create", "bob@example.com", "create bob@example.com: uniqueness"),
		row("GET", `/Users?filter=userName+eq+"bob@example.com"`, 200, 3*ms, "find", "bob@example.com", "find user userName=bob@example.com → 1"),
		row("PATCH", "/Users/77e1", 204, 8*ms, "deactivate", "eve@example.com", "deactivate eve@example.com"),
		row("PATCH", "/Users/77e1", 500, 1200*ms, "patch", "eve@example.com", "patch eve@example.com: storage full"),
		row("GET", `/Users?filter=userName+eq+"kim@example.com"`, 200, 4*ms, "find", "kim@example.com", "find user userName=kim@example.com → 0"),
		row("POST", "/Users", 201, 10*ms, "create", "kim@example.com", "create kim@example.com"),
		row("GET", "/Users/b0b1", 200, 3*ms, "read", "kim@example.com", "read kim@example.com"),
		row("PUT", "/Users/b0b1", 200, 9*ms, "replace", "kim@example.com", "replace kim@example.com  1 field"),
		row("POST", "/Users", 201, 2*ms, "create", "zoe@example.com", "create zoe@example.com"),
		row("GET", "/ServiceProviderConfig", 200, 1*ms, "discover", "", "read the server's configuration"),
		row("DELETE", "/Users/b0b1", 204, 5*ms, "delete", "kim@example.com", "delete kim@example.com"),
		row("GET", "/Users/b0b1", 404, 1*ms, "read", "kim@example.com", "read b0b1: there is none"),
	}
	for i, r := range rows {
		r.Seq = uint64(1024 + i)
		r.Start = start.Add(time.Duration(i-len(rows)) * 5 * time.Second)
	}
	rows[5].KeyID, rows[5].KeyName, rows[5].Refused = 0, "", `the header has no "Bearer "`
	rows[18].Source, rows[18].KeyID, rows[18].KeyName, rows[18].Agent = "tui", 0, "", ""
	rows[19].Agent = "curl/8.5.0"
	rows[3].Notes = 1
	for _, i := range []int{4} {
		rows[i].ID = "2f81a7c0"
	}
	return rows
}

// many makes n rows with numbers from 1.
func many(n int) []*store.Row {
	base := oktaDay()
	rows := make([]*store.Row, n)
	for i := range rows {
		r := *base[i%len(base)]
		r.Seq = uint64(i + 1)
		r.Name = fmt.Sprintf("user%05d@example.com", i)
		rows[i] = &r
	}
	return rows
}

// numbered gives rows numbers from first on.
func numbered(first uint64, rows []*store.Row) []*store.Row {
	for i, r := range rows {
		r.Seq = first + uint64(i)
	}
	return rows
}
