package scim

import (
	"testing"
	"time"
)

// Times are written and read as package time does it, and are the same after both.
func FuzzTime(f *testing.F) {
	f.Add(int64(0), "2026-01-31T12:00:00.000Z", uint8(0), byte('0'))
	f.Add(int64(1767225599999), "2024-02-29T23:59:59.999Z", uint8(9), byte('9'))
	f.Add(int64(-62167219200000), "0000-01-01T00:00:00,001Z", uint8(5), byte('1'))
	f.Add(int64(253402300799999), "9999-12-31T24:60:60.000Z", uint8(6), byte('3'))
	f.Add(int64(253402300800000), "2026-02-30T12:00:00.000Z", uint8(23), byte('z'))
	f.Add(int64(-1<<62), "", uint8(19), byte(','))
	f.Fuzz(func(t *testing.T, milli int64, text string, at uint8, c byte) {
		when := time.UnixMilli(milli)
		wrote := string(appendTime(nil, when))
		if want := when.UTC().Format(timeLayout); wrote != want {
			t.Fatalf("wrote %q, want %q", wrote, want)
		}
		if back, err := readTime(wrote); err == nil && !back.Equal(when) {
			t.Fatalf("%q was read as %v", wrote, back)
		}
		i := int(at) % len(wrote)
		for _, s := range []string{wrote, text, wrote[:i] + string(c) + wrote[i+1:]} {
			have, err := readTime(s)
			want, errWant := time.Parse(timeLayout, s)
			if have != want || (err == nil) != (errWant == nil) || err != nil && err.Error() != errWant.Error() {
				t.Fatalf("%q: have %v %v, want %v %v", s, have, err, want, errWant)
			}
		}
	})
}
