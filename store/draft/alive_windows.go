package draft

import "os"

// alive reports whether there is a process with a number.
func alive(pid int) bool {
	p, err := os.FindProcess(pid) // opens it, which fails when there is none
	if err != nil {
		return false
	}
	_ = p.Release() // only a handle
	return true
}
