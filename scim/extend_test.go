package scim

import (
	"errors"
	"strings"
	"testing"
)

const (
	deviceSchema = `{"schemas":["` + SchemaURN + `"],"id":"urn:test:Device","name":"Device","description":"A thing","meta":{"resourceType":"Schema"},"attributes":[
		{"name":"serial","type":"string","required":true,"uniqueness":"server","caseExact":true},
		{"name":"number","type":"integer","uniqueness":"global"},
		{"name":"weight","type":"decimal"},
		{"name":"kind","type":"string","mutability":"immutable","canonicalValues":["phone","laptop"]},
		{"name":"owner","type":"complex","subAttributes":[{"name":"value","type":"string","required":true},{"name":"$ref","type":"reference","referenceTypes":["User"]}]},
		{"name":"ports","type":"complex","multiValued":true,"subAttributes":[{"name":"value","type":"string"},{"name":"type","type":"string"},{"name":"primary","type":"boolean"}]}]}`
	badgeSchema = `{"id":"urn:test:Badge","attributes":[
		{"name":"badge","type":"string","required":true,"uniqueness":"server"},{"name":"floor","type":"integer"}]}`
	deviceType = `{"id":"Device","name":"Device","endpoint":"/Devices","description":"d","schema":"urn:test:Device","schemaExtensions":[]}`
	userBadge  = `{"name":"User","schemaExtensions":[{"schema":"` + EnterpriseURN + `","required":false},{"schema":"urn:test:Badge","required":false}]}`
)

