package share

import (
	"encoding/base64"
	"encoding/json"
	"iter"
	"mime"
	"net/http"
	neturl "net/url"
	"strings"
	"unicode/utf8"

	"scimdeck/scim/wire"
)

// The HTTP archive 1.2: http://www.softwareishard.com/blog/har-12-spec/. Sizes
// that are not known are -1 and times that were not measured are part of wait, as
// it says. What the log knows beyond it is in comments and in _scimdeck.

type harEntry struct {
	Started  string      `json:"startedDateTime"`
	Time     float64     `json:"time"` // ms
	Request  harRequest  `json:"request"`
	Response harResponse `json:"response"`
	Cache    struct{}    `json:"cache"`
	Timings  harTimings  `json:"timings"`
	Comment  string      `json:"comment,omitempty"`
	Own      harOwn      `json:"_scimdeck"`
}

type harRequest struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	Version     string    `json:"httpVersion"`
	Cookies     []harPair `json:"cookies"`
	Headers     []harPair `json:"headers"`
	Query       []harPair `json:"queryString"`
	Post        *harPost  `json:"postData,omitempty"`
	HeadersSize int64     `json:"headersSize"`
	BodySize    int64     `json:"bodySize"`
}

type harResponse struct {
	Status      int        `json:"status"` // 0: no answer
	StatusText  string     `json:"statusText"`
	Version     string     `json:"httpVersion"`
	Cookies     []harPair  `json:"cookies"`
	Headers     []harPair  `json:"headers"`
	Content     harContent `json:"content"`
	Redirect    string     `json:"redirectURL"`
	HeadersSize int64      `json:"headersSize"`
	BodySize    int64      `json:"bodySize"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harPost struct {
	MimeType string    `json:"mimeType"`
	Params   []harPair `json:"params"`
	Text     string    `json:"text"`
	Encoding string    `json:"_encoding,omitempty"`
	Comment  string    `json:"comment,omitempty"`
}

type harContent struct {
	Size     int64  `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

type harOwn struct {
	Number  uint64   `json:"number"`
	Op      string   `json:"op,omitempty"`
	Key     string   `json:"key,omitempty"`
	Refused string   `json:"refused,omitempty"`
	Source  string   `json:"source,omitempty"`
	User    string   `json:"user,omitempty"`
	ID      string   `json:"id,omitempty"`
	Changed []string `json:"changed,omitempty"`
	Notes   []string `json:"notes,omitempty"`
	Marked  bool     `json:"marked,omitempty"`
	Note    string   `json:"note,omitempty"` // a person's; the server's are notes

	Seq     *jsonPart     `json:"seq,omitempty"`
	Changes []wire.Change `json:"changes,omitempty"`
	Lint    []jsonFinding `json:"lint,omitempty"`
}

func writeHAR(w *writer, all iter.Seq2[*wire.Exchange, error]) error {
	name, version, _ := strings.Cut(w.o.Program, " ")
	creator, err := json.Marshal(map[string]string{"name": name, "version": version})
	if err != nil {
		return err
	}
	w.printf("{\"log\":{\"version\":\"1.2\",\"creator\":%s,\"entries\":[", creator)
	between := "\n"
	for ex, err := range all {
		if err != nil {
			return err
		}
		entry, err := json.Marshal(newHAREntry(ex))
		if err != nil {
			return err
		}
		w.printf("%s%s", between, entry)
		between = ",\n"
	}
	w.printf("\n]}}\n")
	return nil
}

func newHAREntry(ex *wire.Exchange) harEntry {
	ms := float64(ex.Took.Microseconds()) / 1000
	e := harEntry{
		Started: ex.Start.UTC().Format("2006-01-02T15:04:05.000Z"), Time: ms, Timings: harTimings{Wait: ms}, Comment: harComment(ex),
		Request: harRequest{
			Method: ex.Method, URL: url(ex), Version: protocol(ex), Cookies: []harPair{}, Headers: harHeader(ex.RequestHeader, ex.Host),
			Query: harQuery(ex.Target), HeadersSize: -1, BodySize: ex.RequestSize,
		},
		Response: harResponse{
			Status: ex.Status, StatusText: http.StatusText(ex.Status), Version: protocol(ex), Cookies: []harPair{}, Headers: harHeader(ex.ResponseHeader, ""),
			Redirect: redirect(ex), HeadersSize: -1, BodySize: ex.ResponseSize,
		},
		Own: harOwn{
			Number: ex.Seq, Op: ex.Op, Key: ex.KeyName, Refused: ex.Refused, Source: ex.Source, User: ex.Name, ID: ex.ID,
			Changed: ex.Changed, Notes: ex.Notes, Marked: ex.Remark.Marked, Note: ex.Remark.Note, Seq: partOf(ex), Changes: ex.Changes, Lint: findingsOf(ex),
		},
	}
	if len(ex.RequestBody) > 0 || ex.RequestSize > 0 {
		text, encoding := harText(ex.RequestBody)
		e.Request.Post = &harPost{
			MimeType: field(ex.RequestHeader, "Content-Type"), Params: []harPair{}, Text: text, Encoding: encoding, Comment: requestRemark(ex),
		}
	}
	text, encoding := harText(ex.ResponseBody)
	e.Response.Content = harContent{
		Size: ex.ResponseSize, MimeType: contentType(ex.ResponseHeader), Text: text, Encoding: encoding, Comment: responseRemark(ex),
	}
	return e
}

// harComment is what network panels show of an entry.
func harComment(ex *wire.Exchange) string {
	if note := noteLine(ex); note != "" {
		return title(ex) + "; " + note
	}
	return title(ex)
}

func protocol(ex *wire.Exchange) string {
	if ex.Proto == "" {
		return "HTTP/1.1"
	}
	return ex.Proto
}

func redirect(ex *wire.Exchange) string {
	if ex.Status >= 300 && ex.Status < 400 {
		return field(ex.ResponseHeader, "Location")
	}
	return ""
}

// contentType is the media type, which an archive has to name.
func contentType(fields []wire.Field) string {
	v := field(fields, "Content-Type")
	if _, _, err := mime.ParseMediaType(v); v != "" && err == nil {
		return v
	}
	return "x-unknown"
}

func harHeader(fields []wire.Field, host string) []harPair {
	pairs := make([]harPair, 0, len(fields)+1)
	if host != "" {
		pairs = append(pairs, harPair{"Host", host})
	}
	for _, f := range header(fields) {
		pairs = append(pairs, harPair{f.Name, f.Value})
	}
	return pairs
}

func harQuery(target string) []harPair {
	pairs := []harPair{}
	_, query, _ := strings.Cut(target, "?")
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, harPair{unescape(name), unescape(value)})
	}
	return pairs
}

func unescape(s string) string {
	if t, err := neturl.QueryUnescape(s); err == nil {
		return t
	}
	return s
}

// harText gives a body as text, or in base64 when it is none.
func harText(body []byte) (text, encoding string) {
	if utf8.Valid(body) {
		return string(body), ""
	}
	return base64.StdEncoding.EncodeToString(body), "base64"
}
