package lint

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"scimdeck/scim"
)

// listFacts is what was met of a ListResponse.
type listFacts struct {
	named                        bool // schemas names it
	total, start, items          int  // noNumber: none
	resources                    byte // the first byte of Resources; 0: not there
	n                            int  // how many there are
	next, previous               span
	hasTotal, hasStart, hasItems bool
}

// noNumber stands for a number that is not there, or is none.
const noNumber = math.MinInt

// list is about a ListResponse (RFC 7644 §3.4.2).
func (k *look) list() {
	if c := k.peek(); c != '{' {
		k.skip(0)
		if !k.ended {
			k.add(notList, "answer", "got "+kindOf(c))
		}
		return
	}
	f := listFacts{total: noNumber, start: noNumber, items: noNumber}
	var m members
	for k.next(&m) {
		k.into(m.name)
		k.listMember(&f, m.name)
		k.out()
	}
	if k.ended {
		return
	}
	if !f.named {
		k.add(listSchemas, here+"schemas", "want "+quote(scim.ListURN))
	}
	k.totals(&f)
	k.page(&f)
	k.cursors(&f)
}

var listNames = [...]string{"schemas", "totalResults", "startIndex", "itemsPerPage", "Resources", "nextCursor", "previousCursor"}

func (k *look) listMember(f *listFacts, s span) {
	name := k.name(s)
	i := 0
	for i < len(listNames) && !fold(name, listNames[i]) {
		i++
	}
	if i == len(listNames) {
		k.skip(0)
		return
	}
	if string(name) != listNames[i] {
		k.add(answerCase, here, "want "+quote(listNames[i]))
	}
	switch i {
	case 0:
		f.named = k.namesSchema(scim.ListURN)
	case 1:
		f.total, f.hasTotal = k.number(), true
	case 2:
		f.start, f.hasStart = k.number(), true
	case 3:
		f.items, f.hasItems = k.number(), true
	case 4:
		f.resources = k.peek()
		k.resources(f)
	default:
		if c := k.peek(); c != '"' {
			k.skip(0)
		} else if i == 5 {
			f.next = k.string()
		} else {
			f.previous = k.string()
		}
	}
}

// namesSchema reads the schemas of a message and reports whether they name urn.
func (k *look) namesSchema(urn string) (found bool) {
	if k.peek() != '[' {
		k.skip(0)
		return false
	}
	var e elements
	for e.next(&k.text) {
		if k.peek() != '"' {
			k.skip(0)
			continue
		}
		s := k.string()
		found = found || !k.ended && string(k.name(s)) == urn
	}
	return found
}

// number reads one of a list's numbers; noNumber if it is none.
func (k *look) number() int {
	c := k.peek()
	from := k.pos
	k.skip(0)
	if k.ended {
		return noNumber
	}
	n, ok := integer(k.b[from:k.pos])
	if !ok || c == '+' {
		k.add(numberAsString, here, k.raw(from, k.pos))
		return noNumber
	}
	return n
}

// resources reads the resources of a list.
func (k *look) resources(f *listFacts) {
	if k.peek() != '[' {
		k.skip(0)
		return
	}
	var ids idSet
	var e elements
	for e.next(&k.text) {
		k.intoElement(e.index)
		switch c := k.peek(); {
		case c != '{':
			k.other("an object", c)
		case k.r == nil || k.kind == discovery:
			k.skip(0)
		default:
			k.listed(&ids)
		}
		k.out()
		if !k.ended {
			f.n++
		}
	}
}

// listed is about one resource of a list.
func (k *look) listed(ids *idSet) {
	f := k.resource(k.r, listed)
	if k.ended {
		return
	}
	k.whole(&f)
	if !f.id.empty() && ids.add(k.b, f.id) {
		k.add(listedTwice, here+"id", k.say(f.id))
	}
	k.matches(&f)
}

// idSet finds an id that comes twice among the first ones of a page.
type idSet struct {
	ids [128]span
	n   int
}

