package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// truth is what a store answers when nothing is wrong.
type truth struct {
	docs   map[string]string // of all types, by id
	people []string          // userNames
	groups int
}

// folders are data folders with some of everything: closed, and as a kill leaves them.
// They are copied before they are damaged.
var folders = map[bool]*struct {
	dir string
	is  truth
}{false: {}, true: {}}

func sample(t *testing.T, closed bool) (dir string, is truth) {
	t.Helper()
	s := folders[closed]
	if s.dir == "" {
		s.dir, s.is = makeSample(t, closed)
	}
	return s.dir, s.is
}

func makeSample(t *testing.T, closed bool) (dir string, is truth) {
	t.Helper()
	dir, err := os.MkdirTemp(testFolder, "sample")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Dir: dir, Catalog: both, Durable: true}
	is.docs = map[string]string{}
	for part := range 3 { // of three opens, so that there are several tables
		s, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for i := range 60 {
			name := fmt.Sprintf("u%d-%d@example.com", part, i)
			is.people = append(is.people, name)
			ids = append(ids, makePerson(t, s, name))
		}
		makeOf(t, s, group, team(t, fmt.Sprint("g", part), ids[5:]...))
		is.groups++
		if _, _, err := s.CreateKey(fmt.Sprint("key", part), time.Time{}); err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			s.Log(exchange(i))
		}
		must(t)(s.Delete(ctx, person, ids[0], nil))
		is.people = append(is.people[:len(is.people)-60], is.people[len(is.people)-59:]...)
		s.FlushLog()
		if err := errors.Join(s.SetMark(2, true), s.SetNote(90, "ask Bob")); err != nil {
			t.Fatal(err)
		}
		clear(is.docs)
		for _, rt := range []*scim.ResourceType{person, group} {
			_, err := s.List(ctx, rt, Query{Count: 1 << 20}, func(doc []byte) { is.docs[string(scim.DocID(doc))] = string(doc) })
			if err != nil {
				t.Fatal(err)
			}
		}
		if part == 2 && !closed {
			copied := ""
			for before := ""; before != folderState(t, dir); { // not in the middle of a compaction
				before = folderState(t, dir)
				if copied, err = os.MkdirTemp(testFolder, "sample"); err != nil {
					t.Fatal(err)
				}
				copyFolder(t, dir, copied)
			}
			closeVerified(t, s)
			return copied, is
		}
		closeVerified(t, s)
	}
	return dir, is
}

// copyFolder copies a folder; what is empty at the end of a file stays a hole.
func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, name)
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(target, bytes.TrimRight(b, "\x00"), 0o600); err != nil {
			return err
		}
		return os.Truncate(target, int64(len(b)))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// answers asks a store everything, and holds each answer that is not an error
// against the truth.
func (is truth) answers(t *testing.T, s *Store) (refused int) {
	t.Helper()
	no := func(err error) bool {
		if err != nil {
			refused++
			var damaged *DamagedError
			if !errors.As(err, &damaged) {
				t.Errorf("refused with %v", err)
			}
		}
		return err != nil
	}
	for _, rt := range []*scim.ResourceType{person, group} {
		n := 0
		total, err := s.List(ctx, rt, Query{Count: 1 << 20}, func(doc []byte) {
			n++
			if is.docs[string(scim.DocID(doc))] != string(doc) {
				t.Errorf("listed as %.200s", doc)
			}
		})
		want := len(is.people)
		if rt == group {
			want = is.groups
		}
		if !no(err) && (total != want || n != want) {
			t.Errorf("%d of %d are listed, want %d", n, total, want)
		}
	}
	for id, want := range is.docs {
		rt := person
		if strings.Contains(want, scim.GroupURN) {
			rt = group
		}
		doc, ok, err := s.Get(rt, nil, id)
		if !no(err) && (!ok || string(doc) != want) {
			t.Errorf("%s: %v %.200s", id, ok, doc)
		}
	}
	for i := 0; i < len(is.people); i += 7 {
		n := 0
		_, err := s.List(ctx, person, Query{Filter: filterOf(t, person, fmt.Sprintf("userName eq %q", is.people[i])), Count: 10}, func([]byte) { n++ })
		if !no(err) && n != 1 {
			t.Errorf("%s is found %d times", is.people[i], n)
		}
	}
	for seq := uint64(1); seq <= 300; seq += 17 {
		_, ok, err := s.Exchange(seq)
		if !no(err) && !ok {
			t.Errorf("exchange %d is gone", seq)
		}
	}
	if len(s.Keys()) != 3 {
		t.Errorf("there are %d keys", len(s.Keys()))
	}
	return refused
}

// With one bit of any file flipped, or its end cut off, a store is refused with the
// name of the file, or answers rightly or not at all.
func TestDamagedFiles(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	opened, refused := 0, 0
	for _, closed := range []bool{true, false} {
		dir, is := sample(t, closed)
		files, err := filepath.Glob(filepath.Join(dir, "d*", "*")) // db and docs
		if err != nil || len(files) < 6 {
			t.Fatal(files, err)
		}
		for _, file := range append(files, filepath.Join(dir, "lock")) {
			for n := range rounds(1, 10) {
				name, err := filepath.Rel(dir, file)
				if err != nil {
					t.Fatal(err)
				}
				to := filepath.Join(t.TempDir(), "data")
				copyFolder(t, dir, to)
				what := damage(t, rnd, filepath.Join(to, name), n%4 == 3)
				s, err := Open(Options{Dir: to, Catalog: both})
				var damaged *DamagedError
				switch {
				case err == nil:
					opened++
					is.answers(t, s)
					if err := s.Close(); err != nil {
						t.Errorf("close: %v", err)
					}
				case !errors.As(err, &damaged) || !strings.Contains(err.Error(), "scimdeck repair"):
					t.Errorf("open: %v", err)
				case filepath.Base(damaged.File) != filepath.Base(name) && filepath.Base(name) != badger.ManifestFilename: // which may lose tables
					t.Errorf("open: %v", err)
				default:
					refused++
				}
				if t.Failed() {
					t.Fatalf("%s: %s, closed %v", name, what, closed)
				}
				_ = os.RemoveAll(to)
			}
		}
	}
	t.Logf("%d refused, %d opened and answered rightly", refused, opened)
}

// damage flips a bit of a file, or cuts it off, and says what it did.
func damage(t *testing.T, rnd *rand.Rand, file string, cut bool) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	used := min(len(bytes.TrimRight(b, "\x00"))+64, len(b))
	if used == 0 {
		return "nothing"
	}
	if cut {
		at := rnd.IntN(used)
		if err := os.Truncate(file, int64(at)); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("cut at %d of %d", at, len(b))
	}
	bit := rnd.IntN(8 * used)
	b[bit/8] ^= 1 << (bit % 8)
	overwrite(t, file, b)
	return fmt.Sprintf("bit %d of byte %d is flipped", bit%8, bit/8)
}
