package server

import (
	"net/http"
	"strings"
	"testing"

	"scimdeck/scim"
)

func TestRoutes(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	one := "/Users/" + id
	const collection, single = "GET, HEAD, POST, OPTIONS", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"
	tests := []struct {
		name, method, path string
		status             int
		allow, detail      string // a part of it
	}{
		{"HTTP-01 PUT", "PUT", "/Users", 405, collection, "PUT is not allowed on /Users"},
		{"HTTP-01 PATCH", "PATCH", "/Users", 405, collection, ""},
		{"HTTP-01 DELETE", "DELETE", "/Users", 405, collection, ""},
		{"HTTP-01 POST", "POST", one, 405, single, "POST is not allowed on"},
		{"HTTP-02 config", "POST", "/ServiceProviderConfig", 405, "GET, HEAD, OPTIONS", ""},
		{"DISC-20 schemas", "DELETE", "/Schemas", 405, "GET, HEAD, OPTIONS", ""},
		{"DISC-20 schema", "PUT", "/Schemas/" + scim.UserURN, 405, "GET, HEAD, OPTIONS", ""},
		{"DISC-20 types", "PATCH", "/ResourceTypes/User", 405, "GET, HEAD, OPTIONS", ""},
		{"HTTP-04 collection", "OPTIONS", "/Users", 204, collection, ""},
		{"HTTP-04 resource", "OPTIONS", one, 204, single, ""},
		{"HTTP-06", "FOO", "/Users", 501, collection, `the method "FOO" is not supported`},
		{"HTTP-06 elsewhere", "FOO", "/Nosuch", 404, "", ""},
		{"HTTP-05", "GET", "/Nosuch", 404, "", `there is no endpoint "/Nosuch"`},
		{"case", "GET", "/users", 404, "", `did you mean "/Users"?`},
		{"singular", "GET", "/User", 404, "", `did you mean "/Users"?`},
		{"base twice", "GET", "/scim/v2/Users", 404, "", "the base URL ends in /api/scim/v2 and no more"},
		{"HTTP-07", "GET", "/%55sers", 200, "", ""},
		{"HTTP-08 list", "GET", "/Users/", 200, "", ""},
		{"HTTP-08 one", "GET", one + "/", 200, "", ""},
		{"double slash", "GET", "//Users", 200, "", ""},
		{"double slash before the id", "GET", "//Users//" + id, 200, "", ""},
		{"HTTP-14", "GET", one + "/name", 404, "", "there is nothing below a resource"},
		{"the base itself", "GET", "", 404, "", "this is the base URL"},
		{"Me", "GET", "/Me", 501, "", "/Me is not supported"},
		{"Me, written", "PATCH", "/Me", 501, "", ""},
		{"SRCH-08", "GET", "/Users/.search", 405, "POST, OPTIONS", "GET is not allowed on /Users/.search"},
		{"SRCH-08 root", "GET", "/.search", 405, "POST, OPTIONS", ""},
		{"Bulk", "GET", "/Bulk", 405, "POST, OPTIONS", ""},
		{"ROB-11 %00", "GET", "/Users/%00", 404, "", ""},
		{"ROB-11 slash", "GET", "/Users/a%2Fb", 404, "", ""},
		{"ROB-11 dots", "GET", "/Users/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404, "", ""},
		{"ROB-12", "GET", "/Users/..%2F..%2F", 404, "", ""},
		{"ROB-11 not UTF-8", "GET", "/Users/%FF%FE", 404, "", ""},
		{"ROB-11 percent", "GET", "/Users/%25", 404, "", ""},
		{"ROB-11 semicolon", "GET", "/Users/;x=1", 404, "", ""},
		{"ROB-11 line break", "GET", "/Users/a%0d%0aX-Injected:1", 404, "", ""},
		{"unknown id of 30 digits", "GET", "/Users/010101001010101011001010101011", 404, "", ""},
		{"other case of the id", "GET", "/Users/" + strings.ToUpper(id), 404, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := b.do(tt.method, tt.path, "")
			if a.status != tt.status || a.header.Get("Allow") != tt.allow {
				t.Errorf("%d, Allow %q; want %d, %q\n%s", a.status, a.header.Get("Allow"), tt.status, tt.allow, a.body)
			}
			if a.header.Get("X-Injected") != "" {
				t.Error("a header was injected")
			}
			if tt.status >= 400 {
				checkError(t, a)
				if d := a.get(t, "detail"); !strings.Contains(d, tt.detail) {
					t.Errorf("detail %q, want %q", d, tt.detail)
				}
			}
		})
	}
}

