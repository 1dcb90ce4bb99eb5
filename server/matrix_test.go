package server

import (
	"bufio"
	"flag"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/matrix-coverage.md anew")

// A rule is a line of testdata/matrix.txt.
type rule struct{ id, level, section string }

// untested are the rules without a test, and why none can be here. It is a list
// of reasons, not of debts: what could be tested is tested.
var untested = map[string]string{
	"AUTH-13": "every key may do everything: there are no rights that one could lack",
	"AUTH-14": "a matter of deployment; main's tests serve over TLS",
	"SEC-02":  "keys are looked up by their SHA-256, of which store has the tests; time cannot be asserted here",
	"SEC-05":  "one store has one tenant: SCIM's several tenants are several base URLs of several processes here",
	"IP-59":   "TLS is a matter of deployment; crypto/tls has 1.2 and 1.3",
}

// Every rule that SCIM's documents demand or recommend has a test that names it.
func TestMatrix(t *testing.T) {
	sections, rules := readMatrix(t)
	named := namedInTests(t)
	for _, r := range rules {
		reason, excepted := untested[r.id]
		switch {
		case named[r.id] && excepted:
			t.Errorf("%s has a test: it is no exception any more", r.id)
		case !named[r.id] && !excepted && (r.level == "MUST" || r.level == "SHOULD"):
			t.Errorf("%s (%s, %s) has no test", r.id, r.level, r.section)
		case excepted && reason == "":
			t.Errorf("%s: an exception without a reason", r.id)
		}
	}
	known := map[string]bool{}
	for _, r := range rules {
		known[r.id] = true
	}
	for id := range untested {
		if !known[id] {
			t.Errorf("%s is no rule", id)
		}
	}
	table := coverage(sections, rules, named)
	file := filepath.Join("..", "testdata", "matrix-coverage.md")
	if *update {
		if err := os.WriteFile(file, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file); err != nil || string(have) != table {
		t.Errorf("%s is out of date (%v): go test ./server -run TestMatrix -update", file, err)
	}
}

// readMatrix reads the rules, and the sections' titles by the beginnings of ids.
func readMatrix(t *testing.T) (sections map[string]string, rules []rule) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", "matrix.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sections = map[string]string{}
	seen := map[string]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if title, ok := strings.CutPrefix(line, "# "); ok {
			if prefix, rest, _ := strings.Cut(title, " "); prefix == strings.ToUpper(prefix) && len(prefix) > 1 {
				sections[prefix] = rest
			}
			continue
		}
		if line == "" || line == "#" {
			continue
		}
		id, rest, _ := strings.Cut(line, " ")
		level, section, _ := strings.Cut(rest, " ")
		if !ruleID.MatchString(id) || seen[id] || section == "" || !slices.Contains([]string{"MUST", "SHOULD", "MAY", "ROBUST"}, level) {
			t.Fatalf("a line that is no rule: %q", line)
		}
		seen[id] = true
		rules = append(rules, rule{id, level, section})
	}
	if err := lines.Err(); err != nil || len(rules) < 500 {
		t.Fatalf("%d rules, %v", len(rules), err)
	}
	return sections, rules
}

var ruleID = regexp.MustCompile(`\b[A-Z]{2,4}-\d\d\b`)

// namedInTests finds the ids in the string literals of the module's tests:
// names of tests and messages, but no comments.
func namedInTests(t *testing.T) map[string]bool {
	t.Helper()
	named := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") || d.Name() == "matrix_test.go" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		var s scanner.Scanner
		s.Init(files.AddFile(path, -1, len(src)), src, nil, 0)
		for {
			_, tok, text := s.Scan()
			if tok == token.EOF {
				return nil
			}
			if tok == token.STRING {
				for _, id := range ruleID.FindAllString(text, -1) {
					named[id] = true
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return named
}

// coverage is the table for the README.
func coverage(sections map[string]string, rules []rule, named map[string]bool) string {
	type count struct{ rows, covered, must, mustCovered int }
	counts := map[string]*count{}
	var order []string
	var total count
	for _, r := range rules {
		prefix, _, _ := strings.Cut(r.id, "-")
		c := counts[prefix]
		if c == nil {
			c = &count{}
			counts[prefix] = c
			order = append(order, prefix)
		}
		for _, c := range []*count{c, &total} {
			c.rows++
			must := r.level == "MUST" || r.level == "SHOULD"
			if must {
				c.must++
			}
			if named[r.id] {
				c.covered++
				if must {
					c.mustCovered++
				}
			}
		}
	}
	var b strings.Builder
	b.WriteString("| section | rules | with a test | MUST and SHOULD | with a test |\n|---|---:|---:|---:|---:|\n")
	row := func(title string, c *count) {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", title, c.rows, c.covered, c.must, c.mustCovered)
	}
	for _, prefix := range order {
		row(prefix+" "+sections[prefix], counts[prefix])
	}
	row("all", &total)
	b.WriteString("\nWithout a test, by reason:\n\n")
	for _, id := range slices.Sorted(maps.Keys(untested)) {
		b.WriteString("- " + id + ": " + untested[id] + "\n")
	}
	if open := total.rows - total.covered - len(untested); open > 0 {
		b.WriteString("- " + strconv.Itoa(open) + " more are MAY or of no document\n")
	}
	return b.String()
}
