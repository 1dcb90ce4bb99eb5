package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"slices"
	"strings"
)

// body cuts a request body. whole says that b is all of it. The result may alias b,
// or memory of f that the next call uses again.
func (f *secrets) body(b []byte, whole bool) []byte {
	c := &f.cutter
	c.reset(b)
	switch {
	case !c.look():
		// The beginning of a PATCH may hold a value whose path, a password, comes after it.
		if !whole && mentions(b, "operations") {
			return []byte(withheldBody)
		}
		return cutKeys(b)
	case !whole || !c.walk():
		return f.withholdBody(b)
	}
	return cutKeys(c.cut(f))
}

func (f *secrets) withholdBody(b []byte) []byte {
	f.addWords(b[:min(len(b), 16<<10)], 8)
	return []byte(withheldBody)
}

// cutter walks JSON once, and collects the values that have to go. Its memory
// serves one text after the other.
type cutter struct {
	b      []byte
	spans  []span
	depth  int
	hits   []int     // where a string may mention a password, see glances
	hit    int       // of which so many are behind
	maybe  bool      // the string walked last has one
	beside bool      // a member says what its siblings are about
	again  bool      // this is the second walk
	open   [][2]span // in which names and values of the objects being walked are a stack
	out    []byte    // what cut returns
}

type span struct{ from, to int }

const keepSpans = keepBuffer / 32 // as keepBuffer, for what is no bytes

func (c *cutter) reset(b []byte) {
	c.b, c.depth, c.hit, c.beside, c.again = b, 0, 0, false, false
	c.hits = emptied(c.hits, keepSpans)
	c.spans, c.open, c.out = emptied(c.spans, keepSpans), emptied(c.open, keepSpans), emptied(c.out, keepBuffer)
}

// look reports whether the text mentions a password, and notes where it may.
func (c *cutter) look() bool {
	sure := false
	for i, g := range glances(c.b) {
		c.hits = append(c.hits, i)
		sure = sure || g == present
	}
	slices.Sort(c.hits) // each of the four bytes had its turn
	return sure || len(c.hits) > 0 && mentionsEscaped(c.b, "password")
}

// deepest is how far values may be nested; whoever nests deeper is up to something.
const deepest = 10_000

// walk reports whether the text is one value of JSON (RFC 8259), to the letter:
// what others may read another way cannot be cut out safely. It goes a second time
// where members are secret for what stands beside them, which is rare.
func (c *cutter) walk() bool {
	end := c.value(0)
	if end < 0 || c.blank(end) != len(c.b) {
		return false
	}
	if c.beside && !c.again {
		c.again, c.hit, c.spans = true, 0, c.spans[:0]
		c.value(0)
	}
	return true
}

// at is the byte at i, 0 at the end.
func (c *cutter) at(i int) byte {
	if i < len(c.b) {
		return c.b[i]
	}
	return 0
}

// value walks the value at or after i and returns the end of it, -1 if it is none.
func (c *cutter) value(i int) int {
	i = c.blank(i)
	switch ch := c.at(i); ch {
	case '{', '[':
		if c.depth++; c.depth > deepest {
			return -1
		}
		if ch == '{' {
			i = c.object(i)
		} else {
			i = c.array(i)
		}
		c.depth--
		return i
	case '"':
		return c.text(i)
	case 't':
		return c.word(i, "true")
	case 'f':
		return c.word(i, "false")
	case 'n':
		return c.word(i, "null")
	}
	return c.number(i)
}

func (c *cutter) array(i int) int {
	if i = c.blank(i + 1); c.at(i) == ']' {
		return i + 1
	}
	for {
		if i = c.value(i); i < 0 {
			return -1
		}
		switch i = c.blank(i); c.at(i) {
		case ',':
			i++
		case ']':
			return i + 1
		default:
			return -1
		}
	}
}

// object walks an object. In one whose path (or name) is a password, as an
// operation of a PATCH has it, every other value goes.
func (c *cutter) object(i int) int {
	mine, secret := len(c.open), false
	if i = c.blank(i + 1); c.at(i) == '}' {
		return i + 1
	}
	for {
		if c.at(i) != '"' {
			return -1
		}
		name := span{i, c.text(i)}
		if name.to < 0 {
			return -1
		}
		maybe := c.maybe
		if i = c.blank(name.to); c.at(i) != ':' {
			return -1
		}
		value := span{c.blank(i + 1), 0}
		if value.to = c.value(value.from); value.to < 0 {
			return -1
		}
		if maybe || c.b[value.from] == '"' && c.maybe {
			secret = c.member(name, value) || secret
		} else if c.again {
			c.open = append(c.open, [2]span{name, value})
		}
		switch i = c.blank(value.to); c.at(i) {
		case ',':
			i = c.blank(i + 1)
			continue
		case '}':
		default:
			return -1
		}
		break
	}
	if secret {
		for _, m := range c.open[mine:] {
			if !foldsTo(c.b[m[0].from:m[0].to], "op") {
				c.spans = append(c.spans, m[1])
			}
		}
	}
	c.open = c.open[:mine]
	return i + 1
}

