package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// checkNames holds the law of names against the database, when nobody writes: whoever has
// a name is found under it.
func checkNames(t testing.TB, s *Store) {
	t.Helper()
	k := s.names.of
	if k == nil {
		return
	}
	err := s.view(func(txn *badger.Txn) error {
		return k.eachEntry(txn, &k.indexes[0], func(key []byte, seq uint64) error {
			if who, ok := s.names.find(key); ok && !slices.Contains(who, seq) {
				t.Errorf("%q is %d's, and in memory %d's", key, seq, who)
			}
			return nil
		})
	})
	if err != nil && !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// knowNames waits until the names are in memory.
func knowNames(t testing.TB, s *Store) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); s.names.known.Load() == nil; time.Sleep(time.Millisecond) {
		s.names.wish()
		if time.Now().After(end) {
			t.Fatal("the names are not in memory")
		}
	}
}

// named lists the users that a filter finds.
func named(t testing.TB, s *Store, filter string) (ids []string) {
	t.Helper()
	f, _, err := users.ReadFilter(filter, scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	docs, total := list(t, s, Query{Filter: f, Count: 10})
	if total != len(docs) {
		t.Errorf("%s: %d of %d", filter, len(docs), total)
	}
	for _, doc := range docs {
		ids = append(ids, string(scim.DocID([]byte(doc))))
	}
	return ids
}

// Writers create, rename and delete while the names are read from the database again and
// again, and outgrow their table.
func TestNames(t *testing.T) {
	for name, change := range map[string]func(*Options){"in memory": func(*Options) {}, "on disk": in(t.TempDir())} {
		t.Run(name, func(t *testing.T) {
			s := open(t, change) // checkNames at the end
			for i := range 20 {
				create(t, s, user(t, fmt.Sprintf("first%d@x", i)))
			}
			knowNames(t, s)
			const writers, each = 4, 600
			is := make([]map[string]string, writers) // ids by name
			var wg sync.WaitGroup
			for w := range writers {
				is[w] = map[string]string{}
				wg.Go(func() { rename(t, s, rand.New(rand.NewPCG(uint64(w), 7)), w, each, is[w]) })
			}
			done := make(chan struct{})
			go func() { wg.Wait(); close(done) }()
			for again := true; again; {
				select {
				case <-done:
					again = false
				case <-time.After(2 * time.Millisecond):
					s.names.known.Store(nil) // as if it had been full
					s.names.wish()
				}
			}
			knowNames(t, s)
			for w := range writers {
				for i := range each {
					name := fmt.Sprintf("w%d-%d@x", w, i)
					var want []string
					if id, ok := is[w][name]; ok {
						want = []string{id}
					}
					if have := named(t, s, fmt.Sprintf("userName eq %q", strings.ToUpper(name))); !slices.Equal(have, want) {
						t.Errorf("%s: %v, want %v", name, have, want)
					}
				}
			}
		})
	}
}

// rename makes, renames and deletes users of a writer's own, and asks for them meanwhile.
func rename(t *testing.T, s *Store, rnd *rand.Rand, w, names int, is map[string]string) {
	for range 2 * names {
		name := fmt.Sprintf("w%d-%d@x", w, rnd.IntN(names))
		id, taken := is[name]
		to := fmt.Sprintf("w%d-%d@x", w, rnd.IntN(names))
		_, toTaken := is[to]
		switch c := rnd.IntN(4); {
		case !taken:
			made, err := s.Create(ctx, users, user(t, name))
			if err != nil {
				t.Errorf("creating %s, which is free: %v", name, err)
				return
			}
			is[name] = string(scim.DocID(made.After))
		case c == 0:
			if _, err := s.Delete(ctx, users, id, nil); err != nil {
				t.Error(err)
			}
			delete(is, name)
		case c == 1 && !toTaken:
			if _, err := s.Replace(ctx, users, id, user(t, to), nil); err != nil {
				t.Errorf("%s to %s, which is free: %v", name, to, err)
			}
			delete(is, name)
			is[to] = id
		case c == 2:
			if _, err := s.Create(ctx, users, user(t, name)); err == nil {
				t.Errorf("%s was made twice", name)
			}
		}
		id, taken = is[name]
		if have := named(t, s, fmt.Sprintf("userName eq %q", name)); taken != (len(have) == 1) || taken && have[0] != id {
			t.Errorf("%s is %q and %v was found", name, id, have)
		}
	}
}

// Somebody else whose name looks alike, or who had it once, is not found by it.
func TestNamesAlike(t *testing.T) {
	s := open(t)
	ada := create(t, s, user(t, "ada@x"))
	bob := create(t, s, draft(t, `{"schemas":["`+scim.UserURN+`"],"userName":"bob@x","emails":[{"value":"ada@x"}]}`))
	knowNames(t, s)
	k := s.kinds[users.Name]
	seq := func(id string) uint64 { n, _ := idSeq(id); return n }
	for _, name := range []string{"ada@x", "bob@x", "nobody@x"} {
		for _, who := range []string{bob, ada} {
			s.names.put(k.entryPrefix(&k.indexes[0], name), seq(who))
		}
		s.names.put(k.entryPrefix(&k.indexes[0], name), 4711) // nobody's sequence
	}
	for filter, want := range map[string][]string{
		`userName eq "ada@x"`:                             {ada},
		`userName eq "bob@x"`:                             {bob},
		`userName eq "nobody@x"`:                          nil,
		`emails.value eq "ada@x"`:                         {bob},
		`userName eq "ada@x" and title pr`:                nil,
		`userName eq "bob@x" and emails.value eq "ADA@X"`: {bob},
	} {
		if have := named(t, s, filter); !slices.Equal(have, want) {
			t.Errorf("%s: %v, want %v", filter, have, want)
		}
	}
	create(t, s, user(t, "nobody@x"))
	if _, err := s.Create(ctx, users, user(t, "Bob@X")); err == nil {
		t.Error("a name was given twice")
	}
}

// Who reads an older moment is told who had the name then.
func TestNamesOfThen(t *testing.T) {
	s := open(t)
	id := create(t, s, user(t, "ada@x"))
	n := s.snapshot()
	defer n.release()
	r := s.newRenderer(n.txn)
	defer r.close()
	r.n = n
	if _, err := s.Delete(ctx, users, id, nil); err != nil {
		t.Fatal(err)
	}
	s.names.known.Store(nil)
	knowNames(t, s) // without her
	k := s.kinds[users.Name]
	seq, _ := idSeq(id)
	if who, err := r.lookup(k, &k.indexes[0], "ada@x"); err != nil || !slices.Equal(who, []uint64{seq}) {
		t.Errorf("%v %v", who, err)
	}
}

// With more sequences than a slot can say the database is asked.
func TestNamesTooMany(t *testing.T) {
	s := open(t)
	create(t, s, user(t, "ada@x"))
	knowNames(t, s)
	k := s.kinds[users.Name]
	key := k.entryPrefix(&k.indexes[0], "late@x")
	s.names.put(key, nameSeqMost)
	if who, ok := s.names.find(key); !ok || !slices.Equal(who, []uint64{nameSeqMost}) {
		t.Errorf("the last sequence that fits: %v %v", who, ok)
	}
	s.names.put(key, nameSeqMost+1)
	if _, ok := s.names.find(key); ok {
		t.Error("a sequence that does not fit is known")
	}
	if n := len(named(t, s, `userName eq "ada@x"`)); n != 1 {
		t.Errorf("%d users", n)
	}
	s.names.wish()
	if err := s.fillNames(misreads.Load()); err != nil || s.names.known.Load() != nil {
		t.Errorf("known without him: %v", err)
	}
}

// Also where somebody has a late sequence when the names are read, they are read once.
func TestNamesTooManyFound(t *testing.T) {
	s := open(t)
	s.nextSeq = nameSeqMost + 1
	create(t, s, user(t, "late@x"))
	if err := s.fillNames(misreads.Load()); err != nil {
		t.Fatal(err)
	}
	for len(s.names.want) > 0 {
		<-s.names.want
	}
	if n := len(named(t, s, `userName eq "late@x"`)); n != 1 || len(s.names.want) > 0 || s.names.known.Load() != nil {
		t.Errorf("%d users; the names are wanted %d times", n, len(s.names.want))
	}
}

// Who had many names may be in a slot twice, and is one user.
func TestNamesOfOne(t *testing.T) {
	s := open(t)
	k := s.kinds[users.Name]
	var n names // that nobody fills
	n.init(k)
	n.known.Store(newNameTable(0))
	key := func(i int) []byte { return k.entryPrefix(&k.indexes[0], fmt.Sprint("name", i)) }
	const many = leastNames * 3 / 4
	for i := range many {
		n.put(key(i), 7)
	}
	for i := range many {
		who, ok := n.find(key(i))
		if !ok || !slices.Contains(who, 7) || len(slices.Compact(slices.Clone(who))) < len(who) {
			t.Errorf("%d: %v", i, who)
		}
	}
}

// What was read while a block could not be is not taken for everything.
func TestNamesOfDamage(t *testing.T) {
	s := open(t, in(t.TempDir()))
	create(t, s, user(t, "ada@x"))
	knowNames(t, s)
	s.names.known.Store(nil) // and nobody asks
	before := misreads.Load()
	if err := s.fillNames(before - 1); err == nil || s.names.known.Load() != nil {
		t.Errorf("names are known in spite of damage: %v", err)
	}
	if err := s.fillNames(before); err != nil || s.names.known.Load() == nil {
		t.Errorf("names are not known: %v", err)
	}
}
