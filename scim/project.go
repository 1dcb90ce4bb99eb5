package scim

import (
	"bytes"
	"strings"
)

// Projection chooses the attributes of an answer (RFC 7644 §3.4.2.5, §3.9). The
// nil Projection chooses all of them. It is not changed after it was made and
// can be used by several goroutines at once.
type Projection struct{ top selection }

// Project makes the Projection of a request's attributes or excludedAttributes.
// Each entry is a name or several with commas between; names have any case, may
// be qualified with a URN, may be that of a sub-attribute, and a schema's URN
// alone means all of its attributes. Names that lead nowhere choose nothing,
// so that attributes=nosuch gives the minimum: schemas, id and whatever else is
// always returned. Both lists at once are 400 invalidValue: RFC 7644 §3.9
// calls them mutually exclusive, and picking one would hide the mistake.
//
// The returned characteristic rules (RFC 7643 §7): "always" cannot be left
// out, "never" cannot be asked for, and "request" needs its own name in
// attributes or in written, which lists what the client has just set (see
// Patch.Written and ResourceType.Written). A sub-attribute is always returned
// when its attribute is returned at all.
//
// The result is nil when everything is chosen: without lists, and without
// attributes that are returned on request only.
func (t *ResourceType) Project(attributes, excluded []string, written ...string) (*Projection, error) {
	asked, without := t.wishes(attributes), t.wishes(excluded)
	if asked.given && without.given {
		return nil, Errorf(400, InvalidValue, "attributes and excludedAttributes exclude each other: send one of them (RFC 7644 §3.9)")
	}
	if !asked.given && !without.given && !t.onRequest {
		return nil, nil
	}
	c := chooser{t: t, asked: asked.names, without: without.names, written: t.wishes(written).names, only: asked.given}
	top := selection{rest: !c.only, unknown: asked.unknown}
	if !c.only {
		top.unknown = without.unknown
	}
	for _, s := range []*Schema{t.common, t.Schema} {
		for _, a := range s.Attributes {
			c.attribute(&top, nil, a)
		}
	}
	for _, e := range t.Extensions {
		inner := selection{rest: !c.only}
		for _, a := range e.Schema.Attributes {
			c.attribute(&inner, e.Schema, a)
		}
		if len(inner.names) > 0 {
			top.names = append(top.names, choice{e.Schema.ID, &inner})
		}
	}
	return &Projection{top}, nil
}

// wishes are the names of one list.
type wishes struct {
	given   bool
	names   map[Resolved]bool // without a Sub: the whole attribute, without Attr: the extension, zero: the core schema
	unknown map[string]bool   // what no schema knows, in lower case: it may have been kept
}

func (t *ResourceType) wishes(list []string) wishes {
	var w wishes
	for _, entry := range list {
		for name := range strings.SplitSeq(entry, ",") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			if !w.given {
				w = wishes{true, make(map[Resolved]bool), make(map[string]bool)}
			}
			if sameName(name, t.Schema.ID) {
				w.names[Resolved{}] = true
			} else if p, err := ParsePath(name); err != nil || p.Filter != nil {
				w.unknown[lowerName(name)] = true
			} else if r, ok := t.Resolve(p.URN, p.Attr, p.Sub); ok {
				w.names[r] = true
			} else {
				w.unknown[lowerName(name)] = true
			}
		}
	}
	return w
}

// chooser makes a selection of wishes and characteristics.
type chooser struct {
	t                       *ResourceType
	asked, without, written map[Resolved]bool
	only                    bool // there is a list of attributes
}

