package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
)

// want fails the test when an answer has another status.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%d, want %d: %.600s", a.status, status, a.body)
	}
	return a
}

// refused fails the test when an answer is no error of this status and scimType
// in the form of RFC 7644 §3.12.
func (a answer) refused(t *testing.T, status int, scimType string) answer {
	t.Helper()
	checkError(t, a.want(t, status))
	if got := a.get(t, "scimType"); got != scimType {
		t.Errorf("scimType %q, want %q: %s", got, scimType, a.body)
	}
	return a
}

// at follows a path such as Resources[0].name.familyName in the answer; nil when
// it leads nowhere.
func (a answer) at(t testing.TB, path string) any {
	t.Helper()
	v, _ := property(any(a.json(t)), path)
	return v
}

// names lists an attribute of the resources in a list.
func (a answer) names(t testing.TB, attribute string) []string {
	t.Helper()
	list, ok := a.want(t, 200).json(t)["Resources"].([]any)
	if !ok {
		t.Fatalf("no Resources: %s", a.body)
	}
	names := []string{}
	for _, r := range list {
		name, _ := r.(map[string]any)[attribute].(string)
		names = append(names, name)
	}
	return names
}

// filtered gets the users of a filter.
func (b *bench) filtered(filter, more string) answer {
	b.t.Helper()
	return b.do("GET", "/Users?filter="+url.QueryEscape(filter)+more, "")
}

func ext(members string) string { return `,"` + scim.EnterpriseURN + `":{` + members + `}` }

// whole has every attribute of RFC 7643 §4.1 and §4.3 that a client can set and read.
var whole = `{"schemas":["` + scim.UserURN + `","` + scim.EnterpriseURN + `"],"externalId":"701984","userName":"bjensen@example.com",
"name":{"formatted":"Ms. Barbara J Jensen, III","familyName":"Jensen","givenName":"Barbara","middleName":"Jane","honorificPrefix":"Ms.","honorificSuffix":"III"},
"displayName":"Babs Jensen","nickName":"Babs","profileUrl":"https://login.example.com/bjensen","title":"Tour Guide","userType":"Employee",
"preferredLanguage":"en-US","locale":"en-US","timezone":"America/Los_Angeles","active":true,
"emails":[{"value":"bjensen@example.com","type":"work","primary":true,"display":"B"},{"value":"babs@jensen.org","type":"home"}],
"phoneNumbers":[{"value":"tel:+1-555-555-5555","type":"work"}],"ims":[{"value":"someaimhandle","type":"aim"}],
"photos":[{"value":"https://photos.example.com/profilephoto/72930000000Ccne/F","type":"photo"}],
"addresses":[{"type":"work","streetAddress":"100 Universal City Plaza","locality":"Hollywood","region":"CA","postalCode":"91608","country":"US","formatted":"100 Universal City Plaza\nHollywood"}],
"entitlements":[{"value":"e1"}],"roles":[{"value":"r1","primary":true}],"x509Certificates":[{"value":"MIIDQzCCAqygAwIBAgICEAA="}],
"` + scim.EnterpriseURN + `":{"employeeNumber":"701984","costCenter":"4130","organization":"Universal Studios","division":"Theme Park","department":"Tour Operations","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}`

