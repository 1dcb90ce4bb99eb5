// Scimdeck is a SCIM 2.0 server for the desk of whoever builds provisioning: it
// keeps users in an embedded database, answers Okta as a real service would, and
// shows in the terminal what every request did.
//
// This file is the program around the packages: what may be said on the command
// line, where settings come from, and who is started and stopped in which order.
// It knows nothing of SCIM and nothing of screens; `store` keeps, `server`
// answers, `tui` shows, and `command` is what one can do besides serving.
//
// Rules of this file:
//
//   - stdout carries what was asked for (a secret, a list, the log), stderr what
//     there is to say about it. While the dashboard owns the terminal, neither
//     carries anything.
//   - An error is one plain sentence, then the ways out, one a line.
//   - Exit codes: 0 done, 1 it could not be done, 2 it was said wrongly.
package main

import (
	"cmp"
	"context"
	"crypto/tls"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"

	"scimdeck/scim"
	"scimdeck/scim/explain"
	"scimdeck/scim/explain/lint"
	"scimdeck/scim/explain/story"
	"scimdeck/scim/wire"
	"scimdeck/server"
	"scimdeck/server/cmdline"
	"scimdeck/server/command"
	"scimdeck/server/local"
	"scimdeck/server/settings"
	"scimdeck/store"
	"scimdeck/store/draft"
	"scimdeck/tui"
	"scimdeck/tui/quiet"
)

// version is the program's, and the one in the announcement.
const version = "0.1.0"

func main() {
	quiet.Restore()
	p := &program{
		args: os.Args[1:], env: os.Environ(),
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		dashboard: tui.Run, exit: os.Exit,
	}
	os.Exit(p.run(context.Background()))
}

// program is one run of scimdeck and all that it takes from the system.
type program struct {
	args           []string
	env            settings.Env
	stdin          io.Reader
	stdout, stderr io.Writer
	dashboard      func(context.Context, tui.Options) error
	exit           func(code int) // leaves at once, when stopping in order is out of the question
}

// run does what the arguments say and returns the exit code.
func (p *program) run(ctx context.Context) int {
	chosen, call, err := p.table().Parse(p.args)
	if err == nil {
		err = chosen.Run(ctx, call)
	}
	if err == nil {
		return 0
	}
	fmt.Fprintf(p.stderr, "scimdeck: %v\n", err)
	code, ways := 1, []string(nil)
	var said *command.Trouble
	var set *settings.Error
	var line *cmdline.Error
	switch {
	case errors.As(err, &said):
		ways = said.Ways
	case errors.As(err, &set):
		ways = []string{set.Hint}
	case errors.As(err, &line):
		code, ways = 2, []string{line.Way}
	}
	for _, way := range ways {
		if way != "" {
			fmt.Fprintf(p.stderr, "  %s\n", way)
		}
	}
	return code
}

// serving are the flags of what serves.
var serving = []string{"config", "data", "listen", "public-url", "plain", "json", "theme", "ascii", "still"}

// table is what scimdeck can do.
func (p *program) table() *cmdline.Table {
	return &cmdline.Table{
		Program: "scimdeck",
		About:   "scimdeck is a SCIM 2.0 server with a dashboard: point Okta at it and watch.",
		More:    "Every setting can stand in config.hujson or in the environment: scimdeck config --default explains them.",
		Commands: slices.Concat([]cmdline.Command{
			{
				Name: "", Short: "the server and its dashboard",
				Long:  "Without a terminal, or with --plain, the log is printed instead: one line a request.",
				Flags: serving, Run: p.serveAny,
			},
			{
				Name: "serve", Short: "the server alone, printing one line a request",
				Long:  "With --json each line is an object. The first line says where it listens, once it does.",
				Flags: serving, Run: p.servePlain,
			},
			{
				Name: "attach", Short: "the dashboard of a server that runs already",
				Long:  "Leaving it leaves the server running.",
				Flags: []string{"config", "data", "theme", "ascii", "still"}, Run: p.attach,
			},
		}, p.commands().Commands(), []cmdline.Command{
			{
				Name: "config", Short: "the settings in force and where each came from",
				Long:  "With --default: the built-in file, which explains every setting.",
				Flags: []string{"config", "data", "listen", "public-url", "theme", "default"}, Run: p.printConfig,
			},
			{Name: "version", Short: "which scimdeck this is", Run: p.printVersion},
			{Name: "help", Args: "[COMMAND]", Short: "this, or more about a command", Run: p.help},
		}),
		Options: options,
	}
}

