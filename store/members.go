package store

import (
	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// Members calls emit with the types and bare docs of a group's members, by their creation,
// from the start-th on (1-based; less than 1 is 1) and at most count of them, and
// returns how many there are in all. A doc is valid only during the call; emit
// must not call the store. Only the docs asked for are read, so a part of 50,000
// members costs what it has. ok is false when there is no such group.
func (s *Store) Members(id string, start, count int, emit func(resourceType string, doc []byte)) (total int, ok bool, err error) {
	k := s.kinds["Group"]
	seq, isID := idSeq(id)
	if k == nil || !isID {
		return 0, false, nil
	}
	err = s.view(func(txn *badger.Txn) error {
		item, err := txn.Get(k.docKey(seq))
		if err != nil {
			return err
		}
		r := s.newRenderer(txn)
		defer r.close()
		err = r.doc(item, func(doc []byte) error {
			ok = string(scim.DocID(doc)) == id
			return nil
		})
		if err != nil || !ok {
			return err
		}
		seqs, err := membersOf(txn, seq)
		if err != nil {
			return err
		}
		total = len(seqs)
		seqs = seqs[min(max(start-1, 0), total):]
		return r.each(seqs[:min(max(count, 0), len(seqs))], func(k *kind, doc []byte) { emit(k.t.Name, doc) })
	})
	if err == badger.ErrKeyNotFound {
		return 0, false, nil
	}
	return total, ok && err == nil, badgerError("reading members", err)
}
