package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4/fb"
	"github.com/klauspost/compress/s2"
)

// Badger's tables, read without Badger. Its own reader takes a block that it
// cannot read for the end of the table, and a table that it cannot open for the
// end of the process, so whoever looks for damage has to look himself: Open, the
// scrub and Salvage do. A table is
//
//	block … block · index · uint32 its length · checksum · uint32 its length
//
// and a block, which in tables from before format 4 is compressed,
//
//	entry … entry · uint32 offset of each entry · uint32 their number · checksum · uint32 its length
//
// where the lengths are big-endian and what Badger copies from memory is not.

// blockLimit bounds what a block may expand to: the largest entry and some more.
const blockLimit = 4 * maxValue

// sstable is a table file.
type sstable struct {
	name       string // without folder
	data       []byte // all of it, or nil: then file is read piece by piece
	file       *os.File
	size       int64
	index      *fb.TableIndex
	indexAt    int64 // where it begins, and the blocks end; 0: not known
	blocks     int
	maxVersion uint64 // the highest in it
}

// openTable opens a table and reads its index; the table must be closed. If the
// index cannot be used the table comes with the error.
func openTable(file string) (*sstable, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	t := &sstable{name: filepath.Base(file), file: f}
	fi, err := f.Stat()
	if err == nil {
		t.size = fi.Size()
		err = t.readIndex()
	}
	return t, err
}

func (t *sstable) close() { t.file.Close() }

// readAll reads the whole file at once, into buf if it is large enough.
func (t *sstable) readAll(buf []byte) error {
	if int64(cap(buf)) < t.size {
		buf = make([]byte, t.size)
	}
	t.data = nil
	buf = buf[:t.size]
	if _, err := t.file.ReadAt(buf, 0); err != nil {
		return err
	}
	t.data = buf
	return nil
}

func (t *sstable) read(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at > t.size-n {
		return nil, errors.New("it is cut off")
	}
	if t.data != nil {
		return t.data[at : at+n], nil
	}
	b := make([]byte, n)
	_, err := t.file.ReadAt(b, at)
	return b, err
}

// lengthBefore reads the length that ends at a place.
func (t *sstable) lengthBefore(at int64) (int64, error) {
	b, err := t.read(at-4, 4)
	if err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint32(b)), nil
}

// readIndex reads a table's end, backwards. A table that a kill has left
// unfinished has anything there, also nothing but zeros.
func (t *sstable) readIndex() (err error) {
	defer func() {
		if p := recover(); p != nil { // Flatbuffers trust what they read
			err = fmt.Errorf("its index: %v", p)
		}
	}()
	at := t.size
	n, err := t.lengthBefore(at)
	if err != nil {
		return err
	}
	at -= 4 + n
	sum, err := t.read(at, n)
	if err != nil {
		return err
	}
	if n, err = t.lengthBefore(at); err != nil {
		return err
	}
	at -= 4 + n
	index, err := t.read(at, n)
	if err != nil {
		return err
	}
	if len(index) == 0 {
		return errors.New("it has no index")
	}
	t.indexAt = at
	if err := checkSum(index, sum); err != nil {
		return fmt.Errorf("its index: %w", err)
	}
	t.index = fb.GetRootAsTableIndex(index, 0)
	t.maxVersion, t.blocks = t.index.MaxVersion(), t.index.OffsetsLength()
	if t.blocks == 0 {
		return errors.New("its index is empty")
	}
	return nil
}

// place is where a block is, and its first key, without the version.
func (t *sstable) place(i int) (at, n int64, first []byte) {
	var p fb.BlockOffset
	t.index.Offsets(&p, i)
	if first = p.KeyBytes(); len(first) >= 8 {
		first = first[:len(first)-8]
	}
	return int64(p.Offset()), int64(p.Len()), first
}

// block reads and checks a block of the index.
func (t *sstable) block(i int, buf []byte) (block, error) {
	at, n, _ := t.place(i)
	raw, err := t.read(at, n)
	var b block
	if err == nil {
		b, err = readBlockOf(raw, buf)
	}
	if err != nil {
		return block{}, fmt.Errorf("block %d at %d: %w", i, at, err)
	}
	return b, nil
}

// block is an expanded block.
type block struct {
	data    []byte // the entries
	offsets []byte // four bytes for each of them
	whole   []byte // the buffer that it was expanded to, to be used again
}

