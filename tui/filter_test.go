package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"scimdeck/store"
)

func testEnv() filterEnv {
	return filterEnv{
		now: start, loc: time.UTC, marks: map[uint64]bool{1030: true}, seen: 1043,
		keys: []store.Key{{ID: 1, Name: "okta-dev", Prefix: "scimdeck_7Fq2"}, {ID: 2, Name: "ci", Prefix: "scimdeck_m3ZZ"}},
	}
}

// Statements 36 and 38: each filter shows exactly these rows of the fixture.
var filterTests = []struct {
	filter string
	want   []uint64
}{
	{"", span(1024, 1045)},
	{"method:POST", []uint64{1027, 1034, 1039, 1042}},
	{"method:post,delete", []uint64{1027, 1034, 1039, 1042, 1044}},
	{"method:write", []uint64{1027, 1028, 1034, 1036, 1037, 1039, 1041, 1042, 1044}},
	{"-method:write status:ok user:*", []uint64{1026, 1033, 1035, 1038, 1040}},
	{"status:409", []uint64{1034}},
	{"status:4xx", []uint64{1029, 1034, 1045}},
	{"status:>=400", []uint64{1029, 1034, 1037, 1045}},
	{"status:400..499", []uint64{1029, 1034, 1045}},
	{"status:problem", []uint64{1029, 1034, 1037, 1045}},
	{"status:none", nil},
	{"status:<300 method:PATCH", []uint64{1036}},
	{"user:ada", []uint64{1026, 1027, 1028}},
	{"user:BOB", []uint64{1033, 1034, 1035}},
	{"user:bob*com", []uint64{1033, 1034, 1035}},
	{"user:2f81", []uint64{1028}},
	{`user:"eve@example.com"`, []uint64{1036, 1037}},
	{"user:=kim@example.com method:write", []uint64{1039, 1041, 1044}},
	{"key:none", []uint64{1029, 1042}},
	{"key:invalid", []uint64{1029}},
	{"key:okta status:>=400", []uint64{1034, 1037, 1045}},
	{"key:scimdeck_7Fq2 status:500", []uint64{1037}},
	{"key:7Fq status:500", []uint64{1037}},
	{"key:ci", nil},
	{"path:/Users/*", []uint64{1028, 1036, 1037, 1040, 1041, 1044, 1045}},
	{`path:~startIndex=\d\d`, []uint64{1031, 1032}},
	{"path:serviceprovider", []uint64{1043}},
	{"op:create,deactivate", []uint64{1027, 1034, 1036, 1039, 1042}},
	{"op:find", []uint64{1026, 1033, 1035, 1038}},
	{"resource:groups", []uint64{1025}},
	{"resource:config,groups", []uint64{1025, 1043}},
	{"since:30s", span(1040, 1045)},
	{"since:14:02", span(1042, 1045)},
	{"since:2025-01-02T14:02:10", []uint64{1044, 1045}},
	{"until:14:00:40", span(1024, 1026)},
	{"took:>500ms", []uint64{1037}},
	{"took:10ms..1s", []uint64{1027, 1039}},
	{"source:tui", []uint64{1042}},
	{"source:curl", []uint64{1043}},
	{"source:client method:write status:<300 op:create", []uint64{1027, 1039}},
	{"is:marked", []uint64{1030}},
	{"is:new", []uint64{1044, 1045}},
	{"is:noted", []uint64{1027}},
	{"is:problem", []uint64{1029, 1034, 1037, 1045}},
	{"id:2F8", []uint64{1028}},
	{"agent:curl", []uint64{1043}},
	{"#1034", []uint64{1034}},
	{"#1030-1032", span(1030, 1032)},
	{"uniqueness", []uint64{1034}},
	{`"no valid key"`, []uint64{1029}},
	{"ada OR eve", []uint64{1026, 1027, 1028, 1036, 1037}},
	{"ada | #1045", []uint64{1026, 1027, 1028, 1045}},
	{"status:>=400 -op:find user:bob", []uint64{1034}},
	{"(status:4xx OR took:>1s) method:write", []uint64{1034, 1037}},
	{"NOT (status:2xx or-not)", span(1024, 1045)},
	{"!status:2xx", []uint64{1029, 1034, 1037, 1045}},
	{"((ada))", []uint64{1026, 1027, 1028}},
}

func span(from, to uint64) []uint64 {
	var all []uint64
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}

