package scim

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The grammar, that of RFC 7644 §3.4.2.2, figure 1, and §3.5.2, figure 7:
//
//	filter     = conjunction *( "or" conjunction )
//	conjunction = term *( "and" term )
//	term       = ["not"] "(" filter ")" / condition
//	condition  = name "pr" / name operator literal / name "[" filter "]" [ "." sub condition' ]
//	name       = [ urn ":" ] attr [ "." sub ]
//	literal    = a JSON string, number, true, false or null
//	path       = name / name "[" filter "]" [ "." sub ]
//
// Words have no case, except the literals. It differs from the RFC's in being
// kinder: any blanks may stand between words, brackets may follow them at
// once, and emails[type eq "work"].value eq "x" is read as the value path
// emails[type eq "work" and value eq "x"], which its senders mean by it.

const (
	// maxNesting bounds the levels of brackets, and so the recursion of all
	// that walks an Expr. People write two or three, programs a dozen.
	maxNesting = 64
	// maxConditions bounds what one Match costs: a condition takes 50 to 150 ns,
	// and a list matches every resource of the store.
	maxConditions = 10_000
)

// ParseFilter parses a filter. The error is a *SyntaxError. Time and memory
// are linear in the length of s; at most 64 levels of brackets and 10,000
// conditions are accepted.
func ParseFilter(s string) (Expr, error) {
	x, _, err := parseFilter(s)
	return x, err
}

// parseFilter also gives the value path that a condition follows, "" if none does.
func parseFilter(s string) (_ Expr, moved string, err error) {
	p := parser{src: s}
	defer p.recover(&err)
	p.checkEncoding()
	if p.skipBlanks(); p.pos == len(p.src) {
		p.fail(0, "", "the filter is empty")
	}
	x := p.filter(origin{})
	p.end()
	return x, p.moved, nil
}

// ParsePath parses a PATCH path: attr, attr.sub, attr[filter] or
// attr[filter].sub, each with or without a schema's URN before it, or the URN
// of an extension alone. The error is a *SyntaxError.
func ParsePath(s string) (_ Path, err error) {
	p := parser{src: s}
	defer p.recover(&err)
	p.checkEncoding()
	if p.skipBlanks(); p.pos == len(p.src) {
		p.fail(0, "", "the path is empty")
	}
	path := p.path()
	if p.skipBlanks(); p.pos < len(p.src) {
		p.fail(p.pos, "", "unexpected %s after the path", p.token())
	}
	return path, nil
}

// parser reads a filter or path from left to right without a separate list of
// tokens. Methods start at p.pos, skip blanks themselves, and leave p.pos
// behind what they read; a fault is a panic with a *SyntaxError, recovered in
// ParseFilter and ParsePath.
type parser struct {
	src        string
	pos        int
	nesting    int
	conditions int
	inValue    bool   // between [ and ]
	moved      string // a value path that a condition followed
	starts     *[]int // where conditions begin, for who asks: see conditions
}

// origin is the word that asks for a term, for the message if none comes.
type origin struct {
	pos  int
	word string // "and", "or"; "" at the start
}

func (p *parser) fail(offset int, hint, format string, args ...any) {
	panic(&SyntaxError{
		Offset: offset,
		Column: utf8.RuneCountInString(p.src[:offset]) + 1,
		Msg:    fmt.Sprintf(format, args...),
		Hint:   hint,
	})
}

func (p *parser) recover(err *error) {
	switch e := recover().(type) {
	case nil:
	case *SyntaxError:
		*err = e
	default:
		panic(e)
	}
}

// filter reads a chain of "or".
func (p *parser) filter(from origin) Expr {
	x := p.conjunction(from)
	from, more := p.connective("or")
	if !more {
		return x
	}
	or := &Or{}
	for {
		if inner, ok := x.(*Or); ok {
			or.Terms = append(or.Terms, inner.Terms...)
		} else {
			or.Terms = append(or.Terms, x)
		}
		if !more {
			return or
		}
		x = p.conjunction(from)
		from, more = p.connective("or")
	}
}

// conjunction reads a chain of "and".
func (p *parser) conjunction(from origin) Expr {
	x := p.term(from)
	from, more := p.connective("and")
	if !more {
		return x
	}
	and := &And{}
	for {
		and.Terms = appendTerm(and.Terms, x)
		if !more {
			return and
		}
		x = p.term(from)
		from, more = p.connective("and")
	}
}

// appendTerm keeps And flat.
func appendTerm(terms []Expr, x Expr) []Expr {
	if inner, ok := x.(*And); ok {
		return append(terms, inner.Terms...)
	}
	return append(terms, x)
}

// term reads a condition, or a filter in round brackets with or without not.
func (p *parser) term(from origin) Expr {
	p.skipBlanks()
	start := p.pos
	switch {
	case p.at('('):
		return p.group()
	case p.pos == len(p.src) || p.at(')') || p.at(']'):
		if from.word != "" {
			p.fail(from.pos, "", "nothing follows %q", from.word)
		}
		p.fail(p.pos, "", "a condition is missing before %s", p.token())
	}
	word := p.word()
	if sameName(word, "not") {
		if p.skipBlanks(); !p.at('(') {
			p.fail(start, "write not (…)", "%q needs round brackets after it", word)
		}
		return &Not{p.group()}
	}
	if sameName(word, "and") || sameName(word, "or") {
		p.fail(start, "", "a condition is missing before %q", word)
	}
	p.pos = start
	return p.condition()
}

