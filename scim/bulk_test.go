package scim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func readBulk(t testing.TB, operations string) (Bulk, error) {
	t.Helper()
	return ReadBulk(mustDecode(t, `{"schemas":["`+BulkURN+`"],"Operations":[`+operations+`]}`), BulkLimits{})
}

func TestReadBulk(t *testing.T) {
	b, err := ReadBulk(mustDecode(t, `{"schemas":["`+BulkURN+`"],"FAILONERRORS":2,"operations":[
		{"method":"post","path":"/Users","bulkId":"q","data":{"userName":"a"}},
		{"method":"PUT","path":"/Users/1","version":"W/\"3\"","data":{}},
		{"method":"PATCH","path":"/Users/1","data":{}},
		{"method":"DELETE","path":"/Users/1"}]}`), BulkLimits{Operations: 4})
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, o := range b.Operations {
		have = append(have, fmt.Sprint(o.Method, " ", o.Path, " ", o.BulkID, " ", o.Version, " ", o.Data, " ", o.Fault))
	}
	want := []string{ // BLK-02, BLK-13
		`POST /Users q  {"userName":"a"} <nil>`, `PUT /Users/1  W/"3" {} <nil>`, `PATCH /Users/1   {} <nil>`, `DELETE /Users/1   null <nil>`,
	}
	if !slices.Equal(have, want) || b.FailOnErrors != 2 { // BLK-07
		t.Errorf("failOnErrors %d\nhave %q\nwant %q", b.FailOnErrors, have, want)
	}
}

