package store

import (
	"encoding/binary"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// What the log's writer does with chunks that are on disk: delete the oldest,
// join small ones, cut those that are too large for the limits. All of it waits
// until the list of chunks is loaded.
//
// Whole chunks are deleted, oldest first, as soon as the log is over a limit.
// So it is never above one, and below by less than a chunk, of which grain
// keeps the size under a tenth of each limit.

// grain is how large a chunk may become.
type grain struct {
	entries int
	bytes   int           // before compression; one entry more may be in it
	entry   int           // bytes of an entry's bodies
	span    time.Duration // between the first and the last entry, of chunks that are joined; 0: any
}

func grainOf(o LogOptions) grain {
	g := grain{entries: min(chunkEntries, max(1, o.Entries/16)), bytes: chunkBytes, entry: entryBytes, span: o.Age / 16}
	if o.Bytes > 0 {
		g.bytes, g.entry = min(g.bytes, int(o.Bytes/32)), min(g.entry, int(o.Bytes/32))
	}
	return g
}

// allows reports whether a chunk may be like that.
func (g *grain) allows(h *chunkHead) bool {
	return h.count <= g.entries && h.raw <= g.bytes && (g.span == 0 || h.to.Sub(h.from) <= g.span)
}

// tick is how often to look for entries that are too old.
func (g grain) tick() time.Duration {
	const least, most = 100 * time.Millisecond, 30 * time.Second
	if g.span == 0 {
		return most
	}
	return min(most, max(least, g.span))
}

// retire deletes the oldest chunks while the log is longer, larger or older than it may be.
func (l *requestLog) retire() {
	for l.isLoaded() {
		n, coarse := l.surplus()
		if err := l.drop(n); err != nil {
			l.s.opt.Messages.Error("deleting old log entries", "error", err)
			return
		}
		if !coarse {
			return
		}
		if err := l.cut(); err != nil { // what cannot be read need not be kept
			l.s.opt.Messages.Error("cutting a log chunk", "error", err)
			if l.drop(1) != nil {
				return
			}
		}
	}
}

// surplus counts the oldest chunks that have to go. coarse says that the one
// behind them is too large to go as a whole: an earlier start with other limits
// has left it.
func (l *requestLog) surplus() (n int, coarse bool) {
	limit := l.s.opt.Log
	entries, stored := l.entries, l.stored // only this goroutine changes them and the list
	old, now := 0, time.Time{}
	if limit.Age > 0 && len(l.chunks) > 0 {
		now = l.s.opt.Now()
		old = l.outlived(now)
	}
	for ; n < len(l.chunks); n++ {
		c := &l.chunks[n]
		if n >= old {
			over := entries > limit.Entries || limit.Bytes > 0 && stored > limit.Bytes
			tooOld := limit.Age > 0 && now.Sub(c.from) > limit.Age+limit.Age/10
			if !over && !tooOld {
				return n, false
			}
			if tooOld || l.isCoarse(c) {
				return n, c.count > 1
			}
		}
		entries -= c.count
		stored -= c.stored
	}
	return n, false
}

// outlived counts the oldest chunks that are older than they may be. Chunks from
// the future are of a time when the clock was wrong, so how old they are is not
// known: they go with the next one of which it is.
func (l *requestLog) outlived(now time.Time) (n int) {
	for i := range l.chunks {
		switch c := &l.chunks[i]; {
		case now.Sub(c.to) > l.s.opt.Log.Age:
			n = i + 1
		case !c.to.After(now):
			return n
		}
	}
	return n
}

// isCoarse reports whether more than a tenth of what the log may hold would go with a chunk.
func (l *requestLog) isCoarse(c *chunkHead) bool {
	limit := l.s.opt.Log
	return c.count > max(1, limit.Entries/10) || limit.Bytes > 0 && c.count > 1 && c.stored > limit.Bytes/10
}

func (l *requestLog) isLoaded() bool {
	select {
	case <-l.loaded:
		return true
	default:
		return false
	}
}

// drop takes the oldest n chunks out of the log, and deletes the files with their
// rests. Their values are deleted later, see bury.
func (l *requestLog) drop(n int) error {
	if n == 0 {
		return nil
	}
	gone, oldest := l.chunks[:n], l.next
	if n < len(l.chunks) {
		oldest = l.chunks[n].first
	}
	bytes := int64(0)
	for i := range gone {
		bytes += gone[i].inDB()
	}
	txn := l.s.db.NewTransaction(true)
	defer txn.Discard()
	if err := txn.Set(keyLogState, logState(l.next, oldest)); err != nil {
		return err
	}
	left := l.remarks.Load().only(func(number uint64) bool { return number >= oldest })
	size, err := l.deleteRemarks(txn, left)
	if err != nil {
		return err
	}
	for i := range gone {
		l.dead = append(l.dead, gone[i].first)
	}
	l.deadBytes += bytes
	err = l.commit(txn, size, func() {
		l.remarks.Store(left)
		for i := range gone {
			l.account(&gone[i], -1)
		}
		l.chunks = l.chunks[n:] // appending copies them when the array is full
		l.oldest = oldest
	})
	if err != nil {
		l.dead = l.dead[:len(l.dead)-n]
		l.deadBytes -= bytes
		return err
	}
	l.sweep()
	l.ring.trim(&l.packer, oldest)
	if l.deadSince.IsZero() {
		l.deadSince = l.s.opt.Now()
	}
	if l.deadBytes >= deadBytes && l.deadBytes >= deadBytes+l.s.aboveLast() || l.s.disk.refusal() != nil {
		return l.bury()
	}
	return nil
}

// aboveLast is how much the database has in tables that are not on its last level.
func (s *Store) aboveLast() (n int64) {
	levels := s.db.Levels()
	for _, l := range levels[:len(levels)-1] {
		n += l.Size
	}
	return n
}

// What was dropped is deleted when it is more than this and what is in the
// database above its last level together, or an hour old.
const (
	deadBytes = 4 << 20
	deadAge   = time.Hour
)

// bury deletes what was dropped, many chunks at a time. Deleting each at once
// would have the database keep several times of what lives. Space comes back
// when the mark of a deletion has sunk to the last level, where what it deletes
// is, and of a level's tables that one sinks next that was written longest ago.
// New marks all the time, beside the old ones, would keep their table the
// youngest. So there are none until as much was written as is above.
func (l *requestLog) bury() error {
	const most = 500 // to a transaction
	for len(l.dead) > 0 {
		part := l.dead[:min(len(l.dead), most)]
		txn := l.s.db.NewTransaction(true)
		defer txn.Discard()
		for _, first := range part {
			if err := deleteChunk(txn, first); err != nil {
				return err
			}
		}
		if err := l.commit(txn, 2*len(part)*entryExtra, func() {}); err != nil {
			return err
		}
		l.dead = l.dead[len(part):]
	}
	l.dead, l.deadBytes, l.deadSince = nil, 0, time.Time{}
	return nil
}

// age deletes what is too old, from the log and, later, from the disk.
func (l *requestLog) age() {
	l.retire()
	if len(l.dead) == 0 || l.s.opt.Now().Sub(l.deadSince) < deadAge {
		return
	}
	if err := l.bury(); err != nil {
		l.s.opt.Messages.Error("deleting old log entries", "error", err)
	}
}

// remember stores the next number at Close: entries that could not be written
// have been seen under theirs.
func (l *requestLog) remember() {
	n := len(l.chunks)
	if n > 0 && l.chunks[n-1].last+1 == l.next || n == 0 && l.next == 1 || l.s.disk.refusal() != nil {
		return
	}
	txn := l.s.db.NewTransaction(true)
	defer txn.Discard()
	err := txn.Set(keyLogState, logState(l.next, l.oldest))
	if err == nil {
		err = l.commit(txn, 0, func() {})
	}
	if err != nil {
		l.s.opt.Messages.Error("writing the log's state", "error", err)
	}
}

func logState(next, oldest uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, next), oldest)
}

func deleteChunk(txn *badger.Txn, first uint64) error {
	return txn.Delete(numbered(spaceChunk, first))
}
