package compare

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"scimdeck/scim/wire"
)

// answer is an exchange with nothing but an answer's body.
func answer(body string) *wire.Exchange {
	return &wire.Exchange{ResponseBody: []byte(body), Status: 200}
}

// said is a result in lines: "~ emails[work].value: a → b"; moot ones are in brackets.
func said(r *Result) string {
	var b strings.Builder
	for _, l := range r.Lines {
		if l.Kind == Same {
			continue
		}
		text := fmt.Sprintf("%s %s: %s → %s", map[Kind]string{Changed: "~", Added: "+", Removed: "-"}[l.Kind], l.Path, l.A, l.B)
		if l.Moot {
			text = "(" + text + ")"
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

// What is the same but for order and case of names has no difference.
func TestSameValues(t *testing.T) {
	for name, c := range map[string][2]string{
		"members in another order": {`{"userName":"ada","active":true}`, `{"active":true,"userName":"ada"}`},
		"names in another case":    {`{"userName":"ada"}`, `{"UserName":"ada"}`},
		"values in another order": {
			`{"emails":[{"value":"a@x","type":"work"},{"value":"b@x","type":"home"}]}`,
			`{"emails":[{"type":"home","value":"b@x"},{"type":"work","value":"a@x"}]}`,
		},
		"schemas in another order":   {`{"schemas":["a","b"]}`, `{"schemas":["b","a"]}`},
		"resources in another order": {`{"Resources":[{"userName":"a","x":1},{"userName":"b","x":2}]}`, `{"Resources":[{"userName":"b","x":2},{"userName":"a","x":1}]}`},
		"white space":                {`{"a":{}}`, "{ \"a\" : { } }\n"},
		"text":                       {"not JSON", "not JSON"},
		"nothing":                    {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := Exchanges(answer(c[0]), answer(c[1]))
			if r.Differ+r.Moot != 0 || r.Alike == 0 {
				t.Errorf("%d differ, %d moot, %d alike\n%s", r.Differ, r.Moot, r.Alike, said(r))
			}
		})
	}
}

func TestDifferences(t *testing.T) {
	for name, c := range map[string][3]string{
		"a changed value":      {`{"active":true}`, `{"active":false}`, "~ active: true → false\n"},
		"another type":         {`{"active":true}`, `{"active":"true"}`, "~ active: true → true\n"},
		"added and removed":    {`{"title":"x","name":{"givenName":"Ada"}}`, `{"name":{"familyName":"L"}}`, "- title: x → \n- name.givenName: Ada → \n+ name.familyName:  → L\n"},
		"the value of a type":  {`{"emails":[{"value":"a@x","type":"work"}]}`, `{"emails":[{"value":"b@x","type":"work"}]}`, "~ emails[work].value: a@x → b@x\n"},
		"one more value":       {`{"roles":[]}`, `{"roles":[{"value":"r1"}]}`, "+ roles[r1].value:  → r1\n"},
		"operations are steps": {`{"Operations":[{"op":"add"},{"op":"remove"}]}`, `{"Operations":[{"op":"remove"},{"op":"add"}]}`, "~ Operations[0].op: add → remove\n~ Operations[1].op: remove → add\n"},
		"what servers make up": {
			`{"id":"1","meta":{"version":"W/\"1\"","resourceType":"User"},"manager":{"value":"7"}}`,
			`{"id":"2","meta":{"version":"W/\"9\"","resourceType":"Group"},"manager":{"value":"8"}}`,
			"(~ id: 1 → 2)\n(~ meta.version: W/\"1\" → W/\"9\")\n~ meta.resourceType: User → Group\n~ manager.value: 7 → 8\n",
		},
		"an extension":             {`{"urn:x:User":{"department":"A"}}`, `{"urn:x:User":{"department":"B"}}`, "~ urn:x:User:department: A → B\n"},
		"a body and none":          {`{"a":1}`, ``, "- a: 1 → \n"},
		"text and JSON":            {`<html>`, `{"a":1}`, "~ : <html> → {\"a\":1}\n"},
		"a list's resource":        {`{"Resources":[{"userName":"a","id":"1"}]}`, `{"Resources":[{"userName":"A","id":"2"}]}`, "~ Resources[a].userName: a → A\n(~ Resources[a].id: 1 → 2)\n"},
		"null is no missing value": {`{"a":null}`, `{}`, "- a: null → \n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Exchanges(answer(c[0]), answer(c[1]))
			if got := said(r); got != c[2] {
				t.Errorf("have\n%swant\n%s", got, c[2])
			}
		})
	}
}

func TestRequestAndAnswer(t *testing.T) {
	a := &wire.Exchange{
		Method: "POST", Path: "/Users", Target: "/scim/Users?a=1", Base: "http://x/scim", KeyName: "okta", Status: 201, Took: 11 * time.Millisecond,
		RequestHeader:  []wire.Field{{Name: "Content-Type", Value: "application/scim+json"}, {Name: "Connection", Value: "close"}},
		ResponseHeader: []wire.Field{{Name: "Etag", Value: "1"}},
		RequestBody:    []byte(`{"userName":"ada"}`),
	}
	b := a.Clone()
	b.Source, b.KeyName, b.Status, b.Took = wire.ReplaySource(7, ""), "", 409, 7*time.Millisecond
	b.Target, b.RequestHeader, b.ResponseHeader[0].Value = "/scim/Users?a=2", nil, "2"
	const want = `~ query: a=1 → a=2
(~ sender: okta → replay of 7)
- header Content-Type: application/scim+json → 
~ status: 201 Created → 409 Conflict
(~ time: 11.0 ms → 7.0 ms)
(~ header Etag: 1 → 2)
`
	r := Exchanges(a, b)
	if got := said(r); got != want || r.Differ != 3 || r.Moot != 3 {
		t.Errorf("%d differ, %d moot; have\n%swant\n%s", r.Differ, r.Moot, got, want)
	}
}

// Compared the other way round, what was added is removed, and nothing else is different.
func FuzzTurnedAround(f *testing.F) {
	f.Add([]byte(`{"emails":[{"value":"a"},{"value":"b","type":"work"}],"x":null}`), []byte(`{"emails":[{"value":"b"}],"Y":{}}`))
	f.Add([]byte(`[1,1,2]`), []byte(`[2,1,"1"]`))
	f.Add([]byte(``), []byte(`{}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		ab, ba := Exchanges(answer(string(a)), answer(string(b))), Exchanges(answer(string(b)), answer(string(a)))
		if ab.Differ+ab.Moot == 0 != (ba.Differ+ba.Moot == 0) {
			t.Errorf("%s against %s\n%sturned around\n%s", a, b, said(ab), said(ba))
		}
		if own := Exchanges(answer(string(a)), answer(string(a))); own.Differ+own.Moot != 0 {
			t.Errorf("%s differs from itself:\n%s", a, said(own))
		}
	})
}

// A body of many elements takes no longer than it is, and a result has its bounds.
func TestManyLines(t *testing.T) {
	var a, b bytes.Buffer
	for i := range 2 * most {
		fmt.Fprintf(&a, ",%d", i)
		fmt.Fprintf(&b, ",%d", 2*most-i)
	}
	r := Exchanges(answer("["+a.String()[1:]+"]"), answer("["+b.String()[1:]+"]"))
	if len(r.Lines) != most || r.Differ != 2 || r.Dropped != most+3 {
		t.Errorf("%d lines, %d dropped, %d differ", len(r.Lines), r.Dropped, r.Differ)
	}
	long := strings.Repeat("é", longest)
	if l := Exchanges(answer(`"`+long+`"`), answer(`""`)).Lines; len(l[len(l)-1].A) > longest+3 {
		t.Errorf("%d bytes of a value", len(l[len(l)-1].A))
	}
}
