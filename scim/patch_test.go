package scim

import (
	"strings"
	"testing"
)

// patched is the user that the PATCH tables change.
const patched = `{"externalId":"E","userName":"jane","name":{"familyName":"Doe","givenName":"Jane"},"title":"T","active":true,` +
	`"emails":[{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home"}],` +
	`"` + EnterpriseURN + `":{"costCenter":"1","department":"D"}}`

// ent begins the path of an attribute of the enterprise extension.
const ent = EnterpriseURN + ":"

var patches = []struct {
	name, ops string
	changes   string // old text => new text, in patched; several with " ; "; "" for no change
	notes     []string
}{
	{"Okta deactivates", `{"op":"replace","value":{"active":false}}`, `"active":true => "active":false`, nil},
	{"REP-01 no path", `{"op":"replace","value":{"title":"N"}}`, `"title":"T" => "title":"N"`, nil},
	{"REP-02 several", `{"op":"replace","value":{"title":"N","active":false}}`, `"title":"T","active":true => "title":"N","active":false`, nil},
	{"REP-03 replaced", `{"op":"replace","path":"title","value":"N"}`, `"title":"T" => "title":"N"`, nil},
	{"REP-03 unassigned", `{"op":"replace","path":"nickName","value":"N"}`, `"title" => "nickName":"N","title"`, nil},
	{"REP-04 multi-valued", `{"op":"replace","path":"emails","value":[{"value":"n@x"}]}`, `{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home"} => {"value":"n@x"}`, nil},
	{"REP-05 complex merges", `{"op":"replace","path":"name","value":{"familyName":"N"}}`, `"Doe" => "N"`, nil},
	{"REP-05 null in a complex value", `{"op":"replace","path":"name","value":{"familyName":null,"middleName":"M"}}`, `"familyName":"Doe","givenName":"Jane" => "givenName":"Jane","middleName":"M"`, nil},
	{"REP-06 value path", `{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"n@x","type":"work"}}`, `w@x => n@x`, nil},
	{"REP-06 value path that changes what it asks", `{"op":"replace","path":"emails[type eq \"work\"]","value":{"type":"other","value":"n@x"}}`, `"w@x","type":"work" => "n@x","type":"other"`, nil},
	{"REP-07 value path and sub-attribute", `{"op":"replace","path":"emails[type eq \"work\"].value","value":"n@x"}`, `w@x => n@x`, nil},
	{"REP-07 all that match", `{"op":"replace","path":"emails[value pr].display","value":"D"}`, `"w@x", => "w@x","display":"D", ; "h@x", => "h@x","display":"D",`, nil},
	{"REP-09 primary moves", `{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}`, `"primary":true => "primary":false ; "type":"home" => "type":"home","primary":true`, nil},
	{"REP-10 null", `{"op":"replace","path":"title","value":null}`, `"title":"T", => `, nil},
	{"REP-10 null without path", `{"op":"replace","value":{"title":null,"emails":[]}}`, `"title":"T", =>  ; "emails":[{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home"}], => `, nil},
	{"REP-10 null by value path", `{"op":"replace","path":"emails[type eq \"home\"]","value":null}`, `,{"value":"h@x","type":"home"} => `, nil},
	{"REP-12 extension", `{"op":"replace","path":"` + ent + `department","value":"N"}`, `"D" => "N"`, nil},
	{"REP-12 manager.value", `{"op":"replace","path":"` + ent + `manager.value","value":"m"}`, `"department":"D" => "department":"D","manager":{"value":"m"}`, nil},
	{"REP-13 own id", `{"op":"replace","value":{"id":"` + someID + `","displayName":"N"}}`, `"title" => "displayName":"N","title"`, nil},
	{"REP-15 complex without path merges", `{"op":"replace","value":{"name":{"givenName":"N"}}}`, `"Jane" => "N"`, nil},
	{"REP-16 the same value", `{"op":"replace","path":"title","value":"T"}`, ``, nil},
	{"REP-18 boolean", `{"op":"replace","path":"active","value":false}`, `true,"emails" => false,"emails"`, nil},
	{"REP-19 extension without path merges", `{"op":"replace","value":{"` + EnterpriseURN + `":{"department":"N"}}}`, `"D" => "N"`, nil},
	{"replace of all values of a sub-attribute", `{"op":"replace","path":"emails.display","value":"D"}`, `"w@x", => "w@x","display":"D", ; "h@x", => "h@x","display":"D",`, nil},

	{"ADD-01 no path", `{"op":"add","value":{"nickName":"N","title":"U"}}`, `"title":"T" => "nickName":"N","title":"U"`, nil},
	{"ADD-02 unassigned", `{"op":"add","path":"nickName","value":"N"}`, `"title" => "nickName":"N","title"`, nil},
	{"ADD-03 replaced", `{"op":"add","path":"title","value":"N"}`, `"T" => "N"`, nil},
	{"ADD-04 appended", `{"op":"add","path":"emails","value":[{"value":"n@x"},{"value":"o@x"}]}`, `"type":"home"} => "type":"home"},{"value":"n@x"},{"value":"o@x"}`, nil},
	{"ADD-05 appended without path", `{"op":"add","value":{"emails":[{"value":"n@x"}]}}`, `"type":"home"} => "type":"home"},{"value":"n@x"}`, nil},
	{"ADD-06 complex merges", `{"op":"add","path":"name","value":{"givenName":"N","middleName":null}}`, `"Jane" => "N"`, nil},
	{"ADD-07 sub-attribute", `{"op":"add","path":"name.familyName","value":"N"}`, `"Doe" => "N"`, nil},
	{"ADD-07 parent unassigned", `{"op":"remove","path":"name"},{"op":"add","path":"name.familyName","value":"N"}`, `"familyName":"Doe","givenName":"Jane" => "familyName":"N"`, nil},
	{"ADD-08 value path and sub-attribute", `{"op":"add","path":"emails[type eq \"work\"].display","value":"D"}`, `"w@x", => "w@x","display":"D",`, nil},
	{"ADD-10 an equal value", `{"op":"add","path":"emails","value":[{"type":"home","value":"h@x"}]}`, ``, nil},
	{"ADD-10 a value without its type", `{"op":"add","path":"emails","value":[{"value":"h@x"}]}`, ``, nil},
	{"ADD-10 more about a value", `{"op":"add","path":"emails","value":[{"type":"home","value":"h@x","display":"D"}]}`, `"h@x", => "h@x","display":"D",`, nil},
	{"ADD-11 first attribute of the extension", `{"op":"remove","path":"` + EnterpriseURN + `"},{"op":"add","path":"` + ent + `department","value":"N"}`, `"costCenter":"1","department":"D" => "department":"N"`, nil},
	{"ADD-12 extension without path", `{"op":"add","value":{"` + EnterpriseURN + `":{"division":"N"}}}`, `"department" => "division":"N","department"`, nil},
	{"ADD-13 primary by path", `{"op":"add","path":"emails","value":[{"value":"n@x","primary":true}]}`, `"primary":true => "primary":false ; "type":"home"} => "type":"home"},{"value":"n@x","primary":true}`, nil},
	{"ADD-13 primary without path", `{"op":"add","value":{"emails":[{"value":"n@x","primary":true}]}}`, `"primary":true => "primary":false ; "type":"home"} => "type":"home"},{"value":"n@x","primary":true}`, nil},
	{"ADD-13 primary by value path", `{"op":"add","path":"emails[type eq \"home\"].primary","value":true}`, `"primary":true => "primary":false ; "type":"home" => "type":"home","primary":true`, nil},
	{"ADD-14 value path without a match", `{"op":"add","path":"emails[type eq \"other\"].value","value":"n@x"}`, `"type":"home"} => "type":"home"},{"value":"n@x","type":"other"}`, nil},
	{"ADD-14 of an unassigned attribute", `{"op":"add","path":"phoneNumbers[type eq \"work\" and primary eq true].value","value":"5"}`, `}],"urn => }],"phoneNumbers":[{"value":"5","type":"work","primary":true}],"urn`, nil},
	{"ADD-15 a single object", `{"op":"add","path":"emails","value":{"value":"n@x"}}`, `"type":"home"} => "type":"home"},{"value":"n@x"}`, nil},
	{"ADD-16 manager.value", `{"op":"add","path":"` + ent + `manager.value","value":"m"}`, `"department":"D" => "department":"D","manager":{"value":"m"}`, nil},
	{"ADD-16 manager", `{"op":"add","path":"` + ent + `manager","value":{"value":"m"}}`, `"department":"D" => "department":"D","manager":{"value":"m"}`, nil},
	{"manager as a string (Entra)", `{"op":"Add","path":"` + ent + `manager","value":"m"}`, `"department":"D" => "department":"D","manager":{"value":"m"}`, []string{"[op-case]", "[complex-string]"}},
	{"add of null and [] adds nothing", `{"op":"add","path":"title","value":null},{"op":"add","path":"emails","value":[]},{"op":"add","path":"name.givenName","value":null}`, ``, nil},

	{"REM-02 single-valued", `{"op":"remove","path":"title"}`, `"title":"T", => `, nil},
	{"REM-03 multi-valued", `{"op":"remove","path":"emails"}`, `"emails":[{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home"}], => `, nil},
	{"REM-04 value filter", `{"op":"remove","path":"emails[type eq \"home\"]"}`, `,{"value":"h@x","type":"home"} => `, nil},
	{"REM-05 the last values", `{"op":"remove","path":"emails[value co \"x\"]"}`, `"emails":[{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home"}], => `, nil},
	{"REM-06 sub-attribute of matching values", `{"op":"remove","path":"emails[type eq \"work\"].primary"}`, `,"primary":true => `, nil},
	{"REM-06 the only sub-attribute left", `{"op":"remove","path":"emails[type eq \"home\"].value"},{"op":"remove","path":"emails[type eq \"home\"].type"}`, `,{"value":"h@x","type":"home"} => `, nil},
	{"REM-08 sub-attribute", `{"op":"remove","path":"name.givenName"}`, `,"givenName":"Jane" => `, nil},
	{"REM-08 the last sub-attributes", `{"op":"remove","path":"name.givenName"},{"op":"remove","path":"name.familyName"}`, `"name":{"familyName":"Doe","givenName":"Jane"}, => `, nil},
	{"REM-09 complex", `{"op":"remove","path":"name"}`, `"name":{"familyName":"Doe","givenName":"Jane"}, => `, nil},
	{"REM-10 extension attribute", `{"op":"remove","path":"` + ent + `department"}`, `,"department":"D" => `, nil},
	{"REM-10 the last extension attributes", `{"op":"remove","path":"` + ent + `department"},{"op":"remove","path":"` + ent + `costCenter"}`, `,"` + EnterpriseURN + `":{"costCenter":"1","department":"D"} => `, nil},
	{"REM-11 no match", `{"op":"remove","path":"emails[type eq \"nope\"]"}`, ``, nil},
	{"REM-11 no match for a sub-attribute", `{"op":"remove","path":"emails[type eq \"nope\"].value"}`, ``, nil},
	{"REM-12 what is not there", `{"op":"remove","path":"nickName"},{"op":"remove","path":"ims"},{"op":"remove","path":"` + ent + `manager.value"}`, ``, nil},
	{"REM-13 two conditions", `{"op":"remove","path":"emails[type eq \"work\" and value eq \"w@x\"]"}`, `{"value":"w@x","type":"work","primary":true}, => `, nil},
	{"REM-14 extension", `{"op":"remove","path":"` + EnterpriseURN + `"}`, `,"` + EnterpriseURN + `":{"costCenter":"1","department":"D"} => `, nil},
	{"remove values by list (Entra)", `{"op":"Remove","path":"emails","value":[{"$ref":null,"value":"h@x"},{"value":"nope"}]}`, `,{"value":"h@x","type":"home"} => `, []string{"[op-case]", "[remove-value]", "unknown attribute \"emails[0].$ref\""}},
	{"remove an empty list removes nothing", `{"op":"remove","path":"emails","value":[]}`, ``, nil},

	{"PAT-07 op in another case", `{"op":"Replace","path":"active","value":"False"}`, `true,"emails" => false,"emails"`, []string{`op: "Replace" was read in lower case`, `active: the string "False" was read`}},
	{"PAT-08 in order", `{"op":"add","path":"title","value":"N"},{"op":"remove","path":"title"}`, `"title":"T", => `, nil},
	{"PAT-13 readOnly without path is ignored", `{"op":"replace","value":{"schemas":["x"],"meta":{"version":"x"},"groups":[{"value":"g"}],"title":"N"}}`, `"T" => "N"`, []string{"schemas was ignored", "meta was ignored", "groups was ignored"}},
	{"PAT-14 sub-attribute that is readOnly", `{"op":"add","path":"` + ent + `manager","value":{"value":"m","displayName":"x"}}`, `"department":"D" => "department":"D","manager":{"value":"m"}`, []string{"manager.displayName was ignored"}},
	{"PAT-19 path in any case", `{"op":"replace","path":"NAME.FAMILYNAME","value":"N"}`, `"Doe" => "N"`, nil},
	{"PAT-20 core URN", `{"op":"replace","path":"` + UserURN + `:title","value":"N"}`, `"T" => "N"`, nil},
	{"PAT-20 core URN, sub-attribute", `{"op":"replace","path":"` + UserURN + `:name.familyName","value":"N"}`, `"Doe" => "N"`, nil},
	{"PAT-20 core URN, value path", `{"op":"replace","path":"` + UserURN + `:emails[type eq \"work\"].value","value":"n@x"}`, `w@x => n@x`, nil},
	{"PAT-20 URN in another case", `{"op":"replace","path":"` + strings.ToUpper(ent) + `department","value":"N"}`, `"D" => "N"`, nil},
	{"PAT-23 password", `{"op":"replace","path":"password","value":"p"},{"op":"replace","value":{"password":"p"}}`, ``, []string{"password was not kept", "password was not kept"}},
	{"PAT-25 the whole filter grammar", `{"op":"replace","path":"emails[(type eq \"work\" or type eq \"home\") and not (value ew \"nope\") and value sw \"h\"].display","value":"D"}`, `"h@x", => "h@x","display":"D",`, nil},
	{"PAT-26 names in any case", `{"OP":"replace","Path":"title","VALUE":"N"}`, `"T" => "N"`, nil},
	{"unknown without path", `{"op":"replace","value":{"foo":1,"name.nope":2,"title":"N"}}`, `"T" => "N"`, []string{`"foo" was ignored`, `"name.nope" was ignored`}},
	{"keys that are paths (Entra)", `{"op":"replace","value":{"name.givenName":"N","` + ent + `department":"M","emails[type eq \"work\"].value":"n@x","` + ent + `manager.value":"m"}}`, `"Jane" => "N" ; w@x => n@x ; "department":"D" => "department":"M","manager":{"value":"m"}`, []string{"[dotted-key]", "[urn-key]", "[filter-key]", "[urn-key]"}},
	{"dotted key in an extension", `{"op":"replace","value":{"` + EnterpriseURN + `":{"manager.value":"m"}}}`, `"department":"D" => "department":"D","manager":{"value":"m"}`, []string{"[dotted-key]"}},
	{"core URN as a key", `{"op":"replace","value":{"` + UserURN + `":{"title":"N"}}}`, `"T" => "N"`, []string{"[urn-key]"}},
	{"externalId", `{"op":"replace","path":"externalId","value":"F"}`, `"E" => "F"`, nil},
	{"an edit that makes two values the same", `{"op":"replace","path":"emails[type eq \"home\"]","value":{"type":"work","value":"w@x"}}`, `,{"value":"h@x","type":"home"} => `, nil},
}

