package store

import (
	"slices"

	"scimdeck/scim/wire"
)

// The coding of what of an exchange is not in its row. What nearly always is as in
// the entry before is a byte then, so an entry can be read only after those before
// it. The first one of a chunk has everything, so rests of chunks can be joined.
//
//	request fields · response fields · proto, remote, base, key prefix (each a part of the entry before's) ·
//	request body · its size · response body · its size · total · start · count ·
//	filter · notes · problem · changed · fields to come
//
// Fields to come are pairs of a uvarint tag and a string, up to the entry's end;
// whoever does not know a tag leaves it out.

// headers is what an entry's coding takes over from the entry before.
type headers struct {
	request, response                []wire.Field
	proto, remote, base, prefixOfKey string
}

func (h *headers) reset() {
	clear(h.request)
	clear(h.response)
	*h = headers{request: h.request[:0], response: h.response[:0]}
}

// appendRest appends the coding of ex; h is the entry before's and becomes ex's.
func appendRest(dst []byte, ex *wire.Exchange, h *headers) []byte {
	dst = appendFields(dst, ex.RequestHeader, h.request)
	h.request = append(h.request[:0], ex.RequestHeader...)
	dst = appendFields(dst, ex.ResponseHeader, h.response)
	h.response = append(h.response[:0], ex.ResponseHeader...)
	dst = appendSteady(dst, ex.Proto, &h.proto)
	dst = appendSteady(dst, ex.Remote, &h.remote)
	dst = appendSteady(dst, ex.Base, &h.base)
	dst = appendSteady(dst, ex.KeyPrefix, &h.prefixOfKey)
	dst = appendString(dst, ex.RequestBody)
	dst = appendInt(dst, ex.RequestSize)
	dst = appendString(dst, ex.ResponseBody)
	dst = appendInt(dst, ex.ResponseSize)
	dst = appendInt(dst, int64(ex.Total))
	dst = appendInt(dst, int64(ex.Start1))
	dst = appendInt(dst, int64(ex.Count))
	dst = appendString(dst, ex.Filter)
	dst = appendStrings(dst, ex.Notes)
	dst = appendString(dst, ex.Problem)
	return appendRestFields(appendStrings(dst, ex.Changed), ex)
}

// rests reads the rests of a chunk, one after the other.
type rests struct {
	version byte
	d       decoder
	headers headers
}

// skip goes past n entries.
func (r *rests) skip(n int) {
	for ; n > 0 && !r.d.wrong; n-- {
		d := decoder{text: r.d.string()}
		if r.version != chunkVersionOne {
			r.readHeaders(&d)
		}
	}
}

// next puts a row and the next rest together.
func (r *rests) next(row *Row) (*wire.Exchange, error) {
	text := r.d.string()
	if r.d.wrong {
		return nil, errCoding
	}
	d := &decoder{text: text}
	ex := row.Exchange()
	ex.RequestHeader = nil
	if r.version == chunkVersionOne {
		readRestOne(d, ex)
		return ex, d.done()
	}
	h := r.readHeaders(d)
	ex.RequestHeader, ex.ResponseHeader = slices.Clone(h.request), slices.Clone(h.response)
	ex.Proto, ex.Remote, ex.Base, ex.KeyPrefix = h.proto, h.remote, h.base, h.prefixOfKey
	ex.RequestBody = d.bytes()
	ex.RequestSize = d.int()
	ex.ResponseBody = d.bytes()
	ex.ResponseSize = d.int()
	d.serverNotes(ex)
	d.restFields(ex)
	return ex, d.done()
}

// readHeaders reads the beginning of a rest.
func (r *rests) readHeaders(d *decoder) *headers {
	h := &r.headers
	h.request = d.fields(h.request)
	h.response = d.fields(h.response)
	for _, s := range []*string{&h.proto, &h.remote, &h.base, &h.prefixOfKey} {
		*s = d.steady(*s)
	}
	return h
}

// What a field has of the one at its place in the entry before.
const (
	fieldSame  = iota // all
	fieldValue        // the name; the value follows
	fieldNew          // nothing; both follow
)

func appendFields(dst []byte, fields, before []wire.Field) []byte {
	dst = appendUint(dst, uint64(len(fields)))
	for i, f := range fields {
		switch {
		case i >= len(before) || f.Name != before[i].Name:
			dst = appendString(append(dst, fieldNew), f.Name)
			dst = appendString(dst, f.Value)
		case f.Value != before[i].Value:
			dst = appendString(append(dst, fieldValue), f.Value)
		default:
			dst = append(dst, fieldSame)
		}
	}
	return dst
}

// fields reads what appendFields has written; before is written over.
func (d *decoder) fields(before []wire.Field) []wire.Field {
	n := d.count()
	list := before[:min(n, len(before))]
	for i := range n {
		if i == len(list) {
			list = append(list, wire.Field{})
		}
		switch known := i < len(before); d.uint() {
		case fieldSame:
			d.wrong = d.wrong || !known
		case fieldValue:
			d.wrong = d.wrong || !known
			list[i].Value = d.string()
		case fieldNew:
			list[i] = wire.Field{Name: d.string(), Value: d.string()}
		default:
			d.fail()
		}
		if d.wrong {
			d.fail()
			return nil
		}
	}
	return list
}

// appendSteady appends s, as a zero if it is as before.
func appendSteady(dst []byte, s string, before *string) []byte {
	if s == *before {
		return append(dst, 0)
	}
	*before = s
	return appendString(append(dst, 1), s)
}

func (d *decoder) steady(before string) string {
	switch d.uint() {
	case 0:
		return before
	case 1:
		return d.string()
	}
	d.fail()
	return ""
}

func appendStrings(dst []byte, list []string) []byte {
	dst = appendUint(dst, uint64(len(list)))
	for _, s := range list {
		dst = appendString(dst, s)
	}
	return dst
}

func (d *decoder) strings() (list []string) {
	for n := d.count(); n > 0 && !d.wrong; n-- {
		list = append(list, d.string())
	}
	return list
}

// serverNotes reads what the server noted, which all versions have alike.
func (d *decoder) serverNotes(ex *wire.Exchange) {
	ex.Total = int(d.int())
	ex.Start1 = int(d.int())
	ex.Count = int(d.int())
	ex.Filter = d.string()
	ex.Notes = d.strings()
	ex.Problem = d.string()
	ex.Changed = d.strings()
}

// readRestOne reads a rest of a chunk of version 1.
func readRestOne(d *decoder, ex *wire.Exchange) {
	ex.Proto = d.string()
	ex.Remote = d.string()
	ex.RequestHeader = d.wholeFields()
	ex.RequestBody = d.bytes()
	ex.RequestSize = d.int()
	ex.ResponseHeader = d.wholeFields()
	ex.ResponseBody = d.bytes()
	ex.ResponseSize = d.int()
	ex.Base = d.string()
	ex.KeyPrefix = d.string()
	d.serverNotes(ex)
}

func (d *decoder) wholeFields() (fields []wire.Field) {
	for n := d.count(); n > 0 && !d.wrong; n-- {
		fields = append(fields, wire.Field{Name: d.string(), Value: d.string()})
	}
	return fields
}
