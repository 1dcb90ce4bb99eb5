package story

import (
	"net/http"
	"strings"
	"testing"

	"scimdeck/scim/explain"
	"scimdeck/scim/wire"
)

// each calls f for every step of the table, with a part and an exchange that fit it.
func each(f func(s *Story, w *Way, step *Step, p wire.Part, ex *wire.Exchange)) {
	for i := range stories {
		s := &stories[i]
		for j := range s.Ways {
			for k := range s.Ways[j].Steps {
				step := &s.Ways[j].Steps[k]
				ex := &wire.Exchange{Method: "GET", Path: "/Users/1", Type: "User", Name: "ada@example.com", Status: 200}
				f(s, &s.Ways[j], step, wire.Part{Story: s.ID, Role: step.Role, First: 1, Step: 1, Of: len(s.Ways[j].Steps)}, ex)
			}
		}
	}
}

// What the table says can be checked: each way is known from something that has
// a name, ids and roles are unique, texts are sentences.
func TestTable(t *testing.T) {
	ids, used := map[string]bool{}, mask(0)
	for _, s := range Stories() {
		if ids[s.ID] || ByID(s.ID) == nil || !strings.HasPrefix(s.ID, strings.ToLower(s.Client)+".") || s.Title == "" {
			t.Errorf("the story %q of %q", s.ID, s.Client)
		}
		ids[s.ID] = true
		for _, w := range s.Ways {
			if (len(s.Ways) > 1) != (w.Name != "") {
				t.Errorf("%s: a way has the name %q", s.ID, w.Name)
			}
			if (w.Trust == Unknown) != (w.Source == "") {
				t.Errorf("%s: %v, from %q", s.ID, w.Trust, w.Source)
			}
			roles, must := map[string]bool{}, false
			for _, step := range w.Steps {
				if roles[step.Role] || step.Role == "" {
					t.Errorf("%s has the role %q twice", s.ID, step.Role)
				}
				roles[step.Role], must = true, must || !step.Optional
				m, err := maskOf(step.Match)
				if err != nil {
					t.Errorf("%s %s: %v", s.ID, step.Role, err)
				}
				used |= m
				checkSources(t, s.ID, w.Source+" "+step.Source)
			}
			if !must {
				t.Errorf("%s: all steps are optional", s.ID)
			}
		}
	}
	if all := mask(1)<<len(shapes) - 1; used != all&^1 {
		t.Errorf("shapes %b are in no step", all&^1&^used)
	}
	for tag, words := range sources {
		if words == "" || tag[0] != 'S' {
			t.Errorf("source %q: %q", tag, words)
		}
	}
}

// checkSources checks that tags are sections, known sources or words in brackets.
func checkSources(t *testing.T, id, tags string) {
	t.Helper()
	inBrackets := false
	for tag := range strings.FieldsSeq(tags) {
		inBrackets = inBrackets || tag[0] == '('
		if !inBrackets && !strings.HasPrefix(tag, "§") && sources[tag] == "" {
			t.Errorf("%s: the source %q is in no list", id, tag)
		}
		inBrackets = inBrackets && tag[len(tag)-1] != ')'
	}
}

// No beginning is so unclear that not all that it may be is remembered.
func TestPlacesSuffice(t *testing.T) {
	for s := range shapes {
		for c := range clientNames {
			if p := beginnings(1<<s, client(c)); p.n == len(p.list) {
				t.Errorf("%s of %s may be %d things", shapes[s], clientNames[c], p.n)
			}
		}
	}
	if len(ways) > 255 || len(shapes) > 64 {
		t.Errorf("%d ways, %d shapes: they do not fit into their numbers", len(ways), len(shapes))
	}
}

