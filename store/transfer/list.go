package transfer

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"scimdeck/scim"
)

// list is a file that is one JSON text: a ListResponse, of which everything but
// Resources is passed over, or an array of resources; or, bare, resources that are one after the
// other and take several lines each. It is read resource by resource, whatever
// its size. A fault inside a resource is that one's; one between them ends the reading,
// as nobody can tell where the next one begins.
type list struct {
	in    *input
	array bool
	bare  bool

	state  int
	closed bool // the ListResponse's last bracket is read
	n      int  // resources so far
	first  bool // the next one is the first of its array
	buf    []byte
}

// States of a list: in Resources the next element is read at once.
const (
	before = iota
	inside
	after
)

func (s *list) next() (record, error) {
	for {
		switch s.state {
		case before:
			if err := s.enter(); err != nil {
				return record{}, err
			}
		case inside:
			r, more, err := s.element()
			if err != nil || more {
				return r, err
			}
		case after:
			if err := s.leave(); err != nil {
				return record{}, err
			}
		}
	}
}

// enter goes to the first resource.
func (s *list) enter() error {
	if s.bare {
		s.state = inside
		return nil
	}
	s.first = true
	if s.array {
		s.state = inside
		_, err := s.want("[")
		return err
	}
	if _, err := s.want("{"); err != nil {
		return err
	}
	return s.members(true)
}

// leave reads what comes after the resources: nothing, which is io.EOF, or the
// next page, as when the answers of several requests are in one file.
func (s *list) leave() error {
	if !s.array && !s.bare && !s.closed {
		if err := s.members(false); err != nil {
			return err
		}
	}
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c == '{' && !s.array {
		s.state, s.closed = before, false
		return nil
	}
	return s.fault("want the end of the file, got %q", c)
}

// members passes over members of the ListResponse, up to Resources or to its end.
func (s *list) members(first bool) error {
	for ; ; first = false {
		c, err := s.want(`",}`)
		if err != nil {
			return err
		}
		if c == '}' {
			s.state, s.closed = after, true
			return nil
		}
		if c == ',' {
			if _, err = s.want(`"`); err != nil {
				return err
			}
		} else if !first {
			return s.fault("want ',' or '}', got %q", c)
		}
		name, err := s.value('"')
		if err != nil {
			return err
		}
		isList := strings.EqualFold(string(name), `"Resources"`)
		if _, err := s.want(":"); err != nil {
			return err
		}
		c, err = s.peek()
		if err != nil {
			return s.short(err)
		}
		if isList && c == '[' {
			if s.state == after {
				return s.fault("Resources occurs twice")
			}
			s.take()
			s.state = inside
			return nil
		}
		if _, err := s.value(s.take()); err != nil {
			return err
		}
	}
}

// element reads the next resource; more is false at their end.
func (s *list) element() (r record, more bool, err error) {
	c, err := s.peek()
	if err != nil {
		if s.bare && errors.Is(err, io.EOF) {
			return r, false, io.EOF
		}
		return r, false, s.short(err)
	}
	if c == ']' && !s.bare {
		s.take()
		s.state = after
		return r, false, nil
	}
	if !s.first && !s.bare {
		if _, err := s.want(","); err != nil {
			return r, false, err
		}
		if c, err = s.peek(); err != nil {
			return r, false, s.short(err)
		}
	}
	if c != '{' {
		return r, false, s.fault("want a resource, got %q", c)
	}
	s.first = false
	s.n++
	at := s.in.at
	text, err := s.value(s.take())
	if err != nil {
		return r, false, err
	}
	r, err = decode(text, at, record{Place: Place{Line: at.Line, Resource: s.n}})
	return r, err == nil, err
}

// value reads a value whose first byte is taken, and gives its text.
func (s *list) value(c byte) ([]byte, error) {
	s.buf = append(s.buf[:0], c)
	if cap(s.buf) > 1<<20 {
		s.buf = append([]byte(nil), c)
	}
	depth, text := 0, c == '"'
	switch c {
	case '{', '[':
		depth = 1
	case '"':
	default:
		return s.scalar(c)
	}
	for depth > 0 || text {
		c, err := s.in.ReadByte()
		if err != nil {
			return nil, s.short(err)
		}
		s.count(c)
		if len(s.buf) >= s.in.max {
			return nil, s.fault("a resource is longer than %d bytes", s.in.max)
		}
		s.buf = append(s.buf, c)
		switch {
		case text && c == '\\':
			if c, err = s.in.ReadByte(); err != nil {
				return nil, s.short(err)
			}
			s.count(c)
			s.buf = append(s.buf, c)
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
	}
	return s.buf, nil
}

// scalar reads a number or a word.
func (s *list) scalar(first byte) ([]byte, error) {
	if strings.IndexByte("-0123456789tfn", first) < 0 {
		return nil, s.fault("want a value, got %q", first)
	}
	for len(s.buf) < 64 {
		b, err := s.in.Peek(1)
		if err != nil {
			return nil, s.short(err)
		}
		if strings.IndexByte(",}] \t\r\n", b[0]) >= 0 {
			break
		}
		s.buf = append(s.buf, s.take())
	}
	if _, err := scim.Decode(s.buf, scim.Limits{}); err != nil {
		return nil, s.fault("want a value, got %.20q", s.buf)
	}
	return s.buf, nil
}

// peek passes over blanks and tells the next byte.
func (s *list) peek() (byte, error) {
	for {
		b, err := s.in.Peek(1)
		if err != nil {
			return 0, err
		}
		switch b[0] {
		case ' ', '\t', '\n', '\r':
			s.take()
		default:
			return b[0], nil
		}
	}
}

// take takes the byte that was peeked at.
func (s *list) take() byte {
	c, _ := s.in.ReadByte() // it is in the buffer
	s.count(c)
	return c
}

func (s *list) count(c byte) {
	s.in.at.Byte++
	switch {
	case c == '\n':
		s.in.at.Line++
		s.in.at.Column = 1
	case c&0xc0 != 0x80: // the first byte of a rune
		s.in.at.Column++
	}
}

// want takes the next byte, which has to be one of these.
func (s *list) want(these string) (byte, error) {
	c, err := s.peek()
	if err != nil {
		return 0, s.short(err)
	}
	if strings.IndexByte(these, c) < 0 {
		return 0, s.fault("want %s, got %q", oneOf(these), c)
	}
	return s.take(), nil
}

func oneOf(these string) string {
	list := make([]string, len(these))
	for i := range these {
		list[i] = fmt.Sprintf("%q", these[i])
	}
	return strings.Join(list, " or ")
}

func (s *list) fault(format string, args ...any) error {
	return &FormatError{s.in.at, fmt.Sprintf(format, args...)}
}

// short says of the file's end that it came too early.
func (s *list) short(err error) error {
	if errors.Is(err, io.EOF) {
		return s.fault("the file ends in the middle: it was cut off")
	}
	return err
}
