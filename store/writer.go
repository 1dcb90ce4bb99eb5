package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// The writer. All changes of resources and keys go through one goroutine, which
// takes what is waiting (up to maxBatch operations), runs the operations one
// after the other against one transaction, commits it, has it synced once if the
// store is durable, and only then are all of them answered. So there are no
// conflicts, and many clients share one fsync. While that goes on the writer runs the
// operations of the next batch.
//
// An operation sees the writes of those before it. Its own it plans in the tx's
// overlay; they enter the transaction only when it has succeeded, so that a
// refused operation leaves nothing behind.

const maxBatch = 256

// operation is one change on its way through the writer.
type operation struct {
	ctx   context.Context
	do    func(*tx) error
	lazy  bool       // need not survive a power cut
	moves bool       // documents: it has to, whatever the store promises
	err   error      // do's
	done  chan error // of size one: the writer never waits for the caller
}

// tx is what an operation sees and plans.
type tx struct {
	s      *Store
	txn    *badger.Txn
	now    time.Time // one for the whole operation
	writes []planned
	places map[string]int // of keys in writes, once there are many
	after  []func()       // run with the commit, under s.mu

	// Writes that may be committed before writes and after them: see split.go.
	// No key of theirs is in writes or read after it was planned.
	early, late []planned
	group       uint64 // the group that they are about

	batch    *batch // what the operations before it have done
	deleted  uint64 // the resource that this operation deletes
	reserved uint64 // up to where it reserves sequences; 0: it does not
}

type planned struct {
	key, value []byte // value nil: delete
}

// get returns the value, which is not to be written to, or ok false.
func (t *tx) get(key []byte) (value []byte, ok bool, err error) {
	if w := t.planned(key); w != nil {
		return w.value, w.value != nil, nil
	}
	if t.batch != nil && isSought(key) {
		if w := findPlanned(t.batch.fresh, &t.batch.freshPlaces, key); w != nil {
			return w.value, w.value != nil, nil
		}
		if who, ok := t.s.names.find(key); ok && len(who) == 0 {
			return nil, false, nil
		}
	}
	if t.batch != nil && key[0] == spaceDoc {
		if value, ok := t.s.recent.get(key); ok {
			return value, true, nil
		}
		if at, ok := t.s.places.get(key); ok {
			value, err = t.readDoc(key, at)
			return value, err == nil, badgerError("reading", err)
		}
	}
	item, err := t.txn.Get(key)
	if err == badger.ErrKeyNotFound {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, badgerError("reading", err)
	}
	value, err = item.ValueCopy(nil)
	if at, placed, bad := docPlaceOf(value); err == nil && key[0] == spaceDoc && (placed || bad != nil) {
		if err = bad; err == nil {
			value, err = t.readDoc(key, at)
		}
	}
	return value, err == nil, badgerError("reading", err)
}

// readDoc reads a document, which may be one of the batch.
func (t *tx) readDoc(key []byte, at docPlace) ([]byte, error) {
	docs := t.s.docs.ownReader()
	defer docs.close()
	doc, err := docs.read(key, at)
	return bytes.Clone(doc), err
}

// planned finds the last write of a key, or nil.
func (t *tx) planned(key []byte) *planned { return findPlanned(t.writes, &t.places, key) }

// findPlanned finds the last write of a key in a list that only grows, or nil. places
// is filled once there are many.
func findPlanned(list []planned, places *map[string]int, key []byte) *planned {
	const few = 16
	if len(list) <= few {
		for i := len(list) - 1; i >= 0; i-- {
			if string(list[i].key) == string(key) {
				return &list[i]
			}
		}
		return nil
	}
	if *places == nil {
		*places = map[string]int{}
	}
	for i := len(*places); i < len(list); i++ {
		(*places)[string(list[i].key)] = i
	}
	if i, ok := (*places)[string(key)]; ok {
		return &list[i]
	}
	return nil
}

// set plans a write; key and value belong to the tx then.
func (t *tx) set(key, value []byte) {
	if value == nil {
		value = []byte{}
	}
	t.writes = append(t.writes, planned{key, value})
}

func (t *tx) delete(key []byte) { t.writes = append(t.writes, planned{key: key}) }

// committed plans something to be done together with the commit.
func (t *tx) committed(f func()) { t.after = append(t.after, f) }

// sequence gives out a creation sequence. They are reserved on disk in
// advance, so that none is given out twice, not even after a kill.
func (t *tx) sequence() (uint64, error) {
	const reserve = 1024
	s := t.s
	seq := s.nextSeq
	if seq >= maxSeq {
		return 0, fmt.Errorf("all %d creation sequences are used up", uint64(maxSeq))
	}
	s.nextSeq++
	if upTo := seq + reserve; seq >= max(s.reservedSeq, t.batch.reserved) {
		t.reserved = upTo
		t.set(keySequence, binary.BigEndian.AppendUint64(nil, upTo))
		t.committed(func() { s.reservedSeq = upTo })
	}
	return seq, nil
}

