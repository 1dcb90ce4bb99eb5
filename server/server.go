// Package server turns HTTP requests into calls of the store and back: it
// authenticates, routes, reads, and answers in SCIM's words (RFC 7644).
//
// It keeps nothing, decides nothing about resources (that is scim) and has never
// heard of the dashboard. Every request, also a refused one, becomes an exchange
// in the store's log after it was answered.
//
//	srv := server.New(server.Options{Store: st, Catalog: scim.NewCatalog(false)})
//	ln, err := net.Listen("tcp", "127.0.0.1:7644")
//	if err != nil {
//		return err
//	}
//	return srv.Serve(ctx, ln)
//
// One request goes: record (scim/wire) → base path → key → route → verb → answer.
// Each verb returns a reply or an error; answer.go alone writes responses.
//
// Requests that break HTTP's or SCIM's rules in ways that are known of clients
// are answered and noted, or refused: Policy.Mode says which (see Leniencies and
// scim.Leniencies). Lists are paged by index unless a request has a cursor (RFC
// 9865); a cursor is a signed token and no state (cursor.go).
//
// /Me is 501: a key belongs to no user (RFC 7644 §3.11).
//
// Keys: everything under a base path needs one, but GET /ServiceProviderConfig
// without an Authorization header is answered, since it is what tells a client
// how to authenticate (RFC 7643 §5). With a bad key it is refused like the rest:
// somebody who sends a key wants to know that it does not work.
//
// What net/http cannot read as a request (a request line or header that is
// malformed or longer than 2 MiB) it answers itself, 400 or 431 in plain text: no
// handler sees such a request, so it has no SCIM error and is not in the log.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/julienschmidt/httprouter"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// Options says how a server answers.
type Options struct {
	Store     *store.Store
	Catalog   *scim.Catalog
	BasePaths []string    // default "/api/scim/v2", "/scim/v2"; the first is the announced one
	PublicURL string      // overrides what requests say of the base URL's scheme and host (and path, if it has one)
	Policy    scim.Policy // its Mode is about requests as a whole too
	Limits    Limits
	LogBody   int  // bytes of each body kept in the log, see wire.Options; default 16 KiB; less than 0: nothing
	TLS       bool // the listener given to Serve speaks TLS, so that the base URL of Do begins with https
	Messages  *slog.Logger
	Now       func() time.Time
}

// Limits bounds what a client may ask for. Zero fields mean the default.
type Limits struct {
	BodyBytes   int64         // of a request body; default 1 MiB
	Depth       int           // of JSON; default 32
	FilterBytes int           // of a filter in a URL; default 8 KiB. By POST it may be 8 times as long
	PageSize    int           // resources in a page at most; default 1,000; asked for none: 100
	HeaderBytes int           // of the request line and header; default 64 KiB, at most 2 MiB
	ReadTimeout time.Duration // for a whole request; default 30 s
	Requests    int           // at once; default 512: more wait

	BulkOperations int           // in one bulk request; default 1,000
	BulkBytes      int64         // of a bulk request; default 1 MiB
	CursorAge      time.Duration // how long a cursor can be used; default 10 minutes
}

// What a Server allows itself whatever the options say.
const (
	defaultCount  = 100 // resources in a page when the client does not say
	headerTimeout = 10 * time.Second
	writeTimeout  = 60 * time.Second // a client that reads slower is cut off; Okta gives up then too
	idleTimeout   = 2 * time.Minute  // of a connection kept open between requests
	stopTimeout   = 5 * time.Second
	headerMost    = 2 << 20 // of a header that net/http reads at all; see tooLong
)

// Server answers SCIM requests.
type Server struct {
	store    *store.Store
	catalog  *scim.Catalog
	policy   scim.Policy
	limits   Limits
	bases    []string
	public   publicURL
	messages *slog.Logger
	now      func() time.Time
	router   *httprouter.Router
	routes   []string     // the patterns of the router, for the hint of a 404
	handler  http.Handler // the whole chain
	turns    chan struct{}
	loose    atomic.Int64 // bytes of answers that are written without a turn
	tls      bool
	groups   bool // the catalog has groups
	lastBase atomic.Pointer[baseURL]
	local    atomic.Pointer[string] // host and port that Serve listens on, for Do
}

// New makes a server. A PublicURL that is not an absolute http or https URL is ignored.
func New(o Options) *Server {
	s := &Server{
		store:    o.Store,
		catalog:  o.Catalog,
		policy:   o.Policy,
		limits:   withDefaults(o.Limits),
		bases:    cleanBases(o.BasePaths),
		public:   parsePublic(o.PublicURL),
		messages: o.Messages,
		now:      o.Now,
		tls:      o.TLS,
	}
	if s.catalog == nil {
		s.catalog = scim.NewCatalog(false)
	}
	if s.messages == nil {
		s.messages = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.groups = s.catalog.Type("Group") != nil
	s.turns = make(chan struct{}, s.limits.Requests)
	s.route()
	s.handler = wire.Handler(http.HandlerFunc(s.serve), wire.Options{
		BodyBytes: o.LogBody,
		ScanBytes: int(max(s.limits.BodyBytes, s.limits.BulkBytes)),
		Now:       s.now,
		Sink:      s.log,
		Panic:     answerPanic,
	})
	return s
}

func withDefaults(l Limits) Limits {
	set(&l.BodyBytes, 1<<20)
	set(&l.Depth, 32)
	set(&l.FilterBytes, 8<<10)
	set(&l.PageSize, 1000)
	set(&l.HeaderBytes, 64<<10)
	set(&l.ReadTimeout, 30*time.Second)
	set(&l.Requests, 512)
	set(&l.BulkOperations, 1000)
	set(&l.BulkBytes, 1<<20)
	set(&l.CursorAge, 10*time.Minute)
	return l
}

func set[T int | int64 | time.Duration](v *T, fallback T) {
	if *v <= 0 {
		*v = fallback
	}
}

// pageSize is the number of resources in a page when a client does not say.
func (s *Server) pageSize() int { return min(defaultCount, s.limits.PageSize) }

// log is the sink of the recorder.
func (s *Server) log(ex *wire.Exchange) {
	if ex.Problem != "" {
		s.messages.Error("a request failed", "method", ex.Method, "target", ex.Target, "problem", ex.Problem)
	}
	s.store.Log(ex)
}

// ServeHTTP is the whole chain: record, authenticate, route, answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Serve accepts connections until ctx is done, then lets what runs finish (5 s)
// and returns nil. Any other end is an error.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	local := reachable(ln.Addr().String())
	s.local.Store(&local)
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: min(headerTimeout, s.limits.ReadTimeout),
		ReadTimeout:       s.limits.ReadTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerMost,
		ErrorLog:          slog.NewLogLogger(s.messages.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(lazyListener{ln}) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		s.messages.Warn("some requests were cut off at the end", "error", err)
		_ = srv.Close() // the listener's error is Shutdown's
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
