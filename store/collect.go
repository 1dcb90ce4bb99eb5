package store

import (
	"errors"
	"slices"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// Garbage in the documents' files: what was changed or deleted since, and the ends of
// files that a kill has left. A census finds out how much it is: it walks over the
// places, which are small. If it is worth while, what lives in the worst files is
// appended anew, by the writer like any change, and the files are deleted as soon as
// nobody can have their places any more.

const (
	leastGarbage = 4  // files' sizes of it are worth while, or as much as lives; a quarter of that is left
	leastGrown   = 2  // files' sizes that are written until the next census, or a quarter of all
	afterOpen    = 10 // ticks until the first census, for the files that were to be deleted when the store was closed
	moveBytes    = 256 << 10
	mostFiles    = 16 // besides full ones
)

// fileUse is what a census knows of a file.
type fileUse struct {
	live int64 // bytes of the records that count
	end  int64 // of the last one of them
}

// census walks over the places of all documents, and puts them into memory.
func (s *Store) census() (use map[uint64]fileUse, err error) {
	s.places.counting.Lock()
	defer s.places.counting.Unlock()
	defer func() {
		if err == nil {
			s.places.trim()
		}
	}()
	use = map[uint64]fileUse{}
	n := 0
	err = s.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceDoc}})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if n++; n%ctxEvery == 0 && s.stopping() {
				return ErrClosed
			}
			err := it.Item().Value(func(v []byte) error {
				p, placed, err := docPlaceOf(v)
				if !placed || err != nil {
					return err
				}
				s.places.found(it.Item().Key(), p)
				u := use[p.file]
				u.live += int64(p.n)
				u.end = max(u.end, p.end())
				use[p.file] = u
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return use, err
}

func (s *Store) stopping() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// collect is the collector's goroutine.
func (s *Store) collect() {
	defer close(s.collected)
	tick := time.NewTicker(houseTick)
	defer tick.Stop()
	var unsettled, dying []dyingFile
	counted := false
	for n := 1; ; n++ {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		if s.home != nil && s.mustNotCompact() || s.disk.refusal() != nil {
			continue // what cannot be read would seem to be gone
		}
		if n >= afterOpen && !counted || s.docs.grown.Load() >= s.docs.worthCounting() {
			gone, err := s.collectGarbage()
			if err != nil && !errors.Is(err, ErrClosed) {
				s.opt.Messages.Error("collecting the garbage of the documents' files", "error", err)
			}
			for _, number := range gone {
				s.docs.die(number)
				unsettled = append(unsettled, dyingFile{number: number, turns: 2})
			}
			counted = true
		}
		if len(unsettled) > 0 && s.settle() {
			dying, unsettled = append(dying, unsettled...), nil
		}
		dying = s.bury(dying)
	}
}

// settle brings to the disk whatever is committed: the changes that have made garbage of
// a file's documents too. It reports whether that is done.
func (s *Store) settle() bool {
	if s.home == nil {
		return true
	}
	s.commits.lock()
	defer s.commits.unlock()
	// Badger syncs only the present memtable. One before that is on the disk when it is a table.
	return s.disk.memWaiting() == 0 && s.sync() == nil
}

// dyingFile is a file that no document is in any more.
type dyingFile struct {
	number uint64
	turns  int // of pins to wait for: after two of them who was there before the first is gone
}

// bury deletes the files that nobody reads.
func (s *Store) bury(dying []dyingFile) []dyingFile {
	if len(dying) == 0 || !s.pins.turn() {
		return dying
	}
	for i := range dying {
		dying[i].turns--
	}
	return slices.DeleteFunc(dying, func(f dyingFile) bool {
		if f.turns > 0 {
			return false
		}
		s.docs.remove(f.number)
		return true
	})
}

// worthCounting is how many bytes make a census worth while.
func (d *docFiles) worthCounting() int64 {
	_, bytes := d.list()
	return max(leastGrown*d.size, bytes/4)
}

// collectGarbage empties the files that are worth it, and returns those without a
// document.
func (s *Store) collectGarbage() (gone []uint64, err error) {
	before := misreads.Load()
	defer func() {
		if bad := s.misread(before); bad != nil { // then the census was not of everything
			gone, err = nil, bad
		}
	}()
	s.docs.grown.Store(0) // what is written from here on counts for the next time
	numbers, total := s.docs.closed()
	use, err := s.census()
	if err != nil {
		return nil, err
	}
	var live int64
	for _, u := range use {
		live += u.live
	}
	garbage := total - live
	slices.SortFunc(numbers, func(a, b uint64) int { return int(use[a].live - use[b].live) })
	much := max(leastGarbage*s.docs.size, live)
	worth := garbage >= much
	for _, number := range numbers {
		u, size := use[number], s.docs.sizeOf(number)
		if u.live > 0 {
			spare := len(numbers)-len(gone) > mostFiles+int(2*total/s.docs.size)
			if !spare && (!worth || garbage < much/4) {
				break
			}
			if err := s.empty(number, u.end); err != nil {
				return gone, err
			}
		}
		garbage -= size - u.live
		gone = append(gone, number)
	}
	return gone, nil
}

// closed lists the files that are not appended to, and how many bytes all have.
func (d *docFiles) closed() (numbers []uint64, total int64) {
	numbers, total = d.list()
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.DeleteFunc(numbers, func(n uint64) bool { return n == d.last }), total
}

// die notes that a file is going to be removed.
func (d *docFiles) die(number uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files[number].dying = true
}

func (d *docFiles) sizeOf(number uint64) int64 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if f := d.files[number]; f != nil {
		return f.end
	}
	return 0
}

