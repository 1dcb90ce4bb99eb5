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
// Beyond the RFC it takes, with a Note: booleans as the strings "True" and
// "False" (Entra), a lone object for a multi-valued attribute (OneLogin), an extension
// that schemas does not name. What it leaves out, with a Note: passwords,
// readOnly attributes but id and meta, which every PUT of a GET's answer has,
// unknown attributes under Ignore, and values that occur twice. Notes come with an error too.
func (t *ResourceType) Read(body Value, p Policy) (Draft, []Note, error) {
	if body.kind != Object {
		return Draft{}, nil, Errorf(400, InvalidSyntax, "the body: want a JSON object, got %s", body.describe())
	}
	r := reader{t: t, policy: p}
	if err := r.schemas(body.Fold("schemas")); err != nil {
		return Draft{}, r.notes, err
	}
	root, err := r.resource(body)
	if err != nil {
		return Draft{}, r.notes, err
	}
	return Draft{root}, r.notes, nil
}

// reader checks values against definitions and puts them into their stored form.
type reader struct {
	t      *ResourceType
	policy Policy
	notes  []Note
	named  []*Schema // the extensions that schemas names
}

// maxNotes bounds the notes on one request: a body may have 100,000 unknown members.
const maxNotes = 20

func (r *reader) note(format string, args ...any) {
	switch {
	case len(r.notes) < maxNotes:
		r.notes = append(r.notes, Note(fmt.Sprintf(format, args...)))
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
	q := quote(s)
	return q[1 : len(q)-1]
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
		if sameName(urn.Value.text, r.t.Schema.ID) {
			core = true
		} else if ext := r.t.extension(urn.Value.text); ext != nil {
			r.named = append(r.named, ext)
		} else {
			r.note("the unknown schema %s was ignored", quote(urn.Value.text))
		}
	}
	if !core {
		return Errorf(400, InvalidValue, "schemas: want %q among them, got %s", r.t.Schema.ID, quote(v.String()))
	}
	return nil
}

// resource reads the members of a whole body.
func (r *reader) resource(body Value) (Value, error) {
	o := object{of: r.t, members: make([]Member, 0, len(body.kids))}
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
	o := object{of: &ext.names, members: make([]Member, 0, len(v.kids))}
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
		r.note("schemas does not name %s, which has attributes here; it was added", ext.ID)
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
		r.note("%v: a lone object was read as an array of one", at)
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
		r.note("%v was not kept: it is never stored or returned", at)
	case a.Mutability == "readOnly":
		r.note("%v was ignored: it is readOnly", at)
	default:
		return false
	}
	return true
}

// elements reads the values of a multi-valued attribute: one primary at most,
// and each (type, value) once (RFC 7643 §2.4).
func (r *reader) elements(at where, a *Attribute, v Value) (Value, error) {
	kids := make([]Member, 0, len(v.kids))
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
	o := object{of: &a.subs, members: make([]Member, 0, len(v.kids))}
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
	return o.value(), nil
}

// simple reads a value that is not complex.
func (r *reader) simple(at where, a *Attribute, v Value) (Value, error) {
	ok, want := false, ""
	switch a.Type {
	case TypeString:
		ok, want = v.kind == String, "a string"
	case TypeReference:
		ok, want = v.kind == String, "a URI as a string"
	case TypeBoolean:
		if v.kind == String && (strings.EqualFold(v.text, "true") || strings.EqualFold(v.text, "false")) {
			r.note("%v: the string %q was read as a boolean", at, v.text)
			v = BoolOf(len(v.text) == len("true"))
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

// required checks that a resource has what it has to have (RFC 7643 §2.2).
func (t *ResourceType) required(root Value) error {
	for _, a := range t.Schema.Attributes {
		if !a.Required || a.Mutability == "readOnly" {
			continue
		}
		switch v := root.Get(a.Name); {
		case v.kind == Absent:
			return Errorf(400, InvalidValue, "%s is required", a.Name)
		case v.kind == String && v.text == "":
			return Errorf(400, InvalidValue, "%s must not be empty", a.Name)
		}
	}
	for _, e := range t.Extensions {
		if e.Required && root.Get(e.Schema.ID).kind == Absent {
			return Errorf(400, InvalidValue, "%s is required", e.Schema.ID)
		}
	}
	return nil
}
