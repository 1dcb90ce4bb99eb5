package lint

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"scimdeck/scim"
)

// filterRules is about the filter of a list or a search, decoded.
func (k *look) filterRules(filter []byte, at string) {
	if len(bytes.TrimSpace(filter)) == 0 {
		k.add(filterEmpty, at, "")
		return
	}
	c, rest, ok := compare(filter)
	if ok && len(rest) == 0 {
		if k.usual(c) {
			if k.barred(c.op) {
				k.add(iopOperator, at, quote(c.op))
			}
			k.plusRule(at)
			return
		}
	}
	k.unusual(string(filter), at)
	k.plusRule(at)
}

// usual reports whether a comparison of an attribute with a string is one that
// the type has. Nothing is found fault with here.
func (k *look) usual(c comparison) bool {
	if k.r == nil {
		return false
	}
	a, _ := k.r.core.find(c.attr)
	if a == nil || a.secret {
		return false
	}
	if a.complex {
		name := c.sub
		if name == nil {
			name = valueName // emails eq "x" is about emails.value
		}
		if a, _ = a.subs.find(name); a == nil {
			return false
		}
	} else if c.sub != nil {
		return false
	}
	return a.Type == scim.TypeString || a.Type == scim.TypeReference
}

var valueName = []byte("value")

// unusual is about a filter of any other form.
func (k *look) unusual(filter, at string) {
	expr, err := scim.ParseFilter(filter)
	if err != nil {
		k.malformed(err, at)
		return
	}
	if k.profile(Interop) {
		k.operators(expr, at)
	}
	t := k.r
	if t == nil { // at the root a filter may be about any type
		return
	}
	if path := t.unknown(expr); path != "" {
		if !k.foreign || !strings.Contains(path, ":") {
			k.add(filterUnknown, at, quote(path))
		}
		return
	}
	_, notes, err := t.t.ReadFilter(filter, scim.Policy{})
	if len(notes) > 0 {
		k.add(filterCondition, at, quote(filter))
	}
	var e *scim.SyntaxError
	if errors.As(err, &e) {
		k.add(filterMismatch, inColumn(at, e), string(clip([]byte(e.Msg), 2*longest)))
	}
}

// unknown gives a path in a filter that leads nowhere, "" if there is none.
func (r *resource) unknown(x scim.Expr) string {
	var terms []scim.Expr
	switch x := x.(type) {
	case *scim.And:
		terms = x.Terms
	case *scim.Or:
		terms = x.Terms
	case *scim.Not:
		return r.unknown(x.X)
	case *scim.Compare:
		return r.missing(x.Path)
	case *scim.Present:
		return r.missing(x.Path)
	case *scim.Has:
		return r.missing(x.Path)
	}
	for _, t := range terms {
		if path := r.unknown(t); path != "" {
			return path
		}
	}
	return ""
}

func (r *resource) missing(p scim.Path) string {
	if _, ok := r.t.Resolve(p.URN, p.Attr, p.Sub); ok {
		return ""
	}
	return p.String()
}

// inColumn is the place of a fault in the filter that stands at a place.
func inColumn(at string, e *scim.SyntaxError) string {
	return at + ", column " + strconv.Itoa(e.Column)
}

// malformed is about a filter that cannot be read.
func (k *look) malformed(err error, at string) {
	var e *scim.SyntaxError
	if !errors.As(err, &e) {
		return
	}
	at = inColumn(at, e)
	detail := e.Msg
	if e.Hint != "" {
		detail += "; " + e.Hint
	}
	detail = string(clip([]byte(detail), 2*longest))
	switch {
	case strings.HasPrefix(e.Msg, "the value is not in quotes"), strings.HasPrefix(e.Msg, "the value is in the wrong quotes"):
		k.add(filterUnquoted, at, detail)
	case strings.HasSuffix(e.Msg, "is no operator"):
		k.add(filterOperator, at, detail)
	default:
		k.add(filterSyntax, at, detail)
	}
}

// barred reports whether the profile bars the operator of a comparison.
func (k *look) barred(op []byte) bool { return op != nil && k.profile(Interop) && !fold(op, "eq") }

// operators is the same for a whole expression: the first that is not allowed.
func (k *look) operators(x scim.Expr, at string) {
	if op := forbidden(x); op != "" {
		k.add(iopOperator, at, quote(op))
	}
}

func forbidden(x scim.Expr) string {
	switch x := x.(type) {
	case *scim.And:
		for _, t := range x.Terms {
			if op := forbidden(t); op != "" {
				return op
			}
		}
	case *scim.Or:
		return "or"
	case *scim.Not:
		return "not"
	case *scim.Compare:
		if x.Op != scim.Eq {
			return x.Op.String()
		}
	case *scim.Present:
		return "pr"
	case *scim.Has:
		return forbidden(x.Filter)
	}
	return ""
}

// plusRule is about a + that the client meant as one: in a filter whose blanks are
// %20 it stands in the value.
func (k *look) plusRule(at string) {
	raw := k.param[scim.ParamFilter]
	if strings.IndexByte(raw, '+') >= 0 && strings.Contains(raw, "%20") && strings.HasPrefix(at, "query") {
		k.add(plusInValue, at, quote(k.filter))
	}
}
