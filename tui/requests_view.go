package tui

import (
	"strconv"
	"strings"
	"time"

	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// view draws the body: list, detail, or both, and the prompt below the list.
func (r *requests) view(w, h int) []string {
	r.w, r.h = w, h
	p := r.panes()
	if p.hidden {
		return r.detail.view(w, h, false, true)
	}
	listW := p.listW
	if p.how == right {
		listW-- // a blank before the edge
	}
	left := r.viewList(listW, p.listH)
	switch p.how {
	case right:
		return r.d.theme.Beside(left, ui.Fill(r.detail.view(p.sideW, p.sideH, true, r.focus), h), p.listW, w)
	case below:
		rule := r.d.theme.Rule(w, "")
		return append(append(left, rule), r.detail.view(p.sideW, p.sideH, true, r.focus)...)
	}
	return left
}

// viewList draws the list with its heading in exactly h lines.
func (r *requests) viewList(w, h int) []string {
	if len(r.rows) == 0 && r.prompt == nil {
		r.list.Set(0, h)
		return ui.Fill(r.welcome(w), h)
	}
	var foot []string
	switch {
	case r.prompt != nil:
		foot = r.promptLines(w)
	case !r.follow && len(r.shown) > 0:
		foot = []string{r.d.theme.Rule(w, r.below())}
	}
	c := r.columns(w)
	lines := make([]string, 0, h)
	lines = append(lines, r.heading(c, w))
	room := h - 1 - len(foot)
	if len(r.shown) == 0 {
		r.list.Set(0, room)
		lines = append(lines, ui.Fill(r.nothing(w), room)...)
		return append(lines, foot...)
	}
	r.list.Set(len(r.shown), room)
	if r.follow {
		r.list.Select(len(r.shown) - 1)
	}
	from, to := r.list.Visible()
	now := r.d.now()
	for i := from; i < to; i++ {
		lines = append(lines, r.row(c, w, r.shown[i], i == r.list.Sel, r.bracket(i), now))
	}
	lines = ui.Fill(lines, h-len(foot))
	return append(lines, foot...)
}

// below says what came in under the last row that is on screen while paused.
func (r *requests) below() ui.Safe {
	if r.unread == 0 {
		return "nothing new"
	}
	s := ui.Thousands(r.unread) + " new below"
	if r.unreadBad == 1 {
		s += ", 1 of them a problem"
	} else if r.unreadBad > 1 {
		s += ", " + ui.Thousands(r.unreadBad) + " of them problems"
	}
	return ui.Safe(s)
}

// columns says which columns there is room for.
type columns struct {
	number, gap            int // cells
	flags, took, key, path bool
	time                   int // cells of the time column; 0: none
}

// columns chooses by width. They leave in this order: raw path, key, took,
// flags' gap; what happened is never narrower than 20 cells.
func (r *requests) columns(w int) columns {
	c := columns{number: 5, gap: 2, flags: true, took: w >= 64, key: w >= 120, path: w >= 160 && !r.paths, time: 8}
	if n := len(r.rows); n > 0 {
		c.number = max(c.number, len(strconv.FormatUint(r.rows[n-1].Seq, 10)))
	}
	if w < 72 {
		c.gap = 1
	}
	if w < 50 {
		c.number, c.took = 0, false
	}
	if w < 44 {
		c.time = 0
	}
	return c
}

// parts lays the cells of a row or of the heading out.
func (c columns) parts(number, at, method, status, took, flags, key, what, note, path ui.Part) []ui.Part {
	gap := ui.Part{Min: c.gap, Max: c.gap}
	parts := make([]ui.Part, 0, 16)
	cell := func(p ui.Part, w int, right bool) {
		p.Min, p.Max, p.Right = w, w, right
		parts = append(parts, p)
	}
	if c.number > 0 {
		cell(number, c.number, true)
		parts = append(parts, gap)
	}
	if c.time > 0 {
		cell(at, c.time, false)
		parts = append(parts, gap)
	}
	cell(method, 6, false)
	parts = append(parts, ui.Part{Min: 1})
	cell(status, 3, false)
	if c.took {
		cell(took, 7, true)
	}
	parts = append(parts, ui.Part{Min: 1})
	cell(flags, 2, false)
	parts = append(parts, ui.Part{Min: 1})
	if c.key {
		cell(key, 13, false)
		parts = append(parts, ui.Part{Min: 1})
	}
	what.Fill = true
	parts = append(parts, what)
	if note.Text != "" {
		parts = append(parts, note)
	}
	if c.path {
		cell(path, 44, false)
	}
	return parts
}

func (r *requests) heading(c columns, w int) string {
	m := func(s ui.Safe) ui.Part { return ui.Part{Text: s, Role: ui.Muted} }
	what := ui.Safe("WHAT HAPPENED")
	if r.paths {
		what = "PATH"
	}
	at := ui.Safe("TIME")
	switch r.clock {
	case agoTime:
		at = "AGO"
	case utcTime:
		at = "UTC"
	}
	return r.d.theme.Row(w, false, c.parts(m("#"), m(at), m("METHOD"), m("ST"), m("TOOK"), m(""), m("KEY"), m(what), ui.Part{}, m("PATH"))...)
}

func (r *requests) row(c columns, w int, row *store.Row, selected bool, bracket ui.Safe, now time.Time) string {
	ascii := r.d.theme.ASCII
	muted := func(s ui.Safe) ui.Part { return ui.Part{Text: s, Role: ui.Muted} }
	method, status := ui.Clean(row.Method, ascii), ui.Safe("---")
	if row.Status != 0 {
		status = ui.Safe(strconv.Itoa(row.Status))
	}
	flags, flagRole := r.flags(row)
	what := ui.Part{Text: ui.Clean(row.Sentence, ascii)}
	what.Keep = outcome(what.Text, r.d.theme.Glyph.To)
	if r.paths || row.Sentence == "" {
		what.Text, what.Keep = ui.Clean(row.Target, ascii), 0
	}
	if row.Status >= 500 || row.Status == 0 {
		what.Role = ui.Err
	}
	var path, key, note ui.Part
	if row.Remark.Note != "" {
		note = ui.Part{Text: "  " + ui.Safe(`"`) + ui.Clean(row.Remark.Note, ascii) + `"`, Role: ui.Mark, Max: max(w/5, 14)}
	}
	if c.path {
		path = muted(ui.Clean(row.Target, ascii))
	}
	if c.key {
		key = muted(ui.Clean(keyName(row), ascii))
	}
	return r.d.theme.MarkedRow(w, selected, bracket, c.parts(
		muted(ui.Safe(strconv.FormatUint(row.Seq, 10))),
		muted(r.when(row.Start, now)),
		ui.Part{Text: method, Role: ui.Method(row.Method)},
		ui.Part{Text: status, Role: ui.Status(row.Status)},
		muted(ui.Safe(ui.Took(row.Took))),
		ui.Part{Text: flags, Role: flagRole},
		key, what, note, path)...)
}

// outcome is the length of a sentence's end that says how it went ("→ 0", "3
// fields", "(no change)", ": uniqueness"): in a narrow column the name before it
// is cut instead.
func outcome(s ui.Safe, arrow string) int {
	const most = 24
	at := -1
	for _, sign := range []string{" " + arrow + " ", "  ", " ("} {
		if at = strings.LastIndex(string(s), sign); at >= 0 {
			break
		}
	}
	if word := strings.LastIndexByte(string(s), ' '); at < 0 && word > 0 && s[word-1] == ':' {
		at = word - 1
	}
	if at < 0 || len(s)-at > most {
		return 0
	}
	return len(s) - at
}

// keyName is who sent the row, for the key column.
func keyName(row *store.Row) string {
	switch {
	case row.KeyName != "":
		return row.KeyName
	case row.Source != "":
		return wire.SourceKind(row.Source)
	case row.Refused != "":
		return "(refused)"
	}
	return "(none)"
}

// flags are the row's signs: * marked, R replayed, P proxied, C made by a
// check, T by a test of the public address, ~ with a note.
func (r *requests) flags(row *store.Row) (ui.Safe, ui.Role) {
	s, role := "", ui.Muted
	switch wire.SourceKind(row.Source) {
	case "replay":
		s = "R"
	case "proxy":
		s = "P"
	case "check":
		s = "C"
	case wire.SourceTest:
		s = "T"
	}
	switch {
	case row.Remark.Marked:
		s, role = s+"*", ui.Mark
	case row.Lint >= wire.LevelError && s == "":
		s, role = "!", ui.Err
	case (row.Notes > 0 || row.Lint == wire.LevelWarning) && s == "":
		s, role = "~", ui.Warn
	}
	return ui.Safe(s), role
}

// when is a time in the list.
func (r *requests) when(t, now time.Time) ui.Safe {
	switch r.clock {
	case agoTime:
		return ui.Safe(strings.TrimSuffix(ui.Ago(now.Sub(t)), " ago"))
	case utcTime:
		return ui.Safe(t.UTC().Format("15:04:05"))
	}
	return ui.Safe(t.In(r.d.loc).Format("15:04:05"))
}

// text draws lines of an empty state: keys in the accent's colour.
func (r *requests) text(w int, lines ...ui.Part) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		l.Fill = true
		out[i] = r.d.theme.Line(w, ui.Part{Text: "  "}, l)
	}
	return out
}

