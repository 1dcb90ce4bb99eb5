package simulate

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// species is a resource type as far as the simulation uses it.
type species struct {
	name, path, urn  string
	fields           []field
	required, unique string
}

// field is an attribute. Its type is string, boolean, integer, dateTime or
// complex; the zero type is a string.
type field struct {
	name, typ string
	multi     bool
	subs      []field
	exact     bool // case counts when it is compared
	ours      bool // readOnly: what clients say of it is ignored
}

var (
	users = &species{name: "User", path: "/Users", urn: userURN, required: "userName", unique: "userName", fields: []field{
		{name: "userName"},
		{name: "displayName"},
		{name: "title"},
		{name: "nickName"},
		{name: "active", typ: "boolean"},
		{name: "name", typ: "complex", subs: []field{{name: "familyName"}, {name: "givenName"}}},
		{name: "emails", typ: "complex", multi: true, subs: []field{
			{name: "value"}, {name: "display"}, {name: "type"}, {name: "primary", typ: "boolean"},
		}},
		{name: "groups", typ: "complex", multi: true, ours: true, subs: []field{
			{name: "value"}, {name: "$ref"}, {name: "display"}, {name: "type"},
		}},
	}}
	groups = &species{name: "Group", path: "/Groups", urn: groupURN, required: "displayName", fields: []field{
		{name: "displayName"},
		{name: "members", typ: "complex", multi: true, subs: []field{
			{name: "value"}, {name: "$ref"}, {name: "type"}, {name: "display"},
		}},
	}}
	devices = &species{name: "Device", path: "/Devices", urn: deviceURN, unique: "serial", fields: []field{
		{name: "serial"},
		{name: "note"},
		{name: "rank", typ: "integer"},
		{name: "since", typ: "dateTime"},
		{name: "tags", multi: true},
	}}
	allKinds = []*species{users, groups, devices}

	// common are the attributes that each resource has.
	common = []field{
		{name: "id", exact: true, ours: true},
		{name: "externalId", exact: true},
		{name: "schemas", multi: true, ours: true},
		{name: "meta", typ: "complex", ours: true, subs: []field{
			{name: "resourceType", exact: true},
			{name: "created", typ: "dateTime"},
			{name: "lastModified", typ: "dateTime"},
			{name: "version", exact: true},
			{name: "location", exact: true},
		}},
	}
	enterprise = []field{
		{name: "department"},
		{name: "employeeNumber"},
		{name: "manager", typ: "complex", subs: []field{{name: "value"}, {name: "displayName", ours: true}}},
	}
)

// definitions are the schemas of the resource type that the standard does not have.
const definitions = `[
  {"id": "urn:example:device:2.0:Device", "name": "Device", "attributes": [
    {"name": "serial", "type": "string", "uniqueness": "server"},
    {"name": "note", "type": "string"},
    {"name": "rank", "type": "integer"},
    {"name": "since", "type": "dateTime"},
    {"name": "tags", "type": "string", "multiValued": true}]},
  {"name": "Device", "endpoint": "/Devices", "schema": "urn:example:device:2.0:Device"}
]`

// lookUp finds an attribute by its name in any case; nil: there is none.
func lookUp(fields []field, name string) *field {
	for i := range fields {
		if strings.EqualFold(fields[i].name, name) {
			return &fields[i]
		}
	}
	return nil
}

func (k *species) lookUp(name string) *field {
	if f := lookUp(k.fields, name); f != nil {
		return f
	}
	return lookUp(common, name)
}

var badValue = refused(400, "invalidValue")

