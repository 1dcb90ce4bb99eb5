package lint

import (
	"strings"
)

// head is about everything before the query and the body.
func (k *look) head() {
	k.fields()
	if !k.own {
		k.credential()
		k.client()
	}
	k.media()
	k.conditions()
	k.pathRules()
}

// fields gathers the header fields that rules are about.
func (k *look) fields() {
	h := &k.header
	for i := range k.ex.RequestHeader {
		f := &k.ex.RequestHeader[i]
		switch f.Name {
		case "Accept":
			if h.accept != "" {
				h.accept += ", " + f.Value
			} else {
				h.accept = f.Value
			}
		case "Authorization":
			h.auth = f.Value
			h.auths++
		case "Content-Encoding":
			h.encoding = f.Value
		case "Content-Type":
			h.contentType = f.Value
		case "If-Match", "If-None-Match":
			h.ifMatch = f.Value
			h.conditional = f.Name
			if !isTagList(f.Value) {
				k.add(ifMatchMalformed, "header "+f.Name, quote(f.Value))
			}
		case "If-Modified-Since", "If-Unmodified-Since":
			h.conditional = f.Name
		case "User-Agent":
			h.agent = f.Value
		case "X-Http-Method-Override", "X-Http-Method", "X-Method-Override":
			k.add(methodOverride, "header "+f.Name, quote(f.Value))
		}
	}
}

// schemes are those of RFC 9110's registry and what others use in their place.
var schemes = [...]string{"bearer", "basic", "digest", "negotiate", "ntlm", "token", "oauth", "ssws", "apikey", "dpop", "hawk", "mutual"}

// credential is about Authorization. What follows the scheme was cut out.
func (k *look) credential() {
	const at = "header Authorization"
	v := strings.TrimSpace(k.header.auth)
	scheme := v
	if i := strings.IndexByte(v, ' '); i >= 0 {
		scheme = v[:i]
	}
	bearer := scheme == "Bearer" || strings.EqualFold(scheme, "bearer")
	known := bearer
	for i := 0; i < len(schemes) && !known; i++ {
		known = strings.EqualFold(scheme, schemes[i])
	}
	switch {
	case k.header.auths > 1:
		k.add(keyTwice, at, "")
	case k.header.auths == 0:
		if k.ex.Status == 401 {
			k.add(keyMissing, at, "")
		}
	case !known && v != "":
		k.add(bearerMissing, at, "")
	case v == "" || len(v) == len(scheme):
		k.add(keyEmpty, at, "")
	case !bearer:
		k.add(otherScheme, at, scheme)
	}
	if k.profile(Interop) && strings.EqualFold(scheme, "basic") {
		k.add(iopBasic, at, "")
	}
	if k.profile(IPSIE) && !bearer {
		k.add(ipsieBearer, at, "")
	}
}

// client is about who sends, and to what host.
func (k *look) client() {
	if k.header.agent == "" {
		k.add(agentMissing, "header User-Agent", "")
		if k.profile(Interop) {
			k.add(iopAgent, "header User-Agent", "")
		}
	}
	if strings.IndexByte(k.ex.Host, '_') >= 0 {
		k.add(hostUnderscore, "header Host", quote(k.ex.Host))
	}
	if k.profile(Interop) && strings.HasPrefix(k.ex.Base, "http:") {
		k.add(iopTLS, "the base URL", quote(k.ex.Base))
	}
}

