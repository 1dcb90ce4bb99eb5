package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

const (
	badgeURN  = "urn:example:badge:2.0:User"
	deviceURN = "urn:example:device:2.0:Device"
)

// custom is a catalog with an extension of User, whose badge is unique or not,
// and a type of its own with a unique serial.
func custom(t testing.TB, uniqueness string, groups bool) *scim.Catalog {
	t.Helper()
	c, err := scim.NewCatalogWith(scim.CatalogOptions{Groups: groups, Definitions: [][]byte{
		fmt.Appendf(nil, `{"id":%q,"name":"Badge","attributes":[{"name":"badge","type":"string","uniqueness":%q}]}`, badgeURN, uniqueness),
		fmt.Appendf(nil, `{"name":"User","schemaExtensions":[{"schema":%q,"required":false}]}`, badgeURN),
		fmt.Appendf(nil, `{"id":%q,"name":"Device","attributes":[{"name":"serial","type":"string","uniqueness":"server"},{"name":"members","type":"string"}]}`, deviceURN),
		fmt.Appendf(nil, `{"name":"Device","endpoint":"/Devices","schema":%q}`, deviceURN),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func badged(t testing.TB, c *scim.Catalog, name, badge string) scim.Draft {
	t.Helper()
	return draftOf(t, c.Type("User"), fmt.Sprintf(`{"schemas":[%q,%q],"userName":%q,%q:{"badge":%q}}`, scim.UserURN, badgeURN, name, badgeURN, badge))
}

func device(t testing.TB, c *scim.Catalog, rest string) scim.Draft {
	t.Helper()
	return draftOf(t, c.Type("Device"), fmt.Sprintf(`{"schemas":[%q]%s}`, deviceURN, rest))
}

func TestCustomTypesAndIndexes(t *testing.T) {
	dir := t.TempDir()
	unique, loose := custom(t, "server", false), custom(t, "none", true)
	with := func(c *scim.Catalog) func(*Options) { return func(o *Options) { o.Catalog = c } }

	s := open(t, in(dir), with(unique))
	one := makeOf(t, s, unique.Type("User"), badged(t, unique, "a", "B-1"))
	_, err := s.Create(ctx, unique.Type("User"), badged(t, unique, "b", "b-1"))
	wantError(t, err, 409, scim.Uniqueness, `badge "b-1" is taken by `+one)
	dev := makeOf(t, s, unique.Type("Device"), device(t, unique, `,"serial":"S1"`))
	bare := makeOf(t, s, unique.Type("Device"), device(t, unique, ``))
	_, err = s.Create(ctx, unique.Type("Device"), device(t, unique, `,"serial":"s1"`))
	wantError(t, err, 409, scim.Uniqueness, `serial "S1" is taken by `+dev)
	if n := s.Count(unique.Type("Device")); n != 2 {
		t.Errorf("%d devices", n)
	}
	find := func(c *scim.Catalog, typ, text string) []string {
		t.Helper()
		rt := c.Type(typ)
		f := filterOf(t, rt, text)
		if x, _ := s.kinds[typ].narrow(f.Equal()); (x != nil) != (c == unique || typ == "Device") {
			t.Errorf("%s uses the index %v", text, x)
		}
		var ids []string
		for _, doc := range pageOf(t, s, rt, Query{Filter: f, Count: 9}) {
			ids = append(ids, string(scim.DocID([]byte(doc))))
		}
		return ids
	}
	badge := badgeURN + `:badge eq "b-1"`
	if have := find(unique, "User", badge); !slices.Equal(have, []string{one}) {
		t.Errorf("%v", have)
	}
	if have := find(unique, "Device", `serial eq "s1"`); !slices.Equal(have, []string{dev}) {
		t.Errorf("%v", have)
	}
	closeVerified(t, s)

	// Without the index two may have one badge; with groups, custom types and all.
	s = open(t, in(dir), with(loose))
	two := makeOf(t, s, loose.Type("User"), badged(t, loose, "b", "b-1"))
	if have := find(loose, "User", badge); !slices.Equal(have, []string{one, two}) {
		t.Errorf("%v", have)
	}
	must(t)(s.Delete(ctx, loose.Type("Device"), bare, nil))
	closeVerified(t, s)

	// So the declaration does not fit the data any more, and Open says whose.
	_, err = Open(Options{Dir: dir, Catalog: unique})
	var clash *UniqueError
	if !errors.As(err, &clash) || !slices.Contains(clash.IDs[:], one) || !slices.Contains(clash.IDs[:], two) || !strings.HasSuffix(clash.Path, ":badge") {
		t.Fatalf("%v", err)
	}
	s = open(t, in(dir), with(loose))
	must(t)(s.Replace(ctx, loose.Type("User"), two, badged(t, loose, "b", "b-2"), nil))
	closeVerified(t, s)

	// The types that a catalog lacks stay as they are.
	s = open(t, in(dir))
	create(t, s, user(t, "plain"))
	closeVerified(t, s)

	s = open(t, in(dir), with(unique))
	for b, id := range map[string]string{"B-1": one, "B-2": two} {
		if have := find(unique, "User", fmt.Sprintf(`%s:badge eq %q`, badgeURN, b)); !slices.Equal(have, []string{id}) {
			t.Errorf("%s: %v", b, have)
		}
	}
	if docs := pageOf(t, s, unique.Type("Device"), Query{Count: 9}); len(docs) != 1 || s.Count(unique.Type("Device")) != 1 {
		t.Errorf("%v", docs)
	}
	_, err = s.Create(ctx, unique.Type("User"), badged(t, unique, "c", "B-2"))
	wantError(t, err, 409, scim.Uniqueness, two)
}

// A build that was interrupted is done again.
func TestInterruptedBuild(t *testing.T) {
	dir := t.TempDir()
	c := custom(t, "server", false)
	with := func(o *Options) { o.Catalog = c }
	s := open(t, in(dir), with)
	one := makeOf(t, s, c.Type("User"), badged(t, c, "a", "B-1"))
	k := s.kinds["User"]
	i := slices.IndexFunc(k.indexes, func(x index) bool { return x.code >= firstCode })
	x := &k.indexes[i]
	name := append([]byte{spaceCatalog}, indexName("User", x.path, true)...)
	err := s.db.Update(func(txn *badger.Txn) error {
		return errors.Join(
			txn.Set(name, []byte{x.code, 0}),
			txn.Delete(k.entryKey(x, "b-1", 0)),
			txn.Set(k.entryKey(x, "left over", 0), make([]byte, 8)),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, in(dir), with)
	docs := pageOf(t, s, c.Type("User"), Query{Filter: filterOf(t, c.Type("User"), badgeURN+`:badge eq "b-1"`), Count: 9})
	if len(docs) != 1 || string(scim.DocID([]byte(docs[0]))) != one {
		t.Errorf("%v", docs)
	}
}

func TestSecretIsKept(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	a, errA := s.Secret("cursor")
	b, errB := s.Secret("other")
	if errA != nil || errB != nil || a == b || a == ([32]byte{}) {
		t.Errorf("%x %x %v %v", a, b, errA, errB)
	}
	closeVerified(t, s)
	s = open(t, in(dir))
	if again, err := s.Secret("cursor"); err != nil || again != a {
		t.Errorf("%x %v, want %x", again, err, a)
	}
	closeVerified(t, s)
	if _, err := s.Secret("new"); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}
