package simulate

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"testing"
)

// together runs f for each of n clients at once, each with its own randomness.
func together(n int, seed uint64, f func(client int, rnd *rand.Rand)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			f(i, rand.New(rand.NewPCG(seed, uint64(i))))
		})
	}
	close(start)
	wg.Wait()
}

// call is ask without HTTP between: the handler alone, so that requests meet
// more often. An error fails the test.
func (w *world) call(method, path string, body any, header ...string) answer {
	a, err := w.askBy(w.direct, method, path, body, header...)
	if err != nil {
		w.t.Errorf("%s %s: %v", method, path, err)
	}
	return a
}

// register is one user as a sequential object.
type register struct {
	gone        bool
	version     int
	title, nick string
}

// shows reports whether a resource in an answer is the register.
func (r register) shows(o object) bool {
	title, _ := o["title"].(string)
	nick, _ := o["nickName"].(string)
	meta, _ := o["meta"].(object)
	return !r.gone && r.title == title && r.nick == nick && meta["version"] == fmt.Sprintf(`W/"%d"`, r.version)
}

// answers reports whether the register gives an answer with a resource, or, if
// it is gone, 404.
func (r register) answers(a answer) bool {
	if r.gone {
		return a.status == 404
	}
	return a.status == 200 && r.shows(a.body) && a.header.Get("Etag") == fmt.Sprintf(`W/"%d"`, r.version)
}

func userBody(name string, more object) object {
	o := object{"schemas": []any{userURN}, "userName": name}
	for k, v := range more {
		o[k] = v
	}
	return o
}

func patchBody(ops ...any) object {
	return object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": ops}
}

// registerClient is a client of one register. seen is the last version that it
// was shown: its condition, now and then.
type registerClient struct {
	w        *world
	rnd      *rand.Rand
	id, name string
	seen     int
}

// write notes a write: change is what it makes of the register.
func (c *registerClient) write(method, path string, body object, change func(register) register) (string, func(register) (register, bool)) {
	match := 0
	var header []string
	if c.seen > 0 && c.rnd.IntN(2) == 0 {
		match = c.seen
		header = []string{"If-Match", fmt.Sprintf(`W/"%d"`, match)}
	}
	var b any
	if body != nil {
		b = body
	}
	a := c.w.call(method, path, b, header...)
	c.look(a)
	what := fmt.Sprintf("%s %s %v → %d %v %v %v", method, jsonOf(body), header, a.status, a.body["title"], a.body["nickName"], a.header.Get("Etag"))
	return what, func(r register) (register, bool) {
		switch {
		case r.gone:
			return r, a.status == 404
		case match > 0 && match != r.version:
			return r, a.status == 412
		}
		next := change(r)
		if next.gone {
			return next, a.status == 204
		}
		if next != r {
			next.version++
		}
		return next, next.answers(a)
	}
}

func (c *registerClient) look(a answer) {
	if tag := a.header.Get("Etag"); tag != "" {
		_, _ = fmt.Sscanf(tag, `W/"%d"`, &c.seen)
	}
}

// read notes a read by the id or by one of the lists that have the user.
func (c *registerClient) read() (string, func(register) (register, bool)) {
	switch c.rnd.IntN(6) {
	case 0, 1:
		a := c.w.call("GET", "/Users/"+c.id, nil)
		c.look(a)
		return fmt.Sprintf("GET → %d %v %v %v", a.status, a.body["title"], a.body["nickName"], a.header.Get("Etag")), func(r register) (register, bool) {
			return r, r.answers(a)
		}
	case 2:
		seen := max(c.seen, 1)
		a := c.w.call("GET", "/Users/"+c.id, nil, "If-None-Match", fmt.Sprintf(`W/"%d"`, seen))
		return fmt.Sprintf("GET unless %d → %d %v", seen, a.status, a.header.Get("Etag")), func(r register) (register, bool) {
			if !r.gone && r.version == seen {
				return r, a.status == 304
			}
			return r, r.answers(a)
		}
	case 3:
		return c.find("/Users?filter=" + url.QueryEscape(fmt.Sprintf("id eq %q", c.id)))
	case 4:
		return c.find("/Users?filter=" + url.QueryEscape(fmt.Sprintf("userName eq %q", c.name)))
	}
	return c.find("/Users?sortBy=meta.created&sortOrder=descending&count=5")
}

// find notes a list that has the user if anybody has.
func (c *registerClient) find(path string) (string, func(register) (register, bool)) {
	a := c.w.call("GET", path, nil)
	var found object
	list, _ := a.body["Resources"].([]any)
	for _, r := range list {
		if o := r.(object); o["id"] == c.id {
			found = o
		}
	}
	return fmt.Sprintf("GET %s → %s", path, jsonOf(found)), func(r register) (register, bool) {
		if found == nil {
			return r, a.status == 200 && r.gone
		}
		return r, a.status == 200 && r.shows(found)
	}
}

