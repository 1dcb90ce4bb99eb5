package tui

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// painter writes frames to the terminal: the first at once, the next when
// frameTime has passed, and nothing while nothing changes. Bubble Tea's own
// renderer looks 60 times a second whether there is something to write, which
// makes a key wait for the next look and keeps an idle process awake. It still
// runs, once a second, and keeps what it knows: how the alternate screen is
// entered, left for an editor, and cleared.
//
// What Bubble Tea writes may be an older frame, or what clears the screen; after
// each such write the painter draws the whole frame again.
type painter struct {
	tty *terminal
	due chan struct{} // holds one: there is something to draw

	mu    sync.Mutex
	frame string // to be on screen
	whole bool   // the screen may show anything

	shown []string // on screen, line by line; run's alone
	w     int      // of the frame shown
}

func newPainter(tty *terminal) *painter {
	p := &painter{tty: tty, due: make(chan struct{}, 1), whole: true}
	tty.touched = p.again
	return p
}

// show makes a frame the one to be drawn. It never waits for the terminal.
func (p *painter) show(frame string) {
	p.mu.Lock()
	same := frame == p.frame
	p.frame = frame
	p.mu.Unlock()
	if !same {
		p.wake()
	}
}

// again has the whole frame drawn anew: somebody else wrote to the terminal.
func (p *painter) again() {
	p.mu.Lock()
	p.whole = true
	p.mu.Unlock()
	p.wake()
}

func (p *painter) wake() {
	select {
	case p.due <- struct{}{}:
	default:
	}
}

// run draws until ctx is done.
func (p *painter) run(ctx context.Context) {
	var last time.Time
	for {
		select {
		case <-p.due:
		case <-ctx.Done():
			return
		}
		if wait := frameTime - time.Since(last); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
		}
		last = time.Now()
		p.mu.Lock()
		frame, whole := p.frame, p.whole
		p.whole = false
		p.mu.Unlock()
		p.tty.paint(p.difference(frame, whole))
	}
}

// difference is what turns the screen into the frame.
func (p *painter) difference(frame string, whole bool) []byte {
	if frame == "" { // there is no size yet
		return nil
	}
	lines := strings.Split(frame, "\n")
	w := 0
	for _, l := range lines[:min(2, len(lines))] {
		w = max(w, ansi.StringWidth(l))
	}
	whole = whole || len(lines) != len(p.shown) || w != p.w
	var out []byte
	for i, line := range lines {
		if !whole && line == p.shown[i] {
			continue
		}
		out = append(out, "\x1b["...)
		out = strconv.AppendInt(out, int64(i+1), 10)
		out = append(out, ";1H"...)
		out = append(out, line...)
		if ansi.StringWidth(line) < w { // at the edge it would erase the last cell
			out = append(out, ansi.EraseLineRight...)
		}
	}
	p.shown, p.w = lines, w
	if len(out) > 0 {
		row, column := caret(lines)
		out = fmt.Appendf(out, "\x1b[%d;%dH", row, column)
	}
	return out
}

// caret is where the terminal's own cursor belongs, which magnifiers and readers
// follow although it is hidden: into the input, else onto the selected row, else at
// the beginning. Both count from 1.
func caret(lines []string) (row, column int) {
	row, column = 1, 1
	for i, line := range lines {
		text := ansi.Strip(line)
		if at := strings.Index(text, "▏"); at >= 0 {
			return i + 1, ansi.StringWidth(text[:at]) + 1
		}
		for _, sign := range []string{"›", "> "} {
			at := strings.Index(text, sign)
			if at < 0 || row > 1 {
				continue
			}
			if before := strings.TrimRight(text[:at], " "); before == "" || strings.HasSuffix(before, "│") || strings.HasSuffix(before, "|") {
				row, column = i+1, ansi.StringWidth(text[:at])+1
			}
		}
	}
	return row, column
}
