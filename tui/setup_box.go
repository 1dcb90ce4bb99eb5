package tui

import (
	tea "github.com/charmbracelet/bubbletea"

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
			Hint:  ui.Safe("what your tunnel printed, like https://abc.example.net; " + s.basePath() + " is added when there is no path; empty forgets it"),
		}},
		Buttons: []ui.Safe{"Use it", "Cancel"},
	}}
	f.dialog.Form.Fields[0].Input.Set(s.typed)
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
		address, err := f.s.address(field.Input.String())
		if err != nil {
			field.Wrong = ui.Clean(err.Error(), f.d.ascii)
			return nil
		}
		f.s.typed = address
		f.d.pop()
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

// tunnel is a program that makes a local port public.
type tunnel struct{ name, command string }

func newTunnels(s *setup) *tunnels {
	t := &tunnels{box: box{s.d}, s: s}
	t.open.Opened = s.d.now()
	t.list.Set(len(t.all()), len(t.all()))
	return t
}

func (t *tunnels) all() []tunnel {
	port := t.s.port()
	return []tunnel{
		{"cloudflared", "cloudflared tunnel --url http://127.0.0.1:" + port},
		{"ngrok", "ngrok http " + port},
		{"tailscale", "tailscale funnel " + port},
		{"ssh", "ssh -R 80:localhost:" + port + " HOST"},
	}
}

func (t *tunnels) view(w, h int) []string {
	th := t.d.theme
	inner := min(72, w-4)
	box := ui.Dialog{
		Title: ui.Clean("Okta's cloud cannot reach "+t.d.opts.Listen+" by itself", t.d.ascii), Width: 76,
		Text: []ui.Paragraph{{Text: "Pick one you have; run it in another terminal."}, {}},
	}
	for i, x := range t.all() {
		mark := ui.Safe(" ")
		role := ui.Text
		if i == t.list.Sel {
			mark, role = ui.Safe(th.Glyph.Select), ui.Selection
		}
		line := ui.Pad(th.Cut(mark+" "+ui.Pad(ui.Safe(x.name), 12)+ui.Clean(x.command, t.d.ascii), inner), inner)
		box.Text = append(box.Text, ui.Paragraph{Text: line, Role: role})
	}
	box.Text = append(box.Text,
		ui.Paragraph{},
		ui.Paragraph{Text: "Then press u and paste the https address it prints. We notice it by ourselves as soon as a request of Okta arrives through it."},
		ui.Paragraph{},
		ui.Paragraph{Text: "While it is open, anyone with the address can reach this server. Only a valid key gets in. Close the tunnel when you are done.", Role: ui.Muted},
	)
	return box.View(th, w, h)
}

func (t *tunnels) hints() []hint {
	return []hint{{key: "j/k", word: "choose"}, {key: "y", word: "copy the command"}, {key: "u", word: "enter the address"}, {key: "esc", word: "close"}}
}

func (t *tunnels) key(m tea.KeyMsg) tea.Cmd {
	if !t.open.Awake(t.d.now()) || m.Paste {
		return nil
	}
	switch name := m.String(); name {
	case "esc", "q", "n", "enter":
		t.d.pop()
	case "u":
		t.d.pop()
		t.d.push(newAddressForm(t.s))
	case "y":
		x := t.all()[t.list.Sel]
		return copyText(t.d, ui.Safe("the "+x.name+" command"), []byte(x.command))
	default:
		t.list.Key(name)
	}
	return nil
}
