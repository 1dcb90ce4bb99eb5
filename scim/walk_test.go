package scim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// walked lists the members of an object, or the elements of an array, as "name=value".
func walked(text string) (list []string, whole bool) {
	w := WalkJSON([]byte(text))
	for w.Next() {
		list = append(list, string(w.Name)+"="+string(w.Value))
	}
	return list, w.Whole()
}

func TestWalk(t *testing.T) {
	tests := []struct {
		text  string
		want  []string
		whole bool
	}{
		{`{"a":1,"b":"x\"y","c":{"d":[1,"}"]},"e":null}`, []string{"a=1", `b="x\"y"`, `c={"d":[1,"}"]}`, "e=null"}, true},
		{" {\n \"a\" : [ 1 , 2 ] ,\t\"b\" : true }\n", []string{"a=[ 1 , 2 ]", "b=true"}, true},
		{`[1,"a",{},[]]`, []string{"=1", `="a"`, "={}", "=[]"}, true},
		{`{}`, nil, true},
		{`[ ]`, nil, true},
		{``, nil, false},
		{`"a"`, nil, false},
		{`{"a":1,"b":"cu`, []string{"a=1"}, false},
		{`{"a":1,"b":"cut\"`, []string{"a=1"}, false},
		{`{"a":1,"b":{"c":1}`, []string{"a=1", `b={"c":1}`}, false},
		{`{"a":1,"b":{"c":1`, []string{"a=1"}, false},
		{`{"a":1,"b"`, []string{"a=1"}, false},
		{`{"a":1,`, []string{"a=1"}, false},
		{`{"a":}`, nil, false},
		{`{a:1}`, nil, false},
		{`[1 2]`, []string{"=1"}, false},
	}
	for _, tt := range tests {
		if got, whole := walked(tt.text); !slices.Equal(got, tt.want) || whole != tt.whole {
			t.Errorf("%s: have %q, whole %v", tt.text, got, whole)
		}
	}
}

func TestMemberOf(t *testing.T) {
	object := []byte(`{"userName":"ada","\u0061ctive":true,"active":false,"name":"a\u0062"}`)
	for name, want := range map[string]string{"USERNAME": `"ada"`, "active": "true", "nam": "", "name": `"a\u0062"`} {
		if got := string(MemberOf(object, name)); got != want {
			t.Errorf("%s: have %s, want %s", name, got, want)
		}
	}
	for value, want := range map[string]string{`"a\u0062"`: "ab", `"é"`: "é", `1`: "", `"`: "", "": "", `"\x"`: "", "\"\xff\"": "\uFFFD"} {
		if got := Unquote([]byte(value)); got != want {
			t.Errorf("%s: have %q, want %q", value, got, want)
		}
	}
}

// Of valid JSON a walk finds what Decode does; of a beginning of it, a beginning.
func FuzzWalk(f *testing.F) {
	f.Add(`{"a":1,"b":"x\"y","c":{"d":[1,"}"]},"e":null}`, 20)
	f.Add(` [1,"\\",{"a":[]}] `, 5)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		all, whole := walked(text)
		v, err := Decode([]byte(text), Limits{})
		if err == nil && (v.Kind() == Object || v.Kind() == Array) && !strings.HasPrefix(text, "\ufeff") {
			if !whole || len(all) != v.Len() {
				t.Fatalf("%d of %d, whole %v", len(all), v.Len(), whole)
			}
			i := 0
			for w := WalkJSON([]byte(text)); w.Next(); i++ {
				if got, err := Decode(w.Value, Limits{}); err != nil || !got.Equal(v.At(i)) {
					t.Errorf("%s: %v", w.Value, err)
				}
			}
		}
		if cut < 0 || cut > len(text) {
			return
		}
		some, _ := walked(text[:cut])
		if len(some) > len(all)+1 || len(some) > 0 && !slices.Equal(some[:len(some)-1], all[:len(some)-1]) {
			t.Errorf("%q of %q", some, all)
		}
	})
}

// begins reports whether a text is JSON, or can become JSON when something is added.
func begins(text []byte) bool {
	var v any
	err := json.Unmarshal(text, &v)
	return err == nil || err.Error() == "unexpected end of JSON input"
}

