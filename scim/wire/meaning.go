package wire

// Part says which place an exchange has in a story: a sequence of requests that
// a client is known to send (package story makes it).
//
// It is given when the exchange is logged, and never written anew. What comes
// later may tell another story: a GET looks like an update until the PUT turns
// out to deactivate. So of the exchanges with the same First the newest is
// right, for all of them, about Story and Of. First and Step are always right.
type Part struct {
	Story    string // "okta.assign"
	Role     string // of the step in the story: "find"
	First    uint64 // Seq of the story's first exchange: what all its parts share
	Step     int    // from 1; a request that is sent again is the same step
	Of       int    // steps, as far as can be told now
	Expected bool   // the status is 400 or more, and the story goes on from there: no problem
}

// Change is one difference that a write made to a resource, or something of the
// request that had no effect (package change makes it).
type Change struct {
	Kind string `json:"kind"`           // "added", "removed", "left out" …: the constants of package change
	Path string `json:"path,omitempty"` // "title", "name.givenName", "emails[work].value", "urn:…:User:department"
	Old  string `json:"old,omitempty"`  // JSON as it is stored, cut with … when it is long; "" when there was none
	New  string `json:"new,omitempty"`
	N    int    `json:"n,omitempty"` // how many, where the kind is about several; the number of an operation
}

// Finding is one thing that a rule has found in an exchange (package lint makes
// it). It holds no secrets.
type Finding struct {
	Rule   string // the rule's id, "SCIM-152"; "" in the last of a list that was cut short
	Level  byte   // LevelNote, LevelWarning or LevelError
	At     string // where: "header Content-Type", "query filter, column 12", "body Operations[0].op"
	Detail string // what was found there, quoted and bounded; may be ""
}

// The levels of findings: worth knowing; a deviation that some servers refuse;
// wrong by the protocol, or bound to fail.
const (
	LevelNote    = 1
	LevelWarning = 2
	LevelError   = 3
)
