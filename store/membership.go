package store

import (
	"errors"
	"slices"

	"scimdeck/scim"
)

// Memberships are kept outside of the documents: for each group the set of its
// members (m, the truth), and for each member the groups that it may be in (g).
// Whoever reads g asks m: g may name too many groups while a change is under
// way that is too large for one transaction (split.go).
//
// The version of a group moves with its members, that of a member does not with
// its groups: these are a readOnly mirror (RFC 7643 §4.1.2), and to give 50,000
// users a new version because a group got them would make every one of them
// look changed. Groups are listed when they are direct. A group may contain
// others, also in a circle, which harms nobody who lists direct members; only
// itself it may not contain.

// plan is what is to become of a group's members.
type plan struct {
	all    bool     // the members are to be exactly those of add
	add    []uint64 // ascending
	remove []uint64 // ascending; what is in add too stays
	ids    []string // those of add as the client sent them, for errors
}

func (p *plan) empty() bool { return !p.all && len(p.add) == 0 && len(p.remove) == 0 }

// setMembers plans the difference between a group's members and what they are
// to be, and returns how many come and go.
func (t *tx) setMembers(group uint64, p plan) (joined, left int, err error) {
	if p.empty() {
		return 0, 0, nil
	}
	blocks, err := t.seqs(numbered(spaceMembers, group))
	if err != nil {
		return 0, 0, err
	}
	visit := append(blocksOf(p.add), blocksOf(p.remove)...)
	if p.all {
		visit = append(visit, blocks...)
	}
	var come, leave []uint64
	now := slices.Clone(blocks)
	add, remove := p.add, p.remove
	for _, n := range distinctSeqs(visit) {
		var a, r []uint64
		a, add = cutBlock(add, n)
		r, remove = cutBlock(remove, n)
		old, next, err := t.changeBlock(group, n, p.all, a, r)
		if err != nil {
			return 0, 0, err
		}
		if next == (blockSet{}) {
			now = withoutSeq(now, n)
		} else {
			now = withSeq(now, n)
		}
		come, leave = appendDiff(come, n, &next, &old), appendDiff(leave, n, &old, &next)
	}
	if !slices.Equal(now, blocks) {
		t.setSeqs(numbered(spaceMembers, group), now)
	}
	for _, m := range come {
		if m == group {
			return 0, 0, scim.Errorf(400, scim.InvalidValue, "members: a group cannot be a member of itself")
		}
		if !t.lives(m) {
			return 0, 0, noMember(p.idOf(m))
		}
	}
	return len(come), len(leave), t.mirror(group, come, leave)
}

// changeBlock plans one block of a group's members.
func (t *tx) changeBlock(group, n uint64, all bool, add, remove []uint64) (old, next blockSet, err error) {
	key := blockKey(group, n)
	v, ok, err := t.get(key)
	if err != nil {
		return old, next, err
	}
	if ok {
		if old, err = readBlock(v); err != nil {
			return old, next, seqError(key, err)
		}
	}
	if !all {
		next = old
	}
	for _, seq := range remove {
		next.clear(seq % blockSize)
	}
	for _, seq := range add {
		next.set(seq % blockSize)
	}
	switch {
	case next == old:
	case next == (blockSet{}):
		t.delete(key)
	default:
		t.set(key, next.appendTo(nil))
	}
	return old, next, nil
}

// blocksOf lists the blocks of an ascending list.
func blocksOf(seqs []uint64) (list []uint64) {
	for _, seq := range seqs {
		if n := seq / blockSize; len(list) == 0 || list[len(list)-1] != n {
			list = append(list, n)
		}
	}
	return list
}

// cutBlock cuts what is in block n off the beginning of an ascending list.
func cutBlock(seqs []uint64, n uint64) (in, rest []uint64) {
	i := 0
	for i < len(seqs) && seqs[i]/blockSize <= n {
		i++
	}
	return seqs[:i], seqs[i:]
}

// appendDiff appends the sequences that are in a and not in b.
func appendDiff(dst []uint64, block uint64, a, b *blockSet) []uint64 {
	var diff blockSet
	for i := range a {
		diff[i] = a[i] &^ b[i]
	}
	diff.each(func(at uint64) { dst = append(dst, block*blockSize+at) })
	return dst
}

// mirror plans the members' side of what setMembers does.
func (t *tx) mirror(group uint64, come, leave []uint64) error {
	t.group = group
	err := t.eachRow(come, func(m uint64, groups []uint64) {
		t.early = append(t.early, planned{numbered(spaceGroups, m), appendSeqs(nil, withSeq(groups, group))})
		t.s.joined.set(m) // before the commit, so that who sees the row sees the mark
	})
	if err != nil {
		return err
	}
	return t.eachRow(leave, func(m uint64, groups []uint64) {
		row := planned{key: numbered(spaceGroups, m)}
		if groups = withoutSeq(groups, group); len(groups) > 0 {
			row.value = appendSeqs(nil, groups)
		}
		t.late = append(t.late, row)
	})
}

