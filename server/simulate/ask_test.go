package simulate

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ask is a list that a client asks for.
type ask struct {
	path     string // "/Users", or "/" for all kinds
	kinds    []*species
	filter   *filter
	by       *sorting
	start    *int
	count    *int
	choice   *choice
	walk     bool
	cursor   string // of a walk
	bySearch bool   // POST to .search
}

// page is what the model says of an ask.
type page struct {
	matches        []match
	total          int
	start          int // 0 in a walk
	earlier, later bool
}

// countOf is how many resources an ask wants at most.
func (a *ask) countOf() int {
	if a.count == nil {
		return min(100, pageSize)
	}
	return min(max(*a.count, 0), pageSize)
}

// page answers an ask by index.
func (m *model) page(a *ask) page {
	list := m.matches(a.kinds, a.filter, a.by)
	p := page{total: len(list), start: 1}
	if a.start != nil {
		p.start = max(*a.start, 1)
	}
	from := min(p.start-1, len(list))
	p.matches = list[from:min(from+a.countOf(), len(list))]
	return p
}

// around answers an ask by cursor: what comes after a place, or before it; nil
// is the beginning.
func (m *model) around(a *ask, after, before *key) page {
	list := m.matches(a.kinds, a.filter, a.by)
	p := page{total: len(list)}
	from, to := 0, len(list)
	if after != nil {
		from, _ = slices.BinarySearchFunc(list, *after, func(x match, k key) int {
			if a.by.compare(x.key, k) <= 0 {
				return -1
			}
			return 1
		})
	}
	if before != nil {
		to, _ = slices.BinarySearchFunc(list, *before, func(x match, k key) int { return a.by.compare(x.key, k) })
		from = max(to-a.countOf(), 0)
	}
	to = min(to, from+a.countOf())
	p.matches = list[from:to]
	p.earlier, p.later = from > 0 && to > from, to < len(list) && to > from
	return p
}

// query is the ask as parameters.
func (a *ask) query() url.Values {
	q := url.Values{}
	if a.filter != nil {
		q.Set("filter", a.filter.text)
	}
	if a.by != nil {
		q.Set("sortBy", a.by.by.String())
		if a.by.descending {
			q.Set("sortOrder", "descending")
		}
	}
	if a.start != nil {
		q.Set("startIndex", strconv.Itoa(*a.start))
	}
	if a.count != nil {
		q.Set("count", strconv.Itoa(*a.count))
	}
	if a.walk {
		q.Set("cursor", a.cursor)
	}
	a.choice.put(q)
	return q
}

func (c *choice) put(q url.Values) {
	switch {
	case c == nil:
	case c.except:
		q.Set("excludedAttributes", c.text)
	default:
		q.Set("attributes", c.text)
	}
}

// body is the ask as a SearchRequest.
func (a *ask) body() object {
	o := object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}
	for name, v := range a.query() {
		switch name {
		case "startIndex", "count":
			n, _ := strconv.Atoi(v[0])
			o[name] = n
		case "attributes", "excludedAttributes":
			o[name] = strings.Split(v[0], ",")
		default:
			o[name] = v[0]
		}
	}
	return o
}

// places are the attributes that filters and sorts use.
var places = map[*species][]place{
	users: {
		{attr: "userName"},
		{attr: "displayName"},
		{attr: "title"},
		{attr: "nickName"},
		{attr: "active"},
		{attr: "name", sub: "familyName"},
		{attr: "name", sub: "givenName"},
		{attr: "emails"},
		{attr: "emails", sub: "value"},
		{attr: "emails", sub: "type"},
		{attr: "emails", sub: "primary"},
		{urn: enterpriseURN, attr: "department"},
		{urn: enterpriseURN, attr: "manager", sub: "value"},
		{attr: "groups", sub: "display"},
		{attr: "groups", sub: "value"},
	},
	groups: {
		{attr: "displayName"}, {attr: "members"}, {attr: "members", sub: "value"}, {attr: "members", sub: "display"}, {attr: "members", sub: "type"},
	},
	devices: {{attr: "serial"}, {attr: "note"}, {attr: "rank"}, {attr: "since"}, {attr: "tags"}},
	nil: {
		{attr: "id"}, {attr: "externalId"}, {attr: "meta", sub: "created"}, {attr: "meta", sub: "lastModified"}, {attr: "meta", sub: "resourceType"},
	},
}

// place is one that a kind has, or one of several kinds.
func (g *generator) place(kinds []*species) place {
	k := pick(g, kinds)
	if g.chance(25) {
		k = nil
	}
	return pick(g, places[k])
}

