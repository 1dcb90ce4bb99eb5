package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"scimdeck/scim/wire"
)

// Exchanges reads what Exchange reads, in any order, also of chunks that are
// joined, retired or cleared.
func TestExchanges(t *testing.T) {
	s := open(t, func(o *Options) { o.Log.Entries = 900 })
	const n = 700
	for i := range n {
		s.Log(exchange(i))
		if i%97 == 0 {
			s.FlushLog()
		}
	}
	s.FlushLog()
	var up []uint64
	for i := range uint64(n + 3) {
		up = append(up, i)
	}
	down := slices.Clone(up)
	slices.Reverse(down)
	mixed := slices.Clone(up)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	check := func(numbers []uint64) {
		t.Helper()
		var want, got []*wire.Exchange
		for _, number := range numbers {
			ex, ok, err := s.Exchange(number)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				want = append(want, ex)
			}
		}
		for ex, err := range s.Exchanges(t.Context(), numbers) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ex)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%d exchanges are not the %d that are there one by one", len(got), len(want))
		}
	}
	check(up)
	check(down)
	check(mixed[:100])
	check([]uint64{5, 5, 1 << 63, 5, 0, 4})
	check(nil)
	for i := range n { // the oldest go
		s.Log(exchange(i))
	}
	s.FlushLog()
	check(up)
	for range s.Exchanges(t.Context(), []uint64{n + 1, n + 2}) {
		break // no harm is done
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	last := func(seq func(func(*wire.Exchange, error) bool)) (err error) {
		for _, err = range seq {
		}
		return err
	}
	if err := last(s.Exchanges(ctx, []uint64{2 * n})); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := s.ClearLog(); err != nil {
		t.Fatal(err)
	}
	check([]uint64{2 * n})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := last(s.Exchanges(t.Context(), []uint64{1})); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}
