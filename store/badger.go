package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"syscall"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// openBadger opens the database with a small profile: about 50 MB of memory at
// any number of users, where Badger's defaults take several hundred.
func openBadger(h *home, d *disk, docs *docFiles, messages *slog.Logger) (db *badger.DB, err error) {
	o := badgerOptions(h).WithLogger(badgerLogger{messages, d})
	if h != nil {
		defer func() {
			if p := recover(); p != nil { // a broken table or manifest can bring Badger to that
				db, err = nil, &DamagedError{Dir: h.dir, Err: fmt.Errorf("%v", p)}
			}
		}()
	}
	if h != nil {
		if err := readyToOpen(h, docs, o); err != nil {
			return nil, err
		}
	}
	db, err = badger.Open(o)
	if err == nil && d != nil {
		err = d.found(db.MaxVersion())
	}
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

func badgerOptions(h *home) badger.Options {
	dir := ""
	if h != nil {
		dir = h.db
	}
	o := badger.DefaultOptions(dir).
		WithInMemory(h == nil).
		WithLogger(nil).
		WithMemTableSize(memSize).
		WithNumMemtables(memQueue).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(8).
		WithBaseTableSize(1 << 20).
		WithBaseLevelSize(5 << 20). // all of that level is rewritten with each pair of memtables
		// Without the documents a block is many small entries, and to expand one took half
		// of what it takes to find a key among a million.
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithValueLogFileSize(16 << 20).
		WithNumCompactors(2).
		WithMetricsEnabled(false).
		WithChecksumVerificationMode(options.OnBlockRead). // see misread
		WithDetectConflicts(false)                         // each space of keys has one writer
	// Up to a dozen tables are built at once, each in a buffer of several times
	// its size, and eight buffers are kept for a while: small tables on all levels.
	o.TableSizeMultiplier = 1
	return o
}

// readyToOpen looks at what Badger is going to open.
func readyToOpen(h *home, docs *docFiles, o badger.Options) error {
	if free, _, ok := freeSpace(h.dir); ok && free < minToOpen {
		return homeError(h.dir, fmt.Errorf("%d MB are free on its disk and %d are needed: %w", free>>20, minToOpen>>20, syscall.ENOSPC))
	}
	files, err := listFiles(h.db)
	if err != nil {
		return homeError(h.dir, err)
	}
	if err := files.check(o); err != nil {
		return err
	}
	files.tidy()
	if docs == nil || len(files.mems) == 0 {
		return nil // a new database, or a clean stop
	}
	err = files.undoUnwritten(docs)
	if err == nil { // before Badger makes synced tables of what it finds
		docs.distrust()
		err = docs.sync()
	}
	if err != nil {
		return homeError(h.dir, err)
	}
	return nil
}

// newestVersion is that of the last commit.
func (s *Store) newestVersion() uint64 {
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	return txn.ReadTs()
}

// newestTabled is the newest version in a table.
func (s *Store) newestTabled() (version uint64) {
	for _, t := range s.db.Tables() {
		version = max(version, t.MaxVersion)
	}
	return version
}

// badgerLogger passes Badger's messages on. Badger calls "info" what is of
// interest to its developers. Some of what it says it says at a moment when
// there is something to be done about it, and nobody else is told.
type badgerLogger struct {
	to   *slog.Logger
	disk *disk
}

func (l badgerLogger) Errorf(f string, v ...any) {
	text := badgerText(f, v)
	if l.disk != nil && strings.HasPrefix(f, "error flushing memtable") {
		l.disk.flushFailed(errors.New(text))
	}
	l.to.Error(text)
}

// Debugf hears from a compaction that the next thing it does is to make a table, and
// that a memtable is going to be one.
func (l badgerLogger) Debugf(f string, v ...any) {
	switch {
	case l.disk == nil:
	case strings.HasPrefix(f, "[%d] LOG Compact. Added"):
		l.disk.beforeTable()
	case strings.HasPrefix(f, "Flushing memtable"):
		l.disk.flushing()
		if strings.HasSuffix(f, "size of flushChan: %d\n") && len(v) == 2 { // not when it closes
			if queued, ok := v[1].(int); ok {
				l.disk.memBegun(queued)
			}
		}
	}
}

func (l badgerLogger) Warningf(f string, v ...any) {
	if strings.HasPrefix(f, "%s might be too small") || strings.HasPrefix(f, "Cache life expectancy") {
		l.Infof(f, v...) // advice about a size that was chosen on purpose
		return
	}
	l.to.Warn(badgerText(f, v))
}
func (l badgerLogger) Infof(f string, v ...any) { l.to.Debug("badger", "text", lazyText{f, v}) }

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
