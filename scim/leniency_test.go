package scim

import (
	"slices"
	"strings"
	"testing"
)

// Fixtures are what clients put on the wire, one row each: a body for POST or
// PUT, operations of a PATCH, or a filter.
type fixture struct {
	leniency, client string
	group            bool
	body             string // without schemas unless it names them
	ops              string
	filter           string
	refused          string // the error under Strict
}

var triggers = []fixture{
	{leniency: "op-case", client: "Entra", ops: `{"op":"Replace","path":"title","value":"x"}`, refused: `invalidSyntax: operation 1: op: want "add", "remove" or "replace" in lower case, got "Replace" (RFC 7644 §3.5.2)`},
	{leniency: "op-case", client: "Entra", group: true, ops: `{"op":"Add","path":"members","value":[{"$ref":null,"value":"a"}]}`, refused: `invalidSyntax`},
	{leniency: "boolean-string", client: "Entra", ops: `{"op":"replace","path":"active","value":"False"}`, refused: `invalidValue: operation 1: active: want a boolean, got "False" (RFC 7643 §2.3.2)`},
	{leniency: "boolean-string", client: "Keycloak", body: `{"userName":"a","active":"false"}`, refused: `invalidValue: active: want a boolean`},
	{leniency: "boolean-string", client: "Entra", body: `{"userName":"a","emails":[{"value":"x","primary":"True"}]}`, refused: `invalidValue: emails[0].primary: want a boolean`},
	{leniency: "filter-boolean-string", client: "Entra", ops: `{"op":"add","path":"roles[primary eq \"True\"].value","value":"Admin"}`, refused: `invalidFilter: operation 1: path: the filter compares a boolean with "True"`},
	{leniency: "filter-boolean-string", client: "Entra", ops: `{"op":"replace","path":"emails[not (primary eq \"false\") or type eq \"x\"].display","value":"x"}`, refused: `invalidFilter`},
	{leniency: "value-path-condition", client: "Entra", filter: `emails[type eq "work"].value eq "x"`, refused: `invalidFilter: filter: no condition can follow "emails[type eq \"work\"]"`},
	{leniency: "dotted-key", client: "Entra", ops: `{"op":"replace","value":{"name.givenName":"x"}}`, refused: `invalidSyntax: operation 1: value: "name.givenName" is no attribute: nest`},
	{leniency: "dotted-key", client: "Entra", ops: `{"op":"replace","value":{"` + EnterpriseURN + `":{"manager.value":"x"}}}`, refused: `invalidSyntax: operation 1: value: "manager.value"`},
	{leniency: "urn-key", client: "Entra", ops: `{"op":"replace","value":{"` + EnterpriseURN + `:employeeNumber":"7"}}`, refused: `invalidSyntax: operation 1: value: "urn:`},
	{leniency: "urn-key", client: "hand-written", ops: `{"op":"replace","value":{"` + UserURN + `":{"title":"x"}}}`, refused: `invalidSyntax`},
	{leniency: "filter-key", client: "Entra", ops: `{"op":"replace","value":{"emails[type eq \"work\"].value":"x"}}`, refused: `invalidSyntax`},
	{leniency: "remove-value", client: "Entra, JumpCloud", group: true, ops: `{"op":"remove","path":"members","value":[{"$ref":null,"value":"a"}]}`, refused: `invalidValue: operation 1: members: remove takes no value, got an array: name what to remove in the path`},
	{leniency: "entra-group-schema", client: "Entra", group: true, body: `{"schemas":["` + GroupURN + `","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"displayName":"g"}`, refused: `invalidSyntax: schemas: the schema "http:`},
	{leniency: "unknown-schema", client: "hand-written", body: `{"schemas":["` + UserURN + `","urn:x:y"],"userName":"a"}`, refused: `invalidSyntax: schemas: the schema "urn:x:y" is unknown here`},
	{leniency: "old-schema", client: "OneLogin", body: `{"schemas":["urn:scim:schemas:core:2.0"],"userName":"a"}`, refused: `invalidSyntax: schemas: the schema "urn:scim:schemas:core:2.0" is of an older SCIM`},
	{leniency: "old-schema", client: "OneLogin", body: `{"schemas":["urn:scim:schemas:core:1.0"],"userName":"a"}`, refused: `invalidSyntax`},
	{leniency: "old-schema", client: "SCIM 1.1", body: `{"schemas":["` + UserURN + `","urn:scim:schemas:extension:enterprise:1.0"],"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`, refused: `invalidSyntax`},
	{leniency: "undeclared-extension", client: "hand-written", body: `{"schemas":["` + UserURN + `"],"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`, refused: `invalidValue: schemas: urn:`},
	{leniency: "lone-object", client: "OneLogin", body: `{"userName":"a","emails":{"value":"a@x","primary":true}}`, refused: `invalidValue: emails: want an array, got a lone object (RFC 7643 §2.4)`},
	{leniency: "array-of-one", client: "Entra", ops: `{"op":"replace","path":"` + EnterpriseURN + `:manager","value":[{"value":"m"}]}`, refused: `invalidValue: operation 1: ` + EnterpriseURN + `:manager: want an object, got an array`},
	{leniency: "complex-string", client: "Entra", ops: `{"op":"add","path":"` + EnterpriseURN + `:manager","value":"m"}`, refused: `invalidValue`},
	{leniency: "read-only-echo", client: "echo", ops: `{"op":"replace","value":{"title":"x","groups":[]}}`, refused: `mutability: operation 1: value: groups is readOnly (RFC 7644 §3.5.2)`},
	{leniency: "read-only-echo", client: "echo", ops: `{"op":"replace","value":{"meta":{"version":"x"}}}`, refused: `mutability`},
	{leniency: "read-only-echo", client: "echo", ops: `{"op":"replace","path":"` + EnterpriseURN + `:manager","value":{"value":"m","displayName":"M"}}`, refused: `mutability`},
}

