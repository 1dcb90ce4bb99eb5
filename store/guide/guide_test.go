package guide

import (
	"slices"
	"strings"
	"testing"
	"time"

	"scimdeck/scim/explain"
	"scimdeck/scim/explain/story"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

var withGroups = Env{Base: "https://abc.example.net/api/scim/v2", Groups: true}

// What the guides say refers to things that there are.
func TestProvidersHold(t *testing.T) {
	ops := []string{
		explain.Probe, explain.Find, explain.List, explain.Read, explain.Create, explain.Replace, explain.Patch,
		explain.Activate, explain.Deactivate, explain.Delete,
	}
	for _, p := range Providers() {
		if Of(p.ID) != p || p.Name == "" || p.Test == "" || p.Where == "" || p.Paste == "" || p.Denied == "" {
			t.Errorf("%s lacks a word", p.ID)
		}
		if p.sights[firstAt].ID != First || p.sights[keyAt].ID != Key {
			t.Errorf("%s begins with %s and %s", p.ID, p.sights[firstAt].ID, p.sights[keyAt].ID)
		}
		var ids []string
		for _, s := range p.sights {
			if slices.Contains(ids, s.ID) || s.Name == "" || len(s.Name) > 28 || s.Wait == "" || len(s.Wait) > 23 {
				t.Errorf("%s: sight %q: %q, %q", p.ID, s.ID, s.Name, s.Wait)
			}
			ids = append(ids, s.ID)
			for _, at := range s.parts {
				st := story.ByID(at.story)
				if st == nil || st.Client != p.Client || !slices.ContainsFunc(st.Ways, func(w story.Way) bool {
					return slices.ContainsFunc(w.Steps, func(s story.Step) bool { return s.Role == at.role })
				}) {
					t.Errorf("%s: no story of %s has %s in %s", p.ID, p.Client, at.role, at.story)
				}
			}
			for _, op := range s.ops {
				if !slices.Contains(ops, op) {
					t.Errorf("%s: %q is no operation", p.ID, op)
				}
			}
		}
		for _, e := range []Env{withGroups, {Base: withGroups.Base}} {
			for i, s := range p.Steps(e) {
				for _, id := range s.By {
					known := slices.Contains(ids, id)
					if s.Text == "" || !known && len(s.By) < len(anything) {
						t.Errorf("%s: step %d shows by %q", p.ID, i+1, id)
					}
				}
			}
			keys := 0
			for _, v := range p.Values(e) {
				if v.Key {
					keys++
				}
				if v.Field == "" || v.Text == "" && v.Ticks == nil || v.Key && v.Copy != "" {
					t.Errorf("%s: value %+v", p.ID, v)
				}
			}
			if keys != 1 {
				t.Errorf("%s has %d fields for the key", p.ID, keys)
			}
		}
	}
	if Of("") != nil || Of("Okta") != nil {
		t.Error("a provider that is none was found")
	}
}

// seenRow is a row of a client.
func seenRow(seq uint64, agent, method string, status int, op, name, role string) *store.Row {
	row := &store.Row{
		Seq: seq, Agent: agent, Method: method, Status: status, Op: op, KeyID: 1, KeyName: "okta", Type: "User", Host: "abc.example.net",
		Start: time.Unix(int64(seq), 0), Sentence: "it was so",
	}
	if name != "" {
		row.Part = wire.Part{Story: name, Role: role}
	}
	return row
}

const (
	oktaAgent  = "Okta SCIM Client 1.0.0"
	entraAgent = "Microsoft Azure AD SCIM provisioning"
)

// states are the sights of a provider that are not waiting.
func states(g *Progress, p *Provider) string {
	var list []string
	for _, s := range g.List(p, withGroups) {
		if s.State != Waiting {
			list = append(list, s.ID+" "+string(s.State))
		}
	}
	return strings.Join(list, ", ")
}

func TestProgress(t *testing.T) {
	for name, c := range map[string]struct {
		rows []*store.Row
		in   *Provider
		want string
	}{
		"nothing":         {nil, &oktaWizard, ""},
		"a story's part":  {[]*store.Row{seenRow(1, oktaAgent, "POST", 201, explain.Create, "okta.assign", "create")}, &oktaWizard, "first ok, key ok, create ok"},
		"of both apps":    {[]*store.Row{seenRow(1, oktaAgent, "POST", 201, explain.Create, "okta.assign", "create")}, &oktaTest, "first ok, key ok, create ok"},
		"and of others":   {[]*store.Row{seenRow(1, oktaAgent, "POST", 201, explain.Create, "okta.assign", "create")}, &other, "first ok, key ok, create ok"},
		"but not Entra's": {[]*store.Row{seenRow(1, oktaAgent, "POST", 201, explain.Create, "okta.assign", "create")}, &entra, ""},
		"a failure":       {[]*store.Row{seenRow(1, oktaAgent, "POST", 409, explain.Create, "okta.assign", "create")}, &oktaWizard, "first ok, key ok, create fail"},
		"mended": {
			[]*store.Row{seenRow(1, oktaAgent, "POST", 409, explain.Create, "okta.assign", "create"), seenRow(2, oktaAgent, "POST", 201, explain.Create, "okta.assign", "create")},
			&oktaWizard, "first ok, key ok, create ok",
		},
		"without a story": {[]*store.Row{seenRow(1, oktaAgent, "PUT", 200, explain.Deactivate, "", "")}, &oktaWizard, "first ok, key ok, deactivate ok"},
		"the story is right, not the operation": {
			[]*store.Row{seenRow(1, oktaAgent, "PUT", 200, explain.Replace, "okta.password", "password")}, &oktaWizard, "first ok, key ok",
		},
		"a story that is a guess": {[]*store.Row{seenRow(1, "curl/8", "GET", 200, explain.Probe, "okta.test", "users")}, &oktaWizard, ""},
		"Entra's test":            {[]*store.Row{seenRow(1, entraAgent, "GET", 200, explain.Find, "entra.test", "user")}, &entra, "first ok, key ok, test ok"},
	} {
		var g Progress
		for _, row := range c.rows {
			g.Watch(row)
		}
		if have := states(&g, c.in); have != c.want {
			t.Errorf("%s: %s, want %s", name, have, c.want)
		}
	}
}

// A 404 that the client takes for "not there" is no failure.
func TestExpectedAnswer(t *testing.T) {
	row := seenRow(1, oktaAgent, "GET", 404, explain.Find, "okta.assign", "find")
	row.Part.Expected = true
	var g Progress
	g.Watch(row)
	if have := states(&g, &oktaWizard); have != "first ok, key ok, lookup ok" {
		t.Error(have)
	}
}

func TestRefusedKey(t *testing.T) {
	var g Progress
	refused := seenRow(1, oktaAgent, "GET", 401, explain.Auth, "", "")
	refused.KeyID, refused.Refused = 0, `header has no "Bearer "`
	g.Watch(refused)
	stranger := *refused
	stranger.Seq, stranger.Agent, stranger.Host = 2, "scanner", "evil.example"
	g.Watch(&stranger)
	list := g.List(&oktaTest, Env{})
	if s := list[keyAt]; s.State != Failed || s.Last != 1 || s.Note != refused.Refused {
		t.Errorf("%+v", s)
	}
	if next, ok := Next(list); !ok || next.ID != Key {
		t.Errorf("next is %+v", next)
	}
	if g.Through() != (Through{}) {
		t.Errorf("a request without a good key is believed: %+v", g.Through())
	}
	g.Watch(seenRow(3, oktaAgent, "GET", 200, explain.Probe, "okta.test", "users"))
	if next, _ := Next(g.List(&oktaTest, Env{})); next.ID != "lookup" {
		t.Errorf("next is %+v", next)
	}
	if g.Through() != (Through{3, "abc.example.net"}) {
		t.Errorf("%+v", g.Through())
	}
}

// What this server sends itself shows nothing.
func TestOwnRequests(t *testing.T) {
	var g Progress
	for i, source := range []string{"tui", "replay", wire.SourceTest} {
		row := seenRow(uint64(i+1), oktaAgent, "POST", 201, explain.Create, "", "")
		row.Source = source
		g.Watch(row)
	}
	if have := states(&g, &other); have != "" || g.Last() != 3 || g.Through().Seq != 0 {
		t.Errorf("%q, last %d", have, g.Last())
	}
}

func TestGuess(t *testing.T) {
	for _, c := range []struct {
		rows []*store.Row
		want *Provider
	}{
		{nil, &oktaWizard},
		{[]*store.Row{seenRow(1, "curl/8", "GET", 200, explain.List, "", "")}, &oktaWizard},
		{[]*store.Row{seenRow(1, oktaAgent, "PUT", 200, explain.Deactivate, "", "")}, &oktaWizard},
		{[]*store.Row{seenRow(1, oktaAgent, "PATCH", 200, explain.Deactivate, "", "")}, &oktaTest},
		{[]*store.Row{seenRow(1, entraAgent, "PATCH", 200, explain.Patch, "", ""), seenRow(2, oktaAgent, "PUT", 200, explain.Replace, "", "")}, &oktaWizard},
		{[]*store.Row{seenRow(1, oktaAgent, "PATCH", 200, explain.Patch, "", ""), seenRow(2, entraAgent, "GET", 200, explain.Find, "", "")}, &entra},
		{[]*store.Row{seenRow(1, "OneLogin", "GET", 200, explain.Find, "", "")}, &other},
	} {
		var g Progress
		for _, row := range c.rows {
			g.Watch(row)
		}
		if g.Guess() != c.want {
			t.Errorf("%d rows: %s, want %s", len(c.rows), g.Guess().ID, c.want.ID)
		}
	}
}

func TestOutside(t *testing.T) {
	for name, c := range map[string]struct {
		host, remote, base string
		header             []wire.Field
		origin, tunnel     string
	}{
		"local":           {"127.0.0.1:7644", "127.0.0.1:5", "http://127.0.0.1:7644/x", nil, "", ""},
		"localhost":       {"localhost:7644", "127.0.0.1:5", "", nil, "", ""},
		"cloudflared":     {"a-b.trycloudflare.com", "127.0.0.1:5", "", nil, "https://a-b.trycloudflare.com", "cloudflared"},
		"own cloudflared": {"scim.example.org", "[::1]:5", "", []wire.Field{{Name: "Cf-Ray", Value: "1"}}, "https://scim.example.org", "cloudflared"},
		"ngrok":           {"x.ngrok-free.app", "127.0.0.1:5", "", []wire.Field{{Name: "X-Forwarded-Host", Value: "x.ngrok-free.app"}}, "https://x.ngrok-free.app", "ngrok"},
		"tailscale":       {"me.tail1.ts.net", "127.0.0.1:5", "", nil, "https://me.tail1.ts.net", "tailscale"},
		"host rewritten": {
			"127.0.0.1:7644", "127.0.0.1:5", "",
			[]wire.Field{{Name: "X-Forwarded-Host", Value: "scim.example.org, inner"}, {Name: "X-Forwarded-Proto", Value: "http"}},
			"http://scim.example.org", "",
		},
		"by the network":        {"desk.example.org:7644", "192.0.2.7:5", "http://desk.example.org:7644/x", nil, "http://desk.example.org:7644", ""},
		"by the network, tls":   {"desk.example.org", "192.0.2.7:5", "https://desk.example.org/x", nil, "https://desk.example.org", ""},
		"forwarded by a client": {"desk.example.org", "192.0.2.7:5", "", []wire.Field{{Name: "X-Forwarded-Host", Value: "evil.example"}}, "http://desk.example.org", ""},
		"no host name":          {`a/b"c`, "127.0.0.1:5", "", nil, "", ""},
		"nothing":               {"", "", "", nil, "", ""},
	} {
		origin, tunnel := Outside(&wire.Exchange{Host: c.host, Remote: c.remote, Base: c.base, RequestHeader: c.header})
		if origin != c.origin || tunnel != c.tunnel {
			t.Errorf("%s: %q by %q, want %q by %q", name, origin, tunnel, c.origin, c.tunnel)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "  ": "", "abc.example.net": "https://abc.example.net/x", " https://abc.example.net/ ": "https://abc.example.net/x",
		"http://127.0.0.1:7644": "http://127.0.0.1:7644/x", "https://abc.example.net/scim/v2/": "https://abc.example.net/scim/v2", "abc:8443": "https://abc:8443/x",
	} {
		if have, err := ParseAddress(text, "/x"); err != nil || have != want {
			t.Errorf("%q: %q, %v", text, have, err)
		}
	}
	for text, want := range map[string]string{
		"ftp://x": "begins with https://", "https://": "no host name", "https://a,b": "no host name", "https://a?b": "only scheme", "https://u:p@a": "only scheme", "https://a#b": "only scheme",
		"https://a b": "no address", "https://:80": "no host name",
	} {
		if have, err := ParseAddress(text, "/x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v", text, have, err)
		}
	}
}

func TestTunnels(t *testing.T) {
	for _, c := range []struct {
		listen string
		secure bool
		want   []string
	}{
		{"127.0.0.1:7644", false, []string{"cloudflared tunnel --url http://127.0.0.1:7644", "ngrok http 7644", "tailscale funnel 7644", "ssh -R 80:localhost:7644 HOST"}},
		{"0.0.0.0:80", false, []string{"cloudflared tunnel --url http://127.0.0.1:80", "ngrok http 80", "tailscale funnel 80", "ssh -R 80:localhost:80 HOST"}},
		{"192.168.1.5:7644", false, []string{
			"cloudflared tunnel --url http://192.168.1.5:7644", "ngrok http 192.168.1.5:7644", "tailscale funnel 192.168.1.5:7644", "ssh -R 80:192.168.1.5:7644 HOST",
		}},
		{"127.0.0.1:8443", true, []string{
			"cloudflared tunnel --url https://127.0.0.1:8443 --no-tls-verify", "ngrok http https://127.0.0.1:8443", "tailscale funnel https+insecure://127.0.0.1:8443", "ssh -R 443:localhost:8443 HOST",
		}},
	} {
		var have []string
		for _, tunnel := range Tunnels(c.listen, c.secure) {
			have = append(have, tunnel.Command)
		}
		if !slices.Equal(have, c.want) {
			t.Errorf("%s: %q", c.listen, have)
		}
	}
}
