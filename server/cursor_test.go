package server

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
)

// page gets the page of a cursor, "" for the first one.
func (b *bench) page(query, cursor string) answer {
	b.t.Helper()
	return b.do("GET", "/Users?"+query+"&cursor="+cursor, "")
}

// walkAll follows nextCursor to the end and returns what it saw. between runs
// after each page.
func (b *bench) walkAll(query string, between func()) []string {
	b.t.Helper()
	var seen []string
	cursor := ""
	for range 1000 {
		a := b.page(query, cursor).want(b.t, 200)
		seen = append(seen, a.names(b.t, "userName")...)
		if cursor = a.get(b.t, "nextCursor"); cursor == "" {
			return seen
		}
		if between != nil {
			between()
		}
	}
	b.t.Fatal("a walk without an end")
	return nil
}

// The rows CUR of the matrix.
func TestCursors(t *testing.T) {
	var later atomic.Int64
	b := newBench(t, false, func(o *Options) {
		o.Now = func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(later.Load())) }
		o.Limits.PageSize = 20
	})
	for i := range 25 {
		b.create(fmt.Sprintf("user%02d@example.com", i*7%25))
	}
	first := b.page("count=10", "").want(t, 200)
	next := first.get(t, "nextCursor")
	second := b.page("count=10", next).want(t, 200)
	last := b.page("count=10", second.get(t, "nextCursor")).want(t, 200)

	t.Run("CUR-01 CUR-02 CUR-13 announced", func(t *testing.T) {
		p, _ := b.do("GET", "/ServiceProviderConfig", "").at(t, "pagination").(map[string]any)
		want := map[string]any{
			"cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": 20.0, "maxPageSize": 20.0, "cursorTimeout": 600.0,
		}
		for name, v := range want {
			if p[name] != v {
				t.Errorf("%s is %v, want %v", name, p[name], v)
			}
		}
		if a := b.do("GET", "/Users?count=5", ""); strings.Contains(a.body, "ursor") {
			t.Errorf("nobody asked for a cursor: %s", a.body)
		}
	})
	t.Run("CUR-03 an empty cursor", func(t *testing.T) {
		for _, q := range []string{"cursor&count=10", "cursor=&count=10", "count=10&cursor"} {
			if a := b.do("GET", "/Users?"+q, ""); a.status != 200 || a.body != first.body {
				t.Errorf("%s: %d %.300s", q, a.status, a.body)
			}
		}
	})
	t.Run("CUR-04 CUR-05 which pages have which cursors", func(t *testing.T) {
		for i, a := range []answer{first, second, last} {
			if got, want := a.get(t, "nextCursor") != "", i < 2; got != want {
				t.Errorf("page %d: nextCursor %v", i, got)
			}
			if got, want := a.get(t, "previousCursor") != "", i > 0; got != want {
				t.Errorf("page %d: previousCursor %v", i, got)
			}
		}
	})
	t.Run("CUR-06 unreserved characters", func(t *testing.T) {
		if !regexp.MustCompile(`^[A-Za-z0-9._~-]+$`).MatchString(next) {
			t.Error(next)
		}
	})
	t.Run("CUR-07 CUR-20 count", func(t *testing.T) {
		for q, n := range map[string]int{"count=3": 3, "count=0": 0, "count=-1": 0, "count=1000": 20, "": 20} {
			a := b.page(q, "")
			if got := a.names(t, "id"); len(got) != n || a.at(t, "totalResults") != 25.0 || n == 0 && strings.Contains(a.body, "ursor") {
				t.Errorf("%s: %d resources: %.300s", q, len(got), a.body)
			}
		}
	})
	t.Run("CUR-08 CUR-19 bad and altered cursors", func(t *testing.T) {
		bad := []string{"zzz", "=", "AA", "%00", strings.Repeat("A", 5000), next + "A", next[1:], next + "%3D"}
		for i := range next {
			c := byte('A')
			if next[i] == 'A' {
				c = 'B'
			}
			bad = append(bad, next[:i]+string(c)+next[i+1:])
		}
		for _, c := range bad {
			b.page("count=10", c).refused(t, 400, scim.InvalidCursor)
		}
	})
	t.Run("CUR-09 an old cursor", func(t *testing.T) {
		defer later.Store(0)
		later.Store(int64(10 * time.Minute))
		b.page("count=10", next).want(t, 200)
		later.Store(int64(10*time.Minute + time.Second))
		b.page("count=10", next).refused(t, 400, scim.ExpiredCursor)
	})
	t.Run("CUR-10 another count", func(t *testing.T) {
		b.page("count=9", next).refused(t, 400, scim.InvalidCount)
		b.page("", next).refused(t, 400, scim.InvalidCount)
	})
	t.Run("CUR-11 in a search", func(t *testing.T) {
		search := func(cursor string) answer {
			return b.do("POST", "/Users/.search", fmt.Sprintf(`{"schemas":[%q],"count":10,"cursor":%q}`, scim.SearchURN, cursor)).want(t, 200)
		}
		if a := search(""); a.body != first.body {
			t.Errorf("%s", a.body)
		}
		if a := search(next); a.body != second.body {
			t.Errorf("%s", a.body)
		}
	})
	index := b.do("GET", "/Users?count=20", "").names(t, "userName")
	index = append(index, b.do("GET", "/Users?count=20&startIndex=21", "").names(t, "userName")...)
	t.Run("CUR-12 the walk is the index walk", func(t *testing.T) {
		for count := 1; count <= 20; count += 6 {
			if got := b.walkAll(fmt.Sprintf("count=%d", count), nil); !slices.Equal(got, index) {
				t.Errorf("count %d: %q", count, got)
			}
		}
		sorted := slices.Sorted(slices.Values(index))
		if got := b.walkAll("count=4&sortBy=userName", nil); !slices.Equal(got, sorted) {
			t.Errorf("sorted: %q", got)
		}
		slices.Reverse(sorted)
		if got := b.walkAll("count=7&sortBy=userName&sortOrder=descending&attributes=userName", nil); !slices.Equal(got, sorted) {
			t.Errorf("descending: %q", got)
		}
		if got := b.walkAll("count=3&filter="+url.QueryEscape(`userName sw "user1"`), nil); len(got) != 10 {
			t.Errorf("filtered: %q", got)
		}
	})
	t.Run("CUR-14 another query", func(t *testing.T) {
		token := b.page("count=2&filter="+url.QueryEscape(`userName sw "user" and active eq true`)+"&sortBy=userName", "").get(t, "nextCursor")
		same := url.QueryEscape(`USERNAME  SW "user" and (active eq true)`)
		b.page("count=2&filter="+same+"&sortBy=USERNAME&attributes=id", token).want(t, 200)
		for _, q := range []string{
			"count=2", "count=2&filter=" + same, "count=2&sortBy=userName", "count=2&filter=" + same + "&sortBy=userName&sortOrder=descending",
			"count=2&sortBy=userName&filter=" + url.QueryEscape(`userName sw "user1" and active eq true`),
		} {
			b.page(q, token).refused(t, 400, scim.InvalidCursor)
		}
		b.do("GET", "/?count=10&cursor="+next, "").refused(t, 400, scim.InvalidCursor)
	})
	t.Run("CUR-15 totals", func(t *testing.T) {
		for i, a := range []answer{first, second, last} {
			if a.at(t, "totalResults") != 25.0 || a.at(t, "itemsPerPage") != float64(len(a.names(t, "id"))) || strings.Contains(a.body, "startIndex") {
				t.Errorf("page %d: %.200s", i, a.body)
			}
		}
	})
	t.Run("CUR-16 CUR-17 startIndex and cursor", func(t *testing.T) {
		b.page("startIndex=1", "").refused(t, 400, scim.InvalidValue)
		b.do("POST", "/Users/.search", `{"schemas":["`+scim.SearchURN+`"],"startIndex":1,"cursor":""}`).refused(t, 400, scim.InvalidValue)
	})
	t.Run("CUR-18 back", func(t *testing.T) {
		back := b.page("count=10", last.get(t, "previousCursor")).want(t, 200)
		if !slices.Equal(back.names(t, "id"), second.names(t, "id")) {
			t.Errorf("%q", back.names(t, "userName"))
		}
		back = b.page("count=10", back.get(t, "previousCursor")).want(t, 200)
		if !slices.Equal(back.names(t, "id"), first.names(t, "id")) || back.get(t, "previousCursor") != "" {
			t.Errorf("%q %s", back.names(t, "userName"), back.get(t, "previousCursor"))
		}
		if a := b.page("count=10", back.get(t, "nextCursor")); !slices.Equal(a.names(t, "id"), second.names(t, "id")) {
			t.Errorf("%q", a.names(t, "userName"))
		}
	})
	t.Run("CUR-08 a cursor of another server", func(t *testing.T) {
		newBench(t, false, nil).page("count=10", next).refused(t, 400, scim.InvalidCursor)
	})
}

