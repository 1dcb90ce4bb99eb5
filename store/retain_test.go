package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim/wire"
)

// A logger logs random exchanges while a clock of its own goes on, and holds the log to its limits.
type logger struct {
	t      *testing.T
	rand   *rand.Rand
	clock  atomic.Int64 // nanoseconds after logStart
	starts []time.Time  // by number, from 1
	body   int          // bytes at most
	pause  time.Duration
	first  uint64 // of the log, when it was last looked at
}

func (g *logger) now() time.Time { return logStart.Add(time.Duration(g.clock.Load())) }

func (g *logger) open(dir string, limit LogOptions) *Store {
	g.t.Helper()
	s := open(g.t, func(o *Options) { o.Dir, o.Log, o.Now = dir, limit, g.now })
	s.LogState() // waits until the log is loaded
	return s
}

// log logs n exchanges, some of them together, and looks at the log after each flush.
func (g *logger) log(s *Store, n int) {
	g.t.Helper()
	for n > 0 && !g.t.Failed() {
		for i := min(n, 1+g.rand.IntN(1+g.rand.IntN(300))); i > 0; i-- {
			n--
			g.clock.Add(int64(g.rand.ExpFloat64() * float64(g.pause)))
			ex := exchange(len(g.starts))
			ex.Start = g.now()
			ex.ResponseBody = g.bytes(g.body)
			s.Log(ex)
			g.starts = append(g.starts, ex.Start)
		}
		s.FlushLog()
		s.log.do(s.log.retire) // as the ticker does
		g.check(s)
	}
}

// bytes makes a body of which zstd can save a half.
func (g *logger) bytes(most int) []byte {
	if most == 0 {
		return nil
	}
	b := make([]byte, 0, most)
	for n := g.rand.IntN(most) / 16; len(b) < 8*n; {
		b = binary.LittleEndian.AppendUint64(b, g.rand.Uint64())
	}
	return append(b, b[:len(b)/2]...)
}

// check is the law of retention: no limit is passed by more than a tenth, and nothing was
// deleted that left less than nine tenths of one.
func (g *logger) check(s *Store) {
	g.t.Helper()
	st, limit := s.LogState(), s.opt.Log
	if st.Dropped > 0 || st.Last != uint64(len(g.starts)) || st.First == 0 || st.Entries != int(st.Last-st.First+1) {
		g.t.Fatalf("%+v after %d entries", st, len(g.starts))
	}
	age := func(seq uint64) time.Duration { return g.now().Sub(g.starts[seq-1]) }
	full := st.Entries*10 >= limit.Entries*9
	if st.Entries*10 > limit.Entries*11 {
		g.t.Errorf("%d entries, of %d", st.Entries, limit.Entries)
	}
	if limit.Bytes > 0 {
		full = full || st.Bytes*10 >= limit.Bytes*9
		if st.Bytes*10 > limit.Bytes*11 {
			g.t.Errorf("%d bytes, of %d", st.Bytes, limit.Bytes)
		}
	}
	if limit.Age > 0 {
		full = full || st.First > 1 && age(st.First-1)*10 >= limit.Age*9
		if age(st.First)*10 > limit.Age*11 {
			g.t.Errorf("entry %d is %v old, of %v", st.First, age(st.First), limit.Age)
		}
	}
	if st.First != g.first && st.First > 1 && !full {
		g.t.Errorf("entries before %d are gone, and %d in %d bytes are left, of %+v", st.First, st.Entries, st.Bytes, limit)
	}
	g.first = st.First
}

