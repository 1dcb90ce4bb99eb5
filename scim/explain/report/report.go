// Package report puts what is known of a logged exchange into plain words: which
// story it is part of and what comes next, what the client's administrator reads
// when the answer fails, what a write changed, and what is wrong with it.
//
// The dashboard's tabs Explain, Changes and Lint and the command `scimdeck explain`
// say the same because both take it from here. The package works nothing out
// anew: it reads what packages story, change and lint have left in the exchange.
// It draws nothing and wraps nothing; text of clients in it is as it was sent,
// and it is the screen's affair to make it safe to show.
//
//	from, to := report.Range(ex)
//	r := report.Of(ex, steps(from, to))
//	fmt.Print(r.Text())
package report

import (
	"bytes"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// Report is everything that there is to say of one exchange. As JSON its members
// are named like the filter words of the log.
type Report struct {
	Number   uint64    `json:"number"`
	Method   string    `json:"method"`
	Target   string    `json:"target"`
	Status   int       `json:"status"` // 0: no answer
	Sentence string    `json:"sentence"`
	Answer   string    `json:"answer"`             // "409 Conflict: uniqueness: userName is taken"
	Resource string    `json:"resource,omitempty"` // "User 2f81…  ada@example.com"
	Marked   bool      `json:"marked,omitempty"`
	Note     string    `json:"note,omitempty"`  // a person's
	Notes    []string  `json:"notes,omitempty"` // the server's
	Story    *Story    `json:"seq,omitempty"`   // nil: no story is known
	Steps    []Step    `json:"steps,omitempty"` // see Around
	Changes  []Change  `json:"changes,omitempty"`
	Same     []string  `json:"same,omitempty"` // attributes that were sent as they were
	Lint     []Finding `json:"lint,omitempty"`
}

// Of tells of an exchange. around gives the exchanges of the log in its Range,
// the oldest first; nil when there are none to be had.
func Of(ex *wire.Exchange, around iter.Seq[Step]) *Report {
	r := &Report{
		Number: ex.Seq, Method: ex.Method, Target: ex.Target, Status: ex.Status, Sentence: ex.Sentence, Answer: Answer(ex), Resource: Resource(ex.Type, ex.ID, ex.Name),
		Marked: ex.Remark.Marked, Note: ex.Remark.Note, Notes: ex.Notes,
	}
	part, steps := Around(ex, around)
	if s, ok := Explain(ex, part); ok {
		r.Story, r.Steps = &s, steps
	} else if len(steps) > 1 {
		r.Steps = steps
	}
	r.Changes, r.Same = Changes(ex)
	r.Lint = Lint(ex)
	return r
}

// Step is an exchange of the log as far as it matters to another's story.
type Step struct {
	Number   uint64    `json:"number"`
	Start    time.Time `json:"time"`
	Method   string    `json:"method"`
	Status   int       `json:"status"`
	Sentence string    `json:"sentence"`
	Name     string    `json:"user,omitempty"`
	ID       string    `json:"id,omitempty"`
	Part     wire.Part `json:"-"`
	Step     int       `json:"step,omitempty"` // Part's
}

const (
	reach  = 500             // exchanges before and after one that are looked at
	nearby = 5 * time.Second // and how far they may be, where no story is known
)

// Range says which exchanges of the log matter to one: those with numbers from
// one to another.
func Range(number uint64, p wire.Part) (from, to uint64) {
	from, to = p.First, number+reach
	if from == 0 || from > number {
		from = number - min(number, reach)
	}
	return from, to
}

// Around finds, among the exchanges in the Range, the steps of the story that ex
// is part of, and its part as the newest of them tells it (see wire.Part); without a
// story, those about the same resource within a few seconds.
func Around(ex *wire.Exchange, log iter.Seq[Step]) (part wire.Part, steps []Step) {
	part = ex.Part
	if log == nil {
		return part, nil
	}
	for s := range log {
		if part.First != 0 {
			if s.Part.First == part.First {
				part.Story, part.Of = s.Part.Story, s.Part.Of
				s.Step = s.Part.Step
				steps = append(steps, s)
			}
			continue
		}
		same := s.Name != "" && s.Name == ex.Name || s.ID != "" && s.ID == ex.ID
		if d := s.Start.Sub(ex.Start); same && d >= -nearby && d <= nearby {
			steps = append(steps, s)
		}
	}
	return part, steps
}

// Answer is the answer in one line: the status, and of an error its sentence.
func Answer(ex *wire.Exchange) string {
	s := StatusText(ex.Status)
	if detail := errorText(ex.Status, ex.ResponseBody); detail != "" {
		s += ": " + detail
	}
	return s
}

// StatusText is "409 Conflict", or "no answer".
func StatusText(status int) string {
	if status == 0 {
		return "no answer"
	}
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// errorText is the sentence of a SCIM error's body, "" if it is none.
func errorText(status int, body []byte) string {
	if status < 400 || !bytes.Contains(body, []byte(`"detail"`)) {
		return ""
	}
	v, err := scim.Decode(body, scim.Limits{})
	if err != nil {
		return ""
	}
	s := v.Get("detail").Text()
	if kind := v.Get("scimType").Text(); kind != "" {
		s = kind + ": " + s
	}
	return s
}

// Resource says which resource an exchange touched: "User 2f81…  ada@example.com".
func Resource(typ, id, name string) string {
	s := strings.TrimSpace(typ + " " + id)
	if name != "" {
		s += "  " + name
	}
	return strings.TrimSpace(s)
}
