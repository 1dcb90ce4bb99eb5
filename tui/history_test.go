package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
)

// shown is the JSON that the detail shows, as y copies it.
func (k *desk) shown() string {
	k.t.Helper()
	k.copied = nil
	k.press("y")
	if len(k.copied) != 1 {
		k.t.Fatalf("y copied %q\n%s", k.copied, k.text())
	}
	return k.copied[0]
}

// { and } go through the states that the writes made, on every tab, and esc back
// to how it is now. A state is what a client could read then.
func TestVersionsStep(t *testing.T) {
	for _, tab := range []int{0, 1, 2} {
		k := newDesk(t, 100, 40, false)
		id := k.okta("POST", "/Users", adaBody)
		titles := []string{"Engineer", "A", "B", "C"}
		for _, title := range titles[1:] {
			k.okta("PATCH", "/Users/"+id, patch(`{"op":"replace","path":"title","value":"`+title+`"}`))
		}
		k.press("2", "enter")
		k.come()
		for range tab {
			k.press("l")
		}
		is := func(i int) {
			t.Helper()
			if text := k.shown(); !strings.Contains(text, `"title": "`+titles[i]+`"`) || !strings.Contains(text, fmt.Sprintf(`W/\"%d\"`, i+1)) {
				t.Errorf("tab %d: want %s, it is\n%s", tab, titles[i], text)
			}
			if was := strings.Contains(k.text(), "as it was"); tab < 2 && was != (i < 3) {
				t.Errorf("tab %d, state %d: as it was: %v\n%s", tab, i, was, k.text())
			}
		}
		is(3)
		for i := 2; i >= 0; i-- {
			k.press("{")
			is(i)
		}
		k.press("{")
		k.sees("the log knows of no earlier state")
		k.press("}")
		is(1)
		// What comes meanwhile leaves the picture where it is.
		k.okta("PATCH", "/Users/"+id, patch(`{"op":"replace","path":"nickName","value":"N"}`))
		is(1)
		k.press("}", "}", "}")
		if text := k.shown(); !strings.Contains(text, `"nickName": "N"`) {
			t.Errorf("tab %d: not how it is now\n%s", tab, text)
		}
		k.press("}")
		k.sees("this is how it is now")
		k.press("{", "{", "esc")
		if text := k.shown(); !strings.Contains(text, `"nickName": "N"`) || k.r.top().place() != inUser {
			t.Errorf("tab %d: esc does not lead to now\n%s", tab, k.text())
		}
	}
}

// From the history enter opens the request, also when a filter hides it.
func TestHistoryOpensTheRequest(t *testing.T) {
	k := newDesk(t, 80, 24, false)
	k.life()
	k.press("/")
	k.write("method:GET")
	k.press("enter", "2", "enter")
	k.come()
	k.press("h", "j", "j") // #4
	k.press("enter")
	k.sees("Requests › #4 PATCH", "[Summary]")
	k.press("2")
	k.sees("[History 6]", "› 14:02:24 #4")
	k.press("G", "enter")
	k.sees("Requests › #1 GET")
	k.press("2", "r")
	k.sees("[1 Requests]", "user:ada@example.com")
}