// step is one random request.
func (c *registerClient) step() (string, func(register) (register, bool)) {
	one := "/Users/" + c.id
	title, nick := pickFrom(c.rnd, "a", "b", "c"), pickFrom(c.rnd, "x", "y")
	switch n := c.rnd.IntN(100); {
	case n < 25:
		return c.write("PUT", one, userBody(c.name, object{"title": title, "nickName": nick}), func(r register) register {
			r.title, r.nick = title, nick
			return r
		})
	case n < 40:
		return c.write("PATCH", one, patchBody(object{"op": "replace", "path": "title", "value": title}), func(r register) register {
			r.title = title
			return r
		})
	case n < 55:
		return c.write("PATCH", one, patchBody(object{"op": "add", "value": object{"nickName": nick}}), func(r register) register {
			r.nick = nick
			return r
		})
	case n < 57:
		return c.write("DELETE", one, nil, func(r register) register { return register{gone: true} })
	}
	return c.read()
}

func pickFrom(rnd *rand.Rand, list ...string) string { return list[rnd.IntN(len(list))] }

// One user under the requests of several clients is a register with versions:
// writes, conditions, reads and lists have an order. The store is durable, so that
// many writes are one transaction.
func TestRegister(t *testing.T) {
	eachSeed(t, 1, 4, func(t *testing.T, seed uint64) {
		w := newWorld(t, true)
		for round := range histories() {
			w.clock.Add(1) // so that the newest is first by meta.created
			name := fmt.Sprintf("register%d@x", round)
			a := w.call("POST", "/Users", userBody(name, object{"title": "a", "nickName": "x"}))
			id, _ := a.body["id"].(string)
			h := newHistory[register](meeting)
			together(meeting, seed<<16+uint64(round), func(i int, rnd *rand.Rand) {
				c := &registerClient{w: w, rnd: rnd, id: id, name: name, seen: 1}
				for range mostEvents / meeting {
					h.call(i, c.step)
				}
			})
			if h.check(t, register{version: 1, title: "a", nick: "x"}); t.Failed() {
				return
			}
		}
	})
}

// Of many writers that have seen the same version exactly one wins, by whatever
// method; the versions count the wins.
func TestCompareAndSet(t *testing.T) {
	w := newWorld(t, true)
	a := w.call("POST", "/Users", userBody("cas@x", nil))
	one := "/Users/" + a.body["id"].(string)
	rounds := 12
	if long {
		rounds = 100
	}
	for round := range rounds {
		const writers = 8
		tag := fmt.Sprintf(`W/"%d"`, round+1)
		var answers [writers]answer
		together(writers, uint64(round), func(i int, _ *rand.Rand) {
			title := fmt.Sprintf("%d of %d", i, round)
			if i%2 == 0 {
				answers[i] = w.call("PUT", one, userBody("cas@x", object{"title": title}), "If-Match", tag)
			} else {
				answers[i] = w.call("PATCH", one, patchBody(object{"op": "replace", "path": "title", "value": title}), "If-Match", tag)
			}
		})
		won := -1
		for i, a := range answers {
			switch {
			case a.status == 200 && won < 0:
				won = i
			case a.status != 412:
				t.Errorf("round %d, writer %d: %d %s (%d has won)", round, i, a.status, a.raw, won)
			}
		}
		now := w.call("GET", one, nil)
		if won < 0 || now.raw != answers[won].raw || now.header.Get("Etag") != fmt.Sprintf(`W/"%d"`, round+2) {
			t.Fatalf("round %d: %d has won, now it is %s", round, won, now.raw)
		}
	}
}

// Of an update and a DELETE that have seen the same version exactly one wins.
func TestDeleteAgainstUpdate(t *testing.T) {
	w := newWorld(t, true)
	rounds := 25
	if long {
		rounds = 300
	}
	wins := map[string]int{}
	for round := range rounds {
		a := w.call("POST", "/Users", userBody(fmt.Sprintf("u%d", round), nil))
		one, tag := "/Users/"+a.body["id"].(string), []string{"If-Match", `W/"1"`}
		var update, gone answer
		together(2, 0, func(i int, _ *rand.Rand) {
			if i == round%2 {
				update = w.call("PATCH", one, patchBody(object{"op": "add", "path": "title", "value": "x"}), tag...)
			} else {
				gone = w.call("DELETE", one, nil, tag...)
			}
		})
		outcome := fmt.Sprint(update.status, " ", gone.status, " ", w.call("GET", one, nil).status)
		if wins[outcome]++; outcome != "200 412 200" && outcome != "404 204 404" {
			t.Errorf("update, delete, and what is left: %s", outcome)
		}
	}
	if len(wins) != 2 && long {
		t.Errorf("the race has one outcome only: %v", wins)
	}
}
