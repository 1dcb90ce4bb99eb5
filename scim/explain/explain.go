// Package explain says what an exchange meant: which operation it was, in one
// sentence for people, and what it changed.
//
// It reads what is on the wire and what the server noted; without the notes (a
// proxied exchange) the wire has to do. It answers nothing, stores nothing and
// draws nothing: a sentence holds names as they were sent, cut to a bounded
// length, and it is the screen's affair to make them safe to show. What a write
// changed is said by package change.
//
//	st, err := store.Open(store.Options{Explain: explain.With(catalog)})
//	…
//	row.Sentence                 // find user userName=ada@example.com → 0
//	explain.Plain(row.Sentence)  // find user userName=ada@example.com, 0 found
package explain

import (
	"net/http"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// The operations: the values of Exchange.Op.
const (
	Probe      = "probe" // a client's test of the connection
	Find       = "find"  // a list with a filter
	List       = "list"
	Read       = "read"
	Create     = "create"
	Replace    = "replace"
	Patch      = "patch"
	Activate   = "activate"
	Deactivate = "deactivate"
	Delete     = "delete"
	Discover   = "discover"
	Bulk       = "bulk" // several writes in one request
	Auth       = "auth" // refused for want of a valid key
	Other      = "other"
)

// Exchange fills in ex.Op, ex.Sentence, ex.Changes and ex.Changed from what is on
// the wire and what the server noted, and ex.Type, ex.ID and ex.Name where the
// server did not. It lets go of ex.Before and ex.After. It knows no schemas: see With.
func Exchange(ex *wire.Exchange) { exchange(ex, nil) }

// With is Exchange with the schemas of a catalog: they say which values have case.
func With(c *scim.Catalog) func(*wire.Exchange) {
	return func(ex *wire.Exchange) { exchange(ex, c) }
}

func exchange(ex *wire.Exchange, c *scim.Catalog) {
	r := reading{ex: ex, path: ex.Path}
	r.read()
	r.compare(c)
	switch {
	case ex.Refused != "":
		r.say(Auth, "no valid key: "+cut(ex.Refused))
	case ex.Status == http.StatusUnauthorized:
		r.say(Auth, "no valid key: "+r.failure())
	case r.searches():
		r.list()
	case r.endpoint == "Bulk" && r.id == "" && ex.Method == http.MethodPost:
		r.bulk()
	case r.endpoint == "":
		r.other()
	case r.noun == "":
		r.discover()
	case r.id == "" && (ex.Method == http.MethodGet || ex.Method == http.MethodHead):
		r.list()
	case r.id == "" && ex.Method == http.MethodPost:
		r.create()
	case r.id == "" || strings.Contains(r.id, "/"):
		r.other()
	default:
		r.one()
	}
	if ex.Source != "" {
		r.sayReplay()
	}
	ex.Name, ex.ID = cut(ex.Name), cut(ex.ID)
	ex.Before, ex.After = nil, nil
}

// sayReplay says what an exchange repeats, behind what it meant. What another
// server has done is about none of our resources.
func (r *reading) sayReplay() {
	of, host := wire.Replayed(r.ex.Source)
	if of == 0 {
		return
	}
	r.ex.Sentence += " (" + cut(r.ex.Source) + ")"
	if host != "" {
		r.ex.ID = ""
	}
}

// one explains what was done to one resource.
func (r *reading) one() {
	switch r.ex.Method {
	case http.MethodGet, http.MethodHead:
		r.ex.Name = r.name(r.ex.ResponseBody)
		r.act(Read)
	case http.MethodPut:
		r.write(Replace)
	case http.MethodPatch:
		r.write(Patch)
	case http.MethodDelete:
		r.ex.Name = r.name(r.ex.Before)
		r.act(Delete)
	default:
		r.other()
	}
}

// create explains a POST to a collection.
func (r *reading) create() {
	ex := r.ex
	ex.Name = r.nameIn(ex.After, ex.ResponseBody, ex.RequestBody)
	if ex.ID == "" && ex.Status < 300 {
		ex.ID = scim.Unquote(scim.MemberOf(ex.ResponseBody, "id"))
	}
	if ex.Name == "" && ex.Status >= 400 {
		what := "create"
		if r.noun != "user" {
			what += " " + r.noun
		}
		r.say(Create, what+r.outcome())
		return
	}
	r.act(Create)
}

// discover explains the endpoints that describe the server.
func (r *reading) discover() {
	what := map[string]string{
		"ServiceProviderConfig": "the service provider config", "Schemas": "the schemas", "ResourceTypes": "the resource types",
	}[r.endpoint]
	switch {
	case what == "" || r.ex.Method != http.MethodGet && r.ex.Method != http.MethodHead:
		r.other()
		return
	case r.id != "" && r.endpoint == "Schemas":
		what = "the schema " + cut(r.id)
	case r.id != "" && r.endpoint == "ResourceTypes":
		what = "the resource type " + cut(r.id)
	}
	r.say(Discover, "read "+what+r.outcome())
}

// other explains everything else by its method and path.
func (r *reading) other() {
	path := r.path
	if path == "" {
		path, _, _ = strings.Cut(r.ex.Target, "?")
	}
	r.say(Other, cut(r.ex.Method)+" "+cut(path)+r.outcome())
}

// act says what was done to whom, and why not.
func (r *reading) act(op string) { r.say(op, op+" "+r.who()+r.outcome()) }

func (r *reading) say(op, sentence string) { r.ex.Op, r.ex.Sentence = op, sentence }

// who names the resource: by its name, else its id. Of all that is not a user
// the kind is said too.
func (r *reading) who() string {
	name := cut(first(r.ex.Name, r.id))
	switch {
	case r.noun == "user" && name != "":
		return name
	case name == "":
		return r.noun
	}
	return r.noun + " " + name
}

// outcome is "" when it went well, else the reason behind a colon.
func (r *reading) outcome() string {
	if r.ex.Status >= 200 && r.ex.Status < 400 {
		return ""
	}
	return ": " + r.failure()
}

// failure is the reason in a few words: the keyword when it says all, else the
// answer's own detail.
func (r *reading) failure() string {
	ex := r.ex
	kind := scim.Unquote(scim.MemberOf(ex.ResponseBody, "scimType"))
	detail := scim.Unquote(scim.MemberOf(ex.ResponseBody, "detail"))
	switch {
	case ex.Status == 0:
		return "no answer"
	case kind == "uniqueness":
		return kind
	case ex.Status == http.StatusNotFound && r.noun != "" && r.id != "" && !strings.Contains(r.id, "/"):
		return "not found"
	case detail != "":
		return cut(detail)
	case kind != "":
		return cut(kind)
	}
	return strings.ToLower(first(http.StatusText(ex.Status), "failed"))
}
