package store

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
)

// long asks for the long forms of the tests that have one, with more seeds and
// steps, as .ci/run does.
var long = os.Getenv("SCIMDECK_TEST_LONG") != ""

// seeds is how many seeds a test has.
func seeds(short, many int) int {
	if long {
		return many
	}
	return short
}

// model is the store as a plain map.
type model struct {
	docs  map[string]string // by id
	order []string          // ids by creation
	names map[string]string // ids by folded userName
}

// A random walk of operations leaves the store and a plain map with the same
// content, and every refusal of the store is one of the map.
func TestSimulation(t *testing.T) {
	for seed := range uint64(seeds(4, 10)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, in(dir))
			m := &model{docs: map[string]string{}, names: map[string]string{}}
			rnd := rand.New(rand.NewPCG(seed, 7))
			for i := range 600 {
				m.step(t, s, rnd)
				if i%200 == 199 {
					closeVerified(t, s)
					s = open(t, in(dir))
				}
			}
			var want []string
			for _, id := range m.order {
				want = append(want, m.docs[id])
			}
			if have := export(t, s); have != strings.Join(want, "\n") {
				t.Errorf("have\n%s\nwant\n%s", have, strings.Join(want, "\n"))
			}
		})
	}
}

func (m *model) step(t *testing.T, s *Store, rnd *rand.Rand) {
	t.Helper()
	name := fmt.Sprintf("Name%d", rnd.IntN(40))
	if rnd.IntN(2) == 0 {
		name = strings.ToUpper(name)
	}
	d := draft(t, fmt.Sprintf(`{"schemas":[%q],"userName":%q,"externalId":"e%d","active":%v,"emails":[{"value":"m%d@x"},{"value":"m%d@x","type":"home"}]}`,
		scim.UserURN, name, rnd.IntN(5), rnd.IntN(2) == 0, rnd.IntN(5), rnd.IntN(5)))
	id := newTail().id(5)
	if len(m.order) > 0 && rnd.IntN(20) > 0 {
		id = m.order[rnd.IntN(len(m.order))]
	}
	switch rnd.IntN(6) {
	case 0, 1:
		c, err := s.Create(ctx, users, d)
		if m.refused(t, err, "", name) {
			return
		}
		m.put(string(scim.DocID(c.After)), c)
	case 2:
		c, err := s.Replace(ctx, users, id, d, nil)
		if !m.refused(t, err, id, name) {
			m.put(id, c)
		}
	case 3:
		c, err := s.Patch(ctx, users, id, patch(t, fmt.Sprintf(`[{"op":"replace","path":"userName","value":%q}]`, name)), nil)
		if !m.refused(t, err, id, name) {
			m.put(id, c)
		}
	case 4:
		ops := []string{
			`[{"op":"replace","value":{"active":false}}]`, `[{"op":"remove","path":"emails"}]`, `[{"op":"remove","path":"externalId"}]`,
			fmt.Sprintf(`[{"op":"add","path":"emails","value":[{"value":"m%d@x","type":"other"}]}]`, rnd.IntN(5)),
		}
		c, err := s.Patch(ctx, users, id, patch(t, ops[rnd.IntN(len(ops))]), nil)
		if !m.refused(t, err, id, "") {
			m.put(id, c)
		}
	case 5:
		c, err := s.Delete(ctx, users, id, nil)
		if !m.refused(t, err, id, "") {
			m.put(id, c)
		}
	}
}

// refused holds an error against what the model says: the id must be known
// (unless it is ""), the name free or the id's own.
func (m *model) refused(t *testing.T, err error, id, name string) bool {
	t.Helper()
	status := 0
	if owner, taken := m.names[scim.Fold(name)]; taken && owner != id {
		status = 409
	}
	if _, known := m.docs[id]; id != "" && !known {
		status = 404
	}
	var e *scim.Error
	if errors.As(err, &e) != (err != nil) || e != nil && e.Status != status || e == nil && status != 0 {
		t.Fatalf("have %v, want status %d for id %q, name %q", err, status, id, name)
	}
	return err != nil
}

// put brings the model to what a change says.
func (m *model) put(id string, c Change) {
	if old, ok := m.docs[id]; ok {
		delete(m.names, scim.Fold(userName(old)))
	}
	if c.After == nil {
		delete(m.docs, id)
		m.order = slices.DeleteFunc(m.order, func(x string) bool { return x == id })
		return
	}
	if _, ok := m.docs[id]; !ok {
		m.order = append(m.order, id)
	}
	m.docs[id] = string(c.After)
	m.names[scim.Fold(userName(string(c.After)))] = id
}

func userName(doc string) string {
	_, d, _, _ := users.ReadDoc([]byte(doc))
	return d.Attributes.Get("userName").Text()
}

// A random walk over users and groups leaves both directions of every membership
// as a plain model has them, the versions moved where something did, and
// indexes and scans agreeing.
func TestSimulationOfGroups(t *testing.T) {
	for seed := range uint64(seeds(4, 10)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, in(dir), withGroups)
			m := &club{members: map[string]map[string]bool{}, versions: map[string]int{}}
			rnd := rand.New(rand.NewPCG(seed, 11))
			for i := range 500 {
				if i%100 == 0 {
					s.maxWrites = []int64{s.db.MaxBatchCount(), 60}[i/100%2] // with changes that are split
				}
				m.step(t, s, rnd)
				if i%125 == 124 {
					m.check(t, s)
					closeVerified(t, s)
					s = open(t, in(dir), withGroups)
				}
			}
			m.check(t, s)
		})
	}
}

