package share

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"scimdeck/scim/wire"
)

// A story is a run of requests that can be sent to another server, which gives
// other ids: what an answer made up and a later request repeats is a variable.

const maxSteps = 1000 // of a story; more nobody reads

// step is one request of a story.
type step struct {
	ex      *wire.Exchange
	skipped string // why it is left out, else ""

	target  string // below the base, with variables
	header  []wire.Field
	body    []byte // with variables
	want    []member
	capture []member
}

// member is a member of an answer: its JSON pointer, or "ETag" for that header
// field, and its value as JSON, or the variable that takes it.
type member struct{ pointer, value string }

// found is a value that an answer made up.
type found struct {
	kind    kind
	value   string
	pointer string
	step    int
	name    string // of the variable; "" while nothing repeats it
}

// kind says where a value may be repeated.
type kind string

const (
	anID      kind = "ID"
	aVersion  kind = "VERSION"
	aCursor   kind = "CURSOR"
	etagField      = "ETag" // as a pointer
)

// newStory makes the steps. missing are ids of resources that must exist before
// the story begins. The error is a *GapError or one out of all.
func newStory(all iter.Seq2[*wire.Exchange, error]) (steps []*step, missing []string, err error) {
	for ex, err := range all {
		if err != nil {
			return nil, nil, err
		}
		s := &step{ex: ex, skipped: notForStories(ex)}
		if s.skipped == "" {
			if err := gap(ex); err != nil {
				return nil, nil, err
			}
			if target, _ := ex.Relative(); variable.MatchString(target) || variable.Match(ex.RequestBody) {
				return nil, nil, &GapError{ex.Seq, "it holds ${ID1} or the like, which means something else in a story"}
			}
		}
		if steps = append(steps, s); len(steps) > maxSteps {
			return nil, nil, fmt.Errorf("a story has at most %d requests; choose fewer with a filter", maxSteps)
		}
	}
	values := collect(steps)
	repeated := mentioned(steps)
	for i := range values {
		v := &values[i]
		if repeated[mention{v.kind, v.value}] > v.step {
			n := 1
			for _, other := range values[:i] {
				if other.kind == v.kind && other.name != "" {
					n++
				}
			}
			v.name = string(v.kind) + strconv.Itoa(n)
			steps[v.step].capture = append(steps[v.step].capture, member{v.pointer, v.name})
		}
	}
	for i, s := range steps {
		if s.skipped == "" {
			s.fill(i, values)
			if id := s.missing(i, values); id != "" && !slices.Contains(missing, id) {
				missing = append(missing, id)
			}
		}
	}
	return steps, missing, nil
}

// notForStories says why a request cannot be part of a story, or "".
func notForStories(ex *wire.Exchange) string {
	_, below := ex.Relative()
	switch {
	case refused(ex):
		return "its key was refused"
	case ex.Status == 0:
		return "it was not answered"
	case ex.Status >= 500 && ex.Status != 501:
		return "the server failed"
	case !below:
		return "it is not below the base URL"
	}
	return ""
}

// collect finds what answers made up, each value once.
func collect(steps []*step) (values []found) {
	add := func(i int, k kind, pointer string, value any) {
		text, ok := value.(string)
		if ok && text != "" && !slices.ContainsFunc(values, func(f found) bool { return f.kind == k && f.value == text }) {
			values = append(values, found{kind: k, value: text, pointer: pointer, step: i})
		}
	}
	for i, s := range steps {
		if s.skipped != "" {
			continue
		}
		if etag := field(s.ex.ResponseHeader, "ETag"); etag != "" {
			add(i, aVersion, etagField, etag)
		}
		answer, ok := decode(s.ex.ResponseBody).(map[string]any)
		if !ok || s.ex.Status >= 300 {
			continue
		}
		addID := func(pointer string, resource map[string]any) {
			if id, ok := resource["id"].(string); ok && !strings.EqualFold(id, fmt.Sprint(resource["userName"])) { // a name is no id to another server
				add(i, anID, pointer, id)
			}
		}
		addID("/id", answer)
		add(i, aCursor, "/nextCursor", answer["nextCursor"])
		if list, ok := answer["Resources"].([]any); ok && len(list) == 1 { // more have no order that all servers share
			if one, ok := list[0].(map[string]any); ok {
				addID("/Resources/0/id", one)
			}
		}
	}
	return values
}