// empty appends anew what lives in a file, of which that is before end.
func (s *Store) empty(number uint64, end int64) error {
	var list []movedDoc
	size := 0
	move := func() error {
		if len(list) == 0 {
			return nil
		}
		batch := list
		list, size = nil, 0
		return s.enqueue(&operation{ctx: background, moves: true, do: func(t *tx) error { return t.moveDocs(batch) }})
	}
	err := s.docs.eachRecord(number, end, func(key [10]byte, doc []byte, p docPlace) error {
		if s.stopping() {
			return ErrClosed
		}
		n := s.snapshot()
		lives, err := s.isAt(n.txn, key[:], p)
		n.release()
		if err != nil || !lives {
			return err
		}
		if size += p.n; size > moveBytes {
			err = move()
			size = p.n
		}
		list = append(list, movedDoc{key: key, doc: slices.Clone(doc), from: p})
		return err
	})
	if err != nil {
		return err
	}
	return move()
}

// movedDoc is a document on its way into another file.
type movedDoc struct {
	key  [10]byte
	doc  []byte
	from docPlace
}

// moveDocs plans to append documents anew, if they are still where they were.
func (t *tx) moveDocs(list []movedDoc) error {
	for i := range list {
		m := &list[i]
		if t.batch != nil && findPlanned(t.batch.fresh, &t.batch.freshPlaces, m.key[:]) != nil {
			continue // changed by this batch
		}
		lives, err := t.s.isAt(t.txn, m.key[:], m.from)
		if err != nil {
			return err
		}
		if lives {
			t.set(m.key[:], m.doc)
		}
	}
	return nil
}

// isAt reports whether a document is at a place now; txn is of the present.
func (s *Store) isAt(txn *badger.Txn, key []byte, p docPlace) (is bool, err error) {
	if is, ok := s.places.has(key, p); ok {
		return is, nil
	}
	at, err := docPlaceIn(txn, key)
	return at == p, err
}

// docPlaceIn is where a document is, or the zero docPlace.
func docPlaceIn(txn *badger.Txn, key []byte) (p docPlace, err error) {
	item, err := txn.Get(key)
	if err == badger.ErrKeyNotFound {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	err = item.Value(func(v []byte) (err error) {
		p, _, err = docPlaceOf(v)
		return err
	})
	return p, err
}