// However alike another text is, a walk beside it finds what it finds alone; and the
// walk into a member is that of its value.
func FuzzWalkBeside(f *testing.F) {
	f.Add(`{"a":1,"b":"x","c":{"d":[1,"}"]},"e":12}`, `{"a":1,"b":"y","c":{"d":[1,"}"]},"e":1}`)
	f.Add(`{"a":12, "b":1}`, `{"a":1}`)
	f.Add(`["a:1",2,[]]`, `{"a":1}`)
	f.Add(`{"a":"b"}`, `["a"]`)
	f.Add(`{"a":{"b":1`, `{"a":{"b":1},"a":2`)
	f.Add(`{"a":1}`, `{"a":{"a":?\":"y","b":{"d":],}H:c"",e1}`)
	f.Fuzz(func(t *testing.T, one, two string) {
		var have, want []string
		other, w := WalkJSON([]byte(one)), WalkJSON([]byte(two))
		for other.Next() {
			alone := w
			is, shall := w.NextLike(&other), alone.Next()
			if is != shall || string(w.Name) != string(alone.Name) || (w.Name == nil) != (alone.Name == nil) || string(w.Value) != string(alone.Value) || w.Whole() != alone.Whole() {
				t.Fatalf("%q: %v, want %q: %v", w.Value, is, alone.Value, shall)
			}
			if !is {
				break
			}
			have = append(have, string(w.Value))
		}
		// What is passed is what both have alike.
		a, b := WalkJSON([]byte(one)), WalkJSON([]byte(two))
		c, d := a, b
		b.passLike(&a)
		for c.at < a.at {
			if !c.Next() || !d.Next() || string(c.Name) != string(d.Name) || string(c.Value) != string(d.Value) {
				t.Fatalf("%q is not alike in %q and %q", c.Value, one, two)
			}
		}
		if c.at != a.at || d.at != b.at || c.close != a.close || d.close != b.close || c.whole != a.whole || d.whole != b.whole {
			t.Fatalf("%d and %d, want %d and %d", a.at, b.at, c.at, d.at)
		}
		more, goesOn := b.NextUnlike(&a)
		if more != c.Next() || goesOn != d.Next() || more && string(a.Value) != string(c.Value) || goesOn && string(b.Value) != string(d.Value) || a.at != c.at || b.at != d.at {
			t.Fatalf("%v and %v: %q and %q, want %q and %q", more, goesOn, a.Value, b.Value, c.Value, d.Value)
		}
		want, _ = walked(two)
		if len(have) > len(want) {
			t.Errorf("%q, want %q", have, want)
		}
		for w := WalkJSON([]byte(two)); ; {
			into, next := w.Into(), w.Next()
			if !next {
				break
			}
			if !begins(w.Value) {
				continue // how far a value goes that is no JSON is anybody's guess
			}
			list, whole := walked(string(w.Value))
			for i := 0; into.Next(); i++ {
				if list[i] != string(into.Name)+"="+string(into.Value) {
					t.Errorf("%q in %q", into.Value, w.Value)
				}
			}
			if whole != into.Whole() {
				t.Errorf("%q: whole %v", w.Value, whole)
			}
			first, value := WalkMember([]byte(two), string(w.Name)), WalkJSON(MemberOf([]byte(two), string(w.Name)))
			if w.Name != nil && len(value.text) > 0 && first.Next() != value.Next() {
				t.Errorf("%q of %q", w.Name, two)
			}
		}
	})
}

// What Read and ReadPatch say that they left out can be told from their notes.
func TestNoteIgnored(t *testing.T) {
	_, read, err := userType.Read(mustDecode(t, `{"schemas":["`+UserURN+`"],"userName":"a","hat":1,"groups":[{"value":"1"}],"password":"x","name":{"nick":"a"},"active":"true"}`), Policy{})
	if err != nil {
		t.Fatal(err)
	}
	_, patched, err := userType.ReadPatch(mustDecode(t, `{"schemas":["`+PatchURN+`"],"Operations":[{"op":"Replace","value":{"groups":[],"meta":{},"b.c":1}}]}`), Policy{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range append(read, patched...) {
		if path, why, ok := n.Ignored(); ok {
			got = append(got, path+" "+why)
		}
	}
	want := []string{"hat unknown", "groups read-only", "password never kept", "name.nick unknown", "groups read-only", "meta read-only", "b.c unknown"}
	if !slices.Equal(got, want) {
		t.Errorf("have %q, want %q", got, want)
	}
}
