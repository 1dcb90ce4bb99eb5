package tui

import (
	"errors"
	"io"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store/draft"
	"scimdeck/tui/ui"
)

// editText gives a text to the user's editor, to which the dashboard leaves the
// terminal until it ends; the server goes on. name is the name of the file, by
// whose ending an editor knows what it is ("user.json"). What then makes of the
// saved text, or of an error of draft.Edit (notEdited words it), is the message
// that follows. then runs outside the program's loop and may take its time; to
// have the user try again it gives a message upon which editText is called anew.
func editText(d *deps, name string, text []byte, then func(edited []byte, err error) tea.Msg) tea.Cmd {
	var saved []byte
	o := &outside{do: func() (err error) {
		saved, err = d.edit(name, text)
		return err
	}}
	return o.command(d, func(err error) tea.Msg { return then(saved, err) })
}

// viewText shows a text in the user's pager; the dashboard is back when that ends.
// The text has to be harmless; it is made when the dashboard has given the terminal away.
func viewText(d *deps, name string, text func() []byte) tea.Cmd {
	o := &outside{do: func() error { return d.page(name, text()) }}
	return o.command(d, func(err error) tea.Msg {
		if err == nil {
			return nil
		}
		return notEdited(d, "the look", err)
	})
}

// edited says that the dashboard has the terminal back; what comes of the text
// is a command, as it may take time.
type edited struct{ then tea.Cmd }

// outside is a program of the user's that has the terminal, as Bubble Tea runs it: in
// its loop, which stands still.
type outside struct {
	do  func() error
	err error
}

func (o *outside) command(d *deps, then func(error) tea.Msg) tea.Cmd {
	return d.exec(o, func(err error) tea.Msg {
		if err == nil {
			err = o.err
		}
		return edited{func() tea.Msg { return then(err) }}
	})
}

// Run implements tea.ExecCommand. The error is kept, so that Bubble Tea takes the
// terminal back and says itself if that fails.
func (o *outside) Run() error {
	o.err = o.do()
	return nil
}

// SetStdin, SetStdout and SetStderr do nothing: what Bubble Tea writes to is no
// file but our lock before one, of which the program would get a pipe.
func (o *outside) SetStdin(io.Reader)  {}
func (o *outside) SetStdout(io.Writer) {}
func (o *outside) SetStderr(io.Writer) {}

// editIn edits in the dashboard's terminal.
func (d *deps) editIn(name string, text []byte) ([]byte, error) {
	return draft.Edit(d.ctx, draft.Options{Dir: d.opts.DataDir, Stdin: d.opts.In, Stdout: d.opts.Out, Stderr: os.Stderr}, name, text)
}

// pageIn shows a text in the dashboard's terminal.
func (d *deps) pageIn(name string, text []byte) error {
	return draft.View(d.ctx, draft.Options{Dir: d.opts.DataDir, Stdin: d.opts.In, Stdout: d.opts.Out, Stderr: os.Stderr}, name, text)
}

// notEdited says that nothing comes of an edit: what ("the replay") is called
// off, or the editor failed, and what helps.
func notEdited(d *deps, what string, err error) told {
	if errors.Is(err, draft.ErrUnchanged) {
		return told{info, ui.Clean("the text was not changed: "+what+" is called off", d.ascii)}
	}
	text := err.Error()
	var bad *draft.EditorError
	if errors.As(err, &bad) { // the way out first: the rest may be cut
		text = bad.Hint() + ": " + text
	}
	return told{wrong, ui.Clean(text, d.ascii)}
}
