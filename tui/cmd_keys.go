package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store"
	"scimdeck/tui/ui"
)

// keyMade is the answer to createKey. The secret belongs to whoever takes the
// message: the form that asked.
type keyMade struct {
	form   *keyForm
	secret []byte
	key    store.Key
	err    error
}

// createKey makes a key.
func createKey(d *deps, form *keyForm, name string, expires time.Time) tea.Cmd {
	return func() tea.Msg {
		secret, key, err := d.opts.Store.CreateKey(name, expires)
		return keyMade{form: form, secret: []byte(secret), key: key, err: err}
	}
}

// keyEdited is the answer to editKey.
type keyEdited struct {
	form *keyForm
	err  error
}

// editKey renames a key and, if expiry is not nil, sets when it ends.
func editKey(d *deps, form *keyForm, id uint64, name string, expiry *time.Time) tea.Cmd {
	return func() tea.Msg {
		err := d.opts.Store.RenameKey(id, name)
		if err == nil && expiry != nil {
			err = d.opts.Store.ExpireKey(id, *expiry)
		}
		return keyEdited{form, err}
	}
}

// changeKey runs one change of a key and tells how it went.
func changeKey(d *deps, change func(id uint64) error, id uint64, worked string) tea.Cmd {
	return func() tea.Msg {
		if err := change(id); err != nil {
			return told{wrong, ui.Clean(err.Error(), d.ascii)}
		}
		return told{done, ui.Clean(worked, d.ascii)}
	}
}

// secretCopied is the answer to copySecret.
type secretCopied struct {
	box   *secretBox
	known ui.Known
	err   error
}

// copySecret puts a key on the clipboard. The text belongs to the command,
// which wipes it; neither answer nor notice repeats it.
func copySecret(d *deps, box *secretBox, text []byte) tea.Cmd {
	return func() tea.Msg {
		defer clear(text)
		known, err := d.copy(d.ctx, text)
		return secretCopied{box, known, err}
	}
}
