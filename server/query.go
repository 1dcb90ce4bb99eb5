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

// Which parameters a request can have, for query.
const (
	listing  = scim.ParamFilter     // all of them
	choosing = scim.ParamAttributes // those of RFC 7644 §3.9
	nothing  = scim.Params
)

// query reads the request's query by hand: no map, and text is copied only when
// it is encoded. Parameters before first in the table have no effect here.
// Errors are *scim.Error.
func (c *call) query(first scim.Param) (query, error) {
	q := query{start: 1, count: c.s.pageSize()}
	if c.r.URL.RawQuery == "" {
		return q, c.trailing("?", c.r.URL.ForceQuery)
	}
	var raw [scim.Params]string
	var seen [scim.Params]bool
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
			return q, scim.Errorf(http.StatusBadRequest, scim.InvalidValue, "the parameter %s is there twice with different values", i)
		}
		raw[i], seen[i] = value, true
	}
	if err := c.trailing("&", empty); err != nil {
		return q, err
	}
	for i, v := range raw {
		if seen[i] {
			text, err := unescape(scim.Param(i), v)
			if err != nil {
				return q, err
			}
			raw[i] = text
		}
	}
	if n := len(raw[scim.ParamFilter]); n > c.s.limits.FilterBytes {
		return q, scim.Errorf(http.StatusBadRequest, scim.InvalidFilter,
			"the filter is %d bytes long, at most %d are read in a URL; send it by POST to /.search", n, c.s.limits.FilterBytes)
	}
	q.filter, q.sortBy, q.sortOrder = raw[scim.ParamFilter], raw[scim.ParamSortBy], raw[scim.ParamSortOrder]
	q.cursor, q.walk, q.indexed = raw[scim.ParamCursor], seen[scim.ParamCursor], seen[scim.ParamStartIndex]
	if seen[scim.ParamAttributes] {
		q.attributes = []string{raw[scim.ParamAttributes]}
	}
	if seen[scim.ParamExcluded] {
		q.excluded = []string{raw[scim.ParamExcluded]}
	}
	var err error
	if seen[scim.ParamStartIndex] {
		if q.start, err = integer(scim.ParamStartIndex, raw[scim.ParamStartIndex]); err != nil {
			return q, err
		}
	}
	if seen[scim.ParamCount] {
		if q.count, err = integer(scim.ParamCount, raw[scim.ParamCount]); err != nil {
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

// parameter gives the parameter of a name as it stands in a query, or -1.
func parameter(name string) scim.Param {
	if strings.IndexByte(name, '%') >= 0 {
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
	}
	return scim.ParamOf(name)
}

// ignored notes a parameter without effect; a misspelt one is worth a hint.
func (c *call) ignored(name string, known scim.Param) {
	if known >= 0 {
		c.ex.Note(fmt.Sprintf("the parameter %s has no effect on %s here", known, c.r.Method))
		return
	}
	for p := range scim.Params {
		if n := p.String(); strings.EqualFold(name, n) {
			c.ex.Note(fmt.Sprintf("the parameter %q was ignored; did you mean %q?", clip(name), n))
			return
		}
	}
	c.ex.Note(fmt.Sprintf("the parameter %q is not known and was ignored", clip(name)))
}

func unescape(name scim.Param, raw string) (string, error) {
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
func integer(name scim.Param, text string) (int, error) {
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
