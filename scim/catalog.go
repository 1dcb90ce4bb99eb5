package scim

import "slices"

// ResourceType is a resource type (RFC 7643 §6): the endpoint, the schema and
// the extensions. All protocol work on resources hangs on it. It is made by
// NewCatalog and not changed after that.
type ResourceType struct {
	Name        string // "User"; also the id
	Endpoint    string // "/Users"
	Description string
	Schema      *Schema
	Extensions  []Extension

	common    *Schema    // id, externalId, schemas, meta
	index     []Resolved // what IndexValues lists
	paths     []string   // of index
	onRequest bool       // some attribute is returned on request only
	immutable []Resolved // what a PUT cannot change, but in the values of a multi-valued attribute
}

// Extension is a schema that adds attributes to a resource type.
type Extension struct {
	Schema   *Schema
	Required bool
}

// Catalog is what a server offers: its resource types and schemas.
type Catalog struct {
	Types   []*ResourceType
	Schemas []*Schema // as /Schemas lists them

	unlisted []*Schema // known by URN alone
}

// common holds the attributes of every resource (RFC 7643 §3.1).
var common = loadSchema("common.json")

// NewCatalog returns the catalog of the RFC's own User (with the enterprise
// extension) and, if groups, Group. NewCatalogWith can do more.
//
// The schema of schemas is found by its URN but not listed: it has a complex
// attribute inside a complex attribute, which RFC 7643 §2.3.8 denies to all
// others, and clients that walk /Schemas stumble over it.
func NewCatalog(groups bool) *Catalog {
	c, err := NewCatalogWith(CatalogOptions{Groups: groups})
	if err != nil {
		panic(err) // no definitions, no fault in them
	}
	return c
}

// builtIn is the catalog of the RFC, not ready yet: see init.
func builtIn(groups bool) *Catalog {
	user, enterprise := loadSchema("user.json"), loadSchema("enterprise.json")
	c := &Catalog{
		Types: []*ResourceType{{
			Name: "User", Endpoint: "/Users", Description: "User Account",
			Schema: user, Extensions: []Extension{{Schema: enterprise}},
			paths: []string{"userName", "externalId", "emails.value"},
		}},
		Schemas:  []*Schema{user, enterprise},
		unlisted: []*Schema{loadSchema("schema.json")},
	}
	if groups {
		group := loadSchema("group.json")
		group.Attribute("members").refers = true
		c.Types = append(c.Types, &ResourceType{
			Name: "Group", Endpoint: "/Groups", Description: "Group", Schema: group,
			paths: []string{"displayName", "externalId"},
		})
		c.Schemas = append(c.Schemas, group)
	}
	c.Schemas = append(c.Schemas, loadSchema("config.json"), loadSchema("type.json"))
	return c
}

// init makes the type ready for use when its schemas are complete: t.paths are
// indexed, and all that is unique.
func (t *ResourceType) init() {
	t.common = common
	if len(t.paths) == 0 {
		t.paths = []string{"externalId"}
	}
	for _, s := range t.paths {
		p, err := ParsePath(s)
		r, ok := t.Resolve(p.URN, p.Attr, p.Sub)
		if err != nil || !ok {
			panic("scim: no attribute " + s)
		}
		t.index = append(t.index, r)
	}
	t.each(func(r Resolved) {
		t.onRequest = t.onRequest || r.Attr.Returned == "request" || r.Sub != nil && r.Sub.Returned == "request"
		if r.Sub == nil && r.Attr.Mutability == "immutable" || r.Sub != nil && !r.Attr.Multi && r.Sub.Mutability == "immutable" {
			t.immutable = append(t.immutable, r)
		}
		if r.Sub == nil && r.Attr.Uniqueness != "none" && !slices.Contains(t.paths, r.String()) {
			t.index = append(t.index, r)
			t.paths = append(t.paths, r.String())
		}
	})
}

// Index is an attribute by which resources are looked up.
type Index struct {
	Path   string // canonical, as IndexValue has it
	Unique bool   // its uniqueness is server or global
}

// Indexes lists the attributes that IndexValues gives values of, in a stable
// order: those of the RFC's types first, then what definitions add, which are
// their unique attributes. A type of one's own has externalId first.
func (t *ResourceType) Indexes() []Index {
	list := make([]Index, len(t.index))
	for i, r := range t.index {
		list[i] = Index{t.paths[i], r.Sub == nil && r.Attr.Uniqueness != "none"}
	}
	return list
}

