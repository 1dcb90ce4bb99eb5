package tui

import (
	"context"
	"iter"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/reach"
	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/store/guide"
	"scimdeck/tui/ui"
)

// A screen is one thing that fills the body: a tab (Requests, Users, Keys,
// Setup), something opened from a tab, or a box that replaces the body for a
// moment (a question, a form, the help). The root keeps one stack of screens
// for each tab and gives keys to the top one only, data to all.
//
// What a screen may rely on:
//   - All methods are called from one goroutine, the program's loop. None of
//     them does I/O, decodes JSON or waits; such work is a tea.Cmd from cmd.go
//     whose message carries what it was asked for (a number, a generation), and
//     the screen drops answers that it no longer wants.
//   - view gets the body's size and returns exactly h lines of at most w cells
//     that end in reset state and hold no control character but SGR. Text from
//     outside gets there as ui.Safe only. A screen never computes the chrome.
//   - Keys come as actions: the root looks the key up in the table of action.go
//     (place + key → action), asks whether it is possible now (facts), and
//     calls act. Only while typing() is true all keys go to key instead.
//   - A data message (changes, tick, answers) reaches update of every screen on
//     every stack, so a hidden list is up to date when it is shown.
//
// What it owes: place, facts and status say the truth at any time, because key
// line, help and dispatch follow from them.
type screen interface {
	// title is the crumb ("#1028 PUT /Users/2f81…c3 → 200"), "" for a tab and
	// for a box, under which the tabs stay visible.
	title() ui.Safe

	// place says which rows of the action table apply.
	place() place

	// typing says that keys are text now; then key gets them, unsplit.
	typing() bool

	// facts fills in what the table's enabled and hint functions look at.
	facts(*facts)

	// act runs an action of the table that is possible now.
	act(id string) tea.Cmd

	// key handles a key while typing. Pastes come here too (m.Paste).
	key(m tea.KeyMsg) tea.Cmd

	// update takes data; unknown messages are ignored.
	update(msg tea.Msg) tea.Cmd

	// view draws the body.
	view(w, h int) []string

	// status is the line above the key line: what is shown, and a remark.
	status() (left, right ui.Safe)
}

// hinter is a screen that words its own key line: boxes and inputs, whose keys
// are not in the table ("tab next field   ↵ create   esc cancel").
type hinter interface{ hints() []hint }

// A hint is one key with its word in the key line. off hints are drawn faint.
type hint struct {
	key, word string
	off       bool
}

// place says where keys mean what. A place is one bit, so that an action can
// be at home in several.
type place uint16

const (
	inRequests place = 1 << iota // the list
	inDetail                     // a request's detail
	inUsers                      // the list
	inUser                       // a user's detail
	inGroups                     // the list, on the same tab as the users'
	inGroup                      // a group's detail
	inKeys
	inSetup
	inBox // a question, a form, the help: only keys of its own

	inLists     = inRequests | inUsers | inGroups | inKeys
	inResources = inUsers | inUser | inGroups | inGroup
	everywhere  = inRequests | inDetail | inResources | inKeys | inSetup
)

// facts is what an action's enabled and hint functions may look at. The root
// fills in the general part, the screen on top the rest. Screens add fields
// that they need; the zero value of a field means "not so".
type facts struct {
	rows      int  // rows that the list shows
	selected  bool // there is a selected row
	hidden    int  // rows that a filter hides
	filtered  bool // a filter is in force
	following bool // Requests: the newest is selected as it comes
	split     bool // list and detail stand side by side or one above the other
	emptyLog  bool // no request has ever come in
	noUsers   bool // there is no user
	detail    bool // the place is inside a detail
	zoomed    bool
	marks     int  // marked requests
	pair      bool // there are two requests to compare
	body      bool // the pane shows a body (wrap, raw, search make sense)
	write     bool // the changes of a write are shown (wrap switches to all of what it left)
	whole     bool // and that is shown
	matches   int  // search hits in the body
	copied    bool // something was copied before, so that Y has a meaning
	problems  int  // shown problem rows
	userKnown bool // the selected request touched a user whose id is known
	inSeq     bool // the selected request is part of a known sequence

	keyState  string // Keys: active, expired, disabled, revoked
	userState string // Users: "on" or "off"

	hasGroups bool // the server has groups
	group     bool // and they are shown
	older     bool // there is a version before the one that is shown
	newer     bool // and one after it
	event     bool // a request of the history is selected
	onBeside  bool // the tab with groups or members is shown
	related   bool // and one of them is selected

	key func(id string) string // keyFor, which sentences in the table cannot call: it reads the table
}

