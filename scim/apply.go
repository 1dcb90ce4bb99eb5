package scim

import (
	"slices"
	"strings"
)

// Apply applies the operations in order to d: all or nothing, and d stays as
// it is. changed is false when the result equals d. Errors are *Error: 400
// noTarget for a replace by a value path that no value matches, mutability
// for an immutable value that would become another, invalidValue for two
// primary values.
//
// A remove of what is not there succeeds without a change: Okta and Entra
// remove members that are gone already. An add by a value path that no value
// matches makes the value, if the filter says with eq alone what it is.
func (p *Patch) Apply(d Draft) (out Draft, changed bool, err error) {
	root := d.Attributes
	root.kind = Object
	for i := 0; i < len(p.edits); i++ {
		e := &p.edits[i]
		if n := p.memberRun(i); n > 1 {
			if members, ok := applyMembers(p.edits[i:i+n], root.Get(e.name)); ok {
				root = root.with(p.t, e.name, members)
				i += n - 1
				continue
			}
		}
		if root, err = e.apply(p.t, root); err != nil {
			return Draft{}, false, inOperation(e.number, err)
		}
	}
	if err := p.t.required(root); err != nil {
		return Draft{}, false, err
	}
	if len(root.kids) == d.Attributes.Len() && sameMembers(root.kids, d.Attributes.kids) {
		return d, false, nil
	}
	return Draft{root}, true, nil
}

// edit is one change of one attribute. Edits never change a Value in place:
// each makes new members along its way, so the draft and the patch keep theirs.
type edit struct {
	number int     // of the operation
	verb   verb    // tells what happens when no element matches a merge
	path   string  // for error texts
	ext    *Schema // the extension that the attribute is in, or nil
	attr   *Attribute
	name   string // the member: the attribute's, or one that no schema knows, or an extension
	action action

	value   Value        // of assign, extend and discard
	members []Member     // of merge: sub-attributes; an Absent value removes
	test    *elementTest // of merge and strike: which elements; nil: all
	made    Value        // of merge: what add makes when none matches; may be Absent
}

// action is what an edit does.
type action uint8

const (
	assign  action = iota // the value takes the place of what was there
	extend                // the values join those that were there
	discard               // the values go
	merge                 // sub-attributes are set or removed
	strike                // the elements that match go
)

// apply returns a resource in which the attribute is changed.
func (e *edit) apply(t *ResourceType, root Value) (Value, error) {
	if e.ext == nil {
		v, err := e.change(root.Get(e.name))
		if err != nil {
			return Value{}, err
		}
		return root.with(t, e.name, v), nil
	}
	inner := root.Get(e.ext.ID)
	inner.kind = Object
	v, err := e.change(inner.Get(e.name))
	if err != nil {
		return Value{}, err
	}
	if inner = inner.with(&e.ext.names, e.name, v); len(inner.kids) == 0 {
		inner = Value{}
	}
	return root.with(t, e.ext.ID, inner), nil
}

// change returns the attribute's new value, Absent when it has none any more.
func (e *edit) change(old Value) (Value, error) {
	switch {
	case e.action == assign:
		if e.attr != nil && e.attr.Mutability == "immutable" && old.kind != Absent && !old.Equal(e.value) {
			return Value{}, Errorf(400, Mutability, "%s is immutable", e.name)
		}
		return e.value, nil
	case e.action == extend:
		return e.extend(old)
	case e.action == discard:
		gone := elements{kids: e.value.kids}
		return filtered(old, func(v Value) bool { return gone.find(v) < 0 && !gone.namesValue(v) }), nil
	case e.action == strike:
		var buf []byte
		return filtered(old, func(v Value) bool { return !e.test.match(v, &buf) }), nil
	case e.attr.Multi:
		return e.mergeElements(old)
	}
	return e.mergeInto(old)
}

// filtered keeps the elements that keep says yes to.
func filtered(old Value, keep func(Value) bool) Value {
	kids := make([]Member, 0, len(old.kids))
	for i := range old.kids {
		if keep(old.kids[i].Value) {
			kids = append(kids, old.kids[i])
		}
	}
	return listOf(kids)
}

func listOf(kids []Member) Value {
	if len(kids) == 0 {
		return Value{}
	}
	return Value{kind: Array, kids: kids}
}

// extend adds values. One that is there already gets what the new one says of
// it, so adding a value twice changes nothing (RFC 7644 §3.5.2.1); a value
// without a type is also the same as one with a type.
func (e *edit) extend(old Value) (Value, error) {
	if e.attr.refers {
		if members, ok := e.addMembers(old); ok {
			return members, nil
		}
	}
	all := elements{kids: slices.Grow(slices.Clone(old.kids), len(e.value.kids))}
	primary := -1
	for _, m := range e.value.kids {
		i := all.find(m.Value)
		if i < 0 && m.Value.Get("type").kind == Absent {
			i = all.findValue(m.Value)
		}
		if i < 0 {
			i = len(all.kids)
			all.add(m.Value)
		} else {
			all.kids[i].Value = e.enrich(all.kids[i].Value, m.Value)
		}
		if m.Value.Get("primary").True() {
			primary = i
		}
	}
	e.onlyPrimary(all.kids, primary)
	return listOf(all.kids), nil
}

