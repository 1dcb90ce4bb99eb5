package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	badger "github.com/dgraph-io/badger/v4"
)

const (
	memSize    = 8 << 20         // of a memtable: then Badger begins the next one
	memMost    = memSize + 2<<20 // what is written to its log, at most
	prepareAt  = memSize - 2<<20 // when the next log is made
	maxWaiting = 2               // memtables that wait to be tables: with more, a commit may wait for them
	entryExtra = 64              // bytes that a write takes besides key and value, at most
	logExtra   = 6 * entryExtra  // of a transaction of the log
	aheadBytes = 256 << 10       // of the manifest's blocks that are taken in advance
)

// memFiles are the logs of Badger's memtables: one that is written to, older ones
// that wait to be made tables, and the next one, which is made in advance.
// Badger, which only opens it then, cannot fail to.
type memFiles struct {
	db             string
	oldest, active uint64
	next           bool   // it is made
	written, last  int64  // to the active one, at most; since the last look
	reserved       uint64 // up to this one their blocks are taken
	ahead          int64  // up to here the manifest's are
}

// find finds the logs of a database that was just opened.
func (m *memFiles) find(db string) error {
	f, err := listFiles(db)
	if err == nil && len(f.mems) == 0 {
		err = errors.New("the memtable has no log")
	}
	if err != nil {
		return err
	}
	*m = memFiles{db: db, oldest: f.mems[0], active: f.mems[len(f.mems)-1]}
	return nil
}

// look looks which of the logs there are now: the next one has begun, or old
// ones are gone. In the millisecond between two looks not two can begin.
func (m *memFiles) look() {
	if m.next {
		if fi, err := os.Stat(memFile(m.db, m.active+1)); err == nil && fi.Size() > 0 {
			m.begun()
		}
	}
	m.last = 0
	for m.oldest < m.active {
		if _, err := os.Stat(memFile(m.db, m.oldest)); err == nil {
			break
		}
		m.oldest++
	}
}

// waiting returns how many memtables wait to be tables.
func (m *memFiles) waiting() int { return int(m.active - m.oldest) }

// prepare counts what is going to be written and sees to the next log.
func (m *memFiles) prepare(size int64) error {
	m.last += size
	m.written += size
	for m.written >= prepareAt && !m.next {
		f, err := os.OpenFile(memFile(m.db, m.active+1), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) { // Badger was faster than our count
			m.begun()
			continue
		}
		if err != nil {
			return err
		}
		f.Close()
		m.next = true
	}
	return nil
}

// begun notes that Badger writes to the next log, since the last look.
func (m *memFiles) begun() {
	m.active++
	m.next = false
	m.written = m.last
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
