package wire

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What is cut, as it was first written: slowly, one byte after the other, with
// nothing known beforehand. It is the law for what is faster.

// The law: the fast way cuts, remembers and finds what the slow way does, in any text.
func FuzzLikeSlow(f *testing.F) {
	for _, tt := range bodies {
		f.Add([]byte(tt.in), []byte(tt.want))
	}
	for _, tt := range targets {
		f.Add([]byte(tt.in), []byte(tt.want))
	}
	for _, tt := range benchExchanges {
		f.Add([]byte(tt.body), []byte(tt.path))
	}
	for _, text := range []string{
		"password", "PASSWORD", "pass\x00word", "\x00w\x00", `pass\u0077ord`, `pass\u0057ord`, `pa\u0073\u0073word`, `\u0070ass%77ord`, "pa\u017f\u017fword", `pa\u017f\u017Fword`, "pas%73word%", `pass\u0000word`,
		"pass%00word", "pass%57%6frd", `pass\\u0077ord`, `pass\u007ord`, "passw", "word", `passw\u006frd`, "crossword password", "swordpaſſword", `%70\u0061%73sword`, "p%61ssw\x00ord", `{"a":"w","b":{"w":"w","name":"password"}}`,
		`{"key":"password","a":{"path":"password","op":1,"b":[2]},"c":"W"}`, `{"password":"a\u0020b <c>"}`, `{"password":"é\"\\xyz&"}`, `{"password":["some","words",{"of":"it"}]}`, `{"passwords":{"password":1},"a":null}`, `{"\u006fp":"password","path":"my password","x":1}`,
	} {
		f.Add([]byte(text), []byte(`{"detail":"a\u0020b \u003cc\u003e"}`))
	}
	var fast secrets // its memory serves one text after the other
	f.Fuzz(func(t *testing.T, text, answer []byte) {
		whole := string(text)
		if have, want := mentions(text, "password"), mentionsEscaped(text, "password"); have != want || textMentions(whole) != want {
			t.Fatalf("mentions: %v, in a text %v, want %v: %q", have, textMentions(whole), want, text)
		}
		if have, want := filterIsSafe(whole), slowFilterIsSafe(whole); have != want {
			t.Errorf("filterIsSafe: %v, want %v: %q", have, want, text)
		}
		if have, want := isInnocent(whole), slowIsInnocent(whole); have != want {
			t.Errorf("isInnocent: %v, want %v: %q", have, want, text)
		}
		for _, all := range []bool{true, false} {
			var slow slowSecrets
			fast.reset()
			have, want := fast.body(text, all), slow.body([]byte(whole), all)
			if !bytes.Equal(have, want) || string(text) != whole {
				t.Errorf("body (whole %v)\nin   %q\nhave %q\nwant %q", all, whole, have, want)
			}
			if !slices.EqualFunc(fast.values, slow.values, func(v known, want string) bool {
				return string(v.text) == want || len(want) > 16 && string(v.text) == want[:12]
			}) {
				t.Errorf("values\nin   %q\nhave %q\nwant %q", whole, fast.values, slow.values)
			}
			for _, b := range [][]byte{answer, text, have} {
				if in := slow.in(b); fast.in(b) != in || fast.inText(string(b)) != in {
					t.Errorf("in: want %v: %q of %q", in, b, slow.values)
				}
			}
		}
	})
}

// A text that is looked for only as it is has no other form.
func TestVerbatim(t *testing.T) {
	for c := range 256 {
		text := []byte{'a', byte(c)}
		quoted := strconv.Quote(string(text))
		if isVerbatim(text) && (!bytes.Equal(jsonInner(string(text)), text) || !bytes.Equal(jsonInner(quoted[1:len(quoted)-1]), text)) {
			t.Errorf("%q", text)
		}
	}
}

