package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"scimdeck/scim"
)

func TestCreate(t *testing.T) {
	b := newBench(t, false, nil)
	a := b.do("POST", "/Users", user("Ada@Example.com", `,"id":"mine","groups":[{"value":"x"}],"meta":{"version":"9"},"password":"pw-1234567"`))
	if a.status != http.StatusCreated {
		t.Fatalf("CRE-01: %d %s", a.status, a.body)
	}
	m := a.json(t)
	meta, _ := m["meta"].(map[string]any)
	id, _ := m["id"].(string)
	switch {
	case id == "" || id == "mine":
		t.Errorf("CRE-05, RES-01: id %q", id)
	case a.header.Get("Location") != b.base+"/Users/"+id || meta["location"] != a.header.Get("Location"):
		t.Errorf("CRE-02, RES-11: Location %q, meta.location %v", a.header.Get("Location"), meta["location"])
	case meta["resourceType"] != "User" || meta["created"] != meta["lastModified"]:
		t.Errorf("CRE-04, RES-09: %v", meta)
	case a.header.Get("Etag") != `W/"1"` || meta["version"] != `W/"1"`:
		t.Errorf("CRE-20: ETag %q, version %v", a.header.Get("Etag"), meta["version"])
	case m["userName"] != "Ada@Example.com" || m["groups"] != nil || m["password"] != nil:
		t.Errorf("CRE-05, RES-17, RES-18: %s", a.body)
	case a.header.Get("Content-Length") != fmt.Sprint(len(a.body)):
		t.Errorf("HTTP-17: %s of %d", a.header.Get("Content-Length"), len(a.body))
	}
	if got := b.do("GET", "/Users/"+id, ""); got.body != a.body || got.header.Get("Etag") != `W/"1"` {
		t.Errorf("GET-01\nhave %s\nwant %s", got.body, a.body)
	}
	for _, name := range []string{"Ada@Example.com", "ADA@example.COM"} {
		d := b.do("POST", "/Users", user(name))
		checkError(t, d)
		if d.status != http.StatusConflict || d.get(t, "scimType") != scim.Uniqueness || !strings.Contains(d.get(t, "detail"), id) {
			t.Errorf("CRE-06, CRE-07 %s: %d %s", name, d.status, d.body)
		}
	}
}

func TestRefusedBodies(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	before := b.do("GET", "/Users/"+id, "").body
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	tests := []struct {
		name, body string
		scimType   string
		detail     string
	}{
		{"CRE-16 array", `[]`, scim.InvalidSyntax, ""},
		{"CRE-16 string", `"x"`, scim.InvalidSyntax, ""},
		{"CRE-16 null", `null`, scim.InvalidSyntax, ""},
		{"CRE-16 truncated", "{\n  \"schemas\": [\n", scim.InvalidSyntax, "line 3"},
		{"ROB-01 trailing junk", user("x") + "x", scim.InvalidSyntax, "column"},
		{"ROB-01 single quotes", `{'userName':'x'}`, scim.InvalidSyntax, "line 1, column 2"},
		{"ROB-01 NaN", `{"x":NaN}`, scim.InvalidSyntax, "line 1, column 6"},
		{"ROB-01 comment", `{/*x*/}`, scim.InvalidSyntax, "line 1, column 2"},
		{"ROB-01 trailing comma", `{"x":1,}`, scim.InvalidSyntax, "line 1, column 8"},
		{"ROB-02 duplicate", user("x", `,"userName":"y"`), scim.InvalidSyntax, "userName"},
		{"ROB-03 duplicate in case", user("x", `,"USERNAME":"y"`), scim.InvalidSyntax, "USERNAME"},
		{"ROB-04 deep", user("x", `,"title":`+deep), scim.InvalidSyntax, ""},
		{"ROB-04 deep, not closed", strings.Repeat("[", 100_000), scim.InvalidSyntax, ""},
		{"ROB-05 not UTF-8", user("x", ",\"title\":\"\xff\""), scim.InvalidSyntax, ""},
		{"ROB-06 NUL", user("x", `,"title":"a\u0000b"`), scim.InvalidValue, ""},
		{"ROB-07 lone surrogate", user("x", `,"title":"\ud800"`), scim.InvalidSyntax, ""},
		{"CRE-08 no userName", `{"schemas":["` + scim.UserURN + `"]}`, scim.InvalidValue, "userName"},
		{"CRE-09 empty userName", `{"schemas":["` + scim.UserURN + `"],"userName":""}`, scim.InvalidValue, "userName"},
		{"CRE-10 no schemas", `{"userName":"x"}`, scim.InvalidSyntax, scim.UserURN},
		{"CRE-11 foreign schema", `{"schemas":["` + scim.GroupURN + `"],"userName":"x"}`, "*", ""},
		{"wrong type", user("x", `,"title":5`), scim.InvalidValue, "title"},
		{"active as text", `{"schemas":["` + scim.UserURN + `"],"userName":"x","active":"perhaps"}`, scim.InvalidValue, "active"},
	}
	for _, tt := range tests {
		for _, request := range [][2]string{{"POST", "/Users"}, {"PUT", "/Users/" + id}} {
			t.Run(tt.name+" "+request[0], func(t *testing.T) {
				a := b.do(request[0], request[1], tt.body)
				checkError(t, a)
				if a.status != http.StatusBadRequest || tt.scimType != "*" && a.get(t, "scimType") != tt.scimType {
					t.Errorf("%d %s, want 400 %s", a.status, a.body, tt.scimType)
				}
				if !strings.Contains(a.get(t, "detail"), tt.detail) {
					t.Errorf("detail %q, want %q", a.get(t, "detail"), tt.detail)
				}
			})
		}
	}
	if after := b.do("GET", "/Users/"+id, "").body; after != before {
		t.Errorf("PUT-12: the user changed\nhave %s\nwant %s", after, before)
	}
	if n := b.store.Count(b.srv.catalog.Type("User")); n != 1 {
		t.Errorf("CRE-18: %d users", n)
	}
}