func TestAcceptance36_Filter(t *testing.T) {
	rows := oktaDay()
	for _, tt := range filterTests {
		f, err := parseFilter(tt.filter, testEnv())
		if err != nil {
			t.Errorf("%q: %v", tt.filter, err)
			continue
		}
		var got []uint64
		for _, r := range rows {
			if f.match(r) {
				got = append(got, r.Seq)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q\nhave %v\nwant %v", tt.filter, got, tt.want)
		}
	}
}

var filterErrors = []struct {
	filter string
	col    int
	msg    string
}{
	{"stauts:409", 1, "did you mean status: ?"},
	{"ada urn:ietf", 5, "put it in quotes"},
	{"status:4y", 8, "for example status:409"},
	{"status:~40", 8, "is no status"},
	{"op:craete", 4, "did you mean op:create ?"},
	{"op:>create", 4, "takes words"},
	{"is:markt", 4, "did you mean is:marked ?"},
	{"resource:x", 10, "it is one of users"},
	{"took:fast", 6, "is no duration"},
	{"since:yesterday", 7, "for example 5m"},
	{"path:~(", 6, "not a regular expression"},
	{"user:", 6, "needs a value"},
	{"user:a,", 8, "needs a value"},
	{`user:"ada`, 6, "closing quote"},
	{"(ada", 1, "never closed"},
	{"ada)", 4, "closes nothing"},
	{"ada OR", 7, "a word is missing"},
	{"OR", 1, "a word is missing"},
	{"-(", 3, "a word is missing"},
	{"#x", 1, "needs a request number"},
	{"日本 stauts:1", 4, "no field"},
	{strings.Repeat("(", 60) + "a" + strings.Repeat(")", 60), 51, "too deep"},
}

func TestFilterErrors(t *testing.T) {
	for _, tt := range filterErrors {
		_, err := parseFilter(tt.filter, testEnv())
		var fe *filterError
		if !errors.As(err, &fe) {
			t.Errorf("%q: no error", tt.filter)
			continue
		}
		if fe.col != tt.col || !strings.Contains(fe.Error(), tt.msg) {
			t.Errorf("%q\nhave %v\nwant column %d: …%s…", tt.filter, fe, tt.col, tt.msg)
		}
	}
}

// Quoted words find what they quote; toggled words go away again.
func TestFilterLaws(t *testing.T) {
	for _, s := range append(nasty, "a b", `q"uo\te`, "OR", "-x", "#1", "a,b", "x..y", "~re", "(", "") {
		if s == "" {
			continue
		}
		f, err := parseFilter("user:"+quoteWord(s), testEnv())
		if err != nil {
			t.Errorf("%q: %v", s, err)
		} else if !f.match(&store.Row{Name: s}) {
			t.Errorf("user:%s does not find %q", quoteWord(s), s)
		}
	}
	for _, tt := range filterTests {
		for _, word := range []string{"status:problem", `user:"a b"`} {
			on := toggleWord(tt.filter, word)
			if _, err := parseFilter(on, testEnv()); err != nil {
				t.Errorf("%q and %s: %v", tt.filter, word, err)
			}
			off := toggleWord(on, word)
			if strings.Contains(off, word) && !strings.Contains(tt.filter, word) {
				t.Errorf("%q, %s on and off: %q", tt.filter, word, off)
			}
		}
	}
}

func TestCompletion(t *testing.T) {
	tests := []struct{ typed, want string }{
		{"met", "method:"},
		{"status:>=400 meth", "status:>=400 method:"},
		{"-meth", "-method:"},
		{"op:cr", "op:create"},
		{"op:create,dea", "op:create,deactivate"},
		{"user:ad", "user:ada@example.com"},
		{"key:okt", "key:okta-dev"},
		{"(resource:gr", "(resource:groups"},
		{"xyz", "xyz"},
	}
	for _, tt := range tests {
		a := newApp(t, 80, 24)
		a.feed(oktaDay()...)
		a.press("/")
		a.write(tt.typed)
		a.press("tab")
		if got := a.requests().prompt.input.String(); got != tt.want {
			t.Errorf("%q is completed to %q, want %q", tt.typed, got, tt.want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, tt := range filterTests {
		f.Add(tt.filter)
	}
	for _, tt := range filterErrors {
		f.Add(tt.filter)
	}
	rows := append(oktaDay(), nastyRows()...)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		flt, err := parseFilter(text, testEnv())
		if err != nil {
			var fe *filterError
			if !errors.As(err, &fe) || fe.col < 1 || fe.col > utf8.RuneCountInString(text)+1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		for _, r := range rows {
			flt.match(r)
		}
		again, err := parseFilter(flt.text, testEnv())
		if err != nil {
			t.Fatalf("%q parses once: %v", text, err)
		}
		for _, r := range rows {
			if flt.match(r) != again.match(r) {
				t.Fatalf("%q does not mean the same twice", text)
			}
		}
	})
}
