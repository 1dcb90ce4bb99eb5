package change

import (
	"slices"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// readBody reads of a PUT's or POST's body, in one walk, whether it is whole, and
// what of it only the server sets.
func (d *differ) readBody() {
	if d.Method != "PUT" && d.Method != "POST" {
		return
	}
	w := scim.WalkJSON(d.Body)
	for w.Next() {
		switch {
		case w.Is("id"):
			d.framed("id")
		case w.Is("meta"):
			d.framed("meta")
		}
	}
	if d.Method == "PUT" && w.Whole() && len(d.Body) > 0 {
		d.put, d.sent = true, d.Body
	}
}

// framed notes that a member was sent that only the server sets.
func (d *differ) framed(name string) {
	for i, have := range d.frame {
		if have == "" || have == name {
			d.frame[i] = name
			return
		}
	}
}

// gone is the kind of what is not there any more: left out if the object that a
// PUT sent has no member of its name.
func (d *differ) gone(sent []byte, name string) string {
	if d.put && scim.MemberOf(sent, name) == nil {
		return LeftOut
	}
	return Removed
}

// sentIn is the object that a PUT sent as a member, nil when it sent none.
func (d *differ) sentIn(name string) []byte {
	if !d.put {
		return nil
	}
	return scim.MemberOf(d.sent, name)
}

// withoutEffect lists what of the request had no effect.
func (d *differ) withoutEffect() {
	if d.Method == "PATCH" && d.Before != nil && d.After != nil {
		d.operations()
	}
	from := len(d.list)
	ignored := func(kind, path string) {
		seen := d.list[min(from, len(d.list)):]
		if !slices.ContainsFunc(seen, func(c wire.Change) bool { return c.Path == path }) {
			d.add(wire.Change{Kind: kind, Path: path})
		}
	}
	for _, name := range d.frame { // every PUT of a GET's answer has them, so the server notes nothing
		if name != "" {
			ignored(ReadOnly, name)
		}
	}
	for _, n := range d.Notes {
		if path, why, ok := scim.Note(n).Ignored(); ok {
			ignored(why, path)
		}
	}
}

// maxOperations bounds the work for a PATCH.
const maxOperations = 64

// operations lists the removes of a PATCH that had nothing to remove.
func (d *differ) operations() {
	counted := d.countsMembers()
	if counted {
		d.memberOperations()
	}
	ops := scim.MemberOf(d.Body, "Operations")
	if d.Type == nil || !removes(ops, counted) {
		return
	}
	_, draft, _, err := d.Type.ReadDoc(d.Before)
	if err != nil {
		return
	}
	n := 0
	for w := scim.WalkJSON(ops); w.Next() && n < maxOperations; {
		n++
		o := readOperation(w.Value)
		if counted && o.ofMembers() {
			continue
		}
		after, changed, err := d.apply(w.Value, draft)
		if err != nil {
			return
		}
		if o.remove() && !changed {
			d.add(wire.Change{Kind: MatchedNothing, Path: o.path, N: n})
		}
		draft = after
	}
}

// removes reports whether there is an operation that removes something, but for
// members that are counted.
func removes(ops []byte, counted bool) bool {
	for w := scim.WalkJSON(ops); w.Next(); {
		if isRemove(w.Value) && !(counted && readOperation(w.Value).ofMembers()) {
			return true
		}
	}
	return false
}

// apply applies one operation alone.
func (d *differ) apply(op []byte, to scim.Draft) (scim.Draft, bool, error) {
	body := append([]byte(`{"schemas":["`+scim.PatchURN+`"],"Operations":[`), op...)
	v, err := scim.Decode(append(body, `]}`...), scim.Limits{})
	if err != nil {
		return to, false, err
	}
	p, _, err := d.Type.ReadPatch(v, scim.Policy{})
	if err != nil {
		return to, false, err
	}
	return p.Apply(to)
}

// operation is what is to be known of one.
type operation struct {
	op, path string
	value    []byte
}

func readOperation(b []byte) (o operation) {
	for w := scim.WalkJSON(b); w.Next(); {
		switch {
		case w.Is("op"):
			o.op = scim.Unquote(w.Value)
		case w.Is("path"):
			o.path = scim.Unquote(w.Value)
		case w.Is("value"):
			o.value = w.Value
		}
	}
	return o
}

// isRemove is readOperation(b).remove() without reading the rest.
func isRemove(b []byte) bool {
	var op []byte
	for w := scim.WalkJSON(b); w.Next(); {
		if w.Is("op") {
			op = w.Value
		}
	}
	if word, ok := scim.Verbatim(op); ok {
		return strings.EqualFold(string(word), "remove")
	}
	return operation{op: scim.Unquote(op)}.remove()
}

func (o operation) remove() bool { return strings.EqualFold(o.op, "remove") }

// ofMembers reports whether a path leads to a group's members.
func (o operation) ofMembers() bool {
	path, _, _ := strings.Cut(o.path, "[")
	return strings.EqualFold(path, "members")
}
