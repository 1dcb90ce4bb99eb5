package report

import (
	"strings"

	"scimdeck/scim/explain/story"
	"scimdeck/scim/wire"
)

// Story is what there is to say of an exchange as a part of a known sequence of requests.
type Story struct {
	ID       string    `json:"id"`    // "okta.assign"
	Title    string    `json:"title"` // "Okta: add a person"
	Place    string    `json:"place"` // "step 2 of 3", "only step"
	Step     int       `json:"step"`
	Of       int       `json:"of"`
	Expected bool      `json:"expected,omitempty"` // a status of 400 or more that belongs to it
	Shown    string    `json:"shown,omitempty"`    // what the client's administrator reads, when the answer fails
	Sections []Section `json:"sections"`
	Certain  bool      `json:"certain"` // else it is a guess
	Trust    string    `json:"trust"`   // how it is known
	Read     string    `json:"read,omitempty"`
}

// Section is a heading and the plain text under it.
type Section struct {
	Heading string `json:"heading"`
	Text    string `json:"text"`
}

// NoStory is what is said in the place of a story that is not known; NearSteps
// stands over the requests about the same resource then.
const (
	NoStory   = "No known sequence of requests."
	NearSteps = "Requests about the same within 5 s:"
)

// Explain tells of an exchange as the part of its story that Around has found.
func Explain(ex *wire.Exchange, part wire.Part) (s Story, ok bool) {
	told, ok := story.Tell(part, ex)
	if !ok {
		return Story{}, false
	}
	s = Story{
		ID: part.Story, Title: told.Title, Place: story.Ordinal(part), Step: part.Step, Of: part.Of, Expected: part.Expected, Shown: told.Shown,
		Certain: told.Certain, Trust: told.Trust.String(), Read: told.RFC,
	}
	answered := Answer(ex)
	if part.Expected {
		answered += "  (the client expects this, it goes on)"
	}
	for _, x := range []Section{
		{"What this request is for", sentence(told.Does) + " " + told.Why},
		{"What a server must answer", told.Needs},
		{"What was answered", answered},
		{"What the admin sees", told.Shown},
		{"What to do", told.Do},
		{"What comes next", told.Next},
	} {
		if x.Text = strings.TrimSpace(x.Text); x.Text != "" {
			s.Sections = append(s.Sections, x)
		}
	}
	return s, true
}

// Known says how far the story is to be believed: "sequence okta.assign, certain (documented)".
func (s *Story) Known() string {
	sure := "a guess"
	if s.Certain {
		sure = "certain"
	}
	return "sequence " + s.ID + ", " + sure + " (" + s.Trust + ")"
}

// sentence makes one of a clause.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
