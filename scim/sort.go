package scim

import "encoding/binary"

// Sort puts resources in order (RFC 7644 §3.4.2.3). The nil Sort means no
// order: all keys are alike. It can be used by several goroutines at once.
type Sort struct {
	place      *bound // nil: an attribute that this type does not have, at the root
	top        string // the top-level member
	name       string // as String has it
	descending bool
}

// Sort makes the order of a request's sortBy and sortOrder. An empty by is no
// order, nil. by is an attribute or sub-attribute in any case, with or without
// a URN; a multi-valued complex attribute stands for its value. order is
// "ascending", the default, or "descending", in any case. Errors are *Error:
// 400 invalidPath for a by that cannot be sorted by, 400 invalidValue for
// another order.
func (t *ResourceType) Sort(by, order string) (*Sort, error) {
	s := &Sort{}
	switch {
	case order == "" || sameName(order, "ascending"):
	case sameName(order, "descending"):
		s.descending = true
	default:
		return nil, Errorf(400, InvalidValue, `sortOrder: want "ascending" or "descending", got %s`, quote(order))
	}
	if by == "" {
		return nil, nil
	}
	p, err := ParsePath(by)
	if err == nil && p.Filter != nil {
		return nil, Errorf(400, InvalidPath, "sortBy: %s has a filter, but sorting goes by an attribute", quote(by))
	}
	if err != nil {
		return nil, Errorf(400, InvalidPath, "sortBy %s: %v", quote(by), err)
	}
	c := compiler{t: t}
	if s.place, err = c.find(p); err == nil {
		err = s.place.toSimple()
	}
	if err != nil {
		return nil, Errorf(400, InvalidPath, "sortBy: %s", err.(*Error).Detail)
	}
	s.top, s.name = c.wanted[0], s.place.path.String()
	return s, nil
}

// String is the canonical form, "name.familyName descending", "" for nil.
func (s *Sort) String() string {
	switch {
	case s == nil:
		return ""
	case s.descending:
		return s.name + " descending"
	}
	return s.name + " ascending"
}

// The first byte of a key: resources without a value are last.
const (
	keyValue = 0x01
	keyNone  = 0xfe
)

// Key appends the sort key of a stored doc to dst: bytes.Compare of two keys is
// the order of the resources, descending too, and keys are equal exactly when
// the values are. What has equal keys should stay in the store's own order.
//
// Texts are compared by code point, folded unless the attribute is
// caseExact; dateTimes chronologically; numbers exactly; false before true. Of
// several values the primary one counts, else the first. Resources without a
// value are last in ascending order and first in descending order.
func (s *Sort) Key(dst, doc []byte) []byte {
	if s == nil {
		return dst
	}
	from := len(dst)
	if v := s.value(doc); len(v) == 0 || string(v) == "null" {
		dst = append(dst, keyNone)
	} else {
		dst = s.appendKey(append(dst, keyValue), v)
	}
	if s.descending {
		for i := from; i < len(dst); i++ {
			dst[i] = ^dst[i]
		}
	}
	return dst
}

// value finds the value that counts.
func (s *Sort) value(doc []byte) []byte {
	if s.place == nil {
		return nil
	}
	v := member(doc, s.top)
	if s.place.ext != "" {
		v = member(v, s.place.ext)
	}
	if len(v) > 0 && v[0] == '[' {
		v = preferred(v)
	}
	v = s.place.in(v)
	if len(v) > 0 && v[0] == '[' { // a multi-valued sub-attribute
		v = preferred(v)
	}
	return v
}

// preferred gives the primary element of an array, else the first; nil if it is empty.
func preferred(array []byte) []byte {
	walk := walkElements(array)
	first := walk.next()
	for e := first; e != nil; e = walk.next() {
		if e[0] != '{' {
			break
		}
		if string(member(e, "primary")) == "true" {
			return e
		}
	}
	return first
}

// appendKey appends a value so that no key is the beginning of another: that
// is what lets all bytes be inverted.
func (s *Sort) appendKey(dst, v []byte) []byte {
	switch s.place.attr.Type {
	case TypeBoolean:
		if v[0] == 't' {
			return append(dst, 1)
		}
		return append(dst, 0)
	case TypeInteger, TypeDecimal:
		return appendNumberKey(dst, v)
	}
	if len(v) < 2 || v[0] != '"' {
		return append(dst, 0)
	}
	text := v[1 : len(v)-1]
	if s.place.attr.Type == TypeDateTime {
		if at, ok := parseInstant(text); ok {
			dst = append(dst, 1)
			dst = binary.BigEndian.AppendUint64(dst, uint64(at.seconds)^1<<63)
			return append(append(dst, at.fraction...), 0)
		}
		return append(dst, 2) // damaged: after all others
	}
	fold := !s.place.attr.CaseExact && s.place.attr.Type != TypeBinary
	dst = appendDecoded(dst, text, fold)
	return append(dst, 0) // no text has U+0000
}

// appendNumberKey appends a number: sign, exponent, digits. Those of a
// negative one are inverted.
func appendNumberKey(dst, v []byte) []byte {
	n := parseNumber(v)
	if n.zero() {
		return append(dst, 1)
	}
	sign := byte(2)
	if n.negative {
		sign = 0
	}
	from := len(dst) + 1
	dst = append(dst, sign)
	dst = binary.BigEndian.AppendUint64(dst, uint64(int64(n.scale))^1<<63)
	count := len(n.whole) + len(n.fraction) - n.skip
	for count > 0 && n.digit(count-1) == '0' {
		count--
	}
	for i := range count {
		dst = append(dst, n.digit(i))
	}
	dst = append(dst, 0)
	if n.negative {
		for i := from; i < len(dst); i++ {
			dst[i] = ^dst[i]
		}
	}
	return dst
}
