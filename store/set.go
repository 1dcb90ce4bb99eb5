package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sync/atomic"
)

// Sets of sequences. A membership is one bit on disk: the members of a group are
// kept in blocks of 4,096 sequences, so that one more costs the rewriting of
// half a kilobyte at most, and 50,000 of them take some dozen keys.

const (
	blockSize  = 4096             // sequences in a block
	blockBytes = blockSize / 8    // of a bitmap
	fewBits    = blockBytes/2 - 1 // up to so many are stored as a list of two bytes each
)

var errSet = errors.New("a set of sequences is not coded as this store codes it")

// blockSet is a set of the sequences of one block, by their place in it.
type blockSet [blockSize / 64]uint64

// readBlock decodes what appendTo has made.
func readBlock(v []byte) (b blockSet, err error) {
	switch {
	case len(v) == blockBytes:
		for i := range b {
			b[i] = binary.BigEndian.Uint64(v[8*i:])
		}
	case len(v)%2 == 0 && len(v) <= 2*fewBits:
		for i := 0; i < len(v); i += 2 {
			at := binary.BigEndian.Uint16(v[i:])
			if at >= blockSize {
				return b, errSet
			}
			b.set(uint64(at))
		}
	default:
		return b, errSet
	}
	return b, nil
}

// blockHas is readBlock(v).has(at) without the decoding.
func blockHas(v []byte, at uint64) bool {
	if len(v) == blockBytes {
		return v[at/64*8+7-at%64/8]>>(at%8)&1 == 1
	}
	for i := 0; i+1 < len(v); i += 2 {
		if uint64(binary.BigEndian.Uint16(v[i:])) == at {
			return true
		}
	}
	return false
}

// appendTo codes a set: a list of two bytes each or a bitmap, what is shorter.
func (b *blockSet) appendTo(dst []byte) []byte {
	if b.len() > fewBits {
		for _, w := range b {
			dst = binary.BigEndian.AppendUint64(dst, w)
		}
		return dst
	}
	b.each(func(at uint64) { dst = binary.BigEndian.AppendUint16(dst, uint16(at)) })
	return dst
}

func (b *blockSet) set(at uint64)      { b[at/64] |= 1 << (at % 64) }
func (b *blockSet) clear(at uint64)    { b[at/64] &^= 1 << (at % 64) }
func (b *blockSet) has(at uint64) bool { return b[at/64]>>(at%64)&1 == 1 }

func (b *blockSet) len() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// each calls f in ascending order.
func (b *blockSet) each(f func(at uint64)) {
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			f(uint64(64*i + bits.TrailingZeros64(w)))
		}
	}
}

// appendSeqs codes an ascending list of numbers by their distances.
func appendSeqs(dst []byte, list []uint64) []byte {
	var last uint64
	for _, n := range list {
		dst = binary.AppendUvarint(dst, n-last)
		last = n
	}
	return dst
}

// readSeqs decodes what appendSeqs has made.
func readSeqs(v []byte) ([]uint64, error) {
	if len(v) == 0 {
		return nil, nil
	}
	list := make([]uint64, 0, len(v))
	var last uint64
	for len(v) > 0 {
		d, n := binary.Uvarint(v)
		if n <= 0 || d == 0 && len(list) > 0 || d > maxSeq {
			return nil, errSet
		}
		v = v[n:]
		last += d
		list = append(list, last)
	}
	return list, nil
}

// withSeq and withoutSeq add and remove a number of an ascending list.
func withSeq(list []uint64, n uint64) []uint64 {
	if i, found := slices.BinarySearch(list, n); !found {
		return slices.Insert(list, i, n)
	}
	return list
}

func withoutSeq(list []uint64, n uint64) []uint64 {
	if i, found := slices.BinarySearch(list, n); found {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// distinctSeqs sorts a list and takes out what occurs twice.
func distinctSeqs(list []uint64) []uint64 {
	slices.Sort(list)
	return slices.Compact(list)
}

// marks is a set of sequences that only grows, for one writer and any number of
// readers without a lock. It takes an eighth of a byte for each sequence of the
// blocks that have any.
type marks struct {
	blocks atomic.Pointer[[]*markBlock]
}

type markBlock [blockSize / 64]atomic.Uint64

func (m *marks) has(seq uint64) bool {
	list := m.blocks.Load()
	if list == nil || seq/blockSize >= uint64(len(*list)) {
		return false
	}
	b := (*list)[seq/blockSize]
	return b != nil && b[seq%blockSize/64].Load()>>(seq%64)&1 == 1
}

func (m *marks) set(seq uint64) {
	b := m.block(seq / blockSize)
	w := &b[seq%blockSize/64]
	w.Store(w.Load() | 1<<(seq%64))
}

func (m *marks) setAll(block uint64, set *blockSet) {
	b := m.block(block)
	for i, w := range set {
		if w != 0 {
			b[i].Store(b[i].Load() | w)
		}
	}
}

// block finds a block, or makes it.
func (m *marks) block(n uint64) *markBlock {
	var list []*markBlock
	if p := m.blocks.Load(); p != nil {
		list = *p
	}
	if n < uint64(len(list)) && list[n] != nil {
		return list[n]
	}
	longer := make([]*markBlock, max(int(n)+1, len(list)))
	copy(longer, list)
	longer[n] = new(markBlock)
	m.blocks.Store(&longer)
	return longer[n]
}

// seqError names the key that a set was read from.
func seqError(key []byte, err error) error { return fmt.Errorf("the set under %q: %w", key, err) }
