package scim

import (
	"errors"
	"strings"
	"testing"
)

// What is wrong with an attribute is said with its place, as what is wrong with the
// form is; so Caret can show it.
func TestFaultsOfAttributesHaveAPlace(t *testing.T) {
	rt := NewCatalog(false).Type("User")
	for _, c := range []struct{ filter, want string }{
		{`nosuch eq "x"`, `column 1: User has no attribute "nosuch"`},
		{`usreName eq "x"`, `column 1: User has no attribute "usreName"; did you mean userName?`},
		{`  active eq true and  ( title pr or usreName eq "x")`, `column 37: User has no attribute "usreName"; did you mean userName?`},
		{`title eq "日本語" and not (email pr)`, `column 25: User has no attribute "email"; did you mean emails?`},
		{`userName eq "nosuch pr" or nosuch pr`, `column 28: User has no attribute "nosuch"`},
		{`title pr and title pr and nosuch.x pr and other pr`, `column 27: User has no attribute "nosuch.x"`},
		{`emails[type eq "work" and (kind eq "x" or value pr)]`, `column 28: emails has no sub-attribute "kind": it has value display type primary`},
		{`title pr or emails[type eq "work"].kind eq "x" and nosuch pr`, `column 36: emails has no sub-attribute "kind": it has value display type primary`},
		{`emails[type eq "work"].value eq "x" and nosuch pr`, `column 41: User has no attribute "nosuch"`},
		{`emails[type eq "work" and value pr] or urn:nosuch:1.0:Thing:x eq "1"`, `column 40: User has no attribute "urn:nosuch:1.0:Thing:x"`},
		{`title pr and active gt true`, `column 14: active is a boolean, which cannot be compared with "gt"`},
		{`title pr and emails[primary eq "x"]`, `column 21: primary is compared with true or false, without quotes, not with "x"`},
		{`title pr and userName[value eq "x"]`, `column 14: userName has a single simple value, so it cannot have a filter in []`},
		{`title pr and password pr`, `column 14: password is never returned, so it cannot be filtered by`},
		{`title pr and name eq "x"`, `column 14: name is complex: name a sub-attribute, one of formatted familyName givenName middleName honorificPrefix honorificSuffix`},
		{`title pr and`, `column 10: nothing follows "and"`},
	} {
		_, _, err := rt.ReadFilter(c.filter, Policy{})
		var e *Error
		var place *SyntaxError
		if !errors.As(err, &e) || e.Status != 400 || e.Type != InvalidFilter || e.Detail != c.want {
			t.Errorf("%s\nhave %v\nwant %s", c.filter, err, c.want)
			continue
		}
		if !errors.As(err, &place) || place.Error() != c.want {
			t.Errorf("%s: wraps %v", c.filter, place)
			continue
		}
		checkSyntaxError(t, c.filter, place)
	}
}

// Whatever parses is parsed once more with as many conditions, each at its path.
func TestConditionsAreFound(t *testing.T) {
	for _, c := range readCorpus(t, "filters-valid.txt") {
		x, err := ParseFilter(c.filter)
		if err != nil {
			t.Fatal(err)
		}
		starts := conditions(c.filter, false)
		if n, _ := ordinal(x, nil); n != len(starts) {
			t.Errorf("%s: %d conditions, %d places", c.filter, n, len(starts))
			continue
		}
		n := 0
		var each func(Expr)
		each = func(x Expr) {
			var path Path
			switch x := x.(type) {
			case *And:
				for _, term := range x.Terms {
					each(term)
				}
				return
			case *Or:
				for _, term := range x.Terms {
					each(term)
				}
				return
			case *Not:
				each(x.X)
				return
			case *Has:
				path = x.Path
				defer each(x.Filter)
			case *Compare:
				path = x.Path
			case *Present:
				path = x.Path
			}
			if !strings.HasPrefix(c.filter[starts[n]:], path.String()) {
				t.Errorf("%s: %s is not at %d", c.filter, path, starts[n])
			}
			n++
		}
		each(x)
	}
	if got := conditions(`urn:x:y:emails[type eq "work" and value pr].value`, true); len(got) != 2 || got[0] != 15 || got[1] != 34 {
		t.Errorf("of a path: %v", got)
	}
}

// At the root it is the first attribute that no type has.
func TestFaultsAtTheRootHaveAPlace(t *testing.T) {
	for filter, want := range map[string]string{
		`displayName pr and zz pr and aa pr and zz pr`:    `column 20: Group has no attribute "zz"`,
		`members[nosuch pr] or nosuch pr`:                 `column 9: members has no sub-attribute "nosuch"`,
		`emails[nosuch pr] or userName pr and userNam pr`: `column 8: emails has no sub-attribute "nosuch"`,
		`emails[type pr] or userName pr and userNam pr`:   `column 36: Group has no attribute "userNam"`,
	} {
		_, _, err := catalog.ReadFilter(filter, Policy{})
		if err == nil || !strings.HasPrefix(err.Error(), "400 invalidFilter: "+want) {
			t.Errorf("%s\nhave %v\nwant %s", filter, err, want)
		}
	}
}
