package story

import (
	"net/http"
	"slices"
	"time"

	"scimdeck/scim/wire"
)

// How long a story waits for its next step, from the answer before.
const (
	patience      = 30 * time.Second
	pagesPatience = 5 * time.Minute  // the client works through a page of an import
	pausePatience = 15 * time.Minute // after a 429; Okta waits five minutes at first if it is not told otherwise
)

// maxTellings bounds the stories that are going on, and so a Follower's memory,
// to about a megabyte.
const maxTellings = 4096

// Follower says of exchanges which story they are part of. The zero Follower is
// ready. What it says depends on what it was told and nothing else, no clock.
// It is for one goroutine at a time.
type Follower struct {
	going []telling        // slots
	free  []int32          // slots in going that nothing is in
	bySub map[uint64]int32 // the latest telling about a subject
	next  int              // the slot that gives way when there is no free one
}

// telling is one story that is going on: an instance.
type telling struct {
	first, last uint64 // Seq
	end         int64  // of the last answer
	status      int    // of it
	seen        int    // steps
	page        int    // startIndex of the last page
	nextPage    int    // startIndex of the next one
	pages       int    // that are to come
	places      places
	subjects    [8]uint64
}

// place is where a telling may be: a step of a way.
type place struct{ way, step uint8 }

// places are all that fit what was seen so far, the likeliest first.
type places struct {
	list [16]place
	n    int
}

func (p *places) add(w, step int) {
	if p.n < len(p.list) {
		p.list[p.n] = place{uint8(w), uint8(step)}
		p.n++
	}
}

// best is the place that the story is named by: the first that is no optional
// step, as those may belong to anything.
func (p *places) best() place {
	for _, at := range p.list[:p.n] {
		if !ways[at.way].steps[at.step].Optional {
			return at
		}
	}
	return p.list[0]
}

// Follow says which part of which story the exchange with a sign and a number
// is. Exchanges come in the order of the log. The part is zero when no story is known.
func (f *Follower) Follow(seq uint64, s Sign) wire.Part {
	if s.shape == none {
		return wire.Part{}
	}
	if i, to := f.continued(&s); i >= 0 {
		t := &f.going[i]
		if !t.again(&to, &s) {
			t.seen++
		}
		t.places = to
		return f.told(i, seq, &s)
	}
	to := beginnings(1<<s.shape, s.client)
	if to.n == 0 {
		return wire.Part{}
	}
	i := f.begin(telling{first: seq, seen: 1, places: to})
	return f.told(i, seq, &s)
}

// continued finds the story that goes on with s, and where it is then; the
// latest if there are several. i < 0: there is none.
func (f *Follower) continued(s *Sign) (i int, to places) {
	i = -1
	for _, subject := range s.subjects {
		j, ok := f.bySub[subject]
		if subject == 0 || !ok || int(j) == i || i >= 0 && f.going[j].last < f.going[i].last {
			continue
		}
		if p := f.going[j].after(s); p.n > 0 {
			i, to = int(j), p
		}
	}
	return i, to
}

// after gives the places after s; none when s does not continue the story.
func (t *telling) after(s *Sign) (to places) {
	retry := failedForNow(t.status)
	gap := time.Duration(max(0, s.start-t.end))
	for _, at := range t.places.list[:t.places.n] {
		w := &ways[at.way]
		limit := patience
		switch {
		case t.status == http.StatusTooManyRequests:
			limit = pausePatience
		case w.steps[at.step].Repeat:
			limit = pagesPatience
		}
		if gap > limit {
			continue
		}
		if w.masks[at.step].has(s.shape) && (w.steps[at.step].Repeat && t.turns(s) || retry && s.first == t.page) {
			to.add(int(at.way), int(at.step))
			continue
		}
		for i := int(at.step) + 1; i < len(w.steps); i++ {
			if !w.steps[i].follows(t.status) {
				break
			}
			if w.masks[i].has(s.shape) && s.first <= 1 {
				to.add(int(at.way), i)
				break
			}
			if !w.steps[i].Optional {
				break
			}
		}
	}
	return to
}

