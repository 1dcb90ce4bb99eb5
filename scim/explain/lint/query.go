package lint

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"scimdeck/scim"
)

// parameterPlaces are where the parameters stand, for findings.
var parameterPlaces = func() (places [scim.Params]string) {
	for p := range scim.Params {
		places[p] = "query " + p.String()
	}
	return places
}()

// listing reports whether the request asks for a list.
func (k *look) listing() bool {
	read := k.ex.Method == "GET" || k.ex.Method == "HEAD"
	return read && (k.kind == collection || k.kind == root && k.query != "") || k.kind == search && k.ex.Method == "POST"
}

// queryRules is about the query of the target.
func (k *look) queryRules() {
	if k.path == "" {
		return
	}
	if k.hasQuery {
		k.parameters()
	}
	if k.has[scim.ParamFilter] {
		if k.kind == discovery {
			k.add(discoveryFilter, "query filter", "")
		}
		if k.profile(Interop) && k.ex.Method != "GET" {
			k.add(iopFilterMethod, "query filter", "")
		}
	}
	if k.kind != collection && k.kind != root && k.kind != single {
		return
	}
	if k.listing() {
		k.paging()
		if k.has[scim.ParamFilter] {
			k.filter = k.decode(k.scratch2[:0], k.param[scim.ParamFilter])
			k.scratch2 = k.filter[:0]
			k.filterRules(k.filter, "query filter")
		}
		k.membersListed()
	}
	k.chosen()
}

// membersListed is IPSIE's wish about lists of groups.
func (k *look) membersListed() {
	if k.profile(IPSIE) && k.kind == collection && k.endpoint == "Groups" && !k.has[scim.ParamAttributes] &&
		!strings.Contains(k.param[scim.ParamExcluded], "members") {
		k.add(ipsieMembers, "query excludedAttributes", "")
	}
}

// parameters reads the query once.
func (k *look) parameters() {
	q := k.query
	k.queryText(q)
	if q == "" {
		k.add(queryTrailing, "query", "a ? with nothing behind it")
		return
	}
	empty, n := false, 0
	for more := true; more && n < patience; n++ {
		part := q
		i := strings.IndexByte(q, '&')
		if more = i >= 0; more {
			part, q = q[:i], q[i+1:]
		}
		if part != "" {
			k.parameter(part)
		}
		empty = empty || part == ""
	}
	if empty {
		k.add(queryTrailing, "query", "a & with nothing next to it")
	}
}

// removed is what stands where wire has cut a secret out.
const removed = "(removed)"

func (k *look) parameter(part string) {
	name, value := part, ""
	if i := strings.IndexByte(part, '='); i >= 0 {
		name, value = part[:i], part[i+1:]
	}
	if value == removed && k.secretParameter(name) {
		return
	}
	i := scim.ParamOf(name)
	if i < 0 {
		k.strange(name)
		return
	}
	switch {
	case !k.has[i]:
		k.has[i], k.param[i] = true, value
	case k.param[i] != value:
		k.add(parameterTwice, parameterPlaces[i], "with different values")
	default:
		k.add(parameterTwice, parameterPlaces[i], "")
	}
	k.idle(i)
}

// secretParameter is about what was cut out of the query: a password, a filter
// on one, or a key. false: it was no secret, only the word, as in attributes=password.
func (k *look) secretParameter(name string) bool {
	if scim.ParamOf(name) > scim.ParamFilter {
		return false
	}
	if strings.EqualFold(name, "filter") || strings.Contains(strings.ToLower(name), "pass") || strings.EqualFold(name, "pwd") {
		k.add(passwordInURL, "query", quote(name))
	} else {
		k.add(keyInURL, "query", quote(name))
	}
	return true
}

// idle is about a parameter that has no effect on this request.
func (k *look) idle(i scim.Param) {
	m := k.ex.Method
	idle := false
	switch k.kind {
	case collection, root:
		idle = i < scim.ParamAttributes && m != "GET" && m != "HEAD"
	case single:
		idle = i < scim.ParamAttributes || m == "DELETE"
	case search, bulk:
		idle = true
	case discovery:
		idle = i != scim.ParamFilter // that is a fault of its own
	}
	if idle {
		k.add(parameterIdle, parameterPlaces[i], "with "+quote(m))
	}
}

// strange is about a parameter that SCIM does not have.
func (k *look) strange(name string) {
	if strings.IndexByte(name, '%') >= 0 {
		name = string(k.decode(nil, name))
	}
	for p := range scim.Params {
		if n := p.String(); strings.EqualFold(name, n) {
			k.add(parameterCase, "query", quote(name)+", want "+quote(n))
			return
		}
	}
	k.add(parameterUnknown, "query", quote(name))
}

