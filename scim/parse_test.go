package scim

import (
	"bufio"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// corpusEntry is an entry of ../testdata/filters-*.txt, whose formats the
// files describe.
type corpusEntry struct {
	name, filter string
	canonical    string // of a valid filter
	offset       int    // of an invalid one
	fault        string // likewise: "message; hint"
}

func readCorpus(t testing.TB, file string) []corpusEntry {
	t.Helper()
	f, err := os.Open("../testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []corpusEntry
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		var last *corpusEntry
		if len(list) > 0 {
			last = &list[len(list)-1]
		}
		switch {
		case line == "" || line[0] == '#':
		case strings.HasPrefix(line, "=> ") && last != nil:
			last.canonical = line[3:]
		case strings.HasPrefix(line, "  ") && last != nil && last.filter == "":
			last.filter, last.canonical = line[2:], line[2:]
		case strings.HasPrefix(line, "  ") && last != nil:
			blanks, fault, ok := strings.Cut(line[2:], "^ ")
			if !ok || strings.Trim(blanks, " ") != "" {
				t.Fatalf("%s:%d: no ^ under the filter", file, n)
			}
			for i := range last.filter {
				if utf8.RuneCountInString(last.filter[:i]) == len(blanks) {
					last.offset = i
				}
			}
			if len(blanks) == utf8.RuneCountInString(last.filter) {
				last.offset = len(last.filter)
			}
			last.fault = fault
		default:
			list = append(list, corpusEntry{name: line})
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(list) < 50 {
		t.Fatalf("%s: %d entries were read, there have to be more", file, len(list))
	}
	for _, e := range list {
		if e.filter == "" {
			t.Fatalf("%s: entry %q has no filter", file, e.name)
		}
	}
	return list
}

func TestParseFilterValid(t *testing.T) {
	for _, c := range readCorpus(t, "filters-valid.txt") {
		t.Run(c.name, func(t *testing.T) {
			x, err := ParseFilter(c.filter)
			if err != nil {
				t.Fatalf("ParseFilter: %v\n%s", err, err.(*SyntaxError).Caret(c.filter))
			}
			if got := x.String(); got != c.canonical {
				t.Errorf("String\nhave %s\nwant %s", got, c.canonical)
			}
			checkRoundTrip(t, x)
		})
	}
}

// checkRoundTrip holds the law that an Expr's String parses back to it.
func checkRoundTrip(t *testing.T, x Expr) {
	t.Helper()
	again, err := ParseFilter(x.String())
	if err != nil {
		t.Fatalf("%s: the canonical form does not parse: %v", x, err)
	}
	if !reflect.DeepEqual(x, again) {
		t.Fatalf("the canonical form parses to something else\nhave %s\nwant %s", again, x)
	}
}

func TestParseFilterInvalid(t *testing.T) {
	for _, c := range readCorpus(t, "filters-invalid.txt") {
		t.Run(c.name, func(t *testing.T) {
			x, err := ParseFilter(c.filter)
			if err == nil {
				t.Fatalf("ParseFilter accepts it as %s", x)
			}
			if x != nil {
				t.Errorf("ParseFilter gives %s beside the error", x)
			}
			checkSyntaxError(t, c.filter, err)
			e := err.(*SyntaxError)
			fault := e.Msg
			if e.Hint != "" {
				fault += "; " + e.Hint
			}
			if e.Offset != c.offset || fault != c.fault {
				t.Errorf("ParseFilter\nhave %d: %s\nwant %d: %s\n%s", e.Offset, fault, c.offset, c.fault, e.Caret(c.filter))
			}
		})
	}
}

// checkSyntaxError holds what is true of every error of the parser.
func checkSyntaxError(t *testing.T, input string, err error) {
	t.Helper()
	var e *SyntaxError
	if !errors.As(err, &e) {
		t.Fatalf("the error is a %T, not a *SyntaxError", err)
	}
	if e.Offset < 0 || e.Offset > len(input) || e.Msg == "" {
		t.Fatalf("offset %d of %d bytes, message %q", e.Offset, len(input), e.Msg)
	}
	if want := utf8.RuneCountInString(input[:e.Offset]) + 1; e.Column != want {
		t.Fatalf("offset %d is column %d, not %d", e.Offset, want, e.Column)
	}
	if len(e.Error()) > 1000 {
		t.Fatalf("the message has %d bytes", len(e.Error()))
	}
	if lines := strings.Split(e.Caret(input), "\n"); len(lines) != 2 || !strings.HasSuffix(lines[1], "^") || utf8.RuneCountInString(lines[0]) > 80 {
		t.Fatalf("Caret:\n%s", e.Caret(input))
	}
}

// TestParseFilterInvalidUnprintable has what does not fit into the corpus.
func TestParseFilterInvalidUnprintable(t *testing.T) {
	for _, c := range []struct {
		name, filter, fault string
	}{
		{"FLT-41 empty", "", "column 1: the filter is empty"},
		{"FLT-41 blanks", " \t\r\n", "column 1: the filter is empty"},
		{"FLT-27 line break in a value", "title eq \"a\nb\"", `column 12: a control character in the value; write it as an escape: \n`},
		{"FLT-27 NUL in a value", "title eq \"a\x00\"", `column 12: a control character in the value; write it as an escape: \u0000`},
		{"FLT-27 NUL after an escape", "title eq \"\\t\x00\"", `column 13: a control character in the value; write it as an escape: \u0000`},
		{"FLT-27 NUL in a name", "ti\x00tle pr", `column 3: an attribute name cannot contain '\x00'`},
		{"FLT-27 invalid UTF-8", "é eq \"\xe9\"", "column 7: the byte 0xe9 is not UTF-8"},
		{"FLT-27 no-break space", "title\u00a0eq \"x\"", `column 6: an attribute name cannot contain '\u00a0'`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseFilter(c.filter)
			if err == nil || err.Error() != c.fault {
				t.Fatalf("ParseFilter(%q)\nhave %v\nwant %s", c.filter, err, c.fault)
			}
			checkSyntaxError(t, c.filter, err)
		})
	}
}

func TestSyntaxErrorCaret(t *testing.T) {
	long := strings.Repeat("title pr and ", 20)
	for _, c := range []struct{ name, filter, want string }{
		{"in a long filter", long + "xx yy " + long, "… pr and title pr and title pr and title pr and xx yy title pr and title pr …\n" +
			strings.Repeat(" ", 51) + "^"},
		{"short", `userName xx "y"`, "userName xx \"y\"\n         ^"},
		{"at the end", `userName`, "userName\n        ^"},
		{"behind wide characters", `title eq "Größe" x`, "title eq \"Größe\" x\n                 ^"},
		{"control characters", "title\teq\r\n\x1b[31m", "title eq   [31m\n          ^"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseFilter(c.filter)
			if err == nil {
				t.Fatal("no error")
			}
			got := err.(*SyntaxError).Caret(c.filter)
			if got != c.want {
				t.Errorf("Caret\nhave\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

func TestParsePathValid(t *testing.T) {
	work := &Compare{Path{Attr: "type"}, Eq, StringOf("work")}
	for _, c := range []struct {
		name, path string
		want       Path
	}{
		{"attribute", "userName", Path{Attr: "userName"}},
		{"sub-attribute", "name.familyName", Path{Attr: "name", Sub: "familyName"}},
		{"value path", `emails[type eq "work"]`, Path{Attr: "emails", Filter: work}},
		{"value path with a sub-attribute", `emails[type eq "work"].value`, Path{Attr: "emails", Filter: work, Sub: "value"}},
		{"brackets inside a value", `emails[value eq "]"]`, Path{Attr: "emails", Filter: &Compare{Path{Attr: "value"}, Eq, StringOf("]")}}},
		{"URN", UserURN + ":userName", Path{URN: UserURN, Attr: "userName"}},
		{"URN and sub-attribute", enterprise + ":manager.value", Path{URN: enterprise, Attr: "manager", Sub: "value"}},
		{"URN and value path", UserURN + `:emails[type eq "work"].value`, Path{URN: UserURN, Attr: "emails", Filter: work, Sub: "value"}},
		{"URN of an extension as a whole", enterprise, Path{URN: strings.TrimSuffix(enterprise, ":User"), Attr: "User"}},
		{"URN that ends with a version", "urn:example:thing:2.0", Path{URN: "urn:example:thing:2.0"}},
		{"dollar sign", "members.$ref", Path{Attr: "members", Sub: "$ref"}},
		{"hyphen, underscore and digits", "x-y_1.z2", Path{Attr: "x-y_1", Sub: "z2"}},
		{"blanks around", " title ", Path{Attr: "title"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParsePath(c.path)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("ParsePath\nhave %#v\nwant %#v", got, c.want)
			}
			if got.String() != strings.TrimSpace(c.path) {
				t.Errorf("String\nhave %s\nwant %s", got, c.path)
			}
		})
	}
}

func TestParsePathInvalid(t *testing.T) {
	for _, c := range []struct {
		name, path, want string
	}{
		{"empty", "", "column 1: the path is empty"},
		{"blanks", "  ", "column 1: the path is empty"},
		{"dot at the end", "name.", "column 6: an attribute name is missing"},
		{"dot at the start", ".name", "column 1: an attribute name is missing"},
		{"too deep", "a.b.c", `column 4: ".c" goes a level too deep; a path is attribute.subAttribute at most`},
		{"slash", "/name/familyName", "column 1: an attribute name cannot begin with '/'"},
		{"index", "emails[0]", "column 8: an attribute name cannot begin with '0'"},
		{"empty filter", "emails[]", "column 7: there is no condition between [ and ]"},
		{"unclosed filter", `emails[type eq "work"`, "column 7: this [ is not closed"},
		{"filter of a sub-attribute", `name.x[type eq "work"]`, `column 7: "name.x" cannot have a filter, only an attribute can`},
		{"filter of an extension", `urn:example:2.0[type eq "work"]`, `column 16: "urn:example:2.0" cannot have a filter, only an attribute can`},
		{"sub-attribute missing after a filter", `emails[type eq "work"].`, "column 24: an attribute name is missing"},
		{"two sub-attributes after a filter", `emails[type eq "work"].value.x`, `column 29: ".x" goes a level too deep; a path is attribute.subAttribute at most`},
		{"filter after a filter", `emails[type eq "work"][type pr]`, `column 23: unexpected "[" after the path`},
		{"a filter in place of a path", `userName eq "x"`, `column 10: unexpected "eq" after the path`},
		{"unknown operator inside", `emails[type is "work"]`, `column 13: "is" is no operator; use eq`},
		{"invalid UTF-8", "a\xff", "column 2: the byte 0xff is not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParsePath(c.path)
			if err == nil || err.Error() != c.want {
				t.Fatalf("ParsePath(%q)\nhave %v\nwant %s", c.path, err, c.want)
			}
			if !reflect.DeepEqual(got, Path{}) {
				t.Errorf("ParsePath gives %s beside the error", got)
			}
			checkSyntaxError(t, c.path, err)
		})
	}
}

// TestParseFilterLarge feeds what is large in every direction: each has to end
// with an answer, without deep recursion.
func TestParseFilterLarge(t *testing.T) {
	const mega = 1 << 20
	chain := func(n int, word string) string { return strings.Repeat("title pr "+word+" ", n-1) + "title pr" }
	for _, c := range []struct {
		name, filter, fault string // fault is the message, "" for success
	}{
		{"value of 1 MB", `title eq "` + strings.Repeat("a", mega) + `"`, ""},
		{"value of 1 MB in escapes", `title eq "` + strings.Repeat(`\u0041`, mega/6) + `"`, ""},
		{"blanks of 1 MB", `title eq` + strings.Repeat(" ", mega) + `"a"`, ""},
		{"brackets at the limit", strings.Repeat("(", 64) + "title pr" + strings.Repeat(")", 64), ""},
		{"64 pairs of brackets in a row", strings.Repeat("(title pr) and ", 100) + "title pr", ""},
		{"not at the limit", strings.Repeat("not(", 64) + "title pr" + strings.Repeat(")", 64), ""},
		{"10,000 conditions joined with and", chain(10_000, "and"), ""},
		{"10,000 conditions joined with or", chain(10_000, "or"), ""},
		{"10,000 conditions, words in turn", strings.Repeat("title pr and title pr or ", 4_999) + "title pr and title pr", ""},
		{"10,001 conditions", chain(10_001, "or"), "the filter has more than 10000 conditions"},
		{"10,001 conditions inside brackets", "emails[" + chain(10_001, "or") + "]", "the filter has more than 10000 conditions"},
		{"conditions of 1 MB", chain(mega/12, "and"), "the filter has more than 10000 conditions"},
		{"5,000 brackets", strings.Repeat("(", 5_000) + "title pr" + strings.Repeat(")", 5_000), "brackets are nested more than 64 deep"},
		{"5,000 times not", strings.Repeat("not (", 5_000), "brackets are nested more than 64 deep"},
		{"brackets of 1 MB", strings.Repeat("(", mega), "brackets are nested more than 64 deep"},
		{"square brackets of 1 MB", strings.Repeat("a[", mega/2), "a value path cannot hold another"},
		{"name of 1 MB", strings.Repeat("a", mega) + " pr", ""},
		{"junk of 1 MB", "title pr " + strings.Repeat("x", mega), "unexpected " + quote(strings.Repeat("x", mega)) + " after a condition"},
		{"dots of 1 MB", strings.Repeat("a.", mega/2), quote("."+strings.Repeat("a.", mega/2-2)) + " goes a level too deep"},
		{"colons of 1 MB", strings.Repeat(":", mega), "an attribute name is missing"},
		{"backslashes of 1 MB", `title eq "` + strings.Repeat(`\`, mega), "this quote is not closed"},
		{"quotes of 1 MB", `title eq ` + strings.Repeat(`"`, mega), `unexpected "\"" after a condition`},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := ParseFilter(c.filter)
			if c.fault == "" {
				if err != nil {
					t.Fatal(err)
				}
				checkRoundTrip(t, x)
				return
			}
			if err == nil {
				t.Fatalf("no error; want %s", c.fault)
			}
			checkSyntaxError(t, c.filter, err)
			if got := err.(*SyntaxError).Msg; got != c.fault {
				t.Errorf("have %s\nwant %s", got, c.fault)
			}
		})
	}
}

func TestParseFilterAllocates(t *testing.T) {
	const most = 15
	if n := testing.AllocsPerRun(100, func() { _, _ = ParseFilter(`userName eq "bjensen@example.com"`) }); n > most {
		t.Errorf("%v allocations, want at most %d", n, most)
	}
}

func FuzzParseFilter(f *testing.F) {
	for _, file := range []string{"filters-valid.txt", "filters-invalid.txt"} {
		for _, c := range readCorpus(f, file) {
			f.Add(c.filter)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, err := ParseFilter(s)
		if err != nil {
			checkSyntaxError(t, s, err)
			return
		}
		checkRoundTrip(t, x)
	})
}

func FuzzParsePath(f *testing.F) {
	for _, s := range []string{"userName", "name.familyName", `emails[type eq "work"].value`, enterprise, enterprise + ":manager.$ref", "urn:x:2.0", "a.b.c", "emails["} {
		f.Add(s)
	}
	for _, c := range readCorpus(f, "filters-valid.txt") {
		f.Add("emails[" + c.filter + "].value")
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePath(s)
		if err != nil {
			checkSyntaxError(t, s, err)
			return
		}
		again, err := ParsePath(p.String())
		if err != nil {
			t.Fatalf("%q prints as %q, which does not parse: %v", s, p, err)
		}
		if !reflect.DeepEqual(p, again) {
			t.Fatalf("%q prints as %q, which is another path", s, p)
		}
	})
}

func BenchmarkParseUserNameEq(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseFilter(`userName eq "bjensen@example.com"`); err != nil {
			b.Fatal(err)
		}
	}
}
