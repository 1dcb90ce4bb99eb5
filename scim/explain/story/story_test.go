package story

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"scimdeck/scim/wire"
)

// told is a part as the tables of these tests write it: "okta.assign find 1/2".
func told(p wire.Part) string {
	if p == (wire.Part{}) {
		return "-"
	}
	s := fmt.Sprintf("%s %s %d/%d", p.Story, p.Role, p.Step, p.Of)
	if p.Expected {
		s += " expected"
	}
	return s
}

// The recorded sequences of both of Okta's dialects, with what is to be said of
// each of their requests at once.
var recorded = map[string]string{
	"test-connection/aiw": "okta.test users 1/1, okta.test groups 2/2",
	"test-connection/oin": "okta.test users 1/1, okta.test groups 2/2",
	"save-to-app/aiw":     "okta.test users 1/1",
	"save-to-app/oin":     "okta.test users 1/1",
	"import/aiw":          "okta.import users 1/2, okta.import users 2/2, okta.import groups 3/3",
	"import/oin":          "okta.import users 1/2, okta.import users 2/2, okta.import groups 3/3",
	"create/aiw":          "okta.assign find 1/2, okta.assign create 2/2",
	"create/oin":          "okta.assign find 1/2, okta.assign create 2/2",

	"create-link-existing/aiw":     "okta.link find 1/3, okta.link read 2/3, okta.link write 3/3",
	"create-link-existing/oin":     "okta.link find 1/3, okta.link read 2/3, okta.link write 3/3",
	"create-existing-inactive/aiw": reactivated[0],
	"create-existing-inactive/oin": reactivated[1],
	"reactivate/aiw":               reactivated[0],
	"reactivate/oin":               reactivated[1],

	"update/aiw":        "okta.update read 1/2, okta.update write 2/2",
	"update/oin":        "okta.update read 1/2, okta.update write 2/2",
	"deactivate/aiw":    "okta.update read 1/2, okta.deactivate deactivate 2/2",
	"deactivate/oin":    "okta.update read 1/2, okta.deactivate deactivate 2/2",
	"password-sync/oin": "okta.update read 1/2, okta.password password 2/2",
	"password-sync/aiw": "okta.update read 1/2, okta.password password 2/2",

	"group-push-create/aiw":      "okta.group.push find 1/4, okta.group.push create 2/4, okta.group.push read 3/4, okta.group.push members 4/4",
	"group-push-create/oin":      "okta.group.push find 1/4, okta.group.push create 2/4, okta.group.push name 3/4, okta.group.push members 4/4",
	"group-rename/oin":           "okta.group.rename name 1/1",
	"group-rename/aiw":           "okta.group.members read 1/2, okta.group.rename name 2/2",
	"group-members-change/oin":   "okta.group.members members 1/1",
	"group-members-change/aiw":   "okta.group.members read 1/2, okta.group.members members 2/2",
	"group-push-now/oin":         "okta.group.pushnow members 1/1",
	"group-push-now-empty/oin":   "okta.group.pushnow members 1/1",
	"group-members-pathless/oin": "okta.group.pushnow members 1/1",
	"group-delete/aiw":           "okta.group.delete delete 1/1",
	"group-delete/oin":           "okta.group.delete delete 1/1",
	"schema-discovery/oin":       "okta.schema types 1/2, okta.schema schemas 2/2, okta.schema values 3/3",
}

var reactivated = [...]string{
	"okta.reactivate find 1/5, okta.reactivate read 2/5, okta.reactivate activate 3/5, okta.reactivate read-again 4/5, okta.reactivate write 5/5",
	"okta.reactivate find 1/5, okta.reactivate activate 2/3, okta.reactivate read-again 3/4, okta.reactivate write 4/4",
}

// A sequence is one story as it went over the wire, with what is to be said of it.
type sequence struct {
	name string
	log  []*wire.Exchange
	want []string
}

// sequences are all recorded and all written ones, each about somebody else. What
// is about no user or group is told apart by the key that it came with.
func sequences(t testing.TB) []sequence {
	t.Helper()
	suites := map[string][]step{}
	for _, s := range lifecycle(t) {
		suites[s.Suite+"/"+s.Profile] = append(suites[s.Suite+"/"+s.Profile], s)
	}
	if len(suites) != len(recorded) {
		t.Fatalf("%d suites are recorded, %d are expected", len(suites), len(recorded))
	}
	var all []sequence
	for name, steps := range suites {
		who := strings.NewReplacer("/", "-", "_", "-").Replace(name)
		all = append(all, sequence{name, replay(t, who, steps), strings.Split(recorded[name], ", ")})
	}
	for i, s := range written {
		log, want := s.play(t, fmt.Sprintf("w%d", i))
		all = append(all, sequence{s.name, log, want})
	}
	for i, s := range all {
		alone := false
		for _, ex := range s.log {
			alone = alone || ex.ID == "" && ex.Method == "GET" && ex.Filter == "" || strings.Contains(s.name, "random")
		}
		for _, ex := range s.log {
			if alone {
				ex.KeyID = uint64(100 + i)
			}
		}
	}
	return all
}

