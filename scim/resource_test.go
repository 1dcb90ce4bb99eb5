package scim

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

var (
	catalog   = NewCatalog(true)
	userType  = catalog.Type("User")
	groupType = catalog.Type("Group")
	someMeta  = Meta{
		Created:  time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
		Modified: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
		Version:  12,
	}
)

const someID = "018f0000-0001-8abc-8def-0123456789ab"

func mustDecode(t testing.TB, text string) Value {
	t.Helper()
	v, err := Decode([]byte(text), Limits{})
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// withSchemas adds schemas to the members of a body that has none.
func withSchemas(rt *ResourceType, body string) string {
	if strings.Contains(strings.ToLower(body), `"schemas"`) || !strings.HasPrefix(body, "{") {
		return body
	}
	urns := `"` + rt.Schema.ID + `"`
	for _, e := range rt.Extensions {
		if strings.Contains(body, e.Schema.ID) {
			urns += `,"` + e.Schema.ID + `"`
		}
	}
	return strings.Replace(`{"schemas":[`+urns+`],`+body[1:], ",}", "}", 1)
}

// checkError compares an error with "scimType: part of the detail".
func checkError(t *testing.T, err error, want string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("have %v, want an *Error: %s", err, want)
	}
	scimType, detail, _ := strings.Cut(want, ": ")
	if e.Status != 400 || e.Type != scimType || !strings.Contains(e.Detail, detail) {
		t.Errorf("have %v\nwant 400 %s", err, want)
	}
}

func checkNotes(t *testing.T, notes []Note, want ...string) {
	t.Helper()
	if len(notes) != len(want) {
		t.Fatalf("have notes %q\nwant %q", notes, want)
	}
	for i := range want {
		if !strings.Contains(string(notes[i]), want[i]) {
			t.Errorf("have note %q\nwant      %q", notes[i], want[i])
		}
	}
}

