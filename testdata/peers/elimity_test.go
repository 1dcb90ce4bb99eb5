package peers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"scimdeck/scim"
	"scimdeck/server"
	"scimdeck/store"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	elimity "github.com/elimity-com/scim"
	elimityerrors "github.com/elimity-com/scim/errors"
	elimityfilter "github.com/elimity-com/scim/filter"
	elimityschema "github.com/elimity-com/scim/schema"
	peer "github.com/scim2/filter-parser/v2"
)

// memory keeps resources for elimity's server, which reads, checks and answers but
// leaves keeping and patching to its user.
type memory struct {
	ids   []string
	items map[string]elimity.ResourceAttributes
}

func (m *memory) show(id string) (elimity.Resource, error) {
	a, ok := m.items[id]
	if !ok {
		return elimity.Resource{}, elimityerrors.ScimErrorResourceNotFound(id)
	}
	return elimity.Resource{ID: id, Attributes: a}, nil
}

func (m *memory) Create(_ *http.Request, a elimity.ResourceAttributes) (elimity.Resource, error) {
	id := strconv.Itoa(len(m.ids) + 1)
	m.ids = append(m.ids, id)
	m.items[id] = a
	return m.show(id)
}

func (m *memory) Get(_ *http.Request, id string) (elimity.Resource, error) { return m.show(id) }

func (m *memory) GetAll(_ *http.Request, p elimity.ListRequestParams) (elimity.Page, error) {
	page := elimity.Page{Resources: []elimity.Resource{}}
	for _, id := range m.ids {
		if p.FilterValidator == nil || p.FilterValidator.PassesFilter(m.items[id]) == nil {
			page.Resources = append(page.Resources, elimity.Resource{ID: id, Attributes: m.items[id]})
		}
	}
	page.TotalResults = len(page.Resources)
	return page, nil
}

func (m *memory) Replace(_ *http.Request, id string, a elimity.ResourceAttributes) (elimity.Resource, error) {
	if _, err := m.show(id); err != nil {
		return elimity.Resource{}, err
	}
	m.items[id] = a
	return m.show(id)
}

func (m *memory) Delete(_ *http.Request, id string) error {
	if _, err := m.show(id); err != nil {
		return err
	}
	delete(m.items, id)
	m.ids = slices.DeleteFunc(m.ids, func(x string) bool { return x == id })
	return nil
}

// Patch applies what elimity has read and checked, as RFC 7644 §3.5.2 says.
func (m *memory) Patch(_ *http.Request, id string, ops []elimity.PatchOperation) (elimity.Resource, error) {
	old, err := m.show(id)
	if err != nil {
		return elimity.Resource{}, err
	}
	a := clone(map[string]any(old.Attributes)).(map[string]any)
	for _, op := range ops {
		if op.Path != nil {
			if err := at(a, op); err != nil {
				return elimity.Resource{}, err
			}
			continue
		}
		for name, v := range op.Value.(map[string]any) {
			if inner, ok := v.(map[string]any); ok && strings.HasPrefix(name, "urn:") { // all of an extension
				set(a, name, elimity.PatchOperation{Op: op.Op, Value: inner})
				continue
			}
			path, err := peer.ParsePath([]byte(name))
			if err != nil {
				return elimity.Resource{}, err
			}
			if err := at(a, elimity.PatchOperation{Op: op.Op, Path: &path, Value: v}); err != nil {
				return elimity.Resource{}, err
			}
		}
	}
	m.items[id] = a
	return m.show(id)
}

