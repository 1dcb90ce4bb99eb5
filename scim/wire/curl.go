package wire

import (
	"bytes"
	"fmt"
	"strings"
)

// Curl gives a command for a POSIX shell that sends the request again, to base
// ("" means the base URL that it came by). The key is $SCIM_TOKEN; the body is the
// stored one byte for byte, so a password that was cut out is cut out here too.
func Curl(ex *Exchange, base string) string {
	if base == "" {
		base = ex.Base
	}
	var b strings.Builder
	body := ex.RequestBody
	pipe := bytes.IndexByte(body, 0) >= 0 // an argument cannot hold a NUL
	if pipe {
		b.WriteString("printf " + printfQuote(body) + " | ")
	}
	b.WriteString("curl -sS -g ")
	switch {
	case ex.Method == "HEAD":
		b.WriteString("--head ")
	case ex.Method != "GET" || len(body) > 0:
		b.WriteString("-X " + quote(ex.Method) + " ")
	}
	b.WriteString(quote(curlURL(ex, base)))
	b.WriteString(" \\\n  -H \"Authorization: Bearer $SCIM_TOKEN\"")
	sent := false
	for _, f := range ex.RequestHeader {
		switch f.Name {
		case "Accept", "Content-Type", "If-Match", "If-None-Match":
			sent = sent || f.Name == "Content-Type"
			b.WriteString(" \\\n  -H " + quote(f.Name+": "+f.Value))
		}
	}
	if len(body) > 0 && !sent {
		b.WriteString(" \\\n  -H 'Content-Type:'") // or curl makes one up
	}
	switch {
	case pipe:
		b.WriteString(" \\\n  --data-binary @-")
	case len(body) > 0:
		b.WriteString(" \\\n  --data-raw " + quote(string(body)))
	}
	return b.String()
}

// curlURL puts the request's path and query below base. A target that is not
// under a base path goes to the same host as it is.
func curlURL(ex *Exchange, base string) string {
	_, query, ok := strings.Cut(ex.Target, "?")
	if ex.Path == "" {
		if i := strings.Index(base, "://"); i >= 0 {
			if j := strings.IndexByte(base[i+3:], '/'); j >= 0 {
				base = base[:i+3+j]
			}
		}
		return base + ex.Target
	}
	path := escapePath(ex.Path)
	if ok {
		path += "?" + query
	}
	return base + path
}

// escapePath percent-encodes what a path may not hold as it is.
func escapePath(p string) string {
	var b strings.Builder
	for i := range len(p) {
		c := p[i]
		if isBase62(c) || strings.IndexByte("-._~!$&'()*+,;=:@/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// quote puts s in single quotes for a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// printfQuote writes b as a format of printf(1) that prints b.
func printfQuote(b []byte) string {
	var s strings.Builder
	s.WriteByte('\'')
	for _, c := range b {
		switch c {
		case 0:
			s.WriteString(`\000`)
		case '%':
			s.WriteString("%%")
		case '\\':
			s.WriteString(`\\`)
		case '\'':
			s.WriteString(`'\''`)
		default:
			s.WriteByte(c)
		}
	}
	s.WriteByte('\'')
	return s.String()
}
