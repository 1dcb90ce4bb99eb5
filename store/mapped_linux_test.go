package store

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// Dropped tables are out of memory, and are read as before.
func TestDropTables(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	const n = 300
	for i := range n {
		create(t, s, draft(t, okta(i, true)))
	}
	closeVerified(t, s) // makes a table of the newest writes
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	s = open(t, in(link))
	read := func() (docs string) {
		total, err := s.List(ctx, users, Query{Count: n}, func(doc []byte) { docs += string(doc) })
		if err != nil || total != n {
			t.Fatal(total, err)
		}
		return docs
	}
	s.LogState() // the log is loaded
	before := read()
	if have := residentTables(t, dir); have == 0 {
		t.Fatal("no table is in memory")
	}
	s.dropMapped(dropAll)
	if have := residentTables(t, dir); have != 0 {
		t.Errorf("%d kB of tables are in memory", have)
	}
	if after := read(); after != before {
		t.Error("tables are not read as before")
	}
	if have := residentTables(t, dir); have == 0 {
		t.Error("the tables were not read again")
	}
}

// Badger makes tables while it closes, when nobody may read it any more.
func TestTableMadeInClose(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "mapped"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	const size = mappedBusy + 1<<20
	if err := file.Truncate(size); err != nil {
		t.Fatal(err)
	}
	mapped, err := unix.Mmap(int(file.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(mapped) }()
	if mustDrop(mappedBytes()) == dropNothing {
		t.Fatal("what is mapped does not count")
	}
	s := open(t, in(t.TempDir()))
	closeVerified(t, s)
	for range 8 {
		s.tableMade() // Badger panics if it is read now
	}
}

// residentTables is how much of a database's tables is in memory, in kB.
func residentTables(t *testing.T, dir string) int {
	t.Helper()
	return resident(t, func(path string) bool { return strings.HasPrefix(path, dir) && strings.HasSuffix(path, ".sst") })
}

// resident is how much of the mapped files whose path is wanted is in memory, in kB.
func resident(t *testing.T, wanted func(path string) bool) (kb int) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	counts := false
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		line := lines.Text()
		if _, _, path, ok := parseMapping([]byte(line)); ok || !strings.Contains(strings.SplitN(line, " ", 2)[0], ":") {
			counts = wanted(path)
		}
		var n int
		if _, err := fmt.Sscanf(line, "Rss: %d kB", &n); err == nil && counts {
			kb += n
		}
	}
	return kb
}

// The program's code is dropped at rest, but never what it can write to.
func TestDropProgram(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	code := func(path string) bool { return path == program }
	before := resident(t, code)
	dropProgram()
	if now := resident(t, code); now > before/2 {
		t.Errorf("%d of %d kB of the program's code are in memory", now, before)
	}
	for line, want := range map[string]bool{
		"7f0c-7f0d r-xp 0 08:01 42   /bin/scimdeck": true,
		"7f0c-7f0d r--p 0 08:01 42   /bin/scimdeck": true,
		"7f0c-7f0d rw-p 0 08:01 42   /bin/scimdeck": false,
		"7f0c-7f0d ": false,
		"":           false,
	} {
		if unwritable([]byte(line)) != want {
			t.Errorf("%q: %v", line, !want)
		}
	}
}

// Dropping disturbs neither those who read and write meanwhile nor the tables that are made and deleted.
func TestDropTablesMeanwhile(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	for i := range 200 {
		create(t, s, draft(t, okta(i, true)))
	}
	closeVerified(t, s)
	s = open(t, in(dir))
	var work, drops sync.WaitGroup
	stop := make(chan struct{})
	drops.Go(func() {
		for {
			for _, what := range []dropping{dropTables, dropNew, dropAll} {
				select {
				case <-stop:
					return
				default:
					s.dropMapped(what)
				}
			}
		}
	})
	work.Go(func() {
		for i := range 300 {
			create(t, s, draft(t, okta(1000+i, true)))
		}
	})
	work.Go(func() {
		for range 20 {
			if _, err := s.List(ctx, users, Query{Start: 1, Count: 200}, func([]byte) {}); err != nil {
				t.Error(err)
			}
		}
	})
	work.Go(func() {
		for range 5 { // makes tables of tables
			if err := s.db.Flatten(1); err != nil {
				t.Error(err)
			}
		}
	})
	work.Wait()
	close(stop)
	drops.Wait()
	closeVerified(t, s)
}

func TestParseMapping(t *testing.T) {
	for line, want := range map[string]string{
		"7f0c00000000-7f0c00001000 rw-s 00000000 fe:00 42   /data/db/000001.sst":  "7f0c00000000 7f0c00001000 /data/db/000001.sst",
		"7f0c00000000-7f0c00001000 rw-s 00000000 fe:00 42   /my data/a-b c.sst":   "7f0c00000000 7f0c00001000 /my data/a-b c.sst",
		"7f0c00000000-7f0c00001000 rw-p 00000000 00:00 0 ":                        "",
		"7f0c00000000-7f0c00001000 rw-p 00000000 00:00 0                  [heap]": "",
		"7f0c00001000-7f0c00000000 rw-p 00000000 00:00 0 /x":                      "",
		"Rss:                   4 kB":                                             "",
		"/x-y z":                                                                  "",
		"":                                                                        "",
	} {
		from, to, path, ok := parseMapping([]byte(line))
		if got := fmt.Sprintf("%x %x %s", from, to, path); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %v %s", line, ok, got)
		}
	}
}
