package tui

import "github.com/charmbracelet/bubbles/key"

// An action is one thing that a key does. The table actions is the only place
// where keys are named: dispatch, key line, help (?) and the README's tables
// all read it, so none of them can say what another does not do.
type action struct {
	// The keys as tea.KeyMsg.String names them ("j", "down", "ctrl+d"), as people
	// read them ("j ↓"), and the help: one sentence without full stop.
	key.Binding

	id    string // what act gets: "follow"
	in    place  // where it applies
	word  string // in the key line, one or two words; "" keeps it out
	rank  int    // place in the key line, 1 first; 0: not there
	group string // heading in the help: MOVE, LOOK, FILTER, DO, EVERYWHERE

	// enabled says whether it is possible now, else why not ("choose a key
	// first"). nil: always.
	enabled func(facts) (ok bool, why string)

	// words overrides word by state ("follow" or "pause"); "" keeps it out of the
	// key line. nil: word.
	words func(facts) string
}

// bind makes a binding of keys, shown as show, whose help is what.
func bind(show, what string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(show, what))
}

// show is the action's keys as people read them.
func (a *action) show() string { return a.Help().Key }

// help is the action's sentence.
func (a *action) help() string { return a.Help().Desc }

// actions is the table. Rows may be added for any place; a test sees to it
// that no key means two things in one place and that every row has its words. Only
// Rebind changes it.
var actions = []action{
	// Everywhere. The root runs these itself.
	{id: "requests", in: everywhere, Binding: bind("1", "requests", "1"), group: "EVERYWHERE"},
	{id: "users", in: everywhere, Binding: bind("2", "users", "2"), group: "EVERYWHERE"},
	{id: "keys", in: everywhere, Binding: bind("3", "keys", "3"), group: "EVERYWHERE"},
	{id: "setup", in: everywhere, Binding: bind("4", "setup: what to type into Okta or Entra", "4"), group: "EVERYWHERE"},
	{id: "help", in: everywhere, Binding: bind("?", "keys and actions of this place; type to search, enter runs", "?"), word: "keys", rank: 99, group: "EVERYWHERE"},
	{id: "palette", in: everywhere, Binding: bind(": ^p", "every action of the program", ":", "ctrl+p"), group: "EVERYWHERE"},
	{id: "back", in: everywhere, Binding: bind("esc", "one step back: box, input, search, filter, detail; never quits", "esc"), group: "EVERYWHERE"},
	{id: "leave", in: everywhere, Binding: bind("q", "back, on Requests: quit (asks)", "q"), group: "EVERYWHERE"},
	{id: "interrupt", in: everywhere, Binding: bind("^c", "quit (asks); twice within 2 s: at once", "ctrl+c"), group: "EVERYWHERE"},
	{id: "theme", in: everywhere, Binding: bind("T", "theme: auto, dark, light, 16 colours, none", "T"), group: "EVERYWHERE"},
	{id: "mouse", in: everywhere, Binding: bind("M", "mouse on or off", "M"), group: "EVERYWHERE"},
	{id: "log", in: everywhere, Binding: bind("L", "the server's own messages and past notices", "L"), group: "EVERYWHERE"},
	{id: "copyNotice", in: everywhere, Binding: bind("^y", "copy the notice in the status line", "ctrl+y"), group: "EVERYWHERE"},
	{id: "redraw", in: everywhere, Binding: bind("^l", "draw everything afresh", "ctrl+l"), group: "EVERYWHERE"},
	{id: "suspend", in: everywhere, Binding: bind("^z", "twice: suspend; the server stops answering meanwhile", "ctrl+z"), group: "EVERYWHERE"},

	// Moving.
	{id: "down", in: everywhere, Binding: bind("j ↓", "next row or line", "j", "down"), group: "MOVE"},
	{id: "up", in: everywhere, Binding: bind("k ↑", "previous row or line", "k", "up"), group: "MOVE"},
	{id: "first", in: everywhere, Binding: bind("g", "first row or line", "g", "home"), group: "MOVE"},
	{id: "last", in: everywhere, Binding: bind("G", "last row or line; in Requests: follow again", "G", "end"), group: "MOVE"},
	{id: "halfDown", in: everywhere, Binding: bind("^d", "half a page down", "ctrl+d"), group: "MOVE"},
	{id: "halfUp", in: everywhere, Binding: bind("^u", "half a page up", "ctrl+u"), group: "MOVE"},
	{id: "pageDown", in: everywhere, Binding: bind("pgdn ^f", "a page down", "pgdown", "ctrl+f"), group: "MOVE"},
	{id: "pageUp", in: everywhere, Binding: bind("pgup ^b", "a page up", "pgup", "ctrl+b"), group: "MOVE"},

	// Panes.
	{id: "open", in: inLists, Binding: bind("↵", "open", "enter"), word: "open", rank: 1, group: "LOOK", enabled: needsRow},
	{id: "pane", in: everywhere, Binding: bind("tab", "next pane; with one pane: next tab", "tab"), group: "LOOK"},
	{id: "paneBack", in: everywhere, Binding: bind("⇧tab", "previous pane or tab", "shift+tab"), group: "LOOK"},
	{id: "nextTab", in: inRequests | inDetail | inResources, Binding: bind("] → l", "next tab of the detail", "]", "right", "l"), group: "LOOK", enabled: needsDetail},
	{id: "prevTab", in: inRequests | inDetail | inResources, Binding: bind("[ ← h", "previous tab of the detail", "[", "left", "h"), group: "LOOK", enabled: needsDetail},
	{id: "otherDown", in: inRequests | inDetail | inResources, Binding: bind("J", "move the other pane down; in a detail: the next request or user", "J"), group: "MOVE"},
	{id: "otherUp", in: inRequests | inDetail | inResources, Binding: bind("K", "move the other pane up; in a detail: the previous request or user", "K"), group: "MOVE"},
	{id: "zoom", in: inRequests | inDetail | inResources, Binding: bind("z", "zoom the focused pane to the whole body, and back", "z"), group: "LOOK"},
	{id: "layout", in: inRequests | inDetail | inResources, Binding: bind("v", "layout: auto, right, below, off", "v"), group: "LOOK"},
	{id: "narrower", in: inRequests | inDetail | inResources, Binding: bind("<", "list narrower", "<"), group: "LOOK"},
	{id: "wider", in: inRequests | inDetail | inResources, Binding: bind(">", "list wider", ">"), group: "LOOK"},

	// Requests.
	{id: "filter", in: inRequests, Binding: bind("/", "filter; opens with the present text", "/"), word: "filter", rank: 2, group: "FILTER"},
	{id: "follow", in: inRequests | inDetail, Binding: bind("f", "follow or pause", "f"), word: "pause", rank: 3, group: "FILTER", words: followWord},
	{id: "copy", in: inRequests | inDetail, Binding: bind("y", "copy; one more letter says as what", "y"), word: "copy", rank: 4, group: "DO", enabled: needsRowOrEmptyLog},
	{id: "copyAgain", in: inRequests | inDetail, Binding: bind("Y", "copy the same way again", "Y"), group: "DO", enabled: needsCopy},
	{id: "export", in: inRequests | inDetail, Binding: bind("x", "export into a file: archive, script, report, test of another server", "x"), word: "export", rank: 9, group: "DO", enabled: needsRow},
	{id: "replay", in: inRequests | inDetail, Binding: bind("r", "replay: send it again (writes ask first)", "r"), word: "replay", rank: 5, group: "DO", enabled: needsRow},
	{id: "replayEdited", in: inRequests | inDetail, Binding: bind("R", "edit in $EDITOR, then replay", "R"), group: "DO", enabled: needsRow},
	{id: "replayTo", in: inRequests | inDetail, Binding: bind("^r", "replay to another server, or all marked ones", "ctrl+r"), group: "DO", enabled: needsRow},
	{id: "compare", in: inRequests | inDetail, Binding: bind("=", "compare: the two marked, marked and selected, or a replay and its original", "="), group: "LOOK", enabled: needsPair},
	{id: "problem", in: inRequests, Binding: bind("e", "next problem", "e"), word: "problem", rank: 8, group: "MOVE", enabled: needsProblem},
	{id: "problemBack", in: inRequests, Binding: bind("E", "previous problem", "E"), group: "MOVE", enabled: needsProblem},
	{id: "mark", in: inRequests | inDetail, Binding: bind("m", "mark or unmark", "m", " "), word: "mark", rank: 6, group: "DO", enabled: needsRow},
	{id: "note", in: inRequests | inDetail, Binding: bind("a", "write a note on it, or another", "a"), word: "note", rank: 10, group: "DO", enabled: needsRow},
	{id: "nextMark", in: inRequests, Binding: bind("'", "next marked request", "'"), group: "MOVE", enabled: needsMark},
	{id: "thisUser", in: inRequests, Binding: bind("s", "only this user's requests; again: off", "s"), word: "this user", rank: 7, group: "FILTER", enabled: needsUser},
	{id: "thisSeq", in: inRequests, Binding: bind("S", "only this sequence; again: off", "S"), group: "FILTER", enabled: needsSeq},
	{id: "onlyProblems", in: inRequests, Binding: bind("!", "only problems; again: off", "!"), group: "FILTER"},
	{id: "onlyWrites", in: inRequests, Binding: bind("w", "only writes; again: off", "w"), group: "FILTER"},
	{id: "rawPath", in: inRequests, Binding: bind("p", "plain words or raw path in the last column", "p"), group: "LOOK"},
	{id: "clock", in: inRequests, Binding: bind("t", "time: clock, ago, UTC", "t"), group: "LOOK"},
	{id: "number", in: inRequests, Binding: bind("#", "go to a request number", "#"), group: "MOVE", enabled: needsRow},
	{id: "openUser", in: inRequests | inDetail, Binding: bind("u", "open its user", "u"), group: "LOOK", enabled: needsUser},
	{id: "clear", in: inRequests, Binding: bind("C", "clear the log; what has a mark or a note stays (asks)", "C"), group: "DO", enabled: needsLog},
	{id: "sample", in: inRequests | inUsers, Binding: bind("i", "add 25 sample users", "i"), group: "DO", enabled: needsEmpty},

	// Request detail.
	{id: "search", in: inDetail, Binding: bind("/", "search in the text", "/"), word: "search text", rank: 2, group: "FILTER", enabled: needsBody},
	{id: "search", in: inUser | inGroup, Binding: bind("/", "search in the JSON", "/"), word: "search", rank: 1, group: "FILTER", enabled: needsBody, words: onText("search")},
	{id: "older", in: inDetail, Binding: bind("{", "the change before this one of the same user or group", "{"), group: "MOVE", enabled: needsRow},
	{id: "newer", in: inDetail, Binding: bind("}", "the change after this one of the same user or group", "}"), group: "MOVE", enabled: needsRow},
	{id: "nextMatch", in: inDetail | inUser | inGroup, Binding: bind("n", "next search match", "n"), group: "MOVE", enabled: needsMatch},
	{id: "prevMatch", in: inDetail | inUser | inGroup, Binding: bind("N", "previous search match", "N"), group: "MOVE", enabled: needsMatch},
	{id: "wrap", in: inDetail, Binding: bind("w", "wrap long lines or cut them; in Changes: the whole user, or only what changed", "w"), word: "wrap", rank: 5, group: "LOOK", enabled: needsBodyOrWrite, words: wrapWord},
	{id: "raw", in: inDetail, Binding: bind("b", "pretty or raw body", "b"), word: "raw", rank: 6, group: "LOOK", enabled: needsBody},
	{id: "wrap", in: inUser | inGroup, Binding: bind("w", "wrap long lines or cut them", "w"), group: "LOOK", enabled: needsBody},
	{id: "raw", in: inUser | inGroup, Binding: bind("b", "pretty or raw JSON", "b"), group: "LOOK", enabled: needsBody},
	{id: "pager", in: inDetail, Binding: bind("p", "open the body in $PAGER", "p"), group: "LOOK", enabled: needsBody},
	{id: "headers", in: inDetail, Binding: bind("H", "all headers or the useful ones", "H"), word: "headers", rank: 7, group: "LOOK"},

	// Users and groups.
	{id: "openThis", in: inUser | inGroup, Binding: bind("↵", "in History: the request; in Groups and Members: what is selected", "enter"), word: "open", rank: 1, group: "LOOK", enabled: needsThis, words: thisWord},
	{id: "filter", in: inUsers | inGroups, Binding: bind("/", "SCIM filter or plain words", "/"), word: "filter", rank: 2, group: "FILTER"},
	{id: "sort", in: inUsers | inGroups, Binding: bind("o", "order: creation, name, last changed", "o"), group: "LOOK"},
	{id: "add", in: inUsers, Binding: bind("a", "add a user", "a"), word: "add", rank: 3, group: "DO"},
	{id: "add", in: inGroups, Binding: bind("a", "add a group", "a"), word: "add", rank: 3, group: "DO"},
	{id: "edit", in: inResources, Binding: bind("e", "edit its JSON in $EDITOR; shows what that changes, then asks", "e"), word: "edit", rank: 4, group: "DO", enabled: needsRow},
	{id: "toggle", in: inUsers | inUser, Binding: bind("d", "deactivate or reactivate", "d"), word: "deactivate", rank: 5, group: "DO", enabled: needsRow, words: toggleUserWord},
	{id: "delete", in: inResources, Binding: bind("D", "delete (asks)", "D"), word: "delete", rank: 6, group: "DO", enabled: needsRow},
	{id: "wipe", in: inUsers | inGroups, Binding: bind("W", "delete all that are shown (asks for the words)", "W"), group: "DO", enabled: needsRow},
	{id: "putIn", in: inUser | inGroup, Binding: bind("+", "put the user into a group, somebody into this group", "+"), word: "put in", rank: 2, group: "DO", enabled: needsGroups, words: onBeside("put in")},
	{id: "takeOut", in: inUser | inGroup, Binding: bind("-", "in Groups and Members: take out of the group", "-"), word: "take out", rank: 2, group: "DO", enabled: needsRelated, words: onBeside("take out")},
	{id: "older", in: inResources, Binding: bind("{", "how it was before that change", "{"), word: "earlier", rank: 3, group: "LOOK", enabled: needsOlder, words: inPast("earlier")},
	{id: "newer", in: inResources, Binding: bind("}", "how it was after the next change, and is now", "}"), word: "later", rank: 3, group: "LOOK", enabled: needsNewer, words: inPast("later")},
	{id: "itsRequests", in: inResources, Binding: bind("r", "its requests", "r"), word: "requests", rank: 8, group: "LOOK", enabled: needsRow},
	{id: "otherType", in: inResources, Binding: bind("t", "users or groups", "t"), word: "groups", rank: 9, group: "LOOK", enabled: needsGroups, words: otherTypeWord},
	{id: "copy", in: inResources, Binding: bind("y", "copy its JSON, as it is shown; right behind a filter its request, as curl", "y"), word: "copy", rank: 10, group: "DO", enabled: needsRow},

	// Keys.
	{id: "add", in: inKeys, Binding: bind("a", "new key; its secret is shown once", "a"), word: "new key", rank: 2, group: "DO"},
	{id: "edit", in: inKeys, Binding: bind("e", "rename, expiry", "e"), word: "rename/expiry", rank: 3, group: "DO", enabled: needsRow},
	{id: "toggle", in: inKeys, Binding: bind("d", "disable or enable", "d"), word: "disable", rank: 4, group: "DO", enabled: needsRow, words: toggleKeyWord},
	{id: "revoke", in: inKeys, Binding: bind("D", "revoke for good (asks)", "D"), word: "revoke", rank: 5, group: "DO", enabled: needsRow},
	{id: "itsRequests", in: inKeys, Binding: bind("r", "its requests", "r"), word: "its requests", rank: 6, group: "LOOK", enabled: needsRow},
	{id: "copy", in: inKeys, Binding: bind("y", "copy the prefix", "y"), group: "DO", enabled: needsRow},

	// Setup.
	{id: "open", in: inSetup, Binding: bind("↵", "the request that was seen", "enter"), group: "LOOK"},
	{id: "copy", in: inSetup, Binding: bind("y", "copy the value", "y"), word: "copy value", rank: 1, group: "DO"},
	{id: "add", in: inSetup, Binding: bind("a", "pick or make the key", "a"), word: "key", rank: 2, group: "DO"},
	{id: "nextTab", in: inSetup, Binding: bind("l →", "next provider", "]", "right", "l"), word: "provider", rank: 3, group: "LOOK"},
	{id: "prevTab", in: inSetup, Binding: bind("h ←", "previous provider", "[", "left", "h"), group: "LOOK"},
	{id: "address", in: inSetup, Binding: bind("u", "type the public address", "u"), word: "address", rank: 4, group: "DO"},
	{id: "tunnels", in: inSetup, Binding: bind("n", "how to get a public address", "n"), word: "tunnels", rank: 5, group: "LOOK"},
	{id: "test", in: inSetup, Binding: bind("t", "test the public address: does it lead here, and what would a client get", "t"), word: "test", rank: 6, group: "DO"},
	{id: "forget", in: inSetup, Binding: bind("r", "forget what was seen, start the list anew", "r"), group: "DO"},
}