// What looks like a leniency but is none: a conforming request, which must mean
// the same in every mode, or a mistake that no mode takes.
var nearMisses = []fixture{
	{leniency: "op-case", client: "Okta", ops: `{"op":"replace","path":"title","value":"x"}`},
	{leniency: "op-case", client: "typo", ops: `{"op":"Replaced","path":"title","value":"x"}`, refused: `invalidSyntax: operation 1: op: want "add", "remove" or "replace", got "Replaced"`},
	{leniency: "boolean-string", client: "JumpCloud", ops: `{"op":"replace","path":"active","value":false}`},
	{leniency: "boolean-string", client: "a text that says true", ops: `{"op":"replace","path":"title","value":"True"}`},
	{leniency: "boolean-string", client: "no boolean", ops: `{"op":"replace","path":"active","value":"yes"}`, refused: `invalidValue: operation 1: active: want a boolean, got "yes"`},
	{leniency: "filter-boolean-string", client: "conforming", ops: `{"op":"add","path":"emails[primary eq true].display","value":"x"}`},
	{leniency: "filter-boolean-string", client: "a text that says true", ops: `{"op":"replace","path":"emails[value eq \"w@x\" or type eq \"True\"].display","value":"x"}`},
	{leniency: "filter-boolean-string", client: "no boolean", ops: `{"op":"add","path":"roles[primary eq \"yes\"].value","value":"x"}`, refused: `invalidFilter`},
	{leniency: "filter-boolean-string", client: "a list's filter", filter: `active eq "True"`, refused: `invalidFilter`},
	{leniency: "value-path-condition", client: "conforming", filter: `emails[type eq "work" and value eq "x"]`},
	{leniency: "value-path-condition", client: "inside a text", filter: `title eq "emails[type eq \"work\"].value"`},
	{leniency: "dotted-key", client: "conforming", ops: `{"op":"replace","value":{"name":{"givenName":"x"}}}`},
	{leniency: "dotted-key", client: "a path", ops: `{"op":"replace","path":"name.givenName","value":"x"}`},
	{leniency: "urn-key", client: "conforming", ops: `{"op":"replace","value":{"` + EnterpriseURN + `":{"employeeNumber":"7"}}}`},
	{leniency: "urn-key", client: "a path", ops: `{"op":"replace","path":"` + EnterpriseURN + `:employeeNumber","value":"7"}`},
	{leniency: "filter-key", client: "a path", ops: `{"op":"replace","path":"emails[type eq \"work\"].value","value":"x"}`},
	{leniency: "remove-value", client: "Okta", group: true, ops: `{"op":"remove","path":"members[value eq \"a\"]"}`},
	{leniency: "remove-value", client: "all of them", group: true, ops: `{"op":"remove","path":"members"}`},
	{leniency: "remove-value", client: "null is none", group: true, ops: `{"op":"remove","path":"members","value":null}`},
	{leniency: "entra-group-schema", client: "conforming", group: true, body: `{"schemas":["` + GroupURN + `"],"displayName":"g"}`},
	{leniency: "entra-group-schema", client: "alone", group: true, body: `{"schemas":["http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"displayName":"g"}`, refused: `in: schemas: `},
	{leniency: "unknown-schema", client: "Okta", body: `{"schemas":["` + EnterpriseURN + `","` + UserURN + `"],"userName":"a"}`},
	{leniency: "unknown-schema", client: "CRE-11 a Group", body: `{"schemas":["` + GroupURN + `"],"userName":"a"}`, refused: `in: schemas: `},
	{leniency: "old-schema", client: "conforming", body: `{"schemas":["` + strings.ToUpper(UserURN) + `"],"userName":"a"}`},
	{leniency: "old-schema", client: "never was", body: `{"schemas":["urn:scim:schemas:core:3.0"],"userName":"a"}`, refused: `in: schemas: `},
	{leniency: "undeclared-extension", client: "Entra", body: `{"schemas":["` + UserURN + `","` + EnterpriseURN + `"],"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`},
	{leniency: "undeclared-extension", client: "nothing in it", body: `{"schemas":["` + UserURN + `"],"userName":"a","` + EnterpriseURN + `":{}}`},
	{leniency: "lone-object", client: "conforming", body: `{"userName":"a","emails":[{"value":"a@x"}]}`},
	{leniency: "lone-object", client: "ADD-15", ops: `{"op":"add","path":"emails","value":{"value":"a@x"}}`},
	{leniency: "lone-object", client: "TYP-04 a lone string", body: `{"userName":"a","emails":"a@x"}`, refused: `invalidValue: emails: want an array, got "a@x"`},
	{leniency: "array-of-one", client: "conforming", ops: `{"op":"replace","path":"` + EnterpriseURN + `:manager","value":{"value":"m"}}`},
	{leniency: "array-of-one", client: "of two", ops: `{"op":"replace","path":"` + EnterpriseURN + `:manager","value":[{"value":"m"},{"value":"n"}]}`, refused: `invalidValue`},
	{leniency: "complex-string", client: "conforming", ops: `{"op":"add","path":"` + EnterpriseURN + `:manager.value","value":"m"}`},
	{leniency: "complex-string", client: "no value in it", ops: `{"op":"add","path":"name","value":"m"}`, refused: `invalidValue: operation 1: name: want an object`},
	{leniency: "read-only-echo", client: "Okta, REP-13", group: true, ops: `{"op":"replace","value":{"id":"1","displayName":"x"}}`},
	{leniency: "read-only-echo", client: "PUT-05", body: `{"id":"1","userName":"a","meta":{"version":"x"}}`},
	{leniency: "read-only-echo", client: "PAT-13 a path", ops: `{"op":"replace","path":"groups","value":[]}`, refused: `mutability: operation 1: path "groups": groups is readOnly`},
	{client: "Entra, Okta: null is no value (RFC 7643 §2.5)", group: true, ops: `{"op":"add","path":"members","value":[{"$ref":null,"value":"a"}]}`},
	{client: "Google", body: `{"userName":"a@x","name":{"givenName":"A","familyName":"B"},"active":true,"emails":[{"value":"a@x","type":"work","primary":true}]}`},
	{client: "JumpCloud", group: true, ops: `{"op":"add","path":"members","value":[{"value":"a"}]}`},
}

