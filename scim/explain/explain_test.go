package explain

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

const (
	id     = "00000000-0001-8859-9771-44355aaebbd0"
	active = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"` + id + `","userName":"eve@example.com","title":"Engineer",` +
		`"active":true,"meta":{"resourceType":"User","version":"W/\"1\"","location":"/Users/1"}}`
	inactive = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"` + id + `","userName":"eve@example.com","title":"Engineer",` +
		`"active":false,"meta":{"resourceType":"User","version":"W/\"2\"","location":"/Users/1"}}`
	promoted = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"` + id + `","userName":"eve@example.com","name":{"givenName":"Eve"},` +
		`"title":"Staff Engineer","active":true,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D"},` +
		`"meta":{"resourceType":"User","version":"W/\"3\"","location":"/Users/1"}}`
	devs    = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"1","displayName":"Devs","meta":{"resourceType":"Group","version":"W/\"1\"","location":"/Groups/1"}}`
	devs2   = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"1","displayName":"Devs","meta":{"resourceType":"Group","version":"W/\"2\"","location":"/Groups/1"}}`
	ops     = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"1","displayName":"Ops","meta":{"resourceType":"Group","version":"W/\"2\"","location":"/Groups/1"}}`
	oktaOff = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`
)

func failure(status int, scimType, detail string) []byte {
	return scim.Errorf(status, scimType, "%s", detail).Append(nil)
}

func listOf(total, start, count int) []byte {
	return fmt.Appendf(nil, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":%d,"startIndex":%d,"itemsPerPage":%d,"Resources":[]}`,
		total, start, count)
}

