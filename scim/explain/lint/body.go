package lint

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"unicode/utf8"
)

// requestBody holds a request's body against the rules.
func (k *look) requestBody() {
	ex := k.ex
	if ex.RequestWithheld() || k.path == "" || !k.defined() {
		return
	}
	if len(ex.RequestBody) == 0 {
		k.noBody()
		return
	}
	if e := k.header.encoding; e != "" && e != "identity" {
		return
	}
	if !k.openText(ex.RequestBody, !ex.RequestWhole(), byteOrderMark, notUTF8) {
		return
	}
	switch {
	case ex.Method == "POST" && k.kind == collection:
		k.resourceBody(k.r, creating, "")
	case ex.Method == "PUT" && k.kind == single:
		k.resourceBody(k.r, replacing, k.id)
	case ex.Method == "PATCH" && k.kind == single:
		k.patchBody(k.r, k.id)
	case ex.Method == "POST" && k.kind == bulk:
		k.bulkBody()
	case ex.Method == "POST" && k.kind == search:
		k.searchBody()
	default:
		return
	}
	k.closeText(notJSON)
}

// noBody is about a write without a body. Of one that the server did not read
// nothing is known.
func (k *look) noBody() {
	s := k.ex.Status
	if k.ex.RequestSize > 0 || s != 400 && (s < 200 || s > 299) || k.kind == elsewhere || k.kind == me {
		return
	}
	switch k.ex.Method {
	case "POST", "PUT", "PATCH":
		k.add(bodyMissing, "body", k.ex.Method)
	}
}

// openText begins the walk of a body; false when there is nothing to walk.
func (k *look) openText(b []byte, cut bool, mark, encoding *Rule) bool {
	const bom = "\ufeff"
	k.depth = 0
	if cut && len(b) < len(bom) {
		return false
	}
	if after, ok := bytes.CutPrefix(b, []byte(bom)); ok {
		k.add(mark, here, "")
		b = after
	}
	k.start(b, cut)
	if at := invalidUTF8(b, cut); at >= 0 {
		line, column := k.line(at)
		k.add(encoding, here, fmt.Sprintf("line %d, column %d: the byte %#02x", line, column, b[at]))
		return false
	}
	return true
}

// closeText ends it: nothing may follow the value, and a fault is told.
func (k *look) closeText(fault *Rule) {
	if !k.ended && k.peek() != 0 || !k.ended && k.pos < len(k.b) {
		k.fail(k.pos, "something follows the value")
	}
	if k.fault != "" {
		line, column := k.line(min(k.at, len(k.b)))
		k.depth = 0
		k.add(fault, here, fmt.Sprintf("line %d, column %d: %s", line, column, k.fault))
	}
}

// invalidUTF8 gives the place of the first byte that is not UTF-8, -1 if all
// is. The last character of a text that was cut may be cut too.
func invalidUTF8(b []byte, cut bool) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			if cut && !utf8.FullRune(b[i:]) {
				return -1
			}
			return i
		}
		i += n
	}
	return -1
}

// object begins an object that has to be one.
func (k *look) object(otherwise *Rule) bool {
	if k.peek() == '{' {
		return true
	}
	from := k.pos
	k.skip(0)
	if !k.ended {
		k.add(otherwise, here, "got "+kindOf(k.b[from]))
	}
	return false
}

// kindOf names what a value is by its first byte.
func kindOf(c byte) string {
	switch c {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// skip passes a value.
func (k *look) skip(depth int) {
	if depth > deepest {
		k.ended, k.pos = true, len(k.b) // no rule of SCIM's, and servers have their limits
		return
	}
	switch k.peek() {
	case '"':
		k.string()
	case '{':
		var m members
		for k.next(&m) {
			k.into(m.name)
			k.skip(depth + 1)
			k.out()
		}
	case '[':
		var e elements
		for e.next(&k.text) {
			k.intoElement(e.index)
			k.skip(depth + 1)
			k.out()
		}
	case 0:
		k.stop()
	default:
		k.word()
	}
}

// string reads a string, which may hold a NUL.
func (k *look) string() span {
	s := k.str()
	if s.escaped && !k.again && !k.answers && !k.ended && bytes.Contains(k.b[s.from:s.to], []byte(`\u0000`)) {
		if bytes.IndexByte(k.unescape(nil, s), 0) >= 0 {
			k.add(nulCharacter, here, "")
		}
	}
	return s
}

// next gives the next member of an object and tells of one that is there twice.
func (k *look) next(m *members) bool {
	if !m.next(&k.text) {
		return false
	}
	if m.twice && !k.again {
		r := nameTwice
		if k.answers {
			r = answerTwice
		}
		k.add(r, here, k.say(m.name))
	}
	return true
}

// name gives a member's name as it is meant. It is good until the next call.
func (k *look) name(s span) []byte {
	if !s.escaped {
		return k.b[s.from:s.to]
	}
	return k.unescape(nil, s)
}

// seen is a set of values that were met: the first of them in a list, as most
// attributes have one or two, then in a table that is at most 3/4 full.
type seen struct {
	seed  maphash.Seed
	first [8]uint64
	slots [512]uint64
	n     int
}

func newKit() *kit { return &kit{places: map[string]string{}, seen: seen{seed: maphash.MakeSeed()}} }

func (s *seen) reset() {
	if s.n > len(s.first) {
		clear(s.slots[:])
	}
	s.n = 0
}

// add puts a value and its type into the set; true if it was there. A full set
// takes no more.
func (s *seen) add(value, typ []byte) bool {
	h := maphash.Bytes(s.seed, value)
	if len(typ) > 0 {
		h = h*31 + maphash.Bytes(s.seed, typ)
	}
	h |= 1 // 0 is an empty slot
	for _, have := range s.first[:min(s.n, len(s.first))] {
		if have == h {
			return true
		}
	}
	if s.n < len(s.first) {
		s.first[s.n] = h
		s.n++
		return false
	}
	for i := h >> 1 % uint64(len(s.slots)); ; i = (i + 1) % uint64(len(s.slots)) {
		switch s.slots[i] {
		case h:
			return true
		case 0:
			if s.n < len(s.slots)*3/4 {
				s.slots[i] = h
				s.n++
			}
			return false
		}
	}
}

// messageSchemas is about the schemas of a message, which are one URN.
func (k *look) messageSchemas(want string) {
	if c := k.peek(); c != '[' {
		k.skip(0)
		if !k.ended {
			k.add(schemasNoArray, here, "got "+kindOf(c))
		}
		return
	}
	found := false
	var e elements
	for e.next(&k.text) {
		if k.peek() != '"' {
			k.skip(0)
			continue
		}
		s := k.string()
		if k.ended {
			return
		}
		switch name := k.name(s); {
		case string(name) == want:
			found = true
		case fold(name, want):
			found = true
			k.add(urnCase, here, k.say(s))
		}
	}
	if !k.ended && !found {
		k.add(schemasWrong, here, "want "+quote(want))
	}
}

// messageMember is about a member of a message that is none of its own.
func (k *look) messageMember(name []byte, known []string) {
	for _, n := range known {
		if fold(name, n) {
			k.add(messageCase, here, "want "+quote(n))
			return
		}
	}
	k.add(messageUnknown, here, "")
}
