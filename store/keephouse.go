package store

import (
	"runtime"
	"runtime/debug"
	"time"
)

const (
	houseTick = time.Second
	flushKeys = 5 // ticks between two writes of the keys' use counts
	idleTicks = 5 // ticks without work until memory is given back
	trims     = 4 // how often, at most, until the next work
)

// keepHouse does, once a second, what nobody should wait for: it looks at the
// disk, writes the keys' use counts, and when the store is idle
// gives memory back to the system, which the runtime would keep for minutes.
func (s *Store) keepHouse() {
	defer close(s.stopped)
	tick := time.NewTicker(houseTick)
	defer tick.Stop()
	_ = s.disk.look() // writers ask for what it found
	var idle idleness
	for n := 1; ; n++ {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		busy := s.busy.Swap(false)
		if busy || s.disk.refusal() != nil {
			_ = s.disk.try() // likewise
		}
		s.snapshots.forget() // an old one would keep compactions from dropping what the log has deleted
		if n%flushKeys == 0 {
			s.flushKeyUses()
		}
		if s.home != nil && idle.due(busy) {
			s.home.private()
			idle.trim()
		}
	}
}

// idleness decides when to give memory back.
type idleness struct {
	quiet, trims int
	held         uint64 // bytes held from the system after the last trim
}

func (i *idleness) due(busy bool) bool {
	if busy {
		*i = idleness{}
		return false
	}
	i.quiet++
	return i.quiet >= idleTicks && i.trims < trims
}

// trim gives memory back, and is done for this time when that no longer helps.
func (i *idleness) trim() {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	held := m.Sys - m.HeapReleased
	i.trims++
	if i.held != 0 && held+held/50 > i.held { // less than 2 % won
		i.trims = trims
	}
	i.held = held
}
