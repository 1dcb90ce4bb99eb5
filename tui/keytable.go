package tui

import "strings"

// KeyTable writes the table of keys as Markdown, one table for each place, for
// the README; a test of the program compares them.
func KeyTable() string {
	var b strings.Builder
	table := func(title string, in func(*action) bool) {
		b.WriteString("**" + title + "**\n\n| Key | What it does | Action |\n|---|---|---|\n")
		for i := range actions {
			if a := &actions[i]; in(a) {
				b.WriteString("| `" + strings.Join(strings.Fields(a.show()), "` `") + "` | " + a.help() + " | `" + a.id + "` |\n")
			}
		}
		b.WriteByte('\n')
	}
	table("Everywhere", func(a *action) bool { return a.in == everywhere })
	for _, p := range placeNames {
		title := strings.ToUpper(p.name[:1]) + p.name[1:]
		table(title, func(a *action) bool { return a.in != everywhere && a.in&p.at != 0 })
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Action is a row of the table of keys, for whoever holds it against something
// else: see Actions.
type Action struct {
	ID     string
	Places []string // "requests", "request-detail"; one, "*", for what works everywhere
	Moves  bool     // it does nothing but move the selection
}

// Actions lists the table of keys. A test holds it against the subcommands.
func Actions() (list []Action) {
	for i := range actions {
		a := &actions[i]
		row := Action{ID: a.id, Moves: a.group == "MOVE"}
		for _, p := range placeNames {
			if a.in&p.at != 0 && a.in != everywhere {
				row.Places = append(row.Places, strings.ReplaceAll(strings.ToLower(p.name), " ", "-"))
			}
		}
		if a.in == everywhere {
			row.Places = []string{"*"}
		}
		list = append(list, row)
	}
	return list
}
