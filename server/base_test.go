package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBaseURL(t *testing.T) {
	tests := []struct {
		name, public, remote, host string
		proto, forwarded           string
		want                       string
	}{
		{"Host", "", "10.0.0.1:1", "scim.example.com", "", "", "http://scim.example.com/scim/v2"},
		{"Host with port", "", "10.0.0.1:1", "[::1]:7644", "", "", "http://[::1]:7644/scim/v2"},
		{"tunnel", "", "127.0.0.1:1", "127.0.0.1:7644", "https", "abc.example.net", "https://abc.example.net/scim/v2"},
		{"tunnel, IPv6 loopback", "", "[::1]:1", "x", "https", "abc.example.net", "https://abc.example.net/scim/v2"},
		{"tunnel, only proto", "", "127.0.0.1:1", "abc.example.net", "https", "", "https://abc.example.net/scim/v2"},
		{"chain of proxies", "", "127.0.0.1:1", "x", "https, http", "a.example.net, b", "https://a.example.net/scim/v2"},
		{"not from loopback", "", "10.0.0.1:1", "scim.example.com", "https", "evil.example.com", "http://scim.example.com/scim/v2"},
		{"odd proto", "", "127.0.0.1:1", "h", "javascript", "", "http://h/scim/v2"},
		{"odd forwarded host", "", "127.0.0.1:1", "h", "", `evil"><script>`, "http://h/scim/v2"},
		{"odd host", "", "10.0.0.1:1", `evil"/`, "", "", "http://localhost/scim/v2"},
		{"no host", "", "10.0.0.1:1", "", "", "", "http://localhost/scim/v2"},
		{"long host", "", "10.0.0.1:1", strings.Repeat("a", 300), "", "", "http://localhost/scim/v2"},
		{"public URL", "https://pub.example.com", "127.0.0.1:1", "x", "http", "y", "https://pub.example.com/scim/v2"},
		{"public URL with a path", "https://pub.example.com/okta/scim/", "10.0.0.1:1", "x", "", "", "https://pub.example.com/okta/scim"},
		{"public URL that is none", "ftp://x", "10.0.0.1:1", "h", "", "", "http://h/scim/v2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &Server{public: parsePublic(tt.public)}
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr, r.Host = tt.remote, tt.host
			for name, v := range map[string]string{"X-Forwarded-Proto": tt.proto, "X-Forwarded-Host": tt.forwarded} {
				if v != "" {
					r.Header.Set(name, v)
				}
			}
			for range 2 { // the second time it is remembered
				if got := s.baseURL(r, "/scim/v2"); got != tt.want {
					t.Errorf("have %s, want %s", got, tt.want)
				}
			}
		})
	}
}

func TestBelow(t *testing.T) {
	s := &Server{bases: cleanBases([]string{"api/scim/v2/", "/scim/v2"})}
	for path, want := range map[string]string{
		"/api/scim/v2/Users": "/Users", "/scim/v2": "/", "/scim/v2//Users/": "/Users", "//scim//v2/Users": "/Users", "/scim/v2/": "/",
		"/scim/v2x": "", "/scim": "", "/": "", "": "", "/api/scim/v2": "/",
	} {
		if _, got, _ := s.below(cleanPath(path)); got != want {
			t.Errorf("%q: have %q, want %q", path, got, want)
		}
	}
}

func TestReachable(t *testing.T) {
	for in, want := range map[string]string{
		"127.0.0.1:7644": "127.0.0.1:7644", "[::]:80": "127.0.0.1:80", "0.0.0.0:80": "127.0.0.1:80", "[::1]:80": "[::1]:80", "x": "x",
	} {
		if got := reachable(in); got != want {
			t.Errorf("%s: have %s, want %s", in, got, want)
		}
	}
}

func TestDiscovery(t *testing.T) {
	b := newBench(t, false, nil)
	config := b.do("GET", "/ServiceProviderConfig", "").json(t)
	for name, want := range map[string]bool{"patch": true, "bulk": true, "filter": true, "changePassword": false, "sort": true, "etag": true} {
		if m, _ := config[name].(map[string]any); m["supported"] != want {
			t.Errorf("DISC-02: %s is %v", name, config[name])
		}
	}
	schemes, _ := config["authenticationSchemes"].([]any)
	if len(schemes) != 1 || schemes[0].(map[string]any)["type"] != "oauthbearertoken" {
		t.Errorf("DISC-05, DISC-06: %v", schemes)
	}
	urns := map[string]bool{}
	for _, path := range []string{"/Schemas", "/ResourceTypes"} {
		a := b.do("GET", path+"?startIndex=2&count=1", "")
		list := a.json(t)
		resources, _ := list["Resources"].([]any)
		if a.status != 200 || len(resources) == 0 || list["totalResults"] != float64(len(resources)) || a.header.Get("Content-Type") != "application/scim+json" {
			t.Errorf("DISC-10, DISC-14, DISC-19, DISC-25 %s: %d %.200s", path, a.status, a.body)
		}
		for _, x := range resources {
			m := x.(map[string]any)
			urns[m["id"].(string)] = true
			location := m["meta"].(map[string]any)["location"].(string)
			if one := b.do("GET", location, ""); one.status != 200 || one.json(t)["id"] != m["id"] {
				t.Errorf("DISC-12, DISC-16, DISC-21 %s: %d %.200s", location, one.status, one.body)
			}
			if endpoint, ok := m["endpoint"].(string); ok {
				if a := b.do("GET", endpoint, ""); a.status != 200 {
					t.Errorf("DISC-17 %s: %d", endpoint, a.status)
				}
				for _, e := range m["schemaExtensions"].([]any) {
					if urn := e.(map[string]any)["schema"].(string); !urns[urn] {
						t.Errorf("DISC-11, DISC-22: %s is no schema", urn)
					}
				}
			}
		}
		if a := b.do("GET", path+"?filter=id+pr", ""); a.status != http.StatusForbidden {
			t.Errorf("DISC-18 %s: %d", path, a.status)
		}
		if a := b.do("GET", path+"/urn:x:y", ""); a.status != http.StatusNotFound {
			t.Errorf("DISC-13 %s: %d", path, a.status)
		}
	}
	if a := b.do("GET", "/Schemas/urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser", ""); a.status != 200 || a.get(t, "name") != "User" {
		t.Errorf("DISC-23: %d %.200s", a.status, a.body)
	}
	if a := b.do("GET", "/ServiceProviderConfig?filter=id+pr", ""); a.status != http.StatusForbidden {
		t.Errorf("DISC-18: %d", a.status)
	}
}
