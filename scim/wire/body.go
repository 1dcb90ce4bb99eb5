package wire

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// body cuts a request body. whole says that b is all of it. The result may alias b.
func (f *secrets) body(b []byte, whole bool) []byte {
	switch {
	case !mentions(b, "password"):
		// The beginning of a PATCH may hold a value whose path, a password, comes after it.
		if !whole && mentions(b, "operations") {
			return []byte(withheldBody)
		}
		return cutKeys(b)
	case !whole || !json.Valid(b):
		f.addWords(string(b[:min(len(b), 16<<10)]), 8)
		return []byte(withheldBody)
	}
	c := cutter{b: b, open: make([][2]span, 0, 32)}
	c.value(0)
	return cutKeys(c.cut(f))
}

// cutter walks valid JSON and collects the values that have to go.
type cutter struct {
	b     []byte
	spans []span
	open  [][2]span // names and values of the objects being walked, as a stack
}

type span struct{ from, to int }

// value walks the value at or after i and returns the end of it.
func (c *cutter) value(i int) int {
	i = c.blank(i)
	switch c.b[i] {
	case '{':
		return c.object(i)
	case '[':
		i = c.blank(i + 1)
		for c.b[i] != ']' {
			i = c.blank(c.value(i))
			if c.b[i] == ',' {
				i = c.blank(i + 1)
			}
		}
		return i + 1
	case '"':
		return c.text(i)
	}
	for i < len(c.b) && c.b[i] > ' ' && c.b[i] != ',' && c.b[i] != ']' && c.b[i] != '}' {
		i++
	}
	return i
}

// object walks an object. In one whose path (or name) is a password, as an
// operation of a PATCH has it, every other value goes.
func (c *cutter) object(i int) int {
	mine, secret := len(c.open), false
	i = c.blank(i + 1)
	for c.b[i] != '}' {
		name := span{i, c.text(i)}
		i = c.blank(c.blank(name.to) + 1) // past the colon
		value := span{i, c.value(i)}
		switch text := c.b[value.from:value.to]; {
		case c.mention(name):
			c.spans = append(c.spans, value)
		case text[0] == '"' && c.mention(value) && namesAttribute(c.b[name.from:name.to]):
			secret = true
			if bytes.ContainsAny(text, "[ ") {
				c.spans = append(c.spans, value)
			}
		default:
			c.open = append(c.open, [2]span{name, value})
		}
		i = c.blank(value.to)
		if c.b[i] == ',' {
			i = c.blank(i + 1)
		}
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

func (c *cutter) mention(s span) bool {
	const quoted = len(`"password"`)
	return s.to-s.from >= quoted && mentions(c.b[s.from:s.to], "password")
}

// cut returns the text without the collected values.
func (c *cutter) cut(f *secrets) []byte {
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

func (c *cutter) blank(i int) int {
	for i < len(c.b) && c.b[i] <= ' ' {
		i++
	}
	return i
}

func (c *cutter) text(i int) int {
	for i++; c.b[i] != '"'; i++ {
		if c.b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// namesAttribute reports whether a member of this (quoted) name says by its
// value which attribute its siblings are about.
func namesAttribute(quoted []byte) bool {
	for _, n := range [...]string{"path", "name", "attribute", "attr", "field", "key"} {
		if foldsTo(quoted, n) {
			return true
		}
	}
	return false
}

func foldsTo(quoted []byte, name string) bool {
	if inner := quoted[1 : len(quoted)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return bytes.EqualFold(inner, []byte(name))
	}
	var s string
	return json.Unmarshal(quoted, &s) == nil && strings.EqualFold(s, name)
}
