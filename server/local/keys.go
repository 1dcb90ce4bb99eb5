package local

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"scimdeck/store"
)

// newKey asks for a key.
type newKey struct {
	Name    string  `json:"name"`
	Expires instant `json:"expires"`
}

// madeKey is a key and its secret, which is nowhere else.
type madeKey struct {
	Secret string    `json:"secret"`
	Key    store.Key `json:"key"`
}

// instant is a time of any year; JSON's own end at 9999, and the store says so better.
type instant struct {
	Seconds int64 `json:"seconds"` // since 1970
	Nanos   int64 `json:"nanos"`
}

func instantOf(t time.Time) instant { return instant{t.Unix(), int64(t.Nanosecond())} }

func (i instant) time() time.Time { return time.Unix(i.Seconds, i.Nanos).UTC() }

// keyName is another name for a key.
type keyName struct {
	Name string `json:"name"`
}

func (s *service) keys(*http.Request) ([]store.Key, error) { return s.o.Store.Keys(), nil }

func (s *service) createKey(r *http.Request) (made madeKey, err error) {
	q, err := take[newKey](r, bodyBytes)
	if err == nil {
		made.Secret, made.Key, err = s.o.Store.CreateKey(q.Name, q.Expires.time())
	}
	return made, err
}

func (s *service) renameKey(r *http.Request) (none, error) {
	q, err := take[keyName](r, bodyBytes)
	if err != nil {
		return none{}, err
	}
	return s.changeKey(func(id uint64) error { return s.o.Store.RenameKey(id, q.Name) })(r)
}

func (s *service) expireKey(r *http.Request) (none, error) {
	q, err := take[instant](r, bodyBytes)
	if err != nil {
		return none{}, err
	}
	return s.changeKey(func(id uint64) error { return s.o.Store.ExpireKey(id, q.time()) })(r)
}

// changeKey is the verb that changes the key whose number is in the path.
func (s *service) changeKey(change func(id uint64) error) func(*http.Request) (none, error) {
	return func(r *http.Request) (none, error) {
		id, err := number(r, "id")
		if err == nil {
			err = change(id)
		}
		return none{}, err
	}
}

// Keys lists all keys by creation.
func (c *Client) Keys(ctx context.Context) ([]store.Key, error) {
	return call[[]store.Key](ctx, c, http.MethodGet, "/keys", nil)
}

// CreateKey makes a key; expires may be zero. The secret is shown this once.
func (c *Client) CreateKey(ctx context.Context, name string, expires time.Time) (secret string, k store.Key, err error) {
	made, err := call[madeKey](ctx, c, http.MethodPost, "/keys", newKey{name, instantOf(expires)})
	return made.Secret, made.Key, err
}

// RenameKey gives a key another name, also a revoked one.
func (c *Client) RenameKey(ctx context.Context, id uint64, name string) error {
	return c.changeKey(ctx, id, "rename", keyName{name})
}

// ExpireKey sets when a key ends: zero is never, the past is at once.
func (c *Client) ExpireKey(ctx context.Context, id uint64, at time.Time) error {
	return c.changeKey(ctx, id, "expire", instantOf(at))
}

// DisableKey makes a key useless until EnableKey.
func (c *Client) DisableKey(ctx context.Context, id uint64) error {
	return c.changeKey(ctx, id, "disable", nil)
}

// EnableKey undoes DisableKey.
func (c *Client) EnableKey(ctx context.Context, id uint64) error {
	return c.changeKey(ctx, id, "enable", nil)
}

// RevokeKey ends a key for good. It stays in the list.
func (c *Client) RevokeKey(ctx context.Context, id uint64) error {
	return c.changeKey(ctx, id, "revoke", nil)
}

func (c *Client) changeKey(ctx context.Context, id uint64, how string, body any) error {
	_, err := call[none](ctx, c, http.MethodPost, fmt.Sprintf("/keys/%d/%s", id, how), body)
	return err
}
