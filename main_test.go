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
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"log"
	"maps"
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
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"scimdeck/scim"
	"scimdeck/store"
	"scimdeck/tui"
	"scimdeck/tui/scene"
)

var update = flag.Bool("update", false, "rewrite frames, pictures and the README's tables")

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

// TestMain makes two commands of the test binary: the program, and the program with a part broken on purpose.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"scimdeck": main, "scimdeck-broken": brokenMain})
}

// brokenMain is main with a dashboard that breaks as BREAK says.
func brokenMain() {
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

// process is a scimdeck without a dashboard, in a process of its own.
type process struct {
	client
	cmd *exec.Cmd
	out *lockedBuffer // stdout and stderr
}

// lockedBuffer is a buffer that a process may write while a test reads.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var announced = regexp.MustCompile(`listening on (\S+)|"url":"([^"]+)"`)

// startServer starts `scimdeck serve` on a free port and waits until it says where.
func startServer(dir string, env []string, flags ...string) (*process, error) {
	s := &process{out: &lockedBuffer{}}
	s.cmd = exec.Command("scimdeck", append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0"}, flags...)...)
	s.cmd.Env = env
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if m := announced.FindStringSubmatch(s.out.String()); m != nil {
			s.base = m[1] + m[2]
			return s, nil
		}
		if time.Now().After(end) {
			return nil, errors.Join(fmt.Errorf("no announcement; it said: %s", s.out), s.kill())
		}
	}
}

// stop ends the server as a person does, and says how that went.
func (s *process) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("%w; it said: %s", err, s.out)
	}
	return nil
}

// kill ends the server as a power cut does.
func (s *process) kill() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = s.cmd.Wait() // it says that it was killed
	return nil
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

// A client sends SCIM requests.
type client struct{ base, token string }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
}

// send sends one request. Header fields override what a client sends by itself.
func (c client) send(method, target string, header map[string]string, body []byte) (*answer, error) {
	if !strings.HasPrefix(target, "http") {
		target = c.base + target
	}
	req, err := http.NewRequest(method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/scim+json")
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	start := time.Now()
	resp, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode, header: resp.Header}
	a.body, err = io.ReadAll(resp.Body)
	a.took = time.Since(start)
	return a, err
}

// at returns the value at a path such as "Resources[0].id" of the answer's JSON, or nil.
func (a *answer) at(property string) any {
	var value any
	if json.Unmarshal(a.body, &value) != nil {
		return nil
	}
	for _, step := range strings.FieldsFunc(property, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// Okta's requests, as recorded.

// oktaStep is one request of testdata/okta with what Okta needs of the answer.
type oktaStep struct {
	Suite, Profile, Name string
	Step                 int
	Optional             bool
	When                 string
	Target               string // "okta-api" is not for us
	Method, Path         string
	RawQuery             string `json:"raw_query"`
	Headers              map[string]string
	Body                 json.RawMessage
	MergeOnto            string `json:"body_merge_onto"`
	Asserts              []oktaAssert
	Captures             []struct{ Name, Source, Property string }
}

type oktaAssert struct {
	Source, Property, Comparison string
	Value                        any
}

// okta replays recorded requests. Variables pass from one to the next.
type okta struct {
	client
	vars     map[string]string
	last     map[string]any // the latest GET answer, that PUTs echo
	requests int
	asserts  int
}

func readSteps(file string) ([]oktaStep, error) {
	data, err := os.ReadFile(filepath.Join("testdata", "okta", file))
	if err != nil {
		return nil, err
	}
	var steps []oktaStep
	return steps, json.Unmarshal(data, &steps)
}

func newOkta(c client) *okta {
	return &okta{client: c, vars: map[string]string{
		"auth": "Bearer " + c.token, "userName": "ada.lovelace@example.com", "email": "ada.lovelace@example.com",
		"givenName": "Ada", "familyName": "Lovelace", "displayName": "Ada Lovelace", "givenNameNew": "Augusta",
		"oktaUserId": "00ujl29u0le5T6Aj10h7", "randomPassword8": "gl^m&qWZ", "newPassword": "Corr3ct horse",
	}}
}

// suite replays the steps of one suite in one of Okta's two dialects.
func (o *okta) suite(suite, profile string) error {
	steps, err := readSteps("okta-lifecycle.json")
	if err != nil {
		return err
	}
	steps = slices.DeleteFunc(steps, func(s oktaStep) bool { return s.Suite != suite || s.Profile != profile })
	if len(steps) == 0 {
		return fmt.Errorf("there is no suite %q for %q", suite, profile)
	}
	slices.SortFunc(steps, func(a, b oktaStep) int { return a.Step - b.Step })
	for _, s := range steps {
		switch {
		case s.When == "totalResults == 0" && o.vars["matches"] != "0":
			return fmt.Errorf("%s: the user is there already", s.Name)
		case strings.HasPrefix(s.When, "repeat with startIndex"):
			err = o.rest(s)
		default:
			err = o.step(s)
		}
		if err != nil {
			return fmt.Errorf("%s %s %d (%s): %w", s.Suite, s.Profile, s.Step, s.Name, err)
		}
	}
	return nil
}

// rest replays the pages of an import after the first.
func (o *okta) rest(s oktaStep) error {
	total, err := strconv.Atoi(o.vars["totalResults"])
	if err != nil {
		return err
	}
	for start := 101; start <= total; start += 100 {
		s.RawQuery = fmt.Sprintf("startIndex=%d&count=100", start)
		if err := o.step(s); err != nil {
			return err
		}
	}
	return nil
}

var variable = regexp.MustCompile(`\{\{([A-Za-z0-9_]+)(\|pct)?\}\}`)

// fill puts the variables' values in.
func (o *okta) fill(text string, quote func(string) string) (filled string, err error) {
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		v := variable.FindStringSubmatch(m)
		value, ok := o.vars[v[1]]
		if !ok {
			err = fmt.Errorf("variable %q is not known", v[1])
		}
		if v[2] != "" {
			return url.QueryEscape(value)
		}
		return quote(value)
	}), err
}

