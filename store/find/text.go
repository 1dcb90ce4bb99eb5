package find

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxRegex bounds a regular expression, in bytes. RE2 is linear in the text; the
// bound is for the program that it becomes.
const maxRegex = 1 << 10

// matcher makes a test of texts: "~" a regular expression, "=" the whole text,
// with * a glob, else a part. The error is a *slip.
func matcher(v Value) (func(string) bool, error) {
	switch v.Op {
	case "~":
		if len(v.Text) > maxRegex {
			return nil, slipf("", "the regular expression is longer than 1 kB")
		}
		re, err := regexp.Compile("(?i)" + v.Text)
		if err != nil {
			return nil, slipf("it is one of RE2: re2.org/syntax", "not a regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		must := newNeedle(literal(v.Text))
		return func(s string) bool {
			if !must.in(s) && isASCII(s) { // other texts have letters that fold to ASCII
				return false
			}
			return re.MatchString(s)
		}, nil
	case "=":
		return func(s string) bool { return strings.EqualFold(s, v.Text) }, nil
	case "..":
		return newNeedle(v.Text + ".." + v.To).in, nil
	case "":
	default:
		return nil, slipf("leave it out here", "%s compares numbers and times", v.Op)
	}
	switch {
	case v.Text == "": // in quotes
		return func(s string) bool { return s == "" }, nil
	case v.Text == "*" && !v.Literal:
		return func(s string) bool { return s != "" }, nil
	case strings.Contains(v.Text, "*") && !v.Literal:
		parts := strings.Split(strings.ToLower(v.Text), "*")
		return func(s string) bool { return glob(parts, s) }, nil
	}
	return newNeedle(v.Text).in, nil
}

// literal is the longest text that whatever a regular expression matches has to
// hold: looking for it first is ten times faster than the expression. "" when
// there is none, or none of ASCII.
func literal(expr string) string {
	re, err := syntax.Parse(expr, syntax.Perl|syntax.FoldCase)
	if err != nil {
		return ""
	}
	return required(re.Simplify())
}

func required(re *syntax.Regexp) (text string) {
	switch re.Op {
	case syntax.OpLiteral:
		if text = strings.ToLower(string(re.Rune)); !isASCII(text) {
			return ""
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if t := required(sub); len(t) > len(text) {
				text = t
			}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	}
	return text
}

// glob matches parts in lower case with anything between them.
func glob(parts []string, s string) bool {
	if !isASCII(s) {
		s = strings.ToLower(s)
	}
	if len(s) < len(parts[0]) || !equalFold(s[:len(parts[0])], parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	last := len(parts) - 1
	for _, p := range parts[1:last] {
		i := index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	n := len(s) - len(parts[last])
	return n >= 0 && equalFold(s[n:], parts[last])
}

// index is where s, without regard to the case of ASCII, holds low.
func index(s, low string) int {
	for i := range len(s) - len(low) + 1 {
		if equalFold(s[i:i+len(low)], low) {
			return i
		}
	}
	return -1
}

// needle is a text to look for without regard to case.
type needle struct {
	low   string // in lower case
	ascii bool
	at    int  // the rarest character of low: only where it stands is the rest compared
	lo    byte // it
	up    byte // and in upper case; the same when it has none
}

// rare has the letters from the most to the least frequent in what is searched:
// sentences, names and paths. All else counts as rarer.
const rare = "eatsrionlcmpduhg./0:1y2vfb345wk678xz9jq"

func newNeedle(text string) *needle {
	n := &needle{low: strings.ToLower(text)}
	if n.ascii = isASCII(n.low); !n.ascii || n.low == "" {
		return n
	}
	best := -1
	for i := range len(n.low) {
		rank := strings.IndexByte(rare, n.low[i])
		if rank < 0 {
			rank = len(rare)
		}
		if rank > best {
			best, n.at = rank, i
		}
	}
	n.lo = n.low[n.at]
	n.up = n.lo
	if n.lo >= 'a' && n.lo <= 'z' {
		n.up -= 'a' - 'A'
	}
	return n
}

// in reports whether s holds the needle.
func (n *needle) in(s string) bool {
	switch {
	case len(s) < len(n.low) && n.ascii:
		return false
	case n.low == "":
		return true
	case !n.ascii:
		return !isASCII(s) && strings.Contains(strings.ToLower(s), n.low)
	}
	return n.anchored(s, n.lo) || n.up != n.lo && n.anchored(s, n.up)
}

// anchored looks for the needle where s has its rarest character in one case.
// IndexByte goes over the text many bytes at a time.
func (n *needle) anchored(s string, c byte) bool {
	last := len(s) - len(n.low) + n.at // where it may stand at the latest
	for i := n.at; i <= last; i++ {
		next := strings.IndexByte(s[i:last+1], c)
		if next < 0 {
			return false
		}
		if i += next; equalFold(s[i-n.at:i-n.at+len(n.low)], n.low) {
			return true
		}
	}
	return false
}

// equalFold compares texts of one length without regard to the case of ASCII;
// low is in lower case.
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
