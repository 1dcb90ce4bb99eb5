package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scimdeck/scim"
)

// The clock jumps, forwards and backwards, stands still, and the store is opened
// again under another time. What holds whatever it does is said here.

// wildClock is a clock that jumps. The store looks at it from goroutines of its own.
type wildClock struct {
	at  atomic.Pointer[time.Time]
	rnd *rand.Rand
}

func (c *wildClock) now() time.Time    { return *c.at.Load() }
func (c *wildClock) set(now time.Time) { c.at.Store(&now) }

func newWildClock(seed uint64) *wildClock {
	c := &wildClock{rnd: rand.New(rand.NewPCG(seed, 77))}
	c.set(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	return c
}

func (c *wildClock) option(o *Options) { o.Now = c.now }

func (c *wildClock) tick() {
	switch c.rnd.IntN(12) {
	case 0:
		c.set(c.now().Add(-time.Duration(c.rnd.Int64N(int64(400 * 24 * time.Hour)))))
	case 1:
		c.set(c.now().Add(time.Duration(c.rnd.Int64N(int64(400 * 24 * time.Hour)))))
	case 2:
		c.set(time.Unix(0, 0)) // as a machine without a battery starts
	case 3, 4, 5:
		c.set(c.now().Add(300 * time.Microsecond)) // mostly the same millisecond
	}
}

// moment is what a doc says of its time.
type moment struct {
	created, modified, version string
	doc                        string
}

func momentOf(v scim.Value) moment {
	m := v.Get("meta")
	return moment{m.Get("created").Text(), m.Get("lastModified").Text(), m.Get("version").Text(), v.String()}
}

// numberOf is the number in a version.
func (m moment) numberOf(t *testing.T) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(m.version, `W/"%d"`, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever the clock does: created stays; lastModified and version never go
// back; a version is one content, and another content is the next version; the
// list stays in the order of creation; and a cursor goes on where it was.
func TestClockJumps(t *testing.T) {
	for seed := range uint64(seeds(1, 4)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			dir, clock := t.TempDir(), newWildClock(seed)
			s := open(t, in(dir), withGroups, clock.option)
			made := map[*scim.ResourceType][]string{} // ids by creation
			seen := map[string]moment{}
			for i := range 180 {
				clock.tick()
				changeSomething(t, s, clock.rnd, made, i)
				for _, rt := range []*scim.ResourceType{person, group} {
					var ids []string
					for _, doc := range pageOf(t, s, rt, Query{Count: 1000, Bare: true}) {
						v := body(t, doc)
						id := v.Get("id").Text()
						ids = append(ids, id)
						now, before := momentOf(v), seen[id]
						held := before == moment{} && now.numberOf(t) == 1 && now.modified == now.created
						if before != (moment{}) {
							held = now.created == before.created && now.modified >= before.modified && (now == before || now.numberOf(t) > before.numberOf(t))
						}
						if !held || now.modified < now.created {
							t.Fatalf("step %d:\nbefore %+v\nnow    %+v", i, before, now)
						}
						seen[id] = now
					}
					if !slices.Equal(ids, made[rt]) {
						t.Fatalf("step %d: the list is not in the order of creation:\nhave %v\nwant %v", i, ids, made[rt])
					}
				}
				if i%60 == 59 {
					walkOverRestart(t, &s, made[person], in(dir), withGroups, clock)
				}
			}
		})
	}
}

// changeSomething creates, changes or deletes a user or a group.
func changeSomething(t *testing.T, s *Store, rnd *rand.Rand, made map[*scim.ResourceType][]string, i int) {
	t.Helper()
	pick := func(rt *scim.ResourceType) string { return made[rt][rnd.IntN(len(made[rt]))] }
	drop := func(rt *scim.ResourceType, id string) {
		must(t)(s.Delete(ctx, rt, id, nil))
		made[rt] = slices.DeleteFunc(made[rt], func(x string) bool { return x == id })
	}
	switch n := rnd.IntN(10); {
	case n < 3 || len(made[person]) < 5:
		made[person] = append(made[person], makePerson(t, s, fmt.Sprint("u", i)))
	case n == 3 || len(made[group]) < 2:
		made[group] = append(made[group], makeOf(t, s, group, team(t, fmt.Sprint("g", i), pick(person), pick(person))))
	case n == 4:
		drop(person, pick(person)) // its groups get another version
	case n == 5 && len(made[group]) > 3:
		drop(group, pick(group))
	case n < 8:
		p := patchOf(t, person, fmt.Sprintf(`[{"op":"replace","path":"title","value":"t%d"}]`, rnd.IntN(3)))
		must(t)(s.Patch(ctx, person, pick(person), p, nil))
	default:
		p := patchOf(t, group, fmt.Sprintf(`[{"op":"add","path":"members","value":[{"value":%q}]}]`, pick(person)))
		must(t)(s.Patch(ctx, group, pick(group), p, nil))
	}
}