// commands is everything else than serving and speaking of oneself.
func (p *program) commands() *command.Program {
	out, ok := p.stdout.(*os.File)
	var asked *configuration // what the command was called with
	return &command.Program{
		Stdin: p.stdin, Stdout: p.stdout, Stderr: p.stderr, Terminal: ok && term.IsTerminal(out.Fd()), Version: version, Env: p.env, Columns: p.columns,
		Policy: func(c cmdline.Call) (scim.Policy, error) {
			cfg, err := p.configure(c)
			if err != nil {
				return scim.Policy{}, err
			}
			return cfg.policy(), nil
		},
		Store: func(c cmdline.Call) (store.Options, error) {
			cfg, err := p.configure(c)
			if err != nil {
				return store.Options{}, err
			}
			dir, err := cfg.DataFolder()
			o := cfg.storeOptions(dir)
			explain := sync.OnceValue(cfg.explain) // few commands log anything
			o.Explain = func(ex *wire.Exchange) { explain()(ex) }
			asked = cfg
			return o, err
		},
		Send: func(st *store.Store) func(context.Context, string, *wire.Request) (int, []byte, error) {
			logger := slog.New(slog.NewTextHandler(p.stderr, nil))
			ours := sync.OnceValue(func() *server.Server { return server.New(asked.serverOptions(st, logger)) })
			return func(ctx context.Context, source string, r *wire.Request) (int, []byte, error) {
				return ours().Send(ctx, source, r)
			}
		},
		Address: func(c cmdline.Call) (command.Address, error) {
			cfg, err := p.configure(c)
			if err != nil {
				return command.Address{}, err
			}
			scheme := "http://"
			if cfg.TLS.Cert != "" {
				scheme = "https://"
			}
			return command.Address{Listen: cfg.Listen, URL: scheme + cfg.Listen + cfg.BasePaths[0], Public: cfg.PublicURL}, nil
		},
		Row: tui.Line, Exchange: tui.Whole,
	}
}

// columns is how wide the terminal is that stderr is; 0: it is none.
func (p *program) columns() int {
	f, ok := p.stderr.(*os.File)
	if !ok || !term.IsTerminal(f.Fd()) {
		return 0
	}
	w, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 80
	}
	return w
}

var options = []cmdline.Option{
	{Name: "config", Value: "FILE", Help: "read this file instead of ./config.hujson"},
	{Name: "data", Value: "DIR", Setting: "data", Help: "keep everything in this folder"},
	{Name: "listen", Value: "HOST:PORT", Setting: "listen", Help: "listen here; port 0 takes a free one"},
	{Name: "public-url", Value: "URL", Setting: "publicURL", Help: "the address that clients use, e.g. a tunnel's"},
	{Name: "plain", Help: "no dashboard: one line a request"},
	{Name: "json", Help: "one JSON object a line"},
	{Name: "theme", Value: "NAME", Setting: "theme", Help: "auto, dark, light, 16 or none"},
	{Name: "ascii", Help: "draw with ASCII only"},
	{Name: "still", Help: "draw nothing that moves by itself"},
	{Name: "expires", Value: "90d", Help: "when the key ends: 90d, 12h or 2027-01-31"},
	{Name: "follow", Help: "go on with what comes"},
	{Name: "as", Value: "FORMAT", Help: "write them whole: har, curl, raw, jsonl, markdown, txtar or gotest"},
	{Name: "out", Value: "FILE", Help: "into this file, which only you can read"},
	{Name: "force", Help: "overwrite the file"},
	{Name: "filter", Value: "FILTER", Help: "replay those that a filter of the log chooses"},
	{Name: "edit", Help: "change each in $VISUAL or $EDITOR first"},
	{Name: "to", Value: "URL", Help: "to the SCIM server with this base URL"},
	{Name: "token-env", Value: "NAME", Help: "its key is in this environment variable"},
	{Name: "yes", Help: "do not ask"},
	{Name: "dry-run", Help: "check the file and store nothing"},
	{Name: "update", Help: "replace whoever has the userName already"},
	{Name: "from", Value: "LINE", Help: "go on at this line, where an import was interrupted"},
	{Name: "seed", Value: "N", Help: "others for another number"},
	{Name: "edge", Help: "every other one is an edge case"},
	{Name: "groups", Help: "and their departments as groups"},
	{Name: "default", Help: "the built-in settings instead"},
}

