package ui

import (
	"fmt"
	"sort"
	"strings"
)

// View draws the window: line numbers, then text.
func (p *Pager) View(t *Theme, w, h int) []string {
	d := p.Doc()
	gutter := max(len(itoa(d.Lines())), 4) + 1
	if w < 30 {
		gutter = 0
	}
	p.w, p.h = max(w-gutter, 1), max(h, 1)
	p.align(d)
	out := make([]string, 0, h)
	for at := p.top; len(out) < h && (at < len(d.Bytes) || at == 0); {
		i := d.lineAt(at)
		from, end := d.line(i)
		stop := end
		if !p.noWrap {
			stop = p.rowEnd(d, at, end)
		}
		number := Safe("")
		if at == from {
			number = Safe(itoa(i + 1))
		}
		line := ""
		if gutter > 0 {
			line = t.Line(gutter, Part{Text: PadLeft(number, gutter-1), Role: Muted, Min: gutter})
		}
		text := p.text(t, d, i, at, stop)
		if p.w < widestUnit && Width(Safe(Strip(text))) > p.w {
			text = t.Fit(text, p.w)
		}
		out = append(out, line+text)
		next := p.rowAfter(at)
		if next <= at {
			break
		}
		at = next
	}
	return Fill(out, h)
}

// align makes the top a row's beginning again after the width has changed,
// keeping the byte that was on top on screen.
func (p *Pager) align(d *Doc) {
	p.top = max(min(p.top, len(d.Bytes)), 0)
	if p.top == 0 || len(d.Bytes) == 0 {
		return
	}
	if p.top == len(d.Bytes) {
		p.top = p.rowBefore(p.top)
		return
	}
	p.top = p.rowBefore(p.top + 1)
}

// text draws the bytes from at to stop of line i.
func (p *Pager) text(t *Theme, d *Doc, i, at, stop int) string {
	from, end := d.line(i)
	if p.noWrap {
		// Cut by cells at both sides; a line of megabytes is looked at only as far as it shows.
		skip := 0
		if p.shift > 0 {
			skip = fitBytes(d.Bytes[from:end], p.shift)
		}
		at = from + skip
		stop = at + fitBytes(d.Bytes[at:end], p.w)
		if stop < end && stop > at {
			stop = at + fitBytes(d.Bytes[at:end], max(p.w-1, 1))
			return p.paint(t, d, from, end, at, stop) + t.Glyph.Cut
		}
	}
	return p.paint(t, d, from, end, at, stop)
}

// paint gives the bytes from at to stop their colours.
func (p *Pager) paint(t *Theme, d *Doc, from, end, at, stop int) string {
	if at >= stop {
		return ""
	}
	var b strings.Builder
	piece := func(from, to int, r Role) {
		for from < to {
			role, next := r, to
			if hit, ok := p.hitFrom(from); ok && hit[0] < to {
				if hit[0] > from {
					next = hit[0]
				} else {
					role, next = Match, min(hit[1], to)
				}
				next = min(withMarks(d.Bytes, next), to)
			}
			b.WriteString(t.Paint(role, CleanLine(d.Bytes[from:next], t.ASCII)))
			from = next
		}
	}
	if !d.JSON || end-from > colourMax {
		piece(at, stop, Text)
		return b.String()
	}
	tokens(d.Bytes[from:end], func(a, z int, r Role) {
		a, z = max(from+a, at), min(from+z, stop)
		piece(a, z, r)
	})
	return b.String()
}

// hitFrom is the first hit that ends behind an offset.
func (p *Pager) hitFrom(at int) ([2]int, bool) {
	i := sort.Search(len(p.hits.At), func(i int) bool { return p.hits.At[i][1] > at })
	if i == len(p.hits.At) {
		return [2]int{}, false
	}
	return p.hits.At[i], true
}

// tokens calls emit for each piece of a line of JSON with its role.
func tokens(b []byte, emit func(from, to int, r Role)) {
	for i := 0; i < len(b); {
		from, role := i, Text
		switch c := b[i]; {
		case c == '"':
			i = stringEnd(b, i)
			role = JSONText
			if j := skipBlank(b, i); j < len(b) && b[j] == ':' {
				role = JSONKey
			}
		case c == '-' || c >= '0' && c <= '9':
			for i < len(b) && strings.IndexByte("+-.eE0123456789", b[i]) >= 0 {
				i++
			}
			role = JSONNumber
		case c >= 'a' && c <= 'z':
			for i < len(b) && b[i] >= 'a' && b[i] <= 'z' {
				i++
			}
			role = JSONLiteral
		default:
			for i < len(b) && b[i] != '"' && b[i] != '-' && (b[i] < '0' || b[i] > '9') && (b[i] < 'a' || b[i] > 'z') {
				i++
			}
		}
		i = withMarks(b, i)
		emit(from, i, role)
	}
}

// Status says where the window stands: lines, size, form, and hits if there
// was a search.
func (p *Pager) Status() (left, right Safe) {
	d := p.Doc()
	first := d.lineAt(min(p.top, max(len(d.Bytes)-1, 0))) + 1
	at := p.top
	last := first
	for range p.h {
		if at >= len(d.Bytes) {
			break
		}
		last = d.lineAt(at) + 1
		at = p.rowAfter(at)
	}
	form := "raw"
	switch {
	case p.pretty != nil && p.showRaw:
		form = "raw (b: pretty)"
	case p.pretty != nil:
		form = "pretty (b: raw)"
	}
	left = Safe(fmt.Sprintf("line %s-%s of %s   %s   %s", Thousands(first), Thousands(last), Thousands(d.Lines()), Size(int64(len(p.raw.Bytes))), form))
	if q := p.hits.Query; q != "" {
		n := Thousands(len(p.hits.At))
		if p.hits.More {
			n = "more than " + n
		}
		noun := "matches"
		if len(p.hits.At) == 1 {
			noun = "match"
		}
		right = Safe(n+" "+noun+" for ") + "\"" + Clean(q, false) + "\""
		if len(p.hits.At) > 1 {
			right += "  n/N"
		}
	}
	return left, right
}
