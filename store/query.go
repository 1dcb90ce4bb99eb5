package store

import "scimdeck/scim"

// Query asks for a part of a type's resources.
type Query struct {
	Filter *scim.Filter // nil: all
	Sort   *scim.Sort   // nil: by creation; what is alike stays in that order
	Start  int          // 1-based; less than 1 is 1 (RFC 7644 §3.4.2.4)
	Count  int          // less than 0 is 0

	// A cursor's place, instead of Start: the first Count after one, or the
	// last Count before the other, in the same order. One of them at most.
	After, Before *Position

	NoTotal bool // List may end with the page: the total is -1 if it would have to be counted
	Bare    bool // docs without a Group's members and a User's groups; nothing of them is read
}

// Position is a place in a list: that of a resource, or where one was that is
// gone. It stays where it is while others come and go.
type Position struct {
	Key []byte // of the sort, its first keyLen bytes; in a Search without a sort the number of the part; else empty
	Seq uint64 // the creation sequence
}

// Page tells what List has emitted and what it has not.
type Page struct {
	Total          int      // matches in all; -1 when not counted (Query.NoTotal)
	Count          int      // emitted
	First, Last    Position // of the emitted; zero when there are none
	Earlier, Later bool     // there are matches before the emitted, and after them
}

// Part is a resource type in a Search.
type Part struct {
	Type   *scim.ResourceType
	Filter *scim.Filter
	Sort   *scim.Sort // of all parts or of none
	Bare   bool       // as in Query
}
