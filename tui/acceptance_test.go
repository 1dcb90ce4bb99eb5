package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// The tests here carry the numbers of the design's acceptance statements.

func TestAcceptance16_SmallWindow(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("/")
	a.write("status:4x")
	a.settle()
	before := a.text()
	for _, size := range [][2]int{{59, 15}, {60, 14}} {
		a.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		a.sees(fmt.Sprintf("This window is %d by %d.", size[0], size[1]), "127.0.0.1:7644/api/scim/v2", "22 requests, 4 problems")
		a.press("j", "x", "?")
	}
	a.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	if after := a.text(); after != before {
		t.Errorf("growing back does not restore the frame\n--- before\n%s--- after\n%s", before, after)
	}
	a.send(tea.WindowSizeMsg{Width: 59, Height: 15})
	if a.press("q"); a.quit {
		t.Error("one q quits")
	}
	if a.press("q"); !a.quit {
		t.Error("the second q does not quit")
	}
}

func TestAcceptance17_Layouts(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(many(100)...)
	a.frame()
	if n := a.requests().list.Height; n != 19 {
		t.Errorf("%d rows at 80x24, want 19", n)
	}
	a.send(tea.WindowSizeMsg{Width: 140, Height: 40})
	a.sees("│  [Summary]")
	a.send(tea.WindowSizeMsg{Width: 100, Height: 40})
	lines := strings.Split(a.text(), "\n")
	list := slices.IndexFunc(lines, func(s string) bool { return strings.Contains(s, "WHAT HAPPENED") })
	side := slices.IndexFunc(lines, func(s string) bool { return strings.HasPrefix(s, " [Summary]") })
	if list < 0 || side <= list {
		t.Errorf("the detail is not below the list:\n%s", a.text())
	}
}

func TestAcceptance21_FollowSelectsNewest(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	for range 10 {
		a.feed(row("GET", "/Users/1", 200, time.Millisecond, "read", "x", "read the newest"))
	}
	if got := a.selected(); got != a.seq {
		t.Errorf("#%d is selected, the newest is #%d", got, a.seq)
	}
	a.sees(fmt.Sprintf("›  %d", a.seq), "FOLLOW")
}

