package scim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Unknown says what happens to attributes that no schema defines.
type Unknown uint8

// What happens to unknown attributes.
const (
	Ignore Unknown = iota // dropped, with a note on the log entry
	Keep                  // stored and returned as they came
	Reject                // 400 invalidSyntax
)

// Policy is how strictly a client's body is read.
type Policy struct {
	Unknown Unknown
	Mode    Mode
}

// Note is something about a request worth telling its developer though it was
// answered: an unknown attribute that was dropped, a password that was not kept.
type Note string

// What Okta's every write has: a password to be dropped, groups that only the
// server sets (RFC 7643 §4.1).
const (
	neverKept = " was not kept: it is never stored or returned"
	notTheirs = " was ignored: it is readOnly"
)

// Routine reports whether n tells of what well-behaved clients do every day, so
// that a list need not flag the request for it.
func (n Note) Routine() bool {
	return strings.HasSuffix(string(n), neverKept) || strings.HasSuffix(string(n), notTheirs)
}

// Ignored tells which attribute of a request was left out, and why: "read-only",
// "unknown" or "never kept". ok is false when n tells of something else.
func (n Note) Ignored() (path, why string, ok bool) {
	s := string(n)
	if name, found := strings.CutSuffix(s, " was ignored"); found {
		if name, found = strings.CutPrefix(name, "unknown attribute "); found {
			name, err := strconv.Unquote(name)
			return name, "unknown", err == nil
		}
	}
	if path, ok = strings.CutSuffix(s, neverKept); ok {
		return path, "never kept", true
	}
	if path, ok = strings.CutSuffix(s, notTheirs); ok {
		return path, "read-only", true
	}
	if s, ok = strings.CutSuffix(s, notTheirs+" ["+leniencies[readOnlyEcho].ID+"]"); ok {
		_, path, ok = strings.Cut(s, ": ") // where it was met comes first
		return path, "read-only", ok
	}
	return "", "", false
}

// Draft is the state of a resource that clients can set: every attribute but
// id, schemas and meta, names in the schemas' spelling, in schema order, types
// checked, null, [] and {} gone, no password, nothing readOnly. The zero Draft is empty.
type Draft struct {
	Attributes Value // an Object; extension attributes in an Object under their URN
}

// Read makes a Draft of the body of a POST or PUT (RFC 7644 §3.3, §3.5.1). Errors are *Error:
// 400 invalidSyntax for a body that is no object, lacks schemas or has an unknown
// attribute under Reject; 400 invalidValue for the rest, naming the attribute.
//
// Beyond the RFC it takes, with a Note, what Leniencies lists. What it leaves
// out, with a Note: passwords, readOnly attributes but id and meta, which every
// PUT of a GET's answer has, unknown attributes under Ignore, and values that
// occur twice. Of a Group's members it keeps the value alone, since the rest
// follows from it (RFC 7643 §8.7.1 has them immutable). Notes come with an error too.
func (t *ResourceType) Read(body Value, p Policy) (Draft, []Note, error) {
	if body.kind != Object {
		return Draft{}, nil, Errorf(400, InvalidSyntax, "the body: want a JSON object, got %s", body.describe())
	}
	r := reader{t: t, policy: p.effective()}
	if err := r.schemas(body.Fold("schemas")); err != nil {
		return Draft{}, r.notes, err
	}
	if n := body.count(); n <= slabMax {
		r.room = make([]Member, 0, n)
	}
	root, err := r.resource(body)
	if err != nil {
		return Draft{}, r.notes, err
	}
	return Draft{root}, r.notes, nil
}

// effective is the policy with what its mode demands.
func (p Policy) effective() Policy {
	if p.Mode == Interop {
		p.Unknown = Reject
	}
	return p
}

// reader checks values against definitions and puts them into their stored form.
type reader struct {
	t      *ResourceType
	policy Policy
	notes  []Note
	named  []*Schema // the extensions that schemas names
	room   []Member  // free space for the members of what is read
}

// take gives room for n members. A usual body takes all of it from one allocation.
func (r *reader) take(n int) []Member {
	if cap(r.room) < n {
		return make([]Member, 0, n)
	}
	taken := r.room[:0:n]
	r.room = r.room[n:cap(r.room)]
	return taken
}

