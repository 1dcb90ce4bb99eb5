package store

import (
	"fmt"
	"time"

	"scimdeck/scim/wire"
)

// A chunk is some dozens or hundreds of log entries that are stored, read and
// deleted together. It has two values, so that a start reads only what the
// ring needs:
//
//	rows  version(1) · uvarint count · uvarint last seq · varint first, last start (unix ms) · uvarint problems · the rows (row.go), packed
//	rest  version(1) · for each entry its length and what the row does not have (rest.go), packed
//
// Both parts can be joined to those of another chunk of the same version without
// being understood.
//
// The versions of a chunk:
//
//	1  packed by Zstandard; each rest has its header fields in full
//	2  packed by S2, which takes a quarter of the time and up to twice the room: a
//	   header field that is as in the entry before is a byte, which wins most of that
//	   back; rows and rests have room for fields to come
const (
	chunkVersion    = 2
	chunkVersionOne = 1
)

// chunkHead says what is in a chunk.
type chunkHead struct {
	first, last uint64    // numbers; some between them may be missing
	count       int       // entries
	from, to    time.Time // when the first and the last began, to the millisecond
	problems    int       // entries that are problems: see Row.Problem

	version byte

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
	if value == "" || value[0] != chunkVersion && value[0] != chunkVersionOne {
		return h, "", fmt.Errorf("log chunk %d: unknown form %.1q", first, value)
	}
	d := &decoder{text: value[1:]}
	h.version = value[0]
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
		version: h.version, first: h.first, last: g.last, count: h.count + g.count,
		from: h.from, to: g.to, problems: h.problems + g.problems, raw: h.raw + g.raw,
	}
}

// chunk is one being made: raw parts that grow by entries.
type chunk struct {
	chunkHead
	rows, rest []byte
	prev       Row // the last row
	headers    headers
	scratch    []byte
}

func (c *chunk) reset() {
	c.headers.reset()
	*c = chunk{rows: c.rows[:0], rest: c.rest[:0], scratch: c.scratch[:0], headers: c.headers}
}

func (c *chunk) add(ex *wire.Exchange) {
	if c.count == 0 {
		c.version, c.first, c.from = chunkVersion, ex.Seq, ex.Start
	}
	c.rows = appendRow(c.rows, ex, &c.prev, c.count == 0)
	c.rows, c.scratch = appendRowFields(c.rows, c.scratch, ex)
	c.scratch = appendRest(c.scratch[:0], ex, &c.headers)
	c.rest = appendString(c.rest, c.scratch)
	c.last, c.to = ex.Seq, ex.Start
	c.raw = c.size()
	c.count++
	if isProblem(ex.Status, ex.Part, worst(ex.Findings)) {
		c.problems++
	}
}

// size is the raw size.
func (c *chunk) size() int { return len(c.rows) + len(c.rest) }
