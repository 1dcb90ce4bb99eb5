package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"scimdeck/scim"
)

// Resources name each other by id: a User its manager, a Group its members. Ids
// in a file are those of where it comes from, so each name is looked up among those
// that were stored from this file, then in the store.

// reference is an attribute that names resources.
type reference struct {
	scim.Resolved
	to     []*scim.ResourceType
	member bool // of a Group: it must be there
}

// references lists those attributes of a type: they have a value, and a $ref to a resource type.
func references(c *scim.Catalog, t *scim.ResourceType) (list []reference) {
	look := func(ext *scim.Schema, attributes []*scim.Attribute) {
		for _, a := range attributes {
			ref := a.SubAttribute("$ref")
			if a.Mutability == "readOnly" || ref == nil || a.SubAttribute("value") == nil {
				continue
			}
			r := reference{Resolved: scim.Resolved{Ext: ext, Attr: a}, member: ext == nil && t.Schema.ID == scim.GroupURN && a.Name == "members"}
			for _, name := range ref.References {
				if to := c.Type(name); to != nil {
					r.to = append(r.to, to)
				}
			}
			if len(r.to) > 0 {
				list = append(list, r)
			}
		}
	}
	look(nil, t.Schema.Attributes)
	for _, e := range t.Extensions {
		look(e.Schema, e.Schema.Attributes)
	}
	return list
}

// values are the objects of a reference in a draft.
func (r *reference) values(d scim.Draft) []scim.Value {
	v := d.Attributes
	if r.Ext != nil {
		v = v.Get(r.Ext.ID)
	}
	v = v.Get(r.Attr.Name)
	if v.Kind() == scim.Object {
		return []scim.Value{v}
	}
	list := make([]scim.Value, 0, v.Len())
	for _, e := range v.Members() {
		list = append(list, e)
	}
	return list
}

// refer puts the ids of the store in place of those of the file. waits says that a
// member is not there yet, and that the members stay as they are.
func (im *importer) refer(it *item) (waits bool, err error) {
	cloned := false
	it.owes = it.owes[:0]
	for i := range it.t.refs {
		r := &it.t.refs[i]
		values := r.values(it.draft)
		if len(values) == 0 {
			continue
		}
		known := true
		d := debt{ref: r, t: it.t, place: it.Place}
		for _, v := range values {
			for _, old := range namesOf(v) {
				ok, err := im.known(r, old)
				if err != nil {
					return false, err
				}
				known = known && ok
				if im.o.DryRun && !ok && !r.member {
					d.names = append(d.names, old)
				}
			}
		}
		if !known && r.member {
			waits = true
			continue
		}
		if !known {
			it.owes = append(it.owes, d)
		}
		if !cloned {
			it.draft.Attributes, cloned = it.draft.Attributes.Clone(), true
			values = r.values(it.draft)
		}
		for _, v := range values {
			im.rename(v)
		}
		if r.member && im.o.DryRun {
			im.keepStored(it, values)
		}
	}
	return waits, nil
}

// namesOf lists the ids in a reference: that of the value, and that at the end
// of the $ref, which may be another one when somebody has changed only the value.
func namesOf(v scim.Value) []string {
	names := []string{v.Get("value").Text()}
	if ref := v.Get("$ref").Text(); ref != "" {
		if id := ref[strings.LastIndexByte(ref, '/')+1:]; id != names[0] {
			names = append(names, id)
		}
	}
	return names
}

// rename gives a reference the ids that are known by now. v is of a clone; an
// Object's members are shared with its copies.
func (im *importer) rename(v scim.Value) (changed bool) {
	if id, _ := im.ids.get(v.Get("value").Text()); id != "" {
		v.Set("value", scim.StringOf(id))
		changed = true
	}
	if ref := v.Get("$ref").Text(); ref != "" {
		end := strings.LastIndexByte(ref, '/') + 1
		if id, _ := im.ids.get(ref[end:]); id != "" {
			v.Set("$ref", scim.StringOf(ref[:end]+id))
			changed = true
		}
	}
	return changed
}

