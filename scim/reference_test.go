package scim

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// naive evaluates a filter in the plainest way, over decoded maps: what Match
// has to agree with. It shares nothing with it but the parser and Resolve.
func naive(t testing.TB, rt *ResourceType, x Expr, doc map[string]any) bool {
	t.Helper()
	find := func(p Path) ([]any, *Attribute, []any) {
		r, ok := rt.Resolve(p.URN, p.Attr, p.Sub)
		if !ok {
			t.Fatalf("no attribute %s", p)
		}
		top := any(doc)
		if r.Ext != nil {
			top = doc[r.Ext.ID]
		}
		if r.Attr == nil {
			return list(top), &Attribute{Type: TypeComplex}, nil
		}
		elements := list(get(top, r.Attr.Name))
		if r.Sub == nil {
			return elements, r.Attr, elements
		}
		var values []any
		for _, e := range elements {
			values = append(values, list(get(e, r.Sub.Name))...)
		}
		return values, r.Sub, elements
	}
	return naiveExpr(x, find)
}

func decoded(t testing.TB, doc string) (m map[string]any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatalf("%v in %s", err, doc)
	}
	return m
}

type naiveFinder func(p Path) (values []any, attr *Attribute, elements []any)

func naiveExpr(x Expr, find naiveFinder) bool {
	switch x := x.(type) {
	case *And:
		for _, term := range x.Terms {
			if !naiveExpr(term, find) {
				return false
			}
		}
		return true
	case *Or:
		for _, term := range x.Terms {
			if naiveExpr(term, find) {
				return true
			}
		}
		return false
	case *Not:
		return !naiveExpr(x.X, find)
	case *Present:
		values, _, _ := find(x.Path)
		return naivePresent(values)
	case *Compare:
		values, attr, _ := find(x.Path)
		return naiveCompare(x, values, attr)
	}
	has := x.(*Has)
	_, attr, elements := find(has.Path)
	for _, e := range elements {
		inside := func(p Path) ([]any, *Attribute, []any) {
			if attr.Type != TypeComplex {
				return []any{e}, attr, nil
			}
			return list(get(e, attr.SubAttribute(p.Attr).Name)), attr.SubAttribute(p.Attr), nil
		}
		if naiveExpr(has.Filter, inside) {
			return true
		}
	}
	return false
}

func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func get(v any, name string) any {
	m, _ := v.(map[string]any)
	return m[name]
}

func naivePresent(values []any) bool {
	for _, v := range values {
		m, object := v.(map[string]any)
		if v != "" && (!object || len(m) > 0) {
			return true
		}
	}
	return false
}

func naiveCompare(x *Compare, values []any, attr *Attribute) bool {
	if x.Value.Kind() == Null {
		return naivePresent(values) == (x.Op == Ne)
	}
	if attr.Type == TypeComplex {
		attr = attr.SubAttribute("value")
		var inner []any
		for _, v := range values {
			inner = append(inner, list(get(v, "value"))...)
		}
		values = inner
	}
	for _, v := range values {
		if naiveHolds(x, v, attr) {
			return true
		}
	}
	return x.Op == Ne && len(values) == 0
}

func naiveHolds(x *Compare, v any, attr *Attribute) bool {
	switch attr.Type {
	case TypeBoolean:
		return (v == x.Value.True()) == (x.Op == Eq)
	case TypeInteger, TypeDecimal:
		return naiveOrder(x.Op, naiveNumbers(string(v.(json.Number)), x.Value.Text()))
	}
	have, want := v.(string), x.Value.Text()
	if attr.Type == TypeDateTime && x.Op != Co && x.Op != Sw && x.Op != Ew {
		return naiveOrder(x.Op, naiveTime(have).Compare(naiveTime(want)))
	}
	if attr.Name == "location" && (x.Op == Eq || x.Op == Ne) {
		return strings.HasSuffix(want, have) == (x.Op == Eq)
	}
	if !attr.CaseExact && attr.Type != TypeBinary {
		have, want = naiveFold(have), naiveFold(want)
	}
	switch x.Op {
	case Co:
		return strings.Contains(have, want)
	case Sw:
		return strings.HasPrefix(have, want)
	case Ew:
		return strings.HasSuffix(have, want)
	}
	return naiveOrder(x.Op, strings.Compare(have, want))
}

// naiveNumbers compares with big.Rat, for which an exponent has to be within reason.
func naiveNumbers(have, want string) int {
	if strings.Contains(want, "e9999") {
		return -1
	}
	a, _ := new(big.Rat).SetString(have)
	b, _ := new(big.Rat).SetString(want)
	return a.Cmp(b)
}

// naiveTime cuts what is finer than a nanosecond, and adds one for it.
func naiveTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, s); err == nil {
			if _, fraction, ok := strings.Cut(s, "."); ok && len(fraction) > 10 && strings.ContainsAny(fraction[9:], "123456789") && !strings.Contains(s, "+") {
				at = at.Add(1)
			}
			return at
		}
	}
	panic("no dateTime: " + s)
}

