package store

import (
	"encoding/binary"
	"fmt"
	"os"
)

// scanTable finds the blocks of a table without its index.
func (s *Salvage) scanTable(t *sstable, file *SalvagedFile) error {
	data, err := os.ReadFile(t.file.Name())
	if err != nil {
		return err
	}
	t.data, t.size = data, int64(len(data))
	defer func() { t.data = nil }()
	last, end := "", 0 // of the blocks so far
	for at := 0; at < len(data); {
		n := rawBlockLen(data[at:])
		if n == 0 {
			n = blockLen(data[at:])
		}
		b, err := block{}, errBlock
		if n > 0 {
			b, err = readBlockOf(data[at:at+n], nil)
		}
		if err != nil {
			at++
			continue
		}
		before, first := last, ""
		err = b.each(func(r record) {
			if first == "" {
				first = string(r.key)
			}
			last = string(r.key)
		})
		if at > end {
			s.lose(before, first+"\x00")
		}
		if err == nil {
			err = s.take(b, int64(at), int64(n))
		}
		if err != nil {
			file.Faults = append(file.Faults, fmt.Sprintf("block at %d: %v", at, err))
			s.lose(first, last+"\x00")
		}
		file.Parts++
		at += n
		end = at
	}
	if t.indexAt == 0 || int64(end) != t.indexAt {
		file.Faults = append(file.Faults, fmt.Sprintf("what follows %d cannot be read", end))
		s.lose(last, "")
	}
	return nil
}

// longestKey is the longest key of a database with the version behind it, about.
const longestKey = 3 + longValue + 32 + 1 + 8 + 8 + 64

// rawBlockLen is how long the block is that begins with data and is not compressed, 0
// if none does: it ends with the checksum of all of it before, and that one's length.
func rawBlockLen(data []byte) int {
	const least, most = 2, 6 // of a checksum
	// It begins with the lengths of its first key: of what that has in common with the one
	// before, which is nothing, and of the rest. Few places look like that.
	if len(data) < 4 || data[0]|data[1] != 0 {
		return 0
	}
	if n := int(binary.NativeEndian.Uint16(data[2:])); n < 9 || n > longestKey {
		return 0
	}
	for at := 4 + least; at+4 <= min(len(data), blockLimit); at++ {
		n := int(data[at+3])
		if data[at]|data[at+1]|data[at+2] != 0 || n < least || n > most || at < n || data[at-n] != 2<<3 {
			continue
		}
		if checkSum(data[:at-n], data[at-n:at]) == nil {
			return at + 4
		}
	}
	return 0
}

// blockLen is how long the compressed block is that begins with data, 0 if none does.
func blockLen(data []byte) int {
	left, at := 0, 0
	for shift := 0; ; shift += 7 {
		if at == len(data) || shift > 28 {
			return 0
		}
		left |= int(data[at]&0x7f) << shift
		at++
		if data[at-1] < 0x80 {
			break
		}
	}
	if left < 8 || left > blockLimit {
		return 0
	}
	for left > 0 { // Snappy's tags: literals and three kinds of copies
		if at+5 > len(data) {
			return 0
		}
		tag := int(data[at])
		n, extra := tag>>2+1, 0
		switch tag & 3 {
		case 0:
			if n > 60 {
				extra = n - 60
				n = 0
				for i := range extra {
					n |= int(data[at+1+i]) << (8 * i)
				}
				n++
			}
			extra += n
		case 1:
			n, extra = tag>>2&7+4, 1
		case 2:
			extra = 2
		case 3:
			extra = 4
		}
		at += 1 + extra
		left -= n
	}
	if left < 0 || at > len(data) {
		return 0
	}
	return at
}
