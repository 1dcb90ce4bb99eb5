package wire

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

const secret = "hunter2-Correct-Horse"

// What each body becomes; "" means the withheld sentence.
var bodies = []struct{ name, in, want string }{
	{"no password", `{"userName":"ada","title":"x"}`, `{"userName":"ada","title":"x"}`},
	{"password", `{"userName":"ada","password":"hunter2-Correct-Horse","active":true}`, `{"userName":"ada","password":"(removed)","active":true}`},
	{"any case", `{"PassWord": "hunter2-Correct-Horse" }`, `{"PassWord": "(removed)" }`},
	{"escaped name", `{"p\u0061ssword":"hunter2-Correct-Horse"}`, `{"p\u0061ssword":"(removed)"}`},
	{"long s folds to s", `{"paſſword":"hunter2-Correct-Horse"}`, `{"paſſword":"(removed)"}`},
	{
		"qualified", `{"urn:ietf:params:scim:schemas:core:2.0:User:password":"hunter2-Correct-Horse"}`,
		`{"urn:ietf:params:scim:schemas:core:2.0:User:password":"(removed)"}`,
	},
	{"deep", `{"a":[{"b":{"password":["hunter2-Correct-Horse"]}}]}`, `{"a":[{"b":{"password":"(removed)"}}]}`},
	{"object", `{"password":{"value":"hunter2-Correct-Horse","type":"x"}}`, `{"password":"(removed)"}`},
	{"number", `{"password":123456}`, `{"password":"(removed)"}`},
	{"null stays", `{"password":null,"a":1}`, `{"password":null,"a":1}`},
	{"empty stays", `{"password":""}`, `{"password":""}`},
	{"twice", `{"password":"a","password":"hunter2-Correct-Horse"}`, `{"password":"(removed)","password":"(removed)"}`},
	{
		"patch by path", `{"Operations":[{"op":"replace","path":"password","value":"hunter2-Correct-Horse"}]}`,
		`{"Operations":[{"op":"replace","path":"password","value":"(removed)"}]}`,
	},
	{
		"patch, value first", `{"Operations":[{"value":"hunter2-Correct-Horse","op":"replace","path":"Password"}]}`,
		`{"Operations":[{"value":"(removed)","op":"replace","path":"Password"}]}`,
	},
	{
		"patch by urn path", `{"operations":[{"op":"add","PATH":"urn:ietf:params:scim:schemas:core:2.0:User:password","VALUE":"hunter2-Correct-Horse"}]}`,
		`{"operations":[{"op":"add","PATH":"urn:ietf:params:scim:schemas:core:2.0:User:password","VALUE":"(removed)"}]}`,
	},
	{
		"patch path with a filter", `{"Operations":[{"op":"remove","path":"password[value eq \"hunter2-Correct-Horse\"]"}]}`,
		`{"Operations":[{"op":"remove","path":"(removed)"}]}`,
	},
	{
		"patch without path", `{"Operations":[{"op":"replace","value":{"active":true,"password":"hunter2-Correct-Horse"}}]}`,
		`{"Operations":[{"op":"replace","value":{"active":true,"password":"(removed)"}}]}`,
	},
	{
		"other operations stay", `{"Operations":[{"op":"replace","path":"title","value":"x"},{"op":"add","path":"password","value":"hunter2-Correct-Horse"}]}`,
		`{"Operations":[{"op":"replace","path":"title","value":"x"},{"op":"add","path":"password","value":"(removed)"}]}`,
	},
	{"a value may say password", `{"title":"password manager"}`, `{"title":"password manager"}`},
	{"not JSON", `{"password":"hunter2-Correct-Horse"`, ""},
	{"form", `username=ada&password=hunter2-Correct-Horse`, ""},
	{"encoded form", `username=ada&%70assword=hunter2-Correct-Horse`, ""},
	{"UTF-16", "{\x00\"\x00p\x00a\x00s\x00s\x00w\x00o\x00r\x00d\x00\"\x00:\x00\"\x00x\x00", ""},
	{"not JSON, no password", `{"userName":"ada"`, `{"userName":"ada"`},
	{"our key", `{"title":"scimdeck_0123456789abcdefghijklmnop"}`, `{"title":"scimdeck_0123…"}`},
}