// eachRow calls f with the groups of each of the members.
func (t *tx) eachRow(members []uint64, f func(m uint64, groups []uint64)) error {
	w := newWalk(t.txn, []byte{spaceGroups}, members)
	defer w.close()
	for _, m := range members {
		var groups []uint64
		if t.s.joined.has(m) {
			_, err := w.get(numbered(spaceGroups, m), func(v []byte) (err error) {
				groups, err = readSeqs(v)
				return err
			})
			if err != nil {
				return seqError(numbered(spaceGroups, m), err)
			}
		}
		f(m, groups)
	}
	return nil
}

// patchMembers is Patch for a Group. Most patches add and remove members by
// value, and then nobody needs to know the others.
func (t *tx) patchMembers(seq uint64, old scim.Draft, p *scim.Patch) (d scim.Draft, m plan, err error) {
	removed, untouched, simple := p.MemberChanges()
	m.all = !simple && !untouched
	if m.all && !p.ReplacesMembers() {
		if old, err = t.withMembers(seq, old); err != nil {
			return d, m, err
		}
	}
	if d, _, err = p.Apply(old); err != nil {
		return d, m, err
	}
	if d, m.ids, err = split(d); err != nil || untouched {
		return d, plan{}, err
	}
	docs := t.s.docs.ownReader()
	defer docs.close()
	unknown := -1
	if m.add, unknown, err = resolve(t.txn, docs, t.s.memberKinds(), m.ids, false); err != nil {
		return d, m, err
	}
	if unknown >= 0 {
		return d, m, noMember(m.ids[unknown])
	}
	if !m.all {
		m.remove, _, err = resolve(t.txn, docs, t.s.memberKinds(), removed, true)
	}
	return d, m, err
}

// withMembers is a Group's draft with all of its members, for the patches that
// choose among them.
func (t *tx) withMembers(seq uint64, d scim.Draft) (scim.Draft, error) {
	var list []scim.Value
	var element []byte
	var fault error
	r := t.s.newRenderer(t.txn)
	r.refs.ours = true
	defer r.close()
	err := r.eachMember(seq, func(k *kind, doc []byte) {
		element = k.t.AppendReferenceTo(element[:0], doc, "")
		v, err := scim.Decode(element, scim.Limits{})
		fault = errors.Join(fault, err)
		list = append(list, v)
	})
	err = errors.Join(err, fault)
	if err != nil || len(list) == 0 {
		return d, err
	}
	members := make([]scim.Member, 0, d.Attributes.Len()+1)
	for name, v := range d.Attributes.Members() {
		members = append(members, scim.Member{Name: name, Value: v})
	}
	members = append(members, scim.Member{Name: "members", Value: scim.ArrayOf(list...)})
	return scim.Draft{Attributes: scim.ObjectOf(members...)}, nil
}

// dissolve plans the end of all memberships of a resource that is being deleted:
// those in it, which it counts, and its own.
func (t *tx) dissolve(k *kind, seq uint64) (left int, err error) {
	if k.code == groupCode {
		if _, left, err = t.setMembers(seq, plan{all: true}); err != nil {
			return 0, err
		}
	}
	return left, t.leaveGroups(seq)
}

// leaveGroups plans that a resource which is being deleted leaves its groups.
// They get a new version.
func (t *tx) leaveGroups(seq uint64) error {
	if !t.s.joined.has(seq) {
		return nil
	}
	row := numbered(spaceGroups, seq)
	groups, err := t.seqs(row)
	if err != nil || len(groups) == 0 {
		return err
	}
	n := seq / blockSize
	for _, group := range groups {
		old, next, err := t.changeBlock(group, n, false, nil, []uint64{seq})
		if err != nil {
			return err
		}
		if next == old {
			continue // the row names too many
		}
		if next == (blockSet{}) {
			blocks, err := t.seqs(numbered(spaceMembers, group))
			if err != nil {
				return err
			}
			t.setSeqs(numbered(spaceMembers, group), withoutSeq(blocks, n))
		}
		key := docKey(groupCode, group)
		doc, ok, err := t.get(key)
		if err != nil {
			return err
		}
		if !ok {
			return errors.New("a group that has members has no document")
		}
		if doc, err = stepVersion(doc, t.now); err != nil {
			return err
		}
		t.set(key, doc)
	}
	t.delete(row)
	return nil
}

// seqs reads a list of numbers; setSeqs plans one.
func (t *tx) seqs(key []byte) ([]uint64, error) {
	v, _, err := t.get(key)
	if err != nil {
		return nil, err
	}
	list, err := readSeqs(v)
	if err != nil {
		return nil, seqError(key, err)
	}
	return list, nil
}

func (t *tx) setSeqs(key []byte, list []uint64) {
	if len(list) == 0 {
		t.delete(key)
		return
	}
	t.set(key, appendSeqs(nil, list))
}
