// Package change says what a write did to a resource: the difference between
// what was stored before and after, and what of the request had no effect.
//
// It compares values, not texts. The values of a multi-valued attribute are
// matched by what they are, so another order is no change; an attribute without
// case that changed in case only is called that; a PUT's silent removals are told
// from those that were asked for. It reads stored docs and the request as it was
// logged, decodes next to nothing, and keeps nothing of either: the result is
// bounded and has no secret, so that it can be stored with the exchange.
//
//	list := change.Of(change.Write{Type: t, Method: "PUT", Body: ex.RequestBody, Before: ex.Before, After: ex.After, Notes: ex.Notes})
//	for _, c := range list {
//		fmt.Println(change.Line(c)) // title: "Engineer" → "Staff Engineer"
//	}
//	ex.Changed = change.Attributes(list) // title
//
// It knows nothing of requests that changed nothing: Of a read is nil.
package change

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// The kinds of a wire.Change. The first group is what differs between the two
// docs; see Differs.
const (
	Added   = "added"
	Removed = "removed"  // and the request said so
	LeftOut = "left out" // removed, because a PUT replaces all and did not have it
	Changed = "changed"
	Recased = "recased" // changed in case only, where case does not matter
	Joined  = "joined"  // members of a group: N, in New the first of them by name
	Left    = "left"    // likewise, in Old

	Created   = "created"   // N attributes
	Deleted   = "deleted"   // N attributes
	Reordered = "reordered" // N values, the same in another order: no change

	MatchedNothing = "matched nothing" // a remove had nothing to remove: Path is its path, N its number; of members N is how many
	ThereAlready   = "there already"   // N members that were to be added were in the group
	ReadOnly       = "read-only"       // sent, ignored: only the server sets it
	Unknown        = "unknown"         // sent, ignored: no schema has it
	NeverKept      = "never kept"      // sent, ignored: a password

	Same = "same" // as it was, and New as it is written: only in what Whole gives

	More = "more" // N changes that were left out of the list; Path is the attribute they are about, "" for any
)

// The bounds of a list.
const (
	maxChanges   = 64
	maxAttribute = 16 // of one attribute
	maxValue     = 200
	maxPath      = 200
	maxBytes     = 8 << 10 // of all texts together
)

// Write is a write that was done. Of a write without docs, because it was
// refused or not ours, nothing is known.
type Write struct {
	Type   *scim.ResourceType // nil: it is not known what has case, what is multi-valued, and what a PATCH matched
	Method string
	Body   []byte // of the request as it was logged; what is cut or withheld is not used

	Before, After []byte // stored docs, with or without a Group's members; nil: there was none
	Joined, Left  int    // members that a Group got and lost, when the docs do not have them
	Notes         []string
}

// Of lists what a write did, in the order of the stored doc, then what had no
// effect: 64 entries at most, with one of kind More for the rest.
func Of(w Write) []wire.Change {
	if w.Before == nil && w.After == nil {
		return nil
	}
	d := differ{Write: w}
	d.readBody()
	switch {
	case w.Before == nil:
		n := attributesIn(w.After)
		if w.Joined > 0 {
			n++ // members, which are beside the doc
		}
		d.add(wire.Change{Kind: Created, N: n})
	case w.After == nil:
		d.add(wire.Change{Kind: Deleted, N: attributesIn(w.Before)})
	default:
		d.resource()
	}
	d.withoutEffect()
	if d.rest > 0 {
		d.list = append(d.list, wire.Change{Kind: More, N: d.rest})
	}
	if len(d.list) == 0 {
		return nil
	}
	return d.list
}

// Differs reports whether a kind says that the docs differ.
func Differs(kind string) bool {
	switch kind {
	case Added, Removed, LeftOut, Changed, Recased, Joined, Left:
		return true
	}
	return false
}

// differ is a Write being compared.
type differ struct {
	Write
	list []wire.Change
	size int // bytes of texts in list
	rest int // changes that found no room
	here int // changes of the present attribute

	put   bool      // the body is a PUT's and whole, so what it lacks is known
	sent  []byte    // that body
	frame [2]string // what of id and meta a PUT or POST sent
	wants *asked    // of a group's members; see there
}

// member is one member of an object, as it is written.
type member struct{ name, value []byte }

// add adds a change, if there is room for it.
func (d *differ) add(c wire.Change) {
	c.Path = clean(c.Path)
	size := len(c.Path) + len(c.Old) + len(c.New)
	if len(d.list) >= maxChanges || d.size+size > maxBytes {
		d.rest++
		return
	}
	d.size += size
	if d.list == nil { // many writes change nothing
		d.list = make([]wire.Change, 0, 4)
	}
	d.list = append(d.list, c)
}

// keptValue is a value as it may be kept: bounded, and nothing if it is a secret.
func keptValue(path string, a *scim.Attribute, raw []byte) string {
	if raw == nil {
		return ""
	}
	const removed = `"(removed)"`
	if a != nil && a.Returned == "never" || mentionsPassword([]byte(path)) {
		return removed
	}
	if (raw[0] == '{' || raw[0] == '[') && mentionsPassword(raw) {
		return removed
	}
	return clip(string(wire.CutKeys(raw)), maxValue)
}

// mentionsPassword is careful rather than exact: a word too many that goes is no fault.
func mentionsPassword(b []byte) bool {
	const word = "password"
	for {
		i := bytes.IndexAny(b, "pP\\")
		if i < 0 {
			return false
		}
		if b = b[i:]; b[0] == '\\' && len(b) > 1 && b[1] == 'u' {
			return true // who spells a name with escapes?
		}
		if len(b) >= len(word) && strings.EqualFold(string(b[:len(word)]), word) {
			return true
		}
		b = b[1:]
	}
}

// clip cuts a text at a character's beginning so that it has at most n bytes.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n -= len("…")
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// clean makes a path fit for a line. It may have a value in it.
func clean(path string) string {
	if strings.Contains(path, "scimdeck") {
		path = string(wire.CutKeys([]byte(path)))
	}
	path = clip(path, maxPath)
	for i := 0; i < len(path); i++ {
		if path[i] < ' ' || path[i] == 0x7f {
			return clip(strings.Map(func(r rune) rune {
				if r < ' ' || r == 0x7f {
					return utf8.RuneError // of three bytes: it is longer then
				}
				return r
			}, path), maxPath)
		}
	}
	return path
}

func attributesIn(doc []byte) (n int) {
	for w := scim.WalkJSON(doc); w.Next(); {
		if !framing(w.Name) {
			n++
		}
	}
	return n
}

// framing reports whether a member of a doc is the server's own.
func framing(name []byte) bool {
	switch string(name) {
	case "schemas", "id", "meta":
		return true
	}
	return false
}
