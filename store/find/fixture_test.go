package find

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// The fixture is 200 requests with the numbers 1001 to 1200, one every 30 s: ten
// people to whom the same 20 things happen. One with an even number came with
// the key okta-dev, one with an odd number with ci.
var people = []string{"ada", "bob", "eve", "kim", "zoe", "max", "ida", "leo", "mia", "tom"}

const first = 1001

var (
	noon = time.Date(2025, 1, 2, 12, 20, 0, 0, time.UTC)
	now  = noon.Add(200 * 30 * time.Second) // 14:00
)

func fixtureEnv() Env {
	return Env{
		Now:  now,
		Keys: []store.Key{{ID: 1, Name: "okta-dev", Prefix: "scimdeck_7Fq2"}, {ID: 2, Name: "ci-new", Prefix: "scimdeck_m3ZZ"}},
		New:  func(n uint64) bool { return n > 1190 },
	}
}

// at gives the numbers of the k-th things of all people.
func at(ks ...int) []uint64 {
	var all []uint64
	for p := range people {
		for _, k := range ks {
			all = append(all, uint64(first+20*p+k))
		}
	}
	return all
}

// of gives the numbers of one person's things.
func of(name string, ks ...int) []uint64 {
	var all []uint64
	for p := range people {
		if people[p] != name {
			continue
		}
		for _, k := range ks {
			all = append(all, uint64(first+20*p+k))
		}
	}
	return all
}

func span(from, to uint64) []uint64 {
	var all []uint64
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}

// things is what happens to a person.
func things(p int) []wire.Exchange {
	name, id := people[p]+"@example.com", fmt.Sprintf("2f8%d-a7c0", p)
	user := []byte(`{"userName":"` + name + `","title":"Staff engineer","externalId":"00u` + people[p] + `"}`)
	taken := []byte(`{"scimType":"uniqueness","detail":"userName is taken"}`)
	const ms = time.Millisecond
	all := []wire.Exchange{
		{Method: "GET", Path: "/Users", Target: "/Users?startIndex=1&count=2", Status: 200, Took: 3 * ms, Op: "probe", Sentence: "test connection: list users 1-2 → 2 of 214"},
		{Method: "GET", Path: "/Users", Target: `/Users?filter=userName+eq+%22` + name + `%22`, Status: 200, Took: 4 * ms, Op: "find", Name: name, Sentence: "find user userName=" + name + " → 0"},
		{Method: "POST", Path: "/Users", Target: "/Users", Status: 201, Took: 11 * ms, Op: "create", ID: id, Name: name, Sentence: "create " + name, RequestBody: user, ResponseBody: user},
		{Method: "GET", Path: "/Users/" + id, Target: "/Users/" + id, Status: 200, Took: 2 * ms, Op: "read", ID: id, Name: name, Sentence: "read " + name, ResponseBody: user},
		{Method: "PUT", Path: "/Users/" + id, Target: "/Users/" + id, Status: 200, Took: 9 * ms, Op: "replace", ID: id, Name: name, Sentence: "replace " + name + "  1 field", Changed: []string{"title"}, RequestBody: user, ResponseBody: user},
		{Method: "PUT", Path: "/Users/" + id, Target: "/Users/" + id, Status: 200, Took: 9 * ms, Op: "replace", ID: id, Name: name, Sentence: "replace " + name + " (no change)", RequestBody: user, ResponseBody: user},
		{Method: "PATCH", Path: "/Users/" + id, Target: "/Users/" + id, Status: 204, Took: 8 * ms, Op: "deactivate", ID: id, Name: name, Sentence: "deactivate " + name, Changed: []string{"active"}, RequestBody: []byte(`{"active":false}`)},
		{Method: "PATCH", Path: "/Users/" + id, Target: "/Users/" + id, Status: 200, Took: 8 * ms, Op: "activate", ID: id, Name: name, Sentence: "activate " + name, Changed: []string{"active"}, RequestBody: []byte(`{"active":true}`), ResponseBody: user},
		{Method: "POST", Path: "/Users", Target: "/Users", Status: 409, Took: 7 * ms, Op: "create", Name: name, Sentence: "create " + name + ": uniqueness", RequestBody: user, ResponseBody: taken},
		{Method: "GET", Path: "/Users", Target: "/Users", Status: 401, Took: ms, Op: "auth", Refused: `header has no "Bearer "`, Sentence: `no valid key: header has no "Bearer "`},
		{Method: "GET", Path: "/Groups", Target: "/Groups?startIndex=1&count=100", Status: 200, Took: 2 * ms, Op: "list", Sentence: "list groups 1-100 → 0"},
		{Method: "GET", Path: "/Users", Target: "/Users?startIndex=101&count=100", Status: 200, Took: 6 * ms, Op: "list", Sentence: "list users 101-200 → 100 of 214", ResponseSize: 2_000_000},
		{Method: "GET", Path: "/Users/b0b1", Target: "/Users/b0b1", Status: 404, Took: ms, Op: "read", ID: "b0b1", Sentence: "read b0b1: not found"},
		{Method: "PATCH", Path: "/Users/" + id, Target: "/Users/" + id, Status: 500, Took: 1200 * ms, Op: "patch", ID: id, Name: name, Sentence: "patch " + name + ": internal error", RequestBody: []byte(`{"title":"Boss"}`)},
		{Method: "DELETE", Path: "/Users/" + id, Target: "/Users/" + id, Status: 204, Took: 5 * ms, Op: "delete", ID: id, Name: name, Sentence: "delete " + name},
		{Method: "POST", Path: "/Users", Target: "/Users", Status: 201, Took: 2 * ms, Op: "create", ID: "77e1", Name: "own@example.com", Sentence: "create own@example.com", Source: "tui", RequestBody: user},
		{Method: "GET", Path: "/ServiceProviderConfig", Target: "/ServiceProviderConfig", Status: 200, Took: ms, Op: "discover", Sentence: "read the service provider config"},
		{Method: "GET", Path: "/Schemas", Target: "/Schemas", Status: 304, Took: ms, Op: "discover", Sentence: "read the schemas"},
		{Method: "PUT", Path: "/Users/" + id, Target: "/Users/" + id, Status: 412, Took: 2 * ms, Op: "replace", ID: id, Name: name, Sentence: "replace " + name + ": the version is another", RequestBody: user},
		{Method: "POST", Path: "/Bulk", Target: "/Bulk", Took: 600 * ms, Op: "bulk", Sentence: "bulk: no answer", RequestBody: []byte("{}")},
	}
	for k := range all {
		finish(&all[k], p, k)
	}
	return all
}

