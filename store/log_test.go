package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/zstd"

	"scimdeck/scim/wire"
)

var logStart = time.Date(2026, 5, 1, 12, 0, 0, 123456789, time.UTC)

// exchange is the i-th of a varied series.
func exchange(i int) *wire.Exchange {
	id := newTail().id(uint64(i))
	ex := &wire.Exchange{
		Start: logStart.Add(time.Duration(i) * time.Millisecond), Took: time.Duration(i) * time.Microsecond,
		Method: "GET", Target: "/scim/v2/Users/" + id, Proto: "HTTP/1.1", Host: "localhost:7644", Remote: "127.0.0.1:999",
		RequestHeader: []wire.Field{{Name: "Accept", Value: "*/*"}, {Name: "User-Agent", Value: "Okta SCIM Client 1.0.0"}},
		Status:        200, ResponseHeader: []wire.Field{{Name: "Content-Type", Value: "application/scim+json"}},
		ResponseBody: fmt.Appendf(nil, `{"id":%q,"userName":"user%d@example.com"}`, id, i), ResponseSize: 70,
		Base: "http://localhost:7644/scim/v2", Path: "/Users/" + id, KeyID: 1, KeyName: "okta", KeyPrefix: "scimdeck_abcd",
		Type: "User", ID: id, Name: fmt.Sprintf("user%d@example.com", i), Op: "read", Sentence: fmt.Sprintf("read user%d@example.com", i),
	}
	if i%3 == 1 {
		ex.Part = wire.Part{Story: "okta.assign", Role: "find", First: uint64(max(1, i)), Step: 2, Of: 3, Expected: i%2 == 0}
	}
	if i%5 == 2 {
		ex.Findings = []wire.Finding{
			{Rule: "SCIM-001", Level: wire.LevelNote, At: "body", Detail: `"x"`},
			{Rule: "SCIM-001", Level: wire.LevelNote},
			{Rule: "SCIM-007", Level: byte(1 + i%3), At: "query"},
			{Level: wire.LevelNote, Detail: "and 3 more"},
		}
		ex.Changes = []wire.Change{{Kind: "changed", Path: "title", Old: `"a"`, New: `"b"`}, {Kind: "more", N: 3}}
	}
	switch i % 4 {
	case 1:
		ex.Method, ex.Target, ex.Path, ex.ID = "GET", `/scim/v2/Users?filter=x`, "/Users", ""
		ex.Filter, ex.Total, ex.Start1, ex.Count, ex.Op = `userName eq "x"`, 1, 1, 1, "find"
	case 2:
		ex.Status, ex.Refused, ex.KeyID, ex.KeyName, ex.Type, ex.ID, ex.Name = 401, "unknown", 0, "", "", "", ""
		ex.Problem, ex.Notes = "", []string{"one note", "another"}
	case 3:
		ex.Method, ex.RequestBody, ex.RequestSize, ex.Changed, ex.Source = "PATCH", []byte(`{"Operations":[]}`), 17, []string{"active"}, "tui"
		ex.Status, ex.Problem, ex.ResponseBody = 0, "panic: no", nil
	}
	return ex
}

