package store

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// ErrClosed is the answer to everything after Close.
var ErrClosed = errors.New("the store is closed")

// InUseError says that another Store, here or in another process, has the folder open.
type InUseError struct {
	Dir     string
	PID     int    // 0: not known
	Address string // where that process serves; "": not known
}

func (e *InUseError) Error() string {
	who := "another process"
	if e.PID != 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	if e.Address != "" {
		who += " serving at " + e.Address
	}
	return fmt.Sprintf("the data folder %s is in use by %s; use that one, stop it, or choose another folder", e.Dir, who)
}

// VersionError says that the database was written by a newer scimdeck.
type VersionError struct {
	Dir          string
	Found, Known int // versions of the database's format
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("the data in %s have format %d and this scimdeck knows formats up to %d; use a newer scimdeck or choose another folder",
		e.Dir, e.Found, e.Known)
}

// UniqueError says that an attribute has become unique by the configuration,
// and that two resources have the same value of it.
type UniqueError struct {
	Type, Path string
	IDs        [2]string
}

func (e *UniqueError) Error() string {
	return fmt.Sprintf("%s of a %s is declared unique, but %s and %s have the same value; start without the declaration and change one of them",
		e.Path, e.Type, e.IDs[0], e.IDs[1])
}

// DamagedError says that the database, or a file of it, cannot be read. Nothing
// is mended or deleted: Salvage reads what can be read.
type DamagedError struct {
	Dir  string
	File string // in the database's folder, or docs/ and a number; "": not one alone
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the data in %s are damaged: %s; save what can be read with scimdeck repair, or restore a copy", e.Dir, e.Fault())
}

// Fault is what is damaged, without the folder.
func (e *DamagedError) Fault() string {
	if e.File == "" {
		return e.Err.Error()
	}
	return e.File + ": " + e.Err.Error()
}

func (e *DamagedError) Unwrap() error { return e.Err }

// badgerError gives back the system error in an error of Badger's, which
// flattens what it wraps to text.
func badgerError(what string, err error) error {
	if err == nil {
		return nil
	}
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EACCES, syscall.EPERM} {
		if errors.Is(err, errno) {
			break
		}
		if strings.Contains(err.Error(), errno.Error()) {
			return fmt.Errorf("%s: %w (%v)", what, errno, err)
		}
	}
	return fmt.Errorf("%s: %w", what, err)
}