func TestRetention(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit LogOptions
		n     int
		body  int
		pause time.Duration
	}{
		{"one", LogOptions{Entries: 1}, 300, 100, time.Second},
		{"few", LogOptions{Entries: 7}, 300, 100, time.Second},
		{"count", LogOptions{Entries: 500}, 4000, 100, time.Second},
		{"bytes", LogOptions{Entries: 100_000, Bytes: 1 << 20}, 4000, 8 << 10, time.Second},
		{"small bodies", LogOptions{Entries: 100_000, Bytes: 100 << 10}, 6000, 0, time.Second},
		{"few bytes", LogOptions{Entries: 100_000, Bytes: 20 << 10}, 2000, 500, time.Second},
		{"large bodies", LogOptions{Entries: 100_000, Bytes: 4 << 20}, 200, 300 << 10, time.Second},
		{"age", LogOptions{Entries: 100_000, Age: time.Hour}, 10_000, 100, time.Second},
		{"age of seldom entries", LogOptions{Entries: 100_000, Age: 30 * 24 * time.Hour}, 2000, 100, 10 * time.Hour},
		{"all", LogOptions{Entries: 1500, Bytes: 2 << 20, Age: time.Hour}, 6000, 2 << 10, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := &logger{t: t, rand: rand.New(rand.NewPCG(1, 2)), body: c.body, pause: c.pause}
			s := g.open("", c.limit)
			g.log(s, c.n)
			if st := s.LogState(); st.First == 1 {
				t.Errorf("nothing was ever deleted: %+v", st)
			}
			closeVerified(t, s)
		})
	}
}

// Limits that are tighter than those the chunks were made for hold as well.
func TestRetentionWithOtherLimits(t *testing.T) {
	for name, limit := range map[string]LogOptions{
		"count": {Entries: 100},
		"bytes": {Entries: 100_000, Bytes: 300 << 10},
		"age":   {Entries: 100_000, Age: 5 * time.Minute},
		"all":   {Entries: 700, Bytes: 1 << 20, Age: 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &logger{t: t, rand: rand.New(rand.NewPCG(3, 4)), body: 3000, pause: time.Second}
			dir := t.TempDir()
			s := g.open(dir, LogOptions{Entries: 100_000})
			g.log(s, 2000)
			closeVerified(t, s)
			s = g.open(dir, limit)
			g.log(s, 1)
			kept := s.LogState()
			for seq := kept.First; seq <= kept.Last; seq++ {
				want := exchange(int(seq - 1))
				if ex, ok, err := s.Exchange(seq); !ok || err != nil || !ex.Start.Equal(g.starts[seq-1]) || ex.Op != want.Op || len(ex.Notes) != len(want.Notes) {
					t.Fatalf("%d: %v %v %+v", seq, ok, err, ex)
				}
			}
			if rows := s.Rows(nil, 0, 0); len(rows) != kept.Entries || rows[0].Seq != kept.First {
				t.Errorf("%d rows, %+v", len(rows), kept)
			}
			g.log(s, 1000)
			closeVerified(t, s)
		})
	}
}

