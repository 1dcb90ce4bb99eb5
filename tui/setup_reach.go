package tui

import (
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/reach"
	"scimdeck/store/guide"
	"scimdeck/tui/ui"
)

// begin begins a test of the public address, if there is one.
func (s *setup) begin() tea.Cmd {
	base, reachable := s.base()
	if !reachable {
		s.d.say(info, "there is no public address to test: "+s.d.keyFor("tunnels")+" tells how to get one, "+s.d.keyFor("address")+" types it")
		return nil
	}
	if s.test.job != nil {
		s.test.job.cancel()
	}
	s.test = reachTest{job: newReach(s.d, base), at: s.d.now()}
	s.d.push(newReachBox(s))
	return nextReached(s.d, s.test.job)
}

// reached takes the next result of a test, and asks for the one after.
func (s *setup) reached(m reached) tea.Cmd {
	mine := m.job == s.test.job
	if m.over {
		if mine {
			s.test.over, s.test.err = true, m.err
		}
		return nil
	}
	if mine {
		s.test.results = append(s.test.results, m.result)
	}
	return nextReached(s.d, m.job)
}

// failed is the first step that failed, or nil.
func (t *reachTest) failed() *reach.Result {
	for i := range t.results {
		if t.results[i].State == reach.Failed {
			return &t.results[i]
		}
	}
	return nil
}

// took is how long the first request was on its way and back.
func (t *reachTest) took() time.Duration {
	for _, r := range t.results {
		if r.Name == reach.Here {
			return r.Took
		}
	}
	return 0
}

// answers says whether the public address leads here, by its last test, else by a
// client that came by it.
func (s *setup) answers() guide.State {
	base, reachable := s.base()
	switch t := &s.test; {
	case !reachable:
		return guide.Waiting
	case t.job != nil && t.job.base == base && t.over && t.failed() != nil:
		return guide.Failed
	case t.job != nil && t.job.base == base && t.over && len(t.results) > 0:
		return guide.OK
	case s.noted.origin != "" && strings.HasPrefix(base, s.noted.origin+"/"):
		return guide.OK
	}
	return guide.Waiting
}

// reachBox shows a test of the public address while it goes on and after.
type reachBox struct {
	box
	s   *setup
	job *reachJob
}

func newReachBox(s *setup) *reachBox {
	return &reachBox{box: box{s.d}, s: s, job: s.test.job}
}

func (b *reachBox) view(w, h int) []string {
	t := &b.s.test
	box := ui.Dialog{Title: "Test of the public address", Width: 76, Text: []ui.Paragraph{
		{Text: ui.Clean(b.job.base, b.d.ascii), Role: ui.Accent}, {},
	}}
	add := func(role ui.Role, text ui.Safe) { box.Text = append(box.Text, ui.Paragraph{Text: text, Role: role}) }
	const word, name = 6, 27 // columns
	inner := min(box.Width, w) - 4
	below := func(role ui.Role, indent ui.Safe, text string) {
		for _, line := range ui.Wrap(ui.Clean(text, b.d.ascii), max(inner-word-ui.Width(indent), 20)) {
			add(role, ui.Pad("", word)+indent+line)
			indent = ui.Pad("", ui.Width(indent))
		}
	}
	for _, r := range t.results {
		state, role := ui.Safe("ok"), ui.Text
		switch r.State {
		case reach.Note:
			state, role = "note", ui.Warn
		case reach.Failed:
			state, role = "fail", ui.Err
		}
		head := ui.Pad(state, word) + ui.Pad(ui.Safe(r.Name), name)
		if detail := ui.Clean(r.Detail, b.d.ascii); r.State == reach.OK && word+name+ui.Width(detail) <= inner {
			box.Text = append(box.Text, ui.Paragraph{Text: head + detail, Role: role, Spare: true})
			continue
		}
		add(role, head)
		below(role, "", r.Detail)
		if r.Way != "" {
			below(ui.Text, ui.Safe(b.d.theme.Glyph.To+" "), r.Way)
		}
	}
	switch {
	case t.err != nil:
		add(ui.Err, ui.Clean("fail  it could not begin: "+t.err.Error(), b.d.ascii))
	case !t.over:
		add(ui.Muted, ui.Safe("      "+b.d.theme.Glyph.Cut))
	default:
		add(ui.Text, "")
		box.Text = append(box.Text, ui.Paragraph{Text: b.sum(), Role: ui.Muted, Spare: true})
	}
	return box.View(b.d.theme, w, h)
}

// sum is the last line.
func (b *reachBox) sum() ui.Safe {
	if b.s.test.failed() != nil {
		key := b.d.keyFor
		return "It was tried from this machine. " + key("test") + " tries again; " + key("tunnels") + " is about tunnels; " + key("address") + " changes the address."
	}
	return "All from this machine; a client in the cloud goes the same way unless a note says otherwise. In the log: source:test"
}

func (b *reachBox) hints() []hint {
	if !b.s.test.over {
		return []hint{{key: "esc", word: "stop"}}
	}
	return []hint{
		{key: keyFor("test"), word: "again"},
		{key: keyFor("copy"), word: "copy the report"},
		{key: keyFor("tunnels"), word: "tunnels"},
		{key: keyFor("address"), word: "address"},
		{key: "esc", word: "close"},
	}
}

func (b *reachBox) key(m tea.KeyMsg) tea.Cmd {
	if m.Paste {
		return nil
	}
	name := m.String()
	if !b.s.test.over {
		if name == "esc" || name == "q" {
			b.job.cancel()
			b.s.test = reachTest{}
			b.d.pop()
			b.d.say(info, "the test was stopped")
		}
		return nil
	}
	switch meant(inSetup, name) { // its keys are those of the screen below
	case "test":
		b.d.pop()
		return b.s.begin()
	case "tunnels":
		b.d.pop()
		b.d.push(newTunnels(b.s))
	case "address":
		b.d.pop()
		b.d.push(newAddressForm(b.s))
	case "copy":
		return copyText(b.d, "the report", []byte(b.report()))
	default:
		if name == "esc" || name == "q" || name == "enter" {
			b.d.pop()
		}
	}
	return nil
}

// report is the test as text.
func (b *reachBox) report() string {
	var out strings.Builder
	out.WriteString(b.job.base + "\n")
	for _, r := range b.s.test.results {
		out.WriteString(string(r.State) + "\t" + r.Name + ": " + r.Detail + " (" + strconv.FormatInt(r.Took.Milliseconds(), 10) + " ms)\n")
		if r.Way != "" {
			out.WriteString("\t" + r.Way + "\n")
		}
	}
	return out.String()
}
