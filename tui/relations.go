package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// relations are the groups of a user, or the members of a group, of which there
// may be 50,000: only those around what is on screen are read.
type relations struct {
	list  ui.List
	start int // index of the first of rows
	rows  []relation
	busy  bool
	stale bool
}

// relation is a group that a user is in, or a member of a group.
type relation struct {
	resourceType, id, name, full string
	active                       bool
}

// mostGroups is how many of a user's groups are shown.
const mostGroups = 1000

func (r *relations) forget() { *r = relations{busy: r.busy} }

// renew takes in what was read with the resource: all of a user's groups, or how
// many members there are.
func (r *relations) renew(m *resourceLoaded) {
	r.list.Len = m.row.n
	if m.of == "Group" {
		r.stale = true
	} else {
		r.start, r.rows = 0, m.groups
		r.list.Len = len(m.groups)
	}
	r.list.Select(r.list.Sel)
}

// loadBeside reads the members around those on screen.
func (x *resource) loadBeside() tea.Cmd {
	r := &x.beside
	if x.tab != tabBeside || !x.of.isGroup() || r.busy || x.user == nil || x.user.id != x.want || !x.user.ok || r.list.Len == 0 {
		return nil
	}
	from, to := r.list.Visible()
	if !r.stale && from >= r.start && to <= r.start+len(r.rows) {
		return nil
	}
	r.busy, r.stale = true, false
	around := max(r.list.Height, 20)
	return loadMembers(x.d, x.want, max(from-2*around, 0), 5*around)
}

// page takes in members.
func (r *relations) page(m membersPage, want string) {
	r.busy = false
	if m.id != want || m.err != nil {
		r.stale = m.id != want
		return
	}
	r.start, r.rows, r.list.Len = m.start, m.rows, m.total
	r.list.Select(r.list.Sel)
}

func (r *relations) selected() *relation {
	if i := r.list.Sel - r.start; r.list.Len > 0 && i >= 0 && i < len(r.rows) {
		return &r.rows[i]
	}
	return nil
}

func (r *relations) status(of *noun) (left, right ui.Safe) {
	if of.isGroup() {
		return ui.Safe(count(r.list.Len, "member")), "by when they were created"
	}
	return ui.Safe(count(r.list.Len, "group")), ""
}

// related draws the Groups or Members tab.
func (x *resource) related(w, h int) []string {
	t, r := x.d.theme, &x.beside
	c := func(s string) ui.Safe { return ui.Clean(s, t.ASCII) }
	r.list.Set(r.list.Len, h)
	if r.list.Len == 0 {
		if x.of.isGroup() {
			return paragraphs(t, w, "", "Nobody is in this group.", "", x.d.keyFor("putIn")+"  puts somebody into it")
		}
		return paragraphs(t, w, "", "This user is in no group.", "", x.d.keyFor("putIn")+"  puts it into one")
	}
	from, to := r.list.Visible()
	lines := make([]string, 0, h)
	for i := from; i < to; i++ {
		if i < r.start || i >= r.start+len(r.rows) {
			lines = append(lines, t.Row(w, i == r.list.Sel, ui.Part{Text: ui.Safe(t.Glyph.Cut)}))
			continue
		}
		row := &r.rows[i-r.start]
		act, role := ui.Safe("on"), ui.OK
		switch {
		case row.resourceType == "Group":
			act, role = "group", ui.Muted
		case !row.active:
			act, role = "off", ui.Warn
		}
		parts := []ui.Part{ui.Col(act, 6, 1, role), {Text: c(row.name), Fill: true, Min: 12}}
		if w >= 50 {
			parts = append(parts, ui.Part{Text: " "}, ui.Col(c(row.full), min(26, w/3), 1, ui.Text))
		}
		lines = append(lines, t.Row(w, i == r.list.Sel, parts...))
	}
	return lines
}

// takeOut takes the selected member out of the group, or the user out of the
// selected group: at once, as + undoes it.
func (u *users) takeOut(row listRow) tea.Cmd {
	other := u.detail.beside.selected()
	if other == nil {
		return nil
	}
	group, member, name := row.id, other.id, other.name
	if !u.of.isGroup() {
		group, member, name = other.id, row.id, row.name
	}
	return ask(u.d, u.tag("take out", name), "PATCH", groupPath(group), removal(member))
}