// Of every step there is something to say, however its answer went.
func TestTellOfEveryStep(t *testing.T) {
	sentence := func(what, text string, may bool) {
		t.Helper()
		switch {
		case text == "" && may:
		case text == "" || strings.ContainsAny(text, "{}\n") || strings.Contains(text, "  ") || !strings.ContainsAny(text[len(text)-1:], ".)") && what != "Shown":
			t.Errorf("%s: %q", what, text)
		}
	}
	each(func(s *Story, w *Way, step *Step, p wire.Part, ex *wire.Exchange) {
		for _, status := range []int{200, 0, 400, 401, 403, 404, 409, 429, 500, 501, 503} {
			ex.Status, ex.ResponseBody = status, []byte(`{"schemas":["x"],"totalResults":1,"detail":"the lab says no"}`)
			ex.ResponseSize = int64(len(ex.ResponseBody))
			p.Expected = status == 404 && len(step.Expect) > 0
			got, ok := Tell(p, ex)
			if !ok || got.Title != s.Client+": "+s.Title || got.Does == "" || strings.HasSuffix(got.Does, ".") || !strings.HasPrefix(got.RFC, "RFC 764") {
				t.Errorf("%s %s: %v %+v", s.ID, step.Role, ok, got)
			}
			sentence("Why", got.Why, false)
			sentence("Needs", got.Needs, false)
			sentence("Next", got.Next, false)
			failed := status == 0 || status >= 400
			sentence("Do", got.Do, !failed)
			sentence("Shown", got.Shown, true)
			if failed && step.Shown != "" && !p.Expected && status != 0 && !strings.HasSuffix(got.Shown, "the lab says no") {
				t.Errorf("%s %s, %d: it is said to be shown as %q", s.ID, step.Role, status, got.Shown)
			}
			if !failed && (got.Shown != "" || got.Do != "") {
				t.Errorf("%s %s: of an answer that is right it is said: %q %q", s.ID, step.Role, got.Shown, got.Do)
			}
		}
		if w.Trust != Unknown && step.trustIn(w) != Unknown && len(sourcesOf(w.Source+" "+step.Source)) == 0 && w.Trust > Inferred {
			t.Errorf("%s %s is said to be %v, by nobody", s.ID, step.Role, w.Trust)
		}
	})
}

