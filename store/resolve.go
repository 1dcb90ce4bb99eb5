package store

import (
	"slices"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// From the members that a client sends, which are ids, to the sequences that
// are stored.

// idOf is the id that a sequence was found by.
func (p *plan) idOf(seq uint64) string {
	for _, id := range p.ids {
		if n, ok := idSeq(id); ok && n == seq {
			return id
		}
	}
	return ""
}

// split takes the members out of a Group's draft.
func split(d scim.Draft) (bare scim.Draft, ids []string, err error) {
	bare, members := takeMembers(d)
	if members.Kind() == scim.Absent {
		return d, nil, nil
	}
	ids = make([]string, members.Len())
	for i := range ids {
		value := members.At(i).Get("value")
		if value.Kind() != scim.String {
			return d, nil, scim.Errorf(400, scim.InvalidValue, "members[%d]: value is missing: want the id of a User or Group", i)
		}
		ids[i] = value.Text()
	}
	return bare, ids, nil
}

// takeMembers takes members apart from all else that a draft has.
func takeMembers(d scim.Draft) (bare scim.Draft, members scim.Value) {
	if members = d.Attributes.Get("members"); members.Kind() == scim.Absent {
		return d, members
	}
	rest := make([]scim.Member, 0, d.Attributes.Len())
	for name, v := range d.Attributes.Members() {
		if name != "members" {
			rest = append(rest, scim.Member{Name: name, Value: v})
		}
	}
	return scim.Draft{Attributes: scim.ObjectOf(rest...)}, members
}

// memberKinds are the kinds whose resources can be members (RFC 7643 §4.2).
func (s *Store) memberKinds() (list []*kind) {
	for _, name := range []string{"User", "Group"} {
		if k := s.kinds[name]; k != nil {
			list = append(list, k)
		}
	}
	return list
}

// wanted is an id that is looked for.
type wanted struct {
	seq uint64
	at  int // its place in the list
}

// resolve finds the sequences of members, ascending. unknown is the place of an
// id that nobody has, -1 if there is none; with skip it is left out instead.
func resolve(txn *badger.Txn, docs *docReader, kinds []*kind, ids []string, skip bool) (seqs []uint64, unknown int, err error) {
	look := make([]wanted, 0, len(ids))
	for i, id := range ids {
		seq, ok := idSeq(id)
		if ok {
			look = append(look, wanted{seq, i})
		} else if !skip {
			return nil, i, nil
		}
	}
	slices.SortFunc(look, func(a, b wanted) int {
		if a.seq != b.seq {
			return compareSeqs(a.seq, b.seq)
		}
		return a.at - b.at
	})
	seqs = make([]uint64, 0, len(look))
	for _, k := range kinds {
		w := newWalk(txn, k.docKey(0)[:2], seqsOf(look))
		rest := look[:0]
		for _, l := range look {
			same := false
			found, err := w.doc(docs, k.docKey(l.seq), func(doc []byte) error {
				same = string(scim.DocID(doc)) == ids[l.at]
				return nil
			})
			switch {
			case err != nil:
				w.close()
				return nil, 0, badgerError("looking for members", err)
			case same:
				seqs = append(seqs, l.seq)
			case !found || !skip:
				rest = append(rest, l)
			}
		}
		w.close()
		look = rest
	}
	if len(look) > 0 && !skip {
		unknown = slices.MinFunc(look, func(a, b wanted) int { return a.at - b.at }).at
		return nil, unknown, nil
	}
	return distinctSeqs(seqs), -1, nil
}

func seqsOf(look []wanted) []uint64 {
	list := make([]uint64, len(look))
	for i := range look {
		list[i] = look[i].seq
	}
	return list
}

func compareSeqs(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func noMember(id string) *scim.Error {
	return scim.Errorf(400, scim.InvalidValue, "members: there is no User or Group with the id %q", cut(id))
}

// resolved is resolve in a snapshot of its own, before the writer's time is
// taken: whoever was created is found, and whether it still lives then the writer knows.
func (s *Store) resolved(ids []string) (p plan, err error) {
	p = plan{all: true, ids: ids}
	if len(ids) == 0 {
		return p, nil
	}
	err = s.view(func(txn *badger.Txn) error {
		docs := s.docs.reader()
		defer docs.close()
		seqs, unknown, err := resolve(txn, docs, s.memberKinds(), ids, false)
		if unknown >= 0 && err == nil {
			return noMember(ids[unknown])
		}
		p.add = seqs
		return err
	})
	return p, err
}

// lives reports whether a resource that a snapshot has shown is still there.
// Of the ranks the writer may read without the lock: nobody else changes them.
func (t *tx) lives(seq uint64) bool {
	if t.batch.gone[seq] {
		return false
	}
	for _, k := range t.s.memberKinds() {
		if k.rank.has(seq) {
			return true
		}
	}
	_, ok, err := t.get(docKey(userCode, seq)) // made in this batch
	if !ok && err == nil {
		_, ok, err = t.get(docKey(groupCode, seq))
	}
	return ok && err == nil
}