// naiveFold replaces every letter by the smallest that is equal to it.
func naiveFold(s string) string {
	return strings.Map(func(r rune) rune {
		smallest := r
		for _, c := range "kKſsSßẞσςΣéÉäÄİıiI" {
			if c < smallest && strings.EqualFold(string(c), string(r)) {
				smallest = c
			}
		}
		if smallest < 0x80 {
			return []rune(strings.ToLower(string(smallest)))[0]
		}
		return smallest
	}, s)
}

func naiveOrder(op Op, outcome int) bool {
	return map[Op]bool{Eq: outcome == 0, Ne: outcome != 0, Gt: outcome > 0, Ge: outcome >= 0, Lt: outcome < 0, Le: outcome <= 0}[op]
}

// The vocabulary is small, so that what is generated often matches.
var (
	someTexts = []string{
		"", "a", "A", "ab", "AB", "b", "k", "\u212a", "s", "ſ", "ß", "ẞ", "Σς", "σσ", "éa", "Éa", `"`, `\`, `\"`, `n`, "\n", "\t a", "\u0000", "😀", "a😀b", "😀B", "[a]{b},:", "null",
		strings.Repeat("long ", 40), strings.Repeat("LONG ", 40),
	}
	someTimes    = []string{"2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000Z", "2020-01-01T01:00:00+01:00", "2019-12-31T19:00:00-05:00", "2020-01-01T00:00:00.1Z", "2020-01-01T00:00:00.100", "2020-01-01T00:00:01Z", "2020-02-29T23:59:59.999Z", "2020-01-01T00:00:00"}
	someNumbers  = []string{"0", "-0", "0.0", "1", "1.0", "10e-1", "-1", "12", "1.2e1", "0.12E+2", "9007199254740993", "9007199254740992", "-9007199254740993", "0.1", "0.10", "1e20", "100000000000000000000", "1e-20"}
	someBinaries = []string{"AA==", "aa==", "QUJD"}
)

// generator makes docs and filters for a resource type.
type generator struct {
	*rand.Rand
	rt *ResourceType
}

func (g generator) pick(list []string) string { return list[g.IntN(len(list))] }

func (g generator) simple(a *Attribute) Value {
	switch a.Type {
	case TypeBoolean:
		return BoolOf(g.IntN(2) == 0)
	case TypeInteger, TypeDecimal:
		return Value{kind: Number, text: g.pick(someNumbers)}
	case TypeDateTime:
		return StringOf(g.pick(someTimes))
	case TypeBinary:
		return StringOf(g.pick(someBinaries))
	}
	return StringOf(g.pick(someTexts))
}

func (g generator) value(a *Attribute) Value {
	one := func() Value {
		if a.Type == TypeComplex {
			return g.object(a.Sub)
		}
		return g.simple(a)
	}
	if !a.Multi {
		return one()
	}
	elems := make([]Value, 1+g.IntN(3))
	for i := range elems {
		elems[i] = one()
	}
	return ArrayOf(elems...)
}

func (g generator) object(attributes []*Attribute) Value {
	var members []Member
	for _, i := range g.Perm(len(attributes)) {
		if g.IntN(2) == 0 {
			members = append(members, Member{attributes[i].Name, g.value(attributes[i])})
		}
	}
	return ObjectOf(members...)
}

func (g generator) doc() string {
	doc := g.object(append(append([]*Attribute{}, g.rt.Schema.Attributes...), g.rt.common.Attributes...))
	for _, ext := range g.rt.Extensions {
		if g.IntN(3) > 0 {
			doc.kids = append(doc.kids, Member{ext.Schema.ID, g.object(ext.Schema.Attributes)})
		}
	}
	doc.kids = append(doc.kids, Member{"unknown \"one\" \\", ObjectOf(Member{"userName", StringOf("a")})})
	g.Shuffle(len(doc.kids), func(i, j int) { doc.kids[i], doc.kids[j] = doc.kids[j], doc.kids[i] })
	return doc.String()
}

// expr makes a filter over the type's attributes, or over those of an element.
func (g generator) expr(depth int, element *Attribute) Expr {
	if depth > 0 {
		switch g.IntN(8) {
		case 0:
			return &Not{g.expr(depth-1, element)}
		case 1, 2:
			return flat(&And{[]Expr{g.expr(depth-1, element), g.expr(depth-1, element)}})
		case 3, 4:
			return flat(&Or{[]Expr{g.expr(depth-1, element), g.expr(depth-1, element)}})
		}
	}
	if element != nil {
		if element.Type != TypeComplex {
			single := *element
			single.Multi = false
			return g.condition(Path{Attr: "value"}, &single, nil)
		}
		sub := element.Sub[g.IntN(len(element.Sub))]
		if neverReturned(sub) {
			return g.expr(depth, element)
		}
		return g.condition(Path{Attr: sub.Name}, sub, nil)
	}
	list, p := append(append([]*Attribute{}, g.rt.Schema.Attributes...), g.rt.common.Attributes...), Path{}
	if g.IntN(2) == 0 {
		ext := g.rt.Extensions[g.IntN(len(g.rt.Extensions))].Schema
		list, p.URN = ext.Attributes, ext.ID
	}
	a := list[g.IntN(len(list))]
	if p.Attr = a.Name; neverReturned(a) {
		return g.expr(depth, element)
	}
	if a.Type == TypeComplex && g.IntN(2) == 0 {
		sub := a.Sub[g.IntN(len(a.Sub))]
		if p.Sub = sub.Name; neverReturned(sub) {
			return g.expr(depth, element)
		}
		return g.condition(p, sub, nil)
	}
	return g.condition(p, a, a)
}

