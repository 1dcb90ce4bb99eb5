package store

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
	"golang.org/x/sys/unix"
)

// mappedBytes is how much of mapped files counts as this process's memory.
func mappedBytes() uint64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident, shared uint64 // in pages
	if _, err := fmt.Sscan(string(b), &size, &resident, &shared); err != nil {
		return 0
	}
	return shared * uint64(os.Getpagesize())
}

// dropMapped takes the pages of Badger's files out of this process's memory. Those
// of tables stay in the system's cache: who reads them next has them mapped again
// in about a microsecond.
//
// A mapping that is taken away while we look at it could have been followed at
// its address by one of the heap's, whose content would be lost. So only tables
// are dropped that cannot go: those that an iterator holds, which are those that
// Badger lists both before and after it was made.
func (s *Store) dropMapped(what dropping) {
	dir, err := filepath.EvalSymlinks(s.home.db)
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	maps, openErr := os.Open("/proc/self/maps")
	if err != nil || openErr != nil {
		return // not how Linux usually is: then it stays as it is
	}
	defer maps.Close()
	held := tableIDs(s.db)
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	it := txn.NewIterator(badger.IteratorOptions{})
	defer it.Close()
	still := tableIDs(s.db)
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		from, to, path, ok := parseMapping(lines.Bytes())
		if !ok || filepath.Dir(path) != dir {
			continue
		}
		name := filepath.Base(path)
		id, err := strconv.ParseUint(strings.TrimSuffix(name, filepath.Ext(name)), 10, 64)
		switch ext := filepath.Ext(name); {
		case err != nil:
		case ext == ".sst" && held[id] && still[id]:
			advise(from, to, unix.MADV_DONTNEED)
		case ext == ".sst" && what == dropNew, ext == ".mem" && what == dropAll:
			// It may be gone by now; this advice does no harm to what would be at its
			// place. What was written ahead is read only after a crash, and of a
			// compaction's tables there can be a hundred megabytes.
			advise(from, to, unix.MADV_PAGEOUT)
		}
	}
}

// dropProgram takes the program's own code out of memory, of which a process at rest
// runs a small part. It stays in the system's cache, as tables do. Not dropped is what
// differs from the file: there the loader has put addresses before it took the right
// to write away, or a debugger its breakpoints, and they would be lost.
func dropProgram() {
	program, err := os.Executable()
	maps, openErr := os.Open("/proc/self/smaps")
	if err != nil || openErr != nil {
		return
	}
	defer maps.Close()
	var from, to uintptr
	code := false
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		line := lines.Bytes()
		if a, b, path, ok := parseMapping(line); ok {
			from, to, code = a, b, path == program && unwritable(line)
		}
		if private, ok := bytes.CutPrefix(line, []byte("Anonymous:")); ok {
			if code && string(bytes.TrimSpace(private)) == "0 kB" {
				advise(from, to, unix.MADV_DONTNEED)
			}
			code = false
		}
	}
}

// advise tells the system about memory. What the call can refuse, it refuses
// without having done anything.
func advise(from, to uintptr, advice uintptr) {
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, from, to-from, advice)
}

func tableIDs(db *badger.DB) map[uint64]bool {
	ids := map[uint64]bool{}
	for _, t := range db.Tables() {
		ids[t.ID] = true
	}
	return ids
}

// parseMapping reads a line of /proc/self/maps: "7f0c-7f0d rw-s 0000 08:01 42   /path".
func parseMapping(line []byte) (from, to uintptr, path string, ok bool) {
	slash := bytes.IndexByte(line, '/')
	dash := bytes.IndexByte(line, '-')
	blank := bytes.IndexByte(line, ' ')
	if dash < 0 || blank < dash || slash < blank {
		return 0, 0, "", false
	}
	a, err1 := strconv.ParseUint(string(line[:dash]), 16, 64)
	b, err2 := strconv.ParseUint(string(line[dash+1:blank]), 16, 64)
	return uintptr(a), uintptr(b), string(line[slash:]), err1 == nil && err2 == nil && a < b
}

// unwritable says of a line of /proc/self/maps that nobody may write there.
func unwritable(line []byte) bool {
	_, rights, _ := bytes.Cut(line, []byte(" "))
	return len(rights) > 1 && rights[1] != 'w'
}
