package tui

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"
)

// terminal is the window that the dashboard is drawn on. All writes go through
// it, one at a time: frames, and sequences for the clipboard.
type terminal struct {
	in  *os.File
	out *os.File

	state   *term.State // as it was before us
	touched func()      // called after each Write; set before there is one
	mu      sync.Mutex
	frames  bool        // the alternate screen is on, so frames may be written
	closed  atomic.Bool // no more writes: someone else has the terminal
}

// openTerminal notes the terminal's state. The error says that in is no terminal.
func openTerminal(in, out *os.File) (*terminal, error) {
	state, err := term.GetState(in.Fd())
	if err != nil {
		return nil, fmt.Errorf("the dashboard needs a terminal: %w", err)
	}
	return &terminal{in: in, out: out, state: state}, nil
}

// Fd, Read and Close make the terminal a term.File, so that Bubble Tea asks it for its size.
func (t *terminal) Fd() uintptr                { return t.out.Fd() }
func (t *terminal) Read(p []byte) (int, error) { return t.out.Read(p) }
func (t *terminal) Close() error               { return nil }

// What Bubble Tea writes, each in a Write of its own, when it takes the alternate screen and when it gives it back.
const (
	alternateOn  = "\x1b[?1049h"
	alternateOff = "\x1b[?1049l"
)

// Write writes p in one piece. After restore it drops it. It is for Bubble Tea
// and the clipboard; frames go through paint.
func (t *terminal) Write(p []byte) (int, error) {
	n, err := t.write(p)
	if t.touched != nil {
		t.touched()
	}
	return n, err
}

func (t *terminal) write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed.Load() {
		return len(p), nil
	}
	switch string(p) { // an editor gets the terminal between these two
	case alternateOn:
		t.frames = true
	case alternateOff:
		t.frames = false
	}
	return t.out.Write(p)
}

// paint writes a part of a frame, unless the alternate screen is off.
func (t *terminal) paint(p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.frames || t.closed.Load() || len(p) == 0 {
		return
	}
	_, _ = t.out.Write(p) // nothing can be done for a terminal that is gone; reading from it ends the program
}

// leaving undoes everything that the dashboard may have switched on: mouse,
// focus reports, bracketed paste, attributes, alternate screen, hidden cursor.
const leaving = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[0m\x1b[?1049l\x1b[?25h\r"

// restore gives the terminal back, whatever state the program is in, and shuts
// Write. It does not wait for a terminal that reads nothing: at most one second.
func (t *terminal) restore() {
	t.closed.Store(true)
	wrote := make(chan struct{})
	go func() {
		defer close(wrote)
		_, _ = t.out.WriteString(leaving) // nothing can be done for a terminal that is gone
	}()
	select {
	case <-wrote:
	case <-time.After(time.Second):
	}
	_ = term.Restore(t.in.Fd(), t.state) // likewise
}

// answerTime is how long the terminal may take to tell its background.
const answerTime = 150 * time.Millisecond

// background asks the terminal for its background colour: "dark", "light", or
// "" when it does not say. It is called before anything else reads the input.
// The question is followed by one that every terminal answers (its kind), so
// that those which do not know the first cost no time.
func (t *terminal) background() string {
	if name := os.Getenv("TERM"); strings.HasPrefix(name, "screen") || strings.HasPrefix(name, "tmux") || os.Getenv("TMUX") != "" {
		return "" // multiplexers answer for a terminal that may be another one tomorrow
	}
	if _, err := term.MakeRaw(t.in.Fd()); err != nil {
		return ""
	}
	defer func() { _ = term.Restore(t.in.Fd(), t.state) }()
	if _, err := t.Write([]byte("\x1b]11;?\x1b\\\x1b[c")); err != nil {
		return ""
	}
	in, err := cancelreader.NewReader(t.in)
	if err != nil {
		return ""
	}
	defer in.Close()
	stop := time.AfterFunc(answerTime, func() { in.Cancel() })
	defer stop.Stop()
	var got []byte
	buf := make([]byte, 256)
	for len(got) < 4096 {
		n, err := in.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil || deviceAnswer(string(got)) {
			break
		}
	}
	return shade(string(got))
}

// deviceAnswer reports whether s holds the answer to ESC [ c.
func deviceAnswer(s string) bool {
	i := strings.Index(s, "\x1b[?")
	return i >= 0 && strings.IndexByte(s[i:], 'c') > 0
}

// shade reads "ESC ] 11 ; rgb:RRRR/GGGG/BBBB" and tells dark from light.
func shade(s string) string {
	_, s, ok := strings.Cut(s, "]11;rgb:")
	if !ok {
		return ""
	}
	var c [3]float64
	for i, part := range strings.SplitN(s, "/", 3) {
		end := 0
		for end < len(part) && end < 4 && strings.IndexByte("0123456789abcdefABCDEF", part[end]) >= 0 {
			end++
		}
		var v uint
		if _, err := fmt.Sscanf(part[:end], "%x", &v); err != nil {
			return ""
		}
		c[i] = float64(v) / float64(uint(1)<<(4*end)-1)
	}
	if 0.299*c[0]+0.587*c[1]+0.114*c[2] > 0.5 {
		return "light"
	}
	return "dark"
}
