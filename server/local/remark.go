package local

import (
	"context"
	"fmt"
	"net/http"

	"scimdeck/scim/wire"
)

// mark is a mark to be set or taken away, note a note to be put in place of another.
type (
	mark struct {
		Marked bool `json:"marked"`
	}
	note struct {
		Note string `json:"note"`
	}
)

func (s *service) remarks(*http.Request) (map[uint64]wire.Remark, error) {
	return s.o.Store.Remarks(), nil
}

func (s *service) setMark(r *http.Request) (none, error) {
	n, err := number(r, "number")
	if err != nil {
		return none{}, err
	}
	q, err := take[mark](r, bodyBytes)
	if err == nil {
		err = s.o.Store.SetMark(n, q.Marked)
	}
	return none{}, err
}

func (s *service) setNote(r *http.Request) (none, error) {
	n, err := number(r, "number")
	if err != nil {
		return none{}, err
	}
	q, err := take[note](r, bodyBytes)
	if err == nil {
		err = s.o.Store.SetNote(n, q.Note)
	}
	return none{}, err
}

// Remarks returns what people have put on logged exchanges, by number.
func (c *Client) Remarks(ctx context.Context) (map[uint64]wire.Remark, error) {
	return call[map[uint64]wire.Remark](ctx, c, http.MethodGet, "/remarks", nil)
}

// SetMark marks a logged exchange, or takes the mark away.
func (c *Client) SetMark(ctx context.Context, number uint64, marked bool) error {
	_, err := call[none](ctx, c, http.MethodPost, fmt.Sprintf("/log/%d/mark", number), mark{marked})
	return err
}

// SetNote puts a note on a logged exchange; "" takes it away.
func (c *Client) SetNote(ctx context.Context, number uint64, text string) error {
	_, err := call[none](ctx, c, http.MethodPost, fmt.Sprintf("/log/%d/note", number), note{text})
	return err
}

// Remarks is the store's.
func (r *Remote) Remarks() map[uint64]wire.Remark {
	of, err := r.c.Remarks(r.ctx)
	_ = r.see(err)
	return of
}

// SetMark is the store's.
func (r *Remote) SetMark(number uint64, marked bool) error {
	return r.see(r.c.SetMark(r.ctx, number, marked))
}

// SetNote is the store's.
func (r *Remote) SetNote(number uint64, text string) error {
	return r.see(r.c.SetNote(r.ctx, number, text))
}
