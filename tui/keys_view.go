package tui

import (
	"strconv"
	"strings"

	"scimdeck/store"
	"scimdeck/tui/ui"
)

func (k *keys) view(w, h int) []string {
	if len(k.all()) == 0 {
		return ui.Fill(k.empty(w), h)
	}
	p := divide(w, h, share{})
	if p.how == right {
		return k.d.theme.Beside(k.rows(p.listW, h), ui.Fill(k.detail(p.sideW), h), p.listW, w)
	}
	if k.open {
		lines := k.detail(w - 1)
		for i := range lines {
			lines[i] = " " + lines[i]
		}
		return ui.Fill(lines, h)
	}
	return k.rows(w, h)
}

// empty is what the screen says while there is no key.
func (k *keys) empty(w int) []string {
	return paragraphs(k.d.theme, w,
		"",
		"No key yet. Okta sends a key (a bearer token) with each request; make it here.",
		"",
		k.d.keyFor("add")+"  makes one. You see the secret once; keep it in Okta's form, not in a file.",
		"   For scripts:  scimdeck keys create NAME  prints only the secret",
	)
}

// paragraphs draws text with a margin of two cells, wrapped.
func paragraphs(t *ui.Theme, w int, text ...ui.Safe) []string {
	var lines []string
	for _, s := range text {
		body := ui.Safe(strings.TrimLeft(string(s), " "))
		indent := 2 + len(s) - len(body)
		for _, line := range ui.Wrap(body, w-indent-1) {
			lines = append(lines, t.Line(w, ui.Part{Min: indent}, ui.Part{Text: line, Fill: true}))
		}
	}
	return lines
}

// rows draws the list.
func (k *keys) rows(w, h int) []string {
	t := k.d.theme
	now := k.d.now()
	wide := w >= 72
	columns := func(name, prefix, state, created, used, uses ui.Part) []ui.Part {
		name.Fill, name.Min = true, 8
		parts := []ui.Part{name, {Text: " "}, prefix, state}
		if wide {
			parts = append(parts, created)
		}
		parts = append(parts, used)
		if w >= 66 {
			parts = append(parts, uses)
		}
		return parts
	}
	head := func(s ui.Safe, w int) ui.Part { return ui.Col(s, w, 1, ui.Muted) }
	uses := ui.Part{Text: "REQUESTS", Role: ui.Muted, Min: 9, Right: true}
	lines := []string{t.Row(w, false, columns(ui.Part{Text: "NAME", Role: ui.Muted}, head("PREFIX", 15), head("STATUS", 15), head("CREATED", 13), head("LAST USED", 13), uses)...)}
	k.list.Set(len(k.all()), max(h-1, 1))
	from, to := k.list.Visible()
	for i := from; i < to; i++ {
		key := k.all()[i]
		state, role := keyState(key, now)
		used := "never"
		if !key.LastUsed.IsZero() {
			used = ui.Ago(now.Sub(key.LastUsed))
		}
		lines = append(lines, t.Row(w, i == k.list.Sel, columns(
			ui.Part{Text: ui.Clean(key.Name, k.d.ascii)},
			ui.Col(k.prefix(key.Prefix), 15, 0, ui.Muted),
			ui.Col(state, 15, 1, role),
			ui.Col(ui.Safe(shortDay(key.Created, now, k.d.loc)), 13, 1, ui.Muted),
			ui.Col(ui.Safe(used), 13, 1, ui.Text),
			ui.Part{Text: ui.Safe(ui.Thousands(int(key.Uses))), Min: 9, Right: true},
		)...))
	}
	if len(lines)+4 <= h {
		lines = append(lines, "")
		lines = append(lines, paragraphs(t, w, "Secrets are shown once, when a key is made. Only a hash is kept, so a lost secret cannot be shown again: make a new key and revoke the old one.")...)
	}
	return ui.Fill(lines, h)
}

// prefix is the part of a secret that is kept.
func (k *keys) prefix(s string) ui.Safe {
	return ui.Clean(s, k.d.ascii) + ui.Safe(k.d.theme.Glyph.Cut)
}

// detail draws what is known of the selected key.
func (k *keys) detail(w int) []string {
	key := k.selected()
	if key == nil {
		return nil
	}
	t, now := k.d.theme, k.d.now()
	state, role := keyState(*key, now)
	expires, used := ui.Safe("never"), ui.Safe("never")
	if !key.Expires.IsZero() {
		expires = ui.Safe(key.Expires.In(k.d.loc).Format("2 Jan 2006 15:04"))
	}
	u := k.uses[key.ID]
	if !key.LastUsed.IsZero() {
		used = ui.Safe(key.LastUsed.In(k.d.loc).Format("2 Jan 15:04:05") + ", " + ui.Ago(now.Sub(key.LastUsed)))
		if u != nil && u.last[0].Agent != "" {
			used += ", by " + ui.Clean(u.last[0].Agent, k.d.ascii)
		}
	}
	pair := func(label, value ui.Safe, r ui.Role) string {
		return t.Line(w, ui.Part{Text: label, Role: ui.Muted, Min: 11}, ui.Part{Text: value, Role: r, Fill: true})
	}
	lines := []string{
		t.Line(w, ui.Part{Text: "Key  "}, ui.Part{Text: ui.Clean(key.Name, k.d.ascii), Role: ui.Strong, Fill: true}),
		"",
		pair("Prefix", k.prefix(key.Prefix)+"   (the rest is not kept)", ui.Text),
		pair("Status", state, role),
		pair("Made", ui.Safe(key.Created.In(k.d.loc).Format("2 Jan 2006 15:04:05")), ui.Text),
		pair("Expires", expires, ui.Text),
		pair("Last used", used, ui.Text),
		"",
		pair("Requests", ui.Safe(ui.Thousands(int(key.Uses))), ui.Text),
	}
	if u != nil {
		lines = append(lines, pair("", ui.Safe("in the log: "+ui.Thousands(u.fine)+" fine, "+ui.Thousands(u.wrong)+" 4xx, "+ui.Thousands(u.broken)+" 5xx"), ui.Muted), "", t.Paint(ui.Strong, "Recent"))
		for _, row := range u.last {
			lines = append(lines, k.recent(row, w, row.Sentence))
		}
		lines = append(lines, "", t.Paint(ui.Muted, t.Cut(k.d.keyFor("itsRequests")+" shows all its requests       "+k.d.keyFor("copy")+" copies the prefix", w)))
	}
	if len(k.refused) > 0 {
		lines = append(lines, "", t.Paint(ui.Strong, "Refused lately"))
		for _, row := range k.refused {
			lines = append(lines, k.recent(row, w, row.Refused))
		}
	}
	return lines
}

// recent draws a request in a line of the detail.
func (k *keys) recent(row *store.Row, w int, what string) string {
	return k.d.theme.Line(w,
		ui.Part{Text: ui.Safe("  #" + strconv.FormatUint(row.Seq, 10)), Min: 9},
		ui.Part{Text: ui.Safe(row.Start.In(k.d.loc).Format("15:04:05")), Min: 10, Role: ui.Muted},
		ui.Part{Text: ui.Clean(row.Method, k.d.ascii), Min: 7, Max: 7, Role: ui.Method(row.Method)},
		ui.Part{Text: ui.Safe(strconv.Itoa(row.Status)), Min: 5, Role: ui.Status(row.Status)},
		ui.Part{Text: ui.Clean(what, k.d.ascii), Fill: true})
}
