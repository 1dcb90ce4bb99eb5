package change

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// text writes what Whole gives, a line each: sign, path and value.
func text(list []wire.Change) string {
	var b strings.Builder
	for _, c := range list {
		sign := map[string]string{Same: " ", Added: "+", Removed: "-", LeftOut: "-"}[c.Kind]
		if sign == "" {
			sign = "~"
		}
		value := c.New
		if gone(c.Kind) {
			value = c.Old
		}
		fmt.Fprintf(&b, "%s %s %s\n", sign, c.Path, value)
	}
	return b.String()
}

func TestWhole(t *testing.T) {
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	put := strings.NewReplacer(`"title":"Engineer"`, `"title":"Boss"`, `"phoneNumbers":[{"value":"+1 555 0100","type":"work"}],`, "",
		`,"familyName":"Lovelace"`, `,"middleName":"King"`, `"ada@home.example"`, `"a@home.example","display":"Home"`, `"employeeNumber":"7"`, `"division":"9"`).Replace(ada)
	w := write(t, user, "PUT", ada, put)
	want := `  externalId "00u1"
  userName "ada@example.com"
  name.givenName "Ada"
+ name.middleName "King"
- name.familyName "Lovelace"
  displayName "Ada Lovelace"
~ title "Boss"
  active true
  emails[work] {"value":"ada@example.com","type":"work","primary":true}
~ emails[home].value "a@home.example"
+ emails[home].display "Home"
  emails[home].type "home"
- phoneNumbers[work] {"value":"+1 555 0100","type":"work"}
- ` + enterprise + `:employeeNumber "7"
+ ` + enterprise + `:division "9"
  ` + enterprise + `:department "R&D"
`
	if got := text(Whole(user, w.After, Of(w))); got != want {
		t.Errorf("have\n%s\nwant\n%s", got, want)
	}

	// Nobody knows the type: nothing is lost for that.
	if got := text(Whole(nil, w.After, Of(w))); sortedLines(got) != sortedLines(want) {
		t.Errorf("without the type\n%s\nwant\n%s", got, want)
	}

	// Without changes everything is as it was, of a created user everything is new.
	if got := text(Whole(user, w.Before, nil)); strings.Count(got, "\n") != strings.Count("\n"+got, "\n  ") {
		t.Errorf("a write that changed nothing marks\n%s", got)
	}
	created := Whole(user, w.Before, Of(Write{Type: user, Method: "POST", After: w.Before}))
	if got := text(created); len(created) != 12 || strings.Count("\n"+got, "\n+ ") != len(created) {
		t.Errorf("of a created user\n%s", got)
	}
}

// What cannot be told apart is not guessed: the change stands by itself.
func TestWholeOfTwins(t *testing.T) {
	doc := []byte(`{"ims":[{"value":"a","display":"x"},{"value":"b","display":"x"}],"a.b":1,"a":{"c":2}}`)
	list := []wire.Change{{Kind: Changed, Path: "ims[#1].display", Old: `"y"`, New: `"x"`}, {Kind: Removed, Path: "ims[#1]", Old: `{"value":"c"}`}, {Kind: Added, Path: "a.b", New: "1"}, {Kind: More, N: 3}}
	want := `  ims[a] {"value":"a","display":"x"}
  ims[b] {"value":"b","display":"x"}
- ims[#1] {"value":"c"}
~ ims[#1].display "x"
+ a.b 1
  a.c 2
`
	if got := text(Whole(user, doc, list)); got != want {
		t.Errorf("have\n%s\nwant\n%s", got, want)
	}
	if got := Whole(user, nil, nil); got != nil {
		t.Errorf("of nothing %v", got)
	}
	many := []byte(`{"roles":[` + strings.Repeat(`{"value":"x"},`, 2*few) + `{"value":"y"}]}`)
	if got := Whole(user, many, nil); len(got) != 2*few+1 || got[few].Path != fmt.Sprintf("roles[#%d]", few+1) {
		t.Errorf("of many %v", got)
	}
}

// The values that are not gone are those of the new state, each once, and every
// change is there, once.
func TestWholeLaw(t *testing.T) {
	label := regexp.MustCompile(`\[[^\]]*\]`)
	apart := func(path string, value []byte) []string {
		var out []string
		var walk func(path string, v scim.Value)
		walk = func(path string, v scim.Value) {
			switch v.Kind() {
			case scim.Object:
				for name, v := range v.Members() {
					if strings.HasPrefix(path, "urn:") && strings.HasSuffix(path, ":User") {
						walk(path+":"+name, v)
					} else {
						walk(path+"."+name, v)
					}
				}
			case scim.Array:
				for _, v := range v.Members() {
					walk(path, v)
				}
			default:
				out = append(out, path+"="+v.String())
			}
		}
		walk(path, decode(t, string(value)))
		return out
	}
	eachPair(t, func(t *testing.T, a, b []byte) {
		list := Of(Write{Type: user, Before: a, After: b})
		var want, got, changed, placed []string
		for w := scim.WalkJSON(b); w.Next(); {
			if !framing(w.Name) {
				want = append(want, apart(string(w.Name), w.Value)...)
			}
		}
		for _, c := range Whole(user, b, list) {
			if c.Kind != Same {
				placed = append(placed, c.Kind+Line(c))
			}
			if !gone(c.Kind) {
				got = append(got, apart(label.ReplaceAllString(c.Path, ""), []byte(c.New))...)
			}
		}
		for _, c := range differences(list) {
			if c.Path != scim.EnterpriseURN {
				changed = append(changed, c.Kind+Line(c))
			}
		}
		for _, l := range [][]string{want, got, changed, placed} {
			slices.Sort(l)
		}
		if !slices.Equal(got, want) {
			t.Errorf("have %q\nwant %q\n%s", got, want, Lines(list))
		}
		if !slices.Equal(placed, changed) {
			t.Errorf("marked  %q\nchanged %q", placed, changed)
		}
	})
}

func sortedLines(s string) string {
	lines := strings.Split(s, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
