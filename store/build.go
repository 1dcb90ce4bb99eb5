package store

import (
	"encoding/binary"
	"fmt"
	"strings"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// Building indexes at Open. A configuration can bring an index for resources
// that are there already, and take it away again. Nobody keeps an index that is
// not in the catalog, so it becomes incomplete: its entries go now, and it is
// built again should it come back.

// openKinds makes the kinds of the catalog and sees to their indexes.
func (s *Store) openKinds() error {
	var table *numbers
	err := s.db.View(func(txn *badger.Txn) (err error) {
		table, err = loadNumbers(txn)
		return err
	})
	if err != nil {
		return s.damaged(err)
	}
	s.kinds = map[string]*kind{}
	build := map[*kind][]*index{}
	for _, t := range s.opt.Catalog.Types {
		k, incomplete, err := table.kindOf(t)
		if err != nil {
			return err
		}
		s.kinds[t.Name] = k
		if len(incomplete) > 0 {
			build[k] = incomplete
		}
	}
	if g := s.kinds["Group"]; g != nil {
		g.aside = "members"
		if u := s.kinds["User"]; u != nil {
			u.aside = "groups"
		}
	}
	left := s.leave(table)
	if err := s.storeNumbers(table); err != nil {
		return err
	}
	for _, prefix := range left {
		if err := s.purge(prefix); err != nil {
			return err
		}
	}
	for k, list := range build {
		if err := s.build(k, list); err != nil {
			return err
		}
		for _, x := range list {
			table.indexes[indexName(k.t.Name, x.path, x.unique)] = indexRow{x.code, true}
		}
		if err := s.storeNumbers(table); err != nil {
			return err
		}
	}
	return nil
}

// leave marks the indexes that the catalog does not have, of types that it has,
// and lists the prefixes of their keys. Those of other types stay right: nobody
// changes the resources.
func (s *Store) leave(table *numbers) (prefixes [][]byte) {
	for name, row := range table.indexes {
		typ, path, _ := strings.Cut(name, "\x00")
		k := s.kinds[typ]
		if k == nil {
			continue
		}
		unique := path[0] == 'u'
		if x := k.index(path[1:]); x != nil && x.unique == unique {
			continue
		}
		table.indexes[name] = indexRow{row.code, false}
		x := index{code: row.code, unique: unique}
		prefixes = append(prefixes, k.indexPrefix(&x))
	}
	return prefixes
}

// storeNumbers stores what is new in the table.
func (s *Store) storeNumbers(n *numbers) error {
	return badgerError("numbering the indexes", s.db.Update(func(txn *badger.Txn) error {
		put := func(name string, value ...byte) error {
			key := append([]byte{spaceCatalog}, name...)
			if item, err := txn.Get(key); err == nil {
				same := false
				err := item.Value(func(v []byte) error {
					same = string(v) == string(value)
					return nil
				})
				if err != nil || same {
					return err
				}
			}
			return txn.Set(key, value)
		}
		for name, code := range n.types {
			if err := put(name, code); err != nil {
				return err
			}
		}
		for name, row := range n.indexes {
			complete := byte(0)
			if row.complete {
				complete = 1
			}
			if err := put(name, row.code, complete); err != nil {
				return err
			}
		}
		return nil
	}))
}

// purge deletes all keys with a prefix, in as many transactions as it takes.
func (s *Store) purge(prefix []byte) error {
	wb := s.db.NewWriteBatch()
	defer wb.Cancel()
	err := s.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if err := wb.Delete(it.Item().KeyCopy(nil)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = wb.Flush()
	}
	return badgerError("deleting an index", err)
}

// build writes the entries of indexes from the documents. What an interrupted
// build has left is deleted first.
func (s *Store) build(k *kind, list []*index) error {
	building := map[*index]bool{}
	for _, x := range list {
		building[x] = true
		if err := s.purge(k.indexPrefix(x)); err != nil {
			return err
		}
	}
	wb := s.db.NewWriteBatch()
	defer wb.Cancel()
	n := 0
	err := s.eachDoc(k, func(_ *badger.Txn, seq uint64, _ string, list []entry) error {
		n++
		for _, e := range list {
			if !building[e.index] {
				continue
			}
			value := []byte{}
			if e.index.unique {
				value = binary.BigEndian.AppendUint64(value, seq)
			}
			if err := wb.Set(k.entryKey(e.index, e.value, seq), value); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = wb.Flush()
	}
	if err != nil {
		return badgerError("building an index", err)
	}
	if n > 0 {
		s.opt.Messages.Info("an index was built", "type", k.t.Name, "resources", n)
	}
	return s.eachDoc(k, func(txn *badger.Txn, seq uint64, id string, list []entry) error {
		for _, e := range list {
			if !building[e.index] || !e.index.unique {
				continue
			}
			r := s.newRenderer(txn)
			defer r.close()
			seqs, err := r.lookup(k, e.index, e.value)
			if err != nil {
				return err
			}
			if len(seqs) == 1 && seqs[0] == seq {
				continue
			}
			other, err := k.idOf(r, seqs)
			if err != nil {
				return err
			}
			return &UniqueError{Type: k.t.Name, Path: e.index.path, IDs: [2]string{id, other}}
		}
		return nil
	})
}

// idOf is the id of the resource that an index names.
func (k *kind) idOf(r *renderer, seqs []uint64) (id string, err error) {
	if len(seqs) == 0 {
		return "", fmt.Errorf("an index of %s has lost an entry", k.t.Name)
	}
	item, err := r.txn.Get(k.docKey(seqs[0]))
	if err != nil {
		return "", err
	}
	err = r.doc(item, func(doc []byte) error {
		id = string(scim.DocID(doc))
		return nil
	})
	return id, err
}

// eachDoc decodes each document for its entries.
func (s *Store) eachDoc(k *kind, f func(txn *badger.Txn, seq uint64, id string, list []entry) error) error {
	return s.db.View(func(txn *badger.Txn) error {
		r := s.newRenderer(txn)
		defer r.close()
		it := txn.NewIterator(badger.IteratorOptions{Prefix: k.docKey(0)[:2]})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			seq, _ := lastUint64(it.Item().Key())
			err := r.doc(it.Item(), func(doc []byte) error {
				id, d, _, err := k.t.ReadDoc(doc)
				if err != nil {
					return err
				}
				list, err := k.entries(d)
				if err != nil {
					return err
				}
				return f(txn, seq, id, list)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
