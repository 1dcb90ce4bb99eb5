package scim

import (
	"strings"
	"testing"
)

// The end of the plain bytes is where it is byte by byte, whatever stands around it.
func FuzzPlainEnd(f *testing.F) {
	f.Add("ada@example.com\"x", 0)
	f.Add("\x1f\x20\x21\x22\x23\x5b\x5c\x5d\x7f\x80\xff", 1)
	f.Add("é日本\\\u0000 and more of it", 2)
	for _, c := range []string{"\"", "\\", "\x00", "\x1f", "\n"} {
		f.Add(strings.Repeat("a", 5)+c+strings.Repeat("\xa2", 9)+c+c, 0)
	}
	f.Fuzz(func(t *testing.T, s string, from int) {
		if from < 0 || from > len(s) {
			return
		}
		want := from
		for want < len(s) && plain[s[want]] {
			want++
		}
		if have := plainEnd(s, from); have != want {
			t.Fatalf("%q from %d: have %d, want %d", s, from, have, want)
		}
		if isSimple(s) && quote(s) != `"`+s+`"` {
			t.Fatalf("simple: %s", quote(s))
		}
		var slow []byte
		for _, r := range s {
			slow = append(slow, appendText(nil, string(r))...)
		}
		if have := string(appendText(nil, s)); have != string(slow) {
			t.Fatalf("%q: have %q, want %q", s, have, slow)
		}
	})
}
