package store

import (
	"errors"
	"fmt"
	"slices"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// batch is the operations of one transaction.
type batch struct {
	s           *Store
	txn         *badger.Txn
	ops         []*operation
	refused     []*operation
	after       []func()
	gone        map[uint64]bool // deleted resources
	fresh       []planned       // what recent, places and names have of it
	freshAt     []docPlace      // where that is; of what is no document the zero one
	freshPlaces map[string]int  // of keys in fresh, once there are many
	reserved    uint64          // sequences below it are reserved by an operation of the batch
	count, size int64           // with the documents
	stored      int64           // without them
	sync        bool
	halt        *halt // when it was begun
	turn        bool  // it is this batch's to commit
	marked      bool  // with what is on the disk, see undo.go
	moves       bool  // documents, whose old places are going to be deleted
}

func (s *Store) newBatch() *batch {
	return &batch{s: s, txn: s.db.NewTransaction(true), halt: s.halt.Load()}
}

// cost estimates, generously, what Badger counts against a transaction's limits.
func costOf(list []planned) (count, size int64) {
	for i := range list {
		size += int64(len(list[i].key) + len(list[i].value) + 64)
	}
	return int64(len(list)), size
}

func (b *batch) fits(t *tx) bool {
	count, size := costOf(t.writes)
	return b.count+count < b.s.maxWrites && b.size+size < b.s.db.MaxBatchSize()
}

// maxValue bounds a stored value. From here on Badger would put it into its
// value log, and in memory it would refuse it.
const maxValue = 1<<20 - 1

// docTooBig refuses a document of n bytes that can never be stored.
func docTooBig(n int) error {
	if n > maxValue {
		return scim.Errorf(413, "", "the resource takes %d bytes; the store keeps resources of up to %d", n, maxValue)
	}
	return nil
}

// tooBig refuses an operation that can never be committed.
func (b *batch) tooBig(t *tx) error {
	for _, w := range t.writes {
		if err := docTooBig(len(w.value)); err != nil {
			return err
		}
	}
	if count, size := costOf(t.writes); count >= b.s.maxWrites || size >= b.s.db.MaxBatchSize() {
		return scim.Errorf(413, "", "the change takes %d writes and %d bytes; the store takes at most %d and %d",
			count, size, b.s.maxWrites, b.s.db.MaxBatchSize())
	}
	return nil
}

// add puts what the operation has planned into the transaction.
func (b *batch) add(op *operation, t *tx) error {
	placed, at, err := b.place(t.writes)
	if err == nil {
		err = write(b.txn, placed)
	}
	if err != nil { // fits has excluded a full transaction, entryKey a key that is too long
		b.refused = append(b.refused, op)
		return badgerError("writing", err)
	}
	for i, w := range t.writes {
		if isSought(w.key) {
			b.fresh = append(b.fresh, w)
			p := docPlace{}
			if at != nil {
				p = at[i]
			}
			b.freshAt = append(b.freshAt, p)
		}
	}
	count, size := costOf(t.writes)
	b.count, b.size = b.count+count, b.size+size
	_, stored := costOf(placed)
	b.stored += stored
	b.after = append(b.after, t.after...)
	b.sync = b.sync || count > 0 && !op.lazy
	b.moves = b.moves || op.moves
	b.ops = append(b.ops, op)
	b.reserved = max(b.reserved, t.reserved)
	if t.deleted != 0 {
		if b.gone == nil {
			b.gone = map[uint64]bool{}
		}
		b.gone[t.deleted] = true
	}
	return nil
}

// place puts the documents among writes into their files, as far as memory, and
// returns what the database gets for them, and where they are; at is nil if there are none.
func (b *batch) place(list []planned) (placed []planned, at []docPlace, err error) {
	for i, w := range list {
		if w.key[0] != spaceDoc || w.value == nil {
			continue
		}
		if placed == nil {
			placed, at = slices.Clone(list), make([]docPlace, len(list))
		}
		p, err := b.s.docs.put(w.key, w.value)
		if err != nil {
			return nil, nil, err
		}
		placed[i].value = p.append(make([]byte, 0, 16))
		at[i] = p
	}
	if placed == nil {
		return list, nil, nil
	}
	if disk := b.s.docs.onDisk(); b.s.opt.Durable && disk.file != 0 && !b.marked {
		placed, b.marked = append(placed, planned{keyDocFiles, disk.appendEnd(nil)}), true
	}
	return placed, at, nil
}

// commit commits, and answers when that is on the disk, as far as it has to be. Who was
// refused is answered then too: the reason may have been an operation of the same batch.
// It returns the error of the commit, not that of the disk.
func (b *batch) commit() error {
	err, sync := b.commitOnly()
	if err == nil && sync {
		go func() { b.answer(b.s.sync()) }()
		return nil
	}
	b.answer(err)
	return err
}

// commitWhole is commit that waits for the disk.
func (b *batch) commitWhole() error {
	err, sync := b.commitOnly()
	if err == nil && sync {
		err = b.s.sync()
	}
	b.answer(err)
	return err
}

// commitOnly commits, in the batch's turn, and says whether that is to be synced.
func (b *batch) commitOnly() (err error, sync bool) {
	if !b.turn { // also for nothing: what was seen may be of the batch before, and not on the disk yet
		b.s.commits.lock()
		b.turn = true
	}
	if b.count == 0 {
		b.txn.Discard()
		if b.halt != b.s.halt.Load() { // nor will it be
			err = b.s.halted(true)
		}
		return err, false
	}
	if err = b.s.mayCommit(b.stored); err == nil {
		err = badgerError("committing", b.s.docs.write())
	}
	if err != nil {
		b.s.docs.drop()
		b.txn.Discard()
		return err, false
	}
	err = b.s.commitInTurn(b.txn, b.fresh, b.freshAt, func() {
		for _, f := range b.after {
			f()
		}
	})
	return err, b.sync && b.s.opt.Durable || b.moves
}

// answer ends the batch's turn and answers.
func (b *batch) answer(err error) {
	b.s.commits.unlock()
	for _, op := range b.ops {
		op.done <- err
	}
	for _, op := range b.refused {
		op.done <- op.err
	}
}

// commit commits a transaction of that size (see costOf) that is no batch, and syncs it
// if it is asked to.
func (s *Store) commit(txn *badger.Txn, size int64, sync bool) error {
	s.commits.lock()
	defer s.commits.unlock()
	if err := s.mayCommit(size); err != nil {
		txn.Discard()
		return err
	}
	if err := s.commitInTurn(txn, nil, nil, func() {}); err != nil {
		return err
	}
	if sync {
		return s.sync()
	}
	return nil
}

// commitInTurn commits a transaction that may be committed and runs after in the same
// moment, as List sees it. fresh is what the transaction does to the keys that are sought
// one by one, at where its documents are. Who commits takes turns, and whose commit is to be
// synced has the turn until that is done: Badger's Sync reaches only the present
// memtable, and a commit in between could have begun a new one.
func (s *Store) commitInTurn(txn *badger.Txn, fresh []planned, at []docPlace, after func()) error {
	if err := s.commitLocked(txn, fresh, at, after); err != nil {
		return s.commitFailed(err)
	}
	s.disk.committed(s.newestVersion)
	return nil
}

// turn is a mutex that one can wait for beside other things, and that need not be given
// back by who took it.
type turn chan struct{}

func (t turn) lock()   { t <- struct{}{} }
func (t turn) unlock() { <-t }

// mayCommit waits until a commit of that size neither waits for something in
// Badger, which would hold up the readers, nor fails there.
func (s *Store) mayCommit(size int64) error {
	if err := s.halted(true); err != nil {
		return err
	}
	return s.disk.ready(size)
}

func (s *Store) commitLocked(txn *badger.Txn, fresh []planned, at []docPlace, after func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Before, not after: a reader without the shared snapshot sees the commit as
	// soon as it is made, and nobody who asks later may be shown what was before.
	s.snapshots.forget()
	for i := range fresh {
		if fresh[i].key[0] == spaceDoc {
			s.recent.drop(fresh[i].key)
			s.places.drop(fresh[i].key)
		}
	}
	err := txn.Commit()
	if err == nil {
		for i, w := range fresh { // of a key that is in it twice the last counts
			switch {
			case w.key[0] != spaceDoc:
				if seq, ok := lastUint64(w.value); ok && s.names.has(w.key) {
					s.names.put(w.key, seq)
				}
			case w.value != nil:
				s.recent.put(string(w.key), w.value)
				s.places.put(w.key, at[i])
			default:
				s.recent.drop(w.key)
				s.places.gone(w.key)
			}
		}
		after()
	}
	return err
}

// syncFiles syncs the documents beside the database.
func (s *Store) syncFiles() error {
	docs := make(chan error, 1)
	go func() { docs <- s.docs.sync() }()
	return errors.Join(s.db.Sync(), <-docs)
}

// docsFirst begins to sync the documents whose places are going to be in a table, which
// Badger syncs. In a durable store they are on the disk already; in another one a power
// cut would leave places without documents, which no Open can take back.
func (s *Store) docsFirst() {
	if !s.opt.Durable {
		go func() { _ = s.docs.sync() }() // nothing was promised
	}
}

// sync writes what is committed to the disk. What the system could not write it
// may have forgotten, and then say that all is well, so nothing is written after it.
func (s *Store) sync() error {
	err := badgerError("syncing", s.syncFiles())
	if err != nil {
		s.haltFor(unsynced(err), false)
	}
	return err
}

func unsynced(err error) error {
	return fmt.Errorf("%w; nothing is written until scimdeck is started again", err)
}
