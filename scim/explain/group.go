package explain

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"scimdeck/scim"
)

// writeGroup explains a PUT or PATCH of a group: members that come and go are
// what it is mostly about, then its name. Of a PATCH that was not done, or by a
// server that tells nothing, the body says what was meant.
func (r *reading) writeGroup(op string, known bool) {
	ex := r.ex
	m := membership{joined: ex.Joined, left: ex.Left}
	if known && slices.Contains(ex.Changed, "displayName") {
		m.old, m.name = r.name(ex.Before), r.name(ex.After)
	}
	quiet := known && len(ex.Changed) == 0
	if op == Patch && (!known || quiet) {
		m = asked(ex.RequestBody)
	}
	if what := m.sentence(r.who()); what != "" {
		if quiet {
			what += r.quiet()
		}
		r.say(op, what+r.outcome())
		return
	}
	tail := ""
	switch {
	case quiet:
		tail = r.quiet()
	case known:
		tail = fieldCount(len(ex.Changed))
	}
	r.say(op, op+" "+r.who()+tail+r.outcome())
}

// membership is what a write does to a group that has a sentence of its own.
type membership struct {
	joined, left int
	emptied      bool   // all members are to go
	set          bool   // joined are to be all members
	name, old    string // "": it keeps its name; old: "" when it is not known
}

// sentence says it of a group, "group Devs"; "" when there is nothing to say.
func (m membership) sentence(who string) string {
	var parts []string
	if m.name != "" {
		if m.old != "" {
			who = "group " + cut(m.old)
		}
		parts = append(parts, "rename "+who+" to "+cut(m.name))
	}
	member := func(n int) string {
		if n == 1 {
			return "1 member"
		}
		return strconv.Itoa(n) + " members"
	}
	begin := func(verb, object, preposition string) {
		if len(parts) == 0 {
			object += " " + preposition + " " + who
		}
		parts = append(parts, verb+" "+object)
	}
	if m.set {
		begin("set", member(m.joined), "of")
	} else if m.joined > 0 {
		begin("add", member(m.joined), "to")
	}
	if m.emptied {
		begin("remove", "all members", "from")
	} else if m.left > 0 {
		begin("remove", member(m.left), "from")
	}
	return strings.Join(parts, ", ")
}

// asked reads from a PATCH body what it wants of a group. It is zero when that
// is more than members and a name.
func asked(body []byte) (m membership) {
	v, err := scim.Decode(body, scim.Limits{})
	if err != nil {
		return m
	}
	ops := v.Fold("Operations")
	for i := range ops.Len() {
		op := ops.At(i)
		if op.Kind() != scim.Object || !m.add(strings.ToLower(op.Fold("op").Text()), op.Fold("path").Text(), op.Fold("value")) {
			return membership{}
		}
	}
	return m
}

// add adds what an operation wants; false when it is about something else.
func (m *membership) add(op, path string, value scim.Value) bool {
	n := 1
	if value.Kind() == scim.Array {
		n = value.Len()
	}
	switch path = strings.ToLower(path); {
	case path == "" && value.Kind() == scim.Object:
		for name, v := range value.Members() {
			if !strings.EqualFold(name, "id") && !m.add(op, name, v) {
				return false
			}
		}
	case path == "displayname" && op != "remove":
		m.name = value.Text()
	case path == "members" && op == "add":
		m.joined += n
	case path == "members" && op == "replace":
		m.set, m.emptied, m.joined = n > 0, n == 0, n
	case path == "members" && op == "remove" && (value.Kind() == scim.Absent || value.Kind() == scim.Null):
		m.emptied = true
	case path == "members" && op == "remove":
		m.left += n
	case strings.HasPrefix(path, "members[") && strings.HasSuffix(path, "]") && op == "remove":
		m.left++
	default:
		return false
	}
	return true
}

// bulk explains a bulk request by how many of its operations were done.
func (r *reading) bulk() {
	ex := r.ex
	if ex.Total == 0 {
		r.countOperations()
	}
	switch out := r.outcome(); {
	case out != "" || ex.Total == 0:
		r.say(Bulk, "bulk"+out)
	default:
		r.say(Bulk, "bulk → "+strconv.Itoa(ex.Count)+" of "+strconv.Itoa(ex.Total)+" operations")
	}
}

// countOperations reads from the bodies what the server did not note.
func (r *reading) countOperations() {
	sent, err := scim.Decode(r.ex.RequestBody, scim.Limits{})
	if err != nil || r.ex.Status != http.StatusOK {
		return
	}
	got, err := scim.Decode(r.ex.ResponseBody, scim.Limits{})
	if err != nil {
		return
	}
	r.ex.Total = sent.Fold("Operations").Len()
	results := got.Fold("Operations")
	for i := range results.Len() {
		if strings.HasPrefix(results.At(i).Fold("status").Text(), "2") {
			r.ex.Count++
		}
	}
}
