package scim

import (
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The strings and numbers of JSON, as decoder reads them.

// plain tells which bytes stand for themselves in a JSON string.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 256; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// plainEnd gives the end of the bytes from i on that stand for themselves. It
// looks at eight at a time: strings are most of a body.
func plainEnd(s string, i int) int {
	for ; i+8 <= len(s); i += 8 {
		if at := special(load(s[i : i+8])); at != 0 {
			return i + bits.TrailingZeros64(at)/8
		}
	}
	for i < len(s) && plain[s[i]] {
		i++
	}
	return i
}

const (
	ones  = 0x0101010101010101 // times a byte: that byte eight times
	highs = 0x80 * ones
)

func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// special marks, in its lowest bit that is set, the first of eight bytes that is
// a control character, a quote or a backslash; 0 if there is none. A byte that is
// less than what is taken from it borrows from those after it only.
func special(w uint64) uint64 {
	quote, slash := w^('"'*ones), w^('\\'*ones)
	return ((w-0x20*ones)&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs
}

func (d *decoder) string() (string, error) {
	from := d.pos + 1
	i := plainEnd(d.text, from)
	if i < len(d.text) && d.text[i] == '"' {
		d.pos = i + 1
		return d.text[from:i], nil
	}
	d.buf = d.buf[:0]
	for {
		d.buf = append(d.buf, d.text[from:i]...)
		if i == len(d.text) {
			return "", d.fault(i, "want '\"' at the end of a string, got the end of the text")
		}
		switch c := d.text[i]; {
		case c == '"':
			d.pos = i + 1
			return string(d.buf), nil
		case c < 0x20:
			return "", d.fault(i, "the control character %q has to be escaped in a string", rune(c))
		}
		var err error
		if i, err = d.escape(i); err != nil {
			return "", err
		}
		from = i
		i = plainEnd(d.text, i)
	}
}

// escape decodes the escape sequence at i into buf and returns where it ends.
func (d *decoder) escape(i int) (int, error) {
	if i+1 >= len(d.text) {
		return 0, d.fault(len(d.text), "want the rest of an escape sequence, got the end of the text")
	}
	c := d.text[i+1]
	if p := strings.IndexByte(`"\/bfnrt`, c); p >= 0 {
		d.buf = append(d.buf, "\"\\/\b\f\n\r\t"[p])
		return i + 2, nil
	}
	if c != 'u' {
		r, _ := utf8.DecodeRuneInString(d.text[i+1:])
		return 0, d.fault(i, "%q does not begin an escape sequence of JSON", `\`+string(r))
	}
	r, ok := hex4(d.text[i+2:])
	switch {
	case !ok:
		return 0, d.fault(i, `want four hexadecimal digits after \u`)
	case r == 0:
		return 0, d.faultOf(InvalidValue, i, "the character U+0000 is not accepted in a value")
	case utf16.IsSurrogate(r):
		var low rune
		if strings.HasPrefix(d.text[i+6:], `\u`) {
			low, _ = hex4(d.text[i+8:])
		}
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return 0, d.fault(i, "%s is half of a surrogate pair", d.text[i:i+6])
		}
		d.buf = utf8.AppendRune(d.buf, r)
		return i + 12, nil
	}
	d.buf = utf8.AppendRune(d.buf, r)
	return i + 6, nil
}

func (d *decoder) number() (string, error) {
	from := d.pos
	if d.text[d.pos] == '-' {
		d.pos++
	}
	zero := d.pos < len(d.text) && d.text[d.pos] == '0'
	n := d.digits()
	if n == 0 {
		return "", d.fault(d.pos, "want a digit, got %s", d.got())
	}
	if zero && n > 1 {
		return "", d.fault(from, "a number does not begin with a superfluous 0")
	}
	if d.pos < len(d.text) && d.text[d.pos] == '.' {
		d.pos++
		if d.digits() == 0 {
			return "", d.fault(d.pos, "want a digit after the decimal point, got %s", d.got())
		}
	}
	if d.pos < len(d.text) && d.text[d.pos]|0x20 == 'e' {
		d.pos++
		if d.pos < len(d.text) && (d.text[d.pos] == '+' || d.text[d.pos] == '-') {
			d.pos++
		}
		if d.digits() == 0 {
			return "", d.fault(d.pos, "want a digit in the exponent, got %s", d.got())
		}
	}
	return d.text[from:d.pos], nil
}

func (d *decoder) digits() int {
	from := d.pos
	for d.pos < len(d.text) && '0' <= d.text[d.pos] && d.text[d.pos] <= '9' {
		d.pos++
	}
	return d.pos - from
}

func firstInvalid(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(s)
}
