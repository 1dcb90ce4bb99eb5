package tui

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/reach"
	"scimdeck/scim/wire"
	sharing "scimdeck/scim/wire/share"
	"scimdeck/store"
	"scimdeck/store/draft"
	"scimdeck/tui/ui"
)

// nasty are texts that a client may send and that no terminal may get.
var nasty = []string{
	"\x1b]52;c;aGVsbG8=\x07", "\x1b]0;title\x07", "\x1b[2J\x1b[H", "\x1b[6n", "\x1bP1$r\x1b\\", "\u009b2J\u009d0;x\u009c",
	"\u202Eevil\u202C", "\u2066x\u2069", "zero\u200bwidth\ufeff", "bell\a back\b tab\t line\nnext\r", "\xff\xfe not UTF-8 \xc3",
	"日本語 ユーザー", "👩‍💻 👍🏽 ⚠️ 🇬🇧 ❤️", "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301", "עברית ועוד", strings.Repeat("very-long-", 40),
}

func nastyRows() []*store.Row {
	var rows []*store.Row
	for i, s := range nasty {
		r := row("GET", "/Users/"+s, 200+i%4*100, time.Duration(i*i)*time.Millisecond, "read", s, "read "+s)
		r.Target, r.KeyName, r.Agent, r.Host, r.Refused, r.ID = r.Path+"?q="+s, s, s, s, s, s
		if i%5 == 0 {
			r.Method = s
		}
		rows = append(rows, r)
	}
	return rows
}

// exchange is a logged request with bodies, made of text that may be nasty.
func exchange(text string) *wire.Exchange {
	body := []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"` + text + `","active":true,"emails":[{"value":"a@example.com","type":"work","primary":true}],"n":-1.5e3}`)
	return &wire.Exchange{
		Start: start.Add(-12 * time.Second), Took: 9 * time.Millisecond, Method: "PUT", Target: "/api/scim/v2/Users/2f81?" + text, Proto: "HTTP/1.1",
		Host: "abc.example.net", Remote: "127.0.0.1:50000",
		RequestHeader: []wire.Field{{Name: "Authorization", Value: "Bearer scimdeck_7Fq2"}, {Name: "Content-Type", Value: "application/scim+json"}, {Name: "User-Agent", Value: text}, {Name: "X-Other", Value: "1"}},
		RequestBody:   body, RequestSize: int64(len(body)), Status: 200,
		ResponseHeader: []wire.Field{{Name: "Content-Type", Value: "application/scim+json"}, {Name: "Etag", Value: `W/"4"`}},
		ResponseBody:   body, ResponseSize: int64(len(body)), Base: "http://127.0.0.1:7644/api/scim/v2", Path: "/Users/2f81",
		KeyID: 1, KeyName: "okta-dev", KeyPrefix: "scimdeck_7Fq2", Type: "User", ID: "2f81", Name: text,
		Notes: []string{"unknown attribute " + text + " dropped"}, Op: "replace", Sentence: "replace " + text + "  2 fields", Changed: []string{"title", "active"},
	}
}

// again is a request's replay, which went otherwise.
func again(ex *wire.Exchange) *wire.Exchange {
	ex.Source, ex.KeyID, ex.KeyName, ex.KeyPrefix, ex.Sentence = wire.ReplaySource(1, ""), 0, "", "", ex.Sentence+" (replay of 1)"
	ex.Took, ex.Status, ex.RequestHeader = 7*time.Millisecond, 201, ex.RequestHeader[1:2]
	ex.ResponseHeader[1].Value = `W/"5"`
	ex.ResponseBody = []byte(strings.NewReplacer(`"active":true`, `"active":false,"title":"Countess"`, "a@example.com", "b@example.com", `,"n":-1.5e3`, "").Replace(string(ex.ResponseBody)))
	return ex
}

// assigned is Okta's assignment of a person, of which the last changes much.
func assigned(text string) []*wire.Exchange {
	const agent = "Okta SCIM Client 1.0.0"
	base := func(seq int, method, path string, status int, op, sentence string) *wire.Exchange {
		return &wire.Exchange{
			Start: start.Add(time.Duration(seq-20) * time.Second), Took: 4 * time.Millisecond, Method: method, Target: "/api/scim/v2" + path, Proto: "HTTP/1.1",
			Host: "abc.example.net", RequestHeader: []wire.Field{{Name: "User-Agent", Value: agent}}, Status: status,
			Base: "http://127.0.0.1:7644/api/scim/v2", Path: path, KeyID: 1, KeyName: "okta-dev", Type: "User", Name: text, Op: op, Sentence: sentence,
		}
	}
	find := base(1, "GET", "/Users", 200, "find", "find user userName="+text+" → 0")
	find.Target += "?filter=userName%20eq%20%22" + text + "%22&startIndex=1&count=100"
	find.Filter, find.Start1 = "userName eq \"ada@example.com\"", 1
	create := base(2, "POST", "/Users", 409, "create", "create "+text+": uniqueness")
	create.ResponseBody = []byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"userName is taken"}`)
	put := exchange(text)
	put.RequestHeader = find.RequestHeader
	put.Changes = []wire.Change{
		{Kind: "changed", Path: "title", Old: `"Engineer"`, New: `"Staff Engineer"`},
		{Kind: "added", Path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", New: `"R&D"`},
		{Kind: "left out", Path: "phoneNumbers[work]", Old: `{"value":"+1 555 0100","type":"work"}`},
		{Kind: "recased", Path: "userName", Old: `"Ada@example.com"`, New: `"ada@example.com"`},
		{Kind: "reordered", Path: "emails", N: 2},
		{Kind: "read-only", Path: "meta"},
		{Kind: "never kept", Path: "password"},
	}
	put.Findings = []wire.Finding{
		{Rule: "SCIM-021", Level: wire.LevelNote, At: "header If-Match"},
		{Rule: "SCIM-152", Level: wire.LevelWarning, At: "body Operations[0].op", Detail: "\"Replace\""},
		{Level: wire.LevelNote, Detail: "and 2 more"},
	}
	for i, ex := range []*wire.Exchange{find, create, put} {
		ex.Part = wire.Part{Story: "okta.assign", Role: []string{"find", "create", "read"}[i], First: 1, Step: i + 1, Of: 3}
	}
	return []*wire.Exchange{find, create, put}
}

