package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/tui/ui"
)

// createForm is the box in which a user or a group is added by hand.
type createForm struct {
	box
	of     noun
	dialog ui.Dialog
	body   func(f *createForm) scim.Value // of the request that Okta would send for it
	write  func(given scim.Value) tea.Cmd // goes on in the editor
	busy   bool
}

// addTag marks the answer to the form's request.
const addTag = "add"

func newUserForm(d *deps, write func(scim.Value) tea.Cmd) *createForm {
	return &createForm{box: box{d}, of: userNoun(d), body: (*createForm).user, write: write, dialog: ui.Dialog{Title: "New user", Width: 72, Opened: d.now(), Form: &ui.Form{
		Fields: []ui.Field{
			{Label: "User name", Hint: "how they sign in; with an @ it becomes their mail address too"},
			{Label: "Given name"},
			{Label: "Family name"},
		},
		Buttons: []ui.Safe{"Add", "More, in the editor", "Cancel"},
	}}}
}

func newGroupForm(d *deps, write func(scim.Value) tea.Cmd) *createForm {
	return &createForm{box: box{d}, of: groupNoun(d), body: (*createForm).group, write: write, dialog: ui.Dialog{Title: "New group", Width: 72, Opened: d.now(), Form: &ui.Form{
		Fields:  []ui.Field{{Label: "Name", Hint: "as clients show it; members come after that"}},
		Buttons: []ui.Safe{"Add", "More, in the editor", "Cancel"},
	}}}
}

func (f *createForm) view(w, h int) []string { return f.dialog.View(f.d.theme, w, h) }

func (f *createForm) hints() []hint {
	return []hint{{key: "tab", word: "next field"}, {key: "↵", word: "add"}, {key: "esc", word: "cancel"}}
}

func (f *createForm) key(m tea.KeyMsg) tea.Cmd {
	if f.busy {
		return nil
	}
	switch f.dialog.Key(uiKey(m), f.d.now()) {
	case 0:
		f.busy = true
		return ask(f.d, addTag, "POST", f.of.endpoint, f.body(f).Append(nil))
	case 1:
		f.d.pop()
		return f.write(filledIn(f.body(f)))
	case 2:
		f.d.pop()
	}
	return nil
}

// text is what was typed into a field.
func (f *createForm) text(i int) scim.Value {
	return scim.StringOf(strings.TrimSpace(f.dialog.Form.Fields[i].Input.String()))
}

func (f *createForm) user() scim.Value {
	name := f.text(0)
	v := scim.ObjectOf(
		scim.Member{Name: "schemas", Value: scim.ArrayOf(scim.StringOf(scim.UserURN))},
		scim.Member{Name: "userName", Value: name},
		scim.Member{Name: "name", Value: scim.ObjectOf(
			scim.Member{Name: "givenName", Value: f.text(1)},
			scim.Member{Name: "familyName", Value: f.text(2)})},
		scim.Member{Name: "active", Value: scim.BoolOf(true)})
	if strings.Contains(name.Text(), "@") {
		v.Set("emails", scim.ArrayOf(scim.ObjectOf(
			scim.Member{Name: "primary", Value: scim.BoolOf(true)},
			scim.Member{Name: "value", Value: name},
			scim.Member{Name: "type", Value: scim.StringOf("work")})))
	}
	return v
}

func (f *createForm) group() scim.Value {
	return scim.ObjectOf(
		scim.Member{Name: "schemas", Value: scim.ArrayOf(scim.StringOf(scim.GroupURN))},
		scim.Member{Name: "displayName", Value: f.text(0)})
}

// filledIn is an object without the texts that are empty.
func filledIn(v scim.Value) scim.Value {
	var members []scim.Member
	for name, value := range v.Members() {
		if value.Kind() == scim.Object {
			value = filledIn(value)
		}
		if value.Kind() == scim.String && value.Text() == "" || value.Kind() == scim.Object && value.Len() == 0 {
			continue
		}
		members = append(members, scim.Member{Name: name, Value: value})
	}
	return scim.ObjectOf(members...)
}

func (f *createForm) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(asked)
	if !ok || m.tag != addTag || !f.busy {
		return nil
	}
	f.busy = false
	if why, failed := m.failure(); failed {
		f.wrong(why)
		return nil
	}
	f.d.pop()
	f.d.say(done, ui.Clean(f.dialog.Form.Fields[0].Input.String()+" added", f.d.ascii))
	return nil
}

func (f *createForm) wrong(why string) {
	f.dialog.Form.Focus = 0
	f.dialog.Form.Fields[0].Wrong = ui.Clean(why, f.d.ascii)
}
