package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/store"
)

// A damaged folder is saved with ids, and as lines; the report names what is
// damaged; the folder itself stays as it is.
func TestRepair(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	o := store.Options{Dir: dir, Catalog: catalog}
	ids := map[string]string{}
	st := open(t, dir)
	for i := range 300 {
		name := fmt.Sprintf("user%d@example.com", i)
		ids[name] = create(t, st, fmt.Sprintf(`{"schemas":[%q],"userName":%q}`, scim.UserURN, name))
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	tables, _ := filepath.Glob(filepath.Join(dir, "db", "*.sst"))
	if len(tables) != 1 {
		t.Fatalf("%d tables", len(tables))
	}
	table, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	hurt := func(file string, at int) (whole []byte) {
		t.Helper()
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b := bytes.Clone(whole)
		b[at] ^= 4
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return whole
	}

	repair := func(to ...string) (stdout, report string) {
		t.Helper()
		stdout, report, err := run(t, dir, append([]string{"repair"}, to...)...)
		if err != nil {
			t.Fatal(err)
		}
		return stdout, report
	}
	hurt(tables[0], 5000)
	if _, err := store.Open(o); err == nil || !strings.Contains(err.Error(), "scimdeck repair") || !strings.Contains(err.Error(), filepath.Base(tables[0])) {
		t.Errorf("open: %v", err)
	}
	_, report := repair()
	for _, part := range []string{filepath.Base(tables[0]) + ": block ", "can be saved: 300 users", "scimdeck repair ./saved"} {
		if !strings.Contains(report, part) {
			t.Errorf("%q is not in\n%s", part, report)
		}
	}
	if err := os.WriteFile(tables[0], table, 0o600); err != nil {
		t.Fatal(err)
	}
	docs := filepath.Join(dir, "docs", "00000001")
	for at := 5000; at < 5000+300*50; at += 300 {
		hurt(docs, at)
	}
	hurtDocs, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	_, report = repair()
	for _, part := range []string{"docs/00000001: ", "can be saved: ", "lost, and known only by the index: ", "scimdeck repair ./saved"} {
		if !strings.Contains(report, part) {
			t.Errorf("%q is not in\n%s", part, report)
		}
	}
	saved := filepath.Join(t.TempDir(), "saved")
	repair(saved)
	st = open(t, saved)
	there := st.Count(catalog.Type("User"))
	if there < 200 || there >= 300 {
		t.Errorf("%d of 300 are saved", there)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "saved.jsonl")
	repair(file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stdout, _ := repair("-")
	if stdout != string(text) || strings.Count(stdout, "\n") != there {
		t.Errorf("%d lines in the file, %d on stdout, %d in the folder", strings.Count(string(text), "\n"), strings.Count(stdout, "\n"), there)
	}
	for _, line := range strings.Split(strings.TrimSpace(stdout), "\n") {
		v, err := scim.Decode([]byte(line), scim.Limits{})
		if err != nil || ids[v.Get("userName").Text()] != v.Get("id").Text() {
			t.Errorf("%v: %s", err, line)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if again, _ := os.ReadFile(docs); !bytes.Equal(again, hurtDocs) {
		t.Error("the damaged file was changed")
	}
}
