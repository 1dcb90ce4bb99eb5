package local

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// patience is how long Dial waits for the first answer, which takes no time
// unless the process is suspended.
const patience = 3 * time.Second

// Client asks whoever has a data folder's store open. Its methods may be called
// at once from any goroutine.
type Client struct {
	transport *http.Transport
	stop      func() error // what answers Within
	about     About
	answered  atomic.Bool // something was asked and answered
}

// Dial connects to the process that answers for the data folder. The error is
// ErrNobody, a *SilentError or ctx's.
func Dial(ctx context.Context, dir string) (*Client, error) { return dialFor(ctx, dir, patience) }

func dialFor(ctx context.Context, dir string, patience time.Duration) (*Client, error) {
	c := newClient(func(ctx context.Context) (net.Conn, error) { return dial(ctx, dir) })
	c.stop = func() error { return nil }
	asked, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var err error
	if c.about, err = call[About](asked, c, http.MethodGet, "/about", nil); err == nil {
		c.answered.Store(false)
		return c, nil
	}
	c.transport.CloseIdleConnections()
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = &SilentError{patience}
	}
	return nil, err
}

// Within is a Client of a store that this process has open itself: what is
// asked with it goes the same way but for the socket. The store is to be closed
// after the client.
func Within(o Options) *Client {
	p := newPipes()
	srv := start(p, o)
	c := newClient(p.dial)
	c.stop, c.about = srv.Stop, srv.service.about()
	return c
}

func newClient(dial func(context.Context) (net.Conn, error)) *Client {
	return &Client{transport: &http.Transport{
		DialContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
		DisableCompression: true,
		IdleConnTimeout:    idleTimeout / 2,
		ReadBufferSize:     trailerBytes, // a trailer has to fit in
	}}
}

// Close ends the client's connections.
func (c *Client) Close() error {
	c.transport.CloseIdleConnections()
	return c.stop()
}

// send asks and returns the answer, which is not an error of the verb. body is
// sent as JSON unless it is nil or a reader, which is sent as it is.
func (c *Client) send(ctx context.Context, method, path string, body any) (*http.Response, error) {
	stream, ok := body.(io.Reader)
	if !ok && body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		stream = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://scimdeck"+path, stream)
	if err != nil {
		return nil, err
	}
	return c.ask(ctx, r)
}

// ask sends a request: see send.
func (c *Client) ask(ctx context.Context, r *http.Request) (*http.Response, error) {
	method := r.Method
	resp, err := c.transport.RoundTrip(r)
	if err != nil {
		return nil, c.failed(ctx, method, err)
	}
	switch {
	case resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusNoContent:
		return resp, nil
	case resp.Header.Get("Content-Type") == problemType:
		err = c.problem(ctx, method, resp)
	default:
		err = fmt.Errorf("the scimdeck that has the data folder, version %s, does not know %s %s: stop it and start this one",
			c.about.Version, method, r.URL.Path)
	}
	resp.Body.Close()
	return nil, err
}

func (c *Client) problem(ctx context.Context, method string, resp *http.Response) error {
	b, err := io.ReadAll(io.LimitReader(resp.Body, bodyBytes))
	if err != nil {
		return c.failed(ctx, method, err)
	}
	c.answered.Store(true)
	return read(b)
}

// failed says what it means that a call got no answer, or not all of it.
func (c *Client) failed(ctx context.Context, method string, err error) error {
	var dialing *net.OpError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case c.answered.Load():
	case method == http.MethodGet, errors.As(err, &dialing) && dialing.Op == "dial":
		return fmt.Errorf("%w: %w", ErrNobody, err)
	}
	return &GoneError{err}
}

// call asks for one value.
func call[A any](ctx context.Context, c *Client, method, path string, body any) (a A, err error) {
	resp, err := c.send(ctx, method, path, body)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, answerBytes))
	if err != nil {
		return a, c.failed(ctx, method, err)
	}
	c.answered.Store(true)
	return a, json.Unmarshal(b, &a)
}

// lines gives each line of a stream to do, whose error ends it, and reads the
// stream's result, if there is to be one. A line is valid until do returns.
func (c *Client) lines(ctx context.Context, resp *http.Response, result any, do func(line []byte) error) error {
	defer resp.Body.Close()
	in := bufio.NewScanner(resp.Body)
	in.Buffer(nil, answerBytes)
	for in.Scan() {
		c.answered.Store(true)
		if err := do(in.Bytes()); err != nil {
			return err
		}
	}
	return c.ended(ctx, resp, result, in.Err())
}

// ended is the error of a stream that was read up to err, nil at its end, where
// the result is.
func (c *Client) ended(ctx context.Context, resp *http.Response, result any, err error) error {
	if err != nil {
		return c.failed(ctx, resp.Request.Method, err)
	}
	c.answered.Store(true)
	if text := resp.Trailer.Get(problemTrailer); text != "" {
		return read([]byte(text))
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal([]byte(resp.Trailer.Get(resultTrailer)), result)
}