var readable = []struct {
	name, body, want string
	notes            []string
}{
	{"minimal", `{"userName":"a"}`, `{"userName":"a"}`, nil},
	{"CRE-13 names in any case", `{"USERNAME":"a","Name":{"FAMILYNAME":"b"}}`, `{"userName":"a","name":{"familyName":"b"}}`, nil},
	{
		"RES-21 schema order",
		`{"emails":[{"primary":true,"type":"work","value":"v"}],"active":true,"name":{"givenName":"g","familyName":"f"},"userName":"a","externalId":"e"}`,
		`{"externalId":"e","userName":"a","name":{"familyName":"f","givenName":"g"},"active":true,"emails":[{"value":"v","type":"work","primary":true}]}`, nil,
	},
	{"RES-16 null, [] and {} are unassigned", `{"userName":"a","nickName":null,"emails":[],"name":{},"title":[],"phoneNumbers":[{}],"photos":[null]}`, `{"userName":"a"}`, nil},
	{"RES-16 empty sub-attributes", `{"userName":"a","name":{"givenName":null,"middleName":[]}}`, `{"userName":"a"}`, nil},
	{"PUT-18 an empty string is a value", `{"userName":"a","nickName":""}`, `{"userName":"a","nickName":""}`, nil},
	{"CRE-05 id and meta are ignored", `{"userName":"a","id":"x","meta":{"resourceType":"User"},"groups":[]}`, `{"userName":"a"}`, nil},
	{"RES-26 groups are readOnly", `{"userName":"a","groups":[{"value":"x"}]}`, `{"userName":"a"}`, []string{"groups was ignored: it is readOnly"}},
	{"RES-17 password", `{"userName":"a","password":"p"}`, `{"userName":"a"}`, []string{"password was not kept"}},
	{"RES-27 manager.displayName", `{"userName":"a","` + EnterpriseURN + `":{"manager":{"value":"m","displayName":"d"}}}`, `{"userName":"a","` + EnterpriseURN + `":{"manager":{"value":"m"}}}`, []string{EnterpriseURN + ":manager.displayName was ignored: it is readOnly"}},
	{"CRE-14 unknown", `{"userName":"a","foo":1,"name":{"bar":2,"givenName":"g"}}`, `{"userName":"a","name":{"givenName":"g"}}`, []string{`unknown attribute "foo" was ignored`, `unknown attribute "name.bar" was ignored`}},
	{"unknown in an element", `{"userName":"a","emails":[{"value":"v"},{"value":"w","x":1}]}`, `{"userName":"a","emails":[{"value":"v"},{"value":"w"}]}`, []string{`unknown attribute "emails[1].x" was ignored`}},
	{"RES-15 extension first in schemas", `{"schemas":["` + EnterpriseURN + `","` + UserURN + `"],"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`, `{"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`, nil},
	{"URNs in any case", `{"schemas":["` + strings.ToUpper(UserURN) + `"],"userName":"a","` + strings.ToLower(EnterpriseURN) + `":{"DEPARTMENT":"d"}}`, `{"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`, []string{"schemas does not name " + EnterpriseURN}},
	{"CRE-12 extension not in schemas", `{"schemas":["` + UserURN + `"],"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`, `{"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`, []string{"it was added"}},
	{"extension without data", `{"schemas":["` + UserURN + `","` + EnterpriseURN + `"],"userName":"a","` + EnterpriseURN + `":{"department":null}}`, `{"userName":"a"}`, nil},
	{"CRE-11 foreign schema beside the right one", `{"schemas":["` + UserURN + `","urn:x:y"],"userName":"a","urn:x:y":{"z":1}}`, `{"userName":"a"}`, []string{`the unknown schema "urn:x:y" was ignored`, `unknown attribute "urn:x:y" was ignored`}},
	{"TYP-12 booleans as strings", `{"userName":"a","active":"True","emails":[{"value":"v","primary":"false"}]}`, `{"userName":"a","active":true,"emails":[{"value":"v","primary":false}]}`, []string{`active: the string "True" was read`, `emails[0].primary: the string "false" was read`}},
	{"TYP-08 values beyond the canonical", `{"userName":"a","emails":[{"value":"v","type":"x-custom"}]}`, `{"userName":"a","emails":[{"value":"v","type":"x-custom"}]}`, nil},
	{"TYP-05 base64", `{"userName":"a","x509Certificates":[{"value":"MIIB+/=="},{"value":"MIIB-_8"}]}`, `{"userName":"a","x509Certificates":[{"value":"MIIB+/=="},{"value":"MIIB-_8"}]}`, nil},
	{"OneLogin's lone object", `{"userName":"a","emails":{"value":"v"}}`, `{"userName":"a","emails":[{"value":"v"}]}`, []string{"emails: a lone object was read as an array of one"}},
	{"MV-03 the same pair twice", `{"userName":"a","emails":[{"value":"v","type":"work"},{"value":"v","type":"work","display":"d","primary":true}]}`, `{"userName":"a","emails":[{"value":"v","display":"d","type":"work","primary":true}]}`, []string{"emails: a value that occurs twice was kept once"}},
	{"MV-04 one value, two types", `{"userName":"a","emails":[{"value":"v","type":"work"},{"value":"v","type":"home"}]}`, `{"userName":"a","emails":[{"value":"v","type":"work"},{"value":"v","type":"home"}]}`, nil},
	{"MV-03 addresses have no value", `{"userName":"a","addresses":[{"type":"work","locality":"x"},{"locality":"x","type":"work"},{"type":"work","locality":"y"}]}`, `{"userName":"a","addresses":[{"locality":"x","type":"work"},{"locality":"y","type":"work"}]}`, []string{"twice"}},
	{"MV-07 no primary", `{"userName":"a","emails":[{"value":"v","primary":false},{"value":"w"}]}`, `{"userName":"a","emails":[{"value":"v","primary":false},{"value":"w"}]}`, nil},
	{"errata: addresses.primary", `{"userName":"a","addresses":[{"locality":"x","primary":true}]}`, `{"userName":"a","addresses":[{"locality":"x","primary":true}]}`, nil},
	{"RES-19 text", `{"userName":"Zoë \"日本\" 😀 \\ \u00e9\n"}`, `{"userName":"Zoë \"日本\" 😀 \\ é\n"}`, nil},
}