// maxNotes bounds the notes on one request: a body may have 100,000 unknown members.
const maxNotes = 20

// usualNotes is room for those on the password and the groups of Okta's writes.
const usualNotes = 2

func (r *reader) note(format string, args ...any) {
	if len(r.notes) < maxNotes {
		r.add(Note(fmt.Sprintf(format, args...)))
	} else {
		r.add("")
	}
}

func (r *reader) add(n Note) {
	switch {
	case r.notes == nil:
		r.notes = append(make([]Note, 0, usualNotes), n)
	case len(r.notes) < maxNotes:
		r.notes = append(r.notes, n)
	case len(r.notes) == maxNotes:
		r.notes = append(r.notes, "there was more of this kind")
	}
}

// where is the place in a resource of a value, for error texts. Its string is
// made when it is needed, which is seldom.
type where struct {
	ext   *Schema
	attr  string
	index int // of an element, from 0; -1: none
	sub   string
}

func at(ext *Schema, attr string) where { return where{ext: ext, attr: attr, index: -1} }

func (p where) String() string {
	var s string
	if p.ext != nil {
		s = p.ext.ID
		if p.attr != "" {
			s += ":"
		}
	}
	s += clipName(p.attr)
	if p.index >= 0 {
		s += "[" + strconv.Itoa(p.index) + "]"
	}
	if p.sub != "" {
		s += "." + clipName(p.sub)
	}
	return s
}

// clipName makes a client's name fit for a sentence.
func clipName(s string) string {
	if isSimple(s) {
		return s
	}
	q := quote(s)
	return q[1 : len(q)-1]
}

// isSimple reports whether s is a short text that quote changes nothing in, as
// every name in a schema is.
func isSimple(s string) bool {
	if len(s) > longestQuote {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || !plain[c] {
			return false
		}
	}
	return true
}

func wrongType(at where, want string, got Value) *Error {
	return Errorf(400, InvalidValue, "%v: want %s, got %s", at, want, got.describe())
}

// schemas checks the body's schemas (RFC 7643 §3) and gathers the extensions in it.
func (r *reader) schemas(v Value) error {
	if v.kind <= Null || v.kind == Array && v.Len() == 0 {
		return Errorf(400, InvalidSyntax, `schemas is missing: add "schemas":[%q]`, r.t.Schema.ID)
	}
	if v.kind != Array {
		return Errorf(400, InvalidValue, "schemas: want an array of URNs, got %s", v.describe())
	}
	core := false
	for i, urn := range v.kids {
		if urn.Value.kind != String {
			return Errorf(400, InvalidValue, "schemas[%d]: want a URN as a string, got %s", i, urn.Value.describe())
		}
		schema, err := r.schema(urn.Value.text)
		switch {
		case err != nil:
			return err
		case schema == r.t.Schema:
			core = true
		case schema != nil:
			r.named = append(r.named, schema)
		}
	}
	if !core {
		return Errorf(400, InvalidValue, "schemas: want %q among them, got %s", r.t.Schema.ID, quote(v.String()))
	}
	return nil
}

// schema finds the schema that a URN in schemas means, nil when it is ignored.
func (r *reader) schema(urn string) (*Schema, error) {
	if sameName(urn, r.t.Schema.ID) {
		return r.t.Schema, nil
	}
	if ext := r.t.extension(urn); ext != nil {
		return ext, nil
	}
	if old := r.t.oldURN(urn); old != nil {
		return old, r.allow(oldSchema, "schemas", quote(urn))
	}
	if sameName(urn, entraGroupURN) && r.t.Schema.ID == GroupURN {
		return nil, r.allow(entraGroup, "schemas", quote(urn))
	}
	return nil, r.allow(unknownSchema, "schemas", quote(urn))
}

// resource reads the members of a whole body.
func (r *reader) resource(body Value) (Value, error) {
	o := object{of: r.t, members: r.take(len(body.kids))}
	for i := range body.kids {
		m := &body.kids[i]
		rank, name, v, err := r.member(m)
		if err != nil {
			return Value{}, err
		}
		o.put(rank, name, v)
	}
	root := Value{kind: Object, kids: o.members}
	return root, r.t.required(root)
}

