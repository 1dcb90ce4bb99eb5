package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/explain/history"
	"scimdeck/scim/wire"
)

// told is the history of a user by the exchanges of the log that pass.
func (b *bench) told(id string, pass func(*wire.Exchange) bool) history.History {
	b.t.Helper()
	b.logged()
	var numbers []uint64
	for _, row := range b.store.Rows(nil, 0, 0) {
		if row.ID == id || row.Op == "bulk" {
			numbers = append(numbers, row.Seq)
		}
	}
	s := history.Subject{Type: b.srv.catalog.Type("User"), ID: id}
	doc, ok, err := b.store.Get(s.Type, nil, id)
	if err != nil {
		b.t.Fatal(err)
	}
	if ok {
		s.Now, s.Base = doc, b.base
	}
	some := func(yield func(*wire.Exchange, error) bool) {
		for ex, err := range b.store.Exchanges(context.Background(), numbers) {
			if (ex == nil || pass(ex)) && !yield(ex, err) {
				return
			}
		}
	}
	h, err := history.Tell(s, iter.Seq2[*wire.Exchange, error](some))
	if err != nil {
		b.t.Fatal(err)
	}
	return h
}

func every(*wire.Exchange) bool { return true }

// sameState compares a version with a resource as the server gave it, without groups.
func sameState(t testing.TB, have []byte, want map[string]any) bool {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(have, &got); err != nil {
		t.Fatalf("%v: %s", err, have)
	}
	delete(want, "groups")
	return reflect.DeepEqual(got, want)
}

// The law of histories: whatever is sent, and whatever the log has lost of it, a
// version that a history shows is the one that a client could read then; none is
// missing that a whole log knows; and each change is what turned one into the next.
func TestHistoryLaw(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 5))
		b := newBench(t, true, func(o *Options) {
			if seed%3 == 2 {
				o.LogBody = 420 // some answers fit, some do not
			}
		})
		id := b.create("ada@example.com")
		truth := map[string]map[string]any{}
		look := func() {
			doc, _, err := b.store.Get(b.srv.catalog.Type("User"), nil, id)
			if err != nil {
				t.Fatal(err)
			}
			a := answer{body: string(scim.AppendWire(nil, doc, b.base))}
			truth[a.json(t)["meta"].(map[string]any)["version"].(string)] = a.json(t)
		}
		look()
		for range 30 {
			pick := func(list ...string) string { return list[r.IntN(len(list))] }
			title := pick("Engineer", "Staff Engineer", strings.Repeat("long ", 60))
			path := "/Users/" + id + pick("", "", "?attributes=title", "?excludedAttributes=groups")
			switch r.IntN(7) {
			case 0, 1:
				b.do("PATCH", path, patchBody(fmt.Sprintf(`{"op":"replace","path":"title","value":%q}`, title)))
			case 2:
				b.do("PUT", path, user("ada@example.com", fmt.Sprintf(`,"nickName":%q`, title)))
			case 3:
				b.do("PATCH", path, patchBody(fmt.Sprintf(`{"op":"replace","value":{"active":%v}}`, r.IntN(2) == 0)))
			case 4:
				b.do("GET", path, "")
			case 5:
				b.do("PUT", path, `{"schemas":["x"]}`) // refused
			case 6:
				b.do("POST", "/Bulk", fmt.Sprintf(`{"schemas":[%q],"Operations":[{"method":"PATCH","path":"/Users/%s","data":%s}]}`,
					scim.BulkURN, id, patchBody(fmt.Sprintf(`{"op":"replace","path":"title","value":%q}`, title))))
			}
			look()
		}
		pass := every
		if seed%3 == 1 { // the beginning of the log is gone, and much of the rest
			pass = func(ex *wire.Exchange) bool { return ex.Seq > 10 && ex.Seq%3 != 0 }
		}
		h := b.told(id, pass)
		if n := b.leaves(id, truth); n == 0 && seed%3 != 2 {
			t.Errorf("seed %d: no exchange tells what it left", seed)
		}
		var last uint64
		for i, v := range h.Versions {
			want := truth[v.ETag()]
			switch {
			case want == nil:
				t.Fatalf("seed %d: version %d never was", seed, v.Number)
			case v.Doc == nil && v.Gap == "" || v.Doc != nil && v.Gap != "":
				t.Errorf("seed %d, version %d: state %.80q, but %q", seed, v.Number, v.Doc, v.Gap)
			case v.Doc != nil && !sameState(t, v.Doc, want):
				t.Errorf("seed %d, version %d by #%d is\n%s\nwas %v", seed, v.Number, v.By, v.Doc, want)
			case v.Number != last+1+v.Skipped:
				t.Errorf("seed %d: version %d after %d with %d between", seed, v.Number, last, v.Skipped)
			case seed%3 == 0 && (v.Skipped > 0 || v.By == 0):
				t.Errorf("seed %d: the whole log does not know who made version %d", seed, v.Number)
			case v.Known && i > 0 && v.From == h.Versions[i-1].Number:
				b.holds(v, truth[h.Versions[i-1].ETag()], want)
			}
			last = v.Number
		}
		if int(last) != len(truth) {
			t.Errorf("seed %d: the last version is %d of %d", seed, last, len(truth))
		}
	}
}

