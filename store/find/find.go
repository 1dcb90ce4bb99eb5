// Package find is the filter language of the request log: words that say which
// requests are meant. The dashboard's / and `scimdeck log FILTER` both read it.
//
//	f, err := find.New("method:write status:>=400 user:ada", find.Env{Now: time.Now(), Keys: st.Keys()})
//	for _, row := range st.Rows(nil, 0, 0) {
//		if f.Match(row) == find.Yes {
//			fmt.Println(row.Seq, row.Sentence)
//		}
//	}
//
// Words beside each other must all hold; OR (or |) and parentheses combine, - or
// NOT excludes; a comma in a value means any of these; quotes keep blanks. Names
// and values ignore case. A word without a field is looked for in method, target,
// user, key name, operation and sentence, and in the note that somebody put on it.
//
//	filter = or ;
//	or     = and { ("OR" | "|") and } ;
//	and    = not { not } ;
//	not    = { "-" | "!" | "NOT" } term ;
//	term   = "(" or ")" | "#" number [ "-" number ] | field ":" values | word | quoted ;
//	values = value { "," value } ;
//	value  = [ ">=" | "<=" | ">" | "<" | "=" ] ( word | quoted | range ) | "~" regex | "*" ;
//	range  = scalar ".." scalar ;
//
// Parse gives the tree, and the String of a tree parses back to it. Fields lists
// the fields. Most words are decided by a row alone. Those that look into the
// stored exchange (body:, header:, reqsize:, …) are Maybe until it has been read,
// which Search does for many, a batch at a time; what the other words exclude is
// never read.
//
// The package finds; it draws nothing and keeps nothing. It is not the SCIM
// filter language, which is scim's.
package find

import (
	"slices"
	"strings"
	"time"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

// Env is what words refer to besides the request itself.
type Env struct {
	Now  time.Time         // what "since:5m" counts from; clock times are in its zone
	Keys []store.Key       // so that key: finds prefixes and present names
	New  func(uint64) bool // is:new; nil: none is
}

// Verdict is whether a filter lets a request through.
type Verdict uint8

// The verdicts. Maybe is that of a row whose exchange has to be read first.
// They are ordered, so that "and" is min and "or" is max.
const (
	No Verdict = iota
	Maybe
	Yes
)

func verdict(ok bool) Verdict {
	if ok {
		return Yes
	}
	return No
}

// Filter is a filter ready for use. The zero Filter lets everything through. It
// may be used by several goroutines.
type Filter struct {
	text  string
	expr  Expr
	test  test
	terms []term
}

// test is a condition. ex is nil while the exchange has not been read.
type test func(row *store.Row, ex *wire.Exchange) Verdict

// term is one of the words that must all hold.
type term struct {
	expr Expr
	test test
}

// New parses a filter and makes it ready. Text of blanks is the zero Filter. The
// error is an *Error.
func New(text string, env Env) (Filter, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Filter{}, nil
	}
	x, err := Parse(text)
	if err != nil {
		return Filter{}, err
	}
	f := Filter{text: text, expr: x}
	for _, part := range conjuncts(x) {
		t, err := compile(part, env)
		if err != nil {
			return Filter{}, err
		}
		f.terms = append(f.terms, term{part, t.test})
	}
	all, err := compile(x, env)
	f.test = all.test
	return f, err
}

// String returns the text that the filter was made of.
func (f Filter) String() string { return f.text }

// Expr returns the tree, nil for the zero Filter.
func (f Filter) Expr() Expr { return f.expr }

// Match says what a row alone tells.
func (f Filter) Match(row *store.Row) Verdict {
	if f.test == nil {
		return Yes
	}
	return f.test(row, nil)
}

// OfRemarks reports whether what the filter lets through depends on marks and
// notes: those of a row may change as long as it is kept.
func (f Filter) OfRemarks() bool { return f.expr != nil && ofRemarks(f.expr) }

func ofRemarks(x Expr) bool {
	switch x := x.(type) {
	case And:
		return slices.ContainsFunc(x, ofRemarks)
	case Or:
		return slices.ContainsFunc(x, ofRemarks)
	case Not:
		return ofRemarks(x.X)
	case Field:
		return x.Name == "note" || x.Name == "is" && slices.ContainsFunc(x.Values, func(v Value) bool { return strings.EqualFold(v.Text, "marked") })
	case Text:
		return true
	}
	return false
}

// MatchExchange decides with the exchange of the row.
func (f Filter) MatchExchange(row *store.Row, ex *wire.Exchange) bool {
	return f.test == nil || f.test(row, ex) == Yes
}
