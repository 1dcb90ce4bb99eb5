package simulate

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
)

// club is a group and the users that may be its members, as one sequential
// object: both directions of a membership change at one moment.
type club struct {
	gone    bool
	version int
	living  uint8 // the users that there are, a bit each
	members uint8
}

const people = 4

// clubClient is a client of one club.
type clubClient struct {
	w     *world
	rnd   *rand.Rand
	group string
	users [people]string // ids
}

func (c *clubClient) bitOf(id any) uint8 {
	for i, have := range c.users {
		if have == id {
			return 1 << i
		}
	}
	return 0
}

// bitsOf are the members or resources of a list by their ids.
func (c *clubClient) bitsOf(list any, name string) (bits uint8) {
	l, _ := list.([]any)
	for _, e := range l {
		bits |= c.bitOf(e.(object)[name])
	}
	return bits
}

func (c *clubClient) values(bits uint8) []any {
	list := []any{}
	for i, id := range c.users {
		if bits>>i&1 == 1 {
			list = append(list, object{"value": id})
		}
	}
	return list
}

// write notes a change of the members to what next says. The answer is asked
// for without them: with them it is that of a moment after the change.
func (c *clubClient) write(method string, body object, named uint8, next func(members uint8) uint8) (string, func(club) (club, bool)) {
	a := c.w.call(method, "/Groups/"+c.group+"?excludedAttributes=members", body)
	tag := a.header.Get("Etag")
	return fmt.Sprintf("%s %s → %d %s", method, jsonOf(body), a.status, tag), func(s club) (club, bool) {
		dead := named &^ s.living
		switch {
		case s.gone && method == "PUT" && dead != 0: // the body is wrong whatever the path is
			return s, a.status == 400 || a.status == 404
		case s.gone:
			return s, a.status == 404
		case dead != 0:
			return s, a.status == 400
		}
		if m := next(s.members); m != s.members {
			s.members = m
			s.version++
		}
		return s, a.status == 200 && tag == fmt.Sprintf(`W/"%d"`, s.version)
	}
}

// step is one random request.
func (c *clubClient) step() (string, func(club) (club, bool)) {
	some := uint8(c.rnd.IntN(1 << people))
	i := c.rnd.IntN(people)
	one := uint8(1) << i
	switch n := c.rnd.IntN(100); {
	case n < 15:
		return c.write("PATCH", patchBody(object{"op": "add", "path": "members", "value": c.values(some)}), some, func(m uint8) uint8 { return m | some })
	case n < 25:
		op := object{"op": "remove", "path": fmt.Sprintf("members[value eq %q]", c.users[i])}
		return c.write("PATCH", patchBody(op), 0, func(m uint8) uint8 { return m &^ one })
	case n < 35:
		body := object{"schemas": []any{groupURN}, "displayName": "Club", "members": c.values(some)}
		return c.write("PUT", body, some, func(uint8) uint8 { return some })
	case n < 40:
		op := object{"op": "replace", "path": "members", "value": c.values(some)}
		return c.write("PATCH", patchBody(op), some, func(uint8) uint8 { return some })
	case n < 46:
		return c.leave(i)
	case n < 47:
		a := c.w.call("DELETE", "/Groups/"+c.group, nil)
		return fmt.Sprintf("delete the group → %d", a.status), func(s club) (club, bool) {
			if s.gone {
				return s, a.status == 404
			}
			return club{gone: true, living: s.living}, a.status == 204
		}
	case n < 62:
		a := c.w.call("GET", "/Groups/"+c.group, nil)
		bits := c.bitsOf(a.body["members"], "value")
		return fmt.Sprintf("GET group → %d %04b %s", a.status, bits, a.header.Get("Etag")), func(s club) (club, bool) {
			if s.gone {
				return s, a.status == 404
			}
			return s, a.status == 200 && bits == s.members && a.header.Get("Etag") == fmt.Sprintf(`W/"%d"`, s.version)
		}
	case n < 76:
		a := c.w.call("GET", "/Users/"+c.users[i], nil)
		in := a.body["groups"] != nil
		return fmt.Sprintf("GET user %d → %d %v", i, a.status, in), func(s club) (club, bool) {
			if s.living&one == 0 {
				return s, a.status == 404
			}
			return s, a.status == 200 && in == (s.members&one != 0)
		}
	case n < 90:
		return c.find("/Users?filter="+url.QueryEscape(fmt.Sprintf("groups.value eq %q", c.group)), func(s club) uint8 { return s.members })
	}
	return c.find("/Users?filter="+url.QueryEscape(fmt.Sprintf("groups.display eq %q", "club"))+"&sortBy=userName", func(s club) uint8 { return s.members })
}

// leave deletes a user, who is no member any more at the same moment.
func (c *clubClient) leave(i int) (string, func(club) (club, bool)) {
	one := uint8(1) << i
	a := c.w.call("DELETE", "/Users/"+c.users[i], nil)
	return fmt.Sprintf("delete user %d → %d", i, a.status), func(s club) (club, bool) {
		if s.living&one == 0 {
			return s, a.status == 404
		}
		if s.living &^= one; s.members&one != 0 {
			s.members &^= one
			s.version++
		}
		return s, a.status == 204
	}
}

// find notes a list that has just the users that want says.
func (c *clubClient) find(path string, want func(club) uint8) (string, func(club) (club, bool)) {
	a := c.w.call("GET", path, nil)
	bits := c.bitsOf(a.body["Resources"], "id")
	return fmt.Sprintf("GET %s → %d %04b", path, a.status, bits), func(s club) (club, bool) {
		return s, a.status == 200 && bits == want(s)
	}
}

// A group, its members, and what the members say of their groups have one
// history: nobody sees one side of a membership without the other, or a version
// with the members of another.
func TestClub(t *testing.T) {
	eachSeed(t, 1, 4, func(t *testing.T, seed uint64) {
		w := newWorld(t, true)
		for round := range histories() {
			c := clubClient{w: w}
			for i := range c.users {
				c.users[i] = w.call("POST", "/Users", userBody(fmt.Sprintf("%d of club %d", i, round), nil)).body["id"].(string)
			}
			a := w.call("POST", "/Groups", object{"schemas": []any{groupURN}, "displayName": "Club", "members": c.values(3)})
			c.group = a.body["id"].(string)
			h := newHistory[club](meeting)
			together(meeting, seed<<16+uint64(round), func(i int, rnd *rand.Rand) {
				mine := c
				mine.rnd = rnd
				for range mostEvents / meeting {
					h.call(i, mine.step)
				}
			})
			if h.check(t, club{version: 1, living: 1<<people - 1, members: 3}); t.Failed() {
				return
			}
			w.call("DELETE", "/Groups/"+c.group, nil)
		}
	})
}
