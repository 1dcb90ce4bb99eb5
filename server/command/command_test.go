package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

var (
	catalog = scim.NewCatalog(true)
	users   = catalog.Type("User")
	groups  = catalog.Type("Group")
)

func mustDecode(t testing.TB, text string) scim.Value {
	t.Helper()
	v, err := scim.Decode([]byte(text), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// run runs a command on a data folder as the program would.
func run(t testing.TB, dir string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &Program{
		Stdout: &out, Stderr: &errs,
		Store: func(cmdline.Call) (store.Options, error) { return store.Options{Dir: dir, Catalog: catalog}, nil },
		Row: func(row *store.Row, asJSON bool) []byte {
			return fmt.Appendf(nil, "%d %s %v", row.Seq, row.Sentence, asJSON)
		},
		Exchange: func(ex *wire.Exchange, asJSON bool) []byte {
			return fmt.Appendf(nil, "%d %s %v", ex.Seq, ex.RequestBody, asJSON)
		},
	}
	table := cmdline.Table{
		Program: "scimdeck", Commands: append([]cmdline.Command{{}}, p.Commands()...),
		Options: []cmdline.Option{
			{Name: "json"},
			{Name: "follow"},
			{Name: "expires", Value: "90d"},
			{Name: "dry-run"},
			{Name: "update"},
			{Name: "from", Value: "LINE"},
			{Name: "seed", Value: "N"},
			{Name: "edge"},
			{Name: "groups"},
			{Name: "ascii"},
			{Name: "as", Value: "FORMAT"},
			{Name: "out", Value: "FILE"},
			{Name: "force"},
		},
	}
	chosen, call, err := table.Parse(args)
	if err == nil {
		err = chosen.Run(t.Context(), call)
	}
	return out.String(), errs.String(), err
}

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	st, err := store.Open(store.Options{Dir: dir, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func create(t testing.TB, st *store.Store, body string) string {
	t.Helper()
	v, err := scim.Decode([]byte(body), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := users.Read(v, scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	change, err := st.Create(t.Context(), users, d)
	if err != nil {
		t.Fatal(err)
	}
	return string(scim.DocID(change.After))
}

// furnish makes a data folder with something of everything, and returns the id of a user.
func furnish(t testing.TB) (dir, id string) {
	t.Helper()
	dir = t.TempDir()
	st := open(t, dir)
	defer st.Close()
	id = create(t, st, `{"schemas":["`+scim.UserURN+`"],"userName":"ada@example.com","name":{"givenName":"Ada","familyName":"Lovelace"}}`)
	create(t, st, `{"schemas":["`+scim.UserURN+`"],"userName":"evil\u001b[2J\u202e\u009b","active":false,"externalId":"\ud83d\ude00 x"}`)
	for i := range atOnce + 1 {
		create(t, st, fmt.Sprintf(`{"schemas":[%q],"userName":"user%d@example.com"}`, scim.UserURN, i))
		st.Log(&wire.Exchange{Start: time.Now(), Status: 200, Sentence: fmt.Sprint("read ", i), RequestBody: []byte("body")})
	}
	if _, _, err := st.CreateKey("okta", time.Time{}); err != nil {
		t.Fatal(err)
	}
	return dir, id
}

// enlive gives a furnished folder what histories and groups are told from.
func enlive(t testing.TB, dir, id string) {
	t.Helper()
	st := open(t, dir)
	defer st.Close()
	touch := func(ex wire.Exchange) {
		ex.Start, ex.Type, ex.Base, ex.KeyName = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "User", "http://x/scim/v2", "okta"
		ex.ResponseSize = int64(len(ex.ResponseBody))
		st.Log(&ex)
	}
	touch(wire.Exchange{Method: "GET", Status: 200, Op: "find", Name: "Ada@Example.com", Sentence: "find ada"})
	touch(wire.Exchange{
		Method: "POST", Status: 201, Op: "create", ID: id, Name: "ada@example.com", Sentence: "create ada@example.com",
		ResponseHeader: []wire.Field{{Name: "Etag", Value: `W/"1"`}}, ResponseBody: fmt.Appendf(nil, `{"id":%q,"title":"\u009b","meta":{"version":"W/\"1\""}}`, id),
		Changes: []wire.Change{{Kind: "created", N: 2}},
	})
	touch(wire.Exchange{Method: "DELETE", Status: 204, Op: "delete", ID: "0ld", Name: "old@example.com", Sentence: "delete old@example.com", Changes: []wire.Change{{Kind: "deleted", N: 2}}})
	team, _, err := groups.Read(mustDecode(t, `{"schemas":["`+scim.GroupURN+`"],"displayName":"team","members":[{"value":"`+id+`"}]}`), scim.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // names of groups are not unique
		if _, err := st.Create(t.Context(), groups, team); err != nil {
			t.Fatal(err)
		}
		team.Attributes.Set("displayName", scim.StringOf("twin"))
	}
	if _, err := st.Create(t.Context(), groups, team); err != nil {
		t.Fatal(err)
	}
}

// The law: a command says the same whether a scimdeck runs on the folder or none does.
func TestBothWays(t *testing.T) {
	dir, id := furnish(t)
	enlive(t, dir, id)
	commands := [][]string{
		{"keys", "list"},
		{"keys", "list", "--json"},
		{"keys", "revoke", "otka"},
		{"keys", "create", "okta"},
		{"keys", "disable", "okta"},
		{"keys", "enable", "okta"},
		{"keys", "create", "x", "--expires", "soon"},
		{"users", "list"},
		{"users", "list", "--json"},
		{"users", "list", "userName", "sw", `"ADA"`},
		{"users", "list", `userName eq "nobody"`},
		{"users", "list", "userName is 1"},
		{"users", "list", "shoeSize pr"},
		{"users", "show", id},
		{"users", "show", "ADA@example.com", "--json"},
		{"users", "show", "nobody\"\\"},
		{"users", "show", ".."},
		{"users", "history", "ada@example.com"},
		{"users", "history", id, "--json"},
		{"users", "history", "OLD@example.com"},
		{"users", "history", "nobody"},
		{"users", "history", "user7@example.com"},
		{"users", "deactivate", "ada@example.com"}, // there are no handlers here
		{"users", "delete", "nobody"},
		{"users", "edit", "ada@example.com"},
		{"users", "create"},
		{"groups", "list"},
		{"groups", "list", "--json"},
		{"groups", "list", `displayName eq "nothing"`},
		{"groups", "show", "team"},
		{"groups", "show", "twin"},
		{"groups", "members", "TEAM"},
		{"groups", "members", "team", "--json"},
		{"groups", "history", "team"},
		{"groups", "add", "team", "nobody"},
		{"log"},
		{"log", "--json"},
		{"log", "read", "#1-12"},
		{"log", "body:body", "#3", "--json"},
		{"log", "-body:body #1-3"},
		{"log", "--", "-read", "#1-12"},
		{"log", "raed #1-12"},
		{"log", "body:xyz"},
		{"log", "stauts:200"},
		{"log", "#1-2", "--as", "jsonl"},
		{"log", "#1", "--as", "har"},
		{"log", "#999999", "--as", "har"},
		{"log", "--as", "pdf"},
		{"log", "--as", "har", "--follow"},
		{"log", "--out", "x"},
		{"show", "1"},
		{"show", "#2", "--json"},
		{"show", "99999"},
		{"show", "one"},
		{"mark", "4"},
		{"mark", "5"},
		{"mark", "#8", "--json"},
		{"unmark", "4"},
		{"mark", "99999"},
		{"note", "5", "ask\x1b[2J <Bob> & \u202eEve", "--json"},
		{"note", "6", "twice?"},
		{"note", "7", ""},
		{"note", "7", "  ", "--json"},
		{"note", "7", strings.Repeat("x", store.NoteBytes+1)},
		{"note", "x", "y"},
		{"log", "is:marked"},
		{"log", "note:*", "--as", "jsonl"},
		{"explain", "5"},
		{"explain", "6", "--json"},
		{"explain", "99999"},
	}
	type said struct{ out, errs, err string }
	all := func() (list []said) {
		for _, args := range commands {
			out, errs, err := run(t, dir, args...)
			list = append(list, said{out, errs, fmt.Sprint(err)})
		}
		return list
	}
	at := func(command string) int {
		return slices.IndexFunc(commands, func(args []string) bool { return strings.Join(args, " ") == command })
	}
	none := all()
	st := open(t, dir)
	srv, err := local.Start(dir, local.Options{Store: st, Catalog: catalog, About: local.About{URL: "http://x"}})
	if err != nil {
		t.Fatal(err)
	}
	one := all()
	if err := errors.Join(srv.Stop(), st.Close()); err != nil {
		t.Error(err)
	}
	for i, args := range commands {
		if one[i] != none[i] {
			t.Errorf("%v\nwith a server: %.2000v\nwith none:     %.2000v", args, one[i], none[i])
		}
		if strings.ContainsAny(none[i].out+none[i].errs, "\x1b\u009b\u202e") {
			t.Errorf("%v does something to the terminal: %q", args, none[i].out)
		}
	}
	for command, want := range map[string]string{
		"keys list": "NAME ", "keys list --json": `"name": "okta"`, "users list userName sw \"ADA\"": "ada@example.com ",
		"users show " + id: "\n  \"userName\": \"ada@example.com\"", "log": "1 read 0 false\n", "show #2 --json": "2 body true\n",
		"users history " + id + " --json": `"version":"W/\"1\"","changes":[{"kind":"created","n":2}],"resource":{"schemas":["`, "users history OLD@example.com": "deleted with 2 attributes",
		"groups list": "NAME ", "groups members team --json": `"display":"ada@example.com","type":"User","active":true}`, "groups show team": `"display": "ada@example.com"`,
		"log body:body #3 --json": "3 read 2 true\n", "log #1-2 --as jsonl": `"request":{"header":[],"size":0,"body":"body"}`, "log #1 --as har": `"version":"1.2"`,
		"mark #8 --json": `{"number":8,"marked":true,"note":""}`, "note 7    --json": `{"number":7,"marked":false,"note":""}`,
		"note 5 ask\x1b[2J <Bob> & \u202eEve --json": `"marked":true,"note":"ask[2J <Bob> & Eve"}`, "log is:marked": "5 read 4 false\n8 read 7 false\n",
		"log note:* --as jsonl": `"note":"ask[2J <Bob> & Eve"`, "explain 5": "marked\nyour note: ask[2J <Bob> & Eve\nanswered: 200 OK\n\nNo known sequence of requests.\n",
		"explain 6 --json": `{"number":6,"method":"","target":"","status":200,"sentence":"read 5","answer":"200 OK","note":"twice?"}`,
	} {
		if out := none[at(command)].out; !strings.Contains(out, want) {
			t.Errorf("%s says %.900q, not %q", command, out, want)
		}
	}
	for command, lines := range map[string]int{
		"users list": atOnce + 4, "users list --json": atOnce + 3, "users history ada@example.com": 3, "groups list": 4, "groups list --json": 3, "groups members TEAM": 2, "log": atOnce + 4, "log read #1-12": 12, "log -- -read #1-12": 0, "log #1-2 --as jsonl": 2, "log #999999 --as har": 0,
	} {
		if n := strings.Count(none[at(command)].out, "\n"); n != lines {
			t.Errorf("%s has %d lines, want %d", command, n, lines)
		}
	}
	for command, want := range map[string]string{
		"keys revoke otka": `there is no key "otka"`, "users list userName is 1": `column 10`, "users show nobody\"\\": "there is no user",
		"log -body:body #1-3": `there is no flag "-body:body #1-3"`, "log stauts:200": "filter, column 1: stauts: is no field", "log --as pdf": `there is no format "pdf"`,
		"log --as har --follow": "without --follow", "log --out x": "--out and --force are for --as",
	} {
		if err := none[at(command)].err; !strings.Contains(err, want) {
			t.Errorf("%s: %q, want %q", command, err, want)
		}
	}
	for command, want := range map[string]string{
		"log raed #1-12": "no request matches\n  raed by itself matches 0; did you mean read? (1001)\n  #1-12 by itself matches 12\n",
		"log body:xyz":   "no request matches\n  body:xyz is about what was sent: not counted\n",
	} {
		if errs := none[at(command)].errs; errs != want {
			t.Errorf("%s: %q, want %q", command, errs, want)
		}
	}
}

// A file is overwritten only when that is said, and a body that is not whole is not sent again.
func TestLogIntoAFile(t *testing.T) {
	dir, _ := furnish(t)
	st := open(t, dir)
	cut := &wire.Exchange{Status: 201, Method: "POST", Path: "/Users", Target: "/Users", RequestSize: 70, Sentence: "create x"}
	st.Log(cut)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.har")
	for _, c := range []struct{ args, errs, err string }{
		{"#1-3 --as har", "3 of 3 requests written to " + file + "\n", "<nil>"},
		{"#1-3 --as har", "", file + " is there already."},
		{"#1-2 --as har --force", "2 of 2 requests written to " + file + "\n", "<nil>"},
		{"create --as curl --force", "", fmt.Sprintf("request #%d cannot be sent again: its request body was not kept.", atOnce+2)},
	} {
		args := strings.Fields(c.args)
		_, errs, err := run(t, dir, append(append([]string{"log"}, args...), "--out", file)...)
		if errs != c.errs || fmt.Sprint(err) != c.err {
			t.Errorf("%s: %q, %v", c.args, errs, err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil || bytes.Count(data, []byte(`"startedDateTime"`)) != 2 {
		t.Errorf("%s %v", data, err)
	}
}

// Clients' text does nothing to a terminal, however it is cut.
func TestTame(t *testing.T) {
	const text = "a\x1b[2J\r\nü\u009b\u202e😀\xff\xf0\x9f"
	for size := 1; size < 9; size++ {
		var out bytes.Buffer
		w := &tame{w: &out}
		for part := range slices.Chunk([]byte(text), size) {
			if n, err := w.Write(part); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
		}
		if got := out.String(); got != "a\ufffd[2J\nü\ufffd\ufffd😀\ufffd" {
			t.Errorf("in parts of %d: %q", size, got)
		}
	}
}

// JSON with escapes for a terminal is the same JSON.
func TestWriteJSON(t *testing.T) {
	for _, text := range []string{`{"a":"b"}`, "\"\u009b\u202e\u2028é\"", "\"\U000e0041😀\U0010ffff\""} {
		var out bytes.Buffer
		writeJSON(&out, []byte(text))
		var have, want any
		if err := errors.Join(json.Unmarshal(out.Bytes(), &have), json.Unmarshal([]byte(text), &want)); err != nil || !reflect.DeepEqual(have, want) {
			t.Errorf("%q became %q: %v", text, out.String(), err)
		}
	}
}

// status tells whether a server runs, and looking makes no data.
func TestStatus(t *testing.T) {
	nothing := filepath.Join(t.TempDir(), "nothing")
	if out, _, err := run(t, nothing, "status"); err != nil || !strings.Contains(out, "running   no\n") {
		t.Errorf("%s, %v", out, err)
	}
	if _, err := os.Stat(nothing); err == nil {
		t.Error("the look made a folder")
	}
	dir := t.TempDir()
	st := open(t, dir)
	defer st.Close()
	create(t, st, `{"schemas":["`+scim.UserURN+`"],"userName":"ada"}`)
	srv, err := local.Start(dir, local.Options{Store: st, Catalog: catalog, About: local.About{URL: "http://x/scim", Version: "1.2", Started: time.Now()}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Stop() }()
	if out, _, err := run(t, dir, "status"); err != nil || !strings.Contains(out, fmt.Sprintf("running   yes, pid %d, version 1.2, since 2", os.Getpid())) || !strings.Contains(out, "users     1\n") {
		t.Errorf("%s, %v", out, err)
	}
	out, _, err := run(t, dir, "status", "--json")
	var s status
	if err := errors.Join(err, json.Unmarshal([]byte(out), &s)); err != nil || !s.Running || s.URL != "http://x/scim" || s.Users != 1 || *s.Groups != 0 {
		t.Errorf("%s, %v", out, err)
	}
}

// log --follow prints what there is and what comes, the last rows too, until the server stops.
func TestFollow(t *testing.T) {
	dir, _ := furnish(t)
	if _, _, err := run(t, dir, "log", "--follow"); err == nil || !strings.Contains(err.Error(), "no server runs on the data folder") {
		t.Errorf("without a server: %v", err)
	}
	st := open(t, dir)
	srv, err := local.Start(dir, local.Options{Store: st, Catalog: catalog, About: local.About{URL: "http://x"}})
	if err != nil {
		t.Fatal(err)
	}
	follower, err := local.Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer follower.Close()
	seen, ended := make(chan string, 2*atOnce), make(chan error, 1)
	go func() {
		ended <- follower.Follow(t.Context(), 0, func(row *store.Row) error { seen <- row.Sentence; return nil })
	}()
	for i := range atOnce + 1 {
		if s := <-seen; s != fmt.Sprint("read ", i) {
			t.Fatalf("%d: %s", i, s)
		}
	}
	st.Log(&wire.Exchange{Status: 200, Sentence: "a new one"})
	if s := <-seen; s != "a new one" {
		t.Error(s)
	}
	st.Log(&wire.Exchange{Status: 200, Sentence: "the last one"})
	st.FlushLog()
	if err := errors.Join(srv.Stop(), <-ended, st.Close()); err != nil {
		t.Error(err)
	}
	if s := <-seen; s != "the last one" {
		t.Error(s)
	}
}

// A command waits for whoever has the folder and takes no commands: it may be starting or stopping.
func TestWaits(t *testing.T) {
	dir, _ := furnish(t)
	st := open(t, dir)
	tried, done := make(chan struct{}), make(chan error, 1)
	p := &Program{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
	p.Store = func(cmdline.Call) (store.Options, error) {
		close(tried)
		return store.Options{Dir: dir, Catalog: catalog}, nil
	}
	go func() { done <- p.keysList(t.Context(), cmdline.Call{}) }()
	<-tried
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}

	st = open(t, dir) // and gives up when it is called off
	defer st.Close()
	ctx, cancel := context.WithCancel(t.Context())
	p.Store = func(cmdline.Call) (store.Options, error) { return store.Options{Dir: dir, Catalog: catalog}, nil }
	go func() { done <- p.keysList(ctx, cmdline.Call{}) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A server waits for a command that has the folder, but not for another server.
func TestOpen(t *testing.T) {
	dir, _ := furnish(t)
	p, o := &Program{}, store.Options{Dir: dir, Catalog: catalog}
	st := open(t, dir)
	done := make(chan error, 1)
	go func() {
		second, err := p.Open(t.Context(), o)
		if err == nil {
			err = second.Close()
		}
		done <- err
	}()
	if err := errors.Join(st.Close(), <-done); err != nil {
		t.Error(err)
	}

	st = open(t, dir)
	defer st.Close()
	srv, err := local.Start(dir, local.Options{Store: st, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Stop() }()
	var trouble *Trouble
	if _, err := p.Open(t.Context(), o); !errors.As(err, &trouble) || !strings.Contains(err.Error(), fmt.Sprintf("is in use by another scimdeck (pid %d", os.Getpid())) {
		t.Error(err)
	}
}

// A server that stops between the look and the call is no trouble: the command opens the store itself.
func TestStopsBetween(t *testing.T) {
	dir, _ := furnish(t)
	ln, err := net.Listen("unix", filepath.Join(dir, local.Name))
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{}
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		_, _ = w.Write([]byte(`{"URL":"http://x"}`))
		ln.Close()
	})
	defer srv.Close()
	go func() { _ = srv.Serve(ln) }() // its end is the point
	out, errs, err := run(t, dir, "keys", "create", "between")
	if err != nil || len(strings.TrimSpace(out)) < 40 || !strings.Contains(errs, "key between made") {
		t.Errorf("%q, %q, %v", out, errs, err)
	}
}

// What is wrong between two processes is one plain sentence with a way out.
func TestTroubles(t *testing.T) {
	p := &Program{}
	for want, err := range map[string]error{
		"does not answer":         &local.SilentError{},
		"went away in the middle": &local.GoneError{Err: errors.New("EOF")},
	} {
		var trouble *Trouble
		if err := p.Plain("/data", err); !errors.As(err, &trouble) || !strings.Contains(err.Error(), want) || len(trouble.Ways) == 0 {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
