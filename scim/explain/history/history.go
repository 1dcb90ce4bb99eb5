// Package history tells what became of one resource: which exchanges touched it,
// the versions that the writes among them made, each as a client saw it, and what
// changed from one to the next.
//
//	s := history.Subject{Type: user, ID: id, Now: doc}
//	h, err := history.Tell(s, st.Exchanges(ctx, numbers)) // those of find.About
//	for _, v := range h.Versions {
//		fmt.Println(v.ETag(), v.Brief(), v.Gap) // W/"4" ~title -phoneNumbers
//	}
//
// After tells of one exchange alone what it left.
//
// It reads what the log keeps and guesses nothing. Three things are there to tell
// a version by, and they are trusted in this order:
//
//   - The number in ETag says which version an answer is about. Numbers count up by
//     one, so a number that is missing is a version that the log knows nothing of.
//   - What changed is what the server noted when it wrote (Exchange.Changes): it had
//     the whole of both states, also when the log keeps only the beginning of bodies.
//     Where no exchange made a version, it is the difference of two states that are known.
//   - The state is an answer that is there as a whole and was not narrowed by
//     attributes, of the write or of any other exchange with the same number, or what
//     is stored now. Where there is none, Gap says why. No state is put together
//     from requests and differences: these are cut where they are long.
//
// What is kept beside a resource, the groups of a user and the members of a group,
// is left out of the states: a user's version does not move with it, and there may
// be 50,000 of it. Who joined and left is in the changes.
package history

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/wire"
)

// Subject is the resource whose history is told.
type Subject struct {
	Type *scim.ResourceType
	ID   string
	Now  []byte // the stored doc as it is now; nil: it is gone
	Base string // the URL that clients know the server by; "": the one that the last exchange came by
}

// Most is how many exchanges, the newest, should be read for a history: their
// bodies are in memory at once.
const Most = 500

// History is what the log tells of a resource. The zero History is that of one
// that the log knows nothing of.
type History struct {
	Touches  []Touch   // the exchanges that touched it, oldest first
	Versions []Version // the states that are known of, oldest first
}

// Touch is an exchange that was about the resource.
type Touch struct {
	Exchange *wire.Exchange // without bodies and headers
	Version  uint64         // that the answer is about; 0: it does not say
	Made     bool           // it made that version, or it deleted the resource
}

// Version is a state of the resource.
type Version struct {
	Number  uint64    // as in W/"3"
	By      uint64    // number of the exchange that made it; 0: none in the log did
	At      time.Time // when it was made; zero when nothing tells
	Deleted bool      // the end: there is no state
	Doc     []byte    // the state as a client saw it, without groups or members; nil: it cannot be told
	Gap     string    // why not, as a clause: "its answer is cut in the log"

	// Changes are those from version From to this one, with what had no effect.
	// From is 0 when the resource was created, and, with Known false, when nothing
	// tells what changed.
	Changes []wire.Change
	From    uint64
	Known   bool

	Skipped uint64 // versions right before this one that nothing is known of
}

// Event is a line of a history: an exchange, a version, or both if the one made the other.
type Event struct {
	Touch   *Touch   // nil: no exchange in the log made the version
	Version *Version // nil: the exchange made none
}

// Events lists touches and versions as one, oldest first. A version that nothing
// in the log made stands where it was seen first.
func (h *History) Events() []Event {
	list := make([]Event, 0, len(h.Touches)+1)
	by, orphans := map[uint64]*Version{}, []*Version(nil)
	for i := range h.Versions {
		if v := &h.Versions[i]; v.By != 0 {
			by[v.By] = v
		} else {
			orphans = append(orphans, v)
		}
	}
	for i := range h.Touches {
		t := &h.Touches[i]
		for len(orphans) > 0 && t.Version >= orphans[0].Number {
			list = append(list, Event{Version: orphans[0]})
			orphans = orphans[1:]
		}
		list = append(list, Event{t, by[t.Exchange.Seq]})
	}
	for _, v := range orphans {
		list = append(list, Event{Version: v})
	}
	return list
}

// Made returns the index of the version that an exchange made, -1 if it made none.
func (h *History) Made(seq uint64) int {
	if seq == 0 {
		return -1
	}
	return slices.IndexFunc(h.Versions, func(v Version) bool { return v.By == seq })
}

// Tell tells a history from exchanges, in the order of their numbers. Those that
// turn out to be about something else are left out. The error is exchanges' own.
func Tell(s Subject, exchanges iter.Seq2[*wire.Exchange, error]) (History, error) {
	t := teller{Subject: s, versions: map[uint64]*Version{}}
	for ex, err := range exchanges {
		if err != nil {
			return History{}, err
		}
		if ex.Base != "" && s.Base == "" {
			t.Base = ex.Base
		}
		t.add(ex)
	}
	t.present()
	return History{Touches: t.touches, Versions: t.list()}, nil
}

// teller gathers versions by their numbers: the log's order may be another than
// that of two writes at the same moment.
type teller struct {
	Subject
	touches  []Touch
	versions map[uint64]*Version
	end      *Version // the deletion
}

// add takes in an exchange.
func (t *teller) add(ex *wire.Exchange) {
	if ex.Op == "bulk" {
		t.bulk(ex)
		return
	}
	touch := Touch{Exchange: bare(ex)}
	if ex.ID == t.ID && ex.Status >= 200 && ex.Status < 400 {
		touch.Version = version(ex)
		touch.Made = t.answered(ex, touch.Version)
	}
	t.touches = append(t.touches, touch)
}

