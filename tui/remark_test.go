package tui

import (
	"strings"
	"testing"
	"time"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

// TestMarksAndNotesAreKept: what m and a put on a request is in the store, on
// screen, and what the filter finds.
func TestMarksAndNotesAreKept(t *testing.T) {
	a := newApp(t, 80, 24)
	a.log(exchange("ada@example.com"), exchange("bob@example.com"), exchange("kim@example.com"))
	a.press("k", "m", "a")
	a.sees("Note on #2")
	a.write("ask Bob")
	a.press("enter")
	a.sees(`"ask Bob"`)
	want := wire.Remark{Marked: true, Note: "ask Bob"}
	if have := a.store().Remarks(); len(have) != 1 || have[2] != want {
		t.Fatalf("the store has %+v", have)
	}
	a.pull() // what comes in says the same
	if row := a.requests().selected(); row.Seq != 2 || row.Remark != want {
		t.Errorf("#%d has %+v", row.Seq, row.Remark)
	}
	for _, text := range []string{"note:bob", "is:marked", "note:*", "ask"} {
		a.filter(text)
		if n := len(a.requests().shown); n != 1 || a.selected() != 2 {
			t.Errorf("%s shows %d", text, n)
		}
		a.press("esc")
	}
	a.press("enter")
	a.sees("* marked", "Your note ask Bob")
	a.press("m", "a", "ctrl+u", "enter") // in the detail
	if have := a.store().Remarks(); len(have) != 0 {
		t.Errorf("taken away, the store has %+v", have)
	}
	if text := a.text(); strings.Contains(text, "ask Bob") || strings.Contains(text, "marked") {
		t.Error(text)
	}
}

// TestRemarksFromElsewhere: another terminal marks and clears while this one looks.
func TestRemarksFromElsewhere(t *testing.T) {
	a := newApp(t, 80, 24)
	a.log(exchange("ada@example.com"), exchange("bob@example.com"), exchange("kim@example.com"))
	a.filter("is:marked")
	if err := a.store().SetNote(2, "from there"); err != nil {
		t.Fatal(err)
	}
	if err := a.store().SetMark(3, true); err != nil {
		t.Fatal(err)
	}
	a.pull()
	if r := a.requests(); len(r.shown) != 1 || a.selected() != 3 || r.marked() != 1 {
		t.Errorf("%d shown, %d marked", len(a.requests().shown), a.requests().marked())
	}
	a.press("esc")
	if err := a.store().ClearLog(); err != nil {
		t.Fatal(err)
	}
	a.store().Log(exchange("zoe@example.com"))
	a.pull()
	var left []uint64
	for _, row := range a.requests().rows {
		left = append(left, row.Seq)
	}
	if len(left) != 3 || left[0] != 2 || left[1] != 3 || left[2] != 4 {
		t.Errorf("after the clearing there are %v", left)
	}
	a.sees(`"from there"`)
}

// TestRefusedRemark: what the store does not take is taken back, and said.
func TestRefusedRemark(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(oktaDay()...) // the store has none of these
	a.press("m")
	a.sees("request 1045 is not in the log")
	if a.requests().selected().Remark.Marked {
		t.Error("the mark is still shown")
	}
	a.press("a")
	a.write(strings.Repeat("ä", store.NoteBytes/2+1))
	a.press("enter")
	a.sees("it is 2 bytes too long")
	a.clock = a.clock.Add(time.Second)
	a.press("esc")
}

// TestExportOfMarked writes the marked ones.
func TestExportOfMarked(t *testing.T) {
	a, dir := exporter(t, 3)
	a.press("m", "g", "m", "a")
	a.write("look here")
	a.press("enter", "x", "shift+tab", "right", "right", "enter")
	a.sees("2 requests written to requests.har")
	if text := readFile(t, dir, "requests.har"); !strings.Contains(text, `"note":"look here"`) || !strings.Contains(text, "; note: look here") {
		t.Error(text)
	}
}
