package server

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
)

// group gives the body of a group with members.
func group(name string, members ...string) string {
	list := make([]string, len(members))
	for i, m := range members {
		list[i] = fmt.Sprintf(`{"value":%q}`, m)
	}
	return fmt.Sprintf(`{"schemas":[%q],"displayName":%q,"members":[%s]}`, scim.GroupURN, name, strings.Join(list, ","))
}

// The rows GRP of the matrix.
func TestGroups(t *testing.T) {
	b := newBench(t, true, nil)
	ada, bob, eve := b.create("ada@example.com"), b.create("bob@example.com"), b.create("eve@example.com")
	made := b.do("POST", "/Groups", group("Devs", ada)).want(t, 201)
	one := "/Groups/" + made.get(t, "id")
	members := func(a answer) []string {
		t.Helper()
		ids := []string{}
		list, _ := a.want(t, 200).json(t)["members"].([]any)
		for _, m := range list {
			ids = append(ids, m.(map[string]any)["value"].(string))
		}
		slices.Sort(ids)
		return ids
	}
	has := func(t *testing.T, a answer, ids ...string) {
		t.Helper()
		slices.Sort(ids)
		if got := members(a); !slices.Equal(got, ids) {
			t.Errorf("members %q, want %q", got, ids)
		}
		if got := members(b.do("GET", one, "")); !slices.Equal(got, ids) {
			t.Errorf("GET: members %q, want %q", got, ids)
		}
	}
	patch := func(ops string) answer { return b.do("PATCH", one, patchBody(ops)) }
	reset := func(ids ...string) { b.do("PUT", one, group("Devs", ids...)).want(t, 200) }
	sentence := func(t *testing.T, want string) {
		t.Helper()
		if got := b.logged().Sentence; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}

	t.Run("GRP-01 created", func(t *testing.T) {
		if made.header.Get("Location") != b.base+one || made.at(t, "meta.resourceType") != "Group" || made.at(t, "meta.location") != b.base+one {
			t.Errorf("%v %s", made.header, made.body)
		}
		b.do("POST", "/Groups", user("x")).refused(t, 400, scim.InvalidValue)
		if got := b.logged().Sentence; !strings.HasPrefix(got, "create group: ") {
			t.Error(got)
		}
	})
	t.Run("GRP-02 displayName is required", func(t *testing.T) {
		b.do("POST", "/Groups", `{"schemas":["`+scim.GroupURN+`"]}`).refused(t, 400, scim.InvalidValue)
	})
	t.Run("GRP-03 members", func(t *testing.T) {
		for _, a := range []answer{made, b.do("GET", one, ""), b.do("GET", "/Groups", "")} {
			m, _ := property(a.json(t), "members[0]")
			if m == nil {
				m = a.at(t, "Resources[0].members[0]")
			}
			want := map[string]any{"value": ada, "$ref": b.base + "/Users/" + ada, "type": "User", "display": "ada@example.com"}
			if !reflect.DeepEqual(m, want) {
				t.Errorf("%v, want %v", m, want)
			}
			b.do("GET", m.(map[string]any)["$ref"].(string), "").want(t, 200)
		}
	})
	t.Run("GRP-04 found by name, and only groups", func(t *testing.T) {
		find := func(filter string) []string {
			return b.do("GET", "/Groups?filter="+url.QueryEscape(filter), "").names(t, "displayName")
		}
		if n := find(`displayName eq "devs"`); !slices.Equal(n, []string{"Devs"}) {
			t.Errorf("%q", n)
		}
		sentence(t, "find group displayName=devs → 1")
		for _, f := range []string{`members.value eq "` + ada + `"`, `members eq "` + ada + `"`, `members[value eq "` + ada + `"]`} {
			if n := find(f); !slices.Equal(n, []string{"Devs"}) {
				t.Errorf("GRP-16: %s: %q", f, n)
			}
		}
		if n := find(`members.value eq "` + eve + `"`); len(n) != 0 {
			t.Errorf("GRP-16: %q", n)
		}
		if n := b.do("GET", "/Groups", "").names(t, "displayName"); !slices.Equal(n, []string{"Devs"}) {
			t.Errorf("%q", n)
		}
		b.do("GET", "/Groups/"+ada, "").refused(t, 404, "")
		b.do("GET", "/Users/"+made.get(t, "id"), "").refused(t, 404, "")
	})
	t.Run("GRP-05 add", func(t *testing.T) {
		before := b.do("GET", one, "")
		a := patch(`{"op":"add","path":"members","value":[{"value":"` + bob + `","display":"bob","$ref":"https://x/Users/` + bob + `"}]}`)
		has(t, a, ada, bob)
		sentence(t, "read group Devs")
		if a.at(t, "meta.version") == before.at(t, "meta.version") || a.at(t, "meta.lastModified").(string) < before.at(t, "meta.lastModified").(string) {
			t.Error(a.body)
		}
		has(t, patch(`{"op":"add","value":{"members":[{"value":"`+eve+`"}]}}`), ada, bob, eve)
	})
	t.Run("GRP-06 a member again", func(t *testing.T) {
		before := b.do("GET", one, "")
		a := patch(`{"op":"add","path":"members","value":[{"value":"`+bob+`"}]}`).want(t, 200)
		sentence(t, "add 1 member to group Devs (no change)")
		if a.body != before.body {
			t.Errorf("%s\n%s", a.body, before.body)
		}
	})
	t.Run("GRP-07 remove", func(t *testing.T) {
		a := patch(`{"op":"remove","path":"members[value eq \"` + bob + `\"]"},{"op":"remove","path":"members[value eq \"` + eve + `\"]"}`)
		sentence(t, "remove 2 members from group Devs")
		has(t, a, ada)
		has(t, patch(`{"op":"remove","path":"members[value eq \"`+bob+`\"]"}`), ada)
	})
	t.Run("GRP-08 remove all", func(t *testing.T) {
		has(t, patch(`{"op":"remove","path":"members"}`))
		reset(ada)
	})
	t.Run("GRP-09 replace", func(t *testing.T) {
		has(t, patch(`{"op":"replace","path":"members","value":[{"value":"`+bob+`"},{"value":"`+eve+`"}]}`), bob, eve)
		has(t, patch(`{"op":"replace","value":{"members":[{"value":"`+ada+`"}]}}`), ada)
		has(t, patch(`{"op":"replace","path":"members","value":[]}`))
		reset(ada)
	})
	t.Run("GRP-10 rename", func(t *testing.T) {
		if a := patch(`{"op":"replace","path":"displayName","value":"Ops"}`); a.at(t, "displayName") != "Ops" {
			t.Error(a.body)
		}
		sentence(t, "rename group Devs to Ops")
		if a := patch(`{"op":"replace","value":{"id":"` + made.get(t, "id") + `","displayName":"Devs"}}`); a.at(t, "displayName") != "Devs" {
			t.Error(a.body)
		}
		if a := b.do("GET", "/Users/"+ada, ""); a.at(t, "groups[0].display") != "Devs" {
			t.Error(a.body)
		}
	})
	t.Run("GRP-11 the user's side", func(t *testing.T) {
		want := map[string]any{"value": made.get(t, "id"), "$ref": b.base + one, "display": "Devs", "type": "direct"}
		for path, at := range map[string]string{"/Users/" + ada: "groups[0]", "/Users?filter=" + url.QueryEscape(`groups.display eq "Devs"`): "Resources[0].groups[0]"} {
			if a := b.do("GET", path, "").want(t, 200); !reflect.DeepEqual(a.at(t, at), want) {
				t.Errorf("%s: %v, want %v", path, a.at(t, at), want)
			}
		}
		a := b.do("PATCH", "/Users/"+ada, patchBody(`{"op":"add","path":"title","value":"x"}`))
		if !reflect.DeepEqual(a.at(t, "groups[0]"), want) {
			t.Errorf("RES-26, answer to a PATCH: %s", a.body)
		}
		if a := b.do("GET", "/Users/"+ada+"?excludedAttributes=groups", ""); strings.Contains(a.body, `"groups"`) {
			t.Error(a.body)
		}
	})
	t.Run("GRP-12 PUT", func(t *testing.T) {
		got := b.do("GET", one, "")
		if a := b.do("PUT", one, got.body).want(t, 200); a.body != got.body {
			t.Errorf("PUT of a GET\nhave %s\nwant %s", a.body, got.body)
		}
		has(t, b.do("PUT", one, strings.Replace(got.body, `"members":[`, `"members":[{"value":"`+bob+`"},`, 1)), ada, bob)
		has(t, b.do("PUT", one, group("Other", eve)), eve)
		has(t, b.do("PUT", one, group("Devs")))
		reset(ada)
	})
	t.Run("GRP-14 a deleted user leaves", func(t *testing.T) {
		reset(ada, eve)
		b.do("DELETE", "/Users/"+eve, "").want(t, 204)
		has(t, b.do("GET", one, ""), ada)
	})
	t.Run("GRP-15 without members", func(t *testing.T) {
		for _, path := range []string{one + "?excludedAttributes=members", "/Groups?excludedAttributes=members", "/Groups?attributes=displayName"} {
			if a := b.do("GET", path, "").want(t, 200); strings.Contains(a.body, `"members"`) || !strings.Contains(a.body, "Devs") {
				t.Errorf("%s: %s", path, a.body)
			}
		}
		if a := b.do("PATCH", one+"?excludedAttributes=members", patchBody(`{"op":"add","path":"members","value":[{"value":"`+bob+`"}]}`)).want(t, 200); strings.Contains(a.body, `"members"`) {
			t.Error(a.body)
		}
		reset(ada)
	})
	t.Run("GRP-17 a group as member", func(t *testing.T) {
		outer := b.do("POST", "/Groups", group("Outer", made.get(t, "id"))).want(t, 201)
		if outer.at(t, "members[0].type") != "Group" || outer.at(t, "members[0].$ref") != b.base+one {
			t.Error(outer.body)
		}
		b.do("DELETE", "/Groups/"+outer.get(t, "id"), "").want(t, 204)
	})
	t.Run("GRP-18 a member that does not exist", func(t *testing.T) {
		a := b.do("POST", "/Groups", group("Ghosts", "nobody")).refused(t, 400, scim.InvalidValue)
		if !strings.Contains(a.get(t, "detail"), `"nobody"`) {
			t.Error(a.body)
		}
	})
	t.Run("GRP-19 names need not be unique", func(t *testing.T) {
		a := b.do("POST", "/Groups", group("Devs")).want(t, 201)
		b.do("DELETE", "/Groups/"+a.get(t, "id"), "").want(t, 204)
		sentence(t, "delete group Devs")
	})
	t.Run("GRP-20 a member's value is immutable", func(t *testing.T) {
		patch(`{"op":"replace","path":"members[value eq \"`+ada+`\"].value","value":"`+bob+`"}`).refused(t, 400, scim.Mutability)
	})
	t.Run("GRP-22 paging", func(t *testing.T) {
		second := b.do("POST", "/Groups", group("Second")).want(t, 201)
		if n := b.do("GET", "/Groups?startIndex=2&count=1", "").names(t, "displayName"); !slices.Equal(n, []string{"Second"}) {
			t.Errorf("%q", n)
		}
		b.do("DELETE", "/Groups/"+second.get(t, "id"), "").want(t, 204)
	})
	t.Run("GRP-23 all or nothing", func(t *testing.T) {
		has(t, patch(`{"op":"remove","path":"members[value eq \"`+ada+`\"]"},{"op":"add","path":"members","value":[{"value":"`+bob+`"}]}`), bob)
		if a := patch(`{"op":"add","path":"members","value":[{"value":"` + ada + `"}]},{"op":"add","path":"members","value":[{"value":"nobody"}]}`); a.status != 400 {
			t.Error(a.body)
		}
		has(t, b.do("GET", one, ""), bob)
		patch(`{"op":"replace","path":"members[value eq \"nobody\"]","value":{"value":"`+ada+`"}}`).refused(t, 400, scim.NoTarget)
		reset(ada)
	})
	t.Run("GRP-24 unknown group", func(t *testing.T) {
		for method, body := range map[string]string{"GET": "", "PUT": group("x"), "PATCH": patchBody(`{"op":"replace","path":"displayName","value":"x"}`), "DELETE": ""} {
			b.do(method, "/Groups/nobody", body).refused(t, 404, "")
		}
	})
	t.Run("GRP-13 deleted", func(t *testing.T) {
		b.do("DELETE", one, "").want(t, 204)
		b.do("GET", one, "").refused(t, 404, "")
		if a := b.do("GET", "/Users/"+ada, "").want(t, 200); strings.Contains(a.body, `"groups"`) {
			t.Error(a.body)
		}
		b.do("GET", "/Groups", "", "Authorization:").refused(t, 401, "")
	})
}
