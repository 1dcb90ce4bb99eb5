package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

// write makes a file in a folder of the test.
func write(t testing.TB, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

var moving = regexp.MustCompile(`in [0-9.]+ s \([0-9,.]+( [kM]B)?/s\)|[0-9.]+ [kM]B|[0-9a-f]{8}-[0-9a-f-]{27}|` + regexp.QuoteMeta(os.TempDir()) + `\S*`)

// Data go in and out the same whether a scimdeck runs on the folder or none does.
func TestMovingBothWays(t *testing.T) {
	people, _, err := run(t, "", "sample", "600", "--edge", "--groups", "--seed", "3")
	if err != nil || strings.Count(people, "\n") != 609 {
		t.Fatal(err)
	}
	file := write(t, "people.jsonl", people)
	bad := write(t, "bad.csv", "userName,active\nzoe@x,true\nzoe@x,true\nyan@x,maybe\n")
	unknown := write(t, "unknown.csv", "userName,shoesize\nada@x,42\n")
	var told [2][]string
	for i := range told {
		dir := t.TempDir()
		said := func(args ...string) {
			out, errs, err := run(t, dir, args...)
			told[i] = append(told[i], moving.ReplaceAllString(fmt.Sprintf("%v: %d bytes\n%s%v", args[0], len(out), errs, err), "…"))
		}
		if i == 1 {
			st := open(t, dir)
			srv, err := local.Start(dir, local.Options{Store: st, Catalog: catalog})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := errors.Join(srv.Stop(), st.Close()); err != nil {
					t.Error(err)
				}
			}()
		}
		said("import", file, "--dry-run")
		said("import", file)
		said("import", bad)
		said("import", bad, "--update", "--dry-run")
		said("import", unknown)
		said("import", filepath.Join(t.TempDir(), "nothing"))
		said("import", t.TempDir())
		said("export")
		out := filepath.Join(t.TempDir(), "out.jsonl")
		said("export", out)
		saved := filepath.Join(t.TempDir(), "saved")
		said("backup", saved)
		said("restore", saved)
		for _, name := range []string{out, saved} {
			if fi, err := os.Stat(name); err != nil || os.PathSeparator == '/' && fi.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, fi, err)
			}
			if left, _ := os.ReadDir(filepath.Dir(name)); len(left) != 1 {
				t.Errorf("beside %s: %v", name, left)
			}
		}
		// What comes out of the backup is what the export says.
		second := filepath.Join(t.TempDir(), "second")
		if _, errs, err := run(t, second, "restore", saved); err != nil || !strings.HasPrefix(errs, "601 users and 9 groups restored to ") {
			t.Errorf("%s, %v", errs, err)
		}
		lines, _, err := run(t, second, "export")
		want, err2 := os.ReadFile(out)
		if lines != string(want) || err != nil || err2 != nil {
			t.Errorf("%d bytes, want %d; %v %v", len(lines), len(want), err, err2)
		}
	}
	for i, one := range told[1] {
		if one != told[0][i] {
			t.Errorf("with a server:\n%.1000s\nwith none:\n%.1000s", one, told[0][i])
		}
	}
	for i, want := range []string{
		"600 users and 9 groups would be stored, 0 would be refused, …\n<nil>", "600 users and 9 groups stored, 0 refused, …\n<nil>",
		"line 3: 409 uniqueness: userName \"zoe@x\" is taken by …\nline 4: 400 invalidValue: active: want a boolean, got \"maybe\"\n1 user stored, 2 refused, …\n2 of 3 lines were refused.",
		"nothing would be stored, 2 users would be replaced, 1 would be refused, …",
		`the header of the CSV does not fit; column 2 "shoesize": a User has no such attribute`,
		"cannot be read", "is a folder", "601 users and 9 groups exported, …", "601 users and 9 groups exported, …", "601 users and 9 groups backed up, …", "is not empty",
	} {
		if !strings.Contains(told[0][i], want) {
			t.Errorf("have %s\nwant %s", told[0][i], want)
		}
	}
}

// Who interrupts finds no half file, and the file of before.
func TestInterruptedOutput(t *testing.T) {
	dir, _ := furnish(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, name := range []string{"export", "backup"} {
		file := write(t, "old", "what was there")
		p := &Program{
			Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{},
			Store: func(cmdline.Call) (store.Options, error) { return store.Options{Dir: dir, Catalog: catalog}, nil },
		}
		commands := map[string]func(context.Context, cmdline.Call) error{"export": p.export, "backup": p.backup}
		if err := commands[name](ended, cmdline.Call{Args: []string{file}}); err == nil {
			t.Errorf("%s: it is done", name)
		}
		text, err := os.ReadFile(file)
		left, _ := os.ReadDir(filepath.Dir(file))
		if string(text) != "what was there" || len(left) != 1 {
			t.Errorf("%s: %q, %v, %v", name, text, err, left)
		}
	}
	out, err := (&Program{}).create(write(t, "old", "what was there"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	out.drop()
	text, err := os.ReadFile(out.name)
	left, _ := os.ReadDir(filepath.Dir(out.name))
	if string(text) != "what was there" || len(left) != 1 {
		t.Errorf("%q, %v, %v", text, err, left)
	}
}

// What is wrong with a restore is said in a sentence, and leaves nothing.
func TestNotRestored(t *testing.T) {
	dir, _ := furnish(t)
	saved := filepath.Join(t.TempDir(), "saved")
	if _, _, err := run(t, dir, "backup", saved); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ data, want string }{
		"cut":    {string(whole[:len(whole)/2]), "the backup is cut off: it ends after "},
		"other":  {"hello", `this is no backup: it begins with "hello"`},
		"broken": {string(whole[:len(whole)/2]) + "x" + string(whole[len(whole)/2+1:]), "the backup is damaged: "},
	} {
		into := filepath.Join(t.TempDir(), "new")
		_, _, err := run(t, into, "restore", write(t, name, c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if _, err := os.Stat(into); err == nil {
			t.Errorf("%s: there is a folder", name)
		}
	}
}