// lookup finds what a key does in a place, or nil.
func lookup(in place, key string) *action {
	return keymap[in][key]
}

// meant is the id of the action that a key has in a place, "" if it has none. Boxes
// ask it whose keys are the same as those of the screen below.
func meant(in place, key string) string {
	if a := lookup(in, key); a != nil {
		return a.id
	}
	return ""
}

// keymap is the table by place and key.
var keymap = mapKeys(actions)

func mapKeys(actions []action) map[place]map[string]*action {
	m := map[place]map[string]*action{}
	for bit := inRequests; bit <= inBox; bit <<= 1 {
		m[bit] = map[string]*action{}
		for i := range actions {
			if actions[i].in&bit == 0 {
				continue
			}
			for _, k := range actions[i].Keys() {
				m[bit][k] = &actions[i]
			}
		}
	}
	return m
}

// possible says whether a may run now, and if not why.
func (a *action) possible(f facts) (ok bool, why string) {
	if a.enabled == nil {
		return true, ""
	}
	return a.enabled(f)
}

// label is the action's word in the key line for a state.
func (a *action) label(f facts) string {
	if a.words != nil {
		return a.words(f)
	}
	return a.word
}

func needsRow(f facts) (bool, string) {
	return f.selected, "there is nothing to choose yet"
}

