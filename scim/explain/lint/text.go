package lint

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// text is a JSON text that is walked once, from left to right, without being
// decoded: what a rule wants to know of a value is found while passing it.
// Methods start at pos, skip blanks themselves and leave pos right behind what
// they read. At a fault, or at the end of a text that was cut, everything ends.
type text struct {
	b     []byte
	pos   int
	cut   bool // b is only the beginning of what there was
	ended bool // nothing more can be read
	fault string
	at    int // of the fault

	again bool   // this part is walked for the second time: what it holds twice was said
	names []span // of the members of the objects that are open, to find one that comes twice
}

// span is a part of a text. Of a string it is what stands between the quotes.
type span struct {
	from, to int
	escaped  bool // it has a backslash in it
}

func (s span) empty() bool { return s.to <= s.from }

// deepest is how far values may be nested; the server takes 32 levels.
const deepest = 64

// start begins a walk.
func (t *text) start(b []byte, cut bool) { *t = text{b: b, cut: cut, names: t.names[:0]} }

// fail ends the walk at a fault.
func (t *text) fail(at int, what string) {
	if !t.ended {
		t.ended, t.fault, t.at = true, what, at
	}
	t.pos = len(t.b)
}

// stop ends the walk where the text ends before its value does, which is a
// fault only of a text that is whole.
func (t *text) stop() {
	if t.cut {
		t.ended, t.pos = true, len(t.b)
		return
	}
	t.fail(len(t.b), "the text ends too early")
}

// peek gives the first byte of what comes next, 0 at the end.
func (t *text) peek() byte {
	for t.pos < len(t.b) {
		switch c := t.b[t.pos]; c {
		case ' ', '\t', '\n', '\r':
			t.pos++
		default:
			return c
		}
	}
	return 0
}

// plain marks the bytes that a JSON string holds without a backslash.
var plain = func() (p [256]bool) {
	for c := range p {
		p[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return p
}()

// notPlain is not 0 when one of eight bytes is not plain: its lowest bit is the
// highest bit of the first such byte. What is above that bit may be wrong.
func notPlain(x uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote := x ^ ones*'"'
	slash := x ^ ones*'\\'
	return ((x-ones*' ')&^x | (quote-ones)&^quote | (slash-ones)&^slash) & highs
}

// str reads a string, whose quote is at pos.
func (t *text) str() span {
	s := span{from: t.pos + 1}
	b := t.b
	for i := s.from; i < len(b); {
		if len(b)-i >= 8 {
			n := notPlain(binary.LittleEndian.Uint64(b[i:]))
			if n == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(n) / 8
		}
		switch c := b[i]; {
		case c == '"':
			s.to, t.pos = i, i+1
			return s
		case plain[c]:
			i++
		case c == '\\':
			n := escape(b[i:])
			if n == 0 {
				if len(b)-i < 12 && t.cut {
					t.stop()
				} else {
					t.fail(i, "a backslash begins no escape sequence")
				}
				return span{}
			}
			s.escaped = true
			i += n
		default:
			t.fail(i, "a control character stands in a string")
			return span{}
		}
	}
	t.stop()
	return span{}
}

// escape gives the length of the escape sequence that b begins with, 0 if it is
// none. A surrogate pair is one, half a pair is none.
func escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		n := hex4(b[2:])
		switch {
		case n < 0 || n >= 0xDC00 && n < 0xE000:
			return 0
		case n < 0xD800 || n >= 0xE000:
			return 6
		}
		if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
			if low := hex4(b[8:]); low >= 0xDC00 && low < 0xE000 {
				return 12
			}
		}
	}
	return 0
}

