package store

import (
	badger "github.com/dgraph-io/badger/v4"
)

// walk reads many values of one space in ascending order of their keys. Badger
// takes some microseconds to find a key and a fraction of one to step to the
// next, so a walk steps where it can; going back it has to seek. A writing transaction may have one at a time.
type walk struct {
	txn    *badger.Txn
	prefix []byte // of all keys
	few    bool   // not worth an iterator
	it     *badger.Iterator
	last   []byte // the key of the last call
}

const (
	fewReads  = 128 // up to so many are read one by one: a step goes over old versions of a key too
	walkSteps = 8   // before a walk seeks
)

// newWalk begins a walk to these numbers, which are in ascending order. It has
// to be closed.
func newWalk(txn *badger.Txn, prefix []byte, seqs []uint64) *walk {
	w := &walk{txn: txn, prefix: prefix, few: len(seqs) <= fewReads}
	if !w.few {
		w.few = (seqs[len(seqs)-1]-seqs[0])/uint64(len(seqs)) > walkSteps
	}
	return w
}

func (w *walk) close() {
	if w.it != nil {
		w.it.Close()
	}
}

// get calls f with the value under key, if there is one. The value is valid
// only during the call.
func (w *walk) get(key []byte, f func(v []byte) error) (ok bool, err error) {
	item, err := w.find(key)
	if item == nil || err != nil {
		return false, err
	}
	return true, item.Value(f)
}

// doc is get of a document.
func (w *walk) doc(r *docReader, key []byte, f func(doc []byte) error) (ok bool, err error) {
	return w.get(key, func(v []byte) error { return r.doc(key, v, f) })
}

func (w *walk) find(key []byte) (*badger.Item, error) {
	if w.few {
		item, err := w.txn.Get(key)
		if err == badger.ErrKeyNotFound {
			return nil, nil
		}
		return item, err
	}
	if w.it == nil {
		w.it = w.txn.NewIterator(badger.IteratorOptions{Prefix: w.prefix})
		w.it.Seek(key)
	} else if string(key) < string(w.last) {
		w.it.Seek(key)
	}
	w.last = append(w.last[:0], key...)
	for step := 0; w.it.Valid() && string(w.it.Item().Key()) < string(key); step++ {
		if step == walkSteps {
			w.it.Seek(key)
			break
		}
		w.it.Next()
	}
	if w.it.Valid() && string(w.it.Item().Key()) == string(key) {
		return w.it.Item(), nil
	}
	return nil, nil
}
