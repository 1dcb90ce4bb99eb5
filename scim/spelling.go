package scim

import (
	"math"
	"strings"
)

// unknown makes the error for a name that leads nowhere, with the nearest one.
func (t *ResourceType) unknown(p Path) *Error {
	p.Filter = nil
	name := p.String()
	if near := t.nearest(p); near != "" {
		return Errorf(400, InvalidFilter, "%s has no attribute %s; did you mean %s?", t.Name, quote(name), near)
	}
	return Errorf(400, InvalidFilter, "%s has no attribute %s", t.Name, quote(name))
}

// nearest finds the path that p probably means: one whose last name is the
// same, such as that of an extension's attribute without its URN, or else one
// that is a few letters off. "" if there is none.
func (t *ResourceType) nearest(p Path) string {
	name := lowerName(p.String())
	last := name[strings.LastIndexAny(name, ".:")+1:]
	best, bestCost := "", len(last)/3+1
	try := func(candidate Path) {
		leaf := candidate.Attr
		if candidate.Sub != "" {
			leaf = candidate.Sub
		}
		cost := math.MaxInt
		switch {
		case sameName(leaf, last) && p.Sub == "":
			cost = 0
		case len(name) < 100: // nobody means a longer one, and the distance costs its square
			cost = distance(name, lowerName(candidate.String()))
		}
		if cost < bestCost || cost == bestCost && best == "" {
			best, bestCost = candidate.String(), cost
		}
	}
	each := func(urn string, attributes []*Attribute) {
		for _, a := range attributes {
			if neverReturned(a) {
				continue
			}
			try(Path{URN: urn, Attr: a.Name})
			for _, sub := range a.Sub {
				try(Path{URN: urn, Attr: a.Name, Sub: sub.Name})
			}
		}
	}
	each("", t.Schema.Attributes)
	each("", t.common.Attributes)
	for _, ext := range t.Extensions {
		each(ext.Schema.ID, ext.Schema.Attributes)
	}
	return best
}

// distance is the number of letters to insert, delete or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
