//go:build unix

package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A data folder may lie deeper than the name of a socket can say.
func TestDeepFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("a-long-name/", 20))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	if len(filepath.Join(dir, Name)) <= longest {
		t.Fatalf("%s is not long", dir)
	}
	srv, err := Start(dir, Options{Store: open(t), Catalog: catalog, About: About{URL: "http://x"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Stop() }()
	c, err := Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.About().URL != "http://x" || c.About().PID != os.Getpid() {
		t.Errorf("%+v", c.About())
	}
	if info, err := os.Lstat(filepath.Join(dir, Name)); err != nil || info.Mode().Type() != os.ModeSocket {
		t.Errorf("no socket in the folder: %v, %v", info, err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	t.Chdir(dir)
	near, err := Dial(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	near.Close()
}

// Only the owner can connect, whatever the umask and the folder say.
func TestMode(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	srv, err := Start(dir, Options{Store: open(t), Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, Name))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket's mode is %v, %v", info.Mode(), err)
	}
	if err := srv.Stop(); err != nil {
		t.Error(err)
	}
	if err := srv.Stop(); err != nil {
		t.Errorf("a second stop: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
