package lint

import (
	"bytes"
	"strings"

	"scimdeck/scim"
)

// bulkBody is about a BulkRequest (RFC 7644 §3.7): each operation is a request,
// whose data is held against the same rules as a body of its own.
func (k *look) bulkBody() {
	if !k.object(notObject) {
		return
	}
	b := bulkLook{look: k}
	k.message(scim.BulkURN, bulkNames[:], b.operation)
	b.references()
}

var (
	bulkNames          = [...]string{"schemas", "Operations", "failOnErrors"}
	bulkOperationNames = [...]string{"method", "bulkId", "version", "path", "data"}
)

// bulkLook is a look at a bulk request.
type bulkLook struct {
	*look
	ids  []bulkID
	refs []bulkID
	full bool // there are more ids or references than are kept
}

// bulkID is a bulkId, or a reference to one, with its place.
type bulkID struct {
	s  span
	at string
}

// mostIDs bounds how many bulkIds and references of a request are compared.
const mostIDs = 200

// operation reads one operation.
func (b *bulkLook) operation() {
	k := b.look
	var p [len(bulkOperationNames)]part
	var m members
	for k.next(&m) {
		k.into(m.name)
		name := k.name(m.name)
		i := 0
		for i < len(p) && !fold(name, bulkOperationNames[i]) {
			i++
		}
		if i < len(p) {
			if string(name) != bulkOperationNames[i] {
				k.add(messageCase, here, "want "+quote(bulkOperationNames[i]))
			}
			p[i] = k.part()
		} else {
			k.messageMember(name, nil)
			k.skip(0)
		}
		k.out()
	}
	if k.ended {
		return
	}
	method := b.method(p[0])
	b.id(method, p[1])
	r, id := b.path(method, p[3])
	b.data(method, r, id, p[4])
}

func (b *bulkLook) method(p part) string {
	k := b.look
	if p.first == '"' {
		name := k.b[p.from+1 : p.to-1]
		for _, m := range [...]string{"POST", "PUT", "PATCH", "DELETE"} {
			if string(name) == m {
				return m
			}
			if fold(name, m) {
				k.add(bulkMethod, here+"method", quote(name)+", want "+quote(m))
				return m
			}
		}
		k.add(bulkMethod, here+"method", quote(name))
	} else {
		k.add(bulkMethod, here+"method", "")
	}
	return ""
}

func (b *bulkLook) id(method string, p part) {
	k := b.look
	s := k.inner(p)
	if s.empty() {
		if method == "POST" {
			k.add(bulkIDMissing, here+"bulkId", "")
		}
		return
	}
	for _, other := range b.ids {
		if bytes.Equal(k.b[other.s.from:other.s.to], k.b[s.from:s.to]) {
			k.add(bulkIDTwice, here+"bulkId", k.say(s))
			return
		}
	}
	if len(b.ids) < mostIDs {
		b.ids = append(b.ids, bulkID{s: s})
	} else {
		b.full = true
	}
}

// path finds what an operation is about.
func (b *bulkLook) path(method string, p part) (r *resource, id string) {
	k := b.look
	path := string(k.name(k.inner(p)))
	below, slash := strings.CutPrefix(path, "/")
	endpoint, id, one := strings.Cut(below, "/")
	r = k.l.find(endpoint)
	switch {
	case method == "":
	case !slash || r == nil || strings.Contains(id, "/") || one == (method == "POST") || one && id == "":
		k.add(bulkPath, here+"path", quote(path))
		return nil, ""
	}
	if name, ok := strings.CutPrefix(id, "bulkId:"); ok {
		s := k.inner(p)
		b.refer(span{s.to - len(name), s.to, false}, "path")
		id = ""
	}
	return r, id
}

func (b *bulkLook) data(method string, r *resource, id string, p part) {
	k := b.look
	if method == "DELETE" || method == "" {
		return
	}
	if p.first != '{' {
		k.add(bulkData, here+"data", "")
		return
	}
	k.revisit(p, "data", func() {
		pos := k.pos
		b.seek()
		k.pos = pos
		switch {
		case r == nil:
		case method == "POST":
			k.resourceBody(r, creating, "")
		case method == "PUT":
			k.resourceBody(r, replacing, id)
		default:
			k.patchBody(r, id)
		}
	})
}

// seek looks for references in the value that comes next.
func (b *bulkLook) seek() {
	k := b.look
	switch k.peek() {
	case '{':
		var m members
		for m.next(&k.text) {
			b.seek()
		}
	case '[':
		var e elements
		for e.next(&k.text) {
			b.seek()
		}
	case '"':
		s := k.str()
		if text := k.b[s.from:s.to]; !s.escaped && bytes.HasPrefix(text, []byte("bulkId:")) {
			b.refer(span{s.from + len("bulkId:"), s.to, false}, "")
		}
	default:
		k.skip(0)
	}
}

func (b *bulkLook) refer(s span, member string) {
	if len(b.refs) < mostIDs {
		b.refs = append(b.refs, bulkID{s, b.inside(member)})
	} else {
		b.full = true
	}
}

// references looks for the operations that were referred to. One may come later.
func (b *bulkLook) references() {
	k := b.look
	if k.ended || b.full {
		return
	}
	for _, ref := range b.refs {
		found := false
		for _, id := range b.ids {
			found = found || bytes.Equal(k.b[id.s.from:id.s.to], k.b[ref.s.from:ref.s.to])
		}
		if !found {
			k.add(bulkReference, ref.at, k.say(ref.s))
		}
	}
}

// failures reads failOnErrors.
func (k *look) failures() {
	from := k.pos
	c := k.peek()
	k.skip(0)
	if k.ended || c == 'n' {
		return
	}
	if n, ok := integer(k.b[from:k.pos]); !ok || n < 1 {
		k.add(failOnErrors, here, k.raw(from, k.pos))
	}
}
