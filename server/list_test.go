package server

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"scimdeck/scim"
)

func TestPaging(t *testing.T) {
	b := newBench(t, false, func(o *Options) { o.Limits.PageSize = 50 })
	for i := range 120 {
		b.create(fmt.Sprintf("user%03d@example.com", i))
	}
	tests := []struct {
		name, query        string
		total, start, page float64
		first              string
	}{
		{"PAG-14 no parameters", "", 120, 1, 50, "user000"},
		{"PAG-02", "?startIndex=1&count=2", 120, 1, 2, "user000"},
		{"PAG-04", "?startIndex=2&count=1", 120, 2, 1, "user001"},
		{"PAG-05 zero", "?startIndex=0&count=1", 120, 1, 1, "user000"},
		{"PAG-05 negative", "?startIndex=-5&count=1", 120, 1, 1, "user000"},
		{"PAG-07", "?count=0", 120, 1, 0, ""},
		{"PAG-08", "?count=-1", 120, 1, 0, ""},
		{"PAG-09", "?startIndex=121", 120, 121, 0, ""},
		{"last page", "?startIndex=101&count=100", 120, 101, 20, "user100"},
		{"PAG-12", "?count=1050", 120, 1, 50, "user000"},
		{"PAG-15 count", "?count=99999999999999999999", 120, 1, 50, "user000"},
		{"PAG-15 startIndex", "?startIndex=99999999999999999999", 120, 2147483647, 0, ""},
		{"PAG-15 negative", "?startIndex=-99999999999999999999&count=1", 120, 1, 1, "user000"},
		{"PAG-13", "?filter=userName+sw+%22user01%22&count=1", 10, 1, 1, "user010"},
		{"PAG-17", "?nosuch=1&count=1", 120, 1, 1, "user000"},
		{"same twice", "?count=1&count=1", 120, 1, 1, "user000"},
		{"OneLogin's &", "?filter=userName+eq+%22user007@example.com%22&", 1, 1, 1, "user007"},
		{"caseless lookup", "?filter=userName+eq+%22USER007@example.com%22", 1, 1, 1, "user007"},
		{"encoded name", "?%63ount=1", 120, 1, 1, "user000"},
		{"SRT-08", "?sortBy=userName&sortOrder=descending&startIndex=2&count=1", 120, 2, 1, "user118"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := b.do("GET", "/Users"+tt.query, "")
			if a.status != 200 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			m := a.json(t)
			resources, ok := m["Resources"].([]any)
			if !ok || m["totalResults"] != tt.total || m["startIndex"] != tt.start || m["itemsPerPage"] != tt.page || float64(len(resources)) != tt.page {
				t.Errorf("total %v, start %v, itemsPerPage %v, %d resources", m["totalResults"], m["startIndex"], m["itemsPerPage"], len(resources))
			}
			if tt.first != "" && !strings.Contains(a.body[:min(600, len(a.body))], tt.first) {
				t.Errorf("begins with %.600s", a.body)
			}
			if a.header.Get("Content-Type") != "application/scim+json" {
				t.Errorf("MED-01: %s", a.header.Get("Content-Type"))
			}
		})
	}
	var walked []string
	for start := 1; start <= 120; start += 50 {
		for _, r := range b.do("GET", fmt.Sprintf("/Users?startIndex=%d&count=50", start), "").json(t)["Resources"].([]any) {
			walked = append(walked, r.(map[string]any)["userName"].(string))
		}
	}
	for i, name := range walked {
		if len(walked) != 120 || name != fmt.Sprintf("user%03d@example.com", i) {
			t.Fatalf("PAG-11, PAG-16: %d users, number %d is %s", len(walked), i, name)
		}
	}
}

