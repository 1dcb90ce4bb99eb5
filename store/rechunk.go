package store

import (
	"fmt"
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// Chunks made of others: many small ones joined, a large one cut.

const (
	smallChunks = 32   // so many small ones are joined
	smallWindow = 1024 // of so many at the end
)

// tidy joins small chunks when there are many: single requests that came
// seconds apart are chunks of one entry, and a hundred thousand of those would
// be slow to start with.
func (l *requestLog) tidy() {
	if !l.isLoaded() || l.queue.many() {
		return
	}
	from := len(l.chunks)
	for from > 0 && len(l.chunks)-from < smallWindow && l.isSmall(&l.chunks[from-1]) {
		from--
	}
	if len(l.chunks)-from < smallChunks {
		return
	}
	groups := l.groups(l.chunks[from:])
	if len(l.chunks)-from-len(groups) < smallChunks/2 {
		return // not worth it: they are of different days
	}
	for i, n := range groups {
		if n == 1 {
			continue
		}
		if err := l.join(from+i, n); err != nil {
			l.s.opt.Messages.Error("joining log chunks", "error", err)
			return
		}
	}
}

func (l *requestLog) isSmall(h *chunkHead) bool {
	return h.version == chunkVersion && h.count < max(1, l.grain.entries/4) && h.raw < l.grain.bytes/4
}

// groups says how many chunks in a row to make one of: as many as the grain allows.
func (l *requestLog) groups(chunks []chunkHead) (sizes []int) {
	var sum chunkHead
	for i, h := range chunks {
		next := sum.join(h)
		if i == 0 || !l.grain.allows(&next) {
			sizes, sum = append(sizes, 1), h
			continue
		}
		sizes[len(sizes)-1]++
		sum = next
	}
	return sizes
}

// join makes one chunk of the n from the i-th on.
func (l *requestLog) join(i, n int) error {
	var c chunk
	txn := l.s.db.NewTransaction(true)
	defer txn.Discard()
	gone := l.chunks[i : i+n]
	for k, h := range gone {
		rows, rest, err := l.raw(txn, h.first)
		if err != nil {
			return err
		}
		c.rows, c.rest = append(c.rows, rows...), append(c.rest, rest...)
		if k == 0 {
			c.chunkHead = h
			continue
		}
		c.chunkHead = c.join(h)
		if err := deleteChunk(txn, h.first); err != nil {
			return err
		}
	}
	joined := l.packer.pack(&c)
	if err := l.set(txn, &joined); err != nil {
		return err
	}
	if err := l.replace(txn, i, n, joined.chunkHead); err != nil {
		return err
	}
	l.ring.join(joined.block())
	return nil
}

// cut makes several chunks of the oldest, so that retention can delete a part of it.
func (l *requestLog) cut() error {
	txn := l.s.db.NewTransaction(true)
	defer txn.Discard()
	rows, rest, err := l.whole(txn, l.chunks[0].first)
	if err != nil {
		return err
	}
	var heads []chunkHead
	var c chunk
	flush := func() error {
		piece := l.packer.pack(&c)
		c.reset()
		err := l.set(txn, &piece)
		heads = append(heads, piece.chunkHead)
		return err
	}
	for i := range rows {
		ex, err := rest.next(&rows[i])
		if err != nil {
			return err
		}
		ex.Routine = len(ex.Notes) - rows[i].Notes
		size := len(ex.RequestBody) + len(ex.ResponseBody)
		more := c.join(chunkHead{last: ex.Seq, count: 1, from: ex.Start, to: ex.Start, raw: size})
		if c.count > 0 && !l.grain.allows(&more) {
			if err := flush(); err != nil {
				return err
			}
		}
		c.add(ex)
	}
	if err := flush(); err != nil {
		return err
	}
	if len(heads) == 1 {
		return fmt.Errorf("log chunk %d: it cannot be cut", heads[0].first)
	}
	return l.replace(txn, 0, 1, heads...)
}

// whole reads a chunk's rows and what belongs to them.
func (l *requestLog) whole(txn *badger.Txn, first uint64) ([]Row, *rests, error) {
	c, err := l.chunkAt(txn, first)
	if err != nil {
		return nil, nil, err
	}
	rows, err := c.readRows()
	if err != nil {
		return nil, nil, err
	}
	rest, err := c.readRest()
	return rows, rest, err
}

// replace commits, and puts other chunks in the list for the n from the i-th on.
func (l *requestLog) replace(txn *badger.Txn, i, n int, heads ...chunkHead) error {
	size := int64(0)
	for _, h := range heads {
		size += h.inDB()
	}
	err := l.commit(txn, int(size), func() {
		for k := range l.chunks[i : i+n] {
			l.account(&l.chunks[i+k], -1)
		}
		for k := range heads {
			l.account(&heads[k], 1)
		}
		l.chunks = slices.Replace(l.chunks, i, i+n, heads...)
	})
	l.sweep()
	return err
}

// sweep deletes the files that no chunk needs any more.
func (l *requestLog) sweep() {
	if l.isLoaded() {
		l.files.sweep()
	}
}

// raw reads the expanded parts of a chunk.
func (l *requestLog) raw(txn *badger.Txn, first uint64) (rows, rest string, err error) {
	c, err := l.chunkAt(txn, first)
	if err == nil {
		rows, err = l.packer.expand(c.version, c.block)
	}
	if err != nil {
		return "", "", err
	}
	list, err := c.readRest()
	if err != nil {
		return "", "", err
	}
	return rows, list.d.text, nil
}
