package tui

import (
	"strconv"
	"strings"

	"scimdeck/store/guide"
	"scimdeck/tui/ui"
)

// stateLook is how a state is shown.
func stateLook(st guide.State) (ui.Safe, ui.Role) {
	switch st {
	case guide.OK:
		return "ok", ui.OK
	case guide.Failed:
		return "fail", ui.Err
	}
	return "wait", ui.Muted
}

// checks is the list of what was seen.
func (s *setup) checks(w int) []setupLine {
	line := func(state guide.State, name, note ui.Safe, seq uint64) setupLine {
		word, role := stateLook(state)
		noted := ui.Muted
		if state == guide.Failed {
			noted = ui.Err
		}
		return setupLine{
			parts: []ui.Part{{Text: word, Role: role, Min: 6}, {Text: name, Min: 28}, {Text: "  "}, {Text: note, Role: noted, Fill: true}},
			item:  &setupItem{what: name, seq: seq},
		}
	}
	lines := []setupLine{{rule: "is it working?"}, line(guide.OK, "server answers on "+ui.Clean(s.d.opts.Listen, s.d.ascii), "", 0)}
	lines = append(lines, s.address(w, line)...)
	for _, x := range s.seen.List(s.now(), s.env()) {
		if x.State == guide.Waiting {
			wait := s.words(x.Wait)
			if x.ID == guide.Key {
				wait = s.d.keyFor("add") + " makes one"
			}
			lines = append(lines, line(x.State, s.words(x.Name), wait, 0))
			continue
		}
		lines = append(lines, line(x.State, s.words(x.Name), s.note(x, w), x.Last))
		if x.State == guide.Failed {
			lines = append(lines, s.below6(w, ui.Err, ui.Clean(x.Note, s.d.ascii))...)
			if x.ID == guide.Key {
				lines = append(lines, s.below6(w, ui.Text, s.words(s.now().Denied))...)
			}
		}
	}
	return lines
}

// note is by which request a thing was seen, and how.
func (s *setup) note(x guide.Seen, w int) ui.Safe {
	words := []string{"#" + strconv.FormatUint(x.Last, 10), x.At.In(s.d.loc).Format("15:04:05")}
	if x.State == guide.OK {
		if x.Times > 1 && x.ID != guide.First && x.ID != guide.Key {
			words = append(words, s.d.theme.Glyph.Times+strconv.Itoa(x.Times))
		}
		if x.Note != "" {
			words = append(words, x.Note)
		}
	}
	gap := "  "
	if w < 70 {
		gap = " "
	}
	return ui.Clean(strings.Join(words, gap), s.d.ascii)
}

// below6 is text below a check, wrapped.
func (s *setup) below6(w int, role ui.Role, text ui.Safe) (lines []setupLine) {
	for _, part := range ui.Wrap(text, max(w-9, 20)) {
		lines = append(lines, setupLine{parts: []ui.Part{{Min: 6}, {Text: part, Role: role, Fill: true}}, more: true})
	}
	return lines
}

// address is the check of the public address.
func (s *setup) address(w int, line func(guide.State, ui.Safe, ui.Safe, uint64) setupLine) []setupLine {
	_, reachable := s.base()
	t := &s.test
	state := s.answers()
	tested := t.job != nil && t.job.base == s.env().Base && t.over
	switch {
	case !reachable:
		return []setupLine{line(state, "public address", s.d.keyFor("tunnels")+": a tunnel, "+s.d.keyFor("address")+" types it", 0)}
	case state == guide.Failed:
		bad := t.failed()
		lines := []setupLine{line(state, "public address answers", ui.Safe(t.at.In(s.d.loc).Format("15:04:05"))+"  "+s.d.keyFor("test")+" again", 0)}
		lines = append(lines, s.below6(w, ui.Err, ui.Clean(bad.Detail, s.d.ascii))...)
		if bad.Way == "" {
			return lines
		}
		return append(lines, s.below6(w, ui.Text, ui.Clean(bad.Way, s.d.ascii))...)
	case tested && t.err == nil:
		note := t.at.In(s.d.loc).Format("15:04:05") + "  " + ui.Took(t.took())
		return []setupLine{line(state, "public address answers", ui.Safe(note)+"  "+s.d.keyFor("test")+" again", 0)}
	case state == guide.OK:
		return []setupLine{line(state, "public address answers", ui.Safe("#"+strconv.FormatUint(s.noted.through.Seq, 10)+" came by it"), s.noted.through.Seq)}
	}
	return []setupLine{line(state, "public address answers", s.d.keyFor("test")+" tests it", 0)}
}
