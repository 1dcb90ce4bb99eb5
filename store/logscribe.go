package store

import (
	"sync"

	"scimdeck/scim/wire"
)

// scribe makes chunks of what waits in the queue: it has exchanges explained,
// numbers and codes them, and packs a chunk as soon as it is full, so that one
// chunk's memory, still in the processor's cache, serves all.
type scribe struct {
	queue  *logQueue
	follow func(*wire.Exchange) // Options.Follow, and its panics noted; may be nil
	grain  grain                // of a chunk

	mu     sync.Mutex
	batch  []*copied // empty, for the queue to fill
	number uint64    // of the next exchange
	open   chunk     // being filled
	packer packer
	full   []packed // oldest first
}

func (s *scribe) init(q *logQueue, follow func(*wire.Exchange), next uint64, g grain) {
	s.queue, s.follow, s.number, s.grain, s.packer = q, follow, next, g, newPacker()
}

// help codes what waits, for the writer or for a request that finds it behind; not
// if somebody is at it, who will see it. The writer is told of a chunk that is full.
func (s *scribe) help() {
	if !s.mu.TryLock() {
		return
	}
	const patience = 4 // batches, of other requests
	for range patience {
		if s.codeLocked(); !s.queue.many() {
			break
		}
	}
	full := len(s.full) > 0
	s.mu.Unlock()
	if full {
		signal(s.queue.wake)
	}
}

// codeLocked codes what waits.
func (s *scribe) codeLocked() {
	list := s.queue.take(s.batch)
	for _, c := range list {
		if !c.told {
			s.queue.explain(&c.ex)
			c.ex.Before, c.ex.After = nil, nil
		}
	}
	var taken int64
	for _, c := range list {
		c.ex.Seq = s.number
		s.number++
		if s.follow != nil {
			s.follow(&c.ex)
		}
		s.open.add(&c.ex)
		if s.open.count >= s.grain.entries || s.open.size() >= s.grain.bytes {
			s.sealLocked()
		}
		taken += int64(c.size)
		s.queue.release(c)
	}
	s.queue.grow(-taken)
	clear(list)
	s.batch = list[:0]
}

// spareBytes is the largest memory of a chunk that is kept for the next one.
const spareBytes = 2 * chunkBytes

// sealLocked packs the open chunk and begins another.
func (s *scribe) sealLocked() {
	k := s.packer.pack(&s.open)
	s.queue.grow(k.size())
	s.full = append(s.full, k)
	if s.open.reset(); cap(s.open.rows)+cap(s.open.rest) > spareBytes {
		s.open = chunk{}
	}
}

// takeFull takes the chunks that nothing more will be added to.
func (s *scribe) takeFull() (list []packed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, s.full = s.full, nil
	return list
}

// takeAll takes all that waits, also what is in no full chunk yet.
func (s *scribe) takeAll() (list []packed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.codeLocked(); s.open.count > 0 {
		s.sealLocked()
	}
	list, s.full = s.full, nil
	return list
}
