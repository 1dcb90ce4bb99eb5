package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// A backup is every key of the database and its value, of one moment, in the
// order of the keys, and in the values what of documents and log is in files. As a file:
//
//	scimdeck backup 1\n                     1: the version of this format
//	{"format":2,"made":"…"}\n               of what Open calls a format: the layout of the keys
//	{length uint32, crc32c uint32, bytes}   a block: {key length uvarint, key, value length uvarint, value}…
//	0 uint32                                the end of the blocks
//	{"resources":{"User":3},…}\n            Contents, and the SHA-256 of all before it
//
// Numbers are big-endian. No entry is cut by the end of a block, and a block is
// checked before anything in it is believed. What a file lacks at its end is
// noticed by the foot, so half a backup is never taken for a whole one.
//
// Badger has a stream of its own for this. It reads with eight transactions, each
// of a moment of its own, so with writers at work a group could be older than the index that leads to it; what it cannot read it
// leaves out with a line in the log; and it holds up to half a gigabyte while a
// slow disk or pipe takes it. One transaction read in order does none of that.
//
// Damage in the log's files is no reason to have no backup: it lacks what was there.
// Left out are the tokens: they sign what clients hold for minutes (cursors), and a file
// that is copied around is no place for them. The restored store makes new ones.
const (
	backupMagic   = "scimdeck backup "
	backupVersion = "1"
	blockTarget   = 256 << 10                      // bytes of entries in a block, about
	maxBlock      = blockTarget + maxValue + 1<<16 // Badger's longest key
	maxBackupLine = 64 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Contents is what a backup holds.
type Contents struct {
	Made      time.Time      `json:"made"`
	Resources map[string]int `json:"resources"` // by the name of their type
	Keys      int            `json:"keys"`
	Entries   int64          `json:"entries"` // of the database
	Bytes     int64          `json:"bytes"`   // of keys and values

	// Logged requests that are not in it: damage has taken their headers and bodies.
	LostLog int `json:"lostLog,omitempty"`
}

// backupHead is the first line after the magic one, backupFoot the last.
type (
	backupHead struct {
		Format int       `json:"format"`
		Made   time.Time `json:"made"`
	}
	backupFoot struct {
		Contents
		SHA256 string `json:"sha256"` // hex
	}
)

// Backup writes everything in the store to w, as it is at one moment, while
// others go on reading and writing. The error is ctx's, w's or the disk's; what
// was written is of no use then, and Restore says so.
func (s *Store) Backup(ctx context.Context, w io.Writer) (Contents, error) {
	s.FlushLog()
	b := &backupWriter{buf: bufio.NewWriterSize(w, blockTarget), sum: sha256.New()}
	b.c = Contents{Made: s.now(), Resources: map[string]int{}}
	before := misreads.Load()
	b.sound = func() error { return s.misread(before) }
	err := s.reading(func() error {
		s.log.mu.RLock()
		pin := s.pins.take()
		txn := s.db.NewTransaction(false)
		unpin := s.log.files.pin() // of the same moment
		b.files, b.oldest = s.log.files, s.log.oldest
		s.log.mu.RUnlock()
		defer unpin()
		defer pin.release()
		defer txn.Discard()
		b.docs = s.docs.reader()
		defer b.docs.close()
		return b.all(ctx, txn)
	})
	return b.c, badgerError("making the backup", err)
}

// BackupSize estimates the bytes that Backup will write.
func (s *Store) BackupSize() int64 {
	s.life.RLock()
	defer s.life.RUnlock()
	if s.closed {
		return 0
	}
	_, tables := s.db.EstimateSize(nil)
	_, files := s.log.files.numbers()
	_, docs := s.docs.list()
	return int64(tables) + files + docs
}

// backupWriter writes one backup.
type backupWriter struct {
	buf    *bufio.Writer
	sum    hash.Hash
	block  []byte
	c      Contents
	files  *logFiles
	docs   *docReader
	oldest uint64       // log chunks before it are out of the log
	sound  func() error // nothing was damaged so far: else the end came too early
}

func (b *backupWriter) all(ctx context.Context, txn *badger.Txn) error {
	names, err := typeNames(txn)
	if err != nil {
		return err
	}
	head, err := json.Marshal(backupHead{formatVersion, b.c.Made})
	if err != nil {
		return err
	}
	if err := b.write([]byte(backupMagic+backupVersion+"\n"), append(head, '\n')); err != nil {
		return err
	}
	it := txn.NewIterator(badger.IteratorOptions{})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if b.c.Entries%ctxEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		item := it.Item()
		key := item.Key()
		if key[0] == spaceToken || key[0] == spaceRank || key[0] == spaceDocFiles || b.isDead(key) {
			continue
		}
		err := item.Value(func(v []byte) error {
			v, err := b.whole(key, v)
			if err != nil || v == nil {
				return err
			}
			b.count(names, key)
			return b.entry(key, v)
		})
		if err != nil {
			return err
		}
	}
	if err := b.sound(); err != nil {
		return err
	}
	return b.end()
}

