package story

import (
	"slices"

	"scimdeck/scim/wire"
)

// Warm tells a Follower after a restart of an exchange that was followed before,
// with the part that it was given then. The sign may be read from the
// exchange's row alone, without bodies. A few hundred of the newest are enough:
// they come in the order of the log too, and before anything is followed. A
// lookup by another attribute than the name is not joined with what follows it
// then, as its row does not have the id that it found.
func (f *Follower) Warm(seq uint64, s Sign, p wire.Part) {
	story := ByID(p.Story)
	if story == nil || p.First == 0 || s.shape == none {
		return
	}
	m, c := story.shapesOf(p.Role), client(slices.Index(clientNames[:], story.Client))
	i := f.goingSince(p.First)
	if i < 0 {
		i = f.begin(telling{first: p.First})
		t := &f.going[i]
		if t.places = beginnings(m, c); p.Step > 1 || t.places.n == 0 {
			t.places = placesOf(story, p.Role)
		}
	} else {
		f.going[i].resume(story, p.Role, m)
	}
	t := &f.going[i]
	t.places.prefer(story)
	t.seen = p.Step
	at := t.places.best()
	f.told(i, seq, &s)
	if t.first == p.First && t.last == seq { // it is not over
		t.pages = max(0, p.Of-p.Step-ways[at.way].required(int(at.step)))
	}
}

// goingSince finds a telling by its first exchange; -1 when it is not going on.
func (f *Follower) goingSince(first uint64) int {
	return slices.IndexFunc(f.going, func(t telling) bool { return t.first == first && t.seen > 0 })
}

// resume goes to the places where a role of a story may be from here.
func (t *telling) resume(s *Story, role string, m mask) {
	var to places
	for _, at := range t.places.list[:t.places.n] {
		w := &ways[at.way]
		for i := int(at.step); i < len(w.steps); i++ {
			if (i > int(at.step) || w.steps[i].Repeat || failedForNow(t.status)) && w.masks[i]&m != 0 {
				to.add(int(at.way), i)
				break
			}
			if i > int(at.step) && !w.steps[i].Optional {
				break
			}
		}
	}
	if t.places = to; to.n == 0 {
		t.places = placesOf(s, role)
	}
}

// placesOf are all places of a role in a story.
func placesOf(s *Story, role string) (to places) {
	for i := range ways {
		for j := range ways[i].steps {
			if ways[i].story == s && ways[i].steps[j].Role == role {
				to.add(i, j)
			}
		}
	}
	return to
}

// prefer puts the places of a story first.
func (p *places) prefer(s *Story) {
	slices.SortStableFunc(p.list[:p.n], func(a, b place) int {
		switch mine, other := ways[a.way].story == s, ways[b.way].story == s; {
		case mine == other:
			return 0
		case mine:
			return -1
		}
		return 1
	})
}

// shapesOf are all shapes that a role of a story may have.
func (s *Story) shapesOf(role string) (m mask) {
	for i := range ways {
		for j, step := range ways[i].steps {
			if ways[i].story == s && step.Role == role {
				m |= ways[i].masks[j]
			}
		}
	}
	return m
}