func TestExchangeSurvivesTheLog(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	const n = 700
	for i := range n {
		s.Log(exchange(i))
	}
	check := func(s *Store) {
		t.Helper()
		s.FlushLog()
		rows := s.Rows(nil, 0, 0)
		if len(rows) != n {
			t.Fatalf("%d rows", len(rows))
		}
		for i, r := range rows {
			seq := uint64(i + 1)
			ex, ok, err := s.Exchange(seq)
			if err != nil || !ok {
				t.Fatalf("%d: %v %v", seq, ok, err)
			}
			want := exchange(i)
			id := want.ID // ids are random
			if !ex.Start.Equal(want.Start) {
				t.Fatalf("%d: start %v", seq, ex.Start)
			}
			want.Seq, want.Start = seq, ex.Start
			want.Target, want.Path, want.ID, want.ResponseBody = ex.Target, ex.Path, ex.ID, ex.ResponseBody
			if len(id) != len(ex.ID) || !strings.HasPrefix(ex.Target, "/scim/v2/Users") || !strings.HasPrefix(ex.Path, "/Users") {
				t.Fatalf("%d: %+v", seq, ex)
			}
			if !reflect.DeepEqual(ex, want) {
				t.Fatalf("%d:\nhave %+v\nwant %+v", seq, ex, want)
			}
			wantRow := Row{
				Seq: seq, Start: ex.Start, Took: ex.Took, Method: ex.Method, Status: ex.Status, Target: ex.Target, Path: ex.Path,
				Host: ex.Host, Agent: "Okta SCIM Client 1.0.0", KeyID: ex.KeyID, KeyName: ex.KeyName, Refused: ex.Refused,
				Type: ex.Type, ID: ex.ID, Name: ex.Name, Source: ex.Source, Op: ex.Op, Sentence: ex.Sentence,
				Part: ex.Part, Notes: len(ex.Notes), Problem: (ex.Status == 0 || ex.Status >= 400) && !ex.Part.Expected,
			}
			if len(ex.Findings) > 0 {
				wantRow.Rules, wantRow.Lint = "SCIM-001 SCIM-007", max(wire.LevelNote, ex.Findings[2].Level)
				wantRow.Problem = wantRow.Problem || ex.Findings[2].Level == wire.LevelError
			}
			if *r != wantRow {
				t.Fatalf("%d:\nhave %+v\nwant %+v", seq, *r, wantRow)
			}
		}
		for _, seq := range []uint64{0, n + 1, 1 << 60} {
			if _, ok, err := s.Exchange(seq); ok || err != nil {
				t.Errorf("%d: %v %v", seq, ok, err)
			}
		}
	}
	check(s)
	closeVerified(t, s)
	check(open(t, in(dir)))
}

func TestRowsFromANumberOn(t *testing.T) {
	s := open(t, func(o *Options) { o.Log.Ring = 10 })
	for i := range 25 {
		s.Log(exchange(i))
	}
	s.FlushLog()
	for _, c := range []struct {
		after       uint64
		max         int
		first, last uint64
	}{
		{0, 0, 16, 25},
		{0, 3, 16, 18},
		{15, 1, 16, 16},
		{20, 0, 21, 25},
		{24, 5, 25, 25},
		{25, 0, 0, 0},
		{1 << 60, 0, 0, 0},
	} {
		rows := s.Rows(nil, c.after, c.max)
		var first, last uint64
		if n := len(rows); n > 0 {
			first, last = rows[0].Seq, rows[n-1].Seq
			if last-first != uint64(n-1) {
				t.Errorf("%+v: %d rows from %d to %d", c, n, first, last)
			}
		}
		if first != c.first || last != c.last {
			t.Errorf("%+v: from %d to %d", c, first, last)
		}
	}
	if st := s.LogState(); st.First != 16 || st.Last != 25 || st.Entries != 25 {
		t.Errorf("%+v", st)
	}
}

func TestRetentionByCount(t *testing.T) {
	dir := t.TempDir()
	limit := func(o *Options) { o.Log.Entries = 100 }
	s := open(t, in(dir), limit)
	for i := range 1000 {
		s.Log(exchange(i))
	}
	s.FlushLog()
	st := s.LogState()
	if st.Entries > 100 || st.Entries < 80 || st.Last != 1000 || st.First != 1001-uint64(st.Entries) {
		t.Errorf("%+v", st)
	}
	if _, ok, err := s.Exchange(st.First - 1); ok || err != nil {
		t.Errorf("a deleted exchange: %v %v", ok, err)
	}
	if _, ok, err := s.Exchange(st.First); !ok || err != nil {
		t.Errorf("the oldest exchange: %v %v", ok, err)
	}
	closeVerified(t, s)
	s = open(t, in(dir), limit)
	if again := s.LogState(); again != st {
		t.Errorf("reopened: %+v, was %+v", again, st)
	}
}

