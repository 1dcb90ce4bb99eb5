package scim

import (
	"slices"
	"strings"
	"testing"
)

// TestComplete: what is offered where, and what of it is there already.
func TestComplete(t *testing.T) {
	users := NewCatalog(false).Type("User")
	for _, x := range []struct{ filter, word, list string }{
		{"userN", "userN", "userName"},
		{"USERn", "USERn", "userName"},
		{"userName ", "", "eq ne co sw ew pr gt ge lt le"},
		{"userName e", "e", "eq ew"},
		{"userName eq ", "", ""},
		{"active eq ", "", "true false"},
		{"active eq true ", "", "and or"},
		{"title pr a", "a", "and"},
		{"name.fam", "name.fam", "name.familyName"},
		{"not (meta.l", "meta.l", "meta.lastModified meta.location"},
		{`emails[type eq "w`, `"w`, `"work"`},
		{"emails[ty", "ty", "type"},
		{`emails[type eq "work" and pri`, "pri", "primary"},
		{`emails[type eq "work"] o`, "o", "or"},
		{`userName eq "a and (b" and nick`, "nick", "nickName"},
		{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:dep", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:dep", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"},
		{"pass", "pass", ""},
		{"nothing eq ", "", ""},
		{"nothing[x", "x", ""},
		{"]]) ", "", "and or"},
	} {
		word, list := users.Complete(x.filter)
		if word != x.word || strings.Join(list, " ") != x.list {
			t.Errorf("%s: %q, %q; want %q, %q", x.filter, word, list, x.word, x.list)
		}
	}
}

// TestCompleteLeads: whoever takes what is offered word after word writes a filter
// that can be read: each path with each operator.
func TestCompleteLeads(t *testing.T) {
	users := NewCatalog(false).Type("User")
	_, paths := users.Complete("")
	if len(paths) < 60 {
		t.Fatalf("only %d paths", len(paths))
	}
	for _, path := range paths {
		if path == "not" {
			continue
		}
		_, operators := users.Complete(path + " ")
		if !slices.Contains(operators, "pr") {
			t.Fatalf("behind %s: %q", path, operators)
		}
		if _, _, err := users.ReadFilter(path+" pr", Policy{}); err != nil {
			t.Errorf("%s pr: %v", path, err)
		}
		if _, values := users.Complete(path + " eq "); len(values) > 0 {
			if _, _, err := users.ReadFilter(path+" eq "+values[0], Policy{}); err != nil {
				t.Errorf("%s eq %s: %v", path, values[0], err)
			}
		}
	}
}

// FuzzComplete: any text is completed, and to what begins as it ends.
func FuzzComplete(f *testing.F) {
	for _, s := range []string{"", `emails[type eq "w`, `not (a[b[c "\"`, "é ü ("} {
		f.Add(s)
	}
	users := NewCatalog(false).Type("User")
	f.Fuzz(func(t *testing.T, s string) {
		word, list := users.Complete(s)
		if !strings.HasSuffix(s, word) {
			t.Errorf("%q does not end with %q", s, word)
		}
		for _, c := range list {
			if !strings.EqualFold(c[:len(word)], word) {
				t.Errorf("%q is no beginning of %q", word, c)
			}
		}
	})
}
