package store

import (
	"math/rand/v2"
	"testing"
)

const mb = 1 << 20

// While much is allocated there is work to do, and nothing is trimmed.
func TestThriftUnderLoad(t *testing.T) {
	var th thrift
	for i := range 100 {
		trim, drop := th.tick(gauges{allocated: uint64(i+1) * busyBytes, held: 500 * mb, mapped: mappedBusy})
		if trim || drop != dropNothing {
			t.Fatalf("tick %d: trim %v, drop %v", i, trim, drop)
		}
	}
	if _, drop := th.tick(gauges{allocated: 1000 * busyBytes, mapped: mappedBusy + 1}); drop != dropTables {
		t.Error("tables in memory have no bound")
	}
}

// Within 30 s of the last work all trims are done, and then none until the heap has grown.
func TestThriftAtRest(t *testing.T) {
	var th thrift
	work := uint64(busyBytes)
	th.tick(gauges{allocated: work, held: 300 * mb})
	settle := func(held, mapped uint64) (trims, drops, last int) {
		for i := 1; i <= 120; i++ {
			trim, drop := th.tick(gauges{allocated: work, held: held, mapped: mapped})
			if trim {
				held = max(40*mb, held/2)
				th.trimmed(held)
				trims, last = trims+1, i
			}
			if drop != dropNothing {
				mapped = mappedIdle / 2
				drops++
			}
		}
		return trims, drops, last
	}
	if n, drops, last := settle(300*mb, mappedBusy/2); n != trims || drops != trims || last > 30 {
		t.Errorf("%d trims, the last after %d s, %d drops", n, last, drops)
	}
	if n, drops, _ := settle(40*mb+slack, mappedIdle); n != 0 || drops != 0 {
		t.Errorf("%d trims and %d drops though little has grown", n, drops)
	}
	if n, _, last := settle(40*mb+slack+1, 0); n != trims || last > 30 {
		t.Errorf("%d trims after it has grown, the last after %d s", n, last)
	}
}

// A request now and then is no reason to hold memory.
func TestThriftWithATrickle(t *testing.T) {
	var th thrift
	held, allocated, trims := uint64(400*mb), uint64(0), 0
	for i := range 600 {
		allocated += mb / 4
		held += mb / 4
		if trim, _ := th.tick(gauges{allocated: allocated, held: held}); trim {
			trims++
			held = 40 * mb
			th.trimmed(held)
		}
		if i > 20 && held > 80*mb {
			t.Fatalf("%d MB after %d s", held/mb, i)
		}
	}
	if trims > 60 {
		t.Errorf("%d trims in ten minutes", trims)
	}
}

// Garbage is bounded, and the collector never has to run for nothing.
func TestPercent(t *testing.T) {
	for range 1000 {
		live := rand.Uint64N(2 << 30)
		p := percent(live)
		if p < leastPercent || p > mostPercent {
			t.Fatalf("%d %% of %d", p, live)
		}
		if may := live * uint64(p) / 100; p > leastPercent && may > garbage+live/100 {
			t.Errorf("%d bytes of garbage beside %d", may, live)
		}
	}
}

// The runtime is not held so near to what lives that it would do nothing else but collect.
func TestBound(t *testing.T) {
	for live := uint64(0); live < 2<<30; live += 7 * mb {
		if b := bound(live); b < heapUsual || b < int64(live+live/5) || b > max(heapUsual, int64(live+live/5+reserve)) {
			t.Errorf("%d MB live: %d MB", live/mb, b/mb)
		}
	}
}
