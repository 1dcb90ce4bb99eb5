package scim

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Expr is a filter expression (RFC 7644 §3.4.2.2): *And, *Or, *Not, *Compare,
// *Present or *Has. Its String is the canonical form: operators in lower case,
// one blank between words, no bracket that is not needed. What ParseFilter
// gives survives the round trip: parsing its String gives an equal Expr.
type Expr interface {
	String() string
	appendTo(dst []byte) []byte
	isExpr()
}

// And holds when all its terms hold. A chain "a and b and c" is one And of
// three terms, however long, so that nothing that walks it recurses per term.
type And struct{ Terms []Expr }

// Or holds when any of its terms holds. Chains are flat as And's are.
type Or struct{ Terms []Expr }

// Not holds when X does not.
type Not struct{ X Expr }

// Compare compares the values of an attribute with a literal: a String,
// Number, Bool or Null.
type Compare struct {
	Path  Path
	Op    Op
	Value Value
}

// Present is "pr": the attribute has a value that is not empty.
type Present struct{ Path Path }

// Has is a value path, emails[type eq "work"]: one and the same value of the
// attribute fulfils the whole Filter, whose names are the attribute's
// sub-attributes.
type Has struct {
	Path   Path
	Filter Expr
}

func (*And) isExpr()     {}
func (*Or) isExpr()      {}
func (*Not) isExpr()     {}
func (*Compare) isExpr() {}
func (*Present) isExpr() {}
func (*Has) isExpr()     {}

func (x *And) String() string     { return string(x.appendTo(nil)) }
func (x *Or) String() string      { return string(x.appendTo(nil)) }
func (x *Not) String() string     { return string(x.appendTo(nil)) }
func (x *Compare) String() string { return string(x.appendTo(nil)) }
func (x *Present) String() string { return string(x.appendTo(nil)) }
func (x *Has) String() string     { return string(x.appendTo(nil)) }

func (x *And) appendTo(dst []byte) []byte {
	for i, term := range x.Terms {
		if i > 0 {
			dst = append(dst, " and "...)
		}
		if _, ok := term.(*Or); !ok {
			dst = term.appendTo(dst)
			continue
		}
		dst = append(dst, '(')
		dst = append(term.appendTo(dst), ')')
	}
	return dst
}

func (x *Or) appendTo(dst []byte) []byte {
	for i, term := range x.Terms {
		if i > 0 {
			dst = append(dst, " or "...)
		}
		dst = term.appendTo(dst)
	}
	return dst
}

func (x *Not) appendTo(dst []byte) []byte {
	dst = append(dst, "not ("...)
	return append(x.X.appendTo(dst), ')')
}

func (x *Compare) appendTo(dst []byte) []byte {
	dst = append(x.Path.appendTo(dst), ' ')
	dst = append(dst, x.Op.String()...)
	return x.Value.Append(append(dst, ' '))
}

func (x *Present) appendTo(dst []byte) []byte { return append(x.Path.appendTo(dst), " pr"...) }

func (x *Has) appendTo(dst []byte) []byte {
	dst = append(x.Path.appendTo(dst), '[')
	return append(x.Filter.appendTo(dst), ']')
}

// Op is a comparison operator (RFC 7644 §3.4.2.2, table 3). "pr" is Present.
type Op uint8

// The comparison operators.
const (
	Eq Op = iota // equal
	Ne           // not equal; also matches when there is no value
	Co           // contains
	Sw           // starts with
	Ew           // ends with
	Gt           // greater than
	Ge           // greater than or equal to
	Lt           // less than
	Le           // less than or equal to
)

var opNames = [...]string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}

// String gives the operator's keyword.
func (o Op) String() string { return opNames[o] }

// Path names an attribute (RFC 7644 §3.10): [urn:]attr[filter][.sub].
//
// Only a PATCH path has a Filter: in a filter, a value path is a Has. Names
// are spelt as in the input. A URN cannot be told from a URN with an attribute
// by its form, so that of an extension as a whole has its last segment in
// Attr, unless that is no name (a version, say): then Attr is empty.
type Path struct {
	URN    string
	Attr   string
	Filter Expr
	Sub    string
}

// String gives the path in the form in which ParsePath reads it.
func (p Path) String() string { return string(p.appendTo(nil)) }

func (p Path) appendTo(dst []byte) []byte {
	dst = append(dst, p.URN...)
	if p.URN != "" && p.Attr != "" {
		dst = append(dst, ':')
	}
	dst = append(dst, p.Attr...)
	if p.Filter != nil {
		dst = append(dst, '[')
		dst = append(p.Filter.appendTo(dst), ']')
	}
	if p.Sub != "" {
		dst = append(dst, '.')
		dst = append(dst, p.Sub...)
	}
	return dst
}

// SyntaxError is a fault in a filter or path.
type SyntaxError struct {
	Offset int    // in bytes from the start of the input
	Column int    // the same place in characters, the first being 1
	Msg    string // what is wrong, with what was expected
	Hint   string // the way out, when the intent is guessable; else ""
}

// Error gives "column 10: message; hint".
func (e *SyntaxError) Error() string {
	s := "column " + strconv.Itoa(e.Column) + ": " + e.Msg
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Caret shows the fault in two lines: the input, and a ^ under the place. Of a
// long input it shows the surroundings. input must be what was parsed; its
// control characters become blanks, so that the lines are fit for a terminal.
func (e *SyntaxError) Caret(input string) string {
	const before, after = 50, 25 // characters of a long input
	from, to := min(e.Offset, len(input)), min(e.Offset, len(input))
	column := 0
	for ; column < before && from > 0; column++ {
		_, n := utf8.DecodeLastRuneInString(input[:from])
		from -= n
	}
	for n := 0; n < after && to < len(input); n++ {
		_, size := utf8.DecodeRuneInString(input[to:])
		to += size
	}
	line := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, input[from:to])
	if from > 0 {
		line, column = "…"+line, column+1
	}
	if to < len(input) {
		line += "…"
	}
	return line + "\n" + strings.Repeat(" ", column) + "^"
}
