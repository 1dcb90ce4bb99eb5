package store

import (
	"net/http"
	"strings"

	"scimdeck/scim/wire"
)

// The coding of what explain has found out about an exchange: the fields to come
// of rows and rests, by tag. A field that says nothing is not there.
const (
	rowPart = 1 // which story it is part of
	rowLint = 2 // the worst level, and the ids of the rules

	restFindings = 1
	restChanges  = 2
)

// isProblem reports what lists count and jump to: an answer of 400 and more that the
// client's known sequence of requests does not expect, no answer, or a rule broken
// at error level. A test sends a wrong key on purpose.
func isProblem(status int, source string, p wire.Part, lint byte) bool {
	expected := p.Expected || source == wire.SourceTest && status == http.StatusUnauthorized
	return (status >= 400 || status == 0) && !expected || lint >= wire.LevelError
}

// worst is the highest level of findings, 0 without any.
func worst(list []wire.Finding) (level byte) {
	for _, f := range list {
		level = max(level, f.Level)
	}
	return level
}

// appendRowFields appends a row's fields to come, as one string. scratch is used
// and returned.
func appendRowFields(dst, scratch []byte, ex *wire.Exchange) (row, used []byte) {
	if ex.Part == (wire.Part{}) && len(ex.Findings) == 0 {
		return append(dst, 0), scratch
	}
	list := scratch[:0]
	if p := ex.Part; p != (wire.Part{}) {
		at := len(list)
		list = appendString(list, p.Story)
		list = appendString(list, p.Role)
		list = appendUint(list, ex.Seq-p.First)
		list = appendUint(list, uint64(max(p.Step, 0)))
		list = appendUint(list, uint64(max(p.Of, 0)))
		list = appendBool(list, p.Expected)
		list = tagFrom(list, at, rowPart)
	}
	if len(ex.Findings) > 0 {
		at := len(list)
		list = append(list, worst(ex.Findings))
		before := ""
		for _, f := range ex.Findings {
			if f.Rule != "" && f.Rule != before {
				list = append(append(list, f.Rule...), ' ')
				before = f.Rule
			}
		}
		list = tagFrom(list, at, rowLint)
	}
	return appendString(dst, list), list
}

// tagFrom makes a field of what stands from at on.
func tagFrom(list []byte, at int, tag uint64) []byte {
	var head [20]byte
	h := appendUint(appendUint(head[:0], tag), uint64(len(list)-at))
	list = append(list, h...)
	copy(list[at+len(h):], list[at:len(list)-len(h)])
	copy(list[at:], h)
	return list
}

// rowFields reads what appendRowFields has written into a row.
func (d *decoder) rowFields(r *Row) {
	fields := decoder{text: d.string()}
	for fields.more() {
		switch tag, f := fields.uint(), (decoder{text: fields.string()}); tag {
		case rowPart:
			r.Part = wire.Part{Story: f.string(), Role: f.string()}
			if back := f.uint(); back <= r.Seq {
				r.Part.First = r.Seq - back
			}
			r.Part.Step, r.Part.Of, r.Part.Expected = int(f.uint()), int(f.uint()), f.uint() == 1
			d.wrong = d.wrong || f.wrong
		case rowLint:
			if f.more() {
				r.Lint, r.Rules = f.text[0], strings.TrimSuffix(f.text[1:], " ")
			}
		}
	}
	d.wrong = d.wrong || fields.wrong
}

// appendRestFields appends a rest's fields to come.
func appendRestFields(dst []byte, ex *wire.Exchange) []byte {
	if len(ex.Findings) > 0 {
		at := len(dst)
		for _, f := range ex.Findings {
			dst = append(appendString(dst, f.Rule), f.Level)
			dst = appendString(appendString(dst, f.At), f.Detail)
		}
		dst = tagFrom(dst, at, restFindings)
	}
	if len(ex.Changes) > 0 {
		at := len(dst)
		for _, c := range ex.Changes {
			dst = appendString(appendString(dst, c.Kind), c.Path)
			dst = appendString(appendString(dst, c.Old), c.New)
			dst = appendInt(dst, int64(c.N))
		}
		dst = tagFrom(dst, at, restChanges)
	}
	return dst
}

// restFields reads what appendRestFields has written.
func (d *decoder) restFields(ex *wire.Exchange) {
	for d.more() {
		switch tag, f := d.uint(), (decoder{text: d.string()}); tag {
		case restFindings:
			for f.more() {
				ex.Findings = append(ex.Findings, wire.Finding{Rule: f.string(), Level: byte(f.uint()), At: f.string(), Detail: f.string()})
			}
			d.wrong = d.wrong || f.wrong
		case restChanges:
			for f.more() {
				ex.Changes = append(ex.Changes, wire.Change{Kind: f.string(), Path: f.string(), Old: f.string(), New: f.string(), N: int(f.int())})
			}
			d.wrong = d.wrong || f.wrong
		}
	}
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}
