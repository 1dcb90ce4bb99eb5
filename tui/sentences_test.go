package tui

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/tui/ui"
)

// otherKeys gives each action that can have another key one of its own, which no
// action has by itself.
func otherKeys(t *testing.T) map[string]string {
	t.Helper()
	keys, list := map[string]string{}, []string(nil)
	for _, a := range builtin {
		if keys[a.id] == "" && !slices.Contains(fixed, a.id) {
			keys[a.id] = string(rune('Ā' + len(keys)))
			list = append(list, a.id+"="+keys[a.id])
		}
	}
	if err := Rebind(list); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Rebind(nil); err != nil {
			t.Error(err)
		}
	})
	return keys
}

// speaker is a dashboard whose actions have other keys.
type speaker struct {
	*app
	keys map[string]string
}

// do presses the keys of actions, or keys that are no action's.
func (s speaker) do(names ...string) {
	for _, name := range names {
		if key := s.keys[name]; key != "" {
			name = key
		}
		s.press(name)
	}
}

var anAction = regexp.MustCompile(`\{\w+\}`)

// says is sees for sentences in which an action stands for its key: "{add} makes one".
func (s speaker) says(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		s.sees(anAction.ReplaceAllStringFunc(text, func(id string) string {
			key := s.keys[strings.Trim(id, "{}")]
			if key == "" {
				s.t.Fatalf("%s is no action", id)
			}
			return key
		}))
	}
}

// TestSentencesFollowRebinding: a sentence that names a key names the one that
// works, whatever it is.
func TestSentencesFollowRebinding(t *testing.T) {
	keys := otherKeys(t)
	for name, test := range map[string]func(*testing.T, func(*app) speaker){
		"requests": sayRequests, "detail": sayDetail, "replay": sayReplay, "keys": sayKeys,
		"users": sayUsers, "membership": sayMembership, "sheets": saySheets, "setup": saySetup, "address": sayAddress,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(a *app) speaker { a.t = t; return speaker{a, keys} })
		})
	}
}

func sayRequests(t *testing.T, with func(*app) speaker) {
	s := with(newApp(t, 140, 40))
	s.says("press  {keys}  then  {add}", "press  {setup}", "{copy} copies it", "first?  {sample}  adds",
		"[{requests} Requests]", " {users} Users", " {keys} Keys", " {setup} Setup", "{help} help",
		"{copy} copy curl", "{sample} sample users", "{keys} keys", "{setup} setup", "{leave} quit", "{help} keys")
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("some text"), Paste: true})
	s.says("pasted text ignored: press {filter} first")
	s.do("suspend")
	s.says("{suspend} again suspends it")
	s.send(told{wrong, "something"})
	s.says("{copyNotice} copies, {log} keeps")
	s.trouble("the disk is read-only", false)
	s.says("Details: {log}")
	s.trouble("", false)

	s = with(newApp(t, 140, 40))
	s.feed(oktaDay()...)
	s.says("{problem} jumps to the next")
	s.do("nextMark")
	s.says("nothing is marked: {mark} marks a request")
	s.do("compare")
	s.says("compare with what? {mark} marks another request, {replay} sends")
	s.do("copyAgain")
	s.says("nothing was copied yet: {copy} first")
	s.do("clear")
	s.says("press {filter} instead")
	s.wake()
	s.do("esc", "up", "down", "down")
	s.says("last row, {follow} follows")
	s.feed(numbered(1046, many(3))...)
	s.settle()
	s.says("{last} or {follow}: catch up")
	s.do("filter")
	s.write("user:bbo")
	s.do("enter")
	s.says("{filter} edits it", "{filter} edit filter")
	s.do("esc")
	s.says("filter dropped; {filter} and ↑")
	s.send(tea.WindowSizeMsg{Width: 59, Height: 15})
	s.says("{leave} quit ")
	s.do("leave")
	s.says("{leave} again quits")
	if s.do("leave"); !s.quit {
		t.Error("it does not")
	}
}