// enrich sets what v says of an element, except immutable sub-attributes that it has.
func (e *edit) enrich(element, v Value) Value {
	for _, m := range v.kids {
		sub := e.attr.SubAttribute(m.Name)
		if have := element.Get(m.Name); have.kind != Absent && (sub != nil && sub.Mutability == "immutable" || have.Equal(m.Value)) {
			continue
		}
		element = element.with(&e.attr.subs, m.Name, m.Value)
	}
	return element
}

// onlyPrimary clears primary in all elements but one (RFC 7644 §3.5.2); i < 0: none was set.
func (e *edit) onlyPrimary(kids []Member, i int) {
	if i < 0 {
		return
	}
	for j := range kids {
		if j != i && kids[j].Value.Get("primary").True() {
			kids[j].Value = kids[j].Value.with(&e.attr.subs, "primary", BoolOf(false))
		}
	}
}

// mergeElements sets sub-attributes in the elements that match.
func (e *edit) mergeElements(old Value) (Value, error) {
	kids := slices.Clone(old.kids)
	var buf []byte
	matched, primary := 0, -1
	for i := range kids {
		if !e.test.match(kids[i].Value, &buf) {
			continue
		}
		matched++
		v, err := e.mergeInto(kids[i].Value)
		if err != nil {
			return Value{}, err
		}
		kids[i].Value = v
		if e.setsPrimary() {
			if primary >= 0 {
				return Value{}, Errorf(400, InvalidValue, "%s: several values match, but one at most may be primary", e.target())
			}
			primary = i
		}
	}
	if matched == 0 {
		switch {
		case e.verb == remove:
			return old, nil
		case e.verb == replace || e.made.kind == Absent:
			return Value{}, Errorf(400, NoTarget, "%s: no value matches", e.target())
		}
		v, err := e.mergeInto(e.made)
		if err != nil {
			return Value{}, err
		}
		kids = append(kids, Member{Value: v})
		if v.Get("primary").True() {
			primary = len(kids) - 1
		}
	}
	e.onlyPrimary(kids, primary)
	return distinct(kids), nil
}

// distinct leaves out elements that are empty or the same as one before.
func distinct(kids []Member) Value {
	kept := elements{kids: kids[:0]}
	for _, m := range kids {
		if m.Value.kind == Absent {
			continue
		}
		if i := kept.find(m.Value); i < 0 {
			kept.add(m.Value)
		} else if m.Value.Get("primary").True() {
			kept.kids[i].Value = m.Value
		}
	}
	return listOf(kept.kids)
}

func (e *edit) target() string {
	if e.path != "" {
		return e.path
	}
	return e.name
}

func (e *edit) setsPrimary() bool {
	for i := range e.members {
		if e.members[i].Name == "primary" {
			return e.members[i].Value.True()
		}
	}
	return false
}

// mergeInto sets sub-attributes of one complex value; Absent when none is left.
func (e *edit) mergeInto(v Value) (Value, error) {
	v.kind = Object
	for _, m := range e.members {
		sub, have := e.attr.SubAttribute(m.Name), v.Get(m.Name)
		if sub != nil && sub.Mutability == "immutable" && have.kind != Absent && !have.Equal(m.Value) {
			return Value{}, Errorf(400, Mutability, "%s.%s is immutable: remove the value and add another", e.target(), sub.Name)
		}
		v = v.with(&e.attr.subs, m.Name, m.Value)
	}
	if len(v.kids) == 0 {
		return Value{}, nil
	}
	if name := e.attr.lacks(v.kids); name != "" {
		return Value{}, Errorf(400, InvalidValue, "%s.%s is required", e.target(), name)
	}
	return v, nil
}

// elementTest is the filter of a value path. Groups have many members, and
// Okta removes many of them in one request, each by an operation with
// members[value eq "…"]. So that form, one equality of texts, is tested without
// writing the element out, and successive removes of that form are one test.
type elementTest struct {
	filter *Filter
	sub    string // "" if the filter has another form
	text   string
	exact  bool
	more   map[string]struct{} // the texts, folded unless exact, if there are several
}

// match reports whether an element matches; a nil test matches all.
func (t *elementTest) match(element Value, buf *[]byte) bool {
	switch {
	case t == nil:
		return true
	case t.sub == "":
		*buf = element.Append((*buf)[:0])
		return t.filter.Match(*buf)
	}
	v := element.Get(t.sub)
	switch {
	case v.kind != String:
		return false
	case t.more != nil:
		_, ok := t.more[t.key(v.text)]
		return ok
	case t.exact:
		return v.text == t.text
	}
	return strings.EqualFold(v.text, t.text)
}

func (t *elementTest) key(text string) string {
	if t.exact {
		return text
	}
	return Fold(text)
}

// join makes t match what u matches too, if both have the simple form.
func (t *elementTest) join(u *elementTest) bool {
	if t.sub == "" || t.sub != u.sub {
		return false
	}
	if t.more == nil {
		t.more = map[string]struct{}{t.key(t.text): {}}
	}
	t.more[t.key(u.text)] = struct{}{}
	return true
}
