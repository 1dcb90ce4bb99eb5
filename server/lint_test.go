package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/explain/lint"
	"scimdeck/scim/wire"
)

// Every exchange of every test of this package is held against lint's rules:
// what this server answers breaks none, and lint and server speak of the same
// leniencies.

// despite are the rules that our answers break where they have to, with the reason.
var despite = map[string]string{
	"OKTA-101": "some tests have a clock of their own",
	"OKTA-103": "a user who was made without active has none",
	"OKTA-106": "without groups and without leniencies there is no /Groups",
}

// hold is called with each exchange before it is logged.
func (b *bench) hold(l *lint.Linter, ex *wire.Exchange) {
	found := l.Exchange(ex)
	b.lock.Lock()
	b.found = append(b.found, found)
	b.lock.Unlock()
	used := map[string]bool{}
	for _, f := range found {
		r, _ := lint.Find(f.Rule)
		if r.Answer && r.Level > lint.Note && despite[r.ID] == "" {
			b.t.Errorf("%s %s: %d is answered against %s, %s: %s: %s\n%v\n%s", ex.Method, ex.Target, ex.Status, r.ID, r.Sentence, f.At, f.Detail, ex.ResponseHeader, ex.ResponseBody)
		}
		if r.Leniency != "" {
			used[r.Leniency] = true
		}
	}
	noted := map[string]bool{"groups-off": true} // that is no fault of the client's
	for _, n := range ex.Notes {
		if i := strings.LastIndex(n, " ["); i >= 0 && strings.HasSuffix(n, "]") && isLeniency(n[i+2:len(n)-1]) {
			noted[n[i+2:len(n)-1]] = true
		}
	}
	for id := range noted {
		if slash := strings.Contains(ex.Target, "%2F"); !used[id] && id != "groups-off" && ex.RequestWhole() && !slash {
			b.t.Errorf("%s %s: the server noted %s, lint found %v\n%s", ex.Method, ex.Target, id, found, ex.RequestBody)
		}
	}
	if ex.Status >= 300 || ex.Path == "/Bulk" { // of which one operation may be refused
		return
	}
	for id := range used {
		if !noted[id] {
			b.t.Errorf("%s %s: lint found %s, the server noted %q\n%s", ex.Method, ex.Target, id, ex.Notes, ex.RequestBody)
		}
	}
}

// lints are the findings in all exchanges so far.
func (b *bench) lints() [][]wire.Finding {
	b.lock.Lock()
	defer b.lock.Unlock()
	return slices.Clone(b.found)
}

// isLeniency reports whether there is one of this id.
func isLeniency(id string) bool {
	for _, l := range append(scim.Leniencies(), Leniencies()...) {
		if l.ID == id {
			return true
		}
	}
	return false
}

// Every leniency of this package has its rule, but for the one that is about the
// server, and no rule names another.
func TestLintNamesLeniencies(t *testing.T) {
	rules := map[string]bool{"groups-off": true}
	for _, r := range lint.Rules() {
		if r.Leniency != "" && !isLeniency(r.Leniency) {
			t.Errorf("%s names %q, which is no leniency", r.ID, r.Leniency)
		}
		rules[r.Leniency] = true
	}
	for _, l := range Leniencies() {
		if !rules[l.ID] {
			t.Errorf("no rule speaks of %s", l.ID)
		}
	}
}

// What Okta sends gives notes and nothing else: these and no others. Its SPEC
// suite sends a key without Bearer on purpose.
func TestOktaIsClean(t *testing.T) {
	const noIfMatch, password, noExternalID, json = "note SCIM-021", "note SCIM-138", "note SCIM-017", "note SCIM-014"
	want := map[string]string{
		"create/aiw 2": password, "create/oin 2": password, "password-sync/oin 2": password,
		"password-sync/aiw 2": noIfMatch + ", " + password,
		"okta-scim20-spec/ 6": json + ", " + noExternalID, "okta-scim20-spec/ 8": json + ", " + noExternalID,
		"okta-scim20-spec/ 11": "error SCIM-002",
	}
	for _, step := range []string{
		"create-link-existing/aiw 3", "create-link-existing/oin 3", "create-existing-inactive/aiw 3", "create-existing-inactive/aiw 5",
		"create-existing-inactive/oin 4", "update/aiw 2", "update/oin 2", "deactivate/aiw 2", "reactivate/aiw 3", "reactivate/aiw 5", "reactivate/oin 4",
		"group-push-create/aiw 4", "group-rename/aiw 2", "group-members-change/aiw 2",
	} {
		want[step] = noIfMatch
	}
	var r *replay
	suite, met := "", map[string]bool{}
	for _, s := range append(readSteps(t, "okta-lifecycle.json"), readSteps(t, "okta-spec-test.json")...) {
		if s.Suite == "okta-scim20-crud" {
			continue // polls of what the life cycle did
		}
		if name := s.Suite + "/" + s.Profile; name != suite {
			suite = name
			r = newReplay(newBench(t, s.Suite != "okta-scim20-spec", nil))
			if s.Suite == "okta-scim20-spec" {
				r.create("seed@example.com")
			} else {
				r.prepare(s.Suite)
			}
		}
		r.play(s)
		r.logged()
		var got []string
		for _, f := range r.lints()[r.sent-1] {
			got = append(got, lint.Level(f.Level).String()+" "+f.Rule)
		}
		step := fmt.Sprintf("%s %d", suite, s.Step)
		if met[step] = true; strings.Join(got, ", ") != want[step] {
			t.Errorf("%q: %q, want %q", step, strings.Join(got, ", "), want[step])
		}
	}
	for step := range want {
		if !met[step] {
			t.Errorf("there is no step %q", step)
		}
	}
}
