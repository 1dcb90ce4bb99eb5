package lint

import "strings"

// What the request target names: the endpoint, the resource, and how it was
// written.

// kind is what a target names.
type kind uint8

const (
	elsewhere  kind = iota // under no base, or no endpoint
	collection             // /Users
	single                 // /Users/2819
	search                 // /Users/.search, /.search
	root
	discovery // /Schemas and the like, /ServiceProviderConfig
	bulk
	me
)

// find gives the resource type of an endpoint, "Users", or nil.
func (l *Linter) find(endpoint string) *resource {
	for _, r := range l.types {
		if r.t.Endpoint[1:] == endpoint {
			return r
		}
	}
	return nil
}

// target takes the request target apart.
func (k *look) target() {
	ex := k.ex
	raw := ex.Target
	if i := strings.Index(raw, "://"); i >= 0 && i < 8 { // absolute-form
		raw = raw[i+3:]
		raw = raw[max(strings.IndexByte(raw, '/'), 0):]
	}
	path := raw
	if i := strings.IndexByte(raw, '?'); i >= 0 {
		path, k.query, k.hasQuery = raw[:i], raw[i+1:], true
	}
	k.path = k.below(path)
	rest := strings.Trim(k.path, "/")
	for strings.Contains(rest, "//") {
		rest = strings.ReplaceAll(rest, "//", "/")
	}
	if k.path == "" {
		return
	}
	k.endpoint = rest
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		k.endpoint, k.id = rest[:i], rest[i+1:]
	}
	k.r = k.l.find(k.endpoint)
	switch {
	case rest == "":
		k.kind = root
	case k.r != nil && k.id == "":
		k.kind = collection
	case k.r != nil && k.id == ".search", rest == ".search":
		k.kind = search
	case k.r != nil:
		k.kind = single
	case k.endpoint == "Schemas" || k.endpoint == "ResourceTypes" || rest == "ServiceProviderConfig":
		k.kind = discovery
	case rest == "Bulk":
		k.kind = bulk
	case k.endpoint == "Me":
		k.kind = me
	}
}

// below gives the path below the base URL, undecoded and with its slashes. Of an
// exchange whose base is not known it begins at the first endpoint of SCIM's; ""
// if there is none.
func (k *look) below(path string) string {
	if k.ex.Base != "" {
		base := k.ex.Base
		if i := strings.Index(base, "://"); i >= 0 {
			base = base[i+3:]
			base = base[max(strings.IndexByte(base, '/'), 0):]
			if base == "" || base[0] != '/' {
				base = ""
			}
		}
		if rest, ok := strings.CutPrefix(path, base); ok && (rest == "" || rest[0] == '/') {
			if rest == "" {
				return "/"
			}
			return rest
		}
		return k.belowSlashed(path)
	}
	return k.fromEndpoint(path)
}

// belowSlashed is for a target whose slashes are doubled in the base path, or
// whose base is behind a public URL: what the server made of it.
func (k *look) belowSlashed(path string) string {
	if k.ex.Path == "" {
		return ""
	}
	if strings.HasSuffix(path, k.ex.Path) {
		return k.ex.Path
	}
	if rest := k.fromEndpoint(path); rest != "" {
		return rest
	}
	return k.ex.Path
}

// fromEndpoint gives a path from its first segment on that is an endpoint.
func (k *look) fromEndpoint(path string) string {
	for i := 0; i < len(path); {
		end := i + 1
		for end < len(path) && path[end] != '/' {
			end++
		}
		if path[i] == '/' && k.isEndpoint(path[i+1:end]) {
			return path[i:]
		}
		i = end
	}
	return ""
}

func (k *look) isEndpoint(segment string) bool {
	switch segment {
	case "ServiceProviderConfig", "Schemas", "ResourceTypes", "Me", "Bulk", ".search":
		return true
	}
	return k.l.find(segment) != nil
}