// What the log cannot tell is said on screen.
func TestHistorySaysWhatItDoesNotKnow(t *testing.T) {
	k := newDesk(t, 80, 24, false)
	id := k.okta("POST", "/Users", adaBody)
	k.cut = 100
	k.okta("PATCH", "/Users/"+id, patch(`{"op":"replace","path":"title","value":"A"}`))
	k.cut = 0
	k.okta("PATCH", "/Users/"+id, patch(`{"op":"replace","path":"title","value":"B"}`))
	k.press("2", "enter")
	k.come()
	k.press("h", "j")
	k.sees("the log keeps only the beginning", `- "Engineer"`, `+ "A"`)
	k.press("l", "l")
	k.sees("This state cannot be shown", "What is known of it is what changed")

	// A user who was changed by no request of the log, and one that has none.
	if err := k.st.ClearLog(); err != nil {
		t.Fatal(err)
	}
	k.send(cleared{})
	p, _, err := k.cat.Type("User").ReadPatch(decoded(t, patch(`{"op":"replace","path":"title","value":"Z"}`)), scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.st.Patch(t.Context(), k.cat.Type("User"), id, p, nil); err != nil {
		t.Fatal(err)
	}
	k.okta("POST", "/Users", `{"schemas":["`+scim.UserURN+`"],"userName":"bob"}`)
	k.wait(time.Second)
	k.press("esc", "esc", "j", "k", "enter")
	k.come()
	k.press("h", "h")
	k.sees("not by a request in the log", "3 versions before this one are not known")
}

func decoded(t testing.TB, text string) scim.Value {
	t.Helper()
	v, err := scim.Decode([]byte(text), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A history is read again when something about it comes, and not for what is of others.
func TestHistoryFollows(t *testing.T) {
	k := newDesk(t, 140, 40, false)
	id := k.life()
	k.press("2")
	k.come()
	k.sees("History 6")
	x := k.r.top().(*directory).detail
	loaded := x.past.loaded
	k.okta("POST", "/Users", `{"schemas":["`+scim.UserURN+`"],"userName":"bob@example.com"}`)
	if x.past.loaded != loaded {
		t.Error("the history was read for a request about another user")
	}
	k.okta("GET", `/Users?filter=userName%20eq%20%22ADA@example.com%22`, "")
	k.wait(time.Second)
	k.come()
	k.okta("PATCH", "/Users/"+id, patch(`{"op":"remove","path":"nickName"}`))
	k.wait(time.Second)
	k.come()
	k.sees("History 8", "-nickName")
	k.okta("DELETE", "/Users/"+id, "")
	k.sees("› on   bob@example.com", "History 1", "created")
}

// Of very many requests about one user only the newest are read.
func TestHistoryIsBounded(t *testing.T) {
	k := newDesk(t, 140, 40, false)
	id := k.okta("POST", "/Users", adaBody)
	for i := range 600 {
		k.clock = k.clock.Add(time.Second)
		if _, _, err := k.do("", "PATCH", "/Users/"+id, "", []byte(patch(fmt.Sprintf(`{"op":"replace","path":"title","value":"T%d"}`, i)))); err != nil {
			t.Fatal(err)
		}
	}
	k.come()
	k.press("2", "enter", "h")
	k.come()
	k.sees("[History 500]", "500 versions in 500 requests", "101 older requests not looked at", "v601")
	k.press("G")
	k.sees("101 versions before this one are not known")
}

// crowd is a store with a group of 50,000, which counts the members that are read.
type crowd struct {
	*store.Store
	read, most int
}

func (c *crowd) Members(id string, start, count int, emit func(string, []byte)) (int, bool, error) {
	const all = 50_000
	for i := start; i < min(start+count, all+1); i++ {
		c.read++
		emit("User", fmt.Appendf(nil, `{"schemas":[%q],"id":"%036d","userName":"user%05d"}`, scim.UserURN, i, i))
	}
	c.most = max(c.most, count)
	return all, true, nil
}

// Of 50,000 members those on screen are read, and no more when one goes through them.
func TestMembersAreBounded(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		c := &crowd{}
		k := newDesk(t, size[0], size[1], true, func(o *Options) {
			c.Store = o.Store.(*store.Store)
			o.Store = c
		})
		k.clock = k.clock.Add(time.Second)
		if _, _, err := k.do("", "POST", "/Groups", "", []byte(`{"schemas":["`+scim.GroupURN+`"],"displayName":"All"}`)); err != nil {
			t.Fatal(err)
		}
		k.st.FlushLog()
		w := &watcher{d: k.d, st: c}
		now := w.read().(changes)
		now.next = nil
		k.send(now)
		k.press("2", "t")
		k.sees("50,000")
		k.press("enter", "l")
		if strings.Contains(k.shown(), "members") || c.read != 0 {
			t.Errorf("%d members were read for the JSON", c.read)
		}
		k.press("l")
		k.settle()
		k.sees("[Members 50,000]", "› on    user00001", "50,000 members")
		k.press("G")
		k.sees("› on    user50000")
		k.press("pgup", "g", "ctrl+d", "j")
		if c.most > 300 || c.read > 2000 {
			t.Errorf("%d members were read, %d at once", c.read, c.most)
		}
	}
}

func TestGroupsAreOff(t *testing.T) {
	k := newDesk(t, 80, 24, false)
	k.life()
	k.press("2", "t")
	k.sees("this server has no groups", "[2 Users]")
	k.press("enter", "+")
	k.sees("this server has no groups")
	k.sees("History")
	if strings.Contains(k.text(), "Groups") {
		t.Error("there is a tab for groups")
	}
}

// Somebody is put into a group and taken out again from either side, with the
// requests of Okta's Push Groups.
func TestMembership(t *testing.T) {
	k := newDesk(t, 80, 24, true)
	ada := k.okta("POST", "/Users", adaBody)
	k.okta("POST", "/Users", `{"schemas":["`+scim.UserURN+`"],"userName":"bob@example.com"}`)
	k.team("Engineering", ada)
	k.team("Twin")
	k.team("Twin")
	k.sent = nil
	k.press("2", "t", "enter", "l", "l")
	k.come()
	k.sees("[Members 1]", "› on    ada@example.com")
	k.press("+")
	k.write("nobody")
	k.press("enter")
	k.sees("there is no user with that userName or id")
	k.press("ctrl+u")
	k.write("BOB@example.com")
	k.press("enter")
	k.come()
	k.sees("[Members 2]", "bob@example.com")
	k.press("-")
	k.come()
	k.sees("[Members 1]", "› on    bob@example.com")
	k.press("enter") // opens the member
	k.come()
	k.sees("[2 Users]", "› on   bob@example.com", "1 of 2 shown")
	k.press("enter", "l", "l")
	k.come()
	k.sees("Users › bob@example.com", "[Groups 1]", "› group Engineering")
	k.press("+")
	k.write("twin")
	k.press("enter")
	k.sees("more than one group has that name: give the id")
	k.press("esc", "-")
	k.come()
	k.sees("This user is in no group.")
	k.press("+")
	k.write("engineering")
	k.press("enter")
	k.come()
	k.sees("› group Engineering")
	k.press("enter")
	k.come()
	k.sees("[2 Groups]", "› Engineering")
	for i, want := range []string{
		`PATCH /Groups/ID?excludedAttributes=members {"schemas":["` + scim.PatchURN + `"],"Operations":[{"op":"add","path":"members","value":[{"value":"`,
		`PATCH /Groups/ID?excludedAttributes=members {"schemas":["` + scim.PatchURN + `"],"Operations":[{"op":"remove","path":"members[value eq \"` + ada + `\"]"}]}`,
	} {
		if !strings.HasPrefix(k.sent[i], want) {
			t.Errorf("sent %s, want %s", k.sent[i], want)
		}
	}
}

// Statement 45: a group is deleted when y says so, and not otherwise.
func TestAcceptance45_DeletingAGroupAsks(t *testing.T) {
	k := newDesk(t, 80, 24, true)
	k.team("Engineering")
	k.press("2", "t", "D", "y") // too soon
	k.wait(time.Second)
	k.press("enter") // the safe button
	k.press("D", "esc")
	k.wait(time.Second)
	k.press("esc")
	if n := k.st.Count(k.cat.Type("Group")); n != 1 {
		t.Fatalf("%d groups", n)
	}
	k.press("D")
	k.wait(time.Second)
	k.press("y")
	k.sees("Engineering is deleted")
	k.come()
	k.sees("No groups yet")
}

// Statement 65: where there is nothing, a key leads on, and works.
func TestAcceptance65_EmptyUsersAndGroups(t *testing.T) {
	k := newDesk(t, 80, 24, true)
	k.press("2")
	k.sees("No users yet", " a  adds one", " i  adds 25 sample users")
	k.press("t")
	k.sees("No groups yet", " a  adds one", " t  goes back to the users")
	k.press("a")
	k.write("Engineering")
	k.press("enter")
	k.sees("Engineering added")
	k.come()
	k.sees("› Engineering")
	k.press("enter", "l", "l")
	k.sees("Nobody is in this group.", "+  puts somebody into it")
	k.press("+")
	k.sees("Put somebody into Engineering")
	k.press("esc", "esc", "t", "i")
	k.come()
	k.sees("25 users")
	k.press("enter", "l", "l")
	k.sees("This user is in no group.", "+  puts it into one")
	k.press("+")
	k.sees("into a group")
}

// Statement 29: each hint of the key line does what it says, in the states that
// users and groups have.
func TestAcceptance29_HintsOfUsersAndGroups(t *testing.T) {
	scenes := map[string][]string{
		"users": {"2"}, "user": {"2", "enter"}, "user json": {"2", "enter", "l"}, "user groups": {"2", "enter", "l", "l"}, "user history": {"2", "enter", "h", "j"},
		"user as it was": {"2", "enter", "{", "{"}, "groups": {"2", "t"}, "group": {"2", "t", "enter"}, "members": {"2", "t", "enter", "l", "l"}, "group history": {"2", "t", "enter", "h"},
	}
	pressed := map[string]bool{}
	for name, keys := range scenes {
		fresh := func() *desk {
			k := newDesk(t, 80, 24, true)
			id := k.life()
			k.team("Engineering", id)
			k.team("Everyone", id)
			for _, key := range keys {
				k.press(key)
				k.come()
			}
			k.edits = append(k.edits, func(s string) string { return s })
			return k
		}
		probe := fresh()
		for i := range actions {
			act := &actions[i]
			if act.rank == 0 || act.in&probe.r.top().place() == 0 || act.label(probe.r.facts()) == "" {
				continue
			}
			if ok, _ := act.possible(probe.r.facts()); !ok {
				continue
			}
			for _, key := range act.Keys() {
				k := fresh()
				before, sent := k.text(), len(k.sent)
				k.press(key)
				pressed[act.id] = true
				if k.text() == before && len(k.copied) == 0 && len(k.sent) == sent && len(k.edits) == 1 {
					t.Errorf("%s: %q (%s) changes nothing", name, key, act.id)
				}
			}
		}
	}
	for _, id := range []string{"openThis", "putIn", "takeOut", "older", "newer", "edit", "otherType", "delete", "toggle"} {
		if !pressed[id] {
			t.Errorf("no hint is for %s", id)
		}
	}
}
