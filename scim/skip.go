package scim

import (
	"encoding/binary"
	"math/bits"
)

// Passing over JSON that nobody looks into, for Walk: nothing is checked.

func skipBlank(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// The bytes that matter when a value is passed.
const (
	_       = iota
	opening // of an object or array
	closing
	quoting // begins a string
)

var matters = [256]uint8{'{': opening, '[': opening, '}': closing, ']': closing, '"': quoting}

// skipWhole returns the end of the value at i, -1 when there is none or the
// text ends before it does. Brackets are counted, not matched.
func skipWhole(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch matters[b[i]] {
	case quoting:
		end, _ := wholeString(b, i)
		return end
	case opening:
		return skipOpened(b, i+1)
	}
	for from := i; i < len(b); i++ {
		if endsValue(b[i]) {
			if i == from {
				return -1
			}
			return i
		}
	}
	return -1
}

// skipOpened is skipWhole for an object or array; i is behind its bracket.
func skipOpened(b []byte, i int) int {
	for depth := 1; i < len(b); {
		switch matters[b[i]] {
		case quoting:
			if i, _ = wholeString(b, i); i < 0 {
				return -1
			}
			if i+1 < len(b) && b[i+1] == '"' && (b[i] == ':' || b[i] == ',') {
				i++ // mostly another string follows
			}
			continue
		case opening:
			depth++
		case closing:
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

// wholeString is skipString for a text that may end inside the string: -1 then.
// It also tells whether there is a backslash in it. Most strings are short, so
// eight bytes at a time cost less than a call for the next quote.
func wholeString(b []byte, i int) (end int, escaped bool) {
	for i++; i < len(b); {
		if len(b)-i >= 8 {
			found := special(binary.LittleEndian.Uint64(b[i:]))
			if found == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(found) / 8
		}
		switch b[i] {
		case '"':
			return i + 1, escaped
		case '\\':
			escaped = true
			i++
		}
		i++
	}
	return -1, escaped
}
