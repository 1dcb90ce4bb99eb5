package tui

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// The language of the filter is store/find's. Here is what a screen adds: what
// its words refer to, the part that runs beside the program's loop, completion,
// and the history.

// env is what filter words may refer to, as of now: filters are used by commands too.
func (r *requests) env() find.Env {
	following, seen := r.follow, r.seen
	return find.Env{
		Now: r.d.now().In(r.d.loc), Keys: r.d.data.keys,
		New: func(n uint64) bool { return !following && n > seen },
	}
}

// sift is the part of a filter that has to read exchanges (body:, header:, …):
// the rows that are not decided yet, and the command that decides them.
type sift struct {
	n    int          // of the filter: what was found for an older one is dropped
	open []*store.Row // the newest first, then those that came in meanwhile
	all  int          // how many had to be decided in all
	busy bool         // a batch is being read
	stop context.CancelFunc

	aim, aimed uint64 // the request to be selected, and the one that is meanwhile

	missed  []find.Missed // what each word of a filter without a hit lets through
	counted bool          // missed is being found, or is
}

// restart forgets what was for an older filter.
func (s *sift) restart() {
	if s.stop != nil {
		s.stop()
	}
	*s = sift{n: s.n + 1}
}

// sifted is what a batch found of filter n.
type sifted struct {
	n    int
	hits []*store.Row
	seen int // rows of the batch that were looked at
	err  error
}

// counted is what each word of filter n does by itself.
type counted struct {
	n      int
	missed []find.Missed
}

// work gives what has to be done outside the loop: load the detail, read on for
// the filter, or find out why it finds nothing.
func (r *requests) work() tea.Cmd {
	cmds := []tea.Cmd{r.load()}
	switch s := &r.sift; {
	case s.busy || len(r.rows) == 0:
	case len(s.open) > 0:
		ctx, stop := context.WithCancel(r.d.ctx)
		s.busy, s.stop = true, stop
		cmds = append(cmds, siftRows(ctx, r.d, s.n, r.filter, slices.Clip(s.open)))
	case len(r.shown) == 0 && r.filter.Expr() != nil && r.prompt == nil && !s.counted:
		s.counted = true
		cmds = append(cmds, countMissed(s.n, r.filter, slices.Clip(r.rows)))
	}
	return tea.Batch(cmds...)
}

