package scim

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestReadSearch(t *testing.T) {
	const urn = `"schemas":["` + SearchURN + `"]`
	show := func(n *int) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	for _, c := range []struct{ name, body, want string }{
		{"SRCH-01 nothing", `{` + urn + `}`, `[] [] "" "" "" - - -`},
		{
			"SRCH-02 everything", `{` + urn + `,"attributes":["userName","name"],"filter":"title pr","sortBy":"title","sortOrder":"descending","startIndex":2,"count":3}`,
			`[userName name] [] "title pr" "title" "descending" 2 3 -`,
		},
		{"SRCH-02 excludedAttributes", `{` + urn + `,"excludedAttributes":["emails"]}`, `[] [emails] "" "" "" - - -`},
		{"any case, nulls and what nobody knows", `{` + urn + `,"STARTINDEX":-1,"Count":0,"filter":null,"sortBy":null,"attributes":null,"cursor":null,"x":1}`, `[] [] "" "" "" -1 0 -`},
		{"CUR-11 cursor", `{` + urn + `,"cursor":""}`, `[] [] "" "" "" - - ""`},
		{"CUR-11 next cursor", `{` + urn + `,"cursor":"abc"}`, `[] [] "" "" "" - - "abc"`},
		{"huge numbers", `{` + urn + `,"startIndex":99999999999999999999,"count":-99999999999999999999}`, fmt.Sprintf(`[] [] "" "" "" %d %d -`, math.MaxInt, math.MinInt)},
		{"SRCH-03 no schemas", `{}`, "invalidSyntax: schemas is missing"},
		{"SRCH-03 another", `{"schemas":["` + ListURN + `"]}`, "invalidSyntax: schemas: want"},
		{"SRCH-04 array", `[]`, "invalidSyntax: the body: want a JSON object, got an array"},
		{"SRCH-04 count as a word", `{` + urn + `,"count":"ten"}`, `invalidValue: count: want a number, got "ten"`},
		{"SRCH-04 count that is no integer", `{` + urn + `,"count":1.5}`, "invalidValue: count: want an integer, got the number 1.5"},
		{"SRCH-04 attributes as a string", `{` + urn + `,"attributes":"userName"}`, `invalidValue: attributes: want an array, got "userName"`},
		{"SRCH-04 attributes of numbers", `{` + urn + `,"attributes":["a",5]}`, `invalidValue: attributes[1]: want an attribute's name as a string`},
		{"SRCH-04 filter as an object", `{` + urn + `,"filter":{}}`, "invalidValue: filter: want a string"},
		{"cursor as a number", `{` + urn + `,"cursor":5}`, "invalidValue: cursor: want a string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := ReadSearch(mustDecode(t, c.body))
			if err != nil {
				checkError(t, err, c.want)
				return
			}
			cursor := "-"
			if s.Cursor != nil {
				cursor = fmt.Sprintf("%q", *s.Cursor)
			}
			have := fmt.Sprintf("%v %v %q %q %q %s %s %s", s.Attributes, s.Excluded, s.Filter, s.SortBy, s.SortOrder, show(s.StartIndex), show(s.Count), cursor)
			if have != c.want {
				t.Errorf("have %s\nwant %s", have, c.want)
			}
		})
	}
}

func TestRootFilter(t *testing.T) {
	user := `{"schemas":["` + UserURN + `"],"id":"1","userName":"jane","displayName":"J","meta":{"resourceType":"User"}}`
	group := `{"schemas":["` + GroupURN + `"],"id":"2","displayName":"staff","members":[{"value":"1"}],"meta":{"resourceType":"Group"}}`
	for _, c := range []struct{ filter, want string }{ // SRCH-05, SRCH-07, GRP-21
		{`displayName pr`, "true true"},
		{`userName eq "jane"`, "true never"},
		{`userName pr`, "true never"},
		{`not (userName pr)`, "false true"},
		{`userName ne "x"`, "true true"},
		{`userName eq null`, "false true"},
		{`userName ne null`, "true never"},
		{`userName sw "j" or displayName eq "staff"`, "true true"},
		{`userName pr and displayName pr`, "true never"},
		{`members[value eq "1"]`, "never true"},
		{`members[value eq "1"] or name.familyName co "x"`, "false true"},
		{`emails[type eq "work"]`, "false never"},
		{`meta.resourceType eq "Group"`, "false true"},
		{EnterpriseURN + `:department pr`, "false never"},
		{`nosuch eq "x"`, "invalidFilter: column 1: "},
		{`userName pr or nosuch eq "x"`, "invalidFilter: column 16: "},
		{`userName xx "y"`, "invalidFilter: column 10"},
		{`name eq "x"`, "invalidFilter: column 1: name is complex"},
		{``, "invalidFilter: column 1: the filter is empty"},
	} {
		filters, _, err := catalog.ReadFilter(c.filter, Policy{})
		if err != nil {
			checkError(t, err, c.want)
			continue
		}
		var have []string
		for i, doc := range []string{user, group} {
			text := fmt.Sprint(filters[i].Match([]byte(doc)))
			if filters[i].Never() {
				if text == "true" {
					t.Errorf("%s matches what it can never match", c.filter)
				}
				text = "never"
			}
			have = append(have, text)
			if again, err := ParseFilter(filters[i].String()); err != nil {
				t.Errorf("%s: its canonical form is %s: %v", c.filter, again, err)
			}
		}
		if s := strings.Join(have, " "); s != c.want {
			t.Errorf("%s: have %s, want %s", c.filter, s, c.want)
		}
	}
}

func TestRootSortAndProject(t *testing.T) {
	sorts, err := catalog.Sort("USERNAME", "descending")
	if err != nil {
		t.Fatal(err)
	}
	group := []byte(`{"id":"2","displayName":"staff"}`)
	if a, b := sorts[0].Key(nil, []byte(`{"userName":"a"}`)), sorts[1].Key(nil, group); string(a) <= string(b) {
		t.Error("SRCH-07: a group, which has no userName, is first in descending order")
	}
	_, err = catalog.Sort("nosuch", "")
	checkError(t, err, "invalidPath: sortBy: User has no attribute")
	_, err = catalog.Sort("userName", "up")
	checkError(t, err, "invalidValue: sortOrder")
	if sorts, err = catalog.Sort("", ""); err != nil || sorts[0] != nil || sorts[1] != nil {
		t.Error("no sortBy is an order")
	}
	list, err := catalog.Project([]string{"members,userName"}, nil)
	if err != nil || list[0].Wants("emails") || !list[0].Wants("userName") || !list[1].Wants("members") {
		t.Errorf("have %v, %v", list, err)
	}
	_, err = catalog.Project([]string{"members"}, []string{"x"})
	checkError(t, err, "invalidValue")
}
