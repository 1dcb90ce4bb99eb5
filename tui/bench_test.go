package tui

import (
	"slices"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store/find"
)

// BenchmarkKeyToFrame presses keys with n rows in the list and draws a frame after each.
func keyToFrame(b *testing.B, n int) {
	a := newApp(b, 140, 40)
	a.feed(many(n)...)
	keys := []tea.KeyMsg{}
	for _, k := range []string{"k", "k", "pgup", "g", "j", "ctrl+d", "e", "m", "G", "k", "p", "t"} {
		keys = append(keys, keyMsg(k))
	}
	worst := time.Duration(0)
	b.ReportAllocs()
	b.ResetTimer()
	i := 0
	for b.Loop() {
		began := time.Now()
		a.r.Update(keys[i%len(keys)])
		_ = a.r.View()
		worst = max(worst, time.Since(began))
		i++
	}
	b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
}

// Statement 1: 16 ms at worst, 5 ms on average. Statement 2: the same with 100,000.
func BenchmarkKeyToFrame(b *testing.B)       { keyToFrame(b, 50_000) }
func BenchmarkKeyToFrame100000(b *testing.B) { keyToFrame(b, 100_000) }

// Statement 6: a keystroke in the filter shows its result within 30 ms.
func BenchmarkFilterKeystroke(b *testing.B) {
	for _, text := range []string{"user0001", "status:>=400 -op:find user:1", "path:/Users/*", "nothing has this in it"} {
		b.Run(text, func(b *testing.B) {
			a := newApp(b, 140, 40)
			a.feed(many(50_000)...)
			r := a.requests()
			b.ReportAllocs()
			for b.Loop() {
				f, err := find.New(text, r.env())
				if err != nil {
					b.Fatal(err)
				}
				r.apply(f)
				_ = a.r.View()
			}
		})
	}
}

// BenchmarkFold takes in what a busy frame brings: 70 new rows with the ring full.
func BenchmarkFold(b *testing.B) {
	const ring = 50_000
	a := newApp(b, 140, 40)
	rows := many(ring)
	a.feed(rows...)
	next := slices.Clone(rows[:70])
	b.ReportAllocs()
	for b.Loop() {
		c := changes{snap: *a.d.data}
		for i, r := range next {
			fresh := *r
			fresh.Seq = a.seq + uint64(i) + 1
			c.rows = append(c.rows, &fresh)
		}
		a.seq += uint64(len(next))
		c.snap.log.First, c.snap.log.Last = a.seq-ring+1, a.seq
		a.r.Update(c)
		_ = a.r.View()
	}
}
