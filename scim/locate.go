package scim

import "unicode/utf8"

// Where in a text a condition stands. An Expr does not say it: it is one value of
// the same form whether it was parsed or made, and only an error wants to know. So
// who binds one that was parsed, and is refused, has the text parsed once more.

// located gives an error of binding x its place in the text that x was parsed
// from, a path if isPath, else a filter: that of the condition that it is about. Its
// detail becomes that of a SyntaxError. Other errors stay as they are.
func located(err error, x Expr, text string, isPath bool) error {
	e, ok := err.(*Error)
	if !ok || e.about == nil {
		return err
	}
	n, found := ordinal(x, e.about)
	starts := conditions(text, isPath)
	if !found || n >= len(starts) {
		return err
	}
	return e.at(&SyntaxError{Offset: starts[n], Column: utf8.RuneCountInString(text[:starts[n]]) + 1, Msg: e.Detail})
}

// at is e with its place in a filter or path.
func (e *Error) at(place *SyntaxError) *Error {
	return &Error{Status: e.Status, Type: e.Type, Detail: place.Error(), place: place}
}

// ordinal counts the conditions of x before one, in the order in which they are
// written. Without that one it counts all.
func ordinal(x, one Expr) (n int, found bool) {
	if x == one {
		return 0, true
	}
	var terms []Expr
	switch x := x.(type) {
	case *And:
		terms = x.Terms
	case *Or:
		terms = x.Terms
	case *Not:
		return ordinal(x.X, one)
	case *Has:
		n, found = ordinal(x.Filter, one)
		return n + 1, found
	default:
		return 1, false
	}
	for _, term := range terms {
		before, found := ordinal(term, one)
		if n += before; found {
			return n, true
		}
	}
	return n, false
}

// conditions gives the places of the conditions in a filter or path that is known to be one.
func conditions(text string, isPath bool) (starts []int) {
	p := parser{src: text, starts: &starts}
	var err error
	defer p.recover(&err)
	if isPath {
		p.path()
	} else {
		p.filter(origin{})
	}
	return starts
}

// begin notes where a condition begins.
func (p *parser) begin(at int) {
	if p.starts != nil {
		*p.starts = append(*p.starts, at)
	}
}
