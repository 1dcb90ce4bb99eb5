package ui

import "strings"

// Field is one line of a form: a text to type, or a choice when it has options.
type Field struct {
	Label   Safe
	Input   Input
	Options []Safe
	Chosen  int
	Hint    Safe // what to know about it, drawn under it
	Wrong   Safe // why it cannot be accepted; shown in place of the hint
}

// Form is fields and, below them, buttons. Focus counts through the fields
// first and the buttons after them.
type Form struct {
	Fields  []Field
	Buttons []Safe // the first is what enter does in a field, the last gives up
	Focus   int
}

// Key applies a key. It returns the number of the button that was pressed, or -1.
func (f *Form) Key(k Key) int {
	all := len(f.Fields) + len(f.Buttons)
	inField := f.Focus < len(f.Fields)
	switch k.Name {
	case "esc", "ctrl+c":
		return len(f.Buttons) - 1
	case "enter":
		if inField {
			return 0
		}
		return f.Focus - len(f.Fields)
	case "tab":
		f.Focus = (f.Focus + 1) % all
		return -1
	case "shift+tab":
		f.Focus = (f.Focus + all - 1) % all
		return -1
	}
	switch {
	case !inField:
		f.button(k)
	case f.Fields[f.Focus].Options != nil:
		f.choose(k)
	default:
		f.text(k)
	}
	return -1
}

func (f *Form) text(k Key) {
	fd := &f.Fields[f.Focus]
	if len(fd.Input.History) == 0 && (k.Name == "up" || k.Name == "down") {
		f.step(k.Name)
		return
	}
	if fd.Input.Key(k) {
		fd.Wrong = ""
	}
}

func (f *Form) choose(k Key) {
	fd := &f.Fields[f.Focus]
	switch k.Name {
	case "right", "l", " ":
		fd.Chosen = (fd.Chosen + 1) % len(fd.Options)
	case "left", "h":
		fd.Chosen = (fd.Chosen + len(fd.Options) - 1) % len(fd.Options)
	default:
		f.step(k.Name)
	}
}

func (f *Form) button(k Key) {
	all := len(f.Fields) + len(f.Buttons)
	switch k.Name {
	case "right", "l":
		f.Focus = min(f.Focus+1, all-1)
	case "left", "h":
		f.Focus = max(f.Focus-1, len(f.Fields))
	default:
		f.step(k.Name)
	}
}

// step goes to the line above or below.
func (f *Form) step(name string) {
	switch {
	case name == "down" || name == "j":
		f.Focus = min(f.Focus+1, len(f.Fields)+len(f.Buttons)-1)
	case (name == "up" || name == "k") && f.Focus > len(f.Fields):
		f.Focus = len(f.Fields) - 1
	case name == "up" || name == "k":
		f.Focus = max(f.Focus-1, 0)
	}
}

// lines draws the form w cells wide: labels, inputs, hints and the buttons.
func (f *Form) lines(t *Theme, w int) []string {
	label := 0
	for _, fd := range f.Fields {
		label = max(label, Width(fd.Label))
	}
	label = min(label+2, w/2)
	var out []string
	for i := range f.Fields {
		fd := &f.Fields[i]
		focused := f.Focus == i
		head := t.Line(label, Part{Text: fd.Label, Role: focusRole(focused), Fill: true})
		if fd.Options == nil {
			out = append(out, head+fd.Input.View(t, w-label, focused))
		} else {
			for n, line := range fd.options(t, w-label, focused) {
				if n > 0 {
					head = blanks(label)
				}
				out = append(out, head+line)
			}
		}
		hint, role := fd.Hint, Muted
		if fd.Wrong != "" {
			hint, role = fd.Wrong, Err
		}
		if hint != "" {
			for _, line := range Wrap(hint, w-label) {
				out = append(out, blanks(label)+t.Paint(role, line))
			}
		}
	}
	return append(out, "", t.buttons(f.Buttons, f.Focus-len(f.Fields), w, true))
}

func focusRole(on bool) Role {
	if on {
		return Accent
	}
	return Text
}

// options draws a choice, on as many lines as it takes. With the focus, the
// chosen one is reverse.
func (fd *Field) options(t *Theme, w int, focused bool) []string {
	var lines []string
	var b strings.Builder
	at := 0
	for i, o := range fd.Options {
		sign, role := t.Glyph.Off, Text
		if i == fd.Chosen {
			sign = t.Glyph.On
			if focused {
				role = Selection
			}
		}
		s := t.Cut(Safe(sign)+" "+o, w)
		if at > 0 && at+2+Width(s) > w {
			lines = append(lines, b.String())
			b.Reset()
			at = 0
		}
		if at > 0 {
			b.WriteString("  ")
			at += 2
		}
		b.WriteString(t.Paint(role, s))
		at += Width(s)
	}
	return append(lines, b.String())
}

// buttons draws a row of buttons; the focused one is in brackets and reverse.
func (t *Theme) buttons(labels []Safe, focus, w int, right bool) string {
	var b strings.Builder
	n := 0
	for i, l := range labels {
		if i > 0 {
			b.WriteString("  ")
			n += 2
		}
		if i == focus {
			b.WriteString(t.Paint(Selection, "[ "+l+" ]"))
		} else {
			b.WriteString("  " + string(l) + "  ")
		}
		n += Width(l) + 4
	}
	gap := max(w-n, 0)
	if !right {
		gap /= 2
	}
	return t.Fit(blanks(gap)+b.String(), w)
}
