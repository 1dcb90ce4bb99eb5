package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
)

// goroutines waits until there are no more goroutines than there were.
func goroutines(t *testing.T, before int) {
	t.Helper()
	var now int
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if now = runtime.NumGoroutine(); now <= before {
			return
		}
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines, there were %d:\n%s", now, before, stacks[:runtime.Stack(stacks, true)])
}

func (b *bench) get(path string) string {
	return "GET /scim/v2" + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b.key + "\r\n\r\n"
}

// fill creates n users of some kilobytes each.
func (b *bench) fill(n, size int) {
	b.t.Helper()
	t := b.srv.catalog.Type("User")
	for i := range n {
		body := user(fmt.Sprintf("user%04d@example.com", i), fmt.Sprintf(`,"title":%q`, strings.Repeat("x", size)))
		v, err := scim.Decode([]byte(body), scim.Limits{})
		if err != nil {
			b.t.Fatal(err)
		}
		d, _, err := t.Read(v, scim.Policy{})
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := b.store.Create(context.Background(), t, d); err != nil {
			b.t.Fatal(err)
		}
	}
}

// Clients that read nothing, or a byte now and then, do not hold up others, even if
// one request at a time is all that is allowed.
func TestSlowReaders(t *testing.T) {
	b := newBench(t, false, func(o *Options) { o.Limits.Requests = 1 })
	b.fill(500, 4<<10)
	before := runtime.NumGoroutine()
	address, stop := b.serve()
	const page = "/Users?count=500" // 2 MB
	var silent []net.Conn
	for range 10 { // each asks for more than all buffers on the way take
		silent = append(silent, raw(t, address, strings.Repeat(b.get(page), 20)))
	}
	slow := raw(t, address, b.get("/Users?count=20"))
	b.http.Client().Timeout = 20 * time.Second // who waits for a slow reader waits for as long as that one likes
	for range 20 {
		if a := b.do("GET", "http://"+address+"/scim/v2/Users?count=1", ""); a.status != 200 {
			t.Errorf("beside slow readers: %d %s", a.status, a.body)
		}
	}
	if a := readAnswer(t, bufio.NewReaderSize(oneByte{slow}, 16)); a.status != 200 || len(a.body) < 20*4<<10 {
		t.Errorf("read byte by byte: %d, %d bytes", a.status, len(a.body))
	}
	for _, c := range append(silent, slow) {
		c.Close()
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	b.http.Client().CloseIdleConnections()
	goroutines(t, before)
	if n := b.srv.loose.Load(); n != 0 || len(b.srv.turns) != 0 {
		t.Errorf("%d bytes are still being written, %d turns are taken", n, len(b.srv.turns))
	}
}

type oneByte struct{ io.Reader }

func (r oneByte) Read(p []byte) (int, error) { return r.Reader.Read(p[:1]) }

// The answers that wait for their readers without a turn have a bound; the next one keeps its turn.
func TestLooseAnswersAreBounded(t *testing.T) {
	s := New(Options{Store: newBench(t, false, nil).store})
	var calls []*call
	for s.loose.Load()+1<<20 <= looseBytes {
		s.turns <- struct{}{}
		c := &call{s: s, turn: true}
		c.loosen(1 << 20)
		if calls = append(calls, c); c.turn {
			t.Fatalf("a turn is kept beside %d bytes", s.loose.Load())
		}
	}
	for _, size := range []int{1 << 20, looseSmall + 1} {
		s.turns <- struct{}{}
		c := &call{s: s, turn: true}
		c.loosen(size)
		if !c.turn || s.loose.Load() != looseBytes {
			t.Errorf("%d bytes more: %v, %d", size, c.turn, s.loose.Load())
		}
		calls = append(calls, c)
	}
	s.turns <- struct{}{}
	small := &call{s: s, turn: true}
	if small.loosen(looseSmall); small.turn {
		t.Error("a small answer keeps its turn")
	}
	for _, c := range append(calls, small) {
		c.release()
	}
	if s.loose.Load() != 0 || len(s.turns) != 0 {
		t.Errorf("in the end: %d bytes, %d turns", s.loose.Load(), len(s.turns))
	}
}

// Requests of which the end does not come take no turn and leave nothing behind.
func TestHalfOpenBodies(t *testing.T) {
	b := newBench(t, false, func(o *Options) { o.Limits.Requests = 1 })
	before := runtime.NumGoroutine()
	address, stop := b.serve()
	head := "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b.key
	var open []net.Conn
	for i := range 200 {
		open = append(open, raw(t, address, head+[]string{
			"", "\r\nContent-Length: 1000\r\n\r\n", "\r\nContent-Length: 1000\r\n\r\n{\"userName\":", "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a",
		}[i%4]))
	}
	for i := range 20 {
		if a := b.do("POST", "http://"+address+"/scim/v2/Users", user(fmt.Sprintf("user%d@example.com", i))); a.status != 201 {
			t.Errorf("beside half requests: %d %s", a.status, a.body)
		}
	}
	if n := len(b.srv.turns); n != 0 {
		t.Errorf("%d turns are taken", n)
	}
	for _, c := range open {
		c.Close()
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	b.http.Client().CloseIdleConnections()
	goroutines(t, before)
}

// Connections that do nothing cost no turn, and end with the server.
func TestIdleConnections(t *testing.T) {
	b := newBench(t, false, func(o *Options) { o.Limits.Requests = 1 })
	before := runtime.NumGoroutine()
	address, stop := b.serve()
	idle := make([]net.Conn, min(1000, openFiles()/4)) // each has two ends here
	request := b.get("/Users?count=1")
	for i := range idle {
		idle[i] = raw(t, address, request)
	}
	for _, c := range idle { // all are open before the first is answered to the end
		if a := readAnswer(t, bufio.NewReader(c)); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	for range 20 {
		if a := b.do("GET", "http://"+address+"/scim/v2/Users?count=1", ""); a.status != 200 {
			t.Errorf("beside %d idle connections: %d %s", len(idle), a.status, a.body)
		}
	}
	for _, c := range idle[:len(idle)/2] { // they are still there
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		if a := readAnswer(t, bufio.NewReader(c)); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	slices.Reverse(idle)
	for _, c := range idle {
		if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil {
			t.Fatalf("an idle connection was sent %d bytes at the end", n)
		}
		c.Close()
	}
	b.http.Client().CloseIdleConnections()
	goroutines(t, before)
}
