package store

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
)

// A LogReader reads what Exchange reads, in any order, also of chunks that are
// joined, retired or cleared meanwhile.
func TestLogReader(t *testing.T) {
	s := open(t, func(o *Options) { o.Log.Entries = 900 })
	const n = 700
	for i := range n {
		s.Log(exchange(i))
		if i%97 == 0 {
			s.FlushLog()
		}
	}
	s.FlushLog()
	same := func(r *LogReader, seq uint64) {
		t.Helper()
		want, wantOK, err := s.Exchange(seq)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := r.Exchange(seq)
		if err != nil || ok != wantOK || !reflect.DeepEqual(got, want) {
			t.Fatalf("%d: %v %v\nhave %+v\nwant %+v", seq, ok, err, got, want)
		}
	}
	up, down, across := s.LogReader(), s.LogReader(), s.LogReader()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range uint64(n + 3) {
		same(up, i)
		same(down, n+2-i)
		same(across, random.Uint64N(n+10))
	}
	for i := range n { // the oldest go
		s.Log(exchange(i))
	}
	s.FlushLog()
	for i := range uint64(2*n + 3) {
		same(up, i)
	}
	if err := s.ClearLog(); err != nil {
		t.Fatal(err)
	}
	if ex, ok, err := s.LogReader().Exchange(2 * n); ex != nil || ok || err != nil {
		t.Errorf("after clearing: %v %v %v", ex, ok, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.LogReader().Exchange(1); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}
