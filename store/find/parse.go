package find

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxBytes = 16 << 10 // of a filter
	maxDepth = 50       // levels of parentheses, and so the recursion of all that walks an Expr
)

// Parse reads a filter of at least one word. Values are checked too, so that
// the tree can be used. The error is an *Error.
func Parse(text string) (x Expr, err error) {
	p := &parser{s: text}
	defer func() {
		if e := recover(); e != nil {
			slip, ok := e.(*Error)
			if !ok {
				panic(e)
			}
			x, err = nil, slip
		}
	}()
	if len(text) > maxBytes {
		p.fail(0, "the filter is longer than 16 kB", "")
	}
	x = p.or()
	if p.i < len(p.s) {
		p.fail(p.i, "this parenthesis closes nothing", "put it in quotes to look for it")
	}
	return x, nil
}

// parser reads by recursive descent. Each method begins at p.i and leaves it
// behind what it has read. Errors are panics of *Error, recovered in Parse.
type parser struct {
	s     string
	i     int // the next byte
	depth int
}

func (p *parser) fail(at int, text, hint string) {
	panic(&Error{Column: utf8.RuneCountInString(p.s[:at]) + 1, Text: text, Hint: hint})
}

// next is the character at p.i.
func (p *parser) next() rune {
	r, _ := utf8.DecodeRuneInString(p.s[p.i:])
	return r
}

func (p *parser) blanks() {
	for p.i < len(p.s) {
		r, n := utf8.DecodeRuneInString(p.s[p.i:])
		if !unicode.IsSpace(r) {
			return
		}
		p.i += n
	}
}