func readOps(t testing.TB, rt *ResourceType, ops string, p Policy) (*Patch, []Note, error) {
	t.Helper()
	return rt.ReadPatch(mustDecode(t, `{"schemas":["`+PatchURN+`"],"Operations":[`+ops+`]}`), p)
}

// changeText makes the wanted text: changes are "old => new", separated by " ; ".
func changeText(t *testing.T, text, changes string) string {
	t.Helper()
	if changes == "" {
		return text
	}
	for _, c := range strings.Split(changes, " ; ") {
		from, to, ok := strings.Cut(c, " => ")
		if !ok || strings.Count(text, from) == 0 {
			t.Fatalf("the table's change %q does not fit", c)
		}
		text = strings.Replace(text, from, to, 1)
	}
	return text
}

func TestPatch(t *testing.T) {
	for _, c := range patches {
		t.Run(c.name, func(t *testing.T) {
			d := Draft{mustDecode(t, patched)}
			p, notes, err := readOps(t, userType, c.ops, Policy{})
			if err != nil {
				t.Fatal(err)
			}
			checkNotes(t, notes, c.notes...)
			if err := p.CheckID(someID); err != nil {
				t.Error(err)
			}
			out, changed, err := p.Apply(d)
			if err != nil {
				t.Fatal(err)
			}
			if have, want := out.Attributes.String(), changeText(t, patched, c.changes); have != want {
				t.Errorf("have %s\nwant %s", have, want)
			}
			if changed != (c.changes != "") {
				t.Errorf("changed is %v", changed)
			}
			if have := d.Attributes.String(); have != patched {
				t.Errorf("the original became %s", have)
			}
			checkLaws(t, userType, out, Policy{})
		})
	}
}

