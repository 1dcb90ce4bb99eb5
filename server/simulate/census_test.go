package simulate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// census is which of the devices there are, a bit each by number.
type census uint64

// censusClient is a client of a whole collection.
type censusClient struct {
	w    *world
	rnd  *rand.Rand
	book *phoneBook
}

// inOrder are the ids of those that there are, by creation.
func (s census) inOrder(book *phoneBook) (ids []string) {
	for i, id := range book.ids {
		if s>>i&1 == 1 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, compareIDs)
	return ids
}

// step is one random request: somebody comes or goes, or the collection is listed.
func (c *censusClient) step() (string, func(census) (census, bool)) {
	n := c.rnd.IntN(100)
	who := c.book.some(c.rnd)
	switch {
	case n < 30 || who == "":
		a := c.w.call("POST", "/Devices", object{"schemas": []any{deviceURN}, "externalId": "x"})
		k := c.book.number(a.body["id"])
		return fmt.Sprintf("create → %d", k), func(s census) (census, bool) { return s | 1<<(k-1), a.status == 201 }
	case n < 50:
		a := c.w.call("DELETE", "/Devices/"+who, nil)
		k := c.book.number(who)
		return fmt.Sprintf("delete %d → %d", k, a.status), func(s census) (census, bool) {
			if s>>(k-1)&1 == 0 {
				return s, a.status == 404
			}
			return s &^ (1 << (k - 1)), a.status == 204
		}
	}
	start, count := 1+c.rnd.IntN(3), pickFrom(c.rnd, "", "&count=0", "&count=2")
	more := pickFrom(c.rnd, "", "", "&filter=externalId+eq+%22x%22", "&filter=externalId+pr", "&sortBy=id")
	most := map[string]int{"": pageSize, "&count=0": 0, "&count=2": 2}[count]
	a := c.w.call("GET", fmt.Sprintf("/Devices?startIndex=%d%s%s", start, count, more), nil)
	have := []string{}
	list, _ := a.body["Resources"].([]any)
	for _, r := range list {
		have = append(have, r.(object)["id"].(string))
	}
	return fmt.Sprintf("list from %d%s%s → %v: %v", start, count, more, a.body["totalResults"], have), func(s census) (census, bool) {
		all := s.inOrder(c.book)
		from := min(start-1, len(all))
		return s, a.body["totalResults"] == float64(len(all)) && slices.Equal(have, all[from:min(from+most, len(all))])
	}
}

// A list is of one moment: its total, its page and its order are those of a
// moment between the request and the answer, however it is found.
func TestCensus(t *testing.T) {
	eachSeed(t, 1, 4, func(t *testing.T, seed uint64) {
		w := newWorld(t, true)
		for round := range histories() {
			h, book := newHistory[census](meeting), &phoneBook{}
			together(meeting, seed<<16+uint64(round), func(i int, rnd *rand.Rand) {
				c := &censusClient{w: w, rnd: rnd, book: book}
				for range mostEvents / meeting {
					h.call(i, c.step)
				}
			})
			if h.check(t, 0); t.Failed() {
				return
			}
			for _, id := range book.ids { // who is left
				w.call("DELETE", "/Devices/"+id, nil)
			}
		}
	})
}
