package tui

import (
	"context"
	"errors"
	"iter"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/explain/report"
	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// The files cmd*.go hold every command: they alone call the store and
// Options.Do, and run outside the program's loop. They read nothing that the
// loop writes: not the theme, not the snapshot.

// Store is what the dashboard reads and changes: a *store.Store in this process,
// or one behind a socket. The methods are store.Store's.
type Store interface {
	Watch() (ping <-chan struct{}, stop func())
	Size() int64

	Rows(dst []*store.Row, after uint64, max int) []*store.Row
	LogState() store.LogState
	Exchange(seq uint64) (ex *wire.Exchange, ok bool, err error)
	Exchanges(ctx context.Context, numbers []uint64) iter.Seq2[*wire.Exchange, error]
	Log(ex *wire.Exchange)
	ClearLog() error
	Remarks() map[uint64]wire.Remark
	SetMark(number uint64, marked bool) error
	SetNote(number uint64, text string) error

	Keys() []store.Key
	CreateKey(name string, expires time.Time) (secret string, k store.Key, err error)
	RenameKey(id uint64, name string) error
	ExpireKey(id uint64, at time.Time) error
	DisableKey(id uint64) error
	EnableKey(id uint64) error
	RevokeKey(id uint64) error

	BeginTrial() (store.Trial, error)
	EndTrial(mark string)
	Arrived(mark string) int

	List(ctx context.Context, t *scim.ResourceType, q store.Query, emit func(doc []byte)) (total int, err error)
	Get(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error)
	GetBare(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error)
	Members(id string, start, count int, emit func(resourceType string, doc []byte)) (total int, ok bool, err error)
	Count(t *scim.ResourceType) int
}

// frameTime is the least time between two changes messages, and between two frames.
const frameTime = 33 * time.Millisecond

// rushTime is the same when so much comes in that nobody could read it as it
// passes: more than rushRows in a message. What is on screen then costs the
// server a third.
const (
	rushTime = 100 * time.Millisecond
	rushRows = 30
)

// watcher feeds the model with what happens in the store. Each message is
// followed by the next call of next, so nothing is ever queued: what comes in
// between is folded into the next message.
type watcher struct {
	d      *deps
	st     Store
	ping   <-chan struct{}
	after  uint64 // the number of the last row delivered
	last   time.Time
	every  time.Duration // from one message to the next
	size   int64
	sizeAt time.Time

	begun           bool   // something was read
	remarks, clears uint64 // as store.LogState had them
}

// first gives the rows that there are.
func (w *watcher) first() tea.Msg { return w.read() }

// next waits for a change and for the frame, and gives what is new.
func (w *watcher) next() tea.Msg {
	select {
	case <-w.ping:
	case <-w.d.ctx.Done():
		return nil
	}
	if wait := w.every - time.Since(w.last); wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		select {
		case <-t.C:
		case <-w.d.ctx.Done():
			return nil
		}
	}
	select { // a ping that came while waiting is answered by this read
	case <-w.ping:
	default:
	}
	return w.read()
}

func (w *watcher) read() tea.Msg {
	w.last = time.Now()
	if w.sizeAt.IsZero() || w.last.Sub(w.sizeAt) > 5*time.Second {
		w.size, w.sizeAt = w.st.Size(), w.last
	}
	c := changes{rows: w.st.Rows(nil, w.after, 0), snap: snapshot{keys: w.st.Keys(), size: w.size, log: w.st.LogState(), base: w.d.opts.BaseURL}}
	if w.begun && c.snap.log.Clears > w.clears { // what is left of the rows, and what came meanwhile
		c.cleared = true
		c.rows, c.snap.log = w.st.Rows(nil, 0, 0), w.st.LogState()
	}
	if !w.begun || c.snap.log.Remarks != w.remarks {
		c.remarks = w.st.Remarks()
	}
	w.begun, w.remarks, w.clears = true, c.snap.log.Remarks, c.snap.log.Clears
	w.every = frameTime
	if n := len(c.rows); n > 0 {
		w.after = c.rows[n-1].Seq
		if n > rushRows {
			w.every = rushTime
		}
	}
	for _, t := range w.d.cat.Types {
		n := w.st.Count(t)
		c.snap.total += n
		switch t.Name {
		case "User":
			c.snap.users = n
		case "Group":
			c.snap.groups = n
		}
	}
	c.next = w.next
	return c
}

// exchangeLoaded is a logged exchange, ready to be drawn; ok is false when it is gone.
type exchangeLoaded struct {
	seq               uint64
	ex                *wire.Exchange
	request, response *ui.Pager // nil: no body
	answer            string    // in one line
	left              *leftState
	ok                bool
	err               error
}

