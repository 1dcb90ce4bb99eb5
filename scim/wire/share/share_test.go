package share

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"io"
	"iter"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scimdeck/scim/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

const id = "00000000-0001-8859-9771-44355aaebbd0"

var start = time.Date(2025, 1, 2, 14, 2, 8, 412e6, time.UTC)

// exchange makes one as the recorder and explain leave it.
func exchange(seq uint64, method, target string, status int, op, name, body, answer string) *wire.Exchange {
	ex := &wire.Exchange{
		Seq: seq, Start: start.Add(time.Duration(seq) * time.Second), Took: 7 * time.Millisecond, Method: method,
		Target: "/scim/v2" + target, Proto: "HTTP/1.1", Host: "abc.example.net", Remote: "127.0.0.1:5000",
		RequestHeader: []wire.Field{
			{Name: "Accept", Value: "application/scim+json"},
			{Name: "Authorization", Value: "Bearer scimdeck_7Fq2… (the rest is never stored)"},
			{Name: "User-Agent", Value: "Okta SCIM Client 1.0.0"},
		},
		Status: status, ResponseHeader: []wire.Field{{Name: "Content-Type", Value: "application/scim+json"}, {Name: "Etag", Value: fmt.Sprintf(`W/"%d"`, seq)}},
		RequestBody: []byte(body), RequestSize: int64(len(body)), ResponseBody: []byte(answer), ResponseSize: int64(len(answer)),
		Base: "https://abc.example.net/scim/v2", KeyID: 1, KeyName: "okta-dev", KeyPrefix: "scimdeck_7Fq2", Type: "User", Name: name, Op: op,
		Sentence: op + " " + name,
	}
	ex.Path, _, _ = strings.Cut(target, "?")
	if body != "" {
		ex.RequestHeader = append(ex.RequestHeader, wire.Field{Name: "Content-Type", Value: "application/scim+json; charset=utf-8"})
	}
	return ex
}

// day is a person's life as Okta tells it, with what goes wrong on the way.
func day() []*wire.Exchange {
	user := func(more string) string {
		return `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"` + id + `","externalId":"00u1","userName":"ada@example.com",` +
			`"name":{"givenName":"Ada","familyName":"O'Neil"},"active":true,"meta":{"location":"https://abc.example.net/scim/v2/Users/` + id + `"}` + more + `}`
	}
	const lookup = "/Users?filter=userName%20eq%20%22ada%40example.com%22&startIndex=1&count=100"
	list := func(total int, one string) string {
		return fmt.Sprintf(`{"totalResults":%d,"startIndex":1,"itemsPerPage":%d,"Resources":[%s]}`, total, total, one)
	}
	all := []*wire.Exchange{
		exchange(1, "GET", "/Users?startIndex=1&count=2", 200, "probe", "", "", list(0, "")),
		exchange(2, "GET", "/Users", 401, "auth", "", "", `{"status":"401"}`),
		exchange(3, "GET", lookup, 200, "find", "ada@example.com", "", list(0, "")),
		exchange(4, "POST", "/Users", 201, "create", "ada@example.com", `{"userName":"ada@example.com","externalId":"00u1","password":"(removed)"}`, user("")),
		exchange(5, "POST", "/Users", 409, "create", "ada@example.com", `{"userName":"ada@example.com"}`, `{"scimType":"uniqueness","status":"409"}`),
		exchange(6, "GET", lookup, 200, "find", "ada@example.com", "", list(1, user(""))),
		exchange(7, "PUT", "/Users/"+id, 200, "replace", "ada@example.com", user(`,"title":"Staff $HOME `+"`x`"+`"`), user(`,"title":"Staff $HOME `+"`x`"+`","urn:x:2.0:User":{"department":"R/D"}`)),
		exchange(8, "PATCH", "/Users/"+id, 204, "deactivate", "ada@example.com", `{"Operations":[{"op":"replace","value":{"active":false}}]}`, ""),
		exchange(9, "PUT", "/Groups/77e1", 200, "replace", "Devs", `{"members":[{"value":"`+id+`"}]}`, `{"id":"77e1","displayName":"Devs"}`),
		exchange(10, "PATCH", "/Users/"+id, 500, "patch", "ada@example.com", `{"Operations":[]}`, `{"status":"500"}`),
		exchange(11, "GET", "/Users/"+id, 304, "read", "ada@example.com", "", ""),
		exchange(12, "POST", "/Users", 0, "create", "x", `{}`, ""),
	}
	all[1].Refused, all[1].KeyName = `header has no "Bearer "`, ""
	for _, i := range []int{3, 6, 7, 9, 10} {
		all[i].ID = id
	}
	all[6].Changed = []string{"title", "department", "name", "active"}
	all[6].Notes = []string{"an attribute was dropped"}
	all[6].Changes = []wire.Change{{Kind: "changed", Path: "title", Old: `"Engineer"`, New: `"Staff *Engineer*"`}, {Kind: "read-only", Path: "meta.location"}}
	all[6].Findings = []wire.Finding{{Rule: "SCIM-152", Level: wire.LevelWarning, At: "body meta", Detail: `"location" is the server's`}}
	all[4].Part = wire.Part{Story: "okta.assign", Role: "create", First: 3, Step: 2, Of: 3, Expected: true}
	all[6].Remark = wire.Remark{Marked: true, Note: "why is the *title* sent twice?"}
	all[8].ID, all[8].Type = "77e1", "Group"
	all[10].RequestHeader = append(all[10].RequestHeader, wire.Field{Name: "If-None-Match", Value: `W/"7"`})
	return all
}

