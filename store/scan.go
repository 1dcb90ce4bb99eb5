package store

import (
	"math"
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// each calls f with each match of a part, by creation, until the listing is
// done. The doc is bare unless sight wants it otherwise.
func (l *listing) each(p *part, f func(seq uint64, doc []byte) error) error {
	p.sight = sightOf(p.k, p.filter, p.by)
	if p.sight.these != nil && p.shown == nil {
		var err error
		if p.shown, err = l.r.find(p.k, p.sight.these); err != nil {
			return err
		}
	}
	seqs, indexed, err := l.r.candidates(p)
	if err != nil {
		return err
	}
	if indexed {
		return l.eachOf(p, seqs, f)
	}
	it := l.txn.NewIterator(badger.IteratorOptions{Prefix: p.k.docKey(0)[:2]})
	defer it.Close()
	l.r.docs.expect(math.MaxInt)
	from := p.k.docKey(0)
	if l.q.NoTotal && l.q.After != nil && p.by == nil && !l.several {
		from, l.partial = p.k.docKey(l.q.After.Seq+1), true
		l.page.Earlier = true // if only the one that the position was taken from
	}
	for it.Seek(from); it.Valid() && !l.done; it.Next() {
		if err := l.interrupted(); err != nil {
			return err
		}
		item := it.Item()
		err := l.r.doc(item, func(doc []byte) error {
			seq, _ := lastUint64(item.Key())
			return l.match(p, seq, doc, f)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachOf is each for an index's candidates.
func (l *listing) eachOf(p *part, seqs []uint64, f func(seq uint64, doc []byte) error) error {
	if len(seqs) == 1 {
		_, err := l.r.value(p.k.docKey(seqs[0]), func(doc []byte) error { return l.match(p, seqs[0], doc, f) })
		return err
	}
	w := newWalk(l.txn, p.k.docKey(0)[:2], seqs)
	defer w.close()
	for _, seq := range seqs {
		if l.done {
			break
		}
		if err := l.interrupted(); err != nil {
			return err
		}
		// A foreign id names what is not there; an index does not, since it
		// and the documents are of one snapshot.
		_, err := w.doc(l.r.docs, p.k.docKey(seq), func(doc []byte) error { return l.match(p, seq, doc, f) })
		if err != nil {
			return err
		}
	}
	return nil
}

// match passes on what matches.
func (l *listing) match(p *part, seq uint64, doc []byte, f func(seq uint64, doc []byte) error) error {
	if p.filter == nil && !p.sight.whole {
		return f(seq, doc)
	}
	seen := doc
	var err error
	switch {
	case p.sight.whole && !l.r.plain(p.k, seq):
		seen, err = l.r.append(l.r.out[:0], p.k, seq, doc)
	case p.sight.these != nil:
		seen, err = l.r.appendShown(l.r.out[:0], p.k, seq, doc, p.shown)
	}
	if err != nil {
		return err
	}
	if len(seen) > 0 && len(doc) > 0 && &seen[0] != &doc[0] {
		l.r.out = seen
	}
	if p.filter != nil && !p.filter.Match(seen) {
		return nil
	}
	if p.by != nil {
		doc = seen
	}
	return f(seq, doc)
}

// candidates answers from an index, if the filter has an equality that has
// one. They are in order, and more than those that match.
func (r *renderer) candidates(p *part) (seqs []uint64, ok bool, err error) {
	if p.filter == nil {
		return nil, false, nil
	}
	equal := p.filter.Equal()
	for _, eq := range equal {
		if eq.Path == "id" { // carries its own sequence
			if seq, ok := idSeq(eq.Value); ok {
				seqs = []uint64{seq}
			}
			return seqs, true, nil
		}
	}
	x, value := p.k.narrow(equal)
	if x == nil || !x.unique {
		for _, eq := range equal {
			if p.k.aside == "" {
				break
			}
			if seqs, ok, err := r.aside(p.k, eq.Path, eq.Value); ok || err != nil {
				return seqs, ok, err
			}
		}
	}
	if x == nil {
		return nil, false, nil
	}
	seqs, err = r.lookup(p.k, x, value)
	return seqs, true, err
}

// lookup lists the sequences under one value of an index, in creation order. Among them
// may be some of other values, if r has a snapshot.
func (r *renderer) lookup(k *kind, x *index, value string) (seqs []uint64, err error) {
	prefix := k.entryPrefix(x, value)
	if x.unique {
		if seqs, ok := r.s.names.find(prefix); ok && r.s.isNewest(r.n) {
			return seqs, nil
		}
		_, err := r.value(prefix, func(v []byte) error {
			if seq, ok := lastUint64(v); ok {
				seqs = []uint64{seq}
			}
			return nil
		})
		return seqs, badgerError("reading an index", err)
	}
	if x.besides {
		if seqs, err = r.lookup(k, &k.indexes[0], value); err != nil {
			return nil, err
		}
	}
	it := r.txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if key := it.Item().Key(); len(key) == len(prefix)+8 {
			seq, _ := lastUint64(key)
			seqs = append(seqs, seq)
		}
	}
	if x.besides {
		slices.Sort(seqs)
		seqs = slices.Compact(seqs)
	}
	return seqs, nil
}

// aside answers from the memberships: the groups of a member, the members of
// a group by its id or name.
func (r *renderer) aside(k *kind, path, value string) (seqs []uint64, ok bool, err error) {
	switch path {
	case "members.value":
		if seq, ok := idSeq(value); ok {
			seqs, err = r.groupsOf(seq)
		}
		return seqs, true, err
	case "groups.value":
		if seq, ok := idSeq(value); ok {
			seqs, err = membersOf(r.txn, seq)
		}
		return seqs, true, err
	case "groups.display":
		g := r.s.kinds["Group"]
		groups, err := r.lookup(g, &g.indexes[0], value)
		for _, group := range groups {
			if err != nil {
				break
			}
			var members []uint64
			members, err = membersOf(r.txn, group)
			seqs = append(seqs, members...)
		}
		slices.Sort(seqs)
		return slices.Compact(seqs), true, err
	}
	return nil, false, nil
}