func asIs(s string) string { return s }

func insideJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return string(b[1 : len(b)-1])
}

// step sends one request and checks the answer.
func (o *okta) step(s oktaStep) error {
	target, err := o.fill(s.Path, asIs)
	if err != nil && s.Optional {
		return nil // about a thing that this server does not have
	}
	query, queryErr := o.fill(s.RawQuery, asIs)
	body, bodyErr := o.fill(string(s.Body), insideJSON)
	header := map[string]string{}
	for name, value := range s.Headers {
		var headerErr error
		header[name], headerErr = o.fill(value, asIs)
		err = errors.Join(err, headerErr)
	}
	if err := errors.Join(err, queryErr, bodyErr); err != nil {
		return err
	}
	if query != "" {
		target += "?" + strings.NewReplacer(" ", "%20", `"`, "%22").Replace(query)
	}
	if body == "null" {
		body = ""
	}
	if s.MergeOnto != "" {
		if body, err = o.echo(body); err != nil {
			return err
		}
	}
	a, err := o.send(s.Method, target, header, []byte(body))
	if err != nil {
		return err
	}
	o.requests++
	if object, ok := a.at("").(map[string]any); ok && s.Method == http.MethodGet {
		o.last = object
	}
	for _, want := range s.Asserts {
		o.asserts++
		if err := o.check(a, want); err != nil {
			return fmt.Errorf("%s %s: %w; it was %d\n%s", s.Method, target, err, a.status, a.body)
		}
	}
	for _, c := range s.Captures {
		if v := a.at(c.Property); v != nil {
			o.vars[c.Name] = fmt.Sprint(v)
		}
	}
	return nil
}

// echo lays the body over the answer to the latest GET, as Okta does.
func (o *okta) echo(body string) (string, error) {
	var over map[string]any
	if err := json.Unmarshal([]byte(body), &over); err != nil {
		return "", err
	}
	var lay func(under, over map[string]any) map[string]any
	lay = func(under, over map[string]any) map[string]any {
		out := maps.Clone(under)
		for k, v := range over {
			u, uok := out[k].(map[string]any)
			if w, ok := v.(map[string]any); ok && uok {
				v = lay(u, w)
			}
			out[k] = v
		}
		return out
	}
	merged := lay(o.last, over)
	merged["somethingOfOktas"] = "that no schema knows"
	out, err := json.Marshal(merged)
	return string(out), err
}

