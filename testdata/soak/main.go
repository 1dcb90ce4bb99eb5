// Soak runs a scimdeck under a steady load for minutes, looks at what it takes,
// and fails when that grows: memory, goroutines, open files, bytes on disk.
//
//	go build -o scimdeck .
//	go run -C testdata/soak . -binary $PWD/scimdeck                # 10 minutes at 2,000 requests/s
//	go run -C testdata/soak . -binary $PWD/scimdeck -for 2m -rate 500 -idle 0
//
// The server gets a temporary folder and a port on 127.0.0.1; nothing leaves the
// machine. The load is Okta's life cycle of users that are deleted again, lookups,
// and imports of all pages, beside connections that do nothing, readers that do not
// read and bodies that do not end. A table has a line a minute; the exit code is 1
// when something was not flat in the last half, an answer was wrong, or the server
// did not come to rest. It needs Linux, for /proc.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

type options struct {
	binary             string
	length             time.Duration
	rate, users        int
	idle, slow, halves int
	entries            int
	size               string
	durable            bool
	restMB             int
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "", "the scimdeck to run")
	flag.DurationVar(&o.length, "for", 10*time.Minute, "how long, at least 1m and at most 1h")
	flag.IntVar(&o.rate, "rate", 2000, "requests a second")
	flag.IntVar(&o.users, "users", 5000, "users that are there all the time")
	flag.IntVar(&o.idle, "idle", 10_000, "connections that do nothing")
	flag.IntVar(&o.slow, "slow", 50, "clients that do not read their answers")
	flag.IntVar(&o.halves, "half", 50, "clients that do not finish their request")
	flag.IntVar(&o.entries, "entries", 50_000, "the setting requestLog.entries")
	flag.StringVar(&o.size, "bytes", "256MB", "the setting requestLog.bytes")
	flag.BoolVar(&o.durable, "durable", true, "the setting durable")
	flag.IntVar(&o.restMB, "rest", 60, "MB of memory that it may have 30 s after the end; 0: any")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, o.length+5*time.Minute) // whatever happens
	defer cancel()
	if err := soak(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func soak(ctx context.Context, o options) (err error) {
	switch {
	case runtime.GOOS != "linux":
		return errors.New("this needs Linux's /proc")
	case o.binary == "" || o.length < time.Minute || o.length > time.Hour || o.rate < 1 || o.users < 1:
		return errors.New("want -binary FILE, -for 1m to 1h, -rate and -users of at least 1")
	}
	s, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	load := newLoad(s, o)
	if err := load.fill(ctx); err != nil {
		return err
	}
	fmt.Printf("%d users are there; %v at %d requests/s, beside %d idle connections, %d slow readers and %d half requests\n",
		o.users, o.length, o.rate, o.idle, o.slow, o.halves)
	crowded, disperse := context.WithCancel(ctx)
	defer disperse()
	if err := load.crowd(crowded); err != nil {
		return err
	}
	watch := newWatch(s, load)
	ended := load.run(ctx, o.length)
	watch.run(ctx, ended)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	disperse()
	load.leave()
	return errors.Join(load.err(), watch.flat(), watch.rest(ctx, o.restMB))
}

// server is the scimdeck that is soaked.
type server struct {
	cmd    *exec.Cmd
	binary string
	dir    string // temporary
	base   string // URL
	key    string
}

// start starts it on a folder of its own, and makes a key.
func start(ctx context.Context, o options) (*server, error) {
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return nil, err
	}
	s := &server{binary: o.binary, dir: dir}
	config := fmt.Sprintf(`{"durable": %v, "listen": "127.0.0.1:0", "requestLog": {"entries": %d, "bytes": %q}, "limits": {"readTimeout": "1h"}}`,
		o.durable, o.entries, o.size)
	if err := os.WriteFile(s.file("config.hujson"), []byte(config), 0o600); err != nil {
		return nil, err
	}
	key, err := s.command(ctx, "keys", "create", "soak").Output()
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	s.key = strings.TrimSpace(string(key))
	out, err := os.Create(s.file("out"))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	s.cmd = s.command(context.Background(), "serve")
	s.cmd.Stdout, s.cmd.Stderr = out, out
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		said, _ := os.ReadFile(out.Name()) // there is one, or nothing is said yet
		if _, url, ok := strings.Cut(string(said), "listening on "); ok && strings.Contains(url, "\n") {
			s.base = strings.Fields(url)[0]
			return s, os.Truncate(out.Name(), 0)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, errors.Join(errors.New("the server does not say where it listens"), s.stop())
}

func (s *server) file(name string) string { return filepath.Join(s.dir, name) }

func (s *server) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.binary, append(args, "--data", s.file("data"), "--config", s.file("config.hujson"))...)
	cmd.Env = append(os.Environ(), "HOME="+s.dir)
	return cmd
}

// stop ends it in order and deletes the folder.
func (s *server) stop() error {
	var err error
	if s.cmd != nil && s.cmd.Process != nil {
		err = s.cmd.Process.Signal(os.Interrupt)
		killer := time.AfterFunc(20*time.Second, func() { _ = s.cmd.Process.Kill() })
		defer killer.Stop()
		err = errors.Join(err, s.cmd.Wait())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}
