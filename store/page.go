package store

import (
	"context"

	"scimdeck/scim"
)

// Position is a place in a list, between two resources: right behind the one
// with this key and sequence. It stays where it is while resources come and go,
// also when the one that it was taken from goes.
type Position struct {
	Key []byte // of the sort, cut to 255 bytes; in a Search without a sort the number of the part; else empty
	Seq uint64 // the creation sequence
}

// Page tells what List has emitted and what it has not.
type Page struct {
	Total          int      // matches in all; -1 when not counted (Query.NoTotal)
	Count          int      // emitted
	First, Last    Position // of the emitted; zero when there are none
	Earlier, Later bool     // there are matches before the first emitted, and after the last
}

// Page is List that tells more, for cursors (RFC 9865): give Last as the next
// query's After, or First as its Before.
func (s *Store) Page(ctx context.Context, t *scim.ResourceType, q Query, emit func(doc []byte)) (Page, error) {
	panic("skeleton")
}

// Part is a resource type in a Search.
type Part struct {
	Type   *scim.ResourceType
	Filter *scim.Filter
	Sort   *scim.Sort // of all parts or of none
	Bare   bool       // as in Query
}

// Search is Page over several resource types at once (RFC 7644 §3.4.2.1): with
// a sort they are merged, without one they follow each other. q's own Filter, Sort and
// Bare are not looked at.
func (s *Store) Search(ctx context.Context, parts []Part, q Query, emit func(t *scim.ResourceType, doc []byte)) (Page, error) {
	panic("skeleton")
}
