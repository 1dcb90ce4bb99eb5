// Package simulate holds the server, over real HTTP and a real data folder,
// against models. It has nothing but tests:
//
//	go test ./server/simulate                               the short form
//	SCIMDECK_TEST_LONG=1 go test -race ./server/simulate    with many seeds, as .ci/run does
//	go test ./server/simulate -run Alone -seed 7            one seed again
//
// Three things are looked at. TestAlone sends the random requests of one client
// and holds every answer, to the last member of its JSON, against a model in
// plain maps that shares no code with the server; the clock jumps, and in
// between the folder is closed, or left as a kill leaves it, and opened again.
// TestTogether does the same with many clients at once, each of which owns its
// part of the resources, so that each still knows its answers. And where
// clients do meet, at one resource, one name, one group or one collection, the
// history of their requests and answers has to be that of some order in which
// they could have come: see linear_test.go.
package simulate

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"
)

var seedFlag = flag.Int64("seed", -1, "the one seed to run")

// long asks for the long forms.
var long = os.Getenv("SCIMDECK_TEST_LONG") != ""

// eachSeed runs f for some seeds, or for the one that was asked for.
func eachSeed(t *testing.T, short, many int, f func(t *testing.T, seed uint64)) {
	t.Helper()
	from, n := int64(0), short
	if long {
		n = many
	}
	if *seedFlag >= 0 {
		from, n = *seedFlag, 1
	}
	for seed := from; seed < from+int64(n); seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			f(t, uint64(seed))
			if t.Failed() {
				t.Logf("again: go test ./server/simulate -run '%s' -seed %d", t.Name()[:len(t.Name())-len(fmt.Sprint("/seed_", seed))], seed)
			}
		})
	}
}

func newClient(w *world, seed, number uint64) *client {
	m := &model{base: w.base, now: w.now()}
	return &client{generator: newGenerator(seed, number, m, fmt.Sprint("c", number)), w: w, tally: map[string]int{}}
}

// outcomes are all that the random requests have to bring about: those that
// do not tell little.
var outcomes = []string{
	"200", "201", "204", "304", "404", "409 uniqueness", "412",
	"400 invalidValue", "400 invalidSyntax", "400 invalidPath", "400 noTarget", "400 mutability", "400 expiredCursor", "400 invalidCount",
	"list of several", "page of a walk", "walk over all",
	"bulk 200", "bulk 201", "bulk 204", "bulk 400", "bulk 404", "bulk 409", "bulk 412",
}

// One client, whose requests come one after the other while the clock jumps,
// gets exactly the answers of the model.
func TestAlone(t *testing.T) {
	tally := map[string]int{}
	eachSeed(t, 3, 8, func(t *testing.T, seed uint64) {
		w := newWorld(t, false)
		c := newClient(w, seed, 0)
		c.alone, c.tally = true, tally
		for i := range 500 {
			w.clock.Add(jump(c.Rand))
			if c.step(); c.fault != nil {
				t.Fatal(c.fault)
			}
			switch i {
			case 150, 450:
				w.restart()
			case 300:
				w.crash()
			}
		}
		audit(t, w, c)
	})
	for _, o := range outcomes {
		if tally[o] == 0 && *seedFlag < 0 {
			t.Errorf("never came about: %s; only %v", o, tally)
		}
	}
}

// jump is a step of the clock in milliseconds, mostly none: many writes are of
// one millisecond, some of the past.
func jump(rnd *rand.Rand) int64 {
	const minute, year = int64(time.Minute / time.Millisecond), 365 * int64(24*time.Hour/time.Millisecond)
	switch rnd.IntN(40) {
	case 0:
		return rnd.Int64N(30 * minute)
	case 1:
		return -rnd.Int64N(30 * minute)
	case 2:
		return pickOf(rnd, year, -year)
	case 3, 4, 5, 6:
		return 1
	case 7:
		return -1
	}
	return 0
}

func pickOf(rnd *rand.Rand, a, b int64) int64 {
	if rnd.IntN(2) == 0 {
		return a
	}
	return b
}

// Many clients at once, each with resources of its own, get exactly the answers
// of their models, in rounds between which the clock jumps and the server ends,
// in order or not, and starts again. After each round everything is there that anybody has.
func TestTogether(t *testing.T) {
	eachSeed(t, 1, 3, func(t *testing.T, seed uint64) {
		w := newWorld(t, true)
		rnd := rand.New(rand.NewPCG(seed, 1<<40))
		clients := make([]*client, 8)
		for i := range clients {
			clients[i] = newClient(w, seed, uint64(i+1))
		}
		rounds, steps := 2, 30
		if long {
			rounds, steps = 4, 40
		}
		for range rounds {
			var wg sync.WaitGroup
			for _, c := range clients {
				wg.Go(func() {
					for i := 0; i < steps && c.fault == nil; i++ {
						c.step()
					}
				})
			}
			wg.Wait()
			audit(t, w, clients...)
			w.clock.Add(jump(rnd) + jump(rnd))
			if rnd.IntN(2) == 0 {
				w.restart()
			} else {
				w.crash()
			}
			audit(t, w, clients...)
			if t.Failed() {
				return
			}
		}
	})
}

// audit compares all that the server has with what the clients know, in the
// order of creation, which ids begin with.
func audit(t *testing.T, w *world, clients ...*client) {
	t.Helper()
	for _, k := range allKinds {
		var want []object
		for _, c := range clients {
			if c.fault != nil {
				t.Fatal(c.fault)
			}
			known := c.m.of(k)
			if !slices.IsSortedFunc(known, func(a, b *thing) int { return compareIDs(a.id, b.id) }) {
				t.Errorf("%s: the ids of %s are not in the order of creation", c.mark, k.path)
			}
			for _, x := range known {
				want = append(want, c.m.show(x))
			}
		}
		slices.SortFunc(want, func(a, b object) int { return compareIDs(a["id"].(string), b["id"].(string)) })
		have := w.all(t, k)
		if len(have) != len(want) {
			t.Fatalf("%s: %d, want %d", k.path, len(have), len(want))
		}
		for i := range want {
			if !reflect.DeepEqual(have[i], any(want[i])) {
				t.Errorf("have %s\nwant %s", jsonOf(have[i]), jsonOf(want[i]))
			}
		}
	}
}

// compareIDs compares what ids begin with, the place in the order of creation.
func compareIDs(a, b string) int {
	switch {
	case a[:13] < b[:13]:
		return -1
	case a[:13] > b[:13]:
		return 1
	}
	return 0
}

// all lists everything of a kind, page by page.
func (w *world) all(t *testing.T, k *species) (list []any) {
	t.Helper()
	for {
		a, err := w.ask("GET", fmt.Sprintf("%s?count=%d&startIndex=%d", k.path, pageSize, len(list)+1), nil)
		if err != nil || a.status != 200 {
			t.Fatalf("%d %s %v", a.status, a.raw, err)
		}
		page := a.body["Resources"].([]any)
		list = append(list, page...)
		if len(page) == 0 || len(list) >= int(a.body["totalResults"].(float64)) {
			return list
		}
	}
}
