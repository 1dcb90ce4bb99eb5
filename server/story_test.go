package server

import (
	"strings"
	"testing"

	"scimdeck/scim/explain/story"
	"scimdeck/scim/wire"
)

// What the log has of Okta's sequences, with our own answers, is enough to tell
// which they were.
func TestStoriesInTheLog(t *testing.T) {
	want := map[string]string{
		"test-connection": "okta.test", "save-to-app": "okta.test", "import": "okta.import", "schema-discovery": "okta.schema",
		"create": "okta.assign", "create-link-existing": "okta.link", "create-existing-inactive": "okta.reactivate", "reactivate": "okta.reactivate",
		"update": "okta.update", "deactivate": "okta.deactivate", "password-sync": "okta.password",
		"group-push-create": "okta.group.push", "group-rename": "okta.group.rename", "group-members-change": "okta.group.members",
		"group-push-now": "okta.group.pushnow", "group-push-now-empty": "okta.group.pushnow", "group-members-pathless": "okta.group.pushnow",
		"group-delete": "okta.group.delete",
	}
	suites := map[string][]step{}
	for _, s := range readSteps(t, "okta-lifecycle.json") {
		if s.Path == "{{entitlementEndpoint}}" {
			continue // there is none here
		}
		suites[s.Suite+"/"+s.Profile] = append(suites[s.Suite+"/"+s.Profile], s)
	}
	for name, steps := range suites {
		suite, _, _ := strings.Cut(name, "/")
		r := newReplay(newBench(t, strings.HasPrefix(suite, "group-"), nil))
		r.prepare(suite)
		before := r.sent
		for _, s := range steps {
			r.play(s)
		}
		r.logged()
		var f story.Follower
		var last wire.Part
		for seq := before + 1; seq <= r.sent; seq++ {
			ex, ok, err := r.store.Exchange(seq)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			last = f.Follow(seq, story.Read(ex))
			if _, told := story.Tell(last, ex); !told || last.First != before+1 || last.Step != int(seq-before) {
				t.Errorf("%s, request %d, %s: %+v", name, seq-before, ex.Sentence, last)
			}
		}
		if last.Story != want[suite] || last.Step != last.Of {
			t.Errorf("%s: %+v, want %s", name, last, want[suite])
		}
	}
}