// What stays while others come and go is seen once in a walk (CUR-12).
func TestCursorWalkAmongWrites(t *testing.T) {
	b := newBench(t, false, nil)
	var stay []string
	passing := map[string]string{}
	for i := range 40 {
		name := fmt.Sprintf("stay%02d@example.com", i)
		b.create(name)
		stay = append(stay, name)
		gone := fmt.Sprintf("gone%02d@example.com", i)
		passing[gone] = b.create(gone)
	}
	n := 0
	churn := func() {
		for name, id := range passing {
			b.do("DELETE", "/Users/"+id, "").want(t, 204)
			delete(passing, name)
			break
		}
		n++
		b.create(fmt.Sprintf("new%02d@example.com", n))
	}
	for _, q := range []string{"count=7", "count=5&sortBy=userName", "count=6&sortBy=name.familyName&sortOrder=descending"} {
		var seen []string
		for _, name := range b.walkAll(q, churn) {
			if strings.HasPrefix(name, "stay") {
				seen = append(seen, name)
			}
		}
		slices.Sort(seen)
		if !slices.Equal(seen, stay) {
			t.Errorf("%s: %q", q, seen)
		}
	}
}

// Whatever bytes a cursor is of, it is refused unless it was given.
func FuzzCursor(f *testing.F) {
	b := newBench(f, false, nil)
	seal := func(at store.Position) string {
		s, err := b.srv.seal("scope", cursor{issued: time.Now(), count: 10, at: at})
		if err != nil {
			f.Fatal(err)
		}
		return s
	}
	good := map[string]bool{}
	for range 8 {
		key := make([]byte, rand.IntN(255))
		token := seal(store.Position{Key: key, Seq: rand.Uint64()})
		good[token] = true
		f.Add(token)
	}
	f.Add("")
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, token string) {
		_, err := b.srv.unseal("scope", token, 10)
		if (err == nil) != good[token] {
			t.Errorf("%q: %v", token, err)
		}
	})
}
