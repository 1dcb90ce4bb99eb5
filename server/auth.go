package server

import (
	"fmt"
	"net/http"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// The form of our own keys, to say what is wrong with one that is not known.
const (
	keyStart  = "scimdeck_"
	keyLength = len(keyStart) + 43 + 6
)

// invalidKey is all that a client learns. The log knows the reason.
var invalidKey = &scim.Error{Status: http.StatusUnauthorized, Detail: "invalid key"}

// authenticate lets a request through or returns the 401. Why it was refused
// is noted on the exchange, never answered. An unauthenticated client cannot tell
// what exists: nothing was looked up yet.
func (c *call) authenticate(path string) error {
	headers := c.r.Header["Authorization"]
	if len(headers) == 0 && path == "/ServiceProviderConfig" && (c.r.Method == "GET" || c.r.Method == "HEAD") {
		return nil
	}
	secret, refused := bearer(headers)
	if refused == "" {
		refused = c.identify(secret)
	} else if len(headers) == 0 && strings.Contains(c.r.URL.RawQuery, "access_token=") {
		refused = "the key is in the query (access_token), not in the Authorization header"
	}
	if refused == "" {
		return nil
	}
	c.ex.Refused = refused
	challenge := challengeBare
	if secret != "" {
		challenge = challengeFailed
	}
	c.Header()["Www-Authenticate"] = challenge
	return invalidKey
}

// RFC 6750 §3: an error code only for a client that sent a token.
var (
	challengeBare   = []string{`Bearer realm="scimdeck"`}
	challengeFailed = []string{`Bearer realm="scimdeck", error="invalid_token"`}
)

// identify looks the key up, notes whose it is, and says why it is not good.
func (c *call) identify(secret string) (refused string) {
	c.ex.KeyPrefix = wire.KeyPrefix(secret)
	k, reason := c.s.store.Authenticate(secret)
	c.ex.KeyID, c.ex.KeyName = k.ID, k.Name
	if k.Prefix != "" {
		c.ex.KeyPrefix = k.Prefix
	}
	switch reason {
	case "":
		return ""
	case "unknown":
		return "unknown key" + keyHint(secret)
	case "expired":
		return fmt.Sprintf("the key %q expired on %s", k.Name, k.Expires.UTC().Format("2006-01-02"))
	}
	return fmt.Sprintf("the key %q is %s", k.Name, reason)
}

// noteKey notes whose key came with a request that needs none.
func (c *call) noteKey() {
	secret, refused := bearer(c.r.Header["Authorization"])
	if refused != "" {
		return
	}
	if k, reason := c.s.store.Authenticate(secret); reason == "" {
		c.ex.KeyID, c.ex.KeyName, c.ex.KeyPrefix = k.ID, k.Name, k.Prefix
	}
}

// bearer takes the key out of the Authorization header (RFC 6750 §2.1). The
// scheme has no case (RFC 9110 §11.1).
func bearer(headers []string) (secret, refused string) {
	switch len(headers) {
	case 0:
		return "", "there is no Authorization header"
	case 1:
	default:
		return "", "there are two Authorization headers"
	}
	h := strings.TrimSpace(headers[0])
	scheme, rest, _ := strings.Cut(h, " ")
	rest = strings.TrimLeft(rest, " ")
	switch {
	case h == "":
		return "", "the Authorization header is empty"
	case strings.EqualFold(h, "Bearer"):
		return "", `there is nothing after "Bearer"`
	case strings.EqualFold(scheme, "Bearer"):
	case knownScheme(scheme) && rest != "":
		return "", fmt.Sprintf(`the scheme is %q, not "Bearer"`, scheme)
	default:
		return "", `header has no "Bearer "`
	}
	if first, _, _ := strings.Cut(rest, " "); strings.EqualFold(first, "Bearer") {
		return rest, `the word "Bearer" is there twice`
	}
	if strings.ContainsAny(rest, " \t") {
		return rest, `there is a blank in the key`
	}
	return rest, ""
}

func knownScheme(s string) bool {
	switch strings.ToLower(s) {
	case "basic", "digest", "negotiate", "ntlm", "token", "oauth", "ssws", "apikey", "dpop":
		return true
	}
	return false
}

// keyHint guesses why a key is not known.
func keyHint(secret string) string {
	switch {
	case strings.Trim(secret, `"'<>`) != secret:
		return ": it is in quotes"
	case strings.HasPrefix(secret, "$") || strings.HasPrefix(secret, "{"):
		return ": it is the name of a variable, not its value"
	case !strings.HasPrefix(secret, keyStart):
		return fmt.Sprintf(": it does not begin with %q", keyStart)
	case len(secret) < keyLength:
		return fmt.Sprintf(": it is cut, %d characters of %d", len(secret), keyLength)
	case len(secret) > keyLength:
		return fmt.Sprintf(": it has %d characters too many", len(secret)-keyLength)
	}
	return ""
}