// walkOverRestart begins walks, opens the store again at another time, and goes on.
func walkOverRestart(t *testing.T, s **Store, want []string, dir, catalog func(*Options), clock *wildClock) {
	t.Helper()
	for _, by := range []string{"", "meta.lastModified", "meta.created"} {
		q := Query{Count: 3}
		if by != "" {
			q.Sort = sortOf(t, person, by, "")
		}
		all := sortedDocs(q.Sort, pageOf(t, *s, person, Query{Count: 1000}))
		if by == "" && len(all) != len(want) {
			t.Fatalf("%d users, want %d", len(all), len(want))
		}
		var docs []string
		for {
			p, err := (*s).Page(ctx, person, q, func(doc []byte) { docs = append(docs, string(doc)) })
			if err != nil {
				t.Fatal(err)
			}
			if !p.Later {
				break
			}
			if q.After == nil {
				closeVerified(t, *s)
				clock.tick()
				*s = open(t, dir, catalog, clock.option)
			}
			q.After = &p.Last
		}
		if !slices.Equal(docs, all) {
			t.Errorf("by %q:\nhave %s\nwant %s", by, strings.Join(docs, "\n"), strings.Join(all, "\n"))
		}
	}
}

// The log's numbers are the order in which requests were logged, whatever their
// times say, over restarts and joined chunks.
func TestClockJumpsInTheLog(t *testing.T) {
	dir, clock := t.TempDir(), newWildClock(5)
	s := open(t, in(dir), clock.option)
	var starts []time.Time
	for i := range 300 {
		clock.tick()
		ex := exchange(i)
		ex.Start = clock.now()
		starts = append(starts, clock.now())
		s.Log(ex)
		if i%3 == 0 {
			s.FlushLog() // small chunks, which are joined
		}
		if i%100 != 99 {
			continue
		}
		s.FlushLog()
		closeVerified(t, s)
		s = open(t, in(dir), clock.option)
		rows := s.Rows(nil, 0, 0)
		if len(rows) != len(starts) {
			t.Fatalf("%d rows, want %d", len(rows), len(starts))
		}
		for i, r := range rows {
			ex, ok, err := s.Exchange(r.Seq)
			if r.Seq != uint64(i+1) || !r.Start.Equal(starts[i]) || err != nil || !ok || !ex.Start.Equal(starts[i]) {
				t.Fatalf("row %d: %+v, %v %v", i, *r, ok, err)
			}
		}
	}
}

// logAt logs a chunk of entries at a time.
func logAt(s *Store, at time.Time, n int) {
	for i := range n {
		ex := exchange(i)
		ex.Start = at
		s.Log(ex)
	}
	s.FlushLog()
}

// kept are the numbers of the log's first and last entry after it was trimmed at a time.
func kept(s *Store, clock *wildClock, at time.Time) [2]uint64 {
	s.log.do(func() {
		clock.set(at)
		s.log.retire()
	})
	st := s.LogState()
	return [2]uint64{st.First, st.Last}
}

// What is kept for a while is kept about so long although the clock was wrong for
// some time: entries from the future do not keep those behind them for ever,
// and entries from the past do not take those before them along.
func TestRetentionByAgeWhenTheClockJumped(t *testing.T) {
	const day = 24 * time.Hour
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	in2099, in1970 := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, 0)
	for _, reopened := range []bool{false, true} {
		dir, clock := t.TempDir(), newWildClock(0)
		clock.set(start)
		options := []func(*Options){in(dir), clock.option, func(o *Options) { o.Log.Age, o.Log.Entries = 10*day, 1000 }}
		s := open(t, options...)
		for _, at := range []time.Time{
			start, in2099, start.Add(day), // 1 to 20, 21 to 40, 41 to 60
			start.Add(2 * day), in1970, start.Add(3 * day), // 61 to 80, 81 to 100, 101 to 120
		} {
			clock.set(at.Add(time.Second))
			if at == in2099 {
				clock.set(start) // it is corrected before the log is trimmed
			}
			logAt(s, at, 20)
		}
		if reopened {
			closeVerified(t, s)
			s = open(t, options...)
		}
		for _, tt := range []struct {
			days        time.Duration
			first, last uint64
		}{
			{9, 1, 120},
			{10, 21, 120}, // the future's do not say how old they are
			{11, 61, 120}, // those behind them do
			{12, 101, 120},
			{13, 0, 0},
		} {
			if have := kept(s, clock, start.Add(tt.days*day+time.Minute)); have != [2]uint64{tt.first, tt.last} {
				t.Errorf("after %d days (reopened %v): have %v, want %d to %d", tt.days, reopened, have, tt.first, tt.last)
			}
		}
		logAt(s, clock.now(), 1)
		if st := s.LogState(); st.Last != 121 {
			t.Errorf("the numbers go on at %d", st.Last)
		}
	}
}

// A clock that is behind deletes nothing.
func TestRetentionByAgeWhenTheClockIsBehind(t *testing.T) {
	clock := newWildClock(0)
	s := open(t, clock.option, func(o *Options) { o.Log.Age = time.Hour })
	logAt(s, clock.now(), 20)
	if have := kept(s, clock, clock.now().Add(-30*24*time.Hour)); have != [2]uint64{1, 20} {
		t.Errorf("%v", have)
	}
}
