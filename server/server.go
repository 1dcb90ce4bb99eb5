package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
)

// Options says how a server answers.
type Options struct {
	Store     *store.Store
	Catalog   *scim.Catalog
	BasePaths []string // "/api/scim/v2", "/scim/v2"; the first is the announced one
	PublicURL string   // overrides what requests say of the base URL's scheme and host (and path, if it has one)
	Policy    scim.Policy
	Limits    Limits
	LogBody   int // bytes of each body kept in the log
	Messages  *slog.Logger
	Now       func() time.Time
}

// Limits bounds what a client may ask for. Zero fields mean the default.
type Limits struct {
	BodyBytes   int64         // of a request body; default 1 MiB
	Depth       int           // of JSON; default 32
	FilterBytes int           // default 8 KiB
	PageSize    int           // resources in a page at most; default 1,000; asked for none: 100
	HeaderBytes int           // default 64 KiB
	ReadTimeout time.Duration // for a whole request; default 30 s
	Requests    int           // at once; default 512: more wait
}

// Server answers SCIM requests.
type Server struct{}

// New makes a server.
func New(o Options) *Server { panic("skeleton") }

// ServeHTTP is the whole chain: record, authenticate, route, answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("skeleton") }

// Serve accepts connections until ctx is done, then lets what runs finish (5 s) and returns nil.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error { panic("skeleton") }

// Do runs a request of the dashboard's own through the same chain without a
// key: method, path below the base ("/Users"), body or nil. source marks the log entry.
func (s *Server) Do(ctx context.Context, source, method, path string, body []byte) (status int, answer []byte, err error) {
	panic("skeleton")
}