func TestReadBulkRefuses(t *testing.T) {
	const urn = `"schemas":["` + BulkURN + `"]`
	for _, c := range []struct{ name, body, want string }{
		{"BLK-08 too many operations", `{` + urn + `,"Operations":[{},{},{}]}`, "413: 3 operations are more than maxOperations, 2"},
		{"BLK-11 no schemas", `{"Operations":[{}]}`, "400 invalidSyntax: schemas is missing"},
		{"BLK-11 another schema", `{"schemas":["` + PatchURN + `"],"Operations":[{}]}`, "400 invalidSyntax: schemas: want"},
		{"no operations", `{` + urn + `}`, "400 invalidSyntax: Operations: want an array of one operation or more, got nothing"},
		{"empty operations", `{` + urn + `,"Operations":[]}`, "400 invalidSyntax: Operations: want an array of one operation or more, got an empty one"},
		{"operation that is none", `{` + urn + `,"Operations":[5]}`, "400 invalidSyntax: operation 1: want an object"},
		{"array", `[]`, "400 invalidSyntax: the body: want a JSON object"},
		{"failOnErrors as a word", `{` + urn + `,"failOnErrors":"1","Operations":[{}]}`, "400 invalidValue: failOnErrors: want a number"},
		{"failOnErrors negative", `{` + urn + `,"failOnErrors":-1,"Operations":[{}]}`, "400 invalidValue: failOnErrors: want 1 or more"},
		{"bulkId twice", `{` + urn + `,"Operations":[{"bulkId":"a"},{"bulkId":"a"}]}`, `400 invalidValue: operations 1 and 2 have the same bulkId "a"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadBulk(mustDecode(t, c.body), BulkLimits{Operations: 2})
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("have %v\nwant %s", err, c.want)
			}
		})
	}
}

// BLK-10: what is wrong with one operation is its own affair.
func TestBulkFaults(t *testing.T) {
	for _, c := range []struct{ operation, want string }{
		{`{"method":"POST","path":"/Users","data":{}}`, "invalidSyntax: a POST needs a bulkId"},
		{`{"method":"POST","path":"/Users","bulkId":"a"}`, "invalidSyntax: a POST needs data"},
		{`{"method":"PUT","path":"/Users/1"}`, "invalidSyntax: a PUT needs data"},
		{`{"method":"PATCH","path":"/Users/1","data":null}`, "invalidSyntax: a PATCH needs data"},
		{`{"method":"PATCH","path":"/Users/1","data":[]}`, "invalidSyntax: data: want a JSON object, got an array"},
		{`{"method":"GET","path":"/Users/1"}`, `invalidSyntax: method: want POST, PUT, PATCH or DELETE, got "GET"`},
		{`{"path":"/Users/1"}`, `invalidSyntax: method`},
		{`{"method":5,"path":"/Users/1"}`, "invalidValue: method: want a string"},
		{`{"method":"DELETE"}`, "invalidSyntax: path is missing"},
		{`{"method":"DELETE","path":"/Users"}`, `invalidPath: path: want the path of a resource, such as "/Users/2819", got "/Users"`},
		{`{"method":"DELETE","path":"/Users/"}`, `invalidPath`},
		{`{"method":"DELETE","path":"/Users/1/2"}`, `invalidPath`},
		{`{"method":"DELETE","path":"Users/1"}`, `invalidPath`},
		{`{"method":"DELETE","path":"//1"}`, `invalidPath`},
		{`{"method":"POST","path":"/Users/1","bulkId":"a","data":{}}`, `invalidPath: path: want an endpoint, such as "/Users"`},
	} {
		b, err := readBulk(t, c.operation)
		if err != nil {
			t.Fatal(err)
		}
		if fault := b.Operations[0].Fault; fault == nil || !strings.HasPrefix(fault.Error(), "400 "+c.want) {
			t.Errorf("%s\nhave %v\nwant %s", c.operation, fault, c.want)
		}
		if steps := b.Plan(); len(steps) != 1 || steps[0] != (BulkStep{}) {
			t.Errorf("%s: the plan is %v", c.operation, steps)
		}
	}
}

// post makes a POST of bulkId id that refers to others.
func post(id string, refers ...string) string {
	var members []string
	for _, r := range refers {
		members = append(members, `{"value":"bulkId:`+r+`","type":"User"}`)
	}
	return `{"method":"POST","path":"/Groups","bulkId":"` + id + `","data":{"displayName":"` + id + `","members":[` + strings.Join(members, ",") + `]}}`
}

func TestBulkPlan(t *testing.T) {
	for _, c := range []struct {
		name       string
		operations []string
		want       string // indexes; p: partial, c: complete
	}{
		{"as it comes", []string{post("a"), post("b"), post("c", "a", "b")}, "0 1 2"},
		{"BLK-05 what is referred to comes first", []string{post("a", "c"), post("b"), post("c")}, "2 0 1"},
		{"a chain", []string{post("a", "b"), post("b", "c"), post("c")}, "2 1 0"},
		{"BLK-06 a circle of two", []string{post("a", "b"), post("b", "a")}, "1p 0 1c"},
		{"BLK-06 a circle of three", []string{post("a", "b"), post("b", "c"), post("c", "a"), post("d")}, "2p 1 0 2c 3"},
		{"BLK-06 itself", []string{post("a", "a")}, "0p 0c"},
		{"BLK-06 two circles", []string{post("a", "b", "c"), post("b", "a"), post("c", "a")}, "1p 2p 0 1c 2c"},
		{"BLK-12 nobody makes it", []string{post("a", "x"), post("b")}, "0 1"},
		{"a PUT that refers forward", []string{`{"method":"PUT","path":"/Users/bulkId:a","data":{"x":"bulkId:b"}}`, post("b"), post("a")}, "2 1 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := readBulk(t, strings.Join(c.operations, ","))
			if err != nil {
				t.Fatal(err)
			}
			if have := planText(b.Plan()); have != c.want {
				t.Errorf("have %s, want %s", have, c.want)
			}
		})
	}
}

func planText(steps []BulkStep) string {
	var list []string
	for _, s := range steps {
		text := fmt.Sprint(s.Index)
		if s.Partial {
			text += "p"
		}
		if s.Complete {
			text += "c"
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

// A chain as long as a request may be is planned without deep recursion.
func TestBulkPlanLong(t *testing.T) {
	const n = 5000
	b := Bulk{}
	for i := range n {
		b.Operations = append(b.Operations, BulkOperation{
			Method: "POST", BulkID: fmt.Sprint(i), Path: "/Users",
			Data: ObjectOf(Member{"manager", StringOf(fmt.Sprint("bulkId:", i+1))}),
		})
	}
	if steps := b.Plan(); len(steps) != n || steps[0].Index != n-1 || steps[n-1].Index != 0 {
		t.Errorf("%d steps", len(steps))
	}
}

func TestBulkResolve(t *testing.T) {
	b, err := readBulk(t, `{"method":"PATCH","path":"/Groups/bulkId:g","data":{"Operations":[{"op":"add","path":"members","value":[
		{"value":"bulkId:a","display":"A"},{"value":"bulkId:b"},{"value":"c"}]}],"manager":{"value":"bulkId:b","x":1},"text":"not bulkId:a","$ref":"bulkId:b"}}`)
	if err != nil {
		t.Fatal(err)
	}
	o := &b.Operations[0]
	before := o.Data.String()
	path, data, err := o.Resolve(map[string]string{"g": "1", "a": "2", "b": "3"}, false)
	want := `{"Operations":[{"op":"add","path":"members","value":[{"value":"2","display":"A"},{"value":"3"},{"value":"c"}]}],"manager":{"value":"3","x":1},"text":"not bulkId:a","$ref":"3"}`
	if err != nil || path != "/Groups/1" || data.String() != want { // BLK-05
		t.Errorf("have %s %v, %v\nwant %s", path, data, err, want)
	}
	_, data, err = o.Resolve(map[string]string{"g": "1", "a": "2"}, true)
	want = `{"Operations":[{"op":"add","path":"members","value":[{"value":"2","display":"A"},{"value":"c"}]}],"text":"not bulkId:a"}`
	if err != nil || data.String() != want { // BLK-06
		t.Errorf("have %v, %v\nwant %s", data, err, want)
	}
	for _, partial := range []bool{false, true} { // BLK-12
		_, _, err = o.Resolve(map[string]string{"a": "2", "b": "3"}, partial)
		if err == nil || err.Error() != "409: bulkId:g cannot be resolved: no operation of this request created it" {
			t.Errorf("have %v", err)
		}
	}
	if _, _, err = o.Resolve(map[string]string{"g": "1", "a": "2"}, false); err == nil || err.(*Error).Status != 409 {
		t.Errorf("have %v", err)
	}
	if o.Data.String() != before {
		t.Errorf("the operation became %v", o.Data)
	}
}

func TestAppendBulkResponse(t *testing.T) { // BLK-03, BLK-04, BLK-14
	have := string(AppendBulkResponse(nil, []BulkResult{
		{Method: "POST", BulkID: `a"`, Version: `W/"1"`, Location: "https://host/Users/1", Status: 201},
		{Method: "POST", BulkID: "b", Status: 409, Response: Errorf(409, Uniqueness, "taken").Append(nil)},
		{Method: "DELETE", Location: "https://host/Users/2", Status: 204},
	}))
	want := `{"schemas":["` + BulkResponseURN + `"],"Operations":[` +
		`{"method":"POST","bulkId":"a\"","version":"W/\"1\"","location":"https://host/Users/1","status":"201"},` +
		`{"method":"POST","bulkId":"b","status":"409","response":{"schemas":["` + ErrorURN + `"],"status":"409","scimType":"uniqueness","detail":"taken"}},` +
		`{"method":"DELETE","location":"https://host/Users/2","status":"204"}]}`
	if have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

