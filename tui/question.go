package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// question is a box that asks something. The first button is the safe one:
// esc, n and a careless enter press it.
type question struct {
	box
	dialog ui.Dialog
	answer func(button int) tea.Cmd
}

// box has what all boxes share: they take every key and have no crumb.
type box struct{ d *deps }

func (box) title() ui.Safe         { return "" }
func (box) place() place           { return inBox }
func (box) typing() bool           { return true }
func (box) facts(*facts)           {}
func (box) act(string) tea.Cmd     { return nil }
func (box) update(tea.Msg) tea.Cmd { return nil }
func (box) status() (l, r ui.Safe) { return "", "" }

// newQuestion makes a box with buttons. When one is pressed the box goes and
// answer, which may be nil, gets its number.
func newQuestion(d *deps, title ui.Safe, text []ui.Paragraph, buttons []ui.Button, answer func(i int) tea.Cmd) screen {
	q := &question{box: box{d}, answer: answer}
	q.dialog.Opened = d.now()
	q.dialog.Title, q.dialog.Text, q.dialog.Buttons = title, text, buttons
	return q
}

func (q *question) key(m tea.KeyMsg) tea.Cmd {
	i := q.dialog.Key(uiKey(m), q.d.now())
	if i < 0 {
		return nil
	}
	q.d.pop()
	if q.answer == nil {
		return nil
	}
	return q.answer(i)
}

func (q *question) view(w, h int) []string { return q.dialog.View(q.d.theme, w, h) }

func (q *question) hints() []hint {
	var hs []hint
	for _, b := range q.dialog.Buttons[1:] {
		if b.Key != "" {
			hs = append(hs, hint{key: b.Key, word: strings.ToLower(string(b.Label))})
		}
	}
	if safe := q.dialog.Buttons[0].Label; len(q.dialog.Buttons) > 1 {
		hs = append(hs, hint{key: "n or esc", word: strings.ToLower(string(safe))})
	} else {
		hs = append(hs, hint{key: "esc", word: strings.ToLower(string(safe))})
	}
	return append(hs, hint{key: "↵", word: "presses [ ]"})
}
