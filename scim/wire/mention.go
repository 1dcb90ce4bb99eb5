package wire

import (
	"bytes"
	"iter"
	"strconv"
	"unicode/utf8"
)

// mentions reports whether b contains word (lower case, no letter twice as its
// beginning), whatever the case, with NULs between, or escaped as JSON or a URL does.
func mentions(b []byte, word string) bool {
	if word == "password" {
		switch glance(b) {
		case absent:
			return false
		case present:
			return true
		}
	}
	return mentionsEscaped(b, word)
}

// textMentions is mentions of a password for a text, which is short as a rule.
func textMentions(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case 'w', 'W', '\\', '%':
			if mayBePassword(s, i) {
				return mentionsEscaped([]byte(s), "password")
			}
		}
	}
	return false
}

// mayBePassword reports whether there is a w at i that may be the one of a password.
func mayBePassword(s string, i int) bool {
	n := sizeOfW(s, i)
	return n > 0 && passwordAround(s, i, i+n) != absent
}

// What a glance tells.
type glimpse byte

const (
	absent  glimpse = iota // password is not mentioned
	present                // it is
	unclear                // only a closer look can tell
)

// glance looks for a password.
func glance(b []byte) glimpse {
	for _, g := range glances(b) {
		return g
	}
	return absent
}

// glances are the places of the w in what is, or may be, a password. The processor
// finds this letter, the rarest of the word, many bytes at a time. There is but one in
// it, and nothing else folds to one.
func glances(b []byte) iter.Seq2[int, glimpse] {
	return func(yield func(int, glimpse) bool) {
		for _, c := range [...]byte{'w', 'W', '\\', '%'} {
			for from := 0; ; {
				i := bytes.IndexByte(b[from:], c)
				if i < 0 {
					break
				}
				i += from
				from = i + 1
				if n := sizeOfW(b, i); n > 0 {
					if g := passwordAround(b, i, i+n); g != absent && !yield(i, g) {
						return
					}
				}
			}
		}
	}
}

// sizeOfW is how many bytes the w at i has, escaped or not; 0 if there is none.
func sizeOfW[T string | []byte](b T, i int) int {
	switch c := b[i]; {
	case c == 'w' || c == 'W':
		return 1
	case c == '%' && i+2 < len(b) && (b[i+1] == '7' || b[i+1] == '5') && b[i+2] == '7':
		return 3
	case c == '\\' && i+5 < len(b) && b[i+1] == 'u' && b[i+2] == '0' && b[i+3] == '0' && (b[i+4] == '7' || b[i+4] == '5') && b[i+5] == '7':
		return 6
	}
	return 0
}

// passwordAround compares what stands around a w with the word, as far as its
// letters stand for themselves.
func passwordAround[T string | []byte](b T, from, to int) glimpse {
	const before, behind = "pass", "ord"
	for k := len(before) - 1; k >= 0; k-- {
		if from == 0 {
			return absent
		}
		if from--; b[from]|0x20 != before[k] {
			return glimpseIf(endsOther(b, from))
		}
	}
	for k := range len(behind) {
		if to == len(b) {
			return absent
		}
		if c := b[to]; c|0x20 != behind[k] {
			return glimpseIf(c == '\\' || c == '%' || c == 0)
		}
		to++
	}
	return present
}

func glimpseIf(doubt bool) glimpse {
	if doubt {
		return unclear
	}
	return absent
}

// endsOther reports whether the byte at i may end what stands for a letter, or for
// nothing, without being that letter: a NUL, a long s, or an escape.
func endsOther[T string | []byte](b T, i int) bool {
	return b[i] == 0 || b[i] == '\xbf' || i >= 2 && b[i-2] == '%' || i >= 5 && b[i-5] == '\\'
}

func mentionsEscaped(b []byte, word string) bool {
	at := 0
	for i := 0; i < len(b); {
		r, size := rune(b[i]), 1
		switch {
		case r == '\\' && i+5 < len(b) && b[i+1] == 'u':
			if n, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 32); err == nil {
				r, size = rune(n), 6
			}
		case r == '%' && i+2 < len(b):
			if n, err := strconv.ParseUint(string(b[i+1:i+3]), 16, 8); err == nil {
				r, size = rune(n), 3
			}
		case r >= utf8.RuneSelf:
			r, size = utf8.DecodeRune(b[i:])
		}
		i += size
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r == 'ſ': // folds to s
			r = 's'
		case r == 0:
			continue
		}
		switch {
		case r == rune(word[at]):
			if at++; at == len(word) {
				return true
			}
		case r == rune(word[0]):
			at = 1
		default:
			at = 0
		}
	}
	return false
}
