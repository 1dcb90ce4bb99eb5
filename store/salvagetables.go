package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// readTables reads the tables that the manifest lists, or all if it is lost.
func (s *Salvage) readTables() error {
	ids := s.db.tables
	listed, err := s.db.manifest(badgerOptions(&home{db: s.db.dir}))
	switch {
	case err != nil && (s.db.has || len(ids) > 0):
		s.Files = append(s.Files, SalvagedFile{Name: badger.ManifestFilename, Faults: []string{err.Error()}})
		s.Notes = append(s.Notes, "without a manifest all tables count, also one that was replaced and not deleted yet: what was deleted long ago may be back")
	case err == nil:
		ids = s.listed(listed)
	}
	slices.Sort(ids)
	for _, id := range ids {
		file, err := s.readTable(s.db.table(id), listed[id].Compression)
		if err != nil {
			return err
		}
		s.Files = append(s.Files, file)
	}
	return nil
}

// listed chooses the tables that count: those of the manifest, and newer ones,
// which it must have lost.
func (s *Salvage) listed(listed map[uint64]badger.TableManifest) (ids []uint64) {
	var newest uint64
	for id := range listed {
		ids = append(ids, id)
		if t, _ := openTable(s.db.table(id)); t != nil {
			newest = max(newest, t.maxVersion)
			t.close()
		}
	}
	for _, id := range s.db.tables {
		if _, ok := listed[id]; ok {
			continue
		}
		t, err := openTable(s.db.table(id))
		if t == nil {
			continue
		}
		t.close()
		if err == nil && t.maxVersion > newest {
			ids = append(ids, id)
			s.Notes = append(s.Notes, fmt.Sprintf("%s is not in the manifest and was read, as it has the newest changes", t.name))
		}
	}
	return ids
}

func (s *Salvage) readTable(name string, compression options.CompressionType) (SalvagedFile, error) {
	file := SalvagedFile{Name: filepath.Base(name)}
	t, err := openTable(name)
	if t == nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
		file.Faults = append(file.Faults, "it is missing")
		s.lose("", "")
		return file, nil
	}
	s.tables = append(s.tables, t)
	if compression != options.Snappy && compression != options.None {
		return file, fmt.Errorf("%s is compressed in a way that scimdeck does not use", file.Name)
	}
	if err != nil {
		file.Faults = append(file.Faults, err.Error())
		return file, s.scanTable(t, &file)
	}
	for i := range t.blocks {
		b, err := t.block(i, nil)
		if err == nil {
			at, n, _ := t.place(i)
			if err = s.take(b, at, n); err == nil {
				file.Parts++
				continue
			}
		}
		_, _, from := t.place(i)
		to := []byte(nil)
		if i+1 < t.blocks {
			_, _, to = t.place(i + 1)
			to = append(to[:len(to):len(to)], 0) // of the same key there may be versions in both
		}
		file.Faults = append(file.Faults, err.Error())
		s.lose(string(from), string(to))
	}
	return file, nil
}

// take takes the entries of a block of the table that was opened last.
func (s *Salvage) take(b block, at, n int64) error {
	return b.each(func(r record) {
		s.add(r, slot{version: r.version, deleted: r.deleted, table: len(s.tables) - 1, at: at, n: n})
	})
}

// add keeps a version of a key if it is the newest. Of the indexes only those
// are kept that every resource is in once.
func (s *Salvage) add(r record, v slot) {
	if len(r.key) == 0 || r.key[0] == '!' {
		return // Badger's own
	}
	switch r.key[0] {
	case spaceUnique, spaceIndex:
		if len(r.key) < 3 || !isWhole(r.key) {
			return
		}
	}
	if have, ok := s.latest[string(r.key)]; ok && have.version >= v.version {
		return
	}
	if r.key[0] != spaceDoc && r.key[0] != spaceChunk && r.key[0] != spaceRowsTwo || v.n == 0 {
		v.value, v.n = append([]byte{}, r.value...), 0
	}
	s.latest[string(r.key)] = v
}

// isWhole reports whether an index's key is of an index that has each resource once.
func isWhole(key []byte) bool {
	switch {
	case key[1] == userCode:
		return key[0] == spaceUnique && key[2] == 1
	case key[1] == groupCode:
		return key[0] == spaceIndex && key[2] == 1
	}
	return key[0] == spaceIndex && key[2] == livingCode
}
