package explain

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// longest is the most characters that a sentence takes over from one value.
const longest = 120

// cut bounds a text from outside and keeps it on one line.
func cut(s string) string {
	if len(s) > longest {
		n := 0
		for i := range s {
			if n++; n > longest {
				s = s[:i] + "…"
				break
			}
		}
	}
	if strings.ContainsAny(s, "\r\n") {
		s = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s)
	}
	return s
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// fieldCount is set off by two blanks so that a screen can align it.
func fieldCount(n int) string {
	if n == 1 {
		return "  1 field"
	}
	return "  " + strconv.Itoa(n) + " fields"
}

// Plain gives a sentence without the arrow and the double blank, in words, for
// a log that is read as text: "…, 0 found", "…, 100 of 214", "…, 3 fields".
func Plain(sentence string) string {
	if i := strings.LastIndex(sentence, " → "); i >= 0 {
		rest := sentence[i+len(" → "):]
		n := 0
		for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
			n++
		}
		switch after := rest[n:]; {
		case n == 0:
		case after == "" || strings.HasPrefix(after, " ("):
			return sentence[:i] + ", " + rest[:n] + " found" + after
		case strings.HasPrefix(after, " of "):
			return sentence[:i] + ", " + rest
		}
	}
	if i := strings.LastIndex(sentence, "  "); i >= 0 {
		count, unit, _ := strings.Cut(sentence[i+2:], " ")
		if _, err := strconv.Atoi(count); err == nil && (unit == "field" || unit == "fields") {
			return sentence[:i] + ", " + count + " " + unit
		}
	}
	return sentence
}

// text decodes a JSON string; "" when it is none.
func text(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// member finds a member of a JSON object by its name, in any case, and returns
// its raw value, nil when it is not there. The text may be cut anywhere behind
// the member: it is not checked, only walked.
func member(b []byte, name string) []byte {
	i := blank(b, 0)
	if i >= len(b) || b[i] != '{' {
		return nil
	}
	for i = blank(b, i+1); i < len(b) && b[i] == '"'; {
		end := skip(b, i)
		if end < 0 {
			return nil
		}
		found := isName(b[i:end], name)
		if i = blank(b, end); i >= len(b) || b[i] != ':' {
			return nil
		}
		i = blank(b, i+1)
		if end = skip(b, i); end < 0 {
			return nil
		}
		if found {
			return b[i:end]
		}
		if i = blank(b, end); i >= len(b) || b[i] != ',' {
			return nil
		}
		i = blank(b, i+1)
	}
	return nil
}

// isName reports whether a raw JSON string is the name of a member, in any case.
func isName(raw []byte, name string) bool {
	if len(raw) == len(name)+2 && string(raw[1:len(raw)-1]) == name {
		return true
	}
	return bytes.EqualFold(raw[1:len(raw)-1], []byte(name)) || bytes.IndexByte(raw, '\\') >= 0 && strings.EqualFold(text(raw), name)
}

func blank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skip returns the end of the value at i, -1 when the text ends before it does.
func skip(b []byte, i int) int {
	for depth := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if i >= len(b) {
				return -1
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}
