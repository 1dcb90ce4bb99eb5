package tui

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// users is the second screen: the list in order of creation, of which only the
// rows around those on screen are in memory, and the selected user's detail
// beside it or in its place.
type users struct {
	d    *deps
	w, h int
	list ui.List

	filter userFilter
	total  int // users that match; -1 before the first answer
	gen    int // of the filter: answers to older ones are dropped
	start  int // index of the first of rows
	rows   []userRow
	id     string // the selected user
	busy   bool   // a part of the list is being read
	stale  bool   // and has to be read again after that
	known  int    // users in all when it was found stale last
	due    bool   // a look at a filtered list is due
	cancel context.CancelFunc

	prompt *userPrompt
	past   []string // earlier filters
	detail *userDetail
	focus  bool // the detail has the focus
	share  share
}

// userPrompt is the filter being typed.
type userPrompt struct {
	input ui.Input
	kept  userFilter // in force before
	good  userFilter // the last that could be read
	err   error
	n     int // of keys, so that only the last one's pause counts
}

// typePause is how long after a key a filter is tried.
const typePause = 60 * time.Millisecond

// filterEvery is the least time between two looks at a filtered list, each of
// which may mean to look at every user.
const filterEvery = 500 * time.Millisecond

// usersDue says that the filtered list may be read again.
type usersDue struct{}

// userTyped says that the pause after the n-th key is over.
type userTyped struct{ n int }

func newUsers(d *deps) screen { return &users{d: d, total: -1, stale: true, detail: newUserDetail(d)} }

// selected is the selected row, or nil while it is not loaded.
func (u *users) selected() *userRow {
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
		return inUser
	}
	return inUsers
}

func (u *users) typing() bool { return u.prompt != nil || u.focus && u.detail.typing() }
func (u *users) ticks() bool  { return false }

func (u *users) facts(f *facts) {
	f.rows = max(u.total, 0)
	f.hidden = max(u.d.data.users-u.total, 0)
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
		u.d.say(info, ui.Clean("filter dropped; / and "+asciiKey(u.d.theme, "↑")+" bring it back: "+u.filter.text, u.d.ascii))
		u.remember(u.filter.text)
		u.apply(userFilter{})
	default:
		return false
	}
	return true
}

// setFilter is for other screens: "open its user".
func (u *users) setFilter(text string) tea.Cmd {
	f, err := parseUserFilter(text, u.d.cat.Type("User"))
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
	if u.busy || !u.stale && !missing || u.w == 0 {
		return nil
	}
	u.busy, u.stale = true, false
	ctx, cancel := context.WithCancel(u.d.ctx)
	u.cancel = cancel
	screenful := max(u.h, 20)
	return loadUsers(ctx, u.d, u.gen, u.filter.f, max(from-2*screenful, 0), 5*screenful)
}

func (u *users) loadDetail() tea.Cmd {
	if u.id == "" || !u.focus && !u.panes().two() {
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
		if m.snap.users == u.known && !wrote(m) {
			return u.load()
		}
		u.known, u.detail.stale = m.snap.users, true
		if u.filter.f == nil || u.total < 0 {
			u.stale = true
			return u.load()
		}
		if u.due {
			return u.loadDetail()
		}
		u.due = true
		return tea.Batch(u.loadDetail(), u.d.after(filterEvery, usersDue{}))
	case usersDue:
		u.due, u.stale = false, true
		return u.load()
	case usersPage:
		if m.gen != u.gen {
			return nil
		}
		u.page(m)
		return u.load()
	case userTyped:
		if u.prompt != nil && u.prompt.n == m.n && u.prompt.err == nil {
			u.apply(u.prompt.good)
			return u.load()
		}
		return nil
	case asked:
		u.answered(m)
		return nil
	}
	return u.detail.update(msg)
}

// wrote reports whether a request among the new ones may have changed a user.
func wrote(c changes) bool {
	for _, row := range c.rows {
		if row.Method != "GET" && row.Method != "HEAD" {
			return true
		}
	}
	return false
}

// page takes in rows. The selected user stays selected, also when others came
// or went before it.
func (u *users) page(p usersPage) {
	u.busy = false
	u.cancel()
	if p.err != nil {
		u.d.say(wrong, ui.Clean("the users cannot be read: "+p.err.Error(), u.d.ascii))
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

// answered words the answer to a request of this screen.
func (u *users) answered(m asked) {
	what, name, _ := strings.Cut(m.tag, " ")
	sentence := map[string]string{
		"deactivate": " is deactivated; d reactivates",
		"reactivate": " is active again; d deactivates",
		"delete":     " is deleted",
	}[what]
	switch {
	case sentence == "":
	case m.err != nil:
		u.d.say(wrong, ui.Clean(what+" "+name+": "+m.err.Error(), u.d.ascii))
	case m.status >= 400:
		var e struct{ Detail string }
		_ = json.Unmarshal(m.body, &e) // without a detail the status has to do
		u.d.say(wrong, ui.Cleanf(u.d.ascii, "%s %s: %d %s", what, name, m.status, e.Detail))
	default:
		u.d.say(done, ui.Clean(name+sentence, u.d.ascii))
	}
}

func (u *users) status() (left, right ui.Safe) {
	if u.focus && u.prompt == nil {
		return u.detail.status()
	}
	all := u.d.data.users
	switch {
	case u.total < 0:
		return ui.Safe(count(all, "user")), "reading " + ui.Safe(u.d.theme.Glyph.Cut)
	case u.prompt != nil:
		return ui.Safe(ui.Thousands(u.total) + " of " + ui.Thousands(all) + " shown"), "plain words search name, mail and ids"
	case u.filter.text != "":
		return ui.Safe(ui.Thousands(u.total) + " of " + ui.Thousands(all) + " shown"), ui.Clean(u.filter.text, u.d.ascii)
	case all == 0:
		return "0 users", ""
	}
	return ui.Safe(count(u.total, "user")), "oldest first, as clients get them"
}
