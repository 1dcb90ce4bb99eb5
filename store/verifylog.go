package store

import (
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
)

// logChunks reads all chunks and holds them against the list of them.
func (v *verifier) logChunks() {
	var found []chunkHead
	entries, stored := 0, int64(0)
	v.each([]byte{spaceChunk}, func(key []byte, item *badger.Item) {
		first, _ := lastUint64(key)
		if first < v.oldest {
			return
		}
		h, err := v.chunk(first, item)
		if err != nil {
			v.fault("%w", err)
		}
		if n := len(found); n > 0 && found[n-1].last >= h.first {
			v.fault("log chunk %d begins before %d ends", h.first, found[n-1].first)
		}
		found = append(found, h)
		entries += h.count
		stored += h.stored
	})
	if len(found) != len(v.chunks) || entries != v.entries || stored != v.stored {
		v.fault("%d log chunks with %d entries in %d bytes are stored, %d with %d in %d are in the list",
			len(found), entries, stored, len(v.chunks), v.entries, v.stored)
		return
	}
	for i, h := range found {
		if m := v.chunks[i]; h.first != m.first || h.last != m.last || h.count != m.count {
			v.fault("log chunk %d (%d entries to %d) is in the list as %d (%d to %d)",
				h.first, h.count, h.last, m.first, m.count, m.last)
		}
	}
}

// chunk reads everything in a log chunk.
func (v *verifier) chunk(first uint64, item *badger.Item) (chunkHead, error) {
	c := storedChunk{l: v.s.log}
	var err error
	if c.chunkHead, c.block, c.rest, err = readValue(first, v.value(item)); err != nil {
		return c.chunkHead, err
	}
	h := c.chunkHead
	rows, err := c.readRows()
	if err != nil {
		return h, err
	}
	rest, err := c.readRest()
	if err != nil {
		return h, fmt.Errorf("log chunk %d: its rest: %w", h.first, err)
	}
	problems := 0
	for i := range rows {
		if _, err := rest.next(&rows[i]); err != nil {
			return h, fmt.Errorf("log entry %d: %w", rows[i].Seq, err)
		}
		if i > 0 && rows[i].Seq <= rows[i-1].Seq {
			return h, fmt.Errorf("log chunk %d: %d comes after %d", h.first, rows[i].Seq, rows[i-1].Seq)
		}
		if rows[i].Problem {
			problems++
		}
	}
	if err := rest.d.done(); err != nil {
		return h, fmt.Errorf("log chunk %d: its rest: %w", h.first, err)
	}
	if rows[0].Seq != h.first || rows[len(rows)-1].Seq != h.last || problems != h.problems {
		return h, fmt.Errorf("log chunk %d: its head says to %d with %d problems, it goes from %d to %d with %d",
			h.first, h.last, h.problems, rows[0].Seq, rows[len(rows)-1].Seq, problems)
	}
	return h, nil
}