// oddType has what the RFC's own schemas lack: numbers, dates, several simple
// values, an immutable attribute, a required extension, and many attributes.
var oddType = func() *ResourceType {
	var many strings.Builder
	for i := range 40 {
		many.WriteString(`,{"name":"a` + IntOf(int64(i)).Text() + `"}`)
	}
	schema, err := readSchema([]byte(`{"id":"urn:test:Odd","name":"Odd","attributes":[
		{"name":"count","type":"integer"},{"name":"ratio","type":"decimal"},{"name":"since","type":"dateTime"},
		{"name":"tags","multiValued":true},{"name":"code","mutability":"immutable"}` + many.String() + `]}`))
	if err != nil {
		panic(err)
	}
	extension, err := readSchema([]byte(`{"id":"urn:test:More","name":"More","attributes":[
		{"name":"x"},{"name":"part","type":"complex","subAttributes":[{"name":"kind","required":true},{"name":"size","type":"integer"}]}]}`))
	if err != nil {
		panic(err)
	}
	t := &ResourceType{Name: "Odd", Endpoint: "/Odds", Schema: schema, Extensions: []Extension{{extension, true}}}
	t.paths = []string{"code"}
	t.init()
	return t
}()

func TestReadOdd(t *testing.T) {
	const more = `,"urn:test:More":{"x":"y"}}`
	var backwards, forwards string
	for i := range 40 {
		m := `"a` + IntOf(int64(i)).Text() + `":"v"`
		backwards, forwards = ","+m+backwards, forwards+","+m
	}
	for _, c := range []struct{ name, body, want string }{
		{"TYP-13 numbers keep their digits", `{"ratio":1.50e0,"count":-12345678901234567890` + more, `{"count":-12345678901234567890,"ratio":1.50e0` + more},
		{"dateTime", `{"since":"2011-05-13T04:42:34Z"` + more, `{"since":"2011-05-13T04:42:34Z"` + more},
		{"dateTime with a zone and a fraction", `{"since":"2011-05-13T04:42:34.123456+02:00"` + more, `{"since":"2011-05-13T04:42:34.123456+02:00"` + more},
		{"dateTime without a zone", `{"since":"2011-05-13T04:42:34"` + more, `{"since":"2011-05-13T04:42:34"` + more},
		{"several simple values", `{"tags":["a",null,"b","a"]` + more, `{"tags":["a","b"]` + more},
		{"more attributes than a small object has", `{` + backwards[1:] + more, `{` + forwards[1:] + more},
	} {
		d, _, err := oddType.Read(mustDecode(t, withSchemas(oddType, c.body)), Policy{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if have := d.Attributes.String(); have != c.want {
			t.Errorf("%s\nhave %s\nwant %s", c.name, have, c.want)
		}
		checkLaws(t, oddType, d, Policy{})
	}
	for _, c := range []struct{ body, want string }{
		{`{"count":1.5` + more, "invalidValue: count: want an integer, got the number 1.5"},
		{`{"count":"1"` + more, `invalidValue: count: want an integer, got "1"`},
		{`{"ratio":true` + more, `invalidValue: ratio: want a number, got true`},
		{`{"since":"yesterday"` + more, `invalidValue: since: want a dateTime such as`},
		{`{"since":"2011-05-13"` + more, `invalidValue: since: want a dateTime such as`},
		{`{"tags":"a"` + more, `invalidValue: tags: want an array, got "a"`},
		{`{"tags":["a",5]` + more, `invalidValue: tags[1]: want a string, got the number 5`},
		{`{"count":1}`, `invalidValue: urn:test:More is required`},
	} {
		_, _, err := oddType.Read(mustDecode(t, withSchemas(oddType, c.body)), Policy{})
		checkError(t, err, c.want)
	}
}

func TestRead(t *testing.T) {
	for _, c := range readable {
		t.Run(c.name, func(t *testing.T) {
			d, notes, err := userType.Read(mustDecode(t, withSchemas(userType, c.body)), Policy{})
			if err != nil {
				t.Fatal(err)
			}
			if have := d.Attributes.String(); have != c.want {
				t.Errorf("have %s\nwant %s", have, c.want)
			}
			checkNotes(t, notes, c.notes...)
		})
	}
}

var unreadable = []struct{ name, body, want string }{
	{"CRE-16 array", `[]`, "invalidSyntax: want a JSON object, got an array"},
	{"CRE-16 string", `"x"`, `invalidSyntax: want a JSON object, got "x"`},
	{"CRE-16 null", `null`, "invalidSyntax: want a JSON object, got null"},
	{"CRE-10 no schemas", `{"userName":"a","SCHEMAS":null}`, `invalidSyntax: add "schemas":["` + UserURN + `"]`},
	{"CRE-10 empty schemas", `{"schemas":[],"userName":"a"}`, "invalidSyntax: schemas is missing"},
	{"TYP-07 schemas as a string", `{"schemas":"` + UserURN + `","userName":"a"}`, "invalidValue: schemas: want an array of URNs"},
	{"TYP-07 a number in schemas", `{"schemas":[5],"userName":"a"}`, "invalidValue: schemas[0]: want a URN as a string, got the number 5"},
	{"CRE-11 foreign schema alone", `{"schemas":["` + GroupURN + `"],"userName":"a"}`, `invalidValue: want "` + UserURN + `" among them`},
	{"CRE-08 no userName", `{"nickName":"n"}`, "invalidValue: userName is required"},
	{"CRE-09 empty userName", `{"userName":""}`, "invalidValue: userName must not be empty"},
	{"CRE-09 null userName", `{"userName":null}`, "invalidValue: userName is required"},
	{"TYP-01", `{"userName":"a","active":"notabool"}`, `invalidValue: active: want a boolean, got "notabool"`},
	{"TYP-01 number", `{"userName":"a","active":1}`, `invalidValue: active: want a boolean, got the number 1`},
	{"TYP-02 object", `{"userName":"a","nickName":{}}`, "invalidValue: nickName: want a string, got an object"},
	{"TYP-02 array", `{"userName":"a","title":["x"]}`, "invalidValue: title: want a string, got an array"},
	{"TYP-02 number", `{"userName":123}`, "invalidValue: userName: want a string, got the number 123"},
	{"TYP-03", `{"userName":"a","name":"x"}`, `invalidValue: name: want an object, got "x"`},
	{"TYP-03 array", `{"userName":"a","name":[{"givenName":"x"}]}`, `invalidValue: name: want an object, got an array`},
	{"TYP-04", `{"userName":"a","emails":"x"}`, `invalidValue: emails: want an array, got "x"`},
	{"TYP-04 scalars", `{"userName":"a","emails":[{"value":"v"},"x"]}`, `invalidValue: emails[1]: want an object, got "x"`},
	{"TYP-05", `{"userName":"a","x509Certificates":[{"value":"***"}]}`, `invalidValue: x509Certificates[0].value: want base64 in a string, got "***"`},
	{"TYP-06", `{"userName":"a","profileUrl":5}`, "invalidValue: profileUrl: want a URI as a string, got the number 5"},
	{"TYP-10 boolean", `{"userName":"a","emails":[{"value":"v"},{"value":"w","primary":"maybe"}]}`, `invalidValue: emails[1].primary: want a boolean, got "maybe"`},
	{"TYP-10 string", `{"userName":"a","name":{"familyName":7}}`, "invalidValue: name.familyName: want a string, got the number 7"},
	{"TYP-11", `{"userName":"a","` + EnterpriseURN + `":{"department":5}}`, "invalidValue: " + EnterpriseURN + ":department: want a string, got the number 5"},
	{"TYP-11 manager", `{"userName":"a","` + EnterpriseURN + `":{"manager":["m"]}}`, "invalidValue: " + EnterpriseURN + ":manager: want an object, got an array"},
	{"TYP-11 scalar extension", `{"userName":"a","` + EnterpriseURN + `":"x"}`, "invalidValue: " + EnterpriseURN + ": want an object"},
	{"MV-01 two primaries", `{"userName":"a","emails":[{"value":"v","primary":true},{"value":"w"},{"value":"x","primary":true}]}`, "invalidValue: emails: both [0] and [2] are primary"},
}

func TestReadRefuses(t *testing.T) {
	for _, c := range unreadable {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := userType.Read(mustDecode(t, withSchemas(userType, c.body)), Policy{})
			checkError(t, err, c.want)
		})
	}
}

