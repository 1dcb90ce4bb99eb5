package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"scimdeck/store"
)

// filterField is a name of the filter words.
type filterField struct {
	about   string   // what it looks at, for the prompt
	example string   // values, for the prompt
	values  []string // what it takes, when that is a fixed set
	// compile makes a test of one value; test nil: msg and hint say why not.
	compile func(v value, env filterEnv) (t test, msg, hint string)
}

// fieldNames are the fields in the order in which the prompt lists them.
var fieldNames = []string{
	"method", "status", "user", "key", "path", "op", "resource", "since", "until", "took", "source", "is", "id", "agent", "host",
}

var (
	writeMethods = []string{"POST", "PUT", "PATCH", "DELETE"}
	operations   = []string{
		"activate", "auth", "create", "deactivate", "delete", "discover", "find", "list", "other", "patch", "probe", "read", "replace",
	}
	resourceNames = []string{"users", "groups", "schemas", "config", "bulk", "me", "other"}
	sourceNames   = []string{"idp", "client", "tui", "replay", "check", "proxy", "curl"}
	isNames       = []string{"marked", "new", "noted", "problem", "proxied", "replay", "write"}
)

var filterFields = map[string]filterField{
	"method": {
		about: "the HTTP method", example: "method:POST method:write method:read",
		values: []string{"read", "write", "GET", "POST", "PUT", "PATCH", "DELETE"}, compile: methodTest,
	},
	"status": {
		about: "the answer's status", example: "status:409 status:4xx status:>=400 status:400..499 status:problem",
		values: []string{"ok", "problem", "none", "2xx", "4xx", "5xx"}, compile: statusTest,
	},
	"user": {
		about: "userName or id that the request touched", example: "user:ada user:*@example.com",
		compile: textTest(func(r *store.Row) []string { return []string{r.Name, r.ID} }),
	},
	"key": {
		about: "which key, by name", example: "key:none key:invalid key:okta-dev",
		values: []string{"none", "invalid"}, compile: keyTest,
	},
	"path": {
		about: "the path without the base, and the query", example: `path:/Users/* path:~startIndex=\d+`,
		compile: textTest(func(r *store.Row) []string { return []string{r.Path, r.Target} }),
	},
	"op": {
		about: "what the request was for", example: "op:create,deactivate op:find",
		values: operations, compile: wordTest("op", operations, func(r *store.Row) string { return r.Op }),
	},
	"resource": {
		about: "which endpoint", example: "resource:users resource:groups",
		values: resourceNames, compile: wordTest("resource", resourceNames, resourceOf),
	},
	"since": {about: "not older than", example: "since:5m since:14:00 since:2025-01-02T14:30", compile: timeTest(true)},
	"until": {about: "not younger than", example: "until:5m until:14:00", compile: timeTest(false)},
	"took":  {about: "how long it took", example: "took:>500ms took:10ms..1s", compile: tookTest},
	"source": {
		about: "who sent it", example: "source:idp source:tui",
		values: sourceNames, compile: wordTest("source", sourceNames, sourceOf),
	},
	"is": {
		about: "a state of the row", example: "is:marked is:new is:problem",
		values: isNames, compile: isTest,
	},
	"id":    {about: "the beginning of a resource id", example: "id:2f81", compile: idTest},
	"agent": {about: "the client's own name", example: "agent:okta", compile: textTest(func(r *store.Row) []string { return []string{r.Agent} })},
	"host":  {about: "the host that was asked", example: "host:abc.example.net", compile: textTest(func(r *store.Row) []string { return []string{r.Host} })},
}

// wordTest takes one of a fixed set of words.
func wordTest(name string, words []string, of func(*store.Row) string) func(value, filterEnv) (test, string, string) {
	return func(v value, _ filterEnv) (test, string, string) {
		if v.op != "" && v.op != "=" {
			return nil, name + ": takes words, not " + v.op, ""
		}
		want := strings.ToLower(v.text)
		if want == "*" {
			return func(r *store.Row) bool { return of(r) != "" }, "", ""
		}
		if !slices.Contains(words, want) {
			if like := nearest(want, words); like != "" {
				return nil, fmt.Sprintf("%s: knows no %q", name, v.text), "did you mean " + name + ":" + like + " ?"
			}
			return nil, fmt.Sprintf("%s: knows no %q", name, v.text), "it is one of " + strings.Join(words, ", ")
		}
		if want == "client" { // whoever it is, it came over the network
			return func(r *store.Row) bool { return r.Source == "" }, "", ""
		}
		return func(r *store.Row) bool { return of(r) == want }, "", ""
	}
}

func methodTest(v value, _ filterEnv) (test, string, string) {
	switch {
	case v.op != "" && v.op != "=":
		return nil, "method: takes names, not " + v.op, ""
	case strings.EqualFold(v.text, "write"):
		return isWrite, "", ""
	case strings.EqualFold(v.text, "read"):
		return func(r *store.Row) bool { return !isWrite(r) }, "", ""
	}
	return func(r *store.Row) bool { return strings.EqualFold(r.Method, v.text) }, "", ""
}

func isWrite(r *store.Row) bool { return slices.Contains(writeMethods, r.Method) }

