package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/tui/ui"
)

// guard stands between Bubble Tea and the model. It catches panics of Update,
// View and commands, and lets a watchdog see that one of the first two hangs,
// so that a broken dashboard gives the terminal back and the server goes on.
type guard struct {
	model tea.Model
	first tea.Cmd
	show  func(frame string) // draws; must not wait

	steps  atomic.Uint64 // counts entries and exits: odd while Update or View runs
	report atomic.Pointer[string]
	limit  time.Duration // how long Update or View may take
}

// hangTime is when the watchdog bites. Tests that wait for it make it shorter.
var hangTime = 5 * time.Second

func newGuard(m tea.Model, first tea.Cmd) *guard {
	return &guard{model: m, first: first, limit: hangTime, show: func(string) {}}
}

// Init implements tea.Model.
func (g *guard) Init() tea.Cmd { return g.wrap(tea.Batch(g.model.Init(), g.first)) }

// Update implements tea.Model.
func (g *guard) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	if g.report.Load() != nil {
		return g, tea.Quit
	}
	defer func() {
		if p := recover(); p != nil {
			g.broke(p)
			m, cmd = g, tea.Quit
		}
	}()
	g.steps.Add(1)
	defer g.steps.Add(1)
	g.model, cmd = g.model.Update(msg)
	return g, g.wrap(cmd)
}

// View implements tea.Model.
func (g *guard) View() (frame string) {
	if g.report.Load() != nil {
		return ""
	}
	defer func() {
		if p := recover(); p != nil {
			g.broke(p) // the next message ends the program
			frame = ""
		}
	}()
	g.steps.Add(1)
	defer g.steps.Add(1)
	frame = g.model.View()
	g.show(frame)
	return frame
}

// broken ends the program after a panic in a command.
type broken struct{}

// wrap makes a command catch its panics, and those of the commands that it gives.
func (g *guard) wrap(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if p := recover(); p != nil {
				g.broke(p)
				msg = broken{}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = g.wrap(batch[i])
			}
		}
		return msg
	}
}

// broke notes what a panic was about. Of values that are no runtime error only
// the type is kept: a report holds no data.
func (g *guard) broke(p any) {
	what := fmt.Sprintf("%T", p)
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	text := "panic: " + what + "\n\n" + string(debug.Stack())
	g.report.CompareAndSwap(nil, &text)
}

// watch runs the program until it ends, breaks, or ctx is done, and gives the
// terminal back in each case.
func (g *guard) watch(ctx context.Context, p *tea.Program, tty *terminal, o *Options) error {
	finished := make(chan error, 1)
	go func() {
		_, err := p.Run()
		finished <- err
	}()
	look := time.NewTicker(g.limit / 10)
	defer look.Stop()
	var seen uint64
	same := 0
	for {
		select {
		case err := <-finished:
			return g.ended(err, tty, o)
		case <-ctx.Done():
			go p.Quit() // waits for the loop, which may wait for the terminal
			select {
			case <-finished:
			case <-time.After(time.Second):
			}
			tty.restore()
			return nil
		case <-look.C:
			// A step counted so often in a row has lasted that long while this
			// process was running; a suspended laptop does not count.
			now := g.steps.Load()
			if same++; now != seen || now%2 == 0 {
				same, seen = 0, now
			}
			if g.report.Load() != nil { // a panic in View: no message may come for long
				go p.Quit()
			}
			if same >= 10 {
				tty.restore()
				buf := make([]byte, 1<<20)
				text := "Update or View took more than " + g.limit.String() + "\n\n" + string(buf[:runtime.Stack(buf, true)])
				return brokenError(text, o)
			}
		}
	}
}

// ended says how the program ended.
func (g *guard) ended(err error, tty *terminal, o *Options) error {
	tty.restore()
	if text := g.report.Load(); text != nil {
		return brokenError(*text, o)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return brokenError(err.Error(), o)
	}
	return nil
}

// brokenError writes the report and names it.
func brokenError(text string, o *Options) error {
	dir := o.DataDir
	if dir == "" {
		dir = os.TempDir()
	}
	name := filepath.Join(dir, "dashboard-"+o.Now().UTC().Format("20060102T150405")+".txt")
	text = "scimdeck " + o.Version + " " + runtime.GOOS + "/" + runtime.GOARCH + " " + runtime.Version() + "\n" + text
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		return fmt.Errorf("%w (no report: %w)", ErrBroken, err)
	}
	return fmt.Errorf("%w; report: %s", ErrBroken, ui.Clean(name, false))
}
