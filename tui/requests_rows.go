package tui

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// lastClient is when the last request of a client (not of ours) came.
func (r *requests) lastClient() time.Time {
	for i := len(r.rows) - 1; i >= 0 && i >= len(r.rows)-1000; i-- {
		if r.rows[i].Source == "" {
			return r.rows[i].Start
		}
	}
	return time.Time{}
}

// counts gives all requests known and the problems among them.
func (r *requests) counts() (all, bad int) { return len(r.rows), r.bad }

// fold takes in new rows and lets those go that left the ring.
func (r *requests) fold(c changes) {
	r.trim(c.snap.log.First)
	if c.snap.log.First == 0 {
		return
	}
	for _, row := range c.rows {
		if row.Seq < c.snap.log.First {
			continue
		}
		r.rows = append(r.rows, row)
		if row.Problem {
			r.bad++
		}
		switch r.filter.Match(row) {
		case find.No:
			continue
		case find.Maybe:
			r.sift.open = append(r.sift.open, row)
			r.sift.all++
			continue
		}
		r.shown = append(r.shown, row)
		if row.Problem {
			r.badly++
		}
		if !r.follow {
			r.unread++
			if row.Problem {
				r.unreadBad++
			}
		}
	}
	r.list.Len = len(r.shown)
	if r.follow {
		r.list.Select(len(r.shown) - 1)
	}
}

// between gives the rows with numbers from one to another, filtered or not.
func (r *requests) between(from, to uint64) []*store.Row {
	at := func(seq uint64) int {
		return sort.Search(len(r.rows), func(i int) bool { return r.rows[i].Seq >= seq })
	}
	return r.rows[at(from):at(to+1)]
}

// bracket is the sign that joins the i-th row on screen to its neighbours of the same story.
func (r *requests) bracket(i int) ui.Safe {
	same := func(j int) bool {
		first := r.shown[i].Part.First
		return first != 0 && j >= 0 && j < len(r.shown) && r.shown[j].Part.First == first
	}
	g := &r.d.theme.Glyph
	switch above, below := same(i-1), same(i+1); {
	case above && below:
		return ui.Safe(g.SeqMid)
	case above:
		return ui.Safe(g.SeqEnd)
	case below:
		return ui.Safe(g.SeqTop)
	}
	return " "
}

// trim drops rows before a number. The selected one stays, as the first, while
// it is selected.
func (r *requests) trim(first uint64) {
	before := func(rows []*store.Row) int {
		if first == 0 {
			return len(rows)
		}
		return sort.Search(len(rows), func(i int) bool { return rows[i].Seq >= first })
	}
	n := before(r.rows)
	for _, row := range r.rows[:n] {
		if row.Problem {
			r.bad--
		}
	}
	r.rows = r.rows[n:]
	n = before(r.shown)
	if n == 0 {
		return
	}
	gone := r.shown[:n]
	if !r.follow && r.list.Sel < n {
		if n == 1 { // it stands there already
			return
		}
		pinned := r.shown[r.list.Sel]
		n--
		gone = slices.Concat(r.shown[:r.list.Sel], r.shown[r.list.Sel+1:n+1])
		r.shown[n] = pinned
		r.list.Sel = n
	}
	for _, row := range gone {
		if row.Problem {
			r.badly--
		}
	}
	r.shown = r.shown[n:]
	if !r.follow {
		r.dropped += n
	}
	r.list.Len = len(r.shown)
	r.list.Top = max(r.list.Top-n, 0)
	r.list.Select(r.list.Sel - n)
}

// clear forgets all rows: the log was cleared.
func (r *requests) clear() {
	r.rows, r.shown, r.bad, r.badly = nil, nil, 0, 0
	r.list = ui.List{Height: r.list.Height}
	r.sift.restart()
	r.resume()
}

// pause stops following; what is on screen stays.
func (r *requests) pause() {
	if r.follow && len(r.rows) > 0 {
		r.follow = false
		r.seen = r.rows[len(r.rows)-1].Seq
	}
}

