package store

import (
	"slices"
	"sort"
	"sync"
)

// ring is the newest rows, oldest first by number. It keeps them as the chunks
// have them, compressed, some 60 bytes each; as Rows with their strings they
// would take 600, and the garbage collector would have to walk them. Rows
// unpacks what somebody wants to see.
type ring struct {
	size int // rows at most

	mu     sync.RWMutex
	blocks []rowBlock // without gaps between numbers that are there
	rows   int        // in blocks, without the skipped
	skip   int        // rows of the first block that are not in the ring any more
}

// rowBlock is the rows of a chunk. It never changes.
type rowBlock struct {
	first, last uint64
	count       int
	version     byte // of the chunk
	packed      []byte
}

// rowBlock is the block of a chunk with this head.
func (h *chunkHead) rowBlock(packed []byte) rowBlock {
	return rowBlock{first: h.first, last: h.last, count: h.count, version: h.version, packed: packed}
}

// row returns where in the block the first row from seq on is. Numbers of a
// block seldom have gaps; where they have, it has to be unpacked.
func (b *rowBlock) row(p *packer, seq uint64) int {
	switch {
	case seq <= b.first:
		return 0
	case seq > b.last:
		return b.count
	case b.last-b.first == uint64(b.count)-1:
		return int(seq - b.first)
	}
	rows, err := p.rows(b)
	if err != nil {
		return 0
	}
	return sort.Search(len(rows), func(i int) bool { return rows[i].Seq >= seq })
}

// push adds newer rows; the oldest give way.
func (r *ring) push(b rowBlock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocks = append(r.blocks, b)
	r.rows += b.count
	r.shrinkLocked()
}

// prepend adds older rows, as many as there is room for.
func (r *ring) prepend(older []rowBlock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(older) == 0 || r.skip > 0 {
		return
	}
	for i := range older {
		r.rows += older[i].count
	}
	r.blocks = append(older, r.blocks...)
	r.shrinkLocked()
}

func (r *ring) shrinkLocked() {
	if over := r.rows - r.size; over > 0 {
		r.skipLocked(over)
	}
}

// skipLocked lets the n oldest rows go.
func (r *ring) skipLocked(n int) {
	r.rows -= n
	r.skip += n
	for len(r.blocks) > 0 && r.skip >= r.blocks[0].count {
		r.skip -= r.blocks[0].count
		r.blocks[0] = rowBlock{} // the array may stay for long
		r.blocks = r.blocks[1:]
	}
}

// trim forgets the rows with numbers below first.
func (r *ring) trim(p *packer, first uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.blocks) > 0 && r.blocks[0].last < first {
		r.skipLocked(r.blocks[0].count - r.skip)
	}
	if len(r.blocks) > 0 {
		r.skipLocked(max(0, r.blocks[0].row(p, first)-r.skip))
	}
}

// join puts one block in the place of those that it was made of. If the ring
// does not have all of them as they were, nothing happens.
func (r *ring) join(b rowBlock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := sort.Search(len(r.blocks), func(i int) bool { return r.blocks[i].first >= b.first })
	j, rows := i, 0
	for ; j < len(r.blocks) && r.blocks[j].last <= b.last; j++ {
		rows += r.blocks[j].count
	}
	if i < j && rows == b.count && (i > 0 || r.skip == 0) {
		r.blocks = slices.Replace(r.blocks, i, j, b)
	}
}

// set puts blocks in the place of all that there are.
func (r *ring) set(blocks []rowBlock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocks, r.rows, r.skip = blocks, 0, 0
	for i := range blocks {
		r.rows += blocks[i].count
	}
	r.shrinkLocked()
}

// forget takes a block out that turned out to be unreadable.
func (r *ring) forget(first uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.blocks, func(b rowBlock) bool { return b.first == first })
	if i < 0 {
		return
	}
	if i == 0 {
		r.skipLocked(r.blocks[0].count - r.skip)
		return
	}
	r.rows -= r.blocks[i].count
	r.blocks = slices.Delete(r.blocks, i, i+1)
}

// after returns the blocks with rows after seq, and how many rows of the first
// one to pass over.
func (r *ring) after(p *packer, seq uint64) (blocks []rowBlock, skip int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	i := sort.Search(len(r.blocks), func(i int) bool { return r.blocks[i].last > seq })
	if i == len(r.blocks) {
		return nil, 0
	}
	skip = r.blocks[i].row(p, seq+1)
	if i == 0 {
		skip = max(skip, r.skip)
	}
	return slices.Clone(r.blocks[i:]), skip
}

// span returns the numbers of the oldest and the newest row; 0 when there is none.
func (r *ring) span(p *packer) (first, last uint64) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.rows == 0 {
		return 0, 0
	}
	b := &r.blocks[0]
	if b.last-b.first == uint64(b.count)-1 {
		first = b.first + uint64(r.skip)
	} else if rows, err := p.rows(b); err == nil {
		first = rows[r.skip].Seq
	}
	return first, r.blocks[len(r.blocks)-1].last
}
