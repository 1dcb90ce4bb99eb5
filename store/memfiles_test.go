package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// Readers that do not end, as of backups into a pipe that nobody reads, keep the logs of
// the memtables that they have seen. Writers do not wait for them.
func TestReadersThatDoNotEnd(t *testing.T) {
	s := openUnverified(t)
	const size = 256 << 10
	value := make([]byte, size)
	source := rand.NewChaCha8([32]byte{})
	// They would wait for ever; the reason says more than a test that times out.
	watch := time.AfterFunc(time.Minute, func() { panic("writers wait for readers that do not end") })
	defer watch.Stop()
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
	kept := 0
	for id := range uint64(20) {
		if _, err := os.Stat(memFile(s.home.db, id)); err == nil {
			kept++
		}
	}
	if kept < 6 {
		t.Errorf("the readers keep %d logs only, which tests nothing", kept)
	}
}

func TestMemtablesThatWait(t *testing.T) {
	m := memFiles{db: t.TempDir(), oldest: 1, active: 1, found: 1}
	log := func(id uint64) {
		t.Helper()
		if err := os.WriteFile(memFile(m.db, id), []byte("log"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	waits := func(what string, n int) {
		t.Helper()
		m.look()
		if got := m.waiting(); got != n {
			t.Errorf("%s: %d memtables wait, expected %d", what, got, n)
		}
	}
	log(1)
	m.begun(1)
	m.first(100)
	log(2)
	waits("the first one is full", 1)
	m.begun(1)
	m.first(200)
	log(3)
	waits("Badger makes the first one a table", 2)
	m.begun(2)
	m.first(300)
	log(4)
	waits("it still does", maxWaiting)
	m.known(99)
	waits("no table has anything of the second one", maxWaiting)
	m.known(200)
	waits("one has the beginning of the third one", 0)
	m.known(300)
	waits("the active one cannot be a table", 0)
	m.begun(2)
	m.first(400)
	log(5)
	waits("the queue says nothing new", 1)
	m.begun(1)
	log(6)
	waits("all but two are tables, and their logs are kept", 2)
	m.known(300)
	waits("one has the beginning of the fourth one", 1)
	m.known(399)
	waits("and none of the fifth", 1)
	m.begun(0)
	log(7)
	waits("Badger has begun with the one that was full just now", 1)
	if err := os.Remove(memFile(m.db, 6)); err != nil {
		t.Fatal(err)
	}
	waits("its log is deleted, older ones are kept", 0)
	if len(m.firsts) > 1 {
		t.Errorf("versions are kept of memtables that are tables: %v", m.firsts)
	}
}

// Of the logs that a kill has left some may have been empty, and are gone.
func TestMemtablesAfterKill(t *testing.T) {
	db := t.TempDir()
	for _, id := range []uint64{5, 7} {
		if err := os.WriteFile(memFile(db, id), []byte("log"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var m memFiles
	if err := m.find(db, 100); err != nil {
		t.Fatal(err)
	}
	m.known(99)
	if m.look(); m.waiting() != 2 {
		t.Errorf("%d memtables wait, and the oldest one is no table yet", m.waiting())
	}
	told := m
	if told.known(100); told.waiting() != 0 {
		t.Errorf("%d memtables wait, and all there was is in a table", told.waiting())
	}
	m.begun(2)
	if m.look(); m.waiting() != 3 {
		t.Errorf("%d memtables wait, and the oldest one is no table yet", m.waiting())
	}
	if err := os.Remove(memFile(db, 5)); err != nil {
		t.Fatal(err)
	}
	if m.look(); m.waiting() != 1 {
		t.Errorf("%d memtables wait for being tables, expected the one of the last start", m.waiting())
	}
	if err := os.Remove(memFile(db, 7)); err != nil {
		t.Fatal(err)
	}
	if m.look(); m.waiting() != 0 {
		t.Errorf("%d memtables wait, and all are tables", m.waiting())
	}
}

// That a memtable could not become a table is forgotten when it has, not before.
func TestFlushThatFails(t *testing.T) {
	s := openUnverified(t)
	id := s.disk.mem.active
	s.disk.memBegun(1) // as if Badger had begun another one
	s.disk.committed(func() uint64 { return 1 << 40 })
	s.disk.flushFailed(errors.New("no space left"))
	for range 3 {
		if err := s.disk.look(); err == nil {
			t.Error("writes are let in, and nothing was made a table")
		}
	}
	if _, err := s.Create(ctx, users, user(t, "ada@x")); err == nil {
		t.Error("a user is made")
	}
	if err := os.Rename(memFile(s.home.db, id), memFile(s.home.db, id)+".gone"); err != nil {
		t.Fatal(err)
	}
	if err := s.disk.look(); err != nil {
		t.Errorf("the memtable is a table: %v", err)
	}
	if err := os.Rename(memFile(s.home.db, id)+".gone", memFile(s.home.db, id)); err != nil {
		t.Fatal(err)
	}

	// A reader that keeps the log does not make the trouble last.
	var tables atomic.Uint64 // the housekeeper looks too
	tables.Store(1<<40 - 1)
	s.disk.tabled = tables.Load
	overwrite(t, memFile(s.home.db, id+1), []byte("log"))
	s.disk.memBegun(1)
	s.disk.committed(func() uint64 { return 1 << 50 })
	s.disk.flushFailed(errors.New("no space left"))
	if err := s.disk.look(); err == nil {
		t.Error("writes are let in, and nothing was made a table")
	}
	tables.Store(1 << 40)
	if err := s.disk.look(); err != nil {
		t.Errorf("the memtable is a table, and its log is kept: %v", err)
	}
	if err := os.Remove(memFile(s.home.db, id+1)); err != nil {
		t.Fatal(err)
	}
}

// As many memtables as there may be wait by their logs, and are tables: somebody reads.
func TestReadyWhileLogsAreKept(t *testing.T) {
	s := openUnverified(t)
	active := s.disk.mem.active
	for i := range uint64(maxWaiting) {
		if i > 0 {
			overwrite(t, memFile(s.home.db, active+i), []byte("log"))
			defer os.Remove(memFile(s.home.db, active+i))
		}
		s.disk.memBegun(memQueue)
		s.disk.committed(func() uint64 { return 1<<40 + i })
	}
	if n := s.disk.memWaiting(); n != maxWaiting {
		t.Fatalf("%d memtables wait", n)
	}
	s.disk.tabled = func() uint64 { return 1<<40 + maxWaiting }
	ready := make(chan error, 1)
	go func() { ready <- s.disk.ready(1) }()
	select {
	case err := <-ready:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a writer waits for a reader")
	}
}

// A commit of the log's tells what a memtable begins with like any other one.
func TestMemtablesOfTheLog(t *testing.T) {
	s := open(t, in(t.TempDir()))
	at := func() int {
		s.disk.mu.Lock()
		defer s.disk.mu.Unlock()
		return slices.IndexFunc(s.disk.mem.firsts, func(f memFirst) bool { return f.id == s.disk.mem.active })
	}
	if at() >= 0 {
		t.Fatal("the version of the active memtable is known before there was a commit")
	}
	s.Log(exchange(1))
	s.FlushLog()
	if at() < 0 {
		t.Error("it is not known after one")
	}
}
