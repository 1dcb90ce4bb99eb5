package simulate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// generator makes the requests of one client. Its vocabulary is small, so that
// names collide, values repeat and filters match.
type generator struct {
	*rand.Rand
	m    *model
	mark string // the externalId of all that is the client's, and the beginning of its names
}

var (
	words = []string{"Ada", "ada", "Bob", "Zoe \"Z\"", "a\\b", "日本", "O'Neil, <&>", "work", "x y", ""}
	types = []string{"work", "home", "other"}
	days  = []string{"2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-05-01T12:00:00.5Z", "2019-12-31T23:59:59Z"}
)

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) word() string { return pick(g, words) }

// name is one of the client's own, in any case.
func (g *generator) name() string { return g.anyCase(fmt.Sprintf("%s-name%d", g.mark, g.IntN(14))) }

func (g *generator) anyCase(s string) string {
	switch g.IntN(5) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	}
	return s
}

// some is a thing of a kind, nil if there is none.
func (g *generator) some(kinds ...*species) *thing {
	if list := g.m.of(kinds...); len(list) > 0 {
		return pick(g, list)
	}
	return nil
}

// id is that of a thing, seldom one that nobody has.
func (g *generator) id(kinds ...*species) string {
	t := g.some(kinds...)
	if t == nil || g.chance(3) {
		return pick(g, []string{"nobody", "00000000-0001-8000-8000-000000000000", "ffffffff-ffff-8fff-bfff-ffffffffffff"})
	}
	return t.id
}

// email is an element of emails.
func (g *generator) email() object {
	e := object{"value": fmt.Sprintf("m%d@x", g.IntN(5))}
	if g.chance(70) {
		e["type"] = pick(g, types)
	}
	if g.chance(20) {
		e["display"] = g.word()
	}
	if g.chance(40) {
		e["primary"] = g.chance(80)
	}
	return e
}

// emails are a few, seldom with two that are primary.
func (g *generator) emails() []any {
	list := make([]any, 1+g.IntN(3))
	primary := false
	for i := range list {
		e := g.email()
		if primary && e["primary"] == true && g.chance(90) {
			delete(e, "primary")
		}
		primary = primary || e["primary"] == true
		list[i] = e
	}
	return list
}

// value is one for an attribute, now and then one of the wrong type.
func (g *generator) value(f *field) any {
	if g.chance(2) {
		return pick(g, []any{nil, true, 7.0, g.mark + "-text", []any{}, object{"value": "x"}})
	}
	switch {
	case f.name == "emails":
		return g.emails()
	case f.name == "tags":
		return []any{pick(g, types), pick(g, types)}
	case f.typ == "complex":
		o := object{}
		for i := range f.subs {
			if g.chance(60) {
				o[g.anyCase(f.subs[i].name)] = g.value(&f.subs[i])
			}
		}
		return o
	case f.typ == "boolean":
		return pick(g, []any{true, true, false, false, "True", "false"})
	case f.typ == "integer":
		return float64(g.IntN(5) - 2)
	case f.typ == "dateTime":
		return pick(g, days)
	case f.name == "userName", f.name == "serial":
		return g.name()
	}
	return g.word()
}

// body is that of a POST or PUT, with what clients send along that is not theirs.
func (g *generator) body(k *species) object {
	o := object{"schemas": []any{k.urn}, "externalId": g.mark}
	for i := range k.fields {
		if f := &k.fields[i]; f.name == k.required || g.chance(50) && f.name != "members" {
			o[g.anyCase(f.name)] = g.value(f)
		}
	}
	if k == users && g.chance(40) {
		o["schemas"] = []any{k.urn, enterpriseURN}
		o[enterpriseURN] = g.value(&field{typ: "complex", subs: enterprise})
	}
	if k == groups && g.chance(70) {
		o[g.anyCase("members")] = g.members(8)
	}
	if k == users && g.chance(3) {
		maps.DeleteFunc(o, func(name string, _ any) bool { return strings.EqualFold(name, "userName") })
		o["userName"] = pick(g, []any{nil, "", 5.0})
	}
	if g.chance(10) {
		maps.Copy(o, object{"id": "mine", "meta": object{"version": "9"}, "nosuch": object{"a": 1.0}})
	}
	if g.chance(1) {
		delete(o, "schemas")
	}
	return o
}

func (g *generator) members(most int) []any {
	list := make([]any, g.IntN(most+1))
	for i := range list {
		list[i] = object{"value": g.memberID(), "display": "as the client says", "type": "User"}
	}
	return list
}

// memberID is mostly one of somebody who can be a member.
func (g *generator) memberID() string {
	if g.chance(2) {
		return g.id(allKinds...)
	}
	if t := g.some(users, groups); t != nil {
		return t.id
	}
	return "nobody"
}

// request is one on a single resource: what is sent, and what the model does.
type request struct {
	method, path string
	body         object
	cond         condition
	refers       string // in a bulk request: the bulkId that it refers to
	run          func(m *model) result
}

// write makes a POST, PUT, PATCH or DELETE.
func (g *generator) write() request {
	k := pick(g, []*species{users, users, users, groups, groups, devices})
	n := g.IntN(100)
	if crowd := len(g.m.of(k)); crowd < 4 && n >= 25 && g.chance(60) || crowd > 25 && n < 25 && g.chance(60) {
		n = (n + 25) % 100
	}
	switch {
	case n < 25:
		body := g.body(k)
		return request{method: "POST", path: k.path, body: body, run: func(m *model) result { return m.create(k, body) }}
	case n < 45:
		id, body, c := g.id(k), g.body(k), g.condition()
		if t := g.m.find(id); t != nil && t.kind == k && g.chance(15) { // as it is
			body = g.m.show(t)
		}
		return request{method: "PUT", path: k.path + "/" + id, body: body, cond: c, run: func(m *model) result { return m.replace(k, id, body, c) }}
	case n < 88:
		id, c := g.id(k), g.condition()
		ops := make([]operation, 1+g.IntN(3))
		list := make([]any, len(ops))
		for i := range ops {
			ops[i] = g.operation(k)
			list[i] = ops[i].send
		}
		body := object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": list}
		return request{method: "PATCH", path: k.path + "/" + id, body: body, cond: c, run: func(m *model) result { return m.patch(k, id, ops, c) }}
	}
	id, c := g.id(k), g.condition()
	return request{method: "DELETE", path: k.path + "/" + id, cond: c, run: func(m *model) result { return m.remove(k, id, c) }}
}

// condition is If-Match or If-None-Match, mostly none.
func (g *generator) condition() (c condition) {
	tag := func() string { return fmt.Sprintf(`W/"%d"`, 1+g.IntN(4)) }
	switch g.IntN(24) {
	case 0:
		c.match = tags{tag()}
	case 1:
		c.match = tags{pick(g, []string{"*", `"x"`, `"2"`}), tag()}
	case 2:
		c.none = tags{tag()}
	}
	return c
}

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
