package scim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// oktaUser is a create as Okta's catalogue apps send it.
const oktaUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
	`"userName":"jane.doe@example.com","name":{"givenName":"Jane","familyName":"Doe","middleName":"Q"},` +
	`"emails":[{"primary":true,"value":"jane.doe@example.com","type":"work"}],` +
	`"phoneNumbers":[{"primary":true,"value":"+1 555 0100","type":"work"}],"title":"Engineer",` +
	`"displayName":"Jane Doe","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7","groups":[],"password":"1mz050nq","active":true,` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Research","costCenter":"4130"}}`

var decodable = []struct{ name, in, want string }{
	{"empty object", `{}`, `{}`},
	{"empty array", ` [ ] `, `[]`},
	{"scalars", `[null,true,false,0,-0,1.50,1e999,"x"]`, `[null,true,false,0,-0,1.50,1e999,"x"]`},
	{"blanks", " {\t\"a\" :\r\n [ 1 , 2 ] } ", `{"a":[1,2]}`},
	{"order stays", `{"b":1,"a":2}`, `{"b":1,"a":2}`},
	{"escapes", `"\"\\\/\b\f\n\r\t\u00e9\u0001"`, `"\"\\/\b\f\n\r\té\u0001"`},
	{"surrogate pair", `"\ud83d\ude00"`, `"😀"`},
	{"UTF-8", `{"ключ":"日本😀"}`, `{"ключ":"日本😀"}`},
	{"byte order mark (ROB-19)", "\ufeff{}", `{}`},
	{"huge number (ROB-18)", `[` + strings.Repeat("9", 400) + `]`, `[` + strings.Repeat("9", 400) + `]`},
	{"names that fold only in Unicode", "{\"k\":1,\"\u212a\":2}", "{\"k\":1,\"\u212a\":2}"},
	{"replacement character", "\"\ufffd\"", "\"\ufffd\""},
	{"Okta's create", oktaUser, oktaUser},
}

var undecodable = []struct{ name, in, at, want string }{
	{"nothing (ROB-13)", ``, "line 1, column 1 (byte 0)", "the body is empty"},
	{"blanks only", " \n ", "line 2, column 2 (byte 3)", "the body is empty"},
	{"truncated object (ROB-01)", `{"a":1`, "column 7 (byte 6)", `want ',' or '}' after the member "a", got the end of the text`},
	{"truncated string", `{"a":"x`, "(byte 7)", "at the end of a string"},
	{"truncated name", `{"a`, "(byte 3)", "at the end of a string"},
	{"truncated escape", `"\`, "(byte 2)", "escape sequence"},
	{"trailing data", `{} x`, "(byte 3)", `want the end after the JSON value, got 'x'`},
	{"two values", `{}{}`, "(byte 2)", "want the end"},
	{"trailing comma in object", `{"a":1,}`, "(byte 7)", "want a member after the comma"},
	{"trailing comma in array", `[1,]`, "(byte 3)", "want a value, got ']'"},
	{"single quotes", `{'a':1}`, "(byte 1)", "want a member name in double quotes"},
	{"single quoted value", `['a']`, "(byte 1)", "double quotes"},
	{"bare name", `{a:1}`, "(byte 1)", "double quotes, got 'a'"},
	{"no colon", `{"a" 1}`, "(byte 5)", `want ':' after the member name "a", got '1'`},
	{"no comma", `[1 2]`, "(byte 3)", "want ',' or ']'"},
	{"NaN", `[NaN]`, "(byte 1)", "want a value, got 'N'"},
	{"comment", `{/*x*/}`, "(byte 1)", "got '/'"},
	{"True", `True`, "(byte 0)", "got 'T'"},
	{"cut true", `tru`, "(byte 0)", "want a value"},
	{"leading zero", `[01]`, "(byte 1)", "superfluous 0"},
	{"plus sign", `+1`, "(byte 0)", "want a value"},
	{"no digit after point", `1.`, "(byte 2)", "after the decimal point"},
	{"no digit in exponent", `1e+`, "(byte 3)", "exponent"},
	{"lone minus", `-`, "(byte 1)", "want a digit"},
	{"control character", "\"a\nb\"", "line 1, column 3 (byte 2)", "control character"},
	{"bad escape", `"\x"`, "(byte 1)", "escape sequence"},
	{"bad hex", `"\u12g4"`, "(byte 1)", "hexadecimal"},
	{"cut hex", `"\u12`, "(byte 1)", "hexadecimal"},
	{"lone high surrogate (ROB-07)", `"\ud800"`, "(byte 1)", "surrogate"},
	{"lone low surrogate", `"\udc00x"`, "(byte 1)", "surrogate"},
	{"two high surrogates", `"\ud800\ud800"`, "(byte 1)", "surrogate"},
	{"invalid UTF-8 (ROB-05)", "{\"a\":\"\xff\"}", "(byte 6)", "UTF-8"},
	{"encoded surrogate", "\"\xed\xa0\x80\"", "(byte 1)", "UTF-8"},
	{"NUL (ROB-06)", `"a\u0000"`, "(byte 2)", "U+0000"},
	{"duplicate member (ROB-02)", `{"a":1,"a":2}`, "(byte 7)", `the member "a" occurs twice`},
	{"duplicate in another case (ROB-03)", `{"userName":1,"USERNAME":2}`, "(byte 14)", `the member "USERNAME" occurs twice`},
	{"duplicate after escape", `{"a":1,"\u0061":2}`, "(byte 7)", "twice"},
	{"duplicate in a large object", manyMembers(100, `,"M7":0`), "(byte 0)", `the member "M7" occurs twice`},
	{"offset with byte order mark", "\ufeff{]", "(byte 4)", "got ']'"},
	{"position counts characters", "[\"é\",\n \"日本\" x]", "line 2, column 7", "got 'x'"},
	{"deep arrays (ROB-04)", strings.Repeat("[", 100_000), "(byte 32)", "nested deeper than 32 levels"},
	{"deep objects", strings.Repeat(`{"a":`, 100_000), "(byte 160)", "nested deeper than 32 levels"},
}

func manyMembers(n int, more string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"m`)
		b.WriteString(IntOf(int64(i)).Text())
		b.WriteString(`":0`)
	}
	return "{" + b.String()[1:] + more + "}"
}