// attribute adds to s what is chosen of a, which belongs to ext or is core.
func (c *chooser) attribute(s *selection, ext *Schema, a *Attribute) {
	all := Resolved{Ext: ext}
	whole := Resolved{Ext: ext, Attr: a}
	named := c.asked[whole] || a.Returned == "default" && c.asked[all] && (ext != nil || c.t.Schema.names.exact[a.Name] == a)
	left := c.without[whole] || c.without[all] && (ext != nil || c.t.Schema.names.exact[a.Name] == a)
	var shown bool
	switch a.Returned {
	case "always":
		shown, named = true, true
	case "request":
		shown = named || c.written[whole]
	case "default":
		shown = named || !c.only && !left
	}
	var subs *selection
	if a.Returned != "never" {
		subs = c.subs(ext, a, named || !c.only || c.written[whole])
	}
	shown = shown || subs != nil && !subs.rest && c.only && c.asksSub(ext, a)
	switch {
	case shown && (subs != nil || c.only):
		s.names = append(s.names, choice{a.Name, subs})
	case !shown && !c.only:
		s.names = append(s.names, choice{a.Name, nil})
	}
}

func (c *chooser) asksSub(ext *Schema, a *Attribute) bool {
	for _, sub := range a.Sub {
		if sub.Returned != "never" && c.asked[Resolved{ext, a, sub}] {
			return true
		}
	}
	return false
}

// subs is the choice among the sub-attributes of an attribute that is shown,
// nil for all of them. whole: the attribute itself was asked for, by name or
// for lack of a list.
func (c *chooser) subs(ext *Schema, a *Attribute, whole bool) *selection {
	s := selection{rest: whole}
	for _, sub := range a.Sub {
		r := Resolved{ext, a, sub}
		var shown bool
		switch sub.Returned {
		case "always":
			shown = true
		case "request":
			shown = c.asked[r] || c.written[r]
		case "default":
			shown = c.asked[r] || whole && !c.without[r]
		}
		if shown != s.rest {
			s.names = append(s.names, choice{sub.Name, nil})
		}
	}
	if whole && len(s.names) == 0 {
		return nil
	}
	return &s
}

// selection is a choice among the members of one object.
type selection struct {
	rest    bool // whether members are shown that are not in names
	names   []choice
	unknown map[string]bool // names in lower case that are not treated as the rest is
}

// choice is what is shown of one member: what inner chooses of its value, or,
// without one, all of it if the rest is not shown, and nothing if it is.
type choice struct {
	name  string
	inner *selection
}

// everything is the selection of all members.
var everything = selection{rest: true}

// of gives the choice for a member by its name as it stands in a doc.
func (s *selection) of(name []byte) (inner *selection, shown bool) {
	for i := range s.names {
		if s.names[i].name == string(name) {
			inner = s.names[i].inner
			return inner, inner != nil || !s.rest
		}
	}
	if len(s.unknown) > 0 && s.unknown[lowerName(string(appendDecoded(nil, name, false)))] {
		return nil, !s.rest
	}
	return nil, s.rest
}

// Wants reports whether the answer may show anything of a core attribute, so
// that a store need not read what nobody will see: "members", "groups".
func (p *Projection) Wants(attr string) bool {
	if p == nil {
		return true
	}
	_, shown := p.top.of([]byte(attr))
	return shown
}

// Append appends a stored doc to dst as a client sees it under base, with the
// chosen attributes only: what AppendWire does, which it is for a nil
// Projection. Nothing is decoded. schemas stays as it is stored: it tells what
// the resource has, not what this answer shows of it.
func (p *Projection) Append(dst, doc []byte, base string) []byte {
	if p == nil {
		return AppendWire(dst, doc, base)
	}
	return p.top.append(dst, doc, base)
}

// append appends the shown members of a whole doc. The references to
// other resources in it, which are stored without the base URL, get it here.
func (s *selection) append(dst, doc []byte, base string) []byte {
	dst = append(dst, '{')
	start := len(dst)
	for i := firstMember(doc); i < len(doc); {
		name, value, next := nextMember(doc, i)
		whole := doc[i:value.to]
		i = next
		inner, shown := s.of(doc[name.from:name.to])
		if !shown {
			continue
		}
		from := len(dst)
		if from > start {
			dst = append(dst, ',')
		}
		w := writer{base: base}
		switch string(doc[name.from:name.to]) {
		case "meta":
			w.link = "location"
		case "members", "groups":
			w.link = "$ref"
		}
		if inner == nil && w.link == "" {
			dst = append(dst, whole...)
			continue
		}
		if inner == nil {
			inner = &everything
		}
		dst = append(dst, doc[name.from-1:value.from]...)
		var some bool
		if dst, some = w.value(dst, doc[value.from:value.to], inner); !some {
			dst = dst[:from]
		}
	}
	return append(dst, '}')
}

