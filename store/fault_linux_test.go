package store

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Disks of their own, for processes of their own: a child in a mount namespace
// mounts a small disk in memory, which root and, on most systems, everybody may.

func init() {
	childModes["full"] = fullChild
	childModes["mount"] = func(t testing.TB, args []string) { mountDisk(t, args[0], "1m") }
}

// confined is a child that may mount.
func confined(mode string, args ...string) *exec.Cmd {
	cmd := child(mode, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return cmd
}

func mountDisk(t testing.TB, dir, size string) {
	t.Helper()
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Fatal(err)
	}
}

// canMount reports whether this system lets us have disks.
func canMount(t *testing.T) bool {
	return confined("mount", t.TempDir()).Run() == nil
}

// filler fills a disk as fast as it goes, and frees it.
func fill(t testing.TB, name string) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	chunk := make([]byte, 1<<20)
	for {
		if _, err := f.Write(chunk); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			if len(chunk) == 1 {
				return
			}
			chunk = chunk[:max(1, len(chunk)/2)]
		}
	}
}

// fullChild lets writers write on a disk that somebody fills and frees again and
// again: folder, seed, how often, size of titles.
func fullChild(t testing.TB, args []string) {
	disk := args[0]
	seed, _ := strconv.ParseUint(args[1], 10, 64)
	times, _ := strconv.Atoi(args[2])
	size, _ := strconv.Atoi(args[3])
	mountDisk(t, disk, "300m")
	dir, ballast := filepath.Join(disk, "data"), filepath.Join(disk, "ballast")
	o := Options{Dir: dir, Catalog: both, Durable: true, Log: LogOptions{Entries: 500}}
	rnd := rand.New(rand.NewPCG(seed, 1))
	l := newLedger()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	estates := map[int]*estate{}
	for w := range 32 {
		estates[w] = newEstate()
	}
	for n := range times {
		s.maxWrites = fewWrites
		until := make(chan struct{})
		ws := &writers{s: s, size: size, until: until}
		ws.say = func(f string, v ...any) { l.hear(t, args[1], fmt.Sprintf(f, v...)) }
		refusals := 0
		ws.refused = func(err error) bool {
			if errors.Is(err, syscall.ENOSPC) {
				refusals++ // under ws.mu? no: see below
				time.Sleep(5 * time.Millisecond)
			}
			return true
		}
		var all sync.WaitGroup
		for w := range 32 {
			all.Go(func() { ws.run(t, w, seed, estates[w]) })
		}
		time.Sleep(time.Duration(20+rnd.IntN(500)) * time.Millisecond)
		fill(t, ballast)
		free, _, _ := freeSpace(disk)
		time.Sleep(time.Duration(rnd.IntN(300)) * time.Millisecond)
		tables, _ := filepath.Glob(filepath.Join(dir, "db", "*.sst"))
		fmt.Printf("# round %d: %d answered, free %d, trouble %v, %d tables, %d MB\n", n, l.deeds, free, s.disk.refusal(), len(tables), s.Size()>>20)
		if _, err := s.List(ctx, person, Query{Start: 1, Count: 100}, func([]byte) {}); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.IntN(300)) * time.Millisecond)
		close(until)
		all.Wait()
		l.settle(t, s)
		closeVerified(t, s)
		if s, err = Open(o); err != nil {
			t.Fatal(err)
		}
		l.settle(t, s)
	}
	closeVerified(t, s)
	fmt.Println("ok")
}

func TestFullDiskForReal(t *testing.T) {
	if !canMount(t) {
		t.Log("no mounts")
		return
	}
	for i := range 3 {
		cmd := confined("full", t.TempDir(), fmt.Sprint(i+1), "10", []string{"20000", "4000", "20000"}[i%3])
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		last := ""
		for lines := bufio.NewScanner(out); lines.Scan(); {
			last = lines.Text()
			if strings.HasPrefix(last, "#") {
				t.Log(last)
			} else {
				t.Log(last)
			}
		}
		if err := cmd.Wait(); err != nil || last != "ok" {
			t.Errorf("%v, %q", err, last)
		}
	}
}
