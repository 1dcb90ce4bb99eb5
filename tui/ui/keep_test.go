package ui

import "testing"

func TestCutKeeping(t *testing.T) {
	theme := NewTheme(None, false)
	for _, c := range []struct {
		text Safe
		keep int
		w    int
		want Safe
	}{
		{"find user userName=ada → 0", 6, 30, "find user userName=ada → 0"},
		{"find user userName=ada → 0", 6, 17, "find user us… → 0"},
		{"find user userName=ada → 0", 0, 10, "find user…"},
		{"find user userName=ada → 0", 6, 6, "find …"},
	} {
		got := theme.CutKeeping(c.text, c.keep, c.w)
		if got != c.want {
			t.Errorf("CutKeeping(%q, %d, %d) = %q, want %q", c.text, c.keep, c.w, got, c.want)
		}
		if Width(got) > c.w {
			t.Errorf("CutKeeping(%q, %d, %d) takes %d cells", c.text, c.keep, c.w, Width(got))
		}
	}
}
