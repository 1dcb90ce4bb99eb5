package server

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// net/http sets a deadline eight times for a request on a connection that is kept
// open, and each moves a timer of the runtime. Most of them no operation ever
// meets: when the request is there as a whole, nothing is read under the deadline
// for its header, and an answer fits into the kernel's buffer. So here a deadline
// is noted, and the connection gets it when an operation begins that it does not
// wake in time.
//
// An earlier deadline on the connection is as good as the wanted one: an operation
// that it wakes too early goes on under the wanted one. So a write moves a timer
// once in a minute or less, not twice per request, and no operation ends before
// its deadline or later than it would without this.

// lazyListener gives connections whose deadlines are lazy, where it knows how: a
// TLS connection is read and written by crypto/tls, not by net/http.
type lazyListener struct{ net.Listener }

func (l lazyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return lazily(tcp), nil
	}
	return c, err
}

// closer is what net/http can do with a connection: it closes one side of it
// when it answers before it has read everything.
type closer interface {
	net.Conn
	CloseWrite() error
}

// lazyConn is a connection with lazy deadlines. It has no ReadFrom and no
// WriteTo, which would go past them.
type lazyConn struct {
	closer
	reads, writes deadline
}

func lazily(c closer) *lazyConn {
	return &lazyConn{closer: c, reads: deadline{set: c.SetReadDeadline}, writes: deadline{set: c.SetWriteDeadline}}
}

func (c *lazyConn) Read(p []byte) (int, error) {
	if err := c.reads.begin(); err != nil {
		return 0, err
	}
	for {
		n, err := c.closer.Read(p)
		if n > 0 || !c.reads.early(err) {
			c.reads.end()
			return n, err
		}
	}
}

func (c *lazyConn) Write(p []byte) (n int, err error) {
	if err := c.writes.begin(); err != nil {
		return 0, err
	}
	for {
		m, err := c.closer.Write(p[n:])
		n += m
		if !c.writes.early(err) {
			c.writes.end()
			return n, err
		}
	}
}

func (c *lazyConn) SetReadDeadline(t time.Time) error  { return c.reads.want(t) }
func (c *lazyConn) SetWriteDeadline(t time.Time) error { return c.writes.want(t) }

func (c *lazyConn) SetDeadline(t time.Time) error {
	return errors.Join(c.reads.want(t), c.writes.want(t))
}

// deadline is that of the operations in one direction.
type deadline struct {
	set func(time.Time) error // the connection's

	lock   sync.Mutex
	wanted time.Time // zero: none
	armed  time.Time // what the connection has; zero: none
	spent  bool      // an operation has ended by armed, as all would from now on
	busy   int       // operations that run
}

// want is SetReadDeadline or SetWriteDeadline. Operations that run have to end
// by it too: that is how net/http stops its read in the background.
func (d *deadline) want(t time.Time) error {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.wanted = t
	if d.busy > 0 {
		return d.arm()
	}
	return nil
}

func (d *deadline) begin() error {
	d.lock.Lock()
	defer d.lock.Unlock()
	if err := d.arm(); err != nil {
		return err
	}
	d.busy++
	return nil
}

func (d *deadline) end() {
	d.lock.Lock()
	d.busy--
	d.lock.Unlock()
}

// early reports whether an operation ended before its deadline, and sees to it
// that it does not end so again.
func (d *deadline) early(err error) bool {
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	d.spent = true
	if !d.wanted.IsZero() && !time.Now().Before(d.wanted) {
		return false
	}
	return d.arm() == nil
}

// arm gives the connection the wanted deadline, unless the one that it has wakes
// operations in time.
func (d *deadline) arm() error {
	if !d.spent && (d.armed.Equal(d.wanted) || d.wanted.IsZero() || !d.armed.IsZero() && d.armed.Before(d.wanted)) {
		return nil
	}
	if err := d.set(d.wanted); err != nil {
		return err
	}
	d.armed, d.spent = d.wanted, false
	return nil
}