func (p *program) help(_ context.Context, c cmdline.Call) error {
	return p.table().Help(p.stdout, c.Args)
}

func (p *program) printVersion(context.Context, cmdline.Call) error {
	line := fmt.Sprintf("scimdeck %s (%s, %s/%s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				line += ", commit " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	_, err := fmt.Fprintln(p.stdout, line+")")
	return err
}

// Configuration.

// builtin is the commented default: the only place that says what a setting is
// when nobody set it.
//
//go:embed config.hujson
var builtin []byte

// configuration is the settings in force and the catalog that follows from them.
type configuration struct {
	*settings.Settings
	catalog *scim.Catalog
}

// configure reads the settings: built-in, file, environment, flags.
func (p *program) configure(c cmdline.Call) (*configuration, error) {
	from := settings.Sources{Builtin: builtin, File: c.Flags["config"], Env: p.env}
	for _, o := range options {
		if text, given := c.Flags[o.Name]; given && o.Setting != "" {
			from.Flags = append(from.Flags, settings.Flag{Name: o.Name, Setting: o.Setting, Text: text})
		}
	}
	s, err := settings.Load(from)
	if err != nil {
		return nil, err
	}
	if err := tui.Rebind(s.Keys); err != nil {
		return nil, s.Refuse("keys", err.Error())
	}
	catalog, err := scim.NewCatalogWith(scim.CatalogOptions{Groups: s.Groups, Interop: s.Conformance == "interop", Definitions: s.Definitions()})
	var bad *scim.DefinitionError
	if errors.As(err, &bad) {
		return nil, s.DefinitionError(bad.Index, bad.Path, bad.Msg)
	}
	return &configuration{s, catalog}, err
}

// policy is what clients may send.
func (c *configuration) policy() scim.Policy {
	return scim.Policy{
		Mode:    map[string]scim.Mode{"lenient": scim.Lenient, "strict": scim.Strict, "interop": scim.Interop}[c.Conformance],
		Unknown: map[string]scim.Unknown{"ignore": scim.Ignore, "keep": scim.Keep, "reject": scim.Reject}[c.UnknownAttributes],
	}
}

// limits is how much.
func (c *configuration) limits() server.Limits {
	l := c.Limits
	return server.Limits{
		BodyBytes: int64(l.BodyBytes), Depth: l.Depth, FilterBytes: l.FilterBytes, PageSize: l.PageSize,
		HeaderBytes: l.HeaderBytes, ReadTimeout: time.Duration(l.ReadTimeout), Requests: l.Requests,
		BulkOperations: l.BulkOperations, BulkBytes: int64(l.BulkBytes), CursorAge: time.Duration(l.CursorAge),
	}
}

// serverOptions is what is served, and how.
func (c *configuration) serverOptions(st *store.Store, messages *slog.Logger) server.Options {
	return server.Options{
		Store: st, Catalog: c.catalog, BasePaths: c.BasePaths, PublicURL: c.PublicURL, TLS: c.TLS.Cert != "",
		Policy: c.policy(), Limits: c.limits(), LogBody: cmp.Or(c.RequestLog.BodyBytes, -1), Messages: messages, Now: time.Now,
	}
}

// storeOptions is how the data are kept.
func (c *configuration) storeOptions(dir string) store.Options {
	return store.Options{
		Dir: dir, Durable: c.Durable, Catalog: c.catalog,
		Log: store.LogOptions{Entries: c.RequestLog.Entries, Age: time.Duration(c.RequestLog.Age), Bytes: int64(c.RequestLog.Bytes)},
	}
}

// printConfig prints the configuration in force as a file that would say the same.
func (p *program) printConfig(_ context.Context, c cmdline.Call) error {
	if c.Has("default") {
		_, err := p.stdout.Write(builtin)
		return err
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	if cfg.File != "" {
		fmt.Fprintf(p.stdout, "// Read: %s\n", cfg.File)
	}
	if dir, err := cfg.DataFolder(); err == nil {
		fmt.Fprintf(p.stdout, "// Data: %s\n", dir)
	}
	return cfg.Write(p.stdout)
}

// Messages.

// messages keeps the last lines that the program says of itself, for the
// dashboard, and passes them on while nobody else owns the terminal.
type messages struct {
	mu    sync.Mutex
	lines []string
	pass  io.Writer // nil: only kept
}

const keptMessages = 1000

// Write takes one message.
func (m *messages) Write(line []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.lines) == keptMessages {
		m.lines = slices.Delete(m.lines, 0, keptMessages/10)
	}
	m.lines = append(m.lines, strings.TrimRight(string(line), "\n"))
	if m.pass != nil {
		return m.pass.Write(line)
	}
	return len(line), nil
}

