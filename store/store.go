// Package store keeps resources, bearer keys and the request log in one
// embedded Badger database, and is the only meeting place of the server and the
// dashboard. It knows no HTTP and no screen, and holds no protocol rules: what
// a resource is, how it is changed and what a filter matches is package scim's.
//
//	st, err := store.Open(store.Options{Dir: dir, Durable: true, Catalog: catalog})
//	...
//	defer st.Close()
//	users := catalog.Type("User")
//	change, err := st.Create(ctx, users, draft) // committed when it returns
//	doc, ok, err := st.Get(users, nil, id)      // the bytes, as they go on the wire
//	total, err := st.List(ctx, users, store.Query{Start: 1, Count: 100}, func(doc []byte) { ... })
//	st.Log(exchange)                            // does not wait
//	ping, stop := st.Watch()                    // something changed: come and read
//
// One goroutine writes, many operations to a transaction (writer.go); readers
// take snapshots and wait for nobody. A document is the resource's wire bytes
// under its creation sequence, which its id carries; indexes narrow, the filter
// decides; a rank index in memory finds any page of the whole list at once. The documents
// are in files beside the database, which has where (docfile.go). Who is in
// which group is kept beside the documents (membership.go) and put into them
// when they are read.
package store

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// Options says how a store is opened.
type Options struct {
	Dir      string // the folder; made (0700) when missing. "" keeps everything in memory
	Durable  bool   // an answered write survives a power cut, not only a kill
	Catalog  *scim.Catalog
	Log      LogOptions
	Explain  func(*wire.Exchange) // says what an exchange meant, soon after Log and before anyone can read it; called by many at once; may be nil
	Follow   func(*wire.Exchange) // after it, with its number, one after the other in the order of the log; may be nil
	Warm     func(*Row)           // called by Open with the newest rows, oldest first, for Follow; may be nil
	Now      func() time.Time     // nil: time.Now
	Messages *slog.Logger         // Badger's and our own messages; nil: dropped
	Address  string               // of the server; written to the lock's note for the message of a second process
}

// LogOptions bounds the request log. Zero fields mean the default.
type LogOptions struct {
	Entries int           // kept on disk, at most; default 100,000
	Bytes   int64         // that they take there, compressed, at most; 0: no bound
	Age     time.Duration // kept at most so long; 0: no bound
	Ring    int           // row summaries in memory; default 50,000
}

func (o Options) withDefaults() Options {
	if o.Log.Entries <= 0 {
		o.Log.Entries = 100_000
	}
	if o.Log.Ring <= 0 {
		o.Log.Ring = 50_000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Messages == nil {
		o.Messages = slog.New(slog.DiscardHandler)
	}
	return o
}

// Store is users, keys and the request log in one Badger database. Its methods
// may be called at once from any goroutine.
type Store struct {
	opt   Options
	db    *badger.DB
	home  *home // nil in memory
	kinds map[string]*kind

	maxWrites int64 // of a transaction: Badger's bound; tests take less
	heapLen   int   // matches that a sorted list keeps at once; likewise

	// The resources that are, or were since Open, in a group.
	joined marks

	// Between Close and the readers: a reader holds life while it reads.
	life   sync.RWMutex
	closed bool

	// Between the writer and List: ranks change together with the commit.
	mu        sync.RWMutex
	snapshots snapshots // forgotten with each commit, under mu
	// Between the two writers, the resources' and the log's: see commitInTurn.
	commits turn

	docs   *docFiles
	pins   pins
	places places
	recent *recent // documents, changed with each commit, under mu
	names  names   // likewise

	ops     chan *operation
	drained chan struct{} // closed when the writer has ended

	// Of the writer alone.
	nextSeq     uint64
	reservedSeq uint64 // sequences below it are reserved on disk
	scratch     []byte
	unfinished  map[uint64]bool // groups with a note that Open has to see, see split.go
	drafts      drafts

	secrets  sync.Map   // [32]byte by name, see Secret
	keyMu    sync.Mutex // one change of keys at a time
	keys     atomic.Pointer[keyring]
	keysUsed atomic.Bool // uses were counted since the last flush
	trials   trials

	log      *requestLog
	logFiles *logFiles
	watchers watchers

	busy    atomic.Bool // something was done since the housekeeper looked
	stop    chan struct{}
	stopped chan struct{} // closed when the housekeeper has ended
	disk    *disk         // nil in memory
	mapping sync.Mutex    // a compaction looks at what is mapped
	opened  bool          // under mapping: the database may be read; before Open has ended and in Close compactions run too
	tables  atomic.Int64  // that compactions have made

	halt      atomic.Pointer[halt]
	rescrub   chan struct{} // of size one
	scrubbed  chan struct{} // closed when the scrub has ended
	loaded    chan struct{} // closed when the database is open
	collected chan struct{} // closed when the collector has ended
	named     chan struct{} // closed when the names' keeper has ended
	suspect   atomic.Int64  // misreads when the scrub began,
	sound     atomic.Int64  // and after which it has found nothing; -1: it has never ended
}

// view runs f on a snapshot of the database. Nothing in f may call the store.
func (s *Store) view(f func(txn *badger.Txn) error) error {
	return s.reading(func() error {
		n := s.snapshot()
		defer n.release()
		return f(n.txn)
	})
}

// reading runs f, which reads, between the precautions of a read.
func (s *Store) reading(f func() error) error {
	s.life.RLock()
	defer s.life.RUnlock()
	if s.closed {
		return ErrClosed
	}
	if err := s.halted(false); err != nil {
		return err
	}
	s.touch()
	before := misreads.Load()
	err := f()
	if bad := s.misread(before); bad != nil {
		return bad
	}
	return err
}

// touch tells the housekeeper that the store is not idle.
func (s *Store) touch() {
	if !s.busy.Load() {
		s.busy.Store(true)
	}
}

// now is the time of an operation, to the precision that SCIM times have.
func (s *Store) now() time.Time { return s.opt.Now().UTC().Truncate(time.Millisecond) }

// Count returns how many resources of the type there are; it costs nothing.
func (s *Store) Count(t *scim.ResourceType) int {
	k, err := s.kind(t)
	if err != nil {
		return 0
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return k.rank.n
}

// Size returns the bytes that the database takes on disk; 0 in memory.
func (s *Store) Size() int64 { return s.home.size() }

// background is the context of work that nobody can call off.
var background = context.Background()
