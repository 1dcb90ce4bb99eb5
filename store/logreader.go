package store

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sort"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim/wire"
)

// Exchanges reads logged exchanges by their numbers, in the order given; those
// that are gone are left out. Each chunk of the log is unpacked once for
// neighbours in the order, up or down, so reading all of them takes some 10 µs
// each; Exchange is for one. What is read last is an error, if there is one:
// ErrClosed, ctx's or the database's.
func (s *Store) Exchanges(ctx context.Context, numbers []uint64) iter.Seq2[*wire.Exchange, error] {
	return func(yield func(*wire.Exchange, error) bool) {
		for len(numbers) > 0 {
			some, n, err := s.log.some(numbers)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, ex := range some {
				if ex != nil && !yield(ex, nil) {
					return
				}
			}
			numbers = numbers[n:]
		}
	}
}

// some reads the first of numbers and those behind it that are in the same
// chunk: n numbers. A nil exchange is gone.
func (l *requestLog) some(numbers []uint64) (some []*wire.Exchange, n int, err error) {
	<-l.loaded
	l.s.life.RLock()
	defer l.s.life.RUnlock()
	if l.s.closed {
		return nil, 0, ErrClosed
	}
	if err := l.s.halted(false); err != nil {
		return nil, 0, err
	}
	l.s.touch()
	before := misreads.Load()
	l.mu.RLock()
	i := sort.Search(len(l.chunks), func(i int) bool { return l.chunks[i].last >= numbers[0] })
	if i == len(l.chunks) || l.chunks[i].first > numbers[0] {
		l.mu.RUnlock()
		return nil, 1, nil
	}
	h := l.chunks[i]
	txn := l.s.db.NewTransaction(false) // of the same moment as the list
	unpin := l.files.pin()
	l.mu.RUnlock()
	defer unpin()
	defer txn.Discard()
	for n < len(numbers) && numbers[n] >= h.first && numbers[n] <= h.last {
		n++
	}
	some, err = l.unpack(txn, h.first, numbers[:n])
	if bad := l.s.misread(before); bad != nil {
		err = bad
	}
	return some, n, badgerError("reading the request log", err)
}

// unpack reads some exchanges of a chunk.
func (l *requestLog) unpack(txn *badger.Txn, first uint64, numbers []uint64) ([]*wire.Exchange, error) {
	rows, rest, err := l.whole(txn, first)
	if err != nil {
		return nil, err
	}
	type place struct{ row, i int } // i is one in numbers
	var wanted []place
	for i, number := range numbers {
		at := sort.Search(len(rows), func(i int) bool { return rows[i].Seq >= number })
		if at < len(rows) && rows[at].Seq == number {
			wanted = append(wanted, place{at, i})
		}
	}
	// An entry's rest follows from those before it, so they are read upwards.
	slices.SortFunc(wanted, func(a, b place) int { return a.row - b.row })
	some := make([]*wire.Exchange, len(numbers))
	remarks := l.remarks.Load()
	at := 0
	for k, w := range wanted {
		if k > 0 && wanted[k-1].row == w.row {
			some[w.i] = some[wanted[k-1].i]
			continue
		}
		rest.skip(w.row - at)
		if some[w.i], err = rest.next(&rows[w.row]); err != nil {
			return nil, err
		}
		some[w.i].Remark = remarks.of[rows[w.row].Seq]
		at = w.row + 1
	}
	return some, nil
}

// storedChunk is a chunk as it was read.
type storedChunk struct {
	l *requestLog
	chunkHead
	block, rest []byte // rest is nil when it is in a file
}

// chunkAt reads the value of a chunk.
func (l *requestLog) chunkAt(txn *badger.Txn, first uint64) (c storedChunk, err error) {
	c.l = l
	item, err := txn.Get(numbered(spaceChunk, first))
	if err != nil {
		return c, fmt.Errorf("log chunk %d: %w", first, err)
	}
	value, err := item.ValueCopy(nil)
	if err == nil {
		c.chunkHead, c.block, c.rest, err = readValue(first, value)
	}
	return c, err
}

func (c *storedChunk) readRows() ([]Row, error) {
	b := c.rowBlock(c.block)
	return c.l.packer.rows(&b)
}

func (c *storedChunk) readRest() (*rests, error) {
	rest := c.rest
	if c.place.file != 0 {
		var err error
		if rest, err = c.l.files.read(c.place); err != nil {
			return nil, fmt.Errorf("log chunk %d: %w", c.first, err)
		}
	}
	return c.l.packer.rest(rest)
}
