package report

import (
	"fmt"
	"strings"

	"scimdeck/scim/explain"
)

// Text is the report for a terminal or a pipe: lines that are not wrapped, what
// belongs under something two blanks further in, words and no signs that have to be learned.
func (r *Report) Text() string {
	t := &text{}
	t.line(0, fmt.Sprintf("#%d %s %s", r.Number, r.Method, r.Target))
	t.line(0, explain.Plain(r.Sentence))
	t.line(0, r.Resource)
	if r.Marked {
		t.line(0, "marked")
	}
	if r.Note != "" {
		t.line(0, "your note: "+r.Note)
	}
	for _, n := range r.Notes {
		t.line(0, "note: "+n)
	}
	t.line(0, "answered: "+r.Answer)
	t.story(r)
	t.changes(r)
	t.findings(r)
	return t.String()
}

type text struct{ strings.Builder }

// line writes a line of its own, so that no text of a client begins one.
func (t *text) line(indent int, s string) {
	if s != "" {
		fmt.Fprintf(t, "%*s%s\n", 2*indent, "", strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " "))
	}
}

func (t *text) heading(s string) {
	t.WriteByte('\n')
	t.line(0, s)
}

func (t *text) story(r *Report) {
	if r.Story == nil {
		t.heading(NoStory)
		if len(r.Steps) > 0 {
			t.line(0, NearSteps)
		}
		t.steps(r)
		return
	}
	t.heading(r.Story.Title + ", " + r.Story.Place)
	t.steps(r)
	for _, s := range r.Story.Sections {
		t.heading(s.Heading)
		t.line(1, s.Text)
	}
	t.heading(r.Story.Known())
	if r.Story.Read != "" {
		t.line(0, "read "+r.Story.Read)
	}
}

func (t *text) steps(r *Report) {
	for _, s := range r.Steps {
		here, step := "", ""
		if s.Number == r.Number {
			here = "  (this one)"
		}
		if s.Step > 0 {
			step = fmt.Sprintf("step %d: ", s.Step)
		}
		status := "no answer"
		if s.Status != 0 {
			status = fmt.Sprint(s.Status)
		}
		t.line(1, fmt.Sprintf("%s#%d %s %s %s%s", step, s.Number, s.Method, status, explain.Plain(s.Sentence), here))
	}
}

func (t *text) changes(r *Report) {
	t.heading("Changes")
	if len(r.Changes) == 0 {
		t.line(1, NoChanges(r.Method))
	}
	for _, c := range r.Changes {
		t.line(1, c.Text)
	}
	t.line(1, Same(r.Same))
}

func (t *text) findings(r *Report) {
	t.heading("Lint")
	if len(r.Lint) == 0 {
		t.line(1, "nothing was found")
	}
	for _, f := range r.Lint {
		if f.Rule == "" {
			t.line(1, f.Detail)
			continue
		}
		t.line(1, strings.TrimSuffix(f.Level+" "+f.Rule+": "+f.Found(), ": "))
		t.line(2, f.Sentence)
		t.line(2, f.Do)
		t.line(2, f.Place)
	}
}
