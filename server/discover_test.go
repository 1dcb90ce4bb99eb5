package server

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
)

// The rows DISC and SCH of the matrix that are about the answers; what the
// schemas say is tested in scim.
func TestDiscovery(t *testing.T) {
	b := newBench(t, true, nil)
	config := b.do("GET", "/ServiceProviderConfig", "").want(t, 200)
	c := config.json(t)
	type object = map[string]any
	t.Run("DISC-01 one object", func(t *testing.T) {
		if s := c["schemas"].([]any); len(s) != 1 || s[0] != scim.ConfigURN {
			t.Errorf("%v", s)
		}
	})
	t.Run("DISC-02 what is supported", func(t *testing.T) {
		for name, want := range map[string]bool{"patch": true, "bulk": true, "filter": true, "changePassword": false, "sort": true, "etag": true} {
			if m, _ := c[name].(object); m["supported"] != want {
				t.Errorf("%s is %v", name, c[name])
			}
		}
	})
	t.Run("DISC-03 DISC-04 limits", func(t *testing.T) {
		if config.at(t, "bulk.maxOperations") != 1000.0 || config.at(t, "bulk.maxPayloadSize") != 1048576.0 || config.at(t, "filter.maxResults") != 1000.0 {
			t.Error(config.body)
		}
	})
	t.Run("DISC-05 DISC-06 DISC-07 authentication schemes", func(t *testing.T) {
		schemes := c["authenticationSchemes"].([]any)
		if len(schemes) != 1 {
			t.Fatalf("%v", schemes)
		}
		if s := schemes[0].(object); s["type"] != "oauthbearertoken" || s["name"] == "" || s["description"] == "" || s["primary"] != true {
			t.Errorf("%v", s)
		}
	})
	t.Run("DISC-08 meta", func(t *testing.T) {
		if config.at(t, "meta.resourceType") != "ServiceProviderConfig" || config.at(t, "meta.location") != b.base+"/ServiceProviderConfig" {
			t.Error(config.body)
		}
	})
	t.Run("DISC-09 documentationUri", func(t *testing.T) {
		if d, ok := c["documentationUri"]; ok && !regexp.MustCompile(`^https?://`).MatchString(d.(string)) {
			t.Errorf("%v", d)
		}
	})
	t.Run("DISC-25 AUTH-10 media type, without a key", func(t *testing.T) {
		a := b.do("GET", "/ServiceProviderConfig", "", "Authorization:").want(t, 200)
		if a.header.Get("Content-Type") != "application/scim+json" || a.body != config.body {
			t.Error(a.body)
		}
	})
	lists := map[string][]object{}
	for _, path := range []string{"/Schemas", "/ResourceTypes"} {
		a := b.do("GET", path, "").want(t, 200)
		for _, x := range a.json(t)["Resources"].([]any) {
			lists[path] = append(lists[path], x.(object))
		}
		t.Run("DISC-10 DISC-14 "+path, func(t *testing.T) {
			if a.at(t, "schemas").([]any)[0] != scim.ListURN || a.at(t, "totalResults") != float64(len(lists[path])) || len(lists[path]) == 0 {
				t.Errorf("%.300s", a.body)
			}
		})
		t.Run("DISC-19 paging is ignored "+path, func(t *testing.T) {
			if p := b.do("GET", path+"?startIndex=2&count=1&sortBy=id&attributes=id", ""); p.body != a.body {
				t.Errorf("%.300s", p.body)
			}
		})
		t.Run("DISC-12 DISC-16 DISC-21 one of "+path, func(t *testing.T) {
			for _, m := range lists[path] {
				one := b.do("GET", m["meta"].(object)["location"].(string), "").want(t, 200)
				if one.get(t, "id") != m["id"] || one.at(t, "Resources") != nil || one.at(t, "meta.resourceType") != strings.TrimSuffix(path[1:], "s") {
					t.Errorf("%.300s", one.body)
				}
			}
		})
		t.Run("DISC-13 unknown one of "+path, func(t *testing.T) { b.do("GET", path+"/urn:x:y", "").refused(t, 404, "") })
	}
	for _, path := range []string{"/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/Schemas/" + scim.UserURN, "/ResourceTypes/User"} {
		t.Run("DISC-18 no filter on "+path, func(t *testing.T) {
			b.do("GET", path+"?filter="+url.QueryEscape("id pr"), "").refused(t, 403, "")
		})
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			t.Run("DISC-20 no "+method+" on "+path, func(t *testing.T) {
				if a := b.do(method, path, "{}").refused(t, 405, ""); a.header.Get("Allow") != "GET, HEAD, OPTIONS" {
					t.Errorf("HTTP-02: %v", a.header)
				}
			})
		}
	}
	urns := map[any]bool{}
	for _, s := range lists["/Schemas"] {
		urns[s["id"]] = true
	}
	t.Run("DISC-11 DISC-15 DISC-17 DISC-22 resource types", func(t *testing.T) {
		for _, m := range lists["/ResourceTypes"] {
			if m["name"] == nil || m["id"] != m["name"] || !urns[m["schema"]] {
				t.Errorf("%v", m)
			}
			b.do("GET", m["endpoint"].(string), "").want(t, 200)
			extensions, _ := m["schemaExtensions"].([]any)
			for _, e := range extensions {
				if _, ok := e.(object)["required"].(bool); !ok || !urns[e.(object)["schema"]] {
					t.Errorf("%v", e)
				}
			}
			if m["name"] == "User" && (m["endpoint"] != "/Users" || m["schema"] != scim.UserURN || len(extensions) != 1) {
				t.Errorf("%v", m)
			}
		}
	})
	t.Run("DISC-23 percent-encoded, in any case", func(t *testing.T) {
		for _, urn := range []string{url.PathEscape(scim.UserURN), strings.ReplaceAll(scim.UserURN, ":", "%3A"), strings.ToUpper(scim.UserURN)} {
			if a := b.do("GET", "/Schemas/"+urn, "").want(t, 200); a.get(t, "name") != "User" {
				t.Errorf("%.300s", a.body)
			}
		}
	})
	t.Run("SCH-01 SCH-02 SCH-04 SCH-14 schemas", func(t *testing.T) {
		for _, s := range lists["/Schemas"] {
			if s["id"] == "" || s["attributes"] == nil {
				t.Errorf("%v", s)
			}
			checkAttributes(t, s["id"].(string), s["attributes"].([]any), true)
		}
	})
}

