package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// The documents' files as a source of their own. Where a table or a log is damaged, the
// places of documents are lost and the documents are not; and of a document that is
// damaged there may be an older record.

// readDocFiles holds the places against the files, and looks there for what is missing.
func (s *Salvage) readDocFiles() error {
	files := map[uint64]*SalvagedFile{}
	numbers, _ := s.docFiles.list()
	for _, number := range numbers {
		files[number] = &SalvagedFile{Name: docFileName(number)}
	}
	wanted := map[string]bool{} // documents that cannot be read
	for key := range s.latest {
		if key[0] != spaceDoc {
			continue
		}
		value, ok := s.stored(key)
		p, placed, err := docPlaceOf(value)
		if !ok || !placed && err == nil {
			continue
		}
		f := files[p.file]
		if f == nil {
			f = &SalvagedFile{Name: docFileName(p.file)}
			files[p.file] = f
			f.Faults = append(f.Faults, "it is missing")
		}
		if _, ok := s.value(key); ok {
			f.Parts++
			continue
		}
		wanted[key] = true
		s.badDocs[p.file] = true
		f.Faults = append(f.Faults, fmt.Sprintf("the document at %d cannot be read", p.offset))
	}
	if len(wanted)+len(s.lost) > 0 {
		if err := s.findRecords(numbers, wanted); err != nil {
			return err
		}
	}
	for _, number := range slices.Sorted(maps.Keys(files)) {
		const few = 20
		f := files[number]
		if slices.Sort(f.Faults); len(f.Faults) > few {
			f.Faults = append(f.Faults[:few:few], fmt.Sprintf("and %d more", len(f.Faults)-few))
		}
		s.Files = append(s.Files, *f)
	}
	return nil
}

// findRecords looks for the newest records of the documents that are wanted, and of
// those whose places may be among what was lost.
func (s *Salvage) findRecords(numbers []uint64, wanted map[string]bool) error {
	found := map[string]docPlace{}
	for _, number := range numbers {
		end := s.docFiles.sizeOf(number)
		for at := int64(len(docFileHead)); at < end; {
			err := s.docFiles.eachRecordFrom(number, at, end, func(key [10]byte, _ []byte, p docPlace) error {
				at = p.end()
				if name := string(key[:]); wanted[name] || s.mayBeLost(name) {
					found[name] = p // the files are in the order of writing
				}
				return nil
			})
			if err == nil {
				break
			}
			if !errors.Is(err, errDocFile) {
				return err
			}
			if at = s.docFiles.nextRecord(number, at+1, end); at == 0 {
				break
			}
		}
	}
	for key, p := range found {
		have, known := s.latest[key]
		switch {
		case wanted[key]:
			s.lose(key, key+"\x00") // it is older than what was answered
		case known && have.deleted:
			continue
		case known:
			value, _ := s.stored(key)
			if at, placed, err := docPlaceOf(value); err == nil && placed && !at.before(p.file, p.offset) {
				continue
			}
		}
		s.latest[key] = slot{version: have.version, value: p.append(nil)}
	}
	return nil
}