func (s *idSet) add(b []byte, id span) bool {
	for _, other := range s.ids[:s.n] {
		if bytes.Equal(b[other.from:other.to], b[id.from:id.to]) {
			return true
		}
	}
	if s.n < len(s.ids) {
		s.ids[s.n] = id
		s.n++
	}
	return false
}

// matches is about a filter on the name that the resource does not fulfil: the
// server has not looked at it.
func (k *look) matches(f *facts) {
	c, rest, ok := compare(k.filter)
	if !ok || len(rest) > 0 || c.sub != nil || string(c.op) != "eq" || f.name.empty() {
		return
	}
	name := "userName"
	if k.r.t.Schema.ID == scim.GroupURN {
		name = "displayName"
	}
	if fold(c.attr, name) && !bytes.EqualFold(k.name(f.name), c.text) {
		k.add(filterIgnored, here+name, k.say(f.name)+", looked for was "+quote(c.text))
	}
}

// totals is about the numbers of a list.
func (k *look) totals(f *listFacts) {
	walk := k.has[scim.ParamCursor] || !f.next.empty()
	if !f.hasTotal && !walk { // RFC 9865 §2 lets it be left out
		k.add(totalMissing, here+"totalResults", "")
	}
	if f.total >= 0 && f.total < f.n {
		k.add(totalBelow, here+"totalResults", strconv.Itoa(f.total)+", there are "+strconv.Itoa(f.n)+" in the page")
	}
	for _, x := range [...]struct {
		there bool
		name  string
	}{{f.hasStart || walk, "startIndex"}, {f.hasItems, "itemsPerPage"}} {
		switch {
		case x.there:
		case f.total > f.n:
			k.add(pageUnnumbered, here+x.name, "")
		case k.kind != discovery:
			k.add(pageNumbers, here+x.name, "")
		}
	}
	if f.items != noNumber && f.items != f.n {
		k.add(itemsDiffer, here+"itemsPerPage", strconv.Itoa(f.items)+", there are "+strconv.Itoa(f.n))
	}
	switch want := max(k.start1, 1); {
	case f.start == noNumber:
	case f.start < 1:
		k.add(startAtZero, here+"startIndex", strconv.Itoa(f.start))
	case f.start != want && f.n > 0 && !walk && k.kind != discovery:
		k.add(startDiffers, here+"startIndex", strconv.Itoa(f.start)+", asked for was "+strconv.Itoa(want))
	}
}

// page is about the resources of a list as a whole.
func (k *look) page(f *listFacts) {
	add := func(r *Rule, detail string) { k.add(r, here+"Resources", detail) }
	switch {
	case f.resources != 0 && f.resources != '[':
		add(resourcesNoArray, "got "+kindOf(f.resources))
	case k.count1 == 0:
	case f.n == 0 && f.total > 0 && max(k.start1, 1) <= f.total && !k.has[scim.ParamCursor]:
		add(resourcesMissing, "totalResults is "+strconv.Itoa(f.total))
	case f.resources == 0 && f.total <= 0:
		add(resourcesAbsent, "")
	}
	if k.count1 >= 0 && f.n > k.count1 && k.kind != discovery {
		add(resourcesTooMany, strconv.Itoa(f.n)+", asked for were "+strconv.Itoa(k.count1))
	}
}

// cursors is about paging by cursor (RFC 9865 §2).
func (k *look) cursors(f *listFacts) {
	for i, s := range [...]span{f.next, f.previous} {
		for _, c := range k.b[s.from:max(s.to, s.from)] {
			if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || isUpper(c) || strings.IndexByte("-._~", c) >= 0) {
				k.add(cursorCharacters, here+listNames[5+i], quote([]byte{c}))
				break
			}
		}
	}
	if !f.previous.empty() && k.has[scim.ParamCursor] && k.param[scim.ParamCursor] == "" {
		k.add(cursorFirst, here+"previousCursor", "")
	}
}
