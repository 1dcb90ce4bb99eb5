package store

import (
	"bytes"
	"errors"
	"path/filepath"

	badger "github.com/dgraph-io/badger/v4"
)

// filling fills a new database that nobody else has: of a backup, or of what was saved of
// a damaged store. It is of no use before end has returned.
type filling struct {
	wb   *badger.WriteBatch
	docs *docFiles
}

// newFilling fills db, and the files of its documents in the folder that h says.
func newFilling(db *badger.DB, h *home) (*filling, error) {
	docs, err := openDocFiles(h, false)
	if err != nil {
		return nil, err
	}
	return &filling{wb: db.NewWriteBatch(), docs: docs}, nil
}

// set writes an entry; key and value stay the caller's.
func (f *filling) set(key, value []byte) error {
	return f.wb.Set(bytes.Clone(key), bytes.Clone(value))
}

// doc writes a document. Databases of formats before 4 have them under their keys, and
// keep them there when Open brings them to the present one.
func (f *filling) doc(format int, key, doc []byte) error {
	if format < formatDocFiles {
		return f.set(key, doc)
	}
	p, err := f.docs.put(key, doc)
	if err != nil {
		return err
	}
	const atOnce = 256 << 10
	if len(f.docs.pending) >= atOnce {
		if err := f.docs.write(); err != nil {
			return err
		}
	}
	return f.wb.Set(bytes.Clone(key), p.append(nil))
}

// end brings everything to the disk, with where the documents end, as Close does.
func (f *filling) end() error {
	if err := f.docs.write(); err != nil {
		return err
	}
	if end := f.docs.finish(); end.file != 0 {
		if err := errors.Join(f.docs.sync(), syncFolder(f.docs.dir), syncFolder(filepath.Dir(f.docs.dir))); err != nil {
			return err
		}
		if err := f.set(keyDocFiles, end.appendEnd(nil)); err != nil {
			return err
		}
	}
	return f.wb.Flush()
}

// close gives back what it took, also after an error.
func (f *filling) close() {
	f.wb.Cancel()
	f.docs.close()
}
