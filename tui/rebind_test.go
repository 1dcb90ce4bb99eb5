package tui

import (
	"strings"
	"testing"
)

// TestRebind: an action has the keys that it was given and no others, everywhere
// that keys are spoken of; what cannot be changes nothing and says why.
func TestRebind(t *testing.T) {
	defer func() {
		if err := Rebind(nil); err != nil || lookup(inRequests, "m") == nil || rebound {
			t.Errorf("put back: %v", err)
		}
	}()
	if err := Rebind([]string{"mark=space", "mark=ctrl+g", "onlyWrites=m"}); err != nil {
		t.Fatal(err)
	}
	a := newApp(t, 140, 40)
	a.log(exchange("ada@example.com"))
	a.pull()
	a.press("ctrl+g")
	a.pull()
	if !a.requests().selected().Remark.Marked {
		t.Error("the new key does nothing")
	}
	a.sees("space ^g mark")
	a.press("m")
	if got := a.requests().filter.String(); got != "method:write" {
		t.Errorf("m gives the filter %q", got)
	}
	a.press("?")
	a.write("space")
	a.sees("space ^g")

	for _, x := range []struct{ binding, why string }{
		{"mark=f", "f would be the key of both follow and mark"},
		{"marc=x", `"marc" is no action`},
		{"back=x", `"back" keeps its key`},
		{"mark=ctrl+i", `"ctrl+i" is no key for mark`},
		{"mark=two", `"two" is no key for mark`},
	} {
		if err := Rebind([]string{x.binding}); err == nil || !strings.Contains(err.Error(), x.why) {
			t.Errorf("%s: %v", x.binding, err)
		}
		if lookup(inRequests, "ctrl+g") == nil {
			t.Fatalf("%s has changed the table", x.binding)
		}
	}
}
