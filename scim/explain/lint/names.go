package lint

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"scimdeck/scim"
)

// What the schemas say, arranged so that names that stand in a text are found
// without making strings of them.

// resource is a resource type.
type resource struct {
	t    *scim.ResourceType
	core table // the core schema's attributes and the common ones
	ext  []extension
	must []string // required attributes of the core schema
}

type extension struct {
	urn   string
	attrs table
}

// attribute is an attribute or sub-attribute.
type attribute struct {
	*scim.Attribute
	name    string // that of Attribute, nearer
	subs    table
	complex bool
	typed   bool // it is complex and its type has canonicalValues, as that of emails
	readOnly,
	secret bool // never returned
	role role
	bit  uint64     // of a required attribute
	next *attribute // in the same table, with the same glance
}

// role marks the attributes that rules know by name.
type role uint8

const (
	anyRole role = iota
	roleSchemas
	roleID
	roleExternalID
	roleMeta
	roleUserName
	roleActive
	roleName
	roleEmails
	roleMembers
	roleEmail    // emails.value
	roleMember   // members.value
	roleCountry  // addresses.country
	roleTag      // locale, preferredLanguage
	roleValue    // another value sub-attribute
	roleType     // a type sub-attribute
	rolePrimary  // a primary sub-attribute
	roleLabel    // displayName of a Group
	roleKind     // meta.resourceType
	roleLocation // meta.location
	roleVersion  // meta.version
)

var roles = map[string]role{
	"schemas": roleSchemas, "id": roleID, "externalId": roleExternalID, "meta": roleMeta,
	scim.UserURN + ":userName": roleUserName, scim.UserURN + ":active": roleActive, scim.UserURN + ":name": roleName,
	scim.UserURN + ":emails": roleEmails, scim.UserURN + ":emails.value": roleEmail, scim.UserURN + ":addresses.country": roleCountry,
	scim.UserURN + ":locale": roleTag, scim.UserURN + ":preferredLanguage": roleTag,
	scim.GroupURN + ":displayName": roleLabel, scim.GroupURN + ":members": roleMembers, scim.GroupURN + ":members.value": roleMember,
	"meta.resourceType": roleKind, "meta.location": roleLocation, "meta.version": roleVersion,
}

// table finds attributes by name: first in the schema's spelling, then in any case.
type table struct {
	exact, lower map[string]*attribute
	near         [32]*attribute // the first of those with this glance
}

// glance is a number that is different for most names of a schema, and costs nothing.
func glance[T string | []byte](name T) int {
	if len(name) == 0 {
		return 0
	}
	return (len(name)*7 ^ int(name[0])*3 ^ int(name[len(name)-1])) % 32
}

// longestName is the longest name that is looked for in any case.
const longestName = 64

// find gives the attribute of a name, or nil; asWritten says that the case is the schema's.
func (t *table) find(name []byte) (a *attribute, asWritten bool) {
	for a := t.near[glance(name)]; a != nil; a = a.next {
		if a.name == string(name) {
			return a, true
		}
	}
	var buf [longestName]byte
	if len(name) > len(buf) {
		return nil, false
	}
	for i, c := range name {
		buf[i] = lower(c)
	}
	return t.lower[string(buf[:len(name)])], false
}

// dotted reports whether a name is that of an attribute, a dot and that of a
// sub-attribute.
func (t *table) dotted(name []byte) bool {
	i := bytes.IndexByte(name, '.')
	if i < 0 {
		return false
	}
	a, _ := t.find(name[:i])
	if a == nil {
		return false
	}
	sub, _ := a.subs.find(name[i+1:])
	return sub != nil
}

func tableOf(path string, attributes []*scim.Attribute) table {
	t := table{exact: make(map[string]*attribute, len(attributes)), lower: make(map[string]*attribute, len(attributes))}
	for _, def := range attributes {
		t.add(path, def)
	}
	return t
}

func (t *table) add(path string, def *scim.Attribute) {
	a := &attribute{
		Attribute: def,
		name:      def.Name,
		complex:   def.Type == scim.TypeComplex,
		readOnly:  def.Mutability == "readOnly",
		secret:    def.Returned == "never",
		role:      roles[path+def.Name],
	}
	a.subs = tableOf(path+def.Name+".", def.Sub)
	if a.complex {
		for _, s := range a.subs.exact {
			switch {
			case s.role != anyRole:
			case s.Name == "value":
				s.role = roleValue
			case s.Name == "type" && s.Type == scim.TypeString:
				s.role = roleType
				a.typed = def.Multi && len(s.Canonical) > 0 && a.role != roleMembers
			case s.Name == "primary" && s.Type == scim.TypeBoolean:
				s.role = rolePrimary
			}
		}
	}
	t.exact[def.Name], t.lower[strings.ToLower(def.Name)] = a, a
	first := &t.near[glance(def.Name)]
	a.next, *first = *first, a
}

