package store

import (
	"encoding/binary"
	"fmt"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// What the log's writer does with chunks that are on disk: delete the oldest,
// join small ones. Both wait until the list of chunks is loaded.

// retire deletes the oldest chunks while the log is longer or older than it may be.
func (l *requestLog) retire() {
	if !l.isLoaded() {
		return
	}
	limit := l.s.opt.Log
	n := 0
	for entries := l.entries; entries > limit.Entries; n++ { // only this goroutine changes them
		entries -= l.chunks[n].count
	}
	if limit.Age > 0 {
		n = max(n, l.outlived(limit.Age))
	}
	if err := l.drop(n); err != nil {
		l.s.opt.Messages.Error("deleting old log entries", "error", err)
	}
}

// outlived counts the oldest chunks that are older than they may be. Chunks from
// the future are of a time when the clock was wrong, so how old they are is not
// known: they go with the next one of which it is.
func (l *requestLog) outlived(age time.Duration) (n int) {
	now := l.s.opt.Now()
	for i, c := range l.chunks {
		switch {
		case now.Sub(c.to) > age:
			n = i + 1
		case !c.to.After(now):
			return n
		}
	}
	return n
}

func (l *requestLog) isLoaded() bool {
	select {
	case <-l.loaded:
		return true
	default:
		return false
	}
}

// drop deletes the oldest n chunks, some hundred to a transaction.
func (l *requestLog) drop(n int) error {
	const most = 500
	for n > 0 {
		gone := l.chunks[:min(n, most)]
		n -= len(gone)
		txn := l.s.db.NewTransaction(true)
		entries := 0
		for _, c := range gone {
			entries += c.count
			if err := deleteChunk(txn, c.first); err != nil {
				txn.Discard()
				return err
			}
		}
		oldest := l.next
		if len(l.chunks) > len(gone) {
			oldest = l.chunks[len(gone)].first
		}
		if err := txn.Set(keyLogState, logState(l.next, oldest)); err != nil {
			txn.Discard()
			return err
		}
		err := l.commit(txn, 2*len(gone)*entryExtra, func() {
			l.chunks = append([]chunkHead(nil), l.chunks[len(gone):]...)
			l.entries -= entries
			l.oldest = oldest
		})
		if err != nil {
			return err
		}
		l.ring.trim(oldest)
	}
	return nil
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
	if err := txn.Delete(numbered(spaceRows, first)); err != nil {
		return err
	}
	return txn.Delete(numbered(spaceRest, first))
}

// ClearLog deletes all exchanges; numbers go on.
func (s *Store) ClearLog() error {
	<-s.log.loaded
	err := ErrClosed // if the writer has ended
	s.log.do(func() {
		if err = s.log.drop(len(s.log.chunks)); err == nil {
			s.log.ring.trim(s.log.next)
		}
	})
	s.watchers.ping()
	return err
}

// tidy joins small chunks when there are many: single requests that came
// seconds apart are chunks of one entry, and a hundred thousand of those would
// be slow to start with.
func (l *requestLog) tidy() {
	if !l.isLoaded() || l.queue.waiting() {
		return
	}
	n := 0 // small ones at the end
	for n < len(l.chunks) && l.isSmall(l.chunks[len(l.chunks)-1-n]) {
		n++
	}
	if n < smallChunks {
		return
	}
	if err := l.join(len(l.chunks) - n); err != nil {
		l.s.opt.Messages.Error("joining log chunks", "error", err)
	}
}

// isSmall reports whether a chunk is worth joining: few entries, unless they have large bodies.
func (l *requestLog) isSmall(h chunkHead) bool {
	return h.version == chunkVersion && h.count < max(1, l.chunkLimit/4) && h.raw < chunkBytes/4
}

// join makes as few chunks as possible of those from the i-th on.
func (l *requestLog) join(from int) error {
	for i := from; i < len(l.chunks); i++ {
		n, entries, raw := 0, 0, 0
		for _, c := range l.chunks[i:] {
			entries, raw = entries+c.count, raw+c.raw
			if entries > l.chunkLimit || raw > chunkBytes {
				break
			}
			n++
		}
		if n > 1 {
			if err := l.joinRange(i, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// joinRange makes one chunk of the n from the i-th on, or of fewer if they are large.
func (l *requestLog) joinRange(i, n int) error {
	var c chunk
	var gone []chunkHead
	txn := l.s.db.NewTransaction(true)
	defer txn.Discard()
	for k, h := range l.chunks[i : i+n] {
		rows, rest, err := l.raw(txn, h.first)
		if err != nil {
			return err
		}
		h.raw = len(rows) + len(rest)
		l.measured(i+k, h.raw)
		if c.count > 0 && c.size()+h.raw > chunkBytes {
			break
		}
		c.rows, c.rest = append(c.rows, rows...), append(c.rest, rest...)
		if c.count == 0 {
			c.chunkHead = h
		} else {
			c.chunkHead = c.join(h)
			gone = append(gone, h)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	rows, rest := l.packer.pack(&c)
	if err := txn.Set(numbered(spaceRows, c.first), rows); err != nil {
		return err
	}
	if err := txn.Set(numbered(spaceRest, c.first), rest); err != nil {
		return err
	}
	for _, h := range gone {
		if err := deleteChunk(txn, h.first); err != nil {
			return err
		}
	}
	return l.commit(txn, len(rows)+len(rest)+2*len(gone)*entryExtra, func() {
		list := append([]chunkHead(nil), l.chunks[:i]...)
		list = append(list, c.chunkHead)
		l.chunks = append(list, l.chunks[i+1+len(gone):]...)
	})
}

// measured remembers the size of a chunk, which was not known if it was stored
// before the start, so that a large one is not read again and again.
func (l *requestLog) measured(i, raw int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.chunks[i].raw = raw
}

// raw reads the expanded parts of a chunk.
func (l *requestLog) raw(txn *badger.Txn, first uint64) (rows, rest string, err error) {
	item, err := txn.Get(numbered(spaceRows, first))
	if err != nil {
		return "", "", fmt.Errorf("log chunk %d: %w", first, err)
	}
	h, block, err := itemHead(item)
	if err == nil {
		rows, err = l.packer.expand(h.version, block)
	}
	if err != nil {
		return "", "", err
	}
	list, err := l.restOf(txn, first)
	if err != nil {
		return "", "", err
	}
	return rows, list.d.text, nil
}
