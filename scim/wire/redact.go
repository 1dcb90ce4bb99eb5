package wire

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The rules of cutting, here and in body.go and credential.go:
//
//   - When in doubt, cut. A secret that stays is a fault; a word too many
//     that goes is none.
//   - Names are compared as SCIM compares them, without case, and after
//     JSON's and the URL's escapes are undone.
//   - What was cut is remembered while the exchange is finished (secrets), so
//     that an error answer or a note that quotes it goes too.

// What stands where something was cut.
const (
	removed         = "(removed)"
	removedJSON     = `"(removed)"`
	neverStored     = "… (the rest is never stored)"
	withheld        = "(withheld: " // the beginning of the next three, which no JSON has
	withheldBody    = withheld + "the body mentions a password and is not whole, valid JSON, so it cannot be cut out safely)"
	withheldEncoded = withheld + "the body is compressed)"
	withheldAnswer  = withheld + "the answer quotes a secret of the request)"
	withheldNote    = "(a note that quotes a secret of the request was withheld)"
)

// ownKey begins every key of ours; keyShown characters after it may be shown.
const (
	ownKey   = "scimdeck_"
	keyShown = 4
	keyLong  = 16 // so many base62 characters after ownKey are taken for a key
)

// KeyPrefix returns what may be shown of a bearer key: the first 13 characters
// of our own form, "" for any other.
func KeyPrefix(key string) string {
	if !strings.HasPrefix(key, ownKey) {
		return ""
	}
	n := len(ownKey)
	for n < len(key) && n < len(ownKey)+keyShown && isBase62(key[n]) {
		n++
	}
	return key[:n]
}

// secrets is what was cut out of one exchange so far.
type secrets struct{ values []string }

func (f *secrets) add(s string) {
	if len(s) >= 4 {
		f.values = append(f.values, s)
	}
}

// addWords remembers the words of a text that was cut as a whole.
func (f *secrets) addWords(s string, shortest int) {
	words := strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`"'()[]{},:=&`, r) })
	for _, w := range words[:min(len(words), 200)] {
		if len(w) >= shortest && !mentions([]byte(w), "password") {
			f.add(w)
		}
	}
}

// addValue remembers a JSON value.
func (f *secrets) addValue(value []byte) {
	inner := value[1:max(1, len(value)-1)]
	text := string(inner)
	if value[0] != '"' || bytes.IndexByte(inner, '\\') >= 0 && json.Unmarshal(value, &text) != nil {
		f.addWords(string(value), 4)
		return
	}
	f.add(text)
	if strings.ContainsAny(text, " [") {
		f.addWords(text, 4)
	}
}

// in reports whether b quotes one of the secrets, or the beginning of a long one.
func (f *secrets) in(b []byte) bool {
	for _, v := range f.values {
		if len(v) > 16 {
			v = v[:12]
		}
		quoted := strconv.Quote(v)
		quoted = quoted[1 : len(quoted)-1]
		if bytes.Contains(b, []byte(v)) || bytes.Contains(b, jsonInner(v)) || bytes.Contains(b, jsonInner(quoted)) {
			return true
		}
	}
	return false
}

// target cuts a request target: passwords before a host, secrets in the query, our keys anywhere.
func (f *secrets) target(s string) string {
	if i := strings.Index(s, "://"); i >= 0 {
		end := len(s)
		if j := strings.IndexAny(s[i+3:], "/?#"); j >= 0 {
			end = i + 3 + j
		}
		if at := strings.LastIndexByte(s[:end], '@'); at > i {
			s = s[:i+3] + removed + s[at:]
		}
	}
	if path, query, ok := strings.Cut(s, "?"); ok {
		s = path + "?" + f.query(query)
	}
	return cutKey(s)
}

// query cuts a raw query. Everything after a filter on a password goes: its
// literal may hold an unescaped & and so spread over what follows.
func (f *secrets) query(q string) string {
	safe := true
	for part := range strings.SplitSeq(q, "&") {
		safe = safe && f.safeParameter(part)
	}
	if safe {
		return q
	}
	var out []string
	f.values = f.values[:0]
	for part := range strings.SplitSeq(q, "&") {
		if f.safeParameter(part) {
			out = append(out, part)
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if secretName(unescape(name)) && !mentions([]byte(unescape(value)), "password") {
			out = append(out, name+"="+removed)
			continue
		}
		f.addWords(unescape(q), 4)
		if mentions([]byte(unescape(name)), "password") {
			name = "password"
		}
		out = append(out, name+"="+removed)
		break
	}
	return strings.Join(out, "&")
}

// safeParameter reports whether one name=value of a raw query carries no
// secret, and remembers the secret if it does.
func (f *secrets) safeParameter(part string) bool {
	name, value, _ := strings.Cut(part, "=")
	if value == "" && !mentions([]byte(unescape(name)), "password") {
		return true
	}
	if scimParameter(name) && isInnocent(value) {
		return true
	}
	text := unescape(value)
	if secretName(unescape(name)) {
		f.add(text)
		return text == ""
	}
	for sub := range strings.SplitSeq(text, ";") {
		if n, v, ok := strings.Cut(sub, "="); ok && v != "" && !strings.ContainsAny(n, `" `) && secretName(n) {
			f.add(v)
			return false
		}
	}
	return filterIsSafe(text)
}

// scimParameter reports whether a parameter is one that nearly every request has.
func scimParameter(name string) bool {
	switch name {
	case "filter", "startIndex", "count", "attributes", "excludedAttributes", "sortBy", "sortOrder":
		return true
	}
	return false
}

// isInnocent reports whether an encoded value cannot hold a secret, whatever it says
// when it is decoded: no password and no name=value of its own.
func isInnocent(value string) bool {
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == ';' || c == '=':
			return false
		case c == '%' && i+2 < len(value) && value[i+1] == '3' && strings.IndexByte("bBdD", value[i+2]) >= 0:
			return false
		}
	}
	return !mentions([]byte(value), "password")
}

