package tui

import (
	"bytes"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/explain/history"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// resource shows one user or group: its attributes in words, the JSON as a client
// gets it, its groups or members, and its history. { and } go to the states it
// had before, which Attributes and JSON then show. It is a part of the Users screen.
type resource struct {
	d       *deps
	of      noun
	want    string // the id of the one to show
	loading bool
	stale   bool            // what is shown may have changed since
	user    *resourceLoaded // as it is now; nil while nothing is loaded

	tab    resourceTab
	search *ui.Input
	list   ui.List // the lines of the Attributes tab: Top is where it is scrolled to

	past   past      // its history
	beside relations // its groups or members
}

// resourceTab is one of the tabs.
type resourceTab uint8

const (
	tabAttributes resourceTab = iota
	tabJSON
	tabBeside // Groups or Members; not there when the server has no groups
	tabHistory
)

func newResource(d *deps, of noun) *resource { return &resource{d: d, of: of} }

// tabs are the tabs that there are.
func (x *resource) tabs() []resourceTab {
	if x.d.cat.Type("Group") == nil {
		return []resourceTab{tabAttributes, tabJSON, tabHistory}
	}
	return []resourceTab{tabAttributes, tabJSON, tabBeside, tabHistory}
}

// show loads a resource unless it is shown already.
func (x *resource) show(id string) tea.Cmd {
	if x.want != id {
		x.want, x.stale, x.search = id, true, nil
		x.past.forget()
		x.beside.forget()
	}
	if !x.loading && x.stale {
		x.loading, x.stale = true, false
		return loadResource(x.d, x.of, id, x.d.data.base)
	}
	return tea.Batch(x.loadHistory(), x.loadBeside())
}

// noticed looks at new rows of the log for some that are about the resource.
func (x *resource) noticed(rows []*store.Row) {
	for _, row := range rows {
		if row.ID == x.want || row.Op == "bulk" || x.user != nil && row.ID == "" && row.Name != "" && strings.EqualFold(row.Name, x.user.row.name) {
			x.past.stale = true
			return
		}
	}
}

func (x *resource) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case resourceLoaded:
		if m.of != x.of.name {
			return nil
		}
		x.loading = false
		if m.id != x.want {
			x.stale = true
			return x.show(x.want)
		}
		if m.err != nil {
			x.d.say(wrong, ui.Clean("the "+x.of.one+" cannot be read: "+m.err.Error(), x.d.ascii))
			return nil
		}
		x.set(m)
		return x.show(x.want)
	case cleared:
		x.past.stale = true
		return x.loadHistory()
	case historyLoaded:
		return x.told(m)
	case historyDue:
		if m.of == x.of.name {
			x.past.due = false
			return x.loadHistory()
		}
	case versionReady:
		if x.past.shown != nil && m.id == x.want && m.number == x.past.shown.Number {
			x.past.ready = &m
		}
	case membersPage:
		x.beside.page(m, x.want)
		return x.loadBeside()
	case userFound:
		p := x.pager()
		if p == nil || m.doc != p.Doc() {
			return nil
		}
		if m.err != nil {
			x.d.say(wrong, ui.Clean(m.err.Error(), x.d.ascii))
			return nil
		}
		p.SetHits(m.hits)
		if len(m.hits.At) == 0 {
			x.d.say(info, ui.Clean("not found: "+m.hits.Query, x.d.ascii))
		}
	}
	return nil
}

// set shows what was loaded. The place in the text stays if it is the same text.
func (x *resource) set(m resourceLoaded) {
	x.beside.renew(&m)
	same := x.user != nil && x.user.id == m.id
	if same && bytes.Equal(x.user.wire, m.wire) && x.user.ok == m.ok {
		return
	}
	if !same {
		x.list = ui.List{}
	}
	x.past.stale = true
	x.user = &m
}

// pager is the text of the JSON tab, nil when another is shown or there is none.
func (x *resource) pager() *ui.Pager {
	switch {
	case x.tab != tabJSON:
	case x.past.shown != nil:
		if x.past.ready != nil {
			return x.past.ready.pager
		}
	case x.user != nil && x.user.ok:
		return x.user.pager
	}
	return nil
}

// text is what y copies: the JSON that is shown; nil when it is of another one.
func (x *resource) text(id string) (text []byte, what ui.Safe) {
	switch {
	case x.user == nil || x.user.id != id || !x.user.ok:
		return nil, ""
	case x.past.shown != nil:
		if x.past.ready == nil || x.past.ready.pretty == nil {
			return nil, ""
		}
		return x.past.ready.pretty.Bytes, "the JSON as of version " + ui.Safe(utoa(x.past.shown.Number))
	}
	return x.user.pretty.Bytes, "the JSON"
}

func (x *resource) typing() bool { return x.search != nil }

func (x *resource) facts(f *facts) {
	if p := x.pager(); p != nil {
		f.body, f.matches = true, len(p.Hits().At)
	}
	if f.detail && x.user != nil && x.user.ok {
		f.userState = map[bool]string{true: "on", false: "off"}[x.user.row.active]
	}
	f.older, f.newer = x.past.neighbour(-1) != nil, x.past.shown != nil
	f.event = f.detail && x.tab == tabHistory && x.past.selected() != nil && x.past.selected().Touch != nil
	f.related = f.detail && x.tab == tabBeside && x.beside.selected() != nil
	f.onBeside = x.tab == tabBeside
}

// back ends a search, then goes back to how it is now.
func (x *resource) back() bool {
	if p := x.pager(); p != nil && p.Hits().Query != "" {
		p.SetHits(ui.Hits{})
		return true
	}
	if x.past.shown != nil {
		x.past.show(nil)
		x.past.choose(nil)
		return true
	}
	return false
}