// media is about the types of what is sent and asked for.
func (k *look) media() {
	h, ex := &k.header, k.ex
	body := ex.RequestSize > 0 || len(ex.RequestBody) > 0
	switch ex.Method {
	case "GET", "HEAD", "DELETE":
		if body {
			k.add(bodyUnwanted, "body", ex.Method)
			body = false // of what type it is matters to nobody
		}
	}
	k.accept()
	if !body {
		return
	}
	if h.encoding != "" && !strings.EqualFold(h.encoding, "identity") {
		k.add(encodedBody, "header Content-Encoding", quote(h.encoding))
	}
	switch h.contentType {
	case "application/scim+json", "application/scim+json; charset=utf-8":
		return
	case "":
		k.add(typeMissing, "header Content-Type", "")
		if k.profile(Interop) {
			k.add(iopMedia, "header Content-Type", "")
		}
		return
	}
	const at = "header Content-Type"
	scim, json, charset := mediaType(h.contentType)
	switch {
	case json:
		k.add(typeJSON, at, quote(h.contentType))
	case !scim:
		k.add(typeOther, at, quote(h.contentType))
	}
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8", "us-ascii":
	default:
		k.add(charsetOther, at, quote(h.contentType))
	}
	if k.profile(Interop) && !scim {
		k.add(iopMedia, at, quote(h.contentType))
		if !json {
			k.add(iopJSON, at, quote(h.contentType))
		}
	}
}

// mediaType takes a Content-Type apart.
func mediaType(v string) (scim, json bool, charset string) {
	kind, params, _ := strings.Cut(v, ";")
	kind = strings.TrimSpace(kind)
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "charset") {
			charset = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return strings.EqualFold(kind, "application/scim+json"), strings.EqualFold(kind, "application/json"), charset
}

// accept is about what the client takes as an answer.
func (k *look) accept() {
	const at = "header Accept"
	switch v := k.header.accept; v {
	case "application/scim+json", "application/scim+json; charset=utf-8", "*/*":
	case "":
		if !k.own {
			k.add(acceptMissing, at, "")
		}
	default:
		if own, other := accepted(v); !own && !other {
			k.add(acceptOther, at, quote(v))
			if k.profile(Interop) {
				k.add(iopJSON, at, quote(v))
			}
		}
	}
}

// accepted reports which of SCIM's types a list of media ranges lets through.
// Of several ranges for a type the most specific counts.
func accepted(accept string) (own, other bool) {
	var best [2]int
	var good [2]bool
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, _ := strings.Cut(part, ";")
		kind = strings.TrimSpace(kind)
		for i, t := range [2]string{"application/scim+json", "application/json"} {
			n := 0
			switch {
			case strings.EqualFold(kind, t):
				n = 3
			case strings.EqualFold(kind, "application/*"):
				n = 2
			case kind == "*/*" || kind == "*":
				n = 1
			}
			if n > 0 && n >= best[i] {
				best[i], good[i] = n, !refused(params)
			}
		}
	}
	return good[0], good[1]
}

// refused reports whether a media range's parameters have q=0.
func refused(params string) bool {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "q") {
			return strings.Trim(value, "0.") == ""
		}
	}
	return false
}

// conditions is about conditional requests (RFC 7644 §3.14).
func (k *look) conditions() {
	if k.profile(Interop) {
		if k.header.conditional != "" {
			k.add(iopConditional, "header "+k.header.conditional, "")
		}
		if k.ex.Method == "PUT" && k.kind == single {
			k.add(iopPut, "method", "")
		}
	} else if k.ex.Method == "PUT" && k.kind == single && k.header.ifMatch == "" {
		k.add(ifMatchMissing, "header If-Match", "")
	}
}

// isTagList reports whether v is "*" or a list of entity tags.
func isTagList(v string) bool {
	if v = strings.TrimSpace(v); v == "*" {
		return true
	}
	for tag := range strings.SplitSeq(v, ",") {
		if !isTag(strings.TrimSpace(tag)) {
			return false
		}
	}
	return true
}

// isTag reports whether v is an entity tag (RFC 9110 §8.8.3).
func isTag(v string) bool {
	v = strings.TrimPrefix(v, "W/")
	return len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' && strings.IndexByte(v[1:len(v)-1], '"') < 0
}

