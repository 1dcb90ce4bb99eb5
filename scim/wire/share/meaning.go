package share

import (
	"fmt"

	"scimdeck/scim/wire"
)

// What the log knows of an exchange's meaning, as JSON.

type jsonPart struct {
	Story    string `json:"story"`
	Role     string `json:"role,omitempty"`
	First    uint64 `json:"first"` // the number of the story's first request
	Step     int    `json:"step"`
	Of       int    `json:"of,omitempty"`
	Expected bool   `json:"expected,omitempty"` // a status of 400 or more that belongs to it
}

type jsonFinding struct {
	Rule   string `json:"rule,omitempty"`
	Level  string `json:"level"`
	At     string `json:"at,omitempty"`
	Detail string `json:"detail,omitempty"`
}

func partOf(ex *wire.Exchange) *jsonPart {
	if ex.Part.Story == "" {
		return nil
	}
	p := jsonPart(ex.Part)
	return &p
}

func findingsOf(ex *wire.Exchange) (list []jsonFinding) {
	for _, f := range ex.Findings {
		list = append(list, jsonFinding{f.Rule, levelName(f.Level), f.At, f.Detail})
	}
	return list
}

func levelName(level byte) string {
	switch level {
	case wire.LevelError:
		return "error"
	case wire.LevelWarning:
		return "warn"
	}
	return "note"
}

// findingLine says a finding in one line.
func findingLine(f wire.Finding) string {
	s := levelName(f.Level)
	if f.Rule != "" {
		s += " " + f.Rule
	}
	if f.At != "" {
		s += ", " + f.At
	}
	if f.Detail != "" {
		s += ": " + f.Detail
	}
	return s
}

// partLine says which place an exchange has in a story, or "".
func partLine(p wire.Part) string {
	if p.Story == "" {
		return ""
	}
	s := fmt.Sprintf("Step %d of %d of %s, which begins with %d", p.Step, p.Of, p.Story, p.First)
	if p.Expected {
		s += "; the error belongs to it"
	}
	return s
}
