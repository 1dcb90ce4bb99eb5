package tui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/explain/change"
	"scimdeck/scim/explain/history"
	"scimdeck/scim/explain/report"
	"scimdeck/scim/wire"
	"scimdeck/tui/ui"
)

// past is the history of the resource that is shown, and where in it one is.
type past struct {
	loaded *historyLoaded // nil: not yet
	busy   bool           // it is being read
	stale  bool           // and has to be after that
	due    bool           // a look is due
	at     time.Time      // when it was read last

	list    []history.Event      // of loaded, the newest first
	changed map[string]time.Time // when an attribute last was, after the creation
	events  ui.List              // of list
	shown   *history.Version     // nil: how it is now
	ready   *versionReady        // shown, laid out; nil while it is not
}

// historyEvery is the least time between two looks at a history.
const historyEvery = 500 * time.Millisecond

// historyDue says that a history may be read again.
type historyDue struct{ of string }

func (p *past) forget() { *p = past{busy: p.busy, due: p.due, stale: true} }

// loadHistory reads the history if it is not there or not true any more, and not too often.
func (x *resource) loadHistory() tea.Cmd {
	p := &x.past
	if p.busy || p.due || !p.stale || x.user == nil || x.user.id != x.want {
		return nil
	}
	now := x.d.now()
	if wait := historyEvery - now.Sub(p.at); p.loaded != nil && wait > 0 && wait <= historyEvery {
		p.due = true
		return x.d.after(wait, historyDue{x.of.name})
	}
	p.busy, p.stale, p.at = true, false, now
	return loadHistory(x.d, x.of, x.user, x.d.rows(), x.d.data.base)
}

// told takes in a history.
func (x *resource) told(m historyLoaded) tea.Cmd {
	p := &x.past
	if m.of != x.of.name {
		return nil
	}
	p.busy = false
	if m.id != x.want {
		p.stale = true
		return x.loadHistory()
	}
	if m.err != nil {
		x.d.say(wrong, ui.Clean("the history cannot be read: "+m.err.Error(), x.d.ascii))
		return nil
	}
	p.take(&m)
	return x.loadHistory()
}

// take shows a history. What is selected stays so.
func (p *past) take(m *historyLoaded) {
	var keep uint64
	if e := p.selected(); e != nil && e.Touch != nil && p.events.Sel > 0 {
		keep = e.Touch.Exchange.Seq
	}
	p.loaded, p.changed = m, map[string]time.Time{}
	all := m.h.Events()
	p.list = make([]history.Event, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		p.list = append(p.list, all[i])
	}
	p.events.Set(len(p.list), p.events.Height)
	for i, e := range p.list {
		if keep != 0 && e.Touch != nil && e.Touch.Exchange.Seq == keep {
			p.events.Select(i)
		}
	}
	for i := range m.h.Versions {
		v := &m.h.Versions[i]
		if v.From > 0 {
			for _, name := range change.Attributes(v.Changes) {
				p.changed[name] = v.At
			}
		}
		if p.shown != nil && p.shown.Number == v.Number && !v.Deleted {
			p.shown = v
		}
	}
}

func (p *past) selected() *history.Event {
	if p.events.Sel < len(p.list) {
		return &p.list[p.events.Sel]
	}
	return nil
}

// last is the newest version; nil: there is none.
func (p *past) last() *history.Version {
	if p.loaded == nil || len(p.loaded.h.Versions) == 0 {
		return nil
	}
	return &p.loaded.h.Versions[len(p.loaded.h.Versions)-1]
}

// neighbour is the version before the shown one (-1) or after it (1); nil: there
// is none. What is after the last but one is how it is now.
func (p *past) neighbour(d int) *history.Version {
	if p.loaded == nil {
		return nil
	}
	list := p.loaded.h.Versions
	at := len(list) - 1
	for i := range list {
		if p.shown != nil && list[i].Number == p.shown.Number && !list[i].Deleted {
			at = i
		}
	}
	if at += d; at < 0 || at >= len(list) {
		return nil
	}
	return &list[at]
}

// show shows a version; nil, the last one and one that is no state are how it is now.
func (p *past) show(v *history.Version) {
	if v == p.last() || v != nil && v.Deleted {
		v = nil
	}
	if v != p.shown {
		p.shown, p.ready = v, nil
	}
}

// choose selects the line of a version in the history; nil: that of the last one.
func (p *past) choose(v *history.Version) {
	v = cmp.Or(v, p.last())
	for i, e := range p.list {
		if e.Version == v && v != nil {
			p.events.Select(i)
		}
	}
}

// ofSelected is the version that the selected line made, or else is about.
func (p *past) ofSelected() *history.Version {
	e := p.selected()
	switch {
	case e == nil:
		return nil
	case e.Version != nil:
		return e.Version
	}
	for i := range p.loaded.h.Versions {
		if v := &p.loaded.h.Versions[i]; v.Number == e.Touch.Version && v.Number > 0 {
			return v
		}
	}
	return nil
}

func (p *past) status() (left, right ui.Safe) {
	if p.loaded == nil {
		return "reading the log", ""
	}
	left = ui.Safe(count(len(p.loaded.h.Versions), "version") + " in " + count(len(p.loaded.h.Touches), "request"))
	if p.loaded.older > 0 {
		return left, ui.Safe(count(p.loaded.older, "older request") + " not looked at")
	}
	return left, ""
}