// curlTry is the command that tries the server out.
func (r *requests) curlTry() string {
	return "curl -H \"Authorization: Bearer $SCIM_TOKEN\" \\\n     " + r.d.opts.BaseURL + "/Users"
}

// welcome is the list before the first request.
func (r *requests) welcome(w int) []string {
	curl := strings.Split(r.curlTry(), "\n")
	ascii, key := r.d.theme.ASCII, r.d.keyFor
	lines := []ui.Part{
		{},
		{Text: "No request has come in yet. The server is listening and ready."},
		{},
		{Text: "1  Make a key                              press  " + key("keys") + "  then  " + key("add")},
		{Text: "2  See what to type into Okta or Entra     press  " + key("setup")},
		{Text: "3  Or try it from here right now           " + key("copy") + " copies it"},
		{},
		{Text: "   " + ui.Clean(curl[0], ascii), Role: ui.Accent},
		{Text: "   " + ui.Clean(curl[1], ascii), Role: ui.Accent},
	}
	if r.d.data.users == 0 {
		lines = append(lines,
			ui.Part{},
			ui.Part{Text: "Want to look around first?  " + key("sample") + "  adds 25 sample users through the same"},
			ui.Part{Text: "SCIM code that Okta talks to; each shows up here as a request."})
	}
	return r.text(w, lines...)
}

