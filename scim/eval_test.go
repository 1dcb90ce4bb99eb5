package scim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// barbara is a doc as AppendDoc writes it.
const barbara = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
	`"id":"00000000-002a-8a1b-9c3d-0123456789ab","externalId":"AbC701984","userName":"BJensen@Example.com",` +
	`"name":{"formatted":"Ms. Barbara J Smith-O'Malley","familyName":"Smith-O'Malley","givenName":"Bärbel"},` +
	`"displayName":"Babs \"B\" \\ Jensen","nickName":"a) and (b or [c]","title":"Größe 😀","userType":"",` +
	`"active":true,"emails":[{"value":"Babs@Work.example.com","type":"work","primary":true},{"value":"babs@home.example.org","type":"home"},{"value":"untyped@example.net"}],` +
	`"x509Certificates":[{"value":"AAEC/w=="}],` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","manager":{"value":"26118915","$ref":"../Users/26118915"}},` +
	`"urn:example:thing:2.0:Thing":{"count":9007199254740993,"weight":-1.50e2,"hired":"2011-05-13T04:42:34.5+02:00","cert":"QUJD","home":"https://Example.com/A",` +
	`"tags":["Red","green"],"codes":[1,2,3],"flags":[false],"days":["2020-01-01T00:00:00Z","2021-01-01T00:00:00Z"],` +
	`"box":{"label":"L\ttab","size":0.10,"marks":["x","Y"]},` +
	`"samples":[{"value":1.5,"taken":"2020-02-01T00:00:00Z","ok":true,"note":"first"},{"value":2.5,"ok":false}]},` +
	`"meta":{"resourceType":"User","created":"2011-05-13T02:42:34.000Z","lastModified":"2024-01-31T23:59:59.999Z","version":"W/\"3\"","location":"/Users/00000000-002a-8a1b-9c3d-0123456789ab"}}`

