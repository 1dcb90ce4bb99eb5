package wire

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// safeHeader gives the form in which a header field is kept. answer says that
// it is one of a response, where a challenge names no secret.
func safeHeader(name, v string, answer bool) string {
	switch name {
	case "Accept", "Accept-Charset", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "User-Agent",
		"Etag", "If-Match", "If-None-Match":
		return cutKey(v)
	case "Location", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-For":
		return safeURL(v)
	case "Authorization", "Proxy-Authorization":
		return safeCredential(v)
	case "Www-Authenticate", "Proxy-Authenticate":
		if answer {
			return cutKey(v)
		}
	}
	if v == "" {
		return v
	}
	lower := appendLower(make([]byte, 0, 64), name)
	switch {
	case bytes.Contains(lower, []byte("cookie")):
		return removed
	case bytes.Contains(lower, []byte("auth")) || secretName(name):
		return safeToken(v)
	}
	return safeURL(v)
}

// appendLower appends a name in lower case, which is ASCII as a rule.
func appendLower(dst []byte, name string) []byte {
	for i := range len(name) {
		c := name[i]
		if c >= utf8.RuneSelf {
			return append(dst[:len(dst)-i], strings.ToLower(name)...)
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// safeURL cuts what may be a URL: only those with a query or a user have more than keys to cut.
func safeURL(v string) string {
	if strings.IndexByte(v, '?') >= 0 || strings.IndexByte(v, '@') >= 0 {
		var f secrets
		return f.target(v)
	}
	return cutKey(v)
}

// SecretHeader reports whether a header field of this name carries a secret, so
// that its value in an Exchange is not what was sent.
func SecretHeader(name string) bool {
	lower := strings.ToLower(name)
	return strings.Contains(lower, "auth") || strings.Contains(lower, "cookie") || secretName(name)
}

// safeCredential keeps the scheme and the beginning of a key. What nearly every
// request has comes first, as it is looked at so often.
func safeCredential(v string) string {
	if strings.HasPrefix(v, usual+ownKey) {
		return usualShown(v) + neverStored
	}
	scheme, rest, ok := strings.Cut(strings.TrimSpace(v), " ")
	if !ok && !knownScheme(scheme) {
		return safeToken(v)
	}
	if !knownScheme(scheme) {
		if strings.Contains(v, ownKey) {
			return safeToken(v[strings.Index(v, ownKey):])
		}
		return removed
	}
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return scheme
	}
	if first, _, _ := strings.Cut(rest, " "); knownScheme(first) {
		return scheme + " " + safeCredential(rest)
	}
	if !strings.EqualFold(scheme, "Bearer") && !strings.Contains(rest, ownKey) {
		return scheme + " " + removed
	}
	return scheme + " " + safeToken(rest)
}

const usual = "Bearer "

// usualShown is what of a key of ours, with the usual scheme, may be shown.
func usualShown(v string) string { return v[:len(usual)+len(KeyPrefix(v[len(usual):]))] }

// showsBearer reports whether shown is what safeCredential makes of v, a key of ours.
func showsBearer(shown, v string) bool {
	if !strings.HasPrefix(v, usual+ownKey) {
		return false
	}
	head, ok := strings.CutSuffix(shown, neverStored)
	return ok && head == usualShown(v)
}

func knownScheme(s string) bool {
	switch strings.ToLower(s) {
	case "bearer", "basic", "digest", "negotiate", "ntlm", "token", "oauth", "ssws", "apikey", "dpop", "hawk", "mutual":
		return true
	}
	return false
}

// safeToken keeps the first characters of our own key, or four of another long one.
func safeToken(v string) string {
	if i := strings.Index(v, ownKey); i >= 0 {
		return KeyPrefix(v[i:]) + neverStored
	}
	if len(v) >= 20 && isPlain(v[:keyShown]) {
		return v[:keyShown] + neverStored
	}
	return removed
}

// secretName reports whether a header field or query parameter of this name carries a secret.
func secretName(name string) bool {
	b := make([]byte, 0, 64)
	for i := 0; i < len(name) && i < 1024; i++ {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != '-' && c != '_' && c != '.' {
			b = append(b, c)
		}
	}
	switch string(b) {
	case "key", "auth", "pwd", "jwt":
		return true
	}
	for _, w := range [...]string{"token", "secret", "passwd", "apikey", "authorization", "credential"} {
		if bytes.Contains(b, []byte(w)) {
			return true
		}
	}
	return mentions(b, "password")
}

// cutKey shortens every key of ours in s.
func cutKey(s string) string {
	if strings.IndexByte(s, 'k') < 0 || !strings.Contains(s, "scimdeck") {
		return s
	}
	return string(cutKeys([]byte(s)))
}

// cutKeys shortens every key of ours in b. The result aliases b when there is none.
func cutKeys(b []byte) []byte {
	var out []byte
	at := 0
	for i := 0; ; { // by its rarest letter, which is found fast
		j := bytes.IndexByte(b[i:], 'k')
		if j < 0 {
			break
		}
		i += j + 1
		if i < 2 || b[i-2] != 'c' || !bytes.HasSuffix(b[:i], []byte("scimdeck")) {
			continue
		}
		rest := b[i:]
		switch {
		case bytes.HasPrefix(rest, []byte("_")):
			i++
		case bytes.HasPrefix(rest, []byte("%5F")), bytes.HasPrefix(rest, []byte("%5f")):
			i += 3
		default:
			continue
		}
		end := i
		for end < len(b) && isBase62(b[end]) {
			end++
		}
		if end-i >= keyLong {
			out = append(append(out, b[at:i+keyShown]...), "…"...)
			at = end
		}
		i = end
	}
	if at == 0 {
		return b
	}
	return append(out, b[at:]...)
}

func isBase62(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func isPlain(s string) bool {
	for i := range len(s) {
		if !isBase62(s[i]) && s[i] != '-' && s[i] != '_' && s[i] != '.' {
			return false
		}
	}
	return true
}

// CutKeys shortens every key of ours in b to what may be shown of it. The result
// aliases b when there is none.
func CutKeys(b []byte) []byte { return cutKeys(b) }
