package command

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// progress shows how far a piece of work is: on a terminal a line that is drawn
// again and again, from the second second on, and in the end how long it took and how
// fast it was. Where there is no terminal nothing is drawn.
//
//	importing  [############            ]   50 %  41,234 lines  8,230/s  5 s left
//
// Its methods may be called from any goroutine.
type progress struct {
	out   io.Writer
	width func() int // columns of the terminal; 0: there is none
	ascii bool
	verb  string // what is done: "importing"
	noun  string // of what: "line"; "" for bytes
	began time.Time

	mu    sync.Mutex
	drawn time.Time // zero: nothing is on the screen
	last  string    // what is
}

const (
	quietFor  = time.Second            // before a progress is shown
	drawEvery = 100 * time.Millisecond // at most
	barCells  = 24
)

func (p *Program) progress(verb, noun string, ascii bool) *progress {
	width := p.Columns
	if width == nil {
		width = func() int { return 0 }
	}
	return &progress{
		out: p.Stderr, width: width, ascii: ascii || p.Env.Get("TERM") == "dumb",
		verb: verb, noun: noun, began: time.Now(),
	}
}

// show draws that n things are done, and done of all of the work, which may be other
// units; all is 0 if it is not known.
func (g *progress) show(n, done, all int64) {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.began) < quietFor || now.Sub(g.drawn) < drawEvery {
		return
	}
	width := g.width()
	if width <= 0 {
		return
	}
	g.drawn = now
	g.write(g.line(now.Sub(g.began), n, done, all, width-1))
}

// write puts a line in place of the one that is on the screen.
func (g *progress) write(text string) {
	blanks := max(0, cells(g.last)-cells(text))
	fmt.Fprintf(g.out, "\r%s%s", text, strings.Repeat(" ", blanks))
	if blanks > 0 {
		fmt.Fprintf(g.out, "\r%s", text)
	}
	g.last = text
}

// line makes the line, at most so many columns wide: what matters least goes first.
func (g *progress) line(took time.Duration, n, done, all int64, width int) string {
	fraction := 0.0
	if all > 0 {
		fraction = min(float64(done)/float64(all), 1)
	}
	parts := []string{g.verb, "", "", g.amount(n), g.rate(n, took), ""}
	if fraction > 0 {
		parts[1], parts[2] = bar(fraction, g.ascii), fmt.Sprintf("%3d %%", int(100*fraction))
		parts[5] = short(time.Duration(float64(took)*(1-fraction)/fraction)) + " left"
	}
	for _, less := range []int{-1, 1, 4, 3, 5, 2} {
		if less >= 0 {
			parts[less] = ""
		}
		var kept []string
		for _, p := range parts {
			if p != "" {
				kept = append(kept, p)
			}
		}
		if text := strings.Join(kept, "  "); cells(text) <= width {
			return text
		}
	}
	return ""
}

// bar draws a fraction.
func bar(fraction float64, ascii bool) string {
	full := int(fraction * barCells)
	if ascii {
		return "[" + strings.Repeat("#", full) + strings.Repeat(" ", barCells-full) + "]"
	}
	return strings.Repeat("━", full) + strings.Repeat("─", barCells-full)
}

// cells is how wide a line of ours is: all that is in it is one column wide.
func cells(s string) int { return len([]rune(s)) }

// clear takes the line off the screen, so that something else can be printed.
func (g *progress) clear() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last != "" {
		fmt.Fprintf(g.out, "\r%s\r", strings.Repeat(" ", cells(g.last)))
		g.last = ""
	}
}

// took says how long it took and how fast it was: "in 1.2 s (830/s)".
func (g *progress) took(n int64) string {
	g.clear()
	d := time.Since(g.began)
	return fmt.Sprintf("in %s (%s)", short(d), g.rate(n, d))
}

// amount writes "41,234 lines" or "12.3 MB".
func (g *progress) amount(n int64) string {
	if g.noun == "" {
		return sized(n)
	}
	return count(n, g.noun)
}

// rate writes "8,230/s" or "12.3 MB/s".
func (g *progress) rate(n int64, d time.Duration) string {
	perSecond := float64(n) / max(d.Seconds(), 0.001)
	if g.noun == "" {
		return sized(int64(perSecond)) + "/s"
	}
	return thousands(int64(perSecond+0.5)) + "/s"
}

// short writes a duration as "0.3 s", "12 s", "3 min 20 s" or "2 h 5 min".
func short(d time.Duration) string {
	switch s := int(d.Seconds()); {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	default:
		return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
	}
}
