package tui

import (
	"strings"

	"scimdeck/scim/explain/change"
	"scimdeck/scim/explain/history"
	"scimdeck/tui/ui"
)

// tabLabels are the tabs in words, with how much is in them.
func (x *resource) tabLabels() []ui.Safe {
	var out []ui.Safe
	for _, tab := range x.tabs() {
		name, n := ui.Safe("Attributes"), 0
		switch tab {
		case tabJSON:
			name = "JSON"
		case tabHistory:
			name, n = "History", len(x.past.list)
		case tabBeside:
			name, n = "Groups", x.beside.list.Len
			if x.of.isGroup() {
				name = "Members"
			}
		}
		if n > 0 {
			name += ui.Safe(" " + ui.Thousands(n))
		}
		if tab == x.tab {
			name = "[" + name + "]"
		} else {
			name = " " + name + " "
		}
		out = append(out, name)
	}
	return out
}

func (x *resource) view(w, h int, side bool) []string {
	t := x.d.theme
	var lines []string
	if side {
		who := ui.Safe("")
		if x.user != nil {
			who = ui.Clean(x.user.id, x.d.ascii)
		}
		lines = append(lines, t.Line(w, ui.Part{Text: ui.Safe(x.of.name + "  ")}, ui.Part{Text: who, Role: ui.Muted, Fill: true}))
	}
	tabs := []ui.Part{{Text: " "}}
	for _, label := range x.tabLabels() {
		part := ui.Part{Text: label}
		if label[0] == '[' {
			part.Role = ui.Selection
		}
		tabs = append(tabs, part, ui.Part{Text: " "})
	}
	lines = append(lines, t.Line(w, tabs...))
	if side {
		lines = append(lines, "")
	} else {
		lines = append(lines, t.Rule(w, ""))
	}
	if v := x.past.shown; v != nil && x.tab <= tabJSON {
		lines = append(lines, x.asItWas(w, v))
	}
	room := max(h-len(lines), 1)
	switch {
	case x.user == nil || x.want != x.user.id:
	case x.tab == tabHistory:
		lines = append(lines, x.history(w, room)...)
	case x.past.shown != nil && x.tab <= tabJSON && x.past.shown.Doc == nil:
		lines = append(lines, x.untold(w, x.past.shown)...)
	case !x.user.ok && x.past.shown == nil:
		lines = append(lines, paragraphs(t, w, "", ui.Safe("This "+x.of.one+" is gone."), "", x.d.keyFor("older")+"  shows how it was, as far as the log knows")...)
	case x.tab == tabBeside:
		lines = append(lines, x.related(w, room)...)
	case x.tab == tabJSON:
		lines = append(lines, x.bodyText(w, room)...)
	default:
		lines = append(lines, x.attributes(w, room)...)
	}
	return ui.Fill(lines, h)
}

// asItWas is the line above a former state.
func (x *resource) asItWas(w int, v *history.Version) string {
	made := "not by a request in the log"
	if v.By != 0 {
		made = "after #" + utoa(v.By)
	}
	if at := clockOrDay(v.At, x.d.now(), x.d.loc); at != "" {
		made += ", " + at
	}
	return x.d.theme.Line(w, ui.Part{Text: " as it was  ", Role: ui.Warn}, ui.Part{Text: ui.Clean(v.ETag()+"  "+made, x.d.ascii), Fill: true},
		ui.Part{Text: " " + x.d.keyFor("older") + " earlier  " + x.d.keyFor("newer") + " later ", Role: ui.Muted})
}

// untold stands in place of a state that cannot be told.
func (x *resource) untold(w int, v *history.Version) []string {
	p := &prose{x: &detail{d: x.d}, w: w}
	p.blank()
	p.text(1, "This state cannot be shown: "+v.Gap+".", ui.Text)
	if v.Known {
		p.blank()
		p.text(1, "What is known of it is what changed:", ui.Muted)
		p.changeList(v.Changes)
	}
	return append([]string{""}, p.lines...)
}

// bodyText draws the JSON tab.
func (x *resource) bodyText(w, h int) []string {
	t, p := x.d.theme, x.pager()
	if p == nil { // a former state that is being laid out
		return nil
	}
	if x.search == nil {
		return p.View(t, w, h)
	}
	return append(p.View(t, w, h-1), t.Line(3, ui.Part{Text: " / ", Role: ui.Accent})+x.search.View(t, w-3, true))
}

