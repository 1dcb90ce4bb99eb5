package find

import (
	"slices"
	"strings"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

// FieldInfo is a field of the language, for prompts and help.
type FieldInfo struct {
	Name    string
	About   string   // what it looks at, a few words
	Example string   // one or more filters
	Words   []string // what it takes, when that is a fixed set, or words with a meaning of their own

	// Of gives the field's text in a row, so that what occurs can be offered;
	// nil when there is no such text.
	Of func(*store.Row) string

	compile func(Value, Env) (step, error)
}

// step is a condition and what it costs, so that the cheap ones of an And run first.
type step struct {
	test test
	cost int
}

const (
	costNumber = iota
	costWord
	costText
	costDeep // looks into the exchange
)

// Fields lists the fields in the order in which a prompt offers them.
func Fields() []FieldInfo { return slices.Clone(fields) }

// Lookup returns a field by its name in lower case; ok is false when there is none.
func Lookup(name string) (f FieldInfo, ok bool) {
	if f := lookup(name); f != nil {
		return *f, true
	}
	return FieldInfo{}, false
}

func lookup(name string) *FieldInfo {
	if i := slices.Index(fieldNames, name); i >= 0 {
		return &fields[i]
	}
	return nil
}

var fieldNames = func() (names []string) {
	for _, f := range fields {
		names = append(names, f.Name)
	}
	return names
}()

var (
	operations = []string{
		"activate", "auth", "bulk", "create", "deactivate", "delete", "discover", "find", "list", "other", "patch", "probe", "read", "replace",
	}
	resources = []string{"users", "groups", "schemas", "config", "bulk", "me", "other"}
	sources   = []string{"idp", "client", "curl", "tui", "cli", "replay", "check", "proxy", "test"}
	levels    = []string{"error", "warn", "note", "any", "none"}
	states    = []string{"marked", "changed", "new", "noted", "problem", "proxied", "replay", "write"}
)

// fields is the language. A row of it that reads the exchange moves to the row
// of a request when that learns what it asks for.
var fields = []FieldInfo{
	{
		Name: "method", About: "the HTTP method", Example: "method:POST method:write method:read",
		Words: []string{"read", "write", "GET", "POST", "PUT", "PATCH", "DELETE"}, compile: methodStep,
	},
	{
		Name: "status", About: "the answer's status", Example: "status:409 status:4xx status:>=400 status:400..499 status:problem",
		Words: []string{"ok", "problem", "none", "2xx", "4xx", "5xx"}, compile: statusStep,
	},
	{
		Name: "user", About: "part of a userName or id that the request touched or looked for", Example: "user:ada user:*@example.com",
		Of: func(r *store.Row) string { return r.Name }, compile: rowText(func(r *store.Row) string { return r.Name }, func(r *store.Row) string { return r.ID }),
	},
	{
		Name: "key", About: "which key, by name or prefix", Example: "key:none key:invalid key:okta-dev",
		Words: []string{"none", "invalid"}, Of: func(r *store.Row) string { return r.KeyName }, compile: keyStep,
	},
	{
		Name: "path", About: "the path without the base, and the query", Example: `path:/Users/* path:~startIndex=\d+`,
		compile: rowText(func(r *store.Row) string { return r.Path }, func(r *store.Row) string { return r.Target }),
	},
	{
		Name: "op", About: "what the request was for", Example: "op:create,deactivate op:find",
		Words: operations, compile: rowWord("op", operations, func(r *store.Row) string { return r.Op }),
	},
	{
		Name: "resource", About: "which endpoint", Example: "resource:users resource:groups",
		Words: resources, compile: rowWord("resource", resources, Resource),
	},
	{
		Name: "seq", About: "the known sequence that it is part of, by id or part of it, or by the number of its first request", Example: "seq:okta.assign seq:1034",
		Words: []string{"none"}, Of: func(r *store.Row) string { return r.Part.Story }, compile: seqStep,
	},
	{
		Name: "lint", About: "what rules have found in it, at worst", Example: "lint:error lint:SCIM-152 -lint:none",
		Words: levels, compile: lintStep,
	},
	{Name: "since", About: "not older than", Example: "since:5m since:14:00 since:2025-01-02T14:30", compile: timeStep("since")},
	{Name: "until", About: "not younger than", Example: "until:5m until:14:00 until:2025-01-02T14:30", compile: timeStep("until")},
	{Name: "took", About: "how long it took", Example: "took:>500ms took:10ms..1s", compile: tookStep},
	{
		Name: "body", About: "part of a body; looks into what is stored", Example: `body:"staff engineer" body:~00u[0-9a-z]+`,
		compile: deepText(func(ex *wire.Exchange) [][]byte { return [][]byte{ex.RequestBody, ex.ResponseBody} }),
	},
	{
		Name: "reqbody", About: "part of the request's body", Example: "reqbody:active",
		compile: deepText(func(ex *wire.Exchange) [][]byte { return [][]byte{ex.RequestBody} }),
	},
	{
		Name: "resbody", About: "part of the answer's body", Example: "resbody:uniqueness",
		compile: deepText(func(ex *wire.Exchange) [][]byte { return [][]byte{ex.ResponseBody} }),
	},
	{Name: "header", About: "a header field of the request or the answer, by name or name=part", Example: "header:If-Match header:Content-Type=json", compile: headerStep},
	{Name: "attr", About: "an attribute that the request changed", Example: "attr:title attr:active", compile: attrStep},
	{
		Name: "source", About: "who sent it", Example: "source:idp source:tui",
		Words: sources, compile: rowWord("source", sources, Source),
	},
	{
		Name: "note", About: "part of the note that somebody put on it; * is any", Example: `note:"ask bob" note:*`,
		Of: func(r *store.Row) string { return r.Remark.Note }, compile: rowText(func(r *store.Row) string { return r.Remark.Note }),
	},
	{Name: "is", About: "a state of the request", Example: "is:marked is:changed is:new", Words: states, compile: isStep},
	{Name: "id", About: "the beginning of a resource id", Example: "id:2f81", compile: idStep},
	{
		Name: "agent", About: "the client's own name", Example: "agent:okta",
		Of: func(r *store.Row) string { return r.Agent }, compile: rowText(func(r *store.Row) string { return r.Agent }),
	},
	{
		Name: "host", About: "the host that was asked", Example: "host:abc.example.net",
		Of: func(r *store.Row) string { return r.Host }, compile: rowText(func(r *store.Row) string { return r.Host }),
	},
	{Name: "ip", About: "the address that it came from", Example: "ip:127.0.0.1", compile: ipStep},
	{Name: "size", About: "bytes of both bodies", Example: "size:>1MB", compile: sizeStep(func(ex *wire.Exchange) int64 { return ex.RequestSize + ex.ResponseSize })},
	{Name: "reqsize", About: "bytes of the request's body", Example: "reqsize:>10kB", compile: sizeStep(func(ex *wire.Exchange) int64 { return ex.RequestSize })},
	{Name: "ressize", About: "bytes of the answer's body", Example: "ressize:>1MB ressize:0", compile: sizeStep(func(ex *wire.Exchange) int64 { return ex.ResponseSize })},
}

// Resource names the endpoint that a request went to: a word of resource:.
func Resource(r *store.Row) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
	first, _, _ = strings.Cut(first, "?")
	switch {
	case strings.EqualFold(first, "Users"):
		return "users"
	case strings.EqualFold(first, "Groups"):
		return "groups"
	case strings.EqualFold(first, "Schemas"), strings.EqualFold(first, "ResourceTypes"):
		return "schemas"
	case strings.EqualFold(first, "ServiceProviderConfig"):
		return "config"
	case strings.EqualFold(first, "Bulk"):
		return "bulk"
	case strings.EqualFold(first, "Me"):
		return "me"
	}
	return "other"
}

// Source names who sent a request: a word of source:. A client is idp, or curl if it says so itself.
func Source(r *store.Row) string {
	switch {
	case r.Source != "":
		return wire.SourceKind(r.Source)
	case strings.HasPrefix(r.Agent, "curl/"):
		return "curl"
	}
	return "idp"
}
