package store

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// packer compresses and expands the parts of chunks.
type packer struct {
	scratch []byte // of the log's writer alone
	one     func() (*zstd.Decoder, error)
}

// maxRaw bounds what a broken block may expand to.
const maxRaw = 64 << 20

func newPacker() packer {
	return packer{one: sync.OnceValues(func() (*zstd.Decoder, error) { // most logs have no chunk of version 1
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxRaw))
	})}
}

// pack gives the two values of a chunk.
func (p *packer) pack(c *chunk) (rows, rest []byte) {
	return p.compress(c.append(nil), c.rows), p.compress([]byte{chunkVersion}, c.rest)
}

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
func (p *packer) expand(version byte, block string) (string, error) {
	if version == chunkVersionOne {
		dec, err := p.one()
		if err != nil {
			return "", err
		}
		raw, err := dec.DecodeAll([]byte(block), nil)
		return string(raw), err
	}
	n, err := s2.DecodedLen([]byte(block[:min(len(block), 16)]))
	if err == nil && n > maxRaw {
		err = fmt.Errorf("it would take %d bytes", n)
	}
	if err != nil {
		return "", err
	}
	raw, err := s2.Decode(nil, []byte(block))
	return string(raw), err
}

// rows expands the rows that follow a chunk's head.
func (p *packer) rows(h chunkHead, block string) ([]Row, error) {
	text, err := p.expand(h.version, block)
	if err != nil {
		return nil, fmt.Errorf("log chunk %d: %w", h.first, err)
	}
	rows, err := readRows(h.version, text, h.count)
	if err == nil && len(rows) != h.count {
		err = errCoding
	}
	if err != nil {
		return nil, fmt.Errorf("log chunk %d: %w", h.first, err)
	}
	return rows, nil
}

// rest expands the second value of a chunk.
func (p *packer) rest(value string) (*rests, error) {
	if value == "" || value[0] != chunkVersion && value[0] != chunkVersionOne {
		return nil, errCoding
	}
	text, err := p.expand(value[0], value[1:])
	return &rests{version: value[0], d: decoder{text: text}}, err
}
