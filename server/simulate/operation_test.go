package simulate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// operation is one of a PATCH.
func (g *generator) operation(k *species) operation {
	if g.chance(4) {
		return g.unreadable()
	}
	var o operation
	switch {
	case k == groups && g.chance(80):
		o = g.memberOperation()
	case k == users && g.chance(45):
		o = g.emailOperation()
	case k == users && g.chance(25):
		o = g.enterpriseOperation()
	case k == devices && g.chance(40):
		o = g.tagOperation()
	case g.chance(30):
		o = g.pathless(k)
	default:
		o = g.attribute(k)
	}
	o.send["op"] = pick(g, []string{o.send["op"].(string), o.send["op"].(string), o.send["op"].(string), strings.ToUpper(o.send["op"].(string)[:1]) + o.send["op"].(string)[1:]})
	return o
}

// unreadable makes operations that are refused whatever the resource is.
func (g *generator) unreadable() operation {
	return pick(g, []operation{
		{send: object{"op": "frobnicate", "path": "displayName", "value": "x"}, unreadable: refused(400, "invalidSyntax")},
		{send: object{"op": "replace", "path": "nosuch", "value": "x"}, unreadable: refused(400, "invalidPath")},
		{send: object{"op": "replace", "path": "displayName[", "value": "x"}, unreadable: refused(400, "invalidPath")},
		{send: object{"op": "replace", "path": "externalId"}, unreadable: badValue},
		{send: object{"op": "remove"}, unreadable: refused(400, "noTarget")},
		{send: object{"op": "replace", "path": "id", "value": "x"}, unreadable: refused(400, "mutability")},
		{send: object{"op": "add", "path": "meta.created", "value": days[0]}, unreadable: refused(400, "mutability")},
		{send: object{"op": "add", "value": "x"}, unreadable: badValue},
		{send: object{"op": "replace", "path": 5.0, "value": "x"}, unreadable: refused(400, "invalidPath")},
	})
}

// attribute sets or removes one attribute or sub-attribute by its path.
func (g *generator) attribute(k *species) operation {
	f := k.fields[g.IntN(len(k.fields))]
	for f.ours || f.multi {
		f = k.fields[g.IntN(len(k.fields))]
	}
	path := g.anyCase(f.name)
	if g.chance(15) {
		path = k.urn + ":" + path
	}
	if g.chance(25) {
		o := operation{send: object{"op": "remove", "path": path}, do: func(_ *model, d *draft) *result { return d.set(f.name, nil) }}
		if f.name == k.required {
			o.unreadable = refused(400, "mutability")
		}
		return o
	}
	op := pick(g, []string{"add", "replace"})
	if f.typ == "complex" && g.chance(60) {
		sub := pick(g, f.subs)
		v := g.value(&sub)
		w, bad := clean(sub, v)
		return operation{
			send: object{"op": op, "path": path + "." + sub.name, "value": v}, unreadable: bad,
			do: func(_ *model, d *draft) *result {
				return assign(op, w, func() *result { return d.setIn(f.name, object{sub.name: w}) })
			},
		}
	}
	v := g.value(&f)
	o := operation{send: object{"op": op, "path": path, "value": v}}
	o.do, o.unreadable = g.writing(k, &f, op, v)
	return o
}

// assign leaves an add of nothing alone.
func assign(op string, v any, do func() *result) *result {
	if op == "add" && v == nil {
		return nil
	}
	return do()
}

