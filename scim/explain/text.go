package explain

import (
	"strconv"
	"strings"
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
	if strings.IndexByte(s, '\n') >= 0 || strings.IndexByte(s, '\r') >= 0 {
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
	if i := strings.LastIndex(sentence, " (replay of "); i >= 0 {
		return Plain(sentence[:i]) + sentence[i:]
	}
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