// check makes one comparison, in the meaning of testdata/okta/okta-spec-test-vars.json.
func (o *okta) check(a *answer, want oktaAssert) error {
	var got any
	switch want.Source {
	case "status":
		got = float64(a.status)
	case "response_time_ms":
		got = float64(a.took.Milliseconds())
	case "json":
		got = a.at(want.Property)
	case "script": // groups_shape: a list, perhaps an empty one
		if a.at("totalResults") == 0.0 || a.at("Resources[0]") != nil {
			return nil
		}
		return errors.New("want a list")
	}
	value := want.Value
	if text, ok := value.(string); ok {
		filled, err := o.fill(text, asIs)
		if err != nil {
			return err
		}
		value = filled
	}
	list, isList := got.([]any)
	ok := false
	switch want.Comparison {
	case "equal_number":
		ok = got == value
	case "equal":
		ok = got != nil && fmt.Sprint(got) == fmt.Sprint(value)
	case "one_of":
		ok = slices.Contains(value.([]any), got)
	case "has_value", "contains":
		ok = slices.Contains(list, value)
	case "is_a_number":
		_, ok = got.(float64)
	case "is_less_than":
		n, isNumber := got.(float64)
		ok = isNumber && n < value.(float64)
	case "is_array":
		ok = isList
	case "is_json_object":
		_, ok = got.(map[string]any)
	case "not_empty":
		ok = got != nil && got != "" && !(isList && len(list) == 0)
	}
	if !ok {
		return fmt.Errorf("%s %s: %v, want %s %v", want.Source, want.Property, got, want.Comparison, value)
	}
	return nil
}

// spec replays Okta's SPEC suite.
func (o *okta) spec() error {
	o.vars["randomGivenName"] = fmt.Sprintf("Runscope%03d", rand.IntN(1000))
	o.vars["randomFamilyName"] = fmt.Sprintf("Qabcdefgh%03d", rand.IntN(1000))
	name := o.vars["randomGivenName"] + o.vars["randomFamilyName"] + "@atko.com"
	o.vars["randomEmail"], o.vars["randomUsername"], o.vars["randomUsernameCaps"] = name, name, strings.ToUpper(name)
	o.vars["InvalidUserEmail"], o.vars["UserIdThatDoesNotExist"] = "abcdefgh@atko.com", "010101001010101011001010101011"
	return o.tests("okta-scim20-spec", nil)
}

// crud replays Okta's CRUD suite; what it asks of an Okta organisation is done as Okta would.
func (o *okta) crud(profile string) error {
	first, last := "Runscope123", "Qabcdefgh456"
	name := first + last + "@atko.com"
	maps.Copy(o.vars, map[string]string{
		"SCIMAuth": o.vars["auth"], "okta_user_email": name, "okta_user_firstname": first, "okta_user_lastname": last,
		"okta_user_firstname_update": first + "update",
		"userName":                   name, "email": name, "givenName": first, "familyName": last, "givenNameNew": first + "update",
	})
	then := map[int]string{3: "create", 5: "update", 7: "deactivate", 10: "reactivate", 12: "deactivate"}
	return o.tests("okta-scim20-crud", func(step int) error {
		if suite := then[step]; suite != "" {
			if suite == "reactivate" {
				o.vars["givenName"] = o.vars["givenNameNew"]
			}
			return o.suite(suite, profile)
		}
		return nil
	})
}

// tests replays a suite of okta-spec-test.json; elsewhere does what is not for a SCIM server.
func (o *okta) tests(suite string, elsewhere func(step int) error) error {
	steps, err := readSteps("okta-spec-test.json")
	if err != nil {
		return err
	}
	for _, s := range steps {
		if s.Suite != suite {
			continue
		}
		if s.Target == "scim" {
			err = o.step(s)
		} else {
			err = elsewhere(s.Step)
		}
		if err != nil {
			return fmt.Errorf("%s %d (%s): %w", s.Suite, s.Step, s.Name, err)
		}
	}
	return nil
}

// Stories.

// story is what the commands of one story share.
type story struct {
	server *process
	scene  *scene.Scene
	okta   *okta
	client client
	answer *answer
}

type storyKey struct{}

