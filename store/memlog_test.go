package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strconv"
	"testing"
)

// memLogOf makes a memtable's log of transactions, and returns where the entries begin.
func memLogOf(rnd *rand.Rand, transactions int) (data []byte, starts []int) {
	data = make([]byte, memHead, memFull)
	entry := func(meta byte, key, value []byte) {
		starts = append(starts, len(data))
		from := len(data)
		data = append(data, meta, 0)
		data = binary.AppendUvarint(data, uint64(len(key)))
		data = binary.AppendUvarint(data, uint64(len(value)))
		data = append(append(append(data, 0), key...), value...)
		data = binary.BigEndian.AppendUint32(data, crc32.Checksum(data[from:], castagnoli))
	}
	for version := uint64(1); version <= uint64(transactions); version++ {
		for range 1 + rnd.IntN(3) {
			key := binary.BigEndian.AppendUint64(fmt.Appendf(nil, "d%d", rnd.IntN(1000)), ^version)
			entry(metaTxn, key, []byte(titleOf(rnd, rnd.IntN(2000))))
		}
		entry(metaFin, binary.BigEndian.AppendUint64([]byte("!badger!txn"), ^version), strconv.AppendUint(nil, version, 10))
	}
	return data[:len(data):len(data)], append(starts, len(data))
}

// A log whose writing was stopped at any point is no damaged one, whichever part
// of the last entry was copied first; nor is one of which a page never came to the
// disk. Everything before is read.
func TestStoppedLogs(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := range rounds(90, 400) {
		data, starts := memLogOf(rnd, 1+rnd.IntN(12))
		i := rnd.IntN(len(starts) - 1)
		at, end := starts[i], starts[i+1]
		log := make([]byte, memFull)
		copy(log, data[:at])
		lead := min(at+copyAlign-at%copyAlign, end)
		to := at + rnd.IntN(end-at-8) // memory is copied by eight bytes or more
		what := n % 3
		switch what {
		case 0: // from its beginning to somewhere
			copy(log[at:], data[at:to])
		case 1: // all but its beginning, which comes last, to somewhere
			copy(log[lead:], data[lead:max(lead, to)])
		case 2: // everything, but for a page that was lost
			copy(log, data)
			page := at / 4096 * 4096
			clear(log[max(page, memHead):min(page+4096, len(log))])
		}
		before := uint64(0)
		m := readMem(log, func(r record) { before = max(before, r.version) })
		if len(m.faults) > 0 {
			t.Fatalf("case %d, %d: entry %d at %d of %d bytes, to %d: %v", what, n, i, at, end-at, to-at, m.faults)
		}
		if what < 2 {
			want := uint64(0)
			readMem(append(data[:at:at], make([]byte, memFull-at)...), func(r record) { want = max(want, r.version) })
			if before < want {
				t.Fatalf("case %d: read up to %d, want %d", what, before, want)
			}
		}
	}
}

// A flipped bit in a log is found, wherever it is, and nothing else is lost.
func TestFlippedBitInLog(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range rounds(60, 300) {
		data, _ := memLogOf(rnd, 2+rnd.IntN(12))
		log := make([]byte, memFull)
		copy(log, data)
		whole := map[string]bool{}
		readMem(log, func(r record) { whole[fmt.Sprint(string(r.key), r.version, string(r.value))] = true })
		bit := 8*memHead + rnd.IntN(8*(len(data)-memHead))
		log[bit/8] ^= 1 << (bit % 8)
		read := map[string]bool{}
		m := readMem(log, func(r record) { read[fmt.Sprint(string(r.key), r.version, string(r.value))] = true })
		for r := range read {
			if !whole[r] {
				t.Fatalf("bit %d of byte %d: %.80q was never written", bit%8, bit/8, r)
			}
		}
		if len(m.faults) == 0 || len(read) < len(whole)-1 {
			t.Fatalf("bit %d of byte %d of %d: %v, %d of %d entries read", bit%8, bit/8, len(data), m.faults, len(read), len(whole))
		}
	}
}

// Short entries are copied in pieces of 16 bytes from both ends, so a kill may leave all
// but a part of the checksum.
func TestStoppedShortEntries(t *testing.T) {
	for size := range 120 {
		data, starts := make([]byte, memHead, memFull), []int(nil)
		for version := uint64(1); version <= 2; version++ {
			starts = append(starts, len(data))
			from := len(data)
			data = append(data, 0, 0, 10)
			data = append(data, byte(size), 0)
			data = binary.BigEndian.AppendUint64(append(data, "dd"...), ^version)
			for i := range size {
				data = append(data, byte(i+1))
			}
			data = binary.BigEndian.AppendUint32(data, crc32.Checksum(data[from:], castagnoli))
		}
		at, n := starts[1], len(data)-starts[1]
		for piece := 16; piece < n; piece += 16 {
			for _, have := range []int{piece, n - piece} {
				log := make([]byte, memFull)
				copy(log, data[:at+have])
				read := 0
				if m := readMem(log, func(record) { read++ }); len(m.faults) > 0 || read != 1 {
					t.Errorf("%d bytes of an entry of %d: %d entries are read, %v", have, n, read, m.faults)
				}
			}
		}
	}
}
