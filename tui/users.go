package tui

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// users is the list of a resource type, by its creation or sorted, of which only the
// rows around those on screen are in memory, and the selected one's detail beside
// it or in its place. Of users and groups there is one each: see directory.
type users struct {
	d      *deps
	of     noun
	w, h   int
	hidden bool // the other type is shown: nothing is read
	list   ui.List
	by     int // of sortings

	filter userFilter
	total  int // that match; -1 before the first answer
	gen    int // of the filter: answers to older ones are dropped
	start  int // index of the first of rows
	rows   []listRow
	id     string // the selected one
	busy   bool   // a part of the list is being read
	stale  bool   // and has to be read again after that
	known  int    // resources in all when it was found stale last
	due    bool   // a look at a filtered list is due
	cancel context.CancelFunc

	prompt *userPrompt
	past   []string   // earlier filters
	asked  bool       // the filter was kept by the key before this one: y copies its request
	left   *sheetEdit // a text that was given up: edit goes on with it
	detail *resource
	focus  bool // the detail has the focus
	share  share
}

// userPrompt is the filter being typed.
type userPrompt struct {
	input ui.Input
	kept  userFilter // in force before
	good  userFilter // the last that could be read
	err   error
	hint  string // what the word may become, when tab could not decide
	n     int    // of keys, so that only the last one's pause counts
}

// typePause is how long after a key a filter is tried.
const typePause = 60 * time.Millisecond

// filterEvery is the least time between two looks at a filtered list, each of
// which may mean to look at every resource.
const filterEvery = 500 * time.Millisecond

// usersDue says that the filtered list of a type may be read again.
type usersDue struct{ of string }

// userTyped says that the pause after the n-th key of a prompt is over.
type userTyped struct {
	prompt *userPrompt
	n      int
}

func newUsers(d *deps, of noun) *users {
	return &users{d: d, of: of, total: -1, stale: true, detail: newResource(d, of)}
}

// all is how many resources of the type there are.
func (u *users) all() int {
	if u.of.isGroup() {
		return u.d.data.groups
	}
	return u.d.data.users
}

// selected is the selected row, or nil while it is not loaded.
func (u *users) selected() *listRow {
	if i := u.list.Sel - u.start; u.total > 0 && i >= 0 && i < len(u.rows) {
		return &u.rows[i]
	}
	return nil
}

func (u *users) panes() panes {
	s := u.share
	s.detail = u.focus
	return divide(u.w, u.h, s)
}

func (u *users) title() ui.Safe {
	if u.focus && !u.panes().two() {
		return u.detail.headline()
	}
	return ""
}

func (u *users) place() place {
	if u.focus {
		return u.of.inDetail
	}
	return u.of.inList
}

func (u *users) typing() bool { return u.prompt != nil || u.focus && u.detail.typing() }
func (u *users) ticks() bool  { return false }

func (u *users) facts(f *facts) {
	f.rows = max(u.total, 0)
	f.hidden = max(u.all()-u.total, 0)
	f.filtered = u.filter.text != ""
	f.split = u.panes().two()
	f.detail = u.focus
	f.zoomed = u.share.zoom
	if row := u.selected(); row != nil {
		f.selected = true
		f.userState = map[bool]string{true: "on", false: "off"}[row.active]
	}
	if u.focus || f.split {
		u.detail.facts(f)
	}
}

// back takes one step back: search, detail, zoom, filter.
func (u *users) back(leave bool) bool {
	switch {
	case u.focus && !leave && u.detail.back():
	case u.focus:
		u.focus, u.share.zoom = false, false
	case u.share.zoom:
		u.share.zoom = false
	case !leave && u.filter.text != "":
		u.d.say(info, ui.Clean("filter dropped; "+string(u.d.keyFor("filter"))+" and "+asciiKey(u.d.ascii, "↑")+" bring it back: "+u.filter.text, u.d.ascii))
		u.remember(u.filter.text)
		u.apply(userFilter{})
	default:
		return false
	}
	return true
}

