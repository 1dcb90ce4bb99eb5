package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store"
	"scimdeck/tui/ui"
)

// secretBox shows the secret of a new key, once. The secret lives in this one
// slice, which is wiped when the box closes.
type secretBox struct {
	box
	dialog ui.Dialog
	name   ui.Safe
	prefix ui.Safe
	paste  string // the field that it is for, with the way to it
	lead   string // what that field takes before it; y copies it too
	secret []byte

	copied  ui.Safe // what is known of a copy: "" while there was none
	copying int     // copies on their way
	leaving bool    // it goes as soon as the copy on its way is there
	asked   bool    // leaving was asked about: the next time it is left
}

// newSecretBox opens it. paste and lead say which field of a client's console the
// key is for and what stands before it there; both may be "".
func newSecretBox(d *deps, key store.Key, secret []byte, paste, lead string) *secretBox {
	if paste == "" {
		paste = "Okta: Provisioning › Integration › HTTP Header › Authorization"
	}
	b := &secretBox{box: box{d}, secret: secret, name: ui.Clean(key.Name, d.ascii), prefix: ui.Clean(key.Prefix, d.ascii), paste: paste, lead: lead}
	b.dialog = ui.Dialog{Width: 70, Opened: d.now()}
	b.show()
	return b
}

// show words the box for its state.
func (b *secretBox) show() {
	state, role := b.copied, ui.OK
	if state == "" {
		state, role = "Not copied yet.", ui.Warn
	}
	b.dialog.Title = "Key " + b.name + " is ready: this is the only time it is shown"
	b.dialog.Buttons = []ui.Button{{Label: "Done"}}
	if b.asked {
		state, role = "Not copied. It cannot be shown again. Leave?", ui.Err
		b.dialog.Buttons = []ui.Button{{Label: "Stay"}, {Label: "Leave", Key: "q"}}
	}
	copies := ui.Safe("y  copy it          c  copy as  Authorization: Bearer ")
	if b.lead != "" {
		copies = "y  copy it as  " + ui.Safe(b.lead) + ui.Safe(b.d.theme.Glyph.Cut) + "     c  copy as  Authorization: Bearer "
	}
	b.dialog.Focus = 0
	b.dialog.Text = []ui.Paragraph{
		{Bare: true}, // the secret: filled in only while drawing
		{},
		{Text: copies + ui.Safe(b.d.theme.Glyph.Cut)},
		{},
		{Text: "Paste it into " + ui.Clean(strings.ReplaceAll(b.paste, "›", b.d.theme.Glyph.Crumb), b.d.ascii) +
			". It goes away when you close this box; only the prefix " + b.prefix +
			ui.Safe(b.d.theme.Glyph.Cut) + " stays in the list.", Role: ui.Muted, Spare: true},
		{},
		{Text: state, Role: role},
	}
}

func (b *secretBox) view(w, h int) []string {
	b.dialog.Text[0].Text = ui.Clean(string(b.secret), b.d.ascii)
	lines := b.dialog.View(b.d.theme, w, h)
	b.dialog.Text[0].Text = ""
	return lines
}

func (b *secretBox) hints() []hint {
	if b.asked {
		return []hint{{key: "q", word: "leave without it"}, {key: "esc", word: "stay"}, {key: "y", word: "copy it"}}
	}
	done := "done"
	if b.copied == "" {
		done = "done (asks first until you have copied it)"
	}
	return []hint{{key: "y", word: "copy"}, {key: "c", word: "copy as header"}, {key: "↵", word: done}}
}

func (b *secretBox) key(m tea.KeyMsg) tea.Cmd {
	switch name := m.String(); {
	case m.Paste:
		return nil
	case name == "y":
		return b.copy(b.lead)
	case name == "c":
		return b.copy("Authorization: Bearer ")
	}
	switch pressed := b.dialog.Key(uiKey(m), b.d.now()); {
	case pressed < 0:
	case b.asked && pressed == 0:
		b.asked = false
		b.show()
	case b.asked || b.copied != "":
		b.close()
	case b.copying > 0:
		b.leaving = true
	default:
		b.asked = true
		b.dialog.Opened = b.d.now() // so that a second esc in a row does not answer it
		b.show()
	}
	return nil
}

// copy copies the secret with something in front of it.
func (b *secretBox) copy(before string) tea.Cmd {
	b.copying++
	return copySecret(b.d, b, append([]byte(before), b.secret...))
}

// close wipes the secret and goes.
func (b *secretBox) close() {
	clear(b.secret)
	b.secret = nil
	b.d.pop()
}

func (b *secretBox) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(secretCopied)
	if !ok || m.box != b {
		return nil
	}
	b.copying--
	switch {
	case m.known == ui.Copied:
		b.copied = "Copied."
	case m.known == ui.SentToTerm:
		b.copied = "Sent to the terminal's clipboard."
	case m.err != nil:
		b.d.say(wrong, ui.Clean("not copied: "+m.err.Error()+"; select it with the mouse", b.d.ascii))
	default:
		b.d.say(wrong, "there is no clipboard here: select it with the mouse")
	}
	if b.leaving && b.copied != "" && b.copying == 0 {
		b.close()
		return nil
	}
	b.leaving = false
	b.asked = b.asked && b.copied == ""
	b.show()
	return nil
}
