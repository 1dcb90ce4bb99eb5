package store

import (
	"math/rand/v2"
	"reflect"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
)

// TestRankCoding: read after appendTo gives the rank, dense, sparse and empty.
func TestRankCoding(t *testing.T) {
	for _, living := range []int{0, 1, 3, 900, 9_000, 20_000} {
		r := new(rank)
		random := rand.New(rand.NewPCG(1, uint64(living)))
		for range living {
			r.set(random.Uint64N(20_000))
		}
		var back rank
		coded := r.appendTo(nil)
		if err := back.read(coded); err != nil {
			t.Fatal(err)
		}
		if back.n != r.n || !reflect.DeepEqual(back.words, r.words) {
			t.Fatalf("%d living: %d came back", r.n, back.n)
		}
		for k := range r.n {
			a, _ := r.at(k)
			if b, ok := back.at(k); !ok || a != b || back.below(a) != k {
				t.Fatalf("the %d-th is %d, and %d after coding", k, a, b)
			}
		}
		for n := range coded {
			if new(rank).read(coded[:n]) == nil {
				t.Fatalf("%d of %d bytes were read", n, len(coded))
			}
		}
	}
}

// TestSavedRanks: a store that was closed takes its ranks as they were saved; one
// that was changed since does not.
func TestSavedRanks(t *testing.T) {
	dir := t.TempDir()
	saved := func(s *Store) bool {
		k := s.kinds[users.Name]
		probe := kind{t: k.t, code: k.code, rank: new(rank)}
		ok := false
		err := s.db.View(func(txn *badger.Txn) error {
			ok = probe.savedRank(txn, s.db.MaxVersion())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if ok && !reflect.DeepEqual(probe.rank.words, k.rank.words) {
			t.Error("the saved rank is another one")
		}
		return ok
	}
	create := func(s *Store, name string) {
		if _, err := s.Create(ctx, users, user(t, name)); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, in(dir))
	if saved(s) {
		t.Error("a new store has saved ranks")
	}
	for _, name := range []string{"ada", "bob", "cy"} {
		create(s, name)
	}
	closeVerified(t, s)

	s = open(t, in(dir))
	if !saved(s) {
		t.Error("after a Close nothing is saved")
	}
	if n := s.Count(users); n != 3 {
		t.Errorf("%d users", n)
	}
	create(s, "dora")
	if saved(s) {
		t.Error("after a change what is saved still counts")
	}
	closeVerified(t, s)
	if s = open(t, in(dir)); s.Count(users) != 4 {
		t.Errorf("%d users", s.Count(users))
	}
}