// check follows a log and holds what is said against what is to be said. The
// exchanges of all sequences are in it, in any mixture.
func check(t *testing.T, f *Follower, log []*wire.Exchange, of map[*wire.Exchange]expectation) {
	t.Helper()
	first := map[string]uint64{}
	for i, ex := range log {
		at := of[ex]
		ex.Seq = uint64(i + 1)
		if at.step == 0 || strings.HasSuffix(at.want, "!") {
			first[at.name] = ex.Seq
		}
		p := f.Follow(ex.Seq, Read(ex))
		if got, want := told(p), strings.TrimSuffix(at.want, "!"); got != want {
			t.Errorf("%s, request %d, %s %s %d: have %s, want %s", at.name, at.step+1, ex.Method, ex.Target, ex.Status, got, want)
		} else if p.Story != "" && p.First != first[at.name] {
			t.Errorf("%s, request %d: it is said to belong to %d, not to %d", at.name, at.step+1, p.First, first[at.name])
		}
		ex.Part = p
	}
}

type expectation struct {
	name string
	step int
	want string
}

func placesIn(all []sequence) map[*wire.Exchange]expectation {
	m := map[*wire.Exchange]expectation{}
	for _, s := range all {
		for i, ex := range s.log {
			m[ex] = expectation{s.name, i, s.want[i]}
		}
	}
	return m
}

// interleaved is a mixture of all sequences, each in its own order.
func interleaved(all []sequence, seed uint64) []*wire.Exchange {
	r := rand.New(rand.NewPCG(seed, 2))
	left := make([][]*wire.Exchange, len(all))
	for i, s := range all {
		left[i] = s.log
	}
	var out []*wire.Exchange
	for len(left) > 0 {
		i := r.IntN(len(left))
		out = append(out, left[i][0])
		if left[i] = left[i][1:]; len(left[i]) == 0 {
			left = append(left[:i], left[i+1:]...)
		}
	}
	at := start
	for _, ex := range out {
		at = at.Add(time.Duration(r.IntN(100)) * time.Millisecond)
		ex.Start = at
	}
	return out
}

// Each sequence is named right, with the right step, alone.
func TestAcceptance67_Sequences(t *testing.T) {
	all := sequences(t)
	of := placesIn(all)
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			if len(s.log) != len(s.want) {
				t.Fatalf("%d requests, %d are expected", len(s.log), len(s.want))
			}
			check(t, new(Follower), s.log, of)
			names(t, s.log)
		})
	}
}

// names checks that the newest part is right for those before it: each has a
// telling as a part of the newest one's story.
func names(t *testing.T, log []*wire.Exchange) {
	t.Helper()
	newest := map[uint64]wire.Part{}
	for _, ex := range log {
		newest[ex.Part.First] = ex.Part
	}
	for _, ex := range log {
		if ex.Part.Story == "" {
			continue
		}
		p := ex.Part
		p.Story = newest[p.First].Story
		if _, ok := Tell(p, ex); !ok {
			t.Errorf("%s has no role %q", p.Story, p.Role)
		}
	}
}

