package lint

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

var update = flag.Bool("update", false, "rewrite the findings in testdata")

// A fixture is an exchange in the form of HTTP with what is found in it:
//
//	-- SCIM-152 finds --
//	PATCH /Users/1
//	If-Match: W/"3"
//	-Accept
//	@profile interop
//	{"schemas":["$PatchOp"],"Operations":[{"op":"Replace","path":"active","value":false}]}
//	< 200
//	ETag: W/"4"
//	{"schemas":["$User"]}
//	= warn SCIM-152 at body Operations[0].op: "Replace"
//
// What Okta sends in its header is there unless a line takes it away. The target
// is below the base URL, or as it is after "raw:". A line "< 200" begins the
// answer and has it held against the rules; without one it is 200 and is not.
// $User and the like stand for URNs. "passes" in place of "finds" says that the
// rules named are not broken, nor any other beyond a note.
//
// Directives: @profile interop or ipsie; @max N; @names email; @took 61s;
// @host name; @body "a Go string" in place of a body's lines, also for the
// answer's; @source; @base; @cut N, the bytes kept of each body.
type fixture struct {
	file    string
	rules   []string
	finds   bool
	lines   []string // without the findings
	found   []string
	options Options
	ex      *wire.Exchange
}

var urns = strings.NewReplacer(
	"$User", scim.UserURN, "$Group", scim.GroupURN, "$Enterprise", scim.EnterpriseURN, "$PatchOp", scim.PatchURN,
	"$ListResponse", scim.ListURN, "$Error", scim.ErrorURN, "$SearchRequest", scim.SearchURN, "$BulkRequest", scim.BulkURN,
	"$BulkResponse", scim.BulkResponseURN, "$Config", scim.ConfigURN,
)

func readFixtures(t testing.TB) []*fixture {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	var list []*fixture
	head := regexp.MustCompile(`^-- (.+) (finds|passes) --$`)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var f *fixture
		for line := range strings.Lines(string(data)) {
			line = strings.TrimRight(line, "\r\n")
			switch m := head.FindStringSubmatch(line); {
			case m != nil:
				f = &fixture{file: file, rules: strings.Fields(m[1]), finds: m[2] == "finds"}
				list = append(list, f)
			case f == nil || line == "":
			case strings.HasPrefix(line, "= "):
				f.found = append(f.found, line[2:])
			default:
				f.lines = append(f.lines, line)
			}
		}
	}
	for _, f := range list {
		if err := f.read(); err != nil {
			t.Fatalf("%s: %v: %v", f.file, f.rules, err)
		}
	}
	return list
}

// message is a request or an answer as a fixture has it.
type message struct {
	first  string
	header http.Header
	body   []byte
}

var headerLine = regexp.MustCompile(`^([A-Z][A-Za-z-]*):(?: (.*))?$`)

// read makes the exchange by sending the request through wire.Handler to a
// handler that gives the answer.
func (f *fixture) read() error {
	request := message{header: http.Header{
		"Accept": {"application/scim+json"}, "User-Agent": {"Okta SCIM Client 1.0.0"}, "Authorization": {"Bearer scimdeck_" + strings.Repeat("x", 49)},
	}}
	answer := message{first: "200", header: http.Header{"Content-Type": {"application/scim+json"}}}
	m := &request
	took, host, base, source, kept := time.Duration(0), "scim.example.com", "https://scim.example.com/scim/v2", "", 0
	typed := false
	for i, line := range f.lines {
		h := headerLine.FindStringSubmatch(line)
		name, value, _ := strings.Cut(line, " ")
		var err error
		switch {
		case i == 0:
			m.first = line
		case strings.HasPrefix(line, "< "):
			m, f.options.Answers = &answer, true
			m.first = line[2:]
		case h != nil && len(m.body) == 0:
			if m == &request && h[1] == "Content-Type" {
				typed = true
			}
			if _, more := m.header[http.CanonicalHeaderKey(h[1])]; more && h[1] == "Authorization" && strings.HasPrefix(h[2], "again ") {
				m.header.Add(h[1], h[2][len("again "):])
			} else {
				m.header.Set(h[1], h[2])
			}
		case strings.HasPrefix(line, "-"):
			m.header.Del(line[1:])
			typed = typed || m == &request && line == "-Content-Type"
		case name == "@profile":
			f.options.Profile = map[string]Profile{"interop": Interop, "ipsie": IPSIE}[value]
		case name == "@max":
			f.options.MaxResults, err = strconv.Atoi(value)
		case name == "@names":
			f.options.EmailNames = value == "email"
		case name == "@took":
			took, err = time.ParseDuration(value)
		case name == "@host":
			host = value
		case name == "@base":
			base = value
		case name == "@source":
			source = value
		case name == "@cut":
			kept, err = strconv.Atoi(value)
		case name == "@body":
			var s string
			s, err = strconv.Unquote(value)
			m.body = []byte(s)
		case strings.HasPrefix(line, "@"):
			err = fmt.Errorf("no directive %q", line)
		default:
			if len(m.body) > 0 {
				m.body = append(m.body, '\n')
			}
			m.body = append(m.body, urns.Replace(line)...)
		}
		if err != nil {
			return err
		}
	}
	if len(request.body) > 0 && !typed {
		request.header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	status, err := strconv.Atoi(answer.first)
	if err != nil {
		return err
	}
	method, target, _ := strings.Cut(request.first, " ")
	ex := send(sending{method, target, host, base, request.header, request.body, status, answer.header, answer.body, kept})
	ex.Took, ex.Source = took, source
	f.ex = ex
	return nil
}

// sending is what send needs to make an exchange.
type sending struct {
	method, target, host, base string
	header                     http.Header
	body                       []byte
	status                     int
	answerHeader               http.Header
	answer                     []byte
	kept                       int
}

// send makes the exchange that wire.Handler makes of a request and its answer.
func send(s sending) *wire.Exchange {
	path := s.base
	if i := strings.Index(path, "://"); i >= 0 {
		path = path[i+3:]
		path = path[strings.IndexByte(path+"/", '/'):]
	}
	target, raw := strings.CutPrefix(s.target, "raw:")
	if !raw {
		target = path + urns.Replace(target)
	}
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(s.body))
	r.Method, r.RequestURI, r.Host, r.Header = s.method, target, s.host, s.header
	if len(s.body) == 0 {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	var got *wire.Exchange
	h := wire.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ex := wire.Of(w)
		before, _, _ := strings.Cut(target, "?")
		if rest, ok := strings.CutPrefix(before, path); ok && s.base != "none" {
			ex.Base, ex.Path = s.base, rest
			if u, err := url.PathUnescape(rest); err == nil {
				ex.Path = u
			}
		}
		buf := make([]byte, len(s.body)+1)
		for n := 0; ; {
			m, err := r.Body.Read(buf[n:])
			if n += m; err != nil {
				break
			}
		}
		for name, values := range s.answerHeader {
			w.Header()[http.CanonicalHeaderKey(name)] = values
		}
		w.WriteHeader(s.status)
		if len(s.answer) > 0 {
			_, _ = w.Write(s.answer) // a recorder takes it
		}
	}), wire.Options{BodyBytes: s.kept, Sink: func(ex *wire.Exchange) { got = ex.Clone() }})
	h.ServeHTTP(httptest.NewRecorder(), r)
	return got
}

