package tui

import (
	"testing"
	"time"

	"scimdeck/store"
	"scimdeck/tui/ui"
)

func TestMeter(t *testing.T) {
	var m meter
	add := func(ago time.Duration, n int, problem bool) {
		for range n {
			m.add(&store.Row{Start: start.Add(-ago), Problem: problem})
		}
	}
	add(400*time.Second, 7, true) // too long ago
	add(200*time.Second, 1, true)
	add(30*time.Second, 4, false)
	add(5*time.Second, 25, false)
	add(45*time.Second, 2, true) // late
	if all, bad := m.count(start, 0, meterSpan); all != 32 || bad != 3 {
		t.Errorf("%d requests and %d problems in five minutes, want 32 and 3", all, bad)
	}
	if got := m.rate(start); got != "2/s" {
		t.Errorf("rate %s, want 2/s", got)
	}
	if got := m.bars(start, 4, []string{"0", "1", "2", "3"}, "."); got != "1103" {
		t.Errorf("bars %s, want 1103: fifteen seconds each", got)
	}
	glyphs := ui.NewTheme(ui.Dark, false).Glyph.Bars
	if got := m.bars(start.Add(time.Hour), 8, glyphs, "·"); got != "········" {
		t.Errorf("bars an hour later: %s", got)
	}
	if m.still(start) || !m.still(start.Add(time.Hour)) {
		t.Error("the meter moves when it should not, or the reverse")
	}
}