// member reads one member of a whole body and tells where it belongs.
func (r *reader) member(m *Member) (rank int, name string, v Value, err error) {
	if a := r.t.Schema.Attribute(m.Name); a != nil {
		v, err = r.attribute(at(nil, a.Name), a, m.Value)
		return rankCore + a.order, a.Name, v, err
	}
	if a := r.t.common.Attribute(m.Name); a != nil {
		if a.Name != "externalId" {
			return 0, "", Value{}, nil // id, meta, schemas
		}
		v, err = r.attribute(at(nil, a.Name), a, m.Value)
		return a.order, a.Name, v, err
	}
	if ext := r.t.extension(m.Name); ext != nil {
		v, err = r.extension(ext, m.Value)
		return r.t.rank(ext.ID), ext.ID, v, err
	}
	v, err = r.unknown(at(nil, m.Name), m.Value)
	return rankUnknown, m.Name, v, err
}

// extension reads the object of an extension.
func (r *reader) extension(ext *Schema, v Value) (Value, error) {
	if v.kind == Null || v.kind == Array && v.Len() == 0 {
		return Value{}, nil
	}
	if v.kind != Object {
		return Value{}, wrongType(at(ext, ""), "an object", v)
	}
	o := object{of: &ext.names, members: r.take(len(v.kids))}
	for i := range v.kids {
		m := &v.kids[i]
		a := ext.Attribute(m.Name)
		if a == nil {
			w, err := r.unknown(at(ext, m.Name), m.Value)
			if err != nil {
				return Value{}, err
			}
			o.put(rankUnknown, m.Name, w)
			continue
		}
		w, err := r.attribute(at(ext, a.Name), a, m.Value)
		if err != nil {
			return Value{}, err
		}
		o.put(a.order, a.Name, w)
	}
	if len(o.members) == 0 {
		return Value{}, nil
	}
	if !slices.Contains(r.named, ext) {
		r.named = append(r.named, ext)
		if err := r.allow(undeclared, "schemas", ext.ID); err != nil {
			return Value{}, err
		}
	}
	return o.value(), nil
}

// unknown decides about an attribute that no schema has: Absent leaves it out.
func (r *reader) unknown(at where, v Value) (Value, error) {
	switch r.policy.Unknown {
	case Reject:
		return Value{}, Errorf(400, InvalidSyntax, "unknown attribute %q", at.String())
	case Keep:
		return v, nil
	}
	r.note("unknown attribute %q was ignored", at.String())
	return Value{}, nil
}

// attribute reads the value of an attribute; Absent when it is unassigned or left out.
func (r *reader) attribute(at where, a *Attribute, v Value) (Value, error) {
	if v.kind == Null || v.kind == Array && len(v.kids) == 0 {
		return Value{}, nil // unassigned: RFC 7643 §2.5
	}
	if r.dropped(at, a) {
		return Value{}, nil
	}
	if !a.Multi {
		return r.single(at, a, v)
	}
	if v.kind == Object && a.Type == TypeComplex {
		if err := r.allow(loneObject, at, "a lone object"); err != nil {
			return Value{}, err
		}
		v = ArrayOf(v)
	}
	if v.kind != Array {
		return Value{}, wrongType(at, "an array", v)
	}
	return r.elements(at, a, v)
}

// dropped reports whether an attribute is not for clients to set, and notes it.
func (r *reader) dropped(at where, a *Attribute) bool {
	switch {
	case a.Returned == "never":
		r.add(Note(at.String() + neverKept))
	case a.Mutability == "readOnly":
		r.add(Note(at.String() + notTheirs))
	default:
		return false
	}
	return true
}

