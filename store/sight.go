package store

import (
	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// sight is how much of a doc a filter or sort has to see. Few ask about
// members or groups, and of those that do most ask for certain ones: then
// Match is shown these alone, and not 50,000.
type sight struct {
	whole bool
	these []string // ids, folded, when not whole; nil: the bare doc is enough
}

// sightOf tells what a part's filter and sort look at.
func sightOf(k *kind, f *scim.Filter, by *scim.Sort) sight {
	if k.aside == "" {
		return sight{}
	}
	if by != nil && pathIn(by.String(), k.aside) {
		return sight{whole: true}
	}
	if f == nil || !f.Touches(k.aside) {
		return sight{}
	}
	ids, certain := certainIDs(f.Expr(), k.aside, nil)
	if !certain {
		return sight{whole: true}
	}
	return sight{these: ids}
}

// pathIn reports whether a canonical path leads to a core attribute or into it.
func pathIn(path, attr string) bool {
	if len(path) < len(attr) || path[:len(attr)] != attr {
		return false
	}
	return len(path) == len(attr) || path[len(attr)] == '.' || path[len(attr)] == ' '
}

// certainIDs collects the values that a filter asks for. certain is false if
// other values of the attribute can decide whether it matches: only conjuncts
// that equal value with a literal are certain.
func certainIDs(e scim.Expr, attr string, ids []string) (_ []string, certain bool) {
	is := func(p scim.Path) bool { return p.URN == "" && p.Attr == attr }
	switch e := e.(type) {
	case *scim.And:
		for _, term := range e.Terms {
			if ids, certain = certainIDs(term, attr, ids); !certain {
				return nil, false
			}
		}
		return ids, true
	case *scim.Compare:
		if !is(e.Path) {
			return ids, true
		}
		if e.Path.Sub == "value" && e.Op == scim.Eq && e.Value.Kind() == scim.String {
			return append(ids, scim.Fold(e.Value.Text())), true
		}
		return nil, false
	case *scim.Has:
		if !is(e.Path) {
			return ids, true
		}
		id, ok := equalValue(e.Filter)
		return append(ids, id), ok
	case *scim.Present:
		return ids, !is(e.Path)
	case *scim.Or:
		return ids, !mentions(e.Terms, attr)
	case *scim.Not:
		return ids, !mentions([]scim.Expr{e.X}, attr)
	}
	return nil, false
}

// equalValue finds the conjunct of a value path that says which value it is.
func equalValue(e scim.Expr) (id string, ok bool) {
	switch e := e.(type) {
	case *scim.And:
		for _, term := range e.Terms {
			if id, ok = equalValue(term); ok {
				return id, true
			}
		}
	case *scim.Compare:
		if e.Path.Attr == "value" && e.Op == scim.Eq && e.Value.Kind() == scim.String {
			return scim.Fold(e.Value.Text()), true
		}
	}
	return "", false
}

func mentions(list []scim.Expr, attr string) bool {
	for _, e := range list {
		// Whatever a term asks, without the attribute it has nothing but certain answers.
		if ids, certain := certainIDs(e, attr, nil); !certain || len(ids) > 0 {
			return true
		}
	}
	return false
}

// find looks up the values of these; what nobody has nobody can have as a member.
func (r *renderer) find(k *kind, these []string) (list []reference, err error) {
	kinds, as := r.s.memberKinds(), ""
	if k.aside == "groups" {
		kinds, as = []*kind{r.s.kinds["Group"]}, "direct"
	}
	for _, id := range these {
		seq, ok := idSeq(id)
		for _, other := range kinds {
			if !ok {
				break
			}
			item, err := r.txn.Get(other.docKey(seq))
			if err == badger.ErrKeyNotFound {
				continue
			}
			if err == nil {
				err = r.ref(item, func(doc []byte) error {
					if string(scim.DocID(doc)) == id {
						list = append(list, reference{seq: seq, element: other.t.AppendReferenceTo(nil, doc, as)})
					}
					return nil
				})
			}
			if err != nil {
				return nil, badgerError("reading a member", err)
			}
		}
	}
	return list, nil
}

// appendShown appends a doc with those of the list that belong to it.
func (r *renderer) appendShown(dst []byte, k *kind, seq uint64, doc []byte, list []reference) ([]byte, error) {
	r.list = append(r.list[:0], '[')
	for i := range list {
		var in bool
		var err error
		if k.aside == "groups" {
			in, err = list[i].has(r.txn, seq)
		} else {
			in, err = isMember(r.txn, seq, list[i].seq)
		}
		if err != nil {
			return dst, badgerError("reading members", err)
		}
		if in {
			r.list = append(append(r.list, list[i].element...), ',')
		}
	}
	return r.insert(dst, k, doc), nil
}