// linters are those made so far: they are for many exchanges each.
var linters sync.Map

func linter(o Options) *Linter {
	if l, ok := linters.Load(o); ok {
		return l.(*Linter)
	}
	l, _ := linters.LoadOrStore(o, New(o))
	return l.(*Linter)
}

// show is a finding as fixtures have it.
func show(f wire.Finding) string {
	s := strings.TrimSpace(Level(f.Level).String()+" "+f.Rule) + " at " + f.At
	if f.Detail != "" {
		s += ": " + f.Detail
	}
	return s
}

func shown(list []wire.Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, show(f))
	}
	return out
}

// 69. Every rule has a fixture in which it is found and one that passes.
func TestAcceptance69_Rules(t *testing.T) {
	fixtures := readFixtures(t)
	finds, passes := map[string]int{}, map[string]int{}
	changed := map[string]bool{}
	for _, f := range fixtures {
		found := linter(f.options).Exchange(f.ex)
		for _, id := range f.rules {
			if _, ok := Find(id); !ok {
				t.Errorf("%s: there is no rule %s", f.file, id)
			}
			has := slices.ContainsFunc(found, func(x wire.Finding) bool { return x.Rule == id })
			if f.finds {
				finds[id]++
			} else {
				passes[id]++
			}
			if has != f.finds {
				t.Errorf("%s: %s: found %v, want %v\n%s\nfound:\n%s", f.file, id, has, f.finds, strings.Join(f.lines, "\n"), strings.Join(shown(found), "\n"))
			}
		}
		if !f.finds && Worst(found) > Note {
			t.Errorf("%s: %v passes, but\n%s\n%s", f.file, f.rules, strings.Join(f.lines, "\n"), strings.Join(shown(found), "\n"))
		}
		if got := shown(found); !slices.Equal(got, f.found) {
			if *update {
				changed[f.file], f.found = true, got
				continue
			}
			t.Errorf("%s: %v\n%s\nhave:\n%s\nwant:\n%s", f.file, f.rules, strings.Join(f.lines, "\n"), strings.Join(got, "\n"), strings.Join(f.found, "\n"))
		}
	}
	for _, r := range Rules() {
		if finds[r.ID] == 0 || passes[r.ID] == 0 {
			t.Errorf("%s has %d fixtures in which it is found and %d that pass, want both", r.ID, finds[r.ID], passes[r.ID])
		}
	}
	for file := range changed {
		rewrite(t, file, fixtures)
	}
}

// rewrite writes a file of fixtures with the findings they have now.
func rewrite(t *testing.T, file string, fixtures []*fixture) {
	t.Helper()
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	preface, _, _ := strings.Cut("\n"+string(old), "\n-- ")
	b.WriteString(strings.TrimSpace(preface) + "\n")
	for _, f := range fixtures {
		if f.file != file {
			continue
		}
		word := "passes"
		if f.finds {
			word = "finds"
		}
		fmt.Fprintf(&b, "\n-- %s %s --\n", strings.Join(f.rules, " "), word)
		for _, line := range f.lines {
			b.WriteString(line + "\n")
		}
		for _, line := range f.found {
			b.WriteString("= " + line + "\n")
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
