// Package command is what scimdeck can do besides serving: keys, users, the
// log, moving data. Each command works in both cases: when a scimdeck runs on the data
// folder it asks that one through the folder's socket (package local), when none
// does it opens the store itself. A command does not notice which.
//
//	p := &command.Program{Stdout: os.Stdout, Stderr: os.Stderr, Store: storeOptions, …}
//	table.Commands = append(table.Commands, p.Commands()...)
//
// There is a file for each group of commands. It has the group's rows of the
// table and what they run. The package serves nothing, shows no screen and
// reads no settings: what it needs of those is in Program.
//
// Rules: stdout carries what was asked for, stderr what there is to say about
// it. An error is one plain sentence, then the ways out (Trouble). Text from
// clients does nothing to a terminal.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/server/settings"
	"scimdeck/store"
)

// Program is what commands need of the program around them.
type Program struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Terminal       bool // Stdout is one
	Version        string
	Env            settings.Env
	// Columns is how wide the terminal is that Stderr is; 0: it is none. nil: likewise.
	Columns func() int
	// Store says how the data that a call is about are kept, by its settings. Dir is set.
	Store func(cmdline.Call) (store.Options, error)
	// Policy says how strictly imported resources are read, by a call's settings. nil: as scim's zero Policy does.
	Policy func(cmdline.Call) (scim.Policy, error)
	// Address says where a server listens by a call's settings.
	Address func(cmdline.Call) (Address, error)
	// Send gives what sends requests through the SCIM server's handlers to a store
	// that no server has, by the settings that Store was called with last. nil: that cannot be done.
	Send func(*store.Store) func(ctx context.Context, source string, r *wire.Request) (status int, answer []byte, err error)
	// Row writes a request in one line, Exchange writes it whole; both as JSON, in one line, if asJSON.
	Row      func(row *store.Row, asJSON bool) []byte
	Exchange func(ex *wire.Exchange, asJSON bool) []byte
}

// Commands are the rows of the table, in the order of help.
func (p *Program) Commands() []cmdline.Command {
	return slices.Concat(p.keys(), p.users(), p.groups(), p.log(), p.request(), p.replays(), p.compares(), p.guides(), p.state(), p.transfer(), p.sample(), p.backups(), p.repairs())
}

// Trouble is an error with ways out of it, a line each. A way that is "" is none.
type Trouble struct {
	Sentence string
	Ways     []string
}

// Error returns the sentence without the ways out.
func (t *Trouble) Error() string { return t.Sentence }

// Failure says that it cannot be done as things are.
func Failure(sentence string, ways ...string) error { return &Trouble{sentence, ways} }

// startPatience is how long a command waits for a scimdeck that has the folder
// and does not answer yet, or not any more: one that starts or stops, or
// another command.
const startPatience = 5 * time.Second

// reach finds who has the data folder, or opens it, and runs do. What do does
// is durable when it returns. When that one stops before it was asked anything
// do is run again, so it may not have printed anything by then.
func (p *Program) reach(ctx context.Context, c cmdline.Call, do func(*local.Client, store.Options) error) error {
	o, err := p.Store(c)
	if err != nil {
		return err
	}
	o.Durable = true // a key's secret is shown once
	var policy scim.Policy
	if p.Policy != nil {
		if policy, err = p.Policy(c); err != nil {
			return err
		}
	}
	var inUse *store.InUseError
	err = patiently(ctx, func() (again bool, err error) {
		err = p.ask(ctx, o, policy, do)
		return errors.Is(err, local.ErrNobody) || errors.As(err, &inUse), err
	})
	if errors.As(err, &inUse) {
		return Failure("the data folder "+p.Env.Tilde(o.Dir)+" is in use by "+holder(inUse)+", which takes no commands.",
			"stop it first, or another folder:   --data DIR")
	}
	return p.Plain(o.Dir, err)
}

