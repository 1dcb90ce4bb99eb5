package store

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim/wire"
)

// TestRemarksAgainstAMap holds random remarks, clears, retention and restarts
// against a plain map: a remark is there exactly as long as its entry.
func TestRemarksAgainstAMap(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	dir := t.TempDir()
	start := func() *Store { return open(t, in(dir), func(o *Options) { o.Log.Entries = 60 }) }
	s := start()
	want := map[uint64]wire.Remark{}
	last := uint64(0)
	for range 400 {
		switch n := r.IntN(20); {
		case n < 9:
			for range 1 + r.IntN(5) {
				s.Log(exchange(int(last)))
				last++
			}
			s.FlushLog()
		case n < 18 && last > 0:
			number := 1 + uint64(r.IntN(int(last)))
			_, there, err := s.Exchange(number)
			if err != nil {
				t.Fatal(err)
			}
			m := want[number]
			if n < 14 {
				m.Marked = r.IntN(3) > 0
				err = s.SetMark(number, m.Marked)
			} else {
				m.Note = []string{"", "ask Bob", "twice?"}[r.IntN(3)]
				err = s.SetNote(number, m.Note)
			}
			if (err == nil) != there {
				t.Fatalf("entry %d is there: %v; remark: %v", number, there, err)
			}
			if want[number] = m; m == (wire.Remark{}) || !there {
				delete(want, number)
			}
		case n == 18:
			if err := s.ClearLog(); err != nil {
				t.Fatal(err)
			}
			if have := len(s.Rows(nil, 0, 0)); have != len(want) {
				t.Fatalf("%d entries are left of %d with a remark", have, len(want))
			}
		case n == 19:
			closeVerified(t, s)
			s = start()
		}
		maps.DeleteFunc(want, func(number uint64, _ wire.Remark) bool {
			_, there, _ := s.Exchange(number)
			return !there
		})
		if have := s.Remarks(); !maps.Equal(have, want) {
			t.Fatalf("have %v\nwant %v", have, want)
		}
		for _, row := range s.Rows(nil, 0, 0) {
			if row.Remark != want[row.Seq] {
				t.Fatalf("row %d has %+v, want %+v", row.Seq, row.Remark, want[row.Seq])
			}
		}
	}
	if last < 100 {
		t.Fatalf("only %d entries were logged", last)
	}
}

func TestRemarkOnTheExchange(t *testing.T) {
	s := open(t)
	for i := range 3 {
		s.Log(exchange(i))
	}
	s.FlushLog()
	before := s.LogState().Remarks
	if err := errors.Join(s.SetMark(2, true), s.SetNote(2, "\tthis \u202eone\x1b[2J,\nwhy twice? \xff")); err != nil {
		t.Fatal(err)
	}
	want := wire.Remark{Marked: true, Note: "this one[2J, why twice? \uFFFD"}
	if ex, _, err := s.Exchange(2); err != nil || ex.Remark != want {
		t.Errorf("%+v, %v", ex.Remark, err)
	}
	if now := s.LogState().Remarks; now == before {
		t.Error("LogState does not say that a remark has changed")
	} else if err := s.SetMark(2, true); err != nil || s.LogState().Remarks != now {
		t.Errorf("a mark that was there already is a change; %v", err)
	}
}

func TestRemarksAreBounded(t *testing.T) {
	s := open(t)
	for i := range MaxRemarks + 1 {
		s.Log(exchange(i))
	}
	s.FlushLog()
	for i := range MaxRemarks {
		if err := s.SetMark(uint64(i+1), true); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetNote(MaxRemarks+1, "x"); err == nil || !strings.Contains(err.Error(), "take one away first") {
		t.Errorf("one more: %v", err)
	}
	if err := s.SetNote(1, strings.Repeat("ä", NoteBytes/2)); err != nil {
		t.Error(err)
	}
	if err := s.SetNote(1, strings.Repeat("ä", NoteBytes/2)+"b"); err == nil {
		t.Error("a note that is too long was taken")
	}
	for _, number := range []uint64{0, MaxRemarks + 2, 1 << 63} {
		if err := s.SetMark(number, true); err == nil || err.Error() != fmt.Sprintf("request %d is not in the log", number) {
			t.Errorf("%d: %v", number, err)
		}
	}
	if err := errors.Join(s.Close(), s.SetMark(1, false)); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

// TestClearKeepsRemarked: what is left is as it was, and numbers go on.
func TestClearKeepsRemarked(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	const n = 700
	for i := range n {
		s.Log(exchange(i))
	}
	s.FlushLog()
	marked := []uint64{1, 40, 256, 257, 690}
	want := map[uint64]*wire.Exchange{}
	rows := map[uint64]*Row{}
	for _, number := range marked {
		if err := s.SetMark(number, true); err != nil {
			t.Fatal(err)
		}
		want[number], _, _ = s.Exchange(number)
	}
	for _, row := range s.Rows(nil, 0, 0) {
		rows[row.Seq] = row
	}
	if err := s.ClearLog(); err != nil {
		t.Fatal(err)
	}
	check := func(s *Store) {
		t.Helper()
		have := s.Rows(nil, 0, 0)
		if len(have) != len(marked) {
			t.Fatalf("%d rows are left", len(have))
		}
		for i, row := range have {
			ex, ok, err := s.Exchange(row.Seq)
			if row.Seq != marked[i] || !ok || err != nil || !reflect.DeepEqual(ex, want[row.Seq]) || !reflect.DeepEqual(row, rows[row.Seq]) {
				t.Fatalf("%d: %v %v\nhave %+v\nwant %+v\nhave %+v\nwant %+v", row.Seq, ok, err, row, rows[row.Seq], ex, want[row.Seq])
			}
		}
	}
	check(s)
	closeVerified(t, s)
	s = open(t, in(dir))
	check(s)
	s.Log(exchange(n))
	s.FlushLog()
	if last := s.LogState().Last; last != n+1 {
		t.Errorf("the next number is %d", last)
	}
}

// TestOrphanedRemarks: a program that does not know remarks has deleted the entry.
func TestOrphanedRemarks(t *testing.T) {
	dir := t.TempDir()
	s := open(t, in(dir))
	s.Log(exchange(0))
	s.FlushLog()
	if err := s.SetNote(1, "stays"); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Update(func(txn *badger.Txn) error {
		return txn.Set(numbered(spaceRemark, 9), appendRemark(nil, wire.Remark{Note: "x"}))
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(ctx); err == nil {
		t.Error("Verify sees nothing")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, in(dir))
	s.LogState() // waits until the log is loaded
	s.FlushLog()
	if have := s.Remarks(); !maps.Equal(have, map[uint64]wire.Remark{1: {Note: "stays"}}) {
		t.Errorf("%v", have)
	}
}
