package find

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"scimdeck/scim/explain"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// Statements 36 and 38: each filter selects exactly these rows of the fixture.
var filterTests = []struct {
	filter string
	want   []uint64
}{
	{"", span(1001, 1200)},
	{"method:POST", at(2, 8, 15, 19)},
	{"method:post,delete", at(2, 8, 14, 15, 19)},
	{"method:write", at(2, 4, 5, 6, 7, 8, 13, 14, 15, 18, 19)},
	{"method:read", at(0, 1, 3, 9, 10, 11, 12, 16, 17)},

	{"status:409", at(8)},
	{"status:4xx", at(8, 9, 12, 18)},
	{"status:>=400", at(8, 9, 12, 13, 18)},
	{"status:400..499", at(8, 9, 12, 18)},
	{"status:<300 method:PATCH", at(6, 7)},
	{"status:ok method:write", at(2, 4, 5, 6, 7, 14, 15)},
	{"status:problem", at(5, 9, 12, 13, 18, 19)},
	{"status:none", at(19)},
	{"status:* op:bulk", nil},

	{"path:/Users/*", at(3, 4, 5, 6, 7, 12, 13, 14, 18)},
	{`path:~startIndex=\d+`, at(0, 10, 11)},
	{`path:~startIndex=\d{3}`, at(11)},
	{"path:serviceprovider", at(16)},
	{"resource:groups", at(10)},
	{"resource:config,schemas,bulk", at(16, 17, 19)},
	{"resource:other,me", nil},

	{"op:create,deactivate", at(2, 6, 8, 15)},
	{"op:auth,probe", at(0, 9)},
	{"user:ada", of("ada", 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 18)},
	{"user:BOB", of("bob", 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 18)},
	{"user:bob*com op:create", of("bob", 2, 8)},
	{`user:"eve@example.com" op:delete`, of("eve", 14)},
	{"user:=eve@example.com op:delete", of("eve", 14)},
	{"user:=eve", nil},
	{"user:* method:GET", at(1, 3, 12)},
	{`user:"" status:5xx,none`, at(19)},
	{"user:2f83", of("kim", 2, 3, 4, 5, 6, 7, 13, 14, 18)},
	{"id:2f8 op:read", at(3)},
	{"id:2F80", of("ada", 2, 3, 4, 5, 6, 7, 13, 14, 18)},
	{"id:f8", nil},

	{"key:okta-dev", keyed(1)},
	{"key:okta", keyed(1)},
	{"key:scimdeck_7Fq2", keyed(1)},
	{"key:7Fq", keyed(1)},
	{"key:ci-new", keyed(2)}, // its name today
	{"key:ci", keyed(2)},     // and its name then
	{"key:none", at(9, 15)},
	{"key:invalid", at(9)},

	{"seq:okta.assign", at(1, 2, 8)},
	{"seq:assign user:ada", of("ada", 1, 2, 8)},
	{"seq:1022", of("bob", 1, 2, 8)},
	{"seq:none op:create", at(15)},
	{"seq:entra", nil},
	{"lint:error", at(5)},
	{"lint:warn", at(4)},
	{"lint:note", at(3)},
	{"lint:any", at(3, 4, 5)},
	{"-lint:none", at(3, 4, 5)},
	{"lint:SCIM-017", at(4)},
	{"lint:scim-01*", at(4, 5)},
	{"lint:SCIM-01", nil},

	{"source:tui", at(15)},
	{"source:replay", of("bob", 16)},
	{"source:check,proxy", append(of("eve", 16), of("kim", 16)...)},
	{"source:curl", slices.DeleteFunc(at(16), func(n uint64) bool { return n > 1020 && n < 1081 })},
	{"source:idp status:401", at(9)},
	{"source:client status:201", at(2)},
	{"agent:okta method:POST", at(2, 8, 19)},
	{"agent:curl", at(16)},
	{"ip:10.0.0 op:probe", at(0)},
	{"ip:127.0.0.1 op:probe", nil},
	{"host:abc.example.net op:find", at(1)},

	{"took:>500ms", at(13, 19)},
	{"took:10ms..1s", at(2, 19)},
	{"took:>1s", at(13)},
	{"size:>1MB", at(11)},
	{"ressize:>1MB", at(11)},
	{"ressize:2MB", at(11)},
	{"reqsize:2", at(19)},
	{"reqsize:10..20", at(6, 7, 13)},

	{"since:5m", span(1191, 1200)},
	{"since:13:50", span(1181, 1200)},
	{"since:2025-01-02T13:59", span(1199, 1200)},
	{"until:13:50 since:13:49", span(1179, 1181)},
	{"until:2025-01-02T12:21", span(1001, 1003)},
	{"since:2025-01-03", nil},

	{"header:If-Match", at(18)},
	{"header:if-*", at(17, 18)},
	{"header:Content-Type=json op:find", at(1)},
	{"header:content-type=xml", nil},
	{"header:Authorization op:find", at(1)},
	{"header:Authorization=7Fq2", nil},
	{`body:"staff engineer"`, at(2, 3, 4, 5, 7, 8, 15, 18)},
	{`body:~"\"title\":\"B"`, at(13)},
	{`body:~title.:.[a-c]`, at(13)},
	{"reqbody:boss", at(13)},
	{"resbody:uniqueness", at(8)},
	{`body:00uada status:ok`, of("ada", 2, 3, 4, 5, 7, 15)},
	{"-body:*", at(0, 1, 9, 10, 11, 12, 14, 16, 17)},
	{"attr:title", at(4)},
	{"attr:active", at(6, 7)},
	{"attr:*", at(4, 6, 7)},

	{"is:marked", []uint64{1034}},
	{"note:*", []uint64{1034, 1040}},
	{"note:bob", []uint64{1040}},
	{`note:"" is:marked`, nil},
	{"note:~^Why -note:bob", []uint64{1034}},
	{"wednesday", []uint64{1040}},
	{"is:changed", at(2, 4, 6, 7, 14, 15)},
	{"is:new", span(1191, 1200)},
	{"is:noted", []uint64{1003}},
	{"is:proxied", of("kim", 16)},
	{"is:replay", of("bob", 16)},
	{"is:problem", at(5, 9, 12, 13, 18, 19)},
	{"is:write status:5xx", at(13)},
	{"#1034", []uint64{1034}},
	{"#1030-1040", span(1030, 1040)},

	{"uniqueness", at(8)},
	{`"no valid key"`, at(9)},
	{"PATCH internal", at(13)},
	{"okta-dev OP:find", at(1)},
	{"ada OR eve", append(of("ada", 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 18), of("eve", 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 18)...)},
	{"#1001 | #1045", []uint64{1001, 1045}},
	{"status:>=400 -op:find user:ada", of("ada", 8, 13, 18)},
	{"(status:4xx OR took:>1s) method:write", at(8, 13, 18)},
	{"NOT (status:2xx or-not) #1001", []uint64{1001}},
	{"!status:2xx,3xx", at(8, 9, 12, 13, 18, 19)},
	{"--status:409", at(8)},
	{"((ada)) op:delete", of("ada", 14)},
	{"(body:boss OR #1001) -(status:2xx)", at(13)},
}

