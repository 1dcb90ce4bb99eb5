package scim

import (
	"embed"
	"fmt"
)

// definitions holds RFC 7643 §8.7 as data, with the errata and three readings
// of the text: Group.displayName is required (§4.2), addresses have primary
// (§2.4), and manager.value and manager.$ref may be left out (§4.3). A
// characteristic that a file leaves out has its default of §2.2.
//
//go:embed schemas/*.json
var definitions embed.FS

// Attribute is the definition of one attribute (RFC 7643 §7). It is not
// changed after it was read.
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

	subs     names
	required []*Attribute // the sub-attributes that a value must have
	order    int          // the place in an object, see ResourceType.rank
	refers   bool         // a Group's members: in a Draft each is its value alone
}

// SubAttribute finds a sub-attribute by name in any case, or nil.
func (a *Attribute) SubAttribute(name string) *Attribute { return a.subs.find(name) }

// AttributeType is a data type of RFC 7643 §2.3.
type AttributeType uint8

// The data types.
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

var typeNames = [...]string{"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"}

// String is the type's name in a schema: "dateTime".
func (t AttributeType) String() string { return typeNames[t] }

// Schema is a schema definition (RFC 7643 §7), read from embedded JSON data.
// It is not changed after it was read.
type Schema struct {
	ID, Name, Description string
	Attributes            []*Attribute

	names    names
	required []*Attribute // that a resource must have
}

// Attribute finds an attribute of the schema by name in any case, or nil.
func (s *Schema) Attribute(name string) *Attribute { return s.names.find(name) }

// names finds attributes by name: first the schema's spelling, then any case.
type names struct{ exact, lower map[string]*Attribute }

func namesOf(attrs []*Attribute) names {
	n := names{make(map[string]*Attribute, len(attrs)), make(map[string]*Attribute, len(attrs))}
	for _, a := range attrs {
		n.exact[a.Name] = a
		n.lower[lowerName(a.Name)] = a
	}
	return n
}

func (n names) find(name string) *Attribute {
	if a := n.exact[name]; a != nil {
		return a
	}
	var buf [64]byte // longer than any name of a schema
	if len(name) > len(buf) {
		return nil
	}
	for i := 0; i < len(name); i++ {
		buf[i] = lower(name[i])
	}
	return n.lower[string(buf[:len(name)])]
}

// loadSchema reads an embedded definition. The files are part of the program,
// so a fault in one is a fault in the program.
func loadSchema(file string) *Schema {
	data, err := definitions.ReadFile("schemas/" + file)
	if err != nil {
		panic(err)
	}
	v, err := Decode(data, Limits{})
	if err != nil {
		panic(fmt.Sprintf("scim: schemas/%s: %v", file, err))
	}
	s, err := definer{trusted: true}.schema(v)
	if err != nil {
		panic(fmt.Sprintf("scim: schemas/%s: %v", file, err))
	}
	return s
}