// to says where messages go besides the list: stderr, or nowhere while the dashboard owns the terminal.
func (m *messages) to(w io.Writer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pass = w
}

// list returns the messages, oldest first.
func (m *messages) list() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.lines)
}

// Serving.

func (p *program) serveAny(ctx context.Context, c cmdline.Call) error {
	in, out, terminal := p.terminal()
	asked := c.Has("plain") || c.Has("json") || p.env.Get("ACCESSIBLE") != "" || p.env.Get("SCIMDECK_PLAIN") != ""
	if asked || !terminal {
		if !asked {
			fmt.Fprintln(p.stderr, "scimdeck: this is not a terminal, so the log is printed line by line (same as --plain; --json for machines).")
		}
		return p.servePlain(ctx, c)
	}
	return p.serve(ctx, c, func(ctx context.Context, s *service) error {
		s.messages.to(nil)
		err := p.dashboard(ctx, tui.Options{
			Store: s.store, Catalog: s.config.catalog, Policy: s.config.policy(), Do: s.server.Do, Send: s.server.Send,
			Listen: s.address, BaseURL: s.baseURL, Public: s.config.PublicURL, Version: version, DataDir: s.dir,
			Theme: s.config.Theme, ASCII: c.Has("ascii"), Still: c.Has("still"), Groups: s.config.Groups,
			Messages: s.messages.list, In: in, Out: out,
		})
		s.messages.to(p.stderr)
		if !errors.Is(err, tui.ErrBroken) {
			s.summary = err == nil
			return err
		}
		fmt.Fprintf(p.stderr, "scimdeck: %v; the server goes on without it, ctrl+c stops it\n", err)
		return p.printLog(ctx, s, false)
	})
}

// terminal gives the terminal that the program is on, if it is on one.
func (p *program) terminal() (in, out *os.File, ok bool) {
	in, inOK := p.stdin.(*os.File)
	out, outOK := p.stdout.(*os.File)
	return in, out, inOK && outOK && term.IsTerminal(in.Fd()) && term.IsTerminal(out.Fd()) && p.env.Get("TERM") != "dumb"
}