// loadExchange reads a request with its bodies and lays them out.
func loadExchange(d *deps, seq uint64) tea.Cmd {
	return func() tea.Msg {
		ex, ok, err := d.opts.Store.Exchange(seq)
		m := exchangeLoaded{seq: seq, ex: ex, ok: ok && err == nil, err: err}
		if m.ok {
			m.request, m.response = bodyWindow(d, ex.RequestBody), bodyWindow(d, ex.ResponseBody)
			m.answer = report.Answer(ex)
			m.left = leftBy(d.cat.Type(ex.Type), ex)
		} else {
			m.ex = nil
		}
		return m
	}
}

// bodyWindow makes the window of a body, laid out if it is JSON.
func bodyWindow(d *deps, body []byte) *ui.Pager {
	if len(body) == 0 {
		return nil
	}
	p := ui.NewPager(body)
	if doc, err := ui.Pretty(d.ctx, body); err == nil {
		p.SetPretty(doc)
	}
	return p
}

// searched is the result of the n-th search.
type searched struct {
	n, tab int
	doc    *ui.Doc
	hits   ui.Hits
	err    error
}

// search looks for a text in a body.
func search(d *deps, n, tab int, doc *ui.Doc, query string) tea.Cmd {
	return func() tea.Msg {
		hits, err := ui.Find(d.ctx, doc, query)
		return searched{n: n, tab: tab, doc: doc, hits: hits, err: err}
	}
}

// ask sends a request of the dashboard's own through the server's handlers.
// The answer comes as an asked message with the tag.
func ask(d *deps, tag, method, path string, body []byte) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(d.ctx, 30*time.Second)
		defer cancel()
		status, answer, err := d.opts.Do(ctx, "tui", method, path, body)
		return asked{tag: tag, status: status, body: answer, err: err}
	}
}

// addSamples creates the sample users, one request each.
func addSamples(d *deps) tea.Cmd {
	return func() tea.Msg {
		made := 0
		for _, body := range sampleUsers() {
			ctx, cancel := context.WithTimeout(d.ctx, 30*time.Second)
			status, _, err := d.opts.Do(ctx, "tui", "POST", "/Users", body)
			cancel()
			if errors.Is(err, context.Canceled) {
				return nil
			}
			if err == nil && status == 201 {
				made++
			}
		}
		if made == 0 {
			return told{wrong, "no sample user could be added: the rows with ! say why"}
		}
		return told{done, ui.Safe(count(made, "sample user") + " added; each came in as a request")}
	}
}

// remark puts a mark or a note on a request. It says nothing when that is done:
// the change comes in as any other.
func remark(d *deps, change func(Store) error) tea.Cmd {
	return func() tea.Msg {
		if err := change(d.opts.Store); err != nil {
			return notRemarked{err, d.opts.Store.Remarks()}
		}
		return nil
	}
}

// notRemarked says that a mark or a note was not put, and what there is.
type notRemarked struct {
	err     error
	remarks map[uint64]wire.Remark
}

// clearLog deletes the request log. That it is empty comes in as any other change.
func clearLog(d *deps) tea.Cmd {
	return func() tea.Msg {
		if err := d.opts.Store.ClearLog(); err != nil {
			return told{wrong, ui.Clean("the log was not cleared: "+err.Error(), d.ascii)}
		}
		if n := d.opts.Store.LogState().Entries; n > 0 {
			return told{done, ui.Safe("the log is cleared but for what has a mark or a note: " + count(n, "request"))}
		}
		return told{done, "the log is empty"}
	}
}

// copyExchange copies a request in one of its forms.
func copyExchange(d *deps, row *store.Row, k copyKind) tea.Cmd {
	return func() tea.Msg {
		ex, ok, err := d.opts.Store.Exchange(row.Seq)
		if err != nil || !ok {
			return told{wrong, "not copied: the request is no longer kept"}
		}
		if k.gap != nil {
			if why := k.gap(ex); why != "" {
				return told{wrong, ui.Clean("not copied: "+why, d.ascii)}
			}
		}
		text := k.text(row, ex)
		if len(text) == 0 {
			return told{info, ui.Safe("#" + utoa(row.Seq) + " has no " + k.name)}
		}
		what := ui.Safe(k.name + " of #" + utoa(row.Seq))
		if k.key == "c" {
			what += " (the key is $SCIM_TOKEN)"
		}
		return copyText(d, what, text)()
	}
}
