package story

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/explain"
	"scimdeck/scim/wire"
)

var (
	catalog = scim.NewCatalog(true)
	start   = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

// lab is a service provider as small as one can be, that answers what clients
// send and has it explained, as the server and its log do.
type lab struct {
	t     testing.TB
	agent string
	docs  map[string][]byte // by path: "/Users/u1"
	order []string
	made  int
	name  string // in ids, so that two labs have different ones
	log   []*wire.Exchange
	fail  map[int]int    // statuses of the n-th requests instead of what they would get
	last  map[string]any // the answer to the last GET of a resource
}

func newLab(t testing.TB, name, agent string) *lab {
	return &lab{t: t, name: name, agent: agent, docs: map[string][]byte{}, fail: map[int]int{}}
}

const oktaAgent = "Okta SCIM Client 1.0.0"

// do sends a request; its exchange comes to the log.
func (l *lab) do(method, target, body string) *wire.Exchange {
	l.t.Helper()
	path, query, _ := strings.Cut(target, "?")
	ex := &wire.Exchange{
		Start: start.Add(time.Duration(len(l.log)) * 200 * time.Millisecond), Took: 5 * time.Millisecond,
		Method: method, Target: "/scim/v2" + target, Base: "https://example.com/scim/v2", Path: path,
		KeyID: 7, KeyName: "okta-dev", RequestBody: []byte(body),
	}
	if l.agent != "" {
		ex.RequestHeader = []wire.Field{{Name: "User-Agent", Value: l.agent}}
	}
	kind, id, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	ex.Type = map[string]string{"Users": "User", "Groups": "Group"}[kind]
	switch status := l.fail[len(l.log)]; {
	case status != 0:
		ex.ID = id
		l.refuse(ex, status)
	case ex.Type == "":
		l.answer(ex, http.StatusOK, listOf(0, 1, nil))
	default:
		l.serve(ex, catalog.Type(ex.Type), id, query)
	}
	explain.With(catalog)(ex)
	l.log = append(l.log, ex)
	return ex
}

func (l *lab) answer(ex *wire.Exchange, status int, body []byte) {
	ex.Status, ex.ResponseBody, ex.ResponseSize = status, body, int64(len(body))
}

func (l *lab) refuse(ex *wire.Exchange, status int) {
	l.answer(ex, status, scim.Errorf(status, "", "the lab says %d", status).Append(nil))
}

// listOf is a ListResponse.
func listOf(total, first int, docs [][]byte) []byte {
	body := fmt.Appendf(nil, `{"schemas":["%s"],"totalResults":%d,"startIndex":%d,"itemsPerPage":%d,"Resources":[`, scim.ListURN, total, first, len(docs))
	for i, d := range docs {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, d...)
	}
	return append(body, "]}"...)
}

func (l *lab) serve(ex *wire.Exchange, rt *scim.ResourceType, id, query string) {
	ex.ID = id
	before := l.docs[ex.Path]
	switch {
	case id == "" && ex.Method == "GET":
		l.find(ex, rt, query)
		return
	case id == "" && ex.Method == "POST":
		l.made++
		ex.ID = fmt.Sprintf("%s-%d", l.name, l.made)
		l.write(ex, rt, nil)
		return
	case before == nil:
		l.refuse(ex, http.StatusNotFound)
		return
	}
	switch ex.Method {
	case "GET":
		l.answer(ex, http.StatusOK, before)
		l.last = nil
		if err := json.Unmarshal(before, &l.last); err != nil {
			l.t.Fatal(err)
		}
	case "DELETE":
		delete(l.docs, ex.Path)
		ex.Before = before
		l.answer(ex, http.StatusNoContent, nil)
	default:
		l.write(ex, rt, before)
	}
}

// find answers a list, with or without a filter.
func (l *lab) find(ex *wire.Exchange, rt *scim.ResourceType, query string) {
	values, err := url.ParseQuery(query)
	if err != nil {
		l.t.Fatal(err)
	}
	filter := (*scim.Filter)(nil)
	if ex.Filter = values.Get("filter"); ex.Filter != "" {
		if filter, _, err = rt.ReadFilter(ex.Filter, scim.Policy{}); err != nil {
			l.t.Fatal(err)
		}
	}
	var found [][]byte
	for _, path := range l.order {
		if d := l.docs[path]; d != nil && strings.HasPrefix(path, rt.Endpoint) && (filter == nil || filter.Match(d)) {
			found = append(found, d)
		}
	}
	first, count := max(number(values.Get("startIndex")), 1), number(values.Get("count"))
	page := found[min(first-1, len(found)):min(first-1+count, len(found))]
	if count == 0 {
		page = found
	}
	ex.Total, ex.Start1, ex.Count = len(found), first, len(page)
	l.answer(ex, http.StatusOK, listOf(len(found), first, page))
}

