package store

import (
	"sort"
	"sync"
)

// ring holds the newest rows, oldest first by number.
type ring struct {
	mu   sync.RWMutex
	rows []*Row // a circle
	head int    // where the oldest is
	n    int
}

func newRing(size int) *ring { return &ring{rows: make([]*Row, size)} }

// at is the i-th oldest row.
func (r *ring) atLocked(i int) *Row { return r.rows[(r.head+i)%len(r.rows)] }

// push adds newer rows; the oldest give way.
func (r *ring) push(rows []Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range rows {
		r.rows[(r.head+r.n)%len(r.rows)] = &rows[i]
		if r.n < len(r.rows) {
			r.n++
		} else {
			r.head = (r.head + 1) % len(r.rows)
		}
	}
}

// unshift adds older rows and reports whether there was room for all.
func (r *ring) unshift(rows []Row) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(rows) - 1; i >= 0; i-- {
		if r.n == len(r.rows) {
			return false
		}
		r.head = (r.head + len(r.rows) - 1) % len(r.rows)
		r.rows[r.head] = &rows[i]
		r.n++
	}
	return true
}

// trim forgets the rows with numbers below first.
func (r *ring) trim(first uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.n > 0 && r.rows[r.head].Seq < first {
		r.rows[r.head] = nil
		r.head = (r.head + 1) % len(r.rows)
		r.n--
	}
}

// after appends at most max rows (0: all) with numbers after seq.
func (r *ring) after(dst []*Row, seq uint64, max int) []*Row {
	r.mu.RLock()
	defer r.mu.RUnlock()
	from := sort.Search(r.n, func(i int) bool { return r.atLocked(i).Seq > seq })
	to := r.n
	if max > 0 && to-from > max {
		to = from + max
	}
	for i := from; i < to; i++ {
		dst = append(dst, r.atLocked(i))
	}
	return dst
}

// span returns the numbers of the oldest and the newest row; 0 when there is none.
func (r *ring) span() (first, last uint64) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.n == 0 {
		return 0, 0
	}
	return r.atLocked(0).Seq, r.atLocked(r.n - 1).Seq
}
