package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// Stand-ins for the screens that are being written; their files take their place.

func newUsers(d *deps) screen { return &stub{d: d, at: inUsers} }
func newSetup(d *deps) screen { return &stub{d: d, at: inSetup} }

type stub struct {
	d  *deps
	at place
}

func (s *stub) title() ui.Safe             { return "" }
func (s *stub) place() place               { return s.at }
func (s *stub) typing() bool               { return false }
func (s *stub) facts(*facts)               {}
func (s *stub) act(string) tea.Cmd         { return nil }
func (s *stub) key(tea.KeyMsg) tea.Cmd     { return nil }
func (s *stub) update(tea.Msg) tea.Cmd     { return nil }
func (s *stub) status() (ui.Safe, ui.Safe) { return "", "" }
func (s *stub) view(_, h int) []string     { return ui.Fill(nil, h) }
