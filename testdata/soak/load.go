package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const workers = 16

// load is what clients do.
type load struct {
	s      *server
	o      options
	client *http.Client

	idle, slow, halves []net.Conn

	sent, wrong atomic.Int64
	created     atomic.Int64

	mu    sync.Mutex
	took  []time.Duration // since the last look
	first error
}

func newLoad(s *server, o options) *load {
	return &load{s: s, o: o, client: &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: workers + 1, MaxConnsPerHost: workers + 1},
	}}
}

// err is what was wrong with answers, if anything.
func (l *load) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == nil {
		return nil
	}
	return fmt.Errorf("%d answers were wrong, the first: %w", l.wrong.Load(), l.first)
}

func (l *load) fault(err error) {
	l.wrong.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == nil {
		l.first = err
	}
}

// send sends a request, which is to be answered with this status.
func (l *load) send(ctx context.Context, want int, method, target, body string) []byte {
	r, err := http.NewRequestWithContext(ctx, method, l.s.base+target, strings.NewReader(body))
	if err != nil {
		l.fault(err)
		return nil
	}
	r.Header.Set("Authorization", "Bearer "+l.s.key)
	if body != "" {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	begun := time.Now()
	res, err := l.client.Do(r)
	var answer []byte
	if err == nil {
		answer, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	if ctx.Err() != nil {
		return nil
	}
	l.sent.Add(1)
	if err == nil && res.StatusCode != want {
		err = fmt.Errorf("%s %s: %d %.200s", method, target, res.StatusCode, answer)
	}
	if err != nil {
		l.fault(err)
		return nil
	}
	l.mu.Lock()
	l.took = append(l.took, time.Since(begun))
	l.mu.Unlock()
	return answer
}

func user(name string, active bool) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":%q,"externalId":"00u%x","name":{"givenName":"Sam","familyName":"Ple"},`+
		`"emails":[{"primary":true,"value":%q,"type":"work"}],"displayName":"Sam Ple","locale":"en-US","active":%v}`, name, name, name, active)
}

func id(answer []byte) string {
	var a struct{ ID string }
	_ = json.Unmarshal(answer, &a) // then there is none, and the next request fails
	return a.ID
}

func lookup(name string) string {
	return "/Users?startIndex=1&count=100&filter=" + url.QueryEscape(fmt.Sprintf("userName eq %q", name))
}

// fill creates the users that stay.
func (l *load) fill(ctx context.Context) error {
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := w; i < l.o.users && ctx.Err() == nil; i += workers {
				l.send(ctx, 201, "POST", "/Users", user(fmt.Sprintf("stays%d@example.com", i), true))
			}
		})
	}
	group.Wait()
	return errors.Join(l.err(), ctx.Err())
}

// run sends rate requests a second for so long, and closes the channel at the end.
func (l *load) run(ctx context.Context, length time.Duration) <-chan struct{} {
	ctx, cancel := context.WithTimeout(ctx, length)
	turns := make(chan struct{}, workers)
	go func() { // paces
		defer close(turns)
		begun := time.Now()
		for n := 0; ; n++ {
			if wait := time.Until(begun.Add(time.Duration(n) * time.Second / time.Duration(l.o.rate))); wait > time.Millisecond {
				time.Sleep(wait)
			}
			select {
			case turns <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	ended := make(chan struct{})
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for ctx.Err() == nil {
				l.lifecycle(ctx, turns)
				for range 4 {
					if _, ok := <-turns; ok {
						l.send(ctx, 200, "GET", lookup(fmt.Sprintf("stays%d@example.com", rand.IntN(l.o.users))), "")
					}
				}
			}
		})
	}
	group.Go(func() { // an import twice a minute
		for ctx.Err() == nil {
			for at := 1; at <= l.o.users; at += 100 {
				if _, ok := <-turns; ok {
					l.send(ctx, 200, "GET", fmt.Sprintf("/Users?startIndex=%d&count=100", at), "")
				}
			}
			select {
			case <-time.After(30 * time.Second):
			case <-ctx.Done():
			}
		}
	})
	go func() {
		group.Wait()
		cancel()
		close(ended)
	}()
	return ended
}

// lifecycle is what Okta does with a user, and a deletion at its end.
func (l *load) lifecycle(ctx context.Context, turns <-chan struct{}) {
	name := fmt.Sprintf("goes%d@example.com", l.created.Add(1))
	steps := []struct {
		status         int
		method, target string
		body           string
	}{
		{200, "GET", lookup(name), ""},
		{201, "POST", "/Users", user(name, true)},
		{200, "GET", "", ""},
		{200, "PUT", "", user(name, true)},
		{200, "PATCH", "", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`},
		{204, "DELETE", "", ""},
	}
	one := ""
	for _, step := range steps {
		if _, ok := <-turns; !ok {
			return
		}
		if step.target == "" {
			step.target = "/Users/" + one
		}
		answer := l.send(ctx, step.status, step.method, step.target, step.body)
		if step.status == 201 {
			if one = id(answer); one == "" {
				return
			}
		}
	}
}

// crowd opens the connections of those who want nothing or do not take it, and
// keeps them until ctx ends: the server ends what is idle for two minutes, and
// who does not read for one.
func (l *load) crowd(ctx context.Context) error {
	host := strings.Split(l.s.base, "/")[2]
	path := strings.TrimPrefix(l.s.base, "http://"+host)
	head := "GET " + path + "/Users?count=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + l.s.key + "\r\n\r\n"
	page := strings.Repeat(strings.Replace(head, "count=1", "count=1000", 1), 30)
	half := strings.Replace(strings.TrimSuffix(head, "\r\n"), "GET", "POST", 1) + "Content-Length: 1000\r\n\r\n{"
	open := func(list []net.Conn, text string) error {
		for i := range list {
			if list[i] != nil {
				list[i].Close()
			}
			c, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
			if err != nil {
				return fmt.Errorf("connection %d: %w", i, err)
			}
			list[i] = c
			if _, err := io.WriteString(c, text); err != nil {
				return err
			}
		}
		return nil
	}
	l.idle, l.slow, l.halves = make([]net.Conn, l.o.idle), make([]net.Conn, l.o.slow), make([]net.Conn, l.o.halves)
	if err := errors.Join(open(l.idle, head), open(l.slow, page), open(l.halves, half)); err != nil {
		return err
	}
	go func() {
		answer := make([]byte, 64<<10)
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(50 * time.Second):
			}
			if err := open(l.slow, page); err != nil && ctx.Err() == nil {
				l.fault(err)
			}
			for _, c := range l.idle { // one request, a few a second
				_, err := io.WriteString(c, head)
				if err == nil {
					_, err = c.Read(answer)
				}
				if err != nil && ctx.Err() == nil {
					l.fault(fmt.Errorf("a connection that was idle: %w", err))
					break
				}
				time.Sleep(50 * time.Second / time.Duration(len(l.idle)))
			}
		}
	}()
	return nil
}

// leave closes all connections.
func (l *load) leave() {
	for _, c := range slices.Concat(l.idle, l.slow, l.halves) {
		c.Close()
	}
	l.client.CloseIdleConnections()
}

// latencies are the median and the 99th percentile since the last call.
func (l *load) latencies() (p50, p99 time.Duration) {
	l.mu.Lock()
	took := l.took
	l.took = nil
	l.mu.Unlock()
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100]
}