// turn goes to another tab.
func (x *resource) turn(d int) tea.Cmd {
	tabs := x.tabs()
	at := 0
	for i, tab := range tabs {
		if tab == x.tab {
			at = i
		}
	}
	x.tab, x.search = tabs[(at+d+len(tabs))%len(tabs)], nil
	return x.loadBeside()
}

func (x *resource) act(id string) tea.Cmd {
	switch id {
	case "nextTab":
		return x.turn(1)
	case "prevTab":
		return x.turn(-1)
	case "older", "newer":
		x.past.choose(x.past.neighbour(map[bool]int{true: -1, false: 1}[id == "older"]))
		return x.goTo(x.past.ofSelected())
	case "openThis":
		return x.open()
	}
	switch {
	case x.tab == tabHistory:
		x.past.events.Key(listKeys[id])
		return x.goTo(x.past.ofSelected())
	case x.tab == tabBeside:
		x.beside.list.Key(listKeys[id])
		return x.loadBeside()
	}
	p := x.pager()
	if p == nil {
		scrollList(&x.list, id)
		return nil
	}
	switch id {
	case "search":
		x.search = &ui.Input{}
	case "nextMatch":
		p.NextHit(1)
	case "prevMatch":
		p.NextHit(-1)
	case "wrap":
		p.ToggleWrap()
	case "raw":
		p.ToggleRaw()
	default:
		p.Key(listKeys[id])
	}
	return nil
}

// open opens what is selected: the request of the history, the group of a user, the member of a group.
func (x *resource) open() tea.Cmd {
	switch x.tab {
	case tabHistory:
		if e := x.past.selected(); e != nil && e.Touch != nil {
			return x.d.openRequest(e.Touch.Exchange.Seq)
		}
	case tabBeside:
		if row := x.beside.selected(); row != nil {
			return func() tea.Msg { return opened{row.resourceType, `id eq "` + row.id + `"`} }
		}
	}
	return nil
}

// scrollList moves lines that have no selection.
func scrollList(l *ui.List, id string) {
	page := max(l.Height-1, 1)
	switch id {
	case "down":
		l.Top++
	case "up":
		l.Top--
	case "halfDown":
		l.Top += page / 2
	case "halfUp":
		l.Top -= page / 2
	case "pageDown":
		l.Top += page
	case "pageUp":
		l.Top -= page
	case "first":
		l.Top = 0
	case "last":
		l.Top = l.Len
	}
	l.Top = max(min(l.Top, l.Len-l.Height), 0)
}

// key takes keys while the search is typed.
func (x *resource) key(m tea.KeyMsg) tea.Cmd {
	p := x.pager()
	switch m.String() {
	case "enter":
		query := x.search.String()
		x.search = nil
		if p == nil {
			return nil
		}
		return findIn(x.d, p.Doc(), query)
	case "esc":
		x.search = nil
		return nil
	}
	x.search.Key(uiKey(m))
	return nil
}

// headline is the crumb: who it is and how they are.
func (x *resource) headline() ui.Safe {
	if x.user == nil || !x.user.ok || x.user.id != x.want {
		return ui.Clean(x.want, x.d.ascii)
	}
	name := ui.Clean(x.user.row.name, x.d.ascii)
	if v := x.past.shown; v != nil {
		return name + "   as it was   " + ui.Clean(v.ETag(), x.d.ascii)
	}
	if x.of.isGroup() {
		return name + "   " + ui.Safe(count(x.user.row.n, "member")) + "   " + ui.Clean(x.user.etag, x.d.ascii)
	}
	state := ui.Safe("active")
	if !x.user.row.active {
		state = "deactivated"
	}
	return name + "   " + state + "   " + ui.Clean(x.user.etag, x.d.ascii)
}

func (x *resource) status() (left, right ui.Safe) {
	if x.user == nil || x.user.id != x.want {
		return "", ""
	}
	if p := x.pager(); p != nil {
		return p.Status()
	}
	switch {
	case x.tab == tabHistory:
		return x.past.status()
	case x.tab == tabBeside:
		return x.beside.status(&x.of)
	case !x.user.ok:
		return "", ""
	}
	if v := x.past.shown; v != nil {
		n := len(x.past.loaded.h.Versions)
		for i := range x.past.loaded.h.Versions {
			if &x.past.loaded.h.Versions[i] == v {
				left = ui.Safe("state " + itoa(i+1) + " of " + itoa(n) + " that the log knows")
			}
		}
		if v.Doc != nil {
			right = ui.Safe(ui.Size(int64(len(v.Doc))))
		}
		return left, right
	}
	left = ui.Safe("changed " + clockOrDay(x.user.row.changed, x.d.now(), x.d.loc))
	if v := x.past.last(); v != nil && v.By != 0 {
		left += ui.Safe(" by #" + utoa(v.By))
	}
	return left, ui.Safe(ui.Size(int64(len(x.user.wire))))
}

// clockOrDay writes a moment as the list of users does: the time when it was
// today, else the day.
func clockOrDay(t, now time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	a, b := t.In(loc), now.In(loc)
	if a.Year() == b.Year() && a.YearDay() == b.YearDay() {
		return a.Format("15:04:05")
	}
	return shortDay(t, now, loc)
}

// goTo shows a version; nil: what is now.
func (x *resource) goTo(v *history.Version) tea.Cmd {
	was := x.past.shown
	x.past.show(v)
	if x.past.shown == nil || x.past.shown == was && x.past.ready != nil {
		return nil
	}
	return layOut(x.d, x.of, x.want, x.past.shown)
}
