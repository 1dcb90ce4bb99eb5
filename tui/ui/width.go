package ui

import (
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// How many cells a text takes depends on the terminal: some count characters as
// readers see them, others code point by code point, and they differ on Indic
// vowel signs, Thai AM, conjoining Hangul. We count by code point, which is
// never less than what the renderer or any terminal counts. A line may so turn
// out shorter than meant, but never wider: a line that is too wide wraps and
// moves the whole picture.

// Width is how many cells s takes at most. The width of two texts one after the
// other is the sum of both.
func Width(s Safe) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			n++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(string(s[i:]))
		n += runeWidth(r)
		i += size
	}
	return n
}

// runeWidth is how many cells a character of a Safe text takes.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case r >= 0x3400 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3:
		return 2
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	return ansi.StringWidth(string(r))
}

// headBytes is how many bytes at the beginning of s take at most w cells, with
// what is drawn on the last of them.
func headBytes(s Safe, w int) int {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(string(s[i:]))
		if w -= runeWidth(r); w < 0 {
			return i
		}
		i += size
	}
	return len(s)
}

// tail is the end of s that takes at most w cells. It does not begin with a
// mark of a character that was cut off.
func tail(s Safe, w int) Safe {
	over := Width(s) - w
	if over <= 0 {
		return s
	}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(string(s[i:]))
		if over <= 0 && !attaches(r) {
			return s[i:]
		}
		over -= runeWidth(r)
		i += size
	}
	return ""
}

// lineWidth is the Width of a line that may hold attributes.
func lineWidth(line string) int {
	n := 0
	for i := 0; i < len(line); {
		if a := attributes(line[i:]); a > 0 {
			i += a
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		n += runeWidth(r)
		i += size
	}
	return n
}

// cutLine cuts a line that may hold attributes to at most w cells, and ends them.
func cutLine(line string, w int) string {
	on := false
	for i := 0; i < len(line); {
		if a := attributes(line[i:]); a > 0 {
			on = line[i:i+a] != Reset
			i += a
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		if w -= runeWidth(r); w < 0 {
			line = line[:i]
			break
		}
		i += size
	}
	if on {
		line += Reset
	}
	return line
}
