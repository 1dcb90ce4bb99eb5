package server

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// pipe is one end of a net.Pipe that can be closed on one side as a connection can.
type pipe struct{ net.Conn }

func (p pipe) CloseWrite() error { return p.Close() }

// life is what one end of a pipe goes through under a clock that only sleeping
// moves. Steps are made of the seed; what came of them, and when, is the result.
func life(seed uint64, wrap func(closer) net.Conn) (told []string) {
	begin := time.Now()
	tell := func(what string, n int, err error) {
		kind := "ok"
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			kind = "timeout"
		case err != nil:
			kind = err.Error()
		}
		told = append(told, fmt.Sprintf("%v %s %d %s", time.Since(begin), what, n, kind))
	}
	a, b := net.Pipe()
	c := wrap(pipe{a})
	r := rand.New(rand.NewPCG(seed, 1))
	done := make(chan bool)
	go func() { // the peer
		defer close(done)
		r := rand.New(rand.NewPCG(seed, 2))
		buf := make([]byte, 8)
		for {
			time.Sleep(time.Duration(r.IntN(40))*time.Second + time.Duration(1+r.IntN(1e6))) // never when something else happens
			if err := b.SetDeadline(time.Now().Add(time.Duration(r.IntN(20))*time.Second + time.Duration(1+r.IntN(1e6)))); err != nil {
				return
			}
			var err error
			if r.IntN(2) == 0 {
				_, err = b.Read(buf[:1+r.IntN(7)])
			} else {
				_, err = b.Write(buf[:1+r.IntN(7)])
			}
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				return
			}
		}
	}()
	when := func() time.Time {
		switch r.IntN(6) {
		case 0:
			return time.Time{}
		case 1:
			return time.Unix(1, 0)
		}
		return time.Now().Add(time.Duration(r.IntN(60)-5) * time.Second)
	}
	set := func() {
		switch t := when(); r.IntN(3) {
		case 0:
			tell("set read", 0, c.SetReadDeadline(t))
		case 1:
			tell("set write", 0, c.SetWriteDeadline(t))
		default:
			tell("set both", 0, c.SetDeadline(t))
		}
	}
	for range 60 {
		for range r.IntN(3) {
			set()
		}
		read := r.IntN(2) == 0
		time.Sleep(time.Nanosecond) // else it would be chance what is first
		type end struct {
			what string
			n    int
			err  error
		}
		ended := make(chan end)
		go func() {
			if read {
				n, err := c.Read(make([]byte, 4))
				ended <- end{"read", n, err}
			} else {
				n, err := c.Write(make([]byte, 12))
				ended <- end{"write", n, err}
			}
		}()
		for running := true; running; { // the deadlines are changed while it runs, as net/http does
			timer := time.NewTimer(time.Duration(1+r.IntN(90))*time.Second + time.Duration(r.IntN(9))*time.Millisecond + time.Microsecond)
			select {
			case e := <-ended:
				tell(e.what, e.n, e.err)
				running = false
			case <-timer.C:
				synctest.Wait()
				set()
			}
			timer.Stop()
		}
	}
	c.Close()
	b.Close()
	<-done
	_, err := c.Read(nil)
	tell("read after the end", 0, err)
	return told
}

// A connection with lazy deadlines does what one without does, at the same time to
// the nanosecond: no operation ends before its deadline, none after it.
func TestLazyDeadlines(t *testing.T) {
	for seed := range uint64(300) {
		var plain, lazy []string
		synctest.Test(t, func(*testing.T) { plain = life(seed, func(c closer) net.Conn { return c }) })
		synctest.Test(t, func(*testing.T) { lazy = life(seed, func(c closer) net.Conn { return lazily(c) }) })
		for i := range max(len(plain), len(lazy)) {
			if i >= len(plain) || i >= len(lazy) || plain[i] != lazy[i] {
				t.Fatalf("seed %d, step %d:\nplain %q\nlazy  %q", seed, i, plain[max(0, i-6):min(i+2, len(plain))], lazy[max(0, i-6):min(i+2, len(lazy))])
			}
		}
	}
}

// net/http sees a connection that it can half-close, and not one that it could
// write to past the deadlines.
func TestLazyListener(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c, err := lazyListener{ln}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, ok := c.(interface{ CloseWrite() error }); !ok {
		t.Error("no CloseWrite")
	}
	if _, ok := c.(io.ReaderFrom); ok {
		t.Error("ReadFrom goes past the deadlines")
	}
	if c.RemoteAddr().String() != client.LocalAddr().String() {
		t.Errorf("the peer is %v", c.RemoteAddr())
	}
}
