// Package peers holds scimdeck against SCIM as other people wrote it: their parser
// of filters and their server in Go (this module's tests), a client that checks
// servers (scim2), and a server's classes in JavaScript (scimmy).
//
// Where the two differ, the test names the section of the RFC that decides; a
// difference that is not named fails, and so does a named one that is gone.
package peers

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"scimdeck/scim"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	peer "github.com/scim2/filter-parser/v2"
)

// tree is a filter in a form that both parsers' results can be brought to: a word,
// and what it governs. Chains of the same word are flat, since "a and (b and c)"
// and "(a and b) and c" are the same to RFC 7644 §3.4.2.2.
type tree struct {
	word string
	kids []tree
}

func (t tree) String() string {
	if len(t.kids) == 0 {
		return t.word
	}
	parts := make([]string, len(t.kids))
	for i, k := range t.kids {
		parts[i] = k.String()
	}
	return t.word + "(" + strings.Join(parts, ", ") + ")"
}

// chain makes a tree of word over kids, taking in those that are chains of it.
func chain(word string, kids ...tree) tree {
	t := tree{word: word}
	for _, k := range kids {
		if k.word == word {
			t.kids = append(t.kids, k.kids...)
		} else {
			t.kids = append(t.kids, k)
		}
	}
	return t
}

// ours brings scim's tree to the common form.
func ours(e scim.Expr) tree {
	all := func(terms []scim.Expr) []tree {
		kids := make([]tree, len(terms))
		for i, x := range terms {
			kids[i] = ours(x)
		}
		return kids
	}
	switch x := e.(type) {
	case *scim.And:
		return chain("and", all(x.Terms)...)
	case *scim.Or:
		return chain("or", all(x.Terms)...)
	case *scim.Not:
		return tree{"not", []tree{ours(x.X)}}
	case *scim.Has:
		return tree{"has " + strings.ToLower(x.Path.String()), []tree{ours(x.Filter)}}
	case *scim.Present:
		return tree{word: strings.ToLower(x.Path.String()) + " pr"}
	case *scim.Compare:
		return tree{word: fmt.Sprintf("%s %s %s", strings.ToLower(x.Path.String()), x.Op, literal(x.Value))}
	}
	panic(fmt.Sprintf("%T is no filter", e))
}

// theirs brings filter-parser's tree to the common form.
func theirs(e peer.Expression) tree {
	switch x := e.(type) {
	case *peer.LogicalExpression:
		return chain(string(x.Operator), theirs(x.Left), theirs(x.Right))
	case *peer.NotExpression:
		return tree{"not", []tree{theirs(x.Expression)}}
	case *peer.ValuePath:
		return tree{"has " + strings.ToLower(x.AttributePath.String()), []tree{theirs(x.ValueFilter)}}
	case *peer.AttributeExpression:
		name := strings.ToLower(x.AttributePath.String())
		if x.Operator == peer.PR {
			return tree{word: name + " pr"}
		}
		return tree{word: fmt.Sprintf("%s %s %s", name, x.Operator, literal(x.CompareValue))}
	}
	panic(fmt.Sprintf("%T is no filter", e))
}

// literal writes a value of a filter as JSON. filter-parser leaves strings as they
// stand between the quotes, escapes and all (RFC 7644 §3.4.2.2 has them JSON's), and
// writes a number's E small.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		w, err := scim.Decode([]byte(`"`+v+`"`), scim.Limits{})
		if err != nil {
			return strconv.Quote(v)
		}
		return w.String()
	case json.Number:
		return v.String()
	case scim.Value:
		if v.Kind() == scim.Number {
			return strings.ToLower(v.String())
		}
	}
	return fmt.Sprint(v)
}

// entry is a filter of testdata/filters-*.txt with its name.
type entry struct{ name, filter string }

func entries(t *testing.T, file string) []entry {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []entry
	name, s := "", bufio.NewScanner(f)
	for s.Scan() {
		switch line := s.Text(); {
		case strings.HasPrefix(line, "#") || line == "":
		case !strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "=>"):
			name = line
		case name != "" && strings.HasPrefix(line, "  "):
			all = append(all, entry{name, line[2:]})
			name = ""
		}
	}
	if err := s.Err(); err != nil || len(all) == 0 {
		t.Fatalf("%s: %d filters, %v", file, len(all), err)
	}
	return all
}

// both says how the two parsers differ over a filter: "" when they do not.
func both(filter string) string {
	mine, err := scim.ParseFilter(filter)
	his, hisErr := parse(filter)
	switch {
	case err != nil && hisErr != nil:
		return ""
	case err != nil:
		return "only theirs parses: " + theirs(his).String()
	case hisErr != nil:
		return "only ours parses: " + ours(mine).String()
	}
	if m, h := ours(mine).String(), theirs(his).String(); m != h {
		return fmt.Sprintf("two trees:\nours   %s\ntheirs %s", m, h)
	}
	return ""
}

