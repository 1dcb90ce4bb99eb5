package tui

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

type ctx = context.Context

// usersLetters are the letters of the fixture that are not ASCII.
const usersLetters = "ë日本語太郎"

// someUsers is a fixture: rows of the list.
func someUsers() []listRow {
	rows := []listRow{
		{name: "ada@example.com", full: "Ada Lovelace", external: "00u1ab2CdEfGh", active: true},
		{name: "bob@example.com", full: "Bob Noyce", external: "00u1ad", active: false},
		{name: "zoë@example.com", full: "Zoë \x1b[2J", active: true},
		{name: "日本語@example.com", full: "太郎", external: "00u1ae", active: true},
		{name: strings.Repeat("long", 30) + "@example.com", full: "A name of many letters, far too many", active: true},
	}
	for i := range rows {
		rows[i].id = fmt.Sprintf("2f81a7c0-9a55-8b8e-8f0d-%012d", i)
		rows[i].changed = start.Add(-time.Duration(i*i*i) * time.Hour)
	}
	return rows
}

// adaDoc is the first of them as stored.
const adaDoc = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
	`"id":"2f81a7c0-9a55-8b8e-8f0d-000000000000","externalId":"00u1ab2CdEfGh","userName":"ada@example.com","name":{"familyName":"Lovelace","givenName":"Ada"},` +
	`"displayName":"Ada Lovelace","title":"Staff Engineer","active":true,"emails":[{"value":"ada@example.com","type":"work","primary":true},{"value":"a@b.c","type":"home"}],` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D","manager":{"value":"26118915"}},` +
	`"meta":{"resourceType":"User","created":"2025-01-02T14:01:40.112Z","lastModified":"2025-01-02T14:02:20.000Z","version":"W/\"4\"","location":"/Users/2f81a7c0-9a55-8b8e-8f0d-000000000000"}}`

// withUsers puts the fixture into a dashboard: rows, and the detail of the first.
func withUsers(a *app) {
	u := a.r.tabs[1].stack[0].(*directory)
	a.d.data.users = len(someUsers())
	u.total = a.d.data.users
	u.stale, u.busy = false, true
	u.cancel = func() {}
	a.send(usersPage{of: "User", gen: u.gen, rows: someUsers(), total: len(someUsers())})
	u.detail.want = u.id
	u.detail.loading, u.detail.stale = false, false
	a.send(ada(a.t))
}

