package ui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe is text that may be drawn: it holds no control character, nothing that
// reorders or hides what stands beside it, and only characters whose width
// terminals agree on. Constants of the program are Safe as they are; any text
// that came from outside becomes Safe by Clean and by nothing else.
type Safe string

// marksMax is how many combining marks may follow one character: enough for
// every script in use, too few to paint over the neighbouring lines.
const marksMax = 6

// tab is what a tab of a body is drawn as.
const tab = "  "

// Clean makes one line of outside text harmless. C0 controls and DEL become
// pictures (␛; \x1b if ascii), C1 controls, bidi controls, zero-width and
// other invisible characters become \u…, bytes that are no UTF-8 become \xNN.
// Variation selectors, ZWJ and skin tones are dropped, since terminals
// disagree on the width of what they make; regional indicators become letters.
// With ascii the signs that sentences are made with (→ …) become ASCII too.
func Clean(s string, ascii bool) Safe {
	if plain(s) {
		return Safe(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	c := cleaner{ascii: ascii}
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		c.add(&b, s[:n], r)
		s = s[n:]
	}
	return Safe(b.String())
}

// CleanLine is Clean for a line of a body: tabs become two spaces.
func CleanLine(line []byte, ascii bool) Safe {
	s := string(line)
	if strings.IndexByte(s, '\t') < 0 {
		return Clean(s, ascii)
	}
	return Clean(strings.ReplaceAll(s, "\t", tab), ascii)
}

// Cleanf formats and cleans the result. Use it for sentences with outside
// text in them; the format's own text is the program's.
func Cleanf(ascii bool, format string, args ...any) Safe {
	return Clean(fmt.Sprintf(format, args...), ascii)
}

// plain reports whether s is printable ASCII only: what nearly all text is.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// asciiSigns are what ASCII mode writes for signs that sentences use: an ASCII
// terminal has none of them, while letters of other scripts are data.
var asciiSigns = map[rune]string{
	'…': asciiGlyphs.Cut, '→': asciiGlyphs.To, '›': asciiGlyphs.Crumb, '·': asciiGlyphs.Dot, '×': asciiGlyphs.Times,
	'–': "-", '—': "-", '‘': "'", '’': "'", '“': `"`, '”': `"`, '\u00a0': " ",
}

// cleaner cleans character after character. Marks need to know what went before.
type cleaner struct {
	ascii bool
	base  bool // a character that marks can sit on was written last
	marks int  // how many sit on it
}

// add writes the safe form of one character, which raw holds.
func (c *cleaner) add(b *strings.Builder, raw string, r rune) {
	switch {
	case r >= 0x20 && r < 0x7f:
		b.WriteByte(byte(r))
		c.base, c.marks = true, 0
	case r == utf8.RuneError && len(raw) == 1:
		c.escape(b, `\x%02x`, rune(raw[0]))
	case r < 0x20 && !c.ascii:
		c.picture(b, 0x2400+r)
	case r == 0x7f && !c.ascii:
		c.picture(b, 0x2421)
	case r < 0x80:
		c.escape(b, `\x%02x`, r)
	case dropped(r):
	case c.ascii && asciiSigns[r] != "":
		b.WriteString(asciiSigns[r])
		c.base, c.marks = true, 0
	case r >= 0x1f1e6 && r <= 0x1f1ff: // regional indicators: flags as letters
		b.WriteByte(byte('A' + r - 0x1f1e6))
		c.base, c.marks = true, 0
	case hidden(r):
		if r > 0xffff {
			c.escape(b, `\U%08x`, r)
		} else {
			c.escape(b, `\u%04x`, r)
		}
	case attaches(r):
		if !c.base || c.marks == marksMax {
			c.escape(b, `\u%04x`, r)
			return
		}
		c.marks++
		b.WriteString(raw)
	default:
		b.WriteString(raw)
		c.base, c.marks = true, 0
	}
}

func (c *cleaner) escape(b *strings.Builder, format string, r rune) {
	fmt.Fprintf(b, format, r)
	c.base = false
}

func (c *cleaner) picture(b *strings.Builder, r rune) {
	b.WriteRune(r)
	c.base = false
}

// dropped reports characters that only change how the one before is drawn, and
// on whose effect on the width terminals disagree: variation selectors, ZWJ,
// skin tones.
func dropped(r rune) bool {
	return r >= 0xfe00 && r <= 0xfe0f || r == 0x200d || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0xe0100 && r <= 0xe01ef
}

// hidden reports characters that draw nothing, reorder what is around them or
// that no terminal knows: C1, bidi and other format characters, tags, line
// separators, fillers, unassigned code points.
func hidden(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x3164, 0xffa0: // joiner and fillers that count as letters
		return true
	}
	return !unicode.IsGraphic(r) && !unicode.Is(unicode.Co, r) || r >= 0x180b && r <= 0x180f
}

