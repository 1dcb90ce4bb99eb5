package scim

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The words of filters and paths: names, literals, blanks.

const (
	blanks     = " \t\r\n"
	delimiters = blanks + `()[]"`
)

func (p *parser) skipBlanks() {
	for p.pos < len(p.src) && strings.IndexByte(blanks, p.src[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *parser) at(c byte) bool { return p.pos < len(p.src) && p.src[p.pos] == c }

// word reads up to the next blank, bracket or quote; "" if one is next.
func (p *parser) word() string {
	start := p.pos
	for p.pos < len(p.src) && !isDelimiter(p.src[p.pos]) {
		p.pos++
	}
	return p.src[start:p.pos]
}

func isDelimiter(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', '(', ')', '[', ']', '"':
		return true
	}
	return false
}

// token quotes what comes next, for a message: a word or a single character.
func (p *parser) token() string {
	rest := p.src[p.pos:]
	n := strings.IndexAny(rest, delimiters)
	switch {
	case n < 0:
		n = len(rest)
	case n == 0:
		n = 1
	}
	return quote(rest[:n])
}

func (p *parser) checkEncoding() {
	if utf8.ValidString(p.src) {
		return
	}
	for i, r := range p.src {
		if _, n := utf8.DecodeRuneInString(p.src[i:]); r == utf8.RuneError && n == 1 {
			p.fail(i, "", "the byte %#02x is not UTF-8", p.src[i])
		}
	}
}

// name reads [urn:]attr[.sub]. Everything before the last colon is the URN,
// which may hold dots.
func (p *parser) name() Path {
	p.skipBlanks()
	start := p.pos
	word := p.word()
	colon := strings.LastIndexByte(word, ':')
	path := Path{URN: word[:max(colon, 0)]}
	if colon == 0 {
		p.fail(start, "", "a URN is missing before :")
	}
	attr, sub, dotted := strings.Cut(word[colon+1:], ".")
	path.Attr = p.checkName(start+colon+1, attr)
	if dotted {
		path.Sub = p.checkName(start+len(word)-len(sub), sub)
	}
	return path
}

// subName reads the sub-attribute after a value path.
func (p *parser) subName() string {
	start := p.pos
	return p.checkName(start, p.word())
}

// checkName checks an attribute's name (RFC 7643 §2.1) that stands at start.
func (p *parser) checkName(start int, name string) string {
	if name == "" {
		p.fail(start, "", "an attribute name is missing")
	}
	for i, c := range name {
		if isLetter(c) || i > 0 && (c == '-' || c == '_' || '0' <= c && c <= '9') || i == 0 && c == '$' && len(name) > 1 {
			continue
		}
		switch {
		case c == '.':
			p.fail(start+i, "a path is attribute.subAttribute at most", "%s goes a level too deep", quote(name[i:]))
		case i == 0:
			p.fail(start, "", "an attribute name cannot begin with %q", c)
		}
		p.fail(start+i, "", "an attribute name cannot contain %q", c)
	}
	return name
}

func isLetter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// bareURN reads a word that can only be the URN of an extension, because what
// follows its last colon is no attribute name.
func bareURN(word string) (Path, bool) {
	colon := strings.LastIndexByte(word, ':')
	if colon <= 0 || colon == len(word)-1 || '0' > word[colon+1] || word[colon+1] > '9' {
		return Path{}, false
	}
	return Path{URN: word}, true
}

// path reads a PATCH path.
func (p *parser) path() Path {
	p.skipBlanks()
	start := p.pos
	path, ok := bareURN(p.word())
	if !ok {
		p.pos = start
		path = p.name()
	}
	if p.at('[') {
		path.Filter = p.valueFilter(path)
		if p.at('.') {
			p.pos++
			path.Sub = p.subName()
		}
	}
	return path
}

// literal reads a value: JSON's string, number, true, false or null.
func (p *parser) literal(operator string) Value {
	p.skipBlanks()
	if p.at('"') {
		return StringOf(p.quoted())
	}
	start := p.pos
	word := p.word()
	switch {
	case word == "":
		p.fail(start, "", "the value is missing after %q", operator)
	case word == "true":
		return BoolOf(true)
	case word == "false":
		return BoolOf(false)
	case word == "null":
		return Value{kind: Null}
	case isNumber(word):
		return Value{kind: Number, text: word}
	case sameName(word, "true") || sameName(word, "false") || sameName(word, "null"):
		p.fail(start, "write "+strings.ToLower(word), "%s is no value", quote(word))
	}
	p.unquoted(start, word)
	return Value{}
}

// unquoted reports a value without its quotes, or with others.
func (p *parser) unquoted(start int, word string) {
	msg := "the value is not in quotes"
	for _, q := range [...][2]string{{"'", "'"}, {"“", "”"}, {"‘", "’"}, {"„", "“"}, {"`", "`"}} {
		if after, ok := strings.CutPrefix(p.src[start:], q[0]); ok {
			msg = "the value is in the wrong quotes"
			word, _, _ = strings.Cut(after, q[1])
			break
		}
	}
	p.fail(start, "put the value in double quotes: "+quote(word), "%s", msg)
}

// quoted reads a JSON string (RFC 8259 §7) and gives its text.
func (p *parser) quoted() string {
	open := p.pos
	p.pos++
	start := p.pos
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case c == '"':
			p.pos++
			return p.src[start : p.pos-1]
		case c == '\\':
			return p.unescape(open, append(make([]byte, 0, 64), p.src[start:p.pos]...))
		case c < ' ':
			p.control(c)
		default:
			p.pos++
		}
	}
	p.unclosed(open)
	return ""
}