// nasty are texts that a client may send.
var nasty = []string{
	"\x1b]52;c;aGVsbG8=\x07", "line\nline\r\n# no heading", "*/ `code` ``` fence", "'; rm -rf /; echo '", "$(id) `id` $HOME \\ !!", "</summary><script>",
	"日本語 👩‍💻", "\u202eevil", "\xff\xfe no UTF-8 \xc3", "-- x --", "stdout '^200 '", "a\x00b", `"quoted" \ back`, "}", "PROGRAM // STEPS // NOTES\n",
}

func nastyDay() []*wire.Exchange {
	var all []*wire.Exchange
	for i, s := range nasty {
		ex := exchange(uint64(i+1), "PUT", "/Users/"+id+"?x="+s, 200, "replace", s, s, s)
		ex.Notes, ex.KeyName, ex.Base, ex.Host, ex.ID = []string{s}, s, "https://host/"+s, s, id
		ex.Part, ex.Changes, ex.Findings = wire.Part{Story: s, Step: 1}, []wire.Change{{Kind: "changed", Path: s, New: s}}, []wire.Finding{{Rule: s, At: s, Detail: s}}
		ex.Remark.Note = s
		ex.RequestHeader = append(ex.RequestHeader, wire.Field{Name: "X-" + s, Value: s}, wire.Field{Name: "If-Match", Value: s})
		all = append(all, ex)
		body, err := json.Marshal(map[string]string{"userName": s, "title": s, "id": id})
		if err != nil {
			panic(err)
		}
		ex = exchange(uint64(100+i), "POST", "/Users", 201, "create", s, string(body), string(body))
		ex.Changed = []string{"title"}
		all = append(all, ex)
	}
	return all
}

func list(all []*wire.Exchange) iter.Seq2[*wire.Exchange, error] {
	return func(yield func(*wire.Exchange, error) bool) {
		for _, ex := range all {
			if !yield(ex, nil) {
				return
			}
		}
	}
}

func write(t testing.TB, format string, all []*wire.Exchange) string {
	t.Helper()
	var b bytes.Buffer
	n, err := Write(&b, format, Options{Program: "scimdeck 0.1.0"}, list(all))
	if err != nil || n != len(all) {
		t.Fatalf("%s: %d written, %v", format, n, err)
	}
	return b.String()
}

