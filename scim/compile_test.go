package scim

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// bind parses and compiles a filter for User, which has to succeed.
func bind(t testing.TB, rt *ResourceType, filter string) *Filter {
	t.Helper()
	x, err := ParseFilter(filter)
	if err != nil {
		t.Fatalf("ParseFilter(%s): %v", filter, err)
	}
	f, err := rt.Compile(x)
	if err != nil {
		t.Fatalf("Compile(%s): %v", filter, err)
	}
	return f
}

// thingType is a resource type with attributes of every data type, single and
// multi-valued, in an extension, which the RFC's own User does not have.
func thingType(t testing.TB) *ResourceType {
	t.Helper()
	v, err := Decode([]byte(`{"id":"urn:example:thing:2.0:Thing","name":"Thing","attributes":[
		{"name":"count","type":"integer"},
		{"name":"weight","type":"decimal"},
		{"name":"hired","type":"dateTime"},
		{"name":"cert","type":"binary"},
		{"name":"secret","type":"string","returned":"never"},
		{"name":"home","type":"reference","caseExact":true},
		{"name":"tags","type":"string","multiValued":true},
		{"name":"codes","type":"integer","multiValued":true},
		{"name":"flags","type":"boolean","multiValued":true},
		{"name":"days","type":"dateTime","multiValued":true},
		{"name":"box","type":"complex","subAttributes":[
			{"name":"label","type":"string","caseExact":true},{"name":"size","type":"decimal"},{"name":"marks","type":"string","multiValued":true}]},
		{"name":"samples","type":"complex","multiValued":true,"subAttributes":[
			{"name":"value","type":"decimal"},{"name":"taken","type":"dateTime"},{"name":"ok","type":"boolean"},{"name":"note","type":"string"},
			{"name":"hidden","type":"string","returned":"never"}]}]}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := definer{}.schema(v)
	if err != nil {
		t.Fatal(err)
	}
	user := NewCatalog(false).Type("User")
	rt := &ResourceType{Name: "User", Endpoint: "/Users", Schema: user.Schema, Extensions: append(slices.Clone(user.Extensions), Extension{Schema: s})}
	rt.paths = []string{"userName"}
	rt.init()
	return rt
}

const thing = "urn:example:thing:2.0:Thing"

func TestCompileCorpus(t *testing.T) {
	rt := NewCatalog(false).Type("User")
	for _, c := range readCorpus(t, "filters-valid.txt") {
		t.Run(c.name, func(t *testing.T) {
			f := bind(t, rt, c.filter)
			again := bind(t, rt, f.String())
			if again.String() != f.String() || !reflect.DeepEqual(again.Equal(), f.Equal()) {
				t.Errorf("the canonical form is another filter\nhave %s %v\nwant %s %v", again, again.Equal(), f, f.Equal())
			}
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	rt := thingType(t)
	for _, c := range []struct {
		name, filter, want string
	}{
		{"FLT-10 order of booleans", `active gt true`, `active is a boolean, which cannot be compared with "gt"`},
		{"FLT-10 order of booleans inside a value path", `emails[primary le true]`, `primary is a boolean, which cannot be compared with "le"`},
		{"FLT-10 part of a boolean", `active co "tr"`, `active is a boolean, which cannot be compared with "co"`},
		{"FLT-10 order of binaries", `x509Certificates.value ge "AA=="`, `x509Certificates.value is binary, which cannot be compared with "ge"`},
		{"FLT-10 part of a binary", thing + `:cert sw "AA=="`, thing + `:cert is binary, which cannot be compared with "sw"`},
		{"FLT-10 part of a number", thing + `:count co 1`, thing + `:count is a number, which cannot be compared with "co"`},
		{"FLT-17 complex single attribute", `name eq "x"`, `name is complex: name a sub-attribute, one of formatted familyName givenName middleName honorificPrefix honorificSuffix`},
		{"FLT-17 multi-valued attribute without value", `addresses eq "x"`, `addresses is complex: name a sub-attribute, one of formatted streetAddress locality region postalCode country type primary`},
		{"FLT-17 manager has a value but is single", enterprise + `:manager eq "x"`, enterprise + `:manager is complex: name a sub-attribute, one of value $ref displayName`},
		{"FLT-21 extension compared", enterprise + ` eq "x"`, enterprise + ` is an extension: name one of its attributes`},
		{"FLT-21 extension with a filter", enterprise + `[value eq "x"]`, enterprise + ` is an extension: name one of its attributes`},
		{"FLT-24 string for a boolean", `active eq "true"`, `active is compared with true or false, without quotes, not with "true"`},
		{"FLT-24 number for a boolean", `active eq 1`, `active is compared with true or false, without quotes, not with the number 1`},
		{"FLT-24 boolean for a string", `userName eq true`, `userName is compared with a value in double quotes, not with true`},
		{"FLT-24 number for a string", `externalId eq 701984`, `externalId is compared with a value in double quotes, not with the number 701984`},
		{"FLT-24 string for a number", thing + `:count eq "1"`, thing + `:count is compared with a number, without quotes, not with "1"`},
		{"FLT-25 order of null", `title gt null`, `null can be compared with eq and ne only, not with "gt"`},
		{"FLT-25 part of null", `title co null`, `null can be compared with eq and ne only, not with "co"`},
		{"FLT-28 unknown attribute", `nosuch eq "x"`, `User has no attribute "nosuch"`},
		{"FLT-28 unknown attribute present", `not (nosuch pr)`, `User has no attribute "nosuch"`},
		{"FLT-28 unknown attribute in a part that decides nothing", `active eq true or nosuch pr`, `User has no attribute "nosuch"`},
		{"FLT-28 singular", `email eq "x"`, `User has no attribute "email"; did you mean emails?`},
		{"FLT-28 typing error", `usreName eq "x"`, `User has no attribute "usreName"; did you mean userName?`},
		{"FLT-28 underscore", `user_name eq "x"`, `User has no attribute "user_name"; did you mean userName?`},
		{"FLT-28 sub-attribute without its attribute", `familyName eq "x"`, `User has no attribute "familyName"; did you mean name.familyName?`},
		{"FLT-28 sub-attribute of meta without meta", `lastModified pr`, `User has no attribute "lastModified"; did you mean meta.lastModified?`},
		{"FLT-28 typing error in a sub-attribute", `name.familynam eq "x"`, `User has no attribute "name.familynam"; did you mean name.familyName?`},
		{"FLT-28 extension's attribute without URN", `employeeNumber eq "1"`, `User has no attribute "employeeNumber"; did you mean ` + enterprise + `:employeeNumber?`},
		{"FLT-28 unknown URN", `urn:nosuch:1.0:Thing:x eq "1"`, `User has no attribute "urn:nosuch:1.0:Thing:x"`},
		{"FLT-28 attribute of another resource type", `members pr`, `User has no attribute "members"`},
		{"FLT-28 long name", strings.Repeat("x", 500) + ` pr`, `User has no attribute ` + quote(strings.Repeat("x", 500))},
		{"FLT-28 unknown name inside a value path", `emails[kind eq "work"]`, `emails has no sub-attribute "kind": it has value display type primary`},
		{"FLT-28 whole path inside a value path", `emails[emails.type eq "work"]`, `emails has no sub-attribute "emails.type": it has value display type primary`},
		{"FLT-28 unknown name inside a simple attribute's value path", `schemas[type eq "work"]`, `schemas has no sub-attribute "type": it has value`},
		{"FLT-28 value path of a single simple attribute", `userName[value eq "x"]`, `userName has a single simple value, so it cannot have a filter in []`},
		{"FLT-36 password", `password sw "Se"`, `password is never returned, so it cannot be filtered by`},
		{"FLT-36 password present", `password pr`, `password is never returned, so it cannot be filtered by`},
		{"FLT-36 password under not", `not (password ne "x")`, `password is never returned, so it cannot be filtered by`},
		{"FLT-36 password null", `password eq null`, `password is never returned, so it cannot be filtered by`},
		{"FLT-36 password with its URN", UserURN + `:PASSWORD eq "x"`, `password is never returned, so it cannot be filtered by`},
		{"FLT-36 never returned attribute of an extension", thing + `:secret pr`, thing + `:secret is never returned, so it cannot be filtered by`},
		{"FLT-36 never returned sub-attribute", thing + `:samples.hidden pr`, thing + `:samples.hidden is never returned, so it cannot be filtered by`},
		{"FLT-36 never returned sub-attribute inside a value path", thing + `:samples[hidden pr]`, `hidden is never returned, so it cannot be filtered by`},
		{"FLT-39 junk for a dateTime", `meta.created gt "junk"`, `meta.created is compared with a dateTime like "2026-01-31T12:00:00Z", not with "junk"`},
		{"FLT-39 date alone", `meta.created eq "2011-05-13"`, `meta.created is compared with a dateTime like "2026-01-31T12:00:00Z", not with "2011-05-13"`},
		{"FLT-39 day that does not exist", `meta.created eq "2011-02-30T00:00:00Z"`, `meta.created is compared with a dateTime like "2026-01-31T12:00:00Z", not with "2011-02-30T00:00:00Z"`},
		{"FLT-39 number for a dateTime", `meta.created gt 1305261754`, `meta.created is compared with a value in double quotes, not with the number 1305261754`},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := ParseFilter(c.filter)
			if err != nil {
				t.Fatal(err)
			}
			f, err := rt.Compile(x)
			if err == nil {
				t.Fatalf("Compile accepts it as %s", f)
			}
			var e *Error
			if !errors.As(err, &e) || e.Status != 400 || e.Type != InvalidFilter {
				t.Fatalf("%v is no *Error with 400 invalidFilter", err)
			}
			if e.Detail != c.want {
				t.Errorf("Compile\nhave %s\nwant %s", e.Detail, c.want)
			}
		})
	}
}

func TestFilterString(t *testing.T) {
	rt := NewCatalog(false).Type("User")
	for _, c := range []struct{ name, filter, want string }{
		{"FLT-17 value spelt out", `Emails CO "x"`, `emails.value co "x"`},
		{"FLT-18 the schema's spelling", `USERNAME eq "x" or NAME.familyname pr`, `userName eq "x" or name.familyName pr`},
		{"FLT-18 value path", `EMAILS[TYPE eq "work"]`, `emails[type eq "work"]`},
		{"FLT-20 core URN left out", UserURN + `:userName eq "x"`, `userName eq "x"`},
		{"FLT-21 extension's URN kept", strings.ToUpper(enterprise) + `:MANAGER.VALUE eq "x"`, enterprise + `:manager.value eq "x"`},
		{"FLT-21 extension as a whole", strings.ToUpper(enterprise) + ` pr`, enterprise + ` pr`},
		{"FLT-25 null", `TITLE ne null`, `title ne null`},
		{"brackets", `not ((title pr or nickName pr) and active eq true)`, `not ((title pr or nickName pr) and active eq true)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := bind(t, rt, c.filter).String(); got != c.want {
				t.Errorf("String\nhave %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestFilterEqual(t *testing.T) {
	rt := NewCatalog(false).Type("User")
	for _, c := range []struct {
		name, filter string
		want         []IndexValue
	}{
		{"userName", `userName eq "BJensen"`, []IndexValue{{"userName", "bjensen"}}},
		{"externalId has a case", `externalId eq "AbC"`, []IndexValue{{"externalId", "AbC"}}},
		{"id", `id eq "2819c223"`, []IndexValue{{"id", "2819c223"}}},
		{"core URN", UserURN + `:USERNAME eq "x"`, []IndexValue{{"userName", "x"}}},
		{"extension", enterprise + `:employeeNumber eq "X1"`, []IndexValue{{enterprise + ":employeeNumber", "x1"}}},
		{"emails", `emails eq "A@b"`, []IndexValue{{"emails.value", "a@b"}}},
		{"emails.value", `emails.value eq "A@b"`, []IndexValue{{"emails.value", "a@b"}}},
		{"value path", `emails[value eq "A@b"]`, []IndexValue{{"emails.value", "a@b"}}},
		{"value path with a type", `emails[type eq "work" and value eq "A@b"]`, []IndexValue{{"emails.type", "work"}, {"emails.value", "a@b"}}},
		{"value path in Entra ID's form", `emails[type eq "work"].value eq "A@b"`, []IndexValue{{"emails.type", "work"}, {"emails.value", "a@b"}}},
		{"value path of a simple attribute", `schemas[value eq "urn:x"]`, []IndexValue{{"schemas", "urn:x"}}},
		{"and", `active eq true and (userName eq "x" and title co "y")`, []IndexValue{{"userName", "x"}}},
		{"two of them", `userName eq "x" and externalId eq "y"`, []IndexValue{{"userName", "x"}, {"externalId", "y"}}},
		{"or implies neither", `userName eq "x" or externalId eq "y"`, nil},
		{"or beside and", `userName eq "x" and (externalId eq "y" or title pr)`, []IndexValue{{"userName", "x"}}},
		{"or inside a value path", `emails[type eq "work" or value eq "x"]`, nil},
		{"not implies nothing", `not (userName eq "x")`, nil},
		{"ne implies nothing", `userName ne "x"`, nil},
		{"sw implies nothing", `userName sw "x"`, nil},
		{"null is no value", `externalId eq null`, nil},
		{"locations are equal to many URLs", `meta.location eq "https://example.com/Users/1"`, nil},
		{"dateTimes have many spellings", `meta.created eq "2011-05-13T04:42:34Z"`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := bind(t, rt, c.filter).Equal(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("Equal\nhave %v\nwant %v", got, c.want)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"email", "emails", 1}, {"usrename", "username", 2}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	rt := NewCatalog(false).Type("User")
	x, err := ParseFilter(`name.familyName co "smi" and active eq true`)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rt.Compile(x); err != nil {
			b.Fatal(err)
		}
	}
}
