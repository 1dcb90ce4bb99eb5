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

// kindAt gives the resource type that an endpoint holds, "" if none; known says that
// the endpoint is SCIM's own (RFC 7644 §3.2).
func kindAt(endpoint string) (kind string, known bool) {
	switch endpoint {
	case "Users":
		return "User", true
	case "Groups":
		return "Group", true
	case "ServiceProviderConfig", "Schemas", "ResourceTypes", "Me", "Bulk", ".search":
		return "", true
	}
	return "", false
}

// read finds out what the exchange is about.
func (r *reading) read() {
	ex := r.ex
	if r.path == "" && ex.Base == "" {
		r.path = fromTarget(ex.Target)
	}
	endpoint, id, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
	kind, known := kindAt(endpoint)
	if !known && ex.Type == "" {
		return
	}
	r.endpoint, r.id = endpoint, id
	if kind == "" {
		kind = ex.Type
	}
	if kind == "" {
		return
	}
	r.noun = nounOf(kind)
	ex.Type = kind
	if ex.ID == "" && id != ".search" {
		ex.ID = id
	}
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
		if _, ok := kindAt(segments[i]); ok {
			if i > 0 && segments[i] == ".search" {
				if kind, _ := kindAt(segments[i-1]); kind != "" {
					i--
				}
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
	member := "displayName"
	if r.noun == "user" {
		member = "userName"
	}
	value := scim.MemberOf(doc, member)
	if text, ok := scim.Verbatim(value); ok && string(text) == r.ex.Name {
		return r.ex.Name // the server has noted it
	}
	return scim.Unquote(value)
}

// nameIn is the name in the first of some texts that has one.
func (r *reading) nameIn(docs ...[]byte) string {
	for _, doc := range docs {
		if name := r.name(doc); name != "" {
			return name
		}
	}
	return ""
}

// write explains a PUT or PATCH. One that does nothing but switch active is what
// Okta calls an activation or deactivation, whichever way it came.
func (r *reading) write(op string) {
	ex := r.ex
	if name := r.nameIn(ex.After, ex.ResponseBody); name != "" || op != Replace {
		ex.Name = name
	} else {
		ex.Name = r.name(ex.RequestBody)
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