// attach opens the dashboard on a server that runs in another process.
func (p *program) attach(ctx context.Context, c cmdline.Call) error {
	in, out, ok := p.terminal()
	if !ok {
		return command.Failure("a dashboard needs a terminal, and this is none.", "a line a request:   scimdeck log --follow")
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	commands := p.commands()
	client, kept, err := commands.Server(ctx, c)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer p.handleSignals(cancel)()
	remote, ctx := client.Remote(ctx)
	about := client.About()
	err = p.dashboard(ctx, tui.Options{
		Store: remote, Catalog: cfg.catalog, Policy: cfg.policy(), Do: client.Do, Send: client.Send, Attached: true,
		Listen: about.Listen, BaseURL: about.URL, Public: about.Public, Version: about.Version, DataDir: kept.Dir,
		Theme: cfg.Theme, ASCII: c.Has("ascii"), Still: c.Has("still"), Groups: cfg.Groups, In: in, Out: out,
		Messages: func() []string { return []string{"the server's messages are where it was started"} },
	})
	switch gone := context.Cause(ctx); {
	case err != nil || gone == nil || errors.Is(gone, context.Canceled):
		return err
	case errors.Is(gone, store.ErrClosed):
		fmt.Fprintln(p.stderr, "scimdeck: the server has stopped")
		return nil
	default:
		return commands.Plain(kept.Dir, gone)
	}
}

func (p *program) servePlain(ctx context.Context, c cmdline.Call) error {
	return p.serve(ctx, c, func(ctx context.Context, s *service) error {
		return p.printLog(ctx, s, c.Has("json"))
	})
}

// printLog announces the server and prints a line a request until ctx is done.
func (p *program) printLog(ctx context.Context, s *service, asJSON bool) error {
	announcement := fmt.Appendf(nil, "scimdeck %s listening on %s\n", version, s.baseURL)
	if asJSON {
		line, err := json.Marshal(struct {
			Event   string `json:"event"`
			URL     string `json:"url"`
			Version string `json:"version"`
		}{"listening", s.baseURL, version})
		if err != nil {
			return err
		}
		announcement = append(line, '\n')
	}
	if _, err := p.stdout.Write(announcement); err != nil {
		return err
	}
	return tui.Plain(ctx, s.store, p.stdout, asJSON)
}

// service is what runs while the program serves.
type service struct {
	config   *configuration
	dir      string
	store    *store.Store
	server   *server.Server
	listener net.Listener
	local    *local.Server // for the commands of other processes; nil: there can be no socket
	address  string        // that the listener got
	baseURL  string        // announced
	messages *messages
	started  time.Time
	before   uint64 // the log's last number at the start
	summary  bool   // the user left the dashboard and wants to know
}

const (
	viewGrace = 2 * time.Second // for the screen to be given back
	hardStop  = 8 * time.Second // from the first signal to the end, whatever happens
)

// serve starts the service, shows it and stops it: on a signal, when the view ends, or when ctx is done.
func (p *program) serve(ctx context.Context, c cmdline.Call, view func(context.Context, *service) error) error {
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer p.handleSignals(cancel)()

	s, err := p.open(ctx, cfg)
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(ctx, s.listener) }()

	// The plain log ends after the server, so that it also shows the last requests.
	viewCtx, endView := context.WithCancel(context.WithoutCancel(ctx))
	defer endView()
	viewed := make(chan error, 1)
	go func() { viewed <- view(viewCtx, s) }()

	var serveErr, viewErr error
	select {
	case serveErr = <-served:
		served <- nil
	case viewErr = <-viewed:
		viewed <- nil
	case <-ctx.Done():
	}
	cancel()
	serveErr = errors.Join(serveErr, <-served)
	s.store.FlushLog()
	endView()
	stopped := make(chan error, 1)
	go func() { stopped <- s.local.Stop() }()
	stuck := false
	select {
	case err := <-viewed:
		viewErr = errors.Join(viewErr, err)
	case <-time.After(viewGrace):
		stuck = true // a terminal that takes nothing: nothing more may be written to it
	}
	summary := s.sum(p)
	closeErr := errors.Join(<-stopped, s.store.Close())
	if stuck {
		return nil
	}
	if s.summary {
		fmt.Fprint(p.stdout, summary)
	}
	return errors.Join(serveErr, viewErr, closeErr)
}

// handleSignals stops in order on the first signal and at once on the second.
func (p *program) handleSignals(stop func()) (done func()) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	// A reader that went away is an error of the write, not the end of the process.
	signal.Ignore(syscall.SIGPIPE)
	ended := make(chan struct{})
	go func() {
		for again := true; again; {
			select {
			case s := <-signals:
				again = s == syscall.SIGINT && draft.Editing() // ctrl+c in an editor that leaves the terminal as it is
			case <-ended:
				return
			}
		}
		stop()
		select {
		case <-signals:
		case <-time.After(hardStop):
		case <-ended:
			return
		}
		p.exit(1)
	}()
	return func() {
		signal.Stop(signals)
		close(ended)
	}
}

