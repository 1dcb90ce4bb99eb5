package server

import (
	"strings"
	"testing"

	"scimdeck/scim"
)

// What other clients than Okta send, request by request: taken and noted, or
// refused by RFC where nothing is forgiven. {user} and {group} are ids.
func TestDialects(t *testing.T) {
	const entraGroup = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
	op := func(ops string) string { return `{"schemas":["` + scim.PatchURN + `"],"Operations":[` + ops + `]}` }
	tests := []struct {
		client, method, path, body string
		notes                      []string // the leniencies used
		has, lacks                 string   // in the answer
	}{
		{"Entra: disable", "PATCH", "/Users/{user}", op(`{"op":"Replace","path":"active","value":"False"}`), []string{"op-case", "boolean-string"}, `"active":false`, ""},
		{
			"Entra: aadOptscim062020", "PATCH", "/Users/{user}",
			op(`{"op":"replace","value":{"name.givenName":"Augusta","` + scim.EnterpriseURN + `:employeeNumber":"7"}}`),
			[]string{"dotted-key", "urn-key"},
			`"givenName":"Augusta"`, "",
		},
		{"Entra: a work address", "PATCH", "/Users/{user}", op(`{"op":"Add","path":"emails[type eq \"work\"].value","value":"w@example.com"}`), []string{"op-case"}, "w@example.com", ""},
		{"Entra: role", "PATCH", "/Users/{user}", op(`{"op":"add","path":"roles[primary eq \"True\"].value","value":"admin"}`), []string{"filter-boolean-string"}, `"value":"admin"`, ""},
		{"Entra: create", "POST", "/Users", `{"schemas":["` + scim.UserURN + `","` + scim.EnterpriseURN + `"],"userName":"entra@example.com","active":true,"externalId":"e","meta":{"resourceType":"User"},"roles":[]}`, nil, "", ""},
		{"Entra: create group", "POST", "/Groups", `{"schemas":["` + scim.GroupURN + `","` + entraGroup + `"],"displayName":"Entra","externalId":"g"}`, []string{"entra-group-schema"}, "Entra", entraGroup},
		{"Entra: add a member", "PATCH", "/Groups/{group}", op(`{"op":"Add","path":"members","value":[{"$ref":null,"value":"{user}"}]}`), []string{"op-case"}, "{user}", ""},
		{"Entra: find a group", "GET", "/Groups?excludedAttributes=members&filter=displayName+eq+%22Devs%22", "", nil, "Devs", `"members"`},
		{"Entra: find a user", "GET", "/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22w%40example.com%22", "", []string{"value-path-condition"}, `"totalResults":1`, ""},
		{"Entra: remove a member", "PATCH", "/Groups/{group}", op(`{"op":"Remove","path":"members","value":[{"$ref":null,"value":"{user}"}]}`), []string{"op-case", "remove-value"}, "", "{user}"},
		{"JumpCloud: remove a member", "PATCH", "/Groups/{group}", op(`{"op":"remove","path":"members","value":[{"value":"{user}"}]}`), []string{"remove-value"}, "", "{user}"},
		{"OneLogin: find", "GET", "/Users?filter=userName+eq+%22ada@example.com%22&", "", []string{"query-trailing"}, `"totalResults":1`, ""},
		{
			"OneLogin: update", "PUT", "/Users/{user}?", `{"schemas":["urn:scim:schemas:core:1.0"],"userName":"ada@example.com","emails":{"value":"o@example.com"}}`,
			[]string{"query-trailing", "old-schema", "lone-object"},
			`"emails":[{"value":"o@example.com"`, "urn:scim",
		},
		{"Keycloak: disable", "PUT", "/Users/{user}", `{"schemas":["` + scim.UserURN + `"],"userName":"ada@example.com","active":"false"}`, []string{"boolean-string"}, `"active":false`, ""},
		{"Google: find", "GET", "/Users?filter=userName%20eq%20%22nobody%22&startIndex=1&count=1", "", nil, `"totalResults":0`, ""},
	}
	for name, mode := range map[string]scim.Mode{"lenient": scim.Lenient, "strict": scim.Strict} {
		b := newBench(t, true, func(o *Options) { o.Policy.Mode = mode })
		user := b.create("ada@example.com")
		ids := strings.NewReplacer("{user}", user, "{group}", b.do("POST", "/Groups", group("Devs", user)).want(t, 201).get(t, "id"))
		for _, tt := range tests {
			t.Run(name+" "+tt.client, func(t *testing.T) {
				a := b.do(tt.method, ids.Replace(tt.path), ids.Replace(tt.body))
				ex := b.logged()
				if mode == scim.Strict && len(tt.notes) > 0 {
					if a.status != 400 {
						t.Errorf("%d %s", a.status, a.body)
					}
					return
				}
				if lacks := ids.Replace(tt.lacks); a.status >= 300 || !strings.Contains(a.body, ids.Replace(tt.has)) || lacks != "" && strings.Contains(a.body, lacks) {
					t.Errorf("%d %s", a.status, a.body)
				}
				all := strings.Join(ex.Notes, "|") + "|"
				for _, id := range tt.notes {
					if !strings.Contains(all, " ["+id+"]|") {
						t.Errorf("no note of %s: %q", id, ex.Notes)
					}
				}
				if n := strings.Count(all, "]|"); n != len(tt.notes) {
					t.Errorf("noted %q, want %q", ex.Notes, tt.notes)
				}
			})
		}
	}
}
