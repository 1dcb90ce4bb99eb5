package store

import (
	"os"
	"syscall"
)

// allocate takes the blocks of a file up to size, without changing the file.
func allocate(f *os.File, size int64) error {
	const keepSize = 1 // FALLOC_FL_KEEP_SIZE
	return syscall.Fallocate(int(f.Fd()), keepSize, 0, size)
}
