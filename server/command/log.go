package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"scimdeck/scim/wire/share"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
	"scimdeck/store/find"
)

// log are the commands about the request log.
func (p *Program) log() []cmdline.Command {
	formats := make([]string, 0, 8)
	for _, f := range share.Formats() {
		formats = append(formats, f.Name+": "+f.About)
	}
	fields := make([]string, 0, 32)
	for _, f := range find.Fields() {
		fields = append(fields, f.Name+":")
	}
	return []cmdline.Command{
		{
			Name: "log", Args: "[FILTER]", Short: "the requests that were logged, or those that a filter chooses, one a line",
			Long: "For example:  scimdeck log 'method:write status:>=400 user:ada'\n" +
				"Words beside each other all hold, OR and ( ) combine, NOT excludes, a,b is any of.\n" +
				"Fields: " + strings.Join(fields, " ") + "\n" +
				"With --follow it goes on with those that come, until the server stops.\n" +
				"With --as they are written whole, without secrets, to stdout or to --out FILE:\n  " + strings.Join(formats, "\n  "),
			Flags: []string{"config", "data", "follow", "json", "as", "out", "force"}, Run: p.logList,
		},
		{
			Name: "log clear", Short: "delete the logged requests, but for those with a mark or a note",
			Long:  "Numbers go on; users and keys stay. It cannot be undone.",
			Flags: []string{"config", "data", "json"}, Run: p.logClear,
		},
	}
}

func (p *Program) logClear(ctx context.Context, c cmdline.Call) error {
	return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
		before, err := has.LogState(ctx)
		if err == nil {
			err = has.ClearLog(ctx)
		}
		after, err2 := has.LogState(ctx)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if c.Has("json") {
			return p.json(struct {
				Deleted int `json:"deleted"`
				Kept    int `json:"kept"`
			}{before.Entries - after.Entries, after.Entries})
		}
		_, err = fmt.Fprintf(p.Stderr, "%s deleted, %s kept\n", count(int64(before.Entries-after.Entries), "request"), thousands(int64(after.Entries)))
		return err
	})
}

// atOnce is how many rows or users are asked for at once.
const atOnce = 1000

func (p *Program) logList(ctx context.Context, c cmdline.Call) error {
	switch {
	case c.Flags["as"] != "" && (c.Has("follow") || c.Has("json")):
		return &cmdline.Error{Text: "--as writes what there is, in a form of its own: without --follow and --json"}
	case c.Flags["as"] != "":
		return p.logAs(ctx, c)
	case c.Flags["out"] != "" || c.Has("force"):
		return &cmdline.Error{Text: "--out and --force are for --as FORMAT"}
	case c.Has("follow"):
		return p.logFollow(ctx, c)
	}
	return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
		out := bufio.NewWriter(p.Stdout)
		_, err := p.choose(ctx, c, has, func(row *store.Row) error {
			out.Write(p.Row(row, c.Has("json")))
			return out.WriteByte('\n')
		})
		return errors.Join(err, out.Flush())
	})
}

func (p *Program) logFollow(ctx context.Context, c cmdline.Call) error {
	server, o, err := p.Server(ctx, c)
	if err != nil {
		return err
	}
	defer server.Close()
	show := func(row *store.Row) error {
		_, err := p.Stdout.Write(append(p.Row(row, c.Has("json")), '\n'))
		return err
	}
	f, err := p.choose(ctx, c, server, show)
	if err == nil {
		err = server.Follow(ctx, f.last, func(row *store.Row) error { return f.pick(ctx, []*store.Row{row}, show) })
	}
	if err == nil {
		fmt.Fprintln(p.Stderr, "scimdeck: the server has stopped")
	}
	return p.Plain(o.Dir, err)
}

// chosen is what a filter lets through.
type chosen struct {
	find.Filter
	has  *local.Client
	last uint64 // the number of the last row looked at
	n    int    // rows let through
}

// choose gives the logged rows that the call's filter lets through to do, oldest
// first. When there are none it says why.
func (p *Program) choose(ctx context.Context, c cmdline.Call, has *local.Client, do func(*store.Row) error) (*chosen, error) {
	f := &chosen{has: has}
	keys, err := has.Keys(ctx)
	if err != nil {
		return f, err
	}
	f.Filter, err = find.New(strings.Join(c.Args, " "), find.Env{Now: time.Now(), Keys: keys})
	var slip *find.Error
	if errors.As(err, &slip) {
		return f, &cmdline.Error{Text: fmt.Sprintf("filter, column %d: %s", slip.Column, slip.Text), Way: slip.Hint}
	}
	var rows, all []*store.Row
	for more := true; more; more = len(rows) == atOnce {
		if rows, err = has.Rows(ctx, nil, f.last, atOnce); err != nil {
			return f, err
		}
		if f.Expr() != nil {
			all = append(all, rows...)
		}
		if err := f.pick(ctx, rows, do); err != nil {
			return f, err
		}
	}
	if f.n == 0 && f.Expr() != nil {
		p.sayNone(f.Missed(all))
	}
	return f, nil
}

// pick gives those of some rows that the filter lets through to do, in their order.
func (f *chosen) pick(ctx context.Context, rows []*store.Row, do func(*store.Row) error) error {
	var open []*store.Row
	for _, row := range rows {
		if f.last = row.Seq; f.Match(row) == find.Maybe {
			open = append(open, row)
		}
	}
	var hits []*store.Row
	for len(open) > 0 {
		found, seen, err := f.Search(ctx, open, f.has.Exchanges)
		if err != nil {
			return err
		}
		hits, open = append(hits, found...), open[seen:]
	}
	for _, row := range rows {
		hit := len(hits) > 0 && hits[0] == row
		if hit {
			hits = hits[1:]
		}
		if hit || f.Match(row) == find.Yes {
			f.n++
			if err := do(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// sayNone says that nothing was found, and what each word does alone.
func (p *Program) sayNone(words []find.Missed) {
	fmt.Fprintln(p.Stderr, "no request matches")
	for _, m := range words {
		text := fmt.Sprintf("  %s by itself matches %d", harmless(m.Word), m.Rows)
		if m.Open {
			text = fmt.Sprintf("  %s is about what was sent: not counted", harmless(m.Word))
		}
		if m.Like != "" {
			text += fmt.Sprintf("; did you mean %s? (%d)", harmless(m.Like), m.Likes)
		}
		fmt.Fprintln(p.Stderr, text)
	}
}

// logAs writes requests whole, in a form of package share.
func (p *Program) logAs(ctx context.Context, c cmdline.Call) error {
	name, file := c.Flags["as"], c.Flags["out"]
	if _, ok := share.Lookup(name); !ok {
		var names []string
		for _, f := range share.Formats() {
			names = append(names, f.Name)
		}
		last := len(names) - 1
		return &cmdline.Error{Text: fmt.Sprintf("there is no format %q", name), Way: "it is " + strings.Join(names[:last], ", ") + " or " + names[last]}
	}
	return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
		var numbers []uint64
		_, err := p.choose(ctx, c, has, func(row *store.Row) error {
			numbers = append(numbers, row.Seq)
			return nil
		})
		if err != nil || len(numbers) == 0 && len(c.Args) > 0 {
			return err
		}
		n, err := p.writeAs(name, file, c.Has("force"), has.Exchanges(ctx, numbers))
		if err == nil && file != "" {
			fmt.Fprintf(p.Stderr, "%d of %d requests written to %s\n", n, len(numbers), file)
		}
		return err
	})
}
