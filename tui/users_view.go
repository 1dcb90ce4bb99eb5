package tui

import (
	"errors"
	"strings"

	"scimdeck/tui/ui"
)

func (u *users) view(w, h int) []string {
	if u.none() {
		return ui.Fill(u.empty(w), h)
	}
	p := u.panes()
	t := u.d.theme
	switch {
	case p.how == right:
		return t.Beside(u.rowsAndPrompt(p.listW, h), u.detail.view(p.sideW, h, true), p.listW, w)
	case p.how == below:
		lines := append(u.rowsAndPrompt(w, p.listH), t.Rule(w, ""))
		return append(lines, u.detail.view(w, p.sideH, true)...)
	case u.focus:
		return u.detail.view(w, h, false)
	}
	return u.rowsAndPrompt(w, h)
}

// none reports whether there is none at all.
func (u *users) none() bool { return u.total == 0 && u.filter.text == "" && u.prompt == nil }

// empty is what the screen says while there is none.
func (u *users) empty(w int) []string {
	if u.of.isGroup() {
		return paragraphs(u.d.theme, w,
			"",
			"No groups yet. They appear when a client pushes one (in Okta: Push Groups), or:",
			"",
			u.d.keyFor("add")+"  adds one by hand (through the same SCIM code Okta talks to)",
			u.d.keyFor("otherType")+"  goes back to the users",
		)
	}
	return paragraphs(u.d.theme, w,
		"",
		"No users yet. They appear when Okta assigns someone to the app, or:",
		"",
		u.d.keyFor("add")+"  adds one by hand (through the same SCIM code Okta talks to)",
		u.d.keyFor("sample")+"  adds 25 sample users",
	)
}

// rowsAndPrompt draws the list and, while it is typed, the filter under it.
func (u *users) rowsAndPrompt(w, h int) []string {
	var under []string
	if u.prompt != nil {
		under = u.promptLines(w)
	}
	return append(u.listRows(w, max(h-len(under), 1)), under...)
}

func (u *users) listRows(w, h int) []string {
	t := u.d.theme
	lines := []string{t.Row(w, false, u.heading(w)...)}
	u.list.Set(max(u.total, 0), max(h-1, 1))
	if u.total == 0 {
		return ui.Fill(append(lines, paragraphs(t, w,
			"",
			ui.Safe("No "+u.of.one+" matches.   "+count(u.all(), u.of.one)+" hidden"),
			"",
			ui.Clean(u.filter.text, u.d.ascii),
			"",
			"esc drops the filter    "+u.d.keyFor("filter")+" edits it    new matches appear here by themselves")...), h)
	}
	from, to := u.list.Visible()
	for i := from; i < to; i++ {
		if i < u.start || i >= u.start+len(u.rows) {
			lines = append(lines, t.Row(w, i == u.list.Sel, ui.Part{Text: ui.Safe(t.Glyph.Cut)}))
			continue
		}
		lines = append(lines, t.Row(w, i == u.list.Sel, u.cells(&u.rows[i-u.start], w)...))
	}
	return ui.Fill(lines, h)
}

// heading is the list's first line.
func (u *users) heading(w int) []ui.Part {
	muted := func(s ui.Safe) ui.Part { return ui.Part{Text: s, Role: ui.Muted} }
	if u.of.isGroup() {
		return u.columns(w, nil, muted("NAME"), nil, muted("MEMBERS"), muted("EXTERNAL"), muted("CHANGED"))
	}
	act, full := muted("ACT"), muted("NAME")
	return u.columns(w, &act, muted("USERNAME"), &full, muted("GRP"), muted("EXTERNAL"), muted("CHANGED"))
}

