package ui

import "strings"

// Part is a piece of a line.
type Part struct {
	Text  Safe
	Role  Role
	Min   int  // takes at least so many cells; blanks fill them
	Max   int  // takes at most so many cells, and its text is cut; 0: no bound
	Right bool // the text stands at the right edge of its cells
	Fill  bool // takes the cells that are left over, and is the first to be cut when there are too few
	Keep  int  // so many bytes at the text's end stay when it is cut: what says how a thing ended
}

// Col is a Part of exactly w cells, the last gap of them kept blank: a column.
func Col(text Safe, w, gap int, role Role) Part {
	return Part{Text: text, Role: role, Min: w, Max: w - gap}
}

// Line draws parts side by side in exactly w cells. What does not fit is cut,
// from the Fill parts first and then from the right.
func (t *Theme) Line(w int, parts ...Part) string {
	var b strings.Builder
	b.Grow(w + 24*len(parts))
	t.parts(&b, w, false, parts)
	return b.String()
}

// Row is a Line of a list, in exactly w cells: two cells for the marker, then
// the parts. The selected row is reverse as a whole and has no colours inside,
// since the end of an inner colour would end the reverse too.
func (t *Theme) Row(w int, selected bool, parts ...Part) string {
	return t.MarkedRow(w, selected, " ", parts...)
}

// MarkedRow is a Row with a sign of one cell in its second cell.
func (t *Theme) MarkedRow(w int, selected bool, sign Safe, parts ...Part) string {
	var b strings.Builder
	b.Grow(w + 24*len(parts))
	marker := Safe(" ")
	if selected {
		b.WriteString(t.sgr[Selection])
		marker = Safe(t.Glyph.Select)
	}
	head := t.fit(marker+sign, min(w, 2))
	b.WriteString(string(head))
	t.parts(&b, w-Width(head), selected, parts)
	if selected {
		b.WriteString(Reset)
	}
	return b.String()
}

// parts draws parts in exactly w cells; flat draws them without attributes.
func (t *Theme) parts(b *strings.Builder, w int, flat bool, parts []Part) {
	if w <= 0 {
		return
	}
	var room [16]int
	cells := t.share(room[:0], w, parts)
	left := w
	for i, p := range parts {
		n := min(cells[i], left)
		if n == 0 {
			continue
		}
		left -= n
		text := n
		if p.Max > 0 && p.Max < n {
			text = p.Max
		}
		s := t.CutKeeping(p.Text, p.Keep, text)
		gap := n - Width(s)
		if p.Right {
			b.WriteString(blanks(gap))
		}
		if on := t.sgr[p.Role]; on != "" && !flat && s != "" {
			b.WriteString(on)
			b.WriteString(string(s))
			b.WriteString(Reset)
		} else {
			b.WriteString(string(s))
		}
		if !p.Right {
			b.WriteString(blanks(gap))
		}
	}
	b.WriteString(blanks(left))
}

// share decides how many cells each part takes.
func (t *Theme) share(cells []int, w int, parts []Part) []int {
	sum, fills := 0, 0
	for _, p := range parts {
		n := Width(p.Text)
		if p.Max > 0 {
			n = min(n, p.Max)
		}
		n = max(n, p.Min)
		cells = append(cells, n)
		sum += n
		if p.Fill {
			fills++
		}
	}
	for i, p := range parts {
		if !p.Fill {
			continue
		}
		if sum < w { // the rest goes to the first Fill parts in equal shares
			extra := (w - sum + fills - 1) / fills
			cells[i] += extra
			sum += extra
			fills--
		} else if sum > w {
			less := min(sum-w, cells[i]-min(p.Min, cells[i]))
			cells[i] -= less
			sum -= less
		}
	}
	return cells
}

// fit cuts and pads s to exactly w cells.
func (t *Theme) fit(s Safe, w int) Safe { return Pad(t.Cut(s, w), w) }

// Fit cuts or pads a drawn line (one that may hold attributes) to exactly w cells.
func (t *Theme) Fit(line string, w int) string {
	switch n := lineWidth(line); {
	case n < w:
		return line + blanks(w-n)
	case n > w && w <= 0:
		return ""
	case n > w:
		cut := cutLine(line, w-1) + t.Glyph.Cut
		return cut + blanks(w-lineWidth(cut))
	}
	return line
}

// Rule is a horizontal line of w cells with a title in it near the left, if
// there is one.
func (t *Theme) Rule(w int, title Safe) string {
	if w <= 0 {
		return ""
	}
	if title == "" {
		return t.Paint(Line, Safe(strings.Repeat(t.Glyph.H, w)))
	}
	head := strings.Repeat(t.Glyph.H, 3) + " " + string(t.Cut(title, w-8)) + " "
	rest := max(w-lineWidth(head), 0)
	return t.Fit(t.Paint(Line, Safe(head+strings.Repeat(t.Glyph.H, rest))), w)
}

// Beside puts two pictures side by side: left in lw cells, an edge and a blank,
// right in what remains of w. The result has as many lines as the longer one.
func (t *Theme) Beside(left, right []string, lw, w int) []string {
	out := make([]string, max(len(left), len(right)))
	edge := t.Paint(Line, Safe(t.Glyph.V)) + " "
	for i := range out {
		l, r := blanks(lw), ""
		if i < len(left) {
			l = t.Fit(left[i], lw)
		}
		if i < len(right) {
			r = right[i]
		}
		out[i] = l + edge + t.Fit(r, w-lw-2)
	}
	return out
}

// Fill makes lines exactly h lines: it drops those below and adds empty ones.
func Fill(lines []string, h int) []string {
	if len(lines) > h {
		return lines[:max(h, 0)]
	}
	for len(lines) < h {
		lines = append(lines, "")
	}
	return lines
}
