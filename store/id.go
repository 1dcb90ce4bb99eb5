package store

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
)

// An id has the form of a UUID version 8 (RFC 9562 §5.8): 48 bits creation
// sequence, then version, variant and 74 random bits. So a document is found
// with one read, and an id still cannot be guessed from another. The whole id
// is compared with the document's own.
const (
	idLen  = 36
	maxSeq = 1<<48 - 1
)

// idTail is an id's random part.
type idTail [10]byte

func newTail() (t idTail) {
	rand.Read(t[:]) // never fails (crypto/rand)
	t[0] = t[0]&0x0f | 0x80
	t[2] = t[2]&0x3f | 0x80
	return t
}

func (t idTail) id(seq uint64) string {
	b := [16]byte{byte(seq >> 40), byte(seq >> 32), byte(seq >> 24), byte(seq >> 16), byte(seq >> 8), byte(seq)}
	copy(b[6:], t[:])
	var o [idLen]byte
	hex.Encode(o[:8], b[:4])
	o[8] = '-'
	hex.Encode(o[9:13], b[4:6])
	o[13] = '-'
	hex.Encode(o[14:18], b[6:8])
	o[18] = '-'
	hex.Encode(o[19:23], b[8:10])
	o[23] = '-'
	hex.Encode(o[24:], b[10:])
	return string(o[:])
}

// idSeq reads the creation sequence out of an id. ok is false when id does not
// look like one of ours; the digits after the sequence are not looked at.
func idSeq(id string) (seq uint64, ok bool) {
	if len(id) != idLen || id[8] != '-' || id[13] != '-' {
		return 0, false
	}
	high, err := strconv.ParseUint(id[:8], 16, 32)
	if err != nil {
		return 0, false
	}
	low, err := strconv.ParseUint(id[9:13], 16, 16)
	return high<<16 | low, err == nil
}

// cut shortens what a client sent so that it fits into a sentence.
func cut(s string) string {
	if len(s) <= 64 {
		return s
	}
	n := 61
	for n > 0 && s[n]&0xc0 == 0x80 { // not in the middle of a rune
		n--
	}
	return s[:n] + "…"
}
