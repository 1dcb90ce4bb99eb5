package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// uiKey gives a key in the words of package ui, which does not know Bubble Tea.
func uiKey(m tea.KeyMsg) ui.Key {
	k := ui.Key{Name: m.String(), Paste: m.Paste}
	if m.Type == tea.KeyRunes || m.Type == tea.KeySpace {
		k.Text = string(m.Runes)
		if m.Paste {
			k.Name = ""
		}
	}
	return k
}