func TestReadPolicy(t *testing.T) {
	body := mustDecode(t, withSchemas(userType, `{"Foo":{"a":[1.50]},"userName":"a","emails":[{"x":null,"value":"v"}],"`+EnterpriseURN+`":{"bar":1}}`))
	d, notes, err := userType.Read(body, Policy{Unknown: Keep})
	if err != nil {
		t.Fatal(err)
	}
	checkNotes(t, notes)
	want := `{"userName":"a","emails":[{"value":"v","x":null}],"` + EnterpriseURN + `":{"bar":1},"Foo":{"a":[1.50]}}`
	if have := d.Attributes.String(); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	_, _, err = userType.Read(body, Policy{Unknown: Reject})
	checkError(t, err, `invalidSyntax: unknown attribute "Foo"`)
}

func TestReadBoundsNotes(t *testing.T) {
	_, notes, err := userType.Read(mustDecode(t, withSchemas(userType, manyMembers(1000, `,"userName":"a"`))), Policy{})
	if err != nil || len(notes) != maxNotes+1 {
		t.Errorf("have %d notes, %v; want %d", len(notes), err, maxNotes+1)
	}
}

func TestReadGroup(t *testing.T) {
	d, notes, err := groupType.Read(mustDecode(t, withSchemas(groupType, `{"members":[{"value":"x","display":"X"},{"value":"x","display":"X"},{"value":"y"}],"displayName":"g"}`)), Policy{})
	if err != nil {
		t.Fatal(err)
	}
	checkNotes(t, notes, "members: a value that occurs twice")
	if have, want := d.Attributes.String(), `{"displayName":"g","members":[{"value":"x"},{"value":"y"}]}`; have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	_, _, err = groupType.Read(mustDecode(t, withSchemas(groupType, `{"members":[]}`)), Policy{})
	checkError(t, err, "invalidValue: displayName is required") // GRP-02
}