func needsRowOrEmptyLog(f facts) (bool, string) {
	return f.selected || f.emptyLog, "there is nothing to copy: no row is shown"
}

func needsCopy(f facts) (bool, string) {
	return f.copied && f.selected, "nothing was copied yet: " + f.key("copy") + " first"
}

func needsDetail(f facts) (bool, string) {
	return f.split || f.detail, "no detail is open: press " + spelled(f.key("open")) + " first"
}

func needsProblem(f facts) (bool, string) {
	return f.problems > 0, "no request shown is a problem"
}

func needsMark(f facts) (bool, string) {
	return f.marks > 0, "nothing is marked: " + f.key("mark") + " marks a request"
}

func needsPair(f facts) (bool, string) {
	return f.pair, "compare with what? " + f.key("mark") + " marks another request, " + f.key("replay") + " sends this one again"
}

func needsUser(f facts) (bool, string) {
	return f.userKnown, "this request touched no single user"
}

func needsSeq(f facts) (bool, string) {
	return f.inSeq, "this request is part of no sequence that is known"
}

func needsLog(f facts) (bool, string) {
	return !f.emptyLog, "the log is empty"
}

func needsEmpty(f facts) (bool, string) {
	return f.noUsers, "sample users are for an empty store: there are users already"
}

func needsBody(f facts) (bool, string) {
	return f.body, "this tab shows no text to do that with"
}

