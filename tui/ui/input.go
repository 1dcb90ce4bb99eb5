package ui

import (
	"strings"
	"unicode/utf8"
)

// Key is one key press or one paste, without the words of any terminal library.
type Key struct {
	Name  string // "a", "enter", "ctrl+u", "left"
	Text  string // what it types; "" for keys that type nothing
	Paste bool   // Text was pasted
}

// inputMax bounds what an input takes, in runes.
const inputMax = 4096

// Input is a line of text being typed. The zero Input is empty and ready.
type Input struct {
	History []string // earlier texts, the latest last
	Secret  bool     // a sign is drawn for each character

	text  []rune
	at    int    // the cursor stands before text[at]
	older int    // 0: not in the history; n: at the n-th from its end
	draft string // what was typed before ↑ went into the history
}

// String is the text.
func (in *Input) String() string { return string(in.text) }

// Set replaces the text and puts the cursor behind it.
func (in *Input) Set(s string) {
	in.text = in.text[:0]
	in.at, in.older = 0, 0
	in.insert(s)
}

// Wipe empties the input and leaves nothing of the text in memory.
func (in *Input) Wipe() {
	clear(in.text[:cap(in.text)])
	in.text, in.at, in.older, in.draft = in.text[:0], 0, 0, ""
}

// Before is the text left of the cursor.
func (in *Input) Before() string { return string(in.text[:in.at]) }

// Replace puts s in the place of the n characters left of the cursor.
func (in *Input) Replace(n int, s string) {
	in.cut(max(in.at-n, 0), in.at)
	in.insert(s)
}

// Key applies a key and reports whether it was one for the input. Enter, esc,
// tab and whatever else types nothing is not.
func (in *Input) Key(k Key) bool {
	if k.Paste {
		in.insert(k.Text)
		return true
	}
	switch k.Name {
	case "left", "ctrl+b":
		in.at = max(in.at-1, 0)
	case "right", "ctrl+f":
		in.at = min(in.at+1, len(in.text))
	case "home", "ctrl+a":
		in.at = 0
	case "end", "ctrl+e":
		in.at = len(in.text)
	case "backspace", "ctrl+h":
		in.cut(max(in.at-1, 0), in.at)
	case "delete", "ctrl+d":
		in.cut(in.at, min(in.at+1, len(in.text)))
	case "ctrl+u":
		in.cut(0, in.at)
	case "ctrl+k":
		in.cut(in.at, len(in.text))
	case "ctrl+w":
		in.cut(in.wordStart(), in.at)
	case "up":
		in.recall(1)
	case "down":
		in.recall(-1)
	default:
		if k.Text == "" || strings.HasPrefix(k.Name, "alt+") {
			return false
		}
		in.insert(k.Text)
	}
	return true
}

// insert puts s at the cursor. Line breaks and tabs of a paste become single
// blanks, those at its ends vanish: an input has one line.
func (in *Input) insert(s string) {
	if strings.ContainsAny(s, "\r\n\t") {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\r' || r == '\n' || r == '\t' }), " ")
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	add := []rune(s)
	add = add[:max(min(len(add), inputMax-len(in.text)), 0)]
	in.text = append(in.text[:in.at], append(add, in.text[in.at:]...)...)
	in.at += len(add)
	in.older = 0
}

func (in *Input) cut(from, to int) {
	in.text = append(in.text[:from], in.text[to:]...)
	in.at = from
	in.older = 0
}

// wordStart is where the word before the cursor begins.
func (in *Input) wordStart() int {
	i := in.at
	for i > 0 && in.text[i-1] == ' ' {
		i--
	}
	for i > 0 && in.text[i-1] != ' ' {
		i--
	}
	return i
}

// recall walks through the history; d is 1 for older.
func (in *Input) recall(d int) {
	n := in.older + d
	if n < 0 || n > len(in.History) {
		return
	}
	if in.older == 0 {
		in.draft = in.String()
	}
	s := in.draft
	if n > 0 {
		s = in.History[len(in.History)-n]
	}
	in.Set(s)
	in.older = n
}

// View draws the text in exactly w cells, scrolled so that the cursor shows.
// The cursor is the theme's sign at the end of the text, else the character
// under it in reverse.
func (in *Input) View(t *Theme, w int, focused bool) string {
	if w <= 0 {
		return ""
	}
	if in.Secret {
		masked := Input{text: []rune(strings.Repeat("*", len(in.text))), at: in.at}
		return masked.View(t, w, focused)
	}
	if !focused {
		return string(t.fit(Clean(in.String(), t.ASCII), w))
	}
	under, rest := in.under(t)
	head := in.head(t, w, under)
	left := max(w-Width(head)-max(Width(under), 1), 0)
	if under == "" {
		return t.Fit(string(head)+t.Paint(Accent, Safe(t.Glyph.Cursor)), w)
	}
	return t.Fit(string(head)+t.Paint(Selection, under)+string(t.Cut(rest, left)), w)
}

// head is what View draws before the cursor, which is on under.
func (in *Input) head(t *Theme, w int, under Safe) Safe {
	head := Clean(in.Before(), t.ASCII)
	if room := w - max(Width(under), 1); Width(head) > room {
		head = Safe(t.Glyph.Cut) + tail(head, room-1)
	}
	return head
}

// Cell is the cell, from 0, in which View draws the i-th character (from 0) for who types;
// -1 if that is out of sight.
func (in *Input) Cell(t *Theme, w, i int) int {
	i = max(min(i, len(in.text)), 0)
	under, _ := in.under(t)
	head := in.head(t, w, under)
	cell, first := Width(head), 0
	if i >= in.at {
		cell += Width(Clean(string(in.text[in.at:i]), t.ASCII))
	} else {
		cell -= Width(Clean(string(in.text[i:in.at]), t.ASCII))
		if head != Clean(in.Before(), t.ASCII) {
			first = 1 // behind the sign that something is cut off
		}
	}
	if cell < first || cell >= w {
		return -1
	}
	return cell
}

// under is the character that the cursor stands on, with its marks, and what follows it.
func (in *Input) under(t *Theme) (under, rest Safe) {
	if in.at == len(in.text) {
		return "", ""
	}
	end := in.at + 1
	for end < len(in.text) && (attaches(in.text[end]) || dropped(in.text[end])) {
		end++
	}
	under = Clean(string(in.text[in.at:end]), t.ASCII)
	if Width(under) == 0 {
		under = " "
	}
	return under, Clean(string(in.text[end:]), t.ASCII)
}