// open opens the store and listens. Nothing stays behind when it fails.
func (p *program) open(ctx context.Context, cfg *configuration) (*service, error) {
	s := &service{config: cfg, messages: &messages{pass: p.stderr}, started: time.Now()}
	logger := slog.New(slog.NewTextHandler(s.messages, nil))
	log.SetOutput(s.messages) // whatever a library prints belongs there too
	var err error
	if s.dir, err = cfg.DataFolder(); err != nil {
		return nil, err
	}
	certificate, err := cfg.certificate()
	if err != nil {
		return nil, err
	}
	known := cfg.Listen // for the message of whoever finds the folder in use
	if strings.HasSuffix(known, ":0") {
		known = ""
	}
	kept := cfg.storeOptions(s.dir)
	if err := draft.Sweep(s.dir); err != nil {
		logger.Warn("a text that was being edited when scimdeck was killed is still there", "error", err)
	}
	kept.Address, kept.Messages, kept.Explain = known, logger, cfg.explain()
	var stories story.Follower // told by the log alone, one exchange after the other
	kept.Follow = func(ex *wire.Exchange) { ex.Part = stories.Follow(ex.Seq, story.Read(ex)) }
	kept.Warm = func(r *store.Row) { stories.Warm(r.Seq, story.Read(r.Exchange()), r.Part) }
	if s.store, err = p.commands().Open(ctx, kept); err != nil {
		return nil, err
	}
	if s.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
		return nil, errors.Join(cannotListen(cfg, err), s.store.Close())
	}
	s.before = s.store.LoggedBefore()
	at := *s.listener.Addr().(*net.TCPAddr)
	if at.IP.IsUnspecified() {
		at.IP = net.IPv4(127, 0, 0, 1) // all addresses: name one that can be used here
	}
	s.address = at.String()
	s.baseURL = "http://" + s.address + cfg.BasePaths[0]
	if certificate != nil {
		s.listener = tls.NewListener(s.listener, &tls.Config{Certificates: []tls.Certificate{*certificate}, NextProtos: []string{"http/1.1"}})
		s.baseURL = "https://" + s.address + cfg.BasePaths[0]
	} else if open := s.listener.Addr(); !open.(*net.TCPAddr).IP.IsLoopback() {
		logger.Warn("anyone on the way to " + open.String() + " can read keys and users: others can reach this address, and tls is off")
	}
	s.server = server.New(cfg.serverOptions(s.store, logger))
	s.local, err = local.Start(s.dir, local.Options{
		Store: s.store, Catalog: cfg.catalog, Policy: cfg.policy(), Do: s.server.Do, Send: s.server.Send, Messages: logger,
		About: local.About{Version: version, URL: s.baseURL, Listen: s.address, Public: cfg.PublicURL, Started: s.started},
	})
	if err != nil {
		logger.Warn("commands in other terminals have to wait until this scimdeck stops: the data folder takes no socket", "error", err)
	}
	return s, nil
}

// explain says what an exchange meant and what is wrong with it.
func (c *configuration) explain() func(*wire.Exchange) {
	tell := explain.With(c.catalog)
	rules := lint.Options{Catalog: c.catalog, MaxResults: c.Limits.PageSize, EmailNames: true}
	if c.Conformance == "interop" {
		rules.Profile = lint.Interop
	}
	l := lint.New(rules)
	return func(ex *wire.Exchange) {
		tell(ex)
		ex.Findings = l.Exchange(ex)
	}
}

// certificate reads the files of tls, or returns nil when there are none.
func (c *configuration) certificate() (*tls.Certificate, error) {
	if c.TLS.Cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key)
	if err != nil {
		return nil, command.Failure(fmt.Sprintf("tls: cannot use %s with %s: %v", c.TLS.Cert, c.TLS.Key, err))
	}
	return &pair, nil
}

// cannotListen says why the address is not to be had, and what to do.
func cannotListen(cfg *configuration, err error) error {
	const windowsInUse = syscall.Errno(10048) // WSAEADDRINUSE
	host, port, _ := net.SplitHostPort(cfg.Listen)
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsInUse) {
		next := "7645"
		if n, err := strconv.Atoi(port); err == nil && n < 65535 {
			next = strconv.Itoa(n + 1)
		}
		return command.Failure(fmt.Sprintf("port %s is taken.", port),
			"another port:   scimdeck --listen "+net.JoinHostPort(host, next),
			"any free one:   scimdeck --listen "+net.JoinHostPort(host, "0"))
	}
	return command.Failure(fmt.Sprintf("cannot listen on %s: %v", cfg.Listen, err),
		"this machine only:   scimdeck --listen 127.0.0.1:7644")
}

// sum says what happened, for whoever quit the dashboard.
func (s *service) sum(p *program) string {
	rows := s.store.Rows(nil, s.before, 0)
	// The rows may be fewer than the requests, and all of them gone: the log was cleared.
	requests := max(int(s.store.LogState().Last)-int(s.before), len(rows))
	problems := 0
	for _, r := range rows {
		if r.Problem {
			problems++
		}
	}
	users := s.store.Count(s.config.catalog.Type("User"))
	return fmt.Sprintf("Stopped after %s: %s, %s, %s.\nKept in %s; start again with the same command to go on.\n",
		hours(time.Since(s.started)), plural(requests, "request"), plural(problems, "problem"), plural(users, "user"), p.env.Tilde(s.dir))
}

// hours writes a duration as "1 h 12 min", "3 min" or "20 s".
func hours(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}

// plural writes "1 request" and "1,042 requests".
func plural(n int, noun string) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if n != 1 {
		noun += "s"
	}
	return digits + " " + noun
}
