// Package quiet keeps the terminal quiet while the program is being
// initialised.
//
// Bubble Tea v1 asks the terminal for its background colour in an init
// function. Every program that links it would so write escape sequences and
// wait up to five seconds for an answer before main begins, even for
// "scimdeck version". The question is not asked when TERM is "dumb", so this
// package makes it so until main says otherwise:
//
//	func main() {
//		quiet.Restore()
//		…
//	}
//
// It imports os alone. Go initialises a package as soon as its imports are
// ready, in the order of import paths, and those that ask need packages that
// sort after this one; a test of the program under a pseudo-terminal pins
// that, since a new import could change it.
package quiet

import "os"

var term, isSet = os.LookupEnv("TERM")

func init() { os.Setenv("TERM", "dumb") }

// Restore gives TERM its value back. It is the first statement of main.
func Restore() {
	if isSet {
		os.Setenv("TERM", term)
	} else {
		os.Unsetenv("TERM")
	}
}