var exchanges = []struct {
	name     string
	ex       wire.Exchange
	op       string
	sentence string
	plain    string // "": as the sentence
	changed  []string
}{
	{
		"test connection",
		wire.Exchange{Method: "GET", Path: "/Users", Target: "/scim/v2/Users?startIndex=1&count=2", Status: 200, Type: "User", Total: 214, Start1: 1, Count: 2},
		Probe, "test connection: list users 1-2 → 2 of 214", "test connection: list users 1-2, 2 of 214", nil,
	},
	{
		"test connection, empty store",
		wire.Exchange{Method: "GET", Path: "/Users", Target: "/scim/v2/Users?startIndex=1&count=2", Status: 200, Type: "User", Start1: 1},
		Probe, "test connection: list users 1-2 → 0", "test connection: list users 1-2, 0 found", nil,
	},
	{
		"import",
		wire.Exchange{Method: "GET", Path: "/Users", Target: "/x/Users?startIndex=201&count=100", Status: 200, Type: "User", Total: 214, Start1: 201, Count: 14},
		List, "list users 201-300 → 14 of 214", "list users 201-300, 14 of 214", nil,
	},
	{
		"list without count",
		wire.Exchange{Method: "GET", Path: "/Users", Target: "/x/Users", Status: 200, Type: "User", Total: 214, Start1: 1, Count: 100},
		List, "list users → 100 of 214", "list users, 100 of 214", nil,
	},
	{
		"one of them",
		wire.Exchange{Method: "GET", Path: "/Users", Target: "/x/Users?count=1&startIndex=1", Status: 200, Type: "User", Total: 3, Start1: 1, Count: 1},
		List, "list users 1 → 1 of 3", "list users 1, 1 of 3", nil,
	},
	{
		"only the number",
		wire.Exchange{Method: "GET", Path: "/Users", Target: "/x/Users?count=0", Status: 200, Type: "User", Total: 3, Start1: 1},
		List, "count users → 3", "count users, 3 found", nil,
	},
	{
		"groups are off",
		wire.Exchange{Method: "GET", Path: "/Groups", Target: "/x/Groups?startIndex=1&count=100", Status: 200, Type: "Group", Start1: 1, Notes: []string{"groups are off: set …"}},
		List, "list groups 1-100 → 0 (groups are off)", "list groups 1-100, 0 found (groups are off)", nil,
	},
	{
		"lookup, miss",
		wire.Exchange{Method: "GET", Path: "/Users", Status: 200, Type: "User", Filter: `userName eq "ada@example.com"`, Start1: 1},
		Find, "find user userName=ada@example.com → 0", "find user userName=ada@example.com, 0 found", nil,
	},
	{
		"lookup, hit",
		wire.Exchange{Method: "GET", Path: "/Users", Status: 200, Type: "User", Filter: `emails.value eq "a\"b"`, Start1: 1, Total: 1, Count: 1},
		Find, `find user emails.value=a"b → 1`, `find user emails.value=a"b, 1 found`, nil,
	},
	{
		"filter",
		wire.Exchange{Method: "GET", Path: "/Users", Status: 200, Type: "User", Filter: `title pr and active eq true`, Start1: 1, Total: 40, Count: 10},
		Find, `find users title pr and active eq true → 10 of 40`, `find users title pr and active eq true, 10 of 40`, nil,
	},
	{
		"bad filter",
		wire.Exchange{
			Method: "GET", Path: "/Users", Status: 400, Type: "User", Filter: `title xx`,
			ResponseBody: failure(400, scim.InvalidFilter, "filter, column 7: want an operator"),
		},
		Find, `find users title xx: filter, column 7: want an operator`, "", nil,
	},
	{
		"read",
		wire.Exchange{Method: "GET", Path: "/Users/" + id, Status: 200, Type: "User", ID: id, ResponseBody: []byte(active)},
		Read, "read eve@example.com", "", nil,
	},
	{
		"read, body cut",
		wire.Exchange{Method: "GET", Path: "/Users/" + id, Status: 200, Type: "User", ID: id, ResponseBody: []byte(active[:160])},
		Read, "read eve@example.com", "", nil,
	},
	{
		"read, not modified",
		wire.Exchange{Method: "GET", Path: "/Users/" + id, Status: 304, Type: "User", ID: id},
		Read, "read " + id, "", nil,
	},
	{
		"read, unknown",
		wire.Exchange{Method: "GET", Path: "/Users/nobody", Status: 404, Type: "User", ID: "nobody", ResponseBody: failure(404, "", "there is no User")},
		Read, "read nobody: not found", "", nil,
	},
	{
		"create",
		wire.Exchange{Method: "POST", Path: "/Users", Status: 201, Type: "User", After: []byte(active)},
		Create, "create eve@example.com", "", nil,
	},
	{
		"create, taken",
		wire.Exchange{
			Method: "POST", Path: "/Users", Status: 409, Type: "User", RequestBody: []byte(`{ "USERNAME" : "bob@example.com" }`),
			ResponseBody: failure(409, scim.Uniqueness, "userName is taken"),
		},
		Create, "create bob@example.com: uniqueness", "", nil,
	},
	{
		"create, malformed",
		wire.Exchange{
			Method: "POST", Path: "/Users", Status: 400, Type: "User", RequestBody: []byte(`{"a"`),
			ResponseBody: failure(400, scim.InvalidSyntax, "line 3, column 14: want a colon"),
		},
		Create, "create: line 3, column 14: want a colon", "", nil,
	},
	{
		"replace",
		wire.Exchange{Method: "PUT", Path: "/Users/" + id, Status: 200, Type: "User", ID: id, Before: []byte(active), After: []byte(promoted)},
		Replace, "replace eve@example.com  3 fields", "replace eve@example.com, 3 fields",
		[]string{"name", "title", "department"},
	},
	{
		"replace, one field",
		wire.Exchange{
			Method: "PUT", Path: "/Users/" + id, Status: 200, Type: "User", Before: []byte(active),
			After: []byte(strings.Replace(active, "Engineer", "Boss", 1)),
		},
		Replace, "replace eve@example.com  1 field", "replace eve@example.com, 1 field",
		[]string{"title"},
	},
	{
		"replace without a change",
		wire.Exchange{Method: "PUT", Path: "/Users/" + id, Status: 200, Type: "User", Before: []byte(active), After: []byte(active)},
		Replace, "replace eve@example.com (no change)", "", nil,
	},
	{
		"replace in another order",
		wire.Exchange{
			Method: "PUT", Path: "/Users/" + id, Status: 200, Type: "User",
			Before: []byte(`{"id":"1","userName":"eve@example.com","emails":[{"value":"a"},{"value":"b"}]}`),
			After:  []byte(`{"id":"1","userName":"eve@example.com","emails":[{"value":"b"},{"value":"a"}]}`),
		},
		Replace, "replace eve@example.com (only the order)", "", nil,
	},
	{
		"deactivate by PUT",
		wire.Exchange{Method: "PUT", Path: "/Users/" + id, Status: 200, Type: "User", Before: []byte(active), After: []byte(inactive)},
		Deactivate, "deactivate eve@example.com", "",
		[]string{"active"},
	},
	{
		"activate by PATCH",
		wire.Exchange{Method: "PATCH", Path: "/Users/" + id, Status: 200, Type: "User", Before: []byte(inactive), After: []byte(active)},
		Activate, "activate eve@example.com", "",
		[]string{"active"},
	},
	{
		"deactivate again",
		wire.Exchange{
			Method: "PATCH", Path: "/Users/" + id, Status: 200, Type: "User", RequestBody: []byte(oktaOff),
			Before: []byte(inactive), After: []byte(inactive),
		},
		Deactivate, "deactivate eve@example.com (no change)", "", nil,
	},
	{
		"deactivate nobody",
		wire.Exchange{
			Method: "PATCH", Path: "/Users/nobody", Status: 404, Type: "User", ID: "nobody", RequestBody: []byte(oktaOff),
			ResponseBody: failure(404, "", "there is no User"),
		},
		Deactivate, "deactivate nobody: not found", "", nil,
	},
	{
		"patch",
		wire.Exchange{Method: "PATCH", Path: "/Users/" + id, Status: 200, Type: "User", Before: []byte(active), After: []byte(promoted)},
		Patch, "patch eve@example.com  3 fields", "patch eve@example.com, 3 fields",
		[]string{"name", "title", "department"},
	},
	{
		"patch, internal error",
		wire.Exchange{Method: "PATCH", Path: "/Users/" + id, Status: 500, Type: "User", ID: id, ResponseBody: failure(500, "", "internal error")},
		Patch, "patch " + id + ": internal error", "", nil,
	},
	{
		"delete",
		wire.Exchange{Method: "DELETE", Path: "/Users/" + id, Status: 204, Type: "User", ID: id, Before: []byte(active)},
		Delete, "delete eve@example.com", "", nil,
	},
	{
		"no Bearer",
		wire.Exchange{Method: "GET", Path: "/Users", Status: 401, Refused: `header has no "Bearer "`},
		Auth, `no valid key: header has no "Bearer "`, "", nil,
	},
	{
		"revoked",
		wire.Exchange{Method: "GET", Path: "/Users", Status: 401, Refused: `the key "okta-dev" is revoked`},
		Auth, `no valid key: the key "okta-dev" is revoked`, "", nil,
	},
	{"config", wire.Exchange{Method: "GET", Path: "/ServiceProviderConfig", Status: 200}, Discover, "read the service provider config", "", nil},
	{"schemas", wire.Exchange{Method: "GET", Path: "/Schemas", Status: 200}, Discover, "read the schemas", "", nil},
	{"schema", wire.Exchange{Method: "GET", Path: "/Schemas/urn:x", Status: 404, ResponseBody: failure(404, "", `there is no schema "urn:x"`)}, Discover, `read the schema urn:x: there is no schema "urn:x"`, "", nil},
	{"resource type", wire.Exchange{Method: "GET", Path: "/ResourceTypes/User", Status: 200}, Discover, "read the resource type User", "", nil},
	{
		"wrong method",
		wire.Exchange{Method: "PUT", Path: "/Users", Status: 405, ResponseBody: failure(405, "", "PUT is not allowed on /Users")},
		Other, "PUT /Users: PUT is not allowed on /Users", "", nil,
	},
	{"options", wire.Exchange{Method: "OPTIONS", Path: "/Users", Status: 204}, Other, "OPTIONS /Users", "", nil},
	{"bulk", wire.Exchange{Method: "POST", Path: "/Bulk", Status: 501, ResponseBody: failure(501, "", "no bulk")}, Bulk, "bulk: no bulk", "", nil},
	{"elsewhere", wire.Exchange{Method: "GET", Target: "/favicon.ico?x", Status: 404, ResponseBody: failure(404, "", "nothing")}, Other, "GET /favicon.ico: nothing", "", nil},
	{"no answer", wire.Exchange{Method: "GET", Path: "/Users/" + id, Type: "User", ID: id}, Read, "read " + id + ": no answer", "", nil},

	// Proxied: nothing but the wire.
	{
		"bare lookup",
		wire.Exchange{
			Method: "GET", Target: "/v2/Users?filter=userName+eq+%22ada%40example.com%22&startIndex=1&count=100", Status: 200,
			ResponseBody: listOf(1, 1, 1),
		},
		Find, "find user userName=ada@example.com → 1", "find user userName=ada@example.com, 1 found", nil,
	},
	{
		"bare test connection",
		wire.Exchange{Method: "GET", Target: "/scim/Users?startIndex=1&count=2", Status: 200, ResponseBody: listOf(9, 1, 2)},
		Probe, "test connection: list users 1-2 → 2 of 9", "test connection: list users 1-2, 2 of 9", nil,
	},
	{
		"bare create",
		wire.Exchange{Method: "POST", Target: "/scim/Users", Status: 201, RequestBody: []byte(`{"userName":"ada"}`), ResponseBody: []byte("{ \"id\": \"1\",\n \"userName\": \"ada\" }")},
		Create, "create ada", "", nil,
	},
	{
		"bare deactivate, 204",
		wire.Exchange{Method: "PATCH", Target: "/scim/Users/1", Status: 204, RequestBody: []byte(oktaOff)},
		Deactivate, "deactivate 1", "", nil,
	},
	{
		"bare Entra deactivate",
		wire.Exchange{
			Method: "PATCH", Target: "/scim/Users/1", Status: 200, ResponseBody: []byte(inactive),
			RequestBody: []byte(`{"Operations":[{"op":"Replace","path":"active","value":"False"}]}`),
		},
		Deactivate, "deactivate eve@example.com", "", nil,
	},
	{
		"bare patch",
		wire.Exchange{Method: "PATCH", Target: "/scim/Users/1", Status: 200, RequestBody: []byte(`{"Operations":[{"op":"add","path":"title","value":"x"}]}`), ResponseBody: []byte(active)},
		Patch, "patch eve@example.com", "", nil,
	},
	{
		"bare put",
		wire.Exchange{Method: "PUT", Target: "/scim/Users/1", Status: 200, RequestBody: []byte(active)},
		Replace, "replace eve@example.com", "", nil,
	},
	{
		"create group",
		wire.Exchange{Method: "POST", Path: "/Groups", Status: 201, Type: "Group", After: []byte(devs)},
		Create, "create group Devs", "", nil,
	},
	{
		"add members",
		wire.Exchange{Method: "PATCH", Path: "/Groups/1", Status: 200, Type: "Group", Before: []byte(devs), After: []byte(devs2), Joined: 2},
		Patch, "add 2 members to group Devs", "",
		[]string{"members"},
	},
	{
		"remove a member",
		wire.Exchange{Method: "PATCH", Path: "/Groups/1", Status: 200, Type: "Group", Before: []byte(devs), After: []byte(devs2), Left: 1},
		Patch, "remove 1 member from group Devs", "",
		[]string{"members"},
	},
	{
		"members come and go",
		wire.Exchange{Method: "PUT", Path: "/Groups/1", Status: 200, Type: "Group", Before: []byte(devs), After: []byte(devs2), Joined: 1, Left: 1},
		Replace, "add 1 member to group Devs, remove 1 member", "",
		[]string{"members"},
	},
	{
		"rename",
		wire.Exchange{Method: "PATCH", Path: "/Groups/1", Status: 200, Type: "Group", Before: []byte(devs), After: []byte(ops)},
		Patch, "rename group Devs to Ops", "",
		[]string{"displayName"},
	},
	{
		"rename, and a member",
		wire.Exchange{Method: "PATCH", Path: "/Groups/1", Status: 200, Type: "Group", Before: []byte(devs), After: []byte(ops), Joined: 1},
		Patch, "rename group Devs to Ops, add 1 member", "",
		[]string{"displayName", "members"},
	},
	{
		"a member again",
		wire.Exchange{
			Method: "PATCH", Path: "/Groups/1", Status: 200, Type: "Group", Before: []byte(devs), After: []byte(devs),
			RequestBody: []byte(`{"Operations":[{"op":"add","path":"members","value":[{"value":"1"}]}]}`),
		},
		Patch, "add 1 member to group Devs (no change)", "", nil,
	},
	{
		"group replaced without a change",
		wire.Exchange{Method: "PUT", Path: "/Groups/1", Status: 200, Type: "Group", Before: []byte(devs), After: []byte(devs)},
		Replace, "replace group Devs (no change)", "", nil,
	},
	{
		"group, another field",
		wire.Exchange{
			Method: "PUT", Path: "/Groups/1", Status: 200, Type: "Group", Before: []byte(devs),
			After: []byte(strings.Replace(devs, `"displayName"`, `"externalId":"x","displayName"`, 1)),
		},
		Replace, "replace group Devs  1 field", "replace group Devs, 1 field",
		[]string{"externalId"},
	},
	{
		"group not found",
		wire.Exchange{
			Method: "PATCH", Path: "/Groups/nobody", Status: 404, Type: "Group", ID: "nobody", ResponseBody: failure(404, "", "there is no Group"),
			RequestBody: []byte(`{"Operations":[{"op":"remove","path":"members[value eq \"7\"]"},{"op":"Add","path":"members","value":[{"value":"1"},{"value":"2"}]}]}`),
		},
		Patch, "add 2 members to group nobody, remove 1 member: not found", "", nil,
	},
	{
		"bare group emptied",
		wire.Exchange{
			Method: "PATCH", Target: "/scim/Groups/1", Status: 204,
			RequestBody: []byte(`{"Operations":[{"op":"replace","value":{"id":"1","displayName":"Ops","members":[]}}]}`),
		},
		Patch, "rename group 1 to Ops, remove all members", "", nil,
	},
	{
		"bare group set",
		wire.Exchange{Method: "PATCH", Target: "/scim/Groups/1", Status: 204, RequestBody: []byte(`{"Operations":[{"op":"replace","path":"members","value":[{"value":"1"}]}]}`)},
		Patch, "set 1 member of group 1", "", nil,
	},
	{
		"bare group, anything",
		wire.Exchange{Method: "PATCH", Target: "/scim/Groups/1", Status: 204, RequestBody: []byte(`{"Operations":[{"op":"replace","path":"externalId","value":"x"}]}`)},
		Patch, "patch group 1", "", nil,
	},
	{
		"delete group",
		wire.Exchange{Method: "DELETE", Path: "/Groups/1", Status: 204, Type: "Group", ID: "1", Before: []byte(devs)},
		Delete, "delete group Devs", "", nil,
	},
	{
		"search users",
		wire.Exchange{
			Method: "POST", Path: "/Users/.search", Base: "http://x", Status: 200, Type: "User", Total: 40, Start1: 1, Count: 10,
			RequestBody: []byte(`{"filter":"title pr","count":10}`), Filter: "title pr",
		},
		Find, "find users title pr → 10 of 40", "find users title pr, 10 of 40", nil,
	},
	{
		"search everything",
		wire.Exchange{Method: "POST", Path: "/.search", Base: "http://x", Status: 200, Total: 40, Start1: 1, Count: 10, RequestBody: []byte(`{"count":10}`)},
		List, "list resources 1-10 → 10 of 40", "list resources 1-10, 10 of 40", nil,
	},
	{
		"search at the root",
		wire.Exchange{Method: "GET", Path: "/", Base: "http://x", Target: "/scim/v2?filter=id+pr", Status: 200, Total: 4, Start1: 1, Count: 4, Filter: "id pr"},
		Find, "find resources id pr → 4", "find resources id pr, 4 found", nil,
	},
	{
		"bare search",
		wire.Exchange{Method: "POST", Target: "/scim/Users/.search", Status: 400, ResponseBody: failure(400, scim.InvalidSyntax, "no")},
		List, "list users: no", "", nil,
	},
	{
		"by cursor",
		wire.Exchange{Method: "GET", Path: "/Users", Target: "/x/Users?cursor&count=10", Status: 200, Type: "User", ResponseBody: listOf(214, 0, 10)},
		List, "list users 1-10 by cursor → 10 of 214", "list users 1-10 by cursor, 10 of 214", nil,
	},
	{
		"next page",
		wire.Exchange{Method: "GET", Path: "/Users", Target: "/x/Users?cursor=AQID", Status: 200, Type: "User", ResponseBody: listOf(214, 0, 100)},
		List, "list users, next page → 100 of 214", "list users, next page, 100 of 214", nil,
	},
	{
		"bulk",
		wire.Exchange{Method: "POST", Path: "/Bulk", Status: 200, Total: 12, Count: 11},
		Bulk, "bulk → 11 of 12 operations", "bulk, 11 of 12 operations", nil,
	},
	{
		"bulk refused",
		wire.Exchange{Method: "POST", Path: "/Bulk", Status: 413, ResponseBody: failure(413, "", "too many")},
		Bulk, "bulk: too many", "", nil,
	},
	{
		"bare bulk",
		wire.Exchange{
			Method: "POST", Target: "/scim/Bulk", Status: 200, RequestBody: []byte(`{"Operations":[{},{}]}`),
			ResponseBody: []byte(`{"Operations":[{"status":"201"},{"status":"404"}]}`),
		},
		Bulk, "bulk → 1 of 2 operations", "bulk, 1 of 2 operations", nil,
	},
	{
		"bare 401",
		wire.Exchange{Method: "GET", Target: "/scim/Users", Status: 401, ResponseBody: []byte("<html>")},
		Auth, "no valid key: unauthorized", "", nil,
	},
	{
		"bare group",
		wire.Exchange{Method: "POST", Target: "/scim/Groups", Status: 201, RequestBody: []byte(`{"displayName":"Devs"}`)},
		Create, "create group Devs", "", nil,
	},
}

