package local

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"scimdeck/store"
)

func (s *service) beginTrial(*http.Request) (t store.Trial, err error) {
	if s.o.Do == nil {
		return t, errors.New("no server runs on this data folder; start one:  scimdeck serve")
	}
	return s.o.Store.BeginTrial()
}

func (s *service) endTrial(r *http.Request) (none, error) {
	s.o.Store.EndTrial(r.PathValue("mark"))
	return none{}, nil
}

func (s *service) arrived(r *http.Request) (int, error) {
	return s.o.Store.Arrived(r.PathValue("mark")), nil
}

// BeginTrial begins a test of the server's address, of at most one minute.
func (c *Client) BeginTrial(ctx context.Context) (store.Trial, error) {
	return call[store.Trial](ctx, c, http.MethodPost, "/trials", nil)
}

// EndTrial ends a test: its key is unknown from now on.
func (c *Client) EndTrial(ctx context.Context, mark string) error {
	_, err := call[none](ctx, c, http.MethodDelete, "/trials/"+url.PathEscape(mark), nil)
	return err
}

// Arrived is how many requests with a test's mark have come in.
func (c *Client) Arrived(ctx context.Context, mark string) (int, error) {
	return call[int](ctx, c, http.MethodGet, "/trials/"+url.PathEscape(mark), nil)
}
