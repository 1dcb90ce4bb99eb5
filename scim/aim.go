package scim

import "strings"

// aim turns an operation on one target into edits.
func (r *patchReader) aim(g target, v Value) error {
	if g.verb != remove && v.kind == Absent {
		return Errorf(400, InvalidValue, "%s needs a value", verbs[g.verb])
	}
	if g.Attr == nil {
		return r.extension(g, v)
	}
	if done, err := r.untouchable(g, v); done || err != nil {
		return err
	}
	if g.Attr.refers && g.Sub != nil && g.Sub.Name != "value" {
		return Errorf(400, Mutability, "%v follows from the member's value, so it cannot be set", g.where())
	}
	if r.policy.Mode == Interop && g.filter != nil && g.Sub == nil && g.verb != remove {
		return Errorf(400, InvalidPath, "path %s: a sub-attribute is missing after ] (interoperability profile §6.5.2.2)", quote(g.path))
	}
	if g.filter != nil && !g.Attr.Multi {
		return Errorf(400, InvalidPath, "%v has one value at most, so a filter has nothing to choose from", g.where())
	}
	if g.filter != nil && g.Attr.Type != TypeComplex && g.verb != remove {
		return Errorf(400, InvalidPath, "the values of %v have no sub-attributes to set: remove one and add another", g.where())
	}
	if g.verb == remove {
		return r.remove(g, v)
	}
	return r.write(g, v)
}

// untouchable sees to what clients do not set: done means that the operation is read.
func (r *patchReader) untouchable(g target, v Value) (done bool, err error) {
	a := g.Attr
	switch {
	case a == r.t.common.names.exact["schemas"]:
		r.note("schemas was ignored: it follows from the attributes")
		return true, nil
	case a.Returned == "never":
		r.dropped(g.where(), a)
		return true, nil
	case a.Mutability != "readOnly" && (g.Sub == nil || g.Sub.Mutability != "readOnly"):
		return false, nil
	case g.path != "":
		return false, Errorf(400, Mutability, "path %s: %v is readOnly", quote(g.path), g.Resolved)
	case a == r.t.common.names.exact["id"]:
		return true, r.ownID(v)
	}
	return true, r.allow(readOnlyEcho, "value", g.where())
}

func (r *patchReader) ownID(v Value) error {
	if v.kind != String {
		return wrongType(at(nil, "id"), "a string", v)
	}
	if r.patch.id != "" && r.patch.id != v.text {
		return Errorf(400, Mutability, "id is readOnly: it cannot be both %s and %s", quote(r.patch.id), quote(v.text))
	}
	r.patch.id, r.patch.idOp = v.text, r.number
	return nil
}

// extension reads an operation on an extension as a whole: its attributes are
// written one by one, others stay (RFC 7644 §3.5.2.3).
func (r *patchReader) extension(g target, v Value) error {
	if g.verb == remove || v.kind == Null {
		for _, e := range r.t.Extensions {
			if e.Schema == g.Ext && e.Required {
				return Errorf(400, Mutability, "%s is required", g.Ext.ID)
			}
		}
		r.edit(edit{name: g.Ext.ID, action: assign})
		return nil
	}
	if v.kind != Object {
		return wrongType(at(g.Ext, ""), "an object", v)
	}
	for i := range v.kids {
		m := &v.kids[i]
		inner := target{verb: g.verb, Resolved: Resolved{Ext: g.Ext}}
		name, sub, dotted := strings.Cut(m.Name, ".")
		inner.Attr = g.Ext.Attribute(name)
		if dotted && inner.Attr != nil {
			inner.Sub = inner.Attr.SubAttribute(sub)
		}
		if inner.Sub != nil {
			if err := r.allow(dottedKey, "value", quote(m.Name)); err != nil {
				return err
			}
		}
		if inner.Attr == nil || dotted && inner.Sub == nil {
			if err := r.unknownMember(g.Ext, m); err != nil {
				return err
			}
			continue
		}
		if err := r.aim(inner, m.Value); err != nil {
			return err
		}
	}
	return nil
}

