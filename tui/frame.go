package tui

import (
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// View implements tea.Model.
func (r *root) View() string {
	if r.w == 0 {
		return ""
	}
	return strings.Join(r.frame(), "\n")
}

// frame is the picture: exactly h lines.
func (r *root) frame() []string {
	if r.tooSmall() {
		return r.small()
	}
	lines := make([]string, 0, r.h)
	lines = append(lines, r.header(), r.crumbs())
	lines = append(lines, r.banner()...)
	body := r.top().view(r.w, r.bodyRows())
	lines = append(lines, ui.Fill(body, r.bodyRows())...)
	return append(lines, r.statusLine(), r.keyLine())
}

// header is the state line: who we are, and how it goes.
func (r *root) header() string {
	t, now := r.d.theme, r.d.now()
	at := ui.Clean(strings.TrimPrefix(strings.TrimPrefix(r.d.opts.BaseURL, "http://"), "https://"), t.ASCII)
	if r.w < 80 {
		if i := strings.LastIndexByte(r.d.opts.Listen, ':'); i >= 0 {
			at = ui.Clean(r.d.opts.Listen[i:], t.ASCII)
		}
	}
	bars, none := 8, t.Glyph.Dot
	if r.w >= 120 {
		bars = 20
	}
	_, bad := r.meter.count(now, 0, meterSpan)
	badRole := ui.Text
	if bad > 0 {
		badRole = ui.Warn
	}
	s := r.d.data
	left := []ui.Part{{Text: " scimdeck", Role: ui.Strong}, {Text: " up ", Role: ui.OK}, {Text: at, Fill: true}}
	trouble := ui.Part{Role: ui.Err}
	switch {
	case s.log.Full:
		trouble.Text = "  db FULL "
	case s.log.Refusal != "":
		trouble.Text = "  db ERROR "
	}
	left = append(left, trouble)
	figures := []ui.Part{
		{Text: ui.Safe("  " + r.meter.bars(now, bars, t.Glyph.Bars, none)), Role: ui.Info},
		{Text: ui.Safe(" " + r.meter.rate(now))},
		{Text: ui.Safe("  " + ui.Thousands(bad) + " err"), Role: badRole},
		{Text: ui.Safe("  " + count(s.users, "user"))},
		{Text: ui.Safe("  db " + sizeShort(s.size))},
		{Text: ui.Safe("  " + count(len(s.keys), "key"))},
	}
	if r.d.opts.Still {
		figures[0].Text = ""
	}
	// The address is what one copies, so figures go before it is cut.
	room := r.w - 14 - ui.Width(at) - ui.Width(trouble.Text)
	for _, i := range []int{5, 4, 0} {
		if i == 5 && r.w < 120 || width(figures) > room {
			figures = slices.Delete(figures, i, i+1)
		}
	}
	return t.Line(r.w, append(append(left, figures...), ui.Part{Text: " "})...)
}

// bannerRows is how many lines a trouble of the storage takes.
const bannerRows = 2

// bodyRows is how many lines the screen on top has.
func (r *root) bodyRows() int {
	n := r.h - chromeRows
	if r.d.data.log.Refusal != "" {
		n -= bannerRows
	}
	return max(n, 0)
}

// banner says below the tabs that nothing can be stored, until it can.
func (r *root) banner() []string {
	log := &r.d.data.log
	if log.Refusal == "" {
		return nil
	}
	t := r.d.theme
	what, more := "Nothing can be stored: "+ui.Clean(log.Refusal, t.ASCII), []string{"Clients get 500 for writes."}
	if log.Full {
		what, more = "The disk is full: nothing can be stored. Clients get 507 for writes.", nil
	}
	if log.DroppedBodies > 0 {
		more = append(more, "The log left out "+ui.Thousands(int(log.DroppedBodies))+" bodies.")
	}
	more = append(more, "Details: "+string(r.d.keyFor("log")))
	line := func(word string, text ui.Safe) string {
		return t.Line(r.w, ui.Part{Text: ui.Safe(word), Role: ui.Err, Min: 8}, ui.Part{Text: text, Fill: true})
	}
	return []string{line(" error", what), line("", ui.Safe(strings.Join(more, " ")))}
}

// width is how many cells the parts' texts take.
func width(parts []ui.Part) int {
	n := 0
	for _, p := range parts {
		n += ui.Width(p.Text)
	}
	return n
}

// tabActions are the actions that show the tabs: a tab is called by its key.
var tabActions = [...]string{"requests", "users", "keys", "setup"}

// crumbs is the second line: the tabs, or where one is.
func (r *root) crumbs() string {
	t := r.d.theme
	if title := r.top().title(); title != "" {
		return t.Line(r.w,
			ui.Part{Text: ui.Safe(" " + r.tabName(r.at) + " " + t.Glyph.Crumb + " "), Role: ui.Muted},
			ui.Part{Text: title, Fill: true},
			ui.Part{Text: "  " + r.d.keyFor("otherDown") + "/" + r.d.keyFor("otherUp") + " next/previous  esc back ", Role: ui.Muted})
	}
	parts := []ui.Part{{Text: " "}}
	for i := range r.tabs {
		name := r.tabName(i)
		if r.w < 80 {
			name = name[:3]
		}
		label := r.d.keyFor(tabActions[i]) + " " + ui.Safe(name)
		gap := ui.Safe(" ")
		if r.w >= 120 {
			gap = "  "
		}
		if i == r.at {
			parts = append(parts, ui.Part{Text: "[" + label + "]", Role: ui.Selection}, ui.Part{Text: gap})
		} else {
			parts = append(parts, ui.Part{Text: " " + label + " "}, ui.Part{Text: gap})
		}
	}
	return t.Line(r.w, append(parts, ui.Part{Fill: true}, ui.Part{Text: r.d.keyFor("help") + " help ", Role: ui.Muted})...)
}

// tabName is what a tab is called: Users is Groups while it shows them.
func (r *root) tabName(i int) string {
	if x, ok := r.tabs[i].stack[0].(*directory); ok {
		return x.tabName()
	}
	return r.tabs[i].name
}

// statusLine is the notice, or what the screen says of itself.
func (r *root) statusLine() string {
	t := r.d.theme
	if r.notice.text != "" {
		return r.notice.line(t, r.w)
	}
	left, right := r.top().status()
	if room := r.w - ui.Width(left) - 4; room < ui.Width(right) {
		left = ui.Safe(strings.TrimSuffix(string(left), "  no filter"))
		if room = r.w - ui.Width(left) - 4; room < 12 {
			right = ""
		}
	}
	role := ui.Text
	switch {
	case strings.HasPrefix(string(left), "PAUSED"):
		role = ui.Warn
	case strings.HasPrefix(string(left), "FOLLOW"):
		role = ui.OK
	}
	word, rest, _ := strings.Cut(string(left), "  ")
	if role == ui.Text {
		word, rest = "", string(left)
	} else {
		rest = "  " + rest
	}
	return t.Line(r.w,
		ui.Part{Text: " "},
		ui.Part{Text: ui.Safe(word), Role: role},
		ui.Part{Text: ui.Safe(rest), Fill: true},
		ui.Part{Text: "  "},
		ui.Part{Text: right, Role: ui.Muted, Max: max(r.w-ui.Width(left)-4, r.w/3)},
		ui.Part{Text: " "})
}

// keyLine is the last line: what one can do here and now.
func (r *root) keyLine() string {
	t := r.d.theme
	gap := 2
	if r.w >= 100 {
		gap = 3
	}
	var b strings.Builder
	b.WriteByte(' ')
	used := 1
	all := r.hints()
	for i, h := range all {
		key := ui.Safe(asciiKey(t.ASCII, h.key))
		n := ui.Width(key) + 1 + ui.Width(ui.Safe(h.word))
		if used > 1 {
			n += gap
		}
		last := 0 // the last hint ("? keys") always stays
		if i < len(all)-1 {
			last = gap + ui.Width(ui.Safe(all[len(all)-1].key+" "+all[len(all)-1].word))
		}
		if used+n+last > r.w {
			continue
		}
		if used > 1 {
			b.WriteString(strings.Repeat(" ", gap))
		}
		keyRole, wordRole := ui.Accent, ui.Text
		if h.off {
			keyRole, wordRole = ui.Muted, ui.Muted
		}
		b.WriteString(t.Paint(keyRole, key))
		b.WriteByte(' ')
		b.WriteString(t.Paint(wordRole, ui.Safe(h.word)))
		used += n
	}
	return t.Fit(b.String(), r.w)
}

// asciiKeys writes the signs that keys are read as in ASCII.
var asciiKeys = strings.NewReplacer("↵", "ret", "←", "left", "→", "right", "↑", "up", "↓", "down", "⇧", "shift+", "⌫", "backspace")

// asciiKey writes a key, or a sentence with one in it, without such signs if the
// terminal has ASCII only.
func asciiKey(ascii bool, key string) string {
	if !ascii {
		return key
	}
	return asciiKeys.Replace(key)
}

// hints are the key line's words: the screen's own, or the table's for its place.
func (r *root) hints() []hint {
	if h, ok := r.top().(hinter); ok {
		if own := h.hints(); own != nil {
			return own
		}
	}
	f := r.facts()
	at := r.top().place()
	var ranked [100][]hint
	for i := range actions {
		a := &actions[i]
		if a.in&at == 0 || a.rank == 0 {
			continue
		}
		if a.label(f) == "" {
			continue
		}
		ok, _ := a.possible(f)
		ranked[a.rank] = append(ranked[a.rank], hint{key: a.show(), word: a.label(f), off: !ok})
	}
	var out []hint
	for _, hs := range ranked {
		out = append(out, hs...)
	}
	return out
}

// tooSmall reports whether the window is smaller than the dashboard needs.
func (r *root) tooSmall() bool { return r.w < minWidth || r.h < minHeight }

// small is the frame of a window that is too small.
func (r *root) small() []string {
	t := r.d.theme
	var all, bad int
	if s, ok := r.tabs[0].stack[0].(*requests); ok {
		all, bad = s.counts()
	}
	quit := r.d.keyFor("leave") + " quit   --plain works at any size"
	if armed := r.armed.key; meant(inRequests, armed) == "leave" {
		quit = ui.Safe(asciiKey(t.ASCII, shown([]string{armed}))) + " again quits"
	}
	text := []ui.Safe{
		"",
		ui.Safe("This window is " + strconv.Itoa(r.w) + " by " + strconv.Itoa(r.h) + "."),
		"The dashboard needs " + ui.Safe(strconv.Itoa(minWidth)+" by "+strconv.Itoa(minHeight)+"."),
		"",
		"The server keeps running:",
		ui.Clean(strings.TrimPrefix(r.d.opts.BaseURL, "http://"), t.ASCII),
		ui.Safe(count(all, "request") + ", " + count(bad, "problem")),
		"",
		quit,
	}
	lines := make([]string, 0, r.h)
	for i, s := range text {
		if r.h < 9 && s == "" && i > 0 {
			continue
		}
		lines = append(lines, t.Line(r.w, ui.Part{Text: "  "}, ui.Part{Text: s, Fill: true}))
	}
	return ui.Fill(lines, r.h)
}

// pressSmall is what keys do in a window that is too small: only leaving, and
// that only when pressed twice, since no question can be shown.
func (r *root) pressSmall(key string) tea.Cmd {
	if key != "ctrl+c" && meant(inRequests, key) != "leave" {
		r.armed = press{}
		return nil
	}
	if r.twice(key) {
		return r.stop()
	}
	return nil
}