// replaced is the last request of assigned, whose answer has what it left.
func replaced(text string) *wire.Exchange {
	ex := assigned(text)[2]
	ex.Part = wire.Part{}
	ex.ResponseBody = []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2f81","externalId":"00u1ab2CdEfGh","userName":` + scim.StringOf(text).String() + `,` +
		`"name":{"givenName":"Ada","familyName":"Lovelace"},"title":"Staff Engineer","active":true,` +
		`"emails":[{"value":"a@example.com","type":"work","primary":true},{"value":"a@home.example","type":"home"}],"groups":[{"value":"77e1","display":"Sales"}],` +
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"7","department":"R&D"},"meta":{"resourceType":"User","version":"W/\"4\""}}`)
	ex.ResponseSize = int64(len(ex.ResponseBody))
	return ex
}

// log puts exchanges into the store's log and lets them come in.
func (a *app) log(exs ...*wire.Exchange) {
	a.t.Helper()
	for _, ex := range exs {
		a.store().Log(ex)
	}
	a.pull()
}

// pull lets what has changed in the store come in.
func (a *app) pull() {
	a.t.Helper()
	a.store().FlushLog()
	if a.read == nil {
		a.read = &watcher{d: a.d, st: a.d.opts.Store, after: a.seq}
	}
	c := a.read.read().(changes)
	a.seq = a.read.after
	c.next = nil
	a.send(c)
}

// remark puts marks and notes on rows that no store has.
func (a *app) remark(of map[uint64]wire.Remark) { a.send(changes{snap: *a.d.data, remarks: of}) }

// trouble lets the storage fail.
func (a *app) trouble(why string, full bool) {
	snap := *a.d.data
	snap.log.Refusal, snap.log.Full, snap.log.DroppedBodies = why, full, 61
	a.send(changes{snap: snap})
}

// states are the pictures that there are, each from a fresh dashboard.
var states = []struct {
	name string
	make func(*app)
}{
	{"empty", func(*app) {}},
	{"following", func(a *app) { a.feed(oktaDay()...) }},
	{"nasty", func(a *app) { a.feed(nastyRows()...) }},
	{"nasty paths", func(a *app) { a.feed(nastyRows()...); a.press("p", "t") }},
	{"paused", func(a *app) { a.feed(oktaDay()...); a.press("k", "k"); a.feed(numbered(1046, many(37))...) }},
	{"prompt", func(a *app) { a.feed(oktaDay()...); a.press("/"); a.write("method:write status:>=400 ke"); a.settle() }},
	{"prompt history", func(a *app) { a.feed(oktaDay()...); a.filter("user:ada"); a.press("esc", "/") }},
	{"prompt wrong", func(a *app) { a.feed(oktaDay()...); a.press("/"); a.write("stauts:400"); a.settle() }},
	{"prompt nasty", func(a *app) {
		a.feed(nastyRows()...)
		a.press("/")
		for _, s := range nasty {
			a.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true})
		}
		a.settle()
	}},
	{"nothing matches", func(a *app) { a.feed(oktaDay()...); a.press("/"); a.write("user:bbo status:>=400"); a.press("enter") }},
	{"number", func(a *app) { a.feed(oktaDay()...); a.press("#"); a.write("1030") }},
	{"summary", func(a *app) { a.log(exchange("ada@example.com")); a.press("enter") }},
	{"request", func(a *app) { a.log(exchange("ada@example.com")); a.press("enter", "]", "H") }},
	{"response", func(a *app) { a.log(exchange("ada@example.com")); a.press("enter", "]", "]") }},
	{"response raw", func(a *app) { a.log(exchange("ada@example.com")); a.press("enter", "]", "]", "b", "w", "G") }},
	{"changes", func(a *app) { a.log(assigned("ada@example.com")...); a.press("enter", "]", "]", "]") }},
	{"changes whole", func(a *app) { a.log(replaced("ada@example.com")); a.press("enter", "]", "]", "]", "w") }},
	{"changes whole untold", func(a *app) {
		ex := replaced("ada@example.com")
		ex.ResponseBody = ex.ResponseBody[:100]
		a.log(ex)
		a.press("enter", "]", "]", "]", "w")
	}},
	{"nasty changes whole", func(a *app) {
		a.log(replaced(strings.Join(nasty, " ")))
		a.press("enter", "]", "]", "]", "w")
	}},
	{"explain", func(a *app) { a.log(assigned("ada@example.com")[:2]...); a.press("enter", "[") }},
	{"explain nothing", func(a *app) { a.log(exchange("ada@example.com")); a.press("enter", "[") }},
	{"lint", func(a *app) { a.log(assigned("ada@example.com")...); a.press("enter", "[") }},
	{"story", func(a *app) { a.log(assigned("ada@example.com")...) }},
	{"search", func(a *app) { a.log(exchange("ada@example.com")); a.press("enter", "]", "/"); a.write("user") }},
	{"searched", func(a *app) {
		a.log(exchange("ada@example.com"))
		a.press("enter", "]", "/")
		a.write("e")
		a.press("enter", "n", "n")
	}},
	{"zoomed", func(a *app) { a.log(exchange("ada@example.com")); a.press("enter", "z") }},
	{"help", func(a *app) { a.feed(oktaDay()...); a.press("?") }},
	{"help searched", func(a *app) { a.press("?"); a.write("copy") }},
	{"palette", func(a *app) { a.press(":") }},
	{"palette nothing", func(a *app) { a.press(":"); a.write("xyzzy") }},
	{"messages", func(a *app) { a.press("T", "T", "T", "T", "L") }},
	{"copy box", func(a *app) { a.feed(oktaDay()...); a.press("y") }},
	{"by hand", func(a *app) { a.send(copyFailed{"curl of #1", []byte(strings.Join(nasty, "\n")), "no clipboard here"}) }},
	{"searching", func(a *app) {
		a.log(bodies(60)...)
		a.press("/")
		a.write("body:xyzzy")
		a.r.Update(keyMsg("enter")) // the search has not begun
		a.r.Update(sifted{n: a.requests().sift.n, hits: a.requests().rows[43:44], seen: 25})
	}},
	{"export box", func(a *app) {
		a.feed(oktaDay()...)
		a.remark(map[uint64]wire.Remark{1045: {Marked: true}})
		a.press("x")
	}},
	{"export wrong", func(a *app) {
		ex := exchange("ada@example.com")
		ex.Note("the log keeps only the beginning of the request body")
		a.log(ex)
		a.press("x", "right")
		a.r.Update(keyMsg("enter"))
		a.r.Update(exported{job: a.r.top().(*exportBox).job, err: &sharing.GapError{Seq: 1, Why: "its request body was too long for the log"}})
	}},
	{"export running", func(a *app) {
		a.feed(many(2000)...)
		a.press("x")
		a.press("shift+tab", "right")
		a.r.Update(keyMsg("enter"))
		a.r.top().(*exportBox).job.read.Store(1240)
	}},
	{"export overwrite", func(a *app) {
		a.feed(oktaDay()...)
		a.press("x")
		a.r.Update(keyMsg("enter"))
		a.r.Update(exported{job: a.r.top().(*exportBox).job, err: fs.ErrExist, was: start.Add(-3 * time.Hour)})
	}},
	{"replay box", func(a *app) {
		ex := exchange("ada@example.com")
		ex.ID = "00000000-0000-4000-8000-000000000000"
		a.log(ex)
		a.press("r")
	}},
	{"replay edited", func(a *app) {
		a.edits = []func(string) string{func(text string) string { return strings.Replace(text, "true", "false", 1) }}
		a.log(exchange("ada@example.com"))
		a.press("R")
	}},
	{"replay elsewhere", func(a *app) {
		a.log(exchange("ada@example.com"))
		a.press("m", "ctrl+r")
		a.write("https://scim.example.com/v2")
		a.press("tab", "tab")
		a.write("secret")
	}},
	{"compare", func(a *app) {
		a.log(exchange("ada@example.com"), again(exchange("ada@example.com")))
		a.press("=")
	}},
	{"compare whole", func(a *app) {
		a.log(exchange("ada@example.com"), again(exchange("ada@example.com")))
		a.press("=", "w", "j", "j")
	}},
	{"compare nasty", func(a *app) {
		a.log(exchange(strings.NewReplacer("\"", "", "\\", "", "\n", "", "\t", "", "\r", "").Replace(strings.Join(nasty, ""))), again(exchange("x")))
		a.press("=")
	}},
	{"quit box", func(a *app) { a.feed(oktaDay()...); a.press("q") }},
	{"clear box", func(a *app) { a.feed(oktaDay()...); a.press("C") }},
	{"clear box kept", func(a *app) { a.feed(oktaDay()...); a.remark(remarks()); a.press("C") }},
	{"remarks", func(a *app) { a.feed(oktaDay()...); a.remark(remarks()); a.press("k", "k") }},
	{"nasty remarks", func(a *app) {
		a.feed(numbered(1, oktaDay())...)
		of := map[uint64]wire.Remark{}
		for i, s := range nasty {
			of[uint64(i+1)] = wire.Remark{Marked: i%2 == 0, Note: s}
		}
		a.remark(of)
	}},
	{"note box", func(a *app) {
		a.feed(oktaDay()...)
		a.remark(remarks())
		a.press("#")
		a.write("1034")
		a.press("enter", "a")
	}},
	{"note summary", func(a *app) {
		a.log(exchange("ada@example.com"))
		a.press("m", "a")
		a.write("why is the title sent twice? ask Bob")
		a.press("enter", "enter")
	}},
	{"notice", func(a *app) { a.send(told{wrong, ui.Clean(nasty[0]+nasty[15], false)}) }},
	{"layouts", func(a *app) { a.feed(oktaDay()...); a.press("v", "v", "<", "<") }},
	{"disk full", func(a *app) {
		a.feed(oktaDay()...)
		a.trouble("the disk of the data folder /data is nearly full (12 MB free)", true)
	}},
	{"disk broken", func(a *app) {
		a.log(exchange("ada@example.com"))
		a.press("enter")
		a.trouble("the disk of the data folder /data is read-only: read-only file system", false)
	}},
	{"dropped", func(a *app) {
		a.feed(many(60)...)
		a.press("g", "j", "j")
		snap := *a.d.data
		snap.log.First, snap.log.Last = 41, 90
		a.seq = 90
		a.send(changes{rows: numbered(61, many(30)), snap: snap})
	}},
	{"filtered", func(a *app) { a.feed(oktaDay()...); a.filter("status:problem"); a.press("k") }},
	{"marked", func(a *app) { a.feed(oktaDay()...); a.press("k", "m", "k", "k", "m", "t") }},
	{"gone", func(a *app) {
		a.log(exchange("ada@example.com"))
		a.press("enter", "esc")
		a.store().ClearLog()
		a.requests().detail.row = nil
		a.press("enter")
	}},
	{"no answer", func(a *app) {
		ex := exchange("ada@example.com")
		ex.Status, ex.ResponseHeader, ex.ResponseBody = 0, nil, nil
		a.log(ex)
		a.press("enter")
	}},
	{"refused", func(a *app) {
		ex := exchange("ada@example.com")
		ex.Status, ex.KeyID, ex.KeyName, ex.Refused, ex.Op, ex.Sentence = 401, 0, "", `the header has no "Bearer "`, "auth", `no valid key: header has no "Bearer "`
		a.log(ex)
		a.press("enter")
	}},
	{"users", func(a *app) { a.press("2") }},
	{"keys", func(a *app) { a.press("3") }},
	{"new key", func(a *app) { a.press("3", "a") }},
	{"new key expiry", func(a *app) { a.press("3", "a", "tab") }},
	{"setup", func(a *app) { a.press("4") }},
	{"setup nasty", func(a *app) {
		rows := nastyRows()
		for i, s := range nasty {
			rows[i].Agent, rows[i].Host = "Okta SCIM Client 1.0.0", s
		}
		a.feed(rows...)
		a.press("4", "G")
	}},
	{"setup test", func(a *app) {
		a.press("4")
		a.setup().typed = "https://" + nasty[0] + nasty[4] + "/api/scim/v2"
		a.press("t")
		for _, s := range nasty {
			a.setup().test.results = append(a.setup().test.results, reach.Result{Name: reach.Here, State: reach.Failed, Detail: s, Way: s})
		}
	}},
	{"setup unreachable", func(a *app) {
		a.press("4")
		a.setup().typed = "https://abc.example.net/api/scim/v2"
		a.press("t")
		a.wait(time.Second)
		a.press("esc")
	}},
}

// remarks are on requests of oktaDay.
func remarks() map[uint64]wire.Remark {
	return map[uint64]wire.Remark{
		1029: {Marked: true, Note: "was the tunnel's test"}, 1034: {Marked: true}, 1037: {Note: "disk was full, see the ticket of Wednesday"}, 1042: {Note: "ours"},
	}
}

func init() {
	for _, s := range nasty {
		text := strings.NewReplacer("\"", "", "\n", " ", "\t", " ", "\r", " ").Replace(s)
		states = append(states, struct {
			name string
			make func(*app)
		}{fmt.Sprintf("nasty request %.12q", s), func(a *app) { a.log(exchange(text)); a.press("enter", "]") }})
	}
}

// Statements 14, 15, 44 (the drawing's half), 51 and 54: every frame keeps the
// contract, for all states, sizes, and ways to draw.
func TestAcceptance14And15_EveryFrameKeepsTheContract(t *testing.T) {
	looks := []func(*Options){
		func(o *Options) { o.Theme = "dark" },
		func(o *Options) { o.Theme = "16"; o.ASCII = true },
		func(o *Options) { o.Theme = "none" },
	}
	for i, s := range states {
		t.Run(s.name, func(t *testing.T) {
			a := newApp(t, 80, 24, looks[i%len(looks)])
			s.make(a)
			widths, heights := []int{60, 61, 79, 80, 109, 110, 140, 200}, []int{15, 24, 36, 60}
			if long {
				widths, heights = numbers(60, 200), numbers(15, 60)
			}
			for range 10 { // and a few that nobody chose
				w, h := 60+rand.IntN(141), 15+rand.IntN(46)
				a.send(tea.WindowSizeMsg{Width: w, Height: h})
				a.frame()
			}
			for _, w := range widths {
				for _, h := range heights {
					a.send(tea.WindowSizeMsg{Width: w, Height: h})
					a.frame()
				}
			}
			for _, size := range [][2]int{{59, 15}, {60, 14}, {1, 1}, {20, 5}, {200, 3}, {0, 24}} {
				a.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				if size[0] > 0 {
					a.frame()
				}
			}
			a.send(tea.WindowSizeMsg{Width: 80, Height: 24})
			frame := strings.Join(a.frame(), "\n")
			if a.d.theme.Profile == ui.None {
				for _, seq := range strings.Split(frame, "\x1b[")[1:] {
					if code, _, _ := strings.Cut(seq, "m"); code != "0" && code != "1" && code != "7" {
						t.Errorf("without colour only 0, 1 and 7 may occur, not %q", code)
					}
				}
			}
		})
	}
}

func numbers(from, to int) (all []int) {
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}

// Statement 54: ASCII frames hold ASCII and the data's own letters.
func TestAcceptance54_ASCII(t *testing.T) {
	for _, s := range states {
		if strings.HasPrefix(s.name, "nasty") || s.name == "prompt nasty" || s.name == "setup nasty" || s.name == "setup test" || s.name == "by hand" || s.name == "notice" {
			continue // their data have other letters
		}
		a := newApp(t, 100, 40, func(o *Options) { o.ASCII = true })
		s.make(a)
		for _, line := range a.frame() {
			for _, c := range ui.Strip(line) {
				if c < 0x20 || c > 0x7e {
					t.Errorf("%s: %q in %q", s.name, c, line)
					break
				}
			}
		}
	}
}

// Statement 52: without any attribute the selection, status, problem and pause
// can be read.
func TestAcceptance52_WordsWithoutColour(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("k")
	a.sees("› ", "PAUSED", "404", "[1 Requests]")
}

func TestGoldenFrames(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		for _, s := range states {
			switch { // hostile text is not for people, and some screens have tests of their own
			case strings.Contains(s.name, "nasty"), s.name == "by hand", s.name == "users", s.name == "keys", strings.HasPrefix(s.name, "new key"), strings.HasPrefix(s.name, "setup"):
			default:
				t.Run(fmt.Sprintf("%s %dx%d", s.name, size[0], size[1]), func(t *testing.T) {
					a := newApp(t, size[0], size[1])
					s.make(a)
					a.golden(fmt.Sprintf("%s-%dx%d", strings.ReplaceAll(s.name, " ", "-"), size[0], size[1]))
				})
			}
		}
	}
	a := newApp(t, 50, 12)
	a.feed(oktaDay()...)
	a.golden("small-50x12")
	a.send(tea.WindowSizeMsg{Width: 60, Height: 15})
	a.golden("least-60x15")
}

// FuzzKeys presses keys and resizes at random: nothing panics, every frame
// keeps the contract.
func FuzzKeys(f *testing.F) {
	for i := range 8 {
		f.Add(uint64(i), 300)
	}
	f.Fuzz(func(t *testing.T, seed uint64, n int) {
		randomKeys(t, seed, min(n, 600))
	})
}

func randomKeys(t testing.TB, seed uint64, n int) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var keys []string
	for i := range actions {
		keys = append(keys, actions[i].Keys()...)
	}
	keys = append(keys, "enter", "esc", "esc", "tab", "backspace", "x", "ä", "0", ":", "(", ")", "-")
	a := newApp(t, 80, 24, func(o *Options) {
		if seed%2 == 1 {
			o.ASCII, o.Theme = true, "none"
		}
	})
	a.d.edit = func(_ string, text []byte) ([]byte, error) {
		if rnd.IntN(2) == 0 {
			return nil, draft.ErrUnchanged
		}
		return append([]byte("x"), text...), nil
	}
	a.log(exchange(nasty[seed%uint64(len(nasty))]))
	var trail []string
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("panic %v after %q\n%s", p, trail, debug.Stack())
		}
	}()
	for range n {
		switch rnd.IntN(12) {
		case 0:
			w, h := 55+rnd.IntN(150), 12+rnd.IntN(50)
			trail = append(trail, fmt.Sprint(w, "x", h))
			a.send(tea.WindowSizeMsg{Width: w, Height: h})
		case 1:
			rows := many(1 + rnd.IntN(40))
			for _, r := range rows {
				r.Seq += a.seq
			}
			a.feed(rows...)
		case 2:
			a.settle()
		default:
			k := keys[rnd.IntN(len(keys))]
			trail = append(trail, k)
			a.press(k)
			a.quit = false
		}
		if lines := a.r.frame(); a.r.w > 0 {
			if err := ui.Check(lines, a.r.w, a.r.h); err != nil {
				t.Fatalf("after %q: %v", trail, err)
			}
		}
	}
}
