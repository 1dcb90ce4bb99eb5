package tui

import (
	"strconv"

	"scimdeck/tui/ui"
)

// setupLine is a line of the screen before it is drawn.
type setupLine struct {
	parts []ui.Part
	rule  ui.Safe    // a rule with this title instead
	item  *setupItem // it can be selected
	more  bool       // it belongs to the item above, for scrolling
}

func (s *setup) view(w, h int) []string {
	t := s.d.theme
	p := divide(w, h, share{})
	tabs := s.tabs()
	if p.how != right {
		lines := append(s.values(false), s.checks()...)
		lines = append(lines, s.then()...)
		return append([]string{t.Line(w, tabs...)}, s.draw(lines, w, h-1)...)
	}
	left := append(s.values(true), s.then()...)
	side := append(s.checks(), s.trouble()...)
	n := 0
	for _, l := range left {
		if l.item != nil {
			n++
		}
	}
	all := s.collect(append(append([]setupLine(nil), left...), side...))
	s.items = all
	s.list.Len = len(all)
	s.list.Select(s.list.Sel)
	s.below = false
	leftLines := append([]string{t.Line(p.listW, tabs...)}, s.window(left, 0, p.listW, h-1)...)
	return t.Beside(leftLines, s.window(side, n, p.sideW, h), p.listW, w)
}

// tabs is the first line.
func (s *setup) tabs() []ui.Part {
	tab := func(name ui.Safe, on bool) ui.Part {
		if on {
			return ui.Part{Text: "[" + name + "]", Role: ui.Selection}
		}
		return ui.Part{Text: " " + name + " "}
	}
	return []ui.Part{
		{Text: "  For  "},
		tab("Okta app wizard", !s.other),
		{Text: " "},
		tab("Other", s.other),
		{Fill: true},
		{Text: "h/l ", Role: ui.Muted},
	}
}

// collect lists what can be selected.
func (s *setup) collect(lines []setupLine) []setupItem {
	var items []setupItem
	for _, l := range lines {
		if l.item != nil {
			items = append(items, *l.item)
		}
	}
	return items
}

// draw draws lines that scroll as one column.
func (s *setup) draw(lines []setupLine, w, h int) []string {
	s.items = s.collect(lines)
	s.list.Len = len(s.items)
	s.list.Select(s.list.Sel)
	s.below = false
	return s.window(lines, 0, w, h)
}

// window draws the part of lines that has the selection in it. first is the
// number of the first item among them.
func (s *setup) window(lines []setupLine, first, w, h int) []string {
	t := s.d.theme
	n, at, end := first, 0, 0
	for i, l := range lines {
		if l.item != nil {
			if n == s.list.Sel {
				at, end = i, i+1
			}
			n++
		} else if l.more && end == i && i > 0 {
			end = i + 1
		}
	}
	top := 0
	if end > h {
		top = min(end-h, at)
	}
	s.below = s.below || top+h < len(lines)
	out := make([]string, 0, h)
	n = first
	for i, l := range lines {
		mine := l.item != nil
		if i >= top && len(out) < h {
			switch {
			case l.rule != "":
				out = append(out, t.Rule(w, l.rule))
			default:
				out = append(out, t.Row(w, mine && n == s.list.Sel, l.parts...))
			}
		}
		if mine {
			n++
		}
	}
	return ui.Fill(out, h)
}

