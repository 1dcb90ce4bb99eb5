package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store"
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

	behind  behind
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
	name  string
	stack []screen
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
	asGiven := *d.theme
	r.themes = []*ui.Theme{&asGiven}
	for p := ui.Dark; p <= ui.None; p++ {
		if p != d.theme.Profile {
			r.themes = append(r.themes, ui.NewTheme(p, d.theme.ASCII))
		}
	}
	first := newRequests(d)
	d.rows = func() []*store.Row { return first.rows }
	d.openRequest = func(seq uint64) tea.Cmd {
		r.at, r.tabs[0].stack = 0, r.tabs[0].stack[:1]
		return first.open(seq)
	}
	r.tabs = [4]tab{
		{name: "Requests", stack: []screen{first}},
		{name: "Users", stack: []screen{newDirectory(d)}},
		{name: "Keys", stack: []screen{newKeys(d)}},
		{name: "Setup", stack: []screen{newSetup(d)}},
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
	if m, ok := msg.(changes); ok {
		return r.changed(m)
	}
	return tea.Batch(r.catchUp(), r.other(msg))
}

// other handles every message but changes.
func (r *root) other(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		r.w, r.h = m.Width, m.Height
		return r.spread(sized{r.w, r.bodyRows()})
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
	case behindDue:
		r.behind.due = false
		return nil
	case told:
		r.say(m.level, m.text)
	case edited: // Bubble Tea switches on again all but the mouse
		if r.mouse {
			return tea.Batch(tea.EnableMouseCellMotion, m.then)
		}
		return m.then
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

// behind is what happened while the tabs behind the front one have not been told.
type behind struct {
	changes
	some bool
	at   time.Time // when they were told last
	due  bool      // a behindDue will come
}

// behindDue says that the tabs behind have to be told now.
type behindDue struct{}

// behindEvery is how long the tabs behind the front one may be left without
// word while nothing but changes comes: what nobody looks at is not read again
// for each frame.
const behindEvery = 500 * time.Millisecond

// changed takes in what happened in the store, for the front tab at once.
func (r *root) changed(m changes) tea.Cmd {
	cmds := []tea.Cmd{m.next}
	m.next = nil
	if m.cleared { // the rows in this message are all that are left
		r.meter, r.behind.changes = meter{}, changes{}
		cmds = append(cmds, r.spread(cleared{}))
		m.cleared = false
	}
	rows := r.bodyRows()
	*r.d.data = m.snap
	for _, row := range m.rows {
		r.meter.add(row)
	}
	if r.bodyRows() != rows { // a banner came or went
		cmds = append(cmds, r.spread(sized{r.w, r.bodyRows()}))
	}
	for _, s := range r.tabs[r.at].stack {
		cmds = append(cmds, s.update(m))
	}
	b := &r.behind
	b.rows, b.snap, b.some = append(b.rows, m.rows...), m.snap, true
	if m.remarks != nil {
		b.remarks = m.remarks
	}
	switch wait := behindEvery - r.d.now().Sub(b.at); {
	case wait <= 0:
		cmds = append(cmds, r.catchUp())
	case !b.due:
		b.due = true
		cmds = append(cmds, r.d.after(wait, behindDue{}))
	}
	return tea.Batch(cmds...)
}

// catchUp tells the tabs behind what they have not heard yet. It comes before
// any other message, so that none finds them out of date.
func (r *root) catchUp() tea.Cmd {
	if !r.behind.some {
		return nil
	}
	m := r.behind.changes
	r.behind = behind{at: r.d.now(), due: r.behind.due}
	var cmds []tea.Cmd
	for i := range r.tabs {
		if i == r.at {
			continue
		}
		for _, s := range r.tabs[i].stack {
			cmds = append(cmds, s.update(m))
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
		r.say(info, "pasted text ignored: press "+r.d.keyFor("filter")+" first")
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

// facts collects what the top screen says of itself.
func (r *root) facts() facts { return r.factsOf(r.top()) }

func (r *root) factsOf(s screen) facts {
	var f facts
	f.noUsers = r.d.data.users == 0
	f.key = keyFor
	s.facts(&f)
	return f
}

// under is the screen below the one on top: what a box is about.
func (r *root) under() screen {
	stack := r.tabs[r.at].stack
	return stack[max(len(stack)-2, 0)]
}