func TestReplace(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	b.create("bob@example.com")
	got := b.do("GET", "/Users/"+id, "").body
	if a := b.do("PUT", "/Users/"+id, got); a.status != 200 || a.body != got || a.header.Get("Etag") != `W/"1"` {
		t.Errorf("PUT-14: %d %s", a.status, a.body)
	}
	if ex := b.logged(); ex.Sentence != "replace ada@example.com (no change)" {
		t.Errorf("%q", ex.Sentence)
	}
	if a := b.do("PUT", "/Users/"+id, user("ADA@example.com", `,"nickName":"Countess","id":"other","meta":{"created":"x"}`)); a.status != 200 ||
		a.get(t, "userName") != "ADA@example.com" || a.get(t, "id") != id || a.header.Get("Etag") != `W/"2"` {
		t.Errorf("PUT-05, PUT-10: %d %s", a.status, a.body)
	}
	if a := b.do("PUT", "/Users/"+id, user("ada@example.com", `,"emails":[]`)); a.status != 400 {
		t.Errorf("emails twice: %d %s", a.status, a.body)
	}
	if a := b.do("PUT", "/Users/"+id, `{"schemas":["`+scim.UserURN+`"],"userName":"ada@example.com","nickName":null,"emails":[]}`); a.status != 200 ||
		strings.Contains(a.body, "nickName") || strings.Contains(a.body, "emails") {
		t.Errorf("PUT-03, PUT-04: %d %s", a.status, a.body)
	}
	if a := b.do("PUT", "/Users/"+id, user("BOB@example.com")); a.status != 409 || a.get(t, "scimType") != scim.Uniqueness {
		t.Errorf("PUT-09: %d %s", a.status, a.body)
	}
	if a := b.do("PUT", "/Users/nobody", user("eve@example.com")); a.status != 404 {
		t.Errorf("PUT-07: %d %s", a.status, a.body)
	}
	if n := b.store.Count(b.srv.catalog.Type("User")); n != 2 {
		t.Errorf("PUT-07: %d users", n)
	}
}

