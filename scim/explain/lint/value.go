package lint

import (
	"bytes"
	"strings"

	"scimdeck/scim"
)

// wrong is about a value that is not of its attribute's type.
func (k *look) wrong(want string, got byte) {
	r := valueWrong
	if k.answers {
		r = answerValue
	}
	k.add(r, here, "want "+want+", got "+kindOf(got))
}

// taken is about a value that a lenient server takes for what is meant; in an
// answer it is just wrong.
func (k *look) taken(r *Rule, want string, got byte, detail string) {
	if k.answers {
		k.wrong(want, got)
	} else {
		k.add(r, here, detail)
	}
}

// value reads the value of an attribute. In a PATCH some forms are usual that a
// whole resource does not have. f, if not nil, is the resource's.
func (k *look) value(a *attribute, patch bool, f *facts) {
	switch c := k.peek(); {
	case c == 'n':
		k.skip(0) // no value: RFC 7643 §2.5
	case a.Multi && c == '[':
		k.elements(a, f)
	case a.Multi && c == '{' && a.complex:
		if !patch {
			k.taken(loneObject, "an array", c, "")
		}
		k.complex(a, f)
	case a.Multi && patch && !a.complex && c != '{':
		k.simple(a) // a value alone: RFC 7644 §3.5.2.1
	case a.Multi:
		k.other("an array", c)
	default:
		k.one(a, patch, f)
	}
}

// other passes a value that is none.
func (k *look) other(want string, got byte) {
	k.skip(0)
	if !k.ended {
		k.wrong(want, got)
	}
}

// one reads a single value.
func (k *look) one(a *attribute, patch bool, f *facts) {
	switch c := k.peek(); {
	case !a.complex:
		k.simple(a)
	case c == '{':
		k.complex(a, f)
	case c == '[' && patch:
		if n := k.count(); n == 1 {
			k.add(arrayOfOne, here, "")
		} else if n > 1 {
			k.wrong("an object", c)
		}
	case c == '"' && patch && a.subs.exact["value"] != nil:
		k.skip(0)
		if !k.ended {
			k.add(complexString, here, "")
		}
	default:
		k.other("an object", c)
	}
}

// count passes an array and gives the number of its elements; 0 when the text ends.
func (k *look) count() (n int) {
	var e elements
	for e.next(&k.text) {
		n++
		k.skip(0)
	}
	if k.ended {
		return 0
	}
	return n
}

// element is what rules about the values of one attribute want to know of each.
type element struct {
	value, typ                 span
	hasValue, hasType, primary bool
}

// elements reads the values of a multi-valued attribute.
func (k *look) elements(a *attribute, f *facts) {
	k.seen.reset()
	primaries, n := 0, 0
	var e elements
	for e.next(&k.text) {
		k.intoElement(e.index)
		switch c := k.peek(); {
		case c == 'n':
			k.skip(0)
		case !a.complex:
			k.simple(a)
		case c != '{':
			k.other("an object", c)
		default:
			n++
			x := k.complex(a, f)
			if k.ended {
				break
			}
			if x.primary {
				primaries++
			}
			k.element(a, x)
		}
		k.out()
	}
	if k.ended || !a.complex {
		return
	}
	if primaries > 1 {
		r := primaryTwice
		if k.answers {
			r = answerPrimaries
		}
		k.add(r, here, "")
	}
	if k.answers && a.role == roleEmails && n > 0 && primaries == 0 {
		k.add(primaryMissing, here, "")
	}
}

// element is about one value of a multi-valued attribute, after it was read.
func (k *look) element(a *attribute, x element) {
	if k.answers {
		return
	}
	if a.role == roleMembers && !x.hasValue {
		k.add(memberNameless, here, "")
	}
	if a.typed && !x.hasType {
		k.add(valueUntyped, here, "")
	}
	if x.hasValue && !x.value.empty() && k.seen.add(k.b[x.value.from:x.value.to], k.b[x.typ.from:x.typ.to]) {
		k.add(valueTwice, here, k.say(x.value))
	}
}

// complex reads the sub-attributes of one complex value.
func (k *look) complex(a *attribute, f *facts) (x element) {
	var m members
	for k.next(&m) {
		k.into(m.name)
		name := k.name(m.name)
		sub, asWritten := a.subs.find(name)
		if sub == nil {
			if !k.answers {
				k.add(attributeUnknown, here, "")
			}
			k.skip(0)
			k.out()
			continue
		}
		if !asWritten {
			k.misspeltName(attributeCase, m.name, sub.Name)
		}
		k.sub(a, sub, &x, f)
		k.out()
	}
	return x
}

