package explain

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"scimdeck/scim"
)

// searches reports whether the exchange asks by POST to .search or asks all
// resource types at the root, and reads what it asks for.
func (r *reading) searches() bool {
	ex := r.ex
	search := r.endpoint == ".search" && r.id == "" || r.noun != "" && r.id == ".search"
	root := r.path == "/" && ex.Base != "" && ex.Method == http.MethodGet && strings.Contains(ex.Target, "?")
	if search && ex.Method == http.MethodPost {
		r.id, ex.ID = "", ""
		r.query = members(ex.RequestBody)
	} else if !root {
		return false
	}
	if r.noun == "" {
		r.noun = "resource"
	}
	return true
}

// list explains a GET of a collection, or a search.
func (r *reading) list() {
	ex := r.ex
	r.noteCounts()
	if ex.Filter == "" {
		ex.Filter, _ = r.parameter("filter")
	}
	if ex.Filter != "" {
		r.find()
		return
	}
	op, sentence := List, "list "+plural(r.noun)
	count, hasCount := r.number("count")
	start, _ := r.number("startIndex")
	start = max(start, 1)
	switch {
	case hasCount && count <= 0:
		sentence = "count " + plural(r.noun)
	case hasCount && count == 1:
		sentence += " " + strconv.Itoa(start)
	case hasCount:
		sentence += " " + strconv.Itoa(start) + "-" + strconv.Itoa(start+count-1)
	}
	if cursor, ok := r.parameter("cursor"); ok && cursor == "" {
		sentence += " by cursor"
	} else if ok {
		sentence += ", next page"
	}
	// Okta's test button asks for exactly this, and nothing else of Okta's does.
	if start == 1 && count == 2 {
		op, sentence = Probe, "test connection: "+sentence
	}
	if out := r.outcome(); out != "" {
		r.say(op, sentence+out)
		return
	}
	switch {
	case ex.Total == 0 || hasCount && count <= 0:
		sentence += " → " + strconv.Itoa(ex.Total)
	default:
		sentence += " → " + strconv.Itoa(ex.Count) + " of " + strconv.Itoa(ex.Total)
	}
	r.say(op, sentence+r.aside())
}

// find explains a list with a filter. A lookup, attribute eq "value", names the
// value as what the request was about.
func (r *reading) find() {
	ex := r.ex
	what := ""
	if path, value, ok := lookup(ex.Filter); ok {
		what = r.noun + " " + cut(path) + "=" + cut(value)
		ex.Name = value
	} else {
		what = plural(r.noun) + " " + cut(ex.Filter)
	}
	if out := r.outcome(); out != "" {
		r.say(Find, "find "+what+out)
		return
	}
	hits := strconv.Itoa(ex.Total)
	if ex.Count > 0 && ex.Count < ex.Total {
		hits = strconv.Itoa(ex.Count) + " of " + hits
	}
	r.say(Find, "find "+what+" → "+hits+r.aside())
}

// lookup reads a filter of the form attribute eq "value".
func lookup(filter string) (path, value string, ok bool) {
	if path, value, ok = usualLookup(filter); ok {
		return path, value, true
	}
	expr, err := scim.ParseFilter(filter)
	if err != nil {
		return "", "", false
	}
	e, ok := expr.(*scim.Compare)
	if !ok || e.Op != scim.Eq || e.Value.Kind() != scim.String {
		return "", "", false
	}
	return e.Path.String(), e.Value.Text(), true
}

// usualLookup is lookup for the filters that are sent before every create, without
// a parser. ok is false for all others, also if they are lookups.
func usualLookup(filter string) (path, value string, ok bool) {
	const between = ` eq "`
	n := 0
	for n < len(filter) && ('a' <= filter[n] && filter[n] <= 'z' || 'A' <= filter[n] && filter[n] <= 'Z') {
		n++
	}
	rest, ok := strings.CutPrefix(filter[n:], between)
	if n == 0 || !ok || rest == "" || strings.IndexByte(rest, '"') != len(rest)-1 || len(filter) > usual {
		return "", "", false
	}
	for _, word := range [...]string{"and", "or", "not"} {
		if strings.EqualFold(filter[:n], word) {
			return "", "", false
		}
	}
	value = rest[:len(rest)-1]
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' || c == '\\' {
			return "", "", false
		}
	}
	return filter[:n], value, true
}

// usual is up to which length a filter is read without a parser.
const usual = 512

// noteCounts reads from the answer what the server did not note.
func (r *reading) noteCounts() {
	ex := r.ex
	if ex.Start1 > 0 || ex.Status != 200 {
		return
	}
	ex.Total, _ = strconv.Atoi(string(scim.MemberOf(ex.ResponseBody, "totalResults")))
	ex.Start1, _ = strconv.Atoi(string(scim.MemberOf(ex.ResponseBody, "startIndex")))
	ex.Count, _ = strconv.Atoi(string(scim.MemberOf(ex.ResponseBody, "itemsPerPage")))
}

// aside says why there are no groups, when that is so.
func (r *reading) aside() string {
	if slices.ContainsFunc(r.ex.Notes, func(n string) bool { return strings.HasPrefix(n, "groups are off") }) {
		return " (groups are off)"
	}
	return ""
}

// number gives a parameter that is an integer of sane size.
func (r *reading) number(name string) (n int, ok bool) {
	s, ok := r.parameter(name)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return min(max(n, 0), 1<<31), err == nil
}

// members reads the body of a search as parameters reads a query.
func members(body []byte) map[string]string {
	m := map[string]string{}
	v, err := scim.Decode(body, scim.Limits{})
	if err != nil {
		return m
	}
	for _, name := range []string{"filter", "startIndex", "count", "cursor"} {
		switch p := v.Fold(name); p.Kind() {
		case scim.String:
			m[name] = p.Text()
		case scim.Number:
			m[name] = p.String()
		}
	}
	return m
}

// parameters reads a target's query; what is not well formed is left as it is.
func parameters(target string) map[string]string {
	m := map[string]string{}
	_, query, _ := strings.Cut(target, "?")
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if v, err := url.QueryUnescape(value); err == nil {
			value = v
		}
		if _, twice := m[name]; !twice {
			m[name] = value
		}
	}
	return m
}

func plural(noun string) string { return noun + "s" }
