package tui

import (
	"context"
	"io"
	"os"

	"scimdeck/scim"
	"scimdeck/store"
)

// Options is what the dashboard needs of the program.
type Options struct {
	Store   *store.Store
	Catalog *scim.Catalog
	// Do sends a request of the dashboard's own through the server's handlers (marked "tui" in the log).
	Do       func(ctx context.Context, source, method, path string, body []byte) (status int, answer []byte, err error)
	Listen   string // "127.0.0.1:7644"
	BaseURL  string // "http://127.0.0.1:7644/api/scim/v2"
	Public   string // the configured public URL, or ""
	Version  string
	DataDir  string
	Theme    string // auto, dark, light, 16, none
	ASCII    bool
	Groups   bool
	Messages func() []string // the server's own messages, for L
	In, Out  *os.File
}

// Run shows the dashboard until the user quits (nil) or ctx is done (nil). ErrBroken means that the dashboard
// panicked or hung: the terminal is restored and the caller goes on in plain mode.
func Run(ctx context.Context, o Options) error { panic("skeleton") }

// Plain prints one line a request (JSON objects if asJSON) until ctx is done.
func Plain(ctx context.Context, st *store.Store, w io.Writer, asJSON bool) error { panic("skeleton") }
