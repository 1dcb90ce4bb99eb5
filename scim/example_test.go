package scim_test

import (
	"fmt"
	"time"

	"scimdeck/scim"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// A create: from the body of a POST to the bytes that are stored and sent.
func Example() {
	t := scim.NewCatalog(false).Type("User")
	body, err := scim.Decode([]byte(`{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
		"USERNAME": "jane", "password": "secret", "active": "True", "nickName": null
	}`), scim.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	draft, notes, err := t.Read(body, scim.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range notes {
		fmt.Println("note:", n)
	}
	doc := t.AppendDoc(nil, "2819c223", draft, scim.Meta{Created: at, Modified: at, Version: 1})
	fmt.Printf("%s\n", scim.AppendWire(nil, doc, "https://host/scim/v2"))
	// Output:
	// note: password was not kept: it is never stored or returned
	// note: active: the string "True" was read as a boolean [boolean-string]
	// {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2819c223","userName":"jane","active":true,"meta":{"resourceType":"User","created":"2026-01-02T03:04:05.000Z","lastModified":"2026-01-02T03:04:05.000Z","version":"W/\"1\"","location":"https://host/scim/v2/Users/2819c223"}}
}

// What a client gets to read when a body is wrong.
func ExampleError() {
	t := scim.NewCatalog(false).Type("User")
	for _, text := range []string{
		`{"userName": "jane",}`,
		`{"userName": "jane"}`,
		`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "jane", "emails": [{"primary": "maybe"}]}`,
	} {
		body, err := scim.Decode([]byte(text), scim.Limits{})
		if err == nil {
			_, _, err = t.Read(body, scim.Policy{})
		}
		fmt.Println(err)
	}
	// Output:
	// 400 invalidSyntax: line 1, column 21 (byte 20): want a member after the comma, got '}'
	// 400 invalidSyntax: schemas is missing: add "schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]
	// 400 invalidValue: emails[0].primary: want a boolean, got "maybe"
}

// Okta deactivates a user with one replace that has no path.
func ExamplePatch() {
	t := scim.NewCatalog(false).Type("User")
	message, err := scim.Decode([]byte(`{
		"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations": [
			{"op": "replace", "value": {"active": false}},
			{"op": "add", "path": "emails[type eq \"work\"].value", "value": "jane@example.com"}
		]
	}`), scim.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	patch, _, err := t.ReadPatch(message, scim.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	before := scim.Draft{Attributes: scim.ObjectOf(
		scim.Member{Name: "userName", Value: scim.StringOf("jane")},
		scim.Member{Name: "active", Value: scim.BoolOf(true)},
	)}
	after, changed, err := patch.Apply(before)
	fmt.Println(after.Attributes, changed, err)
	fmt.Println(before.Attributes)
	// Output:
	// {"userName":"jane","active":false,"emails":[{"value":"jane@example.com","type":"work"}]} true <nil>
	// {"userName":"jane","active":true}
}

func ExampleFilter_Match() {
	t := scim.NewCatalog(false).Type("User")
	draft := scim.Draft{Attributes: scim.ObjectOf(scim.Member{Name: "userName", Value: scim.StringOf("Jane@Example.com")})}
	doc := t.AppendDoc(nil, "2819c223", draft, scim.Meta{Created: at, Modified: at, Version: 1})

	expr, err := scim.ParseFilter(`userName eq "jane@example.com" and meta.created ge "2026-01-01T00:00:00Z"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	filter, err := t.Compile(expr)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(filter.Match(doc), filter.Equal())
	// Output: true [{userName jane@example.com}]
}

func ExampleChanged() {
	t := scim.NewCatalog(false).Type("User")
	doc := func(name string, active bool) []byte {
		return t.AppendDoc(nil, "2819c223", scim.Draft{Attributes: scim.ObjectOf(
			scim.Member{Name: "userName", Value: scim.StringOf(name)},
			scim.Member{Name: "active", Value: scim.BoolOf(active)},
		)}, scim.Meta{Created: at, Modified: at, Version: 1})
	}
	fmt.Println(scim.Changed(doc("jane", true), doc("jane", false)))
	// Output: [active]
}

// An extension of one's own, in the form that /Schemas and /ResourceTypes have.
func ExampleNewCatalogWith() {
	catalog, err := scim.NewCatalogWith(scim.CatalogOptions{Definitions: [][]byte{
		[]byte(`{"id": "urn:example:Badge", "attributes": [{"name": "badge", "type": "string", "uniqueness": "server"}]}`),
		[]byte(`{"name": "User", "schemaExtensions": [{"schema": "urn:example:Badge", "required": false}]}`),
	}})
	if err != nil {
		panic(err)
	}
	fmt.Println(catalog.Type("User").Indexes()[3])

	_, err = scim.NewCatalogWith(scim.CatalogOptions{Definitions: [][]byte{
		[]byte(`{"id": "urn:example:Badge", "attributes": [{"name": "badge", "type": "text"}]}`),
	}})
	fmt.Println(err)
	// Output:
	// {urn:example:Badge:badge true}
	// schemas[0].attributes[0].type: "text" is no type: want one of string boolean decimal integer dateTime binary reference complex
}

func ExampleResourceType_Project() {
	doc := []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"jane","emails":[{"value":"j@x","type":"work"}],"meta":{"location":"/Users/1"}}`)
	shown, err := scim.NewCatalog(false).Type("User").Project([]string{"emails.value,meta.location"}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(shown.Append(nil, doc, "https://host/scim/v2")))
	// Output: {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","emails":[{"value":"j@x"}],"meta":{"location":"https://host/scim/v2/Users/1"}}
}
