package store

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	badger "github.com/dgraph-io/badger/v4"
)

// Ranks are rebuilt from an index when a store is opened, which takes 0.4 s for a
// million resources. So Close writes them as the last thing it does, and Open takes
// them if nothing was written since: if they are the newest that the database has.
// After a kill, or when an older scimdeck was here, they are not.

// saveRanks is Close's last write. A store that cannot take it is as well without.
func (s *Store) saveRanks() {
	if s.home == nil {
		return
	}
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	var size int64
	for _, k := range s.kinds {
		value := k.rank.appendTo(nil)
		if len(value) > maxValue {
			return // 8 million sequences
		}
		if err := txn.Set([]byte{spaceRank, k.code}, value); err != nil {
			return
		}
		size += int64(len(value)) + entryExtra
	}
	s.commits.lock()
	defer s.commits.unlock()
	if s.mayCommit(size) == nil {
		_ = txn.Commit() // likewise
	}
}

// saveDocFiles notes where the documents' file ends.
func (s *Store) saveDocFiles() {
	if s.home == nil || s.halt.Load() != nil {
		return
	}
	end := s.docs.finish()
	if end.file == 0 || s.docs.sync() != nil {
		return
	}
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	if txn.Set(keyDocFiles, end.appendEnd(nil)) != nil {
		return
	}
	s.commits.lock()
	defer s.commits.unlock()
	if s.mayCommit(entryExtra) == nil {
		_ = txn.Commit() // another file will follow
	}
}

// loadDocFiles goes on with the documents' file of the last time, if that was ended.
func (s *Store) loadDocFiles(txn *badger.Txn) error {
	item, err := txn.Get(keyDocFiles)
	if err == badger.ErrKeyNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return item.Value(func(v []byte) error {
		p, err := docEndOf(v)
		if err == nil {
			s.docs.resume(p)
		}
		return err
	})
}

// savedRank reads a kind's rank, if it is of the database's newest version.
func (k *kind) savedRank(txn *badger.Txn, newest uint64) bool {
	item, err := txn.Get([]byte{spaceRank, k.code})
	if err != nil || item.Version() != newest {
		return false
	}
	var r rank
	if err := item.Value(r.read); err != nil {
		return false
	}
	*k.rank = r
	return true
}

// appendTo codes a rank: how many blocks, and each as its length and its set.
func (r *rank) appendTo(dst []byte) []byte {
	blocks := len(r.words) / blockWords
	dst = binary.AppendUvarint(dst, uint64(blocks))
	var coded []byte
	for i := range blocks {
		coded = (*blockSet)(r.words[i*blockWords:]).appendTo(coded[:0])
		dst = append(binary.AppendUvarint(dst, uint64(len(coded))), coded...)
	}
	return dst
}

// read decodes what appendTo has made.
func (r *rank) read(v []byte) error {
	blocks, n := binary.Uvarint(v)
	if n <= 0 || blocks > maxSeq/blockBits {
		return errSet
	}
	v = v[n:]
	if blocks > uint64(len(v)) { // each has a length at least
		return fmt.Errorf("%w: %d blocks in %d bytes", errSet, blocks, len(v))
	}
	r.grow(int(blocks))
	for i := range int(blocks) {
		size, n := binary.Uvarint(v)
		if n <= 0 || size > uint64(len(v)-n) {
			return errSet
		}
		set, err := readBlock(v[n : n+int(size)])
		if err != nil {
			return err
		}
		v = v[n+int(size):]
		words := r.words[i*blockWords : (i+1)*blockWords]
		count := 0
		for j, w := range set {
			words[j] = w
			count += bits.OnesCount64(w)
		}
		r.add(i, count)
	}
	if len(v) > 0 {
		return errSet
	}
	return nil
}
