package store

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim/wire"
)

// Whatever is appended is read back until its chunk is counted out, over changes of
// the file and over restarts; then its file goes, and no file that is needed.
func TestLogFiles(t *testing.T) {
	for _, inMemory := range []bool{false, true} {
		h := &home{dir: t.TempDir()}
		if inMemory {
			h = nil
		}
		rnd := rand.New(rand.NewPCG(1, 2))
		f, err := openLogFiles(h, true)
		if err != nil {
			t.Fatal(err)
		}
		type rest struct {
			at   restPlace
			data []byte
		}
		var list []rest
		for step := range 2000 {
			switch n := rnd.IntN(20); {
			case n == 0 && len(list) > 0: // as the log goes: the oldest
				for _, r := range list[:len(list)/3] {
					f.count(r.at, -1)
				}
				list = slices.Clone(list[len(list)/3:])
				f.sweep()
			case n == 1 && !inMemory:
				f.closeOpen()
				if f, err = openLogFiles(h, true); err != nil {
					t.Fatal(err)
				}
				for _, r := range list {
					if !f.has(r.at) {
						t.Fatalf("step %d: %+v is not there any more", step, r.at)
					}
					f.count(r.at, 1)
				}
				f.sweep()
			default:
				data := make([]byte, rnd.IntN(3000))
				for i := range data {
					data[i] = byte(rnd.Uint32())
				}
				at, err := f.append(data, 10_000)
				if err != nil {
					t.Fatal(err)
				}
				f.count(at, 1)
				list = append(list, rest{at, data})
			}
			if step%50 != 0 {
				continue
			}
			needed := map[uint64]bool{f.current: f.current != 0}
			for _, r := range list {
				needed[r.at.file] = true
				if have, err := f.read(r.at); err != nil || !bytes.Equal(have, r.data) {
					t.Fatalf("step %d: %+v: %v", step, r.at, err)
				}
			}
			for _, number := range logFileNumbers(t, f) {
				if !needed[number] && step%100 == 0 {
					f.sweep()
					if slices.Contains(logFileNumbers(t, f), number) {
						t.Fatalf("step %d: nobody needs %d", step, number)
					}
				}
			}
		}
	}
}

// logFileNumbers lists the files that there are, and holds what is known of them against that.
func logFileNumbers(t *testing.T, f *logFiles) []uint64 {
	t.Helper()
	known, size := f.numbers()
	if f.dir == "" {
		return known
	}
	files, err := os.ReadDir(f.dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names, want []string
	bytes := int64(0)
	for _, e := range files {
		names = append(names, e.Name())
		fi, err := e.Info()
		if err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", e.Name(), fi.Mode(), err)
		}
		bytes += fi.Size()
	}
	for _, n := range known {
		want = append(want, fileName(n))
	}
	if !slices.Equal(names, want) || bytes != size {
		t.Errorf("there are %q with %d bytes, known are %q with %d", names, bytes, want, size)
	}
	return known
}

// A reader that knows of a chunk reads it, whatever has become of it meanwhile.
func TestPinnedLogFiles(t *testing.T) {
	f, err := openLogFiles(&home{dir: t.TempDir()}, false)
	if err != nil {
		t.Fatal(err)
	}
	at, err := f.append([]byte("one"), 1)
	if err != nil {
		t.Fatal(err)
	}
	unpin, unpinToo := f.pin(), f.pin()
	two, err := f.append([]byte("two"), 1) // in another file
	if err != nil {
		t.Fatal(err)
	}
	f.closeOpen()
	f.sweep()
	three, err := f.append([]byte("three"), 1) // its number is another than that of what is still to be deleted
	if err != nil || three.file == two.file {
		t.Fatal(three, err)
	}
	unpin()
	if b, err := f.read(at); err != nil || string(b) != "one" {
		t.Errorf("%q, %v", b, err)
	}
	unpinToo()
	if _, err := f.read(at); !errors.Is(err, errLogFile) {
		t.Errorf("the file is still there: %v", err)
	}
	if b, err := f.read(three); err != nil || string(b) != "three" {
		t.Errorf("%q, %v", b, err)
	}
}

// noisyLog is a store in a folder with n logged exchanges whose bodies do not get smaller.
func noisyLog(t *testing.T, dir string, n int, change ...func(*Options)) *Store {
	t.Helper()
	s := open(t, append([]func(*Options){in(dir)}, change...)...)
	s.LogState() // waits until the log is loaded
	for i := range n {
		s.Log(noisy(i))
		if i%20 == 19 {
			s.FlushLog()
		}
	}
	s.FlushLog()
	return s
}

// noisy is an exchange with a body that cannot be compressed.
func noisy(i int) *wire.Exchange {
	ex := exchange(i)
	ex.ResponseBody = (&logger{rand: rand.New(rand.NewPCG(1, uint64(i)))}).bytes(4000)
	return ex
}

// Of a file that ends before what the database says, as after a power cut, all that is in the rest of the log stays.
func TestLogFileCutOff(t *testing.T) {
	dir := t.TempDir()
	s := noisyLog(t, dir, 200)
	last := s.log.chunks[len(s.log.chunks)-1]
	if last.place.file == 0 {
		t.Fatalf("%+v is in the database", last)
	}
	if err := s.SetMark(last.last, true); err != nil {
		t.Fatal(err)
	}
	closeVerified(t, s)
	if err := os.Truncate(s.logFiles.name(last.place.file), last.place.offset+10); err != nil {
		t.Fatal(err)
	}
	var messages bytes.Buffer
	for range 2 {
		s = open(t, in(dir), func(o *Options) { o.Messages = slog.New(slog.NewTextHandler(&messages, nil)) })
		if st := s.LogState(); st.Entries != 200-last.count || st.Last != last.first-1 {
			t.Errorf("%+v", st)
		}
		s.FlushLog()
		if n := len(s.Remarks()); n != 0 {
			t.Errorf("%d remarks on what is gone", n)
		}
		s.log.do(func() {}) // settled
		closeVerified(t, s)
	}
	if said := strings.Count(messages.String(), "the end of the request log is lost"); said != 1 {
		t.Errorf("it was said %d times: %s", said, messages.String())
	}
	s = open(t, in(dir))
	s.Log(exchange(0))
	s.FlushLog()
	if st := s.LogState(); st.Last != last.last+1 {
		t.Errorf("a number is given again: %+v", st)
	}
	closeVerified(t, s)
}