// attributes draws the Attributes tab: of now with when each was changed and the
// newest versions, of a former state with what it changed.
func (x *resource) attributes(w, h int) []string {
	t := x.d.theme
	list := x.user.attrs
	signs := map[string]string{}
	if v := x.past.shown; v != nil {
		if x.past.ready == nil {
			return nil
		}
		list = x.past.ready.attrs
		signs = signsOf(v)
	}
	label := 12
	for _, a := range list {
		label = max(label, min(ui.Width(a.label)+2, w/3))
	}
	var lines []string
	for _, a := range list {
		head, remark, sign := a.label, x.remark(a), ui.Safe(signs[a.name])
		room := w - label - 2
		if w >= 50 && remark != "" {
			room -= ui.Width(remark) + 2
		}
		for _, s := range ui.Wrap(a.value, room) {
			parts := []ui.Part{{Text: sign, Role: ui.Warn, Min: 1}, {Text: head, Role: ui.Muted, Min: label, Max: label}, {Text: s, Fill: true}}
			if w >= 50 {
				parts = append(parts, ui.Part{Text: remark, Role: ui.Muted}, ui.Part{Text: " "})
			}
			lines = append(lines, t.Line(w, parts...))
			head, remark, sign = "", "", ""
		}
	}
	lines = append(lines, x.below(w)...)
	x.list.Len, x.list.Height = len(lines), h
	x.list.Top = max(min(x.list.Top, len(lines)-h), 0)
	from, to := x.list.Visible()
	return lines[from:to]
}

// signsOf says which attributes a version changed, by name.
func signsOf(v *history.Version) map[string]string {
	signs := map[string]string{}
	if !v.Known || v.From == 0 {
		return signs
	}
	for word := range strings.FieldsSeq(change.Brief(v.Changes)) {
		if strings.ContainsAny(word[:1], "+-~") {
			signs[word[1:]] = word[:1]
		}
	}
	return signs
}

// remark is what to know about an attribute besides its value.
func (x *resource) remark(a attr) ui.Safe {
	if x.past.shown == nil {
		if at, ok := x.past.changed[a.name]; ok && a.label != "" {
			return ui.Safe("changed " + clockOrDay(at, x.d.now(), x.d.loc))
		}
	}
	return a.remark
}

// newestVersions is how many the Attributes tab shows.
const newestVersions = 5

// below is what follows the attributes: of now the newest versions, of a former
// state what it took away and what the log knows nothing of.
func (x *resource) below(w int) []string {
	t := x.d.theme
	p := &prose{x: &detail{d: x.d}, w: w}
	if v := x.past.shown; v != nil {
		if v.Skipped > 0 {
			p.blank()
			p.text(1, skipped(v), ui.Warn)
		}
		var gone []string
		for word := range strings.FieldsSeq(change.Brief(v.Changes)) {
			if word[0] == '-' {
				gone = append(gone, word[1:])
			}
		}
		if len(gone) > 0 {
			p.blank()
			p.text(1, "taken away: "+strings.Join(gone, ", "), ui.Muted)
		}
		if len(p.lines) == 0 {
			return nil
		}
		return append([]string{""}, p.lines...)
	}
	if x.past.loaded == nil || len(x.past.loaded.h.Versions) == 0 {
		return nil
	}
	lines := []string{"", t.Line(w, ui.Part{Text: " History", Role: ui.Strong})}
	versions := x.past.loaded.h.Versions
	for i := len(versions) - 1; i >= max(len(versions)-newestVersions, 0); i-- {
		v := &versions[i]
		by := "-"
		if v.By != 0 {
			by = "#" + utoa(v.By)
		}
		lines = append(lines, t.Line(w, ui.Part{Text: "   "}, ui.Col(ui.Clean(clockOrDay(v.At, x.d.now(), x.d.loc), t.ASCII), 10, 1, ui.Muted),
			ui.Col(ui.Safe(by), 8, 1, ui.Muted), ui.Col(ui.Clean(v.ETag(), t.ASCII), 8, 1, ui.Muted), ui.Part{Text: ui.Clean(v.Brief(), t.ASCII), Fill: true}))
	}
	if n := len(versions) - newestVersions; n > 0 {
		lines = append(lines, t.Line(w, ui.Part{Text: ui.Safe("   " + count(n, "older version")), Role: ui.Muted}))
	}
	return lines
}
