package wire

import (
	"os/exec"
	"strings"
	"testing"
)

// The command is run by a real shell in which curl is a function that shows
// its arguments and what it gets on stdin.
const fakeCurl = `
curl() {
	for a; do printf '%s\0' "$a"; [ "$a" = @- ] && cat; done
	return 0
}
SCIM_TOKEN=top-secret
BASE=http://variable/scim
`

func runCurl(t *testing.T, command string) []string {
	t.Helper()
	cmd := exec.Command("sh") // a script may be longer than an argument
	cmd.Stdin = strings.NewReader(fakeCurl + command + "\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, command)
	}
	return strings.Split(string(out), "\x00")
}

func TestCurlBodyIsByteEqual(t *testing.T) {
	bodies := []string{
		`{"userName":"ada"}`, `it's "quoted" $HOME ` + "`id`" + ` \n \\ !! %s %%`, "line\nline\r\n\n", "@file", "ünïcödé 🎉 e\u0301", "\xff\xfe", "-x", " ",
	}
	for _, body := range bodies {
		ex := &Exchange{
			Method: "PUT", Target: "/scim/v2/Users/1?x='$y'", Path: "/Users/1", Base: "https://host/scim/v2", RequestBody: []byte(body),
			RequestHeader: []Field{{"Authorization", "Bearer scimdeck_7Fq2…"}, {"Content-Type", "application/scim+json"}},
		}
		args := runCurl(t, Curl(ex, ""))
		got := args[len(args)-2]
		if got != body {
			t.Errorf("sent %q, want %q", got, body)
		}
		want := []string{
			"-sS", "-g", "-X", "PUT", "https://host/scim/v2/Users/1?x='$y'", "-H", "Authorization: Bearer top-secret",
			"-H", "Content-Type: application/scim+json", "--data-raw", body, "",
		}
		if strings.Join(args, "|") != strings.Join(want, "|") {
			t.Errorf("\nhave %q\nwant %q", args, want)
		}
	}
}

func TestCurlNUL(t *testing.T) {
	body := "a\x00b'c%d\\e\n\x00"
	args := runCurl(t, Curl(&Exchange{Method: "POST", Path: "/Users", Target: "/Users", RequestBody: []byte(body)}, "http://h"))
	if got := strings.Join(args, "\x00"); !strings.HasSuffix(got, "@-\x00"+body) {
		t.Errorf("sent %q", got)
	}
}

func TestCurlLongBody(t *testing.T) {
	body := strings.Repeat("it's 100 % \\n long\n", 20_000)
	args := runCurl(t, Curl(&Exchange{Method: "POST", Path: "/Users", Target: "/Users", RequestBody: []byte(body)}, "$BASE"))
	if got := strings.Join(args, "\x00"); !strings.HasSuffix(got, "@-\x00"+body) || !strings.Contains(got, "\x00http://variable/scim/Users\x00") {
		t.Errorf("sent %.200q", got)
	}
}

func TestCurlURL(t *testing.T) {
	tests := []struct {
		name           string
		ex             Exchange
		base, method   string
		wantURL, wantX string
	}{
		{"below a base", Exchange{Method: "GET", Path: "/Users", Target: "/api/scim/v2/Users?count=2"}, "https://pub/api/scim/v2", "GET", "https://pub/api/scim/v2/Users?count=2", ""},
		{"outside", Exchange{Method: "GET", Target: "/Users?a=b"}, "https://pub/api/scim/v2", "GET", "https://pub/Users?a=b", ""},
		{"odd path", Exchange{Method: "GET", Path: "/Users/a b?c", Target: "/x"}, "https://pub", "GET", "https://pub/Users/a%20b%3Fc", ""},
		{"delete", Exchange{Method: "DELETE", Path: "/Users/1", Target: "/x"}, "https://pub", "", "https://pub/Users/1", "DELETE"},
	}
	for _, tt := range tests {
		args := strings.Join(runCurl(t, Curl(&tt.ex, tt.base)), "|")
		if !strings.Contains(args, "|"+tt.wantURL+"|") || tt.wantX != "" && !strings.Contains(args, "-X|"+tt.wantX+"|") {
			t.Errorf("%s: %s", tt.name, args)
		}
	}
}