var badPatches = []struct{ name, ops, want string }{
	{"PAT-05 an operation that is no object", `"x"`, `invalidSyntax: operation 1: want an object`},
	{"PAT-06 unknown op", `{"op":"add","path":"title","value":"x"},{"op":"move","path":"title"}`, `invalidSyntax: operation 2: op: want "add", "remove" or "replace", got "move"`},
	{"PAT-06 no op", `{"path":"title","value":"x"}`, `invalidSyntax: operation 1: op: want "add", "remove" or "replace", got nothing`},
	{"PAT-13 id", `{"op":"replace","path":"id","value":"x"}`, `mutability: operation 1: path "id": id is readOnly`},
	{"PAT-13 meta.created", `{"op":"replace","path":"meta.created","value":"x"}`, `mutability: meta.created is readOnly`},
	{"PAT-13 groups", `{"op":"add","path":"groups","value":[{"value":"g"}]}`, `mutability: groups is readOnly`},
	{"PAT-13 manager.displayName", `{"op":"add","path":"` + ent + `manager.displayName","value":"x"}`, `mutability: manager.displayName is readOnly`},
	{"PAT-15 cut filter", `{"op":"add","path":"title","value":"x"},{"op":"replace","path":"emails[type eq","value":"x"}`, `invalidPath: operation 2: path "emails[type eq": column`},
	{"PAT-15 two dots", `{"op":"replace","path":"name..x","value":"x"}`, `invalidPath: path "name..x": column`},
	{"PAT-15 empty", `{"op":"replace","path":"","value":"x"}`, `invalidPath: path "": column`},
	{"PAT-15 no string", `{"op":"replace","path":5,"value":"x"}`, `invalidPath: path: want a string, got the number 5`},
	{"PAT-16 unknown", `{"op":"replace","path":"nosuch","value":"x"}`, `invalidPath: User has no attribute "nosuch"`},
	{"PAT-16 unknown sub-attribute", `{"op":"replace","path":"name.nosuch","value":"x"}`, `invalidPath: User has no attribute "name.nosuch"`},
	{"PAT-16 unknown schema", `{"op":"replace","path":"urn:x:y:z","value":"x"}`, `invalidPath: User has no attribute "urn:x:y:z"`},
	{"PAT-17", `{"op":"replace","path":"active","value":"x"}`, `invalidValue: operation 1: active: want a boolean, got "x"`},
	{"PAT-17 sub-attribute", `{"op":"replace","path":"emails[type eq \"work\"].primary","value":"x"}`, `invalidValue: emails.primary: want a boolean, got "x"`},
	{"PAT-17 in an element", `{"op":"add","path":"emails","value":[{"value":"v"},{"value":7}]}`, `invalidValue: emails[1].value: want a string, got the number 7`},
	{"PAT-17 complex", `{"op":"replace","path":"name","value":"x"}`, `invalidValue: name: want an object, got "x"`},
	{"PAT-17 extension", `{"op":"replace","path":"` + EnterpriseURN + `","value":"x"}`, `invalidValue: ` + EnterpriseURN + `: want an object`},
	{"PAT-28 broken filter", `{"op":"replace","path":"emails[type xx \"work\"]","value":{}}`, `invalidPath: path "emails[type xx`},
	{"PAT-28 unknown name in a filter", `{"op":"remove","path":"emails[nosuch eq \"work\"]"}`, `invalidFilter: operation 1: path "emails[nosuch eq \"work\"]": column 8: emails has no sub-attribute "nosuch"`},
	{"PAT-28 unknown name behind a string that is a boolean", `{"op":"replace","path":"emails[primary eq \"True\" and not (type eq \"x\" or kind pr)].value","value":"x"}`, `invalidFilter: operation 1: path "emails[primary eq \"True\" and not (type eq \"x\" or kind pr)].value": column 50: emails has no sub-attribute "kind"`},
	{"PAT-28 unknown name in a key", `{"op":"replace","value":{"emails[nosuch eq \"work\"].value":"x"}}`, `invalidFilter: operation 1: value "emails[nosuch eq \"work\"].value": column 8: emails has no sub-attribute "nosuch"`},
	{"PAT-29 one bad attribute", `{"op":"replace","value":{"title":"N","active":"x"}}`, `invalidValue: active`},
	{"filter on a single-valued attribute", `{"op":"remove","path":"name[familyName eq \"x\"]"}`, `invalidPath: name has one value at most`},
	{"ADD-09 no value", `{"op":"add","path":"title"}`, `invalidValue: operation 1: add needs a value`},
	{"ADD-17 scalar without path", `{"op":"add","value":"x"}`, `invalidValue: add without a path: want an object of attributes as value, got "x"`},
	{"REM-01 no path", `{"op":"remove"}`, `noTarget: operation 1: remove needs a path`},
	{"REM-01 no path but a value", `{"op":"remove","value":{"title":"T"}}`, `noTarget: remove needs a path`},
	{"REM-07 required", `{"op":"remove","path":"userName"}`, `mutability: path "userName": userName is required`},
	{"REM-07 readOnly", `{"op":"remove","path":"id"}`, `mutability: id is readOnly`},
	{"REP-11 null", `{"op":"replace","path":"userName","value":null}`, `invalidValue: userName is required`},
	{"REP-11 empty", `{"op":"replace","path":"userName","value":""}`, `invalidValue: userName must not be empty`},
	{"REP-11 empty without path", `{"op":"replace","value":{"userName":""}}`, `invalidValue: userName must not be empty`},
	{"REP-14 no value", `{"op":"replace","path":"title"}`, `invalidValue: replace needs a value`},
	{"REP-17 two ids", `{"op":"replace","value":{"id":"a"}},{"op":"replace","value":{"id":"b"}}`, `mutability: operation 2: id is readOnly: it cannot be both "a" and "b"`},
	{"two new primaries", `{"op":"add","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}`, `invalidValue: both [0] and [1] are primary`},
	{"extension that is no object", `{"op":"add","value":{"` + EnterpriseURN + `":5}}`, `invalidValue: want an object`},
}

