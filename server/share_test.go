package server

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"scimdeck/scim/wire"
	"scimdeck/scim/wire/share"
	player "scimdeck/server/replay"
)

// lifeCycle lets Okta tell a person's life and a group's, and gives what the log has of it.
func lifeCycle(t *testing.T, profile string) []*wire.Exchange {
	t.Helper()
	b := newBench(t, true, nil)
	o := player.NewOkta(player.Client{Base: b.base, Token: b.key}, filepath.Join("..", "testdata", "okta"))
	for _, suite := range []string{"test-connection", "create", "update", "password-sync", "deactivate", "reactivate", "import", "deactivate", "create-existing-inactive"} {
		if err := o.Suite(suite, profile); err != nil {
			t.Fatal(err)
		}
	}
	b.sent = uint64(o.Requests)
	a, c := b.create("a@example.com"), b.create("c@example.com")
	group := b.do("POST", "/Groups", group("Devs", a))
	id := group.get(t, "id")
	b.do("PATCH", "/Groups/"+id, patchBody(`{"op":"add","path":"members","value":[{"value":"`+c+`"}]}`))
	b.do("PATCH", "/Groups/"+id, patchBody(`{"op":"remove","path":"members[value eq \"`+a+`\"]"}`))
	b.do("GET", `/Groups?filter=members.value+eq+%22`+c+`%22`, "")
	b.do("GET", "/Users/"+a, "", "If-None-Match: "+b.do("GET", "/Users/"+a, "").header.Get("ETag"))
	b.do("DELETE", "/Groups/"+id, "")
	b.do("GET", "/Groups/"+id, "")
	b.do("GET", "/Users", "", "Authorization: Bearer nonsense")
	b.logged()
	var all []*wire.Exchange
	numbers := make([]uint64, b.sent)
	for i := range numbers {
		numbers[i] = uint64(i + 1)
	}
	for ex, err := range b.store.Exchanges(t.Context(), numbers) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ex)
	}
	if len(all) != len(numbers) {
		t.Fatalf("the log has %d of %d requests", len(all), len(numbers))
	}
	return all
}

func written(t *testing.T, format string, all []*wire.Exchange) []byte {
	t.Helper()
	var out bytes.Buffer
	n, err := share.Write(&out, format, share.Options{}, func(yield func(*wire.Exchange, error) bool) {
		for _, ex := range all {
			if !yield(ex, nil) {
				return
			}
		}
	})
	if err != nil || n != len(all) {
		t.Fatalf("%s: %d of %d requests: %v", format, n, len(all), err)
	}
	return out.Bytes()
}

// What Okta sent today is a Go test of another server tomorrow: it is formatted,
// compiles, and passes against a fresh server, but not against one that answers otherwise.
func TestLifeCycleAsGoTest(t *testing.T) {
	dir := t.TempDir()
	for _, profile := range []string{"aiw", "oin"} {
		sub := filepath.Join(dir, profile)
		if err := os.Mkdir(sub, 0o700); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(sub, "requests_test.go")
		if err := os.WriteFile(file, written(t, "gotest", lifeCycle(t, profile)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module recorded\n\ngo 1.24\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	play := func(b *bench, pkg string) (string, error) {
		cmd := exec.Command("go", "test", "-count=1", "-v", pkg)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "SCIM_BASE_URL="+b.base, "SCIM_TOKEN="+b.key, "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	aiw := newBench(t, true, nil)
	out, err := play(aiw, "./aiw")
	if err != nil {
		t.Errorf("aiw: %v\n%s", err, out)
	}
	if n := strings.Count(out, "    --- PASS: "); n < 30 {
		t.Errorf("%d requests were played:\n%s", n, out)
	}
	if out, err := play(newBench(t, true, nil), "./oin"); err != nil {
		t.Errorf("oin: %v\n%s", err, out)
	}
	if out, err = play(aiw, "./aiw"); err == nil || !strings.Contains(out, "/totalResults is 1, want 0") {
		t.Errorf("it passes where the users are there already: %v\n%s", err, out)
	}
	// The script is the same story with the ids of then: what needs none passes.
	if text := string(written(t, "curl", lifeCycle(t, "aiw"))); strings.Count(text, "\ncurl ") < 30 {
		t.Error(text)
	}
}
