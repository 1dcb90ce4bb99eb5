package tui

import "strings"

// KeyTable writes the table of keys as Markdown, one table for each place, for
// the README; a test of the program compares them.
func KeyTable() string {
	var b strings.Builder
	table := func(title string, in func(*action) bool) {
		b.WriteString("**" + title + "**\n\n| Key | What it does |\n|---|---|\n")
		for i := range actions {
			if a := &actions[i]; in(a) {
				b.WriteString("| `" + strings.Join(strings.Fields(a.show()), "` `") + "` | " + a.help() + " |\n")
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
