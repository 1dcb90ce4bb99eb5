package command

import (
	"bufio"
	"context"
	"fmt"
	"strconv"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/sample"
	"scimdeck/server/cmdline"
)

func (p *Program) sample() []cmdline.Command {
	return []cmdline.Command{{
		Name: "sample", Args: "N", Short: "make up N users, as JSON lines for import",
		Long: "People of many languages, always the same for a seed:  scimdeck sample 1000 | scimdeck import -\n" +
			"--edge makes every other one a case that programs get wrong: long names, combining marks, right to left, quotes, many values. " +
			"--groups adds their departments as groups.",
		Flags: []string{"seed", "edge", "groups", "ascii"}, Run: p.writeSample,
	}}
}

func (p *Program) writeSample(ctx context.Context, c cmdline.Call) error {
	n, err := strconv.Atoi(strings.ReplaceAll(c.Args[0], ",", ""))
	if err != nil || n < 0 {
		return &cmdline.Error{Text: fmt.Sprintf("want how many users, not %q", c.Args[0]), Way: "usage: scimdeck sample N"}
	}
	o := sample.Options{Seed: 1, Edge: c.Has("edge")}
	if text, given := c.Flags["seed"]; given {
		if o.Seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			return &cmdline.Error{Text: fmt.Sprintf("--seed: want a whole number, not %q", text)}
		}
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	m, out := sample.New(o), bufio.NewWriterSize(p.Stdout, 64<<10)
	bar := p.progress("making up", "user", c.Has("ascii"))
	var line []byte
	write := func(v scim.Value) error {
		line = append(v.Append(line[:0]), '\n')
		_, err := out.Write(line)
		return err
	}
	for i := range n {
		if ctx.Err() != nil {
			bar.clear()
			return Failure("interrupted: what was written is not all.")
		}
		if err := write(m.User(i)); err != nil {
			return err
		}
		bar.show(int64(i+1), int64(i+1), int64(n))
	}
	bar.clear()
	if c.Has("groups") {
		for g := range m.Groups(n) {
			if err := write(g); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}
