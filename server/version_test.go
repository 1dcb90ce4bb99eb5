package server

import (
	"strings"
	"testing"
)

// The rows ETG of the matrix: versions and conditional requests.
func TestVersions(t *testing.T) {
	b := newBench(t, false, nil)
	bodies := map[string]string{"PUT": user("ada@example.com", `,"title":"changed"`), "PATCH": patchBody(oktaDeactivate), "DELETE": ""}
	fresh := func() string {
		for _, id := range b.do("GET", "/Users", "").names(t, "id") {
			b.do("DELETE", "/Users/"+id, "").want(t, 204)
		}
		return "/Users/" + b.create("ada@example.com")
	}
	t.Run("ETG-01 announced", func(t *testing.T) {
		if b.do("GET", "/ServiceProviderConfig", "").at(t, "etag.supported") != true {
			t.Error("not announced")
		}
	})
	t.Run("ETG-02 ETG-03 ETG-09 ETag and meta.version", func(t *testing.T) {
		created := b.do("POST", "/Users", user("ada@example.com")).want(t, 201)
		one := "/Users/" + created.get(t, "id")
		for _, tt := range []struct {
			method, tag string
		}{{"GET", `W/"1"`}, {"PUT", `W/"2"`}, {"PUT", `W/"2"`}, {"PATCH", `W/"3"`}, {"PATCH", `W/"3"`}, {"GET", `W/"3"`}} {
			a := b.do(tt.method, one, bodies[tt.method]).want(t, 200)
			if a.header.Get("Etag") != tt.tag || a.at(t, "meta.version") != tt.tag {
				// A PUT puts active back, so that the PATCH after it changes something.
				t.Errorf("%s: ETag %s, version %v, want %s", tt.method, a.header.Get("Etag"), a.at(t, "meta.version"), tt.tag)
			}
		}
	})
	t.Run("ETG-04 ETG-05 ETG-11 If-None-Match on GET", func(t *testing.T) {
		one := fresh()
		for _, tt := range []struct {
			header string
			status int
		}{
			{`W/"1"`, 304},
			{`"1"`, 304},
			{`*`, 304},
			{`"x", W/"1"`, 304},
			{`W/"2"`, 200},
			{`"x", "y"`, 200},
		} {
			a := b.do("GET", one, "", "If-None-Match: "+tt.header)
			if a.status != tt.status || a.header.Get("Etag") != `W/"1"` || (a.status == 304) != (a.body == "") {
				t.Errorf("%s: %d %s %q", tt.header, a.status, a.header.Get("Etag"), a.body)
			}
		}
		b.do("PUT", one, bodies["PUT"]).want(t, 200)
		b.do("GET", one, "", `If-None-Match: W/"1"`).want(t, 200)
	})
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		t.Run("ETG-06 ETG-10 "+method+" with an old tag", func(t *testing.T) {
			one := fresh()
			before := b.do("GET", one, "").body
			b.do(method, one, bodies[method], `If-Match: W/"0"`).refused(t, 412, "")
			if after := b.do("GET", one, "").body; after != before {
				t.Errorf("changed: %s", after)
			}
		})
		for _, tag := range []string{`W/"1"`, `*`, `"x", W/"1"`, `"1"`} {
			t.Run("ETG-07 ETG-08 "+method+" "+tag, func(t *testing.T) {
				if a := b.do(method, fresh(), bodies[method], "If-Match: "+tag); a.status != 200 && a.status != 204 {
					t.Errorf("%d %s", a.status, a.body)
				}
			})
		}
		t.Run("ETG-12 "+method+" on an unknown id", func(t *testing.T) {
			b.do(method, "/Users/nobody", bodies[method], `If-Match: W/"1"`).refused(t, 404, "")
		})
	}
	t.Run("ETG-13 in lists", func(t *testing.T) {
		one := fresh()
		b.do("PUT", one, bodies["PUT"]).want(t, 200)
		if a := b.do("GET", "/Users", ""); a.at(t, "Resources[0].meta.version") != `W/"2"` {
			t.Error(a.body)
		}
	})
	t.Run("ETG-14 If-None-Match: * on PUT", func(t *testing.T) {
		b.do("PUT", fresh(), strings.Replace(bodies["PUT"], "changed", "again", 1), "If-None-Match: *").refused(t, 412, "")
	})
}
