//go:build linux || darwin

package tui

import (
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"

	"scimdeck/tui/ui"
)

// What the differences bring to a screen is the last frame, whatever was there.
func TestPainterDraws(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	screen := vt.NewEmulator(80, 24)
	p := newPainter(&terminal{})
	for i, s := range states[:20] {
		a := newApp(t, 80, 24)
		s.make(a)
		for range 3 {
			whole := i == 0 || rnd.IntN(4) == 0
			if whole && i > 0 {
				screen.Write([]byte("\x1b[5;3Hsomebody else\x1b[2;1H\x1b[2K"))
			}
			screen.Write(p.difference(a.r.View(), whole))
			want := strings.Split(ui.Plain(a.frame()), "\n")
			for y := range 24 {
				var b strings.Builder
				for x := 0; x < 80; x++ {
					if c := screen.CellAt(x, y); c != nil && c.Width > 0 {
						b.WriteString(c.Content)
						x += c.Width - 1
					} else {
						b.WriteByte(' ')
					}
				}
				if got := strings.TrimRight(b.String(), " "); got != strings.TrimRight(want[y], " ") {
					t.Fatalf("%s: line %d is\n%s\nwant\n%s", s.name, y, got, want[y])
				}
			}
			a.press("j")
		}
	}
	frame := newApp(t, 80, 24).r.View()
	p.difference(frame, true)
	if out := p.difference(frame, false); len(out) != 0 {
		t.Errorf("a frame that is on screen is drawn again: %q", out)
	}
}

// While an editor has the terminal nothing is drawn; afterwards everything is.
func TestPainterLeavesTheTerminalToOthers(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	tty := &terminal{out: out}
	p := newPainter(tty)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { p.run(ctx); close(ended) }()
	tell := func(s string) {
		if _, err := tty.Write([]byte(s)); err != nil {
			t.Error(err)
		}
	}
	seen := make(chan string, 1000)
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := in.Read(buf)
			if err != nil {
				return
			}
			seen <- string(buf[:n])
		}
	}()
	until := func(what string) string {
		t.Helper()
		all := ""
		for !strings.Contains(all, what) {
			select {
			case s := <-seen:
				all += s
			case <-time.After(20 * time.Second):
				t.Fatalf("waited for %q, got %q", what, all)
			}
		}
		return all
	}
	tell(alternateOn)
	p.show("one\ntwo")
	until("two")
	tell(alternateOff)
	p.show("three\nfour")
	tell("EDITOR")
	if got := until("EDITOR"); strings.Contains(got, "three") {
		t.Errorf("drawn over the editor: %q", got)
	}
	tell(alternateOn)
	if got := until("four"); !strings.Contains(got, "three") {
		t.Errorf("not all is drawn again: %q", got)
	}
	cancel()
	<-ended
}

// The tabs behind the front one hear everything: late, but before anything else happens.
func TestBehind(t *testing.T) {
	for name, next := range map[string]func(*app){
		"another key": func(a *app) { a.press("j") },
		"time passes": func(a *app) { a.clock = a.clock.Add(behindEvery); a.settle() },
		"the tab":     func(a *app) { a.press("3") },
	} {
		a := newApp(t, 80, 24)
		rows := oktaDay()
		a.feed(rows[:3]...) // at once, as nothing was told yet
		a.feed(rows[3:]...)
		behind := a.r.tabs[2].stack[0].(*keys).uses
		if got := behind[1].last[0].Seq; got != rows[2].Seq {
			t.Errorf("%s: behind they have heard of #%d, want #%d", name, got, rows[2].Seq)
		}
		if next(a); behind[1].last[0].Seq != a.seq {
			t.Errorf("%s: behind they have heard of #%d, want #%d", name, behind[1].last[0].Seq, a.seq)
		}
	}
}

// TestCaret: the terminal's cursor is in the input, else on the selected row, also
// in the right pane and with colours around it.
func TestCaret(t *testing.T) {
	for _, x := range []struct {
		frame       string
		row, column int
	}{
		{"head\nrow\nrow", 1, 1},
		{"head\n  row\n\x1b[7m› 日本 row\x1b[0m", 3, 1},
		{"head > tail\n> row", 2, 1},
		{"head\nrow   │ \x1b[1m›\x1b[0m#8\nrow", 2, 9},
		{"head\n› row\n / fil\x1b[36m▏\x1b[0m", 3, 7},
	} {
		if row, column := caret(strings.Split(x.frame, "\n")); row != x.row || column != x.column {
			t.Errorf("%q: %d, %d", x.frame, row, column)
		}
	}
}

// TestStill: with Options.Still the header has no bars, and still its rate.
func TestStill(t *testing.T) {
	bars := func(still bool) bool {
		a := newApp(t, 120, 24, func(o *Options) { o.Still = still })
		a.feed(oktaDay()...)
		return strings.ContainsAny(a.r.frame()[0], "▁▂▃▄▅▆▇█")
	}
	if !bars(false) || bars(true) {
		t.Errorf("bars: %v, and with Still %v", bars(false), bars(true))
	}
}
