package command

import (
	"bufio"
	"context"
	"fmt"
	"strconv"
	"strings"

	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

// log are the commands about the request log.
func (p *Program) log() []cmdline.Command {
	return []cmdline.Command{
		{
			Name: "log", Short: "the requests that were logged, one a line",
			Long:  "With --follow it goes on with those that come, until the server stops.",
			Flags: []string{"config", "data", "follow", "json"}, Run: p.logList,
		},
		{
			Name: "show", Args: "N", Short: "one logged request whole, without secrets",
			Long:  "N is the number at the beginning of its line.",
			Flags: []string{"config", "data", "json"}, Run: p.logShow,
		},
	}
}

// atOnce is how many rows or users are asked for at once.
const atOnce = 1000

func (p *Program) logList(ctx context.Context, c cmdline.Call) error {
	if c.Has("follow") {
		return p.logFollow(ctx, c)
	}
	return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
		out := bufio.NewWriter(p.Stdout)
		var rows []*store.Row
		for after, more := uint64(0), true; more; more = len(rows) == atOnce {
			var err error
			if rows, err = has.Rows(ctx, rows[:0], after, atOnce); err != nil {
				return err
			}
			for _, row := range rows {
				after = row.Seq
				out.Write(p.Row(row, c.Has("json")))
				out.WriteByte('\n')
			}
		}
		return out.Flush()
	})
}

func (p *Program) logFollow(ctx context.Context, c cmdline.Call) error {
	server, o, err := p.Server(ctx, c)
	if err != nil {
		return err
	}
	defer server.Close()
	err = server.Follow(ctx, 0, func(row *store.Row) error {
		_, err := p.Stdout.Write(append(p.Row(row, c.Has("json")), '\n'))
		return err
	})
	if err == nil {
		fmt.Fprintln(p.Stderr, "scimdeck: the server has stopped")
	}
	return p.Plain(o.Dir, err)
}

func (p *Program) logShow(ctx context.Context, c cmdline.Call) error {
	n, err := strconv.ParseUint(strings.TrimPrefix(c.Args[0], "#"), 10, 64)
	if err != nil {
		return &cmdline.Error{Text: fmt.Sprintf("want the number of a request, not %q", c.Args[0]), Way: "see: scimdeck log"}
	}
	return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
		ex, ok, err := has.Exchange(ctx, n)
		if err != nil {
			return err
		}
		if !ok {
			return Failure(fmt.Sprintf("request %d is not in the log", n), "see: scimdeck log")
		}
		_, err = p.Stdout.Write(append(p.Exchange(ex, c.Has("json")), '\n'))
		return err
	})
}