func TestRetentionByAge(t *testing.T) {
	now := logStart.Add(time.Minute)
	s := open(t, func(o *Options) {
		o.Now = func() time.Time { return now }
		o.Log.Age = time.Hour
		o.Log.Entries = 800 // chunks of 50
	})
	for i := range 400 {
		s.Log(exchange(i))
	}
	s.FlushLog()
	if st := s.LogState(); st.Entries != 400 {
		t.Fatalf("%+v", st)
	}
	s.log.do(func() {
		now = logStart.Add(time.Hour + 150*time.Millisecond)
		s.log.retire()
	})
	// Chunks have 50 entries, or fewer if the delay was over before: what is too old is gone but for less than one.
	if st := s.LogState(); st.First > 151 || st.First <= 101 || st.Entries != 401-int(st.First) {
		t.Errorf("%+v", st)
	}
	s.log.do(func() {
		now = logStart.Add(2 * time.Hour)
		s.log.retire()
	})
	if st := s.LogState(); st.Entries != 0 || st.First != 0 {
		t.Errorf("%+v", st)
	}
}

func TestClearLogGoesOnCounting(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	for i := range 600 {
		s.Log(exchange(i))
	}
	if err := s.ClearLog(); err != nil {
		t.Fatal(err)
	}
	if st := s.LogState(); st != (LogState{Clears: 1}) {
		t.Errorf("%+v", st)
	}
	if err := s.ClearLog(); err != nil {
		t.Fatal(err)
	}
	closeVerified(t, s)
	s = open(t, in(dir))
	s.Log(exchange(0))
	s.FlushLog()
	if st := s.LogState(); st.First != 601 || st.Last != 601 || st.Entries != 1 {
		t.Errorf("%+v", st)
	}
}

// Numbers that were shown are not used again, not even when their entries were lost.
func TestLostEntriesKeepTheirNumbers(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	s.Log(exchange(0))
	s.FlushLog()
	setFull(s, true)
	s.Log(exchange(1))
	s.FlushLog()
	setFull(s, false)
	if st := s.LogState(); st.Last != 2 || st.Entries != 1 || st.Dropped != 1 {
		t.Errorf("%+v", st)
	}
	closeVerified(t, s)
	s = open(t, in(dir))
	s.Log(exchange(2))
	s.FlushLog()
	if st := s.LogState(); st.First != 1 || st.Last != 3 || st.Entries != 2 {
		t.Errorf("%+v", st)
	}
	if _, ok, err := s.Exchange(2); ok || err != nil {
		t.Errorf("the lost exchange: %v %v", ok, err)
	}
}

func TestSmallChunksAreJoined(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	<-s.log.loaded // before that nothing is joined
	const n = 300
	for i := range n {
		s.Log(exchange(i))
		s.FlushLog() // a chunk each
	}
	s.log.mu.RLock()
	chunks := len(s.log.chunks)
	s.log.mu.RUnlock()
	if chunks > n/chunkEntries+2*smallChunks {
		t.Errorf("%d chunks", chunks)
	}
	before := fmt.Sprint(deref(s.Rows(nil, 0, 0)))
	for seq := uint64(1); seq <= n; seq++ {
		if ex, ok, err := s.Exchange(seq); err != nil || !ok || ex.Seq != seq {
			t.Fatalf("%d: %v %v", seq, ok, err)
		}
	}
	closeVerified(t, s)
	s = open(t, in(dir))
	if after := fmt.Sprint(deref(s.Rows(nil, 0, 0))); after != before {
		t.Errorf("rows differ after reopening")
	}
}

func deref(rows []*Row) (list []Row) {
	for _, r := range rows {
		list = append(list, *r)
	}
	return list
}

