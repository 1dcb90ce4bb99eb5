package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// Doc is a text as it is shown in a Pager: bytes and where their lines begin.
// It is made once, outside the program's loop, and does not change.
type Doc struct {
	Bytes  []byte
	JSON   bool // colour it as JSON
	starts []int
}

// Harmless is the whole text as it is shown, without what could do something to a
// terminal. Of megabytes it takes long enough to be seen: not for the program's loop.
func (d *Doc) Harmless() []byte {
	var out []byte
	for line := range bytes.Lines(d.Bytes) {
		out = append(append(out, CleanLine(bytes.TrimRight(line, "\r\n"), false)...), '\n')
	}
	return out
}

// NewDoc indexes the lines of body, which it does not copy.
func NewDoc(body []byte, json bool) *Doc {
	d := &Doc{Bytes: body, JSON: json, starts: make([]int, 1, 1+bytes.Count(body, []byte{'\n'}))}
	for at := 0; ; {
		i := bytes.IndexByte(body[at:], '\n')
		if i < 0 || at+i+1 == len(body) {
			return d
		}
		at += i + 1
		d.starts = append(d.starts, at)
	}
}

// Lines is how many lines there are, at least 1.
func (d *Doc) Lines() int { return len(d.starts) }

// line gives where line i begins and ends, without its break.
func (d *Doc) line(i int) (from, to int) {
	from, to = d.starts[i], len(d.Bytes)
	if i+1 < len(d.starts) {
		to = d.starts[i+1]
	}
	for to > from && (d.Bytes[to-1] == '\n' || d.Bytes[to-1] == '\r') {
		to--
	}
	return from, to
}

// lineAt is the line that holds the byte at an offset.
func (d *Doc) lineAt(offset int) int {
	return sort.Search(len(d.starts), func(i int) bool { return d.starts[i] > offset }) - 1
}

// ErrNotJSON says that a body does not look like a JSON object or array.
var ErrNotJSON = errors.New("not JSON")

// checkEvery is how many bytes Pretty and Find handle between two looks at their context.
const checkEvery = 1 << 16

// Pretty lays JSON out, two blanks a level, keeping every byte that is not
// blank between tokens. It does not validate: a body that was cut or is broken
// is laid out as far as it goes. The error is ErrNotJSON or ctx's.
func Pretty(ctx context.Context, body []byte) (*Doc, error) {
	b := bytes.TrimLeft(body, " \t\r\n")
	if len(b) == 0 || b[0] != '{' && b[0] != '[' {
		return nil, ErrNotJSON
	}
	out := make([]byte, 0, len(b)+len(b)/2)
	depth, next := 0, checkEvery
	for i := 0; i < len(b); i++ {
		if i >= next {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			next = i + checkEvery
		}
		switch c := b[i]; c {
		case ' ', '\t', '\r', '\n':
		case '"':
			end := stringEnd(b, i)
			out = append(out, b[i:end]...)
			i = end - 1
		case '{', '[':
			out = append(out, c)
			if j := skipBlank(b, i+1); j < len(b) && (b[j] == '}' || b[j] == ']') {
				out = append(out, b[j])
				i = j
				continue
			}
			depth++
			out = newLine(out, depth)
		case '}', ']':
			depth = max(depth-1, 0)
			out = append(newLine(out, depth), c)
		case ',':
			out = newLine(append(out, c), depth)
		case ':':
			out = append(out, ": "...)
		default:
			out = append(out, c)
		}
	}
	return NewDoc(out, true), nil
}

// indentMax bounds the indentation, so that a deep body cannot grow by its square.
const indentMax = 64

func newLine(out []byte, depth int) []byte {
	out = append(out, '\n')
	for range min(depth, indentMax) {
		out = append(out, "  "...)
	}
	return out
}

// stringEnd is the offset behind the JSON string that begins at i, or the end
// of b when it has none.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func skipBlank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

// Hits is the result of a search in a Doc.
type Hits struct {
	Query string
	At    [][2]int // from and to, in order
	More  bool     // there are more than hitsMax
}

// hitsMax bounds how many hits are kept.
const hitsMax = 10_000

// Find looks for a text, without regard to case, in each line of d; with "~"
// in front the rest is a regular expression (RE2). The error is one of the
// expression or ctx's.
func Find(ctx context.Context, d *Doc, query string) (Hits, error) {
	h := Hits{Query: query}
	expr, isRegexp := strings.CutPrefix(query, "~")
	if !isRegexp {
		expr = "(?i)" + regexp.QuoteMeta(query)
	}
	if query == "" || expr == "" {
		return h, nil
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return h, fmt.Errorf("not a regular expression: %w", err)
	}
	next := checkEvery
	for i := range d.starts {
		from, to := d.line(i)
		if from >= next {
			if err := ctx.Err(); err != nil {
				return h, err
			}
			next = from + checkEvery
		}
		for _, m := range re.FindAllIndex(d.Bytes[from:to], hitsMax-len(h.At)+1) {
			if m[0] == m[1] {
				continue
			}
			if len(h.At) == hitsMax {
				h.More = true
				return h, nil
			}
			h.At = append(h.At, [2]int{from + m[0], from + m[1]})
		}
	}
	return h, nil
}
