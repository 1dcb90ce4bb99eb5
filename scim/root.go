package scim

// Requests at the root of the base URL ask all resource types at once (RFC 7644
// §3.4.2.1). The results are parallel to Catalog.Types. An attribute that a
// type does not have counts as having no value there; one that no type has is
// an error.

// ReadFilter is ResourceType.ReadFilter for every type. A filter that nothing
// of its type can match says so: see Filter.Never.
func (c *Catalog) ReadFilter(text string, p Policy) ([]*Filter, []Note, error) {
	expr, notes, err := readExpr(text, p)
	if err != nil {
		return nil, notes, err
	}
	filters := make([]*Filter, len(c.Types))
	var unknown missing
	lacking := make(map[string]int)
	for i, t := range c.Types {
		bind := compiler{t: t, foreign: true, missing: make(map[string]missing)}
		if filters[i], err = compile(&bind, expr); err != nil {
			return nil, notes, located(err, expr, text, false)
		}
		for name, m := range bind.missing {
			if lacking[name]++; lacking[name] == len(c.Types) && (unknown.err == nil || m.n < unknown.n) {
				unknown = m
			}
		}
	}
	if unknown.err != nil {
		return nil, notes, located(unknown.err, expr, text, false)
	}
	return filters, notes, nil
}

// missing is the first condition on a path that a type does not have.
type missing struct {
	n   int // in the order of the filter
	err *Error
}

// foreignNode makes the node of a condition on an attribute that the type does not have.
func (c *compiler) foreignNode(e Expr) (n node, ok bool) {
	var p Path
	n = node{kind: foreign, from: e}
	switch e := e.(type) {
	case *Present:
		p = e.Path
	case *Has:
		p = e.Path
	case *Compare:
		p = e.Path
		n.holds = (e.Op == Ne) != (e.Value.kind == Null) // no value is null
	default:
		return node{}, false
	}
	if _, known := c.t.Resolve(p.URN, p.Attr, p.Sub); known {
		return node{}, false
	}
	if name := lowerName(p.String()); c.missing[name].err == nil {
		err := c.t.unknown(p)
		err.about = e
		c.missing[name] = missing{len(c.missing), err}
	}
	return n, true
}

// Never reports whether no resource can match, because the filter asks, at the
// root, for what the type does not have.
func (f *Filter) Never() bool { return f.root.never() }

func (n *node) never() bool {
	switch n.kind {
	case foreign:
		return !n.holds
	case allOf:
		for i := range n.kids {
			if n.kids[i].never() {
				return true
			}
		}
	case anyOf:
		for i := range n.kids {
			if !n.kids[i].never() {
				return false
			}
		}
		return true
	}
	return false
}

// Sort is ResourceType.Sort for every type.
func (c *Catalog) Sort(by, order string) ([]*Sort, error) {
	sorts := make([]*Sort, len(c.Types))
	var first error
	known := false
	for i, t := range c.Types {
		s, err := t.Sort(by, order)
		switch {
		case err == nil:
			known = true
		case err.(*Error).Type != InvalidPath:
			return nil, err
		default:
			if first == nil {
				first = err
			}
			s = &Sort{name: by, descending: sameName(order, "descending")}
		}
		sorts[i] = s
	}
	if !known {
		return nil, first
	}
	return sorts, nil
}

// Project is ResourceType.Project for every type.
func (c *Catalog) Project(attributes, excluded []string) ([]*Projection, error) {
	list := make([]*Projection, len(c.Types))
	for i, t := range c.Types {
		var err error
		if list[i], err = t.Project(attributes, excluded); err != nil {
			return nil, err
		}
	}
	return list, nil
}
