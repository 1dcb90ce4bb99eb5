package ui

import (
	"strings"
	"time"
)

// deaf is how long a question ignores keys after it opened, so that typing
// ahead cannot answer it. Forms listen at once.
const deaf = 250 * time.Millisecond

// Dialog is a box that replaces the body: a title, text, perhaps a form, and
// buttons. The first button is the safe one and has the focus.
type Dialog struct {
	Title   Safe
	Text    []Paragraph
	Form    *Form    // instead of Buttons
	Buttons []Button // the first is the safe one: esc and n press it
	Focus   int
	Opened  time.Time
	Width   int // of the box; 0: 66
}

// Paragraph is a line of a dialog's text; longer ones are wrapped.
type Paragraph struct {
	Text  Safe
	Role  Role
	Spare bool // the first to go in a low window
	Bare  bool // drawn without the box's side edges and never wrapped, for selecting with the mouse
}

// Button is one of a dialog's answers.
type Button struct {
	Label Safe
	Key   string // a letter that presses it, drawn behind the label; "": none
}

// Awake reports whether the dialog listens at a time.
func (d *Dialog) Awake(now time.Time) bool { return now.Sub(d.Opened) >= deaf }

// Key applies a key and returns the number of the button that was pressed, or -1.
func (d *Dialog) Key(k Key, now time.Time) int {
	if d.Form != nil { // what was typed ahead is meant for it
		return d.Form.Key(k)
	}
	if !d.Awake(now) || k.Paste || len(d.Buttons) == 0 {
		return -1
	}
	switch k.Name {
	case "esc", "n", "ctrl+c":
		return 0
	case "enter":
		return d.Focus
	case "tab", "right", "l", "down", "j":
		d.Focus = (d.Focus + 1) % len(d.Buttons)
		return -1
	case "shift+tab", "left", "h", "up", "k":
		d.Focus = (d.Focus + len(d.Buttons) - 1) % len(d.Buttons)
		return -1
	}
	for i, b := range d.Buttons {
		if b.Key != "" && b.Key == k.Name {
			return i
		}
	}
	return -1
}

// boxLine is a line of a box, drawn.
type boxLine struct {
	text        string
	bare, spare bool
}

// View draws the box in the middle of w by h cells. In a low window blank
// lines go first, then spare text, then the end of the text; the buttons and
// bare lines stay.
func (d *Dialog) View(t *Theme, w, h int) []string {
	width := d.Width
	if width == 0 {
		width = 66
	}
	width = max(min(width, w), 8)
	inner := width - 4
	text, foot := d.body(t, inner), d.foot(t, inner)
	switch {
	case d.Form == nil && len(foot) > 0:
		text = append([]boxLine{{}}, append(text, boxLine{})...)
	case len(text) > 0 && len(foot) > 0:
		text = append(text, boxLine{})
	}
	return d.box(t, squeeze(append(text, foot...), len(foot), h-2), width, w, h)
}

// body draws the text.
func (d *Dialog) body(t *Theme, w int) []boxLine {
	var lines []boxLine
	for _, p := range d.Text {
		if p.Bare {
			lines = append(lines, boxLine{text: t.Paint(p.Role, p.Text), bare: true})
			continue
		}
		for _, s := range Wrap(p.Text, w) {
			lines = append(lines, boxLine{text: t.Paint(p.Role, s), spare: p.Spare})
		}
	}
	return lines
}

// foot draws the form or the buttons.
func (d *Dialog) foot(t *Theme, w int) []boxLine {
	if d.Form != nil {
		var lines []boxLine
		for _, s := range d.Form.lines(t, w) {
			lines = append(lines, boxLine{text: s})
		}
		return lines
	}
	if len(d.Buttons) == 0 {
		return nil
	}
	labels := make([]Safe, len(d.Buttons))
	for i, b := range d.Buttons {
		labels[i] = b.Label
		if b.Key != "" {
			labels[i] += Safe(" (" + b.Key + ")")
		}
	}
	return []boxLine{{text: t.buttons(labels, d.Focus, w, false)}}
}

// squeeze drops lines until there are at most h; the last foot lines stay as
// long as there is anything else to drop.
func squeeze(lines []boxLine, foot, h int) []boxLine {
	drop := func(may func(l boxLine) bool, keep int) {
		for i := len(lines) - 1 - keep; i >= 0 && len(lines) > max(h, 0); i-- {
			if may(lines[i]) {
				lines = append(lines[:i], lines[i+1:]...)
			}
		}
	}
	drop(func(l boxLine) bool { return l.text == "" && !l.bare }, 0)
	drop(func(l boxLine) bool { return l.spare }, foot)
	drop(func(l boxLine) bool { return !l.bare }, foot)
	drop(func(l boxLine) bool { return true }, foot)
	return lines[max(len(lines)-max(h, 0), 0):]
}

// box draws lines with a frame around them, centred.
func (d *Dialog) box(t *Theme, lines []boxLine, width, w, h int) []string {
	g := t.Glyph
	indent := blanks((w - width) / 2)
	out := make([]string, 0, h)
	for range (h - len(lines) - 2) / 2 {
		out = append(out, "")
	}
	title := t.Cut(d.Title, width-6)
	rule := strings.Repeat(g.H, max(width-5-Width(title), 0))
	out = append(out, indent+t.Paint(Line, Safe(g.TL+g.H))+" "+t.Paint(Strong, title)+" "+t.Paint(Line, Safe(rule+g.TR)))
	edge := t.Paint(Line, Safe(g.V))
	for _, l := range lines {
		if l.bare {
			out = append(out, t.bare(l.text, len(indent)+2, w))
			continue
		}
		out = append(out, indent+edge+" "+t.Fit(l.text, width-4)+" "+edge)
	}
	out = append(out, indent+t.Paint(Line, Safe(g.BL+strings.Repeat(g.H, width-2)+g.BR)))
	return Fill(out, h)
}

// bare draws a line that must not be cut as long as the window can hold it.
func (t *Theme) bare(line string, indent, w int) string {
	n := Width(Safe(Strip(line)))
	return t.Fit(blanks(max(min(indent, w-n), 0))+line, w)
}
