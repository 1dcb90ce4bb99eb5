package server

import (
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