func TestBody(t *testing.T) {
	for _, tt := range bodies {
		t.Run(tt.name, func(t *testing.T) {
			var f secrets
			want := tt.want
			if want == "" {
				want = withheldBody
			}
			if got := string(f.body([]byte(tt.in), true)); got != want {
				t.Errorf("\nhave %s\nwant %s", got, want)
			}
			if strings.Contains(tt.in, secret) && want != withheldBody && !f.in([]byte(`{"detail":"a detail that quotes `+secret+`"}`)) {
				t.Error("the secret was not remembered")
			}
		})
	}
}

func TestBodyCut(t *testing.T) {
	for _, tt := range bodies {
		for n := range len(tt.in) {
			var f secrets
			part := f.body([]byte(tt.in)[:n], false)
			if strings.Contains(string(part), secret[:8]) && strings.Contains(tt.in, secret) {
				t.Errorf("%s: the first %d bytes are kept as %s", tt.name, n, part)
			}
		}
	}
}

var targets = []struct{ name, in, want string }{
	{"plain", "/scim/v2/Users/1", "/scim/v2/Users/1"},
	{"lookup", "/scim/v2/Users?filter=userName%20eq%20%22ada%22&count=1", "/scim/v2/Users?filter=userName%20eq%20%22ada%22&count=1"},
	{"token", "/Users?access_token=hunter2-Correct-Horse&count=1", "/Users?access_token=(removed)&count=1"},
	{"token, encoded name", "/Users?%61ccess_Token=hunter2-Correct-Horse", "/Users?%61ccess_Token=(removed)"},
	{"password parameter", "/Users?a=1&password=hunter2-Correct-Horse", "/Users?a=1&password=(removed)"},
	{"empty token", "/Users?access_token=", "/Users?access_token="},
	{"filter on password", `/Users?filter=password%20eq%20%22hunter2-Correct-Horse%22&count=1`, "/Users?filter=(removed)"},
	{"filter with &", `/Users?filter=password+eq+"x&hunter2-Correct-Horse"`, "/Users?filter=(removed)"},
	{"filter, escaped name", `/Users?filter=pass\u0077ord+eq+"hunter2-Correct-Horse"`, "/Users?filter=(removed)"},
	{"filter in a value path", `/Users?filter=emails[password+eq+"hunter2-Correct-Horse"]`, "/Users?filter=(removed)"},
	{"literal may say password", `/Users?filter=title%20co%20%22password%22`, `/Users?filter=title%20co%20%22password%22`},
	{"quoted attribute", `/Users?filter=%22password%22+eq+%22hunter2-Correct-Horse%22`, `/Users?filter=(removed)`},
	{"open quote", `/Users?filter=title+eq+%22password+hunter2-Correct-Horse`, `/Users?filter=(removed)`},
	{"semicolons", `/Users?a=1;access_token=hunter2-Correct-Horse`, `/Users?a=(removed)`},
	{"our key in the path", "/scim/v2/scimdeck_0123456789abcdefghijklmnop/Users", "/scim/v2/scimdeck_0123…/Users"},
	{"our key, encoded", "/scim%5F/scimdeck%5F0123456789abcdefghijklmnop", "/scim%5F/scimdeck%5F0123…"},
	{"user in a URL", "http://ada:hunter2-Correct-Horse@host/Users", "http://(removed)@host/Users"},
}

func TestTarget(t *testing.T) {
	for _, tt := range targets {
		t.Run(tt.name, func(t *testing.T) {
			var f secrets
			if got := f.target(tt.in); got != tt.want {
				t.Errorf("\nhave %s\nwant %s", got, tt.want)
			}
		})
	}
}

const wholeKey = "scimdeck_7Fq2abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"