func TestTell(t *testing.T) {
	const find = "/Users?filter=userName%20eq%20%22ada%22&startIndex=1&count=100"
	okta := func(f func(l *lab) *wire.Exchange) *wire.Exchange { return f(newLab(t, "t", oktaAgent)) }
	failing := func(status int, method, target, body string) *wire.Exchange {
		l := newLab(t, "t", oktaAgent)
		l.do("POST", "/Users", person("ada"))
		l.fail[1] = status
		return l.do(method, target, body)
	}
	answered := func(ex *wire.Exchange, status int, body string) *wire.Exchange {
		ex.Status, ex.ResponseBody, ex.ResponseSize = status, []byte(body), int64(len(body))
		explain.Exchange(ex)
		return ex
	}
	tests := []struct {
		name                   string
		ex                     *wire.Exchange
		title, next, shown, do string // do: its beginning
		certain                bool
	}{
		{
			"a search", okta(func(l *lab) *wire.Exchange { return l.do("GET", find, "") }),
			"Okta: add a person", "It creates the account.", "", "", true,
		},
		{
			"a conflict", failing(409, "POST", "/Users", person("ada")), "Okta: add a person", "Okta stops here.",
			"Automatic provisioning of user ada to app <app> failed: Error while creating user ada: Conflict. Errors reported by remote server: the lab says 409",
			"Somebody has this name already", true,
		},
		{
			"a search that failed", failing(500, "GET", find, ""), "Okta: add a person", "Okta stops here.",
			"Automatic provisioning of user ada to app <app> failed: Error while verifying if user ada exists: Internal Server Error. Errors reported by remote server: the lab says 500",
			"The server failed.", true,
		},
		{
			"no key", failing(401, "GET", "/Users?startIndex=1&count=2", ""), "Okta: test the connection, or save", "Okta stops here.",
			"Error authenticating: Unauthorized. Errors reported by remote server: the lab says 401", "The key was not taken", true,
		},
		{
			"a tunnel's own page", answered(failing(502, "GET", "/Users?startIndex=1&count=2", ""), 502, "<html>bad gateway</html>"),
			"Okta: test the connection, or save", "Okta stops here.",
			"Error authenticating: Bad Gateway. Errors reported by remote server: Invalid JSON: Unexpected character ('<' (code 60)) …", "The server failed.", true,
		},
		{
			"an error in plain text", answered(failing(500, "GET", "/Users?startIndex=1&count=2", ""), 500, "error: no database"),
			"Okta: test the connection, or save", "Okta stops here.",
			"Error authenticating: Internal Server Error. Errors reported by remote server: Invalid JSON: Unrecognized token 'error:' …", "The server failed.", true,
		},
		{
			"an empty list", answered(failing(500, "GET", "/Users?startIndex=1&count=2", ""), 200, "[]"),
			"Okta: test the connection, or save", "Okta stops here.", noResults, "Give the answer", true,
		},
		{
			"an empty user", answered(failing(500, "POST", "/Users", person("ada")), 201, ""), "Okta: add a person", "Okta stops here.",
			"Automatic provisioning of user ada to app <app> failed: Error while creating user ada: Create new user returned empty user.", "Give the answer", true,
		},
		{
			"a user that is gone", failing(404, "GET", "/Users/t-1", ""), "Okta: push a profile update", "Okta stops here.",
			"Automatic profile push of user <user> to app <app> failed: Error while trying to push profile update for <user>: Not Found. Errors reported by remote server: the lab says 404",
			"The id is not there any more", true,
		},
		{
			"a pause", failing(429, "GET", "/Users/t-1", ""), "Okta: push a profile update", "The same request again, after a pause.",
			"Automatic profile push of user <user> to app <app> failed: Error while trying to push profile update for <user>: Too Many Requests. Errors reported by remote server: the lab says 429",
			"Nothing, if it ends", true,
		},
		{
			"a PATCH that is not offered", failing(501, "PATCH", "/Users/t-1", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`),
			"Okta: deactivate a person", "Okta stops here.", "", "Okta does not fall back to PUT", true,
		},
		{
			"groups are off", failing(501, "POST", "/Groups", group("Devs")), "Okta: push a group", "Okta stops here.",
			"Unable to update Group Push mapping target App group Devs: Error while creating user group Devs: Not Implemented. Errors reported by remote server: the lab says 501",
			"This server does not offer groups", true,
		},
		{
			"by a habit", func() *wire.Exchange { return newLab(t, "t", "curl/8").do("GET", "/Users?startIndex=1&count=2", "") }(),
			"Okta: test the connection, or save", "It may be that it lists groups.", "", "", false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := Tell(new(Follower).Follow(1, Read(tt.ex)), tt.ex)
			if !ok || got.Title != tt.title || got.Next != tt.next || got.Certain != tt.certain {
				t.Errorf("%v %q, next %q, certain %v", ok, got.Title, got.Next, got.Certain)
			}
			if got.Shown != tt.shown {
				t.Errorf("shown\nhave %s\nwant %s", got.Shown, tt.shown)
			}
			if (got.Do == "") != (tt.do == "") || !strings.HasPrefix(got.Do, tt.do) {
				t.Errorf("do\nhave %s\nwant %s…", got.Do, tt.do)
			}
		})
	}
	if _, ok := Tell(wire.Part{}, &wire.Exchange{}); ok {
		t.Error("of no story something is told")
	}
	if _, ok := Tell(wire.Part{Story: "okta.assign", Role: "dance"}, &wire.Exchange{}); ok {
		t.Error("of no step something is told")
	}
}

func TestTellExpected(t *testing.T) {
	l := newLab(t, "t", oktaAgent)
	l.fail[0] = http.StatusNotFound
	ex := l.do("GET", "/Users?filter=userName%20eq%20%22ada%22&startIndex=1&count=100", "")
	p := new(Follower).Follow(1, Read(ex))
	got, ok := Tell(p, ex)
	if !p.Expected || !ok || got.Shown != "" || got.Next != "It creates the account." || !strings.HasPrefix(got.Do, `Okta takes this answer for "not there"`) {
		t.Errorf("%+v %+v", p, got)
	}
}

func TestOrdinal(t *testing.T) {
	for want, p := range map[string]wire.Part{
		"": {}, "only step": {Story: "x", Step: 1, Of: 1}, "step 2 of 3": {Story: "x", Step: 2, Of: 3},
	} {
		if got := Ordinal(p); got != want {
			t.Errorf("have %q, want %q", got, want)
		}
	}
}
