package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"scimdeck/store"
)

// The filter words of the Requests screen. Words beside each other must all
// hold; OR and parentheses combine, - excludes; a comma in a value means any
// of these; quotes keep blanks; names and values ignore case.
//
//	filter = or ;
//	or     = and { ("OR" | "|") and } ;
//	and    = not { not } ;
//	not    = [ "-" | "!" | "NOT" ] term ;
//	term   = "(" or ")" | "#" number [ "-" number ] | field ":" values | word | quoted ;
//	values = value { "," value } ;
//	value  = [ ">=" | "<=" | ">" | "<" | "=" ] ( word | quoted | range ) | "~" regex | "*" ;
//	range  = scalar ".." scalar ;
//
// The zero filter lets everything through.
type filter struct {
	text  string
	test  test
	terms []clause // the words that must all hold, when there is no OR around them
}

// test is one condition on a row.
type test func(*store.Row) bool

// clause is a condition with its own text, to tell what hides everything.
type clause struct {
	text string
	test test
}

// filterEnv is what words refer to: the clock, the keys, what is marked and
// what was seen when the list was paused.
type filterEnv struct {
	now       time.Time
	loc       *time.Location
	keys      []store.Key
	marks     map[uint64]bool
	seen      uint64
	following bool
}

func (f filter) match(row *store.Row) bool { return f.test == nil || f.test(row) }

// filterError is what is wrong with a filter, and where.
type filterError struct {
	col  int // from 1, in characters
	msg  string
	hint string // the way out, or ""
}

func (e *filterError) Error() string {
	s := fmt.Sprintf("column %d: %s", e.col, e.msg)
	if e.hint != "" {
		s += "; " + e.hint
	}
	return s
}

// filterDepth bounds how deep parentheses go.
const filterDepth = 50

// parseFilter reads a filter. The error is a *filterError.
func parseFilter(text string, env filterEnv) (f filter, err error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return filter{}, nil
	}
	p := &filterParser{s: text, env: env}
	defer func() {
		if e := recover(); e != nil {
			fe, ok := e.(*filterError)
			if !ok {
				panic(e)
			}
			f, err = filter{}, fe
		}
	}()
	all, terms := p.or()
	if p.i < len(p.s) {
		p.fail(p.i, "this parenthesis closes nothing", "put it in quotes to look for it")
	}
	return filter{text: text, test: all, terms: terms}, nil
}

// filterParser reads a filter by recursive descent. Errors are panics of
// *filterError, recovered in parseFilter.
type filterParser struct {
	s     string
	i     int // the next byte
	depth int
	env   filterEnv
}

func (p *filterParser) fail(at int, msg, hint string) {
	panic(&filterError{col: utf8.RuneCountInString(p.s[:at]) + 1, msg: msg, hint: hint})
}

func (p *filterParser) blanks() {
	for p.i < len(p.s) {
		r, n := utf8.DecodeRuneInString(p.s[p.i:])
		if !unicode.IsSpace(r) {
			return
		}
		p.i += n
	}
}

// keyword eats a word of the grammar, which stands alone.
func (p *filterParser) keyword(w string) bool {
	p.blanks()
	rest := p.s[p.i:]
	if len(rest) < len(w) || rest[:len(w)] != w {
		return false
	}
	if w != "|" && len(rest) > len(w) && !strings.ContainsRune(" \t(", rune(rest[len(w)])) {
		return false
	}
	p.i += len(w)
	return true
}

func (p *filterParser) or() (test, []clause) {
	first, terms := p.and()
	any := []test{first}
	for p.keyword("OR") || p.keyword("|") {
		t, _ := p.and()
		any = append(any, t)
		terms = nil
	}
	if len(any) == 1 {
		return first, terms
	}
	return func(r *store.Row) bool {
		return slices.ContainsFunc(any, func(t test) bool { return t(r) })
	}, nil
}

func (p *filterParser) and() (test, []clause) {
	var terms []clause
	for {
		p.blanks()
		if p.i == len(p.s) || p.s[p.i] == ')' || p.s[p.i] == '|' {
			break
		}
		if at := p.i; p.keyword("OR") {
			p.i = at
			break
		}
		from := p.i
		t := p.not()
		terms = append(terms, clause{p.s[from:p.i], t})
	}
	switch len(terms) {
	case 0:
		p.fail(p.i, "a word is missing here", "")
	case 1:
		return terms[0].test, terms
	}
	all := slices.Clone(terms)
	return func(r *store.Row) bool {
		for i := range all {
			if !all[i].test(r) {
				return false
			}
		}
		return true
	}, terms
}

func (p *filterParser) not() test {
	negative := false
	for p.keyword("NOT") || p.sign() {
		negative = !negative
		p.blanks()
	}
	t := p.term()
	if !negative {
		return t
	}
	return func(r *store.Row) bool { return !t(r) }
}

// sign eats a - or ! in front of a term.
func (p *filterParser) sign() bool {
	if p.i+1 < len(p.s) && (p.s[p.i] == '-' || p.s[p.i] == '!') && p.s[p.i+1] != ' ' {
		p.i++
		return true
	}
	return false
}

