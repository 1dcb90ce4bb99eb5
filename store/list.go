package store

import (
	"context"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// ctxEvery is how many documents are looked at between two looks at the context.
const ctxEvery = 256

// List calls emit with the stored doc of each resource of the page (valid only
// during the call) and returns how many match in all, page and total of one
// moment. emit must not call the store. The only errors are ctx's and the disk's.
func (s *Store) List(ctx context.Context, t *scim.ResourceType, q Query, emit func(doc []byte)) (total int, err error) {
	p, err := s.Page(ctx, t, q, emit)
	return p.Total, err
}

// Page is List that tells more, for cursors (RFC 9865): give Last as the next
// query's After, or First as its Before. A walk by After meets each resource
// that stays (and whose sorted value stays) exactly once, whatever else is
// written meanwhile.
func (s *Store) Page(ctx context.Context, t *scim.ResourceType, q Query, emit func(doc []byte)) (Page, error) {
	k, err := s.kind(t)
	if err != nil {
		return Page{}, err
	}
	l := &listing{s: s, ctx: ctx, q: q, parts: []*part{{k: k, filter: q.Filter, by: q.Sort, bare: q.Bare}}}
	l.emit = func(_ *part, doc []byte) { emit(doc) }
	err = l.run()
	return l.page, badgerError("listing", err)
}

// Search is Page over several resource types at once (RFC 7644 §3.4.2.1): with
// a sort they are merged, without one they follow each other. q's own Filter,
// Sort and Bare are not looked at.
func (s *Store) Search(ctx context.Context, parts []Part, q Query, emit func(t *scim.ResourceType, doc []byte)) (Page, error) {
	l := &listing{s: s, ctx: ctx, q: q, several: true}
	for i, p := range parts {
		k, err := s.kind(p.Type)
		if err != nil {
			return Page{}, err
		}
		l.parts = append(l.parts, &part{number: byte(i), k: k, filter: p.Filter, by: p.Sort, bare: p.Bare})
	}
	l.emit = func(p *part, doc []byte) { emit(p.k.t, doc) }
	err := l.run()
	return l.page, badgerError("listing", err)
}

// part is one kind's share of a listing.
type part struct {
	number byte
	k      *kind
	filter *scim.Filter
	by     *scim.Sort
	bare   bool
	rank   *rank       // without a filter: of the snapshot's moment, if it is needed
	sight  sight       // what filter and sort have to see
	shown  []reference // of sight.these
}

// listing is one List, Page or Search.
type listing struct {
	s       *Store
	ctx     context.Context
	q       Query
	parts   []*part
	several bool // a Search: positions tell the part
	emit    func(p *part, doc []byte)

	txn     *badger.Txn
	r       *renderer
	looked  int
	page    Page
	skip    int  // matches before the page
	count   int  // matches in the page
	done    bool // what is left need not be looked at
	partial bool // what is before the page was not looked at
	ring    []place
}

// place is a match that is not emitted at once.
type place struct {
	key  []byte
	part *part
	seq  uint64
}

func (l *listing) run() error {
	l.skip, l.count = max(l.q.Start-1, 0), max(l.q.Count, 0)
	return l.s.reading(l.list)
}

// list is run between its precautions.
func (l *listing) list() error {
	s := l.s
	sorted := false
	for _, p := range l.parts {
		sorted = sorted || p.by != nil
	}
	// Ranks and snapshot change together under mu, so here they are of one moment.
	s.mu.RLock()
	from, ended := l.start(sorted)
	if ended {
		s.mu.RUnlock()
		return nil
	}
	n := s.snapshotLocked()
	s.mu.RUnlock()
	defer n.release()
	l.txn = n.txn
	l.r = s.newRenderer(l.txn)
	l.r.n = n
	defer l.r.close()
	switch {
	case from != nil:
		return l.stretch(l.parts[0], from)
	case sorted:
		return l.sorted()
	}
	return l.inOrder()
}

// start answers from the ranks what they can answer. A whole list by creation
// they know altogether: its total and the key where the page begins, which is
// nil if it is not such a list. For the others they are kept.
func (l *listing) start(sorted bool) (from []byte, ended bool) {
	p := l.parts[0]
	if len(l.parts) > 1 || sorted || p.filter != nil {
		for _, p := range l.parts {
			if p.filter == nil && !sorted {
				p.rank = p.k.rank.clone()
			}
		}
		return nil, false
	}
	total := p.k.rank.n
	switch {
	case l.q.After != nil:
		l.skip = p.k.rank.below(l.q.After.Seq + 1)
	case l.q.Before != nil:
		at := p.k.rank.below(l.q.Before.Seq)
		l.skip, l.count = max(at-l.count, 0), min(at, l.count)
	}
	l.skip = min(l.skip, total)
	n := min(l.count, total-l.skip)
	l.page = Page{Total: total, Earlier: l.skip > 0, Later: l.skip+n < total}
	first, ok := p.k.rank.at(l.skip)
	l.count = n
	if !ok || n == 0 {
		return nil, true
	}
	return p.k.docKey(first), false
}

// stretch emits count documents from a key on. Badger's prefetching would cost
// four times as much as reading.
func (l *listing) stretch(p *part, from []byte) error {
	l.r.docs.expect(l.count)
	it := l.txn.NewIterator(badger.IteratorOptions{Prefix: from[:2]})
	defer it.Close()
	for it.Seek(from); it.Valid() && l.page.Count < l.count; it.Next() {
		if err := l.interrupted(); err != nil {
			return err
		}
		seq, _ := lastUint64(it.Item().Key())
		if l.page.Count == 0 {
			l.page.First = l.position(p, nil, seq)
		}
		l.page.Count++
		l.page.Last.Seq = seq
		if err := l.r.doc(it.Item(), func(doc []byte) error { return l.give(p, seq, doc) }); err != nil {
			return err
		}
	}
	l.page.Last = l.position(p, nil, l.page.Last.Seq)
	return nil
}

// give emits a bare doc, whole unless it is wanted bare.
func (l *listing) give(p *part, seq uint64, doc []byte) (err error) {
	if !p.bare && !l.r.plain(p.k, seq) {
		if l.r.out, err = l.r.append(l.r.out[:0], p.k, seq, doc); err != nil {
			return err
		}
		doc = l.r.out
	}
	l.emit(p, doc)
	return nil
}

func (l *listing) interrupted() error {
	if l.looked++; l.looked%ctxEvery == 0 {
		return l.ctx.Err()
	}
	return nil
}

// position makes the Position of a match.
func (l *listing) position(p *part, key []byte, seq uint64) Position {
	if key == nil && l.several {
		key = []byte{p.number}
	}
	return Position{Key: key, Seq: seq}
}

// inOrder lists by creation, part after part.
func (l *listing) inOrder() error {
	if l.q.After != nil || l.q.Before != nil {
		l.skip = 0
	}
	for _, p := range l.parts {
		if l.done {
			break
		}
		if p.rank != nil && l.q.After == nil && l.q.Before == nil {
			if err := l.counted(p); err != nil {
				return err
			}
			continue
		}
		if err := l.each(p, func(seq uint64, doc []byte) error { return l.take(p, seq, doc) }); err != nil {
			return err
		}
	}
	if l.q.Before != nil {
		return l.emitRing()
	}
	if l.done || l.partial {
		l.page.Total = -1
	}
	return nil
}

// counted takes a part without a filter, whose number is known.
func (l *listing) counted(p *part) error {
	before, n := l.page.Total, p.rank.n
	l.page.Total += n
	at := max(l.skip-before, 0)
	l.page.Earlier = l.page.Earlier || min(at, n) > 0
	left := l.count - l.page.Count
	if first, ok := p.rank.at(at); ok && left > 0 {
		l.r.docs.expect(left)
		it := l.txn.NewIterator(badger.IteratorOptions{Prefix: p.k.docKey(0)[:2]})
		defer it.Close()
		for it.Seek(p.k.docKey(first)); it.Valid() && left > 0; it.Next() {
			if err := l.interrupted(); err != nil {
				return err
			}
			seq, _ := lastUint64(it.Item().Key())
			if err := l.r.doc(it.Item(), func(doc []byte) error { return l.put(p, nil, seq, doc) }); err != nil {
				return err
			}
			at, left = at+1, left-1
		}
	}
	l.page.Later = l.page.Later || at < n
	return nil
}

// take takes a match by creation.
func (l *listing) take(p *part, seq uint64, doc []byte) error {
	l.page.Total++
	switch {
	case l.q.Before != nil:
		if !l.precedes(p, seq, l.q.Before) {
			l.page.Later, l.done = true, l.q.NoTotal
			return nil
		}
		if len(l.ring) == l.count && l.count > 0 {
			l.ring, l.page.Earlier = l.ring[1:], true
		}
		if l.count > 0 {
			l.ring = append(l.ring, place{part: p, seq: seq})
		}
		return nil
	case l.q.After != nil:
		if l.precedes(p, seq, l.q.After) || l.at(p, seq, l.q.After) {
			l.page.Earlier = true
			return nil
		}
	case l.page.Total <= l.skip:
		l.page.Earlier = true
		return nil
	}
	if l.page.Count == l.count {
		l.page.Later, l.done = true, l.q.NoTotal
		return nil
	}
	return l.put(p, nil, seq, doc)
}

// precedes and at compare a match by creation with a position.
func (l *listing) precedes(p *part, seq uint64, pos *Position) bool {
	if l.several && len(pos.Key) == 1 && p.number != pos.Key[0] {
		return p.number < pos.Key[0]
	}
	return seq < pos.Seq
}

func (l *listing) at(p *part, seq uint64, pos *Position) bool {
	return seq == pos.Seq && !(l.several && len(pos.Key) == 1 && p.number != pos.Key[0])
}

// put emits the page's next match.
func (l *listing) put(p *part, key []byte, seq uint64, doc []byte) error {
	l.page.Last = l.position(p, key, seq)
	if l.page.Count == 0 {
		l.page.First = l.page.Last
	}
	l.page.Count++
	return l.give(p, seq, doc)
}

// emitRing emits the matches before a position.
func (l *listing) emitRing() error {
	if l.count == 0 {
		l.page.Earlier = l.page.Total > 0
	}
	if l.done {
		l.page.Total = -1
	}
	return l.emitPlaces(l.ring)
}

// emitPlaces emits matches that were only noted.
func (l *listing) emitPlaces(list []place) error {
	for _, m := range list {
		if err := l.interrupted(); err != nil {
			return err
		}
		item, err := l.txn.Get(m.part.k.docKey(m.seq))
		if err != nil {
			return err
		}
		if err := l.r.doc(item, func(doc []byte) error { return l.put(m.part, m.key, m.seq, doc) }); err != nil {
			return err
		}
	}
	return nil
}