func TestMatch(t *testing.T) {
	rt := thingType(t)
	if !json.Valid([]byte(barbara)) {
		t.Fatal("the doc is no JSON")
	}
	for _, c := range []struct {
		name, filter string
		want         bool
	}{
		{"FLT-02 eq", `externalId eq "AbC701984"`, true},
		{"FLT-02 eq another", `externalId eq "AbC70198"`, false},
		{"FLT-02 eq longer", `externalId eq "AbC7019845"`, false},
		{"FLT-02 eq empty string", `userType eq ""`, true},
		{"FLT-02 eq empty string is not absent", `locale eq ""`, false},
		{"FLT-02 eq binary", `x509Certificates eq "AAEC/w=="`, true},
		{"FLT-02 eq binary has a case", `x509Certificates eq "aaec/W=="`, false},
		{"FLT-03 ne same", `userName ne "bjensen@example.com"`, false},
		{"FLT-03 ne another", `userName ne "x"`, true},
		{"FLT-03 ne absent", `locale ne "x"`, true},
		{"FLT-03 ne absent sub-attribute", `name.middleName ne "x"`, true},
		{"FLT-03 ne absent extension attribute", enterprise + `:costCenter ne "x"`, true},
		{"FLT-03 ne multi-valued, one differs", `emails.type ne "work"`, true},
		{"FLT-03 ne multi-valued, the only one is equal", `x509Certificates.value ne "AAEC/w=="`, false},
		{"FLT-03 ne boolean", `active ne false`, true},
		{"FLT-04 co", `name.familyName co "o'm"`, true},
		{"FLT-04 co whole", `externalId co "AbC701984"`, true},
		{"FLT-04 co empty string", `externalId co ""`, true},
		{"FLT-04 co absent", `locale co ""`, false},
		{"FLT-04 co elsewhere", `externalId co "01989"`, false},
		{"FLT-05 sw", `userName sw "bj"`, true},
		{"FLT-05 sw not at the start", `userName sw "jensen"`, false},
		{"FLT-06 ew", `userName ew "EXAMPLE.COM"`, true},
		{"FLT-06 ew not at the end", `userName ew "example"`, false},
		{"FLT-07 pr", `title pr`, true},
		{"FLT-07 pr absent", `locale pr`, false},
		{"FLT-07 pr empty string", `userType pr`, false},
		{"FLT-07 pr false is a value", `active pr`, true},
		{"FLT-07 pr complex", `name pr`, true},
		{"FLT-07 pr complex absent", `addresses pr`, false},
		{"FLT-07 pr multi-valued", `emails pr`, true},
		{"FLT-07 pr sub-attribute of some value", `emails.primary pr`, true},
		{"FLT-07 pr sub-attribute of no value", `emails.display pr`, false},
		{"FLT-07 pr extension", enterprise + ` pr`, true},
		{"FLT-07 pr complex in an extension", enterprise + `:manager pr`, true},
		{"FLT-08 gt", `externalId gt "AbB"`, true},
		{"FLT-08 gt same", `externalId gt "AbC701984"`, false},
		{"FLT-08 ge same", `externalId ge "AbC701984"`, true},
		{"FLT-08 lt with a case: capitals come first", `externalId lt "a"`, true},
		{"FLT-08 lt without a case", `userName lt "C"`, true},
		{"FLT-08 le prefix", `externalId le "AbC"`, false},
		{"FLT-08 gt absent", `locale gt ""`, false},
		{"FLT-09 eq in another zone", `meta.created eq "2011-05-13T04:42:34+02:00"`, true},
		{"FLT-09 eq without fraction", `meta.created eq "2011-05-13T02:42:34Z"`, true},
		{"FLT-09 eq with other fraction digits", `meta.created eq "2011-05-13T02:42:34.000000000000Z"`, true},
		{"FLT-09 eq without zone", `meta.created eq "2011-05-13T02:42:34"`, true},
		{"FLT-09 ne", `meta.created ne "2011-05-13T02:42:34.0000000001Z"`, true},
		{"FLT-09 gt beyond nanoseconds", `meta.created lt "2011-05-13T02:42:34.0000000000001Z"`, true},
		{"FLT-09 gt in another zone", `meta.lastModified gt "2024-02-01T01:00:00+02:00"`, true},
		{"FLT-09 lt across midnight", `meta.lastModified lt "2024-02-01T00:00:00Z"`, true},
		{"FLT-09 ge", `meta.lastModified ge "2024-01-31T23:59:59.9990Z"`, true},
		{"FLT-09 le", `meta.lastModified le "2024-01-31T23:59:59.998Z"`, false},
		{"FLT-09 stored with a zone", thing + `:hired eq "2011-05-13T02:42:34.50Z"`, true},
		{"FLT-09 one of several", thing + `:days gt "2020-06-01T00:00:00Z"`, true},
		{"FLT-09 begins with", `meta.lastModified sw "2024-01"`, true},
		{"FLT-11 and", `title pr and active eq true`, true},
		{"FLT-11 and, one false", `title pr and active eq false`, false},
		{"FLT-11 or", `locale pr or active eq true`, true},
		{"FLT-11 or, both false", `locale pr or active eq false`, false},
		{"FLT-11 not", `not (locale pr)`, true},
		{"FLT-11 not of a comparison with what is absent", `not (locale eq "x")`, true},
		{"FLT-12 and before or", `title pr or locale pr and active eq false`, true},
		{"FLT-13 or before and", `(title pr or locale pr) and active eq false`, false},
		{"FLT-13 nested", `((locale pr or (title pr)) and not ((active eq false)))`, true},
		{"FLT-14 one value", `emails[type eq "work" and value co "@work"]`, true},
		{"FLT-14 two values", `emails[type eq "work" and value co "@home"]`, false},
		{"FLT-14 the same without a value path", `emails.type eq "work" and emails.value co "@home"`, true},
		{"FLT-14 no values", `phoneNumbers[type eq "work"]`, false},
		{"FLT-14 no values, ne", `phoneNumbers[type ne "work"]`, false},
		{"FLT-15 or", `emails[type eq "other" or type eq "home"]`, true},
		{"FLT-15 not", `emails[not (type pr)]`, true},
		{"FLT-15 null", `emails[type eq null and value sw "untyped"]`, true},
		{"FLT-15 not null", `emails[type ne null and value sw "untyped"]`, false},
		{"FLT-15 ne absent", `emails[type ne "work" and value sw "untyped"]`, true},
		{"FLT-15 among others", `emails[primary eq true] and userName sw "bj" and not (emails[type eq "other"])`, true},
		{"FLT-15 single complex attribute", `name[familyName sw "smith" and givenName sw "b"]`, true},
		{"FLT-15 simple attribute", `schemas[value ew "enterprise:2.0:user"]`, true},
		{"FLT-15 simple attribute, one value for both", thing + `:tags[value sw "r" and value ew "n"]`, false},
		{"FLT-15 simple attribute, not", thing + `:tags[not (value sw "r")]`, true},
		{"FLT-15 several types", thing + `:samples[value gt 1 and taken lt "2020-03-01T00:00:00Z" and ok eq true and note pr]`, true},
		{"FLT-15 Entra ID's form", `emails[type eq "work"].value eq "babs@work.example.com"`, true},
		{"FLT-15 Entra ID's form, two values", `emails[type eq "home"].value eq "babs@work.example.com"`, false},
		{"FLT-16 second value", `emails.value eq "babs@home.example.org"`, true},
		{"FLT-16 sub-attribute that some lack", `emails.type eq "home"`, true},
		{"FLT-16 simple values", thing + `:tags eq "GREEN"`, true},
		{"FLT-16 numbers", thing + `:codes ge 3`, true},
		{"FLT-16 booleans", thing + `:flags eq true`, false},
		{"FLT-16 values inside a single complex attribute", thing + `:box.marks eq "y"`, true},
		{"FLT-17 co", `emails co "HOME.example"`, true},
		{"FLT-17 eq", `emails eq "untyped@example.net"`, true},
		{"FLT-17 numbers", thing + `:samples gt 2`, true},
		{"FLT-18 any case", `USERNAME EQ "bjensen@example.com" AND Not (TITLE Eq "x")`, true},
		{"FLT-19 no case", `userName eq "bjensen@EXAMPLE.com"`, true},
		{"FLT-19 no case beyond ASCII", `name.givenName eq "BÄRBEL"`, true},
		{"FLT-19 case", `externalId eq "abc701984"`, false},
		{"FLT-19 case of a part", `externalId sw "abc"`, false},
		{"FLT-19 case of ids", `id eq "00000000-002A-8A1B-9C3D-0123456789AB"`, false},
		{"FLT-19 case of references", thing + `:home eq "https://example.com/A"`, false},
		{"FLT-20 core URN", UserURN + `:name.familyName sw "smith"`, true},
		{"FLT-21 extension", enterprise + `:employeeNumber eq "701984"`, true},
		{"FLT-21 extension sub-attribute", enterprise + `:manager.value eq "26118915"`, true},
		{"FLT-21 dollar sign", enterprise + `:manager.$ref ew "/26118915"`, true},
		{"FLT-21 extension is not core", thing + `:count pr and ` + enterprise + `:employeeNumber pr`, true},
		{"FLT-22 quotes and backslashes", `displayName eq "babs \"b\" \\ jensen"`, true},
		{"FLT-22 part with a quote", `displayName co "\"B\""`, true},
		{"FLT-22 no part of an escape", thing + `:box.label co "t"`, true},
		{"FLT-22 no part of an escape alone", thing + `:box.label co "Lt"`, false},
		{"FLT-22 tab", thing + `:box.label eq "L\u0009tab"`, true},
		{"FLT-22 surrogate pair", `title ew "\uD83D\uDE00"`, true},
		{"FLT-22 not half a character", `title co "\u00c3"`, false},
		{"FLT-23 syntax inside quotes", `nickName eq "a) and (b or [c]"`, true},
		{"FLT-24 true", `active eq true`, true},
		{"FLT-24 false", `active eq false`, false},
		{"FLT-24 absent is not false", `emails[type eq "home" and primary eq false]`, false},
		{"FLT-25 null", `locale eq null`, true},
		{"FLT-25 null of what is there", `title eq null`, false},
		{"FLT-25 null of an empty string", `userType eq null`, true},
		{"FLT-25 not null", `title ne null`, true},
		{"FLT-25 not null of what is absent", `locale ne null`, false},
		{"FLT-25 null of a complex attribute", `addresses eq null and name ne null`, true},
		{"FLT-25 null of an extension", enterprise + ` ne null`, true},
		{"FLT-29 none", `userName eq "none"`, false},
		{"FLT-30 schemas", `schemas eq "` + enterprise + `"`, true},
		{"FLT-30 another schema", `schemas eq "urn:nosuch"`, false},
		{"FLT-31 resourceType", `meta.resourceType eq "User"`, true},
		{"FLT-31 version", `meta.version eq "W/\"3\""`, true},
		{"FLT-31 location without base", `meta.location eq "/Users/00000000-002a-8a1b-9c3d-0123456789ab"`, true},
		{"FLT-31 location as on the wire", `meta.location eq "https://example.com/scim/v2/Users/00000000-002a-8a1b-9c3d-0123456789ab"`, true},
		{"FLT-31 location of another", `meta.location eq "https://example.com/scim/v2/Users/x"`, false},
		{"FLT-31 location ne", `meta.location ne "https://example.com/scim/v2/Users/00000000-002a-8a1b-9c3d-0123456789ab"`, false},
		{"FLT-31 location ends with", `meta.location ew "0123456789ab"`, true},
		{"FLT-33 percent sign", `title co "%"`, false},
		{"FLT-33 expression", `title sw ".*"`, false},
		{"FLT-33 SQL", `userName eq "' OR 1=1"`, false},
		{"FLT-37 apostrophe", `name.familyName co "O'M"`, true},
		{"numbers: beyond a float's precision", thing + `:count eq 9007199254740993`, true},
		{"numbers: its float neighbour", thing + `:count eq 9007199254740992`, false},
		{"numbers: gt its float neighbour", thing + `:count gt 9007199254740992`, true},
		{"numbers: other spelling", thing + `:weight eq -150`, true},
		{"numbers: negative", thing + `:weight lt -149.99`, true},
		{"numbers: exponent", thing + `:box.size eq 1e-1`, true},
		{"numbers: huge exponent", thing + `:count lt 1e999999999999999999999`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := bind(t, rt, c.filter)
			if got := f.Match([]byte(barbara)); got != c.want {
				t.Errorf("Match\n%s\nhave %v\nwant %v", f, got, c.want)
			}
			x, _ := ParseFilter(c.filter)
			if got := naive(t, rt, x, decoded(t, barbara)); got != c.want {
				t.Errorf("the reference evaluator\n%s\nhave %v\nwant %v", f, got, c.want)
			}
			if got := bind(t, rt, f.String()).Match([]byte(barbara)); got != c.want {
				t.Errorf("the canonical form %s\nhave %v\nwant %v", f, got, c.want)
			}
		})
	}
}

