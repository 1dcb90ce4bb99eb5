// Package tui is the dashboard: what happens on the server, live, and the
// users, keys and values that one needs to set a client up. It reads the store
// and writes through the server's own handlers; nobody waits for it.
//
//	err := tui.Run(ctx, tui.Options{Store: st, Catalog: cat, Do: srv.Do, …})
//	if errors.Is(err, tui.ErrBroken) {
//		// the dashboard broke and the terminal is as it was: go on without it
//		err = tui.Plain(ctx, st, os.Stdout, false)
//	}
//
// The rules that all of it keeps:
//   - Nobody outside calls the program: one command waits for the store's ping
//     and the frame, and folds what happened into one message.
//   - Update and View do no I/O and decode nothing; commands do (cmd*.go).
//   - Text from outside is drawn as ui.Safe only.
//   - Keys are rows of one table (action.go).
//   - A screen returns exactly the lines it was asked for (screen.go).
package tui

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/reach"
	"scimdeck/scim/wire"
	"scimdeck/tui/ui"
)

// Options is what the dashboard needs of the program.
type Options struct {
	Store   Store
	Catalog *scim.Catalog
	Policy  scim.Policy // how the server reads what clients send
	// Do sends a request of the dashboard's own through the server's handlers (marked "tui" in the log).
	Do func(ctx context.Context, source, method, path string, body []byte) (status int, answer []byte, err error)
	// Send is Do for a request with header fields of its own.
	Send     func(ctx context.Context, source string, r *wire.Request) (status int, answer []byte, err error)
	Listen   string // "127.0.0.1:7644"
	BaseURL  string // "http://127.0.0.1:7644/api/scim/v2"
	Public   string // the configured public URL, or ""
	Version  string
	DataDir  string // where reports of a broken dashboard, texts being edited and what is kept for the next start go; "": the system's folder for temporary files, and nothing is kept
	Theme    string // auto, dark, light, 16, none
	ASCII    bool
	Still    bool // nothing moves by itself: no bars
	Groups   bool
	Attached bool            // the server is another process and goes on when the dashboard ends
	Messages func() []string // the server's own messages, for L
	In, Out  *os.File

	WorkDir  string           // where the names of exported files begin; "": the process's working directory
	Now      func() time.Time // nil: time.Now
	Location *time.Location   // of the times shown; nil: time.Local
}

// ErrBroken means that the dashboard panicked or hung. The terminal is
// restored and the server goes on; the error names the report.
var ErrBroken = errors.New("the dashboard broke")

// Run shows the dashboard until the user quits or ctx is done; both give nil.
// When the dashboard breaks the error is ErrBroken, when In is no terminal it
// is the operating system's. The terminal is restored in any case.
func Run(ctx context.Context, o Options) error {
	return run(ctx, o, func(m tea.Model) tea.Model { return m })
}

// looks is how often a second Bubble Tea looks whether there is something to
// draw. The painter has drawn it long before.
const looks = 1

// run is Run with a hand on the model, by which tests break it.
func run(ctx context.Context, o Options, wrap func(tea.Model) tea.Model) error {
	tty, err := openTerminal(o.In, o.Out)
	if err != nil {
		return err
	}
	wish := ui.Wish{Flag: o.Theme, Env: os.Getenv, GOOS: runtime.GOOS, Background: tty.background}
	theme := ui.NewTheme(wish.Choose(), wish.ASCII(o.ASCII))

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := newDeps(ctx, o, theme)
	d.past, d.provider = readHistory(o.DataDir), readProvider(o.DataDir)
	d.copy = func(ctx context.Context, text []byte) (ui.Known, error) {
		way := ui.ClipboardWay(os.Getenv, runtime.GOOS, func(name string) bool {
			_, err := exec.LookPath(name)
			return err == nil
		})
		return ui.Copy(ctx, way, text, tty)
	}
	ping, stop := o.Store.Watch()
	defer stop()
	feed := &watcher{d: d, st: o.Store, ping: ping}

	painter := newPainter(tty)
	go painter.run(ctx)
	guard := newGuard(wrap(newRoot(d)), feed.first)
	guard.show = painter.show
	program := tea.NewProgram(guard,
		tea.WithInput(tty.in), tea.WithOutput(tty), tea.WithAltScreen(),
		tea.WithReportFocus(), tea.WithoutSignalHandler(), tea.WithFPS(looks))
	if err := guard.watch(ctx, program, tty, d.opts); err != nil {
		return err
	}
	_ = d.keeper.write(o.DataDir) // of a command that the end was faster than; nobody is there to be told
	return nil
}

// newDeps makes what screens share, with the defaults of the options.
func newDeps(ctx context.Context, o Options, theme *ui.Theme) *deps {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	if o.Messages == nil {
		o.Messages = func() []string { return nil }
	}
	if o.Catalog == nil {
		o.Catalog = &scim.Catalog{}
	}
	if o.WorkDir == "" {
		o.WorkDir, _ = os.Getwd() // without one, names are relative
	}
	home, _ := os.UserHomeDir() // without one, ~ is a name
	d := &deps{
		workDir: o.WorkDir, homeDir: home, goos: runtime.GOOS,
		theme: theme, ascii: theme.ASCII, now: o.Now, loc: o.Location, opts: &o, cat: o.Catalog, ctx: ctx,
		data: &snapshot{base: o.BaseURL}, reach: reach.Test,
		after: func(wait time.Duration, msg tea.Msg) tea.Cmd {
			return tea.Tick(wait, func(time.Time) tea.Msg { return msg })
		},
		exec: tea.Exec,
	}
	d.edit, d.page = d.editIn, d.pageIn
	return d
}
