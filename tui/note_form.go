package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store"
	"scimdeck/tui/ui"
)

// noteForm is the box in which a note on a request is written.
type noteForm struct {
	box
	r      *requests
	seq    uint64
	dialog ui.Dialog
}

func newNoteForm(r *requests, row *store.Row) *noteForm {
	f := &noteForm{box: box{r.d}, r: r, seq: row.Seq}
	f.dialog = ui.Dialog{Title: ui.Safe("Note on #" + utoa(row.Seq)), Width: 72, Opened: r.d.now(), Form: &ui.Form{
		Fields: []ui.Field{{
			Label: "Note",
			Hint:  "stands in the list and in what you export; note:word finds it; empty takes it away",
		}},
		Buttons: []ui.Safe{"Save", "Cancel"},
	}}
	f.dialog.Form.Fields[0].Input.Set(row.Remark.Note)
	return f
}

func (f *noteForm) view(w, h int) []string { return f.dialog.View(f.d.theme, w, h) }

func (f *noteForm) hints() []hint {
	return []hint{{key: "↵", word: "save"}, {key: "esc", word: "cancel"}}
}

func (f *noteForm) key(m tea.KeyMsg) tea.Cmd {
	field := &f.dialog.Form.Fields[0]
	switch f.dialog.Key(uiKey(m), f.d.now()) {
	case 0:
		note := store.CleanNote(field.Input.String())
		if n := len(note) - store.NoteBytes; n > 0 {
			field.Wrong = ui.Safe("it is " + count(n, "byte") + " too long")
			return nil
		}
		f.d.pop()
		return f.r.setNote(f.seq, note)
	case 1:
		f.d.pop()
	}
	return nil
}
