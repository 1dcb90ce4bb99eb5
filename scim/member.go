package scim

import "slices"

// A Group's members and a User's groups (RFC 7643 §4.2, §4.1.2) are references
// to other resources. In a Draft a member is its value alone: what clients say
// of $ref, type and display is ignored, since it follows from the value. A
// store that keeps them elsewhere than in the doc renders them with
// AppendReference and inserts them with Insert before it matches, projects or
// answers.

// Reference is one element of members or groups.
type Reference struct {
	ID      string
	Type    *ResourceType // of what is referred to
	Display string        // its displayName or userName; "" is left out
	Kind    string        // of groups: "direct" or "indirect"; of members ""
}

// AppendReference appends the element's JSON to dst in stored form: its $ref has no base URL
// ("/Users/2819"); AppendWire and Projection.Append put it there. Of a member
// type is the name of the resource type, of a user's group it is the Kind.
func AppendReference(dst []byte, r Reference) []byte {
	dst = append(dst, `{"value":`...)
	dst = appendString(dst, r.ID)
	dst = append(dst, `,"$ref":"`...)
	dst = append(dst, r.Type.Endpoint...)
	dst = append(dst, '/')
	dst = appendText(dst, r.ID)
	dst = append(dst, '"')
	if r.Kind == "" {
		dst = append(append(append(dst, `,"type":"`...), r.Type.Name...), '"')
	}
	if r.Display != "" {
		dst = appendString(append(dst, `,"display":`...), r.Display)
	}
	if r.Kind != "" {
		dst = append(append(append(dst, `,"type":"`...), r.Kind...), '"')
	}
	return append(dst, '}')
}

// AppendReferenceTo is AppendReference for the resource of this type that has
// this stored doc: the display is its displayName, else its userName. It
// decodes and allocates nothing.
func (t *ResourceType) AppendReferenceTo(dst, doc []byte, kind string) []byte {
	var id, display []byte
	limit := rankExtension
	if a := t.Schema.names.exact["displayName"]; a != nil {
		limit = rankCore + a.order
	}
	for i := firstMember(doc); i < len(doc); {
		name, value, next := nextMember(doc, i)
		i = next
		text := doc[name.from:name.to]
		switch string(text) {
		case "id":
			id = doc[value.from:value.to]
		case "userName", "displayName":
			if v := doc[value.from:value.to]; len(v) > 2 { // an empty displayName is none
				display = v
			}
		}
		if a := t.Schema.names.exact[string(text)]; a != nil && rankCore+a.order >= limit {
			break
		}
	}
	if len(id) < 2 {
		id = []byte(`""`)
	}
	dst = append(append(dst, `{"value":`...), id...)
	dst = append(append(dst, `,"$ref":"`...), t.Endpoint...)
	dst = append(append(dst, '/'), id[1:]...)
	if kind == "" {
		dst = append(append(append(dst, `,"type":"`...), t.Name...), '"')
	}
	if len(display) > 0 {
		dst = append(append(dst, `,"display":`...), display...)
	}
	if kind != "" {
		dst = append(append(append(dst, `,"type":"`...), kind...), '"')
	}
	return append(dst, '}')
}

// Insert appends doc to dst with a core attribute more, at its place in the
// schema: value is the JSON of "members", "groups" or another. It takes the
// place of one that is there; an empty value or [] leaves the attribute out.
func (t *ResourceType) Insert(dst, doc []byte, attr string, value []byte) []byte {
	a := t.Schema.Attribute(attr)
	if a == nil {
		return append(dst, doc...)
	}
	at, end := t.place(doc, a)
	dst = append(dst, doc[:at]...)
	if !empty(value) {
		if at > 1 && doc[at-1] != ',' {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), a.Name...), '"', ':')
		dst = append(dst, value...)
		if end < len(doc) && doc[end] == '"' {
			dst = append(dst, ',')
		}
	}
	return append(dst, doc[end:]...)
}

// place finds where a core attribute is in a doc, from its name's quote to the
// next member's, or where it belongs, where at and end are the same. A doc
// ends with meta, so a member always follows.
func (t *ResourceType) place(doc []byte, a *Attribute) (at, end int) {
	i := firstMember(doc)
	for i < len(doc) {
		name, _, next := nextMember(doc, i)
		text := doc[name.from:name.to]
		if string(text) == a.Name {
			return i, next
		}
		if b := t.Schema.names.exact[string(text)]; b != nil {
			if b.order > a.order {
				break
			}
		} else if b := t.common.names.exact[string(text)]; b == nil || b.Name == "meta" {
			break
		}
		i = next
	}
	return i, i
}

// references reads the members of a Group: of each its value. What clients say
// of type, display and $ref follows from it and is not even compared.
func (r *reader) references(at where, a *Attribute, v Value) (Value, error) {
	kids := r.take(len(v.kids))
	slab := r.take(len(v.kids))[:len(v.kids)]
	for i := range v.kids {
		e := v.kids[i].Value
		if e.kind == Null {
			continue
		}
		at.index, at.sub = i, ""
		if e.kind != Object {
			return Value{}, wrongType(at, "an object", e)
		}
		value := e.Fold("value")
		if at.sub = "value"; value.kind != String || value.text == "" {
			return Value{}, wrongType(at, "the id of a resource as a string", value)
		}
		for j := range e.kids {
			if name := e.kids[j].Name; a.SubAttribute(name) == nil {
				at.sub = name
				if kept, err := r.unknown(at, e.kids[j].Value); err != nil {
					return Value{}, err
				} else if kept.kind != Absent {
					r.note("%v was ignored: members keep their value alone", at)
				}
			}
		}
		slab[i] = Member{"value", value}
		kids = append(kids, Member{Value: Value{kind: Object, kids: slab[i : i+1 : i+1]}})
	}
	at.index, at.sub = -1, ""
	return listOf(r.distinct(at, a, kids)), nil
}

