package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
)

// The documents are not in the database either, which has only where they are: there
// each would be copied again with every compaction of its neighbours, and those are
// half of what a change costs, and more of it the more users there are. They are
// appended to files:
//
//	docs/00000001   scimdeck docs\n · record · record · …
//	record          type(1) · seq uint64 · length uint32 · CRC-32C uint32 of all else · document
//
// A file is made as long as it may become, so that one that was cut off is told from
// one that a kill has left, and cut when another one follows. Files are neither
// mapped nor written to again, so a full disk is an error, and what was read of them
// is no memory of this process. Records that nobody names any more are garbage: see
// collect.go.
//
// The documents of a batch are written before its commit and synced beside it.
// After a power cut the commit may be on the disk and they not. What cannot have been
// answered is taken back when the store is opened, see undo.go.

const (
	docFileHead = "scimdeck docs\n"
	docFileSize = 8 << 20 // after which another one follows
	docFileMem  = 1 << 20 // in memory
)

// docFiles is those files; without a folder they are in memory. The store's writer
// appends, others may read.
type docFiles struct {
	dir     string
	durable bool
	size    int64 // a file with so many bytes is followed by another

	// Of the writer. current is the file that is appended to, 0 if none is.
	current uint64
	end     int64  // of it, with what is pending
	pending []byte // records at that end which are not written yet

	syncing sync.Mutex
	mu      sync.RWMutex
	last    uint64 // number that was given to a file
	files   map[uint64]*docFile
	synced  docPlace    // what is before its offset is on the disk
	failure error       // of the first sync that failed: the system may have forgotten what it could not write
	failed  func(error) // is told of it once; may be nil

	grown atomic.Int64 // bytes that were written since the last census
}

// docFile is one of them.
type docFile struct {
	file  *os.File
	mem   []byte // of a store in memory
	end   int64  // of what was written; of a file that was found: its size
	dirty bool   // not all of it is on the disk
	dying bool   // no document is in it, and it is going to be removed
}

func docDir(dir string) string { return filepath.Join(dir, "docs") }

// openDocFiles finds the files of a data folder. Nothing is made before it is needed.
func openDocFiles(h *home, durable bool) (*docFiles, error) {
	d := &docFiles{durable: durable, size: docFileMem, files: map[uint64]*docFile{}}
	if h == nil {
		return d, nil
	}
	d.dir, d.size = docDir(h.dir), docFileSize
	numbers, err := numberedFiles(d.dir)
	if err != nil {
		return nil, homeError(h.dir, err)
	}
	for _, number := range numbers {
		file, err := os.OpenFile(d.name(number), os.O_RDWR, 0)
		if errors.Is(err, fs.ErrPermission) {
			file, err = os.Open(d.name(number)) // of a folder that is only looked at
		}
		if err == nil {
			var fi os.FileInfo
			if fi, err = file.Stat(); err == nil {
				d.files[number] = &docFile{file: file, end: fi.Size()}
			}
		}
		if err != nil {
			if file != nil {
				file.Close()
			}
			d.close()
			return nil, homeError(h.dir, err)
		}
		d.last = max(d.last, number)
	}
	return d, nil
}

func (d *docFiles) name(number uint64) string { return filepath.Join(d.dir, fileName(number)) }

// resume goes on with the file that a clean end has left.
func (d *docFiles) resume(p docPlace) {
	d.synced = p
	f := d.files[p.file]
	if f == nil || f.file == nil || f.end != p.offset || f.end >= d.size || p.file != d.last {
		return
	}
	err := f.file.Truncate(d.size)
	if err == nil && d.durable {
		err = f.file.Sync() // of the length, see unread
	}
	if err == nil { // else another one follows
		d.current, d.end = p.file, f.end
	}
}

// put plans to append a document, and returns where it will be.
func (d *docFiles) put(key, doc []byte) (docPlace, error) {
	if len(d.pending) == 0 && (d.current == 0 || d.end >= d.size) {
		if err := d.next(); err != nil {
			return docPlace{}, fmt.Errorf("making a file for documents: %w", err)
		}
	}
	seq, _ := lastUint64(key)
	before := len(d.pending)
	d.pending = appendRecord(d.pending, key[1], seq, doc)
	p := docPlace{file: d.current, offset: d.end, n: len(d.pending) - before}
	d.end = p.end()
	return p, nil
}

// next begins another file.
func (d *docFiles) next() error {
	number := d.last + 1
	f := &docFile{end: int64(len(docFileHead)), dirty: true}
	if d.dir == "" {
		f.mem = []byte(docFileHead)
	} else if err := d.make(number, f); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last, d.files[number] = number, f
	if old := d.files[d.current]; old != nil && old.file != nil {
		_ = old.file.Truncate(old.end) // else it only looks as if a kill had left it
		if !d.durable {
			go func() { _ = d.sync() }() // so that little is left when a memtable becomes a table, see docsFirst
		}
	}
	d.current, d.end = number, f.end
	return nil
}

