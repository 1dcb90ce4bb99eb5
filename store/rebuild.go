package store

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"
)

// Rebuild writes what was saved into a new data folder, which must be empty or
// not there yet: resources under their ids, memberships, bearer keys, secrets, the
// request log. Indexes are made from the documents.
func (s *Salvage) Rebuild(dir string) (err error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("the folder %s is not empty; name one that does not exist", dir)
	}
	h, err := openHome(dir, "")
	if err != nil {
		return err
	}
	defer h.close()
	messages := slog.New(slog.DiscardHandler)
	db, err := openBadger(h, newDisk(h, messages), nil, messages)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := db.Close(); err == nil {
			err = badgerError("closing the database", cerr)
		}
	}()
	w := &rebuilding{s: s, format: s.format()}
	if w.filling, err = newFilling(db, h); err != nil {
		return err
	}
	defer w.close()
	for _, step := range []func() error{w.documents, w.memberships, w.log, w.rest} {
		if err := step(); err != nil {
			return badgerError("writing", err)
		}
	}
	return badgerError("writing", w.end())
}

// rebuilding is one Rebuild.
type rebuilding struct {
	*filling
	s      *Salvage
	format int
}

// format is that of the store that was saved, as far as it is known.
func (s *Salvage) format() int {
	if v, ok := s.value(string(keyFormat)); ok {
		if n, err := strconv.Atoi(string(v)); err == nil && n >= 1 && n <= formatVersion {
			return n
		}
	}
	return formatVersion
}

func (w *rebuilding) documents() error {
	for _, d := range w.s.docs {
		doc, ok := w.s.value(d.key)
		if !ok {
			return fmt.Errorf("a document can no longer be read: %x", d.key)
		}
		if err := w.doc(w.format, []byte(d.key), doc); err != nil {
			return err
		}
		if d.k == nil {
			living := index{code: livingCode, whole: true}
			foreign := kind{code: d.key[1]}
			if err := w.set(foreign.entryKey(&living, "", binary.BigEndian.Uint64([]byte(d.key[2:]))), nil); err != nil {
				return err
			}
			continue
		}
		_, draft, _, err := d.k.t.ReadDoc(doc)
		if err != nil {
			return err
		}
		list, err := d.k.entries(draft)
		if err != nil {
			return err
		}
		for _, e := range list {
			if e.index.code >= firstCode {
				continue // Open makes it, see rest
			}
			var value []byte
			if e.index.unique {
				value = binary.BigEndian.AppendUint64(nil, d.seq)
			}
			if err := w.set(d.k.entryKey(e.index, e.value, d.seq), value); err != nil {
				return err
			}
		}
	}
	return nil
}

// memberships writes both of their sides from the groups' blocks, and where one
// of those is lost, from the members' rows.
func (w *rebuilding) memberships() error {
	s, members := w.s, map[uint64][]uint64{}
	for key := range s.latest {
		v, ok := s.value(key)
		if !ok || key[0] != spaceMembers || len(key) != 17 {
			continue
		}
		group, n := binary.BigEndian.Uint64([]byte(key[1:])), binary.BigEndian.Uint64([]byte(key[9:]))
		set, err := readBlock(v)
		if err != nil {
			continue
		}
		set.each(func(at uint64) { members[group] = append(members[group], n*blockSize+at) })
	}
	for key := range s.latest {
		v, ok := s.value(key)
		if !ok || key[0] != spaceGroups || len(key) != 9 {
			continue
		}
		member := binary.BigEndian.Uint64([]byte(key[1:]))
		groups, err := readSeqs(v)
		if err != nil {
			continue
		}
		for _, group := range groups {
			block := string(blockKey(group, member/blockSize))
			if _, known := s.latest[block]; !known && s.mayBeLost(block) {
				members[group] = append(members[group], member)
			}
		}
	}
	rows := map[uint64][]uint64{}
	for _, group := range slices.Sorted(maps.Keys(members)) {
		if !s.alive[group] {
			continue
		}
		list := slices.DeleteFunc(distinctSeqs(members[group]), func(m uint64) bool { return !s.alive[m] || m == group })
		for _, p := range planSet(group, list) {
			if err := w.set(p.key, p.value); err != nil {
				return err
			}
		}
		for _, m := range list {
			rows[m] = append(rows[m], group)
		}
	}
	for m, groups := range rows {
		if err := w.set(numbered(spaceGroups, m), appendSeqs(nil, groups)); err != nil {
			return err
		}
	}
	return nil
}

// log writes the chunks that are whole, and what people have put on their entries.
func (w *rebuilding) log() error {
	p := newPacker()
	s := w.s
	s.Log = 0
	remarks := s.remarks()
	for _, key := range slices.Sorted(maps.Keys(s.latest)) {
		if key[0] != spaceChunk || len(key) != 9 {
			continue
		}
		rows, rest, err := s.chunk(key)
		if err != nil {
			continue
		}
		first, _ := lastUint64([]byte(key))
		h, block, err := readHead(first, string(rows))
		if err == nil {
			b := h.rowBlock([]byte(block))
			_, err = p.rows(&b)
		}
		if err == nil {
			_, err = p.rest(rest)
		}
		if err != nil {
			continue
		}
		s.Log += h.count
		if err := w.set([]byte(key), appendValue(nil, rows, rest, restPlace{})); err != nil {
			return err
		}
		for len(remarks) > 0 && remarks[0] <= h.last {
			key := numbered(spaceRemark, remarks[0])
			v, ok := s.value(string(key))
			if ok && remarks[0] >= h.first {
				if err := w.set(key, v); err != nil {
					return err
				}
			}
			remarks = remarks[1:]
		}
	}
	return nil
}

// chunk reads the two parts of a log chunk, as any format has them.
func (s *Salvage) chunk(key string) (rows, rest []byte, err error) {
	first, _ := lastUint64([]byte(key))
	value, ok := s.value(key)
	if !ok {
		return nil, nil, fmt.Errorf("log chunk %d cannot be read", first)
	}
	if rows, ok := s.value(string(spaceRowsTwo) + key[1:]); ok {
		return rows, value, nil
	}
	rows, rest, at, err := cutValue(first, value)
	if err == nil && at.file != 0 {
		rest, err = s.logFiles.read(at)
	}
	return rows, rest, err
}

// remarks lists the entries that people have put something on, the oldest first.
func (s *Salvage) remarks() (numbers []uint64) {
	for key := range s.latest {
		if number, ok := lastUint64([]byte(key)); ok && key[0] == spaceRemark && len(key) == 9 {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// rest writes what is small: the format, sequences, numbers, keys and secrets.
func (w *rebuilding) rest() error {
	s := w.s
	next := uint64(1)
	for seq := range s.alive {
		next = max(next, seq+1)
	}
	for key := range s.latest {
		v, ok := s.value(key)
		if !ok {
			continue
		}
		switch key[0] {
		case spaceSequence:
			if n, ok := lastUint64(v); ok {
				next = max(next, n)
			}
			continue
		case spaceCatalog:
			if len(v) == 2 {
				v = []byte{v[0], 0} // not complete: to be made at the next Open
			}
		case spaceKey, spaceToken, spaceLogState:
		default:
			continue
		}
		if err := w.set([]byte(key), v); err != nil {
			return err
		}
	}
	const gap = 1 << 20 // what was lost may have had higher ones
	if len(s.lost) > 0 {
		next += gap
	}
	if err := w.set(keySequence, binary.BigEndian.AppendUint64(nil, next)); err != nil {
		return err
	}
	return w.set(keyFormat, formatMark(int64(w.format)))
}
