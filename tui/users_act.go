package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

func (u *users) act(id string) tea.Cmd {
	asked := u.asked
	if u.asked = false; asked && id == "copy" {
		return copyText(u.d, "the request of the filter (the key is $SCIM_TOKEN)", u.filter.curl(&u.of, u.d.data.base))
	}
	if u.arrange(id) {
		return u.load()
	}
	if u.focus && (id == "otherDown" || id == "otherUp") {
		u.step(map[bool]string{true: "j", false: "k"}[id == "otherDown"])
		return u.load()
	}
	if name, ok := listKeys[id]; ok && !u.focus {
		u.step(name)
		return u.load()
	}
	switch id {
	case "open":
		u.focus = true
		return u.load()
	case "filter":
		u.openPrompt()
		return nil
	case "otherDown", "otherUp":
		return u.detail.act(map[bool]string{true: "down", false: "up"}[id == "otherDown"])
	case "sort":
		u.by = (u.by + 1) % len(sortings)
		u.restart()
		return u.load()
	case "add":
		return u.add()
	case "wipe":
		if u.total > 0 {
			u.d.push(newWipeForm(u))
		}
		return nil
	case "sample":
		u.d.say(info, "adding 25 sample users "+ui.Safe(u.d.theme.Glyph.Cut))
		return addSamples(u.d)
	}
	row := u.selected()
	if row == nil {
		return nil
	}
	switch id {
	case "edit":
		return u.editSheet(*row)
	case "toggle":
		return u.toggle(*row)
	case "delete":
		u.askDelete(*row)
	case "itsRequests":
		return u.d.show(0, "user:"+find.Quote(row.name))
	case "copy":
		if text, what := u.detail.text(row.id); text != nil {
			return copyText(u.d, what+" of "+ui.Clean(row.name, u.d.ascii), text)
		}
		return copyText(u.d, "the id of "+ui.Clean(row.name, u.d.ascii), []byte(row.id))
	case "putIn":
		u.d.push(newJoinForm(u.d, u.of, *row))
	case "takeOut":
		return u.takeOut(*row)
	default:
		return u.detail.act(id)
	}
	return nil
}

// add opens what makes a new one.
func (u *users) add() tea.Cmd {
	if u.of.isGroup() {
		u.d.push(newGroupForm(u.d, u.newSheet))
	} else {
		u.d.push(newUserForm(u.d, u.newSheet))
	}
	return nil
}

// step moves the selection as a list key does.
func (u *users) step(key string) {
	u.list.Key(key)
	u.id = ""
	u.chose()
}

// arrange runs what concerns the panes.
func (u *users) arrange(id string) bool {
	switch id {
	case "pane", "paneBack":
		switch {
		case u.focus && !u.panes().two():
			u.detail.turn(1)
		case u.selected() != nil:
			u.focus = !u.focus
		}
	case "zoom":
		u.share.zoom = u.selected() != nil && !u.share.zoom
	case "layout":
		u.share.want = (u.share.want + 1) % 4
		u.d.say(info, ui.Safe("layout "+u.share.want.String()))
	case "narrower", "wider":
		if u.share.list == 0 {
			u.share.list = 55
		}
		u.share.list = max(30, min(u.share.list+map[bool]int{true: -5, false: 5}[id == "narrower"], 75))
	default:
		return false
	}
	return true
}

// toggle deactivates a user or reactivates it, at once, with the request that Okta's
// catalogue apps send.
func (u *users) toggle(row listRow) tea.Cmd {
	word, value := "deactivate", "false"
	if !row.active {
		word, value = "reactivate", "true"
	}
	body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":` + value + `}}]}`
	return ask(u.d, u.tag(word, row.name), "PATCH", u.of.endpoint+"/"+row.id, []byte(body))
}

// askDelete asks before one is deleted.
func (u *users) askDelete(row listRow) {
	text := []ui.Paragraph{
		{Text: "The user is gone for every client; the log keeps its requests. Okta never deletes users by itself: it deactivates them."},
		{},
		{Text: "This cannot be undone. To deactivate instead, press " + u.d.keyFor("toggle") + ".", Role: ui.Muted},
	}
	if u.of.isGroup() {
		text = []ui.Paragraph{
			{Text: ui.Safe("The group is gone for every client; its " + count(row.n, "member") + " stay as they are, but in no group of that name. The log keeps its requests.")},
			{},
			{Text: "This cannot be undone. To rename it instead, press " + u.d.keyFor("edit") + ".", Role: ui.Muted},
		}
	}
	u.d.push(newQuestion(u.d, "Delete "+ui.Clean(row.name, u.d.ascii)+"?", text,
		[]ui.Button{{Label: "Keep it"}, {Label: "Delete", Key: "y"}},
		func(i int) tea.Cmd {
			if i != 1 {
				return nil
			}
			return ask(u.d, u.tag("delete", row.name), "DELETE", u.of.endpoint+"/"+row.id, nil)
		}))
}

// openPrompt opens the filter with the present text.
func (u *users) openPrompt() {
	u.prompt = &userPrompt{kept: u.filter, good: u.filter}
	u.prompt.input.History = u.past
	u.prompt.input.Set(u.filter.text)
}

// key takes keys while something is typed.
func (u *users) key(m tea.KeyMsg) tea.Cmd {
	p := u.prompt
	if p == nil {
		return u.detail.key(m)
	}
	switch m.String() {
	case "enter":
		if p.err != nil {
			u.d.say(wrong, ui.Clean(p.err.Error(), u.d.ascii))
			return nil
		}
		u.prompt = nil
		u.remember(p.kept.text)
		u.apply(p.good)
		u.asked = u.filter.text != ""
		return u.load()
	case "esc":
		u.prompt = nil
		u.apply(p.kept)
		return u.load()
	}
	was := p.input.String()
	if p.hint = ""; m.String() == "tab" {
		u.complete()
	} else {
		p.input.Key(uiKey(m))
	}
	if p.input.String() == was {
		return nil
	}
	f, err := parseUserFilter(p.input.String(), &u.of)
	if p.err = err; err == nil {
		p.good = f
	}
	p.n++
	return u.d.after(typePause, userTyped{p, p.n})
}

// hints words the key line while something is typed, and while there is no user.
func (u *users) hints() []hint {
	switch {
	case u.none() && u.of.isGroup():
		return []hint{{key: keyFor("add"), word: "add"}, {key: keyFor("otherType"), word: "users"}, {key: keyFor("setup"), word: "setup"}, {key: keyFor("help"), word: "keys"}}
	case u.none():
		return []hint{{key: keyFor("add"), word: "add"}, {key: keyFor("sample"), word: "sample users"}, {key: keyFor("setup"), word: "setup"}, {key: keyFor("help"), word: "keys"}}
	case u.prompt != nil:
		return []hint{
			{key: "eq ne co sw ew pr gt ge lt le", word: " and or not ( )"},
			{key: "tab", word: "completes"},
			{key: "↵", word: "keeps"},
			{key: "esc", word: "the old one"},
		}
	case u.focus && u.detail.typing():
		return []hint{{key: "↵", word: "search"}, {key: "~", word: "in front: expression"}, {key: "esc", word: "cancel"}}
	}
	return nil
}