// keyed is all rows with the n-th key.
func keyed(n uint64) []uint64 {
	none := at(9, 15)
	return slices.DeleteFunc(span(1001, 1200), func(seq uint64) bool { return seq%2 != n-1 || slices.Contains(none, seq) })
}

// search runs a filter to its end, with the exchanges that it needs.
func search(t testing.TB, f Filter, rows []*store.Row, read Read) (hits []uint64, exchanges int) {
	t.Helper()
	var open []*store.Row
	for _, r := range rows {
		switch f.Match(r) {
		case Yes:
			hits = append(hits, r.Seq)
		case Maybe:
			open = append(open, r)
		}
	}
	exchanges = len(open)
	for len(open) > 0 {
		found, seen, err := f.Search(context.Background(), open, read)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range found {
			hits = append(hits, r.Seq)
		}
		open = open[seen:]
	}
	slices.Sort(hits)
	return hits, exchanges
}

func TestAcceptance36And38_Filters(t *testing.T) {
	st, rows := fixture(t)
	for _, tt := range filterTests {
		f, err := New(tt.filter, fixtureEnv())
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		got, _ := search(t, f, rows, st.Exchanges)
		if !slices.Equal(got, tt.want) && len(got)+len(tt.want) > 0 {
			t.Errorf("%s\nhave %v\nwant %v", tt.filter, got, tt.want)
		}
	}
}

