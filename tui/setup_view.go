package tui

import (
	"strconv"

	"scimdeck/scim/reach"
	"scimdeck/store/guide"
	"scimdeck/tui/ui"
)

// setupLine is a line of the screen before it is drawn.
type setupLine struct {
	parts []ui.Part
	rule  ui.Safe    // a rule with this title instead
	item  *setupItem // it can be selected
	more  bool       // it belongs to the item above, for scrolling
}

func (s *setup) view(w, h int) []string {
	t := s.d.theme
	p := divide(w, h, share{})
	if p.how != right {
		lines := append(s.values(w, w < 76), s.checks(w)...)
		lines = append(lines, s.steps(w)...)
		lines = append(lines, s.trouble(w)...)
		return append([]string{t.Line(w, s.tabs(w)...)}, s.draw(lines, w, h-1)...)
	}
	left := append(s.values(p.listW, true), s.steps(p.listW)...)
	side := append(s.checks(p.sideW), s.trouble(p.sideW)...)
	n := 0
	for _, l := range left {
		if l.item != nil {
			n++
		}
	}
	all := s.collect(append(append([]setupLine(nil), left...), side...))
	s.items = all
	s.list.Len = len(all)
	s.list.Select(s.list.Sel)
	s.below = false
	leftLines := append([]string{t.Line(p.listW, s.tabs(p.listW)...)}, s.window(left, 0, p.listW, h-1)...)
	return t.Beside(leftLines, s.window(side, n, p.sideW, h), p.listW, w)
}

// tabs is the first line.
func (s *setup) tabs(w int) []ui.Part {
	parts := []ui.Part{{Text: "  For  "}}
	if w < 70 {
		parts[0].Text = "  "
	}
	for i, p := range guide.Providers() {
		if i > 0 {
			parts = append(parts, ui.Part{Text: " "})
		}
		if p == s.now() {
			parts = append(parts, ui.Part{Text: "[" + ui.Safe(p.Name) + "]", Role: ui.Selection})
		} else {
			parts = append(parts, ui.Part{Text: " " + ui.Safe(p.Name) + " "})
		}
	}
	return append(parts, ui.Part{Fill: true}, ui.Part{Text: s.d.keyIn(inSetup, "prevTab") + "/" + s.d.keyIn(inSetup, "nextTab") + " ", Role: ui.Muted})
}

// collect lists what can be selected.
func (s *setup) collect(lines []setupLine) []setupItem {
	var items []setupItem
	for _, l := range lines {
		if l.item != nil {
			items = append(items, *l.item)
		}
	}
	return items
}

// draw draws lines that scroll as one column.
func (s *setup) draw(lines []setupLine, w, h int) []string {
	s.items = s.collect(lines)
	s.list.Len = len(s.items)
	s.list.Select(s.list.Sel)
	s.below = false
	return s.window(lines, 0, w, h)
}

// window draws the part of lines that has the selection in it. first is the
// number of the first item among them.
func (s *setup) window(lines []setupLine, first, w, h int) []string {
	t := s.d.theme
	n, at, end, last := first, 0, 0, false
	for i, l := range lines {
		if l.item != nil {
			if last = n == s.list.Sel; last {
				at, end = i, i+1
			}
			n++
		} else if l.more && end == i && i > 0 {
			end = i + 1
		}
	}
	if last { // the last one shows what has no item of its own below it
		end = len(lines)
	}
	top := 0
	if end > h {
		top = min(end-h, at)
	}
	s.below = s.below || top+h < len(lines)
	out := make([]string, 0, h)
	n = first
	for i, l := range lines {
		mine := l.item != nil
		if i >= top && len(out) < h {
			switch {
			case l.rule != "":
				out = append(out, t.Rule(w, l.rule))
			default:
				out = append(out, t.Row(w, mine && n == s.list.Sel, l.parts...))
			}
		}
		if mine {
			n++
		}
	}
	return ui.Fill(out, h)
}

// valueLabel is the width of a field's name beside its value.
const valueLabel = 33

// values is what is to be typed in; tall puts each value below its field.
func (s *setup) values(w int, tall bool) []setupLine {
	p := s.now()
	title := "type into " + p.Client + ": " + p.Where
	if p.Client == "" {
		title = "for " + p.Where
	}
	lines := []setupLine{{rule: s.words(title)}}
	_, reachable := s.base()
	copies := s.d.keyFor("copy") + " copy"
	for _, v := range p.Values(s.env()) {
		hint := ui.Safe("")
		switch {
		case v.Key:
			hint = s.d.keyFor("add") + " makes one"
		case v.Text == s.env().Base && !reachable && p.Client != "":
			hint = s.d.keyFor("tunnels") + " public"
		case v.Copy != "" && (tall || ui.Width(s.words(v.Text))+2+ui.Width(copies) <= w-2-valueLabel):
			hint = copies
		}
		item := &setupItem{what: s.words(v.Field), copy: v.Copy, key: v.Key}
		lines = append(lines, s.value(w, tall, v, hint, item)...)
	}
	return lines
}

