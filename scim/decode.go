package scim

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"sync"
	"unicode/utf8"
)

// Limits bounds what Decode accepts. Zero fields mean the default.
type Limits struct {
	Depth   int // levels of nesting, default 32
	Members int // members and elements in the whole text, default 200,000
}

// Decode reads one JSON text (RFC 8259). It refuses, with 400 invalidSyntax and
// the line, column and offset of the fault: anything malformed, trailing data,
// invalid UTF-8, lone surrogates, nesting beyond Limits, and member names
// that occur twice in one object, also in another case (RFC 7643 §2.1: names
// have no case). It refuses the character U+0000 in a string with 400
// invalidValue: no attribute needs it, and it is a trap for everything after us.
// A byte order mark before the text is ignored. The Value does not alias data.
func Decode(data []byte, lim Limits) (Value, error) { return DecodeAt(data, lim, Place{}) }

// Place is where a text begins in a larger one: its line and column from 1, its
// byte from 0. The zero Place is none.
type Place struct {
	Line, Column int
	Byte         int64
}

// DecodeAt is Decode for a text that is a part of a larger one, as a line of a file is:
// errors tell places in that one. They leave the line out when it is the one where
// the text begins, since the caller has more to say about that.
func DecodeAt(data []byte, lim Limits, at Place) (Value, error) {
	if lim.Depth == 0 {
		lim.Depth = 32
	}
	if lim.Members == 0 {
		lim.Members = 200_000
	}
	d := decoders.Get().(*decoder)
	defer d.release()
	d.start(data, lim)
	d.at = at
	if !utf8.ValidString(d.text) {
		return Value{}, d.fault(firstInvalid(d.text), "the text is not valid UTF-8")
	}
	d.space()
	if d.pos == len(d.text) {
		return Value{}, d.fault(d.pos, "the body is empty: want a JSON object")
	}
	v, err := d.value(1)
	if err != nil {
		return Value{}, err
	}
	if d.space(); d.pos < len(d.text) {
		return Value{}, d.fault(d.pos, "want the end after the JSON value, got %s", d.got())
	}
	return v, nil
}

// decoder reads by recursive descent. Each method starts at the first byte of
// what it reads, blanks skipped, and leaves pos right behind it.
//
// Memory: the body is copied once to a string, and text without escapes is cut
// out of it. Members are gathered on a stack that is kept between uses, and a
// finished object or array takes its part of one slab, whose size is guessed from the
// number of commas and brackets. So a usual body takes two allocations.
type decoder struct {
	text  string
	pos   int
	bom   int // bytes skipped before text, for offsets
	at    Place
	lim   Limits
	count int      // members and elements so far
	stack []Member // of the objects and arrays that are still open
	used  int      // how long stack has been since the start
	slab  []Member // free space for finished ones
	buf   []byte   // for strings with escapes
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// slabMax bounds the first guess: commas inside strings must not cost memory.
const slabMax = 256

func (d *decoder) start(data []byte, lim Limits) {
	d.lim, d.pos, d.bom, d.count = lim, 0, 0, 0
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		data, d.bom = data[3:], 3
	}
	d.text = string(data)
	n := strings.Count(d.text, ",") + strings.Count(d.text, "{") + strings.Count(d.text, "[")
	d.slab = make([]Member, 0, min(n, slabMax))
	d.stack, d.used = d.stack[:0], 0
}

// release drops what the Value now owns and what one huge body made grow.
func (d *decoder) release() {
	clear(d.stack[:max(d.used, len(d.stack))]) // no more: one large body must not cost all after it
	if cap(d.stack) > 1024 {
		d.stack = nil
	}
	if cap(d.buf) > 1<<16 {
		d.buf = nil
	}
	d.text, d.slab = "", nil
	decoders.Put(d)
}

// fault makes the error for a fault at byte at.
func (d *decoder) fault(at int, format string, args ...any) *Error {
	return d.faultOf(InvalidSyntax, at, format, args...)
}

func (d *decoder) faultOf(scimType string, at int, format string, args ...any) *Error {
	before := d.text[:at]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	place := fmt.Sprintf("line %d, ", line)
	switch {
	case d.at.Line == 0:
	case line == 1:
		place, column = "", column+d.at.Column-1
	default:
		place = fmt.Sprintf("line %d, ", line+d.at.Line-1)
	}
	return Errorf(400, scimType, "%scolumn %d (byte %d): %s", place, column, int64(at+d.bom)+d.at.Byte, fmt.Sprintf(format, args...))
}

// got describes what stands at pos.
func (d *decoder) got() string {
	if d.pos >= len(d.text) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRuneInString(d.text[d.pos:])
	return fmt.Sprintf("%q", r)
}