// The law: a header is listed as when each field is looked at by itself, slowly, and
// all are sorted by one that knows nothing of them; whatever key was shown last.
func FuzzHeaderLikeSlow(f *testing.F) {
	for _, tt := range headers {
		f.Add(tt.name, tt.in, "X-Request-Id", "1", tt.want)
	}
	for _, name := range []string{"X-Auth", "X-Coo\u212aie", "X-Passw%6frd", "Set-Cookie", "Www-Authenticate", "Location", "X-Pa\u017fſWORD", "\u0130auth"} {
		f.Add(name, "a?token=hunter2-hunter2-hunter2", "Traceparent", "00-ab@cd", "Bearer scimdeck_7Fq2"+neverStored)
	}
	f.Fuzz(func(t *testing.T, name1, v1, name2, v2, last string) {
		h := http.Header{name1: {v1, v2}}
		h[name2] = append(h[name2], v2)
		h["Authorization"] = append(h["Authorization"], v1, "Bearer "+v2, "Bearer "+ownKey+v1)
		for i := range len(v2) % 50 {
			h["X-"+strconv.Itoa(i)] = []string{v2}
		}
		for _, answer := range []bool{true, false} {
			var want []Field
			for name, values := range h {
				for _, v := range values {
					want = append(want, Field{name, slowSafeHeader(name, v, answer)})
				}
			}
			slices.SortStableFunc(want, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
			shown := safeCredential("Bearer " + ownKey + v2)
			for _, bearer := range []string{"", last, shown, want[0].Value} {
				if have := appendFields(nil, h, answer, bearer); !slices.Equal(have, want) {
					t.Errorf("after %q\nin   %q\nhave %q\nwant %q", bearer, h, have, want)
				}
			}
		}
	})
}

// slowSecrets is secrets.
type slowSecrets struct{ values []string }

func (f *slowSecrets) add(s string) {
	if len(s) >= 4 {
		f.values = append(f.values, s)
	}
}

// addWords remembers the words of a text that was cut as a whole.
func (f *slowSecrets) addWords(s string, shortest int) {
	words := strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`"'()[]{},:=&`, r) })
	for _, w := range words[:min(len(words), 200)] {
		if len(w) >= shortest && !mentionsEscaped([]byte(w), "password") {
			f.add(w)
		}
	}
}

