package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// step is one recorded request with what Okta needs of the answer.
type step struct {
	Suite, Profile, Name string
	Step                 int
	Optional             bool
	When                 string
	Target               string // "okta-api" is not for us
	Method, Path         string
	RawQuery             string `json:"raw_query"`
	Headers              map[string]string
	Body                 json.RawMessage
	MergeOnto            string `json:"body_merge_onto"`
	Asserts              []assert
	Captures             []struct{ Name, Source, Property string }
}

type assert struct {
	Source, Property, Comparison string
	Value                        any
}

// Okta replays recorded requests of Okta's. What one of them learns, such as an
// id, later ones know.
type Okta struct {
	Client
	Vars     map[string]string // "userName", "scimId" …
	Requests int               // sent so far
	Asserts  int               // made so far

	dir    string
	last   map[string]any // the latest GET answer, that PUTs echo
	listed map[any]bool   // ids in the pages of the suite so far
}

func (o *Okta) read(file string) ([]step, error) {
	data, err := os.ReadFile(filepath.Join(o.dir, file))
	if err != nil {
		return nil, err
	}
	var steps []step
	return steps, json.Unmarshal(data, &steps)
}

// NewOkta returns an Okta with a person to provision. dir holds the recordings.
func NewOkta(c Client, dir string) *Okta {
	return &Okta{Client: c, dir: dir, listed: map[any]bool{}, Vars: map[string]string{
		"auth": "Bearer " + c.Token, "userName": "ada.lovelace@example.com", "email": "ada.lovelace@example.com",
		"givenName": "Ada", "familyName": "Lovelace", "displayName": "Ada Lovelace", "givenNameNew": "Augusta",
		"oktaUserId": "00ujl29u0le5T6Aj10h7", "randomPassword8": "gl^m&qWZ", "newPassword": "Corr3ct horse",
	}}
}

// Suite replays one suite of okta-lifecycle.json in one of Okta's two dialects,
// "aiw" or "oin". The users that it needs have to be there.
func (o *Okta) Suite(suite, profile string) error {
	steps, err := o.read("okta-lifecycle.json")
	if err != nil {
		return err
	}
	steps = slices.DeleteFunc(steps, func(s step) bool { return s.Suite != suite || s.Profile != profile })
	if len(steps) == 0 {
		return fmt.Errorf("there is no suite %q for %q", suite, profile)
	}
	slices.SortFunc(steps, func(a, b step) int { return a.Step - b.Step })
	o.listed = map[any]bool{}
	for _, s := range steps {
		switch {
		case s.When == "totalResults == 0" && o.Vars["matches"] != "0":
			return fmt.Errorf("%s: the user is there already", s.Name)
		case strings.HasPrefix(s.When, "repeat with startIndex"):
			err = o.rest(s)
		default:
			err = o.step(s)
		}
		if err != nil {
			return fmt.Errorf("%s %s %d (%s): %w", s.Suite, s.Profile, s.Step, s.Name, err)
		}
	}
	if suite == "update" { // the person is called so from now on
		o.Vars["givenName"] = o.Vars["givenNameNew"]
	}
	return nil
}

// rest replays the pages of an import after the first.
func (o *Okta) rest(s step) error {
	total, err := strconv.Atoi(o.Vars["totalResults"])
	if err != nil {
		return err
	}
	for start := 101; start <= total; start += 100 {
		s.RawQuery = fmt.Sprintf("startIndex=%d&count=100", start)
		if err := o.step(s); err != nil {
			return err
		}
	}
	if len(o.listed) != total {
		return fmt.Errorf("the pages held %d different users of %d", len(o.listed), total)
	}
	return nil
}

var variable = regexp.MustCompile(`\{\{([A-Za-z0-9_]+)(\|pct)?\}\}`)

// fill puts the variables' values in.
func (o *Okta) fill(text string, quote func(string) string) (filled string, err error) {
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		v := variable.FindStringSubmatch(m)
		value, ok := o.Vars[v[1]]
		if !ok {
			err = fmt.Errorf("variable %q is not known", v[1])
		}
		if v[2] != "" {
			return url.QueryEscape(value)
		}
		return quote(value)
	}), err
}

func asIs(s string) string { return s }

func insideJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return string(b[1 : len(b)-1])
}

// step sends one request and checks the answer.
func (o *Okta) step(s step) error {
	target, err := o.fill(s.Path, asIs)
	if err != nil && s.Optional {
		return nil // about a thing that this server does not have
	}
	query, queryErr := o.fill(s.RawQuery, asIs)
	body, bodyErr := o.fill(string(s.Body), insideJSON)
	header := map[string]string{}
	for name, value := range s.Headers {
		var headerErr error
		header[name], headerErr = o.fill(value, asIs)
		err = errors.Join(err, headerErr)
	}
	if err := errors.Join(err, queryErr, bodyErr); err != nil {
		return err
	}
	if query != "" {
		target += "?" + strings.NewReplacer(" ", "%20", `"`, "%22").Replace(query)
	}
	if body == "null" {
		body = ""
	}
	if s.MergeOnto != "" {
		if body, err = o.echo(body); err != nil {
			return err
		}
	}
	a, err := o.Send(s.Method, target, header, []byte(body))
	if err != nil {
		return err
	}
	o.Requests++
	if object, ok := a.At("").(map[string]any); ok && s.Method == http.MethodGet {
		o.last = object
	}
	if page, ok := a.At("Resources").([]any); ok && s.Path == "/Users" {
		for _, user := range page {
			o.listed[user.(map[string]any)["id"]] = true
		}
	}
	for _, want := range s.Asserts {
		o.Asserts++
		if err := o.check(a, want); err != nil {
			return fmt.Errorf("%s %s: %w; it was %d\n%s", s.Method, target, err, a.Status, a.Body)
		}
	}
	for _, c := range s.Captures {
		if v := a.At(c.Property); v != nil {
			o.Vars[c.Name] = fmt.Sprint(v)
		}
	}
	return nil
}