// answered takes in an exchange about the resource that went well, and reports
// whether it made a version.
func (t *teller) answered(ex *wire.Exchange, number uint64) (made bool) {
	if ex.Method == "DELETE" {
		t.end = &Version{By: ex.Seq, At: ex.Start, Deleted: true, Changes: slices.Clone(ex.Changes), Known: true}
		return true
	}
	if number == 0 {
		return false
	}
	doc, gap := t.state(ex)
	made = alters(ex.Changes)
	v := t.versions[number]
	switch {
	case v == nil && !made && doc == nil:
		return false // of a version that is not known otherwise this tells nothing
	case v == nil:
		v = &Version{Number: number}
		t.versions[number] = v
	}
	if v.Doc == nil {
		v.Doc = doc
	}
	if made = made && v.By == 0; made {
		v.By, v.At, v.Gap = ex.Seq, ex.Start, gap
		v.Changes, v.From, v.Known = slices.Clone(ex.Changes), number-1, true
	}
	return made
}

// bulk takes in what a bulk request's answer says of the resource (RFC 7644 §3.7.3).
func (t *teller) bulk(ex *wire.Exchange) {
	touch := Touch{Exchange: bare(ex)}
	found := false
	for w := scim.WalkJSON(scim.MemberOf(ex.ResponseBody, "Operations")); w.Next(); {
		if !strings.HasSuffix(scim.Unquote(scim.MemberOf(w.Value, "location")), t.Type.Endpoint+"/"+t.ID) {
			continue
		}
		found = true
		status := scim.Unquote(scim.MemberOf(w.Value, "status"))
		number := number(scim.Unquote(scim.MemberOf(w.Value, "version")))
		switch method := scim.Unquote(scim.MemberOf(w.Value, "method")); {
		case !strings.HasPrefix(status, "2"):
		case method == "DELETE":
			touch.Made = true
			t.end = &Version{By: ex.Seq, At: ex.Start, Deleted: true}
		case number > 0 && t.versions[number] == nil:
			touch.Version, touch.Made = number, true
			t.versions[number] = &Version{Number: number, By: ex.Seq, At: ex.Start, Gap: bulkGap}
		}
	}
	if found {
		t.touches = append(t.touches, touch)
	}
}

// present takes in what is stored now.
func (t *teller) present() {
	n := scim.DocVersion(t.Now)
	if n == 0 {
		return
	}
	v := t.versions[n]
	if v == nil {
		v = &Version{Number: n}
		t.versions[n] = v
	}
	v.Doc, v.Gap = t.without(scim.AppendWire(nil, t.Now, t.Base)), ""
	t.end = nil // it is there
}

// list puts the versions in order and fills in what follows from their neighbours.
func (t *teller) list() []Version {
	list := make([]Version, 0, len(t.versions)+1)
	for _, v := range t.versions {
		list = append(list, *v)
	}
	slices.SortFunc(list, func(a, b Version) int { return int(int64(a.Number) - int64(b.Number)) })
	before := Version{}
	for i := range list {
		v := &list[i]
		v.Skipped = v.Number - before.Number - 1
		switch {
		case v.Doc != nil:
			v.Gap = ""
			if v.At.IsZero() {
				v.At = modified(v.Doc)
			}
		case v.Gap == "":
			v.Gap = "no answer in the log has it"
		}
		if !v.Known && v.Doc != nil && before.Doc != nil {
			v.Changes = change.Of(change.Write{Type: t.Type, Method: "PUT", Before: before.Doc, After: v.Doc})
			v.From, v.Known = before.Number, true
		}
		before = *v
	}
	if t.end != nil {
		list = append(list, *t.end)
	}
	return list
}

// After is the resource as a write left it: the state that its answer has, if that is
// there as a whole and was not narrowed by attributes; else gap says why there is none,
// as a clause. t is the type that the exchange names.
func After(t *scim.ResourceType, ex *wire.Exchange) (doc []byte, gap string) {
	switch {
	case ex.Status == 0:
		return nil, "there was no answer"
	case ex.Status >= 300:
		return nil, "its answer is an error"
	case ex.Method == "DELETE":
		return nil, "it was deleted"
	case ex.Op == "bulk":
		return nil, bulkGap
	case t == nil || ex.ID == "":
		return nil, "the request is about no single resource of a type that is known"
	}
	return (&teller{Subject: Subject{Type: t, ID: ex.ID}}).state(ex)
}

const bulkGap = "the answer to a bulk request does not have the resource"

// state is the resource in an answer, or why it is not to be had from it.
func (t *teller) state(ex *wire.Exchange) (doc []byte, gap string) {
	body := ex.ResponseBody
	switch {
	case ex.ResponseWithheld():
		return nil, "its answer was withheld from the log"
	case len(body) == 0 && ex.ResponseSize > 0:
		return nil, "the log has not kept its answer"
	case len(body) == 0:
		return nil, "its answer has no body"
	case ex.ResponseCut():
		return nil, "the log keeps only the beginning of its answer"
	case t.narrowed(ex.Target):
		return nil, "its answer has only some of the attributes"
	case scim.Unquote(scim.MemberOf(body, "id")) != t.ID:
		return nil, "its answer has another resource"
	}
	if doc = t.without(body); doc == nil {
		return nil, "its answer is no JSON"
	}
	return doc, ""
}

// Brief says in a few words what a version changed: "~title -phoneNumbers", "created".
func (v *Version) Brief() string {
	switch {
	case v.Deleted:
		return "deleted"
	case !v.Known:
		return "not known what changed"
	case len(v.Changes) == 0:
		return "nothing changed"
	}
	return change.Brief(v.Changes)
}

// ETag is the version's entity tag, "" of the end.
func (v *Version) ETag() string {
	if v.Number == 0 {
		return ""
	}
	return `W/"` + strconv.FormatUint(v.Number, 10) + `"`
}