func TestRepresentation(t *testing.T) {
	b := newBench(t, false, nil)
	created := b.do("POST", "/Users", whole).want(t, 201)
	one := "/Users/" + created.get(t, "id")
	got := b.do("GET", one, "").want(t, 200)
	m := got.json(t)
	var sent map[string]any
	if err := json.Unmarshal([]byte(whole), &sent); err != nil {
		t.Fatal(err)
	}
	same := func(names ...string) {
		t.Helper()
		for _, name := range names {
			if !reflect.DeepEqual(m[name], sent[name]) {
				t.Errorf("%s\nhave %v\nwant %v", name, m[name], sent[name])
			}
		}
	}
	t.Run("RES-02 id without bulkId", func(t *testing.T) {
		if strings.Contains(created.get(t, "id"), "bulkId") {
			t.Error(created.body)
		}
	})
	t.Run("RES-04 externalId as given", func(*testing.T) { same("externalId") })
	t.Run("RES-05 externalId twice", func(t *testing.T) {
		b.do("POST", "/Users", user("twin@example.com", `,"externalId":"701984"`)).want(t, 201)
	})
	t.Run("RES-06 no externalId made up", func(t *testing.T) {
		if a := b.do("POST", "/Users", user("plain@example.com")); strings.Contains(a.body, "externalId") {
			t.Error(a.body)
		}
	})
	t.Run("RES-07 meta, RES-08 dateTime", func(t *testing.T) {
		meta := m["meta"].(map[string]any)
		if meta["resourceType"] != "User" || meta["version"] != got.header.Get("Etag") || meta["location"] != b.base+one {
			t.Errorf("%v", meta)
		}
		for _, name := range []string{"created", "lastModified"} {
			if _, err := time.Parse(time.RFC3339, meta[name].(string)); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("RES-12 RES-13 schemas", func(t *testing.T) {
		if want := []any{scim.UserURN, scim.EnterpriseURN}; !reflect.DeepEqual(m["schemas"], want) {
			t.Errorf("%v", m["schemas"])
		}
		if a := b.filtered(`userName eq "plain@example.com"`, ""); !reflect.DeepEqual(a.at(t, "Resources[0].schemas"), []any{scim.UserURN}) {
			t.Errorf("%s", a.body)
		}
	})
	t.Run("RES-14 RES-24 enterprise", func(*testing.T) { same(scim.EnterpriseURN) })
	t.Run("RES-20 JSON types", func(*testing.T) { same("active") })
	t.Run("RES-22 singular attributes", func(*testing.T) {
		same("userName", "name", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone")
	})
	t.Run("RES-23 TYP-09 multi-valued attributes", func(*testing.T) {
		same("emails", "phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509Certificates")
	})
	t.Run("RES-25 meta of a client", func(t *testing.T) {
		a := b.do("PUT", one, strings.Replace(whole, `"active":true`, `"active":true,"meta":{"created":"1999-01-01T00:00:00Z","version":"9","resourceType":"X"}`, 1))
		if a.want(t, 200); !reflect.DeepEqual(a.json(t)["meta"], m["meta"]) {
			t.Errorf("%s", a.body)
		}
	})
	t.Run("RES-10 PUT-11 PAT-11 lastModified moves", func(t *testing.T) {
		time.Sleep(2 * time.Millisecond)
		a := b.do("PUT", one, strings.Replace(whole, "Babs Jensen", "Babs", 1)).want(t, 200)
		if a.at(t, "meta.created") != got.at(t, "meta.created") || a.at(t, "meta.lastModified").(string) <= got.at(t, "meta.lastModified").(string) {
			t.Errorf("PUT: %s", a.body)
		}
		time.Sleep(2 * time.Millisecond)
		p := b.do("PATCH", one, patchBody(`{"op":"add","path":"title","value":"Boss"}`)).want(t, 200)
		if p.at(t, "meta.created") != got.at(t, "meta.created") || p.at(t, "meta.lastModified").(string) <= a.at(t, "meta.lastModified").(string) {
			t.Errorf("PATCH: %s", p.body)
		}
		again := b.do("PATCH", one, patchBody(`{"op":"add","path":"title","value":"Boss"}`)).want(t, 200)
		if again.body != p.body {
			t.Errorf("PAT-12\nhave %s\nwant %s", again.body, p.body)
		}
	})
	t.Run("CRE-21 Okta's body", func(t *testing.T) {
		a := b.do("POST", "/Users", oktaUser(1, "Ada")).want(t, 201)
		if a.at(t, "externalId") == nil || a.at(t, "active") != true || a.at(t, "password") != nil || a.at(t, "name.givenName") != "Ada" {
			t.Errorf("%s", a.body)
		}
	})
	t.Run("CRE-03 the whole representation", func(t *testing.T) {
		for _, name := range []string{"schemas", "id", "meta", "userName", "emails", scim.EnterpriseURN} {
			if created.at(t, "") == nil || created.json(t)[name] == nil {
				t.Errorf("no %s: %s", name, created.body)
			}
		}
	})
	t.Run("CRE-19 active is not made up", func(t *testing.T) {
		if a := b.do("POST", "/Users", `{"schemas":["`+scim.UserURN+`"],"userName":"quiet@example.com"}`).want(t, 201); a.at(t, "active") == false {
			t.Error(a.body)
		}
	})
}

func TestGetRows(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	t.Run("GET-02 unknown id", func(t *testing.T) { b.do("GET", "/Users/nobody", "").refused(t, 404, "") })
	t.Run("GET-03 meta.location", func(t *testing.T) {
		location := b.do("GET", "/Users/"+id, "").at(t, "meta.location").(string)
		if a := b.do("GET", location, "").want(t, 200); a.get(t, "id") != id {
			t.Error(a.body)
		}
	})
	t.Run("GET-04 id is case-exact", func(t *testing.T) {
		if upper := strings.ToUpper(id); upper != id {
			if n := len(b.filtered(`id eq "`+upper+`"`, "").names(t, "id")); n != 0 {
				t.Errorf("%d found", n)
			}
		}
		if n := b.filtered(`id eq "`+id+`"`, "").names(t, "id"); len(n) != 1 {
			t.Error(n)
		}
	})
	t.Run("GET-05 Content-Location", func(t *testing.T) {
		a := b.do("GET", "/Users/"+id, "")
		if l := a.header.Get("Content-Location"); l != "" && l != a.at(t, "meta.location") {
			t.Error(l)
		}
	})
	t.Run("GET-06 safe", func(t *testing.T) {
		if x, y := b.do("GET", "/Users/"+id, ""), b.do("GET", "/Users/"+id, ""); x.body != y.body {
			t.Errorf("%s\n%s", x.body, y.body)
		}
	})
	t.Run("ERR-04 known scimTypes", func(t *testing.T) {
		known := regexp.MustCompile(`^(invalid(Filter|Syntax|Path|Value|Vers|Cursor|Count)|expiredCursor|tooMany|uniqueness|mutability|noTarget|sensitive)$`)
		for _, a := range []answer{
			b.do("POST", "/Users", "{"), b.do("POST", "/Users", user("ada@example.com")), b.filtered("x", ""),
			b.do("PATCH", "/Users/"+id, patchBody(`{"op":"remove"}`)), b.do("PATCH", "/Users/"+id, patchBody(`{"op":"remove","path":"userName"}`)),
			b.do("GET", "/Users?count=x", ""), b.do("GET", "/Users?cursor=x", ""),
		} {
			if k := a.get(t, "scimType"); !known.MatchString(k) {
				t.Errorf("%q: %s", k, a.body)
			}
		}
	})
	t.Run("ERR-07 no 5xx for what clients get wrong", func(t *testing.T) {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			for _, path := range []string{"/Users", "/Users/x", "/Users/.search", "/.search", "/Schemas/x", "/x"} {
				for _, body := range []string{"", "{", "[]", `{"schemas":5}`, `"x"`, `{"Operations":{}}`} {
					if a := b.do(method, path, body); a.status >= 500 {
						t.Errorf("%s %s %s: %d", method, path, body, a.status)
					}
				}
			}
		}
	})
	t.Run("ROB-17 odd Unicode", func(t *testing.T) {
		for _, name := range []string{"a\u202eb", "a\u200bb", "e\u0301", "\u00e9", "Ａda"} {
			if a := b.do("POST", "/Users", user(name)); a.status != 201 && a.status != 400 {
				t.Errorf("%q: %d %s", name, a.status, a.body)
			}
		}
	})
}

func TestPutRows(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	one := "/Users/" + id
	put := func(t *testing.T, body string) answer {
		t.Helper()
		return b.do("PUT", one, body).want(t, 200)
	}
	t.Run("PUT-01 the entire resource", func(t *testing.T) {
		a := put(t, user("ada@example.com", `,"title":"x"`))
		if g := b.do("GET", one, ""); g.body != a.body {
			t.Errorf("%s\n%s", a.body, g.body)
		}
	})
	t.Run("PUT-02 values as a whole", func(t *testing.T) {
		a := put(t, `{"schemas":["`+scim.UserURN+`"],"userName":"ada@example.com","emails":[{"value":"new@example.com"}]}`)
		if !reflect.DeepEqual(a.at(t, "emails"), []any{map[string]any{"value": "new@example.com"}}) {
			t.Error(a.body)
		}
	})
	t.Run("PUT-08 userName is required", func(t *testing.T) {
		b.do("PUT", one, `{"schemas":["`+scim.UserURN+`"],"title":"x"}`).refused(t, 400, scim.InvalidValue)
	})
	t.Run("PUT-13 not on the collection", func(t *testing.T) { b.do("PUT", "/Users", user("x")).refused(t, 405, "") })
	t.Run("PUT-15 extension", func(t *testing.T) {
		if a := put(t, user("ada@example.com", ext(`"department":"R&D","division":"D"`))); a.at(t, "schemas").([]any)[1] != scim.EnterpriseURN {
			t.Error(a.body)
		}
		if a := put(t, user("ada@example.com", ext(`"department":"Ops"`))); strings.Contains(a.body, "division") || !strings.Contains(a.body, "Ops") {
			t.Error(a.body)
		}
		if a := put(t, user("ada@example.com")); strings.Contains(a.body, scim.EnterpriseURN) {
			t.Error(a.body)
		}
	})
	t.Run("PUT-16 password", func(t *testing.T) {
		if a := put(t, user("ada@example.com", `,"password":"S3cret-pw"`)); strings.Contains(a.body, "assword") {
			t.Error(a.body)
		}
	})
	t.Run("PUT-17 names in any case", func(t *testing.T) {
		if a := put(t, user("ada@example.com", `,"NICKNAME":"Ada"`)); a.at(t, "nickName") != "Ada" {
			t.Error(a.body)
		}
	})
	t.Run("MV-06 two primaries", func(t *testing.T) {
		b.do("PUT", one, strings.Replace(user("ada@example.com"), `"emails":[`, `"emails":[{"value":"z@example.com","primary":true},`, 1)).refused(t, 400, scim.InvalidValue)
	})
	t.Run("MV-05 all values are kept", func(t *testing.T) {
		var list []string
		for i := range 10 {
			list = append(list, fmt.Sprintf(`{"value":"a%d@example.com"}`, i))
		}
		a := put(t, `{"schemas":["`+scim.UserURN+`"],"userName":"ada@example.com","emails":[`+strings.Join(list, ",")+`]}`)
		if n := len(a.at(t, "emails").([]any)); n != 10 {
			t.Errorf("%d", n)
		}
	})
	t.Run("MV-02 PATCH moves the primary", func(t *testing.T) {
		put(t, user("ada@example.com"))
		a := b.do("PATCH", one, patchBody(`{"op":"add","path":"emails","value":[{"value":"home@example.com","type":"home","primary":true}]}`)).want(t, 200)
		if strings.Count(a.body, `"primary":true`) != 1 || !strings.Contains(a.body, `"home@example.com","type":"home","primary":true`) {
			t.Error(a.body)
		}
	})
	t.Run("PAT-18 userName of another", func(t *testing.T) {
		b.create("bob@example.com")
		b.do("PATCH", one, patchBody(`{"op":"replace","path":"userName","value":"BOB@example.com"}`)).refused(t, 409, scim.Uniqueness)
	})
	t.Run("PAT-01 PATCH is announced and there", func(t *testing.T) {
		if b.do("GET", "/ServiceProviderConfig", "").at(t, "patch.supported") != true {
			t.Error("not announced")
		}
		b.do("PATCH", one, patchBody(oktaDeactivate)).want(t, 200)
	})
	t.Run("PAT-21 not on the collection", func(t *testing.T) { b.do("PATCH", "/Users", patchBody(oktaDeactivate)).refused(t, 405, "") })
	t.Run("PAT-24 parallel patches", func(t *testing.T) {
		done := make(chan answerOf)
		for i := range 8 {
			go func() {
				status, body, err := b.srv.Do(t.Context(), "test", "PATCH", one,
					[]byte(patchBody(fmt.Sprintf(`{"op":"add","path":"phoneNumbers","value":[{"value":"%d"}]}`, i))))
				done <- answerOf{status, string(body), err}
			}()
		}
		for range 8 {
			if a := <-done; a.status != 200 || a.err != nil {
				t.Errorf("%d %s %v", a.status, a.body, a.err)
			}
			b.sent++
		}
		if n := len(b.do("GET", one, "").at(t, "phoneNumbers").([]any)); n != 8 {
			t.Errorf("%d values", n)
		}
	})
	t.Run("REP-17 another id", func(t *testing.T) {
		b.do("PATCH", one, patchBody(`{"op":"replace","value":{"id":"other"}}`)).refused(t, 400, scim.Mutability)
		b.do("PATCH", one, patchBody(`{"op":"replace","value":{"id":"`+id+`","title":"x"}}`)).want(t, 200)
	})
}

type answerOf struct {
	status int
	body   string
	err    error
}

func TestDeleteRows(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	b.do("DELETE", "/Users/"+id, "").want(t, 204)
	t.Run("DEL-03 gone from queries", func(t *testing.T) {
		if n := b.filtered(`userName eq "ada@example.com"`, "").names(t, "id"); len(n) != 0 {
			t.Error(n)
		}
		if n := b.do("GET", "/Users", "").names(t, "id"); len(n) != 0 {
			t.Error(n)
		}
	})
	t.Run("DEL-04 no conflict", func(t *testing.T) { b.do("POST", "/Users", user("ada@example.com")).want(t, 201) })
	t.Run("DEL-05 unknown id", func(t *testing.T) { b.do("DELETE", "/Users/nobody", "").refused(t, 404, "") })
	t.Run("DEL-06 not on the collection", func(t *testing.T) {
		b.do("DELETE", "/Users", "").refused(t, 405, "")
		if n := b.do("GET", "/Users", "").names(t, "id"); len(n) != 1 {
			t.Error(n)
		}
	})
}

func TestFilterRows(t *testing.T) {
	b := newBench(t, false, nil)
	b.do("POST", "/Users", whole).want(t, 201)
	b.create("a+b%@example.com")
	b.create("carol@example.com")
	for _, tt := range []struct {
		name, filter string
		found        int
	}{
		{"FLT-01 filters are announced and there", `userName eq "carol@example.com"`, 1},
		{"FLT-32 percent-decoded once", `userName eq "a+b%@example.com"`, 1},
		{"FLT-34 not without a blank", `not(title pr)`, 2},
		{"FLT-34 not with a blank", `not (title pr)`, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if n := b.filtered(tt.filter, "").names(t, "userName"); len(n) != tt.found {
				t.Errorf("%q", n)
			}
		})
	}
	for _, filter := range []string{`userName xx "y"`, `userName pr "x"`, `not a eq b`, `userName eq TRUE`} {
		t.Run("FLT-26 FLT-34 FLT-38 FLT-42 "+filter, func(t *testing.T) { b.filtered(filter, "").refused(t, 400, scim.InvalidFilter) })
	}
	t.Run("FLT-35 the page is cut from what matches", func(t *testing.T) {
		a := b.filtered(`userName co "example.com"`, "&count=1&startIndex=2")
		if a.at(t, "totalResults") != 3.0 || len(a.names(t, "id")) != 1 {
			t.Error(a.body)
		}
	})
	t.Run("FLT-40 the password is no secret of the URL alone", func(t *testing.T) {
		b.filtered(`password eq "x"`, "").refused(t, 400, scim.InvalidFilter)
	})
	t.Run("FLT-43 resources come whole", func(t *testing.T) {
		if a := b.filtered(`emails[type eq "home"]`, ""); len(a.at(t, "Resources[0].emails").([]any)) != 2 {
			t.Error(a.body)
		}
	})
	t.Run("FLT-44 blanks as +", func(t *testing.T) {
		if n := b.do("GET", "/Users?filter=userName+eq+%22a%2Bb%25@example.com%22", "").names(t, "id"); len(n) != 1 {
			t.Error(n)
		}
	})
	t.Run("FLT-41 an empty filter", func(t *testing.T) { b.do("GET", "/Users?filter=", "").want(t, 200) })
}

func TestChosenAttributes(t *testing.T) {
	b := newBench(t, false, nil)
	keys := func(t *testing.T, a answer) string {
		t.Helper()
		m := a.json(t)
		if list, ok := m["Resources"].([]any); ok {
			m = list[0].(map[string]any)
		}
		var names []string
		for _, n := range []string{"schemas", "id", "userName", "name", "emails", "active", "meta", "title"} {
			if m[n] != nil {
				names = append(names, n)
			}
		}
		return strings.Join(names, " ")
	}
	const chosen, minimum = "?attributes=USERNAME", "schemas id userName"
	a := b.do("POST", "/Users"+chosen, user("ada@example.com")).want(t, 201)
	one := "/Users/" + a.get(t, "id")
	b.do("POST", "/Users", user("bob@example.com")).want(t, 201)
	for _, tt := range []struct {
		name string
		a    answer
		keys string
	}{
		{"CRE-15 POST", a, minimum},
		{"PRJ-01 PRJ-02 PRJ-08 GET", b.do("GET", one+chosen, ""), minimum},
		{"PRJ-15 list", b.do("GET", "/Users"+chosen, ""), minimum},
		{"PRJ-17 PUT", b.do("PUT", one+chosen, user("ada@example.com", `,"title":"x"`)), minimum},
		{"PAT-03 PATCH", b.do("PATCH", one+chosen, patchBody(oktaDeactivate)), minimum},
		{"PRJ-10 excluded", b.do("GET", one+"?excludedAttributes=emails,meta", ""), "schemas id userName name active title"},
		{"PRJ-11 always", b.do("GET", one+"?excludedAttributes=id,schemas", ""), "schemas id userName name emails active meta title"},
		{"PRJ-16 several, of a list", b.do("GET", "/Users?attributes=name.familyName,emails.value&filter=title+pr", ""), "schemas id name emails"},
		{"PRJ-14 unknown", b.do("GET", one+"?attributes=nosuch", ""), "schemas id"},
		{"SRCH-02 search", b.do("POST", "/Users/.search", `{"schemas":["`+scim.SearchURN+`"],"attributes":["userName"],"filter":"title pr"}`), minimum},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := keys(t, tt.a); tt.a.status >= 300 || got != tt.keys {
				t.Errorf("%d %s: %s", tt.a.status, got, tt.a.body)
			}
		})
	}
	t.Run("PRJ-13 both", func(t *testing.T) {
		b.do("POST", "/Users?attributes=id&excludedAttributes=name", user("eve@example.com")).refused(t, 400, scim.InvalidValue)
		if n := b.filtered(`userName sw "eve"`, "").names(t, "id"); len(n) != 0 {
			t.Error("a refused POST made a user")
		}
	})
	t.Run("ETag of a part", func(t *testing.T) {
		if a := b.do("GET", one+chosen, ""); a.header.Get("Etag") != `W/"3"` {
			t.Error(a.header)
		}
	})
	b.do("DELETE", one+"?attributes=id", "").want(t, 204)
	if n := b.logged().Notes; len(n) != 1 || n[0] != "the parameter attributes has no effect on DELETE here" {
		t.Errorf("%q", n)
	}
}
