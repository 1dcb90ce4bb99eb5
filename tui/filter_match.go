package tui

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"scimdeck/store"
)

// anyText looks for a word in everything that a row shows.
func anyText(s string) test {
	low := foldASCII(s)
	return func(r *store.Row) bool {
		return contains(r.Sentence, low) || contains(r.Target, low) || contains(r.Name, low) ||
			contains(r.KeyName, low) || contains(r.Op, low) || contains(r.Method, low)
	}
}

// textTest looks for a part, a glob or a regular expression in some texts.
func textTest(of func(*store.Row) []string) func(value, filterEnv) (test, string, string) {
	return func(v value, _ filterEnv) (test, string, string) {
		is, msg, hint := textMatch(v)
		if is == nil {
			return nil, msg, hint
		}
		return func(r *store.Row) bool { return slices.ContainsFunc(of(r), is) }, "", ""
	}
}

// textMatch makes a test of a text: "~" a regular expression, "=" the whole,
// with * a glob, else a part.
func textMatch(v value) (is func(string) bool, msg, hint string) {
	low := foldASCII(v.text)
	switch v.op {
	case "~":
		if len(v.text) > 1024 {
			return nil, "the regular expression is longer than 1 kB", ""
		}
		re, err := regexp.Compile("(?i)" + v.text)
		if err != nil {
			return nil, "not a regular expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: "), ""
		}
		return re.MatchString, "", ""
	case "=":
		return func(s string) bool { return strings.EqualFold(s, v.text) }, "", ""
	case "":
	case "..":
		low = foldASCII(v.text + ".." + v.to)
	default:
		return nil, v.op + " compares numbers and times", "leave it out here"
	}
	if v.text == "*" && !v.quoted {
		return func(s string) bool { return s != "" }, "", ""
	}
	if strings.Contains(v.text, "*") && !v.quoted {
		parts := strings.Split(low, "*")
		return func(s string) bool { return glob(parts, s) }, "", ""
	}
	return func(s string) bool { return contains(s, low) }, "", ""
}

// glob matches parts with anything between them.
func glob(parts []string, s string) bool {
	s = foldASCII(s)
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	last := len(parts) - 1
	for _, p := range parts[1:last] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return strings.HasSuffix(s, parts[last])
}

// compare makes a test of numbers from a value with a comparison or a range.
func compare(v value, read func(string) (int64, bool)) (in func(int64) bool, ok bool) {
	a, ok := read(v.text)
	if !ok {
		return nil, false
	}
	switch v.op {
	case ">=":
		return func(n int64) bool { return n >= a }, true
	case "<=":
		return func(n int64) bool { return n <= a }, true
	case ">":
		return func(n int64) bool { return n > a }, true
	case "<":
		return func(n int64) bool { return n < a }, true
	case "..":
		b, ok := read(v.to)
		return func(n int64) bool { return n >= a && n <= b }, ok
	case "~":
		return nil, false
	}
	return func(n int64) bool { return n == a }, true
}

func when(s string, now time.Time) (time.Time, bool) {
	if d, err := time.ParseDuration(s); err == nil {
		return now.Add(-d), d >= 0
	}
	if n, ok := strings.CutSuffix(s, "d"); ok {
		if days, err := strconv.Atoi(n); err == nil && days >= 0 && days < 100_000 {
			return now.AddDate(0, 0, -days), true
		}
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			at := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, now.Location())
			if at.After(now) {
				at = at.AddDate(0, 0, -1)
			}
			return at, true
		}
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// begins reports whether a key's prefix begins with text, with or without the
// word that all keys begin with.
func begins(prefix, text string) bool {
	word, own, _ := strings.Cut(prefix, "_")
	if rest, ok := strings.CutPrefix(text, word+"_"); ok {
		text = rest
	}
	return text != "" && strings.HasPrefix(own, text)
}

// foldASCII lowers letters. Letters beyond ASCII are lowered too, which may
// allocate; filters are mostly ASCII.
func foldASCII(s string) string { return strings.ToLower(s) }

// contains reports whether s holds low, which is in lower case, without regard to case.
func contains(s, low string) bool {
	if low == "" {
		return true
	}
	if !isASCII(low) {
		return strings.Contains(strings.ToLower(s), low)
	}
	if len(s) < len(low) {
		return false
	}
	up := low[0]
	if up >= 'a' && up <= 'z' {
		up -= 'a' - 'A'
	}
	return startsAt(s, low, low[0]) || up != low[0] && startsAt(s, low, up)
}

// startsAt looks for low where s has its first letter in one case. IndexByte
// goes over the text many bytes at a time.
func startsAt(s, low string, first byte) bool {
	last := len(s) - len(low)
	for i := 0; i <= last; i++ {
		n := strings.IndexByte(s[i:last+1], first)
		if n < 0 {
			return false
		}
		if i += n; equalFold(s[i:i+len(low)], low) {
			return true
		}
	}
	return false
}

// equalFold compares ASCII without regard to case; low is in lower case.
func equalFold(s, low string) bool {
	for i := range len(low) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != low[i] {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
