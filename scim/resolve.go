package scim

// Resolved is where an attribute path leads in a resource type.
type Resolved struct {
	Ext  *Schema    // the extension that defines Attr; nil for the core schema and the common attributes
	Attr *Attribute // nil when the path names an extension as a whole
	Sub  *Attribute // nil when the path has no sub-attribute
}

// Resolve finds what a path names: urn is "" or a schema's URN, attr and sub
// are attribute names, all in any case. Without a URN, attr is looked for in
// the core schema, then among the common attributes (id, externalId, schemas,
// meta, which belong to every resource: RFC 7643 §3.1). A URN with an empty
// attr names an extension as a whole. ok is false when nothing has that name.
func (t *ResourceType) Resolve(urn, attr, sub string) (r Resolved, ok bool) { panic("skeleton") }