// hex4 reads four hexadecimal digits; -1 if they are none.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var n rune
	for _, c := range b[:4] {
		d := hexDigit(c)
		if d < 0 {
			return -1
		}
		n = n<<4 | rune(d)
	}
	return n
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// word reads true, false, null or a number.
func (t *text) word() span {
	s := span{from: t.pos}
	for t.pos < len(t.b) && isWord(t.b[t.pos]) {
		t.pos++
	}
	s.to = t.pos
	switch w := t.b[s.from:s.to]; {
	case s.to == len(t.b) && t.cut:
		t.stop() // who knows what came after it
	case string(w) == "true" || string(w) == "false" || string(w) == "null" || isNumber(w):
		return s
	default:
		t.fail(s.from, "a value is missing or is none of JSON's")
	}
	return span{}
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

// isNumber reports whether b is a number of JSON (RFC 8259 §6).
func isNumber(b []byte) bool {
	b, _ = bytes.CutPrefix(b, []byte("-"))
	whole := digits(b)
	if whole == 0 || whole > 1 && b[0] == '0' {
		return false
	}
	b = b[whole:]
	if len(b) > 0 && b[0] == '.' {
		n := digits(b[1:])
		if n == 0 {
			return false
		}
		b = b[1+n:]
	}
	if len(b) > 0 && b[0]|0x20 == 'e' {
		b = b[1:]
		if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		n := digits(b)
		return n > 0 && n == len(b)
	}
	return len(b) == 0
}

func digits(b []byte) (n int) {
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}

// members goes over the members of an object: next until it is false. Between
// two calls the value has to be read.
type members struct {
	started bool
	twice   bool // name was there before, perhaps in another case
	name    span
	base    int    // where the object's names begin in text.names
	marks   uint64 // of those names, see markOf
}

// compared is with how many members' names of an object a name is compared, so
// that a huge object costs no more than its length.
const compared = 24

// next gives the next member: m.name, with t.pos at its value.
func (m *members) next(t *text) bool {
	if t.ended {
		return false
	}
	if i := t.pos; m.started && i+1 < len(t.b) && t.b[i] == ',' && t.b[i+1] == '"' {
		t.pos++ // as machines write it
	} else if !m.started {
		m.started, m.base = true, len(t.names)
		t.pos++ // the bracket
		if t.peek() == '}' {
			t.pos++
			return false
		}
	} else {
		switch t.peek() {
		case ',':
			t.pos++
		case '}':
			t.pos++
			t.names = t.names[:m.base]
			return false
		default:
			t.want("want a comma or } after a member")
			return false
		}
	}
	if t.peek() != '"' {
		t.want("want a member's name in double quotes")
		return false
	}
	if m.name = t.str(); t.ended {
		return false
	}
	if t.peek() != ':' {
		t.want("want a colon after a member's name")
		return false
	}
	t.pos++
	t.peek()
	if mark := markOf(t.b[m.name.from:m.name.to]); m.marks&mark == 0 && len(t.names)-m.base < compared {
		m.twice, m.marks = false, m.marks|mark
		t.names = append(t.names, m.name)
	} else {
		t.remember(m)
	}
	return true
}

// want ends the walk where something else was wanted.
func (t *text) want(what string) {
	if t.pos >= len(t.b) {
		t.stop()
	} else {
		t.fail(t.pos, what)
	}
}

// markOf is one bit of 64, the same for names that differ in case only.
func markOf(name []byte) uint64 {
	if len(name) == 0 {
		return 1
	}
	return 1 << ((len(name)*7 ^ int(name[0]|0x20)*3 ^ int(name[len(name)-1]|0x20)*5 ^ int(name[len(name)/2]|0x20)) % 64)
}

// remember compares the name with those before it.
func (t *text) remember(m *members) {
	m.twice = false
	name := t.b[m.name.from:m.name.to]
	for _, s := range t.names[m.base:] {
		if s.to-s.from == len(name) && fold(t.b[s.from:s.to], name) {
			m.twice = true
			return
		}
	}
	if len(t.names)-m.base < compared {
		t.names = append(t.names, m.name)
	}
}

// elements goes over the elements of an array as members does over members.
type elements struct {
	started bool
	index   int
}

func (e *elements) next(t *text) bool {
	if t.ended {
		return false
	}
	if !e.started {
		e.started = true
		t.pos++
		if t.peek() == ']' {
			t.pos++
			return false
		}
		if t.pos >= len(t.b) {
			t.stop()
			return false
		}
		return true
	}
	switch t.peek() {
	case ',':
		t.pos++
		e.index++
		if t.peek() == 0 && t.pos >= len(t.b) {
			t.stop()
			return false
		}
		return true
	case ']':
		t.pos++
		return false
	}
	t.want("want a comma or ] after an element")
	return false
}

// fold compares names and URNs, which have no case. Only A to Z are folded.
func fold[A, B string | []byte](a A, b B) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// unescape appends to dst what a string means. s has been read by str.
func (t *text) unescape(dst []byte, s span) []byte {
	b := t.b[s.from:s.to]
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\\')
		if i < 0 {
			break
		}
		dst = append(dst, b[:i]...)
		b = b[i:]
		n := escape(b)
		switch {
		case n == 2:
			dst = append(dst, unescaped[b[1]])
		case n == 6:
			dst = utf8.AppendRune(dst, hex4(b[2:]))
		case n == 12:
			dst = utf8.AppendRune(dst, (hex4(b[2:])-0xD800)<<10+(hex4(b[8:])-0xDC00)+0x10000)
		default:
			return append(dst, b...)
		}
		b = b[n:]
	}
	return append(dst, b...)
}

var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// line gives the place of an offset as people count, both from 1.
func (t *text) line(at int) (line, column int) {
	before := t.b[:at]
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}
