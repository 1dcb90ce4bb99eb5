package tui

import (
	"maps"
	"sort"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

// Marks and notes. The store keeps them; here each row carries its own, so that
// drawing, filter and export look at the row alone. A change is shown at once,
// and taken back if the store refuses it.

// remarked takes in the marks and notes that there are now.
func (r *requests) remarked(now map[uint64]wire.Remark) {
	was := r.remarks
	r.remarks = now
	changed := false
	change := func(seq uint64) {
		if was[seq] != now[seq] {
			changed = r.remark(seq, now[seq]) || changed
		}
	}
	for seq := range was {
		change(seq)
	}
	for seq := range now {
		if _, both := was[seq]; !both {
			change(seq)
		}
	}
	if changed && r.filter.OfRemarks() {
		r.apply(r.filter)
	}
}

// remark gives a row another remark, wherever it is: rows are shared and never
// written to, so it is another row. It reports whether there was one.
func (r *requests) remark(seq uint64, m wire.Remark) bool {
	i := sort.Search(len(r.rows), func(i int) bool { return r.rows[i].Seq >= seq })
	if i == len(r.rows) || r.rows[i].Seq != seq {
		return false
	}
	was, row := r.rows[i], *r.rows[i]
	row.Remark = m
	r.rows[i] = &row
	for _, list := range [][]*store.Row{r.shown, r.sift.open} {
		for i := range list {
			if list[i] == was {
				list[i] = &row
			}
		}
	}
	if r.detail.row == was {
		r.detail.row = &row
	}
	return true
}

// marked counts the marked requests.
func (r *requests) marked() (n int) {
	for _, m := range r.remarks {
		if m.Marked {
			n++
		}
	}
	return n
}

// toggleMark marks the selected request, or takes the mark away.
func (r *requests) toggleMark() tea.Cmd {
	row := r.selected()
	seq, m := row.Seq, row.Remark
	m.Marked = !m.Marked
	return r.put(seq, m, func(st Store) error { return st.SetMark(seq, m.Marked) })
}

// setNote puts a note on a request; "" takes it away.
func (r *requests) setNote(seq uint64, note string) tea.Cmd {
	m := r.remarks[seq]
	m.Note = note
	return r.put(seq, m, func(st Store) error { return st.SetNote(seq, note) })
}

func (r *requests) put(seq uint64, m wire.Remark, change func(Store) error) tea.Cmd {
	now := maps.Clone(r.remarks)
	if now == nil {
		now = map[uint64]wire.Remark{}
	}
	if now[seq] = m; m == (wire.Remark{}) {
		delete(now, seq)
	}
	r.remarked(now)
	return remark(r.d, change)
}