func TestPatchRefuses(t *testing.T) {
	for _, c := range badPatches {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readOps(t, userType, c.ops, Policy{})
			checkError(t, err, c.want)
		})
	}
}

var badBodies = []struct{ name, body, want string }{
	{"PAT-04 no schemas", `{"Operations":[{"op":"remove","path":"title"}]}`, `invalidSyntax: add "schemas":["` + PatchURN + `"]`},
	{"PAT-04 another schema", `{"schemas":["` + UserURN + `"],"Operations":[]}`, `invalidSyntax: schemas: want ["` + PatchURN + `"]`},
	{"PAT-05 no Operations", `{"schemas":["` + PatchURN + `"]}`, `invalidSyntax: Operations: want an array of one operation or more, got nothing`},
	{"PAT-05 empty Operations", `{"schemas":["` + PatchURN + `"],"Operations":[]}`, `invalidSyntax: got an empty one`},
	{"PAT-05 an object", `{"schemas":["` + PatchURN + `"],"Operations":{}}`, `invalidSyntax: got an object`},
	{"PAT-22 an array", `[]`, `invalidSyntax: want a JSON object`},
}

func TestPatchRefusesBody(t *testing.T) {
	for _, c := range badBodies {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := userType.ReadPatch(mustDecode(t, c.body), Policy{})
			checkError(t, err, c.want)
		})
	}
	// PAT-26
	if _, _, err := userType.ReadPatch(mustDecode(t, `{"SCHEMAS":["`+strings.ToUpper(PatchURN)+`"],"operations":[{"op":"remove","path":"title"}]}`), Policy{}); err != nil {
		t.Error(err)
	}
}

