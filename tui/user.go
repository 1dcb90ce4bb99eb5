package tui

import (
	"bytes"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// userDetail shows one user: its attributes in words, or the JSON as a client
// gets it. It is a part of the Users screen.
type userDetail struct {
	d       *deps
	want    string // the user to show
	loading bool
	stale   bool        // what is shown may have changed since
	user    *userLoaded // nil while nothing is loaded
	json    bool        // the JSON tab
	pager   *ui.Pager
	search  *ui.Input
	list    ui.List // the lines of the Attributes tab: Top is where it is scrolled to
}

func newUserDetail(d *deps) *userDetail { return &userDetail{d: d} }

// show loads a user unless it is shown already.
func (u *userDetail) show(id string) tea.Cmd {
	if u.want != id {
		u.want, u.stale, u.search = id, true, nil
	}
	if u.loading || !u.stale {
		return nil
	}
	u.loading, u.stale = true, false
	return loadUser(u.d, id, u.d.data.base)
}

func (u *userDetail) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case userLoaded:
		u.loading = false
		if m.id != u.want {
			u.stale = true
			return u.show(u.want)
		}
		if m.err != nil {
			u.d.say(wrong, ui.Clean("the user cannot be read: "+m.err.Error(), u.d.ascii))
			return nil
		}
		u.set(m)
		if u.stale {
			return u.show(u.want)
		}
	case userFound:
		if u.pager == nil || m.doc != u.pager.Doc() {
			return nil
		}
		if m.err != nil {
			u.d.say(wrong, ui.Clean(m.err.Error(), u.d.ascii))
			return nil
		}
		u.pager.SetHits(m.hits)
		if len(m.hits.At) == 0 {
			u.d.say(info, ui.Clean("not userFound: "+m.hits.Query, u.d.ascii))
		}
	}
	return nil
}

// set shows what was loaded. The place in the text stays if it is the same text.
func (u *userDetail) set(m userLoaded) {
	same := u.user != nil && u.user.id == m.id
	if same && bytes.Equal(u.user.wire, m.wire) && u.user.ok == m.ok {
		return
	}
	u.user = &m
	if !same {
		u.list = ui.List{}
	}
	u.pager = nil
	if m.ok {
		u.pager = ui.NewPager(m.wire)
		u.pager.SetPretty(m.pretty)
	}
}

func (u *userDetail) typing() bool { return u.search != nil }

func (u *userDetail) facts(f *facts) {
	f.body = u.json && u.pager != nil
	if f.body {
		f.matches = len(u.pager.Hits().At)
	}
	if f.detail && u.user != nil && u.user.ok {
		f.userState = map[bool]string{true: "on", false: "off"}[u.user.row.active]
	}
}

// back ends a search.
func (u *userDetail) back() bool {
	if u.pager != nil && u.pager.Hits().Query != "" {
		u.pager.SetHits(ui.Hits{})
		return true
	}
	return false
}

// turn goes to the other tab.
func (u *userDetail) turn(int) { u.json = !u.json }

func (u *userDetail) act(id string) tea.Cmd {
	switch id {
	case "nextTab", "prevTab":
		u.turn(1)
		return nil
	}
	if !u.json || u.pager == nil {
		u.scroll(id)
		return nil
	}
	switch id {
	case "search":
		u.search = &ui.Input{}
	case "nextMatch":
		u.pager.NextHit(1)
	case "prevMatch":
		u.pager.NextHit(-1)
	case "wrap":
		u.pager.ToggleWrap()
	case "raw":
		u.pager.ToggleRaw()
	default:
		u.pager.Key(listKeys[id])
	}
	return nil
}

