package server

import (
	"strings"
	"testing"

	"scimdeck/scim"
)

// Each leniency leaves a note, and is refused where none is allowed.
func TestLeniencies(t *testing.T) {
	type request struct{ method, path, body, header string }
	requests := map[string][]request{
		"content-type-missing": {{"POST", "/Users", user("a@example.com"), "Content-Type:"}},
		"query-trailing": {
			{"GET", "/Users?", "", ""},
			{"GET", "/Users?filter=userName+eq+%22x%22&", "", ""},
			{"PUT", "/Users/{id}?", user("ada@example.com"), ""},
			{"PATCH", "/Users/{id}?attributes=id&", patchBody(oktaDeactivate), ""},
		},
		"path-slashes": {{"GET", "/Users/", "", ""}, {"GET", "//Users", "", ""}, {"GET", "/Users//{id}", "", ""}},
		"accept-other": {{"GET", "/Users", "", "Accept: text/html, image/*"}, {"GET", "/Users", "", "Accept: application/scim+json;q=0, application/json;q=0.0, */*"}},
		"groups-off":   {{"GET", "/Groups", "", ""}},
	}
	for _, mode := range []scim.Mode{scim.Lenient, scim.Strict, scim.Interop} {
		b := newBench(t, false, func(o *Options) { o.Policy.Mode = mode })
		id := b.create("ada@example.com")
		for _, l := range Leniencies() {
			if l.Clients == "" || l.What == "" || l.Section == "" || len(requests[l.ID]) == 0 {
				t.Errorf("%+v", l)
			}
			for _, r := range requests[l.ID] {
				a := b.do(r.method, strings.ReplaceAll(r.path, "{id}", id), r.body, r.header)
				ex := b.logged()
				noted := false
				for _, n := range ex.Notes {
					noted = noted || strings.HasSuffix(n, " ["+l.ID+"]")
				}
				switch {
				case mode == scim.Lenient && (a.status >= 300 || !noted):
					t.Errorf("%s: %s %s: %d, noted %q", l.ID, r.method, r.path, a.status, ex.Notes)
				case mode != scim.Lenient && (a.status < 400 || a.get(t, "scimType") != l.Type || !strings.Contains(a.body, l.Section)):
					t.Errorf("%s in mode %d: %s %s: %d %s", l.ID, mode, r.method, r.path, a.status, a.body)
				}
			}
		}
		if mode != scim.Lenient {
			continue
		}
		// What conforms leaves no note.
		for _, r := range []request{
			{"GET", "/Users?count=1", "", ""},
			{"GET", "/Users", "", "Accept: application/scim+json, application/json;q=0.9"},
			{"GET", "/Users", "", "Accept: application/*"},
			{"POST", "/Users", user("b@example.com"), "Content-Type: application/json"},
			{"DELETE", "/Users/{id}", "", "Content-Type:"},
		} {
			a := b.do(r.method, strings.ReplaceAll(r.path, "{id}", id), r.body, r.header)
			if ex := b.logged(); a.status >= 300 || len(ex.Notes) != 0 {
				t.Errorf("%s %s: %d, noted %q", r.method, r.path, a.status, ex.Notes)
			}
		}
	}
}

func TestAccept(t *testing.T) {
	for accept, want := range map[string][2]bool{
		"application/scim+json":          {true, false},
		"application/json":               {false, true},
		"APPLICATION/JSON ; q=0.1":       {false, true},
		"*/*":                            {true, true},
		"*":                              {true, true},
		"application/*;q=0.8, text/html": {true, true},
		"text/html":                      {false, false},
		"application/json;q=0, */*":      {true, false},
		"*/*, application/scim+json;q=0": {false, true},
		"application/scim+json; charset=utf-8; q=1.0": {true, false},
		"application/json, text/plain, */*":           {true, true},
		"":                                            {false, false},
		"application/scim+json;q=0.000, application/*": {false, true},
	} {
		if own, other := acceptable([]string{accept}); own != want[0] || other != want[1] {
			t.Errorf("%q: %v %v, want %v", accept, own, other, want)
		}
	}
}
