// Package draft gives a text to the user's own editor and takes back what was
// made of it. It knows neither what the text is nor who asks: the dashboard and
// the commands use it alike.
//
//	edited, err := draft.Edit(ctx, draft.Options{Dir: dataDir, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}, "user.json", text)
//	if errors.Is(err, draft.ErrUnchanged) {
//		// the user thought better of it
//	}
//
// The text is in a file that only its owner can read, in a folder of its own
// that is removed afterwards with all that an editor has put beside it, however
// the editor ended. A scimdeck that is killed meanwhile leaves the folder behind:
// Sweep removes it at the next start.
package draft

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// MaxBytes is how long a text may be, before and after.
const MaxBytes = 16 << 20

// ErrUnchanged means that the text was left as it was, or emptied: whatever it
// was for is called off.
var ErrUnchanged = errors.New("the text was not changed")

// Options says where an edit takes place. The zero value is an edit in the
// system's folder for temporary files, by an editor that has no terminal.
type Options struct {
	Dir    string              // where the draft's folder is made: scimdeck's data folder; "": the system's for temporary files
	Getenv func(string) string // nil: os.Getenv

	// The terminal, for the editor. They should be the files themselves: of
	// anything else the editor gets a pipe.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// An EditorError says that an editor or pager could not be used, or did not end well.
type EditorError struct {
	Kind    string // "editor" or "pager"
	Command string // as the user has named it: "code --wait"
	Err     error
}

// Error implements error.
func (e *EditorError) Error() string {
	var ended *exec.ExitError
	if errors.As(e.Err, &ended) {
		return fmt.Sprintf("the %s ended with %v: %q", e.Kind, ended, e.Command)
	}
	return fmt.Sprintf("the %s %q cannot be used: %v", e.Kind, e.Command, e.Err)
}

// Unwrap gives what was wrong.
func (e *EditorError) Unwrap() error { return e.Err }

// Hint is the way out.
func (e *EditorError) Hint() string {
	var ended *exec.ExitError
	if errors.As(e.Err, &ended) {
		return "nothing was done"
	}
	way := "name one in VISUAL or EDITOR"
	if e.Kind == "pager" {
		way = "name one in PAGER"
	}
	if path, _, cut := strings.Cut(e.Command, " "); cut && strings.ContainsRune(path, filepath.Separator) && !strings.ContainsAny(path, `'"`) {
		way += "; quote a path that has blanks"
	}
	return way
}

// editing counts the editors that run.
var editing atomic.Int32

// Editing reports whether an editor has the terminal. An interrupt from the
// keyboard is meant for it then, although all of us get it.
func Editing() bool { return editing.Load() > 0 }

// Edit gives a text to the user's editor and returns it as it was saved. name is
// the file's: by its ending an editor knows the kind ("user.json"). Edit waits
// until the editor ends; with ctx the editor ends too. The error is ErrUnchanged,
// an *EditorError, ctx's or the file system's. Nothing is left behind in any case:
// what an editor saved before it ended badly is returned beside the error, so that
// it is not lost.
func Edit(ctx context.Context, o Options, name string, text []byte) (edited []byte, err error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("the text is too long for an editor: %d bytes, at most %d", len(text), MaxBytes)
	}
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text[:n:n], '\n') // editors would, and it would be a change
	}
	err = lend(o, name, text, func(file string) error {
		command, args := editor(o.getenv)
		ended := run(ctx, o, "editor", command, args, file)
		var unread error
		if edited, unread = read(file); ended != nil { // how it ended says more
			return ended
		}
		return unread
	})
	if bytes.Equal(edited, text) || len(bytes.TrimSpace(edited)) == 0 {
		edited = nil
		if err == nil {
			err = ErrUnchanged
		}
	}
	return edited, err
}

// View shows a text in the user's own pager (PAGER, else less or more) and returns
// when it ends. The text has to be harmless: a pager may give it to the terminal as
// it is. The errors are Edit's but for ErrUnchanged; nothing is left behind.
func View(ctx context.Context, o Options, name string, text []byte) error {
	return lend(o, name, text, func(file string) error {
		command, args := pager(o.getenv)
		return run(ctx, o, "pager", command, args, file)
	})
}

// lend gives a text to do as a file, which is gone afterwards.
func lend(o Options, name string, text []byte, do func(file string) error) (err error) {
	dir, err := os.MkdirTemp(o.Dir, prefix+strconv.Itoa(os.Getpid())+"-*") // 0700
	if err != nil {
		return fmt.Errorf("no place for the text: %w", err)
	}
	defer func() {
		if gone := os.RemoveAll(dir); err == nil {
			err = gone
		}
	}()
	file := filepath.Join(dir, filepath.Base(name))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return fmt.Errorf("no place for the text: %w", err)
	}
	return do(file)
}

// getenv is Getenv, or the process's.
func (o Options) getenv(name string) string {
	if o.Getenv != nil {
		return o.Getenv(name)
	}
	return os.Getenv(name)
}

// killGrace is how long an editor may take to end when it is told to.
const killGrace = 500 * time.Millisecond

// run runs a command on a file until it ends.
func run(ctx context.Context, o Options, kind, command string, args []string, file string) error {
	name, err := exec.LookPath(args[0])
	if err != nil {
		return &EditorError{kind, command, unwrapPath(err)}
	}
	cmd := exec.CommandContext(ctx, name, append(args[1:], file)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = o.Stdin, o.Stdout, o.Stderr
	cmd.Cancel = func() error { return hangUp(cmd.Process) }
	cmd.WaitDelay = killGrace
	editing.Add(1)
	err = cmd.Run()
	editing.Add(-1)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &EditorError{kind, command, err}
	}
	return nil
}

// hangUp ends an editor as a closed window does; where that is not known, at once.
func hangUp(p *os.Process) error {
	if p.Signal(syscall.SIGHUP) != nil {
		return p.Kill()
	}
	return nil
}

// unwrapPath takes the name out of an error of LookPath: it is said already.
func unwrapPath(err error) error {
	var e *exec.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// read reads the file as the editor left it.
func read(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, ErrUnchanged // deleted: called off
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("the editor left no file behind")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err == nil && len(text) > MaxBytes {
		err = fmt.Errorf("the text is too long: more than %d bytes", MaxBytes)
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}
