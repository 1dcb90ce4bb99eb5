package command

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"scimdeck/scim/explain/compare"
	"scimdeck/scim/wire"
	"scimdeck/scim/wire/resend"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

// compares is the command that sets two logged requests side by side.
func (p *Program) compares() []cmdline.Command {
	return []cmdline.Command{{
		Name: "compare", Args: "[N M]", Short: "what differs between two logged requests and their answers",
		Long: "With one number, of a replay: what differs from the request that it repeats.\n" +
			"Members are compared by name, values of a list whatever their order, both whatever their case where SCIM has none.\n" +
			"In ( ) stands what differs by nature: ids, times, versions. --json has also what is the same.",
		Flags: []string{"config", "data", "json"}, Run: p.compare,
	}}
}

func (p *Program) compare(ctx context.Context, c cmdline.Call) error {
	numbers, err := resend.Numbers(c.Args)
	if err != nil || len(c.Args) != len(numbers) || len(numbers) < 1 || len(numbers) > 2 {
		return &cmdline.Error{Text: "want the numbers of two requests, or of a replay", Way: "for example: scimdeck compare 1034 1040"}
	}
	return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
		var pair []*wire.Exchange
		for len(numbers) > 0 {
			ex, ok, err := has.Exchange(ctx, numbers[0])
			if err != nil {
				return err
			}
			if !ok {
				return Failure(fmt.Sprintf("request %d is not in the log.", numbers[0]), "see: scimdeck log")
			}
			pair, numbers = append(pair, ex), numbers[1:]
			if len(c.Args) == 1 && len(pair) == 1 {
				of, _ := wire.Replayed(ex.Source)
				if of == 0 {
					return Failure(fmt.Sprintf("request %d is no replay.", ex.Seq), "name the other one too:   scimdeck compare N M")
				}
				numbers = []uint64{of}
			}
		}
		if len(c.Args) == 1 { // the original first
			pair[0], pair[1] = pair[1], pair[0]
		}
		return p.printCompared(pair[0], pair[1], c.Has("json"))
	})
}

func (p *Program) printCompared(a, b *wire.Exchange, asJSON bool) error {
	r := compare.Exchanges(a, b)
	if asJSON {
		return p.printComparedJSON(a, b, r)
	}
	var out strings.Builder
	for _, l := range r.Lines {
		if l.Kind == compare.Same {
			continue
		}
		sign := map[compare.Kind]string{compare.Changed: "~", compare.Added: "+", compare.Removed: "-"}[l.Kind]
		path := strings.TrimSpace(l.Part.String() + "  " + l.Path)
		open, end := " ", ""
		if l.Moot {
			open, end = "(", ")"
		}
		fmt.Fprintf(&out, "%s%s %s", open, sign, harmless(path))
		if l.Kind != compare.Added {
			fmt.Fprintf(&out, "\n    #%d  %s", a.Seq, harmless(l.A))
		}
		if l.Kind != compare.Removed {
			fmt.Fprintf(&out, "\n    #%d  %s", b.Seq, harmless(l.B))
		}
		out.WriteString(end + "\n")
	}
	fmt.Fprintf(&out, "#%d and #%d: %d differ, %d by nature, %d the same\n", a.Seq, b.Seq, r.Differ, r.Moot, r.Alike)
	if r.Cut {
		out.WriteString("the log has not kept a body whole: only its beginning was compared\n")
	}
	if r.Dropped > 0 {
		fmt.Fprintf(&out, "and %d values more\n", r.Dropped)
	}
	_, err := fmt.Fprint(p.Stdout, out.String())
	return err
}

func (p *Program) printComparedJSON(a, b *wire.Exchange, r *compare.Result) error {
	type line struct {
		Part string `json:"part"`
		Path string `json:"path"`
		Kind string `json:"kind"`
		Moot bool   `json:"byNature,omitempty"`
		A    string `json:"a,omitempty"`
		B    string `json:"b,omitempty"`
	}
	doc := struct {
		A       uint64 `json:"a"`
		B       uint64 `json:"b"`
		Differ  int    `json:"differ"`
		Moot    int    `json:"byNature"`
		Alike   int    `json:"same"`
		Cut     bool   `json:"cut,omitempty"`
		Dropped int    `json:"dropped,omitempty"`
		Lines   []line `json:"lines"`
	}{a.Seq, b.Seq, r.Differ, r.Moot, r.Alike, r.Cut, r.Dropped, []line{}}
	for _, l := range r.Lines {
		doc.Lines = append(doc.Lines, line{l.Part.String(), l.Path, l.Kind.String(), l.Moot, l.A, l.B})
	}
	return json.NewEncoder(p.Stdout).Encode(doc)
}
