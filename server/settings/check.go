package settings

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// words are the settings that are one of a few words.
var words = map[string][]string{
	"conformance":       {"lenient", "strict", "interop"},
	"unknownAttributes": {"ignore", "keep", "reject"},
	"theme":             {"auto", "dark", "light", "16", "none"},
}

// check refuses settings that have the right type and yet make no sense.
func (s *Settings) check() error {
	for _, l := range s.leaves() {
		if why := l.bad(); why != "" {
			return fault(s.origin[l.path], "%s: %s", l.path, why)
		}
	}
	if (s.TLS.Cert == "") != (s.TLS.Key == "") {
		return fault("", "tls: want both cert and key, or neither")
	}
	return nil
}

// bad says why the value makes no sense, or "".
func (l leaf) bad() string {
	switch v := l.value.Interface().(type) {
	case int:
		if v < 1 && l.path != "requestLog.bodyBytes" || v < 0 {
			return fmt.Sprintf("want at least 1, not %d", v)
		}
	case string:
		switch l.path {
		case "listen":
			return badListen(v)
		case "publicURL":
			return badPublicURL(v)
		}
		if list := words[l.path]; list != nil && !slices.Contains(list, v) {
			return fmt.Sprintf("want one of %s, not %q", strings.Join(list, ", "), v)
		}
	case []string:
		if l.path == "keys" {
			return badKeys(v)
		}
		return badBasePaths(v)
	case Size:
		const least = 4_000_000 // with less a single request could be a good part of it
		if v > 0 && v < least {
			return fmt.Sprintf("want at least \"4MB\", or 0 for no bound, not %d", v)
		}
	case Span:
		if v == 0 && l.path == "limits.readTimeout" {
			return "want more than 0: a client that sends nothing would stay for ever"
		}
		if time.Duration(v) < time.Second && l.path == "limits.cursorAge" { // it is announced in seconds
			return fmt.Sprintf("want at least \"1s\", not %q", time.Duration(v))
		}
	}
	return ""
}

func badListen(v string) string {
	_, port, err := net.SplitHostPort(v)
	if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 0 || n > 65535 {
		return fmt.Sprintf("want HOST:PORT such as \"127.0.0.1:7644\", not %q", v)
	}
	return ""
}

func badPublicURL(v string) string {
	u, err := url.Parse(v)
	if v != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		return fmt.Sprintf("want an address such as \"https://abc.example.com\", not %q", v)
	}
	return ""
}

// badKeys knows no actions: the dashboard does.
func badKeys(keys []string) string {
	for _, v := range keys {
		if id, key, ok := strings.Cut(v, "="); !ok || id == "" || key == "" {
			return fmt.Sprintf("want an action and a key, such as \"replay=ctrl+g\", not %q", v)
		}
	}
	return ""
}

func badBasePaths(paths []string) string {
	if len(paths) == 0 {
		return "want at least one path"
	}
	for i, v := range paths {
		if u, err := url.Parse(v); err != nil || len(v) < 2 || v[0] != '/' || u.Path != v || strings.HasSuffix(v, "/") || strings.Contains(v, "//") {
			return fmt.Sprintf("want paths such as \"/scim/v2\", not %q", v)
		}
		if slices.Contains(paths[:i], v) {
			return fmt.Sprintf("%q is there twice", v)
		}
	}
	return ""
}
