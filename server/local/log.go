package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

const (
	rowsAtOnce = 1000                  // that are in memory for a client
	watchPause = 10 * time.Millisecond // between two pings at least
)

// rows writes the rows after a number, one a line.
func (s *service) rows(w *flow, r *http.Request) error {
	after, err := number(r, "after")
	if err != nil {
		return err
	}
	most, err := number(r, "max")
	if err == nil {
		_, err = s.writeRows(w, after, most)
	}
	return err
}

// follow writes the rows after a number and those that come. At the end of the
// server it writes the last ones.
func (s *service) follow(w *flow, r *http.Request) error {
	after, err := number(r, "after")
	if err != nil {
		return err
	}
	ping, stop := s.o.Store.Watch()
	defer stop()
	for {
		if after, err = s.writeRows(w, after, 0); err != nil {
			return err
		}
		if err := w.flush(); err != nil {
			return err
		}
		select {
		case <-ping:
		case <-r.Context().Done():
			_, err = s.writeRows(w, after, 0)
			return err
		}
	}
}

// writeRows writes the rows after a number, at most so many (0: all), and
// returns the last one's number.
func (s *service) writeRows(w *flow, after, most uint64) (last uint64, err error) {
	out := json.NewEncoder(w)
	var rows []*store.Row
	for left := most; most == 0 || left > 0; left -= uint64(len(rows)) {
		n := rowsAtOnce
		if most > 0 {
			n = int(min(left, rowsAtOnce))
		}
		rows = s.o.Store.Rows(rows[:0], after, n)
		for _, row := range rows {
			if err := out.Encode(row); err != nil {
				return after, err
			}
			after = row.Seq
		}
		if len(rows) < n {
			break
		}
	}
	return after, nil
}

func (s *service) logState(*http.Request) (store.LogState, error) { return s.o.Store.LogState(), nil }

// note takes an exchange that another process has had.
func (s *service) note(r *http.Request) (none, error) {
	ex, err := take[wire.Exchange](r, doBytes)
	if of, _ := wire.Replayed(ex.Source); err == nil && of == 0 {
		err = errors.New("only replays are logged for others")
	}
	if err == nil {
		s.o.Store.Log(&ex)
		s.o.Store.FlushLog()
	}
	return none{}, err
}

func (s *service) clearLog(*http.Request) (none, error) { return none{}, s.o.Store.ClearLog() }

// exchange gives null for one that is gone.
func (s *service) exchange(r *http.Request) (*wire.Exchange, error) {
	n, err := number(r, "number")
	if err != nil {
		return nil, err
	}
	ex, _, err := s.o.Store.Exchange(n)
	return ex, err
}

// exchanges writes those of some numbers, one a line.
func (s *service) exchanges(w *flow, r *http.Request) error {
	numbers, err := take[[]uint64](r, bodyBytes)
	if err != nil {
		return err
	}
	out := json.NewEncoder(w)
	for ex, err := range s.o.Store.Exchanges(r.Context(), numbers) {
		if err == nil {
			err = out.Encode(ex)
		}
		if err != nil {
			return err
		}
	}
	return r.Context().Err()
}

