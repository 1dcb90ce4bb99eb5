package scim

import (
	"slices"
	"strings"
	"testing"
)

// SCH-12: the attributes of RFC 7643 §8.7.1, §4.3 and §4.2.
func TestSchemasAreWhole(t *testing.T) {
	for urn, want := range map[string]string{
		UserURN: "userName name(formatted familyName givenName middleName honorificPrefix honorificSuffix) displayName nickName profileUrl title userType " +
			"preferredLanguage locale timezone active password emails(value display type primary) phoneNumbers(value display type primary) " +
			"ims(value display type primary) photos(value display type primary) " +
			"addresses(formatted streetAddress locality region postalCode country type primary) groups(value $ref display type) " +
			"entitlements(value display type primary) roles(value display type primary) x509Certificates(value display type primary)",
		EnterpriseURN: "employeeNumber costCenter organization division department manager(value $ref displayName)",
		GroupURN:      "displayName members(value $ref type display)",
		ConfigURN: "documentationUri patch(supported) bulk(supported maxOperations maxPayloadSize) filter(supported maxResults) changePassword(supported) " +
			"sort(supported) etag(supported) pagination(cursor index defaultPaginationMethod defaultPageSize maxPageSize cursorTimeout) " +
			"interopProfileConformant authenticationSchemes(type name description specUri documentationUri primary)",
		ResourceTypeURN: "id name description endpoint schema schemaExtensions(schema required)",
		SchemaURN: "id name description attributes(name type multiValued description required canonicalValues caseExact mutability returned uniqueness " +
			"referenceTypes subAttributes(name type multiValued description required canonicalValues caseExact mutability returned uniqueness referenceTypes))",
	} {
		if have := outline(catalog.Schema(urn).Attributes); have != want {
			t.Errorf("%s\nhave %s\nwant %s", urn, have, want)
		}
	}
}

