//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package scene

import "golang.org/x/sys/unix"

const getTermios = unix.TIOCGETA
