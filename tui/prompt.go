package tui

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

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
		r.prompt.input.Set(r.filter.text)
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
		return r.load()
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
	filter filter
	follow bool
	seq    uint64 // of the selected request
}

func (r *requests) restore() {
	if r.filter.text != r.kept.filter.text {
		r.apply(r.kept.filter)
		i := sort.Search(len(r.shown), func(i int) bool { return r.shown[i].Seq > r.kept.seq })
		r.list.Select(max(i-1, 0))
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
	f, err := parseFilter(p.input.String(), r.env())
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
	f, err := parseFilter(text, r.env())
	if err != nil {
		p.err = err.Error()
		return nil
	}
	r.prompt = nil
	r.remember(text)
	r.apply(f)
	return r.load()
}

// hints is the key line while typing and in the empty states, else nil: the table's.
func (r *requests) hints() []hint {
	switch {
	case r.prompt != nil:
	case r.focus:
		return r.detail.hints()
	case len(r.rows) == 0:
		hs := []hint{{key: "y", word: "copy curl"}}
		if r.d.data.users == 0 {
			hs = append(hs, hint{key: "i", word: "sample users"})
		}
		return append(hs, hint{key: "3", word: "keys"}, hint{key: "4", word: "setup"}, hint{key: "q", word: "quit"}, hint{key: "?", word: "keys"})
	case len(r.shown) == 0:
		return []hint{{key: "/", word: "edit filter"}, {key: "esc", word: "drop filter"}, {key: "?", word: "keys"}}
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
	about, role := p.about(r), ui.Muted
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

// current is the word before the cursor, its field ("" if there is none) and
// what was typed of the value.
func (p *prompt) current() (word, field, val string) {
	before := p.input.Before()
	word = before[strings.LastIndexAny(before, " (")+1:]
	bare := strings.TrimLeft(word, "-!")
	if name, rest, ok := strings.Cut(bare, ":"); ok {
		return word, strings.ToLower(name), rest[strings.LastIndexByte(rest, ',')+1:]
	}
	return word, "", bare
}

// about explains the field under the cursor, or lists the fields.
func (p *prompt) about(r *requests) string {
	_, field, val := p.current()
	if f, ok := filterFields[field]; ok {
		return field + ":  " + f.about + "   " + f.example
	}
	var names []string
	for _, n := range fieldNames {
		if strings.HasPrefix(n, strings.ToLower(val)) {
			names = append(names, n+":")
		}
	}
	if len(names) == 1 {
		name := strings.TrimSuffix(names[0], ":")
		return names[0] + "  " + filterFields[name].about + "   " + filterFields[name].example
	}
	if len(names) == 0 {
		return "looks in method, path, user, key, operation and sentence"
	}
	return strings.Join(names, " ")
}

// complete completes the word before the cursor: a field's name, or a value
// that the field takes or that occurs in the log.
func (r *requests) complete() {
	p := r.prompt
	p.hint = ""
	_, field, val := p.current()
	var all []string
	if field == "" {
		for _, n := range fieldNames {
			all = append(all, n+":")
		}
	} else {
		all = r.valuesOf(field)
	}
	low := strings.ToLower(val)
	all = slices.DeleteFunc(all, func(s string) bool { return !strings.HasPrefix(strings.ToLower(s), low) })
	switch {
	case len(all) == 0:
		p.hint = "nothing begins with that"
	case len(all) == 1:
		p.input.Replace(len([]rune(val)), all[0])
	default:
		if c := commonPrefix(all); len(c) > len(val) {
			p.input.Replace(len([]rune(val)), c)
		}
		p.hint = strings.Join(all[:min(len(all), 12)], "  ")
	}
}

// valuesOf lists what a field takes, or what occurs, the most frequent first.
func (r *requests) valuesOf(field string) []string {
	all := slices.Clone(filterFields[field].values)
	counts := map[string]int{}
	for _, row := range r.rows {
		switch field {
		case "user":
			counts[row.Name]++
		case "key":
			counts[row.KeyName]++
		case "host":
			counts[row.Host]++
		}
	}
	delete(counts, "")
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, n := range names[:min(len(names), 200)] {
		all = append(all, quoteWord(n))
	}
	return all
}

func commonPrefix(all []string) string {
	c := all[0]
	for _, s := range all[1:] {
		n := 0
		for n < len(c) && n < len(s) && c[n] == s[n] {
			n++
		}
		c = c[:n]
	}
	return strings.ToValidUTF8(c, "")
}
