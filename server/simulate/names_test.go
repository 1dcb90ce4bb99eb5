package simulate

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Of many that take one name at once, in whatever case, exactly one gets it.
func TestNameRace(t *testing.T) {
	w := newWorld(t, true)
	rounds := 12
	if long {
		rounds = 100
	}
	for round := range rounds {
		const takers = 8
		name := fmt.Sprintf("Name%d@x", round)
		other := w.call("POST", "/Users", userBody("other"+name, nil)).body["id"].(string)
		var answers [takers]answer
		together(takers, 0, func(i int, _ *rand.Rand) {
			as := []string{name, strings.ToUpper(name), strings.ToLower(name)}[i%3]
			switch {
			case i == 0:
				answers[i] = w.call("PATCH", "/Users/"+other, patchBody(object{"op": "replace", "path": "userName", "value": as}))
			case i == 1:
				a := w.call("POST", "/Bulk", object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, "Operations": []any{
					object{"method": "POST", "path": "/Users", "bulkId": "x", "data": userBody(as, nil)},
				}})
				op := a.body["Operations"].([]any)[0].(object)
				_, _ = fmt.Sscan(op["status"].(string), &answers[i].status)
			default:
				answers[i] = w.call("POST", "/Users", userBody(as, nil))
			}
		})
		won := 0
		for i, a := range answers {
			if a.status < 300 {
				won++
			} else if a.status != 409 {
				t.Errorf("round %d, %d: %d %s", round, i, a.status, a.raw)
			}
		}
		found := w.call("GET", "/Users?filter="+url.QueryEscape(fmt.Sprintf("userName eq %q", name)), nil)
		if won != 1 || found.body["totalResults"] != 1.0 {
			t.Fatalf("round %d: %d got the name, %v have it", round, won, found.body["totalResults"])
		}
	}
}

// owners is who has each of a few names, by number; 0: nobody. Who has none is gone.
type owners [3]int8

func (o owners) nameOf(who int8) int {
	for name, owner := range o {
		if owner == who && who != 0 {
			return name
		}
	}
	return -1
}

// phoneBook numbers ids in the order in which they are met.
type phoneBook struct {
	mu  sync.Mutex
	ids []string
}

func (p *phoneBook) number(id any) int8 {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, have := range p.ids {
		if have == id {
			return int8(i + 1)
		}
	}
	p.ids = append(p.ids, id.(string))
	return int8(len(p.ids))
}

// some is one of the newest ids, "" if there is none.
func (p *phoneBook) some(rnd *rand.Rand) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.ids) == 0 {
		return ""
	}
	return p.ids[max(0, len(p.ids)-1-rnd.IntN(4))]
}

// A few names under creates, renames, deletes and lookups of several clients
// have one owner each at any moment.
func TestNames(t *testing.T) {
	eachSeed(t, 1, 4, func(t *testing.T, seed uint64) {
		w := newWorld(t, true)
		for round := range histories() {
			h, book := newHistory[owners](meeting), &phoneBook{}
			together(meeting, seed<<16+uint64(round), func(i int, rnd *rand.Rand) {
				for range mostEvents / meeting {
					h.call(i, func() (string, func(owners) (owners, bool)) { return nameStep(w, book, rnd, round) })
				}
			})
			if h.check(t, owners{}); t.Failed() {
				return
			}
		}
	})
}

func nameStep(w *world, book *phoneBook, rnd *rand.Rand, round int) (string, func(owners) (owners, bool)) {
	name := rnd.IntN(len(owners{}))
	text := fmt.Sprintf("Round%d-%d", round, name)
	if rnd.IntN(2) == 0 {
		text = strings.ToUpper(text)
	}
	who := book.some(rnd)
	n := rnd.IntN(100)
	switch {
	case n < 35 || who == "":
		a := w.call("POST", "/Users", userBody(text, nil))
		var got int8
		if a.status == 201 {
			got = book.number(a.body["id"])
		}
		return fmt.Sprintf("create %s → %d: %d", text, a.status, got), func(o owners) (owners, bool) {
			if o[name] != 0 {
				return o, a.status == 409
			}
			o[name] = got
			return o, a.status == 201
		}
	case n < 55:
		a := w.call("PATCH", "/Users/"+who, patchBody(object{"op": "replace", "path": "userName", "value": text}))
		k := book.number(who)
		return fmt.Sprintf("rename %d to %s → %d", k, text, a.status), func(o owners) (owners, bool) {
			old := o.nameOf(k)
			switch {
			case old < 0:
				return o, a.status == 404
			case o[name] != 0 && o[name] != k:
				return o, a.status == 409
			}
			o[old] = 0
			o[name] = k
			return o, a.status == 200
		}
	case n < 75:
		a := w.call("DELETE", "/Users/"+who, nil)
		k := book.number(who)
		return fmt.Sprintf("delete %d → %d", k, a.status), func(o owners) (owners, bool) {
			old := o.nameOf(k)
			if old < 0 {
				return o, a.status == 404
			}
			o[old] = 0
			return o, a.status == 204
		}
	}
	a := w.call("GET", "/Users?filter="+url.QueryEscape(fmt.Sprintf("userName eq %q", text)), nil)
	var found int8
	list, _ := a.body["Resources"].([]any)
	for _, r := range list {
		found = book.number(r.(object)["id"])
	}
	return fmt.Sprintf("find %s → %d", text, found), func(o owners) (owners, bool) {
		return o, a.status == 200 && o[name] == found && len(list) < 2
	}
}