func TestLogIsNewestFirstAtStart(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	for i := range 2000 {
		s.Log(exchange(i))
	}
	closeVerified(t, s)
	s = open(t, in(dir), func(o *Options) { o.Log.Ring = 700 })
	for i := range 5 { // while the ring is being filled, perhaps
		s.Log(exchange(i))
	}
	s.FlushLog()
	rows := s.Rows(nil, 0, 0)
	if len(rows) != 700 || rows[0].Seq != 1306 || rows[699].Seq != 2005 {
		t.Fatalf("%d rows from %d", len(rows), rows[0].Seq)
	}
	for i, r := range rows {
		if r.Seq != rows[0].Seq+uint64(i) {
			t.Fatalf("row %d is %d", i, r.Seq)
		}
	}
	if st := s.LogState(); st.Entries != 2005 {
		t.Errorf("%+v", st)
	}
}

// holdLog keeps the log's writer busy until the returned function is called.
func holdLog(s *Store) (release func()) {
	hold, holds := make(chan struct{}), make(chan struct{})
	go s.log.do(func() { close(holds); <-hold })
	<-holds
	return func() { close(hold) }
}

func TestDropsAreCounted(t *testing.T) {
	s := open(t)
	release := holdLog(s)
	const size = 100_000
	random := rand.NewChaCha8([32]byte{})
	noise := make([]byte, size) // no chunk of it gets smaller
	n, withBody := 0, 0
	for s.log.queue.dropped.Load() == 0 {
		ex := exchange(0)
		_, _ = random.Read(noise)
		ex.ResponseBody = noise
		if s.log.queue.bytes.Load() >= logCrowded { // nobody else is here: fill up with rows
			ex.Problem = string(noise)
		} else {
			withBody++
		}
		s.Log(ex)
		n++
		if have := s.log.queue.bytes.Load(); have > logBytes+2*size {
			t.Fatalf("%d bytes wait", have)
		}
	}
	release()
	s.FlushLog()
	st := s.LogState()
	if st.Dropped != 1 || st.DroppedBodies != uint64(n-1-withBody) || st.Entries != n-1 || s.log.queue.bytes.Load() != 0 {
		t.Errorf("%+v after %d, %d with their body; %d bytes wait", st, n, withBody, s.log.queue.bytes.Load())
	}
	ex, ok, err := s.Exchange(uint64(n - 1))
	if err != nil || !ok || ex.ResponseBody != nil || len(ex.Notes) != 1 || !strings.Contains(ex.Notes[0], "behind") {
		t.Errorf("an exchange without its body: %+v %v %v", ex, ok, err)
	}
}

// The log keeps nothing of an exchange: its memory may be used again at once.
func TestLogKeepsNothing(t *testing.T) {
	s := open(t)
	ex := exchange(0)
	want := string(ex.ResponseBody)
	s.Log(ex)
	clear(ex.ResponseBody)
	clear(ex.RequestHeader)
	*ex = wire.Exchange{}
	s.FlushLog()
	if have, ok, err := s.Exchange(1); !ok || err != nil || string(have.ResponseBody) != want || have.Header("User-Agent") == "" {
		t.Errorf("%+v %v %v", have, ok, err)
	}
}

// Chunks that are full by their bytes are not read again to be joined.
func TestLargeChunksAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	body := []byte(strings.Repeat("large body ", 1000))
	add := func(n int) {
		for range n {
			ex := exchange(0)
			ex.ResponseBody = body
			s.Log(ex)
		}
		s.FlushLog()
	}
	large := func() (n int) {
		s.log.mu.RLock()
		defer s.log.mu.RUnlock()
		for _, h := range s.log.chunks {
			if h.raw >= chunkBytes/4 {
				n++
			}
		}
		return n
	}
	for perChunk := chunkBytes/len(body) + 1; large() < 2*smallChunks; { // a slow machine makes smaller ones too
		add(smallChunks * perChunk)
	}
	full := large()
	closeVerified(t, s)
	s = open(t, in(dir))
	<-s.log.loaded
	for range 2 {
		add(1)
		if have := large(); have < full {
			t.Errorf("%d chunks of %d are left, and say how large they are", have, full)
		}
	}
}