// at applies an operation that has a path.
func at(a map[string]any, op elimity.PatchOperation) error {
	p := op.Path
	if p.AttributePath.URIPrefix != nil && *p.AttributePath.URIPrefix != scim.UserURN {
		inner, _ := a[*p.AttributePath.URIPrefix].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			a[*p.AttributePath.URIPrefix] = inner
		}
		a = inner
	}
	name := spelt(a, p.AttributePath.AttributeName)
	sub := p.SubAttributeName() + p.AttributePath.SubAttributeName()
	if p.ValueExpression == nil {
		if sub == "" {
			set(a, name, op)
			return nil
		}
		inner, _ := a[name].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			a[name] = inner
		}
		set(inner, spelt(inner, sub), op)
		return nil
	}
	found := false
	list, _ := a[name].([]any)
	emails, _ := elimityschema.CoreUserSchema().Attributes.ContainsAttribute(name)
	matches := elimityfilter.NewFilterValidator(p.ValueExpression, elimityschema.Schema{Attributes: emails.SubAttributes()})
	list = slices.DeleteFunc(list, func(v any) bool {
		value := v.(map[string]any)
		if matches.PassesFilter(value) != nil {
			return false
		}
		found = true
		switch {
		case sub != "":
			set(value, sub, op)
		case op.Op == "remove":
			return true
		default:
			for k, w := range op.Value.(map[string]any) {
				value[k] = w
			}
		}
		return false
	})
	if a[name] = list; len(list) == 0 {
		delete(a, name)
	}
	if !found && op.Op == "replace" {
		return elimityerrors.ScimErrorNoTarget
	}
	return nil
}

// set does an operation to one member of an object.
func set(o map[string]any, name string, op elimity.PatchOperation) {
	old, isList := o[name].([]any)
	add, isAdd := op.Value.([]any)
	switch {
	case op.Op == "remove":
		delete(o, name)
	case op.Op == "add" && isList && isAdd:
		for _, v := range add {
			if !slices.ContainsFunc(old, func(w any) bool { return reflect.DeepEqual(v, w) }) {
				old = append(old, v)
			}
		}
		o[name] = old
	default:
		inner, ok := o[name].(map[string]any)
		value, is := op.Value.(map[string]any)
		if !ok || !is {
			o[name] = op.Value
			return
		}
		for k, v := range value {
			inner[k] = v
		}
	}
}

// spelt gives the spelling that o has of a name, or that the schema of users has.
func spelt(o map[string]any, name string) string {
	for k := range o {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	if a, ok := elimityschema.CoreUserSchema().Attributes.ContainsAttribute(name); ok {
		return a.Name()
	}
	return name
}

func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for k, w := range v {
			c[k] = clone(w)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, w := range v {
			c[i] = clone(w)
		}
		return c
	}
	return v
}

// pair is the same users in both servers.
type pair struct {
	t      *testing.T
	ours   http.Handler
	key    string
	theirs http.Handler
	ids    [2][]string // what each server calls its users
}

