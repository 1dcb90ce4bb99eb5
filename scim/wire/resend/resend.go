// Package resend is what there is to a request of the log that is sent again,
// besides sending it: its form as a text that people edit, and ids that another
// server gives otherwise. It sends nothing and stores nothing.
//
//	req, err := ex.Draft()
//	text := resend.Text(req, resend.About(ex, req, "https://scim.example.com/v2"))
//	… the user edits text …
//	req, err = resend.Parse(edited)
//	if err != nil {
//		text = resend.Retry(edited, err) // to edit it again
//	}
//
//	var ids resend.IDs
//	sent := ids.Map(req)              // the ids of an earlier answer instead of the log's
//	… sent is sent and answered …
//	ids.Learn(ex, answer)
package resend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"scimdeck/scim/wire"
)

// remark begins the lines of a text that are not sent.
const remark = "#"

// slip begins the first line of a text that was not understood.
const slip = "#! "

// About is what stands above the request of an exchange that can be edited; to names where it goes.
func About(ex *wire.Exchange, r *wire.Request, to string) string {
	about := fmt.Sprintf("Request #%d goes to %s once you have saved it and left the editor.\n"+
		"If it is left as it is, or emptied, nothing is sent. The key is added by itself.\n"+
		"Below: method and path, header fields, an empty line, the body.", ex.Seq, to)
	if r.Lacks() {
		about += "\nThe password is not kept: put one in, or another is made up."
	}
	return about
}

