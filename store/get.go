package store

import (
	"scimdeck/scim"
)

// Get appends the stored doc of a resource to dst, with the members of a Group
// and the groups of a User. ok is false when there is none.
func (s *Store) Get(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error) {
	return s.get(t, dst, id, false)
}

// GetBare is Get without a Group's members and a User's groups: nothing of
// them is read.
func (s *Store) GetBare(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error) {
	return s.get(t, dst, id, true)
}

func (s *Store) get(t *scim.ResourceType, dst []byte, id string, bare bool) (doc []byte, ok bool, err error) {
	k, err := s.kind(t)
	if err != nil {
		return dst, false, err
	}
	seq, ok := idSeq(id)
	if !ok {
		return dst, false, nil
	}
	doc, ok = dst, false
	key := k.docKey(seq)
	err = s.reading(func() error {
		// Whether the user is in groups is asked after the doc was read: who is in none
		// then was in none of that moment either.
		if v, kept := s.recent.get(key); kept && (bare || k.plain(s, seq)) {
			if ok = string(scim.DocID(v)) == id; ok {
				doc = append(dst, v...)
			}
			return nil
		}
		if doc, ok, err = s.getPlaced(k, dst, key, id, bare); ok || err != nil {
			return err
		}
		n := s.snapshot()
		defer n.release()
		r := s.newRenderer(n.txn)
		r.n = n
		defer r.close()
		_, err := r.value(key, func(v []byte) (err error) {
			if ok = string(scim.DocID(v)) == id; !ok {
				return nil
			}
			if bare {
				doc = append(dst, v...)
				return nil
			}
			doc, err = r.append(dst, k, seq, v)
			return err
		})
		return err
	})
	return doc, ok && err == nil, badgerError("reading a resource", err)
}

// getPlaced is get of a resource whose document is the whole of it, and whose place is
// in memory. ok is false when it is not so.
func (s *Store) getPlaced(k *kind, dst, key []byte, id string, bare bool) (doc []byte, ok bool, err error) {
	seq, _ := lastUint64(key)
	if !bare && !k.plain(s, seq) {
		return dst, false, nil
	}
	defer s.pins.take().release() // before the place is known
	at, ok := s.places.get(key)
	if !ok {
		return dst, false, nil
	}
	r := s.docs.reader()
	defer r.close()
	v, err := r.read(key, at)
	if err != nil || string(scim.DocID(v)) != id || !bare && !k.plain(s, seq) {
		return dst, false, err
	}
	return append(dst, v...), true, nil
}

// Complete appends to dst a bare doc, such as a Change has, with its members or
// groups as they are now. If the resource has changed since, it is the present
// one that is appended, so that version and members belong together; if it is
// gone, the doc as it is.
func (s *Store) Complete(t *scim.ResourceType, dst, doc []byte) ([]byte, error) {
	k, err := s.kind(t)
	if err != nil {
		return dst, err
	}
	id := string(scim.DocID(doc))
	seq, ok := idSeq(id)
	if !ok || k.plain(s, seq) {
		return append(dst, doc...), nil
	}
	whole, ok, err := s.get(t, dst, id, false)
	if !ok && err == nil {
		whole = append(dst, doc...)
	}
	return whole, err
}
