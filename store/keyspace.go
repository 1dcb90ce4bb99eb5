package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"

	badger "github.com/dgraph-io/badger/v4"
)

// Every key of the database, by its first byte. Numbers are big-endian, so
// that Badger's order is the order of the numbers.
//
//	f                                  format: decimal version of this layout
//	s                                  sequence: uint64, creation sequences below it are given out or skipped
//	d type(1) seq(8)                   document: the resource's stored form, exactly
//	u type(1) index(1) value           unique index: uint64, the document's sequence
//	x type(1) index(1) value 0 seq(8)  index: nothing
//	k id(8)                            bearer key: a keyRecord in JSON
//	l first(8)                         log chunk: its header and compressed rows
//	b first(8)                         log chunk: its compressed rest (headers, bodies)
//	n                                  log state: uint64 the next number, uint64 the oldest chunk's
//
// Types and indexes are numbered in kinds (index.go). Index values longer than
// longValue are replaced by a prefix and a hash: an index only narrows, and
// what it finds is compared again.
const (
	spaceFormat   = 'f'
	spaceSequence = 's'
	spaceDoc      = 'd'
	spaceUnique   = 'u'
	spaceIndex    = 'x'
	spaceKey      = 'k'
	spaceRows     = 'l'
	spaceRest     = 'b'
	spaceLogState = 'n'
)

// formatVersion is the version of the layout above. Its history:
//
//	1  the first
const formatVersion = 1

const longValue = 200

var (
	keyFormat   = []byte{spaceFormat}
	keySequence = []byte{spaceSequence}
	keyLogState = []byte{spaceLogState}
)

func numbered(space byte, n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{space}, n)
}

func (k *kind) docKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{spaceDoc, k.code}, seq)
}

// entryKey is the key of one index entry. A unique one names its document in
// the value, the others at the key's end.
func (k *kind) entryKey(x *index, value string, seq uint64) []byte {
	key := k.entryPrefix(x, value)
	if !x.unique {
		key = binary.BigEndian.AppendUint64(key, seq)
	}
	return key
}

// entryPrefix is the whole key of a unique index's entry, and of the others all
// but the sequence. Of the keys with that prefix only those exactly eight bytes
// longer are of this value: the value itself may contain zeros.
func (k *kind) entryPrefix(x *index, value string) []byte {
	key := make([]byte, 0, 3+longValue+1+8)
	if x.unique {
		key = append(key, spaceUnique, k.code, x.code)
	} else {
		key = append(key, spaceIndex, k.code, x.code)
	}
	if len(value) > longValue {
		sum := sha256.Sum256([]byte(value))
		key = append(key, value[:longValue]...)
		key = append(key, sum[:]...)
	} else {
		key = append(key, value...)
	}
	if !x.unique {
		key = append(key, 0)
	}
	return key
}

// lastUint64 reads the number that ends a key or value.
func lastUint64(b []byte) (n uint64, ok bool) {
	if len(b) < 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(b[len(b)-8:]), true
}

// checkFormat refuses a database that a newer scimdeck or another program has
// made, and marks a new one.
func checkFormat(db *badger.DB, dir string) error {
	var fresh bool
	err := db.View(func(txn *badger.Txn) error {
		item, err := txn.Get(keyFormat)
		if err == badger.ErrKeyNotFound {
			it := txn.NewIterator(badger.IteratorOptions{})
			defer it.Close()
			it.Rewind()
			if it.Valid() {
				return &DamagedError{Dir: dir, Err: fmt.Errorf("it has no format mark but a key %q", it.Item().Key())}
			}
			fresh = true
			return nil
		}
		if err != nil {
			return err
		}
		return item.Value(func(v []byte) error {
			found, err := strconv.Atoi(string(bytes.TrimSpace(v)))
			if err != nil || found < 1 {
				return &DamagedError{Dir: dir, Err: fmt.Errorf("its format mark is %.20q", v)}
			}
			if found > formatVersion {
				return &VersionError{Dir: dir, Found: found, Known: formatVersion}
			}
			return nil
		})
	})
	if err != nil || !fresh {
		return err
	}
	return db.Update(func(txn *badger.Txn) error {
		return txn.Set(keyFormat, strconv.AppendInt(nil, formatVersion, 10))
	})
}
