package tui

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"scimdeck/scim"
	"scimdeck/store"
)

// userFilter is what the Users screen is narrowed to: a SCIM filter, typed as
// such or made of plain words. The zero userFilter lets everyone through.
type userFilter struct {
	text string       // as typed
	scim string       // as a client would send it
	f    *scim.Filter // nil: all
}

// wordPaths are the attributes that plain words are looked for in.
var wordPaths = []string{
	"userName", "displayName", "name.formatted", "name.givenName", "name.familyName", "emails.value", "externalId", "id",
}

// parseUserFilter reads text with the server's own parser (RFC 7644 §3.4.2.2),
// so that trying a filter here shows what a client would get. Text that is no
// filter and has no operator in it is looked for word by word. The error says
// the column where it can.
func parseUserFilter(text string, t *scim.ResourceType) (userFilter, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return userFilter{}, nil
	}
	query := text
	expr, err := scim.ParseFilter(query)
	if err != nil {
		if hasOperator(text) {
			return userFilter{}, inColumns(text, err)
		}
		query = wordsFilter(text)
		if expr, err = scim.ParseFilter(query); err != nil {
			return userFilter{}, err
		}
	}
	f, err := t.Compile(expr)
	if err != nil {
		var e *scim.Error
		if errors.As(err, &e) {
			err = errors.New(e.Detail)
		}
		return userFilter{}, err
	}
	return userFilter{text: text, scim: query, f: f}, nil
}

// hasOperator reports whether one of the words of text belongs to the filter language.
func hasOperator(text string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == '(' || r == ')' || r == '[' || r == ']' }) {
		switch word {
		case "eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le":
			return true
		}
	}
	return false
}

// wordsFilter makes a filter of plain words, all of which must be found.
func wordsFilter(text string) string {
	var b strings.Builder
	for i, word := range strings.Fields(text) {
		if i > 0 {
			b.WriteString(" and ")
		}
		b.WriteByte('(')
		for j, path := range wordPaths {
			if j > 0 {
				b.WriteString(" or ")
			}
			b.WriteString(path + " co " + scim.StringOf(word).String())
		}
		b.WriteByte(')')
	}
	return b.String()
}

// inColumns words a syntax error by column, counted in characters from 1.
func inColumns(text string, err error) error {
	var e *scim.SyntaxError
	if !errors.As(err, &e) {
		return err
	}
	at := max(min(e.Offset, len(text)), 0)
	s := "column " + strconv.Itoa(utf8.RuneCountInString(text[:at])+1) + ": " + e.Msg
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return errors.New(s)
}

// request is the request that a client would send for the filter.
func (f userFilter) request() string {
	return "GET /Users?filter=" + strings.ReplaceAll(url.QueryEscape(f.scim), "+", "%20")
}

// scimQuery asks the store for a part of a list; start counts from 0.
func scimQuery(f *scim.Filter, start, n int) store.Query {
	return store.Query{Filter: f, Start: start + 1, Count: n}
}
