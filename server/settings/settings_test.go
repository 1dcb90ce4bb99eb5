package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// builtin is the program's config.hujson.
func builtin(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "config.hujson"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// load loads settings with a user's file of this text, if there is one, for a user without a home.
func load(t testing.TB, text string, env Env, flags ...Flag) (*Settings, error) {
	t.Helper()
	from := Sources{Builtin: builtin(t), Env: env, Flags: flags}
	if text != "" {
		from.File = write(t, text)
	}
	return Load(from)
}

func mustLoad(t testing.TB, text string, env Env, flags ...Flag) *Settings {
	t.Helper()
	s, err := load(t, text, env, flags...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write writes a file and returns its name.
func write(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "my.hujson")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func printed(t testing.TB, s *Settings) string {
	t.Helper()
	var b strings.Builder
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// comments are the origins in what Write prints.
var comments = regexp.MustCompile(`(?m), // [^"\]}]*$`)

func TestEverySettingHasADefaultAndAComment(t *testing.T) {
	s := &Settings{origin: map[string]string{}}
	if err := s.readFile("config.hujson", builtin(t)); err != nil {
		t.Fatal(err)
	}
	for _, path := range Paths() {
		if s.origin[path] == "" {
			t.Errorf("config.hujson does not set %s", path)
		}
	}
	if err := s.check(); err != nil {
		t.Errorf("the built-in settings are refused: %v", err)
	}
	previous := ""
	for line := range strings.Lines(string(builtin(t))) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, `"`) && !strings.HasPrefix(previous, "//") && line != `"cert": "",` && line != `"key": "",` {
			t.Errorf("no comment above %s", line)
		}
		previous = line
	}
}

// Law: what Write prints can be read back, and then says the same.
func TestWhatIsPrintedReadsBack(t *testing.T) {
	named := write(t, `[{"id": "urn:x:1"}]`)
	first := printed(t, mustLoad(t, `{
		"limits": {"cursorAge": "90s"}, // a comment
		"schemas": [{"id": "urn:x:<&>", /* another */ "attributes": [{"name": "floor",},],}, "`+named+`"],
		"conformance": "strict"}`,
		Env{
			"SCIMDECK_REQUEST_LOG_AGE=12h", "SCIMDECK_PUBLIC_URL=https://a.example/x&y", "SCIMDECK_BASE_PATHS=/a,/b/c",
			"SCIMDECK_GROUPS=true", "SCIMDECK_GROUPS=false", "SCIMDECK_GROUPS=true", "SCIMDECK_PLAIN=1", "OTHER=1",
		},
		Flag{"data", "data", "/srv/scim"}, Flag{"theme", "theme", "light"}))
	for _, want := range []string{
		`"age": "12h0m0s", // SCIMDECK_REQUEST_LOG_AGE`, `"publicURL": "https://a.example/x&y", // SCIMDECK_PUBLIC_URL`,
		`"basePaths": ["/a","/b/c"], // SCIMDECK_BASE_PATHS`, `"groups": true, // SCIMDECK_GROUPS`,
		`"data": "/srv/scim", // --data`, `"theme": "light", // --theme`, `"cursorAge": "1m30s", // `,
		`"schemas": [{"id":"urn:x:<&>","attributes":[{"name":"floor"}]},"` + named + `"], // `,
	} {
		if !strings.Contains(first, want) {
			t.Errorf("no %s in\n%s", want, first)
		}
	}
	second := printed(t, mustLoad(t, first, nil))
	if a, b := comments.ReplaceAllString(first, ","), comments.ReplaceAllString(second, ","); a != b {
		t.Errorf("read back:\n%s\nwas:\n%s", b, a)
	}
}

func TestVariables(t *testing.T) {
	names := map[string]bool{}
	for _, l := range new(Config).leaves() {
		name := l.env()
		if names[name] || !regexp.MustCompile(`^SCIMDECK(_[A-Z]+)+$`).MatchString(name) {
			t.Errorf("%s is %s in the environment", l.path, name)
		}
		names[name] = true
	}
	for _, name := range []string{"SCIMDECK_REQUEST_LOG_ENTRIES", "SCIMDECK_GROUPS", "SCIMDECK_PUBLIC_URL", "SCIMDECK_TLS_CERT", "SCIMDECK_BASE_PATHS"} {
		if !names[name] {
			t.Errorf("no setting is %s in the environment", name)
		}
	}
}

// bad are settings that are refused: where FILE stands is the file's name. Its texts are the fuzz target's seeds.
var bad = []struct {
	name, file string
	env        Env
	flags      []Flag
	want, hint string
}{
	{"unknown", "{\n  \"lisen\": \"x\"}", nil, nil, `FILE:2:3: there is no setting "lisen"`, "did you mean listen?"},
	{"unknown in a group", `{"limits": {"deep": 3}}`, nil, nil, `FILE:1:13: there is no setting "limits.deep"`, "did you mean limits.depth?"},
	{"group forgotten", `{"entries": 3}`, nil, nil, `FILE:1:2: there is no setting "entries"`, "did you mean requestLog.entries?"},
	{"far from all", `{"xyzzyxyzzy": 3}`, nil, nil, `FILE:1:2: there is no setting "xyzzyxyzzy"`, ""},
	{"wrong type", "{// x\n\n \"durable\": \"yes\"}", nil, nil, `FILE:3:13: durable: want true or false, not "yes"`, ""},
	{"null", `{"groups": null}`, nil, nil, "FILE:1:12: groups: want true or false, not null", ""},
	{"number as text", `{"limits": {"depth": "3"}}`, nil, nil, `FILE:1:22: limits.depth: want a whole number, not "3"`, ""},
	{"fraction", `{"limits": {"depth": 3.5}}`, nil, nil, "FILE:1:22: limits.depth: want a whole number, not 3.5", ""},
	{"not a list", `{"basePaths": "/scim"}`, nil, nil, `FILE:1:15: basePaths: want a list of strings, not "/scim"`, ""},
	{"not a duration", `{"requestLog": {"age": "soon"}}`, nil, nil, `FILE:1:24: requestLog.age: want a duration such as "30d", "12h" or "30s", not "soon"`, ""},
	{"duration as number", `{"requestLog": {"age": 30}}`, nil, nil, `FILE:1:24: requestLog.age: want a duration such as "30d", in quotes, not 30`, ""},
	{"not a size", `{"requestLog": {"bytes": "much"}}`, nil, nil, `FILE:1:26: requestLog.bytes: want a size such as "256MB", "64MiB" or a number of bytes, not "much"`, ""},
	{"size as a list", `{"requestLog": {"bytes": [1]}}`, nil, nil, `FILE:1:26: requestLog.bytes: want a size such as "256MB" or a number of bytes, not [1]`, ""},
	{"negative size", `{"requestLog": {"bytes": -1}}`, nil, nil, `FILE:1:26: requestLog.bytes: want a size such as "256MB" or a number of bytes, not -1`, ""},
	{"small size", `{"requestLog": {"bytes": "1MB"}}`, nil, nil, `FILE:1:26: requestLog.bytes: want at least "4MB", or 0 for no bound, not 1000000`, ""},
	{"value for a group", `{"limits": 3}`, nil, nil, "FILE:1:12: limits: want settings in { }", ""},
	{"list", `[1]`, nil, nil, "FILE:1:1: want settings in { }", ""},
	{"twice", `{"groups": true, "groups": false}`, nil, nil, "FILE:1:18: groups is set twice", ""},
	{"syntax", "{\n\"groups\" true}", nil, nil, "FILE:2:10: invalid character", ""},
	{"sense in a file", "{\n \"listen\": \"7644\"}", nil, nil, `FILE:2:12: listen: want HOST:PORT such as "127.0.0.1:7644", not "7644"`, ""},
	{"half of tls", `{"tls": {"cert": "a.pem"}}`, nil, nil, "tls: want both cert and key, or neither", ""},
	{"words", `{"unknownAttributes": "drop"}`, nil, nil, `FILE:1:23: unknownAttributes: want one of ignore, keep, reject, not "drop"`, ""},
	{"other words", `{"conformance": "Strict"}`, nil, nil, `FILE:1:17: conformance: want one of lenient, strict, interop, not "Strict"`, ""},
	{"base path", `{"basePaths": ["scim"]}`, nil, nil, `FILE:1:15: basePaths: want paths such as "/scim/v2", not "scim"`, ""},
	{"base path twice", `{"basePaths": ["/a", "/a"]}`, nil, nil, `FILE:1:15: basePaths: "/a" is there twice`, ""},
	{"no base path", `{"basePaths": []}`, nil, nil, "FILE:1:15: basePaths: want at least one path", ""},
	{"zero", `{"limits": {"requests": 0}}`, nil, nil, "FILE:1:25: limits.requests: want at least 1, not 0", ""},
	{"no time to send", `{"limits": {"readTimeout": "0s"}}`, nil, nil, "FILE:1:28: limits.readTimeout: want more than 0", ""},
	{"short-lived cursor", `{"limits": {"cursorAge": "10ms"}}`, nil, nil, `FILE:1:26: limits.cursorAge: want at least "1s", not "10ms"`, ""},
	{"no list of schemas", `{"schemas": {"id": "urn:x:1"}}`, nil, nil, `FILE:1:13: schemas: want a list of definitions, each in { } or the name of a file, not {"id":"urn:x:1"}`, ""},
	{"no schema", `{"schemas": ["a", 3]}`, nil, nil, "FILE:1:19: schemas[1]: want a list of definitions, each in { } or the name of a file, not 3", ""},
	{"no schema's file", "{\"schemas\": [{},\n\"/nowhere/a\"]}", nil, nil, "FILE:2:1: schemas[1]: cannot read the definition: open /nowhere/a:", ""},
	{"variable of no schema's file", "", Env{"SCIMDECK_SCHEMAS=/nowhere/a"}, nil, "SCIMDECK_SCHEMAS: schemas[0]: cannot read the definition: open /nowhere/a:", ""},
	{"unknown variable", "", Env{"SCIMDECK_GROUP=true"}, nil, "SCIMDECK_GROUP: there is no such setting", "did you mean SCIMDECK_GROUPS?"},
	{"variable of a wrong type", "", Env{"SCIMDECK_GROUPS=maybe"}, nil, `SCIMDECK_GROUPS: want true or false, not "maybe"`, ""},
	{"variable that is no number", "", Env{"SCIMDECK_LIMITS_DEPTH="}, nil, `SCIMDECK_LIMITS_DEPTH: want a whole number, not ""`, ""},
	{"variable without sense", "", Env{"SCIMDECK_THEME=pink"}, nil, `SCIMDECK_THEME: theme: want one of auto, dark, light, 16, none, not "pink"`, ""},
	{"flag without sense", "", nil, []Flag{{"public-url", "publicURL", "abc"}}, `--public-url: publicURL: want an address such as "https://abc.example.com", not "abc"`, ""},
	{"flag of a wrong type", "", nil, []Flag{{"depth", "limits.depth", "x"}}, `--depth: want a whole number, not "x"`, ""},
}

func TestBadSettings(t *testing.T) {
	for _, c := range bad {
		t.Run(c.name, func(t *testing.T) {
			from := Sources{Builtin: builtin(t), Env: c.env, Flags: c.flags}
			if c.file != "" {
				from.File = write(t, c.file)
			}
			_, err := Load(from)
			var e *Error
			want := strings.ReplaceAll(c.want, "FILE", from.File)
			if !errors.As(err, &e) || !strings.HasPrefix(e.Text, want) || e.Hint != c.hint {
				t.Errorf("have %+v\nwant %s, %q", err, want, c.hint)
			}
		})
	}
	_, err := Load(Sources{Builtin: builtin(t), File: "/nowhere/c"})
	if want := "cannot read the configuration: open /nowhere/c:"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("have %v, want %s", err, want)
	}
}

// The first of ./config.hujson and the one in the user's configuration folder is the user's file.
func TestUsualFiles(t *testing.T) {
	from := Sources{Builtin: builtin(t)}
	home := t.TempDir()
	t.Chdir(t.TempDir())
	etc := filepath.Join(home, "etc")
	from.Env = Env{"HOME=" + home, "XDG_CONFIG_HOME=" + etc, "AppData=" + etc}
	expect := func(file string, pageSize int) {
		t.Helper()
		s, err := Load(from)
		if err != nil {
			t.Fatal(err)
		}
		if s.File != file || s.Limits.PageSize != pageSize {
			t.Errorf("read %q with page size %d, want %q with %d", s.File, s.Limits.PageSize, file, pageSize)
		}
	}
	expect("", 1000)
	for i, file := range []string{filepath.Join(from.Env.folder(configFolder), "config.hujson"), "config.hujson"} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, fmt.Appendf(nil, `{"limits": {"pageSize": %d}}`, i+1), 0o600); err != nil {
			t.Fatal(err)
		}
		expect(file, i+1)
	}
}