// writing is what an add or replace of a whole attribute does.
func (g *generator) writing(k *species, f *field, op string, v any) (do func(*model, *draft) *result, bad *result) {
	if o, ok := v.(object); ok && f.typ == "complex" && !f.multi {
		changes, bad := given(f.subs, o, op)
		return func(_ *model, d *draft) *result { return d.setIn(f.name, changes) }, bad
	}
	nothing := v == nil
	if list, ok := v.([]any); ok && len(list) == 0 {
		nothing = true
	}
	switch {
	case nothing && op == "add":
		return func(*model, *draft) *result { return nil }, nil
	case nothing && f.name == k.required:
		return nil, badValue
	}
	if _, ok := v.([]any); f.multi && !nothing && !ok && (f.typ == "complex") == (fmt.Sprintf("%T", v) == "map[string]interface {}") {
		v = []any{v} // a lone one
	}
	w, bad := clean(*f, v)
	if bad == nil && f.name == k.required && w == "" {
		bad = badValue
	}
	list, _ := w.([]any)
	return func(_ *model, d *draft) *result {
		switch {
		case f.multi && op == "add":
			return d.addTo(f.name, list)
		default:
			return d.set(f.name, w)
		}
	}, bad
}

// given are the members that an object sets; with replace null takes one away.
func given(fields []field, o object, op string) (changes object, bad *result) {
	changes = object{}
	for name, v := range o {
		f := lookUp(fields, name)
		if f == nil || f.ours {
			continue
		}
		w, bad := clean(*f, v)
		if bad != nil {
			return nil, bad
		}
		if w != nil || op == "replace" {
			changes[f.name] = w
		}
	}
	return changes, nil
}

// pathless sets several attributes by a value without a path.
func (g *generator) pathless(k *species) operation {
	op := pick(g, []string{"add", "replace"})
	value := object{}
	o := operation{send: object{"op": op, "value": value}}
	var all []func(*model, *draft) *result
	for i := range k.fields {
		f := &k.fields[i]
		if f.ours || f.name == "members" || !g.chance(30) {
			continue
		}
		v := g.value(f)
		value[g.anyCase(f.name)] = v
		do, bad := g.writing(k, f, op, v)
		if all = append(all, do); bad != nil {
			o.unreadable = bad
		}
	}
	if g.chance(10) {
		value["unknown"] = "x"
	}
	o.do = func(m *model, d *draft) *result {
		for _, do := range all {
			if bad := do(m, d); bad != nil {
				return bad
			}
		}
		return nil
	}
	return o
}

// enterpriseOperation changes the extension.
func (g *generator) enterpriseOperation() operation {
	op := pick(g, []string{"add", "replace"})
	switch g.IntN(5) {
	case 0:
		return operation{send: object{"op": "remove", "path": enterpriseURN}, do: func(_ *model, d *draft) *result { return d.set(enterpriseURN, nil) }}
	case 1:
		f := pick(g, enterprise)
		return operation{send: object{"op": "remove", "path": enterpriseURN + ":" + f.name}, do: func(_ *model, d *draft) *result {
			return d.setEnterprise(object{f.name: nil})
		}}
	case 2: // as Entra does it
		v := g.word()
		return operation{send: object{"op": op, "path": enterpriseURN + ":manager", "value": v}, do: func(_ *model, d *draft) *result {
			return d.setEnterprise(object{"manager": object{"value": v}})
		}}
	case 3:
		v := object{"department": g.word(), "manager": object{"value": g.word()}}
		return operation{send: object{"op": op, "value": object{enterpriseURN: v}}, do: func(_ *model, d *draft) *result { return d.setEnterprise(v) }}
	}
	f, v := pick(g, enterprise[:2]), g.word()
	return operation{send: object{"op": op, "path": enterpriseURN + ":" + g.anyCase(f.name), "value": v}, do: func(_ *model, d *draft) *result {
		return d.setEnterprise(object{f.name: v})
	}}
}

