package scim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestAppendReference(t *testing.T) {
	for _, c := range []struct {
		r    Reference
		want string
	}{
		{Reference{ID: "1", Type: userType, Display: `J "x"`}, `{"value":"1","$ref":"/Users/1","type":"User","display":"J \"x\""}`},                   // GRP-03
		{Reference{ID: "2", Type: groupType}, `{"value":"2","$ref":"/Groups/2","type":"Group"}`},                                                      // GRP-17
		{Reference{ID: "2", Type: groupType, Display: "staff", Kind: "direct"}, `{"value":"2","$ref":"/Groups/2","display":"staff","type":"direct"}`}, // GRP-11
	} {
		if have := string(AppendReference(nil, c.r)); have != c.want {
			t.Errorf("have %s\nwant %s", have, c.want)
		}
	}
	for _, c := range []struct {
		rt              *ResourceType
		body, kind, how string
	}{
		{userType, `{"userName":"jane","displayName":"J \"x\" é","title":"t"}`, "", `J "x" é`},
		{userType, `{"userName":"jane"}`, "", "jane"},
		{userType, `{"userName":"jane","displayName":""}`, "", "jane"},
		{userType, `{"userName":"jane","nickName":"n","emails":[{"value":"a"}]}`, "", "jane"},
		{groupType, `{"displayName":"staff","members":[{"value":"1"}]}`, "direct", "staff"},
	} {
		d, _, err := c.rt.Read(mustDecode(t, withSchemas(c.rt, c.body)), Policy{})
		if err != nil {
			t.Fatal(err)
		}
		have := c.rt.AppendReferenceTo(nil, c.rt.AppendDoc(nil, someID, d, Meta{}), c.kind)
		want := AppendReference(nil, Reference{ID: someID, Type: c.rt, Display: c.how, Kind: c.kind})
		if string(have) != string(want) {
			t.Errorf("have %s\nwant %s", have, want)
		}
	}
	if have := string(userType.AppendReferenceTo(nil, nil, "")); !strings.HasPrefix(have, `{"value":"",`) {
		t.Errorf("of nothing: %s", have)
	}
}

