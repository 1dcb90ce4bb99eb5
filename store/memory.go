package store

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
)

// How much memory the process holds. Three things would let it grow to several
// times what it needs, and keep that for minutes:
//
//   - Garbage may take as much as what lives, and under load Badger's table
//     builders alone are 150 MB that live. pace bounds the garbage instead, and what
//     the runtime holds but does not use. Where little lives it lets more of it be:
//     a collection costs what lives, and with 8 clients they were a twentieth of the
//     processor's time.
//   - The runtime gives memory back slowly. A thrift does it at once when there
//     is little to do.
//   - Badger maps its tables. What was read of them counts as the process's memory
//     until the system needs it, see dropMapped.
const (
	garbage                   = 128 << 20 // bytes of garbage that are worth no collection
	leastPercent, mostPercent = 20, 400
	reserve                   = 20 << 20  // bytes that the runtime may hold above what much lives
	heapUsual                 = 232 << 20 // bytes that the runtime does with, whatever the load, unless much lives
	mappedBusy                = 64 << 20  // bytes of mapped files in memory from which on tables are dropped under load
	mappedMuch                = 96 << 20  // and new ones, which have to be read from the disk then
	mappedIdle                = 16 << 20  // and when there is little to do
	slack                     = 24 << 20  // bytes more than after the last trim that are worth another one
	busyBytes                 = 8 << 20   // allocated in a tick: there is much to do
	quietTicks                = 5         // with less: little to do
	trims                     = 5         // in a row: Badger lets go of its builders' buffers one every 2 s
)

// gauges are what the decisions are made of, in bytes.
type gauges struct {
	allocated uint64 // in all, since the start
	live      uint64 // of the heap after the last collection
	held      uint64 // from the system, by the runtime
	mapped    uint64 // of mapped files in memory; 0: not known
}

// A thrift decides when to give memory back.
type thrift struct {
	last  gauges
	quiet int    // ticks with little to do
	left  int    // trims still to do
	least uint64 // held after the last trim
}

// What to drop of the mapped files.
type dropping int

const (
	dropNothing dropping = iota
	dropTables           // that are in use: they stay in the system's cache
	dropNew              // and those that a compaction has made and still keeps to itself: they leave the cache too
	dropAll              // those in use, and the write-ahead log
)

// mustDrop is what to drop under load.
func mustDrop(mapped uint64) dropping {
	switch {
	case mapped > mappedMuch:
		return dropNew
	case mapped > mappedBusy:
		return dropTables
	}
	return dropNothing
}

// tick says, once a second, whether to trim the heap and what to drop.
func (t *thrift) tick(now gauges) (trim bool, drop dropping) {
	if t.quiet++; now.allocated-t.last.allocated >= busyBytes {
		t.quiet = 0
	}
	t.last = now
	drop = mustDrop(now.mapped)
	if t.quiet < quietTicks {
		return false, drop
	}
	t.quiet = 0
	if now.held > t.least+slack {
		t.left = trims
	}
	if t.left > 0 {
		t.left--
		trim = true
	}
	if trim || now.mapped > mappedIdle {
		drop = dropAll
	}
	return trim, drop
}

// trimmed notes what a trim has left.
func (t *thrift) trimmed(held uint64) { t.least = held }

// percent is what GOGC has to be so that garbage stays at about its bound.
func percent(live uint64) int {
	return int(min(mostPercent, max(leastPercent, garbage*100/max(1, live))))
}

// bound is the most that the runtime should hold. Too near to what lives it would
// do little else than collect.
func bound(live uint64) int64 { return int64(max(heapUsual, live+live/5+reserve)) }

// pacer sets GOGC and GOMEMLIMIT, unless the user has set one of them.
type pacer struct {
	off   bool
	last  int
	bound int64
}

func newPacer() pacer {
	return pacer{off: os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "", last: 100}
}

func (p *pacer) pace(live uint64) {
	if b := bound(live); !p.off && b != p.bound {
		debug.SetMemoryLimit(b)
		p.bound = b
	}
	now := percent(live)
	if p.off || now == p.last || now < mostPercent && now*10 > p.last*9 && now*10 < p.last*11 {
		return
	}
	debug.SetGCPercent(now)
	p.last = now
}

// meter reads the gauges.
type meter struct{ samples []metrics.Sample }

func newMeter() meter {
	var m meter
	for _, name := range []string{
		"/gc/heap/allocs:bytes", "/gc/heap/live:bytes",
		"/memory/classes/total:bytes", "/memory/classes/heap/released:bytes",
	} {
		m.samples = append(m.samples, metrics.Sample{Name: name})
	}
	return m
}

func (m meter) read() gauges {
	metrics.Read(m.samples)
	v := func(i int) uint64 { return m.samples[i].Value.Uint64() }
	return gauges{allocated: v(0), live: v(1), held: v(2) - v(3), mapped: mappedBytes()}
}
