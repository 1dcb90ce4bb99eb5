package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/explain/report"
	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// detail is one request in full: what it meant, what was sent and what was
// answered. It is part of the Requests screen, beside the list or in its place.
type detail struct {
	d       *deps
	row     *store.Row // what is shown, or being loaded
	loading bool
	pinned  bool // opened by hand: it does not change by itself

	ex   *wire.Exchange // nil: loading or gone
	gone string         // why there is no exchange
	tab  int            // of detailTabs

	bodies [tabCount]*ui.Pager                // of Request and Response
	answer string                             // in one line; "" as long as there is no exchange
	left   *leftState                         // by a write; nil: it is none, or not there yet
	top    [tabCount]int                      // scrolled lines of a tab without a body
	rows   func(from, to uint64) []*store.Row // of the list, filtered or not, by number
	heads  bool                               // all headers
	cut    bool                               // long lines are cut, not wrapped
	whole  bool                               // Changes has all of what a write left
	prompt *prompt                            // a search being typed
	n      int                                // searches, so that stale answers are dropped
	height int                                // of the text, as of the last view
}

// The tabs. Lint is there only when rules have found something.
const (
	tabSummary = iota
	tabRequest
	tabResponse
	tabChanges
	tabExplain
	tabLint
	tabCount
)

// tabNames are the tabs that there are, with how much is in them.
func (x *detail) tabNames() []ui.Safe {
	names := []ui.Safe{"Summary", "Request", "Response", "Changes", "Explain"}
	if x.ex == nil {
		if x.row != nil && x.row.Lint > 0 {
			names = append(names, "Lint")
		}
		return names
	}
	if n := len(x.ex.Changes); n > 0 {
		names[tabChanges] += ui.Safe(" " + itoa(n))
	}
	if n := len(x.ex.Findings); n > 0 {
		names = append(names, ui.Safe("Lint "+itoa(n)))
	}
	return names
}

func newDetail(d *deps) *detail { return &detail{d: d} }

// has reports whether the detail shows or is about to show a row.
func (x *detail) has(row *store.Row) bool { return x.row != nil && x.row.Seq == row.Seq }

// show loads a row's exchange.
func (x *detail) show(row *store.Row) tea.Cmd {
	x.row, x.loading, x.pinned = row, true, true
	x.ex, x.gone, x.answer, x.left = nil, "", "", nil
	x.bodies, x.top, x.prompt = [tabCount]*ui.Pager{}, [tabCount]int{}, nil
	if x.tab == tabLint && row.Lint == 0 {
		x.tab = tabSummary
	}
	return loadExchange(x.d, row.Seq)
}

// loaded takes the exchange. One that is no longer wanted is dropped.
func (x *detail) loaded(m exchangeLoaded) {
	if x.row == nil || m.seq != x.row.Seq {
		return
	}
	x.loading = false
	x.ex, x.gone, x.answer, x.left = m.ex, "", m.answer, m.left
	x.bodies, x.top, x.prompt = [tabCount]*ui.Pager{tabRequest: m.request, tabResponse: m.response}, [tabCount]int{}, nil
	if x.cut {
		x.toggleWrap()
	}
	switch {
	case m.err != nil:
		x.gone = "it could not be read: " + m.err.Error()
	case !m.ok:
		x.gone = "its headers and bodies are no longer kept"
	}
}

// update takes the result of a search.
func (x *detail) update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(searched); ok && m.n == x.n {
		switch p := x.bodies[m.tab]; {
		case m.err != nil:
			x.d.say(wrong, ui.Clean(m.err.Error(), x.d.ascii))
		case p != nil && m.doc == p.Doc():
			p.SetHits(m.hits)
			if len(m.hits.At) == 0 {
				x.d.say(info, ui.Clean("nothing found for "+m.hits.Query, x.d.ascii))
			}
		}
	}
	return nil
}

func (x *detail) typing() bool { return x.prompt != nil }

func (x *detail) facts(f *facts) {
	f.body = x.pager() != nil
	f.write = x.tab == tabChanges && x.left != nil
	f.whole = f.write && x.whole
	if p := x.pager(); p != nil {
		f.matches = len(p.Hits().At)
	}
}

// pager is the body window of the tab, or nil.
func (x *detail) pager() *ui.Pager { return x.bodies[x.tab] }

// headline is "#1028 PUT /Users/2f81… → 200".
func (x *detail) headline() ui.Safe {
	if x.row == nil {
		return "no request"
	}
	status := "no answer"
	if x.row.Status != 0 {
		status = itoa(x.row.Status)
	}
	target := x.row.Path
	if _, query, ok := strings.Cut(x.row.Target, "?"); ok {
		target += "?" + query
	}
	if x.row.Path == "" {
		target = x.row.Target
	}
	c := func(s string) ui.Safe { return ui.Clean(s, x.d.ascii) }
	return ui.Safe("#"+utoa(x.row.Seq)+" ") + c(x.row.Method) + " " + c(target) + ui.Safe(" "+x.d.theme.Glyph.To+" "+status)
}

