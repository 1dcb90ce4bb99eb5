package change

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// people makes states of one user that differ in everything that can differ.
// The values of a multi-valued attribute are told apart by type or value.
type people struct{ *rand.Rand }

func (p people) oneOf(list ...string) string { return list[p.IntN(len(list))] }

func (p people) maybe() bool { return p.IntN(3) > 0 }

func (p people) user() string {
	members := []string{`"userName":` + strconv.Quote(p.oneOf("ada@example.com", "Ada@example.com", "bob@example.com"))}
	member := func(name, value string) {
		if p.maybe() {
			members = append(members, strconv.Quote(name)+":"+value)
		}
	}
	text := func(list ...string) string { return strconv.Quote(p.oneOf(list...)) }
	member("externalId", text("00u1", "00U1", "00u2"))
	member("title", text("Engineer", "engineer", "Boss"))
	member("active", p.oneOf("true", "false"))
	member("name", p.object("givenName", text("Ada", "ADA", "Eve"), "familyName", text("Love", "Lace"), "formatted", text("A", "B")))
	member("emails", p.list("ada@example.com", "ADA@example.com", "a@home.example", "b@other.example"))
	member("phoneNumbers", p.list("1", "2", "3"))
	member("addresses", p.addresses())
	urn := scim.EnterpriseURN
	member(urn, p.object("department", text("R&D", "r&d", "Sales"), "employeeNumber", text("7", "8"), "manager", p.object("value", text("1", "2"))))
	p.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return `{"schemas":["` + scim.UserURN + `","` + urn + `"],` + strings.Join(members, ",") + `}`
}