var headers = []struct{ name, in, want string }{
	{"Authorization", "Bearer " + wholeKey, "Bearer scimdeck_7Fq2… (the rest is never stored)"},
	{"Authorization", "bearer  " + wholeKey, "bearer scimdeck_7Fq2… (the rest is never stored)"},
	{"Authorization", "Bearer Bearer " + wholeKey, "Bearer Bearer scimdeck_7Fq2… (the rest is never stored)"},
	{"Authorization", `Bearer "` + wholeKey + `"`, "Bearer scimdeck_7Fq2… (the rest is never stored)"},
	{"Authorization", wholeKey, "scimdeck_7Fq2… (the rest is never stored)"},
	{"Authorization", "x " + wholeKey, "scimdeck_7Fq2… (the rest is never stored)"},
	{"Authorization", "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6", "Bearer eyJh… (the rest is never stored)"},
	{"Authorization", "Bearer short", "Bearer (removed)"},
	{"Authorization", "Bearer", "Bearer"},
	{"Authorization", "Basic YWRhOmh1bnRlcjItQ29ycmVjdA==", "Basic (removed)"},
	{"Authorization", "hunter2 secret", "(removed)"},
	{"Proxy-Authorization", "Basic YWRhOmh1bnRlcjItQ29ycmVjdA==", "Basic (removed)"},
	{"Cookie", "session=hunter2-Correct-Horse", "(removed)"},
	{"X-Api-Key", "hunter2", "(removed)"},
	{"X-Auth-Token", "abcdefghijklmnopqrstuvwxyz", "abcd… (the rest is never stored)"},
	{"Referer", "https://x/?access_token=hunter2", "https://x/?access_token=(removed)"},
	{"User-Agent", "Okta SCIM Client 1.0.0", "Okta SCIM Client 1.0.0"},
	{"If-Match", `W/"1"`, `W/"1"`},
}

func TestHeader(t *testing.T) {
	for _, tt := range headers {
		if got := safeHeader(tt.name, tt.in, false); got != tt.want {
			t.Errorf("%s: %s\nhave %s\nwant %s", tt.name, tt.in, got, tt.want)
		}
	}
	if got := safeHeader("Www-Authenticate", `Bearer realm="scimdeck"`, true); got != `Bearer realm="scimdeck"` {
		t.Error("the challenge was cut:", got)
	}
}

// The law: a secret put into any place where a password or key may stand is in
// nothing that is kept, whatever stands around it.
func FuzzRedact(f *testing.F) {
	for _, tt := range bodies {
		f.Add(tt.in, "title", uint8(0))
		f.Add("a", tt.in, uint8(3))
	}
	for _, tt := range targets {
		f.Add(tt.in, "filter", uint8(5))
	}
	const value = "sEcReT8f3a-0b1c-Zq"
	f.Fuzz(func(t *testing.T, around, name string, place uint8) {
		if strings.Contains(around+name, value[:8]) {
			return
		}
		q := func(s string) string { b, _ := json.Marshal(s); return string(b) }
		var body, target, header string
		switch place % 8 {
		case 0:
			body = `{` + q(around) + `:` + q(name) + `,"password":` + q(value) + `,` + q(name) + `:1}`
		case 1:
			body = `{"Operations":[{"value":` + q(value) + `,` + q(around) + `:` + q(name) + `,"path":"password"}]}`
		case 2:
			body = `{"x":[` + q(around) + `,{"PASSWORD":{` + q(name) + `:[` + q(value) + `]}}]}`
		case 3:
			body = around + `{"password":"` + value + `"` + name
		case 4:
			target = "/Users?" + url.QueryEscape(around) + "=" + url.QueryEscape(name) + "&access_token=" + value
		case 5:
			target = "/Users?filter=" + url.QueryEscape(around+` and password eq "`+value+`" or `+name)
		case 6:
			target = "/Users?filter=password eq \"" + url.QueryEscape(around) + value + "\"&" + url.QueryEscape(name) + "=1"
		case 7:
			header = "Bearer " + value + around
		}
		var s secrets
		for _, whole := range []bool{true, false} {
			if got := string(s.body([]byte(body), whole)); strings.Contains(got, value) {
				t.Errorf("body (whole %v)\nin   %q\nkept %q", whole, body, got)
			}
		}
		if got := s.target(target); strings.Contains(got, value) {
			t.Errorf("target\nin   %q\nkept %q", target, got)
		}
		if got := safeHeader("Authorization", header, false); strings.Contains(got, value) {
			t.Errorf("header\nin   %q\nkept %q", header, got)
		}
		if got := cutKeys([]byte(around)); len(got) > len(around) {
			t.Errorf("cutKeys made %q longer: %q", around, got)
		}
		s.body([]byte(around), true)
		s.target(around)
		s.filter(around)
		safeHeader(name, around, false)
	})
}

