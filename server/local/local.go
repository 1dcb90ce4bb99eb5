// Package local lets a second process drive a running scimdeck: the store's own
// verbs as HTTP and JSON, over a Unix socket in the data folder.
//
// It is no network service. Who may open the socket, the folder's owner, may do
// what the dashboard may, without a key. And it is not SCIM: a client of the
// server never gets here.
//
// Whoever has the folder's store open answers:
//
//	srv, err := local.Start(dir, local.Options{Store: st, Catalog: catalog, Do: scimServer.Do})
//	...
//	defer srv.Stop() // before the store is closed
//
// and another process asks:
//
//	c, err := local.Dial(ctx, dir)
//	if errors.Is(err, local.ErrNobody) {
//		// nobody has it: open the store, and ask the same things of
//		c = local.Within(local.Options{Store: st, Catalog: catalog})
//	}
//	defer c.Close()
//	secret, key, err := c.CreateKey(ctx, "okta", time.Time{})
//
// A Client's methods have the names of the store's, and what they give is what
// the store gives, errors included: an *scim.Error stays one, store.ErrClosed
// stays that, others keep their words. What fails on the way is ErrNobody or a
// *GoneError. Text that is not UTF-8 arrives with U+FFFD in place of the rest.
//
// The two sides of a verb stand in one file, named after what it is about. A
// person can ask too:
//
//	curl --unix-socket scimdeck-data/socket http://scimdeck/keys
package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// Options says what is answered with.
type Options struct {
	Store   *store.Store
	Catalog *scim.Catalog
	Policy  scim.Policy // how strictly imported resources are read
	// Do sends a request through the SCIM server's handlers; nil when no server runs.
	Do func(ctx context.Context, source, method, path string, body []byte) (status int, answer []byte, err error)
	// Send is Do for a request with header fields of its own. It can be there without a server that listens.
	Send     func(ctx context.Context, source string, r *wire.Request) (status int, answer []byte, err error)
	About    About        // PID is filled in
	Messages *slog.Logger // of the HTTP server; nil: dropped
}

// About says who answers.
type About struct {
	PID     int       `json:"pid"`
	Version string    `json:"version"`          // of the program
	URL     string    `json:"url"`              // base URL of the SCIM server: "http://127.0.0.1:7644/api/scim/v2"; "": none runs
	Listen  string    `json:"listen"`           // its address: "127.0.0.1:7644"
	Public  string    `json:"publicURL"`        // the configured public URL, or ""
	Started time.Time `json:"started,omitzero"` // zero when no server runs

	Goroutines int `json:"goroutines"` // of the process, when it was asked
}

// ErrNobody says that nobody answers for the folder: there is no socket, a
// killed process left it, or its process stopped before it was asked anything.
var ErrNobody = errors.New("no scimdeck answers for this data folder")

// SilentError says that a process has the socket open and says nothing.
type SilentError struct{ After time.Duration }

func (e *SilentError) Error() string {
	return fmt.Sprintf("the scimdeck that has this data folder has not answered for %v; is it suspended?", e.After)
}

// GoneError says that the process that had the folder went away during a call,
// so that it is not known whether the call was done.
type GoneError struct{ Err error }

func (e *GoneError) Error() string {
	return "the scimdeck that had this data folder went away: " + e.Err.Error()
}

func (e *GoneError) Unwrap() error { return e.Err }

// about answers a client's first question.
func (s *service) about() About {
	a := s.o.About
	a.PID, a.Goroutines = os.Getpid(), runtime.NumGoroutine()
	return a
}

// About says who answers, as of the beginning.
func (c *Client) About() About { return c.about }
