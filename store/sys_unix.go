//go:build linux || darwin || freebsd

package store

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lockFile takes the lock of an open file, or says that somebody has it. The
// system gives it back when the process ends, however it ends.
func lockFile(f *os.File) (taken bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

// freeSpace returns the bytes left for us on the folder's disk, and whether it is
// read-only; ok is false when that is not known.
func freeSpace(dir string) (n uint64, readOnly, ok bool) {
	const rdonly = 1 // ST_RDONLY, MNT_RDONLY
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return 0, false, false
	}
	return uint64(max(0, st.Bavail)) * uint64(st.Bsize), st.Flags&rdonly != 0, true
}

// allocated returns the bytes that a file takes on disk: Badger's files have holes.
func allocated(fi fs.FileInfo) int64 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return st.Blocks * 512
	}
	return fi.Size()
}

// syncFolder makes the names in a folder survive a power cut.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
