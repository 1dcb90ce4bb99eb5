package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// gauge is something that has to stay flat.
type gauge struct {
	name  string
	slack float64 // growth that is none, beside a tenth
	seen  []float64
}

// watch looks at the server.
type watch struct {
	s      *server
	l      *load
	gauges []*gauge // memory, goroutines, files, disk, entries
	failed error    // the first look that failed
}

func newWatch(s *server, l *load) *watch {
	return &watch{s: s, l: l, gauges: []*gauge{
		{name: "memory MB", slack: 24},
		{name: "goroutines", slack: 20},
		{name: "open files", slack: 20},
		{name: "disk MB", slack: 24},
		{name: "log entries", slack: 0},
	}}
}

// run looks once a second until the load has ended, and prints a line a minute.
func (w *watch) run(ctx context.Context, ended <-chan struct{}) {
	fmt.Printf("%6s %10s %8s %8s", "time", "requests/s", "p50", "p99")
	for _, g := range w.gauges {
		fmt.Printf(" %12s", g.name)
	}
	fmt.Println()
	begun, before := time.Now(), w.l.sent.Load()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		w.look(ctx)
		if n%60 > 0 {
			continue
		}
		sent := w.l.sent.Load()
		p50, p99 := w.l.latencies()
		fmt.Printf("%6v %10.0f %8v %8v", time.Since(begun).Round(time.Second), float64(sent-before)/60, p50.Round(10*time.Microsecond), p99.Round(10*time.Microsecond))
		before = sent
		for _, g := range w.gauges {
			fmt.Printf(" %12s", span(g.seen[max(0, len(g.seen)-60):]))
		}
		fmt.Println()
	}
}

// span writes the least and the most: "48..61".
func span(values []float64) string {
	if len(values) == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f..%.0f", slices.Min(values), slices.Max(values))
}

func (w *watch) look(ctx context.Context) {
	goroutines, entries, err := w.status(ctx)
	rss, err2 := resident(w.s.cmd.Process.Pid)
	files, err3 := os.ReadDir(fmt.Sprintf("/proc/%d/fd", w.s.cmd.Process.Pid))
	disk, err4 := allocated(w.s.file("data"))
	if w.failed == nil && ctx.Err() == nil {
		w.failed = errors.Join(err, err2, err3, err4)
	}
	for i, v := range []float64{rss, goroutines, float64(len(files)), disk, entries} {
		w.gauges[i].seen = append(w.gauges[i].seen, v)
	}
}

// status asks the server by its socket.
func (w *watch) status(ctx context.Context) (goroutines, entries float64, err error) {
	out, err := w.s.command(ctx, "status", "--json").Output()
	var s struct{ Goroutines, Kept float64 }
	if err == nil {
		err = json.Unmarshal(out, &s)
	}
	return s.Goroutines, s.Kept, err
}

// resident is the memory of a process in MB.
func resident(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest + " 0")[0])
	return float64(kb) / 1024, err
}

// allocated is what a folder takes on disk in MB: the database's files have holes.
func allocated(dir string) (mb float64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // it was deleted meanwhile
		}
		if info, err := d.Info(); err == nil {
			if st, ok := info.Sys().(*syscall.Stat_t); ok {
				mb += float64(st.Blocks) / 2048
			}
		}
		return nil
	})
	return mb, err
}

// flat holds the most of the last quarter against the most of the one before it:
// compactions and collections make saw teeth, of which only the tops matter.
func (w *watch) flat() error {
	faults := []error{w.failed}
	for _, g := range w.gauges {
		n := len(g.seen) / 4
		if n == 0 {
			continue
		}
		third, fourth := slices.Max(g.seen[2*n:3*n]), slices.Max(g.seen[3*n:])
		verdict := "flat"
		if fourth > third*1.1+g.slack {
			verdict = "GROWS"
			faults = append(faults, fmt.Errorf("%s grow: at most %.0f, then %.0f", g.name, third, fourth))
		}
		fmt.Printf("%-12s at most %.0f in the third quarter, %.0f in the last: %s\n", g.name, third, fourth, verdict)
	}
	return errors.Join(faults...)
}

// rest waits until the server has come to rest, 30 s at most.
func (w *watch) rest(ctx context.Context, mb int) error {
	begun := time.Now()
	var rss float64
	for time.Since(begun) < 30*time.Second && ctx.Err() == nil {
		var err error
		if rss, err = resident(w.s.cmd.Process.Pid); err != nil {
			return err
		}
		if rss <= float64(mb) {
			break
		}
		time.Sleep(time.Second)
	}
	fmt.Printf("%.0f MB of memory %.0f s after the end\n", rss, time.Since(begun).Seconds())
	if mb > 0 && rss > float64(mb) {
		return fmt.Errorf("%.0f MB of memory at rest, want %d", rss, mb)
	}
	return nil
}
