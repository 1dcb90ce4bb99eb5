// Package wire is one HTTP exchange as seen on the wire: the type, a handler
// that records it, the cutting out of secrets, and the exchange as a curl command.
//
// It knows of SCIM only that a member named password and a bearer key are
// secrets. It is no store: what becomes of an Exchange is up to the sink.
//
//	h := wire.Handler(next, wire.Options{Sink: func(ex *wire.Exchange) { log.Println(ex.Method, ex.Target, ex.Status) }})
//	http.ListenAndServe(addr, h)
//
// Inner handlers find the exchange by their ResponseWriter and note on it what
// they know:
//
//	if ex := wire.Of(w); ex != nil {
//		ex.KeyName = key.Name
//	}
package wire

import (
	"bytes"
	"slices"
	"time"
)

// Exchange is one HTTP request and its answer as seen on the wire, with what
// the server knew about it. Secrets are cut out before it reaches a sink.
type Exchange struct {
	Seq    uint64 // the request's number, from 1, never repeated; assigned by the log
	Start  time.Time
	Took   time.Duration // until the answer's last byte was handed to the connection
	Source string        // "" for a client; "tui", "replay", "check", "proxy", SourceTest

	Method string
	Target string // the request target as it came: path and query, secrets removed
	Proto  string
	Host   string
	Remote string // the peer's address

	RequestHeader []Field // in canonical form, sorted by name; Authorization cut
	RequestBody   []byte  // its beginning, see Options.BodyBytes; passwords removed
	RequestSize   int64   // of the whole body as far as it is known

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
	Routine int    // how many of Notes tell of what clients do every day; for the row, not kept
	Before  []byte // the stored doc before a write; not kept after explain has seen it
	After   []byte // and after it; likewise
	Joined  int    // members that a group got; not kept either
	Left    int    // and lost; likewise
	Problem string // the internal error behind a 500; never sent

	// What it meant: filled in by explain before it is logged.
	Op       string   // probe, find, list, read, create, replace, patch, activate, deactivate, delete, discover, auth, other
	Sentence string   // "create ada@example.com"
	Changed  []string // attributes that the write changed: those of Changes
	Changes  []Change // what the write changed, and what of the request had no effect
	Part     Part     // of which story; zero when no story is known

	// What is wrong with it, or worth knowing.
	Findings []Finding

	// What a person has put on it since: not part of what is logged.
	Remark Remark
}

// Remark is what a person has put on a logged exchange: a mark, a note, or both.
type Remark struct {
	Marked bool
	Note   string // one line; "": none
}

// A request by which this server's own address is tested has TestAgent and the
// test's mark as its User-Agent, and SourceTest as its Source if there is such a test.
const (
	SourceTest = "test"
	TestAgent  = "scimdeck-test/"
)

// Field is one header field.
type Field struct{ Name, Value string }

// Note adds a note for the developer who reads the log.
func (ex *Exchange) Note(s string) { ex.Notes = append(ex.Notes, s) }

// Header returns the value of a request header field by its canonical name, or "".
func (ex *Exchange) Header(name string) string {
	for _, f := range ex.RequestHeader {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// Clone copies an exchange, for a sink that keeps it.
func (ex *Exchange) Clone() *Exchange {
	c := *ex
	c.RequestHeader, c.ResponseHeader = slices.Clone(ex.RequestHeader), slices.Clone(ex.ResponseHeader)
	c.RequestBody, c.ResponseBody = bytes.Clone(ex.RequestBody), bytes.Clone(ex.ResponseBody)
	c.Before, c.After = bytes.Clone(ex.Before), bytes.Clone(ex.After)
	c.Notes, c.Changed, c.Changes = slices.Clone(ex.Notes), slices.Clone(ex.Changed), slices.Clone(ex.Changes)
	c.Findings = slices.Clone(ex.Findings)
	return &c
}

// reset empties an exchange but for memory that the next one can use.
func (ex *Exchange) reset() {
	body := ex.ResponseBody
	if cap(body) > keepBuffer {
		body = nil
	}
	clear(ex.RequestHeader) // for the strings
	clear(ex.ResponseHeader)
	clear(ex.Notes)
	*ex = Exchange{
		RequestHeader: ex.RequestHeader[:0], ResponseHeader: ex.ResponseHeader[:0],
		ResponseBody: body[:0], Notes: ex.Notes[:0],
	}
}
