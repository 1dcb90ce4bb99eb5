// Scimdeck is a SCIM 2.0 server for the desk of whoever builds provisioning: it
// keeps users in an embedded database, answers Okta as a real service would, and
// shows in the terminal what every request did.
//
// This file is the program around the packages: what may be said on the command
// line, where settings come from, and who is started and stopped in which order.
// It knows nothing of SCIM and nothing of screens; `store` keeps, `server`
// answers, `tui` shows.
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
	"bytes"
	"context"
	"crypto/tls"
	_ "embed"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/charmbracelet/x/term"
	"github.com/tailscale/hujson"

	"scimdeck/scim"
	"scimdeck/scim/explain"
	"scimdeck/server"
	"scimdeck/store"
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
	args, env      []string
	stdin          io.Reader
	stdout, stderr io.Writer
	dashboard      func(context.Context, tui.Options) error
	exit           func(code int) // leaves at once, when stopping in order is out of the question
}

// run does what the arguments say and returns the exit code.
func (p *program) run(ctx context.Context) int {
	err := p.dispatch(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintf(p.stderr, "scimdeck: %v\n", err)
	var t *trouble
	if !errors.As(err, &t) {
		return 1
	}
	for _, way := range t.ways {
		fmt.Fprintf(p.stderr, "  %s\n", way)
	}
	return t.code
}

// trouble is an error with ways out of it.
type trouble struct {
	code     int
	sentence string
	ways     []string
}

func (t *trouble) Error() string { return t.sentence }

// misuse says that the command line is wrong.
func misuse(way, format string, args ...any) error {
	t := &trouble{code: 2, sentence: fmt.Sprintf(format, args...)}
	if way != "" {
		t.ways = []string{way}
	}
	return t
}

// failure says that it cannot be done as things are.
func failure(sentence string, ways ...string) error {
	return &trouble{code: 1, sentence: sentence, ways: ways}
}

// A command is a word after `scimdeck`.
type command struct {
	name, args string // "keys create", "NAME"
	short      string // what it does, for the list
	long       string // what else there is to know
	flags      []string
	run        func(p *program, ctx context.Context, c call) error
}

// call is a command line taken apart.
type call struct {
	args  []string          // what is neither the command nor a flag
	flags map[string]string // by name; "true" for those without a value
}

func (c call) has(flag string) bool { return c.flags[flag] == "true" }

var serving = []string{"config", "data", "listen", "public-url", "plain", "json", "theme", "ascii"}

// commands is the table of what scimdeck can do. The first one is for no word at all.
func commands() []command {
	key := func(name, args, short, long string, run func(*program, context.Context, call) error, flags ...string) command {
		return command{name: "keys " + name, args: args, short: short, long: long, run: run, flags: append([]string{"config", "data"}, flags...)}
	}
	return []command{
		{
			name: "", short: "the server and its dashboard",
			long:  "Without a terminal, or with --plain, the log is printed instead: one line a request.",
			flags: serving, run: (*program).serveAny,
		},
		{
			name: "serve", short: "the server alone, printing one line a request",
			long:  "With --json each line is an object. The first line says where it listens, once it does.",
			flags: serving, run: (*program).servePlain,
		},
		key("create", "NAME", "make a key and print its secret, this once",
			"Only the secret goes to stdout:  SCIM_TOKEN=$(scimdeck keys create okta)", (*program).keysCreate, "expires"),
		key("list", "", "the keys, without their secrets", "", (*program).keysList, "json"),
		key("revoke", "NAME", "refuse a key from now on, for good", "", (*program).keysRevoke),
		key("disable", "NAME", "refuse a key until it is enabled", "", (*program).keysDisable),
		key("enable", "NAME", "accept a disabled key again", "", (*program).keysEnable),
		key("rename", "NAME NEW", "give a key another name", "", (*program).keysRename),
		{
			name: "config", short: "the settings in force and where each came from",
			long:  "With --default: the built-in file, which explains every setting.",
			flags: []string{"config", "data", "listen", "public-url", "theme", "default"}, run: (*program).printConfig,
		},
		{name: "version", short: "which scimdeck this is", run: (*program).printVersion},
		{name: "help", args: "[COMMAND]", short: "this, or more about a command", run: (*program).help},
	}
}

// An option is a word with dashes. Those with a setting say what that setting is.
type option struct{ name, value, setting, help string }

var options = []option{
	{"config", "FILE", "", "read this file instead of ./config.hujson"},
	{"data", "DIR", "data", "keep everything in this folder"},
	{"listen", "HOST:PORT", "listen", "listen here; port 0 takes a free one"},
	{"public-url", "URL", "publicURL", "the address that clients use, e.g. a tunnel's"},
	{"plain", "", "", "no dashboard: one line a request"},
	{"json", "", "", "one JSON object a line"},
	{"theme", "NAME", "theme", "auto, dark, light, 16 or none"},
	{"ascii", "", "", "draw the dashboard with ASCII only"},
	{"expires", "90d", "", "when the key ends: 90d, 12h or 2027-01-31"},
	{"default", "", "", "the built-in settings instead"},
}

// dispatch finds the command and hands it the rest.
func (p *program) dispatch(ctx context.Context) error {
	c, err := parse(p.args)
	if err != nil {
		return err
	}
	all := commands()
	chosen, words := all[0], 0
	for _, cmd := range all[1:] {
		name := strings.Fields(cmd.name)
		if len(c.args) >= len(name) && slices.Equal(c.args[:len(name)], name) {
			chosen, words = cmd, len(name)
		}
	}
	if words == 0 && len(c.args) > 0 {
		return unknownCommand(all, c.args)
	}
	c.args = c.args[words:]
	if c.has("help") {
		c.args = strings.Fields(chosen.name)
		return p.help(ctx, c)
	}
	for name := range c.flags {
		if !slices.Contains(chosen.flags, name) {
			return misuse("see: scimdeck help "+chosen.name, "%s takes no --%s", strings.TrimSpace("scimdeck "+chosen.name), name)
		}
	}
	if want := strings.Fields(chosen.args); chosen.name != "help" && len(c.args) != len(want) {
		return misuse("usage: "+usage(chosen), "%s takes %s, not %d", "scimdeck "+chosen.name, plural(len(want), "argument"), len(c.args))
	}
	return chosen.run(p, ctx, c)
}

// parse takes flags out of the arguments, wherever they stand. What follows "--" is no flag.
func parse(args []string) (call, error) {
	c := call{flags: map[string]string{}}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			c.args = append(c.args, args...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			c.args = append(c.args, arg)
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if name == "h" || name == "help" {
			c.flags["help"] = "true"
			continue
		}
		i := slices.IndexFunc(options, func(f option) bool { return f.name == name })
		if i < 0 {
			names := make([]string, len(options))
			for i, f := range options {
				names[i] = f.name
			}
			return c, misuse(didYouMean("--", nearest(name, names)), "there is no flag %q", arg)
		}
		switch f := options[i]; {
		case f.value == "" && given:
			return c, misuse("", "--%s takes no value", name)
		case f.value == "":
			value = "true"
		case !given && len(args) == 0:
			return c, misuse("usage: --"+name+" "+f.value, "--%s needs a value", name)
		case !given:
			value, args = args[0], args[1:]
		}
		c.flags[name] = value
	}
	return c, nil
}

func unknownCommand(all []command, args []string) error {
	names := make([]string, 0, len(all))
	for _, c := range all[1:] {
		names = append(names, c.name)
	}
	word := args[0]
	if word == "keys" {
		if len(args) == 1 {
			return misuse("see: scimdeck help keys", "scimdeck keys does what? create, list, revoke, disable, enable or rename")
		}
		word = "keys " + args[1]
	}
	way := didYouMean("scimdeck ", nearest(word, names))
	if way == "" {
		way = "see: scimdeck help"
	}
	return misuse(way, "there is no command %q", word)
}

// help prints all commands and flags, or those that begin with the given words.
func (p *program) help(_ context.Context, c call) error {
	about := strings.Join(c.args, " ")
	var shown []command
	for _, cmd := range commands() {
		if about == "" || cmd.name == about || strings.HasPrefix(cmd.name, about+" ") {
			shown = append(shown, cmd)
		}
	}
	if len(shown) == 0 {
		return unknownCommand(commands(), c.args)
	}
	out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	if about == "" {
		fmt.Fprint(out, "scimdeck is a SCIM 2.0 server with a dashboard: point Okta at it and watch.\n\n")
	}
	for _, cmd := range shown {
		fmt.Fprintf(out, "  %s\t%s\n", usage(cmd), cmd.short)
	}
	for _, cmd := range shown {
		if about != "" && cmd.long != "" {
			fmt.Fprintf(out, "\n%s\n", cmd.long)
		}
	}
	fmt.Fprint(out, "\nFlags:\n")
	for _, f := range options {
		if slices.ContainsFunc(shown, func(cmd command) bool { return slices.Contains(cmd.flags, f.name) }) {
			fmt.Fprintf(out, "  %s\t%s\n", strings.TrimSpace("--"+f.name+" "+f.value), f.help)
		}
	}
	if about == "" {
		fmt.Fprint(out, "\nEvery setting can stand in config.hujson or in the environment: scimdeck config --default explains them.\n")
	}
	return out.Flush()
}

func usage(c command) string {
	return strings.Join(strings.Fields("scimdeck "+c.name+" "+c.args), " ")
}

func (p *program) printVersion(context.Context, call) error {
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

// config is every setting. A field's json name is its name in the file; its path
// in upper snake case is its name in the environment.
type config struct {
	Listen            string     `json:"listen"`
	PublicURL         string     `json:"publicURL"`
	BasePaths         []string   `json:"basePaths"`
	Data              string     `json:"data"`
	Durable           bool       `json:"durable"`
	RequestLog        requestLog `json:"requestLog"`
	Limits            limits     `json:"limits"`
	UnknownAttributes string     `json:"unknownAttributes"`
	Groups            bool       `json:"groups"`
	TLS               tlsFiles   `json:"tls"`
	Theme             string     `json:"theme"`
}

type requestLog struct {
	Entries   int  `json:"entries"`
	Age       span `json:"age"`
	BodyBytes int  `json:"bodyBytes"`
}

type limits struct {
	BodyBytes   int  `json:"bodyBytes"`
	Depth       int  `json:"depth"`
	PageSize    int  `json:"pageSize"`
	FilterBytes int  `json:"filterBytes"`
	HeaderBytes int  `json:"headerBytes"`
	ReadTimeout span `json:"readTimeout"`
	Requests    int  `json:"requests"`
}

type tlsFiles struct {
	Cert string `json:"cert"`
	Key  string `json:"key"`
}

// span is a duration that also knows days: "30d", "12h", "1m30s".
type span time.Duration

// UnmarshalText reads a span.
func (s *span) UnmarshalText(text []byte) error {
	d, err := parseSpan(string(text))
	*s = span(d)
	return err
}

// MarshalText writes a span as UnmarshalText reads it.
func (s span) MarshalText() ([]byte, error) {
	const day = 24 * time.Hour
	if d := time.Duration(s); d >= day && d%day == 0 {
		return fmt.Appendf(nil, "%dd", d/day), nil
	}
	return []byte(time.Duration(s).String()), nil
}

func parseSpan(text string) (time.Duration, error) {
	days, isDays := strings.CutSuffix(text, "d")
	if n, err := strconv.ParseUint(days, 10, 16); isDays && err == nil {
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("want a duration such as \"30d\", \"12h\" or \"30s\", not %q", text)
	}
	return d, nil
}

// A setting is one leaf of the configuration.
type setting struct {
	path  string // "requestLog.entries"
	value reflect.Value
}

// env returns the setting's environment variable: SCIMDECK_REQUEST_LOG_ENTRIES.
func (s setting) env() string {
	var b strings.Builder
	b.WriteString("SCIMDECK_")
	runes := []rune(s.path)
	for i, r := range runes {
		if r == '.' {
			b.WriteByte('_')
			continue
		}
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(runes[i-1]) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// setText sets the setting from the environment or a flag.
func (s setting) setText(text string) (err error) {
	switch v := s.value.Addr().Interface().(type) {
	case encoding.TextUnmarshaler:
		return v.UnmarshalText([]byte(text))
	case *string:
		*v = text
	case *bool:
		if *v, err = strconv.ParseBool(text); err != nil {
			return fmt.Errorf("want true or false, not %q", text)
		}
	case *int:
		if *v, err = strconv.Atoi(text); err != nil {
			return fmt.Errorf("want a whole number, not %q", text)
		}
	case *[]string:
		*v = strings.Split(text, ",")
	}
	return nil
}

// setLiteral sets the setting from a value of a file.
func (s setting) setLiteral(v hujson.Value) error {
	v = v.Clone()
	v.Minimize()
	raw := v.Pack()
	if json.Unmarshal(raw, s.value.Addr().Interface()) == nil && !bytes.Equal(raw, []byte("null")) {
		return nil
	}
	want := map[reflect.Kind]string{
		reflect.String: "a string", reflect.Bool: "true or false", reflect.Int: "a whole number", reflect.Slice: "a list of strings",
	}[s.value.Kind()]
	if u, ok := s.value.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if lit, ok := v.Value.(hujson.Literal); ok && lit.Kind() == '"' {
			return u.UnmarshalText([]byte(lit.String()))
		}
		want = "a duration such as \"30d\", in quotes"
	}
	return fmt.Errorf("want %s, not %s", want, raw)
}

// settings lists the leaves in the order of the type.
func (c *config) settings() []setting {
	var list []setting
	var walk func(prefix string, v reflect.Value)
	walk = func(prefix string, v reflect.Value) {
		for i := range v.NumField() {
			path := prefix + v.Type().Field(i).Tag.Get("json")
			if f := v.Field(i); f.Kind() == reflect.Struct {
				walk(path+".", f)
			} else {
				list = append(list, setting{path, f})
			}
		}
	}
	walk("", reflect.ValueOf(c).Elem())
	return list
}

// configuration is the settings in force and where each came from.
type configuration struct {
	config
	file   string            // that was read, "" for none
	origin map[string]string // by path: "config.hujson:3:5", "SCIMDECK_GROUPS", "--listen"
}

// defaults returns the built-in settings.
func defaults() (config, error) {
	c := configuration{origin: map[string]string{}}
	err := c.readFile("built-in config.hujson", builtin)
	return c.config, err
}

// configure reads the settings: built-in, file, environment, flags.
func (p *program) configure(c call) (*configuration, error) {
	cfg := &configuration{origin: map[string]string{}}
	var err error
	if cfg.config, err = defaults(); err != nil {
		return nil, err
	}
	if err := p.readUserFile(cfg, c.flags["config"]); err != nil {
		return nil, err
	}
	if err := cfg.readEnv(p.env); err != nil {
		return nil, err
	}
	for _, f := range options {
		text, given := c.flags[f.name]
		if f.setting == "" || !given {
			continue
		}
		if err := cfg.find(f.setting).setText(text); err != nil {
			return nil, misuse("", "--%s: %v", f.name, err)
		}
		cfg.origin[f.setting] = "--" + f.name
	}
	return cfg, cfg.check()
}

// readUserFile reads the file named, else the first of the usual ones that exists.
func (p *program) readUserFile(cfg *configuration, named string) error {
	candidates := []string{named}
	if named == "" {
		candidates = []string{"config.hujson"}
		if dir := p.folder(configFolder); dir != "" {
			candidates = append(candidates, filepath.Join(dir, "config.hujson"))
		}
	}
	for _, file := range candidates {
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) && named == "" {
			continue
		}
		if err != nil {
			return failure(fmt.Sprintf("cannot read the configuration: %v", err))
		}
		cfg.file = file
		return cfg.readFile(file, data)
	}
	return nil
}

func (c *configuration) find(path string) setting {
	all := c.settings()
	return all[slices.IndexFunc(all, func(s setting) bool { return s.path == path })]
}

// readFile sets what the HuJSON text says. Errors name the place in it.
func (c *configuration) readFile(name string, data []byte) error {
	root, err := hujson.Parse(data)
	if err != nil {
		var line, column int
		text := err.Error()
		if n, _ := fmt.Sscanf(text, "hujson: line %d, column %d:", &line, &column); n == 2 {
			_, text, _ = strings.Cut(text, ": ")
			_, text, _ = strings.Cut(text, ": ")
		}
		return failure(fmt.Sprintf("%s:%d:%d: %s", name, line, column, text))
	}
	settings := c.settings()
	place := func(v hujson.Value) string {
		before := data[:v.StartOffset]
		column := v.StartOffset - bytes.LastIndexByte(before, '\n')
		return fmt.Sprintf("%s:%d:%d", name, 1+bytes.Count(before, []byte("\n")), column)
	}
	seen := map[string]bool{}
	var walk func(prefix string, v hujson.Value) error
	walk = func(prefix string, v hujson.Value) error {
		object, ok := v.Value.(*hujson.Object)
		if !ok {
			return failure(fmt.Sprintf("%s: %swant settings in { }", place(v), strings.Replace(prefix, ".", ": ", 1)))
		}
		for _, m := range object.Members {
			path := prefix + m.Name.Value.(hujson.Literal).String()
			if seen[path] {
				return failure(fmt.Sprintf("%s: %s is set twice", place(m.Name), path))
			}
			seen[path] = true
			i := slices.IndexFunc(settings, func(s setting) bool { return s.path == path })
			isGroup := slices.ContainsFunc(settings, func(s setting) bool { return strings.HasPrefix(s.path, path+".") })
			switch {
			case isGroup:
				if err := walk(path+".", m.Value); err != nil {
					return err
				}
			case i < 0:
				return failure(fmt.Sprintf("%s: there is no setting %q", place(m.Name), path), didYouMean("", nearestSetting(path, settings)))
			default:
				if err := settings[i].setLiteral(m.Value); err != nil {
					return failure(fmt.Sprintf("%s: %s: %v", place(m.Value), path, err))
				}
				c.origin[path] = place(m.Value)
			}
		}
		return nil
	}
	return walk("", root)
}

// notSettings are variables with our prefix that set no setting.
var notSettings = []string{"SCIMDECK_PLAIN"}

// readEnv sets what the environment says.
func (c *configuration) readEnv(env []string) error {
	settings := c.settings()
	for _, e := range env {
		name, text, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "SCIMDECK_") || slices.Contains(notSettings, name) {
			continue
		}
		i := slices.IndexFunc(settings, func(s setting) bool { return s.env() == name })
		if i < 0 {
			names := slices.Clone(notSettings)
			for _, s := range settings {
				names = append(names, s.env())
			}
			return failure(fmt.Sprintf("%s: there is no such setting", name), didYouMean("", nearest(name, names)))
		}
		if err := settings[i].setText(text); err != nil {
			return failure(fmt.Sprintf("%s: %v", name, err))
		}
		c.origin[settings[i].path] = name
	}
	return nil
}

// check refuses settings that have the right type and yet make no sense.
func (c *configuration) check() error {
	for _, s := range c.settings() {
		why := ""
		switch v := s.value.Interface().(type) {
		case int:
			if v < 1 && s.path != "requestLog.bodyBytes" || v < 0 {
				why = fmt.Sprintf("want at least 1, not %d", v)
			}
		case string:
			switch s.path {
			case "listen":
				why = badListen(v)
			case "publicURL":
				why = badPublicURL(v)
			case "unknownAttributes":
				why = notOneOf(v, "ignore", "keep", "reject")
			case "theme":
				why = notOneOf(v, "auto", "dark", "light", "16", "none")
			}
		case []string:
			why = badBasePaths(v)
		case span:
			if v == 0 && s.path == "limits.readTimeout" {
				why = "want more than 0: a client that sends nothing would stay for ever"
			}
		}
		if why != "" {
			return failure(fmt.Sprintf("%s: %s: %s", c.origin[s.path], s.path, why))
		}
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		return failure("tls: want both cert and key, or neither")
	}
	return nil
}

func badListen(v string) string {
	_, port, err := net.SplitHostPort(v)
	if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 0 || n > 65535 {
		return fmt.Sprintf("want HOST:PORT such as \"127.0.0.1:7644\", not %q", v)
	}
	return ""
}

func badPublicURL(v string) string {
	u, err := url.Parse(v)
	if v != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		return fmt.Sprintf("want an address such as \"https://abc.example.com\", not %q", v)
	}
	return ""
}

