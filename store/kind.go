package store

import (
	"bytes"
	"fmt"
	"slices"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// kind is what the store knows of a resource type: its number in keys and its
// indexes. Numbers are never used again for something else.
type kind struct {
	t       *scim.ResourceType
	code    byte
	indexes []index
	rank    *rank // under Store.mu

	// aside is the attribute that is not in the documents: the members of a
	// Group, the groups of a User if there are Groups, else "".
	aside string
}

// index is one index. Its values are those that scim.IndexValues gives under
// its path, so the store does not know how they are compared.
type index struct {
	path   string
	code   byte
	unique bool
	// whole: each resource has exactly one entry, so that the living sequences
	// can be read from this index. Each kind has one such index, its first.
	whole bool
	// besides: a value that is also the resource's in the whole index, which is unique,
	// has no entry here. An identity provider's users have their e-mail for a name.
	besides bool
}

// The numbers that are fixed. All others are given out by the database's own
// table (spaceCatalog), from firstCode on.
const (
	userCode   = 1
	groupCode  = 2
	firstCode  = 16
	livingCode = 0 // of the index whose entries have no value: see kindOf
)

// builtIn is every kind with fixed numbers, and every such index.
var builtIn = map[string]kind{
	"User": {code: userCode, indexes: []index{
		{path: "userName", code: 1, unique: true, whole: true},
		{path: "externalId", code: 2},
		{path: "emails.value", code: 3, besides: true},
	}},
	"Group": {code: groupCode, indexes: []index{
		{path: "displayName", code: 1, whole: true},
		{path: "externalId", code: 2},
		// 3 was members.value, in format 1
	}},
}

// numbers is the database's table of the types and indexes that are not built in.
type numbers struct {
	types   map[string]byte
	indexes map[string]indexRow // by name 0 u|x path
}

type indexRow struct {
	code     byte
	complete bool // its entries are those of the documents
}

func loadNumbers(txn *badger.Txn) (*numbers, error) {
	n := &numbers{types: map[string]byte{}, indexes: map[string]indexRow{}}
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceCatalog}})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		key, err := string(it.Item().Key()[1:]), error(nil)
		_, _, isIndex := bytes.Cut([]byte(key), []byte{0})
		err = it.Item().Value(func(v []byte) error {
			switch {
			case isIndex && len(v) == 2:
				n.indexes[key] = indexRow{v[0], v[1] == 1}
			case !isIndex && len(v) == 1:
				n.types[key] = v[0]
			default:
				return fmt.Errorf("the number of %q is %x", key, v)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return n, nil
}

// typeCode gives a type its number.
func (n *numbers) typeCode(name string) (byte, error) {
	if k, ok := builtIn[name]; ok {
		return k.code, nil
	}
	code, ok := n.types[name]
	if ok {
		return code, nil
	}
	code = firstCode - 1
	for _, c := range n.types {
		code = max(code, c)
	}
	if code == 0xff {
		return 0, fmt.Errorf("store: all numbers for resource types are used up, %q gets none", name)
	}
	n.types[name] = code + 1
	return code + 1, nil
}

func indexName(typ, path string, unique bool) string {
	space := "x"
	if unique {
		space = "u"
	}
	return typ + "\x00" + space + path
}

// index gives an index of a type its number; complete is false for a new one.
func (n *numbers) index(typ string, x scim.Index) (row indexRow, err error) {
	if i := slices.IndexFunc(builtIn[typ].indexes, func(b index) bool { return b.path == x.Path && b.unique == x.Unique }); i >= 0 {
		return indexRow{builtIn[typ].indexes[i].code, true}, nil
	}
	name := indexName(typ, x.Path, x.Unique)
	if row, ok := n.indexes[name]; ok {
		return row, nil
	}
	row.code = firstCode - 1
	for other, r := range n.indexes {
		if have, _, _ := bytes.Cut([]byte(other), []byte{0}); string(have) == typ {
			row.code = max(row.code, r.code)
		}
	}
	if row.code == 0xff {
		return row, fmt.Errorf("store: all numbers for indexes of %q are used up, %s gets none", typ, x.Path)
	}
	row.code++
	n.indexes[name] = row
	return row, nil
}

// kindOf makes the kind of a type. One that is not built in has no attribute
// that each resource has once, so its first index has an empty value for each.
func (n *numbers) kindOf(t *scim.ResourceType) (k *kind, incomplete []*index, err error) {
	k = &kind{t: t, rank: new(rank)}
	if k.code, err = n.typeCode(t.Name); err != nil {
		return nil, nil, err
	}
	if k.code >= firstCode {
		k.indexes = append(k.indexes, index{code: livingCode, whole: true})
	}
	var missing []int
	for _, x := range t.Indexes() {
		if k.code == groupCode && x.Path == "members.value" {
			continue // answered from the memberships
		}
		row, err := n.index(t.Name, x)
		if err != nil {
			return nil, nil, err
		}
		if !row.complete {
			missing = append(missing, len(k.indexes))
		}
		whole := k.code < firstCode && len(k.indexes) == 0
		fixed := slices.ContainsFunc(builtIn[t.Name].indexes, func(b index) bool { return b.besides && b.code == row.code })
		k.indexes = append(k.indexes, index{path: x.Path, code: row.code, unique: x.Unique, whole: whole, besides: fixed})
	}
	for _, i := range missing {
		incomplete = append(incomplete, &k.indexes[i])
	}
	return k, incomplete, nil
}

func (s *Store) kind(t *scim.ResourceType) (*kind, error) {
	if k := s.kinds[t.Name]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("store: the resource type %q is not in the catalog it was opened with", t.Name)
}
