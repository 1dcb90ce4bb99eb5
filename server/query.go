package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"scimdeck/scim"
)

// query is what a list was asked for. The fields are as RFC 7644 §3.4.2 has
// them, made sane: start at least 1, count between 0 and the page size.
type query struct {
	start, count int
	filter       string
}

// parameters in force, and those that are known but have no effect.
var (
	effective = [...]string{"filter", "startIndex", "count"}
	idle      = [...]string{"attributes", "excludedAttributes", "sortBy", "sortOrder"}
)

// query reads the request's query by hand: no map, and text is copied only
// when it is encoded. Errors are *scim.Error.
func (c *call) query() (query, error) {
	q := query{start: 1, count: c.s.pageSize()}
	var raw [len(effective)]string
	var seen [len(effective)]bool
	for part := range strings.SplitSeq(c.r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		i := parameter(name)
		if i < 0 {
			if part != "" {
				c.ignored(name)
			}
			continue
		}
		if seen[i] && raw[i] != value {
			return q, scim.Errorf(http.StatusBadRequest, scim.InvalidValue, "the parameter %s is there twice with different values", effective[i])
		}
		raw[i], seen[i] = value, true
	}
	text, err := unescape(effective[0], raw[0])
	if err != nil {
		return q, err
	}
	if n := len(text); n > c.s.limits.FilterBytes {
		return q, scim.Errorf(http.StatusBadRequest, scim.InvalidFilter, "the filter is %d bytes long, at most %d are read", n, c.s.limits.FilterBytes)
	}
	q.filter = text
	if seen[1] {
		if q.start, err = integer(effective[1], raw[1]); err != nil {
			return q, err
		}
		q.start = max(q.start, 1)
	}
	if seen[2] {
		if q.count, err = integer(effective[2], raw[2]); err != nil {
			return q, err
		}
		q.count = min(max(q.count, 0), c.s.limits.PageSize)
	}
	return q, nil
}

// parameter gives the place of a parameter in effective, or -1.
func parameter(name string) int {
	if strings.IndexByte(name, '%') >= 0 {
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
	}
	for i, e := range effective {
		if name == e {
			return i
		}
	}
	return -1
}

// ignored notes a parameter without effect; a misspelt one is worth a hint.
func (c *call) ignored(name string) {
	for _, e := range idle {
		if name == e {
			c.ex.Note(fmt.Sprintf("the parameter %s has no effect yet", e))
			return
		}
	}
	for _, e := range effective {
		if strings.EqualFold(name, e) {
			c.ex.Note(fmt.Sprintf("the parameter %q was ignored; did you mean %q?", clip(name), e))
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
func integer(name, raw string) (int, error) {
	text, err := unescape(name, raw)
	if err != nil {
		return 0, err
	}
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

// compile makes a Filter of a filter's text. Errors are *scim.Error with the column.
func compile(t *scim.ResourceType, text string) (*scim.Filter, error) {
	if text == "" {
		return nil, nil
	}
	expr, err := scim.ParseFilter(text)
	if err != nil {
		return nil, filterError(err)
	}
	return t.Compile(expr)
}

func filterError(err error) error {
	e, ok := err.(*scim.SyntaxError)
	if !ok {
		return err
	}
	return scim.Errorf(http.StatusBadRequest, scim.InvalidFilter, "filter, %v", e)
}