// scroll moves the lines of the Attributes tab, which have no selection.
func (u *userDetail) scroll(id string) {
	page := max(u.list.Height-1, 1)
	switch id {
	case "down":
		u.list.Top++
	case "up":
		u.list.Top--
	case "halfDown":
		u.list.Top += page / 2
	case "halfUp":
		u.list.Top -= page / 2
	case "pageDown":
		u.list.Top += page
	case "pageUp":
		u.list.Top -= page
	case "first":
		u.list.Top = 0
	case "last":
		u.list.Top = u.list.Len
	}
	u.list.Top = max(min(u.list.Top, u.list.Len-u.list.Height), 0)
}

// key takes keys while the search is typed.
func (u *userDetail) key(m tea.KeyMsg) tea.Cmd {
	switch m.String() {
	case "enter":
		query := u.search.String()
		u.search = nil
		return findIn(u.d, u.pager.Doc(), query)
	case "esc":
		u.search = nil
		return nil
	}
	u.search.Key(uiKey(m))
	return nil
}

// headline is the crumb: who it is and how they are.
func (u *userDetail) headline() ui.Safe {
	if u.user == nil || !u.user.ok || u.user.id != u.want {
		return ui.Clean(u.want, u.d.ascii)
	}
	state := ui.Safe("active")
	if !u.user.row.active {
		state = "deactivated"
	}
	return ui.Clean(u.user.row.name, u.d.ascii) + "   " + state + "   " + ui.Clean(u.user.etag, u.d.ascii)
}

func (u *userDetail) status() (left, right ui.Safe) {
	if u.user == nil || !u.user.ok {
		return "", ""
	}
	if u.json && u.pager != nil {
		return u.pager.Status()
	}
	return ui.Safe("changed " + clockOrDay(u.user.row.changed, u.d.now(), u.d.loc)), ui.Safe(ui.Size(int64(len(u.user.wire))))
}

func (u *userDetail) view(w, h int, side bool) []string {
	t := u.d.theme
	tab := func(name ui.Safe, on bool) ui.Part {
		if on {
			return ui.Part{Text: "[" + name + "]", Role: ui.Selection}
		}
		return ui.Part{Text: " " + name + " "}
	}
	var lines []string
	if side {
		who := ui.Safe("")
		if u.user != nil {
			who = ui.Clean(u.user.id, u.d.ascii)
		}
		lines = append(lines, t.Line(w, ui.Part{Text: "User  "}, ui.Part{Text: who, Role: ui.Muted, Fill: true}))
	}
	lines = append(lines, t.Line(w, ui.Part{Text: " "}, tab("Attributes", !u.json), ui.Part{Text: " "}, tab("JSON", u.json)))
	if side {
		lines = append(lines, "")
	} else {
		lines = append(lines, t.Rule(w, ""))
	}
	room := max(h-len(lines), 1)
	switch {
	case u.user == nil || u.want != u.user.id:
	case !u.user.ok:
		lines = append(lines, paragraphs(t, w, "", "This user is gone.")...)
	case u.json:
		if u.search != nil {
			room--
		}
		lines = append(lines, u.pager.View(t, w, room)...)
		if u.search != nil {
			lines = append(lines, t.Line(3, ui.Part{Text: " / ", Role: ui.Accent})+u.search.View(t, w-3, true))
		}
	default:
		lines = append(lines, u.attributes(w, room)...)
	}
	return ui.Fill(lines, h)
}

// attributes draws the Attributes tab.
func (u *userDetail) attributes(w, h int) []string {
	t := u.d.theme
	label := 12
	for _, a := range u.user.attrs {
		label = max(label, min(ui.Width(a.label)+2, w/3))
	}
	var lines []string
	for _, a := range u.user.attrs {
		head := a.label
		for _, s := range ui.Wrap(a.value, w-label-2) {
			lines = append(lines, t.Line(w, ui.Part{Text: " "}, ui.Part{Text: head, Role: ui.Muted, Min: label, Max: label}, ui.Part{Text: s, Fill: true}))
			head = ""
		}
	}
	u.list.Len, u.list.Height = len(lines), h
	u.list.Top = max(min(u.list.Top, len(lines)-h), 0)
	from, to := u.list.Visible()
	return lines[from:to]
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
