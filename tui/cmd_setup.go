package tui

import (
	"context"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/reach"
	sharing "scimdeck/scim/wire/share"
	"scimdeck/store/guide"
	"scimdeck/tui/ui"
)

func providerFile(dir string) string { return filepath.Join(dir, "provider") }

// readProvider reads which provider was chosen in an earlier run; nil: none that
// there is.
func readProvider(dir string) *guide.Provider {
	if dir == "" {
		return nil
	}
	f, err := os.Open(providerFile(dir))
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 100))
	if err != nil {
		return nil
	}
	return guide.Of(strings.TrimSpace(string(data)))
}

// providerKeeper writes which provider is chosen, for the next start. The zero
// providerKeeper has nothing to write.
type providerKeeper struct {
	chosen  atomic.Pointer[guide.Provider]
	writing sync.Mutex
	written *guide.Provider // under writing
}

// keep makes a provider the one of the next start. Commands run side by side:
// whichever is the last to write, it writes the latest choice.
func (k *providerKeeper) keep(d *deps, p *guide.Provider) tea.Cmd {
	k.chosen.Store(p)
	return func() tea.Msg {
		if err := k.write(d.opts.DataDir); err != nil {
			return told{wrong, ui.Clean("the provider is not kept for the next start: "+err.Error(), d.ascii)}
		}
		return nil
	}
}

// write writes the choice, if that is not done.
func (k *providerKeeper) write(dir string) error {
	k.writing.Lock()
	defer k.writing.Unlock()
	p := k.chosen.Load()
	if dir == "" || p == k.written {
		return nil
	}
	err := sharing.WriteFile(providerFile(dir), true, func(w io.Writer) error {
		_, err := io.WriteString(w, p.ID+"\n")
		return err
	})
	if err == nil {
		k.written = p
	}
	return err
}

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