func (p people) object(pairs ...string) string {
	var members []string
	for i := 0; i < len(pairs); i += 2 {
		if p.maybe() {
			members = append(members, strconv.Quote(pairs[i])+":"+pairs[i+1])
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// list makes values that differ in value without case or in type.
func (p people) list(values ...string) string {
	kinds := []string{"work", "home", "other", "Work"}
	used, primary := map[string]bool{}, false
	var elements []string
	for _, i := range p.Perm(len(values)) {
		if p.IntN(2) == 0 || used[strings.ToLower(values[i])] {
			continue
		}
		used[strings.ToLower(values[i])] = true
		e := `{"value":` + strconv.Quote(values[i])
		if p.maybe() {
			e += `,"type":"` + p.oneOf(kinds...) + `"`
		}
		if !primary && p.IntN(2) == 0 {
			e, primary = e+`,"primary":true`, true
		}
		elements = append(elements, e+"}")
	}
	return "[" + strings.Join(elements, ",") + "]"
}

func (p people) addresses() string {
	var elements []string
	for _, kind := range []string{"work", "home"} {
		if p.maybe() {
			elements = append(elements, `{"type":"`+kind+`","locality":`+strconv.Quote(p.oneOf("London", "Paris"))+`}`)
		}
	}
	return "[" + strings.Join(elements, ",") + "]"
}

// differences are the changes that say that the docs differ.
func differences(list []wire.Change) []wire.Change {
	return slices.DeleteFunc(slices.Clone(list), func(c wire.Change) bool { return !Differs(c.Kind) })
}

// eachPair runs f on pairs of states of one user. A method of PUT tells nothing of the body here.
func eachPair(t *testing.T, f func(t *testing.T, a, b []byte)) {
	for seed := range uint64(400) {
		p := people{rand.New(rand.NewPCG(seed, 1))}
		a, b := doc(t, user, p.user(), 1), doc(t, user, p.user(), 2)
		f(t, a, b)
		if t.Failed() {
			t.Fatalf("seed %d\n%s\n%s\n%s", seed, a, b, Lines(Of(Write{Type: user, Before: a, After: b})))
		}
	}
}

func TestNothingDiffersFromItself(t *testing.T) {
	eachPair(t, func(t *testing.T, a, _ []byte) {
		if list := Of(Write{Type: user, Before: a, After: a}); list != nil {
			t.Errorf("%v", list)
		}
	})
}

// The attributes are those that scim.Changed finds by the bytes, but for such
// whose values only stand in another order.
func TestAttributesAreThoseOfChanged(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b []byte) {
		list := Of(Write{Type: user, Before: a, After: b})
		want := slices.DeleteFunc(scim.Changed(a, b), func(name string) bool {
			return slices.ContainsFunc(list, func(c wire.Change) bool { return c.Kind == Reordered && c.Path == name })
		})
		if got := Attributes(list); !slices.Equal(got, want) {
			t.Errorf("have %q, want %q", got, want)
		}
	})
}

// What was added one way was removed the other way, and a change is the same both ways.
func TestSymmetry(t *testing.T) {
	key := func(c wire.Change, mirrored bool) string {
		if mirrored {
			c.Old, c.New = c.New, c.Old
			switch c.Kind {
			case Added:
				c.Kind = Removed
			case Removed:
				c.Kind = Added
			}
		}
		path, rest, labelled := strings.Cut(c.Path, "[")
		if _, sub, ok := strings.Cut(rest, "]"); labelled && ok && sub != "" {
			path += sub // a pair is called after its old state
		} else {
			path = c.Path
		}
		return fmt.Sprint(c.Kind, " ", path, " ", c.Old, " ", c.New)
	}
	eachPair(t, func(t *testing.T, a, b []byte) {
		var there, back []string
		for _, c := range differences(Of(Write{Type: user, Before: a, After: b})) {
			if c.N == 0 || c.Path != scim.EnterpriseURN {
				there = append(there, key(c, false))
			}
		}
		for _, c := range differences(Of(Write{Type: user, Before: b, After: a})) {
			if c.N == 0 || c.Path != scim.EnterpriseURN {
				back = append(back, key(c, true))
			}
		}
		slices.Sort(there)
		slices.Sort(back)
		if !slices.Equal(there, back) {
			t.Errorf("there %q\nback  %q", there, back)
		}
	})
}

// The order of values says nothing.
func TestReorderInvariance(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b []byte) {
		p := people{rand.New(rand.NewPCG(uint64(len(a)), uint64(len(b))))}
		want := paths(differences(Of(Write{Type: user, Before: a, After: b})))
		got := paths(differences(Of(Write{Type: user, Before: p.shuffled(t, a), After: p.shuffled(t, b)})))
		if !slices.Equal(got, want) {
			t.Errorf("have %q\nwant %q", got, want)
		}
	})
}

func paths(list []wire.Change) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Kind+" "+c.Path+" "+c.Old+" "+c.New)
	}
	slices.Sort(out)
	return out
}

// shuffled is a doc with the values of its multi-valued attributes in another order.
func (p people) shuffled(t *testing.T, doc []byte) []byte {
	id, d, m, err := user.ReadDoc(doc)
	if err != nil {
		t.Fatal(err)
	}
	root := d.Attributes.Clone()
	for name, v := range d.Attributes.Members() {
		if v.Kind() == scim.Array {
			elements := make([]scim.Value, v.Len())
			for i, j := range p.Perm(v.Len()) {
				elements[i] = v.At(j)
			}
			root.Set(name, scim.ArrayOf(elements...))
		}
	}
	return user.AppendDoc(nil, id, scim.Draft{Attributes: root}, m)
}

// From the old state and the changes follows the new one.
func TestChangesTellTheNewState(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b []byte) {
		list := Of(Write{Type: user, Before: a, After: b})
		_, old, _, err := user.ReadDoc(a)
		if err != nil {
			t.Fatal(err)
		}
		_, now, _, err := user.ReadDoc(b)
		if err != nil {
			t.Fatal(err)
		}
		got, want := leavesOf(old.Attributes.Clone()), leavesOf(now.Attributes)
		apply(t, got, list, old.Attributes)
		want, got = sorted(want), sorted(got)
		if strings.Join(got.list, "\n") != strings.Join(want.list, "\n") {
			t.Errorf("have %q\nwant %q", got.list, want.list)
		}
	})
}