func TestCompileElement(t *testing.T) {
	rt := thingType(t)
	for _, c := range []struct {
		name          string
		attr, element string
		filter        string
		want          bool
	}{
		{"object", "emails", `{"value":"a@b","type":"work"}`, `type eq "WORK" and value sw "a"`, true},
		{"object, other", "emails", `{"value":"a@b","type":"home"}`, `type eq "work"`, false},
		{"empty object", "emails", `{}`, `type pr`, false},
		{"empty object, not", "emails", `{}`, `not (type pr)`, true},
		{"string", "schemas", `"urn:a"`, `value eq "urn:a"`, true},
		{"string with escapes", thing + ":tags", `"a\"b"`, `value ew "\"B"`, true},
		{"number", thing + ":codes", `12`, `value ge 12 and value lt 13`, true},
		{"boolean", thing + ":flags", `false`, `value eq false`, true},
		{"dateTime", thing + ":days", `"2020-01-01T00:00:00Z"`, `value le "2020-01-01T01:00:00+01:00"`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ParsePath(c.attr)
			if err != nil {
				t.Fatal(err)
			}
			r, ok := rt.Resolve(p.URN, p.Attr, p.Sub)
			if !ok {
				t.Fatalf("no attribute %s", c.attr)
			}
			x, err := ParseFilter(c.filter)
			if err != nil {
				t.Fatal(err)
			}
			f, err := compileElement(r.Attr, x)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Match([]byte(c.element)); got != c.want {
				t.Errorf("%s of %s: %v", c.filter, c.element, got)
			}
		})
	}
}

