package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

func (r *root) onKey(m tea.KeyMsg) tea.Cmd {
	if r.answer(m) {
		return nil
	}
	if r.notice.level == wrong && r.d.now().Sub(r.notice.at) > 10*time.Second {
		r.notice.text = ""
	}
	return r.press(m)
}

// pasted guesses that letters which came at once are pasted text, from a
// terminal that does not say so: many, and not one key held down.
func pasted(runes []rune) bool {
	return len(runes) > 16 && strings.Trim(string(runes), string(runes[0])) != ""
}

// run runs the action of a key.
func (r *root) run(key string) tea.Cmd {
	if a := lookup(r.top().place(), key); a != nil {
		return r.do(a)
	}
	return nil
}

// do runs an action, or says why it is not possible now.
func (r *root) do(a *action) tea.Cmd {
	if ok, why := a.possible(r.facts()); !ok {
		r.say(info, ui.Safe(asciiKey(r.d.ascii, why)))
		return nil
	}
	if own := r.own(a.id); own != nil {
		return own()
	}
	return r.top().act(a.id)
}

// own gives the actions that are the root's own, or nil.
func (r *root) own(id string) func() tea.Cmd {
	tab := func(n int) func() tea.Cmd { return func() tea.Cmd { return r.show(n, "") } }
	switch id {
	case "requests":
		return tab(0)
	case "users":
		return tab(1)
	case "keys":
		return tab(2)
	case "setup":
		return tab(3)
	case "help":
		return func() tea.Cmd { r.push(newHelp(r, r.top().place())); return nil }
	case "palette":
		return func() tea.Cmd { r.push(newHelp(r, 0)); return nil }
	case "log":
		return func() tea.Cmd { r.push(newMessages(r)); return nil }
	case "back":
		return r.back
	case "leave":
		return r.leave
	case "interrupt":
		return r.interrupt
	case "redraw":
		return func() tea.Cmd { return tea.ClearScreen }
	case "suspend":
		return r.suspend
	case "mouse":
		return r.toggleMouse
	case "theme":
		return r.nextTheme
	case "copyNotice":
		return r.copyNotice
	}
	return nil
}

// back is esc: one step, never out of the program.
func (r *root) back() tea.Cmd {
	if b, ok := r.top().(backer); ok && b.back(false) {
		return nil
	}
	r.pop()
	return nil
}

// leave is q: out of the detail, to Requests, out of the program (asks).
func (r *root) leave() tea.Cmd {
	if b, ok := r.top().(backer); ok && b.back(true) {
		return nil
	}
	switch {
	case len(r.tabs[r.at].stack) > 1:
		r.pop()
	case r.at != 0:
		r.at = 0
	default:
		r.ask()
	}
	return nil
}

// interrupt is ctrl+c: out of an input, else the question; twice is the end.
func (r *root) interrupt() tea.Cmd {
	if r.twice("ctrl+c") {
		return r.stop()
	}
	if r.top().typing() {
		return r.top().key(tea.KeyMsg{Type: tea.KeyEsc})
	}
	r.ask()
	return nil
}

// twice reports whether a key is pressed for the second time within 2 s.
func (r *root) twice(key string) bool {
	now := r.d.now()
	again := r.armed.key == key && now.Sub(r.armed.at) <= 2*time.Second
	r.armed = press{key, now}
	return again
}

func (r *root) stop() tea.Cmd {
	r.quit = true
	return tea.Quit
}

// ask asks whether to quit.
func (r *root) ask() {
	title, text := "Stop the server and quit?", "Users, keys and the request log are kept; start again with the same command to go on."
	if s, ok := r.tabs[0].stack[0].(*requests); ok {
		if last := s.lastClient(); !last.IsZero() && r.d.now().Sub(last) < 5*time.Minute {
			text = "A client was here " + ui.Ago(r.d.now().Sub(last)) + ". Its requests will fail until you start scimdeck again. " +
				"Users, keys and the request log are kept."
		}
	}
	if r.d.opts.Attached {
		title, text = "Leave the dashboard?", "The server goes on; scimdeck attach opens it again."
	}
	r.push(newQuestion(r.d, ui.Safe(title),
		[]ui.Paragraph{{Text: ui.Safe(text)}, {}, {Text: "^c again quits at once.", Role: ui.Muted}},
		[]ui.Button{{Label: "Stay"}, {Label: "Quit", Key: "y"}},
		func(i int) tea.Cmd {
			if i == 1 {
				return r.stop()
			}
			return nil
		}))
}

func (r *root) suspend() tea.Cmd {
	if r.twice("ctrl+z") {
		return tea.Suspend
	}
	if r.d.opts.Attached {
		r.say(info, r.d.keyFor("suspend")+" again suspends the dashboard; the server goes on")
		return nil
	}
	r.say(info, "a suspended scimdeck answers nobody: "+r.d.keyFor("suspend")+" again suspends it")
	return nil
}

func (r *root) toggleMouse() tea.Cmd {
	r.mouse = !r.mouse
	if r.mouse {
		r.say(info, "mouse on: wheel moves; hold shift to select text")
		return tea.EnableMouseCellMotion
	}
	r.say(info, "mouse off")
	return tea.DisableMouse
}

// onMouse turns the wheel into movement.
func (r *root) onMouse(m tea.MouseMsg) tea.Cmd {
	id := ""
	switch m.Button {
	case tea.MouseButtonWheelUp:
		id = "up"
	case tea.MouseButtonWheelDown:
		id = "down"
	}
	if id == "" || r.tooSmall() || r.top().typing() {
		return nil
	}
	return tea.Batch(r.top().act(id), r.top().act(id), r.top().act(id))
}

// nextTheme walks through the profiles. Everyone draws with *d.theme, so the
// theme is exchanged in place.
func (r *root) nextTheme() tea.Cmd {
	r.theme = (r.theme + 1) % len(r.themes)
	*r.d.theme = *r.themes[r.theme]
	r.say(info, ui.Safe("theme "+r.d.theme.Profile.String()))
	return nil
}

func (r *root) copyNotice() tea.Cmd {
	if len(r.notices) == 0 {
		r.say(info, "there was no notice yet")
		return nil
	}
	return copyText(r.d, "the notice", []byte(r.notices[len(r.notices)-1]))
}

// answer swallows a late answer of the terminal to the question for its
// background (ESC ] 11 ; rgb:… BEL), which would come in as key presses.
func (r *root) answer(m tea.KeyMsg) bool {
	now := r.d.now()
	if m.Alt && len(m.Runes) > 0 && m.Runes[0] == ']' {
		r.osc = now.Add(100 * time.Millisecond)
		return true
	}
	if now.Before(r.osc) {
		if s := m.String(); s == "ctrl+g" || s == `alt+\` {
			r.osc = time.Time{}
		}
		return true
	}
	return false
}
