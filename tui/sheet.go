package tui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/sheet"
	"scimdeck/scim/wire"
	"scimdeck/tui/ui"
)

// sheetEdit is a user or group being written in the editor: a new one, or one
// that there is. Whatever goes wrong leads back into the editor with the text as
// it was left and what was wrong above it; only who leaves the text unchanged,
// or says so, gives it up, and even then e goes on with it.
type sheetEdit struct {
	u        *users
	id, name string // of the one that there is; "": a new one
	doc      []byte // it as it was stored when the text was made
	etag     string // and its version: another one is not overwritten
	text     []byte // the sheet, as it was left last
}

// sheetLeft is what the editor left: a text that can be sent, or what is wrong with it.
type sheetLeft struct {
	e     *sheetEdit
	given bool // it was not changed: given up
	value scim.Value
	list  []wire.Change // what it would change
	err   error         // of the text: back to the editor
	fault error         // of the editor
}

// sheetSent is the server's answer to a sheet.
type sheetSent struct {
	e       *sheetEdit
	refused string        // why, in the server's words
	now     *sheetEdit    // it was changed meanwhile: as it is now; nil: not so
	theirs  []wire.Change // what was changed
	gone    bool          // it was deleted meanwhile
	err     error         // there was no answer
	name    string        // of what was made
}

// newSheet opens the editor on a new one.
func (u *users) newSheet(given scim.Value) tea.Cmd {
	if e := u.left; e != nil && e.id == "" {
		return e.edit("this is the text that you left")
	}
	return startSheet(&sheetEdit{u: u}, given)
}

// editSheet opens the editor on the selected one.
func (u *users) editSheet(row listRow) tea.Cmd {
	if e := u.left; e != nil && e.id == row.id {
		return e.edit("this is the text that you left")
	}
	return readSheet(&sheetEdit{u: u, id: row.id, name: row.name})
}

// edit opens the editor on the text, with notes above it.
func (e *sheetEdit) edit(notes ...string) tea.Cmd { return editSheetText(e, notes) }

// sheet takes what the editor left.
func (u *users) sheetLeft(m sheetLeft) tea.Cmd {
	e := m.e
	switch {
	case m.given:
		u.keep(e, "nothing was changed")
		return nil
	case m.fault != nil:
		n := notEdited(u.d, "the edit", m.fault)
		if e.text != nil { // the way on first: the rest may be cut
			u.left, n.text = e, ui.Clean("not saved; "+u.goesOn(e)+": "+m.fault.Error(), u.d.ascii)
		}
		u.d.say(n.level, n.text)
		return nil
	case m.err != nil:
		return e.back(plainly(m.err))
	case e.id == "":
		return sendSheet(e, m.value, e.etag)
	case len(m.list) == 0:
		u.left = nil
		u.d.say(info, ui.Clean(e.name+": what you wrote is what there was", u.d.ascii))
		return nil
	}
	u.askSave(e, m)
	return nil
}

// plainly is an error's sentence without status and keyword.
func plainly(err error) string {
	var e *scim.Error
	if errors.As(err, &e) {
		return e.Detail
	}
	return err.Error()
}

// keep remembers a text that was given up.
func (u *users) keep(e *sheetEdit, why string) {
	if e.text == nil {
		u.d.say(info, ui.Safe(why))
		return
	}
	u.left = e
	u.d.say(info, ui.Safe(why+"; "+u.goesOn(e)))
}

// goesOn says how to go on with a text that was left.
func (u *users) goesOn(e *sheetEdit) string {
	way := string(u.d.keyFor("edit"))
	if e.id == "" {
		way = "More, in the form behind " + string(u.d.keyFor("add")) + ","
	}
	return way + " goes on with your text"
}

// askSave shows what a sheet would change, and asks.
func (u *users) askSave(e *sheetEdit, m sheetLeft) {
	u.d.push(newQuestion(u.d, "Save "+ui.Clean(e.name, u.d.ascii)+"?", u.changeText(m.list, 12),
		[]ui.Button{{Label: "Edit again"}, {Label: "Save", Key: "y"}, {Label: "Drop it", Key: "x"}},
		func(i int) tea.Cmd {
			switch i {
			case 1:
				return sendSheet(e, m.value, e.etag)
			case 2:
				u.left = nil
				u.d.say(info, "nothing was changed")
				return nil
			}
			return e.edit()
		}))
}