// resume follows again.
func (r *requests) resume() {
	r.follow, r.unread, r.unreadBad, r.dropped = true, 0, 0, 0
	r.list.Len = len(r.shown)
	r.list.Select(len(r.shown) - 1)
}

// apply puts a filter in force. The selected request stays selected if it
// passes, else the nearest older one is. Rows that the filter cannot decide
// without their exchange are left to work.
func (r *requests) apply(f find.Filter) {
	old := r.selected()
	r.filter = f
	r.sift.restart()
	r.shown, r.badly = r.shown[:0:0], 0
	if old != nil && (len(r.rows) == 0 || old.Seq < r.rows[0].Seq) && f.Match(old) == find.Yes {
		r.shown = append(r.shown, old)
	}
	for _, row := range r.rows {
		switch f.Match(row) {
		case find.Yes:
			r.shown = append(r.shown, row)
		case find.Maybe:
			r.sift.open = append(r.sift.open, row)
		}
	}
	slices.Reverse(r.sift.open)
	r.sift.all = len(r.sift.open)
	for _, row := range r.shown {
		if row.Problem {
			r.badly++
		}
	}
	r.list.Len = len(r.shown)
	if r.follow || old == nil {
		r.list.Select(len(r.shown) - 1)
		return
	}
	r.unread, r.unreadBad = 0, 0
	for i := len(r.shown) - 1; i >= 0 && r.shown[i].Seq > r.seen; i-- {
		r.unread++
		if r.shown[i].Problem {
			r.unreadBad++
		}
	}
	r.selectUpTo(old.Seq)
	r.sift.aim = old.Seq
	if now := r.selected(); now != nil {
		r.sift.aimed = now.Seq
	}
}

// jump selects the row with a number, or says that there is none.
func (r *requests) jump(text string) tea.Cmd {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		r.d.say(wrong, ui.Clean("not a request number: "+strconv.Quote(text), r.d.ascii))
		return nil
	}
	i := sort.Search(len(r.shown), func(i int) bool { return r.shown[i].Seq >= n })
	if i == len(r.shown) || r.shown[i].Seq != n {
		in := sort.Search(len(r.rows), func(i int) bool { return r.rows[i].Seq >= n })
		if in < len(r.rows) && r.rows[in].Seq == n {
			r.d.say(info, ui.Safe("#"+text+" is hidden by the filter: esc drops it"))
		} else {
			r.d.say(info, ui.Safe("there is no request #"+text))
		}
		return nil
	}
	r.pause()
	r.list.Select(i)
	return r.load()
}

// version shows the change of the same resource before (by -1) or after this one.
func (r *requests) version(by int) tea.Cmd {
	row := r.detail.row
	if row == nil || row.ID == "" {
		r.d.say(info, "this request is about no one user or group")
		return nil
	}
	i, _ := slices.BinarySearchFunc(r.rows, row.Seq, func(row *store.Row, seq uint64) int { return cmp.Compare(row.Seq, seq) })
	if by > 0 {
		i++
	} else {
		i--
	}
	for ; i >= 0 && i < len(r.rows); i += by {
		if other := r.rows[i]; other.ID == row.ID && other.Type == row.Type && other.Status/100 == 2 && changing(other) {
			return r.open(other.Seq)
		}
	}
	r.d.say(info, ui.Safe("the log has no "+map[bool]string{true: "later", false: "earlier"}[by > 0]+" change of it"))
	return nil
}

// open shows the detail of the request with a number; a filter that hides it is dropped.
func (r *requests) open(seq uint64) tea.Cmd {
	at := func(rows []*store.Row) int {
		return slices.IndexFunc(rows, func(row *store.Row) bool { return row.Seq == seq })
	}
	if at(r.rows) < 0 {
		r.d.say(info, ui.Safe("#"+utoa(seq)+" is no longer in the log"))
		return nil
	}
	r.prompt = nil
	if at(r.shown) < 0 {
		r.remember(r.filter.String())
		r.apply(find.Filter{})
	}
	r.pause()
	r.list.Select(at(r.shown))
	r.focus, r.detail.pinned = true, false
	return r.load()
}