// leaves fails unless what a write left, as its answer alone tells it, is what could
// be read after it. It returns of how many exchanges that is told.
func (b *bench) leaves(id string, truth map[string]map[string]any) (told int) {
	b.t.Helper()
	for _, row := range b.store.Rows(nil, 0, 0) {
		ex, ok, err := b.store.Exchange(row.Seq)
		if err != nil || !ok {
			b.t.Fatal(ok, err)
		}
		doc, gap := history.After(b.srv.catalog.Type("User"), ex)
		switch {
		case (doc == nil) == (gap == ""), ex.ID != id && doc != nil:
			b.t.Errorf("#%d left %.80q, but %q", ex.Seq, doc, gap)
		case doc != nil:
			told++
			if tag := scim.Unquote(scim.MemberOf(scim.MemberOf(doc, "meta"), "version")); !sameState(b.t, doc, truth[tag]) {
				b.t.Errorf("#%d left\n%s\nand there was %v", ex.Seq, doc, truth[tag])
			}
		}
	}
	return told
}

// holds fails unless the changes of a version name just the attributes in which
// two states differ.
func (b *bench) holds(v history.Version, before, after map[string]any) {
	b.t.Helper()
	differ := map[string]bool{}
	for _, m := range []map[string]any{before, after} {
		for name := range m {
			if name != "meta" && name != "groups" && !reflect.DeepEqual(before[name], after[name]) {
				differ[name] = true
			}
		}
	}
	told := map[string]bool{}
	for _, c := range v.Changes {
		name, _, _ := strings.Cut(c.Path, ".")
		name, _, _ = strings.Cut(name, "[")
		told[name] = true
	}
	delete(told, "id")
	if !reflect.DeepEqual(told, differ) {
		b.t.Errorf("version %d: %v changed, the history says %v", v.Number, differ, v.Changes)
	}
}

// What the log cannot tell is said, and what it can tell is not given up for it.
func TestHistoryOfWhatIsMissing(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	title := func(title, query string) answer {
		return b.do("PATCH", "/Users/"+id+query, patchBody(fmt.Sprintf(`{"op":"replace","path":"title","value":%q}`, title)))
	}
	title("A", "?attributes=userName") // 2: its answer is narrowed
	title("B", "?attributes=userName") // 3: so is this one, but somebody read it
	b.do("GET", "/Users/"+id, "")
	title("B", "")                               // changes nothing
	title(strings.Repeat("x", 3*16<<10), "")     // 4: its answer is cut
	title("C", "")                               // 5
	b.do("DELETE", "/Users/"+id, "", "If-Match") // the end
	b.do("GET", "/Users/"+id, "")                // 404
	h := b.told(id, every)
	var have []string
	for _, v := range h.Versions {
		have = append(have, fmt.Sprintf("%d by #%d: %s; %v %s", v.Number, v.By, v.Brief(), v.Doc != nil, v.Gap))
	}
	want := []string{
		"1 by #1: created; true ",
		"2 by #2: +title; false its answer has only some of the attributes",
		"3 by #3: ~title; true ",
		"4 by #6: ~title; false the log keeps only the beginning of its answer",
		"5 by #7: ~title; true ",
		"0 by #8: deleted; false ",
	}
	if !slices.Equal(have, want) {
		t.Errorf("have\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
	if len(h.Touches) != 9 || h.Touches[4].Made || h.Touches[4].Version != 3 || h.Touches[8].Version != 0 {
		t.Errorf("touches %+v", h.Touches)
	}
	if i := h.Made(6); i != 3 {
		t.Errorf("#6 made the version with index %d", i)
	}
	for _, touch := range h.Touches {
		if touch.Exchange.RequestBody != nil || touch.Exchange.ResponseBody != nil {
			t.Errorf("#%d keeps its bodies", touch.Exchange.Seq)
		}
	}

	// Of a log that has only the last write the state now, and that four are not known.
	b = newBench(t, false, nil)
	id = b.create("bob@example.com")
	for _, name := range []string{"A", "B", "C"} {
		b.do("PATCH", "/Users/"+id, patchBody(fmt.Sprintf(`{"op":"replace","path":"title","value":%q}`, name)))
	}
	h = b.told(id, func(ex *wire.Exchange) bool { return ex.Seq == 2 })
	if len(h.Versions) != 2 {
		t.Fatalf("%+v", h.Versions)
	}
	v, now := h.Versions[0], h.Versions[1]
	if v.Skipped != 1 || now.Skipped != 1 || now.By != 0 || now.From != 2 || now.Brief() != "~title" || !bytes.Contains(now.Doc, []byte(`"title":"C"`)) || now.At.IsZero() {
		t.Errorf("%+v\n%+v", v, now)
	}
	events := h.Events()
	if len(events) != 2 || events[0].Touch == nil || events[0].Version != &h.Versions[0] || events[1].Touch != nil || events[1].Version != &h.Versions[1] {
		t.Errorf("events %+v", events)
	}
	if h = b.told(id, func(*wire.Exchange) bool { return false }); len(h.Versions) != 1 || h.Versions[0].Brief() != "not known what changed" {
		t.Errorf("of an empty log: %+v", h)
	}
	if h = b.told("nobody", every); len(h.Versions)+len(h.Touches) != 0 {
		t.Errorf("of nobody: %+v", h)
	}
}
