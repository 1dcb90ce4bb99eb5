package store

import (
	"errors"
	"math"
	"slices"
	"syscall"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim/wire"
)

// load fills the ring with what was stored before the start, newest chunk
// first, while the writer already adds newer rows.
func (l *requestLog) load() {
	defer close(l.loaded)
	var chunks []chunkHead // newest first
	var blocks []rowBlock
	room, lost := l.ring.size, 0
	err := l.s.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceChunk}, Reverse: true})
		defer it.Close()
		for it.Seek(numbered(spaceChunk, l.start)); it.Valid(); it.Next() {
			first, _ := lastUint64(it.Item().Key())
			if first >= l.start {
				continue // the writer's
			}
			if first < l.oldest { // and so are all that follow; of age: they go now
				l.dead = append(l.dead, first)
				continue
			}
			h, block, err := itemHead(it.Item())
			if err != nil {
				return err
			}
			if !l.files.has(h.place) { // the system stopped before it had written that
				l.dead = append(l.dead, first)
				lost += h.count
				continue
			}
			chunks = append(chunks, h)
			if room > 0 {
				room -= h.count
				blocks = append(blocks, h.rowBlock(block))
			}
		}
		return nil
	})
	if err != nil && err != ErrClosed {
		l.s.opt.Messages.Error("reading the request log", "error", err)
	}
	if lost > 0 {
		l.s.opt.Messages.Warn("the end of the request log is lost", "entries", lost, "folder", l.files.dir)
	}
	slices.Reverse(chunks)
	slices.Reverse(blocks)
	l.ring.prepend(blocks)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.chunks = append(chunks, l.chunks...)
	for i := range chunks {
		l.account(&chunks[i], 1)
	}
}

// Rows appends to dst the rows after the given number that the ring holds, oldest first, at most max (0: all).
// Right after the start it waits until the ring has what was stored before. Each call unpacks rows of its own.
func (s *Store) Rows(dst []*Row, after uint64, max int) []*Row {
	l := s.log
	<-l.loaded
	remarks := l.remarks.Load()
	blocks, skip := l.ring.after(&l.packer, after)
	room := math.MaxInt
	if max > 0 {
		room = max
	}
	for i := 0; i < len(blocks) && room > 0; i++ {
		rows, err := l.packer.rows(&blocks[i])
		if err != nil {
			s.opt.Messages.Error("reading the request log", "error", err)
			l.ring.forget(blocks[i].first)
		} else {
			for j := skip; j < len(rows) && room > 0; j++ {
				rows[j].Remark = remarks.of[rows[j].Seq]
				dst = append(dst, &rows[j])
				room--
			}
		}
		skip = 0
	}
	return dst
}

// LogState is what there is of the log.
type LogState struct {
	First, Last   uint64 // numbers in the ring; 0 when it is empty
	Entries       int    // kept on disk
	Bytes         int64  // that those take, compressed
	DroppedBodies uint64 // since the start
	Dropped       uint64
	Remarks       uint64 // another number after each change of a remark
	Clears        uint64 // and after each ClearLog
	Refusal       string // why nothing can be stored now, resources neither; "" when it can
	Full          bool   // it is that the disk is full
}

// LogState says what there is of the log. Like Rows it waits right after the start.
func (s *Store) LogState() LogState {
	l := s.log
	<-l.loaded
	st := LogState{DroppedBodies: l.queue.droppedBodies.Load(), Dropped: l.queue.dropped.Load(), Remarks: l.remarks.Load().version, Clears: l.clears.Load()}
	st.First, st.Last = l.ring.span(&l.packer)
	if err := l.s.disk.refusal(); err != nil {
		st.Refusal, st.Full = err.Error(), errors.Is(err, syscall.ENOSPC)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	st.Entries, st.Bytes = l.entries, l.stored
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
