package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// requests is the first screen: a row for each request, the newest at the
// bottom, and the detail of the selected one beside or below it where there is
// room, else in its place.
//
// The selection is a request, not a place: new rows, dropped rows and filters
// leave it where it is. While following it is always the newest.
type requests struct {
	d    *deps
	w, h int // of the body

	rows  []*store.Row // in the store's ring, oldest first
	shown []*store.Row // those that the filter lets through; its own memory
	bad   int          // problems among rows
	badly int          // problems among shown
	list  ui.List

	follow    bool
	unread    int // rows that came in and passed the filter while paused
	unreadBad int
	dropped   int    // shown rows that left the ring while paused
	seen      uint64 // the last number when the pause began, for is:new

	filter  find.Filter
	sift    sift
	kept    keptList // as it was before the prompt was opened
	prompt  *prompt
	history []string
	remarks map[uint64]wire.Remark // marks and notes, by number; never written to

	paths bool // raw paths in the last column
	clock clockMode
	copy  string // how the last copy was made

	exportAs string // the format of the last export
	again    replays

	detail *detail
	focus  bool // the detail has the focus
	share  share
	loadAt time.Time // when the detail last changed by itself
}

// clockMode is what the time column shows.
type clockMode uint8

const (
	localTime clockMode = iota
	agoTime
	utcTime
)

func newRequests(d *deps) *requests {
	r := &requests{d: d, follow: true, history: d.past}
	r.detail = newDetail(d)
	r.detail.rows = r.between
	return r
}

// selected is the selected row, or nil.
func (r *requests) selected() *store.Row {
	if r.list.Sel < len(r.shown) {
		return r.shown[r.list.Sel]
	}
	return nil
}

// panes is how the body is shared now.
func (r *requests) panes() panes {
	s := r.share
	s.detail = r.focus
	return divide(r.w, r.h, s)
}

// title is the crumb when the detail has the whole body.
func (r *requests) title() ui.Safe {
	if r.focus && !r.panes().two() {
		return r.detail.headline()
	}
	return ""
}

func (r *requests) place() place {
	if r.focus {
		return inDetail
	}
	return inRequests
}

func (r *requests) typing() bool { return r.prompt != nil || r.focus && r.detail.typing() }

func (r *requests) facts(f *facts) {
	row := r.selected()
	f.rows, f.selected = len(r.shown), row != nil
	f.hidden = len(r.rows) - len(r.shown)
	f.filtered = r.filter.Expr() != nil
	f.following = r.follow
	f.split = r.panes().two()
	f.emptyLog = len(r.rows) == 0
	f.zoomed = r.share.zoom
	f.marks, f.problems = r.marked(), r.badly
	f.copied = r.copy != ""
	a, _ := r.pair()
	f.pair = a != 0
	f.detail = r.focus
	f.userKnown = row != nil && (row.Name != "" || row.Type == "User" && row.ID != "")
	f.inSeq = row != nil && row.Part.Story != ""
	if r.focus || f.split {
		r.detail.facts(f)
	}
}

// back takes one step back: out of the detail's search, the zoom, the detail, the filter.
func (r *requests) back(leave bool) bool {
	switch {
	case r.focus && !leave && r.detail.back():
	case r.focus:
		r.focus, r.share.zoom = false, false
	case r.share.zoom:
		r.share.zoom = false
	case !leave && r.filter.Expr() != nil:
		r.d.say(info, ui.Clean("filter dropped; "+string(r.d.keyFor("filter"))+" and "+asciiKey(r.d.ascii, "↑")+" bring it back: "+r.filter.String(), r.d.ascii))
		r.remember(r.filter.String()) // enter has written it already
		r.apply(find.Filter{})
	default:
		return false
	}
	return true
}

func (r *requests) ticks() bool {
	return r.clock == agoTime && len(r.shown) > 0 || r.panes().two() || r.focus
}

// update takes data.
func (r *requests) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case sized:
		r.w, r.h = m.w, m.h
		return r.load()
	case changes:
		r.fold(m)
		r.showReplayed()
		if m.remarks != nil {
			r.remarked(m.remarks)
		}
		return r.work()
	case cleared:
		r.clear()
		return nil
	case notRemarked:
		r.remarked(m.remarks)
		r.d.say(wrong, ui.Clean(m.err.Error(), r.d.ascii))
		return nil
	case filterDue:
		if r.prompt != nil {
			r.live(m.n)
		}
		return r.work()
	case sifted:
		r.take(m)
		return r.work()
	case counted:
		if m.n == r.sift.n {
			r.sift.missed = m.missed
		}
		return nil
	case loadDue:
		return r.load()
	case exchangeLoaded:
		r.detail.loaded(m)
		return r.load()
	}
	if cmd, ok := r.updateReplay(msg); ok {
		return cmd
	}
	return r.detail.update(msg)
}

