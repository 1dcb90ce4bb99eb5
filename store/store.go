package store

import (
	"context"
	"log/slog"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// Options says how a store is opened.
type Options struct {
	Dir      string // the folder; made (0700) when missing. "" keeps everything in memory
	Durable  bool   // an answered write survives a power cut, not only a kill
	Catalog  *scim.Catalog
	Log      LogOptions
	Explain  func(*wire.Exchange) // called by the log's writer before an exchange is stored; may be nil
	Now      func() time.Time     // nil: time.Now
	Messages *slog.Logger         // Badger's and our own messages; nil: dropped
	Address  string               // of the server; written to the lock's note for the message of a second process
}

// LogOptions bounds the request log.
type LogOptions struct {
	Entries int           // kept on disk, at most; default 100,000
	Age     time.Duration // kept at most so long; 0: no bound
	Ring    int           // row summaries in memory; default 50,000
}

// Store is users, keys and the request log in one Badger database.
type Store struct{}

// Open opens or makes the store. Besides *InUseError, *VersionError and
// *DamagedError the error is the operating system's.
func Open(o Options) (*Store, error) { panic("skeleton") }

// Close flushes the log and the keys' use counts and closes the database.
func (s *Store) Close() error { panic("skeleton") }

// Get appends the stored doc of a resource to dst. ok is false when there is none.
func (s *Store) Get(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error) {
	panic("skeleton")
}

// Query asks for a part of a type's resources in creation order.
type Query struct {
	Filter *scim.Filter // nil: all
	Start  int          // 1-based
	Count  int
}

// List calls emit with the stored doc of each resource of the page (valid only during the call) and returns how many match in all.
func (s *Store) List(ctx context.Context, t *scim.ResourceType, q Query, emit func(doc []byte)) (total int, err error) {
	panic("skeleton")
}

// Count returns how many resources of the type there are; it costs nothing.
func (s *Store) Count(t *scim.ResourceType) int { panic("skeleton") }

// Change is what a write did. Before and After are stored docs, nil where there is none; they are equal when nothing changed.
type Change struct{ Before, After []byte }

// IfMatch is a condition on the present version (RFC 7644 §3.14); nil: none. It returns an *scim.Error (412) or nil.
type IfMatch func(version uint64) error

func (s *Store) Create(ctx context.Context, t *scim.ResourceType, d scim.Draft) (Change, error) {
	panic("skeleton")
}
func (s *Store) Replace(ctx context.Context, t *scim.ResourceType, id string, d scim.Draft, cond IfMatch) (Change, error) {
	panic("skeleton")
}
func (s *Store) Patch(ctx context.Context, t *scim.ResourceType, id string, p *scim.Patch, cond IfMatch) (Change, error) {
	panic("skeleton")
}
func (s *Store) Delete(ctx context.Context, t *scim.ResourceType, id string, cond IfMatch) (Change, error) {
	panic("skeleton")
}

// Key is a bearer key's metadata. The secret is not kept.
type Key struct {
	ID       uint64
	Name     string // unique, letters, digits, - and _, at most 64
	Prefix   string // the secret's first characters
	Created  time.Time
	Expires  time.Time // zero: never
	Disabled bool
	Revoked  time.Time // zero: not revoked
	LastUsed time.Time
	Uses     uint64
}

// Status is "active", "expired", "disabled" or "revoked".
func (k Key) Status(now time.Time) string { panic("skeleton") }

func (s *Store) CreateKey(name string, expires time.Time) (secret string, k Key, err error) {
	panic("skeleton")
}
func (s *Store) Keys() []Key                             { panic("skeleton") } // by creation; from memory
func (s *Store) RenameKey(id uint64, name string) error  { panic("skeleton") }
func (s *Store) ExpireKey(id uint64, at time.Time) error { panic("skeleton") }
func (s *Store) DisableKey(id uint64) error              { panic("skeleton") }
func (s *Store) EnableKey(id uint64) error               { panic("skeleton") }
func (s *Store) RevokeKey(id uint64) error               { panic("skeleton") }

// Authenticate finds the key of a secret and counts the use. reason is "" when the key is good, else "unknown",
// "disabled", "expired" or "revoked"; k is zero when unknown. It allocates nothing and writes nothing.
func (s *Store) Authenticate(secret string) (k Key, reason string) { panic("skeleton") }

// Log hands an exchange to the log's writer and does not wait for it (a few milliseconds at most when the writer is
// behind). The store owns ex from now on.
func (s *Store) Log(ex *wire.Exchange) { panic("skeleton") }

// Row is the summary of an exchange that lists show: the ring keeps it in memory.
type Row struct {
	Seq      uint64
	Start    time.Time
	Took     time.Duration
	Method   string
	Status   int
	Target   string // path and query
	Path     string
	Host     string
	Agent    string
	KeyID    uint64
	KeyName  string
	Refused  string
	Type     string
	ID       string // of the resource touched
	Name     string // userName touched or looked for
	Source   string
	Op       string
	Sentence string
	Problem  bool // status ≥ 400 or no answer
	Notes    int
}

// Rows appends to dst the rows after the given number that the ring holds, oldest first, at most max (0: all).
func (s *Store) Rows(dst []*Row, after uint64, max int) []*Row { panic("skeleton") }

// LogState is what there is of the log.
type LogState struct {
	First, Last   uint64 // numbers in the ring; 0 when it is empty
	Entries       int    // kept on disk
	DroppedBodies uint64 // since the start
	Dropped       uint64
}

func (s *Store) LogState() LogState { panic("skeleton") }

// Exchange reads a logged exchange. ok is false when it is gone.
func (s *Store) Exchange(seq uint64) (ex *wire.Exchange, ok bool, err error) { panic("skeleton") }

// ClearLog deletes all exchanges; numbers go on.
func (s *Store) ClearLog() error { panic("skeleton") }

// Watch returns a channel of size one that gets a ping after each change of
// resources, keys or log: come and read. stop ends it.
func (s *Store) Watch() (ping <-chan struct{}, stop func()) { panic("skeleton") }

// Size returns the bytes that the database takes on disk.
func (s *Store) Size() int64 { panic("skeleton") }

// Verify walks everything and reports each inconsistency.
func (s *Store) Verify(ctx context.Context) error { panic("skeleton") }

// FlushLog waits until everything logged so far is stored.
func (s *Store) FlushLog() { panic("skeleton") }