func TestHugeBodies(t *testing.T) {
	s := open(t)
	ex := exchange(0)
	ex.ResponseBody = []byte(strings.Repeat("x", entryBytes+1))
	s.Log(ex)
	for i := range 20 { // chunks end early
		ex := exchange(4 * i)
		ex.ResponseBody = []byte(strings.Repeat(fmt.Sprint(i), entryBytes/4))
		s.Log(ex)
	}
	s.FlushLog()
	if st := s.LogState(); st.Dropped != 0 || st.DroppedBodies != 1 || st.Entries != 21 {
		t.Errorf("%+v", st)
	}
}

func TestExplain(t *testing.T) {
	s := open(t, func(o *Options) {
		o.Explain = func(ex *wire.Exchange) {
			if string(ex.After) == "boom" {
				panic("no idea")
			}
			ex.Sentence = "after " + string(ex.After)
		}
	})
	for _, after := range []string{"one", "boom", "three"} {
		s.Log(&wire.Exchange{Start: logStart, Method: "PUT", Status: 200, After: []byte(after)})
	}
	s.FlushLog()
	rows := s.Rows(nil, 0, 0)
	if len(rows) != 3 || rows[0].Sentence != "after one" || rows[1].Notes != 1 || rows[2].Sentence != "after three" {
		t.Errorf("%+v", deref(rows))
	}
	if ex, _, err := s.Exchange(2); err != nil || ex.After != nil || !strings.Contains(ex.Notes[0], "no idea") {
		t.Errorf("%+v %v", ex, err)
	}
}

// Follow sees every exchange once, in the order of the log; Warm what was there at the start.
func TestFollowIsInOrder(t *testing.T) {
	dir := t.TempDir()
	var last uint64
	follow := func(o *Options) {
		o.Follow = func(ex *wire.Exchange) {
			if ex.Seq != last+1 {
				t.Errorf("%d after %d", ex.Seq, last)
			}
			last = ex.Seq
			if ex.Part = (wire.Part{Story: "s", First: 1, Step: int(ex.Seq)}); ex.Seq == 7 {
				panic("no idea")
			}
		}
	}
	s := open(t, in(dir), follow)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 200 {
				s.Log(exchange(4 * (w*200 + i)))
			}
		})
	}
	wg.Wait()
	s.FlushLog()
	if last != 800 || s.LogState().Entries != 800 {
		t.Errorf("%d were followed, %+v", last, s.LogState())
	}
	if ex, _, err := s.Exchange(7); err != nil || !strings.Contains(fmt.Sprint(ex.Notes), "no idea") {
		t.Errorf("%+v %v", ex, err)
	}
	closeVerified(t, s)
	var warmed []uint64
	s = open(t, in(dir), follow, func(o *Options) {
		o.Warm = func(r *Row) {
			if warmed = append(warmed, r.Seq); r.Part.Step != int(r.Seq) || r.Exchange().Header("User-Agent") != r.Agent {
				t.Errorf("%+v", r)
			}
		}
	})
	if n := len(warmed); n < 300 || warmed[n-1] != 800 || warmed[0] != uint64(801-n) || !slices.IsSorted(warmed) {
		t.Errorf("warmed by %v", warmed)
	}
	s.Log(exchange(0))
}

