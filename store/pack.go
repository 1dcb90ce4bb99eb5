package store

import (
	"fmt"
	"sync"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// packer compresses and expands the parts of chunks.
type packer struct {
	scratch []byte // of one goroutine at a time
	one     func() (*zstd.Decoder, error)
}

// maxRaw bounds what a broken block may expand to.
const maxRaw = 64 << 20

func newPacker() packer {
	return packer{one: sync.OnceValues(func() (*zstd.Decoder, error) { // most logs have no chunk of version 1
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxRaw))
	})}
}

// packed is a chunk as it is stored. What its head says of that is set then.
type packed struct {
	chunkHead
	rows, rest []byte
	head       int // bytes of rows before the block
}

// size is about what it takes, on disk and until then.
func (k *packed) size() int64 { return int64(len(k.rows) + len(k.rest)) }

// pack gives the two parts of a chunk.
func (p *packer) pack(c *chunk) packed {
	k := packed{chunkHead: c.chunkHead}
	k.rest = p.compress([]byte{chunkVersion}, c.rest)
	head := c.append(nil, len(k.rest))
	k.rows, k.head = p.compress(head, c.rows), len(head)
	return k
}

// set writes a chunk: its rest, if that is large, to a file, and the others in the transaction.
func (l *requestLog) set(txn *badger.Txn, k *packed) (err error) {
	k.place = restPlace{}
	if len(k.rest) > inlineBytes {
		if k.place, err = l.files.append(k.rest, l.fileSize()); err != nil {
			return err
		}
	}
	value := appendValue(make([]byte, 0, len(k.rows)+len(k.rest)-k.place.n+40), k.rows, k.rest, k.place)
	k.stored = int64(len(value) + k.place.n)
	return txn.Set(numbered(spaceChunk, k.first), value)
}

// fileSize is when a file is left for another one.
func (l *requestLog) fileSize() int64 {
	l.mu.RLock()
	size := fileSize(l.stored)
	l.mu.RUnlock()
	if most := l.s.opt.Log.Bytes; most > 0 {
		size = min(size, most/32)
	}
	return size
}

// block is what the ring keeps of the chunk.
func (k *packed) block() rowBlock { return k.rowBlock(k.rows[k.head:]) }

// compress appends the compressed raw to head, without a byte to spare: the value
// stays in Badger's memory for a while.
func (p *packer) compress(head, raw []byte) []byte {
	if need := s2.MaxEncodedLen(len(raw)); len(p.scratch) < need {
		p.scratch = make([]byte, need)
	}
	packed := s2.Encode(p.scratch, raw)
	value := append(make([]byte, 0, len(head)+len(packed)), head...)
	return append(value, packed...)
}

// expand gives the raw part of a chunk of some version.
func (p *packer) expand(version byte, block []byte) (string, error) {
	if version == chunkVersionOne {
		dec, err := p.one()
		if err != nil {
			return "", err
		}
		raw, err := dec.DecodeAll(block, nil)
		return string(raw), err
	}
	n, err := s2.DecodedLen(block)
	if err == nil && n > maxRaw {
		err = fmt.Errorf("it would take %d bytes", n)
	}
	if err != nil {
		return "", err
	}
	raw, err := s2.Decode(nil, block)
	return string(raw), err
}

// rows expands a block of rows.
func (p *packer) rows(b *rowBlock) ([]Row, error) {
	text, err := p.expand(b.version, b.packed)
	var rows []Row
	if err == nil {
		rows, err = readRows(b.version, text, b.count)
	}
	if err == nil && (len(rows) != b.count || rows[0].Seq != b.first || rows[b.count-1].Seq != b.last) {
		err = errCoding
	}
	if err != nil {
		return nil, fmt.Errorf("log chunk %d: %w", b.first, err)
	}
	return rows, nil
}

// rest expands the second value of a chunk.
func (p *packer) rest(value []byte) (*rests, error) {
	if len(value) == 0 || value[0] < chunkVersionOne || value[0] > chunkVersion {
		return nil, errCoding
	}
	text, err := p.expand(value[0], value[1:])
	return &rests{version: value[0], d: decoder{text: text}}, err
}
