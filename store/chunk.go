package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"scimdeck/scim/wire"
)

// A chunk is some dozens or hundreds of log entries that are stored, read and
// deleted together. It has two parts, so that a start reads only what the
// ring needs:
//
//	rows  version(1) · uvarint count · uvarint last seq · varint first, last start (unix ms) · uvarint problems ·
//	      uvarint bytes of rows and rest before they were packed · uvarint bytes of the second part · the rows (row.go), packed
//	rest  version(1) · for each entry its length and what the row does not have (rest.go), packed
//
// Its value in the database has both, or of a large rest where that is (logfile.go):
//
//	formInline(1) · uvarint length of the rows · rows · rest
//	formFile(1)   · uvarint length of the rows · rows · uvarint file, offset, length · CRC-32C(4)
//
// Both parts can be joined to those of another chunk of the same version without
// being understood. First and last start are of the earliest and the latest entry.
//
// The versions of a chunk:
//
//	1  packed by Zstandard; each rest has its header fields in full
//	2  packed by S2, which takes a quarter of the time and up to twice the room: a
//	   header field that is as in the entry before is a byte, which wins most of that
//	   back; rows and rests have room for fields to come
//	3  the head has the two sizes
const (
	chunkVersion    = 3
	chunkVersionTwo = 2
	chunkVersionOne = 1
)

// The forms of a value. Smaller bytes are versions of a rest that was a value, in format 2.
const (
	formInline = 8
	formFile   = 9
)

// inlineBytes is how long a rest in the value may be. Small chunks will be joined to
// larger ones; they would leave holes in a file.
const inlineBytes = 16 << 10

// chunkHead says what is in a chunk.
type chunkHead struct {
	first, last uint64    // numbers; some between them may be missing
	count       int       // entries
	from, to    time.Time // when the earliest and the latest began, to the millisecond
	problems    int       // entries that are problems: see Row.Problem

	raw    int       // bytes of rows and rest before they were packed; 0: not known
	stored int64     // bytes of the value, and of a rest in a file
	place  restPlace // of that rest

	version byte
}

// inDB is the bytes that a chunk takes in the database.
func (h *chunkHead) inDB() int64 { return h.stored - int64(h.place.n) }

// append appends the head of a chunk whose rest has so many bytes, which format 2 has
// to find there.
func (h chunkHead) append(dst []byte, rest int) []byte {
	dst = append(dst, chunkVersion)
	dst = appendUint(dst, uint64(h.count))
	dst = appendUint(dst, h.last)
	dst = appendInt(dst, h.from.UnixMilli())
	dst = appendInt(dst, h.to.UnixMilli())
	dst = appendUint(dst, uint64(h.problems))
	dst = appendUint(dst, uint64(h.raw))
	return appendUint(dst, uint64(rest))
}

// readHead reads the head of a chunk's rows and returns what follows it.
func readHead(first uint64, value string) (h chunkHead, block string, err error) {
	if value == "" || value[0] < chunkVersionOne || value[0] > chunkVersion {
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
	if h.version > chunkVersionTwo {
		h.raw = int(d.uint())
		d.uint() // bytes of the rest
	}
	if d.wrong || h.count <= 0 || h.last < h.first || h.raw < 0 {
		return h, "", fmt.Errorf("log chunk %d: %w", first, errCoding)
	}
	return h, d.text, nil
}

// appendValue appends the value of a chunk whose rest is at a place.
func appendValue(dst, rows, rest []byte, at restPlace) []byte {
	if at.file == 0 {
		return append(appendString(append(dst, formInline), rows), rest...)
	}
	dst = appendString(append(dst, formFile), rows)
	dst = appendUint(dst, at.file)
	dst = appendUint(dst, uint64(at.offset))
	dst = appendUint(dst, uint64(at.n))
	return binary.BigEndian.AppendUint32(dst, at.sum)
}

// cutValue reads the value of a chunk. rest is nil when it is in a file.
func cutValue(first uint64, value []byte) (rows, rest []byte, at restPlace, err error) {
	if len(value) == 0 || value[0] != formInline && value[0] != formFile {
		return nil, nil, at, fmt.Errorf("log chunk %d: unknown form %.1q", first, value)
	}
	rows, after, ok := cutBytes(value[1:])
	if ok && value[0] == formInline {
		return rows, after, at, nil
	}
	var n [3]uint64
	for i := range n {
		v, size := binary.Uvarint(after)
		if ok = ok && size > 0; !ok {
			break
		}
		n[i], after = v, after[size:]
	}
	if !ok || len(after) != 4 || n[0] == 0 || n[1] > math.MaxInt64/2 || n[2] > maxRaw {
		return nil, nil, at, fmt.Errorf("log chunk %d: %w", first, errCoding)
	}
	return rows, nil, restPlace{file: n[0], offset: int64(n[1]), n: int(n[2]), sum: binary.BigEndian.Uint32(after)}, nil
}

// readValue reads the value of a chunk: its head, the rows behind that, and the rest unless it is in a file.
func readValue(first uint64, value []byte) (h chunkHead, block, rest []byte, err error) {
	rows, rest, at, err := cutValue(first, value)
	if err != nil {
		return h, nil, nil, err
	}
	h, text, err := readHead(first, string(rows))
	if err != nil {
		return h, nil, nil, err
	}
	h.place, h.stored = at, int64(len(value)+at.n)
	return h, []byte(text), rest, nil
}

// join gives the head of two chunks in one, h before g.
func (h chunkHead) join(g chunkHead) chunkHead {
	if g.from.Before(h.from) {
		h.from = g.from
	}
	if g.to.After(h.to) {
		h.to = g.to
	}
	h.last, h.count, h.problems, h.raw = g.last, h.count+g.count, h.problems+g.problems, h.raw+g.raw
	return h
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
		c.version, c.first, c.from, c.to = chunkVersion, ex.Seq, ex.Start, ex.Start
	}
	c.rows = appendRow(c.rows, ex, &c.prev, c.count == 0)
	c.rows, c.scratch = appendRowFields(c.rows, c.scratch, ex)
	c.scratch = appendRest(c.scratch[:0], ex, &c.headers)
	c.rest = appendString(c.rest, c.scratch)
	c.chunkHead = c.join(chunkHead{last: ex.Seq, count: 1, from: ex.Start, to: ex.Start})
	c.raw = c.size()
	if isProblem(ex.Status, ex.Source, ex.Part, worst(ex.Findings)) {
		c.problems++
	}
}

// size is the raw size.
func (c *chunk) size() int { return len(c.rows) + len(c.rest) }
