package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"scimdeck/scim"
)

// Salvage is what can be read of a data folder whose database is damaged. It
// writes nothing there. Of each key the newest version that can be read counts;
// where a newer one may have been lost the indexes, which are kept elsewhere in
// the files, say what they can about it.
type Salvage struct {
	Files  []SalvagedFile
	Saved  map[string]int // resources that Rebuild writes, by type
	Keys   int            // bearer keys
	Log    int            // logged exchanges, about
	Lost   []LostResource // that the indexes know and nothing else is left of
	Old    []LostResource // that are saved as they were before their last change
	Unsure []LostResource // that are saved and may have been deleted, or changed since
	Gone   int            // that can still be read, and were deleted by what the indexes say
	Later  int            // that are saved, and whose last change, or deletion, may be among what was lost
	Notes  []string       // what else there is to know

	dir      string
	catalog  *scim.Catalog
	db       dbFiles
	logFiles *logFiles
	docFiles *docFiles
	badDocs  map[uint64]bool // files of documents with faults
	tables   []*sstable
	latest   map[string]slot
	lost     []keyRange
	kinds    map[byte]*kind // of the catalog
	names    map[byte]string
	byWhole  map[uint64]wholeEntry
	docs     []savedDoc
	alive    map[uint64]bool // sequences of docs
	taken    map[string]bool // unique names of docs

	senseless, foreign int // documents
}

// SalvagedFile is a file of the database and what became of it.
type SalvagedFile struct {
	Name   string
	Parts  int      // blocks, or entries of a log, that were read
	Faults []string // the rest
}

// LostResource names a resource as well as it can be.
type LostResource struct{ Type, ID, Name string }

// slot is the newest version of a key.
type slot struct {
	version uint64
	deleted bool
	value   []byte // nil: in the table's block
	table   int
	at, n   int64
}

// keyRange is keys that may have been lost: from one on to before another; "" is the end.
type keyRange struct{ from, to string }

// wholeEntry is an entry of an index that has each resource once.
type wholeEntry struct {
	key     string
	version uint64
}

// savedDoc is a document that Rebuild writes.
type savedDoc struct {
	key   string
	seq   uint64
	k     *kind  // nil: its type is not in the catalog
	whole string // key of its wholeEntry
	is    LostResource
}

// ReadSalvage reads what can be read. The error is *InUseError while a scimdeck
// has the folder, or the operating system's. The catalog should be the one that
// the folder was used with.
func ReadSalvage(dir string, catalog *scim.Catalog) (s *Salvage, err error) {
	s = &Salvage{
		dir: dir, catalog: catalog, Saved: map[string]int{}, latest: map[string]slot{},
		kinds: map[byte]*kind{}, names: map[byte]string{}, byWhole: map[uint64]wholeEntry{},
		alive: map[uint64]bool{}, taken: map[string]bool{}, badDocs: map[uint64]bool{},
	}
	release, err := holdHome(dir)
	if err != nil {
		return nil, err
	}
	defer release()
	defer func() {
		if err != nil {
			s.Close()
			s = nil
		}
	}()
	db := filepath.Join(dir, "db")
	if _, err := os.Stat(db); err != nil {
		return s, err
	}
	if s.db, err = listFiles(db); err != nil {
		return s, err
	}
	if s.logFiles, err = openLogFiles(&home{dir: dir}, false); err != nil {
		return s, err
	}
	if s.docFiles, err = openDocFiles(&home{dir: dir}, false); err != nil {
		return s, err
	}
	if err := s.readTables(); err != nil {
		return s, err
	}
	if err := s.readLogs(); err != nil {
		return s, err
	}
	if err := s.readDocFiles(); err != nil {
		return s, err
	}
	s.readCatalog()
	s.judge()
	return s, nil
}

// Close gives the files back.
func (s *Salvage) Close() {
	for _, t := range s.tables {
		t.close()
	}
	if s.docFiles != nil {
		s.docFiles.close()
	}
}

// Damaged reports whether anything could not be read.
func (s *Salvage) Damaged() bool { return len(s.lost)+len(s.badDocs) > 0 }

// holdHome sees to it that nobody opens the folder, and touches nothing in it.
func holdHome(dir string) (release func(), err error) {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if errors.Is(err, fs.ErrNotExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	taken, err := lockFile(f)
	if taken {
		defer f.Close()
		return nil, inUse(dir, f.Name())
	}
	if err != nil { // a disk without locks
		f.Close()
		return func() {}, nil
	}
	return func() { f.Close() }, nil
}

func (s *Salvage) lose(from, to string) { s.lost = append(s.lost, keyRange{from, to}) }

// mayBeLost reports whether a newer version of a key may be among what was not read.
func (s *Salvage) mayBeLost(key string) bool {
	return slices.ContainsFunc(s.lost, func(r keyRange) bool { return r.from <= key && (r.to == "" || key < r.to) })
}

// value reads the value of a key, of a document the document.
func (s *Salvage) value(key string) ([]byte, bool) {
	value, ok := s.stored(key)
	if !ok || key[0] != spaceDoc {
		return value, ok
	}
	r := s.docFiles.reader()
	defer r.close()
	var doc []byte
	err := r.doc([]byte(key), value, func(d []byte) error {
		doc = bytes.Clone(d)
		return nil
	})
	return doc, err == nil
}

// stored reads what the database has under a key.
func (s *Salvage) stored(key string) ([]byte, bool) {
	v, ok := s.latest[key]
	if !ok || v.deleted {
		return nil, false
	}
	if v.n == 0 {
		return v.value, true
	}
	t := s.tables[v.table]
	raw, err := t.read(v.at, v.n)
	if err != nil {
		return nil, false
	}
	b, err := readBlockOf(raw, nil)
	if err != nil {
		return nil, false
	}
	var value []byte
	err = b.each(func(r record) {
		if r.version == v.version && string(r.key) == key {
			value = bytes.Clone(r.value)
		}
	})
	return value, err == nil && value != nil
}

// readLogs reads the memtables' logs.
func (s *Salvage) readLogs() error {
	for _, id := range s.db.mems {
		name := memFile(s.db.dir, id)
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file := SalvagedFile{Name: filepath.Base(name)}
		m := readMem(data, func(r record) {
			file.Parts++
			s.add(r, slot{version: r.version, deleted: r.deleted})
		})
		if file.Faults = m.faults; len(m.faults) > 0 {
			s.lose("", "") // of any key
		}
		s.Files = append(s.Files, file)
	}
	return nil
}
