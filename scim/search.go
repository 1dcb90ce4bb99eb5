package scim

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Search is a SearchRequest (RFC 7644 §3.4.3): the parameters of a query in the
// body of a POST. What the body does not have is zero.
type Search struct {
	Attributes, Excluded      []string
	Filter, SortBy, SortOrder string
	StartIndex, Count         *int    // as sent; beyond the range of int: the end of it
	Cursor                    *string // "" asks for the first page (RFC 9865 §3)
}

// ReadSearch reads the body of a POST to .search. Member names have any case,
// null is as good as missing, and unknown members are ignored. Errors are
// *Error: 400 invalidSyntax for a body that is no SearchRequest, 400
// invalidValue for a member of the wrong type.
func ReadSearch(body Value) (Search, error) {
	if body.kind != Object {
		return Search{}, Errorf(400, InvalidSyntax, "the body: want a JSON object, got %s", body.describe())
	}
	if err := checkMessage(body.Fold("schemas"), SearchURN); err != nil {
		return Search{}, err
	}
	m := message{body: body}
	s := Search{
		Attributes: m.texts("attributes"),
		Excluded:   m.texts("excludedAttributes"),
		Filter:     m.text("filter"),
		SortBy:     m.text("sortBy"),
		SortOrder:  m.text("sortOrder"),
		StartIndex: m.integer("startIndex"),
		Count:      m.integer("count"),
	}
	if v := body.Fold("cursor"); v.kind > Null {
		text := m.text("cursor")
		s.Cursor = &text
	}
	return s, m.err
}

// message reads the members of a message and keeps the first error.
type message struct {
	body Value
	err  error
}

// member gives a member of the wanted kind; Absent when it is null, missing or wrong.
func (m *message) member(name string, kind Kind) Value {
	v := m.body.Fold(name)
	if v.kind <= Null {
		return Value{}
	}
	if v.kind != kind {
		m.fail(name, kind.String(), v)
		return Value{}
	}
	return v
}

func (m *message) fail(name, want string, got Value) {
	if m.err == nil {
		m.err = Errorf(400, InvalidValue, "%s: want %s, got %s", name, want, got.describe())
	}
}

func (m *message) text(name string) string { return m.member(name, String).text }

func (m *message) texts(name string) []string {
	v := m.member(name, Array)
	if v.kind == Absent {
		return nil
	}
	list := make([]string, len(v.kids))
	for i := range v.kids {
		if e := v.kids[i].Value; e.kind == String {
			list[i] = e.text
		} else {
			m.fail(name+"["+strconv.Itoa(i)+"]", "an attribute's name as a string", e)
		}
	}
	return list
}

func (m *message) integer(name string) *int {
	v := m.member(name, Number)
	if v.kind == Absent {
		return nil
	}
	n, err := strconv.Atoi(v.text)
	switch {
	case err == nil:
	case !errors.Is(err, strconv.ErrRange):
		m.fail(name, "an integer", v)
		return nil
	case strings.HasPrefix(v.text, "-"):
		n = math.MinInt
	default:
		n = math.MaxInt
	}
	return &n
}