func badBasePaths(paths []string) string {
	if len(paths) == 0 {
		return "want at least one path"
	}
	for i, v := range paths {
		if u, err := url.Parse(v); err != nil || len(v) < 2 || v[0] != '/' || u.Path != v || strings.HasSuffix(v, "/") || strings.Contains(v, "//") {
			return fmt.Sprintf("want paths such as \"/scim/v2\", not %q", v)
		}
		if slices.Contains(paths[:i], v) {
			return fmt.Sprintf("%q is there twice", v)
		}
	}
	return ""
}

func notOneOf(v string, words ...string) string {
	if slices.Contains(words, v) {
		return ""
	}
	return fmt.Sprintf("want one of %s, not %q", strings.Join(words, ", "), v)
}

// printConfig prints the configuration in force as a file that would say the same.
func (p *program) printConfig(_ context.Context, c call) error {
	if c.has("default") {
		_, err := p.stdout.Write(builtin)
		return err
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	base, err := defaults()
	if err != nil {
		return err
	}
	var b strings.Builder
	if cfg.file != "" {
		fmt.Fprintf(&b, "// Read: %s\n", cfg.file)
	}
	if dir, err := p.dataFolder(cfg); err == nil {
		fmt.Fprintf(&b, "// Data: %s\n", dir)
	}
	cfg.write(&b, &base)
	_, err = io.WriteString(p.stdout, b.String())
	return err
}

// write prints the settings as HuJSON, saying where those came from that differ from base.
func (c *configuration) write(b *strings.Builder, base *config) {
	var walk func(prefix, indent string, v, def reflect.Value)
	walk = func(prefix, indent string, v, def reflect.Value) {
		b.WriteString("{\n")
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("json")
			fmt.Fprintf(b, "%s  %q: ", indent, name)
			if v.Field(i).Kind() == reflect.Struct {
				walk(prefix+name+".", indent+"  ", v.Field(i), def.Field(i))
				continue
			}
			var text bytes.Buffer
			e := json.NewEncoder(&text)
			e.SetEscapeHTML(false)
			if err := e.Encode(v.Field(i).Interface()); err != nil {
				panic(err) // strings, numbers and lists of strings always encode
			}
			b.WriteString(strings.TrimSpace(text.String()) + ",")
			if !reflect.DeepEqual(v.Field(i).Interface(), def.Field(i).Interface()) {
				b.WriteString(" // " + c.origin[prefix+name])
			}
			b.WriteByte('\n')
		}
		b.WriteString(indent + "}")
		if indent != "" {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	walk("", "", reflect.ValueOf(c.config), reflect.ValueOf(*base))
}

// nearestSetting finds the setting that was meant, also when its group was forgotten.
func nearestSetting(path string, settings []setting) string {
	paths := make([]string, len(settings))
	for i, s := range settings {
		paths[i] = s.path
	}
	if best := nearest(path, paths); best != "" {
		return best
	}
	for _, s := range paths {
		if nearest(path, []string{s[strings.LastIndexByte(s, '.')+1:]}) != "" {
			return s
		}
	}
	return ""
}

func didYouMean(prefix, word string) string {
	if word == "" {
		return ""
	}
	return "did you mean " + prefix + word + "?"
}

// nearest returns the candidate that word is most likely a slip of, or "".
func nearest(word string, candidates []string) string {
	best, distance := "", 1+len(word)/3
	for _, c := range candidates {
		if d := edits(strings.ToLower(word), strings.ToLower(c)); d < distance || best == "" && d == distance {
			best, distance = c, d
		}
	}
	return best
}

// edits counts the letters to put in, take out or change to make a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Folders.

type folderKind int

const (
	configFolder folderKind = iota
	dataFolder
)

func (p *program) getenv(name string) string {
	for _, e := range slices.Backward(p.env) {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			return v
		}
	}
	return ""
}

// folder returns scimdeck's own folder below the user's configuration or data, or "" if the user has none.
func (p *program) folder(kind folderKind) string {
	var dir string
	switch runtime.GOOS {
	case "windows":
		dir = p.getenv([]string{"AppData", "LocalAppData"}[kind])
	case "darwin", "ios":
		if home := p.getenv("HOME"); home != "" {
			dir = filepath.Join(home, "Library", "Application Support")
		}
	default:
		dir = p.getenv([]string{"XDG_CONFIG_HOME", "XDG_DATA_HOME"}[kind])
		if home := p.getenv("HOME"); !filepath.IsAbs(dir) && home != "" {
			dir = filepath.Join(home, []string{".config", ".local/share"}[kind])
		}
	}
	if !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "scimdeck")
}