// sub reads a sub-attribute.
func (k *look) sub(a, sub *attribute, x *element, f *facts) {
	c := k.peek()
	from := k.pos
	if sub.readOnly && !k.answers || sub.Multi { // Multi: no schema of the RFC has one here
		k.skip(0)
		return
	}
	k.value(sub, false, nil)
	if k.ended || c == 'n' {
		return
	}
	text := span{from: from + 1, to: max(k.pos-1, from+1)}
	switch sub.role {
	case roleValue, roleEmail, roleMember:
		x.hasValue = c == '"' && !text.empty()
		if x.hasValue {
			x.value = text
			x.value.escaped = hasBackslash(k.b[text.from:text.to])
		}
	case roleType:
		x.hasType, x.typ = true, text
		if !k.answers && c == '"' {
			k.canonical(sub, k.b[text.from:text.to])
		}
	case rolePrimary:
		x.primary = c == 't' || c == '"' && fold(k.b[text.from:text.to], "true")
	}
	if f != nil && a.role == roleName && c == '"' && !text.empty() {
		f.given = f.given || sub.Name == "givenName"
		f.family = f.family || sub.Name == "familyName"
	}
}

// canonical is about a type that the schema does not list.
func (k *look) canonical(a *attribute, text []byte) {
	if len(a.Canonical) == 0 {
		return
	}
	for _, c := range a.Canonical {
		if string(text) == c || !a.CaseExact && fold(text, c) {
			return
		}
	}
	detail := quote(text) + ", want one of " + strings.Join(a.Canonical, " ")
	if k.profile(Interop) {
		k.add(iopType, here, detail)
	} else {
		k.add(typeUnlisted, here, detail)
	}
}

// simple reads a value that is not complex.
func (k *look) simple(a *attribute) {
	c := k.peek()
	from := k.pos
	if c == '"' {
		s := k.string()
		if !k.ended {
			k.stringValue(a, s)
		}
		return
	}
	k.skip(0)
	if k.ended {
		return
	}
	number := c == '-' || c >= '0' && c <= '9'
	switch a.Type {
	case scim.TypeBoolean:
		if c != 't' && c != 'f' {
			k.wrong("a boolean", c)
		}
	case scim.TypeInteger:
		if !number || bytes.ContainsAny(k.b[from:k.pos], ".eE") {
			k.wrong("an integer", c)
		}
	case scim.TypeDecimal:
		if !number {
			k.wrong("a number", c)
		}
	default:
		k.wrong("a string", c)
	}
}

// stringValue is about a string as the value of an attribute.
func (k *look) stringValue(a *attribute, s span) {
	text := k.b[s.from:s.to]
	switch a.Type {
	case scim.TypeBoolean:
		if fold(text, "true") || fold(text, "false") {
			k.taken(booleanString, "a boolean", '"', k.say(s))
		} else {
			k.wrong("a boolean", '"')
		}
	case scim.TypeInteger, scim.TypeDecimal:
		k.wrong("a number", '"')
	case scim.TypeDateTime:
		if !isDateTime(text) {
			k.wrong("a dateTime", '"')
		}
	case scim.TypeBinary:
		if !isBase64(text) {
			k.wrong("base64", '"')
		}
	case scim.TypeString:
		if !k.answers && !s.empty() {
			k.content(a, s)
		}
	}
}

// content is about what a string says.
func (k *look) content(a *attribute, s span) {
	text := k.b[s.from:s.to]
	switch a.role {
	case roleEmail:
		if !isAddress(text) {
			k.add(emailMalformed, here, k.say(s))
		}
	case roleMember:
		if bytes.IndexByte(text, '@') >= 0 {
			k.add(memberNoID, here, k.say(s))
		}
	case roleCountry:
		if len(text) != 2 || !isUpper(text[0]) || !isUpper(text[1]) {
			k.add(countryMalformed, here, k.say(s))
		}
	case roleTag:
		if bytes.IndexByte(text, '_') >= 0 {
			k.add(tagMalformed, here, k.say(s))
		}
	}
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// isAddress reports whether text may be an e-mail address: something on both
// sides of the last @, and no blanks.
func isAddress(text []byte) bool {
	at := -1
	for i, c := range text {
		switch c {
		case '@':
			at = i
		case ' ', '\t', ',', ';':
			return false
		}
	}
	return at > 0 && at < len(text)-1
}

// isDateTime reports whether text has the form of an xsd:dateTime (RFC 7643
// §2.3.5): 2008-01-23T04:56:22Z, with a fraction and an offset or without.
func isDateTime(text []byte) bool {
	const form = "0000-00-00T00:00:00"
	if len(text) < len(form) {
		return false
	}
	for i := range len(form) {
		if form[i] == '0' && (text[i] < '0' || text[i] > '9') || form[i] != '0' && text[i] != form[i] {
			return false
		}
	}
	rest := text[len(form):]
	if len(rest) > 0 && rest[0] == '.' {
		n := digits(rest[1:])
		if n == 0 {
			return false
		}
		rest = rest[1+n:]
	}
	if len(rest) == 6 && (rest[0] == '+' || rest[0] == '-') {
		return digits(rest[1:]) == 2 && rest[3] == ':' && digits(rest[4:]) == 2
	}
	return len(rest) == 0 || string(rest) == "Z"
}

// isBase64 reports whether text is base64 of either alphabet, padded or not.
func isBase64(text []byte) bool {
	text = bytes.TrimRight(text, "=")
	for _, c := range text {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || isUpper(c) || c == '+' || c == '/' || c == '-' || c == '_') {
			return false
		}
	}
	return len(text)%4 != 1
}
