package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

const ada = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Ada@Example.com","externalId":"00u1",` +
	`"name":{"givenName":"Ada","familyName":"Lovelace"},"emails":[{"value":"ada@example.com","type":"work","primary":true}],"active":true}`

func TestCreateAndGet(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 123_456_789, time.UTC)
	s := open(t, func(o *Options) { o.Now = func() time.Time { return now } })
	c, err := s.Create(ctx, users, draft(t, ada))
	if err != nil {
		t.Fatal(err)
	}
	id := string(scim.DocID(c.After))
	if c.Before != nil || !strings.HasSuffix(string(c.After), `"meta":{"resourceType":"User","created":"2026-05-01T12:00:00.123Z",`+
		`"lastModified":"2026-05-01T12:00:00.123Z","version":"W/\"1\"","location":"/Users/`+id+`"}}`) {
		t.Errorf("%s", c.After)
	}
	doc, ok, err := s.Get(users, []byte("before:"), id)
	if err != nil || !ok || string(doc) != "before:"+string(c.After) {
		t.Errorf("%s %v %v", doc, ok, err)
	}
	if s.Count(users) != 1 {
		t.Errorf("%d users", s.Count(users))
	}
}

// ids of any form, and ids of other resources' sequences, are unknown.
func unknownIDs(known string) []string {
	last := "0"
	if strings.HasSuffix(known, "0") {
		last = "1"
	}
	return []string{
		"", "x", "42", known[:35], known + "0", known[:35] + last, strings.ToUpper(known), " " + known, newTail().id(99),
		strings.Repeat("y", 10_000), "../../etc/passwd", "\x00", "ffffffff-ffff-8fff-bfff-ffffffffffff",
	}
}

func TestUnknownIDs(t *testing.T) {
	s := open(t)
	id := create(t, s, draft(t, ada))
	p := patch(t, `[{"op":"replace","path":"active","value":false}]`)
	for _, unknown := range unknownIDs(id) {
		if unknown == id {
			continue // without letters
		}
		if doc, ok, err := s.Get(users, nil, unknown); ok || err != nil || len(doc) != 0 {
			t.Errorf("get %.50q: %v %v", unknown, ok, err)
		}
		_, errReplace := s.Replace(ctx, users, unknown, user(t, "x"), nil)
		_, errPatch := s.Patch(ctx, users, unknown, p, nil)
		_, errDelete := s.Delete(ctx, users, unknown, nil)
		for _, err := range []error{errReplace, errPatch, errDelete} {
			wantError(t, err, 404, "", "there is no User with the id")
			if len(err.Error()) > 400 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		}
	}
}

func TestUniqueness(t *testing.T) {
	s := open(t)
	id := create(t, s, user(t, "Bob@x"))
	_, err := s.Create(ctx, users, user(t, "bOB@X"))
	wantError(t, err, 409, scim.Uniqueness, fmt.Sprintf(`userName "Bob@x" is taken by %s`, id))
	if strings.Contains(err.Error(), "inactive") {
		t.Error(err)
	}
	if _, err := s.Patch(ctx, users, id, patch(t, `[{"op":"replace","path":"active","value":false}]`), nil); err != nil {
		t.Fatal(err)
	}
	_, err = s.Create(ctx, users, user(t, "bob@x"))
	wantError(t, err, 409, scim.Uniqueness, id+" (inactive)")

	other := create(t, s, user(t, "eve@x"))
	before := get(t, s, other)
	_, err = s.Replace(ctx, users, other, user(t, "BOB@x"), nil)
	wantError(t, err, 409, scim.Uniqueness, id)
	_, err = s.Patch(ctx, users, other, patch(t, `[{"op":"replace","value":{"userName":"BOB@x"}}]`), nil)
	wantError(t, err, 409, scim.Uniqueness, id)
	if get(t, s, other) != before {
		t.Error("a refused write changed the resource")
	}
	if n := s.Count(users); n != 2 {
		t.Errorf("%d users", n)
	}

	// Its own name in another case is its own; a name that was left is free.
	if _, err := s.Replace(ctx, users, id, user(t, "BOB@x"), nil); err != nil {
		t.Error(err)
	}
	if _, err := s.Replace(ctx, users, id, user(t, "robert@x"), nil); err != nil {
		t.Error(err)
	}
	if _, err := s.Replace(ctx, users, other, user(t, "bob@x"), nil); err != nil {
		t.Error(err)
	}
	if _, err := s.Delete(ctx, users, other, nil); err != nil {
		t.Error(err)
	}
	create(t, s, user(t, "bob@x"))
}

