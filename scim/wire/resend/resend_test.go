package resend

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim/wire"
)

var requests = []*wire.Request{
	{Method: "GET", Path: `/Users?filter=userName%20eq%20"ada@example.com"&count=1`},
	{Method: "DELETE", Path: "/Users/2f81a7c0", Header: []wire.Field{{Name: "If-Match", Value: `W/"3"`}}},
	{
		Method: "PATCH", Path: "/Users/2f81a7c0", Body: []byte("{\n  \"Operations\": [\n    1.50\n  ]\n}"),
		Header: []wire.Field{{Name: "Accept", Value: "a, b"}, {Name: "Content-Type", Value: "application/scim+json"}},
	},
	{Method: "POST", Path: "/Users", Body: []byte("{broken"), Header: []wire.Field{{Name: "Content-Type", Value: "text/plain"}}},
	{Method: "POST", Path: "/Users", Body: []byte("# no remark\n\n{}")},
}

func same(a, b *wire.Request) bool {
	return a.Method == b.Method && a.Path == b.Path && slices.Equal(a.Header, b.Header) && bytes.Equal(a.Body, b.Body) && (a.Body == nil) == (b.Body == nil)
}

// Parse reads what Text writes.
func TestTextAndBack(t *testing.T) {
	for _, r := range requests {
		about := About(&wire.Exchange{Seq: 7}, r, "http://x/scim")
		text := Text(r, about)
		got, err := Parse(text)
		if err != nil || !same(got, r) {
			t.Errorf("%v\n%s\nis %+v", err, text, got)
		}
		if got, err := Parse(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))); err != nil || !same(got, r) {
			t.Errorf("from Windows: %v %+v", err, got)
		}
	}
	if text := string(Text(&wire.Request{Method: "POST", Path: "/", Body: []byte(`{"a":[1]}`)}, "x")); text != "# x\nPOST /\n\n{\n  \"a\": [\n    1\n  ]\n}\n" {
		t.Errorf("%q", text)
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "line 1: want a method and a path",
		"# all\n\n# remarks\n":    "line 3: want a method and a path",
		"get /Users":              `line 1: a method has capital letters only, not "get"`,
		"GET Users":               "line 1: a path begins with /",
		"GET //host/Users":        "line 1: a path begins with /",
		"GET http://x/Users":      "line 1: a path begins with /",
		"#\nGET /a b c d":         "line 2: want a method and a path",
		"GET /\nif-match":         "line 2: want a header field",
		"POST /\n{}":              "line 2: an empty line is missing before the body",
		"GET /\nA B: c":           "line 2: want a header field",
		"GET /\nauthorization: x": "line 2: authorization is not for here",
		"GET /\nHost: x":          "line 2: Host follows from the rest",
		"GET /\nA: \x01":          "line 2: the value of A has a control character",
		"POST /\nContent-Type: application/json\n\n{\n\"a\": ,\n}": "line 5: no JSON",
	} {
		_, err := Parse([]byte(text))
		var bad *SyntaxError
		if !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// The reason stands above the text, names the line where it is then, and goes when the text is read again.
func TestRetry(t *testing.T) {
	text := []byte("# remark\nget /Users\n")
	_, err := Parse(text)
	for range 2 {
		text = Retry(text, err)
		if string(text) != "#! line 3: a method has capital letters only, not \"get\"\n# remark\nget /Users\n" {
			t.Fatalf("%s", text)
		}
		_, err = Parse(text)
	}
	if r, err := Parse(bytes.Replace(text, []byte("get /"), []byte("GET /"), 1)); err != nil || r.Path != "/Users" {
		t.Errorf("%v %+v", err, r)
	}
}

func FuzzParse(f *testing.F) {
	for _, r := range requests {
		f.Add(Text(r, "remark"))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(Text(r, "")); err != nil || again.Method != r.Method || again.Path != r.Path || !slices.Equal(again.Header, r.Header) {
			t.Errorf("%q: %+v, then %+v, %v", text, r, again, err)
		}
	})
}

func TestNumbers(t *testing.T) {
	got, err := Numbers([]string{"7", "#9", "3-5", "#10-#11"})
	if want := []uint64{7, 9, 3, 4, 5, 10, 11}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v, want %v", got, err, want)
	}
	for _, word := range []string{"", "x", "0", "5-3", "1-", "1-99999999", "-1"} {
		if _, err := Numbers([]string{word}); err == nil {
			t.Errorf("%q is taken", word)
		}
	}
}

// After a create and a search elsewhere, requests are about the ids of there.
func TestIDs(t *testing.T) {
	const ada, bob, gone = "2f81a7c0-9a55-8b8e-8f0d-5f2f3d1b77c3", "77e10000-9a55-8b8e-8f0d-5f2f3d1b77c3", "99990000-9a55-8b8e-8f0d-5f2f3d1b77c3"
	var ids IDs
	ids.Learn(&wire.Exchange{Method: "POST", Status: 201, ID: ada, ResponseBody: []byte(`{"id":"` + ada)}, 201, []byte(`{"id":"new/ada \"1\""}`)) // a log that keeps little
	ids.Learn(&wire.Exchange{Status: 200, ResponseBody: []byte(`{"Resources":[{"id":"` + bob + `","userName":"Bob"},{"id":"` + gone + `","userName":"x"}]}`)},
		200, []byte(`{"Resources":[{"id":"1","userName":"y"},{"id":"2","userName":"bob"}]}`))
	ids.Learn(&wire.Exchange{Status: 201, ResponseBody: []byte(`{"id":"` + gone + `"}`)}, 409, []byte(`{"id":"3"}`))
	ids.Learn(&wire.Exchange{Status: 200, ResponseBody: []byte(`{"id":"short"}`)}, 200, []byte(`{"id":"4"}`))
	if ids.Len() != 2 {
		t.Errorf("%d ids: %v", ids.Len(), ids.known)
	}
	r := &wire.Request{
		Method: "PATCH", Path: "/Users/" + ada + "?filter=manager%20eq%20%22" + bob + "%22&a=" + gone,
		Body: []byte(`{"path":"members[value eq \"` + bob + `\"]","value":[{"value":"` + ada + `","$ref":"https://x/Users/` + bob + `"},"` + bob + `x"]}`),
	}
	before := string(r.Body)
	got := ids.Map(r)
	if want := "/Users/new%2Fada%20%221%22?filter=manager%20eq%20%222%22&a=" + gone; got.Path != want {
		t.Errorf("path %s\nwant %s", got.Path, want)
	}
	if want := `{"path":"members[value eq \"2\"]","value":[{"value":"new/ada \"1\"","$ref":"https://x/Users/2"},"` + bob + `x"]}`; string(got.Body) != want || !json.Valid(got.Body) {
		t.Errorf("body %s\nwant %s", got.Body, want)
	}
	if string(r.Body) != before {
		t.Error("the request itself was changed")
	}
	ids.Learn(&wire.Exchange{Status: 200, ResponseBody: []byte(`{"id":"` + bob + `"}`)}, 200, []byte(`{"id":"`+bob+`"}`)) // it is there under its own after all
	if ids.Len() != 1 {
		t.Errorf("%v", ids.known)
	}
	var none IDs
	if none.Map(r) != r {
		t.Error("nothing is known, and the request is another")
	}
}