// What a form looks like is held against a file, to be read by people.
func TestGolden(t *testing.T) {
	for _, f := range Formats() {
		got := write(t, f.Name, day())
		file := filepath.Join("testdata", f.File+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs (go test ./scim/wire/share -update writes it)\n%s", file, got)
		}
	}
}

// Statements 42 and 50: Authorization is in no form, nor is the stored beginning of it.
func TestAcceptance42_NoSecrets(t *testing.T) {
	all := day()
	for _, ex := range all {
		ex.RequestHeader = append(ex.RequestHeader, wire.Field{Name: "Cookie", Value: "(removed)"}, wire.Field{Name: "X-Api-Key", Value: "abcd… (the rest is never stored)"},
			wire.Field{Name: "Proxy-Authorization", Value: "scimdeck_7Fq2… (the rest is never stored)"})
	}
	for _, f := range Formats() {
		text := write(t, f.Name, all)
		for _, secret := range []string{"7Fq2", "abcd", "never stored"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", f.Name, secret)
			}
		}
		if f.Again != strings.Contains(text, TokenVariable) {
			t.Errorf("%s and $%s", f.Name, TokenVariable)
		}
	}
}

// Statement 50: an archive is one by its specification, and has an entry for each request.
func TestAcceptance50_HAR(t *testing.T) {
	for _, all := range [][]*wire.Exchange{nil, day(), nastyDay()} {
		text := write(t, "har", all)
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		for _, fault := range checkHAR(v) {
			t.Error(fault)
		}
		var har struct{ Log struct{ Entries []harEntry } }
		if err := json.Unmarshal([]byte(text), &har); err != nil {
			t.Fatal(err)
		}
		if len(har.Log.Entries) != len(all) {
			t.Fatalf("%d entries for %d requests", len(har.Log.Entries), len(all))
		}
		for i, e := range har.Log.Entries { // parsed back
			ex := all[i]
			began, err := time.Parse(time.RFC3339, e.Started)
			if err != nil || !began.Equal(ex.Start) || e.Own.Number != ex.Seq || e.Request.Method != ex.Method || e.Response.Status != ex.Status || e.Time != 7 {
				t.Errorf("#%d: %+v %v", ex.Seq, e, err)
			}
			if got := parseText(t, e.Response.Content.Text, e.Response.Content.Encoding); !bytes.Equal(got, ex.ResponseBody) {
				t.Errorf("#%d: answer %q", ex.Seq, got)
			}
			if post := e.Request.Post; post != nil || len(ex.RequestBody) > 0 {
				if got := parseText(t, post.Text, post.Encoding); !bytes.Equal(got, ex.RequestBody) {
					t.Errorf("#%d: request %q", ex.Seq, got)
				}
			}
		}
	}
}

func parseText(t *testing.T, text, encoding string) []byte {
	t.Helper()
	if encoding == "" {
		return []byte(text)
	}
	var b []byte
	if err := json.Unmarshal([]byte(`"`+text+`"`), &b); err != nil || encoding != "base64" {
		t.Fatal(encoding, err)
	}
	return b
}

func TestLinesParseBack(t *testing.T) {
	for _, all := range [][]*wire.Exchange{day(), nastyDay()} {
		d := json.NewDecoder(strings.NewReader(write(t, "jsonl", all)))
		for _, ex := range all {
			var e lineEntry
			if err := d.Decode(&e); err != nil {
				t.Fatal(err)
			}
			body := e.Request.Body
			if e.Request.Base64 != "" {
				body = string(parseText(t, e.Request.Base64, "base64"))
			}
			if e.Number != ex.Seq || body != string(ex.RequestBody) || e.Request.Size != ex.RequestSize {
				t.Errorf("#%d: %+v", ex.Seq, e)
			}
		}
		if d.More() {
			t.Error("there is more")
		}
	}
}