// What the schemas say of RFC 7643's own attributes.
func TestSchemaRows(t *testing.T) {
	b := newBench(t, true, nil)
	find := func(urn, path string) map[string]any {
		list, _ := b.do("GET", "/Schemas/"+urn, "").want(t, 200).json(t)["attributes"].([]any)
		var found map[string]any
		for name := range strings.SplitSeq(path, ".") {
			found = nil
			for _, x := range list {
				if a := x.(map[string]any); a["name"] == name {
					found = a
				}
			}
			list, _ = found["subAttributes"].([]any)
		}
		return found
	}
	for _, tt := range []struct{ name, urn, paths, want string }{
		{"SCH-06", scim.UserURN, "userName", "type=string required=true multiValued=false caseExact=false uniqueness=server"},
		{"SCH-07", scim.UserURN, "password", "mutability=writeOnly returned=never"},
		{"SCH-08", scim.UserURN, "groups", "mutability=readOnly multiValued=true type=complex"},
		{"SCH-09", scim.UserURN, "emails phoneNumbers ims photos addresses entitlements roles x509Certificates", "multiValued=true type=complex"},
		{"SCH-10", scim.UserURN, "active emails.primary", "type=boolean"},
		{"SCH-10", scim.UserURN, "name", "type=complex multiValued=false"},
		{"SCH-10", scim.UserURN, "profileUrl photos.value", "type=reference"},
		{"SCH-10", scim.UserURN, "x509Certificates.value", "type=binary"},
		{"SCH-11", scim.EnterpriseURN, "employeeNumber costCenter organization division department", "type=string multiValued=false"},
		{"SCH-11", scim.EnterpriseURN, "manager", "type=complex multiValued=false"},
		{"SCH-11", scim.EnterpriseURN, "manager.displayName", "mutability=readOnly"},
		{
			"SCH-12", scim.UserURN, "userName name.formatted name.familyName name.givenName name.middleName name.honorificPrefix name.honorificSuffix " +
				"displayName nickName profileUrl title userType preferredLanguage locale timezone active password emails phoneNumbers ims photos " +
				"addresses.streetAddress addresses.country groups entitlements roles x509Certificates", "",
		},
		{"SCH-15", scim.GroupURN, "displayName", "type=string"},
		{"SCH-15", scim.GroupURN, "members", "type=complex multiValued=true"},
		{"SCH-15", scim.GroupURN, "members.value members.$ref members.type", "mutability=immutable"},
	} {
		for path := range strings.SplitSeq(tt.paths, " ") {
			t.Run(tt.name+" "+path, func(t *testing.T) {
				a := find(tt.urn, path)
				if a == nil {
					t.Fatal("not there")
				}
				for _, pair := range strings.Fields(tt.want) {
					if name, value, _ := strings.Cut(pair, "="); fmt.Sprint(a[name]) != value {
						t.Errorf("%s is %v, want %s", name, a[name], value)
					}
				}
			})
		}
	}
}

