package store

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRankAgainstSlice(t *testing.T) {
	for _, span := range []uint64{1, 63, 64, 65, 4095, 4096, 4097, 40_000} {
		var r rank
		model := map[uint64]bool{}
		rnd := rand.New(rand.NewPCG(span, 1))
		for range 5000 {
			seq := rnd.Uint64N(span)
			if rnd.IntN(3) > 0 {
				r.set(seq)
				model[seq] = true
			} else {
				r.clear(seq)
				delete(model, seq)
			}
		}
		want := make([]uint64, 0, len(model))
		for seq := range model {
			want = append(want, seq)
		}
		slices.Sort(want)
		if r.n != len(want) {
			t.Fatalf("span %d: have %d, want %d", span, r.n, len(want))
		}
		for k, seq := range want {
			if got, ok := r.at(k); !ok || got != seq || !r.has(got) {
				t.Fatalf("span %d: at(%d) = %d %v, want %d", span, k, got, ok, seq)
			}
		}
		for _, seq := range []uint64{0, 1, 63, 64, span / 2, span - 1, span, span + 1, span + 5000, maxSeq} {
			if n, _ := slices.BinarySearch(want, seq); r.below(seq) != n {
				t.Errorf("span %d: below(%d) = %d, want %d", span, seq, r.below(seq), n)
			}
		}
		if (&rank{}).below(7) != 0 {
			t.Error("an empty rank has something below 7")
		}
		for _, k := range []int{-1, r.n, r.n + 1, 1 << 40} {
			if seq, ok := r.at(k); ok {
				t.Errorf("span %d: at(%d) = %d", span, k, seq)
			}
		}
		c := r.clone()
		r.set(span)
		if c.has(span) || c.n == r.n {
			t.Errorf("span %d: the clone shares memory", span)
		}
	}
}

func BenchmarkRankAt(b *testing.B) {
	var r rank
	for seq := range uint64(1_000_000) {
		r.set(seq)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.at(i * 7919 % r.n)
	}
}
