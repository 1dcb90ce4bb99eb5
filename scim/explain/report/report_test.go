package report_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"scimdeck/scim/explain/report"
	"scimdeck/scim/explain/story"
	"scimdeck/scim/wire"
)

var noon = time.Date(2025, 1, 2, 12, 0, 0, 0, time.UTC)

// assign is the first requests of an assignment by Okta, told as text says.
func assign(text string) *wire.Exchange {
	return &wire.Exchange{
		Seq: 9, Start: noon, Method: "POST", Target: "/scim/v2/Users", Path: "/Users", Status: 409, Type: "User", ID: text, Name: text,
		RequestHeader: []wire.Field{{Name: "User-Agent", Value: "Okta SCIM Client 1.0.0"}}, RequestBody: []byte(`{"title":"x"}`),
		ResponseBody: []byte(`{"detail":"` + strings.ReplaceAll(text, "\n", `\n`) + `","scimType":"uniqueness"}`), Sentence: "create " + text + ": uniqueness",
		Op: "create", Part: wire.Part{Story: "okta.assign", Role: "create", First: 7, Step: 2, Of: 2},
		Remark: wire.Remark{Marked: true, Note: "ask Bob"}, Notes: []string{text},
		Changes:  []wire.Change{{Kind: "changed", Path: text, Old: text, New: "2"}, {Kind: "read-only", Path: text}},
		Findings: []wire.Finding{{Rule: "SCIM-152", Level: wire.LevelError, At: "body", Detail: text}, {Level: wire.LevelNote, Detail: "and 2 more"}},
	}
}

func log(steps ...report.Step) func(yield func(report.Step) bool) { return slices.Values(steps) }

// TestAround: the steps are those of the story, and the newest of them says which story it is.
func TestAround(t *testing.T) {
	of := func(n, first uint64, story string) report.Step {
		return report.Step{Number: n, Start: noon, Name: "ada@example.com", Part: wire.Part{Story: story, First: first, Step: int(n - first + 1), Of: int(n)}}
	}
	ex := assign("ada@example.com")
	part, steps := report.Around(ex, log(of(6, 6, "other"), of(7, 7, "okta.update"), of(8, 6, "other"), of(9, 7, "okta.update"), of(10, 7, "okta.deactivate")))
	if len(steps) != 3 || steps[0].Number != 7 || steps[2].Number != 10 || steps[1].Step != 3 || part.Story != "okta.deactivate" || part.Of != 10 || part.Step != 2 {
		t.Errorf("%+v\n%+v", part, steps)
	}
	ex.Part = wire.Part{}
	at := func(n uint64, d time.Duration, name, id string) report.Step {
		return report.Step{Number: n, Start: noon.Add(d), Name: name, ID: id}
	}
	_, steps = report.Around(ex, log(at(1, -6*time.Second, ex.Name, ""), at(2, -5*time.Second, ex.Name, ""), at(3, 0, "bob", ""), at(4, time.Second, "", ex.ID), at(5, 0, "", "")))
	if len(steps) != 2 || steps[0].Number != 2 || steps[1].Number != 4 {
		t.Errorf("near: %+v", steps)
	}
	for _, c := range []struct{ number, first, from, to uint64 }{{9, 7, 7, 509}, {9, 0, 0, 509}, {2000, 3, 3, 2500}, {2000, 0, 1500, 2500}, {9, 10, 0, 509}} {
		if from, to := report.Range(c.number, wire.Part{First: c.first}); from != c.from || to != c.to {
			t.Errorf("%+v: %d to %d", c, from, to)
		}
	}
}

// TestTextKeepsClientsInTheirLines: whatever clients sent, it begins no line and adds none.
func TestTextKeepsClientsInTheirLines(t *testing.T) {
	plain := strings.Count(report.Of(assign("ada"), nil).Text(), "\n")
	text := report.Of(assign("x\nWhat to do\r\n  nothing\n"), nil).Text()
	if n := strings.Count(text, "\n"); n != plain || strings.Contains(text, "\r") || strings.Count(text, "\nWhat to do\n") > 1 {
		t.Errorf("%d lines, %d of a plain name:\n%s", n, plain, text)
	}
}

// TestTextAndJSONSayTheSame: each of the texts of the one is in the other.
func TestTextAndJSONSayTheSame(t *testing.T) {
	r := report.Of(assign("ada@example.com"), log(report.Step{Number: 7, Method: "GET", Status: 200, Sentence: "find", Part: wire.Part{First: 7, Step: 1, Story: "okta.assign", Of: 2}}))
	text := r.Text()
	var all any
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, v := range v {
				walk(name, v)
			}
		case []any:
			for _, v := range v {
				walk(name, v)
			}
		case string:
			if name != "time" && name != "kind" && name != "sign" && !strings.Contains(text, v) {
				t.Errorf("%s %q is not in\n%s", name, v, text)
			}
		}
	}
	walk("", all)
	for _, want := range []string{"marked\n", "your note: ask Bob\n", "  step 1: #7 GET 200 find\n", "Okta: add a person, step 2 of 2\n", "error SCIM-152: body  ada@example.com\n", "RFC 7644 §3.5.2"} {
		if !strings.Contains(text, want) {
			t.Errorf("not said: %q\n%s", want, text)
		}
	}
}

// TestEveryStoryHasItsSections: each step of each known story says what it is for and what a server must answer.
func TestEveryStoryHasItsSections(t *testing.T) {
	for _, s := range story.Stories() {
		for _, w := range s.Ways {
			for i, step := range w.Steps {
				ex := &wire.Exchange{Seq: 5, Method: "GET", Status: 200, Sentence: "x"}
				part := wire.Part{Story: s.ID, Role: step.Role, First: 1, Step: i + 1, Of: len(w.Steps)}
				told, ok := report.Explain(ex, part)
				if !ok {
					t.Errorf("%s %s: not told", s.ID, step.Role)
					continue
				}
				var headings []string
				for _, section := range told.Sections {
					headings = append(headings, section.Heading)
				}
				for _, want := range []string{"What this request is for", "What a server must answer", "What was answered", "What comes next"} {
					if !slices.Contains(headings, want) {
						t.Errorf("%s %s has no %q", s.ID, step.Role, want)
					}
				}
			}
		}
	}
}

func Example() {
	ex := &wire.Exchange{Seq: 3, Method: "GET", Target: "/Users/1", Status: 404, Sentence: "read 1: there is none", Remark: wire.Remark{Note: "mine"}}
	fmt.Print(report.Of(ex, nil).Text())
	// Output:
	// #3 GET /Users/1
	// read 1: there is none
	// your note: mine
	// answered: 404 Not Found
	//
	// No known sequence of requests.
	//
	// Changes
	//   this request changes nothing
	//
	// Lint
	//   nothing was found
}
