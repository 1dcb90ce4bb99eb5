package tui

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"scimdeck/scim/wire"
)

// A whole request is there with everything that is kept of it, and does nothing to a terminal.
func TestWhole(t *testing.T) {
	ex := exchange("ada@example.com")
	ex.Seq, ex.Notes = 7, []string{"a note"}
	ex.RequestHeader = []wire.Field{{Name: "User-Agent", Value: "evil\x1b]0;x\a\u009b31m"}}
	ex.RequestBody, ex.ResponseBody = []byte(`{"a":"\u202e<`+"\u202e"+`"}`), []byte("no json\x1b[2J\r\nat all")
	text := string(Whole(ex, false))
	for _, want := range []string{"#7 ", "evil␛]0;x", "{\n  \"a\": ", "no json␛[2J", "\nat all\n", "note: a note"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.ContainsAny(text, "\x1b\a\r\u009b\u202e") || strings.HasSuffix(text, "\n") {
		t.Errorf("%q", text)
	}

	line := Whole(ex, true)
	var row, whole map[string]any
	if err := json.Unmarshal(Line(rowOf(ex), true), &row); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, &whole); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	for name, value := range row {
		if !reflect.DeepEqual(whole[name], value) {
			t.Errorf("%s is %v, in the line it is %v", name, whole[name], value)
		}
	}
	if body := whole["response"].(map[string]any)["body"]; body != "no json\x1b[2J\r\nat all" {
		t.Errorf("the answer's body is %q", body)
	}
}
