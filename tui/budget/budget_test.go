package budget

import (
	"testing"
	"time"
)

// failing notes whether a test would have failed.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Helper()               {}
func (f *failing) Logf(string, ...any)   {}
func (f *failing) Errorf(string, ...any) { f.failed = true }

func TestWithin(t *testing.T) {
	defer func(was bool) { Strict = was }(Strict)
	Strict = true
	for name, c := range map[string]struct {
		took   []time.Duration // of one try after the other; the last for ever
		failed bool
		asked  int
	}{
		"at once":         {[]time.Duration{5}, false, 1},
		"a busy moment":   {[]time.Duration{99, 5}, false, 2},
		"too slow always": {[]time.Duration{99, 98}, true, tries},
	} {
		asked := 0
		f := &failing{TB: t}
		Within(f, 10, func() time.Duration {
			asked++
			return c.took[min(asked, len(c.took))-1]
		})
		if race {
			c.failed, c.asked = false, 1
		}
		if f.failed != c.failed || asked != c.asked {
			t.Errorf("%s: failed %v after %d tries", name, f.failed, asked)
		}
	}
}

func TestWithinIsGenerous(t *testing.T) {
	defer func(was bool) { Strict = was }(Strict)
	Strict = false
	for took, failed := range map[time.Duration]bool{40: false, 41: !race} {
		f := &failing{TB: t}
		if Within(f, 10, func() time.Duration { return took }); f.failed != failed {
			t.Errorf("%v of 10: failed %v", took, f.failed)
		}
	}
}

func TestWorst(t *testing.T) {
	if got := Worst(3, func(i int) { time.Sleep(time.Duration(i) * time.Millisecond) }); got < 2*time.Millisecond {
		t.Error(got)
	}
}
