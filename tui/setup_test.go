package tui

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/reach"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

func TestSetupFrames(t *testing.T) {
	for name, size := range map[string][2]int{"80x24": {80, 24}, "140x40": {140, 40}, "60x15": {60, 15}} {
		a := newApp(t, size[0], size[1])
		a.press("4")
		a.golden("setup-fresh-" + name)
		a.feed(oktaDay()...)
		a.golden("setup-" + name)
		for _, p := range []string{"entra", "other", "okta"} {
			a.press("l")
			a.golden("setup-" + p + "-" + name)
		}
		a.press("n")
		a.golden("setup-tunnels-" + name)
		a.wait(time.Second)
		a.press("u")
		a.golden("setup-address-" + name)
		a.press("esc", "t")
		s := a.setup()
		s.test.results, s.test.over = passed()[:2], false
		a.golden("setup-testing-" + name)
		s.test.results, s.test.over = passed(), true
		a.golden("setup-tested-" + name)
		s.test.results = append(passed()[:2:2], reach.Result{
			Name: reach.Here, State: reach.Failed, Detail: "the tunnel answers and does not get through to this server: 502 Bad Gateway",
			Way: "start the tunnel anew, to the address that this server listens on", Took: 84 * time.Millisecond,
		})
		a.golden("setup-test-failed-" + name)
		a.wait(time.Second)
		a.press("esc")
		a.golden("setup-unreachable-" + name)
	}
}

// passed is a test of an address that leads here.
func passed() []reach.Result {
	return []reach.Result{
		{Name: reach.Name, State: reach.OK, Detail: "104.16.1.2 and 1 more"},
		{Name: reach.HTTPS, State: reach.OK, Detail: "TLS 1.3, until 2025-03-01"},
		{Name: reach.Here, State: reach.OK, Detail: "GET /ServiceProviderConfig, 200 OK", Took: 84 * time.Millisecond},
		{Name: reach.WrongKey, State: reach.OK, Detail: "401, in SCIM's form"},
		{Name: reach.Key, State: reach.OK, Detail: "200, 214 users, as Okta's test asks"},
		{Name: reach.Location, State: reach.Note, Detail: `meta.location is "http://127.0.0.1:7644/api/scim/v2"`, Way: "start scimdeck with --public-url https://abc.example.net, or let the tunnel pass on the Host that was asked"},
	}
}

func (a *app) setup() *setup { return a.r.tabs[3].stack[0].(*setup) }

// TestSetupShowsTheGuide: every value that the guide for Okta lists stands on
// the screen as Okta's form names it.
func TestSetupShowsTheGuide(t *testing.T) {
	a := newApp(t, 140, 50)
	a.press("4")
	a.sees("SCIM connector base URL", "http://127.0.0.1:7644/api/scim/v2",
		"Unique identifier field for users", "userName",
		"[x] Import New Users and Profile Updates", "[x] Push New Users", "[x] Push Profile Updates", "[ ] Push Groups", "[ ] Import Groups",
		"Authentication Mode", "HTTP Header", "Authorization (Bearer)", "the key alone",
		"Test Connector Configuration", "Create Users", "Update User Attributes", "Deactivate Users", "Sync Password",
		"SAML 2.0", "Application username:", "Email (this one matters: it becomes userName)", "Enable SCIM provisioning")
	a.press("l")
	a.sees("[Okta test app]", "SCIM 2.0 Test App (Header Auth)", "Base URL", "API Token", "Bearer, a blank, and the key", "Test API Credentials", "OAuth Bearer Token")
	a.press("l")
	a.sees("[Entra ID]", "Tenant URL", "http://127.0.0.1:7644/api/scim/v2?aadOptscim062020", "Secret Token", "Test Connection", "Automatic", "Provision on demand")
	a.press("l")
	a.sees("[Other]", "Base URL", "Authorization: Bearer", "curl -H")
	a.press("l")
	a.sees("[Okta app wizard]")
}

func TestSetupSeesWhatHappens(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4")
	a.sees("1 of 11 seen", "wait  create", "wait  public address", "n: a tunnel, u types it")
	a.feed(oktaDay()...)
	a.sees("ok    first request from Okta       #1024", "ok    key accepted", "okta-dev", "ok    create                        #1039  14:01:45  ×3",
		"ok    profile update                #1041  14:01:55  ×3  PUT", "ok    deactivate                    #1036", "wait  reactivate", "next: assign them again in Okta",
		"ok    public address answers        #1045 came by it")
	a.press("r")
	a.sees("the list starts anew", "wait  create")
}

