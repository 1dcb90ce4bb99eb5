package scim

import "bytes"

const (
	commonWanted = 8   // members whose places fit on the stack of Match
	commonText   = 128 // bytes of a text whose folded form does
)

// Match reports whether a stored doc (AppendDoc) matches. It walks the doc at
// most once for its top-level members, stops as soon as the answer is known,
// and allocates nothing as long as texts are of common length.
//
// An attribute without a value matches ne and nothing else but "eq null"; of
// several values one that fulfils a comparison is enough (RFC 7644 §3.4.2.2).
func (f *Filter) Match(doc []byte) bool {
	var found [commonWanted]span
	c := cursor{doc: doc, wanted: f.wanted, found: found[:], next: firstMember(doc)}
	if len(f.wanted) > len(found) {
		c.found = make([]span, len(f.wanted))
	}
	if len(doc) > 0 && doc[0] != '{' {
		for i, name := range f.wanted { // an element that is a simple value
			if name == "value" {
				c.found[i] = span{0, len(doc)}
			}
		}
	}
	return f.root.match(&c)
}

func (n *node) match(c *cursor) bool {
	switch n.kind {
	case allOf:
		for i := range n.kids {
			if !n.kids[i].match(c) {
				return false
			}
		}
		return true
	case anyOf:
		for i := range n.kids {
			if n.kids[i].match(c) {
				return true
			}
		}
		return false
	case noneOf:
		return !n.kids[0].match(c)
	case present:
		return n.present(c)
	case null:
		return n.present(c) == (n.op == Ne)
	case compares:
		return n.compares(c)
	case foreign:
		return n.holds
	}
	values := n.place.values(c)
	for v := values.next(); v != nil; v = values.next() {
		if n.inner.Match(v) {
			return true
		}
	}
	return false
}

// present reports whether any value is not empty: no null, "", {} or [].
func (n *node) present(c *cursor) bool {
	values := n.place.values(c)
	for v := values.next(); v != nil; v = values.next() {
		if v = n.place.in(v); !empty(v) {
			return true
		}
	}
	return false
}

func empty(v []byte) bool {
	switch string(v) {
	case "", "null", `""`, "{}", "[]":
		return true
	}
	return false
}

func (n *node) compares(c *cursor) bool {
	some := false
	values := n.place.values(c)
	for v := values.next(); v != nil; v = values.next() {
		inner := walkElements(n.place.in(v))
		for v := inner.next(); v != nil; v = inner.next() {
			if string(v) == "null" {
				continue
			}
			if n.fulfils(v) {
				return true
			}
			some = true
		}
	}
	return !some && n.op == Ne
}

// values gives the values of the place's attribute; in leads from one of them
// to that of the sub-attribute, if the place has one.
func (at *bound) values(c *cursor) elementWalk {
	v := c.member(at.slot)
	if at.ext != "" {
		v = member(v, at.ext)
	}
	return walkElements(v)
}

func (at *bound) in(value []byte) []byte {
	if at.sub == "" {
		return value
	}
	return member(value, at.sub)
}

// fulfils compares one stored value.
func (n *node) fulfils(v []byte) bool {
	switch n.test {
	case asBool:
		return (v[0] == 't') == n.value.True() == (n.op == Eq)
	case asNumber:
		have, want := parseNumber(v), parseNumber(n.want)
		return n.op.orders(have.compare(&want))
	}
	if len(v) < 2 || v[0] != '"' {
		return n.op == Ne
	}
	text := v[1 : len(v)-1]
	switch n.test {
	case asInstant:
		have, ok := parseInstant(text)
		if !ok {
			return n.op == Ne
		}
		return n.op.orders(have.compare(&n.at))
	case asLocation:
		return (len(text) > 0 && bytes.HasSuffix(n.want, text)) == (n.op == Eq)
	case asText:
		if bytes.IndexByte(text, '\\') < 0 {
			return n.op.holds(text, n.want)
		}
	}
	var buf [commonText]byte
	return n.op.holds(appendDecoded(buf[:0], text, n.test == asFolded), n.want)
}

// Equal lists equalities that every match of f fulfils (the eq conjuncts on
// single paths), in the form of IndexValues, so that a store can answer from an
// index and let Match decide. Those of a value path count too:
// emails[type eq "work" and value eq "x"] implies emails.value eq "x".
func (f *Filter) Equal() []IndexValue {
	return f.root.equalities(nil, nil)
}

// equalities appends what n implies; around is the attribute of the value path
// that n is in, or nil.
func (n *node) equalities(list []IndexValue, around *bound) []IndexValue {
	switch {
	case n.kind == allOf:
		for i := range n.kids {
			list = n.kids[i].equalities(list, around)
		}
	case n.kind == element:
		list = n.inner.root.equalities(list, n.place)
	case n.kind == compares && n.op == Eq && (n.test == asText || n.test == asFolded || n.test == asNumber):
		path := n.place.path
		if around != nil {
			path = around.path
			if around.attr.Type == TypeComplex {
				path.Sub = n.place.path.Attr
			}
		}
		value := string(n.want)
		if n.test == asNumber {
			value = indexNumber(value)
		}
		list = append(list, IndexValue{Path: path.String(), Value: value})
	}
	return list
}

// String gives the filter in its canonical form, with names in the schemas'
// spelling, and core attributes without a URN.
func (f *Filter) String() string { return f.root.expr().String() }

// expr gives the Expr that n stands for.
func (n *node) expr() Expr {
	switch n.kind {
	case allOf:
		return &And{exprs(n.kids)}
	case anyOf:
		return &Or{exprs(n.kids)}
	case noneOf:
		return &Not{n.kids[0].expr()}
	case present:
		return &Present{n.place.path}
	case element:
		return &Has{n.place.path, n.inner.root.expr()}
	case foreign:
		return n.from
	}
	return &Compare{n.place.path, n.op, n.value}
}

func exprs(nodes []node) []Expr {
	list := make([]Expr, len(nodes))
	for i := range nodes {
		list[i] = nodes[i].expr()
	}
	return list
}
