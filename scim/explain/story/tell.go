package story

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"scimdeck/scim/wire"
)

// Telling is what there is to say of one exchange as a part of a story. Texts
// are plain sentences without markup; what comes from the exchange is in them as
// it was sent, cut to a bounded length, and it is the screen's affair to make it
// safe to show.
type Telling struct {
	Title string // of the story: "Okta: add a person"
	Does  string // what the client does here: "asks whether the account is there already"
	Why   string
	Needs string // of the answer
	Next  string // what comes next
	Shown string // what the client's administrator reads, when the answer fails; "" when that is not known
	Do    string // what to do then; "" when there is nothing to do
	RFC   string // where to read on

	Trust   Trust
	Certain bool     // the client is known by its user agent, and its maker or a capture tells the story; else it is a guess
	Sources []string // in words
}

// Tell tells of an exchange, which package explain has seen, as the part of a
// story. ok is false when the part is none, or not of this table.
//
// Of an exchange that is not the newest of its story, the newest one's Story is
// to be put into the part first: see wire.Part.
func Tell(p wire.Part, ex *wire.Exchange) (t Telling, ok bool) {
	w, i := wayOf(p, Read(ex).shape)
	if w == nil {
		return Telling{}, false
	}
	s, step := ByID(p.Story), &w.Steps[i]
	t = Telling{
		Title: s.FullTitle(), Does: step.Does, Why: step.Why, Needs: step.Needs, RFC: step.RFC,
		Trust: step.trustIn(w),
	}
	t.Certain = Known(ex) && t.Trust >= Captured
	t.Sources = sourcesOf(w.Source + " " + step.Source)
	failed := ex.Status == 0 || ex.Status >= 400
	fault := faultOf(s, step, ex)
	switch {
	case p.Expected:
		t.Next = next(w, i, p)
		t.Do = s.Client + " takes this answer for \"not there\" and goes on. 200 with a list of totalResults 0 is the safer one."
		return t, true
	case !failed && fault == "":
		t.Next = next(w, i, p)
		return t, true
	}
	t.Shown = fault
	t.Do = remedy(s, step, ex)
	if t.Next = s.Client + " stops here."; ex.Status == http.StatusTooManyRequests {
		t.Next = "The same request again, after a pause."
	}
	return t, true
}

// trustIn is the trust in a step, which may be known worse than its way.
func (s *Step) trustIn(w *Way) Trust {
	if s.Trust != Unknown {
		return min(s.Trust, w.Trust)
	}
	return w.Trust
}

// wayOf finds the step of a part: in the way in which it has the exchange's shape, else in the first that has it.
func wayOf(p wire.Part, sh shape) (w *Way, step int) {
	s := ByID(p.Story)
	if s == nil {
		return nil, 0
	}
	for i := range s.Ways {
		for j := range s.Ways[i].Steps {
			if s.Ways[i].Steps[j].Role != p.Role {
				continue
			}
			m, err := maskOf(s.Ways[i].Steps[j].Match)
			if err == nil && m.has(sh) {
				return &s.Ways[i], j
			}
			if w == nil {
				w, step = &s.Ways[i], j
			}
		}
	}
	return w, step
}

// next says what comes after a step.
func next(w *Way, i int, p wire.Part) string {
	if w.Steps[i].Repeat && p.Of > p.Step {
		return "The next page: " + w.Steps[i].Does + "."
	}
	var maybe []string
	for _, s := range w.Steps[i+1:] {
		if s.After != 0 {
			break
		}
		switch {
		case s.Optional:
			maybe = append(maybe, s.Does)
		case len(maybe) > 0:
			return fmt.Sprintf("It %s; before that it may be that it %s.", s.Does, strings.Join(maybe, ", and that it "))
		default:
			return "It " + s.Does + "."
		}
	}
	if len(maybe) > 0 {
		return "It may be that it " + strings.Join(maybe, ", and that it ") + "."
	}
	return "Nothing: this was the last step."
}

// Sources say in words what the tags in Source stand for.
var sources = map[string]string{
	"S1":  "Okta's SCIM 2.0 reference (okta-developer-docs, docs/reference/scim/scim-20)",
	"S2":  "Okta's SCIM reference of 2018-19 with raw requests",
	"S3":  "requests of a real Okta org to an app wizard app, 2026 (okta-iam-lifecycle-lab)",
	"S4":  "requests of Okta's SCIM 2.0 Test App, 2021 (Okta's blog, \"Okta, SCIM and Flask\")",
	"S5":  "requests of a real Okta org, about 2022 (Firezone's prototype)",
	"S6":  "Okta's SCIM FAQ (docs/concepts/scim/faqs)",
	"S8":  "Okta's SCIM 1.1 reference",
	"S9":  "Okta's beta tests of 2016",
	"S10": "Okta employees' review of a blog post, 2018 (okta-blog-archive, pull request 1956)",
	"S16": "Okta developer forum, topic 27262",
	"S17": "Okta support, \"Existing SCIM User Being Created at Assignment\"",
	"S18": "Okta's flow diagrams (scim_flow-user-create, -deprovision, -update)",
	"S21": "Okta's SCIM test plan, version 2",
	"S24": "the log scrubber test of django-scim2",
	"S26": "Metatavu/keycloak-scim-server, pull request 113",
	"S28": "SCIM-SDK, issue 757",
	"S29": "Metatavu/keycloak-scim-server, issue 100",
	"S33": "Okta's guide to SCIM with entitlements",
	"S34": "Okta's guide to the OIN wizard, Import User Schema",
	"S36": "Okta's OIN wizard reference, protocol properties",
	"S55": "Microsoft's notes on SCIM compatibility (application-provisioning-config-problem-scim-compatibility)",
	"S56": "Microsoft's guide to a SCIM endpoint (use-scim-to-provision-users-and-groups)",
	"S57": "OneLogin's guide to a SCIM API (developers.onelogin.com/scim)",
	"S58": "requests of a real OneLogin account, 2024 (goauthentik/authentik, issue 11249)",
}

// sourcesOf puts tags into words, each once.
func sourcesOf(tags string) (list []string) {
	for tag := range strings.FieldsSeq(tags) {
		if s := sources[tag]; s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// Ordinal says which step a part is: "step 1 of 2", "only step".
func Ordinal(p wire.Part) string {
	switch {
	case p.Story == "":
		return ""
	case p.Of <= 1:
		return "only step"
	}
	return "step " + strconv.Itoa(p.Step) + " of " + strconv.Itoa(p.Of)
}