// run reads a fixture and gives its result as text.
func (x fixture) run(t *testing.T, p Policy) (result string, notes []Note, err error) {
	t.Helper()
	rt, state := userType, patched
	if x.group {
		rt, state = groupType, `{"displayName":"g","members":[{"value":"a"},{"value":"b"}]}`
	}
	switch {
	case x.filter != "":
		var f *Filter
		if f, notes, err = rt.ReadFilter(x.filter, p); err == nil {
			result = f.String()
		}
	case x.ops != "":
		var patch *Patch
		if patch, notes, err = readOps(t, rt, x.ops, p); err == nil {
			var out Draft
			out, _, err = patch.Apply(Draft{mustDecode(t, state)})
			result = out.Attributes.String()
		}
	default:
		body := x.body
		if !strings.Contains(body, `"schemas"`) {
			body = withSchemas(rt, body)
		}
		var d Draft
		d, notes, err = rt.Read(mustDecode(t, body), p)
		result = d.Attributes.String()
	}
	return result, notes, err
}

func (x fixture) name() string { return x.leniency + " " + x.client }

func TestLeniencies(t *testing.T) {
	triggered := make(map[string]bool)
	for _, x := range triggers {
		t.Run(x.name(), func(t *testing.T) {
			triggered[x.leniency] = true
			_, notes, err := x.run(t, Policy{})
			if err != nil {
				t.Fatalf("lenient: %v", err)
			}
			noted := false
			for _, n := range notes {
				noted = noted || strings.HasSuffix(string(n), " ["+x.leniency+"]")
			}
			if !noted {
				t.Errorf("have notes %q", notes)
			}
			_, _, err = x.run(t, Policy{Mode: Strict})
			checkError(t, err, x.refused)
			if _, _, err = x.run(t, Policy{Mode: Interop}); err == nil {
				t.Error("taken under Interop")
			}
		})
	}
	missed := make(map[string]bool)
	for _, x := range nearMisses {
		t.Run("not "+x.name(), func(t *testing.T) {
			missed[x.leniency] = true
			lenient, notes, err := x.run(t, Policy{})
			for _, n := range notes {
				if strings.HasSuffix(string(n), "]") && x.refused == "" {
					t.Errorf("noted as a leniency: %s", n)
				}
			}
			strict, _, strictErr := x.run(t, Policy{Mode: Strict})
			if x.refused == "" {
				if err != nil || strictErr != nil || lenient != strict {
					t.Errorf("lenient: %s %v\nstrict:  %s %v", lenient, err, strict, strictErr)
				}
				return
			}
			for _, err := range []error{err, strictErr} {
				if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(x.refused, "in: ")) {
					t.Errorf("have %v\nwant %s", err, x.refused)
				}
			}
		})
	}
	seen := make(map[string]bool)
	for _, l := range Leniencies() {
		if !triggered[l.ID] || !missed[l.ID] {
			t.Errorf("%s: triggered %v, missed %v", l.ID, triggered[l.ID], missed[l.ID])
		}
		if seen[l.ID] || l.Clients == "" || l.What == "" || !strings.HasPrefix(l.Section, "RFC 764") || l.Type == "" {
			t.Errorf("the row is not whole: %+v", l)
		}
		seen[l.ID] = true
	}
}

