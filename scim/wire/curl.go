package wire

import (
	"bytes"
	"fmt"
	"strings"
)

// longArgument is what a shell can hand to another program in one argument at
// least; a longer body goes through a pipe.
const longArgument = 32 << 10

// Curl gives a command for a POSIX shell that sends the request again, to base: ""
// means the base URL that it came by, "$NAME" a variable of the shell. The key is
// $SCIM_TOKEN; the body is the stored one byte for byte, so a password that was
// cut out is cut out here too. See RequestGap for bodies that are not whole.
func Curl(ex *Exchange, base string) string {
	if base == "" {
		base = ex.Base
	}
	var b strings.Builder
	body := ex.RequestBody
	nul := bytes.IndexByte(body, 0) >= 0 // which an argument cannot hold
	pipe := nul || len(body) > longArgument
	switch {
	case nul:
		b.WriteString("printf " + printfQuote(body) + " | ")
	case pipe:
		b.WriteString("printf %s " + quote(string(body)) + " | ")
	}
	b.WriteString("curl -sS -g ")
	switch {
	case ex.Method == "HEAD":
		b.WriteString("--head ")
	case ex.Method != "GET" || len(body) > 0:
		b.WriteString("-X " + quote(ex.Method) + " ")
	}
	if path, below := ex.Relative(); below && strings.HasPrefix(base, "$") {
		b.WriteString(`"` + base + `"` + quote(path))
	} else if strings.HasPrefix(base, "$") {
		b.WriteString(quote(curlURL(ex, ex.Base)))
	} else {
		b.WriteString(quote(curlURL(ex, base)))
	}
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

// Relative gives the path and query of the request below its base, as they may
// stand in a URL. below is false for a target outside of any base path, which is
// given as it is.
func (ex *Exchange) Relative() (target string, below bool) {
	if ex.Path == "" {
		return ex.Target, false
	}
	target = escapePath(ex.Path)
	if _, query, ok := strings.Cut(ex.Target, "?"); ok {
		target += "?" + escapeQuery(query)
	}
	return target, true
}

// curlURL puts the request's path and query below base. A target that is not
// under a base path goes to the same host as it is.
func curlURL(ex *Exchange, base string) string {
	target, below := ex.Relative()
	if i := strings.Index(base, "://"); i >= 0 && !below {
		if j := strings.IndexByte(base[i+3:], '/'); j >= 0 {
			base = base[:i+3+j]
		}
	}
	return base + target
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

// escapeQuery percent-encodes what no URL holds. What else a client sent stays
// as it is, quotes and brackets too.
func escapeQuery(q string) string {
	var b strings.Builder
	for i := range len(q) {
		if c := q[i]; c > ' ' && c < 0x7f {
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