// group reads a filter in round brackets.
func (p *parser) group() Expr {
	open := p.pos
	p.pos++
	if p.skipBlanks(); p.at(')') {
		p.fail(open, "", "there is no condition between ( and )")
	}
	if p.pos == len(p.src) {
		p.fail(open, "", "this ( is not closed")
	}
	p.enter(open)
	x := p.filter(origin{})
	p.closing(open, ')')
	return x
}

func (p *parser) enter(open int) {
	if p.nesting++; p.nesting > maxNesting {
		p.fail(open, "", "brackets are nested more than %d deep", maxNesting)
	}
}

// closing reads the bracket that closes the one at open.
func (p *parser) closing(open int, bracket byte) {
	p.skipBlanks()
	if p.at(bracket) {
		p.pos++
		p.nesting--
		return
	}
	if p.pos == len(p.src) || p.at(')') || p.at(']') {
		p.fail(open, "", "this %c is not closed", p.src[open])
	}
	p.junk()
}

// condition reads one comparison, presence test or value path.
func (p *parser) condition() Expr {
	start := p.pos
	if p.conditions++; p.conditions > maxConditions {
		p.fail(start, "ask in several requests", "the filter has more than %d conditions", maxConditions)
	}
	p.begin(start)
	path := p.name()
	if !p.at('[') {
		return p.comparison(path)
	}
	if p.inValue {
		p.fail(p.pos, "", "a value path cannot hold another")
	}
	inner := p.valueFilter(path)
	if p.at('.') {
		p.moved = strings.TrimSpace(p.src[start:p.pos])
		p.pos++
		p.begin(p.pos)
		rest := p.comparison(Path{Attr: p.subName()})
		inner = &And{append(appendTerm(nil, inner), rest)}
	}
	return &Has{path, inner}
}

// valueFilter reads the filter of a value path, from [ to ].
func (p *parser) valueFilter(path Path) Expr {
	open := p.pos
	if path.Sub != "" || path.Attr == "" {
		p.fail(open, "", "%s cannot have a filter, only an attribute can", quote(path.String()))
	}
	p.pos++
	if p.skipBlanks(); p.at(']') {
		p.fail(open, "", "there is no condition between [ and ]")
	}
	if p.pos == len(p.src) {
		p.fail(open, "", "this [ is not closed")
	}
	p.enter(open)
	p.inValue = true
	x := p.filter(origin{})
	p.inValue = false
	p.closing(open, ']')
	return x
}

// comparison reads what follows a name: pr, or an operator and a literal.
func (p *parser) comparison(path Path) Expr {
	const operators = "use one of eq ne co sw ew gt ge lt le pr"
	p.skipBlanks()
	start := p.pos
	word := p.word()
	if word == "" {
		p.fail(start, operators, "an operator is missing after %s", quote(path.String()))
	}
	if sameName(word, "pr") {
		p.refuseLiteral(word)
		return &Present{path}
	}
	for op, name := range opNames {
		if sameName(word, name) {
			return &Compare{path, Op(op), p.literal(word)}
		}
	}
	hint := operators
	if meant, ok := operatorMeant[strings.ToLower(word)]; ok {
		hint = "use " + meant
	}
	p.fail(start, hint, "%s is no operator", quote(word))
	return nil
}

// operatorMeant knows the operators of other languages.
var operatorMeant = map[string]string{
	"=": "eq", "==": "eq", "equals": "eq", "is": "eq", "!=": "ne", "<>": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le",
	"gte": "ge", "lte": "le", "contains": "co", "like": "co", "startswith": "sw", "endswith": "ew", "present": "pr", "exists": "pr",
}

// refuseLiteral says what is wrong with title pr "x".
func (p *parser) refuseLiteral(operator string) {
	p.skipBlanks()
	start := p.pos
	word := p.word()
	if word == "" && p.at('"') || word == "true" || word == "false" || word == "null" || isNumber(word) {
		p.fail(start, "", "%q takes no value", operator)
	}
	p.pos = start
}

// end checks that the whole input was read.
func (p *parser) end() {
	if p.skipBlanks(); p.pos == len(p.src) {
		return
	}
	if p.at(')') || p.at(']') {
		p.fail(p.pos, "", "this %c closes nothing", p.src[p.pos])
	}
	p.junk()
}

func (p *parser) junk() {
	p.fail(p.pos, "join conditions with and or or", "unexpected %s after a condition", p.token())
}

// connective reads the word if it comes next.
func (p *parser) connective(word string) (origin, bool) {
	p.skipBlanks()
	start := p.pos
	if len(p.src)-start < len(word) || !sameName(p.src[start:start+len(word)], word) {
		return origin{}, false
	}
	if got := p.word(); len(got) > len(word) {
		p.pos = start
		return origin{}, false
	}
	return origin{start, p.src[start:p.pos]}, true
}
