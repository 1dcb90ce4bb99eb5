package store

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile takes the lock of an open file, or says that somebody has it. The
// locked byte is far behind the note, which others must be able to read.
func lockFile(f *os.File) (taken bool, err error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err = windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{Offset: 1 << 30})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return true, nil
	}
	return false, err
}

// freeSpace returns the bytes left for us on the folder's disk; ok is false when
// they are not known.
func freeSpace(dir string) (n uint64, readOnly, ok bool) {
	p, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false, false
	}
	err = windows.GetDiskFreeSpaceEx(p, &n, nil, nil)
	return n, false, err == nil
}

func allocated(fi fs.FileInfo) int64 { return fi.Size() }

// syncFolder does nothing: NTFS keeps its own journal of names.
func syncFolder(string) error { return nil }
