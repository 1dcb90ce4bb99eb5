//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

// Package scene runs a program in a pseudo-terminal and looks at it through a
// terminal emulator, as a person would: it types, waits until something can be
// read, and takes the frame. Tests and pictures are made of that; the program
// itself does not use this package.
//
//	s, err := scene.Start(exec.Command("scimdeck"), 80, 24)
//	defer s.Close()
//	err = s.Wait(5*time.Second, "No request has come in yet")
//	s.Type("3a")
//	fmt.Println(s.Text())
package scene

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Scene is a program in a terminal. Its methods may be called from several goroutines.
type Scene struct {
	Cmd *exec.Cmd

	file   *os.File // our side of the pseudo-terminal
	done   chan struct{}
	result error

	mu     sync.Mutex
	thawed *sync.Cond // for Freeze
	frozen bool
	screen *vt.Emulator
	raw    bytes.Buffer // all that the program wrote
	title  string
}

// Start starts the command in a terminal of w by h cells. Without an
// environment of its own the command gets ours. TERM is xterm-256color unless its
// own says something else.
func Start(cmd *exec.Cmd, w, h int) (*Scene, error) {
	s := &Scene{Cmd: cmd, done: make(chan struct{}), screen: vt.NewEmulator(w, h)}
	s.thawed = sync.NewCond(&s.mu)
	terminal := []string{"TERM=xterm-256color", "LANG=C.UTF-8"}
	if cmd.Env == nil {
		cmd.Env = append(os.Environ(), terminal...)
	} else {
		cmd.Env = append(terminal, cmd.Env...) // the last one counts
	}
	s.screen.SetCallbacks(vt.Callbacks{Title: func(title string) { s.title = title }})
	var err error
	if s.file, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)}); err != nil {
		return nil, err
	}
	go s.answer()
	go s.watch()
	return s, nil
}

// watch draws what the program writes until it ends.
func (s *Scene) watch() {
	buf := make([]byte, 32<<10)
	for {
		n, err := s.file.Read(buf)
		s.mu.Lock()
		for s.frozen { // what is in buf by then nobody has seen
			s.thawed.Wait()
		}
		s.raw.Write(buf[:n])
		_, _ = s.screen.Write(buf[:n]) // it fails only when it is closed
		s.mu.Unlock()
		if err != nil {
			break // EIO: the program has closed its side
		}
	}
	s.result = s.Cmd.Wait()
	close(s.done)
}

// answer passes on what the emulator answers to the program's questions.
func (s *Scene) answer() {
	buf := make([]byte, 256)
	for {
		n, err := s.screen.Read(buf)
		if err != nil {
			return
		}
		if _, err := s.file.Write(buf[:n]); err != nil {
			return
		}
	}
}

// Type sends text as if typed. Control characters are keys: "\r" is enter, "\x1b" esc, "\x03" ctrl+c.
func (s *Scene) Type(text string) error {
	_, err := s.file.WriteString(text)
	return err
}

// Text returns the frame as it can be read: one line a row, no blanks at the ends of lines.
func (s *Scene) Text() string {
	var b strings.Builder
	for _, line := range s.lines(false) {
		b.WriteString(strings.TrimRight(line, " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// Lines returns the frame's rows with their colours and attributes as SGR sequences, each reset at its end.
func (s *Scene) Lines() []string { return s.lines(true) }

func (s *Scene) lines(styled bool) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := make([]string, s.screen.Height())
	for y := range lines {
		var b strings.Builder
		style := ""
		for x := 0; x < s.screen.Width(); x++ {
			text, next, width := " ", "", 1
			if c := s.screen.CellAt(x, y); c != nil && c.Width > 0 {
				text, next, width = c.Content, c.Style.String(), c.Width
			}
			if styled && next != style {
				b.WriteString("\x1b[0m" + next)
				style = next
			}
			b.WriteString(text)
			x += width - 1
		}
		if style != "" {
			b.WriteString("\x1b[0m")
		}
		lines[y] = b.String()
	}
	return lines
}

// Wait waits until the frame matches the regular expression.
func (s *Scene) Wait(limit time.Duration, pattern string) error {
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		return err
	}
	return s.until(limit, fmt.Sprintf("%q", pattern), func() bool { return re.MatchString(s.Text()) })
}

// WaitGone waits until the frame does not match the regular expression.
func (s *Scene) WaitGone(limit time.Duration, pattern string) error {
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		return err
	}
	return s.until(limit, fmt.Sprintf("the end of %q", pattern), func() bool { return !re.MatchString(s.Text()) })
}

// Settle waits until the program has written nothing for the given time: a frame
// may come in several pieces.
func (s *Scene) Settle(limit, quiet time.Duration) error {
	last, since := -1, time.Now()
	return s.until(limit, "a quiet moment", func() bool {
		if n := len(s.Raw()); n != last {
			last, since = n, time.Now()
		}
		return time.Since(since) >= quiet
	})
}

func (s *Scene) until(limit time.Duration, what string, ok func() bool) error {
	for end := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
		if ok() {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited %v for %s; the screen is\n%s", limit, what, s.Text())
		}
	}
}

