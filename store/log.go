package store

import (
	"encoding/binary"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim/wire"
)

// The request log. A request leaves a copy of its exchange (logqueue.go) and goes
// on. One goroutine, the log's writer, has what waits explained, coded and packed in
// batches (logscribe.go), stores the chunks that are full, a transaction each, and
// then shows their rows in the ring and pings; it comes by chunkDelay after a first
// entry too, for what is in no full batch or chunk. When that is not enough, requests
// code for it and explain their own exchanges, then bodies are left out, then a
// request waits a few milliseconds, then its entry is dropped; the last two are
// counted.
const (
	logBytes     = 16 << 20         // waiting to be coded, or packed to be stored, at most
	logCrowded   = logBytes / 4 * 3 // from here on bodies are left out
	logPatience  = 3 * time.Millisecond
	chunkDelay   = 20 * time.Millisecond // an entry waits at most so long to be stored
	chunkEntries = 256
	chunkBytes   = 256 << 10 // raw
	entryBytes   = 512 << 10 // raw; an entry's bodies are left out beyond it
)

type requestLog struct {
	s       *Store
	queue   logQueue
	scribe  scribe
	control chan func() // run by the writer, with everything before it stored
	ended   chan struct{}
	packer  packer
	files   *logFiles // with the rests that are not in the database
	ring    *ring
	loaded  chan struct{} // closed when the ring has what was stored before the start

	// Of the writer alone.
	next    uint64 // number after the last that was stored, or lost
	grain   grain
	closing bool

	remarks atomic.Pointer[remarks] // changed by the writer alone
	clears  atomic.Uint64           // ClearLogs

	// Chunks that are out of the log and still in the database, by their first number.
	dead      []uint64
	deadBytes int64 // there
	deadSince time.Time

	// The chunks on disk, oldest first. Changed together with the commit.
	mu      sync.RWMutex
	chunks  []chunkHead
	entries int    // in chunks
	stored  int64  // bytes of chunks, with the rests in files
	oldest  uint64 // chunks that begin before it are dead
	start   uint64 // chunks from here on are not the loader's
}

// newRequestLog finds where the log's numbers go on.
func newRequestLog(s *Store, txn *badger.Txn) (l *requestLog, err error) {
	l = &requestLog{
		s: s, control: make(chan func()), ended: make(chan struct{}), files: s.logFiles,
		packer: newPacker(), ring: &ring{size: s.opt.Log.Ring}, loaded: make(chan struct{}), next: 1, grain: grainOf(s.opt.Log),
	}
	item, err := txn.Get(keyLogState)
	if err == nil {
		err = item.Value(func(v []byte) error {
			if len(v) != 16 {
				return fmt.Errorf("the log's state is %x", v)
			}
			l.next, l.oldest = binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:])
			return nil
		})
	}
	if err != nil && err != badger.ErrKeyNotFound {
		return nil, err
	}
	last, ok, err := lastChunk(txn)
	if err != nil {
		return nil, err
	}
	if ok && last.last >= l.next {
		l.next = last.last + 1
	}
	if err := l.loadRemarks(txn); err != nil {
		return nil, err
	}
	l.start = l.next
	l.queue.init(l.guarded(s.opt.Explain))
	l.scribe.init(&l.queue, l.guarded(s.opt.Follow), l.next, l.grain)
	if ok && s.opt.Warm != nil {
		err = l.warm(txn)
	}
	return l, err
}

// warm shows the newest rows to Options.Warm.
func (l *requestLog) warm(txn *badger.Txn) error {
	const enough = 300
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceChunk}, Reverse: true})
	defer it.Close()
	var chunks [][]Row
	n := 0
	for it.Seek(numbered(spaceChunk, maxSeq)); it.Valid() && n < enough; it.Next() {
		h, block, err := itemHead(it.Item())
		if err != nil {
			return err
		}
		if h.first < l.oldest {
			break
		}
		b := h.rowBlock(block)
		rows, err := l.packer.rows(&b)
		if err != nil {
			return err
		}
		chunks = append(chunks, rows)
		n += len(rows)
	}
	for _, rows := range slices.Backward(chunks) {
		for i := range rows {
			l.s.opt.Warm(&rows[i])
		}
	}
	return nil
}

