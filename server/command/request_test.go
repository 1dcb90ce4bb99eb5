package command

import (
	"strings"
	"testing"

	"scimdeck/scim/wire"
)

// TestLogClear deletes what nobody has put a mark or a note on.
func TestLogClear(t *testing.T) {
	dir, _ := furnish(t)
	for _, args := range [][]string{{"mark", "3"}, {"note", "9", "stays"}} {
		if _, _, err := run(t, dir, args...); err != nil {
			t.Fatal(err)
		}
	}
	if _, errs, err := run(t, dir, "log", "clear"); err != nil || errs != "999 requests deleted, 2 kept\n" {
		t.Errorf("%q, %v", errs, err)
	}
	if out, _, err := run(t, dir, "log", "clear", "--json"); err != nil || out != "{\"deleted\":0,\"kept\":2}\n" {
		t.Errorf("%q, %v", out, err)
	}
	if out, _, _ := run(t, dir, "log"); out != "3 read 2 false\n9 read 8 false\n" {
		t.Errorf("what is left: %q", out)
	}
}

// TestExplainAStory: all steps of the story, wherever one asks from, and none of others.
func TestExplainAStory(t *testing.T) {
	dir := t.TempDir()
	st := open(t, dir)
	log := func(number, step int, method, sentence string, status int) {
		ex := &wire.Exchange{
			Method: method, Target: "/scim/v2/Users", Path: "/Users", Status: status, Sentence: sentence, Name: "ada@example.com", Type: "User",
			RequestHeader: []wire.Field{{Name: "User-Agent", Value: "Okta SCIM Client 1.0.0"}},
		}
		if step > 0 {
			ex.Part = wire.Part{Story: "okta.assign", Role: []string{"find", "create"}[step-1], First: 1, Step: step, Of: 2}
		}
		if status == 409 {
			ex.ResponseBody = []byte(`{"detail":"userName is taken","scimType":"uniqueness"}`)
			ex.Findings = []wire.Finding{{Rule: "SCIM-152", Level: wire.LevelWarning, At: "body Operations[0].op", Detail: `"Replace"`}}
		}
		st.Log(ex)
	}
	log(1, 1, "GET", "find user userName=ada@example.com → 0", 200)
	log(2, 0, "GET", "read kim@example.com", 200)
	log(3, 2, "POST", "create ada@example.com: uniqueness", 409)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	out, _, err := run(t, dir, "explain", "3")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"#3 POST /scim/v2/Users\ncreate ada@example.com: uniqueness\n", "answered: 409 Conflict: uniqueness: userName is taken\n",
		"\nOkta: add a person, step 2 of 2\n  step 1: #1 GET 200 find user userName=ada@example.com, 0 found\n  step 2: #3 POST 409 create ada@example.com: uniqueness  (this one)\n\n",
		"\nWhat a server must answer\n  201 ", "\nWhat the admin sees\n  ", "\nWhat comes next\n  Okta stops here.\n", "\nsequence okta.assign, certain (",
		"\nChanges\n  nothing was changed\n", "\nLint\n  warn SCIM-152: body Operations[0].op  \"Replace\"\n    an op is not in lower case\n", "\n    RFC 7644 §3.5.2\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q\n%s", want, out)
		}
	}
	if strings.Contains(out, "kim") {
		t.Errorf("another's request is a step:\n%s", out)
	}
	if out, _, err := run(t, dir, "explain", "1"); err != nil || !strings.Contains(out, "What comes next\n  It ") || !strings.Contains(out, "step 1 of 2") {
		t.Errorf("of the first step: %v\n%s", err, out)
	}
}
