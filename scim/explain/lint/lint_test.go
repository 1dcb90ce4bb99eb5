package lint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// 69. Every rule has an id, a sentence and a place; the list of them is what
// testdata/rules.md says, so that no id changes its meaning unseen.
func TestAcceptance69_Table(t *testing.T) {
	id := regexp.MustCompile(`^(SCIM|OKTA)-[0-9]{3}$|^(IOP|IPSIE)-[0-9]{2}$`)
	taken := map[string]bool{}
	for _, l := range scim.Leniencies() {
		taken[l.ID] = false
	}
	seen := map[string]bool{}
	for i, r := range Rules() {
		switch {
		case !id.MatchString(r.ID) || seen[r.ID]:
			t.Errorf("id %q", r.ID)
		case r.Level < Note || r.Level > Error || r.Sentence == "" || r.Place == "":
			t.Errorf("%s is not complete: %+v", r.ID, r)
		case strings.HasSuffix(r.Sentence, ".") || strings.ToLower(r.Sentence[:1]) != r.Sentence[:1] && !isUpper(r.Sentence[1]) && !strings.Contains("SLIEORAC", r.Sentence[:1]):
			t.Errorf("%s: %q", r.ID, r.Sentence)
		case !strings.HasPrefix(r.URL(), "https://"):
			t.Errorf("%s: no address for %q", r.ID, r.Place)
		case r.Answer != (r.ID > "SCIM-2" && r.ID < "SCIM-3" || r.ID > "OKTA-1" && r.ID < "OKTA-2"):
			t.Errorf("%s: of answers: %v", r.ID, r.Answer)
		}
		seen[r.ID] = true
		if _, ok := taken[r.Leniency]; ok {
			taken[r.Leniency] = true
		}
		if got, ok := Find(strings.ToLower(r.ID)); !ok || got != r {
			t.Errorf("Find(%q) = %+v", r.ID, got)
		}
		if i > 0 && Rules()[i-1].ID == r.ID {
			t.Errorf("%s is there twice", r.ID)
		}
	}
	for l, ok := range taken {
		if !ok {
			t.Errorf("no rule speaks of the leniency %s", l)
		}
	}
	if len(all) > ruleLimit {
		t.Errorf("%d rules, ruleLimit is %d", len(all), ruleLimit)
	}
	file := filepath.Join("testdata", "rules.md")
	if *update {
		if err := os.WriteFile(file, []byte(Table()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != Table() {
		t.Errorf("%s is not the table of rules; go test -update writes it: %v", file, err)
	}
}

func TestURL(t *testing.T) {
	for place, want := range map[string]string{
		"RFC 7644 §3.4.2.2, Figure 1":                 "https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2",
		"RFC 8141 §3.1, RFC 7643 §10.2":               "https://www.rfc-editor.org/rfc/rfc8141#section-3.1",
		interopDraft + " §6.5.1.1":                    "https://datatracker.ietf.org/doc/html/draft-zollner-scim-interop-profile-01#section-6.5.1.1",
		"IPSIE AL SCIM 2.0 Profile, Draft 00 §6.1.2":  "https://openid.net/specs/ipsie-al-scim-profile-1_0.html",
		"Okta, SPEC suite steps 1 and 2 (documented)": "https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20",
		"somebody's blog":                             "",
	} {
		if got := (Rule{Place: place}).URL(); got != want {
			t.Errorf("%q: %q, want %q", place, got, want)
		}
	}
}

func TestLevels(t *testing.T) {
	of := func(levels ...Level) (list []wire.Finding) {
		for _, l := range levels {
			list = append(list, wire.Finding{Level: byte(l)})
		}
		return list
	}
	for _, tt := range []struct {
		list       []wire.Finding
		want       Level
		text, flag string
	}{
		{nil, None, "", ""},
		{of(Note, Note), Note, "note", ""},
		{of(Note, Warn, Note), Warn, "warn", "~"},
		{of(Error, Warn), Error, "error", "!"},
	} {
		errors, warnings, notes := Count(tt.list)
		if n := errors + warnings + notes; n != len(tt.list) || (errors > 0) != (tt.want == Error) || (notes > 0) != (len(tt.list) > 0 && tt.list[0].Level == byte(Note)) {
			t.Errorf("%v: %d %d %d", tt.list, errors, warnings, notes)
		}
		if got := Worst(tt.list); got != tt.want || got.String() != tt.text || got.Flag() != tt.flag {
			t.Errorf("%v: %v %q %q", tt.list, got, got.String(), got.Flag())
		}
	}
}

// The same mistake many times is told three times and counted; of more findings
// than there is room for the worst stay.
func TestBounds(t *testing.T) {
	l := linter(Options{})
	got := l.Exchange(okta("PUT", "/Groups/1", `{"schemas":["$Group"],"displayName":"g","members":[`+strings.Repeat(`{"display":"x"},`, 100)+`{}]}`, 200, ""))
	want := []string{
		"note SCIM-021 at header If-Match", "error SCIM-140 at body members[0]", "error SCIM-140 at body members[1]",
		"error SCIM-140 at body members[2]", "error at the whole exchange: and 98 more",
	}
	if !slices.Equal(shown(got), want) {
		t.Errorf("have %q\nwant %q", shown(got), want)
	}
	got = linter(Options{Most: 2}).Exchange(okta("PUT", "/Users/1?&count=2", `{"schemas":["$User"],"locale":"a_b","title":5}`, 200, ""))
	if got := strings.Join(shown(got), "|"); !strings.HasPrefix(got, "error SCIM-123") || strings.Count(got, "|") != 2 || !strings.Contains(got, "error SCIM-128") || !strings.HasSuffix(got, "more") {
		t.Errorf("the worst two: %s", got)
	}
}

// A type of one's own is held against its own schema.
func TestOwnCatalog(t *testing.T) {
	catalog, err := scim.NewCatalogWith(scim.CatalogOptions{Definitions: [][]byte{
		[]byte(`{"id":"urn:test:Device","attributes":[{"name":"serial","type":"integer","required":true},{"name":"weight","type":"decimal"},
			{"name":"bought","type":"dateTime"},{"name":"tags","type":"string","multiValued":true},{"name":"ports","type":"complex","multiValued":true,"subAttributes":[{"name":"value","type":"string"}]}]}`),
		[]byte(`{"name":"Device","endpoint":"/Devices","schema":"urn:test:Device"}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	l := New(Options{Catalog: catalog})
	for body, want := range map[string]string{
		`{"schemas":["urn:test:Device"],"serial":42,"weight":1.5,"bought":"2026-01-01T00:00:00.5+01:00","tags":["a","b"],"ports":[{"value":"1"}]}`: "",
		`{"schemas":["urn:test:Device"],"serial":4.2,"weight":"1","bought":"2026-01-01"}`:                                                          "error SCIM-123 at body serial: want an integer, got a number|error SCIM-123 at body weight: want a number, got a string|error SCIM-123 at body bought: want a dateTime, got a string",
		`{"schemas":["urn:test:Device"],"serial":true,"weight":{},"tags":"a"}`:                                                                     "error SCIM-123 at body serial: want an integer, got a boolean|error SCIM-123 at body weight: want a number, got an object|error SCIM-123 at body tags: want an array, got a string",
		`{"schemas":["$User"],"userName":"a"}`:                                                                                                     "warn SCIM-114 at body schemas[0]: \"$User\"|warn SCIM-121 at body userName|error SCIM-112 at body schemas: want \"urn:test:Device\"|error SCIM-128 at body serial",
	} {
		if got := strings.Join(shown(l.Exchange(okta("POST", "/Devices", body, 201, ""))), "|"); got != urns.Replace(want) {
			t.Errorf("%s\nhave %s\nwant %s", body, got, urns.Replace(want))
		}
	}
	patch := func(op string) string { return `{"schemas":["$PatchOp"],"Operations":[` + op + `]}` }
	for body, want := range map[string]string{
		patch(`{"op":"add","path":"tags","value":"c"}`):                       "",
		patch(`{"op":"add","path":"urn:test:Device:tags","value":["c"]}`):     "",
		patch(`{"op":"replace","path":"tags[value eq \"a\"]","value":"c"}`):   `error SCIM-168 at body Operations[0].path: "tags[value eq \"a\"]"`,
		patch(`{"op":"replace","path":"ports[value eq \"1\"]","value":null}`): "",
	} {
		if got := strings.Join(shown(l.Exchange(okta("PATCH", "/Devices/1", body, 204, ""))), "|"); got != want {
			t.Errorf("%s\nhave %s\nwant %s", body, got, want)
		}
	}
}

// What a request is about decides what is looked at.
func TestSource(t *testing.T) {
	bad := okta("GET", "/Users?startIndex=0", "", 404, "")
	bad.RequestHeader = nil
	for source, want := range map[string]string{
		"":      "SCIM-019 SCIM-010 SCIM-046",
		"tui":   "SCIM-046",
		"proxy": "SCIM-019 SCIM-010 SCIM-046 SCIM-230",
		"check": "SCIM-230",
	} {
		bad.Source = source
		var ids []string
		for _, f := range linter(Options{}).Exchange(bad) {
			ids = append(ids, f.Rule)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("source %q: %s, want %s", source, got, want)
		}
	}
}

// No finding holds a secret, wherever it was sent.
func TestSecretsStayOut(t *testing.T) {
	const secret, key = "Corr3ct-horse-battery", "scimdeck_7Fq2kLmN8pQrStUvWxYz7Fq2kLmN8pQrStUvWxYz7Fq2kLm"
	header := func(name, value string) http.Header {
		h := oktaHeader()
		h.Set(name, value)
		return h
	}
	l := linter(Options{Answers: true, Profile: IPSIE})
	body := func(s string) []byte { return []byte(urns.Replace(strings.ReplaceAll(s, "SECRET", secret))) }
	for _, s := range []sending{
		{method: "GET", target: "/Users", header: header("Authorization", key)},
		{method: "GET", target: "/Users", header: header("Authorization", "Basic "+secret)},
		{method: "GET", target: "/Users?access_token=" + key, header: oktaHeader()},
		{method: "GET", target: "/Users?filter=password+eq+%22" + secret + "%22", header: oktaHeader()},
		{method: "GET", target: "/Users/" + key, header: oktaHeader(), status: 404},
		{method: "GET", target: "/Users?filter=userName+" + key, header: oktaHeader()},
		{method: "POST", target: "/Users", header: oktaHeader(), body: body(`{"schemas":["$User"],"userName":"a","password":"SECRET"}`)},
		{method: "POST", target: "/Users", header: oktaHeader(), body: body(`{"schemas":["$User"],"userName":"a","password":{"value":"SECRET"}}`)},
		{method: "POST", target: "/Users", header: oktaHeader(), body: body(`{"schemas":["$User"],"userName":"a","password":"SECRET"`)},
		{method: "PATCH", target: "/Users/1", header: oktaHeader(), body: body(`{"schemas":["$PatchOp"],"Operations":[{"op":"Replace","value":"SECRET","path":"password"}]}`)},
		{method: "GET", target: "/Users/1", header: oktaHeader(), answer: body(`{"schemas":["$User"],"id":"1","password":"SECRET","Password":7}`)},
		{method: "POST", target: "/Users", header: oktaHeader(), body: body(`{"schemas":["$User"],"userName":"a","password":"SECRET"}`), status: 400, answer: body(`{"schemas":["$Error"],"scimType":"SECRET","detail":"SECRET already exists"}`)},
	} {
		if s.base, s.host = base, "scim.example.com"; s.status == 0 {
			s.status = 200
		}
		found := l.Exchange(send(s))
		for _, f := range shown(found) {
			if strings.Contains(f, secret) || strings.Contains(f, key) || strings.Contains(f, key[len(key)-8:]) {
				t.Errorf("%s %s: %s", s.method, s.target, f)
			}
		}
		if len(found) == 0 {
			t.Errorf("%s %s: nothing was found", s.method, s.target)
		}
	}
}

// A Linter is used by many at once.
func TestConcurrent(t *testing.T) {
	l := linter(Options{Answers: true})
	fixtures := readFixtures(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, f := range fixtures {
				if f.options == (Options{Answers: true}) && !slices.Equal(shown(l.Exchange(f.ex)), f.found) {
					t.Errorf("%v differ", f.rules)
				}
			}
		})
	}
	wg.Wait()
}

// laws hold of every exchange, whatever its bytes.
func laws(t *testing.T, ex *wire.Exchange) {
	t.Helper()
	l := linter(Options{Answers: true, Profile: IPSIE, MaxResults: 10, EmailNames: true})
	before := fmt.Sprintf("%+v", *ex)
	found := l.Exchange(ex)
	if len(found) > defaultMost+1 {
		t.Errorf("%d findings", len(found))
	}
	for i, f := range found {
		r, ok := Find(f.Rule)
		if last := f.Rule == "" && i == len(found)-1; !last && (!ok || r.Level != Level(f.Level)) {
			t.Errorf("%+v", f)
		}
		if len(f.At) > 3000 || len(f.Detail) > 1000 || !utf8.ValidString(f.At) && utf8.Valid(ex.RequestBody) && utf8.Valid(ex.ResponseBody) {
			t.Errorf("%d and %d bytes: %+v", len(f.At), len(f.Detail), f)
		}
	}
	if after := fmt.Sprintf("%+v", *ex); after != before {
		t.Error("the exchange was changed")
	}
	if again := l.Exchange(ex); !slices.Equal(again, found) {
		t.Errorf("first %v\nthen %v", shown(found), shown(again))
	}
	cutLaw(t, l, ex, found)
}

// cutLaw: of a body of which only the beginning is kept, nothing is found that is
// not found in the whole.
func cutLaw(t *testing.T, l *Linter, ex *wire.Exchange, found []wire.Finding) {
	t.Helper()
	if !utf8.Valid(ex.RequestBody) || !utf8.Valid(ex.ResponseBody) || ex.RequestWithheld() || ex.ResponseWithheld() || slices.ContainsFunc(found, func(f wire.Finding) bool { return f.Rule == "" }) {
		return // then not all of it is walked, or told
	}
	whole := map[string]bool{}
	for _, f := range found {
		whole[f.Rule+" "+f.At] = true
	}
	steps := min(max(len(ex.RequestBody), len(ex.ResponseBody)), 700)
	for part := range steps {
		cut := *ex
		n, m := len(ex.RequestBody)*part/steps, len(ex.ResponseBody)*part/steps
		cut.RequestBody, cut.ResponseBody = ex.RequestBody[:n], ex.ResponseBody[:m]
		cut.ResponseSize = max(cut.ResponseSize, int64(len(ex.ResponseBody)))
		if n < len(ex.RequestBody) {
			cut.Notes = append(slices.Clone(ex.Notes), "the log keeps only the beginning of the request body")
			cut.RequestSize = max(cut.RequestSize, int64(len(ex.RequestBody)))
		}
		for _, f := range l.Exchange(&cut) {
			// A rule's first three are told: of a cut body these may be others.
			if !whole[f.Rule+" "+f.At] && f.Rule != "" {
				t.Errorf("cut after %d and %d bytes: %s\n%s\n%s\nwhole: %q", n, m, show(f), cut.RequestBody, cut.ResponseBody, shown(found))
			}
		}
	}
}

func TestLaws(t *testing.T) {
	for _, f := range readFixtures(t) {
		laws(t, f.ex)
	}
}

func FuzzExchange(f *testing.F) {
	for _, x := range readFixtures(f) {
		h := ""
		if len(x.ex.RequestHeader) > 0 {
			h = x.ex.RequestHeader[0].Value
		}
		f.Add(x.ex.Method, x.ex.Target, h, x.ex.RequestBody, uint16(x.ex.Status), x.ex.ResponseBody)
	}
	f.Add("POST", "/scim/v2/Users", "", []byte(`{"schemas":["`+scim.UserURN+`"],"userName":"a"}`), uint16(200), []byte(`{"schemas":["`+scim.UserURN+`"],"userName":"a"}lId":"1"}`))
	f.Add("GET", "/scim/v2/Users?\xff=(removed)&\xff=1", "", []byte(""), uint16(405), []byte(""))
	f.Add(strings.Repeat("Z", 5000), "/scim/v2/Users?count=1", "", []byte("{}"), uint16(405), []byte("{}"))
	f.Fuzz(func(t *testing.T, method, target, header string, body []byte, status uint16, answer []byte) {
		ex := &wire.Exchange{
			Method: method, Target: target, Base: base, Path: strings.TrimPrefix(target, "/scim/v2"), Host: header, Took: time.Duration(status) * time.Second / 4,
			RequestHeader: []wire.Field{{Name: "Accept", Value: header}, {Name: "Authorization", Value: header}, {Name: "Content-Type", Value: header}, {Name: "If-Match", Value: header}},
			RequestBody:   body, RequestSize: int64(len(body)),
			Status: int(status), ResponseBody: answer, ResponseSize: int64(len(answer)),
			ResponseHeader: []wire.Field{{Name: "Content-Type", Value: "application/scim+json"}, {Name: "Etag", Value: header}, {Name: "Location", Value: header}},
		}
		laws(t, ex)
	})
}

// The walk finds the same texts to be JSON as others do.
func FuzzText(f *testing.F) {
	for _, x := range readFixtures(f) {
		f.Add(x.ex.RequestBody)
		f.Add(x.ex.ResponseBody)
	}
	for _, s := range []string{"", " ", "1e9", "-0.5E-1", "01", "1.", "truefalse", `"\ud83d\ude00"`, `"\ud83d"`, `[1,]`, `{"a":1,}`, `[[[[]]]]`, "\"\x01\"", `{"a" 1}`, `[1 2]`, `nul`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !utf8.Valid(b) || bytes.Count(b, []byte("["))+bytes.Count(b, []byte("{")) > deepest {
			return
		}
		k := &look{l: linter(Options{}), ex: &wire.Exchange{}, kit: newKit()}
		k.start(b, false)
		k.skip(0)
		k.closeText(notJSON)
		if valid, half := json.Valid(b), bytes.Contains(b, []byte(`\u`)); valid != (k.fault == "") && !(half && valid) {
			t.Errorf("%q: valid %v, fault %q", b, valid, k.fault)
		}
		var e *scim.Error
		_, err := scim.Decode(b, scim.Limits{Depth: 1000})
		if err != nil {
			e = err.(*scim.Error)
		}
		if k.fault == "" && e != nil && !strings.Contains(e.Detail, "occurs twice") && !strings.Contains(e.Detail, "U+0000") && !bytes.HasPrefix(b, []byte("\ufeff")) {
			t.Errorf("%q: no fault, but %v", b, e)
		}
	})
}

// What the short ways take for a comparison or a path is one for scim's parser,
// and leads to the same attribute.
func FuzzShortWays(f *testing.F) {
	for _, s := range []string{
		`userName eq "a"`, `name.familyName sw "b"`, `emails co "é"`, `meta.created gt "2026-01-01T00:00:00Z"`, `active eq "true"`, `$ref eq "x"`,
		"title", "name.givenName", "emails.value", `emails[type eq "work"]`, `members[value eq "1"].display`, `EMAILS[TYPE eq "work"].VALUE`,
		scim.UserURN + ":userName", scim.EnterpriseURN + ":manager.value", scim.EnterpriseURN, `roles[primary eq "true"].value`, `a.b.c`, `emails[type eq "x].y"].value`,
		`urn:x:emails[type eq "a:b"]`, `emails[type eq "a"]x`, `emails.`, `.value`, `emails[].value`,
	} {
		f.Add(s)
	}
	types := []*resource{compile(scim.NewCatalog(true).Type("User")), compile(scim.NewCatalog(true).Type("Group"))}
	f.Fuzz(func(t *testing.T, s string) {
		k := &look{l: linter(Options{}), ex: &wire.Exchange{}, kit: newKit()}
		for _, r := range types {
			if g, ok := r.follow([]byte(s)); ok {
				p, err := scim.ParsePath(s)
				if err != nil {
					t.Fatalf("path %q: %v", s, err)
				}
				if want, ok := r.resolve(p); !ok || want.attr != g.attr || want.sub != g.sub || want.ext != g.ext || want.filtered != g.filtered {
					t.Errorf("path %q: %+v, want %+v", s, g, want)
				}
			}
			k.r = r
			if c, rest, ok := compare([]byte(s)); ok && len(rest) == 0 && k.usual(c) {
				if _, notes, err := r.t.ReadFilter(s, scim.Policy{Mode: scim.Strict}); err != nil || len(notes) > 0 {
					t.Errorf("filter %q: %v %v", s, err, notes)
				}
			}
		}
	})
}
