package change

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

var (
	catalog = scim.NewCatalog(true)
	user    = catalog.Type("User")
	group   = catalog.Type("Group")
)

const ada = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
	"userName":"ada@example.com","externalId":"00u1","active":true,"title":"Engineer","displayName":"Ada Lovelace",
	"name":{"givenName":"Ada","familyName":"Lovelace"},
	"emails":[{"value":"ada@example.com","type":"work","primary":true},{"value":"ada@home.example","type":"home"}],
	"phoneNumbers":[{"value":"+1 555 0100","type":"work"}],
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D","employeeNumber":"7"}}`

func decode(t testing.TB, text string) scim.Value {
	t.Helper()
	v, err := scim.Decode([]byte(text), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// doc is the stored form of a resource as a client sends it.
func doc(t testing.TB, rt *scim.ResourceType, text string, version uint64) []byte {
	t.Helper()
	d, _, err := rt.Read(decode(t, text), scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return rt.AppendDoc(nil, "2819", d, scim.Meta{Created: at, Modified: at.Add(time.Duration(version) * time.Second), Version: version})
}

// write does a write as the server does, and says what it did.
func write(t testing.TB, rt *scim.ResourceType, method, before, body string) Write {
	t.Helper()
	w := Write{Type: rt, Method: method, Body: []byte(body), Before: doc(t, rt, before, 1)}
	_, old, meta, err := rt.ReadDoc(w.Before)
	if err != nil {
		t.Fatal(err)
	}
	var now scim.Draft
	var notes []scim.Note
	if method == "PUT" {
		now, notes, err = rt.Read(decode(t, body), scim.Policy{})
		if err == nil {
			now, err = rt.Replace(old, now)
		}
	} else {
		var p *scim.Patch
		if p, notes, err = rt.ReadPatch(decode(t, body), scim.Policy{}); err == nil {
			now, _, err = p.Apply(old)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notes {
		w.Notes = append(w.Notes, string(n))
	}
	meta.Version++
	w.After = rt.AppendDoc(nil, "2819", now, meta)
	return w
}

func patchOf(ops string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + ops + `]}`
}

// with is ada with a text replaced, which has to be there.
func with(t testing.TB, old, now string) string {
	t.Helper()
	if !strings.Contains(ada, old) {
		t.Fatalf("no %s in ada", old)
	}
	return strings.Replace(ada, old, now, 1)
}

func TestAcceptance68_Of(t *testing.T) {
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	tests := []struct {
		name, method, before, body string
		want                       string // lines
		attributes                 []string
	}{
		{"no-op PUT", "PUT", ada, ada, "", nil},
		{
			"no-op PUT of a GET's answer", "PUT", ada, with(t, `"userName"`, `"id":"2819","meta":{"version":"W/\"1\""},"groups":[],"userName"`),
			"id: ignored, it is read-only\nmeta: ignored, it is read-only", nil,
		},
		{
			"reorder of emails", "PUT", ada,
			with(t, `{"value":"ada@example.com","type":"work","primary":true},{"value":"ada@home.example","type":"home"}`,
				`{"value":"ada@home.example","type":"home"},{"value":"ada@example.com","type":"work","primary":true}`),
			"emails: 2 values in another order", nil,
		},
		{
			"case change of what has none", "PUT", ada, with(t, `"userName":"ada@`, `"userName":"Ada@`),
			`userName: "ada@example.com" → "Ada@example.com" (in case only, which does not matter here)`,
			[]string{"userName"},
		},
		{
			"case change of what has case", "PUT", ada, with(t, `"00u1"`, `"00U1"`),
			`externalId: "00u1" → "00U1"`,
			[]string{"externalId"},
		},
		{
			"case change of an address", "PUT", ada, with(t, `"value":"ada@example.com"`, `"value":"ADA@example.com"`),
			`emails[work].value: "ada@example.com" → "ADA@example.com" (in case only, which does not matter here)`,
			[]string{"emails"},
		},
		{
			"an address changes", "PUT", ada, with(t, `"value":"ada@example.com"`, `"value":"al@example.com"`),
			`emails[work].value: "ada@example.com" → "al@example.com"`,
			[]string{"emails"},
		},
		{
			"an address changes its type", "PUT", ada, with(t, `"type":"home"`, `"type":"other"`),
			`emails[ada@home.example].type: "home" → "other"`,
			[]string{"emails"},
		},
		{
			"an address less and one more", "PUT", ada, with(t, `{"value":"ada@home.example","type":"home"}`, `{"value":"a@other.example","type":"other"}`),
			"emails[other]: added {\"value\":\"a@other.example\",\"type\":\"other\"}\n" +
				"emails[home]: removed {\"value\":\"ada@home.example\",\"type\":\"home\"}",
			[]string{"emails"},
		},
		{
			"the primary address becomes another", "PUT", ada, with(t, `{"value":"ada@example.com","type":"work","primary":true}`, `{"value":"al@other.example","type":"other","primary":true}`),
			"emails[ada@example.com].value: \"ada@example.com\" → \"al@other.example\"\nemails[ada@example.com].type: \"work\" → \"other\"",
			[]string{"emails"},
		},
		{
			"a value that could be taken for a type", "PUT", ada, with(t, `{"value":"ada@home.example","type":"home"}`, `{"value":"ada@home.example","type":"home"},{"value":"WORK"}`),
			`emails[#3]: added {"value":"WORK"}`,
			[]string{"emails"},
		},
		{
			"left out", "PUT", ada, with(t, `"phoneNumbers":[{"value":"+1 555 0100","type":"work"}],`, ``),
			`phoneNumbers[work]: removed, because the PUT left it out, {"value":"+1 555 0100","type":"work"}`,
			[]string{"phoneNumbers"},
		},
		{
			"emptied", "PUT", ada, with(t, `[{"value":"+1 555 0100","type":"work"}]`, `[]`),
			`phoneNumbers[work]: removed {"value":"+1 555 0100","type":"work"}`,
			[]string{"phoneNumbers"},
		},
		{
			"a sub-attribute left out, one changed", "PUT", ada, with(t, `{"givenName":"Ada","familyName":"Lovelace"}`, `{"givenName":"Augusta"}`),
			"name.givenName: \"Ada\" → \"Augusta\"\nname.familyName: removed, because the PUT left it out, \"Lovelace\"",
			[]string{"name"},
		},
		{
			"removed extension", "PUT", ada, with(t, `,
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D","employeeNumber":"7"}`, ``),
			enterprise + ": removed, because the PUT left it out, with 2 attributes\n" +
				enterprise + ":employeeNumber: removed, because the PUT left it out, \"7\"\n" +
				enterprise + ":department: removed, because the PUT left it out, \"R&D\"",
			[]string{"employeeNumber", "department"},
		},
		{
			"extension removed by PATCH", "PATCH", ada, patchOf(`{"op":"remove","path":"` + enterprise + `"}`),
			enterprise + ": removed with 2 attributes\n" + enterprise + ":employeeNumber: removed \"7\"\n" + enterprise + ":department: removed \"R&D\"",
			[]string{"employeeNumber", "department"},
		},
		{
			"PATCH remove with filter", "PATCH", ada, patchOf(`{"op":"remove","path":"emails[type eq \"home\"]"}`),
			`emails[home]: removed {"value":"ada@home.example","type":"home"}`,
			[]string{"emails"},
		},
		{
			"PATCH remove of what is not there", "PATCH", ada,
			patchOf(`{"op":"replace","path":"title","value":"Boss"},{"op":"remove","path":"emails[type eq \"other\"]"},{"op":"remove","path":"nickName"}`),
			"title: \"Engineer\" → \"Boss\"\nemails[type eq \"other\"]: operation 2 matched nothing\nnickName: operation 3 matched nothing",
			[]string{"title"},
		},
		{
			"Okta's deactivation", "PATCH", ada, patchOf(`{"op":"replace","value":{"active":false}}`),
			"active: true → false",
			[]string{"active"},
		},
		{
			"unknown, read-only and a password", "PATCH", ada, patchOf(`{"op":"replace","value":{"hat":"red","password":"(removed)","groups":[],"title":"Boss"}}`),
			"title: \"Engineer\" → \"Boss\"\nhat: ignored, no schema has it\npassword: never kept\ngroups: ignored, it is read-only",
			[]string{"title"},
		},
		{
			"new attribute", "PATCH", ada, patchOf(`{"op":"add","path":"` + enterprise + `:manager.value","value":"26"}`),
			enterprise + `:manager: added {"value":"26"}`,
			[]string{"manager"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list := Of(write(t, user, tt.method, tt.before, tt.body))
			if got := Lines(list); got != tt.want {
				t.Errorf("have\n%s\nwant\n%s", got, tt.want)
			}
			if got := Attributes(list); !slices.Equal(got, tt.attributes) {
				t.Errorf("attributes %q, want %q", got, tt.attributes)
			}
		})
	}
}

// The store keeps members beside the doc and counts who came and went.
func TestGroup(t *testing.T) {
	devs := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Devs"}`
	ops := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Ops"}`
	tests := []struct {
		name, method, body string
		after              string
		joined, left       int
		want               string
	}{
		{
			"members come and go", "PATCH",
			patchOf(`{"op":"remove","path":"members[value eq \"1\"]"},{"op":"add","path":"members","value":[{"value":"2","display":"bob@example.com"},{"value":"3"}]}`), devs, 2, 1,
			"members: 2 joined: bob@example.com, 3\nmembers: 1 left: 1",
		},
		{
			"some were there, some were not", "PATCH",
			patchOf(`{"op":"remove","path":"members[value eq \"1\"]"},{"op":"add","path":"members","value":[{"value":"2"},{"value":"3"}]}`), devs, 1, 0,
			"members: 1 joined\nmembers: 1 to be removed were not in the group\nmembers: 1 to be added were in the group already",
		},
		{
			"Entra's remove", "PATCH", patchOf(`{"op":"Remove","path":"members","value":[{"$ref":null,"value":"1"}]}`), devs, 0, 1,
			"members: 1 left: 1",
		},
		{
			"rename and push now", "PATCH",
			patchOf(`{"op":"replace","value":{"id":"2819","displayName":"Ops"}},{"op":"replace","path":"members","value":[{"value":"2","display":"bob"}]}`), ops, 1, 4,
			"displayName: \"Devs\" → \"Ops\"\nmembers: 1 joined: bob\nmembers: 4 left",
		},
		{
			"there and back", "PATCH",
			patchOf(`{"op":"add","path":"members","value":[{"value":"1"},{"value":"2"}]},{"op":"remove","path":"members[value eq \"1\"]"}`), devs, 1, 0,
			"members: 1 joined",
		},
		{
			"too many to look at", "PATCH",
			patchOf(`{"op":"add","path":"members","value":[{"value":"1"},{"value":"` + strings.Repeat("2", maxBody) + `"}]}`), devs, 2, 0,
			"members: 2 joined",
		},
		{"a whole list by PUT", "PUT", `{"displayName":"Devs","members":[{"value":"2"},{"value":"3"}]}`, devs, 1, 0, "members: 1 joined"},
		{"nothing", "PUT", devs, devs, 0, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list := Of(Write{
				Type: group, Method: tt.method, Body: []byte(tt.body), Before: doc(t, group, devs, 1), After: doc(t, group, tt.after, 2),
				Joined: tt.joined, Left: tt.left,
			})
			if got := Lines(list); got != tt.want {
				t.Errorf("have\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
	t.Run("docs with members", func(t *testing.T) {
		list := Of(Write{
			Type: group, Method: "PUT",
			Before: []byte(`{"id":"1","displayName":"Devs","members":[{"value":"1","display":"ada"},{"value":"2","display":"bob"}]}`),
			After:  []byte(`{"id":"1","displayName":"Devs","members":[{"value":"2","display":"bob"},{"value":"3","display":"eve"}]}`),
		})
		if got, want := Lines(list), "members: 1 joined: eve\nmembers: 1 left: ada"; got != want {
			t.Errorf("have\n%s\nwant\n%s", got, want)
		}
	})
}

func TestCreateAndDelete(t *testing.T) {
	d := doc(t, user, ada, 1)
	created := Of(Write{Type: user, Method: "POST", Body: []byte(with(t, `"userName"`, `"id":"9","userName"`)), After: d, Notes: []string{`unknown attribute "hat" was ignored`}})
	if got, want := Lines(created), "created with 9 attributes\nid: ignored, it is read-only\nhat: ignored, no schema has it"; got != want {
		t.Errorf("have\n%s\nwant\n%s", got, want)
	}
	if got := Attributes(created); got != nil {
		t.Errorf("a create changes %q", got)
	}
	if got, want := Lines(Of(Write{Type: user, Method: "DELETE", Before: d})), "deleted with 9 attributes"; got != want {
		t.Errorf("have %s, want %s", got, want)
	}
	if list := Of(Write{Type: user, Method: "PUT", Body: []byte(ada)}); list != nil {
		t.Errorf("of a write that was not done: %v", list)
	}
}

// What an attribute is, a schema says. Without one, or for an attribute that it
// does not have, what can be seen is said.
func TestOfWithoutSchema(t *testing.T) {
	w := write(t, user, "PUT", ada, with(t, `"userName":"ada@example.com"`, `"userName":"ADA@example.com"`))
	w.Type = nil
	if got, want := Lines(Of(w)), `userName: "ada@example.com" → "ADA@example.com"`; got != want {
		t.Errorf("have %s, want %s", got, want)
	}
}

// A number is the same in another spelling.
func TestNumbers(t *testing.T) {
	list := Of(Write{Method: "PUT", Before: []byte(`{"id":"1","a":1,"b":{"c":-10},"d":2}`), After: []byte(`{"id":"1","a":1.0,"b":{"c":-1e1},"d":2.5}`)})
	if got, want := Lines(list), "d: 2 → 2.5"; got != want {
		t.Errorf("have %s, want %s", got, want)
	}
}

// What of the request cannot be read is not used.
func TestOfCutBody(t *testing.T) {
	w := write(t, user, "PUT", ada, with(t, `"title":"Engineer",`, ``))
	for _, body := range []string{"", "(withheld: …)", string(w.Body[:40])} {
		w.Body = []byte(body)
		if got, want := Lines(Of(w)), `title: removed "Engineer"`; got != want {
			t.Errorf("with the body %q: have %s, want %s", body, got, want)
		}
	}
}

func TestUnchanged(t *testing.T) {
	w := write(t, user, "PUT", ada, with(t, `"title":"Engineer"`, `"title":"Boss"`))
	want := []string{"userName", "externalId", "active", "displayName", "name", "emails", "phoneNumbers", "department", "employeeNumber"}
	if got := Unchanged(w.Method, w.Body, Of(w)); !slices.Equal(got, want) {
		t.Errorf("have %q, want %q", got, want)
	}
	w = write(t, user, "PUT", ada, with(t, `{"value":"ada@example.com","type":"work","primary":true},{"value":"ada@home.example","type":"home"}`,
		`{"value":"ada@home.example","type":"home"},{"value":"ada@example.com","type":"work","primary":true}`))
	if got := Unchanged(w.Method, w.Body, Of(w)); !slices.Contains(got, "emails") {
		t.Errorf("another order is a change: %q", got)
	}
	w = write(t, user, "PATCH", ada, patchOf(`{"op":"replace","value":{"title":"Boss","active":true}},{"op":"add","path":"emails[type eq \"work\"].primary","value":true}`))
	if got, want := Unchanged(w.Method, w.Body, Of(w)), []string{"active", "emails"}; !slices.Equal(got, want) {
		t.Errorf("have %q, want %q", got, want)
	}
}

// No secret comes out, wherever a server may have let one in.
func TestNoSecrets(t *testing.T) {
	key := "scimdeck_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	list := Of(Write{
		Type: user, Method: "PUT",
		Before: []byte(`{"id":"1","Password":"hunter2","x":{"a":{"passWORD":"hunter2"}},"title":"a","tags":["a"]}`),
		After:  []byte(`{"id":"1","Password":"hunter3","x":{"a":{"passWORD":"hunter3"}},"title":"` + key + `","tags":["` + key + `"],"y":[{"value":"1","\u0070assword":"hunter4"}]}`),
	})
	got := Lines(list)
	if len(list) < 4 || strings.Contains(got, "hunter") || strings.Contains(got, "ijklmnop") {
		t.Errorf("%s", got)
	}
}

func TestBounds(t *testing.T) {
	var before, after strings.Builder
	before.WriteString(`{"schemas":["` + scim.UserURN + `"],"userName":"a","emails":[`)
	after.WriteString(`{"schemas":["` + scim.UserURN + `"],"userName":"` + strings.Repeat("é", 5000) + `","emails":[`)
	for i := range 500 {
		if i > 0 {
			before.WriteByte(',')
			after.WriteByte(',')
		}
		before.WriteString(`{"value":"old` + strings.Repeat("x", i) + `"}`)
		after.WriteString(`{"value":"new` + strings.Repeat("x", i) + `"}`)
	}
	before.WriteString(`]}`)
	after.WriteString(`]}`)
	list := Of(write(t, user, "PUT", before.String(), after.String()))
	checkBounds(t, list)
	if last := list[len(list)-1]; last.Kind != More || last.Path != "emails" || last.N != 1000-maxAttribute {
		t.Errorf("the list ends with %+v", last)
	}
	if got := Attributes(list); !slices.Equal(got, []string{"userName", "emails"}) {
		t.Errorf("%q", got)
	}
}

func checkBounds(t testing.TB, list []wire.Change) {
	t.Helper()
	size := 0
	for _, c := range list {
		size += len(c.Path) + len(c.Old) + len(c.New)
		if len(c.Old) > maxValue || len(c.New) > maxValue || len(c.Path) > maxPath || c.Kind == "" {
			t.Errorf("%+v", c)
		}
		if strings.ContainsAny(c.Path, "\n\r\x00") {
			t.Errorf("the path %q is no line", c.Path)
		}
	}
	if len(list) > maxChanges+1 || size > maxBytes {
		t.Errorf("%d changes with %d bytes", len(list), size)
	}
}

// Whatever the texts are, Of ends within its bounds.
func FuzzOf(f *testing.F) {
	a, b := doc(f, user, ada, 1), doc(f, user, with(f, `"Engineer"`, `"Boss"`), 2)
	f.Add("PUT", []byte(ada), a, b, 0, 0)
	f.Add("PATCH", []byte(patchOf(`{"op":"remove","path":"emails[type eq \"home\"]"}`)), a, b, 0, 0)
	f.Add("PATCH", []byte(patchOf(`{"op":"remove","path":"members[value eq \"1\"]"}`)), []byte(`{"id":"1"}`), []byte(`{"id":"1","members":[{"value":"1"}]}`), 3, 1)
	f.Add("PUT", []byte(`{"a\u0062":[1,"\`), []byte(`{"a":[1,1.0,"x"],"urn:x":{"b":{}}}`), []byte(`{"a":[2],"urn:x":[}`), 0, 0)
	f.Add("PUT", []byte(`{}`), []byte(`{"i`+"\x13\x13"+strings.Repeat("!", 2*maxPath)+`":1}`), []byte(`{}`), 0, 0)
	f.Fuzz(func(t *testing.T, method string, body, before, after []byte, joined, left int) {
		for _, rt := range []*scim.ResourceType{nil, user, group} {
			w := Write{Type: rt, Method: method, Body: body, Before: before, After: after, Joined: joined, Left: left, Notes: []string{string(body)}}
			list := Of(w)
			checkBounds(t, list)
			Lines(list)
			Unchanged(method, body, list)
			if utf8.Valid(before) && utf8.Valid(after) && utf8.Valid(body) && !utf8.ValidString(Lines(list)) {
				t.Errorf("%q", Lines(list))
			}
			w.Body, w.Notes, w.After, w.Joined, w.Left = nil, nil, before, 0, 0
			for _, c := range Of(w) {
				if Differs(c.Kind) {
					t.Errorf("a doc differs from itself: %+v", c)
				}
			}
		}
	})
}

func BenchmarkDeactivate(b *testing.B) {
	run(b, write(b, user, "PATCH", ada, patchOf(`{"op":"replace","value":{"active":false}}`)), 1)
}

// Okta's profile update: what it had read, with one attribute changed.
func BenchmarkPUT(b *testing.B) {
	w := write(b, user, "PUT", ada, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
	"id":"2819","externalId":"00u1","meta":{"resourceType":"User","version":"W/\"1\"","location":"https://example.com/scim/v2/Users/2819"},
	"userName":"ada@example.com","active":true,"title":"Staff Engineer","displayName":"Ada Lovelace","groups":[],
	"name":{"givenName":"Ada","familyName":"Lovelace"},
	"emails":[{"primary":true,"value":"ada@example.com","type":"work"},{"value":"ada@home.example","type":"home"}],
	"phoneNumbers":[{"value":"+1 555 0100","type":"work"}],
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D","employeeNumber":"7"}}`)
	run(b, w, 3)
}

// A PUT that changes, adds and leaves out.
func BenchmarkManyChanges(b *testing.B) {
	w := write(b, user, "PUT", ada, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
	"id":"2819","externalId":"00u1","meta":{"resourceType":"User","version":"W/\"1\"","location":"https://example.com/scim/v2/Users/2819"},
	"userName":"ada@example.com","active":true,"title":"Staff Engineer","displayName":"Ada Lovelace","groups":[],
	"name":{"givenName":"Augusta","familyName":"Lovelace"},
	"emails":[{"primary":true,"value":"ada@example.com","type":"work"},{"value":"al@home.example","type":"home"}],
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Research"}}`)
	run(b, w, 8)
}

func run(b *testing.B, w Write, changes int) {
	if list := Of(w); len(list) != changes {
		b.Fatal(len(list), Lines(list))
	}
	b.ReportAllocs()
	for b.Loop() {
		Of(w)
	}
}
