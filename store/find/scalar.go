package find

import (
	"strconv"
	"strings"
	"time"
)

// compare makes a test of numbers from a value with a comparison or a range.
// read reads one number; ok is false when the value holds none.
func compare(v Value, read func(string) (int64, bool)) (in func(int64) bool, ok bool) {
	a, ok := read(v.Text)
	if !ok {
		return nil, false
	}
	switch v.Op {
	case ">=":
		return func(n int64) bool { return n >= a }, true
	case "<=":
		return func(n int64) bool { return n <= a }, true
	case ">":
		return func(n int64) bool { return n > a }, true
	case "<":
		return func(n int64) bool { return n < a }, true
	case "..":
		b, ok := read(v.To)
		return func(n int64) bool { return n >= a && n <= b }, ok
	case "~":
		return nil, false
	}
	return func(n int64) bool { return n == a }, true
}

func readStatus(s string) (int64, bool) {
	n, err := strconv.Atoi(s)
	return int64(n), err == nil && n >= 0 && n < 1000
}

func readDuration(s string) (int64, bool) {
	d, err := time.ParseDuration(s)
	return int64(d), err == nil && d >= 0
}

// readSize reads 812, 812B, 1.1kB and 2MB: powers of ten.
func readSize(s string) (int64, bool) {
	low := strings.TrimSuffix(strings.ToLower(s), "b")
	unit := 1.0
	switch {
	case strings.HasSuffix(low, "k"):
		unit = 1e3
	case strings.HasSuffix(low, "m"):
		unit = 1e6
	case strings.HasSuffix(low, "g"):
		unit = 1e9
	}
	if unit > 1 {
		low = low[:len(low)-1]
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(low), 64)
	if err != nil || !(n >= 0 && n < 1e12) || strings.ContainsAny(low, "einfxp_+-") {
		return 0, false
	}
	return int64(n * unit), true
}

// readTime reads ago ("5m", "2d"), a clock time of the last 24 hours, or a date
// with or without a time, in the zone of now.
func readTime(s string, now time.Time) (time.Time, bool) {
	if d, err := time.ParseDuration(s); err == nil {
		return now.Add(-d), d >= 0
	}
	if n, ok := strings.CutSuffix(s, "d"); ok {
		if days, err := strconv.Atoi(n); err == nil && days >= 0 && days < 100_000 {
			return now.AddDate(0, 0, -days), true
		}
	}
	for _, layout := range []string{"15:04", time.TimeOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			at := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, now.Location())
			if at.After(now) {
				at = at.AddDate(0, 0, -1)
			}
			return at, true
		}
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