// Each exchange is explained once, with its docs, before it is numbered and followed,
// and those of one client keep their order: alone or in batches, small or large.
func TestExplainedOnceAndInOrder(t *testing.T) {
	const clients, each = 8, 300
	last := make([]int, clients)
	s := open(t, func(o *Options) {
		o.Explain = func(ex *wire.Exchange) {
			if ex.Seq != 0 || ex.Sentence != "" || len(ex.Before) == 0 || !bytes.Equal(ex.Before, ex.After) || string(ex.RequestBody) != string(ex.Before) {
				t.Errorf("%d %q: %d bytes sent, %d before, %d after", ex.Seq, ex.Sentence, len(ex.RequestBody), len(ex.Before), len(ex.After))
			}
			ex.Sentence = ex.Name
		}
		o.Follow = func(ex *wire.Exchange) {
			w, i := int(ex.KeyID), ex.Total
			if i != last[w]+1 || ex.Before != nil || ex.After != nil {
				t.Errorf("client %d: %d after %d", w, i, last[w])
			}
			last[w] = i
		}
	})
	var wg sync.WaitGroup
	for w := range clients {
		wg.Go(func() {
			ex, doc := new(wire.Exchange), []byte(strings.Repeat("x", batchBytes))
			for i := 1; i <= each; i++ {
				size := 1 + (i+w)%100
				if size == 50 {
					size = len(doc)
				}
				*ex = wire.Exchange{KeyID: uint64(w), Total: i, Name: fmt.Sprint(w, i), RequestBody: doc[:size], Before: doc[:size], After: doc[:size]}
				s.Log(ex)
			}
		})
	}
	wg.Wait()
	s.FlushLog()
	rows := s.Rows(nil, 0, 0)
	if len(rows) != clients*each {
		t.Errorf("%d rows", len(rows))
	}
	for _, r := range rows {
		if r.Sentence != r.Name || r.Name == "" {
			t.Errorf("%d: %q of %q", r.Seq, r.Sentence, r.Name)
		}
	}
}

func TestLogInParallel(t *testing.T) {
	s := open(t, func(o *Options) { o.Log = LogOptions{Entries: 1500, Ring: 800} })
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 500 {
				s.Log(exchange(w*500 + i))
			}
		})
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	readers.Go(func() {
		var last uint64
		for {
			select {
			case <-stop:
				return
			default:
			}
			for _, r := range s.Rows(nil, last, 100) {
				if r.Seq <= last {
					t.Errorf("row %d after %d", r.Seq, last)
				}
				last = r.Seq
				if _, _, err := s.Exchange(r.Seq); err != nil {
					t.Error(err)
				}
			}
		}
	})
	wg.Wait()
	s.FlushLog()
	close(stop)
	readers.Wait()
	if st := s.LogState(); st.Last+st.Dropped != 2000 || st.Entries > 1500 {
		t.Errorf("%+v", st)
	}
}

func FuzzReadRows(f *testing.F) {
	var c chunk
	for i := range 5 {
		ex := exchange(i)
		ex.Seq = uint64(i + 1)
		c.add(ex)
	}
	f.Add(string(c.rows), string(c.rest))
	f.Add("", "")
	f.Fuzz(func(t *testing.T, rows, rest string) {
		for _, version := range []byte{chunkVersionOne, chunkVersion} {
			list, err := readRows(version, rows, 5)
			if err != nil {
				continue
			}
			from := &rests{version: version, d: decoder{text: rest}}
			var again chunk
			var read []*wire.Exchange
			for i := range list {
				ex, err := from.next(&list[i])
				if err != nil {
					return
				}
				again.add(ex)
				read = append(read, ex)
			}
			back, err := readRows(chunkVersion, string(again.rows), len(list))
			if err != nil || len(back) != len(list) {
				t.Fatalf("%+v cannot be read back: %v", list, err)
			}
			for i, want := range read {
				from := &rests{version: chunkVersion, d: decoder{text: string(again.rest)}}
				from.skip(i)
				ex, err := from.next(&back[i])
				if err != nil || len(ex.RequestHeader) != len(want.RequestHeader) || string(ex.ResponseBody) != string(want.ResponseBody) || ex.Remote != want.Remote {
					t.Fatalf("%+v is read back as %+v: %v", want, ex, err)
				}
			}
		}
	})
}

func FuzzReadHead(f *testing.F) {
	f.Add(string(chunkHead{first: 1, last: 3, count: 3, raw: 99}.append(nil, 5)))
	f.Add("\x01\x03\x06\x00\x00\x00block of a chunk without sizes")
	f.Fuzz(func(t *testing.T, value string) {
		h, block, err := readHead(1, value)
		if err == nil && (h.count <= 0 || h.last < h.first || len(block) >= len(value)) {
			t.Errorf("%+v", h)
		}
	})
}

