package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"scimdeck/scim"
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

// fill fills a disk as fast as it goes.
func fill(t testing.TB, name string) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for chunk := make([]byte, 1<<20); len(chunk) > 0; {
		if _, err := f.Write(chunk); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			chunk = chunk[:len(chunk)/2]
		}
	}
}

// fullChild lets writers write on a small disk that somebody fills and frees again
// and again: folder, seed, how often, size of titles.
func fullChild(t testing.TB, args []string) {
	disk := args[0]
	seed, _ := strconv.ParseUint(args[1], 10, 64)
	times, _ := strconv.Atoi(args[2])
	size, _ := strconv.Atoi(args[3])
	mountDisk(t, disk, "300m")
	o := Options{Dir: filepath.Join(disk, "data"), Catalog: both, Durable: true, Log: LogOptions{Entries: 500}}
	rnd, l := rand.New(rand.NewPCG(seed, 1)), newLedger()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	var refusals atomic.Int64
	estates := map[int]*estate{}
	for range times {
		until := make(chan struct{})
		s.maxWrites = fewWrites
		ws := &writers{s: s, size: size, until: until}
		ws.say = func(f string, v ...any) { l.hear(t, args[1], fmt.Sprintf(f, v...)) }
		ws.refused = func(err error) bool {
			var known *scim.Error
			switch {
			case errors.Is(err, syscall.ENOSPC):
				refusals.Add(1)
				time.Sleep(5 * time.Millisecond) // as a client would, before it tries again
			case !errors.As(err, &known) || known.Status != 413:
				t.Error(err)
			}
			return true
		}
		var all sync.WaitGroup
		for w := range 32 {
			if estates[w] == nil {
				estates[w] = newEstate()
			}
			estate := estates[w]
			all.Go(func() { ws.run(t, w, seed, estate) })
		}
		time.Sleep(time.Duration(20+rnd.IntN(300)) * time.Millisecond)
		full(t, s, disk, rnd, &refusals)
		before := s.Count(person)
		for s.Count(person) == before { // it goes on by itself: if not, the parent gives up
			time.Sleep(time.Millisecond)
		}
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
	fmt.Printf("ok: %d answered, %d refused\n", l.deeds, refusals.Load())
}

// full fills the disk, sees that writes are refused and reads are not, and frees it.
func full(t testing.TB, s *Store, disk string, rnd *rand.Rand, refusals *atomic.Int64) {
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	for before := refusals.Load(); refusals.Load() == before; {
		time.Sleep(time.Millisecond)
	}
	for range 10 {
		if _, err := s.List(ctx, person, Query{Start: 1, Count: 100}, func([]byte) {}); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Duration(rnd.IntN(100)) * time.Millisecond)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
}

// A disk that is full for a while, at any moment: every answered change is there,
// reads go on meanwhile, and writes by themselves afterwards.
func TestFullDiskForReal(t *testing.T) {
	if !canMount(t) {
		t.Log("this system lets us have no disk of our own: TestFullDisk has to do")
		return
	}
	for _, size := range []string{"20", "20000"} { // the log of a memtable fills up, or tables are made all the time
		seed := fmt.Sprint(time.Now().UnixNano() % 1e9)
		ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		out, err := within(ctx, confined("full", t.TempDir(), seed, fmt.Sprint(rounds(1, 4)), size))
		t.Logf("seed %s, titles of %s: %s", seed, size, out)
		if err != nil || !strings.HasPrefix(out, "ok: ") {
			t.Errorf("%v", err)
		}
	}
}

// within runs a command that is killed when ctx ends, and returns its last line.
func within(ctx context.Context, cmd *exec.Cmd) (last string, err error) {
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	out, err := cmd.Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], err
}

// What could not be written to the disk may be forgotten there, so a second sync that
// works is no proof.
func TestSyncThatFails(t *testing.T) {
	s := openUnverified(t)
	create(t, s, user(t, "ada@x"))
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	s.docs.mu.Lock()
	f := s.docs.files[s.docs.current]
	was := f.file
	f.file, f.dirty = w, true // what cannot be synced
	s.docs.mu.Unlock()
	if err := s.docs.sync(); err == nil {
		t.Fatal("a pipe can be synced")
	}
	s.docs.mu.Lock()
	f.file = was
	s.docs.mu.Unlock()
	if err := s.docs.sync(); err == nil {
		t.Error("a failed sync is forgotten")
	}
	if _, err := s.Create(ctx, users, user(t, "bob@x")); err == nil {
		t.Error("a user is made whose document may never come to the disk")
	}
}