func (d *decoder) space() {
	for d.pos < len(d.text) {
		switch d.text[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

// peek skips blanks and returns the next byte, 0 at the end.
func (d *decoder) peek() byte {
	for d.pos < len(d.text) {
		switch c := d.text[d.pos]; c {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return c
		}
	}
	return 0
}

func (d *decoder) value(depth int) (Value, error) {
	if d.pos >= len(d.text) {
		return Value{}, d.fault(d.pos, "want a value, got the end of the text")
	}
	switch c := d.text[d.pos]; {
	case c == '"':
		s, err := d.string()
		return Value{kind: String, text: s}, err
	case c == '{':
		return d.object(depth)
	case c == '[':
		return d.array(depth)
	case c == '-' || '0' <= c && c <= '9':
		s, err := d.number()
		return Value{kind: Number, text: s}, err
	case strings.HasPrefix(d.text[d.pos:], "true"):
		d.pos += 4
		return Value{kind: Bool, text: "true"}, nil
	case strings.HasPrefix(d.text[d.pos:], "false"):
		d.pos += 5
		return Value{kind: Bool, text: "false"}, nil
	case strings.HasPrefix(d.text[d.pos:], "null"):
		d.pos += 4
		return Value{kind: Null}, nil
	case c == '\'':
		return Value{}, d.fault(d.pos, "want a value, got %s: JSON strings stand in double quotes", d.got())
	}
	return Value{}, d.fault(d.pos, "want a value, got %s", d.got())
}

func (d *decoder) object(depth int) (Value, error) {
	if depth > d.lim.Depth {
		return Value{}, d.fault(d.pos, "nested deeper than %d levels", d.lim.Depth)
	}
	start := d.pos
	d.pos++
	base := len(d.stack)
	for c := d.peek(); c != '}' || len(d.stack) > base; c = d.peek() {
		if c != '"' {
			if c == '}' {
				return Value{}, d.fault(d.pos, "want a member after the comma, got '}'")
			}
			return Value{}, d.fault(d.pos, "want a member name in double quotes, got %s", d.got())
		}
		at := d.pos
		name, err := d.string()
		if err != nil {
			return Value{}, err
		}
		if d.peek() != ':' {
			return Value{}, d.fault(d.pos, "want ':' after the member name %s, got %s", quote(name), d.got())
		}
		d.pos++
		d.peek()
		if len(d.stack)-base < smallObject && seen(d.stack[base:], name) {
			return Value{}, d.fault(at, "the member %s occurs twice in one object", quote(name))
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		if err := d.push(Member{name, v}); err != nil {
			return Value{}, err
		}
		switch d.peek() {
		case ',':
			d.pos++
			continue
		case '}':
		default:
			return Value{}, d.fault(d.pos, "want ',' or '}' after the member %s, got %s", quote(name), d.got())
		}
		break
	}
	d.pos++
	if name, dup := twice(d.stack[base:]); dup {
		return Value{}, d.fault(start, "the member %s occurs twice in this object", quote(name))
	}
	return Value{kind: Object, kids: d.cut(base)}, nil
}

func (d *decoder) array(depth int) (Value, error) {
	if depth > d.lim.Depth {
		return Value{}, d.fault(d.pos, "nested deeper than %d levels", d.lim.Depth)
	}
	d.pos++
	base := len(d.stack)
	if d.peek() == ']' {
		d.pos++
		return Value{kind: Array}, nil
	}
	for {
		v, err := d.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		if err := d.push(Member{Value: v}); err != nil {
			return Value{}, err
		}
		switch d.peek() {
		case ',':
			d.pos++
			d.peek()
		case ']':
			d.pos++
			return Value{kind: Array, kids: d.cut(base)}, nil
		default:
			return Value{}, d.fault(d.pos, "want ',' or ']' after the element, got %s", d.got())
		}
	}
}

func (d *decoder) push(m Member) error {
	if d.count++; d.count > d.lim.Members {
		return d.fault(min(d.pos, len(d.text)), "more than %d members and elements", d.lim.Members)
	}
	d.stack = append(d.stack, m)
	return nil
}

// cut moves the stack's members from base on to the slab.
func (d *decoder) cut(base int) []Member {
	d.used = max(d.used, len(d.stack))
	n := len(d.stack) - base
	if n == 0 {
		return nil
	}
	if cap(d.slab)-len(d.slab) < n {
		d.slab = make([]Member, 0, max(n, slabMax))
	}
	from := len(d.slab)
	d.slab = append(d.slab, d.stack[base:]...)
	d.stack = d.stack[:base]
	return d.slab[from : from+n : from+n]
}

// smallObject is up to how many members names are compared in pairs.
const smallObject = 16

func seen(members []Member, name string) bool {
	for i := range members {
		if sameName(members[i].Name, name) {
			return true
		}
	}
	return false
}

// twice looks for a name that occurs twice in an object too large for pairs.
func twice(members []Member) (name string, dup bool) {
	if len(members) <= smallObject {
		return "", false
	}
	names := make(map[string]struct{}, len(members))
	for i := range members {
		names[lowerName(members[i].Name)] = struct{}{}
		if len(names) == i {
			return members[i].Name, true
		}
	}
	return "", false
}

// trusted are the limits for what we stored ourselves.
var trusted = Limits{Depth: 1000, Members: math.MaxInt}