// remove reads a remove with a path (RFC 7644 §3.5.2.2). Entra names the
// values to remove in value instead of in a filter.
func (r *patchReader) remove(g target, v Value) error {
	a := g.Attr
	if g.Sub != nil {
		a = g.Sub
	}
	if a.Required && g.filter == nil || g.Sub != nil && (g.Sub.Required || g.Attr.refers) {
		return Errorf(400, Mutability, "path %s: %v is required, so it cannot be removed", quote(g.path), g.Resolved)
	}
	if g.Sub != nil {
		return r.merge(g, []Member{{Name: g.Sub.Name}})
	}
	if g.filter != nil {
		test, _, err := r.test(g)
		if err != nil {
			return err
		}
		if n := len(r.patch.edits); n > 0 {
			if last := &r.patch.edits[n-1]; last.action == strike && last.attr == a && last.test.join(test) {
				return nil
			}
		}
		r.edit(edit{ext: g.Ext, attr: a, name: a.Name, action: strike, test: test})
		return nil
	}
	if v.kind <= Null || !a.Multi {
		r.edit(edit{ext: g.Ext, attr: a, name: a.Name, action: assign})
		return nil
	}
	if v.kind == Array && len(v.kids) == 0 {
		return nil // names nothing
	}
	if err := r.allow(removeValue, g.where(), v.describe()); err != nil {
		return err
	}
	list, err := r.list(g, v)
	if err != nil || list.kind == Absent {
		return err
	}
	r.edit(edit{ext: g.Ext, attr: a, name: a.Name, action: discard, value: list})
	return nil
}

// write reads an add or a replace with a value.
func (r *patchReader) write(g target, v Value) error {
	a := g.Attr
	if g.Sub != nil {
		return r.writeSub(g, v)
	}
	unassign := v.kind == Null || v.kind == Array && len(v.kids) == 0
	switch {
	case g.filter != nil && unassign && g.verb == replace:
		return r.remove(g, v)
	case g.filter != nil || a.Type == TypeComplex && !a.Multi && !unassign:
		return r.writeComplex(g, v)
	case unassign && g.verb == add:
		return nil // adds nothing
	case unassign && a.Required:
		return Errorf(400, InvalidValue, "%v is required", g.where())
	case unassign:
		r.edit(edit{ext: g.Ext, attr: a, name: a.Name, action: assign})
		return nil
	}
	var w Value
	var err error
	if a.Multi {
		w, err = r.list(g, v)
	} else {
		w, err = r.attribute(g.where(), a, v)
	}
	switch {
	case err != nil:
		return err
	case a.Required && w.kind == String && w.text == "":
		return Errorf(400, InvalidValue, "%v must not be empty", g.where())
	case a.Multi && g.verb == add && w.kind == Absent:
		return nil
	case a.Multi && g.verb == add:
		if r.patch.joins(a, w) {
			return nil
		}
		r.edit(edit{ext: g.Ext, attr: a, name: a.Name, action: extend, value: w})
	default:
		r.edit(edit{ext: g.Ext, attr: a, name: a.Name, action: assign, value: w})
	}
	return nil
}

// joins adds values to the edit before, if that adds to the same attribute:
// 1,000 operations that add a member each are as good as one.
func (p *Patch) joins(a *Attribute, list Value) bool {
	n := len(p.edits)
	if n == 0 || p.edits[n-1].action != extend || p.edits[n-1].attr != a {
		return false
	}
	last := &p.edits[n-1].value
	last.kids = append(last.kids, list.kids...)
	return true
}

// list reads the values of a multi-valued attribute; a lone one is a list of one.
func (r *patchReader) list(g target, v Value) (Value, error) {
	if v.kind != Array && (v.kind == Object) == (g.Attr.Type == TypeComplex) {
		v = ArrayOf(v)
	}
	return r.attribute(g.where(), g.Attr, v)
}

// writeSub reads a value for one sub-attribute.
func (r *patchReader) writeSub(g target, v Value) error {
	w, err := r.attribute(g.where(), g.Sub, v)
	if err != nil {
		return err
	}
	if w.kind == Absent && g.Sub.Required {
		return Errorf(400, InvalidValue, "%v is required", g.where())
	}
	if w.kind == Absent && g.verb == add {
		return nil
	}
	return r.merge(g, []Member{{g.Sub.Name, w}})
}