// values is what is to be typed in.
func (s *setup) values(wide bool) []setupLine {
	base, ok := s.base()
	address := ui.Clean(base, s.d.ascii)
	crumb := " " + ui.Safe(s.d.theme.Glyph.Crumb) + " "
	value := func(label, v ui.Safe, copy string, hint ui.Safe) []setupLine {
		item := &setupItem{what: label, copy: copy}
		if wide {
			return []setupLine{
				{parts: []ui.Part{{Text: label, Fill: true}}, item: item},
				{parts: []ui.Part{{Text: "    "}, {Text: v, Fill: true}, {Text: hint, Role: ui.Muted}}, more: true},
			}
		}
		return []setupLine{{parts: []ui.Part{{Text: label, Min: 33, Max: 33}, {Text: v, Fill: true}, {Text: "  " + hint, Role: ui.Muted}}, item: item}}
	}
	note := func(text ui.Safe, r ui.Role) setupLine {
		return setupLine{parts: []ui.Part{{Text: text, Role: r, Fill: true}}, more: true}
	}
	if s.other {
		curl := `curl -H "Authorization: Bearer $SCIM_TOKEN" ` + base + "/Users"
		lines := []setupLine{{rule: "for any SCIM 2.0 client"}}
		lines = append(lines, value("Base URL", address, base, "y copy")...)
		lines = append(lines, value("Header", "Authorization: Bearer "+ui.Safe(s.d.theme.Glyph.Cut), "Authorization: Bearer $SCIM_TOKEN", "a makes a key")...)
		lines = append(lines, value("Content type", "application/scim+json", "application/scim+json", "y copy")...)
		lines = append(lines, value("Try it", ui.Clean(curl, s.d.ascii), curl, "y copy")...)
		return append(lines, note("Entra ID: the base URL is its Tenant URL, the key its Secret Token.", ui.Muted))
	}
	lines := []setupLine{{rule: "type into Okta: Applications" + crumb + "your app" + crumb + "Provisioning" + crumb + "Integration"}}
	hint := ui.Safe("y copy")
	if !ok {
		hint = "n public"
	}
	lines = append(lines, value("SCIM connector base URL", address, base, hint)...)
	lines = append(lines, value(map[bool]ui.Safe{true: "Unique identifier field for users", false: "Unique identifier field"}[wide], "userName", "userName", "y copy")...)
	if wide {
		lines = append(lines,
			setupLine{parts: []ui.Part{{Text: "Supported provisioning actions", Fill: true}}, item: &setupItem{}},
			note("    [x] Import New Users and Profile Updates", ui.Text),
			note("    [x] Push New Users", ui.Text),
			note("    [x] Push Profile Updates", ui.Text),
			note("    [ ] Push Groups", ui.Text),
			note("    [ ] Import Groups", ui.Text))
	} else {
		action := func(label, v ui.Safe) setupLine {
			return setupLine{parts: []ui.Part{{Text: label, Min: 33, Max: 33}, {Text: v, Fill: true}}, more: true}
		}
		lines = append(lines,
			setupLine{parts: action("Supported provisioning actions", "[x] Import New Users and Profile Updates").parts, item: &setupItem{}},
			action("", "[x] Push New Users  [x] Push Profile Updates"),
			action("", "[ ] Push Groups     [ ] Import Groups"))
	}
	lines = append(lines, value("Authentication Mode", "HTTP Header", "HTTP Header", "")...)
	alone := ui.Safe("the key alone, no word Bearer")
	if wide {
		alone = "the key alone, without the word Bearer"
	}
	return append(lines, value("Authorization (Bearer)", alone, "", "a makes one")...)
}

// checks is the list of what was seen.
func (s *setup) checks() []setupLine {
	client := ui.Safe("Okta")
	if s.other {
		client = "a client"
	}
	names := [steps]struct{ name, hint ui.Safe }{
		firstRequest:  {"first request from " + client, "press Test Connector Configuration"},
		keyAccepted:   {"key accepted", "a makes a key"},
		testButton:    {"Test Connector Configuration", "press it in Okta"},
		existence:     {"existence check", "assign a person in Okta"},
		creation:      {"create", "assign a person in Okta"},
		profileUpdate: {"profile update", "change the person's name in Okta"},
		deactivation:  {"deactivate", "unassign the person in Okta"},
		reactivation:  {"reactivate", "assign them again"},
		importing:     {"import", "Okta: Import " + ui.Safe(s.d.theme.Glyph.Crumb) + " Import Now"},
	}
	line := func(ok bool, name, note ui.Safe, item *setupItem) setupLine {
		word, role := ui.Safe("wait"), ui.Muted
		if ok {
			word, role = "ok", ui.OK
		}
		return setupLine{parts: []ui.Part{{Text: word, Role: role, Min: 6}, {Text: name, Min: 29}, {Text: " "}, {Text: note, Role: ui.Muted, Fill: true}}, item: item}
	}
	number := func(seq uint64) ui.Safe { return "#" + ui.Safe(strconv.FormatUint(seq, 10)) }
	listen := ui.Clean(s.d.opts.Listen, s.d.ascii)
	lines := []setupLine{{rule: "is it working?"}, line(true, "server answers on "+listen, "", &setupItem{})}
	for i, x := range s.seen {
		if step(i) == keyAccepted && s.fail != nil {
			bad := line(false, names[i].name, number(s.fail.Seq)+"  401", &setupItem{seq: s.fail.Seq})
			bad.parts[len(bad.parts)-1].Role = ui.Err
			why := setupLine{parts: []ui.Part{{Min: 6}, {Text: ui.Clean(s.fail.Refused, s.d.ascii), Role: ui.Err, Fill: true}}, more: true}
			lines = append(lines, bad, why)
			continue
		}
		if x.seq == 0 {
			lines = append(lines, line(false, names[i].name, names[i].hint, &setupItem{}))
			continue
		}
		note := number(x.seq) + ui.Safe("  "+x.at.In(s.d.loc).Format("15:04:05")+"  ") + ui.Clean(x.note, s.d.ascii)
		lines = append(lines, line(true, names[i].name, note, &setupItem{what: names[i].name, seq: x.seq}))
	}
	return lines
}

