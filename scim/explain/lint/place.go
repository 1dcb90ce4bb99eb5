package lint

import (
	"strconv"
	"unicode/utf8"
)

// Where something was found, and what: made only when there is something to say.

// step is one step into a text: a member, or an element of an array.
type step struct {
	name  span
	known string // the name, if it is not from the text
	index int    // -1: a member
}

// into goes a step deeper; out comes back. Steps beyond the stack's size are
// counted and not shown.
func (k *look) into(name span) {
	if k.depth < len(k.stack) {
		s := &k.stack[k.depth]
		if s.name, s.index = name, -1; s.known != "" {
			s.known = ""
		}
	}
	k.depth++
}

func (k *look) intoKnown(name string) {
	if k.depth < len(k.stack) {
		k.stack[k.depth] = step{known: name, index: -1}
	}
	k.depth++
}

func (k *look) intoElement(i int) {
	if k.depth < len(k.stack) {
		k.stack[k.depth].index = i
	}
	k.depth++
}

func (k *look) out() { k.depth-- }

// here is the place in the text where the walk is: "body Operations[0].value".
func (k *look) here() string { return k.inside("") }

// inside is a member of where the walk is.
func (k *look) inside(member string) string {
	s := append(k.place[:0], "body"...)
	if k.answers {
		s = append(s[:0], "answer"...)
	}
	bare := len(s)
	for _, p := range k.stack[:min(k.depth, len(k.stack))] {
		if p.index >= 0 {
			s = append(s, '[')
			s = strconv.AppendInt(s, int64(p.index), 10)
			s = append(s, ']')
			continue
		}
		s = append(s, separator(s, bare))
		s = append(s, p.known...)
		s = append(s, clip(k.unescape(nil, p.name), 2*longest)...)
	}
	if k.depth > len(k.stack) {
		s = append(s, "…"...)
	}
	if member != "" {
		s = append(s, separator(s, bare))
		s = append(s, member...)
	}
	k.place = s
	return k.known(s)
}

// knownPlaces is how many places a kit has a string of.
const knownPlaces = 64

// known gives a place as a string, without making it anew if it is one of those that
// are in every other request, as "body password".
func (k *kit) known(place []byte) string {
	if s, ok := k.places[string(place)]; ok {
		return s
	}
	s := string(place)
	if len(k.places) < knownPlaces && len(s) <= longest {
		k.places[s] = s
	}
	return s
}

func separator(s []byte, bare int) byte {
	if len(s) == bare {
		return ' '
	}
	return '.'
}

// longest is how many bytes of a value are quoted.
const longest = 80

// quote makes what a client sent fit to be shown: in quotes, printable, bounded.
func quote[T string | []byte](s T) string {
	b := []byte(s)
	return strconv.QuoteToGraphic(string(clip(b, longest)))
}

// clip bounds a text, between two characters.
func clip(b []byte, n int) []byte {
	if len(b) <= n {
		return b
	}
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return append(b[:n:n], "…"...)
}

// say is what a string in the text says, for a detail.
func (k *look) say(s span) string { return quote(k.unescape(nil, s)) }

// raw is a value as it stands in the text, for a detail.
func (k *look) raw(from, to int) string { return quote(k.b[from:to]) }

func more(n int) string {
	if n == 1 {
		return "and 1 more"
	}
	return "and " + strconv.Itoa(n) + " more"
}
