package lint

import (
	"bytes"

	"scimdeck/scim"
)

// searchBody is about a SearchRequest (RFC 7644 §3.4.3).
func (k *look) searchBody() {
	if !k.object(notObject) {
		return
	}
	var m members
	var schemas, start, cursor, sortBy, choice, excluded bool
	for k.next(&m) {
		k.into(m.name)
		name := k.name(m.name)
		switch i := scim.ParamOf(name); {
		case string(name) == "schemas":
			schemas = true
			k.messageSchemas(scim.SearchURN)
		case i < 0:
			k.messageMember(name, searchNames)
			k.skip(0)
		default:
			k.searchParameter(i)
			start, cursor = start || i == scim.ParamStartIndex, cursor || i == scim.ParamCursor
			sortBy, choice, excluded = sortBy || i == scim.ParamSortBy, choice || i == scim.ParamAttributes, excluded || i == scim.ParamExcluded
		}
		k.out()
	}
	if k.ended {
		return
	}
	if !schemas {
		k.add(schemasMissing, here+"schemas", "want "+quote(scim.SearchURN))
	}
	if start && cursor {
		k.add(startAndCursor, here, "")
	}
	if choice && excluded {
		k.add(attributesBoth, here, "")
	}
	if k.has[scim.ParamSortOrder] && !sortBy {
		k.add(sortOrderAlone, here+"sortOrder", "")
	}
}

// searchNames are the members of a SearchRequest.
var searchNames = func() []string {
	names := []string{"schemas"}
	for p := range scim.Params {
		names = append(names, p.String())
	}
	return names
}()

// searchParameter reads the value of one parameter.
func (k *look) searchParameter(i scim.Param) {
	at := k.here()
	c := k.peek()
	k.has[i] = c != 'n'
	switch {
	case c == 'n':
		k.skip(0)
	case i == scim.ParamStartIndex || i == scim.ParamCount:
		from := k.pos
		k.skip(0)
		if k.ended {
			return
		}
		if n, ok := integer(k.b[from:k.pos]); ok {
			k.pagingNumber(i, n, at)
		} else {
			k.add(numberMalformed, at, k.raw(from, k.pos))
		}
	case i >= scim.ParamAttributes:
		k.searchChoice(at)
	case c != '"':
		k.skip(0)
		if !k.ended {
			k.add(searchMember, at, "got "+kindOf(c))
		}
	default:
		s := k.string()
		if k.ended {
			return
		}
		text := k.unescape(k.scratch2[:0], s)
		k.scratch2 = text[:0]
		switch i {
		case scim.ParamFilter:
			k.filterRules(text, at)
			k.filter = bytes.Clone(text)
		case scim.ParamSortBy:
			k.choice(text, at)
		case scim.ParamCursor:
			k.param[scim.ParamCursor] = string(text)
		case scim.ParamSortOrder:
			if len(text) > 0 && string(text) != "ascending" && string(text) != "descending" {
				k.add(sortOrderUnknown, at, quote(text))
			}
		}
	}
}

// searchChoice is about an array of attributes' names.
func (k *look) searchChoice(at string) {
	if c := k.peek(); c != '[' {
		k.skip(0)
		if !k.ended {
			k.add(searchMember, at, "got "+kindOf(c))
		}
		return
	}
	var e elements
	for e.next(&k.text) {
		if k.peek() != '"' {
			k.skip(0)
			continue
		}
		s := k.string()
		if !k.ended {
			k.choice(k.name(s), at)
		}
	}
}