// each calls f for every attribute and sub-attribute of the schema and the extensions.
func (t *ResourceType) each(f func(Resolved)) {
	list := func(ext *Schema, attributes []*Attribute) {
		for _, a := range attributes {
			f(Resolved{Ext: ext, Attr: a})
			for _, sub := range a.Sub {
				f(Resolved{ext, a, sub})
			}
		}
	}
	list(nil, t.Schema.Attributes)
	for _, e := range t.Extensions {
		list(e.Schema, e.Schema.Attributes)
	}
}

// Type finds a resource type by name ("User") in any case, or nil.
func (c *Catalog) Type(name string) *ResourceType {
	i := slices.IndexFunc(c.Types, func(t *ResourceType) bool { return sameName(t.Name, name) })
	if i < 0 {
		return nil
	}
	return c.Types[i]
}

// Schema finds a schema by its URN in any case, or nil.
func (c *Catalog) Schema(urn string) *Schema {
	for _, list := range [][]*Schema{c.Schemas, c.unlisted} {
		for _, s := range list {
			if sameName(s.ID, urn) {
				return s
			}
		}
	}
	return nil
}

// Resolved is where an attribute path leads in a resource type.
type Resolved struct {
	Ext  *Schema    // the extension that defines Attr; nil for the core schema and the common attributes
	Attr *Attribute // nil when the path names an extension as a whole
	Sub  *Attribute // nil when the path has no sub-attribute
}

// String is the path in its canonical form: names in the schema's spelling, a
// URN only before the attributes of an extension.
func (r Resolved) String() string {
	var s string
	if r.Ext != nil {
		s = r.Ext.ID
		if r.Attr != nil {
			s += ":"
		}
	}
	if r.Attr != nil {
		s += r.Attr.Name
	}
	if r.Sub != nil {
		s += "." + r.Sub.Name
	}
	return s
}

// Resolve finds what a path names: urn is "" or a schema's URN, attr and sub
// are attribute names, all in any case. Without a URN, or with that of the core schema, attr is looked for in
// the core schema, then among the common attributes (id, externalId, schemas,
// meta, which belong to every resource: RFC 7643 §3.1). A URN with an empty
// attr names an extension as a whole, also when the URN's last part was taken
// for attr. ok is false when nothing has that name.
func (t *ResourceType) Resolve(urn, attr, sub string) (r Resolved, ok bool) {
	find := t.attribute
	if urn != "" && attr != "" && sub == "" && (!sameName(urn, t.Schema.ID) || t.Schema.Attribute(attr) == nil) {
		if ext := t.extension(urn + ":" + attr); ext != nil {
			return Resolved{Ext: ext}, true
		}
	}
	if urn != "" && !sameName(urn, t.Schema.ID) {
		if r.Ext = t.extension(urn); r.Ext == nil {
			return Resolved{}, false
		}
		if attr == "" {
			return r, sub == ""
		}
		find = r.Ext.Attribute
	}
	if r.Attr = find(attr); r.Attr == nil {
		return Resolved{}, false
	}
	if sub != "" {
		if r.Sub = r.Attr.SubAttribute(sub); r.Sub == nil {
			return Resolved{}, false
		}
	}
	return r, true
}

// attribute finds a core or common attribute.
func (t *ResourceType) attribute(name string) *Attribute {
	if a := t.Schema.Attribute(name); a != nil {
		return a
	}
	return t.common.Attribute(name)
}

// extension finds an extension's schema by its URN, or nil.
func (t *ResourceType) extension(urn string) *Schema {
	for i := range t.Extensions {
		if s := t.Extensions[i].Schema; sameName(s.ID, urn) {
			return s
		}
	}
	return nil
}

// rank orders the members of a Draft: common attributes, core attributes in
// schema order, extensions, then what no schema knows.
func (t *ResourceType) rank(name string) int {
	if a := t.Schema.names.exact[name]; a != nil {
		return rankCore + a.order
	}
	if a := t.common.names.exact[name]; a != nil {
		return a.order
	}
	for i := range t.Extensions {
		if t.Extensions[i].Schema.ID == name {
			return rankExtension + i
		}
	}
	return rankUnknown
}

const (
	rankCore      = 1 << 8
	rankExtension = 1 << 16
	rankUnknown   = 1 << 24
)
