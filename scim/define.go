package scim

// CatalogOptions says what NewCatalogWith makes. The zero CatalogOptions are NewCatalog(false).
type CatalogOptions struct {
	Groups bool // Group, and the groups of a User
	// Interop lists the types that are accepted for each multi-valued
	// attribute in /Schemas, also where RFC 7643 leaves them open
	// (profile §5.4). It belongs to Policy.Mode Interop.
	Interop bool
	// Definitions are schemas and resource types in their RFC 7643 form (§7, §6),
	// each the JSON of one object, in any order. One with "attributes" is a
	// schema. Any other is a resource type: a new one, or, with the name of one that
	// is there ("User", "Group"), schemaExtensions that are added to it.
	Definitions [][]byte
}

// DefinitionError is a fault in CatalogOptions.Definitions.
type DefinitionError struct {
	Index int    // of the definition
	Path  string // the place inside it: "attributes[2].type"; "" for the whole
	Msg   string // what is wrong, and the way out
}

// Error gives "schemas[0].attributes[2].type: …".
func (e *DefinitionError) Error() string {
	panic("skeleton")
}

// NewCatalogWith returns the catalog of the RFC's resource types and of what o
// defines. The error is a *DefinitionError, the first that was found.
func NewCatalogWith(o CatalogOptions) (*Catalog, error) {
	panic("skeleton")
}

// Index is an attribute by which resources are looked up.
type Index struct {
	Path   string // canonical, as IndexValue has it
	Unique bool   // its uniqueness is server or global
}

// Indexes lists the attributes that IndexValues gives values of, in a stable
// order: those of the RFC's types first, then what definitions add, which are
// their unique attributes.
func (t *ResourceType) Indexes() []Index {
	panic("skeleton")
}
