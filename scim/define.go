package scim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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
	s := "schemas[" + strconv.Itoa(e.Index) + "]"
	if e.Path != "" {
		s += "." + e.Path
	}
	return s + ": " + e.Msg
}

// definer reads one definition.
type definer struct {
	index   int
	trusted bool // one of ours: it may have what others may not
}

func (d definer) fault(path, format string, args ...any) error {
	return &DefinitionError{d.index, path, fmt.Sprintf(format, args...)}
}

// schema reads a schema (RFC 7643 §7), filling in the defaults of §2.2.
func (d definer) schema(v Value) (*Schema, error) {
	s := &Schema{}
	for name, w := range v.Members() {
		var err error
		switch name {
		case "id":
			s.ID, err = d.text(name, w)
		case "name":
			s.Name, err = d.text(name, w)
		case "description":
			s.Description, err = d.text(name, w)
		case "attributes":
			s.Attributes, err = d.attributes(name, w, 0)
		case "schemas", "meta": // as /Schemas shows them
		default:
			err = d.fault(name, "a schema has no such member: it has id, name, description and attributes")
		}
		if err != nil {
			return nil, err
		}
	}
	if !d.trusted && !isURN(s.ID) {
		return nil, d.fault("id", `want a URN such as "urn:example:schemas:2.0:Device", got %s`, quote(s.ID))
	}
	if s.Name == "" {
		s.Name = s.ID[strings.LastIndexByte(s.ID, ':')+1:]
	}
	s.names = namesOf(s.Attributes)
	s.required = requiredOf(s.Attributes)
	return s, nil
}

// isURN checks the form of a URN (RFC 8141) as far as paths depend on it.
func isURN(s string) bool {
	return len(s) > 6 && sameName(s[:4], "urn:") && strings.Count(s, ":") >= 2 && !strings.HasSuffix(s, ":") &&
		!strings.ContainsFunc(s, func(c rune) bool {
			return c <= ' ' || c > '~' || strings.ContainsRune(`"\[](),`, c)
		})
}

// requiredOf lists what clients must give.
func requiredOf(attributes []*Attribute) (list []*Attribute) {
	for _, a := range attributes {
		if a.Required && a.Mutability != "readOnly" && a.Returned != "never" {
			list = append(list, a)
		}
	}
	return list
}

const (
	maxNameLength  = 64   // see names.find
	maxDefinitions = 1000 // attributes of one schema
)

func (d definer) attributes(path string, list Value, level int) ([]*Attribute, error) {
	if list.kind != Array || len(list.kids) == 0 || len(list.kids) > maxDefinitions {
		return nil, d.fault(path, "want an array of 1 to %d attributes, got %s", maxDefinitions, describeList(list))
	}
	attrs := make([]*Attribute, list.Len())
	seen := make(map[string]bool, len(attrs))
	for i := range attrs {
		at := path + "[" + strconv.Itoa(i) + "]"
		a, err := d.attribute(at, list.At(i), level)
		if err != nil {
			return nil, err
		}
		if seen[lowerName(a.Name)] {
			return nil, d.fault(at+".name", "there is another attribute %s: names have no case (RFC 7643 §2.1)", quote(a.Name))
		}
		seen[lowerName(a.Name)] = true
		a.order = i
		attrs[i] = a
	}
	return attrs, nil
}

