package explain

import (
	"slices"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/wire"
)

// reading is an exchange being explained.
type reading struct {
	ex       *wire.Exchange
	path     string // below the base
	endpoint string // its first segment, "Users"; "" when it is none of SCIM's
	id       string // what follows the endpoint
	noun     string // "user"; "" when the endpoint has no resources
	query    map[string]string
}

// endpoints are SCIM's own (RFC 7644 §3.2) with the resource type they hold.
var endpoints = map[string]string{
	"Users": "User", "Groups": "Group",
	"ServiceProviderConfig": "", "Schemas": "", "ResourceTypes": "", "Me": "", "Bulk": "", ".search": "",
}

// read finds out what the exchange is about.
func read(ex *wire.Exchange) *reading {
	r := &reading{ex: ex, path: ex.Path}
	if r.path == "" && ex.Base == "" {
		r.path = fromTarget(ex.Target)
	}
	endpoint, id, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
	kind, known := endpoints[endpoint]
	if !known && ex.Type == "" {
		return r
	}
	r.endpoint, r.id = endpoint, id
	if kind == "" {
		kind = ex.Type
	}
	if kind == "" {
		return r
	}
	r.noun = nounOf(kind)
	ex.Type = kind
	if ex.ID == "" && id != ".search" {
		ex.ID = id
	}
	return r
}

func nounOf(kind string) string {
	switch kind {
	case "User":
		return "user"
	case "Group":
		return "group"
	}
	return strings.ToLower(kind)
}

// fromTarget finds the path below an unknown base: from SCIM's last endpoint on.
func fromTarget(target string) string {
	path, _, _ := strings.Cut(target, "?")
	segments := strings.Split(path, "/")
	for i := len(segments) - 1; i >= 0; i-- {
		if _, ok := endpoints[segments[i]]; ok {
			if i > 0 && segments[i] == ".search" && endpoints[segments[i-1]] != "" {
				i--
			}
			return "/" + strings.Join(segments[i:], "/")
		}
	}
	return ""
}

// parameter gives a parameter of the request's query, decoded.
func (r *reading) parameter(name string) (string, bool) {
	if r.query == nil {
		r.query = parameters(r.ex.Target)
	}
	v, ok := r.query[name]
	return v, ok
}

// name finds what a resource is called by in its JSON, whole or cut.
func (r *reading) name(doc []byte) string {
	if len(doc) == 0 {
		return ""
	}
	if r.noun == "user" {
		return scim.Unquote(scim.MemberOf(doc, "userName"))
	}
	return scim.Unquote(scim.MemberOf(doc, "displayName"))
}

// write explains a PUT or PATCH. One that does nothing but switch active is what
// Okta calls an activation or deactivation, whichever way it came.
func (r *reading) write(op string) {
	ex := r.ex
	ex.Name = first(r.name(ex.After), r.name(ex.ResponseBody))
	if op == Replace {
		ex.Name = first(ex.Name, r.name(ex.RequestBody))
	}
	known := ex.Before != nil && ex.After != nil && ex.Status < 300
	if r.noun == "group" {
		r.writeGroup(op, known)
		return
	}
	meant, switches := op, false
	switch {
	case known && len(ex.Changed) == 1 && ex.Changed[0] == "active":
		meant, switches = activation(string(scim.MemberOf(ex.After, "active"))), true
	case op == Patch && (!known || len(ex.Changed) == 0):
		meant, switches = patched(ex.RequestBody)
	}
	tail := ""
	switch {
	case !known:
	case len(ex.Changed) == 0:
		tail = r.quiet()
	case !switches:
		tail = fieldCount(len(ex.Changed))
	}
	r.say(meant, meant+" "+r.who()+tail+r.outcome())
}

// compare finds out what a write changed.
func (r *reading) compare(c *scim.Catalog) {
	ex := r.ex
	if ex.Before == nil && ex.After == nil || ex.Status >= 300 {
		return
	}
	w := change.Write{
		Method: ex.Method, Body: ex.RequestBody, Before: ex.Before, After: ex.After,
		Joined: ex.Joined, Left: ex.Left, Notes: ex.Notes,
	}
	if c != nil {
		w.Type = c.Type(ex.Type)
	}
	ex.Changes = change.Of(w)
	ex.Changed = change.Attributes(ex.Changes)
}

// quiet says of a write that it changed nothing.
func (r *reading) quiet() string {
	if slices.ContainsFunc(r.ex.Changes, func(c wire.Change) bool { return c.Kind == change.Reordered }) {
		return " (only the order)"
	}
	return " (no change)"
}

func activation(active string) string {
	if strings.EqualFold(active, "true") {
		return Activate
	}
	return Deactivate
}

// patched reads from a PATCH body whether all it asks for is to switch active.
func patched(body []byte) (op string, switches bool) {
	v, err := scim.Decode(body, scim.Limits{})
	if err != nil {
		return Patch, false
	}
	ops := v.Fold("Operations")
	if ops.Kind() != scim.Array || ops.Len() == 0 {
		return Patch, false
	}
	op = Patch
	for i := range ops.Len() {
		value := ops.At(i).Fold("value")
		path := ops.At(i).Fold("path")
		if path.Kind() == scim.Absent {
			if value.Kind() != scim.Object || value.Len() != 1 {
				return Patch, false
			}
			value = value.Fold("active")
		} else if !strings.EqualFold(path.Text(), "active") {
			return Patch, false
		}
		switch value.Kind() {
		case scim.Bool:
			op = activation(value.String())
		case scim.String: // Entra's "False"
			op = activation(value.Text())
		default:
			return Patch, false
		}
	}
	return op, true
}
