package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// wipeForm is the box that asks before all that the list shows is deleted. It wants
// the words; enter keeps everything, also behind the right ones.
type wipeForm struct {
	box
	u      *users
	n      int // that are to be deleted
	dialog ui.Dialog
}

// The answers.
const (
	wipeKeep = iota
	wipeDelete
)

func newWipeForm(u *users) *wipeForm {
	f := &wipeForm{box: box{u.d}, u: u, n: u.total}
	which := "all " + count(f.n, u.of.one)
	if u.filter.text != "" {
		which = "the " + count(f.n, u.of.one) + " that the filter shows"
	}
	rest := "Groups keep their names but lose these members."
	if u.of.isGroup() {
		rest = "The members stay as they are, but in no group of those names."
	}
	f.dialog = ui.Dialog{
		Title: ui.Safe("Delete " + which + "?"), Width: 72, Opened: u.d.now(),
		Text: []ui.Paragraph{
			{Text: ui.Safe(rest + " Each deletion is a request; the log keeps all that it has. This cannot be undone.")},
			{},
			{Text: ui.Safe("To go on, type  " + f.words() + "  then tab and enter.")},
		},
		Form: &ui.Form{Fields: []ui.Field{{Label: "Words"}}, Buttons: []ui.Safe{"Keep them", "Delete"}},
	}
	return f
}

// words are what has to be typed.
func (f *wipeForm) words() string {
	return "delete " + strings.ReplaceAll(count(f.n, f.u.of.one), ",", "")
}

// sure reports whether the words are typed.
func (f *wipeForm) sure() bool {
	return strings.ReplaceAll(strings.TrimSpace(f.dialog.Form.Fields[0].Input.String()), ",", "") == f.words()
}

func (f *wipeForm) view(w, h int) []string { return f.dialog.View(f.d.theme, w, h) }

func (f *wipeForm) hints() []hint {
	if f.sure() {
		return []hint{{key: "tab", word: "then ↵ deletes"}, {key: "esc", word: "keeps them"}}
	}
	return []hint{{key: "esc", word: "keeps them"}}
}

func (f *wipeForm) key(m tea.KeyMsg) tea.Cmd {
	form := f.dialog.Form
	answer := wipeKeep
	switch k := uiKey(m); {
	case k.Name == "esc" || k.Name == "ctrl+c":
	case k.Name == "tab" && form.Focus == 0 && f.sure():
		form.Focus = len(form.Fields) + wipeDelete
		return nil
	default:
		if answer = f.dialog.Key(k, f.d.now()); answer < 0 {
			return nil
		}
	}
	if answer == wipeDelete && !f.sure() {
		form.Focus, form.Fields[0].Wrong = 0, ui.Safe("the words are: "+f.words())
		return nil
	}
	f.d.pop()
	if answer == wipeKeep {
		f.d.say(info, ui.Safe("nothing was deleted"))
		return nil
	}
	return wipe(f.d, f.u.of, f.u.filter, f.n)
}

// wiped tells how far a deletion of many is; next, if there is one, goes on.
type wiped struct {
	of        noun
	done, all int
	err       error
	next      tea.Cmd
}

// wiped words how far it is.
func (u *users) wiped(m wiped) tea.Cmd {
	switch {
	case m.err != nil:
		u.stale, u.detail.stale = true, true
		u.d.say(wrong, ui.Cleanf(u.d.ascii, "%s of %s deleted: %s", ui.Thousands(m.done), count(m.all, u.of.one), m.err.Error()))
	case m.next == nil:
		u.stale, u.detail.stale = true, true
		u.d.say(done, ui.Safe(count(m.done, u.of.one)+" deleted"))
	default:
		u.d.say(info, ui.Safe("deleting: "+ui.Thousands(m.done)+" of "+count(m.all, u.of.one)))
	}
	return tea.Batch(m.next, u.load())
}