func TestRefusedQueries(t *testing.T) {
	b := newBench(t, false, nil)
	b.create("ada@example.com")
	clauses := strings.Repeat(`title eq "x" or `, 10_000) + "title pr"
	tests := []struct{ name, query, scimType, detail string }{
		{"PAG-10 count", "count=abc", scim.InvalidValue, `count must be an integer, not "abc"`},
		{"PAG-10 startIndex", "startIndex=1.5", scim.InvalidValue, `startIndex must be an integer, not "1.5"`},
		{"PAG-10 empty", "count=", scim.InvalidValue, `count must be an integer, not ""`},
		{"PAG-10 signs", "count=--1", scim.InvalidValue, ""},
		{"twice", "count=1&count=2", scim.InvalidValue, "the parameter count is there twice"},
		{"bad encoding", "filter=userName%zz", scim.InvalidValue, "percent-encoded"},
		{"syntax", "filter=" + url.QueryEscape("userName xx \"a\""), scim.InvalidFilter, "filter, column 10: "},
		{"column in characters", "filter=" + url.QueryEscape(`title eq "é" xx`), scim.InvalidFilter, "filter, column 14: "},
		{"unknown attribute", "filter=" + url.QueryEscape(`nosuch eq "a"`), scim.InvalidFilter, `filter, column 1: User has no attribute "nosuch"`},
		{"column of an attribute", "filter=" + url.QueryEscape(`title eq "é" and (active pr or usreName eq "a")`), scim.InvalidFilter, `filter, column 32: User has no attribute "usreName"; did you mean userName?`},
		{"column in a value path", "filter=" + url.QueryEscape(`emails[type eq "work"].kind eq "a"`), scim.InvalidFilter, `filter, column 24: emails has no sub-attribute "kind"`},
		{"column of a type", "filter=" + url.QueryEscape(`title pr and active eq "true"`), scim.InvalidFilter, `filter, column 14: active is compared with true or false`},
		{"ROB-09", "filter=" + url.QueryEscape(`title eq "`+strings.Repeat("x", 20_000)+`"`), scim.InvalidFilter, "at most 8192"},
		{"ROB-10 clauses", "filter=" + url.QueryEscape(clauses[:8000]), scim.InvalidFilter, ""},
		{"ROB-10 brackets", "filter=" + url.QueryEscape(strings.Repeat("(", 4000)+"title pr"+strings.Repeat(")", 4000)), scim.InvalidFilter, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := b.do("GET", "/Users?"+tt.query, "")
			checkError(t, a)
			if a.status != 400 || a.get(t, "scimType") != tt.scimType || !strings.Contains(a.get(t, "detail"), tt.detail) {
				t.Errorf("%d %s", a.status, a.body)
			}
			if strings.Contains(a.get(t, "detail"), "\n") {
				t.Errorf("the detail has several lines: %q", a.get(t, "detail"))
			}
		})
	}
}

// A long filter that is within the limits is answered.
func TestManyClauses(t *testing.T) {
	b := newBench(t, false, func(o *Options) { o.Limits.FilterBytes, o.Limits.HeaderBytes = 1<<20, 1<<20 })
	b.create("ada@example.com")
	filter := strings.Repeat(`title eq "x" or `, 10_000) + `userName sw "ada"`
	status, body, err := b.srv.Do(t.Context(), "test", "GET", "/Users?filter="+url.QueryEscape(filter), nil)
	if err != nil || status != 200 && status != 400 {
		t.Errorf("ROB-10: %d %.300s %v", status, body, err)
	}
}

func TestNotesOnParameters(t *testing.T) {
	b := newBench(t, false, nil)
	for query, want := range map[string]string{
		"?startindex=2":       `the parameter "startindex" was ignored; did you mean "startIndex"?`,
		"?nosuch=1":           `the parameter "nosuch" is not known and was ignored`,
		"?count=1&filter=":    "",
		"?startIndex=1&":      "the query has & with nothing behind it [query-trailing]",
		"?":                   "the query has ? with nothing behind it [query-trailing]",
		"/?count=1":           "the path has slashes too many [path-slashes]",
		"?startIndex=1&a%20b": `the parameter "a%20b" is not known and was ignored`,
	} {
		b.do("GET", "/Users"+query, "")
		if got := strings.Join(b.logged().Notes, "|"); got != want {
			t.Errorf("%s: noted %q, want %q", query, got, want)
		}
	}
}
