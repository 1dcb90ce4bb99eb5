package change

import (
	"slices"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// Whole lists a resource as a write left it, value by value and in the order of its
// schemas, with what Of has listed in it: a value that the write changed is the change
// itself, what it took away stands with its attribute, and what it left alone has the
// kind Same. Of a resource that the write created every value is Added. What had no effect
// is not in it; where the list has More, some of what is the Same may not be.
//
// doc is the resource as it is stored or as a client got it, without a Group's
// members, and t its type; without one, attributes that are gone stand at the end.
func Whole(t *scim.ResourceType, doc []byte, list []wire.Change) []wire.Change {
	w := whole{differ: differ{Write: Write{Type: t}}}
	for _, c := range list {
		switch {
		case c.Kind == Created:
			w.created = true
		case !Differs(c.Kind), strings.HasPrefix(c.Path, "urn:") && c.N > 0: // an extension as a whole: its attributes follow
		default:
			w.left = append(w.left, c)
		}
	}
	for m := scim.WalkJSON(doc); m.Next(); {
		name := spelt(m.Name)
		switch {
		case framing(m.Name):
		case w.isExtension(name, nil, m.Value):
			schema := w.schema(name)
			for inner := scim.WalkJSON(m.Value); inner.Next(); {
				attr := spelt(inner.Name)
				var a *scim.Attribute
				if schema != nil {
					a = schema.Attribute(attr)
				}
				w.attribute(clean(name+":"+attr), a, inner.Value)
			}
		default:
			w.attribute(clean(name), w.find(name), m.Value)
		}
	}
	for _, c := range w.left {
		w.blocks = append(w.blocks, block{w.rank(c.Path), []wire.Change{c}})
	}
	slices.SortStableFunc(w.blocks, func(a, b block) int { return a.rank - b.rank })
	var out []wire.Change
	for _, b := range w.blocks {
		out = append(out, b.lines...)
	}
	return out
}

// whole is a resource being listed.
type whole struct {
	differ
	created bool
	left    []wire.Change // those that have found no place yet
	blocks  []block
}

// block is what there is to say of one attribute.
type block struct {
	rank  int
	lines []wire.Change
}

// attribute lists one that the resource has.
func (w *whole) attribute(path string, a *scim.Attribute, value []byte) {
	mine := w.take(path)
	b := block{rank: w.rank(path)}
	switch {
	case mine.take(&b, path):
	case value[0] == '[':
		w.elements(&b, &mine, path, a, value)
	case value[0] == '{':
		w.members(&b, &mine, path, a, value)
	default:
		b.lines = append(b.lines, w.same(path, a, value))
	}
	for _, c := range mine {
		if gone(c.Kind) {
			b.lines = append(b.lines, c)
		} else {
			w.left = append(w.left, c)
		}
	}
	w.blocks = append(w.blocks, b)
}

func gone(kind string) bool { return kind == Removed || kind == LeftOut || kind == Left }

// same is a value that no change is about.
func (w *whole) same(path string, a *scim.Attribute, value []byte) wire.Change {
	if w.created {
		return wire.Change{Kind: Added, Path: path, New: keptValue(path, a, value)}
	}
	return wire.Change{Kind: Same, Path: path, New: string(value)}
}

// members lists the members of an object: of a complex attribute, or of one of its values.
func (w *whole) members(b *block, mine *changes, path string, a *scim.Attribute, object []byte) {
	for m := scim.WalkJSON(object); m.Next(); {
		sub := spelt(m.Name)
		if at := clean(path + "." + sub); !mine.take(b, at) {
			b.lines = append(b.lines, w.same(at, subAttribute(a, sub), m.Value))
		}
	}
}

// elements lists the values of a multi-valued attribute. One of which a part changed
// is told in parts.
func (w *whole) elements(b *block, mine *changes, path string, a *scim.Attribute, array []byte) {
	v := valuesOf{attr: a, now: elementsOf(nil, array)}
	v.read()
	changed := map[int]changes{} // by the places of those that they are about
	for _, c := range *mine {
		at, ok := elementPath(c.Path, path)
		about := changes{c}
		switch {
		case !ok || c.Path == at && gone(c.Kind):
			continue
		case c.Path != at:
			about = mine.inside(at)
		}
		if i := v.meant(about, at, path); i >= 0 && changed[i] == nil {
			changed[i] = about
		}
	}
	for i := range v.now {
		e, about := &v.now[i], changed[i]
		label := number(i)
		switch {
		case about != nil:
			mine.drop(about)
			at, _ := elementPath(about[0].Path, path)
			if about[0].Path != at {
				w.members(b, &about, at, a, e.raw)
			}
			b.lines = append(b.lines, about...) // all of it, or the parts that are gone
			continue
		case len(v.now) <= few:
			label = v.label(v.now, nil, i)
		}
		b.lines = append(b.lines, w.same(path+label, a, e.raw))
	}
}

// elementPath cuts a change's path behind the label of the value that it is about.
func elementPath(path, attribute string) (at string, ok bool) {
	rest := path[len(attribute):]
	end := strings.IndexByte(rest, ']')
	if end < 0 || rest[0] != '[' {
		return path, false
	}
	return path[:len(attribute)+end+1], true
}

// meant is the place of the value that changes are about, all of them of one path or
// inside of it; -1 when it is not plain which one that is.
func (v *valuesOf) meant(about changes, at, attribute string) int {
	label := at[len(attribute)+1 : len(at)-1]
	byKind := ofKind(v.now, label) > 0
	renamed := slices.ContainsFunc(about, func(c wire.Change) bool { return c.Path == at+".value" })
	found := -1
	for i := range v.now {
		e := &v.now[i]
		named := renamed || strings.HasPrefix(label, "#") || v.sameValue(e.value, label)
		if byKind {
			named = strings.EqualFold(e.kind, label)
		}
		if !named || !about.fit(at, e.raw) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// changes are those that may find a place in an attribute.
type changes []wire.Change

// take takes out the changes of an attribute and of its parts.
func (w *whole) take(path string) (mine changes) {
	within := func(c wire.Change) bool {
		rest, ok := strings.CutPrefix(c.Path, path)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	}
	for _, c := range w.left {
		if within(c) {
			mine = append(mine, c)
		}
	}
	if mine != nil {
		w.left = slices.DeleteFunc(w.left, within)
	}
	return mine
}

// take moves what is another at exactly this path now into a block.
func (list *changes) take(b *block, path string) bool {
	i := slices.IndexFunc(*list, func(c wire.Change) bool { return c.Path == path && !gone(c.Kind) })
	if i < 0 {
		return false
	}
	b.lines = append(b.lines, (*list)[i])
	*list = slices.Delete(*list, i, i+1)
	return true
}

func (list *changes) drop(some changes) {
	*list = slices.DeleteFunc(*list, func(c wire.Change) bool { return slices.Contains(some, c) })
}

// inside are the changes of the parts of a value.
func (list changes) inside(at string) (some changes) {
	for _, c := range list {
		if strings.HasPrefix(c.Path, at+".") {
			some = append(some, c)
		}
	}
	return some
}

// fit reports whether a value, at this path, is what the changes made of it.
func (list changes) fit(at string, value []byte) bool {
	for _, c := range list {
		now := value
		if c.Path != at {
			now = scim.MemberOf(value, c.Path[len(at)+1:])
		}
		if keptValue(c.Path, nil, now) != c.New {
			return false
		}
	}
	return true
}

// rank orders attributes as the type has them: its own, those of extensions, unknown
// ones. Without a type all are the same.
func (w *whole) rank(path string) int {
	const extension, unknown = 1 << 16, 1 << 24
	if w.Type == nil {
		return 0
	}
	name := attributeOf(path)
	for i, e := range w.Type.Extensions {
		if strings.HasPrefix(path, e.Schema.ID+":") {
			return (i+1)*extension + max(slices.Index(e.Schema.Attributes, e.Schema.Attribute(name)), 0)
		}
	}
	if a := w.find(name); a != nil {
		return slices.Index(w.Type.Schema.Attributes, a) + 1 // 0: one that all types have
	}
	return unknown
}
