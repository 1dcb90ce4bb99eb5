package ui

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// Each character is where Cell says, or out of sight.
func TestInputCell(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	letters := []rune(`abcdefghijklmnopqrstuvwxyz eq "é日本語`)
	for range 2000 {
		text := make([]rune, rnd.IntN(60))
		for i := range text {
			text[i] = letters[rnd.IntN(len(letters))]
		}
		var in Input
		in.Set(string(text))
		in.at = rnd.IntN(len(text) + 1)
		theme := NewTheme(None, false)
		w := 4 + rnd.IntN(70)
		view := ansi.Strip(in.View(theme, w, true))
		seen := 0
		for i, c := range text {
			cell := in.Cell(theme, w, i)
			if cell < 0 {
				continue
			}
			seen++
			if rest := ansi.TruncateLeft(view, cell, ""); !strings.HasPrefix(rest, string(c)) && !strings.HasPrefix(rest, theme.Glyph.Cut) {
				t.Fatalf("%q in %d cells, cursor at %d: %c is not at %d of %q", string(text), w, in.at, c, cell, view)
			}
		}
		if len(text) > 0 && seen == 0 || Width(Clean(string(text), false)) < w && seen < len(text) {
			t.Fatalf("%q in %d cells, cursor at %d: %d are in sight of %q", string(text), w, in.at, seen, view)
		}
		if end := in.Cell(theme, w, len(text)+9); in.at == len(text) && (end < 0 || !strings.HasPrefix(ansi.TruncateLeft(view, end, ""), theme.Glyph.Cursor)) {
			t.Fatalf("%q: the end is at %d of %q", string(text), end, view)
		}
	}
}
