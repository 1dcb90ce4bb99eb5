package simulate

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// object is a JSON object as encoding/json decodes it. What is in one is never
// changed: a change makes new ones.
type object = map[string]any

const (
	userURN       = "urn:ietf:params:scim:schemas:core:2.0:User"
	enterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	groupURN      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	deviceURN     = "urn:example:device:2.0:Device"
)

// model is a SCIM server in the plainest way: a list of things. It belongs to
// one client, which sends one request after the other.
type model struct {
	base  string
	now   time.Time // the server's clock
	list  []*thing  // by creation
	birth int
	bulk  map[string]*thing // what a bulk request has made so far, by bulkId
}

// thing is a resource.
type thing struct {
	kind              *species
	id                string // "" until the server has told it
	birth             int    // the place in the order of creation
	attrs             object // all that clients set, but members
	members           map[*thing]bool
	created, modified time.Time
	version           int
}

// result is what the model says of a request. Of a refusal there is the status
// and the scimType.
type result struct {
	status   int
	scimType string
	thing    *thing
}

func refused(status int, scimType string) *result { return &result{status: status, scimType: scimType} }

func (t *thing) etag() string { return fmt.Sprintf(`W/"%d"`, t.version) }

// text is an attribute of a thing, "" if it has none.
func (t *thing) text(attr string) string {
	s, _ := t.attrs[attr].(string)
	return s
}

// find finds what an id means, also one of the bulk request under way; nil: nothing.
func (m *model) find(id string) *thing {
	name, made := strings.CutPrefix(id, "bulkId:")
	for _, t := range m.list {
		if made && t == m.bulk[name] || t.id == id && id != "" {
			return t
		}
	}
	return nil
}

// of lists the things of some kinds, by creation.
func (m *model) of(kinds ...*species) (list []*thing) {
	for _, t := range m.list {
		if slices.Contains(kinds, t.kind) {
			list = append(list, t)
		}
	}
	return list
}

// show is the resource as every answer has it.
func (m *model) show(t *thing) object {
	o := maps.Clone(t.attrs)
	schemas := []any{t.kind.urn}
	if _, ok := t.attrs[enterpriseURN]; ok {
		schemas = append(schemas, enterpriseURN)
	}
	o["schemas"], o["id"] = schemas, t.id
	o["meta"] = object{
		"resourceType": t.kind.name, "created": t.created.Format(layout), "lastModified": t.modified.Format(layout),
		"version": t.etag(), "location": m.location(t),
	}
	var members, groups []any
	for _, other := range m.list {
		if t.members[other] {
			members = append(members, object{"value": other.id, "$ref": m.location(other), "type": other.kind.name, "display": other.display()})
		}
		if t.kind == users && other.members[t] {
			groups = append(groups, object{"value": other.id, "$ref": m.location(other), "type": "direct", "display": other.display()})
		}
	}
	if members != nil {
		o["members"] = members
	}
	if groups != nil {
		o["groups"] = groups
	}
	return o
}

const layout = "2006-01-02T15:04:05.000Z"

func (m *model) location(t *thing) string { return m.base + t.kind.path + "/" + t.id }

func (t *thing) display() string { return cmp.Or(t.text("displayName"), t.text("userName")) }

// taken reports whether another thing has a unique value of attrs.
func (m *model) taken(k *species, attrs object, but *thing) bool {
	value, ok := attrs[k.unique].(string)
	return ok && slices.ContainsFunc(m.of(k), func(t *thing) bool {
		return t != but && strings.EqualFold(t.text(k.unique), value)
	})
}

// create is POST.
func (m *model) create(k *species, body object) result {
	attrs, members, bad := m.read(k, body)
	if bad != nil {
		return *bad
	}
	if m.taken(k, attrs, nil) {
		return *refused(409, "uniqueness")
	}
	m.birth++
	t := &thing{kind: k, birth: m.birth, attrs: attrs, members: members, created: m.now, modified: m.now, version: 1}
	m.list = append(m.list, t)
	return result{status: 201, thing: t}
}

