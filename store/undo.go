package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// After a power cut a transaction may be in the log of Badger's memtable while the
// documents that it names have not come to the disk: both are synced at once, after
// the commit and before the answer. So nobody had that answer, and it and what
// followed are taken back before Badger reads the log. Documents before the mark
// under keyDocFiles had been synced, and are damaged if they are not there.

// undoUnwritten does that, if there is anything to undo.
func (f dbFiles) undoUnwritten(docs *docFiles) error {
	var synced docPlace
	for _, id := range f.mems {
		if data, err := os.ReadFile(memFile(f.dir, id)); err == nil {
			synced = syncedIn(data, synced)
		}
	}
	for i, id := range f.mems {
		data, err := os.ReadFile(memFile(f.dir, id))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was empty, see tidy
		}
		if err != nil {
			return err
		}
		version := firstUnwritten(docs, data, synced)
		if version == 0 {
			continue
		}
		if err := f.cutMem(id, data, version); err != nil {
			return err
		}
		for _, later := range f.mems[i+1:] {
			if err := f.cutMem(later, nil, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		break
	}
	return nil
}

// syncedIn returns the last mark of a log, or the one before.
func syncedIn(data []byte, before docPlace) docPlace {
	readMem(data, func(e record) {
		if len(e.key) == 1 && e.key[0] == spaceDocFiles {
			if p, err := docEndOf(e.value); err == nil {
				before = p
			}
		}
	})
	return before
}

// firstUnwritten finds the first transaction of a log with a document that did not
// come to the disk, and had not to be there; 0: none.
func firstUnwritten(docs *docFiles, data []byte, synced docPlace) (version uint64) {
	readMem(data, func(e record) {
		if version != 0 || e.deleted || len(e.key) != 10 || e.key[0] != spaceDoc {
			return
		}
		p, placed, err := docPlaceOf(e.value)
		if err == nil && placed && !p.before(synced.file, synced.offset) && docs.unread(p) {
			version = e.version
		}
	})
	return version
}

// unread reports whether pages of a document never came to the disk: it is in a file
// that is at least as long as it was made, and has a hole there.
func (d *docFiles) unread(p docPlace) bool {
	f := d.files[p.file]
	if f == nil {
		return p.file > d.last // nor did the file
	}
	if f.end < d.size {
		return false
	}
	b := make([]byte, p.n)
	n, _ := d.readAt(p.file, b, p.offset)
	if _, _, ok := readRecord(b[:n]); ok {
		return false
	}
	from := int(p.offset % sector)
	return n < p.n || allZero(b) || hasZeroSector(append(bytes.Repeat([]byte{1}, from), b...), from, from+len(b)) || endsInHole(b, from)
}

// endsInHole reports whether what of b is in its first or last sector is missing.
func endsInHole(b []byte, from int) bool {
	first := min(sector-from, len(b))
	last := (from + len(b)) % sector
	return allZero(b[:first]) || last > 0 && last <= len(b) && allZero(b[len(b)-last:])
}

// cutMem empties a log from a transaction on, or with version 0 altogether.
func (f dbFiles) cutMem(id uint64, data []byte, version uint64) error {
	name := memFile(f.dir, id)
	if data == nil {
		var err error
		if data, err = os.ReadFile(name); err != nil {
			return err
		}
	}
	at := memHead
	for version != 0 {
		e, _, ok := readMemEntry(data, at)
		if !ok {
			return fmt.Errorf("%s has no transaction %s", filepath.Base(name), strconv.FormatUint(version, 10))
		}
		if e.meta&metaFin == 0 && len(e.key) > 8 && keyVersion(e.key) == version {
			break
		}
		at = e.end
	}
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if used := usedLen(data); at < used {
		if _, err := file.WriteAt(make([]byte, used-at), int64(at)); err != nil {
			return err
		}
	}
	return file.Sync()
}
