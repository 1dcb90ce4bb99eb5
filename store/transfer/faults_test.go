package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/sample"
)

func line(name, rest string) string {
	return fmt.Sprintf(`{"schemas":[%q],"userName":%q%s}`, scim.UserURN, name, rest)
}

func group(id, name string, members ...string) string {
	for i, m := range members {
		members[i] = fmt.Sprintf(`{"value":%q}`, m)
	}
	return fmt.Sprintf(`{"schemas":[%q],"id":%q,"displayName":%q,"members":[%s]}`, scim.GroupURN, id, name, strings.Join(members, ","))
}

// Each line is stored or refused as a whole, for the reason that POST would have, and in the file's order.
func TestRefusals(t *testing.T) {
	st := newStore(t, catalog)
	if o, err := bring(t, st, line("there@x", ""), Options{}); err != nil || o.Stored["User"] != 1 {
		t.Fatal(o, err)
	}
	file := strings.Join([]string{
		line("a@x", `,"id":"1"`),
		line("THERE@x", `,"id":"2"`),
		line("A@x", ""),
		`{"schemas":["` + scim.UserURN + `"]}`,
		line("b@x", `,"active":"maybe"`),
		line("c@x", `,"shoeSize":42,"password":"s3cret"`),
		`{"schemas":["` + keyURN + `"],"name":"okta"}`,
		group("g1", "Crew", "1", "2"),
		group("g2", "Lost", "1", "nobody"),
		group("g3", "Dependent", "g2"),
		group("g4", "Circle", "g5"),
		group("g5", "Circle", "g4", "1"),
		group("g6", "Itself", "g6"),
		line("d@x", `,"shoeSize":43`),
	}, "\n")
	want := []string{
		`line 2: 409 uniqueness: userName "there@x" is taken by ID`,
		`line 3: 409 uniqueness: userName "a@x" is taken by ID`,
		`line 4: 400 invalidValue: userName is required`,
		`line 5: 400 invalidValue: active: want a boolean, got "maybe"`,
		`line 7: keys are not imported, since their secrets are in no export: make new ones with scimdeck keys create`,
		`line 9: 400 invalidValue: members[1]: the User or Group with the id "nobody" is neither in the file nor in the store`,
		`line 10: 400 invalidValue: members[0]: the User or Group with the id "g2" was refused`,
		`line 13: 400 invalidValue: members: a group cannot be a member of itself`,
	}
	for _, dry := range []bool{true, false} {
		o, err := bring(t, st, file, Options{DryRun: dry})
		if err != nil {
			t.Fatal(err)
		}
		for i := range o.lines {
			if head, _, found := strings.Cut(o.lines[i], " is taken by "); found {
				o.lines[i] = head + " is taken by ID"
			}
		}
		expected := slices.Clone(want)
		if dry { // which does not make the group that would contain itself
			expected = slices.Delete(expected, 7, 8)
		}
		if !slices.Equal(o.lines, expected) {
			t.Errorf("dry %v: have\n%s\nwant\n%s", dry, strings.Join(o.lines, "\n"), strings.Join(expected, "\n"))
		}
		remarks := []Remark{{`unknown attribute "shoeSize" was ignored`, Place{Line: 6}, 2}}
		if !reflect.DeepEqual(o.Remarks, remarks) || o.Stored["User"] != 3 || o.Refused != len(expected)-1 || o.Skipped != 1 || o.Next != 15 {
			t.Errorf("dry %v: %+v", dry, o.Result)
		}
		if n := st.Count(catalog.Type("User")); n != map[bool]int{true: 1, false: 4}[dry] {
			t.Errorf("dry %v: %d users are there", dry, n)
		}
	}
	// Who was refused because he is there is in the group; the circle is one.
	have := nameless(t, exportOf(t, st, catalog))
	for _, part := range []string{`"displayName":"Crew","members":[{"value":"a@x"`, `"value":"there@x"`, `{"value":"Circle","$ref":"/Groups/Circle","type":"Group","display":"Circle"}`} {
		if !strings.Contains(strings.Join(have, "\n"), part) {
			t.Errorf("no %s in\n%s", part, strings.Join(have, "\n"))
		}
	}
	// With groups off their lines say what to do.
	o, err := bring(t, newStore(t, scim.NewCatalog(false)), group("g", "x"), Options{Catalog: scim.NewCatalog(false)})
	if err != nil || len(o.lines) != 1 || !strings.HasPrefix(o.lines[0], `line 1: 501: groups are off: "groups": true`) {
		t.Errorf("%v, %v", o, err)
	}
}

