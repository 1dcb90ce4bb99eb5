package store

import (
	"runtime/debug"
	"time"
)

const (
	houseTick = time.Second
	flushKeys = 5 // ticks between two writes of the keys' use counts
)

// keepHouse does, once a second, what nobody should wait for: it looks at the
// disk, writes the keys' use counts, and watches over the memory.
func (s *Store) keepHouse() {
	defer close(s.stopped)
	tick := time.NewTicker(houseTick)
	defer tick.Stop()
	_ = s.disk.look() // writers ask for what it found
	memory := housekeeping{meter: newMeter(), pacer: newPacer()}
	for n := 1; ; n++ {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		if s.busy.Swap(false) || s.disk.refusal() != nil {
			_ = s.disk.try() // likewise
		}
		s.snapshots.forget() // an old one would keep compactions from dropping what the log has deleted
		if n%flushKeys == 0 {
			s.flushKeyUses()
		}
		if s.home != nil && memory.keep(s) && !s.keepDropping() {
			return
		}
	}
}

// keepDropping looks at the mapped files more often for the rest of a tick: who
// reads a million users, or has them written in compactions, maps a hundred megabytes
// a second. It returns false when the store stops.
func (s *Store) keepDropping() bool {
	const looks = 5 // to a tick
	for range looks - 1 {
		select {
		case <-s.stop:
			return false
		case <-time.After(houseTick / looks):
		}
		s.dropMuch()
	}
	return true
}

// dropMuch drops mapped files under load, if there is too much of them.
func (s *Store) dropMuch() {
	if drop := mustDrop(mappedBytes()); drop != dropNothing {
		s.dropMapped(drop)
	}
}

// tableMade is told before each table that a compaction makes. Those that it reads and
// makes would be hundreds of megabytes in the end, sooner than the housekeeper looks.
func (s *Store) tableMade() {
	const few = 4
	if s.tables.Add(1)%few == 0 && s.mapping.TryLock() {
		defer s.mapping.Unlock()
		if s.opened {
			s.dropMuch()
		}
	}
}

// mayMap says whether compactions may read the database, and waits for one that does.
func (s *Store) mayMap(may bool) {
	s.mapping.Lock()
	defer s.mapping.Unlock()
	s.opened = may
}

// housekeeping is what memory needs.
type housekeeping struct {
	meter  meter
	pacer  pacer
	thrift thrift
}

// keep does it, once a tick. It reports whether more was mapped than should be, and
// somebody is busy.
func (h *housekeeping) keep(s *Store) (much bool) {
	now := h.meter.read()
	h.pacer.pace(now.live)
	trim, drop := h.thrift.tick(now)
	if trim {
		s.recent.clear()
		s.home.private() // Badger has made new files
		debug.FreeOSMemory()
		h.thrift.trimmed(h.meter.read().held)
	}
	if drop != dropNothing { // after the trim, which goes through much of the program's data
		s.dropMapped(drop)
	}
	if drop == dropAll {
		dropProgram()
	}
	return drop == dropTables || drop == dropNew
}
