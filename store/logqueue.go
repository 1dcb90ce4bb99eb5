package store

import (
	"sync"
	"sync/atomic"
	"time"

	"scimdeck/scim/wire"
)

// logQueue is what waits for the log's writer: entries in the form in which they
// are stored, gathered to chunks. Requests fill the open chunk themselves, while
// what they write is still in their processor's cache, and one wake-up serves all
// that comes within chunkDelay.
type logQueue struct {
	wake chan struct{} // of size one: a first entry is in the open chunk, or a chunk is full
	room chan struct{} // of size one: the writer has taken something

	follow func(*wire.Exchange) // Options.Follow, and its panics noted; may be nil

	mu    sync.Mutex
	next  uint64   // number
	grain grain    // of a chunk
	open  *chunk   // being filled
	full  []*chunk // oldest first
	spare []*chunk // empty ones to be filled again
	bytes int      // raw, of all that waits or is being stored

	dropped, droppedBodies atomic.Uint64
}

// spareBytes is the largest chunk that is kept to be filled again.
const spareBytes = 2 * chunkBytes

func (q *logQueue) init(next uint64, g grain) {
	q.wake, q.room = make(chan struct{}, 1), make(chan struct{}, 1)
	q.next, q.grain, q.open = next, g, new(chunk)
}

// put numbers an exchange and adds it. When there is no room it waits for some,
// logPatience at most; then the exchange is dropped.
func (q *logQueue) put(ex *wire.Exchange) {
	if len(ex.RequestBody)+len(ex.ResponseBody) > q.grain.entry {
		q.leaveOutBodies(ex, "the bodies were not kept: they are too large for the log")
	}
	if q.add(ex) {
		return
	}
	patience := time.NewTimer(logPatience)
	defer patience.Stop()
	select {
	case <-q.room:
	case <-patience.C:
	}
	if !q.add(ex) {
		q.dropped.Add(1)
	}
}

func (q *logQueue) leaveOutBodies(ex *wire.Exchange, why string) {
	if len(ex.RequestBody)+len(ex.ResponseBody) == 0 {
		return
	}
	ex.RequestBody, ex.ResponseBody = nil, nil
	ex.Note(why)
	q.droppedBodies.Add(1)
}

// add reports whether there was room.
func (q *logQueue) add(ex *wire.Exchange) bool {
	q.mu.Lock()
	if q.bytes >= logBytes {
		q.mu.Unlock()
		return false
	}
	if q.bytes >= logCrowded {
		q.leaveOutBodies(ex, "the bodies were not kept: the log was behind")
	}
	ex.Seq = q.next
	q.next++
	if q.follow != nil {
		q.follow(ex)
	}
	c := q.open
	before := c.size()
	c.add(ex)
	q.bytes += c.size() - before
	first, isFull := c.count == 1, c.count >= q.grain.entries || c.size() >= q.grain.bytes
	if isFull {
		q.full = append(q.full, c)
		q.open = q.fresh()
	}
	q.mu.Unlock()
	if first || isFull {
		signal(q.wake)
	}
	return true
}

func (q *logQueue) fresh() *chunk {
	if n := len(q.spare); n > 0 {
		c := q.spare[n-1]
		q.spare = q.spare[:n-1]
		return c
	}
	return new(chunk)
}

// takeFull takes the chunks that nothing more will be added to.
func (q *logQueue) takeFull() (list []*chunk) {
	q.mu.Lock()
	defer q.mu.Unlock()
	list, q.full = q.full, nil
	return list
}

// takeAll takes the open chunk too, if there is anything in it.
func (q *logQueue) takeAll() (list []*chunk) {
	q.mu.Lock()
	defer q.mu.Unlock()
	list, q.full = q.full, nil
	if q.open.count > 0 {
		list = append(list, q.open)
		q.open = q.fresh()
	}
	return list
}

// waiting reports whether the writer has a chunk to store before it does anything that can wait.
func (q *logQueue) waiting() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.full) > 0
}

// done gives chunks back that are stored.
func (q *logQueue) done(list []*chunk) {
	q.mu.Lock()
	for _, c := range list {
		q.bytes -= c.size()
		if len(q.spare) < 2 && cap(c.rows)+cap(c.rest) <= spareBytes {
			c.reset()
			q.spare = append(q.spare, c)
		}
	}
	q.mu.Unlock()
	signal(q.room)
}

// signal sets a level: a channel of size one that is full says so already.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
