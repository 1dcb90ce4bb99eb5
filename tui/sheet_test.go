package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
	"scimdeck/store/draft"
)

// title is what the store has as Ada's title.
func (k *desk) title(id string) string {
	k.t.Helper()
	doc, _, err := k.st.Get(k.cat.Type("User"), nil, id)
	if err != nil {
		k.t.Fatal(err)
	}
	return scim.Unquote(scim.MemberOf(doc, "title"))
}

// What is wrong leads back into the editor, with the reason above the text as it
// was left; what is right is shown, asked for, and sent for that version only.
func TestSheetIsMended(t *testing.T) {
	k := newDesk(t, 80, 24, false)
	id := k.life()
	k.press("2")
	k.sent = nil
	var seen []string
	note := func(edit func(string) string) func(string) string {
		return func(text string) string {
			seen = append(seen, text)
			return edit(text)
		}
	}
	k.edits = []func(string) string{
		note(replacing(`"Staff Engineer"`, `Boss`)),                                                                     // no JSON
		note(replacing(`Boss`, `"Boss"`, `"ada@example.com",`, `"",`)),                                                  // no userName
		note(replacing(`"userName": ""`, `"userName": "ada@example.com"`, `"value": ""`, `"value": "ada@example.com"`)), // right
	}
	k.press("e")
	k.sees("Save ada@example.com?", `title: "Staff Engineer" → "Boss"`, "Edit again", "Save (y)")
	if len(seen) != 3 || !strings.HasPrefix(seen[0], "// User "+id+`, version W/"4"`) {
		t.Fatalf("the editor was opened %d times", len(seen))
	}
	if !strings.HasPrefix(seen[1], "//! line 17, column 12") || !strings.Contains(strings.Split(seen[1], "\n")[16], "Boss") {
		t.Errorf("the second time it has\n%s", seen[1])
	}
	if !strings.HasPrefix(seen[2], "//! userName must not be empty") || strings.Count(seen[2], "//!") != 2 || !strings.Contains(seen[2], `"title": "Boss"`) {
		t.Errorf("the third time it has\n%s", seen[2])
	}
	if k.title(id) != "Staff Engineer" || len(k.sent) != 0 {
		t.Fatalf("it was saved unasked: %q", k.sent)
	}
	k.wait(time.Second)
	k.press("y")
	k.sees("ada@example.com is saved")
	if len(k.sent) != 1 || !strings.HasPrefix(k.sent[0], "PUT /Users/ID ") || k.title(id) != "Boss" {
		t.Errorf("sent %q", k.sent)
	}
	k.come()
	if row := k.requests().rows[len(k.requests().rows)-1]; row.Source != "tui" || row.Op != "replace" {
		t.Errorf("in the log it is %+v", row)
	}
}

// Whoever gives up keeps the text; an editor that fails loses nothing either.
func TestSheetIsGivenUp(t *testing.T) {
	k := newDesk(t, 80, 24, false)
	id := k.life()
	k.press("2")
	same := func(text string) string { return text }
	k.edits = []func(string) string{same}
	k.press("e")
	k.sees("nothing was changed")
	k.edits = []func(string) string{replacing(`"Staff Engineer"`, `Bosss`), same}
	k.press("e")
	k.sees("e goes on with your text")
	k.edits = []func(string) string{func(text string) string {
		if !strings.HasPrefix(text, "//! this is the text that you left") || !strings.Contains(text, "Bosss") {
			t.Errorf("e begins with\n%s", text)
		}
		return strings.Replace(text, "Bosss", `"Boss"`, 1)
	}}
	k.press("e")
	k.wait(time.Second)
	k.press("x")
	k.sees("nothing was changed")
	k.edits = []func(string) string{replacing(`"Staff Engineer"`, `"Chief"`)}
	k.press("e")
	k.sees("Save ada@example.com?", "Chief")
	k.wait(time.Second)
	k.edits = []func(string) string{replacing(`"Chief"`, `"Staff Engineer"`)}
	k.press("esc") // edit again
	k.sees("what you wrote is what there was")
	k.d.edit = func(string, []byte) ([]byte, error) {
		return nil, &draft.EditorError{Command: "vi", Err: errors.New("gone")}
	}
	k.press("e")
	k.sees("name one in VISUAL or EDITOR")
	if k.title(id) != "Staff Engineer" {
		t.Errorf("the title is %q", k.title(id))
	}
}

