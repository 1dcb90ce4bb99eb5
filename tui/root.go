package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// root is the program's model: the window, the tabs with their stacks of
// screens, the notice and the way out. It alone knows where a line of the
// frame is; screens know only the body.
type root struct {
	d    *deps
	w, h int // 0 before the first size: nothing is drawn until then

	tabs [4]tab
	at   int

	meter   meter
	notice  notice
	notices []string // past ones, for L, the latest last
	armed   press    // a key whose second press within 2 s means more
	ticking bool
	blurred bool
	mouse   bool
	osc     time.Time // swallow keys until then: a late answer of the terminal

	start  time.Time
	quit   bool
	themes []*ui.Theme // that T walks through, the one at the start first
	theme  int
}

type tab struct {
	name, short string
	stack       []screen
}

func (t *tab) top() screen { return t.stack[len(t.stack)-1] }

// press is a key pressed once that waits for its second press.
type press struct {
	key string
	at  time.Time
}

// newRoot makes the model. d.data must be set; push, pop, show and say are filled in.
func newRoot(d *deps) *root {
	r := &root{d: d, start: d.now()}
	d.push, d.pop, d.show, d.say = r.push, r.pop, r.show, r.say
	first := *d.theme
	r.themes = []*ui.Theme{&first}
	for p := ui.Dark; p <= ui.None; p++ {
		if p != d.theme.Profile {
			r.themes = append(r.themes, ui.NewTheme(p, d.theme.ASCII))
		}
	}
	r.tabs = [4]tab{
		{name: "Requests", short: "Req", stack: []screen{newRequests(d)}},
		{name: "Users", short: "Use", stack: []screen{newUsers(d)}},
		{name: "Keys", short: "Key", stack: []screen{newKeys(d)}},
		{name: "Setup", short: "Set", stack: []screen{newSetup(d)}},
	}
	return r
}

func (r *root) top() screen { return r.tabs[r.at].top() }

func (r *root) push(s screen) { r.tabs[r.at].stack = append(r.tabs[r.at].stack, s) }

func (r *root) pop() {
	if t := &r.tabs[r.at]; len(t.stack) > 1 {
		t.stack = t.stack[:len(t.stack)-1]
	}
}

// filterable is a screen that show can give a filter to.
type filterable interface{ setFilter(string) tea.Cmd }

func (r *root) show(n int, filter string) tea.Cmd {
	r.at = n
	if filter == "" {
		return nil
	}
	t := &r.tabs[n]
	t.stack = t.stack[:1]
	if f, ok := t.stack[0].(filterable); ok {
		return f.setFilter(filter)
	}
	return nil
}

// backer is a screen that takes a step back inside itself before it is left:
// esc closes input, search, filter and detail one after the other; q (leave)
// closes details only. It reports whether there was a step to take.
type backer interface{ back(leave bool) bool }

// clocked is a screen whose picture changes with the clock alone ("8 s ago").
type clocked interface{ ticks() bool }

// Init implements tea.Model; the commands that feed the model are given by Run.
func (r *root) Init() tea.Cmd { return nil }

// Update implements tea.Model.
func (r *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	before := r.notice.n
	cmds := []tea.Cmd{r.handle(msg), r.clock()}
	if r.notice.n != before {
		cmds = append(cmds, r.notice.life(r.d))
	}
	return r, tea.Batch(cmds...)
}

func (r *root) handle(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		r.w, r.h = m.Width, m.Height
		return r.spread(sized{m.Width, max(m.Height-chromeRows, 0)})
	case tea.KeyMsg:
		return r.onKey(m)
	case tea.MouseMsg:
		return r.onMouse(m)
	case tea.FocusMsg:
		r.blurred = false
		return nil
	case tea.BlurMsg:
		r.blurred = true
		return nil
	case changes:
		*r.d.data = m.snap
		for _, row := range m.rows {
			r.meter.add(row)
		}
		return tea.Batch(m.next, r.spread(msg))
	case told:
		r.say(m.level, m.text)
	case copyFailed:
		r.push(newByHand(r.d, m))
		return nil
	case noticeOver:
		if m.n == r.notice.n {
			r.notice.text = ""
		}
		return nil
	case tick:
		r.ticking = false
		msg = tick{r.d.now()}
	}
	return r.spread(msg)
}

// spread gives data to every screen.
func (r *root) spread(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for i := range r.tabs {
		for _, s := range r.tabs[i].stack {
			if cmd := s.update(msg); cmd != nil {
				cmds = append(cmds, cmd)
			}
		}
	}
	return tea.Batch(cmds...)
}

// clock starts the second's tick when something on screen depends on the time.
func (r *root) clock() tea.Cmd {
	if r.ticking || r.w == 0 {
		return nil
	}
	c, ok := r.top().(clocked)
	if !(ok && c.ticks()) && r.meter.still(r.d.now()) {
		return nil
	}
	r.ticking = true
	every := time.Second
	if r.blurred {
		every = 5 * time.Second
	}
	return r.d.after(every, tick{})
}

func (r *root) onKey(m tea.KeyMsg) tea.Cmd {
	if r.answer(m) {
		return nil
	}
	if r.notice.level == wrong && r.d.now().Sub(r.notice.at) > 10*time.Second {
		r.notice.text = ""
	}
	return r.press(m)
}

// press runs what a key does. Keys typed fast come as one message of several
// letters; they are several presses, unless an input takes them.
func (r *root) press(m tea.KeyMsg) tea.Cmd {
	if r.tooSmall() {
		return r.pressSmall(m.String())
	}
	if m.String() == "ctrl+c" {
		return r.interrupt()
	}
	if r.top().typing() {
		return r.top().key(m)
	}
	if m.Paste || m.Type == tea.KeyRunes && pasted(m.Runes) {
		r.say(info, "pasted text ignored: press / first")
		return nil
	}
	if m.Type == tea.KeyRunes && len(m.Runes) > 1 {
		var cmds []tea.Cmd
		for i, c := range m.Runes {
			if r.top().typing() { // a letter opened an input: the rest is text
				rest := m
				rest.Runes = m.Runes[i:]
				return tea.Batch(append(cmds, r.top().key(rest))...)
			}
			one := m
			one.Runes = []rune{c}
			cmds = append(cmds, r.run(one.String()))
		}
		return tea.Batch(cmds...)
	}
	return r.run(m.String())
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
		r.say(info, ui.Safe(why))
		return nil
	}
	if own := r.own(a.id); own != nil {
		return own()
	}
	return r.top().act(a.id)
}

// facts collects what the top screen says of itself.
func (r *root) facts() facts { return r.factsOf(r.top()) }

func (r *root) factsOf(s screen) facts {
	var f facts
	f.noUsers = r.d.data.users == 0
	s.facts(&f)
	return f
}

// under is the screen below the one on top: what a box is about.
func (r *root) under() screen {
	stack := r.tabs[r.at].stack
	return stack[max(len(stack)-2, 0)]
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
	text := "Users, keys and the request log are kept; start again with the same command to go on."
	if s, ok := r.tabs[0].stack[0].(*requests); ok {
		if last := s.lastClient(); !last.IsZero() && r.d.now().Sub(last) < 5*time.Minute {
			text = "A client was here " + ui.Ago(r.d.now().Sub(last)) + ". Its requests will fail until you start scimdeck again. " +
				"Users, keys and the request log are kept."
		}
	}
	r.push(newQuestion(r.d, "Stop the server and quit?",
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
	r.say(info, "a suspended scimdeck answers nobody: ^z again suspends it")
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