// Statement 47: each command of the script sends its body byte for byte.
func TestAcceptance47_CurlScript(t *testing.T) {
	const fake = `
curl() {
	n=$(($(cat "$OUT/n" 2>/dev/null || echo 0)+1)); echo $n > "$OUT/n"
	for a; do printf '%s\n' "$a" >> "$OUT/$n.args"; [ "$prev" = --data-raw ] && printf %s "$a" > "$OUT/$n.body"; prev=$a; [ "$a" = @- ] && cat > "$OUT/$n.body"; done
	return 0
}
`
	for name, all := range map[string][]*wire.Exchange{"day": day(), "nasty": nastyDay()} {
		dir := t.TempDir()
		script := strings.Replace(write(t, "curl", all), "#!/bin/sh\n", fake, 1)
		cmd := exec.Command("sh")
		cmd.Stdin = strings.NewReader(script)
		cmd.Env = append(os.Environ(), "OUT="+dir, "SCIM_TOKEN=top-secret", "SCIM_BASE_URL=http://127.0.0.1:1/v2")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%.2000s", name, err, out)
		}
		n := 0
		for _, ex := range all {
			if ex.Status == 401 {
				continue
			}
			n++
			body, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(n)+".body"))
			if err != nil && !errors.Is(err, os.ErrNotExist) || !bytes.Equal(body, ex.RequestBody) {
				t.Errorf("%s #%d: sends %q (%v)", name, ex.Seq, body, err)
			}
			args, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(n)+".args"))
			if err != nil || !strings.Contains(string(args), "http://127.0.0.1:1/v2/") || !strings.Contains(string(args), "Authorization: Bearer top-secret") {
				t.Errorf("%s #%d: %s %v", name, ex.Seq, args, err)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, fmt.Sprint(n+1)+".args")); err == nil {
			t.Errorf("%s: there are more commands than requests", name)
		}
	}
	// Without a key it says what is missing, and sends nothing.
	cmd := exec.Command("sh")
	cmd.Stdin = strings.NewReader(write(t, "curl", day()))
	cmd.Env = []string{"PATH=/nonexistent"}
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "is the key without the word Bearer") {
		t.Errorf("without a key: %v %s", err, out)
	}
}

// The raw form is HTTP.
func TestRawIsHTTP(t *testing.T) {
	r := bufio.NewReader(strings.NewReader(write(t, "raw", day())))
	for _, ex := range day() {
		req, err := http.ReadRequest(r)
		if err != nil {
			t.Fatalf("#%d: %v", ex.Seq, err)
		}
		body, err := io.ReadAll(req.Body)
		if err != nil || req.Method != ex.Method || req.RequestURI != ex.Target || req.Host != ex.Host || !bytes.Equal(body, ex.RequestBody) {
			t.Errorf("#%d: %v %s %s %q", ex.Seq, err, req.Method, req.RequestURI, body)
		}
		skipBlank(t, r)
		if ex.Status == 0 {
			continue
		}
		resp, err := http.ReadResponse(r, req)
		if err != nil {
			t.Fatalf("#%d: %v", ex.Seq, err)
		}
		if body = make([]byte, len(ex.ResponseBody)); len(body) > 0 {
			_, err = io.ReadFull(resp.Body, body)
		}
		if err != nil || resp.StatusCode != ex.Status || !bytes.Equal(body, ex.ResponseBody) {
			t.Errorf("#%d: %v %d %q", ex.Seq, err, resp.StatusCode, body)
		}
		skipBlank(t, r)
	}
}

func skipBlank(t *testing.T, r *bufio.Reader) {
	t.Helper()
	for {
		b, err := r.Peek(1)
		if err != nil || b[0] != '\r' && b[0] != '\n' {
			return
		}
		if _, err := r.ReadByte(); err != nil {
			t.Fatal(err)
		}
	}
}

