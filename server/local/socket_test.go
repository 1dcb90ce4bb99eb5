package local

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a killed process left is in nobody's way.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
		t.Errorf("no socket: %v", err)
	}
	ln, err := listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil { // as the system does it for a dead process
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(dir, Name)); err != nil {
		t.Fatalf("there is no stale socket: %v", err)
	}
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
		t.Errorf("a stale socket: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, Name+".new"), 0o700); err != nil { // killed while it made one
		t.Fatal(err)
	}
	srv, err := Start(dir, Options{Store: open(t), Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Stop() }()
	c, err := Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// other is another process that answers the first question and then does as it likes.
func other(t *testing.T, then http.HandlerFunc) (dir string) {
	t.Helper()
	dir = t.TempDir()
	ln, err := listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/about", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) })
	mux.HandleFunc("/", then)
	srv := &http.Server{Handler: mux}
	go func() { _ = srv.Serve(ln) }() // ends with Close
	t.Cleanup(func() { srv.Close() })
	return dir
}

// What went away is told apart: whether one can simply ask another one, or does not know what was done.
func TestGone(t *testing.T) {
	aborted := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	dial := func(dir string) *Client {
		c, err := Dial(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	var gone *GoneError
	c := dial(other(t, aborted))
	if _, err := c.Keys(t.Context()); !errors.Is(err, ErrNobody) {
		t.Errorf("a first look that broke off: %v", err)
	}
	if err := c.RevokeKey(t.Context(), 1); !errors.As(err, &gone) {
		t.Errorf("a change that broke off: %v", err)
	}

	answers := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/count/User" {
			aborted(w, r)
		}
		_, _ = w.Write([]byte("[]"))
	}
	c = dial(other(t, answers))
	if _, err := c.Keys(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := c.Count(t.Context(), users); !errors.As(err, &gone) || errors.Is(err, ErrNobody) {
		t.Errorf("a second look that broke off: %v", err)
	}

	// The server stops between Dial and the first call.
	dir := t.TempDir()
	srv, err := Start(dir, Options{Store: open(t), Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	c = dial(dir)
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.CreateKey(t.Context(), "okta", time.Time{}); !errors.Is(err, ErrNobody) && !errors.As(err, &gone) {
		t.Errorf("a stopped server: %v", err)
	}
	if _, err := c.Keys(t.Context()); !errors.Is(err, ErrNobody) {
		t.Errorf("a stopped server: %v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Keys(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}

// A process that is suspended takes connections and says nothing.
func TestSilent(t *testing.T) {
	dir := t.TempDir()
	ln, err := listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var silent *SilentError
	if _, err := dialFor(t.Context(), dir, 20*time.Millisecond); !errors.As(err, &silent) {
		t.Errorf("%v", err)
	}
}

// A slow end of a stream does not hold up Stop, and a stream that is cut tells so.
func TestStopEndsStreams(t *testing.T) {
	dir := t.TempDir()
	srv, err := Start(dir, Options{Store: open(t), Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", filepath.Join(dir, Name))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil { // the watch has begun
		t.Fatal(err)
	}
	if err := srv.Stop(); err != nil {
		t.Error(err)
	}
	rest := make([]byte, 4096)
	n, err := conn.Read(rest)
	for err == nil && !strings.Contains(string(rest[:n]), "0\r\n") {
		var more int
		more, err = conn.Read(rest[n:])
		n += more
	}
	if text := string(rest[:n]); !strings.Contains(text, problemTrailer+`: {"message":"the store is closed","closed":true}`) {
		t.Errorf("the end is %q, %v", text, err)
	}
}
