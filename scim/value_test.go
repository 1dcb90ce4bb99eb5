package scim

import (
	"strings"
	"testing"
)

func TestValueEqual(t *testing.T) {
	big := manyMembers(40, "")
	backwards := mustDecode(t, big)
	for i, j := 0, len(backwards.kids)-1; i < j; i, j = i+1, j-1 {
		backwards.kids[i], backwards.kids[j] = backwards.kids[j], backwards.kids[i]
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true},
		{`100`, `1e2`, true},
		{`1.5E+1`, `15`, true},
		{`-0`, `0e5`, true},
		{`0.001`, `1e-3`, true},
		{`1`, `-1`, false},
		{`10`, `1`, false},
		{`0.1`, `0.01`, false},
		{`12345678901234567890.1`, `12345678901234567890.2`, false},
		{`1e99999999999999999999`, `1e99999999999999999999`, true},
		{`1e99999999999999999999`, `1e99999999999999999998`, false},
		{`1e99999999999999999999`, `1`, false},
		{`"1"`, `1`, false},
		{`null`, `false`, false},
		{`[1,2]`, `[2,1]`, false},
		{`[1,2]`, `[1]`, false},
		{`{"a":1,"b":[2]}`, `{"b":[2.0],"a":1}`, true},
		{`{"a":1}`, `{"A":1}`, false},
		{`{"a":1,"b":2}`, `{"a":1,"c":2}`, false},
		{big, backwards.String(), true},
		{big, strings.Replace(backwards.String(), `"m7"`, `"n7"`, 1), false},
	} {
		a, b := mustDecode(t, c.a), mustDecode(t, c.b)
		if a.Equal(b) != c.want || b.Equal(a) != c.want {
			t.Errorf("%s equal to %s: want %v", c.a, c.b, c.want)
		}
	}
	if !(Value{}).Equal(Value{}) || (Value{}).Equal(Value{kind: Null}) {
		t.Error("Absent equals Absent only")
	}
}

func TestValueClone(t *testing.T) {
	const text = `{"a":[1,{"b":[]},"x"],"c":{"d":{"e":null}}}`
	v := mustDecode(t, text)
	w := v.Clone()
	if !w.Equal(v) || w.String() != text {
		t.Fatalf("the clone is %v", w)
	}
	w.kids[0].Value.kids[0].Value = IntOf(9)
	w.kids[0].Value.kids[1].Value.Set("b", StringOf("new"))
	w.kids[1].Value.Set("f", BoolOf(true))
	w.Set("a", Value{})
	w.Set("z", IntOf(-1))
	if have := v.String(); have != text {
		t.Errorf("the original became %s", have)
	}
	if have, want := w.String(), `{"c":{"d":{"e":null},"f":true},"z":-1}`; have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

func TestValueLookup(t *testing.T) {
	v := mustDecode(t, `{"userName":"exact","k":2,"t":true,"f":false}`)
	if have := v.Get("userName").Text(); have != "exact" {
		t.Errorf("Get gives %q", have)
	}
	if have := v.Get("USERNAME").Kind(); have != Absent {
		t.Errorf("Get in another case gives %v", have)
	}
	if have := v.Fold("USERNAME").Text(); have != "exact" {
		t.Errorf("Fold gives %q", have)
	}
	if have := v.Fold("\u212a").Kind(); have != Absent {
		t.Errorf("Fold takes a Kelvin sign for a k: %v", have)
	}
	if !v.Get("t").True() || v.Get("f").True() || v.Get("k").True() || v.Get("t").Text() != "" {
		t.Error("True or Text of a Bool is wrong")
	}
	if have := mustDecode(t, `["userName"]`).Fold("userName").Kind(); have != Absent {
		t.Errorf("Fold on an array gives %v", have)
	}
	var names []string
	for name := range v.Members() {
		if names = append(names, name); name == "t" {
			break
		}
	}
	if have := strings.Join(names, " "); have != "userName k t" {
		t.Errorf("Members gives %s", have)
	}
}

func TestAppendRepairsText(t *testing.T) {
	if have, want := StringOf("a\xffb\xed\xa0\x80c").String(), "\"a\ufffdb\ufffd\ufffd\ufffdc\""; have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	if have := (Value{}).String(); have != "null" {
		t.Errorf("Absent is written as %s", have)
	}
}

func TestErrorAppend(t *testing.T) {
	for _, c := range []struct {
		err  *Error
		want string
	}{
		{Errorf(400, InvalidPath, "path %q", `a"b`), `{"schemas":["` + ErrorURN + `"],"status":"400","scimType":"invalidPath","detail":"path \"a\\\"b\""}`},
		{Errorf(404, "", "gone"), `{"schemas":["` + ErrorURN + `"],"status":"404","detail":"gone"}`},
		{&Error{Status: 500}, `{"schemas":["` + ErrorURN + `"],"status":"500"}`},
	} {
		if have := string(c.err.Append(nil)); have != c.want {
			t.Errorf("have %s\nwant %s", have, c.want)
		}
		mustDecode(t, c.want)
	}
	if have := Errorf(400, InvalidPath, "x").Error(); have != "400 invalidPath: x" {
		t.Errorf("have %s", have)
	}
	if have := Errorf(404, "", "x").Error(); have != "404: x" {
		t.Errorf("have %s", have)
	}
}

// A client's text may be long or not fit for a terminal: messages show it cut and quoted.
func TestQuote(t *testing.T) {
	if have := quote(strings.Repeat("é", 100)); len([]rune(have)) != 43 || !strings.HasSuffix(have, `…"`) {
		t.Errorf("have %s", have)
	}
	if have := quote("\x1b[2J"); have != `"\x1b[2J"` {
		t.Errorf("have %s", have)
	}
}
