package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// The coding of the documents' files and of the places in them: see docfile.go.

const (
	recordHead = 17
	placeMark  = 1 // begins the value that names a place; a document begins with {
)

// errDocFile is what a document that is damaged or gone is refused with.
var errDocFile = errors.New("the documents' files are damaged")

// docPlace is where a document's record is.
type docPlace struct {
	file   uint64
	offset int64
	n      int // with its head
}

func (p docPlace) end() int64 { return p.offset + int64(p.n) }

// before reports whether the place is before another one in the order of writing.
func (p docPlace) before(file uint64, offset int64) bool {
	return p.file < file || p.file == file && p.offset < offset
}

func (p docPlace) append(dst []byte) []byte {
	dst = binary.AppendUvarint(append(dst, placeMark), p.file)
	dst = binary.AppendUvarint(dst, uint64(p.offset))
	return binary.AppendUvarint(dst, uint64(p.n))
}

// docPlaceOf reads the place that the value under a document's key names. ok is false
// when the value is the document itself, as formats before 4 have it.
func docPlaceOf(value []byte) (p docPlace, ok bool, err error) {
	if len(value) == 0 || value[0] != placeMark {
		return p, false, nil
	}
	var n [3]uint64
	rest := value[1:]
	for i := range n {
		v, size := binary.Uvarint(rest)
		if size <= 0 {
			return p, true, fmt.Errorf("a document's place is %x", value)
		}
		n[i], rest = v, rest[size:]
	}
	if len(rest) > 0 || n[0] == 0 || n[1] > math.MaxInt64/2 || n[2] < recordHead || n[2] > recordHead+maxValue {
		return p, true, fmt.Errorf("a document's place is %x", value)
	}
	return docPlace{file: n[0], offset: int64(n[1]), n: int(n[2])}, true, nil
}

// appendEnd codes the end of a file, or what of it is on the disk.
func (p docPlace) appendEnd(dst []byte) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(dst, p.file), uint64(p.offset))
}

// docEndOf reads what appendEnd has made.
func docEndOf(v []byte) (p docPlace, err error) {
	file, n := binary.Uvarint(v)
	offset, m := binary.Uvarint(v[max(n, 0):])
	if n <= 0 || m <= 0 || n+m != len(v) || offset > math.MaxInt64/2 {
		return p, fmt.Errorf("the end of the documents' files is %x", v)
	}
	return docPlace{file: file, offset: int64(offset)}, nil
}

// appendRecord appends the record of a document.
func appendRecord(dst []byte, code byte, seq uint64, doc []byte) []byte {
	at := len(dst)
	dst = binary.BigEndian.AppendUint64(append(dst, code), seq)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(doc)))
	sum := crc32.Update(crc32.Checksum(dst[at:], castagnoli), castagnoli, doc)
	return append(binary.BigEndian.AppendUint32(dst, sum), doc...)
}

// readRecord reads the record that b begins with. ok is false when there is none.
func readRecord(b []byte) (key [10]byte, doc []byte, ok bool) {
	if len(b) < recordHead {
		return key, nil, false
	}
	n := binary.BigEndian.Uint32(b[9:])
	if n > maxValue || int(n) > len(b)-recordHead {
		return key, nil, false
	}
	doc = b[recordHead : recordHead+n]
	sum := crc32.Update(crc32.Checksum(b[:recordHead-4], castagnoli), castagnoli, doc)
	key[0] = spaceDoc
	copy(key[1:], b[:9])
	return key, doc, sum == binary.BigEndian.Uint32(b[recordHead-4:])
}