func TestDecode(t *testing.T) {
	for _, c := range decodable {
		t.Run(c.name, func(t *testing.T) {
			v, err := Decode([]byte(c.in), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if have := v.String(); have != c.want {
				t.Errorf("have %s\nwant %s", have, c.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range undecodable {
		t.Run(c.name, func(t *testing.T) {
			v, err := Decode([]byte(c.in), Limits{})
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("have %v, %v; want an *Error", v, err)
			}
			if e.Status != 400 || !strings.Contains(e.Detail, c.at) || !strings.Contains(e.Detail, c.want) {
				t.Errorf("have %v\nwant 400 … %s … %s", err, c.at, c.want)
			}
		})
	}
}

func TestDecodeLimits(t *testing.T) {
	if _, err := Decode([]byte(`[1,2,3]`), Limits{Members: 2}); err == nil || !strings.Contains(err.Error(), "more than 2 members") {
		t.Errorf("three elements, at most two: have %v", err)
	}
	if _, err := Decode([]byte(`[[[]]]`), Limits{Depth: 3}); err != nil {
		t.Errorf("three levels, at most three: have %v", err)
	}
	if _, err := Decode([]byte(manyMembers(200_000, "")), Limits{}); err != nil {
		t.Errorf("200,000 members: have %v", err)
	}
}

// The Value must not change when the caller uses its buffer again.
func TestDecodeDoesNotAlias(t *testing.T) {
	data := []byte(oktaUser)
	v, err := Decode(data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	if have := v.String(); have != oktaUser {
		t.Errorf("have %s", have)
	}
}

// FuzzDecode holds Decode against encoding/json: what it accepts is JSON with
// the same values, and writing it and reading it again is the identity.
func FuzzDecode(f *testing.F) {
	for _, c := range decodable {
		f.Add([]byte(c.in))
	}
	for _, c := range undecodable {
		if len(c.in) < 10_000 {
			f.Add([]byte(c.in))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Decode(data, Limits{})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Status != 400 {
				t.Fatalf("have %v, want a 400", err)
			}
			return
		}
		data = bytes.TrimPrefix(data, []byte("\ufeff"))
		if !json.Valid(data) {
			t.Fatalf("accepted %q", data)
		}
		written := v.Append(nil)
		if err := sameJSON(data, written); err != nil {
			t.Fatalf("%v\nin  %q\nout %q", err, data, written)
		}
		again, err := Decode(written, Limits{})
		if err != nil || !again.Equal(v) || !bytes.Equal(again.Append(nil), written) {
			t.Fatalf("%q → %q → %v, %v", data, written, again, err)
		}
	})
}

// sameJSON compares two texts as encoding/json reads them, token by token.
func sameJSON(a, b []byte) error {
	da, db := json.NewDecoder(bytes.NewReader(a)), json.NewDecoder(bytes.NewReader(b))
	da.UseNumber()
	db.UseNumber()
	for {
		ta, errA := da.Token()
		tb, errB := db.Token()
		if errA != nil || errB != nil {
			if errors.Is(errA, errB) {
				return nil
			}
			return errors.Join(errors.New("one text ends before the other"), errA, errB)
		}
		if ta != tb {
			return errors.New("tokens differ")
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	data := []byte(oktaUser)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Decode(data, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	v, err := Decode([]byte(oktaUser), Limits{})
	if err != nil {
		b.Fatal(err)
	}
	buf := v.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		buf = v.Append(buf[:0])
	}
}

// A part's places are those in the whole.
func TestDecodeAt(t *testing.T) {
	at := Place{Line: 17, Column: 5, Byte: 1000}
	for text, want := range map[string]string{
		`{"a":}`:                 "column 10 (byte 1005): ",
		"{\n  \"a\":x}":          "line 18, column 7 (byte 1008): ",
		"{\n\"a\":1,\n\"A\":2}":  "line 19, column 1 (byte 1009): ",
		"\"\xff\"":               "column 6 (byte 1001): ",
		"{\"userName\":\"x\"} 1": "column 22 (byte 1017): ",
	} {
		_, err := DecodeAt([]byte(text), Limits{}, at)
		if have := errorDetail(err); !strings.HasPrefix(have, want) {
			t.Errorf("%q: %s, want %s…", text, have, want)
		}
	}
}

func errorDetail(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Detail
	}
	return fmt.Sprint(err)
}