// checkError holds an answer against RFC 7644 §3.12: ERR-01 to ERR-06, ERR-08.
func checkError(t *testing.T, a answer) {
	t.Helper()
	m := a.json(t)
	schemas, _ := m["schemas"].([]any)
	if len(schemas) != 1 || schemas[0] != scim.ErrorURN {
		t.Errorf("ERR-01: schemas %v", m["schemas"])
	}
	if status, ok := m["status"].(string); !ok || status != http.StatusText(0)+itoa(a.status) {
		t.Errorf("ERR-02, ERR-08: status %v of a %d", m["status"], a.status)
	}
	if d, ok := m["detail"].(string); !ok || d == "" || strings.Contains(d, "goroutine") || strings.Contains(d, ".go:") {
		t.Errorf("ERR-03, ERR-06: detail %v", m["detail"])
	}
	if a.header.Get("Content-Type") != "application/scim+json" {
		t.Errorf("ERR-05: %s", a.header.Get("Content-Type"))
	}
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

func TestBasePaths(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	for _, base := range []string{"/api/scim/v2", "/scim/v2"} {
		a := b.do("GET", b.http.URL+base+"/Users/"+id, "")
		meta, _ := a.json(t)["meta"].(map[string]any)
		if want := b.http.URL + base + "/Users/" + id; meta["location"] != want {
			t.Errorf("%s: location %v", base, meta["location"])
		}
		if ex := b.logged(); ex.Base != b.http.URL+base || ex.Path != "/Users/"+id {
			t.Errorf("%s: noted base %q, path %q", base, ex.Base, ex.Path)
		}
	}
	for _, path := range []string{"/Users", "/", "/v2/Users", "/scim/v9/Users", "/api/scim/v2x/Users"} {
		a := b.do("GET", b.http.URL+path, "", "Authorization:")
		checkError(t, a)
		if a.status != http.StatusNotFound || !strings.Contains(a.get(t, "detail"), "the base URL must end in /api/scim/v2") {
			t.Errorf("HTTP-12 %s: %d %s", path, a.status, a.body)
		}
	}
	b.do("GET", b.http.URL+"/Users", "")
	if ex := b.logged(); ex.KeyName != "okta-dev" || ex.Refused != "" {
		t.Errorf("whose key it was is noted as %q, %q", ex.KeyName, ex.Refused)
	}
}

func TestHEAD(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	for _, path := range []string{"/Users/" + id, "/Users", "/ServiceProviderConfig", "/Users/nobody"} {
		get, head := b.do("GET", path, ""), b.do("HEAD", path, "")
		if head.body != "" || head.status != get.status {
			t.Errorf("HTTP-03 %s: %d %q", path, head.status, head.body)
		}
		for _, h := range []string{"Content-Type", "Content-Length", "Etag"} {
			if head.header.Get(h) != get.header.Get(h) {
				t.Errorf("HTTP-11 %s: %s is %q, of GET %q", path, h, head.header.Get(h), get.header.Get(h))
			}
		}
	}
}

func TestGroupsOff(t *testing.T) {
	b := newBench(t, false, nil)
	a := b.do("GET", "/Groups?filter=displayName+eq+%22x%22&startIndex=1&count=100", "")
	if a.status != 200 || !strings.HasSuffix(a.body, `"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`) {
		t.Errorf("DISC-24 GET: %d %s", a.status, a.body)
	}
	if a := b.do("GET", "/Groups/1", ""); a.status != 404 {
		t.Errorf("DISC-24 GET one: %d %s", a.status, a.body)
	}
	for _, tt := range [][2]string{{"POST", "/Groups"}, {"PUT", "/Groups/1"}, {"PATCH", "/Groups/1"}, {"DELETE", "/Groups/1"}} {
		a := b.do(tt[0], tt[1], "{}")
		checkError(t, a)
		if a.status != 501 || a.get(t, "detail") != groupsOff {
			t.Errorf("DISC-24 %s: %d %s", tt[0], a.status, a.body)
		}
	}
}

func TestGroupsOn(t *testing.T) {
	b := newBench(t, true, nil)
	id := b.create("ada@example.com")
	a := b.do("POST", "/Groups", `{"schemas":["`+scim.GroupURN+`"],"displayName":"Devs","members":[{"value":"`+id+`","display":"ada"}]}`)
	if a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if ex := b.logged(); ex.Sentence != "create group Devs" || ex.Type != "Group" {
		t.Errorf("%s %q", ex.Type, ex.Sentence)
	}
	if a := b.do("GET", "/Groups?filter=displayName+eq+%22devs%22", ""); a.json(t)["totalResults"] != 1.0 {
		t.Errorf("lookup: %s", a.body)
	}
}

// What is found without the router is what the router finds, for any path.
func TestDirectIsTheRouter(t *testing.T) {
	parts := []string{"/", "Users", "/Users", "/Groups", "/Schemas", "/Me", "/.search", "/x", "x", "/:id", "/%2F", "//", "é", "/Bulk"}
	for _, groups := range []bool{false, true} {
		s := newBench(t, groups, nil).srv
		found := 0
		for i := range len(parts) * len(parts) * len(parts) {
			path := parts[i%len(parts)] + parts[i/len(parts)%len(parts)] + parts[i/len(parts)/len(parts)]
			one, id := s.target(path)
			for _, m := range append([]string{"TRACE", "get", ""}, methods...) {
				v, of, at := s.direct(m, path)
				h, ps, _ := s.router.Lookup(m, path)
				if v == nil {
					if h != nil && one != nil && id != "" {
						t.Fatalf("%s %q: the router has a route", m, path)
					}
					continue
				}
				if found++; h == nil || len(ps) != 1 || ps[0].Value != at || of != one || at != id {
					t.Fatalf("%s %q: have %s %q, the router has %v", m, path, of.Name, at, ps)
				}
			}
		}
		if found == 0 {
			t.Error("nothing was found")
		}
	}
}
