package tui

import (
	"bytes"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// copyText puts text on the clipboard and says what is known of it: "copied"
// only when a tool said so. what names the text in the notice; the text itself
// is in no notice.
func copyText(d *deps, what ui.Safe, text []byte) tea.Cmd {
	return func() tea.Msg {
		known, err := d.copy(d.ctx, text)
		switch {
		case err != nil:
			return copyFailed{what, text, ui.Clean(err.Error(), d.ascii)}
		case known == ui.Copied:
			return told{done, "copied " + what}
		case known == ui.SentToTerm:
			return told{done, what + " sent to the terminal's clipboard"}
		case known == ui.TooLongTerm:
			return told{wrong, what + " is too long for the terminal's clipboard: " + d.keyFor("export") + " writes it to a file"}
		}
		return copyFailed{what, text, "no clipboard here"}
	}
}

// copyFailed makes the root show the text for selecting by hand.
type copyFailed struct {
	what ui.Safe
	text []byte
	why  ui.Safe
}

// newByHand is a box with the bare text, for selecting with the mouse.
func newByHand(d *deps, m copyFailed) screen {
	text := []ui.Paragraph{{Text: m.why + ": select it by hand", Role: ui.Muted}, {}}
	for _, line := range bytes.SplitN(m.text, []byte("\n"), 200) {
		text = append(text, ui.Paragraph{Text: ui.CleanLine(line, d.ascii), Bare: true})
	}
	return newQuestion(d, "Copy "+m.what, text, []ui.Button{{Label: "Done"}}, nil)
}