func define(t testing.TB, groups bool, definitions ...string) *Catalog {
	t.Helper()
	o := CatalogOptions{Groups: groups}
	for _, d := range definitions {
		o.Definitions = append(o.Definitions, []byte(d))
	}
	c, err := NewCatalogWith(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefine(t *testing.T) {
	c := define(t, true, userBadge, deviceType, deviceSchema, badgeSchema)
	device, user := c.Type("Device"), c.Type("User")
	if len(c.Types) != 3 || len(user.Extensions) != 2 || device.Endpoint != "/Devices" || c.Schema("urn:test:badge").Name != "Badge" {
		t.Fatalf("have %v", c.Types)
	}
	for rt, want := range map[*ResourceType]string{
		user:   "userName true, externalId false, emails.value false, urn:test:Badge:badge true",
		device: "externalId false, serial true, number true",
	} {
		var have []string
		for _, x := range rt.Indexes() {
			have = append(have, x.Path+map[bool]string{true: " true", false: " false"}[x.Unique])
		}
		if s := strings.Join(have, ", "); s != want {
			t.Errorf("%s: have indexes %s\nwant %s", rt.Name, s, want)
		}
	}
	read := func(rt *ResourceType, body string) (Draft, error) {
		d, _, err := rt.Read(mustDecode(t, body), Policy{})
		return d, err
	}
	d, err := read(device, `{"schemas":["urn:test:Device"],"SERIAL":"S1","number":7,"weight":1.50,"kind":"phone","owner":{"value":"1"},"ports":[{"value":"a","primary":true}],"externalId":"e"}`)
	if err != nil {
		t.Fatal(err)
	}
	doc := device.AppendDoc(nil, someID, d, Meta{})
	for _, filter := range []string{`serial eq "S1"`, `number eq 7.0`, `weight lt 2`, `ports[value eq "a"]`, `owner.value sw "1"`, `urn:test:Device:kind eq "PHONE"`, `meta.resourceType eq "Device"`} {
		if !bind(t, device, filter).Match(doc) {
			t.Errorf("%s does not match", filter)
		}
	}
	if bind(t, device, `serial eq "s1"`).Match(doc) {
		t.Error("caseExact is not kept")
	}
	// Law: what the index has is what an equality asks for.
	for filter, path := range map[string]string{`serial eq "S1"`: "serial", `number eq 70e-1`: "number", `externalId eq "e"`: "externalId"} {
		eq := bind(t, device, filter).Equal()
		found := false
		for _, v := range device.IndexValues(d) {
			found = found || len(eq) == 1 && v == eq[0] && v.Path == path
		}
		if !found {
			t.Errorf("%s: have %v of %v", filter, eq, device.IndexValues(d))
		}
	}
	if p, _, err := readOps(t, device, `{"op":"replace","path":"kind","value":"laptop"}`, Policy{}); err != nil {
		t.Error(err)
	} else if _, _, err := p.Apply(d); err == nil {
		t.Error("PAT-14: an immutable attribute was changed")
	}
	checkLaws(t, device, d, Policy{})
	if s, err := device.Sort("number", ""); err != nil || len(s.Key(nil, doc)) < 10 {
		t.Errorf("sort: %v", err)
	}
	for body, want := range map[string]string{
		`{"schemas":["urn:test:Device"]}`:                                      "invalidValue: serial is required",
		`{"schemas":["urn:test:Device"],"serial":""}`:                          "invalidValue: serial must not be empty",
		`{"schemas":["urn:test:Device"],"serial":"x","owner":{"$ref":"u"}}`:    "invalidValue: owner.value is required",
		`{"schemas":["urn:scim:schemas:core:1.0"],"serial":"x"}`:               "invalidValue: schemas: want",
		`{"schemas":["urn:test:Device"],"serial":"x","number":1.5}`:            "invalidValue: number: want an integer",
		`{"schemas":["urn:test:Device"],"serial":"x","ports":[{"primary":1}]}`: "invalidValue: ports[0].primary",
	} {
		_, err := read(device, body)
		checkError(t, err, want)
	}
	_, err = read(user, `{"schemas":["`+UserURN+`","urn:test:Badge"],"userName":"a","urn:test:Badge":{"floor":3}}`)
	checkError(t, err, "invalidValue: urn:test:Badge:badge is required")
	if d, err = read(user, `{"schemas":["`+UserURN+`"],"userName":"a"}`); err != nil {
		t.Errorf("an extension that is not there requires nothing: %v", err)
	}
	p, _, err := readOps(t, user, `{"op":"add","path":"urn:test:Badge:floor","value":3}`, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = p.Apply(d)
	checkError(t, err, "invalidValue: urn:test:Badge:badge is required")
	p, _, err = readOps(t, device, `{"op":"add","path":"owner.$ref","value":"x"}`, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = p.Apply(Draft{mustDecode(t, `{"serial":"x"}`)})
	checkError(t, err, "invalidValue: operation 1: owner.value is required")

	// DISC-10, DISC-11, DISC-15: what was defined is shown as it was defined.
	v := mustDecode(t, string(c.SchemaDoc(base, c.Schema("urn:test:Device"))))
	if v.Get("attributes").At(1).Get("uniqueness").Text() != "global" || v.Get("description").Text() != "A thing" {
		t.Errorf("have %v", v)
	}
	v = mustDecode(t, string(c.TypeDoc(base, user)))
	if v.Get("schemaExtensions").Len() != 2 || v.Get("schemaExtensions").At(1).Get("schema").Text() != "urn:test:Badge" {
		t.Errorf("have %v", v)
	}
}

func TestDefineRefuses(t *testing.T) {
	attribute := func(members string) string { return `{"id":"urn:test:X","attributes":[{` + members + `}]}` }
	for _, c := range []struct {
		name        string
		definitions []string
		want        string
	}{
		{"no JSON", []string{`{`}, "schemas[0]: line 1, column 2"},
		{"no object", []string{deviceSchema, `[]`}, "schemas[1]: want an object"},
		{"no URN", []string{`{"id":"Device","attributes":[{"name":"a","type":"string"}]}`}, `schemas[0].id: want a URN such as`},
		{"no id", []string{`{"attributes":[{"name":"a","type":"string"}]}`}, `schemas[0].id: want a URN`},
		{"taken URN", []string{`{"id":"` + UserURN + `","attributes":[{"name":"a","type":"string"}]}`}, `schemas[0].id: "urn:`},
		{"URN twice", []string{badgeSchema, badgeSchema}, `schemas[1].id: "urn:test:Badge" is taken`},
		{"member of a schema", []string{`{"id":"urn:test:X","attributes":[{"name":"a"}],"extends":"User"}`}, `schemas[0].extends: a schema has no such member`},
		{"attributes of nothing", []string{`{"id":"urn:test:X","attributes":[]}`}, `schemas[0].attributes: want an array of 1 to 1000 attributes, got an empty one`},
		{"attribute", []string{`{"id":"urn:test:X","attributes":[{"name":"a"},5]}`}, `schemas[0].attributes[1]: want an object`},
		{"SCH-02 type", []string{deviceSchema, attribute(`"name":"a","type":"int"`)}, `schemas[1].attributes[0].type: "int" is no type: want one of string boolean`},
		{"SCH-03 multiValued", []string{attribute(`"name":"a","multiValued":"yes"`)}, `schemas[0].attributes[0].multiValued: want true or false, got "yes"`},
		{"SCH-03 mutability", []string{attribute(`"name":"a","mutability":"readwrite"`)}, `schemas[0].attributes[0].mutability: want one of readOnly readWrite immutable writeOnly, got "readwrite"`},
		{"SCH-03 returned", []string{attribute(`"name":"a","returned":5`)}, `schemas[0].attributes[0].returned: want one of`},
		{"SCH-04 name", []string{attribute(`"name":"1a"`)}, `schemas[0].attributes[0].name: want a letter and then`},
		{"SCH-04 $ref at the top", []string{attribute(`"name":"$ref"`)}, `schemas[0].attributes[0].name`},
		{"SCH-04 long name", []string{attribute(`"name":"` + strings.Repeat("a", 65) + `"`)}, `schemas[0].attributes[0].name`},
		{"SCH-05 complex inside", []string{attribute(`"name":"a","type":"complex","subAttributes":[{"name":"b","type":"complex","subAttributes":[{"name":"c"}]}]`)}, `schemas[0].attributes[0].subAttributes[0].subAttributes: a sub-attribute has no sub-attributes`},
		{"SCH-05 complex of nothing", []string{attribute(`"name":"a","type":"complex"`)}, `schemas[0].attributes[0].subAttributes: a complex attribute needs them`},
		{"SCH-05 simple with parts", []string{attribute(`"name":"a","subAttributes":[{"name":"b"}]`)}, `schemas[0].attributes[0].type: want "complex"`},
		{"SCH-14 two names", []string{`{"id":"urn:test:X","attributes":[{"name":"a"},{"name":"A"}]}`}, `schemas[0].attributes[1].name: there is another attribute "A"`},
		{"characteristic", []string{attribute(`"name":"a","case":true`)}, `schemas[0].attributes[0].case: an attribute has no such characteristic`},
		{"canonicalValues", []string{attribute(`"name":"a","canonicalValues":["x",1]`)}, `schemas[0].attributes[0].canonicalValues[1]: want a string`},
		{"referenceTypes", []string{attribute(`"name":"a","referenceTypes":["User"]`)}, `schemas[0].attributes[0].referenceTypes: only a reference`},
		{"unique list", []string{attribute(`"name":"a","multiValued":true,"uniqueness":"server"`)}, `schemas[0].attributes[0].uniqueness: only an attribute with one value`},
		{"unique boolean", []string{attribute(`"name":"a","type":"boolean","uniqueness":"server"`)}, `schemas[0].attributes[0].uniqueness: a boolean cannot be unique`},
		{"writeOnly that is returned", []string{attribute(`"name":"a","mutability":"writeOnly"`)}, `schemas[0].attributes[0].returned: want "never"`},
		{"required that is never kept", []string{attribute(`"name":"a","returned":"never","required":true`)}, `schemas[0].attributes[0].required`},
		{"unused", []string{deviceSchema, deviceType, badgeSchema}, `schemas[2].id: no resource type uses it: to extend users, add {"name": "User", "schemaExtensions": [{"schema": "urn:test:Badge"`},
		{"common attribute", []string{`{"id":"urn:test:X","attributes":[{"name":"a"},{"name":"Meta"}]}`, `{"name":"X","endpoint":"/Xs","schema":"urn:test:X"}`}, `schemas[0].attributes[1].name: every resource has Meta already`},
		{"neither", []string{`{"title":"x"}`}, `schemas[0].title: neither a schema`},
		{"type without a name", []string{`{"endpoint":"/Xs"}`}, `schemas[0].name: want a letter`},
		{"id and name", []string{`{"id":"A","name":"B"}`}, `schemas[0].name: id and name are the same thing`},
		{"endpoint", []string{deviceSchema, `{"name":"Device","endpoint":"Devices","schema":"urn:test:Device"}`}, `schemas[1].endpoint: want a slash and a name`},
		{"reserved endpoint", []string{deviceSchema, `{"name":"Device","endpoint":"/groups","schema":"urn:test:Device"}`}, `schemas[1].endpoint: "/groups" is taken`},
		{"schema of another", []string{`{"name":"Person","endpoint":"/People","schema":"` + UserURN + `"}`}, `schemas[0].schema: "urn:`},
		{"no such schema", []string{`{"name":"Person","endpoint":"/People","schema":"urn:x:y"}`}, `schemas[0].schema: no schema has the id "urn:x:y"`},
		{"two types of a schema", []string{deviceSchema, deviceType, `{"name":"Other","endpoint":"/Others","schema":"urn:test:Device"}`}, `schemas[2].schema: "urn:test:Device" is the schema of Device already`},
		{"another User", []string{`{"name":"user","endpoint":"/People"}`}, `schemas[0].name: there is a User already`},
		{"groups are off", []string{badgeSchema, `{"name":"Group","schemaExtensions":[{"schema":"urn:test:Badge","required":false}]}`}, `schemas[1].name: there are no groups to extend: set groups to true`},
		{"extensions", []string{`{"name":"User","schemaExtensions":{}}`}, `schemas[0].schemaExtensions: want an array`},
		{"extension", []string{`{"name":"User","schemaExtensions":[{"schema":"urn:x:y"}]}`}, `schemas[0].schemaExtensions[0].schema: no schema has the id "urn:x:y"`},
		{"extension twice", []string{badgeSchema, userBadge, userBadge}, `schemas[2].schemaExtensions[1].schema: User has it already`},
		{"extension required", []string{badgeSchema, `{"name":"User","schemaExtensions":[{"schema":"urn:test:Badge","required":1}]}`}, `schemas[1].schemaExtensions[0].required: want true or false`},
		{"core as an extension", []string{deviceSchema, deviceType, `{"name":"User","schemaExtensions":[{"schema":"urn:test:Device"}]}`}, `schemas[2].schemaExtensions[0].schema: "urn:test:Device" is the schema of Device already`},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := CatalogOptions{}
			for _, d := range c.definitions {
				o.Definitions = append(o.Definitions, []byte(d))
			}
			_, err := NewCatalogWith(o)
			var fault *DefinitionError
			if !errors.As(err, &fault) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("have %v\nwant %s", err, c.want)
			}
		})
	}
}

// PUT-06: an immutable attribute stays, also when a PUT leaves it out.
func TestReplace(t *testing.T) {
	c := define(t, false, `{"id":"urn:test:X","attributes":[{"name":"a"},{"name":"fixed","mutability":"immutable"},
		{"name":"box","type":"complex","subAttributes":[{"name":"fixed","mutability":"immutable"},{"name":"free"}]}]}`,
		`{"id":"urn:test:X:More","attributes":[{"name":"fixed","mutability":"immutable"},{"name":"free"}]}`,
		`{"name":"X","endpoint":"/Xs","schema":"urn:test:X","schemaExtensions":[{"schema":"urn:test:X:More","required":false}]}`)
	x := c.Type("X")
	for _, c := range []struct{ old, now, want string }{
		{`{"a":"1","fixed":"f"}`, `{"a":"2","fixed":"f"}`, `{"a":"2","fixed":"f"}`},
		{`{"a":"1","fixed":"f"}`, `{"a":"2","fixed":"g"}`, `mutability: fixed is immutable`},
		{`{"a":"1","fixed":"f"}`, `{"a":"2"}`, `{"a":"2","fixed":"f"}`},
		{`{"a":"1"}`, `{"fixed":"f"}`, `{"fixed":"f"}`},
		{`{"box":{"fixed":"f","free":"x"}}`, `{"box":{"free":"y"}}`, `{"box":{"fixed":"f","free":"y"}}`},
		{`{"box":{"fixed":"f","free":"x"}}`, `{"a":"1"}`, `{"a":"1","box":{"fixed":"f"}}`},
		{`{"box":{"fixed":"f"}}`, `{"box":{"fixed":"g"}}`, `mutability: box.fixed is immutable`},
		{`{"urn:test:X:More":{"fixed":"f","free":"x"}}`, `{"a":"1"}`, `{"a":"1","urn:test:X:More":{"fixed":"f"}}`},
		{`{"urn:test:X:More":{"fixed":"f"}}`, `{"urn:test:X:More":{"fixed":"F"}}`, `mutability: urn:test:X:More:fixed is immutable`},
	} {
		now := Draft{mustDecode(t, c.now)}
		d, err := x.Replace(Draft{mustDecode(t, c.old)}, now)
		if err != nil {
			checkError(t, err, c.want)
		} else if have := d.Attributes.String(); have != c.want {
			t.Errorf("PUT %s on %s\nhave %s\nwant %s", c.now, c.old, have, c.want)
		}
		if now.Attributes.String() != c.now {
			t.Errorf("the PUT became %v", now.Attributes)
		}
	}
}

// Defining does not change what others have: each catalog reads its own schemas.
func TestDefineLeavesOthers(t *testing.T) {
	before := string(NewCatalog(true).TypeDoc(base, NewCatalog(true).Type("User")))
	define(t, true, badgeSchema, userBadge)
	if after := string(NewCatalog(true).TypeDoc(base, NewCatalog(true).Type("User"))); after != before {
		t.Errorf("have %s\nwant %s", after, before)
	}
}

// FuzzDefine: no definition makes a panic, and one that is taken is shown as a
// definition that is taken.
func FuzzDefine(f *testing.F) {
	f.Add(deviceSchema, deviceType)
	f.Add(badgeSchema, userBadge)
	f.Add(`{"id":"urn:test:X","attributes":[{"name":"id"}]}`, `{"name":"X","endpoint":"/X","schema":"urn:test:X"}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		c, err := NewCatalogWith(CatalogOptions{Groups: true, Definitions: [][]byte{[]byte(a), []byte(b)}})
		if err != nil {
			return
		}
		o := CatalogOptions{Groups: true}
		for _, s := range c.Schemas {
			if NewCatalog(true).Schema(s.ID) == nil {
				o.Definitions = append(o.Definitions, c.SchemaDoc("", s))
			}
		}
		for _, rt := range c.Types {
			o.Definitions = append(o.Definitions, c.TypeDoc("", rt))
		}
		if _, err := NewCatalogWith(o); err != nil && !strings.Contains(err.Error(), "has it already") {
			t.Errorf("%v\nof %s\nand %s", err, a, b)
		}
	})
}
