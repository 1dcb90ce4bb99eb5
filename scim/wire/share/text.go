package share

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"scimdeck/scim/wire"
)

// header gives the fields as they may be seen.
func header(fields []wire.Field) []wire.Field {
	out := make([]wire.Field, len(fields))
	for i, f := range fields {
		if out[i] = f; f.Value != "" && wire.SecretHeader(f.Name) && f.Name != "Www-Authenticate" {
			out[i].Value = "(removed)"
			if scheme, _, ok := strings.Cut(f.Value, " "); ok && strings.HasSuffix(f.Name, "Authorization") && isWord(scheme) {
				out[i].Value = scheme + " (removed)"
			}
		}
	}
	return out
}

// isWord reports whether s consists of letters, as the name of a scheme does.
func isWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return (r|0x20) < 'a' || (r|0x20) > 'z' })
}

// field returns the value of a header field, or "".
func field(fields []wire.Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// requestRemark and responseRemark say what is missing of a body, or "".
func requestRemark(ex *wire.Exchange) string {
	if why := ex.RequestGap(); why != "" {
		return fmt.Sprintf("%d bytes; the body %s", ex.RequestSize, why)
	}
	return ""
}

func responseRemark(ex *wire.Exchange) string {
	if ex.ResponseCut() {
		return fmt.Sprintf("%d bytes, of which the log has the first %d", ex.ResponseSize, len(ex.ResponseBody))
	}
	return ""
}

// line makes text one line without control characters and marks that turn the
// direction of text around, for comments and headings.
func line(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// title is what an exchange is called: its sentence, or method and target.
func title(ex *wire.Exchange) string {
	if ex.Sentence != "" {
		return strings.TrimSpace(line(ex.Sentence))
	}
	return strings.TrimSpace(line(ex.Method + " " + ex.Target))
}

// noteLine is what somebody has written about the exchange, as "note: …", or "".
func noteLine(ex *wire.Exchange) string {
	if ex.Remark.Note == "" {
		return ""
	}
	return "note: " + line(ex.Remark.Note)
}

// statusText is "409 Conflict", or "no answer".
func statusText(status int) string {
	if status == 0 {
		return "no answer"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// url is where the request went.
func url(ex *wire.Exchange) string {
	target, below := ex.Relative()
	switch {
	case below && ex.Base != "":
		return ex.Base + target
	case strings.Contains(target, "://"):
		return target
	}
	scheme := "http"
	if i := strings.Index(ex.Base, "://"); i > 0 {
		scheme = ex.Base[:i]
	}
	return scheme + "://" + ex.Host + target
}

// pretty lays JSON out; anything else stays as it is.
func pretty(body []byte) string {
	var b strings.Builder
	if json.Valid(body) {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if enc.Encode(json.RawMessage(body)) == nil {
			return strings.TrimSuffix(b.String(), "\n")
		}
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}