func TestAcceptance22_PausedPictureStands(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(many(200)...)
	a.press("k")
	list := func() []string { return strings.Split(a.text(), "\n")[2:21] }
	before := list()
	for i := range 100 {
		status := 200
		if i%20 == 0 {
			status = 409
		}
		a.feed(row("POST", "/Users", status, time.Millisecond, "create", "x", "create x"))
	}
	if after := list(); !slices.Equal(before, after) {
		t.Errorf("rows moved\n%s\n---\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	a.sees("PAUSED  +100 new (5 problems)", "100 new below, 5 of them problems")
}

func TestAcceptance23_CatchUp(t *testing.T) {
	for _, key := range []string{"G", "end", "f"} {
		a := newApp(t, 80, 24)
		a.feed(many(50)...)
		a.press("k", "k")
		a.feed(row("GET", "/Users", 200, time.Millisecond, "list", "", "the newest"))
		a.press(key)
		if a.selected() != a.seq || strings.Contains(a.text(), "new below") {
			t.Errorf("%s does not catch up:\n%s", key, a.text())
		}
		a.sees("FOLLOW", "the newest")
	}
}

func TestAcceptance24_SelectedRowOutlivesTheRing(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(many(1000)...)
	a.press("k", "k", "k")
	was := a.selected()
	const ring, burst = 50_000, 10_000
	for range 6 {
		rows := many(burst)
		for _, r := range rows {
			r.Seq += a.seq
		}
		snap := *a.d.data
		a.seq += burst
		snap.log = store.LogState{First: max(a.seq, ring) - ring + 1, Last: a.seq}
		a.send(changes{rows: rows, snap: snap})
		a.frame()
	}
	if got := a.selected(); got != was {
		t.Errorf("#%d is selected, want #%d", got, was)
	}
	if n := len(a.requests().rows); n != ring {
		t.Errorf("%d rows are kept, want %d", n, ring)
	}
	a.sees(fmt.Sprintf("›   %d", was), "dropped")
	a.press("enter")
	a.sees(fmt.Sprintf("#%d", was))
	a.press("q", "j")
	if a.selected() == was {
		t.Error("the selection cannot leave the old row")
	}
}

func TestAcceptance25_FilterKeepsTheSelection(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("k", "k", "k", "k", "k", "k", "k", "k") // 1037, a 500
	filter := func(text string) {
		a.press("/", "ctrl+u")
		a.write(text)
		a.press("enter")
	}
	if filter("status:>=400"); a.selected() != 1037 {
		t.Errorf("#%d is selected, want 1037: it passes", a.selected())
	}
	if filter("method:POST"); a.selected() != 1034 {
		t.Errorf("#%d is selected, want 1034: the nearest older that passes", a.selected())
	}
	if filter("method:PUT"); a.selected() != 1028 {
		t.Errorf("#%d is selected, want 1028", a.selected())
	}
}

func TestAcceptance26_OpenDetailStays(t *testing.T) {
	for _, w := range []int{80, 140} {
		a := newApp(t, w, 40)
		a.feed(oktaDay()...)
		a.press("enter")
		before := a.requests().detail.row.Seq
		for range 20 {
			a.feed(many(3)[2])
			a.seq++
			a.settle()
		}
		if got := a.requests().detail.row.Seq; got != before {
			t.Errorf("%d columns: the detail went from #%d to #%d", w, before, got)
		}
		a.sees(fmt.Sprintf("#%d", before))
	}
}

func TestAcceptance27_NextProblem(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	var got []uint64
	for range 4 {
		a.press("e")
		got = append(got, a.selected())
	}
	a.press("E")
	got = append(got, a.selected())
	if want := []uint64{1029, 1034, 1037, 1045, 1037}; !slices.Equal(got, want) {
		t.Errorf("problems %v, want %v", got, want)
	}
}

func TestAcceptance28_OneKeyOneAction(t *testing.T) {
	for bit := inRequests; bit < inBox; bit <<= 1 {
		at := map[string]string{}
		for i := range actions {
			a := &actions[i]
			if a.in&bit == 0 {
				continue
			}
			for _, k := range a.Keys() {
				if was, ok := at[k]; ok {
					t.Errorf("place %b: %q is %s and %s", bit, k, was, a.id)
				}
				at[k] = a.id
			}
		}
	}
	a := newApp(t, 200, 60)
	a.press(":")
	h := a.r.top().(*help)
	for i := range actions {
		act := &actions[i]
		if act.id == "" || act.help() == "" || act.show() == "" || len(act.Keys()) == 0 || !slices.Contains(helpGroups, act.group) {
			t.Errorf("action %q lacks a word", act.id)
		}
		if strings.HasSuffix(act.help(), ".") || act.rank > 0 && act.word == "" {
			t.Errorf("action %q: help %q, word %q", act.id, act.help(), act.word)
		}
		if !slices.ContainsFunc(h.hits, func(r helpRow) bool { return r.a == act }) {
			t.Errorf("the help does not list %s (%s)", act.id, act.help())
		}
	}
}

// hintKeys are the keys of hints that are no key's name.
var hintKeys = map[string][]string{
	"↑↓": {"up", "down"}, "←→": {"left", "right"}, "↵": {"enter"}, "⇧tab": {"shift+tab"}, "^c": {"ctrl+c"}, "^u": {"ctrl+u"}, "↑": {"up"}, "↓": {"down"},
	"^c again": {"ctrl+c", "ctrl+c"}, "j/k": {"k", "j"}, "h/l": {"l", "h"}, "← →": {"left", "right"}, "one letter": {"c"},
}

// Each hint of a box or an input does something in one of the states of its kind.
func TestAcceptance29_HintsOfBoxes(t *testing.T) {
	type kind struct{ screen, key string }
	works, why := map[kind]bool{}, map[kind]string{}
	for _, s := range states {
		probe := newApp(t, 80, 24)
		s.make(probe)
		h, ok := probe.r.top().(hinter)
		if !ok {
			continue
		}
		for _, hint := range h.hints() {
			k := kind{fmt.Sprintf("%T", probe.r.top()), hint.key}
			if works[k] || hint.off {
				continue
			}
			keys := hintKeys[hint.key]
			if keys == nil {
				keys = strings.Split(hint.key, " ")
			}
			for _, key := range keys {
				a := newApp(t, 80, 24)
				s.make(a)
				a.wait(time.Second) // boxes are deaf at first
				before, copied := a.text(), len(a.copied)
				a.press(key)
				if a.settle(); a.text() != before || len(a.copied) > copied || a.quit {
					works[k] = true
				}
			}
			why[k] = s.name + ": " + hint.word
		}
	}
	if len(why) < 15 {
		t.Errorf("only %d hints", len(why))
	}
	for k, where := range why {
		if !works[k] {
			t.Errorf("%s: %q does nothing (%s)", k.screen, k.key, where)
		}
	}
}

// Each hint in the key line does something in that state.
func TestAcceptance29_HintsDoWhatTheySay(t *testing.T) {
	scenes := map[string]func(*app){
		"list":   func(a *app) { a.log(exchange("ada@example.com"), exchange("bob@example.com")) },
		"paused": func(a *app) { a.log(exchange("ada@example.com"), exchange("bob@example.com")); a.press("k") },
		"detail": func(a *app) { a.log(exchange("ada@example.com")); a.press("enter", "]") },
		"users":  func(a *app) { a.press("2") },
		"keys":   func(a *app) { a.press("3") },
		"setup":  func(a *app) { a.press("4") },
	}
	for name, scene := range scenes {
		probe := newApp(t, 80, 24)
		scene(probe)
		for i := range actions {
			act := &actions[i]
			if act.rank == 0 || act.in&probe.r.top().place() == 0 {
				continue
			}
			if ok, _ := act.possible(probe.r.facts()); !ok {
				continue
			}
			for _, k := range act.Keys() {
				a := newApp(t, 80, 24)
				scene(a)
				before := a.text()
				a.press(k)
				if a.text() == before && len(a.copied) == 0 {
					t.Errorf("%s: %q (%s) changes nothing", name, k, act.id)
				}
			}
		}
	}
}

func TestAcceptance30_EscNeverQuits(t *testing.T) {
	for _, s := range states {
		a := newApp(t, 80, 24)
		s.make(a)
		for range 20 {
			a.clock = a.clock.Add(time.Second)
			a.press("esc")
		}
		if a.quit || len(a.r.tabs[a.r.at].stack) != 1 || a.r.top().typing() {
			t.Errorf("%s: 20 times esc ends in %T (quit: %v)", s.name, a.r.top(), a.quit)
		}
	}
}

// Statement 31, the model's half: ctrl+c twice ends the program from anywhere.
func TestAcceptance31_InterruptTwiceQuits(t *testing.T) {
	for _, s := range states {
		a := newApp(t, 80, 24)
		s.make(a)
		a.press("ctrl+c")
		if a.quit {
			t.Errorf("%s: one ctrl+c quits", s.name)
		}
		a.clock = a.clock.Add(time.Second)
		if a.press("ctrl+c"); !a.quit {
			t.Errorf("%s: the second ctrl+c does not quit", s.name)
		}
	}
	a := newApp(t, 80, 24)
	a.press("ctrl+c")
	a.clock = a.clock.Add(3 * time.Second)
	if a.press("ctrl+c"); a.quit {
		t.Error("two ctrl+c three seconds apart quit")
	}
}

func TestAcceptance32_TypingIsText(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("/")
	a.write("q1?D")
	a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("q3")}) // two keys in one read
	if got := a.requests().prompt.input.String(); got != "q1?Dq3" {
		t.Errorf("the input holds %q", got)
	}
	a.sees("/ q1?Dq3", "[1 Requests]")
}

