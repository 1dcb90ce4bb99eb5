package tui

import (
	"cmp"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store/guide"
	"scimdeck/tui/ui"
)

// addressForm is the box in which the public address is typed.
type addressForm struct {
	box
	s      *setup
	dialog ui.Dialog
}

func newAddressForm(s *setup) *addressForm {
	f := &addressForm{box: box{s.d}, s: s}
	f.dialog = ui.Dialog{Title: "Public address", Width: 72, Opened: s.d.now(), Form: &ui.Form{
		Fields: []ui.Field{{
			Label: "Address",
			Hint: ui.Clean("what your tunnel printed, like https://abc.example.net; "+s.basePath()+" is added when there is no path; empty forgets it. "+
				"It is for this screen, until you quit: the setting publicURL (--public-url) keeps it.", s.d.ascii),
		}},
		Buttons: []ui.Safe{"Use it", "Cancel"},
	}}
	address := s.typed
	if address == "" && s.noted.origin != "" {
		address = s.noted.origin
	}
	f.dialog.Form.Fields[0].Input.Set(address)
	return f
}

func (f *addressForm) view(w, h int) []string { return f.dialog.View(f.d.theme, w, h) }

func (f *addressForm) hints() []hint {
	return []hint{{key: "↵", word: "use it"}, {key: "esc", word: "cancel"}}
}

func (f *addressForm) key(m tea.KeyMsg) tea.Cmd {
	field := &f.dialog.Form.Fields[0]
	switch f.dialog.Key(uiKey(m), f.d.now()) {
	case 0:
		address, err := guide.ParseAddress(field.Input.String(), f.s.basePath())
		if err != nil {
			field.Wrong = ui.Clean(err.Error(), f.d.ascii)
			return nil
		}
		f.s.typed = address
		f.d.pop()
		if address != "" {
			f.d.say(done, "used on this screen: "+f.d.keyFor("test")+" tests whether it leads here")
		}
	case 1:
		f.d.pop()
	}
	return nil
}

// tunnels is the box that tells how to get a public address.
type tunnels struct {
	box
	s    *setup
	list ui.List
	open ui.Dialog // only for its 250 ms
}

func newTunnels(s *setup) *tunnels {
	t := &tunnels{box: box{s.d}, s: s}
	t.open.Opened = s.d.now()
	t.list.Set(len(t.all()), len(t.all()))
	return t
}

func (t *tunnels) all() []guide.Tunnel {
	return guide.Tunnels(t.d.opts.Listen, strings.HasPrefix(t.d.opts.BaseURL, "https:"))
}

func (t *tunnels) view(w, h int) []string {
	th := t.d.theme
	inner := min(72, w-4)
	who := t.s.now().Client
	if who == "" {
		who = "A client in the cloud"
	} else {
		who += "'s cloud"
	}
	box := ui.Dialog{
		Title: ui.Clean(who+" cannot reach "+t.d.opts.Listen+" by itself", t.d.ascii), Width: 76,
		Text: []ui.Paragraph{{Text: "Pick one you have; run it in another terminal.", Spare: true}, {}},
	}
	for i, x := range t.all() {
		mark, role := ui.Safe(" "), ui.Text
		if i == t.list.Sel {
			mark, role = ui.Safe(th.Glyph.Select), ui.Selection
		}
		line := ui.Pad(th.Cut(mark+" "+ui.Pad(ui.Safe(x.Name), 12)+ui.Clean(x.Command, t.d.ascii), inner), inner)
		box.Text = append(box.Text, ui.Paragraph{Text: line, Role: role})
	}
	chosen := t.all()[t.list.Sel]
	box.Text = append(box.Text,
		ui.Paragraph{Text: ui.Safe(chosen.Name) + ": " + ui.Clean(chosen.About, t.d.ascii), Role: ui.Muted, Spare: true},
		ui.Paragraph{},
		ui.Paragraph{Text: "Then press " + t.d.keyFor("address") + " and paste the https address it prints; " + t.d.keyFor("test") + " tests it. A request with a good key that comes through it shows it here by itself.", Spare: true},
		ui.Paragraph{},
		ui.Paragraph{Text: guide.Risk, Role: ui.Warn},
	)
	return box.View(th, w, h)
}

func (t *tunnels) hints() []hint {
	return []hint{
		{key: keyFor("down") + "/" + keyFor("up"), word: "choose"},
		{key: keyFor("copy"), word: "copy the command"},
		{key: keyFor("address"), word: "enter the address"},
		{key: "esc", word: "close"},
	}
}

func (t *tunnels) key(m tea.KeyMsg) tea.Cmd {
	if !t.open.Awake(t.d.now()) || m.Paste {
		return nil
	}
	name := m.String()
	switch id := meant(inSetup, name); id { // its keys are those of the screen below
	case "address":
		t.d.pop()
		t.d.push(newAddressForm(t.s))
	case "copy":
		x := t.all()[t.list.Sel]
		return copyText(t.d, ui.Safe("the "+x.Name+" command"), []byte(x.Command))
	case "tunnels":
		t.d.pop()
	default:
		if name == "esc" || name == "q" || name == "enter" {
			t.d.pop()
			return nil
		}
		t.list.Key(cmp.Or(listKeys[id], name))
	}
	return nil
}
