package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store"
	"scimdeck/tui/ui"
)

// keyForm is the box in which a key is made, or renamed and given another end.
type keyForm struct {
	box
	dialog ui.Dialog
	old    *store.Key // nil: a new one
	name   string     // taken when none is typed
	paste  string     // where the key goes in the client's console; "": Okta's form
	lead   string     // what stands before it there
	busy   bool       // the store is at it: keys wait, so that the secret cannot get lost
}

// spans are the choices for how long a key lives, after "never".
var spans = []struct {
	label ui.Safe
	days  int
}{{"1 day", 1}, {"7 days", 7}, {"30 days", 30}, {"90 days", 90}}

// newKeyForm opens the form; key is nil for a new one, which is called name if
// nothing else is typed.
func newKeyForm(d *deps, key *store.Key, name string) *keyForm {
	f := &keyForm{box: box{d}, name: name}
	options := []ui.Safe{"never"}
	hint := ui.Safe("letters, digits, - and _; shown in the log by each request")
	title, action := ui.Safe("New key"), ui.Safe("Create")
	if key == nil {
		hint += "; empty: " + ui.Safe(name)
	} else {
		own := *key
		f.old = &own
		title, action = "Key "+ui.Clean(key.Name, d.ascii), "Save"
		end := "never"
		if !key.Expires.IsZero() {
			end = shortDay(key.Expires, d.now(), d.loc)
		}
		options = []ui.Safe{ui.Safe("as it is (" + end + ")"), "never"}
	}
	for _, s := range spans {
		options = append(options, s.label)
	}
	f.dialog = ui.Dialog{Title: title, Width: 72, Opened: d.now(), Form: &ui.Form{
		Fields: []ui.Field{
			{Label: "Name", Hint: hint},
			{Label: "Expires", Options: options},
		},
		Buttons: []ui.Safe{action, "Cancel"},
	}}
	if key != nil {
		f.dialog.Form.Fields[0].Input.Set(key.Name)
	}
	return f
}

func (f *keyForm) view(w, h int) []string { return f.dialog.View(f.d.theme, w, h) }

func (f *keyForm) hints() []hint {
	word := "create"
	if f.old != nil {
		word = "save"
	}
	return []hint{{key: "tab", word: "next field"}, {key: "← →", word: "choose"}, {key: "↵", word: word}, {key: "esc", word: "cancel"}}
}

func (f *keyForm) press(b int) tea.Cmd {
	switch b {
	case 0:
		f.busy = true
		name := strings.TrimSpace(f.dialog.Form.Fields[0].Input.String())
		if name == "" {
			name = f.name
		}
		if f.old == nil {
			return createKey(f.d, f, name, f.end(f.dialog.Form.Fields[1].Chosen))
		}
		var expiry *time.Time
		if n := f.dialog.Form.Fields[1].Chosen; n > 0 {
			at := f.end(n - 1)
			expiry = &at
		}
		return editKey(f.d, f, f.old.ID, name, expiry)
	case 1:
		f.d.pop()
	}
	return nil
}

// end is when a key ends by the n-th choice of "never" and the spans.
func (f *keyForm) end(n int) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return f.d.now().AddDate(0, 0, spans[n-1].days)
}

func (f *keyForm) key(m tea.KeyMsg) tea.Cmd {
	if f.busy {
		return nil
	}
	return f.press(f.dialog.Key(uiKey(m), f.d.now()))
}

func (f *keyForm) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case keyMade:
		if m.form != f {
			return nil
		}
		if f.busy = false; m.err != nil {
			f.wrong(m.err)
			return nil
		}
		f.d.pop()
		f.d.push(newSecretBox(f.d, m.key, m.secret, f.paste, f.lead))
	case keyEdited:
		if m.form != f {
			return nil
		}
		if f.busy = false; m.err != nil {
			f.wrong(m.err)
			return nil
		}
		f.d.pop()
		f.d.say(done, ui.Clean("key "+f.dialog.Form.Fields[0].Input.String()+" saved", f.d.ascii))
	}
	return nil
}

// wrong shows why the store refused, under the name.
func (f *keyForm) wrong(err error) {
	f.dialog.Form.Focus = 0
	f.dialog.Form.Fields[0].Wrong = ui.Clean(err.Error(), f.d.ascii)
}
