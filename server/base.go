package server

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// publicURL is Options.PublicURL taken apart. The zero value says nothing.
type publicURL struct{ origin, path string }

func parsePublic(s string) publicURL {
	u, err := url.Parse(s)
	if s == "" || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return publicURL{}
	}
	return publicURL{u.Scheme + "://" + u.Host, strings.TrimRight(u.EscapedPath(), "/")}
}

// cleanBases gives base paths without a slash at the end, with one in front.
func cleanBases(paths []string) []string {
	if len(paths) == 0 {
		paths = []string{"/api/scim/v2", "/scim/v2"}
	}
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = cleanPath("/" + p)
		if out[i] == "/" {
			out[i] = ""
		}
	}
	return out
}

// cleanPath makes one slash of several and drops those at the end: both come
// from base URLs that were typed with a slash too many.
func cleanPath(p string) string {
	if strings.Contains(p, "//") {
		var b strings.Builder
		for i := range len(p) {
			if p[i] != '/' || i == 0 || p[i-1] != '/' {
				b.WriteByte(p[i])
			}
		}
		p = b.String()
	}
	if len(p) > 1 && p[len(p)-1] == '/' {
		p = p[:len(p)-1]
	}
	return p
}

// below finds the base path that a path is under, and what follows it ("/" at least).
func (s *Server) below(path string) (base, rest string, ok bool) {
	for _, b := range s.bases {
		if !strings.HasPrefix(path, b) {
			continue
		}
		switch rest := path[len(b):]; {
		case rest == "":
			return b, "/", true
		case rest[0] == '/':
			return b, rest, true
		}
	}
	return "", "", false
}

// baseURL is a base URL with what it was made of, so that the next request of
// the same client finds it ready.
type baseURL struct {
	scheme, host, path string
	url                string
}

// baseURL gives the base URL that a request came by, without a slash at the
// end: the public URL, else what a tunnel on this machine says, else the Host
// header. A host that could not stand in a URL is replaced by the address that
// the request came to.
func (s *Server) baseURL(r *http.Request, basePath string) string {
	if s.public.path != "" {
		return s.public.origin + s.public.path
	}
	if s.public.origin != "" {
		return s.public.origin + basePath
	}
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if fp, fh := r.Header["X-Forwarded-Proto"], r.Header["X-Forwarded-Host"]; (fp != nil || fh != nil) && fromLoopback(r) {
		switch p := first(fp); {
		case strings.EqualFold(p, "https"):
			scheme = "https"
		case strings.EqualFold(p, "http"):
			scheme = "http"
		}
		if h := first(fh); validHost(h) {
			host = h
		}
	}
	last := s.lastBase.Load()
	if last != nil && last.host == host && last.scheme == scheme && last.path == basePath {
		return last.url
	}
	b := &baseURL{scheme: scheme, host: host, path: basePath}
	if !validHost(host) {
		host = "localhost"
		if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
			host = a.String()
		}
	}
	b.url = scheme + "://" + host + basePath
	s.lastBase.Store(b)
	return b.url
}

// first gives the first entry of a comma-separated list in a header.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	v, _, _ := strings.Cut(values[0], ",")
	return strings.TrimSpace(v)
}

func fromLoopback(r *http.Request) bool {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && a.Addr().Unmap().IsLoopback()
}

// validHost reports whether h is a host name or address with an optional port
// as it may stand in a URL.
func validHost(h string) bool {
	if h == "" || len(h) > 255 {
		return false
	}
	for i := range len(h) {
		c := h[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".-_:[]", c) >= 0 {
			continue
		}
		return false
	}
	return true
}

// reachable turns a listen address into one that can be connected to.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if a, err := netip.ParseAddr(host); err == nil && a.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
