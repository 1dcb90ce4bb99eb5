package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim/wire"
)

// Remarks are what people put on logged exchanges: marks and notes. They are few,
// all in memory, and changed by the log's writer alone, so that none is put on an
// entry that is being deleted: a remark goes in the same transaction as its entry.
//
// The value in the database is a byte of flags and the note:
//
//	flags(1): 1 marked · note, UTF-8

const (
	// NoteBytes is how long a note may be.
	NoteBytes = 1000
	// MaxRemarks is how many exchanges may have one.
	MaxRemarks = 1000

	remarkMarked = 1
)

// remarks is all of them at one moment. It is never changed.
type remarks struct {
	of      map[uint64]wire.Remark
	version uint64 // another one after each change
}

// with is the remarks with another one for an entry; the zero Remark is none.
func (r *remarks) with(number uint64, m wire.Remark) *remarks {
	of := maps.Clone(r.of)
	if of == nil {
		of = map[uint64]wire.Remark{}
	}
	if of[number] = m; m == (wire.Remark{}) {
		delete(of, number)
	}
	return &remarks{of, r.version + 1}
}

// only is the remarks on entries for which keep holds.
func (r *remarks) only(keep func(number uint64) bool) *remarks {
	of := maps.Clone(r.of)
	maps.DeleteFunc(of, func(n uint64, _ wire.Remark) bool { return !keep(n) })
	if len(of) == len(r.of) {
		return r
	}
	return &remarks{of, r.version + 1}
}

// numbers are the entries that have one, the oldest first.
func (r *remarks) numbers() []uint64 { return slices.Sorted(maps.Keys(r.of)) }

func appendRemark(dst []byte, m wire.Remark) []byte {
	flags := byte(0)
	if m.Marked {
		flags |= remarkMarked
	}
	return append(append(dst, flags), m.Note...)
}

func readRemark(number uint64, value []byte) (m wire.Remark, err error) {
	if len(value) == 0 || value[0] > remarkMarked || len(value) == 1 && value[0] == 0 || !utf8.Valid(value[1:]) {
		return m, fmt.Errorf("the remark on log entry %d is %.20q", number, value)
	}
	return wire.Remark{Marked: value[0] == remarkMarked, Note: string(value[1:])}, nil
}

// readRemarks reads all that are stored.
func readRemarks(txn *badger.Txn) (map[uint64]wire.Remark, error) {
	of := map[uint64]wire.Remark{}
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceRemark}})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		number, ok := lastUint64(it.Item().Key()[1:])
		if !ok {
			return nil, fmt.Errorf("a remark has the key %x", it.Item().Key())
		}
		err := it.Item().Value(func(v []byte) (err error) {
			of[number], err = readRemark(number, v)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return of, nil
}

func (l *requestLog) loadRemarks(txn *badger.Txn) error {
	of, err := readRemarks(txn)
	l.remarks.Store(&remarks{of: of})
	return err
}

// Remarks returns what people have put on logged exchanges, by number. The map
// is shared and is not to be written to; LogState.Remarks says when there is another.
func (s *Store) Remarks() map[uint64]wire.Remark { return s.log.remarks.Load().of }

// SetMark marks a logged exchange, or takes the mark away. It fails when the
// exchange is not in the log, or when MaxRemarks others have a mark or a note.
func (s *Store) SetMark(number uint64, marked bool) error {
	return s.setRemark(number, func(m *wire.Remark) { m.Marked = marked })
}

// SetNote puts a note on a logged exchange in place of the one that it has; ""
// takes that away. Blanks of all kinds become single ones, what cannot be printed
// is left out. It fails like SetMark, and when the note is longer than NoteBytes.
func (s *Store) SetNote(number uint64, text string) error {
	text = CleanNote(text)
	if len(text) > NoteBytes {
		return fmt.Errorf("the note is %d bytes long: a note has at most %d", len(text), NoteBytes)
	}
	return s.setRemark(number, func(m *wire.Remark) { m.Note = text })
}

// CleanNote is a note as it is kept: see SetNote.
func CleanNote(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))), " ")
}