// finish fills in what requests have in common.
func finish(ex *wire.Exchange, p, k int) {
	ex.Seq = uint64(first + 20*p + k)
	ex.Start = noon.Add(time.Duration(20*p+k) * 30 * time.Second)
	ex.Host, ex.Remote, ex.Base = "abc.example.net", "127.0.0.1:50000", "https://abc.example.net/scim/v2"
	ex.Target = "/scim/v2" + ex.Target
	ex.RequestHeader = []wire.Field{{Name: "Authorization", Value: "Bearer scimdeck_7Fq2… (the rest is never stored)"}, {Name: "User-Agent", Value: "Okta SCIM Client 1.0.0"}}
	ex.ResponseHeader = []wire.Field{{Name: "Content-Type", Value: "application/scim+json"}}
	ex.KeyID, ex.KeyName = 1, "okta-dev"
	if ex.Seq%2 == 1 {
		ex.KeyID, ex.KeyName, ex.Remote, ex.Host = 2, "ci", "10.0.0.7:50000", "localhost:7644"
	}
	if ex.Refused != "" || ex.Source != "" {
		ex.KeyID, ex.KeyName = 0, ""
	}
	if ex.Source != "" {
		ex.RequestHeader = nil
	}
	switch k {
	case 2:
		if p == 0 {
			ex.Notes = []string{"an attribute was dropped"}
		}
	case 16:
		ex.RequestHeader[1].Value = "curl/8.5.0"
		ex.Source = []string{"", "replay", "check", "proxy", "", "", "", "", "", ""}[p]
	case 17:
		ex.RequestHeader = append(ex.RequestHeader, wire.Field{Name: "If-None-Match", Value: `W/"7"`})
	case 18:
		ex.RequestHeader = append(ex.RequestHeader, wire.Field{Name: "If-Match", Value: `W/"7"`})
	}
	switch k { // an assignment of three requests, of which the second was expected to fail
	case 1, 2, 8:
		ex.Part = wire.Part{Story: "okta.assign", Role: "x", First: uint64(first + 20*p + 1), Step: k, Of: 3, Expected: k == 8}
	case 4:
		ex.Findings = []wire.Finding{{Rule: "SCIM-152", Level: wire.LevelWarning}, {Rule: "SCIM-017", Level: wire.LevelNote}}
	case 5:
		ex.Findings = []wire.Finding{{Rule: "SCIM-015", Level: wire.LevelError}}
	case 3:
		ex.Findings = []wire.Finding{{Rule: "OKTA-1", Level: wire.LevelNote}}
	}
	ex.RequestSize, ex.ResponseSize = int64(len(ex.RequestBody)), max(ex.ResponseSize, int64(len(ex.ResponseBody)))
}

// fixture is the 200 requests in a store, and their rows.
func fixture(t testing.TB) (*store.Store, []*store.Row) {
	t.Helper()
	st, err := store.Open(store.Options{Catalog: scim.NewCatalog(false)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	for range first - 1 { // so that the numbers are those
		st.Log(&wire.Exchange{Start: noon})
	}
	for p := range people {
		for _, ex := range things(p) {
			st.Log(&ex)
		}
	}
	st.FlushLog()
	if err := errors.Join(st.SetMark(1034, true), st.SetNote(1034, "Why twice?"), st.SetNote(1040, "ask Bob on Wednesday")); err != nil {
		t.Fatal(err)
	}
	rows := st.Rows(nil, first-1, 0)
	if len(rows) != 200 || rows[0].Seq != first {
		t.Fatalf("%d rows from %d", len(rows), rows[0].Seq)
	}
	return st, rows
}
