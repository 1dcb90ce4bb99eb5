package scim

import "strings"

// Filter is an Expr bound to a resource type: names resolved, values typed,
// ready to be matched against stored docs without decoding them. It can be
// used by several goroutines at once.
type Filter struct {
	root   node
	wanted []string // the top-level members that root reads, each once
}

// node is a bound Expr.
type node struct {
	kind  nodeKind
	kids  []node  // of allOf and anyOf; the one of noneOf
	place *bound  // of the others
	inner *Filter // of element
	op    Op      // of compares and null
	test  test    // of compares
	value Value   // the literal, as written
	want  []byte  // what test compares with: text, folded if the attribute has no case
	at    instant // the same for asInstant
	from  Expr    // of foreign: the condition
	holds bool    // of foreign: whether it holds without a value
}

type nodeKind uint8

const (
	allOf    nodeKind = iota
	anyOf             // at least one of kids
	noneOf            // not
	present           // pr
	null              // eq null and ne null: not pr, and pr (RFC 7643 §2.5)
	compares          // some value fulfils test
	element           // some value fulfils inner
	foreign           // the type does not have the attribute (at the root only)
)

// test is how a value compares with the literal.
type test uint8

const (
	asText test = iota
	asFolded
	asNumber
	asBool
	asInstant
	asLocation
)

// bound is a resolved path: where the values of an attribute stand in a doc.
type bound struct {
	path Path       // canonical
	attr *Attribute // the last of the path; nil for an extension as a whole
	slot int        // of the top-level member, in Filter.wanted
	ext  string     // the attribute's name, when the top-level member is an extension; else ""
	sub  string     // the sub-attribute's name, or ""
}

// Compile binds e to t. Names are resolved without regard to case but are not
// guessed: "email" is an error that proposes "emails". A multi-valued complex
// attribute stands for its value sub-attribute (emails co "x"), and an unknown
// attribute is an error, not a filter that nothing matches, because a typing
// error would then look like an empty store. Attributes that are never
// returned, the password above all, cannot be asked about (RFC 7644 §7.5.2).
// Errors are *Error with 400 invalidFilter.
func (t *ResourceType) Compile(e Expr) (*Filter, error) {
	return compile(&compiler{t: t}, e)
}

// compileElement binds the filter of a value path to one value of attr: its
// Match takes the JSON of one element, in which "value" means the element
// itself if that is no object.
func compileElement(attr *Attribute, e Expr) (*Filter, error) {
	return compile(&compiler{element: attr}, e)
}

// compiler binds to a resource type, or to an element of a multi-valued attribute.
type compiler struct {
	t       *ResourceType
	element *Attribute
	wanted  []string
	foreign bool               // attributes may be those of other types
	missing map[string]missing // when foreign: the paths that the type does not have
}

func compile(c *compiler, e Expr) (*Filter, error) {
	root, err := c.node(e)
	if err != nil {
		return nil, err
	}
	return &Filter{root: root, wanted: c.wanted}, nil
}

// node binds an expression. An error knows the innermost condition that it is about.
func (c *compiler) node(e Expr) (n node, err error) {
	if c.foreign {
		if n, ok := c.foreignNode(e); ok {
			return n, nil
		}
	}
	switch e := e.(type) {
	case *And:
		n, err = c.list(allOf, e.Terms)
	case *Or:
		n, err = c.list(anyOf, e.Terms)
	case *Not:
		n, err = c.list(noneOf, []Expr{e.X})
	case *Present:
		n.kind = present
		n.place, err = c.find(e.Path)
	case *Compare:
		n, err = c.compare(e)
	case *Has:
		n, err = c.has(e)
	default:
		err = Errorf(400, InvalidFilter, "the filter is empty")
	}
	if fault, ok := err.(*Error); ok && fault.about == nil {
		fault.about = e
	}
	return n, err
}

func (c *compiler) list(kind nodeKind, terms []Expr) (node, error) {
	n := node{kind: kind, kids: make([]node, len(terms))}
	for i, term := range terms {
		var err error
		if n.kids[i], err = c.node(term); err != nil {
			return node{}, err
		}
	}
	return n, nil
}

func (c *compiler) has(e *Has) (node, error) {
	at, err := c.find(e.Path)
	if err != nil {
		return node{}, err
	}
	if at.attr == nil {
		return node{}, at.isExtension()
	}
	if at.attr.Type != TypeComplex && !at.attr.Multi {
		return node{}, Errorf(400, InvalidFilter, "%s has a single simple value, so it cannot have a filter in []", at.path)
	}
	inner, err := compileElement(at.attr, e.Filter)
	return node{kind: element, place: at, inner: inner}, err
}

func (c *compiler) compare(e *Compare) (node, error) {
	at, err := c.find(e.Path)
	if err != nil {
		return node{}, err
	}
	n := node{kind: compares, place: at, op: e.Op, value: e.Value}
	if e.Value.Kind() == Null {
		if n.kind = null; e.Op != Eq && e.Op != Ne {
			return node{}, Errorf(400, InvalidFilter, "null can be compared with eq and ne only, not with %q", e.Op)
		}
		return n, nil
	}
	if err := at.toSimple(); err != nil {
		return node{}, err
	}
	if err := checkOperator(at, e.Op); err != nil {
		return node{}, err
	}
	return n, n.bind()
}

// toSimple makes a multi-valued complex attribute stand for its values, and
// refuses other complex ones: they have nothing to compare.
func (at *bound) toSimple() error {
	if at.attr == nil {
		return at.isExtension()
	}
	if at.attr.Type != TypeComplex {
		return nil
	}
	for _, sub := range at.attr.Sub {
		if sub.Name == "value" && at.attr.Multi {
			at.attr, at.sub, at.path.Sub = sub, sub.Name, sub.Name
			return nil
		}
	}
	names := make([]string, len(at.attr.Sub))
	for i, sub := range at.attr.Sub {
		names[i] = sub.Name
	}
	return Errorf(400, InvalidFilter, "%s is complex: name a sub-attribute, one of %s", at.path, strings.Join(names, " "))
}

