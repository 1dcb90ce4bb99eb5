package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestDefinitions(t *testing.T) {
	one, list := write(t, "// a comment\n{\"id\": \"urn:x:2\",}"), write(t, "[\n{\"id\": \"urn:x:3\"},\n  {\"id\": \"urn:x:4\"}]")
	s := mustLoad(t, fmt.Sprintf("{\n  \"schemas\": [{\"id\": /* ü */ \"urn:x:1\",}, %q,\n%q]}", one, list), nil)
	var ids []string
	for _, text := range s.Definitions() {
		var d struct{ ID string }
		if err := json.Unmarshal(text, &d); err != nil {
			t.Errorf("%v: %s", err, text)
		}
		ids = append(ids, d.ID)
	}
	if have := strings.Join(ids, " "); have != "urn:x:1 urn:x:2 urn:x:3 urn:x:4" {
		t.Errorf("have %s", have)
	}
	for i, want := range []struct{ line, column int }{{2, 15}, {2, 1}, {2, 1}, {3, 3}} {
		text := s.Definitions()[i]
		before := text[:bytes.IndexByte(text, '{')]
		if line, column := 1+bytes.Count(before, []byte("\n")), len(before)-bytes.LastIndexByte(before, '\n'); line != want.line || column != want.column {
			t.Errorf("definition %d begins in line %d, column %d, want %d, %d", i, line, column, want.line, want.column)
		}
	}
	s = mustLoad(t, "", Env{"SCIMDECK_SCHEMAS=" + one + "," + list})
	if n := len(s.Definitions()); n != 3 {
		t.Errorf("%d definitions from the environment", n)
	}
	if s = mustLoad(t, fmt.Sprintf(`{"schemas": [%q]}`, one), Env{"SCIMDECK_SCHEMAS="}); len(s.Definitions()) != 0 {
		t.Error("an empty variable does not mean none")
	}
}

func TestDefinitionError(t *testing.T) {
	one := write(t, "{\n \"id\": \"urn:x:2\",\n \"attributes\": [{\n   \"name\": \"a\"}]}")
	list := write(t, "[{},\n {\"id\": 1}]")
	s := mustLoad(t, "{\"schemas\": [\n {\"id\": \"urn:x:1\",\n  \"a.b[0]\": {\"c\": [1, // x\n 2]},\n  \"a\": 3},\n \""+one+"\", \""+list+"\"]}", nil)
	for _, c := range []struct {
		index               int
		path, message, want string
	}{
		{0, "", "m", "CONFIG:2:2: schemas[0]: m"},
		{0, "id", "m", "CONFIG:2:9: schemas[0].id: m"},
		{0, "a", "m", "CONFIG:5:8: schemas[0].a: m"},
		{0, "a.b[0]", "m", "CONFIG:3:13: schemas[0].a.b[0]: m"},
		{0, "a.b[0].c[1]", "m", "CONFIG:4:2: schemas[0].a.b[0].c[1]: m"},
		{0, "a.b[0].c[2]", "m", "CONFIG:3:19: schemas[0].a.b[0].c[2]: m"},
		{0, "name", "m", "CONFIG:2:2: schemas[0].name: m"},
		{0, "", "line 5, column 3 (byte 70): m", "CONFIG:5:3: schemas[0]: m"},
		{1, "", "m", one + ":1:1: m"},
		{1, "attributes[0].name", "m", one + ":4:12: attributes[0].name: m"},
		{1, "attributes[0].type", "m", one + ":3:17: attributes[0].type: m"},
		{2, "", "m", list + ":1:2: [0]: m"},
		{3, "id", "m", list + ":2:9: [1].id: m"},
	} {
		want := strings.ReplaceAll(c.want, "CONFIG", s.File)
		if err := s.DefinitionError(c.index, c.path, c.message); err.Error() != want {
			t.Errorf("%d %s\nhave %v\nwant %s", c.index, c.path, err, want)
		}
	}
}
