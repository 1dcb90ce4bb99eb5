package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Trial is what a test of our own server from outside goes by: a mark that its
// requests carry, by which the server knows them, and a bearer key. Both are in
// memory alone, in no list, and end by themselves: a test that is cut off leaves
// nothing behind.
type Trial struct {
	Mark   string // 32 hexadecimal digits
	Secret string // of the key
}

const (
	trialLife    = time.Minute
	trialsAtMost = 8
)

// TrialKey is the name of every trial's key, as requests made with it are logged.
const TrialKey = "one-minute-test"

// trials are those that are going on.
type trials struct {
	any  atomic.Bool // whether there may be one: a look that costs nothing
	mu   sync.Mutex
	list map[string]*trial // by mark
}

type trial struct {
	hash    [sha256.Size]byte
	prefix  string
	ends    time.Time
	arrived int
}

// ErrTrials says that too many tests go on at once.
var ErrTrials = errors.New("too many tests of the address go on: wait a minute")

// BeginTrial begins a test of at most one minute. The error is ErrTrials or ErrClosed.
func (s *Store) BeginTrial() (Trial, error) {
	s.life.RLock()
	defer s.life.RUnlock()
	if s.closed {
		return Trial{}, ErrClosed
	}
	var mark [16]byte
	rand.Read(mark[:]) // never fails (crypto/rand)
	t := Trial{Mark: hex.EncodeToString(mark[:]), Secret: newSecret()}
	now := s.opt.Now()
	s.trials.mu.Lock()
	defer s.trials.mu.Unlock()
	s.trials.sweep(now)
	if len(s.trials.list) >= trialsAtMost {
		return Trial{}, ErrTrials
	}
	if s.trials.list == nil {
		s.trials.list = map[string]*trial{}
	}
	hash, _ := hashSecret(t.Secret)
	s.trials.list[t.Mark] = &trial{hash: hash, prefix: t.Secret[:shownLen], ends: now.Add(trialLife)}
	s.trials.any.Store(true)
	return t, nil
}

// EndTrial ends a test: its key is unknown from now on. To end it again changes nothing.
func (s *Store) EndTrial(mark string) {
	s.trials.mu.Lock()
	defer s.trials.mu.Unlock()
	delete(s.trials.list, mark)
	s.trials.sweep(s.opt.Now())
}

// Arrive counts a request that carries a test's mark; false: there is no such test.
func (s *Store) Arrive(mark string) bool {
	ok := false
	s.trials.look(s.opt.Now, func() {
		var t *trial
		if t, ok = s.trials.list[mark]; ok {
			t.arrived++
		}
	})
	return ok
}

// Arrived is how many requests with a test's mark have come in; 0 when it is over.
func (s *Store) Arrived(mark string) (n int) {
	s.trials.look(s.opt.Now, func() {
		if t := s.trials.list[mark]; t != nil {
			n = t.arrived
		}
	})
	return n
}

// trialKey is the key with a hash, if a test has it.
func (s *Store) trialKey(hash [sha256.Size]byte) (k Key, ok bool) {
	s.trials.look(s.opt.Now, func() {
		for _, t := range s.trials.list {
			if t.hash == hash {
				k, ok = Key{Name: TrialKey, Prefix: t.prefix, Expires: t.ends}, true
			}
		}
	})
	return k, ok
}

// look calls f with the lock held and without what is over, if there is any test.
func (ts *trials) look(now func() time.Time, f func()) {
	if !ts.any.Load() {
		return
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.sweep(now())
	f()
}

// sweep drops what is over. The caller holds mu.
func (ts *trials) sweep(now time.Time) {
	for mark, t := range ts.list {
		if !now.Before(t.ends) {
			delete(ts.list, mark)
		}
	}
	ts.any.Store(len(ts.list) > 0)
}
