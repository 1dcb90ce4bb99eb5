package ui

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// cleanTests are also the seeds of the fuzz tests.
var cleanTests = []struct {
	name, in       string
	unicode, ascii Safe
}{
	{"plain", "ada@example.com", "ada@example.com", "ada@example.com"},
	{"escape", "a\x1b[2Jb", "a␛[2Jb", `a\x1b[2Jb`},
	{"OSC 52", "\x1b]52;c;aGk=\a", "␛]52;c;aGk=␇", `\x1b]52;c;aGk=\x07`},
	{"newline", "a\nb\r", "a␊b␍", `a\x0ab\x0d`},
	{"delete", "a\x7f", "a␡", `a\x7f`},
	{"C1 as two bytes", "a\u009b2J", `a\u009b2J`, `a\u009b2J`},
	{"C1 as one byte", "a\x9b2J", `a\x9b2J`, `a\x9b2J`},
	{"broken UTF-8", "a\xe2\x82", `a\xe2\x82`, `a\xe2\x82`},
	{"right-to-left override", "a\u202egpj.exe", `a\u202egpj.exe`, `a\u202egpj.exe`},
	{"zero width", "a\u200bb\ufeff", `a\u200bb\ufeff`, `a\u200bb\ufeff`},
	{"tag", "a\U000e0041", `a\U000e0041`, `a\U000e0041`},
	{"line separator", "a\u2028b", `a\u2028b`, `a\u2028b`},
	{"VS16", "⚠️!", "⚠!", "⚠!"},
	{"ZWJ", "👩‍💻", "👩💻", "👩💻"},
	{"skin tone", "👍🏽", "👍", "👍"},
	{"flag", "🇬🇧", "GB", "GB"},
	{"combining", "e\u0301", "e\u0301", "e\u0301"},
	{"mark in front", "\u0301e", `\u0301e`, `\u0301e`},
	{"marks without end", "e" + strings.Repeat("\u0301", 8), "e" + Safe(strings.Repeat("\u0301", 6)) + `\u0301\u0301`, "e" + Safe(strings.Repeat("\u0301", 6)) + `\u0301\u0301`},
	{"Hebrew", "עדה", "עדה", "עדה"},
	{"CJK", "日本語", "日本語", "日本語"},
	{"Hindi", "हिन्दी", "हिन्दी", "हिन्दी"},
	{"signs of a sentence", "find ada… → 0", "find ada… → 0", "find ada~ -> 0"},
	{"filler", "a\u3164", `a\u3164`, `a\u3164`},
}

func TestClean(t *testing.T) {
	for _, tt := range cleanTests {
		t.Run(tt.name, func(t *testing.T) {
			if have := Clean(tt.in, false); have != tt.unicode {
				t.Errorf("unicode:\nhave %q\nwant %q", have, tt.unicode)
			}
			if have := Clean(tt.in, true); have != tt.ascii {
				t.Errorf("ascii:\nhave %q\nwant %q", have, tt.ascii)
			}
		})
	}
}

func TestCleanLineTakesTabs(t *testing.T) {
	if have := CleanLine([]byte("\t\"a\""), false); have != `  "a"` {
		t.Errorf("have %q", have)
	}
}

func FuzzClean(f *testing.F) {
	for _, tt := range cleanTests {
		f.Add(tt.in, 5)
	}
	f.Add("日本!", 1) // no cell is wide enough for one of them
	th := NewTheme(Dark, false)
	f.Fuzz(func(t *testing.T, s string, w int) {
		w = w & 63
		for _, ascii := range []bool{false, true} {
			c := Clean(s, ascii)
			if err := Check([]string{string(c)}, Width(c), 1); err != nil {
				t.Fatalf("Clean(%q): %v", s, err)
			}
			if !utf8.ValidString(string(c)) {
				t.Fatalf("Clean(%q) = %q is invalid UTF-8", s, c)
			}
			if n := ansi.StringWidth(string(c)); n > Width(c) {
				t.Fatalf("Width(%q) = %d, the renderer says %d", c, Width(c), n)
			}
			if again := Clean(string(c), ascii); again != c {
				t.Fatalf("cleaning twice: %q, then %q", c, again)
			}
			if n := Width(c + c); n != 2*Width(c) {
				t.Fatalf("width of %q twice: %d, want %d", c, n, 2*Width(c))
			}
			if n := ansi.StringWidth(string(c + c)); n > 2*Width(c) {
				t.Fatalf("%q twice: the renderer says %d, want at most %d", c, n, 2*Width(c))
			}
			cut := th.Cut(c, w)
			if Width(cut) > w {
				t.Fatalf("Cut(%q, %d) = %q: %d cells", c, w, cut, Width(cut))
			}
			if n := Width(Pad(cut, w)); n != w {
				t.Fatalf("Pad(Cut(%q, %d)): %d cells", c, w, n)
			}
			for _, line := range Wrap(c, w) {
				if Width(line) > max(w, 2) {
					t.Fatalf("Wrap(%q, %d): line %q", c, w, line)
				}
			}
		}
	})
}

// TestWidthIsNeverTooSmall tries every character beside characters that it might join with.
func TestWidthIsNeverTooSmall(t *testing.T) {
	for r := rune(0x20); r < 0x20000; r++ {
		if r >= 0x3400 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3 || r >= 0xe000 && r <= 0xf8ff {
			r += 96 // Han, Hangul and private characters are all alike
		}
		for _, beside := range []string{"", "1", "क", "ᄀ"} {
			c := Clean(beside+string(r), false)
			if n := ansi.StringWidth(string(c)); n > Width(c) {
				t.Fatalf("%U in %q: Width %d, the renderer says %d", r, c, Width(c), n)
			}
		}
	}
}

func BenchmarkClean(b *testing.B) {
	for name, s := range map[string]string{"ascii": "replace ada@example.com  3 fields", "cjk": "日本語 ada@example.com 日本語"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Clean(s, false)
			}
		})
	}
}
