package scim

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Meta is what the server says about a resource (RFC 7643 §3.1).
type Meta struct {
	Created, Modified time.Time // UTC, to the millisecond
	Version           uint64    // 1 for a new resource; the ETag is W/"1"
}

// AppendDoc appends the stored form of a resource to dst: its default
// representation on the wire, members in schema order with meta last, except
// that meta.location (meta's last member) has no base URL before the endpoint.
//
//	{"schemas":[…],"id":"…","externalId":"…",…,"meta":{"resourceType":"User","created":"…",
//	"lastModified":"…","version":"W/\"1\"","location":"/Users/…"}}
func (t *ResourceType) AppendDoc(dst []byte, id string, d Draft, m Meta) []byte {
	dst = append(dst, `{"schemas":["`...)
	dst = append(dst, t.Schema.ID...)
	for i := range t.Extensions {
		if urn := t.Extensions[i].Schema.ID; d.Attributes.find(urn) >= 0 {
			dst = append(dst, `","`...)
			dst = append(dst, urn...)
		}
	}
	dst = append(dst, `"],"id":`...)
	dst = appendString(dst, id)
	for i := range d.Attributes.kids {
		dst = append(dst, ',')
		dst = appendString(dst, d.Attributes.kids[i].Name)
		dst = append(dst, ':')
		dst = d.Attributes.kids[i].Value.Append(dst)
	}
	dst = append(dst, `,"meta":{"resourceType":"`...)
	dst = append(dst, t.Name...)
	dst = append(dst, `","created":"`...)
	dst = appendTime(dst, m.Created)
	dst = append(dst, `","lastModified":"`...)
	dst = appendTime(dst, m.Modified)
	dst = append(dst, `","version":"W/\"`...)
	dst = strconv.AppendUint(dst, m.Version, 10)
	dst = append(dst, `\"","location":"`...)
	dst = append(dst, t.Endpoint...)
	dst = append(dst, '/')
	dst = appendText(dst, id)
	return append(dst, `"}}`...)
}

// ReadDoc takes apart what AppendDoc made. A doc whose frame is another is an
// error that no client may see: the store is damaged. The attributes are not
// checked once more.
func (t *ResourceType) ReadDoc(doc []byte) (id string, d Draft, m Meta, err error) {
	v, err := Decode(doc, trusted)
	if err != nil {
		return "", Draft{}, Meta{}, fmt.Errorf("stored %s: %w", t.Name, err)
	}
	n := len(v.kids)
	if n < 3 || v.kids[0].Name != "schemas" || v.kids[1].Name != "id" || v.kids[n-1].Name != "meta" {
		return "", Draft{}, Meta{}, fmt.Errorf("stored %s: want schemas, id, attributes and meta in this order", t.Name)
	}
	id = v.kids[1].Value.text
	if m, err = t.readMeta(v.kids[n-1].Value, id); err != nil {
		return "", Draft{}, Meta{}, fmt.Errorf("stored %s %s: %w", t.Name, quote(id), err)
	}
	d.Attributes = Value{kind: Object, kids: v.kids[2 : n-1 : n-1]}
	return id, d, m, nil
}

func (t *ResourceType) readMeta(v Value, id string) (m Meta, err error) {
	if kind, location := v.Get("resourceType").text, v.Get("location").text; kind != t.Name || !t.isAt(location, id) {
		return m, fmt.Errorf("meta is that of a %s at %s", kind, quote(location))
	}
	if m.Created, err = readTime(v.Get("created").text); err != nil {
		return m, err
	}
	if m.Modified, err = readTime(v.Get("lastModified").text); err != nil {
		return m, err
	}
	version := strings.TrimSuffix(strings.TrimPrefix(v.Get("version").text, `W/"`), `"`)
	m.Version, err = strconv.ParseUint(version, 10, 64)
	return m, err
}

// isAt reports whether a stored location is that of the resource with this id.
func (t *ResourceType) isAt(location, id string) bool {
	rest, ok := strings.CutPrefix(location, t.Endpoint)
	return ok && rest != "" && rest[0] == '/' && rest[1:] == id
}

// AppendWire appends doc to dst as a client sees it under base
// ("https://host/scim/v2"): with the base before the stored location, and
// before each $ref of members and groups that begins with a slash, as
// AppendReference writes it. Nothing is decoded.
func AppendWire(dst, doc []byte, base string) []byte {
	if bytes.Contains(doc, []byte(`$ref":"/`)) { // not from its quote on: a dollar is rare, so it is found fast
		return everything.append(dst, doc, base)
	}
	i := locationIn(doc)
	if i < 0 {
		return append(dst, doc...)
	}
	dst = append(dst, doc[:i]...)
	dst = appendText(dst, base)
	return append(dst, doc[i:]...)
}

