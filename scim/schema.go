package scim

// Attribute is the definition of one attribute (RFC 7643 §7).
type Attribute struct {
	Name        string
	Type        AttributeType
	Multi       bool
	Required    bool
	CaseExact   bool
	Mutability  string   // readOnly, readWrite, immutable, writeOnly
	Returned    string   // always, never, default, request
	Uniqueness  string   // none, server, global
	Canonical   []string // canonicalValues
	References  []string // referenceTypes
	Description string
	Sub         []*Attribute // of a complex attribute
	// further unexported fields for lookup, made when the schema is read
}

// AttributeType is a data type of RFC 7643 §2.3.
type AttributeType uint8

const (
	TypeString AttributeType = iota
	TypeBoolean
	TypeDecimal
	TypeInteger
	TypeDateTime
	TypeBinary
	TypeReference
	TypeComplex
)

// Schema is a schema definition (RFC 7643 §7), read from embedded JSON data.
type Schema struct {
	ID, Name, Description string
	Attributes            []*Attribute
}

// ResourceType is a resource type (RFC 7643 §6): the endpoint, the schema and
// the extensions. All protocol work on resources hangs on it.
type ResourceType struct {
	Name        string // "User"; also the id
	Endpoint    string // "/Users"
	Description string
	Schema      *Schema
	Extensions  []Extension
}

// Extension is a schema that adds attributes to a resource type.
type Extension struct {
	Schema   *Schema
	Required bool
}

// Catalog is what a server offers: its resource types and schemas.
type Catalog struct {
	Types   []*ResourceType
	Schemas []*Schema
}

// NewCatalog returns the catalog of the RFC's own User (with the enterprise extension) and, if groups, Group.
func NewCatalog(groups bool) *Catalog { panic("skeleton") }

// Type finds a resource type by name ("User"), or nil.
func (c *Catalog) Type(name string) *ResourceType { panic("skeleton") }