// leaves are the simple values of a resource by path; the values of a
// multi-valued attribute are lists of such, in any order.
type leaves struct {
	single map[string]string
	multi  map[string][]map[string]string
	list   []string
}

func leavesOf(root scim.Value) *leaves {
	l := &leaves{single: map[string]string{}, multi: map[string][]map[string]string{}}
	var walk func(path string, v scim.Value)
	walk = func(path string, v scim.Value) {
		for name, v := range v.Members() {
			at := path + name
			switch v.Kind() {
			case scim.Object:
				if strings.HasPrefix(name, "urn:") {
					walk(at+":", v)
				} else {
					walk(at+".", v)
				}
			case scim.Array:
				for i := range v.Len() {
					l.multi[at] = append(l.multi[at], elementOf(v.At(i)))
				}
			default:
				l.single[at] = v.String()
			}
		}
	}
	walk("", root)
	return l
}

func elementOf(v scim.Value) map[string]string {
	e := map[string]string{}
	for name, v := range v.Members() {
		e[name] = v.String()
	}
	return e
}

func sorted(l *leaves) *leaves {
	l.list = nil
	for path, v := range l.single {
		l.list = append(l.list, path+"="+v)
	}
	for path, elements := range l.multi {
		for _, e := range elements {
			var subs []string
			for name, v := range e {
				subs = append(subs, name+"="+v)
			}
			slices.Sort(subs)
			l.list = append(l.list, path+"["+strings.Join(subs, ",")+"]")
		}
	}
	slices.Sort(l.list)
	return l
}

// apply does to the old state what the changes say, reading nothing but them.
func apply(t *testing.T, l *leaves, list []wire.Change, old scim.Value) {
	t.Helper()
	before := leavesOf(old)
	for _, c := range differences(list) {
		if c.Path == scim.EnterpriseURN {
			continue // its attributes follow
		}
		attr, rest, labelled := strings.Cut(c.Path, "[")
		if !labelled {
			l.set(t, c)
			continue
		}
		label, sub, _ := strings.Cut(rest, "]")
		if c.Kind == Added && sub == "" {
			l.multi[attr] = append(l.multi[attr], elementOf(decode(t, c.New)))
			continue
		}
		i := called(before.multi[attr], label)
		if i < 0 {
			t.Fatalf("no value of %s is called %q", attr, label)
		}
		e := l.multi[attr][i]
		switch sub = strings.TrimPrefix(sub, "."); {
		case sub == "":
			clear(e)
		case c.New == "":
			delete(e, sub)
		default:
			e[sub] = c.New
		}
	}
	for attr := range l.multi {
		l.multi[attr] = slices.DeleteFunc(l.multi[attr], func(e map[string]string) bool { return len(e) == 0 })
	}
}

// set sets or removes a value that stands alone: a complex one as a whole.
func (l *leaves) set(t *testing.T, c wire.Change) {
	for path := range l.single {
		if path == c.Path || strings.HasPrefix(path, c.Path+".") {
			delete(l.single, path)
		}
	}
	if c.New == "" {
		return
	}
	if v := decode(t, c.New); v.Kind() == scim.Object {
		for name, v := range v.Members() {
			l.single[c.Path+"."+name] = v.String()
		}
		return
	}
	l.single[c.Path] = c.New
}

// called finds the value that a label means.
func called(elements []map[string]string, label string) int {
	if n, err := strconv.Atoi(strings.TrimPrefix(label, "#")); err == nil && label[0] == '#' {
		return n - 1
	}
	for _, by := range []string{"type", "value"} {
		for i, e := range elements {
			if e[by] == strconv.Quote(label) {
				return i
			}
		}
	}
	return -1
}