// setRemark changes the remark on an entry, durably.
func (s *Store) setRemark(number uint64, change func(*wire.Remark)) error {
	l := s.log
	<-l.loaded
	err := ErrClosed // if the writer has ended
	l.do(func() { err = l.setRemark(number, change) })
	if err == nil {
		s.watchers.ping()
	}
	return err
}

func (l *requestLog) setRemark(number uint64, change func(*wire.Remark)) error {
	if _, ok, err := l.s.Exchange(number); err != nil || !ok {
		if err == nil {
			err = fmt.Errorf("request %d is not in the log", number)
		}
		return err
	}
	now := l.remarks.Load()
	m, had := now.of[number]
	was := m
	if change(&m); m == was {
		return nil
	}
	if !had && len(now.of) >= MaxRemarks {
		return fmt.Errorf("%d requests have a mark or a note, which is the most: take one away first", MaxRemarks)
	}
	if err := l.s.room(&tx{s: l.s, writes: make([]planned, 1)}); err != nil {
		return err
	}
	txn := l.s.db.NewTransaction(true)
	defer txn.Discard()
	next, value := now.with(number, m), appendRemark(nil, m)
	err := txn.Set(numbered(spaceRemark, number), value)
	if m == (wire.Remark{}) {
		err = txn.Delete(numbered(spaceRemark, number))
	}
	if err == nil {
		err = l.commit(txn, len(value), func() { l.remarks.Store(next) })
	}
	if err != nil || !l.s.opt.Durable {
		return err
	}
	l.s.commits.lock()
	defer l.s.commits.unlock()
	return l.s.sync()
}

// deleteRemarks deletes, in a transaction, those that are not left, and returns
// how much that takes. The caller stores left in memory together with the commit.
func (l *requestLog) deleteRemarks(txn *badger.Txn, left *remarks) (size int, err error) {
	for number := range l.remarks.Load().of {
		if _, ok := left.of[number]; ok {
			continue
		}
		if err := txn.Delete(numbered(spaceRemark, number)); err != nil {
			return 0, err
		}
		size += entryExtra
	}
	return size, nil
}

// sweepRemarks deletes those on entries that are gone: a program that does not
// know remarks has deleted those, or they were lost with damaged files.
func (l *requestLog) sweepRemarks() {
	left := l.remarks.Load().only(l.has)
	if left == l.remarks.Load() || l.s.disk.refusal() != nil {
		return
	}
	txn := l.s.db.NewTransaction(true)
	defer txn.Discard()
	size, err := l.deleteRemarks(txn, left)
	if err == nil {
		err = l.commit(txn, size, func() { l.remarks.Store(left) })
	}
	if err != nil {
		l.s.opt.Messages.Error("deleting remarks on entries that are gone", "error", err)
	}
}

// has reports whether a chunk has or had an entry with this number. Only the writer may ask.
func (l *requestLog) has(number uint64) bool {
	i, _ := slices.BinarySearchFunc(l.chunks, number, func(h chunkHead, n uint64) int {
		if h.last < n {
			return -1
		}
		return 1
	})
	return i < len(l.chunks) && l.chunks[i].first <= number
}

// remarks holds the stored ones against those in memory and the log.
func (v *verifier) remarks() {
	stored, err := readRemarks(v.txn)
	if err != nil {
		v.fault("%w", err)
	} else if !maps.Equal(stored, v.noted) {
		v.fault("%d remarks are stored, and %d others are in memory", len(stored), len(v.noted))
	}
	for number := range v.noted {
		if !slices.ContainsFunc(v.chunks, func(h chunkHead) bool { return h.first <= number && number <= h.last }) {
			v.fault("there is a remark on log entry %d, which is in no chunk", number)
		}
	}
}