// Many values must not take time beyond linear; with pairs, this test took minutes.
func TestReadManyMembers(t *testing.T) {
	var b strings.Builder
	for i := range 30_000 {
		b.WriteString(`,{"value":"` + IntOf(int64(i/2)).Text() + `"}`)
	}
	d, _, err := groupType.Read(mustDecode(t, withSchemas(groupType, `{"displayName":"g","members":[`+b.String()[1:]+`]}`)), Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if have := d.Attributes.Get("members").Len(); have != 15_000 {
		t.Errorf("have %d members, want 15000", have)
	}
}

// checkLaws checks what holds of every draft that Read or Apply made.
func checkLaws(t *testing.T, rt *ResourceType, d Draft, p Policy) {
	t.Helper()
	doc := rt.AppendDoc(nil, someID, d, someMeta)
	id, back, meta, err := rt.ReadDoc(doc)
	if err != nil {
		t.Fatalf("ReadDoc: %v\n%s", err, doc)
	}
	if id != someID || meta != someMeta {
		t.Errorf("ReadDoc gives id %s and meta %v", id, meta)
	}
	if again := rt.AppendDoc(nil, id, back, meta); !bytes.Equal(again, doc) {
		t.Errorf("AppendDoc of ReadDoc\nhave %s\nwant %s", again, doc)
	}
	if have := DocVersion(doc); have != someMeta.Version {
		t.Errorf("DocVersion gives %d", have)
	}
	if have := string(DocID(doc)); have != someID {
		t.Errorf("DocID gives %s", have)
	}
	if have := Changed(doc, doc); have != nil {
		t.Errorf("Changed(x, x) gives %v", have)
	}
	// PUT-14: a PUT of a GET changes nothing.
	wire := AppendWire(nil, doc, "https://host/scim/v2")
	body, err := Decode(wire, trusted)
	if err != nil {
		t.Fatalf("the wire form is no JSON: %v\n%s", err, wire)
	}
	if have, want := body.Get("meta").Get("location").Text(), "https://host/scim/v2"+rt.Endpoint+"/"+someID; have != want {
		t.Errorf("location is %s", have)
	}
	put, notes, err := rt.Read(body, p)
	if err != nil {
		t.Fatalf("PUT of GET: %v\n%s", err, wire)
	}
	if !put.Attributes.Equal(d.Attributes) || put.Attributes.String() != d.Attributes.String() {
		t.Errorf("PUT of GET\nhave %v\nwant %v", put.Attributes, d.Attributes)
	}
	if len(notes) > 0 {
		t.Errorf("PUT of GET has notes: %q", notes)
	}
}

func TestLaws(t *testing.T) {
	for _, c := range readable {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range []Policy{{}, {Unknown: Keep}} {
				d, _, err := userType.Read(mustDecode(t, withSchemas(userType, c.body)), p)
				if err != nil {
					t.Fatal(err)
				}
				checkLaws(t, userType, d, p)
			}
		})
	}
}

