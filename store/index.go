package store

import (
	"encoding/binary"
	"fmt"
	"slices"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// index finds an index by its path, or nil.
func (k *kind) index(path string) *index {
	for i := range k.indexes {
		if k.indexes[i].path == path {
			return &k.indexes[i]
		}
	}
	return nil
}

// entry is one value of a resource in one index.
type entry struct {
	index *index
	value string
}

// entries lists a draft's index entries, each once. It refuses a draft without
// a value for the whole index: such a resource would be in no list.
func (k *kind) entries(d scim.Draft) ([]entry, error) {
	values := k.t.IndexValues(d) // distinct
	list := make([]entry, 0, len(values)+1)
	whole := 0
	if x := &k.indexes[0]; x.code == livingCode {
		list, whole = append(list, entry{index: x}), 1
	}
	name := ""
	for _, v := range values {
		if v.Path == k.indexes[0].path {
			name = v.Value
		}
	}
	for _, v := range values {
		x := k.index(v.Path)
		if x == nil || x.besides && v.Value == name {
			continue
		}
		list = append(list, entry{x, v.Value})
		if x.whole {
			whole++
		}
	}
	if whole != 1 {
		return nil, scim.Errorf(400, scim.InvalidValue, "%s must have one value", k.indexes[0].path)
	}
	return list, nil
}

// without lists the entries of list that are not in other. A user has a handful
// of them, a group thousands.
func without(list, other []entry) (rest []entry) {
	const few = 16
	if len(list) <= few || len(other) <= few {
		for _, e := range list {
			if !slices.Contains(other, e) {
				rest = append(rest, e)
			}
		}
		return rest
	}
	has := make(map[entry]bool, len(other))
	for _, e := range other {
		has[e] = true
	}
	for _, e := range list {
		if !has[e] {
			rest = append(rest, e)
		}
	}
	return rest
}

// reindex plans the change from a resource's old entries to its new ones, and
// refuses it if a unique value belongs to another resource.
func (t *tx) reindex(k *kind, seq uint64, old, now []entry) error {
	for _, e := range without(now, old) {
		key, value := k.entryKey(e.index, e.value, seq), []byte(nil)
		if e.index.unique {
			if err := t.free(k, e, key); err != nil {
				return err
			}
			value = binary.BigEndian.AppendUint64(nil, seq)
		}
		t.set(key, value)
	}
	for _, e := range without(old, now) {
		t.delete(k.entryKey(e.index, e.value, seq))
	}
	return nil
}

// free answers 409 uniqueness when somebody has the unique value.
func (t *tx) free(k *kind, e entry, key []byte) error {
	value, taken, err := t.get(key)
	if err != nil || !taken {
		return err
	}
	other, _ := lastUint64(value)
	doc, ok, err := t.get(k.docKey(other))
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("the index of %s names sequence %d, which has no document", e.index.path, other)
	}
	id, d, _, err := k.t.ReadDoc(doc)
	if err != nil {
		return err
	}
	state := ""
	if a := d.Attributes.Get("active"); a.Kind() == scim.Bool && !a.True() {
		state = " (inactive)"
	}
	text := e.value
	if own := d.Attributes.Get(e.index.path); own.Kind() == scim.String {
		text = own.Text() // as it is spelt there
	}
	return scim.Errorf(409, scim.Uniqueness, "%s %q is taken by %s%s", e.index.path, cut(text), id, state)
}

// loadRank fills the rank index from the whole index, whose keys are far
// smaller than the documents.
func (k *kind) loadRank(txn *badger.Txn) error {
	x := &k.indexes[0]
	return k.eachEntry(txn, x, func(_ []byte, seq uint64) error {
		k.rank.set(seq)
		return nil
	})
}

// eachEntry calls f with the key of each entry of an index and the sequence it names.
func (k *kind) eachEntry(txn *badger.Txn, x *index, f func(key []byte, seq uint64) error) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: k.indexPrefix(x)})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		key := it.Item().Key()
		seq, ok := lastUint64(key)
		if x.unique {
			err := it.Item().Value(func(v []byte) error {
				seq, ok = lastUint64(v)
				return nil
			})
			if err != nil {
				return err
			}
		}
		if !ok || seq > maxSeq {
			return fmt.Errorf("the index of %s has an entry %q that names no sequence", x.path, key)
		}
		if err := f(key, seq); err != nil {
			return err
		}
	}
	return nil
}

// narrow finds, among the equalities that every match fulfils, the one with the
// best index: a unique one if there is one.
func (k *kind) narrow(equal []scim.IndexValue) (x *index, value string) {
	for _, eq := range equal {
		if i := k.index(eq.Path); i != nil && (x == nil || i.unique && !x.unique) {
			x, value = i, eq.Value
		}
	}
	return x, value
}
