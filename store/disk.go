package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Badger and a disk that fills up. Badger maps its files into memory, where a
// full disk is not an error but the end of the process (SIGBUS); a memtable that
// it cannot make ends it too; a writer waits for ever while a memtable cannot be
// made a table; and a compaction that cannot make a table loses what was to be in
// it. So the store stops writing before the disk is full (look), gives Badger
// the files and the blocks that it will need before it needs them (ready), and
// lets no compaction make a table while it could go wrong (beforeTable).
const (
	minFreeSpace = 64 << 20         // below it nothing is written
	minToOpen    = 32 << 20         // below it a database is not even opened
	manyFiles    = 16               // that a compaction may open at once
	nearlyFull   = 1 << 30          // below it the blocks of files are taken in advance
	lookEvery    = time.Millisecond // above it
	sampleEvery  = 250 * time.Millisecond
	samples      = 4  // so long is what the disk's filling is judged by
	provesEvery  = 16 // looks at the logs of memtables between two at the tables
)

// disk is what the store knows of the disk that the database is on. A nil disk
// is a store in memory.
type disk struct {
	dir, db  string // the data folder, and the database's in it
	messages *slog.Logger
	min      atomic.Uint64
	blocked  func() bool   // a reason of the store's own to hold compactions back
	changed  func()        // trouble came or went
	making   func()        // a compaction makes a table
	flushing func()        // a memtable is going to be a table
	tabled   func() uint64 // the newest version in a table

	trouble atomic.Pointer[error] // why nothing may be written; nil: it may

	looked atomic.Int64 // when, if there was no trouble and much room: since begun

	mu      sync.Mutex
	free    [samples]uint64 // some time ago, the oldest first
	sampled time.Time
	flush   error // Badger's, when it could not make a table of a memtable
	failing error // of the last attempt to make a file
	mem     memFiles

	// Badger tells of it while everybody waits, so nothing else is under this lock.
	toldMu sync.Mutex
	told   []int       // see memFiles.begun
	fresh  atomic.Bool // since the last commit
}

func newDisk(h *home, messages *slog.Logger) *disk {
	if h == nil {
		return nil
	}
	d := &disk{dir: h.dir, db: h.db, messages: messages}
	d.blocked = func() bool { return false }
	d.changed, d.making, d.flushing = func() {}, func() {}, func() {}
	d.tabled = func() uint64 { return 0 }
	d.min.Store(minFreeSpace)
	return d
}

// refusal is why nothing may be written, as of the last look; nil if it may.
func (d *disk) refusal() error {
	if d == nil {
		return nil
	}
	if p := d.trouble.Load(); p != nil {
		return *p
	}
	return nil
}

// look looks at the disk, which takes about a microsecond, and returns the refusal.
func (d *disk) look() error {
	if d == nil {
		return nil
	}
	free, readOnly, ok := freeSpace(d.dir)
	now := time.Now()
	if d.flushFails() {
		d.prove()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.takeBegun()
	var err error
	switch {
	case ok && readOnly:
		err = fmt.Errorf("the disk of the data folder %s is read-only: %w", d.dir, syscall.EROFS)
	case ok && d.isFull(free, now):
		err = fmt.Errorf("the disk of the data folder %s is nearly full (%d MB free): %w", d.dir, free>>20, syscall.ENOSPC)
	case ok && free < nearlyFull:
		err = d.mem.reserve()
	}
	if d.mem.look(); d.mem.waiting() == 0 {
		d.flush = nil
	}
	if err == nil {
		err = d.flush
	}
	if err == nil {
		err = d.failing
	}
	d.setTrouble(err)
	if err == nil && ok && free >= nearlyFull {
		d.looked.Store(int64(time.Since(begun)))
	} else {
		d.looked.Store(-int64(lookEvery))
	}
	return err
}

// begun is what d.looked is counted from.
var begun = time.Now()

// try looks at the disk and makes a file there: a disk that has failed may say
// only then that it is read-only now.
func (d *disk) try() error {
	if d == nil {
		return nil
	}
	err := d.probe(1)
	d.mu.Lock()
	d.failing = err
	d.mu.Unlock()
	return d.look()
}

// isFull reports whether the disk is full, or will be within a second if it goes
// on as in the last one: what Badger has begun to write must still find room.
func (d *disk) isFull(free uint64, now time.Time) bool {
	if now.Sub(d.sampled) >= sampleEvery {
		if now.Sub(d.sampled) >= samples*sampleEvery {
			for i := range d.free {
				d.free[i] = free
			}
		}
		copy(d.free[:], d.free[1:])
		d.free[samples-1], d.sampled = free, now
	}
	return free < d.min.Load() || d.free[0] > free && d.free[0]-free > free
}

// setTrouble keeps the reason and says so when it comes and goes.
func (d *disk) setTrouble(err error) {
	was := d.trouble.Load()
	if err == nil {
		if was != nil {
			d.trouble.Store(nil)
			d.messages.Info("the disk can be written to again", "folder", d.dir)
			d.changed()
		}
		return
	}
	d.trouble.Store(&err)
	if was == nil {
		d.messages.Error("nothing is written any more", "error", err)
		d.changed()
	}
}

// flushFailed is told by Badger that it could not make a table of a memtable. It
// tries again every second, for ever.
func (d *disk) flushFailed(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.flush = badgerError("writing a table", err)
	d.setTrouble(d.flush)
	d.looked.Store(-int64(lookEvery))
}

func (d *disk) flushFails() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.flush != nil
}

