// Package compare sets two exchanges side by side: a request and its replay, what
// one server answered and what another, yesterday's and today's. It compares
// values and not texts: members by their path and whatever their case and order,
// the values of a multi-valued attribute whatever theirs.
//
//	r := compare.Exchanges(a, b)
//	for _, line := range r.Lines {
//		if line.Kind != compare.Same {
//			fmt.Println(line.Part, line.Path, line.A, line.B)
//		}
//	}
//
// It says nothing of which of the two is right (package lint does), and does not
// know schemas. What a write changed in a resource is said by package change.
package compare

import (
	"bytes"
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// Kind is how two values are to each other.
type Kind uint8

// The kinds.
const (
	Same Kind = iota
	Changed
	Added   // only the second has it
	Removed // only the first has it
)

// String names a kind.
func (k Kind) String() string { return [...]string{"same", "changed", "added", "removed"}[k] }

// Part is where in an exchange a value is.
type Part uint8

// The parts, in the order of an exchange.
const (
	Request Part = iota
	RequestBody
	Answer
	AnswerBody
)

// String names a part.
func (p Part) String() string {
	return [...]string{"request", "request body", "answer", "answer body"}[p]
}

// Line is one value of the one exchange beside that of the other.
type Line struct {
	Part Part
	Path string // "method", "header If-Match", "name.givenName", "emails[work].value"; "" is a body as a whole
	Kind Kind
	Moot bool   // it differs by nature and says nothing: a time, a version, an id that a server has made up
	A, B string // as people read them: bare text, JSON in one line; "" where there is none
}

// Result is all there is in either of two exchanges, in the order of the first.
type Result struct {
	Lines   []Line
	Differ  int  // lines that are not the same, but for the moot ones
	Moot    int  // lines that differ by nature
	Alike   int  // lines that are the same
	Cut     bool // a body was too long for the log: only its beginning was compared
	Dropped int  // lines beyond the first 5,000
}

// most bounds the lines of a result.
const most = 5000

// longest bounds a value, in bytes.
const longest = 2000

// Exchanges compares two exchanges.
func Exchanges(a, b *wire.Exchange) *Result {
	c := &comparer{}
	c.part = Request
	c.text("method", a.Method, b.Method, false)
	c.text("path", path(a), path(b), mapped(a, b))
	c.text("query", query(a), query(b), false)
	c.text("base URL", a.Base, b.Base, true)
	c.text("sender", sender(a), sender(b), true)
	c.headers(a.RequestHeader, b.RequestHeader, requestHeaders)
	c.part = RequestBody
	c.bodies(a.RequestBody, b.RequestBody, a.RequestCut() || b.RequestCut())
	c.part = Answer
	c.text("status", status(a), status(b), false)
	c.text("time", took(a), took(b), true)
	c.headers(a.ResponseHeader, b.ResponseHeader, answerHeaders)
	c.part = AnswerBody
	c.bodies(a.ResponseBody, b.ResponseBody, a.ResponseCut() || b.ResponseCut())
	return &c.r
}

// path is the path below the base, else the target.
func path(ex *wire.Exchange) string {
	if ex.Path != "" {
		return ex.Path
	}
	p, _, _ := strings.Cut(ex.Target, "?")
	return p
}

// mapped reports whether b is the replay of a at another server and about the
// same endpoint: the ids there are others.
func mapped(a, b *wire.Exchange) bool {
	of, host := wire.Replayed(b.Source)
	return of == a.Seq && host != "" && a.Method == b.Method && collection(a) == collection(b)
}

// collection is the first segment of the path.
func collection(ex *wire.Exchange) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path(ex), "/"), "/")
	return name
}

func query(ex *wire.Exchange) string {
	_, q, _ := strings.Cut(ex.Target, "?")
	return q
}

// sender is whose key it was, or which of us.
func sender(ex *wire.Exchange) string { return cmp.Or(ex.KeyName, ex.KeyPrefix, ex.Source) }

func status(ex *wire.Exchange) string {
	if ex.Status == 0 {
		return "no answer"
	}
	return strings.TrimSpace(strconv.Itoa(ex.Status) + " " + http.StatusText(ex.Status))
}

func took(ex *wire.Exchange) string {
	return strconv.FormatFloat(float64(ex.Took.Microseconds())/1000, 'f', 1, 64) + " ms"
}

// The header fields that matter, and those of them that differ by nature.
var (
	requestHeaders = map[string]bool{"Accept": false, "Content-Type": false, "If-Match": false, "If-None-Match": false, "Prefer": false, "User-Agent": true}
	answerHeaders  = map[string]bool{"Content-Type": false, "Etag": true, "Location": true, "Retry-After": false, "Www-Authenticate": false}
)

// comparer collects lines.
type comparer struct {
	r    Result
	part Part
}

func (c *comparer) add(l Line) {
	l.Part, l.A, l.B = c.part, shorten(l.A), shorten(l.B)
	switch {
	case l.Kind == Same:
		l.Moot = false
		c.r.Alike++
	case l.Moot:
		c.r.Moot++
	default:
		c.r.Differ++
	}
	if len(c.r.Lines) >= most {
		c.r.Dropped++
		return
	}
	c.r.Lines = append(c.r.Lines, l)
}

// text compares two texts, of which "" is none.
func (c *comparer) text(path, a, b string, moot bool) {
	if a != "" || b != "" {
		c.add(Line{Path: path, Kind: kindOf(a != "", b != "", a == b), Moot: moot, A: a, B: b})
	}
}

func kindOf(inA, inB, same bool) Kind {
	switch {
	case !inA:
		return Added
	case !inB:
		return Removed
	case same:
		return Same
	}
	return Changed
}

func (c *comparer) headers(a, b []wire.Field, matter map[string]bool) {
	seen := map[string]bool{}
	for _, f := range append(append([]wire.Field(nil), a...), b...) {
		moot, ok := matter[f.Name]
		if !ok || seen[f.Name] {
			continue
		}
		seen[f.Name] = true
		c.text("header "+f.Name, values(a, f.Name), values(b, f.Name), moot)
	}
}

// values are those of a header field, joined as the protocol allows.
func values(fields []wire.Field, name string) string {
	var all []string
	for _, f := range fields {
		if f.Name == name {
			all = append(all, f.Value)
		}
	}
	return strings.Join(all, ", ")
}

// bodies compares two bodies, as JSON if both are.
func (c *comparer) bodies(a, b []byte, cut bool) {
	c.r.Cut = c.r.Cut || cut
	if len(a) == 0 && len(b) == 0 {
		return
	}
	x, errA := decode(a)
	y, errB := decode(b)
	if errA != nil || errB != nil {
		c.add(Line{Kind: kindOf(len(a) > 0, len(b) > 0, bytes.Equal(a, b)), A: string(a), B: string(b)})
		return
	}
	c.value("", x, y, false)
}

// decode reads a body; one that is empty has no value.
func decode(body []byte) (scim.Value, error) {
	if len(body) == 0 {
		return scim.Value{}, nil
	}
	return scim.Decode(body, scim.Limits{})
}

func shorten(s string) string {
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}