func TestInsert(t *testing.T) {
	members := []byte(`[{"value":"1","$ref":"/Users/1","type":"User"}]`)
	for _, c := range []struct {
		rt                      *ResourceType
		attr, body, value, want string // want: old => new in the doc
	}{
		{groupType, "members", `{"displayName":"g"}`, string(members), `"g" => "g","members":` + string(members)},
		{groupType, "MEMBERS", `{"displayName":"g","members":[{"value":"x"}]}`, string(members), `[{"value":"x"}] => ` + string(members)},
		{groupType, "members", `{"displayName":"g","members":[{"value":"x"}]}`, ``, `,"members":[{"value":"x"}] => `},
		{groupType, "members", `{"displayName":"g"}`, `[]`, ``},
		{groupType, "nosuch", `{"displayName":"g"}`, `[1]`, ``},
		{userType, "groups", `{"userName":"a"}`, `[{"value":"g"}]`, `"a" => "a","groups":[{"value":"g"}]`},
		{userType, "groups", `{"userName":"a","externalId":"e","addresses":[{"locality":"x"}],"roles":[{"value":"r"}]}`, `[{"value":"g"}]`, `"roles" => "groups":[{"value":"g"}],"roles"`},
		{userType, "groups", `{"userName":"a","` + EnterpriseURN + `":{"department":"d"}}`, `[{"value":"g"}]`, `"` + EnterpriseURN + `":{ => "groups":[{"value":"g"}],"` + EnterpriseURN + `":{`},
		{userType, "groups", `{"userName":"a","zzz":{"groups":1}}`, `[{"value":"g"}]`, `"zzz" => "groups":[{"value":"g"}],"zzz"`},
	} {
		d, _, err := c.rt.Read(mustDecode(t, withSchemas(c.rt, c.body)), Policy{Unknown: Keep})
		if err != nil {
			t.Fatal(err)
		}
		doc := c.rt.AppendDoc(nil, someID, d, Meta{})
		have := string(c.rt.Insert(nil, doc, c.attr, []byte(c.value)))
		if want := changeText(t, string(doc), c.want); have != want {
			t.Errorf("%s into %s\nhave %s\nwant %s", c.attr, doc, have, want)
		}
		mustDecode(t, have)
	}
	// What is inserted is found, shown with the base, and left out when not asked for.
	d := Draft{mustDecode(t, `{"displayName":"g"}`)}
	doc := groupType.Insert(nil, groupType.AppendDoc(nil, someID, d, Meta{}), "members", members)
	if !bind(t, groupType, `members[value eq "1" and type eq "User"]`).Match(doc) || !bind(t, groupType, `members eq "1"`).Match(doc) { // GRP-16
		t.Error("members are not found")
	}
	v := mustDecode(t, string(AppendWire(nil, doc, base)))
	if ref := v.Get("members").At(0).Get("$ref").Text(); ref != base+"/Users/1" { // GRP-03
		t.Errorf("$ref is %s", ref)
	}
	if v.Get("meta").Get("location").Text() != base+"/Groups/"+someID {
		t.Errorf("have %v", v)
	}
	p, err := groupType.Project(nil, []string{"members.display"})
	if err != nil {
		t.Fatal(err)
	}
	if have := string(p.Append(nil, doc, base)); have != v.String() {
		t.Errorf("have %s\nwant %v", have, v)
	}
	// A client's own $ref that begins with a slash stays as it is.
	u := []byte(`{"schemas":[],"id":"1","` + EnterpriseURN + `":{"manager":{"$ref":"/Users/2"}},"meta":{"location":"/Users/1"}}`)
	if have, want := string(AppendWire(nil, u, "b")), strings.Replace(string(u), `"/Users/1"`, `"b/Users/1"`, 1); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

func TestReadMembers(t *testing.T) {
	for _, c := range []struct{ name, members, want string }{
		{"GRP-12 an echo", `[{"value":"a","$ref":"https://h/Users/a","type":"User","display":"A"}]`, `[{"value":"a"}]`},
		{"twice, of two types", `[{"value":"a","type":"User"},{"value":"a","type":"Group"},null]`, `[{"value":"a"}]`},
		{"any case", `[{"VALUE":"a","$REF":null}]`, `[{"value":"a"}]`},
		{"no value", `[{"display":"A"}]`, `invalidValue: members[0].value: want the id of a resource as a string, got nothing`},
		{"empty value", `[{"value":"a"},{"value":""}]`, `invalidValue: members[1].value: want the id of a resource as a string, got ""`},
		{"value of another type", `[{"value":5}]`, `invalidValue: members[0].value`},
		{"a string", `["a"]`, `invalidValue: members[0]: want an object`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _, err := groupType.Read(mustDecode(t, withSchemas(groupType, `{"displayName":"g","members":`+c.members+`}`)), Policy{})
			if err != nil {
				checkError(t, err, c.want)
			} else if have := d.Attributes.Get("members").String(); have != c.want {
				t.Errorf("have %s\nwant %s", have, c.want)
			}
		})
	}
	_, _, err := groupType.Read(mustDecode(t, withSchemas(groupType, `{"displayName":"g","members":[{"value":"a","odd":1}]}`)), Policy{Unknown: Reject})
	checkError(t, err, `invalidSyntax: unknown attribute "members[0].odd"`)
}

func TestMembersFollow(t *testing.T) {
	for ops, want := range map[string]string{
		`{"op":"replace","path":"members[value eq \"a\"].display","value":"x"}`: `mutability: operation 1: path "members[value eq`,
		`{"op":"add","path":"members[value eq \"a\"].type","value":"User"}`:     `mutability: operation 1: members.type follows`,
		`{"op":"remove","path":"members.value"}`:                                `mutability: operation 1: path "members.value"`,
		`{"op":"remove","path":"members[value eq \"a\"].value"}`:                `mutability`,
	} {
		_, _, err := readOps(t, groupType, ops, Policy{})
		checkError(t, err, want)
	}
}

// memberOps makes operations on members a0 to a9.
func memberOps(r *rand.Rand) string {
	var ops []string
	for range 1 + r.IntN(6) {
		id := fmt.Sprint("a", r.IntN(10))
		if r.IntN(8) == 0 {
			id = strings.ToUpper(id)
		}
		ops = append(ops, []string{
			`{"op":"add","path":"members","value":[{"value":"` + id + `"},{"value":"a1"}]}`,
			`{"op":"add","value":{"members":[{"value":"` + id + `","display":"x"}]}}`,
			`{"op":"remove","path":"members[value eq \"` + id + `\"]"}`,
			`{"op":"remove","path":"members","value":[{"value":"` + id + `"},{"value":"a2"}]}`,
			`{"op":"replace","path":"displayName","value":"` + id + `"}`,
			`{"op":"replace","path":"members","value":[{"value":"` + id + `"}]}`,
			`{"op":"remove","path":"members[value sw \"` + id + `\"]"}`,
			`{"op":"remove","path":"members"}`,
		}[r.IntN(5+r.IntN(4))])
	}
	return strings.Join(ops, ",")
}

