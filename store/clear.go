package store

import "slices"

// ClearLog deletes all exchanges but those that somebody has put a mark or a note
// on; numbers go on.
func (s *Store) ClearLog() error {
	<-s.log.loaded
	err := ErrClosed // if the writer has ended
	s.log.do(func() {
		err = s.log.clear()
		s.log.clears.Add(1)
	})
	s.watchers.ping()
	return err
}

func (l *requestLog) clear() error {
	kept := l.remarks.Load().numbers()
	if len(kept) == 0 {
		err := l.drop(len(l.chunks))
		if err == nil {
			l.ring.trim(&l.packer, l.next)
			err = l.bury()
		}
		return err
	}
	var blocks []rowBlock
	for i := 0; i < len(l.chunks); {
		h := l.chunks[i]
		from, _ := slices.BinarySearch(kept, h.first)
		to, _ := slices.BinarySearch(kept, h.last+1)
		block, err := l.keep(i, kept[from:to])
		if err != nil {
			return err
		}
		if block != nil {
			blocks = append(blocks, *block)
			i++
		}
	}
	l.ring.set(blocks)
	l.tidy()
	return l.bury()
}

// keep leaves of the i-th chunk only the entries with these numbers, and gives
// their rows; nil when the chunk is gone, as none was left. Each chunk is a
// transaction, so a clear that is interrupted has deleted a part, whole.
func (l *requestLog) keep(i int, numbers []uint64) (*rowBlock, error) {
	txn := l.s.db.NewTransaction(true)
	defer txn.Discard()
	first := l.chunks[i].first
	var c chunk
	if len(numbers) > 0 {
		rows, rest, err := l.whole(txn, first)
		if err != nil {
			return nil, err
		}
		for j := range rows {
			ex, err := rest.next(&rows[j])
			if err != nil {
				return nil, err
			}
			if _, ok := slices.BinarySearch(numbers, ex.Seq); ok {
				ex.Routine = len(ex.Notes) - rows[j].Notes
				c.add(ex)
			}
		}
	}
	if err := deleteChunk(txn, first); err != nil {
		return nil, err
	}
	// The last number may have been in no chunk but this one.
	if err := txn.Set(keyLogState, logState(l.next, l.oldest)); err != nil {
		return nil, err
	}
	if c.count == 0 {
		return nil, l.replace(txn, i, 1)
	}
	k := l.packer.pack(&c)
	if err := l.set(txn, &k); err != nil {
		return nil, err
	}
	block := k.block()
	return &block, l.replace(txn, i, 1, k.chunkHead)
}
