package change

import (
	"bytes"
	"strconv"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// element is one value of a multi-valued attribute.
type element struct {
	raw         []byte
	value, kind string // of a complex one: value and type; of a simple one: itself
	primary     bool
	pair        int // its place on the other side, -1: none
}

func elementsOf(dst []element, array []byte) []element {
	for w := scim.WalkJSON(array); w.Next(); {
		dst = append(dst, element{raw: w.Value, pair: -1})
	}
	return dst
}

// read takes out of an element what it is matched and called by.
func (e *element) read() {
	if e.raw[0] != '{' {
		e.value = string(e.raw)
		if e.raw[0] == '"' {
			e.value = scim.Unquote(e.raw)
		}
		return
	}
	for w := scim.WalkJSON(e.raw); w.Next(); {
		switch string(w.Name) {
		case "value":
			e.value = scim.Unquote(w.Value)
		case "type":
			e.kind = scim.Unquote(w.Value)
		case "primary":
			e.primary = string(w.Value) == "true"
		}
	}
}

// values compares the values of a multi-valued attribute.
func (d *differ) values(path string, a *scim.Attribute, gone string, old, now []byte) {
	var x, y [4]element
	v := valuesOf{attr: a, old: elementsOf(x[:0], old), now: elementsOf(y[:0], now)}
	if v.pairEqual() {
		if v.reordered() {
			d.addHere(wire.Change{Kind: Reordered, Path: path, N: len(v.now)})
		}
		return
	}
	v.pairRest()
	for i := range v.now {
		switch e := &v.now[i]; {
		case e.pair < 0 && d.here >= maxAttribute:
			d.here++
		case e.pair < 0:
			d.addHere(wire.Change{Kind: Added, Path: path + v.label(v.now, v.old, i), New: keptValue(path, a, e.raw)})
		case !bytes.Equal(e.raw, v.old[e.pair].raw):
			d.element(path+v.pairLabel(e.pair), a, v.old[e.pair].raw, e.raw)
		}
	}
	for i := range v.old {
		switch e := &v.old[i]; {
		case e.pair >= 0:
		case d.here >= maxAttribute:
			d.here++
		default:
			d.addHere(wire.Change{Kind: gone, Path: path + v.label(v.old, v.now, i), Old: keptValue(path, a, e.raw)})
		}
	}
}

// element compares two values that are one and the same in two states.
func (d *differ) element(path string, a *scim.Attribute, old, now []byte) {
	if old[0] != '{' || now[0] != '{' {
		d.single(path, a, Removed, old, now)
		return
	}
	each(old, now, func(name, old, now []byte) {
		sub := spelt(name)
		d.single(path+"."+sub, subAttribute(a, sub), Removed, old, now)
	})
}

// valuesOf pairs the values of one attribute before and after.
type valuesOf struct {
	attr     *scim.Attribute
	old, now []element
	exact    bool // values have case
}

// few is up to how many values are compared each with each.
const few = 64

// pairEqual pairs what is the same on both sides, and reports whether that is all.
func (v *valuesOf) pairEqual() bool {
	n := 0
	for i := range v.now {
		if i < len(v.old) && bytes.Equal(v.old[i].raw, v.now[i].raw) {
			v.join(i, i)
			n++
		}
	}
	switch {
	case n == len(v.now) || n == len(v.old):
	case max(len(v.now), len(v.old)) <= few:
		n += v.pairBy(func(old, now *element) bool { return bytes.Equal(old.raw, now.raw) })
	default:
		places := make(map[string]int, len(v.old)-n)
		for i := range v.old {
			if v.old[i].pair < 0 {
				places[string(v.old[i].raw)] = i
			}
		}
		for i := range v.now {
			if j, ok := places[string(v.now[i].raw)]; ok && v.now[i].pair < 0 && v.old[j].pair < 0 {
				v.join(j, i)
				n++
			}
		}
	}
	return n == len(v.now) && n == len(v.old)
}

func (v *valuesOf) join(old, now int) { v.old[old].pair, v.now[now].pair = now, old }

// reordered reports whether the pairs stand in another order.
func (v *valuesOf) reordered() bool {
	for i := range v.now {
		if v.now[i].pair != i {
			return true
		}
	}
	return false
}

// pairRest pairs the values that are the same in two states: by what they are
// and their type, then by one of the two if no other could be meant, then the
// primary ones. Of very many none is taken for another.
func (v *valuesOf) pairRest() {
	v.read()
	if max(len(v.old), len(v.now)) > few {
		return
	}
	value := func(old, now *element) bool { return old.value != "" && v.sameValue(old.value, now.value) }
	kind := func(old, now *element) bool {
		return old.raw[0] == '{' && now.raw[0] == '{' && strings.EqualFold(old.kind, now.kind)
	}
	v.pairBy(func(old, now *element) bool { return value(old, now) && kind(old, now) })
	v.pairBy(value)
	v.pairBy(kind)
	v.pairBy(func(old, now *element) bool { return old.primary && now.primary })
}

// read reads the values, and whether they have case.
func (v *valuesOf) read() {
	a := v.attr
	if sub := subAttribute(a, "value"); sub != nil {
		a = sub
	}
	v.exact = a == nil || a.CaseExact
	for _, list := range [...][]element{v.old, v.now} {
		for i := range list {
			list[i].read()
		}
	}
}

func (v *valuesOf) sameValue(a, b string) bool {
	return a == b || !v.exact && strings.EqualFold(a, b)
}

// pairBy pairs the values without a pair that are the same in the sense of same,
// if each is so to one alone. It returns how many pairs it made.
func (v *valuesOf) pairBy(same func(old, now *element) bool) (n int) {
	for i := range v.now {
		if v.now[i].pair >= 0 {
			continue
		}
		if j := v.only(v.old, func(e *element) bool { return same(e, &v.now[i]) }); j >= 0 &&
			v.only(v.now, func(e *element) bool { return same(&v.old[j], e) }) == i {
			v.join(j, i)
			n++
		}
	}
	return n
}

// only finds the one value without a pair for which f holds; -1 when there is none or another.
func (v *valuesOf) only(list []element, f func(*element) bool) int {
	at := -1
	for i := range list {
		if list[i].pair >= 0 || !f(&list[i]) {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	return at
}

// maxLabel bounds a value that serves as a label.
const maxLabel = 64

// label is what a value without a pair is called in a path, in brackets: by its
// type if no other has it on either side, else by its value, else by its number.
func (v *valuesOf) label(here, there []element, i int) string {
	e := &here[i]
	if plain(e.kind) && ofKind(here, e.kind) == 1 && ofKind(there, e.kind) == 0 {
		return "[" + e.kind + "]"
	}
	return v.byValue(e, i, here, there)
}

// pairLabel is label for a pair; i is its place in old, after which it is called.
func (v *valuesOf) pairLabel(i int) string {
	e := &v.old[i]
	if plain(e.kind) && strings.EqualFold(e.kind, v.now[e.pair].kind) && ofKind(v.old, e.kind) == 1 && ofKind(v.now, e.kind) == 1 {
		return "[" + e.kind + "]"
	}
	return v.byValue(e, i, v.old, v.now)
}

func (v *valuesOf) byValue(e *element, i int, here, there []element) string {
	if plain(e.value) && v.ofValue(here, e.value) == 1 && v.ofValue(there, e.value) <= 1 && ofKind(here, e.value)+ofKind(there, e.value) == 0 {
		return "[" + e.value + "]"
	}
	return number(i)
}

// number labels a value by its place.
func number(i int) string { return "[#" + strconv.Itoa(i+1) + "]" }

func ofKind(list []element, kind string) (n int) {
	for i := range list {
		if strings.EqualFold(list[i].kind, kind) {
			n++
		}
	}
	return n
}

func (v *valuesOf) ofValue(list []element, value string) (n int) {
	for i := range list {
		if v.sameValue(list[i].value, value) {
			n++
		}
	}
	return n
}

// plain reports whether a text can be a label.
func plain(s string) bool {
	return s != "" && len(s) <= maxLabel && s[0] != '#' && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == ']' || r == '[' || r == 0x7f }) < 0
}
