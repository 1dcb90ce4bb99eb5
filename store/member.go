package store

import "scimdeck/scim"

// GetBare is Get without a Group's members and a User's groups: nothing of
// them is read.
func (s *Store) GetBare(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error) {
	panic("skeleton")
}

// Complete appends to dst a bare doc, such as a Change has, with its members or
// groups as they are now. If the resource has changed since, it is the present
// one that is appended, so that version and members belong together; if it is
// gone, the doc as it is.
func (s *Store) Complete(t *scim.ResourceType, dst, doc []byte) ([]byte, error) {
	panic("skeleton")
}
