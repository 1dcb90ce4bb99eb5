package store

import (
	"encoding/binary"
	"errors"
	"strings"
)

// The primitives of the log's binary form: varints, and strings with their length.

func appendUint(dst []byte, n uint64) []byte { return binary.AppendUvarint(dst, n) }
func appendInt(dst []byte, n int64) []byte   { return binary.AppendVarint(dst, n) }

func appendString[T string | []byte](dst []byte, s T) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// appendPart appends s, as offset and length if it is a part of whole.
func appendPart(dst []byte, s, whole string) []byte {
	if i := strings.Index(whole, s); i >= 0 {
		dst = appendUint(dst, uint64(i)+1)
		return appendUint(dst, uint64(len(s)))
	}
	return appendString(append(dst, 0), s)
}

var errCoding = errors.New("a log entry is not coded as this store codes it")

// decoder reads what the functions above have written. The first fault is kept,
// and everything after it reads as zero, so only done needs a look.
type decoder struct {
	text  string
	wrong bool
}

func (d *decoder) fail() { d.text, d.wrong = "", true }

func (d *decoder) more() bool { return len(d.text) > 0 }

// done is the error if anything was wrong.
func (d *decoder) done() error {
	if d.wrong || d.more() {
		return errCoding
	}
	return nil
}

func (d *decoder) uint() uint64 {
	var n uint64
	for i := 0; i < len(d.text) && i < binary.MaxVarintLen64; i++ {
		b := d.text[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			d.text = d.text[i+1:]
			return n
		}
	}
	d.fail()
	return 0
}

func (d *decoder) int() int64 {
	n := d.uint()
	return int64(n>>1) ^ -int64(n&1)
}

// count reads how many of something follow that take at least a byte each.
func (d *decoder) count() int {
	n := d.uint()
	if n > uint64(len(d.text)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) string() string {
	n := d.count()
	s := d.text[:n]
	d.text = d.text[n:]
	return s
}

// bytes reads a string as bytes of its own; nothing is nil.
func (d *decoder) bytes() []byte {
	if s := d.string(); s != "" {
		return []byte(s)
	}
	return nil
}

func (d *decoder) part(whole string) string {
	at := d.uint()
	if at == 0 {
		return d.string()
	}
	n := d.uint()
	if size := uint64(len(whole)); at-1 > size || n > size-(at-1) {
		d.fail()
		return ""
	}
	return whole[at-1 : at-1+n]
}
