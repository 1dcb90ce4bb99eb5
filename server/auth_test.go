package server

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAuth(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	const bare, failed = `Bearer realm="scimdeck"`, `Bearer realm="scimdeck", error="invalid_token"`
	tests := []struct {
		name, header      string
		status            int
		refused, prefix   string
		challenge, method string
		path              string
	}{
		{"AUTH-01 no header", "", 401, "there is no Authorization header", "", bare, "GET", "/Users"},
		{"AUTH-03 unknown key", "Bearer wrong", 401, `unknown key: it does not begin with "scimdeck_"`, "", failed, "GET", "/Users"},
		{"AUTH-05 lower case", "bearer " + b.key, 200, "", b.key[:13], "", "GET", "/Users"},
		{"AUTH-05 upper case", "BEARER " + b.key, 200, "", b.key[:13], "", "GET", "/Users"},
		{"several blanks", "Bearer   " + b.key, 200, "", b.key[:13], "", "GET", "/Users"},
		{"AUTH-06 Basic", "Basic YWRhOmFkYQ==", 401, `the scheme is "Basic", not "Bearer"`, "", bare, "GET", "/Users"},
		{"AUTH-06 longer", "Bearer " + b.key + "x", 401, "unknown key: it has 1 characters too many", b.key[:13], failed, "GET", "/Users"},
		{"AUTH-06 shorter", "Bearer " + b.key[:50], 401, "unknown key: it is cut, 50 characters of 58", b.key[:13], failed, "GET", "/Users"},
		{"AUTH-06 other case", "Bearer " + keyStart + strings.ToUpper(b.key[9:]), 401, "unknown key", "", failed, "GET", "/Users"},
		{"AUTH-07 nothing after Bearer", "Bearer", 401, `there is nothing after "Bearer"`, "", bare, "GET", "/Users"},
		{"no Bearer", b.key, 401, `header has no "Bearer "`, "", bare, "GET", "/Users"},
		{"Okta's non-token", "non-token", 401, `header has no "Bearer "`, "", bare, "GET", "/Users"},
		{"Bearer twice", "Bearer Bearer " + b.key, 401, `the word "Bearer" is there twice`, "", failed, "GET", "/Users"},
		{"quotes", `Bearer "` + b.key + `"`, 401, "unknown key: it is in quotes", "", failed, "GET", "/Users"},
		{"a variable", "Bearer $SCIM_TOKEN", 401, "unknown key: it is the name of a variable, not its value", "", failed, "GET", "/Users"},
		{"blank inside", "Bearer a b", 401, "there is a blank in the key", "", failed, "GET", "/Users"},
		{"AUTH-11 existing", "Bearer wrong", 401, "*", "", failed, "GET", "/Users/" + id},
		{"AUTH-11 missing", "Bearer wrong", 401, "*", "", failed, "GET", "/Users/nobody"},
		{"AUTH-11 no endpoint", "Bearer wrong", 401, "*", "", failed, "GET", "/Nothing"},
		{"AUTH-12 key in the query", "", 401, "the key is in the query (access_token), not in the Authorization header", "", bare, "GET", "/Users?access_token=" + b.key},
		{"AUTH-09 POST", "", 401, "*", "", bare, "POST", "/Users"},
		{"AUTH-09 PUT", "", 401, "*", "", bare, "PUT", "/Users/" + id},
		{"AUTH-09 PATCH", "", 401, "*", "", bare, "PATCH", "/Users/" + id},
		{"AUTH-09 DELETE", "", 401, "*", "", bare, "DELETE", "/Users/" + id},
		{"AUTH-10 config", "", 200, "", "", "", "GET", "/ServiceProviderConfig"},
		{"AUTH-10 config, bad key", "Bearer wrong", 401, "*", "", failed, "GET", "/ServiceProviderConfig"},
		{"schemas", "", 401, "*", "", bare, "GET", "/Schemas"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := ""
			if tt.method == "POST" || tt.method == "PUT" {
				body = user("eve@example.com")
			}
			a := b.do(tt.method, tt.path, body, "Authorization: "+tt.header)
			if a.status != tt.status || a.header.Get("Www-Authenticate") != tt.challenge {
				t.Errorf("%d, challenge %q; want %d, %q", a.status, a.header.Get("Www-Authenticate"), tt.status, tt.challenge)
			}
			ex := b.logged()
			switch {
			case tt.refused == "*":
			case tt.refused == "unknown key" && strings.HasPrefix(ex.Refused, "unknown key"):
			case ex.Refused != tt.refused || ex.KeyPrefix != tt.prefix:
				t.Errorf("noted %q with prefix %q, want %q with %q", ex.Refused, ex.KeyPrefix, tt.refused, tt.prefix)
			}
			if tt.status == 200 {
				return
			}
			want := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"401","detail":"invalid key"}`
			if a.body != want {
				t.Errorf("AUTH-08\nhave %s\nwant %s", a.body, want)
			}
			if ex.Op != "auth" {
				t.Errorf("explained as %s: %s", ex.Op, ex.Sentence)
			}
		})
	}
	if a := b.do("GET", "/Users", ""); a.json(t)["totalResults"] != 1.0 {
		t.Errorf("AUTH-09: the store changed: %s", a.body)
	}
}

func TestKeyStates(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	b := newBench(t, false, nil)
	key := func(name string, expires time.Time) (string, uint64) {
		secret, k, err := b.store.CreateKey(name, expires)
		if err != nil {
			t.Fatal(err)
		}
		return secret, k.ID
	}
	past, _ := key("past", now.AddDate(-1, 0, 0))
	off, offID := key("off", time.Time{})
	gone, goneID := key("gone", time.Time{})
	if err := b.store.DisableKey(offID); err != nil {
		t.Fatal(err)
	}
	if err := b.store.RevokeKey(goneID); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, secret, refused string }{
		{"past", past, `the key "past" expired on 2025-01-02`},
		{"off", off, `the key "off" is disabled`},
		{"gone", gone, `the key "gone" is revoked`},
	} {
		a := b.do("GET", "/Users", "", "Authorization: Bearer "+tt.secret)
		ex := b.logged()
		if a.status != http.StatusUnauthorized || a.get(t, "detail") != "invalid key" || ex.Refused != tt.refused || ex.KeyName != tt.name {
			t.Errorf("%s: %d %s, noted %q of %q", tt.name, a.status, a.body, ex.Refused, ex.KeyName)
		}
		if want := "no valid key: " + tt.refused; ex.Sentence != want {
			t.Errorf("%s: %q", tt.name, ex.Sentence)
		}
	}
	if err := b.store.EnableKey(offID); err != nil {
		t.Fatal(err)
	}
	if a := b.do("GET", "/Users", "", "Authorization: Bearer "+off); a.status != http.StatusOK {
		t.Errorf("enabled again: %d", a.status)
	}
}

func TestTwoAuthorizationHeaders(t *testing.T) {
	b := newBench(t, false, nil)
	r, err := http.NewRequest("GET", b.base+"/Users", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header["Authorization"] = []string{"Bearer " + b.key, "Bearer " + b.key}
	if a := b.send(r); a.status != http.StatusUnauthorized || b.logged().Refused != "there are two Authorization headers" {
		t.Errorf("%d %q", a.status, b.logged().Refused)
	}
}
