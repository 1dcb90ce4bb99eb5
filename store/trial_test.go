package store

import (
	"errors"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// A trial's key is good for a minute or until it is ended, and is nowhere but in memory.
func TestTrial(t *testing.T) {
	now := time.Date(2025, 1, 2, 14, 0, 0, 0, time.UTC)
	st, err := Open(Options{Catalog: scim.NewCatalog(false), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	good := func(secret string) bool { _, reason := st.Authenticate(secret); return reason == "" }

	one, err := st.BeginTrial()
	if err != nil {
		t.Fatal(err)
	}
	two, err := st.BeginTrial()
	if err != nil {
		t.Fatal(err)
	}
	if one.Mark == two.Mark || one.Secret == two.Secret || !CheckSecret(one.Secret) || len(one.Mark) != 32 {
		t.Errorf("trials %v and %v", one, two)
	}
	if k, reason := st.Authenticate(one.Secret); reason != "" || k.Name != TrialKey || k.ID != 0 || k.Prefix != one.Secret[:shownLen] {
		t.Errorf("its key is %+v, %q", k, reason)
	}
	if n := len(st.Keys()); n != 0 {
		t.Errorf("%d keys in the list", n)
	}
	first, second := st.Arrive(one.Mark), st.Arrive(one.Mark)
	if !first || !second || st.Arrive("") || st.Arrive("00") {
		t.Error("requests are counted by their mark")
	}
	if st.Arrived(one.Mark) != 2 || st.Arrived(two.Mark) != 0 {
		t.Errorf("%d and %d arrived, want 2 and 0", st.Arrived(one.Mark), st.Arrived(two.Mark))
	}
	st.EndTrial(one.Mark)
	st.EndTrial(one.Mark)
	if good(one.Secret) || st.Arrive(one.Mark) || !good(two.Secret) {
		t.Error("an ended trial goes on, or ended another")
	}
	now = now.Add(trialLife - time.Second)
	if !good(two.Secret) {
		t.Error("it ended early")
	}
	if now = now.Add(time.Second); good(two.Secret) || st.Arrive(two.Mark) {
		t.Error("it did not end by itself")
	}
}

func TestTrialsAreBounded(t *testing.T) {
	now := time.Now()
	st, err := Open(Options{Catalog: scim.NewCatalog(false), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for range trialsAtMost {
		if _, err := st.BeginTrial(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := st.BeginTrial(); !errors.Is(err, ErrTrials) {
		t.Errorf("one too many: %v", err)
	}
	now = now.Add(trialLife)
	if _, err := st.BeginTrial(); err != nil {
		t.Errorf("after a minute: %v", err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := st.BeginTrial(); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A test sends a wrong key on purpose: that is no problem. Any other error of its is.
func TestRefusedTrialIsNoProblem(t *testing.T) {
	for _, c := range []struct {
		source string
		status int
		want   bool
	}{{"test", 401, false}, {"test", 500, true}, {"", 401, true}, {"test", 200, false}} {
		if got := isProblem(c.status, c.source, wire.Part{}, 0); got != c.want {
			t.Errorf("%d from %q: problem %v, want %v", c.status, c.source, got, c.want)
		}
	}
}
