package scim

import "iter"

// Kind is the kind of a Value.
type Kind uint8

// The kinds. Absent is the zero Value: what a lookup of a missing member gives.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// Value is one JSON value. It is small, is passed by value and shares its
// strings and members with its copies: nobody changes a Value in place except
// through the Set and Delete of an Object or Array that it got from Clone.
// Members keep their order; numbers keep their digits.
type Value struct {
	kind Kind
	text string   // a String's text, a Number's literal, "true" for a true Bool
	kids []Member // an Array's elements (without names) or an Object's members
}

// Member is one member of an Object, or one element of an Array (no name).
type Member struct {
	Name  string
	Value Value
}

func StringOf(s string) Value                     { return Value{kind: String, text: s} }
func BoolOf(b bool) Value                         { panic("skeleton") }
func IntOf(n int64) Value                         { panic("skeleton") }
func ArrayOf(elems ...Value) Value                { panic("skeleton") }
func ObjectOf(m ...Member) Value                  { panic("skeleton") }
func (v Value) Kind() Kind                        { return v.kind }
func (v Value) Text() string                      { return v.text } // a String's text or a Number's literal; else ""
func (v Value) True() bool                        { return v.kind == Bool && v.text == "true" }
func (v Value) Len() int                          { return len(v.kids) }
func (v Value) At(i int) Value                    { return v.kids[i].Value }
func (v Value) Get(name string) Value             { panic("skeleton") } // exact name; Absent if there is none
func (v Value) Fold(name string) Value            { panic("skeleton") } // any case; the first that fits
func (v Value) Members() iter.Seq2[string, Value] { panic("skeleton") } // of an Object in order; of an Array with "" names
func (v Value) Equal(w Value) bool                { panic("skeleton") } // member order does not matter, element order does
func (v Value) Clone() Value                      { panic("skeleton") } // deep, but strings are shared
func (v *Value) Set(name string, w Value)         { panic("skeleton") } // replaces or appends; w.Kind()==Absent deletes
func (v Value) Append(dst []byte) []byte          { panic("skeleton") } // compact JSON
func (v Value) String() string                    { return string(v.Append(nil)) }

// Limits bounds what Decode accepts. Zero fields mean the default.
type Limits struct {
	Depth   int // levels of nesting, default 32
	Members int // members and elements in the whole text, default 200,000
}

// Decode reads one JSON text (RFC 8259). It refuses, with 400 invalidSyntax and
// the line, column and offset of the fault: anything malformed, trailing data,
// invalid UTF-8, lone surrogates, nesting beyond Limits, and member names
// that occur twice in one object, also in another case (RFC 7643 §2.1: names
// have no case). The Value does not alias data.
func Decode(data []byte, lim Limits) (Value, error) { panic("skeleton") }

// appendString appends s as a JSON string; invalid UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte { panic("skeleton") }