// changeText words changes for a box: at most so many lines.
func (u *users) changeText(list []wire.Change, most int) []ui.Paragraph {
	var text []ui.Paragraph
	for i, c := range list {
		if i == most-1 && len(list) > most {
			text = append(text, ui.Paragraph{Text: ui.Safe("and " + ui.Thousands(len(list)-i) + " more"), Role: ui.Muted})
			break
		}
		role := ui.Text
		switch c.Kind {
		case change.Added:
			role = ui.OK
		case change.Removed, change.LeftOut:
			role = ui.Err
		}
		line := change.Line(c)
		if u.d.ascii {
			line = inASCII.Replace(line)
		}
		text = append(text, ui.Paragraph{Text: ui.Clean(line, u.d.ascii), Role: role, Spare: i > 2})
	}
	return text
}

// sheetSent takes the server's answer.
func (u *users) sheetSent(m sheetSent) tea.Cmd {
	e := m.e
	switch {
	case m.err != nil && e.text == nil:
		u.d.say(wrong, ui.Clean(e.name+" cannot be read: "+m.err.Error(), u.d.ascii))
	case m.err != nil:
		u.left = e
		u.d.say(wrong, ui.Clean("not saved; "+u.goesOn(e)+": "+m.err.Error(), u.d.ascii))
	case m.gone && e.text == nil:
		u.left = nil
		u.d.say(wrong, ui.Clean(e.name+" was deleted meanwhile: there is nothing to edit", u.d.ascii))
	case m.gone:
		u.askGone(e)
	case m.now != nil:
		u.askConflict(m)
	case m.refused != "":
		return e.back(m.refused)
	default:
		u.left, u.detail.stale = nil, true
		u.d.say(done, ui.Clean(strings.TrimSpace(m.name+" is saved"), u.d.ascii))
	}
	return nil
}

// askConflict is about a resource that was changed while its sheet was written:
// it shows what the others did, and lets choose.
func (u *users) askConflict(m sheetSent) {
	e := m.e
	text := []ui.Paragraph{{Text: ui.Clean("It is at version "+m.now.etag+" now; your text was made of "+e.etag+". Meanwhile:", u.d.ascii)}}
	text = append(text, u.changeText(m.theirs, 6)...)
	text = append(text, ui.Paragraph{}, ui.Paragraph{Text: "Mine writes your text over that. Theirs drops your text.", Role: ui.Muted})
	u.d.push(newQuestion(u.d, ui.Clean(e.name, u.d.ascii)+" was changed meanwhile", text,
		[]ui.Button{{Label: "Edit again"}, {Label: "Mine", Key: "m"}, {Label: "Theirs", Key: "t"}},
		func(i int) tea.Cmd {
			mine := *e
			mine.doc, mine.etag = m.now.doc, m.now.etag
			switch i {
			case 1:
				return resendSheet(&mine)
			case 2:
				u.left, u.detail.stale = nil, true
				u.d.say(info, "your text is dropped")
				return u.load()
			}
			return mine.open(sheet.Meanwhile(mine.text, mine.doc, m.theirs))
		}))
}

// askGone is about a resource that was deleted while its sheet was written: the
// text can make it anew.
func (u *users) askGone(e *sheetEdit) {
	u.left = nil
	text := []ui.Paragraph{
		{Text: "There is nothing to save your text to."},
		{},
		{Text: "Anew makes it again of your text, with a new id.", Role: ui.Muted},
	}
	u.d.push(newQuestion(u.d, ui.Clean(e.name, u.d.ascii)+" was deleted meanwhile", text,
		[]ui.Button{{Label: "Edit again"}, {Label: "Anew", Key: "a"}, {Label: "Drop it", Key: "x"}},
		func(i int) tea.Cmd {
			anew := &sheetEdit{u: u, text: e.text}
			switch i {
			case 1:
				return resendSheet(anew)
			case 2:
				u.d.say(info, "your text is dropped")
				return u.load()
			}
			return anew.edit("it was deleted meanwhile: what you save makes it anew", "save it unchanged to give up")
		}))
}
