package store

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"scimdeck/scim/wire"
)

// logQueue is what waits to be coded: copies of exchanges, in the order in which
// they came. They are explained and coded many in one go, with all code and tables
// for it in the processor's cache, which takes half of what it takes in the midst of
// each request. One wake-up of the writer serves all that comes within chunkDelay.
type logQueue struct {
	wake chan struct{} // of size one: a first exchange waits, or a batch, or a chunk is full
	room chan struct{} // of size one: the writer has taken something

	explain func(*wire.Exchange) // Options.Explain, and its panics noted; may be nil

	mu   sync.Mutex
	list []*copied

	bytes  atomic.Int64 // of all that waits to be coded or stored; not of the open chunk
	copies sync.Pool    // of *copied

	dropped, droppedBodies atomic.Uint64
}

const (
	batchMany   = 64       // exchanges are coded before chunkDelay is over
	batchBehind = 512      // the writer is busy with the disk: requests help
	batchBytes  = 32 << 10 // an exchange with more is explained by its own request, and its docs are not copied
	batchLate   = 2 << 20  // bytes waiting from which on all are, since one processor is too slow for them
)

// copied is an exchange in memory of its own, which serves one after the other.
type copied struct {
	ex   wire.Exchange
	buf  []byte // bodies and docs
	told bool   // it was explained
	size int    // about what it takes
}

func (q *logQueue) init(explain func(*wire.Exchange)) {
	q.wake, q.room = make(chan struct{}, 1), make(chan struct{}, 1)
	q.explain = explain
	q.copies.New = func() any { return new(copied) }
}

// put adds an exchange. When there is no room it waits for some, logPatience at
// most; then the exchange is dropped. most is how many bytes of bodies it may have.
// waiting is how many exchanges wait now.
func (q *logQueue) put(ex *wire.Exchange, most int) (waiting int) {
	told := q.explain == nil
	if !told && (sizeOf(ex) > batchBytes || q.bytes.Load() >= batchLate) {
		q.explain(ex)
		told = true
	}
	if told {
		ex.Before, ex.After = nil, nil
	}
	if len(ex.RequestBody)+len(ex.ResponseBody) > most {
		q.leaveOutBodies(ex, "the bodies were not kept: they are too large for the log")
	}
	if waiting, ok := q.add(ex, told); ok {
		return waiting
	}
	patience := time.NewTimer(logPatience)
	defer patience.Stop()
	select {
	case <-q.room:
	case <-patience.C:
	}
	waiting, ok := q.add(ex, told)
	if !ok {
		q.dropped.Add(1)
	}
	return waiting
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
func (q *logQueue) add(ex *wire.Exchange, told bool) (waiting int, ok bool) {
	switch n := q.bytes.Load(); {
	case n >= logBytes:
		return 0, false
	case n >= logCrowded:
		if !told { // it needs the bodies
			q.explain(ex)
			told, ex.Before, ex.After = true, nil, nil
		}
		q.leaveOutBodies(ex, "the bodies were not kept: the log was behind")
	}
	c := q.copies.Get().(*copied)
	c.copy(ex)
	c.told = told
	q.mu.Lock()
	q.bytes.Add(int64(c.size))
	q.list = append(q.list, c)
	n := len(q.list)
	q.mu.Unlock()
	if n == 1 || n == batchMany {
		signal(q.wake)
	}
	return n, true
}

// sizeOf is about what a copy of an exchange takes.
func sizeOf(ex *wire.Exchange) int {
	const fixed = 1 << 10
	n := fixed + len(ex.RequestBody) + len(ex.ResponseBody) + len(ex.Before) + len(ex.After) + len(ex.Target) + len(ex.Problem)
	for i := range ex.RequestHeader {
		n += len(ex.RequestHeader[i].Value)
	}
	for _, note := range ex.Notes {
		n += len(note)
	}
	return n
}

// copy makes c a copy of ex.
func (c *copied) copy(ex *wire.Exchange) {
	request, response, notes := c.ex.RequestHeader[:0], c.ex.ResponseHeader[:0], c.ex.Notes[:0]
	c.size = sizeOf(ex)
	c.ex = *ex
	c.ex.RequestHeader, c.ex.ResponseHeader = append(request, ex.RequestHeader...), append(response, ex.ResponseHeader...)
	c.ex.Notes = append(notes, ex.Notes...)
	c.ex.Changed, c.ex.Changes, c.ex.Findings = slices.Clone(ex.Changed), slices.Clone(ex.Changes), slices.Clone(ex.Findings)
	c.buf = slices.Grow(c.buf[:0], len(ex.RequestBody)+len(ex.ResponseBody)+len(ex.Before)+len(ex.After))
	for _, b := range [...]*[]byte{&c.ex.RequestBody, &c.ex.ResponseBody, &c.ex.Before, &c.ex.After} {
		if *b != nil {
			from := len(c.buf)
			c.buf = append(c.buf, *b...)
			*b = c.buf[from:len(c.buf):len(c.buf)]
		}
	}
}

// take takes all that waits. into is empty and is used for what comes next.
func (q *logQueue) take(into []*copied) (list []*copied) {
	q.mu.Lock()
	list, q.list = q.list, into
	q.mu.Unlock()
	return list
}

// many reports whether a batch waits.
func (q *logQueue) many() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.list) >= batchMany
}

// release lets the memory of an exchange serve another one.
func (q *logQueue) release(c *copied) {
	if cap(c.buf) > 2*batchBytes {
		return
	}
	clear(c.ex.RequestHeader) // for the strings
	clear(c.ex.ResponseHeader)
	clear(c.ex.Notes)
	c.ex = wire.Exchange{RequestHeader: c.ex.RequestHeader[:0], ResponseHeader: c.ex.ResponseHeader[:0], Notes: c.ex.Notes[:0]}
	q.copies.Put(c)
}

// grow changes what is counted as waiting, and tells of room.
func (q *logQueue) grow(bytes int64) {
	q.bytes.Add(bytes)
	if bytes < 0 {
		signal(q.room)
	}
}

// signal sets a level: a channel of size one that is full says so already.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