// follows reports whether a step may come after an answer with a status.
func (s *Step) follows(status int) bool { return s.After == 0 || s.After == status }

// again reports whether s is the step before sent once more.
func (t *telling) again(to *places, s *Sign) bool {
	at := to.best()
	return at == t.places.best() && (!ways[at.way].steps[at.step].Repeat || s.first > 0 && s.first == t.page)
}

// turns reports whether s is the page after the last one, or no page.
func (t *telling) turns(s *Sign) bool { return s.first == 0 || s.first == t.nextPage }

// failedForNow reports whether a client may send the same again.
func failedForNow(status int) bool {
	return status == 0 || status == http.StatusTooManyRequests || status >= 500
}

// beginnings gives the places at which a story of a client may begin with one of
// some shapes.
func beginnings(m mask, c client) (to places) {
	if c == 0 {
		return to
	}
	for i := range ways {
		w := &ways[i]
		if w.client != c {
			continue
		}
		for j := range w.steps {
			if w.masks[j]&m != 0 {
				to.add(i, j)
				break
			}
			if !w.steps[j].Optional {
				break
			}
		}
	}
	return to
}

// told takes over what s tells, and gives the part.
func (f *Follower) told(i int, seq uint64, s *Sign) wire.Part {
	t := &f.going[i]
	t.last, t.end, t.status = seq, max(t.end, s.end), s.status
	at := t.places.best()
	t.page, t.nextPage, t.pages = s.first, s.first+s.size, 0
	if ways[at.way].steps[at.step].Repeat && s.size > 0 && s.status == http.StatusOK && s.total >= t.nextPage {
		t.pages = (s.total - t.nextPage + s.size) / s.size
	}
	f.remember(i, s)
	p := t.part(at)
	p.Expected = s.status >= 400 && slices.Contains(ways[at.way].steps[at.step].Expect, s.status)
	if t.over() {
		f.end(i)
	}
	return p
}

// part is the part that the last exchange is, at its place.
func (t *telling) part(at place) wire.Part {
	w := &ways[at.way]
	return wire.Part{
		Story: w.story.ID, Role: w.steps[at.step].Role, First: t.first,
		Step: t.seen, Of: t.seen + w.required(int(at.step)) + t.pages,
	}
}

// over reports whether nothing can follow.
func (t *telling) over() bool {
	if failedForNow(t.status) || t.pages > 0 {
		return false
	}
	for _, at := range t.places.list[:t.places.n] {
		steps, next := ways[at.way].steps, int(at.step)+1
		if steps[at.step].Repeat || next < len(steps) && steps[next].follows(t.status) {
			return false
		}
	}
	return true
}

// begin puts a telling into a slot. When all are taken, one of the oldest gives way.
func (f *Follower) begin(t telling) int {
	switch n := len(f.free); {
	case n > 0:
		i := int(f.free[n-1])
		f.free = f.free[:n-1]
		f.going[i] = t
		return i
	case len(f.going) < maxTellings:
		f.going = append(f.going, t)
		return len(f.going) - 1
	}
	i := f.next
	f.next = (f.next + 1) % maxTellings
	f.forget(i)
	f.going[i] = t
	return i
}

// end frees a slot.
func (f *Follower) end(i int) {
	f.forget(i)
	f.going[i] = telling{}
	f.free = append(f.free, int32(i))
}

// remember makes the telling the latest about what s is about.
func (f *Follower) remember(i int, s *Sign) {
	if f.bySub == nil {
		f.bySub = map[uint64]int32{}
	}
	t := &f.going[i]
	for _, subject := range s.subjects {
		if subject == 0 {
			break
		}
		at := slices.Index(t.subjects[:], subject)
		if at < 0 {
			at = slices.Index(t.subjects[:], 0)
		}
		if at >= 0 {
			t.subjects[at] = subject
			f.bySub[subject] = int32(i)
		}
	}
}

// forget takes a telling's subjects out of the index.
func (f *Follower) forget(i int) {
	for _, subject := range f.going[i].subjects {
		if j, ok := f.bySub[subject]; ok && subject != 0 && int(j) == i {
			delete(f.bySub, subject)
		}
	}
}