func TestAcceptance33_Paste(t *testing.T) {
	text := strings.Repeat("D1qiC\n", 400)
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	before := a.r.at
	a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
	a.sees("pasted text ignored: press / first")
	a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("D1qiC" + text[6:60])}) // a terminal that does not mark pastes
	if a.r.at != before || len(a.r.tabs[0].stack) != 1 {
		t.Error("a paste ran actions")
	}
	a.press("/")
	a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("user:\nada\r\n"), Paste: true})
	if got := a.requests().prompt.input.String(); strings.ContainsAny(got, "\r\n") {
		t.Errorf("line breaks came in: %q", got)
	}
}

func TestKeysInOneRead(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(many(60)...)
	a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("kkkkkkkkkkkkkkkkkkkkkkkk")})
	if got := a.selected(); got != 36 {
		t.Errorf("24 times k in one read select #%d, want 36", got)
	}
	a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("/ada")})
	if p := a.requests().prompt; p == nil || p.input.String() != "ada" {
		t.Error("the letters behind / are not in the input")
	}
}

// A box does not hear keys that were typed ahead of it, and enter in one that destroys presses the safe button.
func TestAcceptance34_BoxesAreDeafAndSafe(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "request-1.har"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, box := range map[string]struct {
		open []string
		done func(*app) bool // what the box asks about has happened
	}{
		"quit":      {[]string{"q"}, func(a *app) bool { return a.quit }},
		"clear":     {[]string{"C"}, func(a *app) bool { return len(a.requests().rows) == 0 }},
		"revoke":    {[]string{"3", "D"}, func(a *app) bool { return !a.store().Keys()[0].Revoked.IsZero() }},
		"delete":    {[]string{"2", "D"}, func(a *app) bool { return a.store().Count(a.d.cat.Type("User")) < 25 }},
		"overwrite": {[]string{"x", "enter"}, func(*app) bool { return readFile(t, dir, "request-1.har") != "mine" }},
	} {
		var log []string
		a := newApp(t, 80, 24, doer(t, newStore(t, store.LogOptions{}), &log), func(o *Options) { o.WorkDir = dir })
		if _, _, err := a.store().CreateKey("one", time.Time{}); err != nil {
			t.Fatal(err)
		}
		a.fresh()
		a.press("2", "i", "1")
		a.fresh()
		a.log(exchange("ada@example.com"))
		a.press(box.open...)
		asks := a.text()
		a.wait(240 * time.Millisecond)
		for _, key := range []string{"y", "enter", "n", "esc", "tab", "right"} {
			a.press(key)
		}
		if box.done(a) || a.text() != asks {
			t.Errorf("%s: the box heard keys within 250 ms of its opening:\n%s\n%s", name, asks, a.text())
		}
		a.wait(20 * time.Millisecond)
		if a.press("enter"); box.done(a) || a.text() == asks {
			t.Errorf("%s: enter does not choose the safe button:\n%s", name, a.text())
		}
	}
}