// FuzzBulk: a plan has each operation once, complete steps after their partial
// ones, and, when each step creates what it says, nothing in it is
// unresolvable but what nobody creates.
func FuzzBulk(f *testing.F) {
	f.Add(`[{"method":"POST","path":"/Users","bulkId":"a","data":{"x":"bulkId:a"}}]`)
	f.Add(`[` + post("a", "b", "c") + `,` + post("b", "a") + `,` + post("c", "a", "d") + `]`)
	f.Add(`[{"method":"PUT","path":"/Users/bulkId:a","data":{}},{"method":"DELETE","path":"/Users/1"}]`)
	f.Fuzz(func(t *testing.T, operations string) {
		v, err := Decode([]byte(`{"schemas":["`+BulkURN+`"],"Operations":`+operations+`}`), Limits{})
		if err != nil {
			return
		}
		b, err := ReadBulk(v, BulkLimits{})
		if err != nil {
			return
		}
		ids, done, half := map[string]string{}, map[int]bool{}, map[int]bool{}
		makes := map[string]bool{}
		for i := range b.Operations {
			if o := &b.Operations[i]; o.Method == "POST" && o.Fault == nil {
				makes[o.BulkID] = true
			}
		}
		for _, s := range b.Plan() {
			o := &b.Operations[s.Index]
			if s.Complete != half[s.Index] || done[s.Index] != s.Complete {
				t.Fatalf("step %+v: done %v, half %v", s, done, half)
			}
			done[s.Index], half[s.Index] = true, s.Partial
			if o.Fault != nil {
				continue
			}
			known := true
			o.eachReference(func(id string) { known = known && makes[id] })
			if _, _, err := o.Resolve(ids, s.Partial); err != nil && known {
				t.Fatalf("step %+v: %v", s, err)
			}
			if o.Method == "POST" {
				ids[o.BulkID] = "id"
			}
		}
		if len(done) != len(b.Operations) {
			t.Errorf("%d of %d operations are planned", len(done), len(b.Operations))
		}
		for i := range half {
			if half[i] {
				t.Errorf("operation %d stays half done", i)
			}
		}
	})
}
