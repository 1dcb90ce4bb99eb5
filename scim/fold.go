package scim

import (
	"unicode"
	"unicode/utf8"
)

// Fold gives the form in which values that have no case are compared and
// indexed: Unicode simple case folding, ASCII to lower case. Two strings have
// the same Fold exactly when strings.EqualFold says that they are equal. It is
// no text to show: letters beyond ASCII mostly turn into capitals.
func Fold(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return string(appendFold(make([]byte, 0, len(s)+8), s))
		}
	}
	return s
}

// appendFold appends the Fold of s to dst.
func appendFold(dst []byte, s string) []byte {
	for _, r := range s {
		if r < utf8.RuneSelf {
			dst = append(dst, lower(byte(r)))
		} else {
			dst = utf8.AppendRune(dst, foldRune(r))
		}
	}
	return dst
}

// foldRune gives one representative of the runes that simple case folding
// holds for equal: the smallest of them, or its lower case if that is ASCII.
// So the Kelvin sign becomes k, and the long s becomes s.
func foldRune(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r { // once around the orbit: next is its smallest rune
			r = next
			break
		}
		r = next
	}
	if 'A' <= r && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}
