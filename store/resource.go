package store

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

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
	return s.CreateLater(ctx, t, d).Wait()
}

// CreateLater is Create that does not wait: see Pending. A Group's members have
// to be there when it is called; a Pending is too little.
func (s *Store) CreateLater(ctx context.Context, t *scim.ResourceType, d scim.Draft) Pending {
	k, err := s.kind(t)
	if err != nil {
		return Pending{err: err}
	}
	entries, err := k.entries(d)
	if err != nil {
		return Pending{err: err}
	}
	bare, members, err := s.membersOf(k, d)
	if err != nil {
		return Pending{err: err}
	}
	tail := newTail()
	return s.later(ctx, func(tx *tx, change *Change) error {
		// Only what is not refused takes the sequence.
		if err := tx.reindex(k, s.nextSeq, nil, entries); err != nil {
			return err
		}
		joined, _, err := tx.setMembers(s.nextSeq, members)
		if err != nil {
			return err
		}
		seq, err := tx.sequence()
		if err != nil {
			return err
		}
		meta := scim.Meta{Created: tx.now, Modified: tx.now, Version: 1}
		s.scratch = t.AppendDoc(s.scratch[:0], tail.id(seq), bare, meta)
		doc := bytes.Clone(s.scratch)
		s.drafts.put(seq, doc, bare, meta)
		tx.set(k.docKey(seq), doc)
		tx.committed(func() { k.rank.set(seq) })
		*change = Change{After: doc, Joined: joined}
		return nil
	})
}

// Replace sets all that clients can set (RFC 7644 §3.5.1). What changes nothing
// writes nothing: version and lastModified stay. A member that does not exist is
// *scim.Error 400 invalidValue, as in Create and Patch.
func (s *Store) Replace(ctx context.Context, t *scim.ResourceType, id string, d scim.Draft, cond IfMatch) (Change, error) {
	return s.ReplaceLater(ctx, t, id, d, cond).Wait()
}

// ReplaceLater is Replace that does not wait, as CreateLater is Create.
func (s *Store) ReplaceLater(ctx context.Context, t *scim.ResourceType, id string, d scim.Draft, cond IfMatch) Pending {
	k, err := s.kind(t)
	if err != nil {
		return Pending{err: err}
	}
	bare, members, err := s.membersOf(k, d)
	if err != nil {
		return Pending{err: err}
	}
	return s.change(ctx, t, id, cond, func(_ *tx, _ uint64, old scim.Draft) (scim.Draft, plan, bool, error) {
		d, err := t.Replace(old, bare)
		return d, members, err == nil && !d.Attributes.Equal(old.Attributes), err
	})
}

// membersOf takes a Group's draft apart: what is in the document, and who is to
// be in the group. Any other draft stays as it is.
func (s *Store) membersOf(k *kind, d scim.Draft) (bare scim.Draft, members plan, err error) {
	if k.aside != "members" {
		return d, plan{}, nil
	}
	bare, ids, err := split(d)
	if err == nil {
		members, err = s.resolved(ids)
	}
	return bare, members, err
}

// Patch applies p to the resource as it is at that moment: all or nothing.
func (s *Store) Patch(ctx context.Context, t *scim.ResourceType, id string, p *scim.Patch, cond IfMatch) (Change, error) {
	return s.change(ctx, t, id, cond, func(tx *tx, seq uint64, old scim.Draft) (d scim.Draft, m plan, changed bool, err error) {
		if s.kinds[t.Name].aside != "members" {
			d, changed, err = p.Apply(old)
			return d, plan{}, changed, err
		}
		d, m, err = tx.patchMembers(seq, old, p)
		return d, m, err == nil && !d.Attributes.Equal(old.Attributes), err
	}).Wait()
}

// present finds and reads the resource that an operation is about, and checks
// the operation's condition on it.
func (t *tx) present(k *kind, id string, cond IfMatch) (seq uint64, doc []byte, d scim.Draft, m scim.Meta, err error) {
	if seq, doc, err = t.find(k, id); err != nil {
		return 0, nil, d, m, err
	}
	var known bool
	if d, m, known = t.s.drafts.get(seq, doc); !known {
		_, d, m, err = k.t.ReadDoc(doc)
	}
	if err == nil && cond != nil {
		err = cond(m.Version)
	}
	return seq, doc, d, m, err
}

// change is Replace and Patch: it finds the resource, checks the condition,
// lets apply make the new state and writes it if there is something new.
func (s *Store) change(
	ctx context.Context, t *scim.ResourceType, id string, cond IfMatch,
	apply func(tx *tx, seq uint64, old scim.Draft) (d scim.Draft, m plan, changed bool, err error),
) Pending {
	k, err := s.kind(t)
	if err != nil {
		return Pending{err: err}
	}
	return s.later(ctx, func(tx *tx, change *Change) error {
		seq, before, old, meta, err := tx.present(k, id, cond)
		if err != nil {
			return err
		}
		d, members, changed, err := apply(tx, seq, old)
		if err != nil {
			return err
		}
		joined, left, err := tx.setMembers(seq, members)
		if err != nil {
			return err
		}
		if !changed && joined+left == 0 {
			*change = Change{Before: before, After: before}
			return nil
		}
		if err := tx.move(k, seq, old, d); err != nil {
			return err
		}
		meta.Version++
		meta.Modified = later(meta.Modified, tx.now)
		after := t.AppendDoc(make([]byte, 0, len(before)+64), id, d, meta)
		s.drafts.put(seq, after, d, meta)
		tx.set(k.docKey(seq), after)
		*change = Change{Before: before, After: after, Joined: joined, Left: left}
		return nil
	})
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

// stepVersion gives a doc the next version without decoding it.
func stepVersion(doc []byte, now time.Time) ([]byte, error) {
	const modified, version = `"lastModified":"`, `"version":"W/\"`
	at, from := bytes.LastIndex(doc, []byte(modified)), bytes.LastIndex(doc, []byte(version))
	if at < 0 || from < at {
		return nil, fmt.Errorf("the stored %.80q has no meta", doc)
	}
	at, from = at+len(modified), from+len(version)
	to := from + bytes.IndexByte(doc[from:], '\\')
	last := doc[at : at+bytes.IndexByte(doc[at:], '"')]
	out := append(make([]byte, 0, len(doc)+1), doc[:at]...)
	if text := now.AppendFormat(nil, timeLayout); string(text) > string(last) { // fixed width: see later
		last = text
	}
	out = append(append(out, last...), doc[at+len(last):from]...)
	out = strconv.AppendUint(out, scim.DocVersion(doc)+1, 10)
	return append(out, doc[to:]...), nil
}

// timeLayout is that of a doc's times.
const timeLayout = "2006-01-02T15:04:05.000Z"

// later keeps lastModified from going backwards when the clock does.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Delete removes a resource, and its memberships with it.
func (s *Store) Delete(ctx context.Context, t *scim.ResourceType, id string, cond IfMatch) (Change, error) {
	k, err := s.kind(t)
	if err != nil {
		return Change{}, err
	}
	return s.later(ctx, func(tx *tx, change *Change) error {
		seq, before, old, _, err := tx.present(k, id, cond)
		if err != nil {
			return err
		}
		entries, err := k.entries(old)
		if err != nil {
			return err
		}
		if err := tx.reindex(k, seq, entries, nil); err != nil {
			return err
		}
		left, err := tx.dissolve(k, seq)
		if err != nil {
			return err
		}
		tx.delete(k.docKey(seq))
		tx.deleted = seq
		tx.committed(func() { k.rank.clear(seq) })
		*change = Change{Before: before, Left: left}
		return nil
	}).Wait()
}
