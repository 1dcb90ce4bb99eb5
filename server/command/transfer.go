package command

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
	"scimdeck/store/transfer"
)

func (p *Program) transfer() []cmdline.Command {
	return []cmdline.Command{
		{
			Name: "export", Args: "[FILE]", Short: "write users and groups as JSON lines",
			Long: "To stdout, or to a file that is there when it is whole. Each line is a resource as a client gets it; " +
				"groups come after users, then what is known of the keys, without their secrets. scimdeck import reads it.",
			Flags: []string{"config", "data", "ascii"}, Run: p.export,
		},
		{
			Name: "import", Args: "FILE", Short: "store users and groups from JSON lines, a ListResponse or CSV",
			Long: "FILE may be - for stdin. Each line is stored or refused as a whole; what is refused is said with its line number, and the exit code is 1 then. " +
				"Resources get new ids, and managers and members follow. The first line of CSV names attributes: " +
				`userName, name.givenName, emails[type eq "work"].value or emails.work, active, urn:…:User:department; email, first name and the like are understood.`,
			Flags: []string{"config", "data", "dry-run", "update", "from", "ascii"}, Run: p.importFile,
		},
	}
}

func (p *Program) export(ctx context.Context, c cmdline.Call) error {
	if len(c.Args) > 1 {
		return &cmdline.Error{Text: fmt.Sprintf("scimdeck export takes one file, not %d", len(c.Args)), Way: "usage: scimdeck export [FILE]"}
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	return p.reach(ctx, c, func(client *local.Client, _ store.Options) error {
		out, err := p.create(first(c.Args))
		if err != nil {
			return err
		}
		bar := p.progress("exporting", "line", c.Has("ascii"))
		done, err := client.Export(ctx, out, func(done, all int64) { bar.show(done, done, all) })
		if err != nil {
			bar.clear()
			out.drop()
			return p.interrupted(err, out)
		}
		if err := out.done(); err != nil {
			return err
		}
		lines, keys := int64(done.Keys), ""
		for _, n := range done.Resources {
			lines += int64(n)
		}
		if done.Keys > 0 {
			keys = count(int64(done.Keys), "key")
		}
		fmt.Fprintf(p.Stderr, "%s exported, %s\n", tally(done.Resources, keys), bar.took(lines))
		return nil
	})
}

// interrupted says of work that writes to an output that it came to nothing.
func (p *Program) interrupted(err error, out *output) error {
	if !errors.Is(err, context.Canceled) {
		return err
	}
	if out.name != "" {
		return Failure("interrupted: " + out.name + " was not written.")
	}
	return Failure("interrupted: what was written is not all.")
}

// first is the first argument, or "".
func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func (p *Program) importFile(ctx context.Context, c cmdline.Call) error {
	o := transfer.Options{DryRun: c.Has("dry-run"), Update: c.Has("update")}
	if text, given := c.Flags["from"]; given {
		var err error
		if o.From, err = strconv.Atoi(text); err != nil || o.From < 1 {
			return &cmdline.Error{Text: fmt.Sprintf("--from: want the number of a line, not %q", text)}
		}
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	file, all, err := p.open(c.Args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	return p.reach(ctx, c, func(client *local.Client, _ store.Options) error {
		verb := "importing"
		if o.DryRun {
			verb = "checking"
		}
		bar := p.progress(verb, "line", c.Has("ascii"))
		var read atomic.Int64
		o.Report = func(l transfer.Line) {
			bar.clear()
			fmt.Fprintln(p.Stderr, harmless(l.String()))
		}
		o.Progress = func(r transfer.Result) { bar.show(int64(r.Lines()), read.Load(), all) }
		r, err := client.Import(ctx, counter{file, func(n int) { read.Add(int64(n)) }}, o)
		if bar.clear(); err == nil || r.Lines() > 0 {
			p.tellImport(bar, o, r)
		}
		return p.importEnded(c, r, err)
	})
}

// tellImport says what an import did.
func (p *Program) tellImport(bar *progress, o transfer.Options, r transfer.Result) {
	words := [3]string{"stored", "replaced", "refused"}
	if o.DryRun {
		words = [3]string{"would be stored", "would be replaced", "would be refused"}
	}
	took := bar.took(int64(r.Lines()))
	for _, m := range r.Remarks {
		fmt.Fprintf(p.Stderr, "note: %s: %s\n", where(m, r.Unit), harmless(string(m.Note)))
	}
	text := tally(r.Stored) + " " + words[0]
	if len(r.Replaced) > 0 {
		text += ", " + tally(r.Replaced) + " " + words[1]
	}
	text += ", " + thousands(int64(r.Refused)) + " " + words[2]
	if r.Skipped > 0 {
		text += ", " + count(int64(r.Skipped), r.Unit) + " skipped"
	}
	fmt.Fprintf(p.Stderr, "%s, %s\n", text, took)
}

// where says of a remark which lines it is about.
func where(m transfer.Remark, unit string) string {
	if m.Lines == 1 {
		return m.First.String()
	}
	return fmt.Sprintf("%s, the first at %v", count(int64(m.Lines), unit), m.First)
}

// importEnded is the error of an import: what ended it, and how to go on.
func (p *Program) importEnded(c cmdline.Call, r transfer.Result, err error) error {
	again := "scimdeck import " + c.Args[0]
	for _, flag := range []string{"update", "dry-run"} {
		if c.Has(flag) {
			again += " --" + flag
		}
	}
	again = fmt.Sprintf("go on with:   %s --from %d", again, r.Next)
	if r.Next <= 1 {
		again = ""
	}
	switch {
	case errors.Is(err, context.Canceled):
		return Failure(fmt.Sprintf("interrupted after %s.", count(int64(r.Next-1), unitOf(r))), again)
	case errors.Is(err, store.ErrClosed):
		return Failure(fmt.Sprintf("scimdeck stopped after %s.", count(int64(r.Next-1), unitOf(r))), again)
	case err != nil:
		return Failure(err.Error(), again)
	case r.Refused > 0:
		was := "were"
		if r.Refused == 1 {
			was = "was"
		}
		return Failure(fmt.Sprintf("%s of %s %s refused.", thousands(int64(r.Refused)), count(int64(r.Lines()), unitOf(r)), was))
	}
	return nil
}

func unitOf(r transfer.Result) string {
	if r.Unit == "" {
		return "line"
	}
	return r.Unit
}