// They are also named right when all go on at the same time, in any mixture.
func TestAcceptance67_Interleaved(t *testing.T) {
	all := sequences(t)
	of := placesIn(all)
	for seed := range uint64(60) {
		if check(t, new(Follower), interleaved(all, seed), of); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// row is what a list of the log has of an exchange.
func row(ex *wire.Exchange) *wire.Exchange {
	return &wire.Exchange{
		Seq: ex.Seq, Start: ex.Start, Took: ex.Took, Source: ex.Source, Method: ex.Method, Target: ex.Target, Host: ex.Host, Status: ex.Status,
		Path: ex.Path, KeyID: ex.KeyID, KeyName: ex.KeyName, Type: ex.Type, ID: ex.ID, Name: ex.Name, Op: ex.Op, Sentence: ex.Sentence,
		RequestHeader: []wire.Field{{Name: "User-Agent", Value: ex.Header("User-Agent")}}, Part: ex.Part,
	}
}

// A Follower that was warmed with the rows of what went before says the same,
// but for what no row has: see Warm.
func TestWarm(t *testing.T) {
	all := slices.DeleteFunc(sequences(t), func(s sequence) bool { return s.name == byAttribute })
	of := placesIn(all)
	for seed := range uint64(12) {
		log := interleaved(all, seed)
		check(t, new(Follower), log, of)
		for cut := 1; cut < len(log); cut += 7 {
			var f Follower
			for _, ex := range log[:cut] {
				f.Warm(ex.Seq, Read(row(ex)), ex.Part)
			}
			for _, ex := range log[cut:] {
				if got := f.Follow(ex.Seq, Read(ex)); got != ex.Part {
					t.Fatalf("seed %d, restart after %d: of %d, %s %s, have %+v, want %+v", seed, cut, ex.Seq, ex.Method, ex.Target, got, ex.Part)
				}
			}
		}
	}
}

// Two clients that do the same at the same time are told apart.
func TestClients(t *testing.T) {
	one, other := newLab(t, "one", oktaAgent), newLab(t, "one", "Microsoft Azure AD SCIM provisioning")
	a := one.do("GET", "/Users?filter=userName%20eq%20%22ada%22&startIndex=1&count=100", "")
	b := other.do("GET", "/Users?filter=userName+eq+%22ada%22", "")
	d := other.do("POST", "/Users", person("ada"))
	c := one.do("POST", "/Users", person("ada"))
	var f Follower
	for i, want := range []string{"okta.assign find 1/2", "entra.create find 1/2", "okta.assign create 2/2", "entra.create create 2/2"} {
		ex := []*wire.Exchange{a, b, c, d}[i]
		p := f.Follow(uint64(i+1), Read(ex))
		if told(p) != want || p.First != uint64(i%2+1) {
			t.Errorf("have %s of %d, want %s of %d", told(p), p.First, want, i%2+1)
		}
	}
}

// Lists are about nobody: which story a page is part of, its number and what went
// before say.
func TestPages(t *testing.T) {
	l := newLab(t, "i", oktaAgent)
	l.prepare("import", nil)
	l.log, l.fail = nil, map[int]int{2: 503}
	var f Follower
	for i, tt := range []struct {
		target, want string
		first        uint64
	}{
		{"/Users?startIndex=1&count=100", "okta.import users 1/2", 1},
		{"/Users?startIndex=1&count=2", "okta.test users 1/1", 2},
		{"/Users?startIndex=101&count=100", "okta.import users 2/2", 1}, // fails
		{"/Users?startIndex=101&count=100", "okta.import users 2/2", 1},
		{"/Users?startIndex=1&count=100", "okta.import users 1/2", 5},
		{"/Users?startIndex=101&count=100", "okta.import users 2/2", 5},
		{"/Groups?startIndex=1&count=100", "okta.import groups 3/3", 5},
		{"/Users?startIndex=1&count=2", "okta.test users 1/1", 8},
		{"/Groups?startIndex=1&count=100", "okta.test groups 2/2", 8},
		{"/Users?startIndex=301&count=100", "okta.import users 1/1", 10},
	} {
		if p := f.Follow(uint64(i+1), Read(l.do("GET", tt.target, ""))); told(p) != tt.want || p.First != tt.first {
			t.Errorf("request %d: have %s of %d, want %s of %d", i+1, told(p), p.First, tt.want, tt.first)
		}
	}
}

// What people send by hand is no part of what a client does.
func TestByHand(t *testing.T) {
	ex := newLab(t, "h", oktaAgent).do("GET", "/Users?startIndex=1&count=2", "")
	for source, want := range map[string]string{"": "okta.test users 1/1", "proxy": "okta.test users 1/1", "tui": "-", "replay": "-"} {
		ex.Source = source
		if got := told(new(Follower).Follow(1, Read(ex))); got != want {
			t.Errorf("from %q: have %s, want %s", source, got, want)
		}
	}
}

// A story waits for its next step, and not for ever.
func TestPatience(t *testing.T) {
	l := newLab(t, "p", oktaAgent)
	l.prepare("update", map[string]string{"userName": "ada"})
	read := l.do("GET", "/Users/p-1", "")
	write := l.do("PUT", "/Users/p-1", person("ada"))
	for _, tt := range []struct {
		wait time.Duration
		want string
	}{{25 * time.Second, "okta.update write 2/2"}, {35 * time.Second, "okta.update write 1/1"}} {
		var f Follower
		f.Follow(1, Read(read))
		write.Start = read.Start.Add(tt.wait)
		if got := told(f.Follow(2, Read(write))); got != tt.want {
			t.Errorf("after %v: have %s, want %s", tt.wait, got, tt.want)
		}
	}
}

// What is sent again after a failure is the same step.
func TestRetry(t *testing.T) {
	l := newLab(t, "r", oktaAgent)
	l.fail[1], l.fail[2] = 429, 503
	log := []*wire.Exchange{
		l.do("GET", "/Users?filter=userName%20eq%20%22ada%22&startIndex=1&count=100", ""), l.do("POST", "/Users", person("ada")),
		l.do("POST", "/Users", person("ada")), l.do("POST", "/Users", person("ada")),
	}
	log[2].Start = log[1].Start.Add(10 * time.Minute)
	log[3].Start = log[2].Start.Add(10 * time.Second)
	var f Follower
	for i, want := range []string{"okta.assign find 1/2", "okta.assign create 2/2", "okta.assign create 2/2", "okta.assign create 2/2"} {
		if p := f.Follow(uint64(i+1), Read(log[i])); told(p) != want || p.First != 1 {
			t.Errorf("request %d: have %s of %d, want %s of 1", i+1, told(p), p.First, want)
		}
	}
	if len(f.bySub) != 0 || len(f.free) != len(f.going) {
		t.Errorf("the story is over and something is left: %d subjects", len(f.bySub))
	}
}

// However much begins and does not go on, a Follower stays small.
func TestFollowerIsBounded(t *testing.T) {
	var f Follower
	ex := &wire.Exchange{
		Method: "GET", Path: "/Users", Type: "User", Filter: `userName eq "x"`, Status: 200, Start: start, Target: "/Users?filter=x",
		RequestHeader: []wire.Field{{Name: "User-Agent", Value: oktaAgent}},
	}
	for i := range uint64(5 * maxTellings) {
		ex.Name = fmt.Sprint("user", i)
		if got := told(f.Follow(i+1, Read(ex))); got != "okta.assign find 1/2" {
			t.Fatal(got)
		}
	}
	if len(f.going) != maxTellings || len(f.bySub) > maxTellings {
		t.Errorf("%d stories about %d subjects", len(f.going), len(f.bySub))
	}
	ex.Method, ex.RequestBody = "POST", []byte(`{"userName":"`+ex.Name+`"}`)
	if p := f.Follow(1<<20, Read(ex)); told(p) != "okta.assign create 2/2" || p.First != 5*maxTellings {
		t.Errorf("the newest is forgotten: %+v", p)
	}
}

func FuzzFollow(f *testing.F) {
	f.Add("GET", "/Users", "/scim/v2/Users?filter=userName%20eq%20%22a%22&startIndex=1&count=100", oktaAgent, "", "a", 200, []byte(nil), []byte(`{"Resources":[{"id":"1","active":false}]}`))
	f.Add("PATCH", "/Groups/1", "/Groups/1?", "", "1", "", 204, []byte(`{"Operations":[{"op":"Add","path":"members","value":[]}]}`), []byte(nil))
	f.Add("PUT", "/Users/1", "/Users/1", oktaAgent, "1", "a", 0, []byte(`{"active":false`), []byte("<html>"))
	f.Fuzz(func(t *testing.T, method, path, target, agent, id, name string, status int, request, response []byte) {
		ex := &wire.Exchange{
			Method: method, Path: path, Target: target, ID: id, Name: name, Status: status, RequestBody: request, ResponseBody: response,
			RequestHeader: []wire.Field{{Name: "User-Agent", Value: agent}}, Start: start, Total: status % 3,
		}
		var follower, restarted Follower
		for seq := range uint64(3) {
			p := follower.Follow(seq+1, Read(ex))
			if p.Story == "" {
				continue
			}
			if p.Step < 1 || p.Of < p.Step || p.First < 1 || p.First > seq+1 {
				t.Errorf("%+v", p)
			}
			told, ok := Tell(p, ex)
			if !ok || told.Title == "" || len(told.Shown) > 8*longest {
				t.Errorf("%v %+v", ok, told)
			}
			restarted.Warm(seq+1, Read(row(ex)), p)
		}
	})
}

func BenchmarkFollow(b *testing.B) {
	for _, name := range []string{"create", "deactivate"} {
		b.Run(name, func(b *testing.B) {
			var steps []step
			for _, s := range lifecycle(b) {
				if s.Suite == name && s.Profile == "oin" {
					steps = append(steps, s)
				}
			}
			log := replay(b, "jane", steps)
			signs := make([]Sign, len(log))
			var f Follower
			b.Run("Read", func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					signs[i%len(log)] = Read(log[i%len(log)])
				}
			})
			b.Run("Follow", func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					f.Follow(uint64(i+1), signs[i%len(log)])
				}
			})
		})
	}
}