// TestMemberChanges: what a PATCH says of members without having them, and
// what a run of operations does at once, is what each of them does.
func TestMemberChanges(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	told, replaced := 0, 0
	for range 3000 {
		ops := memberOps(r)
		p, _, err := readOps(t, groupType, ops, Policy{})
		if err != nil {
			t.Fatalf("%s: %v", ops, err)
		}
		var members []Value
		for i := range 10 {
			if r.IntN(2) == 0 {
				members = append(members, ObjectOf(Member{"value", StringOf(fmt.Sprint("a", i))}))
			}
		}
		whole := Draft{ObjectOf(Member{"displayName", StringOf("g")}, Member{"members", ArrayOf(members...)})}
		bare := Draft{ObjectOf(Member{"displayName", StringOf("g")})}
		out, _, err := p.Apply(whole)
		if err != nil {
			t.Fatal(err)
		}
		want := values(out)
		if have := values(Draft{oneByOne(t, p, whole.Attributes)}); !slices.Equal(have, want) {
			t.Fatalf("%s on %v\nat once:    %v\none by one: %v", ops, values(whole), want, have)
		}
		added, _, err := p.Apply(bare)
		if err != nil {
			t.Fatal(err)
		}
		removed, untouched, ok := p.MemberChanges()
		if ok {
			told++
			var have []string
			for _, v := range values(whole) {
				if !slices.Contains(removed, Fold(v)) {
					have = append(have, v)
				}
			}
			for _, v := range values(added) {
				if !slices.Contains(have, v) {
					have = append(have, v)
				}
			}
			slices.Sort(have)
			slices.Sort(want)
			if !slices.Equal(have, want) || untouched && (len(removed) > 0 || len(values(added)) > 0) {
				t.Fatalf("%s on %v\nhave %v\nwant %v", ops, values(whole), have, want)
			}
		}
		if p.ReplacesMembers() {
			replaced++
			if have := values(added); !slices.Equal(have, values(out)) {
				t.Fatalf("%s on %v\nhave %v\nwant %v", ops, values(whole), have, values(out))
			}
		}
	}
	if told < 500 || replaced < 200 {
		t.Errorf("%d were told, %d replace: too few to say much", told, replaced)
	}
}

// oneByOne applies each edit by itself, without the short cuts for members.
func oneByOne(t *testing.T, p *Patch, root Value) Value {
	t.Helper()
	for i := range p.edits {
		var err error
		if p.edits[i].action == extend {
			for _, m := range p.edits[i].value.kids {
				e := p.edits[i]
				e.value = Value{kind: Array, kids: []Member{m}}
				if root, err = e.apply(p.t, root); err != nil {
					t.Fatal(err)
				}
			}
		} else if root, err = p.edits[i].apply(p.t, root); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func values(d Draft) []string {
	var list []string
	for _, m := range d.Attributes.Get("members").Members() {
		list = append(list, m.Get("value").Text())
	}
	return list
}

func TestTouches(t *testing.T) {
	for filter, want := range map[string]bool{
		`displayName eq "x"`: false, `displayName eq "x" or members pr`: true, `members[value eq "x"]`: true, `not (members.value eq "x")`: true, `meta.created pr`: false,
	} {
		f := bind(t, groupType, filter)
		if f.Touches("members") != want || f.Expr().String() != f.String() {
			t.Errorf("%s: have %v, %s", filter, !want, f.Expr())
		}
	}
}

// hugeGroup is a Draft of a group with n members.
func hugeGroup(n int) Draft {
	members := make([]Value, n)
	for i := range members {
		members[i] = ObjectOf(Member{"value", StringOf(fmt.Sprintf("00000000-%04x-8000-8000-%012x", i>>16, i))})
	}
	return Draft{ObjectOf(Member{"displayName", StringOf("g")}, Member{"members", ArrayOf(members...)})}
}

func BenchmarkMembers(b *testing.B) {
	group := hugeGroup(50_000)
	last := group.Attributes.Get("members").At(49_999).Get("value").Text()
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":"new-%d"}]},{"op":"remove","path":"members[value eq \"new-%d\"]"}`, i, i/2))
	}
	for _, c := range []struct{ name, ops string }{
		{"add one to 50000", `{"op":"add","path":"members","value":[{"value":"new"}]}`},
		{"remove one of 50000", `{"op":"remove","path":"members[value eq \"` + last + `\"]"}`},
		{"2000 operations on 50000", strings.Join(many, ",")},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, _, err := readOps(b, groupType, c.ops, Policy{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, changed, err := p.Apply(group); err != nil || !changed {
					b.Fatal(changed, err)
				}
			}
		})
	}
}

func BenchmarkInsert(b *testing.B) {
	groups := []byte(`[{"value":"00000000-0000-8000-8000-000000000001","$ref":"/Groups/00000000-0000-8000-8000-000000000001","display":"staff","type":"direct"}]`)
	b.ReportAllocs()
	var dst []byte
	for b.Loop() {
		dst = userType.Insert(dst[:0], []byte(projected), "groups", groups)
	}
}
