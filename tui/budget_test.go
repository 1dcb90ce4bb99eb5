package tui

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/tui/budget"
)

// long makes tests look at everything they could: see .ci/run.
var long = os.Getenv("SCIMDECK_TEST_LONG") != ""

// Any key in any list gives its frame within 16 ms at worst and 5 ms on average, with 50,000 requests and with 100,000.
func TestAcceptance01And02_KeyToFrame(t *testing.T) {
	const keys, worst, mean = 1000, 16 * time.Millisecond, 5 * time.Millisecond
	lists := map[string][]string{
		"1": {"k", "k", "pgup", "g", "j", "ctrl+d", "e", "m", "G", "k", "p", "t", "'", "pgdown", "E", "f", "home", "end", "ctrl+u"},
		"2": {"j", "j", "G", "g", "pgdown", "ctrl+u"},
		"3": {"j", "G", "g", "k"},
		"4": {"j", "l", "h", "k"},
	}
	for _, n := range []int{50_000, 100_000} {
		a := newApp(t, 140, 40)
		a.d.data.keys = someKeys()
		a.feed(many(n)...)
		withUsers(a)
		for screen, names := range lists {
			if n > 50_000 && screen != "1" && !long {
				continue // the others have lists of their own
			}
			a.press(screen)
			msgs := make([]tea.KeyMsg, len(names))
			for i, name := range names {
				msgs[i] = keyMsg(name)
			}
			var all time.Duration
			t.Run(fmt.Sprintf("screen %s with %d", screen, n), func(t *testing.T) {
				budget.Within(t, worst, func() time.Duration {
					began := time.Now()
					longest := budget.Worst(keys, func(i int) {
						a.r.Update(msgs[i%len(msgs)])
						_ = a.r.View()
					})
					all = time.Since(began)
					return longest
				})
				budget.Within(t, mean, func() time.Duration { return all / keys })
			})
		}
	}
}

// A handler hands its request to the log in 5 µs, 99 times of 100, while the dashboard draws.
func TestAcceptance03_LoggingDoesNotWait(t *testing.T) {
	a := newApp(t, 140, 40)
	a.feed(many(1000)...)
	st := newStore(t, store.LogOptions{})
	budget.Within(t, 5*time.Microsecond, func() time.Duration {
		stop := make(chan struct{})
		var drawing sync.WaitGroup
		drawing.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(frameTime):
					a.r.Update(keyMsg("k"))
					_ = a.r.View()
				}
			}
		})
		ex := exchange("ada@example.com")
		took := make([]time.Duration, 4000)
		for i := range took {
			one := *ex
			began := time.Now()
			st.Log(&one)
			if took[i] = time.Since(began); i%100 == 99 {
				time.Sleep(5 * time.Millisecond) // the rate of a busy server, not of a loop
			}
		}
		close(stop)
		drawing.Wait()
		slices.Sort(took)
		return took[len(took)*99/100]
	})
}

// A keystroke in the filter shows its result within 30 ms, and esc ends a search of bodies within 50 ms.
func TestAcceptance06_FilterKeystroke(t *testing.T) {
	a := newApp(t, 140, 40)
	a.feed(many(50_000)...)
	r := a.requests()
	for _, text := range []string{"user0001", "status:>=400 -op:find user:1", "path:/Users/*", "nothing has this in it"} {
		a.press("/", "ctrl+u")
		a.write(text[:len(text)-1])
		budget.Within(t, 30*time.Millisecond, func() time.Duration {
			a.write("x")
			a.press("backspace")
			began := time.Now()
			a.write(text[len(text)-1:])
			a.r.Update(filterDue{r.prompt.n})
			_ = a.r.View()
			took := time.Since(began)
			a.press("backspace")
			return took
		})
		a.press("esc", "esc")
	}
	budget.Within(t, 50*time.Millisecond, func() time.Duration {
		a.press("/", "ctrl+u")
		a.write("body:xyzzy")
		_, search := a.r.Update(keyMsg("enter"))
		ended := make(chan struct{})
		go func() { // the search goes on beside the loop, and its answers come too late
			defer close(ended)
			if search != nil {
				search()
			}
		}()
		longest := budget.Worst(20, func(i int) {
			a.r.Update(keyMsg([]string{"k", "j"}[i%2]))
			_ = a.r.View()
		})
		began := time.Now()
		a.r.Update(keyMsg("esc"))
		_ = a.r.View()
		longest = max(longest, time.Since(began))
		<-ended
		return longest
	})
}