func sayDetail(t *testing.T, with func(*app) speaker) {
	s := with(newApp(t, 80, 24))
	s.log(replaced("ada@example.com"))
	s.do("nextTab")
	s.says("no detail is open: press {open} first")
	s.do("open")
	s.settle()
	s.r.notice.text = ""
	s.says("{otherDown}/{otherUp} next/previous", "{pane} next tab", "{openUser} opens the user")
	s.do("nextMatch")
	s.says("nothing was found: {search} searches")
	s.do("nextTab", "nextTab", "wrap")
	s.says("long lines are cut; {wrap} wraps them")
	s.do("nextTab")
	s.r.notice.text = ""
	s.says("{wrap}: the whole user", "{openUser} opens the user")

	s = with(newApp(t, 140, 40))
	s.log(exchange("ada@example.com"))
	s.do("open")
	s.says("{copy} copies it as curl")
	s.do("nextTab")
	s.says("1 more header: {headers}")
	s.d.copy = func(context.Context, []byte) (ui.Known, error) { return ui.TooLongTerm, nil }
	s.do("copy", "c")
	s.says("clipboard: {export} writes it to a file")
}

func sayReplay(t *testing.T, with func(*app) speaker) {
	s := with(newReplayer(t, 140, 40, 409, exchange("ada@example.com")).app)
	s.do("replay")
	s.says("{replayEdited} shows it in your editor")
	s.wake()
	s.do("y")
	s.log()
	s.says("; {compare} compares")
}

func sayKeys(t *testing.T, with func(*app) speaker) {
	s := with(newApp(t, 140, 40))
	s.do("keys")
	s.says("{add}  makes one", "{add} new key", "{setup} setup", "{help} keys")
	if _, _, err := s.store().CreateKey("okta", time.Time{}); err != nil {
		t.Fatal(err)
	}
	s.fresh()
	s.do("toggle")
	s.says("gets 401; {toggle} enables it again")
	s.d.data.keys = someKeys()
	s.feed(oktaDay()...)
	s.settle()
	s.r.notice.text = ""
	s.says("{itsRequests} shows all its requests       {copy} copies the prefix", "no valid key: {filter} key:invalid")
	s.do("revoke")
	s.says("To pause it instead, press {toggle}.")
	s.wake()
	s.do("esc", "down", "down", "down", "edit")
	s.says("a revoked key stays as it is: make a new one with {add}")
	s.do("toggle")
	s.says("a revoked key cannot be used again: make a new one with {add}")
}

func sayUsers(t *testing.T, with func(*app) speaker) {
	k := newDesk(t, 140, 40, true)
	s := with(k.app)
	s.do("users")
	s.says(" {add}  adds one", " {sample}  adds 25", "{add} add", "{sample} sample users", "{setup} setup")
	s.do("otherType")
	s.says(" {add}  adds one", " {otherType}  goes back", "{otherType} users")
	s.do("otherType")
	id := k.life()
	k.team("Engineering", id)
	s.do("toggle")
	s.says("is deactivated; {toggle} reactivates")
	k.come()
	s.do("toggle")
	s.says("is active again; {toggle} deactivates")
	s.do("delete")
	s.says("To deactivate instead, press {toggle}.")
	s.wake()
	s.do("esc", "wipe")
	s.wake()
	k.okta("POST", "/Users", `{"schemas":["`+scim.UserURN+`"],"userName":"bob@example.com"}`)
	s.write("delete 1 user")
	s.do("tab", "enter")
	s.settle()
	s.says("look again, then {wipe}")
	s.do("filter")
	s.says("as ({copy} behind ↵")
	s.write("nobody")
	s.do("enter")
	s.settle()
	s.says("{filter} edits it")
	s.do("esc")
	s.says("filter dropped; {filter} and ↑")
	s.settle()
	s.do("first", "open", "openThis")
	s.says("{nextTab} goes to History")
	s.do("older")
	s.settle()
	s.says("{older} earlier  {newer} later")
	s.do("esc", "esc", "otherType")
	s.settle()
	s.do("delete")
	s.says("To rename it instead, press {edit}.")

	k = newDesk(t, 80, 24, false)
	s = with(k.app)
	s.do("users")
	id = k.okta("POST", "/Users", adaBody)
	s.do("filter")
	s.write("ada")
	s.do("enter")
	s.settle()
	s.do("open")
	s.settle()
	k.okta("DELETE", "/Users/"+id, "")
	s.settle()
	s.says("{older}  shows how it was")
}