// What other words exclude is not read.
func TestOnlyWhatMattersIsRead(t *testing.T) {
	st, rows := fixture(t)
	for filter, want := range map[string]int{
		"body:boss":                        200,
		"body:boss status:500":             10,
		"status:500 OR body:boss":          190,
		"-body:boss method:GET user:ada":   2,
		"attr:title":                       70, // successful writes
		"is:changed #1001-1020":            7,
		"user:ada took:>1s":                0,
		"(body:x OR header:y) #1001-1003":  3,
		"-(body:x #1001-1003) #1001-1010":  3,
		"body:boss -body:boss #1001":       1,
		"#1001 OR (#1002 body:boss) -#900": 1,
	} {
		f, err := New(filter, fixtureEnv())
		if err != nil {
			t.Fatal(err)
		}
		if _, n := search(t, f, rows, st.Exchanges); n != want {
			t.Errorf("%s reads %d exchanges, want %d", filter, n, want)
		}
	}
}

var filterErrors = []struct {
	filter string
	column int
	text   string
}{
	{"stauts:409", 1, "did you mean status:?"},
	{"ada urn:ietf", 5, "put it in quotes"},
	{"status:4y", 8, "for example status:409"},
	{"status:~40", 8, "is no status"},
	{"op:craete", 4, "did you mean op:create?"},
	{"op:>create", 4, "takes words"},
	{"is:markt", 4, "did you mean is:marked?"},
	{"is:>new", 4, "takes words"},
	{"lint:errror", 6, "did you mean lint:error?"},
	{"method:>GET", 8, "takes names"},
	{"id:~x", 4, "beginning of an id"},
	{"resource:x", 10, "it is one of users"},
	{"took:fast", 6, "is no duration"},
	{"took:>500", 6, "for example took:>500ms"},
	{"since:yesterday", 7, "for example 5m"},
	{"since:>5m", 7, `">5m" is no time`},
	{"ressize:big", 9, "for example 812"},
	{"header:=x", 8, "takes a name"},
	{`user:"a"b`, 9, "a blank is missing"},
	{"header:~x", 8, "takes a name"},
	{"path:~(", 6, "not a regular expression"},
	{"body:~[", 6, "not a regular expression"},
	{"path:~" + strings.Repeat("a", 1025), 6, "longer than 1 kB"},
	{"user:>a", 6, "compares numbers"},
	{"user:", 6, "needs a value"},
	{"user:a,", 8, "needs a value"},
	{`user:"ada`, 6, "closing quote"},
	{"(ada", 1, "never closed"},
	{"ada)", 4, "closes nothing"},
	{"(path:~a)b)", 11, "closes nothing"},
	{"ada OR", 7, "a word is missing"},
	{"OR", 1, "a word is missing"},
	{"-(", 3, "a word is missing"},
	{"#x", 1, "needs a request number"},
	{"#1-", 1, "needs a request number"},
	{"日本 stauts:1", 4, "no field"},
	{strings.Repeat("(", 60) + "a" + strings.Repeat(")", 60), 51, "too deep"},
	{strings.Repeat("a", 17<<10), 1, "longer than 16 kB"},
}

// Statement 37: what is wrong is said with its column and the mend.
func TestAcceptance37_Errors(t *testing.T) {
	for _, tt := range filterErrors {
		_, err := New(tt.filter, fixtureEnv())
		var slip *Error
		if !errors.As(err, &slip) {
			t.Errorf("%.60s: no error", tt.filter)
			continue
		}
		if slip.Column != tt.column || !strings.Contains(slip.Error(), tt.text) {
			t.Errorf("%.60s\nhave %v\nwant column %d: …%s…", tt.filter, slip, tt.column, tt.text)
		}
	}
}

