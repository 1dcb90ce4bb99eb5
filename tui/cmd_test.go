package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// However fast requests come, there is at most one message a frame, and no
// request is missing in them.
func TestWatcherFolds(t *testing.T) {
	const n = 3000
	st := newStore(t, store.LogOptions{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d := newDeps(ctx, Options{Store: st}, ui.NewTheme(ui.Dark, false))
	ping, stop := st.Watch()
	defer stop()
	w := &watcher{d: d, st: st, ping: ping}
	began := time.Now()
	msg := w.first()
	go func() {
		for range n {
			st.Log(exchange("ada@example.com"))
		}
	}()
	seen, messages := uint64(0), 0
	for seen < n {
		c := msg.(changes)
		messages++
		for _, row := range c.rows {
			if seen++; row.Seq != seen {
				t.Fatalf("#%d comes after #%d", row.Seq, seen-1)
			}
		}
		if seen < n {
			msg = c.next()
		}
	}
	if most := int(time.Since(began)/frameTime) + 2; messages > most {
		t.Errorf("%d messages, want at most %d", messages, most)
	}
	cancel()
	for range 3 { // a ping may be left over
		if msg = w.next(); msg == nil {
			return
		}
	}
	t.Error("the watcher goes on after the end")
}

func TestLoadExchange(t *testing.T) {
	a := newApp(t, 80, 24)
	ex := exchange("ada@example.com")
	ex.Status, ex.ResponseBody = 409, []byte(`{"schemas":["x"],"status":"409","scimType":"uniqueness","detail":"userName is taken"}`)
	a.log(ex)
	m := loadExchange(a.d, 1)().(exchangeLoaded)
	if !m.ok || m.request == nil || m.response == nil || m.answer != "409 Conflict: uniqueness: userName is taken" {
		t.Errorf("%+v", m)
	}
	a.press("enter")
	a.sees("409 Conflict: uniqueness: userName is taken")
	if m := loadExchange(a.d, 99)().(exchangeLoaded); m.ok || m.ex != nil {
		t.Errorf("a request that never was: %+v", m)
	}
}

func TestSampleUsers(t *testing.T) {
	bodies := sampleUsers()
	if len(bodies) != 25 {
		t.Fatalf("%d samples, the key promises 25", len(bodies))
	}
	names, off := map[string]bool{}, 0
	for _, body := range bodies {
		v, err := scim.Decode(body, scim.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if name := v.Get("userName").Text(); names[name] || v.Get("id").Kind() != scim.Absent || strings.Contains(string(body), "manager") {
			t.Errorf("%s", body)
		} else {
			names[name] = true
		}
		if !v.Get("active").True() {
			off++
		}
	}
	if !names["ada.lovelace@example.com"] || off == 0 {
		t.Errorf("no Ada, or nobody is deactivated: %v, %d", names, off)
	}
}
