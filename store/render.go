package store

import (
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// renderer puts into docs what is kept outside of them: the members of Groups
// and the groups of Users. Displays are read from the documents that they
// belong to, so a rename costs nothing more; what was read is kept as long as
// the renderer, which is one answer.
type renderer struct {
	s    *Store
	txn  *badger.Txn
	n    *snapshot // that txn is of; nil: of none
	docs *docReader
	refs *docReader // of members and groups, read while a doc of docs is in use
	list []byte     // the attribute's value
	out  []byte     // the doc with it

	reads  int                   // of rows
	rows   *walk                 // over g
	groups map[uint64]*reference // of users
}

// reference is a member or a group as the other side shows it. Of a group it
// remembers the members that were read last.
type reference struct {
	seq     uint64
	element []byte // nil when it is gone
	block   uint64 // the block that members is of
	read    bool   // members is of block
	members []byte // as stored; nil: none
}

const (
	maxRendered  = 4096 // groups that a renderer remembers
	usualElement = 160  // bytes of a member as it is shown
)

func (s *Store) newRenderer(txn *badger.Txn) *renderer {
	return &renderer{s: s, txn: txn, docs: s.docs.reader(), refs: s.docs.reader()}
}

func (r *renderer) close() {
	r.docs.close()
	r.refs.close()
	if r.rows != nil {
		r.rows.close()
	}
}

// value calls f with the value of a key, if there is one: of a document or of an
// entry of a unique index. It is valid only during the call.
func (r *renderer) value(key []byte, f func(v []byte) error) (ok bool, err error) {
	if r.n != nil && key[0] == spaceDoc {
		if v, ok := r.s.asOf(r.n, key); ok {
			return true, f(v)
		}
		if at, ok := r.s.places.get(key); ok && r.s.isNewest(r.n) {
			doc, err := r.docs.read(key, at)
			if err != nil {
				return false, err
			}
			r.s.remember(r.n, key, doc)
			return true, f(doc)
		}
	}
	item, err := r.txn.Get(key)
	if err == badger.ErrKeyNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if key[0] != spaceDoc {
		return true, item.Value(f)
	}
	return true, r.doc(item, func(doc []byte) error {
		if r.n != nil {
			r.s.remember(r.n, key, doc)
		}
		return f(doc)
	})
}

// doc calls f with the document of an item. Those that do not stand one after the other
// have been changed, and may be in memory.
func (r *renderer) doc(item *badger.Item, f func(doc []byte) error) error {
	if r.n == nil || !r.docs.scattered() {
		return readDoc(r.docs, item, f)
	}
	if doc, ok := r.s.asOf(r.n, item.Key()); ok {
		return f(doc)
	}
	return readDoc(r.docs, item, func(doc []byte) error {
		r.s.remember(r.n, item.Key(), doc)
		return f(doc)
	})
}

// ref is doc of a member or a group.
func (r *renderer) ref(item *badger.Item, f func(doc []byte) error) error {
	return readDoc(r.refs, item, f)
}

func readDoc(docs *docReader, item *badger.Item, f func(doc []byte) error) error {
	return item.Value(func(v []byte) error { return docs.doc(item.Key(), v, f) })
}

// plain reports whether a resource's doc is the whole of it, without looking into the database.
func (r *renderer) plain(k *kind, seq uint64) bool { return k.plain(r.s, seq) }

func (k *kind) plain(s *Store, seq uint64) bool {
	return k.aside == "" || k.aside == "groups" && !s.joined.has(seq)
}

// append appends a bare doc to dst with all that belongs to it.
func (r *renderer) append(dst []byte, k *kind, seq uint64, doc []byte) ([]byte, error) {
	if r.plain(k, seq) {
		return append(dst, doc...), nil
	}
	var err error
	r.list = append(r.list[:0], '[')
	if k.aside == "members" {
		err = r.appendMembers(seq)
	} else {
		err = r.appendGroups(seq)
	}
	if err != nil {
		return dst, err
	}
	return r.insert(dst, k, doc), nil
}

// insert appends doc with the elements in list.
func (r *renderer) insert(dst []byte, k *kind, doc []byte) []byte {
	if len(r.list) == 1 {
		return append(dst, doc...)
	}
	r.list[len(r.list)-1] = ']' // for the last comma
	dst = slices.Grow(dst, len(doc)+len(r.list)+len(k.aside)+4)
	return k.t.Insert(dst, doc, k.aside, r.list)
}

func (r *renderer) appendMembers(group uint64) error {
	return r.eachMember(group, func(k *kind, doc []byte) {
		r.list = append(k.t.AppendReferenceTo(r.list, doc, ""), ',')
	})
}

// eachMember calls f with the document of each member, by creation.
func (r *renderer) eachMember(group uint64, f func(k *kind, doc []byte)) error {
	seqs, err := membersOf(r.txn, group)
	if err != nil || len(seqs) == 0 {
		return err
	}
	r.list = slices.Grow(r.list, len(seqs)*usualElement)
	return r.each(seqs, f)
}

// each calls f with the document of each of some members.
func (r *renderer) each(seqs []uint64, f func(k *kind, doc []byte)) error {
	kinds := r.s.memberKinds()
	last := kinds[len(kinds)-1]
	w := newWalk(r.txn, kinds[0].docKey(0)[:2], seqs)
	defer w.close()
	for _, seq := range seqs {
		found, err := w.doc(r.refs, kinds[0].docKey(seq), func(doc []byte) error {
			f(kinds[0], doc)
			return nil
		})
		if err == nil && !found { // not a User
			var item *badger.Item
			if item, err = r.txn.Get(last.docKey(seq)); err == nil {
				err = r.ref(item, func(doc []byte) error {
					f(last, doc)
					return nil
				})
			}
		}
		if err != nil {
			return badgerError("reading a member", err)
		}
	}
	return nil
}

// membersOf lists the members of a group.
func membersOf(txn *badger.Txn, group uint64) (seqs []uint64, err error) {
	blocks, err := readSeqRow(txn, numbered(spaceMembers, group))
	if err != nil {
		return nil, err
	}
	for _, n := range blocks {
		item, err := txn.Get(blockKey(group, n))
		if err != nil {
			return nil, badgerError("reading members", err)
		}
		err = item.Value(func(v []byte) error {
			set, err := readBlock(v)
			set.each(func(at uint64) { seqs = append(seqs, n*blockSize+at) })
			return err
		})
		if err != nil {
			return nil, seqError(item.Key(), err)
		}
	}
	return seqs, nil
}

// readSeqRow reads a list of numbers.
func readSeqRow(txn *badger.Txn, key []byte) (list []uint64, err error) {
	item, err := txn.Get(key)
	if err == badger.ErrKeyNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, badgerError("reading", err)
	}
	err = item.Value(func(v []byte) (err error) {
		list, err = readSeqs(v)
		return err
	})
	if err != nil {
		return nil, seqError(key, err)
	}
	return list, nil
}

