package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
)

// Badger's log of a memtable (.mem), read without Badger, which takes whatever
// it cannot read for the end of what was written, and cuts it off. After a kill or
// a power cut that is right; after a flipped bit it would lose what was answered.
//
//	uint64 key id (0) · 12 bytes · entry … entry · zeros
//	entry: meta(1) · user meta(1) · uvarint key's length, value's length, expiry · key · value · CRC-32C
//
// The entries of a transaction have metaTxn and are followed by one with metaFin.
const (
	memHead   = 20
	memFull   = 2 * memSize // of the file
	maxMemKey = 1 << 16
	sector    = 512 // what a disk writes whole, at least
	copyAlign = 32  // of the pieces in which memory is copied, at most
)

// memEntry is an entry of the log.
type memEntry struct {
	meta       byte
	key, value []byte
	end        int // where the next one begins
}

// readMemEntry reads the entry at a place; ok is false when there is none. want
// is where it should have ended, 0 if not even that can be read.
func readMemEntry(data []byte, at int) (e memEntry, want int, ok bool) {
	rest := data[at:]
	if len(rest) < 2 {
		return e, 0, false
	}
	e.meta = rest[0]
	var n [3]uint64 // lengths, expiry
	i := 2
	for f := range n {
		v, size := binary.Uvarint(rest[i:])
		if size <= 0 {
			return e, 0, false
		}
		n[f] = v
		i += size
	}
	if n[0] > maxMemKey || n[1] > blockLimit {
		return e, 0, false
	}
	body := i + int(n[0]+n[1])
	want = at + body + crc32.Size
	if want > len(data) || n[0] == 0 {
		return e, want, false
	}
	if crc32.Checksum(rest[:body], castagnoli) != binary.BigEndian.Uint32(rest[body:]) {
		return e, want, false
	}
	e.key, e.value, e.end = rest[i:i+int(n[0])], rest[i+int(n[0]):body], want
	return e, want, true
}

// memLog is a memtable's log as it was read.
type memLog struct {
	lowest, highest uint64   // versions of complete transactions; 0: none
	faults          []string // where it is damaged, not only unfinished
}

// readMem calls f with each entry of each complete transaction. It goes on
// behind a damaged place, and gives what is left of the transaction there.
func readMem(data []byte, f func(r record)) (m memLog) {
	if len(data) < memHead {
		if !allZero(data) {
			m.faults = append(m.faults, "it is cut off")
		}
		return m
	}
	if binary.BigEndian.Uint64(data) != 0 {
		m.faults = append(m.faults, "its head is damaged")
	}
	var open []record // the transaction that is being read
	hurt := false     // something of it is damaged
	whole := memHead  // where the last one ends
	for at := memHead; ; {
		e, want, ok := readMemEntry(data, at)
		if !ok {
			next, fault := resume(data, at, want)
			if fault {
				m.faults = append(m.faults, fmt.Sprintf("the entry at %d is damaged", at))
				hurt = true
			}
			if next == 0 {
				break
			}
			at = next
			continue
		}
		at = e.end
		switch {
		case e.meta&metaFin != 0:
			version, err := strconv.ParseUint(string(e.value), 10, 64)
			if !hurt && (err != nil || len(open) > 0 && version != open[0].version) {
				m.faults = append(m.faults, fmt.Sprintf("the transaction that ends at %d is not whole", at))
			}
			m.give(open, f)
			open, hurt, whole = open[:0], false, at
			continue
		case len(e.key) < 9:
			m.faults = append(m.faults, fmt.Sprintf("the entry that ends at %d has no key", at))
			continue
		}
		r := record{key: e.key[:len(e.key)-8], version: keyVersion(e.key), value: e.value, deleted: e.meta&metaDelete != 0}
		if e.meta&metaTxn == 0 {
			m.give([]record{r}, f)
			whole = at
			continue
		}
		if len(open) > 0 && r.version != open[0].version { // its end is missing
			if !hurt {
				m.faults = append(m.faults, fmt.Sprintf("the transaction before %d is not whole", at))
			}
			m.give(open, f)
			open, hurt = open[:0], false
		}
		open = append(open, r)
	}
	if len(data) < memFull && len(data) != whole { // Badger cuts it there, if at all
		m.faults = append(m.faults, fmt.Sprintf("it is cut off at %d", len(data)))
	}
	if hurt { // its end may be what is damaged, and then it was answered
		m.give(open, f)
	}
	return m
}

func (m *memLog) give(list []record, f func(r record)) {
	for _, r := range list {
		m.highest = max(m.highest, r.version)
		if m.lowest == 0 || r.version < m.lowest {
			m.lowest = r.version
		}
		f(r)
	}
}

// resume looks behind an entry that cannot be read for the next one that can (0:
// there is none), and judges the gap: is it what is left when a writer was stopped
// in the middle, behind which nothing counts, or damage?
func resume(data []byte, bad, want int) (next int, fault bool) {
	used := usedLen(data)
	if used <= bad {
		return 0, false // the end
	}
	end := used
	for at := bad + 1; at+1 < used; at++ {
		if data[at]&(metaTxn|metaFin) == 0 || data[at]&^(metaDelete|metaTxn|metaFin) != 0 || data[at+1] != 0 {
			continue // before the checksum of what may be megabytes
		}
		if _, _, ok := readMemEntry(data, at); ok {
			next, end = at, at
			break
		}
	}
	if hasZeroSector(data, bad, end) {
		return 0, false // a page that never came to the disk
	}
	// Who copies an entry in aligned pieces writes its first bytes and its last ones
	// when the rest is there.
	lead := min(bad+copyAlign-bad%copyAlign, len(data))
	if next == 0 && (want == 0 || used+crc32.Size < want || allZero(data[bad:lead]) || onlySumCut(data, bad, want)) {
		return 0, false // the copying was stopped
	}
	return next, true
}

// onlySumCut reports whether an entry is right as far as it goes, and nothing is missing
// but bytes of its checksum: short ones are copied in pieces of 16 bytes.
func onlySumCut(data []byte, at, want int) bool {
	sumAt := want - crc32.Size
	if sumAt <= at || want > len(data) {
		return false
	}
	sum := binary.BigEndian.AppendUint32(nil, crc32.Checksum(data[at:sumAt], castagnoli))
	have := data[sumAt:want]
	for len(have) > 0 && have[0] == sum[0] {
		have, sum = have[1:], sum[1:]
	}
	return allZero(have)
}

// usedLen is the length of data without the zeros at its end, which are megabytes.
func usedLen(data []byte) int {
	var zeros [4096]byte
	n := len(data)
	for n >= len(zeros) && bytes.Equal(data[n-len(zeros):n], zeros[:]) {
		n -= len(zeros)
	}
	return len(bytes.TrimRight(data[:n], "\x00"))
}

func allZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// hasZeroSector reports whether a sector between two places is empty. No entry
// has so many zeros together at such a place, except by a rare chance.
func hasZeroSector(data []byte, from, to int) bool {
	for at := (from + sector - 1) / sector * sector; at+sector <= to; at += sector {
		if allZero(data[at : at+sector]) {
			return true
		}
	}
	return false
}
