package store

import (
	"slices"
	"sync"
	"sync/atomic"
)

// places has where the documents are in memory, eight bytes for each sequence: to find
// that in the database takes several microseconds, and more of them the more users there
// are. What it has is always what is committed. The writer takes a place out before a
// commit and puts in the new one afterwards, as with recent; the census puts in what
// was there when the store was opened, unless the writer has been there since.
type places struct {
	counting sync.Mutex // one census at a time: see trim

	mu    sync.Mutex // of those who change lists
	lists [groupCode + 1]atomic.Pointer[[]*placeBlock]
}

// placeBlock is of blockSize sequences.
type placeBlock [blockSize]atomic.Uint64

// A place is offset, length and file in one number. Three of them are none:
const (
	placeUnknown = 0 // the database knows
	placeNone    = 1 // so it does; the census does not put in what it has found
	placeGone    = 2 // the document was deleted

	placeOffsetBits = 24
	placeLengthBits = 20
	placeFileBits   = 64 - placeOffsetBits - placeLengthBits
)

// packed is a place as a number, placeNone if it does not fit.
func (p docPlace) packed() uint64 {
	if p.offset >= 1<<placeOffsetBits || p.n >= 1<<placeLengthBits || p.file >= 1<<placeFileBits || p.file == 0 {
		return placeNone
	}
	return p.file<<(placeOffsetBits+placeLengthBits) | uint64(p.n)<<placeOffsetBits | uint64(p.offset)
}

func unpacked(v uint64) docPlace {
	return docPlace{
		file:   v >> (placeOffsetBits + placeLengthBits),
		offset: int64(v & (1<<placeOffsetBits - 1)),
		n:      int(v >> placeOffsetBits & (1<<placeLengthBits - 1)),
	}
}

// slot is where the place of a document is kept; nil: nowhere. Only types with many
// resources have one.
func (p *places) slot(key []byte, grow bool) *atomic.Uint64 {
	if len(key) != 10 || key[0] != spaceDoc || int(key[1]) >= len(p.lists) {
		return nil
	}
	seq, _ := lastUint64(key)
	const most = 1 << 16 // 268 million sequences
	list, n := p.lists[key[1]].Load(), seq/blockSize
	if n >= most {
		return nil
	}
	if list == nil || n >= uint64(len(*list)) || (*list)[n] == nil {
		if !grow {
			return nil
		}
		list = p.grow(int(key[1]), int(n))
	}
	return &(*list)[n][seq%blockSize]
}

// grow makes a block.
func (p *places) grow(code, n int) *[]*placeBlock {
	p.mu.Lock()
	defer p.mu.Unlock()
	var old []*placeBlock
	if list := p.lists[code].Load(); list != nil {
		old = *list
	}
	next := make([]*placeBlock, max(n+1, len(old)))
	copy(next, old)
	if next[n] == nil {
		next[n] = new(placeBlock)
	}
	p.lists[code].Store(&next)
	return &next
}

// trim gives back the blocks in which nothing lives: sequences are not used again, so
// who makes and deletes users all day would fill the memory with places of nobody. It
// ends a census, and no other one may be under way: that could have seen who is gone since,
// and find the place unknown. In the last block of a kind the next resources will be.
func (p *places) trim() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for code := range p.lists {
		list := p.lists[code].Load()
		if list == nil {
			continue
		}
		next := slices.Clone(*list)
		for n := range next[:len(next)-1] {
			if next[n] != nil && next[n].isEmpty() {
				next[n] = nil
			}
		}
		p.lists[code].Store(&next)
	}
}

func (b *placeBlock) isEmpty() bool {
	for i := range b {
		if v := b[i].Load(); v != placeUnknown && v != placeGone {
			return false
		}
	}
	return true
}

// get returns the place that a document has now. ok is false when the database has to
// be asked.
func (p *places) get(key []byte) (at docPlace, ok bool) {
	s := p.slot(key, false)
	if s == nil {
		return at, false
	}
	v := s.Load()
	return unpacked(v), v > placeGone
}

// has reports whether a document is at a place now. ok is false when the database has to
// be asked.
func (p *places) has(key []byte, at docPlace) (is, ok bool) {
	now, ok := p.get(key)
	if ok {
		return now == at, true
	}
	s := p.slot(key, false)
	return false, s != nil && s.Load() == placeGone
}

// drop notes that a document's place is going to change.
func (p *places) drop(key []byte) {
	if s := p.slot(key, true); s != nil {
		s.Store(placeNone)
	}
}

// gone notes that a document was deleted.
func (p *places) gone(key []byte) {
	if s := p.slot(key, true); s != nil {
		s.Store(placeGone)
	}
}

// put notes where a document is.
func (p *places) put(key []byte, at docPlace) {
	if s := p.slot(key, true); s != nil {
		s.Store(at.packed())
	}
}

// found notes where the census has found a document.
func (p *places) found(key []byte, at docPlace) {
	if s := p.slot(key, true); s != nil {
		s.CompareAndSwap(placeUnknown, at.packed())
	}
}