// patiently tries again, for startPatience at most, as long as try says so.
func patiently(ctx context.Context, try func() (again bool, err error)) error {
	end := time.Now().Add(startPatience)
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		again, err := try()
		if !again || time.Now().After(end) {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ask is one attempt of reach.
func (p *Program) ask(ctx context.Context, o store.Options, policy scim.Policy, do func(*local.Client, store.Options) error) error {
	client, err := local.Dial(ctx, o.Dir)
	if err == nil {
		return errors.Join(do(client, o), client.Close())
	}
	if !errors.Is(err, local.ErrNobody) {
		return err
	}
	st, err := store.Open(o)
	if err != nil {
		var inUse *store.InUseError
		if errors.As(err, &inUse) {
			return err
		}
		return p.CannotOpen(o.Dir, err)
	}
	within := local.Options{Store: st, Catalog: o.Catalog, Policy: policy}
	if p.Send != nil {
		within.Send = p.Send(st)
	}
	client = local.Within(within)
	return errors.Join(do(client, o), client.Close(), st.Close())
}

// Open opens the store for a server. It waits for a command that has the folder
// at the moment, but not for another server.
func (p *Program) Open(ctx context.Context, o store.Options) (st *store.Store, err error) {
	err = patiently(ctx, func() (again bool, err error) {
		var inUse *store.InUseError
		if st, err = store.Open(o); !errors.As(err, &inUse) {
			return false, err
		}
		client, notThere := local.Dial(ctx, o.Dir)
		if errors.Is(notThere, local.ErrNobody) {
			return true, err
		}
		if notThere == nil {
			client.Close()
		}
		return false, err
	})
	if err != nil {
		return nil, p.CannotOpen(o.Dir, err)
	}
	return st, nil
}

// Server finds the server that runs on the data folder of a call. The client is
// to be closed.
func (p *Program) Server(ctx context.Context, c cmdline.Call) (*local.Client, store.Options, error) {
	o, err := p.Store(c)
	if err != nil {
		return nil, o, err
	}
	client, err := local.Dial(ctx, o.Dir)
	if errors.Is(err, local.ErrNobody) {
		err = Failure("no server runs on the data folder "+p.Env.Tilde(o.Dir)+".", "start one:   scimdeck serve")
	}
	return client, o, p.Plain(o.Dir, err)
}

// Plain says in one sentence, with the ways out, what can go wrong between two
// processes. Other errors are left as they are.
func (p *Program) Plain(dir string, err error) error {
	var silent *local.SilentError
	var gone *local.GoneError
	switch {
	case errors.As(err, &silent):
		return Failure("the scimdeck that has the data folder "+p.Env.Tilde(dir)+" does not answer.",
			"it may be suspended: go on with it (fg) or stop it")
	case errors.As(err, &gone), errors.Is(err, local.ErrNobody):
		return Failure("the scimdeck that had the data folder went away in the middle of this.",
			"look whether it was done, then run it again")
	}
	return err
}

// CannotOpen says why the data are not to be had, and what to do.
func (p *Program) CannotOpen(dir string, err error) error {
	const elsewhere = "another folder:   scimdeck --data ./scimdeck-data"
	folder := "the data folder " + p.Env.Tilde(dir)
	var inUse *store.InUseError
	var newer *store.VersionError
	var damaged *store.DamagedError
	switch {
	case errors.As(err, &inUse):
		return Failure(folder+" is in use by "+holder(inUse)+".",
			"its dashboard:            scimdeck attach",
			"a second, separate one:   scimdeck --data ./scimdeck2 --listen 127.0.0.1:0")
	case errors.As(err, &newer):
		return Failure(fmt.Sprintf("%s was written by a newer scimdeck (format %d; this one knows %d).", folder, newer.Found, newer.Known),
			"use that one, or "+elsewhere)
	case errors.As(err, &damaged):
		return Failure(fmt.Sprintf("%s is damaged: %s", folder, damaged.Fault()),
			"what is left:   scimdeck repair", "save it:        scimdeck repair ./saved",
			"or put a copy back that you made while scimdeck was stopped, or take "+elsewhere)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return Failure(folder+" is on a full disk: "+err.Error(), "make room there", elsewhere)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return Failure(folder+" is not yours to write: "+err.Error(), elsewhere)
	}
	return Failure(folder+" cannot be opened: "+err.Error(), elsewhere)
}

// holder names the process that has a folder; e may be nil.
func holder(e *store.InUseError) string {
	if e == nil || e.PID == 0 {
		return "another process"
	}
	return strings.TrimSuffix(fmt.Sprintf("another scimdeck (pid %d, %s", e.PID, e.Address), ", ") + ")"
}

// minute is how times are printed.
const minute = "2006-01-02 15:04"

// at prints a time, or zero in its place.
func at(t time.Time, zero string) string {
	if t.IsZero() {
		return zero
	}
	return t.Local().Format(minute)
}

// harmless keeps text of clients from doing anything to a terminal.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
