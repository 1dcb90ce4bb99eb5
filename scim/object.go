package scim

import (
	"encoding/base64"
	"slices"
	"strings"
)

// ranker knows the order of an object's members. Unknown names have the
// greatest rank, so that they stand last, in the order in which they came.
type ranker interface{ rank(name string) int }

func (n *names) rank(name string) int {
	if a := n.exact[name]; a != nil {
		return a.order
	}
	return rankUnknown
}

// object gathers members in schema order.
type object struct {
	of      ranker
	members []Member
	ranks   [32]int // of the first members: asking of costs a lookup
}

// put adds a member; an Absent value adds nothing. Members mostly come nearly
// in order, so each moves a few places at most.
func (o *object) put(rank int, name string, v Value) {
	if v.kind == Absent {
		return
	}
	n := len(o.members)
	i := n
	for i > 0 && o.rank(i-1) > rank {
		i--
	}
	if i == n {
		o.members = append(o.members, Member{name, v})
	} else {
		o.members = append(o.members, o.members[n-1])
		copy(o.members[i+1:n], o.members[i:n-1])
		o.members[i] = Member{name, v}
	}
	if i < len(o.ranks) {
		copy(o.ranks[i+1:], o.ranks[i:min(n, len(o.ranks))])
		o.ranks[i] = rank
	}
}

func (o *object) rank(i int) int {
	if i < len(o.ranks) {
		return o.ranks[i]
	}
	return o.of.rank(o.members[i].Name)
}

// value is the finished object, Absent when nothing was put into it.
func (o *object) value() Value {
	if len(o.members) == 0 {
		return Value{}
	}
	return Value{kind: Object, kids: o.members}
}

// slot finds where a member of this rank belongs.
func slot(of ranker, members []Member, rank int) int {
	i := len(members)
	for i > 0 && of.rank(members[i-1].Name) > rank {
		i--
	}
	return i
}

// with returns a copy of an Object in which a member has another value, is
// new, or is gone when w is Absent. v itself stays as it is, as does
// everybody who shares its members: PATCH builds on that.
//
// Names that no schema knows meet in any case, as those that one knows do by
// being spelt its way: an object must not have a name twice.
func (v Value) with(of ranker, name string, w Value) Value {
	i := v.find(name)
	if i < 0 && of.rank(name) == rankUnknown {
		i = slices.IndexFunc(v.kids, func(m Member) bool { return sameName(m.Name, name) })
	}
	var kids []Member
	switch {
	case w.kind == Absent && i < 0:
		return v
	case w.kind == Absent:
		kids = make([]Member, 0, len(v.kids)-1)
		kids = append(append(kids, v.kids[:i]...), v.kids[i+1:]...)
	case i >= 0:
		kids = slices.Clone(v.kids)
		kids[i].Value = w
	default:
		i = slot(of, v.kids, of.rank(name))
		kids = make([]Member, 0, len(v.kids)+1)
		kids = append(append(append(kids, v.kids[:i]...), Member{name, w}), v.kids[i:]...)
	}
	return Value{kind: Object, kids: kids}
}

// elements are the values of a multi-valued attribute, found by what tells
// them apart: type and value (RFC 7643 §2.4), or all of it when there is no value.
type elements struct {
	kids []Member
	seen map[string]int // by identity; made when there are many
	bare map[string]int // by value alone: the first such element; made when asked for
}

// manyElements is from where on a map is worth its allocation.
const manyElements = 16

func (l *elements) add(e Value) {
	l.kids = append(l.kids, Member{Value: e})
	i := len(l.kids) - 1
	if l.seen != nil {
		l.seen[identity(e)] = i
	}
	if l.bare != nil {
		if v := e.Get("value").text; l.bare[v] == 0 {
			l.bare[v] = i + 1
		}
	}
}

// find returns the element that is the same as e, -1 if there is none.
func (l *elements) find(e Value) int {
	if len(l.kids) < manyElements {
		return slices.IndexFunc(l.kids, func(m Member) bool { return sameElement(m.Value, e) })
	}
	if l.seen == nil {
		l.seen = make(map[string]int, 2*len(l.kids))
		for i := range l.kids {
			l.seen[identity(l.kids[i].Value)] = i
		}
	}
	if i, ok := l.seen[identity(e)]; ok {
		return i
	}
	return -1
}

// findValue returns the first element with e's value, whatever its type; -1 if there is none.
func (l *elements) findValue(e Value) int {
	v := e.Get("value")
	if v.kind != String {
		return -1
	}
	if l.bare == nil {
		l.bare = make(map[string]int, len(l.kids))
		for i := range l.kids {
			if w := l.kids[i].Value.Get("value"); l.bare[w.text] == 0 {
				l.bare[w.text] = i + 1
			}
		}
	}
	return l.bare[v.text] - 1
}

// namesValue reports whether one of the elements has the same value as e and
// no type, so that it means e whatever its type.
func (l *elements) namesValue(e Value) bool {
	i := l.findValue(e)
	return i >= 0 && l.kids[i].Value.Get("type").kind == Absent
}

// identity is a text that two elements have in common exactly when they are
// the same. Decode admits no U+0000, so it separates.
func identity(e Value) string {
	v := e.Get("value")
	if v.kind != String {
		return e.String()
	}
	return v.text + "\x00" + e.Get("type").text
}

// sameElement reports whether two elements are the same value.
func sameElement(a, b Value) bool {
	va, vb := a.Get("value"), b.Get("value")
	if va.kind != String || vb.kind != String {
		return a.Equal(b)
	}
	return va.text == vb.text && a.Get("type").text == b.Get("type").text
}

// isDateTime checks an xsd:dateTime (RFC 7643 §2.3.5): what is stored can be
// compared in a filter.
func isDateTime(s string) bool {
	_, ok := parseInstant([]byte(s))
	return ok
}

// isBase64 checks base64 with either alphabet of RFC 4648, padded or not.
func isBase64(s string) bool {
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "\r\n") { // which the decoder skips
		return false
	}
	enc := base64.RawStdEncoding
	if strings.ContainsAny(s, "-_") {
		enc = base64.RawURLEncoding
	}
	_, err := enc.DecodeString(s)
	return err == nil
}
