package tui

import (
	"fmt"
	"time"

	"scimdeck/store"
)

// meter counts requests and problems by the second, for the header.
type meter struct {
	at       int64 // the latest second counted, Unix
	all, bad [meterSpan]uint16
}

// meterSpan is how far back the meter looks, in seconds: five minutes.
const meterSpan = 300

func (m *meter) add(row *store.Row) {
	sec := row.Start.Unix()
	m.forward(sec)
	if m.at-sec >= meterSpan {
		return
	}
	i := sec % meterSpan
	if m.all[i] < 1<<16-1 {
		m.all[i]++
		if row.Problem {
			m.bad[i]++
		}
	}
}

// forward empties the seconds between the latest one and sec.
func (m *meter) forward(sec int64) {
	if sec-m.at >= meterSpan {
		*m = meter{at: sec}
		return
	}
	for m.at < sec {
		m.at++
		m.all[m.at%meterSpan], m.bad[m.at%meterSpan] = 0, 0
	}
}

// count adds up the seconds from now-from back to now-to+1.
func (m *meter) count(now time.Time, from, to int64) (all, bad int) {
	for ago := from; ago < to; ago++ {
		sec := now.Unix() - ago
		if sec > m.at || m.at-sec >= meterSpan || sec < 0 {
			continue
		}
		all += int(m.all[sec%meterSpan])
		bad += int(m.bad[sec%meterSpan])
	}
	return all, bad
}

// rate is the requests per second of the last ten seconds, in words.
func (m *meter) rate(now time.Time) string {
	all, _ := m.count(now, 0, 10)
	if all == 0 || all >= 10 {
		return fmt.Sprintf("%d/s", all/10)
	}
	return fmt.Sprintf("0.%d/s", all)
}

// bars draws the last minute in n bars, the latest right.
func (m *meter) bars(now time.Time, n int, heights []string, none string) string {
	counts := make([]int, n)
	most := 0
	span := int64(60 / n)
	for i := range counts {
		counts[n-1-i], _ = m.count(now, int64(i)*span, int64(i+1)*span)
		most = max(most, counts[n-1-i])
	}
	s := ""
	for _, c := range counts {
		switch {
		case most == 0:
			s += none
		case c == 0:
			s += heights[0]
		default:
			s += heights[max(c*(len(heights)-1)/most, 1)]
		}
	}
	return s
}

// still reports whether the header's numbers will stay as they are.
func (m *meter) still(now time.Time) bool {
	all, _ := m.count(now, 0, 62)
	_, bad := m.count(now, 0, meterSpan)
	return all == 0 && bad == 0
}
