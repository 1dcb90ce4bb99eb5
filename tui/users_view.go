package tui

import (
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

// none reports whether there is no user at all.
func (u *users) none() bool { return u.total == 0 && u.filter.text == "" && u.prompt == nil }

// empty is what the screen says while there is no user.
func (u *users) empty(w int) []string {
	return paragraphs(u.d.theme, w,
		"",
		"No users yet. They appear when Okta assigns someone to the app, or:",
		"",
		"a  adds one by hand (through the same SCIM code Okta talks to)",
		"i  adds 25 sample users",
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
	now := u.d.now()
	columns := func(act, name, full, external, changed ui.Part) []ui.Part {
		name.Fill, name.Min = true, 12
		parts := []ui.Part{act, name, {Text: " "}, full}
		if w >= 70 {
			parts = append(parts, external)
		}
		if w >= 80 {
			parts = append(parts, changed)
		}
		return parts
	}
	fullWidth, changedWidth := 19, 13
	if w >= 100 {
		fullWidth = 26
	}
	muted := func(s ui.Safe, w int) ui.Part { return ui.Col(s, w, 1, ui.Muted) }
	lines := []string{t.Row(w, false, columns(muted("ACT", 5), ui.Part{Text: "USERNAME", Role: ui.Muted}, muted("NAME", fullWidth), muted("EXTERNAL", 11), muted("CHANGED", changedWidth))...)}
	u.list.Set(max(u.total, 0), max(h-1, 1))
	if u.total == 0 {
		return ui.Fill(append(lines, paragraphs(t, w,
			"",
			ui.Safe("No user matches.   "+count(u.d.data.users, "user")+" hidden"),
			"",
			ui.Clean(u.filter.text, u.d.ascii),
			"",
			"esc drops the filter    / edits it    new matches appear here by themselves")...), h)
	}
	from, to := u.list.Visible()
	for i := from; i < to; i++ {
		if i < u.start || i >= u.start+len(u.rows) {
			lines = append(lines, t.Row(w, i == u.list.Sel, ui.Part{Text: ui.Safe(t.Glyph.Cut)}))
			continue
		}
		row := u.rows[i-u.start]
		act, role := ui.Safe("on"), ui.OK
		if !row.active {
			act, role = "off", ui.Warn
		}
		lines = append(lines, t.Row(w, i == u.list.Sel, columns(
			ui.Col(act, 5, 1, role),
			ui.Part{Text: ui.Clean(row.name, u.d.ascii)},
			ui.Col(ui.Clean(row.full, u.d.ascii), fullWidth, 1, ui.Text),
			ui.Col(ui.Clean(row.external, u.d.ascii), 11, 1, ui.Muted),
			ui.Col(ui.Safe(clockOrDay(row.changed, now, u.d.loc)), changedWidth, 0, ui.Muted),
		)...))
	}
	return ui.Fill(lines, h)
}

// promptLines draws the filter being typed, the request that a client would
// send for it, and what is wrong with it.
func (u *users) promptLines(w int) []string {
	t, p := u.d.theme, u.prompt
	lines := []string{
		t.Line(3, ui.Part{Text: " / ", Role: ui.Accent}) + p.input.View(t, w-3, true),
		t.Line(w, ui.Part{Text: "   sent by a client as", Role: ui.Muted, Fill: true}),
		t.Line(w, ui.Part{Text: "   "}, ui.Part{Text: ui.Clean(p.good.request(), u.d.ascii), Role: ui.Muted, Fill: true}),
	}
	if p.err == nil {
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
