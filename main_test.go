//go:build unix

// The tests of the whole program. Stories (testdata/stories/*.txtar) run it as a
// person or Okta would; TestAcceptance runs the dashboard in a terminal; the rest
// holds the program to what it says of itself: its settings, its README, the
// plan of its packages.
//
//	go test -run Stories .            all stories
//	go test -run Stories/journey .    one of them
//	go test -update .                 rewrite frames, pictures and README's tables
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	syntax "go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"log"
	"maps"
	"math/big"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/rogpeppe/go-internal/testscript"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/scim/wire/share"
	"scimdeck/server"
	"scimdeck/server/replay"
	"scimdeck/server/settings"
	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui"
	"scimdeck/tui/budget"
	"scimdeck/tui/quiet"
	"scimdeck/tui/scene"
	"scimdeck/tui/ui"
)

var update = flag.Bool("update", false, "rewrite frames, pictures and the README's tables")

// oktaDir holds what Okta sends and needs, as recorded.
var oktaDir = filepath.Join("testdata", "okta")

// long makes tests take the time that a statement names; without it they take a part of it.
var long = os.Getenv("SCIMDECK_TEST_LONG") != ""

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

// TestMain makes two commands of the test binary: the program, and the program with a part broken on purpose.
func TestMain(m *testing.M) {
	if err := os.Unsetenv("SCIMDECK_TEST_LONG"); err != nil { // has been read; to the program it would be a setting
		panic(err)
	}
	testscript.Main(m, map[string]func(){"scimdeck": main, "scimdeck-broken": brokenMain})
}

// brokenMain is main with a dashboard that breaks as BREAK says.
func brokenMain() {
	quiet.Restore()
	p := &program{
		args: os.Args[1:], env: os.Environ(),
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, exit: os.Exit,
	}
	p.dashboard = func(ctx context.Context, o tui.Options) error {
		switch os.Getenv("BREAK") {
		case "update": // L asks for the messages inside Update
			o.Messages = func() []string { panic("broken on purpose") }
		case "hang":
			o.Messages = func() []string { select {} }
		case "command": // i writes in a command
			o.Do = func(context.Context, string, string, string, []byte) (int, []byte, error) { panic("broken on purpose") }
		case "noise":
			log.Print("NOISE of a library")
		}
		return tui.Run(ctx, o)
	}
	os.Exit(p.run(context.Background()))
}

// The program under test.

// keyedServer starts a server on dir that has a key, with which it is asked.
func keyedServer(t *testing.T, dir string, flags ...string) *replay.Process {
	t.Helper()
	token, err := makeKey(dir, "okta")
	if err != nil {
		t.Fatal(err)
	}
	s, err := startServer(dir, nil, flags...)
	if err != nil {
		t.Fatal(err)
	}
	s.Token = token
	return s
}

// startServer starts `scimdeck serve` on a free port and waits until it says where.
func startServer(dir string, env []string, flags ...string) (*replay.Process, error) {
	cmd := exec.Command("scimdeck", append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0"}, flags...)...)
	cmd.Env = env
	return replay.StartProcess(cmd)
}

// makeKey makes a key with the program and returns its secret.
func makeKey(dir, name string) (string, error) {
	out, err := exec.Command("scimdeck", "keys", "create", name, "--data", dir).Output()
	return strings.TrimSpace(string(out)), err
}

// inspect opens the data folder while no program uses it.
func inspect(dir string, look func(*store.Store) error) error {
	st, err := store.Open(store.Options{Dir: dir, Catalog: scim.NewCatalog(false)})
	if err != nil {
		return err
	}
	return errors.Join(look(st), st.Close())
}

func verify(dir string) error {
	return inspect(dir, func(st *store.Store) error { return st.Verify(context.Background()) })
}

// Stories.

// telling is what the commands of one story share.
type telling struct {
	server *replay.Process
	scene  *scene.Scene
	okta   *replay.Okta
	client replay.Client
	answer *replay.Answer
	vars   map[string]string // what capture has kept
}

type storyKey struct{}

func TestStories(t *testing.T) {
	screens, err := filepath.Abs(filepath.Join("testdata", "screens"))
	if err != nil {
		t.Fatal(err)
	}
	params := storyParams("SCREENS=" + screens)
	params.Dir = filepath.Join("testdata", "stories")
	params.UpdateScripts = *update
	testscript.Run(t, params)
}

// storyParams says how stories are told: with which commands, and with env.
func storyParams(env ...string) testscript.Params {
	return testscript.Params{
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Values[storyKey{}] = &telling{vars: map[string]string{}}
			e.Vars = append(e.Vars, "HOME="+e.WorkDir, "TZ=UTC", "LANG=C.UTF-8", "DATA="+filepath.Join(e.WorkDir, "data"))
			e.Vars = append(e.Vars, env...)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": onServer(storyStart), "end": onServer(storyEnd), "crash": onServer(storyCrash),
			"token": storyToken, "scim": storySCIM, "capture": storyCapture, "want": storyWant, "seed": storySeed,
			"okta": storyOkta, "spec": storySpec, "crud": storyCRUD,
			"log": storyLog, "verify": storyVerify, "pty": storyPTY,
		},
	}
}

// What Okta sends, exported as a story, is told to its end by a fresh server.
func TestSharedStory(t *testing.T) {
	t.Parallel()
	from, fresh := t.TempDir(), t.TempDir()
	serve := func(dir string) *replay.Process {
		token, err := makeKey(dir, "okta")
		if err != nil {
			t.Fatal(err)
		}
		s, err := startServer(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Kill() }) // it may have ended
		s.Token = token
		return s
	}
	recording := serve(from)
	for _, profile := range []string{"aiw", "oin"} {
		o := replay.NewOkta(recording.Client, oktaDir)
		o.Vars["userName"], o.Vars["email"] = profile+"@example.com", profile+"@example.com"
		for _, suite := range []string{"test-connection", "create", "update", "deactivate", "reactivate", "import", "deactivate", "create-existing-inactive"} {
			if err := o.Suite(suite, profile); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := recording.Stop(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "life.txtar")
	if err := inspect(from, func(st *store.Store) error { return exportStory(st, file) }); err != nil {
		t.Fatal(err)
	}
	told := serve(fresh)
	params := storyParams(share.BaseVariable+"="+told.Base, share.TokenVariable+"="+told.Token)
	params.Files = []string{file}
	t.Run("told", func(t *testing.T) { testscript.Run(t, params) })
	if a, err := told.Send("GET", "/Users", nil, nil); err != nil || a.At("totalResults") != 2.0 {
		t.Errorf("afterwards the server has: %v %s", err, a.Body)
	}
	if err := told.Stop(); err != nil {
		t.Error(err)
	}
}

// exportStory writes the whole log as a story.
func exportStory(st *store.Store, file string) error {
	var numbers []uint64
	for _, row := range st.Rows(nil, 0, 0) {
		numbers = append(numbers, row.Seq)
	}
	var out bytes.Buffer
	n, err := share.Write(&out, "txtar", share.Options{}, st.Exchanges(context.Background(), numbers))
	if err == nil && n < 30 {
		err = fmt.Errorf("only %d requests were written", n)
	}
	return errors.Join(err, os.WriteFile(file, out.Bytes(), 0o600))
}

// Every story is told to its end: testscript's own stop and skip end one as passed, whatever we call so ourselves.
func TestStoriesHaveNoEarlyEnd(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "stories", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	early := regexp.MustCompile(`(?m)^(\[.*\] *)*(stop|skip|kill)\b.*`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if line := early.Find(text); line != nil {
			t.Errorf("%s: %s", file, line)
		}
	}
}

func of(ts *testscript.TestScript) *telling { return ts.Value(storyKey{}).(*telling) }

func onServer(f func(*testscript.TestScript, *telling, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) { f(ts, of(ts), args) }
}

func storyEnv(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"HOME", "TZ", "LANG", "PATH", "TMPDIR", "VISUAL"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}

// storyStart: start [flags] starts the server on $DATA.
func storyStart(ts *testscript.TestScript, s *telling, args []string) {
	var err error
	s.server, err = startServer(ts.Getenv("DATA"), storyEnv(ts), args...)
	ts.Check(err)
	running := s.server
	ts.Defer(func() { _ = running.Kill() }) // it may have ended
	s.client = replay.Client{Base: s.server.Base, Token: ts.Getenv("TOKEN")}
	ts.Setenv("BASE", s.server.Base)
	ts.Setenv("HOST", strings.TrimPrefix(strings.SplitAfter(s.server.Base, "/api")[0], "http://"))
}

// storyEnd: end ends the server in order; its output becomes the file server.out.
func storyEnd(ts *testscript.TestScript, s *telling, _ []string) {
	ts.Check(s.server.Stop())
	ts.Check(os.WriteFile(ts.MkAbs("server.out"), []byte(s.server.Output()), 0o600))
}

// storyCrash: crash ends it with SIGKILL.
func storyCrash(ts *testscript.TestScript, s *telling, _ []string) { ts.Check(s.server.Kill()) }

// storyToken: token takes the last command's output as the key that requests carry.
func storyToken(ts *testscript.TestScript, _ bool, _ []string) {
	token := strings.TrimSpace(ts.ReadFile("stdout"))
	ts.Setenv("TOKEN", token)
	of(ts).client.Token = token
}

// storySCIM: scim [-H 'Name: value']... METHOD PATH [BODY] sends a request; the answer
// becomes stdout. With ! it must be an error. A body @FILE is read from the file, in
// which ${NAME} stands for what capture has kept. A server that the story did not
// start itself is the environment's.
func storySCIM(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts)
	if s.client.Base == "" {
		s.client = replay.Client{Base: ts.Getenv(share.BaseVariable), Token: ts.Getenv(share.TokenVariable)}
	}
	header := map[string]string{}
	for len(args) > 1 && args[0] == "-H" {
		name, value, _ := strings.Cut(args[1], ": ")
		header[name] = value
		args = args[2:]
	}
	var body []byte
	if len(args) == 3 {
		if body = []byte(args[2]); strings.HasPrefix(args[2], "@") {
			text := ts.ReadFile(args[2][1:])
			for name, value := range s.vars {
				text = strings.ReplaceAll(text, "${"+name+"}", value)
			}
			body = []byte(text)
		}
	}
	var err error
	s.answer, err = s.client.Send(args[0], args[1], header, body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d %s\n", s.answer.Status, http.StatusText(s.answer.Status))
	for _, name := range slices.Sorted(maps.Keys(s.answer.Header)) {
		fmt.Fprintf(ts.Stdout(), "%s: %s\n", name, s.answer.Header.Get(name))
	}
	fmt.Fprintf(ts.Stdout(), "\n%s\n", s.answer.Body)
	if neg != (s.answer.Status >= 400) {
		ts.Fatalf("%s %s: %d\n%s", args[0], args[1], s.answer.Status, s.answer.Body)
	}
	if id := s.answer.Header.Get("X-Powered-By"); id != "" {
		ts.Fatalf("the answer brags: %q", id)
	}
}

// storyCapture: capture NAME PROPERTY keeps a value of the last answer, or its ETag, as a variable.
func storyCapture(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	value := s.answer.At(args[1])
	if args[1] == "ETag" {
		value = s.answer.Header.Get("ETag")
	}
	if value == nil || value == "" {
		ts.Fatalf("the answer has no %s: %s", args[1], s.answer.Body)
	}
	s.vars[args[0]] = fmt.Sprint(value)
	ts.Setenv(args[0], s.vars[args[0]])
}

// storyWant: want PROPERTY JSON holds a value of the last answer against one.
func storyWant(ts *testscript.TestScript, _ bool, args []string) {
	var want any
	ts.Check(json.Unmarshal([]byte(args[1]), &want))
	if have := of(ts).answer.At(args[0]); !reflect.DeepEqual(have, want) {
		ts.Fatalf("%s is %v, want %v: %s", args[0], have, want, of(ts).answer.Body)
	}
}

// storySeed: seed N creates N users.
func storySeed(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var group sync.WaitGroup
	failed := make(chan error, n)
	for worker := range 8 {
		group.Go(func() {
			for i := worker; i < n; i += 8 {
				a, err := of(ts).client.Send("POST", "/Users", nil, userBody(fmt.Sprintf("user%04d@example.com", i)))
				if err == nil && a.Status != 201 {
					err = fmt.Errorf("%d %s", a.Status, a.Body)
				}
				if err != nil {
					failed <- err
				}
			}
		})
	}
	group.Wait()
	close(failed)
	for err := range failed {
		ts.Check(err)
	}
}

// userBody is a complete user as Okta would create it.
func userBody(name string) []byte {
	return fmt.Appendf(nil, `{"schemas":[%q],"userName":%q,"name":{"givenName":"Sam","familyName":"Ple"},`+
		`"emails":[{"primary":true,"value":%q,"type":"work"}],"displayName":"Sam Ple","active":true}`, scim.UserURN, name, name)
}

// player is the story's Okta, which remembers ids between suites.
func (s *telling) player() *replay.Okta {
	if s.okta == nil {
		s.okta = replay.NewOkta(s.client, oktaDir)
	}
	s.okta.Client = s.client
	s.okta.Vars["auth"] = "Bearer " + s.client.Token
	return s.okta
}

// storyOkta: okta SUITE PROFILE replays a suite of okta-lifecycle.json.
func storyOkta(ts *testscript.TestScript, _ bool, args []string) {
	o := of(ts).player()
	ts.Check(o.Suite(args[0], args[1]))
	if o.Vars["scimId"] != "" {
		ts.Setenv("ID", o.Vars["scimId"])
	}
}

// storySpec: spec replays Okta's SPEC suite and prints its size.
func storySpec(ts *testscript.TestScript, _ bool, _ []string) {
	o := replay.NewOkta(of(ts).client, oktaDir)
	ts.Check(o.Spec())
	fmt.Fprintf(ts.Stdout(), "%d requests, %d assertions\n", o.Requests, o.Asserts)
}

// storyCRUD: crud PROFILE replays Okta's CRUD suite.
func storyCRUD(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(replay.NewOkta(of(ts).client, oktaDir).CRUD(args[0]))
}

// storyLog: log prints the request log of $DATA, which no program may be using.
func storyLog(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(inspect(ts.Getenv("DATA"), func(st *store.Store) error {
		for _, r := range st.Rows(nil, 0, 0) {
			fmt.Fprintf(ts.Stdout(), "%d %s %d %s\n", r.Seq, r.Method, r.Status, r.Sentence)
		}
		return nil
	}))
}

// storyVerify: verify walks the whole store.
func storyVerify(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(verify(ts.Getenv("DATA")))
}

var (
	secretForm = regexp.MustCompile(`scimdeck_[0-9A-Za-z]{49}`)
	shownAt    = regexp.MustCompile(`127\.0\.0\.1:(\d+)`)
)

// storyPTY runs the dashboard: pty start WxH [flags] · type TEXT · wait REGEXP · gone REGEXP ·
// frame · picture NAME · resize WxH · secret · exit.
func storyPTY(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts)
	if args[0] != "start" && args[0] != "attach" && args[0] != "run" && s.scene == nil {
		ts.Fatalf("no dashboard runs")
	}
	rest := strings.Join(args[1:], " ")
	if args[0] == "frame" || args[0] == "picture" {
		ts.Check(s.scene.Settle(patience, 150*time.Millisecond))
	}
	switch args[0] {
	case "start":
		w, h := size(ts, args[1])
		cmd := exec.Command("scimdeck", append([]string{"--data", ts.Getenv("DATA"), "--listen", "127.0.0.1:0", "--theme", "dark"}, args[2:]...)...)
		cmd.Env = storyEnv(ts)
		var err error
		s.scene, err = scene.Start(cmd, w, h)
		ts.Check(err)
		ts.Defer(s.scene.Close)
		ts.Check(s.scene.Wait(patience, shownAt.String()))
		s.client = replay.Client{Base: "http://" + shownAt.FindString(s.scene.Text()) + "/api/scim/v2", Token: ts.Getenv("TOKEN")}
	case "attach":
		w, h := size(ts, args[1])
		cmd := exec.Command("scimdeck", "attach", "--data", ts.Getenv("DATA"), "--theme", "dark")
		cmd.Env = storyEnv(ts)
		var err error
		s.scene, err = scene.Start(cmd, w, h)
		ts.Check(err)
		ts.Defer(s.scene.Close)
		ts.Check(s.scene.Wait(patience, shownAt.String()))
	case "run": // a command in a terminal
		w, h := size(ts, args[1])
		cmd := exec.Command("scimdeck", append(args[2:], "--data", ts.Getenv("DATA"))...)
		cmd.Env, cmd.Dir = append(storyEnv(ts), "EDITOR="+ts.Getenv("EDITOR")), ts.Getenv("WORK")
		var err error
		s.scene, err = scene.Start(cmd, w, h)
		ts.Check(err)
		ts.Defer(s.scene.Close)
	case "type":
		text, err := strconv.Unquote(`"` + rest + `"`)
		ts.Check(err)
		ts.Check(s.scene.Type(text))
	case "wait":
		ts.Check(s.scene.Wait(patience, rest))
	case "gone":
		ts.Check(s.scene.WaitGone(patience, rest))
	case "frame":
		fmt.Fprint(ts.Stdout(), still(s.scene.Text()))
	case "picture":
		storyPicture(ts, s, args[1])
	case "resize":
		w, h := size(ts, args[1])
		ts.Check(s.scene.Resize(w, h))
	case "secret":
		ts.Setenv("TOKEN", secretForm.FindString(s.scene.Text()))
		s.client.Token = ts.Getenv("TOKEN")
		if s.client.Token == "" {
			ts.Fatalf("no secret is shown:\n%s", s.scene.Text())
		}
	case "exit":
		code, err := s.scene.Exit(patience)
		ts.Check(err)
		if neg != (code != 0) {
			ts.Fatalf("exit code %d", code)
		}
	default:
		ts.Fatalf("pty %s is not a thing", args[0])
	}
}