func TestSetupIgnoresOwnRequests(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4")
	own := row("POST", "/Users", 201, 1, "create", "ada", "create ada")
	own.Source = "tui"
	a.feed(own)
	a.sees("wait  create")
}

func TestSetupTellsOfARefusedKey(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4")
	bad := row("GET", "/Users?startIndex=1&count=2", 401, 1, "auth", "", "no valid key")
	bad.KeyID, bad.Refused = 0, `the header has no "Bearer "`
	a.feed(bad)
	a.sees("ok    first request from Okta", "fail  key accepted                  #1", `the header has no "Bearer "`, "without the word Bearer: Okta adds it", "#1 went wrong")
	a.press("l")
	a.sees("it must be the word Bearer, a blank")
	a.feed(row("GET", "/Users?startIndex=1&count=2", 200, 1, "probe", "", "test connection"))
	a.sees("ok    key accepted                  #2")
}

func TestSetupAddress(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4", "u")
	a.wait(time.Second)
	a.write("ftp://x")
	a.press("enter")
	a.sees("an address begins with https://")
	a.press("ctrl+u")
	a.write("abc.example.net/")
	a.press("enter")
	a.sees("https://abc.example.net/api/scim/v2")
	a.press("g", "y")
	if len(a.copied) != 1 || a.copied[0] != "https://abc.example.net/api/scim/v2" {
		t.Errorf("copied %q", a.copied)
	}
}

func TestSetupNoticesThePublicAddress(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4")
	local := row("GET", "/Users", 200, 1, "probe", "", "")
	local.Host = "127.0.0.1:7644"
	a.feed(local)
	a.sees("http://127.0.0.1:7644/api/scim/v2", "out of reach for Okta")
	a.feed(row("GET", "/Users", 200, 1, "probe", "", ""))
	a.sees("https://abc.example.net/api/scim/v2")
}

func TestSetupOpensTheRequest(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4")
	a.feed(oktaDay()...)
	a.frame()
	s := a.r.top().(*setup)
	for i, it := range s.items {
		if it.what == "create" {
			s.list.Select(i)
		}
	}
	a.press("enter")
	a.sees("[1 Requests]", "#1039")
}

// A client's headers are believed only with a good key: whoever finds the address
// could else make somebody type another one into Okta.
func TestSetupBelievesNoStranger(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4")
	stranger := row("GET", "/Users", 401, 1, "auth", "", "no valid key")
	stranger.Host, stranger.KeyID, stranger.KeyName, stranger.Refused = "evil.example", 0, "", "unknown key"
	a.feed(stranger)
	if strings.Contains(a.text(), "evil.example") {
		t.Errorf("a request without a good key set the address:\n%s", a.text())
	}
}

// The address is read from what a proxy says, when the Host it asks for is our own.
func TestSetupReadsForwardedHeaders(t *testing.T) {
	a := newApp(t, 140, 40)
	a.press("4")
	ex := exchange("ada@example.com")
	ex.Host = "127.0.0.1:7644"
	ex.RequestHeader = []wire.Field{
		{Name: "Cf-Ray", Value: "8c"},
		{Name: "User-Agent", Value: "Okta SCIM Client 1.0.0"},
		{Name: "X-Forwarded-Host", Value: "scim.example.org"},
		{Name: "X-Forwarded-Proto", Value: "https"},
	}
	a.log(ex)
	a.sees("https://scim.example.org/api/scim/v2", "seen in #1", "cloudflared (from its headers)")
}

func TestSetupShowsTheConfiguredAddress(t *testing.T) {
	a := newApp(t, 140, 40, func(o *Options) { o.Public = "https://scim.example.org/" })
	a.press("4")
	a.sees("https://scim.example.org/api/scim/v2", "the setting publicURL")
}