// attaches reports characters that are drawn on the cell of the one before, so
// that they may not begin a text: marks, and the few letters that behave so.
func attaches(r rune) bool {
	switch r {
	case 0x0e33, 0x0eb3, 0xff9e, 0xff9f:
		return true
	}
	return unicode.Is(unicode.M, r) || r >= 0x1160 && r <= 0x11ff || r >= 0xd7b0 && r <= 0xd7ff
}

// Cut shortens s to at most w cells; what was cut off shows as the theme's cut
// sign in the last cell.
func (t *Theme) Cut(s Safe, w int) Safe {
	if Width(s) <= w {
		return s
	}
	if w <= 0 {
		return ""
	}
	return s[:headBytes(s, w-1)] + Safe(t.Glyph.Cut)
}

// CutKeeping is Cut, but the last keep bytes of s stay whole and the cut sign
// stands before them, unless that leaves less than half of w for what is in front.
func (t *Theme) CutKeeping(s Safe, keep, w int) Safe {
	if keep <= 0 || keep >= len(s) || Width(s) <= w {
		return t.Cut(s, w)
	}
	tail := s[len(s)-keep:]
	front := w - Width(tail)
	if front < w/2 {
		return t.Cut(s, w)
	}
	return t.Cut(s[:len(s)-keep], front) + tail
}

// Pad fills s up with blanks to at least w cells.
func Pad(s Safe, w int) Safe {
	if n := w - Width(s); n > 0 {
		return s + Safe(blanks(n))
	}
	return s
}

// PadLeft fills s up with blanks in front to at least w cells.
func PadLeft(s Safe, w int) Safe {
	if n := w - Width(s); n > 0 {
		return Safe(blanks(n)) + s
	}
	return s
}

const manyBlanks = "                                                                                                    "

// blanks returns n blanks, without allocating for ordinary widths.
func blanks(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(manyBlanks) {
		return manyBlanks[:n]
	}
	return strings.Repeat(" ", n)
}

// Wrap breaks s into lines of at most w cells, between words where it can. It
// returns at least one line.
func Wrap(s Safe, w int) []Safe {
	w = max(w, 1)
	var out []Safe
	rest := s
	for Width(rest) > w {
		head := rest[:headBytes(rest, w)]
		if len(head) == 0 { // a wide character in one cell: it has to go somewhere
			_, size := utf8.DecodeRuneInString(string(rest))
			head = rest[:max(headBytes(rest, 2), size)]
		}
		at := len(head)
		if at < len(rest) && rest[at] != ' ' {
			if blank := strings.LastIndexByte(string(head), ' '); blank > 0 && strings.TrimSpace(string(head[:blank])) != "" {
				at = blank
			}
		}
		out = append(out, Safe(strings.TrimRight(string(rest[:at]), " ")))
		rest = Safe(strings.TrimLeft(string(rest[at:]), " "))
	}
	return append(out, rest)
}