// listOf is a ListResponse of about size bytes.
func listOf(size int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":1,"Resources":[`)
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"2f81a7c0-%d","userName":"user%05d@example.com","name":{"givenName":"Ada","familyName":"Lovelace"},"active":true,"emails":[{"value":"user%d@example.com","type":"work","primary":true}]}`, i, i, i)
	}
	b.WriteString("]}")
	return b.Bytes()
}

// bigBodies is a store whose answers have a body that no log would keep.
type bigBodies struct {
	*store.Store
	body []byte
}

func (s bigBodies) Exchange(seq uint64) (*wire.Exchange, bool, error) {
	ex, ok, err := s.Store.Exchange(seq)
	ex.ResponseBody, ex.ResponseSize = s.body, int64(len(s.body))
	return ex, ok, err
}

// withBody is a dashboard with a request that was answered with such a body.
func withBody(t testing.TB, body []byte) *app {
	a := newApp(t, 80, 24)
	a.log(exchange("ada@example.com"))
	a.d.opts.Store = bigBodies{a.store(), body}
	return a
}

// The first page of a body of 2 MB is there within 100 ms, of 20 MB within 300 ms, and meanwhile no key waits 50 ms.
func TestAcceptance07_BigBodies(t *testing.T) {
	for _, size := range []struct {
		bytes int
		limit time.Duration
	}{{2 << 20, 100 * time.Millisecond}, {20 << 20, 300 * time.Millisecond}} {
		a := withBody(t, listOf(size.bytes))
		budget.Within(t, size.limit, func() time.Duration {
			a.press("esc")
			a.requests().detail.row = nil
			began := time.Now()
			_, load := a.r.Update(keyMsg("enter"))
			a.r.Update(keyMsg("]"))
			a.r.Update(keyMsg("]"))
			shown := make(chan tea.Msg, 10)
			go func() { deliver(load, shown); close(shown) }()
			var longest, took time.Duration
			for open := true; open; {
				var msg tea.Msg
				select {
				case msg, open = <-shown:
				case <-time.After(time.Millisecond):
				}
				if !open {
					break
				}
				if msg != nil {
					_, next := a.r.Update(msg)
					_ = a.r.View()
					if took == 0 && strings.Contains(a.text(), `"schemas"`) {
						took = time.Since(began)
					}
					a.run(next)
				}
				longest = max(longest, budget.Worst(1, func(int) {
					a.r.Update(keyMsg("j"))
					_ = a.r.View()
				}))
			}
			if longest > 50*time.Millisecond {
				t.Logf("a key waited %v", longest)
				return size.limit + longest
			}
			if took == 0 {
				t.Fatalf("the body is not shown:\n%s", a.text())
			}
			return took
		})
	}
}

// deliver runs a command as Bubble Tea does and passes its messages on.
func deliver(cmd tea.Cmd, to chan<- tea.Msg) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			deliver(c, to)
		}
	default:
		to <- msg
	}
}

// A body of 2 MB in one line is scrolled and wrapped within 16 ms a key.
func TestAcceptance08_OneLine(t *testing.T) {
	a := withBody(t, []byte(`"`+strings.Repeat("x日本 ", 400_000)+`"`))
	a.press("enter", "]", "]", "b")
	a.sees("x日本 x日本", "3.2 MB")
	keys := []string{"j", "pgdown", "ctrl+d", "k", "w", "w", "G", "pgup", "g", "l", "h", "p", "b", "b"}
	budget.Within(t, 16*time.Millisecond, func() time.Duration {
		return budget.Worst(10*len(keys), func(i int) {
			a.r.Update(keyMsg(keys[i%len(keys)]))
			_ = a.r.View()
		})
	})
}

// j held down for ten seconds is 600 rows, and not one more after it was let go.
func TestAcceptance09_NothingIsQueued(t *testing.T) {
	a := newApp(t, 80, 24)
	a.feed(many(2000)...)
	a.press("g")
	was := a.selected()
	for range 600 {
		a.press("j")
	}
	at := a.selected()
	a.settle()
	if at != was+600 || a.selected() != at {
		t.Errorf("from #%d to #%d, and later to #%d", was, at, a.selected())
	}
}

// The rows of 50,000 requests take less than 60 MB, in the store and in the dashboard, and bodies are not among them.
func TestAcceptance10_Memory(t *testing.T) {
	const n, body = 50_000, 2000
	rows := n
	if !long {
		rows = n / 10
	}
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	st, err := store.Open(store.Options{Dir: t.TempDir(), Catalog: scim.NewCatalog(false)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	a := newApp(t, 80, 24, func(o *Options) { o.Store = st })
	before := heap()
	text := strings.Repeat("b", body)
	for i := range rows {
		ex := exchange(fmt.Sprintf("user%05d@example.com", i))
		ex.RequestBody, ex.ResponseBody = []byte(`"`+text+`"`), []byte(`"`+text+`"`)
		st.Log(ex)
		if i%1000 == 999 {
			st.FlushLog()
		}
	}
	a.log()
	if got := len(a.requests().rows); got != rows {
		t.Fatalf("%d rows", got)
	}
	grown := heap() - before
	t.Logf("%d requests take %d bytes each", rows, grown/int64(rows))
	if grown > 60<<20*int64(rows)/n+4<<20 { // Badger's tables are not the rows'
		t.Errorf("%d requests take %d MB", rows, grown>>20)
	}
	if _, ok, err := st.Exchange(1); err != nil || !ok {
		t.Error("the bodies are not kept at all")
	}
	runtime.KeepAlive(a)
}