func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "stories"),
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Values[storyKey{}] = &story{}
			env.Vars = append(env.Vars, "HOME="+env.WorkDir, "TZ=UTC", "LANG=C.UTF-8", "DATA="+filepath.Join(env.WorkDir, "data"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": onServer(storyStart), "stop": onServer(storyStop), "kill": onServer(storyKill),
			"token": storyToken, "scim": storySCIM, "capture": storyCapture, "seed": storySeed,
			"okta": storyOkta, "spec": storySpec, "crud": storyCRUD,
			"log": storyLog, "verify": storyVerify, "pty": storyPTY,
		},
	})
}

func of(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

func onServer(f func(*testscript.TestScript, *story, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) { f(ts, of(ts), args) }
}

func storyEnv(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"HOME", "TZ", "LANG", "PATH", "TMPDIR"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}

// storyStart: start [flags] starts the server on $DATA.
func storyStart(ts *testscript.TestScript, s *story, args []string) {
	var err error
	s.server, err = startServer(ts.Getenv("DATA"), storyEnv(ts), args...)
	ts.Check(err)
	running := s.server
	ts.Defer(func() { _ = running.kill() }) // it may have ended
	s.client = client{s.server.base, ts.Getenv("TOKEN")}
	ts.Setenv("BASE", s.server.base)
	ts.Setenv("HOST", strings.TrimPrefix(strings.SplitAfter(s.server.base, "/api")[0], "http://"))
}

// storyStop: stop ends the server in order; its output becomes the file server.out.
func storyStop(ts *testscript.TestScript, s *story, _ []string) {
	ts.Check(s.server.stop())
	ts.Check(os.WriteFile(ts.MkAbs("server.out"), []byte(s.server.out.String()), 0o600))
}

// storyKill: kill ends it with SIGKILL.
func storyKill(ts *testscript.TestScript, s *story, _ []string) { ts.Check(s.server.kill()) }

// storyToken: token takes the last command's output as the key that requests carry.
func storyToken(ts *testscript.TestScript, _ bool, _ []string) {
	token := strings.TrimSpace(ts.ReadFile("stdout"))
	ts.Setenv("TOKEN", token)
	of(ts).client.token = token
}

// storySCIM: scim [-H 'Name: value']... METHOD PATH [BODY] sends a request; the answer
// becomes stdout. With ! it must be an error.
func storySCIM(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts)
	header := map[string]string{}
	for len(args) > 1 && args[0] == "-H" {
		name, value, _ := strings.Cut(args[1], ": ")
		header[name] = value
		args = args[2:]
	}
	var body []byte
	if len(args) == 3 {
		if body = []byte(args[2]); strings.HasPrefix(args[2], "@") {
			body = []byte(ts.ReadFile(args[2][1:]))
		}
	}
	var err error
	s.answer, err = s.client.send(args[0], args[1], header, body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d %s\n", s.answer.status, http.StatusText(s.answer.status))
	for _, name := range slices.Sorted(maps.Keys(s.answer.header)) {
		fmt.Fprintf(ts.Stdout(), "%s: %s\n", name, s.answer.header.Get(name))
	}
	fmt.Fprintf(ts.Stdout(), "\n%s\n", s.answer.body)
	if neg != (s.answer.status >= 400) {
		ts.Fatalf("%s %s: %d\n%s", args[0], args[1], s.answer.status, s.answer.body)
	}
	if id := s.answer.header.Get("X-Powered-By"); id != "" {
		ts.Fatalf("the answer brags: %q", id)
	}
}

// storyCapture: capture NAME PROPERTY keeps a value of the last answer as a variable.
func storyCapture(ts *testscript.TestScript, _ bool, args []string) {
	value := of(ts).answer.at(args[1])
	if value == nil {
		ts.Fatalf("the answer has no %s: %s", args[1], of(ts).answer.body)
	}
	ts.Setenv(args[0], fmt.Sprint(value))
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
				a, err := of(ts).client.send("POST", "/Users", nil, userBody(fmt.Sprintf("user%04d@example.com", i)))
				if err == nil && a.status != 201 {
					err = fmt.Errorf("%d %s", a.status, a.body)
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
func (s *story) player() *okta {
	if s.okta == nil {
		s.okta = newOkta(s.client)
	}
	s.okta.client = s.client
	s.okta.vars["auth"] = "Bearer " + s.client.token
	return s.okta
}

// storyOkta: okta SUITE PROFILE replays a suite of okta-lifecycle.json.
func storyOkta(ts *testscript.TestScript, _ bool, args []string) {
	o := of(ts).player()
	ts.Check(o.suite(args[0], args[1]))
	if o.vars["scimId"] != "" {
		ts.Setenv("ID", o.vars["scimId"])
	}
}

// storySpec: spec replays Okta's SPEC suite and prints its size.
func storySpec(ts *testscript.TestScript, _ bool, _ []string) {
	o := newOkta(of(ts).client)
	ts.Check(o.spec())
	fmt.Fprintf(ts.Stdout(), "%d requests, %d assertions\n", o.requests, o.asserts)
}

// storyCRUD: crud PROFILE replays Okta's CRUD suite.
func storyCRUD(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(newOkta(of(ts).client).crud(args[0]))
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
// frame · resize WxH · secret · picture FILE · exit.
func storyPTY(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts)
	if args[0] != "start" && s.scene == nil {
		ts.Fatalf("no dashboard runs")
	}
	rest := strings.Join(args[1:], " ")
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
		s.client = client{"http://" + shownAt.FindString(s.scene.Text()) + "/api/scim/v2", ts.Getenv("TOKEN")}
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
	case "resize":
		w, h := size(ts, args[1])
		ts.Check(s.scene.Resize(w, h))
	case "secret":
		ts.Setenv("TOKEN", secretForm.FindString(s.scene.Text()))
		s.client.token = ts.Getenv("TOKEN")
		if s.client.token == "" {
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
	{regexp.MustCompile(`\d\d:\d\d:\d\d`), "12:00:00"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d`), "2026-01-02"},
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "00000000-0000-8000-8000-000000000000"},
	{regexp.MustCompile(` *\d+ms`), "   0ms"},
	{regexp.MustCompile(`scimdeck_[0-9A-Za-z]{4}`), "scimdeck_AbCd"},
}

// still makes a frame the same in every run.
func still(frame string) string {
	for _, m := range moving {
		frame = m.re.ReplaceAllStringFunc(frame, func(was string) string {
			return fmt.Sprintf("%*s", len(was), m.with)[max(0, len(m.with)-len(was)):]
		})
	}
	return frame
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
	s.token = token
	var mu sync.Mutex
	created := map[string]string{}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("user-%d-%d-%d@example.com", round, worker, i)
				a, err := s.send("POST", "/Users", nil, userBody(name))
				if err != nil {
					return // killed
				}
				mu.Lock()
				if id, ok := a.at("id").(string); ok && a.status == 201 {
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
	if err := s.kill(); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	return created
}

// Bad input: a SCIM error, in bounded time and memory, and nothing stored.

func TestBadInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	token, err := makeKey(dir, "bad")
	if err != nil {
		t.Fatal(err)
	}
	s, err := startServer(dir, nil, "--config", writeConfig(t, `{"limits": {"readTimeout": "1s"}}`))
	if err != nil {
		t.Fatal(err)
	}
	s.token = token
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
			a, err := s.send(c.method, c.target, header, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			detail, _ := a.at("detail").(string)
			if c.status == 0 { // too long for a filter, or already for a header
				c.status = a.status
				if a.status != 400 && a.status != 414 && a.status != 431 {
					t.Errorf("status %d", a.status)
				}
			}
			schemas, _ := a.at("schemas").([]any)
			if a.status != c.status || !slices.Contains(schemas, any(scim.ErrorURN)) || a.at("status") != strconv.Itoa(c.status) ||
				!regexp.MustCompile(c.detail).MatchString(detail) {
				t.Errorf("%d %s\nwant %d and a detail that matches %q", a.status, a.body, c.status, c.detail)
			}
		})
	}
	t.Run("slow clients", func(t *testing.T) { slowClients(t, s) })
	if rss := residentMB(t, s.cmd.Process.Pid); rss > 500 { // the race detector takes most of it
		t.Errorf("%d MB resident after all that", rss)
	}
	if a, err := s.send("GET", "/Users", nil, nil); err != nil || a.at("totalResults") != 0.0 {
		t.Errorf("after all that: %v %s", err, a.body)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if err := verify(dir); err != nil {
		t.Error(err)
	}
}

// slowClients holds a hundred connections that send a request one byte at a
// time: the server answers others, and ends those at its time limit.
func slowClients(t *testing.T, s *process) {
	host := strings.Split(s.base, "/")[2]
	var group sync.WaitGroup
	for range 100 {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		group.Go(func() {
			fmt.Fprintf(conn, "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", s.token)
			for range 2 * patience / (50 * time.Millisecond) {
				if _, err := conn.Write([]byte(" ")); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Error("a client may send one request for ever")
		})
	}
	if a, err := s.send("GET", "/Users", nil, nil); err != nil || a.status != 200 {
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

func TestEverySettingHasADefaultAndAComment(t *testing.T) {
	c := configuration{origin: map[string]string{}}
	if err := c.readFile("config.hujson", builtin); err != nil {
		t.Fatal(err)
	}
	for _, s := range c.settings() {
		if c.origin[s.path] == "" {
			t.Errorf("config.hujson does not set %s", s.path)
		}
	}
	if err := c.check(); err != nil {
		t.Errorf("the built-in settings are refused: %v", err)
	}
	previous := ""
	for line := range strings.Lines(string(builtin)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, `"`) && !strings.HasPrefix(previous, "//") && line != `"cert": "",` && line != `"key": "",` {
			t.Errorf("no comment above %s", line)
		}
		previous = line
	}
}

// What `config` prints can be read back, and then says the same without any origin.
func TestConfigPrintsWhatItReads(t *testing.T) {
	env := []string{"SCIMDECK_REQUEST_LOG_AGE=12h", "SCIMDECK_PUBLIC_URL=https://a.example/x&y", "SCIMDECK_BASE_PATHS=/a,/b/c", "SCIMDECK_GROUPS=true"}
	code, first, errs := runProgram(t, env, "config", "--data", "/srv/scim", "--theme", "light")
	if code != 0 {
		t.Fatal(errs)
	}
	for _, want := range []string{
		`"age": "12h0m0s", // SCIMDECK_REQUEST_LOG_AGE`, `"publicURL": "https://a.example/x&y", // SCIMDECK_PUBLIC_URL`,
		`"basePaths": ["/a","/b/c"], // SCIMDECK_BASE_PATHS`, `"groups": true, // SCIMDECK_GROUPS`,
		`"data": "/srv/scim", // --data`, `"theme": "light", // --theme`,
	} {
		if !strings.Contains(first, want) {
			t.Errorf("no %s in\n%s", want, first)
		}
	}
	file := writeConfig(t, first)
	code, second, errs := runProgram(t, nil, "config", "--config", file)
	if code != 0 {
		t.Fatal(errs)
	}
	comments := regexp.MustCompile(`(?m) *//.*$`)
	if a, b := comments.ReplaceAllString(first, ""), comments.ReplaceAllString(second, ""); strings.TrimSpace(a) != strings.TrimSpace(b) {
		t.Errorf("read back:\n%s\nwas:\n%s", b, a)
	}
}

func TestSettingsFromEnvironment(t *testing.T) {
	var c config
	names := map[string]bool{}
	for _, s := range c.settings() {
		name := s.env()
		if names[name] || !regexp.MustCompile(`^SCIMDECK(_[A-Z]+)+$`).MatchString(name) {
			t.Errorf("%s is %s in the environment", s.path, name)
		}
		names[name] = true
	}
	for _, name := range []string{"SCIMDECK_REQUEST_LOG_ENTRIES", "SCIMDECK_GROUPS", "SCIMDECK_PUBLIC_URL", "SCIMDECK_TLS_CERT", "SCIMDECK_BASE_PATHS"} {
		if !names[name] {
			t.Errorf("no setting is %s in the environment", name)
		}
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		name, file string
		env        []string
		args       []string
		want       string // of stderr
		code       int
	}{
		{"unknown", "{\n  \"lisen\": \"x\"}", nil, nil, "FILE:2:3: there is no setting \"lisen\"\n  did you mean listen?", 1},
		{"unknown in a group", `{"limits": {"deep": 3}}`, nil, nil, "FILE:1:13: there is no setting \"limits.deep\"\n  did you mean limits.depth?", 1},
		{"group forgotten", `{"entries": 3}`, nil, nil, "FILE:1:2: there is no setting \"entries\"\n  did you mean requestLog.entries?", 1},
		{"wrong type", "{// x\n\n \"durable\": \"yes\"}", nil, nil, "FILE:3:13: durable: want true or false, not \"yes\"", 1},
		{"null", `{"groups": null}`, nil, nil, "FILE:1:12: groups: want true or false, not null", 1},
		{"number as text", `{"limits": {"depth": "3"}}`, nil, nil, "FILE:1:22: limits.depth: want a whole number, not \"3\"", 1},
		{"fraction", `{"limits": {"depth": 3.5}}`, nil, nil, "FILE:1:22: limits.depth: want a whole number, not 3.5", 1},
		{"not a duration", `{"requestLog": {"age": "soon"}}`, nil, nil, "FILE:1:24: requestLog.age: want a duration such as \"30d\", \"12h\" or \"30s\", not \"soon\"", 1},
		{"duration as number", `{"requestLog": {"age": 30}}`, nil, nil, "FILE:1:24: requestLog.age: want a duration such as \"30d\", in quotes, not 30", 1},
		{"value for a group", `{"limits": 3}`, nil, nil, "FILE:1:12: limits: want settings in { }", 1},
		{"list", `[1]`, nil, nil, "FILE:1:1: want settings in { }", 1},
		{"twice", `{"groups": true, "groups": false}`, nil, nil, "FILE:1:18: groups is set twice", 1},
		{"syntax", "{\n\"groups\" true}", nil, nil, "FILE:2:10: ", 1},
		{"sense in a file", "{\n \"listen\": \"7644\"}", nil, nil, "FILE:2:12: listen: want HOST:PORT such as \"127.0.0.1:7644\", not \"7644\"", 1},
		{"half of tls", `{"tls": {"cert": "a.pem"}}`, nil, nil, "tls: want both cert and key, or neither", 1},
		{"words", `{"unknownAttributes": "drop"}`, nil, nil, "FILE:1:23: unknownAttributes: want one of ignore, keep, reject, not \"drop\"", 1},
		{"base path", `{"basePaths": ["scim"]}`, nil, nil, "FILE:1:15: basePaths: want paths such as \"/scim/v2\", not \"scim\"", 1},
		{"zero", `{"limits": {"requests": 0}}`, nil, nil, "FILE:1:25: limits.requests: want at least 1, not 0", 1},
		{"unknown variable", "", []string{"SCIMDECK_GROUP=true"}, nil, "SCIMDECK_GROUP: there is no such setting\n  did you mean SCIMDECK_GROUPS?", 1},
		{"variable of a wrong type", "", []string{"SCIMDECK_GROUPS=maybe"}, nil, "SCIMDECK_GROUPS: want true or false, not \"maybe\"", 1},
		{"variable without sense", "", []string{"SCIMDECK_THEME=pink"}, nil, "SCIMDECK_THEME: theme: want one of auto, dark, light, 16, none, not \"pink\"", 1},
		{"flag without sense", "", nil, []string{"--public-url", "abc"}, "--public-url: publicURL: want an address such as \"https://abc.example.com\", not \"abc\"", 1},
		{"no such file", "", nil, []string{"--config", "/nowhere/c"}, "cannot read the configuration: ", 1},
		{"unknown flag", "", nil, []string{"--lisen", "x"}, "there is no flag \"--lisen\"\n  did you mean --listen?", 2},
		{"flag without value", "", nil, []string{"--data"}, "--data needs a value\n  usage: --data DIR", 2},
		{"flag with value", "", nil, []string{"--default=x"}, "--default takes no value", 2},
		{"flag of another command", "", nil, []string{"--expires", "1d"}, "scimdeck config takes no --expires", 2},
		{"argument", "", nil, []string{"now"}, "scimdeck config takes 0 arguments, not 1", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"config"}, c.args...)
			want := c.want
			if c.file != "" {
				file := writeConfig(t, c.file)
				args = append(args, "--config", file)
				want = strings.ReplaceAll(want, "FILE", file)
			}
			code, out, errs := runProgram(t, c.env, args...)
			if code != c.code || !strings.HasPrefix(errs, "scimdeck: "+want) || out != "" {
				t.Errorf("code %d, want %d\n%s\nwant\nscimdeck: %s", code, c.code, errs, want)
			}
		})
	}
}