// replace is PUT.
func (m *model) replace(k *species, id string, body object, c condition) result {
	attrs, members, bad := m.read(k, body)
	if bad != nil {
		return *bad
	}
	t, bad := m.meant(k, id, c)
	if bad != nil {
		return *bad
	}
	return m.change(t, attrs, members)
}

// patch is PATCH. What can be said of an operation without the resource is said
// before there is a look at it.
func (m *model) patch(k *species, id string, ops []operation, c condition) result {
	for _, o := range ops {
		if o.unreadable != nil {
			return *o.unreadable
		}
	}
	t, bad := m.meant(k, id, c)
	if bad != nil {
		return *bad
	}
	d := &draft{attrs: maps.Clone(t.attrs), members: map[string]bool{}}
	for member := range t.members {
		d.members[member.id] = true
	}
	for _, o := range ops {
		if bad := o.do(m, d); bad != nil {
			return *bad
		}
	}
	members := map[*thing]bool{}
	for id := range d.members {
		if members[m.find(id)] = true; !m.canBeMember(id) {
			return *refused(400, "invalidValue")
		}
	}
	return m.change(t, d.attrs, members)
}

// draft is a thing while a PATCH is applied to it. Of its members it has the
// ids, true for those that were members before: only of these the rest is known.
type draft struct {
	attrs   object
	members map[string]bool
}

// add makes members of ids.
func (d *draft) add(ids ...string) *result {
	for _, id := range ids {
		if !d.members[id] {
			d.members[id] = false
		}
	}
	return nil
}

// change gives a thing its new state.
func (m *model) change(t *thing, attrs object, members map[*thing]bool) result {
	if members[t] {
		return *refused(400, "invalidValue") // it was none before, so it is to become one
	}
	if m.taken(t.kind, attrs, t) {
		return *refused(409, "uniqueness")
	}
	if !reflect.DeepEqual(attrs, t.attrs) || !maps.Equal(members, t.members) {
		t.attrs, t.members = attrs, members
		m.step(t)
	}
	return result{status: 200, thing: t}
}

// step gives a thing the next version. Its time does not go back when the clock does.
func (m *model) step(t *thing) {
	t.version++
	if m.now.After(t.modified) {
		t.modified = m.now
	}
}

// remove is DELETE. Who is gone is in no group any more.
func (m *model) remove(k *species, id string, c condition) result {
	t, bad := m.meant(k, id, c)
	if bad != nil {
		return *bad
	}
	m.list = slices.DeleteFunc(m.list, func(x *thing) bool { return x == t })
	for _, g := range m.list {
		if g.members[t] {
			g.members = maps.Clone(g.members)
			delete(g.members, t)
			m.step(g)
		}
	}
	return result{status: 204, thing: t}
}

// get is GET of one resource.
func (m *model) get(k *species, id string, c condition) result {
	t, bad := m.meant(k, id, condition{})
	if bad != nil {
		return *bad
	}
	if c.none.has(t) {
		return result{status: 304, thing: t}
	}
	return result{status: 200, thing: t}
}

// meant finds the resource of a request and holds its condition against it.
func (m *model) meant(k *species, id string, c condition) (*thing, *result) {
	t := m.find(id)
	switch {
	case t == nil || t.kind != k:
		return nil, refused(404, "")
	case c.match != nil && !c.match.has(t), c.none.has(t):
		return nil, refused(412, "")
	}
	return t, nil
}

// condition is If-Match and If-None-Match.
type condition struct{ match, none tags }

// tags are entity tags as a header lists them.
type tags []string

func (l tags) has(t *thing) bool {
	return slices.ContainsFunc(l, func(tag string) bool {
		return tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(t.etag(), "W/")
	})
}

// canBeMember reports whether an id is that of somebody who can be in a group.
func (m *model) canBeMember(id string) bool {
	t := m.find(id)
	return t != nil && t.kind != devices
}
