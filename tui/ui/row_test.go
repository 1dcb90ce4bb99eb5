package ui

import (
	"strings"
	"testing"
)

func TestRow(t *testing.T) {
	th := NewTheme(Dark, false)
	parts := []Part{
		Col("on", 5, 2, OK),
		{Text: "ada@example.com", Min: 8, Fill: true},
		{Text: "14:02:11", Role: Muted},
	}
	tests := []struct {
		name string
		w    int
		want string
	}{
		{"room", 40, "› on   ada@example.com          14:02:11"},
		{"exact", 30, "› on   ada@example.com14:02:11"},
		{"the fill part is cut first", 26, "› on   ada@exampl…14:02:11"},
		{"down to its least, then from the right", 20, "› on   ada@exa…14:0…"},
		{"nearly nothing", 1, "…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			have := th.Row(tt.w, true, parts...)
			if s := Strip(have); s != tt.want {
				t.Errorf("\nhave %q\nwant %q", s, tt.want)
			}
			if n := strings.Count(have, "\x1b"); n != 2 {
				t.Errorf("a selected row has colours inside: %q", have)
			}
			for _, selected := range []bool{false, true} {
				row := th.Row(tt.w, selected, parts...)
				if err := Check([]string{row}, tt.w, 1); err != nil {
					t.Error(err)
				}
				if n := Width(Safe(Strip(row))); n != tt.w {
					t.Errorf("%d cells, want %d", n, tt.w)
				}
			}
		})
	}
}

func TestRowSurvivesOtherScripts(t *testing.T) {
	th := NewTheme(Dark, false)
	for _, name := range []string{"日本語", "👩‍💻 Ada", "⚠️ warning", "🇬🇧", "éé", "עדה לאבלייס", strings.Repeat("long ", 60), "हिन्दी"} {
		for w := range 40 {
			row := th.Row(w, w%2 == 0, Part{Text: Clean(name, false), Fill: true, Min: 4}, Part{Text: "|", Role: Muted})
			if err := Check([]string{row}, w, 1); err != nil {
				t.Fatal(name, err)
			}
			s := Strip(row)
			if n := Width(Safe(s)); n != w {
				t.Fatalf("%s in %d cells takes %d: %q", name, w, n, s)
			}
			if w > 10 && !strings.HasSuffix(s, "|") {
				t.Fatalf("%s: the edge is gone: %q", name, s)
			}
		}
	}
}

func TestBeside(t *testing.T) {
	th := NewTheme(None, false)
	have := th.Beside([]string{"left", th.Paint(Err, "far too long")}, []string{"a", "b", "c"}, 8, 14)
	want := "left    │ a\nfar too…│ b\n        │ c\n"
	if s := Plain(have); s != want {
		t.Errorf("\n%s\nwant\n%s", s, want)
	}
	if err := Check(have, 14, 3); err != nil {
		t.Error(err)
	}
}

func TestCheckFindsEachFault(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  string
	}{
		{"good", []string{"abc", "\x1b[7mab\x1b[0m"}, ""},
		{"too few", []string{"a"}, "1 lines, want 2"},
		{"too wide", []string{"abcd", ""}, "4 cells"},
		{"control", []string{"a\tb", ""}, "control character U+0009"},
		{"clear screen", []string{"\x1b[2J", ""}, "control character U+001B"},
		{"bidi", []string{"\u202e", ""}, "control character U+202E"},
		{"attributes stay on", []string{"\x1b[1mab", ""}, "attributes stay on"},
		{"broken UTF-8", []string{"\xff", ""}, "invalid UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Check(tt.lines, 3, 2)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("have %v, want %q", err, tt.want)
			}
		})
	}
}

func TestList(t *testing.T) {
	var l List
	l.Set(100, 10)
	steps := []struct {
		key      string
		sel, top int
	}{
		{"k", 0, 0},
		{"j", 1, 0},
		{"pgdown", 10, 1},
		{"ctrl+d", 15, 6},
		{"k", 14, 6},
		{"G", 99, 90},
		{"down", 99, 90},
		{"pgup", 90, 90},
		{"ctrl+u", 85, 85},
		{"home", 0, 0},
	}
	for _, s := range steps {
		if !l.Key(s.key) {
			t.Fatalf("%s is no key of the list", s.key)
		}
		if l.Sel != s.sel || l.Top != s.top {
			t.Fatalf("after %s: selected %d, top %d; want %d, %d", s.key, l.Sel, l.Top, s.sel, s.top)
		}
	}
	if l.Key("x") {
		t.Error("x is a key of the list")
	}
	l.Select(99)
	l.Set(5, 10)
	if from, to := l.Visible(); l.Sel != 4 || from != 0 || to != 5 {
		t.Errorf("after shrinking: selected %d, rows %d to %d", l.Sel, from, to)
	}
	l.Set(0, 10)
	if from, to := l.Visible(); l.Sel != 0 || from != 0 || to != 0 {
		t.Errorf("empty: selected %d, rows %d to %d", l.Sel, from, to)
	}
}

func BenchmarkRow(b *testing.B) {
	th := NewTheme(Dark, false)
	b.ReportAllocs()
	for b.Loop() {
		th.Row(140, false, Col("on", 5, 2, OK), Part{Text: "ada@example.com", Fill: true}, Col("Ada Lovelace", 20, 1, Text), Col("14:02:11", 10, 0, Muted))
	}
}