func TestUnknownCommands(t *testing.T) {
	for args, want := range map[string]string{
		"serv":          "there is no command \"serv\"\n  did you mean scimdeck serve?",
		"xyzzy":         "there is no command \"xyzzy\"\n  see: scimdeck help",
		"keys":          "scimdeck keys does what? create, list, revoke, disable, enable or rename",
		"keys remove x": "there is no command \"keys remove\"",
		"help serv":     "there is no command \"serv\"",
		"keys create":   "scimdeck keys create takes 1 argument, not 0\n  usage: scimdeck keys create NAME",
	} {
		if code, _, errs := runProgram(t, nil, strings.Fields(args)...); code != 2 || !strings.HasPrefix(errs, "scimdeck: "+want) {
			t.Errorf("%s: code %d\n%s\nwant\nscimdeck: %s", args, code, errs, want)
		}
	}
}

func TestParseExpiry(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.Local)
	for text, want := range map[string]time.Time{
		"": {}, "never": {}, "90d": now.Add(90 * 24 * time.Hour), "12h": now.Add(12 * time.Hour),
		"2027-01-31": time.Date(2027, 1, 31, 0, 0, 0, 0, time.Local),
	} {
		if got, err := parseExpiry(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"0d", "-1h", "soon", "2026-05-01", "99999999d"} {
		if got, err := parseExpiry(text, now); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}

// The house.

// houseRules is the plan of packages: what each may import of ours, and which foreign libraries live there alone.
var houseRules = map[string]struct{ ours, foreign []string }{
	".":            {[]string{"scim", "scim/explain", "server", "store", "tui", "tui/quiet"}, []string{"github.com/tailscale/hujson", "github.com/charmbracelet/x/term"}},
	"scim":         {nil, nil},
	"scim/wire":    {nil, nil},
	"scim/explain": {[]string{"scim", "scim/wire"}, nil},
	"store":        {[]string{"scim", "scim/wire"}, []string{"github.com/dgraph-io/badger/v4", "github.com/klauspost/compress/zstd"}},
	"server":       {[]string{"scim", "scim/wire", "store"}, []string{"github.com/julienschmidt/httprouter"}},
	"tui":          {[]string{"scim", "scim/wire", "scim/explain", "store", "tui/ui"}, []string{"github.com/charmbracelet/bubbletea", "github.com/charmbracelet/bubbles", "github.com/charmbracelet/lipgloss"}},
	"tui/ui":       {nil, nil},
	"tui/quiet":    {nil, nil},
	"tui/scene":    {nil, []string{"github.com/creack/pty", "github.com/charmbracelet/x/vt"}},
}

// shared are foreign libraries that are small enough to live in several packages.
var shared = map[string][]string{
	"github.com/charmbracelet/x/ansi": {"tui", "tui/ui"},
	"github.com/charmbracelet/x/term": {".", "tui"},
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
		if !slices.Contains(ours, own) && own != dir && !(isTest && (dir == "." || own == "tui/scene" || strings.HasPrefix(own, "scim"))) {
			return fmt.Sprintf("%s must not import %s", dir, own)
		}
	case dir == "scim" && !isTest && (name == "net/http" || name == "time/tzdata" || strings.HasPrefix(name, "math/rand") || strings.HasPrefix(name, "crypto/rand")):
		return "scim knows no " + name
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

// README.

// The blocks of README.md that the program writes.
func readmeBlocks(t *testing.T) map[string]string {
	_, help, errs := runProgram(t, nil, "help")
	if errs != "" {
		t.Fatal(errs)
	}
	return map[string]string{
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
	for _, c := range commands() {
		if !strings.Contains(text, usage(c)) {
			t.Errorf("README.md does not mention %s", usage(c))
		}
	}
	var c config
	for _, s := range c.settings() {
		if name := s.path[strings.LastIndexByte(s.path, '.')+1:]; !strings.Contains(text, `"`+name+`":`) {
			t.Errorf("README.md does not mention %s", s.path)
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

func TestNearest(t *testing.T) {
	words := []string{"listen", "publicURL", "data", "durable"}
	for word, want := range map[string]string{"lisen": "listen", "publicUrl": "publicURL", "date": "data", "xyzzy": "", "": ""} {
		if got := nearest(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
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
