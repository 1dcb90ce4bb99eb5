package scim

import "time"

// Unknown says what happens to attributes that no schema defines.
type Unknown uint8

const (
	Ignore Unknown = iota // dropped, with a note on the log entry
	Keep                  // stored and returned as they came
	Reject                // 400 invalidSyntax
)

// Policy is how strictly a client's body is read.
type Policy struct {
	Unknown Unknown
}

// Note is something about a request worth telling its developer though it was
// answered: an unknown attribute that was dropped, a password that was not kept.
type Note string

// Meta is what the server says about a resource (RFC 7643 §3.1).
type Meta struct {
	Created, Modified time.Time // UTC, to the millisecond
	Version           uint64    // 1 for a new resource; the ETag is W/"1"
}

// Draft is the state of a resource that clients can set: every attribute but
// id, schemas and meta, names in the schemas' spelling, in schema order, types
// checked, null, [] and {} gone, no password, nothing readOnly. The zero Draft is empty.
type Draft struct {
	Attributes Value // an Object; extension attributes in an Object under their URN
}

// Read makes a Draft of the body of a POST or PUT. Errors are *Error.
func (t *ResourceType) Read(body Value, p Policy) (Draft, []Note, error) { panic("skeleton") }

// AppendDoc appends the stored form of a resource to dst: its default
// representation on the wire, members in schema order with meta last, except
// that meta.location (meta's last member) has no base URL before the endpoint.
func (t *ResourceType) AppendDoc(dst []byte, id string, d Draft, m Meta) []byte { panic("skeleton") }

// ReadDoc takes apart what AppendDoc made. A doc that AppendDoc did not make is an error (a damaged store).
func (t *ResourceType) ReadDoc(doc []byte) (id string, d Draft, m Meta, err error) { panic("skeleton") }

// AppendWire appends doc to dst as a client sees it under base ("https://host/scim/v2").
func AppendWire(dst, doc []byte, base string) []byte { panic("skeleton") }

// DocVersion reads meta.version's number from a stored doc without decoding it.
func DocVersion(doc []byte) uint64 { panic("skeleton") }

// DocID reads id from a stored doc without decoding it; the result aliases doc.
func DocID(doc []byte) []byte { panic("skeleton") }

// IndexValue is one value of an indexed attribute, in the form in which it is compared.
type IndexValue struct {
	Path  string // canonical: "userName", "externalId", "emails.value"
	Value string // folded when the attribute's caseExact is false
}

// IndexValues lists the values of the type's indexed attributes in d: unique
// ones (uniqueness server or global) and those that clients look up by.
func (t *ResourceType) IndexValues(d Draft) []IndexValue { panic("skeleton") }
