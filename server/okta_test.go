package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The files in testdata/okta say what Okta sends and expects. A step that they
// have and this file cannot read fails the test.

type step struct {
	Suite, Profile, Target, Name string
	Step                         int
	Method, Path                 string
	Query                        map[string]string
	RawQuery                     string `json:"raw_query"`
	Headers                      map[string]string
	Body                         json.RawMessage
	Merge                        *string `json:"body_merge_onto"`
	Asserts                      []assert
	Captures                     []struct{ Name, Source, Property string }
}

type assert struct {
	Source, Property, Comparison string
	Value                        any
}

func readSteps(t *testing.T, file string) []step {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "okta", file))
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	if err := json.Unmarshal(data, &steps); err != nil {
		t.Fatal(err)
	}
	return steps
}

// replay is a run of steps with what they have captured so far.
type replay struct {
	*bench
	vars    map[string]string
	got     any // the last GET of a single resource, for a PUT laid over it
	asserts int
}

func newReplay(b *bench) *replay {
	given := fmt.Sprintf("Runscope%03d", rand.IntN(1000))
	family := fmt.Sprintf("Qwertyuio%03d", rand.IntN(1000))
	email := given + family + "@atko.com"
	return &replay{bench: b, vars: map[string]string{
		"auth": "Bearer " + b.key, "SCIMBaseURL": b.base, "SCIMUrl": b.base, "SCIMAuth": "Bearer " + b.key,
		// The spec suite.
		"randomGivenName": given, "randomFamilyName": family, "randomEmail": email, "randomUsername": email,
		"randomUsernameCaps": strings.ToUpper(email), "InvalidUserEmail": "abcdefgh@atko.com",
		"UserIdThatDoesNotExist": "010101001010101011001010101011",
		// The life cycle.
		"userName": "Jane.Doe@example.com", "email": "jane.doe@example.com", "givenName": "Jane", "familyName": "Doe",
		"displayName": "Jane Doe", "givenNameNew": "Janet", "oktaUserId": "00ujl29u0le5T6Aj10h7",
		"randomPassword8": "gl^m&qWZ", "newPassword": "N3w-Secret-From-Okta",
		"groupName": "Engineering", "groupNameNew": "Engineering (all)",
		// The published entitlements test asks whatever endpoint a resource type has.
		"entitlementEndpoint": "/Users",
	}}
}