// setFilter is for other screens: "open its user".
func (u *users) setFilter(text string) tea.Cmd {
	f, err := parseUserFilter(text, &u.of)
	if err != nil {
		u.d.say(wrong, ui.Clean(err.Error(), u.d.ascii))
		return nil
	}
	u.prompt, u.focus = nil, false
	u.remember(u.filter.text)
	u.apply(f)
	return u.load()
}

// apply puts a filter in force; load then reads the list anew.
func (u *users) apply(f userFilter) {
	if f.scim == u.filter.scim {
		u.filter.text = f.text
		return
	}
	u.filter = f
	u.restart()
}

// restart begins the list anew, from its top.
func (u *users) restart() {
	u.gen++
	if u.cancel != nil {
		u.cancel()
	}
	u.busy, u.stale, u.id = false, true, ""
	u.list.Sel, u.list.Top = 0, 0
}

func (u *users) remember(text string) {
	if text != "" && (len(u.past) == 0 || u.past[len(u.past)-1] != text) {
		u.past = append(u.past, text)
	}
}

// load reads the part of the list around what is on screen, if it is not there
// or not true any more, and the selected user's detail.
func (u *users) load() tea.Cmd {
	return tea.Batch(u.loadRows(), u.loadDetail())
}

func (u *users) loadRows() tea.Cmd {
	from, to := u.list.Visible()
	missing := u.total > 0 && (from < u.start || to > u.start+len(u.rows))
	if u.busy || !u.stale && !missing || u.w == 0 || u.hidden {
		return nil
	}
	u.busy, u.stale = true, false
	ctx, cancel := context.WithCancel(u.d.ctx)
	u.cancel = cancel
	screenful := max(u.h, 20)
	return loadList(ctx, u.d, u.of, u.gen, u.query(max(from-2*screenful, 0), 5*screenful))
}

// query asks for a part of the list; start counts from 0.
func (u *users) query(start, n int) store.Query {
	q := scimQuery(u.filter.f, start, n)
	q.Sort, q.Bare = sortings[u.by].of(u.of.t), u.of.isGroup()
	return q
}

func (u *users) loadDetail() tea.Cmd {
	if u.id == "" || u.hidden || !u.focus && !u.panes().two() {
		return nil
	}
	return u.detail.show(u.id)
}

func (u *users) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case sized:
		u.w, u.h = m.w, m.h
		return u.load()
	case changes:
		u.detail.noticed(m.rows)
		if u.all() == u.known && !wrote(m) {
			return u.load()
		}
		u.known, u.detail.stale = u.all(), true
		if u.filter.f == nil && u.by == 0 || u.total < 0 {
			u.stale = true
			return u.load()
		}
		if u.due {
			return u.loadDetail()
		}
		u.due = true
		return tea.Batch(u.loadDetail(), u.d.after(filterEvery, usersDue{u.of.name}))
	case usersDue:
		if m.of != u.of.name {
			return nil
		}
		u.due, u.stale = false, true
		return u.load()
	case usersPage:
		if m.of != u.of.name || m.gen != u.gen {
			return nil
		}
		u.page(m)
		return u.load()
	case userTyped:
		if u.prompt != nil && u.prompt == m.prompt && u.prompt.n == m.n && u.prompt.err == nil {
			u.apply(u.prompt.good)
			return u.load()
		}
		return nil
	case asked:
		u.answered(m)
		return nil
	case wiped:
		if m.of.name != u.of.name {
			return nil
		}
		return u.wiped(m)
	case sheetLeft:
		if m.e.u != u {
			return nil
		}
		return u.sheetLeft(m)
	case sheetSent:
		if m.e.u != u {
			return nil
		}
		return u.sheetSent(m)
	}
	return u.detail.update(msg)
}

// wrote reports whether a request among the new ones may have changed a user.
func wrote(c changes) bool {
	return slices.ContainsFunc(c.rows, changing)
}

// changing reports whether a request is of those that change something.
func changing(row *store.Row) bool { return row.Method != "GET" && row.Method != "HEAD" }