func size(ts *testscript.TestScript, text string) (w, h int) {
	if n, err := fmt.Sscanf(text, "%dx%d", &w, &h); n != 2 {
		ts.Fatalf("size %q: %v", text, err)
	}
	return w, h
}

// What differs from one run to the next, and what a frame has instead: as wide, so that columns stay.
var moving = []struct {
	re   *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d{5}`), "127.0.0.1:44444"},
	{regexp.MustCompile(`\d\d:\d\d:\d\d\.\d{3}`), "12:00:00.000"},
	{regexp.MustCompile(`\d\d:\d\d:\d\d`), "12:00:00"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d`), "2026-01-02"},
	{regexp.MustCompile(`[ \d]\d [A-Z][a-z]{2} \d\d:\d\d`), " 2 Jan 12:00"},
	{regexp.MustCompile(`0{8}(-[0-9a-f]{1,12}){1,4}`), "00000000-0000-8000-8000-000000000000"},
	{regexp.MustCompile(`(just now|\d+ s ago)   took \d+ms`), "just now   took 1ms"},
	{regexp.MustCompile(` *\d+ms`), "1ms"},
	{regexp.MustCompile(`[▁▂▃▄▅▆▇█·]{8,}`), "▁▁▂▅▃▁▁▁▂▇▂▁▁▃▁▁▁▁▁▁▁"}, // the last minute
	{regexp.MustCompile(`\d+(\.\d)?/s`), "0/s"},
	{regexp.MustCompile(`db [0-9.]+ ?k`), "db 64k"},
	{regexp.MustCompile(`(just now|\d+ s ago)( *)`), "just now"},
	{secretForm, "scimdeck_" + "AbCd" + strings.Repeat("0", 45)},
	{regexp.MustCompile(`scimdeck_[0-9A-Za-z]{4}`), "scimdeck_AbCd"},
}

// still makes a frame the same in every run.
func still(frame string) string {
	for _, m := range moving {
		frame = m.re.ReplaceAllStringFunc(frame, func(was string) string {
			width, with := utf8.RuneCountInString(was), []rune(m.with)
			if strings.HasSuffix(was, " ") { // aligned to the left
				width = -width
			}
			if strings.Contains(was, "took") { // inside a sentence nothing is aligned
				return m.with
			}
			return fmt.Sprintf("%*s", width, string(with[:min(max(width, -width), len(with))]))
		})
	}
	return frame
}

// run is an attribute sequence, or the text up to the next one.
var run = regexp.MustCompile(`\x1b\[[0-9;]*m|[^\x1b]+`)

// storyPicture: picture NAME holds the frame against testdata/screens/NAME.svg, on a dark ground if NAME ends in -dark.
func storyPicture(ts *testscript.TestScript, s *telling, name string) {
	lines := stillLines(s.scene)
	picture := ui.SVG(lines, ansi.StringWidth(lines[0]), strings.HasSuffix(name, "-dark"))
	if err := comparePicture(filepath.Join(ts.Getenv("SCREENS"), name+".svg"), picture); err != nil {
		ts.Fatalf("%v. The frame is\n%s", err, still(s.scene.Text()))
	}
}

// stillLines is the frame with its colours, the same in every run.
func stillLines(s *scene.Scene) []string {
	lines := s.Lines()
	for i, line := range lines {
		lines[i] = run.ReplaceAllStringFunc(line, func(part string) string {
			if part[0] == '\x1b' {
				return part
			}
			return still(part)
		})
	}
	return lines
}

// comparePicture holds a picture against a file, or writes it.
func comparePicture(file, picture string) error {
	if *update {
		return os.WriteFile(file, []byte(picture), 0o644)
	}
	was, err := os.ReadFile(file)
	if err == nil && string(was) != picture {
		err = fmt.Errorf("%s is not what the dashboard shows; go test -update . draws it", file)
	}
	return err
}

// TestFilm records the first five minutes of a new user, as README.md shows them: a key, the values for
// Okta, what Okta sends, and what one request meant. Only the screen says what to press.
func TestFilm(t *testing.T) {
	for _, theme := range []string{"dark", "light"} {
		t.Run(theme, func(t *testing.T) {
			t.Parallel()
			recordFilm(t, theme)
		})
	}
}

func recordFilm(t *testing.T, theme string) {
	const w, h = 100, 26
	dir := t.TempDir()
	cmd := exec.Command("scimdeck", "--data", dir, "--listen", "127.0.0.1:0", "--theme", theme)
	// Over ssh no tool of this machine is asked to copy, so that it says the same everywhere.
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "TZ=UTC", "SSH_CONNECTION=x"}
	s, err := scene.Start(cmd, w, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	d := &dashboard{Scene: s, dir: dir}
	var shots []ui.Shot
	shot := func(seconds float64, caption string) {
		t.Helper()
		if err := d.Settle(patience, 150*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		shots = append(shots, ui.Shot{Lines: stillLines(s), For: time.Duration(seconds * float64(time.Second)), Caption: caption})
	}
	d.wait(t, `No request has come in yet`)
	d.Client.Base = "http://" + shownAt.FindString(d.Text()) + "/api/scim/v2"
	shot(2.5, "scimdeck: the server runs; the screen says what comes next")
	d.press(t, "3", `No key yet`)
	shot(1.5, "3  keys")
	d.press(t, "a", `New key`)
	d.unguarded()
	shot(1, "a  a new key")
	d.press(t, "okta-dev", `okta-dev`)
	shot(1, "a name")
	d.press(t, "\r", secretForm.String())
	d.Token = secretForm.FindString(d.Text())
	d.unguarded()
	shot(2.5, "enter: its secret, this once")
	d.press(t, "y", `clipboard`)
	shot(1.5, "y  copies it")
	d.press(t, "\r", `okta-dev +scimdeck_`)
	d.press(t, "4", `SCIM connector base URL`)
	shot(3, "4  what to type into Okta, and whether it works yet")
	d.press(t, "1", `\[1 Requests\]`)
	okta := replay.NewOkta(d.Client, oktaDir)
	for _, act := range []struct {
		suite   string
		logged  int
		caption string
	}{
		{"test-connection", 2, "Okta: Test Connector Configuration"},
		{"create", 4, "Okta: a person is assigned"},
		{"import", 6, "Okta: Import Now"},
		{"update", 8, "Okta: the person's profile changes"},
		{"deactivate", 10, "Okta: the person is unassigned"},
	} {
		if err := okta.Suite(act.suite, "aiw"); err != nil {
			t.Fatal(act.suite, err)
		}
		d.wait(t, fmt.Sprintf(`FOLLOW +%d requests`, act.logged))
		shot(1.8, act.caption)
	}
	d.press(t, "\r", `Sizes +request`)
	shot(2.5, "enter  the request whole")
	d.press(t, "]]]", `\[Changes`)
	shot(2.5, "]  what it changed")
	d.press(t, "]", `\[Explain\]`)
	shot(5, "]  what the client is doing, what a server must answer, and what comes next")
	film := ui.Film(shots, w, h, theme == "dark")
	if len(film) > 300_000 {
		t.Errorf("the film has %d bytes", len(film))
	}
	if err := comparePicture(filepath.Join("testdata", "screens", "film-"+theme+".svg"), film); err != nil {
		t.Error(err)
	}
	d.quit(t)
}

// Kill: what was answered is there.

func TestKillDuringCreates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	token, err := makeKey(dir, "kill")
	if err != nil {
		t.Fatal(err)
	}
	answered := map[string]string{} // id → userName, of all rounds
	for round := range 20 {
		created := killOnce(t, dir, token, round)
		if len(created) == 0 {
			t.Errorf("round %d: no create was answered before the kill", round)
		}
		maps.Copy(answered, created)
		err := inspect(dir, func(st *store.Store) error {
			users := scim.NewCatalog(false).Type("User")
			for id, name := range answered {
				doc, ok, err := st.Get(users, nil, id)
				if err != nil || !ok || !bytes.Contains(doc, []byte(name)) {
					return fmt.Errorf("the created user %s (%s): %q, there: %v, %v", name, id, doc, ok, err)
				}
			}
			return st.Verify(context.Background())
		})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	t.Logf("%d creates were answered in 20 rounds", len(answered))
}

// killOnce creates users from eight sides until the server is killed, and returns those that were answered.
func killOnce(t *testing.T, dir, token string, round int) map[string]string {
	s, err := startServer(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Token = token
	var mu sync.Mutex
	created := map[string]string{}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("user-%d-%d-%d@example.com", round, worker, i)
				a, err := s.Send("POST", "/Users", nil, userBody(name))
				if err != nil {
					return // killed
				}
				mu.Lock()
				if id, ok := a.At("id").(string); ok && a.Status == 201 {
					created[id] = name
				}
				mu.Unlock()
			}
		})
	}
	for { // at a moment that nobody chose, after the first answers
		mu.Lock()
		n := len(created)
		mu.Unlock()
		if n > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	return created
}

// Disks that fill up or become read-only. Where the system lets us we make a disk of our own: it is mounted in a namespace
// that a process holds, and everybody reaches it through that process's folder in /proc.