// compile arranges a resource type.
func compile(t *scim.ResourceType) *resource {
	r := &resource{t: t, core: tableOf(t.Schema.ID+":", t.Schema.Attributes)}
	for _, name := range []string{"schemas", "id", "externalId", "meta"} {
		if common, ok := t.Resolve("", name, ""); ok && r.core.exact[name] == nil {
			r.core.add("", common.Attr)
		}
	}
	for _, a := range t.Schema.Attributes {
		if a.Required && len(r.must) < 64 {
			r.core.exact[a.Name].bit = 1 << len(r.must)
			r.must = append(r.must, a.Name)
		}
	}
	for _, e := range t.Extensions {
		r.ext = append(r.ext, extension{e.Schema.ID, tableOf(e.Schema.ID+":", e.Schema.Attributes)})
	}
	return r
}

// extension gives the place of the extension with this URN in any case, or -1.
func (r *resource) extension(urn []byte) (i int, asWritten bool) {
	for i := range r.ext {
		if string(urn) == r.ext[i].urn {
			return i, true
		}
	}
	for i := range r.ext {
		if fold(urn, r.ext[i].urn) {
			return i, false
		}
	}
	return -1, false
}

// owner gives the extension that has an attribute of this name, or -1.
func (r *resource) owner(name []byte) int {
	for i := range r.ext {
		if a, _ := r.ext[i].attrs.find(name); a != nil {
			return i
		}
	}
	return -1
}

// target is where an attribute path leads.
type target struct {
	ext       int // the place of the extension; -1: the core schema
	attr, sub *attribute
	filtered  bool
	op        []byte // the operator of a filter that was read here, for the profile
}

// follow reads an attribute path of a usual form without making anything of it:
// attr, attr.sub, attr[sub eq "text"], attr[sub eq "text"].sub, each with the URN
// of a schema before it. ok is false for all others, right or wrong: these are
// for scim.ParsePath.
func (r *resource) follow(path []byte) (g target, ok bool) {
	g.ext = -1
	attrs, rest := &r.core, path
	if i := urnEnd(path); i > 0 {
		urn := path[:i]
		rest = path[i+1:]
		if !fold(urn, r.t.Schema.ID) {
			if g.ext, _ = r.extension(urn); g.ext < 0 {
				return g, false
			}
			attrs = &r.ext[g.ext].attrs
		}
	}
	end := nameEnd(rest)
	if g.attr, _ = attrs.find(rest[:end]); g.attr == nil {
		return g, false
	}
	if rest = rest[end:]; len(rest) > 0 && rest[0] == '[' {
		var c comparison
		if c, rest, ok = compare(rest[1:]); !ok || len(rest) == 0 || rest[0] != ']' || c.sub != nil || !g.attr.complex || !g.attr.Multi {
			return g, false
		}
		sub, _ := g.attr.subs.find(c.attr)
		if sub == nil || sub.Type != scim.TypeString && sub.Type != scim.TypeReference {
			return g, false
		}
		g.filtered, g.op, rest = true, c.op, rest[1:]
	}
	if len(rest) > 0 {
		if rest[0] != '.' {
			return g, false
		}
		if end = nameEnd(rest[1:]); end+1 != len(rest) {
			return g, false
		}
		if g.sub, _ = g.attr.subs.find(rest[1:]); g.sub == nil {
			return g, false
		}
	}
	return g, true
}

// urnEnd gives the place of the colon before an attribute's name, -1 if there is no URN.
func urnEnd(path []byte) int {
	last := -1
	for i, c := range path {
		switch c {
		case ':':
			last = i
		case '[', '"':
			return last
		}
	}
	return last
}

// nameEnd gives the end of the attribute name that b begins with.
func nameEnd(b []byte) (n int) {
	for n < len(b) {
		switch c := b[n]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case n > 0 && (c >= '0' && c <= '9' || c == '-' || c == '_'):
		case n == 0 && c == '$':
		default:
			return n
		}
		n++
	}
	return n
}

// comparison is a condition of the usual form, attr op "text" or attr.sub op "text".
type comparison struct{ attr, sub, op, text []byte }

// compare reads one from the beginning of a filter. ok is false for all other
// conditions: these are for scim.ParseFilter.
func compare(b []byte) (c comparison, rest []byte, ok bool) {
	n := nameEnd(b)
	c.attr, b = b[:n], b[n:]
	if n == 0 {
		return c, b, false
	}
	if len(b) > 0 && b[0] == '.' {
		n = nameEnd(b[1:])
		if c.sub, b = b[1:1+n], b[1+n:]; n == 0 {
			return c, b, false
		}
	}
	if len(b) < 5 || b[0] != ' ' || b[3] != ' ' || b[4] != '"' {
		return c, b, false
	}
	switch c.op = b[1:3]; string(c.op) {
	case "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le":
	default:
		return c, b, false
	}
	b = b[5:]
	for i, x := range b {
		if x == '"' {
			c.text = b[:i]
			return c, b[i+1:], utf8.Valid(c.text)
		}
		if !plain[x] {
			break
		}
	}
	return c, b, false
}