// Touches reports whether the filter reads a core attribute: "members".
func (f *Filter) Touches(attr string) bool {
	for _, name := range f.wanted {
		if name == attr {
			return true
		}
	}
	return false
}

// Expr gives the filter as an expression in its canonical form: see String.
func (f *Filter) Expr() Expr { return f.root.expr() }

// MemberChanges tells what a PATCH does to a Group's members when it can be
// told without having them: ok means that it only adds members and removes
// them by value. Then Apply on a Draft without members gives the added ones as
// its members, and the new members are
//
//	old members − removed + Apply(draft without members).members
//
// so that a store need not read 50,000 members to add one. A removed value is
// folded (see Fold), as ids are. untouched means that it does nothing to them.
// See ReplacesMembers for the other case that needs no reading.
func (p *Patch) MemberChanges() (removed []string, untouched, ok bool) {
	untouched = true
	for i := range p.edits {
		e := &p.edits[i]
		if e.attr == nil || !e.attr.refers {
			continue
		}
		if untouched = false; !e.byValue() {
			return nil, false, false
		}
		removed = e.appendRemoved(removed)
	}
	return removed, untouched, true
}

// ReplacesMembers reports whether the members after a PATCH do not depend on
// those before: Apply on a Draft without members gives them all.
func (p *Patch) ReplacesMembers() bool {
	replaced := false
	for i := range p.edits {
		e := &p.edits[i]
		switch {
		case e.attr == nil || !e.attr.refers:
		case e.action == assign:
			replaced = true
		case replaced && !e.byValue():
			return false
		}
	}
	return replaced
}

// byValue reports whether the edit adds members, or removes them by value.
func (e *edit) byValue() bool {
	return e.action == extend || e.action == discard || e.action == strike && e.test.sub == "value"
}

// appendRemoved lists the values that the edit removes, folded.
func (e *edit) appendRemoved(list []string) []string {
	switch e.action {
	case discard:
		for i := range e.value.kids {
			// Values to discard have case. One with capitals is no stored id; Apply
			// sees to it if the PATCH itself added it.
			if text := e.value.kids[i].Value.Get("value").text; Fold(text) == text {
				list = append(list, text)
			}
		}
	case strike:
		if e.test.more == nil {
			return append(list, Fold(e.test.text))
		}
		for text := range e.test.more {
			list = append(list, Fold(text))
		}
	}
	return list
}

// memberRun counts the edits from i on that add or remove members by value.
func (p *Patch) memberRun(i int) (n int) {
	for _, e := range p.edits[i:] {
		if e.attr == nil || !e.attr.refers || !e.byValue() {
			break
		}
		n++
	}
	return n
}

// applyMembers applies a run of edits to members in time linear in both: one
// by one, 1,000 operations on 50,000 members would go over all of them 1,000
// times. ok is false when values differ in case only, as no store's ids do.
func applyMembers(edits []edit, old Value) (_ Value, ok bool) {
	set := memberSet{kids: make([]Member, 0, len(old.kids)+len(edits)), places: make(map[string]int, len(old.kids))}
	for i := range old.kids {
		if !set.add(old.kids[i]) {
			return Value{}, false
		}
	}
	for i := range edits {
		e := &edits[i]
		switch {
		case e.action == extend:
			for _, m := range e.value.kids {
				if !set.add(m) {
					return Value{}, false
				}
			}
		case e.action == discard:
			for _, m := range e.value.kids {
				set.remove(m.Value.Get("value").text, true)
			}
		case e.test.more == nil:
			set.remove(e.test.text, e.test.exact)
		default:
			for text := range e.test.more {
				set.remove(text, e.test.exact)
			}
		}
	}
	return set.value(), true
}

// addMembers adds members. A few are looked for one by one, which is cheaper
// than to make a set of 50,000.
func (e *edit) addMembers(old Value) (_ Value, ok bool) {
	const few = 8
	if len(e.value.kids) > few {
		return applyMembers([]edit{*e}, old)
	}
	kids := old.kids
	for _, m := range e.value.kids {
		text := m.Value.Get("value").text
		if !slices.ContainsFunc(kids, func(k Member) bool { return k.Value.Get("value").text == text }) {
			kids = append(kids[:len(kids):len(kids)], m)
		}
	}
	return listOf(kids), true
}

// memberSet is a Group's members under change.
type memberSet struct {
	kids   []Member
	places map[string]int // in kids, by folded value
}

// add adds a member that is not there; false: one is there whose value differs in case.
func (s *memberSet) add(m Member) bool {
	text := m.Value.Get("value").text
	key := Fold(text)
	if at, there := s.places[key]; there {
		return s.kids[at].Value.Get("value").text == text
	}
	s.places[key] = len(s.kids)
	s.kids = append(s.kids, m)
	return true
}

// remove takes a member out; exact: one with just this value.
func (s *memberSet) remove(text string, exact bool) {
	key := Fold(text)
	if at, there := s.places[key]; there && (!exact || s.kids[at].Value.Get("value").text == text) {
		s.kids[at] = Member{}
		delete(s.places, key)
	}
}

func (s *memberSet) value() Value {
	kept := s.kids[:0]
	for _, m := range s.kids {
		if m.Value.kind != Absent {
			kept = append(kept, m)
		}
	}
	return listOf(kept)
}
