package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// someone is a generated user: few values, so that filters find several.
func someone(t testing.TB, i int, rnd *rand.Rand) scim.Draft {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `{"schemas":[%q],"userName":"User%d@x","active":%v`, scim.UserURN, i, rnd.IntN(3) > 0)
	if rnd.IntN(2) == 0 {
		fmt.Fprintf(&b, `,"externalId":"ext%d"`, rnd.IntN(10))
	}
	if n := rnd.IntN(4); n > 0 {
		b.WriteString(`,"emails":[`)
		for j := range n {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"value":"Mail%d@x","type":%q}`, rnd.IntN(20), []string{"work", "home", "other"}[j])
		}
		b.WriteByte(']')
	}
	if rnd.IntN(2) == 0 {
		fmt.Fprintf(&b, `,"name":{"familyName":"F%d"}`, rnd.IntN(5))
	}
	b.WriteByte('}')
	return draft(t, b.String())
}

// The laws of listing: whether an index is used or not, whatever the page, the
// answer is that of matching every document by hand.
func TestListIsBruteForce(t *testing.T) {
	s := open(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	var ids []string
	for i := range 400 {
		ids = append(ids, create(t, s, someone(t, i, rnd)))
	}
	for i := 0; i < 400; i += 3 {
		if _, err := s.Delete(ctx, users, ids[i], nil); err != nil {
			t.Fatal(err)
		}
	}
	var all []string
	for i, id := range ids {
		if i%3 != 0 {
			all = append(all, get(t, s, id))
		}
	}
	filters := []string{
		"",
		`userName eq "user1@x"`, `userName eq "USER1@X"`, `userName eq "nobody"`, `userName eq ""`,
		`externalId eq "ext3"`, `externalId eq "EXT3"`, `emails.value eq "mail3@x"`, `emails eq "mail3@x"`,
		`emails[type eq "work" and value eq "mail3@x"]`, `emails[type eq "home"] and emails.value eq "mail4@x"`,
		`externalId eq "ext3" and active eq true`, `active eq false and externalId eq "ext3" and emails.value eq "mail3@x"`,
		`externalId eq "ext3" or externalId eq "ext4"`, `not (externalId eq "ext3")`, `externalId ne "ext3"`,
		`userName eq "user1@x" and externalId eq "ext1"`, `userName eq "user1@x" or active eq true`,
		`name.familyName eq "F1"`, `userName sw "user1"`, `active eq true`, `externalId pr`,
		fmt.Sprintf(`id eq %q`, ids[1]), fmt.Sprintf(`id eq %q`, ids[0]), `id eq "x"`, fmt.Sprintf(`id eq %q and active eq true`, ids[4]),
		fmt.Sprintf(`id eq %q or id eq %q`, ids[1], ids[4]), `id eq "` + newTail().id(2) + `"`,
	}
	for _, text := range filters {
		var f *scim.Filter
		want := all
		if text != "" {
			f = filter(t, text)
			want = slices.DeleteFunc(slices.Clone(all), func(doc string) bool { return !f.Match([]byte(doc)) })
		}
		for _, q := range []Query{
			{Start: 1, Count: 1000},
			{Start: 0, Count: 10},
			{Start: -5, Count: 3},
			{Start: 2, Count: 1},
			{Start: 100, Count: 50},
			{Start: len(want), Count: 5},
			{Start: len(want) + 1, Count: 5},
			{Start: 1 << 40, Count: 5},
			{Start: 1, Count: 0},
			{Start: 1, Count: -1},
		} {
			q.Filter = f
			from := min(max(q.Start-1, 0), len(want))
			to := min(from+max(q.Count, 0), len(want))
			docs, total := list(t, s, q)
			if total != len(want) || !slices.Equal(docs, want[from:to]) {
				t.Errorf("%q from %d, %d: total %d, want %d; %d docs, want %d", text, q.Start, q.Count, total, len(want), len(docs), to-from)
			}
		}
	}
}

func TestIndexesAreUsed(t *testing.T) {
	s := open(t)
	k := s.kinds["User"]
	for text, path := range map[string]string{
		`userName eq "x"`:                               "userName",
		`externalId eq "x"`:                             "externalId",
		`emails.value eq "x" and active eq true`:        "emails.value",
		`externalId eq "x" and userName eq "x"`:         "userName",
		`emails[type eq "work" and value eq "x"]`:       "emails.value",
		`userName eq "x" or userName eq "y"`:            "",
		`not (userName eq "x")`:                         "",
		`userName sw "x"`:                               "",
		`active eq true and (userName eq "x" or id pr)`: "",
	} {
		x, _ := k.narrow(filter(t, text).Equal())
		if have := ""; x != nil {
			have = x.path
			if have != path {
				t.Errorf("%s uses %s, want %q", text, have, path)
			}
		} else if path != "" {
			t.Errorf("%s uses no index, want %s", text, path)
		}
	}
}

func TestListEndsWithItsContext(t *testing.T) {
	s := open(t)
	for i := range 2 * ctxEvery {
		create(t, s, user(t, fmt.Sprint(i)))
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for _, f := range []*scim.Filter{nil, filter(t, `active eq true`)} {
		_, err := s.List(gone, users, Query{Filter: f, Start: 1, Count: 1 << 20}, func([]byte) {})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
}

// While users come and go, a page is full, in order, and of one moment: as many
// as the total says.
func TestListInParallel(t *testing.T) {
	s := open(t)
	for i := range 50 {
		create(t, s, user(t, fmt.Sprintf("stays%d", i)))
	}
	stop := make(chan struct{})
	var writers, readers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				id := create(t, s, user(t, fmt.Sprintf("goes%d-%d", w, i)))
				if i%3 > 0 {
					if _, err := s.Delete(ctx, users, id, nil); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	active := filter(t, `active eq true`)
	for _, f := range []*scim.Filter{nil, active} {
		readers.Go(func() {
			for range 100 {
				docs, total := list(t, s, Query{Filter: f, Start: 1, Count: 1 << 20})
				if len(docs) != total || total < 50 {
					t.Errorf("%d docs of %d", len(docs), total)
				}
				if !slices.IsSortedFunc(docs, func(a, b string) int {
					return strings.Compare(string(scim.DocID([]byte(a))), string(scim.DocID([]byte(b))))
				}) {
					t.Error("not in order")
				}
				if docs, _ := list(t, s, Query{Filter: f, Start: total, Count: 5}); f == nil && len(docs) > 5 {
					t.Errorf("%d docs", len(docs))
				}
			}
		})
	}
	readers.Wait()
	close(stop)
	writers.Wait()
}

// An e-mail that is its user's name is found by way of the name, and one that is another
// user's name beside that user.
func TestEmailThatIsTheName(t *testing.T) {
	s := open(t)
	person := func(name string, emails ...string) string {
		var list []string
		for _, e := range emails {
			list = append(list, fmt.Sprintf(`{"value":%q}`, e))
		}
		return create(t, s, draftOf(t, users, fmt.Sprintf(`{"schemas":[%q],"userName":%q,"emails":[%s]}`, scim.UserURN, name, strings.Join(list, ","))))
	}
	ada := person("Ada@x", "ada@X", "a@x")
	bob := person("bob@x", "ada@x")
	person("eve@x", "eve@y")
	entries := func() (n int) {
		k := s.kinds[users.Name]
		err := s.view(func(txn *badger.Txn) error {
			return k.eachEntry(txn, k.index("emails.value"), func([]byte, uint64) error { n++; return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	find := func(filter string) (ids []string) {
		_, err := s.List(ctx, users, Query{Filter: filterOf(t, users, filter), Count: 10}, func(doc []byte) { ids = append(ids, string(scim.DocID(doc))) })
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	check := func(filter string, want ...string) {
		t.Helper()
		if got := find(filter); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", filter, got, want)
		}
	}
	if n := entries(); n != 3 {
		t.Errorf("%d entries", n)
	}
	check(`emails.value eq "ADA@x"`, ada, bob)
	check(`emails[value eq "ada@x"]`, ada, bob)
	check(`emails.value eq "a@x"`, ada)
	check(`emails.value eq "bob@x"`)
	check(`emails.value eq "eve@x"`)
	// The name goes, and its e-mail stays.
	must(t)(s.Replace(ctx, users, ada, draftOf(t, users, fmt.Sprintf(`{"schemas":[%q],"userName":"ada@y","emails":[{"value":"ada@x"}]}`, scim.UserURN)), nil))
	check(`emails.value eq "ada@x"`, ada, bob)
	must(t)(s.Replace(ctx, users, bob, draftOf(t, users, fmt.Sprintf(`{"schemas":[%q],"userName":"ada@x","emails":[{"value":"ada@x"}]}`, scim.UserURN)), nil))
	check(`emails.value eq "ada@x"`, ada, bob)
	must(t)(s.Delete(ctx, users, ada, nil))
	check(`emails.value eq "ada@x"`, bob)
	if n := entries(); n != 1 {
		t.Errorf("%d entries at the end", n)
	}
	if err := s.Verify(ctx); err != nil {
		t.Error(err)
	}
}
