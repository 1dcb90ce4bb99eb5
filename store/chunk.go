package store

import (
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"scimdeck/scim/wire"
)

// A chunk is some dozens or hundreds of log entries that are stored, read and
// deleted together. It has two values, so that a start reads only what the
// ring needs:
//
//	rows  version(1) · uvarint count · uvarint last seq · varint first, last start (unix ms) · uvarint problems · zstd of the rows (row.go)
//	rest  version(1) · zstd of: for each entry its length and what the row does not have
//
// Both parts can be joined to another chunk's without being understood.
const chunkVersion = 1

// chunkHead says what is in a chunk.
type chunkHead struct {
	first, last uint64    // numbers; some between them may be missing
	count       int       // entries
	from, to    time.Time // when the first and the last began, to the millisecond
	problems    int       // entries with a status of 400 and more, or none

	// In memory only: how large the parts are before they are compressed; 0 when it is not known.
	raw int
}

func (h chunkHead) append(dst []byte) []byte {
	dst = append(dst, chunkVersion)
	dst = appendUint(dst, uint64(h.count))
	dst = appendUint(dst, h.last)
	dst = appendInt(dst, h.from.UnixMilli())
	dst = appendInt(dst, h.to.UnixMilli())
	return appendUint(dst, uint64(h.problems))
}

// readHead reads the head of a chunk's rows and returns what follows it.
func readHead(first uint64, value string) (h chunkHead, block string, err error) {
	if value == "" || value[0] != chunkVersion {
		return h, "", fmt.Errorf("log chunk %d: unknown form %.1q", first, value)
	}
	d := &decoder{text: value[1:]}
	h.first = first
	h.count = int(d.uint())
	h.last = d.uint()
	h.from = time.UnixMilli(d.int())
	h.to = time.UnixMilli(d.int())
	h.problems = int(d.uint())
	if d.wrong || h.count <= 0 || h.last < h.first {
		return h, "", fmt.Errorf("log chunk %d: %w", first, errCoding)
	}
	return h, d.text, nil
}

// join gives the head of two chunks in one, h before g.
func (h chunkHead) join(g chunkHead) chunkHead {
	return chunkHead{
		first: h.first, last: g.last, count: h.count + g.count,
		from: h.from, to: g.to, problems: h.problems + g.problems, raw: h.raw + g.raw,
	}
}

// chunk is one being made: raw parts that grow by entries.
type chunk struct {
	chunkHead
	rows, rest []byte
	prev       Row // the last row
	scratch    []byte
}

func (c *chunk) reset() {
	*c = chunk{rows: c.rows[:0], rest: c.rest[:0], scratch: c.scratch[:0]}
}

func (c *chunk) add(ex *wire.Exchange) {
	if c.count == 0 {
		c.first, c.from = ex.Seq, ex.Start
	}
	c.rows = appendRow(c.rows, ex, &c.prev, c.count == 0)
	c.scratch = appendRest(c.scratch[:0], ex)
	c.rest = appendString(c.rest, c.scratch)
	c.last, c.to = ex.Seq, ex.Start
	c.raw = c.size()
	c.count++
	if ex.Status >= 400 || ex.Status == 0 {
		c.problems++
	}
}

// size is the raw size.
func (c *chunk) size() int { return len(c.rows) + len(c.rest) }

// appendRest appends what of an exchange is not in its row.
func appendRest(dst []byte, ex *wire.Exchange) []byte {
	dst = appendString(dst, ex.Proto)
	dst = appendString(dst, ex.Remote)
	dst = appendFields(dst, ex.RequestHeader)
	dst = appendString(dst, ex.RequestBody)
	dst = appendInt(dst, ex.RequestSize)
	dst = appendFields(dst, ex.ResponseHeader)
	dst = appendString(dst, ex.ResponseBody)
	dst = appendInt(dst, ex.ResponseSize)
	dst = appendString(dst, ex.Base)
	dst = appendString(dst, ex.KeyPrefix)
	dst = appendInt(dst, int64(ex.Total))
	dst = appendInt(dst, int64(ex.Start1))
	dst = appendInt(dst, int64(ex.Count))
	dst = appendString(dst, ex.Filter)
	dst = appendStrings(dst, ex.Notes)
	dst = appendString(dst, ex.Problem)
	return appendStrings(dst, ex.Changed)
}

// readExchange puts row and rest together.
func readExchange(r *Row, rest string) (*wire.Exchange, error) {
	d := &decoder{text: rest}
	ex := &wire.Exchange{
		Seq: r.Seq, Start: r.Start, Took: r.Took, Source: r.Source,
		Method: r.Method, Target: r.Target, Host: r.Host, Status: r.Status, Path: r.Path,
		KeyID: r.KeyID, KeyName: r.KeyName, Refused: r.Refused,
		Type: r.Type, ID: r.ID, Name: r.Name, Op: r.Op, Sentence: r.Sentence,
	}
	ex.Proto = d.string()
	ex.Remote = d.string()
	ex.RequestHeader = d.fields()
	ex.RequestBody = d.bytes()
	ex.RequestSize = d.int()
	ex.ResponseHeader = d.fields()
	ex.ResponseBody = d.bytes()
	ex.ResponseSize = d.int()
	ex.Base = d.string()
	ex.KeyPrefix = d.string()
	ex.Total = int(d.int())
	ex.Start1 = int(d.int())
	ex.Count = int(d.int())
	ex.Filter = d.string()
	ex.Notes = d.strings()
	ex.Problem = d.string()
	ex.Changed = d.strings()
	return ex, d.done()
}

func appendFields(dst []byte, fields []wire.Field) []byte {
	dst = appendUint(dst, uint64(len(fields)))
	for _, f := range fields {
		dst = appendString(dst, f.Name)
		dst = appendString(dst, f.Value)
	}
	return dst
}

func (d *decoder) fields() (fields []wire.Field) {
	for n := d.count(); n > 0 && !d.wrong; n-- {
		fields = append(fields, wire.Field{Name: d.string(), Value: d.string()})
	}
	return fields
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

// findRest finds the rest of the i-th entry.
func findRest(rest string, i int) (string, error) {
	d := &decoder{text: rest}
	for ; i > 0; i-- {
		d.string()
	}
	s := d.string()
	if d.wrong {
		return "", errCoding
	}
	return s, nil
}

// packer compresses and expands chunks.
type packer struct {
	enc *zstd.Encoder // of the log's writer alone
	dec *zstd.Decoder // DecodeAll may be called by many
}

// maxRaw bounds what a broken block may expand to.
const maxRaw = 64 << 20

func newPacker() (p packer, err error) {
	p.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
	if err != nil {
		return p, err
	}
	p.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(maxRaw))
	return p, err
}

// pack gives the two values of a chunk.
func (p packer) pack(c *chunk) (rows, rest []byte) {
	rows = p.enc.EncodeAll(c.rows, c.append(make([]byte, 0, 64+len(c.rows)/4)))
	rest = p.enc.EncodeAll(c.rest, append(make([]byte, 0, 64+len(c.rest)/4), chunkVersion))
	return rows, rest
}

// rows expands the rows that follow a chunk's head.
func (p packer) expand(block string) (string, error) {
	raw, err := p.dec.DecodeAll([]byte(block), nil)
	return string(raw), err
}

// rest expands the second value of a chunk.
func (p packer) rest(value string) (string, error) {
	if value == "" || value[0] != chunkVersion {
		return "", errCoding
	}
	return p.expand(value[1:])
}
