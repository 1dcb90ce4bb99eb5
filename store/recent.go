package store

import (
	"bytes"
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// recent keeps documents in memory, those that were changed or asked for last. A client
// comes back to the same user again and again (look it up, read it, change it), and to
// read a document costs some microseconds, a map a fraction of one.
//
// What it holds is always what is committed: the writer takes a key out before it
// commits a change of it, and puts the new value in afterwards, all under Store.mu;
// a reader may put in what it has read only while no commit is under way and the
// snapshot that it read from is the newest (see Store.remember).
//
// It is bounded, and emptied when the store has little to do. Values are not to be
// written to.
type recent struct {
	seed   maphash.Seed
	shards [recentShards]recentShard
	// seen tells the keys that readers have asked for before: one that is read for
	// the first time is not kept, or a walk over a million users would throw out
	// everything else.
	seen [1 << 15]atomic.Uint32
}

const (
	recentShards = 16
	recentBytes  = 16 << 20 // of keys and values, about
	recentExtra  = 96       // bytes that an entry takes besides
)

// recentShard is two generations: when the young one is full it becomes the old one,
// whose entries are forgotten unless somebody asks for them.
type recentShard struct {
	mu         sync.Mutex
	young, old map[string][]byte
	size       int // of young
	_          [32]byte
}

func newRecent() *recent { return &recent{seed: maphash.MakeSeed()} }

// isSought reports whether a key is of those that are sought one by one: documents, and
// the entries of unique indexes.
func isSought(key []byte) bool { return key[0] == spaceDoc || key[0] == spaceUnique }

func (c *recent) shard(key []byte) (s *recentShard, hash uint64) {
	hash = maphash.Bytes(c.seed, key)
	return &c.shards[hash%recentShards], hash
}

// get returns the document under a key, if it is kept.
func (c *recent) get(key []byte) (value []byte, ok bool) {
	s, _ := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if value, ok = s.young[string(key)]; ok {
		return value, true
	}
	if value, ok = s.old[string(key)]; ok {
		s.put(string(key), value)
	}
	return value, ok
}

// wanted reports whether a reader has asked for the key before, about.
func (c *recent) wanted(key []byte) bool {
	_, hash := c.shard(key)
	slot, mark := &c.seen[hash>>4%uint64(len(c.seen))], uint32(hash>>32)|1
	if slot.Load() == mark {
		return true
	}
	slot.Store(mark)
	return false
}

// put keeps a value, which belongs to recent then.
func (c *recent) put(key string, value []byte) {
	s := &c.shards[maphash.String(c.seed, key)%recentShards]
	s.mu.Lock()
	s.put(key, value)
	s.mu.Unlock()
}

func (s *recentShard) put(key string, value []byte) {
	if s.young == nil {
		s.young = map[string][]byte{}
	}
	if before, ok := s.young[key]; ok {
		s.size -= len(key) + len(before) + recentExtra
	}
	s.young[key] = value[:len(value):len(value)] // nobody appends to it
	if s.size += len(key) + len(value) + recentExtra; s.size > recentBytes/recentShards/2 {
		s.young, s.old, s.size = nil, s.young, 0
	}
}

// drop forgets a key.
func (c *recent) drop(key []byte) {
	s, _ := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, ok := s.young[string(key)]; ok {
		s.size -= len(key) + len(before) + recentExtra
		delete(s.young, string(key))
	}
	delete(s.old, string(key))
}

// clear forgets everything.
func (c *recent) clear() {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.young, s.old, s.size = nil, nil, 0
		s.mu.Unlock()
	}
}

// remember keeps what was read from a snapshot, if it is what is committed now.
func (s *Store) remember(n *snapshot, key, value []byte) {
	if !s.recent.wanted(key) || !s.mu.TryRLock() {
		return
	}
	defer s.mu.RUnlock()
	if s.snapshots.shared.Load() == n {
		s.recent.put(string(key), bytes.Clone(value))
	}
}

// asOf returns the document that a key has in a snapshot, if it is kept: what is kept
// is the newest, and so is the snapshot as long as it is the shared one.
func (s *Store) asOf(n *snapshot, key []byte) (doc []byte, ok bool) {
	doc, ok = s.recent.get(key)
	return doc, ok && s.isNewest(n)
}

// isNewest reports whether what is kept beside the database, and was looked at before the
// call, is what the snapshot has.
func (s *Store) isNewest(n *snapshot) bool { return n != nil && s.snapshots.shared.Load() == n }
