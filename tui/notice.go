package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// A notice is a sentence in the place of the status line.
type notice struct {
	n     int
	level level
	text  ui.Safe
	at    time.Time
}

// noticeOver ends the notice with that number, if it is still shown.
type noticeOver struct{ n int }

// noticesKept is how many past notices L shows.
const noticesKept = 200

// say shows a notice. Update sees that there is a new one and gives the
// command that ends it, so that those who call say need not care.
func (r *root) say(l level, text ui.Safe) {
	r.notice = notice{n: r.notice.n + 1, level: l, text: text, at: r.d.now()}
	r.notices = append(r.notices, string(text))
	if n := len(r.notices) - noticesKept; n > 0 {
		r.notices = r.notices[n:]
	}
}

// life is the command that ends a notice: after 4 s, or never for errors,
// which a key ends after 10 s.
func (n notice) life(d *deps) tea.Cmd {
	if n.level == wrong {
		return nil
	}
	return d.after(4*time.Second, noticeOver{n.n})
}

// line draws the notice.
func (n notice) line(t *ui.Theme, w int) string {
	word, role := ui.Safe("note"), ui.Info
	switch n.level {
	case done:
		word, role = "done", ui.OK
	case wrong:
		word, role = "error", ui.Err
	}
	parts := []ui.Part{{Text: " " + word, Role: role, Min: 8}, {Text: n.text, Fill: true}}
	if n.level == wrong {
		parts = append(parts, ui.Part{Text: ui.Safe(" " + asciiKey(t.ASCII, keyFor("copyNotice")) + " copies, " + asciiKey(t.ASCII, keyFor("log")) + " keeps "), Role: ui.Muted})
	}
	return t.Line(w, parts...)
}
