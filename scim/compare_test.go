package scim

import (
	"cmp"
	"math/big"
	"testing"
)

// TestNumberOrder compares each number of an ascending list with each.
func TestNumberOrder(t *testing.T) {
	ascending := [][]string{
		{"-1e999999999999999999999", "-1E+999999999999999999999"},
		{"-9007199254740993", "-9.007199254740993e15"},
		{"-9007199254740992"},
		{"-150", "-1.50e2", "-15E+1"},
		{"-1e-9"},
		{"0", "-0", "0.000", "0e99", "-0.0E-7"},
		{"1e-999999999999999999999"},
		{"1e-20", "0.00000000000000000001"},
		{"0.1", "0.10", "1e-1", "10e-2"},
		{"0.100000000000000000000000000001"},
		{"1", "1.0", "10e-1", "0.1e1"},
		{"9"},
		{"10", "1e1", "1E01"},
		{"9007199254740992"},
		{"9007199254740993", "9007199254740993.000"},
		{"1e20", "100000000000000000000"},
		{"1e999999999999999999999"},
	}
	for i, as := range ascending {
		for j, bs := range ascending {
			for _, a := range as {
				for _, b := range bs {
					x, y := parseNumber([]byte(a)), parseNumber([]byte(b))
					if got := x.compare(&y); got != cmp.Compare(i, j) {
						t.Errorf("%s against %s: %d", a, b, got)
					}
				}
			}
		}
	}
}

func FuzzNumberOrder(f *testing.F) {
	for i, s := range someNumbers {
		f.Add(s, someNumbers[len(someNumbers)-1-i])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 20 || len(b) > 20 || !isNumber(a) || !isNumber(b) {
			return
		}
		x, y := parseNumber([]byte(a)), parseNumber([]byte(b))
		const far = 1000 // beyond it big.Rat takes too long
		if max(x.scale, y.scale) > far || min(x.scale, y.scale) < -far {
			return
		}
		p, ok := new(big.Rat).SetString(a)
		q, ok2 := new(big.Rat).SetString(b)
		if !ok || !ok2 {
			t.Fatalf("big.Rat does not read %s and %s", a, b)
		}
		if have, want := x.compare(&y), p.Cmp(q); have != want {
			t.Errorf("%s against %s: have %d, want %d", a, b, have, want)
		}
	})
}

func TestInstantOrder(t *testing.T) {
	ascending := [][]string{
		{"0001-01-01T00:00:00Z"},
		{"1969-12-31T23:59:59.999Z"},
		{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00", "1970-01-01T00:00:00.000-00:00", "1969-12-31T10:00:00-14:00"},
		{"2020-02-29T12:00:00Z", "2020-02-29T17:30:00+05:30", "2020-02-29T12:00:00.0Z"},
		{"2020-02-29T12:00:00.0000000000000000001Z"},
		{"2020-02-29T12:00:00.1Z", "2020-02-29T12:00:00.100000000000Z"},
		{"2020-02-29T12:00:00.12Z"},
		{"2020-02-29T12:00:00.2Z"},
		{"9999-12-31T23:59:59Z"},
	}
	for i, as := range ascending {
		for j, bs := range ascending {
			for _, a := range as {
				for _, b := range bs {
					x, ok := parseInstant([]byte(a))
					y, ok2 := parseInstant([]byte(b))
					if got := x.compare(&y); !ok || !ok2 || got != cmp.Compare(i, j) {
						t.Errorf("%s against %s: %d (%v, %v)", a, b, got, ok, ok2)
					}
				}
			}
		}
	}
}

func TestInstantRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"empty":               "",
		"date":                "2020-01-01",
		"blank for T":         "2020-01-01 00:00:00Z",
		"short year":          "20-01-01T00:00:00Z",
		"month 13":            "2020-13-01T00:00:00Z",
		"30 February":         "2020-02-30T00:00:00Z",
		"29 February":         "2021-02-29T00:00:00Z",
		"hour 24":             "2020-01-01T24:00:00Z",
		"minute 60":           "2020-01-01T00:60:00Z",
		"second 60":           "2020-01-01T00:00:60Z",
		"no seconds":          "2020-01-01T00:00Z",
		"dot without digits":  "2020-01-01T00:00:00.Z",
		"zone without colon":  "2020-01-01T00:00:00+0100",
		"zone without minute": "2020-01-01T00:00:00+01",
		"zone too far":        "2020-01-01T00:00:00+24:00",
		"zone's name":         "2020-01-01T00:00:00 UTC",
		"junk behind":         "2020-01-01T00:00:00Zx",
		"letters":             "abcd-ef-ghTij:kl:mnZ",
	} {
		if at, ok := parseInstant([]byte(s)); ok {
			t.Errorf("%s: %q is read as %v", name, s, at)
		}
	}
}

// FuzzInstant: what a filter accepts as a dateTime, a resource may hold.
func FuzzInstant(f *testing.F) {
	for _, s := range someTimes {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, ok := parseInstant([]byte(s)); ok && !isDateTime(s) {
			t.Errorf("%q is a dateTime for filters, but not for resources", s)
		}
	})
}
