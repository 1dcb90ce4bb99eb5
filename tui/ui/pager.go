package ui

import (
	"sort"
	"unicode/utf8"
)

// chunk is how many bytes of a line are wrapped as one: rows are counted from
// the beginning of a chunk, so that moving up in a line of megabytes does not
// begin at its start.
const chunk = 4096

// widestUnit is more cells than any one character with its marks takes when all
// of it is escaped.
const widestUnit = 64

// colourMax is the longest line, in bytes, that gets JSON colours.
const colourMax = 16 << 10

// Pager is a window on a Doc. Its place is the offset of the byte on top, so
// it stays where it is when the window changes or lines wrap anew. It holds at
// most two Docs: the bytes as they came and, when that is done, laid out.
type Pager struct {
	raw, pretty *Doc
	showRaw     bool
	noWrap      bool
	top         int // offset of the first byte on screen
	shift       int // cells cut off at the left, when lines do not wrap
	w, h        int // of the text, as of the last View

	hits Hits
	hit  int // the current one
}

// NewPager shows body as it came.
func NewPager(body []byte) *Pager {
	return &Pager{raw: NewDoc(body, false), w: 80, h: 24}
}

// SetPretty shows the laid-out form from now on, from its top.
func (p *Pager) SetPretty(d *Doc) {
	p.pretty = d
	if !p.showRaw {
		p.top, p.hits = 0, Hits{}
	}
}

// Doc is what is shown now.
func (p *Pager) Doc() *Doc {
	if p.pretty != nil && !p.showRaw {
		return p.pretty
	}
	return p.raw
}

// Raw is the body as it came.
func (p *Pager) Raw() []byte { return p.raw.Bytes }

// ToggleRaw changes between the laid-out form and the bytes as they came.
func (p *Pager) ToggleRaw() {
	p.showRaw = !p.showRaw
	p.top, p.hits = 0, Hits{}
}

// ToggleWrap changes between wrapped lines and cut ones.
func (p *Pager) ToggleWrap() {
	p.noWrap = !p.noWrap
	p.shift = 0
	d := p.Doc()
	p.top = d.starts[d.lineAt(p.top)]
}

// Shift moves by d half windows to the side, when lines do not wrap.
func (p *Pager) Shift(d int) {
	if p.noWrap {
		p.shift = max(p.shift+d*max(p.w/2, 1), 0)
	}
}

// Key moves the window as the keys of every list do, w wraps, b shows the
// bytes as they came, n and N go through the hits; false: none of these.
func (p *Pager) Key(k string) bool {
	switch k {
	case "j", "down":
		p.Move(1)
	case "k", "up":
		p.Move(-1)
	case "g", "home":
		p.top = 0
	case "G", "end":
		p.top = len(p.Doc().Bytes)
		p.Move(-p.h)
	case "ctrl+d":
		p.Move(max(p.h/2, 1))
	case "ctrl+u":
		p.Move(-max(p.h/2, 1))
	case "pgdown", "ctrl+f", " ":
		p.Move(max(p.h-1, 1))
	case "pgup", "ctrl+b":
		p.Move(-max(p.h-1, 1))
	case "w":
		p.ToggleWrap()
	case "b":
		p.ToggleRaw()
	case "n":
		p.NextHit(1)
	case "N":
		p.NextHit(-1)
	default:
		return false
	}
	return true
}

// Move scrolls by d rows. It never scrolls beyond the last screenful.
func (p *Pager) Move(d int) {
	for ; d < 0 && p.top > 0; d++ {
		p.top = p.rowBefore(p.top)
	}
	if d <= 0 {
		return
	}
	for last := p.lastTop(); d > 0 && p.top < last; d-- {
		p.top = p.rowAfter(p.top)
	}
}

// lastTop is the row that is on top when the last one is at the bottom.
func (p *Pager) lastTop() int {
	last := len(p.Doc().Bytes)
	for range p.h {
		last = p.rowBefore(last)
	}
	return last
}