func TestSetupGuessesTheProvider(t *testing.T) {
	entra := row("GET", "/Users", 200, 1, "find", "", "")
	entra.Agent = "Microsoft Azure AD SCIM provisioning"
	patch := row("PATCH", "/Users/1", 200, 1, "deactivate", "ada", "")
	put := row("PUT", "/Users/1", 200, 1, "deactivate", "ada", "")
	curl := row("GET", "/Users", 200, 1, "list", "", "")
	curl.Agent = "curl/8.5.0"
	for _, c := range []struct {
		rows []*store.Row
		want string
	}{
		{nil, "[Okta app wizard]"},
		{[]*store.Row{put}, "[Okta app wizard]"},
		{[]*store.Row{put, patch}, "[Okta test app]"},
		{[]*store.Row{put, entra}, "[Entra ID]"},
		{[]*store.Row{entra, curl}, "[Entra ID]"},
	} {
		a := newApp(t, 80, 24)
		a.press("4")
		rows := make([]*store.Row, len(c.rows))
		for i, r := range c.rows {
			one := *r
			one.Seq = uint64(i + 1)
			rows[i] = &one
		}
		a.feed(rows...)
		a.sees(c.want)
		a.press("l", "h", "l") // who has chosen keeps it
		was := a.setup().now()
		a.feed(put, entra, patch)
		if a.setup().now() != was {
			t.Errorf("the choice of %s went to %s", was.Name, a.setup().now().Name)
		}
	}
}

// The key for the test app is copied as its field takes it.
func TestSetupKeyForTheField(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4", "l", "a")
	a.wait(time.Second)
	a.press("enter")
	a.sees("Key okta is ready", "y  copy it as  Bearer", "API Token")
	a.press("y")
	if len(a.copied) != 1 || !strings.HasPrefix(a.copied[0], "Bearer scimdeck_") {
		t.Errorf("copied %d texts", len(a.copied))
	}
	a.sees("Copied.")
}

// t runs a test of the typed address for real: a server that is this one passes,
// and nothing of the test is left.
func TestSetupTest(t *testing.T) {
	a := newApp(t, 80, 24)
	a.d.reach = reach.Test
	st := a.store()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st.Arrive(strings.TrimPrefix(r.UserAgent(), wire.TestAgent))
		w.Header().Set("Content-Type", "application/scim+json")
		secret := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		_, reason := st.Authenticate(secret)
		switch {
		case strings.HasSuffix(r.URL.Path, "/ServiceProviderConfig"):
			fmt.Fprintf(w, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],"meta":{"location":"http://%s/api/scim/v2/ServiceProviderConfig"}}`, r.Host)
		case reason != "":
			w.WriteHeader(401)
			fmt.Fprint(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"401"}`)
		default:
			fmt.Fprint(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":1,"Resources":[]}`)
		}
	}))
	a.press("4", "t")
	a.sees("there is no public address to test")
	a.setup().typed = srv.URL + "/api/scim/v2"
	a.press("t")
	a.sees("Test of the public address", "ok    it leads to this server", "ok    a wrong key is refused", "ok    a key is accepted", "200, 1 user, as Okta's test asks", "source:test")
	a.wait(time.Second)
	a.press("y")
	if len(a.copied) != 1 || !strings.Contains(a.copied[0], "ok\tit leads to this server: GET /ServiceProviderConfig, 200 OK") || strings.Contains(a.copied[0], "scimdeck_") {
		t.Errorf("copied %q", a.copied)
	}
	a.press("esc")
	a.sees("ok    public address answers", "t again")
	if n := len(st.Keys()); n != 0 || st.Arrived(a.setup().test.job.mark) != 0 {
		t.Errorf("%d keys are left, or the test goes on", n)
	}
	srv.Close()
	a.press("t")
	a.wait(time.Second)
	a.sees("fail  somebody listens", "nobody listens on port")
	a.press("esc")
	a.settle()
	a.sees("fail  public address answers", "nobody listens on port", "the address does not answer")
}

// Statement 29: each key under a test that is over does what the line says.
func TestAcceptance29_HintsOfTheAddressTest(t *testing.T) {
	for key, leads := range map[string]string{
		"t": "Test of the public address", "y": "copied the report", "n": "cloudflared tunnel", "u": "what your tunnel printed", "esc": "SCIM connector base URL",
	} {
		a := newApp(t, 80, 24)
		a.press("4")
		a.setup().typed = "https://abc.example.net/api/scim/v2"
		a.press("t")
		a.sees("fail  the name resolves", "no network in this test", "t again", "y copy the report", "n tunnels", "u address", "esc close")
		job := a.setup().test.job
		a.press(key)
		a.sees(leads)
		if again := a.setup().test.job != job; again != (key == "t") {
			t.Errorf("%s began another test: %v", key, again)
		}
	}
}

