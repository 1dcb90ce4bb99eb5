package scim

import (
	"bytes"
	"cmp"
	"time"
	"unicode/utf8"
)

// How stored values compare: texts, numbers and dates as they stand in JSON,
// without a conversion that would lose digits or allocate.

// appendDecoded appends what a JSON string says to dst. body is what stands
// between its quotes. With fold it is the Fold of that.
func appendDecoded(dst, body []byte, fold bool) []byte {
	for i := 0; i < len(body); {
		c := body[i]
		if c < utf8.RuneSelf && c != '\\' {
			if fold {
				c = lower(c)
			}
			dst = append(dst, c)
			i++
			continue
		}
		var r rune
		var n int
		if c == '\\' {
			r, n = unescape(body[i:])
		} else {
			r, n = utf8.DecodeRune(body[i:])
		}
		if fold {
			r = foldRune(r)
		}
		dst = utf8.AppendRune(dst, r)
		i += max(n, 1)
	}
	return dst
}

// holds reports whether a text stands in the relation o to want.
func (o Op) holds(text, want []byte) bool {
	switch o {
	case Eq:
		return bytes.Equal(text, want)
	case Ne:
		return !bytes.Equal(text, want)
	case Co:
		return bytes.Contains(text, want)
	case Sw:
		return bytes.HasPrefix(text, want)
	case Ew:
		return bytes.HasSuffix(text, want)
	}
	return o.orders(bytes.Compare(text, want))
}

// orders reports whether o fits a comparison's outcome: -1, 0 or +1.
func (o Op) orders(outcome int) bool {
	switch o {
	case Eq:
		return outcome == 0
	case Ne:
		return outcome != 0
	case Gt:
		return outcome > 0
	case Ge:
		return outcome >= 0
	case Lt:
		return outcome < 0
	case Le:
		return outcome <= 0
	}
	return false
}

// number is a JSON number, exactly: 0.d1d2d3… × 10^scale with d1 not 0. Its
// digits are those of whole and then those of fraction, of which the first
// skip are zeros.
type number struct {
	negative        bool
	whole, fraction []byte
	skip            int
	scale           int
}

// parseNumber takes a JSON number apart; it does not check the grammar.
func parseNumber(b []byte) number {
	const largest = 1 << 40 // an exponent beyond it compares as if it were it
	var d number
	if len(b) > 0 && b[0] == '-' {
		d.negative, b = true, b[1:]
	}
	if i := bytes.IndexAny(b, "eE"); i >= 0 {
		digits := bytes.TrimLeft(b[i+1:], "+-")
		for _, c := range digits {
			d.scale = min(d.scale*10+int(c-'0'), largest)
		}
		if i+1 < len(b) && b[i+1] == '-' {
			d.scale = -d.scale
		}
		b = b[:i]
	}
	d.whole, d.fraction, _ = bytes.Cut(b, []byte("."))
	n := len(d.whole) + len(d.fraction)
	for d.skip < n && d.digit(0) == '0' {
		d.skip++
	}
	if d.skip == n {
		return number{} // every zero is the same, also -0
	}
	d.scale += len(d.whole) - d.skip
	return d
}

// digit gives the digit at i after the leading zeros, 0s without end after the last.
func (d *number) digit(i int) byte {
	i += d.skip
	if i < len(d.whole) {
		return d.whole[i]
	}
	if i -= len(d.whole); i < len(d.fraction) {
		return d.fraction[i]
	}
	return '0'
}

func (d *number) zero() bool { return len(d.whole)+len(d.fraction) == 0 }

func (d *number) compare(e *number) int {
	if d.negative != e.negative {
		if d.negative {
			return -1
		}
		return +1
	}
	outcome := d.compareSize(e)
	if d.negative {
		return -outcome
	}
	return outcome
}

func (d *number) compareSize(e *number) int {
	if d.zero() || e.zero() {
		return cmp.Compare(len(d.whole)+len(d.fraction), len(e.whole)+len(e.fraction))
	}
	if d.scale != e.scale {
		return cmp.Compare(d.scale, e.scale)
	}
	n := max(len(d.whole)+len(d.fraction)-d.skip, len(e.whole)+len(e.fraction)-e.skip)
	for i := range n {
		if c := cmp.Compare(d.digit(i), e.digit(i)); c != 0 {
			return c
		}
	}
	return 0
}

// instant is a point in time, exactly, however many digits its fraction has.
type instant struct {
	seconds  int64  // since 1970
	fraction []byte // digits of the second's fraction, no trailing zeros
}

// parseInstant reads an xsd:dateTime (RFC 7643 §2.3.5). One without a zone is
// taken for UTC. ok is false for anything else, dates alone included.
func parseInstant(b []byte) (at instant, ok bool) {
	const layout = "2006-01-02T15:04:05"
	if len(b) < len(layout) || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return at, false
	}
	var field [6]int
	for i, at := range [...][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		if field[i], ok = digits(b[at[0]:at[1]]); !ok {
			return instant{}, false
		}
	}
	t := time.Date(field[0], time.Month(field[1]), field[2], field[3], field[4], field[5], 0, time.UTC)
	if t.Month() != time.Month(field[1]) || t.Day() != field[2] || t.Hour() != field[3] || t.Minute() != field[4] || t.Second() != field[5] {
		return at, false
	}
	at.seconds = t.Unix()
	rest := b[len(layout):]
	if len(rest) > 0 && rest[0] == '.' {
		n := 1
		for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
			n++
		}
		if n == 1 {
			return at, false
		}
		at.fraction = bytes.TrimRight(rest[1:n], "0")
		rest = rest[n:]
	}
	offset, ok := zone(rest)
	at.seconds -= offset
	return at, ok
}

// zone reads Z, +hh:mm, -hh:mm or nothing, in seconds east.
func zone(b []byte) (seconds int64, ok bool) {
	if len(b) == 0 || len(b) == 1 && b[0] == 'Z' {
		return 0, true
	}
	if len(b) != 6 || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return 0, false
	}
	hours, ok := digits(b[1:3])
	minutes, ok2 := digits(b[4:6])
	if !ok || !ok2 || hours > 23 || minutes > 59 {
		return 0, false
	}
	seconds = int64(hours*3600 + minutes*60)
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func (a *instant) compare(b *instant) int {
	if c := cmp.Compare(a.seconds, b.seconds); c != 0 {
		return c
	}
	return bytes.Compare(a.fraction, b.fraction)
}