// What is walked to its end is JSON, neither more nor less.
func FuzzWalk(f *testing.F) {
	for _, tt := range bodies {
		f.Add([]byte(tt.in))
	}
	for _, text := range []string{
		"", " ", "[]", "[ ]", "[1,]", "[,1]", "[1 2]", "{}", "{ }", `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a" : 1 , "b":[{}]}`, `{a:1}`, `{"a":1}}`, "[[]", "nul", "nulll", "true ", "tru", "falsetrue",
		"0", "-0", "-", "00", "01", "1.", ".1", "1.5e", "1e+", "1E-07", "1.5e5x", "+1", `"\u00e4\n"`, `"\u00g0"`, `"\u12"`, `"\x"`, `"\"`, "\"\x1f\"", "\"\x7f\xff\"", `"a`, "\v1", "1\x00", "\ufeff{}",
		strings.Repeat("[", deepest) + strings.Repeat("]", deepest), strings.Repeat("[", deepest+1) + strings.Repeat("]", deepest+1),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := cutter{b: text}
		if have, want := c.walk(), json.Valid(text); have != want {
			t.Errorf("%v, want %v: %.200q", have, want, text)
		}
	})
}

func BenchmarkBody(b *testing.B) {
	body := []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"jane.doe@example.com","name":{"givenName":"Jane","familyName":"Doe"},` +
		`"emails":[{"primary":true,"value":"jane.doe@example.com","type":"work"}],"displayName":"Jane Doe","locale":"en-US",` +
		`"externalId":"00ujl29u0le5T6Aj10h7","groups":[],"password":"1mz050nq","active":true}`)
	b.ReportAllocs()
	for b.Loop() {
		var f secrets
		f.body(body, true)
	}
}

// The short way of looking for the word finds what the long one finds, however the
// letters are written and whatever is lost or comes between them.
func TestMentionsLikeEscaped(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	noise := []string{"\x00", `\u0000`, "%00", "\\", "%", `\u`, `\u00`, "%7", "w", "s", "p", "é", "ſ", "\xbf", " ", "pass", `\u0077`, "%57", "0", "a"}
	write := func(c byte) string {
		switch upper := c - 'a' + 'A'; rnd.IntN(12) {
		case 0:
			return string(upper)
		case 1:
			return fmt.Sprintf(`\u%04x`, c)
		case 2:
			return fmt.Sprintf(`\u%04X`, upper)
		case 3:
			return fmt.Sprintf("%%%02x", c)
		case 4:
			return fmt.Sprintf("%%%02X", upper)
		case 5:
			if c == 's' {
				return []string{"ſ", `\u017f`, `\u017F`}[rnd.IntN(3)]
			}
		}
		return string(c)
	}
	found := 0
	for range 50_000 {
		var b []byte
		for range 1 + rnd.IntN(2) {
			for _, c := range []byte("password") {
				if rnd.IntN(30) > 0 {
					b = append(b, write(c)...)
				}
				if rnd.IntN(20) == 0 {
					b = append(b, noise[rnd.IntN(len(noise))]...)
				}
			}
		}
		want := mentionsEscaped(b, "password")
		if have := mentions(b, "password"); have != want || textMentions(string(b)) != want {
			t.Fatalf("%q: %v, in a text %v, want %v", b, have, textMentions(string(b)), want)
		}
		if want {
			found++
		}
	}
	if found < 10_000 || found > 40_000 {
		t.Errorf("%d found it", found)
	}
}

// What is let through unread of SCIM's own parameters has nothing that a closer look would cut.
func TestInnocentParameters(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	parts := []string{"userName", "%20eq%20", "+", "%22", "a%3Db", ";", "%3btoken%3d", "=", "password", "%70assword", "secret", "ada%40example.com", "token=abcd", ";secret%3Dabcdef"}
	innocent := 0
	for range 20_000 {
		value := ""
		for range rnd.IntN(6) {
			value += parts[rnd.IntN(len(parts))]
		}
		if !isInnocent(value) {
			continue
		}
		innocent++
		var f secrets
		if text := unescape(value); !filterIsSafe(text) || strings.ContainsAny(text, ";=") {
			t.Fatalf("%q was let through", value)
		}
		if f.in([]byte(value)) {
			t.Fatalf("%q", value)
		}
	}
	if innocent < 1000 {
		t.Errorf("only %d were let through", innocent)
	}
}