func TestLongAndOddValues(t *testing.T) {
	s := open(t)
	long := strings.Repeat("n", longValue)
	names := []string{
		long, long + "1", long + "2", strings.Repeat("é", 5000), "a", "ab", "ſ", "K", `q"\`,
	}
	for _, name := range names {
		id := create(t, s, draft(t, fmt.Sprintf(`{"schemas":[%q],"userName":%s,"externalId":%s,"emails":[{"value":%s}]}`,
			scim.UserURN, quoted(name), quoted(name), quoted(name))))
		for _, attr := range []string{"userName", "externalId", "emails.value"} {
			docs, total := list(t, s, Query{Filter: filter(t, attr+" eq "+quoted(name)), Start: 1, Count: 9})
			if total != 1 || len(docs) != 1 || string(scim.DocID([]byte(docs[0]))) != id {
				t.Errorf("%s eq %.20q finds %d", attr, name, total)
			}
		}
	}
	for _, name := range []string{long, "A", "s", "k"} {
		_, err := s.Create(ctx, users, user(t, name))
		wantError(t, err, 409, scim.Uniqueness, "is taken by")
	}
}

// No value's entries are among those of another value, whatever bytes are in them.
func TestEntriesOfValuesAreApart(t *testing.T) {
	k := builtIn["User"]
	values := []string{"", "a", "ab", "a\x00", "a\x00b", "\x00", "a\x00\x00\x00\x00\x00\x00\x00\x00\x01", "a\x00\x00\x00\x00\x00\x00\x00\x01"}
	for _, n := range []int{longValue - 1, longValue, longValue + 1, longValue + 9, 5000} {
		values = append(values, strings.Repeat("n", n))
	}
	for i := range k.indexes {
		x := &k.indexes[i]
		for _, v := range values {
			for _, w := range values {
				prefix, key := k.entryPrefix(x, v), k.entryKey(x, w, 1)
				found := len(key) == len(prefix)+8 && strings.HasPrefix(string(key), string(prefix))
				if x.unique {
					found = string(key) == string(prefix)
				}
				if found != (v == w) {
					t.Errorf("%s: %.20q finds %.20q: %v", x.path, v, w, found)
				}
			}
		}
	}
}

// quoted is a JSON string.
func quoted(s string) string { return scim.StringOf(s).String() }

func TestWithoutUserName(t *testing.T) {
	s := open(t)
	id := create(t, s, draft(t, ada))
	_, err := s.Create(ctx, users, scim.Draft{})
	wantError(t, err, 400, scim.InvalidValue, "userName")
	_, err = s.Replace(ctx, users, id, scim.Draft{}, nil)
	wantError(t, err, 400, scim.InvalidValue, "userName")
}

func TestTooLarge(t *testing.T) {
	for _, change := range []func(*Options){func(*Options) {}, in(t.TempDir())} {
		s := open(t, change)
		id := create(t, s, user(t, "small"))
		big := draft(t, fmt.Sprintf(`{"schemas":[%q],"userName":"big","displayName":%q}`, scim.UserURN, strings.Repeat("x", 2<<20)))
		_, err := s.Create(ctx, users, big)
		wantError(t, err, 413, "", "bytes")
		_, err = s.Replace(ctx, users, id, big, nil)
		wantError(t, err, 413, "", "bytes")
		// Just below the limit it works, and many of them in one batch too.
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				d := draft(t, fmt.Sprintf(`{"schemas":[%q],"userName":"u%d","displayName":%q}`, scim.UserURN, i, strings.Repeat("x", 1<<20-500)))
				if _, err := s.Create(ctx, users, d); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

func TestChangesAndVersions(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := open(t, func(o *Options) { o.Now = func() time.Time { return now } })
	id := create(t, s, draft(t, ada))
	first := get(t, s, id)
	deactivate := patch(t, `[{"op":"replace","path":"active","value":false}]`)

	now = now.Add(time.Second)
	for name, f := range map[string]func() (Change, error){
		"put of the same": func() (Change, error) { return s.Replace(ctx, users, id, draft(t, ada), nil) },
		"patch of the same": func() (Change, error) {
			return s.Patch(ctx, users, id, patch(t, `[{"op":"replace","value":{"active":true}}]`), nil)
		},
	} {
		c, err := f()
		if err != nil || string(c.Before) != first || string(c.After) != first || get(t, s, id) != first {
			t.Errorf("%s: %s %v", name, c.After, err)
		}
	}

	c, err := s.Patch(ctx, users, id, deactivate, nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(c.Before) != first || scim.DocVersion(c.After) != 2 || get(t, s, id) != string(c.After) ||
		!strings.Contains(string(c.After), `"active":false`) ||
		!strings.Contains(string(c.After), `"created":"2026-05-01T12:00:00.000Z","lastModified":"2026-05-01T12:00:01.000Z"`) {
		t.Errorf("%s", c.After)
	}

	now = now.Add(-time.Hour) // the clock was wrong
	c, err = s.Replace(ctx, users, id, draft(t, ada), nil)
	if err != nil || scim.DocVersion(c.After) != 3 || !strings.Contains(string(c.After), `"lastModified":"2026-05-01T12:00:01.000Z"`) {
		t.Errorf("%s %v", c.After, err)
	}

	c, err = s.Delete(ctx, users, id, nil)
	if err != nil || c.After != nil || scim.DocVersion(c.Before) != 3 {
		t.Errorf("%+v %v", c, err)
	}
	if _, ok, _ := s.Get(users, nil, id); ok || s.Count(users) != 0 {
		t.Error("it is still there")
	}
	_, err = s.Delete(ctx, users, id, nil)
	wantError(t, err, 404, "", id)
}

func TestIfMatch(t *testing.T) {
	s := open(t)
	id := create(t, s, draft(t, ada))
	stale := func(v uint64) error {
		if v != 1 {
			t.Errorf("version %d", v)
		}
		return scim.Errorf(412, "", "stale")
	}
	before := get(t, s, id)
	_, errReplace := s.Replace(ctx, users, id, user(t, "x"), stale)
	_, errPatch := s.Patch(ctx, users, id, patch(t, `[{"op":"replace","value":{"active":false}}]`), stale)
	_, errDelete := s.Delete(ctx, users, id, stale)
	for _, err := range []error{errReplace, errPatch, errDelete} {
		wantError(t, err, 412, "", "stale")
	}
	if get(t, s, id) != before {
		t.Error("it was changed")
	}
	if _, err := s.Delete(ctx, users, id, func(uint64) error { return nil }); err != nil {
		t.Error(err)
	}
}

// Of clients that all read version n and write under the condition that it is
// still n, one wins each time.
func TestIfMatchInParallel(t *testing.T) {
	s := open(t)
	id := create(t, s, user(t, "u"))
	var won int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			d := draft(t, fmt.Sprintf(`{"schemas":[%q],"userName":"u","displayName":"%d"}`, scim.UserURN, w))
			_, err := s.Replace(ctx, users, id, d, func(v uint64) error {
				if v != 1 {
					return scim.Errorf(412, "", "it is %d", v)
				}
				return nil
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			}
		})
	}
	wg.Wait()
	if won != 1 || scim.DocVersion([]byte(get(t, s, id))) != 2 {
		t.Errorf("%d won", won)
	}
}

func TestUniquenessInParallel(t *testing.T) {
	s := open(t)
	const writers, names = 32, 20
	var wg sync.WaitGroup
	won := make(chan string, writers*names)
	for range writers {
		wg.Go(func() {
			for n := range names {
				c, err := s.Create(ctx, users, user(t, fmt.Sprintf("Name%d", n)))
				if err == nil {
					won <- string(scim.DocID(c.After))
				} else {
					wantError(t, err, 409, scim.Uniqueness, "is taken by")
				}
			}
		})
	}
	wg.Wait()
	if len(won) != names || s.Count(users) != names {
		t.Errorf("%d won %d names, %d are there", len(won), names, s.Count(users))
	}
}

func TestCallerThatGivesUp(t *testing.T) {
	s := open(t)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Create(gone, users, user(t, "u")); !errors.Is(err, context.Canceled) {
		t.Errorf("create: %v", err)
	}
	// While the writer is busy an operation waits no longer than its context.
	hold, held := make(chan struct{}), make(chan struct{})
	go s.update(ctx, func(*tx) error { close(held); <-hold; return nil })
	<-held
	short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if _, err := s.Create(short, users, user(t, "v")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("create: %v", err)
	}
	close(hold)
	create(t, s, user(t, "w"))
	if n := s.Count(users); n != 1 {
		t.Errorf("%d users", n)
	}
}

func TestPanicInAnOperation(t *testing.T) {
	s := open(t)
	id := create(t, s, user(t, "u"))
	_, err := s.Delete(ctx, users, id, func(uint64) error { panic("oh") })
	if err == nil || !strings.Contains(err.Error(), "oh") {
		t.Errorf("%v", err)
	}
	get(t, s, id)
	create(t, s, user(t, "v"))
}

// A batch sees its own earlier operations, and a refused one leaves nothing.
func TestBatch(t *testing.T) {
	s := open(t)
	do := func(name string) *operation {
		d := user(t, name)
		k := s.kinds["User"]
		entries, err := k.entries(d)
		if err != nil {
			t.Fatal(err)
		}
		return &operation{ctx: ctx, done: make(chan error, 1), do: func(tx *tx) error {
			seq, err := tx.sequence()
			if err != nil {
				return err
			}
			tx.set(k.docKey(seq), users.AppendDoc(nil, newTail().id(seq), d, scim.Meta{Created: tx.now, Modified: tx.now, Version: 1}))
			tx.committed(func() { k.rank.set(seq) })
			return tx.reindex(k, seq, nil, entries) // after the document is planned
		}}
	}
	ops := []*operation{do("a"), do("b"), do("A"), do("c")}
	err := s.update(ctx, func(*tx) error { // while it runs, the writer is about to take them into its batch
		for _, op := range ops {
			s.ops <- op
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false, true} {
		if err := <-ops[i].done; (err == nil) != want {
			t.Errorf("operation %d: %v", i, err)
		}
	}
	if n := s.Count(users); n != 3 {
		t.Errorf("%d users", n)
	}
}

// setMember writes one side of a membership.
func setMember(txn *badger.Txn, group, member uint64) error {
	for _, w := range planSet(group, []uint64{member}) {
		if err := txn.Set(w.key, w.value); err != nil {
			return err
		}
	}
	return nil
}

func TestVerifyFindsDamage(t *testing.T) {
	k := func(s *Store) *kind { return s.kinds["User"] }
	for name, c := range map[string]struct {
		damage func(s *Store, txn *badger.Txn) error
		part   string
	}{
		"document gone": {func(s *Store, txn *badger.Txn) error { return txn.Delete(k(s).docKey(1)) }, "missing 1"},
		"index entry gone": {
			func(s *Store, txn *badger.Txn) error {
				return txn.Delete(k(s).entryKey(k(s).index("userName"), "ada@example.com", 1))
			},
			"is not in the index",
		},
		"index entry too many": {
			func(s *Store, txn *badger.Txn) error {
				return txn.Set(k(s).entryKey(k(s).index("emails.value"), "x", 1), nil)
			},
			"does not have that value",
		},
		"index entry of another": {
			func(s *Store, txn *badger.Txn) error {
				return txn.Set(k(s).entryKey(k(s).index("userName"), "ada@example.com", 1), make([]byte, 8))
			}, "as that of 0",
		},
		"document is none": {func(s *Store, txn *badger.Txn) error { return txn.Set(k(s).docKey(1), []byte("{")) }, "stored User"},
		"document too many": {func(s *Store, txn *badger.Txn) error {
			item, err := txn.Get(k(s).docKey(1))
			if err != nil {
				return err
			}
			v, _ := item.ValueCopy(nil)
			return txn.Set(k(s).docKey(2), v)
		}, "not in the rank index"},
		"member unknown":       {func(_ *Store, txn *badger.Txn) error { return setMember(txn, 3, 77) }, "the member 77, which has no document"},
		"group unknown":        {func(_ *Store, txn *badger.Txn) error { return setMember(txn, 78, 1) }, "group 78 has members and no document"},
		"membership one-sided": {func(_ *Store, txn *badger.Txn) error { return setMember(txn, 3, 1) }, "which does not say so"},
		"membership of the other side": {
			func(_ *Store, txn *badger.Txn) error {
				return txn.Set(numbered(spaceGroups, 1), appendSeqs(nil, []uint64{3}))
			}, "which does not know it",
		},
		"block not listed": {func(_ *Store, txn *badger.Txn) error { return txn.Set(blockKey(3, 5), []byte{0, 1}) }, "not in the list"},
		"block missing": {
			func(_ *Store, txn *badger.Txn) error {
				return txn.Set(numbered(spaceMembers, 3), appendSeqs(nil, []uint64{7}))
			}, "blocks [7] are missing",
		},
		"secret cut":   {func(_ *Store, txn *badger.Txn) error { return txn.Set([]byte("tx"), []byte("short")) }, "32 bytes"},
		"unknown key":  {func(_ *Store, txn *badger.Txn) error { return txn.Set([]byte("?"), nil) }, "no known space"},
		"key changed":  {func(_ *Store, txn *badger.Txn) error { return txn.Delete(numbered(spaceKey, 1)) }, "keys are stored"},
		"chunk gone":   {func(_ *Store, txn *badger.Txn) error { return txn.Delete(numbered(spaceChunk, 1)) }, "are in the list"},
		"chunk broken": {func(_ *Store, txn *badger.Txn) error { return txn.Set(numbered(spaceChunk, 1), []byte{formInline, 9}) }, "not coded"},
		"form unknown": {func(_ *Store, txn *badger.Txn) error { return txn.Set(numbered(spaceChunk, 1), []byte{1, 1}) }, "unknown form"},
		"rest broken": {func(_ *Store, txn *badger.Txn) error {
			return changeChunk(txn, 1, func(rows, rest []byte) []byte { return appendValue(nil, rows, []byte("\x01broken"), restPlace{}) })
		}, "rest"},
		"rest gone": {func(_ *Store, txn *badger.Txn) error {
			return changeChunk(txn, 1, func(rows, rest []byte) []byte {
				return appendValue(nil, rows, nil, restPlace{file: 7, offset: 1, n: 1})
			})
		}, "there is no 7"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(Options{Catalog: both})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			create(t, s, draft(t, ada))
			makeOf(t, s, group, team(t, "A"))
			makeOf(t, s, group, team(t, "B"))
			if _, _, err := s.CreateKey("k", time.Time{}); err != nil {
				t.Fatal(err)
			}
			s.Log(exchange(0))
			s.FlushLog()
			if err := s.Verify(ctx); err != nil {
				t.Fatalf("before: %v", err)
			}
			if err := s.db.Update(func(txn *badger.Txn) error { return c.damage(s, txn) }); err != nil {
				t.Fatal(err)
			}
			if err := s.Verify(ctx); err == nil || !strings.Contains(err.Error(), c.part) {
				t.Errorf("have %v, want %q", err, c.part)
			}
		})
	}
}
