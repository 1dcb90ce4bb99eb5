package report

import (
	"strings"

	"scimdeck/scim/explain/lint"
	"scimdeck/scim/wire"
)

// Finding is one thing that a rule has found, with what the rule says of it.
type Finding struct {
	Level    string `json:"level"`          // "error", "warn", "note"
	Rule     string `json:"rule,omitempty"` // "SCIM-152"; "" in the last of a list that was cut short
	At       string `json:"at,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Sentence string `json:"sentence,omitempty"` // what is wrong, or worth knowing
	Do       string `json:"do,omitempty"`       // what to do about it, or why it matters
	Place    string `json:"place,omitempty"`    // where it is written: "RFC 7644 §3.5.2"
}

// Lint tells what rules have found in an exchange.
func Lint(ex *wire.Exchange) (list []Finding) {
	for _, f := range ex.Findings {
		list = append(list, finding(f))
	}
	return list
}

func finding(f wire.Finding) Finding {
	said := Finding{Level: levelWord(f.Level), Rule: f.Rule, At: f.At, Detail: f.Detail}
	if rule, ok := lint.Find(f.Rule); ok {
		said.Sentence, said.Do, said.Place = rule.Sentence, rule.Do, rule.Place
	}
	return said
}

// Found says where it is and what stands there, in one line.
func (f Finding) Found() string { return strings.TrimSpace(f.At + "  " + f.Detail) }

func levelWord(level byte) string {
	switch {
	case level >= wire.LevelError:
		return "error"
	case level == wire.LevelWarning:
		return "warn"
	}
	return "note"
}
