package store

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"scimdeck/scim"
)

// longFaults, when set, makes the tests of faults take their time: CI's form.
const longFaults = "SCIMDECK_FAULTS"

// rounds is how often a fault is made: in a moment's test, or in the long form.
func rounds(short, long int) int {
	if os.Getenv(longFaults) != "" {
		return long
	}
	return short
}

// childMode, when set, makes the test binary a process that suffers a fault.
const childMode = "SCIMDECK_TEST_CHILD"

var childModes = map[string]func(t testing.TB, args []string){"writers": writersChild}

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		childModes[mode](alone{}, os.Args[1:])
		os.Exit(0)
	}
	var err error
	if testFolder, err = os.MkdirTemp("", "scimdeck-store"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(testFolder)
	os.Exit(code)
}

// testFolder is for what several tests use.
var testFolder string

// child is a process in that mode. Its output is lines that its parent understands.
func child(mode string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), childMode+"="+mode)
	cmd.Stderr = os.Stderr
	return cmd
}

// alone is the testing.TB of a child: its first error is its end.
type alone struct{ testing.TB }

func (alone) Helper()                      {}
func (alone) Logf(format string, v ...any) { fmt.Printf("# "+format+"\n", v...) }
func (alone) Cleanup(func())               {}
func (alone) Error(v ...any)               { fmt.Println("error", fmt.Sprint(v...)); os.Exit(3) }
func (a alone) Errorf(f string, v ...any)  { a.Error(fmt.Sprintf(f, v...)) }
func (a alone) Fatal(v ...any)             { a.Error(v...) }
func (a alone) Fatalf(f string, v ...any)  { a.Error(fmt.Sprintf(f, v...)) }

// A writer has users and groups of its own and changes them at random. Before
// each change it says what it is going to do, and afterwards that it was
// answered, so whoever listens knows what must be there and what may be.

// deed is a change: its words are kind, id or name, and what is to become of it.
type deed struct {
	kind     byte // U create a user, T set its title, X delete it; G, M and Y likewise for groups and their members
	id, name string
	title    string
	members  []string
}

func (d deed) String() string {
	return strings.Join([]string{string(d.kind), d.id, d.name, d.title, strings.Join(d.members, ",")}, " ")
}

func readDeed(text string) deed {
	w := strings.Split(text, " ")
	d := deed{kind: w[0][0], id: w[1], name: w[2], title: w[3]}
	if w[4] != "" {
		d.members = strings.Split(w[4], ",")
	}
	return d
}

// estate is what a writer has.
type estate struct {
	titles  map[string]string          // of users
	members map[string]map[string]bool // of groups
	names   map[string]string          // of both
	tried   int                        // deeds, so that no name is taken twice
}

func newEstate() *estate {
	return &estate{titles: map[string]string{}, members: map[string]map[string]bool{}, names: map[string]string{}}
}

func (e *estate) clone() *estate {
	c := newEstate()
	for id, title := range e.titles {
		c.titles[id] = title
	}
	for id, members := range e.members {
		c.members[id] = map[string]bool{}
		for m := range members {
			c.members[id][m] = true
		}
	}
	for id, name := range e.names {
		c.names[id] = name
	}
	return c
}

// do brings the estate to what it is after a deed.
func (e *estate) do(d deed) {
	switch d.kind {
	case 'U':
		e.titles[d.id], e.names[d.id] = d.title, d.name
	case 'T':
		e.titles[d.id] = d.title
	case 'X':
		delete(e.titles, d.id)
		delete(e.names, d.id)
		for _, members := range e.members {
			delete(members, d.id)
		}
	case 'G':
		e.names[d.id] = d.name
		fallthrough
	case 'M':
		e.members[d.id] = map[string]bool{}
		for _, m := range d.members {
			e.members[d.id][m] = true
		}
	case 'Y':
		delete(e.members, d.id)
		delete(e.names, d.id)
	}
}

