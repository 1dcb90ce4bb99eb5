package wire

import "time"

// Exchange is one HTTP request and its answer as seen on the wire, with what
// the server knew about it. Secrets are cut out before it exists.
type Exchange struct {
	Seq    uint64 // the request's number, from 1, never repeated; assigned by the log
	Start  time.Time
	Took   time.Duration // until the answer's last byte was handed to the connection
	Source string        // "" for a client; "tui", "replay", "check", "proxy"

	Method string
	Target string // the request target as it came: path and query, secrets removed
	Proto  string
	Host   string
	Remote string // the peer's address

	RequestHeader []Field // in canonical form, sorted by name; Authorization cut
	RequestBody   []byte  // the first Options.BodyBytes bytes, passwords removed
	RequestSize   int64   // of the whole body

	Status         int // 0: no answer
	ResponseHeader []Field
	ResponseBody   []byte
	ResponseSize   int64

	Base string // the base URL that the request came by: "https://host/api/scim/v2"
	Path string // the path below the base: "/Users/2819…", "" when not under a base path

	// Credential: who sent it.
	KeyID     uint64 // of the store's key, also for a disabled, expired or revoked one; 0 if none fits
	KeyName   string
	KeyPrefix string // of what was sent: never more than the first 16 characters of our own form
	Refused   string // exactly why the key was refused, "" if it was not

	// What the server did, for explain. Zero when the server did not get that far.
	Type    string // resource type, "User"
	ID      string // of the resource
	Name    string // userName or displayName of the resource, else what the request looked for
	Total   int    // totalResults of a list
	Start1  int    // startIndex of a list
	Count   int    // resources in this page
	Filter  string // as sent
	Notes   []string
	Before  []byte // the stored doc before a write; not kept after explain has seen it
	After   []byte // and after it; likewise
	Problem string // the internal error behind a 500; never sent

	// What it meant: filled in by explain before it is logged.
	Op       string   // probe, find, list, read, create, replace, patch, activate, deactivate, delete, discover, auth, other
	Sentence string   // "create ada@example.com"
	Changed  []string // attributes that the write changed
}

// Field is one header field.
type Field struct{ Name, Value string }