// groupsOf lists the groups that a resource may be in.
func (r *renderer) groupsOf(member uint64) (list []uint64, err error) {
	if r.rows == nil {
		r.rows = newWalk(r.txn, []byte{spaceGroups}, nil)
	}
	if r.reads++; r.reads > 4 { // of a long list then: the next are near
		r.rows.few = false
	}
	key := numbered(spaceGroups, member)
	_, err = r.rows.get(key, func(v []byte) (err error) {
		list, err = readSeqs(v)
		return err
	})
	if err != nil {
		return nil, seqError(key, err)
	}
	return list, nil
}

func (r *renderer) appendGroups(member uint64) error {
	list, err := r.groupsOf(member)
	if err != nil {
		return err
	}
	for _, seq := range list {
		g, in, err := r.group(seq, member)
		if err != nil {
			return err
		}
		if in && g.element != nil {
			r.list = append(append(r.list, g.element...), ',')
		}
	}
	return nil
}

// group finds a group and whether the resource is in it.
func (r *renderer) group(seq, member uint64) (g *reference, in bool, err error) {
	if g = r.groups[seq]; g == nil {
		if g, err = r.readGroup(seq); err != nil {
			return nil, false, err
		}
		if len(r.groups) >= maxRendered || r.groups == nil {
			r.groups = map[uint64]*reference{}
		}
		r.groups[seq] = g
	}
	in, err = g.has(r.txn, member)
	return g, in, err
}

// has is isMember, which remembers the block that it has read.
func (g *reference) has(txn *badger.Txn, member uint64) (bool, error) {
	if n := member / blockSize; !g.read || g.block != n {
		g.read, g.block, g.members = true, n, nil
		item, err := txn.Get(blockKey(g.seq, n))
		if err == nil {
			g.members, err = item.ValueCopy(nil)
		}
		if err != nil && err != badger.ErrKeyNotFound {
			return false, badgerError("reading members", err)
		}
	}
	return blockHas(g.members, member%blockSize), nil
}

func (r *renderer) readGroup(seq uint64) (*reference, error) {
	g, k := &reference{seq: seq}, r.s.kinds["Group"]
	item, err := r.txn.Get(k.docKey(seq))
	if err == badger.ErrKeyNotFound {
		return g, nil
	}
	if err == nil {
		err = r.ref(item, func(doc []byte) error {
			g.element = k.t.AppendReferenceTo(nil, doc, "direct")
			return nil
		})
	}
	return g, badgerError("reading a group", err)
}