func (p *parser) unclosed(open int) {
	p.fail(open, `end the value with "`, "this quote is not closed")
}

func (p *parser) control(c byte) {
	p.fail(p.pos, "write it as an escape: "+strings.Trim(StringOf(string(rune(c))).String(), `"`), "a control character in the value")
}

// unescape reads on from the first backslash; text is what precedes it.
func (p *parser) unescape(open int, text []byte) string {
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case c == '"':
			p.pos++
			return string(text)
		case c == '\\':
			r, n := unescape(p.src[p.pos:])
			if n == 0 {
				p.escapeFault(open)
			}
			text = utf8.AppendRune(text, r)
			p.pos += n
		case c < ' ':
			p.control(c)
		default:
			text = append(text, c)
			p.pos++
		}
	}
	p.unclosed(open)
	return ""
}

func (p *parser) escapeFault(open int) {
	rest := p.src[p.pos:]
	switch {
	case len(rest) < 2:
		p.unclosed(open)
	case rest[1] != 'u':
		_, n := utf8.DecodeRuneInString(rest[1:])
		p.fail(p.pos, `write a backslash as \\`, `%s is no escape`, rest[:1+n])
	}
	if _, ok := hex4(rest[2:]); ok {
		p.fail(p.pos, "", `%s is half of a surrogate pair`, rest[:6])
	}
	p.fail(p.pos, "", `\u needs four hexadecimal digits`)
}

// unescape decodes the escape at the start of s and gives its length, 0 if it
// is none. A surrogate pair counts as one; half a pair is none.
func unescape[T string | []byte](s T) (rune, int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case '"', '\\', '/':
		return rune(s[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r, ok := hex4(s[2:])
		if !ok {
			return 0, 0
		}
		if !utf16.IsSurrogate(r) {
			return r, 6
		}
		if len(s) < 12 || s[6] != '\\' || s[7] != 'u' {
			return 0, 0
		}
		low, _ := hex4(s[8:])
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			return r, 12
		}
	}
	return 0, 0
}

// hex4 reads four hexadecimal digits.
func hex4[T string | []byte](s T) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := 0; i < 4; i++ {
		c := s[i]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// isNumber reports whether s is a JSON number (RFC 8259 §6).
func isNumber(s string) bool {
	digits := func() (n int) {
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n
	}
	s = strings.TrimPrefix(s, "-")
	zero := strings.HasPrefix(s, "0")
	if n := digits(); n == 0 || zero && n > 1 {
		return false
	}
	if strings.HasPrefix(s, ".") {
		s = s[1:]
		if digits() == 0 {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if digits() == 0 {
			return false
		}
	}
	return s == ""
}
