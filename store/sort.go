package store

import (
	"bytes"
	"container/heap"
	"math/rand/v2"
	"slices"
)

// Sorted lists. Nothing is sorted on disk, so every document is looked at, but
// memory is bounded whatever the number of resources and the place of the page.
//
// A page that ends within the first heapLen resources takes one walk, which
// keeps the smallest in a heap. For pages deeper in the list the walk first
// takes a sample, a second one counts how many resources are between its keys,
// and then only those around the page are collected.

const (
	// keyLen is how much of a key counts: values that begin with the same 250
	// bytes or so stay in the order of their creation. It bounds memory and
	// the length of cursors.
	keyLen  = 255
	heapLen = 16_384 // and a quarter of it the sample; tests take less
)

func (a place) compare(b place) int {
	if c := bytes.Compare(a.key, b.key); c != 0 {
		return c
	}
	return compareSeqs(a.seq, b.seq) // types share the sequences
}

// placeHeap has the place that is least wanted on top.
type placeHeap struct {
	list []place
	last bool // the greatest are wanted
}

func (h *placeHeap) Len() int      { return len(h.list) }
func (h *placeHeap) Swap(i, j int) { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *placeHeap) Push(x any)    { h.list = append(h.list, x.(place)) }
func (h *placeHeap) Pop() any      { panic("a placeHeap only grows") }
func (h *placeHeap) Less(i, j int) bool {
	return (h.list[i].compare(h.list[j]) > 0) != h.last
}

// offer keeps m if it is among the n most wanted so far.
func (h *placeHeap) offer(m place, n int) {
	switch {
	case len(h.list) < n:
		m.key = bytes.Clone(m.key)
		heap.Push(h, m)
	case n > 0 && (m.compare(h.list[0]) < 0) != h.last:
		m.key = append(h.list[0].key[:0], m.key...)
		h.list[0] = m
		heap.Fix(h, 0)
	}
}

// sorted lists in the order of the parts' sorts.
func (l *listing) sorted() error {
	switch {
	case l.q.Before != nil:
		return l.sortedBefore(placeOf(l.q.Before))
	case l.q.After != nil:
		return l.sortedAfter(placeOf(l.q.After))
	case l.count == 0 || l.skip <= l.s.heapLen && l.count <= l.s.heapLen-l.skip:
		return l.sortedFirst()
	}
	return l.sortedDeep()
}

func placeOf(p *Position) place { return place{key: p.Key, seq: p.Seq} }

// eachPlace calls f with every match of every part. The key is valid only
// during the call.
func (l *listing) eachPlace(f func(m place)) error {
	var key []byte
	for _, p := range l.parts {
		err := l.each(p, func(seq uint64, doc []byte) error {
			key = p.by.Key(key[:0], doc)
			f(place{key[:min(len(key), keyLen)], p, seq})
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *listing) sortedFirst() error {
	var h placeHeap
	err := l.eachPlace(func(m place) {
		l.page.Total++
		h.offer(m, l.skip+l.count)
	})
	if err != nil {
		return err
	}
	l.page.Earlier = l.skip > 0 && l.page.Total > 0
	l.page.Later = l.page.Total > l.skip+l.count
	slices.SortFunc(h.list, place.compare)
	return l.emitPlaces(h.list[min(l.skip, len(h.list)):])
}

func (l *listing) sortedAfter(pos place) error {
	var h placeHeap
	n := 0
	err := l.eachPlace(func(m place) {
		l.page.Total++
		if m.compare(pos) > 0 {
			n++
			h.offer(m, min(l.count, l.s.heapLen))
		}
	})
	if err != nil {
		return err
	}
	l.page.Earlier, l.page.Later = n < l.page.Total, n > len(h.list)
	slices.SortFunc(h.list, place.compare)
	return l.emitPlaces(h.list)
}

func (l *listing) sortedBefore(pos place) error {
	h := placeHeap{last: true}
	n := 0
	err := l.eachPlace(func(m place) {
		l.page.Total++
		if m.compare(pos) < 0 {
			n++
			h.offer(m, min(l.count, l.s.heapLen))
		}
	})
	if err != nil {
		return err
	}
	l.page.Earlier, l.page.Later = n > len(h.list), n < l.page.Total
	slices.SortFunc(h.list, place.compare)
	return l.emitPlaces(h.list)
}

// sortedDeep emits a page that is deep in the list or long.
func (l *listing) sortedDeep() error {
	sample, err := l.sample()
	if err != nil {
		return err
	}
	end := l.page.Total
	if l.count < end-l.skip {
		end = l.skip + l.count
	}
	l.page.Earlier, l.page.Later = l.page.Total > 0, end < l.page.Total
	if l.skip >= end {
		return nil
	}
	// Bucket i has what is greater than sample[i-1] and not greater than sample[i].
	counts := make([]int, len(sample)+1)
	err = l.eachPlace(func(m place) { counts[bucketOf(sample, m)]++ })
	if err != nil {
		return err
	}
	before := 0 // the matches before bucket i
	for i := 0; i < len(counts) && before < end; {
		if before+counts[i] <= l.skip {
			before += counts[i]
			i++
			continue
		}
		n, to := counts[i], i+1
		for ; to < len(counts) && before+n < end && n+counts[to] <= l.s.heapLen; to++ {
			n += counts[to]
		}
		list := make([]place, 0, n)
		err := l.eachPlace(func(m place) {
			if b := bucketOf(sample, m); b >= i && b < to {
				m.key = bytes.Clone(m.key)
				list = append(list, m)
			}
		})
		if err != nil {
			return err
		}
		slices.SortFunc(list, place.compare)
		if err := l.emitPlaces(list[max(l.skip-before, 0):min(end-before, n)]); err != nil {
			return err
		}
		before, i = before+n, to
	}
	return nil
}

// sample counts the matches and takes some of them, each as likely as any.
func (l *listing) sample() ([]place, error) {
	var list []place
	rnd := rand.New(rand.NewPCG(1, 2)) // the answer does not depend on it, only the time
	err := l.eachPlace(func(m place) {
		l.page.Total++
		if len(list) < l.s.heapLen/4 {
			m.key = bytes.Clone(m.key)
			list = append(list, m)
		} else if i := rnd.IntN(l.page.Total); i < len(list) {
			m.key = append(list[i].key[:0], m.key...)
			list[i] = m
		}
	})
	slices.SortFunc(list, place.compare)
	return list, err
}

func bucketOf(sample []place, m place) int {
	i, _ := slices.BinarySearchFunc(sample, m, place.compare)
	return i
}