// disk mounts a disk as the shell's words say, with its place in $1. hold is the process that holds it.
func disk(t *testing.T, mount string, args ...string) (dir string, hold *exec.Cmd, ok bool) {
	t.Helper()
	at := t.TempDir()
	flags := []string{"-m", "--propagation", "private"}
	if os.Geteuid() != 0 {
		flags = append(flags, "-Ur")
	}
	hold = exec.Command("unshare", append(append(flags, "sh", "-c", mount+` && echo ready && exec sleep 600`, "sh", at), args...)...)
	out, err := hold.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := hold.Start(); err != nil {
		t.Logf("no disk of our own: %v", err)
		return "", nil, false
	}
	t.Cleanup(func() { _ = hold.Process.Kill(); _ = hold.Wait() }) // it ends with the test, or before
	ready := make([]byte, 5)
	if _, err := io.ReadFull(out, ready); err != nil {
		t.Logf("no disk of our own: %v", err)
		return "", nil, false
	}
	return fmt.Sprintf("/proc/%d/root%s", hold.Process.Pid, at), hold, true
}

// fillDisk writes to a file until the disk is full.
func fillDisk(t *testing.T, name string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for chunk := make([]byte, 1<<20); len(chunk) > 0; {
		if _, err := f.Write(chunk); err != nil {
			chunk = chunk[:len(chunk)/2]
		}
	}
}

// creating is clients that create users until it is stopped.
type creating struct {
	mu       sync.Mutex
	created  map[string]string // id → userName, answered
	statuses map[int]int       // of the answers since the last look
	stop     chan struct{}
	clients  sync.WaitGroup
}

func startCreating(s *replay.Process, round string) *creating {
	c := &creating{created: map[string]string{}, statuses: map[int]int{}, stop: make(chan struct{})}
	for worker := range 8 {
		c.clients.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-c.stop:
					return
				default:
				}
				name := fmt.Sprintf("user-%s-%d-%d@example.com", round, worker, i)
				a, err := s.Send("POST", "/Users", nil, userBody(name))
				if err != nil {
					return // stopped
				}
				c.mu.Lock()
				c.statuses[a.Status]++
				if id, ok := a.At("id").(string); ok && a.Status == 201 {
					c.created[id] = name
				}
				c.mu.Unlock()
				if a.Status != 201 {
					time.Sleep(5 * time.Millisecond) // as a client would, before it goes on
				}
			}
		})
	}
	return c
}

// look returns the answers since the last look.
func (c *creating) look() map[int]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.statuses
	c.statuses = map[int]int{}
	return was
}

// until waits until there is an answer with that status, and none but 201 and those allowed.
func (c *creating) until(t *testing.T, status int, allowed ...int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		seen := c.look()
		for got, n := range seen {
			if got != 201 && got != status && !slices.Contains(allowed, got) {
				t.Fatalf("%d answers of %d", n, got)
			}
		}
		if seen[status] > 0 {
			return
		}
	}
	t.Fatalf("there was no %d", status)
}

// wait ends the clients and returns what was created.
func (c *creating) wait() map[string]string {
	close(c.stop)
	c.clients.Wait()
	return c.created
}

// allThere opens a folder and looks for what was answered.
func allThere(t *testing.T, dir string, created map[string]string) {
	t.Helper()
	err := inspect(dir, func(st *store.Store) error {
		users := scim.NewCatalog(false).Type("User")
		for id, name := range created {
			doc, ok, err := st.Get(users, nil, id)
			if err != nil || !ok || !bytes.Contains(doc, []byte(name)) {
				return fmt.Errorf("the created user %s (%s): %q, there: %v, %v", name, id, doc, ok, err)
			}
		}
		return st.Verify(context.Background())
	})
	if err != nil || len(created) == 0 {
		t.Errorf("of %d created: %v", len(created), err)
	}
}

// stopped ends a server in order and says how long it took.
func stopped(t *testing.T, s *replay.Process) {
	t.Helper()
	began := time.Now()
	if err := s.Stop(); err != nil {
		t.Logf("the server ended with %v", err) // a disk that fails may be worth an exit code
	}
	if took := time.Since(began); took >= hardStop || strings.Contains(s.Output(), "goroutine ") {
		t.Errorf("the server took %v to stop: %s", took, s.Output())
	}
}