// member judges a member that may mention a password, by itself. secret: it says
// that its siblings are about a password.
func (c *cutter) member(name, value span) (secret bool) {
	switch text := c.b[value.from:value.to]; {
	case c.mention(name):
		c.spans = append(c.spans, value)
	case text[0] == '"' && c.mention(value) && namesAttribute(c.b[name.from:name.to]):
		if bytes.IndexByte(text, ' ') >= 0 || bytes.IndexByte(text, '[') >= 0 {
			c.spans = append(c.spans, value)
		}
		c.beside = true
		return true
	case c.again:
		c.open = append(c.open, [2]span{name, value})
	}
	return false
}

func (c *cutter) mention(s span) bool {
	const quoted = len(`"password"`)
	return s.to-s.from >= quoted && mentions(c.b[s.from:s.to], "password")
}

// cut returns the text without the collected values.
func (c *cutter) cut(f *secrets) []byte {
	if len(c.spans) == 0 {
		return c.b
	}
	if len(c.spans) > 1 {
		slices.SortFunc(c.spans, func(a, b span) int {
			if a.from != b.from {
				return a.from - b.from
			}
			return b.to - a.to
		})
	}
	out, at := slices.Grow(c.out, len(c.b)+len(removedJSON)*len(c.spans)), 0
	for _, s := range c.spans {
		value := c.b[s.from:s.to]
		if s.from < at || string(value) == "null" || string(value) == `""` {
			continue
		}
		out = append(append(out, c.b[at:s.from]...), removedJSON...)
		at = s.to
		f.addValue(value)
	}
	c.out = append(out, c.b[at:]...)
	return c.out
}

func (c *cutter) blank(i int) int {
	for i < len(c.b) && c.b[i] <= ' ' && (c.b[i] == ' ' || c.b[i] == '\n' || c.b[i] == '\t' || c.b[i] == '\r') {
		i++
	}
	return i
}

// text walks a string.
func (c *cutter) text(i int) int {
	from := i
	for i = special(c.b, i+1); ; i = special(c.b, i+1) {
		switch c.at(i) {
		case '"':
			for c.hit < len(c.hits) && c.hits[c.hit] < from {
				c.hit++
			}
			c.maybe = c.hit < len(c.hits) && c.hits[c.hit] < i
			return i + 1
		case '\\':
			if i++; c.at(i) == 'u' {
				for range 4 {
					if i++; !isHex(c.at(i)) {
						return -1
					}
				}
			} else if strings.IndexByte(`"\/bfnrt`, c.at(i)) < 0 {
				return -1
			}
		default: // a control character, or the end
			return -1
		}
	}
}

// special finds the first byte from i on that does not stand for itself in a string
// of JSON, eight at a time: in each lane of a word the highest bit tells. A lane that
// borrows from the next one can make that one tell too, but no earlier one.
func special(b []byte, i int) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, escape := x^each*'"', x^each*'\\'
		found := ((quote-each)&^quote | (escape-each)&^escape | (x-each*' ')&^x) & high
		if found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return i
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func (c *cutter) word(i int, word string) int {
	if bytes.HasPrefix(c.b[i:], []byte(word)) {
		return i + len(word)
	}
	return -1
}

// number walks a number (RFC 8259 §6).
func (c *cutter) number(i int) int {
	digits := func() (n int) {
		for c.at(i) >= '0' && c.at(i) <= '9' {
			i++
			n++
		}
		return n
	}
	if c.at(i) == '-' {
		i++
	}
	if c.at(i) == '0' {
		i++
	} else if digits() == 0 {
		return -1
	}
	if c.at(i) == '.' {
		if i++; digits() == 0 {
			return -1
		}
	}
	if c.at(i)|0x20 == 'e' {
		if i++; c.at(i) == '+' || c.at(i) == '-' {
			i++
		}
		if digits() == 0 {
			return -1
		}
	}
	return i
}

// namesAttribute reports whether a member of this (quoted) name says by its
// value which attribute its siblings are about.
func namesAttribute(quoted []byte) bool {
	for _, n := range [...]string{"path", "name", "attribute", "attr", "field", "key"} {
		if foldsTo(quoted, n) {
			return true
		}
	}
	return false
}

func foldsTo(quoted []byte, name string) bool {
	if inner := quoted[1 : len(quoted)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return bytes.EqualFold(inner, []byte(name))
	}
	var s string
	return json.Unmarshal(quoted, &s) == nil && strings.EqualFold(s, name)
}