func TestExchange(t *testing.T) {
	for _, tt := range exchanges {
		t.Run(tt.name, func(t *testing.T) {
			ex := tt.ex
			Exchange(&ex)
			if ex.Op != tt.op || ex.Sentence != tt.sentence {
				t.Errorf("\nhave %-10s %s\nwant %-10s %s", ex.Op, ex.Sentence, tt.op, tt.sentence)
			}
			if !slices.Equal(ex.Changed, tt.changed) {
				t.Errorf("changed %q, want %q", ex.Changed, tt.changed)
			}
			plain := tt.plain
			if plain == "" {
				plain = tt.sentence
			}
			if got := Plain(ex.Sentence); got != plain {
				t.Errorf("plain\nhave %s\nwant %s", got, plain)
			}
			if ex.Before != nil || ex.After != nil {
				t.Error("the docs were kept")
			}
		})
	}
}

// What a row holds is bounded, whatever a client sends.
func TestExchangeIsBounded(t *testing.T) {
	huge := strings.Repeat("é", 1<<20)
	for _, tt := range exchanges {
		ex := tt.ex
		ex.Filter, ex.Refused = replaceWith(ex.Filter, huge), replaceWith(ex.Refused, huge)
		ex.Method, ex.Path = huge, ex.Path+huge
		for _, b := range []*[]byte{&ex.RequestBody, &ex.ResponseBody, &ex.Before, &ex.After} {
			for _, name := range []string{"eve@example.com", "ada", "bob@example.com"} {
				*b = []byte(strings.ReplaceAll(string(*b), name, huge))
			}
		}
		for _, method := range []string{huge, tt.ex.Method} {
			ex := ex
			ex.Method = method
			Exchange(&ex)
			if n := utf8.RuneCountInString(ex.Sentence); n > 600 {
				t.Errorf("%s: the sentence has %d characters: %.300s", tt.name, n, ex.Sentence)
			}
			if n := utf8.RuneCountInString(ex.Name); n > 200 {
				t.Errorf("%s: the name has %d characters", tt.name, n)
			}
		}
	}
}

