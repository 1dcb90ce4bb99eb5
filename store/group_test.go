package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

var (
	both   = scim.NewCatalog(true)
	person = both.Type("User")
	group  = both.Type("Group")
)

func withGroups(o *Options) { o.Catalog = both }

// body decodes a JSON text.
func body(t testing.TB, text string) scim.Value {
	t.Helper()
	v, err := scim.Decode([]byte(text), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// draftOf reads a body as the server would.
func draftOf(t testing.TB, rt *scim.ResourceType, text string) scim.Draft {
	t.Helper()
	d, _, err := rt.Read(body(t, text), scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// team is the draft of a group.
func team(t testing.TB, name string, members ...string) scim.Draft {
	t.Helper()
	var b strings.Builder
	for i, id := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"value":%q}`, id)
	}
	return draftOf(t, group, fmt.Sprintf(`{"schemas":[%q],"displayName":%q,"members":[%s]}`, scim.GroupURN, name, b.String()))
}

func patchOf(t testing.TB, rt *scim.ResourceType, ops string) *scim.Patch {
	t.Helper()
	p, _, err := rt.ReadPatch(body(t, `{"schemas":["`+scim.PatchURN+`"],"Operations":`+ops+`}`), scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func filterOf(t testing.TB, rt *scim.ResourceType, text string) *scim.Filter {
	t.Helper()
	e, err := scim.ParseFilter(text)
	if err != nil {
		t.Fatal(err)
	}
	f, err := rt.Compile(e)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// must is for the results of a change: must(t)(s.Create(…)).
func must(t testing.TB) func(Change, error) Change {
	return func(c Change, err error) Change {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// makeOf makes a resource and returns its id.
func makeOf(t testing.TB, s *Store, rt *scim.ResourceType, d scim.Draft) string {
	t.Helper()
	c, err := s.Create(ctx, rt, d)
	return string(scim.DocID(must(t)(c, err).After))
}

func makePerson(t testing.TB, s *Store, name string) string {
	t.Helper()
	return makeOf(t, s, person, draftOf(t, person, fmt.Sprintf(`{"schemas":[%q],"userName":%q}`, scim.UserURN, name)))
}

func docOf(t testing.TB, s *Store, rt *scim.ResourceType, id string) scim.Value {
	t.Helper()
	doc, ok, err := s.Get(rt, nil, id)
	if err != nil || !ok {
		t.Fatalf("get %s: %v %v", id, ok, err)
	}
	return body(t, string(doc))
}

// valuesOf lists the values of members or groups, in order.
func valuesOf(v scim.Value, attr string) (ids []string) {
	list := v.Get(attr)
	for i := range list.Len() {
		ids = append(ids, list.At(i).Get("value").Text())
	}
	return ids
}

func membersIn(t testing.TB, s *Store, id string) []string {
	t.Helper()
	return valuesOf(docOf(t, s, group, id), "members")
}

func versionOf(v scim.Value) string { return v.Get("meta").Get("version").Text() }

// GRP-03, GRP-11, GRP-17: both sides of a membership, as they are shown.
func TestMembersAndGroups(t *testing.T) {
	s := open(t, withGroups)
	ada := makeOf(t, s, person, draftOf(t, person, fmt.Sprintf(`{"schemas":[%q],"userName":"ada@x","displayName":"Ada \"A\" L"}`, scim.UserURN)))
	bob := makePerson(t, s, "bob@x")
	inner := makeOf(t, s, group, team(t, "Inner", bob))
	outer := makeOf(t, s, group, team(t, "Outer", inner, bob, ada, bob))

	doc, _, _ := s.Get(group, nil, outer)
	want := `"members":[{"value":"` + ada + `","$ref":"/Users/` + ada + `","type":"User","display":"Ada \"A\" L"},` +
		`{"value":"` + bob + `","$ref":"/Users/` + bob + `","type":"User","display":"bob@x"},` +
		`{"value":"` + inner + `","$ref":"/Groups/` + inner + `","type":"Group","display":"Inner"}]`
	if !strings.Contains(string(doc), want) {
		t.Errorf("%s\nwant %s", doc, want)
	}
	doc, _, _ = s.Get(person, nil, bob)
	want = `"groups":[{"value":"` + inner + `","$ref":"/Groups/` + inner + `","display":"Inner","type":"direct"},` +
		`{"value":"` + outer + `","$ref":"/Groups/` + outer + `","display":"Outer","type":"direct"}]`
	if !strings.Contains(string(doc), want) {
		t.Errorf("%s\nwant %s", doc, want)
	}
	if doc, _, _ := s.GetBare(group, nil, outer); strings.Contains(string(doc), "members") {
		t.Errorf("bare: %s", doc)
	}
	if doc, _, _ := s.GetBare(person, nil, bob); strings.Contains(string(doc), "groups") {
		t.Errorf("bare: %s", doc)
	}
	// A rename shows at once, and the version of nobody else moves.
	before := versionOf(docOf(t, s, group, outer))
	must(t)(s.Patch(ctx, person, bob, patchOf(t, person, `[{"op":"replace","path":"userName","value":"robert@x"}]`), nil))
	must(t)(s.Patch(ctx, group, inner, patchOf(t, group, `[{"op":"replace","path":"displayName","value":"Core"}]`), nil))
	if v := docOf(t, s, group, outer); v.Get("members").At(1).Get("display").Text() != "robert@x" || versionOf(v) != before {
		t.Errorf("%v", v)
	}
	if v := docOf(t, s, person, bob); v.Get("groups").At(0).Get("display").Text() != "Core" {
		t.Errorf("%v", v)
	}
}

// The members of a group, whichever way they are changed, and its version:
// GRP-05 to GRP-09, GRP-12, GRP-20, GRP-23.
func TestChangesOfMembers(t *testing.T) {
	s := open(t, withGroups)
	var id []string
	for i := range 5 {
		id = append(id, makePerson(t, s, fmt.Sprint("u", i)))
	}
	value := func(i int) string { return fmt.Sprintf(`{"value":%q}`, id[i]) }
	tests := map[string]struct {
		ops          string
		want         []int
		joined, left int
	}{
		"add":                         {`[{"op":"add","path":"members","value":[` + value(3) + `]}]`, []int{0, 1, 2, 3}, 1, 0},
		"add without path":            {`[{"op":"add","value":{"members":[` + value(3) + `]}}]`, []int{0, 1, 2, 3}, 1, 0},
		"add what is there":           {`[{"op":"add","path":"members","value":[` + value(1) + `]}]`, []int{0, 1, 2}, 0, 0},
		"add with display and $ref":   {`[{"op":"add","path":"members","value":[{"value":"` + id[1] + `","display":"x","$ref":"http://h/Users/1","type":"User"}]}]`, []int{0, 1, 2}, 0, 0},
		"remove":                      {`[{"op":"remove","path":"members[value eq \"` + id[1] + `\"]"}]`, []int{0, 2}, 0, 1},
		"remove in another case":      {`[{"op":"remove","path":"members[value eq \"` + strings.ToUpper(id[1]) + `\"]"}]`, []int{0, 2}, 0, 1},
		"remove who is not in":        {`[{"op":"remove","path":"members[value eq \"` + id[4] + `\"]"}]`, []int{0, 1, 2}, 0, 0},
		"remove who is not there":     {`[{"op":"remove","path":"members[value eq \"` + newTail().id(2) + `\"]"}]`, []int{0, 1, 2}, 0, 0},
		"remove by list":              {`[{"op":"remove","path":"members","value":[` + value(0) + `,` + value(2) + `]}]`, []int{1}, 0, 2},
		"remove by display":           {`[{"op":"remove","path":"members[display eq \"u1\"]"}]`, []int{0, 2}, 0, 1},
		"remove by type":              {`[{"op":"remove","path":"members[type eq \"User\"]"}]`, nil, 0, 3},
		"remove all":                  {`[{"op":"remove","path":"members"}]`, nil, 0, 3},
		"replace":                     {`[{"op":"replace","path":"members","value":[` + value(2) + `,` + value(4) + `]}]`, []int{2, 4}, 1, 2},
		"replace by the same":         {`[{"op":"replace","path":"members","value":[` + value(2) + `,` + value(0) + `,` + value(1) + `]}]`, []int{0, 1, 2}, 0, 0},
		"replace without path":        {`[{"op":"replace","value":{"members":[` + value(4) + `]}}]`, []int{4}, 1, 3},
		"replace by nobody":           {`[{"op":"replace","path":"members","value":[]}]`, nil, 0, 3},
		"add and remove":              {`[{"op":"add","path":"members","value":[` + value(3) + `]},{"op":"remove","path":"members[value eq \"` + id[0] + `\"]"}]`, []int{1, 2, 3}, 1, 1},
		"add, then remove the same":   {`[{"op":"add","path":"members","value":[` + value(3) + `]},{"op":"remove","path":"members[value eq \"` + id[3] + `\"]"}]`, []int{0, 1, 2}, 0, 0},
		"remove, then add the same":   {`[{"op":"remove","path":"members[value eq \"` + id[1] + `\"]"},{"op":"add","path":"members","value":[` + value(1) + `]}]`, []int{0, 1, 2}, 0, 0},
		"remove all, then add":        {`[{"op":"remove","path":"members"},{"op":"add","path":"members","value":[` + value(1) + `,` + value(4) + `]}]`, []int{1, 4}, 1, 2},
		"members and the displayName": {`[{"op":"replace","path":"displayName","value":"New"},{"op":"add","path":"members","value":[` + value(4) + `]}]`, []int{0, 1, 2, 4}, 1, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := makeOf(t, s, group, team(t, "T", id[0], id[1], id[2]))
			before := docOf(t, s, group, g)
			c, err := s.Patch(ctx, group, g, patchOf(t, group, test.ops), nil)
			must(t)(c, err)
			var want []string
			for _, i := range test.want {
				want = append(want, id[i])
			}
			after := docOf(t, s, group, g)
			if have := valuesOf(after, "members"); !slices.Equal(have, want) {
				t.Errorf("have %v, want %v", have, want)
			}
			if c.Joined != test.joined || c.Left != test.left {
				t.Errorf("%d joined and %d left, want %d and %d", c.Joined, c.Left, test.joined, test.left)
			}
			if moved := versionOf(before) != versionOf(after); moved != (c.Joined+c.Left > 0) {
				t.Errorf("the version went from %s to %s", versionOf(before), versionOf(after))
			}
			for i, u := range id {
				in := slices.Contains(valuesOf(docOf(t, s, person, u), "groups"), g)
				if in != slices.Contains(test.want, i) {
					t.Errorf("user %d is in the group: %v", i, in)
				}
			}
			// PUT of what is there changes nothing, PUT of none empties it.
			c = must(t)(s.Replace(ctx, group, g, team(t, after.Get("displayName").Text(), want...), nil))
			if string(c.Before) != string(c.After) || c.Joined+c.Left > 0 {
				t.Errorf("a PUT of the same: %+v", c)
			}
			c = must(t)(s.Replace(ctx, group, g, team(t, after.Get("displayName").Text()), nil))
			if c.Left != len(want) || len(membersIn(t, s, g)) > 0 {
				t.Errorf("a PUT of none: %+v", c)
			}
			must(t)(s.Delete(ctx, group, g, nil))
		})
	}
}

// GRP-18, GRP-23: who is not there cannot be a member, and nothing is changed.
func TestUnknownMembers(t *testing.T) {
	s := open(t, withGroups)
	ada, gone := makePerson(t, s, "ada"), makePerson(t, s, "gone")
	must(t)(s.Delete(ctx, person, gone, nil))
	g := makeOf(t, s, group, team(t, "T", ada))
	before := docOf(t, s, group, g).String()
	for _, id := range []string{gone, "x", newTail().id(1), newTail().id(77), strings.ToUpper(ada), g} {
		if id == ada {
			continue // without letters
		}
		_, create := s.Create(ctx, group, team(t, "U", ada, id))
		_, replace := s.Replace(ctx, group, g, team(t, "U", ada, id), nil)
		_, patch := s.Patch(ctx, group, g, patchOf(t, group, fmt.Sprintf(`[{"op":"replace","path":"displayName","value":"U"},{"op":"add","path":"members","value":[{"value":%q}]}]`, id)), nil)
		for i, err := range []error{create, replace, patch} {
			switch {
			case id == g && i == 0: // to another group it is a member like any
				if err != nil {
					t.Error(err)
				}
			case id == g:
				wantError(t, err, 400, scim.InvalidValue, "member of itself")
			default:
				wantError(t, err, 400, scim.InvalidValue, "members: there is no User or Group with the id "+fmt.Sprintf("%q", id))
			}
		}
	}
	if after := docOf(t, s, group, g).String(); after != before {
		t.Errorf("have %s, want %s", after, before)
	}
}

// GRP-13, GRP-14: who is deleted leaves, in both directions, and the groups
// that lose a member have another version.
func TestDeleteEndsMemberships(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := open(t, withGroups, func(o *Options) { o.Now = func() time.Time { return now } })
	ada, bob := makePerson(t, s, "ada"), makePerson(t, s, "bob")
	a := makeOf(t, s, group, team(t, "A", ada, bob))
	b := makeOf(t, s, group, team(t, "B", a, ada))
	must(t)(s.Patch(ctx, group, a, patchOf(t, group, fmt.Sprintf(`[{"op":"add","path":"members","value":[{"value":%q}]}]`, b)), nil)) // a circle
	userBefore := versionOf(docOf(t, s, person, bob))
	now = now.Add(time.Hour)
	must(t)(s.Delete(ctx, person, ada, nil))
	v := docOf(t, s, group, a)
	if !slices.Equal(valuesOf(v, "members"), []string{bob, b}) || versionOf(v) != `W/"3"` || v.Get("meta").Get("lastModified").Text() != "2026-05-01T13:00:00.000Z" {
		t.Errorf("%v", v)
	}
	now = now.Add(-5 * time.Hour) // lastModified does not follow
	c := must(t)(s.Delete(ctx, group, a, nil))
	if c.Left != 2 {
		t.Errorf("%d left", c.Left)
	}
	v = docOf(t, s, group, b)
	if len(valuesOf(v, "members")) > 0 || versionOf(v) != `W/"3"` || v.Get("meta").Get("lastModified").Text() != "2026-05-01T13:00:00.000Z" {
		t.Errorf("%v", v)
	}
	if v := docOf(t, s, person, bob); len(valuesOf(v, "groups")) > 0 || versionOf(v) != userBefore {
		t.Errorf("%v", v)
	}
}

// Memberships stay right while groups are switched off.
func TestGroupsSwitchedOff(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir), withGroups)
	ada, bob := makePerson(t, s, "ada"), makePerson(t, s, "bob")
	g := makeOf(t, s, group, team(t, "A", ada, bob))
	closeVerified(t, s)
	s = open(t, in(dir))
	if doc := get(t, s, bob); strings.Contains(doc, "groups") {
		t.Error(doc)
	}
	must(t)(s.Delete(ctx, users, ada, nil))
	closeVerified(t, s)
	s = open(t, in(dir), withGroups)
	if v := docOf(t, s, group, g); !slices.Equal(valuesOf(v, "members"), []string{bob}) || versionOf(v) != `W/"2"` {
		t.Errorf("%v", v)
	}
}

// The laws of listing hold for what is asked about members and groups too.
func TestListOfMembersIsBruteForce(t *testing.T) {
	s := open(t, withGroups)
	rnd := rand.New(rand.NewPCG(3, 4))
	var people, teams []string
	for i := range 60 {
		people = append(people, makePerson(t, s, fmt.Sprint("user", i)))
	}
	for i := range 25 {
		var members []string
		for range rnd.IntN(12) {
			members = append(members, people[rnd.IntN(50)]) // ten are in no group
		}
		if i > 3 && i%3 == 0 {
			members = append(members, teams[rnd.IntN(len(teams))])
		}
		teams = append(teams, makeOf(t, s, group, team(t, fmt.Sprint("Team ", i%20), members...)))
	}
	for i := range 8 {
		must(t)(s.Delete(ctx, person, people[i*5], nil))
	}
	m, n, gone, g := people[11], people[12], people[5], teams[6]
	questions := map[*scim.ResourceType][]string{
		group: {
			`members.value eq %m`, `members eq %m`, `members[value eq %m]`, `members[value eq %m and type eq "User"]`, `members[value eq %m and type eq "Group"]`,
			`members.value eq %g`, `members[type eq "Group"]`, `members.value eq %x`, `members.value eq "x"`, `members.value eq %M`,
			`members.value eq %m and members.value eq %n`, `members.value eq %m or members.value eq %n`, `not (members.value eq %m)`, `members.value ne %m`,
			`members pr`, `not (members pr)`, `members.display eq "user11"`, `members.display sw "USER1"`, `members[value eq %m and value eq %n]`,
			`members.value eq %m and displayName sw "team 1"`, `displayName eq "team 3" and members.value eq %m`, `members.value eq %m and not (members.value eq %n)`,
			`members.value eq %m and members.display eq "user12"`, `members[value eq %m and value eq %m] and members.display eq "user12"`, `members.$ref co "Groups"`, `id eq %g and members.value eq %m`,
			`members.value eq null`, `members[not (value eq %m)]`,
		},
		person: {
			`groups.value eq %g`, `groups eq %g`, `groups[value eq %g]`, `groups.display eq "team 3"`, `groups[display eq "Team 3"]`, `groups pr`, `not (groups pr)`,
			`groups.display co "1"`, `groups.value eq %g and userName co "1"`, `groups.value eq %m`, `groups.value eq %x`, `groups.type eq "direct"`,
			`groups.display eq "Team 3" and groups.display eq "Team 4"`, `groups.value eq %g and groups.display eq "team 4"`, `userName eq "user11" and groups pr`,
			`not (groups.value eq %g)`, `groups.value eq %g or userName eq "user1"`, `groups.display eq "nobody"`,
		},
	}
	fill := strings.NewReplacer("%m", fmt.Sprintf("%q", m), "%n", fmt.Sprintf("%q", n), "%x", fmt.Sprintf("%q", gone), "%g", fmt.Sprintf("%q", g), "%M", fmt.Sprintf("%q", strings.ToUpper(m)))
	some := 0
	for rt, texts := range questions {
		all := pageOf(t, s, rt, Query{Count: 1000})
		for _, text := range texts {
			f := filterOf(t, rt, fill.Replace(text))
			want := slices.DeleteFunc(slices.Clone(all), func(doc string) bool { return !f.Match([]byte(doc)) })
			some += len(want)
			if have := pageOf(t, s, rt, Query{Filter: f, Count: 1000}); !slices.Equal(have, want) {
				t.Errorf("%s: have %d, want %d\n%s", f, len(have), len(want), strings.Join(have, "\n"))
			}
			if have := pageOf(t, s, rt, Query{Filter: f, Count: 1000, Bare: true}); len(have) != len(want) || strings.Contains(strings.Join(have, ""), `"display"`) {
				t.Errorf("%s, bare: have %d, want %d", f, len(have), len(want))
			}
		}
	}
	if some < 300 {
		t.Errorf("the filters found only %d", some)
	}
}

// pageOf lists the docs of a page and holds what Page says against it.
func pageOf(t testing.TB, s *Store, rt *scim.ResourceType, q Query) (docs []string) {
	t.Helper()
	p, err := s.Page(ctx, rt, q, func(doc []byte) { docs = append(docs, string(doc)) })
	if err != nil || p.Count != len(docs) {
		t.Fatalf("%+v, %d docs: %v", p, len(docs), err)
	}
	return docs
}

// A group of more members than a transaction takes: made, changed, emptied,
// deleted, and half of it found after a crash.
func TestLargeGroup(t *testing.T) {
	const size = 1500
	dir := t.TempDir()
	s := open(t, in(dir), withGroups)
	s.maxWrites = 200
	ids := crowd(t, s, size)
	g := makeOf(t, s, group, team(t, "Large", ids...))
	if have := membersIn(t, s, g); !slices.Equal(have, ids) {
		t.Fatalf("%d members", len(have))
	}
	verified(t, s)
	c := must(t)(s.Replace(ctx, group, g, team(t, "Large", ids[:10]...), nil))
	if c.Left != size-10 {
		t.Errorf("%d left", c.Left)
	}
	verified(t, s)
	must(t)(s.Replace(ctx, group, g, team(t, "Large", ids...), nil))
	if v := docOf(t, s, person, ids[size-1]); !slices.Equal(valuesOf(v, "groups"), []string{g}) {
		t.Errorf("%v", v)
	}
	must(t)(s.Delete(ctx, group, g, nil))
	if v := docOf(t, s, person, ids[size-1]); len(valuesOf(v, "groups")) > 0 {
		t.Errorf("%v", v)
	}
	verified(t, s)

	// What a crash leaves: rows of a group, and the note.
	other := makeOf(t, s, group, team(t, "Other", ids[0]))
	seq, _ := idSeq(other)
	rows := []planned{{numbered(spacePending, seq), []byte{}}}
	for _, id := range ids[:100] {
		m, _ := idSeq(id)
		rows = append(rows, planned{numbered(spaceGroups, m), appendSeqs(nil, []uint64{seq})})
		s.joined.set(m)
	}
	if err := s.writeAll(rows); err != nil {
		t.Fatal(err)
	}
	if v := docOf(t, s, person, ids[1]); len(valuesOf(v, "groups")) > 0 {
		t.Errorf("%v", v)
	}
	if docs := pageOf(t, s, group, Query{Filter: filterOf(t, group, fmt.Sprintf(`members.value eq %q`, ids[1])), Count: 9}); len(docs) > 0 {
		t.Errorf("%v", docs)
	}
	closeVerified(t, s)
	s = open(t, in(dir), withGroups)
	if v := docOf(t, s, person, ids[0]); !slices.Equal(valuesOf(v, "groups"), []string{other}) {
		t.Errorf("%v", v)
	}
}

func verified(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Verify(ctx); err != nil {
		t.Fatal(err)
	}
}

// crowd makes many users, by many clients at once.
func crowd(t testing.TB, s *Store, n int) []string {
	t.Helper()
	ids := make([]string, n)
	errs := make(chan error, 32)
	for w := range 32 {
		go func() {
			var failed error
			for i := w; i < n; i += 32 {
				c, err := s.Create(ctx, person, draftOf(t, person, okta(i, true)))
				failed = errors.Join(failed, err)
				ids[i] = string(scim.DocID(c.After))
			}
			errs <- failed
		}()
	}
	for range 32 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(ids)
	return ids
}

// A member that is deleted in the same batch as it is added does not get in.
func TestMemberDeletedInTheSameBatch(t *testing.T) {
	s := open(t, withGroups)
	for i := range 50 {
		ada := makePerson(t, s, fmt.Sprint("ada", i))
		g := makeOf(t, s, group, team(t, "T"))
		done := make(chan error, 2)
		go func() {
			_, err := s.Delete(ctx, person, ada, nil)
			done <- err
		}()
		go func() {
			_, err := s.Replace(ctx, group, g, team(t, "T", ada), nil)
			var e *scim.Error
			if errors.As(err, &e) && e.Status == 400 {
				err = nil
			}
			done <- err
		}()
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if have := membersIn(t, s, g); len(have) > 0 {
			t.Errorf("%v", have)
		}
	}
}

// Whoever reads a group while its members change, in however many transactions,
// sees the members of the version that he sees, and users whole.
func TestMembersAndVersionAreOfOneMoment(t *testing.T) {
	s := open(t, withGroups)
	s.maxWrites = 40
	var ids []string
	for i := range 60 {
		ids = append(ids, makePerson(t, s, fmt.Sprint("u", i)))
	}
	g := makeOf(t, s, group, team(t, "T", ids[0])) // odd versions have one member, even ones sixty
	done := make(chan struct{})
	go func() {
		defer close(done)
		all, one := team(t, "T", ids...), team(t, "T", ids[0])
		for i := range 60 {
			d := all
			if i%2 == 1 {
				d = one
			}
			if _, err := s.Replace(ctx, group, g, d, nil); err != nil {
				t.Error(err)
			}
		}
	}()
	f := filterOf(t, person, fmt.Sprintf(`groups.value eq %q`, g))
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		v := docOf(t, s, group, g)
		want := 1
		if strings.ContainsAny(versionOf(v)[len(versionOf(v))-2:], "02468") {
			want = 60
		}
		if n := v.Get("members").Len(); n != want {
			t.Errorf("version %s has %d members", versionOf(v), n)
		}
		if n := len(pageOf(t, s, person, Query{Filter: f, Count: 100})); n != 1 && n != 60 {
			t.Errorf("%d users are in the group", n)
		}
	}
}

// Members gives any part of what the group's own doc lists, in its order, and
// reads no more than that.
func TestMembers(t *testing.T) {
	s := open(t, withGroups)
	var ids []string
	for i := range 40 {
		ids = append(ids, create(t, s, draftOf(t, person, fmt.Sprintf(`{"schemas":[%q],"userName":"user%02d"}`, scim.UserURN, i))))
	}
	inner := string(scim.DocID(must(t)(s.Create(t.Context(), group, team(t, "inner"))).After))
	outer := string(scim.DocID(must(t)(s.Create(t.Context(), group, team(t, "outer", append(ids[3:], inner)...))).After))
	want := append(slices.Clone(ids[3:]), inner)
	for start := -1; start <= len(want)+2; start++ {
		for _, count := range []int{-1, 0, 1, 5, 100} {
			var have []string
			total, ok, err := s.Members(outer, start, count, func(resourceType string, doc []byte) {
				id := string(scim.DocID(doc))
				if have = append(have, id); (resourceType == "Group") != (id == inner) {
					t.Errorf("%s is a %s", id, resourceType)
				}
			})
			part := want[min(max(start-1, 0), len(want)):]
			part = part[:min(max(count, 0), len(part))]
			if !ok || err != nil || total != len(want) || !slices.Equal(have, part) {
				t.Fatalf("%d from %d: %v of %d, %v %v; want %v", count, start, have, total, ok, err, part)
			}
		}
	}
	if total, ok, err := s.Members(inner, 1, 10, nil); total != 0 || !ok || err != nil {
		t.Errorf("of an empty group: %d %v %v", total, ok, err)
	}
	for _, id := range []string{ids[0], "", "nobody", outer + "0"} {
		if total, ok, err := s.Members(id, 1, 10, nil); total != 0 || ok || err != nil {
			t.Errorf("of %q: %d %v %v", id, total, ok, err)
		}
	}
	if total, ok, err := open(t).Members(outer, 1, 10, nil); total != 0 || ok || err != nil {
		t.Errorf("without groups: %d %v %v", total, ok, err)
	}
}

// A change of many members that fails in the middle leaves rows that Open cleans up, and
// a note of that, which stays when the next change of the group is made.
func TestSplitThatFails(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir), withGroups)
	s.maxWrites = 200
	ids := crowd(t, s, 600)
	g := makeOf(t, s, group, team(t, "Large", ids[0]))
	put := func(dir string) (was string) {
		err := s.update(ctx, func(*tx) error { // in the writer's goroutine
			s.docs.mu.Lock()
			defer s.docs.mu.Unlock()
			was, s.docs.dir, s.docs.current = s.docs.dir, dir, 0
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return was
	}
	there := put(filepath.Join(dir, "lock", "none"))
	if _, err := s.Replace(ctx, group, g, team(t, "Large", ids...), nil); err == nil {
		t.Fatal("it is stored nowhere")
	}
	verified(t, s)
	put(there)
	must(t)(s.Replace(ctx, group, g, team(t, "Large", ids[:300]...), nil))
	verified(t, s)
	if have := membersIn(t, s, g); !slices.Equal(have, ids[:300]) {
		t.Errorf("%d members", len(have))
	}
	closeVerified(t, s)
	s = open(t, in(dir), withGroups)
	if rows, err := keysOf(s, []byte{spacePending}); err != nil || rows != 0 {
		t.Errorf("%d notes: %v", rows, err)
	}
	verified(t, s)
}

// keysOf counts the keys with a prefix.
func keysOf(s *Store, prefix []byte) (n int, err error) {
	err = s.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			n++
		}
		return nil
	})
	return n, err
}