// FuzzRead: whatever Read takes obeys the laws; whatever it refuses is a 400.
func FuzzRead(f *testing.F) {
	for _, c := range readable {
		f.Add([]byte(withSchemas(userType, c.body)), false)
	}
	for _, c := range unreadable {
		f.Add([]byte(withSchemas(userType, c.body)), true)
	}
	f.Add([]byte(oktaUser), true)
	f.Add([]byte(withSchemas(groupType, `{"displayName":"g","members":[{"value":"a","type":"User"}]}`)), false)
	f.Add([]byte(withSchemas(oddType, `{"count":1,"since":"2011-05-13T04:42:34Z","tags":["a","b"],"a39":"x","a0":"y","urn:test:More":{"x":"y"}}`)), false)
	f.Fuzz(func(t *testing.T, data []byte, keep bool) {
		body, err := Decode(data, Limits{})
		if err != nil {
			return
		}
		p := Policy{}
		if keep {
			p.Unknown = Keep
		}
		for _, rt := range append(catalog.Types[:2:2], oddType) {
			d, _, err := rt.Read(body, p)
			if err != nil {
				checkError(t, err, err.(*Error).Type)
				continue
			}
			checkLaws(t, rt, d, p)
		}
	})
}

func TestDoc(t *testing.T) {
	d, _, err := userType.Read(mustDecode(t, oktaUser), Policy{})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
		`"id":"` + someID + `","externalId":"00ujl29u0le5T6Aj10h7","userName":"jane.doe@example.com",` +
		`"name":{"familyName":"Doe","givenName":"Jane","middleName":"Q"},"displayName":"Jane Doe","title":"Engineer","locale":"en-US","active":true,` +
		`"emails":[{"value":"jane.doe@example.com","type":"work","primary":true}],"phoneNumbers":[{"value":"+1 555 0100","type":"work","primary":true}],` +
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"costCenter":"4130","department":"Research"},` +
		`"meta":{"resourceType":"User","created":"2026-01-02T03:04:05.678Z","lastModified":"2026-02-03T04:05:06.000Z","version":"W/\"12\"","location":"/Users/` + someID + `"}}`
	if have := string(userType.AppendDoc(nil, someID, d, someMeta)); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	checkLaws(t, userType, d, Policy{})
}

func TestReadDocRefuses(t *testing.T) {
	good := string(userType.AppendDoc(nil, "x", Draft{ObjectOf(Member{"userName", StringOf("a")})}, someMeta))
	for name, doc := range map[string]string{
		"nothing":          ``,
		"cut":              good[:len(good)-5],
		"an array":         `[1,2,3]`,
		"another type":     strings.Replace(good, `"resourceType":"User"`, `"resourceType":"Group"`, 1),
		"another location": strings.Replace(good, `/Users/x`, `/Users/y`, 1),
		"no time":          strings.Replace(good, `2026-01-02T03:04:05.678Z`, `yesterday`, 1),
		"no version":       strings.Replace(good, `12`, `twelve`, 1),
		"another order":    `{"id":"x","schemas":[],"meta":{}}`,
	} {
		if _, _, _, err := userType.ReadDoc([]byte(doc)); err == nil {
			t.Errorf("%s: ReadDoc takes %s", name, doc)
		}
	}
}

func TestAppendWireEscapesBase(t *testing.T) {
	doc := userType.AppendDoc(nil, someID, Draft{}, someMeta)
	v := mustDecode(t, string(AppendWire(nil, doc, `https://a"b\c`)))
	if have, want := v.Get("meta").Get("location").Text(), `https://a"b\c/Users/`+someID; have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

