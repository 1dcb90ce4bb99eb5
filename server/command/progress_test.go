package command

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		noun         string
		ascii        bool
		took         time.Duration
		n, done, all int64
		width        int
		want         string
	}{
		{"line", true, 5 * time.Second, 41_234, 50, 100, 100, "importing  [############            ]   50 %  41,234 lines  8,247/s  5.0 s left"},
		{"line", false, 5 * time.Second, 41_234, 50, 100, 100, "importing  ━━━━━━━━━━━━────────────   50 %  41,234 lines  8,247/s  5.0 s left"},
		{"line", true, 5 * time.Second, 41_234, 50, 100, 60, "importing   50 %  41,234 lines  8,247/s  5.0 s left"},
		{"line", true, 5 * time.Second, 41_234, 50, 100, 42, "importing   50 %  41,234 lines  5.0 s left"},
		{"line", true, 5 * time.Second, 41_234, 50, 100, 30, "importing   50 %  5.0 s left"},
		{"line", true, 5 * time.Second, 41_234, 50, 100, 12, "importing"},
		{"line", true, 5 * time.Second, 41_234, 50, 100, 3, ""},
		{"line", true, 2 * time.Second, 1, 0, 0, 100, "importing  1 line  1/s"}, // how much there is is not known
		{"", true, 100 * time.Second, 2_000_000, 2_000_000, 1_000_000, 100, "importing  [########################]  100 %  2.0 MB  20 kB/s  0.0 s left"},
		{"", true, 2 * time.Second, 3_000_000, 3_000_000, 3_000_000_000, 100, "importing  [                        ]    0 %  3.0 MB  1.5 MB/s  33 min 18 s left"},
	} {
		g := &progress{verb: "importing", noun: c.noun, ascii: c.ascii}
		have := g.line(c.took, c.n, c.done, c.all, c.width)
		if have != c.want {
			t.Errorf("have %q\nwant %q", have, c.want)
		}
		if cells(have) > c.width {
			t.Errorf("%q is wider than %d", have, c.width)
		}
	}
}

// A progress is drawn on a terminal only, from the second second on, and goes
// when something else is to be said.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := &Program{Stderr: &out, Columns: func() int { return 80 }}
	g := p.progress("importing", "line", true)
	g.show(1, 1, 2)
	if out.Len() > 0 {
		t.Errorf("at once: %q", &out)
	}
	g.began = g.began.Add(-10 * time.Second)
	g.show(5, 1, 2)
	if s := out.String(); !strings.HasPrefix(s, "\rimporting  [") || strings.Contains(s, "\n") {
		t.Errorf("on the terminal: %q", s)
	}
	out.Reset()
	g.show(5, 1, 2) // too soon
	if out.Len() > 0 {
		t.Errorf("again: %q", &out)
	}
	if took := g.took(20); took != "in 10 s (2/s)" || strings.Trim(out.String(), "\r ") != "" {
		t.Errorf("%q, %q", took, &out)
	}
	out.Reset()
	p.Columns = nil
	g = p.progress("importing", "line", true)
	g.began = g.began.Add(-10 * time.Second)
	g.show(5, 1, 2)
	if g.clear(); out.Len() > 0 {
		t.Errorf("without a terminal: %q", &out)
	}
}

func TestTally(t *testing.T) {
	for want, of := range map[string]map[string]int{
		"nothing":                               {"User": 0},
		"1 user":                                {"User": 1},
		"1,000 users and 9 groups":              {"User": 1000, "Group": 9},
		"2 users, 1 group, 1 device and 3 keys": {"Device": 1, "Group": 1, "User": 2, "": 0},
	} {
		more := ""
		if strings.HasSuffix(want, "keys") {
			more = "3 keys"
		}
		if have := tally(of, more); have != want {
			t.Errorf("%q, want %q", have, want)
		}
	}
}
