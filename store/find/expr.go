package find

import (
	"strconv"
	"strings"
	"unicode"
)

// Expr is a filter as a tree: an And, Or, Not, Text, Numbers or Field. String
// writes it so that Parse gives the same tree.
type Expr interface {
	String() string
	isExpr()
}

// And holds if all of its parts hold, at least two, none of which is an And.
type And []Expr

// Or holds if one of its parts holds, at least two, none of which is an Or.
type Or []Expr

// Not holds if its part, which is no Not, does not.
type Not struct{ X Expr }

// Text is a word without a field.
type Text string

// Numbers are the requests from From to To: #1030-1040.
type Numbers struct{ From, To uint64 }

// Field holds if one of its values fits.
type Field struct {
	Name   string // one of Fields, in lower case
	Values []Value
}

// Value is one value of a field as written: "status:>=400" has the Op ">=" and
// the Text "400", "took:1s..2s" the Op "..", the Text "1s" and To "2s".
type Value struct {
	Op      string // "", ">=", "<=", ">", "<", "=", "~" or ".."
	Text    string
	To      string // the end of a range
	Literal bool   // in quotes: * and the words of a field mean themselves
}

func (And) isExpr()     {}
func (Or) isExpr()      {}
func (Not) isExpr()     {}
func (Text) isExpr()    {}
func (Numbers) isExpr() {}
func (Field) isExpr()   {}

// and makes an And of parts, without another inside; of one part that itself.
func and(parts ...Expr) Expr {
	var all And
	for _, x := range parts {
		all = append(all, conjuncts(x)...)
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// conjuncts are the parts that must all hold.
func conjuncts(x Expr) []Expr {
	if all, ok := x.(And); ok {
		return all
	}
	return []Expr{x}
}

func or(parts ...Expr) Expr {
	var any Or
	for _, x := range parts {
		if inner, ok := x.(Or); ok {
			any = append(any, inner...)
		} else {
			any = append(any, x)
		}
	}
	if len(any) == 1 {
		return any[0]
	}
	return any
}

func not(x Expr) Expr {
	if n, ok := x.(Not); ok {
		return n.X
	}
	return Not{x}
}

// String joins the parts with blanks; an Or among them is in parentheses.
func (x And) String() string {
	words := make([]string, len(x))
	for i, part := range x {
		if words[i] = part.String(); isOr(part) {
			words[i] = "(" + words[i] + ")"
		}
	}
	return strings.Join(words, " ")
}

func isOr(x Expr) bool { _, ok := x.(Or); return ok }

// String joins the parts with OR.
func (x Or) String() string {
	words := make([]string, len(x))
	for i, part := range x {
		words[i] = part.String()
	}
	return strings.Join(words, " OR ")
}

// String puts a - in front.
func (x Not) String() string {
	switch x.X.(type) {
	case And, Or:
		return "-(" + x.X.String() + ")"
	}
	return "-" + x.X.String()
}

// String is the word, in quotes if it needs them.
func (x Text) String() string { return Quote(string(x)) }

// String is #1030 or #1030-1040.
func (x Numbers) String() string {
	s := "#" + strconv.FormatUint(x.From, 10)
	if x.To != x.From {
		s += "-" + strconv.FormatUint(x.To, 10)
	}
	return s
}

// String is name:value,value.
func (x Field) String() string {
	words := make([]string, len(x.Values))
	for i, v := range x.Values {
		words[i] = v.String()
	}
	return x.Name + ":" + strings.Join(words, ",")
}

// String writes the value as it stands behind the colon.
func (v Value) String() string {
	switch {
	case v.Op == "..":
		return v.Text + ".." + v.To
	case v.Op == "~" && v.Text != "" && v.Text[0] != '"' && regexLen(v.Text) == len(v.Text):
		return "~" + v.Text
	case v.Literal, v.Op == "~":
		return v.Op + inQuotes(v.Text)
	}
	return v.Op + v.Text
}

// Quote writes text so that it is one word of a filter, or one value of a
// field, that means the text itself.
func Quote(text string) string {
	switch text {
	case "", "OR", "NOT":
		return inQuotes(text)
	}
	if strings.ContainsRune("-!", rune(text[0])) || strings.Contains(text, "..") || strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`"\(),|~*<>=:#`, r)
	}) {
		return inQuotes(text)
	}
	return text
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func inQuotes(text string) string { return `"` + quoting.Replace(text) + `"` }

// Toggle adds a word to a filter, or takes it away when it is one of the words
// that must all hold. A filter that does not parse is given up for the word.
func Toggle(text, word string) string {
	w, err := Parse(word)
	if err != nil {
		return text
	}
	x, err := Parse(text)
	if err != nil {
		return w.String()
	}
	var rest []Expr
	parts := conjuncts(x)
	for _, part := range parts {
		if part.String() != w.String() {
			rest = append(rest, part)
		}
	}
	switch {
	case len(rest) == len(parts):
		return and(x, w).String()
	case len(rest) == 0:
		return ""
	}
	return and(rest...).String()
}

// Without returns a filter's text without the words of some fields, for a
// history that is written down; "" when nothing is left or it does not parse.
func Without(text string, fields ...string) string {
	x, err := Parse(text)
	if err != nil {
		return ""
	}
	if x = without(x, fields); x == nil {
		return ""
	}
	return x.String()
}

func without(x Expr, fields []string) Expr {
	each := func(parts []Expr) (rest []Expr) {
		for _, part := range parts {
			if part = without(part, fields); part != nil {
				rest = append(rest, part)
			}
		}
		return rest
	}
	switch x := x.(type) {
	case And:
		if rest := each(x); len(rest) > 0 {
			return and(rest...)
		}
		return nil
	case Or:
		if rest := each(x); len(rest) > 0 {
			return or(rest...)
		}
		return nil
	case Not:
		if inner := without(x.X, fields); inner != nil {
			return not(inner)
		}
		return nil
	case Field:
		for _, name := range fields {
			if x.Name == name {
				return nil
			}
		}
	}
	return x
}