// TestMatchOrder shows that a matcher relies on no order of members.
func TestMatchOrder(t *testing.T) {
	rt := thingType(t)
	f := bind(t, rt, `userName eq "x" and emails[type eq "work" and value eq "y"] and meta.resourceType eq "User" and active eq true`)
	members := []string{`"userName":"X"`, `"emails":[{"type":"work","value":"y"}]`, `"meta":{"resourceType":"User"}`, `"active":true`, `"x\"y":[{"userName":"z"}]`}
	for i := range members {
		for j := range members {
			members[i], members[j] = members[j], members[i]
			doc := `{` + members[0] + `,` + members[1] + `,` + members[2] + `,` + members[3] + `,` + members[4] + `}`
			if !f.Match([]byte(doc)) {
				t.Errorf("no match in %s", doc)
			}
		}
	}
}

// TestMatchWide binds a filter to more members than fit on the stack.
func TestMatchWide(t *testing.T) {
	rt := thingType(t)
	var x And
	for _, a := range rt.Schema.Attributes {
		if a.Returned != "never" {
			x.Terms = append(x.Terms, &Or{[]Expr{&Present{Path{Attr: a.Name}}, &Not{&Present{Path{Attr: a.Name}}}}})
		}
	}
	x.Terms = append(x.Terms, &Present{Path{Attr: "meta"}})
	f, err := rt.Compile(&x)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.wanted) <= commonWanted {
		t.Fatalf("only %d members", len(f.wanted))
	}
	if !f.Match([]byte(barbara)) {
		t.Error("no match")
	}
}

