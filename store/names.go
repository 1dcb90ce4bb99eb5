package store

import (
	"errors"
	"hash/maphash"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// names finds users by their names in memory, for six bytes each: who provisions asks
// for each user by name first, and to find one among a million, or none, costs the
// database six microseconds.
//
// It says who may have a name: whoever has it, and rarely somebody else, as one in 256
// looks alike and who had a name once stays. So a caller looks at the documents, but
// where names has nobody, there is nobody.
//
// It is filled in the background from the index in the database, when somebody asks for
// the first time and again whenever it gets full. Until then it knows nothing, and the
// database is asked. What is committed is put in by the writer, under Store.mu.
type names struct {
	seed maphash.Seed
	of   *kind // nil: none has names

	known  atomic.Pointer[nameTable]
	beyond atomic.Bool // somebody's sequence does not fit into a slot: nothing will be known
	mu     sync.Mutex  // of those who put
	next   *nameTable  // is being filled
	want   chan struct{}
}

// nameTable is an open hash table. A slot is a sequence and eight bits of the name's hash,
// or 0. Nothing is ever taken out.
type nameTable struct {
	slots []atomic.Uint32
	used  int // under names.mu
}

const (
	nameSeqBits = 24
	nameSeqMost = 1<<nameSeqBits - 1 // with more, the database is asked
	leastNames  = 1 << 10
)

func (n *names) init(k *kind) {
	n.seed, n.want = maphash.MakeSeed(), make(chan struct{}, 1)
	if k != nil && k.indexes[0].unique {
		n.of = k
	}
}

// newNameTable makes one with room for some more than count.
func newNameTable(count int) *nameTable {
	return &nameTable{slots: make([]atomic.Uint32, max(leastNames, count+count/4*3))}
}

// A table is filled again in good time, and never full: that ends the search for a name
// that it has not.
func (t *nameTable) filling() bool { return t.used >= len(t.slots)/4*3 }
func (t *nameTable) full() bool    { return t.used >= len(t.slots)/8*7 }

// start is where the search for a key begins, and what its slot begins with.
func (n *names) start(t *nameTable, key []byte) (at int, mark uint32) {
	hash := maphash.Bytes(n.seed, key)
	high, _ := bits.Mul64(hash, uint64(len(t.slots)))
	return int(high), uint32(hash) << nameSeqBits
}

// has reports whether key is one of the entries that names knows of.
func (n *names) has(key []byte) bool {
	return n.of != nil && !n.beyond.Load() && key[0] == spaceUnique && key[1] == n.of.code && key[2] == n.of.indexes[0].code
}

// find lists who may have the name under an index's key, by creation. ok is false when
// the database has to be asked.
func (n *names) find(key []byte) (seqs []uint64, ok bool) {
	if !n.has(key) {
		return nil, false
	}
	t := n.known.Load()
	if t == nil {
		n.wish()
		return nil, false
	}
	at, mark := n.start(t, key)
	for {
		v := t.slots[at].Load()
		if v == 0 {
			slices.Sort(seqs)
			return slices.Compact(seqs), true // who was renamed to and fro may be there twice
		}
		if v&^nameSeqMost == mark {
			seqs = append(seqs, uint64(v&nameSeqMost))
		}
		if at++; at == len(t.slots) {
			at = 0
		}
	}
}

// put notes who has a name now.
func (n *names) put(key []byte, seq uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if t := n.known.Load(); t != nil && !n.add(t, key, seq) {
		n.known.Store(nil)
	}
	if n.next != nil && !n.add(n.next, key, seq) {
		n.next = nil
	}
}

// add puts a name into a table. It reports false when that can take no more.
func (n *names) add(t *nameTable, key []byte, seq uint64) bool {
	if t.filling() {
		n.wish()
	}
	if seq > nameSeqMost {
		n.beyond.Store(true)
		return false
	}
	if t.full() {
		return false
	}
	at, mark := n.start(t, key)
	slot := mark | uint32(seq)
	for v := t.slots[at].Load(); v != 0; v = t.slots[at].Load() {
		if v == slot {
			return true
		}
		if at++; at == len(t.slots) {
			at = 0
		}
	}
	t.slots[at].Store(slot)
	t.used++
	return true
}

// wish has the table filled.
func (n *names) wish() {
	select {
	case n.want <- struct{}{}:
	default:
	}
}

// keepNames is the goroutine that fills the table.
func (s *Store) keepNames() {
	defer close(s.named)
	for {
		select {
		case <-s.stop:
			return
		case <-s.names.want:
		}
		if s.home != nil && s.mustNotCompact() {
			continue // what cannot be read would seem not to be there
		}
		err := s.fillNames(misreads.Load())
		if err == nil || errors.Is(err, ErrClosed) {
			continue
		}
		s.opt.Messages.Error("reading the users' names", "error", err)
		select { // what hinders it will not be over at once
		case <-s.stop:
			return
		case <-time.After(houseTick):
		}
	}
}

// fillNames fills a new table: from here on the writer puts in what it commits, and what
// was committed before is in the database. A name that is put in twice is there once.
// misread is how many blocks were found wrong before: see Store.misread.
func (s *Store) fillNames(misread int64) error {
	n := &s.names
	if n.of == nil || n.beyond.Load() {
		return nil
	}
	s.mu.RLock()
	t := newNameTable(n.of.rank.n)
	s.mu.RUnlock()
	n.mu.Lock()
	if old := n.known.Load(); old != nil && !old.filling() {
		n.mu.Unlock()
		return nil // the wish was fulfilled before
	}
	n.next = t
	n.mu.Unlock()
	read := 0
	err := s.db.View(func(txn *badger.Txn) error {
		return n.of.eachEntry(txn, &n.of.indexes[0], func(key []byte, seq uint64) error {
			if read++; read%ctxEvery == 0 && s.stopping() {
				return ErrClosed
			}
			n.mu.Lock()
			defer n.mu.Unlock()
			if n.next != t || !n.add(t, key, seq) {
				n.next = nil
				return errNamesFull
			}
			return nil
		})
	})
	if err == nil {
		err = s.misread(misread) // then it was not everything
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err == nil && n.next == t {
		n.known.Store(t)
	}
	n.next = nil
	if errors.Is(err, errNamesFull) {
		return nil // there is another wish, unless there never will be enough room
	}
	return err
}

var errNamesFull = errors.New("the names' table is full")
