package scim

import (
	"iter"
	"strconv"
	"strings"
)

// Kind is the kind of a Value.
type Kind uint8

// The kinds. Absent is the zero Value: what a lookup of a missing member gives.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// String names the kind with its article, as error texts want it: "a string".
func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// Value is one JSON value. It is small, is passed by value and shares its
// strings and members with its copies: nobody changes a Value in place except
// through the Set of an Object that it got from Clone.
// Members keep their order; numbers keep their digits.
type Value struct {
	kind Kind
	text string   // a String's text, a Number's literal, "true" or "false" of a Bool
	kids []Member // an Array's elements (without names) or an Object's members
}

// Member is one member of an Object, or one element of an Array (no name).
type Member struct {
	Name  string
	Value Value
}

// StringOf makes a String.
func StringOf(s string) Value { return Value{kind: String, text: s} }

// BoolOf makes a Bool.
func BoolOf(b bool) Value {
	if b {
		return Value{kind: Bool, text: "true"}
	}
	return Value{kind: Bool, text: "false"}
}

// IntOf makes a Number.
func IntOf(n int64) Value { return Value{kind: Number, text: strconv.FormatInt(n, 10)} }

// ArrayOf makes an Array of copies of elems.
func ArrayOf(elems ...Value) Value {
	kids := make([]Member, len(elems))
	for i, e := range elems {
		kids[i].Value = e
	}
	return Value{kind: Array, kids: kids}
}

// ObjectOf makes an Object of m, which belongs to the Value from then on. The
// names have to differ.
func ObjectOf(m ...Member) Value { return Value{kind: Object, kids: m} }

// Kind returns what v is.
func (v Value) Kind() Kind { return v.kind }

// Text returns a String's text or a Number's literal as it was written; else "".
func (v Value) Text() string {
	if v.kind == String || v.kind == Number {
		return v.text
	}
	return ""
}

// True reports whether v is the Bool true.
func (v Value) True() bool { return v.kind == Bool && v.text == "true" }

// Len returns the number of members of an Object or elements of an Array; else 0.
func (v Value) Len() int { return len(v.kids) }

// At returns element i of an Array, or the value of member i of an Object. It
// panics when i is out of range.
func (v Value) At(i int) Value { return v.kids[i].Value }

// Get returns the member of an Object with exactly this name; Absent if there is none.
func (v Value) Get(name string) Value {
	if i := v.find(name); i >= 0 {
		return v.kids[i].Value
	}
	return Value{}
}

// Fold returns the first member of an Object whose name is name in any case
// (attribute names have none: RFC 7643 §2.1), with the exact name first.
func (v Value) Fold(name string) Value {
	if i := v.find(name); i >= 0 {
		return v.kids[i].Value
	}
	if v.kind != Object {
		return Value{}
	}
	for i := range v.kids {
		if sameName(v.kids[i].Name, name) {
			return v.kids[i].Value
		}
	}
	return Value{}
}

func (v Value) find(name string) int {
	if v.kind != Object {
		return -1
	}
	for i := range v.kids {
		if v.kids[i].Name == name {
			return i
		}
	}
	return -1
}

// Members yields an Object's members in order; an Array's elements with "" as names.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i := range v.kids {
			if !yield(v.kids[i].Name, v.kids[i].Value) {
				return
			}
		}
	}
}

// Equal reports whether v and w are the same JSON value: the order of members
// does not matter, the order of elements does, and numbers are compared by
// value (1.0 equals 1).
func (v Value) Equal(w Value) bool {
	if v.kind != w.kind || len(v.kids) != len(w.kids) {
		return false
	}
	switch v.kind {
	case Number:
		return v.text == w.text || sameNumber(v.text, w.text)
	case Array:
		for i := range v.kids {
			if !v.kids[i].Value.Equal(w.kids[i].Value) {
				return false
			}
		}
		return true
	case Object:
		return sameMembers(v.kids, w.kids)
	default:
		return v.text == w.text
	}
}