// then is what to do before and after in Okta.
func (s *setup) then() []setupLine {
	if s.other {
		return nil
	}
	crumb := " " + ui.Safe(s.d.theme.Glyph.Crumb) + " "
	text := func(lines ...ui.Safe) []setupLine { // an indented line belongs to the one above
		var out []setupLine
		for _, l := range lines {
			one := setupLine{parts: []ui.Part{{Text: l, Fill: true}}, more: l[0] == ' '}
			if !one.more {
				one.item = &setupItem{}
			}
			out = append(out, one)
		}
		return out
	}
	lines := []setupLine{{rule: "then in Okta"}}
	lines = append(lines, text(
		"1  press Test Connector Configuration, then Save",
		"2  Provisioning"+crumb+"To App"+crumb+"Edit: turn on Create Users (default",
		"   username: Email), Update User Attributes, Deactivate Users;",
		"   leave Sync Password off",
		"3  Assignments"+crumb+"Assign: pick a test person",
		"4  unassign them again: you should see a deactivate",
	)...)
	lines = append(lines, setupLine{rule: "no app in Okta yet?"})
	return append(lines, text(
		"1  Create App Integration"+crumb+"SAML 2.0; its sign-on is not used, any",
		"   valid URL and audience will do. Application username: Email",
		"   (this one matters: it becomes userName)",
		"2  General"+crumb+"Edit: tick Enable SCIM provisioning, Save: the",
		"   Provisioning tab appears",
	)...)
}

// trouble is what to look at when the test in Okta fails.
func (s *setup) trouble() []setupLine {
	pair := func(a, b ui.Safe) setupLine {
		return setupLine{parts: []ui.Part{{Text: "  " + a, Min: 29}, {Text: b, Role: ui.Muted, Fill: true}}}
	}
	where, how := s.base()
	seen := ui.Safe("this machine only: n makes it public")
	switch {
	case s.typed != "":
		seen = "u (typed)"
	case s.d.opts.Public != "":
		seen = "the configuration"
	case s.noted != "" && how:
		seen = ui.Safe("seen in #" + strconv.FormatUint(s.notes, 10))
	}
	return []setupLine{
		{},
		{parts: []ui.Part{{Text: "If Test Connector Configuration fails", Role: ui.Strong}}},
		pair("no request shows up here", "the address is wrong or the"),
		pair("", "tunnel is down: n"),
		pair("401", "the key: copy it again, no"),
		pair("", "\"Bearer \" in this field"),
		pair("404", "the base URL must end in"),
		pair("", ui.Safe(s.basePath())),
		{},
		{parts: []ui.Part{{Text: "Seen from outside", Role: ui.Strong}}},
		{parts: []ui.Part{{Text: "  base URL   ", Role: ui.Muted}, {Text: ui.Clean(where, s.d.ascii), Fill: true}}},
		{parts: []ui.Part{{Text: "  by         ", Role: ui.Muted}, {Text: seen, Fill: true}}},
	}
}