// turn goes to another tab.
func (x *detail) turn(d int) {
	n := len(x.tabNames())
	x.tab = (x.tab + d + n) % n
	x.prompt = nil
}

func (x *detail) toggleWrap() {
	for _, p := range x.bodies {
		if p != nil {
			p.ToggleWrap()
		}
	}
}

// back closes the search that is shown.
func (x *detail) back() bool {
	if p := x.pager(); p != nil && p.Hits().Query != "" {
		p.SetHits(ui.Hits{})
		return true
	}
	return false
}

// scroll moves the text by d lines.
func (x *detail) scroll(d int) {
	if p := x.pager(); p != nil {
		p.Move(d)
		return
	}
	x.top[x.tab] = max(x.top[x.tab]+d, 0) // view sees to the other end
}

// act runs an action of the detail; false: it is none.
func (x *detail) act(id string) (tea.Cmd, bool) {
	p := x.pager()
	keys := map[string]string{
		"down": "j", "up": "k", "first": "g", "last": "G", "halfDown": "ctrl+d", "halfUp": "ctrl+u",
		"pageDown": "pgdown", "pageUp": "pgup", "raw": "b", "nextMatch": "n", "prevMatch": "N",
	}
	if k, ok := keys[id]; ok && p != nil {
		p.Key(k)
		return nil, true
	}
	page := max(x.height-1, 1)
	switch id {
	case "down":
		x.scroll(1)
	case "up":
		x.scroll(-1)
	case "first":
		x.top[x.tab] = 0
	case "last":
		x.scroll(1 << 20)
	case "halfDown":
		x.scroll(page / 2)
	case "halfUp":
		x.scroll(-page / 2)
	case "pageDown":
		x.scroll(page)
	case "pageUp":
		x.scroll(-page)
	case "wrap":
		if x.tab == tabChanges {
			x.whole, x.top[tabChanges] = !x.whole, 0
			return nil, true
		}
		x.cut = !x.cut
		x.toggleWrap()
		x.d.say(info, map[bool]ui.Safe{true: "long lines are cut; " + x.d.keyFor("wrap") + " wraps them", false: "long lines are wrapped"}[x.cut])
	case "pager":
		if x.ex != nil && p != nil {
			return viewText(x.d, "request-"+utoa(x.ex.Seq)+".json", p.Doc().Harmless), true
		}
	case "headers":
		x.heads = !x.heads
	case "search":
		x.prompt = &prompt{kind: askSearch}
		x.prompt.input.Set(p.Hits().Query)
	default:
		return nil, false
	}
	return nil, true
}

// key handles a key of the search being typed.
func (x *detail) key(m tea.KeyMsg) tea.Cmd {
	if x.prompt == nil {
		return nil
	}
	switch m.String() {
	case "esc":
		x.prompt = nil
	case "enter":
		query := x.prompt.input.String()
		x.prompt = nil
		if p := x.pager(); p != nil {
			x.n++
			return search(x.d, x.n, x.tab, p.Doc(), query)
		}
	default:
		x.prompt.input.Key(uiKey(m))
	}
	return nil
}

// hints is the key line while a search is typed, else nil.
func (x *detail) hints() []hint {
	if x.prompt == nil {
		return nil
	}
	return []hint{{key: "↵", word: "search"}, {key: "esc", word: "cancel"}, {key: "~", word: "in front: regular expression"}}
}

// status is where one is in the text.
func (x *detail) status() (left, right ui.Safe) {
	if p := x.pager(); p != nil {
		return p.Status()
	}
	switch x.tab {
	case tabRequest, tabResponse:
		return "no body", ""
	case tabChanges:
		if x.left != nil {
			return x.changesStatus()
		}
	}
	return x.d.keyFor("pane") + " next tab", x.d.keyFor("openUser") + " opens the user"
}

// view draws the detail in exactly h lines; beside the list it begins with the
// headline, which else stands in the crumb, and with a sign if it has the focus.
func (x *detail) view(w, h int, beside, focused bool) []string {
	t := x.d.theme
	lines := make([]string, 0, h)
	if beside && x.row != nil {
		sign := ui.Safe(" ")
		if focused {
			sign = ui.Safe(t.Glyph.Select)
		}
		lines = append(lines, t.Line(w, ui.Part{Text: sign, Role: ui.Accent}, ui.Part{Text: x.headline(), Role: ui.Strong, Fill: true},
			ui.Part{Text: ui.Safe("  " + ui.Took(x.row.Took) + " "), Role: ui.Muted}), x.tabs(w), "")
	} else {
		lines = append(lines, x.tabs(w), t.Rule(w, ""))
	}
	h -= len(lines)
	var foot []string
	if x.prompt != nil {
		foot = []string{t.Paint(ui.Accent, " / ") + x.prompt.input.View(t, w-4, true)}
		h--
	}
	x.height = h
	switch {
	case x.row == nil:
		lines = append(lines, ui.Fill([]string{t.Line(w, ui.Part{Text: " no request is selected", Role: ui.Muted})}, h)...)
	case x.tab == tabSummary:
		lines = append(lines, x.scrolled(x.summary(w), h)...)
	case x.ex == nil:
		text := ui.Safe(" loading")
		if x.gone != "" {
			text = ui.Clean(" "+x.gone, t.ASCII)
		}
		lines = append(lines, ui.Fill([]string{t.Line(w, ui.Part{Text: text, Role: ui.Muted, Fill: true})}, h)...)
	case x.tab == tabChanges:
		lines = append(lines, x.scrolled(x.changes(w), h)...)
	case x.tab == tabExplain:
		lines = append(lines, x.scrolled(x.explain(w), h)...)
	case x.tab == tabLint:
		lines = append(lines, x.scrolled(x.lint(w), h)...)
	default:
		lines = append(lines, x.message(w, h)...)
	}
	return append(lines, foot...)
}

