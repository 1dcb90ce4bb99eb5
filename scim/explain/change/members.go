package change

import (
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// The members of a group. A store may keep them beside the doc: then only how
// many came and went is known, and who they were has to be in the request.

const (
	maxNames = 8        // members that are named
	maxName  = 64       // bytes of one
	maxBody  = 64 << 10 // of a request that is looked at for members
)

// countsMembers reports whether the docs are those of a group without its members.
func (d *differ) countsMembers() bool {
	return d.isGroup() && (d.Type != nil || d.Joined+d.Left > 0) &&
		scim.MemberOf(d.Before, "members") == nil && scim.MemberOf(d.After, "members") == nil
}

// members compares the members that the docs have.
func (d *differ) members(old, now []byte) {
	was, is := map[string]bool{}, map[string]bool{}
	for w := scim.WalkJSON(old); w.Next(); {
		was[scim.Unquote(scim.MemberOf(w.Value, "value"))] = true
	}
	for w := scim.WalkJSON(now); w.Next(); {
		is[scim.Unquote(scim.MemberOf(w.Value, "value"))] = true
	}
	without := func(array []byte, others map[string]bool) (n int, names []string) {
		for w := scim.WalkJSON(array); w.Next(); {
			if others[scim.Unquote(scim.MemberOf(w.Value, "value"))] {
				continue
			}
			if n++; n <= maxNames {
				names = append(names, nameOf(w.Value))
			}
		}
		return n, names
	}
	n, names := without(now, was)
	d.addMembers(Joined, n, names)
	n, names = without(old, is)
	d.addMembers(Left, n, names)
}

// nameOf is what a member is called: by its display, else its value.
func nameOf(element []byte) string {
	if name := scim.Unquote(scim.MemberOf(element, "display")); name != "" {
		return name
	}
	return scim.Unquote(scim.MemberOf(element, "value"))
}

func (d *differ) addMembers(kind string, n int, names []string) {
	if n == 0 {
		return
	}
	list := jsonList(names)
	c := wire.Change{Kind: kind, Path: "members", N: n, New: list}
	if kind == Left {
		c.Old, c.New = list, ""
	}
	d.add(c)
}

// jsonList writes the first names as a JSON array that fits into a value.
func jsonList(names []string) string {
	if len(names) == 0 {
		return ""
	}
	b := []byte{'['}
	for i, name := range names[:min(len(names), maxNames)] {
		at := len(b)
		if i > 0 {
			b = append(b, ',')
		}
		if b = scim.StringOf(clip(name, maxName)).Append(b); len(b) >= maxValue {
			b = b[:at]
			break
		}
	}
	return string(wire.CutKeys(append(b, ']')))
}

// countedMembers says how many came and went, and who, if the request tells: as
// many came as it adds.
func (d *differ) countedMembers() {
	if d.Joined+d.Left == 0 || !d.isGroup() {
		return
	}
	a := d.asked()
	joined, left := a.joined, a.left
	if len(a.adds) != d.Joined {
		joined = nil
	}
	if len(a.removes) != d.Left {
		left = nil
	}
	d.addMembers(Joined, d.Joined, joined)
	d.addMembers(Left, d.Left, left)
}

// asked is what a request wants of a group's members.
type asked struct {
	adds, removes map[string]bool // by value
	joined, left  []string        // the first of them by name
	other         bool            // it wants more than adding and removing by value
}

func (a *asked) add(element []byte) {
	value := scim.Unquote(scim.MemberOf(element, "value"))
	if a.adds[value] {
		return
	}
	a.adds[value] = true
	if len(a.joined) < maxNames {
		a.joined = append(a.joined, nameOf(element))
	}
}

func (a *asked) remove(value, name string) {
	if a.removes[value] {
		return
	}
	a.removes[value] = true
	if len(a.left) < maxNames {
		a.left = append(a.left, name)
	}
}

// asked reads a PUT or PATCH of a group, once.
func (d *differ) asked() *asked {
	if d.wants != nil {
		return d.wants
	}
	a := &asked{adds: map[string]bool{}, removes: map[string]bool{}}
	d.wants = a
	if len(d.Body) > maxBody {
		a.other = true
		return a
	}
	if d.Method != "PATCH" {
		a.other = true
		a.all(scim.MemberOf(d.Body, "members"), a.add)
		return a
	}
	for w := scim.WalkJSON(scim.MemberOf(d.Body, "Operations")); w.Next(); {
		a.operation(readOperation(w.Value))
	}
	for value := range a.adds {
		a.other = a.other || a.removes[value]
	}
	return a
}

// all calls f for each element of an array; a lone value is an array of it.
func (a *asked) all(value []byte, f func(element []byte)) {
	if len(value) > 0 && value[0] != '[' {
		f(value)
		return
	}
	for w := scim.WalkJSON(value); w.Next(); {
		f(w.Value)
	}
}

func (a *asked) operation(o operation) {
	switch {
	case o.path == "":
		if members := scim.MemberOf(o.value, "members"); members != nil {
			a.other = a.other || !strings.EqualFold(o.op, "add")
			a.all(members, a.add)
		}
	case !o.ofMembers():
	case strings.EqualFold(o.path, "members") && !o.remove():
		a.other = a.other || !strings.EqualFold(o.op, "add")
		a.all(o.value, a.add)
	case strings.EqualFold(o.path, "members") && o.value != nil:
		a.all(o.value, func(element []byte) {
			a.remove(scim.Unquote(scim.MemberOf(element, "value")), nameOf(element))
		})
	default:
		value, ok := removedValue(o)
		if a.other = a.other || !ok; ok {
			a.remove(value, value)
		}
	}
}

// removedValue reads members[value eq "…"].
func removedValue(o operation) (value string, ok bool) {
	p, err := scim.ParsePath(o.path)
	if err != nil || !o.remove() || p.Sub != "" {
		return "", false
	}
	c, ok := p.Filter.(*scim.Compare)
	if !ok || c.Op != scim.Eq || !strings.EqualFold(c.Path.Attr, "value") {
		return "", false
	}
	return c.Value.Text(), true
}

// memberOperations says what a PATCH that only adds members and removes them by
// value did not have to do.
func (d *differ) memberOperations() {
	a := d.asked()
	if a.other {
		return
	}
	if n := len(a.removes) - d.Left; n > 0 {
		d.add(wire.Change{Kind: MatchedNothing, Path: "members", N: n})
	}
	if n := len(a.adds) - d.Joined; n > 0 {
		d.add(wire.Change{Kind: ThereAlready, Path: "members", N: n})
	}
}