func ada(t testing.TB) resourceLoaded {
	v, err := scim.Decode([]byte(adaDoc), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	of := userNoun(&deps{cat: scim.NewCatalog(false), opts: &Options{}})
	m := resourceLoaded{of: "User", id: someUsers()[0].id, ok: true, row: readRow(v), etag: `W/"4"`, doc: []byte(adaDoc), attrs: attrs(&of, v, false)}
	m.wire = scim.AppendWire(nil, []byte(adaDoc), "https://abc.example.net/api/scim/v2")
	if m.pretty, err = ui.Pretty(context.Background(), m.wire); err != nil {
		t.Fatal(err)
	}
	m.pager = ui.NewPager(m.wire)
	m.pager.SetPretty(m.pretty)
	return m
}

func TestUsersFrames(t *testing.T) {
	for name, size := range map[string][2]int{"80x24": {80, 24}, "140x40": {140, 40}} {
		a := newApp(t, size[0], size[1])
		a.feed(oktaDay()...)
		a.press("2")
		withUsers(a)
		a.golden("users-" + name)
		a.press("/")
		a.write(`active eq false and userName eq "Eng`)
		a.golden("users-filter-" + name)
		a.press("esc", "D")
		a.golden("users-delete-" + name)
		a.wait(time.Second)
		a.press("esc", "enter")
		a.golden("users-attributes-" + name)
		a.press("l")
		a.golden("users-json-" + name)
		a.press("/")
		a.write("lovelace")
		a.press("enter", "w")
		a.sees(`2 matches for "lovelace"`)
		a.press("esc", "esc", "a")
		a.golden("users-new-" + name)
	}
}

// doer answers the dashboard's own requests from a store, as the server would.
func doer(t testing.TB, st *store.Store, log *[]string) func(*Options) {
	user := scim.NewCatalog(false).Type("User")
	var mu sync.Mutex
	return func(o *Options) {
		o.Store = st
		o.Do = func(ctx context.Context, source, method, path string, body []byte) (int, []byte, error) {
			mu.Lock()
			defer mu.Unlock()
			*log = append(*log, source+" "+method+" "+regexp.MustCompile(`[0-9a-f-]{36}`).ReplaceAllString(path, "ID")+" "+string(body))
			id := strings.TrimPrefix(path, "/Users/")
			var err error
			var v scim.Value
			if body != nil {
				if v, err = scim.Decode(body, scim.Limits{}); err != nil {
					t.Error(err)
				}
			}
			status := 200
			switch method {
			case "POST":
				var draft scim.Draft
				if draft, _, err = user.Read(v, scim.Policy{}); err == nil {
					_, err = st.Create(ctx, user, draft)
					status = 201
				}
			case "PATCH":
				var p *scim.Patch
				if p, _, err = user.ReadPatch(v, scim.Policy{}); err == nil {
					_, err = st.Patch(ctx, user, id, p, nil)
				}
			case "DELETE":
				_, err = st.Delete(ctx, user, id, nil)
				status = 204
			}
			if e, ok := err.(*scim.Error); ok {
				return e.Status, e.Append(nil), nil
			}
			return status, nil, err
		}
	}
}

func TestUsersEmptyThenSamples(t *testing.T) {
	var log []string
	a := newApp(t, 80, 24, doer(t, newStore(t, store.LogOptions{}), &log))
	a.fresh()
	a.press("2")
	a.golden("users-empty-80x24")
	a.press("i")
	a.fresh()
	if len(log) != 25 || !strings.HasPrefix(log[0], "tui POST /Users {") {
		t.Fatalf("%d requests, the first %q", len(log), log[:min(1, len(log))])
	}
	a.sees("25 sample users added", "USERNAME", "› on")
	a.settle()
	a.press("i")
	a.sees("there are users already")
}

func TestUserIsAddedByHand(t *testing.T) {
	var log []string
	a := newApp(t, 80, 24, doer(t, newStore(t, store.LogOptions{}), &log))
	a.fresh()
	a.press("2", "a")
	a.wait(time.Second)
	a.press("enter")
	a.sees("userName") // the server's own sentence
	a.write("Ada@Example.com")
	a.press("tab")
	a.write("Ada")
	a.press("tab", "enter")
	a.fresh()
	a.sees("Ada@Example.com added", "› on   Ada@Example.com")
	a.press("a")
	a.wait(time.Second)
	a.write("ada@example.COM")
	a.press("enter")
	a.sees("New user", "userName")
	if n := a.d.opts.Store.Count(a.d.cat.Type("User")); n != 1 {
		t.Errorf("%d users", n)
	}
}

// withSamples is a dashboard on a store with the sample users.
func withSamples(t testing.TB, w, h int, log *[]string) *app {
	a := newApp(t, w, h, doer(t, newStore(t, store.LogOptions{}), log))
	a.fresh()
	a.press("2", "i")
	a.fresh()
	*log = nil
	return a
}

func TestAcceptance45_UserIsToggledAndDeleted(t *testing.T) {
	var log []string
	a := withSamples(t, 140, 40, &log)
	first := a.r.top().(*directory).selected().name
	a.press("d")
	a.fresh()
	a.feed(&store.Row{Method: "PATCH"})
	a.sees(first+" is deactivated; d reactivates", "› off", "d reactivate", "false")
	want := `tui PATCH /Users/ID {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`
	if len(log) != 1 || log[0] != want {
		t.Errorf("requests %q", log)
	}
	a.press("d")
	a.feed(&store.Row{Method: "PATCH"})
	a.sees(first+" is active again", "› on")

	a.press("D", "y") // too soon
	a.wait(time.Second)
	a.press("enter")
	if n := len(log); n != 2 {
		t.Fatalf("requests %q", log)
	}
	a.press("D")
	a.wait(time.Second)
	a.press("y")
	a.fresh()
	if len(log) != 3 || log[2] != "tui DELETE /Users/ID " {
		t.Errorf("requests %q", log)
	}
	a.sees(first+" is deleted", "24 users")
}

// Statement 45: all that are shown are deleted when the exact words are typed and
// Delete is pressed, and neither by the words alone nor by the button alone.
func TestAcceptance45_WipeWantsTheWords(t *testing.T) {
	var log []string
	a := withSamples(t, 80, 24, &log)
	all := func() int { return a.d.opts.Store.Count(a.d.cat.Type("User")) }
	a.press("W")
	a.golden("users-wipe-80x24")
	for _, keys := range [][]string{{"enter"}, {"esc"}, {"tab", "tab", "enter", "esc"}} {
		a.press(keys...)
		if len(log) != 0 || all() != 25 {
			t.Fatalf("%q deletes: %q", keys, log)
		}
		a.press("W")
	}
	a.write("delete 24 users")
	a.press("tab", "tab", "enter")
	a.sees("the words are: delete 25 users")
	a.press("esc", "W")
	a.write("delete 25 users")
	a.press("enter") // behind the words: the safe button
	a.sees("nothing was deleted")
	if len(log) != 0 {
		t.Fatalf("deleted: %q", log)
	}

	a.press("/")
	a.write("active eq false")
	a.press("enter", "W")
	a.sees("Delete the 2 users that the filter shows?")
	a.write("delete 2 users")
	a.press("tab", "enter")
	a.fresh()
	if len(log) != 2 || all() != 23 {
		t.Fatalf("%d requests, %d users left", len(log), all())
	}
	a.sees("2 users deleted")

	a.press("esc")
	a.settle()
	a.sees(" 23 users  ")
	a.press("W")
	a.write("delete 23 users")
	var id string
	if _, err := a.store().List(t.Context(), a.d.cat.Type("User"), store.Query{Start: 1, Count: 1}, func(doc []byte) { id = string(scim.DocID(doc)) }); err != nil {
		t.Fatal(err)
	}
	if _, err := a.store().Delete(t.Context(), a.d.cat.Type("User"), id, nil); err != nil { // meanwhile
		t.Fatal(err)
	}
	a.press("tab", "enter")
	a.sees("there are no longer 23 users")
	if all() != 22 {
		t.Fatalf("%d users left", all())
	}
	a.fresh()
	a.press("W")
	a.write("delete 22 users")
	a.press("tab", "enter")
	a.fresh()
	a.sees("22 users deleted", "No users yet")
}

// TestUsersFilterCompletes: tab completes what is certain and lists the rest; behind
// enter y copies the request of the filter, and after another key what is selected.
func TestUsersFilterCompletes(t *testing.T) {
	var log []string
	a := withSamples(t, 80, 24, &log)
	a.press("/")
	a.sees("y behind ↵ copies it as curl")
	a.press("esc")
	input := func() string { return a.r.top().(*directory).prompt.input.String() }
	a.press("/")
	a.write("userN")
	a.press("tab")
	if input() != "userName " {
		t.Fatalf("%q", input())
	}
	a.press("tab")
	a.sees("eq  ne  co  sw  ew  pr")
	a.write("s")
	a.press("tab")
	a.write(`"ada" and emai`)
	a.press("tab")
	a.sees("emails  emails.value  emails.display")
	a.write("[ty")
	a.press("tab")
	a.write(`eq "w`)
	a.press("tab")
	if input() != `userName sw "ada" and emails[type eq "work" ` {
		t.Fatalf("%q", input())
	}
	a.golden("users-completes-80x24")
	a.press("backspace")
	a.write("] nick")
	a.press("tab")
	a.sees("nothing begins with that") // and or or has to come
	a.press("ctrl+w")
	a.press("enter")
	a.settle()
	a.press("y")
	want := "curl -sS -g 'http://127.0.0.1:7644/api/scim/v2/Users?filter=userName%20sw%20%22ada%22%20and%20emails%5Btype%20eq%20%22work%22%5D' \\\n" +
		"  -H \"Authorization: Bearer $SCIM_TOKEN\" \\\n  -H 'Accept: application/scim+json'"
	if len(a.copied) != 1 || a.copied[0] != want {
		t.Fatalf("%q", a.copied)
	}
	a.press("y")
	if len(a.copied) != 2 || strings.Contains(a.copied[1], "curl") {
		t.Fatalf("%q", a.copied)
	}
}

func TestUsersListIsVirtual(t *testing.T) {
	st := newStore(t, store.LogOptions{})
	user := scim.NewCatalog(false).Type("User")
	const n = 1000
	for i := range n {
		v, _ := scim.Decode([]byte(fmt.Sprintf(`{"schemas":["%s"],"userName":"user%04d"}`, scim.UserURN, i)), scim.Limits{})
		draft, _, err := user.Read(v, scim.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := st.Create(context.Background(), user, draft); err != nil {
			t.Fatal(err)
		}
	}
	var log []string
	a := newApp(t, 80, 24, doer(t, st, &log))
	a.fresh()
	a.press("2")
	u := a.r.top().(*directory)
	for _, step := range []struct {
		key  string
		want int
	}{{"G", n - 1}, {"k", n - 2}, {"pgup", n - 20}, {"g", 0}, {"ctrl+d", 9}} {
		a.press(step.key)
		a.sees(fmt.Sprintf("› on   user%04d", step.want))
		if len(u.rows) > 200 {
			t.Fatalf("%d rows in memory", len(u.rows))
		}
	}
	a.press("/")
	a.write("user099")
	a.settle()
	a.sees("user0990", "user0999", "10 of 1,000 shown")
	a.press("enter", "esc")
	a.sees("1,000 users", "filter dropped")
}

func TestUserFilter(t *testing.T) {
	var log []string
	a := withSamples(t, 80, 24, &log)
	of := userNoun(a.d)
	user := of.t
	count := func(f userFilter) int {
		n, err := a.d.opts.Store.List(context.Background(), user, scimQuery(f.f, 0, 0), func([]byte) {})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	all := count(userFilter{})
	tests := []struct {
		text string
		want func(int) bool
	}{
		{"", func(n int) bool { return n == all }},
		{"lovelace", func(n int) bool { return n == 1 }},
		{"ADA lovelace", func(n int) bool { return n == 1 }},
		{"ada müller", func(n int) bool { return n == 0 }},
		{`userName sw "ada"`, func(n int) bool { return n == 1 }},
		{`active eq false`, func(n int) bool { return n > 0 && n < all }},
		{`not (active eq false)`, func(n int) bool { return n > 0 && n < all }},
		{`emails[type eq "work"]`, func(n int) bool { return n > 0 }},
		{`o'brien`, func(n int) bool { return n == 1 }},
		{`"quoted`, func(n int) bool { return n == 0 }},
	}
	for _, tt := range tests {
		f, err := parseUserFilter(tt.text, &of)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if n := count(f); !tt.want(n) {
			t.Errorf("%s: %d users (%s)", tt.text, n, f.scim)
		}
		if q, err := url.ParseQuery(strings.TrimPrefix(f.request(&of), "GET /Users?")); err != nil || q.Get("filter") != f.scim {
			t.Errorf("%s: the request %s gives back %q, %v", tt.text, f.request(&of), q.Get("filter"), err)
		}
	}
	for text, want := range map[string]string{
		`userName eq "ada`:   "column 13",
		`userName xx eq "a"`: "column",
		`nosuch eq "a"`:      `column 1: User has no attribute "nosuch"`,
		`  usreName eq "a"`:  `column 3: User has no attribute "usreName"; did you mean userName?`,
		`ä eq`:               "column",
		`active gt true`:     "column 1: active",
	} {
		_, err := parseUserFilter(text, &of)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", text, err, want)
		}
		var fault *filterFault
		if column, _, _ := strings.Cut(fmt.Sprint(err), ":"); !errors.As(err, &fault) || column != fmt.Sprintf("column %d", fault.at+1) {
			t.Errorf("%s: %v stands at %d", text, err, fault.at)
		}
	}
}

// FuzzUserFilter: nothing that is typed breaks the parser, and plain words
// always make a filter.
func FuzzUserFilter(f *testing.F) {
	for _, s := range []string{"", "ada", `userName eq "ada"`, `"`, `o'brien \`, "not (", `emails[type eq "work"].value co "x"`, "日本 語", "\n\fEW\f"} {
		f.Add(s)
	}
	of := userNoun(&deps{cat: scim.NewCatalog(false), opts: &Options{}})
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := parseUserFilter(text, &of)
		_, noFilter := scim.ParseFilter(text)
		if err != nil && noFilter != nil && utf8.ValidString(text) && !hasOperator(text) && len(text) < 1000 && !strings.ContainsAny(text, "()[]") {
			t.Errorf("plain words %q: %v", text, err)
		}
		if err == nil && filter.f != nil {
			filter.f.Match([]byte(adaDoc))
		}
	})
}

func BenchmarkUsersKey(b *testing.B) {
	a := newApp(b, 140, 40)
	a.press("2")
	withUsers(a)
	keys := []tea.KeyMsg{keyMsg("j"), keyMsg("k")}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		a.r.Update(keys[i%2])
		a.r.View()
	}
}

// Under what is typed a ^ stands at the fault, whether of form or of an attribute.
func TestUsersFilterShowsWhere(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		var log []string
		a := withSamples(t, size[0], size[1], &log)
		a.press("/")
		a.write(`active eq true and (usreName eq "x" or title pr)`)
		a.settle()
		a.sees(` / active eq true and (usreName eq "x" or title pr)▏`,
			"\n"+strings.Repeat(" ", 3+20)+"^", `column 21: User has no attribute "usreName"; did you mean userName?`, "the last good one is shown")
		if size[0] == 80 { // beside the list there would be an id, which is another one each time
			a.golden("users-filter-unknown-80x24")
		}
		for range 30 {
			a.press("backspace")
		}
		a.settle()
		a.sees(" / active eq true and▏", "\n"+strings.Repeat(" ", 3+15)+"^", `column 16: nothing follows "and"`)
		a.write(" title pr")
		a.settle()
		if strings.Contains(a.text(), "^") {
			t.Error("a ^ is left")
		}
	}
}

func TestUsersPromptRestores(t *testing.T) {
	var log []string
	a := withSamples(t, 80, 24, &log)
	a.press("/")
	a.write("lovelace")
	a.settle()
	a.sees("1 of 25 shown")
	a.press("enter")
	a.sees("1 of 25 shown", "lovelace")
	a.press("/")
	a.sees("/ lovelace▏")
	a.write(`x eq "`)
	a.settle()
	a.sees("the last good one is shown", "1 of 25 shown")
	a.press("enter") // refused: what is typed is no filter
	a.sees("error  column")
	a.press("esc")
	if f := a.r.top().(*directory).filter.text; f != "lovelace" {
		t.Errorf("filter %q after esc", f)
	}
	a.press("/")
	for _, c := range []string{"q", "1", "?", "D", "d"} {
		a.press(c)
	}
	a.sees("/ lovelaceq1?Dd▏")
	if len(log) != 0 {
		t.Errorf("letters typed into the filter sent %q", log)
	}
	a.press("esc", "r")
	a.feed(oktaDay()...)
	a.sees("[1 Requests]", "user:ada.lovelace@example.com")
}

func TestUsersShowNothingDangerous(t *testing.T) {
	a := newApp(t, 140, 40)
	a.press("2")
	withUsers(a)
	a.sees("Zoë ␛[2J")
	if strings.Contains(a.r.View(), "\x1b[2J") {
		t.Error("an escape sequence of a user's name reaches the terminal")
	}
}