// addValue remembers a JSON value.
func (f *slowSecrets) addValue(value []byte) {
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
func (f *slowSecrets) in(b []byte) bool {
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

// body cuts a request body. whole says that b is all of it. The result may alias b.
func (f *slowSecrets) body(b []byte, whole bool) []byte {
	switch {
	case !mentionsEscaped(b, "password"):
		// The beginning of a PATCH may hold a value whose path, a password, comes after it.
		if !whole && mentionsEscaped(b, "operations") {
			return []byte(withheldBody)
		}
		return cutKeys(b)
	case !whole:
		return f.withholdBody(b)
	}
	c := slowCutter{b: b, open: make([][2]span, 0, 32)}
	if !c.walk() {
		return f.withholdBody(b)
	}
	return cutKeys(c.cut(f))
}

func (f *slowSecrets) withholdBody(b []byte) []byte {
	f.addWords(string(b[:min(len(b), 16<<10)]), 8)
	return []byte(withheldBody)
}

// slowSafeHeader gives the form in which a header field is kept. answer says that
// it is one of a response, where a challenge names no secret.
func slowSafeHeader(name, v string, answer bool) string {
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
	switch lower := strings.ToLower(name); {
	case v == "":
		return v
	case strings.Contains(lower, "cookie"):
		return removed
	case slowSecretName(name) || strings.Contains(lower, "auth"):
		return safeToken(v)
	}
	return safeURL(v)
}

// slowSecretName reports whether a header field or query parameter of this name carries a secret.
func slowSecretName(name string) bool {
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
	return mentionsEscaped(b, "password")
}

// slowFilterIsSafe reports whether no attribute in a filter, well formed or not,
// is a password. A literal on the right of an operator may say what it likes.
func slowFilterIsSafe(s string) bool {
	if !mentionsEscaped([]byte(s), "password") {
		return true
	}
	word, last := 0, ""
	endWord := func(i int) bool {
		if word < i {
			last = s[word:i]
		}
		return word >= i || !mentionsEscaped([]byte(last), "password")
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
			if end >= len(s) || mentionsEscaped([]byte(s[i:end]), "password") && !isComparison(last) {
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

// slowIsInnocent reports whether an encoded value cannot hold a secret, whatever it says
// when it is decoded: no password and no name=value of its own.
func slowIsInnocent(value string) bool {
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == ';' || c == '=':
			return false
		case c == '%' && i+2 < len(value) && value[i+1] == '3' && strings.IndexByte("bBdD", value[i+2]) >= 0:
			return false
		}
	}
	return !mentionsEscaped([]byte(value), "password")
}

// slowCutter walks JSON once, and collects the values that have to go.
type slowCutter struct {
	b     []byte
	spans []span
	open  [][2]span // names and values of the objects being walked, as a stack
	depth int
}

// walk reports whether the text is one value of JSON (RFC 8259), to the letter:
// what others may read another way cannot be cut out safely.
func (c *slowCutter) walk() bool {
	end := c.value(0)
	return end >= 0 && c.blank(end) == len(c.b)
}

// at is the byte at i, 0 at the end.
func (c *slowCutter) at(i int) byte {
	if i < len(c.b) {
		return c.b[i]
	}
	return 0
}

// value walks the value at or after i and returns the end of it, -1 if it is none.
func (c *slowCutter) value(i int) int {
	i = c.blank(i)
	switch ch := c.at(i); ch {
	case '{', '[':
		if c.depth++; c.depth > deepest {
			return -1
		}
		if ch == '{' {
			i = c.object(i)
		} else {
			i = c.array(i)
		}
		c.depth--
		return i
	case '"':
		return c.text(i)
	case 't':
		return c.word(i, "true")
	case 'f':
		return c.word(i, "false")
	case 'n':
		return c.word(i, "null")
	}
	return c.number(i)
}

func (c *slowCutter) array(i int) int {
	if i = c.blank(i + 1); c.at(i) == ']' {
		return i + 1
	}
	for {
		if i = c.value(i); i < 0 {
			return -1
		}
		switch i = c.blank(i); c.at(i) {
		case ',':
			i++
		case ']':
			return i + 1
		default:
			return -1
		}
	}
}

// object walks an object. In one whose path (or name) is a password, as an
// operation of a PATCH has it, every other value goes.
func (c *slowCutter) object(i int) int {
	mine, secret := len(c.open), false
	if i = c.blank(i + 1); c.at(i) == '}' {
		return i + 1
	}
	for {
		if c.at(i) != '"' {
			return -1
		}
		name := span{i, c.text(i)}
		if name.to < 0 {
			return -1
		}
		if i = c.blank(name.to); c.at(i) != ':' {
			return -1
		}
		value := span{c.blank(i + 1), 0}
		if value.to = c.value(value.from); value.to < 0 {
			return -1
		}
		secret = c.member(name, value) || secret
		switch i = c.blank(value.to); c.at(i) {
		case ',':
			i = c.blank(i + 1)
			continue
		case '}':
		default:
			return -1
		}
		break
	}
	if secret {
		for _, m := range c.open[mine:] {
			if !foldsTo(c.b[m[0].from:m[0].to], "op") {
				c.spans = append(c.spans, m[1])
			}
		}
	}
	c.open = c.open[:mine]
	return i + 1
}

// member judges a member by itself. secret: it says that its siblings are about a password.
func (c *slowCutter) member(name, value span) (secret bool) {
	switch text := c.b[value.from:value.to]; {
	case c.mention(name):
		c.spans = append(c.spans, value)
	case text[0] == '"' && c.mention(value) && namesAttribute(c.b[name.from:name.to]):
		if bytes.ContainsAny(text, "[ ") {
			c.spans = append(c.spans, value)
		}
		return true
	default:
		c.open = append(c.open, [2]span{name, value})
	}
	return false
}

func (c *slowCutter) mention(s span) bool {
	const quoted = len(`"password"`)
	return s.to-s.from >= quoted && mentionsEscaped(c.b[s.from:s.to], "password")
}

// cut returns the text without the collected values.
func (c *slowCutter) cut(f *slowSecrets) []byte {
	if len(c.spans) == 0 {
		return c.b
	}
	slices.SortFunc(c.spans, func(a, b span) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	out := make([]byte, 0, len(c.b)+len(removedJSON)*len(c.spans))
	at := 0
	for _, s := range c.spans {
		value := c.b[s.from:s.to]
		if s.from < at || string(value) == "null" || string(value) == `""` {
			continue
		}
		out = append(append(out, c.b[at:s.from]...), removedJSON...)
		at = s.to
		f.addValue(value)
	}
	return append(out, c.b[at:]...)
}

func (c *slowCutter) blank(i int) int {
	for i < len(c.b) && (c.b[i] == ' ' || c.b[i] == '\n' || c.b[i] == '\t' || c.b[i] == '\r') {
		i++
	}
	return i
}

// text walks a string.
func (c *slowCutter) text(i int) int {
	for i++; i < len(c.b); i++ {
		switch ch := c.b[i]; {
		case ch == '"':
			return i + 1
		case ch == '\\':
			if i++; c.at(i) == 'u' {
				for range 4 {
					if i++; !isHex(c.at(i)) {
						return -1
					}
				}
			} else if strings.IndexByte(`"\/bfnrt`, c.at(i)) < 0 {
				return -1
			}
		case ch < ' ':
			return -1
		}
	}
	return -1
}

func (c *slowCutter) word(i int, word string) int {
	if bytes.HasPrefix(c.b[i:], []byte(word)) {
		return i + len(word)
	}
	return -1
}

// number walks a number (RFC 8259 §6).
func (c *slowCutter) number(i int) int {
	digits := func() (n int) {
		for c.at(i) >= '0' && c.at(i) <= '9' {
			i++
			n++
		}
		return n
	}
	if c.at(i) == '-' {
		i++
	}
	if c.at(i) == '0' {
		i++
	} else if digits() == 0 {
		return -1
	}
	if c.at(i) == '.' {
		if i++; digits() == 0 {
			return -1
		}
	}
	if c.at(i)|0x20 == 'e' {
		if i++; c.at(i) == '+' || c.at(i) == '-' {
			i++
		}
		if digits() == 0 {
			return -1
		}
	}
	return i
}
