// Package lint holds one exchange against the documents: what in a request is
// not as SCIM or HTTP has it, what in an answer a client will stumble over, and
// where it is written. It answers nothing, refuses nothing and changes nothing;
// what a server does about a request is the affair of scim and server.
//
//	l := lint.New(lint.Options{Catalog: catalog, MaxResults: 1000})
//	ex.Findings = l.Exchange(ex)              // after the answer was sent
//	lint.Worst(ex.Findings).Flag()            // "!", "~" or ""
//	for _, f := range ex.Findings {
//		r, _ := lint.Find(f.Rule)
//		fmt.Println(r.Level, r.ID, r.Sentence, f.At, f.Detail, r.Do, r.Place)
//	}
//
// A rule is data: an id, a level, a sentence, what to do, and the place in a
// document (Rules lists them; Table is the list as Markdown). An id keeps its
// meaning for ever and is never given to another rule, so that it can be
// filtered by, looked up and talked about. SCIM-001 and up are about how a
// request is sent, SCIM-101 and up about its body, SCIM-201 and up about
// answers; OKTA is about what Okta's client and its test suites need beyond the
// RFCs; IOP and IPSIE are the rows of two profiles that bind clients, numbered
// like the rows IP-01 and up of testdata/matrix.txt, and are silent unless
// Options.Profile asks. testdata has what each rule finds and what it lets pass.
//
// # Levels
//
// An error makes the request fail or mean something else, or the client give
// up. A warning is against a document but mostly survives: servers that are
// lenient take it (Rule.Leniency names the leniency, in the words of
// scim.Leniencies and server.Leniencies). A note is worth knowing and nothing to
// mend. What Okta sends every day is never more than a note.
//
// # What it costs
//
// Bodies are walked as they are, once, and nothing is made of them: a request
// without findings costs no memory. That holds for what Okta sends; a filter or
// path that is not of the usual form is given to scim's parser. See
// BenchmarkExchange. What was cut from a body is never held against it.
package lint