// refuses starts a server that ends at once and says why.
func refuses(t *testing.T, dir, why string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "scimdeck", "serve", "--data", dir, "--listen", "127.0.0.1:0")
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 1 || !bytes.Contains(out, []byte(why)) || bytes.Contains(out, []byte("goroutine ")) {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// While the disk is full writes are refused with 507 and reads answered; when there is room it goes on by itself. It can be
// stopped meanwhile, not started, and nothing that was answered is lost.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	at, _, ok := disk(t, `mount -t tmpfs -o size=250m none "$1"`)
	if !ok {
		return // package store has the same with a limit of its own
	}
	dir, ballast := filepath.Join(at, "data"), filepath.Join(at, "ballast")
	s := keyedServer(t, dir)
	clients := startCreating(s, "a")
	for range 2 {
		clients.until(t, 201)
		fillDisk(t, ballast)
		clients.until(t, 507)
		if a, err := s.Send("POST", "/Users", nil, userBody("refused@example.com")); err != nil || a.Status != 507 || a.At("status") != "507" || a.At("detail") == "" {
			t.Errorf("refused with %v, %v", a, err)
		}
		if a, err := s.Send("GET", "/Users?count=10", nil, nil); err != nil || a.Status != 200 {
			t.Errorf("a read: %v, %v", a, err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		clients.look()
		clients.until(t, 201, 507)
	}
	fillDisk(t, ballast)
	clients.until(t, 507)
	stopped(t, s)
	created := clients.wait()
	refuses(t, dir, "is on a full disk")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	allThere(t, dir, created)
	t.Logf("%d creates were answered", len(created))
}

// A disk that becomes read-only because it fails: writes are refused, reads answered, the server can be stopped, and
// what was answered before that is there when the disk is back. Only root may have such a disk.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	image := filepath.Join(t.TempDir(), "image")
	if os.WriteFile(image, nil, 0o600) != nil || os.Truncate(image, 200<<20) != nil || exec.Command("mkfs.ext4", "-q", "-F", image).Run() != nil {
		t.Log("no disk of our own: there is no mkfs.ext4")
		return
	}
	at, hold, ok := disk(t, `mount -o loop,errors=remount-ro "$2" "$1"`, image)
	if !ok {
		return
	}
	dir := filepath.Join(at, "data")
	s := keyedServer(t, dir)
	clients := startCreating(s, "r")
	for range 50 {
		clients.until(t, 201)
	}
	mounts, err := os.ReadFile(fmt.Sprintf("/proc/%d/mounts", hold.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	clients.mu.Lock()
	created := maps.Clone(clients.created) // those of the moment of the failure Linux may report as synced and lose
	clients.mu.Unlock()
	loop := regexp.MustCompile(`(?m)^/dev/(loop\d+) \S+ ext4`).FindSubmatch(mounts)
	if loop == nil || os.WriteFile("/sys/fs/ext4/"+string(loop[1])+"/trigger_fs_error", []byte("a test"), 0) != nil {
		t.Fatalf("the disk cannot be made to fail: %s", mounts)
	}
	clients.until(t, 500)
	a, err := s.Send("POST", "/Users", nil, userBody("refused@example.com"))
	if err != nil || a.Status != 500 || a.At("status") != "500" {
		t.Errorf("refused with %v, %v", a, err)
	}
	if a, err := s.Send("GET", "/Users?count=10", nil, nil); err != nil || a.Status != 200 {
		t.Errorf("a read: %v, %v", a, err)
	}
	stopped(t, s)
	clients.wait()
	refuses(t, dir, "read-only")
	if err := hold.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = hold.Wait() // "killed"; with it the disk is unmounted
	check := exec.Command("e2fsck", "-fy", image)
	if out, _ := check.CombinedOutput(); check.ProcessState.ExitCode() > 1 { // 1: mended
		t.Fatalf("e2fsck: %s", out)
	}
	if at, _, ok = disk(t, `mount -o loop "$2" "$1"`, image); !ok {
		t.Fatal("the disk cannot be mounted again")
	}
	allThere(t, filepath.Join(at, "data"), created)
	t.Logf("%d creates were answered", len(created))
}

// A reader of stdout and stderr that stops holds up no request and no log entry. When
// it reads on, it gets every line; when it does not, SIGTERM ends the server in order.
func TestStalledOutput(t *testing.T) {
	t.Parallel()
	const requests = 500 // far more lines than a pipe's buffer holds
	for _, readsOn := range []bool{true, false} {
		t.Run(fmt.Sprintf("reads on %v", readsOn), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			token, err := makeKey(dir, "okta")
			if err != nil {
				t.Fatal(err)
			}
			pipe, output, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer pipe.Close()
			cmd := exec.Command("scimdeck", "serve", "--json", "--data", dir, "--listen", "127.0.0.1:0")
			cmd.Stdout, cmd.Stderr = output, output
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Process.Kill() }() // it may have ended
			output.Close()
			lines := bufio.NewScanner(pipe)
			if !lines.Scan() {
				t.Fatal("no announcement")
			}
			client := replay.Client{Base: replay.Announced.FindStringSubmatch(lines.Text())[2], Token: token}
			for i := range requests {
				if a, err := client.Send("POST", "/Users", nil, userBody(fmt.Sprintf("user%d@example.com", i))); err != nil || a.Status != 201 {
					t.Fatalf("request %d while nobody reads: %v", i, err)
				}
			}
			if readsOn {
				for i := range requests {
					if !lines.Scan() || !strings.Contains(lines.Text(), fmt.Sprintf(`"number":%d,`, i+1)) {
						t.Fatalf("line %d is %q", i+1, lines.Text())
					}
				}
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
			err = inspect(dir, func(st *store.Store) error {
				if kept := st.LogState(); kept.Entries != requests || kept.Dropped != 0 {
					t.Errorf("the log is %+v", kept)
				}
				return st.Verify(context.Background())
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// Bad input: a SCIM error, in bounded time and memory, and nothing stored.

func TestBadInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := keyedServer(t, dir, "--config", writeConfig(t, `{"limits": {"readTimeout": "1s"}}`))
	user := string(userBody("ada@example.com"))
	with := func(member string) string { return strings.TrimSuffix(user, "}") + "," + member + "}" }
	filter := func(f string) string { return "/Users?filter=" + url.QueryEscape(f) }
	for _, c := range []struct {
		name, method, target, body string
		status                     int
		detail                     string // a regular expression
	}{
		{"malformed JSON", "POST", "/Users", user[:len(user)-9], 400, `\d`},
		{"no JSON", "POST", "/Users", "userName=ada", 400, `\d`},
		{"empty body", "POST", "/Users", " ", 400, "."},
		{"a list", "POST", "/Users", "[" + user + "]", 400, "object"},
		{"wrong type", "POST", "/Users", with(`"active2":1,"nickName":5`), 400, "nickName"},
		{"duplicate key", "POST", "/Users", with(`"userName":"eve@example.com"`), 400, "userName"},
		{"invalid UTF-8", "POST", "/Users", with("\"nickName\":\"\xff\xfe\""), 400, "UTF-8"},
		{"nested 10,000 deep", "POST", "/Users", with(`"x":` + strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000)), 400, "."},
		{"50 MB", "POST", "/Users", with(`"nickName":"` + strings.Repeat("x", 50<<20) + `"`), 413, "."},
		{"filter of 1 MB", "GET", filter(`userName eq "` + strings.Repeat("x", 1<<20) + `"`), "", 0, "."},
		{"filter of 10,000 clauses", "GET", filter(strings.Repeat(`active eq true or `, 10_000) + "active pr"), "", 0, "."},
		{"filter over its limit", "GET", filter(`userName eq "` + strings.Repeat("x", 9000) + `"`), "", 400, "."},
		{"filter with a slip", "GET", filter(`userName equals "x"`), "", 400, "equals"},
		{"path of a PATCH", "PATCH", "/Users/x", `{"schemas":["` + scim.PatchURN + `"],"Operations":[{"op":"replace","path":"emails[","value":1}]}`, 400, "."},
		{"id of 1 kB", "GET", "/Users/" + strings.Repeat("9", 1000), "", 404, "."},
		{"unknown path", "GET", "/Nothing", "", 404, "."},
		{"wrong method", "DELETE", "/Users", "", 405, "."},
		{"media type", "TEXT", "/Users", user, 415, "."},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := map[string]string{}
			if c.method == "TEXT" {
				c.method, header["Content-Type"] = "POST", "text/plain"
			}
			a, err := s.Send(c.method, c.target, header, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			detail, _ := a.At("detail").(string)
			if c.status == 0 { // too long for a filter, or already for a header
				c.status = a.Status
				if a.Status != 400 && a.Status != 414 && a.Status != 431 {
					t.Errorf("status %d", a.Status)
				}
			}
			schemas, _ := a.At("schemas").([]any)
			if a.Status != c.status || !slices.Contains(schemas, any(scim.ErrorURN)) || a.At("status") != strconv.Itoa(c.status) ||
				!regexp.MustCompile(c.detail).MatchString(detail) {
				t.Errorf("%d %s\nwant %d and a detail that matches %q", a.Status, a.Body, c.status, c.detail)
			}
		})
	}
	t.Run("slow clients", func(t *testing.T) { slowClients(t, s) })
	if rss := residentMB(t, s.Cmd.Process.Pid); rss > 500 { // the race detector takes most of it
		t.Errorf("%d MB resident after all that", rss)
	}
	if a, err := s.Send("GET", "/Users", nil, nil); err != nil || a.At("totalResults") != 0.0 {
		t.Errorf("after all that: %v %s", err, a.Body)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if err := verify(dir); err != nil {
		t.Error(err)
	}
}

// slowClients holds a hundred connections that send a request one byte at a
// time: the server answers others, and ends those at its time limit.
func slowClients(t *testing.T, s *replay.Process) {
	host := strings.Split(s.Base, "/")[2]
	var group sync.WaitGroup
	for range 100 {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		group.Go(func() {
			fmt.Fprintf(conn, "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", s.Token)
			for range 2 * patience / (50 * time.Millisecond) {
				if _, err := conn.Write([]byte(" ")); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Error("a client may send one request for ever")
		})
	}
	if a, err := s.Send("GET", "/Users", nil, nil); err != nil || a.Status != 200 {
		t.Errorf("beside slow clients: %v", err)
	}
	group.Wait()
}

// residentMB is how much memory a process has, or 0 where the system does not say.
func residentMB(t *testing.T, pid int) int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(data)
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kb / 1024
}

func writeConfig(t *testing.T, text string) string {
	file := filepath.Join(t.TempDir(), "config.hujson")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Settings.

// runProgram runs the program as a function.
func runProgram(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{
		args: args, env: append([]string{"HOME=" + t.TempDir()}, env...), stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		exit: func(code int) { t.Errorf("left with %d", code) },
	}
	code = p.run(t.Context())
	return code, out.String(), errs.String()
}

// What is wrong with the settings and with the command line is one sentence with a way out, and nothing on stdout.
func TestRefusals(t *testing.T) {
	file := writeConfig(t, "{\n  \"lisen\": \"x\"}")
	for _, c := range []struct {
		args []string
		want string // of stderr
		code int
	}{
		{[]string{"--config", file}, file + ":2:3: there is no setting \"lisen\"\n  did you mean listen?\n", 1},
		{[]string{"--public-url", "abc"}, "--public-url: publicURL: want an address such as \"https://abc.example.com\", not \"abc\"\n", 1},
		{[]string{"--lisen", "x"}, "there is no flag \"--lisen\"\n  did you mean --listen?\n", 2},
		{[]string{"--default=x"}, "--default takes no value\n", 2},
		{[]string{"--expires", "1d"}, "scimdeck config takes no --expires\n  see: scimdeck help config\n", 2},
	} {
		if code, out, errs := runProgram(t, nil, append([]string{"config"}, c.args...)...); code != c.code || errs != "scimdeck: "+c.want || out != "" {
			t.Errorf("%q: code %d, want %d\n%s\nwant\nscimdeck: %s", c.args, code, c.code, errs, c.want)
		}
	}
}

// A definition that scim refuses is an error with the place in the file that it is from.
func TestBadDefinitions(t *testing.T) {
	const extension = `{"name": "User", "schemaExtensions": [{"schema": "urn:x:Badge"}]}`
	named := writeConfig(t, "// of our own\n{\n  \"id\": \"urn:x:Badge\",\n  \"attributes\": [{\"name\": \"floor\", \"type\": \"int\"}]}")
	for name, c := range map[string]struct{ config, want string }{
		"type":     {"{\"schemas\": [" + extension + ",\n {\"id\": \"urn:x:Badge\", \"attributes\": [\n {\"name\": \"floor\", \"type\": \"int\"}]}]}", `CONFIG:3:28: schemas[1].attributes[0].type: "int" is no type: `},
		"file":     {fmt.Sprintf(`{"schemas": [%q, %s]}`, named, extension), named + `:4:44: attributes[0].type: "int" is no type: `},
		"unknown":  {`{"schemas": [{"id": "urn:x:Badge", "attributs": []}]}`, `CONFIG:1:49: schemas[0].attributs: `},
		"unused":   {`{"schemas": [{"id": "urn:x:Badge", "attributes": [{"name": "floor", "type": "integer"}]}]}`, `CONFIG:1:21: schemas[0].id: no resource type uses it`},
		"twice":    {"{\"schemas\": [{\"id\": \"urn:x:Badge\",\n  \"ID\": \"urn:x:Badge\"}]}", `CONFIG:2:3: schemas[0]: `},
		"no group": {`{"schemas": [{"name": "Group", "schemaExtensions": []}]}`, `CONFIG:1:23: schemas[0].name: there are no groups to extend: set groups to true`},
	} {
		file := writeConfig(t, c.config)
		want := "scimdeck: " + strings.ReplaceAll(c.want, "CONFIG", file)
		for _, command := range []string{"config", "serve", "keys list"} {
			if code, out, errs := runProgram(t, nil, append(strings.Fields(command), "--config", file)...); code != 1 || !strings.HasPrefix(errs, want) || out != "" {
				t.Errorf("%s, %s: code %d\n%s\nwant\n%s", name, command, code, errs, want)
			}
		}
	}
}

func TestUnknownCommands(t *testing.T) {
	for args, want := range map[string]string{
		"serv":          "there is no command \"serv\"\n  did you mean scimdeck serve?",
		"xyzzy":         "there is no command \"xyzzy\"\n  see: scimdeck help",
		"keys":          "scimdeck keys does what? create, list, revoke, disable, enable, rename or expire",
		"keys remove x": "there is no command \"keys remove\"",
		"help serv":     "there is no command \"serv\"",
		"keys create":   "scimdeck keys create takes 1 argument, not 0\n  usage: scimdeck keys create NAME",
	} {
		if code, _, errs := runProgram(t, nil, strings.Fields(args)...); code != 2 || !strings.HasPrefix(errs, "scimdeck: "+want) {
			t.Errorf("%s: code %d\n%s\nwant\nscimdeck: %s", args, code, errs, want)
		}
	}
}

// The house.

// houseRules is the plan of packages: what each may import of ours, and which foreign libraries live there alone.
// In the first plan main.go read settings and flags itself and hujson lived there; the top level has room for one file
// of the program, so they have rooms of their own below the server that they set up. They know nothing of it. server/command
// is main's too; what it prints of requests it gets from tui by main's hand.
var houseRules = map[string]struct{ ours, foreign []string }{
	".":               {[]string{"scim", "scim/explain", "scim/explain/lint", "scim/explain/story", "scim/wire", "server", "server/cmdline", "server/command", "server/local", "server/settings", "store", "store/draft", "tui", "tui/quiet"}, []string{"github.com/charmbracelet/x/term"}},
	"scim":            {nil, nil},
	"scim/wire":       {nil, nil},
	"scim/wire/share": {[]string{"scim/explain/change", "scim/wire"}, nil},
	"scim/explain":    {[]string{"scim", "scim/wire", "scim/explain/change"}, nil},
	"scim/sample":     {[]string{"scim"}, nil},
	"scim/reach":      {[]string{"scim/wire"}, nil},
	"scim/sheet":      {[]string{"scim", "scim/explain/change", "scim/wire"}, nil},
	"store/transfer":  {[]string{"scim", "store"}, nil},
	"store":           {[]string{"scim", "scim/wire"}, []string{"github.com/dgraph-io/badger/v4", "github.com/klauspost/compress"}},
	"store/find":      {[]string{"scim/wire", "store"}, nil},
	"store/guide":     {[]string{"scim/explain", "scim/explain/story", "scim/wire", "store"}, nil},
	"store/draft":     {nil, nil},
	"server/replay":   {nil, nil},
	"server/simulate": {[]string{"scim", "scim/explain", "server", "store"}, nil}, // nothing but tests
	"server/settings": {nil, []string{"github.com/tailscale/hujson"}},
	"server/cmdline":  {[]string{"server/settings"}, nil},
	"server/command":  {[]string{"scim", "scim/explain/change", "scim/explain/compare", "scim/explain/history", "scim/explain/report", "scim/reach", "scim/sample", "scim/sheet", "scim/wire", "scim/wire/resend", "scim/wire/share", "server/cmdline", "server/local", "server/settings", "store", "store/draft", "store/find", "store/guide", "store/transfer"}, nil},
	"server/local":    {[]string{"scim", "scim/wire", "store", "store/transfer"}, nil},
	"server":          {[]string{"scim", "scim/wire", "store"}, []string{"github.com/julienschmidt/httprouter"}},
	"tui":             {[]string{"scim", "scim/explain", "scim/explain/change", "scim/explain/compare", "scim/explain/history", "scim/explain/lint", "scim/explain/report", "scim/explain/story", "scim/reach", "scim/sample", "scim/sheet", "scim/wire", "scim/wire/resend", "scim/wire/share", "store", "store/draft", "store/find", "store/guide", "tui/ui"}, []string{"github.com/charmbracelet/bubbletea", "github.com/charmbracelet/bubbles", "github.com/charmbracelet/lipgloss"}},
	"tui/ui":          {nil, nil},
	"tui/quiet":       {nil, nil},
	"tui/budget":      {nil, nil}, // for tests
	"tui/scene":       {nil, []string{"github.com/creack/pty", "github.com/charmbracelet/x/vt"}},

	"scim/wire/resend":     {[]string{"scim/wire"}, nil},
	"scim/explain/compare": {[]string{"scim", "scim/wire"}, nil},
	"scim/explain/change":  {[]string{"scim", "scim/wire"}, nil},
	"scim/explain/history": {[]string{"scim", "scim/explain/change", "scim/wire"}, nil},
	"scim/explain/lint":    {[]string{"scim", "scim/wire"}, nil},
	"scim/explain/story":   {[]string{"scim", "scim/wire"}, nil},
	"scim/explain/report":  {[]string{"scim", "scim/explain", "scim/explain/change", "scim/explain/lint", "scim/explain/story", "scim/wire"}, nil},
}

// shared are foreign libraries that are small enough to live in several packages.
var shared = map[string][]string{
	"github.com/charmbracelet/x/ansi": {"tui", "tui/ui"},
	"github.com/charmbracelet/x/term": {".", "tui"},
	"github.com/muesli/cancelreader":  {"tui"},
	"golang.org/x/sys":                {"store", "tui", "tui/ui", "tui/scene"},
}

// forTests may be imported by any test.
var forTests = []string{
	"github.com/rogpeppe/go-internal/testscript", "github.com/charmbracelet/x/vt", "github.com/creack/pty", "github.com/charmbracelet/x/exp/golden",
	"github.com/charmbracelet/x/ansi",
}

func TestHouse(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") {
			if d != nil && d.IsDir() && file != "." && (d.Name() == "testdata" || d.Name()[0] == '.') {
				return filepath.SkipDir
			}
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := path.Dir(filepath.ToSlash(file))
		rules, known := houseRules[dir]
		if !known {
			t.Errorf("%s: the plan has no room %q", file, dir)
			return nil
		}
		seen[dir] = true
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := badImport(dir, name, rules.ours, strings.HasSuffix(file, "_test.go")); why != "" {
				t.Errorf("%s: %s", file, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range houseRules {
		if !seen[dir] {
			t.Errorf("there is nothing in %s", dir)
		}
	}
}

// badImport says why the package in dir may not import name, or "".
func badImport(dir, name string, ours []string, isTest bool) string {
	own, isOurs := strings.CutPrefix(name, "scimdeck/")
	switch {
	case isOurs:
		if !slices.Contains(ours, own) && own != dir && !(isTest && (dir == "." || own == "tui/scene" || own == "tui/budget" || own == "server/replay" || strings.HasPrefix(own, "scim"))) {
			return fmt.Sprintf("%s must not import %s", dir, own)
		}
	case dir == "scim" && !isTest && (name == "net/http" || name == "time/tzdata" || strings.HasPrefix(name, "math/rand") || strings.HasPrefix(name, "crypto/rand")):
		return "scim knows no " + name
	case dir == "scim/sample" && !isTest && (name == "time" || name == "math/rand" || name == "crypto/rand"):
		return "what is made up depends on the seed alone, not on " + name
	case strings.Contains(strings.Split(name, "/")[0], "."):
		return badForeign(dir, name, isTest)
	}
	return ""
}

func badForeign(dir, name string, isTest bool) string {
	within := func(library string) bool { return name == library || strings.HasPrefix(name, library+"/") }
	if isTest && slices.ContainsFunc(forTests, within) {
		return ""
	}
	for library, dirs := range shared {
		if within(library) {
			if slices.Contains(dirs, dir) {
				return ""
			}
			return fmt.Sprintf("%s belongs to %s", library, strings.Join(dirs, ", "))
		}
	}
	for home, rules := range houseRules {
		if slices.ContainsFunc(rules.foreign, within) {
			if home == dir {
				return ""
			}
			return fmt.Sprintf("%s lives in %s alone", name, home)
		}
	}
	return fmt.Sprintf("%s is in no room of the plan", name)
}

// Acceptance.

var (
	statementLine = regexp.MustCompile(`^(- )?(\d+) ([UPBS]) \S.*$`)
	carrierName   = regexp.MustCompile(`^(?:Test|Benchmark)Acceptance(\d\d(?:And\d\d)*)_`)
)

// TestAcceptanceIsWhole holds the tests against testdata/acceptance.txt: every statement has a test of its kind, and
// every number that a test carries is of a statement. With -v it lists who carries which.
func TestAcceptanceIsWhole(t *testing.T) {
	list, err := os.ReadFile(filepath.Join("testdata", "acceptance.txt"))
	if err != nil {
		t.Fatal(err)
	}
	carriers, timed := carriersOf(t)
	whole := map[int]bool{}
	for _, s := range acceptance {
		whole[s.number] = true
		carriers[s.number] = append(carriers[s.number], "TestAcceptance: "+s.name)
	}
	next := 1
	for line := range strings.Lines(string(list)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		m := statementLine.FindStringSubmatch(line)
		if m == nil || m[2] != strconv.Itoa(next) {
			t.Fatalf("%q is not statement %d", line, next)
		}
		n, open, kind := next, m[1] != "", m[3]
		next++
		by := carriers[n]
		delete(carriers, n)
		switch {
		case open && (whole[n] || kind == "U" && len(by) > 0):
			t.Errorf("statement %d has a test, and is marked as not built: %q", n, by)
		case open:
		case len(by) == 0:
			t.Errorf("statement %d has no test: %s", n, line)
		case (kind == "P" || kind == "S") && !whole[n]:
			t.Errorf("statement %d has no test of the whole program: %s", n, line)
		case kind == "B" && !timed[n]:
			t.Errorf("statement %d has no budget: %s", n, line)
		default:
			t.Logf("%2d %s %s", n, kind, strings.Join(by, ", "))
		}
	}
	for n, by := range carriers {
		t.Errorf("there is no statement %d: %q", n, by)
	}
	if next < 70 {
		t.Errorf("%d statements", next-1)
	}
}

// carriersOf finds the tests that carry numbers in their names, and the numbers of those that hold a budget.
func carriersOf(t *testing.T) (carriers map[int][]string, timed map[int]bool) {
	carriers, timed = map[int][]string{}, map[int]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range parsed.Decls {
			f, ok := decl.(*syntax.FuncDecl)
			if !ok || f.Recv != nil {
				continue
			}
			m := carrierName.FindStringSubmatch(f.Name.Name)
			if m == nil {
				continue
			}
			body := source[f.Body.Pos()-parsed.FileStart : f.Body.End()-parsed.FileStart]
			for _, digits := range strings.Split(m[1], "And") {
				n, err := strconv.Atoi(digits)
				if err != nil {
					return err
				}
				carriers[n] = append(carriers[n], path.Dir(filepath.ToSlash(file))+"."+f.Name.Name)
				timed[n] = timed[n] || bytes.Contains(body, []byte("budget.Within("))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return carriers, timed
}

// README.

// The blocks of README.md that the program writes.
func readmeBlocks(t *testing.T) map[string]string {
	_, help, errs := runProgram(t, nil, "help")
	if errs != "" {
		t.Fatal(errs)
	}
	coverage, err := os.ReadFile("testdata/matrix-coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	var lenient strings.Builder
	for _, l := range append(scim.Leniencies(), server.Leniencies()...) {
		cell := strings.NewReplacer("|", `\|`, "\n", " ").Replace
		fmt.Fprintf(&lenient, "| `%s` | %s | %s | %s |\n", l.ID, cell(l.Clients), cell(l.What), l.Section)
	}
	var fields, formats strings.Builder
	for _, f := range find.Fields() {
		fmt.Fprintf(&fields, "| `%s:` | %s | %s |\n", f.Name, f.About, "`"+strings.ReplaceAll(f.Example, "|", `\|`)+"`")
	}
	for _, f := range share.Formats() {
		fmt.Fprintf(&formats, "| `%s` | %s |\n", f.Name, f.About)
	}
	return map[string]string{
		"fields":  "\n| field | what it looks at | for example |\n|---|---|---|\n" + fields.String() + "\n",
		"formats": "\n| format | what it is |\n|---|---|\n" + formats.String() + "\n",

		"coverage":   "\n" + string(coverage) + "\n",
		"leniencies": "\n| id | who | what is taken | against |\n|---|---|---|---|\n" + lenient.String() + "\n",

		"keys":     "\n" + tui.KeyTable() + "\n",
		"commands": "```text\n" + help + "```\n",
		"settings": "```hujson\n" + string(builtin) + "```\n",
	}
}

func TestREADME(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for name, block := range readmeBlocks(t) {
		begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->\n"
		before, rest, ok := strings.Cut(text, begin)
		was, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Errorf("README.md has no place for %s", name)
			continue
		}
		if was != block && !*update {
			t.Errorf("README.md's %s are not the program's; go test -run README -update . writes them", name)
		}
		text = before + begin + block + end + after
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	table := (&program{}).table()
	for _, c := range table.Commands {
		if !strings.Contains(text, table.Usage(c)) {
			t.Errorf("README.md does not mention %s", table.Usage(c))
		}
	}
	for _, path := range settings.Paths() {
		if name := path[strings.LastIndexByte(path, '.')+1:]; !strings.Contains(text, `"`+name+`":`) {
			t.Errorf("README.md does not mention %s", path)
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)#]+)\)|src="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if file := link[1] + link[2]; !strings.Contains(file, "://") {
			if _, err := os.Stat(file); err != nil {
				t.Errorf("README.md points at %v", err)
			}
		}
	}
}

// TestActions holds testdata/actions.txt against the dashboard's actions and the
// subcommands: whatever the one can do, the others can.
func TestActions(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "actions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	rows, used := map[string]string{}, map[string]bool{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, what, ok := strings.Cut(line, ": ")
		if !ok || what == "-" || rows[name] != "" {
			t.Errorf("%q: want one \"place action: command\" or \"place action: - reason\"", line)
		}
		rows[name] = what
		if !strings.HasPrefix(what, "- ") {
			speaksJSON(t, what)
		}
	}
	for _, a := range tui.Actions() {
		for _, place := range a.Places {
			name := place + " " + a.ID
			if rows[name] == "" && place != "*" {
				used["* "+a.ID] = true
				name = "* " + a.ID
			}
			used[name] = true
			if rows[name] == "" && !a.Moves {
				t.Errorf("testdata/actions.txt does not say which subcommand does %s, or why none does", place+" "+a.ID)
			}
		}
	}
	for name := range rows {
		if !used[name] {
			t.Errorf("testdata/actions.txt tells of %s, which is no action", name)
		}
	}
}

// speaksJSON fails unless a line is a command that takes --json, or whose output is JSON anyway.
func speaksJSON(t *testing.T, line string) {
	t.Helper()
	var words []string
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, m[1]+m[2])
	}
	command, call, err := (&program{}).table().Parse(words)
	switch {
	case err != nil:
		t.Errorf("scimdeck %s: %v", line, err)
	case slices.Contains(command.Flags, "json"), call.Flags["as"] != "", command.Name == "sample", command.Name == "help":
	default:
		t.Errorf("scimdeck %s takes no --json", line)
	}
}

func TestMessagesAreBounded(t *testing.T) {
	m := &messages{}
	for i := range 3 * keptMessages {
		fmt.Fprintf(m, "line %d\n", i)
	}
	lines := m.list()
	if len(lines) > keptMessages || lines[len(lines)-1] != fmt.Sprintf("line %d", 3*keptMessages-1) || !reflect.DeepEqual(lines, m.list()) {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
}

// The dashboard in a terminal. Numbers are those of the design's acceptance statements.

// dashboard is a scimdeck with its dashboard in a terminal of its own.
type dashboard struct {
	*scene.Scene
	replay.Client
	dir string
}

// show starts command (scimdeck or scimdeck-broken) on dir, with a key, in a terminal of w by h cells.
func show(t *testing.T, w, h int, command, dir string, env []string, flags ...string) *dashboard {
	t.Helper()
	token, err := makeKey(dir, "okta")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command, append([]string{"--data", dir, "--listen", "127.0.0.1:0"}, flags...)...)
	cmd.Env = append([]string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "TZ=UTC"}, env...)
	s, err := scene.Start(cmd, w, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	d := &dashboard{Scene: s, dir: dir}
	d.wait(t, `^ *\[1 Requests\]|\[1 Req\]`)
	port := regexp.MustCompile(`:(\d+)`).FindStringSubmatch(d.Text())
	d.Client = replay.Client{Base: "http://127.0.0.1:" + port[1] + "/api/scim/v2", Token: token}
	return d
}

func (d *dashboard) wait(t *testing.T, pattern string) {
	t.Helper()
	if err := d.Wait(patience, pattern); err != nil {
		t.Fatal(err)
	}
}

// press types keys and waits for what they bring.
func (d *dashboard) press(t *testing.T, keys, pattern string) {
	t.Helper()
	if err := d.Type(keys); err != nil {
		t.Fatal(err)
	}
	d.wait(t, pattern)
}

// escape types esc, and waits until what it closes is gone: with a key right behind it, it would be another key.
func (d *dashboard) escape(t *testing.T, closes string) {
	t.Helper()
	if err := d.Type("\x1b"); err != nil {
		t.Fatal(err)
	}
	if err := d.WaitGone(patience, closes); err != nil {
		t.Fatal(err)
	}
}

// must sends a request that has to be answered with this status.
func (d *dashboard) must(t *testing.T, status int, method, target string, body []byte) *replay.Answer {
	t.Helper()
	a, err := d.Send(method, target, nil, body)
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != status {
		t.Fatalf("%s %s: %d %s", method, target, a.Status, a.Body)
	}
	return a
}

// quit leaves as a person does.
func (d *dashboard) quit(t *testing.T) {
	t.Helper()
	if err := d.Type("\x03\x03"); err != nil {
		t.Fatal(err)
	}
	d.ended(t, 0)
}

func (d *dashboard) ended(t *testing.T, want int) {
	t.Helper()
	if code, err := d.Exit(patience); err != nil || code != want {
		t.Fatalf("exit code %d, want %d; %v\n%s", code, want, err, d.Text())
	}
}

// acceptance are the statements that take the whole program in a terminal. TestAcceptanceIsWhole holds all against their list.
var acceptance []statementTest

type statementTest struct {
	number int
	name   string
	run    func(*testing.T)
}

func init() { // the tests of the table look at the table
	acceptance = []statementTest{
		{4, "under load", acceptLoad},
		{5, "a frozen terminal stops no request", acceptFrozen},
		{9, "a key that is held down", acceptHeld},
		{11, "at rest", acceptIdle},
		{12, "the start", acceptStart},
		{13, "commands write no escape byte", acceptQuiet},
		{16, "a small window", acceptSmall},
		{18, "a hundred sizes", acceptResizes},
		{20, "wide names in tmux", acceptTmux},
		{31, "ctrl+c twice", acceptInterrupt},
		{39, "the Users filter is the server's", acceptUsersFilter},
		{41, "a secret is shown once", acceptSecret},
		{44, "hostile bytes", acceptHostile},
		{47, "a copied command sends the same", acceptCurl},
		{48, "no clipboard at all", acceptNoClipboard},
		{49, "whose clipboard it is", acceptClipboards},
		{55, "plain lines", acceptPlain},
		{56, "themes", acceptThemes},
		{57, "a panic of the dashboard", acceptPanic},
		{58, "a dashboard that hangs", acceptHang},
		{59, "SIGTERM while frozen", acceptFrozenEnd},
		{60, "the window is closed", acceptHangup},
		{61, "troubles at the start", acceptTroubles},
		{62, "a full disk", acceptFull},
		{63, "nothing but frames", acceptNoise},
		{64, "the terminal afterwards", acceptAfterwards},
		{66, "a key and Okta's values", acceptFirstKey},
	}
}

func TestAcceptance(t *testing.T) {
	for _, s := range acceptance {
		t.Run(fmt.Sprintf("%02d %s", s.number, s.name), func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

// 5. Requests are answered while nobody reads the terminal; afterwards the frame is right.
func acceptFrozen(t *testing.T) {
	d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
	requests, pause := 400, 5*time.Millisecond // far more frames than a terminal's buffer holds
	if long {
		requests, pause = 1000, 10*time.Millisecond
	}
	sent := 0
	budget.Within(t, 50*time.Millisecond, func() time.Duration {
		d.Freeze()
		var worst time.Duration
		for range requests {
			a := d.must(t, 200, "GET", "/Users?startIndex=1&count=2", nil)
			worst = max(worst, a.Took)
			time.Sleep(pause)
		}
		sent += requests
		if worst > 3*time.Second { // a handler that waits for the screen waits for ever
			t.Fatalf("an answer took %v", worst)
		}
		thawed := time.Now()
		d.Thaw()
		d.wait(t, fmt.Sprintf(`FOLLOW  %s requests`, ui.Thousands(sent)))
		if took := time.Since(thawed); took > time.Second && budget.Strict {
			t.Errorf("the frame was right %v after thawing", took)
		}
		return worst
	})
	d.quit(t)
}

// 13. The real binary, not the test's: what is linked decides who asks the terminal before main.
func acceptQuiet(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "scimdeck")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir := t.TempDir()
	for _, args := range [][]string{{"version"}, {"--help"}, {"keys", "list", "--data", dir}, {"config"}, {"nonsense"}} {
		budget.Within(t, 200*time.Millisecond, func() time.Duration { // termenv waits five seconds for an answer
			start := time.Now()
			s, err := scene.Start(exec.Command(binary, args...), 80, 24)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if _, err := s.Exit(patience); err != nil {
				t.Error(err)
			}
			took := time.Since(start)
			if raw := s.Raw(); bytes.ContainsAny(raw, "\x1b\x9b") || len(raw) == 0 {
				t.Errorf("%v wrote %q", args, raw)
			}
			return took
		})
	}
}

// 16. Too small a window says so, the server answers, and growing brings everything back.
func acceptSmall(t *testing.T) {
	d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
	d.must(t, 201, "POST", "/Users", userBody("ada@example.com"))
	d.must(t, 201, "POST", "/Users", userBody("eve@example.com"))
	d.wait(t, `create eve@example\.com`)
	d.press(t, "k", `PAUSED`)
	d.press(t, "/user:ad", `/ *user:ad`)
	before := lastLines(d.Text(), 22)
	for _, size := range [][2]int{{59, 15}, {60, 14}} {
		if err := d.Resize(size[0], size[1]); err != nil {
			t.Fatal(err)
		}
		d.wait(t, fmt.Sprintf(`This window is %d by %d`, size[0], size[1]))
		d.wait(t, `127\.0\.0\.1:\d+/api/scim/v2`)
		d.must(t, 200, "GET", "/ServiceProviderConfig", nil)
	}
	if err := d.Resize(80, 24); err != nil {
		t.Fatal(err)
	}
	d.wait(t, `/ *user:ad`)
	if err := d.until(func() bool { return lastLines(d.Text(), 22) == before || strings.Contains(d.Text(), "user:ad") }); err != nil {
		t.Errorf("%v; before:\n%s\nafter:\n%s", err, before, d.Text())
	}
	d.press(t, "a\r", `create ada@example\.com`)
	d.quit(t)
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (d *dashboard) until(ok func() bool) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return nil
		}
	}
	return errors.New("waited in vain")
}

// 18. After any sizes the last frame fits the last size.
func acceptResizes(t *testing.T) {
	d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
	d.must(t, 201, "POST", "/Users", userBody("ada@example.com"))
	for range 100 {
		if err := d.Resize(10+rand.IntN(190), 3+rand.IntN(57)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, size := range [][2]int{{140, 40}, {80, 24}, {64, 18}} {
		if err := d.Resize(size[0], size[1]); err != nil {
			t.Fatal(err)
		}
		fits := func() bool {
			lines := strings.Split(strings.TrimSuffix(d.Text(), "\n"), "\n")
			return len(lines) == size[1] && strings.HasPrefix(lines[0], " scimdeck up") && strings.Contains(lines[len(lines)-1], "? keys") &&
				strings.Contains(lines[len(lines)-2], "FOLLOW")
		}
		if err := d.until(fits); err != nil {
			t.Errorf("at %v: %v\n%s", size, err, d.Text())
		}
	}
	d.quit(t)
}

// 31. ctrl+c twice ends the program from anywhere.
func acceptInterrupt(t *testing.T) {
	for _, place := range []struct{ keys, there string }{
		{"", `No request has come in yet`},
		{"2", `\[2 Users\]`},
		{"3", `\[3 Keys\]`},
		{"4", `\[4 Setup\]`},
		{"?", `Keys and actions`},
		{"/abc", `abc`},
		{"3a", `New key`},
		{"q", `Stop the server and quit`},
	} {
		t.Run("from "+place.keys, func(t *testing.T) {
			t.Parallel()
			d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
			d.press(t, place.keys, place.there)
			d.quit(t)
		})
	}
}

// 39. What a filter finds on the Users screen is what a client gets for it, for
// every filter of the corpus; what a client is refused is refused in the same words.
func acceptUsersFilter(t *testing.T) {
	d := show(t, 140, 40, "scimdeck", t.TempDir(), nil)
	for i, title := range []string{"Engineer", "engineer of much", "Tour Guide", "", "Boss"} {
		name := fmt.Sprintf("bjensen%d@example.com", i)
		d.must(t, 201, "POST", "/Users", fmt.Appendf(nil, `{"schemas":[%q,%q],"userName":%q,"externalId":"%c0u1","title":%q,"active":%v,"nickName":"B","userType":%q,`+
			`"name":{"givenName":"Barbara","familyName":"O'Malley"},"emails":[{"value":%q,"type":"work","primary":true},{"value":"x@example.org","type":"home"}],%q:{"department":"R&D"}}`,
			scim.UserURN, scim.EnterpriseURN, name, 'a'+i, title, i%2 == 0, []string{"Employee", "Intern"}[i%2], name, scim.EnterpriseURN))
		d.must(t, 201, "POST", "/Users", fmt.Appendf(nil, `{"schemas":[%q],"userName":"other%d@example.com"}`, scim.UserURN, i))
	}
	d.press(t, "2", `10 users`)
	valid := corpus(t, "filters-valid.txt")
	if len(valid) < 50 {
		t.Fatalf("the corpus has %d filters", len(valid))
	}
	rowName := regexp.MustCompile(`(?m)^[› ] o(?:n|ff) +(\S+@example\.com)`)
	some := 0
	for _, filter := range valid {
		var want []string
		if list, ok := d.must(t, 200, "GET", "/Users?attributes=userName&count=100&filter="+url.QueryEscape(filter), nil).At("Resources").([]any); ok {
			for _, user := range list {
				want = append(want, user.(map[string]any)["userName"].(string))
			}
		}
		if n := len(want); n > 0 && n < 10 {
			some++
		}
		if err := d.Type("/\x15" + filter + "\r"); err != nil {
			t.Fatal(err)
		}
		begin := filter[:min(len(filter), 30)]
		shows := func() bool {
			lines := strings.Split(d.Text(), "\n")
			var have []string
			for _, m := range rowName.FindAllStringSubmatch(d.Text(), -1) {
				have = append(have, m[1])
			}
			return slices.Equal(have, want) && strings.Contains(lines[38], fmt.Sprintf(" %d of 10 shown", len(want))) && strings.Contains(lines[38], begin)
		}
		if err := d.until(shows); err != nil {
			t.Fatalf("%s should show %v\n%s", filter, want, d.Text())
		}
	}
	if some < 20 {
		t.Errorf("only %d filters choose some of the users", some)
	}
	wrong := 0
	// Of what is wrong with the form, and what with an attribute.
	for _, filter := range append(corpus(t, "filters-invalid.txt"),
		`usreName eq "a"`, `active eq true and (title pr or familyName co "b")`, `title pr and nosuch pr`, `emails[type eq "work" and kind pr]`,
		`emails[type eq "work"].kind eq "x"`, `title pr and active gt true`, `title pr and name eq "x"`, `title pr and userName eq 1`, `not (members pr)`) {
		if !regexp.MustCompile(`(?i)(^| )(eq|ne|co|sw|ew|gt|ge|lt|le|pr)( |$)`).MatchString(filter) {
			continue // without an operator it is looked for word by word
		}
		detail, _ := d.must(t, 400, "GET", "/Users?filter="+url.QueryEscape(filter), nil).At("detail").(string)
		column := regexp.MustCompile(`column \d+: .{1,20}`).FindString(detail)
		if column == "" {
			t.Fatalf("%s: the detail has no column: %q", filter, detail)
		}
		wrong++
		at, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(column))
		if err != nil {
			t.Fatal(err)
		}
		d.press(t, "/\x15"+filter, fmt.Sprintf(`(?s)\n {%d}\^.*`, 2+at)+regexp.QuoteMeta(strings.TrimSpace(column)))
		d.escape(t, "sent by a client as")
	}
	if wrong < 20 {
		t.Errorf("only %d filters are wrong", wrong)
	}
	d.quit(t)
}

// corpus reads the filters of a file that can be typed: the lines under the names.
func corpus(t *testing.T, file string) (list []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	named := false
	for line := range strings.Lines(string(text)) {
		filter, indented := strings.CutPrefix(strings.TrimRight(line, "\n"), "  ")
		if indented && named && !strings.ContainsFunc(filter, func(r rune) bool { return r < ' ' || r > '~' }) && len(filter) < 100 && filter != "" && filter == strings.TrimSpace(filter) {
			list = append(list, filter)
		}
		named = !indented && line != "\n" && line[0] != '#'
	}
	return list
}

// 41. A new key's secret is in its dialog and nowhere else.
func acceptSecret(t *testing.T) {
	dir := t.TempDir()
	d := show(t, 80, 24, "scimdeck", dir, nil)
	d.press(t, "3a", `New key`)
	d.unguarded()
	d.press(t, "fresh\r", secretForm.String())
	secret := secretForm.FindString(d.Text())
	leaveSecret(t, d)
	left := len(d.Raw())
	d.press(t, "4", `\[4 Setup\]`)
	d.press(t, "L", `(?i)messages|notices`)
	d.escape(t, `Messages of the server`)
	d.press(t, "3", `fresh`)
	d.Token = secret
	d.must(t, 201, "POST", "/Users", userBody("ada@example.com"))
	d.press(t, "1", `create ada@example\.com`)
	d.press(t, "\r", `(?i)summary`)
	d.press(t, "]", `(?i)request`)
	d.press(t, "x", `Write`)
	d.press(t, "\t\x15"+filepath.Join(dir, "export.har")+"\r", `request written`)
	d.quit(t)
	nowhere(t, d.Raw()[left:], dir, secret)

	// When the dashboard breaks, its report and the lines that follow do not have it either.
	d = show(t, 80, 24, "scimdeck-broken", t.TempDir(), []string{"BREAK=update"})
	d.press(t, "3a", `New key`)
	d.unguarded()
	d.press(t, "fresh\r", secretForm.String())
	secret = secretForm.FindString(d.Text())
	leaveSecret(t, d)
	left = len(d.Raw())
	if err := d.Type("L"); err != nil {
		t.Fatal(err)
	}
	goesOnPlain(t, d)
	nowhere(t, d.Raw()[left:], d.dir, secret)
}

// nowhere fails if a secret is in what the terminal got or in a file of the folder.
func nowhere(t *testing.T, raw []byte, dir, secret string) {
	t.Helper()
	random := secret[len("scimdeck_")+4:] // what follows the prefix
	if bytes.Contains(raw, []byte(random)) {
		t.Errorf("the terminal showed the secret again: %q", raw)
	}
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if bytes.Contains(data, []byte(random)) {
			t.Errorf("%s holds the secret", file)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// leaveSecret copies the new key and closes its box.
func leaveSecret(t *testing.T, d *dashboard) {
	t.Helper()
	d.unguarded()
	d.press(t, "y", `Sent to the terminal|Copied\.`)
	if err := d.Type("\r"); err != nil {
		t.Fatal(err)
	}
	if err := d.WaitGone(patience, secretForm.String()); err != nil {
		t.Fatal(err)
	}
}

// unguarded waits until a box that has just opened takes keys: it does not for
// 250 ms, so that typing ahead cannot confirm it.
func (d *dashboard) unguarded() { time.Sleep(350 * time.Millisecond) }

// 44. What clients send is shown as text and does nothing to the terminal.
func acceptHostile(t *testing.T) {
	d := show(t, 100, 30, "scimdeck", t.TempDir(), nil)
	evil := "A\x1b]52;c;ZXZpbA==\x07B\x1b]0;PWNED\x07C\x1b[2JD\x1b[6nE\x1bPq#0\x1b\\F\u009b31mG\u202eH\u2066I"
	quoted, err := json.Marshal("ada" + evil + "@example.com")
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Replace(string(userBody("X")), `"userName":"X"`, `"userName":`+string(quoted)+`,"nickName":`+string(quoted), 1)
	d.must(t, 201, "POST", "/Users", []byte(body))
	d.must(t, 200, "GET", "/Users?filter="+url.QueryEscape("userName eq "+string(quoted)), nil)
	d.must(t, 404, "GET", "/Users/"+url.PathEscape(evil), nil)
	if _, err := d.Send("GET", "/Users", map[string]string{"User-Agent": "agent\u009b31m\u202e"}, nil); err != nil {
		t.Fatal(err)
	}
	d.wait(t, `create ada`)
	d.press(t, "p", `/Users/`)
	d.press(t, "p", `create ada`)
	d.press(t, "g\r", `(?i)summary`)
	for range 4 {
		d.press(t, "]", `(?i)summary`)
	}
	d.escape(t, `Requests › `)
	d.press(t, "2", `\[2 Users\]`)
	d.press(t, "\r", `nickName`)
	d.escape(t, `nickName`)
	d.press(t, "3", `\[3 Keys\]`)
	d.press(t, "4", `\[4 Setup\]`)
	if d.Title() == "PWNED" {
		t.Error("a client changed the window's title")
	}
	raw := d.Raw()
	for _, bad := range []string{"\x1b]52", "PWNED\x07", "\x1b[6n", "\x1bP", "\u009b", "\u202e", "\u2066", "\x9b31m"} {
		if bytes.Contains(raw, []byte(bad)) {
			t.Errorf("the terminal got %q", bad)
		}
	}
	if bytes.Count(raw, []byte("\x1b[2J")) > 2 { // the dashboard clears the screen when it starts
		t.Error("a client cleared the screen")
	}
	d.quit(t)
}

// tool puts a command into dir that keeps its arguments and what it gets on
// stdin in files beside it, and returns where.
func tool(t *testing.T, dir, name string) (args, input string) {
	t.Helper()
	args, input = filepath.Join(dir, name+".args"), filepath.Join(dir, name+".input")
	script := fmt.Sprintf("#!/bin/sh\nprintf '%%s ' \"$@\" >'%s'\ncat >'%s.new'\nmv '%s.new' '%s'\n", args, input, input, input)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return args, input
}

// copyNewest makes a user of which everything has to be quoted, and copies the request as curl.
func copyNewest(t *testing.T, d *dashboard) (body string) {
	t.Helper()
	body = "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\n \t\"userName\":\"o'neil@example.com\",\r\n" +
		"\"displayName\":\"$HOME `id` !! \\\\ \\\"x\\\" %s ünï 世 \\u0041\",\n\"active\":true}\n"
	d.must(t, 201, "POST", "/Users", []byte(body))
	d.wait(t, `create o'neil@example\.com`)
	d.press(t, "y", `Copy #1 as`)
	if err := d.Type("c"); err != nil {
		t.Fatal(err)
	}
	return body
}

// 47. What y c copies, run by a shell, sends the same bytes with the key in $SCIM_TOKEN.
func acceptCurl(t *testing.T) {
	bin := t.TempDir()
	_, input := tool(t, bin, "tmux")
	d := show(t, 80, 24, "scimdeck", t.TempDir(), []string{"TMUX=x", "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")})
	body := copyNewest(t, d)
	d.wait(t, `copied curl of #1 \(the key is \$SCIM_TOKEN\)`)
	command, err := os.ReadFile(input)
	if err != nil {
		t.Fatal(err)
	}
	sh := exec.Command("sh", "-c", "curl() { for a; do printf '%s\\0' \"$a\"; [ \"$a\" = @- ] && cat; done; return 0; }\n"+string(command))
	sh.Env = []string{"SCIM_TOKEN=" + d.Token, "HOME=/nowhere", "PATH=" + os.Getenv("PATH")}
	out, err := sh.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, command)
	}
	sent := strings.Split(string(out), "\x00")
	for _, want := range []string{body, d.Base + "/Users", "POST", "Authorization: Bearer " + d.Token, "Content-Type: application/scim+json"} {
		if !slices.Contains(sent, want) {
			t.Errorf("%q is not among %q", want, sent)
		}
	}
	if bytes.Contains(command, []byte(d.Token)) {
		t.Error("the key is in the copied command")
	}
	d.quit(t)
}

// 48. Without any way to a clipboard the text is shown, and nothing says that it was copied.
func acceptNoClipboard(t *testing.T) {
	d := show(t, 100, 30, "scimdeck", t.TempDir(), []string{"TERM=linux", "PATH=/nowhere"})
	copyNewest(t, d)
	d.wait(t, `no clipboard here: select it by hand`)
	d.wait(t, `Authorization: Bearer \$SCIM_TOKEN`)
	d.unguarded()
	d.press(t, "\r", `create o'neil`)
	if raw := d.Raw(); bytes.Contains(raw, []byte("\x1b]52")) || bytes.Contains(raw, []byte("copied")) || bytes.Contains(raw, []byte("sent to the terminal")) {
		t.Errorf("it claims to have copied:\n%s", d.Text())
	}
	d.quit(t)
}

// 49. Over ssh no tool of this machine is started; in tmux it is tmux's own buffer.
func acceptClipboards(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		said string
		tmux bool
		osc  bool
	}{
		"ssh":         {[]string{"SSH_CONNECTION=x"}, `curl of #1 .*sent to the terminal's clipboard`, false, true},
		"ssh's tty":   {[]string{"SSH_TTY=/dev/pts/1"}, `sent to the terminal's clipboard`, false, true},
		"tmux":        {[]string{"TMUX=x"}, `copied curl of #1`, true, false},
		"tmux by ssh": {[]string{"TMUX=x", "SSH_CONNECTION=x"}, `copied curl of #1`, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bin := t.TempDir()
			args, _ := tool(t, bin, "tmux")
			for _, local := range []string{"xclip", "xsel", "wl-copy", "pbcopy", "clip.exe"} {
				tool(t, bin, local)
			}
			d := show(t, 80, 24, "scimdeck", t.TempDir(), append(c.env, "DISPLAY=:0", "WAYLAND_DISPLAY=x", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH")))
			copyNewest(t, d)
			d.wait(t, c.said)
			d.quit(t)
			started, err := filepath.Glob(filepath.Join(bin, "*.args"))
			if err != nil || c.tmux != (len(started) == 1) || len(started) > 1 {
				t.Errorf("started: %q %v", started, err)
			}
			if said, _ := os.ReadFile(args); c.tmux && string(said) != "load-buffer -w - " {
				t.Errorf("tmux was told %q", said)
			}
			if osc := bytes.Contains(d.Raw(), []byte("\x1b]52;c;")); osc != c.osc {
				t.Errorf("OSC 52 was written: %v", osc)
			}
		})
	}
}

// 55. Plain lines: one a request, in order, nothing but text.
func acceptPlain(t *testing.T) {
	dir := t.TempDir()
	token, err := makeKey(dir, "okta")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scene.Start(exec.Command("scimdeck", "--plain", "--data", dir, "--listen", "127.0.0.1:0"), 120, 40)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	d := &dashboard{Scene: s}
	d.wait(t, replay.Announced.String())
	d.Client = replay.Client{Base: replay.Announced.FindStringSubmatch(d.Text())[1], Token: token}
	for i := range 20 {
		d.must(t, 201, "POST", "/Users", userBody(fmt.Sprintf("user%02d@example.com", i)))
		d.wait(t, fmt.Sprintf(`^%d .* POST 201 .*create user%02d@example\.com`, i+1, i))
	}
	if err := d.Cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	d.ended(t, 0)
	colours := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	rest := colours.ReplaceAll(d.Raw(), nil)
	if bytes.ContainsRune(rest, '\x1b') {
		t.Errorf("more than colours: %q", rest)
	}
	if lines := regexp.MustCompile(`(?m)^\d+ `).FindAll(rest, -1); len(lines) != 20 {
		t.Errorf("%d lines for 20 requests:\n%s", len(lines), rest)
	}
}

// 56. T changes the theme and nothing else; --theme wins over everything.
func acceptThemes(t *testing.T) {
	coloured := regexp.MustCompile(`\x1b\[[0-9;]*38;5;`)
	d := show(t, 80, 24, "scimdeck", t.TempDir(), []string{"NO_COLOR=1", "SCIMDECK_THEME=none"}, "--theme", "dark")
	if !coloured.Match(d.Raw()) {
		t.Error("--theme dark has no colours beside NO_COLOR and SCIMDECK_THEME=none")
	}
	d.must(t, 201, "POST", "/Users", userBody("ada@example.com"))
	d.must(t, 201, "POST", "/Users", userBody("eve@example.com"))
	d.wait(t, `create eve@example\.com`)
	d.press(t, "k", `PAUSED`)
	body := func() string {
		lines := strings.Split(still(d.Text()), "\n")
		return strings.Join(lines[2:len(lines)-3], "\n")
	}
	before := body()
	d.press(t, "T", `(?i)theme`)
	if after := body(); after != before {
		t.Errorf("T changed\n%s\ninto\n%s", before, after)
	}
	d.quit(t)

	d = show(t, 80, 24, "scimdeck", t.TempDir(), []string{"NO_COLOR=1"})
	d.must(t, 201, "POST", "/Users", userBody("ada@example.com"))
	d.wait(t, `create ada@example\.com`)
	for _, m := range regexp.MustCompile(`\x1b\[([0-9;]*)m`).FindAllStringSubmatch(string(d.Raw()), -1) {
		for _, n := range strings.Split(m[1], ";") {
			if n != "" && n != "0" && n != "1" && n != "7" {
				t.Fatalf("NO_COLOR, and yet %q", m[0])
			}
		}
	}
	d.quit(t)
}

// 57. A panic gives the terminal back; the server and plain lines go on.
func acceptPanic(t *testing.T) {
	for _, where := range []struct{ name, keys string }{{"update", "L"}, {"command", "i"}} {
		t.Run(where.name, func(t *testing.T) {
			t.Parallel()
			d := show(t, 80, 24, "scimdeck-broken", t.TempDir(), []string{"BREAK=" + where.name})
			if err := d.Type(where.keys); err != nil {
				t.Fatal(err)
			}
			goesOnPlain(t, d)
		})
	}
}

// goesOnPlain holds a broken dashboard to its promise.
func goesOnPlain(t *testing.T, d *dashboard) {
	t.Helper()
	d.wait(t, `listening on`)
	if cooked, err := d.Cooked(); err != nil || !cooked {
		t.Errorf("the terminal is not as a shell expects it: %v", err)
	}
	if d.Mode(1049) || !d.Mode(25) {
		t.Error("still on the alternate screen, or without a cursor")
	}
	report := regexp.MustCompile(`dashboard-\w+\.txt`).FindString(d.Text())
	if data, err := os.ReadFile(filepath.Join(d.dir, report)); err != nil || !bytes.Contains(data, []byte("goroutine")) {
		t.Errorf("the report %q: %v %s", report, err, data)
	}
	d.must(t, 201, "POST", "/Users", userBody("ada@example.com"))
	d.wait(t, `POST 201 .*create ada@example\.com`)
	if err := d.Type("\x03"); err != nil {
		t.Fatal(err)
	}
	d.ended(t, 0)
	if err := verify(d.dir); err != nil {
		t.Error(err)
	}
}

// 58. An Update that never returns is the same within seconds.
func acceptHang(t *testing.T) {
	d := show(t, 80, 24, "scimdeck-broken", t.TempDir(), []string{"BREAK=hang"})
	if err := d.Type("L"); err != nil {
		t.Fatal(err)
	}
	d.must(t, 200, "GET", "/ServiceProviderConfig", nil)
	goesOnPlain(t, d)
}

// 59. SIGTERM ends it in order though the terminal takes nothing.
func acceptFrozenEnd(t *testing.T) {
	d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
	d.Freeze()
	for range 200 {
		d.must(t, 200, "GET", "/Users?startIndex=1&count=2", nil)
		time.Sleep(5 * time.Millisecond)
	}
	if err := d.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- waitPID(d.Cmd.Process.Pid) }()
	select {
	case err := <-gone:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("still there")
	}
	if err := verify(d.dir); err != nil {
		t.Error(err)
	}
}

// waitPID waits until a process is a zombie: its end is seen by others only when its terminal is read.
func waitPID(pid int) error {
	for {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return err
		}
		if _, rest, _ := strings.Cut(string(stat), ") "); strings.HasPrefix(rest, "Z") {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// 60. Closing the window ends it in order.
func acceptHangup(t *testing.T) {
	d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
	d.must(t, 201, "POST", "/Users", userBody("ada@example.com"))
	conn, err := net.Dial("tcp", strings.Split(d.Base, "/")[2])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := userBody("eve@example.com")
	fmt.Fprintf(conn, "POST /api/scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/scim+json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", d.Token, len(body))
	answers := bufio.NewReader(conn)
	if res, err := http.ReadResponse(answers, nil); err != nil || res.StatusCode != http.StatusContinue { // it is in a handler's hands
		t.Fatal(res, err)
	}
	if err := d.Hangup(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(body); err != nil {
		t.Fatal(err)
	}
	if res, err := http.ReadResponse(answers, nil); err != nil || res.StatusCode != 201 {
		t.Errorf("the request in progress was answered with %v, %v", res, err)
	}
	if _, err := d.Exit(patience); err != nil {
		t.Fatal(err)
	}
	err = inspect(d.dir, func(st *store.Store) error {
		if n := st.Count(scim.NewCatalog(false).Type("User")); n != 2 {
			t.Errorf("%d users", n)
		}
		return st.Verify(context.Background())
	})
	if err != nil {
		t.Error(err)
	}
}

// 61. What can be wrong at the start is one plain sentence with a way out.
func acceptTroubles(t *testing.T) {
	busy := t.TempDir()
	running, err := startServer(busy, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Kill() }) // it only has to be there meanwhile
	port := strings.Split(running.Base, "/")[2]
	corrupt := t.TempDir()
	if _, err := makeKey(corrupt, "x"); err != nil {
		t.Fatal(err)
	}
	ruin(t, corrupt)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	locked := t.TempDir()
	if err := os.Chmod(locked, 0o555); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"port taken", []string{"--data", t.TempDir(), "--listen", port}, `port \d+ is taken\.\r?\n +another port: +scimdeck --listen 127\.0\.0\.1:\d+`},
		{"folder in use", []string{"--data", busy}, `is in use by another scimdeck \(pid ` + strconv.Itoa(running.Cmd.Process.Pid)},
		{"corrupt", []string{"--data", corrupt}, `is damaged`},
		{"a file", []string{"--data", file}, `cannot be opened|is not`},
		{"read-only", []string{"--data", locked}, `is not yours to write`},
		{"no such address", []string{"--data", t.TempDir(), "--listen", "192.0.2.1:1"}, `cannot listen on 192\.0\.2\.1:1`},
		{"no certificate", []string{"--data", t.TempDir(), "--config", writeConfig(t, `{"tls": {"cert": "no.pem", "key": "no.pem"}}`)}, `tls: cannot use no\.pem`},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command("scimdeck", append([]string{"--listen", "127.0.0.1:0"}, c.args...)...)
			cmd.Env = []string{"HOME=/nowhere"}
			if c.name == "read-only" && os.Geteuid() == 0 {
				asNobody(t, cmd, locked)
			}
			s, err := scene.Start(cmd, 200, 24)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if code, err := s.Exit(patience); err != nil || code != 1 {
				t.Errorf("exit code %d, %v", code, err)
			}
			raw := string(s.Raw())
			if !regexp.MustCompile(c.want).MatchString(raw) || !strings.Contains(raw, "\n  ") && c.name != "no certificate" || strings.Contains(raw, "\x1b") {
				t.Errorf("it said %q, want %q and a way out", raw, c.want)
			}
		})
	}
	if a, err := running.Send("GET", "/ServiceProviderConfig", nil, nil); err != nil || a.Status >= 500 {
		t.Errorf("the one that runs was disturbed: %v", err)
	}
}

// ruin overwrites the beginning of the database's files.
func ruin(t *testing.T, dir string) {
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(bytes.Repeat([]byte("ruin"), 64))
		return errors.Join(err, f.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// asNobody takes the rights of root away, to which no folder is read-only.
func asNobody(t *testing.T, cmd *exec.Cmd, dir string) {
	t.Helper()
	binary, err := os.ReadFile(cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, info.Mode()|0o055); err != nil {
			t.Fatal(err)
		}
		if dir == filepath.Clean(os.TempDir()) {
			break
		}
	}
	cmd.Path = filepath.Join(t.TempDir(), "scimdeck")
	for dir := filepath.Dir(cmd.Path); dir != filepath.Clean(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(cmd.Path, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
}

// 63. What libraries and the server say goes to L, not to the terminal.
func acceptNoise(t *testing.T) {
	cert, key := selfSigned(t)
	file := writeConfig(t, fmt.Sprintf(`{"tls": {"cert": %q, "key": %q}}`, cert, key))
	d := show(t, 80, 24, "scimdeck-broken", t.TempDir(), []string{"BREAK=noise"}, "--config", file)
	a, err := d.Send("GET", "/Users", nil, nil) // http where https is spoken: http.Server logs it
	if err != nil || a.Status != 400 {
		t.Fatal(a, err)
	}
	time.Sleep(200 * time.Millisecond)
	for _, noise := range []string{"NOISE", "TLS handshake"} {
		if bytes.Contains(d.Raw(), []byte(noise)) {
			t.Errorf("%q reached the terminal", noise)
		}
	}
	d.press(t, "L", `NOISE of a library`)
	d.wait(t, `TLS handshake`)
	d.quit(t)
}

// 64. After quitting the terminal is as it was, with the summary on a clean line.
func acceptAfterwards(t *testing.T) {
	d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
	d.must(t, 201, "POST", "/Users", userBody("ada@example.com"))
	d.must(t, 409, "POST", "/Users", userBody("ADA@example.com"))
	d.press(t, "M", `mouse on`)
	d.press(t, "q", `Stop the server and quit`)
	d.unguarded()
	if err := d.Type("y"); err != nil {
		t.Fatal(err)
	}
	d.ended(t, 0)
	for mode, want := range map[int]bool{25: true, 1049: false, 1000: false, 1002: false, 1003: false, 1006: false, 2004: false, 1004: false} {
		if d.Mode(mode) != want {
			t.Errorf("mode %d is %v", mode, !want)
		}
	}
	if cooked, err := d.Cooked(); err != nil || !cooked {
		t.Errorf("the terminal is not as a shell expects it: %v", err)
	}
	if d.Title() != "" {
		t.Errorf("the title is still %q", d.Title())
	}
	end := "Stopped after \\d+ s: 2 requests, 1 problem, 1 user\\.\r\nKept in .*; start again with the same command to go on\\.\r\n$"
	if raw := string(d.Raw()); !regexp.MustCompile(end).MatchString(raw) {
		t.Errorf("it ends with %q", raw[max(0, len(raw)-300):])
	}
}

// 66. From nothing to a key and the values for Okta with nothing read but the screen.
func acceptFirstKey(t *testing.T) {
	s, err := scene.Start(exec.Command("scimdeck", "--data", t.TempDir(), "--listen", "127.0.0.1:0"), 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	d := &dashboard{Scene: s}
	d.wait(t, `No request has come in yet`)
	d.Client.Base = "http://" + shownAt.FindString(d.Text()) + "/api/scim/v2"
	d.press(t, "3", `No key yet`)
	d.press(t, "a", `New key`)
	d.unguarded()
	d.press(t, "okta-dev\r", secretForm.String())
	d.Token = secretForm.FindString(d.Text())
	leaveSecret(t, d)
	d.press(t, "4", `SCIM connector base URL`)
	for _, value := range []string{regexp.QuoteMeta(strings.TrimPrefix(d.Base, "http://")), `userName`, `Import New Users and Profile Updates`, `Push New Users`, `Push Profile Updates`, `HTTP Header`} {
		d.wait(t, value)
	}
	d.must(t, 200, "GET", "/Users?startIndex=1&count=2", nil)
	d.quit(t)
}

// 4. While requests pour in none is missing, the screen is drawn 31 times a second at most, and a key is answered at once.
func acceptLoad(t *testing.T) {
	d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
	lasting := 1500 * time.Millisecond
	if long {
		lasting = 10 * time.Second
	}
	const workers, rate = 8, 2000
	var sent atomic.Int64
	began := time.Now()
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range workers {
		clients.Go(func() {
			every := time.NewTicker(time.Second * workers / rate)
			defer every.Stop()
			for {
				select {
				case <-stop:
					return
				case <-every.C:
				}
				if a, err := d.Send("GET", "/Users?startIndex=1&count=2", nil, nil); err != nil || a.Status != 200 {
					t.Errorf("request %d: %v", sent.Load(), err)
					return
				}
				sent.Add(1)
			}
		})
	}
	d.wait(t, `^› +\d{2,} `)
	budget.Within(t, 50*time.Millisecond, func() time.Duration {
		pressed := time.Now()
		d.press(t, "?", `Keys and actions`)
		took := time.Since(pressed)
		d.escape(t, `Keys and actions`)
		return took
	})
	time.Sleep(time.Until(began.Add(lasting)))
	close(stop)
	clients.Wait()
	took := time.Since(began)
	n := sent.Load()
	d.wait(t, fmt.Sprintf(`FOLLOW  %s requests`, regexp.QuoteMeta(ui.Thousands(int(n)))))
	// In each frame of a list that moves, its last row is another.
	if frames := bytes.Count(d.Raw(), []byte("\x1b[22;1H")); float64(frames) > 31*took.Seconds()+10 {
		t.Errorf("%d frames in %v", frames, took)
	} else {
		t.Logf("%d requests, %d frames in %v", n, frames, took)
	}
	d.quit(t)
	err := inspect(d.dir, func(st *store.Store) error {
		rows := st.Rows(nil, 0, 0)
		for i, r := range rows {
			if i > 0 && r.Seq != rows[i-1].Seq+1 {
				t.Fatalf("#%d follows #%d", r.Seq, rows[i-1].Seq)
			}
		}
		if kept := st.LogState(); kept.Last != uint64(n) || len(rows) < min(int(n), 50_000) {
			t.Errorf("%d requests were answered; %d rows, the log is %+v", n, len(rows), kept)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// 9. A key that is held down moves as often as it came, and no further once it is let go.
func acceptHeld(t *testing.T) {
	const perSecond = 60
	presses := 2 * perSecond
	if long {
		presses = 10 * perSecond
	}
	d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
	for range presses + 50 {
		d.must(t, 200, "GET", "/ServiceProviderConfig", nil)
	}
	d.wait(t, fmt.Sprintf(`FOLLOW  %d requests`, presses+50))
	d.press(t, "g", `^› +1 `)
	every := time.NewTicker(time.Second / perSecond)
	defer every.Stop()
	for range presses {
		<-every.C
		if err := d.Type("j"); err != nil {
			t.Fatal(err)
		}
	}
	selected := fmt.Sprintf(`^› +%d `, presses+1)
	d.wait(t, selected)
	if err := d.Settle(patience, 300*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	d.wait(t, selected)
	d.quit(t)
}

// 11. At rest the program needs half a second of a processor in a minute, and writes nothing to the terminal.
func acceptIdle(t *testing.T) {
	lasting := 3 * time.Second
	if long {
		lasting = time.Minute
	}
	d := show(t, 80, 24, "scimdeck", t.TempDir(), nil)
	if err := d.Settle(patience, 1500*time.Millisecond); err != nil { // Badger has settled too
		t.Fatal(err)
	}
	budget.Within(t, lasting/120, func() time.Duration {
		wrote, used := len(d.Raw()), processorTime(t, d.Cmd.Process.Pid)
		time.Sleep(lasting)
		if more := d.Raw()[wrote:]; len(more) > 0 {
			t.Fatalf("the terminal got %q", more)
		}
		return processorTime(t, d.Cmd.Process.Pid) - used
	})
	d.quit(t)
}

// processorTime is how long a process has used processors, or 0 where the system does not say it finely.
func processorTime(t *testing.T, pid int) (all time.Duration) {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range threads {
		var ns int64
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a thread that has ended
		}
		if _, err = fmt.Sscan(string(data), &ns); err != nil {
			t.Fatal(err)
		}
		all += time.Duration(ns)
	}
	return all
}

// 12. With 50,000 requests in the log the dashboard is there in 300 ms.
func acceptStart(t *testing.T) {
	dir := t.TempDir()
	if _, err := makeKey(dir, "okta"); err != nil {
		t.Fatal(err)
	}
	err := inspect(dir, func(st *store.Store) error {
		for i := range 50_000 {
			st.Log(&wire.Exchange{
				Start: time.Now(), Took: time.Millisecond, Method: "GET", Status: 200, Target: "/api/scim/v2/Users", Path: "/Users", Host: "127.0.0.1",
				Op: "list", Sentence: fmt.Sprintf("list users %d", i),
			})
			if i%1000 == 999 {
				st.FlushLog() // the log drops what comes faster than it can be stored
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	budget.Within(t, 300*time.Millisecond, func() time.Duration {
		cmd := exec.Command("scimdeck", "--data", dir, "--listen", "127.0.0.1:0")
		began := time.Now()
		s, err := scene.Start(cmd, 80, 24)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		d := &dashboard{Scene: s}
		d.wait(t, `list users 49999`)
		d.wait(t, `FOLLOW  50,000 requests`)
		took := time.Since(began)
		d.quit(t)
		return took
	})
}

// wideNames are names that terminals measure differently.
var wideNames = []string{"日本語ユーザー", "⚠️ warn ❤️", "👩‍💻 dev 👍🏽", "🇬🇧🇫🇷 flags", "e\u0301\u0301 marks n\u0303", "עברית ועוד", strings.Repeat("very-long-", 30)}

// 20. The same names in tmux: the edge between list and detail is in one column. tmux measures rune by rune, as many
// terminals do; so the frame's bytes are measured that way too, wherever there is no tmux.
func acceptTmux(t *testing.T) {
	dir := t.TempDir()
	d := show(t, 140, 40, "scimdeck", dir, nil)
	for i, name := range wideNames {
		quoted, err := json.Marshal(fmt.Sprintf("%s %d", name, i))
		if err != nil {
			t.Fatal(err)
		}
		d.must(t, 201, "POST", "/Users", []byte(strings.Replace(string(userBody("X")), `"userName":"X"`, `"userName":`+string(quoted), 1)))
	}
	d.wait(t, fmt.Sprintf(`create.* %d`, len(wideNames)-2))
	if err := d.Settle(patience, 300*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	painted := regexp.MustCompile(`\x1b\[(\d+);1H([^\n]*?)(?:\x1b\[\d+;1H|$)`)
	rows := map[string]string{} // as painted last
	for raw := d.Raw(); ; {
		m := painted.FindSubmatchIndex(raw)
		if m == nil {
			break
		}
		rows[string(raw[m[2]:m[3]])] = string(raw[m[4]:m[5]])
		raw = raw[m[5]:]
	}
	var lines []string
	for _, row := range rows {
		lines = append(lines, ansi.Strip(row))
	}
	oneEdge(t, "by runes", lines, ansi.StringWidthWc)
	d.quit(t)

	if _, err := exec.LookPath("tmux"); err != nil {
		t.Log("there is no tmux here: its way of measuring has to do")
		return
	}
	socket := filepath.Join(t.TempDir(), "tmux")
	tmux := func(args ...string) string {
		out, err := exec.Command("tmux", append([]string{"-u", "-f", "/dev/null", "-S", socket}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %q: %v %s", args, err, out)
		}
		return string(out)
	}
	program, err := exec.LookPath("scimdeck")
	if err != nil {
		t.Fatal(err)
	}
	tmux("new-session", "-d", "-x", "140", "-y", "40", "LANG=C.UTF-8 exec "+program+" --listen 127.0.0.1:0 --data "+dir)
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", socket, "kill-server").Run() }) // it may have ended
	var frame string
	err = d.until(func() bool {
		frame = tmux("capture-pane", "-p")
		return strings.Contains(frame, fmt.Sprintf("FOLLOW  %d requests", len(wideNames)))
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, frame)
	}
	oneEdge(t, "in tmux", strings.Split(frame, "\n"), ansi.StringWidthWc)
	tmux("send-keys", "C-c")
	tmux("send-keys", "C-c")
	if err := d.until(func() bool { return exec.Command("tmux", "-S", socket, "has-session").Run() != nil }); err != nil {
		t.Error("it did not end")
	}
}

// oneEdge fails unless the last bar of all lines that have one stands in one column.
func oneEdge(t *testing.T, how string, lines []string, width func(string) int) {
	t.Helper()
	edges := map[int]int{}
	for _, line := range lines {
		if at := strings.LastIndex(line, "│"); at > 0 {
			edges[width(line[:at])]++
		}
	}
	n := 0
	for _, lines := range edges {
		n += lines
	}
	if len(edges) != 1 || n < 30 {
		t.Errorf("%s: lines by the column of their edge: %v\n%s", how, edges, strings.Join(lines, "\n"))
	}
}

// 62. On a full disk there is a banner and refusals in SCIM's form; with room it goes on by itself.
func acceptFull(t *testing.T) {
	at, _, ok := disk(t, `mount -t tmpfs -o size=250m none "$1"`)
	if !ok {
		return // the banner has frames of its own, and package store a limit of its own
	}
	d := show(t, 80, 24, "scimdeck", filepath.Join(at, "data"), nil)
	ballast := filepath.Join(at, "ballast")
	d.must(t, 201, "POST", "/Users", userBody("ada@example.com"))
	fillDisk(t, ballast)
	refused := func() bool {
		a, err := d.Send("POST", "/Users", nil, userBody("refused@example.com"))
		return err == nil && a.Status == 507 && a.At("status") == "507" && a.At("detail") != ""
	}
	if err := d.until(refused); err != nil {
		t.Fatal("no write is refused")
	}
	d.wait(t, `db FULL`)
	d.wait(t, `error  The disk is full: nothing can be stored\.`)
	d.must(t, 200, "GET", "/Users", nil)
	d.press(t, "L", `nothing is written any more`)
	d.escape(t, `Messages of the server`)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := d.WaitGone(patience, `db FULL|The disk is full`); err != nil {
		t.Fatal(err)
	}
	d.must(t, 201, "POST", "/Users", userBody("kim@example.com"))
	d.wait(t, `create kim@example\.com`)
	d.quit(t)
}

// selfSigned makes a certificate for this machine.
func selfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(crand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}