// parse is filter-parser's ParseFilterNumber with a panic as an error.
func parse(filter string) (e peer.Expression, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return peer.ParseFilterNumber([]byte(filter))
}

// gen writes random filters. They are right more often than not: see bend.
type gen struct{ *rand.Rand }

func (g gen) pick(words ...string) string { return words[g.IntN(len(words))] }

func (g gen) filter(depth int) string {
	if depth == 0 {
		return g.condition("userName", "name.familyName", "emails", "meta.created", "$ref", "a-b_c",
			"urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "urn:example:2.0:Badge:floor")
	}
	switch g.IntN(6) {
	case 0:
		return g.filter(depth-1) + g.pick(" and ", " AND ") + g.filter(depth-1)
	case 1:
		return g.filter(depth-1) + g.pick(" or ", " oR ") + g.filter(depth-1)
	case 2:
		return g.pick("not (", "not(", "NOT (") + g.filter(depth-1) + ")"
	case 3:
		return g.pick("(", "( ") + g.filter(depth-1) + g.pick(")", " )")
	case 4:
		return g.pick("emails", "urn:example:2.0:Badge:doors") + "[" + g.inner(g.IntN(3)) + "]"
	}
	return g.filter(depth - 1)
}

// inner writes what may stand in a value path.
func (g gen) inner(depth int) string {
	if depth == 0 {
		return g.condition("type", "value", "primary", "$ref")
	}
	switch g.IntN(4) {
	case 0:
		return "not (" + g.inner(depth-1) + ")"
	case 1:
		return "(" + g.inner(depth-1) + ")"
	}
	return g.inner(depth-1) + g.pick(" and ", " or ") + g.inner(depth-1)
}

func (g gen) condition(names ...string) string {
	name := g.pick(names...)
	if g.IntN(5) == 0 {
		return name + " pr"
	}
	op := g.pick("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "Eq")
	return name + " " + op + " " + g.pick("true", "false", "null", "0", "-1", "42", "2.5", "-0.25", "1e3", "2.5E-7", `""`,
		`"x"`, `"a b"`, `"Größe 😀"`, `"\\\"\/\b\f\n\r\t"`, `"\u0041"`, `"and (or) not ["`, `"2011-05-13T04:42:34Z"`)
}

// bend puts one thing wrong: a byte goes, is doubled, or becomes another.
func (g gen) bend(filter string) string {
	i := g.IntN(len(filter))
	switch g.IntN(3) {
	case 0:
		return filter[:i] + filter[i+1:]
	case 1:
		return filter[:i] + filter[i:i+1] + filter[i:]
	}
	return filter[:i] + g.pick(" ", "(", ")", "[", "]", ".", ":", `"`, "\\", "x", "0", "-", "$", "T") + filter[i+1:]
}

// bare is a filter without what its quotes hold.
func bare(filter string) string {
	return regexp.MustCompile(`"(\\.|[^"\\])*"`).ReplaceAllString(filter, `""`)
}

// oddities are the ways in which filter-parser v2.3.1 differs from ours, each with
// the sentence that decides. A filter over which the two differ must show one.
var oddities = []struct {
	name  string
	why   string
	shows func(filter string, e scim.Expr) bool // e is ours, or nil
}{
	{
		"a value path's filter of more than two conditions, or with inner brackets",
		"RFC 7644 §3.4.2.2, figure 1: valFilter is attrExp / logExp / not (valFilter), and logExp joins whole filters, to any depth",
		func(_ string, e scim.Expr) bool { return e != nil && has(e, deep) },
	},
	{
		"a sub-attribute after a value path in a filter",
		"not in RFC 7644 §3.4.2.2, figure 1 (§3.10 has it for PATCH); ours reads what Entra ID means by it",
		func(f string, e scim.Expr) bool { return e != nil && strings.Contains(bare(f), "].") },
	},
	{
		`\u in a string`,
		"RFC 7644 §3.4.2.2, figure 1: compValue follows JSON's rules, and RFC 7159 §7 has \\uXXXX",
		func(f string, e scim.Expr) bool { return e != nil && strings.Contains(f, `\u`) },
	},
	{
		"blanks left out, or too many",
		"RFC 7644 §3.4.2.2, figure 1 asks for one between words; without doubt about the meaning ours takes any number, theirs not around and next to brackets",
		func(f string, e scim.Expr) bool { return e != nil && f != e.String() && both(e.String()) == "" },
	},
	{
		"no blank at all before or after and, or",
		"RFC 7644 §3.4.2.2, figure 1: SP before and after and and or",
		func(f string, e scim.Expr) bool {
			return e == nil && regexp.MustCompile(`(?i)\[.*(["0-9]|pr|null|true|false)(and|or) | (and|or)[a-zA-Z$]`).MatchString(bare(f))
		},
	},
	{
		"a blank before the bracket of a value path",
		"RFC 7644 §3.4.2.2, figure 1: attrPath and [ stand together",
		func(f string, e scim.Expr) bool { return e == nil && strings.Contains(bare(f), " [") },
	},
	{
		"a value path of a sub-attribute",
		"RFC 7643 §2.3.8: a complex attribute holds no complex attribute, so that the brackets could hold nothing that exists",
		func(f string, e scim.Expr) bool {
			return e == nil && regexp.MustCompile(`\.[a-zA-Z$][\w-]*\[`).MatchString(bare(f))
		},
	},
	{
		"true, false or null in capitals",
		"RFC 7644 §3.4.2.2, figure 1: as JSON has them, and RFC 7159 §3: the literal names MUST be lowercase",
		func(f string, e scim.Expr) bool {
			for _, word := range regexp.MustCompile(`(?i)\b(true|false|null)\b`).FindAllString(bare(f), -1) {
				if e == nil && word != strings.ToLower(word) {
					return true
				}
			}
			return false
		},
	},
	{
		"bytes that are no UTF-8",
		"RFC 7644 §3.4.2.2 has JSON's strings, and RFC 7159 §8.1: JSON text SHALL be encoded in UTF-8, -16 or -32",
		func(f string, e scim.Expr) bool { return e == nil && !utf8.ValidString(f) },
	},
	{
		"a URN with odd characters, or a letter missing after $",
		"RFC 7644 §3.4.2.2 has an unknown name match nothing, so that ours judges names when the filter meets a resource type; RFC 3986 §3.3 has $ and empty segments in URIs",
		func(f string, e scim.Expr) bool {
			return e != nil && regexp.MustCompile(`(^|[\s(]):|::|[^\w:.\s()\[\]"-]\S*:|\$[^a-zA-Z]`).MatchString(bare(f))
		},
	},
}

// has reports whether a value path of e has a filter that fulfils odd.
func has(e scim.Expr, odd func(scim.Expr) bool) bool {
	switch x := e.(type) {
	case *scim.And:
		return slices.ContainsFunc(x.Terms, func(t scim.Expr) bool { return has(t, odd) })
	case *scim.Or:
		return slices.ContainsFunc(x.Terms, func(t scim.Expr) bool { return has(t, odd) })
	case *scim.Not:
		return has(x.X, odd)
	case *scim.Has:
		return odd(x.Filter)
	}
	return false
}

// deep reports whether a value path's filter is more than filter-parser reads: one
// condition, or two with one word between, or either of them in one not (…).
func deep(e scim.Expr) bool {
	condition := func(e scim.Expr) bool {
		switch e.(type) {
		case *scim.Compare, *scim.Present:
			return true
		}
		return false
	}
	if not, ok := e.(*scim.Not); ok {
		e = not.X
	}
	var terms []scim.Expr
	switch x := e.(type) {
	case *scim.And:
		terms = x.Terms
	case *scim.Or:
		terms = x.Terms
	default:
		return !condition(e)
	}
	return len(terms) > 2 || !slices.ContainsFunc(terms, condition) || !condition(terms[0]) || !condition(terms[1])
}

// explain gives the place in oddities of a difference over a filter, or -1.
func explain(filter string) int {
	e, err := scim.ParseFilter(filter)
	if err != nil {
		e = nil
	}
	for i, o := range oddities {
		if o.shows(filter, e) {
			return i
		}
	}
	return -1
}

func TestFilterParser(t *testing.T) {
	filters := append(entries(t, "../filters-valid.txt"), entries(t, "../filters-invalid.txt")...)
	filters = append(
		filters,
		entry{"a blank too many", `emails [type eq "work"]`},
		entry{"a blank missing", `emails[type eq "work" andvalue pr]`},
		entry{"half a letter", "title eq \"\xc3\""},
		entry{"an odd URN", `urn:example:$:floor eq 1`},
	)
	g := gen{rand.New(rand.NewPCG(7644, 3422))}
	for range 10_000 {
		f := g.filter(g.IntN(4))
		if g.IntN(2) == 0 {
			f = g.bend(f)
		}
		filters = append(filters, entry{"generated", f})
	}
	seen := make([]int, len(oddities))
	for _, f := range filters {
		d := both(f.filter)
		if d == "" {
			continue
		}
		if i := explain(f.filter); i >= 0 {
			seen[i]++
		} else {
			_, err := scim.ParseFilter(f.filter)
			t.Errorf("%s: %s\n%s\nours says: %v", f.name, f.filter, d, err)
		}
	}
	for i, o := range oddities {
		if seen[i] == 0 {
			t.Errorf("no filter shows %q any more", o.name)
		}
		t.Logf("%5d of %d: %s (%s)", seen[i], len(filters), o.name, o.why)
	}
}