import (
	"strings"
	"sync"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// Profile is a document beyond the RFCs whose demands on clients are rules too.
type Profile uint8

const (
	NoProfile Profile = iota
	Interop           // draft-zollner-scim-interop-profile-01
	IPSIE             // IPSIE AL SCIM 2.0 Profile, Draft 00, which contains Interop
)

// Options says what an exchange is held against. The zero value is the RFCs' own
// User and Group, and what every server may be told.
type Options struct {
	// Catalog is what the server offers; nil: the RFC's User with the enterprise
	// extension, and Group. A catalog without groups gets them, since a request
	// about groups is no better or worse for being refused. Of a server that is
	// not ours (Exchange.Source "proxy", "check") unknown extensions are let pass.
	Catalog *scim.Catalog
	// MaxResults is the greatest page (RFC 7643 §5); 0: not known.
	MaxResults int
	Profile    Profile
	// EmailNames says that user names are to be e-mail addresses: the guide for
	// the app says that Okta's application username format is Email.
	EmailNames bool
	// Answers holds every answer against the rules. Otherwise only those of
	// proxied exchanges, of checks and of replays elsewhere are (Exchange.Source
	// "proxy", "check", "replay of 1 to …"): our own are held by tests.
	Answers bool
	// Most is how many findings an exchange can have; 0: 20. If there are more,
	// the last one says how many.
	Most int
}

// defaultMost bounds the findings of an exchange, and perRule those of one rule:
// two hundred members without a value are one mistake.
const (
	defaultMost = 20
	perRule     = 3
)

// Linter holds exchanges against the rules. It can be used by many goroutines.
type Linter struct {
	o     Options
	types []*resource
	looks sync.Pool
}

// New makes a Linter.
func New(o Options) *Linter {
	if o.Most <= 0 {
		o.Most = defaultMost
	}
	if o.Catalog == nil {
		o.Catalog = scim.NewCatalog(true)
	}
	l := &Linter{o: o}
	groups := false
	for _, t := range o.Catalog.Types {
		l.types = append(l.types, compile(t))
		groups = groups || t.Endpoint == "/Groups"
	}
	if !groups {
		l.types = append(l.types, compile(scim.NewCatalog(true).Type("Group")))
	}
	l.looks.New = func() any { return new(look) }
	return l
}

// Exchange gives what the rules find in ex, at most Options.Most findings; nil
// when there is nothing to say. It reads ex alone, changes nothing in it, and
// wants it as wire.Handler hands it over: with its secrets cut out.
func (l *Linter) Exchange(ex *wire.Exchange) []wire.Finding {
	k := l.looks.Get().(*look)
	k.begin(l, ex)
	k.target()
	k.head()
	k.queryRules()
	k.requestBody()
	k.asked = Worst(k.found)
	if ex.Source == "check" { // its requests are wrong on purpose
		k.found, k.counts, k.more, k.worst = nil, [ruleLimit]uint8{}, 0, None
	}
	if l.o.Answers || ex.Source == "proxy" || ex.Source == "check" || byAnother(ex) {
		k.answer()
	}
	found := k.finish()
	l.looks.Put(k)
	return found
}

// Worst is the level of the worst finding, None if there are none.
func Worst(findings []wire.Finding) Level {
	worst := None
	for i := range findings {
		worst = max(worst, Level(findings[i].Level))
	}
	return worst
}

// Count counts findings by their levels.
func Count(findings []wire.Finding) (errors, warnings, notes int) {
	for i := range findings {
		switch Level(findings[i].Level) {
		case Error:
			errors++
		case Warn:
			warnings++
		case Note:
			notes++
		}
	}
	return errors, warnings, notes
}

// look is one exchange being looked at.
type look struct {
	l  *Linter
	ex *wire.Exchange
	*kit
	text
	depth int

	found   []wire.Finding
	counts  [ruleLimit]uint8
	more    int
	worst   Level // of what was found beyond Most
	asked   Level // of what was found in the request
	answers bool  // text is the answer's body

	path, query string // of the target; path is below the base, undecoded
	hasQuery    bool
	endpoint    string // the first segment, "Users"
	id          string // what follows it
	kind        kind
	r           *resource // of the endpoint; nil: none
	param       [scim.Params]string
	has         [scim.Params]bool
	filter      []byte // decoded
	sentName    []byte // userName, or a Group's displayName, in the request
	pathlessOp  bool   // an operation without path was sent
	foreign     bool   // the server is not ours: it may have extensions that the catalog does not
	sentActive  bool   // a whole user was sent that says whether it is active
	start1      int    // startIndex and count as asked for; -1: not
	count1      int
	own         bool // a request of the dashboard's own, without a key

	header struct { // of the request
		auth, accept, contentType, encoding, ifMatch, conditional, override, agent string
		auths                                                                      int
	}
}

// kit is what a look needs room for and the next one can use again as it is.
type kit struct {
	stack             [16]step // where in the text the walk is
	scratch, scratch2 []byte
	place             []byte            // of a finding, being made
	places            map[string]string // see known
	seen              seen
}

func (k *look) begin(l *Linter, ex *wire.Exchange) {
	if k.kit == nil {
		k.kit = newKit()
	}
	if cap(k.scratch) > keepScratch || cap(k.scratch2) > keepScratch {
		k.scratch, k.scratch2 = nil, nil
	}
	k.l, k.ex, k.start1, k.count1 = l, ex, -1, -1
	k.foreign = ex.Source == "proxy" || ex.Source == "check" || byAnother(ex)
	k.own = ex.Source != "" && ex.Source != "proxy"
}

// byAnother reports whether an exchange is a replay that another server answered.
func byAnother(ex *wire.Exchange) bool {
	_, host := wire.Replayed(ex.Source)
	return host != ""
}

// keepScratch is up to which size room for texts is kept.
const keepScratch = 64 << 10

// finish gives the findings, with how many more there were.
func (k *look) finish() []wire.Finding {
	found := k.found
	if k.more > 0 {
		found = append(found, wire.Finding{Level: byte(k.worst), At: "the whole exchange", Detail: more(k.more)})
	}
	*k = look{kit: k.kit, text: text{names: k.names[:0]}} // lets go of the exchange, and is ready for the next
	return found
}

// here in place of a finding's place is where the walk is, here and a name a member
// of that. It is made only for a finding that is kept: of a hostile body there
// may be thousands.
const here = "\x00"

// add adds a finding. Callers make at and detail only when there is one.
func (k *look) add(r *Rule, at, detail string) {
	level := r.Level
	most := k.l.o.Most
	if k.counts[r.n] >= perRule {
		k.drop(level)
		return
	}
	k.counts[r.n]++
	if inside, ok := strings.CutPrefix(at, here); ok {
		at = k.inside(inside)
	}
	f := wire.Finding{Rule: r.ID, Level: byte(level), At: at, Detail: detail}
	if len(k.found) < most {
		if k.found == nil {
			k.found = make([]wire.Finding, 0, 2)
		}
		k.found = append(k.found, f)
		return
	}
	for i := len(k.found) - 1; i >= 0; i-- {
		if old := Level(k.found[i].Level); old < level { // a lesser one makes room
			k.drop(old)
			k.found = append(append(k.found[:i], k.found[i+1:]...), f)
			return
		}
	}
	k.drop(level)
}

func (k *look) drop(level Level) {
	k.more++
	k.worst = max(k.worst, level)
}

// profile reports whether the rules of a profile are in force.
func (k *look) profile(p Profile) bool { return k.l.o.Profile >= p }

// slow is when Okta gives up (a minute without a byte), and unhurried when a step
// of its SPEC suite fails.
const (
	slow      = 60 * time.Second
	unhurried = 600 * time.Millisecond
)