func TestDataFolder(t *testing.T) {
	home := t.TempDir()
	s := mustLoad(t, "", Env{"HOME=" + home, "LocalAppData=" + home})
	dir, err := s.DataFolder()
	if err != nil || !strings.HasPrefix(dir, home) || filepath.Base(dir) != "scimdeck" {
		t.Errorf("%s, %v", dir, err)
	}
	if short := s.env.Tilde(filepath.Join(home, "x")); short != filepath.Join("~", "x") || s.env.Tilde(home+"x") != home+"x" {
		t.Errorf("shortened: %s, %s", short, s.env.Tilde(home+"x"))
	}
	s.Data = "mine"
	if dir, err = s.DataFolder(); err != nil || !filepath.IsAbs(dir) || filepath.Base(dir) != "mine" {
		t.Errorf("%s, %v", dir, err)
	}
	if dir, err = mustLoad(t, "", Env{"HOME=", "XDG_DATA_HOME=relative"}).DataFolder(); err == nil {
		t.Errorf("nobody's data are in %s", dir)
	}
}

// Law: a span that is printed reads back.
func TestSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "0d": 0, "0": 0, "12h": 12 * time.Hour, "1m30s": 90 * time.Second, "36h": 36 * time.Hour} {
		d, err := ParseSpan(text)
		if err != nil || d != want {
			t.Errorf("%q: %v, %v, want %v", text, d, err, want)
		}
		again, err := Span(d).MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseSpan(string(again)); err != nil || back != d {
			t.Errorf("%q is printed as %q, which is %v, %v", text, again, back, err)
		}
	}
	for _, text := range []string{"", "soon", "-1h", "-1d", "1.5d", "99999999d", "30"} {
		if d, err := ParseSpan(text); err == nil {
			t.Errorf("%q: %v, want an error", text, d)
		}
	}
}

