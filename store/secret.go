package store

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"math/big"
	"strings"
)

// A key's secret is secretPrefix, 32 random bytes in base62 (43 digits) and the
// CRC-32 of all that in base62 (6 digits). The fixed prefix lets secret
// scanners know it, the checksum tells a mistyped secret from a foreign one.
// Of a secret only its SHA-256 is stored: with 256 random bits there is nothing
// that a slow hash would protect.
const (
	secretPrefix = "scimdeck_"
	secretDigits = 43
	sumDigits    = 6
	secretLen    = len(secretPrefix) + secretDigits + sumDigits
	shownLen     = len(secretPrefix) + 4 // what Key.Prefix shows
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newSecret makes a secret.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	n := new(big.Int).SetBytes(b[:])
	return secretOf(n)
}

// secretOf writes a number below 2^256 as a secret.
func secretOf(n *big.Int) string {
	var digits [secretDigits]byte
	n, radix, rest := new(big.Int).Set(n), big.NewInt(62), new(big.Int)
	for i := len(digits) - 1; i >= 0; i-- {
		n.DivMod(n, radix, rest)
		digits[i] = base62[rest.Int64()]
	}
	s := secretPrefix + string(digits[:])
	return s + checksum(s)
}

func checksum(s string) string {
	sum := crc32.ChecksumIEEE([]byte(s))
	var digits [sumDigits]byte
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// CheckSecret reports whether s has the form of a secret and its checksum is
// right. An unknown secret that fails it was cut or mistyped; one that passes
// it was made by another store or for a key that is gone.
func CheckSecret(s string) bool {
	if len(s) != secretLen || !strings.HasPrefix(s, secretPrefix) {
		return false
	}
	body := s[:secretLen-sumDigits]
	return s[secretLen-sumDigits:] == checksum(body)
}

// hashSecret is the SHA-256 of a secret, made without allocating. ok is false
// for what is too long to be one.
func hashSecret(s string) (sum [sha256.Size]byte, ok bool) {
	var b [secretLen]byte
	if len(s) != secretLen {
		return sum, false
	}
	copy(b[:], s)
	return sha256.Sum256(b[:]), true
}