// What the IdP changed meanwhile is shown, and not overwritten unless asked for.
func TestSheetMeetsAnother(t *testing.T) {
	for _, choice := range []struct {
		key, title, nick string
	}{{"m", "Boss", "Countess"}, {"t", "Chief", "C."}, {"n", "Mended", "C."}} {
		k := newDesk(t, 80, 24, false)
		id := k.life()
		k.press("2")
		k.edits = []func(string) string{replacing(`"Staff Engineer"`, `"Boss"`)}
		k.press("e")
		k.wait(time.Second)
		k.okta("PATCH", "/Users/"+id, patch(`{"op":"replace","value":{"title":"Chief","nickName":"C."}}`))
		k.press("y")
		k.sees("was changed meanwhile", `W/"5"`, `title: "Staff Engineer" → "Chief"`, `nickName: "Countess" → "C."`)
		if k.title(id) != "Chief" {
			t.Fatalf("it was overwritten: %q", k.title(id))
		}
		k.wait(time.Second)
		k.edits = []func(string) string{func(text string) string {
			if !strings.Contains(text, `//! title: "Staff Engineer" → "Chief"`) || !strings.Contains(text, `"title": "Boss"`) {
				t.Errorf("the editor begins with\n%s", text)
			}
			return replacing(`"title": "Boss"`, `"title": "Mended"`, `"nickName": "Countess"`, `"nickName": "C."`)(text)
		}}
		k.press(choice.key)
		if choice.key == "n" {
			k.sees("Save ada@example.com?", `title: "Chief" → "Mended"`)
			k.wait(time.Second)
			k.press("y")
		}
		doc, _, _ := k.st.Get(k.cat.Type("User"), nil, id)
		if nick := scim.Unquote(scim.MemberOf(doc, "nickName")); k.title(id) != choice.title || nick != choice.nick {
			t.Errorf("%s: title %q, nickName %q", choice.key, k.title(id), nick)
		}
	}
}

// What was deleted meanwhile can be made anew of the text; nothing that was typed is lost.
func TestSheetMeetsADelete(t *testing.T) {
	for _, choice := range []struct {
		key, title string
	}{{"a", "Boss"}, {"x", ""}, {"n", "Mended"}} {
		k := newDesk(t, 80, 24, false)
		id := k.life()
		k.press("2")
		k.edits = []func(string) string{replacing(`"Staff Engineer"`, `"Boss"`)}
		k.press("e")
		k.wait(time.Second)
		k.okta("DELETE", "/Users/"+id, "")
		k.press("y")
		k.sees("was deleted meanwhile", "There is nothing to save your text to.")
		k.wait(time.Second)
		k.edits = []func(string) string{func(text string) string {
			if !strings.HasPrefix(text, "//! it was deleted meanwhile: what you save makes it anew\n//! save it unchanged to give up\n") || !strings.Contains(text, `"title": "Boss"`) {
				t.Errorf("the editor begins with\n%s", text)
			}
			return strings.Replace(text, "Boss", "Mended", 1)
		}}
		k.press(choice.key)
		k.come()
		var titles []string
		if _, err := k.st.List(t.Context(), k.cat.Type("User"), store.Query{Count: 9}, func(doc []byte) { titles = append(titles, scim.Unquote(scim.MemberOf(doc, "title"))) }); err != nil {
			t.Fatal(err)
		}
		if strings.Join(titles, " ") != choice.title {
			t.Errorf("%s: there are %q", choice.key, titles)
		}
	}
}