// page takes in rows. The selected user stays selected, also when others came
// or went before it.
func (u *users) page(p usersPage) {
	u.busy = false
	u.cancel()
	if p.err != nil {
		u.d.say(wrong, ui.Clean("the "+u.of.many+" cannot be read: "+p.err.Error(), u.d.ascii))
		return
	}
	u.start, u.rows, u.total = p.start, p.rows, p.total
	u.list.Len = p.total
	for i, row := range p.rows {
		if row.id == u.id {
			u.list.Sel = p.start + i
		}
	}
	u.list.Select(u.list.Sel)
	u.chose()
}

// chose notes who is selected.
func (u *users) chose() {
	if row := u.selected(); row != nil {
		u.id = row.id
	} else if u.total == 0 {
		u.id = ""
	}
}

// tag marks a request of this screen: what is done, and to whom.
func (u *users) tag(what, name string) string { return u.of.name + " " + what + ": " + name }

// answered words the answer to a request of this screen.
func (u *users) answered(m asked) {
	rest, ours := strings.CutPrefix(m.tag, u.of.name+" ")
	what, name, _ := strings.Cut(rest, ": ")
	toggle := string(u.d.keyFor("toggle"))
	sentence := map[string]string{
		"deactivate": " is deactivated; " + toggle + " reactivates",
		"reactivate": " is active again; " + toggle + " deactivates",
		"delete":     " is deleted",
		"take out":   " is out of the group; " + string(u.d.keyFor("putIn")) + " puts it in again",
	}[what]
	switch {
	case !ours || sentence == "":
	case m.err != nil:
		u.d.say(wrong, ui.Clean(what+" "+name+": "+m.err.Error(), u.d.ascii))
	case m.status >= 400:
		u.d.say(wrong, ui.Cleanf(u.d.ascii, "%s %s: %d %s", what, name, m.status, refusal(m.body)))
	default:
		u.detail.stale = true
		u.d.say(done, ui.Clean(name+sentence, u.d.ascii))
	}
}

// failure is why nothing came of the request; the words may be missing, then its row
// in the log says it.
func (m asked) failure() (why string, failed bool) {
	if m.err != nil {
		return m.err.Error(), true
	}
	return refusal(m.body), m.status >= 400
}

// refusal is the sentence of an error's answer; "" when it has none.
func refusal(body []byte) string {
	var e struct{ Detail string }
	_ = json.Unmarshal(body, &e) // without a detail the status has to do
	return e.Detail
}

func (u *users) status() (left, right ui.Safe) {
	if u.focus && u.prompt == nil {
		return u.detail.status()
	}
	all := u.all()
	shown := ui.Safe(ui.Thousands(u.total) + " of " + ui.Thousands(all) + " shown")
	switch {
	case u.total < 0:
		return ui.Safe(count(all, u.of.one)), "reading " + ui.Safe(u.d.theme.Glyph.Cut)
	case u.prompt != nil && u.of.isGroup():
		return shown, "plain words search name and ids"
	case u.prompt != nil:
		return shown, "plain words search name, mail and ids"
	case u.filter.text != "":
		return shown, ui.Clean(u.filter.text, u.d.ascii)
	case all == 0:
		return ui.Safe("0 " + u.of.many), ""
	}
	return ui.Safe(count(u.total, u.of.one)), sortings[u.by].words
}

// sorting is an order of the list.
type sorting struct {
	words         ui.Safe
	users, groups string // the attribute; "": that of creation
	descending    bool
}

// sortings are the orders that o walks through.
var sortings = []sorting{
	{words: "oldest first, as clients get them"},
	{words: "sorted by name", users: "userName", groups: "displayName"},
	{words: "last changed first", users: "meta.lastModified", groups: "meta.lastModified", descending: true},
}

// of is the order for a type; nil: that of creation.
func (s *sorting) of(t *scim.ResourceType) *scim.Sort {
	by, order := s.users, "ascending"
	if t.Name == "Group" {
		by = s.groups
	}
	if by == "" {
		return nil
	}
	if s.descending {
		order = "descending"
	}
	sort, err := t.Sort(by, order)
	if err != nil { // cannot be: every server has these attributes
		return nil
	}
	return sort
}