// elements reads the values of a multi-valued attribute: one primary at most,
// and each (type, value) once (RFC 7643 §2.4).
func (r *reader) elements(at where, a *Attribute, v Value) (Value, error) {
	if a.refers {
		return r.references(at, a, v)
	}
	kids := r.take(len(v.kids))
	primary := -1
	for i := range v.kids {
		if v.kids[i].Value.kind == Null {
			continue
		}
		at.index = i
		e, err := r.single(at, a, v.kids[i].Value)
		if err != nil {
			return Value{}, err
		}
		if e.kind == Absent {
			continue
		}
		if e.Get("primary").True() {
			if primary >= 0 {
				at.index = -1
				return Value{}, Errorf(400, InvalidValue, "%v: both [%d] and [%d] are primary: one at most may be", at, primary, i)
			}
			primary = i
		}
		kids = append(kids, Member{Value: e})
	}
	at.index = -1
	kids = r.distinct(at, a, kids)
	if len(kids) == 0 {
		return Value{}, nil
	}
	return Value{kind: Array, kids: kids}, nil
}

// distinct leaves out elements whose type and value occurred before. What
// only the later one says is moved to the first.
func (r *reader) distinct(at where, a *Attribute, kids []Member) []Member {
	if len(kids) < 2 {
		return kids
	}
	first := elements{kids: kids[:0]}
	for _, m := range kids {
		i := first.find(m.Value)
		if i < 0 {
			first.add(m.Value)
			continue
		}
		for _, s := range m.Value.kids {
			if e := first.kids[i].Value; e.Get(s.Name).kind == Absent || s.Name == "primary" && s.Value.True() {
				first.kids[i].Value = e.with(&a.subs, s.Name, s.Value)
			}
		}
		r.note("%v: a value that occurs twice was kept once", at)
	}
	return first.kids
}

// single reads one value of an attribute; Absent for a complex one without content.
func (r *reader) single(at where, a *Attribute, v Value) (Value, error) {
	if a.Type != TypeComplex {
		return r.simple(at, a, v)
	}
	if v.kind != Object {
		return Value{}, wrongType(at, "an object", v)
	}
	o := object{of: &a.subs, members: r.take(len(v.kids))}
	for i := range v.kids {
		m := &v.kids[i]
		sub := a.SubAttribute(m.Name)
		if sub == nil {
			at.sub = m.Name
			w, err := r.unknown(at, m.Value)
			if err != nil {
				return Value{}, err
			}
			o.put(rankUnknown, m.Name, w)
			continue
		}
		at.sub = sub.Name
		w, err := r.attribute(at, sub, m.Value)
		if err != nil {
			return Value{}, err
		}
		o.put(sub.order, sub.Name, w)
	}
	if len(o.members) > 0 {
		if at.sub = a.lacks(o.members); at.sub != "" {
			return Value{}, Errorf(400, InvalidValue, "%v is required", at)
		}
	}
	return o.value(), nil
}

// simple reads a value that is not complex.
func (r *reader) simple(at where, a *Attribute, v Value) (Value, error) {
	ok, want := false, ""
	switch a.Type {
	case TypeString:
		ok, want = v.kind == String, "a string"
		if r.policy.Mode == Interop && a.Name == "type" && ok && !a.canonical(v.text) {
			return Value{}, Errorf(400, InvalidValue, "%v: want one of %s, got %s", at, strings.Join(a.Canonical, " "), quote(v.text))
		}
	case TypeReference:
		ok, want = v.kind == String, "a URI as a string"
	case TypeBoolean:
		if b, known := booleanText(v.text); known && v.kind == String {
			if err := r.allow(booleanString, at, quote(v.text)); err != nil {
				return Value{}, err
			}
			v = BoolOf(b)
		}
		ok, want = v.kind == Bool, "a boolean"
	case TypeInteger:
		ok, want = v.kind == Number && !strings.ContainsAny(v.text, ".eE"), "an integer"
	case TypeDecimal:
		ok, want = v.kind == Number, "a number"
	case TypeDateTime:
		ok, want = v.kind == String && isDateTime(v.text), `a dateTime such as "2006-01-02T15:04:05Z"`
	case TypeBinary:
		ok, want = v.kind == String && isBase64(v.text), "base64 in a string"
	}
	if !ok {
		return Value{}, wrongType(at, want, v)
	}
	return v, nil
}

// canonical reports whether canonicalValues lists a value, or lists none.
func (a *Attribute) canonical(text string) bool {
	return len(a.Canonical) == 0 || slices.ContainsFunc(a.Canonical, func(c string) bool {
		return c == text || !a.CaseExact && strings.EqualFold(c, text)
	})
}
