package simulate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// place is an attribute or sub-attribute as a filter, a sort or a choice of
// attributes names it.
type place struct {
	urn       string // enterpriseURN, or ""
	attr, sub string
}

func (p place) String() string {
	s := p.attr
	if p.urn != "" {
		s = p.urn + ":" + s
	}
	if p.sub != "" {
		s += "." + p.sub
	}
	return s
}

// in finds the definition of a place: of the attribute, and of what is compared
// there. top is nil for one that the kind does not have.
func (p place) in(k *species) (top, leaf *field) {
	if p.urn != "" {
		if k == users {
			top = lookUp(enterprise, p.attr)
		}
	} else {
		top = k.lookUp(p.attr)
	}
	if top == nil {
		return nil, nil
	}
	sub := p.sub
	if sub == "" && top.typ == "complex" && top.multi {
		sub = "value"
	}
	if sub == "" {
		return top, top
	}
	if leaf = lookUp(top.subs, sub); leaf == nil {
		return nil, nil
	}
	return top, leaf
}

// elements are the values of the attribute itself.
func (p place) elements(shown object) []any {
	if p.urn != "" {
		shown, _ = shown[p.urn].(object)
	}
	switch v := shown[p.attr].(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// values are what is compared.
func (p place) values(k *species, shown object) (list []any) {
	top, leaf := p.in(k)
	if top == nil {
		return nil
	}
	for _, e := range p.elements(shown) {
		if top == leaf {
			list = append(list, e)
		} else if v := e.(object)[leaf.name]; v != nil {
			list = append(list, v)
		}
	}
	return list
}

// order compares two values of a field: -1, 0 or +1.
func (f *field) order(a, b any) int {
	switch f.typ {
	case "boolean":
		number := map[any]int{false: 0, true: 1}
		return cmp.Compare(number[a], number[b])
	case "integer":
		return cmp.Compare(a.(float64), b.(float64))
	case "dateTime":
		x, _ := time.Parse(time.RFC3339, a.(string))
		y, _ := time.Parse(time.RFC3339, b.(string))
		return x.Compare(y)
	}
	return strings.Compare(f.text(a), f.text(b))
}

func (f *field) text(v any) string {
	if f.exact {
		return v.(string)
	}
	return strings.ToLower(v.(string)) // the simulation has no letters that need more
}

// filter is a condition: what is sent, and whether a resource as it is shown matches.
type filter struct {
	text  string
	match func(k *species, shown object) bool
}

// compares makes the filter of one comparison. literal is the value as JSON.
func compares(p place, op, literal string, want any) filter {
	return filter{p.String() + " " + op + " " + literal, func(k *species, shown object) bool {
		_, leaf := p.in(k)
		list := p.values(k, shown)
		return slices.ContainsFunc(list, func(v any) bool { return leaf.holds(op, v, want) }) || op == "ne" && len(list) == 0
	}}
}

func (f *field) holds(op string, v, want any) bool {
	switch op {
	case "co":
		return strings.Contains(f.text(v), f.text(want))
	case "sw":
		return strings.HasPrefix(f.text(v), f.text(want))
	case "ew":
		return strings.HasSuffix(f.text(v), f.text(want))
	}
	n := f.order(v, want)
	return map[string]bool{"eq": n == 0, "ne": n != 0, "gt": n > 0, "ge": n >= 0, "lt": n < 0, "le": n <= 0}[op]
}

// present makes the filter pr.
func present(p place) filter {
	return filter{p.String() + " pr", func(k *species, shown object) bool {
		top, _ := p.in(k)
		list := p.values(k, shown)
		if top != nil && p.sub == "" {
			list = p.elements(shown)
		}
		return slices.ContainsFunc(list, func(v any) bool { return v != "" })
	}}
}

func and(a, b filter) filter {
	return filter{wrap(a) + " and " + wrap(b), func(k *species, o object) bool { return a.match(k, o) && b.match(k, o) }}
}

func or(a, b filter) filter {
	return filter{wrap(a) + " or " + wrap(b), func(k *species, o object) bool { return a.match(k, o) || b.match(k, o) }}
}

func not(a filter) filter {
	return filter{"not (" + a.text + ")", func(k *species, o object) bool { return !a.match(k, o) }}
}

func wrap(f filter) string {
	if strings.Contains(f.text, " and ") || strings.Contains(f.text, " or ") {
		return "(" + f.text + ")"
	}
	return f.text
}

// sorting is sortBy and sortOrder.
type sorting struct {
	by         place
	descending bool
}

// key is where a thing is in an order: the value that counts, nil without one,
// its part of a search without order, and the place by creation.
type key struct {
	value any
	field *field
	part  int
	birth int
}

func (s *sorting) key(t *thing, part int, shown object) key {
	if s == nil {
		return key{part: part, birth: t.birth}
	}
	k := key{birth: t.birth}
	top, leaf := s.by.in(t.kind)
	if top == nil {
		return k
	}
	list := s.by.elements(shown)
	if i := slices.IndexFunc(list, func(e any) bool { o, ok := e.(object); return ok && o["primary"] == true }); i > 0 {
		list = list[i:]
	}
	if len(list) == 0 {
		return k
	}
	k.field = leaf
	if k.value = list[0]; top != leaf {
		k.value = list[0].(object)[leaf.name]
	}
	return k
}

// compare orders two keys; who has no value is last, and first when descending.
func (s *sorting) compare(a, b key) int {
	n := 0
	switch {
	case a.value == nil && b.value == nil:
	case a.value == nil:
		n = 1
	case b.value == nil:
		n = -1
	default:
		n = a.field.order(a.value, b.value)
	}
	if s != nil && s.descending {
		n = -n
	}
	return cmp.Or(n, cmp.Compare(a.part, b.part), cmp.Compare(a.birth, b.birth))
}

// match is a resource that a list has.
type match struct {
	thing *thing
	shown object
	key   key
}

// matches lists what a query finds, in its order.
func (m *model) matches(kinds []*species, f *filter, by *sorting) (list []match) {
	for part, k := range kinds {
		for _, t := range m.of(k) {
			if shown := m.show(t); f == nil || f.match(k, shown) {
				list = append(list, match{t, shown, by.key(t, part, shown)})
			}
		}
	}
	slices.SortFunc(list, func(a, b match) int { return by.compare(a.key, b.key) })
	return list
}

// choice is attributes or excludedAttributes.
type choice struct {
	places []place
	text   string // as it is sent
	except bool
}

// of is what a choice leaves of a resource.
func (c *choice) of(k *species, shown object) object {
	if c == nil {
		return shown
	}
	out := object{"schemas": shown["schemas"], "id": shown["id"]}
	for name, v := range shown {
		if name == enterpriseURN {
			inner := object{}
			for name, v := range v.(object) {
				if w := c.part(place{urn: enterpriseURN, attr: name}, v); w != nil {
					inner[name] = w
				}
			}
			if len(inner) > 0 {
				out[name] = inner
			}
			continue
		}
		if name != "schemas" && name != "id" {
			if w := c.part(place{attr: name}, v); w != nil {
				out[name] = w
			}
		}
	}
	return out
}

// part is what is left of an attribute; nil: nothing.
func (c *choice) part(p place, v any) any {
	var subs []string
	for _, q := range c.places {
		switch {
		case q.urn != p.urn || q.attr != p.attr && q.attr != "":
		case q.sub == "" && c.except:
			return nil
		case q.sub == "":
			return v
		default:
			subs = append(subs, q.sub)
		}
	}
	if subs == nil {
		if c.except {
			return v
		}
		return nil
	}
	return c.cut(v, subs)
}

// cut leaves the sub-attributes, or all but them.
func (c *choice) cut(v any, subs []string) any {
	list, isList := v.([]any)
	if !isList {
		o := maps.Clone(v.(object))
		maps.DeleteFunc(o, func(name string, _ any) bool { return slices.Contains(subs, name) == c.except })
		if len(o) == 0 {
			return nil
		}
		return o
	}
	var out []any
	for _, e := range list {
		if w := c.cut(e, subs); w != nil {
			out = append(out, w)
		}
	}
	if out == nil {
		return nil
	}
	return out
}