// ready returns when Badger can take size more bytes without waiting and
// without failing, or with the reason why it cannot. The caller holds commits.
func (d *disk) ready(size int64) error {
	if d == nil {
		return nil
	}
	for tries := 1; ; tries++ {
		if time.Since(begun)-time.Duration(d.looked.Load()) > lookEvery {
			if err := d.look(); err != nil {
				return err
			}
		}
		waiting, err := d.prepare(size)
		if err != nil || waiting < maxWaiting {
			return err
		}
		if d.blocked() {
			return errors.New("the database has stopped making tables")
		}
		if tries%provesEvery == 0 {
			d.prove()
		}
		size = 0
		time.Sleep(lookEvery)
	}
}

// found is told when the database was opened, with the newest version in it.
func (d *disk) found(newest uint64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fresh.Store(true) // the next commit is the first one in the active memtable
	return d.mem.find(d.db, newest)
}

// memBegun is told by Badger that it goes on with the next memtable.
func (d *disk) memBegun(queued int) {
	d.toldMu.Lock()
	d.told = append(d.told, queued)
	d.toldMu.Unlock()
	d.fresh.Store(true)
}

// takeBegun notes what Badger has told. The caller holds mu.
func (d *disk) takeBegun() {
	d.toldMu.Lock()
	defer d.toldMu.Unlock()
	for _, queued := range d.told {
		d.mem.begun(queued)
	}
	d.told = d.told[:0]
}

// committed is told of each commit while the store is open, before there is another one.
// version says which it was.
func (d *disk) committed(version func() uint64) {
	if d == nil || !d.fresh.Swap(false) {
		return
	}
	v := version()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.takeBegun()
	d.mem.first(v)
}

// prove looks into the tables for memtables whose logs somebody keeps.
func (d *disk) prove() {
	version := d.tabled()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.takeBegun()
	d.mem.known(version)
}

// memWaiting returns how many memtables wait to be tables.
func (d *disk) memWaiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.takeBegun()
	d.mem.look()
	return d.mem.waiting()
}

func (d *disk) prepare(size int64) (waiting int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.takeBegun()
	if err := d.mem.prepare(size); err != nil {
		err = fmt.Errorf("the data folder %s takes no new file: %w", d.dir, err)
		d.setTrouble(err)
		return 0, err
	}
	return d.mem.waiting(), nil
}

// beforeTable is called before a compaction makes a table, and returns when that
// cannot fail for a reason that can be known.
func (d *disk) beforeTable() {
	d.making()
	for d.blocked() || !d.roomForTable() || d.probe(manyFiles) != nil {
		time.Sleep(tableWait)
	}
}

// tableWait is how long a compaction looks at a disk that is nearly full.
const tableWait = 20 * time.Millisecond

// roomForTable reports whether a table will find room, even if somebody is
// filling the disk: not within a second at the rate of a moment.
func (d *disk) roomForTable() bool {
	free, readOnly, ok := freeSpace(d.dir)
	switch {
	case !ok:
		return true
	case readOnly || free < d.min.Load() || d.refusal() != nil:
		return false
	case free >= nearlyFull:
		return true
	}
	time.Sleep(tableWait)
	again, _, _ := freeSpace(d.dir)
	return again >= free || (free-again)*uint64(time.Second/tableWait) <= again
}

// probe makes a file and has so many open.
func (d *disk) probe(open int) error {
	name := filepath.Join(d.db, "probe")
	for range open {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		defer os.Remove(name)
		defer f.Close()
	}
	return nil
}