func (p *filterParser) term() test {
	p.blanks()
	at := p.i
	if at == len(p.s) {
		p.fail(at, "a word is missing here", "")
	}
	switch p.s[at] {
	case '(':
		if p.depth++; p.depth > filterDepth {
			p.fail(at, "parentheses go too deep", "")
		}
		p.i++
		t, _ := p.or()
		p.blanks()
		if p.i == len(p.s) || p.s[p.i] != ')' {
			p.fail(at, "this parenthesis is never closed", "add ) at the end")
		}
		p.i++
		p.depth--
		return t
	case ')':
		p.fail(at, "this parenthesis closes nothing", "put it in quotes to look for it")
	case '#':
		return p.numbers()
	case '"':
		return anyText(p.quoted())
	}
	if name, ok := p.field(); ok {
		return p.values(name, at)
	}
	return anyText(p.word(""))
}

// field eats "name:" in front of a value.
func (p *filterParser) field() (string, bool) {
	end := p.i
	for end < len(p.s) && (p.s[end] >= 'a' && p.s[end] <= 'z' || p.s[end] >= 'A' && p.s[end] <= 'Z') {
		end++
	}
	if end == p.i || end == len(p.s) || p.s[end] != ':' {
		return "", false
	}
	name := strings.ToLower(p.s[p.i:end])
	p.i = end + 1
	return name, true
}

// word eats up to a blank, a parenthesis or one of stop.
func (p *filterParser) word(stop string) string {
	from := p.i
	for p.i < len(p.s) {
		r, n := utf8.DecodeRuneInString(p.s[p.i:])
		if unicode.IsSpace(r) || r == '(' || r == ')' || strings.ContainsRune(stop, r) {
			break
		}
		p.i += n
	}
	return p.s[from:p.i]
}

// quoted eats a text in quotes; \" and \\ stand for themselves inside.
func (p *filterParser) quoted() string {
	at := p.i
	var b strings.Builder
	for p.i++; p.i < len(p.s); p.i++ {
		switch c := p.s[p.i]; {
		case c == '\\' && p.i+1 < len(p.s) && (p.s[p.i+1] == '"' || p.s[p.i+1] == '\\'):
			p.i++
			b.WriteByte(p.s[p.i])
		case c == '"':
			p.i++
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	p.fail(at, "the text has no closing quote", `add " at the end`)
	return ""
}

// values eats the values of a field, separated by commas.
func (p *filterParser) values(name string, at int) test {
	f, ok := filterFields[name]
	if !ok {
		hint := "put it in quotes to look for it as text"
		if like := nearest(name, fieldNames); like != "" {
			hint = "did you mean " + like + ": ?"
		}
		p.fail(at, name+": is no field", hint)
	}
	var any []test
	for {
		from := p.i
		v := p.value()
		if v.text == "" && !v.quoted {
			p.fail(from, name+": needs a value", "for example "+f.example)
		}
		t, msg, hint := f.compile(v, p.env)
		if t == nil {
			p.fail(from, msg, hint)
		}
		any = append(any, t)
		if p.i == len(p.s) || p.s[p.i] != ',' {
			break
		}
		p.i++
	}
	if len(any) == 1 {
		return any[0]
	}
	return func(r *store.Row) bool {
		return slices.ContainsFunc(any, func(t test) bool { return t(r) })
	}
}

// value is one value of a field as written: "status:>=400" has op ">=" and text "400".
type value struct {
	op     string // "", ">=", "<=", ">", "<", "=", "~" or ".."
	text   string
	to     string // the end of a range
	quoted bool
}

func (p *filterParser) value() value {
	var v value
	rest := p.s[p.i:]
	for _, op := range []string{">=", "<=", ">", "<", "=", "~"} {
		if strings.HasPrefix(rest, op) {
			v.op = op
			p.i += len(op)
			break
		}
	}
	if p.i < len(p.s) && p.s[p.i] == '"' {
		v.text, v.quoted = p.quoted(), true
		return v
	}
	if v.op == "~" { // a regular expression goes on to the next blank; quotes keep blanks
		from := p.i
		for p.i < len(p.s) && p.s[p.i] != ' ' {
			p.i++
		}
		v.text = p.s[from:p.i]
		return v
	}
	v.text = p.word(",")
	if from, to, ok := strings.Cut(v.text, ".."); ok && v.op == "" && from != "" && to != "" {
		v.op, v.text, v.to = "..", from, to
	}
	return v
}

// numbers eats #1034 or #1030-1040.
func (p *filterParser) numbers() test {
	at := p.i
	p.i++
	from, to, isRange := strings.Cut(p.word(""), "-")
	a, ok := parseNumber(from)
	b := a
	if isRange {
		var okTo bool
		b, okTo = parseNumber(to)
		ok = ok && okTo
	}
	if !ok {
		p.fail(at, "# needs a request number", "for example #1034 or #1030-1040")
	}
	return func(r *store.Row) bool { return r.Seq >= a && r.Seq <= b }
}

func parseNumber(s string) (n uint64, ok bool) {
	if s == "" || len(s) > 19 {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}