// writeComplex reads sub-attributes for a complex attribute or for chosen
// elements: those given are set, the others stay (RFC 7644 §3.5.2.3).
func (r *patchReader) writeComplex(g target, v Value) error {
	if v.kind == Array && len(v.kids) == 1 {
		if err := r.allow(arrayOfOne, g.where(), v.describe()); err != nil {
			return err
		}
		v = v.kids[0].Value
	}
	value := g.Attr.SubAttribute("value")
	if v.kind == String && value != nil && value.Type == TypeString {
		if err := r.allow(complexString, g.where(), v.describe()); err != nil {
			return err
		}
		v = ObjectOf(Member{"value", v})
	}
	if v.kind != Object {
		return wrongType(g.where(), "an object", v)
	}
	place := g.where()
	members := make([]Member, 0, len(v.kids))
	for i := range v.kids {
		m := &v.kids[i]
		place.sub = m.Name
		sub := g.Attr.SubAttribute(m.Name)
		if sub == nil {
			w, err := r.unknown(place, m.Value)
			if err != nil {
				return err
			}
			if w.kind != Absent {
				members = append(members, Member{m.Name, w})
			}
			continue
		}
		if g.Attr.refers && sub.Name != "value" {
			continue // follows from it
		}
		if sub.Mutability == "readOnly" {
			if err := r.allow(readOnlyEcho, "value", place); err != nil {
				return err
			}
			continue
		}
		w, err := r.attribute(place, sub, m.Value)
		if err != nil {
			return err
		}
		if w.kind == Absent && sub.Required {
			return Errorf(400, InvalidValue, "%v is required", place)
		}
		if w.kind != Absent || g.verb == replace {
			members = append(members, Member{sub.Name, w})
		}
	}
	if r.policy.Mode == Interop && g.verb == replace && g.filter == nil {
		return r.replaceComplex(g, v)
	}
	return r.merge(g, members)
}

// replaceComplex replaces a single complex attribute as a whole, as the
// interoperability profile has it (§6.5.2.1).
func (r *patchReader) replaceComplex(g target, v Value) error {
	w, err := r.attribute(g.where(), g.Attr, v)
	if err != nil {
		return err
	}
	r.edit(edit{ext: g.Ext, attr: g.Attr, name: g.Attr.Name, action: assign, value: w})
	return nil
}

// merge makes the edit that sets sub-attributes.
func (r *patchReader) merge(g target, members []Member) error {
	e := edit{ext: g.Ext, attr: g.Attr, name: g.Attr.Name, action: merge, verb: g.verb, members: members}
	if g.filter != nil {
		var err error
		if e.test, e.made, err = r.test(g); err != nil {
			return err
		}
		e.path = g.Attr.Name + "[" + g.filter.String() + "]"
	}
	r.edit(e)
	return nil
}

// test compiles the filter of a value path. made is the element that the
// filter describes, if it consists of equalities only: what add makes when no
// element matches.
func (r *patchReader) test(g target) (test *elementTest, made Value, err error) {
	f, err := compileElement(g.Attr, g.filter)
	if err != nil {
		text, what := g.path, "path"
		if text == "" {
			text, what = g.key, "value"
		}
		if e, ok := located(err, g.filter, text, true).(*Error); ok {
			err = Errorf(e.Status, e.Type, "%s %s: %s", what, quote(text), e.Detail)
		}
		return nil, Value{}, err
	}
	test = &elementTest{filter: f}
	if g.Attr.Type != TypeComplex {
		return test, Value{}, nil
	}
	defer func() {
		if r.policy.Mode != Lenient {
			made = Value{} // RFC 7644 §3.12, table 9: noTarget
		}
	}()
	terms := []Expr{g.filter}
	if and, ok := g.filter.(*And); ok {
		terms = and.Terms
	}
	o := object{of: &g.Attr.subs}
	for _, x := range terms {
		c, ok := x.(*Compare)
		if !ok || c.Op != Eq {
			return test, Value{}, nil
		}
		sub := g.Attr.SubAttribute(c.Path.Attr)
		v, err := (&reader{t: r.t}).attribute(g.where(), sub, c.Value)
		if err != nil || v.kind == Absent || has(o.members, sub.Name) {
			return test, Value{}, nil
		}
		if len(terms) == 1 && v.kind == String {
			test.sub, test.text, test.exact = sub.Name, v.text, sub.CaseExact
		}
		o.put(sub.order, sub.Name, v)
	}
	return test, o.value(), nil
}

func has(members []Member, name string) bool {
	return Value{kind: Object, kids: members}.find(name) >= 0
}