func (d *docFiles) make(number uint64, f *docFile) (err error) {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	if f.file, err = os.OpenFile(d.name(number), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return err
	}
	if _, err = f.file.WriteAt([]byte(docFileHead), 0); err == nil {
		err = f.file.Truncate(d.size)
	}
	if err == nil && d.durable {
		err = errors.Join(f.file.Sync(), syncFolder(d.dir), syncFolder(filepath.Dir(d.dir)))
	}
	if err != nil {
		f.file.Close()
		_ = os.Remove(f.file.Name())
	}
	return err
}

// unwritten returns the pending record at a place; nil: it is written.
func (d *docFiles) unwritten(p docPlace) []byte {
	if at := p.offset - d.end + int64(len(d.pending)); p.file == d.current && at >= 0 && p.end() <= d.end {
		return d.pending[at : at+int64(p.n)]
	}
	return nil
}

// write appends what is pending, or drops it if that fails.
func (d *docFiles) write() error {
	if len(d.pending) == 0 {
		return nil
	}
	d.mu.RLock()
	f := d.files[d.current]
	d.mu.RUnlock()
	if f.file != nil {
		if _, err := f.file.WriteAt(d.pending, f.end); err != nil {
			d.drop() // what was written of it is written over
			return fmt.Errorf("writing documents: %w", err)
		}
	}
	d.mu.Lock()
	if f.file == nil {
		f.mem = append(f.mem, d.pending...)
	}
	f.end, f.dirty = d.end, true
	d.mu.Unlock()
	d.grown.Add(int64(len(d.pending)))
	const keep = 1 << 20
	if d.pending = d.pending[:0]; cap(d.pending) > keep {
		d.pending = nil
	}
	return nil
}

// drop forgets what is pending.
func (d *docFiles) drop() {
	d.end -= int64(len(d.pending))
	d.pending = d.pending[:0]
}

// sync brings to the disk what is written when it begins; onDisk says how far that is.
func (d *docFiles) sync() error {
	d.syncing.Lock() // who comes second waits for what the first has begun
	defer d.syncing.Unlock()
	d.mu.Lock()
	if err := d.failure; err != nil {
		d.mu.Unlock()
		return err
	}
	var dirty []*docFile
	at := docPlace{file: d.current}
	for number, f := range d.files {
		if f.dirty && f.file != nil {
			dirty = append(dirty, f)
			f.dirty = false // who writes meanwhile sets it again
		}
		if number == d.current {
			at.offset = f.end
		}
	}
	d.mu.Unlock()
	var failure error
	for _, f := range dirty {
		if err := f.file.Sync(); err != nil && !errors.Is(err, os.ErrClosed) && failure == nil {
			failure = fmt.Errorf("syncing documents: %w", err)
		}
	}
	if failure != nil && d.failed != nil {
		d.failed(failure)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if failure != nil {
		d.failure = failure
		return failure
	}
	if d.synced.before(at.file, at.offset) {
		d.synced = at
	}
	return nil
}

// distrust notes that a killed process may have left files that are not on the disk.
func (d *docFiles) distrust() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.files {
		f.dirty = true
	}
}

// onDisk returns up to where everything is on the disk.
func (d *docFiles) onDisk() docPlace {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.synced
}

// readAt reads from a file; fewer bytes than asked for come with io.EOF, as always.
func (d *docFiles) readAt(number uint64, b []byte, offset int64) (int, error) {
	d.mu.RLock()
	f := d.files[number]
	if f != nil && f.file == nil {
		defer d.mu.RUnlock()
		if offset > int64(len(f.mem)) {
			return 0, io.EOF
		}
		n := copy(b, f.mem[offset:])
		if n < len(b) {
			return n, io.EOF
		}
		return n, nil
	}
	d.mu.RUnlock()
	if f == nil {
		return 0, fmt.Errorf("%w: %s is missing", errDocFile, fileName(number))
	}
	return f.file.ReadAt(b, offset)
}

// finish ends the file that is appended to, for good or until the next start, and
// returns where that is.
func (d *docFiles) finish() docPlace {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[d.current]
	if f == nil {
		return d.synced
	}
	if f.file != nil {
		_ = f.file.Truncate(f.end) // else another file follows
	}
	f.dirty = true
	p := docPlace{file: d.current, offset: f.end}
	d.current = 0
	return p
}

// close gives the files back.
func (d *docFiles) close() {
	for _, f := range d.files {
		if f.file != nil {
			f.file.Close()
		}
	}
}

// list lists the files, the oldest first, and how many bytes were written to them.
func (d *docFiles) list() (numbers []uint64, bytes int64) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for number, f := range d.files {
		if !f.dying {
			numbers = append(numbers, number)
			bytes += f.end
		}
	}
	slices.Sort(numbers)
	return numbers, bytes
}

// remove deletes a file that nobody can know of any more.
func (d *docFiles) remove(number uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[number]
	delete(d.files, number)
	if f != nil && f.file != nil {
		f.file.Close()
		_ = os.Remove(f.file.Name()) // what stays is garbage at the next start
	}
}
