package guide

import (
	"net/http"
	"slices"
	"time"

	"scimdeck/scim/explain/story"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// State says whether a sight was seen.
type State string

// The states. What failed at last has failed, whatever was before.
const (
	Waiting State = "wait"
	OK      State = "ok"
	Failed  State = "fail"
)

// Seen is a sight and the requests that showed it.
type Seen struct {
	Sight
	Requests
}

// Requests are those that showed a sight. Without any, State is Waiting.
type Requests struct {
	State State
	Times int
	First uint64    // the number of the first request
	Last  uint64    // and of the last
	At    time.Time // of the last
	Note  string    // of the last: PUT or PATCH, or the key's name; when it failed, why, as the log has it
}

// Progress is what has been seen of all providers. The zero Progress has seen
// nothing. It is for one goroutine at a time.
type Progress struct {
	seen    [][]Requests // by the places of provider and sight; nil: nothing yet
	client  string       // of the last request whose client is known by its user agent
	patches bool         // Okta has sent a PATCH
	last    uint64       // the number of the last row
	through Through
}

// Through is the last request that came with a good key and perhaps through a
// tunnel: what its headers say of the address that the client used is worth
// reading, see Outside.
type Through struct {
	Seq  uint64 // 0: none
	Host string // that was asked
}

// sightRef is a sight of a provider, by their places.
type sightRef struct{ provider, sight int }

// byPart and byOp find the sights that a request shows.
var byPart, byOp = func() (map[part][]sightRef, map[string][]sightRef) {
	parts, ops := map[part][]sightRef{}, map[string][]sightRef{}
	for i, p := range providers {
		for j, s := range p.sights {
			for _, at := range s.parts {
				parts[at] = append(parts[at], sightRef{i, j})
			}
			for _, op := range s.ops {
				ops[op] = append(ops[op], sightRef{i, j})
			}
		}
	}
	return parts, ops
}()

// The places of the two sights that each provider begins with.
const (
	firstAt = iota
	keyAt
)

// Watch takes in a row. Rows come in the order of the log; one that is no client's
// shows nothing.
func (g *Progress) Watch(row *store.Row) {
	g.last = row.Seq
	if row.Source != "" {
		return
	}
	client := story.ClientOf(row.Agent)
	if client != "" {
		g.client = client
		g.patches = g.patches || client == "Okta" && row.Method == http.MethodPatch
	}
	fine := row.Status > 0 && row.Status < 400 || row.Part.Expected
	for i, p := range providers {
		if p.Client == client && client != "" || p.Client == "" && row.Agent != "" {
			g.saw(sightRef{i, firstAt}, row, true, "")
			switch {
			case row.Refused != "":
				g.saw(sightRef{i, keyAt}, row, false, row.Refused)
			case row.KeyID != 0:
				g.saw(sightRef{i, keyAt}, row, true, row.KeyName)
			}
		}
	}
	if row.Refused != "" || row.KeyID == 0 {
		return
	}
	if client != "" || Public(row.Host) {
		g.through = Through{row.Seq, row.Host}
	}
	told := row.Part != (wire.Part{})
	if told {
		for _, at := range byPart[part{row.Part.Story, row.Part.Role}] {
			if providers[at.provider].Client == client { // a story may be a guess
				g.done(at, row, fine)
			}
		}
	}
	for _, at := range byOp[row.Op] {
		p := providers[at.provider]
		mine := p.Client == "" || p.Client == client
		if mine && (p.Client == "" || !told) && p.sights[at.sight].groups == (row.Type == "Group") {
			g.done(at, row, fine)
		}
	}
}

func (g *Progress) done(at sightRef, row *store.Row, fine bool) {
	note := ""
	switch {
	case !fine:
		note = row.Sentence
	case row.Method == http.MethodPut || row.Method == http.MethodPatch: // the two dialects
		note = row.Method
	}
	g.saw(at, row, fine, note)
}

func (g *Progress) saw(at sightRef, row *store.Row, fine bool, note string) {
	if g.seen == nil {
		g.seen = make([][]Requests, len(providers))
		for i, p := range providers {
			g.seen[i] = make([]Requests, len(p.sights))
		}
	}
	s := &g.seen[at.provider][at.sight]
	switch s.Times++; {
	case s.Times == 1:
		s.First = row.Seq
	case at.sight == firstAt: // it is the first that counts
		return
	}
	s.Last, s.At, s.Note, s.State = row.Seq, row.Start, note, OK
	if !fine {
		s.State = Failed
	}
}

// List is what a provider's sights have come to, in the order in which they are to
// be expected.
func (g *Progress) List(p *Provider, e Env) []Seen {
	i := slices.Index(providers, p)
	list := make([]Seen, 0, len(p.sights))
	for j, s := range p.sights {
		if s.groups && !e.Groups {
			continue
		}
		one := Seen{s, Requests{State: Waiting}}
		if g.seen != nil && g.seen[i][j].Times > 0 {
			one.Requests = g.seen[i][j]
		}
		list = append(list, one)
	}
	return list
}

// Next is what is to be done now: about the first that failed, else the first that
// was not seen. ok is false when all was.
func Next(list []Seen) (next Seen, ok bool) {
	for _, state := range []State{Failed, Waiting} {
		for _, s := range list {
			if s.State == state {
				return s, true
			}
		}
	}
	return Seen{}, false
}

// Done reports whether one of the sights that show a step was seen.
func (s Step) Done(list []Seen) bool {
	for _, seen := range list {
		if seen.State == OK && slices.Contains(s.By, seen.ID) {
			return true
		}
	}
	return false
}

// Guess is the provider of the client that sent the last request whose user agent
// is known; the first one when there was none. An Okta that has sent a PATCH is one
// of a catalogue app.
func (g *Progress) Guess() *Provider {
	switch {
	case g.client == "Okta" && g.patches:
		return &oktaTest
	case g.client == "" || g.client == "Okta":
		return &oktaWizard
	case g.client == entra.Client:
		return &entra
	}
	return &other
}

// Through is the last request that is worth being looked at by Outside.
func (g *Progress) Through() Through { return g.through }

// Last is the number of the last row that was watched.
func (g *Progress) Last() uint64 { return g.last }
