package tui

import (
	"fmt"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// openedWhole is a dashboard with the Changes tab of a request and, after w, all of what
// it left.
func openedWhole(t *testing.T, ex *wire.Exchange, change ...func(*Options)) *app {
	t.Helper()
	a := newApp(t, 80, 40, change...)
	a.log(ex)
	a.press("enter", "z", "]", "]", "]", "w")
	return a
}

// hides fails if one of these texts is on screen.
func (a *app) hides(texts ...string) {
	a.t.Helper()
	for _, s := range texts {
		if all := a.text(); strings.Contains(all, s) {
			a.t.Errorf("on screen: %q\n%s", s, all)
		}
	}
}

// In Changes w shows all of what a write left, with its changes in it, and w again
// only what changed. It stays so for the next request, and is no matter of bodies.
func TestWholeUser(t *testing.T) {
	a := openedWhole(t, replaced("ada@example.com"))
	a.sees(" ~ title                   - \"Engineer\"", "                           + \"Staff Engineer\"", "   name.givenName          Ada",
		"   emails[work]            a@example.com   primary", " - phoneNumbers[work]      {", "as #1 left it", "w: only what changed", "w changes", "meta: ignored")
	a.press("w")
	a.sees("w: the whole user", "w whole", " ~ title   ")
	a.hides("name.givenName", "as #1 left it")
	a.press("w", "]", "[")
	a.sees("name.givenName")
	if a.requests().detail.cut {
		t.Error("w in Changes cuts the lines of bodies")
	}
	a.press("[", "w")
	a.sees("long lines are cut")
	a.press("]")
	a.sees("name.givenName")
}

// What every kind of write shows, or why it shows nothing.
func TestWholeOfEachWrite(t *testing.T) {
	body := func(ex *wire.Exchange, text string) {
		ex.ResponseBody, ex.ResponseSize = []byte(text), int64(len(text))
	}
	for _, tt := range []struct {
		name   string
		change func(*wire.Exchange)
		sees   []string
		hides  []string
	}{
		{"a POST", func(ex *wire.Exchange) {
			ex.Method, ex.Changes = "POST", []wire.Change{{Kind: "created", N: 6}}
		}, []string{"created with 6 attributes", `+ userName                "ada@example.com"`, `+ name.givenName          "Ada"`, `+ title                   "Staff Engineer"`}, nil},
		{"nothing changed", func(ex *wire.Exchange) { ex.Changes = nil }, []string{"nothing was changed", "userName                ada@example.com"}, []string{"~ ", "+ "}},
		{"a PATCH without a body", func(ex *wire.Exchange) {
			ex.Method, ex.Status = "PATCH", 204
			body(ex, "")
		}, []string{"The whole user cannot be shown: its answer has no body.", "~ title"}, []string{"as #1 left it"}},
		{"deleted", func(ex *wire.Exchange) {
			ex.Method, ex.Status, ex.Changes = "DELETE", 204, []wire.Change{{Kind: "deleted", N: 6}}
			body(ex, "")
		}, []string{"The whole user cannot be shown: it was deleted.", "deleted with 6 attributes"}, nil},
		{"refused", func(ex *wire.Exchange) {
			ex.Status, ex.Changes = 412, nil
			body(ex, `{"status":"412"}`)
		}, []string{"The whole user cannot be shown: its answer is an error.", "nothing was changed"}, nil},
		{"withheld", func(ex *wire.Exchange) { ex.ResponseBody = []byte("(withheld: it may have a password)") }, []string{"The whole user cannot be shown: its answer was withheld from the log."}, nil},
		{"not kept", func(ex *wire.Exchange) { ex.ResponseBody = nil }, []string{"The whole user cannot be shown: the log has not kept its answer."}, nil},
		{"narrowed", func(ex *wire.Exchange) { ex.Target = "/api/scim/v2/Users/2f81?attributes=title" }, []string{"cannot be shown: its answer has only some of the attributes."}, nil},
		{"more than the log keeps", func(ex *wire.Exchange) {
			ex.Changes = append(ex.Changes[:1:1], wire.Change{Kind: "more", Path: "emails", N: 4}, wire.Change{Kind: "more", N: 9})
		}, []string{"emails: 4 more changed, and are not marked here", "9 more changed, and are not marked here"}, nil},
		{"many values", func(ex *wire.Exchange) {
			var roles strings.Builder
			for i := range mostValues + 20 {
				fmt.Fprintf(&roles, `,{"value":"role %d"}`, i)
			}
			body(ex, `{"id":"2f81","roles":[`+roles.String()[1:]+`],"title":"Staff Engineer"}`)
		}, []string{"and 20 values that did not change: Response has them", `+ …e:2.0:User:department  "R&D"`}, nil},
		{"a long value", func(ex *wire.Exchange) {
			body(ex, `{"id":"2f81","nickName":"`+strings.Repeat("é", mostText)+`","displayName":""}`)
		}, []string{"é…", `displayName             ""`}, nil},
		{"a read", func(ex *wire.Exchange) { ex.Method, ex.Changes = "GET", nil }, []string{"this request changes nothing", "this tab shows no text to do that with"}, []string{"userName", "w whole"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ex := replaced("ada@example.com")
			tt.change(ex)
			a := openedWhole(t, ex)
			if tt.name == "many values" {
				a.press("G")
			}
			a.sees(tt.sees...)
			a.hides(tt.hides...)
		})
	}
}

// Of a group's members only the difference is told, and what answers have only when
// it is asked for is named.
func TestWholeOfWhatAnswersLack(t *testing.T) {
	catalog, err := scim.NewCatalogWith(scim.CatalogOptions{Groups: true, Definitions: [][]byte{
		[]byte(`{"id":"urn:example:Badge","attributes":[{"name":"number","type":"string","returned":"request"},{"name":"colour","type":"string"}]}`),
		[]byte(`{"name":"User","schemaExtensions":[{"schema":"urn:example:Badge","required":false}]}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	in := func(o *Options) { o.Catalog, o.Groups = catalog, true }
	openedWhole(t, replaced("ada@example.com"), in).sees("Not told, as answers have it only when it is asked for: number")

	ex := replaced("Sales")
	ex.Type, ex.ID, ex.Target = "Group", "77e1", "/api/scim/v2/Groups/77e1"
	ex.ResponseBody = []byte(`{"id":"77e1","displayName":"Sales","members":[{"value":"2f81","display":"ada"},{"value":"2f82","display":"bob"}]}`)
	ex.ResponseSize = int64(len(ex.ResponseBody))
	ex.Changes = []wire.Change{{Kind: "joined", Path: "members", N: 1, New: `["bob"]`}}
	a := openedWhole(t, ex, in)
	a.sees("displayName             Sales", "+ members                 1 joined: bob", "Of the members only who came and went is told.")
	a.hides("2f82", "Not told")
	a.press("w")
	a.sees("w: the whole group")
}

// Whoever has given wrap another key reads that one.
func TestWholeUserByAnotherKey(t *testing.T) {
	if err := Rebind([]string{"wrap=ctrl+g"}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := Rebind(nil); err != nil {
			t.Error(err)
		}
	}()
	a := newApp(t, 80, 24)
	a.log(replaced("ada@example.com"))
	a.press("enter", "]", "]", "]")
	a.sees("^g: the whole user", "^g whole")
	a.press("ctrl+g")
	a.sees("name.givenName")
}
