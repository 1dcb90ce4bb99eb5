package scim

import (
	"math/bits"
	"strconv"
	"unicode/utf8"
)

// Append appends v to dst as compact JSON: no blanks, members in order, of the
// escapes only those that JSON demands, in their shortest form. Equal text thus
// has equal bytes, which Filter.Match builds on. Absent is written as null.
func (v Value) Append(dst []byte) []byte {
	switch v.kind {
	case Bool, Number:
		return append(dst, v.text...)
	case String:
		return appendString(dst, v.text)
	case Array:
		dst = append(dst, '[')
		for i := range v.kids {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = v.kids[i].Value.Append(dst)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i := range v.kids {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, v.kids[i].Name)
			dst = append(dst, ':')
			dst = v.kids[i].Value.Append(dst)
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}

// appendString appends s as a JSON string; invalid UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	dst = appendText(dst, s)
	return append(dst, '"')
}

// appendText appends s as it stands inside a JSON string.
func appendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	from := 0
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			w := load(s[i : i+8])
			at := special(w) | w&highs
			if at == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(at) / 8
		}
		c := s[i]
		if c < utf8.RuneSelf && plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(append(dst, s[from:i]...), "\ufffd"...)
				from = i + 1
			}
			i += n
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		from = i
	}
	return append(dst, s[from:]...)
}

// longestQuote is how much of an input an error text or a note has.
const longestQuote = 80

// quote quotes input for an error text or a note, cut to a readable length.
func quote(s string) string {
	if len(s) <= longestQuote {
		return strconv.Quote(s)
	}
	cut := longestQuote
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut] + "…")
}

// describe tells what a value is, for an error text: a short scalar itself, else its kind.
func (v Value) describe() string {
	switch v.kind {
	case String:
		return quote(v.text)
	case Bool:
		return v.text
	case Number:
		if len(v.text) <= 20 {
			return "the number " + v.text
		}
	}
	return v.kind.String()
}
