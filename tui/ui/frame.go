package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Check tells how lines break the contract of a frame of w by h cells, or nil:
// exactly h lines, none wider than w, valid UTF-8, no control character except
// in attribute sequences, and all attributes off at the end of each line.
//
// The renderer hides every one of these faults (it cuts wide lines without a
// sign and drops lines from the top), so tests check all frames with this.
func Check(lines []string, w, h int) error {
	if len(lines) != h {
		return fmt.Errorf("%d lines, want %d", len(lines), h)
	}
	for i, line := range lines {
		if err := checkLine(line, w); err != nil {
			return fmt.Errorf("line %d: %w\n%q", i+1, err, line)
		}
	}
	return nil
}

func checkLine(line string, w int) error {
	if !utf8.ValidString(line) {
		return fmt.Errorf("invalid UTF-8")
	}
	on := false
	for i := 0; i < len(line); {
		if n := attributes(line[i:]); n > 0 {
			on = line[i:i+n] != Reset
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(line[i:])
		if r < 0x20 || r >= 0x7f && (r < 0xa0 || dropped(r) || hidden(r)) {
			return fmt.Errorf("control character %U", r)
		}
		i += n
	}
	if on {
		return fmt.Errorf("attributes stay on at its end")
	}
	if n := max(lineWidth(line), ansi.StringWidth(line)); n > w {
		return fmt.Errorf("%d cells wide, want at most %d", n, w)
	}
	return nil
}

// attributes is the length of the attribute sequence that s begins with (ESC [
// digits and semicolons m), the only kind that a frame may hold; 0: none.
func attributes(s string) int {
	if len(s) < 3 || s[0] != 0x1b || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

// Strip removes the attributes from a line.
func Strip(line string) string {
	var b strings.Builder
	for line != "" {
		if n := attributes(line); n > 0 {
			line = line[n:]
			continue
		}
		n := 1 + strings.IndexByte(line[1:], 0x1b)
		if n == 0 {
			n = len(line)
		}
		b.WriteString(line[:n])
		line = line[n:]
	}
	return b.String()
}

// Plain is a frame as text: without attributes and without blanks at the ends of lines.
func Plain(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight(Strip(line), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