// dataFolder returns where the data are, as an absolute path.
func (p *program) dataFolder(cfg *configuration) (string, error) {
	if cfg.Data != "" {
		return filepath.Abs(cfg.Data)
	}
	if dir := p.folder(dataFolder); dir != "" {
		return dir, nil
	}
	return "", failure("you have no data folder of your own here, so say where data may live", "scimdeck --data ./scimdeck-data")
}

// tilde shortens a path in the user's home for people.
func (p *program) tilde(path string) string {
	if home := p.getenv("HOME"); home != "" && strings.HasPrefix(path, home+string(filepath.Separator)) {
		return "~" + path[len(home):]
	}
	return path
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

func (p *program) serveAny(ctx context.Context, c call) error {
	in, inOK := p.stdin.(*os.File)
	out, outOK := p.stdout.(*os.File)
	terminal := inOK && outOK && term.IsTerminal(in.Fd()) && term.IsTerminal(out.Fd()) && p.getenv("TERM") != "dumb"
	asked := c.has("plain") || c.has("json") || p.getenv("ACCESSIBLE") != "" || p.getenv("SCIMDECK_PLAIN") != ""
	if asked || !terminal {
		if !asked {
			fmt.Fprintln(p.stderr, "scimdeck: this is not a terminal, so the log is printed line by line (same as --plain; --json for machines).")
		}
		return p.servePlain(ctx, c)
	}
	return p.serve(ctx, c, func(ctx context.Context, s *service) error {
		s.messages.to(nil)
		err := p.dashboard(ctx, tui.Options{
			Store: s.store, Catalog: s.catalog, Do: s.server.Do,
			Listen: s.address, BaseURL: s.baseURL, Public: s.config.PublicURL, Version: version, DataDir: s.dir,
			Theme: s.config.Theme, ASCII: c.has("ascii"), Groups: s.config.Groups,
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

func (p *program) servePlain(ctx context.Context, c call) error {
	return p.serve(ctx, c, func(ctx context.Context, s *service) error {
		return p.printLog(ctx, s, c.has("json"))
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
	catalog  *scim.Catalog
	dir      string
	store    *store.Store
	server   *server.Server
	listener net.Listener
	address  string // that the listener got
	baseURL  string // announced
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
func (p *program) serve(ctx context.Context, c call, view func(context.Context, *service) error) error {
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer p.handleSignals(cancel)()

	s, err := p.open(cfg)
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
	stuck := false
	select {
	case err := <-viewed:
		viewErr = errors.Join(viewErr, err)
	case <-time.After(viewGrace):
		stuck = true // a terminal that takes nothing: nothing more may be written to it
	}
	summary := s.sum(p)
	closeErr := s.store.Close()
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
		select {
		case <-signals:
		case <-ended:
			return
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
func (p *program) open(cfg *configuration) (*service, error) {
	s := &service{config: cfg, messages: &messages{pass: p.stderr}, catalog: scim.NewCatalog(cfg.Groups), started: time.Now()}
	logger := slog.New(slog.NewTextHandler(s.messages, nil))
	log.SetOutput(s.messages) // whatever a library prints belongs there too
	var err error
	if s.dir, err = p.dataFolder(cfg); err != nil {
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
	s.store, err = store.Open(store.Options{
		Dir: s.dir, Durable: cfg.Durable, Catalog: s.catalog, Address: known, Messages: logger, Explain: explain.Exchange,
		Log: store.LogOptions{Entries: cfg.RequestLog.Entries, Age: time.Duration(cfg.RequestLog.Age)},
	})
	if err != nil {
		return nil, p.cannotOpen(s.dir, err)
	}
	if s.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
		return nil, errors.Join(cannotListen(cfg, err), s.store.Close())
	}
	s.before = s.store.LogState().Last
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
	unknown := map[string]scim.Unknown{"ignore": scim.Ignore, "keep": scim.Keep, "reject": scim.Reject}
	s.server = server.New(server.Options{
		Store: s.store, Catalog: s.catalog, BasePaths: cfg.BasePaths, PublicURL: cfg.PublicURL,
		Policy: scim.Policy{Unknown: unknown[cfg.UnknownAttributes]}, LogBody: cfg.RequestLog.BodyBytes, Messages: logger, Now: time.Now,
		Limits: server.Limits{
			BodyBytes: int64(cfg.Limits.BodyBytes), Depth: cfg.Limits.Depth, FilterBytes: cfg.Limits.FilterBytes, PageSize: cfg.Limits.PageSize,
			HeaderBytes: cfg.Limits.HeaderBytes, ReadTimeout: time.Duration(cfg.Limits.ReadTimeout), Requests: cfg.Limits.Requests,
		},
	})
	return s, nil
}

// certificate reads the files of tls, or returns nil when there are none.
func (c *configuration) certificate() (*tls.Certificate, error) {
	if c.TLS.Cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key)
	if err != nil {
		return nil, failure(fmt.Sprintf("tls: cannot use %s with %s: %v", c.TLS.Cert, c.TLS.Key, err))
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
		return failure(fmt.Sprintf("port %s is taken.", port),
			"another port:   scimdeck --listen "+net.JoinHostPort(host, next),
			"any free one:   scimdeck --listen "+net.JoinHostPort(host, "0"))
	}
	return failure(fmt.Sprintf("cannot listen on %s: %v", cfg.Listen, err),
		"this machine only:   scimdeck --listen 127.0.0.1:7644")
}

// cannotOpen says why the data are not to be had, and what to do.
func (p *program) cannotOpen(dir string, err error) error {
	const elsewhere = "another folder:   scimdeck --data ./scimdeck-data"
	folder := "the data folder " + p.tilde(dir)
	var inUse *store.InUseError
	var newer *store.VersionError
	var damaged *store.DamagedError
	switch {
	case errors.As(err, &inUse):
		who := "another process"
		if inUse.PID != 0 {
			who = strings.TrimSuffix(fmt.Sprintf("another scimdeck (pid %d, %s", inUse.PID, inUse.Address), ", ") + ")"
		}
		return failure(folder+" is in use by "+who+".",
			"a second, separate one:   scimdeck --data ./scimdeck2 --listen 127.0.0.1:0")
	case errors.As(err, &newer):
		return failure(fmt.Sprintf("%s was written by a newer scimdeck (format %d; this one knows %d).", folder, newer.Found, newer.Known),
			"use that one, or "+elsewhere)
	case errors.As(err, &damaged):
		return failure(fmt.Sprintf("%s is damaged: %v", folder, damaged.Err),
			"start afresh in "+elsewhere, "or put a copy back that you made while scimdeck was stopped")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return failure(folder+" is not yours to write: "+err.Error(), elsewhere)
	}
	return failure(folder+" cannot be opened: "+err.Error(), elsewhere)
}

// sum says what happened, for whoever quit the dashboard.
func (s *service) sum(p *program) string {
	requests := s.store.LogState().Last - s.before
	problems := 0
	for _, r := range s.store.Rows(nil, s.before, 0) {
		if r.Problem {
			problems++
		}
	}
	users := s.store.Count(s.catalog.Type("User"))
	return fmt.Sprintf("Stopped after %s: %s, %s, %s.\nKept in %s; start again with the same command to go on.\n",
		hours(time.Since(s.started)), plural(int(requests), "request"), plural(problems, "problem"), plural(users, "user"), p.tilde(s.dir))
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

// Keys.

// withStore opens the store for one command.
func (p *program) withStore(c call, do func(*store.Store) error) error {
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	dir, err := p.dataFolder(cfg)
	if err != nil {
		return err
	}
	st, err := store.Open(store.Options{
		Dir: dir, Durable: true, Catalog: scim.NewCatalog(cfg.Groups),
		Log: store.LogOptions{Entries: cfg.RequestLog.Entries, Age: time.Duration(cfg.RequestLog.Age)},
	})
	if err != nil {
		return p.cannotOpen(dir, err)
	}
	return errors.Join(do(st), st.Close())
}

// withKey finds the key named by the first argument.
func (p *program) withKey(c call, done string, do func(*store.Store, store.Key) error) error {
	return p.withStore(c, func(st *store.Store) error {
		keys := st.Keys()
		names := make([]string, len(keys))
		for i, k := range keys {
			if names[i] = k.Name; k.Name == c.args[0] {
				if err := do(st, k); err != nil {
					return err
				}
				fmt.Fprintf(p.stderr, "key %s %s\n", k.Name, done)
				return nil
			}
		}
		return failure(fmt.Sprintf("there is no key %q", c.args[0]), didYouMean("", nearest(c.args[0], names)), "see: scimdeck keys list")
	})
}

func (p *program) keysCreate(_ context.Context, c call) error {
	expires, err := parseExpiry(c.flags["expires"], time.Now())
	if err != nil {
		return misuse("", "--expires: %v", err)
	}
	return p.withStore(c, func(st *store.Store) error {
		secret, k, err := st.CreateKey(c.args[0], expires)
		if err != nil {
			return err
		}
		until := "does not expire"
		if !k.Expires.IsZero() {
			until = "expires " + k.Expires.Local().Format(minute)
		}
		fmt.Fprintf(p.stderr, "key %s made; it %s. Its secret is shown this once:\n", k.Name, until)
		_, err = fmt.Fprintln(p.stdout, secret)
		return err
	})
}

// parseExpiry reads "90d", "12h", a date, or "" for never.
func parseExpiry(text string, now time.Time) (time.Time, error) {
	if text == "" || text == "never" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		if !day.After(now) {
			return time.Time{}, fmt.Errorf("%s is over", text)
		}
		return day, nil
	}
	d, err := parseSpan(text)
	if err != nil || d == 0 {
		return time.Time{}, fmt.Errorf("want \"90d\", \"12h\" or a date such as \"2027-01-31\", not %q", text)
	}
	return now.Add(d), nil
}

const minute = "2006-01-02 15:04"

func (p *program) keysList(_ context.Context, c call) error {
	return p.withStore(c, func(st *store.Store) error {
		keys, now := st.Keys(), time.Now()
		if c.has("json") {
			return p.listJSON(keys, now)
		}
		if len(keys) == 0 {
			fmt.Fprintln(p.stderr, "no keys yet; make one:  scimdeck keys create NAME")
			return nil
		}
		at := func(t time.Time, zero string) string {
			if t.IsZero() {
				return zero
			}
			return t.Local().Format(minute)
		}
		out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "NAME\tPREFIX\tSTATUS\tCREATED\tEXPIRES\tLAST USED\tUSES")
		for _, k := range keys {
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", k.Name, k.Prefix, k.Status(now), at(k.Created, ""), at(k.Expires, "never"), at(k.LastUsed, "never"), k.Uses)
		}
		return out.Flush()
	})
}

func (p *program) listJSON(keys []store.Key, now time.Time) error {
	type row struct {
		ID       uint64    `json:"id"`
		Name     string    `json:"name"`
		Prefix   string    `json:"prefix"`
		Status   string    `json:"status"`
		Created  time.Time `json:"created,omitzero"`
		Expires  time.Time `json:"expires,omitzero"`
		Revoked  time.Time `json:"revoked,omitzero"`
		LastUsed time.Time `json:"lastUsed,omitzero"`
		Uses     uint64    `json:"uses"`
	}
	rows := make([]row, len(keys))
	for i, k := range keys {
		rows[i] = row{k.ID, k.Name, k.Prefix, k.Status(now), k.Created, k.Expires, k.Revoked, k.LastUsed, k.Uses}
	}
	out := json.NewEncoder(p.stdout)
	out.SetIndent("", "  ")
	return out.Encode(rows)
}

func (p *program) keysRevoke(_ context.Context, c call) error {
	return p.withKey(c, "revoked: requests with it get 401", func(st *store.Store, k store.Key) error { return st.RevokeKey(k.ID) })
}

func (p *program) keysDisable(_ context.Context, c call) error {
	return p.withKey(c, "disabled: requests with it get 401 until it is enabled", func(st *store.Store, k store.Key) error { return st.DisableKey(k.ID) })
}

func (p *program) keysEnable(_ context.Context, c call) error {
	return p.withKey(c, "enabled", func(st *store.Store, k store.Key) error { return st.EnableKey(k.ID) })
}

func (p *program) keysRename(_ context.Context, c call) error {
	return p.withKey(c, "is now "+c.args[1], func(st *store.Store, k store.Key) error { return st.RenameKey(k.ID, c.args[1]) })
}
