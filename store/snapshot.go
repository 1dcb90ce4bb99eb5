package store

import (
	"sync/atomic"

	badger "github.com/dgraph-io/badger/v4"
)

// snapshot is a read transaction that many readers share: until something is
// committed they all see the same. Badger's own bookkeeping for each transaction is
// two messages to a goroutine, which cost a small read a tenth of its time.
type snapshot struct {
	txn   *badger.Txn
	pin   pin
	users atomic.Int64 // 0: discarded
}

// acquire reports whether the snapshot is still there; then it has one user more.
func (n *snapshot) acquire() bool {
	for {
		users := n.users.Load()
		if users == 0 {
			return false
		}
		if n.users.CompareAndSwap(users, users+1) {
			return true
		}
	}
}

func (n *snapshot) release() {
	if n.users.Add(-1) == 0 {
		n.discard()
	}
}

func (n *snapshot) discard() {
	n.txn.Discard()
	n.pin.release()
}

// snapshots keeps the shared snapshot. It is itself one of the snapshot's users.
type snapshots struct {
	shared atomic.Pointer[snapshot]
}

func (s *Store) newSnapshot() *snapshot {
	n := &snapshot{pin: s.pins.take()} // before the transaction: what that sees is there
	n.txn = s.db.NewTransaction(false)
	n.users.Store(1)
	return n
}

// forget lets go of the shared snapshot: what it shows is old.
func (s *snapshots) forget() {
	if n := s.shared.Swap(nil); n != nil {
		n.release()
	}
}

// snapshot gives the present state of the resources, to be released. While
// something is being committed there is no shared one, and who sees what is Badger's
// order: of two that follow each other the second sees no less than the first.
func (s *Store) snapshot() *snapshot {
	if n := s.snapshots.shared.Load(); n != nil && n.acquire() {
		return n
	}
	if !s.mu.TryRLock() { // something is being committed
		return s.newSnapshot()
	}
	defer s.mu.RUnlock()
	return s.snapshotLocked()
}

// snapshotLocked is snapshot for who holds mu for reading, so that nothing is
// committed meanwhile and the ranks are of the same moment.
func (s *Store) snapshotLocked() *snapshot {
	for {
		if n := s.snapshots.shared.Load(); n != nil && n.acquire() {
			return n
		}
		n := s.newSnapshot()
		n.users.Store(2) // the caller and shared
		if s.snapshots.shared.CompareAndSwap(nil, n) {
			return n
		}
		n.discard()
	}
}
