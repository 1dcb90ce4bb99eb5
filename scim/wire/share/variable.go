package share

import (
	"bytes"
	"encoding/json"
	neturl "net/url"
	"regexp"
	"strings"
)

// Where in a request a value may be a variable. Both functions hand each such
// value to put, and put what it returns, unless it is "", in its place.

// inTarget goes through the segments of a path, the parameters of its query and
// the texts in quotes in those.
func inTarget(target string, put func(kind, string) string) string {
	path, query, hasQuery := strings.Cut(target, "?")
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if text, err := neturl.PathUnescape(s); err == nil && i > 1 { // the first names the endpoint
			if v := put(anID, text); v != "" {
				segments[i] = v
			}
		}
	}
	path = strings.Join(segments, "/")
	if !hasQuery {
		return path
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		if v := put(aCursor, unescape(value)); v != "" && name == "cursor" {
			parts[i] = name + "=" + v
			continue
		}
		parts[i] = inQuotes(part, put)
	}
	return path + "?" + strings.Join(parts, "&")
}

// beforeID is what stands in a filter before a text that is an id.
var beforeID = regexp.MustCompile(`(?i)(^|[^a-z])(id|value) eq $`)

// inQuotes goes through the ids in quotes of a raw parameter.
func inQuotes(part string, put func(kind, string) string) string {
	quote := `"`
	if strings.Contains(part, "%22") {
		quote = "%22"
	}
	texts := strings.Split(part, quote)
	for i := 1; i < len(texts)-1; i += 2 {
		if !beforeID.MatchString(unescape(texts[i-1])) {
			continue
		}
		if v := put(anID, unescape(texts[i])); v != "" {
			texts[i] = v
		}
	}
	return strings.Join(texts, quote)
}

// inJSON goes through the strings of a JSON text that are values, and through
// what follows the last slash in them. Anything but JSON stays as it is.
func inJSON(body []byte, put func(kind, string) string) []byte {
	if !json.Valid(body) {
		return body
	}
	var out []byte
	at := 0
	for i := 0; i < len(body); i++ {
		if body[i] != '"' {
			continue
		}
		from := i
		for i++; body[i] != '"'; i++ {
			if body[i] == '\\' {
				i++
			}
		}
		if rest := bytes.TrimLeft(body[i+1:], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			continue // a name
		}
		var text string
		if json.Unmarshal(body[from:i+1], &text) != nil {
			continue
		}
		before := text[:strings.LastIndexByte(text, '/')+1]
		v := put(anID, text)
		if v != "" {
			before = ""
		} else if v = put(anID, text[len(before):]); v == "" {
			continue
		}
		lead, err := json.Marshal(before)
		if err != nil {
			continue
		}
		out = append(append(out, body[at:from]...), lead[:len(lead)-1]...)
		out = append(append(out, v...), '"')
		at = i + 1
	}
	return append(out, body[at:]...)
}