// pathRules is about the path of the target.
func (k *look) pathRules() {
	const at = "path"
	path := k.ex.Target
	if i := strings.IndexByte(path, '?'); i >= 0 {
		path = path[:i]
	}
	if i := strings.Index(path, "://"); i >= 0 && i < 8 {
		path = path[i+3:]
	}
	if badPercent(path) {
		k.add(badEscape, at, quote(path))
	}
	if strings.Contains(path, "//") {
		k.add(slashDouble, at, quote(path))
	}
	if len(k.path) > 1 && k.path[len(k.path)-1] == '/' {
		k.add(slashEnd, at, quote(path))
	}
	refused := k.ex.Status >= 300 || k.ex.Status == 0 // what is served is an endpoint, whoever calls it so
	switch {
	case k.path == "" && refused:
		k.nowhere(path)
	case k.kind == elsewhere && refused && k.path != "":
		k.misspelt()
	case k.kind == single && strings.IndexByte(k.id, '/') >= 0:
		k.add(belowResource, at, quote(k.path))
	case k.kind == single && (k.ex.Status == 404 || k.ex.Status == 400) && looksLikeName(k.id): // there are servers whose ids are so
		k.add(nameAsID, at, quote(k.id))
		if k.profile(Interop) && (k.ex.Method == "GET" || k.ex.Method == "HEAD") {
			k.add(iopByID, at, quote(k.id))
		}
	}
	if !k.defined() {
		k.add(methodUndefined, "method", quote(k.ex.Method)+" "+quote(k.path))
	}
}

// patience is how many segments of a path, parameters of a query or names in one
// of them are looked at.
const patience = 100

// nowhere is about a target below no base URL: perhaps an endpoint is misspelt.
func (k *look) nowhere(path string) {
	n := 0
	for segment := range strings.SplitSeq(path, "/") {
		if n++; n > patience {
			break
		}
		if meant := k.meant(segment); meant != "" {
			k.add(endpointSpelling, "path", quote(path)+", want "+meant)
			return
		}
	}
	k.add(outsideBase, "path", quote(path))
}

// misspelt is about an endpoint that is none.
func (k *look) misspelt() {
	if meant := k.meant(k.endpoint); meant != "" {
		k.add(endpointSpelling, "path", quote(k.path)+", want /"+meant)
	} else {
		k.add(outsideBase, "path", quote(k.path))
	}
}

// meant gives the endpoint that a segment of a path is nearly, or "".
func (k *look) meant(segment string) string {
	near := func(endpoint string) bool {
		return segment != endpoint && (strings.EqualFold(segment, endpoint) || strings.EqualFold(segment+"s", endpoint) || strings.EqualFold(segment, endpoint+"s"))
	}
	for _, r := range k.l.types {
		if near(r.t.Endpoint[1:]) {
			return r.t.Endpoint[1:]
		}
	}
	for _, e := range [...]string{"ServiceProviderConfig", "Schemas", "ResourceTypes", "Bulk", "Me"} {
		if near(e) {
			return e
		}
	}
	return ""
}

// looksLikeName reports whether what should be an id is rather a name, an address
// or a filter.
func looksLikeName(id string) bool {
	return strings.ContainsAny(id, "@= ") || strings.Contains(id, "%40") || strings.Contains(id, "%20") || strings.Contains(id, "%3D")
}

// defined reports whether SCIM has the method at the path (RFC 7644 §3.2, table
// 2). HEAD and OPTIONS are HTTP's own.
func (k *look) defined() bool {
	m := k.ex.Method
	if m == "HEAD" || m == "OPTIONS" {
		return true
	}
	switch k.kind {
	case collection:
		return m == "GET" || m == "POST"
	case single:
		return m == "GET" || m == "PUT" || m == "PATCH" || m == "DELETE"
	case search, bulk:
		return m == "POST"
	case root, discovery:
		return m == "GET"
	}
	return true
}

// badPercent reports whether a % begins no escape.
func badPercent(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if i+2 >= len(s) || hexDigit(s[i+1]) < 0 || hexDigit(s[i+2]) < 0 {
				return true
			}
			i += 2
		}
	}
	return false
}
