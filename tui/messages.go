package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// messages shows the server's own messages and the notices of the past: L.
type messages struct {
	box
	lines []ui.Safe
	list  ui.List
}

func newMessages(r *root) screen {
	m := &messages{box: box{r.d}}
	for _, s := range r.d.opts.Messages() {
		m.lines = append(m.lines, ui.Clean(s, r.d.ascii))
	}
	for _, s := range r.notices {
		m.lines = append(m.lines, "notice  "+ui.Safe(s))
	}
	m.list.Set(len(m.lines), 1)
	m.list.Select(len(m.lines) - 1)
	return m
}

func (m *messages) key(k tea.KeyMsg) tea.Cmd {
	switch name := k.String(); name {
	case "esc", "q", "L":
		m.d.pop()
	default:
		m.list.Key(name)
	}
	return nil
}

func (m *messages) view(w, h int) []string {
	t := m.d.theme
	lines := append(make([]string, 0, h), t.Rule(w, "Messages of the server and past notices"))
	m.list.Set(len(m.lines), h-1)
	from, to := m.list.Visible()
	for i := from; i < to; i++ {
		lines = append(lines, t.Row(w, i == m.list.Sel, ui.Part{Text: m.lines[i], Fill: true}))
	}
	if len(m.lines) == 0 {
		lines = append(lines, t.Line(w, ui.Part{Text: "  nothing yet", Role: ui.Muted}))
	}
	return ui.Fill(lines, h)
}

func (m *messages) hints() []hint {
	return []hint{{key: "↑↓", word: "move"}, {key: "esc", word: "close"}}
}

func (m *messages) status() (left, right ui.Safe) {
	return ui.Safe(count(len(m.lines), "message")), ""
}
