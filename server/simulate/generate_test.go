package simulate

import (
	"fmt"
	"maps"
	"math/rand/v2"
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
