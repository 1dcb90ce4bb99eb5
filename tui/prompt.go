package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// prompt is the line under the list in which a filter, a number or a text to
// search for is typed.
type prompt struct {
	kind  promptKind
	input ui.Input
	n     int    // counts edits, so that only the last one is applied
	err   string // why the text is not in force
	hint  string // candidates of a completion that was not unique
}

type promptKind uint8

const (
	askFilter promptKind = iota
	askNumber
	askSearch
)

// filterDue says that the filter being typed should be applied, if it is still the n-th text.
type filterDue struct{ n int }

// typingPause is how long after the last key a filter is applied.
const typingPause = 60 * time.Millisecond

func (r *requests) openPrompt(kind promptKind) tea.Cmd {
	r.prompt = &prompt{kind: kind}
	if kind == askFilter {
		r.kept = keptList{r.filter, r.follow, 0}
		if row := r.selected(); row != nil {
			r.kept.seq = row.Seq
		}
		r.prompt.input.History = r.history
		r.prompt.input.Set(r.filter.String())
	}
	return nil
}

// key handles a key of the prompt.
func (r *requests) key(m tea.KeyMsg) tea.Cmd {
	if r.prompt == nil {
		return r.detail.key(m)
	}
	p := r.prompt
	switch m.String() {
	case "esc":
		r.prompt = nil
		if p.kind == askFilter {
			r.restore()
		}
		return r.work()
	case "enter":
		return r.accept()
	case "tab":
		if p.kind == askFilter {
			r.complete()
			return r.edited()
		}
		return nil
	}
	if k := uiKey(m); p.input.Key(k) {
		return r.edited()
	}
	return nil
}

// keptList is what esc restores when a filter was being typed.
type keptList struct {
	filter find.Filter
	follow bool
	seq    uint64 // of the selected request
}

func (r *requests) restore() {
	if r.filter.String() != r.kept.filter.String() {
		r.apply(r.kept.filter)
		r.selectUpTo(r.kept.seq)
		r.sift.aim = r.kept.seq
		if now := r.selected(); now != nil {
			r.sift.aimed = now.Seq
		}
	}
	if r.kept.follow {
		r.resume()
	}
}

// edited has the filter applied when no key follows soon.
func (r *requests) edited() tea.Cmd {
	p := r.prompt
	p.n++
	if p.kind != askFilter {
		return nil
	}
	if r.follow { // the reader is at work: nothing moves under his eyes
		r.pause()
	}
	return r.d.after(typingPause, filterDue{p.n})
}

// live applies what is being typed. While it is not valid, the last good
// filter stays in force.
func (r *requests) live(n int) {
	p := r.prompt
	if p.kind != askFilter || n != p.n {
		return
	}
	f, err := find.New(p.input.String(), r.env())
	if err != nil {
		p.err = err.Error()
		return
	}
	p.err = ""
	r.apply(f)
}

// accept is enter: the filter stays, the number is gone to.
func (r *requests) accept() tea.Cmd {
	p := r.prompt
	text := strings.TrimSpace(p.input.String())
	if p.kind == askNumber {
		r.prompt = nil
		return r.jump(strings.TrimPrefix(text, "#"))
	}
	f, err := find.New(text, r.env())
	if err != nil {
		p.err = err.Error()
		return nil
	}
	r.prompt = nil
	write := r.remember(text)
	if f.String() != r.filter.String() { // else it is in force, and perhaps still searching
		r.apply(f)
	}
	return tea.Batch(write, r.work())
}

// hints is the key line while typing and in the empty states, else nil: the table's.
func (r *requests) hints() []hint {
	switch {
	case r.prompt != nil:
	case r.focus:
		return r.detail.hints()
	case len(r.rows) == 0:
		hs := []hint{{key: keyFor("copy"), word: "copy curl"}}
		if r.d.data.users == 0 {
			hs = append(hs, hint{key: keyFor("sample"), word: "sample users"})
		}
		return append(hs, hint{key: keyFor("keys"), word: "keys"}, hint{key: keyFor("setup"), word: "setup"}, hint{key: keyFor("leave"), word: "quit"}, hint{key: keyFor("help"), word: "keys"})
	case len(r.shown) == 0:
		return []hint{{key: keyFor("filter"), word: "edit filter"}, {key: "esc", word: "drop filter"}, {key: keyFor("help"), word: "keys"}}
	default:
		return nil
	}
	if r.prompt.kind == askNumber {
		return []hint{{key: "↵", word: "go to it"}, {key: "esc", word: "stay"}}
	}
	return []hint{
		{key: "↵", word: "keep"},
		{key: "esc", word: "old filter back"},
		{key: "tab", word: "complete"},
		{key: "↑", word: "history"},
	}
}

// promptLines draws the prompt and what there is to know about it.
func (r *requests) promptLines(w int) []string {
	t, p := r.d.theme, r.prompt
	sign := ui.Safe(" / ")
	if p.kind == askNumber {
		sign = " # "
	}
	lines := []string{t.Paint(ui.Accent, sign) + p.input.View(t, w-4, true)}
	if p.kind == askNumber {
		return lines
	}
	about, role := p.about(), ui.Muted
	more := ui.Safe("words beside each other all hold; OR, ( ) combine, - excludes, a,b is any of")
	switch {
	case p.err != "":
		about, role, more = p.err, ui.Err, "the last good filter is shown meanwhile"
	case p.hint != "":
		about = p.hint
	}
	return append(lines,
		t.Line(w, ui.Part{Text: "   "}, ui.Part{Text: ui.Clean(about, t.ASCII), Role: role, Fill: true}),
		t.Line(w, ui.Part{Text: "   "}, ui.Part{Text: more, Role: ui.Muted, Fill: true}))
}