// write does a POST, PUT or PATCH.
func (l *lab) write(ex *wire.Exchange, rt *scim.ResourceType, before []byte) {
	l.t.Helper()
	body, err := scim.Decode(ex.RequestBody, scim.Limits{})
	if err != nil {
		l.t.Fatalf("%v: %s", err, ex.RequestBody)
	}
	var old, now scim.Draft
	var notes []scim.Note
	meta := scim.Meta{Created: start, Modified: start}
	if before != nil {
		if _, old, meta, err = rt.ReadDoc(before); err != nil {
			l.t.Fatal(err)
		}
	}
	meta.Version++
	if ex.Method == "PATCH" {
		var p *scim.Patch
		if p, notes, err = rt.ReadPatch(body, scim.Policy{}); err == nil {
			now, _, err = p.Apply(old)
		}
	} else {
		now, notes, err = rt.Read(body, scim.Policy{})
		if err == nil && before != nil {
			now, err = rt.Replace(old, now)
		}
	}
	if err != nil {
		l.t.Fatalf("%s %s: %v: %s", ex.Method, ex.Target, err, ex.RequestBody)
	}
	for _, n := range notes {
		ex.Notes = append(ex.Notes, string(n))
	}
	after := rt.AppendDoc(nil, ex.ID, now, meta)
	path := rt.Endpoint + "/" + ex.ID
	if before == nil {
		l.order = append(l.order, path)
	}
	l.docs[path] = after
	ex.Before, ex.After = before, after
	status := http.StatusOK
	if before == nil {
		status = http.StatusCreated
	}
	l.answer(ex, status, after)
}

// step is a recorded request of testdata/okta/okta-lifecycle.json.
type step struct {
	Suite, Profile, Name string
	Step                 int
	Method, Path         string
	RawQuery             string `json:"raw_query"`
	Body                 json.RawMessage
	Merge                *string `json:"body_merge_onto"`
	Captures             []struct{ Name, Source, Property string }
}

func lifecycle(t testing.TB) []step {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "okta", "okta-lifecycle.json"))
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	if err := json.Unmarshal(data, &steps); err != nil {
		t.Fatal(err)
	}
	return steps
}

// replay sends the steps of a suite as Okta would, to a service in the state
// that it needs, and returns the exchanges.
func replay(t testing.TB, name string, steps []step) []*wire.Exchange {
	t.Helper()
	suite := steps[0].Suite
	l := newLab(t, name, oktaAgent)
	vars := map[string]string{
		"userName": name + "@Example.com", "email": name + "@example.com", "givenName": "Jane", "familyName": "Doe", "displayName": "Jane Doe",
		"givenNameNew": "Janet", "oktaUserId": "00u" + name, "randomPassword8": "gl^m&qWZ", "newPassword": "N3w-Secret",
		"groupName": "Group " + name, "groupNameNew": "New " + name, "entitlementEndpoint": "/Roles",
	}
	for i := range 3 {
		n := fmt.Sprint(i + 1)
		vars["memberUserName"+n], vars["memberId"+n] = "m"+n+name, "m"+n+name
	}
	l.prepare(suite, vars)
	l.log = nil
	for _, s := range steps {
		l.play(s, vars)
	}
	return l.log
}

// prepare puts the service into the state in which Okta left it.
func (l *lab) prepare(suite string, vars map[string]string) {
	l.t.Helper()
	person := func(name string) string {
		return l.do("POST", "/Users", fmt.Sprintf(`{"schemas":["%s"],"userName":%q,"active":true,"name":{"givenName":"Old","familyName":"Doe"},"emails":[{"value":%q}]}`,
			scim.UserURN, name, name)).ID
	}
	switch {
	case suite == "create" || suite == "schema-discovery" || suite == "group-push-create":
	case suite == "import":
		for i := range 150 {
			person(fmt.Sprintf("user%d@%s", i, l.name))
		}
	case strings.HasPrefix(suite, "group-"):
		vars["groupId"] = l.do("POST", "/Groups", fmt.Sprintf(`{"schemas":["%s"],"displayName":%q,"members":[{"value":%q},{"value":%q}]}`,
			scim.GroupURN, vars["groupName"], vars["memberId1"], vars["memberId2"])).ID
	default:
		vars["scimId"] = person(vars["userName"])
		if suite == "reactivate" || suite == "create-existing-inactive" {
			l.do("PATCH", "/Users/"+vars["scimId"], `{"schemas":["`+scim.PatchURN+`"],"Operations":[{"op":"replace","value":{"active":false}}]}`)
		}
	}
}

// play sends one recorded request.
func (l *lab) play(s step, vars map[string]string) {
	l.t.Helper()
	fill := func(text string) string {
		for name, value := range vars {
			text = strings.ReplaceAll(text, "{{"+name+"}}", value)
			text = strings.ReplaceAll(text, "{{"+name+"|pct}}", strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
		}
		if strings.Contains(text, "{{") {
			l.t.Fatalf("nothing to put into %s", text)
		}
		return text
	}
	target := fill(s.Path)
	if s.RawQuery != "" {
		target += "?" + fill(s.RawQuery)
	}
	body := ""
	if string(s.Body) != "null" {
		body = fill(string(s.Body))
	}
	if s.Merge != nil && l.last != nil {
		merged := maps.Clone(l.last)
		if err := json.Unmarshal([]byte(body), &merged); err != nil {
			l.t.Fatal(err)
		}
		text, err := json.Marshal(merged)
		if err != nil {
			l.t.Fatal(err)
		}
		body = string(text)
	}
	ex := l.do(s.Method, target, body)
	for _, c := range s.Captures {
		if c.Property == "id" {
			vars[c.Name] = ex.ID
		}
		if c.Property == "Resources[0].id" {
			first := scim.WalkJSON(scim.MemberOf(ex.ResponseBody, "Resources"))
			if first.Next() {
				vars[c.Name] = scim.Unquote(scim.MemberOf(first.Value, "id"))
			}
		}
	}
}
