package share

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// WriteFile writes a file that only its owner can read, whole or not at all:
// what write gives goes to another file beside it, which takes the name at the
// end. Unless replace is set a file that is there stays, and the error is
// fs.ErrExist. Other errors are write's and the operating system's.
func WriteFile(name string, replace bool, write func(io.Writer) error) (err error) {
	if !replace { // the name is taken first, so that no other file can get in between
		taken, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		if err := taken.Close(); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".scimdeck-*")
	if err == nil {
		err = errors.Join(write(f), f.Close())
		if err == nil {
			err = os.Rename(f.Name(), name)
		}
		if err != nil {
			_ = os.Remove(f.Name()) // the first error says what happened
		}
	}
	if err != nil && !replace {
		_ = os.Remove(name)
	}
	return err
}
