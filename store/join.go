package store

import (
	badger "github.com/dgraph-io/badger/v4"
)

// loadJoined marks the resources that are in groups. It reads the groups'
// blocks, some dozen keys for 50,000 members.
func (s *Store) loadJoined(txn *badger.Txn) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceMembers}})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		key := it.Item().Key()
		if len(key) != 1+8+8 {
			continue // the group's list of blocks
		}
		n, _ := lastUint64(key)
		err := it.Item().Value(func(v []byte) error {
			set, err := readBlock(v)
			if err == nil && n <= maxSeq/blockSize {
				s.joined.setAll(n, &set)
			}
			return err
		})
		if err != nil {
			return seqError(key, err)
		}
	}
	return nil
}