// Text writes a request for people: the method and the path below the base, header
// fields, an empty line, the body, JSON on many lines. about becomes remarks above it.
func Text(r *wire.Request, about string) []byte {
	var b bytes.Buffer
	for line := range strings.Lines(about) {
		fmt.Fprintf(&b, "%s %s\n", remark, strings.TrimSpace(line))
	}
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.Path)
	for _, f := range r.Header {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	if len(r.Body) == 0 {
		return b.Bytes()
	}
	b.WriteByte('\n')
	var pretty bytes.Buffer
	if json.Indent(&pretty, r.Body, "", "  ") == nil {
		b.Write(pretty.Bytes())
	} else {
		b.Write(r.Body)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// SyntaxError says what in a text is no request.
type SyntaxError struct {
	Line int // from 1
	Text string
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

func syntax(line int, format string, args ...any) error {
	return &SyntaxError{line, fmt.Sprintf(format, args...)}
}

// Parse reads what Text has written, edited or not. The error is a *SyntaxError.
func Parse(text []byte) (*wire.Request, error) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	r, n := &wire.Request{}, 0
	next := func() (line string, more bool) {
		if len(text) == 0 {
			return "", false
		}
		raw, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
		n++
		return strings.TrimSpace(string(raw)), true
	}
	line, more := next()
	for more && (line == "" || strings.HasPrefix(line, remark)) {
		line, more = next()
	}
	if err := parseFirst(r, n, line); err != nil {
		return nil, err
	}
	for line, more = next(); more && line != ""; line, more = next() {
		if err := parseField(r, n, line); err != nil {
			return nil, err
		}
	}
	if body := bytes.TrimRight(text, "\n"); len(bytes.TrimSpace(body)) > 0 {
		r.Body = body
		return r, checkJSON(r, n+1)
	}
	return r, nil
}

// parseFirst reads "PATCH /Users/2f81".
func parseFirst(r *wire.Request, n int, line string) error {
	words := strings.Fields(line)
	if len(words) == 3 && strings.HasPrefix(words[2], "HTTP/") {
		words = words[:2]
	}
	if len(words) != 2 {
		return syntax(max(n, 1), "want a method and a path, like %q, not %q; a blank in a path is %%20", "GET /Users", cut(line))
	}
	r.Method, r.Path = words[0], words[1]
	if strings.Trim(r.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return syntax(n, "a method has capital letters only, not %q", cut(r.Method))
	}
	if u, err := url.ParseRequestURI(r.Path); err != nil || !strings.HasPrefix(r.Path, "/") || strings.HasPrefix(r.Path, "//") || u.Host != "" {
		return syntax(n, "a path begins with / and is below the base URL, like %q, not %q", "/Users", cut(r.Path))
	}
	return nil
}

// parseField reads "If-Match: W/…".
func parseField(r *wire.Request, n int, line string) error {
	name, value, ok := strings.Cut(line, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch {
	case !ok && strings.HasPrefix(line, "{"):
		return syntax(n, "an empty line is missing before the body")
	case !ok || !isToken(name):
		return syntax(n, "want a header field, like %q, or an empty line before the body, not %q", "If-Match: *", cut(line))
	case wire.SecretHeader(name):
		return syntax(n, "%s is not for here: the key is added when the request is sent", name)
	case slices.ContainsFunc([]string{"Host", "Content-Length", "Transfer-Encoding", "Connection"}, func(s string) bool { return strings.EqualFold(s, name) }):
		return syntax(n, "%s follows from the rest", name)
	case strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }):
		return syntax(n, "the value of %s has a control character", name)
	}
	r.Header = append(r.Header, wire.Field{Name: canonical(name), Value: value})
	return nil
}

// checkJSON finds slips of the pen. Whoever wants to send broken JSON takes the
// media type away, or another than JSON's.
func checkJSON(r *wire.Request, first int) error {
	i := slices.IndexFunc(r.Header, func(f wire.Field) bool { return f.Name == "Content-Type" })
	if i < 0 || !strings.Contains(strings.ToLower(r.Header[i].Value), "json") {
		return nil
	}
	var v any
	err := json.Unmarshal(r.Body, &v)
	if err == nil {
		return nil
	}
	line := first + bytes.Count(r.Body, []byte("\n"))
	if wrong, ok := err.(*json.SyntaxError); ok {
		line = first + bytes.Count(r.Body[:min(int(wrong.Offset), len(r.Body))], []byte("\n"))
	}
	return syntax(line, "no JSON: %v. To send it like this, take Content-Type away", err)
}

// Retry is a text that was not understood with the reason above it, to be edited
// again. An earlier reason goes.
func Retry(text []byte, err error) []byte {
	moved := 1 // lines, by the reason
	for bytes.HasPrefix(text, []byte(slip)) {
		_, text, _ = bytes.Cut(text, []byte("\n"))
		moved--
	}
	if bad, ok := err.(*SyntaxError); ok {
		err = &SyntaxError{bad.Line + moved, bad.Text}
	}
	line := strings.Join(strings.Fields(err.Error()), " ")
	return append([]byte(slip+line+"\n"), text...)
}

// isToken reports whether s can be the name of a header field (RFC 9110 §5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// canonical is a name with capitals where headers have them: If-Match.
func canonical(name string) string {
	parts := strings.Split(strings.ToLower(name), "-")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}

// cut bounds what is quoted of a text.
func cut(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return s
}

// Numbers reads numbers of requests as they are said on a command line: "1034",
// "#1034", "1030-1040". The error names the word.
func Numbers(words []string) ([]uint64, error) {
	var out []uint64
	for _, word := range words {
		from, to, ranged := strings.Cut(strings.TrimPrefix(word, "#"), "-")
		a, err := strconv.ParseUint(from, 10, 64)
		b := a
		if err == nil && ranged {
			b, err = strconv.ParseUint(strings.TrimPrefix(to, "#"), 10, 64)
		}
		if err != nil || a == 0 || b < a || b-a > mostNumbers || len(out) > mostNumbers {
			return nil, fmt.Errorf("want the number of a request, or of the first and the last like 1030-1040, not %q", cut(word))
		}
		for n := a; n <= b; n++ {
			out = append(out, n)
		}
	}
	return out, nil
}

// mostNumbers bounds a range.
const mostNumbers = 100_000
