package scim

import (
	"slices"
	"strconv"
	"strings"
)

// NewCatalogWith returns the catalog of the RFC's resource types and of what o
// defines. The error is a *DefinitionError, the first that was found.
func NewCatalogWith(o CatalogOptions) (*Catalog, error) {
	x := extender{c: builtIn(o.Groups), own: make(map[string]int)}
	values := make([]Value, len(o.Definitions))
	for i, text := range o.Definitions {
		d := definer{index: i}
		v, err := Decode(text, Limits{})
		if err != nil {
			return nil, d.fault("", "%s", err.(*Error).Detail)
		}
		if v.kind != Object {
			return nil, d.fault("", "want an object that defines a schema or a resource type, got %s", v.describe())
		}
		values[i] = v
		if v.Get("attributes").kind == Absent {
			continue
		}
		if err := x.schema(d, v); err != nil {
			return nil, err
		}
	}
	for i, v := range values {
		if v.Get("attributes").kind != Absent {
			continue
		}
		if err := x.resourceType(definer{index: i}, v); err != nil {
			return nil, err
		}
	}
	if err := x.unused(); err != nil {
		return nil, err
	}
	if o.Interop {
		x.c.closeTypes()
	}
	for _, t := range x.c.Types {
		t.init()
	}
	return x.c, nil
}

// extender adds definitions to a catalog.
type extender struct {
	c   *Catalog
	own map[string]int // the schemas that were added, by URN: which definition
}

func (x *extender) schema(d definer, v Value) error {
	s, err := d.schema(v)
	if err != nil {
		return err
	}
	if x.c.Schema(s.ID) != nil || sameName(s.ID, GroupURN) {
		return d.fault("id", "%s is taken by another schema", quote(s.ID))
	}
	x.own[s.ID] = d.index
	x.c.Schemas = append(x.c.Schemas, s)
	return nil
}

func (x *extender) resourceType(d definer, v Value) error {
	t := &ResourceType{}
	var extensions Value
	var schema string
	for name, w := range v.Members() {
		var err error
		switch name {
		case "id", "name":
			var text string
			if text, err = d.text(name, w); err == nil && t.Name != "" && t.Name != text {
				err = d.fault(name, "id and name are the same thing, got %s and %s", quote(t.Name), quote(text))
			}
			t.Name = text
		case "endpoint":
			t.Endpoint, err = d.text(name, w)
		case "description":
			t.Description, err = d.text(name, w)
		case "schema":
			schema, err = d.text(name, w)
		case "schemaExtensions":
			extensions = w
		case "schemas", "meta": // as /ResourceTypes shows them
		default:
			err = d.fault(name, `neither a schema ("attributes" is missing) nor a resource type has such a member`)
		}
		if err != nil {
			return err
		}
	}
	if !isName(t.Name) {
		return d.fault("name", "want a letter and then letters, digits, - or _, got %s", quote(t.Name))
	}
	if have := x.c.Type(t.Name); have != nil {
		if t.Endpoint != "" && t.Endpoint != have.Endpoint || schema != "" && !sameName(schema, have.Schema.ID) {
			return d.fault("name", "there is a %s already, with another endpoint or schema", have.Name)
		}
		return x.extensions(d, have, extensions)
	}
	if sameName(t.Name, "Group") {
		return d.fault("name", "there are no groups to extend: set groups to true")
	}
	if err := x.endpoint(d, t.Endpoint); err != nil {
		return err
	}
	if t.Schema = x.c.Schema(schema); t.Schema == nil {
		return d.fault("schema", "no schema has the id %s", quote(schema))
	}
	if err := x.free(d, "schema", t.Schema); err != nil {
		return err
	}
	for i, a := range t.Schema.Attributes {
		if common.Attribute(a.Name) != nil {
			at := "attributes[" + strconv.Itoa(i) + "].name"
			return definer{index: x.own[t.Schema.ID]}.fault(at, "every resource has %s already (RFC 7643 §3.1)", a.Name)
		}
	}
	x.c.Types = append(x.c.Types, t)
	return x.extensions(d, t, extensions)
}

