package cmdline

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Usage writes a command with its arguments: "scimdeck keys create NAME".
func (t *Table) Usage(c Command) string {
	return strings.Join(strings.Fields(t.Program+" "+c.Name+" "+c.Args), " ")
}

// Help prints all commands and flags, or those that begin with the words of
// about. The error is an *Error if there are none, or w's.
func (t *Table) Help(w io.Writer, about []string) error {
	words := strings.Join(about, " ")
	var shown []Command
	for _, c := range t.Commands {
		if words == "" || c.Name == words || strings.HasPrefix(c.Name, words+" ") {
			shown = append(shown, c)
		}
	}
	if len(shown) == 0 {
		return t.unknown(about)
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if words == "" {
		fmt.Fprintf(out, "%s\n\n", t.About)
	}
	for _, c := range shown {
		fmt.Fprintf(out, "  %s\t%s\n", t.Usage(c), c.Short)
	}
	for _, c := range shown {
		if words != "" && c.Long != "" {
			fmt.Fprintf(out, "\n%s\n", c.Long)
		}
	}
	fmt.Fprint(out, "\nFlags:\n")
	for _, o := range t.Options {
		if slices.ContainsFunc(shown, func(c Command) bool { return slices.Contains(c.Flags, o.Name) }) {
			fmt.Fprintf(out, "  %s\t%s\n", strings.TrimSpace("--"+o.Name+" "+o.Value), o.Help)
		}
	}
	if words == "" {
		fmt.Fprintf(out, "\n%s\n", t.More)
	}
	return out.Flush()
}
