package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
)

func sortOf(t testing.TB, rt *scim.ResourceType, by, order string) *scim.Sort {
	t.Helper()
	s, err := rt.Sort(by, order)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sortedDocs is what sorting by hand makes of docs in order of creation.
func sortedDocs(by *scim.Sort, docs []string) []string {
	out := slices.Clone(docs)
	slices.SortStableFunc(out, func(a, b string) int {
		return bytes.Compare(by.Key(nil, []byte(a)), by.Key(nil, []byte(b)))
	})
	return out
}

// A sorted page is that of the list sorted by hand, with or without a filter,
// wherever it is: SRT-02 to SRT-09.
func TestSortIsBruteForce(t *testing.T) {
	s := open(t, withGroups)
	rnd := rand.New(rand.NewPCG(5, 6))
	var ids []string
	for i := range 100 {
		ids = append(ids, makeOf(t, s, person, someone(t, i, rnd)))
	}
	for i := range 7 {
		makeOf(t, s, group, team(t, fmt.Sprint("Team ", 7-i), ids[i*9+2], ids[i*5+2]))
	}
	for i := 0; i < 100; i += 4 {
		must(t)(s.Delete(ctx, person, ids[i], nil))
	}
	for _, by := range []string{"userName", "name.familyName", "emails", "emails.type", "active", "meta.created", "externalId", "id", "nickName", "groups.display", "groups"} {
		for _, order := range []string{"", "descending"} {
			for _, text := range []string{"", `active eq true`, `externalId eq "ext3"`, `groups pr`, `groups.display eq "team 3"`} {
				q := Query{Sort: sortOf(t, person, by, order), Count: 1000}
				if text != "" {
					q.Filter = filterOf(t, person, text)
				}
				want := sortedDocs(q.Sort, pageOf(t, s, person, Query{Filter: q.Filter, Count: 1000}))
				name := fmt.Sprintf("%s, sorted by %s %s", text, by, order)
				equalPages(t, s, name, q, want)
				walksEqual(t, s, name, person, q, want)
			}
		}
	}
}

// equalPages holds pages at several places against the whole list.
func equalPages(t *testing.T, s *Store, name string, q Query, want []string) {
	t.Helper()
	for _, window := range [][2]int{{1, 1000}, {1, 10}, {0, 3}, {5, 1}, {20, 30}, {len(want), 2}, {len(want) + 1, 2}, {1 << 40, 3}, {1, 0}, {3, -1}} {
		q.Start, q.Count = window[0], window[1]
		from := min(max(q.Start-1, 0), len(want))
		to := min(from+max(q.Count, 0), len(want))
		var docs []string
		p, err := s.Page(ctx, person, q, func(doc []byte) { docs = append(docs, string(doc)) })
		if err != nil || p.Total != len(want) || !slices.Equal(docs, want[from:to]) {
			t.Errorf("%s from %d, %d: %+v, %v; want %d of %d", name, q.Start, q.Count, p, err, to-from, len(want))
		}
		if p.Count != len(docs) || p.Later != (to < len(want) && q.Start <= len(want)) || len(docs) > 0 && p.Earlier != (from > 0) {
			t.Errorf("%s from %d, %d of %d: %+v", name, q.Start, q.Count, len(want), p)
		}
	}
}

// walksEqual walks by cursor to the end and back, with and without counting.
func walksEqual(t *testing.T, s *Store, name string, rt *scim.ResourceType, q Query, want []string) {
	t.Helper()
	for _, size := range []int{1, 7, 1000} {
		if size == 1 && len(want) > 30 {
			continue
		}
		q.Count, q.Start = size, 1
		var docs, back []string
		var pages []Page
		for q.After, q.Before = nil, nil; ; {
			q.NoTotal = len(pages)%2 == 1
			p, err := s.Page(ctx, rt, q, func(doc []byte) { docs = append(docs, string(doc)) })
			if err != nil || p.Count > size || p.Total != len(want) && (p.Total != -1 || !q.NoTotal) {
				t.Fatalf("%s: %+v %v", name, p, err)
			}
			if p.Later && p.Count == 0 || p.Earlier != (len(pages) > 0) {
				t.Fatalf("%s, page %d: %+v", name, len(pages), p)
			}
			pages = append(pages, p)
			if !p.Later {
				break
			}
			q.After = &p.Last
		}
		if !slices.Equal(docs, want) {
			t.Errorf("%s by %d: have %d, want %d", name, size, len(docs), len(want))
		}
		if len(pages) > 40 {
			continue
		}
		q.After = nil
		for i := len(pages) - 1; i > 0; i-- {
			q.Before = &pages[i].First
			var docs []string
			q.NoTotal = i%2 == 1
			p, err := s.Page(ctx, rt, q, func(doc []byte) { docs = append(docs, string(doc)) })
			if err != nil || !p.Later || p.Earlier != (i > 1) {
				t.Fatalf("%s back to %d: %+v %v", name, i-1, p, err)
			}
			back = append(docs, back...)
		}
		if n := len(pages) - 1; !slices.Equal(back, want[:min(n*size, len(want))]) {
			t.Errorf("%s by %d back: have %d, want %d", name, size, len(back), n*size)
		}
	}
}

// A walk by cursor is a walk by index: CUR-12, CUR-18.
func TestCursorIsIndex(t *testing.T) {
	s := open(t)
	rnd := rand.New(rand.NewPCG(7, 8))
	var ids []string
	for i := range 130 {
		ids = append(ids, create(t, s, someone(t, i, rnd)))
	}
	for i := 1; i < 130; i += 3 {
		must(t)(s.Delete(ctx, users, ids[i], nil))
	}
	for _, text := range []string{"", `active eq true`, `externalId eq "ext3"`, `userName eq "user3@x"`, `userName eq "nobody"`} {
		q := Query{}
		if text != "" {
			q.Filter = filter(t, text)
		}
		want, _ := list(t, s, Query{Filter: q.Filter, Count: 1000})
		walksEqual(t, s, text, users, q, want)
	}
	// A position outlives its resource, and lies anywhere.
	for _, seq := range []uint64{0, 1, 2, 3, 64, 65, 130, 131, 5000, maxSeq} {
		for _, text := range []string{"", `active eq true`} {
			q := Query{Count: 1000, After: &Position{Seq: seq}}
			if text != "" {
				q.Filter = filter(t, text)
			}
			after, _ := list(t, s, q)
			q.After, q.Before = nil, q.After
			before, total := list(t, s, q)
			all, _ := list(t, s, Query{Filter: q.Filter, Count: 1000})
			at := slices.IndexFunc(all, func(doc string) bool {
				n, _ := idSeq(string(scim.DocID([]byte(doc))))
				return n == seq
			})
			lone := 0
			if at >= 0 {
				lone = 1
			}
			if total != len(all) || len(before)+lone+len(after) != len(all) || at >= 0 && !slices.Equal(append(append(before, all[at]), after...), all) {
				t.Errorf("%q at %d: %d before, %d after, of %d", text, seq, len(before), len(after), len(all))
			}
		}
	}
}

// While others come and go between and during the pages, who stayed is met
// exactly once: CUR-12.
func TestCursorWalkInParallel(t *testing.T) {
	s := open(t)
	rnd := rand.New(rand.NewPCG(9, 1))
	stay := map[string]bool{}
	for i := range 150 {
		id := create(t, s, user(t, fmt.Sprintf("%03d stays %d", rnd.IntN(500), i)))
		if i%2 == 0 {
			stay[id] = true
		} else {
			must(t)(s.Delete(ctx, users, id, nil))
		}
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			c, err := s.Create(ctx, users, user(t, fmt.Sprintf("%03d comes %d", i*37%500, i)))
			if err == nil && i%3 > 0 {
				_, err = s.Delete(ctx, users, string(scim.DocID(c.After)), nil)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for _, q := range []Query{
		{},
		{Filter: filter(t, `active eq true`)},
		{Sort: sortOf(t, users, "userName", "")},
		{Sort: sortOf(t, users, "userName", "descending"), Filter: filter(t, `active eq true`)},
		{Filter: filter(t, `active eq true`), NoTotal: true},
	} {
		q.Count = 11
		met := map[string]int{}
		for {
			p, err := s.Page(ctx, users, q, func(doc []byte) { met[string(scim.DocID(doc))]++ })
			if err != nil {
				t.Fatal(err)
			}
			if !p.Later {
				break
			}
			q.After = &p.Last
		}
		for id, n := range met {
			if n > 1 {
				t.Errorf("%+v: %s was met %d times", q, id, n)
			}
		}
		for id := range stay {
			if met[id] != 1 {
				t.Errorf("%+v: %s was met %d times", q, id, met[id])
			}
		}
	}
	close(stop)
	<-done
}

// Pages so deep or long that the heap does not hold them.
func TestSortDeep(t *testing.T) {
	s := open(t, withGroups)
	s.heapLen = 100
	const n = 1000
	crowd(t, s, n)
	var all []string
	_, err := s.List(ctx, person, Query{Count: n}, func(doc []byte) { all = append(all, string(doc)) })
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []string{"name.familyName", "externalId", "nickName"} {
		q := Query{Sort: sortOf(t, person, by, "")}
		want := sortedDocs(q.Sort, all)
		for _, window := range [][2]int{{1, n}, {1, 1 << 40}, {100, 5}, {101, 100}, {n - 50, 100}, {n, 1}, {n + 1, 5}, {1 << 40, 5}, {50, 100}} {
			q.Start, q.Count = window[0], window[1]
			from := min(q.Start-1, n)
			var docs []string
			p, err := s.Page(ctx, person, q, func(doc []byte) { docs = append(docs, string(doc)) })
			if to := min(from+q.Count, n); err != nil || p.Total != n || !slices.Equal(docs, want[from:to]) || p.Later != (to < n) {
				t.Errorf("by %s from %d, %d: %+v, %v", by, q.Start, q.Count, p, err)
			}
		}
	}
}

// Values that are alike for longer than a key counts stay in order of creation.
func TestSortOfLongValues(t *testing.T) {
	s := open(t)
	same := strings.Repeat("same", keyLen)
	a, b := create(t, s, user(t, same+"b")), create(t, s, user(t, same+"a"))
	c := create(t, s, user(t, "a"))
	docs, _ := list(t, s, Query{Sort: sortOf(t, users, "userName", ""), Count: 9})
	var ids []string
	for _, doc := range docs {
		ids = append(ids, string(scim.DocID([]byte(doc))))
	}
	if !slices.Equal(ids, []string{c, a, b}) {
		t.Errorf("have %v", ids)
	}
}

// GRP-21: all types at once, one after the other or merged.
func TestSearch(t *testing.T) {
	s := open(t, withGroups)
	var ids []string
	for i := range 40 {
		ids = append(ids, makeOf(t, s, person, draftOf(t, person, fmt.Sprintf(`{"schemas":[%q],"userName":"u%d","displayName":"Name %d"}`, scim.UserURN, i, i*7%40))))
		if i%2 == 0 {
			makeOf(t, s, group, team(t, fmt.Sprint("Name ", i*11%40), ids[i/2]))
		}
	}
	read := func(q Query, parts ...Part) (Page, []string) {
		var docs []string
		p, err := s.Search(ctx, parts, q, func(rt *scim.ResourceType, doc []byte) {
			if !bytes.Contains(doc, []byte(`"location":"`+rt.Endpoint+"/")) {
				t.Errorf("%s: %s", rt.Name, doc)
			}
			docs = append(docs, string(doc))
		})
		if err != nil || p.Count != len(docs) {
			t.Fatalf("%+v %v", p, err)
		}
		return p, docs
	}
	tests := map[string][]Part{
		"all":      {{Type: person}, {Type: group}},
		"reversed": {{Type: group}, {Type: person}},
		"one":      {{Type: group}},
		"filter":   {{Type: person, Filter: filterOf(t, person, `displayName co "1"`)}, {Type: group, Filter: filterOf(t, group, `displayName co "1"`)}},
		"half":     {{Type: person, Filter: filterOf(t, person, `userName eq "u7"`)}, {Type: group}},
		"other":    {{Type: person}, {Type: group, Filter: filterOf(t, group, `members pr`)}},
		"sort": {
			{Type: person, Sort: sortOf(t, person, "displayName", "")},
			{Type: group, Sort: sortOf(t, group, "displayName", ""), Filter: filterOf(t, group, `displayName co "2"`)},
		},
	}
	for name, parts := range tests {
		var want []string
		for _, p := range parts {
			want = append(want, pageOf(t, s, p.Type, Query{Filter: p.Filter, Sort: p.Sort, Count: 1000})...)
		}
		if parts[0].Sort != nil {
			slices.SortStableFunc(want, func(a, b string) int { return strings.Compare(sortText(t, a), sortText(t, b)) })
		}
		for start := range len(want) + 2 {
			for _, count := range []int{0, 1, 5, 100} {
				from := min(max(start-1, 0), len(want))
				to := min(from+count, len(want))
				p, docs := read(Query{Start: start, Count: count}, parts...)
				if p.Total != len(want) || !slices.Equal(docs, want[from:to]) || p.Later != (to < len(want)) || p.Earlier != (from > 0) {
					t.Errorf("%s from %d, %d: %+v, want %d to %d of %d", name, start, count, p, from, to, len(want))
				}
			}
		}
		var docs []string
		q := Query{Count: 3}
		for {
			p, page := read(q, parts...)
			docs = append(docs, page...)
			if len(docs) > 3 {
				if _, back := read(Query{Count: 3, Before: &p.First}, parts...); !slices.Equal(back, docs[len(docs)-len(page)-3:len(docs)-len(page)]) {
					t.Errorf("%s: back from %+v", name, p.First)
				}
			}
			if !p.Later {
				break
			}
			q.After = &p.Last
		}
		if !slices.Equal(docs, want) {
			t.Errorf("%s by cursor: %d of %d", name, len(docs), len(want))
		}
	}
}

// sortText is a doc's displayName and sequence.
func sortText(t testing.TB, doc string) string {
	v := body(t, doc)
	return v.Get("displayName").Text() + "\x00" + v.Get("id").Text()
}
