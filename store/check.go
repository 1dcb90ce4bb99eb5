package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
)

// What has to be right before Badger may open its files. It ends the process
// over some faults, and mends others by deleting: a table that the manifest does
// not list, the rest of a log behind what it cannot read, everything if there is
// no manifest. So whatever could cost data is refused first.

// dbFiles is what there is in a database's folder.
type dbFiles struct {
	dir    string
	has    bool // a manifest
	tables []uint64
	mems   []uint64 // ascending
	vlogs  []string // names
	empty  []string // names, see tidy
}

func listFiles(dir string) (f dbFiles, err error) {
	f.dir = dir
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	for _, e := range entries {
		name, ext, _ := strings.Cut(e.Name(), ".")
		id, err := strconv.ParseUint(name, 10, 32)
		switch {
		case e.Name() == badger.ManifestFilename:
			f.has = true
		case err != nil:
		case ext == "sst":
			f.tables = append(f.tables, id)
		case ext == "mem":
			f.mems = append(f.mems, id)
		case ext == "vlog":
			f.vlogs = append(f.vlogs, e.Name())
		}
		if fi, err := e.Info(); err == nil && fi.Size() == 0 && (ext == "mem" || ext == "vlog") {
			f.empty = append(f.empty, e.Name())
		}
	}
	slices.Sort(f.mems)
	return f, nil
}

func (f dbFiles) table(id uint64) string { return table.NewFilename(id, f.dir) }

func memFile(dir string, id uint64) string { return filepath.Join(dir, fmt.Sprintf("%05d.mem", id)) }

// tidy deletes the empty files that a kill leaves between the making of a file
// and its first byte, or its last byte and its end. Badger refuses to open them.
func (f dbFiles) tidy() {
	for _, name := range f.empty {
		_ = os.Remove(filepath.Join(f.dir, name)) // Badger tells if it could not be
	}
}

// fault names a damaged file.
func (f dbFiles) fault(name string, format string, args ...any) error {
	return &DamagedError{Dir: filepath.Dir(f.dir), File: name, Err: fmt.Errorf(format, args...)}
}

// check looks for damage: *DamagedError. A new database has none.
func (f dbFiles) check(o badger.Options) error {
	mems, err := f.checkMems()
	if err != nil {
		return err
	}
	if !f.has {
		if len(f.tables) > 0 || len(mems) > 0 {
			return f.fault(badger.ManifestFilename, "it is missing")
		}
		return nil
	}
	listed, err := f.manifest(o)
	if err != nil {
		return f.fault(badger.ManifestFilename, "%w", err)
	}
	var newest uint64
	for id := range listed {
		version, err := checkTable(f.table(id))
		if err != nil {
			return f.fault(filepath.Base(f.table(id)), "%w", err)
		}
		newest = max(newest, version)
	}
	for _, id := range f.tables {
		if _, ok := listed[id]; ok {
			continue
		}
		// What a compaction was stopped in has nothing new, and what was to be a
		// table is still in the memtable's log. Else the manifest has lost it.
		t, err := openTable(f.table(id))
		if t == nil {
			continue
		}
		t.close()
		inLog := slices.ContainsFunc(mems, func(m memLog) bool { return m.lowest <= t.maxVersion && t.maxVersion <= m.highest })
		if err == nil && t.maxVersion > newest && !inLog {
			return f.fault(badger.ManifestFilename, "it does not list %s, which has the newest changes", t.name)
		}
	}
	for _, name := range f.vlogs { // nothing is kept there, but Badger reads the head
		head, err := readHeadOf(filepath.Join(f.dir, name))
		if err == nil && !allZero(head) {
			return f.fault(name, "its head is damaged")
		}
	}
	if _, err := os.Stat(filepath.Join(f.dir, "KEYREGISTRY")); err == nil {
		registry, err := badger.OpenKeyRegistry(badger.KeyRegistryOptions{Dir: f.dir, ReadOnly: true})
		if err != nil {
			return f.fault("KEYREGISTRY", "%w", err)
		}
		_ = registry.Close() // nothing was written
	}
	return nil
}

// manifest reads which tables there are.
func (f dbFiles) manifest(o badger.Options) (listed map[uint64]badger.TableManifest, err error) {
	file, err := os.Open(filepath.Join(f.dir, badger.ManifestFilename))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	m, _, err := badger.ReplayManifestFile(file, o.ExternalMagicVersion, o)
	return m.Tables, err
}

// checkMems reads the memtables' logs, which there are only after a kill.
func (f dbFiles) checkMems() (logs []memLog, err error) {
	for _, id := range f.mems {
		name := memFile(f.dir, id)
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		m := readMem(data, func(record) {})
		if len(m.faults) > 0 {
			return nil, f.fault(filepath.Base(name), "%s", m.faults[0])
		}
		if m.highest > 0 {
			logs = append(logs, m)
		}
	}
	return logs, nil
}

// checkTable reads what Badger reads of a table when it opens it: the index and
// the last block. The other blocks are the scrub's.
func checkTable(name string) (version uint64, err error) {
	t, err := openTable(name)
	if t == nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("it is missing")
		}
		return 0, err
	}
	defer t.close()
	if err != nil {
		return 0, err
	}
	_, err = t.block(t.blocks-1, nil)
	return t.maxVersion, err
}

// readHeadOf reads the key id that a log begins with, or what there is of it.
func readHeadOf(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var head [8]byte
	n, err := f.ReadAt(head[:], 0)
	if err == io.EOF {
		err = nil
	}
	return head[:n], err
}