// take takes what a batch found: the hits go to their places.
func (r *requests) take(m sifted) {
	s := &r.sift
	if m.n != s.n {
		return
	}
	s.stop()
	s.busy = false
	s.open = s.open[min(m.seen, len(s.open)):]
	if m.err != nil {
		s.open = nil
		r.d.say(wrong, ui.Clean("the search ended early: "+m.err.Error(), r.d.ascii))
	}
	oldest := uint64(0)
	if len(r.rows) > 0 {
		oldest = r.rows[0].Seq
	}
	hits := slices.DeleteFunc(m.hits, func(row *store.Row) bool { return row.Seq < oldest })
	if len(hits) == 0 {
		return
	}
	slices.SortFunc(hits, func(a, b *store.Row) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, row := range hits {
		if row.Problem {
			r.badly++
		}
		if !r.follow && row.Seq > r.seen {
			r.unread++
			if row.Problem {
				r.unreadBad++
			}
		}
	}
	if now := r.selected(); now != nil && now.Seq != s.aimed {
		s.aim = now.Seq // it was chosen meanwhile
	}
	r.shown = merge(r.shown, hits)
	r.list.Len = len(r.shown)
	if r.follow {
		r.list.Select(len(r.shown) - 1)
	} else {
		r.selectUpTo(s.aim)
	}
	s.aimed = r.selected().Seq
}

// merge puts two lists in the order of their numbers together.
func merge(a, b []*store.Row) []*store.Row {
	if len(a) == 0 || a[len(a)-1].Seq < b[0].Seq {
		return append(a, b...)
	}
	all := make([]*store.Row, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].Seq < b[0].Seq {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return append(append(all, a...), b...)
}

// selectUpTo selects a request, or the nearest older one that is shown.
func (r *requests) selectUpTo(seq uint64) {
	i := sort.Search(len(r.shown), func(i int) bool { return r.shown[i].Seq > seq })
	r.list.Select(max(i-1, 0))
}

// searching says how far the filter has read, or "".
func (r *requests) searching() string {
	s := &r.sift
	if len(s.open) == 0 {
		return ""
	}
	return "searching " + ui.Thousands(s.all-len(s.open)) + " of " + ui.Thousands(s.all)
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
func (p *prompt) about() string {
	_, field, val := p.current()
	if f, ok := find.Lookup(field); ok {
		return field + ":  " + f.About + "   " + f.Example
	}
	var names []string
	var only find.FieldInfo
	for _, f := range find.Fields() {
		if strings.HasPrefix(f.Name, strings.ToLower(val)) {
			names, only = append(names, f.Name+":"), f
		}
	}
	switch len(names) {
	case 0:
		return "looks in method, path, user, key, operation, sentence and note"
	case 1:
		return names[0] + "  " + only.About + "   " + only.Example
	}
	return strings.Join(names, " ")
}

// candidate is what a word may be completed to, with how often it occurs; 0: not counted.
type candidate struct {
	text string
	rows int
}

// written is the candidate as a filter has it: what occurs may need quotes.
func (c candidate) written() string {
	if c.rows == 0 {
		return c.text
	}
	return find.Quote(c.text)
}

// complete completes the word before the cursor: a field's name, or a value
// that the field takes or that occurs in the log.
func (r *requests) complete() {
	p := r.prompt
	p.hint = ""
	_, field, val := p.current()
	var all []candidate
	if field == "" {
		for _, f := range find.Fields() {
			all = append(all, candidate{text: f.Name + ":"})
		}
	} else if f, ok := find.Lookup(field); ok {
		all = r.valuesOf(f)
	}
	p.hint = complete(&p.input, val, all, func(c string) bool { return field == "" || find.Quote(c) == c })
}

// complete puts into an input what a word before the cursor can only become, of all
// there is, and as much of it as several have in common, if partly says that this
// may stand there. hint lists the several.
func complete(in *ui.Input, word string, all []candidate, partly func(string) bool) (hint string) {
	low := strings.ToLower(word)
	all = slices.DeleteFunc(all, func(c candidate) bool { return !strings.HasPrefix(strings.ToLower(c.text), low) })
	switch {
	case len(all) == 0:
		return "nothing begins with that"
	case len(all) == 1:
		in.Replace(len([]rune(word)), all[0].written())
		return ""
	}
	if c := commonPrefix(all); len(c) > len(word) && partly(c) {
		in.Replace(len([]rune(word)), c)
	}
	var words []string
	for _, c := range all[:min(len(all), 12)] {
		text := c.written()
		if c.rows > 0 {
			text += " (" + ui.Thousands(c.rows) + ")"
		}
		words = append(words, text)
	}
	return strings.Join(words, "  ")
}

// maxValues is how many values of the log are offered.
const maxValues = 200

// valuesOf lists what a field takes and what occurs, the most frequent first.
func (r *requests) valuesOf(f find.FieldInfo) (all []candidate) {
	for _, w := range f.Words {
		all = append(all, candidate{text: w})
	}
	if f.Of == nil {
		return all
	}
	counts := map[string]int{}
	for _, row := range r.rows {
		counts[f.Of(row)]++
	}
	delete(counts, "")
	var occur []candidate
	for text, n := range counts {
		occur = append(occur, candidate{text, n})
	}
	slices.SortFunc(occur, func(a, b candidate) int {
		if d := b.rows - a.rows; d != 0 {
			return d
		}
		return strings.Compare(a.text, b.text)
	})
	return append(all, occur[:min(len(occur), maxValues)]...)
}

func commonPrefix(all []candidate) string {
	c := all[0].text
	for _, other := range all[1:] {
		n := 0
		for n < len(c) && n < len(other.text) && c[n] == other.text[n] {
			n++
		}
		c = c[:n]
	}
	return strings.ToValidUTF8(c, "")
}

// maxHistory is how many filters are remembered.
const maxHistory = 50

// remember keeps a filter for ↑, and for the next start.
func (r *requests) remember(text string) tea.Cmd {
	if text == "" {
		return nil
	}
	r.history = slices.DeleteFunc(r.history, func(s string) bool { return s == text })
	r.history = append(r.history, text)
	if n := len(r.history) - maxHistory; n > 0 {
		r.history = r.history[n:]
	}
	return writeHistory(r.d, slices.Clone(r.history))
}
