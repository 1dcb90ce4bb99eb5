package tui

import (
	"context"
	"iter"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/reach"
	"scimdeck/store/guide"
)

// lookedOutside is what a request's headers say of the address that the client used.
type lookedOutside struct {
	through        guide.Through
	origin, tunnel string
}

// lookOutside reads the headers of a request.
func lookOutside(d *deps, at guide.Through) tea.Cmd {
	return func() tea.Msg {
		m := lookedOutside{through: at}
		if ex, ok, err := d.opts.Store.Exchange(at.Seq); ok && err == nil {
			m.origin, m.tunnel = guide.Outside(ex)
		} else if guide.Public(at.Host) { // it is gone: its row has the host
			m.origin = "https://" + at.Host
		}
		return m
	}
}

// reachJob is a test of an address that goes on. Only the command that runs at the
// moment touches what is in it, but for base.
type reachJob struct {
	base   string
	ctx    context.Context
	cancel context.CancelFunc // may be called at any time
	mark   string
	next   func() (reach.Result, bool)
	stop   func()
}

// reached is the next result of a test; over says that there is none any more.
type reached struct {
	job    *reachJob
	result reach.Result
	over   bool
	err    error // it could not begin
}

// newReach makes a test of an address, which begins with its first nextReached.
func newReach(d *deps, base string) *reachJob {
	j := &reachJob{base: base}
	j.ctx, j.cancel = context.WithCancel(d.ctx)
	return j
}

// nextReached runs the next step of a test. Every reached is followed by another
// one, until it is over.
func nextReached(d *deps, j *reachJob) tea.Cmd {
	return func() tea.Msg {
		if j.next == nil {
			trial, err := d.opts.Store.BeginTrial()
			if err != nil {
				j.cancel()
				return reached{job: j, over: true, err: err}
			}
			j.mark = trial.Mark
			j.next, j.stop = iter.Pull(d.reach(j.ctx, reach.Target{
				Base: j.base, Mark: trial.Mark, Secret: trial.Secret,
				Arrived: func(context.Context) (int, error) { return d.opts.Store.Arrived(trial.Mark), nil },
			}))
		}
		if j.ctx.Err() == nil {
			if r, ok := j.next(); ok {
				return reached{job: j, result: r}
			}
		}
		j.stop()
		j.cancel()
		d.opts.Store.EndTrial(j.mark)
		return reached{job: j, over: true}
	}
}