// A chunk that cannot be read does not stand in the way.
func TestRetentionOfABrokenChunk(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	for i := range 400 {
		s.Log(exchange(i))
	}
	s.FlushLog()
	err := s.db.Update(func(txn *badger.Txn) error {
		return changeChunk(txn, 1, func(rows, _ []byte) []byte { return appendValue(nil, rows, []byte("\x01broken"), restPlace{}) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, in(dir), func(o *Options) { o.Log.Entries = 100 })
	s.LogState()
	s.Log(exchange(400))
	s.FlushLog()
	if st := s.LogState(); st.Entries > 110 || st.Last != 401 {
		t.Errorf("%+v", st)
	}
	closeVerified(t, s)
}

// Chunks of version 2, which do not say how large they are, are read and counted.
func TestChunksWithoutSizes(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	for i := range 600 {
		s.Log(exchange(i))
	}
	s.FlushLog()
	rows := fmt.Sprint(deref(s.Rows(nil, 0, 0)))
	asFormat2(t, s, func(first uint64, rows, rest []byte) ([]byte, []byte) {
		h, block, err := readHead(first, string(rows))
		if err != nil {
			t.Fatal(err)
		}
		head := h.append(nil, len(rest))
		sizes := len(appendUint(appendUint(nil, uint64(h.raw)), uint64(len(rest))))
		rows = append(head[:len(head)-sizes], block...)
		rows[0], rest[0] = chunkVersionTwo, chunkVersionTwo
		return rows, rest
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, in(dir))
	if st := s.LogState(); st.Entries != 600 {
		t.Errorf("%+v", st)
	}
	if again := fmt.Sprint(deref(s.Rows(nil, 0, 0))); again != rows {
		t.Errorf("other rows:\n%s\nwant\n%s", again, rows)
	}
	closeVerified(t, s)
}

// changeChunk changes the value of a chunk.
func changeChunk(txn *badger.Txn, first uint64, change func(rows, rest []byte) []byte) error {
	item, err := txn.Get(numbered(spaceChunk, first))
	if err != nil {
		return err
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return err
	}
	rows, rest, _, err := cutValue(first, value)
	if err != nil {
		return err
	}
	return txn.Set(numbered(spaceChunk, first), change(rows, rest))
}

// asFormat2 makes of the log what a program of format 2 would have left, its chunks
// changed by change.
func asFormat2(t *testing.T, s *Store, change func(first uint64, rows, rest []byte) (r, e []byte)) {
	t.Helper()
	values := map[string][]byte{string(keyFormat): formatMark(2)}
	err := s.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceChunk}})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			first, _ := lastUint64(it.Item().Key())
			v, err := it.Item().ValueCopy(nil)
			if err != nil {
				return err
			}
			rows, rest, there, err := cutValue(first, v)
			if err == nil && there.file != 0 {
				rest, err = s.logFiles.read(there)
			}
			if err != nil {
				return err
			}
			rows, rest = change(first, rows, rest)
			values[string(numbered(spaceRowsTwo, first))], values[string(numbered(spaceChunk, first))] = rows, rest
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.db.Update(func(txn *badger.Txn) error {
		for key, value := range values {
			if err := txn.Set([]byte(key), value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What is out of the log is deleted from the disk in the end: when it is much, when
// it is old, and at the next start.
func TestDroppedChunksAreDeleted(t *testing.T) {
	dir := t.TempDir()
	now := logStart.Add(time.Minute)
	limit := func(o *Options) {
		o.Log.Entries = 100
		o.Now = func() time.Time { return now }
	}
	s := open(t, in(dir), limit)
	s.LogState() // waits until the log is loaded
	fill := func(n, body int) {
		for i := range n {
			ex := exchange(4 * i)
			ex.ResponseBody = (&logger{rand: rand.New(rand.NewPCG(1, uint64(i)))}).bytes(body)
			s.Log(ex)
			if i%10 == 0 || body > 0 { // with a body, a chunk each
				s.FlushLog()
			}
		}
		s.FlushLog()
	}
	check := func(what string, wantDead bool) {
		t.Helper()
		s.FlushLog()
		chunks, stored := 0, 0
		s.log.do(func() { chunks = len(s.log.chunks) })
		err := s.db.View(func(txn *badger.Txn) error {
			it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceChunk}})
			defer it.Close()
			for it.Rewind(); it.Valid(); it.Next() {
				stored++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if dead := stored - chunks; dead < 0 || dead > 0 != wantDead {
			t.Errorf("%s: %d values for %d chunks", what, stored, chunks)
		}
	}
	fill(300, 0)
	check("a few", true)
	s.log.do(func() {
		now = now.Add(deadAge)
		s.log.age()
	})
	check("an hour later", false)
	fill(300, 0)
	check("a few more", true)
	closeVerified(t, s)
	s = open(t, in(dir), limit)
	s.LogState()
	check("opened again", false)
	most, last, buried := int64(0), int64(0), false
	for range 120 {
		fill(10, inlineBytes-2048) // in the database
		s.log.do(func() { last = s.log.deadBytes })
		buried = buried || last < most
		most = max(most, last)
	}
	if most < deadBytes/2 || !buried { // it is looked at between burials, not at their moment
		t.Errorf("%d of %d bytes are to be deleted", last, most)
	}
	if err := s.ClearLog(); err != nil {
		t.Fatal(err)
	}
	check("cleared", false)
	closeVerified(t, s)
}

// The ring is the newest rows at any size, whatever is joined, deleted or asked for.
func TestRing(t *testing.T) {
	packing := newPacker()
	p := &packing
	rnd := rand.New(rand.NewPCG(5, 6))
	for round := range 200 {
		r := &ring{size: 1 + rnd.IntN(30)}
		var want []uint64 // numbers
		next := uint64(1)
		block := func() rowBlock {
			var c chunk
			for range 1 + rnd.IntN(6) {
				if rnd.IntN(10) == 0 {
					next += 3 // lost entries
				}
				c.add(&wire.Exchange{Seq: next, Start: logStart, Sentence: fmt.Sprint("entry ", next)})
				want = append(want, next)
				next++
			}
			k := p.pack(&c)
			return k.block()
		}
		var older []rowBlock
		for range rnd.IntN(8) {
			older = append(older, block())
		}
		r.prepend(older)
		for range 40 {
			switch {
			case rnd.IntN(4) == 0 && len(want) > 0:
				first := want[0] + uint64(rnd.IntN(5))
				r.trim(p, first)
				for len(want) > 0 && want[0] < first {
					want = want[1:]
				}
			case rnd.IntN(4) == 0 && len(r.blocks) > 1:
				i := rnd.IntN(len(r.blocks) - 1)
				r.join(joinBlocks(t, p, r.blocks[i], r.blocks[i+1]))
			default:
				r.push(block())
			}
			want = want[max(0, len(want)-r.size):]
			checkRing(t, p, r, want, rnd)
		}
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
	}
}

func joinBlocks(t *testing.T, p *packer, blocks ...rowBlock) rowBlock {
	var c chunk
	for _, b := range blocks {
		rows, err := p.rows(&b)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			c.add(rows[i].Exchange())
		}
	}
	k := p.pack(&c)
	return k.block()
}

func checkRing(t *testing.T, p *packer, r *ring, want []uint64, rnd *rand.Rand) {
	t.Helper()
	first, last := r.span(p)
	var wantFirst, wantLast uint64
	after := uint64(0)
	if len(want) > 0 {
		wantFirst, wantLast = want[0], want[len(want)-1]
		after = uint64(rnd.IntN(int(wantLast) + 2))
	}
	if first != wantFirst || last != wantLast {
		t.Errorf("the ring is from %d to %d, want %d to %d", first, last, wantFirst, wantLast)
	}
	for len(want) > 0 && want[0] <= after {
		want = want[1:]
	}
	s := &Store{log: &requestLog{ring: r, packer: *p, loaded: make(chan struct{})}}
	s.log.remarks.Store(&remarks{})
	close(s.log.loaded)
	var have []uint64
	for _, row := range s.Rows(nil, after, 0) {
		have = append(have, row.Seq)
		if row.Sentence != fmt.Sprint("entry ", row.Seq) {
			t.Errorf("row %d is %q", row.Seq, row.Sentence)
		}
	}
	if fmt.Sprint(have) != fmt.Sprint(want) {
		t.Errorf("after %d: %v, want %v", after, have, want)
	}
}

// A block that cannot be read is told once, and the others are shown.
func TestUnreadableRows(t *testing.T) {
	s := open(t)
	for range 3 {
		for i := range 5 {
			s.Log(exchange(i))
		}
		s.FlushLog()
	}
	s.log.ring.blocks[1].packed = []byte("broken")
	if rows := s.Rows(nil, 0, 0); len(rows) != 10 || rows[5].Seq != 11 {
		t.Errorf("%d rows", len(rows))
	}
	if rows := s.Rows(nil, 2, 0); len(rows) != 8 || s.log.ring.rows != 10 {
		t.Errorf("%d rows, %d in the ring", len(rows), s.log.ring.rows)
	}
	if err := s.Verify(context.Background()); err != nil {
		t.Error(err)
	}
}
