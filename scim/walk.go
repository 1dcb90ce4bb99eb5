package scim

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// Walk goes over the members of a JSON object, or the elements of an array,
// without decoding them, for readers that want a few members of a text that may
// be large, cut anywhere, or no JSON at all. Nothing is checked: of such a text
// it finds what stands before the fault, and Whole is false.
//
//	for w := scim.WalkJSON(body); w.Next(); {
//		if w.Is("userName") {
//			name = scim.Unquote(w.Value)
//		}
//	}
type Walk struct {
	Name  []byte // of the member as it is written, without the quotes; nil in an array
	Value []byte // as it is written

	text  []byte
	at    int  // where the next member or element begins
	from  int  // where the present one does
	value int  // and its value
	close byte // of what is walked; 0 when there is nothing to walk any more
	whole bool

	escaped bool // the name has a backslash in it
}

// WalkJSON begins a walk over an object or an array. Of anything else it finds nothing.
func WalkJSON(text []byte) Walk {
	w := Walk{text: text, at: skipBlank(text, 0)}
	if w.at == len(text) {
		return w
	}
	switch text[w.at] {
	case '{':
		w.close = '}'
	case '[':
		w.close = ']'
	default:
		return w
	}
	if w.at = skipBlank(text, w.at+1); w.at < len(text) && text[w.at] == w.close {
		w.close, w.whole = 0, true
	}
	return w
}

// Next goes to the next member or element; false when there is none.
func (w *Walk) Next() bool {
	end := w.close
	if !w.name() {
		return false
	}
	return w.pass(skipWhole(w.text, w.value), end)
}

// NextLike is Next for a text that is mostly the same as other's, which has just
// gone to its next: what is the same in both is not looked at twice.
func (w *Walk) NextLike(other *Walk) bool {
	same := other.text[other.from : other.value+len(other.Value)]
	end, i := w.close, w.at+len(same)
	if end == 0 || (end == '}') != (other.Name != nil) || i >= len(w.text) || !endsValue(w.text[i]) || string(w.text[w.at:i]) != string(same) {
		return w.Next()
	}
	w.from, w.value = w.at, w.at+other.value-other.from
	w.close, w.escaped = 0, other.escaped
	if end == '}' {
		w.Name = w.text[w.at+1 : w.at+1+len(other.Name)]
	} else {
		w.Name = nil
	}
	return w.pass(i, end)
}

// Into walks the next member's or element's value, which need not be whole, while w stays before it.
func (w *Walk) Into() Walk {
	next := *w
	if !next.name() {
		return Walk{}
	}
	return WalkJSON(next.text[next.value:])
}

// NextUnlike goes on in both, past what they have alike: to the next member or
// element that is not the same in both, or to one before that. What is the same is
// looked at once. more is what other.Next would tell there, goesOn what w.Next would.
func (w *Walk) NextUnlike(other *Walk) (more, goesOn bool) {
	to, end := w.passLike(other), other.close
	if more = other.name(); more {
		if to < 0 {
			to = skipWhole(other.text, other.value)
		}
		more = other.pass(to, end)
	}
	if more {
		return true, w.NextLike(other)
	}
	return false, w.Next()
}

// passLike passes what is alike in w and other. It returns where other's next value
// ends, if it came to know that.
func (w *Walk) passLike(other *Walk) (end int) {
	if w.close == 0 || w.close != other.close {
		return -1
	}
	b, i := other.text, other.at
	alike := i + begunAlike(b[i:], w.text[w.at:])
	for {
		value := i
		if w.close == '}' {
			_, value, _ = scanName(b, i)
		}
		if end = -1; value >= 0 {
			end = skipWhole(b, value)
		}
		if end < 0 {
			break
		}
		next, more, _ := scanNext(b, end, w.close)
		if !more || next >= alike { // the byte at next too: it may be a blank in one of them
			break
		}
		i = next
	}
	other.at, w.at = i, w.at+i-other.at
	return end
}

// begunAlike is how many bytes two texts begin with alike.
func begunAlike(a, b []byte) (n int) {
	most := min(len(a), len(b))
	for most-n >= 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
		n += 8
	}
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

// name goes to the next value and reads the name before it.
func (w *Walk) name() bool {
	if w.close == 0 {
		return false
	}
	end := w.close
	w.close = 0 // until it is known that there is more
	w.from = w.at
	if end != '}' {
		w.Name, w.value = nil, w.at
		return true
	}
	to, value, escaped := scanName(w.text, w.at)
	if value < 0 {
		w.Name = nil
		return false
	}
	w.Name, w.value, w.escaped = w.text[w.at+1:to-1], value, escaped
	return true
}