func TestIndexValues(t *testing.T) {
	for _, c := range []struct {
		rt         *ResourceType
		body, want string
	}{
		{userType, `{"userName":"Jane@X","externalId":"E1","emails":[{"value":"B@x","type":"work"},{"value":"b@X"},{"type":"home"},{"value":"c"}]}`, "userName=jane@x externalId=E1 emails.value=b@x emails.value=c"},
		{userType, `{"userName":"a"}`, "userName=a"},
		{groupType, `{"displayName":"Staff","members":[{"value":"x"},{"value":"y"}]}`, "displayName=staff"},
	} {
		d, _, err := c.rt.Read(mustDecode(t, withSchemas(c.rt, c.body)), Policy{})
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, v := range c.rt.IndexValues(d) {
			have = append(have, v.Path+"="+v.Value)
		}
		if s := strings.Join(have, " "); s != c.want {
			t.Errorf("have %s\nwant %s", s, c.want)
		}
	}
}

func TestChanged(t *testing.T) {
	doc := func(body string) []byte {
		if body == "" {
			return nil
		}
		d, _, err := userType.Read(mustDecode(t, withSchemas(userType, body)), Policy{})
		if err != nil {
			t.Fatal(err)
		}
		return userType.AppendDoc(nil, someID, d, someMeta)
	}
	for _, c := range []struct{ name, before, after, want string }{
		{"nothing", `{"userName":"a"}`, `{"userName":"a"}`, ""},
		{"value", `{"userName":"a","active":true}`, `{"userName":"a","active":false}`, "active"},
		{"new", `{"userName":"a"}`, `{"userName":"a","name":{"givenName":"g"}}`, "name"},
		{"gone", `{"userName":"a","title":"t"}`, `{"userName":"b"}`, "userName title"},
		{"extension", `{"userName":"a"}`, `{"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`, "department"},
		{"in an extension", `{"userName":"a","` + EnterpriseURN + `":{"department":"d","division":"x"}}`, `{"userName":"a","` + EnterpriseURN + `":{"department":"e","costCenter":"1"}}`, "costCenter department division"},
		{"created", "", `{"userName":"a","active":true}`, "userName active"},
	} {
		if have := strings.Join(Changed(doc(c.before), doc(c.after)), " "); have != c.want {
			t.Errorf("%s: have %q, want %q", c.name, have, c.want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	v := mustDecode(b, oktaUser)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := userType.Read(v, Policy{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendDoc(b *testing.B) {
	d, _, err := userType.Read(mustDecode(b, oktaUser), Policy{})
	if err != nil {
		b.Fatal(err)
	}
	buf := userType.AppendDoc(nil, someID, d, someMeta)
	b.ReportAllocs()
	for b.Loop() {
		buf = userType.AppendDoc(buf[:0], someID, d, someMeta)
	}
}

func BenchmarkReadDoc(b *testing.B) {
	d, _, err := userType.Read(mustDecode(b, oktaUser), Policy{})
	if err != nil {
		b.Fatal(err)
	}
	doc := userType.AppendDoc(nil, someID, d, someMeta)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, err := userType.ReadDoc(doc); err != nil {
			b.Fatal(err)
		}
	}
}
