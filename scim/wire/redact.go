package wire

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// The rules of cutting, here and in mention.go, body.go and credential.go:
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

// secrets is what was cut out of one exchange so far, and memory for doing it,
// which serves one exchange after the other.
type secrets struct {
	values []known
	cutter cutter
	note   []byte
}

// known is a secret, or the beginning of a long one, as it may be quoted.
type known struct {
	text  []byte
	forms [][]byte // in JSON, and in quotes in JSON; nil until asked for
}

// reset forgets what was cut out.
func (f *secrets) reset() {
	clear(f.values)
	f.values, f.note = emptied(f.values, keepSpans), emptied(f.note, keepBuffer)
	f.cutter.reset(nil)
}

// emptied is s without elements. It lets go of memory for more than most.
func emptied[T any](s []T, most int) []T {
	if cap(s) > most {
		return nil
	}
	return s[:0]
}

// add remembers s, which must stay as it is until the exchange is finished.
func (f *secrets) add(s []byte) {
	if len(s) > 16 {
		s = s[:12]
	}
	if len(s) >= 4 {
		f.values = append(f.values, known{text: s})
	}
}

// addWords remembers the words of a text that was cut as a whole.
func (f *secrets) addWords(s []byte, shortest int) {
	words := bytes.FieldsFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`"'()[]{},:=&`, r) })
	for _, w := range words[:min(len(words), 200)] {
		if len(w) >= shortest && !mentions(w, "password") {
			f.add(w)
		}
	}
}

// addValue remembers a JSON value.
func (f *secrets) addValue(value []byte) {
	if value[0] != '"' {
		f.addWords(value, 4)
		return
	}
	text := value[1 : len(value)-1]
	if bytes.IndexByte(text, '\\') >= 0 {
		var s string
		if json.Unmarshal(value, &s) != nil {
			f.addWords(value, 4)
			return
		}
		text = []byte(s)
	}
	f.add(text)
	if bytes.IndexByte(text, ' ') >= 0 || bytes.IndexByte(text, '[') >= 0 {
		f.addWords(text, 4)
	}
}

// in reports whether b quotes one of the secrets, or the beginning of a long one.
func (f *secrets) in(b []byte) bool {
	for i := range f.values {
		v := &f.values[i]
		if bytes.Contains(b, v.text) {
			return true
		}
		if isVerbatim(v.text) {
			continue
		}
		if v.forms == nil {
			text := string(v.text)
			quoted := strconv.Quote(text)
			v.forms = [][]byte{jsonInner(text), jsonInner(quoted[1 : len(quoted)-1])}
		}
		if bytes.Contains(b, v.forms[0]) || bytes.Contains(b, v.forms[1]) {
			return true
		}
	}
	return false
}

// inText is in for a text.
func (f *secrets) inText(s string) bool {
	if len(f.values) == 0 {
		return false
	}
	f.note = append(f.note[:0], s...)
	return f.in(f.note)
}

// isVerbatim reports whether a text is the same in JSON, and in quotes in JSON.
func isVerbatim(text []byte) bool {
	for _, c := range text {
		switch {
		case c < ' ' || c >= 0x7f, c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
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
		if safe := f.query(query); safe != query {
			s = path + "?" + safe
		}
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
		if secretName(unescape(name)) && !textMentions(unescape(value)) {
			out = append(out, name+"="+removed)
			continue
		}
		f.addWords([]byte(unescape(q)), 4)
		if textMentions(unescape(name)) {
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
	if value == "" && !textMentions(unescape(name)) {
		return true
	}
	if scimParameter(name) && isInnocent(value) {
		return true
	}
	text := unescape(value)
	if secretName(unescape(name)) {
		f.add([]byte(text))
		return text == ""
	}
	for sub := range strings.SplitSeq(text, ";") {
		if n, v, ok := strings.Cut(sub, "="); ok && v != "" && !strings.ContainsAny(n, `" `) && secretName(n) {
			f.add([]byte(v))
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
	doubt := false
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case ';', '=':
			return false
		case '%':
			if i+2 < len(value) && value[i+1] == '3' && strings.IndexByte("bBdD", value[i+2]) >= 0 {
				return false
			}
			doubt = doubt || mayBePassword(value, i)
		case 'w', 'W', '\\':
			doubt = doubt || mayBePassword(value, i)
		}
	}
	return !doubt || !mentionsEscaped([]byte(value), "password")
}

// filter cuts a SCIM filter that compares a password.
func (f *secrets) filter(s string) string {
	if filterIsSafe(s) {
		return cutKey(s)
	}
	f.addWords([]byte(s), 4)
	return removed
}

// filterIsSafe reports whether no attribute in a filter, well formed or not,
// is a password. A literal on the right of an operator may say what it likes.
func filterIsSafe(s string) bool {
	if !textMentions(s) {
		return true
	}
	word, last := 0, ""
	endWord := func(i int) bool {
		if word < i {
			last = s[word:i]
		}
		return word >= i || !textMentions(last)
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
			if end >= len(s) || textMentions(s[i:end]) && !isComparison(last) {
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
