package transfer

import (
	"errors"

	"scimdeck/scim"
	"scimdeck/store"
)

// Who in a file is whom in the store: by the attribute that a type's resources are
// told apart by.

// kind is what an import knows of a resource type.
type kind struct {
	*scim.ResourceType
	refs   []reference
	key    string          // the attribute's path
	unique bool            // the store sees to it that no two have the same
	only   map[string]bool // paths of all that is unique
}

// kindOf takes as the key what is unique (userName), then what resources of the
// type are called by (displayName of a Group, externalId of others).
func kindOf(c *scim.Catalog, t *scim.ResourceType) *kind {
	k := &kind{ResourceType: t, refs: references(c, t), only: map[string]bool{}}
	all := t.Indexes()
	k.key = all[0].Path
	for _, x := range all {
		k.only[x.Path] = x.Unique
		if x.Unique && !k.unique {
			k.key, k.unique = x.Path, true
		}
	}
	return k
}

// key is an item's value of the key, "" if it has none.
func (it *item) key() (value string) {
	for _, v := range it.t.IndexValues(it.draft) {
		if v.Path == it.t.key {
			value = v.Value
		}
	}
	return value
}

// matches lists the ids of those in the store that have an item's key, some at
// most. Of those who may share it (groups), who was found before is not listed.
func (im *importer) matches(it *item) (list []string, err error) {
	const some = 100
	value := it.key()
	if value == "" {
		return nil, nil
	}
	path, err := scim.ParsePath(it.t.key)
	if err != nil {
		return nil, err
	}
	f, err := it.t.Compile(&scim.Compare{Path: path, Op: scim.Eq, Value: scim.StringOf(value)})
	if err != nil {
		return nil, err
	}
	_, err = im.st.List(im.ctx, it.t.ResourceType, store.Query{Filter: f, Count: some, NoTotal: true, Bare: true}, func(doc []byte) {
		if id := string(scim.DocID(doc)); !im.ids.used[pack(id)] {
			list = append(list, id)
		}
	})
	return list, err
}

// existing finds the one that an item is, by its key; "" if there is none.
func (im *importer) existing(it *item) (id string, fault *scim.Error, err error) {
	if !it.t.unique {
		value := it.key()
		for _, e := range im.queue {
			if e.t != it.t || e.fault != nil {
				continue
			}
			if e.key() == value { // it is to be known as one of the file's
				if err := im.settle(0); err != nil {
					return "", nil, err
				}
				break
			}
		}
	}
	list, err := im.matches(it)
	switch {
	case err != nil || len(list) == 0:
		return "", nil, err
	case len(list) > 1:
		return "", scim.Errorf(409, "", "there are several %ss with the %s %q, and nothing says which one is meant", it.t.Name, it.t.key, it.key()), nil
	}
	return list[0], nil, nil
}

// taken is what the store says of a unique key that somebody has.
func (it *item) taken(id string) *scim.Error {
	return scim.Errorf(409, "", "%s %q is taken by %s", it.t.key, it.key(), id)
}

// recall finds an item of a line that was imported before, see Options.From.
func (im *importer) recall(it *item) (known bool, err error) {
	list, err := im.matches(it)
	if err != nil || len(list) == 0 {
		return false, err
	}
	im.result.Skipped++
	im.ids.found(it.old, list[0])
	if !it.t.unique {
		im.ids.used[pack(list[0])] = true
	}
	im.owe(it, list[0])
	return true, nil
}

// try is put for a dry run.
func (im *importer) try(e entry) error {
	if err := im.settle(0); err != nil { // who came before counts
		return err
	}
	place, value := im.ids.claimant(e.item)
	switch {
	case value != "" && im.o.Update:
		e.replaces = true
	case value != "":
		e.fault = scim.Errorf(409, scim.Uniqueness, "%s is taken by %v", value, place)
	}
	if !e.replaces && e.fault == nil {
		if err := im.st.Check(e.t.ResourceType, e.draft); err != nil && !errors.As(err, &e.fault) {
			return err
		}
	}
	if e.fault == nil {
		im.ids.claim(e.item)
	} else if value != "" {
		im.ids.found(e.old, "") // groups may have the one of that name
	}
	return im.push(e)
}