var (
	attributeName  = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]*|\$ref)$`)
	attributeTypes = []string{"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"}
)

func checkAttributes(t *testing.T, where string, list []any, top bool) {
	t.Helper()
	seen := map[string]bool{}
	for _, x := range list {
		a := x.(map[string]any)
		name, _ := a["name"].(string)
		place := where + "." + name
		if !attributeName.MatchString(name) || seen[strings.ToLower(name)] {
			t.Errorf("%s: a bad name, or twice", place)
		}
		seen[strings.ToLower(name)] = true
		sub, _ := a["subAttributes"].([]any)
		kind, _ := a["type"].(string)
		if !slices.Contains(attributeTypes, kind) || (kind == "complex") != (len(sub) > 0) || kind == "complex" && !top {
			t.Errorf("%s: type %s with %d sub-attributes", place, kind, len(sub))
		}
		checkAttributes(t, place, sub, false)
	}
}

// The rows AUTH and SEC that the tables elsewhere do not name.
func TestKeysAtTheDoor(t *testing.T) {
	b := newBench(t, false, nil)
	none, wrong := b.do("GET", "/Users", "", "Authorization:"), b.do("GET", "/Users", "", "Authorization: Bearer wrong")
	t.Run("AUTH-02 the challenge", func(t *testing.T) {
		for _, a := range []answer{none, wrong} {
			if h := a.refused(t, 401, "").header.Get("Www-Authenticate"); !strings.HasPrefix(h, "Bearer") {
				t.Error(h)
			}
		}
	})
	t.Run("AUTH-04 an error code for who sent a key", func(t *testing.T) {
		if h := none.header.Get("Www-Authenticate"); strings.Contains(h, "error=") {
			t.Error(h)
		}
		if h := wrong.header.Get("Www-Authenticate"); !strings.Contains(h, `error="invalid_token"`) {
			t.Error(h)
		}
	})
	t.Run("SEC-01 SEC-03 secrets are neither kept nor logged", func(t *testing.T) {
		a := b.do("POST", "/Users", user("pw@example.com", `,"password":"correct-horse"`)).want(t, 201)
		if ex := b.logged(); strings.Contains(string(ex.RequestBody), "correct-horse") || ex.Header("Authorization") == "Bearer "+b.key {
			t.Errorf("%s", ex.RequestBody)
		}
		doc, ok, err := b.store.Get(b.srv.catalog.Type("User"), nil, a.get(t, "id"))
		if err != nil || !ok || strings.Contains(string(doc), "assword") || strings.Contains(string(doc), "correct-horse") {
			t.Errorf("%s %v %v", doc, ok, err)
		}
	})
	t.Run("SEC-04 how userName is compared", func(t *testing.T) {
		// Simple case folding and nothing else, as scim.Fold says: neither width nor
		// composition is mapped, so that what is stored is what was sent.
		b.create("Straße@example.com")
		for name, status := range map[string]int{"STRASSE@example.com": 201, "STRAßE@EXAMPLE.COM": 409, "ｓtraße@example.com": 201} {
			b.do("POST", "/Users", user(name)).want(t, status)
		}
	})
	if a := b.do("TRACE", "/Users", ""); a.status != http.StatusMethodNotAllowed {
		t.Errorf("HTTP-06 TRACE: %d", a.status)
	}
}

// What a configuration defines is served like what the RFC does.
func TestOwnTypes(t *testing.T) {
	catalog, err := scim.NewCatalogWith(scim.CatalogOptions{Definitions: [][]byte{
		[]byte(`{"id":"urn:example:Device","name":"Device","attributes":[
			{"name":"displayName","type":"string","required":true},
			{"name":"serial","type":"string","uniqueness":"server","mutability":"immutable","caseExact":true},
			{"name":"weight","type":"decimal"},{"name":"pin","type":"string","returned":"request"}]}`),
		[]byte(`{"id":"urn:example:Badge","name":"Badge","attributes":[{"name":"number","type":"integer"}]}`),
		[]byte(`{"name":"Device","endpoint":"/Devices","schema":"urn:example:Device"}`),
		[]byte(`{"name":"User","schemaExtensions":[{"schema":"urn:example:Badge","required":false}]}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	b := newBenchOf(t, catalog, nil)
	device := func(name, more string) string {
		return `{"schemas":["urn:example:Device"],"displayName":"` + name + `"` + more + `}`
	}
	a := b.do("POST", "/Devices", device("Lamp", `,"serial":"S1","weight":1.50,"pin":"1234"`)).want(t, 201)
	one := "/Devices/" + a.get(t, "id")
	if a.header.Get("Location") != b.base+one || a.at(t, "meta.resourceType") != "Device" || b.logged().Sentence != "create device Lamp" {
		t.Errorf("%s %q", a.body, b.logged().Sentence)
	}
	t.Run("TYP-13 numbers stay exact", func(t *testing.T) {
		if !strings.Contains(a.body, `"weight":1.50`) {
			t.Error(a.body)
		}
	})
	t.Run("PRJ-18 returned on request", func(t *testing.T) {
		if a.at(t, "pin") != "1234" {
			t.Errorf("what the client has just set: %s", a.body)
		}
		if g := b.do("GET", one, ""); g.at(t, "pin") != nil {
			t.Error(g.body)
		}
		if g := b.do("GET", one+"?attributes=pin", ""); g.at(t, "pin") != "1234" || g.at(t, "displayName") != nil {
			t.Error(g.body)
		}
		if p := b.do("PATCH", one, patchBody(`{"op":"replace","path":"pin","value":"9"}`)).want(t, 200); p.at(t, "pin") != "9" {
			t.Error(p.body)
		}
		if p := b.do("PATCH", one, patchBody(`{"op":"replace","path":"weight","value":2}`)).want(t, 200); p.at(t, "pin") != nil {
			t.Error(p.body)
		}
	})
	t.Run("PUT-06 PAT-14 immutable", func(t *testing.T) {
		b.do("PUT", one, device("Lamp", `,"serial":"S1"`)).want(t, 200)
		b.do("PUT", one, device("Lamp", `,"serial":"S2"`)).refused(t, 400, scim.Mutability)
		b.do("PATCH", one, patchBody(`{"op":"replace","path":"serial","value":"S2"}`)).refused(t, 400, scim.Mutability)
		bare := "/Devices/" + b.do("POST", "/Devices", device("Desk", "")).get(t, "id")
		b.do("PATCH", bare, patchBody(`{"op":"add","path":"serial","value":"S3"}`)).want(t, 200)
	})
	b.do("POST", "/Devices", device("Twin", `,"serial":"S1"`)).refused(t, 409, scim.Uniqueness)
	if n := b.do("GET", "/Devices?filter="+url.QueryEscape(`serial eq "S1" and displayName sw "l"`), "").names(t, "displayName"); !slices.Equal(n, []string{"Lamp"}) {
		t.Errorf("%q", n)
	}
	if n := b.do("POST", "/Devices/.search", `{"schemas":["`+scim.SearchURN+`"],"sortBy":"displayName"}`).names(t, "displayName"); !slices.Equal(n, []string{"Desk", "Lamp"}) {
		t.Errorf("%q", n)
	}
	if a := b.do("POST", "/Users", user("ada@example.com", `,"urn:example:Badge":{"number":7}`)).want(t, 201); !strings.Contains(a.body, `"urn:example:Badge":{"number":7}`) {
		t.Error(a.body)
	}
	if n := b.filtered(`urn:example:Badge:number gt 6`, "").names(t, "userName"); len(n) != 1 {
		t.Errorf("%q", n)
	}
	for _, path := range []string{"/ResourceTypes/Device", "/Schemas/urn:example:Device", "/Schemas/urn:example:Badge"} {
		b.do("GET", path, "").want(t, 200)
	}
	b.do("PATCH", "/Devices", patchBody(oktaDeactivate)).refused(t, 405, "")
	b.do("DELETE", one, "").want(t, 204)
	b.do("GET", one, "").refused(t, 404, "")
}
