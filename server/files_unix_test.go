//go:build unix

package server

import "syscall"

// openFiles is how many files the process may have open; Go has raised it to what is allowed.
func openFiles() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 256
	}
	return int(min(uint64(limit.Cur), 1<<20))
}
