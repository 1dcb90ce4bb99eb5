package scim

// Projection chooses the attributes of an answer (RFC 7644 §3.4.2.5, §3.9). The
// nil Projection chooses all of them. It is not changed after it was made and
// can be used by several goroutines at once.
type Projection struct {
	names selection
}

// selection is a choice among the members of one object.
type selection struct{}

// Project makes the Projection of a request's attributes or excludedAttributes.
// Each entry is a name or several with commas between; names have any case, may
// be qualified with a URN, may be that of a sub-attribute, and a schema's URN
// alone means all of its attributes. Names that lead nowhere choose nothing,
// so that attributes=nosuch gives the minimum: schemas, id and whatever else is
// always returned. Both lists at once are 400 invalidValue: RFC 7644 §3.9
// calls them mutually exclusive, and picking one would hide the mistake.
//
// The returned characteristic rules (RFC 7643 §7): "always" cannot be left
// out, "never" cannot be asked for, and "request" needs its own name in
// attributes or in written, which lists what the client has just set (see
// Patch.Written and ResourceType.Written).
//
// The result is nil when everything is chosen: without lists, and without
// attributes that are returned on request only.
func (t *ResourceType) Project(attributes, excluded []string, written ...string) (*Projection, error) {
	panic("skeleton")
}

// Append appends a stored doc to dst as a client sees it under base, with the
// chosen attributes only: what AppendWire does, which it is for a nil
// Projection. Nothing is decoded. schemas stays as it is stored: it tells what
// the resource has, not what this answer shows of it.
func (p *Projection) Append(dst, doc []byte, base string) []byte {
	panic("skeleton")
}

// Wants reports whether the answer may show anything of a core attribute, so
// that a store need not read what nobody will see: "members", "groups".
func (p *Projection) Wants(attr string) bool {
	panic("skeleton")
}

// Written lists the attributes of d that are returned on request only (returned
// "request"): an answer to the POST or PUT that set them shows them. It is nil
// for types that have none.
func (t *ResourceType) Written(d Draft) []string {
	panic("skeleton")
}

// Written lists the attributes returned on request only that the operations set.
func (p *Patch) Written() []string {
	panic("skeleton")
}
