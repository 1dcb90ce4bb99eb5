package store

import (
	"sort"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim/wire"
)

// load fills the ring with what was stored before the start, newest chunk
// first, while the writer already adds newer rows.
func (l *requestLog) load() {
	defer close(l.loaded)
	err := l.s.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceRows}, Reverse: true})
		defer it.Close()
		room := true
		for it.Seek(numbered(spaceRows, l.start)); it.Valid(); it.Next() {
			first, _ := lastUint64(it.Item().Key())
			if first < l.oldest {
				break
			}
			if first >= l.start {
				continue // the writer's
			}
			h, block, err := itemHead(it.Item())
			if err != nil {
				return err
			}
			l.mu.Lock()
			l.chunks = append(l.chunks, h) // put in order below
			l.entries += h.count
			l.mu.Unlock()
			if room {
				rows, err := l.packer.rows(h, block)
				if err != nil {
					return err
				}
				room = l.ring.unshift(rows)
			}
		}
		return nil
	})
	if err != nil && err != ErrClosed {
		l.s.opt.Messages.Error("reading the request log", "error", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	sort.Slice(l.chunks, func(i, j int) bool { return l.chunks[i].first < l.chunks[j].first })
}

// Rows appends to dst the rows after the given number that the ring holds, oldest first, at most max (0: all).
// Right after the start it waits until the ring has what was stored before.
func (s *Store) Rows(dst []*Row, after uint64, max int) []*Row {
	<-s.log.loaded
	return s.log.ring.after(dst, after, max)
}

// LogState is what there is of the log.
type LogState struct {
	First, Last   uint64 // numbers in the ring; 0 when it is empty
	Entries       int    // kept on disk
	DroppedBodies uint64 // since the start
	Dropped       uint64
}

// LogState says what there is of the log. Like Rows it waits right after the start.
func (s *Store) LogState() LogState {
	l := s.log
	<-l.loaded
	st := LogState{DroppedBodies: l.queue.droppedBodies.Load(), Dropped: l.queue.dropped.Load()}
	st.First, st.Last = l.ring.span()
	l.mu.RLock()
	defer l.mu.RUnlock()
	st.Entries = l.entries
	return st
}

// LoggedBefore returns the number of the last exchange that was logged before
// the store was opened, 0 if there was none. Unlike LogState it never waits.
func (s *Store) LoggedBefore() uint64 { return s.log.start - 1 }

// Exchange reads a logged exchange. ok is false when it is gone.
func (s *Store) Exchange(seq uint64) (ex *wire.Exchange, ok bool, err error) {
	some, _, err := s.log.some([]uint64{seq})
	if len(some) == 0 || err != nil {
		return nil, false, err
	}
	return some[0], some[0] != nil, nil
}

// restOf reads the second value of a chunk.
func (l *requestLog) restOf(txn *badger.Txn, first uint64) (*rests, error) {
	item, err := txn.Get(numbered(spaceRest, first))
	if err != nil {
		return nil, err
	}
	v, err := item.ValueCopy(nil)
	if err != nil {
		return nil, err
	}
	return l.packer.rest(string(v))
}