// Every field has its words for the prompt, and its examples are filters.
func TestFieldsAreExplained(t *testing.T) {
	for _, f := range Fields() {
		if f.About == "" || f.Example == "" {
			t.Errorf("%s: lacks a word", f.Name)
		}
		if _, err := New(f.Example, fixtureEnv()); err != nil {
			t.Errorf("%s: %s: %v", f.Name, f.Example, err)
		}
		for _, w := range f.Words {
			if _, err := New(f.Name+":"+w, fixtureEnv()); err != nil {
				t.Errorf("%s:%s: %v", f.Name, w, err)
			}
		}
		if !strings.Contains(f.Example, f.Name+":") {
			t.Errorf("%s: the example %q is another field's", f.Name, f.Example)
		}
	}
	if _, ok := Lookup("nothing"); ok {
		t.Error("there is a field nothing")
	}
}

var awkward = []string{
	"a b", `q"uo\te`, "OR", "NOT", "-x", "!x", "#1", "a,b", "x..y", "~re", "(", ")", "|", "a|b", "a:b", "*", "a*b", "", ">1", "=x",
	"日本語", "\x1b[2J", "\xff\xfe", "e\u0301", "\u202eevil", "a\u00a0b", "\\", `\\`, `\"`, "line\nline",
}

// Statement 36, the tree's half: String parses back, and a quoted word finds what it quotes.
func TestStringParsesBack(t *testing.T) {
	check := func(text string) {
		x, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(x.String())
		if err != nil || !reflect.DeepEqual(x, again) {
			t.Errorf("%q is %#v\n%q is %#v (%v)", text, x, x.String(), again, err)
		}
	}
	for _, tt := range filterTests {
		check(tt.filter)
		check("-(" + tt.filter + ")")
		check("(" + tt.filter + ") OR x")
		check("(x OR " + tt.filter + ") y")
	}
	for _, s := range awkward {
		check(s)
		check("path:~" + s)
		check("(path:~" + s + ")")
		f, err := New("user:"+Quote(s)+" "+Quote(s), fixtureEnv())
		if err != nil {
			t.Errorf("%q: %v", s, err)
		} else if f.Match(&store.Row{Name: s}) != Yes {
			t.Errorf("user:%s does not find %q", Quote(s), s)
		}
	}
}

func TestToggle(t *testing.T) {
	for _, tt := range []struct{ text, word, want string }{
		{"", "status:problem", "status:problem"},
		{"status:problem", "status:problem", ""},
		{"user:ada", "status:problem", "user:ada status:problem"},
		{"user:ada  status:problem  x", "status:problem", "user:ada x"},
		{"a OR b", "method:write", "(a OR b) method:write"},
		{"(a OR b) method:write", "method:write", "a OR b"},
		{"a b", "c OR d", "a b (c OR d)"},
		{`user:"a b" x`, `user:"a b"`, "x"},
		{"stauts:1", "x", "x"},
		{"a", "stauts:1", "a"},
	} {
		if got := Toggle(tt.text, tt.word); got != tt.want {
			t.Errorf("%q and %q: %q, want %q", tt.text, tt.word, got, tt.want)
		}
	}
	for _, tt := range filterTests {
		for _, word := range []string{"status:2xx", `user:"c d"`} {
			on := Toggle(tt.filter, word)
			if _, err := Parse(on); err != nil {
				t.Errorf("%q and %s: %v", tt.filter, word, err)
			}
			if off := Toggle(on, word); strings.Contains(off, word) && !strings.Contains(tt.filter, word) {
				t.Errorf("%q, %s on and off: %q", tt.filter, word, off)
			}
		}
	}
}

