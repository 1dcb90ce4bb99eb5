package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"scimdeck/scim"
)

// query is what a request asked for beside its path (RFC 7644 §3.4.2, §3.9),
// made sane: start at least 1, count between 0 and the page size.
type query struct {
	attributes, excluded []string // nil: not given
	filter               string
	sortBy, sortOrder    string
	start, count         int
	indexed              bool // startIndex was given
	walk                 bool // cursor was given (RFC 9865 §2)
	cursor               string
}

// parameters by their places in the tables of query and names.
const (
	pFilter = iota
	pStartIndex
	pCount
	pSortBy
	pSortOrder
	pCursor
	pAttributes // from here on they are for single resources too
	pExcluded
	parameters
)

var names = [parameters]string{"filter", "startIndex", "count", "sortBy", "sortOrder", "cursor", "attributes", "excludedAttributes"}

// Which parameters a request can have, for query.
const (
	listing  = pFilter     // all of them
	choosing = pAttributes // those of RFC 7644 §3.9
	nothing  = parameters
)

// query reads the request's query by hand: no map, and text is copied only when
// it is encoded. Parameters before first in the table have no effect here.
// Errors are *scim.Error.
func (c *call) query(first int) (query, error) {
	q := query{start: 1, count: c.s.pageSize()}
	if c.r.URL.RawQuery == "" {
		return q, c.trailing("?", c.r.URL.ForceQuery)
	}
	var raw [parameters]string
	var seen [parameters]bool
	var empty bool
	for part := range strings.SplitSeq(c.r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		i := parameter(name)
		if i < first {
			if part == "" {
				empty = true
			} else {
				c.ignored(name, i)
			}
			continue
		}
		if seen[i] && raw[i] != value {
			return q, scim.Errorf(http.StatusBadRequest, scim.InvalidValue, "the parameter %s is there twice with different values", names[i])
		}
		raw[i], seen[i] = value, true
	}
	if err := c.trailing("&", empty); err != nil {
		return q, err
	}
	for i, v := range raw {
		if seen[i] {
			text, err := unescape(names[i], v)
			if err != nil {
				return q, err
			}
			raw[i] = text
		}
	}
	if n := len(raw[pFilter]); n > c.s.limits.FilterBytes {
		return q, scim.Errorf(http.StatusBadRequest, scim.InvalidFilter,
			"the filter is %d bytes long, at most %d are read in a URL; send it by POST to /.search", n, c.s.limits.FilterBytes)
	}
	q.filter, q.sortBy, q.sortOrder = raw[pFilter], raw[pSortBy], raw[pSortOrder]
	q.cursor, q.walk, q.indexed = raw[pCursor], seen[pCursor], seen[pStartIndex]
	if seen[pAttributes] {
		q.attributes = []string{raw[pAttributes]}
	}
	if seen[pExcluded] {
		q.excluded = []string{raw[pExcluded]}
	}
	var err error
	if seen[pStartIndex] {
		if q.start, err = integer(names[pStartIndex], raw[pStartIndex]); err != nil {
			return q, err
		}
	}
	if seen[pCount] {
		if q.count, err = integer(names[pCount], raw[pCount]); err != nil {
			return q, err
		}
	}
	return q, c.s.tame(&q)
}

// tame brings numbers into their ranges: a startIndex below 1 is 1 and a count
// below 0 is 0 (RFC 7644 §3.4.2.4), also with a cursor (RFC 9865 §2), and a count
// above the greatest page is that page.
func (s *Server) tame(q *query) error {
	q.start, q.count = max(q.start, 1), min(max(q.count, 0), s.limits.PageSize)
	if q.walk && q.indexed {
		return scim.Errorf(http.StatusBadRequest, scim.InvalidValue, "startIndex and cursor exclude each other: send one of them (RFC 9865 §2.4)")
	}
	return nil
}

// parameter gives the place of a parameter in names, or -1.
func parameter(name string) int {
	if strings.IndexByte(name, '%') >= 0 {
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
	}
	for i := range names {
		if name == names[i] {
			return i
		}
	}
	return -1
}

// ignored notes a parameter without effect; a misspelt one is worth a hint.
func (c *call) ignored(name string, place int) {
	if place >= 0 {
		c.ex.Note(fmt.Sprintf("the parameter %s has no effect on %s here", names[place], c.r.Method))
		return
	}
	for _, n := range names {
		if strings.EqualFold(name, n) {
			c.ex.Note(fmt.Sprintf("the parameter %q was ignored; did you mean %q?", clip(name), n))
			return
		}
	}
	c.ex.Note(fmt.Sprintf("the parameter %q is not known and was ignored", clip(name)))
}

func unescape(name, raw string) (string, error) {
	if strings.IndexByte(raw, '%') < 0 && strings.IndexByte(raw, '+') < 0 {
		return raw, nil
	}
	s, err := url.QueryUnescape(raw)
	if err != nil {
		return "", scim.Errorf(http.StatusBadRequest, scim.InvalidValue, "the parameter %s is not percent-encoded as it should be: %q", name, clip(raw))
	}
	return s, nil
}

// integer parses an integer of any size; what does not fit becomes the largest
// or smallest that does.
func integer(name, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		digits := strings.TrimLeft(text, "+-")
		if digits == "" || strings.Trim(digits, "0123456789") != "" || len(text)-len(digits) > 1 {
			return 0, scim.Errorf(http.StatusBadRequest, scim.InvalidValue, "%s must be an integer, not %q", name, clip(text))
		}
		if n = 1<<31 - 1; text[0] == '-' {
			n = -n
		}
	}
	return min(max(n, -(1<<31-1)), 1<<31-1), nil
}