// list makes an ask. owned keeps to what is the client's.
func (g *generator) list(owned bool) *ask {
	a := &ask{path: "/", kinds: allKinds, bySearch: g.chance(30)}
	if g.chance(85) {
		k := pick(g, []*species{users, users, groups, devices})
		a.path, a.kinds = k.path, []*species{k}
	}
	if g.chance(70) {
		f := g.filter(a.kinds, 2)
		a.filter = &f
	}
	if owned {
		mine := compares(place{attr: "externalId"}, "eq", strconv.Quote(g.mark), g.mark)
		if a.filter != nil {
			mine = and(mine, *a.filter)
		}
		a.filter = &mine
	}
	if g.chance(40) {
		a.by = &sorting{by: g.place(a.kinds), descending: g.chance(40)}
		for a.by.by.attr == "members" || a.by.by.attr == "groups" {
			a.by.by = g.place(a.kinds)
		}
	}
	if g.chance(50) {
		n := pick(g, []int{0, 1, 2, 3, 7, 50, 1000, -5})
		a.count = &n
	}
	if a.walk = g.chance(25); !a.walk && g.chance(50) {
		n := pick(g, []int{1, 1, 2, 3, 5, 20, 100, -1, 0})
		a.start = &n
	}
	if g.chance(30) {
		a.choice = g.choice(a.kinds)
	}
	if a.path == "/" && !a.bySearch && len(a.query()) == 0 {
		a.bySearch = true // GET of the base URL alone is no list
	}
	return a
}

// filter makes a condition on one of the kinds.
func (g *generator) filter(kinds []*species, depth int) filter {
	if depth > 0 {
		switch g.IntN(6) {
		case 0:
			return not(g.filter(kinds, depth-1))
		case 1:
			return and(g.filter(kinds, depth-1), g.filter(kinds, depth-1))
		case 2:
			return or(g.filter(kinds, depth-1), g.filter(kinds, depth-1))
		}
	}
	p := g.place(kinds)
	if g.chance(15) {
		return present(p)
	}
	if p.attr == "emails" && g.chance(40) {
		return g.emailFilter()
	}
	k := kinds[slices.IndexFunc(kinds, func(k *species) bool { top, _ := p.in(k); return top != nil })]
	_, leaf := p.in(k)
	ops := []string{"eq", "eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}
	var want any
	switch leaf.typ {
	case "boolean":
		ops, want = []string{"eq", "ne"}, g.chance(50)
	case "integer":
		ops, want = []string{"eq", "ne", "gt", "ge", "lt", "le"}, float64(g.IntN(5)-2)
	case "dateTime":
		ops, want = []string{"eq", "ne", "gt", "ge", "lt", "le"}, pick(g, days)
		if p.attr == "meta" {
			want = g.m.now.Add(time.Duration(g.IntN(5)-2) * time.Millisecond).Format(layout)
		}
	default:
		want = g.wanted(p)
	}
	return compares(p, pick(g, ops), literal(want), want)
}

// wanted is a text to compare an attribute with, often one that there is.
func (g *generator) wanted(p place) string {
	switch {
	case p.attr == "id", p.sub == "value" && p.attr != "emails" && p.urn == "":
		return g.id(users, groups)
	case p.attr == "members":
		return g.id(users, groups)
	case p.attr == "userName" || p.attr == "serial":
		return g.name()
	case p.attr == "externalId":
		return g.mark
	case p.attr == "emails" && p.sub != "type":
		return g.anyCase(fmt.Sprintf("m%d@x", g.IntN(5)))
	case p.sub == "display":
		if t := g.some(users, groups); t != nil {
			return t.display()
		}
	case p.sub == "resourceType":
		return pick(g, allKinds).name
	case p.sub == "type" || p.attr == "tags":
		return pick(g, append(types, "User", "Group"))
	}
	return g.word()
}

// emailFilter asks whether one email is this and that.
func (g *generator) emailFilter() filter {
	typ, value := pick(g, types), fmt.Sprintf("m%d@x", g.IntN(5))
	return filter{fmt.Sprintf(`emails[type eq %q and value eq %q]`, typ, value), func(_ *species, shown object) bool {
		return slices.ContainsFunc(place{attr: "emails"}.elements(shown), func(e any) bool {
			return ofType(typ)(e.(object)) && e.(object)["value"] == value
		})
	}}
}

// literal is a value as a filter has it.
func literal(v any) string {
	if s, ok := v.(string); ok {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return fmt.Sprint(v)
}

// choice makes attributes or excludedAttributes.
func (g *generator) choice(kinds []*species) *choice {
	c := &choice{except: g.chance(40)}
	var names []string
	for range 1 + g.IntN(3) {
		p := g.place(kinds)
		if g.chance(15) {
			p = pick(g, []place{{attr: "meta"}, {attr: "name"}, {attr: "emails"}, {attr: "members"}, {attr: "groups"}, {attr: "nosuch"}, {urn: enterpriseURN}})
		}
		if p.urn != "" && p.attr == "" {
			names = append(names, p.urn)
		} else {
			names = append(names, g.anyCase(p.String()))
		}
		c.places = append(c.places, p)
	}
	c.text = strings.Join(names, ",")
	return c
}

func newGenerator(seed, stream uint64, m *model, mark string) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, stream)), m: m, mark: mark}
}
