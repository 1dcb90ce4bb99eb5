package scim

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
)

// sortDocs puts docs in order by keys and gives their ids.
func sortDocs(t testing.TB, rt *ResourceType, by, order string, docs ...string) string {
	t.Helper()
	s, err := rt.Sort(by, order)
	if err != nil {
		t.Fatalf("%s %s: %v", by, order, err)
	}
	list := slices.Clone(docs)
	sort.SliceStable(list, func(i, j int) bool {
		return bytes.Compare(s.Key(nil, []byte(list[i])), s.Key(nil, []byte(list[j]))) < 0
	})
	var ids []string
	for _, doc := range list {
		ids = append(ids, mustDecode(t, doc).Get("id").Text())
	}
	return strings.Join(ids, " ")
}

func TestSort(t *testing.T) {
	for _, c := range []struct {
		name, by, order string
		docs            []string // without braces; the id is a, b, c and so on
		want            string
	}{
		{"SRT-02 ascending by default", "title", "", []string{`"title":"b"`, `"title":"a"`}, "b a"},
		{"SRT-02 ascending", "title", "Ascending", []string{`"title":"b"`, `"title":"a"`}, "b a"},
		{"SRT-03 descending", "title", "descending", []string{`"title":"a"`, `"title":"b"`, `"title":"ab"`}, "b c a"},
		{"SRT-04 without case", "userName", "", []string{`"userName":"c"`, `"userName":"B"`, `"userName":"a"`}, "c b a"},
		{"SRT-04 with case", "externalId", "", []string{`"externalId":"a"`, `"externalId":"B"`}, "b a"},
		{"SRT-05 primary", "emails", "", []string{`"emails":[{"value":"a"},{"value":"z","primary":true}]`, `"emails":[{"value":"m"},{"value":"z"}]`}, "b a"},
		{"SRT-05 its sub-attribute", "emails.type", "", []string{`"emails":[{"type":"a"},{"type":"z","primary":true}]`, `"emails":[{"type":"m"}]`}, "b a"},
		{"SRT-06 without a value last", "nickName", "", []string{`"userName":"u"`, `"nickName":"z"`, `"nickName":"~\uffff"`}, "b c a"},
		{"SRT-06 without a value first", "nickName", "descending", []string{`"nickName":"z"`, `"userName":"u"`, `"nickName":"a"`}, "b a c"},
		{"SRT-06 null", "nickName", "", []string{`"nickName":null`, `"nickName":""`}, "b a"},
		{"SRT-07 sub-attribute", "NAME.familyname", "", []string{`"name":{"familyName":"b"}`, `"name":{"familyName":"a"}`}, "b a"},
		{"SRT-07 URN", EnterpriseURN + ":department", "", []string{`"` + EnterpriseURN + `":{"department":"b"}`, `"` + EnterpriseURN + `":{"department":"a"}`}, "b a"},
		{"SRT-07 core URN", UserURN + ":title", "", []string{`"title":"b"`, `"title":"a"`}, "b a"},
		{"SRT-09 dateTime", "meta.created", "", []string{`"meta":{"created":"2026-01-01T00:00:00Z"}`, `"meta":{"created":"2026-01-01T00:30:00+01:00"}`, `"meta":{"created":"1969-01-01T00:00:00.5Z"}`}, "c b a"},
		{"SRT-09 fractions", "meta.created", "descending", []string{`"meta":{"created":"2026-01-01T00:00:00Z"}`, `"meta":{"created":"2026-01-01T00:00:00.0001Z"}`, `"meta":{"created":"2026-01-01T00:00:00.01Z"}`}, "c b a"},
		{"booleans", "active", "", []string{`"active":true`, `"active":false`, `"title":"x"`}, "b a c"},
		{"equal keys keep their order", "title", "descending", []string{`"title":"x"`, `"title":"X"`, `"title":"y"`}, "c a b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var docs []string
			for i, body := range c.docs {
				docs = append(docs, `{"id":"`+string(rune('a'+i))+`",`+body+`}`)
			}
			if have := sortDocs(t, userType, c.by, c.order, docs...); have != c.want {
				t.Errorf("have %s, want %s", have, c.want)
			}
		})
	}
}

