package local

import (
	"context"
	"errors"
	"iter"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// Remote is a Client with the methods of the store itself, as a dashboard calls
// them: without a context, and some without an error. Once the other side is
// gone they give nothing, and the context that Remote came with is done.
type Remote struct {
	c    *Client
	ctx  context.Context
	lose context.CancelCauseFunc
}

// Remote gives the store behind the client. The context ends with ctx, and when
// the other side stops (its cause is store.ErrClosed) or goes away (a *GoneError
// or ErrNobody), which Watch notices at once and any other method when it is called.
func (c *Client) Remote(ctx context.Context) (*Remote, context.Context) {
	ctx, lose := context.WithCancelCause(ctx)
	return &Remote{c, ctx, lose}, ctx
}

// see ends the context if err says that there is nobody any more.
func (r *Remote) see(err error) error {
	var gone *GoneError
	if errors.As(err, &gone) || errors.Is(err, ErrNobody) || errors.Is(err, store.ErrClosed) {
		r.lose(err)
	}
	return err
}

// Watch is the store's; the channel is never closed.
func (r *Remote) Watch() (ping <-chan struct{}, stop func()) {
	ctx, cancel := context.WithCancel(r.ctx)
	pings := make(chan struct{}, 1)
	resp, err := r.c.watch(ctx)
	if r.see(err) != nil {
		return pings, cancel
	}
	go func() { _ = r.see(r.c.pings(ctx, resp, pings)) }()
	return pings, cancel
}

// Rows is the store's.
func (r *Remote) Rows(dst []*store.Row, after uint64, max int) []*store.Row {
	rows, err := r.c.Rows(r.ctx, dst, after, max)
	_ = r.see(err)
	return rows
}

// LogState is the store's.
func (r *Remote) LogState() store.LogState {
	st, err := r.c.LogState(r.ctx)
	_ = r.see(err)
	return st
}

// Exchange is the store's.
func (r *Remote) Exchange(seq uint64) (ex *wire.Exchange, ok bool, err error) {
	ex, ok, err = r.c.Exchange(r.ctx, seq)
	return ex, ok, r.see(err)
}

// Exchanges is the store's.
func (r *Remote) Exchanges(ctx context.Context, numbers []uint64) iter.Seq2[*wire.Exchange, error] {
	return func(yield func(*wire.Exchange, error) bool) {
		for ex, err := range r.c.Exchanges(ctx, numbers) {
			if !yield(ex, r.see(err)) {
				return
			}
		}
	}
}

// Log is the store's, for replays at other servers.
func (r *Remote) Log(ex *wire.Exchange) { _ = r.see(r.c.Log(r.ctx, ex)) }

// ClearLog is the store's.
func (r *Remote) ClearLog() error { return r.see(r.c.ClearLog(r.ctx)) }

// Keys is the store's.
func (r *Remote) Keys() []store.Key {
	keys, err := r.c.Keys(r.ctx)
	_ = r.see(err)
	return keys
}

// CreateKey is the store's.
func (r *Remote) CreateKey(name string, expires time.Time) (secret string, k store.Key, err error) {
	secret, k, err = r.c.CreateKey(r.ctx, name, expires)
	return secret, k, r.see(err)
}

// RenameKey is the store's.
func (r *Remote) RenameKey(id uint64, name string) error {
	return r.see(r.c.RenameKey(r.ctx, id, name))
}

// ExpireKey is the store's.
func (r *Remote) ExpireKey(id uint64, at time.Time) error { return r.see(r.c.ExpireKey(r.ctx, id, at)) }

// DisableKey is the store's.
func (r *Remote) DisableKey(id uint64) error { return r.see(r.c.DisableKey(r.ctx, id)) }

// EnableKey is the store's.
func (r *Remote) EnableKey(id uint64) error { return r.see(r.c.EnableKey(r.ctx, id)) }

// RevokeKey is the store's.
func (r *Remote) RevokeKey(id uint64) error { return r.see(r.c.RevokeKey(r.ctx, id)) }

// BeginTrial is the store's.
func (r *Remote) BeginTrial() (store.Trial, error) {
	t, err := r.c.BeginTrial(r.ctx)
	return t, r.see(err)
}

// EndTrial is the store's; the test ends by itself when this cannot be said.
func (r *Remote) EndTrial(mark string) { _ = r.see(r.c.EndTrial(r.ctx, mark)) }

// Arrived is the store's.
func (r *Remote) Arrived(mark string) int {
	n, err := r.c.Arrived(r.ctx, mark)
	_ = r.see(err)
	return n
}

// List is the store's, of pages that a Client takes.
func (r *Remote) List(ctx context.Context, t *scim.ResourceType, q store.Query, emit func(doc []byte)) (total int, err error) {
	total, err = r.c.List(ctx, t, q, emit)
	return total, r.see(err)
}

// Get is the store's.
func (r *Remote) Get(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error) {
	doc, ok, err = r.c.Get(r.ctx, t, dst, id)
	return doc, ok, r.see(err)
}

// GetBare is the store's.
func (r *Remote) GetBare(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error) {
	doc, ok, err = r.c.GetBare(r.ctx, t, dst, id)
	return doc, ok, r.see(err)
}

// Members is the store's, of parts that a Client takes.
func (r *Remote) Members(id string, start, count int, emit func(resourceType string, doc []byte)) (total int, ok bool, err error) {
	total, ok, err = r.c.Members(r.ctx, id, start, count, emit)
	return total, ok, r.see(err)
}

// Count is the store's; 0 also for a type that the other side does not have.
func (r *Remote) Count(t *scim.ResourceType) int {
	n, err := r.c.Count(r.ctx, t)
	_ = r.see(err)
	return n
}

// Size is the store's.
func (r *Remote) Size() int64 {
	n, err := r.c.Size(r.ctx)
	_ = r.see(err)
	return n
}
