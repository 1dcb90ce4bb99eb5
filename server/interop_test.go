package server

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"scimdeck/scim"
)

// newInterop is a server under the interoperability profile.
func newInterop(t *testing.T) *bench {
	t.Helper()
	catalog, err := scim.NewCatalogWith(scim.CatalogOptions{Groups: true, Interop: true})
	if err != nil {
		t.Fatal(err)
	}
	return newBenchOf(t, catalog, func(o *Options) { o.Policy.Mode = scim.Interop })
}

// The provider's side of the interoperability profile,
// draft-zollner-scim-interop-profile-01, row by row. Where a row is about clients
// only it has no test.
func TestInterop(t *testing.T) {
	b := newInterop(t)
	id := b.create("ada@example.com")
	one := "/Users/" + id
	config := b.do("GET", "/ServiceProviderConfig", "").want(t, 200)
	patch := func(ops string) answer { return b.do("PATCH", one, patchBody(ops)) }

	t.Run("IP-01 IP-02 IP-03 the claim", func(t *testing.T) {
		if config.json(t)["interopProfileConformant"] != true {
			t.Error(config.body)
		}
	})
	t.Run("IP-04 no claim in other modes", func(t *testing.T) {
		for _, mode := range []scim.Mode{scim.Lenient, scim.Strict} {
			b := newBench(t, false, func(o *Options) { o.Policy.Mode = mode })
			if v, ok := b.do("GET", "/ServiceProviderConfig", "").json(t)["interopProfileConformant"]; ok && v != false {
				t.Errorf("%v", v)
			}
		}
	})
	t.Run("IP-05 IP-07 IP-08 IP-09 discovery", func(t *testing.T) {
		types := b.do("GET", "/ResourceTypes", "").want(t, 200).json(t)["Resources"].([]any)
		for _, x := range types {
			m := x.(map[string]any)
			if m["id"] != m["name"] {
				t.Errorf("%v", m)
			}
			b.do("GET", "/Schemas/"+m["schema"].(string), "").want(t, 200)
			list, _ := m["schemaExtensions"].([]any)
			for _, e := range list {
				b.do("GET", "/Schemas/"+e.(map[string]any)["schema"].(string), "").want(t, 200)
			}
		}
	})
	t.Run("IP-06 /Schemas has what is implemented", func(t *testing.T) {
		a := b.do("POST", "/Users", strings.ReplaceAll(whole, "bjensen@", "whole@")).want(t, 201)
		for name := range a.json(t) {
			if strings.HasPrefix(name, "urn:") || name == "schemas" || name == "id" || name == "meta" || name == "externalId" {
				continue
			}
			if s := b.do("GET", "/Schemas/"+scim.UserURN, ""); !strings.Contains(s.body, `"name":"`+name+`"`) {
				t.Errorf("%s is in no schema", name)
			}
		}
	})
	t.Run("IP-10 IP-13 userName in any case", func(t *testing.T) {
		b.do("POST", "/Users", user("ADA@example.com")).refused(t, 409, scim.Uniqueness)
		if n := b.filtered(`userName eq "ADA@EXAMPLE.COM"`, "").names(t, "id"); len(n) != 1 {
			t.Error(n)
		}
	})
	t.Run("IP-11 IP-12 id and externalId in one case", func(t *testing.T) {
		b.do("POST", "/Users", user("ext@example.com", `,"externalId":"Abc"`)).want(t, 201)
		for f, n := range map[string]int{`externalId eq "Abc"`: 1, `externalId eq "abc"`: 0, `id eq "` + id + `"`: 1, `id eq "` + strings.ToUpper(id) + `x"`: 0} {
			if got := b.filtered(f, "").names(t, "id"); len(got) != n {
				t.Errorf("%s: %q", f, got)
			}
		}
	})
	t.Run("IP-14 IP-15 what no schema defines", func(t *testing.T) {
		b.do("POST", "/Users", user("odd@example.com", `,"favouriteColour":"red"`)).refused(t, 400, scim.InvalidSyntax)
		b.do("POST", "/Users", strings.Replace(user("odd@example.com"), `"]`, `","urn:example:x"]`, 1)).refused(t, 400, scim.InvalidSyntax)
		b.do("PUT", one, user("ada@example.com", `,"favouriteColour":"red"`)).refused(t, 400, scim.InvalidSyntax)
		patch(`{"op":"add","path":"favouriteColour","value":"red"}`).refused(t, 400, scim.InvalidSyntax)
		patch(`{"op":"add","path":"urn:example:x:y","value":"red"}`).refused(t, 400, scim.InvalidSyntax)
	})
	t.Run("IP-16 types are listed", func(t *testing.T) {
		for _, x := range b.do("GET", "/Schemas/"+scim.UserURN, "").json(t)["attributes"].([]any) {
			a := x.(map[string]any)
			list, _ := a["subAttributes"].([]any)
			for _, y := range list {
				if s := y.(map[string]any); a["multiValued"] == true && a["name"] != "groups" && s["name"] == "type" && s["canonicalValues"] == nil {
					t.Errorf("%s.type", a["name"])
				}
			}
		}
		b.do("POST", "/Users", strings.Replace(user("typed@example.com"), `"type":"work"`, `"type":"nosuch"`, 1)).refused(t, 400, scim.InvalidValue)
	})
	t.Run("IP-18 IP-19 IP-20 endpoints", func(t *testing.T) {
		seen := map[any]bool{}
		for _, x := range b.do("GET", "/ResourceTypes", "").json(t)["Resources"].([]any) {
			endpoint := x.(map[string]any)["endpoint"]
			if seen[endpoint] {
				t.Errorf("%v twice", endpoint)
			}
			seen[endpoint] = true
		}
		b.do("GET", "/?count=1", "").want(t, 200)
		b.do("GET", "/Users/ada@example.com", "").refused(t, 404, "")
	})
	t.Run("IP-22 IP-23 media types", func(t *testing.T) {
		for _, a := range []answer{config, b.do("GET", one, ""), b.do("GET", "/Users", "", "Accept: application/scim+json, application/json"), b.do("GET", "/Users/x", "")} {
			if a.header.Get("Content-Type") != "application/scim+json" {
				t.Errorf("%v", a.header)
			}
		}
		b.do("POST", "/Users", user("j@example.com"), "Content-Type: application/json").refused(t, 415, "")
		b.do("POST", "/Users", user("j@example.com"), "Content-Type:").refused(t, 415, "")
		b.do("GET", "/Users", "", "Accept: application/json").refused(t, 406, "")
	})
	t.Run("IP-25 IP-27 IP-28 filters", func(t *testing.T) {
		if config.at(t, "filter.supported") != true {
			t.Error(config.body)
		}
		if n := b.filtered(`userName eq "ada@example.com" and active eq true`, "").names(t, "id"); len(n) != 1 {
			t.Error(n)
		}
		b.filtered(`nosuch eq "x"`, "").refused(t, 400, scim.InvalidFilter)
		b.do("PATCH", one+"?filter="+url.QueryEscape(`userName eq "x"`), patchBody(`{"op":"replace","path":"active","value":true}`)).want(t, 200)
		if n := b.logged().Notes; len(n) != 1 || !strings.Contains(n[0], "the parameter filter has no effect on PATCH") {
			t.Errorf("%q", n)
		}
	})
	t.Run("IP-29 IP-30 IP-31 IP-32 IP-33 pages", func(t *testing.T) {
		p := config.at(t, "pagination").(map[string]any)
		if p["index"] != true || p["cursor"] != true || p["defaultPageSize"].(float64) < 100 || p["maxPageSize"].(float64) < 100 {
			t.Errorf("%v", p)
		}
		b.do("GET", "/Users?count=100", "").want(t, 200)
		b.do("GET", "/Users?count=100000", "").want(t, 200)
		b.do("GET", "/Users?count=100000&cursor", "").want(t, 200)
	})
	t.Run("IP-34 IP-39 PATCH of a single attribute", func(t *testing.T) {
		for i, op := range []string{"add", "replace"} {
			title := fmt.Sprintf("Title %d", i)
			if a := patch(`{"op":"`+op+`","path":"title","value":"`+title+`"}`).want(t, 200); a.at(t, "title") != title {
				t.Error(a.body)
			}
		}
	})
	t.Run("IP-37 every operation has a path", func(t *testing.T) {
		patch(`{"op":"replace","value":{"active":false}}`).refused(t, 400, scim.InvalidSyntax)
		patch(`{"op":"replace","path":"title","value":"kept?"},{"op":"add","value":{"nickName":"x"}}`).refused(t, 400, scim.InvalidSyntax)
		if a := b.do("GET", one, ""); a.at(t, "title") == "kept?" || a.at(t, "active") != true {
			t.Error(a.body)
		}
	})
	t.Run("IP-42 IP-44 a single complex attribute", func(t *testing.T) {
		name := func(ops string) any { return patch(ops).want(t, 200).at(t, "name") }
		if got := name(`{"op":"replace","path":"name","value":{"familyName":"Byron"}}`); !reflect.DeepEqual(got, map[string]any{"familyName": "Byron"}) {
			t.Errorf("replace: %v", got)
		}
		if got := name(`{"op":"add","path":"name","value":{"givenName":"Ada"}}`); !reflect.DeepEqual(got, map[string]any{"familyName": "Byron", "givenName": "Ada"}) {
			t.Errorf("add: %v", got)
		}
	})
	t.Run("IP-46 IP-47 a multi-valued attribute", func(t *testing.T) {
		if a := patch(`{"op":"replace","path":"emails","value":[{"value":"n@example.com","type":"home"}]}`).want(t, 200); len(a.at(t, "emails").([]any)) != 1 {
			t.Error(a.body)
		}
		if a := patch(`{"op":"add","path":"emails","value":[{"value":"m@example.com","type":"work"}]}`).want(t, 200); len(a.at(t, "emails").([]any)) != 2 {
			t.Error(a.body)
		}
	})
	t.Run("IP-49 IP-50 a value path needs a sub-attribute", func(t *testing.T) {
		patch(`{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"x@example.com"}}`).refused(t, 400, scim.InvalidPath)
		patch(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@example.com"}`).want(t, 200)
	})
	t.Run("removing a member by value path is not refused", func(t *testing.T) {
		g := b.do("POST", "/Groups", group("Devs", id)).want(t, 201)
		a := b.do("PATCH", "/Groups/"+g.get(t, "id"), patchBody(`{"op":"remove","path":"members[value eq \"`+id+`\"]"}`)).want(t, 200)
		if a.at(t, "members") != nil {
			t.Error(a.body)
		}
	})
	t.Run("IP-51 a PATCH never deletes", func(t *testing.T) {
		patch(`{"op":"replace","path":"active","value":false}`).want(t, 200)
		b.do("GET", one, "").want(t, 200)
	})
	t.Run("IP-56 conditional requests", func(t *testing.T) {
		b.do("GET", one, "", `If-Modified-Since: Mon, 23 Nov 2026 00:00:00 GMT`).want(t, 200)
		b.do("PATCH", one, patchBody(`{"op":"replace","path":"active","value":true}`), `If-Match: W/"0"`).refused(t, 412, "")
	})
	t.Run("IP-57 bulk", func(t *testing.T) {
		if got, _ := b.bulk(bulkBody("", `{"method":"DELETE","path":"/Users/nobody"}`)); got != "404" {
			t.Error(got)
		}
	})
	t.Run("IP-58 uniqueness", func(t *testing.T) {
		b.create("bob@example.com")
		b.do("POST", "/Users", user("bob@example.com")).refused(t, 409, scim.Uniqueness)
		patch(`{"op":"replace","path":"userName","value":"bob@example.com"}`).refused(t, 409, scim.Uniqueness)
	})
	t.Run("IP-60 no Basic", func(t *testing.T) {
		if strings.Contains(config.body, "httpbasic") {
			t.Error(config.body)
		}
		b.do("GET", "/Users", "", "Authorization: Basic YWRhOmFkYQ==").refused(t, 401, "")
	})
	t.Run("IP-52 IP-53 IP-54 DELETE deletes", func(t *testing.T) {
		b.do("DELETE", one, "").want(t, 204)
		for method, body := range map[string]string{"GET": "", "PUT": user("ada@example.com"), "PATCH": patchBody(`{"op":"replace","path":"active","value":true}`), "DELETE": ""} {
			b.do(method, one, body).refused(t, 404, "")
		}
		if n := b.filtered(`userName eq "ada@example.com"`, "").names(t, "id"); len(n) != 0 {
			t.Error(n)
		}
		b.do("POST", "/Users", user("ada@example.com")).want(t, 201)
	})
}
