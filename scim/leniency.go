package scim

// Mode is how a server treats what the RFCs forbid but clients send.
type Mode uint8

const (
	// Lenient accepts every row of Leniencies, with a Note each time.
	Lenient Mode = iota
	// Strict refuses each with the RFC's error, and an add by a value path that
	// nothing matches with 400 noTarget.
	Strict
	// Interop is Strict and the provider's side of the SCIM interoperability
	// profile (draft-zollner-scim-interop-profile-01): unknown attributes and
	// schema URIs are 400 invalidSyntax whatever Policy.Unknown says, in a
	// PATCH too; every PATCH operation needs a path (400 invalidSyntax); add
	// and replace by a value path need a sub-attribute after it (400
	// invalidPath); replace of a single complex attribute replaces it as a
	// whole, where RFC 7644 §3.5.2.3 keeps the sub-attributes that were not
	// sent; and a type that canonicalValues does not list is 400 invalidValue.
	Interop
)

// Leniency is one thing that clients send, that an RFC forbids, and that
// Lenient takes for what is meant by it.
type Leniency struct {
	ID      string // stable: "boolean-string"; every Note of its use ends with it in brackets
	Clients string // who is known to send it
	What    string // what is sent, and what it is taken for
	Section string // "RFC 7643 §2.3.2"
	Type    string // the scimType of the refusal under Strict and Interop
}

// Leniencies lists all of them, for documentation.
func Leniencies() []Leniency {
	panic("skeleton")
}

// ReadFilter parses and binds the filter of a request under a Policy. Errors
// are *Error with 400 invalidFilter.
func (t *ResourceType) ReadFilter(text string, p Policy) (*Filter, []Note, error) {
	panic("skeleton")
}
