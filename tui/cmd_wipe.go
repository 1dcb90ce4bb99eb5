package tui

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/store"
)

const (
	wipeAtOnce = 8   // requests under way, which share the store's commits
	wipeStep   = 400 // requests between two words about how far it is
)

// wipe deletes the n resources that a filter finds, with a request for each as a
// client would send it. If there are other than n by now, nothing is deleted: the
// question was about n.
func wipe(d *deps, of noun, f userFilter, n int) tea.Cmd {
	return func() tea.Msg {
		var ids []string
		q := store.Query{Filter: f.f, Start: 1, Count: n + 1, Bare: true}
		_, err := d.opts.Store.List(d.ctx, of.t, q, func(doc []byte) { ids = append(ids, string(scim.DocID(doc))) })
		if err == nil && len(ids) != n {
			err = fmt.Errorf("there are no longer %s: look again, then %s", count(n, of.one), d.keyFor("wipe"))
		}
		if err != nil {
			return wiped{of: of, all: n, err: err}
		}
		return wipeOn(d, of, ids, 0)()
	}
}

// wipeOn deletes the next resources. What is gone already is as well.
func wipeOn(d *deps, of noun, ids []string, from int) tea.Cmd {
	return func() tea.Msg {
		upTo := min(from+wipeStep, len(ids))
		ctx, cancel := context.WithTimeout(d.ctx, time.Minute)
		defer cancel()
		var next, gone atomic.Int64
		var once sync.Once
		var failed error
		var workers sync.WaitGroup
		next.Store(int64(from))
		for range wipeAtOnce {
			workers.Go(func() {
				for i := next.Add(1) - 1; i < int64(upTo); i = next.Add(1) - 1 {
					status, answer, err := d.opts.Do(ctx, "tui", "DELETE", of.endpoint+"/"+ids[i], nil)
					if err == nil && status >= 400 && status != 404 {
						err = fmt.Errorf("%d %s", status, refusal(answer))
					}
					if err != nil {
						once.Do(func() { failed = err })
						return
					}
					gone.Add(1)
				}
			})
		}
		workers.Wait()
		m := wiped{of: of, done: from + int(gone.Load()), all: len(ids), err: failed}
		if failed == nil && upTo < len(ids) {
			m.next = wipeOn(d, of, ids, upTo)
		}
		return m
	}
}