// differs says where two estates differ, or "".
func (e *estate) differs(o *estate) string {
	for id, name := range e.names {
		if o.names[id] != name {
			return fmt.Sprintf("%s (%s) is missing", id, name)
		}
	}
	for id, name := range o.names {
		if e.names[id] != name {
			return fmt.Sprintf("%s (%s) should not be there", id, name)
		}
	}
	for id, title := range e.titles {
		if o.titles[id] != title {
			return fmt.Sprintf("%s has the title %.40q, want %.40q", id, o.titles[id], title)
		}
	}
	for id, members := range e.members {
		if len(members) != len(o.members[id]) {
			return fmt.Sprintf("group %s has %d members, want %d", id, len(o.members[id]), len(members))
		}
		for m := range members {
			if !o.members[id][m] {
				return fmt.Sprintf("group %s has lost %s", id, m)
			}
		}
	}
	return ""
}

// titleOf makes a text that is hard to compress of a number and a length.
func titleOf(rnd *rand.Rand, size int) string {
	b := make([]byte, size)
	for i := range b {
		b[i] = base62[rnd.IntN(len(base62))]
	}
	return string(b)
}

func pick[V any](rnd *rand.Rand, m map[string]V) string {
	n := rnd.IntN(len(m))
	for id := range m {
		if n--; n < 0 {
			return id
		}
	}
	return ""
}

// next chooses a deed. size is that of titles.
func (e *estate) next(rnd *rand.Rand, name string, size int) deed {
	some := func(n int) (ids []string) {
		seen := map[string]bool{}
		for range n {
			if id := pick(rnd, e.titles); !seen[id] {
				ids, seen[id] = append(ids, id), true
			}
		}
		return ids
	}
	switch k := rnd.IntN(12); {
	case len(e.titles) < 5 || k < 4:
		return deed{kind: 'U', name: name, title: titleOf(rnd, size)}
	case k < 7:
		return deed{kind: 'T', id: pick(rnd, e.titles), title: titleOf(rnd, size)}
	case k == 7:
		return deed{kind: 'X', id: pick(rnd, e.titles)}
	case k == 8 || len(e.members) == 0:
		return deed{kind: 'G', name: name, members: some(rnd.IntN(len(e.titles)))}
	case k == 9 && len(e.members) > 3:
		return deed{kind: 'Y', id: pick(rnd, e.members)}
	}
	return deed{kind: 'M', id: pick(rnd, e.members), members: some(rnd.IntN(len(e.titles)))}
}

