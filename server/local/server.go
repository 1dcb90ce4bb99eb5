package local

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// How long a Server waits.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 2 * time.Second // for calls that run when it is stopped
)

// Server answers on a data folder's socket.
type Server struct {
	service *service
	http    *http.Server
	socket  string // its file
	served  chan error
}

// Start answers on the folder's socket until Stop. The caller must have the
// folder's store open, whose lock says that nobody else answers there. The
// error says why there can be no socket; a server can do without it.
func Start(dir string, o Options) (*Server, error) {
	ln, err := listen(dir)
	if err != nil {
		return nil, err
	}
	s := start(ln, o)
	s.socket = filepath.Join(dir, Name)
	return s, nil
}

func start(ln net.Listener, o Options) *Server {
	if o.Messages == nil {
		o.Messages = slog.New(slog.DiscardHandler)
	}
	service := newService(o)
	s := &Server{service: service, served: make(chan error, 1), http: &http.Server{
		Handler:           service.routes(),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    1 << 20, // a filter is in the request line
		ErrorLog:          slog.NewLogLogger(o.Messages.Handler(), slog.LevelWarn),
	}}
	go func() {
		s.served <- s.http.Serve(ln)
		close(s.served)
	}()
	return s
}

// Stop removes the socket, ends streams, lets other calls finish (2 s) and
// returns. It comes before the store's Close. A second Stop does nothing,
// nor does that of a nil Server.
func (s *Server) Stop() error {
	if s == nil {
		return nil
	}
	if s.socket != "" {
		_ = os.Remove(s.socket) // the next server replaces it
	}
	s.service.stop()
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	if ended := <-s.served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// pipes is a listener that only its own dial reaches.
type pipes struct {
	conns  chan net.Conn
	closed context.Context
	close  context.CancelFunc
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn)}
	p.closed, p.close = context.WithCancel(context.Background())
	return p
}

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed.Done():
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed.Done():
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error {
	p.close()
	return nil
}

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Net: "pipe"} }
