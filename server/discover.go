package server

import (
	"net/http"
	"strings"

	"scimdeck/scim"
)

// The discovery endpoints (RFC 7644 §4) say what is true of this server. They
// are asked for once in a while, so they are made anew for each request.

// config is GET /ServiceProviderConfig (RFC 7643 §5).
func (c *call) config(_ *scim.ResourceType, _ string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	supported := func(yes bool, more ...scim.Member) scim.Value {
		return object(append([]scim.Member{{Name: "supported", Value: scim.BoolOf(yes)}}, more...)...)
	}
	count := func(name string, n int) scim.Member { return scim.Member{Name: name, Value: scim.IntOf(int64(n))} }
	scheme := object(
		text("type", "oauthbearertoken"),
		text("name", "Bearer key"),
		text("description", "a key made in scimdeck, sent as Authorization: Bearer KEY"),
		text("specUri", "https://www.rfc-editor.org/info/rfc6750"),
		scim.Member{Name: "primary", Value: scim.BoolOf(true)},
	)
	return c.value(object(
		schemasOf(scim.ConfigURN),
		scim.Member{Name: "patch", Value: supported(true)},
		scim.Member{Name: "bulk", Value: supported(false, count("maxOperations", 0), count("maxPayloadSize", 0))},
		scim.Member{Name: "filter", Value: supported(true, count("maxResults", c.s.limits.PageSize))},
		scim.Member{Name: "changePassword", Value: supported(false)},
		scim.Member{Name: "sort", Value: supported(false)},
		scim.Member{Name: "etag", Value: supported(true)},
		scim.Member{Name: "authenticationSchemes", Value: scim.ArrayOf(scheme)},
		c.meta("ServiceProviderConfig", "/ServiceProviderConfig"),
	)), nil
}

// resourceTypes is GET /ResourceTypes (RFC 7643 §6).
func (c *call) resourceTypes(_ *scim.ResourceType, _ string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	list := make([]scim.Value, len(c.s.catalog.Types))
	for i, t := range c.s.catalog.Types {
		list[i] = c.describeType(t)
	}
	return c.values(list), nil
}

func (c *call) resourceType(_ *scim.ResourceType, id string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	t := c.s.catalog.Type(id)
	if t == nil {
		return reply{}, scim.Errorf(http.StatusNotFound, "", "there is no resource type %q", clip(id))
	}
	return c.value(c.describeType(t)), nil
}

func (c *call) describeType(t *scim.ResourceType) scim.Value {
	members := []scim.Member{
		schemasOf(scim.ResourceTypeURN),
		text("id", t.Name),
		text("name", t.Name),
		text("endpoint", t.Endpoint),
		text("description", t.Description),
		text("schema", t.Schema.ID),
	}
	var extensions []scim.Value
	for _, e := range t.Extensions {
		extensions = append(extensions, object(
			text("schema", e.Schema.ID),
			scim.Member{Name: "required", Value: scim.BoolOf(e.Required)},
		))
	}
	if extensions != nil {
		members = append(members, scim.Member{Name: "schemaExtensions", Value: scim.ArrayOf(extensions...)})
	}
	return object(append(members, c.meta("ResourceType", "/ResourceTypes/"+t.Name))...)
}

// schemas is GET /Schemas (RFC 7643 §7).
func (c *call) schemas(_ *scim.ResourceType, _ string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	list := make([]scim.Value, len(c.s.catalog.Schemas))
	for i, s := range c.s.catalog.Schemas {
		list[i] = c.describeSchema(s)
	}
	return c.values(list), nil
}

func (c *call) schema(_ *scim.ResourceType, id string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	for _, s := range c.s.catalog.Schemas {
		if strings.EqualFold(s.ID, id) {
			return c.value(c.describeSchema(s)), nil
		}
	}
	return reply{}, scim.Errorf(http.StatusNotFound, "", "there is no schema %q", clip(id))
}

func (c *call) describeSchema(s *scim.Schema) scim.Value {
	return object(
		schemasOf(scim.SchemaURN),
		text("id", s.ID),
		text("name", s.Name),
		text("description", s.Description),
		scim.Member{Name: "attributes", Value: describeAttributes(s.Attributes)},
		c.meta("Schema", "/Schemas/"+s.ID),
	)
}

func describeAttributes(list []*scim.Attribute) scim.Value {
	values := make([]scim.Value, len(list))
	for i, a := range list {
		m := []scim.Member{
			text("name", a.Name),
			text("type", typeName(a.Type)),
			{Name: "multiValued", Value: scim.BoolOf(a.Multi)},
			text("description", a.Description),
			{Name: "required", Value: scim.BoolOf(a.Required)},
		}
		if len(a.Canonical) > 0 {
			m = append(m, texts("canonicalValues", a.Canonical))
		}
		if a.Type != scim.TypeComplex {
			m = append(m, scim.Member{Name: "caseExact", Value: scim.BoolOf(a.CaseExact)})
		}
		m = append(m, text("mutability", a.Mutability), text("returned", a.Returned))
		if a.Uniqueness != "" {
			m = append(m, text("uniqueness", a.Uniqueness))
		}
		if len(a.References) > 0 {
			m = append(m, texts("referenceTypes", a.References))
		}
		if len(a.Sub) > 0 {
			m = append(m, scim.Member{Name: "subAttributes", Value: describeAttributes(a.Sub)})
		}
		values[i] = object(m...)
	}
	return scim.ArrayOf(values...)
}

func typeName(t scim.AttributeType) string {
	switch t {
	case scim.TypeBoolean:
		return "boolean"
	case scim.TypeDecimal:
		return "decimal"
	case scim.TypeInteger:
		return "integer"
	case scim.TypeDateTime:
		return "dateTime"
	case scim.TypeBinary:
		return "binary"
	case scim.TypeReference:
		return "reference"
	case scim.TypeComplex:
		return "complex"
	}
	return "string"
}

// unfiltered refuses a filter (RFC 7644 §4: 403); paging and sorting are ignored.
func (c *call) unfiltered() error {
	for part := range strings.SplitSeq(c.r.URL.RawQuery, "&") {
		if name, _, _ := strings.Cut(part, "="); parameter(name) == 0 {
			return scim.Errorf(http.StatusForbidden, "", "discovery endpoints take no filter")
		}
	}
	return nil
}

// value replies with one object.
func (c *call) value(v scim.Value) reply {
	c.out = v.Append(c.out[:0])
	return reply{status: http.StatusOK, body: c.out}
}

// values replies with a list of all of them.
func (c *call) values(list []scim.Value) reply {
	c.startList()
	for _, v := range list {
		if c.listed > 0 {
			c.out = append(c.out, ',')
		}
		c.out = v.Append(c.out)
		c.listed++
	}
	return c.endList(len(list), 1)
}

func (c *call) meta(kind, path string) scim.Member {
	return scim.Member{Name: "meta", Value: object(text("resourceType", kind), text("location", c.base+path))}
}

func schemasOf(urn string) scim.Member { return texts("schemas", []string{urn}) }

func object(m ...scim.Member) scim.Value { return scim.ObjectOf(m...) }

func text(name, s string) scim.Member { return scim.Member{Name: name, Value: scim.StringOf(s)} }

func texts(name string, list []string) scim.Member {
	values := make([]scim.Value, len(list))
	for i, s := range list {
		values[i] = scim.StringOf(s)
	}
	return scim.Member{Name: name, Value: scim.ArrayOf(values...)}
}
