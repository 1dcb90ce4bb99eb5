package store

import (
	"context"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// Query asks for a part of a type's resources.
type Query struct {
	Filter *scim.Filter // nil: all
	Sort   *scim.Sort   // nil: by creation; what is alike stays in that order
	Start  int          // 1-based; less than 1 is 1 (RFC 7644 §3.4.2.4)
	Count  int          // less than 0 is 0

	// A cursor's place, instead of Start: the first Count after one, or the
	// last Count before the other, in the same order. One of them at most.
	After, Before *Position

	NoTotal bool // List may end with the page: the total is -1 if it would have to be counted
	Bare    bool // docs without a Group's members and a User's groups; nothing of them is read
}

// ctxEvery is how many documents are looked at between two looks at the context.
const ctxEvery = 256

// List calls emit with the stored doc of each resource of the page (valid only
// during the call) and returns how many match in all, page and total of one
// moment. emit must not call the store. The only errors are ctx's and the disk's.
func (s *Store) List(ctx context.Context, t *scim.ResourceType, q Query, emit func(doc []byte)) (total int, err error) {
	k, err := s.kind(t)
	if err != nil {
		return 0, err
	}
	p := &page{ctx: ctx, filter: q.Filter, skip: max(q.Start-1, 0), count: max(q.Count, 0), emit: emit}
	if q.Filter == nil {
		err = s.listAll(k, p)
		return p.total, err
	}
	err = s.view(func(txn *badger.Txn) error {
		if seqs, ok, err := k.candidates(txn, q.Filter); err != nil || ok {
			return p.takeEach(txn, k, seqs, err)
		}
		return p.scan(txn, k.docKey(0)[:2], nil)
	})
	return p.total, badgerError("listing", err)
}

// candidates answers from an index, if the filter has an equality that has one.
func (k *kind) candidates(txn *badger.Txn, f *scim.Filter) (seqs []uint64, ok bool, err error) {
	for _, eq := range f.Equal() {
		if eq.Path == "id" { // carries its own sequence
			if seq, ok := idSeq(eq.Value); ok {
				seqs = []uint64{seq}
			}
			return seqs, true, nil
		}
	}
	x, value := k.narrow(f)
	if x == nil {
		return nil, false, nil
	}
	seqs, err = k.lookup(txn, x, value)
	return seqs, true, err
}

// listAll is List without a filter: the rank index knows the total and where
// the page begins.
func (s *Store) listAll(k *kind, p *page) error {
	s.life.RLock()
	defer s.life.RUnlock()
	if s.closed {
		return ErrClosed
	}
	s.touch()
	// Rank and snapshot change together under mu, so here they are of one moment.
	s.mu.RLock()
	p.total = k.rank.n
	first, ok := k.rank.at(p.skip)
	if !ok || p.count == 0 {
		s.mu.RUnlock()
		return nil
	}
	txn := s.db.NewTransaction(false)
	s.mu.RUnlock()
	defer txn.Discard()

	total := p.total
	p.skip, p.total = 0, 0
	err := p.scan(txn, k.docKey(0)[:2], k.docKey(first))
	p.total = total
	return badgerError("listing", err)
}

// page counts what matches and emits its part of it.
type page struct {
	ctx    context.Context
	filter *scim.Filter
	skip   int // matches before the page
	count  int // matches in the page
	emit   func(doc []byte)
	total  int // matches so far
	looked int
}

func (p *page) take(doc []byte) error {
	if p.filter != nil && !p.filter.Match(doc) {
		return nil
	}
	p.total++
	if p.total > p.skip && p.total-p.skip <= p.count {
		p.emit(doc)
	}
	return nil
}

// full reports that the rest need not be looked at. With a filter they have to be counted.
func (p *page) full() bool { return p.filter == nil && p.total-p.skip >= p.count }

func (p *page) interrupted() error {
	if p.looked++; p.looked%ctxEvery == 0 {
		return p.ctx.Err()
	}
	return nil
}

// scan takes the documents from a key on (nil: from the first). Badger's
// prefetching would cost four times as much as reading.
func (p *page) scan(txn *badger.Txn, prefix, from []byte) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
	defer it.Close()
	take := p.take
	for it.Seek(from); it.Valid() && !p.full(); it.Next() {
		if err := p.interrupted(); err != nil {
			return err
		}
		if err := it.Item().Value(take); err != nil {
			return err
		}
	}
	return nil
}

// takeEach takes the documents of an index's candidates. err is the index's.
func (p *page) takeEach(txn *badger.Txn, k *kind, seqs []uint64, err error) error {
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		if err := p.interrupted(); err != nil {
			return err
		}
		item, err := txn.Get(k.docKey(seq))
		if err == badger.ErrKeyNotFound {
			continue // only a foreign id names one: an index and its documents are of one snapshot
		}
		if err != nil {
			return err
		}
		if err := item.Value(p.take); err != nil {
			return err
		}
	}
	return nil
}
