package store

import (
	"bytes"
	"context"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// Change is what a write did. Before and After are bare docs (without a Group's
// members and a User's groups: see Complete), nil where there is none; they are
// equal when nothing changed. They are not to be written to.
type Change struct {
	Before, After []byte
	Joined, Left  int // members that a Group got and lost
}

// IfMatch is a condition on the present version (RFC 7644 §3.14); nil: none. It
// returns an *scim.Error (412) or nil. It runs in the writer, possibly after the
// caller has given up.
type IfMatch func(version uint64) error

// Get appends the stored doc of a resource to dst. ok is false when there is none.
func (s *Store) Get(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error) {
	k, err := s.kind(t)
	if err != nil {
		return dst, false, err
	}
	seq, ok := idSeq(id)
	if !ok {
		return dst, false, nil
	}
	doc = dst
	err = s.view(func(txn *badger.Txn) error {
		item, err := txn.Get(k.docKey(seq))
		if err != nil {
			return err
		}
		return item.Value(func(v []byte) error {
			if ok = string(scim.DocID(v)) == id; ok {
				doc = append(dst, v...)
			}
			return nil
		})
	})
	if err == badger.ErrKeyNotFound {
		return dst, false, nil
	}
	return doc, ok && err == nil, badgerError("reading a resource", err)
}

// find reads a resource inside an operation; unknown ids are *scim.Error 404.
func (t *tx) find(k *kind, id string) (seq uint64, doc []byte, err error) {
	if seq, ok := idSeq(id); ok {
		doc, ok, err := t.get(k.docKey(seq))
		if err != nil {
			return 0, nil, err
		}
		if ok && string(scim.DocID(doc)) == id {
			return seq, doc, nil
		}
	}
	return 0, nil, NotFound(k.t, id)
}

// NotFound is the error for an id that the store does not have.
func NotFound(t *scim.ResourceType, id string) *scim.Error {
	return scim.Errorf(404, "", "there is no %s with the id %q", t.Name, cut(id))
}

// Create makes a resource. A unique value that another resource has is
// *scim.Error 409 uniqueness; the detail names the other.
func (s *Store) Create(ctx context.Context, t *scim.ResourceType, d scim.Draft) (Change, error) {
	k, err := s.kind(t)
	if err != nil {
		return Change{}, err
	}
	entries, err := k.entries(d)
	if err != nil {
		return Change{}, err
	}
	tail := newTail()
	var change Change
	err = s.update(ctx, func(tx *tx) error {
		// Only what is not refused takes the sequence.
		if err := tx.reindex(k, s.nextSeq, nil, entries); err != nil {
			return err
		}
		seq, err := tx.sequence()
		if err != nil {
			return err
		}
		s.scratch = t.AppendDoc(s.scratch[:0], tail.id(seq), d, scim.Meta{Created: tx.now, Modified: tx.now, Version: 1})
		doc := bytes.Clone(s.scratch)
		tx.set(k.docKey(seq), doc)
		tx.committed(func() { k.rank.set(seq) })
		change = Change{After: doc}
		return nil
	})
	if err != nil {
		return Change{}, err // change may still be the writer's
	}
	return change, nil
}

// Replace sets all that clients can set (RFC 7644 §3.5.1). What changes nothing
// writes nothing: version and lastModified stay.
func (s *Store) Replace(ctx context.Context, t *scim.ResourceType, id string, d scim.Draft, cond IfMatch) (Change, error) {
	return s.change(ctx, t, id, cond, func(old scim.Draft) (scim.Draft, bool, error) {
		return d, !d.Attributes.Equal(old.Attributes), nil
	})
}

// Patch applies p to the resource as it is at that moment: all or nothing.
func (s *Store) Patch(ctx context.Context, t *scim.ResourceType, id string, p *scim.Patch, cond IfMatch) (Change, error) {
	return s.change(ctx, t, id, cond, p.Apply)
}

// change is Replace and Patch: it finds the resource, checks the condition,
// lets apply make the new state and writes it if there is something new.
func (s *Store) change(
	ctx context.Context, t *scim.ResourceType, id string, cond IfMatch,
	apply func(old scim.Draft) (d scim.Draft, changed bool, err error),
) (Change, error) {
	k, err := s.kind(t)
	if err != nil {
		return Change{}, err
	}
	var change Change
	err = s.update(ctx, func(tx *tx) error {
		seq, before, err := tx.find(k, id)
		if err != nil {
			return err
		}
		_, old, meta, err := t.ReadDoc(before)
		if err != nil {
			return err
		}
		if cond != nil {
			if err := cond(meta.Version); err != nil {
				return err
			}
		}
		d, changed, err := apply(old)
		if err != nil {
			return err
		}
		if !changed {
			change = Change{Before: before, After: before}
			return nil
		}
		if err := tx.move(k, seq, old, d); err != nil {
			return err
		}
		meta.Version++
		meta.Modified = later(meta.Modified, tx.now)
		after := t.AppendDoc(make([]byte, 0, len(before)+64), id, d, meta)
		tx.set(k.docKey(seq), after)
		change = Change{Before: before, After: after}
		return nil
	})
	if err != nil {
		return Change{}, err
	}
	return change, nil
}

// move brings the indexes from one state of a resource to the next.
func (t *tx) move(k *kind, seq uint64, from, to scim.Draft) error {
	now, err := k.entries(to)
	if err != nil {
		return err
	}
	old, err := k.entries(from)
	if err != nil {
		return err
	}
	return t.reindex(k, seq, old, now)
}

// later keeps lastModified from going backwards when the clock does.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Delete removes a resource.
func (s *Store) Delete(ctx context.Context, t *scim.ResourceType, id string, cond IfMatch) (Change, error) {
	k, err := s.kind(t)
	if err != nil {
		return Change{}, err
	}
	var change Change
	err = s.update(ctx, func(tx *tx) error {
		seq, before, err := tx.find(k, id)
		if err != nil {
			return err
		}
		_, old, meta, err := t.ReadDoc(before)
		if err != nil {
			return err
		}
		if cond != nil {
			if err := cond(meta.Version); err != nil {
				return err
			}
		}
		entries, err := k.entries(old)
		if err != nil {
			return err
		}
		if err := tx.reindex(k, seq, entries, nil); err != nil {
			return err
		}
		tx.delete(k.docKey(seq))
		tx.committed(func() { k.rank.clear(seq) })
		change = Change{Before: before}
		return nil
	})
	if err != nil {
		return Change{}, err
	}
	return change, nil
}