// echo lays the body over the answer to the latest GET, as Okta does.
func (o *Okta) echo(body string) (string, error) {
	var over map[string]any
	if err := json.Unmarshal([]byte(body), &over); err != nil {
		return "", err
	}
	var lay func(under, over map[string]any) map[string]any
	lay = func(under, over map[string]any) map[string]any {
		out := maps.Clone(under)
		for k, v := range over {
			u, uok := out[k].(map[string]any)
			if w, ok := v.(map[string]any); ok && uok {
				v = lay(u, w)
			}
			out[k] = v
		}
		return out
	}
	merged := lay(o.last, over)
	merged["somethingOfOktas"] = "that no schema knows"
	out, err := json.Marshal(merged)
	return string(out), err
}

// check makes one comparison, in the meaning of testdata/okta/okta-spec-test-vars.json.
func (o *Okta) check(a *Answer, want assert) error {
	var got any
	switch want.Source {
	case "status":
		got = float64(a.Status)
	case "response_time_ms":
		got = float64(a.Took.Milliseconds())
	case "json":
		got = a.At(want.Property)
	case "script": // groups_shape: a list, perhaps an empty one
		if a.At("totalResults") == 0.0 || a.At("Resources[0]") != nil {
			return nil
		}
		return errors.New("want a list")
	}
	value := want.Value
	if text, ok := value.(string); ok {
		filled, err := o.fill(text, asIs)
		if err != nil {
			return err
		}
		value = filled
	}
	list, isList := got.([]any)
	ok := false
	switch want.Comparison {
	case "equal_number":
		ok = got == value
	case "equal":
		ok = got != nil && fmt.Sprint(got) == fmt.Sprint(value)
	case "one_of":
		ok = slices.Contains(value.([]any), got)
	case "has_value", "contains":
		ok = slices.Contains(list, value)
	case "is_a_number":
		_, ok = got.(float64)
	case "is_less_than":
		n, isNumber := got.(float64)
		ok = isNumber && n < value.(float64)
	case "is_array":
		ok = isList
	case "is_json_object":
		_, ok = got.(map[string]any)
	case "not_empty":
		ok = got != nil && got != "" && !(isList && len(list) == 0)
	}
	if !ok {
		return fmt.Errorf("%s %s: %v, want %s %v", want.Source, want.Property, got, want.Comparison, value)
	}
	return nil
}

// Spec replays Okta's SPEC suite, which needs one complete user to be there.
func (o *Okta) Spec() error {
	o.Vars["randomGivenName"] = fmt.Sprintf("Runscope%03d", rand.IntN(1000))
	o.Vars["randomFamilyName"] = fmt.Sprintf("Qabcdefgh%03d", rand.IntN(1000))
	name := o.Vars["randomGivenName"] + o.Vars["randomFamilyName"] + "@atko.com"
	o.Vars["randomEmail"], o.Vars["randomUsername"], o.Vars["randomUsernameCaps"] = name, name, strings.ToUpper(name)
	o.Vars["InvalidUserEmail"], o.Vars["UserIdThatDoesNotExist"] = "abcdefgh@atko.com", "010101001010101011001010101011"
	return o.tests("okta-scim20-spec", nil)
}

// CRUD replays Okta's CRUD suite; what it asks of an Okta organisation is done
// as Okta would, in the given dialect.
func (o *Okta) CRUD(profile string) error {
	first, last := "Runscope123", "Qabcdefgh456"
	name := first + last + "@atko.com"
	maps.Copy(o.Vars, map[string]string{
		"SCIMAuth": o.Vars["auth"], "okta_user_email": name, "okta_user_firstname": first, "okta_user_lastname": last,
		"okta_user_firstname_update": first + "update",
		"userName":                   name, "email": name, "givenName": first, "familyName": last, "givenNameNew": first + "update",
	})
	then := map[int]string{3: "create", 5: "update", 7: "deactivate", 10: "reactivate", 12: "deactivate"}
	return o.tests("okta-scim20-crud", func(step int) error {
		if suite := then[step]; suite != "" {
			return o.Suite(suite, profile)
		}
		return nil
	})
}

// tests replays a suite of okta-spec-test.json; elsewhere does what is not for a SCIM server.
func (o *Okta) tests(suite string, elsewhere func(step int) error) error {
	steps, err := o.read("okta-spec-test.json")
	if err != nil {
		return err
	}
	for _, s := range steps {
		if s.Suite != suite {
			continue
		}
		if s.Target == "scim" {
			err = o.step(s)
		} else {
			err = elsewhere(s.Step)
		}
		if err != nil {
			return fmt.Errorf("%s %d (%s): %w", s.Suite, s.Step, s.Name, err)
		}
	}
	return nil
}
