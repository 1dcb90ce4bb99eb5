package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/explain/compare"
	"scimdeck/tui/ui"
)

// compareBox shows two requests side by side, or in a narrow window one value
// under the other.
type compareBox struct {
	box
	compared
	list  ui.List
	whole bool // also what is the same
}

// sideBySide is from which width on values stand side by side.
const sideBySide = 110

func newCompareBox(d *deps, m compared) *compareBox {
	return &compareBox{box: box{d}, compared: m}
}

func (b *compareBox) key(m tea.KeyMsg) tea.Cmd {
	switch name := m.String(); name {
	case "esc", "q", "=":
		b.d.pop()
	case "w":
		b.whole = !b.whole
		b.list.Select(0)
	default:
		b.list.Key(name)
	}
	return nil
}

func (b *compareBox) hints() []hint {
	word := "also what is the same"
	if b.whole {
		word = "only differences"
	}
	return []hint{{key: "↑↓", word: "move"}, {key: "w", word: word}, {key: "esc", word: "close"}}
}

func (b *compareBox) status() (left, right ui.Safe) {
	r := b.result
	left = ui.Safe(count(r.Differ, "difference") + ", " + ui.Thousands(r.Moot) + " by nature ( ), " + ui.Thousands(r.Alike) + " the same")
	if r.Cut {
		right = "a body is not kept whole: its beginning was compared"
	}
	return left, right
}

// comparedLine is a line of the picture: the place of a value, or values.
type comparedLine struct {
	head bool // of a part
	sign ui.Safe
	role ui.Role
	path ui.Safe
	a, b ui.Safe // a alone: they are the same
	only uint64  // the line under a path: of this request alone; 0: side by side
}

// lines are those of a width.
func (b *compareBox) lines(w int) []comparedLine {
	var out []comparedLine
	part, begun := compare.Part(0), false
	for _, l := range b.result.Lines {
		if l.Kind == compare.Same && !b.whole {
			continue
		}
		if !begun || l.Part != part {
			part, begun = l.Part, true
			out = append(out, comparedLine{head: true, path: ui.Safe(part.String())})
		}
		out = append(out, b.line(l, w)...)
	}
	if len(out) == 0 {
		out = append(out, comparedLine{path: "nothing differs", role: ui.OK})
	}
	return out
}

// line lays one value out: side by side, or under each other if they are two.
func (b *compareBox) line(l compare.Line, w int) []comparedLine {
	c := func(s string) ui.Safe { return ui.Clean(s, b.d.ascii) }
	at := comparedLine{path: c(l.Path), a: c(l.A), b: c(l.B)}
	if l.Path == "" {
		at.path = "(all of it)"
	}
	switch l.Kind {
	case compare.Same:
		at.sign, at.role, at.b = " ", ui.Muted, ""
	case compare.Changed:
		at.sign, at.role = "~", ui.Warn
	case compare.Added:
		at.sign, at.role = "+", ui.OK
	case compare.Removed:
		at.sign, at.role = "-", ui.Err
	}
	if l.Moot {
		at.role, at.path = ui.Muted, "("+at.path+")"
	}
	if w >= sideBySide || l.Kind == compare.Same {
		return []comparedLine{at}
	}
	if l.Moot { // one line is enough for what says nothing
		switch l.Kind {
		case compare.Changed:
			at.a += ui.Safe(" "+b.d.theme.Glyph.To+" ") + at.b
		case compare.Added:
			at.a = at.b
		}
		return []comparedLine{at}
	}
	var out []comparedLine
	head := at
	head.a, head.b = "", ""
	out = append(out, head)
	if l.Kind != compare.Added {
		out = append(out, comparedLine{only: b.compared.a.Seq, role: at.role, a: at.a})
	}
	if l.Kind != compare.Removed {
		out = append(out, comparedLine{only: b.compared.b.Seq, role: at.role, a: at.b})
	}
	return out
}

func (b *compareBox) view(w, h int) []string {
	t := b.d.theme
	first, second := ui.Safe("#"+utoa(b.compared.a.Seq)), ui.Safe("#"+utoa(b.compared.b.Seq))
	lines := []string{t.Rule(w, "Compare "+first+" and "+second)}
	pathW := min(w/3, 44)
	valueW := (w - 4 - pathW) / 2
	for i, s := range []string{b.compared.a.Sentence, b.compared.b.Sentence} {
		seq := []ui.Safe{first, second}[i]
		lines = append(lines, t.Line(w, ui.Part{Text: "   "}, ui.Part{Text: seq + "  ", Role: ui.Strong}, ui.Part{Text: ui.Clean(s, t.ASCII), Fill: true}))
	}
	if w >= sideBySide {
		lines = append(lines, t.Line(w, ui.Part{Text: "", Min: 4 + pathW}, ui.Part{Text: first, Role: ui.Strong, Min: valueW}, ui.Part{Text: second, Role: ui.Strong}))
	} else {
		lines = append(lines, "")
	}
	all := b.lines(w)
	b.list.Set(len(all), h-len(lines))
	from, to := b.list.Visible()
	for i := from; i < to; i++ {
		lines = append(lines, b.draw(all[i], w, pathW, valueW, i == b.list.Sel))
	}
	return ui.Fill(lines, h)
}

// draw draws one line.
func (b *compareBox) draw(l comparedLine, w, pathW, valueW int, selected bool) string {
	t := b.d.theme
	switch {
	case l.head:
		return t.Row(w, selected, ui.Part{Text: l.path, Role: ui.Strong, Fill: true})
	case l.only != 0:
		return t.Row(w, selected, ui.Part{Text: ui.Safe("     #" + utoa(l.only) + "  "), Role: ui.Muted}, ui.Part{Text: l.a, Role: l.role, Fill: true})
	case w < sideBySide:
		return t.Row(w, selected, ui.Part{Text: l.sign + " ", Role: l.role}, ui.Col(l.path, min(pathW+8, w/2), 1, ui.Text), ui.Part{Text: l.a, Role: ui.Muted, Fill: true})
	}
	parts := []ui.Part{{Text: l.sign + " ", Role: l.role}, ui.Col(l.path, pathW, 1, ui.Text)}
	if l.sign == " " {
		return t.Row(w, selected, append(parts, ui.Part{Text: l.a, Role: ui.Muted, Fill: true})...)
	}
	return t.Row(w, selected, append(parts, ui.Col(l.a, valueW, 1, l.role), ui.Part{Text: l.b, Role: l.role, Fill: true})...)
}
