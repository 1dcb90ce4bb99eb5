package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/sample"
	"scimdeck/store"
)

var (
	ctx     = context.Background()
	catalog = scim.NewCatalog(true)
)

// newStore opens a store in memory, and verifies it at the test's end.
func newStore(t testing.TB, c *scim.Catalog) *store.Store {
	t.Helper()
	st, err := store.Open(store.Options{Catalog: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Verify(ctx); err != nil {
			t.Errorf("verify: %v", err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// outcome is what an import said, a line each.
type outcome struct {
	Result
	lines []string
}

// bring imports text with the options, which may be zero.
func bring(t testing.TB, st *store.Store, text string, o Options) (outcome, error) {
	t.Helper()
	if o.Catalog == nil {
		o.Catalog = catalog
	}
	var out outcome
	o.Report = func(l Line) { out.lines = append(out.lines, l.String()) }
	var err error
	out.Result, err = Import(ctx, st, strings.NewReader(text), o)
	return out, err
}

// exportOf is what a store exports, a line each, without its keys.
func exportOf(t testing.TB, st *store.Store, c *scim.Catalog) []string {
	t.Helper()
	var b bytes.Buffer
	if _, err := Export(ctx, st, c, &b, nil); err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(b.String()) {
		if !strings.Contains(line, keyURN) {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list
}

// sampled is n users and their groups as JSON lines.
func sampled(n int, o sample.Options) string {
	var b bytes.Buffer
	m := sample.New(o)
	for i := range n {
		b.Write(append(m.User(i).Append(nil), '\n'))
	}
	for g := range m.Groups(n) {
		b.Write(append(g.Append(nil), '\n'))
	}
	return b.String()
}

// custom is a catalog with groups, an extension of User and a type of its own.
func custom(t testing.TB) *scim.Catalog {
	t.Helper()
	c, err := scim.NewCatalogWith(scim.CatalogOptions{Groups: true, Definitions: [][]byte{
		[]byte(`{"id":"urn:x:Badge","name":"Badge","attributes":[{"name":"badge","type":"string","uniqueness":"server"},{"name":"floors","type":"integer","multiValued":true},` +
			`{"name":"buddy","type":"complex","subAttributes":[{"name":"value","type":"string"},{"name":"$ref","type":"reference","referenceTypes":["User"]}]}]}`),
		[]byte(`{"name":"User","schemaExtensions":[{"schema":"urn:x:Badge","required":false}]}`),
		[]byte(`{"id":"urn:x:Device","name":"Device","attributes":[{"name":"serial","type":"string","uniqueness":"server"}]}`),
		[]byte(`{"name":"Device","endpoint":"/Devices","schema":"urn:x:Device"}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// disturb makes a state that nobody designed.
func disturb(t *testing.T, st *store.Store, c *scim.Catalog, rnd *rand.Rand) {
	t.Helper()
	policy := scim.Policy{Unknown: scim.Keep}
	make := func(typ, body string) string {
		v, err := scim.Decode([]byte(body), scim.Limits{})
		if err != nil {
			t.Fatal(err, body)
		}
		d, _, err := c.Type(typ).Read(v, policy)
		if err != nil {
			t.Fatal(err)
		}
		change, err := st.Create(ctx, c.Type(typ), d)
		if err != nil {
			t.Fatal(err)
		}
		return string(scim.DocID(change.After))
	}
	m := sample.New(sample.Options{Seed: rnd.Uint64(), Edge: true})
	var users, groups []string
	for i := range 80 {
		v := m.User(i)
		boss := ""
		if len(users) > 0 && rnd.IntN(3) > 0 {
			boss = users[rnd.IntN(len(users))]
		}
		e := v.Get(scim.EnterpriseURN)
		if e.Kind() == scim.Object {
			e.Set("manager", scim.Value{})
			v.Set(scim.EnterpriseURN, e)
		}
		if e.Kind() == scim.Object && boss != "" {
			e.Set("manager", scim.ObjectOf(scim.Member{Name: "value", Value: scim.StringOf(boss)}, scim.Member{Name: "$ref", Value: scim.StringOf("../Users/" + boss)}))
			v.Set(scim.EnterpriseURN, e)
			v.Set("urn:x:Badge", scim.ObjectOf(
				scim.Member{Name: "badge", Value: scim.StringOf(fmt.Sprint("b", i))},
				scim.Member{Name: "floors", Value: scim.ArrayOf(scim.IntOf(int64(i)), scim.IntOf(-1))},
				scim.Member{Name: "buddy", Value: scim.ObjectOf(scim.Member{Name: "value", Value: scim.StringOf(boss)})}))
		}
		v.Set("urn:y:Unknown", scim.ObjectOf(scim.Member{Name: "deep", Value: scim.ArrayOf(scim.IntOf(1), scim.ObjectOf(scim.Member{Name: "x", Value: scim.BoolOf(true)}))}))
		users = append(users, make("User", v.String()))
		if i%20 == 19 {
			make("Device", fmt.Sprintf(`{"schemas":["urn:x:Device"],"serial":"S-%d"}`, i))
		}
	}
	for i := range 12 {
		var members []string
		for range rnd.IntN(6) {
			members = append(members, `{"value":"`+users[rnd.IntN(len(users))]+`"}`)
		}
		groups = append(groups, make("Group", fmt.Sprintf(`{"schemas":[%q],"displayName":"Group %d","members":[%s]}`, scim.GroupURN, i, strings.Join(members, ","))))
	}
	for range 10 { // nested, and in circles
		a, b := groups[rnd.IntN(len(groups))], groups[rnd.IntN(len(groups))]
		if a != b {
			apply(t, st, c.Type("Group"), a, `{"op":"add","path":"members","value":[{"value":"`+b+`"}]}`)
		}
	}
	for range 5 { // a manager who comes later
		apply(t, st, c.Type("User"), users[rnd.IntN(40)], `{"op":"replace","path":"`+scim.EnterpriseURN+`:manager.value","value":"`+users[40+rnd.IntN(40)]+`"}`)
		if _, err := st.Delete(ctx, c.Type("Group"), groups[rnd.IntN(len(groups))], nil); err != nil && !isGone(err) {
			t.Fatal(err)
		}
	}
}

func isGone(err error) bool {
	var fault *scim.Error
	return errors.As(err, &fault) && fault.Status == 404
}

func apply(t *testing.T, st *store.Store, rt *scim.ResourceType, id, op string) {
	t.Helper()
	v, err := scim.Decode([]byte(`{"schemas":["`+scim.PatchURN+`"],"Operations":[`+op+`]}`), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := rt.ReadPatch(v, scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Patch(ctx, rt, id, p, nil); err != nil {
		t.Fatal(err)
	}
}

// nameless is an export with names in place of ids, without meta, its lists of others in order.
func nameless(t testing.TB, lines []string) []string {
	t.Helper()
	var names []string
	for _, line := range lines {
		v, err := scim.Decode([]byte(line), scim.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		name := v.Get("userName").Text() + v.Get("serial").Text()
		if name == "" {
			name = v.Get("displayName").Text()
		}
		names = append(names, v.Get("id").Text(), name)
	}
	name := strings.NewReplacer(names...)
	var list []string
	for _, line := range lines {
		v, err := scim.Decode([]byte(name.Replace(line)), scim.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		v.Set("meta", scim.Value{})
		for _, attr := range []string{"members", "groups"} {
			var all []scim.Value
			for _, e := range v.Get(attr).Members() {
				all = append(all, e)
			}
			if len(all) > 0 {
				slices.SortFunc(all, func(a, b scim.Value) int { return strings.Compare(a.String(), b.String()) })
				v.Set(attr, scim.ArrayOf(all...))
			}
		}
		list = append(list, v.String())
	}
	slices.Sort(list)
	return list
}

// The law: what is exported and imported is the same but for ids and meta, and
// a dry run says so before.
func TestExportImport(t *testing.T) {
	c := custom(t)
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			from, to := newStore(t, c), newStore(t, c)
			disturb(t, from, c, rand.New(rand.NewPCG(seed, 3)))
			if _, _, err := from.CreateKey("okta", time.Time{}); err != nil {
				t.Fatal(err)
			}
			was := exportOf(t, from, c)
			text := strings.Join(was, "\n")
			o := Options{Catalog: c, Policy: scim.Policy{Unknown: scim.Keep}}
			dry := o
			dry.DryRun = true
			would, err := bring(t, to, text, dry)
			if err != nil {
				t.Fatal(err)
			}
			did, err := bring(t, to, text, o)
			if err != nil || did.Refused+did.Skipped > 0 || did.Lines() != len(was) || len(did.Remarks) > 0 {
				t.Fatalf("%+v, %v", did, err)
			}
			if !reflect.DeepEqual(would, did) {
				t.Errorf("the dry run says %+v\nthe import %+v", would, did)
			}
			have, want := nameless(t, exportOf(t, to, c)), nameless(t, was)
			for i := range max(len(have), len(want)) {
				if i >= len(have) || i >= len(want) || have[i] != want[i] {
					t.Fatalf("line %d\nhave %s\nwant %s", i, differing(at(have, i), at(want, i)), differing(at(want, i), at(have, i)))
				}
			}
			// Once more with Update changes nothing; without it everything is refused.
			before := nameless(t, exportOf(t, to, c))
			again, err := bring(t, to, text, Options{Catalog: c, Policy: o.Policy})
			if err != nil || again.Refused != len(was) || !strings.HasPrefix(again.lines[0], "line 1: 409 ") {
				t.Errorf("again: %+v, %v", again.Result, err)
			}
			o.Update = true
			if again, err = bring(t, to, text, o); err != nil || again.Lines() != len(was) || again.Refused+len(again.Stored) > 0 {
				t.Errorf("update: %+v, %v", again, err)
			}
			if after := nameless(t, exportOf(t, to, c)); !slices.Equal(before, after) {
				t.Error("an update with the same has changed something")
			}
		})
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "(nothing)"
}

// differing is the part of a line that is not as in the other one.
func differing(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("…%.200s", a[max(0, i-60):])
}