func statusTest(v value, _ filterEnv) (test, string, string) {
	text := strings.ToLower(v.text)
	if v.op == "" || v.op == "=" {
		switch text {
		case "ok":
			return func(r *store.Row) bool { return r.Status > 0 && r.Status < 400 }, "", ""
		case "problem":
			return func(r *store.Row) bool { return r.Problem }, "", ""
		case "none":
			return func(r *store.Row) bool { return r.Status == 0 }, "", ""
		case "*":
			return func(r *store.Row) bool { return r.Status != 0 }, "", ""
		}
		if len(text) == 3 && text[1:] == "xx" && text[0] >= '1' && text[0] <= '5' {
			class := int(text[0] - '0')
			return func(r *store.Row) bool { return r.Status/100 == class }, "", ""
		}
	}
	in, ok := compare(v, func(s string) (int64, bool) {
		n, err := strconv.Atoi(s)
		return int64(n), err == nil && n >= 0 && n < 1000
	})
	if !ok {
		return nil, fmt.Sprintf("%q is no status", v.text), "for example status:409, status:4xx, status:>=400, status:problem"
	}
	return func(r *store.Row) bool { return in(int64(r.Status)) }, "", ""
}

func tookTest(v value, _ filterEnv) (test, string, string) {
	in, ok := compare(v, func(s string) (int64, bool) {
		d, err := time.ParseDuration(s)
		return int64(d), err == nil
	})
	if !ok {
		return nil, fmt.Sprintf("%q is no duration", v.text), "for example took:>500ms or took:10ms..1s"
	}
	return func(r *store.Row) bool { return in(int64(r.Took)) }, "", ""
}

// timeTest takes ago ("5m"), a clock time of the last 24 hours, or a date with or without a time.
func timeTest(since bool) func(value, filterEnv) (test, string, string) {
	return func(v value, env filterEnv) (test, string, string) {
		at, ok := when(v.text, env.now.In(env.loc))
		if !ok || v.op != "" {
			return nil, fmt.Sprintf("%q is no time", v.text), "for example 5m, 14:00, 2025-01-02 or 2025-01-02T14:30"
		}
		if since {
			return func(r *store.Row) bool { return !r.Start.Before(at) }, "", ""
		}
		return func(r *store.Row) bool { return !r.Start.After(at) }, "", ""
	}
}

func keyTest(v value, env filterEnv) (test, string, string) {
	if v.op == "" && !v.quoted {
		switch strings.ToLower(v.text) {
		case "none":
			return func(r *store.Row) bool { return r.KeyID == 0 }, "", ""
		case "invalid":
			return func(r *store.Row) bool { return r.Refused != "" }, "", ""
		}
	}
	is, msg, hint := textMatch(v)
	if is == nil {
		return nil, msg, hint
	}
	ids := map[uint64]bool{} // keys whose prefix or present name fits
	for _, k := range env.keys {
		if is(k.Name) || v.op == "" && begins(k.Prefix, v.text) {
			ids[k.ID] = true
		}
	}
	return func(r *store.Row) bool { return r.KeyID != 0 && (ids[r.KeyID] || is(r.KeyName)) }, "", ""
}

func idTest(v value, _ filterEnv) (test, string, string) {
	if v.op != "" && v.op != "=" {
		return nil, "id: takes the beginning of an id, not " + v.op, ""
	}
	want := strings.ToLower(v.text)
	return func(r *store.Row) bool { return strings.HasPrefix(strings.ToLower(r.ID), want) }, "", ""
}

func isTest(v value, env filterEnv) (test, string, string) {
	switch strings.ToLower(v.text) {
	case "marked":
		return func(r *store.Row) bool { return env.marks[r.Seq] }, "", ""
	case "new":
		return func(r *store.Row) bool { return !env.following && r.Seq > env.seen }, "", ""
	case "noted":
		return func(r *store.Row) bool { return r.Notes > 0 }, "", ""
	case "problem":
		return func(r *store.Row) bool { return r.Problem }, "", ""
	case "proxied":
		return func(r *store.Row) bool { return r.Source == "proxy" }, "", ""
	case "replay":
		return func(r *store.Row) bool { return r.Source == "replay" }, "", ""
	case "write":
		return isWrite, "", ""
	}
	if like := nearest(strings.ToLower(v.text), isNames); like != "" {
		return nil, fmt.Sprintf("is: knows no %q", v.text), "did you mean is:" + like + " ?"
	}
	return nil, fmt.Sprintf("is: knows no %q", v.text), "it is one of " + strings.Join(isNames, ", ")
}

// resourceOf names the endpoint that a request went to.
func resourceOf(r *store.Row) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
	first, _, _ = strings.Cut(first, "?")
	switch strings.ToLower(first) {
	case "users":
		return "users"
	case "groups":
		return "groups"
	case "schemas", "resourcetypes":
		return "schemas"
	case "serviceproviderconfig":
		return "config"
	case "bulk":
		return "bulk"
	case "me":
		return "me"
	}
	return "other"
}

// sourceOf names who sent a request; curl is a client that says so itself.
func sourceOf(r *store.Row) string {
	switch {
	case r.Source != "":
		return r.Source
	case strings.HasPrefix(r.Agent, "curl/"):
		return "curl"
	}
	return "idp"
}
