package lint

import (
	"strconv"
	"strings"

	"scimdeck/scim"
)

// patchBody is about a PATCH (RFC 7644 §3.5.2). id is that of the path, "" if it
// is not known.
func (k *look) patchBody(r *resource, id string) {
	if !k.object(notObject) {
		return
	}
	k.message(scim.PatchURN, patchNames[:], func() { k.operation(r, id) })
}

var (
	patchNames     = [...]string{"schemas", "Operations"}
	operationNames = [...]string{"op", "path", "value"}
	verbs          = [...]string{"add", "remove", "replace"}
)

// message reads a message with Operations, PATCH or Bulk; each operation's
// bracket comes next when each is called.
func (k *look) message(urn string, names []string, each func()) {
	var m members
	schemas, operations := false, false
	for k.next(&m) {
		k.into(m.name)
		switch name := k.name(m.name); {
		case string(name) == "schemas":
			schemas = true
			k.messageSchemas(urn)
		case fold(name, "Operations"):
			operations = true
			if string(name) != "Operations" {
				k.add(messageCase, here, `want "Operations"`)
			}
			k.operations(each)
		case string(name) == "failOnErrors" && urn == scim.BulkURN:
			k.failures()
		default:
			k.messageMember(name, names)
			k.skip(0)
		}
		k.out()
	}
	if k.ended {
		return
	}
	if !schemas {
		k.add(schemasMissing, here+"schemas", "want "+quote(urn))
	}
	if !operations {
		k.add(operationsMissing, here+"Operations", "")
	}
}

func (k *look) operations(each func()) {
	if c := k.peek(); c != '[' {
		k.skip(0)
		if !k.ended {
			k.add(operationsMissing, here, "got "+kindOf(c))
		}
		return
	}
	var e elements
	none := true
	for e.next(&k.text) {
		none = false
		k.intoElement(e.index)
		if c := k.peek(); c == '{' {
			each()
		} else if k.skip(0); !k.ended {
			k.add(operationNoObject, here, "got "+kindOf(c))
		}
		k.out()
	}
	if none && !k.ended {
		k.add(operationsMissing, here, "got an empty array")
	}
}

// part is a member of an operation that was passed and is looked at when the
// operation is known as a whole: its members may stand in any order.
type part struct {
	from, to int  // to is -1 of a value that is only now being read
	first    byte // of the value; 0: it is not there
	done     bool // it was looked at
}

func (k *look) part() part {
	p := part{first: k.peek()}
	p.from = k.pos
	k.skip(0)
	p.to = k.pos
	return p
}

// inner is what stands between the quotes of a part that is a string.
func (k *look) inner(p part) span {
	if p.first != '"' {
		return span{}
	}
	return span{p.from + 1, p.to - 1, hasBackslash(k.b[p.from:p.to])}
}

// revisit walks a part again, where f reads it, and comes back.
func (k *look) revisit(p part, name string, f func()) {
	if p.to < 0 {
		k.intoKnown(name)
		f()
		k.out()
		return
	}
	pos, again := k.pos, k.again
	k.pos, k.again = p.from, true
	k.intoKnown(name)
	f()
	k.out()
	k.pos, k.again = pos, again
}

// operation reads one operation of a PATCH.
func (k *look) operation(r *resource, id string) {
	var op, path, value part
	var m members
	for k.next(&m) {
		k.into(m.name)
		name := k.name(m.name)
		i := 0
		for i < len(operationNames) && !fold(name, operationNames[i]) {
			i++
		}
		if i == len(operationNames) {
			k.messageMember(name, nil)
			k.skip(0)
			k.out()
			continue
		}
		if string(name) != operationNames[i] {
			k.add(messageCase, here, "want "+quote(operationNames[i]))
		}
		switch i {
		case 0:
			op = k.part()
		case 1:
			path = k.part()
		case 2:
			if value.first == 0 && op.first != 0 && path.first == '"' && !k.again && !k.profile(Interop) {
				value = k.direct(r, op, path)
			} else {
				value = k.part()
			}
		}
		k.out()
	}
	if k.ended || value.done {
		return
	}
	verb := k.verb(op)
	switch {
	case path.first == '"':
		k.pathed(r, verb, path, value)
	case path.first != 0 && path.first != 'n':
		k.add(pathNoString, here+"path", "got "+kindOf(path.first))
	default:
		k.pathless(r, verb, value, id)
	}
}

// direct reads the value of an operation whose op and path came before it, as
// most do, in one walk. The place is already the value's.
func (k *look) direct(r *resource, op, path part) part {
	name := k.inner(op)
	for _, v := range verbs[:] {
		if v == "remove" || !fold(k.b[name.from:name.to], v) {
			continue
		}
		c := k.peek()
		if c == 0 {
			break // the text ends here
		}
		k.out()
		value := part{from: k.pos, to: -1, first: c}
		k.pathed(r, k.verb(op), path, value)
		k.intoKnown("value")
		if k.pos == value.from {
			k.skip(0)
		}
		value.done = true
		return value
	}
	return k.part()
}

