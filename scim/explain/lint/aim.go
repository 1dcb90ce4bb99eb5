package lint

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"scimdeck/scim"
)

// Operations of a PATCH with a path.

// resolve finds where a parsed path leads.
func (r *resource) resolve(p scim.Path) (g target, ok bool) {
	res, ok := r.t.Resolve(p.URN, p.Attr, p.Sub)
	if !ok {
		return g, false
	}
	g = target{ext: -1, filtered: p.Filter != nil}
	attrs := &r.core
	if res.Ext != nil {
		g.ext, _ = r.extension([]byte(res.Ext.ID))
		if g.ext < 0 {
			return g, false
		}
		attrs = &r.ext[g.ext].attrs
	}
	if res.Attr != nil {
		g.attr = attrs.exact[res.Attr.Name]
	}
	if res.Sub != nil && g.attr != nil {
		g.sub = g.attr.subs.exact[res.Sub.Name]
	}
	return g, true
}

// pathed is about an operation with a path.
func (k *look) pathed(r *resource, verb string, path, value part) {
	s := k.inner(path)
	text := k.b[s.from:s.to]
	if s.escaped {
		text = k.unescape(k.scratch[:0], s)
		k.scratch = text[:0]
	}
	g, ok := r.follow(text)
	if ok && k.barred(g.op) {
		k.add(iopOperator, here+"path", quote(g.op))
	}
	if !ok {
		if g, ok = k.unusualPath(r, string(text)); !ok {
			return
		}
	}
	if g.attr == nil {
		k.wholeExtension(r, g.ext, verb, value)
		return
	}
	last := g.attr
	if g.sub != nil {
		last = g.sub
	}
	if k.profile(Interop) && g.filtered && g.sub == nil {
		k.add(iopBracket, here+"path", quote(text))
	}
	switch {
	case g.attr.readOnly || last.readOnly:
		k.add(readOnlyTarget, here+"path", quote(text))
		return
	case verb == "remove":
		k.remove(g, text, value)
		return
	case value.first == 0:
		if verb != "" {
			k.add(valueMissing, here+"value", "")
		}
		return
	case last.secret:
		k.add(passwordSent, here+"value", "")
		if k.profile(IPSIE) {
			k.add(ipsieCredential, here+"value", "")
		}
		return
	}
	k.forms(g, last, verb, value)
	k.revisit(value, "value", func() {
		if g.filtered && g.sub == nil { // one value of several
			k.oneOf(last)
			return
		}
		k.echoes(last)
		k.value(last, true, nil)
	})
}

// wholeExtension is about an operation on all of an extension.
func (k *look) wholeExtension(r *resource, i int, verb string, value part) {
	switch {
	case verb == "remove" || verb == "" || value.first == 'n':
	case value.first == 0:
		k.add(valueMissing, here+"value", "")
	default:
		k.revisit(value, "value", func() { k.extensionKeys(r, i) })
	}
}

// oneOf reads the value for one value of a multi-valued attribute.
func (k *look) oneOf(a *attribute) {
	if c := k.peek(); a.complex && c == '{' {
		k.complex(a, nil)
	} else {
		k.skip(0)
		if c != 'n' && (a.complex || c == '{' || c == '[') {
			k.wrong("an object", c)
		}
	}
}

// remove is about what a remove has beside its path.
func (k *look) remove(g target, text []byte, value part) {
	names := value.first != 0 && value.first != 'n' && !(value.first == '[' && k.isEmpty(value))
	if names && g.attr.Multi && g.sub == nil && !g.filtered {
		k.add(removeValue, here+"value", "")
	}
	if !g.filtered && g.sub == nil && g.attr.Required {
		k.add(removeRequired, here+"path", quote(text))
	}
}

// isEmpty reports whether an array has no elements.
func (k *look) isEmpty(p part) bool {
	return len(bytes.TrimSpace(k.b[p.from+1:p.to-1])) == 0
}

// forms is the profile's wish about values of add and replace.
func (k *look) forms(g target, last *attribute, verb string, value part) {
	if !k.profile(Interop) || value.first == 'n' {
		return
	}
	switch {
	case g.sub == nil && last.Multi && !g.filtered && value.first != '[':
		k.add(iopArray, here+"value", "got "+kindOf(value.first))
	case last.complex && !last.Multi && value.first != '{' && verb == "replace":
		k.add(iopReplaceWhole, here+"value", "got "+kindOf(value.first))
	case last.complex && !last.Multi && value.first != '{' && verb == "add":
		k.add(iopAddWhole, here+"value", "got "+kindOf(value.first))
	case last.complex && !last.Multi:
		n := 0
		k.revisit(value, "value", func() {
			var m members
			for k.next(&m) {
				n++
				k.skip(0)
			}
		})
		if n == 1 {
			k.add(iopDot, here+"value", "")
		}
	}
}

// unusualPath is about a path that follow does not know.
func (k *look) unusualPath(r *resource, path string) (g target, ok bool) {
	at := k.inside("path")
	p, err := scim.ParsePath(path)
	var e *scim.SyntaxError
	if errors.As(err, &e) {
		k.add(pathSyntax, at+", column "+strconv.Itoa(e.Column), quote(path)+": "+string(clip([]byte(e.Msg), longest)))
		return g, false
	}
	if g, ok = r.resolve(p); !ok {
		if p.URN == "" || !k.foreign {
			k.add(pathUnknown, at, quote(path))
		}
		return g, false
	}
	if p.Filter == nil {
		return g, true
	}
	if g.attr == nil || !g.attr.Multi || !g.attr.complex {
		k.add(filterSingle, at, quote(path))
		return g, false
	}
	if k.profile(Interop) {
		k.operators(p.Filter, at)
	}
	k.pathFilter(r, g.attr, p, at)
	return g, true
}

// pathFilter is about the filter in a path: its names are sub-attributes, and a
// boolean is no string.
func (k *look) pathFilter(r *resource, a *attribute, p scim.Path, at string) {
	var walk func(x scim.Expr)
	walk = func(x scim.Expr) {
		switch x := x.(type) {
		case *scim.And:
			for _, t := range x.Terms {
				walk(t)
			}
		case *scim.Or:
			for _, t := range x.Terms {
				walk(t)
			}
		case *scim.Not:
			walk(x.X)
		case *scim.Present:
			k.subNamed(a, x.Path, at)
		case *scim.Compare:
			if sub := k.subNamed(a, x.Path, at); sub != nil {
				k.compared(sub, x, at)
			}
		}
	}
	walk(p.Filter)
}

func (k *look) subNamed(a *attribute, p scim.Path, at string) *attribute {
	if !a.complex || p.Sub != "" || p.URN != "" {
		k.add(filterUnknown, at, quote(p.String()))
		return nil
	}
	sub, _ := a.subs.find([]byte(p.Attr))
	if sub == nil {
		k.add(filterUnknown, at, quote(p.String()))
	}
	return sub
}

func (k *look) compared(sub *attribute, x *scim.Compare, at string) {
	kind := x.Value.Kind()
	text := sub.Type == scim.TypeString || sub.Type == scim.TypeReference || sub.Type == scim.TypeBinary || sub.Type == scim.TypeDateTime
	switch {
	case kind == scim.Null:
	case sub.Type == scim.TypeBoolean && kind == scim.String && (strings.EqualFold(x.Value.Text(), "true") || strings.EqualFold(x.Value.Text(), "false")):
		k.add(filterBoolean, at, quote(x.String()))
	case sub.Type == scim.TypeBoolean && kind != scim.Bool, text && kind != scim.String:
		k.add(filterMismatch, at, quote(x.String()))
	}
}
