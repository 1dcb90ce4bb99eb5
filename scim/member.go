package scim

// A Group's members and a User's groups (RFC 7643 §4.2, §4.1.2) are references
// to other resources. In a Draft a member is its value alone: what clients say
// of $ref, type and display is ignored, since it follows from the value. A
// store that keeps them elsewhere than in the doc renders them with
// AppendReference and inserts them with Insert before it matches, projects or
// answers.

// Reference is one element of members or groups.
type Reference struct {
	ID      string
	Type    *ResourceType // of what is referred to
	Display string        // its displayName or userName; "" is left out
	Kind    string        // of groups: "direct" or "indirect"; of members ""
}

// AppendReference appends the element's JSON to dst in stored form: its $ref has no base URL
// ("/Users/2819"); AppendWire and Projection.Append put it there.
func AppendReference(dst []byte, r Reference) []byte {
	panic("skeleton")
}

// Insert appends doc to dst with a core attribute more, at its place in the
// schema: value is the JSON of "members", "groups" or another. It takes the
// place of one that is there; an empty value or [] leaves the attribute out.
func (t *ResourceType) Insert(dst, doc []byte, attr string, value []byte) []byte {
	panic("skeleton")
}

// MemberChanges tells what a PATCH does to a Group's members when it can be
// told without having them: ok means that it only adds members and removes
// them by value. Then Apply on a Draft without members gives the added ones as
// its members, and the new members are
//
//	old members − removed + Apply(draft without members).members
//
// so that a store need not read 50,000 members to add one. A removed value is
// folded (see Fold), as ids are. untouched means that it does nothing to them.
func (p *Patch) MemberChanges() (removed []string, untouched, ok bool) {
	panic("skeleton")
}
