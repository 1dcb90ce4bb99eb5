package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
)

// openBadger opens the database with a small profile: about 50 MB of memory at
// any number of users, where Badger's defaults take several hundred.
func openBadger(h *home, messages *slog.Logger) (db *badger.DB, err error) {
	dir := ""
	if h != nil {
		dir = h.db
		defer func() {
			if p := recover(); p != nil { // a broken table or manifest can bring Badger to that
				db, err = nil, &DamagedError{Dir: h.dir, Err: fmt.Errorf("%v", p)}
			}
		}()
	}
	o := badger.DefaultOptions(dir).
		WithInMemory(h == nil).
		WithLogger(badgerLogger{messages}).
		WithMemTableSize(8 << 20).
		WithNumMemtables(2).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(8).
		WithBlockCacheSize(8 << 20).
		WithValueLogFileSize(16 << 20).
		WithNumCompactors(2).
		WithMetricsEnabled(false).
		WithDetectConflicts(false) // each space of keys has one writer
	if h != nil {
		if err := checkTables(o); err != nil {
			return nil, &DamagedError{Dir: h.dir, Err: err}
		}
	}
	db, err = badger.Open(o)
	if err == nil || h == nil {
		return db, err
	}
	err = badgerError("opening the database", err)
	switch {
	case errors.Is(err, fs.ErrPermission), strings.Contains(err.Error(), "read-only"), strings.Contains(err.Error(), "no space"):
		return nil, homeError(h.dir, err)
	case strings.Contains(err.Error(), "directory lock"), strings.Contains(err.Error(), "Another process"):
		return nil, &InUseError{Dir: h.dir} // some tool has the database open without our lock
	}
	return nil, &DamagedError{Dir: h.dir, Err: err}
}

// checkTables looks for tables that are missing or cut off. Badger would panic
// over them in a goroutine of its own, where nobody can recover.
func checkTables(o badger.Options) error {
	f, err := os.Open(filepath.Join(o.Dir, badger.ManifestFilename))
	if err != nil {
		return nil // a new database; of anything else Badger tells better
	}
	defer f.Close()
	manifest, _, err := badger.ReplayManifestFile(f, o.ExternalMagicVersion, o)
	if err != nil {
		return err
	}
	for id := range manifest.Tables {
		if err := checkTable(table.NewFilename(id, o.Dir)); err != nil {
			return err
		}
	}
	return nil
}

// checkTable reads a table's end, backwards: the checksum's length, the
// checksum, the index's length, the index. What is in them Badger checks.
func checkTable(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	at := fi.Size()
	for range 2 {
		var n [4]byte
		if at -= 4; at >= 0 {
			if _, err := f.ReadAt(n[:], at); err != nil {
				return err
			}
			at -= int64(binary.BigEndian.Uint32(n[:]))
		}
		if at < 0 {
			return fmt.Errorf("%s is cut off", filepath.Base(name))
		}
	}
	return nil
}

// badgerLogger passes Badger's messages on. Badger calls "info" what is of
// interest to its developers.
type badgerLogger struct{ to *slog.Logger }

func (l badgerLogger) Errorf(f string, v ...any) { l.to.Error(badgerText(f, v)) }
func (l badgerLogger) Warningf(f string, v ...any) {
	if strings.HasPrefix(f, "%s might be too small") || strings.HasPrefix(f, "Cache life expectancy") {
		l.Infof(f, v...) // advice about a size that was chosen on purpose
		return
	}
	l.to.Warn(badgerText(f, v))
}
func (l badgerLogger) Infof(f string, v ...any) { l.to.Debug("badger", "text", lazyText{f, v}) }
func (l badgerLogger) Debugf(string, ...any)    {}

func badgerText(f string, v []any) string {
	return "badger: " + strings.TrimSpace(fmt.Sprintf(f, v...))
}

// lazyText is formatted only if somebody wants to read it.
type lazyText struct {
	format string
	args   []any
}

func (t lazyText) LogValue() slog.Value {
	return slog.StringValue(strings.TrimSpace(fmt.Sprintf(t.format, t.args...)))
}