// deps is what screens share. It gives access to the root without the root.
type deps struct {
	theme *ui.Theme
	ascii bool
	now   func() time.Time
	after func(time.Duration, tea.Msg) tea.Cmd // gives a message later; tests decide when
	loc   *time.Location
	opts  *Options
	cat   *scim.Catalog
	past  []string // filters of earlier runs, the latest last

	provider *guide.Provider // chosen on Setup in an earlier run; nil: none
	keeper   providerKeeper  // of the one chosen now

	workDir, homeDir string          // where file names begin
	goos             string          // the system, as runtime.GOOS names it
	ctx              context.Context // ends when the dashboard does

	// data as of the last changes message; read only
	data *snapshot

	// reach tests an address; only nextReached of cmd_setup.go calls it.
	reach func(context.Context, reach.Target) iter.Seq[reach.Result]

	// copy puts text on the clipboard; only copyText of clipboard.go calls it.
	copy func(context.Context, []byte) (ui.Known, error)

	// edit gives a text to the user's editor, exec has Bubble Tea stand aside
	// meanwhile; only editText of cmd_edit.go calls them.
	edit func(name string, text []byte) ([]byte, error)
	page func(name string, text []byte) error
	exec func(tea.ExecCommand, tea.ExecCallback) tea.Cmd

	// Effects on the root; to be called in update, act and key only.
	push func(screen)                         // shows a screen over the present one
	pop  func()                               // goes back to the one below; no-op on a tab
	show func(tab int, filter string) tea.Cmd // another tab, with a filter if not ""

	openRequest func(seq uint64) tea.Cmd // the detail of a request, on its tab
	rows        func() []*store.Row      // those of the log that are known, oldest first; read only
	say         func(level, ui.Safe)     // a notice in the status line
}

// snapshot is what the dashboard knows of the store between two frames.
type snapshot struct {
	keys   []store.Key
	users  int
	groups int
	total  int   // resources of all types
	size   int64 // of the database on disk, in bytes
	log    store.LogState
	base   string // the base URL that clients should use
}

// level says how a notice is shown and how long it stays.
type level uint8

const (
	info  level = iota // 4 s
	done               // something worked: 4 s
	wrong              // an error: until the next key, but at least 10 s
)

// Messages that reach every screen.
type (
	// changes is what happened in the store since the last one: at most one
	// every 33 ms, none when nothing happens.
	changes struct {
		rows []*store.Row // new ones, oldest first; users and keys may have changed too
		snap snapshot
		// What people have put on requests; nil: as it was.
		remarks map[uint64]wire.Remark
		cleared bool    // the log was cleared: rows is all that there is
		next    tea.Cmd // waits for the following message; the root runs it
	}

	// cleared says that the log was cleared. What is left comes with the changes after it.
	cleared struct{}

	// tick comes every second while something on screen depends on the clock.
	tick struct{ now time.Time }

	// asked is the answer to a request of our own (cmd.go: ask).
	asked struct {
		tag    string // as given to ask
		status int
		body   []byte
		err    error
	}

	// told is the outcome of something that a Cmd did: it becomes a notice.
	told struct {
		level level
		text  ui.Safe
	}
)