// read makes of a body what is kept of it.
func (m *model) read(k *species, body object) (attrs object, members map[*thing]bool, bad *result) {
	if list, ok := fold(body, "schemas").([]any); !ok || len(list) == 0 {
		return nil, nil, refused(400, "invalidSyntax")
	}
	attrs = object{}
	for name, v := range body {
		if k == users && strings.EqualFold(name, enterpriseURN) {
			if list, ok := v.([]any); ok && len(list) == 0 {
				continue
			}
			inner, bad := cleanObject(enterprise, v)
			if bad != nil {
				return nil, nil, bad
			}
			if inner != nil {
				attrs[enterpriseURN] = inner
			}
			continue
		}
		f := k.lookUp(name)
		if f == nil || f.ours || f.name == "members" {
			continue
		}
		w, bad := clean(*f, v)
		if bad != nil {
			return nil, nil, bad
		}
		if w != nil {
			attrs[f.name] = w
		}
	}
	if s, _ := attrs[k.required].(string); k.required != "" && s == "" {
		return nil, nil, badValue
	}
	members = map[*thing]bool{}
	list, _ := fold(body, "members").([]any)
	for _, e := range list {
		if k != groups {
			break
		}
		id, _ := fold(e.(object), "value").(string)
		if !m.canBeMember(id) {
			return nil, nil, badValue
		}
		members[m.find(id)] = true
	}
	return attrs, members, nil
}

// fold finds a member of an object by its name in any case.
func fold(o object, name string) any {
	for have, v := range o {
		if strings.EqualFold(have, name) {
			return v
		}
	}
	return nil
}

// clean makes of a value what is kept of it; nil: nothing.
func clean(f field, v any) (any, *result) {
	list, isList := v.([]any)
	switch {
	case v == nil || isList && len(list) == 0 || f.ours:
		return nil, nil
	case !f.multi:
		return cleanOne(f, v)
	case !isList && f.typ == "complex":
		list = []any{v}
	case !isList:
		return nil, badValue
	}
	var out []any
	primaries := 0
	for _, e := range list {
		if e == nil {
			continue
		}
		w, bad := cleanOne(f, e)
		if bad != nil {
			return nil, bad
		}
		if w == nil {
			continue
		}
		if o, ok := w.(object); ok && o["primary"] == true {
			primaries++
		}
		out = append(out, w)
	}
	if primaries > 1 {
		return nil, badValue
	}
	if out = mergeTwins(out); len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// cleanOne is clean for one value.
func cleanOne(f field, v any) (any, *result) {
	switch f.typ {
	case "complex":
		o, bad := cleanObject(f.subs, v)
		if bad != nil || o == nil {
			return nil, bad
		}
		return o, nil
	case "boolean":
		if s, ok := v.(string); ok && (strings.EqualFold(s, "true") || strings.EqualFold(s, "false")) {
			return strings.EqualFold(s, "true"), nil
		}
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case "integer":
		if n, ok := v.(float64); ok {
			return n, nil
		}
	case "dateTime":
		if s, ok := v.(string); ok {
			if _, err := time.Parse(time.RFC3339, s); err == nil {
				return s, nil
			}
		}
	default:
		if s, ok := v.(string); ok {
			return s, nil
		}
	}
	return nil, badValue
}

// cleanObject is clean for a complex value; nil: nothing is left.
func cleanObject(fields []field, v any) (object, *result) {
	if v == nil {
		return nil, nil
	}
	in, ok := v.(object)
	if !ok {
		return nil, badValue
	}
	var out object
	for name, v := range in {
		f := lookUp(fields, name)
		if f == nil {
			continue
		}
		w, bad := clean(*f, v)
		if bad != nil {
			return nil, bad
		}
		if w != nil {
			if out == nil {
				out = object{}
			}
			out[f.name] = w
		}
	}
	return out, nil
}

// same reports whether two elements are the same value: value and type tell.
func same(a, b any) bool {
	x, _ := a.(object)
	y, _ := b.(object)
	if x["value"] == nil || y["value"] == nil {
		return reflect.DeepEqual(a, b)
	}
	return x["value"] == y["value"] && x["type"] == y["type"]
}

// mergeTwins leaves one of the elements that are the same value. It gets what
// only the others say.
func mergeTwins(list []any) (out []any) {
	for _, e := range list {
		i := slices.IndexFunc(out, func(x any) bool { return same(x, e) })
		if i < 0 {
			out = append(out, e)
			continue
		}
		o, ok := e.(object)
		if !ok {
			continue
		}
		first := maps.Clone(out[i].(object))
		for name, v := range o {
			if first[name] == nil || name == "primary" && v == true {
				first[name] = v
			}
		}
		out[i] = first
	}
	return out
}