// TestMatchLarge evaluates the longest chain that the parser accepts.
func TestMatchLarge(t *testing.T) {
	rt := thingType(t)
	for _, op := range []string{"and", "or"} {
		var filter strings.Builder
		filter.WriteString(`title eq "x"`)
		for i := range maxConditions - 1 {
			fmt.Fprintf(&filter, " %s title ne \"%d\"", op, i)
		}
		if f := bind(t, rt, filter.String()); f.Match([]byte(barbara)) != (op == "or") {
			t.Errorf("a chain of %q", op)
		}
	}
}

// TestMatchDamaged: whatever the bytes, Match ends and does not panic.
func TestMatchDamaged(t *testing.T) {
	rt := thingType(t)
	var filters []*Filter
	for _, s := range []string{`userName eq "x"`, `emails[type eq "work" and value co "x"]`, `meta.created gt "2020-01-01T00:00:00Z"`, `active eq true`, thing + `:samples gt 1`, enterprise + ` pr`} {
		filters = append(filters, bind(t, rt, s))
	}
	for i := range barbara {
		for _, f := range filters {
			f.Match([]byte(barbara[:i]))
			f.Match([]byte(barbara[i:]))
			f.Match([]byte(barbara[:i] + `"` + barbara[i:]))
			f.Match([]byte(barbara[:i] + `]` + barbara[i:]))
		}
	}
}

