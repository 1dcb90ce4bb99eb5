package store

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"scimdeck/scim"
)

// TestRecentBounds: what is kept is bounded, the keys asked for last are among it,
// and a key is forgotten when it is dropped.
func TestRecentBounds(t *testing.T) {
	c := newRecent()
	value := make([]byte, 1000)
	key := func(i int) []byte { return docKey(userCode, uint64(i)) }
	const n = 3 * recentBytes / 1000
	for i := range n {
		c.put(string(key(i)), value)
		if i > 0 && i%100 == 0 {
			c.get(key(0)) // somebody keeps asking
		}
	}
	size, kept := 0, 0
	for i := range c.shards {
		s := &c.shards[i]
		young := 0
		for k, v := range s.young {
			young += len(k) + len(v) + recentExtra
		}
		if young != s.size {
			t.Errorf("a shard counts %d bytes and has %d", s.size, young)
		}
		kept += len(s.young) + len(s.old)
		size += young + len(s.old)*(len(value)+recentExtra)
	}
	if size > recentBytes+recentBytes/10 || kept < n/6 {
		t.Errorf("%d values of %d bytes are kept", kept, size)
	}
	if _, ok := c.get(key(0)); !ok {
		t.Error("a key that is asked for again and again was forgotten")
	}
	if _, ok := c.get(key(1)); ok {
		t.Error("a key that nobody asked for is kept")
	}
	c.drop(key(0))
	if _, ok := c.get(key(0)); ok {
		t.Error("a dropped key is kept")
	}
	c.clear()
	if _, ok := c.get(key(n - 1)); ok {
		t.Error("a cleared key is kept")
	}
}

// TestRecentIsCommitted: while a user changes all the time, nobody reads a version
// older than one that somebody has read before, by id, by userName or in a write,
// and afterwards what is kept is what the database has.
func TestRecentIsCommitted(t *testing.T) {
	s := open(t)
	change, err := s.Create(ctx, users, user(t, "ada"))
	if err != nil {
		t.Fatal(err)
	}
	id := string(scim.DocID(change.After))
	var newest atomic.Uint64
	newest.Store(1)
	saw := func(before uint64, doc []byte) {
		v := scim.DocVersion(doc)
		if v < before {
			t.Errorf("version %d was read after %d", v, before)
		}
		for {
			n := newest.Load()
			if v <= n || newest.CompareAndSwap(n, v) {
				return
			}
		}
	}
	var stop atomic.Bool
	var readers sync.WaitGroup
	filter, _, err := users.ReadFilter(`userName eq "ada"`, scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		readers.Go(func() {
			var dst []byte
			for !stop.Load() {
				before := newest.Load()
				doc, ok, err := s.Get(users, dst[:0], id)
				if !ok || err != nil {
					t.Errorf("get: %v %v", ok, err)
					return
				}
				saw(before, doc)
				dst = doc
				before = newest.Load()
				n, err := s.List(ctx, users, Query{Filter: filter, Start: 1, Count: 1}, func(doc []byte) { saw(before, doc) })
				if n != 1 || err != nil {
					t.Errorf("list: %d %v", n, err)
					return
				}
			}
		})
	}
	for i := range 400 {
		before := newest.Load()
		d := draft(t, fmt.Sprintf(`{"schemas":[%q],"userName":"ada","title":%q}`, scim.UserURN, strconv.Itoa(i)))
		change, err := s.Replace(ctx, users, id, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		saw(before, change.After)
	}
	stop.Store(true)
	readers.Wait()

	kept, ok := s.recent.get(s.kinds[users.Name].docKey(1))
	if doc, _, err := s.Get(users, nil, id); !ok || err != nil || string(kept) != string(doc) {
		t.Errorf("kept %q, stored %q, %v", kept, doc, err)
	}
	if _, err := s.Delete(ctx, users, id, nil); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := s.Get(users, nil, id); ok {
		t.Error("a deleted user is read")
	}
	if n, _ := s.List(ctx, users, Query{Filter: filter, Start: 1, Count: 1}, func([]byte) {}); n != 0 {
		t.Error("a deleted user is found")
	}
}
