package command

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"scimdeck/scim/explain/report"
	"scimdeck/scim/wire"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

// request are the commands about one request of the log.
func (p *Program) request() []cmdline.Command {
	one := func(name, args, short, long string, run func(context.Context, cmdline.Call) error) cmdline.Command {
		return cmdline.Command{Name: name, Args: args, Short: short, Long: long, Run: run, Flags: []string{"config", "data", "json"}}
	}
	const number = "N is the number at the beginning of its line."
	return []cmdline.Command{
		one("show", "N", "one logged request whole, without secrets", number, p.logShow),
		one("explain", "N", "what a request was for, what comes next, what it changed, what is wrong with it",
			number+"\nIt says which sequence of the client the request is part of and, when the answer is an error,\n"+
				"what the client's administrator reads. What rules have found is said with its place in the RFCs.", p.explain),
		one("mark", "N", "mark a request, so that is:marked finds it and clearing leaves it", number, p.mark(true)),
		one("unmark", "N", "take the mark away", number, p.mark(false)),
		one("note", "N TEXT", "put a note on a request, in place of the one that it has",
			number+" An empty TEXT takes the note away: scimdeck note 7 \"\"\n"+
				"note:word finds it, and it stands in whatever is exported of the request.", p.note),
	}
}

// requestNumber reads the number of a request.
func requestNumber(text string) (uint64, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 10, 64)
	if err != nil {
		return 0, &cmdline.Error{Text: fmt.Sprintf("want the number of a request, not %q", text), Way: "see: scimdeck log"}
	}
	return n, nil
}

// logged reads the request that a call is about, for do.
func (p *Program) logged(ctx context.Context, c cmdline.Call, do func(*local.Client, *wire.Exchange) error) error {
	n, err := requestNumber(c.Args[0])
	if err != nil {
		return err
	}
	return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
		ex, ok, err := has.Exchange(ctx, n)
		if err != nil {
			return err
		}
		if !ok {
			return Failure(fmt.Sprintf("request %d is not in the log", n), "see: scimdeck log")
		}
		return do(has, ex)
	})
}

func (p *Program) logShow(ctx context.Context, c cmdline.Call) error {
	return p.logged(ctx, c, func(_ *local.Client, ex *wire.Exchange) error {
		_, err := p.Stdout.Write(append(p.Exchange(ex, c.Has("json")), '\n'))
		return err
	})
}

func (p *Program) explain(ctx context.Context, c cmdline.Call) error {
	return p.logged(ctx, c, func(has *local.Client, ex *wire.Exchange) error {
		from, to := report.Range(ex.Seq, ex.Part)
		rows, err := has.Rows(ctx, nil, max(from, 1)-1, int(to-from)+1)
		if err != nil {
			return err
		}
		r := report.Of(ex, steps(rows))
		if c.Has("json") {
			return p.json(r)
		}
		for line := range strings.Lines(r.Text()) {
			if _, err := fmt.Fprintln(p.Stdout, harmless(strings.TrimSuffix(line, "\n"))); err != nil {
				return err
			}
		}
		return nil
	})
}

// steps gives rows as a report sees them.
func steps(rows []*store.Row) iter.Seq[report.Step] {
	return func(yield func(report.Step) bool) {
		for _, r := range rows {
			if !yield(report.Step{Number: r.Seq, Start: r.Start, Method: r.Method, Status: r.Status, Sentence: r.Sentence, Name: r.Name, ID: r.ID, Part: r.Part}) {
				return
			}
		}
	}
}

// json writes a value in one line.
func (p *Program) json(v any) error {
	out := json.NewEncoder(p.Stdout)
	out.SetEscapeHTML(false)
	return out.Encode(v)
}

func (p *Program) mark(marked bool) func(context.Context, cmdline.Call) error {
	said := map[bool]string{true: "marked", false: "has no mark"}[marked]
	return func(ctx context.Context, c cmdline.Call) error {
		return p.logged(ctx, c, func(has *local.Client, ex *wire.Exchange) error {
			ex.Remark.Marked = marked
			if err := has.SetMark(ctx, ex.Seq, marked); err != nil {
				return err
			}
			return p.remarked(c, ex, said)
		})
	}
}

func (p *Program) note(ctx context.Context, c cmdline.Call) error {
	return p.logged(ctx, c, func(has *local.Client, ex *wire.Exchange) error {
		said := "has the note"
		if ex.Remark.Note = store.CleanNote(c.Args[1]); ex.Remark.Note == "" {
			said = "has no note"
		}
		if err := has.SetNote(ctx, ex.Seq, ex.Remark.Note); err != nil {
			return err
		}
		return p.remarked(c, ex, said)
	})
}

// remarked says what was done to a request.
func (p *Program) remarked(c cmdline.Call, ex *wire.Exchange, said string) error {
	if !c.Has("json") {
		_, err := fmt.Fprintf(p.Stderr, "request %d %s\n", ex.Seq, said)
		return err
	}
	return p.json(struct {
		Number uint64 `json:"number"`
		Marked bool   `json:"marked"`
		Note   string `json:"note"`
	}{ex.Seq, ex.Remark.Marked, ex.Remark.Note})
}
