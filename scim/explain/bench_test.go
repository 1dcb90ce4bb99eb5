package explain_test

import (
	"net/http"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/explain"
	"scimdeck/scim/wire"
)

// person is a user as it is stored: with what Okta's profile maps by default.
const person = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
	`"id":"2819c223-7f76-453a-919d-413861904646","externalId":"00ujl29u0le5T6Aj10h7","userName":"jane.doe@example.com",` +
	`"name":{"givenName":"Jane","familyName":"Doe"},"displayName":"Jane Doe","title":"Engineer","locale":"en-US","active":true,` +
	`"emails":[{"value":"jane.doe@example.com","type":"work","primary":true}],"phoneNumbers":[{"value":"+1 555 0100","type":"mobile"}],` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","department":"Tour Operations"},` +
	`"meta":{"resourceType":"User","created":"2026-01-01T00:00:00Z","lastModified":"2026-01-01T00:00:00Z","version":"W/\"1\"",` +
	`"location":"https://scim.example.com/scim/v2/Users/2819c223-7f76-453a-919d-413861904646"}}`

// lifecycle is what Okta sends about one person, from the lookup to the deactivation.
func lifecycle() map[string]wire.Exchange {
	const one = "/Users/2819c223-7f76-453a-919d-413861904646"
	next := func(version, old, now string) string {
		return strings.NewReplacer(`W/\"1\"`, `W/\"`+version+`\"`, "2026-01-01T00:00:00Z\",\"version", "2026-02-0"+version+"T00:00:00Z\",\"version", old, now).Replace(person)
	}
	exchange := func(method, target, body string, status int, answer, before, after string) wire.Exchange {
		path, _, _ := strings.Cut(target, "?")
		ex := wire.Exchange{
			Method: method, Target: "/scim/v2" + target, Base: "https://scim.example.com/scim/v2", Path: path, Type: "User",
			RequestHeader: []wire.Field{{Name: "Accept", Value: "application/scim+json"}, {Name: "User-Agent", Value: "Okta SCIM Client 1.0.0"}},
			RequestBody:   []byte(body), RequestSize: int64(len(body)), Status: status, ResponseBody: []byte(answer), ResponseSize: int64(len(answer)),
		}
		if ex.ID = strings.TrimPrefix(one, "/Users/"); before != "" {
			ex.Before = []byte(before)
		}
		if after != "" {
			ex.After = []byte(after)
		}
		return ex
	}
	sent := person[:strings.Index(person, `,"meta"`)] + `,"password":"(removed)","groups":[]}`
	promoted, off := next("2", "Engineer", "Staff Engineer"), next("3", `"active":true`, `"active":false`)
	find := exchange("GET", "/Users?filter=userName%20eq%20%22jane.doe%40example.com%22&startIndex=1&count=100", "", http.StatusOK,
		`{"schemas":["`+scim.ListURN+`"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`, "", "")
	find.ID, find.Filter, find.Start1 = "", `userName eq "jane.doe@example.com"`, 1
	return map[string]wire.Exchange{
		"find":   find,
		"create": exchange("POST", "/Users", strings.Replace(sent, `"id":"2819c223-7f76-453a-919d-413861904646",`, "", 1), http.StatusCreated, person, "", person),
		"read":   exchange("GET", one, "", http.StatusOK, person, "", ""),
		"put":    exchange("PUT", one, strings.Replace(sent, "Engineer", "Staff Engineer", 1), http.StatusOK, promoted, person, promoted),
		"same":   exchange("PUT", one, sent, http.StatusOK, person, person, person),
		"patch": exchange("PATCH", one, `{"schemas":["`+scim.PatchURN+`"],"Operations":[{"op":"replace","value":{"active":false}}]}`,
			http.StatusOK, off, person, off),
	}
}

func BenchmarkExchange(b *testing.B) {
	tell := explain.With(scim.NewCatalog(true))
	life := lifecycle()
	for _, name := range []string{"find", "create", "read", "put", "same", "patch"} {
		b.Run(name, func(b *testing.B) {
			whole := life[name]
			ex := new(wire.Exchange)
			b.ReportAllocs()
			for b.Loop() {
				*ex = whole
				tell(ex)
			}
		})
	}
}