// sameMembers looks where the member is expected first, so that equal objects
// in equal order, the common case, take linear time; large ones in another
// order take a map.
func sameMembers(a, b []Member) bool {
	var byName map[string]int
	for i := range a {
		j := i
		if b[j].Name != a[i].Name {
			if byName == nil && len(b) > 16 {
				byName = make(map[string]int, len(b))
				for k := range b {
					byName[b[k].Name] = k
				}
			}
			var ok bool
			if byName != nil {
				j, ok = byName[a[i].Name]
			} else {
				j = Value{kind: Object, kids: b}.find(a[i].Name)
				ok = j >= 0
			}
			if !ok {
				return false
			}
		}
		if !a[i].Value.Equal(b[j].Value) {
			return false
		}
	}
	return true
}

// Clone returns a deep copy; only strings are shared. It takes one allocation.
func (v Value) Clone() Value {
	n := v.count()
	if n == 0 {
		return v
	}
	arena := make([]Member, 0, n)
	return v.cloneInto(&arena)
}

func (v Value) count() int {
	n := len(v.kids)
	for i := range v.kids {
		if len(v.kids[i].Value.kids) > 0 {
			n += v.kids[i].Value.count()
		}
	}
	return n
}

func (v Value) cloneInto(arena *[]Member) Value {
	from := len(*arena)
	*arena = append(*arena, v.kids...)
	kids := (*arena)[from:len(*arena):len(*arena)]
	for i := range kids {
		if len(kids[i].Value.kids) > 0 {
			kids[i].Value = kids[i].Value.cloneInto(arena)
		}
	}
	v.kids = kids
	return v
}

// Set replaces the member of an Object that has exactly this name, or appends
// one; an Absent w deletes it. v has to come from Clone, ObjectOf or another
// place where nobody else has it. It panics when v is not an Object.
func (v *Value) Set(name string, w Value) {
	if v.kind != Object {
		panic("scim: Set on " + v.kind.String())
	}
	i := v.find(name)
	switch {
	case w.kind == Absent && i >= 0:
		v.kids = append(v.kids[:i], v.kids[i+1:]...)
	case w.kind == Absent:
	case i >= 0:
		v.kids[i].Value = w
	default:
		v.kids = append(v.kids, Member{name, w})
	}
}

// String returns v as compact JSON.
func (v Value) String() string { return string(v.Append(nil)) }

// sameName compares attribute names and URNs, which have no case. Names are
// ASCII by their grammar (RFC 7643 §2.1), so no other letters are folded: a
// Kelvin sign is not a k here.
func sameName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// lowerName returns s with A to Z in lower case, and s itself when it has none.
func lowerName(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				b[i] = lower(b[i])
			}
			return string(b)
		}
	}
	return s
}

// sameNumber compares two JSON number literals by value, exactly. Literals
// with exponents beyond int64 are the same only when they are spelt the same.
func sameNumber(a, b string) bool {
	negA, digA, expA, okA := decimal(a)
	negB, digB, expB, okB := decimal(b)
	return okA && okB && negA == negB && digA == digB && expA == expB
}

// decimal takes a literal apart: value = 0.digits × 10^exp, digits without
// zeros at either end; zero is "", exponent 0 and not negative.
func decimal(s string) (neg bool, digits string, exp int64, ok bool) {
	s, neg = strings.CutPrefix(s, "-")
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.ParseInt(strings.TrimPrefix(s[i+1:], "+"), 10, 62)
		if err != nil {
			return false, "", 0, false
		}
		s, exp = s[:i], e
	}
	whole, frac, _ := strings.Cut(s, ".")
	exp += int64(len(whole))
	digits = whole + frac
	n := len(digits)
	digits = strings.TrimLeft(digits, "0")
	exp -= int64(n - len(digits))
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return false, "", 0, true
	}
	return neg, digits, exp, true
}