// pass takes the value, which ends at to, and sees whether there is more.
func (w *Walk) pass(to int, end byte) bool {
	if to < 0 {
		return false
	}
	w.Value = w.text[w.value:to]
	next, more, whole := scanNext(w.text, to, end)
	if more {
		w.at, w.close = next, end
	}
	w.whole = w.whole || whole
	return true
}

// scanName reads the name of the member at i: it ends before to, and its value
// begins at value, which is -1 when there is none.
func scanName(b []byte, i int) (to, value int, escaped bool) {
	if i >= len(b) || b[i] != '"' {
		return -1, -1, false
	}
	if to, escaped = wholeString(b, i); to < 0 {
		return -1, -1, false
	}
	if i = skipBlank(b, to); i >= len(b) || b[i] != ':' {
		return -1, -1, false
	}
	return to, skipBlank(b, i+1), escaped
}

// scanNext reads what follows a value that ends at i: whether there is more, and
// where; else whether it was the last.
func scanNext(b []byte, i int, end byte) (next int, more, whole bool) {
	if i = skipBlank(b, i); i >= len(b) {
		return i, false, false
	}
	if b[i] == ',' {
		return skipBlank(b, i+1), true, false
	}
	return i, false, b[i] == end
}

// endsValue reports whether a number or word ends before c.
func endsValue(c byte) bool {
	switch c {
	case ',', '}', ']', ' ', '\n', '\t', '\r':
		return true
	}
	return false
}

// Whole reports, when Next has returned false, whether the walk came to the end
// of the object or array.
func (w *Walk) Whole() bool { return w.whole }

// Is reports whether the member's name is name in any case.
func (w *Walk) Is(name string) bool {
	return string(w.Name) == name || (w.escaped || len(w.Name) == len(name)) && folds(w.Name, w.escaped, name)
}

// folds is Is for a name that is not written so.
func folds(written []byte, escaped bool, name string) bool {
	switch {
	case escaped:
		return strings.EqualFold(unescaped(written), name)
	case len(written) != len(name):
		return false
	case len(name) > 0 && (written[0]^name[0])&^0x20 != 0 && written[0]|name[0] < utf8.RuneSelf:
		return false // most names begin with another letter
	}
	return bytes.EqualFold(written, []byte(name))
}

// MemberOf finds a member of a JSON object by its name, in any case, and
// returns it as it is written; nil when it is not there. The text may be cut
// anywhere behind it.
func MemberOf(object []byte, name string) []byte {
	w := WalkJSON(object)
	if w.close != '}' {
		if w.Next() && w.Is(name) {
			return w.Value
		}
		return nil
	}
	for i, more := w.at, true; more; {
		to, value, escaped := scanName(object, i)
		if value < 0 {
			break
		}
		written := object[i+1 : to-1]
		found := string(written) == name || (escaped || len(written) == len(name)) && folds(written, escaped, name)
		end := skipWhole(object, value)
		if end < 0 {
			break
		}
		if found {
			return object[value:end]
		}
		i, more, _ = scanNext(object, end, '}')
	}
	return nil
}

// WalkMember walks the value of an object's member, found by its name in any case.
// The text may be cut anywhere in it.
func WalkMember(object []byte, name string) Walk {
	w := WalkJSON(object)
	for end := w.close; w.name(); {
		if w.Is(name) {
			return WalkJSON(w.text[w.value:])
		}
		if !w.pass(skipWhole(w.text, w.value), end) {
			break
		}
	}
	return Walk{}
}

// Unquote decodes a JSON string as it is written; "" when it is none.
func Unquote(value []byte) string {
	if inner, ok := Verbatim(value); ok {
		return string(inner)
	}
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	return unescaped(value[1 : len(value)-1])
}

// Verbatim gives what a JSON string says as a part of how it is written. ok is
// false when that cannot be, as it has escapes, or is no string: see Unquote.
func Verbatim(value []byte) (inner []byte, ok bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	inner = value[1 : len(value)-1]
	return inner, bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner)
}

// unescaped decodes what stands between the quotes; "" when it is malformed.
func unescaped(inner []byte) string {
	var s string
	quoted := append(append(append(make([]byte, 0, len(inner)+2), '"'), inner...), '"')
	if json.Unmarshal(quoted, &s) != nil {
		return ""
	}
	return s
}