// locationIn returns where the location's value begins in a stored doc, -1 when
// there is none. It is nearly always behind the last slash but two, that of the
// version coming last: going there byte by byte is much faster than a search.
func locationIn(doc []byte) int {
	const before = `"location":"`
	if i := bytes.LastIndexByte(doc, '/'); i > 0 {
		if i = bytes.LastIndexByte(doc[:i], '/'); i > 0 {
			i = bytes.LastIndexByte(doc[:i], '"') + 1
			if bytes.HasSuffix(doc[:i], []byte(before)) {
				return i
			}
		}
	}
	i := bytes.LastIndex(doc, []byte(before))
	if i < 0 {
		return -1
	}
	return i + len(before)
}

// versionIn returns where the version's number begins in a stored doc, -1 when there is none.
func versionIn(doc []byte) int {
	const before = `"version":"W/\"`
	if i := bytes.LastIndexByte(doc, '/') + len(`/\"`); i <= len(doc) && bytes.HasSuffix(doc[:i], []byte(before)) {
		return i
	}
	i := bytes.LastIndex(doc, []byte(before))
	if i < 0 {
		return -1
	}
	return i + len(before)
}

// DocVersion reads meta.version's number from a stored doc without decoding
// it; 0 when there is none.
func DocVersion(doc []byte) uint64 {
	i := versionIn(doc)
	if i < 0 {
		return 0
	}
	var n uint64
	for _, c := range doc[i:] {
		if c < '0' || '9' < c {
			break
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// DocID reads id from a stored doc without decoding it; the result aliases
// doc. It is nil when doc is none.
func DocID(doc []byte) []byte {
	const before = `],"id":"`
	i := bytes.Index(doc, []byte(before))
	if i < 0 {
		return nil
	}
	id := doc[i+len(before):]
	n := bytes.IndexByte(id, '"')
	if n < 0 {
		return nil
	}
	return id[:n:n]
}

// IndexValue is one value of an indexed attribute, in the form in which it is compared.
type IndexValue struct {
	Path  string // canonical: "userName", "externalId", "emails.value"
	Value string // folded when the attribute's caseExact is false
}

// IndexValues lists the values of the type's indexed attributes (see Indexes)
// in d: unique ones (uniqueness server or global) and those that clients look
// up by. They are userName, externalId and emails.value of a User;
// displayName and externalId of a Group, whose members a store keeps by
// itself; externalId of others.
// A value that occurs twice is listed once.
func (t *ResourceType) IndexValues(d Draft) []IndexValue {
	list := make([]IndexValue, 0, 4)
	for i, r := range t.index {
		in := d.Attributes
		if r.Ext != nil {
			in = in.Get(r.Ext.ID)
		}
		v := in.Get(r.Attr.Name)
		if !r.Attr.Multi {
			if r.Sub != nil {
				v = v.Get(r.Sub.Name)
			}
			list = appendIndex(list, t.paths[i], r, v)
			continue
		}
		from := len(list)
		for j := range v.kids {
			list = appendIndex(list, t.paths[i], r, v.kids[j].Value.Get(r.Sub.Name))
		}
		list = append(list[:from], distinctIndex(list[from:])...)
	}
	return list
}

func appendIndex(list []IndexValue, path string, r Resolved, v Value) []IndexValue {
	a := r.Attr
	if r.Sub != nil {
		a = r.Sub
	}
	switch {
	case v.kind == Number:
		return append(list, IndexValue{path, indexNumber(v.text)})
	case v.kind != String:
		return list
	case a.CaseExact || a.Type == TypeBinary:
		return append(list, IndexValue{path, v.text})
	}
	return append(list, IndexValue{path, Fold(v.text)})
}

// indexNumber is the same text for numbers that are equal.
func indexNumber(literal string) string {
	negative, digits, exponent, ok := decimal(literal)
	if !ok {
		return literal
	}
	s := digits + "e" + strconv.FormatInt(exponent, 10)
	if negative {
		s = "-" + s
	}
	return s
}

// distinctIndex leaves out what occurred before: the same address under two types, or in two cases.
func distinctIndex(list []IndexValue) []IndexValue {
	if len(list) < 2 {
		return list
	}
	seen := make(map[string]bool, len(list))
	kept := list[:0]
	for _, v := range list {
		if !seen[v.Value] {
			seen[v.Value] = true
			kept = append(kept, v)
		}
	}
	return kept
}
