package command

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseExpiry(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.Local)
	for text, want := range map[string]time.Time{
		"": {}, "never": {}, "90d": now.Add(90 * 24 * time.Hour), "12h": now.Add(12 * time.Hour),
		"2027-01-31": time.Date(2027, 1, 31, 0, 0, 0, 0, time.Local),
	} {
		if got, err := parseExpiry(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"0d", "-1h", "soon", "2026-05-01", "99999999d"} {
		if got, err := parseExpiry(text, now); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}

// TestKeysAsJSON: what changes a key gives it back as it is then, and only making one gives a secret.
func TestKeysAsJSON(t *testing.T) {
	dir, _ := furnish(t)
	for _, step := range []struct{ line, want string }{
		{"keys create ci --expires 2099-01-31 --json", "ci active 2099 true"},
		{"keys expire ci never --json", "ci active 1 false"},
		{"keys expire ci 2098-01-31 --json", "ci active 2098 false"},
		{"keys disable ci --json", "ci disabled 2098 false"},
		{"keys enable ci --json", "ci active 2098 false"},
		{"keys rename ci ci2 --json", "ci2 active 2098 false"},
		{"keys revoke ci2 --json", "ci2 revoked 2098 false"},
	} {
		out, errs, err := run(t, dir, strings.Fields(step.line)...)
		var k struct {
			Name, Status, Secret string
			Expires              time.Time
		}
		if err == nil {
			err = json.Unmarshal([]byte(out), &k)
		}
		if have := fmt.Sprint(k.Name, " ", k.Status, " ", k.Expires.Local().Year(), " ", k.Secret != ""); err != nil || have != step.want || errs != "" {
			t.Errorf("%s: %s, want %s; %v %s", step.line, have, step.want, err, errs)
		}
	}
	if _, errs, err := run(t, dir, "keys", "expire", "okta", "2099-01-31"); err != nil || errs != "key okta expires 2099-01-31 00:00\n" {
		t.Errorf("%q %v", errs, err)
	}
	if _, _, err := run(t, dir, "keys", "expire", "okta", "soon"); err == nil {
		t.Error("soon is a time")
	}
}
