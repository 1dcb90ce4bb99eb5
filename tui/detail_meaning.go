package tui

import (
	"iter"
	"strings"

	"scimdeck/scim/explain/report"
	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// The tabs that say what a request meant: what it changed, which story it is part
// of, what is wrong with it. The words are package report's; here they are drawn.

// prose gathers wrapped lines of a tab.
type prose struct {
	x     *detail
	w     int
	lines []string
}

func (p *prose) line(parts ...ui.Part) {
	p.lines = append(p.lines, p.x.d.theme.Line(p.w, parts...))
}

func (p *prose) blank() {
	if len(p.lines) > 0 {
		p.lines = append(p.lines, "")
	}
}

// text adds a text that is wrapped, from column indent on.
func (p *prose) text(indent int, text string, role ui.Role) {
	if text == "" {
		return
	}
	if p.x.d.theme.ASCII {
		text = inASCII.Replace(text)
	}
	for _, s := range ui.Wrap(ui.Clean(text, p.x.d.theme.ASCII), p.w-indent-1) {
		p.line(ui.Part{Min: indent}, ui.Part{Text: s, Role: role, Fill: true})
	}
}

// inASCII spells the signs of rules' and stories' own texts out.
var inASCII = strings.NewReplacer("§", "section ", "→", "->", "…", "...", "–", "-")

// under adds a text under a heading, if there is one.
func (p *prose) under(heading, text string) {
	if text == "" {
		return
	}
	p.blank()
	p.line(ui.Part{Text: " "}, ui.Part{Text: ui.Clean(heading, p.x.d.theme.ASCII), Role: ui.Strong, Fill: true})
	p.text(3, text, ui.Text)
}

// change draws one difference: a sign, the path, and the values; a long one in two lines.
// Without a sign it is what did not change.
func (p *prose) change(c report.Change) {
	role := map[string]ui.Role{"+": ui.OK, "-": ui.Err}[c.Sign]
	name := ui.Strong
	if c.Sign == "" {
		name = ui.Muted
	}
	wide := min(max(24, p.w/4), p.w-20)
	path := ui.Clean(c.Path, p.x.d.theme.ASCII)
	if urn, ok := strings.CutPrefix(c.Path, "urn:"); ok && len(c.Path) >= wide { // an extension's attribute is told by its end
		urn = strings.ToValidUTF8(urn[max(len(urn)-wide+3, 0):], "")
		path = ui.Safe(p.x.d.theme.Glyph.Cut) + ui.Clean(urn, p.x.d.theme.ASCII)
	}
	sign := ui.Safe(c.Sign)
	head := func(sign, path ui.Safe) []ui.Part {
		return []ui.Part{{Text: " "}, {Text: sign, Role: role, Min: 1}, {Text: " "}, ui.Col(path, wide, 1, name)}
	}
	type value struct {
		sign ui.Safe
		text string
		role ui.Role
	}
	values := []value{{"", c.Words, role}}
	if c.Words == "" && c.Old+c.New != "" {
		values = []value{{"- ", c.Old, ui.Err}, {"+ ", c.New + c.Tail, ui.OK}}
	}
	for _, v := range values {
		for i, s := range ui.Wrap(ui.Clean(v.text, p.x.d.theme.ASCII), max(p.w-wide-7, 10)) {
			before := v.sign
			if i > 0 && before != "" {
				before = "  "
			}
			p.line(append(head(sign, path), ui.Part{Text: before, Role: v.role}, ui.Part{Text: s, Role: v.role, Fill: true})...)
			sign, path = " ", ""
		}
	}
}

// explain draws the Explain tab.
func (x *detail) explain(w int) []string {
	p := &prose{x: x, w: w}
	part, steps := x.part()
	told, ok := report.Explain(x.ex, part)
	if !ok {
		p.text(1, report.NoStory, ui.Strong)
		if len(steps) > 1 {
			p.blank()
			p.text(1, report.NearSteps, ui.Muted)
			p.steps(steps)
		}
		return p.lines
	}
	p.line(ui.Part{Text: " "}, ui.Part{Text: ui.Clean(told.Title, x.d.theme.ASCII), Role: ui.Strong, Fill: true},
		ui.Part{Text: ui.Safe("  " + told.Place + " "), Role: ui.Muted})
	p.blank()
	p.steps(steps)
	for _, s := range told.Sections {
		p.under(s.Heading, s.Text)
	}
	p.blank()
	p.text(1, told.Known(), ui.Muted)
	if told.Read != "" {
		p.text(1, "read "+told.Read, ui.Muted)
	}
	return p.lines
}

// steps lists requests, the shown one marked.
func (p *prose) steps(rows []report.Step) {
	const most = 12
	at := 0
	for i, row := range rows {
		if row.Number == p.x.row.Seq {
			at = i
		}
	}
	from := max(min(at-most/2, len(rows)-most), 0)
	t := p.x.d.theme
	for _, row := range rows[from:min(from+most, len(rows))] {
		sign, role := ui.Safe(" "), ui.Text
		if row.Number == p.x.row.Seq {
			sign, role = ui.Safe(t.Glyph.Select), ui.Strong
		}
		step := ui.Safe("")
		if row.Step > 0 {
			step = ui.Safe(itoa(row.Step))
		}
		p.line(ui.Part{Text: " "}, ui.Part{Text: sign, Role: ui.Accent}, ui.Col(step, 3, 1, ui.Muted), ui.Col(ui.Safe("#"+utoa(row.Number)), 8, 1, ui.Muted),
			ui.Col(ui.Clean(row.Method, t.ASCII), 6, 1, ui.Method(row.Method)), ui.Col(ui.Clean(statusShort(row.Status), t.ASCII), 4, 1, ui.Status(row.Status)),
			ui.Part{Text: ui.Clean(row.Sentence, t.ASCII), Role: role, Fill: true})
	}
}

func statusShort(status int) string {
	if status == 0 {
		return "---"
	}
	return itoa(status)
}

// part is the row's place in its story, as its newest exchange tells it, and the
// exchanges of the story that the list has; see report.Around.
func (x *detail) part() (wire.Part, []report.Step) {
	if x.rows == nil || x.ex == nil {
		return x.row.Part, nil
	}
	return report.Around(x.ex, stepsOf(x.rows(report.Range(x.row.Seq, x.row.Part))))
}

// stepsOf gives rows as report sees them.
func stepsOf(rows []*store.Row) iter.Seq[report.Step] {
	return func(yield func(report.Step) bool) {
		for _, r := range rows {
			if !yield(report.Step{Number: r.Seq, Start: r.Start, Method: r.Method, Status: r.Status, Sentence: r.Sentence, Name: r.Name, ID: r.ID, Part: r.Part}) {
				return
			}
		}
	}
}

// lint draws the Lint tab.
func (x *detail) lint(w int) []string {
	p := &prose{x: x, w: w}
	for _, f := range report.Lint(x.ex) {
		p.blank()
		p.finding(f)
	}
	return p.lines
}

func (p *prose) finding(f report.Finding) {
	if f.Rule == "" {
		p.text(1, f.Detail, ui.Muted)
		return
	}
	p.line(ui.Part{Text: " "}, ui.Part{Text: ui.Safe(f.Level), Role: levelRole(f), Min: 6}, ui.Part{Text: ui.Clean(f.Rule, p.x.d.theme.ASCII), Role: ui.Strong, Fill: true})
	p.text(7, f.Found(), ui.Text)
	p.text(7, f.Sentence, ui.Text)
	p.text(7, f.Do, ui.Text)
	p.text(7, f.Place, ui.Muted)
}

func levelRole(f report.Finding) ui.Role {
	switch f.Level {
	case "error":
		return ui.Err
	case "warn":
		return ui.Warn
	}
	return ui.Muted
}
