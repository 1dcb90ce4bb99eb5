package store

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What of a Salvage's documents is to be saved. Where nothing was lost they are
// right as they are. Where a newer version may have been lost, the index that
// names each resource once tells: it is written together with the document, and
// stands elsewhere in the files.

// readCatalog finds the kinds by their numbers.
func (s *Salvage) readCatalog() {
	for name, k := range builtIn {
		s.names[k.code] = name
	}
	for key := range s.latest {
		if key[0] != spaceCatalog || strings.Contains(key, "\x00") {
			continue
		}
		if v, ok := s.value(key); ok && len(v) == 1 {
			s.names[v[0]] = key[1:]
		}
	}
	table := &numbers{types: map[string]byte{}, indexes: map[string]indexRow{}}
	for code, name := range s.names {
		if code >= firstCode {
			table.types[name] = code
		}
	}
	for _, t := range s.catalog.Types {
		if k, _, err := table.kindOf(t); err == nil {
			s.kinds[k.code] = k
		}
	}
	for key := range s.latest {
		if key[0] != spaceUnique && key[0] != spaceIndex {
			continue
		}
		v, ok := s.value(key)
		seq := wholeOf(key, v)
		if have := s.byWhole[seq]; ok && seq != 0 && s.latest[key].version > have.version {
			s.byWhole[seq] = wholeEntry{key, s.latest[key].version}
		}
	}
}

// wholeOf reads the sequence that an entry names; 0: none.
func wholeOf(key string, value []byte) (seq uint64) {
	switch {
	case key[0] == spaceUnique:
		seq, _ = lastUint64(value)
	case len(key) >= 3+1+8:
		seq, _ = lastUint64([]byte(key))
	}
	return seq
}

// judge decides about each document, first those that are sure.
func (s *Salvage) judge() {
	var unsure []savedDoc
	for _, key := range slices.Sorted(maps.Keys(s.latest)) {
		if key[0] != spaceDoc || len(key) != 10 || s.latest[key].deleted {
			continue
		}
		doc, ok := s.value(key)
		k := s.kinds[key[1]]
		switch {
		case !ok:
			s.senseless++
		case k == nil:
			s.foreign++
			s.save(savedDoc{key: key, is: LostResource{Type: s.typeOf(key)}})
		default:
			d, ok := s.understand(key, k, doc)
			switch {
			case !ok:
				s.senseless++
			case !s.mayBeLost(key):
				s.save(d)
			case s.confirmed(d):
				s.Later++
				s.save(d)
			default:
				unsure = append(unsure, d)
			}
		}
	}
	for _, d := range unsure {
		s.judgeUnsure(d)
	}
	slices.SortFunc(s.docs, func(a, b savedDoc) int { return strings.Compare(a.key, b.key) })
	s.findLost()
	s.countOthers()
	if s.senseless > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%d documents make no sense and are left out", s.senseless))
	}
	if s.foreign > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%d resources are of types that the settings do not have", s.foreign))
	}
}

func (s *Salvage) typeOf(key string) string {
	if name := s.names[key[1]]; name != "" {
		return name
	}
	return fmt.Sprintf("type %d", key[1])
}

// understand reads a document. ok is false when it is not what its key says.
func (s *Salvage) understand(key string, k *kind, doc []byte) (d savedDoc, ok bool) {
	id, draft, _, err := k.t.ReadDoc(doc)
	if err != nil {
		return d, false
	}
	list, err := k.entries(draft)
	seq, isID := idSeq(id)
	d = savedDoc{key: key, seq: binary.BigEndian.Uint64([]byte(key[2:])), k: k, is: LostResource{Type: k.t.Name, ID: id}}
	if err != nil || !isID || seq != d.seq {
		return d, false
	}
	for _, e := range list {
		if e.index.whole {
			d.is.Name, d.whole = e.value, string(k.entryKey(e.index, e.value, seq))
		}
	}
	return d, true
}

// confirmed reports whether the index has the document under its name.
func (s *Salvage) confirmed(d savedDoc) bool {
	v, ok := s.value(d.whole)
	if !ok {
		return false
	}
	return wholeOf(d.whole, v) == d.seq
}

// judgeUnsure decides about a document of which a newer version may have been lost.
func (s *Salvage) judgeUnsure(d savedDoc) {
	mine := s.latest[d.key].version
	entry, known := s.latest[d.whole]
	now, moved := s.byWhole[d.seq]
	switch {
	case moved && now.version > mine:
		s.Old = append(s.Old, d.is)
	case known && entry.version > mine, !known && !s.mayBeLost(d.whole):
		s.Gone++ // the name was given up, and no other was taken
		return
	default:
		s.Unsure = append(s.Unsure, d.is)
	}
	if d.whole[0] == spaceUnique && s.taken[d.whole] {
		s.Notes = append(s.Notes, fmt.Sprintf("%s %s is left out: its name is that of another now", d.is.Type, d.is.ID))
		return
	}
	s.save(d)
}

func (s *Salvage) save(d savedDoc) {
	s.docs = append(s.docs, d)
	s.Saved[d.is.Type]++
	s.alive[binary.BigEndian.Uint64([]byte(d.key[2:]))] = true
	if d.whole != "" && d.whole[0] == spaceUnique {
		s.taken[d.whole] = true
	}
}

// findLost finds the resources that only an index knows.
func (s *Salvage) findLost() {
	for _, seq := range slices.Sorted(maps.Keys(s.byWhole)) {
		e := s.byWhole[seq]
		doc, ok := s.latest[string(docKey(e.key[1], seq))]
		if s.alive[seq] || ok && doc.deleted && doc.version >= e.version {
			continue
		}
		name := e.key[3:]
		if e.key[0] == spaceIndex {
			name = name[:len(name)-9]
		}
		s.Lost = append(s.Lost, LostResource{Type: s.typeOf(e.key), Name: name})
	}
}

// countOthers counts what is no resource.
func (s *Salvage) countOthers() {
	oldest, lost := uint64(0), 0
	if v, ok := s.value(string(keyLogState)); ok {
		oldest, _ = lastUint64(v)
	}
	for key, v := range s.latest {
		switch {
		case v.deleted:
		case key[0] == spaceKey:
			s.Keys++
		case key[0] == spaceChunk && len(key) == 9:
			rows, _, err := s.chunk(key)
			first, _ := lastUint64([]byte(key))
			h, _, errHead := readHead(first, string(rows))
			switch {
			case errHead != nil || first < oldest:
			case err != nil:
				lost += h.count
			default:
				s.Log += h.count
			}
		}
	}
	if lost > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%d logged requests are lost: the log's files with their headers and bodies cannot be read", lost))
	}
}