// Text of clients makes no headings, no fences and no tags.
func TestMarkdownIsContained(t *testing.T) {
	all := nastyDay()
	fence, headings := "", 0
	for _, l := range strings.Split(write(t, "markdown", all), "\n") {
		switch {
		case fence == "" && strings.HasPrefix(l, "```"):
			fence = strings.TrimRight(l, "abcdefghijklmnopqrstuvwxyz")
		case fence != "" && l == fence:
			fence = ""
		case fence == "" && strings.HasPrefix(l, "#"):
			headings++
		case fence == "" && strings.Contains(l, "<script"):
			if !strings.HasPrefix(l, "PUT `") {
				t.Errorf("a tag came through: %s", l)
			}
		}
	}
	if fence != "" || headings != len(all)+1 {
		t.Errorf("%d headings for %d requests, a fence open: %q", headings, len(all), fence)
	}
}

func TestGaps(t *testing.T) {
	cut := exchange(7, "POST", "/Users", 201, "create", "x", `{"userName":"x`, "{}")
	cut.RequestSize = 99_000
	cut.Note("the log keeps only the beginning of the request body")
	lost := exchange(8, "POST", "/Users", 201, "create", "x", "", `{"id":"1`)
	lost.RequestSize, lost.ResponseSize = 70, 5000
	unread := exchange(9, "POST", "/Users", 413, "create", "x", "{", "")
	unread.Note("the server did not read the whole request body")
	variable := exchange(10, "POST", "/Users", 201, "create", "x", `{"userName":"${ID1}"}`, "")
	for _, ex := range []*wire.Exchange{cut, lost, unread} {
		for _, f := range Formats() {
			n, err := Write(io.Discard, f.Name, Options{}, One(ex))
			var g *GapError
			if f.Again != errors.As(err, &g) || n != 1 || f.Again && g.Seq != ex.Seq {
				t.Errorf("#%d as %s: %d %v", ex.Seq, f.Name, n, err)
			}
		}
		if text := write(t, "har", []*wire.Exchange{ex}); !strings.Contains(text, `"comment":"`+fmt.Sprint(ex.RequestSize)+" bytes; the body ") {
			t.Errorf("#%d: the archive does not say that its body is not whole: %s", ex.Seq, text)
		}
	}
	if text := write(t, "markdown", []*wire.Exchange{lost}); !strings.Contains(text, "5000 bytes, of which the log has the first 8") {
		t.Error(text)
	}
	marked := exchange(11, "POST", "/Users", 400, "create", "x", "{\n-- x.json --\n}", "")
	for ex, format := range map[*wire.Exchange]string{variable: "txtar", marked: "txtar"} {
		var g *GapError
		if _, err := Write(io.Discard, format, Options{}, One(ex)); !errors.As(err, &g) {
			t.Errorf("#%d: %v", ex.Seq, err)
		}
	}
	gone := errors.New("gone")
	for _, f := range Formats() {
		if _, err := Write(io.Discard, f.Name, Options{}, func(yield func(*wire.Exchange, error) bool) { yield(nil, gone) }); !errors.Is(err, gone) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if _, err := Write(io.Discard, "pdf", Options{}, list(nil)); err == nil {
		t.Error("there is a format pdf")
	}
	long := make([]*wire.Exchange, maxSteps+1)
	for i := range long {
		long[i] = exchange(uint64(i), "GET", "/Users", 200, "list", "", "", "")
	}
	if _, err := Write(io.Discard, "txtar", Options{}, list(long)); err == nil {
		t.Error("a story of any length is written")
	}
}

// A Go test is Go as gofmt writes it, whatever clients sent.
func TestGoTestIsFormatted(t *testing.T) {
	for _, all := range [][]*wire.Exchange{nil, day(), nastyDay()} {
		text := write(t, "gotest", all)
		formatted, err := format.Source([]byte(text))
		if err != nil || string(formatted) != text {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

func TestVariables(t *testing.T) {
	put := func(k kind, v string) string {
		if k == anID && v == id || k == aCursor && v == "next/1" {
			return "${" + string(k) + "1}"
		}
		return ""
	}
	for in, want := range map[string]string{
		"/Users/" + id:                                 "/Users/${ID1}",
		"/Users/x" + id:                                "/Users/x" + id,
		"/" + id:                                       "/" + id,
		"/Groups/" + id + "/members?x=" + id:           "/Groups/${ID1}/members?x=" + id,
		"/Users?cursor=next%2F1&count=2":               "/Users?cursor=${CURSOR1}&count=2",
		"/Users?count=next%2F1":                        "/Users?count=next%2F1",
		"/Users?filter=id%20eq%20%22" + id + "%22":     "/Users?filter=id%20eq%20%22${ID1}%22",
		`/Users?filter=members[value+eq+"` + id + `"]`: `/Users?filter=members[value+eq+"${ID1}"]`,
		`/Users?filter=externalId+eq+"` + id + `"`:     `/Users?filter=externalId+eq+"` + id + `"`,
	} {
		if got := inTarget(in, put); got != want {
			t.Errorf("%s\nhave %s\nwant %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		`{"id":"` + id + `", "x":["` + id + `"]}`: `{"id":"${ID1}", "x":["${ID1}"]}`,
		`{"` + id + `" : 1}`:                      `{"` + id + `" : 1}`,
		`{"$ref":"https:\/\/h/Users/` + id + `"}`: `{"$ref":"https://h/Users/${ID1}"}`,
		`"\"` + id + `"`:                          `"\"` + id + `"`,
		`{"id":"` + id + `"`:                      `{"id":"` + id + `"`,
		``:                                        ``,
	} {
		if got := string(inJSON([]byte(in), put)); got != want {
			t.Errorf("%s\nhave %s\nwant %s", in, got, want)
		}
	}
}

func FuzzWrite(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		ex := exchange(1, "PUT", "/Users/"+text, 200, "replace", text, body, body)
		ex.Changed, ex.ID, ex.Notes = []string{text}, text, []string{text}
		for _, f := range Formats() {
			var b bytes.Buffer
			_, err := Write(&b, f.Name, Options{}, list([]*wire.Exchange{ex, ex}))
			var g *GapError
			switch {
			case err != nil && !errors.As(err, &g):
				t.Fatalf("%s: %v", f.Name, err)
			case err == nil && f.Name == "gotest":
				if formatted, err := format.Source(b.Bytes()); err != nil || !bytes.Equal(formatted, b.Bytes()) {
					t.Fatalf("%v\n%s", err, b.String())
				}
			}
		}
	})
}

func TestPowerShell(t *testing.T) {
	ex := exchange(1, "PUT", "/Users/"+id+"?x='y'", 200, "replace", "x", `{"title":"it's $HOME`+"`"+`"}`, "")
	ex.RequestHeader = append(ex.RequestHeader, wire.Field{Name: "If-Match", Value: `W/"7’"`})
	want := `Invoke-WebRequest -UseBasicParsing -Method 'PUT' -Uri 'https://abc.example.net/scim/v2/Users/` + id + `?x=''y''' ` + "`" + `
  -Headers @{ Authorization = "Bearer $env:SCIM_TOKEN"; 'Accept' = 'application/scim+json'; 'If-Match' = 'W/"7’’"' } ` + "`" + `
  -ContentType 'application/scim+json; charset=utf-8' ` + "`" + `
  -Body ([Text.Encoding]::UTF8.GetBytes('{"title":"it''s $HOME` + "`" + `"}'))`
	if got := PowerShell(ex); got != want {
		t.Errorf("have %s\nwant %s", got, want)
	}
	ex.RequestBody = []byte("ü\n")
	if got := PowerShell(ex); !strings.HasSuffix(got, "-Body ([Convert]::FromBase64String('w7wK'))") {
		t.Error(got)
	}
	ex = exchange(1, "GET", "/Users", 200, "list", "", "", "")
	if got := PowerShell(ex); strings.Contains(got, "-Body") || strings.Contains(got, "-ContentType") {
		t.Error(got)
	}
}
