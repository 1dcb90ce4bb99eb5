package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// joinForm is the box in which somebody is put into a group: a member into the
// group that is shown, or the user that is shown into a group.
type joinForm struct {
	box
	of     noun    // of the one that is shown
	row    listRow // it
	other  noun    // what is looked for
	dialog ui.Dialog
	busy   bool
}

// joinTag marks the answer to the form's request.
const joinTag = "put into a group"

func newJoinForm(d *deps, of noun, row listRow) *joinForm {
	f := &joinForm{box: box{d}, of: of, row: row, other: groupNoun(d)}
	title, label, hint := "Put "+ui.Clean(row.name, d.ascii)+" into a group", ui.Safe("Group"), ui.Safe("its name, or its id")
	if of.isGroup() {
		f.other = userNoun(d)
		title, label, hint = "Put somebody into "+ui.Clean(row.name, d.ascii), "User", "the user name, or an id; that of a group too"
	}
	f.dialog = ui.Dialog{Title: title, Width: 72, Opened: d.now(), Form: &ui.Form{
		Fields: []ui.Field{{Label: label, Hint: hint}}, Buttons: []ui.Safe{"Put in", "Cancel"},
	}}
	return f
}

func (f *joinForm) view(w, h int) []string { return f.dialog.View(f.d.theme, w, h) }

func (f *joinForm) hints() []hint {
	return []hint{{key: "↵", word: "put in"}, {key: "esc", word: "cancel"}}
}

func (f *joinForm) wanted() string { return strings.TrimSpace(f.dialog.Form.Fields[0].Input.String()) }

func (f *joinForm) key(m tea.KeyMsg) tea.Cmd {
	if f.busy {
		return nil
	}
	switch f.dialog.Key(uiKey(m), f.d.now()) {
	case 0:
		if f.wanted() == "" {
			f.wrong("somebody has to be named")
			return nil
		}
		f.busy = true
		return join(f.d, joinTag, f.of, f.other, f.row, f.wanted())
	case 1:
		f.d.pop()
	}
	return nil
}

func (f *joinForm) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(asked)
	if !ok || m.tag != joinTag || !f.busy {
		return nil
	}
	f.busy = false
	if why, failed := m.failure(); failed {
		f.wrong(why)
		return nil
	}
	f.d.pop()
	member, group := f.wanted(), f.row.name
	if !f.of.isGroup() {
		member, group = group, member
	}
	f.d.say(done, ui.Clean(member+" is in "+group+"; "+string(f.d.keyFor("takeOut"))+" takes it out again", f.d.ascii))
	return nil
}

func (f *joinForm) wrong(why string) {
	f.dialog.Form.Focus = 0
	f.dialog.Form.Fields[0].Wrong = ui.Clean(why, f.d.ascii)
}
