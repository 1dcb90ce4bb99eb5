package store

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// docReader reads documents from their files, those of one snapshot. Who reads one after
// the other, as they were written, gets them in large pieces. It belongs to one goroutine.
type docReader struct {
	files *docFiles
	buf   []byte // a piece of a file
	file  uint64
	from  int64 // where it begins
	next  int64 // where the last record ended
	ahead int   // bytes to read at once
	ours  bool  // it is the writer's, which sees what is not written yet
}

const (
	leastAhead = 4 << 10
	mostAhead  = 64 << 10
)

var docReaders = sync.Pool{New: func() any { return new(docReader) }}

// reader gives a reader, to be closed.
func (d *docFiles) reader() *docReader {
	r := docReaders.Get().(*docReader)
	r.files, r.file, r.ahead, r.ours = d, 0, 0, false
	return r
}

// ownReader gives the writer a reader, to be closed before the batch ends.
func (d *docFiles) ownReader() *docReader {
	r := d.reader()
	r.ours = true
	return r
}

// expect says that about so many documents are going to be read, most of which may
// stand one after the other.
func (r *docReader) expect(docs int) {
	const few, usual = 4, 800
	if docs > few {
		r.ahead = min(docs, mostAhead/usual) * usual
	}
}

// scattered reports whether the last document did not follow the one before it.
func (r *docReader) scattered() bool { return r.file != 0 && r.ahead == 0 }

func (r *docReader) close() {
	if cap(r.buf) > 2*mostAhead {
		r.buf = nil
	}
	r.files = nil
	docReaders.Put(r)
}

// doc calls f with the document that the value under a key is, or names. It is valid
// only during the call.
func (r *docReader) doc(key, value []byte, f func(doc []byte) error) error {
	p, placed, err := docPlaceOf(value)
	if err != nil {
		return r.damaged(err)
	}
	if !placed {
		return f(value)
	}
	doc, err := r.read(key, p)
	if err != nil {
		return err
	}
	return f(doc)
}

// read reads the document at a place, which is valid until the next call.
func (r *docReader) read(key []byte, p docPlace) ([]byte, error) {
	if r.ours {
		if b := r.files.unwritten(p); b != nil {
			_, doc, _ := readRecord(b)
			return doc, nil
		}
	}
	if p.file != r.file || p.offset < r.from || p.end() > r.from+int64(len(r.buf)) {
		if err := r.fill(p); err != nil {
			return nil, err
		}
	}
	r.next = p.end()
	at := p.offset - r.from
	found, doc, ok := readRecord(r.buf[at : at+int64(p.n)])
	if !ok || len(doc) != p.n-recordHead || string(found[:]) != string(key) {
		return nil, r.damaged(fmt.Errorf("%w: %s at %d", errDocFile, fileName(p.file), p.offset))
	}
	return doc, nil
}

// fill reads a piece that begins with a record.
func (r *docReader) fill(p docPlace) error {
	switch {
	case r.file == 0: // as expected
	case p.file != r.file || p.offset != r.next:
		r.ahead = 0
	default:
		r.ahead = min(max(2*r.ahead, leastAhead), mostAhead)
	}
	size := max(p.n, r.ahead)
	if cap(r.buf) < size {
		r.buf = make([]byte, max(size, leastAhead))
	}
	n, err := r.files.readAt(p.file, r.buf[:size], p.offset)
	r.file, r.from, r.buf = p.file, p.offset, r.buf[:n]
	switch {
	case n >= p.n:
		return nil
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("%w: %s ends before %d", errDocFile, fileName(p.file), p.end())
	}
	if r.file = 0; errors.Is(err, errDocFile) {
		return r.damaged(err)
	}
	return err
}

// damaged counts a document that is not as it was written, as a block of a table is
// counted: see misreads.
func (r *docReader) damaged(err error) error {
	misreads.Add(1)
	return err
}

// eachRecord calls f with each record of a file up to an end, as far as they can be
// read: else the error is errDocFile, f's or the operating system's. Key and document
// are valid only during the call.
func (d *docFiles) eachRecord(number uint64, end int64, f func(key [10]byte, doc []byte, p docPlace) error) error {
	return d.eachRecordFrom(number, int64(len(docFileHead)), end, f)
}

// eachRecordFrom is eachRecord that begins where one does.
func (d *docFiles) eachRecordFrom(number uint64, at, end int64, f func(key [10]byte, doc []byte, p docPlace) error) error {
	const piece = 256 << 10
	buf := make([]byte, 0, piece)
	for at < end {
		n, err := d.readAt(number, buf[:cap(buf)], at)
		if n == 0 && err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		buf = buf[:n]
		used := 0
		for {
			key, doc, ok := readRecord(buf[used:])
			if !ok || at+int64(used) >= end {
				break
			}
			p := docPlace{file: number, offset: at + int64(used), n: recordHead + len(doc)}
			if err := f(key, doc, p); err != nil {
				return err
			}
			used += p.n
		}
		switch {
		case used > 0:
			at += int64(used)
		case cap(buf) < recordHead+maxValue && n == cap(buf):
			buf = make([]byte, 0, recordHead+maxValue) // it may be a long one
		default:
			return fmt.Errorf("%w: %s at %d", errDocFile, fileName(number), at)
		}
	}
	return nil
}

// nextRecord looks for a record from a place on, behind what cannot be read; 0: there
// is none.
func (d *docFiles) nextRecord(number uint64, at, end int64) int64 {
	b := make([]byte, max(0, end-at))
	n, _ := d.readAt(number, b, at)
	b = b[:usedLen(b[:n])]
	for i := range b {
		// Types are small numbers and sequences shorter than eight bytes.
		if len(b)-i >= recordHead && b[i] != 0 && b[i+1] == 0 && b[i+2] == 0 {
			if _, _, ok := readRecord(b[i:]); ok {
				return at + int64(i)
			}
		}
	}
	return 0
}
