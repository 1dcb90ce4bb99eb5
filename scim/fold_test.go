package scim

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFoldKnown(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"lower ASCII stays", "bjensen@example.com", "bjensen@example.com"},
		{"upper ASCII", "BJensen@Example.COM", "bjensen@example.com"},
		{"what lies around the letters", "@[`{", "@[`{"},
		{"umlauts", "GRÖẞE größe", "grÖße grÖße"},
		{"Kelvin sign", "\u212a", "k"},
		{"long s", "\u017f", "s"},
		{"final sigma", "ΣΊΣΥΦΟΣ σίσυφος", "ΣΊΣΥΦΟΣ ΣΊΣΥΦΟΣ"},
		{"Cyrillic", "Иван", "ИВАН"},
		{"Turkish letters are not ASCII's", "İı", "İı"},
		{"emoji", "😀", "😀"},
		{"invalid UTF-8", "a\xffb", "a\ufffdb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Fold(c.in); got != c.want {
				t.Errorf("Fold(%q)\nhave %q\nwant %q", c.in, got, c.want)
			}
		})
	}
}

// TestFoldRunes holds the law for every pair of runes that can be equal.
func TestFoldRunes(t *testing.T) {
	const last = 0x1ffff // no letter beyond has a case
	for r := rune(0); r <= last; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		fold := foldRune(r)
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			if foldRune(o) != fold {
				t.Fatalf("%q and %q fold to %q and %q", r, o, fold, foldRune(o))
			}
		}
		if !strings.EqualFold(string(fold), string(r)) {
			t.Fatalf("%q folds to %q, which is another letter", r, fold)
		}
		if foldRune(fold) != fold {
			t.Fatalf("%q folds to %q, which folds to %q", r, fold, foldRune(fold))
		}
	}
}

func checkFold(t *testing.T, a, b string) {
	t.Helper()
	if have, want := Fold(a) == Fold(b), strings.EqualFold(a, b); have != want {
		t.Errorf("%q and %q: same Fold %v, EqualFold %v", a, b, have, want)
	}
}

func TestFoldIsEqualFold(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	letters := []string{"a", "A", "k", "K", "\u212a", "s", "S", "ſ", "ß", "ẞ", "σ", "ς", "Σ", "i", "I", "İ", "ı", "é", "É", "\xff", "\ufffd", "😀"}
	for range 20_000 {
		var a, b strings.Builder
		for range rnd.IntN(4) {
			a.WriteString(letters[rnd.IntN(len(letters))])
			b.WriteString(letters[rnd.IntN(len(letters))])
		}
		checkFold(t, a.String(), b.String())
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Größe", "GRÖSSE")
	f.Add("\u212a", "k")
	f.Add("\xff", "\ufffd")
	f.Fuzz(func(t *testing.T, a, b string) {
		checkFold(t, a, b)
		checkFold(t, a, Fold(a))
		checkFold(t, a, strings.ToUpper(a))
	})
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{
		"folded already": "barbara.jensen@example.com",
		"ASCII":          "Barbara.Jensen@Example.com",
		"umlauts":        "Bärbel.Jönsen@Example.com",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
		})
	}
}