// lastChunk reads the head of the newest chunk.
func lastChunk(txn *badger.Txn) (h chunkHead, ok bool, err error) {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceChunk}, Reverse: true})
	defer it.Close()
	it.Seek([]byte{spaceChunk, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	if !it.Valid() {
		return h, false, nil
	}
	h, _, err = itemHead(it.Item())
	return h, true, err
}

// itemHead reads a chunk's head and its rows.
func itemHead(item *badger.Item) (h chunkHead, block []byte, err error) {
	first, ok := lastUint64(item.Key())
	if !ok || len(item.Key()) != 9 {
		return h, nil, fmt.Errorf("a log chunk has the key %x", item.Key())
	}
	err = item.Value(func(v []byte) error {
		h, block, _, err = readValue(first, v)
		return err
	})
	return h, block, err
}

// Log puts an exchange into the log, which keeps nothing of it; it may change it. It
// does not wait for the disk, and a few milliseconds at most when the writer is
// behind. The exchanges that one goroutine logs are numbered in that order.
func (s *Store) Log(ex *wire.Exchange) {
	s.life.RLock()
	defer s.life.RUnlock()
	l := s.log
	if s.closed {
		l.queue.dropped.Add(1)
		return
	}
	s.touch()
	if l.queue.put(ex, l.grain.entry) >= batchBehind {
		l.scribe.help()
	}
}

// write is the goroutine of the log's writer.
func (l *requestLog) write() {
	defer close(l.ended)
	delay := time.NewTimer(0)
	<-delay.C
	waits := false // for the delay
	age := time.NewTicker(l.grain.tick())
	defer age.Stop()
	loaded := l.loaded
	settle := func() { // once, when what was stored before the start is known
		loaded = nil
		l.tidy()
		l.sweepRemarks()
		l.age()
		l.sweep()
	}
	for !l.closing {
		select {
		case <-l.queue.wake:
			if l.queue.many() {
				l.scribe.help()
			}
			l.flush(l.scribe.takeFull())
			if !waits {
				delay.Reset(chunkDelay)
				waits = true
			}
		case <-delay.C:
			waits = false
			l.flush(l.scribe.takeAll())
		case <-loaded:
			settle()
		case <-age.C:
			l.age()
		case f := <-l.control:
			if loaded != nil && l.isLoaded() {
				settle()
			}
			l.flush(l.scribe.takeAll())
			f()
		}
	}
}

// do runs f in the writer when everything logged so far is stored.
func (l *requestLog) do(f func()) {
	done := make(chan struct{})
	select {
	case l.control <- func() { f(); close(done) }:
		<-done
	case <-l.ended:
	}
}

func (l *requestLog) close() {
	<-l.loaded
	l.do(func() {
		l.closing = true
		l.remember()
		l.files.closeOpen()
	})
	<-l.ended
}

// FlushLog waits until everything logged so far is stored.
func (s *Store) FlushLog() { s.log.do(func() {}) }

// guarded lets f say what an exchange meant. Its panic is worth a note, not the log.
func (l *requestLog) guarded(f func(*wire.Exchange)) func(*wire.Exchange) {
	if f == nil {
		return nil
	}
	return func(ex *wire.Exchange) {
		defer func() {
			if p := recover(); p != nil {
				ex.Notes = append(ex.Notes, fmt.Sprintf("explaining this request panicked: %v", p))
				l.s.opt.Messages.Error("explaining a request panicked", "panic", p, "stack", string(debug.Stack()))
			}
		}()
		f(ex)
	}
}

// flush stores chunks and shows their rows.
func (l *requestLog) flush(chunks []packed) {
	if len(chunks) == 0 {
		return
	}
	for i := range chunks {
		k := &chunks[i]
		l.next = k.last + 1
		if err := l.store(k); err != nil {
			l.queue.dropped.Add(uint64(k.count))
			l.s.opt.Messages.Error("writing the request log", "entries", k.count, "error", err)
		}
		l.ring.push(k.block())
		l.queue.grow(-k.size())
	}
	l.tidy() // before retire, as joined chunks take less
	l.retire()
	l.s.watchers.ping()
}

// store writes a chunk.
func (l *requestLog) store(k *packed) error {
	if err := l.s.room(&tx{s: l.s, writes: make([]planned, 1)}); err != nil {
		return err
	}
	txn := l.s.db.NewTransaction(true)
	defer txn.Discard()
	if err := l.set(txn, k); err != nil {
		return err
	}
	return l.commit(txn, int(k.inDB()), func() {
		l.chunks = append(l.chunks, k.chunkHead)
		l.account(&k.chunkHead, 1)
	})
}

// account notes that a chunk has come into the list, or with -1 that it has left it.
func (l *requestLog) account(h *chunkHead, chunks int) {
	l.entries += chunks * h.count
	l.stored += int64(chunks) * h.stored
	l.files.count(h.place, chunks)
}

// commit commits a transaction together with a change of the list of chunks.
// size is that of its values and keys, but for few.
func (l *requestLog) commit(txn *badger.Txn, size int, change func()) error {
	l.s.commits.lock() // see Store.commit
	defer l.s.commits.unlock()
	if err := l.s.mayCommit(int64(size) + logExtra); err != nil {
		return err
	}
	if err := l.commitLocked(txn, change); err != nil {
		return l.s.commitFailed(err)
	}
	l.s.disk.committed(l.s.newestVersion)
	return nil
}

func (l *requestLog) commitLocked(txn *badger.Txn, change func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := txn.Commit()
	if err == nil {
		change()
	}
	return err
}