// These fail on the resource, so they come out of Apply.
var failing = []struct{ name, ops, want string }{
	{"REP-08", `{"op":"replace","path":"emails[type eq \"nope\"]","value":{"value":"x"}}`, `noTarget: operation 1: emails[type eq "nope"]: no value matches`},
	{"REP-08 sub-attribute", `{"op":"replace","path":"emails[type eq \"nope\"].value","value":"x"}`, `noTarget: no value matches`},
	{"REP-08 unassigned", `{"op":"replace","path":"ims[type eq \"aim\"].value","value":"x"}`, `noTarget: ims[type eq "aim"]: no value matches`},
	{"ADD-14 a filter that describes no value", `{"op":"add","path":"emails[value co \"nope\"].display","value":"x"}`, `noTarget: no value matches`},
	{"PAT-09 all or nothing", `{"op":"replace","path":"title","value":"N"},{"op":"replace","path":"emails[type eq \"nope\"].value","value":"x"}`, `noTarget: operation 2: `},
	{"several primaries", `{"op":"replace","path":"emails[value pr].primary","value":true}`, `invalidValue: emails[value pr]: several values match`},
}

func TestApplyRefuses(t *testing.T) {
	for _, c := range failing {
		t.Run(c.name, func(t *testing.T) {
			d := Draft{mustDecode(t, patched)}
			p, _, err := readOps(t, userType, c.ops, Policy{})
			if err != nil {
				t.Fatal(err)
			}
			_, changed, err := p.Apply(d)
			checkError(t, err, c.want)
			if have := d.Attributes.String(); changed || have != patched {
				t.Errorf("changed is %v, the original is %s", changed, have)
			}
		})
	}
}