// emailOperation changes emails, also by value paths.
func (g *generator) emailOperation() operation {
	typ, op := pick(g, types), pick(g, []string{"add", "replace"})
	where := fmt.Sprintf("emails[type eq %q]", typ)
	var made object // what an add makes when there is none
	if op == "add" {
		made = object{"type": typ}
	}
	switch g.IntN(11) {
	case 0:
		return operation{send: object{"op": "remove", "path": where}, do: func(_ *model, d *draft) *result {
			return d.takeWhere("emails", func(e any) bool { return ofType(typ)(e.(object)) })
		}}
	case 1:
		return operation{send: object{"op": "remove", "path": where + ".display"}, do: func(_ *model, d *draft) *result {
			return d.unsetWhere("emails", ofType(typ), "display")
		}}
	case 2:
		return operation{send: object{"op": "remove", "path": "emails"}, do: func(_ *model, d *draft) *result { return d.set("emails", nil) }}
	case 3:
		v := fmt.Sprintf("m%d@x", g.IntN(5))
		return operation{send: object{"op": op, "path": where + ".value", "value": v}, do: func(_ *model, d *draft) *result {
			return d.setWhere("emails", ofType(typ), object{"value": v}, made)
		}}
	case 4:
		return operation{send: object{"op": op, "path": where + ".primary", "value": true}, do: func(_ *model, d *draft) *result {
			return d.setWhere("emails", ofType(typ), object{"primary": true}, made)
		}}
	case 5:
		v := object{"display": g.word(), "value": fmt.Sprintf("m%d@x", g.IntN(5))}
		return operation{send: object{"op": op, "path": where, "value": v}, do: func(_ *model, d *draft) *result {
			return d.setWhere("emails", ofType(typ), v, made)
		}}
	}
	v := any(g.emails())
	o := operation{send: object{"op": op, "path": "emails", "value": v}}
	o.do, o.unreadable = g.writing(users, users.lookUp("emails"), op, v)
	return o
}

// tagOperation changes an attribute of several simple values.
func (g *generator) tagOperation() operation {
	tag := pick(g, types)
	if g.chance(30) {
		return operation{send: object{"op": "remove", "path": fmt.Sprintf("tags[value eq %q]", strings.ToUpper(tag))}, do: func(_ *model, d *draft) *result {
			return d.takeWhere("tags", func(e any) bool { return strings.EqualFold(e.(string), tag) })
		}}
	}
	op := pick(g, []string{"add", "replace"})
	v := pick(g, []any{tag, []any{tag, pick(g, types)}})
	o := operation{send: object{"op": op, "path": "tags", "value": v}}
	o.do, o.unreadable = g.writing(devices, devices.lookUp("tags"), op, v)
	return o
}

// memberOperation changes who is in a group.
func (g *generator) memberOperation() operation {
	id := g.memberID()
	ids := func(list []any) (out []string) {
		for _, e := range list {
			out = append(out, e.(object)["value"].(string))
		}
		return out
	}
	switch g.IntN(10) {
	case 0:
		return operation{send: object{"op": "remove", "path": "members"}, do: func(_ *model, d *draft) *result { clear(d.members); return nil }}
	case 1, 2:
		list := g.members(6)
		return operation{send: object{"op": "replace", "path": "members", "value": list}, do: func(_ *model, d *draft) *result {
			clear(d.members)
			return d.add(ids(list)...)
		}}
	case 3, 4:
		return operation{send: object{"op": "remove", "path": fmt.Sprintf("members[value eq %q]", id)}, do: func(_ *model, d *draft) *result {
			delete(d.members, id)
			return nil
		}}
	case 5: // as Entra does it
		list := g.members(3)
		send := object{"op": "remove", "path": "members", "value": list}
		if len(list) == 0 {
			list = nil
		}
		return operation{send: send, do: func(_ *model, d *draft) *result {
			for _, id := range ids(list) {
				delete(d.members, id)
			}
			return nil
		}}
	case 6:
		return operation{send: object{"op": "remove", "path": `members[type eq "Group"]`}, do: func(m *model, d *draft) *result {
			maps.DeleteFunc(d.members, func(id string, before bool) bool { return before && m.find(id).kind == groups })
			return nil
		}}
	}
	list := slices.Concat(g.members(4), []any{object{"value": id}})
	return operation{send: object{"op": "add", "path": "members", "value": list}, do: func(_ *model, d *draft) *result {
		return d.add(ids(list)...)
	}}
}