func needsBodyOrWrite(f facts) (bool, string) {
	return f.body || f.write, "this tab shows no text to do that with"
}

func needsMatch(f facts) (bool, string) {
	return f.matches > 0, "nothing was found: " + f.key("search") + " searches"
}

func needsThis(f facts) (bool, string) {
	return f.event || f.related, "nothing that could be opened is selected: " + f.key("nextTab") + " goes to History"
}

func needsGroups(f facts) (bool, string) {
	return f.hasGroups, `this server has no groups: "groups": true in config.hujson`
}

func needsRelated(f facts) (bool, string) {
	return f.related, "nobody is selected: " + f.key("nextTab") + " goes to who is in which group"
}

func needsOlder(f facts) (bool, string) {
	return f.older, "the log knows of no earlier state"
}

func needsNewer(f facts) (bool, string) {
	return f.newer, "this is how it is now"
}

// The words of the key line that are there only where they say something.

func thisWord(f facts) string {
	if f.onBeside || f.event {
		return "open"
	}
	return ""
}

func onBeside(word string) func(facts) string {
	return func(f facts) string {
		if f.onBeside {
			return word
		}
		return ""
	}
}

func onText(word string) func(facts) string {
	return func(f facts) string {
		if f.body {
			return word
		}
		return ""
	}
}

func wrapWord(f facts) string {
	switch {
	case f.whole:
		return "changes"
	case f.write:
		return "whole"
	}
	return "wrap"
}

func inPast(word string) func(facts) string {
	return func(f facts) string {
		if f.detail {
			return word
		}
		return ""
	}
}

func otherTypeWord(f facts) string {
	if f.group {
		return "users"
	}
	return "groups"
}

func followWord(f facts) string {
	if f.following {
		return "pause"
	}
	return "follow"
}

func toggleUserWord(f facts) string {
	if f.userState == "off" {
		return "reactivate"
	}
	return "deactivate"
}

func toggleKeyWord(f facts) string {
	if f.keyState == "disabled" {
		return "enable"
	}
	return "disable"
}