// Resize changes the terminal's size, and tells the program.
func (s *Scene) Resize(w, h int) error {
	s.mu.Lock()
	s.screen.Resize(w, h)
	s.mu.Unlock()
	return pty.Setsize(s.file, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)})
}

// Freeze stops reading from the terminal, as a stopped tmux or a dead connection does, until Thaw.
func (s *Scene) Freeze() { s.setFrozen(true) }

// Thaw goes on reading.
func (s *Scene) Thaw() { s.setFrozen(false) }

func (s *Scene) setFrozen(frozen bool) {
	s.mu.Lock()
	s.frozen = frozen
	s.mu.Unlock()
	s.thawed.Broadcast()
}

// Raw returns all bytes that the program wrote so far.
func (s *Scene) Raw() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.raw.Bytes())
}

// Title returns the window title that the program set, or "".
func (s *Scene) Title() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.title
}

var mode = regexp.MustCompile(`\x1b\[\?([0-9;]+)([hl])`)

// Mode reports whether a private mode is on: 25 shows the cursor, 1049 is the
// alternate screen, 1000 to 1006 the mouse, 2004 marks pastes.
func (s *Scene) Mode(number int) bool {
	on := number == 25 // a terminal shows its cursor unless told otherwise
	for _, m := range mode.FindAllSubmatch(s.Raw(), -1) {
		if slices.Contains(strings.Split(string(m[1]), ";"), strconv.Itoa(number)) {
			on = m[2][0] == 'h'
		}
	}
	return on
}

// Cooked reports whether the terminal edits lines and echoes, as a shell expects it.
func (s *Scene) Cooked() (on bool, err error) {
	conn, err := s.file.SyscallConn() // Fd would make reads block, and Close wait for them
	if err != nil {
		return false, err
	}
	controlErr := conn.Control(func(fd uintptr) {
		var t *unix.Termios
		if t, err = unix.IoctlGetTermios(int(fd), getTermios); err == nil {
			on = t.Lflag&unix.ICANON != 0 && t.Lflag&unix.ECHO != 0
		}
	})
	return on, errors.Join(err, controlErr)
}

// ErrStillRuns is Exit's answer when the program has not ended in time.
var ErrStillRuns = errors.New("the program still runs")

// Exit waits for the end of the program and returns its exit code.
func (s *Scene) Exit(limit time.Duration) (int, error) {
	select {
	case <-s.done:
		var exit *exec.ExitError
		if s.result != nil && !errors.As(s.result, &exit) {
			return 0, s.result
		}
		return s.Cmd.ProcessState.ExitCode(), nil
	case <-time.After(limit):
		return 0, fmt.Errorf("%w after %v; the screen is\n%s", ErrStillRuns, limit, s.Text())
	}
}

// Hangup closes the terminal, as closing its window does.
func (s *Scene) Hangup() error {
	err := s.file.Close()
	s.Thaw()
	return err
}

// Close ends the program if it still runs.
func (s *Scene) Close() {
	s.Thaw()
	_ = s.Cmd.Process.Signal(syscall.SIGKILL) // it may have ended
	<-s.done
	if pipe, ok := s.screen.InputPipe().(io.Closer); ok { // the emulator's Close races with its Read
		_ = pipe.Close()
	}
	_ = s.file.Close() // Hangup may have closed it
}