// cells is a row of the list.
func (u *users) cells(row *listRow, w int) []ui.Part {
	c := func(text string, role ui.Role) ui.Part { return ui.Part{Text: ui.Clean(text, u.d.ascii), Role: role} }
	n, external, changed := c(ui.Thousands(row.n), ui.Text), c(row.external, ui.Muted), c(clockOrDay(row.changed, u.d.now(), u.d.loc), ui.Muted)
	if u.of.isGroup() {
		return u.columns(w, nil, c(row.name, ui.Text), nil, n, external, changed)
	}
	act, full := c("on", ui.OK), c(row.full, ui.Text)
	if !row.active {
		act = c("off", ui.Warn)
	}
	if row.n == 0 {
		n.Role = ui.Muted
	}
	return u.columns(w, &act, c(row.name, ui.Text), &full, n, external, changed)
}

// columns gives the parts of a row their widths; those for which there is no room go.
func (u *users) columns(w int, act *ui.Part, name ui.Part, full *ui.Part, n, external, changed ui.Part) []ui.Part {
	col := func(p ui.Part, width, gap int) ui.Part {
		p.Min, p.Max = width, width-gap
		return p
	}
	var parts []ui.Part
	if act != nil {
		parts = append(parts, col(*act, 5, 1))
	}
	name.Fill, name.Min = true, 12
	parts = append(parts, name, ui.Part{Text: " "})
	if full != nil {
		width := 19
		if w >= 100 {
			width = 26
		}
		parts = append(parts, col(*full, width, 1))
	}
	if w >= 70 {
		parts = append(parts, col(external, 11, 1))
	}
	if u.d.cat.Type("Group") != nil {
		n.Right = true
		width := 5
		if u.of.isGroup() {
			width = 9
		}
		parts = append(parts, col(n, width, 0), ui.Part{Text: "  "})
	}
	if w >= 80 || u.of.isGroup() {
		parts = append(parts, col(changed, 13, 0))
	}
	return parts
}

// promptLines draws the filter being typed, the request that a client would
// send for it, and what is wrong with it.
func (u *users) promptLines(w int) []string {
	t, p := u.d.theme, u.prompt
	lines := []string{t.Line(3, ui.Part{Text: " / ", Role: ui.Accent}) + p.input.View(t, w-3, true)}
	var fault *filterFault
	if errors.As(p.err, &fault) && fault.at >= 0 {
		if cell := p.input.Cell(t, w-3, fault.at); cell >= 0 {
			lines = append(lines, t.Line(w, ui.Part{Text: ui.Safe(strings.Repeat(" ", 3+cell))}, ui.Part{Text: "^", Role: ui.Err, Fill: true}))
		}
	}
	lines = append(lines,
		t.Line(w, ui.Part{Text: "   sent by a client as (" + u.d.keyFor("copy") + " behind " + ui.Safe(asciiKey(u.d.ascii, "↵")) + " copies it as curl)", Role: ui.Muted, Fill: true}),
		t.Line(w, ui.Part{Text: "   "}, ui.Part{Text: ui.Clean(p.good.request(&u.of), u.d.ascii), Role: ui.Muted, Fill: true}))
	if p.hint != "" {
		lines = append(lines, t.Line(w, ui.Part{Text: "   "}, ui.Part{Text: ui.Clean(p.hint, u.d.ascii), Role: ui.Muted, Fill: true}))
	}
	if p.err == nil {
		if len(p.good.notes) > 0 {
			lines = append(lines, t.Line(w, ui.Part{Text: "   "}, ui.Part{Text: ui.Clean("taken, although "+string(p.good.notes[0]), u.d.ascii), Role: ui.Warn, Fill: true}))
		}
		return lines
	}
	wrapped := ui.Wrap(ui.Clean(p.err.Error(), u.d.ascii), w-4)
	if len(wrapped) > 3 {
		wrapped = wrapped[:3]
	}
	for _, s := range wrapped {
		lines = append(lines, t.Line(w, ui.Part{Text: "   "}, ui.Part{Text: s, Role: ui.Err, Fill: true}))
	}
	return append(lines, t.Line(w, ui.Part{Text: "   the last good one is shown", Role: ui.Muted, Fill: true}))
}
