package tui

import (
	"bytes"
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/explain/lint"
	"scimdeck/scim/explain/story"
	"scimdeck/tui/ui"
)

// summary draws the Summary tab: what happened, in labelled lines.
func (x *detail) summary(w int) []string {
	t, row := x.d.theme, x.row
	var lines []string
	say := func(label, text string, role ui.Role) {
		if text == "" {
			return
		}
		for i, s := range ui.Wrap(ui.Clean(text, t.ASCII), w-12) {
			head := ui.Safe(label)
			if i > 0 {
				head = ""
			}
			lines = append(lines, t.Line(w, ui.Part{Text: " "}, ui.Part{Text: head, Role: ui.Muted, Min: 10}, ui.Part{Text: s, Role: role, Fill: true}))
		}
	}
	now := x.d.now()
	say("When", row.Start.In(x.d.loc).Format("2006-01-02 15:04:05.000")+"   "+ui.Ago(now.Sub(row.Start))+"   took "+ui.Took(row.Took), ui.Text)
	say("Key", x.keyWords(), map[bool]ui.Role{true: ui.Warn}[row.Refused != ""])
	say("Client", row.Agent, ui.Text)
	say("Meaning", row.Sentence, ui.Strong)
	say("Target", x.target(), ui.Text)
	say("Answer", x.answerWords(), ui.Status(row.Status))
	if x.ex == nil {
		if x.gone != "" {
			say("Gone", x.gone, ui.Warn)
		}
		return lines
	}
	lines = append(lines, "")
	if part, _ := x.part(); part.First != 0 {
		if told, ok := story.Tell(part, x.ex); ok {
			say("Part of", told.Title+"   "+story.Ordinal(part), ui.Text)
			say("", told.Shown, ui.Warn)
		}
	}
	switch {
	case len(x.ex.Changes) > 0:
		const most = 6
		for i, c := range x.ex.Changes[:min(len(x.ex.Changes), most)] {
			say(map[bool]string{true: "Changed"}[i == 0], change.Line(c), ui.Text)
		}
		if n := len(x.ex.Changes) - most; n > 0 {
			say("", count(n, "more change")+" in Changes", ui.Muted)
		}
	case len(x.ex.Changed) > 0:
		say("Changed", strings.Join(x.ex.Changed, ", "), ui.Text)
	case (row.Method == "PUT" || row.Method == "PATCH") && row.Status < 400:
		say("Changed", "nothing", ui.Muted)
	}
	for i, f := range x.ex.Findings[:min(len(x.ex.Findings), 3)] {
		level, role := levelWords(f.Level)
		say(map[bool]string{true: "Lint"}[i == 0], string(level)+" "+f.Rule+"  "+cmp.Or(ruleSentence(f.Rule), f.Detail), role)
	}
	if x.ex.Filter != "" {
		say("Filter", x.ex.Filter, ui.Text)
	}
	for i, n := range x.ex.Notes {
		say(map[bool]string{true: "Notes"}[i == 0], n, ui.Warn)
	}
	say("Inside", x.ex.Problem, ui.Err)
	say("Sizes", "request "+ui.Size(x.ex.RequestSize)+"   response "+ui.Size(x.ex.ResponseSize), ui.Muted)
	say("Find it", "#"+utoa(row.Seq)+"   y copies it as curl, text or JSON", ui.Muted)
	return lines
}

func ruleSentence(id string) string {
	rule, _ := lint.Find(id)
	return rule.Sentence
}

// keyWords says which key the request came with.
func (x *detail) keyWords() string {
	row := x.row
	s := row.KeyName
	if x.ex != nil && x.ex.KeyPrefix != "" {
		s = strings.TrimSpace(s + " (" + x.ex.KeyPrefix + x.d.theme.Glyph.Cut + ")")
	}
	if row.Refused != "" {
		s = strings.TrimSpace(s + "  refused: " + row.Refused)
	}
	if s == "" && row.Source == "" {
		s = "none"
	} else if s == "" {
		s = "none: it was made here (" + row.Source + ")"
	}
	if x.ex != nil && x.ex.Remote != "" {
		s += "   from " + x.ex.Remote
		if x.ex.Host != "" {
			s += " via " + x.ex.Host
		}
	}
	return s
}

// target says which resource the request touched.
func (x *detail) target() string {
	s := strings.TrimSpace(x.row.Type + " " + x.row.ID)
	if x.row.Name != "" {
		s += "  " + x.row.Name
	}
	return strings.TrimSpace(s)
}

// answerWords is the answer in one line: the status, and of an error its sentence.
func (x *detail) answerWords() string {
	s := statusText(x.row.Status)
	if x.ex != nil && x.detailText != "" {
		s += ": " + x.detailText
	}
	return s
}

// statusText is "409 Conflict".
func statusText(status int) string {
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

func itoa(n int) string    { return strconv.Itoa(n) }
func utoa(n uint64) string { return strconv.FormatUint(n, 10) }