func TestMatchAllocates(t *testing.T) {
	rt := thingType(t)
	doc := []byte(barbara)
	for _, filter := range []string{
		`name.familyName co "smi" and active eq true`,
		`userName eq "bjensen@example.com"`,
		`displayName eq "Babs \"B\" \\ Jensen"`,
		`title sw "grö"`,
		`emails[type eq "home" and value ew ".org"]`,
		`meta.lastModified gt "2020-01-01T00:00:00Z"`,
		thing + `:count gt 12`,
	} {
		f := bind(t, rt, filter)
		if n := testing.AllocsPerRun(100, func() { f.Match(doc) }); n != 0 {
			t.Errorf("%s: %v allocations", filter, n)
		}
	}
}

func BenchmarkMatchScan(b *testing.B) {
	// A user as Okta makes it, 713 bytes.
	doc := []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
		`"id":"00000000-002a-8a1b-9c3d-0123456789ab","externalId":"00u1abcd2EFGHIJKL3x7","userName":"barbara.jensen@example.com",` +
		`"name":{"familyName":"Smithers","givenName":"Barbara"},"displayName":"Barbara Smithers","locale":"en-US","active":true,` +
		`"emails":[{"value":"barbara.jensen@example.com","type":"work","primary":true}],` +
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984"},` +
		`"meta":{"resourceType":"User","created":"2026-01-31T12:00:00.000Z","lastModified":"2026-01-31T12:00:00.000Z","version":"W/\"1\"","location":"/Users/00000000-002a-8a1b-9c3d-0123456789ab"}}`)
	rt := NewCatalog(false).Type("User")
	for _, c := range []struct {
		name, filter string
		want         bool
	}{
		{"name and active", `name.familyName co "smi" and active eq true`, true},
		{"userName", `userName sw "x"`, false},
		{"value path", `emails[type eq "work" and value co "jensen"]`, true},
		{"last member", `meta.lastModified gt "2026-01-01T00:00:00Z"`, true},
		{"absent", `nickName pr`, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := bind(b, rt, c.filter)
			b.ReportAllocs()
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if f.Match(doc) != c.want {
					b.Fatal("wrong answer")
				}
			}
		})
	}
}

// TestMatchStored goes the whole way of a resource: body, draft, doc, match.
func TestMatchStored(t *testing.T) {
	rt := NewCatalog(false).Type("User")
	body, err := Decode([]byte(`{"schemas":["`+UserURN+`","`+EnterpriseURN+`"],"USERNAME":"Bärbel","Name":{"familyname":"O\"Brien\\"},`+
		`"emails":[{"type":"work","value":"b@example.com"}],"`+EnterpriseURN+`":{"department":"R\u0026D"},"password":"Secret"}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := rt.Read(body, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	doc := rt.AppendDoc(nil, "00000000-0001-8000-8000-000000000000", d, Meta{Created: at, Modified: at, Version: 1})
	for filter, want := range map[string]bool{
		`userName eq "BÄRBEL"`:                                                    true,
		`name.familyName ew "\"brien\\"`:                                          true,
		`emails[type eq "work" and value sw "b@"]`:                                true,
		EnterpriseURN + `:department eq "r&d"`:                                    true,
		`schemas eq "` + EnterpriseURN + `"`:                                      true,
		`id eq "00000000-0001-8000-8000-000000000000"`:                            true,
		`meta.created eq "2026-01-31T13:00:00+01:00"`:                             true,
		`meta.version eq "W/\"1\""`:                                               true,
		`meta.location eq "https://x/Users/00000000-0001-8000-8000-000000000000"`: true,
		`meta.resourceType ne "User"`:                                             false,
		`active pr`:                                                               false,
	} {
		if got := bind(t, rt, filter).Match(doc); got != want {
			t.Errorf("%s\nhave %v\nwant %v\nin %s", filter, got, want, doc)
		}
	}
	if bytes.Contains(doc, []byte("Secret")) {
		t.Error("the password is stored")
	}
}