func (s *Store) loadSequence(txn *badger.Txn) error {
	s.nextSeq = 1
	item, err := txn.Get(keySequence)
	if err == badger.ErrKeyNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return item.Value(func(v []byte) error {
		n, ok := lastUint64(v)
		if !ok {
			return fmt.Errorf("the sequence's mark is %q", v)
		}
		s.nextSeq, s.reservedSeq = n, n
		return nil
	})
}

// lastWrites are Close's: the store is closed for everybody else already.
func (s *Store) lastWrites() {
	s.keyMu.Lock()
	defer s.keyMu.Unlock()
	err := s.enqueueLast(func(t *tx) error {
		s.planKeyUses(t)
		if s.nextSeq < s.reservedSeq {
			t.set(keySequence, binary.BigEndian.AppendUint64(nil, s.nextSeq)) // give back what was reserved
		}
		return nil
	})
	if err != nil {
		s.opt.Messages.Error("closing the store", "error", err)
	}
}

func (s *Store) enqueueLast(do func(*tx) error) error {
	op := &operation{ctx: background, do: do, done: make(chan error, 1)}
	s.ops <- op
	return <-op.done
}

// update runs do in the writer and returns when it is committed. When ctx ends
// first, update returns its error, and the change may still happen.
func (s *Store) update(ctx context.Context, do func(*tx) error) error {
	return s.enqueue(&operation{ctx: ctx, do: do})
}

// updateLazily is update for what may be lost in a power cut.
func (s *Store) updateLazily(do func(*tx) error) error {
	return s.enqueue(&operation{ctx: background, do: do, lazy: true})
}

func (s *Store) enqueue(op *operation) error {
	if err := s.send(op); err != nil {
		return err
	}
	return op.wait()
}

// wait returns when the operation is committed or refused, or when its context ends.
func (op *operation) wait() error {
	select {
	case err := <-op.done:
		return err
	case <-op.ctx.Done():
		return op.ctx.Err()
	}
}

// send gives an operation its place among the others.
func (s *Store) send(op *operation) error {
	op.done = make(chan error, 1)
	s.life.RLock()
	defer s.life.RUnlock()
	if s.closed {
		return ErrClosed
	}
	s.touch()
	select {
	case s.ops <- op:
		return nil
	case <-op.ctx.Done():
		return op.ctx.Err()
	}
}

// write is the writer's goroutine.
func (s *Store) write() {
	defer close(s.drained)
	for first := range s.ops {
		s.runBatch(first)
	}
	s.commits.lock() // what is being synced is answered then
	s.commits.unlock()
}

// next takes another operation into the batch, nil if the batch is to be committed
// now. While the one before is being synced it waits for more of them: the commit would
// wait anyway. When that has ended it has taken the turn, for commit.
func (b *batch) next(taken int) *operation {
	if taken >= maxBatch {
		return nil
	}
	select {
	case op := <-b.s.ops: // nil when there will be none
		return op
	default:
	}
	select {
	case op := <-b.s.ops:
		return op
	case b.s.commits <- struct{}{}:
		b.turn = true
		return nil
	}
}

// runBatch runs an operation and those that follow it, and answers them. One
// transaction is enough except when they write more than fits into one.
func (s *Store) runBatch(first *operation) {
	b := s.newBatch()
	changed := false
	runtime.Gosched() // requests that could go on are about to send, and then share the commit
	for op, taken := first, 1; op != nil; op, taken = b.next(taken), taken+1 {
		t := &tx{s: s, txn: b.txn, now: s.now(), batch: b}
		if op.err = s.run(op, t); op.err == nil {
			op.err = s.room(t)
		}
		if op.err == nil {
			t.joinParts()
			op.err = b.tooBig(t)
		}
		if op.err == nil && (!b.fits(t) || t.isSplit()) {
			op.err = b.commit() // it was planned on what they have done
			b = s.newBatch()
		}
		if op.err == nil && t.isSplit() {
			s.runSplit(op, t)
			b.txn.Discard()
			b = s.newBatch()
			changed = true
			continue
		}
		if op.err == nil {
			op.err = b.add(op, t)
			changed = changed || len(t.writes) > 0 && !op.lazy && !op.moves
		} else {
			b.refused = append(b.refused, op)
		}
	}
	_ = b.commit() // its operations are told
	if changed {
		s.watchers.ping()
	}
}

// run runs one operation. A panic in it is its own, not the writer's.
func (s *Store) run(op *operation, t *tx) (err error) {
	if err := op.ctx.Err(); err != nil {
		return err
	}
	if err := s.halted(false); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a change of the store: %v\n%s", p, debug.Stack())
		}
	}()
	before := misreads.Load()
	err = op.do(t)
	if bad := s.misread(before); bad != nil {
		return bad
	}
	return err
}

// room refuses writes that the disk cannot take, or the database.
func (s *Store) room(t *tx) error {
	if len(t.writes) == 0 {
		return nil
	}
	if err := s.halted(true); err != nil {
		return err
	}
	return s.disk.refusal()
}
