package change

import (
	"bytes"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// resource compares the two docs.
func (d *differ) resource() {
	members := false
	each(d.Before, d.After, func(name, old, now []byte) {
		if framing(name) {
			return
		}
		switch path := spelt(name); {
		case d.isExtension(path, old, now):
			d.extension(path, old, now)
		case path == "members" && d.isGroup():
			members = true
			d.members(old, now)
		default:
			d.here = 0
			d.attribute(path, path, d.find(path), d.sent, old, now)
			d.endAttribute(path)
		}
	})
	if !members {
		d.countedMembers()
	}
}

// each calls f for each member that two objects do not have alike, in the order
// of now, then those that only old has. A value is nil where there is none.
// Canonical objects have most members in the same places, and most of them alike,
// so both are walked at once as long as that holds.
func each(old, now []byte, f func(name, old, now []byte)) {
	if bytes.Equal(old, now) {
		return
	}
	v, w := scim.WalkJSON(old), scim.WalkJSON(now)
	more, goesOn := w.NextUnlike(&v)
	for more && goesOn && bytes.Equal(v.Name, w.Name) {
		if !bytes.Equal(v.Value, w.Value) {
			f(w.Name, v.Value, w.Value)
		}
		more, goesOn = w.NextUnlike(&v)
	}
	if more || goesOn {
		eachByName(v, w, more, goesOn, f)
	}
}

// eachByName goes on where two objects have no more of their members in the same places.
func eachByName(v, w scim.Walk, more, goesOn bool, f func(name, old, now []byte)) {
	var a, b [16]member
	was, is := index{list: a[:0]}, index{list: b[:0]}
	for ; more; more = v.Next() {
		was.list = append(was.list, member{v.Name, v.Value})
	}
	for ; goesOn; goesOn = w.Next() {
		is.list = append(is.list, member{w.Name, w.Value})
	}
	for i := range is.list {
		m := &is.list[i]
		if j := was.find(m.name); j < 0 {
			f(m.name, nil, m.value)
		} else if before := was.list[j].value; !bytes.Equal(before, m.value) {
			f(m.name, before, m.value)
		}
	}
	for i := range was.list {
		if m := &was.list[i]; is.find(m.name) < 0 {
			f(m.name, m.value, nil)
		}
	}
}

// index finds members by name. A doc may have kept 100,000 unknown ones.
type index struct {
	list   []member
	byName map[string]int
}

func (x *index) find(name []byte) int {
	if len(x.list) <= few {
		for j := range x.list {
			if bytes.Equal(x.list[j].name, name) {
				return j
			}
		}
		return -1
	}
	if x.byName == nil {
		x.byName = make(map[string]int, len(x.list))
		for j := range x.list {
			x.byName[string(x.list[j].name)] = j
		}
	}
	if j, ok := x.byName[string(name)]; ok {
		return j
	}
	return -1
}

// spelt decodes a member's name.
func spelt(name []byte) string {
	if bytes.IndexByte(name, '\\') < 0 {
		return string(name)
	}
	return scim.Unquote(append(append([]byte{'"'}, name...), '"'))
}

// find finds a core or common attribute, nil if it is not known.
func (d *differ) find(name string) *scim.Attribute {
	if d.Type == nil {
		return nil
	}
	r, _ := d.Type.Resolve("", name, "")
	return r.Attr
}

func (d *differ) isGroup() bool { return d.Type == nil || d.Type.Name == "Group" }

func (d *differ) schema(urn string) *scim.Schema {
	if d.Type != nil {
		for _, e := range d.Type.Extensions {
			if e.Schema.ID == urn {
				return e.Schema
			}
		}
	}
	return nil
}

func (d *differ) isExtension(name string, old, now []byte) bool {
	return (d.schema(name) != nil || strings.HasPrefix(name, "urn:")) && (old == nil || old[0] == '{') && (now == nil || now[0] == '{')
}

// extension compares the attributes of an extension. One that came or went as a
// whole is an entry of its own, before its attributes.
func (d *differ) extension(urn string, old, now []byte) {
	switch {
	case old == nil:
		d.add(wire.Change{Kind: Added, Path: urn, N: attributesIn(now)})
	case now == nil:
		d.add(wire.Change{Kind: d.gone(d.sent, urn), Path: urn, N: attributesIn(old)})
	}
	schema, sent := d.schema(urn), d.sentIn(urn)
	each(old, now, func(name, old, now []byte) {
		attr := spelt(name)
		var a *scim.Attribute
		if schema != nil {
			a = schema.Attribute(attr)
		}
		path := urn + ":" + attr
		d.here = 0
		d.attribute(path, attr, a, sent, old, now)
		d.endAttribute(path)
	})
}

// attribute compares the values of one attribute. name is the member that it is
// in the object sent.
func (d *differ) attribute(path, name string, a *scim.Attribute, sent, old, now []byte) {
	gone := Removed
	if now == nil {
		gone = d.gone(sent, name)
	}
	switch {
	case (old == nil || old[0] == '[') && (now == nil || now[0] == '['):
		d.values(path, a, gone, old, now)
	case old != nil && now != nil && old[0] == '{' && now[0] == '{':
		if d.put {
			sent = scim.MemberOf(sent, name)
		}
		each(old, now, func(name, old, now []byte) {
			sub, gone := spelt(name), Removed
			if now == nil {
				gone = d.gone(sent, sub)
			}
			d.single(path+"."+sub, subAttribute(a, sub), gone, old, now)
		})
	default:
		d.single(path, a, gone, old, now)
	}
}

func subAttribute(a *scim.Attribute, name string) *scim.Attribute {
	if a == nil {
		return nil
	}
	return a.SubAttribute(name)
}

// single compares one value with another.
func (d *differ) single(path string, a *scim.Attribute, gone string, old, now []byte) {
	c := wire.Change{Kind: Changed, Path: path}
	switch {
	case old == nil:
		c.Kind = Added
	case now == nil:
		c.Kind = gone
	case sameNumber(old, now):
		return
	case caseOnly(a, old, now):
		c.Kind = Recased
	}
	c.Old, c.New = keptValue(path, a, old), keptValue(path, a, now)
	d.addHere(c)
}

// addHere adds a change of the present attribute, of which not too many are kept.
func (d *differ) addHere(c wire.Change) {
	if d.here++; d.here <= maxAttribute {
		d.add(c)
	}
}

func (d *differ) endAttribute(path string) {
	if n := d.here - maxAttribute; n > 0 {
		d.add(wire.Change{Kind: More, Path: path, N: n})
	}
}

// sameNumber reports whether two values are one number in two spellings.
func sameNumber(a, b []byte) bool {
	digit := func(c byte) bool { return c == '-' || '0' <= c && c <= '9' }
	if !digit(a[0]) || !digit(b[0]) {
		return false
	}
	v, err := scim.Decode(a, scim.Limits{})
	if err != nil {
		return false
	}
	w, err := scim.Decode(b, scim.Limits{})
	return err == nil && v.Equal(w)
}

// caseOnly reports whether two strings differ in case only, where case does not matter.
func caseOnly(a *scim.Attribute, old, now []byte) bool {
	if a == nil || a.CaseExact || a.Type != scim.TypeString || old[0] != '"' || now[0] != '"' {
		return false
	}
	return strings.EqualFold(scim.Unquote(old), scim.Unquote(now))
}