// rowAfter is the offset of the row below the one at an offset, or the end.
func (p *Pager) rowAfter(at int) int {
	d := p.Doc()
	i := d.lineAt(at)
	_, end := d.line(i)
	if !p.noWrap {
		if n := p.rowEnd(d, at, end); n < end {
			return n
		}
	}
	if i+1 < len(d.starts) {
		return d.starts[i+1]
	}
	return len(d.Bytes)
}

// rowBefore is the offset of the row above the one at an offset.
func (p *Pager) rowBefore(at int) int {
	if at <= 0 {
		return 0
	}
	d := p.Doc()
	i := d.lineAt(at - 1)
	from, end := d.line(i)
	if p.noWrap {
		return from
	}
	end = min(end, at)
	row := from
	if end > from { // begin at the chunk that holds the byte before
		row = chunkStart(d.Bytes, from, from+(end-1-from)/chunk*chunk)
	}
	for {
		next := p.rowEnd(d, row, end)
		if next >= end {
			return row
		}
		row = next
	}
}

// rowEnd is where the wrapped row that begins at an offset ends: before
// line's end, the end of its chunk, and the window's width.
func (p *Pager) rowEnd(d *Doc, at, end int) int {
	if at >= end {
		return end
	}
	i := d.lineAt(at)
	from := d.starts[i]
	stop := min(end, chunkStart(d.Bytes, from, from+((at-from)/chunk+1)*chunk))
	if stop <= at {
		stop = min(end, at+chunk)
	}
	return at + fitBytes(d.Bytes[at:stop], p.w)
}

// chunkStart moves an offset back to the beginning of a character.
func chunkStart(b []byte, from, at int) int {
	at = min(at, len(b))
	for n := 0; at > from && at < len(b) && n < utf8.UTFMax && !utf8.RuneStart(b[at]); n++ {
		at--
	}
	return at
}

// fitBytes is how many bytes of b, cleaned, fit in w cells: at least one
// character, so that it always goes on.
func fitBytes(b []byte, w int) int {
	used, i := 0, 0
	for i < len(b) {
		n, cells := 1, 1
		if c := b[i]; c < 0x20 || c >= 0x7f || i+1 < len(b) && b[i+1] >= 0x80 {
			_, n = utf8.DecodeRune(b[i:])
			n = withMarks(b, i+n) - i
			// The wider of both forms, so that one layout serves them.
			cells = max(Width(CleanLine(b[i:i+n], false)), Width(CleanLine(b[i:i+n], true)))
		}
		if used+cells > w && i > 0 {
			return i
		}
		used += cells
		i += n
	}
	return i
}

// withMarks moves an offset behind what is drawn on the character before it.
func withMarks(b []byte, i int) int {
	for marks := 0; i < len(b) && b[i] >= 0x80; {
		r, n := utf8.DecodeRune(b[i:])
		if attaches(r) && marks < marksMax {
			marks++
		} else if !dropped(r) {
			break
		}
		i += n
	}
	return i
}

// SetHits shows the hits of a search and goes to the first from the top on.
func (p *Pager) SetHits(h Hits) {
	p.hits = h
	p.hit = sort.Search(len(h.At), func(i int) bool { return h.At[i][0] >= p.top })
	if p.hit == len(h.At) {
		p.hit = 0
	}
	p.reveal()
}

// Hits is what is being shown as found.
func (p *Pager) Hits() Hits { return p.hits }

// NextHit goes d hits on, around the ends.
func (p *Pager) NextHit(d int) {
	if n := len(p.hits.At); n > 0 {
		p.hit = ((p.hit+d)%n + n) % n
		p.reveal()
	}
}

// reveal scrolls so that the current hit is on screen, a third from the top.
func (p *Pager) reveal() {
	if len(p.hits.At) == 0 {
		return
	}
	at := p.hits.At[p.hit][0]
	bottom := p.top
	for range p.h {
		bottom = p.rowAfter(bottom)
	}
	if at >= p.top && at < bottom {
		return
	}
	p.top = at
	if d := p.Doc(); at < len(d.Bytes) {
		p.top = p.rowBefore(at + 1)
	}
	for range p.h / 3 {
		p.top = p.rowBefore(p.top)
	}
	p.top = min(p.top, p.lastTop())
}
