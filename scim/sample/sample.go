// Package sample makes up people and groups to try a SCIM server with: as
// many as are wanted, always the same for a seed, with names of many languages and
// the e-mail addresses that such people have.
//
// It is no test data of ours and knows no store: what it makes are resources as a
// client sends them. All are at example.com and example.net, which nobody has, and
// their telephone numbers are in ranges for films where there are some.
//
//	m := sample.New(sample.Options{Seed: 1})
//	for i := range 1000 {
//		line := m.User(i).Append(nil) // the same whatever else is made
//	}
//	for group := range m.Groups(1000) { // of those thousand
//		line := group.Append(nil)
//	}
//
// A user has an id, so that managers and members can name each other; a server
// gives it another one, and an import takes the one for the other.
package sample

import (
	"encoding/binary"
	"encoding/hex"
	"iter"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"

	"scimdeck/scim"
)

// Options says who is made.
type Options struct {
	Seed uint64 // others for another one
	Edge bool   // every other user is an edge case: see edge.go
}

// Maker makes users. It may be used from many goroutines.
type Maker struct {
	o     Options
	order []person // everybody that there is, shuffled
}

// person is a pair of names.
type person struct {
	home          *home
	given, family name
}

// home is a culture taken apart.
type home struct {
	*culture
	cities []city
}

// everybody is each pair of names of each culture.
var everybody = sync.OnceValue(func() (all []person) {
	for i := range cultures {
		c := &cultures[i]
		h := &home{c, c.places()}
		for _, given := range c.names(c.given) {
			for _, family := range c.names(c.family) {
				all = append(all, person{h, given, family})
			}
		}
	}
	return all
})

// What a random number generator is for, besides user i.
const (
	forOrder = 1 << 63
	forIDs   = 1 << 62
)

// New makes a Maker.
func New(o Options) *Maker {
	all := everybody()
	m := &Maker{o: o, order: make([]person, len(all))}
	for i, j := range rand.New(rand.NewPCG(o.Seed, forOrder)).Perm(len(all)) {
		m.order[i] = all[j]
	}
	return m
}

// The company is a tree: everybody but the first has a manager, who comes
// earlier, and belongs to the department of the one below the first.
const span = 8 // people that a manager has

var departments = [span]struct {
	name  string
	roles []string
}{
	{"Engineering", []string{"Software Engineer", "Site Reliability Engineer", "QA Engineer", "Data Engineer"}},
	{"Operations", []string{"Network Engineer", "Buyer", "Facilities Coordinator", "Logistics Planner"}},
	{"Sales", []string{"Account Executive", "Sales Engineer", "Partner Manager"}},
	{"Marketing", []string{"Designer", "Copywriter", "Event Manager", "Analyst"}},
	{"Finance", []string{"Accountant", "Auditor", "Controller", "Payroll Specialist"}},
	{"People", []string{"Recruiter", "Office Manager", "Trainer"}},
	{"Legal", []string{"Counsel", "Paralegal", "Privacy Officer"}},
	{"Support", []string{"Support Engineer", "Technical Writer", "Translator"}},
}

// manager is the place of i's manager; i is not 0.
func manager(i int) int { return (i - 1) / span }

// department is the place of i's department, -1 for the first user.
func department(i int) int {
	if i == 0 {
		return -1
	}
	for manager(i) > 0 {
		i = manager(i)
	}
	return i - 1
}

// User makes user i, from 0. Nothing of it depends on how many there are.
func (m *Maker) User(i int) scim.Value {
	p := m.order[i%len(m.order)]
	u := &user{
		m: m, i: i, person: p,
		rnd:  rand.New(rand.NewPCG(m.o.Seed, uint64(i))),
		mail: p.given.login + "." + p.family.login,
	}
	if again := i / len(m.order); again > 0 { // the first of a name has it without a number
		u.mail += strconv.Itoa(again + 1)
	}
	u.mail += "@example.com"
	u.build()
	if m.o.Edge && i%2 == 1 {
		kinds[i/2%len(kinds)].make(u)
	}
	return u.resource()
}

// Groups makes the groups of the first n users: one a department, with those of
// it, and one of these groups and the first user.
func (m *Maker) Groups(n int) iter.Seq[scim.Value] {
	return func(yield func(scim.Value) bool) {
		all := []scim.Value{}
		if n > 0 {
			all = append(all, member(m.id(0), "User"))
		}
		for d := range departments {
			var members []scim.Value
			for i := 1; i < n; i++ {
				if department(i) == d {
					members = append(members, member(m.id(uint64(i)), "User"))
				}
			}
			if len(members) == 0 {
				continue
			}
			id := m.id(forIDs + uint64(d))
			if !yield(group(id, departments[d].name, members)) {
				return
			}
			all = append(all, member(id, "Group"))
		}
		if len(all) > 0 {
			yield(group(m.id(forIDs+span), "Everyone", all))
		}
	}
}

func group(id, name string, members []scim.Value) scim.Value {
	return scim.ObjectOf(
		scim.Member{Name: "schemas", Value: scim.ArrayOf(scim.StringOf(scim.GroupURN))},
		text("id", id),
		text("displayName", name),
		scim.Member{Name: "members", Value: scim.ArrayOf(members...)},
	)
}

func member(id, typ string) scim.Value { return scim.ObjectOf(text("value", id), text("type", typ)) }

// id is that of user i: a UUID of version 8, as if a server had given it.
func (m *Maker) id(i uint64) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], mix(m.o.Seed^bits.RotateLeft64(i, 20)))
	binary.BigEndian.PutUint64(b[8:], mix(m.o.Seed+i))
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// mix is the end of SplitMix64, which gives each number another one.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// external is the id that the client has for user i, as Okta's look.
func (m *Maker) external(i int) string {
	s := strconv.FormatUint(mix(m.o.Seed^mix(uint64(i))), 36) // mix of mix: no two are the same
	return "00u" + strings.Repeat("0", 17-len(s)) + s
}

// text is a member that is a string.
func text(name, value string) scim.Member {
	return scim.Member{Name: name, Value: scim.StringOf(value)}
}
