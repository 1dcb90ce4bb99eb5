package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

func TestDocPlaceCoding(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		p := docPlace{file: 1 + rnd.Uint64N(1<<40), offset: rnd.Int64N(1 << 40), n: recordHead + rnd.IntN(maxValue+1)}
		code := p.append(nil)
		if got, placed, err := docPlaceOf(code); err != nil || !placed || got != p {
			t.Fatalf("%+v is read as %+v %v %v", p, got, placed, err)
		}
		if got, err := docEndOf(p.appendEnd(nil)); err != nil || got.file != p.file || got.offset != p.offset {
			t.Fatalf("the end %+v is read as %+v, %v", p, got, err)
		}
		for n := range len(code) {
			if _, placed, err := docPlaceOf(code[:n]); placed && err == nil {
				t.Fatalf("%x is taken for a place", code[:n])
			}
		}
	}
	for _, wrong := range []string{"\x01", "\x01\x00\x05\x20", "\x01\x01\x05\x05", "\x01\x01\x05\x20\x00"} {
		if _, placed, err := docPlaceOf([]byte(wrong)); !placed || err == nil {
			t.Errorf("%q: %v %v", wrong, placed, err)
		}
	}
	if _, placed, err := docPlaceOf([]byte(`{"id":"x"}`)); placed || err != nil {
		t.Errorf("a document is taken for a place: %v", err)
	}
}

func TestDocRecords(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		doc := make([]byte, rnd.IntN(500))
		for i := range doc {
			doc[i] = byte(rnd.Uint32())
		}
		seq := rnd.Uint64N(maxSeq)
		b := appendRecord([]byte("before"), userCode, seq, doc)[6:]
		key, got, ok := readRecord(append(b[:len(b):len(b)], "after"...))
		if !ok || string(key[:]) != string(docKey(userCode, seq)) || !bytes.Equal(got, doc) {
			t.Fatalf("%x is read as %x %x %v", b, key, got, ok)
		}
		at := rnd.IntN(len(b))
		b[at] ^= 1 << rnd.IntN(8)
		if _, _, ok := readRecord(b); ok {
			t.Fatalf("a flipped bit at %d of %d goes unnoticed", at, len(b))
		}
		b[at] ^= 0xff // whatever it is now
		if _, _, ok := readRecord(b[:rnd.IntN(len(b))]); ok {
			t.Fatal("a record that is cut off is taken for whole")
		}
	}
}

