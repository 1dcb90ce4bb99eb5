package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	badger "github.com/dgraph-io/badger/v4"
)

const (
	memSize    = 8 << 20         // of a memtable: then Badger begins the next one
	memMost    = memSize + 2<<20 // what is written to its log, at most
	prepareAt  = memSize - 2<<20 // when the next log is made
	memQueue   = 2               // memtables that Badger keeps in a queue before the one that it makes a table
	maxWaiting = 1 + memQueue    // memtables that wait to be tables: with more, a commit would wait for them
	entryExtra = 64              // bytes that a write takes besides key and value, at most
	logExtra   = 6 * entryExtra  // of a transaction of the log
	aheadBytes = 256 << 10       // of the manifest's blocks that are taken in advance
)

// memFiles are the logs of Badger's memtables: one that is written to, older ones
// that wait to be made tables, and the next one, which is made in advance.
// Badger, which only opens it then, cannot fail to.
//
// Memtables become tables one after the other. Badger deletes the log of each when
// nobody reads the memtable any more, so that of one that has long been a table may
// still be there, for as long as a backup takes. Then it is told by the versions in the
// tables that there are.
type memFiles struct {
	db             string
	oldest, active uint64 // of those that may not be tables yet
	found          uint64 // the active one when the database was opened; before it numbers are missing
	firsts         []memFirst
	next           bool   // it is made
	written, last  int64  // to the active one, at most; since the last look
	reserved       uint64 // up to this one their blocks are taken
	ahead          int64  // up to here the manifest's are
}

// memFirst is the first version in a memtable. Nobody knows that of those before the first
// commit.
type memFirst struct{ id, version uint64 }

// find finds the logs of a database that was just opened, and that has nothing newer than
// a version. The active memtable is empty then.
func (m *memFiles) find(db string, newest uint64) error {
	f, err := listFiles(db)
	if err == nil && len(f.mems) == 0 {
		err = errors.New("the memtable has no log")
	}
	if err != nil {
		return err
	}
	*m = memFiles{db: db, oldest: f.mems[0], active: f.mems[len(f.mems)-1]}
	m.found = m.active
	m.firsts = []memFirst{{m.found - 1, newest}}
	return nil
}

// look looks which of the logs are gone.
func (m *memFiles) look() {
	m.last = 0
	gone := func(id uint64) bool {
		_, err := os.Stat(memFile(m.db, id))
		return err != nil
	}
	for id := m.active; id > max(m.oldest, m.found); id-- {
		if gone(id - 1) {
			m.tables(id)
			return
		}
	}
	for m.oldest < m.found && gone(m.oldest) {
		m.tables(m.oldest + 1)
	}
}

// tables notes that all memtables before one are tables.
func (m *memFiles) tables(before uint64) {
	m.oldest = max(m.oldest, before)
	m.firsts = slices.DeleteFunc(m.firsts, func(f memFirst) bool { return f.id < m.oldest })
}

// begun notes that Badger goes on with the next log, and how many memtables are in its
// queue then, with the one that was full just now. Those before are tables, but for one
// that it is making.
func (m *memFiles) begun(queued int) {
	m.tables(m.active - min(m.active, uint64(queued)))
	m.active++
	m.next = false
	m.written = m.last
}

// first notes the version that a memtable has begun with.
func (m *memFiles) first(version uint64) {
	if n := len(m.firsts); n == 0 || m.firsts[n-1].id < m.active {
		m.firsts = append(m.firsts, memFirst{m.active, version})
	}
}

// known notes the newest version in a table: it came there with its memtable.
func (m *memFiles) known(version uint64) {
	for _, f := range slices.Backward(m.firsts) {
		if f.id < m.active && f.version <= version {
			m.tables(f.id + 1)
			return
		}
	}
}

// waiting returns how many memtables wait to be tables.
func (m *memFiles) waiting() int { return int(m.active - m.oldest) }

// prepare counts what is going to be written and sees to the next log.
func (m *memFiles) prepare(size int64) error {
	m.last += size
	m.written += size
	if m.written >= prepareAt && !m.next {
		f, err := os.OpenFile(memFile(m.db, m.active+1), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			f.Close()
		} else if !errors.Is(err, fs.ErrExist) {
			return err
		}
		m.next = true
	}
	return nil
}

// reserve takes the blocks that the logs and the manifest will need.
func (m *memFiles) reserve() error {
	last := m.active
	if m.next {
		last++
	}
	for id := max(m.active, m.reserved+1); id <= last; id++ {
		if err := takeBlocks(memFile(m.db, id), memMost); err != nil {
			return err
		}
		m.reserved = id
	}
	name := filepath.Join(m.db, badger.ManifestFilename)
	fi, err := os.Stat(name)
	if err != nil {
		return err
	}
	if m.ahead < fi.Size()+aheadBytes/2 || m.ahead > fi.Size()+2*aheadBytes { // grown, or written anew
		if err := takeBlocks(name, fi.Size()+aheadBytes); err != nil {
			return err
		}
		m.ahead = fi.Size() + aheadBytes
	}
	return nil
}

// takeBlocks takes the blocks of a file up to size, if the system can do that. The
// file's own size stays.
func takeBlocks(name string, size int64) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	err = allocate(f, size)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return err
	}
	return nil // the file system has no such thing
}