func sayMembership(t *testing.T, with func(*app) speaker) {
	k := newDesk(t, 140, 40, true)
	s := with(k.app)
	s.do("users")
	k.okta("POST", "/Users", adaBody)
	k.team("Engineering")
	s.do("open", "takeOut")
	s.says("nobody is selected: {nextTab} goes to who")
	s.do("nextTab", "nextTab")
	s.says("{putIn}  puts it into one")
	s.do("esc", "otherType")
	s.settle()
	s.do("open", "nextTab", "nextTab")
	s.says("{putIn}  puts somebody into it")
	s.do("putIn")
	s.wake()
	s.write("ada@example.com")
	s.do("enter")
	s.says("is in Engineering; {takeOut} takes it out again")
	k.come()
	s.do("takeOut")
	s.says("is out of the group; {putIn} puts it in again")
}

func saySheets(t *testing.T, with func(*app) speaker) {
	k := newDesk(t, 140, 40, false)
	s := with(k.app)
	s.do("users")
	k.okta("POST", "/Users", adaBody)
	u := s.r.tabs[1].stack[0].(*directory).users
	u.keep(&sheetEdit{u: u, id: "1", text: []byte("{}")}, "nothing was changed")
	s.says("nothing was changed; {edit} goes on with your text")
	u.keep(&sheetEdit{u: u, text: []byte("{}")}, "nothing was changed")
	s.says("nothing was changed; More, in the form behind {add}, goes on with your text")
}

func saySetup(t *testing.T, with func(*app) speaker) {
	s := with(newApp(t, 140, 40))
	s.do("setup")
	s.says("{prevTab}/{nextTab} ", "{add} makes one", "{tunnels} public", "{copy} copy", "{tunnels}: a tunnel, {address} types it",
		"down: {test}, {tunnels}", "this machine only: {tunnels} makes it public", "out of reach for Okta: {tunnels} helps")
	s.do("test")
	s.says("{tunnels} tells how to get one, {address} types it")
	for i, it := range s.setup().items {
		if it.key {
			s.setup().list.Select(i)
		}
	}
	s.do("copy")
	s.says("when it is made: {add} makes one, and y copies it there")
	s.do("last", "copy")
	s.says("there is nothing to copy in this line: {first} goes")

	s = with(newApp(t, 80, 24))
	s.do("setup")
	s.says("more below: {down}")

	s = with(newApp(t, 140, 40))
	s.do("setup")
	refused := row("GET", "/Users", 401, 1, "probe", "", "")
	refused.KeyID, refused.KeyName, refused.Refused = 0, "", "the header has no key"
	s.feed(refused)
	s.says("went wrong: choose it, {open} opens it")
}

func sayAddress(t *testing.T, with func(*app) speaker) {
	s := with(newApp(t, 140, 40))
	s.do("setup", "tunnels")
	s.wait(time.Second)
	s.says("Then press {address} and paste", "{test} tests it", "{down}/{up} choose", "{copy} copy the command", "{address} enter the address")
	if s.do("down", "copy"); len(s.copied) != 1 || s.copied[0] != "ngrok http 7644" {
		t.Errorf("copied %q", s.copied)
	}
	s.do("address")
	s.wait(time.Second)
	s.write("abc.example.net")
	s.do("enter")
	s.says("used on this screen: {test} tests whether it leads here", "typed ({address}); --public-url", "{test} tests it")
	s.do("test")
	s.wait(time.Second)
	s.says("{test} tries again; {tunnels} is about tunnels", "; {address}", "{test} again", "{copy} copy the report", "{tunnels} tunnels", "{address} address")
	s.do("test", "copy", "tunnels")
	s.wait(time.Second)
	s.do("tunnels")
	s.settle()
	s.r.notice.text = ""
	s.says("{test} again", "the address does not answer: {test} tells why")
	first := row("GET", "/Users", 200, 1, "probe", "", "")
	first.KeyID, first.KeyName = 0, ""
	s.feed(first)
	s.setup().test = reachTest{}
	s.says("next: make a key with {add}, and put it")
}
