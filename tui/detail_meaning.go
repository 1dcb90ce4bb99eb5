package tui

import (
	"strings"
	"time"

	"scimdeck/scim/explain/change"
	"scimdeck/scim/explain/lint"
	"scimdeck/scim/explain/story"
	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// The tabs that say what a request meant: what it changed, which story it is part
// of, what is wrong with it. They show what the log keeps; nothing is worked out
// from the bodies here.

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
func (p *prose) under(heading ui.Safe, text string) {
	if text == "" {
		return
	}
	p.blank()
	p.line(ui.Part{Text: " "}, ui.Part{Text: heading, Role: ui.Strong, Fill: true})
	p.text(3, text, ui.Text)
}

// changes draws the Changes tab.
func (x *detail) changes(w int) []string {
	p := &prose{x: x, w: w}
	p.line(ui.Part{Text: " "}, ui.Part{Text: ui.Clean(x.target(), x.d.theme.ASCII), Role: ui.Strong, Fill: true})
	if len(x.ex.Changes) == 0 {
		p.blank()
		p.text(1, map[bool]string{true: "nothing was changed", false: "this request changes nothing"}[find.IsWrite(x.row)], ui.Muted)
		return p.lines
	}
	p.blank()
	var aside []wire.Change
	for _, c := range x.ex.Changes {
		if !change.Differs(c.Kind) && c.Kind != change.Created && c.Kind != change.Deleted {
			aside = append(aside, c)
			continue
		}
		p.change(c)
	}
	if same := change.Unchanged(x.ex.Method, x.ex.RequestBody, x.ex.Changes); len(same) > 0 && !x.ex.RequestCut() {
		p.blank()
		p.text(1, "sent, and as it was: "+strings.Join(same, ", "), ui.Muted)
	}
	if len(aside) > 0 {
		p.blank()
		for _, c := range aside {
			p.text(1, change.Line(c), ui.Warn)
		}
	}
	return p.lines
}

// change draws one difference: a sign, the path, and the values; a long one in two lines.
func (p *prose) change(c wire.Change) {
	sign, role, value := ui.Safe("~"), ui.Text, c.New
	switch c.Kind {
	case change.Added, change.Joined, change.Created:
		sign, role = "+", ui.OK
	case change.Removed, change.LeftOut, change.Left, change.Deleted:
		sign, role, value = "-", ui.Err, c.Old
	case change.Changed, change.Recased:
		value = ""
	default:
		value = strings.TrimPrefix(strings.TrimPrefix(change.Line(c), c.Path), ": ")
	}
	switch {
	case c.Kind == change.Joined || c.Kind == change.Left || c.Kind == change.Created || c.Kind == change.Deleted:
		value = strings.TrimPrefix(change.Line(c), c.Path+": ")
	case c.Kind == change.LeftOut:
		value += "  (left out: a PUT replaces all)"
	}
	wide := min(max(24, p.w/4), p.w-20)
	path := ui.Clean(c.Path, p.x.d.theme.ASCII)
	if urn, ok := strings.CutPrefix(c.Path, "urn:"); ok && len(c.Path) >= wide { // an extension's attribute is told by its end
		urn = strings.ToValidUTF8(urn[max(len(urn)-wide+3, 0):], "")
		path = ui.Safe(p.x.d.theme.Glyph.Cut) + ui.Clean(urn, p.x.d.theme.ASCII)
	}
	head := func(sign, path ui.Safe) []ui.Part {
		return []ui.Part{{Text: " "}, {Text: sign, Role: role}, {Text: " "}, ui.Col(path, wide, 1, ui.Strong)}
	}
	values := []struct {
		sign ui.Safe
		text string
		role ui.Role
	}{{"", value, role}}
	if value == "" && c.Old+c.New != "" {
		tail := ""
		if c.Kind == change.Recased {
			tail = "  (in case only)"
		}
		values[0].sign, values[0].text, values[0].role = "- ", c.Old, ui.Err
		values = append(values, values[0])
		values[1].sign, values[1].text, values[1].role = "+ ", c.New+tail, ui.OK
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
	told, ok := story.Tell(part, x.ex)
	if !ok {
		p.text(1, "No known sequence of requests.", ui.Strong)
		if near := x.near(); len(near) > 1 {
			p.blank()
			p.text(1, "Requests about the same within 5 s:", ui.Muted)
			p.steps(near)
		}
		return p.lines
	}
	p.line(ui.Part{Text: " "}, ui.Part{Text: ui.Clean(told.Title, x.d.theme.ASCII), Role: ui.Strong, Fill: true},
		ui.Part{Text: ui.Safe("  " + story.Ordinal(part) + " "), Role: ui.Muted})
	p.blank()
	p.steps(steps)
	p.under("What this request is for", sentence(told.Does)+" "+told.Why)
	p.under("What a server must answer", told.Needs)
	p.under("What was answered", x.answerWords()+map[bool]string{true: "  (the client expects this, it goes on)"}[part.Expected])
	p.under("What the admin sees", told.Shown)
	p.under("What to do", told.Do)
	p.under("What comes next", told.Next)
	p.blank()
	sure := "a guess"
	if told.Certain {
		sure = "certain"
	}
	p.text(1, "sequence "+part.Story+", "+sure+" ("+told.Trust.String()+")", ui.Muted)
	if told.RFC != "" {
		p.text(1, "read "+told.RFC, ui.Muted)
	}
	return p.lines
}

// sentence makes one of a clause.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// steps lists requests, the shown one marked.
func (p *prose) steps(rows []*store.Row) {
	const most = 12
	at := 0
	for i, row := range rows {
		if row.Seq == p.x.row.Seq {
			at = i
		}
	}
	from := max(min(at-most/2, len(rows)-most), 0)
	t := p.x.d.theme
	for _, row := range rows[from:min(from+most, len(rows))] {
		sign, role := ui.Safe(" "), ui.Text
		if row.Seq == p.x.row.Seq {
			sign, role = ui.Safe(t.Glyph.Select), ui.Strong
		}
		step := ui.Safe("")
		if row.Part.Step > 0 {
			step = ui.Safe(itoa(row.Part.Step))
		}
		p.line(ui.Part{Text: " "}, ui.Part{Text: sign, Role: ui.Accent}, ui.Col(step, 3, 1, ui.Muted), ui.Col(ui.Safe("#"+utoa(row.Seq)), 8, 1, ui.Muted),
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
// exchanges of the story that the list has.
func (x *detail) part() (wire.Part, []*store.Row) {
	part := x.row.Part
	if part.First == 0 || x.rows == nil {
		return part, nil
	}
	var steps []*store.Row
	for _, row := range x.rows(part.First, x.row.Seq+storyReach) {
		if row.Part.First == part.First {
			steps = append(steps, row)
			part.Story, part.Of = row.Part.Story, row.Part.Of
		}
	}
	return part, steps
}

// storyReach is how many requests after the shown one are looked at for the rest of its story.
const storyReach = 500

// near are the requests about the same resource around the shown one.
func (x *detail) near() (list []*store.Row) {
	if x.rows == nil || x.row.Name == "" && x.row.ID == "" {
		return nil
	}
	const around = 5 * time.Second
	for _, row := range x.rows(x.row.Seq-min(x.row.Seq, storyReach), x.row.Seq+storyReach) {
		same := row.Name != "" && row.Name == x.row.Name || row.ID != "" && row.ID == x.row.ID
		if d := row.Start.Sub(x.row.Start); same && d >= -around && d <= around {
			list = append(list, row)
		}
	}
	return list
}

// lint draws the Lint tab.
func (x *detail) lint(w int) []string {
	p := &prose{x: x, w: w}
	for _, f := range x.ex.Findings {
		p.blank()
		p.finding(f)
	}
	return p.lines
}

func (p *prose) finding(f wire.Finding) {
	if f.Rule == "" {
		p.text(1, f.Detail, ui.Muted)
		return
	}
	level, role := levelWords(f.Level)
	p.line(ui.Part{Text: " "}, ui.Part{Text: level, Role: role, Min: 6}, ui.Part{Text: ui.Clean(f.Rule, p.x.d.theme.ASCII), Role: ui.Strong, Fill: true})
	p.text(7, strings.TrimSpace(f.At+"  "+f.Detail), ui.Text)
	if rule, ok := lint.Find(f.Rule); ok {
		p.text(7, rule.Sentence, ui.Text)
		p.text(7, rule.Do, ui.Text)
		p.text(7, rule.Place, ui.Muted)
	}
}

func levelWords(level byte) (ui.Safe, ui.Role) {
	switch {
	case level >= wire.LevelError:
		return "error", ui.Err
	case level == wire.LevelWarning:
		return "warn", ui.Warn
	}
	return "note", ui.Muted
}