// filter cuts a SCIM filter that compares a password.
func (f *secrets) filter(s string) string {
	if filterIsSafe(s) {
		return cutKey(s)
	}
	f.addWords(s, 4)
	return removed
}

// filterIsSafe reports whether no attribute in a filter, well formed or not,
// is a password. A literal on the right of an operator may say what it likes.
func filterIsSafe(s string) bool {
	if !mentions([]byte(s), "password") {
		return true
	}
	word, last := 0, ""
	endWord := func(i int) bool {
		if word < i {
			last = s[word:i]
		}
		return word >= i || !mentions([]byte(last), "password")
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			if !endWord(i) {
				return false
			}
			end := i + 1
			for end < len(s) && s[end] != '"' {
				if s[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(s) || mentions([]byte(s[i:end]), "password") && !isComparison(last) {
				return false
			}
			i, word, last = end, end+1, ""
		case c <= ' ' || strings.IndexByte("()[]", c) >= 0:
			if !endWord(i) {
				return false
			}
			word = i + 1
		}
	}
	return endWord(len(s))
}

func isComparison(word string) bool {
	switch strings.ToLower(word) {
	case "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le":
		return true
	}
	return false
}

// mentions reports whether b contains word (lower case, no letter twice as its
// beginning), whatever the case, with NULs between, or escaped as JSON or a URL does.
func mentions(b []byte, word string) bool {
	if word == "password" && isPlainText(b) {
		return plainlyMentionsPassword(b)
	}
	return mentionsEscaped(b, word)
}

func mentionsEscaped(b []byte, word string) bool {
	at := 0
	for i := 0; i < len(b); {
		r, size := rune(b[i]), 1
		switch {
		case r == '\\' && i+5 < len(b) && b[i+1] == 'u':
			if n, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 32); err == nil {
				r, size = rune(n), 6
			}
		case r == '%' && i+2 < len(b):
			if n, err := strconv.ParseUint(string(b[i+1:i+3]), 16, 8); err == nil {
				r, size = rune(n), 3
			}
		case r >= utf8.RuneSelf:
			r, size = utf8.DecodeRune(b[i:])
		}
		i += size
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r == 'ſ': // folds to s
			r = 's'
		case r == 0:
			continue
		}
		switch {
		case r == rune(word[at]):
			if at++; at == len(word) {
				return true
			}
		case r == rune(word[0]):
			at = 1
		default:
			at = 0
		}
	}
	return false
}

// isPlainText reports whether b has nothing that could stand for another letter.
func isPlainText(b []byte) bool {
	return bytes.IndexByte(b, '\\') < 0 && bytes.IndexByte(b, '%') < 0 && bytes.IndexByte(b, 0) < 0 && !bytes.Contains(b, []byte("ſ"))
}

// plainlyMentionsPassword looks for the word from its rarest letter on, which the
// processor finds many bytes at a time.
func plainlyMentionsPassword(b []byte) bool {
	const before, word = len("pass"), "password"
	for _, w := range [2]byte{'w', 'W'} {
		for from := 0; ; {
			i := bytes.IndexByte(b[from:], w)
			if i < 0 {
				break
			}
			i += from
			if at := i - before; at >= 0 && at+len(word) <= len(b) && bytes.EqualFold(b[at:at+len(word)], []byte(word)) {
				return true
			}
			from = i + 1
		}
	}
	return false
}

// unescape undoes percent-encoding as far as it is well formed.
func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '+' {
			c = ' '
		} else if c == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c = byte(n)
				i += 2
			}
		}
		b = append(b, c)
	}
	return string(b)
}

func jsonInner(s string) []byte {
	q, err := json.Marshal(s)
	if err != nil {
		return []byte(s)
	}
	return q[1 : len(q)-1]
}