func replaceWith(s, long string) string {
	if s == "" {
		return s
	}
	return long
}

// The schemas of a catalog say what has case.
func TestWith(t *testing.T) {
	for name, explain := range map[string]func(*wire.Exchange){"changed": Exchange, "recased": With(scim.NewCatalog(false))} {
		ex := wire.Exchange{
			Method: "PUT", Path: "/Users/" + id, Type: "User", Status: 200,
			Before: []byte(active), After: []byte(strings.Replace(active, "eve@", "Eve@", 1)),
		}
		explain(&ex)
		if len(ex.Changes) != 1 || ex.Changes[0].Kind != name || ex.Sentence != "replace Eve@example.com  1 field" {
			t.Errorf("%s: %+v %s", name, ex.Changes, ex.Sentence)
		}
	}
}

func TestSentenceIsOneLine(t *testing.T) {
	ex := wire.Exchange{Method: "POST", Path: "/Users", Type: "User", Status: 201, After: []byte(`{"userName":"a\nb\r\nc"}`)}
	Exchange(&ex)
	if ex.Sentence != "create a b c" {
		t.Errorf("%q", ex.Sentence)
	}
}

func TestPlain(t *testing.T) {
	tests := []struct{ in, want string }{
		{"create a → b", "create a → b"},
		{"create a  b", "create a  b"},
		{"find user userName=a → 1 → 0", "find user userName=a → 1, 0 found"},
		{"replace a  2 fields", "replace a, 2 fields"},
		{"find user userName=a → 1 (replay of 7)", "find user userName=a, 1 found (replay of 7)"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := Plain(tt.in); got != tt.want {
			t.Errorf("%q: have %q, want %q", tt.in, got, tt.want)
		}
	}
}

// A replay says what it repeats; of one elsewhere no resource is ours.
func TestReplays(t *testing.T) {
	for source, want := range map[string]struct{ sentence, id string }{
		wire.ReplaySource(7, ""):              {"delete 2f81a7c0 (replay of 7)", "2f81a7c0"},
		wire.ReplaySource(7, "example.com:1"): {"delete 2f81a7c0 (replay of 7 to example.com:1)", ""},
		"tui":                                 {"delete 2f81a7c0", "2f81a7c0"},
	} {
		ex := wire.Exchange{Method: "DELETE", Path: "/Users/2f81a7c0", Target: "/Users/2f81a7c0", Status: 204, Source: source}
		if Exchange(&ex); ex.Sentence != want.sentence || ex.ID != want.id {
			t.Errorf("%s: %q about %q, want %q about %q", source, ex.Sentence, ex.ID, want.sentence, want.id)
		}
	}
}

// What is taken for a lookup without a parser is one for the parser.
func FuzzLookup(f *testing.F) {
	for _, s := range []string{`userName eq "ada@example.com"`, `not eq "a"`, `Or eq ""`, `a eq ""`, `userName eq "a\"b"`, `a.b eq "c"`, `id Eq "x"`, `a eq "b" or c eq "d"`, `pr eq "eq"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		path, value, ok := usualLookup(filter)
		if !ok {
			return
		}
		x, err := scim.ParseFilter(filter)
		if e, is := x.(*scim.Compare); err != nil || !is || e.Op != scim.Eq || e.Value.Kind() != scim.String || e.Path.String() != path || e.Value.Text() != value {
			t.Errorf("%q: have %q and %q, want %+v, %v", filter, path, value, x, err)
		}
	})
}

// Whatever comes, Exchange ends and says something.
func FuzzExchange(f *testing.F) {
	for _, tt := range exchanges {
		f.Add(tt.ex.Method, tt.ex.Path, tt.ex.Target, tt.ex.Filter, tt.ex.Status, tt.ex.RequestBody, tt.ex.ResponseBody, tt.ex.Before, tt.ex.After)
	}
	f.Fuzz(func(t *testing.T, method, path, target, filter string, status int, request, response, before, after []byte) {
		ex := wire.Exchange{
			Method: method, Path: path, Target: target, Filter: filter, Status: status,
			RequestBody: request, ResponseBody: response, Before: before, After: after,
		}
		Exchange(&ex)
		if ex.Op == "" || ex.Sentence == "" || utf8.RuneCountInString(ex.Sentence) > 600 {
			t.Errorf("%q %q", ex.Op, ex.Sentence)
		}
		Plain(ex.Sentence)
	})
}
