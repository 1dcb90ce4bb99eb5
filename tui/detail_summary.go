package tui

import (
	"cmp"
	"strconv"
	"strings"

	"scimdeck/scim/explain/report"
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
	say("Your note", row.Remark.Note, ui.Mark)
	say("Target", x.target(), ui.Text)
	say("Answer", x.answered(), ui.Status(row.Status))
	if x.ex == nil {
		if x.gone != "" {
			say("Gone", x.gone, ui.Warn)
		}
		return lines
	}
	lines = append(lines, "")
	if part, _ := x.part(); part.First != 0 {
		if told, ok := report.Explain(x.ex, part); ok {
			say("Part of", told.Title+"   "+told.Place, ui.Text)
			say("", told.Shown, ui.Warn)
		}
	}
	switch {
	case len(x.ex.Changes) > 0:
		const most = 6
		list, _ := report.Changes(x.ex)
		for i, c := range list[:min(len(list), most)] {
			say(map[bool]string{true: "Changed"}[i == 0], c.Text, ui.Text)
		}
		if n := len(x.ex.Changes) - most; n > 0 {
			say("", count(n, "more change")+" in Changes", ui.Muted)
		}
	case len(x.ex.Changed) > 0:
		say("Changed", strings.Join(x.ex.Changed, ", "), ui.Text)
	case (row.Method == "PUT" || row.Method == "PATCH") && row.Status < 400:
		say("Changed", "nothing", ui.Muted)
	}
	found := report.Lint(x.ex)
	for i, f := range found[:min(len(found), 3)] {
		say(map[bool]string{true: "Lint"}[i == 0], f.Level+" "+f.Rule+"  "+cmp.Or(f.Sentence, f.Detail), levelRole(f))
	}
	if x.ex.Filter != "" {
		say("Filter", x.ex.Filter, ui.Text)
	}
	for i, n := range x.ex.Notes {
		say(map[bool]string{true: "Notes"}[i == 0], n, ui.Warn)
	}
	say("Inside", x.ex.Problem, ui.Err)
	say("Sizes", "request "+ui.Size(x.ex.RequestSize)+"   response "+ui.Size(x.ex.ResponseSize), ui.Muted)
	say("Find it", "#"+utoa(row.Seq)+"   "+string(x.d.keyFor("copy"))+" copies it as curl, text or JSON", ui.Muted)
	return lines
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
func (x *detail) target() string { return report.Resource(x.row.Type, x.row.ID, x.row.Name) }

// answered is the answer in one line: the status, and of an error its sentence.
func (x *detail) answered() string { return cmp.Or(x.answer, report.StatusText(x.row.Status)) }

func itoa(n int) string    { return strconv.Itoa(n) }
func utoa(n uint64) string { return strconv.FormatUint(n, 10) }
