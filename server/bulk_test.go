package server

import (
	"fmt"
	"strings"
	"testing"

	"scimdeck/scim"
)

func bulkBody(more string, ops ...string) string {
	return fmt.Sprintf(`{"schemas":[%q]%s,"Operations":[%s]}`, scim.BulkURN, more, strings.Join(ops, ","))
}

func bulkPost(id, data string) string {
	return fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":%q,"data":%s}`, id, data)
}

// bulk sends a bulk request and returns the statuses of its operations, and the operations.
func (b *bench) bulk(body string) (string, []map[string]any) {
	b.t.Helper()
	a := b.do("POST", "/Bulk", body).want(b.t, 200)
	if a.at(b.t, "schemas").([]any)[0] != scim.BulkResponseURN {
		b.t.Errorf("BLK-02: %s", a.body)
	}
	var statuses []string
	var ops []map[string]any
	for _, o := range a.json(b.t)["Operations"].([]any) {
		op := o.(map[string]any)
		status, ok := op["status"].(string)
		if !ok {
			b.t.Errorf("BLK-03: status %v", op["status"])
		}
		statuses = append(statuses, status)
		ops = append(ops, op)
	}
	return strings.Join(statuses, " "), ops
}

// The rows BLK of the matrix.
func TestBulk(t *testing.T) {
	b := newBench(t, true, func(o *Options) { o.Limits.BulkOperations, o.Limits.BulkBytes = 20, 8<<10 })
	id := b.create("ada@example.com")
	gone := b.create("gone@example.com")
	one := "/Users/" + id
	t.Run("BLK-01 announced", func(t *testing.T) {
		c := b.do("GET", "/ServiceProviderConfig", "")
		if c.at(t, "bulk.supported") != true || c.at(t, "bulk.maxOperations") != 20.0 || c.at(t, "bulk.maxPayloadSize") != 8192.0 {
			t.Error(c.body)
		}
	})
	t.Run("BLK-02 BLK-03 every method", func(t *testing.T) {
		got, ops := b.bulk(bulkBody("",
			bulkPost("q", user("bulk@example.com")),
			`{"method":"PUT","path":"`+one+`","data":`+user("ada@example.com", `,"title":"x"`)+`}`,
			`{"method":"patch","path":"`+one+`","data":`+patchBody(oktaDeactivate)+`}`,
			`{"method":"DELETE","path":"/Users/`+gone+`"}`))
		if got != "201 200 200 204" {
			t.Fatal(got)
		}
		for i, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			if ops[i]["method"] != method || ops[i]["location"] == nil || (i == 3) != (ops[i]["version"] == nil) || ops[i]["response"] != nil {
				t.Errorf("%v", ops[i])
			}
		}
		if a := b.do("GET", ops[0]["location"].(string), "").want(t, 200); ops[0]["bulkId"] != "q" || ops[0]["version"] != a.header.Get("Etag") {
			t.Errorf("%v", ops[0])
		}
		if ops[2]["location"] != b.base+one || ops[2]["version"] != `W/"3"` {
			t.Errorf("%v", ops[2])
		}
	})
	t.Run("explained", func(t *testing.T) {
		b.bulk(bulkBody("", bulkPost("q", user("seen@example.com", `,"password":"hunter2-secret"`)), `{"method":"DELETE","path":"/Users/nobody"}`))
		ex := b.logged()
		notes := strings.Join(ex.Notes, "|")
		if ex.Op != "bulk" || ex.Sentence != "bulk → 1 of 2 operations" || !strings.Contains(notes, "operation 1: ") || !strings.Contains(notes, "operation 2: there is no User") {
			t.Errorf("%s %q %q", ex.Op, ex.Sentence, notes)
		}
		if strings.Contains(string(ex.RequestBody)+notes, "hunter2") {
			t.Errorf("%s", ex.RequestBody)
		}
	})
	t.Run("BLK-04 BLK-14 errors in response", func(t *testing.T) {
		_, ops := b.bulk(bulkBody("", `{"method":"DELETE","path":"/Users/nobody"}`, bulkPost("q", user("ada@example.com"))))
		for i, status := range []string{"404", "409"} {
			r, _ := ops[i]["response"].(map[string]any)
			if ops[i]["status"] != status || r["status"] != status || r["schemas"].([]any)[0] != scim.ErrorURN {
				t.Errorf("%v", ops[i])
			}
		}
		if ops[0]["location"] != b.base+"/Users/nobody" || ops[1]["location"] != nil {
			t.Errorf("BLK-03: %v", ops)
		}
	})
	t.Run("BLK-05 a reference, also forwards", func(t *testing.T) {
		group := `{"method":"POST","path":"/Groups","bulkId":"g","data":{"schemas":["` + scim.GroupURN + `"],"displayName":"Bulk","members":[{"value":"bulkId:m"}]}}`
		report := bulkPost("r", user("report@example.com", ext(`"manager":{"value":"bulkId:m"}`)))
		got, ops := b.bulk(bulkBody("", group, report, bulkPost("m", user("boss@example.com")),
			`{"method":"PATCH","path":"/Users/bulkId:m","data":`+patchBody(`{"op":"add","path":"title","value":"Boss"}`)+`}`))
		if got != "201 201 201 200" {
			t.Fatal(got)
		}
		boss := b.do("GET", ops[2]["location"].(string), "").want(t, 200)
		if boss.at(t, "title") != "Boss" || ops[3]["location"] != ops[2]["location"] {
			t.Error(boss.body, ops[3])
		}
		if a := b.do("GET", ops[0]["location"].(string), ""); a.at(t, "members[0].value") != boss.at(t, "id") {
			t.Error(a.body)
		}
		if a := b.do("GET", ops[1]["location"].(string), ""); !strings.Contains(a.body, `"manager":{"value":"`+boss.get(t, "id")) {
			t.Error(a.body)
		}
	})
	circle := func(a, c string) []string {
		return []string{
			bulkPost("a", user(a, ext(`"manager":{"value":"bulkId:c"}`))), bulkPost("c", user(c, ext(`"manager":{"value":"bulkId:a"}`))),
		}
	}
	t.Run("BLK-06 a circle", func(t *testing.T) {
		got, ops := b.bulk(bulkBody("", circle("x@example.com", "y@example.com")...))
		if got != "201 201" {
			t.Fatal(got)
		}
		x, y := b.do("GET", ops[0]["location"].(string), "").want(t, 200), b.do("GET", ops[1]["location"].(string), "").want(t, 200)
		if !strings.Contains(x.body, `"manager":{"value":"`+y.get(t, "id")) || !strings.Contains(y.body, `"manager":{"value":"`+x.get(t, "id")) {
			t.Errorf("%s\n%s", x.body, y.body)
		}
		if ops[0]["version"] != x.header.Get("Etag") || ops[1]["version"] != y.header.Get("Etag") {
			t.Errorf("%v", ops)
		}
	})
	t.Run("BLK-06 a circle that cannot be closed", func(t *testing.T) {
		for _, fail := range []string{"", `,"failOnErrors":1`} {
			got, _ := b.bulk(bulkBody(fail, circle("left@example.com", "ada@example.com")...))
			if got != "409 409" && (fail == "" || got != "409") {
				t.Error(got)
			}
			if n := b.filtered(`userName eq "left@example.com"`, "").names(t, "id"); len(n) != 0 {
				t.Error("half of a circle stayed")
			}
		}
	})
	t.Run("BLK-07 failOnErrors", func(t *testing.T) {
		bad := `{"method":"DELETE","path":"/Users/nobody"}`
		good := `{"method":"PATCH","path":"` + one + `","data":` + patchBody(oktaDeactivate) + `}`
		for more, want := range map[string]string{
			`,"failOnErrors":1`: "200 404", `,"failOnErrors":2`: "200 404 200 404", "": "200 404 200 404 200", `,"failOnErrors":5`: "200 404 200 404 200",
		} {
			if got, _ := b.bulk(bulkBody(more, good, bad, good, bad, good)); got != want {
				t.Errorf("%s: %s, want %s", more, got, want)
			}
		}
	})
	t.Run("BLK-08 too many operations", func(t *testing.T) {
		ops := make([]string, 21)
		for i := range ops {
			ops[i] = `{"method":"DELETE","path":"/Users/nobody"}`
		}
		b.do("POST", "/Bulk", bulkBody("", ops...)).refused(t, 413, "")
	})
	t.Run("BLK-09 too many bytes", func(t *testing.T) {
		b.do("POST", "/Bulk", bulkBody("", bulkPost("q", user("big@example.com", `,"title":"`+strings.Repeat("x", 9000)+`"`)))).refused(t, 413, "")
	})
	t.Run("BLK-10 what every operation needs", func(t *testing.T) {
		for _, op := range []string{
			`{"method":"POST","path":"/Users","data":` + user("no-id@example.com") + `}`,
			`{"method":"POST","path":"/Users","bulkId":"x"}`,
			`{"method":"PUT","path":"` + one + `"}`,
			`{"method":"PATCH","path":"` + one + `"}`,
			`{"method":"GET","path":"` + one + `"}`,
			`{"method":"DELETE"}`,
			`{"path":"` + one + `"}`,
			`{"method":"PUT","path":"/Users","data":` + user("x") + `}`,
			`{"method":"POST","bulkId":"x","path":"` + one + `","data":` + user("x") + `}`,
		} {
			if got, ops := b.bulk(bulkBody("", op)); got != "400" {
				t.Errorf("%s: %s %v", op, got, ops)
			}
		}
		for _, path := range []string{"/Nosuch", "/Bulk", "/ServiceProviderConfig"} {
			if got, ops := b.bulk(bulkBody("", `{"method":"POST","bulkId":"x","path":"`+path+`","data":{}}`)); got != "404" {
				t.Errorf("%s: %s %v", path, got, ops)
			}
		}
	})
	t.Run("BLK-11 the URN", func(t *testing.T) {
		b.do("POST", "/Bulk", `{"schemas":["`+scim.PatchURN+`"],"Operations":[{"method":"DELETE","path":"/Users/x"}]}`).refused(t, 400, scim.InvalidSyntax)
	})
	t.Run("BLK-12 a reference to nothing", func(t *testing.T) {
		got, _ := b.bulk(bulkBody("", bulkPost("q", user("lost@example.com", ext(`"manager":{"value":"bulkId:nobody"}`))), `{"method":"DELETE","path":"/Users/bulkId:nobody"}`))
		if got != "409 409" && got != "400 400" {
			t.Error(got)
		}
	})
	t.Run("BLK-13 version", func(t *testing.T) {
		put := func(version string) string {
			return `{"method":"PUT","path":"` + one + `","version":` + version + `,"data":` + user("ada@example.com", `,"title":"v"`) + `}`
		}
		now := b.do("GET", one, "").header.Get("Etag")
		got, ops := b.bulk(bulkBody("", put(`"W/\"0\""`), put(fmt.Sprintf("%q", now)), `{"method":"DELETE","path":"`+one+`","version":"W/\"0\""}`))
		if got != "412 200 412" {
			t.Errorf("%s %v", got, ops)
		}
	})
}
