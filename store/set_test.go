package store

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A block is what was set, however many that are, and blockHas agrees.
func TestBlockSet(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 2, fewBits - 1, fewBits, fewBits + 1, 1000, blockSize} {
		var b blockSet
		want := rnd.Perm(blockSize)[:n]
		slices.Sort(want)
		for _, at := range want {
			b.set(uint64(at))
		}
		coded := b.appendTo(nil)
		again, err := readBlock(coded)
		if err != nil || again != b || b.len() != n || len(coded) > blockBytes {
			t.Errorf("%d: %d bytes, %v", n, len(coded), err)
		}
		var have []int
		b.each(func(at uint64) { have = append(have, int(at)) })
		if !slices.Equal(have, want) {
			t.Errorf("%d: have %d", n, len(have))
		}
		for at := range uint64(blockSize) {
			if blockHas(coded, at) != b.has(at) {
				t.Fatalf("%d of %d: blockHas says %v", at, n, blockHas(coded, at))
			}
		}
	}
}

func TestSeqs(t *testing.T) {
	for _, list := range [][]uint64{nil, {0}, {1}, {0, 1, 2}, {5, 1000, maxSeq}, {maxSeq}} {
		have, err := readSeqs(appendSeqs(nil, list))
		if err != nil || !slices.Equal(have, list) {
			t.Errorf("have %v, want %v: %v", have, list, err)
		}
	}
}

// Whatever bytes there are, reading them ends, and what is read is coded alike.
func FuzzSets(f *testing.F) {
	var b blockSet
	b.set(7)
	f.Add(b.appendTo(nil))
	f.Add(appendSeqs(nil, []uint64{1, 300, maxSeq}))
	f.Add(make([]byte, blockBytes))
	f.Fuzz(func(t *testing.T, v []byte) {
		if set, err := readBlock(v); err == nil {
			if again, err := readBlock(set.appendTo(nil)); err != nil || again != set {
				t.Errorf("%x", v)
			}
		}
		if list, err := readSeqs(v); err == nil {
			if !slices.IsSorted(list) {
				t.Errorf("%x: %v", v, list)
			}
			if again, err := readSeqs(appendSeqs(nil, list)); err != nil || !slices.Equal(again, list) {
				t.Errorf("%x", v)
			}
		}
		blockHas(v, 7)
	})
}

func TestMarks(t *testing.T) {
	var m marks
	if m.has(0) || m.has(maxSeq) {
		t.Error("nothing is marked")
	}
	for _, seq := range []uint64{5, blockSize * 3, 0, blockSize - 1} {
		m.set(seq)
	}
	set := blockSet{1: 1}
	m.setAll(1, &set)
	for seq, want := range map[uint64]bool{5: true, 6: false, blockSize * 3: true, blockSize * 2: false, blockSize + 64: true, 0: true, blockSize - 1: true, maxSeq: false} {
		if m.has(seq) != want {
			t.Errorf("%d: %v", seq, !want)
		}
	}
}

// A walk finds what reading finds, in whatever order it is asked.
func TestWalk(t *testing.T) {
	s := open(t)
	rnd := rand.New(rand.NewPCG(2, 2))
	var rows []planned
	is := map[uint64]bool{}
	for range 300 {
		n := rnd.Uint64N(2000)
		is[n] = true
		rows = append(rows, planned{append(keyOfTest, byte(n>>8), byte(n)), []byte{byte(n)}})
	}
	if err := s.writeAll(rows); err != nil {
		t.Fatal(err)
	}
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	w := newWalk(txn, keyOfTest, make([]uint64, fewReads+1))
	for i := range 3000 {
		n := uint64(i) % 2000
		if i >= 2000 {
			n = rnd.Uint64N(2100)
		}
		ok, err := w.get(append(keyOfTest, byte(n>>8), byte(n)), func(v []byte) error {
			if v[0] != byte(n) {
				t.Errorf("%d has %x", n, v)
			}
			return nil
		})
		if err != nil || ok != is[n] {
			t.Errorf("%d: %v %v", n, ok, err)
		}
	}
	w.close()
	if err := s.purge(keyOfTest); err != nil {
		t.Fatal(err)
	}
}

var keyOfTest = []byte("test")[:4:4]
