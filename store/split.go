package store

import (
	badger "github.com/dgraph-io/badger/v4"
)

// A change of many members is more than Badger takes in one transaction: a
// group of 50,000 has as many rows in g. The truth is in m, which is small, so
// only g is split off. First come the rows of the new members, then the
// change itself, at once, then the rows of those who left. In between g
// names too many groups, which its readers expect. A note (p) under the group
// stays in the database as long as that may be so; Open finishes what it finds.

// isSplit reports whether an operation takes several transactions.
func (t *tx) isSplit() bool { return len(t.early)+len(t.late) > 0 }

// joinParts makes one transaction's writes of everything, if they fit into one.
func (t *tx) joinParts() {
	if !t.isSplit() {
		return
	}
	all := make([]planned, 0, len(t.early)+len(t.writes)+len(t.late))
	all = append(append(append(all, t.early...), t.writes...), t.late...)
	count, size := costOf(all)
	if count < t.s.maxWrites && size < t.s.db.MaxBatchSize() {
		t.writes, t.early, t.late, t.places = all, nil, nil, nil
	}
}

// runSplit runs an operation that takes several transactions, and answers it. What
// fails before the change is made, or after it, is left to Open: then the note stays,
// also when the same group is changed again.
func (s *Store) runSplit(op *operation, t *tx) {
	note := planned{numbered(spacePending, t.group), []byte{}}
	unfinished := func(err error) {
		s.unfinished[t.group] = true
		op.done <- err
	}
	if err := s.writeAll(append([]planned{note}, t.early...)); err != nil {
		unfinished(err)
		return
	}
	b := s.newBatch()
	if err := b.add(op, t); err != nil {
		b.txn.Discard()
		unfinished(err)
		return
	}
	b.ops = nil // answered below
	if err := b.commitWhole(); err != nil {
		unfinished(err)
		return
	}
	late := t.late
	if !s.unfinished[t.group] {
		late = append(late, planned{key: note.key})
	}
	if err := s.writeAll(late); err != nil {
		s.opt.Messages.Error("the groups of former members are not cleaned up", "error", err)
		s.unfinished[t.group] = true
	}
	op.done <- nil
}

// writeAll commits writes in transactions of a good size.
func (s *Store) writeAll(list []planned) error {
	for len(list) > 0 {
		n := len(list)
		for count, size := costOf(list[:n]); count >= s.maxWrites || size >= s.db.MaxBatchSize(); count, size = costOf(list[:n]) {
			n /= 2
		}
		txn := s.db.NewTransaction(true)
		if err := write(txn, list[:n]); err != nil {
			txn.Discard()
			return badgerError("writing", err)
		}
		_, size := costOf(list[:n])
		if err := s.commit(txn, size, s.opt.Durable); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// write puts planned writes into a transaction.
func write(txn *badger.Txn, list []planned) error {
	for _, w := range list {
		var err error
		if w.value == nil {
			err = txn.Delete(w.key)
		} else {
			err = txn.Set(w.key, w.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// finishSplits takes out of g what a change that was interrupted has left there.
func (s *Store) finishSplits() error {
	groups := map[uint64]bool{}
	var fix []planned
	err := s.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spacePending}})
		for it.Rewind(); it.Valid(); it.Next() {
			if group, ok := lastUint64(it.Item().Key()); ok {
				groups[group] = true
			}
		}
		it.Close()
		if len(groups) == 0 {
			return nil
		}
		var err error
		fix, err = staleRows(txn, groups)
		return err
	})
	if err != nil {
		return err
	}
	for group := range groups {
		fix = append(fix, planned{key: numbered(spacePending, group)})
	}
	return s.writeAll(fix)
}

// staleRows plans to take groups out of the rows of those who are not in them.
func staleRows(txn *badger.Txn, groups map[uint64]bool) (fix []planned, err error) {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceGroups}})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		key := it.Item().KeyCopy(nil)
		member, _ := lastUint64(key)
		var row []uint64
		err := it.Item().Value(func(v []byte) (err error) {
			row, err = readSeqs(v)
			return err
		})
		if err != nil {
			return nil, seqError(key, err)
		}
		kept := make([]uint64, 0, len(row))
		for _, g := range row {
			in := true
			if groups[g] {
				if in, err = isMember(txn, g, member); err != nil {
					return nil, err
				}
			}
			if in {
				kept = append(kept, g)
			}
		}
		if len(kept) == len(row) {
			continue
		}
		w := planned{key: key}
		if len(kept) > 0 {
			w.value = appendSeqs(nil, kept)
		}
		fix = append(fix, w)
	}
	return fix, nil
}

// isMember asks m, where the truth is.
func isMember(txn *badger.Txn, group, member uint64) (in bool, err error) {
	item, err := txn.Get(blockKey(group, member/blockSize))
	if err == badger.ErrKeyNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = item.Value(func(v []byte) error {
		in = blockHas(v, member%blockSize)
		return nil
	})
	return in, err
}
