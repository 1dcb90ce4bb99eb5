package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
)

// model is the store as a plain map.
type model struct {
	docs  map[string]string // by id
	order []string          // ids by creation
	names map[string]string // ids by folded userName
}

// A random walk of operations leaves the store and a plain map with the same
// content, and every refusal of the store is one of the map.
func TestSimulation(t *testing.T) {
	for seed := range uint64(4) {
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