// perform does a deed and returns the resource's id.
func perform(t testing.TB, s *Store, rnd *rand.Rand, d deed, was map[string]bool) (string, error) {
	values := func(ids []string) string {
		list := make([]string, len(ids))
		for i, id := range ids {
			list[i] = fmt.Sprintf(`{"value":%q}`, id)
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	whole := func(name string) string {
		return fmt.Sprintf(`{"schemas":[%q],"userName":%q,"title":%q,"emails":[{"value":"%s@example.com"}]}`, scim.UserURN, name, d.title, name)
	}
	var c Change
	var err error
	switch d.kind {
	case 'U':
		c, err = s.Create(ctx, person, draftOf(t, person, whole(d.name)))
	case 'T':
		if rnd.IntN(2) == 0 {
			c, err = s.Replace(ctx, person, d.id, draftOf(t, person, whole(d.name)), nil)
		} else {
			c, err = s.Patch(ctx, person, d.id, patchOf(t, person, fmt.Sprintf(`[{"op":"replace","path":"title","value":%q}]`, d.title)), nil)
		}
	case 'X':
		c, err = s.Delete(ctx, person, d.id, nil)
	case 'G':
		c, err = s.Create(ctx, group, team(t, d.name, d.members...))
	case 'M':
		if rnd.IntN(2) == 0 {
			c, err = s.Replace(ctx, group, d.id, team(t, d.name, d.members...), nil)
			break
		}
		ops := `[{"op":"add","path":"members","value":` + values(d.members) + `}`
		for _, m := range d.members {
			delete(was, m)
		}
		for m := range was {
			ops += fmt.Sprintf(`,{"op":"remove","path":"members[value eq \"%s\"]"}`, m)
		}
		c, err = s.Patch(ctx, group, d.id, patchOf(t, group, ops+"]"), nil)
	case 'Y':
		c, err = s.Delete(ctx, group, d.id, nil)
	}
	if d.kind == 'U' || d.kind == 'G' {
		return string(scim.DocID(c.After)), err
	}
	return d.id, err
}

// writers are the writers of one process.
type writers struct {
	s     *Store
	size  int // of titles; some are ten times as long
	mu    sync.Mutex
	say   func(format string, v ...any)
	until <-chan struct{} // nil: for ever
	// refused is asked about an answer that is an error: go on?
	refused func(err error) bool
}

func (ws *writers) run(t testing.TB, w int, seed uint64, mine *estate) {
	rnd := rand.New(rand.NewPCG(seed+uint64(mine.tried), uint64(w)))
	for n := 0; ; n++ {
		select {
		case <-ws.until:
			return
		default:
		}
		size := ws.size
		if rnd.IntN(8) == 0 {
			size *= 10
		}
		mine.tried++
		d := mine.next(rnd, fmt.Sprintf("w%d-%d-%d", w, seed, mine.tried), size)
		if d.id != "" {
			d.name = mine.names[d.id]
		}
		was := map[string]bool{}
		for m := range mine.members[d.id] {
			was[m] = true
		}
		ws.tell("b %d %s", w, d)
		id, err := perform(t, ws.s, rnd, d, was)
		if err != nil {
			ws.tell("r %d %v", w, err)
			if !ws.refused(err) {
				return
			}
			continue
		}
		ws.tell("d %d %s", w, id)
		d.id = id
		mine.do(d)
		ws.s.Log(exchange(n))
	}
}

func (ws *writers) tell(format string, v ...any) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.say(format, v...)
}

// Transactions of the tests' stores take few writes, so that most changes of groups are split.
const fewWrites = 6

// writersChild lets writers write until it is killed: folder, seed, size of titles, durable or not.
func writersChild(t testing.TB, args []string) {
	seed, _ := strconv.ParseUint(args[1], 10, 64)
	size, _ := strconv.Atoi(args[2])
	s, err := Open(Options{Dir: args[0], Catalog: both, Durable: args[3] == "durable", Log: LogOptions{Entries: 500}})
	if err != nil {
		t.Fatal(err)
	}
	s.maxWrites = fewWrites
	ws := &writers{s: s, size: size, say: func(f string, v ...any) { fmt.Printf(f+"\n", v...) }}
	ws.refused = func(err error) bool {
		var known *scim.Error
		if !errors.As(err, &known) || known.Status != 413 { // more writes than fewWrites that cannot be split
			t.Error(err)
		}
		return true
	}
	var all sync.WaitGroup
	for w := range 32 {
		all.Go(func() { ws.run(t, w, seed, newEstate()) })
	}
	ping, _ := s.Watch()
	for range ping {
		if st := s.LogState(); st.Last > 0 {
			ws.tell("l %d", st.Last)
		}
	}
}

// ledger is what a listener knows of writers.
type ledger struct {
	done    map[string]*estate // by writer and seed
	begun   map[string]deed    // not answered
	deeds   int                // answered
	lastLog uint64
}

func newLedger() *ledger { return &ledger{done: map[string]*estate{}, begun: map[string]deed{}} }

// hear takes a line. of tells processes apart.
func (l *ledger) hear(t testing.TB, of, line string) {
	what, rest, _ := strings.Cut(line, " ")
	w, rest, _ := strings.Cut(rest, " ")
	key := "w" + w + "-" + of
	switch what {
	case "l":
		n, _ := strconv.ParseUint(w, 10, 64)
		l.lastLog = max(l.lastLog, n)
	case "b":
		l.begun[key] = readDeed(rest)
	case "d":
		if l.done[key] == nil {
			l.done[key] = newEstate()
		}
		d := l.begun[key]
		d.id = rest
		l.done[key].do(d)
		delete(l.begun, key)
		l.deeds++
	case "r":
		delete(l.begun, key)
	default:
		t.Errorf("a child said %q", line)
	}
}

// settle holds a store against the ledger: each writer's estate is as it was
// answered, with or without what was not answered. From then on it is as found.
func (l *ledger) settle(t testing.TB, s *Store) {
	t.Helper()
	found := map[string]*estate{}
	of := func(name string) *estate {
		key := name[:strings.LastIndexByte(name, '-')]
		if found[key] == nil {
			found[key] = newEstate()
		}
		return found[key]
	}
	for _, rt := range []*scim.ResourceType{person, group} {
		_, err := s.List(ctx, rt, Query{Start: 1, Count: 1 << 30}, func(doc []byte) {
			v, err := scim.Decode(doc, scim.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			id, members := v.Get("id").Text(), map[string]bool{}
			if rt == group {
				e := of(v.Get("displayName").Text())
				for _, m := range valuesOf(v, "members") {
					members[m] = true
				}
				e.names[id], e.members[id] = v.Get("displayName").Text(), members
				return
			}
			e := of(v.Get("userName").Text())
			e.names[id], e.titles[id] = v.Get("userName").Text(), v.Get("title").Text()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for key := range l.begun {
		if l.done[key] == nil {
			l.done[key] = newEstate()
		}
	}
	for key, want := range l.done {
		have := found[key]
		if have == nil {
			have = newEstate()
		}
		why := want.differs(have)
		if d, ok := l.begun[key]; ok && why != "" {
			for id, name := range have.names {
				if name == d.name {
					d.id = id
				}
			}
			with := want.clone()
			with.do(d)
			if also := with.differs(have); also != "" {
				why = fmt.Sprintf("%s; nor is it as after the unanswered %.100q: %s", why, d.String(), also)
			} else {
				why = ""
			}
		}
		if why != "" {
			t.Errorf("writer %s: %s", key, why)
		}
		l.done[key] = have
		delete(found, key)
	}
	for key, e := range found {
		if len(e.names) > 0 {
			t.Errorf("writer %s: %d resources that nobody has made", key, len(e.names))
		}
	}
	clear(l.begun)
}

// After a kill at any moment every answered change is there, none is half there,
// and what the log has shown is not shown again under other numbers.
func TestKillProcess(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	n, deeds, splits, fulls := rounds(6, 200), 0, 0, 0
	for round := 0; round < n; {
		dir, l := t.TempDir(), newLedger()
		for range min(8, n-round) {
			round++
			killOnce(t, rnd, dir, l)
			if sv, err := ReadSalvage(dir, both); err == nil { // nothing was made yet, if the kill was that early
				split, full := sv.interrupted()
				splits, fulls = splits+split, fulls+full
				sv.Close()
			}
			s, err := Open(Options{Dir: dir, Catalog: both, Log: LogOptions{Entries: 500}})
			if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			l.settle(t, s)
			if st := s.LogState(); st.Last < l.lastLog {
				t.Errorf("round %d: the log went back from %d to %d", round, l.lastLog, st.Last)
			}
			closeVerified(t, s)
			if t.Failed() {
				t.Fatalf("round %d", round)
			}
		}
		deeds += l.deeds
	}
	t.Logf("%d kills, %d answered changes; %d kills were in the middle of a split change, %d of the making of a table", n, deeds, splits, fulls)
	if n >= 200 && splits == 0 {
		t.Error("no kill met a split change: the test has lost its teeth")
	}
}

// interrupted reports what a kill has interrupted, as 0 or 1: a split change, the making of a table.
func (s *Salvage) interrupted() (split, full int) {
	for key, v := range s.latest {
		if key[0] == spacePending && !v.deleted {
			split = 1
		}
	}
	if len(s.db.mems) > 1 || len(s.tables) != len(s.db.tables) {
		full = 1
	}
	return split, full
}

// killOnce lets a child write for a while and kills it.
func killOnce(t *testing.T, rnd *rand.Rand, dir string, l *ledger) {
	size, durable := []string{"20", "20", "20", "4000"}[rnd.IntN(4)], []string{"durable", "lazy"}[rnd.IntN(2)]
	after := time.Duration(rnd.IntN(60)) * time.Millisecond // from the start, or from the first answers
	if rnd.IntN(20) == 0 {                                  // long enough for memtables to fill and to be compacted
		size, durable, after = "20000", "lazy", 5*after
	}
	seed := strconv.Itoa(rnd.IntN(1 << 30))
	cmd := child("writers", dir, seed, size, durable)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	atStart := rnd.IntN(6) == 0
	kill := func() { time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) }
	if atStart {
		kill()
	}
	begun := 100 + rnd.IntN(2)*600 // in the second case groups have got members
	lines := bufio.NewReaderSize(out, 1<<20)
	for n := 0; ; n++ {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // the last line may be cut off
		}
		l.hear(t, seed, strings.TrimSuffix(line, "\n"))
		if n == begun && !atStart {
			kill()
		}
	}
	_ = cmd.Wait() // "killed"
}