// queryText is about the query's characters.
func (k *look) queryText(q string) {
	if badPercent(q) {
		k.add(badEscape, "query", "")
	}
	if i := strings.IndexAny(q, "\"<>[]{}|\\^` "); i >= 0 {
		k.add(notEncoded, "query", quote(q[i:i+1]))
		return
	}
	for i := 0; i < len(q); i++ {
		if q[i] >= utf8.RuneSelf {
			k.add(notEncoded, "query", quote(q[i:]))
			return
		}
	}
}

// decode appends to dst a query's value without its percent-encoding. What is not
// well formed stays as it is.
func (k *look) decode(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0:
			c = byte(hexDigit(s[i+1])<<4 | hexDigit(s[i+2]))
			i += 2
		}
		dst = append(dst, c)
	}
	return dst
}

// paging is about startIndex, count, cursor, and the order.
func (k *look) paging() {
	for _, i := range [...]scim.Param{scim.ParamStartIndex, scim.ParamCount} {
		if !k.has[i] {
			continue
		}
		at := parameterPlaces[i]
		n, ok := integer(k.param[i])
		if !ok {
			k.add(numberMalformed, at, quote(k.param[i]))
			continue
		}
		k.pagingNumber(i, n, at)
	}
	if k.has[scim.ParamStartIndex] && k.has[scim.ParamCursor] {
		k.add(startAndCursor, "query", "")
	}
	if k.has[scim.ParamSortOrder] {
		k.order(k.param[scim.ParamSortOrder], k.has[scim.ParamSortBy], "query ")
	}
}

// pagingNumber is about a startIndex or count, in a query or a search.
func (k *look) pagingNumber(i scim.Param, n int, at string) {
	if i == scim.ParamStartIndex {
		k.start1 = max(n, 1)
	} else {
		k.count1 = max(n, 0)
	}
	switch {
	case i == scim.ParamStartIndex && n < 1:
		k.add(startBelowOne, at, strconv.Itoa(n))
	case i == scim.ParamCount && n < 0:
		k.add(countNegative, at, strconv.Itoa(n))
	case i == scim.ParamCount && k.l.o.MaxResults > 0 && n > k.l.o.MaxResults:
		k.add(countAbove, at, strconv.Itoa(n)+", at most "+strconv.Itoa(k.l.o.MaxResults)+" come")
	}
}

// integer reads an integer of any size; one beyond a billion is a billion.
func integer[T string | []byte](s T) (n int, ok bool) {
	i, negative := 0, false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		i, negative = 1, s[0] == '-'
	}
	if i == len(s) {
		return 0, false
	}
	for ; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = min(n*10+int(s[i]-'0'), 1_000_000_000)
	}
	if negative {
		n = -n
	}
	return n, true
}

func (k *look) order(order string, by bool, at string) {
	if order != "ascending" && order != "descending" && order != "" {
		k.add(sortOrderUnknown, at+"sortOrder", quote(order))
	}
	if !by {
		k.add(sortOrderAlone, at+"sortOrder", "")
	}
}

// chosen is about attributes, excludedAttributes and sortBy in a query.
func (k *look) chosen() {
	if k.has[scim.ParamAttributes] && k.has[scim.ParamExcluded] && k.param[scim.ParamAttributes] != "" && k.param[scim.ParamExcluded] != "" {
		k.add(attributesBoth, "query", "")
	}
	for _, i := range [...]scim.Param{scim.ParamAttributes, scim.ParamExcluded, scim.ParamSortBy} {
		if !k.has[i] || k.param[i] == removed || i == scim.ParamSortBy && !k.listing() {
			continue
		}
		list := k.decode(k.scratch[:0], k.param[i])
		k.scratch = list[:0]
		for n := 0; len(list) > 0 && n < patience; n++ {
			name := list
			if j := bytes.IndexByte(list, ','); j >= 0 && i != scim.ParamSortBy {
				name, list = list[:j], list[j+1:]
			} else {
				list = nil
			}
			k.choice(bytes.TrimSpace(name), parameterPlaces[i])
		}
	}
}

// choice is about the name of an attribute that is chosen or sorted by.
func (k *look) choice(name []byte, at string) {
	if k.r == nil || len(name) == 0 {
		return
	}
	if g, ok := k.r.follow(name); ok && !g.filtered {
		return
	}
	p, err := scim.ParsePath(string(name))
	if err == nil && p.Filter == nil {
		if _, ok := k.r.t.Resolve(p.URN, p.Attr, p.Sub); ok {
			return
		}
	}
	if k.foreign && bytes.IndexByte(name, ':') >= 0 {
		return
	}
	detail := quote(name)
	if i := k.r.owner(name); i >= 0 {
		detail += ", want " + quote(k.r.ext[i].urn+":"+string(clip(name, longest)))
	}
	k.add(attributeChoice, at, detail)
}