var errBlock = errors.New("it is not put together as a block is")

// readBlockOf checks a block, and expands it if it is compressed.
func readBlockOf(raw, buf []byte) (b block, err error) {
	b, whole := splitBlock(raw)
	if whole == nil {
		return b, nil
	}
	n, err := s2.DecodedLen(raw)
	if err != nil || n < 8 || n > blockLimit {
		return block{}, whole
	}
	data, err := s2.Decode(buf[:cap(buf)], raw)
	if err != nil {
		return block{}, whole
	}
	b, err = splitBlock(data)
	b.whole = data
	return b, err
}

// splitBlock takes a block apart and checks it.
func splitBlock(data []byte) (b block, err error) {
	cut := func(n uint32) (part []byte, ok bool) {
		if int64(n) > int64(len(data)) {
			return nil, false
		}
		data, part = data[:len(data)-int(n)], data[len(data)-int(n):]
		return part, true
	}
	length, ok := cut(4)
	if !ok {
		return b, errBlock
	}
	sum, ok := cut(binary.BigEndian.Uint32(length))
	if !ok {
		return b, errBlock
	}
	if err := checkSum(data, sum); err != nil {
		return b, err
	}
	if length, ok = cut(4); !ok {
		return b, errBlock
	}
	if count := binary.BigEndian.Uint32(length); count < 1<<28 {
		b.offsets, ok = cut(4 * count)
	}
	if b.offsets == nil || !ok {
		return b, errBlock
	}
	b.data = data
	return b, nil
}

// checkSum holds data against a checksum: a protobuf message of the algorithm
// (0, CRC-32C, which is left out) and the sum.
func checkSum(data, sum []byte) error {
	if len(sum) > 0 && sum[0] == 2<<3 {
		if want, n := binary.Uvarint(sum[1:]); n == len(sum)-1 && want == uint64(crc32.Checksum(data, castagnoli)) {
			return nil
		}
	} else if len(sum) == 0 && crc32.Checksum(data, castagnoli) == 0 {
		return nil
	}
	return errors.New("the checksum does not match")
}

// record is one version of a key.
type record struct {
	key     []byte
	version uint64
	value   []byte
	deleted bool
}

// Bits of Badger's meta byte.
const (
	metaDelete  = 1 << 0
	metaPointer = 1 << 1
	metaTxn     = 1 << 6
	metaFin     = 1 << 7
)

// each calls f with each entry; key and value are valid only during the call.
func (b block) each(f func(r record)) error {
	var base, key []byte
	for i := 0; i < len(b.offsets); i += 4 {
		from, to := int64(binary.NativeEndian.Uint32(b.offsets[i:])), int64(len(b.data))
		if i+4 < len(b.offsets) {
			to = int64(binary.NativeEndian.Uint32(b.offsets[i+4:]))
		}
		if from < 0 || to > int64(len(b.data)) || to-from < 4 {
			return errBlock
		}
		e := b.data[from:to]
		overlap, diff := int(binary.NativeEndian.Uint16(e)), int(binary.NativeEndian.Uint16(e[2:]))
		e = e[4:]
		if overlap > len(base) || diff > len(e) {
			return errBlock
		}
		key = append(append(key[:0], base[:overlap]...), e[:diff]...)
		if i == 0 {
			base = e[:diff]
		}
		r, err := recordOf(key, e[diff:])
		if err != nil {
			return err
		}
		f(r)
	}
	return nil
}

// recordOf takes a stored key and value apart.
func recordOf(key, value []byte) (r record, err error) {
	if len(key) < 8 || len(value) < 2 {
		return r, errBlock
	}
	_, n := binary.Uvarint(value[2:]) // when it expires: never
	if n <= 0 {
		return r, errBlock
	}
	if value[0]&metaPointer != 0 {
		return r, errors.New("a value is in the value log, which this store does not use")
	}
	return record{
		key: key[:len(key)-8], version: keyVersion(key),
		value: value[2+n:], deleted: value[0]&metaDelete != 0,
	}, nil
}

// keyVersion is the version that ends a stored key: the later, the smaller.
func keyVersion(key []byte) uint64 { return ^binary.BigEndian.Uint64(key[len(key)-8:]) }
