package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// furnished is a store with something of every kind in it.
func furnished(t testing.TB, change ...func(*Options)) *Store {
	t.Helper()
	c := custom(t, "server", true)
	s := open(t, append(change, func(o *Options) { o.Catalog = c })...)
	people, groups := c.Type("User"), c.Type("Group")
	var ids []string
	for i := range 300 {
		ids = append(ids, makeOf(t, s, people, badged(t, c, fmt.Sprintf("u%d@x", i), fmt.Sprint("b", i))))
	}
	inner := makeOf(t, s, groups, team(t, "inner", ids[:50]...))
	makeOf(t, s, groups, team(t, "outer", inner, ids[7]))
	makeOf(t, s, c.Type("Device"), device(t, c, `,"serial":"S-1"`))
	if _, err := s.Delete(ctx, people, ids[3], nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.CreateKey("ci", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Secret("cursor"); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		s.Log(exchange(i))
	}
	s.FlushLog()
	return s
}

// everything lists the docs of all types.
func everything(t testing.TB, s *Store) (all []string) {
	t.Helper()
	for _, rt := range s.opt.Catalog.Types {
		all = append(all, pageOf(t, s, rt, Query{Count: 1 << 30})...)
	}
	return all
}

func backup(t testing.TB, s *Store) ([]byte, Contents) {
	t.Helper()
	var b bytes.Buffer
	c, err := s.Backup(ctx, &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), c
}

// The law: what a backup is restored from is what was backed up, with its keys
// and its log, and the tokens are others.
func TestBackupRestore(t *testing.T) {
	for name, change := range map[string]func(*Options){"in memory": func(*Options) {}, "on disk": in(t.TempDir())} {
		t.Run(name, func(t *testing.T) {
			s := furnished(t, change)
			data, c := backup(t, s)
			want := map[string]int{"User": 299, "Group": 2, "Device": 1}
			if !maps.Equal(c.Resources, want) || c.Keys != 1 {
				t.Errorf("contents %+v, want %v and a key", c, want)
			}
			dir := filepath.Join(t.TempDir(), "new", "data")
			back, err := Restore(ctx, dir, bytes.NewReader(data))
			if err != nil || !maps.Equal(back.Resources, want) || !back.Made.Equal(c.Made) {
				t.Fatalf("restored %+v, %v", back, err)
			}
			checked, err := CheckBackup(ctx, bytes.NewReader(data))
			if err != nil || !maps.Equal(checked.Resources, want) {
				t.Errorf("checked: %+v, %v", checked, err)
			}
			r := open(t, in(dir), func(o *Options) { o.Catalog = s.opt.Catalog }) // verified at the end
			if have, want := everything(t, r), everything(t, s); !slices.Equal(have, want) || len(want) != 302 {
				t.Errorf("have %d\n%s\nwant %d\n%s", len(have), have, len(want), want)
			}
			if have, want := r.Keys(), s.Keys(); len(have) != 1 || have[0] != want[0] {
				t.Errorf("keys %+v, want %+v", have, want)
			}
			<-r.log.loaded
			if have, want := r.Rows(nil, 0, 0), s.Rows(nil, 0, 0); len(have) != len(want) || len(want) != 20 {
				t.Errorf("%d rows in the log, want %d", len(have), len(want))
			}
			was, err := s.Secret("cursor")
			is, err2 := r.Secret("cursor")
			if was == is || err != nil || err2 != nil {
				t.Errorf("the token went along: %v %v", err, err2)
			}
			checkInFiles(t, r)
			create(t, r, user(t, "after@x"))
			if numbers, _ := r.docs.list(); len(numbers) != 1 {
				t.Errorf("the documents are in the files %v: the restored one was not continued", numbers)
			}
			checkPrivate(t, dir)
		})
	}
}

// checkInFiles holds that no document is in the database.
func checkInFiles(t testing.TB, s *Store) {
	t.Helper()
	err := s.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceDoc}})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if p, err := docPlaceIn(txn, it.Item().Key()); p.file == 0 || err != nil {
				t.Errorf("%x is in the database: %v", it.Item().Key(), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// checkPrivate holds that nobody else may read anything in a folder.
func checkPrivate(t testing.TB, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err == nil && os.PathSeparator == '/' && fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v", path, fi.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A backup is of one moment, whoever writes meanwhile: it verifies, and of each
// group that is made together with its user it has both or none.
func TestBackupUnderWriters(t *testing.T) {
	c := scim.NewCatalog(true)
	people, groups := c.Type("User"), c.Type("Group")
	s := open(t, in(t.TempDir()), func(o *Options) { o.Catalog = c })
	var group sync.WaitGroup
	var rounds atomic.Int64
	ctx, stop := context.WithCancel(ctx)
	for w := range 3 {
		group.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				u := makeOf(t, s, people, user(t, fmt.Sprintf("u%d-%d@x", w, i)))
				g := makeOf(t, s, groups, team(t, fmt.Sprintf("g%d-%d", w, i), u))
				if i%3 == 0 {
					s.Delete(background, people, u, nil)
					s.Delete(background, groups, g, nil)
				}
				s.Log(exchange(i))
				rounds.Add(1)
			}
		})
	}
	for i := range 2 {
		for before := rounds.Load(); rounds.Load() < before+20; {
			time.Sleep(time.Millisecond)
		}
		data, contents := backup(t, s)
		dir := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if _, err := Restore(background, dir, bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		r := open(t, in(dir), func(o *Options) { o.Catalog = c })
		n := 0
		for _, doc := range pageOf(t, r, groups, Query{Count: 1 << 30}) {
			n++
			if strings.Contains(doc, `"members"`) {
				continue
			}
			// Only between the two deletes is a group without its user.
			if !strings.Contains(doc, `W/\"2\"`) {
				t.Errorf("half a group: %s", doc)
			}
		}
		if n != contents.Resources["Group"] || n == 0 {
			t.Errorf("%d groups, the contents say %+v", n, contents)
		}
		closeVerified(t, r)
	}
	stop()
	group.Wait()
}

// Whatever is missing or changed in a backup is noticed, and leaves no folder.
func TestBadBackups(t *testing.T) {
	data, _ := backup(t, furnished(t))
	refused := func(name string, data []byte, want string) {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "data")
		_, err := Restore(ctx, dir, bytes.NewReader(data))
		var bad *BackupError
		if !errors.As(err, &bad) || !strings.Contains(bad.Text, want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s: the folder is there: %v", name, err)
		}
	}
	refused("empty", nil, "it is empty")
	refused("another file", []byte("PK\x03\x04 something else"), `this is no backup: it begins with "PK`)
	refused("a newer one", []byte("scimdeck backup 9\n{}\n"), `has version "9"`)
	for n := 1; n < len(data); n += 1 + len(data)/97 {
		var bad *BackupError
		if _, err := CheckBackup(ctx, bytes.NewReader(data[:n])); !errors.As(err, &bad) || !strings.Contains(bad.Text, "cut off") {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	for _, n := range []int{len(backupMagic), 100, len(data) / 2, len(data) - 1} {
		refused(fmt.Sprint("cut at ", n), data[:n], "cut off")
	}
	refused("longer", append(slices.Clone(data), 'x'), "something follows")
	for i := 30; i < len(data); i += 1 + len(data)/97 {
		changed := slices.Clone(data)
		changed[i] ^= 0x20
		if _, err := CheckBackup(ctx, bytes.NewReader(changed)); err == nil {
			t.Errorf("the change of byte %d is not noticed", i)
		}
	}
	newer := bytes.Replace(data, fmt.Appendf(nil, `{"format":%d,`, formatVersion), fmt.Appendf(nil, `{"format":%d,`, formatVersion+1), 1)
	var version *VersionError
	if _, err := CheckBackup(ctx, bytes.NewReader(newer)); !errors.As(err, &version) {
		t.Errorf("a newer layout: %v", err)
	}
}

// A folder with anything in it is refused and left alone; what a killed restore left is not "anything".
func TestRestoreInto(t *testing.T) {
	data, _ := backup(t, furnished(t))
	dir := t.TempDir()
	file := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	var full *NotEmptyError
	if _, err := Restore(ctx, dir, bytes.NewReader(data)); !errors.As(err, &full) {
		t.Errorf("a folder with a file: %v", err)
	}
	if text, err := os.ReadFile(file); string(text) != "mine" {
		t.Errorf("the file: %q, %v", text, err)
	}
	used := t.TempDir()
	s := open(t, in(used))
	if _, err := Restore(ctx, used, bytes.NewReader(data)); !errors.As(err, &full) {
		t.Errorf("a store's folder: %v", err)
	}
	closeVerified(t, s)

	left := t.TempDir()
	if err := os.MkdirAll(filepath.Join(left, restoring, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	overwrite(t, filepath.Join(left, restoring, "db", "000001.sst"), []byte("half"))
	if _, err := Restore(ctx, left, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if names, err := os.ReadDir(left); err != nil || len(names) != 3 { // db, docs, lock
		t.Errorf("%v %v", names, err)
	}
	theirs := func(o *Options) { o.Catalog = custom(t, "server", true) }
	closeVerified(t, open(t, in(left), theirs))

	// Killed between the two moves: the documents are in their place and the database is not.
	if err := os.MkdirAll(filepath.Join(left, restoring), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(left, "db"), filepath.Join(left, restoring, "db")); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, left, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	s = open(t, in(left), theirs)
	if n := len(everything(t, s)); n != 302 {
		t.Errorf("%d resources", n)
	}
	closeVerified(t, s)

	// Documents alone may be all that somebody has left, also where a Restore was killed
	// once, and the store was used since.
	if err := os.MkdirAll(filepath.Join(left, restoring), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := clearRestoring(left); err != nil {
		t.Error(err)
	}
	if numbers, err := numberedFiles(docDir(left)); err != nil || len(numbers) == 0 {
		t.Errorf("the documents of a store are gone: %v %v", numbers, err)
	}
	if err := os.MkdirAll(filepath.Join(left, restoring), 0o700); err != nil {
		t.Fatal(err)
	}
	closeVerified(t, open(t, in(left), theirs))
	if err := os.RemoveAll(filepath.Join(left, "db")); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, left, bytes.NewReader(data)); !errors.As(err, &full) {
		t.Errorf("a folder with documents: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(left, restoring), 0o700); err != nil {
		t.Fatal(err)
	}
	overwrite(t, filepath.Join(docDir(left), "thesis.doc"), []byte("mine"))
	if _, err := Restore(ctx, left, bytes.NewReader(data)); !errors.As(err, &full) {
		t.Errorf("a folder with somebody's documents: %v", err)
	}
	theirsToo := t.TempDir()
	if err := os.MkdirAll(filepath.Join(theirsToo, restoring), 0o700); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(theirsToo, restoring, "backup")
	overwrite(t, file, data)
	if _, err := Restore(ctx, theirsToo, bytes.NewReader(data)); !errors.As(err, &full) {
		t.Errorf("a folder with somebody's folder of our name: %v", err)
	}
	closeVerified(t, open(t, in(theirsToo)))
	if b, err := os.ReadFile(file); err != nil || !bytes.Equal(b, data) {
		t.Errorf("somebody's file: %d bytes, %v", len(b), err)
	}
	if err := move(filepath.Join(left, "nothing"), filepath.Join(left, "else")); err != nil {
		t.Errorf("a folder that is not there, as of a store without documents: %v", err)
	}
}

// An interrupted backup is none, and an interrupted restore leaves nothing.
func TestBackupInterrupted(t *testing.T) {
	s := furnished(t)
	data, _ := backup(t, s)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	var half bytes.Buffer
	if _, err := s.Backup(ended, &half); !errors.Is(err, context.Canceled) {
		t.Errorf("backup: %v", err)
	}
	if _, err := CheckBackup(ctx, &half); err == nil {
		t.Error("half a backup is taken for one")
	}
	full := errors.New("full")
	if _, err := s.Backup(ctx, failing{full}); !errors.Is(err, full) {
		t.Errorf("backup to a full disk: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	during, cancel := context.WithCancel(ctx)
	r := io.MultiReader(bytes.NewReader(data[:len(data)/2]), called(cancel), bytes.NewReader(data[len(data)/2:]))
	if _, err := Restore(during, dir, r); !errors.Is(err, context.Canceled) {
		t.Errorf("restore: %v", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// called is a reader of nothing that calls a function.
type called func()

func (f called) Read([]byte) (int, error) { f(); return 0, io.EOF }

// Changes that are begun one after the other are made in that order.
func TestPendingOrder(t *testing.T) {
	s := open(t)
	var list []Pending
	for i := range 1500 {
		list = append(list, s.CreateLater(ctx, users, user(t, fmt.Sprintf("u%04d@x", i))))
	}
	list = append(list, s.CreateLater(ctx, users, user(t, "U0007@x")))
	var last string
	for i, p := range list[:1500] {
		c, err := p.Wait()
		if err != nil {
			t.Fatal(i, err)
		}
		if id := string(scim.DocID(c.After)); id <= last {
			t.Fatalf("%d has the id %s after %s", i, id, last)
		} else {
			last = id
		}
	}
	var taken *scim.Error
	if _, err := list[1500].Wait(); !errors.As(err, &taken) || taken.Status != 409 {
		t.Errorf("a name that is taken: %v", err)
	}
	// Check says what Create would say, and does nothing.
	for name, want := range map[string]int{"new@x": 0, "u0003@X": 409} {
		err := s.Check(users, user(t, name))
		var have *scim.Error
		if errors.As(err, &have) != (want != 0) || have != nil && have.Status != want {
			t.Errorf("%s: %v, want %d", name, err, want)
		}
	}
	if n := s.Count(users); n != 1500 {
		t.Errorf("%d users", n)
	}
}
