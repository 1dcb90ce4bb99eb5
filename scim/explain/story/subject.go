package story

import (
	"hash/maphash"
	"math/bits"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// What a request is about is kept as hashes: small, of one size, and without a
// name in them.

// about adds a subject, if there is room for it.
func (r *reading) about(kind byte, text string) {
	if text == "" || r.n == len(r.s.subjects) {
		return
	}
	r.add(r.hash(kind, hashFolded(text)))
}

// hashFolded is the hash of a text's Fold.
func hashFolded[T string | []byte](text T) uint64 {
	var room [64]byte
	folded := append(room[:0], text...)
	for i, c := range folded {
		if c >= 0x80 {
			return maphash.String(seed, scim.Fold(string(text)))
		}
		if 'A' <= c && c <= 'Z' {
			folded[i] = c + 'a' - 'A'
		}
	}
	return maphash.Bytes(seed, folded)
}

// aboutValue is about for a JSON string as it is written.
func (r *reading) aboutValue(kind byte, value []byte) {
	inner, ok := scim.Verbatim(value)
	switch {
	case !ok:
		r.about(kind, scim.Unquote(value))
	case len(inner) > 0 && r.n < len(r.s.subjects):
		r.add(r.hash(kind, hashFolded(inner)))
	}
}

func (r *reading) add(h uint64) {
	for _, have := range r.s.subjects[:r.n] {
		if have == h {
			return
		}
	}
	r.s.subjects[r.n] = h
	r.n++
}

// seed makes a subject's hash one of this run of the program: nobody can make two the same.
var seed = maphash.MakeSeed()

// hash is that of a subject, never 0; text is that of its folded name.
func (r *reading) hash(kind byte, text uint64) uint64 {
	if r.sender == 0 {
		r.sender = senderOf(r.ex, r.agent)
	}
	return mix(r.sender^uint64(kind), text) | 1
}

// senderOf is a hash of who sent an exchange.
func senderOf(ex *wire.Exchange, agent string) uint64 {
	source := noSource
	if ex.Source != "" {
		source = maphash.String(seed, ex.Source)
	}
	return mix(mix(ex.KeyID, source), maphash.String(seed, agent)) | 1
}

// noSource is the hash of a client's Source.
var noSource = maphash.String(seed, "")

// mix makes one number of two, by FNV's prime.
func mix(a, b uint64) uint64 {
	const prime = 1099511628211
	return (bits.RotateLeft64(a*prime, 31) ^ b) * prime
}

// lastQuoted is the last text in double quotes, as a filter ends with it.
func lastQuoted(s string) string {
	end := strings.LastIndexByte(s, '"')
	if end < 0 {
		return ""
	}
	return s[strings.LastIndexByte(s[:end], '"')+1 : end]
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return true
}
