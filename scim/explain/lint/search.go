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
		switch i := searchParameter(name); {
		case string(name) == "schemas":
			schemas = true
			k.messageSchemas(scim.SearchURN)
		case i < 0:
			k.messageMember(name, searchNames[:])
			k.skip(0)
		default:
			k.searchParameter(i)
			start, cursor = start || i == pStartIndex, cursor || i == pCursor
			sortBy, choice, excluded = sortBy || i == pSortBy, choice || i == pAttributes, excluded || i == pExcluded
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
	if k.has[pSortOrder] && !sortBy {
		k.add(sortOrderAlone, here+"sortOrder", "")
	}
}

var searchNames = [...]string{"schemas", "filter", "startIndex", "count", "sortBy", "sortOrder", "cursor", "attributes", "excludedAttributes"}

func searchParameter(name []byte) int {
	for i := range parameterNames {
		if string(name) == parameterNames[i] {
			return i
		}
	}
	return -1
}

// searchParameter reads the value of one parameter.
func (k *look) searchParameter(i int) {
	at := k.here()
	c := k.peek()
	k.has[i] = c != 'n'
	switch {
	case c == 'n':
		k.skip(0)
	case i == pStartIndex || i == pCount:
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
	case i >= pAttributes:
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
		case pFilter:
			k.filterRules(text, at)
			k.filter = bytes.Clone(text)
		case pSortBy:
			k.choice(text, at)
		case pCursor:
			k.param[pCursor] = string(text)
		case pSortOrder:
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