func outline(attrs []*Attribute) string {
	var names []string
	for _, a := range attrs {
		name := a.Name
		if len(a.Sub) > 0 {
			name += "(" + outline(a.Sub) + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// each walks all attributes of the listed schemas.
func each(f func(s *Schema, path string, a *Attribute)) {
	for _, s := range catalog.Schemas {
		for _, a := range s.Attributes {
			f(s, a.Name, a)
			for _, sub := range a.Sub {
				f(s, a.Name+"."+sub.Name, sub)
			}
		}
	}
}

func TestSchemaKeywords(t *testing.T) {
	each(func(s *Schema, path string, a *Attribute) {
		name := s.Name + " " + path
		for _, k := range []struct {
			have string
			of   []string
		}{
			{a.Mutability, []string{"readOnly", "readWrite", "immutable", "writeOnly"}},
			{a.Returned, []string{"always", "never", "default", "request"}},
			{a.Uniqueness, []string{"none", "server", "global"}},
		} {
			if !slices.Contains(k.of, k.have) {
				t.Errorf("SCH-03 %s: %q is none of %q", name, k.have, k.of)
			}
		}
		for _, sub := range a.Sub {
			if len(sub.Sub) > 0 {
				t.Errorf("SCH-05 %s has a complex attribute inside", name)
			}
		}
		if (a.Type == TypeReference) != (len(a.References) > 0) {
			t.Errorf("SCH-13 %s: type %v, referenceTypes %q", name, a.Type, a.References)
		}
		if a.Description == "" {
			t.Errorf("%s has no description", name)
		}
	})
}

func TestSchemaFacts(t *testing.T) {
	get := func(path string) *Attribute {
		p, err := ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		rt := userType
		if strings.HasPrefix(path, "members") {
			rt = groupType
		}
		r, ok := rt.Resolve(p.URN, p.Attr, p.Sub)
		if !ok {
			t.Fatalf("no attribute %s", path)
		}
		if r.Sub != nil {
			return r.Sub
		}
		return r.Attr
	}
	for path, ok := range map[string]func(a *Attribute) bool{
		"userName":                  func(a *Attribute) bool { return a.Required && !a.CaseExact && a.Uniqueness == "server" && !a.Multi }, // SCH-06
		"password":                  func(a *Attribute) bool { return a.Mutability == "writeOnly" && a.Returned == "never" },               // SCH-07
		"groups":                    func(a *Attribute) bool { return a.Mutability == "readOnly" && a.Multi && a.Type == TypeComplex },     // SCH-08
		"emails":                    func(a *Attribute) bool { return a.Multi && a.Type == TypeComplex },                                   // SCH-09
		"active":                    func(a *Attribute) bool { return a.Type == TypeBoolean },                                              // SCH-10
		"profileUrl":                func(a *Attribute) bool { return a.Type == TypeReference },
		"x509Certificates.value":    func(a *Attribute) bool { return a.Type == TypeBinary },
		"photos.value":              func(a *Attribute) bool { return a.Type == TypeReference },
		"emails.primary":            func(a *Attribute) bool { return a.Type == TypeBoolean },
		ent + "manager.displayName": func(a *Attribute) bool { return a.Mutability == "readOnly" },  // SCH-11
		"members.value":             func(a *Attribute) bool { return a.Mutability == "immutable" }, // SCH-15
		"id":                        func(a *Attribute) bool { return a.CaseExact && a.Mutability == "readOnly" && a.Returned == "always" },
		"externalId":                func(a *Attribute) bool { return a.CaseExact && a.Mutability == "readWrite" },
		"meta.created":              func(a *Attribute) bool { return a.Type == TypeDateTime && a.Mutability == "readOnly" },
	} {
		if a := get(path); !ok(a) {
			t.Errorf("%s is %+v", path, a)
		}
	}
	if a := groupType.Schema.Attribute("displayName"); !a.Required || a.Uniqueness != "none" {
		t.Errorf("Group.displayName is %+v", a)
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ urn, attr, sub, want string }{
		{"", "userName", "", "userName"},
		{"", "USERNAME", "", "userName"},
		{"", "name", "FamilyName", "name.familyName"},
		{"", "meta", "created", "meta.created"},
		{"", "externalid", "", "externalId"},
		{UserURN, "userName", "", "userName"},
		{strings.ToUpper(UserURN), "emails", "value", "emails.value"},
		{UserURN, "id", "", "id"},
		{EnterpriseURN, "department", "", EnterpriseURN + ":department"},
		{strings.ToLower(EnterpriseURN), "MANAGER", "value", EnterpriseURN + ":manager.value"},
		{EnterpriseURN, "", "", EnterpriseURN},
		{strings.TrimSuffix(EnterpriseURN, ":User"), "User", "", EnterpriseURN},
		{"", "", "", ""},
		{"", "department", "", ""},
		{"", "userName", "x", ""},
		{"", strings.Repeat("x", 100), "", ""},
		{UserURN, "", "", ""},
		{EnterpriseURN, "userName", "", ""},
		{EnterpriseURN, "", "x", ""},
		{"urn:x", "userName", "", ""},
	} {
		r, ok := userType.Resolve(c.urn, c.attr, c.sub)
		if ok != (c.want != "") || ok && r.String() != c.want {
			t.Errorf("%q %q %q: have %q, %v; want %q", c.urn, c.attr, c.sub, r.String(), ok, c.want)
		}
	}
}

// readSchema reads a definition of ours.
func readSchema(data []byte) (*Schema, error) {
	v, err := Decode(data, Limits{})
	if err != nil {
		return nil, err
	}
	return definer{trusted: true}.schema(v)
}

func TestReadSchemaRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":            `{`,
		"no name":            `{"attributes":[{"type":"string"}]}`,
		"unknown type":       `{"attributes":[{"name":"a","type":"text"}]}`,
		"unknown member":     `{"attributes":[{"name":"a","case":true}]}`,
		"two names":          `{"attributes":[{"name":"a"},{"name":"A"}]}`,
		"complex of nothing": `{"attributes":[{"name":"a","type":"complex"}]}`,
		"simple with parts":  `{"attributes":[{"name":"a","subAttributes":[{"name":"b"}]}]}`,
		"fault in a part":    `{"attributes":[{"name":"a","type":"complex","subAttributes":[{"name":""}]}]}`,
	} {
		if _, err := readSchema([]byte(text)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestCatalog(t *testing.T) {
	c := NewCatalog(false)
	if len(c.Types) != 1 || c.Type("Group") != nil || c.Type("user") != c.Types[0] {
		t.Errorf("without groups there is %d type", len(c.Types))
	}
	if c.Schema(strings.ToUpper(UserURN)) != c.Types[0].Schema || c.Schema("urn:x") != nil || c.Schema(GroupURN) != nil {
		t.Error("Schema finds the wrong things")
	}
	// DISC-11: what resource types name is listed.
	for _, rt := range catalog.Types {
		for _, s := range append([]*Schema{rt.Schema}, rt.extensions()...) {
			if !slices.Contains(catalog.Schemas, s) {
				t.Errorf("%s is not listed", s.ID)
			}
		}
	}
}

func (t *ResourceType) extensions() (list []*Schema) {
	for _, e := range t.Extensions {
		list = append(list, e.Schema)
	}
	return list
}