// club is who is in which group, as plain maps.
type club struct {
	people, groups []string
	members        map[string]map[string]bool // by group
	versions       map[string]int             // of the groups
	made           int
}

func (m *club) some(rnd *rand.Rand, n int) (ids []string) {
	all := append(slices.Clone(m.people), m.groups...)
	for range n {
		if len(all) > 0 {
			ids = append(ids, all[rnd.IntN(len(all))])
		}
	}
	return ids
}

func (m *club) step(t *testing.T, s *Store, rnd *rand.Rand) {
	t.Helper()
	m.made++
	kind := rnd.IntN(10)
	switch {
	case kind < 2 || len(m.groups) == 0 && kind > 3:
		m.people = append(m.people, makePerson(t, s, fmt.Sprint("u", m.made)))
	case kind == 2 && len(m.groups) < 15:
		ids := m.some(rnd, rnd.IntN(40))
		g := makeOf(t, s, group, team(t, fmt.Sprint("g", m.made%7), ids...))
		m.groups = append(m.groups, g)
		m.members[g], m.versions[g] = map[string]bool{}, 1
		for _, id := range ids {
			m.members[g][id] = true
		}
	case kind == 3 && len(m.people) > 10:
		m.remove(t, s, person, m.people[rnd.IntN(len(m.people))])
	case kind == 4 && len(m.groups) > 4:
		m.remove(t, s, group, m.groups[rnd.IntN(len(m.groups))])
	case len(m.groups) > 0:
		m.change(t, s, rnd, kind, m.groups[rnd.IntN(len(m.groups))])
	}
}

func (m *club) remove(t *testing.T, s *Store, rt *scim.ResourceType, id string) {
	t.Helper()
	must(t)(s.Delete(ctx, rt, id, nil))
	gone := func(x string) bool { return x == id }
	m.people, m.groups = slices.DeleteFunc(m.people, gone), slices.DeleteFunc(m.groups, gone)
	delete(m.members, id)
	for g, members := range m.members {
		if members[id] {
			delete(members, id)
			m.versions[g]++
		}
	}
}

// change changes the members of a group in one of the ways that there are.
func (m *club) change(t *testing.T, s *Store, rnd *rand.Rand, kind int, g string) {
	t.Helper()
	ids := slices.DeleteFunc(m.some(rnd, rnd.IntN(20)), func(id string) bool { return id == g })
	name := docOf(t, s, group, g).Get("displayName").Text()
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = fmt.Sprintf(`{"value":%q}`, id)
	}
	values := "[" + strings.Join(list, ",") + "]"
	next := map[string]bool{}
	if kind == 5 || kind == 6 {
		for id := range m.members[g] {
			next[id] = true
		}
	}
	for _, id := range ids {
		next[id] = kind != 6
	}
	maps.DeleteFunc(next, func(_ string, in bool) bool { return !in })
	var c Change
	var err error
	switch kind {
	case 5:
		c, err = s.Patch(ctx, group, g, patchOf(t, group, `[{"op":"add","path":"members","value":`+values+`}]`), nil)
	case 6:
		var ops []string
		for _, id := range ids {
			ops = append(ops, fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, id))
		}
		if len(ops) == 0 {
			return
		}
		c, err = s.Patch(ctx, group, g, patchOf(t, group, "["+strings.Join(ops, ",")+"]"), nil)
	case 7:
		c, err = s.Patch(ctx, group, g, patchOf(t, group, `[{"op":"replace","path":"members","value":`+values+`}]`), nil)
	default:
		c, err = s.Replace(ctx, group, g, team(t, name, ids...), nil)
	}
	must(t)(c, err)
	if !maps.Equal(next, m.members[g]) {
		m.versions[g]++
	}
	m.members[g] = next
}

// check holds both sides, the versions and the indexes against the model.
func (m *club) check(t *testing.T, s *Store) {
	t.Helper()
	for _, g := range m.groups {
		v := docOf(t, s, group, g)
		want := slices.Sorted(maps.Keys(m.members[g]))
		if have := valuesOf(v, "members"); !slices.Equal(have, want) {
			t.Errorf("group %s: have %v, want %v", g, have, want)
		}
		if have, want := versionOf(v), fmt.Sprintf(`W/"%d"`, m.versions[g]); have != want {
			t.Errorf("group %s: version %s, want %s", g, have, want)
		}
	}
	for i, id := range slices.Concat(m.people, m.groups) {
		var want []string
		for _, g := range m.groups {
			if m.members[g][id] {
				want = append(want, g)
			}
		}
		if i < len(m.people) {
			if have := valuesOf(docOf(t, s, person, id), "groups"); !slices.Equal(have, want) {
				t.Errorf("user %s: have %v, want %v", id, have, want)
			}
		}
		var have []string
		for _, doc := range pageOf(t, s, group, Query{Filter: filterOf(t, group, fmt.Sprintf(`members.value eq %q`, id)), Count: 99, Bare: true}) {
			have = append(have, string(scim.DocID([]byte(doc))))
		}
		if !slices.Equal(have, want) {
			t.Errorf("groups of %s by filter: have %v, want %v", id, have, want)
		}
	}
}