// fill puts the variables in.
func (r *replay) fill(s string) string {
	for name, value := range r.vars {
		s = strings.ReplaceAll(s, "{{"+name+"}}", value)
		s = strings.ReplaceAll(s, "{{"+name+"|pct}}", strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
	}
	if strings.Contains(s, "{{") {
		r.t.Fatalf("nothing to put into %s", s)
	}
	return s
}

// play sends a step and holds the answer against its assertions.
func (r *replay) play(s step) {
	r.t.Helper()
	request := r.request(s)
	start := time.Now()
	a := r.send(request)
	took := time.Since(start)
	var body any
	if a.body != "" {
		if err := json.Unmarshal([]byte(a.body), &body); err != nil {
			r.t.Fatalf("%s: the answer is not JSON: %v", s.Name, err)
		}
	}
	if s.Method == "GET" && strings.Count(s.Path, "/") == 2 {
		r.got = body
	}
	for _, x := range s.Asserts {
		r.asserts++
		if fault := r.check(x, a.status, took, body); fault != "" {
			r.t.Errorf("%s %s step %d, %s: %s\n%d %s", s.Suite, s.Profile, s.Step, s.Name, fault, a.status, a.body)
		}
	}
	for _, c := range s.Captures {
		if v, ok := property(body, c.Property); ok {
			r.vars[c.Name] = fmt.Sprint(v)
		}
	}
}

func (r *replay) request(s step) *http.Request {
	r.t.Helper()
	target := r.base + r.fill(s.Path)
	switch {
	case strings.ContainsAny(s.RawQuery, ` "`): // the suite's own runner encodes it
		q := url.Values{}
		for name, value := range s.Query {
			q.Set(name, r.fill(value))
		}
		target += "?" + q.Encode()
	case s.RawQuery != "":
		target += "?" + r.fill(s.RawQuery)
	}
	var body bytes.Buffer
	if len(s.Body) > 0 && string(s.Body) != "null" {
		if err := json.Compact(&body, []byte(r.fill(string(s.Body)))); err != nil {
			r.t.Fatal(err)
		}
		if s.Merge != nil {
			r.layOver(&body)
		}
	}
	request, err := http.NewRequest(s.Method, target, &body)
	if err != nil {
		r.t.Fatal(err)
	}
	for name, value := range s.Headers {
		request.Header.Set(name, r.fill(value))
	}
	request.Header.Del("Accept-Encoding") // Go's client undoes only what it asked for itself
	return request
}

// layOver lays Okta's attributes over the last GET, as Okta does before a PUT.
func (r *replay) layOver(body *bytes.Buffer) {
	r.t.Helper()
	old, ok := r.got.(map[string]any)
	if !ok {
		return
	}
	merged := maps.Clone(old)
	if err := json.Unmarshal(body.Bytes(), &merged); err != nil {
		r.t.Fatal(err)
	}
	out, err := json.Marshal(merged)
	if err != nil {
		r.t.Fatal(err)
	}
	body.Reset()
	body.Write(out)
}

// check returns what is wrong, or "".
func (r *replay) check(x assert, status int, took time.Duration, body any) string {
	want := x.Value
	if s, ok := want.(string); ok {
		want = r.fill(s)
	}
	var got any
	switch x.Source {
	case "status":
		got = float64(status)
	case "json", "script":
		v, ok := property(body, x.Property)
		if !ok {
			return x.Property + " is missing"
		}
		got = v
	case "response_time_ms":
		got = float64(took.Milliseconds())
	default:
		r.t.Fatalf("unknown source %q", x.Source)
	}
	if holds(r.t, x.Comparison, got, want) {
		return ""
	}
	return fmt.Sprintf("%s %s: %v, want %s %v", x.Source, x.Property, got, x.Comparison, want)
}

func holds(t testing.TB, comparison string, got, want any) bool {
	switch comparison {
	case "equal_number":
		return got == want
	case "equal":
		return fmt.Sprint(got) == fmt.Sprint(want)
	case "not_empty":
		v := reflect.ValueOf(got)
		switch v.Kind() {
		case reflect.Invalid:
			return false
		case reflect.String, reflect.Slice, reflect.Map:
			return v.Len() > 0
		}
		return true
	case "is_a_number":
		_, ok := got.(float64)
		return ok
	case "is_array":
		_, ok := got.([]any)
		return ok
	case "is_json_object":
		_, ok := got.(map[string]any)
		return ok
	case "is_less_than":
		return got.(float64) < want.(float64)
	case "has_value", "contains", "one_of":
		list, item := got, want
		if comparison == "one_of" {
			list, item = want, got
		}
		for _, v := range list.([]any) {
			if v == item {
				return true
			}
		}
		return false
	case "groups_shape":
		m, ok := got.(map[string]any)
		resources, isList := m["Resources"].([]any)
		return ok && (m["totalResults"] == 0.0 || isList && len(resources) > 0)
	}
	t.Fatalf("unknown comparison %q", comparison)
	return false
}

// property follows a path such as Resources[0].name.familyName.
func property(v any, path string) (any, bool) {
	if path == "" {
		return v, true
	}
	for name := range strings.SplitSeq(path, ".") {
		name, index, indexed := strings.Cut(name, "[0]")
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[name]; !ok {
			return nil, false
		}
		if indexed {
			list, ok := v.([]any)
			if !ok || len(list) == 0 || index != "" {
				return nil, false
			}
			v = list[0]
		}
	}
	return v, true
}

// Before each suite of the life cycle the store is as Okta left it.
func (r *replay) prepare(suite string) {
	r.t.Helper()
	if suite == "create" || suite == "schema-discovery" {
		return
	}
	if strings.HasPrefix(suite, "group-") {
		var members []string
		for i := range 3 {
			name := fmt.Sprintf("member%d@example.com", i+1)
			r.vars[fmt.Sprintf("memberUserName%d", i+1)] = name
			r.vars[fmt.Sprintf("memberId%d", i+1)] = r.bench.create(name)
			members = append(members, r.vars[fmt.Sprintf("memberId%d", i+1)])
		}
		if suite != "group-push-create" {
			r.vars["groupId"] = r.do("POST", "/Groups", group(r.vars["groupName"], members[:2]...)).want(r.t, http.StatusCreated).get(r.t, "id")
		}
		return
	}
	if suite == "import" {
		for i := range 150 {
			r.create(fmt.Sprintf("user%d@example.com", i))
		}
		return
	}
	r.vars["scimId"] = r.bench.create(r.vars["userName"])
	if suite == "reactivate" || suite == "create-existing-inactive" {
		if a := r.do("PATCH", "/Users/"+r.vars["scimId"], patchBody(oktaDeactivate)); a.status != http.StatusOK {
			r.t.Fatalf("deactivate: %d %s", a.status, a.body)
		}
	}
}

// outcome checks what a group is like after a suite: the answers to a PATCH need
// not say.
func (r *replay) outcome(suite string) {
	r.t.Helper()
	members := map[string][]string{
		"group-push-create": {"1", "2"}, "group-rename": {"1", "2"}, "group-members-change": {"2", "3"}, "group-push-now": {"2", "3"},
		"group-push-now-empty": {}, "group-members-pathless": {"1"},
	}[suite]
	if members == nil {
		return
	}
	a := r.do("GET", "/Groups/"+r.vars["groupId"], "").want(r.t, http.StatusOK)
	list, _ := a.json(r.t)["members"].([]any)
	for _, n := range members {
		if !strings.Contains(a.body, r.vars["memberId"+n]) {
			r.t.Errorf("member %s is missing: %s", n, a.body)
		}
	}
	if name := r.vars[map[bool]string{true: "groupNameNew", false: "groupName"}[suite == "group-rename"]]; a.get(r.t, "displayName") != name || len(list) != len(members) {
		r.t.Errorf("want %q with %d members: %s", name, len(members), a.body)
	}
}

func TestOktaLifecycle(t *testing.T) {
	suites := map[string][]step{}
	var order []string
	for _, s := range readSteps(t, "okta-lifecycle.json") {
		name := s.Suite + "/" + s.Profile
		if suites[name] == nil {
			order = append(order, name)
		}
		suites[name] = append(suites[name], s)
	}
	if len(order) != 32 {
		t.Fatalf("%d suites: %v", len(order), order)
	}
	for _, name := range order {
		t.Run(name, func(t *testing.T) {
			r := newReplay(newBench(t, strings.HasPrefix(name, "group-"), nil))
			suite, _, _ := strings.Cut(name, "/")
			r.prepare(suite)
			for _, s := range suites[name] {
				r.play(s)
			}
			if r.asserts == 0 {
				t.Error("nothing was asserted")
			}
			r.outcome(suite)
		})
	}
}

func TestOktaSpecSuite(t *testing.T) {
	r := newReplay(newBench(t, false, nil))
	r.create("seed@example.com")
	requests := 0
	for _, s := range readSteps(t, "okta-spec-test.json") {
		if s.Suite == "okta-scim20-spec" {
			requests++
			r.play(s)
		}
	}
	if requests != 12 || r.asserts != 53 {
		t.Errorf("%d requests with %d assertions, want 12 with 52 and a script", requests, r.asserts)
	}
}

// The CRUD suite drives Okta and looks at the SCIM side. Here Okta's part is
// played by the sequences of the life cycle, in either dialect.
func TestOktaCRUDSuite(t *testing.T) {
	lifecycle := readSteps(t, "okta-lifecycle.json")
	for _, profile := range []string{"aiw", "oin"} {
		t.Run(profile, func(t *testing.T) {
			r := newReplay(newBench(t, false, nil))
			given, family := "Runscope123", "Qwertyuio123"
			email := given + family + "@atko.com"
			maps.Copy(r.vars, map[string]string{
				"okta_user_firstname": given, "okta_user_firstname_update": given + "update", "okta_user_lastname": family,
				"okta_user_email": email, "userName": email, "email": email, "givenName": given, "familyName": family,
				"givenNameNew": given + "update",
			})
			sequence := func(suite string) {
				for _, s := range lifecycle {
					if s.Suite == suite && s.Profile == profile {
						r.play(s)
					}
				}
			}
			before := map[int]string{4: "create", 6: "update", 8: "deactivate", 11: "reactivate", 13: "deactivate"}
			polls := 0
			for _, s := range readSteps(t, "okta-spec-test.json") {
				if s.Suite != "okta-scim20-crud" || s.Target != "scim" {
					continue
				}
				polls++
				sequence(before[s.Step])
				r.play(s)
			}
			if polls != 5 {
				t.Errorf("%d polls, want 5", polls)
			}
		})
	}
}