// writer appends parts of values.
type writer struct{ base, link string } // link: the member that gets the base

// value appends what s chooses of an object, or of each object of an array;
// some is false when that is nothing, and then dst is of no use.
func (w *writer) value(dst, value []byte, s *selection) (_ []byte, some bool) {
	if len(value) == 0 {
		return dst, false
	}
	switch value[0] {
	case '{':
		return w.object(dst, value, s)
	case '[':
		dst = append(dst, '[')
		elements := walkElements(value)
		for e := elements.next(); e != nil; e = elements.next() {
			from := len(dst)
			if some {
				dst = append(dst, ',')
			}
			var shown bool
			if dst, shown = w.value(dst, e, s); shown {
				some = true
			} else {
				dst = dst[:from]
			}
		}
		return append(dst, ']'), some
	}
	return append(dst, value...), true
}

func (w *writer) object(dst, object []byte, s *selection) (_ []byte, some bool) {
	dst = append(dst, '{')
	for i := firstMember(object); i < len(object); {
		name, value, next := nextMember(object, i)
		whole := object[i:value.to]
		i = next
		inner, shown := s.of(object[name.from:name.to])
		if !shown {
			continue
		}
		from := len(dst)
		if some {
			dst = append(dst, ',')
		}
		switch {
		case inner != nil:
			dst = append(dst, object[name.from-1:value.from]...)
			if dst, shown = w.value(dst, object[value.from:value.to], inner); !shown {
				dst = dst[:from]
				continue
			}
		case w.link == string(object[name.from:name.to]) && bytes.HasPrefix(object[value.from:value.to], []byte(`"/`)):
			dst = append(dst, object[name.from-1:value.from+1]...)
			dst = appendText(dst, w.base)
			dst = append(dst, object[value.from+1:value.to]...)
		default:
			dst = append(dst, whole...)
		}
		some = true
	}
	return append(dst, '}'), some
}

// Written lists the attributes of d that are returned on request only (returned
// "request"): an answer to the POST or PUT that set them shows them. It is nil
// for types that have none.
func (t *ResourceType) Written(d Draft) []string {
	if !t.onRequest {
		return nil
	}
	var list []string
	t.each(func(r Resolved) {
		in := d.Attributes
		if r.Ext != nil {
			in = in.Get(r.Ext.ID)
		}
		v := in.Get(r.Attr.Name)
		if r.Sub == nil {
			if v.kind != Absent && r.Attr.Returned == "request" {
				list = append(list, r.String())
			}
			return
		}
		if r.Sub.Returned != "request" {
			return
		}
		if v.kind != Array {
			v = ArrayOf(v)
		}
		for i := range v.kids {
			if v.kids[i].Value.Get(r.Sub.Name).kind != Absent {
				list = append(list, r.String())
				return
			}
		}
	})
	return list
}

// Written lists the attributes returned on request only that the operations set.
func (p *Patch) Written() []string {
	if !p.t.onRequest {
		return nil
	}
	var list []string
	for i := range p.edits {
		e := &p.edits[i]
		if e.attr == nil {
			continue
		}
		if e.attr.Returned == "request" {
			list = append(list, Resolved{Ext: e.ext, Attr: e.attr}.String())
		}
		for _, sub := range e.attr.Sub {
			if sub.Returned == "request" && e.sets(sub.Name) {
				list = append(list, Resolved{e.ext, e.attr, sub}.String())
			}
		}
	}
	return list
}

// sets reports whether the edit says anything of a sub-attribute.
func (e *edit) sets(sub string) bool {
	if has(e.members, sub) || e.value.Get(sub).kind != Absent {
		return true
	}
	for i := range e.value.kids {
		if e.value.kids[i].Value.Get(sub).kind != Absent {
			return true
		}
	}
	return false
}
