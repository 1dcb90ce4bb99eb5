package scim

// Patch is a parsed PATCH request (RFC 7644 §3.5.2), checked against a
// resource type as far as that is possible without the resource.
type Patch struct {
	t   *ResourceType
	ops []operation
}

type operation struct{}

// ReadPatch parses the body of a PATCH. Errors are *Error.
func (t *ResourceType) ReadPatch(body Value, p Policy) (*Patch, []Note, error) { panic("skeleton") }

// Apply applies the operations in order to a copy of d: all or nothing, and d
// stays as it is. changed is false when the result equals d.
func (p *Patch) Apply(d Draft) (out Draft, changed bool, err error) { panic("skeleton") }
