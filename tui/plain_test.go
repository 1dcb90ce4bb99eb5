package tui

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"scimdeck/store"
	"scimdeck/store/find"
)

func TestPlainLine(t *testing.T) {
	rows := oktaDay()
	tests := []struct {
		i    int
		want string
	}{
		{2, "1026 14:00:40 GET 200 4ms find user userName=ada@example.com, 0 found"},
		{3, "1027 14:00:45 POST 201 11ms create ada@example.com"},
		{5, `1029 14:00:55 GET 401 1ms problem: no valid key: header has no "Bearer "`},
		{6, "1030 14:01:00 GET 200 5ms list users 1-100, 100 of 214"},
	}
	for _, tt := range tests {
		if got := plainLine(rows[tt.i], time.UTC); got != tt.want {
			t.Errorf("\nhave %s\nwant %s", got, tt.want)
		}
	}
	none := *rows[0]
	none.Status, none.Problem = 0, true
	if got := plainLine(&none, time.UTC); !strings.Contains(got, " no answer ") || !strings.Contains(got, "problem: ") {
		t.Errorf("without an answer: %s", got)
	}
	for _, r := range nastyRows() {
		line := plainLine(r, time.UTC)
		if strings.ContainsFunc(line, func(c rune) bool { return c < 0x20 || c >= 0x7f && c < 0xa0 }) {
			t.Errorf("a control character in %q", line)
		}
	}
}

func TestJSONLine(t *testing.T) {
	for _, r := range append(oktaDay(), nastyRows()...) {
		line := appendJSON(nil, r)
		var got map[string]any
		if err := json.Unmarshal(line, &got); err != nil || bytes.ContainsAny(line, "\n\x1b") {
			t.Fatalf("%s: %v", line, err)
		}
		if got["number"] != float64(r.Seq) || got["status"] != float64(r.Status) || got["problem"] != r.Problem {
			t.Errorf("%s", line)
		}
		for name, want := range map[string]string{
			"event": "request", "method": r.Method, "op": r.Op, "user": r.Name, "id": r.ID, "path": r.Path, "target": r.Target, "key": r.KeyName,
			"refused": r.Refused, "agent": r.Agent, "host": r.Host, "sentence": r.Sentence, "resource": find.Resource(r), "source": find.Source(r),
			"time": r.Start.UTC().Format("2006-01-02T15:04:05.000Z"),
		} {
			if have, _ := got[name].(string); have != string([]rune(want)) {
				t.Errorf("%s is %q, want %q in %s", name, have, want, line)
			}
		}
	}
	for _, name := range []string{"method", "status", "user", "key", "path", "op", "resource", "took", "source", "id", "agent", "host"} {
		if _, ok := find.Lookup(name); !ok {
			t.Errorf("%q is a member but no filter word", name)
		}
	}
}

// buffer is a writer that may be read while it is written to.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// Statement 55: a line for each request, in order; those from before are not printed.
func TestAcceptance55_Plain(t *testing.T) {
	st := newStore(t, store.LogOptions{})
	st.Log(exchange("before@example.com"))
	st.FlushLog()
	ctx, cancel := context.WithCancel(context.Background())
	var out buffer
	ended := make(chan error)
	go func() { ended <- Plain(ctx, st, &out, false) }()
	const n = 50
	deadline := time.Now().Add(10 * time.Second)
	for strings.Count(out.String(), "\n") < n && time.Now().Before(deadline) {
		if st.LogState().Last < n+100 { // Plain may begin only after some of them
			st.Log(exchange("ada@example.com"))
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, line := range lines {
		if strings.Contains(line, "before@") || strings.Contains(line, "not shown") {
			t.Errorf("line %d: %s", i, line)
		}
	}
	if len(lines) < n {
		t.Errorf("%d lines, want at least %d", len(lines), n)
	}
}
