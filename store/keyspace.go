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
//	d type(1) seq(8)                   document: the resource's stored form, exactly, or where that is (see docfile.go)
//	e                                  docFiles: up to where the documents' files are on the disk: a docPlace without a length
//	u type(1) index(1) value           unique index: uint64, the document's sequence
//	x type(1) index(1) value 0 seq(8)  index: nothing
//	c name                             resource type that is not built in: its number
//	c name 0 u|x path                  index that is not built in: its number, and 1 if it is complete
//	m group(8)                         members: the blocks below that there are (a row, see row.go)
//	m group(8) block(8)                members: which of 4,096 sequences are (a blockSet)
//	g member(8)                        groups that a resource may be in (a row); m decides
//	p group(8)                         nothing: g is being changed for this group, see split.go
//	k id(8)                            bearer key: a keyRecord in JSON
//	b first(8)                         log chunk: its head, rows and rest, or where that is (see chunk.go)
//	a number(8)                        remark on a log entry: its flags and its note, see remark.go
//	n                                  log state: uint64 the next number, uint64 the oldest chunk's
//	r type(1)                          rank, if it is the newest of all: see savedrank.go
//	t name                             token: 32 random bytes to sign with
//
// Types and indexes are numbered in kind.go. Index values longer than
// longValue are replaced by a prefix and a hash: an index only narrows, and
// what it finds is compared again.
const (
	spaceFormat   = 'f'
	spaceSequence = 's'
	spaceDoc      = 'd'
	spaceDocFiles = 'e'
	spaceUnique   = 'u'
	spaceIndex    = 'x'
	spaceCatalog  = 'c'
	spaceMembers  = 'm'
	spaceGroups   = 'g'
	spacePending  = 'p'
	spaceKey      = 'k'
	spaceChunk    = 'b' // before the documents: what is old is in tables of its own, and no compaction of newer ones writes it again
	spaceRemark   = 'a'
	spaceLogState = 'n'
	spaceRank     = 'r'
	spaceToken    = 't'
)

// formatVersion is the version of the layout above. Its history:
//
//	1  the first; a Group's members were in its document and in an index of their own
//	2  memberships, custom types and indexes, tokens; remarks, which a program that
//	   does not know them leaves alone
//	3  a log chunk is one value, and large rests are in files beside the database; it was
//	   two values, l first(8) for head and rows and b first(8) for the rest
//	4  documents are in files beside the database; those from before are where they were.
//	   An e-mail that is the userName has no index entry of its own
const (
	formatVersion  = 4
	formatDocFiles = 4 // since when documents are in files
)

// spaceRowsTwo is where format 2 had the rows of log chunks.
const spaceRowsTwo = 'l'

const longValue = 200

var (
	keyFormat   = []byte{spaceFormat}
	keySequence = []byte{spaceSequence}
	keyLogState = []byte{spaceLogState}
	keyDocFiles = []byte{spaceDocFiles}
)

func numbered(space byte, n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{space}, n)
}

func (k *kind) docKey(seq uint64) []byte { return docKey(k.code, seq) }

func docKey(code byte, seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{spaceDoc, code}, seq)
}

func blockKey(group, block uint64) []byte {
	return binary.BigEndian.AppendUint64(numbered(spaceMembers, group), block)
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
	key := append(make([]byte, 0, 3+longValue+1+8), k.indexPrefix(x)...)
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

// indexPrefix begins all keys of an index.
func (k *kind) indexPrefix(x *index) []byte {
	if x.unique {
		return []byte{spaceUnique, k.code, x.code}
	}
	return []byte{spaceIndex, k.code, x.code}
}

// lastUint64 reads the number that ends a key or value.
func lastUint64(b []byte) (n uint64, ok bool) {
	if len(b) < 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(b[len(b)-8:]), true
}

// checkFormat refuses a database that a newer scimdeck or another program has
// made, and marks a new one. It returns the version of the database's layout.
func checkFormat(db *badger.DB, dir string) (version int, err error) {
	err = db.View(func(txn *badger.Txn) error {
		item, err := txn.Get(keyFormat)
		if err == badger.ErrKeyNotFound {
			it := txn.NewIterator(badger.IteratorOptions{})
			defer it.Close()
			it.Rewind()
			if it.Valid() {
				return &DamagedError{Dir: dir, Err: fmt.Errorf("it has no format mark but a key %q", it.Item().Key())}
			}
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
			version = found
			return nil
		})
	})
	if err != nil || version > 0 {
		return version, err
	}
	return formatVersion, db.Update(func(txn *badger.Txn) error {
		return txn.Set(keyFormat, formatMark(formatVersion))
	})
}

// formatMark is what is under keyFormat.
func formatMark(version int64) []byte { return strconv.AppendInt(nil, version, 10) }