func newPair(t *testing.T) *pair {
	t.Helper()
	catalog := scim.NewCatalog(false)
	st, err := store.Open(store.Options{Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	key, _, err := st.CreateKey("peers", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := elimity.NewServer(&elimity.ServerArgs{
		ServiceProviderConfig: &elimity.ServiceProviderConfig{SupportFiltering: true, SupportPatch: true},
		ResourceTypes: []elimity.ResourceType{{
			Name: "User", Endpoint: "/Users", Schema: elimityschema.CoreUserSchema(),
			SchemaExtensions: []elimity.SchemaExtension{{Schema: elimityschema.ExtensionEnterpriseUser()}},
			Handler:          &memory{items: map[string]elimity.ResourceAttributes{}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	// The RFC's word is asked for, not what clients are forgiven.
	ours := server.New(server.Options{Store: st, Catalog: catalog, Policy: scim.Policy{Mode: scim.Strict}})
	return &pair{t: t, ours: ours, key: key, theirs: theirs}
}

// ask sends a request to both; {n} in path stands for the n-th user, from 1.
func (p *pair) ask(method, path, body string) (answers [2]reply) {
	p.t.Helper()
	for i, h := range []http.Handler{p.ours, p.theirs} {
		target := path
		for n, id := range p.ids[i] {
			target = strings.ReplaceAll(target, fmt.Sprintf("{%d}", n+1), id)
		}
		if i == 0 {
			target = "/scim/v2" + target
		}
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/scim+json")
		r.Header.Set("Authorization", "Bearer "+p.key)
		w := httptest.NewRecorder()
		func() {
			defer func() {
				if fault := recover(); fault != nil { // net/http would hang up
					w = httptest.NewRecorder()
					w.WriteHeader(http.StatusInternalServerError)
				}
			}()
			h.ServeHTTP(w, r)
		}()
		text, err := io.ReadAll(w.Body)
		if err != nil {
			p.t.Fatal(err)
		}
		answers[i] = reply{status: w.Code, text: string(text)}
		if json.Unmarshal(text, &answers[i].json) != nil && len(text) > 0 {
			p.t.Fatalf("%s %s: the answer is no JSON: %s", method, target, text)
		}
		if method == http.MethodPost && w.Code == http.StatusCreated {
			p.ids[i] = append(p.ids[i], answers[i].json["id"].(string))
		}
	}
	return answers
}

// reply is what a server answered.
type reply struct {
	status int
	text   string
	json   map[string]any
}

// resource is the answer without what each server makes for itself.
func (r reply) resource() map[string]any {
	m := clone(r.json).(map[string]any)
	for _, name := range []string{"id", "meta", "schemas"} {
		delete(m, name)
	}
	return m
}

// want is a request that both answer alike, or why they do not.
type want struct {
	name, method, path, body string

	// Why they differ, with the section that decides; "" when they must not.
	why string
}

const (
	ada = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","externalId":"a1","active":true,` +
		`"name":{"givenName":"Ada","familyName":"Lovelace"},"title":"Countess",` +
		`"emails":[{"value":"ada@work.example","type":"work","primary":true},{"value":"ada@home.example","type":"home"}]}`
	bob = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
		`"userName":"Bob","active":false,"emails":[{"value":"bob@work.example","type":"work"}],` +
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D"}}`
)

// compare holds the two answers against each other and says where they differ.
func compare(a [2]reply) string {
	if a[0].status != a[1].status {
		return fmt.Sprintf("ours %d %s\ntheirs %d %s", a[0].status, a[0].text, a[1].status, a[1].text)
	}
	if a[0].status >= 300 {
		if mine, his := a[0].json["scimType"], a[1].json["scimType"]; mine != his {
			return fmt.Sprintf("both %d\nours   %s\ntheirs %s", a[0].status, a[0].text, a[1].text)
		}
		return ""
	}
	if a[0].json == nil {
		return ""
	}
	if mine, his := a[0].resource(), a[1].resource(); !reflect.DeepEqual(mine, his) {
		return fmt.Sprintf("ours   %s\ntheirs %s", a[0].text, a[1].text)
	}
	return ""
}

func (w want) check(t *testing.T, difference string) {
	t.Helper()
	switch {
	case difference == "" && w.why != "":
		t.Errorf("no difference any more; it was said to be: %s", w.why)
	case difference != "" && w.why == "":
		t.Errorf("%s %s %s\n%s", w.method, w.path, w.body, difference)
	}
}

func TestElimityRequests(t *testing.T) {
	for _, w := range requests {
		t.Run(w.name, func(t *testing.T) {
			p := newPair(t)
			for _, body := range []string{ada, bob} {
				if d := compare(p.ask("POST", "/Users", body)); d != "" {
					t.Fatal(d)
				}
			}
			body := w.body
			if w.method == "PATCH" {
				body = fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[%s]}`, w.body)
			}
			w.check(t, compare(p.ask(w.method, w.path, body)))
			if after := compare(p.ask("GET", "/Users/{1}", "")); after != "" && w.why == "" {
				t.Errorf("afterwards:\n%s", after)
			}
		})
	}
}

func TestElimityFilters(t *testing.T) {
	p := newPair(t)
	for _, body := range []string{ada, bob} {
		p.ask("POST", "/Users", body)
	}
	for _, w := range filters {
		t.Run(w.name, func(t *testing.T) {
			a := p.ask("GET", "/Users?filter="+url.QueryEscape(w.name), "")
			var found [2]string
			for i, r := range a {
				found[i] = strconv.Itoa(r.status)
				list, _ := r.json["Resources"].([]any)
				for _, u := range list {
					found[i] += " " + u.(map[string]any)["userName"].(string)
				}
			}
			d := ""
			if found[0] != found[1] {
				d = fmt.Sprintf("ours %s\ntheirs %s", found[0], found[1])
			}
			w.check(t, d)
		})
	}
}