// keyword eats a word of the grammar, which stands alone.
func (p *parser) keyword(w string) bool {
	p.blanks()
	rest, ok := strings.CutPrefix(p.s[p.i:], w)
	if !ok {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(rest); w != "|" && rest != "" && !unicode.IsSpace(r) && r != '(' {
		return false
	}
	p.i += len(w)
	return true
}

func (p *parser) or() Expr {
	parts := []Expr{p.and()}
	for p.keyword("OR") || p.keyword("|") {
		parts = append(parts, p.and())
	}
	return or(parts...)
}

func (p *parser) and() Expr {
	var parts []Expr
	for {
		p.blanks()
		if p.i == len(p.s) || p.s[p.i] == ')' || p.s[p.i] == '|' {
			break
		}
		if at := p.i; p.keyword("OR") {
			p.i = at
			break
		}
		parts = append(parts, p.not())
	}
	if len(parts) == 0 {
		p.fail(p.i, "a word is missing here", "")
	}
	return and(parts...)
}

func (p *parser) not() Expr {
	negative := false
	for p.keyword("NOT") || p.sign() {
		negative = !negative
		p.blanks()
	}
	x := p.term()
	if negative {
		return not(x)
	}
	return x
}

// sign eats a - or ! in front of a term.
func (p *parser) sign() bool {
	rest := p.s[p.i:]
	if len(rest) < 2 || rest[0] != '-' && rest[0] != '!' {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(rest[1:]); unicode.IsSpace(r) {
		return false
	}
	p.i++
	return true
}

func (p *parser) term() Expr {
	p.blanks()
	at := p.i
	if at == len(p.s) {
		p.fail(at, "a word is missing here", "")
	}
	switch p.s[at] {
	case '(':
		if p.depth++; p.depth > maxDepth {
			p.fail(at, "parentheses go too deep", "")
		}
		p.i++
		x := p.or()
		if p.blanks(); p.i == len(p.s) || p.s[p.i] != ')' {
			p.fail(at, "this parenthesis is never closed", "add ) at the end")
		}
		p.i++
		p.depth--
		return x
	case ')':
		p.fail(at, "this parenthesis closes nothing", "put it in quotes to look for it")
	case '#':
		return p.numbers()
	case '"':
		return Text(p.quoted())
	}
	if name, ok := p.name(); ok {
		return p.field(name, at)
	}
	return Text(p.word(""))
}

// name eats "name:" in front of a value.
func (p *parser) name() (string, bool) {
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
func (p *parser) word(stop string) string {
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
func (p *parser) quoted() string {
	at := p.i
	var b strings.Builder
	for p.i++; p.i < len(p.s); p.i++ {
		switch c := p.s[p.i]; {
		case c == '\\' && p.i+1 < len(p.s) && (p.s[p.i+1] == '"' || p.s[p.i+1] == '\\'):
			p.i++
			b.WriteByte(p.s[p.i])
		case c == '"':
			if p.i++; p.i < len(p.s) && !unicode.IsSpace(p.next()) && !strings.ContainsRune("(),|", p.next()) {
				p.fail(p.i, "a blank is missing behind the quote", `a quote inside a text is written \"`)
			}
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	p.fail(at, "the text has no closing quote", `add " at the end`)
	return ""
}

// field eats the values of a field, separated by commas.
func (p *parser) field(name string, at int) Expr {
	f := lookup(name)
	if f == nil {
		hint := "put it in quotes to look for it as text"
		if like := nearest(name, fieldNames); like != "" {
			hint = "did you mean " + like + ":?"
		}
		p.fail(at, name+": is no field", hint)
	}
	x := Field{Name: name}
	for {
		from := p.i
		v := p.value()
		if v.Text == "" && !v.Literal {
			p.fail(from, name+": needs a value", "for example "+f.Example)
		}
		if _, err := f.compile(v, Env{}); err != nil {
			var slip *slip
			if !errors.As(err, &slip) {
				panic(err) // compile knows no other
			}
			p.fail(from, slip.text, slip.hint)
		}
		x.Values = append(x.Values, v)
		if p.i == len(p.s) || p.s[p.i] != ',' {
			return x
		}
		p.i++
	}
}

func (p *parser) value() Value {
	var v Value
	for _, op := range []string{">=", "<=", ">", "<", "=", "~"} {
		if strings.HasPrefix(p.s[p.i:], op) {
			v.Op = op
			p.i += len(op)
			break
		}
	}
	switch {
	case p.i < len(p.s) && p.s[p.i] == '"':
		v.Text, v.Literal = p.quoted(), v.Op != "~"
	case v.Op == "~":
		n := regexLen(p.s[p.i:])
		v.Text = p.s[p.i : p.i+n]
		p.i += n
	default:
		v.Text = p.word(",")
		if from, to, ok := strings.Cut(v.Text, ".."); ok && v.Op == "" && from != "" && to != "" {
			v.Op, v.Text, v.To = "..", from, to
		}
	}
	return v
}

// regexLen is how far a regular expression without quotes goes: to a blank or
// to a parenthesis that closes none of its own.
func regexLen(s string) int {
	depth := 0
	for i, r := range s {
		switch {
		case i > 0 && s[i-1] == '\\' && !escaped(s[:i-1]):
			if unicode.IsSpace(r) {
				return i
			}
		case unicode.IsSpace(r):
			return i
		case r == '(':
			depth++
		case r == ')':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return len(s)
}

// escaped reports whether s ends in an odd number of backslashes.
func escaped(s string) bool {
	n := len(s) - len(strings.TrimRight(s, `\`))
	return n%2 == 1
}

// numbers eats #1034 or #1030-1040.
func (p *parser) numbers() Expr {
	at := p.i
	p.i++
	first, last, isRange := strings.Cut(p.word(""), "-")
	from, ok := number(first)
	to := from
	if isRange {
		var okTo bool
		to, okTo = number(last)
		ok = ok && okTo
	}
	if !ok {
		p.fail(at, "# needs a request number", "for example #1034 or #1030-1040")
	}
	return Numbers{from, to}
}

func number(s string) (n uint64, ok bool) {
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