// nothing is the list when the filter hides every row.
func (r *requests) nothing(w int) []string {
	ascii := r.d.theme.ASCII
	hidden := ui.Safe("      (" + count(len(r.rows), "request") + " hidden)")
	if s := r.searching(); s != "" {
		return r.text(w, ui.Part{}, ui.Part{Text: ui.Clean("Nothing yet for   "+r.filter.String(), ascii) + hidden}, ui.Part{},
			ui.Part{Text: ui.Safe(s + "; esc stops it"), Role: ui.Muted})
	}
	lines := []ui.Part{{}, {Text: ui.Clean("Nothing matches   "+r.filter.String(), ascii) + hidden}, {}}
	width := 0
	for _, m := range r.sift.missed {
		width = max(width, min(ui.Width(ui.Clean(m.Word, ascii)), 30))
	}
	for _, m := range r.sift.missed {
		text := ui.Pad(r.d.theme.Cut(ui.Clean(m.Word, ascii), 30), width+4)
		switch {
		case m.Open:
			text += "is about what was sent: not counted"
		default:
			text += ui.Safe("matches " + ui.Thousands(m.Rows) + " by itself")
		}
		if m.Like != "" {
			text += ui.Clean("      did you mean  "+m.Like+" ?  ", ascii) + ui.Safe("("+ui.Thousands(m.Likes)+")")
		}
		lines = append(lines, ui.Part{Text: text})
	}
	if len(r.sift.missed) > 0 {
		lines = append(lines, ui.Part{})
	}
	lines = append(lines, ui.Part{Text: "esc drops the filter    " + r.d.keyFor("filter") + " edits it    new matches appear here by themselves", Role: ui.Muted})
	return r.text(w, lines...)
}
