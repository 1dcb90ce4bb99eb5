package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

func TestCompletion(t *testing.T) {
	tests := []struct{ typed, want string }{
		{"met", "method:"},
		{"status:>=400 meth", "status:>=400 method:"},
		{"-meth", "-method:"},
		{"op:cr", "op:create"},
		{"op:create,dea", "op:create,deactivate"},
		{"user:ad", "user:ada@example.com"},
		{"key:okt", "key:okta-dev"},
		{"(resource:gr", "(resource:groups"},
		{"xyz", "xyz"},
		{"agent:okt", `agent:"Okta SCIM Client 1.0.0"`},
		{"-(body", "-(body:"},
	}
	for _, tt := range tests {
		a := newApp(t, 80, 24)
		a.feed(oktaDay()...)
		a.press("/")
		a.write(tt.typed)
		a.press("tab")
		if got := a.requests().prompt.input.String(); got != tt.want {
			t.Errorf("%q is completed to %q, want %q", tt.typed, got, tt.want)
		}
	}
}

// Candidates that are not alone are shown with how often they occur.
func TestCompletionCounts(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("/")
	a.write("user:")
	a.press("tab")
	a.sees("kim@example.com (6)  ")
}

// bodies makes n requests of which every tenth has xyzzy in its body.
func bodies(n int) []*wire.Exchange {
	var all []*wire.Exchange
	for i := range n {
		ex := exchange(fmt.Sprintf("user%d@example.com", i))
		if i%10 == 3 {
			ex.RequestBody = bytes.Replace(ex.RequestBody, []byte("work"), []byte("xyzzy"), 1)
		}
		if i%20 == 3 {
			ex.Status = 409
		}
		all = append(all, ex)
	}
	return all
}

func (a *app) filter(text string) {
	a.press("/", "ctrl+u")
	a.write(text)
	a.press("enter")
}

// A filter that looks into bodies shows what it finds, the rows that come in
// afterwards too, and keeps the selection.
func TestFilterReadsBodies(t *testing.T) {
	a := newApp(t, 80, 24)
	a.log(bodies(100)...)
	a.filter("body:xyzzy")
	if n := len(a.requests().shown); n != 10 || !slices.IsSortedFunc(a.requests().shown, func(x, y *store.Row) int { return int(x.Seq) - int(y.Seq) }) {
		t.Fatalf("%d rows are shown", n)
	}
	a.sees("PAUSED  10 of 10 shown, 100 in all", "body:xyzzy")
	a.press("G")
	a.log(bodies(20)...)
	if n := len(a.requests().shown); n != 12 || a.selected() != 114 {
		t.Errorf("%d rows are shown, #%d is selected", n, a.selected())
	}
	a.press("k", "k")
	was := a.selected()
	a.log(bodies(10)...)
	if n := len(a.requests().shown); n != 13 || a.selected() != was {
		t.Errorf("%d rows are shown, #%d is selected, was #%d", n, a.selected(), was)
	}
	a.sees("PAUSED  +1 new (1 problem)")
	a.filter("resbody:xyzzy")
	if n := len(a.requests().shown); n != 0 {
		t.Errorf("%d answers hold it", n)
	}
	a.sees("Nothing matches   resbody:xyzzy", "is about what was sent: not counted")
	a.press("esc")
	if len(a.requests().shown) != 130 {
		t.Error("esc does not drop the filter")
	}
}

// Statement 6, the model's half: while bodies are searched, batch by batch, every
// key is answered; a new filter or esc ends the search, and what it still finds is dropped.
func TestAcceptance06_SearchIsInterruptible(t *testing.T) {
	a := newApp(t, 80, 24)
	a.log(bodies(100)...)
	r := a.requests()
	f := func(text string) { // without running the command
		a.press("/", "ctrl+u")
		a.write(text)
		a.r.Update(keyMsg("enter"))
	}
	f("body:xyzzy")
	if !r.sift.busy || r.sift.all != 100 {
		t.Fatal("no search began")
	}
	a.sees("searching 0 of 100", "Nothing yet for   body:xyzzy", "esc stops it")
	n, hits := r.sift.n, slices.Clone(r.rows[3:4])
	a.r.Update(sifted{n: n, hits: hits, seen: 40})
	a.sees("searching 40 of 100", "1 of 1 shown, 100 in all")
	a.press("m", "k", "G") // keys work meanwhile
	ctx, stop := context.WithCancel(context.Background())
	r.sift.stop = stop
	a.press("esc")
	if ctx.Err() == nil || r.sift.busy || len(r.shown) != 100 {
		t.Error("esc does not end the search")
	}
	a.r.Update(sifted{n: n, hits: hits, seen: 60})
	if len(r.shown) != 100 {
		t.Error("what the old search found came through")
	}
	f("body:xyzzy")
	a.r.Update(sifted{n: r.sift.n, seen: 10, err: errors.New("the disk is gone")})
	a.sees("the search ended early: the disk is gone")
	f("body:xyzzy")
	a.send(cleared{})
	if r.sift.busy || len(r.sift.open) != 0 {
		t.Error("clearing the log does not end the search")
	}
}

// Filters are kept over restarts, without what may stand in bodies.
func TestHistoryIsKept(t *testing.T) {
	dir := t.TempDir()
	in := func(o *Options) { o.DataDir = dir }
	a := newApp(t, 80, 24, in)
	a.feed(oktaDay()...)
	for _, text := range []string{"user:ada", "body:secret method:POST", "header:X-Key=secret", "status:4xx"} {
		a.filter(text)
	}
	data, err := os.ReadFile(filepath.Join(dir, "filters"))
	if err != nil || string(data) != "user:ada\nmethod:POST\nstatus:4xx\n" {
		t.Fatalf("%q %v", data, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "filters")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("%v %v", all, err)
	}
	b := newApp(t, 80, 24, in)
	b.d.past = readHistory(dir)
	b.r = newRoot(b.d)
	b.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	b.feed(oktaDay()...)
	b.press("/", "up", "up")
	if got := b.requests().prompt.input.String(); got != "method:POST" {
		t.Errorf("the history brings %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "filters"), []byte(strings.Repeat("user:a\n", 70)+"stauts:1\n\x00("), 0o600); err != nil {
		t.Fatal(err)
	}
	if past := readHistory(dir); len(past) != maxHistory || slices.Contains(past, "stauts:1") {
		t.Errorf("%d filters: %q", len(past), past)
	}
	lost := newApp(t, 80, 24, func(o *Options) { o.DataDir = filepath.Join(dir, "nowhere") })
	lost.feed(oktaDay()...)
	lost.filter("user:ada")
	lost.sees("the filter is not kept for the next start")
}
