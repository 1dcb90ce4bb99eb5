package store

import (
	"slices"
	"sync"
	"sync/atomic"
)

// watchers are the channels to ping. A ping is a level, not an event: a channel
// of size one that is full already says "come and read", so the slowest watcher
// holds up nobody, and with no watcher a ping costs one atomic load.
type watchers struct {
	mu   sync.Mutex
	list atomic.Pointer[[]chan struct{}] // copied on change
}

// Watch returns a channel of size one that gets a ping after each change of
// resources, keys or log, and when the disk begins or ceases to refuse what is
// to be stored: come and read. stop ends it.
func (s *Store) Watch() (ping <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	s.watchers.change(func(list []chan struct{}) []chan struct{} { return append(list, c) })
	return c, func() {
		s.watchers.change(func(list []chan struct{}) []chan struct{} {
			return slices.DeleteFunc(list, func(x chan struct{}) bool { return x == c })
		})
	}
}

func (w *watchers) change(f func([]chan struct{}) []chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []chan struct{}
	if old := w.list.Load(); old != nil {
		list = slices.Clone(*old)
	}
	list = f(list)
	w.list.Store(&list)
}

func (w *watchers) ping() {
	list := w.list.Load()
	if list == nil {
		return
	}
	for _, c := range *list {
		signal(c)
	}
}
