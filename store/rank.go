package store

import "math/bits"

// rank answers "which is the k-th living resource?" in about 100 ns at any k:
// a bitmap over creation sequences, and a Fenwick tree over the counts of its
// blocks. It takes an eighth of a byte for each sequence ever given out (the
// dead ones too) and is rebuilt from an index at start.
type rank struct {
	words []uint64 // bit seq%64 of words[seq/64]: seq lives
	tree  []uint32 // 1-based Fenwick tree; node i sums the blocks (i-(i&-i), i]
	n     int      // how many live
}

const (
	blockBits  = 4096
	blockWords = blockBits / 64
)

// set marks seq as living.
func (r *rank) set(seq uint64) {
	block := int(seq / blockBits)
	r.grow(block + 1)
	w, bit := &r.words[seq/64], uint64(1)<<(seq%64)
	if *w&bit == 0 {
		*w |= bit
		r.add(block, 1)
	}
}

// clear marks seq as dead.
func (r *rank) clear(seq uint64) {
	if r.has(seq) {
		r.words[seq/64] &^= 1 << (seq % 64)
		r.add(int(seq/blockBits), -1)
	}
}

func (r *rank) has(seq uint64) bool {
	i := seq / 64
	return i < uint64(len(r.words)) && r.words[i]>>(seq%64)&1 == 1
}

// grow makes room for so many blocks, all dead.
func (r *rank) grow(blocks int) {
	have := len(r.words) / blockWords
	if blocks <= have {
		return
	}
	r.words = append(r.words, make([]uint64, (blocks-have)*blockWords)...)
	if r.tree == nil {
		r.tree = []uint32{0}
	}
	for i := have + 1; i <= blocks; i++ {
		// A new node covers blocks that are already there, except its own.
		var sum uint32
		for j := i - 1; j > i-i&-i; j -= j & -j {
			sum += r.tree[j]
		}
		r.tree = append(r.tree, sum)
	}
}

func (r *rank) add(block, delta int) {
	for i := block + 1; i < len(r.tree); i += i & -i {
		r.tree[i] += uint32(delta)
	}
	r.n += delta
}

// at returns the k-th living sequence, k from 0.
func (r *rank) at(k int) (seq uint64, ok bool) {
	if k < 0 || k >= r.n {
		return 0, false
	}
	// Walk down the tree to the last block before which at most k live.
	block, left := 0, uint32(k)
	for step := 1 << (bits.Len(uint(len(r.tree))) - 1); step > 0; step >>= 1 {
		if next := block + step; next < len(r.tree) && r.tree[next] <= left {
			block, left = next, left-r.tree[next]
		}
	}
	for i := block * blockWords; i < len(r.words); i++ {
		w := r.words[i]
		if c := uint32(bits.OnesCount64(w)); left >= c {
			left -= c
			continue
		}
		for ; left > 0; left-- {
			w &= w - 1 // without its lowest bit
		}
		return uint64(i)*64 + uint64(bits.TrailingZeros64(w)), true
	}
	return 0, false
}

// below counts the living sequences smaller than seq.
func (r *rank) below(seq uint64) (n int) {
	block := int(min(seq/blockBits, uint64(max(len(r.tree)-1, 0))))
	for i := block; i > 0; i -= i & -i {
		n += int(r.tree[i])
	}
	last := min(seq/64, uint64(len(r.words)))
	for i := uint64(block) * blockWords; i < last; i++ {
		n += bits.OnesCount64(r.words[i])
	}
	if last == seq/64 && last < uint64(len(r.words)) {
		n += bits.OnesCount64(r.words[last] & (1<<(seq%64) - 1))
	}
	return n
}

// clone copies r for a reader that takes its time.
func (r *rank) clone() *rank {
	return &rank{
		words: append([]uint64(nil), r.words...),
		tree:  append([]uint32(nil), r.tree...),
		n:     r.n,
	}
}