// setFilter is for other screens: "its requests".
func (r *requests) setFilter(text string) tea.Cmd {
	f, err := find.New(text, r.env())
	if err != nil {
		r.d.say(wrong, ui.Clean(err.Error(), r.d.ascii))
		return nil
	}
	r.focus, r.share.zoom, r.prompt = false, false, nil
	write := r.remember(r.filter.String())
	r.resume()
	r.apply(f)
	return tea.Batch(write, r.work())
}

// toggle adds a word to the filter or takes it away again.
func (r *requests) toggle(word string) tea.Cmd {
	return r.narrow(find.Toggle(r.filter.String(), word))
}

func (r *requests) narrow(text string) tea.Cmd {
	f, err := find.New(text, r.env())
	if err != nil {
		r.d.say(wrong, ui.Clean(err.Error(), r.d.ascii))
		return nil
	}
	var write tea.Cmd
	if text == "" {
		write = r.remember(r.filter.String())
	}
	r.apply(f)
	return tea.Batch(write, r.work())
}

// sized tells screens the size of the body.
type sized struct{ w, h int }

// loadDue says that the detail may change again.
type loadDue struct{}

// detailEvery is the least time between two changes that the detail makes by
// itself while following.
const detailEvery = 250 * time.Millisecond

// load loads what the detail should show, one at a time.
func (r *requests) load() tea.Cmd {
	row := r.selected()
	if row == nil || !r.focus && !r.panes().two() || r.detail.loading || r.detail.has(row) {
		return nil
	}
	if r.focus && r.detail.row != nil && r.detail.pinned {
		return nil
	}
	if r.follow && !r.focus {
		if wait := detailEvery - r.d.now().Sub(r.loadAt); wait > 0 && wait <= detailEvery {
			return r.d.after(wait, loadDue{})
		}
		r.loadAt = r.d.now()
	}
	return r.detail.show(row)
}

// status is where one is in the list.
func (r *requests) status() (left, right ui.Safe) {
	if r.focus {
		return r.detail.status()
	}
	total := ui.Thousands(len(r.rows))
	state := "FOLLOW"
	if !r.follow {
		state = "PAUSED"
		if r.unread > 0 {
			state += "  +" + ui.Thousands(r.unread) + " new"
			if r.unreadBad > 0 {
				state += " (" + count(r.unreadBad, "problem") + ")"
			}
		}
	}
	where := count(len(r.rows), "request")
	switch {
	case r.prompt != nil && r.prompt.kind == askFilter:
		where = ui.Thousands(len(r.shown)) + " of " + total + " shown (live)"
		right = ui.Clean(r.filter.String(), r.d.ascii)
		if s := r.searching(); s != "" {
			right = ui.Safe(s)
		}
		return ui.Safe(where), right
	case len(r.rows) == 0:
		where = "waiting for the first request"
	case !r.follow && r.selected() != nil:
		where = ui.Thousands(r.list.Sel+1) + " of " + ui.Thousands(len(r.shown))
		if r.filter.Expr() != nil {
			where += " shown, " + total + " in all"
		}
	case r.filter.Expr() != nil:
		where = ui.Thousands(len(r.shown)) + " of " + total + " shown"
	}
	left = ui.Safe(state + "  " + where)
	if r.filter.Expr() != nil {
		if s := r.searching(); s != "" {
			left += ui.Safe("  " + s)
		}
		return left + "  ", ui.Clean(r.filter.String(), r.d.ascii)
	}
	left += "  no filter"
	switch {
	case r.dropped > 0:
		right = ui.Safe(ui.Thousands(r.dropped) + " older dropped")
	case !r.follow && r.unread > 0:
		right = r.d.keyFor("last") + " or " + r.d.keyFor("follow") + ": catch up and follow"
	case r.badly > 0:
		right = ui.Safe(count(r.badly, "problem")+" "+r.d.theme.Glyph.Dot+" ") + r.d.keyFor("problem") + " jumps to the next"
	case len(r.rows) == 0:
		right = ""
	}
	return left, right
}
