package store

import (
	"sort"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim/wire"
)

// LogReader reads logged exchanges one after the other. It keeps the chunk that
// it read last, so going through neighbours, in either direction, unpacks each
// chunk once; Store.Exchange is for one alone. It is for one goroutine.
type LogReader struct {
	s     *Store
	first uint64 // of the chunk; 0: none was read
	rows  []Row
	rest  []string
}

// LogReader returns a reader. There is nothing to close.
func (s *Store) LogReader() *LogReader { return &LogReader{s: s} }

// Exchange reads a logged exchange. ok is false when it is gone. The error is
// ErrClosed or the database's.
func (r *LogReader) Exchange(seq uint64) (ex *wire.Exchange, ok bool, err error) {
	if len(r.rows) == 0 || seq < r.first || seq > r.rows[len(r.rows)-1].Seq {
		if err := r.read(seq); err != nil {
			return nil, false, err
		}
	}
	i := sort.Search(len(r.rows), func(i int) bool { return r.rows[i].Seq >= seq })
	if i == len(r.rows) || r.rows[i].Seq != seq {
		return nil, false, nil
	}
	ex, err = readExchange(&r.rows[i], r.rest[i])
	return ex, err == nil, err
}

// read unpacks the chunk that should hold seq; no rows when there is none.
func (r *LogReader) read(seq uint64) error {
	r.rows, r.rest = nil, nil
	l := r.s.log
	<-l.loaded
	r.s.life.RLock()
	defer r.s.life.RUnlock()
	if r.s.closed {
		return ErrClosed
	}
	r.s.touch()
	l.mu.RLock()
	i := sort.Search(len(l.chunks), func(i int) bool { return l.chunks[i].last >= seq })
	if i == len(l.chunks) || l.chunks[i].first > seq {
		l.mu.RUnlock()
		return nil
	}
	first := l.chunks[i].first
	txn := r.s.db.NewTransaction(false) // of the same moment as the list
	l.mu.RUnlock()
	defer txn.Discard()
	rows, rest, err := l.chunkOf(txn, first)
	if err != nil {
		return badgerError("reading the request log", err)
	}
	r.first, r.rows, r.rest = first, rows, rest
	return nil
}

// chunkOf unpacks a whole chunk.
func (l *requestLog) chunkOf(txn *badger.Txn, first uint64) (rows []Row, rest []string, err error) {
	item, err := txn.Get(numbered(spaceRows, first))
	if err != nil {
		return nil, nil, err
	}
	h, block, err := itemHead(item)
	if err != nil {
		return nil, nil, err
	}
	if rows, err = l.packer.rows(h, block); err != nil {
		return nil, nil, err
	}
	text, err := l.restOf(txn, first)
	if err != nil {
		return nil, nil, err
	}
	d := &decoder{text: text}
	for range rows {
		rest = append(rest, d.string())
	}
	return rows, rest, d.done()
}
