package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// home is the data folder: the database in db, the documents in docs, the log's files in log, and a lock
// with a note of who holds it. A nil home is a store in memory.
type home struct {
	dir  string
	db   string
	lock *os.File
}

// lockNote is what the lock file says about its holder.
type lockNote struct {
	PID     int    `json:"pid"`
	Address string `json:"address,omitempty"`
}

// openHome makes what is missing of the folder and takes its lock.
func openHome(dir, address string) (*home, error) {
	lock, err := takeLock(dir, address)
	if err != nil {
		return nil, err
	}
	h := &home{dir: dir, db: filepath.Join(dir, "db"), lock: lock}
	if err := os.MkdirAll(h.db, 0o700); err != nil {
		lock.Close()
		return nil, homeError(dir, err)
	}
	h.private()
	return h, nil
}

// takeLock makes the folder if it is missing and takes its lock.
func takeLock(dir, address string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, homeError(dir, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, homeError(dir, err)
	}
	taken, err := lockFile(f)
	if taken {
		defer f.Close()
		return nil, inUse(dir, f.Name())
	}
	if err == nil {
		err = writeNote(f, lockNote{PID: os.Getpid(), Address: address})
	}
	if err != nil {
		f.Close()
		return nil, homeError(dir, err)
	}
	return f, nil
}

// inUse says who has the folder, as far as the lock's note tells.
func inUse(dir, lock string) error {
	var note lockNote
	if b, err := os.ReadFile(lock); err == nil {
		_ = json.Unmarshal(b, &note) // being written, or not by us: then nothing is known
	}
	return &InUseError{Dir: dir, PID: note.PID, Address: note.Address}
}

func writeNote(f *os.File, n lockNote) error {
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(append(b, '\n'), 0)
	return err
}

// homeError adds the way out to the operating system's error.
func homeError(dir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("no permission for the data folder %s: %w; make it writable for you or choose another folder", dir, err)
	case strings.Contains(err.Error(), "read-only"):
		return fmt.Errorf("the data folder %s is on a read-only disk: %w; choose another folder", dir, err)
	}
	return fmt.Errorf("the data folder %s cannot be used: %w; choose another folder", dir, err)
}

// close gives the folder back. The file stays: to delete it would let two
// others lock two different files of its name.
func (h *home) close() {
	if h == nil {
		return
	}
	h.private()
	_ = h.lock.Truncate(0) // only a note
	h.lock.Close()
}

// private takes the database's files from the eyes of other users: Badger makes
// some of them readable for all. It cannot fail in a way that matters, as the
// folder around them is ours alone.
func (h *home) private() {
	if h == nil {
		return
	}
	_ = os.Chmod(h.db, 0o700)
	files, _ := os.ReadDir(h.db)
	for _, f := range files {
		if fi, err := f.Info(); err == nil && fi.Mode().IsRegular() && fi.Mode().Perm() != 0o600 {
			_ = os.Chmod(filepath.Join(h.db, f.Name()), 0o600)
		}
	}
}

func (h *home) size() (n int64) {
	if h == nil {
		return 0
	}
	for _, dir := range []string{h.db, logDir(h.dir), docDir(h.dir)} {
		files, _ := os.ReadDir(dir)
		for _, f := range files {
			if fi, err := f.Info(); err == nil {
				n += allocated(fi)
			}
		}
	}
	return n
}