func TestAcceptance35_FilterReopens(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("/")
	a.write("status:4xx")
	a.press("enter")
	before := a.text()
	a.press("/")
	if got := a.requests().prompt.input.String(); got != "status:4xx" {
		t.Errorf("/ opens with %q", got)
	}
	a.write(" user:bob")
	a.settle()
	a.press("esc")
	if after := a.text(); after != before {
		t.Errorf("esc does not restore\n%s\n---\n%s", before, after)
	}
	a.press("esc") // drops the filter, / and ↑ bring it back
	a.press("/", "up", "enter")
	if got := a.requests().filter.String(); got != "status:4xx" {
		t.Errorf("the history brings %q", got)
	}
}

func TestAcceptance37_InvalidFilterKeepsTheLastGood(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("/")
	a.write("status:4xx ")
	a.settle()
	shown := len(a.requests().shown)
	a.write("stauts:5xx")
	a.settle()
	if got := len(a.requests().shown); got != shown {
		t.Errorf("%d rows shown, want the last good %d", got, shown)
	}
	a.sees("column 12: stauts: is no field; did you mean status:?")
	a.press("enter")
	if a.requests().prompt == nil {
		t.Error("enter took an invalid filter")
	}
}

func TestAcceptance40_ZeroHits(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("/")
	a.write("user:bbo status:>=400")
	a.press("enter")
	a.sees("Nothing matches   user:bbo status:>=400", "(22 requests hidden)", "user:bbo        matches 0 by itself      did you mean  user:bob ?  (3)", "status:>=400    matches 4 by itself", "esc drops the filter")
	a.press("esc")
	if len(a.requests().shown) != 22 {
		t.Error("esc does not drop the filter")
	}
}

