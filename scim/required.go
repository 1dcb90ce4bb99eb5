package scim

// What holds for a resource as a whole: required attributes, and immutable ones when it is replaced.

// required checks that a resource has what it has to have (RFC 7643 §2.2).
func (t *ResourceType) required(root Value) error {
	if err := requires(nil, t.Schema.required, root); err != nil {
		return err
	}
	for _, e := range t.Extensions {
		if !e.Required && len(e.Schema.required) == 0 {
			continue
		}
		v := root.Get(e.Schema.ID)
		if v.kind == Absent && e.Required {
			return Errorf(400, InvalidValue, "%s is required", e.Schema.ID)
		}
		if v.kind == Absent {
			continue
		}
		if err := requires(e.Schema, e.Schema.required, v); err != nil {
			return err
		}
	}
	return nil
}

func requires(ext *Schema, attributes []*Attribute, in Value) error {
	for _, a := range attributes {
		switch v := in.Get(a.Name); {
		case v.kind == Absent:
			return Errorf(400, InvalidValue, "%v is required", at(ext, a.Name))
		case v.kind == String && v.text == "":
			return Errorf(400, InvalidValue, "%v must not be empty", at(ext, a.Name))
		}
	}
	return nil
}

// lacks names a required sub-attribute that a complex value does not have, "" if none.
func (a *Attribute) lacks(members []Member) string {
	for _, sub := range a.required {
		if !has(members, sub.Name) {
			return sub.Name
		}
	}
	return ""
}

// Replace gives the state after a PUT of now on old (RFC 7644 §3.5.1): now
// itself, but for immutable attributes. Those that old has must be the same in
// now, else the error is 400 mutability; one that now leaves out stays as it
// is, since it cannot be cleared. It costs nothing for types that have none.
func (t *ResourceType) Replace(old, now Draft) (Draft, error) {
	root := now.Attributes
	for _, r := range t.immutable {
		before := r.valueIn(old.Attributes)
		if before.kind == Absent {
			continue
		}
		switch after := r.valueIn(root); {
		case after.kind == Absent:
			root = r.put(t, root, before)
		case !after.Equal(before):
			return Draft{}, Errorf(400, Mutability, "%v is immutable", r)
		}
	}
	return Draft{root}, nil
}

// valueIn finds the value of an attribute, or of the sub-attribute of a single complex one.
func (r Resolved) valueIn(root Value) Value {
	if r.Ext != nil {
		root = root.Get(r.Ext.ID)
	}
	v := root.Get(r.Attr.Name)
	if r.Sub != nil {
		v = v.Get(r.Sub.Name)
	}
	return v
}

// put returns a copy of root in which r has the value.
func (r Resolved) put(t *ResourceType, root, v Value) Value {
	root.kind = Object
	in, of := root, ranker(t)
	if r.Ext != nil {
		in, of = root.Get(r.Ext.ID), &r.Ext.names
		in.kind = Object
	}
	if r.Sub != nil {
		whole := in.Get(r.Attr.Name)
		whole.kind = Object
		v = whole.with(&r.Attr.subs, r.Sub.Name, v)
	}
	in = in.with(of, r.Attr.Name, v)
	if r.Ext != nil {
		return root.with(t, r.Ext.ID, in)
	}
	return in
}