// decode decodes JSON; nil when it is none, or not whole.
func decode(body []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// mention is a value at a place where variables may stand.
type mention struct {
	kind  kind
	value string
}

// mentioned finds the last step that has a value where a variable may stand.
func mentioned(steps []*step) map[mention]int {
	last := map[mention]int{}
	for i, s := range steps {
		if s.skipped != "" {
			continue
		}
		note := func(k kind, value string) string {
			last[mention{k, value}] = i
			return ""
		}
		target, _ := s.ex.Relative()
		inTarget(target, note)
		inJSON(s.ex.RequestBody, note)
		for _, f := range conditions(s.ex) {
			note(aVersion, f.Value)
		}
	}
	return last
}

// fill puts variables in and says what is expected of the answer.
func (s *step) fill(i int, values []found) {
	variable := func(k kind, value string) string {
		for _, f := range values {
			if f.kind == k && f.value == value && f.name != "" && f.step < i {
				return "${" + f.name + "}"
			}
		}
		return ""
	}
	target, _ := s.ex.Relative()
	s.target = inTarget(target, variable)
	s.body = inJSON(s.ex.RequestBody, variable)
	for _, f := range s.ex.RequestHeader {
		if (f.Name == "Accept" || f.Name == "Content-Type") && !isUsual(f.Value) {
			s.header = append(s.header, f)
		}
	}
	for _, f := range conditions(s.ex) {
		if v := variable(aVersion, f.Value); v != "" {
			f.Value = v
		}
		s.header = append(s.header, f)
	}
	s.want = expectations(s.ex, variable)
}

// conditions are the fields that name versions.
func conditions(ex *wire.Exchange) (fields []wire.Field) {
	for _, f := range ex.RequestHeader {
		if f.Name == "If-Match" || f.Name == "If-None-Match" {
			fields = append(fields, f)
		}
	}
	return fields
}

// isUsual reports whether a media type is what every SCIM client sends.
func isUsual(v string) bool {
	v = strings.ToLower(strings.ReplaceAll(v, " ", ""))
	return v == "application/scim+json" || v == "application/scim+json;charset=utf-8" || v == "*/*"
}

// missing is the id in the path when no answer before gave it and the request found it.
func (s *step) missing(i int, values []found) string {
	if s.ex.Status >= 300 || s.ex.ID == "" || !strings.Contains(strings.TrimPrefix(s.ex.Path, "/"), "/"+s.ex.ID) {
		return ""
	}
	for _, f := range values {
		if f.kind == anID && f.value == s.ex.ID && f.step < i {
			return ""
		}
	}
	return s.ex.ID
}

// expectations are the members of an answer that matter to a client: which
// resource it is, whether it is active, what the request has changed; how many a
// lookup found; the kind of an error.
func expectations(ex *wire.Exchange, variable func(kind, string) string) (want []member) {
	answer, ok := decode(ex.ResponseBody).(map[string]any)
	if !ok {
		return nil
	}
	expect := func(pointer string, v any) {
		switch v.(type) {
		case string, json.Number, bool:
		default:
			return
		}
		if text, ok := v.(string); ok && strings.HasSuffix(pointer, "/id") {
			if text = variable(anID, text); text == "" {
				return // the answer makes it up
			}
			v = text
		}
		if value, err := json.Marshal(v); err == nil && plain(pointer) == pointer {
			want = append(want, member{pointer, plain(string(value))})
		}
	}
	switch {
	case ex.Status >= 400:
		expect("/scimType", answer["scimType"])
	case answer["Resources"] != nil || answer["totalResults"] != nil:
		if ex.Op != "find" || ex.Name == "" { // how many there are else is the server's affair
			return nil
		}
		expect("/totalResults", answer["totalResults"])
		if list, ok := answer["Resources"].([]any); ok && len(list) == 1 {
			if one, ok := list[0].(map[string]any); ok {
				expect("/Resources/0/id", one["id"])
				expect("/Resources/0/userName", one["userName"])
			}
		}
	case answer["id"] != nil:
		for _, name := range []string{"id", "userName", "externalId", "active"} {
			expect("/"+name, answer[name])
		}
		for _, name := range ex.Changed {
			expectChanged(answer, name, expect)
		}
	}
	return want
}

// plain writes what one cannot see in JSON, such as a joiner inside an emoji, as escapes.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < ' ' || r >= 0x7f && !unicode.IsGraphic(r) {
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, u)
			}
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// expectChanged expects the values of a changed attribute, of one of an extension too.
func expectChanged(answer map[string]any, name string, expect func(string, any)) {
	at, value := "/"+escapePointer(name), answer[name]
	for urn, extension := range answer {
		if members, ok := extension.(map[string]any); ok && value == nil && strings.HasPrefix(urn, "urn:") && members[name] != nil {
			at, value = "/"+escapePointer(urn)+at, members[name]
		}
	}
	if members, ok := value.(map[string]any); ok {
		for _, sub := range slices.Sorted(keys(members)) {
			expect(at+"/"+escapePointer(sub), members[sub])
		}
		return
	}
	for _, known := range []string{"id", "userName", "externalId", "active", "password"} {
		if name == known {
			return
		}
	}
	expect(at, value)
}

func keys(m map[string]any) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// escapePointer writes a name as a part of a JSON pointer (RFC 6901).
func escapePointer(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
