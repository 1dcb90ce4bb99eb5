package store

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestID(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	last := ""
	for _, seq := range []uint64{0, 1, 255, 65535, 65536, 1 << 32, maxSeq - 1, maxSeq} {
		id := newTail().id(seq)
		if !form.MatchString(id) {
			t.Errorf("%s is no UUID of version 8", id)
		}
		if got, ok := idSeq(id); !ok || got != seq {
			t.Errorf("the sequence of %s is %d, want %d", id, got, seq)
		}
		if id <= last {
			t.Errorf("%s comes before %s", id, last)
		}
		last = id
	}
}

func TestIDOfAnyForm(t *testing.T) {
	for _, id := range []string{
		"", "x", "1", "0000000000010000", strings.Repeat("-", 36), strings.Repeat("f", 36), strings.Repeat("é", 18),
		"+0000000-0001-8000-8000-000000000000", "0000000_-0001-8000-8000-000000000000",
	} {
		if seq, ok := idSeq(id); ok {
			t.Errorf("%q has the sequence %d", id, seq)
		}
	}
}

func TestCut(t *testing.T) {
	for _, s := range []string{"", "short", strings.Repeat("a", 64), strings.Repeat("a", 65), strings.Repeat("é", 500), strings.Repeat("\x80", 500)} {
		if c := cut(s); len(c) > 64 || utf8.ValidString(s) && !utf8.ValidString(c) || len(s) <= 64 && c != s {
			t.Errorf("cut(%q) = %q", s, c)
		}
	}
}