// isDead reports whether a key is of a log chunk that is not in the log any more.
func (b *backupWriter) isDead(key []byte) bool {
	first, _ := lastUint64(key)
	return key[0] == spaceChunk && first < b.oldest
}

// whole gives the value of a key with what of it is in a file; nil when that cannot be read.
func (b *backupWriter) whole(key, value []byte) (whole []byte, err error) {
	switch key[0] {
	case spaceDoc:
		err = b.docs.doc(key, value, func(doc []byte) error {
			whole = doc
			return nil
		})
		return whole, err
	case spaceChunk:
	default:
		return value, nil
	}
	first, _ := lastUint64(key)
	rows, _, at, err := cutValue(first, value)
	if err != nil || at.file == 0 {
		return value, err
	}
	rest, err := b.files.read(at)
	if errors.Is(err, errLogFile) {
		h, _, err := readHead(first, string(rows))
		b.c.LostLog += h.count
		return nil, err
	}
	return appendValue(nil, rows, rest, restPlace{}), err
}

// count notes what an entry is.
func (b *backupWriter) count(names map[byte]string, key []byte) {
	switch {
	case key[0] == spaceDoc && len(key) > 1:
		name := names[key[1]]
		b.c.Resources[name]++
	case key[0] == spaceKey:
		b.c.Keys++
	}
}

// entry adds a key and its value to the block.
func (b *backupWriter) entry(key, value []byte) error {
	b.c.Entries++
	b.c.Bytes += int64(len(key) + len(value))
	b.block = append(binary.AppendUvarint(b.block, uint64(len(key))), key...)
	b.block = append(binary.AppendUvarint(b.block, uint64(len(value))), value...)
	if len(b.block) < blockTarget {
		return nil
	}
	return b.flush()
}

// flush writes the block.
func (b *backupWriter) flush() error {
	if len(b.block) == 0 {
		return nil
	}
	head := binary.BigEndian.AppendUint32(make([]byte, 0, 8), uint32(len(b.block)))
	head = binary.BigEndian.AppendUint32(head, crc32.Checksum(b.block, castagnoli))
	err := b.write(head, b.block)
	b.block = b.block[:0]
	return err
}

// end writes the last block and the foot.
func (b *backupWriter) end() error {
	if err := b.flush(); err != nil {
		return err
	}
	if err := b.write(make([]byte, 4)); err != nil {
		return err
	}
	foot, err := json.Marshal(backupFoot{b.c, hex.EncodeToString(b.sum.Sum(nil))})
	if err != nil {
		return err
	}
	if err := b.write(append(foot, '\n')); err != nil {
		return err
	}
	return b.buf.Flush()
}

func (b *backupWriter) write(parts ...[]byte) error {
	for _, p := range parts {
		b.sum.Write(p)
		if _, err := b.buf.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// typeNames names the resource types of the database by their numbers.
func typeNames(txn *badger.Txn) (map[byte]string, error) {
	table, err := loadNumbers(txn)
	if err != nil {
		return nil, err
	}
	names := map[byte]string{}
	for name, k := range builtIn {
		names[k.code] = name
	}
	for name, code := range table.types {
		names[code] = name
	}
	return names, nil
}

// IsBackup reports whether what begins like this is a backup.
func IsBackup(beginning []byte) bool { return bytes.HasPrefix(beginning, []byte(backupMagic)) }