// keepStored leaves the members out that a dry run has not stored.
func (im *importer) keepStored(it *item, all []scim.Value) {
	kept := slices.DeleteFunc(all, func(v scim.Value) bool {
		_, known := im.ids.get(v.Get("value").Text())
		return known
	})
	v := scim.Value{}
	if len(kept) > 0 {
		v = scim.ArrayOf(kept...)
	}
	it.draft.Attributes.Set("members", v)
}

// known reports whether somebody has an id: one who was stored from this file, or one in the store.
func (im *importer) known(r *reference, old string) (known bool, err error) {
	if old == "" {
		return true, nil // nobody's: the type says what is wrong with that
	}
	for im.ids.awaits(old) {
		if err := im.settle(len(im.queue) - 1); err != nil {
			return false, err
		}
	}
	if _, known = im.ids.get(old); known {
		return true, nil
	}
	for _, t := range r.to {
		if _, known, err = im.st.GetBare(t, nil, old); known || err != nil {
			return known, err
		}
	}
	return false, nil
}

// ids is what is known of the ids in the file. A million take some 50 MB.
type ids struct {
	now     map[hash]packed
	flying  map[hash]struct{} // in the queue
	claimed map[hash]Place    // unique values of a dry run, and whose they are
	used    map[packed]bool   // of types whose resources may share their key: who is in the file
	refused map[hash]struct{}
}

// hash stands for an id of the file or a value, packed is an id of the store: a UUID.
type (
	hash   [16]byte
	packed [16]byte
)

func newIDs() *ids {
	return &ids{map[hash]packed{}, map[hash]struct{}{}, map[hash]Place{}, map[packed]bool{}, map[hash]struct{}{}}
}

func hashOf(parts ...string) hash {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hash(sum[:16])
}

func pack(id string) (p packed) {
	_, _ = hex.Decode(p[:], []byte(strings.ReplaceAll(id, "-", ""))) // the store's own; "" of a dry run is zero
	return p
}

func (p packed) String() string {
	if p == (packed{}) {
		return ""
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", p[:4], p[4:6], p[6:8], p[8:10], p[10:])
}

// await says that what has this id is in the queue, found that it is stored, and lost that it is not.
func (m *ids) await(old string) {
	if old != "" {
		m.flying[hashOf(old)] = struct{}{}
	}
}

func (m *ids) found(old, id string) {
	if old != "" {
		h := hashOf(old)
		delete(m.flying, h)
		delete(m.refused, h)
		m.now[h] = pack(id)
	}
}

func (m *ids) lost(old string) {
	if old != "" {
		h := hashOf(old)
		delete(m.flying, h)
		m.refused[h] = struct{}{}
	}
}

func (m *ids) awaits(old string) bool {
	_, ok := m.flying[hashOf(old)]
	return ok
}

func (m *ids) get(old string) (id string, known bool) {
	p, known := m.now[hashOf(old)]
	return p.String(), known
}

// stranger says why an id is nobody's.
func (m *ids) stranger(old string) string {
	if _, refused := m.refused[hashOf(old)]; refused {
		return "was refused"
	}
	return "is neither in the file nor in the store"
}

// unique lists what no other resource of the type may have.
func (it *item) unique() []scim.IndexValue {
	return slices.DeleteFunc(it.t.IndexValues(it.draft), func(v scim.IndexValue) bool { return !it.t.only[v.Path] })
}

// claim notes an item's unique values, and claimant finds who has one of them.
func (m *ids) claim(it *item) {
	for _, v := range it.unique() {
		m.claimed[hashOf(it.t.Name, v.Path, v.Value)] = it.Place
	}
}

func (m *ids) claimant(it *item) (at Place, value string) {
	for _, v := range it.unique() {
		if at, taken := m.claimed[hashOf(it.t.Name, v.Path, v.Value)]; taken {
			return at, fmt.Sprintf("%s %q", v.Path, v.Value)
		}
	}
	return Place{}, ""
}
