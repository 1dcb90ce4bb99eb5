package simulate

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// Linearizability (Herlihy and Wing): each request seems to happen at one moment
// between its sending and its answer. A history of requests of many clients is
// linearizable if they can be put in an order that no client would contradict
// (what was answered before another was sent comes first) and in which a plain
// sequential object gives the same answers. The search is that of Wing and
// Gong, with a memory for what it has tried.

// event is a request of a history. S is the state of the sequential object.
type event[S comparable] struct {
	from, to int64  // places in the order of all sendings and answers
	what     string // request and answer, for people

	// then gives the state after the request in a state; ok is false if the
	// object would have answered otherwise.
	then func(S) (next S, ok bool)
}

// history collects events of several clients.
type history[S comparable] struct {
	clock atomic.Int64
	lists [][]event[S] // of each client
}

func newHistory[S comparable](clients int) *history[S] {
	return &history[S]{lists: make([][]event[S], clients)}
}

// call notes what one client asks and gets: do sends the request and says how
// the answer fits.
func (h *history[S]) call(client int, do func() (what string, then func(S) (S, bool))) {
	from := h.clock.Add(1)
	what, then := do()
	h.lists[client] = append(h.lists[client], event[S]{from: from, to: h.clock.Add(1), what: fmt.Sprintf("client %d: %s", client, what), then: then})
}

// mostEvents is how long a history can be, and meeting how many clients make one.
const (
	mostEvents = 64
	meeting    = 6
)

// histories is how many a test has for each seed.
func histories() int {
	if long {
		return 15
	}
	return 8
}

// check fails the test if the history has no order.
func (h *history[S]) check(t *testing.T, start S) {
	t.Helper()
	events := slices.Concat(h.lists...)
	if len(events) > mostEvents {
		t.Fatalf("a history of %d events", len(events))
	}
	best := linearize(start, events)
	if len(best) == len(events) {
		return
	}
	var b strings.Builder
	for _, i := range best {
		fmt.Fprintf(&b, "%3d–%3d %s\n", events[i].from, events[i].to, events[i].what)
	}
	b.WriteString("then none of\n")
	for i, e := range events {
		if !slices.Contains(best, i) {
			fmt.Fprintf(&b, "%3d–%3d %s\n", e.from, e.to, e.what)
		}
	}
	t.Errorf("no order explains the answers; the longest that does:\n%s", &b)
}

// linearize finds an order of all events, or the longest beginning of one.
func linearize[S comparable](start S, events []event[S]) (best []int) {
	type place struct {
		done  uint64 // the events that are in order
		state S
	}
	seen := map[place]bool{}
	all := uint64(1)<<len(events) - 1
	var order []int
	var search func(place) bool
	search = func(at place) bool {
		if len(order) > len(best) {
			best = slices.Clone(order)
		}
		if at.done == all {
			return true
		}
		if seen[at] {
			return false
		}
		seen[at] = true
		first := int64(1) << 62 // the first answer that is not in order yet: nothing that was sent later comes before it
		for i := range events {
			if at.done>>i&1 == 0 {
				first = min(first, events[i].to)
			}
		}
		for i := range events {
			if at.done>>i&1 == 1 || events[i].from > first {
				continue
			}
			next, ok := events[i].then(at.state)
			if !ok {
				continue
			}
			order = append(order, i)
			if search(place{at.done | 1<<i, next}) {
				return true
			}
			order = order[:len(order)-1]
		}
		return false
	}
	search(place{state: start})
	return best
}

// The checker takes what has an order and nothing else.
func TestLinearize(t *testing.T) {
	read := func(from, to int64, want int) event[int] {
		return event[int]{from: from, to: to, then: func(s int) (int, bool) { return s, s == want }}
	}
	write := func(from, to int64, v int) event[int] {
		return event[int]{from: from, to: to, then: func(int) (int, bool) { return v, true }}
	}
	swap := func(from, to int64, old, v int, won bool) event[int] {
		return event[int]{from: from, to: to, then: func(s int) (int, bool) {
			if won != (s == old) {
				return s, false
			}
			if won {
				s = v
			}
			return s, true
		}}
	}
	for name, tt := range map[string]struct {
		events []event[int]
		ok     bool
	}{
		"nothing":                          {nil, true},
		"one after the other":              {[]event[int]{write(1, 2, 5), read(3, 4, 5)}, true},
		"a stale read":                     {[]event[int]{write(1, 2, 5), read(3, 4, 0)}, false},
		"a read beside a write":            {[]event[int]{write(1, 4, 5), read(2, 3, 0)}, true},
		"a read beside a write, new":       {[]event[int]{write(1, 4, 5), read(2, 3, 5)}, true},
		"new, then old":                    {[]event[int]{write(1, 6, 5), read(2, 3, 5), read(4, 5, 0)}, false},
		"old, then new":                    {[]event[int]{write(1, 6, 5), read(2, 3, 0), read(4, 5, 5)}, true},
		"two readers, two orders":          {[]event[int]{write(1, 8, 1), write(2, 9, 2), read(3, 4, 1), read(5, 6, 2), read(7, 10, 1)}, false},
		"a value that nobody wrote":        {[]event[int]{write(1, 4, 5), read(2, 3, 7)}, false},
		"two winners":                      {[]event[int]{swap(1, 4, 0, 1, true), swap(2, 3, 0, 2, true)}, false},
		"one winner":                       {[]event[int]{swap(1, 4, 0, 1, true), swap(2, 3, 0, 2, false)}, true},
		"a loser before the winner":        {[]event[int]{swap(1, 2, 0, 1, false), swap(3, 4, 0, 2, true)}, false},
		"a lost update":                    {[]event[int]{write(1, 2, 1), write(3, 4, 2), read(5, 6, 1)}, false},
		"a write that was overtaken":       {[]event[int]{write(1, 6, 1), write(2, 3, 2), read(4, 5, 2), read(7, 8, 1)}, true},
		"answered before, seen only after": {[]event[int]{write(1, 2, 1), write(3, 4, 2), read(5, 8, 2), read(6, 7, 1)}, false},
	} {
		if got := len(linearize(0, tt.events)) == len(tt.events); got != tt.ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}