func TestCheckID(t *testing.T) {
	p, _, err := readOps(t, userType, `{"op":"replace","value":{"title":"x"}},{"op":"replace","value":{"id":"other"}}`, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	checkError(t, p.CheckID(someID), `mutability: operation 2: id is readOnly`) // REP-17
	if err := p.CheckID("other"); err != nil {
		t.Error(err)
	}
}

func TestPatchGroup(t *testing.T) {
	const group = `{"displayName":"g","members":[{"value":"a"},{"value":"b"}]}`
	for _, c := range []struct{ name, ops, want string }{
		{"GRP-05 add", `{"op":"add","path":"members","value":[{"value":"c","display":"C"}]}`, `{"displayName":"g","members":[{"value":"a"},{"value":"b"},{"value":"c"}]}`},
		{"GRP-06 add again", `{"op":"add","path":"members","value":[{"value":"a","display":"A"},{"value":"b"}]}`, group},
		{"GRP-07 remove", `{"op":"remove","path":"members[value eq \"a\"]"}`, `{"displayName":"g","members":[{"value":"b"}]}`},
		{"GRP-07 remove several", `{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[value eq \"x\"]"},{"op":"remove","path":"members[value eq \"B\"]"}`, `{"displayName":"g"}`},
		{"GRP-07 remove by two forms", `{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[display eq \"B\"]"},{"op":"remove","path":"members[type pr]"}`, `{"displayName":"g","members":[{"value":"b"}]}`},
		{"GRP-07 remove what is gone", `{"op":"remove","path":"members[value eq \"x\"]"}`, group},
		{"remove by list (Entra)", `{"op":"remove","path":"members","value":[{"$ref":null,"value":"a"}]}`, `{"displayName":"g","members":[{"value":"b"}]}`},
		{"GRP-08 remove all", `{"op":"remove","path":"members"}`, `{"displayName":"g"}`},
		{"GRP-09 replace", `{"op":"replace","path":"members","value":[{"value":"c"}]}`, `{"displayName":"g","members":[{"value":"c"}]}`},
		{"GRP-09 replace without path", `{"op":"replace","value":{"members":[{"value":"c"}]}}`, `{"displayName":"g","members":[{"value":"c"}]}`},
		{"GRP-09 replace with none", `{"op":"replace","path":"members","value":[]}`, `{"displayName":"g"}`},
		{"GRP-10 rename as Okta does", `{"op":"replace","value":{"id":"` + someID + `","displayName":"h"}}`, `{"displayName":"h","members":[{"value":"a"},{"value":"b"}]}`},
		{"GRP-23 both", `{"op":"remove","path":"members[value eq \"a\"]"},{"op":"add","path":"members","value":[{"value":"c"}]}`, `{"displayName":"g","members":[{"value":"b"},{"value":"c"}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _, err := readOps(t, groupType, c.ops, Policy{})
			if err != nil {
				t.Fatal(err)
			}
			out, _, err := p.Apply(Draft{mustDecode(t, group)})
			if err != nil {
				t.Fatal(err)
			}
			if have := out.Attributes.String(); have != c.want {
				t.Errorf("have %s\nwant %s", have, c.want)
			}
			checkLaws(t, groupType, out, Policy{})
		})
	}
	p, _, err := readOps(t, groupType, `{"op":"replace","path":"members[value eq \"a\"].value","value":"z"}`, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = p.Apply(Draft{mustDecode(t, group)})
	checkError(t, err, `mutability: operation 1: members[value eq "a"].value is immutable`) // GRP-20
}

func TestPatchOdd(t *testing.T) {
	const odd = `{"tags":["a","b"],"urn:test:More":{"x":"y","part":{"kind":"k"}}}`
	for _, c := range []struct{ name, ops, want string }{
		{"add a simple value", `{"op":"add","path":"tags","value":["b","c"]},{"op":"add","path":"tags","value":"d"}`, `"tags":["a","b","c","d"]`},
		{"remove a simple value", `{"op":"remove","path":"tags[value eq \"a\"]"}`, `"tags":["b"]`},
		{"remove by list", `{"op":"remove","path":"tags","value":["a"]}`, `"tags":["b"]`},
		{"PAT-14 an immutable that has no value", `{"op":"add","path":"code","value":"c"},{"op":"replace","path":"code","value":"c"}`, `"code":"c"`},
		{"PAT-14 an immutable that has one", `{"op":"add","path":"code","value":"c"},{"op":"replace","path":"code","value":"d"}`, `mutability: operation 2: code is immutable`},
		{"set a simple value by filter", `{"op":"replace","path":"tags[value eq \"a\"]","value":"c"}`, `invalidPath: the values of tags have no sub-attributes`},
		{"required extension", `{"op":"remove","path":"urn:test:More"}`, `mutability: urn:test:More is required`},
		{"required extension, piece by piece", `{"op":"remove","path":"urn:test:More:x"},{"op":"remove","path":"urn:test:More:part"}`, `invalidValue: urn:test:More is required`},
		{"required sub-attribute", `{"op":"remove","path":"urn:test:More:part.kind"}`, `mutability: urn:test:More:part.kind is required`},
		{"null for a required sub-attribute", `{"op":"replace","path":"urn:test:More:part.kind","value":null}`, `invalidValue: urn:test:More:part.kind is required`},
		{"id that is no string", `{"op":"add","value":{"id":5}}`, `invalidValue: id: want a string, got the number 5`},
	} {
		p, _, err := readOps(t, oddType, c.ops, Policy{})
		var out Draft
		if err == nil {
			out, _, err = p.Apply(Draft{mustDecode(t, odd)})
		}
		if err != nil {
			checkError(t, err, c.want)
		} else if have := out.Attributes.String(); !strings.Contains(have, c.want) {
			t.Errorf("%s\nhave %s\nwant %s", c.name, have, c.want)
		} else {
			checkLaws(t, oddType, out, Policy{})
		}
	}
}

func TestPatchKeepsUnknown(t *testing.T) {
	d := Draft{mustDecode(t, `{"userName":"a","Foo":{"x":1}}`)}
	p, notes, err := readOps(t, userType, `{"op":"replace","value":{"FOO":2,"bar":[3],"`+EnterpriseURN+`":{"baz":4},"emails":[{"value":"v","Q":null}]}},{"op":"add","path":"emails","value":{"value":"v","q":5}}`, Policy{Unknown: Keep})
	if err != nil {
		t.Fatal(err)
	}
	checkNotes(t, notes)
	out, _, err := p.Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"userName":"a","emails":[{"value":"v","Q":5}],"` + EnterpriseURN + `":{"baz":4},"Foo":2,"bar":[3]}`
	if have := out.Attributes.String(); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	checkLaws(t, userType, out, Policy{Unknown: Keep})
	_, _, err = readOps(t, userType, `{"op":"add","value":{"foo":1}}`, Policy{Unknown: Reject})
	checkError(t, err, `invalidSyntax: operation 1: unknown attribute "foo"`)
}

// A request may remove many members of a large group: this is 2,000 of 5,000.
func TestPatchManyMembers(t *testing.T) {
	var members, ops strings.Builder
	for i := range 5_000 {
		members.WriteString(`,{"value":"m` + IntOf(int64(i)).Text() + `"}`)
		if i < 2_000 {
			ops.WriteString(`,{"op":"remove","path":"members[value eq \"m` + IntOf(int64(i)).Text() + `\"]"}`)
		}
	}
	p, _, err := readOps(t, groupType, ops.String()[1:], Policy{})
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := p.Apply(Draft{mustDecode(t, `{"displayName":"g","members":[`+members.String()[1:]+`]}`)})
	if err != nil {
		t.Fatal(err)
	}
	if have := out.Attributes.Get("members").Len(); have != 3_000 {
		t.Errorf("have %d members, want 3000", have)
	}
}

// FuzzPatch: whatever is read can be applied or is refused with a 400, leaves
// the original alone, is the same when applied again to the original, and what comes out obeys the laws.
func FuzzPatch(f *testing.F) {
	for _, c := range patches {
		f.Add(c.ops, false)
	}
	for _, c := range badPatches {
		f.Add(c.ops, true)
	}
	for _, c := range failing {
		f.Add(c.ops, true)
	}
	f.Add(`{"op":"add","path":"members","value":[{"value":"b","type":"User"}]},{"op":"remove","path":"members[value eq \"a\"]"}`, false)
	f.Add(`{"op":"add","path":"tags","value":["c"]},{"op":"replace","path":"urn:test:More:part","value":{"size":1e2}}`, true)
	f.Fuzz(func(t *testing.T, ops string, keep bool) {
		body, err := Decode([]byte(`{"schemas":["`+PatchURN+`"],"Operations":[`+ops+`]}`), Limits{})
		if err != nil {
			return
		}
		policy := Policy{}
		if keep {
			policy.Unknown = Keep
		}
		fuzzPatch(t, userType, patched, body, policy)
		fuzzPatch(t, groupType, `{"displayName":"g","members":[{"value":"a"},{"value":"b"}]}`, body, policy)
		fuzzPatch(t, oddType, `{"tags":["a","b"],"urn:test:More":{"x":"y","part":{"kind":"k"}}}`, body, policy)
	})
}

func fuzzPatch(t *testing.T, rt *ResourceType, text string, body Value, policy Policy) {
	p, _, err := rt.ReadPatch(body, policy)
	if err != nil {
		checkError(t, err, err.(*Error).Type)
		return
	}
	d := Draft{mustDecode(t, text)}
	out, changed, err := p.Apply(d)
	if have := d.Attributes.String(); have != text {
		t.Fatalf("the original became %s", have)
	}
	if err != nil {
		checkError(t, err, err.(*Error).Type)
		return
	}
	if changed == out.Attributes.Equal(d.Attributes) {
		t.Errorf("changed is %v for %v", changed, out.Attributes)
	}
	again, _, err := p.Apply(d)
	if err != nil || again.Attributes.String() != out.Attributes.String() {
		t.Errorf("applied again: %v, %v\nfirst: %v", again.Attributes, err, out.Attributes)
	}
	checkLaws(t, rt, out, policy)
}

func BenchmarkPatchActive(b *testing.B) {
	body := []byte(`{"schemas":["` + PatchURN + `"],"Operations":[{"op":"replace","value":{"active":false}}]}`)
	d := Draft{mustDecode(b, patched)}
	b.ReportAllocs()
	for b.Loop() {
		v, err := Decode(body, Limits{})
		if err != nil {
			b.Fatal(err)
		}
		p, _, err := userType.ReadPatch(v, Policy{})
		if err != nil {
			b.Fatal(err)
		}
		if _, changed, err := p.Apply(d); err != nil || !changed {
			b.Fatal(changed, err)
		}
	}
}