// endpoint checks "/Devices".
func (x *extender) endpoint(d definer, endpoint string) error {
	name, ok := strings.CutPrefix(endpoint, "/")
	if !ok || !isName(name) {
		return d.fault("endpoint", `want a slash and a name, such as "/Devices", got %s`, quote(endpoint))
	}
	for _, reserved := range []string{"Users", "Groups", "Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig"} {
		if sameName(name, reserved) {
			return d.fault("endpoint", "%s is taken (RFC 7644 §3.2)", quote(endpoint))
		}
	}
	for _, t := range x.c.Types {
		if sameName(endpoint, t.Endpoint) {
			return d.fault("endpoint", "%s is that of %s", quote(endpoint), t.Name)
		}
	}
	return nil
}

// free checks that a schema is one of the definitions' and not in use.
func (x *extender) free(d definer, path string, s *Schema) error {
	if _, ok := x.own[s.ID]; !ok {
		return d.fault(path, "%s is not for other resource types: define a schema of your own", quote(s.ID))
	}
	for _, t := range x.c.Types {
		if t.Schema == s {
			return d.fault(path, "%s is the schema of %s already", quote(s.ID), t.Name)
		}
	}
	return nil
}

func (x *extender) extensions(d definer, t *ResourceType, list Value) error {
	if list.kind == Absent {
		return nil
	}
	if list.kind != Array {
		return d.fault("schemaExtensions", "want an array, got %s", list.describe())
	}
	for i := range list.kids {
		at := "schemaExtensions[" + strconv.Itoa(i) + "]"
		e := list.kids[i].Value
		if e.kind != Object {
			return d.fault(at, "want an object with schema and required, got %s", e.describe())
		}
		var ext Extension
		var urn string
		for name, w := range e.Members() {
			var err error
			switch name {
			case "schema":
				urn, err = d.text(at+".schema", w)
			case "required":
				ext.Required, err = d.flag(at+".required", w)
			default:
				err = d.fault(at+"."+name, "an extension has schema and required")
			}
			if err != nil {
				return err
			}
		}
		if ext.Schema = x.c.Schema(urn); ext.Schema == nil {
			return d.fault(at+".schema", "no schema has the id %s", quote(urn))
		}
		if sameName(urn, EnterpriseURN) && t.extension(urn) != nil {
			continue // it is there
		}
		if err := x.free(d, at+".schema", ext.Schema); err != nil {
			return err
		}
		if t.extension(urn) != nil {
			return d.fault(at+".schema", "%s has it already", t.Name)
		}
		t.Extensions = append(t.Extensions, ext)
	}
	return nil
}

// unused finds a schema that no resource type has: /Schemas would list what
// nobody can use.
func (x *extender) unused() error {
	var unused []int
	for urn, index := range x.own {
		used := slices.ContainsFunc(x.c.Types, func(t *ResourceType) bool { return t.Schema.ID == urn || t.extension(urn) != nil })
		if !used {
			unused = append(unused, index)
		}
	}
	if len(unused) == 0 {
		return nil
	}
	d := definer{index: slices.Min(unused)}
	for urn, index := range x.own {
		if index == d.index {
			return d.fault("id", `no resource type uses it: to extend users, add {"name": "User", "schemaExtensions": [{"schema": %q, "required": false}]}`, urn)
		}
	}
	return nil
}

// closeTypes gives the types that are left open canonical values: the profile
// wants the accepted ones listed.
func (c *Catalog) closeTypes() {
	for _, t := range c.Types {
		t.each(func(r Resolved) {
			if r.Attr.Multi && r.Sub != nil && r.Sub.Name == "type" && r.Sub.Type == TypeString && len(r.Sub.Canonical) == 0 {
				r.Sub.Canonical = []string{"work", "home", "other"}
			}
		})
	}
}