// history draws the History tab: the exchanges, and what the selected one changed.
func (x *resource) history(w, h int) []string {
	p, t := &x.past, x.d.theme
	switch {
	case p.loaded == nil:
		return []string{t.Line(w, ui.Part{Text: " reading the log", Role: ui.Muted})}
	case len(p.list) == 0:
		return paragraphs(t, w, "", ui.Safe("The log has no request about this "+x.of.one+"."),
			"Requests that were cleared, or are older than the log keeps, tell nothing any more.")
	}
	rows := min(len(p.list), max(h/2, 3))
	p.events.Set(len(p.list), rows)
	from, to := p.events.Visible()
	lines := make([]string, 0, h)
	for i := from; i < to; i++ {
		lines = append(lines, x.event(w, i == p.events.Sel, &p.list[i]))
	}
	e := p.selected()
	title, text := x.selectedText(e, w)
	return append(append(lines, t.Rule(w, title)), text...)
}

// event draws a line of the history.
func (x *resource) event(w int, selected bool, e *history.Event) string {
	t := x.d.theme
	c := func(s string) ui.Safe { return ui.Clean(s, t.ASCII) }
	var at, number, method, status, version, what, key ui.Part
	brief, role := "", ui.Text
	if v := e.Version; v != nil {
		at = ui.Part{Text: c(clockOrDay(v.At, x.d.now(), x.d.loc))}
		version = ui.Part{Text: c("v" + utoa(v.Number))}
		brief = v.Brief()
		if v.Deleted {
			version.Text, role = "", ui.Err
		}
		if v.By == 0 {
			brief, role = "not by a request in the log: "+brief, ui.Muted
		}
	}
	if e.Touch != nil {
		ex := e.Touch.Exchange
		at = ui.Part{Text: c(clockOrDay(ex.Start, x.d.now(), x.d.loc))}
		number = ui.Part{Text: ui.Safe("#" + utoa(ex.Seq))}
		method = ui.Part{Text: c(ex.Method), Role: ui.Method(ex.Method)}
		status = ui.Part{Text: ui.Safe(statusShort(ex.Status)), Role: ui.Status(ex.Status)}
		key = ui.Part{Text: c(cmp.Or(ex.KeyName, ex.Source))}
		if e.Version == nil {
			brief, role = x.without(ex), ui.Muted
		}
	}
	what = ui.Part{Text: c(brief), Role: role, Fill: true}
	col := func(p ui.Part, width int, role ui.Role) ui.Part {
		p.Min, p.Max = width, width-1
		if p.Role == ui.Text {
			p.Role = role
		}
		return p
	}
	parts := []ui.Part{col(at, 9, ui.Muted), col(number, 8, ui.Muted), col(method, 7, ui.Text), col(status, 4, ui.Text), col(version, 5, ui.Muted), what}
	if w >= 76 {
		parts = append(parts, ui.Part{Text: " "}, col(key, 11, ui.Muted))
	}
	return t.Row(w, selected, parts...)
}

// without says of an exchange that made no version what it was.
func (x *resource) without(ex *wire.Exchange) string {
	if write := ex.Method != "GET" && ex.Method != "HEAD"; write && ex.Status < 300 {
		return "nothing changed"
	}
	return ex.Sentence
}

// selectedText says what the selected event is about: a title, and lines of what changed.
func (x *resource) selectedText(e *history.Event, w int) (title ui.Safe, lines []string) {
	p := &prose{x: &detail{d: x.d}, w: w}
	v := e.Version
	if v == nil {
		p.text(1, e.Touch.Exchange.Sentence, ui.Text)
		p.versionOf(e.Touch.Version)
		return ui.Clean("#"+utoa(e.Touch.Exchange.Seq)+" made no version", x.d.ascii), p.lines
	}
	title = ui.Clean(v.ETag(), x.d.ascii)
	switch {
	case v.Deleted:
		title = "deleted"
	case v.From > 0:
		title += ui.Safe(" against version " + utoa(v.From))
	}
	if v.Skipped > 0 {
		p.text(1, skipped(v), ui.Warn)
	}
	switch {
	case !v.Known && v.Skipped == 0 && v.Number > 1:
		p.text(1, "What changed is not known: nothing in the log tells it.", ui.Muted)
	case !v.Known:
		p.text(1, "It is the first state that is known of.", ui.Muted)
	}
	p.changeList(v.Changes)
	if v.Doc == nil && !v.Deleted {
		p.blank()
		p.text(1, "The state cannot be shown: "+v.Gap+".", ui.Muted)
	}
	return title, p.lines
}

// skipped says that versions are missing.
func skipped(v *history.Version) string {
	if v.Skipped == 1 {
		return "1 version before this one is not known: no request in the log made it."
	}
	return ui.Thousands(int(v.Skipped)) + " versions before this one are not known: no request in the log made them."
}

func (p *prose) versionOf(n uint64) {
	if n > 0 {
		p.text(1, "The answer has version "+utoa(n)+".", ui.Muted)
	}
}

// changeList draws differences, then what had no effect. An extension as a whole is
// left out: its attributes follow.
func (p *prose) changeList(list []wire.Change) {
	parts := slices.DeleteFunc(slices.Clone(list), func(c wire.Change) bool { return c.N > 0 && strings.HasPrefix(c.Path, "urn:") })
	for _, c := range report.Told(parts) {
		if c.Sign == "" {
			p.text(1, c.Text, ui.Warn)
			continue
		}
		p.change(c)
	}
}
