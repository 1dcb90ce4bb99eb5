package tui

import (
	"encoding/json"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/tui/ui"
)

// userForm is the box in which a user is added by hand.
type userForm struct {
	box
	dialog ui.Dialog
	busy   bool
}

// addTag marks the answer to the form's request.
const addTag = "add"

func newUserForm(d *deps) *userForm {
	return &userForm{box: box{d}, dialog: ui.Dialog{Title: "New user", Width: 72, Opened: d.now(), Form: &ui.Form{
		Fields: []ui.Field{
			{Label: "User name", Hint: "how they sign in; with an @ it becomes their mail address too"},
			{Label: "Given name"},
			{Label: "Family name"},
		},
		Buttons: []ui.Safe{"Add", "Cancel"},
	}}}
}

func (f *userForm) view(w, h int) []string { return f.dialog.View(f.d.theme, w, h) }

func (f *userForm) hints() []hint {
	return []hint{{key: "tab", word: "next field"}, {key: "↵", word: "add"}, {key: "esc", word: "cancel"}}
}

func (f *userForm) key(m tea.KeyMsg) tea.Cmd {
	if f.busy {
		return nil
	}
	switch f.dialog.Key(uiKey(m), f.d.now()) {
	case 0:
		f.busy = true
		return ask(f.d, addTag, "POST", "/Users", f.body())
	case 1:
		f.d.pop()
	}
	return nil
}

// body is the request that Okta would send for such a user.
func (f *userForm) body() []byte {
	text := func(i int) scim.Value {
		return scim.StringOf(strings.TrimSpace(f.dialog.Form.Fields[i].Input.String()))
	}
	name := text(0)
	v := scim.ObjectOf(
		scim.Member{Name: "schemas", Value: scim.ArrayOf(scim.StringOf(scim.UserURN))},
		scim.Member{Name: "userName", Value: name},
		scim.Member{Name: "name", Value: scim.ObjectOf(
			scim.Member{Name: "givenName", Value: text(1)},
			scim.Member{Name: "familyName", Value: text(2)})},
		scim.Member{Name: "active", Value: scim.BoolOf(true)})
	if strings.Contains(name.Text(), "@") {
		v.Set("emails", scim.ArrayOf(scim.ObjectOf(
			scim.Member{Name: "primary", Value: scim.BoolOf(true)},
			scim.Member{Name: "value", Value: name},
			scim.Member{Name: "type", Value: scim.StringOf("work")})))
	}
	return v.Append(nil)
}

func (f *userForm) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(asked)
	if !ok || m.tag != addTag || !f.busy {
		return nil
	}
	f.busy = false
	name := f.dialog.Form.Fields[0].Input.String()
	switch {
	case m.err != nil:
		f.wrong(m.err.Error())
	case m.status >= 400:
		var e struct{ Detail string }
		_ = json.Unmarshal(m.body, &e) // without a detail the request's row says it
		f.wrong(e.Detail)
	default:
		f.d.pop()
		f.d.say(done, ui.Clean(name+" added", f.d.ascii))
	}
	return nil
}

func (f *userForm) wrong(why string) {
	f.dialog.Form.Focus = 0
	f.dialog.Form.Fields[0].Wrong = ui.Clean(why, f.d.ascii)
}
