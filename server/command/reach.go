package command

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"scimdeck/scim/reach"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store/guide"
)

// test asks the public address whether it leads to the server that runs.
func (p *Program) test(ctx context.Context, c cmdline.Call) error {
	if len(c.Args) > 1 {
		return &cmdline.Error{Text: "scimdeck test takes one address", Way: "usage: scimdeck test [URL]"}
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	server, o, err := p.Server(ctx, c)
	if err != nil {
		return err
	}
	defer server.Close()
	s := &situation{}
	if s.address, err = p.Address(c); err != nil {
		return err
	}
	s.of(c, server)
	if len(c.Args) == 1 {
		own, err := url.Parse(s.address.URL)
		if err != nil {
			return err
		}
		if s.env.Base, err = guide.ParseAddress(c.Args[0], own.Path); err != nil || s.env.Base == "" {
			return &cmdline.Error{Text: fmt.Sprintf("%q: %v", c.Args[0], err), Way: "for example:  scimdeck test https://abc.example.net"}
		}
	} else if err := s.read(ctx, server, o); err != nil {
		return p.Plain(o.Dir, err)
	}
	return p.Plain(o.Dir, p.reachable(ctx, server, s.env.Base, c.Has("json")))
}

// reachable runs the test and prints each step as it ends.
func (p *Program) reachable(ctx context.Context, server *local.Client, base string, asJSON bool) error {
	trial, err := server.BeginTrial(ctx)
	if err != nil {
		return err
	}
	defer func() { // it ends by itself in a minute when this cannot be said
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.EndTrial(ctx, trial.Mark)
	}()
	if !asJSON {
		fmt.Fprintln(p.Stdout, harmless(base))
	}
	var failed *reach.Result
	for r := range reach.Test(ctx, reach.Target{
		Base: base, Mark: trial.Mark, Secret: trial.Secret,
		Arrived: func(ctx context.Context) (int, error) { return server.Arrived(ctx, trial.Mark) },
	}) {
		if err := p.printResult(r, asJSON); err != nil {
			return err
		}
		if r.State == reach.Failed && failed == nil {
			failed = &r
		}
	}
	if ctx.Err() != nil {
		return Failure("the test was given up.")
	}
	if failed != nil {
		return Failure(fmt.Sprintf("the address failed the test: %s.", harmless(failed.Detail)), harmless(failed.Way))
	}
	return nil
}

func (p *Program) printResult(r reach.Result, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(p.Stdout)
		out.SetEscapeHTML(false)
		return out.Encode(struct {
			Step   string      `json:"step"`
			State  reach.State `json:"state"`
			Detail string      `json:"detail"`
			Way    string      `json:"way,omitempty"`
			Millis float64     `json:"ms"`
		}{r.Name, r.State, r.Detail, r.Way, float64(r.Took.Microseconds()) / 1000})
	}
	state := map[reach.State]string{reach.OK: "ok", reach.Note: "note", reach.Failed: "fail"}[r.State]
	_, err := fmt.Fprintf(p.Stdout, "  %-5s %-27s %s\n", state, r.Name, harmless(r.Detail))
	if r.Way != "" && err == nil && r.State == reach.Note {
		_, err = fmt.Fprintf(p.Stdout, "        %s\n", harmless(r.Way))
	}
	return err
}