// tabs draws the line of tabs.
func (x *detail) tabs(w int) string {
	parts := []ui.Part{{Text: " "}}
	for i, name := range x.tabNames() {
		if i == x.tab {
			parts = append(parts, ui.Part{Text: "[" + name + "]", Role: ui.Selection})
		} else {
			parts = append(parts, ui.Part{Text: " " + name + " "})
		}
		parts = append(parts, ui.Part{Text: " "})
	}
	parts = append(parts, ui.Part{Fill: true})
	if x.row != nil {
		sign, number := ui.Safe(""), ui.Safe("#"+utoa(x.row.Seq)+" ")
		if x.row.Remark.Marked {
			sign = "* marked  "
			room := w - ui.Width(number)
			for _, p := range parts {
				room -= ui.Width(p.Text)
			}
			if room < ui.Width(sign) {
				sign = "* "
			}
		}
		parts = append(parts, ui.Part{Text: sign, Role: ui.Mark}, ui.Part{Text: number, Role: ui.Muted})
	}
	return x.d.theme.Line(w, parts...)
}

// scrolled cuts h lines out of lines from where the tab is scrolled to.
func (x *detail) scrolled(lines []string, h int) []string {
	x.top[x.tab] = max(min(x.top[x.tab], len(lines)-h), 0)
	return ui.Fill(lines[x.top[x.tab]:], h)
}

// message draws a request or an answer: its first line, headers, body.
func (x *detail) message(w, h int) []string {
	t := x.d.theme
	lines := x.head(w)
	p := x.pager()
	if p == nil {
		lines = append(lines, "", t.Line(w, ui.Part{Text: " no body", Role: ui.Muted}))
		return x.scrolled(lines, h)
	}
	if most := max(h/2, 3); len(lines) > most {
		lines = append(lines[:most-1], t.Line(w, ui.Part{Text: ui.Safe("   " + t.Glyph.Cut), Role: ui.Muted}))
	}
	lines = append(lines, "")
	return append(lines, p.View(t, w, h-len(lines))...)
}

// head draws the first line and the headers of the tab's message.
func (x *detail) head(w int) []string {
	t, ex := x.d.theme, x.ex
	c := func(s string) ui.Safe { return ui.Clean(s, t.ASCII) }
	var first ui.Safe
	fields, useful := ex.RequestHeader, requestFields
	if x.tab == tabRequest {
		first = c(ex.Method + " " + ex.Target + " " + ex.Proto)
	} else {
		fields, useful = ex.ResponseHeader, responseFields
		first = c(report.StatusText(ex.Status)) + ui.Safe("   took "+ui.Took(ex.Took))
	}
	var lines []string
	for _, s := range ui.Wrap(first, w-2) {
		lines = append(lines, t.Line(w, ui.Part{Text: " "}, ui.Part{Text: s, Role: ui.Strong, Fill: true}))
	}
	line := func(name, val string) {
		lines = append(lines, t.Line(w, ui.Part{Text: " "}, ui.Col(c(name), 16, 1, ui.Muted), ui.Part{Text: c(val), Fill: true}))
	}
	if x.tab == tabRequest && ex.Host != "" {
		line("Host", ex.Host)
	}
	more := 0
	for _, f := range fields {
		if !x.heads && !useful[f.Name] {
			more++
			continue
		}
		line(f.Name, f.Value)
	}
	if more > 0 {
		lines = append(lines, t.Line(w, ui.Part{Text: ui.Safe(" "+count(more, "more header")+": ") + x.d.keyFor("headers"), Role: ui.Muted}))
	}
	return lines
}

// The headers that matter for SCIM; H shows the others.
var (
	requestFields  = map[string]bool{"Authorization": true, "Content-Type": true, "User-Agent": true, "If-Match": true, "If-None-Match": true, "Accept": true}
	responseFields = map[string]bool{"Content-Type": true, "Etag": true, "ETag": true, "Location": true, "Www-Authenticate": true, "WWW-Authenticate": true, "Allow": true, "Retry-After": true}
)
