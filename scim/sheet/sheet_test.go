package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/sample"
)

var (
	catalog = scim.NewCatalog(true)
	user    = catalog.Type("User")
	group   = catalog.Type("Group")
)

func decode(t testing.TB, text string) scim.Value {
	t.Helper()
	v, err := scim.Decode([]byte(text), scim.Limits{})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return v
}

// stored is a resource as the store has it.
func stored(t testing.TB, rt *scim.ResourceType, body string) []byte {
	t.Helper()
	d, _, err := rt.Read(decode(t, body), scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return rt.AppendDoc(nil, "2819", d, scim.Meta{Created: at, Modified: at, Version: 3})
}

// The law: a sheet that is saved as it is changes nothing, whoever it is of.
func TestSheetOfIsItself(t *testing.T) {
	for i, body := range people(t, 200) {
		doc := stored(t, user, body)
		text := Of(user, doc)
		v, err := Read(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if list, err := Changes(user, doc, v); err != nil || len(list) != 0 {
			t.Fatalf("person %d: %v %v\n%s", i, list, err, text)
		}
		if p := Patch(user, doc, v); p != nil {
			t.Fatalf("person %d: %s", i, p)
		}
		for _, own := range []string{`"id"`, `"meta"`, `"groups"`} {
			if bytes.Contains(text, []byte(own+":")) {
				t.Fatalf("%s is on the sheet\n%s", own, text)
			}
		}
	}
}

// people are bodies of users, every other one an edge case.
func people(t testing.TB, n int) (list []string) {
	t.Helper()
	m := sample.New(sample.Options{Seed: 7, Edge: true})
	for i := range n {
		list = append(list, m.User(i).String())
	}
	return list
}

// The other law: a PATCH made of a sheet does what a PUT of it does.
func TestPatchIsPut(t *testing.T) {
	bodies := people(t, 60)
	for i, body := range bodies {
		doc := stored(t, user, body)
		want, err := Read(Of(user, stored(t, user, bodies[(i+7)%len(bodies)])))
		if err != nil {
			t.Fatal(err)
		}
		_, old, meta, err := user.ReadDoc(doc)
		if err != nil {
			t.Fatal(err)
		}
		put, _, err := user.Read(want, scim.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := user.ReadPatch(decode(t, string(Patch(user, doc, want))), scim.Policy{})
		if err != nil {
			t.Fatalf("%v\n%s", err, Patch(user, doc, want))
		}
		now, _, err := p.Apply(old)
		if err != nil {
			t.Fatalf("%v\n%s", err, Patch(user, doc, want))
		}
		have, wanted := user.AppendDoc(nil, "2819", now, meta), user.AppendDoc(nil, "2819", put, meta)
		if list := Between(user, wanted, have); len(list) != 0 {
			t.Errorf("%d: %v\n%s", i, change.Lines(list), Patch(user, doc, want))
		}
	}
}

// A new sheet lacks but what is required; each of its hints is true when the //
// is taken away.
func TestNewSheet(t *testing.T) {
	for _, rt := range []*scim.ResourceType{user, group} {
		text := New(rt, scim.Value{})
		v, err := Read(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if _, err := Changes(rt, nil, v); err == nil {
			t.Errorf("%s: nothing filled in is accepted\n%s", rt.Name, text)
		}
		filled := strings.NewReplacer(`"userName": ""`, `"userName": "ada"`, `"displayName": ""`, `"displayName": "ada"`).Replace(string(text))
		if v, err = Read([]byte(filled)); err == nil {
			_, err = Changes(rt, nil, v)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", rt.Name, err, filled)
		}
		lines := strings.Split(filled, "\n")
		hints := 0
		for i, line := range lines {
			if hint, ok := strings.CutPrefix(line, "  // \""); ok && !strings.Contains(hint, "{") {
				hints++
				one := append(append(append([]string{}, lines[:i]...), `  "`+hint), lines[i+1:]...)
				if _, err := Read([]byte(strings.Join(one, "\n"))); err != nil {
					t.Errorf("%v\n%s", err, hint)
				}
			}
		}
		if hints == 0 {
			t.Errorf("%s has no hints\n%s", rt.Name, text)
		}
		all, err := Read([]byte(strings.NewReplacer("  // \"", "  \"", "  //   \"", "    \"", "  // }", "  }").Replace(filled)))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if rt == user && all.Get("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User").Get("department").Kind() != scim.String {
			t.Errorf("no department\n%s", text)
		}
	}
	given := New(user, decode(t, `{"userName":"ada","name":{"givenName":"Ada"}}`))
	if v, err := Read(given); err != nil || v.Get("userName").Text() != "ada" || bytes.Count(given, []byte(`"userName"`)) != 1 {
		t.Errorf("%v\n%s", err, given)
	}
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1}`:                            `{"a":1}`,
		"// x\n{ /* y */ \"a\" : 1, }":       `{"a":1}`,
		`{"a":"// no comment", "b":[1,2,],}`: `{"a":"// no comment","b":[1,2]}`,
		`{"a":"\"/*", "b":",}"}`:             `{"a":"\"/*","b":",}"}`,
		"{\"a\":1, // the end":               "line 1, column",
		"{\"a\":\"open\n}":                   "line 1",
		"// only\n":                          "empty",
		"{\n\n  \"a\": x}":                   "line 3, column 8",
		"{ /* open }":                        "line 1, column 3",
		"{,}":                                "",
		"[]":                                 "want an object",
		"":                                   "empty",
	} {
		v, err := Read([]byte(text))
		switch {
		case err == nil && v.String() != want && want != "":
			t.Errorf("%s is %s, want %s", text, v, want)
		case err != nil && (want == "" || strings.HasPrefix(want, "{") || !strings.Contains(err.Error(), want)):
			if want == "" {
				continue
			}
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestNote(t *testing.T) {
	text := New(user, scim.Value{})
	once := Note(text, "userName is required\nand missing", "try again \x1b[2J")
	if !strings.HasPrefix(string(once), "//! userName is required\n//! and missing\n//! try again  [2J\n// A new user.") {
		t.Errorf("%.200s", once)
	}
	if twice := Note(once, "other"); !bytes.Equal(twice, append([]byte("//! other\n"), text...)) {
		t.Errorf("%.200s", twice)
	}
	if none := Note(once); !bytes.Equal(none, text) {
		t.Errorf("%.200s", none)
	}
}

// What is wrong is said with the line at which it will stand in the editor.
func TestRefused(t *testing.T) {
	text := []byte("{\n\n  \"a\": x}\n")
	_, err := ReadBack(text)
	if err == nil || !strings.Contains(err.Error(), "line 5, column 8") {
		t.Fatalf("%v", err)
	}
	back := Refused(Note(text, "an older one"), err.Error()+"\nof two lines")
	if lines := strings.Split(string(back), "\n"); lines[4] != `  "a": x}` || !strings.HasPrefix(lines[0], "//! 400 invalidSyntax: line 5") {
		t.Errorf("%s", back)
	}
}

// What others did meanwhile stands above the text, in place of what stood there.
func TestMeanwhile(t *testing.T) {
	doc := stored(t, user, `{"schemas":["`+scim.UserURN+`"],"userName":"ada","title":"Engineer","nickName":"A"}`)
	now := stored(t, user, `{"schemas":["`+scim.UserURN+`"],"userName":"ada","title":"Chief"}`)
	text := Of(user, doc)
	want := "//! it was changed meanwhile, and is at version W/\"3\" now:\n//! title: \"Engineer\" → \"Chief\"\n//! nickName: removed \"A\"\n" +
		"//! save it without these lines to write your text over that; save it unchanged to give up\n"
	if have := Meanwhile(Note(text, "an older one"), now, Between(user, doc, now)); string(have) != want+string(text) {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
}

func TestChanges(t *testing.T) {
	doc := stored(t, user, `{"schemas":["`+scim.UserURN+`"],"userName":"ada","title":"Engineer","nickName":"A"}`)
	text := strings.Replace(string(Of(user, doc)), `"Engineer"`, `"Boss"`, 1)
	text = strings.Replace(text, `"nickName": "A",`, "", 1)
	v, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	list, err := Changes(user, doc, v)
	if have := change.Brief(list); err != nil || have != "~title -nickName" {
		t.Errorf("%s %v\n%s", have, err, text)
	}
	for _, bad := range []string{`{}`, `{"schemas":["` + scim.UserURN + `"],"userName":""}`, `{"schemas":["` + scim.UserURN + `"],"userName":"a","active":"maybe"}`} {
		if _, err := Changes(user, doc, decode(t, bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	if p := Patch(group, stored(t, group, `{"schemas":["`+scim.GroupURN+`"],"displayName":"a","externalId":"x"}`), decode(t, `{"displayName":"b","members":[]}`)); string(p) !=
		fmt.Sprintf(`{"schemas":[%q],"Operations":[{"op":"replace","path":"displayName","value":"b"},{"op":"remove","path":"externalId"}]}`, scim.PatchURN) {
		t.Errorf("%s", p)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"a":1,} // x`, `/* */ {}`, `"\"`, `{"a":"/*"}`, "//!\n{}", `{,}`, `/`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := strip([]byte(text))
		if len(out) != len(text) || strings.Count(string(out), "\n") != strings.Count(text, "\n") {
			t.Errorf("%q became %q", text, out)
		}
		if v, err := scim.Decode([]byte(text), scim.Limits{}); err == nil && v.Kind() == scim.Object { // JSON stays what it is
			if w, err := Read([]byte(text)); err != nil || !w.Equal(v) {
				t.Errorf("%q: %v %v", text, w, err)
			}
		}
	})
}
