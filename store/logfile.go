package store

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
)

// The rests of large chunks, which are nearly all bytes of the log, are not in the
// database. There each would be written four times, and old ones again with every
// compaction that deletes; that cost a fifth of what a change of a resource takes.
// So they are appended to files of their own, and a file is deleted when no chunk of
// the list has its rest in it:
//
//	log/00000001   scimdeck log\n · rest · rest · …
//
// Where a rest is, and its checksum, is in the database with the chunk's rows
// (chunk.go). It is written before those, so a kill leaves at most bytes that nobody
// knows. A power cut may leave rows without their rest: then both are gone.
//
// Files are neither mapped nor kept open for reading, so a full disk is an error.

const (
	logFileHead = "scimdeck log\n"
	leastFile   = 256 << 10 // a file is followed by another from here on, or later, see fileSize
	mostFile    = 8 << 20
)

// restPlace is where a rest is. The zero restPlace is that of one in the database.
type restPlace struct {
	file   uint64
	offset int64
	n      int
	sum    uint32 // CRC-32C
}

func (p restPlace) end() int64 { return p.offset + int64(p.n) }

// logFiles is those files; without a folder they are in memory. One goroutine
// appends, others may read.
type logFiles struct {
	dir     string
	durable bool // a file that is left for another one is on the disk

	// Of the one that appends. current is the file that is appended to, 0 if none is.
	open    *os.File
	current uint64
	last    uint64 // number that was given to a file
	end     int64

	mu    sync.Mutex
	files map[uint64]*logFile
	pins  int      // readers that may know of chunks which are out of the list by now
	gone  []uint64 // to be deleted without pins
}

// logFile is what is known of one.
type logFile struct {
	size   int64
	chunks int    // that have their rest in it
	mem    []byte // of a log in memory
}

// openLogFiles finds the files of a data folder. Nothing is made before it is needed.
func openLogFiles(h *home, durable bool) (*logFiles, error) {
	f := &logFiles{durable: durable, files: map[uint64]*logFile{}}
	if h == nil {
		return f, nil
	}
	f.dir = logDir(h.dir)
	numbers, err := numberedFiles(f.dir)
	if err != nil {
		return nil, homeError(h.dir, err)
	}
	for _, number := range numbers {
		if fi, err := os.Stat(f.name(number)); err == nil {
			f.files[number] = &logFile{size: fi.Size()}
			f.last = max(f.last, number)
		}
	}
	return f, nil
}

func logDir(dir string) string { return filepath.Join(dir, "log") }

// fileName is the name of a numbered file, of the log or of documents.
func fileName(number uint64) string { return fmt.Sprintf("%08d", number) }

// numberedFiles lists the files of a folder that have such a name.
func numberedFiles(dir string) (numbers []uint64, err error) {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range list {
		number, err := strconv.ParseUint(e.Name(), 10, 64)
		if err == nil && number != 0 && e.Name() == fileName(number) && e.Type().IsRegular() {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers, err
}

func (f *logFiles) name(number uint64) string { return filepath.Join(f.dir, fileName(number)) }

// fileSize is when a file of a log that has so many bytes is large enough: what is
// still there of the oldest one, and not of the log any more, should be little.
func fileSize(stored int64) int64 { return min(mostFile, max(leastFile, stored/16)) }

// append writes a rest. The file is changed for another one when it has size bytes.
func (f *logFiles) append(rest []byte, size int64) (p restPlace, err error) {
	if f.current == 0 || f.end >= size {
		if err := f.next(); err != nil {
			return p, err
		}
	}
	if f.dir != "" {
		if _, err := f.open.WriteAt(rest, f.end); err != nil {
			return p, err // what was written of it is written over
		}
	}
	p = restPlace{file: f.current, offset: f.end, n: len(rest), sum: crc32.Checksum(rest, castagnoli)}
	f.end += int64(len(rest))
	f.mu.Lock()
	defer f.mu.Unlock()
	file := f.files[f.current]
	if file.size = f.end; f.dir == "" {
		file.mem = append(file.mem, rest...)
	}
	return p, nil
}

// next begins another file.
func (f *logFiles) next() error {
	number := f.last + 1
	if f.dir != "" {
		if err := os.MkdirAll(f.dir, 0o700); err != nil {
			return err
		}
		file, err := os.OpenFile(f.name(number), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		if _, err := file.WriteAt([]byte(logFileHead), 0); err != nil {
			file.Close()
			_ = os.Remove(file.Name())
			return err
		}
		f.closeOpen()
		f.open = file
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last, f.current, f.end = number, number, int64(len(logFileHead))
	f.files[number] = &logFile{size: f.end}
	if f.dir == "" {
		f.files[number].mem = []byte(logFileHead)
	}
	return nil
}

// closeOpen ends the file that is appended to.
func (f *logFiles) closeOpen() {
	if f.open != nil {
		if f.durable {
			_ = f.open.Sync() // the log is not promised, and its checksums tell
		}
		f.open.Close()
	}
	f.open, f.current = nil, 0
}

// has reports whether a file is long enough for a rest to be there.
func (f *logFiles) has(p restPlace) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	file := f.files[p.file]
	return p.file == 0 || file != nil && p.end() <= file.size
}

// errLogFile is what a rest that is damaged or gone is refused with.
var errLogFile = errors.New("the log's files are damaged")

// read reads a rest. The caller has a pin, or is the one that deletes. The error is
// errLogFile or the operating system's.
func (f *logFiles) read(p restPlace) ([]byte, error) {
	b := make([]byte, p.n)
	if f.dir == "" {
		var mem []byte
		f.mu.Lock()
		if file := f.files[p.file]; file != nil {
			mem = file.mem
		}
		f.mu.Unlock()
		if p.end() > int64(len(mem)) {
			return nil, fmt.Errorf("%w: there is no %d of %d bytes", errLogFile, p.file, p.end())
		}
		copy(b, mem[p.offset:])
	} else if err := readAt(f.name(p.file), p.offset, b); errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: %s is missing or too short", errLogFile, f.name(p.file))
	} else if err != nil {
		return nil, err
	}
	if crc32.Checksum(b, castagnoli) != p.sum {
		return nil, fmt.Errorf("%w: %s between %d and %d", errLogFile, f.name(p.file), p.offset, p.end())
	}
	return b, nil
}

func readAt(name string, offset int64, b []byte) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.ReadAt(b, offset)
	return err
}

// count notes that a chunk with its rest in a file is in the list now, or with -1 that it
// is not any more.
func (f *logFiles) count(p restPlace, chunks int) {
	if p.file == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if file := f.files[p.file]; file != nil {
		file.chunks += chunks
	}
}

// pin keeps all files until the returned function is called.
func (f *logFiles) pin() (unpin func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pins++
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.pins--
		f.deleteLocked()
	}
}

// sweep deletes the files that no chunk of the list needs.
func (f *logFiles) sweep() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for number, file := range f.files {
		if file.chunks == 0 && number != f.current {
			delete(f.files, number)
			f.gone = append(f.gone, number)
		}
	}
	f.deleteLocked()
}

// deleteLocked deletes what is gone. What cannot be deleted is at the next start.
func (f *logFiles) deleteLocked() {
	if f.pins > 0 {
		return
	}
	if f.dir != "" {
		for _, number := range f.gone {
			_ = os.Remove(f.name(number))
		}
	}
	f.gone = nil
}

// numbers lists the files, the oldest first, and how many bytes they have.
func (f *logFiles) numbers() (numbers []uint64, bytes int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for number, file := range f.files {
		numbers = append(numbers, number)
		bytes += file.size
	}
	slices.Sort(numbers)
	return numbers, bytes
}
