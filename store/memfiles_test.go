package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// Readers that do not end, as of backups into a pipe that nobody reads, keep the logs of
// the memtables that they have seen. Writers do not wait for them.
func TestReadersThatDoNotEnd(t *testing.T) {
	s, err := Open(Options{Dir: t.TempDir(), Catalog: catalog}) // no verify: what is written are no resources
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const size = 256 << 10
	value := make([]byte, size)
	source := rand.NewChaCha8([32]byte{})
	begun, kept := time.Now(), 0
	for i := range 6 * memSize / size {
		if i%8 == 0 {
			txn := s.db.NewTransaction(false)
			defer txn.Discard()
			it := txn.NewIterator(badger.DefaultIteratorOptions)
			defer it.Close()
		}
		_, _ = source.Read(value)
		txn := s.db.NewTransaction(true)
		if err := txn.Set(fmt.Appendf(nil, "test%d", i), value); err != nil {
			t.Fatal(err)
		}
		if err := s.commit(txn, size, false); err != nil {
			t.Fatal(err)
		}
	}
	for id := range uint64(20) {
		if _, err := os.Stat(memFile(s.home.db, id)); err == nil {
			kept++
		}
	}
	if kept < 6 {
		t.Errorf("the readers keep %d logs only, which tests nothing", kept)
	}
	if took := time.Since(begun); took > 2*waitMost {
		t.Errorf("the writers took %v", took)
	}
}

func TestMemtablesThatWait(t *testing.T) {
	m := memFiles{db: t.TempDir(), oldest: 1, active: 1}
	log := func(id uint64) {
		t.Helper()
		if err := os.WriteFile(memFile(m.db, id), []byte("log"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	waits := func(what string, n int) {
		t.Helper()
		if got := m.waiting(); got != n {
			t.Errorf("%s: %d memtables wait, expected %d", what, got, n)
		}
	}
	log(1)
	m.begun(1)
	log(2)
	m.look()
	waits("the first one is full", 1)
	m.begun(1)
	log(3)
	m.look()
	waits("Badger makes the first one a table", 2)
	m.begun(2)
	log(4)
	m.look()
	waits("it still does", maxWaiting)
	m.assume()
	waits("nobody waits for ever", memQueue)
	m.begun(1)
	log(5)
	m.look()
	waits("all but two are tables, and their logs are kept", 2)
	m.begun(0)
	log(6)
	m.look()
	waits("Badger has begun with the one that was full just now", 1)
	if err := os.Remove(memFile(m.db, 5)); err != nil {
		t.Fatal(err)
	}
	m.look()
	waits("its log is deleted, older ones are kept", 0)
}