// attribute reads the definition of an attribute (RFC 7643 §7).
func (d definer) attribute(path string, v Value, level int) (*Attribute, error) {
	if v.kind != Object {
		return nil, d.fault(path, "want an object that defines an attribute, got %s", v.describe())
	}
	a := &Attribute{Mutability: "readWrite", Returned: "default", Uniqueness: "none"}
	for name, w := range v.Members() {
		at := path + "." + name
		var err error
		switch name {
		case "name":
			a.Name, err = d.text(at, w)
		case "type":
			a.Type, err = d.attributeType(at, w)
		case "multiValued":
			a.Multi, err = d.flag(at, w)
		case "required":
			a.Required, err = d.flag(at, w)
		case "caseExact":
			a.CaseExact, err = d.flag(at, w)
		case "mutability":
			a.Mutability, err = d.keyword(at, w, "readOnly", "readWrite", "immutable", "writeOnly")
		case "returned":
			a.Returned, err = d.keyword(at, w, "always", "never", "default", "request")
		case "uniqueness":
			a.Uniqueness, err = d.keyword(at, w, "none", "server", "global")
		case "canonicalValues":
			a.Canonical, err = d.texts(at, w)
		case "referenceTypes":
			a.References, err = d.texts(at, w)
		case "description":
			a.Description, err = d.text(at, w)
		case "subAttributes":
			if level > 0 && !d.trusted {
				return nil, d.fault(at, "a sub-attribute has no sub-attributes (RFC 7643 §2.3.8)")
			}
			a.Sub, err = d.attributes(at, w, level+1)
		default:
			err = d.fault(at, "an attribute has no such characteristic (RFC 7643 §7)")
		}
		if err != nil {
			return nil, err
		}
	}
	a.subs, a.required = namesOf(a.Sub), requiredOf(a.Sub)
	return a, d.check(path, a, level)
}

// check holds what an attribute says of itself together.
func (d definer) check(path string, a *Attribute, level int) error {
	unique := a.Uniqueness != "none"
	switch {
	case !isName(a.Name) && (level == 0 || a.Name != "$ref"):
		return d.fault(path+".name", "want a letter and then letters, digits, - or _, at most %d, got %s (RFC 7643 §2.1)", maxNameLength, quote(a.Name))
	case a.Type == TypeComplex && len(a.Sub) == 0:
		return d.fault(path+".subAttributes", "a complex attribute needs them")
	case a.Type != TypeComplex && len(a.Sub) > 0:
		return d.fault(path+".type", `want "complex" of an attribute with subAttributes, got %q`, a.Type)
	case d.trusted:
		return nil
	case unique && (level > 0 || a.Multi):
		return d.fault(path+".uniqueness", "only an attribute with one value, and no sub-attribute, can be unique here")
	case unique && a.Type != TypeString && a.Type != TypeReference && a.Type != TypeInteger && a.Type != TypeBinary:
		return d.fault(path+".uniqueness", "a %s cannot be unique: only strings, references, integers and binary can", a.Type)
	case a.Mutability == "writeOnly" && a.Returned != "never":
		return d.fault(path+".returned", `want "never" of a writeOnly attribute, got %q (RFC 7643 §7)`, a.Returned)
	case a.Required && a.Returned == "never":
		return d.fault(path+".required", "what is never returned is not kept here, so it cannot be required")
	case len(a.References) > 0 && a.Type != TypeReference:
		return d.fault(path+".referenceTypes", "only a reference has them, this is a %s", a.Type)
	}
	return nil
}

func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isLetter(rune(c)) && (i == 0 || c != '-' && c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != "" && len(s) <= maxNameLength
}

func (d definer) text(path string, v Value) (string, error) {
	if v.kind != String {
		return "", d.fault(path, "want a string, got %s", v.describe())
	}
	return v.text, nil
}

func (d definer) flag(path string, v Value) (bool, error) {
	if v.kind != Bool {
		return false, d.fault(path, "want true or false, got %s", v.describe())
	}
	return v.True(), nil
}

func (d definer) keyword(path string, v Value, words ...string) (string, error) {
	if v.kind != String || !slices.Contains(words, v.text) {
		return "", d.fault(path, "want one of %s, got %s", strings.Join(words, " "), v.describe())
	}
	return v.text, nil
}

func (d definer) attributeType(path string, v Value) (AttributeType, error) {
	if i := slices.Index(typeNames[:], v.text); v.kind == String && i >= 0 {
		return AttributeType(i), nil
	}
	return 0, d.fault(path, "%s is no type: want one of %s", v.describe(), strings.Join(typeNames[:], " "))
}

func (d definer) texts(path string, v Value) ([]string, error) {
	if v.kind != Array {
		return nil, d.fault(path, "want an array of strings, got %s", v.describe())
	}
	list := make([]string, len(v.kids))
	for i := range list {
		var err error
		if list[i], err = d.text(path+"["+strconv.Itoa(i)+"]", v.kids[i].Value); err != nil {
			return nil, err
		}
	}
	return list, nil
}