// Where the log stood at the start is known at once, and stays what it was.
func TestLoggedBefore(t *testing.T) {
	dir := t.TempDir()
	for _, before := range []uint64{0, 2, 4} {
		s, err := Open(Options{Dir: dir, Catalog: catalog})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			s.Log(&wire.Exchange{Start: logStart, Method: "GET", Status: 200})
		}
		s.FlushLog()
		if got := s.LoggedBefore(); got != before {
			t.Errorf("%d were logged before the start, want %d", got, before)
		}
		closeVerified(t, s)
	}
}

// appendRestOne is the coding of a rest in chunks of version 1.
func appendRestOne(dst []byte, ex *wire.Exchange) []byte {
	fields := func(list []wire.Field) {
		dst = appendUint(dst, uint64(len(list)))
		for _, f := range list {
			dst = appendString(appendString(dst, f.Name), f.Value)
		}
	}
	dst = appendString(appendString(dst, ex.Proto), ex.Remote)
	fields(ex.RequestHeader)
	dst = appendInt(appendString(dst, ex.RequestBody), ex.RequestSize)
	fields(ex.ResponseHeader)
	dst = appendInt(appendString(dst, ex.ResponseBody), ex.ResponseSize)
	dst = appendString(appendString(dst, ex.Base), ex.KeyPrefix)
	for _, n := range []int{ex.Total, ex.Start1, ex.Count} {
		dst = appendInt(dst, int64(n))
	}
	dst = appendStrings(appendString(dst, ex.Filter), ex.Notes)
	return appendStrings(appendString(dst, ex.Problem), ex.Changed)
}

// What a log of chunks of version 1 has is read, verified, and not joined to what comes after it.
func TestChunksOfVersionOne(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	const n = 40
	for i := range n {
		ex := exchange(i)
		ex.Seq = uint64(i + 1)
		ex.Part, ex.Findings, ex.Changes = wire.Part{}, nil, nil // had no place in it
		var c chunk
		c.add(ex)
		rows := c.append(nil, 0)
		rows = rows[:len(rows)-len(appendUint(appendUint(nil, uint64(c.raw)), 0))] // without the sizes
		rows[0] = chunkVersionOne
		rows = enc.EncodeAll(c.rows[:len(c.rows)-1], rows) // without the fields to come
		rest := enc.EncodeAll(appendString(nil, appendRestOne(nil, ex)), []byte{chunkVersionOne})
		err := s.db.Update(func(txn *badger.Txn) error {
			if err := txn.Set(numbered(spaceRowsTwo, c.first), rows); err != nil {
				return err
			}
			if err := txn.Set(keyFormat, formatMark(2)); err != nil {
				return err
			}
			return txn.Set(numbered(spaceChunk, c.first), rest)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, in(dir))
	s.LogState() // waits for the list of chunks, without which none are joined
	for i := range 2 * smallChunks {
		s.Log(exchange(n + i))
		s.FlushLog()
	}
	if st := s.LogState(); st.Entries != n+2*smallChunks || st.Last != n+2*smallChunks {
		t.Errorf("%+v", st)
	}
	if have := len(s.log.chunks); have <= n || have >= n+2*smallChunks {
		t.Errorf("%d chunks", have)
	}
	for i := range n + 2*smallChunks {
		want := exchange(i)
		ex, ok, err := s.Exchange(uint64(i + 1))
		if err != nil || !ok || !reflect.DeepEqual(ex.RequestHeader, want.RequestHeader) || !reflect.DeepEqual(ex.Changed, want.Changed) ||
			ex.Remote != want.Remote || ex.Status != want.Status || !reflect.DeepEqual(ex.Notes, want.Notes) || ex.Op != want.Op {
			t.Fatalf("%d: %+v %v %v", i, ex, ok, err)
		}
	}
	closeVerified(t, s)
}