func TestSortRefuses(t *testing.T) { // SRT-10
	for _, c := range []struct{ by, order, want string }{
		{"title", "up", `invalidValue: sortOrder: want "ascending" or "descending", got "up"`},
		{"", "up", `invalidValue: sortOrder`},
		{"nosuch", "", `invalidPath: sortBy: User has no attribute "nosuch"`},
		{"name", "", `invalidPath: sortBy: name is complex: name a sub-attribute`},
		{"addresses", "", `invalidPath: sortBy: addresses is complex`},
		{EnterpriseURN, "", `invalidPath: sortBy: ` + EnterpriseURN + ` is an extension`},
		{"password", "", `invalidPath: sortBy: password is never returned`},
		{`emails[type eq "work"]`, "", `invalidPath: sortBy: "emails[type eq \"work\"]" has a filter`},
		{"name..x", "", `invalidPath: sortBy "name..x": column`},
	} {
		_, err := userType.Sort(c.by, c.order)
		checkError(t, err, c.want)
	}
	s, err := userType.Sort("", "descending")
	if s != nil || err != nil || len(s.Key(nil, []byte(projected))) != 0 || s.String() != "" {
		t.Errorf("no sortBy: have %v, %v", s, err)
	}
	s, err = userType.Sort("NAME.familyname", "Descending")
	if err != nil || s.String() != "name.familyName descending" {
		t.Errorf("have %v, %v", s, err)
	}
}

// TestSortIsNaive: keys order docs as their values do, in both directions, and
// are equal exactly when the values are.
func TestSortIsNaive(t *testing.T) {
	rt := thingType(t)
	g := generator{rand.New(rand.NewPCG(3, 3)), rt}
	var paths []Resolved
	rt.each(func(r Resolved) {
		if _, err := rt.Sort(r.String(), ""); err == nil {
			paths = append(paths, r)
		}
	})
	docs := make([]string, 400)
	for i := range docs {
		docs[i] = strings.ReplaceAll(g.doc(), `\u0000`, "0") // no text has it: see Decode
	}
	for _, r := range paths {
		up, _ := rt.Sort(r.String(), "ascending")
		down, _ := rt.Sort(r.String(), "descending")
		for range 300 {
			a, b := []byte(g.pick(docs)), []byte(g.pick(docs))
			want := naiveSort(t, up, a, b)
			if have := bytes.Compare(up.Key(nil, a), up.Key(nil, b)); have != want {
				t.Fatalf("%s ascending: have %d, want %d of\n%s\n%s", r, have, want, a, b)
			}
			if have := bytes.Compare(down.Key(nil, a), down.Key(nil, b)); have != -want {
				t.Fatalf("%s descending: have %d, want %d of\n%s\n%s", r, have, -want, a, b)
			}
		}
	}
}

// naiveSort compares the values that count after decoding them.
func naiveSort(t *testing.T, s *Sort, a, b []byte) int {
	value := func(doc []byte) (Value, bool) {
		raw := s.value(doc)
		if len(raw) == 0 || string(raw) == "null" {
			return Value{}, false
		}
		return mustDecode(t, string(raw)), true
	}
	x, okX := value(a)
	y, okY := value(b)
	switch {
	case !okX && !okY:
		return 0
	case !okX:
		return +1
	case !okY:
		return -1
	case x.Kind() == Bool:
		return strings.Compare(x.text, y.text)
	case x.Kind() == Number:
		return naiveNumbers(x.text, y.text)
	case s.place.attr.Type == TypeDateTime:
		return naiveTime(x.text).Compare(naiveTime(y.text))
	case s.place.attr.CaseExact || s.place.attr.Type == TypeBinary:
		return strings.Compare(x.text, y.text)
	}
	return strings.Compare(Fold(x.text), Fold(y.text))
}

func BenchmarkSortKey(b *testing.B) {
	for _, by := range []string{"userName", "emails", "meta.created"} {
		s, err := userType.Sort(by, "descending")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(by, func(b *testing.B) {
			b.ReportAllocs()
			var key []byte
			for b.Loop() {
				key = s.Key(key[:0], []byte(projected))
			}
		})
	}
}
