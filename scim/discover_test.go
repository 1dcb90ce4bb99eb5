package scim

import (
	"strings"
	"testing"
)

const base = "https://host/scim/v2"

// atPath walks a path of names in a Value; elements are "0", "1" and so on.
func atPath(v Value, path string) string {
	for _, name := range strings.Split(path, "/") {
		if v.Kind() == Array {
			v = v.At(int(name[0] - '0'))
		} else {
			v = v.Get(name)
		}
	}
	if v.Kind() == String {
		return v.Text()
	}
	return v.String()
}

func checkPaths(t *testing.T, doc []byte, want map[string]string) {
	t.Helper()
	v := mustDecode(t, string(doc))
	for path, w := range want {
		if have := atPath(v, path); have != w {
			t.Errorf("%s: have %s, want %s", path, have, w)
		}
	}
}

func TestConfigDoc(t *testing.T) {
	checkPaths(t, catalog.ConfigDoc(base, Features{Patch: true, FilterMax: 1000, ETag: true, PageSize: 100, Documentation: "https://host/help"}), map[string]string{
		"schemas/0":                       ConfigURN,
		"documentationUri":                "https://host/help",
		"patch/supported":                 "true",
		"bulk":                            `{"supported":false,"maxOperations":0,"maxPayloadSize":0}`,
		"filter":                          `{"supported":true,"maxResults":1000}`,
		"changePassword/supported":        "false",
		"sort/supported":                  "false",
		"etag/supported":                  "true",
		"pagination":                      `{"cursor":false,"index":true,"defaultPaginationMethod":"index","defaultPageSize":100,"maxPageSize":1000}`,
		"authenticationSchemes/0/type":    "oauthbearertoken",
		"authenticationSchemes/0/primary": "true",
		"meta/resourceType":               "ServiceProviderConfig",
		"meta/location":                   base + "/ServiceProviderConfig",
	})
	checkPaths(t, catalog.ConfigDoc(base, Features{BulkOperations: 5, BulkBytes: 6}), map[string]string{
		"documentationUri": "null",
		"bulk":             `{"supported":true,"maxOperations":5,"maxPayloadSize":6}`,
		"filter":           `{"supported":false,"maxResults":0}`,
		"pagination":       "null",
	})
}

func TestTypeDoc(t *testing.T) {
	checkPaths(t, catalog.TypeDoc(base, userType), map[string]string{
		"schemas/0":        ResourceTypeURN,
		"id":               "User",
		"name":             "User",
		"endpoint":         "/Users",
		"schema":           UserURN,
		"schemaExtensions": `[{"schema":"` + EnterpriseURN + `","required":false}]`,
		"meta":             `{"resourceType":"ResourceType","location":"` + base + `/ResourceTypes/User"}`,
	})
	checkPaths(t, catalog.TypeDoc(base, groupType), map[string]string{"endpoint": "/Groups", "schemaExtensions": "null"})
}

// Law: what /Schemas shows, read as a schema, is that schema.
func TestSchemaDoc(t *testing.T) {
	for _, s := range append(catalog.Schemas, catalog.Schema(SchemaURN)) {
		doc := catalog.SchemaDoc(base, s)
		checkPaths(t, doc, map[string]string{
			"schemas/0":     SchemaURN,
			"id":            s.ID,
			"meta/location": base + "/Schemas/" + s.ID,
		})
		again, err := readSchema(doc)
		if err != nil {
			t.Fatal(err)
		}
		if have := catalog.SchemaDoc(base, again); string(have) != string(doc) {
			t.Errorf("have %s\nwant %s", have, doc)
		}
	}
	checkPaths(t, catalog.SchemaDoc(base, userType.Schema), map[string]string{
		"attributes/0": `{"name":"userName","type":"string","multiValued":false,"description":"The name with which the person signs in; unique in any case",` +
			`"required":true,"caseExact":false,"mutability":"readWrite","returned":"default","uniqueness":"server"}`,
		"attributes/4/referenceTypes": `["external"]`,
	})
}

func TestList(t *testing.T) {
	list := AppendListHead(nil, 7, 3, 2)
	list = append(list, `{"id":"a"},{"id":"b"}`...)
	list = AppendListTail(list)
	want := `{"schemas":["` + ListURN + `"],"totalResults":7,"startIndex":3,"itemsPerPage":2,"Resources":[{"id":"a"},{"id":"b"}]}`
	if string(list) != want {
		t.Errorf("have %s\nwant %s", list, want)
	}
	mustDecode(t, string(AppendListTail(AppendListHead(nil, 0, 1, 0))))
}