// flat makes a chain what the parser makes of it: one node.
func flat(x Expr) Expr {
	switch x := x.(type) {
	case *And:
		var terms []Expr
		for _, term := range x.Terms {
			terms = appendTerm(terms, term)
		}
		return &And{terms}
	case *Or:
		var terms []Expr
		for _, term := range x.Terms {
			if inner, ok := term.(*Or); ok {
				terms = append(terms, inner.Terms...)
			} else {
				terms = append(terms, term)
			}
		}
		return &Or{terms}
	}
	return x
}

// condition makes a condition on an attribute; with top, it may be a value path.
func (g generator) condition(p Path, a, top *Attribute) Expr {
	switch {
	case top != nil && (a.Multi || a.Type == TypeComplex) && g.IntN(2) == 0:
		return &Has{p, g.expr(2, a)}
	case g.IntN(8) == 0:
		return &Present{p}
	case g.IntN(8) == 0:
		return &Compare{p, Op(g.IntN(2)), Value{kind: Null}}
	}
	if a.Type == TypeComplex {
		value := a.SubAttribute("value")
		if value == nil || !a.Multi {
			return &Present{p}
		}
		a = value
	}
	ops := []Op{Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le}
	switch a.Type {
	case TypeBoolean, TypeBinary:
		ops = []Op{Eq, Ne}
	case TypeInteger, TypeDecimal:
		ops = []Op{Eq, Ne, Gt, Ge, Lt, Le}
	}
	return &Compare{p, ops[g.IntN(len(ops))], g.simple(a)}
}

// checkAgainstNaive holds the laws of a generated filter over some docs, and
// counts those that match.
func checkAgainstNaive(t *testing.T, rt *ResourceType, x Expr, docs ...string) (matches int) {
	t.Helper()
	checkRoundTrip(t, x)
	f, err := rt.Compile(x)
	if err != nil {
		t.Fatalf("Compile(%s): %v", x, err)
	}
	canonical, err := ParseFilter(f.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range docs {
		m := decoded(t, doc)
		want := naive(t, rt, x, m)
		if got := f.Match([]byte(doc)); got != want {
			t.Fatalf("Match\nfilter %s\ndoc    %s\nhave %v\nwant %v", x, doc, got, want)
		}
		if naive(t, rt, canonical, m) != want {
			t.Fatalf("the canonical form means something else\nfilter    %s\ncanonical %s\ndoc %s", x, f, doc)
		}
		if want {
			matches++
			checkEqualities(t, rt, f, m)
		}
	}
	return matches
}

// checkEqualities holds that what matches fulfils every equality.
func checkEqualities(t *testing.T, rt *ResourceType, f *Filter, doc map[string]any) {
	t.Helper()
	for _, e := range f.Equal() {
		p, err := ParsePath(e.Path)
		if err != nil {
			t.Fatal(err)
		}
		if x := (&Compare{p, Eq, StringOf(e.Value)}); !naive(t, rt, x, doc) {
			t.Fatalf("a match does not fulfil its equality %s\nfilter %s\ndoc %s", x, f, doc)
		}
	}
}

func TestMatchIsNaive(t *testing.T) {
	rt := thingType(t)
	g := generator{rand.New(rand.NewPCG(7, 43)), rt}
	const filters, docsEach = 500, 8
	matches := 0
	for range filters {
		docs := make([]string, docsEach)
		for i := range docs {
			docs[i] = g.doc()
		}
		matches += checkAgainstNaive(t, rt, g.expr(3, nil), docs...)
	}
	if all := filters * docsEach; matches < all/5 || matches > all*4/5 {
		t.Errorf("%d of %d match: the docs and filters tell little", matches, all)
	}
}

func FuzzMatch(f *testing.F) {
	rt := thingType(f)
	for i, c := range readCorpus(f, "filters-valid.txt") {
		f.Add(c.filter, uint64(i), []byte(barbara))
	}
	f.Fuzz(func(t *testing.T, filter string, seed uint64, raw []byte) {
		g := generator{rand.New(rand.NewPCG(seed, 0)), rt}
		checkAgainstNaive(t, rt, g.expr(3, nil), g.doc())
		x, err := ParseFilter(filter)
		if err != nil {
			return
		}
		bound, err := rt.Compile(x)
		if err != nil {
			return
		}
		bound.Match(raw) // ends without a panic
	})
}
