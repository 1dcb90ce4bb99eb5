package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// help lists the actions of a place, or of all, as the table has them. Typing
// narrows them, enter runs the chosen one if that is possible now.
type help struct {
	box
	r     *root
	at    place // 0: every place
	from  place // where it was opened
	input ui.Input
	list  ui.List
	hits  []helpRow
}

type helpRow struct {
	a     *action
	group string // heading, when it is the first of its group
}

// helpGroups is the order of the headings.
var helpGroups = []string{"MOVE", "LOOK", "FILTER", "DO", "EVERYWHERE"}

// placeNames are the places in words, for actions of other places.
var placeNames = []struct {
	at   place
	name string
}{
	{inRequests, "Requests"},
	{inDetail, "request detail"},
	{inUsers, "Users"},
	{inUser, "user detail"},
	{inGroups, "Groups"},
	{inGroup, "group detail"},
	{inKeys, "Keys"},
	{inSetup, "Setup"},
}

func newHelp(r *root, at place) screen {
	h := &help{box: box{r.d}, r: r, at: at, from: r.top().place()}
	h.search()
	return h
}

// search finds the actions whose words hold every word typed.
func (h *help) search() {
	words := strings.Fields(strings.ToLower(h.input.String()))
	h.hits = h.hits[:0]
	for _, g := range helpGroups {
		heading := g
		for i := range actions {
			a := &actions[i]
			if a.group != g || !h.includes(a, len(words) > 0) {
				continue
			}
			text := strings.ToLower(a.show() + " " + a.word + " " + a.help() + " " + placesOf(a))
			if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
				continue
			}
			h.hits = append(h.hits, helpRow{a, heading})
			heading = ""
		}
	}
	h.list = ui.List{Height: max(h.list.Height, 1)}
	h.list.Set(len(h.hits), h.list.Height)
}

// includes reports whether an action is listed: those of the place, and when
// something is searched those of all places.
func (h *help) includes(a *action, searching bool) bool {
	return h.at == 0 || searching || a.in&h.at != 0
}

// placesOf names where an action applies, "" for everywhere.
func placesOf(a *action) string {
	if a.in&everywhere == everywhere {
		return ""
	}
	var names []string
	for _, p := range placeNames {
		if a.in&p.at != 0 {
			names = append(names, p.name)
		}
	}
	return strings.Join(names, ", ")
}

func (h *help) key(m tea.KeyMsg) tea.Cmd {
	switch name := m.String(); name {
	case "esc":
		h.d.pop()
	case "up", "down", "pgup", "pgdown":
		h.list.Key(name)
	case "enter":
		if h.list.Sel < len(h.hits) {
			return h.runs(h.hits[h.list.Sel].a)
		}
	default:
		if h.input.Key(uiKey(m)) {
			h.search()
		}
	}
	return nil
}

// runs closes the help and runs an action where it was opened, or says where
// the action is at home.
func (h *help) runs(a *action) tea.Cmd {
	h.d.pop()
	if a.in&h.from == 0 {
		h.d.say(info, ui.Safe(a.help()+": press "+a.show()+" in "+placesOf(a)))
		return nil
	}
	return h.r.do(a)
}

func (h *help) view(w, hh int) []string {
	t := h.d.theme
	name := "the whole program"
	for _, p := range placeNames {
		if p.at == h.at {
			name = p.name
		}
	}
	lines := make([]string, 0, hh)
	lines = append(lines,
		t.Rule(w, ui.Safe("Keys and actions: "+name)),
		t.Paint(ui.Accent, " > ")+h.input.View(t, w-4, true))
	h.list.Set(len(h.hits), hh-len(lines))
	f := h.r.factsOf(h.r.under())
	from, to := h.list.Visible()
	for i := from; i < to; i++ {
		row := h.hits[i]
		role := ui.Text
		if ok, _ := row.a.possible(f); !ok {
			role = ui.Muted
		}
		where := ui.Safe("")
		if h.at == 0 || row.a.in&h.at == 0 {
			where = ui.Safe(placesOf(row.a))
		}
		show := asciiKey(t.ASCII, row.a.show())
		lines = append(lines, t.Row(w, i == h.list.Sel,
			ui.Part{Text: ui.Safe(row.group), Role: ui.Muted, Min: 11, Max: 11},
			ui.Part{Text: ui.Safe(show), Role: ui.Accent, Min: 10, Max: 10},
			ui.Part{Text: ui.Safe(row.a.help()), Role: role, Fill: true},
			ui.Part{Text: "  " + where, Role: ui.Muted, Max: w / 3}))
	}
	if len(h.hits) == 0 {
		lines = append(lines, t.Line(w, ui.Part{Text: "   no action has these words", Role: ui.Muted}))
	}
	return ui.Fill(lines, hh)
}

func (h *help) status() (left, right ui.Safe) {
	return ui.Safe(count(len(h.hits), "action")), "type to search"
}

func (h *help) hints() []hint {
	return []hint{{key: "↑↓", word: "choose"}, {key: "↵", word: "run it"}, {key: "esc", word: "close"}}
}
