package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"scimdeck/scim"
	"scimdeck/store"
)

// record is one resource of a file.
type record struct {
	Place
	size int // in bytes
	body scim.Value
	err  *scim.Error // it cannot be read; the next one can
}

// source gives the records of a file in their order. The error is io.EOF at
// the file's end, a *FormatError or the reader's own; nothing follows it.
type source interface {
	next() (record, error)
}

// input is a file that is being read. It counts.
type input struct {
	*bufio.Reader
	at  scim.Place // of the next byte
	max int        // MaxLine; tests take less
}

const peeked = 64 << 10 // bytes by which the format is told

// open tells the format of a file: JSON lines, one JSON text (a ListResponse, an array, or
// resources one after the other over several lines), or CSV of resources of the type t.
func open(r io.Reader, t *scim.ResourceType, most int) (source, error) {
	in := &input{bufio.NewReaderSize(r, peeked), scim.Place{Line: 1, Column: 1}, most}
	start, err := in.Peek(peeked)
	if len(start) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(start, []byte("\ufeff")) {
		start = start[3:]
		if _, err := in.Discard(3); err != nil {
			return nil, err
		}
		in.at.Byte = 3
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, &FormatError{Text: "the file is UTF-16: save it as UTF-8"}
	case bytes.HasPrefix(start, []byte("\x1f\x8b")), bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("\x28\xb5\x2f\xfd")):
		return nil, &FormatError{Text: "the file is compressed: unpack it first, for example with gunzip -c FILE | scimdeck import -"}
	case store.IsBackup(start):
		return nil, &FormatError{Text: "the file is a backup: see scimdeck help restore"}
	case bytes.IndexByte(start, 0) >= 0:
		return nil, &FormatError{Text: "the file is no text: want JSON lines, a ListResponse or CSV"}
	}
	switch text := bytes.TrimLeft(start, " \t\r\n"); {
	case len(text) == 0:
		return &lines{in: in}, nil
	case text[0] == '[':
		return &list{in: in, array: true}, nil
	case text[0] == '{':
		return jsonSource(in, text), nil
	}
	return newTable(in, t)
}

// jsonSource tells what a file that begins with an object is, by the names in it
// and by where its first line ends.
func jsonSource(in *input, text []byte) source {
	depth, from, several := 0, -1, false // from: the beginning of a string
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case from >= 0 && c == '\\':
			i++
		case from >= 0 && c == '"':
			if depth == 1 && follows(text[i+1:], ":") && ofList(string(text[from+1:i])) {
				return &list{in: in}
			}
			from = -1
		case from >= 0:
		case c == '"':
			from = i
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				i = len(text)
			}
		case c == '\n' && !several:
			// After a line that is broken comes the next object. In a text over
			// several lines one comes only at the beginning of an array.
			if follows(text[i:], "{") && (depth == 1 || !bytes.HasSuffix(bytes.TrimRight(text[:i], " \t\r"), []byte("["))) {
				return &lines{in: in}
			}
			several = true
		}
	}
	if several {
		return &list{in: in, bare: true}
	}
	return &lines{in: in}
}

// follows reports whether text begins with c, after blanks.
func follows(text []byte, c string) bool {
	return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte(c))
}

// ofList reports whether a name is one of a ListResponse (RFC 7644 §3.4.2).
func ofList(name string) bool {
	for _, n := range []string{"Resources", "totalResults", "itemsPerPage", "startIndex"} {
		if strings.EqualFold(name, n) {
			return true
		}
	}
	return false
}

// decode reads a record's text.
func decode(text []byte, at scim.Place, r record) (record, error) {
	var err error
	r.size = len(text)
	r.body, err = scim.DecodeAt(text, scim.Limits{Members: members}, at)
	if err != nil && !errors.As(err, &r.err) {
		return r, err
	}
	return r, nil
}

// lines is a file of JSON lines.
type lines struct {
	in  *input
	buf []byte
}

func (s *lines) next() (record, error) {
	for {
		at := s.in.at
		line, whole, err := s.line()
		if err != nil {
			return record{}, err
		}
		r := record{Place: Place{Line: at.Line}}
		if !whole {
			r.err = scim.Errorf(413, "", "the line is longer than %d bytes", s.in.max)
			return r, nil
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) > 0 {
			return decode(line, at, r)
		}
	}
}

// line reads a line without its end. One that is too long is passed over.
func (s *lines) line() (line []byte, whole bool, err error) {
	s.buf, whole = s.buf[:0], true
	if cap(s.buf) > 1<<20 { // one long line must not cost its memory for the rest
		s.buf = nil
	}
	for {
		part, err := s.in.ReadSlice('\n')
		s.in.at.Byte += int64(len(part))
		if len(s.buf)+len(part) > s.in.max {
			whole, s.buf = false, s.buf[:0]
		}
		if whole {
			s.buf = append(s.buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (len(s.buf) > 0 || !whole):
		case err != nil:
			return nil, false, err
		}
		s.in.at.Line++
		return s.buf, whole, nil
	}
}
