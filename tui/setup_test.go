package tui

import (
	"strings"
	"testing"
	"time"
)

func TestSetupFrames(t *testing.T) {
	for name, size := range map[string][2]int{"80x24": {80, 24}, "140x40": {140, 40}} {
		a := newApp(t, size[0], size[1])
		a.press("4")
		a.golden("setup-fresh-" + name)
		a.feed(oktaDay()...)
		a.golden("setup-" + name)
		a.press("l")
		a.golden("setup-other-" + name)
		a.press("n")
		a.golden("setup-tunnels-" + name)
		a.wait(time.Second)
		a.press("u")
		a.golden("setup-address-" + name)
	}
}

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
		"SAML 2.0", "Application username: Email", "Enable SCIM provisioning")
}

func TestSetupSeesWhatHappens(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("4")
	a.sees("1 of 10 seen", "wait  create")
	a.feed(oktaDay()...)
	a.sees("ok    first request from Okta       #1024", "ok    key accepted", "okta-dev", "ok    create                        #1027",
		"ok    profile update                #1028", "PUT", "ok    deactivate                    #1036", "wait  reactivate")
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
	a.sees("ok    first request from Okta", "wait  key accepted                  #1  401", `the header has no "Bearer "`)
	a.feed(row("GET", "/Users?startIndex=1&count=2", 200, 1, "probe", "", "test connection"))
	if strings.Contains(a.text(), "#1  401") {
		t.Error("the refusal is still shown after a request was accepted")
	}
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
	a.sees("[1 Requests]", "#1027")
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

// TestEmptyStatesLeadOn: each names a key, and the key works (statement 65).
func TestEmptyStatesLeadOn(t *testing.T) {
	tests := []struct{ screen, says, key, leads string }{
		{"2", "a  adds one by hand", "a", "New user"},
		{"3", "a  makes one", "a", "New key"},
		{"3", "4 setup", "4", "SCIM connector base URL"},
		{"4", "a makes one", "a", "New key"},
		{"4", "n tunnels", "n", "cloudflared"},
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