// esc stops a test: what it was about to say counts for nothing.
func TestSetupTestStopped(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4")
	s := a.setup()
	s.typed = "https://abc.example.net/api/scim/v2"
	_, cmd := a.r.Update(keyMsg("t")) // the first step has not ended
	a.wait(time.Second)
	job := s.test.job
	a.press("esc")
	if job.ctx.Err() == nil {
		t.Error("it goes on")
	}
	a.run(cmd)
	a.sees("wait  public address answers", "t tests it")
	if _, err := a.store().BeginTrial(); err != nil {
		t.Error(err)
	}
}

func TestTunnels(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4", "n")
	a.wait(time.Second)
	a.sees("cloudflared tunnel --url http://127.0.0.1:7644", "ngrok http 7644", "tailscale funnel 7644", "ssh -R 80:localhost:7644")
	a.press("j", "y")
	if len(a.copied) != 1 || a.copied[0] != "ngrok http 7644" {
		t.Errorf("copied %q", a.copied)
	}
	a.press("esc")
	a.sees("[4 Setup]", "For")
}

// Statement 65: each empty state names a key, and the key works.
func TestAcceptance65_EachEmptyStateLeadsOn(t *testing.T) {
	tests := []struct{ screen, says, key, leads string }{
		{"2", "a  adds one by hand", "a", "New user"},
		{"3", "a  makes one", "a", "New key"},
		{"3", "4 setup", "4", "SCIM connector base URL"},
		{"4", "a makes one", "a", "New key"},
		{"4", "n tunnels", "n", "cloudflared"},
		{"4", "u types it", "u", "what your tunnel printed"},
	}
	for _, tt := range tests {
		a := newApp(t, 80, 24)
		a.fresh()
		a.press(tt.screen)
		if tt.says != "4 setup" {
			a.sees(tt.says)
		}
		a.press(tt.key)
		a.sees(tt.leads)
	}
}

// The chosen provider is there again after a restart, whatever the log tells of. A
// file that is no provider's is as none.
func TestSetupKeepsTheProvider(t *testing.T) {
	dir := t.TempDir()
	again := func() *app {
		a := newApp(t, 80, 24, func(o *Options) { o.DataDir = dir })
		a.d.provider = readProvider(dir)
		a.r = newRoot(a.d)
		a.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		a.feed(oktaDay()...)
		a.press("4")
		return a
	}
	a := again()
	a.sees("[Okta test app]") // the log tells so
	if all, err := os.ReadDir(dir); err != nil || len(all) != 0 {
		t.Errorf("a provider that nobody chose is kept: %v %v", all, err)
	}
	a.press("l")
	a.sees("[Entra ID]")
	if info, err := os.Stat(filepath.Join(dir, "provider")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v %v", info, err)
	}
	a = again()
	a.sees("[Entra ID]", "Tenant URL")
	a.press("l")
	again().sees("[Other]")
	for _, text := range []string{"", "oktaa\n", "\x1b[2J", strings.Repeat("okta", 1000)} {
		if err := os.WriteFile(filepath.Join(dir, "provider"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		again().sees("[Okta test app]")
	}
	lost := newApp(t, 80, 24, func(o *Options) { o.DataDir = filepath.Join(dir, "nowhere") })
	lost.press("4", "l")
	lost.sees("[Okta test app]", "the provider is not kept for the next start")
}

// Commands may run in another order than they were made in: the latest choice stays.
func TestSetupKeepsTheLatestProvider(t *testing.T) {
	dir := t.TempDir()
	a := newApp(t, 80, 24, func(o *Options) { o.DataDir = dir })
	s := a.setup()
	first, second := s.turn(1), s.turn(1)
	for _, c := range []tea.Cmd{second, first} {
		if msg := c(); msg != nil {
			t.Fatal(msg)
		}
	}
	if p := readProvider(dir); p != s.now() {
		t.Errorf("kept is %v, chosen %v", p, s.now())
	}
}
