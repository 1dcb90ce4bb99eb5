package ui

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// sgr is the only kind of escape sequence that a frame may hold.
var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

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
	if n := ansi.StringWidth(line); n > w {
		return fmt.Errorf("%d cells wide, want at most %d", n, w)
	}
	for _, r := range sgr.ReplaceAllString(line, "") {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || dropped(r) || hidden(r) {
			return fmt.Errorf("control character %U", r)
		}
	}
	if all := sgr.FindAllString(line, -1); len(all) > 0 && all[len(all)-1] != Reset {
		return fmt.Errorf("attributes stay on at its end")
	}
	return nil
}

// Strip removes the attributes from a line.
func Strip(line string) string { return sgr.ReplaceAllString(line, "") }

// Plain is a frame as text: without attributes and without blanks at the ends of lines.
func Plain(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight(Strip(line), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
