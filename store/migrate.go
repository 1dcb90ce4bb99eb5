package store

import (
	"slices"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// moveMembers brings a database of format 1 to format 2: the members go out of
// the Groups' documents. Who is no longer there, or never was, is no member any
// more, nor is a group of itself. It can be begun again wherever it was
// interrupted: see planFormat2.
func (s *Store) moveMembers() error {
	list, err := s.planFormat2()
	if err != nil {
		return err
	}
	return s.writeAll(list)
}

// planFormat2 plans all that moveMembers writes. It is written in this order,
// in as many transactions as it takes, so at any moment either a document still
// has its members, or their rows are there. The format's mark is last.
func (s *Store) planFormat2() (list []planned, err error) {
	users := &kind{code: userCode}
	groups := &kind{code: groupCode, t: scim.NewCatalog(true).Type("Group")}
	if t := s.opt.Catalog.Type("Group"); t != nil {
		groups.t = t
	}
	rows := map[uint64][]uint64{} // the groups of each member
	var docs []planned
	reader := s.docs.reader() // no format before 4 has its documents in files
	defer reader.close()
	err = s.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: groups.docKey(0)[:2]})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			doc, err := it.Item().ValueCopy(nil)
			if err != nil {
				return err
			}
			id, d, meta, err := groups.t.ReadDoc(doc)
			if err != nil {
				return err
			}
			bare, old := takeMembers(d)
			if old.Kind() == scim.Absent {
				continue
			}
			var ids []string
			for i := range old.Len() { // one that was given without a value has "", which nobody has
				ids = append(ids, old.At(i).Get("value").Text())
			}
			group, _ := lastUint64(it.Item().Key())
			members, _, err := resolve(txn, reader, []*kind{users, groups}, ids, true)
			if err != nil {
				return err
			}
			members = withoutSeq(members, group)
			list = append(list, planSet(group, members)...)
			for _, m := range members {
				rows[m] = withSeq(rows[m], group)
			}
			docs = append(docs, planned{it.Item().KeyCopy(nil), groups.t.AppendDoc(nil, id, bare, meta)})
		}
		for m, groups := range rows {
			had, err := readSeqRow(txn, numbered(spaceGroups, m))
			if err != nil {
				return err
			}
			for _, group := range had {
				groups = withSeq(groups, group)
			}
			list = append(list, planned{numbered(spaceGroups, m), appendSeqs(nil, groups)})
		}
		list = append(list, docs...)
		old := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceIndex, groupCode, 3}})
		defer old.Close()
		for old.Rewind(); old.Valid(); old.Next() {
			list = append(list, planned{key: old.Item().KeyCopy(nil)})
		}
		return nil
	})
	return append(list, planned{keyFormat, formatMark(2)}), err
}

// moveLog brings a database of format 2 to format 3: the two values of each log chunk
// become one. It can be begun again wherever it was interrupted: each chunk is moved
// by one transaction, and the mark is last. A chunk of which a value is missing was
// being deleted, or lost.
func (s *Store) moveLog() error {
	var moved []uint64
	err := s.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceRowsTwo}})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if first, ok := lastUint64(it.Item().Key()); ok && len(it.Item().Key()) == 9 {
				moved = append(moved, first)
			}
		}
		return nil
	})
	for _, first := range moved {
		if err != nil {
			return err
		}
		err = s.db.Update(func(txn *badger.Txn) error { return s.moveChunk(txn, first) })
	}
	if err != nil {
		return err
	}
	return s.writeAll([]planned{{keyFormat, formatMark(3)}})
}

// moveChunk makes one value of a chunk's two. Its rest stays in the database, from
// which it goes with the chunk.
func (s *Store) moveChunk(txn *badger.Txn, first uint64) error {
	rows, err := txn.Get(numbered(spaceRowsTwo, first))
	if err != nil {
		return err
	}
	if err := txn.Delete(numbered(spaceRowsTwo, first)); err != nil {
		return err
	}
	rest, err := txn.Get(numbered(spaceChunk, first))
	if err == badger.ErrKeyNotFound {
		return nil
	}
	var value []byte
	if err == nil {
		value, err = joinValues(rows, rest)
	}
	if err != nil {
		return err
	}
	return txn.Set(numbered(spaceChunk, first), value)
}

func joinValues(rows, rest *badger.Item) (value []byte, err error) {
	err = rows.Value(func(r []byte) error {
		return rest.Value(func(v []byte) error {
			value = appendValue(nil, r, v, restPlace{})
			return nil
		})
	})
	return value, err
}

// dropBesides brings a database of format 3 to format 4: entries that are besides the
// whole index go. It can be begun again wherever it was interrupted; the mark is last.
func (s *Store) dropBesides() error {
	for _, k := range builtIn {
		for i := range k.indexes {
			if !k.indexes[i].besides {
				continue
			}
			// No iterator may be open while much is written: it keeps the memtables, and
			// for those the writer waits.
			for from := k.indexPrefix(&k.indexes[i]); from != nil; {
				list, next, err := s.planBesides(&k, &k.indexes[i], from)
				if err == nil {
					err = s.writeAll(list)
				}
				if err != nil {
					return err
				}
				from = next
			}
		}
	}
	return s.writeAll([]planned{{keyFormat, formatMark(4)}})
}

// planBesides plans to delete such entries from a key on, and returns where to go on;
// nil: that was all.
func (s *Store) planBesides(k *kind, x *index, from []byte) (list []planned, next []byte, err error) {
	const part = 10_000
	prefix, whole := k.indexPrefix(x), k.indexPrefix(&k.indexes[0])
	err = s.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
		defer it.Close()
		for it.Seek(from); it.Valid(); it.Next() {
			key := it.Item().KeyCopy(nil)
			if len(list) == part {
				next = key
				return nil
			}
			if len(key) < len(prefix)+1+8 {
				continue // Verify says so
			}
			seq, _ := lastUint64(key)
			same, err := isUnder(txn, slices.Concat(whole, key[len(prefix):len(key)-1-8]), seq)
			if err != nil {
				return err
			}
			if same {
				list = append(list, planned{key: key})
			}
		}
		return nil
	})
	return list, next, err
}

// isUnder reports whether a unique index has a sequence under a key.
func isUnder(txn *badger.Txn, key []byte, seq uint64) (is bool, err error) {
	item, err := txn.Get(key)
	if err == badger.ErrKeyNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = item.Value(func(v []byte) error {
		of, ok := lastUint64(v)
		is = ok && of == seq
		return nil
	})
	return is, err
}

// planSet plans the rows of a group's members.
func planSet(group uint64, members []uint64) (list []planned) {
	blocks := blocksOf(members)
	for _, n := range blocks {
		var set blockSet
		var in []uint64
		in, members = cutBlock(members, n)
		for _, m := range in {
			set.set(m % blockSize)
		}
		list = append(list, planned{blockKey(group, n), set.appendTo(nil)})
	}
	if len(blocks) > 0 {
		list = append(list, planned{numbered(spaceMembers, group), appendSeqs(nil, blocks)})
	}
	return list
}
