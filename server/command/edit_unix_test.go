//go:build unix

package command

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimdeck/store/draft"
)

// What was typed is kept where files can be, if not here: only its writer can read it.
func TestTypedIsKept(t *testing.T) {
	here, data := t.TempDir(), t.TempDir()
	t.Chdir(here)
	e := editing{p: &Program{}, n: userNoun, dir: data, mine: []byte("typed")}
	kept := func(in string) {
		t.Helper()
		var trouble *Trouble
		if err := e.keep(draft.ErrUnchanged); !errors.As(err, &trouble) || trouble.Sentence != "given up: nothing was saved." || len(trouble.Ways) != 1 {
			t.Fatalf("%#v", err)
		}
		name, ok := strings.CutPrefix(trouble.Ways[0], "what you wrote is in ")
		text, err := os.ReadFile(name)
		if !ok || err != nil || string(text) != "typed" || filepath.Dir(name) != in {
			t.Errorf("%q: %q %v, want it in %s", trouble.Ways[0], text, err, in)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others can read it: %v %v", info, err)
		}
	}
	kept(".")
	if err := os.RemoveAll(here); err != nil {
		t.Fatal(err)
	}
	kept(data)
	e.dir = filepath.Join(data, "missing")
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	kept(temporary)
	t.Setenv("TMPDIR", filepath.Join(data, "missing"))
	var shown bytes.Buffer
	e.p.Stdout, e.mine = &shown, []byte("typed\x1b[2J\n\ttwice\n")
	if err := e.keep(draft.ErrUnchanged); err == nil || shown.String() != "typed\ufffd[2J\n twice\n" {
		t.Errorf("with no place for it: %v, %q", err, shown.String())
	}
}
