package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/y"
	"github.com/klauspost/compress/s2"
)

// Damage that is met while the store is open. Badger checks each block that it
// reads, but takes one that is wrong for the end of the table: what is in it and
// behind it would be "not found". So the errors that it makes of them are
// replaced by ones that count how often they are looked at (misreads), and
// whoever reads looks at the count afterwards. Besides, the scrub reads
// everything once after Open. A store that is known to be damaged answers nothing
// any more, writes nothing, and compacts nothing, which would make the loss final.

// misreads counts the blocks that were found wrong, by any store of the process.
var misreads atomic.Int64

// tripwire is an error that counts.
type tripwire struct{ error }

func (t tripwire) Error() string {
	misreads.Add(1)
	return t.error.Error()
}

func init() {
	y.ErrChecksumMismatch = tripwire{y.ErrChecksumMismatch}
	s2.ErrCorrupt = tripwire{s2.ErrCorrupt}
}

// misread reports whether a block was found wrong since the count was taken. It
// may have been somebody else's block: then the request can be made again.
func (s *Store) misread(before int64) error {
	if s.home == nil || misreads.Load() == before {
		return nil
	}
	select {
	case s.rescrub <- struct{}{}: // to find out which
	default:
	}
	return &DamagedError{Dir: s.home.dir, Err: errors.New("a block of a table or a document cannot be read")}
}

// halt is why nothing goes on until the store is opened again.
type halt struct {
	err   error
	reads bool // not even reading
}

// halted returns why there may be no reads, or no writes; nil if there may.
func (s *Store) halted(write bool) error {
	if h := s.halt.Load(); h != nil && (write || h.reads) {
		return h.err
	}
	return nil
}

func (s *Store) haltFor(err error, reads bool) {
	if s.halt.CompareAndSwap(nil, &halt{err, reads}) {
		s.opt.Messages.Error("the store has stopped until it is opened again", "error", err)
	}
}

// scrubPatience is how long Open waits for the scrub, before and after all else.
// It takes a third of a second for a million users.
const scrubPatience = 25 * time.Millisecond

// scrub reads every block of every table once, and again when a read has failed,
// and keeps compactions back until it is through: one that reads a damaged block
// drops what is behind it.
func (s *Store) scrub(first chan<- error) {
	defer close(s.scrubbed)
	for {
		err := s.scrubTables()
		select {
		case first <- err: // of size one
		default:
		}
		if err != nil {
			s.haltFor(err, true)
			return
		}
		s.sound.Store(s.suspect.Load())
		select {
		case <-s.loaded:
		case <-s.stop:
			return
		}
		if err := s.scrubDocs(); err != nil {
			s.haltFor(err, true)
			return
		}
		select {
		case <-s.rescrub:
		case <-s.stop:
			return
		}
	}
}

func (s *Store) scrubTables() error {
	s.suspect.Store(misreads.Load())
	files, err := listFiles(s.home.db)
	if err != nil {
		return nil // the disk's affair
	}
	slices.Sort(files.tables)
	slices.Reverse(files.tables) // the newest are the first to be compacted
	var file, expanded []byte
	for _, id := range files.tables {
		select {
		case <-s.stop:
			return nil
		default:
		}
		if file, expanded, err = checkBlocks(files.table(id), file, expanded); err != nil {
			if listed, merr := files.manifest(badgerOptions(s.home)); merr == nil {
				if _, ok := listed[id]; !ok {
					continue // being made, or no longer wanted
				}
			}
			return files.fault(filepath.Base(files.table(id)), "%w", err)
		}
	}
	return nil
}

// scrubDocs reads every document. Records that no document is in any more do not count.
func (s *Store) scrubDocs() error {
	use, err := s.census()
	if err != nil {
		return nil // the tables' affair, or the end
	}
	for number, u := range use {
		err := s.docs.eachRecord(number, u.end, func([10]byte, []byte, docPlace) error {
			if s.stopping() {
				return ErrClosed
			}
			return nil
		})
		if errors.Is(err, errDocFile) {
			err = s.readDocs(number)
		}
		if errors.Is(err, errDocFile) {
			return &DamagedError{Dir: s.home.dir, File: docFileName(number), Err: err}
		}
	}
	return nil
}

// readDocs reads the documents that are in a file now. By now it may be gone with
// everything that was in it.
func (s *Store) readDocs(number uint64) error {
	n := s.snapshot()
	defer n.release()
	r := s.docs.reader()
	defer r.close()
	it := n.txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceDoc}})
	defer it.Close()
	for it.Rewind(); it.Valid() && !s.stopping(); it.Next() {
		item := it.Item()
		err := item.Value(func(v []byte) error {
			p, placed, err := docPlaceOf(v)
			if err != nil || !placed || p.file != number {
				return nil
			}
			_, err = r.read(item.Key(), p)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// docFileName is how a file is called in messages: by its path in the data folder.
func docFileName(number uint64) string { return "docs/" + fileName(number) }

// checkBlocks reads a table in two buffers, which it returns for the next one.
func checkBlocks(name string, file, expanded []byte) (f, x []byte, err error) {
	t, err := openTable(name)
	if t == nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return file, expanded, err
	}
	defer t.close()
	if err == nil {
		err = t.readAll(file)
	}
	if err != nil {
		return file, expanded, err
	}
	for i := range t.blocks {
		b, err := t.block(i, expanded)
		if err != nil {
			return t.data, expanded, err
		}
		if cap(b.whole) > cap(expanded) {
			expanded = b.whole[:cap(b.whole)]
		}
	}
	return t.data, expanded, nil
}

// mustNotCompact keeps compactions back as long as it is not known that the
// tables are sound.
func (s *Store) mustNotCompact() bool {
	return s.halt.Load() != nil || s.sound.Load() != misreads.Load()
}

// commitFailed looks at an error of Badger's commit. After this one Badger
// must not be asked anything more: it would end the process.
func (s *Store) commitFailed(err error) error {
	err = badgerError("committing", err)
	if strings.Contains(err.Error(), "cannot create new mem table") {
		s.haltFor(fmt.Errorf("%w; start scimdeck again", err), true)
	}
	return err
}
