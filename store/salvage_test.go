package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
)

// salvaged reads a damaged folder, writes what is left to another one and opens it.
func salvaged(t *testing.T, dir string) (*Salvage, *Store) {
	t.Helper()
	before := folderState(t, dir)
	sv, err := ReadSalvage(dir, both)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "saved")
	if err := sv.Rebuild(to); err != nil {
		t.Fatal(err)
	}
	sv.Close()
	if after := folderState(t, dir); after != before {
		t.Errorf("the damaged folder was changed:\n%s\n%s", before, after)
	}
	s, err := Open(Options{Dir: to, Catalog: both})
	if err != nil {
		t.Fatal(err)
	}
	s.FlushLog()
	if err := s.Verify(ctx); err != nil {
		t.Errorf("verify: %v", err)
	}
	return sv, s
}

// folderState is all files with their sizes and times.
func folderState(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	for _, sub := range []string{"", "db", "docs"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if fi, err := e.Info(); err == nil && !e.IsDir() {
				fmt.Fprintln(&b, e.Name(), fi.Size(), fi.ModTime())
			}
		}
	}
	return b.String()
}

// holds holds what was saved against the truth: whatever is not as it was is reported.
func (is truth) holds(t *testing.T, sv *Salvage, s *Store) {
	t.Helper()
	reported := map[string]bool{}
	for _, r := range append(append(sv.Old, sv.Unsure...), sv.Lost...) {
		reported[r.ID], reported[scim.Fold(r.Name)] = true, true
	}
	found := map[string]bool{}
	for _, rt := range []*scim.ResourceType{person, group} {
		_, err := s.List(ctx, rt, Query{Count: 1 << 20, Bare: true}, func(doc []byte) {
			id := string(scim.DocID(doc))
			found[id] = true
			want, ok := is.docs[id]
			inName, inDoc := sv.hidden(t, id, string(doc))
			switch {
			case !ok && !reported[id] && !(inName && inDoc && sv.Later > 0):
				t.Errorf("%s is back: %s", id, doc)
			case ok && scim.DocVersion(doc) != scim.DocVersion([]byte(want)) && !reported[id] && !(inDoc && sv.Later > 0):
				t.Errorf("%s is old: %s", id, doc)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for id, doc := range is.docs {
		v := body(t, doc)
		name := v.Get("userName").Text() + v.Get("displayName").Text()
		if inName, inDoc := sv.hidden(t, id, doc); !found[id] && !reported[scim.Fold(name)] && !(inName && inDoc) {
			t.Errorf("%s (%s) is lost without a word", id, name)
		}
	}
}

// hidden reports whether a document's name in the index and the document itself
// may be in what was lost: if both are nobody can know of them.
func (s *Salvage) hidden(t *testing.T, id, doc string) (inName, inDoc bool) {
	seq, _ := idSeq(id)
	for _, k := range s.kinds {
		if !strings.Contains(doc, k.t.Schema.ID) {
			continue
		}
		_, d, _, err := k.t.ReadDoc([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		list, err := k.entries(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.index.whole {
				return s.mayBeLost(string(k.entryKey(e.index, e.value, seq))), s.mayBeLost(string(k.docKey(seq)))
			}
		}
	}
	return false, false
}

func TestSalvageOfWhatIsWhole(t *testing.T) {
	for _, closed := range []bool{true, false} {
		whole, is := sample(t, closed)
		dir := filepath.Join(t.TempDir(), "data")
		copyFolder(t, whole, dir)
		sv, s := salvaged(t, dir)
		if sv.Damaged() || len(sv.Lost)+len(sv.Old)+len(sv.Unsure)+sv.Gone+len(sv.Notes) > 0 || sv.Keys != 3 || sv.Log != 300 {
			t.Errorf("closed %v: %+v", closed, sv.Files)
		}
		if m := s.Remarks(); len(m) != 2 || !m[2].Marked || m[90].Note != "ask Bob" {
			t.Errorf("marks and notes: %v", m)
		}
		is.answers(t, s)
		checkInFiles(t, s)
		closeVerified(t, s)
	}
}

// What can be read of a damaged database is saved, and what cannot is said.
func TestSalvage(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	kinds := map[string]func(b []byte) []byte{
		"a bit": func(b []byte) []byte {
			bit := rnd.IntN(8 * len(bytes.TrimRight(b, "\x00")))
			b[bit/8] ^= 1 << (bit % 8)
			return b
		},
		"a page": func(b []byte) []byte {
			at := rnd.IntN(len(bytes.TrimRight(b, "\x00")))
			for i := at; i < min(at+4096, len(b)); i++ {
				b[i] = byte(rnd.IntN(256))
			}
			return b
		},
		"the end":   func(b []byte) []byte { return b[:rnd.IntN(len(bytes.TrimRight(b, "\x00")))] },
		"all of it": func([]byte) []byte { return nil },
	}
	made, saved, lost, unsure := 0, 0, 0, 0
	for _, closed := range []bool{true, false} {
		dir, is := sample(t, closed)
		for _, kind := range []string{"*.sst", "*.mem", "MANIFEST", "KEYREGISTRY", "DISCARD", "*.vlog", "../docs/*"} {
			files, _ := filepath.Glob(filepath.Join(dir, "db", kind))
			for how, spoil := range kinds {
				if how == "all of it" && kind == "*.mem" {
					continue // after a clean stop there is none, so nobody misses it
				}
				n := rounds(1, 2)
				if len(files) == 0 || n == 1 && rnd.IntN(3) > 0 {
					n = 0
				}
				for range n {
					file := files[rnd.IntN(len(files))]
					to := filepath.Join(t.TempDir(), "data")
					copyFolder(t, dir, to)
					b, err := os.ReadFile(file)
					if err != nil {
						t.Fatal(err)
					}
					if len(bytes.TrimRight(b, "\x00")) == 0 {
						continue
					}
					name, _ := filepath.Rel(dir, file)
					target := filepath.Join(to, name)
					if b = spoil(b); b == nil {
						err = os.Remove(target)
					} else {
						err = os.WriteFile(target, b, 0o600)
					}
					if err != nil {
						t.Fatal(err)
					}
					sv, s := salvaged(t, to)
					is.holds(t, sv, s)
					made++
					saved += sv.Saved["User"] + sv.Saved["Group"]
					lost += len(sv.Lost)
					unsure += len(sv.Unsure) + len(sv.Old)
					if err := s.Close(); err != nil {
						t.Error(err)
					}
					if t.Failed() {
						t.Fatalf("%s of %s, closed %v: %+v", how, filepath.Base(file), closed, sv.Files)
					}
				}
			}
		}
	}
	t.Logf("%d damages: %d resources were saved, %d lost, %d are unsure", made, saved, lost, unsure)
}
