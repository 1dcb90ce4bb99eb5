package store

import (
	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// moveMembers brings a database of format 1 to format 2: the members go out of
// the Groups' documents. It can be begun again at any point. Who is no longer there,
// or never was, is no member any more.
func (s *Store) moveMembers() error {
	users := &kind{code: userCode}
	groups := &kind{code: groupCode, t: scim.NewCatalog(true).Type("Group")}
	if t := s.opt.Catalog.Type("Group"); t != nil {
		groups.t = t
	}
	rows := map[uint64][]uint64{} // the groups of each member
	var sets, docs []planned
	err := s.db.View(func(txn *badger.Txn) error {
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
			bare, ids, err := split(d)
			if err != nil || len(ids) == 0 {
				continue
			}
			group, _ := lastUint64(it.Item().Key())
			members, _, err := resolve(txn, []*kind{users, groups}, ids, true)
			if err != nil {
				return err
			}
			sets = append(sets, planSet(group, members)...)
			for _, m := range members {
				rows[m] = withSeq(rows[m], group)
			}
			docs = append(docs, planned{it.Item().KeyCopy(nil), groups.t.AppendDoc(nil, id, bare, meta)})
		}
		for m, list := range rows {
			had, err := readSeqRow(txn, numbered(spaceGroups, m))
			if err != nil {
				return err
			}
			for _, group := range had {
				list = withSeq(list, group)
			}
			sets = append(sets, planned{numbered(spaceGroups, m), appendSeqs(nil, list)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.writeAll(sets); err != nil { // before the documents lose them
		return err
	}
	if err := s.writeAll(docs); err != nil {
		return err
	}
	return s.purge([]byte{spaceIndex, groupCode, 3})
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