// watch writes an empty line for each ping.
func (s *service) watch(w *flow, r *http.Request) error {
	ping, stop := s.o.Store.Watch()
	defer stop()
	ctx := r.Context()
	for {
		if err := w.flush(); err != nil {
			return err
		}
		select {
		case <-ping:
		case <-ctx.Done():
			return ctx.Err()
		}
		if _, err := w.Write([]byte("\n")); err != nil {
			return err
		}
		select { // what comes meanwhile is one ping
		case <-time.After(watchPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Rows appends to dst the rows after the given number that the ring holds,
// oldest first, at most max (0: all). What it has read before an error is
// appended too.
func (c *Client) Rows(ctx context.Context, dst []*store.Row, after uint64, max int) ([]*store.Row, error) {
	err := c.eachRow(ctx, fmt.Sprintf("/log?after=%d&max=%d", after, max), func(row *store.Row) error {
		dst = append(dst, row)
		return nil
	})
	return dst, err
}

// Follow gives the rows after the given number to do, and then each row that
// comes, until the other side stops, which gives nil. do's error ends it too.
func (c *Client) Follow(ctx context.Context, after uint64, do func(*store.Row) error) error {
	return c.eachRow(ctx, fmt.Sprintf("/log/follow?after=%d", after), do)
}

func (c *Client) eachRow(ctx context.Context, path string, do func(*store.Row) error) error {
	resp, err := c.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return c.lines(ctx, resp, nil, func(line []byte) error {
		row := new(store.Row)
		if err := json.Unmarshal(line, row); err != nil {
			return err
		}
		row.Start = row.Start.Local()
		return do(row)
	})
}

// LogState says what there is of the log.
func (c *Client) LogState(ctx context.Context) (store.LogState, error) {
	return call[store.LogState](ctx, c, http.MethodGet, "/log/state", nil)
}

// Log puts the replay of a request at another server into the log.
func (c *Client) Log(ctx context.Context, ex *wire.Exchange) error {
	_, err := call[none](ctx, c, http.MethodPost, "/log", ex)
	return err
}

// ClearLog deletes all exchanges but those with a mark or a note; numbers go on.
func (c *Client) ClearLog(ctx context.Context) error {
	_, err := call[none](ctx, c, http.MethodDelete, "/log", nil)
	return err
}

// Exchange reads a logged exchange. ok is false when it is gone.
func (c *Client) Exchange(ctx context.Context, seq uint64) (ex *wire.Exchange, ok bool, err error) {
	ex, err = call[*wire.Exchange](ctx, c, http.MethodGet, fmt.Sprintf("/log/%d", seq), nil)
	if ex != nil {
		ex.Start = ex.Start.Local()
	}
	return ex, ex != nil, err
}

// exchangesAtOnce is how many numbers go in one request.
const exchangesAtOnce = 2048

// errEnough ends a stream of which no more is wanted.
var errEnough = errors.New("enough")

// Exchanges reads logged exchanges by their numbers, in the order given, without
// those that are gone. What is read last is an error, if there is one.
func (c *Client) Exchanges(ctx context.Context, numbers []uint64) iter.Seq2[*wire.Exchange, error] {
	return func(yield func(*wire.Exchange, error) bool) {
		for some := range slices.Chunk(numbers, exchangesAtOnce) {
			resp, err := c.send(ctx, http.MethodPost, "/log/exchanges", some)
			if err == nil {
				err = c.lines(ctx, resp, nil, func(line []byte) error {
					ex := new(wire.Exchange)
					if err := json.Unmarshal(line, ex); err != nil {
						return err
					}
					if ex.Start = ex.Start.Local(); !yield(ex, nil) {
						return errEnough
					}
					return nil
				})
			}
			switch {
			case err == errEnough:
				return
			case err != nil:
				yield(nil, err)
				return
			}
		}
	}
}

// Watch returns a channel of size one that gets a ping after each change of
// resources, keys or log: come and read. It is closed when the other side has
// gone away. stop ends it.
func (c *Client) Watch(ctx context.Context) (ping <-chan struct{}, stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	resp, err := c.watch(ctx)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	pings := make(chan struct{}, 1)
	go func() {
		defer cancel()
		defer close(pings)
		_ = c.pings(ctx, resp, pings) // what ended it, the next call meets too
	}()
	return pings, cancel, nil
}

// watch begins a watch: what changes from now on is in its pings.
func (c *Client) watch(ctx context.Context) (*http.Response, error) {
	return c.send(ctx, http.MethodGet, "/watch", nil)
}

// pings passes on pings until ctx is done or the other side stops, which is store.ErrClosed.
func (c *Client) pings(ctx context.Context, resp *http.Response, to chan<- struct{}) error {
	return c.lines(ctx, resp, nil, func([]byte) error {
		select {
		case to <- struct{}{}:
		default:
		}
		return nil
	})
}
