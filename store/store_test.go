package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

var (
	catalog = scim.NewCatalog(false)
	users   = catalog.Type("User")
	ctx     = context.Background()
)

// open opens a store in memory, or as change says, and verifies it at the test's end.
func open(t testing.TB, change ...func(*Options)) *Store {
	t.Helper()
	o := Options{Catalog: catalog}
	for _, f := range change {
		f(&o)
	}
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeVerified(t, s) })
	return s
}

// openUnverified opens a store on disk in which a test leaves what verify would refuse.
func openUnverified(t testing.TB) *Store {
	t.Helper()
	s, err := Open(Options{Dir: t.TempDir(), Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// closeVerified verifies and closes a store that is still open.
func closeVerified(t testing.TB, s *Store) {
	t.Helper()
	checkDrafts(t, s)
	s.FlushLog()
	checkPlaces(t, s)
	checkNames(t, s)
	if err := s.Verify(ctx); err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("verify: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// in puts the store into a folder.
func in(dir string) func(*Options) { return func(o *Options) { o.Dir = dir } }

// draft reads a body as the server would.
func draft(t testing.TB, body string) scim.Draft {
	t.Helper()
	v, err := scim.Decode([]byte(body), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := users.Read(v, scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// user is the draft of a small user.
func user(t testing.TB, name string) scim.Draft {
	t.Helper()
	return draft(t, fmt.Sprintf(`{"schemas":[%q],"userName":%s,"active":true}`, scim.UserURN, quoted(name)))
}

// patch reads the operations of a PATCH.
func patch(t testing.TB, ops string) *scim.Patch {
	t.Helper()
	v, err := scim.Decode([]byte(`{"schemas":["`+scim.PatchURN+`"],"Operations":`+ops+`}`), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := users.ReadPatch(v, scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// filter compiles a filter.
func filter(t testing.TB, s string) *scim.Filter {
	t.Helper()
	e, err := scim.ParseFilter(s)
	if err != nil {
		t.Fatal(err)
	}
	f, err := users.Compile(e)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// create makes a user and returns its id.
func create(t testing.TB, s *Store, d scim.Draft) string {
	t.Helper()
	c, err := s.Create(ctx, users, d)
	if err != nil {
		t.Fatal(err)
	}
	return string(scim.DocID(c.After))
}

// get reads a user that must be there.
func get(t testing.TB, s *Store, id string) string {
	t.Helper()
	doc, ok, err := s.Get(users, nil, id)
	if err != nil || !ok {
		t.Fatalf("get %s: %v %v", id, ok, err)
	}
	return string(doc)
}

// list lists a page.
func list(t testing.TB, s *Store, q Query) (docs []string, total int) {
	t.Helper()
	total, err := s.List(ctx, users, q, func(doc []byte) { docs = append(docs, string(doc)) })
	if err != nil {
		t.Fatal(err)
	}
	return docs, total
}

// export is all docs in a line each.
func export(t testing.TB, s *Store) string {
	t.Helper()
	docs, _ := list(t, s, Query{Start: 1, Count: 1 << 30})
	return strings.Join(docs, "\n")
}

// wantError holds an error against a status and a part of its detail.
func wantError(t testing.TB, err error, status int, kind, part string) {
	t.Helper()
	var e *scim.Error
	if !errors.As(err, &e) || e.Status != status || e.Type != kind || !strings.Contains(e.Detail, part) {
		t.Errorf("have %v, want %d %s with %q", err, status, kind, part)
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	var ids []string
	for i := range 300 {
		ids = append(ids, create(t, s, user(t, fmt.Sprintf("u%d@x", i))))
	}
	for i := 0; i < 300; i += 7 {
		if _, err := s.Delete(ctx, users, ids[i], nil); err != nil {
			t.Fatal(err)
		}
	}
	secret, key, err := s.CreateKey("okta", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	s.Authenticate(secret)
	for i := range 20 {
		s.Log(exchange(i))
	}
	before := export(t, s)
	closeVerified(t, s)

	s = open(t, in(dir))
	if after := export(t, s); after != before {
		t.Errorf("the documents differ after reopening")
	}
	if k := s.Keys(); len(k) != 1 || k[0].Uses != 1 || k[0].LastUsed.IsZero() || k[0].ID != key.ID {
		t.Errorf("keys after reopening: %+v", k)
	}
	if rows := s.Rows(nil, 0, 0); len(rows) != 20 || rows[0].Seq != 1 || rows[19].Seq != 20 {
		t.Errorf("%d rows after reopening", len(rows))
	}
	// A sequence is never given out twice: the last user's is not taken again.
	last, _ := idSeq(ids[299])
	if seq, _ := idSeq(create(t, s, user(t, "new@x"))); seq != last+1 {
		t.Errorf("sequence %d after %d", seq, last)
	}
}

// A copy of the files of a store that was not closed is what a kill leaves.
func TestKill(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	s := open(t, in(dir), func(o *Options) { o.Durable = true })
	var last string
	for i := range 50 {
		last = create(t, s, user(t, fmt.Sprintf("u%d@x", i)))
		s.Log(exchange(i))
	}
	if _, err := s.Delete(ctx, users, last, nil); err != nil {
		t.Fatal(err)
	}
	s.FlushLog()
	before := export(t, s)
	copyFolder(t, dir, copied)

	s = open(t, in(copied))
	if after := export(t, s); after != before {
		t.Errorf("the documents differ after a kill")
	}
	lastSeq, _ := idSeq(last)
	if seq, _ := idSeq(create(t, s, user(t, "new@x"))); seq <= lastSeq {
		t.Errorf("sequence %d after %d", seq, lastSeq)
	}
	s.Log(exchange(50))
	s.FlushLog()
	if st := s.LogState(); st.First != 1 || st.Last != 51 || st.Entries != 51 {
		t.Errorf("log after a kill: %+v", st)
	}
}

func TestInUse(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir), func(o *Options) { o.Address = "127.0.0.1:7644" })
	_, err := Open(Options{Dir: dir, Catalog: catalog})
	var inUse *InUseError
	if !errors.As(err, &inUse) || inUse.PID != os.Getpid() || inUse.Address != "127.0.0.1:7644" || inUse.Dir != dir {
		t.Fatalf("second open: %v", err)
	}
	for _, part := range []string{dir, "127.0.0.1:7644", fmt.Sprint(os.Getpid()), "choose another folder"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %q", part, err)
		}
	}
	create(t, s, user(t, "still@works"))
	closeVerified(t, s)
	open(t, in(dir))
}

func TestNewerFormatIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	if err := s.db.Update(func(txn *badger.Txn) error { return txn.Set(keyFormat, []byte("99")) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(Options{Dir: dir, Catalog: catalog})
	var version *VersionError
	if !errors.As(err, &version) || version.Found != 99 || version.Known != formatVersion || !strings.Contains(err.Error(), "newer scimdeck") {
		t.Fatalf("open: %v", err)
	}
	if _, err := Open(Options{Dir: dir, Catalog: catalog}); !errors.As(err, &version) {
		t.Errorf("the lock was not given back: %v", err)
	}
}

func TestForeignDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	h, err := openHome(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	db, err := openBadger(h, nil, nil, Options{}.withDefaults().Messages)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(txn *badger.Txn) error { return txn.Set([]byte("theirs"), nil) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	h.close()
	_, err = Open(Options{Dir: dir, Catalog: catalog})
	var damaged *DamagedError
	if !errors.As(err, &damaged) || !strings.Contains(err.Error(), "theirs") {
		t.Errorf("open: %v", err)
	}
}

func TestDamageIsNamed(t *testing.T) {
	damage := map[string]func(t *testing.T, db string){
		"manifest is garbage": func(t *testing.T, db string) {
			overwrite(t, filepath.Join(db, "MANIFEST"), []byte("garbage garbage garbage garbage"))
		},
		"key registry is garbage": func(t *testing.T, db string) {
			overwrite(t, filepath.Join(db, "KEYREGISTRY"), []byte("garbage garbage garbage garbage"))
		},
		"manifest is gone": func(t *testing.T, db string) { // Badger would make a new one, and delete all tables
			if err := os.Remove(filepath.Join(db, "MANIFEST")); err != nil {
				t.Fatal(err)
			}
		},
		"manifest has lost its end": func(t *testing.T, db string) { // likewise the last table
			fi, err := os.Stat(filepath.Join(db, "MANIFEST"))
			if err == nil {
				err = os.Truncate(filepath.Join(db, "MANIFEST"), fi.Size()-1)
			}
			if err != nil {
				t.Fatal(err)
			}
		},
		"table is cut": func(t *testing.T, db string) {
			tables, _ := filepath.Glob(filepath.Join(db, "*.sst"))
			if len(tables) == 0 {
				t.Fatal("no tables to damage")
			}
			for _, f := range tables {
				if err := os.Truncate(f, 10); err != nil {
					t.Fatal(err)
				}
			}
		},
		"table is gone": func(t *testing.T, db string) {
			tables, _ := filepath.Glob(filepath.Join(db, "*.sst"))
			for _, f := range tables {
				if err := os.Remove(f); err != nil {
					t.Fatal(err)
				}
			}
		},
	}
	for name, f := range damage {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, in(dir))
			create(t, s, user(t, "u@x"))
			closeVerified(t, s)
			f(t, filepath.Join(dir, "db"))
			s, err := Open(Options{Dir: dir, Catalog: catalog})
			if err == nil {
				s.Close()
			}
			var damaged *DamagedError
			if !errors.As(err, &damaged) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "restore a copy") {
				t.Errorf("open: %v", err)
			}
		})
	}
}

// What a kill leaves between the making of a file and its first byte is no damage.
func TestEmptyFilesAreNoDamage(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	id := create(t, s, user(t, "u@x"))
	closeVerified(t, s)
	for _, name := range []string{"00007.mem", "000009.vlog"} {
		overwrite(t, filepath.Join(dir, "db", name), nil)
	}
	s = open(t, in(dir))
	get(t, s, id)
}

func overwrite(t *testing.T, file string, b []byte) {
	t.Helper()
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFolderThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	overwrite(t, file, nil)
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		_, err := Open(Options{Dir: dir, Catalog: catalog})
		if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "choose another folder") {
			t.Errorf("open %s: %v", dir, err)
		}
	}
	err := homeError("/data", &fs.PathError{Op: "open", Path: "/data/lock", Err: syscall.EACCES})
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "make it writable") {
		t.Errorf("no permission: %v", err)
	}
	err = homeError("/data", &fs.PathError{Op: "open", Path: "/data/lock", Err: syscall.EROFS})
	if !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "read-only disk") {
		t.Errorf("read-only: %v", err)
	}
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // has no such modes
	}
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, in(dir))
	create(t, s, user(t, "u@x"))
	closeVerified(t, s)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err == nil && fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, fi.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestClosed(t *testing.T) {
	s := open(t)
	id := create(t, s, user(t, "u@x"))
	closeVerified(t, s)
	if err := s.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	_, _, err := s.Get(users, nil, id)
	_, errCreate := s.Create(ctx, users, user(t, "v@x"))
	_, errList := s.List(ctx, users, Query{Start: 1, Count: 1}, func([]byte) {})
	_, errFilter := s.List(ctx, users, Query{Filter: filter(t, `userName eq "u@x"`)}, func([]byte) {})
	_, _, errExchange := s.Exchange(1)
	_, _, errKey := s.CreateKey("k", time.Time{})
	for i, err := range []error{err, errCreate, errList, errFilter, errExchange, errKey, s.ClearLog(), s.Verify(ctx)} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("call %d after Close: %v", i, err)
		}
	}
	s.Log(exchange(0))
	s.FlushLog()
	if st := s.LogState(); st.Dropped != 1 {
		t.Errorf("log after Close: %+v", st)
	}
}

func TestCloseWaitsForWhatHasBegun(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	answered := make(chan string, 1000)
	for w := range 8 {
		go func() {
			for i := 0; ; i++ {
				c, err := s.Create(ctx, users, user(t, fmt.Sprintf("u%d-%d", w, i)))
				if err != nil {
					if !errors.Is(err, ErrClosed) {
						t.Errorf("create: %v", err)
					}
					answered <- ""
					return
				}
				answered <- string(scim.DocID(c.After))
			}
		}()
	}
	var ids []string
	for len(ids) < 200 {
		ids = append(ids, <-answered)
	}
	go s.Close()
	for ended := 0; ended < 8; {
		if id := <-answered; id == "" {
			ended++
		} else {
			ids = append(ids, id)
		}
	}
	if err := s.Close(); err != nil { // the first one is still at it, perhaps
		t.Fatal(err)
	}
	<-s.drained
	s = reopen(t, dir)
	for _, id := range ids {
		get(t, s, id)
	}
	if s.Count(users) != len(ids) {
		t.Errorf("%d users, %d answers", s.Count(users), len(ids))
	}
}

// reopen waits for a Close that runs elsewhere.
func reopen(t *testing.T, dir string) *Store {
	t.Helper()
	for range 500 {
		s, err := Open(Options{Dir: dir, Catalog: catalog})
		if err == nil {
			t.Cleanup(func() { closeVerified(t, s) })
			return s
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the folder stays in use")
	return nil
}

// setFull makes the disk look full.
func setFull(s *Store, full bool) {
	s.disk.min.Store(minFreeSpace)
	if full {
		s.disk.min.Store(math.MaxUint64)
	}
	_ = s.disk.look() // the writer finds what it found
}

func TestFullDisk(t *testing.T) {
	s := open(t, in(t.TempDir()))
	id := create(t, s, user(t, "u@x"))
	s.FlushLog()
	pinged, stop := s.Watch()
	defer stop()
	setFull(s, true)
	<-pinged
	if st := s.LogState(); !st.Full || !strings.Contains(st.Refusal, "full") {
		t.Errorf("on a full disk: %+v", st)
	}
	if _, err := s.Create(ctx, users, user(t, "v@x")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("create: %v", err)
	}
	if _, err := s.Delete(ctx, users, id, nil); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("delete: %v", err)
	}
	s.Log(exchange(0))
	s.FlushLog()
	if st := s.LogState(); st.Dropped != 1 || st.Entries != 0 || st.Last != 1 {
		t.Errorf("log: %+v", st)
	}
	get(t, s, id)
	setFull(s, false)
	<-pinged
	if st := s.LogState(); st.Full || st.Refusal != "" {
		t.Errorf("with room again: %+v", st)
	}
	create(t, s, user(t, "v@x"))
}

func TestBadgerErrorsKeepTheirCause(t *testing.T) {
	flat := fmt.Errorf("while writing err: %+v", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	if err := badgerError("committing", flat); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	if err := badgerError("committing", nil); err != nil {
		t.Error(err)
	}
}

func TestWatch(t *testing.T) {
	s := open(t)
	ping, stop := s.Watch()
	other, stopOther := s.Watch()
	defer stopOther()
	wait := func(why string) {
		t.Helper()
		select {
		case <-ping:
		case <-time.After(10 * time.Second):
			t.Fatalf("no ping after %s", why)
		}
	}
	id := create(t, s, user(t, "u@x"))
	wait("create")
	if _, _, err := s.CreateKey("k", time.Time{}); err != nil {
		t.Fatal(err)
	}
	wait("a key")
	s.Log(exchange(0))
	wait("a log entry")
	get(t, s, id)
	stop()
	stop()
	create(t, s, user(t, "v@x"))
	select {
	case <-ping:
		t.Error("a ping after stop")
	default:
	}
	if len(other) != 1 {
		t.Error("a watcher that does not read has more or less than one ping")
	}
}

func TestSize(t *testing.T) {
	if n := open(t).Size(); n != 0 {
		t.Errorf("in memory: %d bytes", n)
	}
	s := open(t, in(t.TempDir()))
	create(t, s, user(t, "u@x"))
	if n := s.Size(); n < 1000 || n > 64<<20 {
		t.Errorf("on disk: %d bytes", n)
	}
}