// An import that was interrupted goes on where it was, and then all is there once.
func TestInterrupted(t *testing.T) {
	text := sampled(900, sample.Options{Seed: 4})
	whole := newStore(t, catalog)
	if _, err := bring(t, whole, text, Options{}); err != nil {
		t.Fatal(err)
	}
	st := newStore(t, catalog)
	ended, cancel := context.WithCancel(ctx)
	var result Result
	lines := []string{}
	o := Options{Catalog: catalog, Report: func(l Line) { lines = append(lines, l.String()) }}
	o.Progress = func(r Result) {
		if r.Lines() > 100 {
			cancel()
		}
	}
	result, err := Import(ended, st, strings.NewReader(text), o)
	if !errors.Is(err, context.Canceled) || result.Next < 100 || result.Next > 850 || len(lines) > 0 {
		t.Fatalf("%+v, %v, %q", result, err, lines)
	}
	// Everything up to Next is stored, and nothing after it.
	if n := st.Count(catalog.Type("User")); n != result.Next-1 || n != result.Stored["User"] {
		t.Errorf("%d are stored, of %+v", n, result)
	}
	again, err := bring(t, st, text, Options{From: result.Next})
	if err != nil || again.Refused > 0 || again.Skipped != result.Next-1 || again.Next != 910 {
		t.Errorf("%+v, %v", again, err)
	}
	if have, want := nameless(t, exportOf(t, st, catalog)), nameless(t, exportOf(t, whole, catalog)); !slices.Equal(have, want) {
		t.Errorf("%d resources, not the same %d", len(have), len(want))
	}
}

// A file that breaks in the middle is imported up to there.
func TestBrokenFile(t *testing.T) {
	st := newStore(t, catalog)
	torn := errors.New("torn")
	text := line("a@x", "") + "\n" + line("b@x", "") + "\n" + line("c@x", "")[:20]
	r, err := Import(ctx, st, io.MultiReader(strings.NewReader(text), failing{torn}), Options{Catalog: catalog})
	if !errors.Is(err, torn) || r.Stored["User"] != 2 || r.Next != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	var fault *FormatError
	o, err := bring(t, st, `{"Resources":[`+line("d@x", "")+","+line("e@x", ""), Options{})
	if !errors.As(err, &fault) || o.Stored["User"] != 2 || o.Unit != "resource" || o.Next != 3 {
		t.Errorf("%+v, %v", o, err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

// A file of any size is read as it comes: its beginning is stored before its end is there.
func TestStreams(t *testing.T) {
	for name, frame := range map[string][3]string{
		"lines": {"", "\n", ""}, "list": {`{"totalResults":9,"Resources":[`, ",", "]}"}, "CSV": {"userName\n", "\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStore(t, catalog)
			r, w := io.Pipe()
			seen := make(chan struct{}, 1)
			o := Options{Catalog: catalog, Progress: func(r Result) {
				if r.Lines() > 0 {
					select {
					case seen <- struct{}{}:
					default:
					}
				}
			}}
			go func() {
				io.WriteString(w, frame[0])
				for i := 0; i < 2000; i++ {
					text := fmt.Sprintf("user%d@%s.example", i, strings.Repeat("x", 40))
					if name != "CSV" {
						text = line(text, "")
					}
					if i > 0 {
						text = frame[1] + text
					}
					if _, err := io.WriteString(w, text); err != nil {
						t.Error(err)
					}
					if i == 1700 {
						<-seen // waits for ever if nothing is stored before the end
					}
				}
				io.WriteString(w, frame[2])
				w.Close()
			}()
			if result, err := Import(ctx, st, r, o); err != nil || result.Stored["User"] != 2000 {
				t.Errorf("%+v, %v", result, err)
			}
		})
	}
}

// A reference that nobody is behind stays, with a remark, and a later line pays its debt.
func TestReferences(t *testing.T) {
	st := newStore(t, catalog)
	boss := func(id string) string {
		return fmt.Sprintf(`,"%s":{"manager":{"value":%q,"$ref":"https://old/Users/%s"}}`, scim.EnterpriseURN, id, id)
	}
	text := line("a@x", `,"id":"1"`+boss("2")) + "\n" + line("b@x", `,"id":"2"`+boss("9")) + "\n" + line("c@x", `,"id":"3"`+boss("1"))
	for _, dry := range []bool{true, false} {
		o, err := bring(t, st, text, Options{DryRun: dry, Policy: scim.Policy{Mode: scim.Lenient}})
		if err != nil || o.Stored["User"] != 3 || len(o.Remarks) == 0 || !strings.Contains(string(o.Remarks[len(o.Remarks)-1].Note), "manager names nobody") {
			t.Fatalf("dry %v: %+v, %v", dry, o, err)
		}
	}
	have := strings.Join(nameless(t, exportOf(t, st, catalog)), "\n")
	for _, part := range []string{`{"value":"b@x","$ref":"https://old/Users/b@x"}`, `{"value":"9","$ref":"https://old/Users/9"}`, `{"value":"a@x","$ref":"https://old/Users/a@x"}`} {
		if !strings.Contains(have, part) {
			t.Errorf("no %s in\n%s", part, have)
		}
	}
}

// What cannot be written or is not wanted any more ends an export.
func TestExportEnds(t *testing.T) {
	st := newStore(t, catalog)
	if _, err := bring(t, st, sampled(700, sample.Options{Seed: 1}), Options{}); err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	if _, err := Export(ctx, st, catalog, failing{full}, nil); !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Export(ended, st, catalog, io.Discard, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
	done, err := Export(ctx, st, catalog, io.Discard, nil)
	if err != nil || done.Resources["User"] != 700 || done.Resources["Group"] != 9 || Lines(st, catalog) != 709 {
		t.Errorf("%+v, %v, of %d", done, err, Lines(st, catalog))
	}
}