// A flipped bit in a file costs what is there. The message names it, repair saves the others.
func TestLogFileDamaged(t *testing.T) {
	dir := t.TempDir()
	s := noisyLog(t, dir, 200)
	hurt := s.log.chunks[3]
	create(t, s, draft(t, ada))
	closeVerified(t, s)
	name := s.logFiles.name(hurt.place.file)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[hurt.place.offset+5] ^= 4
	overwrite(t, name, b)

	s = open(t, in(dir))
	if _, _, err := s.Exchange(hurt.first); err == nil || !strings.Contains(err.Error(), filepath.Base(name)+" between") {
		t.Errorf("have %v", err)
	}
	if _, ok, err := s.Exchange(hurt.last + 1); !ok || err != nil {
		t.Errorf("the next: %v %v", ok, err)
	}
	if err := s.Verify(ctx); err == nil || !strings.Contains(err.Error(), filepath.Base(name)+" between") {
		t.Errorf("verify: %v", err)
	}
	var backup bytes.Buffer
	if c, err := s.Backup(ctx, &backup); err != nil || c.LostLog != hurt.count {
		t.Errorf("backup: %+v, %v", c, err)
	}
	again := filepath.Join(t.TempDir(), "restored")
	if _, err := Restore(ctx, again, &backup); err != nil {
		t.Fatal(err)
	}
	restored := open(t, in(again))
	if st := restored.LogState(); st.Entries != 200-hurt.count || restored.Count(users) != 1 {
		t.Errorf("restored: %+v", st)
	}
	closeVerified(t, restored)
	create(t, s, user(t, "bob"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	saved, err := ReadSalvage(dir, catalog)
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	if note := fmt.Sprintf("%d logged requests are lost", hurt.count); !strings.Contains(strings.Join(saved.Notes, "\n"), note) || saved.Log != 200-hurt.count {
		t.Errorf("%d, %q, want %q", saved.Log, saved.Notes, note)
	}
	to := filepath.Join(t.TempDir(), "saved")
	if err := saved.Rebuild(to); err != nil {
		t.Fatal(err)
	}
	s = open(t, in(to))
	if st := s.LogState(); st.Entries != 200-hurt.count || s.Count(users) != 2 {
		t.Errorf("%+v, %d users", st, s.Count(users))
	}
	closeVerified(t, s)
}

// What retention drops is off the disk at once, but for a part of one file.
func TestLogFilesGoWithTheirChunks(t *testing.T) {
	dir := t.TempDir()
	small := func(o *Options) { o.Log.Bytes = 1 << 20 }
	s := noisyLog(t, dir, 2000, small)
	for range 2 {
		_, size := s.logFiles.numbers()
		if most := int64(1<<20) * 11 / 10; size > most || size < 1<<19 {
			t.Errorf("the files have %d bytes", size)
		}
		logFileNumbers(t, s.logFiles)
		closeVerified(t, s)
		s = open(t, in(dir), small)
		s.FlushLog()
	}
	if err := s.ClearLog(); err != nil {
		t.Fatal(err)
	}
	if numbers, _ := s.logFiles.numbers(); len(numbers) > 1 { // the one that is appended to
		t.Errorf("the files %d are left", numbers)
	}
	closeVerified(t, s)
	s = open(t, in(dir), small)
	s.FlushLog()
	if numbers := logFileNumbers(t, s.logFiles); len(numbers) > 0 {
		t.Errorf("the files %d are left after a restart", numbers)
	}
	closeVerified(t, s)
}

// What is taken for the value of a chunk is written again as it was, but for the
// length of its numbers, and reading it holds what it says.
func FuzzChunkValue(f *testing.F) {
	rows := chunkHead{first: 1, last: 3, count: 3, raw: 99}.append(nil, 5)
	f.Add(appendValue(nil, rows, []byte("\x03rest"), restPlace{}))
	f.Add(appendValue(nil, rows, nil, restPlace{file: 7, offset: 13, n: 4, sum: 99}))
	f.Add(appendValue(nil, nil, nil, restPlace{file: 1 << 60, offset: 1 << 61, n: maxRaw}))
	f.Add([]byte{formFile, 0, 0})
	f.Fuzz(func(t *testing.T, value []byte) {
		rows, rest, there, err := cutValue(1, value)
		if err != nil {
			return
		}
		again := appendValue(nil, rows, rest, there)
		rowsAgain, restAgain, thereAgain, err := cutValue(1, again)
		if err != nil || !bytes.Equal(rows, rowsAgain) || !bytes.Equal(rest, restAgain) || there != thereAgain || len(again) > len(value) {
			t.Errorf("%q is written as %q: %v", value, again, err)
		}
		if there.file != 0 && rest != nil || there.offset < 0 || there.n < 0 || there.offset+int64(there.n) < 0 {
			t.Errorf("%+v and %d bytes", there, len(rest))
		}
		if h, _, _, err := readValue(1, value); err == nil && (h.stored < int64(len(value)) || h.inDB() != int64(len(value))) {
			t.Errorf("%+v takes %d bytes", h, len(value))
		}
	})
}