// An editor that ends badly loses nothing of what it has saved, now or before.
func TestSheetOutlivesItsEditor(t *testing.T) {
	k := newDesk(t, 80, 24, false)
	k.life()
	k.press("2")
	k.d.edit = func(_ string, text []byte) ([]byte, error) {
		return []byte(strings.Replace(string(text), "Staff Engineer", "Boss", 1)), &draft.EditorError{Kind: "editor", Command: "vi", Err: errors.New("crashed")}
	}
	k.press("e")
	k.sees("not saved; e goes on with your text: ")
	k.d.edit = func(_ string, text []byte) ([]byte, error) {
		if !strings.Contains(string(text), `"title": "Boss"`) {
			t.Errorf("e begins with\n%s", text)
		}
		return nil, &draft.EditorError{Kind: "editor", Command: "vi", Err: errors.New("crashed")}
	}
	k.press("e")
	k.sees("not saved; e goes on with your text: ")
}

// A new one begins with what the form has, and hints; what is made is in the list.
func TestSheetOfANewOne(t *testing.T) {
	k := newDesk(t, 80, 24, true)
	k.press("2", "a")
	k.write("ada@example.com")
	k.edits = []func(string) string{
		func(text string) string {
			for _, want := range []string{`"userName": "ada@example.com"`, `// "title": "",`, `"type": "work"`, `//   "department": "",`} {
				if !strings.Contains(text, want) {
					t.Errorf("not on the sheet: %s\n%s", want, text)
				}
			}
			return strings.NewReplacer(`// "title": "",`, `"title": "Engineer",`, `"active": true,`, `"active": "maybe",`).Replace(text)
		},
		replacing(`"maybe"`, `true`),
	}
	k.press("tab", "tab", "tab", "tab", "enter")
	k.sees("ada@example.com is saved")
	k.come()
	k.sees("› on   ada@example.com")
	k.press("t", "a")
	k.edits = []func(string) string{replacing(`"displayName": ""`, `"displayName": "Engineering"`)}
	k.press("tab", "tab", "enter")
	k.come()
	k.sees("› Engineering")
}

// Members who come and go while a group's sheet is written are no matter of it; its name is.
func TestSheetOfAGroupMeetsAnother(t *testing.T) {
	k := newDesk(t, 80, 24, true)
	id := k.life()
	group := k.team("Engineering", id)
	k.press("2", "t")
	edit := func(op string) {
		k.edits = []func(string) string{replacing("Engineering", "Builders")}
		k.press("e")
		k.wait(time.Second)
		k.okta("PATCH", "/Groups/"+group, patch(op))
		k.press("y")
	}
	edit(`{"op":"remove","path":"members[value eq \"` + id + `\"]"}`)
	k.come()
	k.sees("› Builders")
	if n, _, err := k.st.Members(group, 1, 0, nil); n != 0 || err != nil {
		t.Errorf("%d members %v", n, err)
	}
	k.okta("PATCH", "/Groups/"+group, patch(`{"op":"replace","path":"displayName","value":"Engineering"}`))
	k.come()
	edit(`{"op":"replace","path":"displayName","value":"Staff"}`)
	k.sees("Engineering was changed meanwhile", `displayName: "Engineering" → "Staff"`)
}

// A group's sheet has no members, and its edit leaves them alone.
func TestSheetOfAGroup(t *testing.T) {
	k := newDesk(t, 80, 24, true)
	id := k.life()
	group := k.team("Engineering", id)
	k.press("2", "t")
	k.edits = []func(string) string{func(text string) string {
		if strings.Contains(text, "members") || strings.Contains(text, id) {
			t.Errorf("members are on the sheet\n%s", text)
		}
		return strings.Replace(text, "Engineering", "Builders", 1)
	}}
	k.press("e")
	k.sees("Save Engineering?", `displayName: "Engineering" → "Builders"`)
	k.wait(time.Second)
	k.press("y")
	k.come()
	k.sees("› Builders")
	if n, _, err := k.st.Members(group, 1, 0, nil); n != 1 || err != nil {
		t.Errorf("%d members %v", n, err)
	}
	if last := k.sent[len(k.sent)-1]; !strings.HasPrefix(last, "PATCH /Groups/ID?excludedAttributes=members ") {
		t.Errorf("sent %s", last)
	}
}
