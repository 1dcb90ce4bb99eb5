package store

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"scimdeck/scim"
)

const fixture = 10_000

// okta is a body as Okta sends it.
func okta(i int, active bool) string {
	return fmt.Sprintf(`{"schemas":[%q],"userName":"user%06d@example.com","externalId":"00u%017d","name":{"givenName":"Given%d",`+
		`"familyName":"Family%d"},"displayName":"Given%d Family%d","emails":[{"primary":true,"value":"user%06d@example.com","type":"work"}],`+
		`"locale":"en-US","phoneNumbers":[{"value":"555-%04d","type":"work"}],"active":%v}`, scim.UserURN, i, i, i, i%97, i, i%97, i, i%10000, active)
}

// filled opens a store with so many users, on disk.
func filled(b *testing.B, n int, change ...func(*Options)) (*Store, []string) {
	b.Helper()
	o := Options{Dir: b.TempDir(), Catalog: catalog}
	for _, f := range change {
		f(&o)
	}
	durable := o.Durable
	o.Durable = false
	s, err := Open(o)
	if err != nil {
		b.Fatal(err)
	}
	ids := make([]string, n)
	for i := range ids {
		ids[i] = create(b, s, draft(b, okta(i, true)))
	}
	s.opt.Durable = durable
	b.Cleanup(func() { s.Close() })
	b.ReportAllocs()
	b.ResetTimer()
	return s, ids
}

func BenchmarkGet(b *testing.B) {
	s, ids := filled(b, fixture)
	var dst []byte
	for i := 0; b.Loop(); i++ {
		doc, ok, err := s.Get(users, dst[:0], ids[i*7919%len(ids)])
		if err != nil || !ok {
			b.Fatal(err)
		}
		dst = doc
	}
}

func BenchmarkCreate(b *testing.B) {
	for _, durable := range []bool{false, true} {
		for _, clients := range []int{1, 32} {
			b.Run(fmt.Sprintf("durable=%v/clients=%d", durable, clients), func(b *testing.B) {
				s, _ := filled(b, 0, func(o *Options) { o.Durable = durable })
				var n atomic.Int64
				b.SetParallelism(clients)
				if clients == 1 {
					b.SetParallelism(1)
				}
				run := func(next func() bool) {
					for next() {
						if _, err := s.Create(ctx, users, draft(b, okta(int(n.Add(1)), true))); err != nil {
							b.Error(err)
							return
						}
					}
				}
				if clients == 1 {
					run(b.Loop)
				} else {
					b.RunParallel(func(pb *testing.PB) { run(pb.Next) })
				}
			})
		}
	}
}

func BenchmarkList(b *testing.B) {
	s, _ := filled(b, fixture)
	for _, start := range []int{1, fixture - 100} {
		b.Run(fmt.Sprintf("start=%d", start), func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, 100<<10)
			for b.Loop() {
				dst = dst[:0]
				_, err := s.List(ctx, users, Query{Start: start, Count: 100}, func(doc []byte) { dst = append(dst, doc...) })
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLookup(b *testing.B) {
	s, _ := filled(b, fixture)
	for name, text := range map[string]string{
		"userName": `userName eq "user005000@example.com"`,
		"miss":     `userName eq "nobody@example.com"`,
		"email":    `emails.value eq "user005000@example.com"`,
		"scan":     `name.familyName eq "Family50"`,
	} {
		f := filter(b, text)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.List(ctx, users, Query{Filter: f, Start: 1, Count: 100}, func([]byte) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReplace(b *testing.B) {
	s, ids := filled(b, fixture)
	on, off := make([]scim.Draft, 100), make([]scim.Draft, 100)
	for i := range on {
		on[i], off[i] = draft(b, okta(i, true)), draft(b, okta(i, false))
	}
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		d := off
		if i/100%2 == 1 {
			d = on
		}
		if _, err := s.Replace(ctx, users, ids[i%100], d[i%100], nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPatch(b *testing.B) {
	s, ids := filled(b, fixture)
	on := patch(b, `[{"op":"replace","value":{"active":true}}]`)
	off := patch(b, `[{"op":"replace","value":{"active":false}}]`)
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		p := off
		if i/len(ids)%2 == 1 {
			p = on
		}
		if _, err := s.Patch(ctx, users, ids[i%len(ids)], p, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLog(b *testing.B) {
	s, _ := filled(b, 0)
	for i := 0; b.Loop(); i++ {
		s.Log(exchange(i))
		if i%2000 == 1999 {
			s.FlushLog() // no faster than it is written
		}
	}
	s.FlushLog()
	b.ReportMetric(float64(s.LogState().Dropped), "dropped")
}

func BenchmarkExchange(b *testing.B) {
	s, _ := filled(b, 0)
	for i := range 4000 {
		s.Log(exchange(i))
	}
	s.FlushLog()
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		if _, ok, err := s.Exchange(uint64(i*7919%4000 + 1)); err != nil || !ok {
			b.Fatal(err)
		}
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	s, _ := filled(b, 0)
	secret, _, err := s.CreateKey("k", time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		s.Authenticate(secret)
	}
}

// BenchmarkOpen opens 10,000 users and 50,000 log entries; the second number is
// until the log's rows are there too.
func BenchmarkOpen(b *testing.B) {
	s, _ := filled(b, fixture)
	for i := range 50_000 {
		s.Log(exchange(i))
		if i%2000 == 1999 {
			s.FlushLog()
		}
	}
	dir := s.opt.Dir
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	var open, rows time.Duration
	for b.Loop() {
		start := time.Now()
		s, err := Open(Options{Dir: dir, Catalog: catalog})
		if err != nil {
			b.Fatal(err)
		}
		open += time.Since(start)
		if n := len(s.Rows(nil, 0, 0)); n != 50_000 || s.Count(users) != fixture {
			b.Fatalf("%d rows, %d users", n, s.Count(users))
		}
		rows += time.Since(start)
		b.StopTimer()
		s.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(open.Microseconds())/1000/float64(b.N), "ms-open")
	b.ReportMetric(float64(rows.Microseconds())/1000/float64(b.N), "ms-rows")
}
