package tui

// An action is one thing that a key does. The table actions is the only place
// where keys are named: dispatch, key line, help (?) and the README's tables
// all read it, so none of them can say what another does not do.
type action struct {
	id    string   // what act gets: "follow"
	in    place    // where it applies
	keys  []string // as tea.KeyMsg.String names them: "j", "down", "ctrl+d", " "
	show  string   // the keys as people read them: "j ↓"
	word  string   // in the key line, one or two words; "" keeps it out
	rank  int      // place in the key line, 1 first; 0: not there
	group string   // heading in the help: MOVE, LOOK, FILTER, DO, EVERYWHERE
	help  string   // one sentence without full stop

	// enabled says whether it is possible now, else why not ("choose a key
	// first"). nil: always.
	enabled func(facts) (ok bool, why string)

	// words overrides word by state ("follow" or "pause"). nil: word.
	words func(facts) string
}

// actions is the table. Rows may be added for any place; a test sees to it
// that no key means two things in one place and that every row has its words.
var actions = []action{
	// Everywhere. The root runs these itself.
	{id: "requests", in: everywhere, keys: []string{"1"}, show: "1", group: "EVERYWHERE", help: "requests"},
	{id: "users", in: everywhere, keys: []string{"2"}, show: "2", group: "EVERYWHERE", help: "users"},
	{id: "keys", in: everywhere, keys: []string{"3"}, show: "3", group: "EVERYWHERE", help: "keys"},
	{id: "setup", in: everywhere, keys: []string{"4"}, show: "4", group: "EVERYWHERE", help: "setup: what to type into Okta"},
	{id: "help", in: everywhere, keys: []string{"?"}, show: "?", word: "keys", rank: 99, group: "EVERYWHERE", help: "keys and actions of this place; type to search, enter runs"},
	{id: "palette", in: everywhere, keys: []string{":", "ctrl+p"}, show: ": ^p", group: "EVERYWHERE", help: "every action of the program"},
	{id: "back", in: everywhere, keys: []string{"esc"}, show: "esc", group: "EVERYWHERE", help: "one step back: box, input, search, filter, detail; never quits"},
	{id: "leave", in: everywhere, keys: []string{"q"}, show: "q", group: "EVERYWHERE", help: "back, on Requests: quit (asks)"},
	{id: "interrupt", in: everywhere, keys: []string{"ctrl+c"}, show: "^c", group: "EVERYWHERE", help: "quit (asks); twice within 2 s: at once"},
	{id: "theme", in: everywhere, keys: []string{"T"}, show: "T", group: "EVERYWHERE", help: "theme: auto, dark, light, 16 colours, none"},
	{id: "mouse", in: everywhere, keys: []string{"M"}, show: "M", group: "EVERYWHERE", help: "mouse on or off"},
	{id: "log", in: everywhere, keys: []string{"L"}, show: "L", group: "EVERYWHERE", help: "the server's own messages and past notices"},
	{id: "copyNotice", in: everywhere, keys: []string{"ctrl+y"}, show: "^y", group: "EVERYWHERE", help: "copy the notice in the status line"},
	{id: "redraw", in: everywhere, keys: []string{"ctrl+l"}, show: "^l", group: "EVERYWHERE", help: "draw everything afresh"},
	{id: "suspend", in: everywhere, keys: []string{"ctrl+z"}, show: "^z", group: "EVERYWHERE", help: "twice: suspend; the server stops answering meanwhile"},

	// Moving.
	{id: "down", in: everywhere, keys: []string{"j", "down"}, show: "j ↓", group: "MOVE", help: "next row or line"},
	{id: "up", in: everywhere, keys: []string{"k", "up"}, show: "k ↑", group: "MOVE", help: "previous row or line"},
	{id: "first", in: everywhere, keys: []string{"g", "home"}, show: "g", group: "MOVE", help: "first row or line"},
	{id: "last", in: everywhere, keys: []string{"G", "end"}, show: "G", group: "MOVE", help: "last row or line; in Requests: follow again"},
	{id: "halfDown", in: everywhere, keys: []string{"ctrl+d"}, show: "^d", group: "MOVE", help: "half a page down"},
	{id: "halfUp", in: everywhere, keys: []string{"ctrl+u"}, show: "^u", group: "MOVE", help: "half a page up"},
	{id: "pageDown", in: everywhere, keys: []string{"pgdown", "ctrl+f"}, show: "pgdn ^f", group: "MOVE", help: "a page down"},
	{id: "pageUp", in: everywhere, keys: []string{"pgup", "ctrl+b"}, show: "pgup ^b", group: "MOVE", help: "a page up"},

	// Panes.
	{id: "open", in: inLists, keys: []string{"enter"}, show: "↵", word: "open", rank: 1, group: "LOOK", help: "open", enabled: needsRow},
	{id: "pane", in: everywhere, keys: []string{"tab"}, show: "tab", group: "LOOK", help: "next pane; with one pane: next tab"},
	{id: "paneBack", in: everywhere, keys: []string{"shift+tab"}, show: "⇧tab", group: "LOOK", help: "previous pane or tab"},
	{id: "nextTab", in: inRequests | inDetail | inUsers | inUser, keys: []string{"]", "right", "l"}, show: "] → l", group: "LOOK", help: "next tab of the detail", enabled: needsDetail},
	{id: "prevTab", in: inRequests | inDetail | inUsers | inUser, keys: []string{"[", "left", "h"}, show: "[ ← h", group: "LOOK", help: "previous tab of the detail", enabled: needsDetail},
	{id: "otherDown", in: inRequests | inDetail | inUsers | inUser, keys: []string{"J"}, show: "J", group: "MOVE", help: "move the other pane down; in a detail: the next request or user"},
	{id: "otherUp", in: inRequests | inDetail | inUsers | inUser, keys: []string{"K"}, show: "K", group: "MOVE", help: "move the other pane up; in a detail: the previous request or user"},
	{id: "zoom", in: inRequests | inDetail | inUsers | inUser, keys: []string{"z"}, show: "z", group: "LOOK", help: "zoom the focused pane to the whole body, and back"},
	{id: "layout", in: inRequests | inDetail | inUsers | inUser, keys: []string{"v"}, show: "v", group: "LOOK", help: "layout: auto, right, below, off"},
	{id: "narrower", in: inRequests | inDetail | inUsers | inUser, keys: []string{"<"}, show: "<", group: "LOOK", help: "list narrower"},
	{id: "wider", in: inRequests | inDetail | inUsers | inUser, keys: []string{">"}, show: ">", group: "LOOK", help: "list wider"},

	// Requests.
	{id: "filter", in: inRequests, keys: []string{"/"}, show: "/", word: "filter", rank: 2, group: "FILTER", help: "filter; opens with the present text"},
	{id: "follow", in: inRequests | inDetail, keys: []string{"f"}, show: "f", word: "pause", rank: 3, group: "FILTER", help: "follow or pause", words: followWord},
	{id: "copy", in: inRequests | inDetail, keys: []string{"y"}, show: "y", word: "copy", rank: 4, group: "DO", help: "copy; one more letter says as what", enabled: needsRowOrEmptyLog},
	{id: "copyAgain", in: inRequests | inDetail, keys: []string{"Y"}, show: "Y", group: "DO", help: "copy the same way again", enabled: needsCopy},
	{id: "problem", in: inRequests, keys: []string{"e"}, show: "e", word: "problem", rank: 8, group: "MOVE", help: "next problem", enabled: needsProblem},
	{id: "problemBack", in: inRequests, keys: []string{"E"}, show: "E", group: "MOVE", help: "previous problem", enabled: needsProblem},
	{id: "mark", in: inRequests | inDetail, keys: []string{"m", " "}, show: "m", word: "mark", rank: 6, group: "DO", help: "mark or unmark", enabled: needsRow},
	{id: "nextMark", in: inRequests, keys: []string{"'"}, show: "'", group: "MOVE", help: "next marked request", enabled: needsMark},
	{id: "thisUser", in: inRequests, keys: []string{"s"}, show: "s", word: "this user", rank: 7, group: "FILTER", help: "only this user's requests; again: off", enabled: needsUser},
	{id: "onlyProblems", in: inRequests, keys: []string{"!"}, show: "!", group: "FILTER", help: "only problems; again: off"},
	{id: "onlyWrites", in: inRequests, keys: []string{"w"}, show: "w", group: "FILTER", help: "only writes; again: off"},
	{id: "rawPath", in: inRequests, keys: []string{"p"}, show: "p", group: "LOOK", help: "plain words or raw path in the last column"},
	{id: "clock", in: inRequests, keys: []string{"t"}, show: "t", group: "LOOK", help: "time: clock, ago, UTC"},
	{id: "number", in: inRequests, keys: []string{"#"}, show: "#", group: "MOVE", help: "go to a request number", enabled: needsRow},
	{id: "openUser", in: inRequests | inDetail, keys: []string{"u"}, show: "u", group: "LOOK", help: "open its user", enabled: needsUser},
	{id: "clear", in: inRequests, keys: []string{"C"}, show: "C", group: "DO", help: "clear the log (asks)", enabled: needsLog},
	{id: "sample", in: inRequests | inUsers, keys: []string{"i"}, show: "i", group: "DO", help: "add 25 sample users", enabled: needsEmpty},

	// Request detail.
	{id: "search", in: inDetail | inUser, keys: []string{"/"}, show: "/", word: "search text", rank: 2, group: "FILTER", help: "search in the text", enabled: needsBody},
	{id: "nextMatch", in: inDetail | inUser, keys: []string{"n"}, show: "n", group: "MOVE", help: "next search match", enabled: needsMatch},
	{id: "prevMatch", in: inDetail | inUser, keys: []string{"N"}, show: "N", group: "MOVE", help: "previous search match", enabled: needsMatch},
	{id: "wrap", in: inDetail | inUser, keys: []string{"w"}, show: "w", word: "wrap", rank: 5, group: "LOOK", help: "wrap long lines or cut them", enabled: needsBody},
	{id: "raw", in: inDetail | inUser, keys: []string{"b"}, show: "b", word: "raw", rank: 6, group: "LOOK", help: "pretty or raw body", enabled: needsBody},
	{id: "headers", in: inDetail, keys: []string{"H"}, show: "H", word: "headers", rank: 7, group: "LOOK", help: "all headers or the useful ones"},

	// Users.
	{id: "filter", in: inUsers, keys: []string{"/"}, show: "/", word: "filter", rank: 2, group: "FILTER", help: "SCIM filter or plain words"},
	{id: "add", in: inUsers, keys: []string{"a"}, show: "a", word: "add", rank: 3, group: "DO", help: "add a user"},
	{id: "toggle", in: inUsers | inUser, keys: []string{"d"}, show: "d", word: "deactivate", rank: 4, group: "DO", help: "deactivate or reactivate", enabled: needsRow, words: toggleUserWord},
	{id: "delete", in: inUsers | inUser, keys: []string{"D"}, show: "D", word: "delete", rank: 5, group: "DO", help: "delete (asks)", enabled: needsRow},
	{id: "itsRequests", in: inUsers | inUser, keys: []string{"r"}, show: "r", word: "requests", rank: 6, group: "LOOK", help: "its requests", enabled: needsRow},
	{id: "copy", in: inUsers | inUser, keys: []string{"y"}, show: "y", word: "copy", rank: 7, group: "DO", help: "copy its JSON", enabled: needsRow},

	// Keys.
	{id: "add", in: inKeys, keys: []string{"a"}, show: "a", word: "new key", rank: 2, group: "DO", help: "new key; its secret is shown once"},
	{id: "edit", in: inKeys, keys: []string{"e"}, show: "e", word: "rename/expiry", rank: 3, group: "DO", help: "rename, expiry", enabled: needsRow},
	{id: "toggle", in: inKeys, keys: []string{"d"}, show: "d", word: "disable", rank: 4, group: "DO", help: "disable or enable", enabled: needsRow, words: toggleKeyWord},
	{id: "revoke", in: inKeys, keys: []string{"D"}, show: "D", word: "revoke", rank: 5, group: "DO", help: "revoke for good (asks)", enabled: needsRow},
	{id: "itsRequests", in: inKeys, keys: []string{"r"}, show: "r", word: "its requests", rank: 6, group: "LOOK", help: "its requests", enabled: needsRow},
	{id: "copy", in: inKeys, keys: []string{"y"}, show: "y", group: "DO", help: "copy the prefix", enabled: needsRow},

	// Setup.
	{id: "open", in: inSetup, keys: []string{"enter"}, show: "↵", group: "LOOK", help: "the request that was seen"},
	{id: "copy", in: inSetup, keys: []string{"y"}, show: "y", word: "copy value", rank: 1, group: "DO", help: "copy the value"},
	{id: "add", in: inSetup, keys: []string{"a"}, show: "a", word: "key", rank: 2, group: "DO", help: "pick or make the key"},
	{id: "nextTab", in: inSetup, keys: []string{"]", "right", "l"}, show: "l →", word: "provider", rank: 3, group: "LOOK", help: "next provider"},
	{id: "prevTab", in: inSetup, keys: []string{"[", "left", "h"}, show: "h ←", group: "LOOK", help: "previous provider"},
	{id: "address", in: inSetup, keys: []string{"u"}, show: "u", word: "address", rank: 4, group: "DO", help: "type the public address"},
	{id: "tunnels", in: inSetup, keys: []string{"n"}, show: "n", word: "tunnels", rank: 5, group: "LOOK", help: "how to get a public address"},
	{id: "forget", in: inSetup, keys: []string{"r"}, show: "r", group: "DO", help: "forget what was seen, start the list anew"},
}

// lookup finds what a key does in a place, or nil.
func lookup(in place, key string) *action {
	return keymap[in][key]
}

// keymap is the table by place and key, made once.
var keymap = func() map[place]map[string]*action {
	m := map[place]map[string]*action{}
	for bit := inRequests; bit <= inBox; bit <<= 1 {
		m[bit] = map[string]*action{}
		for i := range actions {
			if actions[i].in&bit == 0 {
				continue
			}
			for _, k := range actions[i].keys {
				m[bit][k] = &actions[i]
			}
		}
	}
	return m
}()

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
	return f.copied && f.selected, "nothing was copied yet: y first"
}

func needsDetail(f facts) (bool, string) {
	return f.split || f.detail, "no detail is open: press enter first"
}

func needsProblem(f facts) (bool, string) {
	return f.problems > 0, "no request shown is a problem"
}

func needsMark(f facts) (bool, string) {
	return f.marks > 0, "nothing is marked: m marks a request"
}

func needsUser(f facts) (bool, string) {
	return f.userKnown, "this request touched no single user"
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

func needsMatch(f facts) (bool, string) {
	return f.matches > 0, "nothing was found: / searches"
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
