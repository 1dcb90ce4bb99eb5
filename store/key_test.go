package store

import (
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSecretForm(t *testing.T) {
	low := secretOf(new(big.Int))
	high := secretOf(new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1)))
	for _, s := range []string{low, high, newSecret(), newSecret()} {
		if len(s) != secretLen || !strings.HasPrefix(s, secretPrefix) || !CheckSecret(s) {
			t.Errorf("%q", s)
		}
		if strings.Trim(s[len(secretPrefix):], base62) != "" {
			t.Errorf("%q has other digits than base62", s)
		}
		for i := range s { // every single mistake is found
			for _, c := range []byte{'0', 'z', ' ', 0xff} {
				if wrong := s[:i] + string(rune(c)) + s[i+1:]; wrong != s && CheckSecret(wrong) {
					t.Errorf("%q passes for %q", wrong, s)
				}
			}
		}
		for _, wrong := range []string{s[1:], s[:len(s)-1], s + "0", " " + s, strings.ToLower(s) + "!"} {
			if CheckSecret(wrong) {
				t.Errorf("%q passes", wrong)
			}
		}
	}
	if a, b := newSecret(), newSecret(); a == b || low == high {
		t.Error("secrets repeat")
	}
	if CheckSecret("") {
		t.Error("nothing passes")
	}
}

func TestKeyLifeCycle(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	clock := func(o *Options) { o.Now = func() time.Time { return now } }
	s := open(t, in(dir), clock)
	secret, k, err := s.CreateKey("okta", now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if k.ID != 1 || k.Prefix != secret[:13] || !k.Created.Equal(now) || k.Uses != 0 || !k.LastUsed.IsZero() {
		t.Errorf("%+v", k)
	}
	is := func(step, reason string) {
		t.Helper()
		got, r := s.Authenticate(secret)
		if r != reason || got.ID != k.ID {
			t.Errorf("%s: key %d, reason %q, want %q", step, got.ID, r, reason)
		}
		if want := "active"; reason != "" {
			want = reason
			if got.Status(now) != want {
				t.Errorf("%s: status %q", step, got.Status(now))
			}
		}
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	is("new", "")
	do(s.DisableKey(1))
	is("disabled", "disabled")
	do(s.EnableKey(1))
	is("enabled", "")
	now = now.Add(time.Hour)
	is("an hour later", "expired")
	do(s.ExpireKey(1, time.Time{}))
	is("expiry taken away", "")
	do(s.RenameKey(1, "okta-prod"))
	if got := s.Keys()[0]; got.Name != "okta-prod" || got.Uses != 3 || !got.LastUsed.Equal(now) {
		t.Errorf("%+v", got)
	}
	closeVerified(t, s)
	s = open(t, in(dir), clock)
	is("reopened", "")
	do(s.RevokeKey(1))
	is("revoked", "revoked")
	revoked := s.Keys()[0].Revoked
	now = now.Add(time.Minute)
	do(s.RevokeKey(1))
	if !s.Keys()[0].Revoked.Equal(revoked) || s.Keys()[0].Uses != 4 {
		t.Errorf("revoked twice: %+v", s.Keys()[0])
	}
	for _, err := range []error{s.EnableKey(1), s.DisableKey(1), s.ExpireKey(1, now)} {
		if err == nil || !strings.Contains(err.Error(), "make a new key") {
			t.Errorf("change of a revoked key: %v", err)
		}
	}
	if _, r := s.Authenticate(newSecret()); r != "unknown" {
		t.Errorf("foreign secret: %q", r)
	}
	if got, r := s.Authenticate("x"); r != "unknown" || got != (Key{}) {
		t.Errorf("nonsense: %q", r)
	}
}

func TestKeyNames(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ name, part string }{
		{"", "needs a name"},
		{"with space", "letters, digits"},
		{"ümlaut", "letters, digits"},
		{"a\nb", "letters, digits"},
		{strings.Repeat("a", 65), "at most 64"},
	} {
		if _, _, err := s.CreateKey(c.name, time.Time{}); err == nil || !strings.Contains(err.Error(), c.part) {
			t.Errorf("%q: %v", c.name, err)
		}
	}
	for _, name := range []string{"a", "Okta_prod-2", strings.Repeat("a", 64)} {
		if _, _, err := s.CreateKey(name, time.Time{}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, _, err := s.CreateKey("a", time.Time{}); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("twice: %v", err)
	}
	if err := s.RenameKey(2, "a"); err == nil {
		t.Error("renamed to a taken name")
	}
	if err := s.RenameKey(1, "a"); err != nil {
		t.Errorf("renamed to its own name: %v", err)
	}
	if err := s.RenameKey(99, "b"); err == nil || !strings.Contains(err.Error(), "99") {
		t.Errorf("no such key: %v", err)
	}
	if err := s.ExpireKey(1, time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil {
		t.Error("expires in the year 12000")
	}
}

func TestKeysInParallel(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	secret, k, err := s.CreateKey("k", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				if _, reason := s.Authenticate(secret); reason != "" {
					t.Errorf("refused: %s", reason)
				}
			}
		})
	}
	wg.Go(func() {
		for i := range 20 {
			s.flushKeyUses()
			if err := s.RenameKey(k.ID, "k"+strings.Repeat("x", i)); err != nil {
				t.Error(err)
			}
		}
	})
	won := make(chan bool, 8)
	for range 8 {
		wg.Go(func() {
			_, _, err := s.CreateKey("same", time.Time{})
			won <- err == nil
		})
	}
	wg.Wait()
	n := 0
	for range 8 {
		if <-won {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d keys of one name", n)
	}
	closeVerified(t, s)
	s = open(t, in(dir))
	if got := s.Keys()[0]; got.Uses != 2000 || got.Name != "k"+strings.Repeat("x", 19) {
		t.Errorf("%+v", got)
	}
}

func TestAuthenticateAllocatesNothing(t *testing.T) {
	s := open(t)
	secret, _, err := s.CreateKey("k", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { s.Authenticate(secret) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