// A leniency must not change what a conforming request means: every PATCH of
// the tables that has no note has the same result when strict.
func TestStrictTakesWhatConforms(t *testing.T) {
	for _, c := range patches {
		p, notes, err := readOps(t, userType, c.ops, Policy{})
		if err != nil || len(notes) > 0 {
			continue
		}
		q, _, err := readOps(t, userType, c.ops, Policy{Mode: Strict})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		d := Draft{mustDecode(t, patched)}
		lenient, _, err := p.Apply(d)
		if err != nil {
			t.Fatal(err)
		}
		if strict, _, err := q.Apply(d); err != nil {
			checkError(t, err, "noTarget") // an add that matches nothing
		} else if !strict.Attributes.Equal(lenient.Attributes) {
			t.Errorf("%s\nlenient %v\nstrict  %v", c.name, lenient.Attributes, strict.Attributes)
		}
	}
	for _, c := range readable {
		_, notes, err := userType.Read(mustDecode(t, withSchemas(userType, c.body)), Policy{})
		if err != nil || len(notes) > 0 {
			continue
		}
		if _, _, err := userType.Read(mustDecode(t, withSchemas(userType, c.body)), Policy{Mode: Strict}); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// FuzzStrict: what Strict takes, Lenient takes for the same; and what Lenient
// takes without naming a leniency, Strict takes.
func FuzzStrict(f *testing.F) {
	for _, x := range slices.Concat(triggers, nearMisses) {
		if x.ops != "" {
			f.Add(x.ops)
		}
	}
	for _, c := range patches {
		f.Add(c.ops)
	}
	f.Fuzz(func(t *testing.T, ops string) {
		body, err := Decode([]byte(`{"schemas":["`+PatchURN+`"],"Operations":[`+ops+`]}`), Limits{})
		if err != nil {
			return
		}
		lenient, notes, lenientErr := userType.ReadPatch(body, Policy{})
		strict, _, strictErr := userType.ReadPatch(body, Policy{Mode: Strict})
		used := slices.ContainsFunc(notes, func(n Note) bool { return strings.HasSuffix(string(n), "]") }) || len(notes) > maxNotes
		switch {
		case strictErr != nil && lenientErr == nil && !used:
			t.Fatalf("strict alone refuses: %v", strictErr)
		case strictErr != nil:
			return
		case lenientErr != nil || used:
			t.Fatalf("lenient: %v, notes %q; strict takes it", lenientErr, notes)
		}
		d := Draft{mustDecode(t, patched)}
		b, _, err := strict.Apply(d)
		if err != nil {
			return
		}
		if a, _, err := lenient.Apply(d); err != nil || !a.Attributes.Equal(b.Attributes) {
			t.Errorf("lenient %v, %v\nstrict  %v", a.Attributes, err, b.Attributes)
		}
	})
}

func TestInterop(t *testing.T) {
	interop := Policy{Mode: Interop, Unknown: Keep} // Keep does not help
	for _, c := range []struct {
		name, ops, want string // want: changes as in patches, or an error
	}{
		{"IP-15 unknown attribute", `{"op":"add","path":"nosuch","value":"x"}`, `invalidSyntax: operation 1: path "nosuch": User has no attribute`},
		{"IP-15 unknown sub-attribute", `{"op":"add","path":"name","value":{"nosuch":"x"}}`, `invalidSyntax: operation 1: unknown attribute "name.nosuch"`},
		{"IP-17 type that is not listed", `{"op":"add","path":"emails","value":[{"value":"x","type":"private"}]}`, `invalidValue: operation 1: emails[0].type: want one of work home other, got "private"`},
		{"IP-17 type in another case", `{"op":"add","path":"emails[type eq \"work\"].type","value":"WORK"}`, `"type":"work" => "type":"WORK"`},
		{"IP-37 no path", `{"op":"replace","value":{"active":false}}`, `invalidSyntax: operation 1: replace needs a path`},
		{"IP-37 remove without path", `{"op":"remove"}`, `invalidSyntax: operation 1: remove needs a path`},
		{"IP-39 add", `{"op":"add","path":"active","value":false}`, `"active":true => "active":false`},
		{"IP-39 replace", `{"op":"replace","path":"active","value":false}`, `"active":true => "active":false`},
		{"IP-42 replace of a whole", `{"op":"replace","path":"name","value":{"familyName":"N"}}`, `{"familyName":"Doe","givenName":"Jane"} => {"familyName":"N"}`},
		{"IP-44 add merges", `{"op":"add","path":"name","value":{"familyName":"N"}}`, `"Doe" => "N"`},
		{"IP-46 replace", `{"op":"replace","path":"emails","value":[{"value":"n@x"}]}`, `{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home"} => {"value":"n@x"}`},
		{"IP-47 add", `{"op":"add","path":"emails","value":[{"value":"n@x"}]}`, `"type":"home"} => "type":"home"},{"value":"n@x"}`},
		{"IP-48 value path and sub-attribute", `{"op":"replace","path":"emails[type eq \"work\"].value","value":"n@x"}`, `w@x => n@x`},
		{"IP-50 value path alone", `{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"n@x"}}`, `invalidPath: operation 1: path "emails[type eq \"work\"]": a sub-attribute is missing after ]`},
		{"remove by value path: the profile has no other form", `{"op":"remove","path":"emails[type eq \"home\"]"}`, `,{"value":"h@x","type":"home"} => `},
		{"noTarget for an add that matches nothing", `{"op":"add","path":"emails[type eq \"other\"].value","value":"x"}`, `noTarget`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out Draft
			p, _, err := readOps(t, userType, c.ops, interop)
			if err == nil {
				out, _, err = p.Apply(Draft{mustDecode(t, patched)})
			}
			if err != nil {
				checkError(t, err, c.want)
			} else if have, want := out.Attributes.String(), changeText(t, patched, c.want); have != want {
				t.Errorf("have %s\nwant %s", have, want)
			}
		})
	}
	for _, c := range []struct{ name, body, want string }{
		{"IP-14 unknown attribute", withSchemas(userType, `{"userName":"a","nosuch":1}`), `invalidSyntax: unknown attribute "nosuch"`},
		{"IP-14 unknown schema", `{"schemas":["` + UserURN + `","urn:x:y"],"userName":"a"}`, `invalidSyntax: schemas: the schema "urn:x:y"`},
		{"IP-17", withSchemas(userType, `{"userName":"a","emails":[{"value":"x","type":"private"}]}`), `invalidValue: emails[0].type`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := userType.Read(mustDecode(t, c.body), interop)
			checkError(t, err, c.want)
		})
	}
	t.Run("IP-28", func(t *testing.T) {
		_, _, err := userType.ReadFilter(`nosuch eq "x"`, interop)
		checkError(t, err, "invalidFilter")
	})
	t.Run("IP-16", func(t *testing.T) {
		c, err := NewCatalogWith(CatalogOptions{Groups: true, Interop: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, rt := range c.Types {
			rt.each(func(r Resolved) {
				if r.Attr.Multi && r.Sub != nil && r.Sub.Name == "type" && len(r.Sub.Canonical) == 0 {
					t.Errorf("%v lists no types", r)
				}
			})
		}
		if len(userType.Schema.Attribute("roles").SubAttribute("type").Canonical) != 0 {
			t.Error("the catalog of the RFC was changed")
		}
	})
	t.Run("IP-02", func(t *testing.T) {
		for _, claims := range []bool{false, true} {
			v := mustDecode(t, string(catalog.ConfigDoc(base, Features{Interop: claims})))
			if v.Get("interopProfileConformant").True() != claims {
				t.Errorf("%v: have %v", claims, v)
			}
		}
	})
	t.Run("IP-09", func(t *testing.T) {
		for _, rt := range catalog.Types {
			if v := mustDecode(t, string(catalog.TypeDoc(base, rt))); v.Get("id").Text() != v.Get("name").Text() {
				t.Errorf("have %v", v)
			}
		}
	})
	t.Run("IP-11 IP-12 IP-13 case rules", func(t *testing.T) {
		doc := []byte(`{"id":"a","externalId":"a","userName":"a"}`)
		for filter, want := range map[string]bool{`id eq "A"`: false, `externalId eq "A"`: false, `userName eq "A"`: true} {
			if bind(t, userType, filter).Match(doc) != want {
				t.Errorf("%s: have %v", filter, !want)
			}
		}
	})
}
