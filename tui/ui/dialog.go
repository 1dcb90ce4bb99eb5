package ui

import (
	"strings"
	"time"
)

// deaf is how long a dialog ignores keys after it opened, so that typing ahead
// cannot answer it.
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
	Text Safe
	Role Role
	Bare bool // drawn without the box's side edges and never wrapped, for selecting with the mouse
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
	if !d.Awake(now) {
		return -1
	}
	if d.Form != nil {
		return d.Form.Key(k)
	}
	if k.Paste || len(d.Buttons) == 0 {
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

// View draws the box in the middle of w by h cells. In a low window blank
// lines go first and then the end of the text; the buttons stay.
func (d *Dialog) View(t *Theme, w, h int) []string {
	width := d.Width
	if width == 0 {
		width = 66
	}
	width = max(min(width, w), 8)
	inner := width - 4
	var text []string
	for _, l := range d.Text {
		if l.Bare {
			text = append(text, bareSign+t.Paint(l.Role, l.Text))
			continue
		}
		for _, s := range Wrap(l.Text, inner) {
			text = append(text, t.Paint(l.Role, s))
		}
	}
	var foot []string
	if d.Form != nil {
		foot = d.Form.lines(t, inner)
	} else if len(d.Buttons) > 0 {
		labels := make([]Safe, len(d.Buttons))
		for i, b := range d.Buttons {
			labels[i] = b.Label
			if b.Key != "" {
				labels[i] += Safe(" (" + b.Key + ")")
			}
		}
		foot = []string{t.buttons(labels, d.Focus, inner, false)}
	}
	if len(foot) > 0 && d.Form == nil {
		text = append([]string{""}, append(text, "")...)
	} else if len(text) > 0 {
		text = append(text, "")
	}
	text, foot = squeeze(text, foot, h-2)
	return d.box(t, append(text, foot...), width, w, h)
}

// bareSign marks a bare line between View and box. It is no text: Clean never lets it through.
const bareSign = "\x00"

// squeeze drops lines until both parts fit in h lines.
func squeeze(text, foot []string, h int) (a, b []string) {
	for _, part := range []*[]string{&text, &foot} {
		for i := len(*part) - 1; i >= 0 && len(text)+len(foot) > h; i-- {
			if (*part)[i] == "" {
				*part = append((*part)[:i], (*part)[i+1:]...)
			}
		}
	}
	for len(text)+len(foot) > h && len(text) > 0 {
		last := len(text) - 1
		if strings.HasPrefix(text[last], bareSign) && last > 0 { // the bare line is what the box is about
			last--
		}
		text = append(text[:last], text[last+1:]...)
	}
	if n := len(text) + len(foot) - h; n > 0 {
		foot = foot[min(n, len(foot)):]
	}
	return text, foot
}

// box draws lines with a frame around them, centred.
func (d *Dialog) box(t *Theme, lines []string, width, w, h int) []string {
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
		if bare, ok := strings.CutPrefix(l, bareSign); ok {
			out = append(out, t.bare(bare, len(indent)+2, w))
			continue
		}
		out = append(out, indent+edge+" "+t.Fit(l, width-4)+" "+edge)
	}
	out = append(out, indent+t.Paint(Line, Safe(g.BL+strings.Repeat(g.H, width-2)+g.BR)))
	return Fill(out, h)
}

// bare draws a line that must not be cut as long as the window can hold it.
func (t *Theme) bare(line string, indent, w int) string {
	n := Width(Safe(Strip(line)))
	return t.Fit(blanks(max(min(indent, w-n), 0))+line, w)
}
