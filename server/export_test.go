package server

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// exported is every resource of a server as its lists give them, in the order of creation.
func exported(t *testing.T, b *bench) (all []string) {
	t.Helper()
	for _, endpoint := range []string{"/Users", "/Groups"} {
		for start, total := 1, 1; start <= total; {
			var list struct {
				TotalResults int
				Resources    []json.RawMessage
			}
			a := b.do("GET", fmt.Sprintf("%s?startIndex=%d&count=7", endpoint, start), "")
			if err := json.Unmarshal([]byte(a.body), &list); err != nil || a.status != 200 {
				t.Fatalf("%d %v: %s", a.status, err, a.body)
			}
			for _, r := range list.Resources {
				all = append(all, strings.ReplaceAll(string(r), b.base, "BASE"))
			}
			start, total = start+len(list.Resources), list.TotalResults
			if len(list.Resources) == 0 {
				break
			}
		}
	}
	id := func(r string) string { return r[strings.Index(r, `"id":"`):] }
	slices.SortFunc(all, func(x, y string) int { return strings.Compare(id(x), id(y)) })
	return all
}

// disturb makes a state that nobody designed: random users and groups, changed and deleted.
func disturb(t *testing.T, b *bench, rnd *rand.Rand) {
	t.Helper()
	var users, groups []string
	pick := func(ids []string) string { return ids[rnd.IntN(len(ids))] }
	texts := []string{"Ada", "O'Brien \"x\"", "日本", "a\\b/c", "Zoë\n", "🙂", "<&>"}
	text := func() string { s, _ := json.Marshal(texts[rnd.IntN(len(texts))]); return string(s) }
	const user = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"u%d@example.com","displayName":%s,` +
		`"active":%v,"emails":[{"value":"u%d@example.com","primary":true},{"value":"%d@home","type":"home"}],` +
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":%s,"manager":{"value":"m%d"}}}`
	for i := range 60 {
		switch k := rnd.IntN(10); {
		case k < 4 || len(users) < 3:
			a := b.do("POST", "/Users", fmt.Sprintf(user, i, text(), k > 0, i, i, text(), i))
			users = append(users, a.get(t, "id"))
		case k == 4:
			b.do("PUT", "/Users/"+pick(users), fmt.Sprintf(user, i, text(), false, i, i, text(), k))
		case k == 5:
			b.do("PATCH", "/Users/"+pick(users), patchBody(`{"op":"replace","value":{"active":false,"title":`+text()+`}}`))
		case k == 6:
			at := rnd.IntN(len(users))
			b.do("DELETE", "/Users/"+users[at], "")
			users = append(users[:at], users[at+1:]...)
		case k == 7 && len(groups) > 0:
			// Ids begin with the place in the order of creation: see TestExportImport.
			if g, u := pick(groups), pick(users); u < g {
				b.do("PATCH", "/Groups/"+g, patchBody(`{"op":"add","path":"members","value":[{"value":"`+u+`"}]}`))
			}
		default:
			members := `{"value":"` + pick(users) + `"}`
			if len(groups) > 0 {
				members += `,{"value":"` + pick(groups) + `"}`
			}
			a := b.do("POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":`+text()+`,"members":[`+members+`]}`)
			groups = append(groups, a.get(t, "id"))
		}
	}
}

// The law: what one server exports, another takes in the order of creation, and
// exports as the same bytes. Only what a server says of itself differs: ids, times
// and versions. Members stand in the order of creation too, so that no group of
// this test has one who came after it.
func TestExportImport(t *testing.T) {
	times := regexp.MustCompile(`"created":"[^"]*","lastModified":"[^"]*","version":"W/\\"[0-9]+\\""`)
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			from, to := newBench(t, true, nil), newBench(t, true, nil)
			disturb(t, from, rand.New(rand.NewPCG(seed, 1)))
			was := exported(t, from)
			if len(was) < 10 {
				t.Fatalf("only %d resources to export", len(was))
			}
			var there, back []string // old id, new id; and the other way round
			for _, r := range was {
				var known struct{ ID, UserName string }
				if err := json.Unmarshal([]byte(r), &known); err != nil {
					t.Fatal(err)
				}
				endpoint := "/Groups"
				if known.UserName != "" {
					endpoint = "/Users"
				}
				a := to.do("POST", endpoint, strings.NewReplacer(there...).Replace(r))
				if a.status != 201 {
					t.Fatalf("%d %s\nfor %s", a.status, a.body, r)
				}
				there = append(there, known.ID, a.get(t, "id"))
				back = append(back, a.get(t, "id"), known.ID)
			}
			is := exported(t, to)
			if len(is) != len(was) {
				t.Fatalf("%d resources came in, %d go out", len(was), len(is))
			}
			for i := range was {
				want, got := times.ReplaceAllString(was[i], ""), times.ReplaceAllString(strings.NewReplacer(back...).Replace(is[i]), "")
				if got != want {
					t.Errorf("resource %d\nhave %s\nwant %s", i, got, want)
				}
			}
		})
	}
}