// whereIs is the place of a resource's document.
func whereIs(t *testing.T, s *Store, id string) docPlace {
	t.Helper()
	seq, _ := idSeq(id)
	p := docPlace{}
	err := s.view(func(txn *badger.Txn) (err error) {
		p, err = docPlaceIn(txn, s.kinds[users.Name].docKey(seq))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// checkPlaces holds the places in memory against the database, when nobody writes.
func checkPlaces(t testing.TB, s *Store) {
	t.Helper()
	err := s.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceDoc}})
		defer it.Close()
		living := map[string]bool{}
		for it.Rewind(); it.Valid(); it.Next() {
			key := it.Item().KeyCopy(nil)
			living[string(key)] = true
			want, err := docPlaceIn(txn, key)
			if err != nil {
				return err
			}
			if got, ok := s.places.get(key); ok && got != want {
				t.Errorf("%x is at %+v, and in memory at %+v", key, want, got)
			}
		}
		for code := range s.places.lists {
			list := s.places.lists[code].Load()
			for n := 0; list != nil && n < len(*list)*blockSize; n++ {
				key := docKey(byte(code), uint64(n))
				if at, ok := s.places.get(key); ok && !living[string(key)] {
					t.Errorf("%x is gone, and in memory at %+v", key, at)
				}
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// A clean end leaves a file that ends with the last document, and the next start goes
// on with it; what a kill leaves is followed by another.
func TestDocFileGoesOn(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir), func(o *Options) { o.Durable = true })
	first := create(t, s, user(t, "a@x"))
	closeVerified(t, s)
	fi, err := os.Stat(filepath.Join(docDir(dir), "00000001"))
	if err != nil || fi.Size() > 4096 || fi.Mode().Perm() != 0o600 {
		t.Fatal(fi, err)
	}
	s = open(t, in(dir))
	second := create(t, s, user(t, "b@x"))
	if a, b := whereIs(t, s, first), whereIs(t, s, second); a.file != 1 || b.file != 1 || b.offset != a.end() {
		t.Errorf("a@x is at %+v, b@x at %+v", a, b)
	}
	killed := filepath.Join(t.TempDir(), "data")
	copyFolder(t, dir, killed)
	want := export(t, s)

	s = open(t, in(killed))
	third := create(t, s, user(t, "c@x"))
	if p := whereIs(t, s, third); p.file != 2 {
		t.Errorf("after a kill c@x is at %+v", p)
	}
	must(t)(s.Delete(ctx, users, third, nil))
	if got := export(t, s); got != want {
		t.Errorf("after a kill:\n%s\nwant\n%s", got, want)
	}
	closeVerified(t, s)
}

// What was changed is garbage, which is collected while others read and write. Nobody
// sees anything of that.
func TestCollect(t *testing.T) {
	dir := t.TempDir()
	for _, o := range []func(*Options){func(*Options) {}, in(dir)} {
		s := open(t, o)
		s.docs.size = 64 << 10
		var ids []string
		for i := range 50 {
			ids = append(ids, create(t, s, user(t, fmt.Sprintf("u%d@x", i))))
		}
		long := strings.Repeat("long ", 400)
		change := func(i int) {
			d := draftOf(t, users, fmt.Sprintf(`{"schemas":["`+scim.UserURN+`"],"userName":"u%d@x","title":"%s %d"}`, i%40, long, i))
			must(t)(s.Replace(ctx, users, ids[i%40], d, nil))
		}
		before := s.snapshot()
		reader := s.docs.reader()
		old := export(t, s)
		for i := range 400 {
			change(i)
		}
		now := export(t, s)
		_, full := s.docs.list()
		gone, err := s.collectGarbage()
		if err != nil || len(gone) == 0 {
			t.Fatalf("%d files are collected: %v", len(gone), err)
		}
		var dying []dyingFile
		for _, number := range gone {
			s.docs.die(number)
			dying = append(dying, dyingFile{number, 2})
		}
		if _, left := s.docs.list(); left > full/2 {
			t.Errorf("of %d bytes %d are left", full, left)
		}
		if got := export(t, s); got != now {
			t.Error("the documents are not what they were")
		}
		for range 5 {
			dying = s.bury(dying)
		}
		if len(dying) != len(gone) {
			t.Fatal("files are deleted that somebody reads")
		}
		var seen []string
		for _, id := range ids { // of the snapshot
			seq, _ := idSeq(id)
			item, err := before.txn.Get(docKey(userCode, seq))
			if err != nil {
				t.Fatal(err)
			}
			if err := readDoc(reader, item, func(doc []byte) error { seen = append(seen, string(doc)); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Join(seen, "\n") != strings.TrimSpace(old) {
			t.Errorf("the snapshot shows\n%.300s\nwant\n%.300s", strings.Join(seen, "\n"), old)
		}
		before.release()
		s.snapshots.forget()
		for range 3 {
			dying = s.bury(dying)
		}
		if len(dying) != 0 {
			t.Errorf("%d files stay", len(dying))
		}
		if got := export(t, s); got != now {
			t.Error("the documents are not what they were, without the files")
		}
		for i := range 100 {
			change(i)
		}
		now = export(t, s)
		closeVerified(t, s)
		if s.home != nil {
			s = open(t, in(dir))
			if got := export(t, s); got != now {
				t.Error("the documents are not what they were, at the next start")
			}
			closeVerified(t, s)
		}
	}
}

// A power cut may leave a commit whose documents have not come to the disk. It was
// never answered, and is taken back; what was answered before is there.
func TestUndoUnwritten(t *testing.T) {
	for _, hole := range []string{"all", "beginning", "end"} {
		t.Run(hole, func(t *testing.T) {
			dir, cut := t.TempDir(), filepath.Join(t.TempDir(), "data")
			s := open(t, in(dir), func(o *Options) { o.Durable = true })
			for i := range 20 {
				create(t, s, user(t, fmt.Sprintf("u%d@x", i)))
			}
			want := export(t, s)
			d := draftOf(t, users, fmt.Sprintf(`{"schemas":["`+scim.UserURN+`"],"userName":"last@x","title":%q}`, strings.Repeat("long ", 400)))
			last := string(scim.DocID(must(t)(s.Create(ctx, users, d)).After))
			p := whereIs(t, s, last)
			copyFolder(t, dir, cut)
			name := filepath.Join(docDir(cut), fileName(p.file))
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			lost := b[p.offset:p.end()]
			switch n := sector - int(p.offset%sector); hole {
			case "beginning":
				lost = lost[:n]
			case "end":
				lost = lost[n:]
			}
			clear(lost)
			overwrite(t, name, b)

			s = open(t, in(cut), func(o *Options) { o.Durable = true })
			if got := export(t, s); got != want {
				t.Errorf("there are\n%s\nwant\n%s", got, want)
			}
			again := create(t, s, user(t, "last@x"))
			closeVerified(t, s)
			s = open(t, in(cut))
			if _, ok, err := s.Get(users, nil, again); !ok || err != nil {
				t.Error(ok, err)
			}
			closeVerified(t, s)
		})
	}
}

// What had come to the disk and is not there any more was answered: that is damage.
func TestLostDocsAreDamage(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir), func(o *Options) { o.Durable = true })
	first := create(t, s, user(t, "a@x"))
	create(t, s, user(t, "b@x"))
	p := whereIs(t, s, first)
	for what, spoil := range map[string]func(name string, b []byte) error{
		"a hole":  func(name string, b []byte) error { clear(b[p.offset:p.end()]); return os.WriteFile(name, b, 0o600) },
		"cut off": func(name string, _ []byte) error { return os.Truncate(name, p.end()) },
		"gone":    func(name string, _ []byte) error { return os.Remove(name) },
	} {
		t.Run(what, func(t *testing.T) {
			hurt := filepath.Join(t.TempDir(), "data")
			copyFolder(t, dir, hurt)
			name := filepath.Join(docDir(hurt), fileName(p.file))
			b, err := os.ReadFile(name)
			if err == nil {
				err = spoil(name, b)
			}
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(Options{Dir: hurt, Catalog: catalog, Durable: true})
			if err == nil {
				_, err = s.List(ctx, users, Query{Count: 10}, func([]byte) {})
				if cerr := s.Close(); cerr != nil {
					t.Error(cerr)
				}
			}
			var damaged *DamagedError
			if !errors.As(err, &damaged) {
				t.Errorf("it is opened, and answers with %v", err)
			}
		})
	}
}

func FuzzDocRecord(f *testing.F) {
	f.Add(docPlace{file: 3, offset: 14, n: recordHead + 5}.append(nil))
	f.Add(docPlace{file: 3, offset: 14}.appendEnd(nil))
	f.Add(appendRecord(nil, userCode, 7, []byte(`{"id":"x"}`)))
	f.Add([]byte(`{"id":"x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, placed, err := docPlaceOf(b); placed && err == nil {
			if again, _, err := docPlaceOf(p.append(nil)); err != nil || again != p {
				t.Errorf("%x: %+v is read as %+v, %v", b, p, again, err)
			}
			if v := p.packed(); v > placeGone && unpacked(v) != p {
				t.Errorf("%+v is %+v in memory", p, unpacked(v))
			}
		}
		if p, err := docEndOf(b); err == nil {
			if again, err := docEndOf(p.appendEnd(nil)); err != nil || again != p {
				t.Errorf("%x: the end %+v is read as %+v, %v", b, p, again, err)
			}
		}
		if key, doc, ok := readRecord(b); ok {
			seq, _ := lastUint64(key[:])
			if again := appendRecord(nil, key[1], seq, doc); !bytes.HasPrefix(b, again) {
				t.Errorf("%x is read as %x", b, again)
			}
		}
	})
}

// whoIs is the id of the user with a name.
func whoIs(t *testing.T, s *Store, name string) (id string) {
	t.Helper()
	_, err := s.List(ctx, users, Query{Filter: filterOf(t, users, fmt.Sprintf("userName eq %q", name)), Count: 1}, func(doc []byte) { id = string(scim.DocID(doc)) })
	if err != nil || id == "" {
		t.Fatalf("nobody is %s: %v", name, err)
	}
	return id
}

// An operation that was planned on what others of its batch have done is refused with
// them when their commit fails in the middle of the batch.
func TestCommitThatFails(t *testing.T) {
	s := open(t, in(t.TempDir()))
	first := create(t, s, user(t, "first@x"))
	want := export(t, s)
	var pending []Pending
	hold := s.update(ctx, func(*tx) error { // while it runs, what is sent comes into its batch
		s.maxWrites = 5 // two users and no third one
		current := s.docs.files[s.docs.current]
		whole := current.file
		put := func(file *os.File) {
			s.docs.mu.Lock()
			defer s.docs.mu.Unlock()
			current.file = file
		}
		unwritable, err := os.Open(whole.Name())
		put(unwritable)
		for i := range 3 {
			pending = append(pending, s.CreateLater(ctx, users, user(t, fmt.Sprintf("u%d@x", i))))
		}
		pending = append(pending, s.later(ctx, func(*tx, *Change) error { // between the two commits
			put(whole)
			return unwritable.Close()
		}), s.CreateLater(ctx, users, user(t, "u3@x")))
		return err
	})
	if hold == nil || len(pending) != 5 {
		t.Fatal("the batch was committed")
	}
	for i, p := range pending {
		if _, err := p.Wait(); (err == nil) != (i >= 3) {
			t.Errorf("operation %d: %v", i, err)
		}
	}
	must(t)(s.Delete(ctx, users, whoIs(t, s, "u3@x"), nil))
	if got := export(t, s); got != want {
		t.Errorf("there are\n%s\nwant\n%s", got, want)
	}
	must(t)(s.Delete(ctx, users, first, nil))
	closeVerified(t, s)
}

// Users that were made and deleted take no memory in the end.
func TestPlacesOfNobody(t *testing.T) {
	s := open(t)
	var ids []string
	for i := range 3*blockSize + 10 {
		ids = append(ids, create(t, s, user(t, fmt.Sprint("u", i))))
	}
	kept := ids[blockSize+blockSize/2]
	for i, id := range ids[:3*blockSize] {
		if id == kept {
			continue
		}
		if _, err := s.Delete(ctx, users, id, nil); err != nil {
			t.Fatal(i, err)
		}
	}
	if _, err := s.census(); err != nil {
		t.Fatal(err)
	}
	var has []int
	for n, b := range *s.places.lists[userCode].Load() {
		if b != nil {
			has = append(has, n)
		}
	}
	if !slices.Equal(has, []int{1, 3}) {
		t.Errorf("there are the blocks %v, expected that of the one who is left and the last one", has)
	}
	for _, id := range ids[:3*blockSize] {
		if _, ok, err := s.Get(users, nil, id); ok != (id == kept) || err != nil {
			t.Fatalf("%s: %v %v", id, ok, err)
		}
	}
	if _, err := s.census(); err != nil { // finds nobody anew
		t.Fatal(err)
	}
	id := create(t, s, user(t, "late"))
	get(t, s, id)
}