// verb reads an op: "add", "remove", "replace", or "" if it is none.
func (k *look) verb(op part) string {
	if op.first != '"' {
		switch op.first {
		case 0:
			k.add(opUnknown, here+"op", "it is missing")
		default:
			k.add(pathNoString, here+"op", "got "+kindOf(op.first))
		}
		return ""
	}
	name := k.b[op.from+1 : op.to-1]
	for _, v := range verbs {
		if string(name) == v {
			return v
		}
		if fold(name, v) {
			k.add(opCase, here+"op", quote(name))
			return v
		}
	}
	k.add(opUnknown, here+"op", quote(name))
	return ""
}

// pathless is about an operation whose targets are the keys of its value.
func (k *look) pathless(r *resource, verb string, value part, id string) {
	if k.profile(Interop) {
		k.add(iopPathless, here+"path", "")
	}
	switch {
	case verb == "remove":
		k.add(removePathless, here+"path", "")
	case value.first == 0 && verb != "":
		k.add(valueMissing, here+"value", "")
	case value.first == '{':
		k.pathlessOp = true
		k.revisit(value, "value", func() { k.keys(r, id, true) })
	case verb != "":
		k.add(pathlessValue, here+"value", "got "+kindOf(value.first))
	}
}

// keys reads the attributes of a value without path.
func (k *look) keys(r *resource, id string, outermost bool) {
	n := 0
	var m members
	for k.next(&m) {
		n++
		k.into(m.name)
		name := k.name(m.name)
		a, asWritten := r.core.find(name)
		i := -1
		if a == nil {
			i, _ = r.extension(name)
		}
		switch {
		case a != nil:
			if !asWritten {
				k.misspeltName(attributeCase, m.name, a.Name)
			}
			k.patchValue(a, id)
		case i >= 0:
			k.extensionKeys(r, i)
		case fold(name, r.t.Schema.ID) && k.peek() == '{':
			k.add(urnKey, here, "")
			k.keys(r, id, false)
		default:
			k.pathKey(r, name)
		}
		k.out()
	}
	if outermost && n > 1 && k.profile(Interop) {
		k.add(iopSeveral, here, strconv.Itoa(n)+" of them")
	}
}

// patchValue reads the value of a core or common attribute in a value without path.
func (k *look) patchValue(a *attribute, id string) {
	c := k.peek()
	switch {
	case a.role == roleID:
		from := k.pos
		k.skip(0)
		if c == '"' && !k.ended && id != "" && k.pos-from > 2 && string(k.b[from+1:k.pos-1]) != id {
			k.add(idChanged, here, k.raw(from+1, k.pos-1)+", the path has "+quote(id))
		}
	case a.role == roleSchemas:
		k.skip(0)
	case a.secret:
		k.password(c)
	case a.readOnly:
		k.skip(0)
		k.add(readOnlyEcho, here, "")
	default:
		k.echoes(a)
		k.value(a, true, nil)
	}
}

// echoes is about readOnly sub-attributes of a single complex value, as
// manager.displayName.
func (k *look) echoes(a *attribute) {
	if !a.complex || a.Multi || k.peek() != '{' || !a.hasReadOnly() {
		return
	}
	pos := k.pos
	var m members
	for k.next(&m) {
		k.into(m.name)
		if sub, _ := a.subs.find(k.name(m.name)); sub != nil && sub.readOnly {
			k.add(readOnlyEcho, here, "")
		}
		k.skip(0)
		k.out()
	}
	k.pos = pos
}

func (a *attribute) hasReadOnly() bool {
	for _, sub := range a.Sub {
		if sub.Mutability == "readOnly" {
			return true
		}
	}
	return false
}

// extensionKeys reads the object of an extension in a value without path.
func (k *look) extensionKeys(r *resource, i int) {
	if c := k.peek(); c != '{' {
		k.skip(0)
		if c != 'n' {
			k.wrong("an object", c)
		}
		return
	}
	var m members
	for k.next(&m) {
		k.into(m.name)
		name := k.name(m.name)
		a, asWritten := r.ext[i].attrs.find(name)
		switch {
		case a == nil && r.ext[i].attrs.dotted(name):
			k.add(dottedKey, here, "")
			k.skip(0)
		case a == nil:
			k.add(attributeUnknown, here, "")
			k.skip(0)
		default:
			if !asWritten {
				k.misspeltName(attributeCase, m.name, a.Name)
			}
			k.patchValue(a, "")
		}
		k.out()
	}
}

// pathKey is about a key that is no attribute: a path, or unknown.
func (k *look) pathKey(r *resource, name []byte) {
	if strings.ContainsAny(string(name), ".:[") {
		if p, err := scim.ParsePath(string(name)); err == nil {
			if g, ok := r.resolve(p); ok {
				k.keyForm(p)
				if g.attr != nil && p.Filter == nil {
					last := g.attr
					if g.sub != nil {
						last = g.sub
					}
					k.value(last, true, nil)
				} else {
					k.skip(0)
				}
				return
			}
		}
	}
	k.unknown(r, name)
}

func (k *look) keyForm(p scim.Path) {
	switch {
	case p.Filter != nil:
		k.add(filterKey, here, "")
	case p.URN != "":
		k.add(urnKey, here, "")
	default:
		k.add(dottedKey, here, "")
	}
}
