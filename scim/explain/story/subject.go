package story

import (
	"strings"

	"scimdeck/scim"
)

// What a request is about is kept as hashes: small, of one size, and without a
// name in them.

// about adds a subject, if there is room for it.
func (r *reading) about(kind byte, text string) {
	if text == "" || r.n == len(r.s.subjects) {
		return
	}
	h := hashFolded((r.sender^uint64(kind))*prime, text)
	for _, have := range r.s.subjects[:r.n] {
		if have == h {
			return
		}
	}
	r.s.subjects[r.n] = h
	r.n++
}

// The beginning of FNV-1a. What is hashed comes from clients: at worst one of
// them has its own requests told wrong.
const (
	seed  uint64 = 14695981039346656037
	prime uint64 = 1099511628211
)

func hashText(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return (h ^ 0xff) * prime
}

// hashFolded hashes a text as it is without case.
func hashFolded(h uint64, s string) uint64 {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return hashText(h, scim.Fold(s))
		}
	}
	return hashText(h, s)
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
