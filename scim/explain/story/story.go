// Package story recognises sequences of requests that clients are known to send:
// Okta's in both of its dialects, Entra's, OneLogin's. Of each exchange it says at
// once which story it is part of, and which step, while the stories of many
// people go on at the same time; and it tells what a step is for, what comes next,
// and what the client's administrator reads when the answer fails.
//
//	var f story.Follower
//	for … { // in the order of the log
//		ex.Part = f.Follow(ex.Seq, story.Read(ex))
//	}
//	t, ok := story.Tell(ex.Part, ex)
//	fmt.Println(t.Title, ex.Part.Step, ex.Part.Of) // Okta: add a person 1 2
//
// The sequences are data, not code: Stories is the table, each row with what it
// is known from and how well (Trust), so that it can be checked against the
// sources. A client that is not in it has no stories.
//
// It reads what is on the wire and what package explain found out. It stores
// nothing and changes nothing; a Follower is all its memory.
package story

import (
	"fmt"
	"slices"
	"strings"
)

// Story is a sequence of requests with one purpose.
type Story struct {
	ID     string // stable: "okta.assign"
	Client string // "Okta"
	Title  string // "add a person"
	Ways   []Way  // in which it is told, the likeliest first
}

// Way is one form of a story.
type Way struct {
	Name   string // "app wizard"; "" when there is only one
	Steps  []Step
	Trust  Trust
	Source string // the section of the notes on the client's wire, and the tags of Sources: "§1.2 S1 S3"
}

// Step is one request of a story.
type Step struct {
	Role  string // its name in the story: "find"
	Match string // the shapes that it may have, divided by "|"; "put user*" is all that begin so

	Optional bool
	Repeat   bool  // several in a row: the pages of a list
	After    int   // only when the step before was answered with this status
	Expect   []int // statuses from 400 on after which the story goes on

	Does  string // "asks whether the account is there already"
	Why   string // the client does it, in a sentence or two
	Needs string // of the answer
	Shown Shown  // to the client's administrator when the answer fails
	RFC   string // where to read on

	Trust  Trust  // of this step, if it is known worse than the way
	Source string // of this step, likewise
}

// Trust says how well something is known.
type Trust byte

// The levels of trust.
const (
	Unknown    Trust = iota
	Inferred         // concluded from what is known
	Reported         // by a third party
	Captured         // somebody published such traffic of the real client
	Documented       // by the client's maker
)

var trustNames = [...]string{"in no source", "inferred", "reported", "captured", "documented"}

// String is a word: "documented".
func (t Trust) String() string { return trustNames[t] }

// Stories is the table of all stories. It is not to be written to.
func Stories() []Story { return stories }

// ByID finds a story by its id; nil if there is none.
func ByID(id string) *Story {
	if i, ok := byID[id]; ok {
		return &stories[i]
	}
	return nil
}

// FullTitle is the title with the client: "Okta: add a person".
func (s *Story) FullTitle() string { return s.Client + ": " + s.Title }

var (
	stories = slices.Concat(oktaUsers, oktaGroups, entra, oneLogin)
	byID    = indexed()
	ways    = compiled()
)

func indexed() map[string]int {
	m := make(map[string]int, len(stories))
	for i := range stories {
		m[stories[i].ID] = i
	}
	return m
}

// way is a Way ready for matching.
type way struct {
	story  *Story
	client client
	steps  []Step
	masks  []mask // of the steps
}

// compiled takes the table apart. A fault in it is a fault in the program.
func compiled() []way {
	var list []way
	for i := range stories {
		s := &stories[i]
		c := client(slices.Index(clientNames[:], s.Client))
		for j := range s.Ways {
			w := way{story: s, client: c, steps: s.Ways[j].Steps}
			for _, step := range w.steps {
				m, err := maskOf(step.Match)
				if err != nil || c <= 0 {
					panic(fmt.Sprintf("story: %s, step %s of %q: %v", s.ID, step.Role, s.Client, err))
				}
				w.masks = append(w.masks, m)
			}
			list = append(list, w)
		}
	}
	return list
}

// mask is a set of shapes.
type mask uint64

func maskOf(match string) (m mask, err error) {
	for name := range strings.SplitSeq(match, "|") {
		prefix, all := strings.CutSuffix(name, "*")
		found := false
		for i, s := range shapes {
			if s == name || all && strings.HasPrefix(s, prefix) {
				m |= 1 << i
				found = true
			}
		}
		if !found || name == "" {
			return 0, fmt.Errorf("no shape %q", name)
		}
	}
	return m, nil
}

func (m mask) has(s shape) bool { return m>>s&1 == 1 }

// required counts the steps after one that have to come.
func (w *way) required(after int) (n int) {
	for _, s := range w.steps[after+1:] {
		if !s.Optional {
			n++
		}
	}
	return n
}
