package lint

import (
	"slices"
	"strings"

	"scimdeck/scim/wire"
)

// Level is how bad a finding is; a greater one is worse.
type Level byte

// The levels; those of wire.Finding.
const (
	None  Level = 0                 // nothing was found
	Note  Level = wire.LevelNote    // worth knowing, nothing to mend
	Warn  Level = wire.LevelWarning // against a document, but mostly survives
	Error Level = wire.LevelError   // makes the request fail or mean something else, or the client give up
)

// String is the level's name as filters have it; "" for None.
func (l Level) String() string {
	switch l {
	case Note:
		return "note"
	case Warn:
		return "warn"
	case Error:
		return "error"
	}
	return ""
}

// Flag is what stands for the level in a list: "!" for an error, "~" for a
// warning, "" for the rest.
func (l Level) Flag() string {
	switch l {
	case Warn:
		return "~"
	case Error:
		return "!"
	}
	return ""
}

// Rule is one thing that an exchange is held against.
type Rule struct {
	ID       string // "SCIM-152": never changes its meaning and is never given to another
	Level    Level
	Answer   bool   // it is about answers; else about requests
	Sentence string // what is wrong, or worth knowing: "an op is not in lower case"
	Do       string // what to do about it, or why it matters; "" if there is nothing
	Place    string // where it is written: "RFC 7644 §3.5.2"; of OKTA rules what they rest on
	Clients  string // who is known to send it, or who stumbles over it; may be ""
	Leniency string // the id of what a lenient server takes it for, in scim.Leniencies or server.Leniencies; or ""

	n int // its place in all
}

// all are the rules in the order of their definitions, which is of no meaning.
var all []*Rule

// define adds a rule. It is called while the package's variables are set up.
func define(r Rule) *Rule {
	r.n = len(all)
	all = append(all, &r)
	return &r
}

// ruleLimit is how many rules there may be; see look.counts.
const ruleLimit = 256

// Rules lists all rules by their ids.
func Rules() []Rule {
	list := make([]Rule, len(all))
	for i, r := range all {
		list[i] = *r
	}
	slices.SortFunc(list, func(a, b Rule) int {
		if g := group(a.ID) - group(b.ID); g != 0 {
			return g
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list
}

func group(id string) int {
	prefix, _, _ := strings.Cut(id, "-")
	return slices.Index([]string{"SCIM", "OKTA", "IOP", "IPSIE"}, prefix)
}

// Find gives the rule of an id in any case; ok is false if there is none.
func Find(id string) (r Rule, ok bool) {
	for _, r := range all {
		if strings.EqualFold(r.ID, id) {
			return *r, true
		}
	}
	return Rule{}, false
}

// URL is the address of the first document that Place names, at its section;
// "" if it has none.
func (r Rule) URL() string {
	place, _, _ := strings.Cut(r.Place, ",")
	place, _, _ = strings.Cut(place, ";")
	document, section, ok := strings.Cut(place, " §")
	if ok {
		section, _, _ = strings.Cut(section, " ")
		section = "#section-" + section
	}
	switch {
	case strings.HasPrefix(document, "RFC "):
		return "https://www.rfc-editor.org/rfc/rfc" + document[len("RFC "):] + section
	case strings.HasPrefix(document, "draft-"):
		return "https://datatracker.ietf.org/doc/html/" + document + section
	case strings.HasPrefix(document, "IPSIE"):
		return "https://openid.net/specs/ipsie-al-scim-profile-1_0.html"
	case strings.HasPrefix(document, "Okta"):
		return "https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20"
	}
	return ""
}

// Table is the list of all rules in Markdown.
func Table() string {
	cell := strings.NewReplacer("|", `\|`, "\n", " ").Replace
	var b strings.Builder
	b.WriteString("| id | level | of | what is found | what to do | where it is written | who | taken as |\n|---|---|---|---|---|---|---|---|\n")
	for _, r := range Rules() {
		of := "request"
		if r.Answer {
			of = "answer"
		}
		taken := ""
		if r.Leniency != "" {
			taken = "`" + r.Leniency + "`"
		}
		b.WriteString("| " + strings.Join([]string{
			r.ID, r.Level.String(), of, cell(r.Sentence), cell(r.Do), cell(r.Place), cell(r.Clients), taken,
		}, " | ") + " |\n")
	}
	return b.String()
}
