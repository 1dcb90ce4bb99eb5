package store

import (
	"context"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// Pending is a change that is not waited for yet. It has its place among all
// others: of two changes that one goroutine begins, the first is made first, and
// what is created first is listed first. So one goroutine can keep the writer's
// batches full; it should have some hundreds of them under way and not more,
// since other clients' changes come after them.
type Pending struct {
	op     *operation
	change *Change
	err    error // there is no operation
}

// Wait returns when the change is committed or refused, with what Create or
// Replace returns. It may be called once.
func (p Pending) Wait() (Change, error) {
	if p.err != nil {
		return Change{}, p.err
	}
	if err := p.op.wait(); err != nil {
		return Change{}, err // change may still be the writer's
	}
	return *p.change, nil
}

// later begins a change.
func (s *Store) later(ctx context.Context, do func(tx *tx, change *Change) error) Pending {
	change := new(Change)
	op := &operation{ctx: ctx, do: func(tx *tx) error { return do(tx, change) }}
	if err := s.send(op); err != nil {
		return Pending{err: err}
	}
	return Pending{op: op, change: change}
}

// Check returns the error that Create would return now, and writes nothing.
func (s *Store) Check(t *scim.ResourceType, d scim.Draft) error {
	k, err := s.kind(t)
	if err != nil {
		return err
	}
	entries, err := k.entries(d)
	if err != nil {
		return err
	}
	bare, _, err := s.membersOf(k, d)
	if err != nil {
		return err
	}
	if err := docTooBig(len(t.AppendDoc(nil, newTail().id(0), bare, scim.Meta{Version: 1}))); err != nil {
		return err
	}
	return s.view(func(txn *badger.Txn) error {
		tx := &tx{s: s, txn: txn}
		return tx.reindex(k, maxSeq, nil, entries)
	})
}
