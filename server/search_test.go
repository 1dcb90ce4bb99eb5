package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
)

// searchBody makes a SearchRequest.
func searchBody(t testing.TB, members map[string]any) string {
	t.Helper()
	m := map[string]any{"schemas": []string{scim.SearchURN}}
	for name, v := range members {
		m[name] = v
	}
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// The rows SRCH and SRT of the matrix.
func TestSearch(t *testing.T) {
	b := newBench(t, true, nil)
	for _, name := range []string{"bob", "Ada", "carol"} {
		b.do("POST", "/Users", user(name+"@example.com", fmt.Sprintf(`,"displayName":%q`, strings.ToUpper(name)))).want(t, 201)
	}
	for _, name := range []string{"Devs", "Ada's friends"} {
		b.do("POST", "/Groups", fmt.Sprintf(`{"schemas":[%q],"displayName":%q}`, scim.GroupURN, name)).want(t, 201)
	}
	search := func(path string, members map[string]any) answer {
		return b.do("POST", path, searchBody(t, members))
	}
	type m = map[string]any
	t.Run("SRCH-01 without any parameter", func(t *testing.T) {
		a := search("/Users/.search", nil).want(t, 200)
		if n := a.names(t, "userName"); len(n) != 3 || a.at(t, "schemas").([]any)[0] != scim.ListURN {
			t.Error(a.body)
		}
		if ex := b.logged(); ex.Sentence != "list users → 3 of 3" {
			t.Error(ex.Sentence)
		}
	})
	t.Run("SRCH-02 means what GET means", func(t *testing.T) {
		for query, body := range map[string]m{
			"filter=" + url.QueryEscape(`userName sw "a"`):   {"filter": `userName sw "a"`},
			"sortBy=userName&sortOrder=descending":           {"sortBy": "userName", "sortOrder": "descending"},
			"startIndex=2&count=1":                           {"startIndex": 2, "count": 1},
			"count=0":                                        {"count": 0},
			"count=-7&startIndex=-7":                         {"count": -7, "startIndex": -7},
			"count=99999999999999999999":                     {"count": json.Number("99999999999999999999")},
			"attributes=userName,name.familyName":            {"attributes": []string{"userName", "name.familyName"}},
			"excludedAttributes=emails&sortBy=name.nickname": {"excludedAttributes": []string{"emails"}, "sortBy": "name.nickname"},
		} {
			get, post := b.do("GET", "/Users?"+query, ""), search("/Users/.search", body)
			if get.status != post.status || get.body != post.body {
				t.Errorf("%s\nGET  %d %s\nPOST %d %s", query, get.status, get.body, post.status, post.body)
			}
		}
	})
	t.Run("SRCH-03 the URN", func(t *testing.T) {
		b.do("POST", "/Users/.search", `{"count":1}`).refused(t, 400, scim.InvalidSyntax)
		b.do("POST", "/Users/.search", `{"schemas":["`+scim.PatchURN+`"]}`).refused(t, 400, scim.InvalidSyntax)
	})
	t.Run("SRCH-04 refusals", func(t *testing.T) {
		search("/Users/.search", m{"filter": "x xx"}).refused(t, 400, scim.InvalidFilter)
		search("/.search", m{"filter": "x xx"}).refused(t, 400, scim.InvalidFilter)
		search("/Users/.search", m{"count": "many"}).refused(t, 400, scim.InvalidValue)
		for _, body := range []string{"", "{", "[]"} {
			b.do("POST", "/Users/.search", body).refused(t, 400, scim.InvalidSyntax)
		}
		if a := search("/Users/.search", m{"attributes": "userName"}); a.status >= 500 {
			t.Error(a.body)
		}
	})
	t.Run("SRCH-05 GRP-21 the root asks all types", func(t *testing.T) {
		kinds := map[any]int{}
		a := search("/.search", nil).want(t, 200)
		for i := range a.json(t)["Resources"].([]any) {
			r := a.json(t)["Resources"].([]any)[i].(m)
			kinds[r["meta"].(m)["resourceType"]]++
		}
		if kinds["User"] != 3 || kinds["Group"] != 2 || len(kinds) != 2 || a.at(t, "totalResults") != 5.0 {
			t.Errorf("SRCH-10: %v %s", kinds, a.body)
		}
		if ex := b.logged(); ex.Sentence != "list resources → 5 of 5" {
			t.Error(ex.Sentence)
		}
	})
	t.Run("SRCH-06 GET on the base URL", func(t *testing.T) {
		a := b.do("GET", "?filter="+url.QueryEscape(`displayName sw "ada"`), "")
		if n := a.names(t, "displayName"); !slices.Equal(n, []string{"ADA", "Ada's friends"}) {
			t.Errorf("%q", n)
		}
		b.do("GET", "/?startIndex=5&count=3", "").want(t, 200)
	})
	t.Run("SRCH-07 attributes that a type does not have", func(t *testing.T) {
		if n := search("/.search", m{"filter": `userName pr`}).names(t, "userName"); len(n) != 3 {
			t.Errorf("%q", n)
		}
		if n := search("/.search", m{"filter": `not (userName pr)`}).names(t, "displayName"); len(n) != 2 {
			t.Errorf("%q", n)
		}
		a := search("/.search", m{"filter": `userName pr or nosuch pr`})
		if a.refused(t, 400, scim.InvalidFilter); !strings.Contains(a.get(t, "detail"), `filter, column 16: `) {
			t.Errorf("%s", a.body)
		}
	})
	t.Run("SRCH-09 a filter too long for a URL", func(t *testing.T) {
		long := strings.Repeat(`userName eq "nobody" or `, 1000) + `userName eq "ada@example.com"`
		b.filtered(long, "").refused(t, 400, scim.InvalidFilter)
		if n := search("/Users/.search", m{"filter": long}).names(t, "userName"); len(n) != 1 {
			t.Errorf("%q", n)
		}
		search("/Users/.search", m{"filter": strings.Repeat(long, 10)}).refused(t, 400, scim.InvalidFilter)
	})
	t.Run("SRCH-10 the root has no discovery resources", func(t *testing.T) {
		if a := search("/.search", m{"filter": `meta.resourceType eq "Schema"`}); len(a.names(t, "id")) != 0 {
			t.Error(a.body)
		}
	})
	t.Run("SRCH-02 root: sorting, paging, choosing, cursors", func(t *testing.T) {
		a := search("/.search", m{"sortBy": "displayName", "attributes": []string{"displayName"}})
		want := []string{"ADA", "Ada's friends", "BOB", "CAROL", "Devs"}
		if got := a.names(t, "displayName"); !slices.Equal(got, want) || strings.Contains(a.body, "resourceType") {
			t.Errorf("%q %s", got, a.body)
		}
		if got := search("/.search", m{"sortBy": "displayName", "startIndex": 2, "count": 2}).names(t, "displayName"); !slices.Equal(got, want[1:3]) {
			t.Errorf("%q", got)
		}
		for _, by := range []string{"displayName", ""} {
			var seen []string
			for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
				a := search("/.search", m{"sortBy": by, "count": 2, "cursor": cursor}).want(t, 200)
				seen = append(seen, a.names(t, "displayName")...)
				cursor = a.get(t, "nextCursor")
			}
			if by == "" {
				slices.SortFunc(seen, func(a, b string) int { return strings.Compare(scim.Fold(a), scim.Fold(b)) })
			}
			if !slices.Equal(seen, want) {
				t.Errorf("by %q: %q", by, seen)
			}
		}
	})
	t.Run("SRCH-11 nothing is too many", func(t *testing.T) {
		search("/.search", m{"count": 1 << 30}).want(t, 200)
	})
	t.Run("SRT-01 sorting is announced and there", func(t *testing.T) {
		if b.do("GET", "/ServiceProviderConfig", "").at(t, "sort.supported") != true {
			t.Error("not announced")
		}
		if n := b.do("GET", "/Users?sortBy=userName", "").names(t, "userName"); !slices.Equal(n, []string{"Ada@example.com", "bob@example.com", "carol@example.com"}) {
			t.Errorf("SRT-02 SRT-04: %q", n)
		}
	})
	t.Run("SRT-10 a bad order", func(t *testing.T) {
		b.do("GET", "/Users?sortBy=userName&sortOrder=up", "").refused(t, 400, scim.InvalidValue)
		b.do("GET", "/Users?sortBy=nosuch", "").refused(t, 400, scim.InvalidPath)
	})
	t.Run("ME-01 ME-02 ME-03 /Me", func(t *testing.T) {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if a := b.do(method, "/Me", "{}").refused(t, 501, ""); !strings.Contains(a.get(t, "detail"), "a key belongs to no user") {
				t.Error(a.body)
			}
		}
	})
	search("/Users/.search?count=1", nil).want(t, 200)
	if n := b.logged().Notes; len(n) != 1 || n[0] != "the parameter count has no effect on POST here" {
		t.Errorf("%q", n)
	}
}

func TestListRows(t *testing.T) {
	b := newBench(t, false, nil)
	b.create("ada@example.com")
	b.create("bob@example.com")
	a := b.do("GET", "/Users?count=1", "").want(t, 200)
	t.Run("PAG-01 a ListResponse", func(t *testing.T) {
		if a.at(t, "schemas").([]any)[0] != scim.ListURN || a.at(t, "totalResults") != 2.0 || len(a.names(t, "id")) != 1 {
			t.Error(a.body)
		}
	})
	t.Run("PAG-03 PAG-06 no more than asked for", func(t *testing.T) {
		if a.at(t, "itemsPerPage") != 1.0 || len(a.names(t, "id")) != 1 {
			t.Error(a.body)
		}
	})
}