func TestWithout(t *testing.T) {
	for text, want := range map[string]string{
		"body:secret status:4xx":                   "status:4xx",
		"-body:secret":                             "",
		"(header:a=b OR body:x) y":                 "y",
		"(header:a=b OR z) -(reqbody:x ada)":       "z -ada",
		"a OR b OR body:x":                         "a OR b",
		"status:4xx":                               "status:4xx",
		"broken(":                                  "",
		"resbody:a,b ((body:c)) header:x=y is:new": "is:new",
	} {
		if got := Without(text, "body", "reqbody", "resbody", "header"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Statement 40: what each word does alone, and what is spelled nearly like it.
func TestAcceptance40_Missed(t *testing.T) {
	_, rows := fixture(t)
	for filter, want := range map[string][]Missed{
		"user:bbo status:>=400": {{Word: "user:bbo", Like: "user:bob", Likes: 11}, {Word: "status:>=400", Rows: 50}},
		"unqueness":             {{Word: "unqueness", Like: "uniqueness", Likes: 10}},
		"user:ada -user:ada":    {{Word: "user:ada", Rows: 11}, {Word: "-user:ada", Rows: 189}},
		"body:x #1":             {{Word: "body:x", Open: true}, {Word: "#1"}},
		"key:okta-dve":          {{Word: "key:okta-dve", Like: "key:okta-dev", Likes: 80}},
		"agent:okat":            {{Word: "agent:okat", Like: "agent:okta", Likes: 180}},
		"user:zz":               {{Word: "user:zz"}},
		"xyzzy OR plugh":        nil,
	} {
		f, err := New(filter, fixtureEnv())
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Missed(rows); !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nhave %+v\nwant %+v", filter, got, want)
		}
	}
}

func TestSearchStops(t *testing.T) {
	st, rows := fixture(t)
	f, err := New("body:boss", fixtureEnv())
	if err != nil {
		t.Fatal(err)
	}
	none := func(context.Context, []uint64) iter.Seq2[*wire.Exchange, error] {
		return func(func(*wire.Exchange, error) bool) {}
	}
	if hits, seen, err := f.Search(t.Context(), rows, none); len(hits) != 0 || seen != len(rows) || err != nil { // all are gone
		t.Errorf("%d hits, %d were looked at: %v", len(hits), seen, err)
	}
	// It stops when it is called off, and after its time; one is looked at in any case, so that it comes to an end.
	first := func(then func()) Read {
		return func(ctx context.Context, numbers []uint64) iter.Seq2[*wire.Exchange, error] {
			return func(yield func(*wire.Exchange, error) bool) {
				for ex, err := range st.Exchanges(context.Background(), numbers) {
					then()
					if !yield(ex, err) {
						return
					}
				}
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, seen, err := f.Search(ctx, rows, first(cancel)); seen != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d were looked at: %v", seen, err)
	}
	if _, seen, err := f.Search(t.Context(), rows, first(func() { time.Sleep(2 * batchTime) })); seen != 1 || err != nil {
		t.Errorf("%d were looked at: %v", seen, err)
	}
	broken := errors.New("broken")
	fails := func(context.Context, []uint64) iter.Seq2[*wire.Exchange, error] {
		return func(yield func(*wire.Exchange, error) bool) { yield(nil, broken) }
	}
	if _, _, err := f.Search(t.Context(), rows, fails); err != broken {
		t.Error(err)
	}
}

func FuzzFilter(f *testing.F) {
	for _, tt := range filterTests {
		f.Add(tt.filter)
	}
	for _, tt := range filterErrors {
		f.Add(tt.filter)
	}
	for _, s := range awkward {
		f.Add(s)
	}
	all := things(3)
	f.Fuzz(func(t *testing.T, text string) {
		flt, err := New(text, fixtureEnv())
		if err != nil {
			var slip *Error
			if !errors.As(err, &slip) || slip.Column < 1 || slip.Column > utf8.RuneCountInString(text)+1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if flt.Expr() == nil {
			return
		}
		written := flt.Expr().String()
		again, err := New(written, fixtureEnv())
		if err != nil || !reflect.DeepEqual(flt.Expr(), again.Expr()) {
			t.Fatalf("%q is written %q, which is another: %v", text, written, err)
		}
		for i := range all {
			ex := &all[i]
			row := &store.Row{
				Seq: ex.Seq, Start: ex.Start, Took: ex.Took, Method: ex.Method, Status: ex.Status, Target: ex.Target, Path: ex.Path,
				Name: ex.Name, ID: ex.ID, KeyID: ex.KeyID, KeyName: ex.KeyName, Op: ex.Op, Sentence: ex.Sentence, Source: ex.Source,
			}
			before, after := flt.Match(row), flt.MatchExchange(row, ex)
			if before == Yes && !after || before == No && after {
				t.Fatalf("%q says %d of the row and %v of the exchange", text, before, after)
			}
			if again.Match(row) != before || again.MatchExchange(row, ex) != after {
				t.Fatalf("%q and %q do not mean the same", text, written)
			}
		}
	})
}

func ExampleNew() {
	rows := []*store.Row{
		{Seq: 1, Method: "POST", Status: 201, Name: "ada@example.com", Sentence: "create ada@example.com"},
		{Seq: 2, Method: "POST", Status: 409, Name: "bob@example.com", Sentence: "create bob@example.com: uniqueness"},
	}
	f, err := New("method:write status:>=400", Env{})
	if err != nil {
		panic(err)
	}
	for _, row := range rows {
		if f.Match(row) == Yes {
			fmt.Println(row.Seq, row.Sentence)
		}
	}
	_, err = New("stauts:409", Env{})
	fmt.Println(err)
	// Output:
	// 2 create bob@example.com: uniqueness
	// column 1: stauts: is no field; did you mean status:?
}

// The words of op: are those of explain: what looks everywhere relies on it.
func TestOperations(t *testing.T) {
	want := []string{
		explain.Activate, explain.Auth, explain.Bulk, explain.Create, explain.Deactivate, explain.Delete, explain.Discover,
		explain.Find, explain.List, explain.Other, explain.Patch, explain.Probe, explain.Read, explain.Replace,
	}
	if !slices.Equal(operations, want) {
		t.Errorf("have %v\nwant %v", operations, want)
	}
}

// A regular expression finds the same with and without the look for its literal first.
func TestLiteral(t *testing.T) {
	for expr, want := range map[string]string{
		`startIndex=\d+`: "startindex=", `(ab)+c?de`: "ab", `a|b`: "", `x*yz`: "yz", `(?i)K`: "k", `\d\.5`: ".5", `^/Users/`: "/users/", `(`: "", `ſa`: "sa", `ü+`: "",
		`a{3}`: "a", `(?s).*"title":`: `"title":`, `[Ss]chema`: "chema",
	} {
		if got := literal(expr); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
	if is, err := matcher(Value{Op: "~", Text: "k"}); err != nil || !is("\u212a") || !is("K") { // the Kelvin sign folds to k
		t.Error("k does not find the Kelvin sign", err)
	}
}

// About finds what touched a user and what looked for it, by old names too, and
// nothing of others.
func TestAbout(t *testing.T) {
	rows := []*store.Row{
		{Seq: 1, Type: "User", Name: "Ada@old.example"},              // looked for before it was there
		{Seq: 2, Type: "User", ID: "2f81", Name: "ada@old.example"},  // created
		{Seq: 3, Type: "User", ID: "2f82", Name: "ada@old.example"},  // another one of the same name
		{Seq: 4, Type: "User", ID: "2f81", Name: "ada@example.com"},  // renamed
		{Seq: 5, Type: "User", Name: "ada"},                          // no name of it
		{Seq: 6, Type: "Group", ID: "2f81", Name: "ada@example.com"}, // of another type
		{Seq: 7, Type: "Group", Name: "ada@example.com"},             // likewise
		{Seq: 8, Op: "bulk"},                                            // who knows?
		{Seq: 9, Type: "User", Name: "ada@EXAMPLE.com"},                 // looked for
		{Seq: 10, Type: "User", Name: "00u1ab"},                         // by a name that was given
		{Seq: 11, Type: "User", ID: "2f81", Status: 404, Op: "replace"}, // gone
		{Seq: 12, Op: "list"},
	}
	var have []uint64
	for _, row := range About(rows, "User", "2f81", "00U1ab", "") {
		have = append(have, row.Seq)
	}
	if want := []uint64{1, 2, 4, 8, 9, 10, 11}; !slices.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
	if none := About(rows, "User", "2f83"); len(none) != 1 {
		t.Errorf("of nobody: %d", len(none))
	}
}