func (at *bound) isExtension() error {
	return Errorf(400, InvalidFilter, "%s is an extension: name one of its attributes", at.path)
}

// checkOperator holds the table of RFC 7644 §3.4.2.2 against the attribute's
// type. What has no order cannot be sorted, and what is no text has no parts.
func checkOperator(at *bound, op Op) error {
	order, part := op >= Gt, op == Co || op == Sw || op == Ew
	var kind string
	switch at.attr.Type {
	case TypeBoolean:
		kind = "a boolean"
	case TypeBinary:
		kind = "binary"
	case TypeInteger, TypeDecimal:
		kind, order = "a number", false
	default:
		return nil
	}
	if order || part {
		return Errorf(400, InvalidFilter, "%s is %s, which cannot be compared with %q", at.path, kind, op)
	}
	return nil
}

// bind types the literal after the attribute's type.
func (n *node) bind() error {
	kind, wants := String, "a value in double quotes"
	switch n.place.attr.Type {
	case TypeBoolean:
		kind, wants = Bool, "true or false, without quotes"
	case TypeInteger, TypeDecimal:
		kind, wants = Number, "a number, without quotes"
	}
	if n.value.Kind() != kind {
		return Errorf(400, InvalidFilter, "%s is compared with %s, not with %s", n.place.path, wants, n.value.describe())
	}
	text := n.value.Text()
	n.want = []byte(text)
	switch n.place.attr.Type {
	case TypeBoolean:
		n.test = asBool
	case TypeInteger, TypeDecimal:
		n.test = asNumber
	case TypeDateTime:
		return n.bindInstant(text)
	case TypeBinary:
		n.test = asText
	default:
		switch {
		case n.place.isLocation() && (n.op == Eq || n.op == Ne):
			n.test = asLocation
		case !n.place.attr.CaseExact:
			n.test, n.want = asFolded, []byte(Fold(text))
		}
	}
	return nil
}

// bindInstant makes the comparison chronological. Only co, sw and ew look at
// the text: meta.created sw "2026-08" is a handy way to say August.
func (n *node) bindInstant(text string) error {
	if n.op == Co || n.op == Sw || n.op == Ew {
		return nil
	}
	n.test = asInstant
	var ok bool
	if n.at, ok = parseInstant(n.want); !ok {
		return Errorf(400, InvalidFilter, `%s is compared with a dateTime like "2026-01-31T12:00:00Z", not with %s`, n.place.path, quote(text))
	}
	return nil
}

// isLocation knows the one attribute whose stored form is not that of the
// wire: meta.location has no base URL in a doc. eq and ne hold it for equal to
// every URL that ends with it; other operators see the stored form.
func (at *bound) isLocation() bool {
	return at.path.URN == "" && at.path.Attr == "meta" && at.path.Sub == "location"
}

// find resolves a path. Errors are *Error.
func (c *compiler) find(p Path) (*bound, error) {
	if c.element != nil {
		return c.findSub(p)
	}
	r, ok := c.t.Resolve(p.URN, p.Attr, p.Sub)
	if !ok {
		return nil, c.t.unknown(p)
	}
	at := &bound{attr: r.Attr}
	top := ""
	switch {
	case r.Attr == nil:
		top, at.path.URN = r.Ext.ID, r.Ext.ID
	case r.Ext != nil:
		top, at.path.URN, at.ext = r.Ext.ID, r.Ext.ID, r.Attr.Name
	default:
		top = r.Attr.Name
	}
	if r.Attr != nil {
		at.path.Attr = r.Attr.Name
	}
	if r.Sub != nil {
		at.attr, at.sub, at.path.Sub = r.Sub, r.Sub.Name, r.Sub.Name
	}
	if neverReturned(r.Attr) || neverReturned(r.Sub) {
		return nil, Errorf(400, InvalidFilter, "%s is never returned, so it cannot be filtered by", at.path)
	}
	at.slot = c.slot(top)
	return at, nil
}

func neverReturned(a *Attribute) bool { return a != nil && a.Returned == "never" }

// findSub resolves a name inside a value path.
func (c *compiler) findSub(p Path) (*bound, error) {
	a := c.element
	if a.Type != TypeComplex && p.URN == "" && p.Sub == "" && sameName(p.Attr, "value") {
		single := *a
		single.Multi = false
		return &bound{path: Path{Attr: "value"}, attr: &single, slot: c.slot("value")}, nil
	}
	if sub := a.SubAttribute(p.Attr); sub != nil && p.URN == "" && p.Sub == "" {
		if neverReturned(sub) {
			return nil, Errorf(400, InvalidFilter, "%s is never returned, so it cannot be filtered by", p)
		}
		return &bound{path: Path{Attr: sub.Name}, attr: sub, slot: c.slot(sub.Name)}, nil
	}
	names := []string{"value"}
	if a.Type == TypeComplex {
		names = names[:0]
		for _, sub := range a.Sub {
			names = append(names, sub.Name)
		}
	}
	return nil, Errorf(400, InvalidFilter, "%s has no sub-attribute %s: it has %s", a.Name, quote(p.String()), strings.Join(names, " "))
}

// slot gives the number of a top-level member in wanted.
func (c *compiler) slot(name string) int {
	for i, have := range c.wanted {
		if have == name {
			return i
		}
	}
	c.wanted = append(c.wanted, name)
	return len(c.wanted) - 1
}