func TestPatch(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	patch := func(ops string) answer { return b.do("PATCH", "/Users/"+id, patchBody(ops)) }
	if a := patch(oktaDeactivate); a.status != 200 || a.json(t)["active"] != false || a.header.Get("Etag") != `W/"2"` {
		t.Errorf("PAT-02, PAT-27: %d %s", a.status, a.body)
	}
	for _, tt := range []struct {
		name, body string
		status     int
	}{
		{"PAT-04 no schemas", `{"Operations":[` + oktaDeactivate + `]}`, 400},
		{"PAT-05 no operations", `{"schemas":["` + scim.PatchURN + `"]}`, 400},
		{"PAT-05 none", patchBody(""), 400},
		{"PAT-06", patchBody(`{"op":"move","path":"title"}`), 400},
		{"PAT-09", patchBody(`{"op":"replace","path":"title","value":"x"},{"op":"replace","path":"active","value":"no"}`), 400},
		{"PAT-15", patchBody(`{"op":"replace","path":"emails[type eq","value":"x"}`), 400},
		{"PAT-22", `{"schemas":[`, 400},
		{"PAT-22 empty", "", 400},
	} {
		a := b.do("PATCH", "/Users/"+id, tt.body)
		checkError(t, a)
		if a.status != tt.status {
			t.Errorf("%s: %d %s", tt.name, a.status, a.body)
		}
	}
	if a := b.do("GET", "/Users/"+id, ""); a.header.Get("Etag") != `W/"2"` {
		t.Errorf("PAT-09: the user changed: %s", a.body)
	}
	if a := b.do("PATCH", "/Users/nobody", patchBody(oktaDeactivate)); a.status != 404 {
		t.Errorf("PAT-10: %d", a.status)
	}
}

func TestDelete(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	if a := b.do("DELETE", "/Users/"+id, ""); a.status != 204 || a.body != "" || a.header.Get("Content-Type") != "" {
		t.Errorf("DEL-01, HTTP-13: %d %q", a.status, a.body)
	}
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		body := map[string]string{"PUT": user("ada@example.com"), "PATCH": patchBody(oktaDeactivate)}[method]
		if a := b.do(method, "/Users/"+id, body); a.status != 404 {
			t.Errorf("DEL-02 %s: %d %s", method, a.status, a.body)
		}
	}
	if again := b.create("ada@example.com"); again == id {
		t.Error("RES-03: the id was used again")
	}
}

func TestConditions(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	one := "/Users/" + id
	if a := b.do("GET", one, "", `If-None-Match: W/"1"`); a.status != 304 || a.body != "" || a.header.Get("Etag") != `W/"1"` {
		t.Errorf("GET, same: %d %q", a.status, a.body)
	}
	if a := b.do("GET", one, "", `If-None-Match: W/"7", "8"`); a.status != 200 {
		t.Errorf("GET, other: %d", a.status)
	}
	writes := map[string]string{"PUT": user("ada@example.com", `,"title":"x"`), "PATCH": patchBody(oktaDeactivate), "DELETE": ""}
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		for _, h := range []string{`If-Match: W/"7"`, `If-Match: ""`, `If-None-Match: *`, `If-None-Match: W/"1"`} {
			a := b.do(method, one, writes[method], h)
			if checkError(t, a); a.status != 412 {
				t.Errorf("%s %s: %d %s", method, h, a.status, a.body)
			}
		}
	}
	if a := b.do("PATCH", one, writes["PATCH"], `If-Match: W/"1"`); a.status != 200 {
		t.Errorf("the tag that was handed out: %d %s", a.status, a.body)
	}
	if a := b.do("PUT", one, writes["PUT"], `If-Match: "9", "2"`); a.status != 200 {
		t.Errorf("strong form, in a list: %d %s", a.status, a.body)
	}
	if a := b.do("DELETE", one, "", `If-Match: *`); a.status != 204 {
		t.Errorf("any: %d %s", a.status, a.body)
	}
}

func TestConcurrentCreates(t *testing.T) {
	b := newBench(t, false, nil)
	var mu sync.Mutex
	seen := map[int]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			status, _, err := b.srv.Do(t.Context(), "test", "POST", "/Users", []byte(user("ada@example.com")))
			mu.Lock()
			defer mu.Unlock()
			if seen[status]++; err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if seen[201] != 1 || seen[409] != 7 {
		t.Errorf("CRE-17: %v", seen)
	}
}
