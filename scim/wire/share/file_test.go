package share

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Statements 45 and 46: nothing is overwritten unless asked to, a file is private,
// and one that could not be finished leaves nothing behind.
func TestAcceptance45And46_WriteFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "requests.har")
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, s)
			return err
		}
	}
	broken := errors.New("broken")
	half := func(w io.Writer) error { return errors.Join(text("half")(w), broken) }
	check := func(want string) {
		t.Helper()
		all, err := os.ReadDir(dir)
		if err != nil || want == "" && len(all) != 0 || want != "" && len(all) != 1 {
			t.Fatalf("%v %v", all, err)
		}
		if want == "" {
			return
		}
		if data, err := os.ReadFile(name); err != nil || string(data) != want {
			t.Errorf("%q %v, want %q", data, err, want)
		}
		if info, err := all[0].Info(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info, err)
		}
	}
	if err := WriteFile(name, false, half); !errors.Is(err, broken) {
		t.Error(err)
	}
	check("")
	if err := WriteFile(name, false, text("one")); err != nil {
		t.Error(err)
	}
	check("one")
	if err := WriteFile(name, false, text("two")); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	check("one")
	if err := WriteFile(name, true, half); !errors.Is(err, broken) {
		t.Error(err)
	}
	check("one")
	if err := WriteFile(name, true, text("two")); err != nil {
		t.Error(err)
	}
	check("two")
	if err := WriteFile(filepath.Join(dir, "nowhere", "x"), false, text("x")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