// Statement 56, the model's half: T changes the look and nothing else.
func TestAcceptance56_Theme(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("k", "s")
	a.settle()
	a.r.notice = notice{}
	before := a.text()
	seen := map[string]bool{}
	for range 4 {
		seen[strings.Join(a.frame(), "\n")] = true
		a.press("T")
		a.r.notice.text = ""
		if got := a.text(); got != before {
			t.Fatalf("T changes the text\n%s\n---\n%s", before, got)
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d different looks, want 4", len(seen))
	}
	if a.d.theme.Profile != ui.Dark {
		t.Error("T does not come around")
	}
}

func TestAcceptance65_EmptyStateLeadsOn(t *testing.T) {
	a := newApp(t, 80, 24)
	a.sees("press  3  then  a", "press  4", "y copies it", " i  adds 25 sample users")
	a.press("y")
	if len(a.copied) != 1 || !strings.HasPrefix(a.copied[0], `curl -H "Authorization: Bearer $SCIM_TOKEN" http://127.0.0.1:7644/api/scim/v2/Users`) {
		t.Errorf("y copied %q", a.copied)
	}
	a.press("3")
	a.sees("[3 Keys]")
	a.press("4")
	a.sees("[4 Setup]")
}

func TestToggles(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	n := func() int { return len(a.requests().shown) }
	a.press("e", "e") // 1034, bob
	if a.press("S"); n() != 22 {
		t.Errorf("S shows %d rows of a request that is part of nothing", n())
	}
	if a.press("s"); n() != 3 {
		t.Errorf("s shows %d rows, want bob's 3", n())
	}
	if a.press("w"); n() != 1 {
		t.Errorf("s and w show %d rows, want 1", n())
	}
	if a.press("s"); n() != 9 {
		t.Errorf("w shows %d rows, want 9", n())
	}
	a.press("w", "!")
	if a.requests().filter.String() != "status:problem" || n() != 4 {
		t.Errorf("! shows %d rows by %q", n(), a.requests().filter.String())
	}
	a.remark(map[uint64]wire.Remark{a.selected(): {Marked: true}})
	a.press("!", "g", "'")
	if got := a.selected(); got != 1034 {
		t.Errorf("' goes to #%d, want the marked 1034", got)
	}
	a.press("#")
	a.write("1040")
	a.press("enter")
	if got := a.selected(); got != 1040 {
		t.Errorf("# goes to #%d, want 1040", got)
	}
}

// S shows the requests of one sequence, and again all.
func TestOnlyThisSequence(t *testing.T) {
	a := newApp(t, 80, 24)
	rows := oktaDay()
	for i, step := range map[int]int{9: 1, 10: 2, 14: 3} {
		rows[i].Part = wire.Part{Story: "okta.assign", First: 1033, Step: step, Of: 3}
	}
	rows[20].Part = wire.Part{Story: "okta.assign", First: 1044, Step: 1, Of: 3}
	a.feed(rows...)
	a.press("e", "e", "S") // 1034
	if text := a.requests().filter.String(); text != "seq:1033" {
		t.Errorf("the filter is %q", text)
	}
	var got []uint64
	for _, row := range a.requests().shown {
		got = append(got, row.Seq)
	}
	if want := []uint64{1033, 1034, 1038}; !slices.Equal(got, want) || a.selected() != 1034 {
		t.Errorf("S shows %v with #%d selected, want %v", got, a.selected(), want)
	}
	if a.press("S"); len(a.requests().shown) != len(rows) {
		t.Error("S again does not show all")
	}
}

func TestCopyBox(t *testing.T) {
	a := newApp(t, 80, 24)
	ex := exchange("ada@example.com")
	ex.Changes = []wire.Change{{Kind: "changed", Path: "title", Old: `"Engineer"`, New: `"Boss"`}}
	a.log(ex)
	a.d.goos = "windows"
	for _, k := range copyKinds {
		a.press("y", k.key)
	}
	a.press("Y")
	if len(a.copied) != len(copyKinds)+1 {
		t.Fatalf("%d texts copied, want %d", len(a.copied), len(copyKinds)+1)
	}
	for i, want := range []string{"$SCIM_TOKEN", "$env:SCIM_TOKEN", "http://127.0.0.1:7644/api/scim/v2/Users/2f81?ada@example.com", `"userName"`, `"userName"`, `title: "Engineer"`, "PUT /api", "**200 OK**", "HTTP/1.1 200 OK\r\n", "2f81", "2f81"} {
		if !strings.Contains(a.copied[i], want) {
			t.Errorf("copy %d is %q, want %q in it", i, a.copied[i], want)
		}
	}
	a.sees("copied resource id of #1")
}

// What is not whole is not copied, and the notice says why.
func TestCopyOfHalfABody(t *testing.T) {
	a := newApp(t, 80, 24)
	cut := exchange("ada@example.com")
	cut.Note("the log keeps only the beginning of the request body")
	cut.ResponseSize = 1 << 20
	a.log(cut)
	for key, why := range map[string]string{
		"c": "not copied: its request body was too long for the", "q": "not copied: its request body was too long", "s": "not copied: the log keeps only the beginning",
		"p": "Copy #1 as", // is for Windows
	} {
		a.press("y", key)
		a.sees(why)
		a.press("esc")
	}
	if len(a.copied) != 0 {
		t.Errorf("copied %q", a.copied)
	}
	a.press("y", "m")
	if len(a.copied) != 1 || !strings.Contains(a.copied[0], "the body was too long for the log") {
		t.Errorf("copied %q", a.copied)
	}
}

func TestSearchInABody(t *testing.T) {
	a := newApp(t, 80, 24)
	a.log(exchange("ada@example.com"))
	a.press("enter", "]", "/")
	a.write("EXAMPLE")
	a.press("enter")
	a.settle()
	a.sees(`2 matches for "EXAMPLE"`)
	a.press("n")
	a.press("esc")
	if strings.Contains(a.text(), "matches for") {
		t.Error("esc does not end the search")
	}
	if a.requests().focus == false {
		t.Error("the first esc left the detail")
	}
}

func TestAcceptance45_ClearLog(t *testing.T) {
	a := newApp(t, 80, 24)
	a.log(exchange("ada@example.com"), exchange("bob@example.com"))
	a.press("C")
	a.clock = a.clock.Add(time.Second)
	a.press("enter") // the safe button
	if n := len(a.requests().rows); n != 2 {
		t.Fatalf("enter cleared the log: %d rows", n)
	}
	a.press("C")
	a.press("y") // too early: the box is deaf
	if n := len(a.requests().rows); n != 2 {
		t.Fatal("a key typed ahead cleared the log")
	}
	a.clock = a.clock.Add(time.Second)
	a.press("y")
	a.pull()
	if n := len(a.requests().rows); n != 0 {
		t.Errorf("%d rows after clearing", n)
	}
	a.log(exchange("kim@example.com"))
	if got := a.selected(); got != 3 {
		t.Errorf("the next request is #%d, want 3: numbers go on", got)
	}
}

// TestPager: p gives the body as it is shown to the user's pager, with nothing in it
// that could do something to a terminal.
func TestPager(t *testing.T) {
	a := newApp(t, 80, 24)
	ex := exchange("ada@example.com")
	ex.ResponseBody = append([]byte("{\"a\":1,\"b\":\""), nasty[0]+nasty[5]+"\"}"...)
	a.log(ex)
	a.press("enter", "p")
	if len(a.paged) != 0 { // the Summary has no body
		t.Fatalf("%q", a.paged)
	}
	a.press("]", "p", "]", "p")
	if len(a.paged) != 2 || !strings.Contains(a.paged[0], "\n  \"userName\": \"ada@example.com\",\n") || !strings.Contains(a.paged[1], "\"a\"") {
		t.Fatalf("%q", a.paged)
	}
	for _, r := range a.paged[1] {
		if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0) {
			t.Errorf("the pager gets %q", r)
		}
	}
}

// TestChangesOfOneUser: in a request's detail { and } go to the other changes of the
// same user, over reads, refused writes and other users' requests, on the same tab.
func TestChangesOfOneUser(t *testing.T) {
	a := newApp(t, 80, 24)
	of := func(id, method string, status int) *wire.Exchange {
		ex := exchange("ada@example.com")
		ex.Type, ex.ID, ex.Method, ex.Status = "User", id, method, status
		return ex
	}
	a.log(of("1", "POST", 201), of("2", "POST", 201), of("1", "GET", 200), of("1", "PUT", 412), of("1", "PUT", 200), of("2", "PUT", 200), of("1", "PATCH", 200))
	a.press("enter", "]", "]", "]")
	at := func() uint64 { return a.requests().detail.row.Seq }
	for _, step := range []struct {
		key  string
		want uint64
	}{{"}", 7}, {"{", 5}, {"{", 1}, {"{", 1}, {"}", 5}, {"}", 7}} {
		if a.press(step.key); at() != step.want || a.requests().detail.tab != tabChanges {
			t.Fatalf("%s goes to #%d, tab %d; want #%d", step.key, at(), a.requests().detail.tab, step.want)
		}
	}
	a.press("}")
	a.sees("the log has no later change of it")
}