// value draws one of them.
func (s *setup) value(w int, tall bool, v guide.Value, hint ui.Safe, item *setupItem) []setupLine {
	texts := []ui.Safe{s.words(v.Text)}
	if v.Ticks != nil {
		texts = s.boxes(v.Ticks, w-2-valueLabel, tall)
	}
	if tall {
		lines := []setupLine{{parts: []ui.Part{{Text: s.words(v.Field), Fill: true}}, item: item}}
		for _, text := range texts {
			lines = append(lines, setupLine{parts: []ui.Part{{Text: "    "}, {Text: text, Fill: true}, {Text: hint + " ", Role: ui.Muted}}, more: true})
			hint = ""
		}
		return lines
	}
	label := v.Field
	if v.Short != "" {
		label = v.Short
	}
	var lines []setupLine
	for i, text := range texts {
		l := setupLine{parts: []ui.Part{{Min: valueLabel, Max: valueLabel}, {Text: text, Fill: true}, {Text: "  " + hint, Role: ui.Muted}}, more: i > 0}
		if hint == "" {
			l.parts = l.parts[:2]
		}
		if i == 0 {
			l.parts[0].Text, l.item = s.words(label), item
		}
		lines, hint = append(lines, l), ""
	}
	return lines
}

// boxes draws ticks: one a line if tall, else two where w cells take them.
func (s *setup) boxes(ticks []guide.Tick, w int, tall bool) []ui.Safe {
	var lines [][]ui.Safe
	column := 0 // of the second in a line
	for _, tick := range ticks {
		box := ui.Safe(s.d.theme.Glyph.Free)
		if tick.On {
			box = ui.Safe(s.d.theme.Glyph.Checked)
		}
		text := box + " " + s.words(tick.Label)
		last := len(lines) - 1
		if last >= 0 && !tall && len(lines[last]) == 1 {
			at := max(column, ui.Width(lines[last][0])+2)
			if at+ui.Width(text) <= w {
				lines[last], column = append(lines[last], text), at
				continue
			}
		}
		lines = append(lines, []ui.Safe{text})
	}
	out := make([]ui.Safe, len(lines))
	for i, l := range lines {
		out[i] = l[0]
		if len(l) == 2 {
			out[i] = ui.Pad(l[0], column) + l[1]
		}
	}
	return out
}

// steps is what to do in the console, and what of it was done.
func (s *setup) steps(w int) []setupLine {
	p := s.now()
	title := "step by step in " + p.Client
	if p.Client == "" {
		title = "step by step"
	}
	lines := []setupLine{{rule: s.words(title)}}
	seen := s.seen.List(p, s.env())
	for i, step := range p.Steps(s.env()) {
		word, role := ui.Safe(""), ui.Text
		if step.Done(seen) {
			word, role = "ok", ui.Muted
		}
		number := ui.Safe(strconv.Itoa(i+1) + "  ")
		for j, text := range ui.Wrap(s.words(step.Text), max(w-10, 20)) {
			l := setupLine{parts: []ui.Part{{Text: word, Role: ui.OK, Min: 4}, {Text: number, Min: 3}, {Text: text, Role: role, Fill: true}}, more: j > 0}
			if j == 0 {
				l.item = &setupItem{}
			}
			lines, word, number = append(lines, l), "", ""
		}
	}
	return append(lines, setupLine{parts: []ui.Part{{Text: "words as in its console; yours may differ a little", Role: ui.Muted, Fill: true}}, more: true})
}

// trouble is what to look at when the client's own test fails, and what is known of
// the address.
func (s *setup) trouble(w int) []setupLine {
	p := s.now()
	var lines []setupLine
	heading := func(text ui.Safe) {
		lines = append(lines, setupLine{}, setupLine{parts: []ui.Part{{Text: text, Role: ui.Strong, Fill: true}}})
	}
	pair := func(a, b ui.Safe) {
		for _, text := range ui.Wrap(b, max(w-2-28, 20)) {
			lines = append(lines, setupLine{parts: []ui.Part{{Text: "  " + a, Min: 28}, {Text: text, Role: ui.Muted, Fill: true}}})
			a = ""
		}
	}
	heading("If " + s.words(p.Test) + " fails")
	pair("no request shows up here", "the address is wrong or the tunnel is down: "+s.d.keyFor("test")+", "+s.d.keyFor("tunnels"))
	pair("401", s.words(p.Denied))
	pair("404", "the base URL must end in "+ui.Clean(s.basePath(), s.d.ascii))
	heading("Seen from outside")
	fact := func(a string, b ui.Safe) {
		lines = append(lines, setupLine{parts: []ui.Part{{Text: "  " + ui.Safe(a), Role: ui.Muted, Min: 13}, {Text: b, Fill: true}}})
	}
	fact("base URL", ui.Clean(s.env().Base, s.d.ascii))
	fact("by", s.origin())
	if s.noted.tunnel != "" {
		fact("tunnel", ui.Safe(s.noted.tunnel)+" (from its headers)")
	}
	if t := &s.test; t.job != nil && t.over {
		for _, r := range t.results {
			if r.State == reach.Note {
				fact("note", ui.Clean(r.Name+": "+r.Detail, s.d.ascii))
			}
		}
	}
	return lines
}
