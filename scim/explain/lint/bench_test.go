package lint

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// oktaHeader is what Okta sends with a body.
func oktaHeader() http.Header {
	return http.Header{
		"Accept": {"application/scim+json"}, "Accept-Charset": {"utf-8"}, "Content-Type": {"application/scim+json; charset=utf-8"},
		"User-Agent": {"Okta SCIM Client 1.0.0"}, "Authorization": {"Bearer scimdeck_" + strings.Repeat("x", 49)},
		"Connection": {"Keep-Alive"}, "Accept-Encoding": {"gzip,deflate"},
	}
}

const base = "https://scim.example.com/scim/v2"

func okta(method, target, body string, status int, answer string) *wire.Exchange {
	return send(sending{
		method: method, target: target, host: "scim.example.com", base: base, header: oktaHeader(), body: []byte(urns.Replace(body)),
		status: status, answerHeader: http.Header{"Content-Type": {"application/scim+json"}, "Location": {base + "/Users/2819"}}, answer: []byte(urns.Replace(answer)),
	})
}

const storedUser = `{"schemas":["$User","$Enterprise"],"id":"2819","externalId":"00ujl29u0le5T6Aj10h7","userName":"jane.doe@example.com",` +
	`"name":{"givenName":"Jane","familyName":"Doe"},"displayName":"Jane Doe","locale":"en-US","active":true,` +
	`"emails":[{"value":"jane.doe@example.com","type":"work","primary":true}],"$Enterprise":{"department":"Sales"},` +
	`"meta":{"resourceType":"User","created":"2026-01-01T00:00:00Z","lastModified":"2026-01-01T00:00:00Z","version":"W/\"1\"","location":"https://scim.example.com/scim/v2/Users/2819"}}`

// clean are requests of Okta's in which nothing is found.
func clean() map[string]*wire.Exchange {
	var members, page strings.Builder
	for i := range 100 {
		fmt.Fprintf(&members, `,{"value":"2819c223-7f76-453a-919d-%012d","display":"user%d@example.com"}`, i, i)
	}
	for i := range 20 {
		page.WriteString("," + strings.Replace(storedUser, `"2819"`, fmt.Sprintf(`"%d"`, i), 1))
	}
	list := func(total, n int, resources string) string {
		return fmt.Sprintf(`{"schemas":["$ListResponse"],"totalResults":%d,"startIndex":1,"itemsPerPage":%d,"Resources":[%s]}`, total, n, resources)
	}
	user := strings.NewReplacer(`"id":"2819",`, "").Replace(storedUser[:strings.Index(storedUser, `,"meta"`)]) + "}"
	return map[string]*wire.Exchange{
		"find":    okta("GET", "/Users?filter=userName%20eq%20%22jane.doe%40example.com%22&startIndex=1&count=100", "", 200, list(0, 0, "")),
		"read":    okta("GET", "/Users/2819", "", 200, storedUser),
		"import":  okta("GET", "/Users?startIndex=1&count=100", "", 200, list(20, 20, page.String()[1:])),
		"create":  okta("POST", "/Users", user, 201, storedUser),
		"patch":   okta("PATCH", "/Users/2819", `{"schemas":["$PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`, 200, storedUser),
		"members": okta("PATCH", "/Groups/9", `{"schemas":["$PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"2819\"]"},{"op":"add","path":"members","value":[`+members.String()[1:]+`]}]}`, 204, ""),
	}
}

// What Okta sends without a fault costs no memory and gives no finding.
func TestCleanCostsNothing(t *testing.T) {
	for _, answers := range []bool{false, true} {
		l := New(Options{Catalog: scim.NewCatalog(true), MaxResults: 1000, Answers: answers})
		for name, ex := range clean() {
			if found := l.Exchange(ex); found != nil {
				t.Errorf("%s: %v", name, shown(found))
			}
			most := 0.0
			if poolForgets {
				most = 8 // what a new look takes, now and then
			}
			if n := testing.AllocsPerRun(100, func() { l.Exchange(ex) }); n > most {
				t.Errorf("%s, answers %v: %v allocations", name, answers, n)
			}
		}
	}
}

// hostile are requests that cost the most, with bodies of the size that is kept.
func hostile() map[string]*wire.Exchange {
	const size = 16 << 10
	fill := func(s string) string { return strings.TrimSuffix(strings.Repeat(s+",", size/(len(s)+1)), ",") }
	wrap := func(s string) string { return `{"schemas":["$PatchOp"],"Operations":[` + s + `]}` }
	return map[string]*wire.Exchange{
		"unknown":    okta("PUT", "/Users/1", `{"schemas":["$User"],`+fill(`"a":1`)+`}`, 200, ""),
		"elements":   okta("PUT", "/Users/1", `{"schemas":["$User"],"emails":[`+fill(`{"a":1}`)+`]}`, 200, ""),
		"operations": okta("PATCH", "/Users/1", wrap(fill(`{"op":"Add","path":"x.y","value":1}`)), 200, ""),
		"keys":       okta("PATCH", "/Users/1", wrap(`{"op":"add","value":{`+fill(`"a.b":1`)+`}}`), 200, ""),
		"bulk":       okta("POST", "/Bulk", `{"schemas":["$BulkRequest"],"Operations":[`+fill(`{"method":"PUT","path":"/Users/1","data":{}}`)+`]}`, 200, ""),
		"nested":     okta("PUT", "/Users/1", strings.Repeat("[", size), 200, ""),
		"slashes":    okta("GET", "raw:"+strings.Repeat("/", 60<<10)+"Users", "", 404, ""),
		"path":       okta("GET", "raw:"+strings.Repeat("/a%", 20<<10), "", 404, ""),
		"query":      okta("GET", "/Users?"+strings.Repeat("a&", 30<<10), "", 200, ""),
		"filter":     okta("GET", "/Users?filter="+strings.Repeat("(title+pr)+and+", 500)+"title+pr", "", 200, ""),
		"attributes": okta("GET", "/Users?attributes="+strings.Repeat("x.y,", 10<<10), "", 200, ""),
	}
}

func BenchmarkHostile(b *testing.B) {
	l := New(Options{Catalog: scim.NewCatalog(true), MaxResults: 1000, Answers: true})
	for name, ex := range hostile() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Exchange(ex)
			}
		})
	}
}

func BenchmarkExchange(b *testing.B) {
	for _, answers := range []bool{false, true} {
		l := New(Options{Catalog: scim.NewCatalog(true), MaxResults: 1000, Answers: answers})
		for _, name := range []string{"find", "read", "import", "create", "patch", "members"} {
			ex := clean()[name]
			b.Run(fmt.Sprintf("%s/answers=%v", name, answers), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(ex.RequestBody)))
				if answers {
					b.SetBytes(int64(len(ex.RequestBody) + len(ex.ResponseBody)))
				}
				for b.Loop() {
					l.Exchange(ex)
				}
			})
		}
		// A PUT of Okta's has a note, and one of Entra's PATCHes two warnings.
		for name, ex := range map[string]*wire.Exchange{
			"put":   okta("PUT", "/Users/2819", storedUser, 200, storedUser),
			"entra": okta("PATCH", "/Users/2819", `{"schemas":["$PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}`, 200, storedUser),
		} {
			b.Run(fmt.Sprintf("%s/answers=%v", name, answers), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					l.Exchange(ex)
				}
			})
		}
	}
}
