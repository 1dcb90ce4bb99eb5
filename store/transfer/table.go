package transfer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"scimdeck/scim"
)

// table is a file of CSV (RFC 4180) with a header. A comma, a semicolon or a tab
// separates, whichever the header has most of.
type table struct {
	t     *scim.ResourceType
	csv   *csv.Reader
	cap   *capped
	width int
	slots []slot
}

func newTable(in *input, t *scim.ResourceType) (*table, error) {
	c := &capped{r: in.Reader, max: in.max}
	s := &table{t: t, cap: c, csv: csv.NewReader(c)}
	start, _ := in.Peek(peeked) // open has seen the error
	s.csv.Comma = separator(start)
	s.csv.FieldsPerRecord, s.csv.ReuseRecord = -1, true
	s.csv.LazyQuotes = true // emails[type eq "work"] as people write it
	header, err := s.read()
	s.csv.LazyQuotes = false
	if err != nil {
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			err = &FormatError{scim.Place{Line: bad.Line, Column: bad.Column}, "the header of the CSV: " + bad.Err.Error()}
		}
		return nil, err
	}
	s.width = len(header)
	s.slots, err = columns(t, header)
	return s, err
}

// separator tells what separates the columns of a header.
func separator(start []byte) rune {
	best, most, quoted := ',', 0, false
	seen := map[rune]int{}
	for _, c := range string(start) {
		if c == '\n' && !quoted {
			break
		}
		if c == '"' {
			quoted = !quoted
		}
		if (c == ',' || c == ';' || c == '\t') && !quoted {
			if seen[c]++; seen[c] > most {
				best, most = c, seen[c]
			}
		}
	}
	return best
}

// read reads a row.
func (s *table) read() ([]string, error) {
	s.cap.left = s.cap.max
	return s.csv.Read()
}

func (s *table) next() (record, error) {
	for {
		row, err := s.read()
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			r := record{Place: Place{Line: bad.StartLine}}
			r.err = scim.Errorf(400, scim.InvalidSyntax, "%scolumn %d: %s", elsewhere(bad), bad.Column, strings.TrimPrefix(bad.Err.Error(), "csv: "))
			return r, nil
		}
		if err != nil {
			return record{}, err
		}
		line, _ := s.csv.FieldPos(0)
		r := record{Place: Place{Line: line}}
		for i, cell := range row {
			r.size += len(cell)
			if r.err == nil {
				r.err = s.check(i, cell)
			}
		}
		if r.size == 0 {
			continue // nothing but separators
		}
		if r.err == nil {
			r.body = s.resource(row)
		}
		return r, nil
	}
}

// elsewhere names the line of a fault if it is not the one where the row begins.
func elsewhere(e *csv.ParseError) string {
	if e.Line == e.StartLine {
		return ""
	}
	return fmt.Sprintf("line %d, ", e.Line)
}

// check refuses a cell that cannot be text of JSON, or has no column.
func (s *table) check(i int, cell string) *scim.Error {
	if i >= s.width {
		if cell == "" {
			return nil
		}
		return scim.Errorf(400, scim.InvalidSyntax, "there are more than the header's %d columns: %.40q has none", s.width, cell)
	}
	_, column := s.csv.FieldPos(i)
	switch {
	case !utf8.ValidString(cell):
		return scim.Errorf(400, scim.InvalidSyntax, "column %d: the text is not valid UTF-8", column)
	case strings.IndexByte(cell, 0) >= 0:
		return scim.Errorf(400, scim.InvalidValue, "column %d: the text has the character U+0000", column)
	}
	return nil
}

// resource makes the body of a POST of a row.
func (s *table) resource(row []string) scim.Value {
	schemas := []scim.Value{scim.StringOf(s.t.Schema.ID)}
	body, ext := scim.ObjectOf(), scim.Value{}
	for i, slot := range s.slots {
		if value := slot.value(row); value.Kind() != scim.Absent {
			if slot.ext == nil {
				body.Set(slot.attr.Name, value)
			} else {
				if ext.Kind() == scim.Absent {
					ext = scim.ObjectOf()
				}
				ext.Set(slot.attr.Name, value)
			}
		}
		if last := i+1 == len(s.slots) || s.slots[i+1].ext != slot.ext; last && ext.Kind() != scim.Absent {
			schemas = append(schemas, scim.StringOf(slot.ext.ID))
			body.Set(slot.ext.ID, ext)
			ext = scim.Value{}
		}
	}
	body.Set("schemas", scim.ArrayOf(schemas...))
	return body
}

// capped bounds what is read for one row: an open quote takes in all that follows.
type capped struct {
	r         io.Reader
	left, max int
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, &FormatError{Text: fmt.Sprintf("a row of the CSV is longer than %d bytes: is there a quote without its other one?", c.max)}
	}
	n, err := c.r.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
