package tui

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// userFilter is what the list of users or groups is narrowed to: a SCIM filter, typed as
// such or made of plain words. The zero userFilter lets everyone through.
type userFilter struct {
	text  string       // as typed
	scim  string       // as a client would send it
	f     *scim.Filter // nil: all
	notes []scim.Note  // what of it the server takes although the RFC does not
}

// filterFault is what is wrong with a filter, in the server's words.
type filterFault struct {
	text string
	at   int // of the character at which it stands, from 0; -1: it has no place
}

func (f *filterFault) Error() string { return f.text }

// parseUserFilter reads text as the server reads the filter of a request (RFC 7644
// §3.4.2.2), with all that its policy takes of clients, so that trying a filter
// here shows what a client would get. Text that is no filter and has no operator
// in it is looked for word by word. The error is a *filterFault.
func parseUserFilter(text string, of *noun) (userFilter, error) {
	typed := strings.TrimRightFunc(text, unicode.IsSpace)
	text = strings.TrimSpace(text)
	if text == "" {
		return userFilter{}, nil
	}
	indent := strings.Repeat(" ", utf8.RuneCountInString(typed)-utf8.RuneCountInString(text)) // columns are of what was typed
	query := text
	f, notes, err := of.t.ReadFilter(indent+query, of.policy)
	if err != nil && !hasOperator(text) {
		query = wordsFilter(text, of.words)
		f, notes, err = of.t.ReadFilter(query, of.policy)
	}
	if err != nil {
		fault := &filterFault{plainly(err), -1}
		var place *scim.SyntaxError
		if query == text && errors.As(err, &place) {
			fault.at = place.Column - 1
		}
		return userFilter{}, fault
	}
	return userFilter{text: text, scim: query, f: f, notes: notes}, nil
}

// hasOperator reports whether one of the words of text belongs to the filter language.
func hasOperator(text string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()[]", r) }) {
		switch word {
		case "eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le":
			return true
		}
	}
	return false
}

// wordsFilter makes a filter of plain words, all of which must be found.
func wordsFilter(text string, paths []string) string {
	var b strings.Builder
	for i, word := range strings.Fields(text) {
		if i > 0 {
			b.WriteString(" and ")
		}
		b.WriteByte('(')
		for j, path := range paths {
			if j > 0 {
				b.WriteString(" or ")
			}
			b.WriteString(path + " co " + scim.StringOf(word).String())
		}
		b.WriteByte(')')
	}
	return b.String()
}

// complete completes the word before the cursor: an attribute's path, an operator, a
// value that the schema names.
func (u *users) complete() {
	p := u.prompt
	word, list := u.of.t.Complete(p.input.Before())
	all := make([]candidate, len(list))
	for i, s := range list {
		all[i].text = s
	}
	if len(all) == 1 && !strings.HasSuffix(all[0].text, ":") {
		all[0].text += " "
	}
	if len(all) == 0 && word == "" {
		p.hint = "a value: \"text\", a number, true, false"
		return
	}
	p.hint = complete(&p.input, word, all, func(string) bool { return true })
}

// request is the request that a client would send for the filter.
func (f userFilter) request(of *noun) string {
	return "GET " + of.endpoint + "?filter=" + strings.ReplaceAll(url.QueryEscape(f.scim), "+", "%20")
}

// curl is the request as a command; its key is $SCIM_TOKEN.
func (f userFilter) curl(of *noun, base string) []byte {
	_, target, _ := strings.Cut(f.request(of), " ")
	return []byte(wire.Curl(&wire.Exchange{
		Method: "GET", Target: target, Path: of.endpoint, Base: base,
		RequestHeader: []wire.Field{{Name: "Accept", Value: "application/scim+json"}},
	}, ""))
}

// scimQuery asks the store for a part of a list; start counts from 0.
func scimQuery(f *scim.Filter, start, n int) store.Query {
	return store.Query{Filter: f, Start: start + 1, Count: n}
}
