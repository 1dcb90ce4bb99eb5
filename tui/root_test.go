package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"scimdeck/tui/ui"
)

// A terminal that answers late to the question for its background must not
// press keys: "\x1b]11;rgb:1e1e/1e1e/1e1e\a" has an r, a g, a b and numbers in it.
func TestLateAnswerOfTheTerminal(t *testing.T) {
	for _, end := range []tea.KeyMsg{{Type: tea.KeyCtrlG}, {Type: tea.KeyRunes, Runes: []rune(`\`), Alt: true}} {
		a := newApp(t, 80, 24)
		a.feed(oktaDay()...)
		before := a.text()
		a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("]"), Alt: true})
		a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("11;rgb:1e1e/1e1e/1e1e")})
		a.send(end)
		if after := a.text(); after != before {
			t.Errorf("the answer was taken for keys\n%s", after)
		}
		a.press("3")
		a.sees("[3 Keys]")
	}
	a := newApp(t, 80, 24)
	a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("]"), Alt: true})
	a.clock = a.clock.Add(time.Second)
	a.press("3")
	a.sees("[3 Keys]")
}

func TestShade(t *testing.T) {
	tests := []struct{ answer, want string }{
		{"\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62c", "dark"},
		{"\x1b]11;rgb:ffff/ffff/ffff\a", "light"},
		{"\x1b]11;rgb:fd/f6/e3\x1b\\", "light"},
		{"\x1b]11;rgb:0000/2b2b/3636\x1b\\", "dark"},
		{"\x1b[?62;4c", ""},
		{"\x1b]11;rgb:zz/00/00\a", ""},
		{"\x1b]11;rgb:ff/ff\a", "light"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := shade(tt.answer); got != tt.want {
			t.Errorf("%q is %q, want %q", tt.answer, got, tt.want)
		}
	}
}

func TestNotices(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.send(told{done, "it worked"})
	a.sees(" done   it worked")
	a.settle()
	if strings.Contains(a.text(), "it worked") {
		t.Error("the notice stays")
	}
	a.send(told{wrong, "it did not work"})
	a.settle()
	a.press("k")
	a.sees("error  it did not work", "^y copies, L keeps")
	a.press("ctrl+y")
	if len(a.copied) != 1 || a.copied[0] != "it did not work" {
		t.Errorf("^y copied %q", a.copied)
	}
	a.send(told{wrong, "again"})
	a.clock = a.clock.Add(11 * time.Second)
	a.press("k")
	if strings.Contains(a.text(), "again") {
		t.Error("an error stays longer than the first key after 10 s")
	}
	a.press("L")
	a.sees("notice  it worked", "notice  it did not work")
	a.press("q")
	a.sees("[1 Requests]", "WHAT HAPPENED")
}

// A key whose action is not possible says why and does nothing.
func TestImpossibleActionsSayWhy(t *testing.T) {
	a := newApp(t, 80, 24)
	for key, why := range map[string]string{
		"e": "no request shown is a problem", "m": "nothing to choose", "'": "nothing is marked",
		"C": "the log is empty", "Y": "nothing was copied yet", "u": "touched no single user",
	} {
		a.press(key)
		a.sees(why)
	}
	a.press("i", "z", "v")
}

func TestHelpRunsActions(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("?")
	a.write("follow or pause")
	a.sees("1 action")
	a.press("enter")
	a.sees("PAUSED")
	a.press(":")
	a.write("revoke")
	a.press("enter")
	a.sees("revoke for good (asks): press D in Keys")
}

func TestMouseWheel(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(many(50)...)
	a.press("M")
	a.send(tea.MouseMsg{Button: tea.MouseButtonWheelUp})
	if got := a.selected(); got != 47 {
		t.Errorf("the wheel selects #%d, want 47: three up", got)
	}
}

// Nothing ticks while nothing on screen depends on the time.
func TestClockRests(t *testing.T) {
	a := newApp(t, 80, 24)
	a.settle()
	if len(a.later) != 0 {
		t.Errorf("something waits in an empty dashboard: %v", a.later)
	}
	a.feed(oktaDay()...)
	if len(a.later) != 1 {
		t.Fatalf("%d ticks, want 1: the bars move", len(a.later))
	}
	a.clock = a.clock.Add(time.Hour)
	a.settle()
	if len(a.later) != 0 {
		t.Errorf("something waits an hour later: %v", a.later)
	}
}

// The column edges stand in one column, as a terminal draws them that knows graphemes and as one does that measures
// rune by rune.
func TestAcceptance19_EdgesInOneColumn(t *testing.T) {
	for _, keys := range [][]string{nil, {"p"}, {"2"}, {"3"}} {
		a := newApp(t, 140, 40)
		a.d.data.keys = someKeys()
		rows := nastyRows()
		for _, name := range []string{"日本語ユーザー", "⚠️ ❤️", "👩‍💻 👍🏽", "🇬🇧🇫🇷", "e\u0301\u0302n\u0303", "עברית", strings.Repeat("a", 300)} {
			rows = append(rows, row("POST", "/Users", 201, time.Millisecond, "create", name, "create "+name))
		}
		a.feed(rows...)
		withUsers(a)
		a.press(keys...)
		for how, width := range map[string]func(string) int{"graphemes": ansi.StringWidth, "runes": ansi.StringWidthWc} {
			edges := map[int]int{}
			for _, line := range a.frame()[3:38] {
				line = ui.Strip(line)
				if at := strings.LastIndex(line, "│"); at >= 0 {
					edges[width(line[:at])]++
				}
				if w := width(line); w > 140 {
					t.Errorf("%v: %d cells by %s: %s", keys, w, how, line)
				}
			}
			if len(edges) != 1 {
				t.Errorf("%v: lines by the column of the pane's edge, by %s: %v\n%s", keys, how, edges, a.text())
			}
		}
	}
}

func TestKeyTable(t *testing.T) {
	all := KeyTable()
	for i := range actions {
		if a := &actions[i]; !strings.Contains(all, "| "+a.help()+" | `"+a.id+"` |\n") {
			t.Errorf("the table lacks %s: %s", a.id, a.help())
		}
	}
	for _, line := range strings.Split(all, "\n") {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 4 {
			t.Errorf("a bar inside a cell: %s", line)
		}
	}
}