// Law: a size that is printed reads back.
func TestSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "256MB": 256e6, "256 mb": 256e6, "64MiB": 64 << 20, "1048577": 1<<20 + 1, "7B": 7, "3kb": 3000, "3KiB": 3 << 10,
		"1GiB": 1 << 30, "2TB": 2e12, "9223372036854775807": 1<<63 - 1,
	} {
		n, err := ParseSize(text)
		if err != nil || n != want {
			t.Errorf("%q: %v, %v, want %v", text, n, err, want)
		}
		again, err := n.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseSize(string(again)); err != nil || back != n {
			t.Errorf("%q is printed as %q, which is %v, %v", text, again, back, err)
		}
	}
	for _, text := range []string{"", "MB", "much", "-1", "1.5GB", "1KB2", "1XB", "1i", "9223372036854775808", "9223372036854775807kB", "+1"} {
		if n, err := ParseSize(text); err == nil {
			t.Errorf("%q: %v, want an error", text, n)
		}
	}
	for text, want := range map[string]Size{`8000000`: 8e6, `"8MB"`: 8e6, `"0"`: 0, `0`: 0} {
		if s := mustLoad(t, `{"requestLog": {"bytes": `+text+`}}`, nil); s.RequestLog.Bytes != want {
			t.Errorf("%s: %d", text, s.RequestLog.Bytes)
		}
	}
	if s := mustLoad(t, "", Env{"SCIMDECK_REQUEST_LOG_BYTES=1GB"}); s.RequestLog.Bytes != 1e9 {
		t.Errorf("from the environment: %d", s.RequestLog.Bytes)
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

// FuzzFile: no text of a file breaks anything, and what is read from it is printed and reads back.
func FuzzFile(f *testing.F) {
	for _, c := range bad {
		f.Add([]byte(c.file))
	}
	f.Add(builtin(f))
	f.Add([]byte(`{"schemas": [{"id": "urn:x:1", "attributes": [{"name": "a.b",}],}, "file"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		first := &Settings{origin: map[string]string{}}
		if first.readFile("x", data) != nil || first.check() != nil {
			return
		}
		second := &Settings{origin: map[string]string{}}
		if err := second.readFile("x", []byte(printed(t, first))); err != nil {
			t.Fatalf("%v\n%s", err, printed(t, first))
		}
		if a, b := printed(t, first), printed(t, second); comments.ReplaceAllString(a, ",") != comments.ReplaceAllString(b, ",") {
			t.Errorf("read back:\n%s\nwas:\n%s", b, a)
		}
	})
}
